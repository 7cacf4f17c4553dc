"""The year on one page, as readers see it.

Every function takes the frames of :mod:`kgstats.analysis.overview` that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import charts, claims, columns, numbers, provenance, sources
from kgstats.present.figures import Figure
from kgstats.present.numbers import Quantity
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.published import period
from kgstats.present.tables import Column, Table, TableSpec, places
from kgstats.reference.criteria import CRITERIA_COUNT
from kgstats.words import N_, translator

INDICATORS = registry.codes("headline")
"""The headline indicators, in the words of a page that says its year and place above them."""
_COARSE = ("coverage_pct", "disbursed_rate_pct", "recognised_pct")


_OF = {
    "communes_recognised": "communes", "mean_criteria": "communes", "allocated_vnd": "lines",
    "coverage_pct": "lines", "disbursed_rate_pct": "lines",
}  # fmt: skip
"""What an indicator is counted over, as :data:`kgstats.present.claims.UNITS` calls it."""


# Headlines ----------------------------------------------------------------------------------


def quantity(indicator: str, value: Any, change: bool = False) -> Quantity:
    """Return an indicator's value, or its change, with the unit that readers need.

    >>> quantity("poor_rate_pct", -1.45, change=True)
    Quantity(value=-1.45, kind='points', decimals=2, unit='', mark='', relation='', high=None)
    """
    value = None if numbers.is_absent(value) else value
    if indicator.endswith("_vnd"):
        rise = change and value is not None and numbers.signed(value / 10**9, "en", 1)[0] == "+"
        return Quantity(value, "billion", 1, relation="+" if rise else "")
    if indicator.endswith("_pct"):
        kind = "points" if change else "percent"
        return Quantity(value, kind, 1 if indicator in _COARSE else 2)
    decimals = 1 if indicator == "mean_criteria" else 0
    units = {"mean_criteria": N_("criteria/commune"), "poor_end_hh": N_("households")}
    unit = units.get(indicator, N_("rural communes"))
    if not numbers.is_absent(value) and abs(value) == 1:
        unit = _ONE.get(unit, unit)
    if value is not None and not decimals:
        value = int(value)
    return Quantity(value, "signed" if change else "number", decimals, unit=unit)


_ONE = {"rural communes": N_("rural commune"), "households": N_("household")}
_CELL = Column("", "", "quantity")
_ROWS = {"rural": "communes", "all": "units", "": "lines"}
"""What the rows of a form are, as :data:`kgstats.present.claims.UNITS` calls it."""


def _said(indicator: str, value: Any, lang: str, change: bool = False) -> str:
    """Write a value whose label stands above it: its unit only where the label has none."""
    one = quantity(indicator, value, change)
    return columns.quantity(replace(one, unit=""), _CELL, lang)


def value_of(row: Any, lang: str) -> str:
    """Write a headline value; a count of communes beside those that reported."""
    if row.unit != "communes" or numbers.is_absent(row.value):
        return _said(row.indicator, row.value, lang)
    n, of = (numbers.number(one, lang, 0) for one in (row.value, row.units))
    return translator(lang)("{n} of {all}", n=n, all=of)


def _partly(row: Any, n: str, of: str, lang: str) -> str:
    """Say of how many units something is, where it is not of all of them."""
    unit = _OF.get(row.indicator, "units")
    return claims.part(unit, getattr(row, n), getattr(row, of), lang)


def against(row: Any, lang: str) -> list[str]:
    """Say the change since last year, where there is one, and of what."""
    if numbers.is_absent(row.change):
        return []
    words = {"change": _said(row.indicator, row.change, lang, change=True), "year": row.base_year}
    of = _partly(row, "compared", "compared_of", lang)
    if not numbers.is_absent(row.units) and row.compared == row.units:
        of = ""  # Said of the value already.
    t = translator(lang)
    if of:
        return [t("{change} against {year}, over {base}", base=of, **words)]
    return [t("{change} against {year}", **words)]


def reported_of(row: Any, lang: str) -> list[str]:
    """Say of how many units a value is, where not all reported."""
    of = _partly(row, "units", "units_expected", lang)
    return [translator(lang)("{base} reported", base=of)] if of else []


def _aim(row: Any) -> Quantity:
    """Return what is aimed at; of a rate, by how many points it is to fall."""
    one = quantity(row.indicator, row.target_low)
    kind = "number" if row.indicator == "poor_rate_pct" else one.kind
    high = None if numbers.is_absent(row.target_high) else row.target_high
    unit = N_("pp (fall)") if row.indicator == "poor_rate_pct" else one.unit
    return replace(one, kind=kind, decimals=None, unit=unit, high=high)


def _verdict(row: Any, lang: str) -> str:
    t = translator(lang)
    if numbers.is_absent(row.target_year):
        return ""
    if not numbers.is_absent(row.reached):
        return t("reached") if row.reached else t("missed")
    if row.target_year != row.year:
        return ""
    if row.sent_again:
        return t("not judged: some numbers are those of last year")
    if not numbers.is_absent(row.units) and row.units == row.units_expected:
        return t("not judged: nothing to compare with")
    return t("not judged: not every unit reported")


def _target(row: Any, lang: str) -> str:
    t = translator(lang)
    if numbers.is_absent(row.target_year):
        return ""
    aim = columns.quantity(replace(_aim(row), unit=""), _CELL, lang)
    if row.indicator == "poor_rate_pct":
        aim = t("a fall of {n} pp", n=aim)
    words = t("target {year}: {aim}", year=row.target_year, aim=aim)
    return words if row.target_year != row.year else f"{words} ({_verdict(row, lang)})"


def headlines(
    headline: pd.DataFrame,
    lang: str,
    only: Sequence[str] | None = None,
    trend: pd.DataFrame | None = None,
    reported: pd.DataFrame | None = None,
) -> Headlines:
    """Show the headline figures in large type, each with its base, change, target and trend.

    Parameters
    ----------
    headline
        :func:`kgstats.analysis.overview.headline`.
    trend
        :func:`kgstats.analysis.overview.years`, of the units that reported in all years.
    reported
        :func:`kgstats.analysis.overview.reported`: of how many districts the money is.
    """
    t = translator(lang)
    shown = []
    money = _districts_with_money(reported, lang)
    for row in headline.itertuples():
        if only is None or row.indicator in only:
            parts = [*reported_of(row, lang), *against(row, lang), _target(row, lang)]
            if (
                money
                and _OF.get(str(row.indicator)) == "lines"
                and not numbers.is_absent(row.value)
            ):
                parts.insert(0, money)
            label = t(INDICATORS[str(row.indicator)])
            context = "; ".join(filter(None, parts))
            line = _trend(trend, str(row.indicator), lang)
            shown.append(Headline(label, value_of(row, lang), context, line))
    return Headlines(shown)


def _districts_with_money(reported: pd.DataFrame | None, lang: str) -> str:
    """Say how many districts the year's money is of, where not of all."""
    if reported is None:
        return ""
    row = reported.set_index("form").loc["02"]
    there, of = row["districts"], row["districts_expected"]
    return claims.part("districts", there, of, lang, N_("{base} reported"))


