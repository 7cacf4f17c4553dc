"""What the colours of a map mean: classes of amounts and named categories, declared once.

Every function takes, as far as it needs them, the language (``lang``, ``vi`` or ``en``), a
``value`` of the indicator and the ``position`` of a class, from 0, the lowest.
"""

from __future__ import annotations

import warnings
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kgstats.present import numbers, style
from kgstats.words import N_, translator

NOT_REPORTED = "not_reported"
OUTSIDE = "outside"
URBAN = N_("Urban ward or township, outside the programme")

DIVERGING_LOW = ("#7b2d12", "#c1521f", "#e9a679")
"""Colours of falls, darkest first; with ``style.SEQUENCE`` for rises they differ in hue, and
the signs in the legend tell them apart in grey print."""
NEUTRAL = "#f4efe6"


@dataclass(frozen=True)
class Category:
    """One meaning of a fill.

    ``pattern`` (``dots``, ``hatch``, ``lines``, ``cross`` or none) tells it apart without colour.
    """

    key: str
    label: str
    colour: str
    pattern: str = ""


def class_key(position: int) -> str:
    """Return the key of the class at a position.

    Examples
    --------
    >>> class_key(2)
    'class-2'
    """
    return f"class-{position}"


def is_class(key: str) -> bool:
    """Tell whether a category is a class of an amount, not a state with a name of its own.

    Parameters
    ----------
    key
        Of the category.

    Examples
    --------
    >>> is_class("class-2"), is_class("recognised")
    (True, False)
    """
    return key.startswith("class-")


class BadClasses(ValueError):
    """Classes whose bounds do not rise, or that need more colours than can be told apart."""


