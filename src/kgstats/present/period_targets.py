"""Targets of a programme's period and what came of them, as readers see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, sources, style
from kgstats.present.charts import Chart, Series
from kgstats.present.charts_over_years import lines
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.words import N_, translator

INDICATORS: Mapping[tuple[str, str], str] = {
    ("poor_fall", "all"): N_("Fall of the poor rate"),
    ("poor_fall", "ethnic"): N_("Fall of the poor rate of ethnic-minority households"),
    ("newly_attained_communes", "all"): N_("Communes recognised within the year"),
    ("attained_communes", "all"): N_("Communes recognised at the end of the year"),
    ("mean_criteria", "all"): N_("Criteria met on average"),
    ("advanced_communes", "all"): N_("Advanced communes"),
    ("model_communes", "all"): N_("Model communes"),
}
_UNITS: Mapping[str, str] = {
    "poor_fall": N_("points"),
    "mean_criteria": N_("criteria"),
}


TARGETS = TableSpec(
    slug="period-targets",
    caption=N_("Targets of the programme's period and their results, to {year}"),
    columns=(
        Column("target_year", N_("Target for")),
        "target_low",
        "target_high",
        Column("result", N_("Result"), "number"),
        Column("result_year", N_("Result of"), "text"),
        Column("unit", N_("Unit")),
        "period_state",
        Column("from_words", N_("Result from")),
        Column("target_words", N_("Source of the target")),
    ),
    group=Column("name", N_("Indicator")),
    notes=(
        N_(
            "Each target is judged in its own year. Nothing is filled in for a year without "
            "returns and without a dated publication. Results over units that did not all report "
            "leave the verdict open."
        ),
    ),
)


def _exactly(indicator: str, value: Any) -> Any:
    """Return a value with the decimals that its indicator is printed with."""
    if numbers.is_absent(value):
        return None
    decimals = {"poor_fall": 2, "mean_criteria": 1}.get(indicator, 0)
    return numbers.rounded(float(value), decimals)


def targets_table(against: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Tabulate every target of the period with its result, source and verdict."""
    t = translator(lang)
    if against.empty:
        return Prose([t("No target of a programme's period is at hand for {year}.", year=year)])
    origins = registry.codes("result_from")
    frame = against.assign(
        name=[
            t(INDICATORS[key])
            for key in zip(against["indicator"], against["scope"], strict=True)
        ],
        unit=[t(_UNITS.get(one, N_("communes"))) for one in against["indicator"]],
        target_year=[str(one) for one in against["year"]],
        target_high=_no_range(against["target_low"], against["target_high"]),
        result=[
            _exactly(*pair) for pair in zip(against["indicator"], against["result"], strict=True)
        ],
        from_words=[
            "" if numbers.is_absent(origin)
            else t(origins[origin]) + (f": {sources.said(source, lang)}" if source else "")
            for origin, source in zip(against["result_from"], against["source"], strict=True)
        ],
        target_words=[
            "" if numbers.is_absent(source)
            else sources.said(source, lang) + ("" if sure else " · " + t("not confirmed"))
            for source, sure in zip(
                against["target_source"], against["target_confirmed"], strict=True
            )
        ],
    )  # fmt: skip
    return TARGETS(frame, lang, year=year)


SUMS = TableSpec(
    slug="period-sums",
    caption=N_("Yearly targets and results added up, to {year}"),
    columns=(
        Column("name", N_("Indicator")),
        Column("span", N_("Years added up")),
        "target_sum_low",
        "target_sum_high",
        Column("result", N_("Results"), "number"),
        Column("unit", N_("Unit")),
        "period_state",
        Column("without", N_("Years left out")),
    ),
    notes=(
        N_(
            "Only years with a confirmed target and a result are added up, both over the same "
            "years: it is no verdict on the whole period."
        ),
    ),
)


def _no_range(low: pd.Series[Any], high: pd.Series[Any]) -> list[Any]:
    """Mark the upper end of a target that is no range: it cannot exist."""
    return [
        numbers.NOT_APPLICABLE if numbers.is_absent(end) and not numbers.is_absent(start) else end
        for start, end in zip(low, high, strict=True)
    ]


def sums_table(sums: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Tabulate the yearly targets and results added up over the years that have both."""
    t = translator(lang)
    if sums.empty:
        return Prose([t("No year up to {year} has both a target and a result.", year=year)])
    frame = sums.assign(
        name=[t(INDICATORS[key]) for key in zip(sums["indicator"], sums["scope"], strict=True)],
        unit=[t(_UNITS.get(one, N_("communes"))) for one in sums["indicator"]],
        span=[
            f"{row.first_year}–{row.year}" if row.first_year < row.year else str(row.year)
            for row in sums.itertuples()
        ],
        without=[_left_out(row, lang) for row in sums.to_dict("records")],
        **{
            name: [_exactly(*pair) for pair in zip(sums["indicator"], sums[column], strict=True)]
            for name, column in (
                ("target_sum_low", "target_low"),
                ("target_sum_high", "target_high"),
                ("result", "result"),
            )
        },
    )
    frame["target_sum_high"] = _no_range(frame["target_sum_low"], frame["target_sum_high"])
    return SUMS(frame, lang, year=year)


def _left_out(row: Mapping[str, Any], lang: str) -> str:
    t = translator(lang)
    said = []
    for name, text in (
        ("years_without_target", N_("no confirmed target: {years}")),
        ("years_without_result", N_("no result: {years}")),
    ):
        if row[name]:
            said.append(t(text, years=", ".join(str(one) for one in row[name])))
    return "; ".join(said)


SINCE = TableSpec(
    slug="poor-rate-since-data",
    caption=N_("Poor rate since the year before the period"),
    columns=(
        Column("when", N_("End of")),
        Column("rate_pct", N_("Poor rate"), "percent", 2),
        "fall_since_pp",
        Column("result_from", N_("Result from"), "code"),
        Column("source_said", N_("Source")),
    ),
)


def since_chart(since: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw the poor rate since the year before the programme's period."""
    t = translator(lang)
    if len(since) < 2:
        return Prose([t("No rate of the year before the period is published.")])

    def write(value: Any) -> str:
        return numbers.percent(value, lang, 2)

    named = since.assign(
        when=[str(one) for one in since["year"]],
        result_from=since["rate_from"],
        source_said=[sources.said(one, lang) if one else "" for one in since["source"]],
    )
    first, last = named.iloc[0], named.iloc[-1]
    chart = Chart(
        slug="poor-rate-since",
        title=t(
            "The poor rate {moved} ({first}–{last})",
            moved=claims.moved(first["rate_pct"], last["rate_pct"], write, lang, 2),
            first=first["when"],
            last=last["when"],
        ),
        says=t("Line of the province's poor rate."),
        lang=lang,
        axis=t("poor households, %"),
        note=t("Years without a mark: nothing is known, or the source leaves the year open."),
        table=SINCE(named, lang),
    )
    own = [Series("rate_pct", t("Poor rate"), style.ACCENT)]
    return lines(chart, named, "year", own, text=write)
