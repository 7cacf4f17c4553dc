"""Where a district stands among the districts: its rank by each headline rate, and a small chart.

A rank is of what is printed: districts equal as printed share it. A district without a value has
no rank and counts for nobody's; how many have one is said with every rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from kgstats.present import claims, columns, numbers, overview, style
from kgstats.present.charts import Chart
from kgstats.present.figures import Figure
from kgstats.present.picture import Entry, Picture, Plot, Rows, Scale
from kgstats.present.tables import TableSpec, places
from kgstats.words import N_, plurals, translator

BEST_HIGH: Mapping[str, bool] = {
    "recognised_pct": True,
    "mean_criteria": True,
    "poor_rate_pct": False,
    "near_poor_rate_pct": False,
    "ethnic_poor_rate_pct": False,
    "coverage_pct": True,
    "disbursed_rate_pct": True,
}
"""The rates districts are ranked by, and whether the highest is the first."""
LABELS = {**overview.INDICATORS, "recognised_pct": N_("Communes recognised")}
IN_HEADLINES = {"communes_recognised": "recognised_pct"}
"""Headline figures that are ranked by another: a count by its share."""
_OF_ALL = claims.P_("rank {rank} of {n} district", "rank {rank} of {n} districts")
_OF_REPORTED = claims.P_(
    "rank {rank} of the {n} district with a figure",
    "rank {rank} of the {n} districts with a figure",
)
_SHARED = claims.P_("shared with {n} other", "shared with {n} others")


@dataclass(frozen=True)
class Rank:
    """A place in an order: ``rank`` of ``compared``, shared with so many others.

    ``rank`` is None where the district has no value; ``listed`` are all districts there are.
    """

    rank: int | None
    shared: int
    compared: int
    listed: int

    def words(self, lang: str) -> str:
        """Say the place; empty where there is none, or nobody to compare with.

        >>> Rank(3, 0, 15, 15).words("en"), Rank(3, 1, 12, 15).words("en")
        ('rank 3 of 15 districts', 'rank 3 of the 12 districts with a figure (shared with 1 other)')
        >>> Rank(1, 14, 15, 15).words("en"), Rank(None, 0, 15, 15).words("en")
        ('the same in all 15 districts', '')
        """
        t, tn = translator(lang), plurals(lang)
        if self.rank is None or self.compared < 2:
            return ""
        if self.shared == self.compared - 1:
            words = N_("the same in all {n} districts")
            if self.compared < self.listed:
                words = N_("the same in all {n} districts with a figure")
            return t(words, n=self.compared)
        forms = _OF_ALL if self.compared == self.listed else _OF_REPORTED
        told = tn(*forms, self.compared, n=self.compared, rank=self.rank)
        if self.shared:
            told = f"{told} ({tn(*_SHARED, self.shared, n=self.shared)})"
        return told


def rank(districts: pd.DataFrame, district: str, indicator: str) -> Rank:
    """Return a district's place by an indicator, as printed.

    Parameters
    ----------
    districts
        What :func:`kgstats.analysis.overview.districts` returns.
    """
    values = districts.set_index("district_code")[indicator]
    shown = claims.printed(values, overview.quantity(indicator, None).decimals or 0)
    own = shown.get(district)
    if own is None:
        return Rank(None, 0, len(shown), len(values))
    high = BEST_HIGH[indicator]
    ahead = sum(one > own if high else one < own for one in shown.values())
    same = sum(one == own for one in shown.values())
    return Rank(ahead + 1, same - 1, len(shown), len(values))


def in_headlines(districts: pd.DataFrame, district: str, lang: str) -> dict[str, str]:
    """Say a district's rank by each of its headline figures that can be ranked."""
    found = {}
    for name in overview.INDICATORS:
        indicator = IN_HEADLINES.get(name, name)
        if indicator in BEST_HIGH:
            told = rank(districts, district, indicator).words(lang)
            if told and name != indicator:
                told = translator(lang)("{rank} by share", rank=told)
            found[name] = told
    return found


TABLE = TableSpec(
    slug="district-ranks-data",
    caption=N_("Rates of all districts at the end of {year}"),
    columns=("district_code", *BEST_HIGH),
    total=N_("Whole province"),
)