def _trend(years: pd.DataFrame | None, indicator: str, lang: str) -> list[tuple[str, float | None]]:
    """Return an indicator's values over the years, each as it is read."""
    if years is None or indicator not in years:
        return []
    return [
        (str(year), None)
        if numbers.is_absent(value)
        else (f"{year}: {_said(indicator, value, lang)}", float(value))
        for year, value in zip(years["year"], years[indicator], strict=True)
    ]


HEADLINE = TableSpec(
    slug="headline-figures",
    caption=N_("Headline figures of {year}"),
    columns=(
        Column("indicator", N_("Indicator")),
        Column("now", N_("Value"), "quantity"),
        Column("moved", N_("Change against last year"), "quantity"),
        Column("compared", N_("Compared"), "number", unit=N_("communes, units or lines")),
        Column("compared_of", N_("Of"), "number", unit=N_("communes, units or lines")),
        Column("target_year", N_("Target of")),
        Column("aim", N_("Target"), "quantity"),
        Column("verdict", N_("Result")),
    ),
    name=lambda row, lang: translator(lang)(INDICATORS[row["indicator"]]),
    notes=N_(
        "A change covers the communes, units or budget lines that reported in both years, so "
        "it can differ from the difference of the totals. A target is judged in its year, "
        "and only where all reported; the target for the poverty rate is a fall in "
        "percentage points."
    ),
)


REPORTED = Column("units", N_("Of units reported"), "number", unit=N_("communes or units"))
"""Shown where not all reported."""


