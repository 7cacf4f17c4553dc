"""Words of programme money: what a row is of, amounts in a sentence, up to which day they count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose, capital
from kgstats.present.tables import Table, places
from kgstats.reference import funding_rules
from kgstats.reference.programmes import NoProgrammeForYear, programme
from kgstats.words import N_, translator

Row = Mapping[Any, Any]


def amount(vnd: Any, lang: str) -> str:
    """Write an amount for a sentence: ``75,7 tỷ đồng``, ``470 triệu đồng``.

    >>> amount(75_700_000_000, "en"), amount(470_000_000, "en"), amount(None, "en")
    ('VND 75.7 billion', 'VND 470 million', '…')
    """
    if numbers.is_absent(vnd):
        return numbers.NOT_REPORTED
    size = abs(int(vnd))
    if size < 10**9:
        round_sum = size >= 10**8 or size % 10**6 == 0
        return numbers.money(int(vnd), lang, "million", 0 if round_sum else 1)
    return numbers.money(int(vnd), lang, "billion", 1 if size >= 10**10 else 2)


def signed_amount(vnd: Any, lang: str) -> str:
    """Write an amount with its sign and unit.

    >>> signed_amount(470_000_000, "en"), signed_amount(-470_000_000, "en"), signed_amount(0, "en")
    ('+VND 470 million', '−VND 470 million', 'VND 0 million')
    """
    sign = "" if numbers.is_absent(vnd) or not vnd else "+" if vnd > 0 else numbers.MINUS
    return sign + amount(None if numbers.is_absent(vnd) else abs(int(vnd)), lang)


def first(amounts: pd.Series, *, lowest: bool = False, above: float | None = None) -> claims.Place:
    """Find who has the most money, or the least, as :func:`amount` writes it.

    >>> first(pd.Series({"a": 1_820_000_000, "b": 1_840_000_000}), lowest=True).holders
    ('a',)
    >>> first(pd.Series({"a": 18_210_000_000, "b": 18_240_000_000})).holders
    ('a', 'b')
    """
    known = amounts.dropna()
    if known.empty:
        return claims.Place(missing=len(amounts))
    size = abs(int(known.min() if lowest else known.max()))
    scale, decimals = (10**9, 2 - (size >= 10**10)) if size >= 10**9 else (10**6, size < 10**8)
    return claims.first(amounts, int(decimals), lowest=lowest, above=above, scale=scale)


def exact_amount(vnd: Any, lang: str) -> str:
    """Write an amount with all its digits, in the unit in which it is read most easily."""
    if numbers.is_absent(vnd):
        return numbers.NOT_REPORTED
    return numbers.money(int(vnd), lang, "billion" if abs(int(vnd)) >= 10**9 else "million")


def quantity(vnd: Any) -> numbers.Quantity:
    """Return an amount for a cell, in the unit in which it is read most easily.

    >>> quantity(470_000_000).kind, quantity(75_700_000_000).kind
    ('million', 'billion')
    """
    if numbers.is_absent(vnd):
        return numbers.Quantity()
    return numbers.Quantity(int(vnd), "billion" if abs(int(vnd)) >= 10**9 else "million")


def positive(vnd: Any) -> int:
    """Return an amount above zero, and nothing where it is below or not known.

    >>> positive(5), positive(-5), positive(None)
    (5, 0, 0)
    """
    return 0 if numbers.is_absent(vnd) else max(int(vnd), 0)


def rate(value: Any, lang: str) -> str:
    """Write a rate for a sentence."""
    return numbers.percent(value, lang, 1)


@dataclass(frozen=True)
class Unit:
    """The unit of a chart's axis: billions of đồng, or millions where all amounts are small."""

    scale: int
    lang: str

    @classmethod
    def of(cls, amounts: Iterable[Any], lang: str) -> Unit:
        """Choose the unit for some amounts of whole đồng."""
        known = [abs(int(vnd)) for vnd in amounts if not numbers.is_absent(vnd)]
        return cls(10**9 if max(known, default=0) >= 10**9 else 10**6, lang)

    @property
    def kind(self) -> str:
        """The unit as tables know it."""
        return "billion" if self.scale == 10**9 else "million"

    @property
    def name(self) -> str:
        """The unit in words."""
        t = translator(self.lang)
        return t("VND billion") if self.scale == 10**9 else t("VND million")

    def value(self, vnd: Any) -> float:
        """Return the amount as a length on the axis."""
        return float(int(vnd) / self.scale)

    def text(self, vnd: Any) -> str:
        """Write the number alone: the axis names the unit."""
        return numbers.number(Fraction(int(vnd), self.scale), self.lang, 1)

    def signed(self, vnd: Any) -> str:
        """Write the number with its sign."""
        return numbers.signed(Fraction(int(vnd), self.scale), self.lang, 1)


