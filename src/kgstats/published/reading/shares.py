"""Shares of what is printed beside them, and of a base that nobody prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from kgstats.published.printed import SCALES
from kgstats.published.reading import places
from kgstats.published.reading.claim import (
    NEAR_FRACTION,
    NEAR_LISTED,
    Statement,
    alike,
    amount,
    plausible,
    slack,
)  # fmt: skip
from kgstats.published.reading.figures import MONEY, RATES, Figure
from kgstats.published.reading.names import slug

_FILLERS = (
    r"(?:đạt|chiếm|bằng|tỷ lệ|tương ứng|tương đương|tức|là|khoảng|gần|hơn|trên|được|xấp xỉ|với)"
)
_RATIO = re.compile(
    rf"^[^\d.;]{{0,45}}?(?:,|\(|\b{_FILLERS}\b)(?:\s|,|\(|\b{_FILLERS}\b)*$", re.IGNORECASE
)
_SHARE = re.compile(
    r"^[^\d.;]{0,60}?(?:,|\(|\s)\s*(?:chiếm|đạt|đạt tỷ lệ|chiếm tỷ lệ|tương đương|bằng|tỷ lệ)?\s*$",
    re.I,
)
_OF_PLAN = re.compile(
    r"^\s*%?\s*\)?,?\s*(?:so với|so|kế hoạch|chỉ tiêu|dự toán|nghị quyết|KH)\b", re.I
)
_BASE = re.compile(
    r"^\s*%?\s*,?\s*(?:trong |trên |so với )?"
    r"(tổng(?: số)?\s[^.,;:()\d]{2,60}|số [^.,;:()\d]{2,50})",
    re.I,
)
_BASE_BEHIND = re.compile(
    r"^\s*%?\s*,?\s*(?:(?:trong|trên|của|so với)\s+)?(?:"
    r"(?:tổng(?: số)?|số|kế hoạch|KH|chỉ tiêu|dự toán)\b[^.;:()\d]{0,50}\(\s*"
    r"|[^.;:()\d]{0,50}\(\s*(?:tổng(?: số)?|kế hoạch|KH|chỉ tiêu|dự toán)\b[^.;()\d]{0,30}"
    r"|so với (?:cùng kỳ|năm|đầu|cuối|tháng|quý)\b[^.;:()\d]{0,30}\(\s*"
    r"|tổng(?: số)?\b[^.,;:()\d]{0,30})$",
    re.I,
)
_BASE_ENDS = re.compile(r"\b(?:với|và|của|trong|trên|hiện|đến|năm|cả|toàn|so|tăng|giảm)\b", re.I)
_BRACKETS = re.compile(r"\([^()]*\)")
_OF_OTHERS = re.compile(rf"\bt[ỷỉ] lệ\s+(?!{_FILLERS}\b)\w", re.IGNORECASE)
"""“15/63 tỉnh có tỷ lệ giải ngân đạt 3 %”: a rate of something else."""
_AMOUNTING = re.compile(
    r"^\s*%?\s*[,(]?\s*(?:tương đương|tương ứng|ứng)(?: với| là| khoảng)*\s*$", re.IGNORECASE
)
_CHANGES = re.compile(r"[,;]?\s*\b(?:tăng|giảm)\b[^,;()]*\d[^,;()]*(?:,\d[^,;()]*)?", re.I)
_SHARES = re.compile(r"[,;]?\s*\b(?:đạt|bằng|chiếm)\s+\d[\d.,]*\s?%[^,;()\d]*(?:,|\bvà)\s*", re.I)
_BEYOND = re.compile(r"\bvượt\s*(?:mức\s*)?$", re.I)
_PLANNED = re.compile(
    r"\b(?:kế hoạch|KH|chỉ tiêu|dự toán|được giao|vốn giao)\b[^\d;.()]{0,40}$", re.I
)
_ON_TOTAL = re.compile(
    r"^[^\d.;:()]{0,30}\b(?:trên|trong)\s+(?:tổng(?: số)?)\b[^\d.;:()]{0,20}$", re.I
)


def ratios(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose “a/b … đạt c %”, “a trên tổng số b, c %” and “c % (a/b)”."""
    for at, one in enumerate(figures):
        following = figures[at + 1] if at + 1 < len(figures) else None
        if following is None:
            continue
        between = text[one.end : following.start]
        if one.form == "of" and following.unit == "percent" and not following.changes:
            if _RATIO.match(between) and not _elsewhere(text, one, following):
                yield from _ratio(text, following, one.id, f"of({one.id})", one, between)
        elif (
            one.unit == "percent"
            and following.form == "of"
            and re.fullmatch(r"\s*%?\s*\(\s*(?:\w+\s)?", between)
        ):
            yield from _ratio(text, one, following.id, f"of({following.id})", following, between)
        elif _ON_TOTAL.match(between) and alike(one, following) and at + 2 < len(figures):
            share = figures[at + 2]
            gap = text[following.end : share.start]
            if share.unit == "percent" and not share.changes and _RATIO.match(gap):
                yield from _ratio(text, share, one.id, following.id, one, gap, following)


