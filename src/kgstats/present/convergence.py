"""Spread, catching up and gaps over the years, as readers see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from kgstats.present import claims, numbers, style
from kgstats.present.charts import Chart, Series
from kgstats.present.charts_of_points import Axis, Ground, points
from kgstats.present.charts_over_years import Dates, Look, lines
from kgstats.present.figures import Figure
from kgstats.present.over_years import first_years, incomplete, period_name
from kgstats.present.picture import Scale
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec, places
from kgstats.reference import areas
from kgstats.words import N_, translator

MEASURES: Mapping[str, str] = {
    "poor_rate_pct": N_("Poverty rate"),
    "mean_criteria": N_("Mean criteria met"),
}


def _by_period(
    chart: Chart, frame: pd.DataFrame, column: str, label: str, write: Callable[[Any], str]
) -> Figure:
    """Draw one measure over years as a line that is broken where what is measured changes."""
    periods = list(dict.fromkeys(frame["period"]))
    wide = frame[["year", column]].copy()
    series = []
    for place, code in enumerate(periods):
        wide[f"part_{place}"] = frame[column].where(frame["period"] == code)
        name = label if len(periods) == 1 else period_name(code, chart.lang)
        series.append(Series(f"part_{place}", name, style.SERIES[place % len(style.SERIES)]))
    wide = wide.sort_values("year", ignore_index=True)
    breaks = [first - 0.5 for first in first_years(frame)]
    return lines(chart, wide, "year", series, dates=Dates(breaks), text=write)


_SPREADS = {
    "poor_rate_pct": TableSpec(
        slug="poor-rate-spread-data",
        caption=N_("Spread of the poverty rate between units, year by year"),
        columns=(
            Column("when", N_("End of")),
            Column(
                "spread_units", N_("Units compared"), "number", unit=N_("districts or communes")
            ),
            "poor_rate_mean poor_rate_sd poor_rate_variation_pct",
            "poor_rate_lowest poor_rate_highest",
            Column("period_name", N_("Standard")),
        ),
    ),
    "mean_criteria": TableSpec(
        slug="criteria-spread-data",
        caption=N_("Spread of the criteria met between districts, year by year"),
        columns=(
            Column("when", N_("End of")),
            Column("spread_districts", N_("Districts compared"), "number", unit="districts"),
            "criteria_mean criteria_sd criteria_variation_pct criteria_lowest criteria_highest",
            Column("period_name", N_("Set of criteria")),
        ),
    ),
}
_PREFIX = {"poor_rate_pct": "poor_rate", "mean_criteria": "criteria"}
_SPREAD_COLUMNS = {
    "unit_mean": "mean", "unit_sd": "sd", "variation_pct": "variation_pct", "lowest": "lowest",
    "highest": "highest",
}  # fmt: skip


def spread_chart(
    spread: pd.DataFrame, measure: str, lang: str, *, guarded: bool = False
) -> Figure | Prose:
    """Draw how far units lie apart in a measure, year by year."""
    t = translator(lang)
    if guarded:
        return _guarded(lang)
    last = spread[spread["period"] == spread["period"].iloc[-1]] if len(spread) else spread
    if len(spread) < 2:
        return Prose([t("The spread is known for fewer than two years.")])
    write = partial(numbers.number, lang=lang, decimals=2)
    prefix = _PREFIX[measure]
    columns = {old: f"{prefix}_{new}" for old, new in _SPREAD_COLUMNS.items()}
    units = {"poor_rate_pct": "spread_units", "mean_criteria": "spread_districts"}[measure]
    named = spread.rename(columns=columns | {"units": units}).assign(
        when=[str(one) for one in spread["year"]],
        period_name=[period_name(one, lang) for one in spread["period"]],
    )
    chart = Chart(
        slug=f"{prefix.replace('_', '-')}-spread",
        title=_titled(
            _spread_title(last, measure, lang), _base(last), _unit_of(last, measure), lang
        ),
        says=t("Line of the standard deviation between units."),
        axis=t("standard deviation, percentage points")
        if measure == "poor_rate_pct"
        else t("standard deviation, criteria"),
        note=_note(
            incomplete(*_base(last), _unit_of(last, measure), lang),
            t(
                "Each unit counts once. When all values fall, the deviation falls with them: the "
                "coefficient of variation in the data below tells whether they also grow alike in "
                "proportion."
            ),
        ),
        table=_SPREADS[measure].table(named, lang),
    )
    return _by_period(chart, named, columns["unit_sd"], t(MEASURES[measure]), write)


def _note(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _titled(title: str, base: tuple[int, int], unit: str, lang: str) -> str:
    """Say in a title of how many units it is, where it is not of all of them."""
    return claims.part(unit, *base, lang, N_("{title} ({base})"), title=title) or title


def _base(frame: pd.DataFrame, reported: str = "units") -> tuple[int, int]:
    """Return of how many units the last row is, and how many there are."""
    last = frame.iloc[-1]
    return int(last[reported]), int(last["expected_units"])


def _unit_of(spread: pd.DataFrame, measure: str) -> str:
    """Return what the units of a period are: communes where there are no districts any more."""
    year = int(spread["year"].iloc[-1])
    gone = measure == "poor_rate_pct" and not len(areas.districts(year))
    return "units" if gone else "districts"


_CALLED = {
    "districts": {"unit": N_("district"), "units": N_("districts")},
    "units": {"unit": N_("commune-level unit"), "units": N_("commune-level units")},
}


def _called(unit: str, lang: str) -> dict[str, str]:
    """Return what the units of a period are called in a sentence, one and several of them."""
    t = translator(lang)
    return {name: t(word) for name, word in _CALLED[unit].items()}


def _spread_title(last: pd.DataFrame, measure: str, lang: str) -> str:
    """Say whether units came closer within the last period, in points and in proportion."""
    t = translator(lang)
    first, now = last.iloc[0], last.iloc[-1]
    said = {"measure": t(MEASURES[measure]), "first": first["year"], "year": now["year"]}
    if len(last) < 2:
        return t("{measure}: one year only since the last break, {year}", **said)
    write = partial(numbers.number, lang=lang, decimals=2)
    percent = partial(numbers.percent, lang=lang, decimals=1)
    return t(
        "{measure}, {first}–{year}: the deviation between {units} {moved}, the coefficient of "
        "variation {varied}",
        **said,
        **_called(_unit_of(last, measure), lang),
        moved=claims.moved(first["unit_sd"], now["unit_sd"], write, lang, 2),
        varied=claims.moved(first["variation_pct"], now["variation_pct"], percent, lang, 1)
        or t("is not known"),
    )


CATCH_UP = TableSpec(
    slug="catch-up",
    caption=N_("Whether units that started worse off moved more"),
    columns=(
        Column("measure_name", N_("Measure")),
        Column("span", N_("Years")),
        Column("spread_units", N_("Units compared"), "number", unit=N_("districts or communes")),
        "slope r_squared relative_slope rank_correlation",
    ),
    notes=N_(
        "A slope below zero means that units that started higher fell more, or units that "
        "started lower rose more. Values that stood out by chance tend to move back towards "
        "the mean: read the slope together with the spread, never alone."
    ),
)
_ENOUGH = 8
"""How many units it takes to say anything of a slope."""
_FEW = 30
"""Of fewer units than these, one of them can turn the sign of a slope."""
_SLOPES = ("slope", "r_squared", "relative_slope", "rank_correlation")


def _of_enough(found: pd.DataFrame) -> pd.DataFrame:
    """Leave out what is fitted through fewer units than it takes to say anything."""
    few = found["units"] < _ENOUGH
    return found.assign(**{name: found[name].mask(few) for name in _SLOPES})


def catch_up_table(found: Mapping[str, pd.DataFrame], lang: str) -> Table | Prose:
    """Tabulate the slopes and rank correlations of each measure (by its name) and period."""
    t = translator(lang)
    frame = pd.concat(
        [one.assign(measure_name=t(MEASURES[name])) for name, one in found.items()],
        ignore_index=True,
    )
    if frame.empty:
        return Prose([t("There is no period with two years to compare.")])
    frame = _of_enough(frame).assign(
        spread_units=frame["units"],
        span=[f"{row.first_year}–{row.year}" for row in frame.itertuples()],
    )
    few = t(
        "With so few units, one of them can reverse the sign; for fewer than {n}, no slope is "
        "given.",
        n=_ENOUGH,
    )
    return CATCH_UP.table(frame, lang, notes=[few] if (frame["units"] < _FEW).any() else [])


MOVES = TableSpec(
    slug="catch-up-data",
    caption=N_("Poverty rate at first and change since, unit by unit, {first}–{year}"),
    columns=(Column("name", N_("Unit")), "rate_first_pct rate_last_pct rate_moved_pp"),
)


def catch_up_chart(
    moves: pd.DataFrame, found: pd.DataFrame, lang: str, *, guarded: bool = False
) -> Figure | Prose:
    """Draw the change of each unit's poverty rate against its rate at first, last period."""
    t = translator(lang)
    if guarded:
        return _guarded(lang)
    if moves.empty:
        return Prose([t("There is no period with two years to compare.")])
    own = moves[moves["period"] == moves["period"].iloc[-1]]
    line = _of_enough(found[found["period"] == own["period"].iloc[0]]).iloc[0]
    year, first = int(own["year"].iloc[0]), int(own["first_year"].iloc[0])
    kind = (
        "district" if "district_code" in own and own["district_code"].notna().any() else "commune"
    )
    named = own.assign(
        name=[places(year, lang)[kind][one] for one in own[f"{kind}_code"]],
        rate_first_pct=own["value_first"],
        rate_last_pct=own["value_last"],
        rate_moved_pp=own["value_change"],
    ).sort_values("value_first", ascending=False, ignore_index=True)
    base, unit = (len(own), int(line["expected_units"])), _unit_of(own, "poor_rate_pct")
    chart = Chart(
        slug="catch-up-chart",
        title=_titled(_catch_up_title(line, own["value_change"], unit, lang), base, unit, lang),
        says=t("Points, one for each unit: rate at first across, change since upwards."),
        axis=t("change to {year}, percentage points", year=year),
        note=_note(
            incomplete(*base, unit, lang),
            t("With few units this says little; see the caution under the table.")
            if len(own) < _FEW
            else "",
        ),
        table=MOVES.table(named, lang, year=year, first=first),
    )
    across, up = named["value_first"].astype(float), named["value_change"].astype(float)
    shown = named.assign(
        look="unit",
        says=[
            f"{row.name}: {numbers.percent(row.value_first, lang, 2)}, "
            f"{numbers.signed(row.value_change, lang, 2)}"
            for row in named.itertuples()
        ],
        named=len(named) <= 20,
    )

    def behind(ground: Ground) -> None:
        zero = ground.at(0.0, 0.0)[1]
        if 0 <= ground.up(0.0) <= 1:
            ground.plot.line((0, zero), (1, zero), style.MUTED, 0.8)
        if not numbers.is_absent(line["slope"]):
            ends = [
                (x, float(line["intercept"]) + float(line["slope"]) * x)
                for x in (float(across.min()), float(across.max()))
            ]
            ground.plot.line(ground.at(*ends[0]), ground.at(*ends[1]), style.CONTRAST, 1.2, "5 3")

    axes = (
        Axis("value_first", t("poverty rate at the end of {year}, %", year=first), _around(across)),
        Axis("value_change", chart.axis, _around(up)),
    )
    looks = {"unit": Look("", style.ACCENT, "o")}
    return points(chart, shown, "name", axes, looks, behind=behind, named="named")


