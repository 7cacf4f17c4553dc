"""What reading a printed report proposed, for the person who reviews it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kgstats.present import numbers
from kgstats.present.columns import Column, from_list
from kgstats.present.prose import Headline, Headlines
from kgstats.present.published import UNIT, unit_words
from kgstats.present.tables import TableSpec
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


def _read(row: Mapping[str, Any], lang: str) -> str:
    """Word what was read of a sentence; a place that is named is its name."""
    said = []
    for figure in row["read"].split("; "):
        printed, _, unit = figure.rpartition(" ")
        named = printed[:1].isalpha()
        said.append(printed if named else f"{printed} {unit_words(row['units'], unit, lang)}")
    return "; ".join(said)


_LINE = Column(
    "line", N_("Line"), "number", unit=N_("number"), said=lambda row, _: int(row["line"])
)
_SENTENCE = Column("sentence", N_("Sentence"))
_PRINTED = Column("printed", N_("Printed"))

sentence_table = TableSpec(
    slug="report-sentences",
    caption=N_("Sentences of the report of {year}, and what was read of them"),
    columns=(
        Column("section", N_("Section")),
        _LINE,
        _SENTENCE,
        Column("read", N_("Read"), said=_read),
        Column("doubtful", N_("Doubtful"), "number", unit=N_("figures")),
        Column("accepted", N_("Accepted"), "number", unit=N_("figures")),
    ),
    empty=N_("No number was found in the text."),
    notes=N_(
        "Read from the text by itself: nothing of it counts before a person has accepted it. "
        "A sentence of several numbers is read as several figures."
    ),
)
doubt_table = TableSpec(
    slug="report-doubts",
    caption=N_("Figures of the report of {year} to be looked at"),
    columns=(
        _PRINTED,
        UNIT,
        Column(
            "doubt",
            N_("What is doubtful"),
            said=lambda row, lang: ", ".join(map(translator(lang), row["doubts"].split("; "))),
        ),
        _LINE,
        _SENTENCE,
    ),
    empty=N_("No figure is left with a doubt."),
)
statement_table = TableSpec(
    slug="report-statements",
    caption=N_("Statements the report of {year} seems to make, those that do not hold first"),
    columns=(
        Column("result", N_("How it holds"), said=from_list("class", "class")),
        Column("kind", N_("Kind"), said=from_list("statement_kind", "kind")),
        Column("words", N_("Words it rests on")),
        Column("numbers", N_("What is computed")),
        _SENTENCE,
    ),
    empty=N_("The text makes no statement that can be computed."),
)
changed_table = TableSpec(
    slug="report-changed",
    caption=N_("Figures of the report of {year} that are new, or stand in another section"),
    columns=(
        _PRINTED,
        UNIT,
        Column("state", N_("State"), said=from_list("figure_state", "status")),
        Column("section", N_("Section")),
        _SENTENCE,
    ),
    empty=N_("Every figure stands where it stood in the report before."),
)
gone_table = TableSpec(
    slug="report-gone",
    caption=N_("Figures of the report before {year} that this one does not continue"),
    columns=(
        Column("indicator", N_("Figure"), said=lambda row, lang: row[f"indicator_{lang}"]),
        Column("printed", N_("Printed then")),
        Column("section", N_("Section then")),
    ),
    empty=N_("Every figure of the report before is continued."),
)
