"""Totals and their parts: by words, by brackets, by lists, by places, and behind the parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from kgstats.published.reading.claim import (
    NEAR,
    NEAR_CLOSED,
    NEAR_LISTED,
    Statement,
    alike,
    amount,
    plausible,
    slack,
)  # fmt: skip
from kgstats.published.reading.figures import MONEY, RATES, Figure, Reading

_WHOLE = re.compile(
    r"\b(?:bao gồm|gồm(?: có)?|chia ra|cụ thể(?: là| như)?)\b\s*:?|\btrong đó\b\s*[:,]?"
    r"|(?<=[^\W\d]):(?=\s[^;.]{0,60}\d)",
    re.I,
)

Value = Callable[[Figure], Decimal | None]
"""Which number of a figure is meant: its value, or the base of its fraction."""


def totals(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose a total whose parts follow “trong đó”, “gồm” and the like, or stand in brackets."""
    for match in _WHOLE.finditer(text):
        depth = max(0, text[: match.start()].count("(") - text[: match.start()].count(")"))
        heads = _heads(text, figures, match.start(), depth)
        words = match.group().strip(" :,").lower()
        if not words:  # a colon right behind the total
            lead = [one for one in figures if one.end <= match.start()][-1:]
            heads = [one for one in heads if one in lead and _beside(text, one, match.start())]
        after = [
            one
            for one in figures
            if one.start >= match.end() and one.depth == depth and not (one.changes or one.each)
        ]
        near = NEAR_LISTED if re.match("bao|gồm|chia", words) else NEAR
        for head in heads:
            yield from _summed(text, head, _related(head, after, text), words or ":", near)
        yield from _shares_of_one(figures, match.start(), after, words)
    for opening in re.finditer(r"\(", text):
        depth = text[: opening.end()].count("(") - text[: opening.end()].count(")")
        end = _closing(text, opening.start())
        inside = [
            one for one in figures
            if opening.start() < one.start < end and one.depth == depth
            and not (one.changes or one.each)
        ]  # fmt: skip
        for head in _heads(text, figures, opening.start(), depth - 1):
            parts = [one for one in inside if alike(head, one)]
            if len(parts) == len([one for one in inside if one.unit not in RATES]):
                yield from _summed(text, head, [parts], "( )", NEAR_LISTED)


def _beside(text: str, head: Figure, colon: int) -> bool:
    return bool(re.fullmatch(r"[^\d.,;:()]{0,40}", text[head.end : colon]))


def _shares_of_one(
    figures: list[Figure], at: int, after: list[Figure], words: str
) -> Iterator[Statement]:
    """Propose a share that is the sum of those behind it; only where it is."""
    shares = [one for one in figures if one.end <= at and one.unit == "percent"]
    head = shares[-1] if shares and shares[-1].kind == "share" else None
    parts = [one for one in after if head and one.unit == "percent"][:4]
    for length in range(len(parts), 1, -1):
        some = parts[:length]
        if head is not None and _holds(head, head.value, some, _value):
            yield Statement.of(
                "sum", head, " + ".join(one.id for one in some), words, unit="percent"
            )
            return


def _closing(text: str, opening: int) -> int:
    level = 0
    for at in range(opening, len(text)):
        level += {"(": 1, ")": -1}.get(text[at], 0)
        if level == 0:
            return at
    return len(text)


def _heads(text: str, figures: list[Figure], at: int, depth: int) -> list[Figure]:
    """Return the last level of each unit before a place, in its sentence or the one before."""
    found: dict[str, Figure] = {}
    begin = max(text.rfind(". ", 0, max(0, at - 2)), text.rfind("; ", 0, max(0, at - 2)))
    for one in figures:
        near = begin < one.start and one.end <= at and one.depth <= max(depth, 0)
        level = one.unit not in RATES and one.form != "range" and not (one.changes or one.each)
        if near and level:
            found[one.unit if one.unit not in MONEY else "VND"] = one
    return list(found.values())


def _related(head: Figure, after: list[Figure], text: str) -> list[list[Figure]]:
    """Return the lists that may be a total's parts: to each sentence's end, nearest first."""
    alike_ones = [one for one in after if alike(head, one) and one.form != "range"]
    lists: list[list[Figure]] = []
    stop = re.compile(r"\.\s+(?=[A-ZĐ+\-])")
    ends = [match.start() for match in stop.finditer(text) if match.start() > head.end]
    for end in [*[e for e in ends if not after or e > after[0].start], len(text)]:
        part = [one for one in alike_ones if one.start < end]
        if len(part) > 1 and (not lists or len(part) > len(lists[-1])):
            lists.append(part)
    return lists