def headline_table(headline: pd.DataFrame, lang: str) -> Table:
    """Tabulate the headline figures, their base, the change, the target."""
    rows = list(headline.itertuples())
    frame = headline.assign(
        now=[quantity(row.indicator, row.value) for row in rows],
        moved=[quantity(row.indicator, row.change, change=True) for row in rows],
        target_year=["" if numbers.is_absent(row.target_year) else str(row.target_year)
                     for row in rows],
        aim=[_aim(row) if row.target_low is not pd.NA else Quantity(mark=" ") for row in rows],
        verdict=[_verdict(row, lang) for row in rows],
    )  # fmt: skip
    spec = HEADLINE
    if (headline["units"] < headline["units_expected"]).fillna(False).any():
        label, value, *rest = HEADLINE.columns
        spec = replace(HEADLINE, columns=(label, value, REPORTED, *rest))
    made = spec.table(frame, lang, year=int(headline["year"].iloc[0]))
    both = pd.concat([headline, headline.assign(year=headline["base_year"])])
    made.sources = _cells_of(both[["year", "indicator"]])
    return made


def _cells_of(rows: pd.DataFrame) -> list[provenance.Source]:
    """Return the cells behind rows that name their indicator, each by its own keys."""
    found: list[provenance.Source] = []
    if rows.empty:
        return found
    for indicator, own in rows.groupby("indicator"):
        known = own.dropna(axis="columns", how="all").drop(columns="indicator")
        found += provenance.behind(known, [str(indicator)], None)
    cells: dict[tuple[str, str, str], dict[str, None]] = {}
    for one in found:
        held = cells.setdefault((one.district, one.file, one.sheet), {})
        held |= dict.fromkeys(one.cells)
    return [provenance.Source(*place, tuple(held)) for place, held in sorted(cells.items())]


RANGES = TableSpec(
    slug="ranges",
    caption=N_("How far the headline figures could be off, {year}"),
    columns=(
        Column("indicator", N_("Indicator")),
        Column("now", N_("Value"), "quantity"),
        Column("least", N_("Least"), "quantity"),
        Column("most", N_("Most"), "quantity"),
        Column("not_reported", N_("Not reported"), "number", unit=N_("communes, units or lines")),
        Column("doubtful", N_("Doubtful"), "number", unit=N_("communes, units or lines")),
        Column("units", N_("Of"), "number", unit=N_("communes, units or lines")),
    ),
    name=lambda row, lang: translator(lang)(INDICATORS[row["indicator"]]),
    notes=N_(
        "Least and most: of a commune that did not report, or whose value is in doubt, all is "
        "open; the rate of such a unit is assumed to lie between the lowest and the highest "
        "of any unit of this year or the last; of money without a report, none or all is "
        "assumed to be disbursed, so the range of the disbursement rate covers all money. "
        "This is not a confidence interval. …: no limit can be given. A value that is a sum "
        "covers what was reported, so it can lie below the range."
    ),
)


def ranges_table(ranges: pd.DataFrame, year: int, lang: str) -> Table:
    """Tabulate each headline figure with the least and the most it can be.

    Parameters
    ----------
    ranges
        :func:`kgstats.analysis.uncertainty.ranges`.
    """
    cells = {
        shown: [quantity(*pair) for pair in zip(ranges["indicator"], ranges[name], strict=True)]
        for shown, name in (("now", "value"), ("least", "low"), ("most", "high"))
    }
    made = RANGES.table(ranges.assign(**cells), lang, year=year)
    made.sources = _cells_of(ranges[["year", "indicator"]])
    return made


