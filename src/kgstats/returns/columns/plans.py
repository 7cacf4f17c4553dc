"""Two columns for one quantity of a form: what was planned of it, and what was done.

Of ``Hộ thoát nghèo: Kế hoạch`` beside ``Hộ thoát nghèo: Thực hiện`` the second is the column of
the form, the first is put aside; a plan that stands alone is refused. The words stand in
``returns/forms/plan_words.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from kgstats.returns.columns.matching import refused
from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.layout import Column, tokens

PLANNED, DONE = "planned", "done"
"""Words of a plan, and of what was done; others plan only beside what was done."""

_YEAR = re.compile(r"^(.*?) ?((?:nam )?20[0-4]\d)?$")

_YEARS = (re.compile(r"\bnam 20[0-4]\d\b"), re.compile(r"\b20[0-4]\d\b"))
_BEHIND = re.compile(r"^(.*\w)\s*(?:\(| [-–] |:)\s*([^()]*?)\s*\)?$")
"""``Số hộ thoát nghèo (thực hiện)``: what was done of a quantity, said behind its name."""


class _Said(NamedTuple):
    """What a part of a heading says beside the quantity: its kind, and the words without it."""

    kind: str
    path: tuple[str, ...]
    inherited: bool
    """Whether it stands at the left of the column, where it may head others alone."""
    key: tuple[str, ...]
    """The quantity: the folded words without the part, whatever its year."""
    year: int | None


def without_plans(columns: Sequence[Column], year: int) -> tuple[list[Column], list[Column]]:
    """Return columns without those that plan what another one says was done, and the latter.

    Parameters
    ----------
    columns
        The columns of a table about communes.
    year
        Year of the report: what was done in another one is no counterpart of a plan.

    Returns
    -------
    columns, planned
        Those that remain, headed by their quantity alone, and those that plan: put aside, or
        refused where no column holds what was done.

    Examples
    --------
    >>> heads = [("Thoát", "Kế hoạch"), ("Thoát", "Thực hiện 2019"), ("Tái nghèo (KH)",)]
    >>> columns = [Column(at, ": ".join(path), path, "") for at, path in enumerate(heads)]
    >>> left, planned = without_plans(columns, 2019)
    >>> [one.header for one in left], [(one.index, type(one).__name__) for one in planned]
    (['Thoát: 2019'], [(0, 'Column'), (2, 'RefusedColumn')])
    """
    said = {one.index: _said(one.path, one.inherited) for one in columns}
    if not any(said.values()):
        return list(columns), []
    parts = [held for all_ in said.values() for held in all_]
    # The words at the left of what was done are its own where those of its plan are.
    plans = {
        held.key: column.inherited - held.inherited
        for column in columns
        for held in said[column.index]
        if held.kind != DONE
    }
    done = {held.key for held in parts if held.kind == DONE and held.year in (None, year)}
    named = {
        tuple(years.sub("", tokens(part)).strip() for part in one.path)
        for one in columns
        for years in _YEARS
    }
    left, planned = list[Column](), list[Column]()
    for column in columns:
        pairs = [one for one in said[column.index] if one.key in plans.keys() & done]
        alone = [one for one in said[column.index] if one.kind == PLANNED and not one.inherited]
        if any(one.kind != DONE for one in pairs):
            planned.append(column)
        elif pairs:
            held = pairs[0]
            header = ": ".join(held.path)
            left.append(
                replace(column, path=held.path, header=header, folded=tokens(header),
                        inherited=min(column.inherited - held.inherited, plans[held.key]))
            )  # fmt: skip
        elif any(one.key in named or one.year not in (None, year) for one in alone):
            planned.append(column)
        elif alone:
            quantity = ": ".join(alone[0].path)
            planned.append(refused(column, [quantity], "column_other_time"))
        else:
            left.append(column)
    return left, planned


@lru_cache(maxsize=1 << 12)
def _said(path: tuple[str, ...], inherited: int) -> tuple[_Said, ...]:
    """Return what each part of a column's heading says of plan or result."""
    found = []
    for at, part in enumerate(path):
        behind = _BEHIND.match(part)
        for words, left in ((part, ()), (behind[2], (behind[1],)) if behind else ("", ())):
            match = _YEAR.match(tokens(words))
            kind = _kinds().get(match[1]) if match else None
            rest = (*path[:at], *left, *path[at + 1 :])
            if match is None or kind is None or not rest:
                continue
            year = match[2]
            found.append(
                _Said(
                    kind, (*rest, year) if year else rest, not left and at < inherited,
                    tuple(map(tokens, rest)), int(year[-4:]) if year else None,
                )
            )  # fmt: skip
    return tuple(found)


@lru_cache
def _kinds() -> dict[str, str]:
    """Return whether words plan or tell what was done, by the folded words."""
    return {
        tokens(words): row["kind"]
        for row in form_rows("plan_words")
        for words in split_words(row["words"])
    }
