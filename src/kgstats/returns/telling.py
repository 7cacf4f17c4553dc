"""Findings as a person is told them: the gravest first, and what repeats only once.

Ten thousand cells with one habit are one message: the first of them in full, where the next ones
are, how many, and one advice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kgstats import registry
from kgstats.returns.rules import SEVERITIES, Finding, Severity, advice, figure, message
from kgstats.words import N_, translator

QUIET = frozenset(
    {
        "number_decided", "text_decoded", "column_extra", "sheet_not_a_form",
        "amount_in_guessed_unit", "value_in_doubt",
    }
)  # fmt: skip
"""For the record: no work for anybody, or said with another finding; counted, not commented."""

OF_THE_FILE = frozenset({"year_slip", "text_decoded", "form_turned"})
"""Habits of whoever typed the file: one message, on however many sheets."""

SEVERITY_WORDS = registry.codes("severity_told")

ON_THIS_SHEET = N_("({n} more such on this sheet: {cells}{more})")
ON_OTHERS = N_("({n} more such: {cells}{more})")
ANYWHERE = N_("({n} more such)")

TOLD_ALONE = 3
"""So many findings of one rule on a sheet are told one by one; more are told together."""

SCREENFUL = 20
"""More messages are told kind by kind over all sheets; a person reads no more at once."""

CELLS_NAMED = 5
"""So many of the other cells are named."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message: what was found, what to do, and of how many findings."""

    severity: Severity
    message: str
    advice: str
    count: int = 1


def tell(findings: Sequence[Finding], lang: str) -> list[Told]:
    """Return findings as messages, gravest first, those that repeat as one.

    What repeats on a sheet is one message; where these are still more than a screen holds, what
    repeats in a file is, and last each kind of finding.
    """
    told: list[Told] = []
    for by_sheet, alone in ((True, TOLD_ALONE), (False, TOLD_ALONE), (False, 1)):
        told = _messages(_kinds(findings, by_sheet, alone > 1), alone, lang)
        if len(told) <= SCREENFUL:
            break
    return told


def _kinds(findings: Sequence[Finding], by_sheet: bool, by_words: bool) -> list[list[Finding]]:
    """Return the findings of each kind, gravest first, those for the record last."""
    groups: dict[tuple[int, str, str, str, str], list[Finding]] = {}
    for one in findings:
        # Words that would do belong to one column: they are no advice for another.
        words = str(one.args.get("words", "")) if by_words else ""
        sheet = one.sheet if by_sheet and one.rule not in OF_THE_FILE else ""
        kind = (SEVERITIES.index(one.grave), one.rule, one.file, sheet, words)
        groups.setdefault(kind, []).append(one)
    return [groups[kind] for kind in sorted(groups, key=lambda kind: (kind[0], kind[1] in QUIET))]


def _messages(kinds: Sequence[Sequence[Finding]], alone: int, lang: str) -> list[Told]:
    """Return a message for each of few findings of a kind, one for many."""
    t = translator(lang)
    told: list[Told] = []
    for held in kinds:
        first, *others = held
        if len(held) <= (1 if first.rule in QUIET | OF_THE_FILE else alone):
            told.extend(Told(one.grave, message(one, lang), advice(one, lang)) for one in held)
            continue
        cells = ", ".join(_names(first, others[:CELLS_NAMED]))
        more = "…" if len(others) > CELLS_NAMED else ""
        here = all(one.sheet == first.sheet for one in others)
        where = ON_THIS_SHEET if here else ON_OTHERS
        text = t(where if cells else ANYWHERE, n=figure(len(others), lang), cells=cells, more=more)
        said = f"{message(first, lang)} {text}"
        told.append(Told(first.grave, said, advice(first, lang), len(held)))
    return told


def _names(first: Finding, others: Sequence[Finding]) -> list[str]:
    """Return what tells findings of one kind apart: their cells, else what they are about."""
    if any(one.sheet != first.sheet for one in others):
        return [f"{one.sheet} {one.cell}".strip() for one in others]
    if any(one.cell != first.cell for one in others):
        return list(dict.fromkeys(one.cell for one in others if one.cell))
    about = (one.args.get("place") or one.args.get("column") or "" for one in others)
    return [str(name) for name in about if name]


def closing(findings: Sequence[Finding], received: int, lang: str) -> str:
    """Return the line that sums a check up: errors and doubts are counted, never hidden.

    >>> closing([], 620, "en")
    'Nothing to correct: 620 cells were read.'
    """
    t = translator(lang)
    graves = [one.grave for one in findings]
    errors, warnings = graves.count("error"), graves.count("warning")
    cells = figure(received, lang)
    if errors:
        return t(
            "Before sending, errors to correct: {errors}; places to check: {warnings}. "
            "{n} cells were read.",
            errors=figure(errors, lang), warnings=figure(warnings, lang), n=cells,
        )  # fmt: skip
    if warnings:
        return t(
            "Before sending, places to check: {warnings}. No value was refused; "
            "{n} cells were read.",
            warnings=figure(warnings, lang), n=cells,
        )  # fmt: skip
    return t("Nothing to correct: {n} cells were read.", n=cells)