def _summed(
    text: str, head: Figure, lists: Sequence[list[Figure]], words: str, near: Fraction
) -> Iterator[Statement]:
    """Propose a total of the list that makes it hold; else of the nearest if credible."""
    for part in ("value", "of"):
        stated = head.value if part == "value" else head.denominator
        if stated is None:
            continue

        value: Value = _denominator if part == "of" else _value
        if part == "value" and head.denominator is None:
            # Of “a/b” below a total that is one number, b is what was given out, a what was used.
            value = _allotted(head, lists)
        chosen = None
        for parts in lists:
            usable = [one for one in parts if value(one) is not None]
            if len(usable) < 2:
                continue
            for length in range(len(usable), 1, -1):
                some = usable[:length]
                if _holds(head, stated, some, value) and (length == len(usable) or length > 1):
                    chosen = some
                    break
            if chosen:
                break
        if chosen is None and lists:
            some = [one for one in lists[0] if value(one) is not None]
            whole = len(some) > 1 and not _goes_on(text, head, some[-1])
            closed = len(some) > 2 and re.search(r"\bvà\b", text[some[-2].end : some[-1].start])
            near = max(near, NEAR_CLOSED) if closed else near
            if whole and _credible(head, stated, some, value, near):
                chosen = some
        if chosen:
            terms = [one.id if value(one) == one.value else f"of({one.id})" for one in chosen]
            tested = head.id if part == "value" else f"of({head.id})"
            yield Statement(
                "sum", tested, " + ".join(terms), head.unit, words, paragraph=head.paragraph
            )


def _goes_on(text: str, head: Figure, last: Figure) -> bool:
    """Whether a list has more members than it numbers: “… còn lại”, “v.v.”, “…”."""
    rest = re.split(r"\.\s+(?=[A-ZĐ+\-])", text[last.end :])[0]
    if last.depth > head.depth:
        rest = rest.split(")")[0]
    further = re.search(r"\bcòn lại\b[^\d]*$|\bv\.v|…|\.\.\.", rest)
    return bool(further) and head.paragraph == last.paragraph


def _allotted(head: Figure, lists: Sequence[list[Figure]]) -> Value:
    def value(one: Figure) -> Decimal | None:
        return one.value if one.denominator is None else one.denominator

    bases = any(
        len(parts) > 1 and _holds(head, head.value, parts, value)
        for parts in lists
        if any(one.denominator is not None for one in parts)
    )
    return value if bases else _value


def _value(one: Figure) -> Decimal | None:
    return one.value


def _denominator(one: Figure) -> Decimal | None:
    return one.denominator


def _sum(parts: Sequence[Figure], value: Value) -> tuple[Fraction, Fraction]:
    total = sum((amount(one, value(one)) for one in parts), Fraction(0))
    return total, sum((slack(one) for one in parts), Fraction(0))


def _holds(head: Figure, stated: Decimal, parts: Sequence[Figure], value: Value) -> bool:
    total, loose = _sum(parts, value)
    exact = (
        slack(head) == 0
        or head.decimals >= 3
        or all(one.decimals == head.decimals for one in parts)
    )
    allowed = Fraction(0) if exact and len(parts) < 3 else loose + slack(head)
    return abs(amount(head, stated) - total) <= allowed


def _credible(
    head: Figure, stated: Decimal, parts: Sequence[Figure], value: Value, near: Fraction
) -> bool:
    total, loose = _sum(parts, value)
    needed = [
        (one, amount(one, value(one)) + amount(head, stated) - total)
        for one in parts
        if value(one) == one.value
    ]
    if total and abs(amount(head, stated) / total) in (1000, Fraction(1, 1000), 10**6):
        return True
    return plausible(head, stated, total, loose + slack(head), needed, near)


