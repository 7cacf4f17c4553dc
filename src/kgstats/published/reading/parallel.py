"""Lists that name the same things: what they say of each must fit together.

“Poor by region …; near-poor by region …; both by region …” are three lists. Where one is the sum
of two others for most of what they name, it is so for all of it; and shares printed beside the
numbers of one thing have one base.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

from kgstats.published.reading.claim import Statement, amount, plausible, slack
from kgstats.published.reading.figures import MONEY, RATES, Figure, Reading
from kgstats.published.reading.names import slug

LEAST = 3
"""Things that lists must have in common."""
MOST = Fraction(1, 2)
"""Share of them that must bear the sum out."""
WITHIN = 6
"""Paragraphs between the first and the last of such lists."""


@dataclass(frozen=True)
class _List:
    paragraph: int
    head: Figure | None
    items: Mapping[str, tuple[Figure, Figure | None]]
    """By what is named: the number said of it, and the share beside that."""


def parallel(reading: Reading) -> Iterator[Statement]:
    """Propose the sums and the common bases of lists that name the same things."""
    lists = [
        one for place in range(len(reading.document.paragraphs)) if (one := _list(reading, place))
    ]
    for held in lists:
        yield from _total(held)
    for whole, one, other in permutations(lists, 3):
        places = sorted((whole.paragraph, one.paragraph, other.paragraph))
        if one.paragraph > other.paragraph or places[-1] - places[0] > WITHIN:
            continue
        common = [name for name in whole.items if name in one.items and name in other.items]
        triples = [(whole.items[n][0], one.items[n][0], other.items[n][0]) for n in common]
        if len({figure.unit for triple in triples for figure in triple}) != 1:
            continue
        if whole.head and one.head and other.head:
            triples.append((whole.head, one.head, other.head))
        fits = sum(amount(a) == amount(b) + amount(c) for a, b, c in triples)
        if len(common) < LEAST or fits < MOST * len(triples):
            continue
        for a, b, c in triples:
            yield Statement.of("sum", a, f"{b.id} + {c.id}", "…")
        for name in common:
            yield from _bases(name, [held.items[name] for held in (whole, one, other)])


def _total(held: _List) -> Iterator[Statement]:
    """Propose the total above a list whose numbers all count the same."""
    parts = [number for number, _ in held.items.values()]
    head = held.head
    if head is None or len({one.unit for one in [head, *parts]}) != 1 or head.denominator:
        return
    total = sum((amount(one) for one in parts), Fraction(0))
    loose = sum((slack(one) for one in parts), slack(head))
    needed = [(one, amount(one) + amount(head) - total) for one in parts]
    if plausible(head, None, total, loose, needed):
        expression = " + ".join(one.id for one in parts)
        yield Statement.of("sum", head, expression, ":")


def _bases(name: str, said: list[tuple[Figure, Figure | None]]) -> Iterator[Statement]:
    shares = [(number, share) for number, share in said if share is not None]
    for number, share in shares if len(shares) > 1 else ():
        yield Statement(
            "common_base", share.id, f"share_of({number.id})", "percent", "%",
            f"base_of_{slug(name) or number.id}", number.paragraph,
        )  # fmt: skip


def _list(reading: Reading, place: int) -> _List | None:
    """Return a paragraph as a list of things and what is said of each; None for any other."""
    text = reading.document.paragraphs[place].text
    own = [one for one in reading.figures if one.paragraph == place and not one.named]
    colon = text.find(":")
    items: dict[str, tuple[Figure, Figure | None]] = {}
    for match in re.finditer(r"[^;]+", text[colon + 1 :] if colon >= 0 else ""):
        start, end = colon + 1 + match.start(), colon + 1 + match.end()
        inside = [one for one in own if start <= one.start < end]
        numbers = [one for one in inside if one.unit not in RATES and not one.changes]
        shares = [one for one in inside if one.unit == "percent" and not one.changes]
        if len(numbers) == 1 and len(shares) <= 1:
            name = text[start : inside[0].start].strip(" ,-")
            items[name.lower()] = (numbers[0], shares[0] if shares else None)
    if len(items) < LEAST:
        return None
    return _List(place, _head(reading, place, colon, items), items)


def _head(
    reading: Reading, place: int, colon: int, items: Mapping[str, tuple[Figure, Figure | None]]
) -> Figure | None:
    """Return the total above a list: before its colon, or the last of the paragraph before."""
    unit = next(iter(items.values()))[0].unit
    before = [
        one
        for one in reading.figures
        if not one.named and not one.changes
        and (one.unit == unit or (unit in MONEY and one.unit in MONEY))
        and (one.paragraph == place - 1 or (one.paragraph == place and one.start < colon))
    ]  # fmt: skip
    return before[-1] if before else None
