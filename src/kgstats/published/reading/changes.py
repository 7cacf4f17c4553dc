"""Rises and falls between levels, and means of a total."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from kgstats.published.reading.claim import (
    ALIKE,
    NEAR,
    NEAR_FRACTION,
    NEAR_LISTED,
    Statement,
    alike,
    amount,
    likeness,
    plausible,
    slack,
)  # fmt: skip
from kgstats.published.reading.figures import MONEY, RATES, Figure, Reading, sentences

_EQUIVALENT = re.compile(r"\s*%?\s*[,(]?\s*(?:tương đương|tức|tương ứng|ứng)[^\d.;]{0,20}")
_SIGN = re.compile(r"\s*%?[^\d.,;()]{0,15}\(\s*[+\-–−]\s?")
"""“tăng 6,0 % (+18 ha)”, “tăng 1.475 tỷ đồng (+6,2 %)”: a rise told twice."""
_BESIDE = re.compile(r"[^\d.,;()]{0,20}\(\s*(?:tăng|giảm|tương đương|tương ứng)?\s*")
_SINCE_START = re.compile(r"^[^\d.;]{0,30}\bso với đầu (?:năm|kỳ|giai đoạn)\b", re.I)
_FROM = re.compile(r"\btừ\s*(?:năm \d{4} )?(?:là |khoảng )?$", re.I)
_TO = re.compile(r"^[^\d;.]{0,60}\b(?:lên|xuống|còn|xuống còn|đến|thành)\b[^\d;.]{0,30}$", re.I)
_LEFT_AT = re.compile(
    r"^[^\d.;()]{0,25}[,(]\s*(?:nâng lên|xuống còn|lên|xuống|còn(?: lại)?)\b[^\d.;]{0,30}$", re.I
)
_OPENS = re.compile(r"\bđầu (?:năm|kỳ|giai đoạn)\b", re.I)
_CLOSES = re.compile(r"\b(?:cuối (?:năm|kỳ|giai đoạn)|hiện nay|đến nay)\b", re.I)
_MEAN = re.compile(r"\b(?:bình quân|trung bình|mỗi)\b", re.I)
_EACH = re.compile(r"\bmỗi\s+([^\W\d]+)\b[^\d.;]{0,40}$", re.I)
_RAISED = re.compile(r"\bnâng (?:tổng )?số\b|\bnâng lên\b|\btổng số .{0,40}(?:lên|là)\b", re.I)


def changes(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose “từ a lên b, tăng c” and “b, tăng c so với a”."""
    for at in range(len(figures) - 1):
        one, two = figures[at], figures[at + 1]
        if one.changes or two.changes or not alike(one, two) or one.sentence != two.sentence:
            continue
        if not (_FROM.search(text[: one.start]) and _TO.match(text[one.end : two.start])):
            continue
        beside = [*figures[at + 2 : at + 3], *(figures[at - 1 : at] if at else [])]
        if at and figures[at - 1].depth < one.depth:  # “giảm 1.012 hộ (từ 5.612 hộ xuống …)”
            beside.reverse()
        beside = [f for f in beside if f.end <= one.start or f.depth >= two.depth]
        change = next(
            (f for f in beside
             if f.changes and f.sentence == one.sentence and not _yearly(text, f)), None
        )  # fmt: skip
        if change is not None:
            words = f"từ … {text[one.end : two.start].strip()}"
            yield from _changed(change, one, two, words, direct=True)
    yield from _equivalents(text, figures)
    for at, change in enumerate(figures):
        if _yearly(text, change):
            continue
        if change.changes and at > 1:
            yield from _between_times(text, figures[:at], change)
        if not change.changes or at + 1 >= len(figures) or at == 0:
            continue
        after = figures[at + 1]
        levels = (
            f for f in reversed(figures[:at])
            if not f.changes and alike(f, after) and f.depth <= change.depth
        )  # fmt: skip
        before = next(levels, figures[at - 1])
        levels_of_one = before.sentence == after.sentence and alike(before, after)
        if levels_of_one and not after.changes and _LEFT_AT.match(text[change.end : after.start]):
            yield from _changed(change, before, after, "còn")
        so = re.match(
            r"^[^\d.;]{0,30}\bso với\b[^.;,]{0,40}(?:,?\s*\()?[^\d.;,]{0,25}$",
            text[change.end : after.start],
        )
        if so and not before.changes and alike(before, after) and not after.changes:
            yield from _changed(change, after, before, "so với")


