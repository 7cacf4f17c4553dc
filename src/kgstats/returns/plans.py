"""Two columns for one quantity of a form: what was planned of it, and what was done.

Of ``Hộ thoát nghèo: Kế hoạch`` beside ``Hộ thoát nghèo: Thực hiện`` the second is the column of
the form, the first is put aside. The words stand in ``returns/forms/plan_words.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.layout import Column, tokens

_YEAR = re.compile(r"^(.*?) ?((?:nam )?20[0-4]\d)?$")

_BEHIND = re.compile(r"^(.*\w)\s*(?:\(| [-–] |:)\s*([^()]*?)\s*\)?$")
"""``Số hộ thoát nghèo (thực hiện)``: what was done of a quantity, said behind its name."""


class _Said(NamedTuple):
    """What a part of a heading says beside the quantity: its kind, and the words without it."""

    kind: str
    path: tuple[str, ...]
    inherited: int
    key: tuple[str, ...]
    """The quantity: the folded words without the part, whatever its year."""


def without_plans(columns: Sequence[Column]) -> tuple[list[Column], list[Column]]:
    """Return columns without those that plan what another one says was done, and the latter.

    Parameters
    ----------
    columns
        The columns of a table about communes.

    Returns
    -------
    columns, planned
        Those that remain, headed by their quantity alone, and those put aside; nothing is put
        aside whose counterpart is not there.

    Examples
    --------
    >>> heads = [("Thoát nghèo", "Kế hoạch"), ("Thoát nghèo", "Thực hiện 2019"), ("Ghi chú",)]
    >>> left, planned = without_plans([Column(at, "", path, "") for at, path in enumerate(heads)])
    >>> [one.header for one in left], [one.index for one in planned]
    (['Thoát nghèo: 2019', ''], [0])
    """
    said = {one.index: list(_said(one)) for one in columns}
    keys = {
        kind: {held.key for all_ in said.values() for held in all_ if held.kind == kind}
        for kind in ("planned", "done")
    }
    left, planned = list[Column](), list[Column]()
    for column in columns:
        pairs = [
            one for one in said[column.index] if all(one.key in held for held in keys.values())
        ]
        if any(one.kind == "planned" for one in pairs):
            planned.append(column)
        elif pairs:
            path = pairs[0].path
            header = ": ".join(path)
            left.append(
                replace(
                    column, path=path, header=header, folded=tokens(header),
                    inherited=pairs[0].inherited,
                )
            )  # fmt: skip
        else:
            left.append(column)
    return left, planned


def _said(column: Column) -> Iterator[_Said]:
    """Yield what each part of a column's heading says of plan or result."""
    for at, part in enumerate(column.path):
        behind = _BEHIND.match(part)
        for words, left in ((part, ()), (behind[2], (behind[1],)) if behind else ("", ())):
            match = _YEAR.match(tokens(words))
            kind = _kinds().get(match[1]) if match else None
            rest = (*column.path[:at], *left, *column.path[at + 1 :])
            if match is None or kind is None or not rest:
                continue
            gone = not left and at < column.inherited
            key = tuple(map(tokens, rest))
            yield _Said(kind, (*rest, match[2]) if match[2] else rest, column.inherited - gone, key)


@lru_cache
def _kinds() -> dict[str, str]:
    """Return whether words plan or tell what was done, by the folded words."""
    return {
        tokens(words): row["kind"]
        for row in form_rows("plan_words")
        for words in split_words(row["words"])
    }
