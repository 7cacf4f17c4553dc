"""The numbers of a paragraph, and the digits that are none.

A date, the number of a document, of a section or of a programme, a year, an age, the mark of a
list are not figures. They are set aside by what stands around them, each with a reason, so that
whoever reviews a proposal sees that nothing was passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kgstats.published.printed import SIMPLE, PrintedNumber, read_printed

_CAPITALS = "A-ZĐÂÊÔƠƯ"
_YEAR = r"(?:19|20)\d{2}(?![\d.,]\d|\d)"
_COUNTED = (
    r"(?:hộ|người|lao động|xã|huyện|ấp|thôn|bản|căn|nhà|tiêu chí|tấn|"
    r"km|ha|tỷ|tỉ|triệu|nghìn|ngàn|đồng|công trình|dự án|mô hình|lượt|"
    r"cái|trường|lớp|thẻ|m²|m³|%)"
)
"""Words behind a number that make it one of things."""
_DAY = r"\d{1,2}(?:\s?[/.-]\s?\d{1,2})?(?:\s?[/.-]\s?\d{4}|(?:\s?[/.-]\s?\d{1,2})?)(?!\d)"

NOT_FIGURES: tuple[tuple[str, str], ...] = (
    ("unit_exponent", r"(?<=[mM])[23²³]\b"),
    ("footnote", r"(?<=\S)\s?\[\d{1,3}\]|(?<=[a-zà-ỹđ]{2})\d{1,2}(?=[\s,.;:)]|$)"),
    # “cuối năm 20171”: the mark of a note that was set high stands behind its year.
    ("year", r"\bnăm\s+(?:19|20)\d{3,4}(?![\d.,]*\d)"),
    ("slogan", r"[“\"‘][^”\"’]{0,40}\d[^”\"’]{0,40}[”\"’]"),
    (
        "date",
        rf"\b(?:ngày|tháng|quý)\s+(?:\d{{1,2}}\s+(?:tháng\s+\d{{1,2}}\s+)?năm\s+{_YEAR}|{_DAY}|[IVX]+\b"
        rf"(?:[/\s]+(?:năm\s+)?{_YEAR})?)(?!\s*(?:%|công|tuổi))",
    ),
    (
        "date",
        r"\b(?:lễ|Quốc khánh|kỷ niệm|dịp|Chiến thắng|Cách mạng|Quốc tế \w+(?: \w+)?)\s+"
        r"\d{1,2}\s?[/-]\s?\d{1,2}\b",
    ),
    ("date", rf"\b\d{{1,2}}\s?/\s?\d{{1,2}}\s?/\s?{_YEAR}|\b\d{{1,2}}\s?/\s?{_YEAR}"),
    (
        "document_number",
        rf"\b\d+(?:/\d{{4}})?\s?[/-]\s?(?:\d{{4}}\s?[/-]\s?)?[{_CAPITALS}]{{2,}}[{_CAPITALS}0-9]*"
        rf"(?:\s?[/-]\s?[{_CAPITALS}]+)*",
    ),
    (
        "document_number",
        r"\b(?:Quyết định|Nghị quyết|Nghị định|Thông tư|Kế hoạch|Chỉ thị|Công văn|Luật|Hướng dẫn|"
        r"Thông báo|Tờ trình|Văn bản|Báo cáo|Đoàn giám sát|Kết luận)\s*(?:số\s*:?\s*)?\d+[a-z]?"
        rf"(?:/\d{{4}})?(?!\d|\s*%|[.,]\d|\s+{_COUNTED}\b)",
    ),
    (
        "programme_name",
        r"\b(?:Chương trình|Dự án|Tiểu dự án|CT|Đề án)\s+(?:số\s+)?\d+[a-z]?"
        rf"(?:\s*(?:,|và)\s*(?:Chương trình\s+)?\d+[a-z]?(?=[\s.,;)])(?!\s+{_COUNTED}))*(?![.,]\d)",
    ),
    ("programme_name", r"\b30[aA]\b|(?<=xã )135\b|(?<=vốn )135\b"),
    (
        "year",
        rf"\b(?:năm|giai đoạn|niên độ|nhiệm kỳ|từ|đến|sang|so với)\s+(?:năm\s+)?{_YEAR}"
        rf"(?:\s?[-–/,]\s?(?:năm\s+)?{_YEAR})*",
    ),
    (
        "year",
        rf"\b{_YEAR}\s?[-–]\s?{_YEAR}|\b{_YEAR}(?!\s*{_COUNTED})(?=\s*[:;,.()]|\s+[a-zà-ỹ]|\s*$)",
    ),
    ("age", r"\b\d+(?:\s?[-–]\s?\d+)?\s+tuổi"),
    (
        "duration",
        r"\b\d+(?:\s?[-–]\s?\d+)?\s+(?:năm|tháng|tuần|giờ|phút)\b(?!\s+học)|"
        r"\b\d+\s+ngày\b(?!\s+công)|\b(?:năm|tháng)\s+thứ\s+\d+",
    ),
    ("classification", r"\b\d+\s+(?:pha|giai đoạn|chiều|cửa)\b"),
    (
        "classification",
        r"\b(?:lớp|mức độ|cấp độ|hạng|loại|khu vực|vùng|nhóm|giai đoạn|mức|tiêu chí|tiêu chí số|"
        r"đợt|lần thứ|thứ|khóa|quốc lộ|tỉnh lộ|đường tỉnh|ấp|khu phố|tổ|phường)\s+(?:số\s+)?"
        r"\d+[A-Z]?\b(?!\s*[%/]|[.,]\d|\s?[-–]\s?\d|\s+(?:tỷ|tỉ|triệu|nghìn|ngàn|km|ha|xã|hộ|người|đồng))",
    ),
    (
        "section_number",
        r"\b(?:điều|khoản|(?<!chấm )(?<!đặc )điểm|mục|tiểu mục|chương|phần|phụ lục|biểu|bảng|hình|"
        r"mẫu|phiếu)\s+"
        r"(?:số\s+)?\d+(?:[.]\d+)*[a-z]?(?!\s*%|[.,]\d)",
    ),
    ("section_number", r"(?<=[:;.,] )\(?\d{1,2}\)(?=\s)"),
)
"""Why digits are no figure, and what they look like; the first that fits counts."""

_OPENING = re.compile(
    r"^\s*(?:[-+•*–]\s*)?(?:\(?\d{1,2}(?:\.\d{1,2})*[.)]|\d{1,2}(?:\.\d{1,2})+)\s"
)
_ASIDE = re.compile(
    "|".join(f"(?P<r{place}>{pattern})" for place, (_, pattern) in enumerate(NOT_FIGURES)),
    re.IGNORECASE,
)
_CASED = re.compile(next(what for why, what in NOT_FIGURES if why == "document_number"))
"""Numbers of documents are written with capitals; in small letters they are quantities."""

_COUNT = (
    rf"{SIMPLE}(?:\s(?:tỷ|tỉ)\s\d{{1,3}}\s(?:triệu|nghìn|ngàn)\b|\striệu\s\d{{1,3}}\s(?:nghìn|ngàn)\b"
    r"|\s(?:nghìn|ngàn|vạn)\s\d{1,3}(?![\d.,/]))?"
)
_BETWEEN = r"(?:\s?%|\s?[a-zà-ỹ²³/]{1,12})?"
_TOKEN = re.compile(
    rf"(?P<first>{_COUNT})"
    rf"(?:(?P<unit1>\s?%|\s?km|\s?ha|\s?m[²³]?|\s?kg|\s?xã|\s?hộ)?\s?(?P<join>/|-|–|đến|tới)\s?(?P<second>{SIMPLE})(?![\d]))?"
)
_SPACED = re.compile(r"\d, \d+$")


@dataclass(frozen=True)
class Token:
    """A number of the text: one, a range, or a part over its whole."""

    start: int
    end: int
    printed: str
    numbers: tuple[PrintedNumber, ...]
    form: str
    """``one``, ``range`` or ``of`` (a/b)."""
    doubtful: str = ""


@dataclass(frozen=True)
class Aside:
    """Digits that are no figure, and why."""

    start: int
    end: int
    printed: str
    why: str


def split(text: str, *, heading: bool = False) -> tuple[list[Token], list[Aside]]:
    """Return the numbers of a paragraph and the digits that are none, each in their order.

    Parameters
    ----------
    text
        A paragraph.
    heading
        Whether it is a heading, in which nothing is counted.

    >>> tokens, asides = split("Năm 2019 có 64/117 xã đạt (Quyết định số 33/QĐ-TTg).")
    >>> [one.printed for one in tokens], [one.why for one in asides]
    (['64/117'], ['year', 'document_number'])
    """
    asides = list(_asides(text))
    if heading:
        taken = [(one.start, one.end) for one in asides]
        asides += [
            Aside(match.start(), match.end(), match.group(), "section_number")
            for match in re.finditer(r"\d+(?:[.,]\d+)*", text)
            if not any(start <= match.start() < end for start, end in taken)
        ]
        return [], sorted(asides, key=lambda one: one.start)
    tokens: list[Token] = []
    at = 0
    for one in [*asides, None]:
        end = len(text) if one is None else one.start
        tokens += _tokens(text, at, end)
        at = end if one is None else one.end
    return tokens, asides


def _asides(text: str) -> Iterator[Aside]:
    at = 0
    if match := _OPENING.match(text):
        yield Aside(match.start(), match.end(), match.group().strip(), "section_number")
        at = match.end()
    while (match := _ASIDE.search(text, at)) is not None:
        why = NOT_FIGURES[int(str(match.lastgroup)[1:])][0]
        if not re.search(r"\d|[²³]", match.group()):
            at = match.end()
            continue
        if (
            why == "document_number"
            and match.group()[0].isdigit()
            and not _CASED.match(match.group())
        ):
            at = match.start() + len(re.match(r"\d+", match.group()).group())  # type: ignore[union-attr]
            continue
        yield Aside(match.start(), match.end(), match.group().strip(), why)
        at = match.end()


def _tokens(text: str, start: int, end: int) -> Iterator[Token]:
    at = start
    while (match := _TOKEN.search(text, at, end)) is not None:
        at = match.end()
        before = text[match.start() - 1 : match.start()]
        if before.isalpha() and before not in "mM":  # a name with a number in it
            continue
        yield from _token(text, match)


def _token(text: str, match: re.Match[str]) -> Iterator[Token]:
    join, second = match["join"], match["second"]
    first_text = match["first"]
    if _SPACED.search(first_text) and not _spaced(text, match):
        # “82, 120”: two numbers of a list, not one with a comma.
        short = first_text[: first_text.index(",")]
        yield from _one(text, match.start(), match.start() + len(short))
        rest = match.start() + first_text.index(",") + 2
        again = _TOKEN.match(text, rest, match.end())
        if again is not None:
            yield from _token(text, again)
        return
    if join is None:
        yield from _one(text, match.start(), match.end("first"))
        return
    numbers = (*read_printed(first_text), *read_printed(second))
    if len(numbers) != 2:
        yield from _one(text, match.start(), match.end("first"))
        yield from _one(text, match.start("second"), match.end("second"))
        return
    a, b = numbers
    form = "of" if join == "/" else "range"
    if form == "range" and a.value >= b.value:
        yield from _one(text, match.start(), match.end("first"))
        yield from _one(text, match.start("second"), match.end("second"))
        return
    unit = (match["unit1"] or "").strip()
    end = match.end()
    if unit and (again := re.match(rf"\s?{re.escape(unit)}(?!\w)", text[end:])):
        end += again.end()
    yield Token(match.start(), end, text[match.start() : end], numbers, form)


def _one(text: str, start: int, end: int) -> Iterator[Token]:
    printed = text[start:end].strip()
    try:
        numbers = tuple(read_printed(printed))
    except ValueError as error:
        yield Token(start, end, printed, (), "one", str(error))
        return
    if len(numbers) == 1:
        yield Token(start, end, printed, numbers, "one")


def _spaced(text: str, match: re.Match[str]) -> bool:
    """Whether “71, 4” is one number: a unit of measure follows, and none could be before."""
    after = text[match.end("first") :].lstrip()
    return bool(re.match(r"(?:%|tỷ|tỉ|triệu|km|ha|m²|m³|tấn|tạ|điểm)", after))
