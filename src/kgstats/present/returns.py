"""The cleaning of a year's returns as readers see it: files, refusals, accounts, totals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from kgstats.analysis import quality
from kgstats.analysis import returns as analysis
from kgstats.present import numbers, style
from kgstats.present.charts import Chart, Series, stacked_bars
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, column, table
from kgstats.reference import areas
from kgstats.returns import rules
from kgstats.words import N_, translator

if TYPE_CHECKING:
    from kgstats.words import Translate

SEVERITIES: Mapping[str, str] = {
    "error": N_("Refused"),
    "warning": N_("Doubtful, kept"),
    "note": N_("Repaired or left aside"),
}
"""What a finding's severity means for the value it is about."""

MOST_SHOWN = 60
"""How many refusals a page lists; all of them stand in the data."""


def _districts(year: int) -> dict[str, str]:
    frame = areas.districts(year)
    return dict(zip(frame["district_code"], frame["district_name"], strict=True))


def _named(codes: pd.Series, year: int, t: Translate) -> list[str]:
    names = _districts(year)
    return [
        names.get(code, t("not known")) if not pd.isna(code) else t("not known") for code in codes
    ]


def files_table(summary: pd.DataFrame, cells: pd.DataFrame, year: int, lang: str) -> Table:
    """Tabulate the files received: whose they are, which forms they hold, and their account."""
    t = translator(lang)
    frame = analysis.accounts_by_file(cells, summary).merge(
        summary[["file", "forms", "problem"]], on="file", how="left"
    )
    frame["district"] = _named(frame["district_code"], year, t)
    frame["held"] = [
        _held(forms, problem, t)
        for forms, problem in zip(frame["forms"], frame["problem"], strict=True)
    ]
    counts = ["received", *analysis.GROUPS]
    sums = {name: int(frame[name].sum()) for name in counts}
    total = pd.DataFrame([{"file": t("All files"), "district": "", "held": "", **sums}])
    shown = pd.concat([frame[["file", "district", "held", *counts]], total], ignore_index=True)
    return table(
        shown,
        slug="files-received",
        caption=t("Files received for {year} and what became of their cells", year=year),
        columns=[
            Column("file", t("File received")),
            Column("district", t("District")),
            Column("held", t("Forms in it")),
            Column("received", t("Cells received"), "number"),
            Column("values", t("Values"), "number"),
            Column("page", t("Parts of the page"), "number"),
            Column("aside", t("Left aside"), "number"),
            Column("quarantined", t("In quarantine"), "number"),
        ],
        lang=lang,
        totals=lambda one: [place == len(one) - 1 for place in range(len(one))],
        notes=[
            t(
                "Values, parts of the page (titles, headings, totals, notes, signatures), cells "
                "left aside and cells in quarantine add up to the cells received, file by file."
            )
        ],
    )


def _held(forms: object, problem: object, t: Translate) -> str:
    if isinstance(problem, str) and problem == "superseded":
        return t("not used: a later file takes its place")
    if isinstance(problem, str):
        return t("could not be read")
    return str(forms).replace(" ", ", ") if isinstance(forms, str) else t("none of the forms")


