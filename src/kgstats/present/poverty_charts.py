"""Charts and maps of poor and near-poor households; each says its finding in its title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import maps, numbers, provenance, sources, style
from kgstats.present.charts import Chart, Series, canvas
from kgstats.present.charts_over_years import (
    QUIET,
    Dates,
    Look,
    Range,
    bridge,
    dots_to_target,
    lines,
    slopes,
)
from kgstats.present.figures import Figure
from kgstats.present.poverty import (
    area_words,
    names_of,
    no_base,
    no_targets,
    source_note,
    standard_name,
    target_words,
    whole_name,
)
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, column, places, table
from kgstats.reference import poverty_standards
from kgstats.reference.programmes import Target
from kgstats.words import N_, translator


def _points(value: Any, lang: str) -> str:
    return numbers.number(abs(float(value)), lang, 2)


def _traced(figure: Figure, frame: pd.DataFrame, names: Sequence[str]) -> Figure:
    """Let a figure whose data have no keys say from which cells they come."""
    return replace(figure, sources=provenance.behind(frame, names, None))


# ------------------------------------------------------------------ over the years


def published_chart(published: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw the published poor rates of all years, broken where the standard changes.

    Parameters
    ----------
    published
        :func:`kgstats.analysis.poverty.published_series`.
    """
    t = translator(lang)
    points = published[published["standard"].ne("")].reset_index(drop=True)
    if points.empty:
        return Prose([t("No published rate of other years is known here.")])
    points = points.assign(
        middle=(points["first_year"] + points["last_year"]) / 2,
        label=[_date_words(str(label), lang) for label in points["label"]],
        name=[standard_name(str(code), lang) for code in points["standard"]],
        source=[sources.said(text, lang) for text in points["source"]],
    )
    parts = points.groupby("segment", sort=True)
    names = {f"segment_{number}": own["name"].iloc[0] for number, own in parts}
    for number, _ in parts:
        own = points["published_rate_pct"].where(points["segment"] == number)
        points[f"segment_{number}"] = own
    starts = {one.code: one.first_year for one in poverty_standards.standards()}
    firsts = [own.iloc[0] for _, own in parts][1:]
    chart = Chart(
        slug="poverty-series",
        title=_series_title(points, lang),
        says=t("Line of published poor rates, broken between standards."),
        lang=lang,
        axis=t("poor households, %"),
        note=t(
            "Hollow: the source leaves the year open. The survey of living standards measures "
            "something else and is not drawn."
        ),
        table=table(
            points,
            slug="poverty-series-data",
            caption=t("Published rates of poor households, by standard"),
            columns=[
                Column("label", t("Date")),
                Column("published_rate_pct", t("Poor rate"), "percent", 2),
                Column("published_change_pp", t("Change on the one before, points"), "points", 2),
                Column("name", t("Standard")),
                Column("source", t("Source")),
            ],
            lang=lang,
            notes=[t("No change is formed between two standards, nor with a point of open date.")],
        ),
    )
    return lines(
        chart,
        points,
        "middle",
        [
            Series(key, name, style.SERIES[place % len(style.SERIES)])
            for place, (key, name) in enumerate(names.items())
        ],
        dates=Dates(
            [starts.get(row["standard"], row["first_year"]) - 0.5 for row in firsts],
            "first_year",
            "last_year",
        ),
        text=lambda value: numbers.percent(value, lang, 2),
    )


def _date_words(label: str, lang: str) -> str:
    t = translator(lang)
    year, dash, month = label.partition("-")
    if dash and len(month) == 2:
        return f"{int(month)}/{year}" if lang == "vi" else f"{year}-{month}"
    if " or " in label:
        first, _, second = label.partition(" or ")
        return t("{first} or {second}", first=first, second=second)
    return label


def _series_title(points: pd.DataFrame, lang: str) -> str:
    t = translator(lang)
    parts = [own for _, own in points.groupby("segment", sort=True)]
    longest = max(parts, key=len)
    first, last = longest.iloc[0], longest.iloc[-1]
    values = {
        "first": numbers.percent(first["published_rate_pct"], lang),
        "from_year": _years_words(first, lang),
        "last": numbers.percent(last["published_rate_pct"], lang),
        "to_year": _years_words(last, lang),
    }
    if len(parts) > 1:
        return t(
            "The poor rate went from {first} ({from_year}) to {last} ({to_year}) under one "
            "standard; rates under another are not compared with it",
            **values,
        )
    return t("The poor rate went from {first} ({from_year}) to {last} ({to_year})", **values)