def _around(values: pd.Series) -> Scale:
    """Return a scale with room around the values."""
    low, high = float(values.min()), float(values.max())
    room = 0.12 * ((high - low) or 1.0)
    return Scale(low - room, high + room)


_MORE_OR_LESS = {
    -1: (
        N_("In percentage points, poverty fell more where it was higher"),
        N_("In percentage points, poverty fell by as much where it was higher"),
        N_("In percentage points, poverty fell less where it was higher"),
    ),
    1: (
        N_("In percentage points, poverty rose less where it was higher"),
        N_("In percentage points, poverty rose by as much where it was higher"),
        N_("In percentage points, poverty rose more where it was higher"),
    ),
    0: (
        N_(
            "Poverty fell in some {units} and rose in others: in points, the higher rates moved "
            "down against the lower"
        ),
        N_("Poverty fell in some {units} and rose in others: in points, high and low rates alike"),
        N_(
            "Poverty fell in some {units} and rose in others: in points, the higher rates moved up "
            "against the lower"
        ),
    ),
}
"""By how all units moved (fell, rose, either), for a slope below, at and above zero."""


def _catch_up_title(line: Mapping[str, Any], changes: pd.Series, unit: str, lang: str) -> str:
    """Say whether the poorer came down or rose more, in points and in proportion."""
    t = partial(translator(lang), **_called(unit, lang))
    points = claims.direction(line["slope"], 3)
    proportion = claims.direction(line["relative_slope"], 3)
    ways = {way for one in changes if (way := claims.direction(one, 2))}
    if line["units"] < _ENOUGH:
        return t("Too few {units} to say whether the poorer came down more")
    if points is None:
        return t(
            "All {units} stood alike at first: whether the poorer came down more cannot be said"
        )
    if not ways:
        return t("Poverty did not move in any {unit}")
    way = ways.pop() if len(ways) == 1 else 0
    said = t(_MORE_OR_LESS[way][points + 1])
    if points and not line["slope_holds"]:
        return t("{claim}, but the answer hangs on a single {unit}", claim=said)
    in_proportion = N_("in proportion, not known")
    if proportion and not line["relative_holds"]:
        in_proportion = N_("in proportion, the answer hangs on a single {unit}")
    elif proportion is not None:
        more = N_("in proportion, more there") if way else N_("in proportion, up")
        less = N_("in proportion, less there") if way else N_("in proportion, down")
        in_proportion = {way or 1: more, 0: N_("in proportion, alike"), -(way or 1): less}[
            proportion
        ]
        if proportion == points != 0:
            in_proportion = N_("in proportion, too")
    return f"{said}; {t(in_proportion)}"