def worded(findings: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return stored findings in a reader's language; as `kgstats.returns.rules.worded`."""
    return rules.worded(findings, lang)


def findings_chart(
    findings: pd.DataFrame, cells: pd.DataFrame, deliveries: pd.DataFrame, year: int, lang: str
) -> Figure | Prose:
    """Draw the findings of every district by what was done: refused, kept, repaired."""
    t = translator(lang)
    counted = quality.by_district(findings, cells, year, deliveries)
    counted["district"] = counted["district"].fillna(t("not known"))
    counted = counted[counted["findings"] > 0]
    if counted.empty:
        return Prose(
            [t("The cleaning found nothing to say about the returns of {year}.", year=year)]
        )
    errors, every = int(counted["error"].sum()), int(counted["findings"].sum())
    colours = (style.CONTRAST, style.SERIES[3], style.ACCENT)
    series = [
        Series(name, t(words), colour)
        for (name, words), colour in zip(SEVERITIES.items(), colours, strict=True)
    ]
    # The most findings stand on top.
    ranked = counted.sort_values(["findings", "district"], kind="stable")[::-1]
    chart = Chart(
        slug="findings-by-district-chart",
        title=t(
            "{errors} of {all} findings refused a value",
            errors=numbers.number(errors, lang),
            all=numbers.number(every, lang),
        ),
        says=t("Bars, one for each district, by what was done."),
        lang=lang,
        axis=t("findings"),
        table=table(
            ranked,
            slug="findings-chart-data",
            caption=t("Findings about the returns of {year}, district by district", year=year),
            columns=[
                Column("district", t("District")),
                *(Column(one.column, one.label, "number") for one in series),
                column("findings", lang),
            ],
            lang=lang,
        ),
    )
    return stacked_bars(chart, ranked, "district", series)


def refused_table(findings: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Tabulate what was refused: where it stands, why, and what the district should do."""
    t = translator(lang)
    frame = analysis.refused(findings)
    if frame.empty:
        return Prose([t("No value of the returns of {year} was refused.", year=year)])
    frame["place"] = [
        " · ".join(part for part in (row.sheet, row.cell) if part) for row in frame.itertuples()
    ]
    frame["file_shown"] = [file or t("no file") for file in frame["file"]]
    notes = []
    if len(frame) > MOST_SHOWN:
        notes.append(
            t(
                "The first {shown} of {n} are listed; all stand in findings.parquet.",
                shown=MOST_SHOWN,
                n=numbers.number(len(frame), lang),
            )
        )
    return table(
        frame.head(MOST_SHOWN),
        slug="refused",
        caption=t("What was refused in the returns of {year}, and what to do", year=year),
        columns=[
            Column("file_shown", t("File received")),
            Column("place", t("Sheet · cell")),
            Column("raw", t("As received")),
            Column("message", t("What was found")),
            Column("advice", t("What to do")),
        ],
        lang=lang,
        notes=notes,
    )


def totals_note(stated: pd.DataFrame, lang: str) -> Prose:
    """Say how many totals the pages state, and how many of them their rows add up to."""
    t = translator(lang)
    counted = analysis.stated_totals(stated)
    if counted.empty:
        return Prose([t("No page states a total.")])

    def n(value: int) -> str:
        return numbers.number(value, lang)

    items = [
        (
            t("Form {form}", form=row.form),
            t(
                "{totals} totals stated, {agree} agree with their rows, {differ} differ, "
                "{open} cannot be tried because a row could not be read",
                totals=n(int(row.totals)),
                agree=n(int(row.agree)),
                differ=n(int(row.differ)),
                open=n(int(row.open)),
            ),
        )
        for row in counted.itertuples()
    ]
    return Prose(
        [t("Every total a page states was added up again from its rows; none was taken over.")],
        items,
    )


def totals_table(stated: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Tabulate the totals that differ from the sum of their rows, in the page's own unit."""
    t = translator(lang)
    frame = analysis.differing_totals(stated)
    if frame.empty:
        return Prose([t("Every total that could be tried agrees with its rows.")])
    frame["district"] = _named(frame["district_code"], year, t)
    frame["place"] = [
        " · ".join(part for part in (row.file, row.sheet, row.cell) if part)
        for row in frame.itertuples()
    ]
    return table(
        frame,
        slug="stated-totals",
        caption=t("Totals stated in the returns of {year} that differ from their rows", year=year),
        columns=[
            Column("district", t("District")),
            Column("place", t("File · sheet · cell")),
            Column("heading", t("Column of the form")),
            Column("stated", t("Total stated"), "number"),
            Column("counted", t("Sum of the rows"), "number"),
            Column("difference", t("Difference"), "signed"),
        ],
        lang=lang,
        notes=[t("In the unit of the page. The rows count, the stated total does not.")],
    )
