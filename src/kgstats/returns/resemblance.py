"""What a sheet that is none of the forms seems to be: a form that could not be read, or not.

A sheet with the title of a form and with values, or with the names of communes and marks or
counts under its words, is a form that somebody meant to send. It is never put aside in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from kgstats.returns.columns.heading_words import heading_meanings
from kgstats.returns.forms import Form, all_forms
from kgstats.returns.layout import Page, Seen, TableBlock, tokens
from kgstats.returns.subjects.bodies import SHORT_MARK, names_commune, names_money

LIKE_A_TITLE = 85
"""Likeness (0–100) from which words above a table are taken for the title of a form."""

LONGEST_TITLE = 300

LEAST_VALUES = 5
"""With fewer marks or numbers a sheet reports nothing, whatever its title."""

LEAST_SUBJECTS = 3
"""So many communes, or lines of money, are what a form is about."""

LEAST_OF_ONE = 15
"""So many marks or numbers with one commune are the row of a district with one commune."""

MOST_HEADINGS = 6
"""So many headings that were not understood are named."""

_ABOUT = {
    "attainment": re.compile(r"\b(tieu chi|nong thon moi)\b"),
    "funding": re.compile(r"\b(giai ngan|ke hoach von|von)\b"),
    "poverty": re.compile(r"\b(ho ngheo|can ngheo)\b"),
}
"""Words without which the subjects of a form are those of another table."""


@dataclass(frozen=True, slots=True)
class Resemblance:
    """A form that a sheet or a table looks like, where, and the headings not understood."""

    form: Form
    place: tuple[int, int]
    headings: tuple[str, ...]


def resemblance(
    page: Page, block: TableBlock | None = None, titled: frozenset[str] = frozenset()
) -> Resemblance | None:
    """Say which form a sheet, or one table of it, looks like although it could not be read.

    Parameters
    ----------
    page
        The sheet.
    block
        One of its tables; the whole sheet when not given.
    titled
        Titles of the tables of the sheet that were read: what stands beside one of them is under
        its title without being of its form.
    """
    cells = _cells(page, block)
    values = sum(one.numeric or one.kind == "dash" or _is_mark(one) for one in cells)
    if values < LEAST_VALUES:
        return None
    own = block is None or block.title not in titled
    form = (_titled(page, block) if own else None) or _about(cells)
    if form is None:
        return None
    blocks = [block] if block is not None else page.tables
    headings = [
        column.header
        for held in blocks
        for column in held.columns
        if column.header and not heading_meanings(form.key, column.path, column.header)
    ]
    first = blocks[0] if blocks else None
    place = (first.header_first, first.first_column) if first is not None else cells[0].place
    return Resemblance(form, place, tuple(dict.fromkeys(headings))[:MOST_HEADINGS])


def _cells(page: Page, block: TableBlock | None) -> list[Seen]:
    if block is None:
        return [one for one in page.seen if one.kind != "blank"]
    last = block.last_data_row or block.header_last
    return [
        one
        for row in range(block.header_first, last + 1)
        for one in page.rows.get(row, ())
        if block.first_column <= one.column <= block.last_column
    ]


def _is_mark(one: Seen) -> bool:
    """Whether a cell is a mark, or a letter or two that a legend may explain."""
    return one.kind == "mark" or (one.kind == "text" and len(one.text) <= SHORT_MARK)


def _titled(page: Page, block: TableBlock | None) -> Form | None:
    """Return the form whose title stands above a table, or anywhere on the sheet."""
    if block is not None:
        texts = [block.title]
    else:
        texts = [one.text for one in page.seen if one.kind == "text" and len(one.text) > 20]
        texts = [*(held.title for held in page.tables), *page.outside, *texts[:40]]
    best: tuple[float, Form] | None = None
    for form in all_forms().values():
        for text in texts:
            folded = tokens(text)
            if not 20 <= len(folded) <= LONGEST_TITLE:
                continue
            for title in form.titles:
                likeness = fuzz.partial_ratio(tokens(title), folded)
                if likeness >= LIKE_A_TITLE and (best is None or likeness > best[0]):
                    best = (likeness, form)
    return best[1] if best is not None else None


def _about(cells: list[Seen]) -> Form | None:
    """Return the form whose subjects, values and words a sheet holds."""
    communes = {one.folded for one in cells if one.kind == "text" and names_commune(one)}
    money = sum(one.kind == "text" and names_money(one.folded) for one in cells)
    marks = sum(map(_is_mark, cells))
    numbers = sum(one.numeric for one in cells)
    words = " ".join(one.folded for one in cells if one.kind == "text")
    forms = all_forms()
    least = LEAST_OF_ONE if len(communes) < LEAST_SUBJECTS else 0
    if communes:
        if marks >= max(2 * len(communes), least) and _ABOUT["attainment"].search(words):
            return forms["attainment"]
        if numbers >= max(3 * len(communes), least) and _ABOUT["poverty"].search(words):
            return forms["poverty"]
    if money >= LEAST_SUBJECTS and numbers >= LEAST_SUBJECTS and _ABOUT["funding"].search(words):
        return forms["funding"]
    return None
