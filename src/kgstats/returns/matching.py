"""All columns of a page matched at once with those of a form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from kgstats.returns.forms import CRITERIA, Form, all_forms
from kgstats.returns.heading_words import LEAST_SCORE, MEASURES, NO_FACETS, Facets, heading_meanings
from kgstats.returns.layout import Column, TableBlock, tokens


@dataclass(slots=True, eq=False)
class Mapped:
    """A column of a page matched with a column of the form."""

    column: Column
    name: str
    score: float
    criterion: int | None = None
    facets: Facets = NO_FACETS
    doubt: str = ""


def match_columns(form: Form, block: TableBlock) -> tuple[list[Mapped], list[Column]]:
    """Match the columns of a table with those of a form.

    Returns
    -------
    tuple of list
        The matched columns, and the columns with a heading that belong to no column of the
        form. A column of the form is given once, to the heading that agrees best, except money
        columns, which may stand once for every source, kind or year.
    """
    candidates: list[Mapped] = []
    left: list[Column] = []
    for column in block.columns:
        if column.index == block.order_column:
            continue
        meant = heading_meanings(form.key, column.path, column.header)
        candidates.extend(
            Mapped(column, one.name, one.score, one.criterion, one.facets, one.doubt)
            for one in meant
        )
        if not meant:
            left.append(column)
    return _assign(form, block, candidates, left)


def _assign(
    form: Form, block: TableBlock, candidates: list[Mapped], left: list[Column]
) -> tuple[list[Mapped], list[Column]]:
    label = block.label_column
    named = [one.criterion for one in candidates if one.criterion is not None]
    if len(named) > len(set(named)):
        # Two headings for one criterion: neither is it for certain.
        doubled = {number for number in named if named.count(number) > 1}
        left.extend(one.column for one in candidates if one.criterion in doubled)
        candidates = [one for one in candidates if one.criterion not in doubled]
    candidates.sort(key=lambda one: (-one.score, one.column.index, one.name))
    taken_columns: set[int] = set()
    taken_names: set[object] = set()
    chosen: list[Mapped] = []
    for one in candidates:
        if one.column.index in taken_columns:
            continue
        if one.score < LEAST_SCORE:
            continue
        key: object = one.name
        if one.criterion is not None:
            key = ("criterion", one.criterion)
        elif form.key == "funding" and one.name in MEASURES:
            key = (one.name, one.facets)
        if key in taken_names:
            continue
        taken_columns.add(one.column.index)
        taken_names.add(key)
        chosen.append(one)
    subject = "component" if form.key == "funding" else "commune_code"
    if subject not in taken_names and label is not None and label not in taken_columns:
        column = block.column(label)
        if column is not None:
            chosen.append(Mapped(column, subject, 0.5))
            taken_columns.add(label)
    for one in candidates:
        if one.column.index not in taken_columns and one.column not in left:
            left.append(one.column)
    left = [
        column
        for column in left
        if column.index not in taken_columns and column.index != block.order_column
    ]
    chosen.sort(key=lambda one: one.column.index)
    left.sort(key=lambda column: column.index)
    return chosen, left


@lru_cache(maxsize=1 << 12)
def _likeness_of_title(key: str, title: str) -> float:
    titles = all_forms()[key].titles
    return max((fuzz.partial_ratio(tokens(words), title) for words in titles if title), default=0.0)


@lru_cache
def _wanted(key: str) -> tuple[str, ...]:
    """Return the columns that tell a form by being there."""
    return tuple(
        column.name
        for column in all_forms()[key].columns
        if column.words and column.name not in ("programme", "unit", "note", "cause")
    )


TITLED = 0.5
"""What a title like the form's counts, where all its columns count one."""
LIKE_A_TITLE = 75


def recognise(block: TableBlock) -> tuple[Form | None, list[Mapped], list[Column]]:
    """Say which form a table is, by its title and header words; None for another table."""
    best: tuple[tuple[float, int], Form, list[Mapped], list[Column]] | None = None
    title = tokens(f"{block.sheet_title} {block.title}")
    alike = {key: _likeness_of_title(key, title) for key in all_forms()}
    places = {key: place for place, key in enumerate(alike)}
    for form in sorted(all_forms().values(), key=lambda one: -alike[one.key]):
        likeness = alike[form.key]
        if best is not None and best[0][0] > 1 + TITLED * (likeness >= LIKE_A_TITLE):
            # None of those left, even with every column, could be it.
            break
        mapped, left = match_columns(form, block)
        names = {one.name for one in mapped}
        criteria = sum(one.criterion is not None for one in mapped)
        if form.key == "attainment":
            enough = criteria >= form.least and "commune_code" in names
            share = criteria / CRITERIA
        else:
            need = sum(name in names for name in form.needs)
            wanted = _wanted(form.key)
            share = sum(name in names for name in wanted) / len(wanted)
            enough = need >= form.least
            if form.key == "poverty":
                enough = (
                    enough
                    and "commune_code" in names
                    and (sum(name.endswith("_hh") for name in names) >= 3 or likeness >= 80)
                )
            else:
                enough = (
                    enough and "component" in names and ("disbursed_vnd" in names or likeness >= 70)
                )
        if not enough:
            continue
        score = (share + TITLED * (likeness >= LIKE_A_TITLE), -places[form.key])
        if best is None or score > best[0]:
            best = (score, form, mapped, left)
    if best is None:
        return None, [], []
    return best[1], best[2], best[3]
