"""What each number of a report counts: unit, kind, place, period, and the words that weigh it.

Read from what stands around the number in its own sentence: the unit behind it (or that of the
list it stands in), the words before it that hedge or direct it, the place named last. Whatever is
not clear is said with the figure (`Figure.doubts`), for the person who reviews it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from kgstats.published import qualifiers
from kgstats.published.printed import THOUSANDS
from kgstats.published.reading import places
from kgstats.published.reading.document import Document, Paragraph
from kgstats.published.reading.tokens import Aside, Token, split
from kgstats.words import N_

MONEY = ("VND_billion", "VND_million", "VND_thousand", "VND")
RATES = ("percent", "percentage_points")
MEASURES = frozenset(
    ("km", "ha", "m2", "m3", "kg", "kVA", "tonnes", "tonnes_per_ha", "criteria_per_commune",
     "VND_million_per_person_year", *MONEY, *RATES)
)  # fmt: skip
"""Units that are measured and not counted: a comma in them is a decimal."""
UNKNOWN = "items"
"""Unit of things that have no word in ``unit_words.csv``."""

NO_UNIT = N_("no unit is printed: that of its list is taken")
NO_WORD = N_("its noun is not among the units")
GROUPED = N_("three digits after a comma, read as thousands: nobody counts in fractions")

_HEDGE = "|".join(map(re.escape, qualifiers.read()))
_BEFORE = re.compile(rf"((?:\b(?:{_HEDGE}|đạt|được|thêm|còn|là|có|lên|xuống)\s+)*)$", re.IGNORECASE)
_DIRECTED = re.compile(
    r"\b(tăng|giảm|cao hơn|thấp hơn|nhiều hơn|ít hơn|kéo giảm|hạ)\b"
    r"((?:\s+(?:thêm|được|đi|bình quân|khoảng|hơn|gần|trên|từ|là|mỗi năm|hàng năm))*)\s*$",
    re.IGNORECASE,
)
_SIGN = re.compile(r"\(\s*([+\-–−])\s?$")
"""“tăng 6,0% (+18 ha)”: a sign in a bracket makes a rise or a fall."""
_SIGNED = re.compile(r"\s*%\s*\(\s*[+\-–−]\s?[\d.,]*\d(?![\d.,]*\s?%)")
_OF_PLAN = re.compile(
    r"\s*%?\s*(?:so với\s+)?(?:kế hoạch|chỉ tiêu|dự toán|nghị quyết|KH)\b", re.IGNORECASE
)
_LEVEL = re.compile(r"\b(còn|xuống|lên|thành|đạt|chiếm|là|bằng)\b", re.IGNORECASE)
_RATE_FALLS = re.compile(r"\b(giảm|tăng)\s+tỷ lệ\b", re.IGNORECASE)
_PER = re.compile(r"(?:\s[^\W\d]+){1,3}\s?/\s?(?:1\s)?(?!năm|tháng|quý)[a-zà-ỹ]")
_AFTER = re.compile(r"^\s*(?:trở lên|trở xuống|/năm)")
_TARGET = re.compile(
    r"chỉ tiêu|mục tiêu|phấn đấu|đề ra|theo kế hoạch|kế hoạch (?:năm|giao|đề)|đến năm|lộ trình",
    re.IGNORECASE,
)
_STOCK = re.compile(
    r"lũy kế|luỹ kế|hiện có|hiện nay|đến nay|tổng số|toàn tỉnh có|hiện đang|dư nợ|đã có|còn lại|"
    r"đến cuối",
    re.IGNORECASE,
)
_PLAIN = frozenset(row["word"] for row in qualifiers.rows("plain_words"))
"""Words that say nothing of what is counted."""
HEAD = 20
"""Paragraphs in which a report says of which province it is."""
SUBJECT = 12
"""Words of a sentence's beginning that stand for its subject."""
LONGEST_WORDS = 160
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-ZĐÀ-Ỹ“(+\-])|(?<=;)\s+")
_SHARED_UNIT = re.compile(
    r"\s*(?:,|và|lên|xuống|còn|xuống còn|lên đến|đến|tới|hoặc|(?:trên|trong)(?: tổng(?: số)?)?)\s*"
    r"[^\d,;.]{0,12}"
)
"""What stands between two numbers with one unit, said once behind the second."""
_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass
class Figure:
    """A number of the report and what it counts; a place named in a list has the value 1."""

    paragraph: int
    sentence: int
    start: int
    end: int
    line: int
    section: str
    printed: str
    value: Decimal
    unit: str
    decimals: int = 0
    value_high: Decimal | None = None
    denominator: Decimal | None = None
    noun: str = ""
    """The first word behind a number whose unit is not known."""
    form: str = "one"
    depth: int = 0
    """How many brackets it stands in."""
    kind: str = "flow"
    qualifier: str = ""
    area: str = ""
    period: str = ""
    words: str = ""
    """The words around it: what is counted."""
    each: bool = False
    """Whether it is said of one of many (“46 triệu đồng/hộ”): nothing to add up."""
    named: bool = False
    counted_at: int | None = None
    """Of a named place: where the number stands that counts it."""
    doubts: list[str] = field(default_factory=list)
    id: str = ""

    @property
    def money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit in MONEY

    @property
    def changes(self) -> bool:
        """Whether it is a rise or a fall, not a level."""
        return self.kind == "change"


