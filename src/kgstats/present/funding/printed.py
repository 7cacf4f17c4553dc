"""The printed report's figures on money beside the returns, as readers see them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers, provenance
from kgstats.present.funding import wording
from kgstats.present.funding.tables import OF_PROGRAMME
from kgstats.present.numbers import Quantity
from kgstats.present.prose import Prose, capital
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.reference import funding_rules
from kgstats.words import N_, translator

MEASURE_NAMES = registry.codes("printed_measure")


def printed_what(row: wording.Row, lang: str) -> str:
    """Name a printed figure: its measure, components, sources, kind and plan year."""
    t = translator(lang)
    every = funding_rules.ANY
    whole_programme = row["component"] == every
    parts = [t(MEASURE_NAMES[str(row["measure"])])] if "measure" in row else []
    if not whole_programme and not numbers.is_absent(row["component"]):
        codes = str(row["component"]).split("|")
        parts.append(" + ".join(wording.component_name(code, lang, "short") for code in codes))
    if row["source"] != every or whole_programme:
        parts.append(wording.sources(row["source"], lang))
    if row["kind"] != every and whole_programme:
        parts.append(wording.kind(row["kind"], lang))
    return capital(", ".join(filter(None, [*parts, wording.carried(row, lang)])))


def printed_value(row: wording.Row, of: str, lang: str) -> str:
    """Write a figure ``printed`` or from the ``returns``, an amount or a rate."""
    if not numbers.is_absent(row[f"{of}_pct"]):
        return numbers.percent(row[f"{of}_pct"], lang, 2)
    return wording.exact_amount(row[f"{of}_vnd"], lang)


def _with_programme(row: wording.Row, lang: str) -> str:
    """Name a printed figure with its programme: both have money of the same sources and kinds."""
    what = printed_what(row, lang)
    programme = wording.programme_name(row["programme"], row["year"], lang)
    return f"{programme}, {what[:1].lower()}{what[1:]}"


def _quantity(row: wording.Row, of: str) -> Quantity:
    """Return a figure ``printed`` or from the ``returns`` for a cell: an amount or a rate."""
    if not numbers.is_absent(row[f"{of}_pct"]):
        return Quantity(row[f"{of}_pct"], "percent", 2)
    return wording.quantity(row[f"{of}_vnd"])


def _traced(table: Table, rows: pd.DataFrame, names: tuple[str, ...]) -> Table:
    """Name the cells of the lines that printed figures speak of.

    A figure can be of any source, or of several (``province|integrated``): its row stands for
    the lines of each.
    """
    for name in ("component", "source", "kind"):
        if name in rows:
            each = rows[name].mask((rows[name] == funding_rules.ANY).fillna(False))
            rows = rows.assign(**{name: each.str.split("|")}).explode(name)
    table.sources = provenance.behind(rows, names, None)
    return table


BOTH = ("allocated_vnd", "disbursed_vnd")
PRINTED = TableSpec(
    slug="funding-printed",
    caption=N_("Figures of the printed report compared with the returns, {year}"),
    columns=(
        Column("figure", N_("Figure")),
        "printed_text",
        Column("printed", N_("Printed value"), "quantity"),
        Column("returned", N_("From the returns"), "quantity"),
        Column("same", N_("Comparison")),
        Column("judged", N_("The report against itself")),
    ),
    name=printed_what,
    group=OF_PROGRAMME,
    notes=N_(
        "The last column is the audit's class of the printed figure, recomputed from the "
        "report's own other figures. A rate agrees within one unit of its last printed "
        "digit."
    ),
)


def printed_table(beside: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Show the report's figures on money beside those from the returns, with the audit's class."""
    t = translator(lang)
    if beside.empty:
        none = N_(
            "There is nothing to compare: no printed report of {year}, or no money in the returns."
        )
        return Prose([t(none, year=year)])
    rows = beside.to_dict("records")
    said = {True: t("agrees"), False: t("differs")}
    table = PRINTED.table(
        beside.assign(
            printed=[_quantity(row, "printed") for row in rows],
            returned=[_quantity(row, "returns") for row in rows],
            same=["" if numbers.is_absent(row["agrees"]) else said[row["agrees"]] for row in rows],
            judged=[_judged(row, lang) for row in rows],
        ),
        lang,
        year=year,
    )
    return _traced(table, beside, BOTH)


