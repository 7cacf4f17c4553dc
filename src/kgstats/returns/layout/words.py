"""Words that say what a line of a page is: title, unit, total, note, signature."""

from __future__ import annotations

import re
from functools import lru_cache

from kgstats.reference import unit_types
from kgstats.returns.form_files import form_rows, page_words, split_words
from kgstats.returns.layout.model import Seen, tokens
from kgstats.text.folding import fold

# Words that say what a line of the page is. They are matched on folded text: lower case, without
# accents and without punctuation.
ORDER_WORDS = frozenset(map(tokens, page_words("order")))


def _any(part: str) -> str:
    """Return the pattern of the words of a part of a page, folded."""
    return f"(?:{unit_types.pattern(map(tokens, page_words(part)), ' ')})"


LETTERHEAD = re.compile(rf"^{_any('letterhead')}|{_any('motto')}")
TOTAL_OF_BUDGET = re.compile(
    r"^tong( so| cong)? (thu|chi)( va chi)?( can doi)? (ngan sach|nsnn|nstw|nsdp)\b"
)
"""What the first or last row of a budget is the total of."""
REGION = re.compile(
    rf"^(vung )?{_any('region')}"
    r"( (red|mekong|north|northern|south|southern|central|midlands)\b.*)?$"
    r"|^((red|mekong) (river )?delta|northern (midlands|uplands)\b.*|north central\b.*|"
    r"south central coast|central highlands)$"
)
"""The regions of the country that its tables are grouped by, in Vietnamese or in two languages."""
NOTE = re.compile(rf"^{_any('note')}\b|^nguon( so lieu)?\b(?!$| (von|kinh phi|thu|ngan sach|chi))")
NOTE_MARK = re.compile(r"^\s*(\(?\*+\)?|\(\d{1,2}\)|[¹²³⁴]|\d{1,2}\)|[-–] ?Ghi chú)\s*\S")
SIGNATURE = re.compile(rf"^{_any('signature')}\b|^ky\b.*(ten|dong dau)")
DATE_LINE = re.compile(
    r"^(?!.*\b(quyet dinh|qd|cong van|nghi quyet|to trinh|ke hoach|thong bao|hop dong)\b)"
    r"\D{0,40}\bngay\b.{0,14}\bthang\b.{0,12}\bnam\b(?! [^\d])"
)
"""Place and date of signing; no date of a decision in a list, nor “Ngày, tháng, năm công nhận”."""
SHORT_DATE_LINE = re.compile(r"^[^\d,]{2,30},\s*ngày\s+\d{1,2}/\d{1,2}/\d{4}\W*$", re.IGNORECASE)
# Folded words collide (``Cống Vị`` and ``Cộng VI``, ``Bằng Phúc`` and ``Bảng 1``): where a text has
# accents, it must also be spelled like the word it is taken for.
TOTAL_SPELLED = re.compile(r"tổng|cộng|toàn|cả\b|chung", re.IGNORECASE)
TITLE_SPELLED = re.compile(r"^\W*(biểu|phụ lục|mẫu|bảng|phần)\b", re.IGNORECASE)
CONTINUED = re.compile(
    r"^(\(?tiep( theo)?|.*\btiep( theo)?( trang.*)?|(.*\b)?cont(inued)?|trang( so)? \d+( \d+)?)$"
)
CONTINUED_MARK = re.compile(r"\(\s*(tiếp|cont)", re.IGNORECASE)
TITLE_START = re.compile(
    r"^(bieu|phu luc|mau (so|bieu|\d)|bang (so|tong hop|ke|bieu|\d|[ivx]+\b))"
    r"|^(phan|mau) [ivx\d]+\b|^table \d"
)

UNIT_MARK = re.compile(
    r"(?:\bđ\.?\s?v\.?\s?t\b|đơn\s+vị\s+tính|\bdvt\b|don\s+vi\s+tinh|đơn\s+vị|\bunit\b)"
    r"(?P<of>[^:：]{0,40})[:：]?\s*(?P<unit>.*)",
    re.IGNORECASE | re.DOTALL,
)
UNIT_WORDS = re.compile(
    r"^(1 ?000 ?000 ?(d|dong|vnd)?|1 ?000 ?(d|dong|vnd)|"
    r"(nghin|ngan|((chuc|muoi|tram) )?trieu|ty|ti|tr|nghin ty|ngan ty)( dong( viet nam)?| d| vnd)?|"
    r"dong|d|vnd|vn dong|%|phan tram|nguoi|ho|ha|hec ta|km|km2|m|m2|m3|tan|ta|kg|xa|"
    r"(nghin|ngan|trieu|ty|1 ?000) (nguoi|ho|ha|tan|con|m2|m3|km|cai|kwh|luot nguoi|lao dong)|"
    r"(ta|tan|kg) (ha|nguoi)|"
    r"thon|ap|tieu chi|cai|con|cong|ngay|lao dong|khau|nhan khau|hoc sinh|cong trinh|du an|"
    r"mo hinh|lop|giuong|usd|trieu usd|1 ?000 usd|nguoi km2|do thi|ho nguoi|ty le)$"
)

