"""Ethnic-minority households beside all households."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kgstats.present import claims, numbers, style
from kgstats.present.charts import Chart, Series
from kgstats.present.charts_over_years import lines
from kgstats.present.figures import Figure
from kgstats.present.poverty.wording import (
    ROUNDED,
    no_base,
    of_those,
    source_note,
)
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, TableSpec
from kgstats.words import N_, translator

# ------------------------------------------------------------------ beside all households

_GAP = TableSpec(
    slug="poverty-gap-poor-data",
    caption=N_("Rates of ethnic-minority and all households"),
    columns=(
        Column("year", N_("Year")),
        "ethnic_poor_rate_pct",
        "poor_rate_pct",
        "gap_pp",
        "gap_ratio",
    ),
    name=lambda row, lang: str(row["year"]),
    notes=(ROUNDED,),
)


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
        title=of_those(
            t("The ethnic-minority gap {gap}", gap=_gap_words(row, lang)),
            narrowed,
            "matched_units",
            lang,
        ),
        says=t("Two lines, ethnic-minority and all households, in percent."),
        lang=lang,
        axis=t("poor households, %"),
        note=source_note(int(row["year"]), lang),
        table=_GAP(gaps, lang),
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
    if all(frame.empty for frame in narrowed.values()):
        return no_base(year, lang)
    words = {"poor": t("Poor"), "near_poor": t("Near-poor")}
    items = []
    for status, frame in narrowed.items():
        (row,) = frame.to_dict("records")
        if numbers.is_absent(row["gap_change_pp"]):
            continue
        said = of_those(
            t("the gap {gap}", gap=_gap_words(row, lang)) + ".", frame, "matched_units", lang
        )
        items.append((words[status], said[:1].lower() + said[1:]))
    return Prose([t("Ethnic-minority households against all households of the province:")], items)


def _gap_words(row: Mapping[str, Any], lang: str) -> str:
    """Say how the gap in points moved, and how the rates stand as times of each other."""
    t = translator(lang)

    def points(gap: Any) -> str:
        return claims.counted(claims.UNITS["points"], gap, lang, 2)

    text = claims.moved(row["gap_before_pp"], row["gap_after_pp"], points, lang, 2)
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