def _judged(row: wording.Row, lang: str) -> str:
    """Say what the audit found on a printed figure, by itself or as part of a sum or ratio."""
    t = translator(lang)
    if numbers.is_absent(row["class"]):
        return t("in no sum of the report")
    if row["role"] == "tested":
        return t(registry.codes("class")[str(row["class"])])
    if row["holds"]:
        return t("part of a sum or ratio that holds")
    return t("part of a sum or ratio that does not hold")


RESULT_NAMES = registry.codes("money_result")
SENSITIVITY = TableSpec(
    slug="funding-sensitivity",
    caption=N_("Results with printed, recomputed and corrected inputs, where they differ, {year}"),
    columns=(
        "result",
        Column("printed", N_("Printed inputs"), "quantity"),
        Column("recomputed", N_("Recomputed from the report's parts"), "quantity"),
        Column("corrected", N_("Corrected (returns)"), "quantity"),
    ),
    name=lambda row, lang: _result(row, lang),
    group=OF_PROGRAMME,
)


def sensitivity_table(
    results: pd.DataFrame, beside: pd.DataFrame, year: int, lang: str
) -> Table | Prose | None:
    """Show results with printed, recomputed and corrected inputs where the report is at odds."""
    if beside.empty:
        return None
    if results.empty:
        none = N_("No figure on this money contradicts the report's own parts.")
        return Prose([translator(lang)(none)])
    rows = results.to_dict("records")
    shown = {
        name: [_input(row[name], str(row["unit"]), lang) for row in rows]
        for name in ("printed", "recomputed", "corrected")
    }
    table = SENSITIVITY.table(results.assign(**shown), lang, year=year)
    return _traced(table, results, BOTH)


def _result(row: wording.Row, lang: str) -> str:
    if row["result"] in RESULT_NAMES:
        return translator(lang)(RESULT_NAMES[str(row["result"])])
    measure = "rate" if row["result"] == "rate" else "allocated"
    return printed_what({**row, "measure": measure}, lang)


def _input(value: Any, unit: str, lang: str) -> Quantity:
    if numbers.is_absent(value):
        return Quantity()
    if unit == "vnd":
        return wording.quantity(value)
    if unit == "percent":
        return Quantity(value, "percent", 2)
    return Quantity(value, "number", 4, unit=translator(lang)("times"))


ASSIGNED = TableSpec(
    slug="funding-assigned",
    caption=N_("Money assigned to districts and money allocated to lines, {year}, VND billion"),
    columns=(
        Column("source", N_("Source")),
        "assigned_vnd",
        Column("allocated_vnd", N_("Allocated to lines (returns)"), "billion", 3),
        "allocation_gap_vnd",
    ),
    name=lambda row, lang: wording.what({**row, "programme": None}, lang),
    group=OF_PROGRAMME,
    notes=N_(
        "Below zero: the districts' lines hold more than the report says was assigned, so "
        "one of the two figures is wrong."
    ),
)


def allocation_table(assigned: pd.DataFrame, year: int, lang: str) -> Table | None:
    """Show money assigned (as printed) less money on the districts' lines."""
    if assigned.empty:
        return None
    table = ASSIGNED.table(assigned, lang, year=year)
    return _traced(table, assigned, BOTH[:1])


def printed_note(beside: pd.DataFrame, year: int, lang: str) -> Prose | None:
    """Say how many printed figures the returns give again, and which they do not."""
    t = translator(lang)
    if beside.empty:
        return None
    known = beside[beside["agrees"].notna()]
    if known.empty:
        return Prose([t("No printed figure is compared: not every district reports its money.")])
    differ = known[~known["agrees"].astype(bool)]
    counts = {"same": len(known) - len(differ), "n": len(known), "all": len(beside)}
    text = t("The returns reproduce {same} of the {n} printed figures on this money.", **counts)
    if len(known) < len(beside):
        text = t(
            "Of the {all} printed figures on this money {n} can be compared, and the returns "
            "reproduce {same} of them.",
            **counts,
        )
    items = [
        t(
            "{what}: printed {printed}, from the returns {returned}.",
            what=_with_programme(row, lang),
            printed=printed_value(row, "printed", lang),
            returned=printed_value(row, "returns", lang),
        )
        for row in wording.records(differ, year)
    ]
    return Prose([text], items)