GAPS = {
    "area": TableSpec(
        slug="area-gap-data",
        caption=N_("Poverty rate of rural and urban areas, year by year"),
        columns=(
            Column("when", N_("End of")),
            "rural_poor_rate_pct urban_poor_rate_pct area_gap_pp area_gap_ratio",
            Column("period_name", N_("Standard")),
        ),
    ),
    "ethnic": TableSpec(
        slug="ethnic-gap-data",
        caption=N_("Poverty rate of ethnic-minority and of all households, year by year"),
        columns=(
            Column("when", N_("End of")),
            "ethnic_poor_rate_pct poor_rate_pct gap_pp gap_ratio",
            Column("period_name", N_("Standard")),
        ),
    ),
}
_GAP_COLUMNS = {"area": ("area_gap_pp", "area_gap_ratio"), "ethnic": ("gap_pp", "gap_ratio")}
_GAP_WORDS = {
    "area": N_("Rural less urban poverty rate"),
    "ethnic": N_("Poverty rate of ethnic-minority households less that of all"),
}


def gap_chart(gaps: pd.DataFrame, which: str, lang: str) -> Figure | Prose:
    """Draw a gap between two groups over the years: ``area`` or ``ethnic``."""
    t = translator(lang)
    gap, _ = _GAP_COLUMNS[which]
    gaps = gaps[gaps[gap].notna()] if len(gaps) else gaps
    if len(gaps) < 2:
        return Prose([t("The gap is known for fewer than two years.")])
    write = partial(numbers.number, lang=lang, decimals=2)
    last = gaps[gaps["period"] == gaps["period"].iloc[-1]]
    named = gaps.assign(
        when=[str(one) for one in gaps["year"]],
        period_name=[period_name(one, lang) for one in gaps["period"]],
    )
    chart = Chart(
        slug=f"{which}-gap",
        title=_titled(_gap_title(last, which, lang), _base(last, "reported_units"), "units", lang),
        says=t("Line of the gap in percentage points."),
        axis=t("gap, percentage points"),
        note=_note(
            incomplete(*_base(last, "reported_units"), "units", lang),
            t(
                "For the units that reported in every year of a period. When poverty falls "
                "everywhere, the gap in percentage points often narrows while the ratio grows."
            ),
        ),
        table=GAPS[which].table(named, lang),
    )
    return _by_period(chart, named, gap, t(_GAP_WORDS[which]), write)


def _gap_title(last: pd.DataFrame, which: str, lang: str) -> str:
    """Say whether a gap narrowed within the last period, in points and as a ratio."""
    t = translator(lang)
    gap, ratio = _GAP_COLUMNS[which]
    first, now = last.iloc[0], last.iloc[-1]
    said = {"what": t(_GAP_WORDS[which]), "first": first["year"], "year": now["year"]}
    if len(last) < 2:
        return t("{what}: one year only since the last break, {year}", **said)
    write = partial(numbers.number, lang=lang, decimals=2)
    return t(
        "{what}, {first}–{year}: the gap in percentage points {moved}, the ratio {varied}",
        **said,
        moved=claims.moved(first[gap], now[gap], write, lang, 2),
        varied=claims.moved(first[ratio], now[ratio], write, lang, 2) or t("is not known"),
    )


def _guarded(lang: str) -> Prose:
    """Say that numbers of single districts are not shown here under disclosure control."""
    return Prose(
        [
            translator(lang)(
                "With disclosure control this page shows no rates of single districts: over "
                "several years they could be used to work out what is withheld elsewhere."
            )
        ]
    )
