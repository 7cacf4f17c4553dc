"""Targets of a programme's period and what came of them, as readers see them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, sources, style
from kgstats.present.charts import Chart, Series
from kgstats.present.charts_over_years import lines
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.reference import programmes
from kgstats.words import N_, plurals, translator

_JUDGED = (
    "period_state",
    Column("from_words", N_("Result from")),
    Column("target_words", N_("Source of the target")),
)
_SUBJECTS: Mapping[str, TableSpec] = {
    "poverty": TableSpec(
        slug="period-targets-poverty",
        caption=N_("Targets for the poverty rate in the programme's period and results, to {year}"),
        columns=(
            Column("target_year", N_("Target for")),
            "target_low_pp target_high_pp fall_of_year_pp",
            *_JUDGED,
        ),
        group=Column("name", N_("Indicator")),
    ),
    "communes": TableSpec(
        slug="period-targets-communes",
        caption=N_("Targets for communes in the programme's period and results, to {year}"),
        columns=(
            Column("target_year", N_("Target for")),
            Column("target_low", N_("At least"), "quantity"),
            Column("commune_result", N_("Result"), "quantity"),
            Column("as_of", N_("Result of")),
            *_JUDGED,
        ),
        group=Column("name", N_("Indicator")),
    ),
}
_COMMUNES = claims.P_("commune", "communes")
_CRITERIA = claims.P_("criterion", "criteria")
_VALUES = {
    "poverty": {"target_low": "target_low_pp", "target_high": "target_high_pp",
                "result": "fall_of_year_pp"},
    "communes": {"target_low": "target_low", "result": "commune_result"},
}  # fmt: skip


def _of_subject(frame: pd.DataFrame, subject: str) -> pd.DataFrame:
    falls = frame["indicator"] == "poor_fall"
    return frame[falls if subject == "poverty" else ~falls]


def _amount(indicator: str, value: Any, lang: str) -> Any:
    """Return a value as it is printed: points, or communes and criteria with their unit."""
    if numbers.is_absent(value) or indicator == "poor_fall":
        return value
    mean = indicator == "mean_criteria"
    unit = plurals(lang)(*(_CRITERIA if mean else _COMMUNES), 1 if value == 1 and not mean else 2)
    return numbers.Quantity(float(value), "number", int(mean), unit)


def _shown(frame: pd.DataFrame, subject: str, lang: str) -> pd.DataFrame:
    """Name the indicators and give the values their unit."""
    t = translator(lang)
    # The upper end of a target that is no range cannot exist.
    alone = frame["target_low"].notna() & frame["target_high"].isna()
    frame = frame.assign(
        target_high=frame["target_high"].astype(object).mask(alone, numbers.NOT_APPLICABLE),
        name=[
            t(programmes.target_words(programmes.target_code(*key)))
            for key in zip(frame["indicator"], frame["scope"], strict=True)
        ],
    )
    return frame.assign(
        **{
            new: [_amount(*pair, lang) for pair in zip(frame["indicator"], frame[old], strict=True)]
            for old, new in _VALUES[subject].items()
        }
    )


def targets_table(
    against: pd.DataFrame, sums: pd.DataFrame, subject: str, year: int, lang: str
) -> Table | Prose:
    """Tabulate the targets of the period with results and verdicts, yearly ones added up.

    Parameters
    ----------
    against, sums
        Targets and results year by year; the yearly ones added up.
    subject
        ``poverty`` (falls, in points) or ``communes``.
    """
    t = translator(lang)
    own = _of_subject(against, subject)
    if own.empty:
        return Prose([t("No target of a programme period is available for {year}.", year=year)])
    frame = _shown(own, subject, lang).assign(
        target_year=[str(one) for one in own["year"]],
        as_of=["" if numbers.is_absent(one) else str(one) for one in own["result_year"]],
        # Only what comes from returns leads back to cells.
        result_year=own["result_year"].where(own["result_from"] == "returns"),
        from_words=[_from(row, subject, lang) for row in own.to_dict("records")],
        target_words=[
            "" if numbers.is_absent(source)
            else sources.said(source, lang) + ("" if sure else " · " + t("not confirmed"))
            for source, sure in zip(own["target_source"], own["target_confirmed"], strict=True)
        ],
    )  # fmt: skip
    frame["year_before"] = frame["result_year"] - 1
    added = _shown(_of_subject(sums, subject), subject, lang)
    spans = [_span(row, lang) for row in added.to_dict("records")]
    added = added.assign(
        total_name=spans, target_words=[_left_out(row, lang) for row in added.to_dict("records")]
    )
    notes = [
        t(
            "Each target is judged in its own year. A year without returns or a dated "
            "publication is left blank. Where not all units reported, no verdict is given."
        )
    ]
    if subject == "communes":
        notes.append(
            t(
                "Recognised within the year are communes whose decision is dated in it; one by an "
                "earlier decision that last year's return did not have is not among them."
            )
        )
    if len(added):
        notes.append(
            t(
                "Only years with both a confirmed target and a result are added up; this is no "
                "verdict on the whole period."
            )
        )
    return _SUBJECTS[subject].table(frame, lang, subtotals=added, notes=notes, year=year)


def _from(row: Mapping[str, Any], subject: str, lang: str) -> str:
    """Say where a result is from: the returns, of how many units, or a publication."""
    t = translator(lang)
    if numbers.is_absent(row["result_from"]):
        return ""
    said = t(registry.codes("result_from")[row["result_from"]])
    if row["source"]:
        return f"{said}: {sources.said(row['source'], lang)}"
    unit = "units" if subject == "poverty" else "communes"
    of = claims.part(unit, row["reported_units"], row["expected_units"], lang)
    return f"{said}: {of}" if of else said


def _span(row: Mapping[str, Any], lang: str) -> str:
    first, last = row["first_year"], row["year"]
    years = str(last) if first == last else f"{first}–{last}"
    return translator(lang)("added up, {years}", years=years)


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
    caption=N_("Poverty rate since the year before the period"),
    columns=(
        Column("when", N_("End of")),
        "rate_since_pct fall_since_pp",
        Column("result_from", N_("Result from"), "code"),
        Column("source_said", N_("Source")),
    ),
)


def since_chart(since: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw the poverty rate since the year before the programme's period."""
    t = translator(lang)
    if len(since) < 2:
        return Prose([t("No rate of the year before the period is published.")])
    write = partial(numbers.percent, lang=lang, decimals=2)
    named = since.assign(
        when=[str(one) for one in since["year"]],
        result_year=since["year"].where(since["result_from"] == "returns"),
        source_said=[sources.said(one, lang) if one else "" for one in since["source"]],
    )
    first, last = named.iloc[0], named.iloc[-1]
    title = t(
        "The poverty rate {moved} ({first}–{last})",
        moved=claims.moved(first["rate_since_pct"], last["rate_since_pct"], write, lang, 2),
        first=first["when"],
        last=last["when"],
    )
    then = named.iloc[-2]
    step = round(last["rate_since_pct"], 2) - round(then["rate_since_pct"], 2)
    if step * (last["rate_since_pct"] - first["rate_since_pct"]) < 0:
        # A fall over the period must not hide that the rate rose last.
        title = t(
            "{title}; {first}–{last} it {moved}",
            title=title,
            moved=claims.moved(then["rate_since_pct"], last["rate_since_pct"], write, lang, 2),
            first=then["when"],
            last=last["when"],
        )
    chart = Chart(
        slug="poor-rate-since",
        title=title,
        says=t("Line of the province's poverty rate."),
        axis=t("poverty rate, %"),
        note=t("Years without a mark: nothing is known, or the source leaves the year open."),
        table=SINCE.table(named, lang),
    )
    own = [Series("rate_since_pct", t("Poverty rate"), style.ACCENT)]
    return lines(chart, named, "year", own, text=write)
