"""In and out of poverty during a year, and what the returns leave open of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats.present import claims, numbers, style
from kgstats.present.charts import Chart, Series, stacked_bars
from kgstats.present.charts_over_years import Flow, flow
from kgstats.present.figures import Figure
from kgstats.present.poverty import wording
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.reference import poverty_standards as standards
from kgstats.words import N_, translator


def _spec(status: str, caption: str) -> TableSpec:
    moves = ("escaped_hh", "fell_back_hh", "new_hh")
    sums = ("residue_hh", "net_change_hh", "gross_change_hh", "escape_rate_pct", "reentry_rate_pct")
    return TableSpec(
        slug=f"poverty-flows-{status.replace('_', '-')}",
        caption=caption,
        columns=(
            "district_code",
            Column(f"{status}_start_hh", N_("Start of the year"), "number"),
            *(f"{status}_{name}" for name in moves),
            Column(f"{status}_end_hh", N_("End of the year"), "number"),
            *(f"{status}_{name}" for name in sums),
        ),
        notes=_BACK[status],
    )


_BACK = {
    "poor": N_(
        "Households that fell back may have left poverty this year or in any earlier "
        "year. Their number per 100 that left this year compares two movements of one "
        "year; it is not a share of those that left."
    ),
    "near_poor": N_(
        "Households that fell back to near-poor may have left near-poverty this year or in any "
        "earlier year. Their number per 100 that left this year compares two movements of one "
        "year; it is not a share of those that left."
    ),
}
_CLOSE = {
    "poor": N_("The stated movements close: start − left poverty + fell back + newly poor = end."),
    "near_poor": N_(
        "The stated movements close: start − left near-poverty + fell back to near-poor + newly "
        "near-poor = end."
    ),
}
_FLOWS = {
    "poor": _spec("poor", N_("Poor households in and out during {year}")),
    "near_poor": _spec("near_poor", N_("Near-poor households in and out during {year}")),
}
_TITLE = N_(
    "In {year}, {escaped} households left poverty and {entered} became poor or fell back; "
    "the number of poor households {moved}"
)
_OPEN_TITLE = N_(
    "In {year}, {escaped} households left poverty and {entered} became poor or fell back; "
    "the returns start the year with {start} and end it with {end}"
)
"""Where the year does not start with the households the one before ended with: no fall or rise."""


def flows_table(
    flows: pd.DataFrame,
    whole: pd.DataFrame,
    lang: str,
    status: str = "poor",
    unlike: pd.DataFrame | None = None,
) -> Table:
    """Show by district how many households left poverty, fell back, or became poor.

    Parameters
    ----------
    flows, whole
        Flows of one year by district (or commune), and of the province.
    status
        ``poor`` or ``near_poor``.
    unlike
        :func:`kgstats.analysis.poverty.unlike_last_end` of the same areas.
    """
    year, spec, residue = int(whole["year"].iloc[0]), _FLOWS[status], f"{status}_residue_hh"
    closing = ""
    if residue not in flows.columns:
        spec = replace(spec, columns=tuple(name for name in spec.columns if name != residue))
    elif not numbers.is_absent(whole[residue].iloc[0]):
        closing = _closing(int(whole[residue].iloc[0]), status, lang)
        open_ = int(flows[residue].fillna(0).ne(0).sum())
        if open_ and not whole[residue].iloc[0]:
            unit = claims.UNITS["units" if wording.level(flows) == "commune" else "districts"]
            closing = translator(lang)(
                "The stated movements close in the sum only: they leave households unexplained "
                "in {places}.",
                places=claims.counted(unit, open_, lang),
            )
    total = whole.assign(reported_units=whole[f"{status}_flow_units"])
    return wording.area_table(
        spec, flows, total, year, lang, [closing, _unlike_words(unlike, lang)]
    )


def _unlike_words(unlike: pd.DataFrame | None, lang: str) -> str:
    """Name the areas that start a year with other households than they ended the last with."""
    if unlike is None or unlike.empty:
        return ""
    year = int(unlike["year"].iloc[0])
    return translator(lang)(
        "These start {year} with another number of households than they ended {before} with: "
        "{names}.",
        year=year,
        before=year - 1,
        names=claims.named(
            wording.area_words(unlike, year, lang),
            lang,
            most=15,
            unit=claims.UNITS["units" if wording.level(unlike) == "commune" else "districts"],
        ),
    )


def _closing(residue: int, status: str, lang: str) -> str:
    t = translator(lang)
    if residue == 0:
        return t(_CLOSE[status])
    return t(
        "The stated movements leave {n} households unexplained.", n=numbers.signed(residue, lang)
    )


def _opening(row: dict[Any, Any], unlike: pd.DataFrame | None, lang: str) -> str:
    """Say that a year does not start with the households with which the one before ended."""
    if standards.standard(row["year"]).first_year == row["year"]:
        return translator(lang)(
            "{year} is the first year of its poverty standard; the returns do not say by which "
            "standard the households at its start were counted.",
            year=row["year"],
        )
    if unlike is None or unlike.empty:
        return ""
    (differs,) = unlike.to_dict("records")
    return translator(lang)(
        "{year} starts with {start} households, but {before} ended with {end}: the movements do "
        "not explain the whole change since.",
        start=numbers.number(differs["start_hh"], lang),
        end=numbers.number(differs["last_end_hh"], lang),
        before=row["year"] - 1,
        year=row["year"],
    )


def _no_flow(year: int, lang: str) -> Prose:
    return Prose([translator(lang)("The movements of {year} are not given.", year=year)])


def flow_chart(
    whole: pd.DataFrame, lang: str, unlike: pd.DataFrame | None = None
) -> Figure | Prose:
    """Draw the households that stayed poor, escaped, fell back and became poor in the year.

    Parameters
    ----------
    whole
        Flows of the province in one year.
    unlike
        :func:`kgstats.analysis.poverty.unlike_last_end` of the province; the note says so.
    """
    t = translator(lang)
    (row,) = whole.to_dict("records")
    year = int(row["year"])
    moves = [row[f"poor_{move}_hh"] for move in ("start", "escaped", "fell_back", "new", "end")]
    if any(numbers.is_absent(value) for value in moves):
        return _no_flow(year, lang)
    start, escaped, back, new, end = (int(value) for value in moves)
    comes, closing = [(t("fell back"), back), (t("newly poor"), new)], ""
    steps = [(t("start"), start), (t("left poverty"), -escaped), *comes]
    if not numbers.is_absent(residue := row.get("poor_residue_hh")):
        steps.append((t("unexplained"), int(residue)))
        comes += [steps[-1]] if residue else []
        closing = _closing(int(residue), "poor", lang)
    steps.append((t("end"), end))
    slug = "poverty-flow-poor"
    opening = _opening(row, unlike, lang)
    title = t(
        _OPEN_TITLE if opening else _TITLE,
        start=numbers.number(start, lang),
        end=numbers.number(end, lang),
        escaped=numbers.number(escaped, lang),
        entered=numbers.number(back + new, lang),
        moved=claims.change(end - start, lambda size: numbers.number(size, lang), lang),
        year=year,
    )
    if not numbers.is_absent(residue) and residue:
        title = t(
            "{title}; the movements leave {n} unexplained",
            title=title,
            n=numbers.number(abs(int(residue)), lang),
        )
    spec = TableSpec(
        slug=f"{slug}-data",
        caption=N_("Movements of {year}, households"),
        columns=(
            Column("what", N_("Step")),
            Column("count", N_("Households"), "number", unit="households"),
        ),
        name=lambda row, lang: str(row["what"]),
    )
    chart = Chart(
        slug=slug,
        title=wording.of_those(title, whole, lang, "poor_flow_units"),
        says=t("Flow diagram of households in {year}.", year=year),
        table=spec.table(pd.DataFrame(steps, columns=["what", "count"]), lang, year=year),
        note=" ".join(filter(None, [closing, opening])),
        values=[f"{one} {numbers.number(n, lang)}" for one, n in steps],
    )
    left = (t("left poverty"), escaped)
    drawn = Flow((t("start"), start), left, comes, (t("end"), end), t("stayed"))
    return wording.traced(flow(chart, drawn), whole, ["poor_gross_change_hh"])


# ------------------------------------------------------------------ what the forms leave open

_OF_THOSE_LEFT = "district_code poor_escaped_hh above_least_hh above_least_pct to_near_poor_most_hh"
_ONLY_BOUNDS = (
    N_(
        "The returns count who left and who came to each list, not from where and to where: "
        "these are bounds, added up from commune-level units, never shares that were observed."
    ),
    N_(
        "Assumption: a household that leaves poverty for near-poverty is counted on the "
        "near-poor list as new or as near-poor again."
    ),
)
_BOUNDS = TableSpec(
    slug="poverty-moves",
    caption=N_(
        "Households that left and entered poverty in {year}: what the returns allow to be said"
    ),
    columns=(
        _OF_THOSE_LEFT,
        "poor_entered_hh from_near_poor_most_hh escaped_before_hh relapse_most_hh",
        "relapse_most_pct",
    ),
    notes=(
        *_ONLY_BOUNDS,
        N_(
            "Fell back: of those that left in the year before, at most those that fell back this "
            "year; they can have left in any earlier year."
        ),
    ),
)
_LEFT = TableSpec(
    slug="poverty-moves-chart-data",
    caption=N_("Households that left poverty in {year}: how many surely rose above near-poverty"),
    columns=(_OF_THOSE_LEFT,),
    notes=_ONLY_BOUNDS,
)


def moves_table(
    bounds: pd.DataFrame, whole: pd.DataFrame, year: int, lang: str, guarded: bool = False
) -> Table | Prose:
    """Show by district what the returns allow of moves to near-poverty, and of relapse.

    Parameters
    ----------
    bounds, whole
        :func:`kgstats.analysis.poverty.bounds_of_moves` by district (or commune), and of the
        province.
    guarded
        Whether disclosure control is on: then sums of communes could give withheld counts away.
    """
    refused = _no_moves(whole, year, lang, guarded)
    return refused or wording.area_table(_BOUNDS, bounds, whole, year, lang)


def _no_moves(whole: pd.DataFrame, year: int, lang: str, guarded: bool) -> Prose | None:
    if guarded:
        return wording.guarded_note(lang)
    if whole["poor_escaped_hh"].isna().all():
        return _no_flow(year, lang)
    return None


def moves_chart(
    bounds: pd.DataFrame, whole: pd.DataFrame, year: int, lang: str, guarded: bool = False
) -> Figure | Prose:
    """Draw how many of those that left poverty surely rose above near-poverty, by district.

    Parameters
    ----------
    bounds, whole, guarded
        As for :func:`moves_table`.
    """
    t = translator(lang)
    refused = _no_moves(whole, year, lang, guarded)
    if refused is not None:
        return refused
    rows = bounds[bounds["poor_escaped_hh"].fillna(0) > 0]
    rows = rows.sort_values("poor_escaped_hh", ascending=False, kind="stable").head(_MOST_BARS)
    share = whole["above_least_pct"].iloc[0]
    title = t(
        "At least {share} of the {left} households that left poverty in {year} rose above "
        "near-poverty; at most {most} became near-poor",
        share=numbers.percent(share, lang, 0),
        left=numbers.number(whole["poor_escaped_hh"].iloc[0], lang),
        most=numbers.number(whole["to_near_poor_most_hh"].iloc[0], lang),
        year=year,
    )
    chart = Chart(
        slug="poverty-moves-chart",
        title=wording.of_those(title, whole, lang),
        says=t("Bars by area: households that left poverty, in two parts."),
        axis=t("households that left poverty"),
        note=t("Bounds, not counts: the returns do not say where households went."),
        table=wording.area_table(
            _LEFT,
            rows,
            whole,
            year,
            lang,
        ),
    )
    parts = [
        Series("above_least_hh", t("certainly above near-poverty"), style.ACCENT),
        Series("to_near_poor_most_hh", t("near-poor or above"), style.SEQUENCE[1]),
    ]
    named = rows.assign(what=wording.area_words(rows, year, lang))
    return stacked_bars(chart, named, "what", parts)


_MOST_BARS = 25