def structure(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose that the shares of a structure (“cơ cấu …: a %; b %; c %”) make a hundred."""
    for match in re.finditer(r"\b[Cc]ơ cấu\b[^.;\d]{0,80}:?", text):
        end = text.find(". ", match.end())
        some = [
            one for one in figures
            if match.end() <= one.start < (end if end >= 0 else len(text))
            and one.unit == "percent" and one.kind == "share" and one.form == "one"
        ]  # fmt: skip
        total = sum((Fraction(one.value) for one in some), Fraction(0))
        if len(some) > 2 and abs(total - 100) <= 3:
            *others, last = some
            rest = " - ".join(one.id for one in others)
            yield Statement.of("sum", last, f"100 - {rest}", "cơ cấu", unit="percent")


def _elsewhere(text: str, one: Figure, share: Figure) -> bool:
    """Whether a share is of a plan and not of the whole the fraction names."""
    # Money is disbursed of its plan; of places a plan is another number.
    of_plan = one.unit not in MONEY and _OF_PLAN.match(text[share.end :])
    assert one.denominator is not None
    fits = one.denominator and abs(100 * one.value / one.denominator - share.value) <= 1
    return bool(of_plan) and not fits


def _ratio(
    text: str,
    share: Figure,
    part: str,
    whole: str,
    one: Figure,
    between: str,
    base: Figure | None = None,
) -> Iterator[Statement]:
    denominator = one.denominator if base is None else base.value
    if not denominator:
        return
    scale = (
        Fraction(1) if base is None else Fraction(SCALES.get(one.unit, 1), SCALES.get(base.unit, 1))
    )
    recomputed = 100 * Fraction(one.value) * scale / Fraction(denominator)
    per = Fraction(denominator) / 100 / scale * SCALES.get(one.unit, 1)
    needed = Fraction(share.value) * per
    near = NEAR_LISTED if _OF_OTHERS.search(between) else NEAR_FRACTION
    slips = [] if near == NEAR_LISTED else [(one, needed, slack(share) * 2 * per)]
    if plausible(share, None, recomputed, slack(share) * 2, slips, near):
        words = " ".join(between.split()).strip(" ,(") or "%"
        yield Statement(
            "ratio", share.id, f"100 * {part} / {whole}", "percent", words, paragraph=one.paragraph
        )


def shares(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose the share of an amount in a base that is printed before it, or in one that is not."""
    found = list(_shared(text, figures))
    bases = {
        share.id: _base_printed(figures, one, share) or _base_said(text, figures, share, one)
        for share, one, _ in found
    }
    for share, one, between in found:
        base = bases[share.id] or next(
            (one_of for one_of in bases.values() if one_of and _slipped_of(one, one_of, share)),
            None,
        )
        if base is not None:
            yield Statement(
                "ratio", share.id, f"100 * {one.id} / {base.id}", "percent", "%",
                paragraph=one.paragraph,
            )  # fmt: skip
        elif not _OF_PLAN.match(text[share.end :]) and share.kind != "target":
            yield from _of_unprinted(text, share, one, between)


def _shared(text: str, figures: list[Figure]) -> Iterator[tuple[Figure, Figure, str]]:
    """Return each share, the amount before it that it is of, and the words between them."""
    for at, share in enumerate(figures):
        if share.unit != "percent" or share.changes or share.form != "one":
            continue
        one = next(
            (f for f in reversed(figures[:at])
             if f.depth <= share.depth and not f.changes and f.unit not in RATES), None
        )  # fmt: skip
        if one is None or one.form != "one" or _BEYOND.search(text[: share.start]):
            continue
        between = _CHANGES.sub("", _BRACKETS.sub("", text[one.end : share.start]))
        between = _SHARES.sub(", ", between)
        if _SHARE.match(between):
            yield share, one, between


def _of_unprinted(text: str, share: Figure, one: Figure, between: str) -> Iterator[Statement]:
    """Propose a share of a base that nobody prints, by the words that name it."""
    said = _BASE.match(text[share.end :])
    noun = _BASE_ENDS.split(said[1].lower())[0].strip() if said else ""
    if noun or re.search(r"chiếm|tỷ lệ|đạt", between):
        group = _base_name(text, one, noun) if noun else f"base_of_{one.id}"
        yield Statement(
            "common_base", share.id, f"share_of({one.id})", "percent", noun or "%", group,
            one.paragraph,
        )  # fmt: skip


def _plan_before(text: str, figures: list[Figure], share: Figure, one: Figure) -> Figure | None:
    """Return the plan right before what was done: “kế hoạch b, thực hiện a, đạt c %”."""
    place = figures.index(one)
    plan = figures[place - 1] if place else None
    if plan is None or plan.changes or plan.form != "one" or not alike(plan, one):
        return _plan_above(text, figures, share, one)
    near = plan.sentence == one.sentence == share.sentence and plan.depth == one.depth
    done = re.search(r"\b(?:đạt|bằng)\s*$", text[: share.start], re.I)
    words = text[plan.end : one.start]
    said = _PLANNED.search(text[: plan.start]) and not _PLANNED.search(words)
    if near and done and said and not re.search(r"[.;]\s", words):
        return plan
    return _plan_above(text, figures, share, one)


def _plan_above(text: str, figures: list[Figure], share: Figure, one: Figure) -> Figure | None:
    """Return the plan in the sentence before: “Vốn giao b. Đã giải ngân a, đạt c %”."""
    plans = [
        plan for plan in figures
        if plan.end <= one.start and plan.sentence >= one.sentence - 1 and plan.form == "one"
        and plan.unit == one.unit and plan.depth == one.depth and plan.value > one.value
        and not plan.changes and _PLANNED.search(text[: plan.start])
    ]  # fmt: skip
    if len(plans) != 1 or not re.search(r"\b(?:đạt|bằng)\s*$", text[: share.start], re.I):
        return None
    return plans[0] if _slipped_of(one, plans[0], share) else None


def beyond(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose “a/b, vượt c %” and “kế hoạch b, thực hiện a, vượt c %”: what is above the plan."""
    for at, share in enumerate(figures):
        if share.unit != "percent" or at == 0 or not _BEYOND.search(text[: share.start]):
            continue
        one = figures[at - 1]
        plan = None if one.form == "of" else _plan_of(text, figures, share, one)
        if one.sentence != share.sentence or (one.form != "of" and plan is None):
            continue
        base = f"of({one.id})" if plan is None else plan.id
        whole = amount(one, one.denominator) if plan is None else amount(plan)
        if not whole or not re.search(r"[,(]", text[one.end : share.start]):
            continue
        recomputed = 100 * amount(one) / whole - 100
        needed = [(one, (100 + Fraction(share.value)) * whole / 100, slack(share) * whole / 100)]
        near = NEAR_FRACTION if plan is None else NEAR_LISTED
        if plausible(share, None, recomputed, slack(share) * 2, needed, near):
            yield Statement.of(
                "ratio", share, f"100 * {one.id} / {base} - 100", "vượt", unit="percent"
            )


def _plan_of(text: str, figures: list[Figure], share: Figure, one: Figure) -> Figure | None:
    """Return the plan that is passed: behind the share in a bracket, or before what was done."""
    at = figures.index(share)
    after = figures[at + 1] if at + 1 < len(figures) else None
    if (
        after is not None
        and alike(one, after)
        and _BASE_BEHIND.match(text[share.end : after.start])
    ):
        return after
    place = figures.index(one)
    plan = figures[place - 1] if place else None
    fits = plan is not None and alike(plan, one) and not plan.changes and plan.form == "one"
    return plan if plan is not None and fits and _PLANNED.search(text[: plan.start]) else None


def _base_name(text: str, part: Figure, noun: str) -> str:
    """Return the name of a base that nobody prints: two shares of one name are held together.

    A base belongs to a place, a year and a part of the report: “tổng số hộ” of a district is not
    that of another.
    """
    begin = max(text.rfind(";", 0, part.start), text.rfind(". ", 0, part.start)) + 1
    place = places.said(text[begin : part.start]) or part.area
    return "_".join(
        filter(None, (slug(noun) or "base", slug(place) or place, part.period, slug(part.section)))
    )


def _base_printed(figures: list[Figure], one: Figure, share: Figure) -> Figure | None:
    """Return the base before a part of which the share is right: rounded first, then cut off."""
    bases = [
        other for other in reversed(figures)
        if other.end <= one.start and other.unit == one.unit and alike(one, other)
        and not other.changes and other.value > one.value
    ]  # fmt: skip
    for loose in (slack(share), 2 * slack(share)):
        for base in bases:
            if abs(100 * amount(one) / amount(base) - Fraction(share.value)) <= loose:
                return base
    return None


def _slipped_of(one: Figure, base: Figure, share: Figure) -> bool:
    """Whether a share is of a base that another share has, but for a slip of the hand.

    What is only near may be of another base: households at the end of the year.
    """
    if not alike(one, base) or one.unit != base.unit or not amount(base) > amount(one) > 0:
        return False
    recomputed = 100 * amount(one) / amount(base)
    return plausible(share, None, recomputed, slack(share) * 2, (), Fraction(0))


def _whole(part: Figure, whole: Figure, share: Figure) -> list[tuple[Figure, Fraction, Fraction]]:
    """Return the whole that a part and its share would need, and what rounding hides in it."""
    if not share.value:
        return []
    needed = 100 * amount(part) / Fraction(share.value)
    return [(whole, needed, needed * slack(share) / Fraction(share.value))]


def amounting(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose “vốn a, trong đó … chiếm p %, tương đương c”: the part behind its share."""
    for whole, share, part in zip(figures, figures[1:], figures[2:], strict=False):
        if share.unit != "percent" or share.changes or whole.changes or part.changes:
            continue
        if whole.sentence != part.sentence or not alike(whole, part) or whole.form != "one":
            continue
        said = re.search(r"\b(?:chiếm|bằng)\b[^\d,;]{0,20}$", text[whole.end : share.start], re.I)
        if not said or not _AMOUNTING.match(text[share.end : part.start]) or not whole.value:
            continue
        recomputed = 100 * amount(part) / amount(whole)
        loose = slack(share) + 100 * slack(part) / amount(whole)
        per = amount(whole) / 100
        needed = [
            (part, Fraction(share.value) * per, slack(share) * per),
            *_whole(part, whole, share),
        ]
        if plausible(share, None, recomputed, loose, needed, NEAR_LISTED):
            yield Statement(
                "ratio", share.id, f"100 * {part.id} / {whole.id}", "percent", "tương đương",
                paragraph=part.paragraph,
            )  # fmt: skip


def _base_said(text: str, figures: list[Figure], share: Figure, one: Figure) -> Figure | None:
    """Return the base that the words name, however far off the share is.

    Right behind the share (“chiếm 98 % tổng số hộ nghèo (8.988 hộ)”, “đạt 120 % kế hoạch (3.200
    người)”), or the whole right before its part (“112.350 hộ, trong đó hộ nghèo 8.988 hộ, chiếm
    9 %”).
    """
    at = figures.index(share)
    if (plan := _plan_before(text, figures, share, one)) is not None:
        return plan
    after = figures[at + 1] if at + 1 < len(figures) else None
    if (
        after is not None
        and alike(one, after)
        and after.form == "one"
        and not after.changes
        and _BASE_BEHIND.match(text[share.end : after.start])
    ):
        return after
    if _BASE.match(text[share.end :]) or _OF_PLAN.match(text[share.end :]):
        return None
    place = figures.index(one)
    whole = figures[place - 1] if place else None
    if whole is None or whole.changes or whole.unit != one.unit or whole.value <= one.value:
        return None
    between = text[whole.end : one.start]
    if whole.sentence != one.sentence or whole.depth != one.depth or whole.form != "one":
        return None
    if not re.search(r"\btrong đó\b", between, re.I):
        return None
    recomputed = 100 * amount(one) / amount(whole)
    per = amount(whole) / 100
    needed = [(one, Fraction(share.value) * per, slack(share) * per), *_whole(one, whole, share)]
    fits = plausible(share, None, recomputed, slack(share) * 2, needed, NEAR_LISTED)
    return whole if fits else None