LABELLED_SECTION = re.compile(
    r"^((?=[IVX])(?:X{0,3}(?:IX|IV|V?I{1,3}|V))|X{1,3}(?=\s*[.)]\s)|[A-G])\s*[.)\-–:]\s*\S"
    r"|^(?=[IVX])(?:X{0,3}(?:IX|IV|V?I{1,3}|V))\s+[A-ZĐÁÀẢÃẠÂĂÊÔƠƯÍÚÝ]"
)
UNIT_BRACKET = re.compile(r"\(([^()]*(?:đvt|đơn vị)[^()]*)\)\W*$", re.IGNORECASE)
_OTHER_LANGUAGE = re.compile(r"\s*[-–/(;]\s*unit\b", re.IGNORECASE)
OPEN_END = re.compile(r"(,|-|–|/|\b(và|của|các|cho|theo))$", re.IGNORECASE)
STANDING = re.compile(rf"^{_any('standing')}$")
"""What the year of a heading is, where it stands over the year in a row of its own."""


SECTION_WORDS = re.compile(
    r"^(khu vuc|vung|cum|chuong trinh|ngoai chuong trinh|thanh thi|"
    rf"(cac )?({unit_types.pattern(map(fold, unit_types.named('commune')))})\b|"
    r"nong thon)\b"
    r"|^((nguon|ke hoach|kh|von|chuyen tiep|keo dai|thuc hien|so lieu|cung ky) )*"
    r"nam (20[0-4]\d|truoc|ngoai|nay)\b|^cung ky\b"
)
"""What a line above some rows of a body begins with."""

LEAST_COLUMNS_OF_TEXT = 3
"""A table without a single number needs at least so many columns to be taken for one."""

LEAST_ROWS_OF_TEXT = 8
"""A list of two columns of words needs at least so many rows below its header."""

CODE_ROW_REACH = 14
"""How many rows below the first header row the row of column numbers is looked for."""


@lru_cache
def _total() -> re.Pattern[str]:
    """Return what a total is called, by ``forms/total_words.csv``.

    Some words stand alone, perhaps with ``số``, ``cộng`` … and the mark of what they sum up
    (``Tổng số I + II``); after others anything may follow (``Toàn huyện An Biên``). A numeral may
    stand before them, English or the mark of a footnote behind.
    """

    def listed(sense: str, stands: str) -> str:
        rows = [row for row in form_rows("total_words") if row["sense"] == sense]
        words = [
            tokens(one)
            for row in rows
            if row["stands"] == stands
            for one in split_words(row["words"])
        ]
        return "|".join(sorted(words, key=len, reverse=True))

    alone = re.sub(
        r"\btong\b", "tong(?: (?:so|cong|chung|tat ca|cac|ket))*", listed("total", "alone")
    )
    before = re.sub(r"\btong\b", "tong(?: (?:so|cong))?", listed("total", "before"))
    return re.compile(
        rf"^(?:i+ |[a-z] )?(?!(?:{listed('none', '')})\b)"
        rf"(?:(?:{alone})(?: [ivx]+| [a-z]| \d+)*|(?:{before})(?: .*)?|{listed('total', 'only')})"
        r"(?: (?:total|(?:whole|entire) (?:country|province)))?(?: \d)?$"
    )


