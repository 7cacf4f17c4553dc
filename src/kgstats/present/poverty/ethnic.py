"""Ethnic-minority households beside all households, and against the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from kgstats.present import claims, numbers, style
from kgstats.present.charts import Chart, Series, dot_pairs
from kgstats.present.charts_over_years import lines
from kgstats.present.figures import Figure
from kgstats.present.poverty import wording
from kgstats.present.prose import Prose
from kgstats.present.provenance import behind
from kgstats.present.tables import Table, TableSpec
from kgstats.words import N_, translator

# ------------------------------------------------------------------ beside all households

_GAP = TableSpec(
    slug="poverty-gap-poor-data",
    caption=N_("Rates of ethnic-minority and all households"),
    columns=("year", "ethnic_poor_rate_pct poor_rate_pct gap_pp gap_ratio"),
    name=lambda row, lang: str(row["year"]),
    notes=wording.ROUNDED,
)


def gap_chart(gaps: pd.DataFrame, narrowed: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw the poverty rates of ethnic-minority and of all households, and the gap between them.

    Parameters
    ----------
    gaps
        :func:`kgstats.analysis.poverty.ethnic_gap` of the province, year by year.
    narrowed
        :func:`kgstats.analysis.poverty.ethnic_gap_change` of the province.
    """
    t = translator(lang)
    if not wording.is_comparable(narrowed):
        return wording.no_base(int(gaps["year"].max()), lang)
    (row,) = narrowed.to_dict("records")
    if gaps["gap_pp"].isna().any() or numbers.is_absent(row["gap_change_pp"]):
        return Prose([t("The rates of ethnic-minority households are not given.")])
    chart = Chart(
        slug="poverty-gap-poor",
        title=wording.of_those(
            t("The gap for ethnic-minority households {gap}", gap=_gap_words(row, lang)),
            narrowed,
            lang,
        ),
        says=t("Two lines, ethnic-minority and all households, in percent."),
        axis=t("poverty rate, %"),
        note=wording.source_note(int(row["year"]), lang),
        table=_GAP.table(gaps, lang),
    )
    words = [t("gap {n}", n=numbers.number(gap, lang, 2)) for gap in gaps["gap_pp"]]
    series = [
        Series("ethnic_poor_rate_pct", t("ethnic-minority households"), style.SERIES[2]),
        Series("poor_rate_pct", t("all households"), style.ACCENT),
    ]
    return lines(chart, gaps.assign(words=words), "year", series, apart="words")


def gap_note(narrowed: Mapping[str, pd.DataFrame], year: int, lang: str) -> Prose:
    """Say whether the gap between ethnic-minority and all households narrowed.

    Parameters
    ----------
    narrowed
        :func:`kgstats.analysis.poverty.ethnic_gap_change` of the province, for ``poor`` and
        ``near_poor``.
    """
    t = translator(lang)
    if not any(wording.is_comparable(frame) for frame in narrowed.values()):
        return wording.no_base(year, lang)
    words = {"poor": t("Poor"), "near_poor": t("Near-poor")}
    items = []
    for status, frame in narrowed.items():
        (row,) = frame.to_dict("records")
        if numbers.is_absent(row["gap_change_pp"]):
            continue
        said = wording.of_those(t("the gap {gap}", gap=_gap_words(row, lang)), frame, lang)
        items.append((words[status], said + "."))
    return Prose([t("Ethnic-minority households against all households:")], items)


def _gap_words(row: Mapping[str, Any], lang: str) -> str:
    """Say how the gap in points moved, and how the rates stand as times of each other."""
    t = translator(lang)

    def points(gap: Any) -> str:
        return claims.counted(claims.UNITS["points"], gap, lang, 2)

    text = claims.moved(
        row["gap_before_pp"], row["gap_after_pp"], points, lang, 2,
        start=lambda gap: numbers.number(gap, lang, 2),
    )  # fmt: skip
    ratios = [
        claims.times(row[f"ethnic_{when}_rate_pct"], row[f"all_{when}_rate_pct"], lang)
        for when in ("before", "after")
    ]
    if not all(ratios):
        return text
    years = {"before": int(row["base_year"]), "year": int(row["year"])}
    return text + t(
        "; the ethnic-minority rate was {first} that of all households in {before} and {last} in "
        "{year}",
        first=ratios[0],
        last=ratios[1],
        **years,
    )


# ------------------------------------------------------------------ against the others

_OTHERS = TableSpec(
    slug="poverty-others-chart-data",
    caption=N_("Poor ethnic-minority households and poor other households, {year}"),
    columns=(
        "district_code ethnic_households_hh ethnic_poor_end_hh ethnic_poor_rate_pct",
        "other_households_hh other_poor_end_hh other_poor_rate_pct gap_others_pp others_ratio",
        "ethnic_share_pct ethnic_poor_share_pct",
    ),
    notes=wording.ROUNDED,
)
_MOST_DOTS = 25


