"""Tables of programme money: gaps by kind and component, closes, causes, what is unusual."""

from __future__ import annotations

import pandas as pd

from kgstats import registry
from kgstats.present import numbers
from kgstats.present.funding import wording
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.words import N_, translator

GAP = ("allocated_vnd", "uncovered_vnd", "disbursed_vnd", "gap_vnd", "disbursed_rate_pct")
"""What a table of gaps says of each row."""
BOTH = N_("Both programmes together")


def programmes_named(found: pd.DataFrame, year: int, lang: str) -> pd.DataFrame:
    """Add the programmes' names, in the column ``programme_name``: they change with the year."""
    names = [wording.programme_name(code, year, lang) for code in found["programme"]]
    return found.assign(programme_name=names)


OF_PROGRAMME = Column("programme_name", "")

GAPS = TableSpec(
    slug="funding-gaps",
    caption=N_("Money of the programmes, {year}: allocated, disbursed and gap, VND billion"),
    columns=(Column("source", N_("Source and kind")), *GAP),
    name=lambda row, lang: wording.what({**row, "programme": None}, lang),
    group=OF_PROGRAMME,
    total=N_("Total"),
    together=BOTH,
)


def gap_table(
    gaps: pd.DataFrame,
    programmes: pd.DataFrame,
    total: pd.DataFrame,
    year: int,
    lang: str,
    base: str = "",
) -> Table | None:
    """Show gap and rate by programme, source, kind and plan year, with subtotals and total."""
    if gaps.empty:
        return None
    t = translator(lang)
    notes = [wording.gap_note(total, lang)]
    if gaps["source"].eq("integrated").any():
        notes.append(t("Integrated money is counted by the programmes it comes from, too."))
    return wording.on_base(
        GAPS.table(
            programmes_named(gaps, year, lang),
            lang,
            subtotals=programmes_named(programmes, year, lang),
            total=total if len(programmes) > 1 else None,
            notes=notes,
            year=year,
        ),
        base,
    )


COMPONENTS = TableSpec(
    slug="funding-components",
    caption=N_("Money by component, {year}: allocated, disbursed and gap, VND billion"),
    columns=("component", *GAP),
    group=OF_PROGRAMME,
    total=N_("Total"),
    together=BOTH,
)


def component_table(
    gaps: pd.DataFrame,
    programmes: pd.DataFrame,
    total: pd.DataFrame,
    year: int,
    lang: str,
    base: str = "",
) -> Table | None:
    """Show gap and rate by component of the programmes."""
    if gaps.empty:
        return None
    components = gaps["programme"].map(gaps["programme"].value_counts())
    several = gaps.loc[components > 1, "programme"]
    return wording.on_base(
        COMPONENTS.table(
            programmes_named(gaps, year, lang),
            lang,
            subtotals=programmes_named(
                programmes[programmes["programme"].isin(several)], year, lang
            ),
            total=total if len(programmes) > 1 else None,
            notes=[wording.gap_note(total, lang)],
            year=year,
        ),
        base,
    )


BASIS_NAMES = registry.codes("disbursement_basis")
DENOMINATORS = TableSpec(
    slug="funding-denominators",
    caption=N_("Disbursement rate on several denominators, {year}, VND billion"),
    columns=(
        Column("basis", N_("Denominator")),
        "allocated_vnd disbursed_vnd coverage_pct",
        Column("rates", N_("Rate"), "percent", 2),
    ),
    name=lambda row, lang: translator(lang)(BASIS_NAMES[row["basis"]]),
    group=Column("pool", ""),
    notes=N_(
        "Where part of the money has no reported disbursement, the rate lies between "
        "none and all of that part being disbursed."
    ),
)


def denominators_table(
    by_source: pd.DataFrame, by_programme: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Table | None:
    """Show the rate on several denominators side by side, by source and for all sources."""
    if by_source.empty:
        return None
    pools = []
    for programme, of_sources in by_source.groupby("programme", sort=False):
        pools.append(of_sources)
        if of_sources["source"].nunique(dropna=False) > 1:
            pools.append(by_programme[by_programme["programme"] == programme])
    found = pd.concat(pools)
    # Where all lines report, or nothing was carried over, two denominators are one.
    found = found[~found.duplicated(["programme", "source", "allocated_vnd", "disbursed_vnd"])]
    return wording.on_base(
        DENOMINATORS.table(
            found.assign(
                pool=[
                    f"{wording.programme_name(row['programme'], year, lang)}, "
                    f"{wording.sources(row['source'], lang)}"
                    for row in found.to_dict("records")
                ],
                rates=[_range(row) for row in found.to_dict("records")],
            ),
            lang,
            year=year,
        ),
        base,
    )


def _range(row: wording.Row) -> numbers.Quantity:
    low, high = row["disbursed_rate_low_pct"], row["disbursed_rate_high_pct"]
    if numbers.is_absent(low):
        return numbers.Quantity()
    return numbers.Quantity(low, high=None if low == high else high)


AGEING = TableSpec(
    slug="funding-ageing",
    caption=N_("Money by plan year, {year}, VND billion"),
    columns=("plan_year", *GAP),
    name=lambda row, lang: _plan(row, lang),
)


def _plan(row: wording.Row, lang: str) -> str:
    t = translator(lang)
    if numbers.is_absent(row["plan_year"]):
        return t("plan year not given")
    plan = int(row["plan_year"])
    if plan >= row["year"]:
        return t("plan of {year}", year=plan)
    return t("plan of {year}, carried over", year=plan)


def ageing_table(
    gaps: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Table | None:
    """Show the gap by vintage of the money."""
    if gaps.empty:
        return None
    return wording.on_base(
        AGEING.table(gaps, lang, total=total, notes=[wording.gap_note(total, lang)], year=year),
        base,
    )


# ------------------------------------------------------------------ causes, outputs, findings

CAUSES = TableSpec(
    slug="funding-causes",
    caption=N_("Money not yet disbursed, by the cause given, {year}"),
    columns=("cause lines districts shortfall_vnd shortfall_share_pct",),
    name=lambda row, lang: wording.cause(row["cause"], lang),
    notes=N_("As stated in the returns, one cause a line; lines paid in full are not included."),
)


def causes_table(
    causes: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Table | None:
    """Show what is not yet disbursed by the cause that districts gave."""
    if causes.empty:
        return None
    return wording.on_base(CAUSES.table(causes, lang, total=total, year=year), base)


OUTPUTS = TableSpec(
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
    notes=N_("Shown side by side; the one does not explain the other."),
)


def outputs_table(outputs: pd.DataFrame, year: int, lang: str, base: str = "") -> Table | Prose:
    """Show what the printed report says was delivered, beside the money."""
    if outputs.empty:
        none = N_("No output printed for {year} was paid with money that is in the returns.")
        return Prose([translator(lang)(none, year=year)])
    return wording.on_base(OUTPUTS.table(outputs, lang, year=year), base)


RULE_NAMES = registry.codes("unusual")
FINDINGS = TableSpec(
    slug="funding-findings",
    caption=N_("What is unusual about the lines, {year}"),
    columns=(
        Column("unusual", N_("Finding")),
        "lines districts",
        Column("allocated_vnd", N_("Allocated on them, VND billion"), "billion", 3),
    ),
    name=lambda row, lang: translator(lang)(RULE_NAMES[row["unusual"]]),
    notes=N_(
        "No line is left out for any of these: its amounts stay in the sums as received, and "
        "no rate is computed where the plan is not above zero. A line can be in several rows."
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
    return wording.on_base(
        FINDINGS.table(counts[counts["lines"] > 0], lang, notes=notes, year=year), base
    )