@dataclass(frozen=True)
class Classes:
    """Classes of an indicator, declared with it: the same over years, panels and languages.

    Parameters
    ----------
    bounds
        Upper bounds of all classes but the last, rising. A value on a bound belongs to the lower
        class, as in ``mapclassify.UserDefined``: ``(2, 4, 8)`` makes four classes: to 2, over 2
        to 4, over 4 to 8, over 8.
    kind
        ``count`` (whole numbers: classes are written ``10–12``), ``number``, ``percent``,
        ``points`` or ``signed`` (whole changes).
    lowest, highest
        Limits of the first and last class, where the indicator has them; only for the words.
    decimals
        Decimals of the bounds in the legend; as many as they need when not given.
    colours
        One for each class, light to dark; the house's sequence when not given.
    """

    bounds: tuple[float, ...]
    kind: str = "number"
    lowest: float | None = None
    highest: float | None = None
    decimals: int | None = None
    colours: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.bounds, self.bounds[1:], strict=False))
        if not self.bounds or not rising:
            raise BadClasses(f"bounds of classes must rise: {self.bounds}")
        if len(self.palette()) != len(self):
            raise BadClasses(f"{len(self)} classes need {len(self)} colours")

    def __len__(self) -> int:
        return len(self.bounds) + 1

    def palette(self) -> tuple[str, ...]:
        """Return one colour for each class."""
        if self.colours is not None:
            return self.colours
        if self.kind in ("points", "signed") and self.bounds[0] < 0:
            return self._diverging()
        steps, wanted = len(style.SEQUENCE), len(self)
        if wanted > steps:
            raise BadClasses(f"at most {steps} classes can be told apart, not {wanted}")
        if wanted == 1:
            return (style.SEQUENCE[3],)
        return tuple(style.SEQUENCE[round(i * (steps - 1) / (wanted - 1))] for i in range(wanted))

    def _diverging(self) -> tuple[str, ...]:
        """Colours of falls, of the class that holds no change, and of rises."""
        neutral = self.position(0)
        falls, rises = neutral, len(self) - neutral - 1
        if falls > len(DIVERGING_LOW) or rises > 4:
            raise BadClasses(f"too many classes of change: {falls} of falls and {rises} of rises")
        up = {0: (), 1: (4,), 2: (2, 4), 3: (2, 3, 5), 4: (1, 2, 4, 5)}[rises]
        return (
            *DIVERGING_LOW[len(DIVERGING_LOW) - falls :],
            NEUTRAL,
            *(style.SEQUENCE[i] for i in up),
        )

    def position(self, value: Any) -> int:
        """Return the number of the class a value falls in, from 0.

        Examples
        --------
        >>> classes = Classes((2, 4, 8), kind="percent")
        >>> [classes.position(value) for value in (0, 2, 2.01, 9)]
        [0, 0, 1, 3]
        """
        return bisect_left(self.bounds, float(value))

    def categories(self, lang: str) -> list[Category]:
        """Return the classes as the legend shows them, from low to high."""
        # Falls are lined: in grey a fall and a rise of one size would look alike.
        falls = self.position(0) if self.bounds[0] < 0 else 0
        return [
            Category(class_key(i), self.label(i, lang), colour, "lines" if i < falls else "")
            for i, colour in enumerate(self.palette())
        ]

    @property
    def decimals_shown(self) -> int:
        """With how many decimals a value is written."""
        if self.decimals is not None:
            return self.decimals
        return 0 if self.kind in ("count", "signed") else 2

    def shown(self, value: Any, lang: str) -> str:
        """Write one value of the indicator."""
        if self.kind == "percent":
            return numbers.percent(value, lang, self.decimals_shown)
        if self.kind == "points":
            return numbers.points(value, lang, self.decimals_shown)
        if self.kind == "signed":
            return numbers.signed(value, lang)
        return numbers.number(value, lang, self.decimals)

    def _bound(self, value: float, lang: str) -> str:
        amount = Decimal(repr(value)).normalize()
        text = numbers.signed if self.kind in ("points", "signed") else numbers.number
        plain = text(amount, lang, self.decimals if amount % 1 else 0)
        return plain + "%" * (self.kind == "percent")

    def label(self, position: int, lang: str) -> str:
        """Write one class.

        Examples
        --------
        >>> Classes((12, 14), kind="count", lowest=10, highest=19).label(1, "en")
        '13–14'
        >>> Classes((2, 4), kind="percent").label(1, "en")
        'over 2% to 4%'
        """
        t = translator(lang)
        low = self.bounds[position - 1] if position else self.lowest
        high = self.bounds[position] if position < len(self.bounds) else self.highest
        if self.kind in ("count", "signed"):
            if low is not None and position:
                low = low + 1
            if low is not None and low == high:
                return self._bound(low, lang).strip()
            words = [None if end is None else self._bound(end, lang).strip() for end in (low, high)]
            if words[0] is None:
                return t("{n} or fewer", n=words[1])
            if words[1] is None:
                return t("{n} or more", n=words[0])
            return (
                f"{words[0]}–{words[1]}"
                if self.kind == "count"
                else t("{low} to {high}", low=words[0], high=words[1])
            )
        first = None if low is None else self._bound(low, lang).strip()
        last = None if high is None else self._bound(high, lang).strip()
        if not position:
            if first is None:
                return t("up to {high}", high=last)
            return t("{low} to {high}", low=first, high=last)
        if last is None:
            return t("over {low}", low=first)
        return t("over {low} to {high}", low=first, high=last)


def state_categories(
    lang: str, outside: str = URBAN, unknown: str = N_("Not reported")
) -> list[Category]:
    """Return the two states that are no value: not reported, and outside the table.

    Parameters
    ----------
    outside
        What being outside means, in English.
    unknown
        What having no value means, in English.

    Examples
    --------
    >>> [one.label for one in state_categories("en")][0]
    'Not reported'
    """
    t = translator(lang)
    return [
        Category(NOT_REPORTED, t(unknown), style.NOT_REPORTED_FILL, "hatch"),
        Category(OUTSIDE, t(outside), style.OUTSIDE_FILL, "cross"),
    ]


def suggest(values: Sequence[float], k: int = 5) -> list[float]:
    """Suggest class bounds from the data (Fisher-Jenks), for a researcher who declares classes.

    Bounds are rounded to two digits, as people read them. Those that stand in a page are declared
    with the indicator; data of one year must not choose them, or two years could not be compared.

    Parameters
    ----------
    values
        The indicator's values.
    k
        How many classes.
    """
    import mapclassify
    import numpy as np

    known = np.asarray(values, dtype=float)
    with warnings.catch_warnings():
        # That numba would be faster says nothing to who asks for five classes.
        warnings.simplefilter("ignore")
        found = mapclassify.FisherJenks(known[~np.isnan(known)], k=k)
    # The last class stays open above: no value falls out of it by rounding.
    return sorted({float(f"{bound:.2g}") for bound in found.bins[:-1]})
