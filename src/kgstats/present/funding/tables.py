"""Tables of programme money: gaps by kind and component, closes, causes, what is unusual."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers
from kgstats.present.columns import from_list
from kgstats.present.funding import wording
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.words import N_, translator

GAP = ("allocated_vnd", "uncovered_vnd", "disbursed_vnd", "gap_vnd", "disbursed_rate_pct")
"""What a table of gaps says of each row."""
BOTH = N_("Both programmes together")


OF_PROGRAMME = Column(
    "programme_name",
    "",
    said=lambda row, lang: wording.programme_name(row["programme"], row["year"], lang),
)
"""The programmes' names, by which rows are grouped: they change with the year."""


def _integrated(gaps: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    if not gaps["source"].eq("integrated").any():
        return ""
    text = N_("Integrated money is counted by the programmes it comes from, too.")
    return translator(lang)(text)


gap_table = TableSpec(
    slug="funding-gaps",
    caption=N_("Money of the programmes, {year}: allocated, disbursed and gap, VND billion"),
    columns=(Column("source", N_("Source and kind")), *GAP),
    name=lambda row, lang: wording.what({**row, "programme": None}, lang),
    group=OF_PROGRAMME,
    total=N_("Total"),
    together=BOTH,
    empty="",
    notes=(wording.of_base, wording.adding_up, _integrated),
)
"""By programme, source, kind and plan year, with subtotals and the total."""
component_table = TableSpec(
    slug="funding-components",
    caption=N_("Money by component, {year}: allocated, disbursed and gap, VND billion"),
    columns=("component", *GAP),
    group=OF_PROGRAMME,
    total=N_("Total"),
    together=BOTH,
    of_one=False,
    empty="",
    notes=(wording.of_base, wording.adding_up),
)


def _pool(row: wording.Row, lang: str) -> str:
    programme = wording.programme_name(row["programme"], row["year"], lang)
    return f"{programme}, {wording.sources(row['source'], lang)}"


def _range(row: wording.Row, lang: str) -> numbers.Quantity:
    low, high = row["disbursed_rate_low_pct"], row["disbursed_rate_high_pct"]
    if numbers.is_absent(low):
        return numbers.Quantity()
    return numbers.Quantity(low, high=None if low == high else high)


denominators_table = TableSpec(
    slug="funding-denominators",
    caption=N_("Disbursement rate on several denominators, {year}, VND billion"),
    columns=(
        Column("basis", N_("Denominator")),
        "allocated_vnd disbursed_vnd coverage_pct",
        Column("rates", N_("Rate"), "percent", 2, said=_range),
    ),
    name=from_list("disbursement_basis", "basis"),
    group=Column("pool", "", said=_pool),
    empty="",
    notes=(
        wording.of_base,
        N_(
            "Where part of the money has no reported disbursement, the rate lies between "
            "none and all of that part being disbursed."
        ),
    ),
)
"""By source and for all sources, of :func:`kgstats.analysis.funding.by_denominator`."""


def _plan(row: wording.Row, lang: str) -> str:
    t = translator(lang)
    if numbers.is_absent(row["plan_year"]):
        return t("plan year not given")
    plan = int(row["plan_year"])
    if plan >= row["year"]:
        return t("plan of {year}", year=plan)
    return t("plan of {year}, carried over", year=plan)


ageing_table = TableSpec(
    slug="funding-ageing",
    caption=N_("Money by plan year, {year}, VND billion"),
    columns=("plan_year", *GAP),
    name=_plan,
    empty="",
    notes=(wording.of_base, wording.adding_up),
)


# ------------------------------------------------------------------ causes, outputs, findings

causes_table = TableSpec(
    slug="funding-causes",
    caption=N_("Money not yet disbursed, by the cause given, {year}"),
    columns=("cause lines districts shortfall_vnd shortfall_share_pct",),
    name=lambda row, lang: wording.cause(row["cause"], lang),
    empty="",
    notes=(
        wording.of_base,
        N_("As stated in the returns, one cause a line; lines paid in full are not included."),
    ),
)
outputs_table = TableSpec(
    slug="funding-outputs",
    caption=N_("Money and what the report says was delivered, {year}"),
    columns=(
        "component",
        Column("allocated_vnd", N_("Allocated, VND million"), "million", 0),
        Column("disbursed_vnd", N_("Disbursed, VND million"), "million", 0),
        "disbursed_rate_pct",
        Column("projects", N_("Projects"), "number", unit="projects"),
        Column("projects_planned", N_("Projects planned"), "number", unit="projects"),
        Column("households", N_("Households"), "number"),
        Column("persons", N_("People"), "number"),
    ),
    empty=N_("No output printed for {year} was paid with money that is in the returns."),
    notes=(
        wording.of_base,
        N_("Shown side by side; the one does not explain the other."),
    ),
)


RULE_NAMES = registry.codes("unusual")
FINDINGS = TableSpec(
    slug="funding-findings",
    caption=N_("What is unusual about the lines, {year}"),
    columns=(
        Column("unusual", N_("Finding")),
        "lines districts",
        Column("allocated_vnd", N_("Allocated on them, VND billion"), "billion", 3),
    ),
    name=from_list("unusual"),
    notes=(
        wording.of_base,
        N_(
            "No line is left out for any of these: its amounts stay in the sums as received, and "
            "no rate is computed where the plan is not above zero. A line can be in several rows."
        ),
    ),
)


def unusual_table(
    counts: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Table | Prose:
    """Show what is unusual about the lines, by rule, with how much money it concerns.

    Parameters
    ----------
    total
        The one row of all money together: of no line nothing was checked.
    """
    t = translator(lang)
    if not total["lines"].iloc[0]:
        return Prose([t("No district reports this money for {year}.", year=year)])
    nothing = [t(RULE_NAMES[rule]) for rule in counts.loc[counts["lines"] == 0, "unusual"]]
    notes = []
    if nothing:
        notes.append(t("Checked and not found: {rules}.", rules="; ".join(nothing)))
    if not counts["lines"].any():
        return Prose(notes)
    found = counts[counts["lines"] > 0]
    return FINDINGS.table(found, lang, notes=notes, year=year, base=base)