def _yearly(text: str, change: Figure) -> bool:
    """Whether a change is that of each year and not of all."""
    behind = re.match(r"\s*[^\d,;.()]{0,15}?(?:/năm|mỗi năm|hằng năm|hàng năm)", text[change.end :])
    return bool(behind) or "bình quân" in change.qualifier


def _equivalents(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose “a, tăng p %, tương đương c”: the rise against what was there before it."""
    for at in range(1, len(figures) - 1):
        one, other = figures[at], figures[at + 1]
        between = text[one.end : other.start]
        signed = bool(_SIGN.fullmatch(between)) and other.changes
        beside = bool(_BESIDE.fullmatch(between)) and one.changes and other.unit == "percent"
        turned = beside or (signed and one.unit != "percent")
        rise, step = (other, one) if turned else (one, other)
        level = next((f for f in reversed(figures[:at]) if not f.changes and alike(f, step)), None)
        if not one.changes or rise.unit != "percent" or level is None or step.unit in RATES:
            continue
        said = signed or beside or _EQUIVALENT.fullmatch(between)
        if rise.sentence - level.sentence > 1 or not said:
            continue
        falls = bool(re.search("giảm|thấp", one.qualifier))
        base = amount(level) + amount(step) * (1 if falls else -1)
        if base <= 0:
            continue
        sign = "+" if falls else "-"
        recomputed = 100 * amount(step) / base
        loose = slack(rise) + 100 * (slack(step) + slack(level)) / base
        # A bare “(1,21 %)” may be points of another rate: only one that is near is this one.
        fits = abs(Fraction(rise.value) - recomputed) <= max(loose, NEAR_LISTED * recomputed)
        if fits if beside else plausible(rise, None, recomputed, loose, (), NEAR_LISTED):
            expression = f"100 * {step.id} / ({level.id} {sign} {step.id})"
            yield Statement.of("change", rise, expression, between.strip(" %,("), unit="percent")


def _between_times(text: str, before: list[Figure], change: Figure) -> Iterator[Statement]:
    """Propose “năm … là a, năm … còn b, giảm c” and “đầu năm a, cuối năm b, giảm c”.

    Shares may stand between the numbers, and numbers between the shares.
    """
    since = _SINCE_START.match(text[change.end :])
    alike_ones = [one for one in before if not one.changes and _of_one_kind(one, change)]
    same = [one for one in alike_ones if change.sentence - one.sentence <= 1][-2:]
    if since and alike_ones:
        opening = next(
            (one for one in alike_ones[:-1] if _opened(text, one) and one.depth == 0), None
        )
        same = [opening, alike_ones[-1]] if opening is not None else same
    elif len(same) == 2 and any(one.changes for one in before[before.index(same[0]) :]):
        return
    if len(same) < 2:
        return
    one, two = same
    if since and _opened(text, one) and alike(one, two) and two.sentence == change.sentence:
        yield from _changed(change, one, two, "so với đầu năm")
        return
    if two.sentence != change.sentence or not alike(one, two):
        return
    lead = text[max(0, one.start - 60) : one.start]
    between = text[one.end : two.start]
    if _OPENS.search(lead) and _CLOSES.search(between):
        yield from _changed(change, one, two, "đầu … cuối", direct=True)
        return
    years = re.search(r"năm\s+\w", lead, re.I) and re.search(r"năm\s+\w", between, re.I)
    if years and not re.search(r"\btừ\b", lead[-12:]) and one.period != two.period:
        yield from _changed(change, one, two, "năm … năm")


def _opened(text: str, one: Figure) -> bool:
    """Whether a level is said to be that of the start: “đầu năm” is in its sentence before it."""
    start = max(text.rfind(mark, 0, one.start) for mark in (". ", "; "))
    return bool(_OPENS.search(text[max(start, 0) : one.start]))


_FLOWS = (
    (re.compile(r"\bthoát (?:cận )?nghèo\b(?:(?!nghèo)[^\d;.]){0,25}$", re.I), "-"),
    (re.compile(r"\b(?:tái (?:cận )?nghèo|(?:nghèo )?phát sinh)\b[^\d;.,]{0,25}$", re.I), "+"),
)
"""What leaves and what joins the poor within a year."""
_FLOWS_BEHIND = (
    (re.compile(r"^\s*(?:hộ )?thoát (?:cận )?nghèo\b", re.I), "-"),
    (
        re.compile(
            r"^\s*(?:hộ )?(?:tái (?:cận )?nghèo|(?:cận )?(?:nghèo )?(?:mới )?phát sinh)\b", re.I
        ),
        "+",
    ),
)


def balance(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose “đầu năm a hộ; thoát b, tái c, phát sinh d; cuối năm còn e hộ”: e = a - b + c + d."""
    own = [one for one in figures if one.unit == "households" and not one.changes and not one.depth]
    opening = next((one for one in own if _opened(text, one)), None)
    flows = [(one, sign) for one in own if (sign := _flow(text, one))]
    if opening is None or {sign for _, sign in flows} != {"-", "+"}:
        return
    last = flows[-1][0]
    closing = next(
        (one for one in own
         if one.start > last.end and _CLOSING.search(text[last.end : one.start])), None
    )  # fmt: skip
    if closing is None or flows[0][0].start < opening.end:
        return
    total = sum(((-1 if sign == "-" else 1) * amount(one) for one, sign in flows), amount(opening))
    off = amount(closing) - total
    needed = [(opening, amount(opening) + off)]
    needed += [(one, amount(one) + (off if sign == "+" else -off)) for one, sign in flows]
    if plausible(closing, None, total, Fraction(0), needed, NEAR_LISTED):
        terms = "".join(f" {sign} {one.id}" for one, sign in flows)
        yield Statement.of("sum", closing, opening.id + terms, "đầu năm … cuối năm")


_CLOSING = re.compile(r"\b(?:cuối (?:năm|kỳ)|còn)\b[^\d]*$", re.I)


def _flow(text: str, one: Figure) -> str:
    for pattern, sign in _FLOWS_BEHIND:
        unit = re.match(r"\s*hộ", text[one.end :])
        if unit and pattern.match(text[one.end + unit.end() :]):
            return sign
    before = text[max(0, one.start - 60) : one.start]
    return next((sign for pattern, sign in _FLOWS if pattern.search(before)), "")


def _of_one_kind(level: Figure, change: Figure) -> bool:
    return alike(level, change) or (level.unit in RATES and change.unit in RATES)


def _changed(
    change: Figure, first: Figure, last: Figure, words: str, *, direct: bool = False
) -> Iterator[Statement]:
    falls = bool(re.search(r"giảm|thấp|hạ|ít", change.qualifier))
    sign = -1 if falls else 1
    if change.unit == "percent" and first.unit not in RATES:
        if not first.value:
            return
        recomputed = 100 * sign * (amount(last) - amount(first)) / amount(first)
        expression = f"100 * ({last.id} - {first.id}) / {first.id}"
        if falls:
            expression = f"100 * ({first.id} - {last.id}) / {first.id}"
        needed: list[tuple[Figure, Fraction]] = []
        unit = "percent"
    elif alike(change, first) or (change.unit in RATES and first.unit in RATES):
        recomputed = sign * (amount(last) - amount(first))
        expression = f"{first.id} - {last.id}" if falls else f"{last.id} - {first.id}"
        step = sign * amount(change)
        needed = [(last, amount(first) + step), (first, amount(last) - step)]
        unit = change.unit
    else:
        return
    loose = slack(change) + slack(first) + slack(last)
    near = NEAR_FRACTION if direct and recomputed else NEAR_LISTED
    if plausible(change, None, recomputed, loose, needed, near):
        yield Statement.of("change", change, expression, " ".join(words.split()), unit=unit)


def means(text: str, figures: list[Figure]) -> Iterator[Statement]:
    """Propose “bình quân m/xã”, “mỗi xã m”: a total over the number of what it is spread over."""
    for mean in figures:
        noun = _spread_over(text, mean)
        if noun is None or mean.changes:
            continue
        pairs = [
            (total, base) for total in figures for base in figures
            if len({id(mean), id(total), id(base)}) == 3 and _spreads(text, mean, total, base, noun)
        ]  # fmt: skip
        pairs = [pair for pair in pairs if _directly(text, mean, *pair)] or pairs
        near = [pair for pair in pairs if _nearly(mean, _scaled(*pair))]
        told = [pair for pair in near if pair[0].start < mean.start] or near
        outer = [pair for pair in pairs if max(one.depth for one in pair) <= mean.depth]
        pairs = outer if len(outer) == 1 else pairs
        if not told and len(pairs) == 1:
            # Nothing else can be meant, so that the words carry it over a slip of the hand.
            ((total, base),) = pairs
            loose, many = slack(mean) * 2, Fraction(base.value)
            needed = [(total, amount(mean) * many, loose * many)]
            if amount(mean):
                needed.append((base, amount(total) / amount(mean), loose * many / amount(mean)))
            near_to = NEAR_FRACTION if _directly(text, mean, total, base) else NEAR_LISTED
            if plausible(mean, None, _scaled(total, base), loose, needed, near_to):
                told = pairs
        for total, base in told[:1]:
            yield Statement.of("ratio", mean, f"{total.id} / {base.id}", "bình quân")


def _directly(text: str, mean: Figure, total: Figure, base: Figure) -> bool:
    """Whether a bracket right behind a mean gives its total over its base."""
    opens = re.fullmatch(r"[^\d;.(]{0,25}\([^\d;.]{0,15}", text[mean.end : total.start])
    return bool(opens) and bool(re.fullmatch(r"[^\d;.,]{0,20}/\s?", text[total.end : base.start]))


def _spread_over(text: str, mean: Figure) -> str | None:
    """Return the noun that a mean is of one of: “bình quân m/xã”, “mỗi xã … m”."""
    behind = re.match(r"[^.,;:()\d]{0,25}?/\s?(?:1\s)?([^\W\d]+)", text[mean.end :])
    if behind and _MEAN.search(text[max(0, mean.start - 40) : mean.end]):
        return behind[1]
    each = _EACH.search(text[: mean.start])
    return each[1] if each else None


def _spreads(text: str, mean: Figure, total: Figure, base: Figure, noun: str) -> bool:
    """Whether a mean may be a total over a base: of one unit, the base counting the noun."""
    if total.changes or base.changes or base.unit in (*MONEY, *RATES) or total.unit in RATES:
        return False
    fits = alike(total, mean) or mean.unit == "criteria_per_commune" == total.unit
    counted = re.match(rf"[^.,;:()\d]{{0,15}}?\b{noun}\b", text[base.end :])
    before = total.start < mean.start
    beside = total.sentence == mean.sentence == base.sentence
    return bool(
        fits and counted and base.value > 1 and (before or beside)
        and _scaled(total, base) < amount(total)
    )  # fmt: skip


def _nearly(mean: Figure, scaled: Fraction) -> bool:
    return abs(amount(mean) - scaled) <= slack(mean) * 2 + NEAR * scaled


def _scaled(total: Figure, base: Figure) -> Fraction:
    return amount(total) / Fraction(base.value)


def raised(reading: Reading) -> Iterator[Statement]:
    """Propose “thêm c, nâng tổng số … b”: what was there before stands elsewhere in the report."""
    figures = [one for one in reading.figures if not one.named and one.paragraph >= 0]
    for at, total in enumerate(figures):
        text = reading.document.paragraphs[total.paragraph].text
        start = sentences(text)[total.sentence][0]
        clause = text[start : total.start]
        raised = _RAISED.search(clause)
        if raised is None or total.changes:
            continue
        added = next(
            (one for one in figures
             if one.paragraph == total.paragraph and one.end <= start + raised.start() + 1
             and one.sentence == total.sentence and alike(one, total)),
            None,
        )  # fmt: skip
        if added is None:
            continue
        earlier = [
            one for one in figures[:at]
            if one is not added and one.unit == total.unit and not one.changes
            and amount(one) + amount(added) == amount(total)
            and (one.denominator == total.denominator is not None or likeness(one, total) >= ALIKE)
        ]  # fmt: skip
        for one in earlier[-1:]:
            yield Statement.of("change", total, f"{one.id} + {added.id}", raised.group())