def _years_words(row: Mapping[str, Any], lang: str) -> str:
    first, last = int(row["first_year"]), int(row["last_year"])
    if first == last:
        return str(first)
    return translator(lang)("{first} or {second}", first=first, second=last)


_MOST_LINES = 15


def slope_chart(levels: pd.DataFrame, whole: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw each district's poor rate in each year, a line a district, and the province's.

    Parameters
    ----------
    levels, whole
        Levels of all years by district (or commune), and of the province.
    """
    t = translator(lang)
    years = [int(year) for year in whole["year"]]
    if len(years) < 2:
        return no_base(years[-1], lang)
    of_areas = _over_years(levels)
    of_areas["what"] = area_words(of_areas, years[-1])
    of_areas["is_whole"] = False
    province = _over_years(whole).assign(what=whole_name(years[-1], lang), is_whole=True)
    rows = pd.concat([of_areas, province], ignore_index=True)
    rows = rows.dropna(subset=[str(year) for year in years]).reset_index(drop=True)
    last, first = str(years[-1]), str(years[0])
    rows["change"] = rows[last] - rows[first]
    drawn = rows
    communes = "commune_code" in levels.columns
    if communes:
        highest = rows[~rows["is_whole"]].nlargest(_MOST_LINES, last)
        drawn = pd.concat([highest, rows[rows["is_whole"]]], ignore_index=True)
    falls = drawn["change"].where(~drawn["is_whole"])
    drawn = drawn.assign(marked=falls.eq(falls.min()) & (drawn.index == falls.idxmin()))
    note = source_note(years[-1], lang)
    if len(drawn) < len(rows):
        note = t("Drawn: the {n} with the highest rates.", n=len(drawn) - 1) + " " + note
    data = table(
        rows,
        slug="poverty-slope-poor-data",
        caption=t("{rate} by district", rate=t("Poor rate")),
        columns=[
            Column("what", t("Area")),
            *(Column(str(year), str(year), "percent", 2) for year in years),
            Column("change", t("Change, points"), "points", 2),
        ],
        lang=lang,
        totals=list(rows["is_whole"]),
    )
    chart = Chart(
        slug="poverty-slope-poor",
        title=_slope_title(rows[~rows["is_whole"]], years, communes, lang),
        says=t(
            "Lines from {before} to {year}, one for each district and one for the province, in "
            "percent.",
            before=years[0],
            year=years[-1],
        ),
        lang=lang,
        table=data,
        note=note,
    )
    words = {str(year): str(year) for year in years}
    figure = slopes(chart, drawn, "what", words, strong="is_whole", marked="marked")
    return _traced(figure, levels, ["poor_rate_pct"])


def _over_years(levels: pd.DataFrame) -> pd.DataFrame:
    """Put the poor rates of all years beside each other, a row an area."""
    keys = [name for name in ("district_code", "commune_code") if name in levels.columns]
    rates = levels.assign(year=levels["year"].astype(str)).set_index([*keys, "year"])
    wide = rates["poor_rate_pct"].unstack("year") if keys else rates[["poor_rate_pct"]].T
    wide.columns.name = None
    return wide.reset_index(drop=not keys)


def _slope_title(rows: pd.DataFrame, years: Sequence[int], communes: bool, lang: str) -> str:
    t = translator(lang)
    values: dict[str, Any] = {
        "what": t("Poor rate"),
        "fell": int((rows["change"] < 0).sum()),
        "all": len(rows),
        "places": t("communes and wards") if communes else t("districts"),
        "before": years[0],
        "year": years[-1],
    }
    if not values["fell"]:
        return t("{what}: no fall in any of {all} {places} from {before} to {year}", **values)
    most = rows.sort_values(["change", "what"]).iloc[0]
    values |= {"name": most["what"], "points": _points(most["change"], lang)}
    if values["fell"] == len(rows):
        return t(
            "{what}: a fall in all {all} {places} from {before} to {year}, largest in {name}, by "
            "{points} percentage points",
            **values,
        )
    return t(
        "{what}: a fall in {fell} of {all} {places} from {before} to {year}, largest in {name}, "
        "by {points} percentage points",
        **values,
    )


# ------------------------------------------------------------------ contributions


_MOST_STEPS = 16


def contribution_chart(
    parts: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Figure | Prose:
    """Draw how the districts take the province's rate from one year's to the other's.

    Parameters
    ----------
    parts, total
        :func:`kgstats.analysis.poverty.decompose`, and its sum.
    """
    t = translator(lang)
    if total.empty:
        return no_base(year, lang)
    (whole,) = total.to_dict("records")
    before, keys = int(whole["base_year"]), ["base_year", "year", "district_code", "commune_code"]
    steps = parts[[name for name in keys if name in parts.columns]].assign(
        what=area_words(parts, year), rate_effect_pp=parts["rate_effect_pp"]
    )
    steps = steps.sort_values("rate_effect_pp", kind="stable", ignore_index=True)
    own: list[tuple[str, float]] = []
    if len(steps) > _MOST_STEPS + 2:
        rest = steps.iloc[_MOST_STEPS:]
        own.append((t("{n} other areas", n=len(rest)), float(rest["rate_effect_pp"].sum())))
        steps = steps.iloc[:_MOST_STEPS]
    own.append((t("shift of households"), whole["weight_effect_pp"]))
    # Withheld areas are together what is left of the change.
    left = float(whole["change_pp"]) - float(whole["contribution_pp"])
    if abs(left) > 1e-9:
        own.append((t("areas withheld, together"), left))
    rows = pd.concat(
        [
            pd.DataFrame([(str(before), whole["before_rate_pct"])], columns=_STEP),
            steps,
            pd.DataFrame([*own, (str(year), whole["after_rate_pct"])], columns=_STEP),
        ],
        ignore_index=True,
    ).assign(base_year=before, year=year)
    chart = Chart(
        slug="poverty-waterfall-poor",
        title=_contribution_title(parts, whole, lang),
        says=t(
            "Bars as steps from {before} to {after}:",
            before=numbers.percent(whole["before_rate_pct"], lang),
            after=numbers.percent(whole["after_rate_pct"], lang),
        ),
        lang=lang,
        axis=t("poor households, %; the axis does not start at zero"),
        table=table(
            rows,
            slug="poverty-waterfall-data",
            caption=t(
                "Steps from the rate of {before} to that of {year}", before=before, year=year
            ),
            columns=[
                Column("what", t("Step")),
                Column("rate_effect_pp", t("Percent, percentage points"), "number", 3),
            ],
            lang=lang,
        ),
        note=t(
            "Each step: half the sum of the district's shares of households in both years, times "
            "the change of its rate. Shift of households: districts poorer or better off than the "
            "province grew or shrank."
        ),
    )
    return bridge(chart, rows, "what", "rate_effect_pp")


_STEP = ["what", "rate_effect_pp"]


def _contribution_title(parts: pd.DataFrame, whole: Mapping[str, Any], lang: str) -> str:
    t = translator(lang)
    change, year = float(whole["change_pp"]), int(whole["year"])
    values: dict[str, Any] = {
        "what": t("Poor rate"),
        "before": int(whole["base_year"]),
        "year": year,
        "points": _points(change, lang),
    }
    if change >= 0:
        return t("{what}: the province's rate did not fall from {before} to {year}", **values)
    # The fewest districts that make half of the fall.
    shares = parts["contribution_share_pct"].astype(float).cumsum()
    few = parts[shares.shift(fill_value=0.0) < 50]
    values |= {
        "names": names_of(area_words(few, year), lang),
        "share": numbers.percent(few["contribution_share_pct"].sum(), lang, 0),
    }
    return t(
        "{names} make up {share} of the fall of {points} percentage points from {before} to {year}",
        **values,
    )


# ------------------------------------------------------------------ flows


def flow_chart(whole: pd.DataFrame, lang: str, status: str = "poor") -> Figure | Prose:
    """Draw the households that stayed poor, escaped, fell back and became poor in the year.

    Parameters
    ----------
    whole
        Flows of the province in one year.
    """
    t = translator(lang)
    (row,) = whole.to_dict("records")
    year = int(row["year"])
    moves = [row[f"{status}_{move}_hh"] for move in ("start", "escaped", "fell_back", "new", "end")]
    if any(numbers.is_absent(value) for value in moves):
        return Prose([t("The movements of {year} are not given.", year=year)])
    start, escaped, back, new, end = (int(value) for value in moves)
    held = row.get(f"{status}_residue_hh")
    residue = None if numbers.is_absent(held) else int(held)
    poor = status == "poor"
    words = {
        "escaped": t("escaped") if poor else t("left near-poverty"),
        "fell_back": t("fell back") if poor else t("near-poor again"),
        "new": t("newly poor") if poor else t("newly near-poor"),
    }
    comes = [(words["fell_back"], back), (words["new"], new)]
    if residue:
        comes.append((t("unexplained"), residue))
    steps = [(t("start"), start), (words["escaped"], -escaped), *comes[:2]]
    steps += [] if residue is None else [(t("unexplained"), residue)]
    steps.append((t("end"), end))
    data = table(
        pd.DataFrame(steps, columns=["what", "count"]),
        slug=f"poverty-flow-{status.replace('_', '-')}-data",
        caption=t("Movements of {year}, households", year=year),
        columns=[Column("what", t("Step")), Column("count", t("Households"), "signed")],
        lang=lang,
    )
    chart = Chart(
        slug=f"poverty-flow-{status.replace('_', '-')}",
        title=_flow_title(year, (start, escaped, back + new, end), poor, lang),
        says=t("Flow diagram of households in {year}.", year=year),
        lang=lang,
        table=data,
        note=_closing(residue, lang),
    )
    with canvas(3.7) as (drawn, axes):
        _draw_flow(axes, (start, escaped, end), comes, words["escaped"], lang)
        told = [f"{one} {numbers.number(n, lang)}" for one, n in steps]
        figure = chart.figure(drawn, told)
    return _traced(figure, whole, [f"{status}_gross_change_hh", f"{status}_net_change_hh"])


def _closing(residue: int | None, lang: str) -> str:
    t = translator(lang)
    if residue is None:
        return ""
    if residue == 0:
        return t("The stated movements close: start − escaped + fell back + newly poor = end.")
    return t(
        "The stated movements leave {n} households unexplained.", n=numbers.signed(residue, lang)
    )


def _flow_title(year: int, counts: tuple[int, int, int, int], poor: bool, lang: str) -> str:
    t = translator(lang)
    start, escaped, entered, end = counts
    values = {
        "escaped": numbers.number(escaped, lang),
        "entered": numbers.number(entered, lang),
        "net": numbers.signed(end - start, lang),
        "year": year,
    }
    if poor:
        return t(
            "In {year} {escaped} households left poverty and {entered} became poor or fell back: "
            "{net} in all",
            **values,
        )
    return t(
        "In {year} {escaped} households left near-poverty and {entered} came in: {net} in all",
        **values,
    )


_EDGE = 0.035
_THIN = 0.008
_APART = 0.19


def _draw_flow(
    axes: Any,
    counts: tuple[int, int, int],
    comes: Sequence[tuple[str, int]],
    left_words: str,
    lang: str,
) -> None:
    """Draw bands down from the top: what stays keeps its height, what moves hangs below."""
    from matplotlib.patches import Rectangle

    t = translator(lang)
    start, escaped, end = counts
    unit, top = 1 / max(start, end, 1), 1.0
    stayed = start - escaped
    left = Rectangle((-_EDGE, top - start * unit), _EDGE, start * unit, color=style.INK, lw=0)
    right = Rectangle((1.0, top - end * unit), _EDGE, end * unit, color=style.CONTRAST, lw=0)
    axes.add_patch(left)
    axes.add_patch(right)
    _ribbon(axes, (0.0, top), (1.0, top), stayed * unit, style.SEQUENCE[1])
    low = min(top - start * unit, top - end * unit) - 0.12
    out, entered_at = escaped * unit, top - stayed * unit
    _ribbon(axes, (0.0, entered_at), (0.5, low), out, style.ACCENT)
    for number, (words, size) in enumerate(comes):
        colour, source = style.SERIES[2 + number], low - number * _APART
        _ribbon(axes, (0.8, source), (1.0, entered_at), size * unit, colour)
        axes.text(
            0.79, source - max(size * unit, _THIN) / 2, f"{words}\n{numbers.number(size, lang)}",
            ha="right", va="center", color=colour, linespacing=1.05,
        )  # fmt: skip
        entered_at -= size * unit
    bold = {"va": "center", "fontweight": "bold"}
    axes.text(
        -_EDGE - 0.02, top - start * unit / 2, f"{t('start')}\n{numbers.number(start, lang)}",
        ha="right", **bold,
    )  # fmt: skip
    axes.text(
        1.0 + _EDGE + 0.02, top - end * unit / 2, f"{t('end')}\n{numbers.number(end, lang)}",
        ha="left", **bold,
    )  # fmt: skip
    axes.text(
        0.42, top - stayed * unit / 2, f"{t('stayed')} {numbers.number(stayed, lang)}",
        ha="center", va="center", color="#10181f",
    )  # fmt: skip
    axes.text(
        0.4, low - out - 0.03, f"{left_words} {numbers.number(escaped, lang)}",
        ha="center", va="top", color=style.ACCENT, fontweight="bold",
    )  # fmt: skip
    axes.set_xlim(-0.24, 1.24)
    axes.set_ylim(min(low - out - 0.14, low - _APART * (len(comes) - 1) - 0.21), 1.04)
    axes.set_axis_off()


def _ribbon(
    axes: Any, start: tuple[float, float], end: tuple[float, float], size: float, colour: str
) -> None:
    """Draw a band whose upper edge goes from one point to another."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (x0, y0), (x1, y1), size = start, end, max(size, _THIN)
    middle = (x0 + x1) / 2
    points = [
        (x0, y0), (middle, y0), (middle, y1), (x1, y1),
        (x1, y1 - size), (middle, y1 - size), (middle, y0 - size), (x0, y0 - size), (x0, y0),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, lw=0, alpha=0.9))


