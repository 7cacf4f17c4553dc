"""Change over years: of every area, and what each contributed to the province's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from kgstats.present import claims, maps, numbers, style
from kgstats.present.charts import Chart, steps
from kgstats.present.charts_over_years import slopes
from kgstats.present.figures import Figure
from kgstats.present.poverty import wording
from kgstats.present.poverty.wording import level
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.words import N_, translator

_MEASURES = (
    "before_hh", "after_hh", "change_hh", "after_rate_pct", "change_pp", "rate_relative_pct"
)  # fmt: skip
_CHANGES = TableSpec(
    slug="poverty-changes",
    caption=N_("Change of poor and near-poor households from {before} to {year}"),
    columns=(
        "district_code",
        *(f"Poor households: poor_{name}" for name in _MEASURES),
        *(f"Near-poor households: near_poor_{name}" for name in _MEASURES),
    ),
    notes=(
        N_(
            "Percentage points: difference of the two rates. Change of the rate: that difference "
            "in per cent of the earlier rate."
        ),
        wording.ROUNDED,
    ),
)


def changes_table(moved: pd.DataFrame, whole: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Show the change of poor and near-poor households by district: in households and points.

    Parameters
    ----------
    moved, whole
        Changes by district (or commune), and of the province.
    """
    if not wording.is_comparable(whole):
        return wording.no_base(year, lang)
    before = int(whole["base_year"].iloc[0])
    rows, total = (_side_by_side(frame) for frame in (moved, whole))
    return wording.area_table(_CHANGES, rows, total, year, lang, before=before)


def _side_by_side(moved: pd.DataFrame) -> pd.DataFrame:
    """Put poor and near-poor beside each other, a row an area, as they are shown."""
    keys = [k for k in ("base_year", "year", "district_code", "commune_code") if k in moved.columns]
    shown = wording.cells(moved)
    pieces = []
    for measure in ("poor", "near_poor"):
        own = shown[shown["measure"] == measure].drop(columns="measure").reset_index(drop=True)
        pieces.append(own.drop(columns=keys).add_prefix(f"{measure}_"))
        named = own[keys]
    units = shown.loc[shown["measure"] == "poor", ["matched_units", "expected_units"]]
    return pd.concat([named, units.reset_index(drop=True), *pieces], axis=1)


# ------------------------------------------------------------------ a line an area

_MOST_LINES = 15
_MOST = claims.Words(
    one=N_("most in {names}, by {value}"),
    many=N_("most in {names}, by {value} each"),
    every=N_("by {value} each"),
)