def _bounded(ranges: pd.DataFrame, lang: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the figures that are certain as printed, those within a range, those without one."""
    held = ranges.assign(
        least=[_said(*pair, lang) for pair in zip(ranges["indicator"], ranges["low"], strict=True)],
        most=[_said(*pair, lang) for pair in zip(ranges["indicator"], ranges["high"], strict=True)],
        what=[translator(lang)(INDICATORS[one]) for one in ranges["indicator"]],
    )
    limits = held["low"].notna() & held["high"].notna()
    firm = limits & (held["least"] == held["most"])
    return held[firm], held[limits & ~firm], held[~limits]


def ranges_text(ranges: pd.DataFrame, lang: str) -> Prose:
    """Say which headline figures are certain as they stand, and how far the others can lie off."""
    t = translator(lang)
    firm, wide, open_ = _bounded(ranges, lang)
    lines: list[str | tuple[str, str]] = [
        t("{what}: from {least} to {most}", what=row.what, least=row.least, most=row.most)
        for row in wide.itertuples()
    ]
    lines += [
        t("{what}: no limit can be given, because not all units reported", what=what)
        for what in open_["what"]
    ]
    if len(firm):
        lines.append((t("Certain as printed"), "; ".join(firm["what"])))
    return Prose(items=lines)


_ENDS = {"mean_criteria": CRITERIA_COUNT, "disbursed_rate_pct": 100}
"""Where the scale of an indicator ends by its nature; communes end with all there are."""


def ranges_chart(ranges: pd.DataFrame, year: int, lang: str) -> Figure | Table:
    """Draw each headline figure in the range it can lie in; those without limits are named.

    Where none has limits, the table alone is shown.

    Parameters
    ----------
    ranges
        :func:`kgstats.analysis.uncertainty.ranges`.
    """
    t = translator(lang)
    table = ranges_table(ranges, year, lang)
    firm, wide, open_ = _bounded(ranges, lang)
    drawn = pd.concat([firm, wide]).sort_index().dropna(subset=["value"])
    if drawn.empty:
        return table
    ends = drawn["indicator"].map(_ENDS).astype("Float64")
    ends = ends.mask(drawn["indicator"] == "communes_recognised", drawn["units"])
    drawn = drawn.assign(end=ends.fillna(drawn[["value", "high"]].max(axis=1) * 1.15))
    note = [t("Each row has a scale of its own, from 0.")]
    if ranges["indicator"].eq("disbursed_rate_pct").any():
        note.append(
            t(
                "The share of money with a disbursement report is left out: it says itself how "
                "much is not reported."
            )
        )
    if len(open_):
        note.append(t("Not drawn, because no limit can be given: {what}.",
                      what="; ".join(open_["what"])))  # fmt: skip

    def text(row: Mapping[str, Any]) -> tuple[str, str]:
        certain = row["least"] == row["most"]
        range_ = "" if certain else t("{least} to {most}", least=row["least"], most=row["most"])
        return _said(row["indicator"], row["value"], lang), range_

    chart = charts.Chart(
        slug="ranges-chart",
        title=_ranges_title(firm, wide, open_, lang),
        says=t("Each headline figure a dot, and a bar from the least to the most it can be."),
        table=table,
        note=" ".join(note),
    )
    return charts.dots_in_ranges(chart, drawn, "what", ("value", "low", "high", "end"), text=text)


def _ranges_title(firm: pd.DataFrame, wide: pd.DataFrame, open_: pd.DataFrame, lang: str) -> str:
    t = translator(lang)
    if wide.empty and open_.empty:
        return t("Every headline figure that is reported is certain as printed")
    some = N_("{firm} of {all} headline figures are certain as printed")
    said = t(
        some if len(firm) else N_("None of the {all} headline figures is certain"),
        firm=len(firm),
        all=len(firm) + len(wide) + len(open_),
    )
    if len(wide) == 1 and open_.empty:
        row = next(wide.itertuples())
        only = t("{what}: from {least} to {most}", what=row.what, least=row.least, most=row.most)
        return f"{said}. {only}"
    parts = [
        claims.counted(forms, len(held), lang)
        for forms, held in ((_WITHIN, wide), (_UNBOUNDED, open_))
        if len(held)
    ]
    return f"{said}{'; ' if len(firm) else ': '}{numbers.joined(parts, lang)}"


_WITHIN = claims.P_("{n} lies within a range", "{n} lie within a range")
_UNBOUNDED = claims.P_("{n} has no limit", "{n} have no limit")


# What the figures are of ----------------------------------------------------------------------


def base_note(reported: pd.DataFrame, parts: pd.DataFrame, lang: str) -> Prose | None:
    """Say of how many places the year's figures are, and what its money holds.

    Parameters
    ----------
    reported, parts
        :func:`kgstats.analysis.overview.reported`, :func:`kgstats.analysis.overview.money_parts`.
    """
    t = translator(lang)
    held = reported.set_index("form")
    lines: list[str | tuple[str, str]] = []
    for form, lead in registry.codes("form").items():
        row, of = held.loc[form], {}
        rows = _ROWS[registry.tables()[registry.forms()[form][-1]].units]
        money = rows == "lines"
        whole = row["units"] == row["units_expected"] or money
        if not numbers.is_absent(row["districts"]):
            of["districts"] = (int(row["districts"]), int(row["districts_expected"]))
            whole = whole and row["districts"] == row["districts_expected"]
        units = {rows: (int(row["units"]), int(row["units_expected"]))}
        if row["units_expected"] and not money:
            of |= units
        base = claims.base(of, lang)
        if row["units_expected"] and money:
            # How many lines a silent district has is not known: these are of those that reported.
            disbursed = claims.base(units, lang)
            base = t("{base}; of theirs, with a disbursement: {lines}", base=base, lines=disbursed)
        if not whole:
            lines.append((t(lead), base))
    said = []
    if lines:
        said.append(
            t(
                "The returns are incomplete. Counts and sums cover what was reported, changes "
                "what was reported in both years; a target is judged only where all reported. "
                "Reported:"
            )
        )
    sums = parts.iloc[0]
    if not numbers.is_absent(sums["integrated_vnd"]) and sums["integrated_vnd"] > 0:
        text = t(
            "Of the {all} allocated, {integrated} is money of other programmes that is integrated "
            "here; those programmes count it too.",
            all=_said("allocated_vnd", sums["allocated_vnd"], lang),
            integrated=_said("allocated_vnd", sums["integrated_vnd"], lang),
        )
        lines.append((t("Counted twice"), text))
    if not numbers.is_absent(sums["carried_vnd"]) and sums["carried_vnd"] > 0:
        text = t(
            "{carried} of it was carried over from plans of earlier years, where it was counted "
            "before.",
            carried=_said("allocated_vnd", sums["carried_vnd"], lang),
        )
        lines.append((t("Carried over"), text))
    return Prose(said, lines) if lines else None


def cautions(odd: pd.DataFrame, same: pd.DataFrame, year: int, lang: str) -> Prose | None:
    """Say which returns should be checked before a figure of the page is used; None where none.

    Parameters
    ----------
    odd, same
        :func:`kgstats.analysis.overview.odd_money`, :func:`kgstats.analysis.overview.unchanged`.
    """
    t = translator(lang)
    names = places(year, lang)["district"]
    lines: list[str | tuple[str, str]] = []
    for form, lead in (("03", N_("Poor households")), ("02", N_("Money"))):
        held = same.loc[same["form"] == form, "district_code"]
        if len(held):
            text = t(
                "every number of {names} is that of {before}; last year's return may have been "
                "sent again.",
                names=claims.named([names.get(code, t("the province")) for code in held], lang),
                before=year - 1,
            )
            lines.append((t(lead), text))
    if len(odd):
        text = claims.counted(_ODD, len(odd), lang)
        money = t(
            "Together {allocated} allocated and {disbursed} disbursed, in the totals as received.",
            allocated=_said("allocated_vnd", odd["allocated_vnd"].sum(), lang),
            disbursed=_said("allocated_vnd", odd["disbursed_vnd"].sum(), lang),
        )
        lines.append((t("Unlikely amounts"), f"{text} {money}"))
    if not lines:
        return None
    return Prose([t("To be checked before these figures are used:")], lines, kind="caution")


_ODD = claims.P_(
    "{n} budget line has an amount below zero, was paid above its plan, or has several hundred "
    "times last year's amount or one in several hundred.",
    "{n} budget lines have an amount below zero, were paid above their plan, or have several "
    "hundred times last year's amount or one in several hundred.",
)


def _drawn(rows: Mapping[str, Any], lang: str) -> str:
    """Say of how many communes and units the levels drawn are."""
    t = translator(lang)
    held = {"communes": rows.get("mean_criteria"), "units": rows.get("poor_rate_pct")}
    of = {
        unit: (int(row.compared), int(row.compared_of))
        for unit, row in held.items()
        if row is not None and not numbers.is_absent(row.compared)
    }
    if not of:
        return t("Shown: the units that reported in every year.")
    return t("Shown: the units that reported in every year, {base}.", base=claims.base(of, lang))


def trend_chart(years: pd.DataFrame, headline: pd.DataFrame, lang: str) -> Figure:
    """Draw the headline levels of the years there are returns of, one small panel each.

    Parameters
    ----------
    years
        :func:`kgstats.analysis.overview.years`, of the units that reported in all years drawn.
    headline
        :func:`kgstats.analysis.overview.headline`: the year's own figures, which the title says.
    """
    t = translator(lang)
    panels = [
        charts.Panel("communes_recognised", t(INDICATORS["communes_recognised"])),
        charts.Panel("mean_criteria", t(INDICATORS["mean_criteria"]), 1),
        charts.Panel("poor_rate_pct", t("Poverty rate, %"), 2),
        charts.Panel("near_poor_rate_pct", t("Near-poverty rate, %"), 2),
    ]
    # A year of which none of these levels can stand beside the others is not drawn.
    drawn_years = years.dropna(subset=[one.column for one in panels], how="all")
    years = years if drawn_years.empty else drawn_years
    frame = years.assign(when=[str(int(own)) for own in years["year"]])
    rows = {row.indicator: row for row in headline.itertuples()}
    drawn = {row.units for row in rows.values() if row.units is not pd.NA} - {0}
    partial = [one for row in rows.values() for one in reported_of(row, lang)]
    note = _drawn(rows, lang) if partial and drawn and len(frame) > 1 else ""
    chart = charts.Chart(
        slug="trend",
        title=_trend_title(rows, lang),
        says=t("Four small bar charts by year."),
        note=note,
        table=TableSpec(
            slug="trend-data",
            caption=N_("Headline levels by year"),
            columns=(
                Column("when", t("Year")),
                *(Column(one.column, one.label, "number", one.decimals) for one in panels),
            ),
            name=lambda row, lang: row["when"],
        ).table(frame, lang),
    )
    year = str(int(headline["year"].iloc[0]))
    return charts.small_columns(chart, frame, "when", panels, year)


def _trend_title(rows: dict[Any, Any], lang: str) -> str:
    t = translator(lang)
    met, poor = rows["communes_recognised"], rows["poor_rate_pct"]
    parts = []
    if not numbers.is_absent(met.value):
        text = claims.counted(MET, met.value, lang)
        parts.append(_with_base(text, met, lang))
    if not numbers.is_absent(poor.value):
        text = t("{rate} of households were poor", rate=_said(poor.indicator, poor.value, lang))
        parts.append(_with_base(text, poor, lang))
    if not parts:
        return t("Nothing is reported for {year} on standards and poverty", year=met.year)
    return t("At the end of {year}, {what}", year=met.year, what=numbers.joined(parts, lang))


def _with_base(text: str, row: Any, lang: str) -> str:
    of = _partly(row, "units", "units_expected", lang)
    return translator(lang)("{text} ({base} reported)", text=text, base=of) if of else text


MET = claims.P_("{n} commune met the standard", "{n} communes met the standard")
FELL_MOST = claims.Words(
    one=N_("The poverty rate fell most in {names}: by {value}."),
    many=N_("The poverty rate fell most in {names}: by {value} in each."),
    none=N_("The poverty rate fell nowhere."),
    every=N_("The poverty rate fell by {value} in each of the {n} districts."),
    single=N_("The poverty rate fell by {value} in {names}, the only place compared."),
)
ROSE_MOST = claims.Words(
    one=N_("It rose most in {names}: by {value}."),
    many=N_("It rose most in {names}: by {value} in each."),
    every=N_("It rose by {value} in each of the {n} districts."),
    single=N_("It rose by {value} in {names}, the only place compared."),
)
FELL_LEAST = claims.Words(
    one=N_("It fell least in {names}: by {value}."),
    many=N_("It fell least in {names}: by {value} in each."),
)
DID_NOT_MOVE = claims.Words(
    one=N_("It did not change in {names}."), many=N_("It did not change in {names}.")
)


def news(
    counts: pd.DataFrame, rates: pd.DataFrame, moved: pd.DataFrame, year: int, lang: str
) -> Prose:
    """Say in a few lines what changed since last year: how many communes, which rates most.

    Parameters
    ----------
    counts
        :func:`kgstats.analysis.attainment.change_counts`.
    rates
        :func:`kgstats.analysis.overview.rate_changes` by district.
    moved
        :func:`kgstats.analysis.overview.like_for_like`, which says whether anything is compared.
    """
    t = translator(lang)
    row = counts.iloc[0]
    lines = [claims.counted(_EVENTS[one], row[one], lang) for one in _EVENTS if row[one]]
    for row in moved[moved["indicator"] == "communes_recognised"].itertuples():
        if lines and (of := _partly(row, "compared", "compared_of", lang)):
            lines[-1] += " " + t("Compared: {base}.", base=of)
    lines += _rates_moved(rates[rates["measure"] == "poor"], year, lang)
    if not lines:
        compared = set(moved["indicator"]) & {"communes_recognised", "poor_rate_pct"}
        text = N_(
            "Communes and households cannot be compared with {year}: there is no return, or it "
            "covers other places, or other criteria and another poverty standard applied."
        )
        same = t("No commune's status changed.")
        return Prose([same if compared else t(text, year=year - 1)])
    return Prose(items=lines)


def which(communes: pd.DataFrame, year: int, lang: str) -> Prose:
    """Name the communes that were newly recognised within the year, and those that no longer are.

    Parameters
    ----------
    communes
        :func:`kgstats.analysis.attainment.changes`.
    """
    t = translator(lang)
    lines = []
    for event, lead in (
        ("recognised", N_("Newly recognised")),
        ("lost", N_("No longer recognised")),
    ):
        held = communes[communes["event"] == event].sort_values("commune_code")
        if len(held):
            names = numbers.joined(_named(held, year), lang)
            if len(held) > _MOST_NAMED:
                names = t("named on the page about commune standards")
            lines.append((t(lead), names))
    return Prose(items=lines)


_EVENTS = {
    "communes_newly": claims.P_(
        "{n} commune was newly recognised.", "{n} communes were newly recognised."
    ),
    "communes_no_longer": claims.P_(
        "{n} commune is no longer recognised.", "{n} communes are no longer recognised."
    ),
}
_MOST_NAMED = 20
"""How many communes a line names: of more only their number is said."""


def _named(communes: pd.DataFrame, year: int) -> list[str]:
    districts = places(year)["district"]
    return [
        name if numbers.is_absent(code) else f"{name} ({districts[code]})"
        for name, code in zip(communes["name"], communes["district_code"], strict=True)
    ]


def _rates_moved(poor: pd.DataFrame, year: int, lang: str) -> list[str]:
    """Say where the poverty rate fell most and where it did worst, as far as it can be seen."""
    kind = "commune" if "commune_code" in poor else "district"
    names = places(year, lang)[kind]
    moved = pd.Series(
        list(poor["change_pp"]), index=[names[code] for code in poor[f"{kind}_code"]], dtype=object
    )

    def write(points: Any) -> str:
        # The verb has the direction.
        return claims.counted(claims.UNITS["points"], abs(points), lang, 2)

    unit = claims.UNITS["units" if kind == "commune" else "districts"]
    fell = claims.first(-moved.dropna(), 2, above=0)
    worst = claims.first(moved, 2)
    if not worst:
        return []
    said = claims.said(replace(fell, value=-fell.value if fell else None),
                       replace(FELL_MOST, unit=unit), write, lang)  # fmt: skip
    way = claims.direction(worst.value, 2)
    words = {1: ROSE_MOST, 0: DID_NOT_MOVE, -1: FELL_LEAST}[way or 0]
    if not fell and way == 0:
        return [translator(lang)("The poverty rate did not change in any district compared.")]
    rest = (
        ""
        if fell and (worst.everyone or worst.compared == 1)
        else claims.said(worst, replace(words, unit=unit), write, lang)
    )
    there, every = poor["matched_units"].sum(), poor["expected_units"].sum()
    of = claims.part("units", there, every, lang, N_("Compared: {base}."))
    return [*filter(None, [said, " ".join(filter(None, [rest, of]))])]


# Beside the published figures ---------------------------------------------------------------

BOUNDS = {"more_than_half": ">", "over": ">", "least": "≥"}
"""How a published fact bounds a figure without giving it."""

UNITS = {
    "communes": N_("rural communes"),
    "districts": N_("districts"),
    "criteria": N_("criteria"),
    "criteria_per_commune": N_("criteria/commune"),
    "households": N_("households"),
    "percent": "%",
    "percentage_points": N_("pp"),
    "VND_billion": N_("VND billion"),
    "VND_million": N_("VND million"),
}


def _dated(text: str, lang: str) -> str:
    """Write the date at the end of a series' name as the language does."""
    name, found, day = text.rpartition(", ")
    return f"{name}, {period(day, lang)}" if found and re.match(r"\d{4}-", day) else text


AGREEMENT = TableSpec(
    slug="agreement",
    caption=N_("Published figures compared with the returns, {year}: {counts}"),
    columns=(
        "fact",
        Column("unit_words", N_("Unit")),
        Column("published", N_("Published"), "number"),
        Column("amended", N_("Corrected"), "number"),
        Column("returned", N_("From the returns"), "number"),
        Column("verdict", N_("Result")),
        Column("source", N_("Source")),
    ),
    name=lambda row, lang: _dated(row[f"label_{lang}"], lang),
    group=Column("when", N_("Year")),
    notes=N_(
        "Corrected: the value that the report's other figures give, where it contradicts "
        "itself; the returns follow it. >: published as more than the value; ≥: as at least "
        "the value."
    ),
)


def agreement_counts(counts: pd.DataFrame, lang: str) -> str:
    """Say how many published facts agree, after a correction too, differ, are not compared.

    Parameters
    ----------
    counts
        :func:`kgstats.analysis.agreement.counts`.
    """
    row = counts.iloc[0]
    forms = (
        ("agree", claims.P_("{n} agrees", "{n} agree")),
        (
            "agree_corrected",
            claims.P_("{n} agrees after a correction", "{n} agree after a correction"),
        ),
        ("differ", claims.P_("{n} differs", "{n} differ")),
        ("unknown", claims.P_("{n} is not compared", "{n} are not compared")),
    )
    said = [claims.counted(words, row[name], lang) for name, words in forms if row[name]]
    return ", ".join(said) or translator(lang)("none is known")


def agreement_table(agreement: pd.DataFrame, counts: pd.DataFrame, year: int, lang: str) -> Table:
    """Set every published fact beside the same figure from the returns.

    Parameters
    ----------
    agreement, counts
        :func:`kgstats.analysis.agreement.agreement`, and its ``counts``.
    """
    t = translator(lang)
    # The year of the page first, then the years before it, then those after it.
    agreement = agreement.sort_values(
        "year",
        key=lambda own: (own > year) * 100 + (own - year).abs(),
        kind="stable",
        ignore_index=True,
    )
    decimals = [numbers.decimals_of(float(value)) for value in agreement["printed"]]

    def shown(name: str, more: int, absent: str = "") -> list[Quantity]:
        """Two decimals more than printed show how a rounded figure comes about."""
        return [
            Quantity(mark=absent) if numbers.is_absent(value) else Quantity(
                round(float(value), places + more)
            )
            for value, places in zip(agreement[name], decimals, strict=True)
        ]  # fmt: skip

    def verdict(row: Any) -> str:
        if numbers.is_absent(row.agrees):
            return t(registry.codes("unknown_for")[row.unknown_for])
        if not row.agrees:
            return t("differs")
        return t("agrees") if numbers.is_absent(row.corrected) else t("agrees after correction")

    frame = agreement.assign(
        when=[str(int(own)) for own in agreement["year"]],
        unit_words=[t(UNITS.get(unit, unit)) for unit in agreement["unit"]],
        published=[
            replace(one, relation=BOUNDS.get(rule, ""))
            for one, rule in zip(shown("printed", 0), agreement["rule"], strict=True)
        ],
        amended=shown("corrected", 2, " "),
        returned=shown("from_returns", 2),
        verdict=[verdict(row) for row in agreement.itertuples()],
        source=[sources.said(text, lang) for text in agreement[f"source_{lang}"]],
    )
    made = AGREEMENT.table(frame, lang, year=year, counts=agreement_counts(counts, lang))
    made.sources = _cells_of(_rows_of(agreement))
    return made


def _rows_of(agreement: pd.DataFrame) -> pd.DataFrame:
    """Return the keys of the rows of clean tables that each fact is about."""
    keys = ["district_code", "commune_code", "programme", "component", "source", "kind"]
    rows = []
    for year, indicator, where in zip(
        agreement["year"], agreement["indicator"], agreement["where"], strict=True
    ):
        said = {name: where[name].split("|") for name in keys if name in where}
        said |= {name: [int(where[name])] for name in ("plan_year",) if name in where}
        # The fall of a rate comes from the rates of two years.
        level, fall = indicator.removesuffix("_fall_pp"), indicator.endswith("_fall_pp")
        measure = f"{level}_pct" if fall else indicator
        for own in [year - 1, year] if fall else [year]:
            for values in product(*said.values()):
                row = dict(zip(said, values, strict=True))
                rows.append({"year": own, "indicator": measure} | row)
    return pd.DataFrame(rows)