# ------------------------------------------------------------------ concentration


_IN_COMMUNES = N_(
    "The poorest communes with {households} of the households hold {poor} of the {what} in {year}"
)
_IN_DISTRICTS = N_(
    "The poorest districts with {households} of the households hold {poor} of the {what} in {year}"
)


def concentration_chart(curve: pd.DataFrame, index: Any, year: int, lang: str) -> Figure | Prose:
    """Draw the concentration curve: areas poorest first, share of households and of the poor.

    Parameters
    ----------
    curve, index
        :func:`kgstats.analysis.poverty.concentration` by commune (or district), and its index;
        None where it is not given.
    """
    t = translator(lang)
    if curve.empty or curve["cumulative_poor_pct"].isna().any():
        return Prose([t("Nobody is poor in the tables of {year}.", year=year)])
    across = [0.0, *(float(value) for value in curve["cumulative_household_pct"])]
    up = [0.0, *(float(value) for value in curve["cumulative_poor_pct"])]
    at = 20.0
    height = _along(across, up, at)
    shares = {
        "households": numbers.percent(at, lang, 0),
        "poor": numbers.percent(height, lang, 0),
        "what": t("Poor households").lower(),
        "year": year,
    }
    note = ""
    if index is not None:
        note = t(
            "Concentration index between communes: {n} (0: evenly spread; 1: all in one place).",
            n=numbers.number(index, lang, 3),
        )
    chart = Chart(
        slug="poverty-curve",
        title=t(
            _IN_COMMUNES if "commune_code" in curve.columns else _IN_DISTRICTS,
            **shares,
        ),
        says=t("Concentration curve above the diagonal. Share of households, and of the poor:"),
        lang=lang,
        note=note,
        table=table(
            curve.assign(what=area_words(curve, year)),
            slug="poverty-curve-data",
            caption=t("Concentration of poor households, poorest first, {year}", year=year),
            columns=[
                Column("what", t("Area")),
                column("poor_rate_pct", lang),
                Column("cumulative_household_pct", t("Households, cumulative"), "percent", 1),
                Column("cumulative_poor_pct", t("Poor, cumulative"), "percent", 1),
            ],
            lang=lang,
        ),
    )
    told = [
        f"{numbers.percent(x, lang, 0)}: {numbers.percent(_along(across, up, x), lang, 0)}"
        for x in (10.0, 20.0, 40.0, 60.0, 80.0)
    ]
    with canvas(4.4) as (drawn, axes):
        _draw_curve(axes, across, up, (at, height), lang)
        return chart.figure(drawn, told)