def slope_chart(levels: pd.DataFrame, whole: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw each district's poverty rate in each year, a line a district, and the province's.

    Parameters
    ----------
    levels, whole
        Levels of all years by district (or commune), and of the province, of the units that
        report in all of them.
    """
    t = translator(lang)
    years = [int(year) for year in whole["year"]]
    if len(years) < 2:
        return wording.no_base(years[-1], lang)
    last, words = years[-1], {str(year): str(year) for year in years}
    wide = [_over_years(frame).dropna(subset=list(words)) for frame in (levels, whole)]
    of_areas, of_all = (
        frame.assign(change_pp=frame[str(last)] - frame[str(years[0])]) for frame in wide
    )
    if of_areas.empty or of_all.empty:
        return wording.no_base(last, lang)
    note, drawn = wording.source_note(last, lang), of_areas
    if level(levels) == "commune" and len(of_areas) > _MOST_LINES:
        drawn = of_areas.nlargest(_MOST_LINES, str(last))
        note = t("Drawn: the {n} with the highest rates.", n=len(drawn)) + " " + note
    falls, before = drawn["change_pp"], whole[whole["year"] == years[0]]
    lines = pd.concat(
        [
            drawn.assign(
                what=wording.area_words(drawn, last, lang),
                whole=False,
                marked=falls.eq(falls.min()) & (falls < 0),
            ),
            of_all.assign(what=wording.whole_name(last, lang, before), whole=True, marked=False),
        ],
        ignore_index=True,
    )
    spec = TableSpec(
        slug="poverty-slope-poor-data",
        caption=N_("Poverty rate by area"),
        columns=("", *(Column(year, year, "percent", 2) for year in words), "change_pp"),
        notes=wording.ROUNDED,
    )
    chart = Chart(
        slug="poverty-slope-poor",
        title=wording.of_those(_slope_title(of_areas, years, lang), before, lang),
        says=t(
            "Lines from {before} to {year}, one for each area and one for all together, in "
            "percent.",
            before=years[0],
            year=last,
        ),
        table=wording.area_table(
            spec, of_areas, of_all.join(_units(before)), last, lang, before=years[0]
        ),
        axis=t("poverty rate, %"),
        note=note,
    )
    figure = slopes(chart, lines, "what", words, strong="whole", marked="marked")
    return wording.traced(figure, levels, ["poor_rate_pct"])


def _units(whole: pd.DataFrame) -> pd.DataFrame:
    """Return how many units levels are of."""
    return whole[["reported_units", "expected_units"]].reset_index(drop=True)


def _over_years(levels: pd.DataFrame) -> pd.DataFrame:
    """Put the poverty rates of all years beside each other, a row an area."""
    keys = [name for name in ("district_code", "commune_code") if name in levels.columns]
    rates = levels.assign(year=levels["year"].astype(str)).set_index([*keys, "year"])
    wide = rates["poor_rate_pct"].unstack("year") if keys else rates[["poor_rate_pct"]].T
    wide.columns.name = None
    return wide.reset_index(drop=not keys)


def _slope_title(rows: pd.DataFrame, years: Sequence[int], lang: str) -> str:
    t = translator(lang)
    changes = pd.Series(
        rows["change_pp"].to_numpy(), index=wording.area_words(rows, years[-1], lang)
    )
    if len(changes) == 1:
        return t(
            "{what} {moved} in {names}, the only area compared, from {before} to {year}",
            what=t("The poverty rate"),
            moved=claims.change(changes.iloc[0], lambda size: _points(size, lang), lang, 2),
            names=changes.index[0],
            before=years[0],
            year=years[-1],
        )
    fell = sum(claims.direction(change, 2) == -1 for change in changes)
    values: dict[str, Any] = {
        "what": t("The poverty rate"),
        "fell": fell,
        "all": len(rows),
        "places": wording.areas_called(rows, lang),
        "before": years[0],
        "year": years[-1],
    }
    if not fell:
        return t("{what} did not fall in any of {all} {places} from {before} to {year}", **values)
    title = (
        t("{what} fell in all {all} {places} from {before} to {year}", **values)
        if fell == len(rows)
        else t("{what} fell in {fell} of {all} {places} from {before} to {year}", **values)
    )
    largest = claims.first(-changes, 2, above=0)
    return f"{title}, {claims.said(largest, _MOST, lambda size: _points(size, lang), lang)}"


def _points(size: Any, lang: str) -> str:
    return claims.counted(claims.UNITS["points"], abs(float(size)), lang, 2)


# ------------------------------------------------------------------ map

CHANGE_BOUNDS = (-3.0, -1.5, -0.5, 0.5, 1.5)
"""Classes of changes of a rate, the same over years: upper bounds in percentage points."""


def change_map(moved: pd.DataFrame, year: int, lang: str) -> Figure | Prose:
    """Map the change of the poverty rate of every commune-level unit on fixed classes.

    Parameters
    ----------
    moved
        Changes by commune.
    """
    t = translator(lang)
    if not wording.is_comparable(moved):
        return wording.no_base(year, lang)
    frame = moved[moved["measure"] == "poor"].reset_index(drop=True)
    years = {"before": int(frame["base_year"].iloc[0]), "year": year}
    title = _map_title(frame["change_pp"], lang, what=t("The poverty rate"), **years)
    rates = frame[["before_rate_pct", "after_rate_pct"]].itertuples(index=False)
    facts = [
        []
        if any(map(numbers.is_absent, pair))
        else [
            t(
                "from {first} to {last}",
                first=numbers.percent(pair[0], lang),
                last=numbers.percent(pair[1], lang),
            )
        ]
        for pair in rates
    ]
    falls = (style.SEQUENCE[5], style.SEQUENCE[3], style.SEQUENCE[1])
    colours = (*falls, "#f4efe6", "#e9a679", "#c1521f")
    return maps.area_map(
        frame.assign(facts=facts),
        maps.MapSpec(
            "change_pp",
            t("Change of the rate from {before} to {year}, percentage points", **years),
            year,
            lang,
            classes=maps.Classes(CHANGE_BOUNDS, kind="points", colours=colours),
            slug="poverty-change-map-poor",
            title=wording.of_those(title, frame, lang),
            facts="facts",
            note=wording.map_note(frame, year, lang),
        ),
    )


def _map_title(changes: pd.Series, lang: str, **words: Any) -> str:
    """Say in how many units the rate fell, of those that can be compared."""
    fell, known = sum(claims.direction(one, 2) == -1 for one in changes), int(changes.count())
    text = N_("{what} fell in {n} of {all} commune-level units from {before} to {year}")
    if fell == known:
        text = N_("{what} fell in all {all} commune-level units from {before} to {year}")
    elif not fell:
        text = N_("{what} fell in none of {all} commune-level units from {before} to {year}")
    return translator(lang)(text, n=fell, all=known, **words)


# ------------------------------------------------------------------ contributions

_CONTRIBUTIONS = TableSpec(
    slug="poverty-contributions-poor",
    caption=N_(
        "What each area contributed to the change of the overall poverty rate, {before} to {year}"
    ),
    columns=(
        "district_code before_rate_pct after_rate_pct rate_effect_pp weight_effect_pp",
        "contribution_pp contribution_share_pct",
    ),
    notes=(
        N_(
            "Effect of the rate: poverty in the area fell or rose. Effect of the weight: the "
            "area, poorer or better off than all together, grew or shrank in households. Both "
            "add up to the change of the overall rate with nothing left over."
        ),
        wording.ROUNDED,
    ),
)


def contributions_table(
    parts: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Table | Prose:
    """Show what each district contributed to the change of the province's rate.

    Parameters
    ----------
    parts, total
        :func:`kgstats.analysis.poverty.decompose`, and its sum.
    """
    if total.empty:
        return wording.no_base(year, lang)
    before = int(total["base_year"].iloc[0])
    return wording.area_table(_CONTRIBUTIONS, parts, total, year, lang, before=before)


_STEPS = TableSpec(
    slug="poverty-waterfall-data",
    caption=N_("Steps from the rate of {before} to that of {year}"),
    columns=(
        Column("what", N_("Step")),
        Column(
            "rate_effect_pp",
            N_("Level, or step"),
            "quantity",
            3,
            definition=N_("The rate of a year in %, or what an area adds to its change in points"),
        ),
    ),
    name=lambda row, lang: str(row["what"]),
)


def contribution_chart(
    bridge: pd.DataFrame, parts: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Figure | Prose:
    """Draw how the districts take the province's rate from one year's to the other's.

    Parameters
    ----------
    bridge, parts, total
        :func:`kgstats.analysis.poverty.bridge`, what it is made of, and the sum of that.
    """
    t = translator(lang)
    if total.empty:
        return wording.no_base(year, lang)
    (whole,) = total.to_dict("records")
    levels = bridge["step"].isin(["before", "after"])
    named = bridge.assign(what=_named(bridge, year, lang), is_level=levels)
    rows = named.rename(columns={"after_pct": "after"})

    def text(row: Mapping[str, Any]) -> str:
        write = numbers.percent if row["is_level"] else numbers.signed
        return write(row["rate_effect_pp"], lang, 2)

    chart = Chart(
        slug="poverty-waterfall-poor",
        title=wording.of_those(_contribution_title(parts, whole, lang), total, lang),
        says=t(
            "Bars as steps from {before} to {after}:",
            before=numbers.percent(whole["before_rate_pct"], lang),
            after=numbers.percent(whole["after_rate_pct"], lang),
        ),
        axis=t("poverty rate, %; the axis does not start at zero"),
        table=_STEPS.table(_as_quantities(rows), lang, year=year, before=int(whole["base_year"])),
        note=t(
            "Each step: half the sum of the area's shares of households in both years, times the "
            "change of its rate. Shift of households: areas poorer or better off than all "
            "together grew or shrank."
        ),
    )
    return steps(chart, rows, "what", text=text, from_zero=False)


def _as_quantities(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each row its unit: levels are percent, steps percentage points."""
    pairs = zip(rows["rate_effect_pp"], rows["is_level"], strict=True)
    told = [numbers.Quantity(size, "percent" if level else "points", 3) for size, level in pairs]
    return rows.assign(rate_effect_pp=pd.Series(told, index=rows.index, dtype=object))


def _named(bridge: pd.DataFrame, year: int, lang: str) -> list[str]:
    """Name the steps: areas by their names, levels by their year."""
    t = translator(lang)
    said = {
        "before": str(bridge["base_year"].iloc[0]),
        "after": str(year),
        "shift": t("shift of households"),
        "withheld": t("areas withheld, together"),
    }
    areas = iter(wording.area_words(bridge[bridge["step"] == "area"], year, lang))
    others = N_("{n} other areas")
    return [
        next(areas) if row.step == "area" else said.get(row.step) or t(others, n=row.areas)
        for row in bridge.itertuples()
    ]


def _contribution_title(parts: pd.DataFrame, whole: Mapping[str, Any], lang: str) -> str:
    t = translator(lang)
    change, year = float(whole["change_pp"]), int(whole["year"])
    years = {"before": int(whole["base_year"]), "year": year}
    if claims.direction(change, 2) != -1:
        said = wording.change_words(change, lang)
        return t("The overall poverty rate from {before} to {year}: {change}", change=said, **years)
    falls = pd.Series(parts["before_rate_pct"] - parts["after_rate_pct"])
    if claims.first(falls, 2).everyone:
        return t(
            "The poverty rate fell by the same in every area from {before} to {year}: what each "
            "contributed follows its number of households",
            **years,
        )
    # The fewest areas that make half of the fall, unless others contributed as much.
    few = int(parts["within_half"].sum())
    effects = pd.Series(-parts["contribution_pp"].to_numpy(), index=parts.index)
    first = [place for place, _ in claims.top(effects, few, 3, above=0)]
    size = claims.counted(claims.UNITS["points"], abs(change), lang, 2)
    if not first or len(first) > _MOST_NAMED or len(parts) == 1:
        return t(
            "The overall poverty rate fell by {points} from {before} to {year}",
            points=size,
            **years,
        )
    return t(
        "{names}: {share} of the fall of {points} from {before} to {year}",
        names=numbers.joined(wording.area_words(parts.loc[first], year, lang), lang),
        share=numbers.percent(parts.loc[first, "contribution_cumulative_pct"].max(), lang, 0),
        points=size,
        **years,
    )


_MOST_NAMED = 6
