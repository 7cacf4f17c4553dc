"""What reading a printed report proposed, for the person who reviews it."""

from __future__ import annotations

import pandas as pd

from kgstats import registry
from kgstats.present import numbers
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.words import N_, translator


def headlines(counted: pd.DataFrame, lang: str) -> Headlines:
    """Show how much was read, how much is doubtful and how much a person has accepted."""
    t = translator(lang)
    n = {name: int(value) for name, value in counted.iloc[0].items()}

    def shown(name: str) -> str:
        return numbers.number(n[name], lang)

    return Headlines(
        [
            Headline(
                t("Figures proposed"),
                shown("proposed_figures"),
                t("{n} of them accepted", n=shown("accepted_figures")),
            ),
            Headline(
                t("Carried over from the report before"),
                shown("carried"),
                t(
                    "{moved} moved, {new} new, {gone} gone",
                    moved=shown("moved"), new=shown("new"), gone=shown("gone"),
                ),
            ),
            Headline(t("With a doubt"), shown("doubtful"), t("to be looked at one by one")),
            Headline(
                t("Statements proposed"),
                shown("proposed_statements"),
                t("{n} of them do not hold as printed", n=shown("broken_statements")),
            ),
        ]
    )  # fmt: skip


SENTENCES = TableSpec(
    slug="report-sentences",
    caption=N_("Sentences of the report of {year}, and what was read of them"),
    columns=(
        Column("section", N_("Section")),
        Column("line", N_("Line"), "number", unit=N_("number")),
        Column("sentence", N_("Sentence")),
        Column("read", N_("Read")),
        Column("doubtful", N_("Doubtful"), "number", unit=N_("figures")),
        Column("accepted", N_("Accepted"), "number", unit=N_("figures")),
    ),
    notes=N_(
        "Read from the text by itself: nothing of it counts before a person has accepted it. "
        "A sentence of several numbers is read as several figures."
    ),
)

DOUBTS = TableSpec(
    slug="report-doubts",
    caption=N_("Figures of the report of {year} to be looked at"),
    columns=(
        Column("printed", N_("Printed")),
        "unit",
        Column("doubt", N_("What is doubtful")),
        Column("line", N_("Line"), "number", unit=N_("number")),
        Column("sentence", N_("Sentence")),
    ),
)

STATEMENTS = TableSpec(
    slug="report-statements",
    caption=N_("Statements the report of {year} seems to make, those that do not hold first"),
    columns=(
        Column("result", N_("How it holds")),
        Column("kind", N_("Kind")),
        Column("words", N_("Words it rests on")),
        Column("numbers", N_("What is computed")),
        Column("sentence", N_("Sentence")),
    ),
)

CHANGED = TableSpec(
    slug="report-changed",
    caption=N_("Figures of the report of {year} that are new, or stand in another section"),
    columns=(
        Column("printed", N_("Printed")),
        "unit",
        Column("state", N_("State")),
        Column("section", N_("Section")),
        Column("sentence", N_("Sentence")),
    ),
)

STATES = registry.codes("figure_state")

GONE = TableSpec(
    slug="report-gone",
    caption=N_("Figures of the report before {year} that this one does not continue"),
    columns=(
        Column("indicator", N_("Figure")),
        Column("printed", N_("Printed then")),
        Column("section", N_("Section then")),
    ),
)


def sentence_table(
    sentences: pd.DataFrame, units: pd.DataFrame, year: int, lang: str
) -> Table | Prose:
    """Tabulate sentence by sentence what was read, units in words."""
    if sentences.empty:
        return Prose([translator(lang)("No number was found in the text.")])
    read = [
        "; ".join(_worded(figure, _words(units, lang)) for figure in text.split("; "))
        for text in sentences["read"]
    ]
    return SENTENCES(sentences.assign(read=read), lang, year=year)


def _words(units: pd.DataFrame, lang: str) -> dict[str, str]:
    return dict(zip(units["unit"], units[lang], strict=True))


def _worded(figure: str, words: dict[str, str]) -> str:
    """Word a figure; a place that is named is its name."""
    printed, _, unit = figure.rpartition(" ")
    return printed if printed[:1].isalpha() else f"{printed} {words.get(unit, unit)}"


def doubt_table(doubtful: pd.DataFrame, units: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Tabulate the figures with a doubt that nobody has accepted yet."""
    t = translator(lang)
    if doubtful.empty:
        return Prose([t("No figure is left with a doubt.")])
    said = [", ".join(map(t, text.split("; "))) for text in doubtful["doubts"]]
    words = _words(units, lang)
    unit = [words.get(one, one) for one in doubtful["unit"]]
    rows = doubtful.assign(doubt=said, unit=unit, line=doubtful["line"].astype("int64"))
    return DOUBTS(rows, lang, year=year)


def statement_table(statements: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Tabulate the statements, how each holds, and the words it rests on."""
    t = translator(lang)
    if statements.empty:
        return Prose([t("The text makes no statement that can be computed.")])
    words = registry.codes("class")
    kinds = registry.codes("statement_kind")
    rows = statements.assign(
        result=[t(words[klass]) for klass in statements["class"]],
        kind=[t(kinds[kind]) for kind in statements["kind"]],
    )
    return STATEMENTS(rows, lang, year=year)


def changed_table(
    changed: pd.DataFrame, units: pd.DataFrame, year: int, lang: str
) -> Table | Prose:
    """Tabulate the figures that the report before did not have, or not in this section."""
    t = translator(lang)
    if changed.empty:
        return Prose([t("Every figure stands where it stood in the report before.")])
    words = _words(units, lang)
    rows = changed.assign(
        unit=[words.get(one, one) for one in changed["unit"]],
        state=[t(STATES[one]) for one in changed["status"]],
    )
    return CHANGED(rows, lang, year=year)


def gone_table(gone: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Tabulate what the report before said and this one does not."""
    if gone.empty:
        return Prose([translator(lang)("Every figure of the report before is continued.")])
    return GONE(gone.assign(indicator=gone[f"indicator_{lang}"]), lang, year=year)