def _draw_curve(
    axes: Any,
    across: Sequence[float],
    up: Sequence[float],
    point: tuple[float, float],
    lang: str,
) -> None:
    t = translator(lang)
    at, height = point
    axes.plot([0, 100], [0, 100], color=style.MUTED, lw=1, ls=(0, (4, 3)))
    axes.fill_between(across, up, across, color=style.SEQUENCE[1], alpha=0.6, lw=0)
    axes.plot(across, up, color=style.ACCENT, lw=2.2)
    axes.plot([at, at, 0], [0, height, height], color=style.CONTRAST, lw=1.1)
    axes.plot(at, height, "o", color=style.CONTRAST, ms=6)
    words = t(
        "{households} of households,\n{poor} of the poor",
        households=numbers.percent(at, lang, 0),
        poor=numbers.percent(height, lang, 0),
    )
    axes.annotate(
        words, (at, height), xytext=(34, 12), va="center", color=style.CONTRAST, fontweight="bold",
        arrowprops={"arrowstyle": "-", "color": style.CONTRAST, "lw": 0.8},
    )  # fmt: skip
    axes.text(72, 66, t("evenly spread"), color=style.MUTED, ha="left", va="top")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlabel(t("share of all households, %, poorest areas first"))
    axes.set_ylabel(t("share of the poor households, %"))
    ticks = range(0, 101, 20)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks(list(ticks), [numbers.number(n, lang) for n in ticks])
    axes.grid()