def behind(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose a total that stands behind its parts: “mới 320 căn, sửa 145 căn, tổng 465 căn”."""
    for at, head in enumerate(figures):
        if head.changes or head.unit in RATES or head.form != "one":
            continue
        if not re.search(
            r"[,;(]\s*(?:nâng )?(?:tổng(?: cộng| số)?|cộng(?: chung)?)(?:\s+(?:là|được))*\s*:?\s*$",
            text[: head.start],
            re.IGNORECASE,
        ):
            continue
        opened = bool(re.search(r"\(\D*$", text[: head.start]))
        parts = [
            one for one in figures[:at]
            if one.sentence == head.sentence and alike(one, head)
            and not (one.changes or one.each)
            and one.depth == head.depth - opened and one.form == "one"
        ]  # fmt: skip
        if len(parts) > 1 and _credible(head, head.value, parts, _value, NEAR_LISTED):
            yield Statement.of("sum", head, " + ".join(one.id for one in parts), "tổng")


_REST = re.compile(r"\b(?:còn lại|còn|chưa)\b[^\d.;:()]{0,40}$", re.I)
_NOT_YET = re.compile(r"^[^\d.;:()]{0,25}\b(?:chưa|còn lại)\b", re.I)


def rest(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose what is left of a whole: “tổng 142 xã, đã có 62 xã đạt, còn lại 80 xã”."""
    for at, left in enumerate(figures):
        said = _REST.search(text[: left.start])
        if said is None or left.changes or left.unit in RATES or left.form != "one":
            continue
        still = re.match(r"còn (?!lại)", said[0], re.IGNORECASE)
        if still and not _NOT_YET.match(text[left.end :]):
            continue
        levels = [
            one for one in figures[:at]
            if alike(one, left) and not one.changes and one.form in ("one", "of")
        ]  # fmt: skip
        if not levels or left.sentence - levels[-1].sentence > 1:
            continue
        chosen = next(
            (one for near in (False, True) for one in _wholes(levels, left, near=near)), None
        )
        if chosen is not None:
            yield Statement.of("sum", left, chosen, " ".join(said[0].split()))


def _wholes(levels: list[Figure], left: Figure, *, near: bool) -> Iterator[str]:
    """Return what may have been there before, less what is gone of it, the nearest first.

    ``near`` also those of which the rest and the parts nearly make the whole.
    """
    done = levels[-1]
    options: list[tuple[str, Fraction, list[Figure]]] = []
    if done.denominator is not None:
        options.append((f"of({done.id})", amount(done, done.denominator), [done]))
    for at in range(len(levels) - 2, -1, -1):
        whole, parts = levels[at], levels[at + 1 :]
        if whole.form == "one" and all(one.form == "one" for one in parts):
            some = [parts, [done]] if near else [parts, *([one] for one in reversed(parts))]
            options += [(whole.id, amount(whole), gone) for gone in some]
    for place, (name, before, parts) in enumerate(options):
        total, loose = _sum([*parts, left], _value)
        exact = slack(left) == 0 or len({one.decimals for one in (*parts, left)}) == 1
        # One part and its rest are all there is; of several the words may pass over some.
        allowed = (NEAR_LISTED if len(parts) == 1 else NEAR) * before if near else Fraction(0)
        others = [(done, before - amount(left))]
        if len(levels) > 1 and name == levels[-2].id:
            others.append((levels[-2], total))
        slips = (
            near and place == 0 and parts == [done]
            and plausible(left, None, before - amount(done), loose, others, NEAR_LISTED)
        )  # fmt: skip
        if slips or abs(before - total) <= max(allowed, Fraction(0) if exact else loose):
            yield f"{name} - " + " - ".join(one.id for one in parts)


def by_place(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose a total whose parts stand in brackets behind the places they belong to."""
    for head in figures:
        if head.named or head.changes or head.unit in RATES:
            continue
        parts = [
            one for one in figures
            if one.start > head.end and one.depth == head.depth + 1 and not one.named
            and alike(one, head) and re.search(r"\w\s*\(\s*$", text[: one.start])
            and one.sentence - head.sentence <= 1
        ]  # fmt: skip
        lead = text[head.end : parts[0].start] if parts else ""
        if len(parts) > 1 and re.match(r"^[^.()\d]{0,60}\(?$", lead.rsplit("(", 1)[0]):
            yield from _summed(text, head, [parts], "( )", NEAR_LISTED)


def of_lists(reading: Reading) -> Iterator[Statement]:
    """Propose a total whose parts are the items of the list below it."""
    paragraphs = reading.document.paragraphs
    for place, paragraph in enumerate(paragraphs):
        text = paragraph.text.rstrip()
        if not text.endswith(":") and not re.search(r"(?:cụ thể|gồm|trong đó)\W{0,3}$", text):
            continue
        own = [one for one in reading.figures if one.paragraph == place and not one.named]
        mark = None
        items: list[list[Figure]] = []
        for number in range(place + 1, min(place + 40, len(paragraphs))):
            bullet = re.match(r"\s*([-+•*–]|[a-zđ]\)|\d+[.)])", paragraphs[number].text)
            kind = bullet[1][-1] if bullet else None
            if mark is None:
                mark = kind
            if kind is None or (kind != mark and not items):
                break
            if kind == mark:
                items.append(
                    [
                        f
                        for f in reading.figures
                        if f.paragraph == number and not f.named and not f.changes
                    ]
                )
        for head in _heads(text, own, len(text), 0):
            parts = [next((f for f in item if alike(head, f)), None) for item in items]
            some = [one for one in parts if one is not None]
            if len(some) > 1 and len(some) == len(items):
                yield from _summed(text, head, [some], ":", NEAR)