@dataclass(frozen=True)
class Reading:
    """What was read of a report: its figures, and the digits that are none."""

    document: Document
    figures: tuple[Figure, ...]
    asides: tuple[tuple[int, Aside], ...]
    """Digits that are no figure, with the line each stands on."""

    def sentence(self, figure: Figure) -> str:
        """Return the sentence that a figure stands in."""
        if figure.paragraph < 0:
            row = self.document.grids[-1 - figure.paragraph].rows[figure.sentence]
            return " | ".join(filter(None, row))
        text = self.document.paragraphs[figure.paragraph].text
        start, end = sentences(text)[figure.sentence]
        return text[start:end].strip()


@lru_cache
def unit_words() -> dict[str, str]:
    """Return the unit that a word stands for, longest words first.

    >>> unit_words()["hộ"], unit_words()["tỷ đồng"]
    ('households', 'VND_billion')
    """
    rows = qualifiers.rows("unit_words")
    return {
        row["words"]: row["unit"]
        for row in sorted(rows, key=lambda row: len(row["words"]), reverse=True)
    }


@lru_cache
def _unit_pattern() -> re.Pattern[str]:
    words = "|".join(re.escape(word) for word in unit_words())
    # “3.600 người2”: the mark of a note.
    return re.compile(
        rf"\s?({words})(?:(?<!m)\d{{1,2}})?(?![\w²³])(?! lệ)(?!/(?!năm|tháng|ngày|\d|$))",
        re.IGNORECASE,
    )


