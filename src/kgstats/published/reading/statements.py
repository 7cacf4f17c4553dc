"""What a report says of several numbers at once: totals, shares, changes, lists, repetitions.

A statement is proposed on two grounds together: words that make the claim (``trong đó``, ``gồm``,
a bracket behind a total, ``đạt … %``, ``tăng … so với``, ``bình quân``, a list behind its number),
and numbers that bear it out, at least nearly, or but for one slip of the hand. Numbers that only
happen to add up are no statement; nor are words that go on to something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kgstats.published.reading import changes, grids, parallel, repeats, shares, totals
from kgstats.published.reading.claim import Statement
from kgstats.published.reading.figures import Figure, Reading
from kgstats.published.reading.tokens import split


def propose(reading: Reading) -> list[Statement]:
    """Return the statements of a report, in the order of its text, each once."""
    found: list[Statement] = []
    figures = reading.figures
    for place, paragraph in enumerate(reading.document.paragraphs):
        own = [one for one in figures if one.paragraph == place]
        if not own:
            continue
        text = masked(paragraph.text)
        levels = [one for one in own if not one.named]
        ratios = [*shares.ratios(text, levels), *shares.amounting(text, levels)]
        found += [
            *totals.totals(text, levels),
            *totals.behind(text, levels),
            *totals.by_place(text, own),
            *ratios,
            *shares.structure(text, levels),
            *shares.beyond(text, levels),
        ]
        found += [*changes.changes(text, levels), *changes.means(text, levels), *_counts(own)]
        found += changes.balance(text, levels)
        summed = " ".join(one.expression for one in found if one.kind == "sum").split()
        found += [one for one in totals.rest(text, levels) if one.figure not in summed]
        tested = {one.figure for one in ratios}
        found += [one for one in shares.shares(text, levels) if one.figure not in tested]
    found += [*totals.of_lists(reading), *changes.raised(reading), *repeats.repeats(figures)]
    found += parallel.parallel(reading)
    found += grids.statements_of(reading.document, figures)
    seen: dict[tuple[str, str], Statement] = {}
    for one in found:
        seen.setdefault((one.figure, one.expression), one)
    order = {one.id: place for place, one in enumerate(figures)}
    return sorted(seen.values(), key=lambda one: order[_bare(one.figure)])


def masked(text: str) -> str:
    """Return a text in which dates and other digits that are no figures are no digits."""
    for one in split(text)[1]:
        hidden = re.sub(r"\d", "n", text[one.start : one.end]).replace(".", "n")
        text = text[: one.start] + hidden + text[one.end :]
    return text


def _bare(reference: str) -> str:
    return re.sub(r"^\w+\((\w+)\)$", r"\1", reference)


def _counts(figures: list[Figure]) -> Iterator[Statement]:
    """Propose a number of places and the names that follow it."""
    lists: dict[int, list[Figure]] = {}
    for one in figures:
        if one.named and one.counted_at is not None:
            lists.setdefault(one.counted_at, []).append(one)
    for at, names in lists.items():
        head = next((one for one in figures if one.start == at and not one.named), None)
        if head is None or head.value != int(head.value):
            continue
        short = int(head.value) - len(names)
        if short == 0 or (len(names) > 1 and abs(short) <= max(2, int(head.value) * 3 // 10)):
            yield Statement.of("count", head, f"count({', '.join(one.id for one in names)})", ":")