def others_chart(
    against: pd.DataFrame, whole: pd.DataFrame, year: int, lang: str, guarded: bool = False
) -> Figure | Prose:
    """Draw the poverty rates of ethnic-minority and other households, a pair of dots a district.

    Parameters
    ----------
    against, whole
        :func:`kgstats.analysis.poverty.against_others` by district (or commune) and of the
        province, of all years.
    guarded
        Whether disclosure control is on: a difference of two counts is a count of its own.
    """
    t = translator(lang)
    if guarded:
        return wording.guarded_note(lang)
    own, province = (frame[frame["year"] == year] for frame in (against, whole))
    rates = ["ethnic_poor_rate_pct", "other_poor_rate_pct"]
    drawn = own.dropna(subset=rates)
    if drawn.empty or province[rates].isna().any(axis=None):
        return _not_given(lang)
    drawn = drawn.nlargest(_MOST_DOTS, "gap_others_pp").assign(
        what=lambda rows: wording.area_words(rows, year, lang), whole=False
    )
    drawn = pd.concat(
        [drawn, province.assign(what=wording.whole_name(year, lang, province), whole=True)]
    )
    chart = Chart(
        slug="poverty-others-chart",
        title=wording.of_those(_others_title(whole, lang), province, lang),
        says=t("Two dots an area: poverty rates of ethnic-minority and of other households."),
        axis=t("poverty rate, %"),
        note=wording.source_note(year, lang),
        table=wording.area_table(_OTHERS, own, province, year, lang),
    )
    pair = (
        Series("other_poor_rate_pct", t("other households"), style.ACCENT),
        Series("ethnic_poor_rate_pct", t("ethnic-minority households"), style.SERIES[2]),
    )
    text = partial(numbers.number, lang=lang, decimals=2)
    return dot_pairs(chart, drawn, "what", pair, text=text, strong="whole")


def _not_given(lang: str) -> Prose:
    text = N_("No unit reports all and ethnic-minority households in every year shown.")
    return Prose([translator(lang)(text)], kind="caution")


def _others_title(whole: pd.DataFrame, lang: str) -> str:
    t = translator(lang)
    rows = whole.dropna(subset=["gap_others_pp"]).to_dict("records")
    first, last = rows[0], rows[-1]
    pairs = [(row["ethnic_poor_rate_pct"], row["other_poor_rate_pct"]) for row in (first, last)]
    times = [claims.times(*pair, lang) for pair in pairs]
    years = {"before": int(first["year"]), "year": int(last["year"])}
    rates = {
        "ethnic": numbers.percent(last["ethnic_poor_rate_pct"], lang),
        "others": numbers.percent(last["other_poor_rate_pct"], lang),
    }
    title = t("{ethnic} of ethnic-minority and {others} of other households are poor", **rates)
    if times[-1]:
        title += t(": {times} as often in {year}", times=times[-1], **years)
        if len(rows) > 1 and times[0]:
            title += t(", {times} in {before}", times=times[0], **years)
    return title


_OVER_YEARS = ("ethnic_poor_rate_pct", "other_poor_rate_pct", "gap_others_pp", "others_ratio")


def others_table(
    against: pd.DataFrame, whole: pd.DataFrame, year: int, lang: str, guarded: bool = False
) -> Table | Prose:
    """Show ethnic-minority households against the others by district, the years side by side.

    Parameters
    ----------
    against, whole, guarded
        As for :func:`others_chart`.
    """
    if guarded:
        return wording.guarded_note(lang)
    if whole["gap_others_pp"].isna().all():
        return _not_given(lang)
    years = sorted({int(one) for one in whole["year"]})
    keys = ["district_code", "commune_code"]
    rows, total = (
        wording.years_beside(wording.cells(one), _OVER_YEARS, keys) for one in (against, whole)
    )
    spec = TableSpec(
        slug="poverty-others",
        caption=N_("Poverty rates of ethnic-minority households against the others, {years}"),
        columns=(f"{wording.level(against)}_code", *wording.year_columns(years, _OVER_YEARS)),
        notes=(
            N_(
                "Other households: all resident households less those of ethnic minorities. Both "
                "are of the units that report all four counts in every year shown."
            ),
            N_(
                "That one rate is higher does not say why: where the households live, and how "
                "large they are, differs as well."
            ),
            wording.ROUNDED,
        ),
    )
    units = whole.loc[whole["year"] == year, ["both_units", "expected_units"]]
    total = total.join(units.reset_index(drop=True))
    said = numbers.joined([str(one) for one in years], lang)
    made = wording.area_table(spec, rows, total, year, lang, years=said)
    return replace(made, sources=behind(against, list(_OVER_YEARS[:2]), None))