def unit_after(text: str) -> tuple[str, int] | None:
    """Return the unit that a text begins with, and where its words end.

    >>> unit_after(" tỷ đồng, đạt 51,1%"), unit_after(" lượt người tham dự")
    (('VND_billion', 8), ('participants', 11))
    """
    match = _unit_pattern().match(text)
    if match is None:
        return None
    known = {word.lower(): unit for word, unit in unit_words().items()}
    return known[match[1].lower()], match.end()


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return where the sentences of a paragraph begin and end; a semicolon ends one as well."""
    starts = [0]
    starts += [m.end() for m in _SENTENCE.finditer(text) if not _depth(text, m.start())]
    return tuple(zip(starts, [*starts[1:], len(text)], strict=True))


def read_figures(document: Document, year: int) -> Reading:
    """Return every figure of a report, in the order of the text.

    Parameters
    ----------
    document
        The report.
    year
        The year it reports on: the period of whatever names none.
    """
    found: list[Figure] = []
    asides: list[tuple[int, Aside]] = []
    province = places.home("\n".join(one.text for one in document.paragraphs[:HEAD]))
    for place, paragraph in enumerate(document.paragraphs):
        tokens, left = split(paragraph.text, heading=paragraph.heading)
        asides += [(paragraph.line_at(one.start), one) for one in left]
        own = list(_of_paragraph(place, paragraph, tokens, year, province))
        if not paragraph.heading:
            own += places.listed(place, paragraph, own, province)
        found += sorted(own, key=lambda one: one.start)
    from kgstats.published.reading import grids

    found += grids.figures_of(document, year)
    return Reading(document, tuple(found), tuple(asides))


def _of_paragraph(
    place: int, paragraph: Paragraph, tokens: Sequence[Token], year: int, province: str
) -> Iterator[Figure]:
    text = paragraph.text
    spans = sentences(text)
    heading_target = paragraph.section.startswith("P2")
    read: list[Figure] = []
    for number, token in enumerate(tokens):
        if not token.numbers:
            continue
        after = text[
            token.end : tokens[number + 1].start if number + 1 < len(tokens) else len(text)
        ]
        sentence = next(at for at, (_, end) in enumerate(spans) if token.start < end)
        first, *more = token.numbers
        one = Figure(
            place, sentence, token.start, token.end, paragraph.line_at(token.start),
            paragraph.section, token.printed, first.value, "", first.decimals, form=token.form,
            depth=_depth(text, token.start),
        )  # fmt: skip
        if more and token.form == "of":
            one.denominator = more[0].value
        elif more:
            one.value_high = more[0].value
        _measure(one, text, after, read)
        read.append(one)
    _from_behind(read, text)
    for one in read:
        one.unit = one.unit or UNKNOWN
        _weigh(one, text, spans[one.sentence], read)
        _describe(one, text, spans[one.sentence], read, year, heading_target)
        one.area = places.nearest(text[spans[one.sentence][0] : one.start], province)
        yield one


def _depth(text: str, at: int) -> int:
    before = text[:at]
    return max(0, before.count("(") - before.count(")"))


def _measure(one: Figure, text: str, after: str, read: list[Figure]) -> None:
    """Find the unit: behind the number, inside it (6.081 km/7.084 km), or that of its list."""
    inside = re.search(r"\d\s?(%|km|ha|m²|m³|kg|xã|hộ)", one.printed)
    found = unit_after(after)
    many = _multiplied(one, after)
    if many:
        found = unit_after(after[many:]) or (UNKNOWN, 0)
    compound = re.search(r"(tỷ|tỉ|triệu)\s\d", one.printed)
    if compound is not None:
        one.unit = unit_words()[compound[1]]
    elif found is not None:
        one.unit = found[0]
        if one.unit == "participants" and re.search(r"việc làm", text[: one.end][-260:]):
            one.unit = "placements"
    elif inside is not None:
        one.unit = unit_words()[inside[1]]
    head = next((other for other in reversed(read) if other.depth < one.depth), None)
    if head is not None and (head.unit, one.unit) == ("commune_level_units", "communes"):
        one.unit = head.unit  # “145 xã, phường, thị trấn (12 xã …”: short for all three
    if one.unit and one.unit not in MEASURES and "," in one.printed:
        _recounted(one)


def _multiplied(one: Figure, after: str) -> int:
    """Multiply “1,2 triệu người”, “39 vạn tấn”: the word is no unit of money. Return its length."""
    words = "|".join(THOUSANDS)
    behind = re.match(rf"\s?({words})\s+(?!đồng)(?=\w)", after, re.IGNORECASE)
    if behind is None or one.form == "of" or THOUSANDS.keys() & set(one.printed.lower().split()):
        return 0
    power = THOUSANDS[behind[1].lower()]
    counted = unit_after(" " + after[behind.end() :])
    if power >= 6 and (counted is None or counted[0] in MONEY):
        return 0  # “15 triệu xây dựng nhà” is money
    one.value = one.value.scaleb(power).quantize(Decimal(1))
    if one.value_high is not None:
        one.value_high = one.value_high.scaleb(power).quantize(Decimal(1))
    one.decimals -= power
    one.printed += after[: behind.end()].rstrip()
    return behind.end() - 1


def _recounted(one: Figure) -> None:
    """Read a comma before three digits as thousands where things are counted."""
    pieces = one.printed.split("/") if one.form == "of" else [one.printed]
    if not all(re.fullmatch(r"\s*\d{1,3}(?:,\d{3})*\s*\D*", piece) for piece in pieces):
        return
    values = [Decimal(re.sub(r"\D", "", piece)) for piece in pieces]
    one.value, one.decimals = values[0], 0
    if len(values) > 1:
        one.denominator = values[1]
    one.doubts.append(GROUPED)


def _from_behind(read: list[Figure], text: str) -> None:
    """Give numbers without a unit that of the list they stand in."""
    for at in range(len(read) - 1, -1, -1):
        one = read[at]
        if one.unit:
            continue
        following = read[at + 1] if at + 1 < len(read) else None
        if following is not None and following.unit:
            gap = text[one.end : following.start]
            if _SHARED_UNIT.fullmatch(gap):
                one.unit = following.unit
    for at, one in enumerate(read):
        if one.unit:
            continue
        outside = [
            other for other in read[:at]
            if other.unit and other.unit not in RATES and other.depth < max(one.depth, 1)
            and not other.changes
        ]  # fmt: skip
        near = [other for other in read[:at] if other.unit and other.depth == one.depth]
        source = outside[-1] if one.depth and outside else near[-1] if near and one.depth else None
        noun = re.match(r"\s*([a-zà-ỹ]+)", text[one.end :])
        if source is not None and (noun is None or one.depth):
            one.unit = source.unit
            one.doubts.append(NO_UNIT)
        elif known := _named_before(one, text):
            one.unit = known
        else:
            one.noun = noun[1].lower() if noun else ""
            one.doubts.append(NO_WORD)


def _named_before(one: Figure, text: str) -> str:
    """Return the unit that stands before its number: “số đồng hồ … được 55.282 cái”."""
    before = text[max(0, one.start - 90) : one.start]
    hits = [
        (match.end(), unit_words()[word])
        for word in unit_words()
        if unit_words()[word] not in MEASURES
        for match in re.finditer(rf"\b(?:số|tổng số)\s+(?:\w+\s+)?{re.escape(word)}\b", before)
    ]
    return max(hits)[1] if hits else ""


def _clause(text: str, sentence: tuple[int, int], one: Figure, read: list[Figure]) -> str:
    """Return the words between the number before and this one, within the sentence."""
    begin = max([sentence[0], *(other.end for other in read if other.end <= one.start)])
    return text[begin : one.start]


def _weigh(one: Figure, text: str, sentence: tuple[int, int], read: list[Figure]) -> None:
    """Find the words that hedge a number, and whether it is a rise or a fall."""
    clause = _clause(text, sentence, one, read)
    said = _BEFORE.search(clause)
    words: list[str] = re.findall(_HEDGE, said[1] if said else "", re.IGNORECASE)
    behind = _AFTER.match(text[one.end :])
    directed = _DIRECTED.search(clause)
    if directed is not None:
        onward = text[one.end : one.end + 60]
        level = (
            "từ" in directed[2].split()
            and one.form == "one"
            and re.search(r"^[^,.;()]{0,40}\b(?:xuống|lên|còn)\b", onward)
        )
        if not level:
            one.kind = "change"
            words = [directed[1], *words]
    elif one.unit == "percent" and (rate := _RATE_FALLS.search(clause)) is not None:
        one.kind = one.kind if _LEVEL.search(clause[rate.end() :]) else "change"
        words = [rate[1], *words]
    if sign := _SIGN.search(text[: one.start]):
        one.kind = "change"
        words = ["giảm" if sign[1] != "+" else "tăng"]
    if one.kind == "change" and one.unit == "percent" and _of_a_rate(one, text, sentence, read):
        one.unit = "percentage_points"
    one.each = bool(_PER.match(text[one.end :]))
    if behind and "trở" in behind.group():
        words.append(behind.group().strip())
    one.qualifier = " ".join(dict.fromkeys(word.lower() for word in words))


def _of_a_rate(one: Figure, text: str, sentence: tuple[int, int], read: list[Figure]) -> bool:
    """Whether what rises or falls is itself a percentage: then the change is in points."""
    if _SIGNED.match(text[one.end :]):
        return False
    earlier = [other for other in read if other.end <= one.start]
    before = [other for other in earlier if other.sentence == one.sentence]
    if before and before[-1].unit in RATES:
        # “cả năm tăng 2,1% (quý I tăng 3,7%; quý II tăng 0,4%)” goes on as it began.
        goes_on = before[-1].changes and before[-1].unit == "percent"
        of_plan = _OF_PLAN.match(text[before[-1].end :]) and len(before) > 1
        clause = _clause(text, sentence, one, read)
        return not (goes_on or of_plan) or bool(re.search(r"\btỷ lệ\b", clause))
    if not before and earlier and earlier[-1].unit == "percentage_points":
        return True  # “… giảm 1%/năm; riêng các huyện nghèo giảm 4%/năm”
    if before and before[-1].unit not in RATES:
        clause = _clause(text, sentence, one, read)
        return bool(re.search(r"\btỷ lệ\b", clause))
    return bool(re.search(r"\btỷ lệ\b|\bhộ (?:cận )?nghèo\b", text[sentence[0] : one.start], re.I))


def _describe(
    one: Figure,
    text: str,
    sentence: tuple[int, int],
    read: list[Figure],
    year: int,
    target: bool,
) -> None:
    """Say its kind, its place, its period, and the words for what it counts."""
    before = text[sentence[0] : one.start]
    lead = _lead(text, sentence, one, read)
    aims = target or bool(_TARGET.search(lead))
    if one.kind == "change":
        one.kind = "target" if aims else "change"
    elif re.search(r"tối đa|không quá|tối thiểu", one.qualifier):
        one.kind = "limit"
    elif aims:
        one.kind = "target"
    elif one.unit == "percent":
        one.kind = "share"
    elif _STOCK.search(before):
        one.kind = "stock"
    years = _YEAR.findall(lead) or _YEAR.findall(before)
    one.period = years[-1] if years else str(year + 1 if target else year)
    if one.kind == "change":
        one.period = f"{year - 1}/{year}"
    following = text[one.end : sentence[1]]
    stop = re.search(r"[,.;:()]|\d", following)
    behind = following[: stop.start() if stop else len(following)]
    one.words = " ".join(f"{lead} {behind}".split())[:LONGEST_WORDS]


def _lead(text: str, sentence: tuple[int, int], one: Figure, read: list[Figure]) -> str:
    """Return the words that lead to a number: its own part of the sentence, else the subject."""
    before = [other for other in read if other.end <= one.start]
    begin = max([sentence[0], *(other.end for other in before)])
    clause = text[begin : one.start]
    unit = _unit_pattern().match(clause) if begin > sentence[0] else None
    own = re.split(r"[;:,()]", clause[unit.end() if unit else 0 :])[-1].strip(" -+")
    if _tells(own):
        return own
    first = next((other.start for other in read if other.start >= sentence[0]), one.start)
    subject = re.split(r"[:(]", text[sentence[0] : first].strip(" -+•"))[0]
    if not _tells(subject) or subject.strip() == own:
        subject = text.strip(" -+•").partition(":")[0] if ":" in text[: one.start] else ""
    return f"{' '.join(subject.split()[:SUBJECT])} {own}".strip()


def _tells(words: str) -> bool:
    return len([word for word in words.lower().split() if word not in _PLAIN]) >= 2