@lru_cache(maxsize=1 << 14)
def parse_unit(text: str) -> str | None:
    """Return the unit a line states, as written; None where it states none.

    >>> parse_unit("Đơn vị: Triệu đồng."), parse_unit("ĐVT: 1.000 đồng"), parse_unit("(triệu đồng)")
    ('Triệu đồng', '1.000 đồng', 'triệu đồng')
    >>> parse_unit("Đơn vị: UBND huyện An Minh") is None
    True
    """
    if len(text) > 160:
        return None
    match = UNIT_MARK.search(text)
    if match is not None:
        lead = text[: match.start()].strip(" (-")
        if len(lead) > 60:
            return None
        stated = _OTHER_LANGUAGE.split(match["unit"])[0].strip(" .;)(\n\t")
        if stated.count("(") > stated.count(")"):
            stated += ")"
        of = tokens(match["of"])
        folded = tokens(stated)
        if not stated and of and UNIT_WORDS.match(of):
            return match["of"].strip(" .;)(-–\n\t")
        if not stated:
            return None
        if UNIT_WORDS.match(folded) or UNIT_WORDS.match(folded.split(" ho")[0].strip()):
            return stated
        if "tinh" in of or tokens(match[0]).startswith(("dvt", "don vi tinh", "d v t", "unit")):
            return stated if len(stated) <= 40 and not folded.startswith(("ubnd", "xa ")) else None
        first = re.split(r"[,;(/]| [-–] ", stated)[0].strip()
        return stated if UNIT_WORDS.match(tokens(first)) else None
    bare = text.strip(" ().\n\t")
    folded = tokens(bare)
    if folded in ("ha", "km", "m2", "m3", "%"):
        return bare
    if (
        len(folded) > 2
        and folded not in ("xa", "cong", "ngay", "thon")
        and UNIT_WORDS.match(folded)
    ):
        return bare
    said, dash, other = text.strip("() \n\t").partition(" - ")
    if dash and other.isascii() and not said.isascii() and UNIT_WORDS.match(tokens(said)):
        return f"{said} - {other}"
    return None


def states_unit(one: Seen) -> bool:
    """Whether a cell is a unit line in so many words; a bare unit may be part of a heading."""
    return one.kind == "text" and marks_unit(one.text) and parse_unit(one.text) is not None


def is_total(one: Seen) -> bool:
    """Whether a label is that of a total row."""
    return _names_total(one.text, one.folded)


@lru_cache(maxsize=1 << 14)
def _names_total(text: str, folded: str) -> bool:
    """Whether words are what a total is called."""
    return _total().match(folded) is not None and (
        text.isascii() or TOTAL_SPELLED.search(text) is not None
    )


def starts_title(one: Seen) -> bool:
    """Whether a text begins as the title of a form or a table does."""
    return _begins_title(one.text, one.folded)


@lru_cache(maxsize=1 << 14)
def _begins_title(text: str, folded: str) -> bool:
    """Whether words are the first of a title."""
    return TITLE_START.match(folded) is not None and (
        text.isascii() or TITLE_SPELLED.match(text) is not None
    )


def opens_page(one: Seen) -> bool:
    """Whether a text is of the lines above tables: the head of a letter, or a title."""
    return _opens_page(one.text, one.folded)


@lru_cache(maxsize=1 << 14)
def _opens_page(text: str, folded: str) -> bool:
    """Whether words are those of a letter's head or the first of a title."""
    return LETTERHEAD.search(folded) is not None or _begins_title(text, folded)


@lru_cache(maxsize=1 << 14)
def marks_unit(text: str) -> bool:
    """Whether a text says somewhere that a unit follows: "ĐVT:"."""
    return UNIT_MARK.search(text) is not None


def is_note(cells: list[Seen]) -> bool:
    """Whether a row starts a note."""
    first = cells[0]
    return _begins_note(first.text, first.folded, first.kind == "text")


@lru_cache(maxsize=1 << 14)
def _begins_note(text: str, folded: str, words: bool) -> bool:
    """Whether the first cell of a row begins a note: by its words or, of words, by its mark."""
    return bool(NOTE.match(folded)) or (words and bool(NOTE_MARK.match(text)) and len(text) > 12)


def is_signature(cells: list[Seen]) -> bool:
    """Whether a row belongs to place, date and signatures."""
    for one in cells:  # noqa: SIM110 - it is asked of every row
        if one.kind == "text" and _signs(one.text, one.folded):
            return True
    return False


@lru_cache(maxsize=1 << 14)
def _signs(text: str, folded: str) -> bool:
    """Whether words are those of a place, a date or a signature."""
    return bool(
        SIGNATURE.match(folded)
        or (DATE_LINE.search(folded) and len(text) < 90 and "tinh den" not in folded)
        or SHORT_DATE_LINE.match(text)
    )


def is_footer(cells: list[Seen]) -> bool:
    """Whether a row stands below a table: a note, a date, a signature."""
    if len(cells) > 6 or any(one.kind in ("number", "numeral", "date") for one in cells[1:]):
        return False
    if is_note(cells):
        return True
    if len(cells) >= 3 and cells[-1].column - cells[0].column == len(cells) - 1:
        # A list of who holds which office names one in a row; signatures stand beside another.
        return sum(is_signature([one]) for one in cells) * 2 >= len(cells)
    return is_signature(cells)