def _along(across: Sequence[float], up: Sequence[float], at: float) -> float:
    """Return the height of a line of points at a place across."""
    for (x0, y0), (x1, y1) in pairwise(zip(across, up, strict=True)):
        if x0 <= at <= x1:
            return y0 if x1 == x0 else y0 + (y1 - y0) * (at - x0) / (x1 - x0)
    return up[-1]


# ------------------------------------------------------------------ gap and targets


def gap_chart(gaps: pd.DataFrame, narrowed: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw the poor rates of ethnic-minority and of all households, and the gap between them.

    Parameters
    ----------
    gaps
        :func:`kgstats.analysis.poverty.ethnic_gap` of the province, year by year.
    narrowed
        :func:`kgstats.analysis.poverty.ethnic_gap_change` of the province.
    """
    t = translator(lang)
    if narrowed.empty:
        return no_base(int(gaps["year"].max()), lang)
    (row,) = narrowed.to_dict("records")
    if gaps["gap_pp"].isna().any() or numbers.is_absent(row["gap_change_pp"]):
        return Prose([t("The rates of ethnic-minority households are not given.")])
    chart = Chart(
        slug="poverty-gap-poor",
        title=_gap_title(row, lang),
        says=t("Two lines, ethnic-minority and all households, in percent."),
        lang=lang,
        axis=t("poor households, %"),
        note=source_note(int(row["year"]), lang),
        table=table(
            gaps.assign(label=[str(year) for year in gaps["year"]]),
            slug="poverty-gap-poor-data",
            caption=t("Rates of ethnic-minority and all households"),
            columns=[
                Column("label", t("Year")),
                Column("ethnic_poor_rate_pct", t("Ethnic minorities"), "percent", 2),
                Column("poor_rate_pct", t("All households"), "percent", 2),
                Column("gap_pp", t("Gap, points"), "number", 2),
                Column("gap_ratio", t("Times the rate of all"), "number", 2),
            ],
            lang=lang,
        ),
    )
    words = [t("gap {n}", n=numbers.number(gap, lang, 2)) for gap in gaps["gap_pp"]]
    return lines(
        chart,
        gaps.assign(words=words),
        "year",
        [
            Series("ethnic_poor_rate_pct", t("ethnic-minority households"), style.SERIES[2]),
            Series("poor_rate_pct", t("all households"), style.ACCENT),
        ],
        apart="words",
    )


def _gap_title(row: Mapping[str, Any], lang: str) -> str:
    t = translator(lang)
    said = {
        "before": _points(row["gap_before_pp"], lang),
        "after": _points(row["gap_after_pp"], lang),
        "ratio_before": numbers.number(row["before_ratio"], lang, 2),
        "ratio_after": numbers.number(row["after_ratio"], lang, 2),
    }
    if not row["is_narrowed"]:
        return t("The ethnic-minority gap did not narrow: {before}, then {after} points", **said)
    if row["is_ratio_lower"]:
        return t(
            "The ethnic-minority gap narrowed from {before} to {after} points; their rate fell "
            "from {ratio_before} to {ratio_after} times that of all households",
            **said,
        )
    return t(
        "The ethnic-minority gap narrowed from {before} to {after} points, but their rate rose "
        "from {ratio_before} to {ratio_after} times that of all households",
        **said,
    )


_SIGNS = {
    "below": (style.CONTRAST, "v"),
    "within": (style.ACCENT, "o"),
    "above": (style.SERIES[2], "^"),
    "out_of_reach": (QUIET, "s"),
}
_MOST_DOTS = 25


def targets_chart(
    against: pd.DataFrame, wholes: pd.DataFrame, targets: Sequence[Target], year: int, lang: str
) -> Figure | Prose:
    """Draw each district's fall of the poor rate against the target of the year.

    Parameters
    ----------
    against, wholes
        :func:`kgstats.analysis.poverty.against_targets` by district (or commune), and of the
        province.
    """
    t = translator(lang)
    aims = [target for target in targets if target.scope == "all"]
    refused = no_targets(wholes, aims, year, lang)
    if refused is not None:
        return refused
    (target,) = aims
    own, whole = (frame[frame["scope"] == "all"] for frame in (against, wholes))
    own = own[own["fall_pp"].notna()]
    whole = whole.assign(what=whole_name(year, lang), is_whole=True)
    rows = pd.concat(
        [own.assign(what=area_words(own, year), is_whole=False), whole], ignore_index=True
    )
    rows = rows[rows["fall_pp"].notna()].sort_values("fall_pp", ascending=False, kind="stable")
    drawn = rows
    if len(rows) > _MOST_DOTS:
        most = rows[~rows["is_whole"]].head(_MOST_DOTS - 1)
        drawn = rows[rows["is_whole"] | rows.index.isin(most.index)]
    words = target_words(target.low, target.high, lang)
    said = registry.codes("verdict")
    before = int(wholes["base_year"].iloc[0])
    chart = Chart(
        slug="poverty-targets-chart",
        title=t(
            "{met} of {could} districts whose rate allowed it reached the target fall of {target} "
            "percentage points",
            met=int(own["verdict"].isin(["within", "above"]).sum()),
            could=int((own["verdict"] != "out_of_reach").sum()),
            target=words if target.high is not None else numbers.number(target.low, lang),
        ),
        says=t(
            "Dots by district: fall of the poor rate in percentage points, target {target}.",
            target=words,
        ),
        lang=lang,
        axis=t("fall of the poor rate, percentage points"),
        note=source_note(year, lang),
        table=table(
            drawn.assign(said=[t(said[verdict]) for verdict in drawn["verdict"]]),
            slug="poverty-targets-chart-data",
            caption=t("Fall of the poor rate by district"),
            columns=[
                Column("what", t("Area")),
                Column("before_rate_pct", t("Rate {year}", year=before), "percent", 2),
                Column("fall_pp", t("Fall, points"), "number", 2),
                Column("said", t("Result")),
            ],
            lang=lang,
            totals=list(drawn["is_whole"]),
        ),
    )
    looks = {state: Look(t(said[state]), *look) for state, look in _SIGNS.items()}
    reach = Range(target.low, target.high)
    return dots_to_target(chart, drawn, "what", "fall_pp", reach, looks, strong="is_whole")


# ------------------------------------------------------------------ maps

RATE_BOUNDS = (1.0, 2.0, 4.0, 6.0, 10.0)
"""Classes of poor rates, the same over years: upper bounds in percent."""
CHANGE_BOUNDS = (-3.0, -1.5, -0.5, 0.5, 1.5)
"""Classes of changes of a rate, the same over years: upper bounds in percentage points."""
_HIGH = 4.0


def rate_map(levels: pd.DataFrame, lang: str) -> Figure:
    """Map the poor rate of every commune-level unit on fixed classes.

    Parameters
    ----------
    levels
        Levels of one year by commune.
    """
    t = translator(lang)
    year = int(levels["year"].iloc[0])
    return maps.area_map(
        levels.assign(facts=[_facts(row, lang) for row in levels.to_dict("records")]),
        maps.MapSpec(
            "poor_rate_pct",
            t("{rate}, {year}", rate=t("Poor rate"), year=year),
            year,
            lang,
            classes=maps.Classes(RATE_BOUNDS, kind="percent"),
            slug="poverty-map-poor",
            title=_rate_title(levels, year, lang),
            facts="facts",
            note=_map_note(levels, year, lang),
        ),
    )


def _rate_title(levels: pd.DataFrame, year: int, lang: str) -> str:
    t = translator(lang)
    high = levels[(levels["poor_rate_pct"] > _HIGH).fillna(False).astype(bool)]
    values: dict[str, Any] = {
        "n": len(high),
        "all": int(levels["poor_rate_pct"].notna().sum()),
        "high": numbers.percent(_HIGH, lang, 0),
        "year": year,
        "what": t("poor"),
    }
    if high.empty:
        return t(
            "In none of {all} communes, wards and townships are more than {high} of households "
            "{what} in {year}",
            **values,
        )
    counts = high["district_code"].value_counts()
    if counts.empty:
        return t(
            "In {n} of {all} communes, wards and townships more than {high} of households are "
            "{what} in {year}",
            **values,
        )
    first = sorted(counts[counts == counts.max()].index)[0]
    return t(
        "In {n} of {all} communes, wards and townships more than {high} of households are "
        "{what} in {year}, {most} of them in {district}",
        most=int(counts.max()),
        district=places(year)["district"][str(first)],
        **values,
    )


def _facts(row: Mapping[str, Any], lang: str) -> list[str]:
    t = translator(lang)
    if numbers.is_absent(row["poor_end_hh"]):
        return []
    facts = [
        t(
            "{count} of {base} households",
            count=numbers.number(row["poor_end_hh"], lang),
            base=numbers.number(row["households_hh"], lang),
        )
    ]
    few = row["poor_rate_few"]
    if not numbers.is_absent(few) and few:
        facts.append(t("rate on few households"))
    return facts


def _map_note(frame: pd.DataFrame, year: int, lang: str) -> str:
    note = source_note(year, lang)
    if "withheld" in frame.columns and frame["withheld"].ne("").any():
        note += " " + translator(lang)("Withheld rates are drawn as not reported.")
    return note


def change_map(moved: pd.DataFrame, year: int, lang: str) -> Figure | Prose:
    """Map the change of the poor rate of every commune-level unit on fixed classes.

    Parameters
    ----------
    moved
        Changes by commune.
    """
    t = translator(lang)
    if moved.empty:
        return no_base(year, lang)
    frame = moved[moved["measure"] == "poor"].reset_index(drop=True)
    before = int(frame["base_year"].iloc[0])
    title = t(
        "{what}: a fall in {n} of {all} communes, wards and townships from {before} to {year}",
        n=int((frame["change_pp"] < 0).sum()),
        all=int(frame["change_pp"].notna().sum()),
        before=before,
        year=year,
        what=t("Poor rate"),
    )
    facts = [
        []
        if numbers.is_absent(row["change_pp"])
        else [
            t(
                "from {first} to {last}",
                first=numbers.percent(row["before_rate_pct"], lang),
                last=numbers.percent(row["after_rate_pct"], lang),
            )
        ]
        for row in frame.to_dict("records")
    ]
    falls = (style.SEQUENCE[5], style.SEQUENCE[3], style.SEQUENCE[1])
    colours = (*falls, "#f4efe6", "#e9a679", "#c1521f")
    label = t(
        "Change of the rate from {before} to {year}, percentage points", before=before, year=year
    )
    return maps.area_map(
        frame.assign(facts=facts),
        maps.MapSpec(
            "change_pp",
            label,
            year,
            lang,
            classes=maps.Classes(CHANGE_BOUNDS, kind="points", colours=colours),
            slug="poverty-change-map-poor",
            title=title,
            facts="facts",
            note=_map_note(frame, year, lang),
        ),
    )
