"""Numbers, shares, money and dates as readers of each language write them.

Rounding is half away from zero, as statistical tables and schoolbooks in both languages do it;
Babel's own half-to-even would print 2.5 as 2.

Every function takes what it writes (``value``, a number of any kind or null), the language
(``lang``, ``vi`` or ``en``) and how many ``decimals`` are written: as many as the value has when
not given.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import SupportsInt

import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal

from kgstats.words import N_, translator

Number = int | float | Decimal | Fraction | SupportsInt

NOT_REPORTED = "…"
"""Shown where a value is absent; zero is always written 0."""
NOT_APPLICABLE = "x"
"""Shown where a value cannot exist."""
NO_BREAK = "\u00a0"
MINUS = "\u2212"

MONEY_UNITS: dict[str, tuple[int, str]] = {
    "dong": (1, N_("VND {n}")),
    "million": (10**6, N_("VND {n} million")),
    "billion": (10**9, N_("VND {n} billion")),
}


@dataclass(frozen=True)
class Quantity:
    """A number of a table's cell with what belongs to it.

    Parameters
    ----------
    value
        The number as computed; None where there is none.
    kind, decimals, unit
        How it is shown where its column does not say so for all rows: a kind of
        `kgstats.present.columns.Column`, and for plain numbers the unit in the reader's words.
    mark
        A sign that refers to a footnote, shown after the number, or said in place of it.
    relation
        What stands before the number: ``≥``.
    high
        The upper end, where it is a range.
    """

    value: Number | None = None
    kind: str = ""
    decimals: int | None = None
    unit: str = ""
    mark: str = ""
    relation: str = ""
    high: Number | None = None


def is_absent(value: object) -> bool:
    """Whether a value is null in any of the ways a table holds null.

    Examples
    --------
    >>> is_absent(float("nan")), is_absent(0)
    (True, False)
    """
    return value is None or (not isinstance(value, str) and bool(pd.isna(value)))


def exact(value: Number) -> Decimal:
    """Return a number as a decimal: a float by the digits people see, not its binary tail.

    Examples
    --------
    >>> exact(0.1)
    Decimal('0.1')
    """
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(value, float):
        return Decimal(repr(float(value)))
    return Decimal(int(value))


def decimals_of(value: Number) -> int:
    """Return how many decimals a number has; a decimal keeps the zeros it was printed with.

    Examples
    --------
    >>> decimals_of(2.50), decimals_of(Decimal("2.50")), decimals_of(1200)
    (1, 2, 0)
    """
    amount = value if isinstance(value, Decimal) else exact(value).normalize()
    return max(0, -int(amount.as_tuple().exponent))


def rounded(value: Number, decimals: int) -> Decimal:
    """Round half away from zero to so many decimals.

    Examples
    --------
    >>> rounded(2.665, 2), rounded(Fraction(100 * 25, 435) * 10, 1)
    (Decimal('2.67'), Decimal('57.5'))
    """
    step = Decimal(1).scaleb(-decimals)
    if isinstance(value, Fraction):
        # Exact: a decimal quotient could sit on the wrong side of a half.
        scaled = abs(value) * 10**decimals
        whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
        return (Decimal(whole) * step).quantize(step) * (1 if value >= 0 else -1)
    return exact(value).quantize(step, rounding=ROUND_HALF_UP)


def number(value: Number | None, lang: str, decimals: int | None = None) -> str:
    """Write a number: ``1.020`` in Vietnamese, ``1,020`` in English.

    ``decimals`` fixes the decimals shown; without it the value is shown as it is, a decimal with
    the zeros it was written with (``106,0``).

    Examples
    --------
    >>> number(1020, "vi"), number(Decimal("16.9"), "vi"), number(None, "vi")
    ('1.020', '16,9', '…')
    """
    if is_absent(value):
        return NOT_REPORTED
    if decimals is None:
        decimals = decimals_of(value)  # type: ignore[arg-type]
    amount = rounded(value, decimals)  # type: ignore[arg-type]
    if amount == 0:
        amount = abs(amount)  # no "−0,00"
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return _written(str(amount), pattern, lang)


@lru_cache(maxsize=1 << 14)
def _written(amount: str, pattern: str, lang: str) -> str:
    # A page shows most of its numbers several times: in tables, texts and pictures.
    text: str = format_decimal(
        Decimal(amount), format=pattern, locale=lang, decimal_quantization=False
    )
    return text.replace("-", MINUS)


def percent(value: Number | None, lang: str, decimals: int = 2) -> str:
    """Write a share given in percent as Vietnamese sources do too: ``2,69%``, ``2.69%``.

    Examples
    --------
    >>> percent(2.69, "en"), percent(2.69, "vi"), percent(None, "vi")
    ('2.69%', '2,69%', '…')
    """
    if is_absent(value):
        return NOT_REPORTED
    return number(value, lang, decimals) + "%"


def signed(value: Number | None, lang: str, decimals: int | None = None) -> str:
    """Write a change with its sign: ``+0,45``, ``−1,45``; no sign on zero.

    Examples
    --------
    >>> signed(-1.45, "vi"), signed(20, "en")
    ('−1,45', '+20')
    """
    if is_absent(value):
        return NOT_REPORTED
    text = number(value, lang, decimals)
    shown = exact(value) if decimals is None else rounded(value, decimals)  # type: ignore[arg-type]
    return "+" + text if shown > 0 else text


def points(value: Number | None, lang: str, decimals: int = 2) -> str:
    """Write a change of a share in percentage points; never as a percentage.

    Examples
    --------
    >>> points(-1.45, "en") == "−1.45" + NO_BREAK + "pp"
    True
    """
    if is_absent(value):
        return NOT_REPORTED
    t = translator(lang)
    return signed(value, lang, decimals) + NO_BREAK + t("pp")


def money(vnd: Number | None, lang: str, unit: str = "billion", decimals: int | None = None) -> str:
    """Write an amount of whole đồng in đồng, million or billion (tỷ) đồng.

    Parameters
    ----------
    vnd
        Whole đồng, or null.
    unit
        ``dong``, ``million`` or ``billion``.

    Examples
    --------
    >>> money(98_856_000_000, "en")
    'VND 98.856 billion'
    >>> money(-5_000_000_000, "en") == MINUS + money(5_000_000_000, "en")
    True
    """
    if is_absent(vnd):
        return NOT_REPORTED
    scale, template = MONEY_UNITS[unit]
    amount = number(exact(vnd) / scale, lang, decimals)  # type: ignore[arg-type]
    sign = MINUS if amount.startswith(MINUS) else ""
    return sign + translator(lang)(template, n=amount.removeprefix(MINUS))


def date(value: dt.date | None, lang: str) -> str:
    """Write a date: ``15/12/2019`` in Vietnamese, ``15 December 2019`` in English.

    Examples
    --------
    >>> date(dt.date(2019, 12, 15), "en"), date(dt.date(2019, 12, 15), "vi")
    ('15 December 2019', '15/12/2019')
    """
    if is_absent(value):
        return NOT_REPORTED
    text: str = format_date(value, "dd/MM/yyyy" if lang == "vi" else "d MMMM y", locale=lang)
    return text


def joined(parts: list[str], lang: str) -> str:
    """Write a list in words: ``a, b and c``.

    Parameters
    ----------
    parts
        The texts.

    Examples
    --------
    >>> joined(["Tân Hiệp", "Gò Quao", "An Biên"], "en")
    'Tân Hiệp, Gò Quao and An Biên'
    """
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " " + translator(lang)("and") + " " + parts[-1]
