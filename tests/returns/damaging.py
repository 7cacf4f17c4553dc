"""Damage to neighbouring cells of a heading, as bad copies and torn files make it."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.returns.breaking import Made

from kgstats.returns.cells import Cell

At = dict[tuple[int, int], Cell]


def _gone(at: At, cell: Cell, rng: random.Random) -> None:
    del at[cell.row, cell.column]


def _letters_lost(at: At, cell: Cell, rng: random.Random) -> None:
    text = str(cell.value)
    kept = sorted(rng.sample(range(len(text)), max(1, len(text) - rng.randint(1, 4))))
    cell.value = "".join(text[place] for place in kept)


def _letters_swapped(at: At, cell: Cell, rng: random.Random) -> None:
    text = list(str(cell.value))
    for place in (rng.randrange(max(1, len(text) - 1)) for _ in range(3)):
        text[place : place + 2] = text[place : place + 2][::-1]
    cell.value = "".join(text)


def _words_of_a_neighbour(at: At, cell: Cell, rng: random.Random) -> None:
    beside = at.get((cell.row, cell.column + rng.choice((-1, 1))))
    if beside is not None:
        cell.value = rng.choice((beside.value, f"{cell.value} {str(beside.value).split()[-1]}"))


def _repeated(at: At, cell: Cell, rng: random.Random) -> None:
    beside = at.get((cell.row, cell.column + rng.choice((-1, 1))))
    if beside is not None:
        beside.value = cell.value


def _split(at: At, cell: Cell, rng: random.Random) -> None:
    words = str(cell.value).split()
    half = len(words) // 2 or 1
    beside = at.setdefault((cell.row, cell.column + 1), Cell(cell.row, cell.column + 1, ""))
    cell.value = " ".join(words[:half])
    beside.value = " ".join((*words[half:], str(beside.value))).strip() or "–"


def _merged(at: At, cell: Cell, rng: random.Random) -> None:
    beside = at.pop((cell.row, cell.column + 1), None)
    if beside is not None:
        cell.value = f"{cell.value} {beside.value}"


def _words_lost(at: At, cell: Cell, rng: random.Random) -> None:
    words = str(cell.value).split()
    cell.value = " ".join(rng.sample(words, rng.randint(1, len(words))))


DAMAGES: tuple[Callable[[At, Cell, random.Random], None], ...] = (
    _gone, _letters_lost, _letters_swapped, _words_of_a_neighbour, _repeated, _split, _merged,
    _words_lost,
)  # fmt: skip


def damage(made: Made, rng: random.Random, times: int, *, one_kind: bool) -> None:
    """Damage some cells of the heading that stand beside one another, in one way or in several."""
    page = made.book.sheets[0]
    at = {(one.row, one.column): one for one in page.cells}
    first, last = made.heading
    heads = sorted(
        (one for one in page.cells if first <= one.row <= last and one.column > 2),
        key=lambda one: (one.column, one.row),
    )
    start = rng.randrange(max(1, len(heads) - times))
    kind = rng.choice(DAMAGES)
    for cell in heads[start : start + times]:
        if at.get((cell.row, cell.column)) is cell:
            (kind if one_kind else rng.choice(DAMAGES))(at, cell, rng)
    page.cells = [at[place] for place in sorted(at)]