def district(code: Any, year: int, lang: str) -> str:
    """Name a district."""
    if numbers.is_absent(code):
        return translator(lang)("no district given")
    return places(year)["district"].get(str(code), str(code))


def district_name(row: Row, lang: str) -> str:
    """Name the district of a row."""
    return district(row["district_code"], row["year"], lang)


def comparable(gaps: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that can be put in an order: reported, each line with a rate."""
    return gaps[gaps["gap_vnd"].notna() & (gaps["lines_without_rate"] == 0).fillna(False)]


def nothing_left(gaps: pd.DataFrame, lang: str) -> str:
    """Say that nothing is left, of the districts that report a disbursement only."""
    none = N_("No district has money left to disburse")
    some = N_("The districts that report a disbursement have no money left ({base})")
    reported = gaps["gap_vnd"].notna().sum()
    return claims.part("districts", reported, len(gaps), lang, some) or translator(lang)(none)


def not_compared(named: pd.DataFrame, lang: str) -> str:
    """Name the rows with lines that have no rate; nothing where there are none."""
    below = named.loc[(named["lines_without_rate"] > 0).fillna(False), "name"]
    if not len(below):
        return ""
    return translator(lang)(
        "Not compared, for an amount below zero or paid without a plan: {names}.",
        names=numbers.joined(list(below), lang),
    )


def districts_named(frame: pd.DataFrame, year: int, lang: str) -> pd.DataFrame:
    """Add the districts' names, in the column ``name``."""
    return frame.assign(name=[district(code, year, lang) for code in frame["district_code"]])


@lru_cache
def programme_name(code: Any, year: int, lang: str) -> str:
    """Name a programme as it was called in a year."""
    try:
        return programme(str(code), year).short(lang)
    except NoProgrammeForYear:
        return str(code)


def component_name(code: Any, lang: str, stem: str = "name") -> str:
    """Name a component, in full or (``stem="short"``) in a word or two."""
    return _components(f"{stem}_{lang}").get(str(code), str(code))


@lru_cache
def _components(column: str) -> dict[str, str]:
    known = funding_rules.components()
    return dict(zip(known["component"].astype(str), known[column].astype(str), strict=True))


def sources(text: Any, lang: str) -> str:
    """Name one source or several (``province|district``)."""
    t = translator(lang)
    if numbers.is_absent(text) or text == funding_rules.ANY:
        return t("all sources")
    names = registry.codes("source")
    return ", ".join(t(names.get(name, name)) for name in str(text).split("|"))


def kind(text: Any, lang: str) -> str:
    """Name a kind of money."""
    t = translator(lang)
    if numbers.is_absent(text) or text == funding_rules.ANY:
        return t("investment and recurrent")
    return t(registry.codes("kind").get(str(text), str(text)))


def cause(code: Any, lang: str) -> str:
    """Name the cause that a district gave."""
    t = translator(lang)
    if numbers.is_absent(code):
        return t("no cause given")
    return t(registry.codes("cause").get(str(code), str(code)))


def carried(row: Row, lang: str) -> str:
    """Say of which plan year carried-over money is; nothing of the year's own plan."""
    t = translator(lang)
    plan: Any = row.get("plan_year")
    if not numbers.is_absent(plan):
        return t("carried over from {year}", year=int(plan)) if int(plan) < row["year"] else ""
    return t("carried over") if row.get("vintage") == "carried" else ""


def what(row: Row, lang: str) -> str:
    """Name money by the columns a row has: programme or component, source, kind, plan year.

    >>> what({"year": 2019, "source": "central", "kind": "investment", "plan_year": 2018}, "en")
    'Central budget, investment, carried over from 2018'
    """
    parts = []
    if not numbers.is_absent(row.get("component")) and row["component"] != "ntm_general":
        parts.append(component_name(row["component"], lang))
    elif not numbers.is_absent(row.get("programme")):
        parts.append(programme_name(row["programme"], row["year"], lang))
    if not numbers.is_absent(row.get("source")):
        parts.append(sources(row["source"], lang))
    if not numbers.is_absent(row.get("kind")):
        parts.append(kind(row["kind"], lang))
    return capital(", ".join(filter(None, [*parts, carried(row, lang)])))


def cut_off(gaps: pd.DataFrame, lang: str) -> str:
    """Say up to which day the amounts count."""
    t = translator(lang)
    first, last = gaps["cut_off_first"].min(), gaps["cut_off_last"].max()
    if numbers.is_absent(first):
        return t("no budget line is reported")
    if first.date() == last.date():
        return t("disbursed by {day}", day=numbers.date(first, lang))
    return t(
        "disbursed by days from {first} to {last}",
        first=numbers.date(first, lang),
        last=numbers.date(last, lang),
    )


def adding_up(frame: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    """Say how the amounts of a table of gaps add up, and of what the rates are, by its total."""
    return gap_note(words["total"], lang)


def gap_note(gaps: pd.DataFrame, lang: str) -> str:
    """Say how the amounts of gaps add up, and of what the rates are."""
    return translator(lang)(
        "{cut_off}. In every row, allocated = not reported + disbursed + gap. Rates are computed "
        "from the sums of the lines with a reported disbursement. {absent}: not reported.",
        cut_off=capital(cut_off(gaps, lang)),
        absent=numbers.NOT_REPORTED,
    )


# ------------------------------------------------------------------ of whom

OF_REPORTED = N_("Districts that reported")
"""What a row of all districts is called where not all of them reported."""
Shown = TypeVar("Shown", Figure, Figure | Prose, Figure | None)


def reporting(by_district: pd.DataFrame, year: int, lang: str) -> str:
    """Say of how many districts a year's money is: "3 of 15 districts"; nothing where of all.

    Parameters
    ----------
    by_district
        Gaps of each district there is: those without a line did not report.
    """
    there = by_district[by_district["district_code"].isin(places(year)["district"])]
    reported = int((there["lines"] > 0).sum())
    return claims.part("districts", reported, len(there), lang)


def of_base(frame: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    """Say in a note of how many districts a table is: its ``base``, empty where it is of all."""
    if not words.get("base"):
        return ""
    said = N_("Of the {base} that report money; sums and rates are of those.")
    return translator(lang)(said, base=words["base"])


def _note_base(held: Table | None, base: str) -> None:
    if held is not None:
        held.notes = (of_base(held.frame, held.lang, {"base": base}), *held.notes)


def on_base(shown: Shown, base: str) -> Shown:
    """Say of a figure how many districts it is of, where not of all.

    It stands in the title and in the data's notes: each is read, and downloaded, alone.
    """
    if base and isinstance(shown, Figure) and base not in shown.title:
        finding = N_("{finding} (of the {base} that reported)")
        shown.title = translator(shown.lang)(finding, finding=shown.title, base=base)
        _note_base(shown.table, base)
    return shown


def without_districts(year: int, lang: str) -> Prose | None:
    """Say that a year has no districts to set side by side; None where it has."""
    if places(year)["district"]:
        return None
    none = N_("There are no districts at the end of {year}: their money is not set side by side.")
    return Prose([translator(lang)(none, year=year)])


def whole(total: pd.DataFrame, base: str, lang: str) -> pd.DataFrame:
    """Name the row of all districts: the province only where all of them reported."""
    return total.assign(total_name=translator(lang)(OF_REPORTED)) if base else total


def records(frame: pd.DataFrame, year: int) -> list[dict[str, Any]]:
    """Return the rows of a frame, each with its year among its keys."""
    return [{"year": year, **{str(k): v for k, v in r.items()}} for r in frame.to_dict("records")]