def rank_chart(
    districts: pd.DataFrame, province: pd.DataFrame, year: int, district: str, lang: str
) -> Figure:
    """Draw where a district stands among the districts by each rate, the province beside it.

    Parameters
    ----------
    districts
        What :func:`kgstats.analysis.overview.districts` returns.
    province
        What :func:`kgstats.analysis.overview.years` returns.
    """
    t = translator(lang)
    name = places(year)["district"][district]
    whole = province[province["year"] == year]
    base = _base(districts, lang)
    spec = replace(TABLE, total=N_("Units that reported")) if base else TABLE
    drawn = [one for one in BEST_HIGH if districts[one].notna().any()]
    chart = Chart(
        slug="district-ranks",
        title=_title(districts, name, district, lang),
        says=t("Dots of all districts by rate, this one marked, the province as a line."),
        table=spec.table(districts, lang, total=whole, notes=base, year=year),
        note=" ".join([*_notes(districts, year, lang), *base]),
        ends=t("rank and value"),
    )
    laid = Rows.of([t(LABELS[one]) for one in drawn], head=4, thick=34)
    plot = Plot(laid.low, laid.left, 64)
    key = [
        Entry(name, style.ACCENT, sign="o"),
        Entry(t("Other districts"), style.MUTED, sign="o", hollow=True),
        Entry(t("Province"), style.CONTRAST, sign="-"),
    ]
    told = []
    for at, indicator in enumerate(drawn):
        place = rank(districts, district, indicator)
        laid.name(plot, at)
        values = districts.set_index("district_code")[indicator].dropna().astype(float)
        beside = None if whole.empty else whole[indicator].iloc[0]
        words = _row_words(indicator, values.get(district), beside, place, lang)
        told.append(f"{t(LABELS[indicator])}: {words}")
        with plot.mark(told[-1]):
            _strip(plot, laid.middles[at], values, district, beside, indicator, lang)
        said = "–" if place.rank is None else f"{place.rank}/{place.compared}"
        plot.text(1, laid.middles[at] - 5, said, dx=62, side="end", bold=True)
        if place.rank is not None:
            own = _said(indicator, values[district], lang)
            plot.text(1, laid.middles[at] + 11, own, dx=62, side="end", colour=style.ACCENT)
    return chart.figure(Picture(chart.slug, [plot], key, ends=chart.ends), told)


def _said(indicator: str, value: Any, lang: str) -> str:
    one = replace(overview.quantity(indicator, value), unit="")
    return columns.quantity(one, columns.Column("", ""), lang)


def _row_words(indicator: str, own: Any, beside: Any, place: Rank, lang: str) -> str:
    t = translator(lang)
    parts = [t("no figure") if own is None else _said(indicator, own, lang)]
    if not numbers.is_absent(beside):
        parts.append(t("province {value}", value=_said(indicator, beside, lang)))
    return ", ".join(filter(None, [*parts, place.words(lang)]))


def _strip(
    plot: Plot, y: float, values: pd.Series, district: str, beside: Any, indicator: str, lang: str
) -> None:
    """Draw the districts' dots on a line from the lowest to the highest."""
    y -= 5
    ends = [*values, *([] if numbers.is_absent(beside) else [float(beside)])]
    low, high = min(ends), max(ends)
    scale = Scale(low, high if high > low else low + 1)
    plot.line((0, y), (1, y), style.GRID)
    for code, value in values.items():
        if code != district:
            plot.dot(scale(value), y, style.MUTED, hollow=True, size=0.8)
    if not numbers.is_absent(beside):
        at = scale(float(beside))
        plot.line((at, y - 8), (at, y + 8), style.CONTRAST, 2.5)
    own = values.get(district)
    if own is not None:
        plot.dot(scale(own), y, style.ACCENT, size=1.35)
    for value, side in ((low, "start"), (high, "end")) if high > low else ((low, "start"),):
        words = _said(indicator, value, lang)
        plot.text(scale(value), y + 16, words, side=side, colour=style.MUTED)


def _title(districts: pd.DataFrame, name: str, district: str, lang: str) -> str:
    """Say the district's rank by the share of its communes and by its poverty rate."""
    t = translator(lang)
    said = []
    for indicator, words in (
        ("recognised_pct", N_("{rank} by communes recognised")),
        ("poor_rate_pct", N_("{rank} by poverty rate (the lowest first)")),
    ):
        if told := rank(districts, district, indicator).words(lang):
            said.append(t(words, rank=told))
    if not said:
        return t("{name}: no figure that could be ranked", name=name)
    return f"{name}: {'; '.join(said)}"


def _base(districts: pd.DataFrame, lang: str) -> list[str]:
    """Say what the province's rates are of, where not all its units reported."""
    reported = {
        "communes": (districts["communes_reported"], districts["communes"]),
        "units": (districts["poor_rate_units"], districts["units"]),
        "districts": (districts["coverage_pct"].notna(), districts["units"].notna()),
    }
    sums = {name: (int(some.sum()), int(all_.sum())) for name, (some, all_) in reported.items()}
    part = {name: of for name, of in sums.items() if 0 < of[0] < of[1]}
    if not part:
        return []
    return [translator(lang)("The province's rates cover {base}.", base=claims.base(part, lang))]


def _notes(districts: pd.DataFrame, year: int, lang: str) -> list[str]:
    """Say which end is the first, and whose figures are of a part of their units."""
    t = translator(lang)
    said = [
        t(
            "Rank 1: the highest share of communes recognised, criteria met and disbursement "
            "rate, or the lowest poverty rates. Figures equal as printed share a rank."
        )
    ]
    names = places(year)["district"]
    # A district of which nothing is known has no rank, and is no part of itself.
    marked, counted = (districts[n].fillna(0) for n in ("communes_reported", "poor_rate_units"))
    part = (marked > 0) & (marked < districts["communes"].fillna(0))
    part |= (counted > 0) & (counted < districts["units"])
    if part.any():
        listed = ", ".join(names[code] for code in districts.loc[part, "district_code"])
        said.append(t("Based on part of their units: {names}.", names=listed))
    return said
