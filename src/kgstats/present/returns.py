"""The cleaning of a year's returns as readers see it: files, refusals, accounts, totals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, style
from kgstats.present.charts import Chart, Series, stacked_bars
from kgstats.present.columns import place_in
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, TableSpec, places
from kgstats.returns import rules
from kgstats.words import N_, translator

SEVERITIES = registry.codes("severity_done")
"""What a finding's severity means for the value it is about."""

MOST_SHOWN = 60
"""How many refusals a page lists; all of them stand in the data."""


def _held(row: Mapping[str, Any], lang: str) -> str:
    """Say which forms a file holds, or why none of it is used."""
    t, forms, problem = translator(lang), row["forms"], row["problem"]
    if isinstance(problem, str) and problem == "superseded":
        return t("not used: a later file takes its place")
    if isinstance(problem, str):
        return t("could not be read")
    return forms.replace(" ", ", ") if isinstance(forms, str) else t("none of the forms")


files_table = TableSpec(
    slug="files-received",
    caption=N_("Files received for {year} and what became of their cells"),
    columns=(
        Column("file", N_("File received"), "verbatim"),
        "district_code",
        Column("held", N_("Forms in it"), said=_held),
        "received values",
        Column("page", N_("Parts of the page"), "number", unit="cells"),
        "aside quarantined",
    ),
    total=N_("All files"),
    absent=N_("not known"),
    notes=N_(
        "Values, parts of the page (titles, headings, totals, notes, signatures), cells "
        "left aside and cells refused add up to the cells received, file by file."
    ),
)


def worded(findings: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return stored findings in a reader's language; as `kgstats.returns.rules.worded`."""
    return rules.worded(findings, lang)


def findings_chart(by_district: pd.DataFrame, year: int, lang: str) -> Figure | Prose:
    """Draw the findings of every district by what was done: refused, kept, repaired."""
    t = translator(lang)
    counted = by_district[by_district["findings"] > 0]
    if not counted["findings"].sum():
        return Prose(
            [t("The cleaning found nothing to say about the returns of {year}.", year=year)]
        )
    names, unknown = places(year, lang)["district"], t("not known")
    named = counted.assign(district=[names.get(one, unknown) for one in counted["district_code"]])
    # The most findings stand on top.
    ranked = named.dropna(subset="findings")
    ranked = ranked.sort_values(["findings", "district"], kind="stable")[::-1]
    colours = (style.CONTRAST, style.SERIES[3], style.ACCENT)
    series = [
        Series(f"{name}s", t(words), colour)
        for (name, words), colour in zip(SEVERITIES.items(), colours, strict=True)
    ]
    made = TableSpec(
        slug="findings-chart-data",
        caption=N_("Findings about the returns of {year}, district by district"),
        columns=(
            "district_code",
            *(Column(one.column, one.label, "number", unit=N_("findings")) for one in series),
            Column("findings", N_("Findings"), "number", unit=N_("findings")),
        ),
        absent=N_("not known"),
    )
    errors, every = int(counted["errors"].sum()), int(counted["findings"].sum())
    chart = Chart(
        slug="findings-by-district-chart",
        title=t(
            "{errors} of {all} findings led to a refusal",
            errors=numbers.number(errors, lang),
            all=numbers.number(every, lang),
        ),
        says=t("Bars, one for each district, by what was done."),
        axis=t("findings"),
        table=made.table(ranked, lang, year=year),
    )
    return stacked_bars(chart, ranked, "district", series)


def rules_note(kinds: pd.DataFrame, lang: str) -> Prose:
    """Say which rule found most, where one does (:func:`kgstats.analysis.quality.kinds_found`)."""
    t = translator(lang)
    first = claims.top(kinds["findings"], 1) if len(kinds) > 1 else []
    return Prose(
        items=[
            t(
                "{n} of {all} findings are of one kind: {meaning}",
                n=numbers.number(int(one.findings), lang),
                all=numbers.number(int(one.all_findings), lang),
                meaning=t(rules.RULES[one.rule].meaning) if one.rule in rules.RULES else one.rule,
            )
            for one in kinds.loc[[place for place, _ in first]].itertuples()
        ]
    )


def _first_of(frame: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    if len(frame) <= MOST_SHOWN:
        return ""
    return translator(lang)(
        "The first {shown} of {n} are listed; all stand in findings.parquet.",
        shown=MOST_SHOWN,
        n=numbers.number(len(frame), lang),
    )


refused_table = TableSpec(
    slug="refused",
    caption=N_("What was refused in the returns of {year}, and what to do"),
    columns=(
        Column(
            "file_shown",
            N_("File received"),
            "verbatim",
            said=lambda row, lang: row["file"] or translator(lang)("no file"),
        ),
        Column("place", N_("Sheet · cell"), said=place_in(" · ", "sheet", "cell")),
        Column("raw", N_("As received"), "verbatim"),
        Column("message", "", said=rules.without_place),
        Column("advice", N_("What to do")),
    ),
    most=MOST_SHOWN,
    empty=N_("No value of the returns of {year} was refused."),
    notes=_first_of,
)


_AGREE = claims.P_(
    "{agree} of {n} total stated agrees with its rows",
    "{agree} of {n} totals stated agree with their rows",
)
_NOT_AGREEING = {
    "differ": claims.P_("{n} differs", "{n} differ"),
    "open": claims.P_(
        "{n} cannot be tried because a row could not be read",
        "{n} cannot be tried because rows could not be read",
    ),
}


def totals_note(counted: pd.DataFrame, lang: str) -> Prose:
    """Say how many totals the pages state, and how many of them their rows add up to."""
    t = translator(lang)
    if counted.empty:
        return Prose([t("No page states a total.")])

    def told(row: Any) -> str:
        agree = numbers.number(int(row.agree), lang)
        parts = [claims.counted(_AGREE, int(row.totals), lang, agree=agree)]
        parts += [
            claims.counted(forms, int(getattr(row, name)), lang)
            for name, forms in _NOT_AGREEING.items()
            if getattr(row, name)
        ]
        return ", ".join(parts)

    items = [(t("Form {form}", form=row.form), told(row)) for row in counted.itertuples()]
    return Prose(items=items)


totals_table = TableSpec(
    slug="stated-totals",
    caption=N_("Totals stated in the returns of {year} that differ from their rows"),
    columns=(
        "district_code",
        Column("place", N_("File · sheet · cell"), "verbatim", said=place_in(" · ")),
        Column("heading", N_("Column of the form")),
        Column("stated", N_("Total stated"), "number", unit=N_("as on the page")),
        Column("counted", N_("Sum of the rows"), "number", unit=N_("as on the page")),
        Column("difference", N_("Difference"), "signed", unit=N_("as on the page")),
    ),
    absent=N_("not known"),
    empty=N_("No total that could be tried differs from its rows."),
    notes=N_("In the unit of the page. The rows count, the stated total does not."),
)
