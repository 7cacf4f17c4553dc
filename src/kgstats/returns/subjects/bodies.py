"""What the rows of a form are about, and so where its body is, before any heading is read.

The rows of two forms are communes, those of the third are lines of money with a source, a kind
and a component. Both are known by their names alone, so the rows that hold them are the body of
the table, whatever stands above them and however its words are broken over rows.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from kgstats.reference import areas
from kgstats.returns.cells import Sheet
from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.layout import Page, Seen, Subjects, is_signature, read_page, tokens
from kgstats.returns.subjects.places import TYPE_WORDS, bare_name, split_type

LEAST_VALUES = 5
"""A single row with a name is the body of a form where so many values stand beside it."""

LEAST_ROWS = 2
"""So many different subjects, each with a value beside it, make the body of a form."""

LONGEST_NAME = 60
"""A longer text names no commune, whatever it begins with."""

LONGEST_WORDS = 6
"""So many words has the longest name of a commune, with its type."""

SHORT_MARK = 2
"""A text of so few letters may be a mark that the page explains."""

_ABOUT_MONEY = ("sources", "kinds")


def read_return_page(sheet: Sheet) -> Page:
    """Find the tables of a sheet of a return: bodies by their subjects first, then the rest."""
    return read_page(sheet, subjects_on)


def subjects_on(rows: dict[int, list[Seen]]) -> list[Subjects]:
    """Return the columns of a sheet that name the subjects of a form, with their rows.

    A row counts where a value stands at the right of the name: a list of names is no body.
    """
    communes: dict[int, dict[int, str]] = {}
    money: dict[int, dict[int, str]] = {}
    unvalued: dict[int, set[int]] = {}
    for row, cells in rows.items():
        words = [one for one in cells[:-1] if one.kind == "text"]
        if not words:
            continue
        last = cells[-1]
        if last.numeric:
            valued = amount = last.column
        else:
            valued = next((one.column for one in reversed(cells) if _is_value(one)), 0)
            # "Tính" over "chất" is a heading, no money from "Tỉnh": an amount must stand beside it.
            amount = next((one.column for one in reversed(cells) if one.kind != "text"), 0)
        below = rows.get(row + 1, [])
        for one in words:
            if one.column >= valued:
                if names_commune(one):
                    unvalued.setdefault(one.column, set()).add(row)
            elif names_commune(one) or (len(below) == 1 and _begins_commune(one, below[0])):
                communes.setdefault(one.column, {})[row] = one.folded
            elif one.column < amount and names_money(one.folded):
                money.setdefault(one.column, {})[row] = one.folded
    several = [held for held in communes.values() if len(set(held.values())) >= LEAST_ROWS]
    found = [
        Subjects(column, _with_neighbours(set(held), unvalued.get(column, set())))
        for column, held in sorted(communes.items())
        # A district beside its communes may have the name of a later commune.
        if held in several
        or (_is_full(rows, column, held) and not any(held.keys() <= one.keys() for one in several))
    ]
    if money:
        column, held = max(money.items(), key=lambda entry: (len(entry[1]), -entry[0]))
        if len(held) >= LEAST_ROWS:
            found.append(Subjects(_label_column(rows, column, held), sorted(held)))
    return found


def _is_full(rows: dict[int, list[Seen]], column: int, held: dict[int, str]) -> bool:
    """Whether the one row of a district with one commune is a row of values."""
    return any(
        sum(one.column > column and _is_value(one) for one in rows[row]) >= LEAST_VALUES
        for row in held
    )


def _with_neighbours(rows: set[int], unvalued: set[int]) -> list[int]:
    """Add the rows of names without a value that adjoin the others: all their marks are blank."""
    for step in (-1, 1):
        for row in sorted(rows):
            while row + step in unvalued and row + step not in rows:
                row += step
                rows.add(row)
    return sorted(rows)


def _is_value(one: Seen) -> bool:
    """Whether a cell may hold a value: no words, or a mark of a letter or two."""
    return one.kind not in ("text", "date") or len(one.text) <= SHORT_MARK


def _begins_commune(one: Seen, below: Seen) -> bool:
    """Whether a cell begins the name of a commune that goes on in the only one of the next row."""
    if below.column != one.column or below.kind != "text":
        return False
    return f"{one.folded} {below.folded}" in _commune_names()


def _label_column(rows: dict[int, list[Seen]], column: int, held: dict[int, str]) -> int:
    """Return the column of the labels of money lines: the words furthest left in most rows."""
    first: Counter[int] = Counter()
    for row in held:
        words = [one.column for one in rows[row] if one.kind == "text" and len(one.text) > 3]
        if words:
            first[words[0]] += 1
    return min(column, first.most_common(1)[0][0]) if first else column


def names_commune(one: Seen) -> bool:
    """Whether a cell names a commune of the province, with its type, office or a note or alone.

    "Châu Thành, ngày 10 tháng 01 năm 2020" is where a sheet is signed, and a commune's name too.
    """
    return _is_commune(one.text, one.folded) and not is_signature([one])


@lru_cache(maxsize=1 << 14)
def _is_commune(text: str, folded: str) -> bool:
    known = _commune_names()
    return folded in known or (len(text) <= LONGEST_NAME and tokens(bare_name(text)) in known)


def commune_within(text: str) -> str | None:
    """Return the one rural commune that words name behind ``xã``; None for none or several.

    >>> commune_within("KẾT QUẢ CỦA XÃ HÒN TRE NĂM 2019"), commune_within("Bộ tiêu chí về xã")
    ('XÃ HÒN TRE', None)
    """
    words = re.findall(r"[^\W_]+", text)
    found = set()
    for at in (at for at, word in enumerate(words) if word.lower() == "xã"):
        ends = range(min(len(words), at + LONGEST_WORDS), at + 1, -1)
        named = (
            words[at:end]
            for end in ends
            if tokens(" ".join(words[at + 1 : end])) in _commune_names()
        )
        found.add(" ".join(next(named, [])))
    found.discard("")
    return found.pop() if len(found) == 1 else None


@lru_cache
def _commune_names() -> frozenset[str]:
    """Return the folded names of communes of any year, bare and behind the words for a type."""
    names: set[str] = set()
    for year in range(areas.first_list().year, areas.ANCHOR.year + 8):
        try:
            frame = areas.units(year)
        except areas.NoAreasForYear:
            continue
        names.update(frame["name"])
    names.update(split_type(alias)[0] for alias in areas.aliases()["alias"])
    bare = {tokens(name) for name in names}
    return frozenset({*bare, *(f"{kind} {name}" for kind in TYPE_WORDS for name in bare)} - {""})


@lru_cache(maxsize=1 << 12)
def names_money(folded: str) -> bool:
    """Whether words name a source, a kind or a component of money."""
    return folded in _money_words()


@lru_cache
def _money_words() -> frozenset[str]:
    words = {
        tokens(word)
        for listing in _ABOUT_MONEY
        for row in form_rows(listing)
        for word in split_words(row["words"])
    }
    words.update(
        tokens(word) for row in form_rows("components") for word in split_words(row["words"])
    )
    return frozenset(words)
