"""Where the tables of a sheet are, found by words and shape and never by position.

A page of a Vietnamese office has, from top to bottom: a letterhead in two columns, a number and a
title, a line with the unit, a header of one to seven rows (merged or with its words split over
rows), a row of column numbers (``A B 1 2 3=1+2``), the body with sections, items and totals, and
below it notes, place and date, and signatures. Any of these may be missing, repeated after a page
break or stand twice on one sheet, one below or beside the other.

Nothing here knows a form or a commune; it works on any spreadsheet.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter

from kgstats.returns.cells import Cell, ErrorValue, Sheet, column_letter
from kgstats.returns.text import Decoded, Encoding, decode, encoding_hints, fold

# Words that say what a line of the page is. They are matched on folded text: lower case, without
# accents and without punctuation.
ORDER_WORDS = frozenset(
    {"stt", "tt", "so tt", "s tt", "so thu tu", "thu tu", "so t t", "no", "num", "order"}
)
LABEL_WORDS = re.compile(
    r"^(ten|don vi|xa|phuong|thi tran|noi dung|chi tieu|danh muc|hang muc|tinh|huyen|quan|dia ban|"
    r"dia phuong|khu vuc|du an|loai|chuong trinh|linh vuc|nganh|co quan|ho va ten|ho ten|thanh pho)"
)
LETTERHEAD = re.compile(
    r"cong hoa xa hoi chu nghia|doc lap tu do|^uy ban nhan dan|^ubnd|^u b n d|"
    r"^bo (tai|ke|noi|nong)|"
    r"^so (tai|ke|nong|lao)|^phong (tai|lao|nong|kinh)|^ban chi dao|^kem theo|^ban hanh kem"
)
TOTAL = re.compile(
    r"^(i+ |[a-z] )?("
    r"tong( (so|cong|cong so|chung|tat ca|cac|ket))*( [ivx]+| [a-z]| \d+)*"
    r"|tong( (so|cong))? (toan |ca |chung |cong |chi$|thu$|von$|kinh phi$|muc |huyen|tinh|xa$).*"
    r"|cong( cong| chung| muc.*| so| [ivx]+| [a-z]| \d+)?"
    r"|cong (toan|huyen|tinh|thanh pho|thi xa|xa|phuong|vung|khu vuc|trang|nhom|phan|nguon)( .*)?"
    r"|toan (huyen|tinh|thanh pho|thi xa|xa|quoc|tp|tx|vung|nganh|bo)( .*)?"
    r"|ca (nuoc|tinh|huyen|thanh pho|thi xa)( .*)?"
    r"|chung (toan )?(huyen|tinh)|total|sum|grand total|(whole|entire) country"
    r")( (total|(whole|entire) (country|province)))?$"
)
TOTAL_OF_BUDGET = re.compile(
    r"^tong( so| cong)? (thu|chi)( va chi)?( can doi)? (ngan sach|nsnn|nstw|nsdp)\b"
)
"""What the first or last row of a budget is the total of."""
REGION = re.compile(
    r"^(vung )?(dong bang (song hong|song cuu long|bac bo)"
    r"|(trung du va )?mien nui (va trung du )?(phia bac|bac bo)"
    r"|bac trung bo( va duyen hai (mien trung|nam trung bo))?"
    r"|(duyen hai )?nam trung bo|duyen hai (mien trung|nam trung bo)( va tay nguyen)?"
    r"|tay nguyen|dong nam bo|(dong|tay) bac( bo)?)"
    r"( (red|mekong|north|northern|south|southern|central|midlands)\b.*)?$"
    r"|^((red|mekong) (river )?delta|northern (midlands|uplands)\b.*|north central\b.*|"
    r"south central coast|central highlands)$"
)
"""The regions of the country that its tables are grouped by, in Vietnamese or in two languages."""
NOTE = re.compile(
    r"^(ghi chu|luu y|chu thich|chu giai|giai thich|note|notes|source|thuyet minh)\b"
    r"|^nguon( so lieu)?\b(?! (von|kinh phi|thu|ngan sach|chi))"
)
NOTE_MARK = re.compile(r"^\s*(\(?\*+\)?|\(\d{1,2}\)|[¹²³⁴]|\d{1,2}\)|[-–] ?Ghi chú)\s*\S")
SIGNATURE = re.compile(
    r"^(nguoi (lap|tong hop|ky|duyet|viet|kiem)|lap bieu|can bo (lap|tong hop|phu trach)|"
    r"thu truong|"
    r"ke toan|kt\b|tm\b|tl\b|tuq\b|q (chu|giam|truong)|(pho )?chu tich|(pho )?giam doc|"
    r"(pho )?truong (ban|phong)|(pho )?chanh van phong|noi nhan|luu vt|ky\b.*(ten|dong dau)|"
    r"xac nhan (cua|don vi)|chu ky|dai dien|nguoi dung dau|bo truong|"
    r"co quan (co chuc nang|quan ly|lap)|da ky|kiem tra|tham dinh)"
)
DATE_LINE = re.compile(
    r"^(?!.*\b(quyet dinh|qd|cong van|nghi quyet|to trinh|ke hoach|thong bao|hop dong)\b)"
    r"\D{0,40}\bngay\b.{0,14}\bthang\b.{0,12}\bnam\b"
)
"""Place and date of signing; the date of a decision in a list is not one."""
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
    r"|^(phan|mau) [ivx\d]+\b"
)

UNIT_MARK = re.compile(
    r"(?:\bđ\.?\s?v\.?\s?t\b|đơn\s+vị\s+tính|\bdvt\b|don\s+vi\s+tinh|đơn\s+vị|\bunit\b)"
    r"(?P<of>[^:：]{0,40})[:：]?\s*(?P<unit>.*)",
    re.IGNORECASE | re.DOTALL,
)
UNIT_WORDS = re.compile(
    r"^(1 ?000 ?000 ?(d|dong|vnd)?|1 ?000 ?(d|dong|vnd)|"
    r"(nghin|ngan|trieu|ty|ti|tr|nghin ty|ngan ty)( dong( viet nam)?| d| vnd)?|"
    r"dong|d|vnd|vn dong|%|phan tram|nguoi|ho|ha|hec ta|km|km2|m|m2|m3|tan|ta|kg|xa|"
    r"(nghin|ngan|trieu|ty|1 ?000) (nguoi|ho|ha|tan|con|m2|m3|km|cai|kwh|luot nguoi|lao dong)|"
    r"(ta|tan|kg) (ha|nguoi)|"
    r"thon|ap|tieu chi|cai|con|cong|ngay|lao dong|khau|nhan khau|hoc sinh|cong trinh|du an|"
    r"mo hinh|lop|giuong|usd|trieu usd|1 ?000 usd|nguoi km2|do thi|ho nguoi|ty le)$"
)

CODE_LETTER = re.compile(r"^\(?([A-Za-zĐđ])\)?$")
CODE_NUMBER = re.compile(r"^(?:cột )?[\[(]?[-–−]?(\d{1,3}(?:\.\d{1,2}){0,3}[a-z]?)[\])]?\.?$", re.I)
CODE_FORMULA = re.compile(
    r"^(?:cột )?[\[(]?\s*[\[(]?(?P<own>\d{1,3}|[A-Za-z])?[\])]?\s*"
    r"(?:=\s*[\d\s()\[\]+\-–−*x×/:;.,…%∑ΣA-Za-z]{1,60}|\((?=.*[+∑Σ…])[\d\s()+\-–−/:;.,…∑Σ]{3,60})$"
    r"|^\d{1,3}(?:\s*\+\s*\d{1,3}){1,8}$",
    re.I,
)
ROMAN = re.compile(r"^[\[(]?(?=[IVXLC])(X{0,3}(?:IX|IV|V?I{0,3})|L|C)[\])]?[.)]?$")
LETTER = re.compile(r"^[A-ZĐ][.)]?$")
ORDER_NUMBER = re.compile(r"^\(?\d{1,4}(\.\d{1,3}){0,4}[.)]?$")
LABELLED_SECTION = re.compile(
    r"^((?=[IVX])(?:X{0,3}(?:IX|IV|V?I{1,3}|V))|X{1,3}(?=\s*[.)]\s)|[A-G])\s*[.)\-–:]\s*\S"
    r"|^(?=[IVX])(?:X{0,3}(?:IX|IV|V?I{1,3}|V))\s+[A-ZĐÁÀẢÃẠÂĂÊÔƠƯÍÚÝ]"
)
NUMERAL = re.compile(
    r"^(?!\(\d\)$)[(\-–−+]?\s*\d[\d.,\s\u00a0]*\s*%?\s*\)?(\s*(\(\d\)|\*+|[¹²³]))?$|^[-–−]?[.,]\d+\s*%?$"
)
DASH = re.compile(r"^[-–—−…._]+$")
MARK = re.compile(r"^(x|đ|d|cđ|kđ|đạt|chưa đạt|không đạt|có|không|\+|v|✓|✔|√|ü|þ)$", re.IGNORECASE)
_DATE_END = re.compile(r"\b(năm|tháng|quý|ngày|đến|kỳ)$", re.IGNORECASE)
_UNIT_BRACKET = re.compile(r"\(([^()]*(?:đvt|đơn vị)[^()]*)\)\W*$", re.IGNORECASE)
_OTHER_LANGUAGE = re.compile(r"\s*[-–/(;]\s*unit\b", re.IGNORECASE)
_OPEN_END = re.compile(r"(,|-|–|/|\b(và|của|các|cho|theo))$", re.IGNORECASE)
STANDING = re.compile(
    r"^(so bo|uoc|uoc tinh|du kien|du bao|du toan|ke hoach|thuc hien|quyet toan|muc tieu|"
    r"prel|preliminary|est|estimate|plan)$"
)
"""What the year of a heading is, where it stands over the year in a row of its own."""
YEAR_NAMED = re.compile(r"^[^\d]{1,24}((?:19|20)\d\d)[^\d]{0,6}$|^((?:19|20)\d\d)[^\d.,]{1,6}$")
_SPACE = re.compile(r"\s+")
_TOKEN = re.compile(r"[a-z0-9]+|%")

_NUMBERS = frozenset((int, float))

LEAST_COLUMNS_OF_TEXT = 3
"""A table without a single number needs at least so many columns to be taken for one."""

LEAST_ROWS_OF_TEXT = 8
"""A list of two columns of words needs at least so many rows below its header."""

CODE_ROW_REACH = 14
"""How many rows below the first header row the row of column numbers is looked for."""


@lru_cache(maxsize=1 << 16)
def tokens(text: str) -> str:
    """Return the folded words of a text, one space between them, without punctuation.

    >>> tokens("Tổng số hộ (DTTS):")
    'tong so ho dtts'
    """
    return " ".join(_TOKEN.findall(fold(text)))


@lru_cache(maxsize=1 << 16)
def _read_text(raw: str, font: str | None, hint: Encoding | None) -> tuple[str, Decoded, str, str]:
    """Return text, how it was decoded, folded words and kind of a text cell."""
    decoded = decode(raw, font, hint)
    text = _SPACE.sub(" ", decoded.text).strip()
    if not text:
        return "", decoded, "", "blank"
    if NUMERAL.match(text):
        kind = "numeral"
    elif DASH.match(text):
        kind = "dash"
    elif MARK.match(text):
        kind = "mark"
    else:
        kind = "text"
    return text, decoded, tokens(text), kind


@dataclass(slots=True, eq=False)
class Seen:
    """A cell as it is read: decoded text, what kind of thing it is, and its folded words."""

    cell: Cell
    row: int
    column: int
    place: tuple[int, int]
    """Row and column."""
    kind: str
    """number, numeral (a number typed as text), text, mark, dash, date, bool, error, blank."""
    text: str
    folded: str
    decoded: Decoded | None = None

    @property
    def numeric(self) -> bool:
        """Whether the cell holds a number, typed or real."""
        return self.kind == "number" or self.kind == "numeral"


@dataclass(slots=True, eq=False)
class Column:
    """One column of a table: its header, joined from top to bottom."""

    index: int
    header: str
    path: tuple[str, ...]
    folded: str
    number_style: str | None = None

    @property
    def letter(self) -> str:
        """The column's letters on the sheet."""
        return column_letter(self.index)


@dataclass(slots=True, eq=False)
class TableBlock:
    """One table on a sheet. Rows and columns count from 1."""

    first_column: int
    last_column: int
    header_first: int
    header_last: int
    column_number_row: int | None = None
    body_rows: list[int] = field(default_factory=list)
    """Every row of the body with something in it: sections, items, totals."""
    total_rows: list[int] = field(default_factory=list)
    section_rows: list[int] = field(default_factory=list)
    repeated_header_rows: list[int] = field(default_factory=list)
    continuations: dict[int, int] = field(default_factory=dict)
    """Rows that finish the words or values of an earlier row."""
    footer_rows: list[int] = field(default_factory=list)
    title_rows: list[int] = field(default_factory=list)
    unit: str | None = None
    encoding: str = "unicode"
    columns: list[Column] = field(default_factory=list)
    order_column: int | None = None
    label_column: int | None = None
    title: str = ""
    sheet_title: str = ""
    """The words above the first table of the sheet, which are said once for all of them."""
    sheet_unit: str | None = None
    """The unit stated above the first table of the sheet, where this one states none."""

    @property
    def first_data_row(self) -> int | None:
        """First row of the body, a total or a section included."""
        return self.body_rows[0] if self.body_rows else None

    @property
    def last_data_row(self) -> int | None:
        """Last row of the body, a total or a section included."""
        return self.body_rows[-1] if self.body_rows else None

    def column(self, index: int) -> Column | None:
        """Return the column with a sheet index."""
        for column in self.columns:
            if column.index == index:
                return column
        return None


@dataclass(slots=True, eq=False)
class Page:
    """A sheet with its tables and, for every cell, its place in the page."""

    sheet: Sheet
    seen: list[Seen]
    at: dict[tuple[int, int], Seen]
    tables: list[TableBlock]
    roles: dict[tuple[int, int], tuple[str, int | None]]
    """Role and number of the table; ``body`` where the form has to say what a cell is."""
    rows: dict[int, list[Seen]]
    mended: list[Seen]
    """Cells whose text was decoded or could not be, in any way."""
    outside: list[str] = field(default_factory=list)
    """The text beside the grid (`Sheet.outside`), decoded."""


_column_of = attrgetter("column")


def see(cell: Cell, hint: Encoding | None = None) -> Seen:
    """Read one cell: decode text, fold its words, say what kind of thing it holds."""
    value, row, column = cell.value, cell.row, cell.column
    place = (row, column)
    if isinstance(value, str):
        text, decoded, folded, kind = _read_text(value, cell.font, hint)
        return Seen(cell, row, column, place, kind, text, folded, decoded)
    if value.__class__ in _NUMBERS:
        return Seen(cell, row, column, place, "number", "", "")
    if isinstance(value, bool):
        return Seen(cell, row, column, place, "bool", "", "")
    if isinstance(value, int | float):
        return Seen(cell, row, column, place, "number", "", "")
    if isinstance(value, ErrorValue):
        return Seen(cell, row, column, place, "error", value.code, "")
    return Seen(cell, row, column, place, "date", "", "")


def find_tables(sheet: Sheet) -> list[TableBlock]:
    """Return the tables of a sheet, from top to bottom and from left to right."""
    return read_page(sheet).tables


def read_page(sheet: Sheet) -> Page:
    """Find the tables of a sheet and give every cell its role on the page."""
    seen = [see(cell) for cell in sheet.cells]
    mended = [one for one in seen if one.decoded is not None and one.decoded.notes]
    hints: dict[str | None, Encoding] = {}
    if any(one.decoded.changed for one in mended if one.decoded is not None):
        # Something is in a legacy encoding: read again with what is known of the whole sheet.
        hints = encoding_hints(
            (cell.value, cell.font) for cell in sheet.cells if isinstance(cell.value, str)
        )
        seen = [see(cell, hints.get(cell.font)) for cell in sheet.cells]
        mended = [one for one in seen if one.decoded is not None and one.decoded.notes]
    rows: dict[int, list[Seen]] = {}
    for one in seen:
        if one.kind != "blank":
            rows.setdefault(one.row, []).append(one)
    at = {one.place: one for one in seen}
    for cells in rows.values():
        cells.sort(key=_column_of)
    spans = {
        (top, left): (bottom, right)
        for top, left, bottom, right in sheet.merged
        if (bottom > top or right > left) and (top, left) in at
    }
    # The scan takes away what stands beside a table; the page keeps it.
    scan = _Scan(dict(rows), at, spans, sheet.starts)
    tables = scan.tables()
    tables.sort(key=lambda block: (block.header_first, block.first_column))
    outside = [decode(text, None, hints.get(None)).text for text in sheet.outside]
    roles = _roles(rows, at, tables, outside)
    page = Page(sheet, seen, at, tables, roles, rows, mended, outside)
    if mended:
        for block in tables:
            block.encoding = _encoding(page, block)
    return page


def order_token(one: Seen) -> str | None:
    """Return what an order number is: ``arabic``, ``roman``, ``letter`` or None."""
    if one.kind == "number":
        value = float(one.cell.value)  # type: ignore[arg-type]
        return "arabic" if 0 <= value < 100_000 else None
    if one.kind in ("text", "numeral", "mark"):
        if ORDER_NUMBER.match(one.text):
            return "arabic"
        if ROMAN.match(one.text):
            return "roman"
        if LETTER.match(one.text):
            return "letter"
    return None


def _code(one: Seen) -> tuple[str, float] | None:
    """Return a column code: ('letter', 1), ('number', 4), or None for another thing."""
    value = one.cell.value
    if one.kind == "number":
        number = abs(_as_float(one))
        if 0 < number <= 300 and number.is_integer():
            return ("formula" if float(value) < 0 else "number", number)  # type: ignore[arg-type]
        return None
    if one.kind not in ("text", "numeral", "mark"):
        return None
    text = one.text
    match = CODE_LETTER.match(text)
    if match:
        return "letter", float(ord(match[1].upper()) - 64)
    match = CODE_NUMBER.match(text)
    if match:
        marked = text[0] in "([-–−"
        return "formula" if marked else "number", float(re.match(r"\d+", match[1])[0])  # type: ignore[index]
    match = CODE_FORMULA.match(text)
    if match:
        own = match["own"]
        if own and own.isalpha():
            return "letter", float(ord(own.upper()) - 64)
        if not any(letter.isdigit() for letter in text):
            return None
        return "formula", float(own) if own and own.isdigit() else 0.0
    return None


def is_column_numbers(cells: list[Seen]) -> bool:
    """Whether a row holds column numbers: ``A B 1 2 3=1+2``, ``(1) (2)``, −1 −2 for (1) (2)."""
    if len(cells) < 3:
        return False
    last_number = 0.0
    last_letter = 0.0
    steps = good = numbers = 0
    sure = False
    for one in cells:
        code = _code(one)
        if code is None:
            if one.kind == "dash" and sure and numbers and one.text[0] in ".…":
                # Columns still to be named: (5) (6) ….
                continue
            return False
        kind, value = code
        if kind == "letter":
            if numbers and value <= last_letter:
                return False
            if value < last_letter or value > 30 or (not last_letter and value > 2):
                return False
            last_letter = value
            sure = True
            continue
        if kind == "formula":
            sure = True
        numbers += 1
        if value == 0.0:
            last_number += 1
            continue
        if value < last_number or (
            value == last_number and not any(letter.isalpha() for letter in one.text)
        ):
            return False
        if numbers == 1 and value > 3:
            return False
        if numbers > 1:
            steps += 1
            good += value - last_number <= 1
        last_number = value
    if not numbers:
        return last_letter == len(cells) > 3
    if numbers == 1 and last_letter == 2 and last_number == 1:
        # A B 1, of a table with one column of values.
        return True
    if numbers < 2 or (steps and good / steps < 0.6):
        return False
    return sure or (numbers >= 4 and good == steps)


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
            return match["of"].strip(" .;)(\n\t")
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


def _states_unit(one: Seen) -> bool:
    """Whether a cell is a unit line in so many words; a bare unit may be part of a heading."""
    return (
        one.kind == "text"
        and UNIT_MARK.search(one.text) is not None
        and (parse_unit(one.text) is not None)
    )


def is_total(one: Seen) -> bool:
    """Whether a label is that of a total row."""
    return TOTAL.match(one.folded) is not None and (
        one.text.isascii() or TOTAL_SPELLED.search(one.text) is not None
    )


def _starts_title(one: Seen) -> bool:
    return TITLE_START.match(one.folded) is not None and (
        one.text.isascii() or TITLE_SPELLED.match(one.text) is not None
    )


def is_note(cells: list[Seen]) -> bool:
    """Whether a row starts a note."""
    first = cells[0]
    return bool(NOTE.match(first.folded)) or (
        first.kind == "text" and bool(NOTE_MARK.match(first.text)) and len(first.text) > 12
    )


def is_signature(cells: list[Seen]) -> bool:
    """Whether a row belongs to place, date and signatures."""
    for one in cells:
        if one.kind == "text" and (
            SIGNATURE.match(one.folded)
            or (
                DATE_LINE.search(one.folded) and len(one.text) < 90 and "tinh den" not in one.folded
            )
            or SHORT_DATE_LINE.match(one.text)
        ):
            return True
    return False


def _is_footer(cells: list[Seen]) -> bool:
    if any(one.kind in ("number", "numeral", "date") for one in cells[1:]):
        return False
    if len(cells) > 6:
        return False
    if is_note(cells):
        return True
    if len(cells) >= 3 and cells[-1].column - cells[0].column == len(cells) - 1:
        # A list of who holds which office names one in a row; signatures stand beside another.
        return sum(is_signature([one]) for one in cells) * 2 >= len(cells)
    return is_signature(cells)


@dataclass(slots=True, eq=False)
class _Header:
    first: int
    last: int
    code_row: int | None
    first_column: int
    last_column: int


class _Scan:
    """One pass over a sheet, or over the columns of a sheet that another pass left aside."""

    def __init__(
        self,
        rows: dict[int, list[Seen]],
        at: dict[tuple[int, int], Seen],
        spans: dict[tuple[int, int], tuple[int, int]],
        starts: set[int],
    ) -> None:
        self.rows = rows
        self.starts = starts
        self.order = sorted(rows)
        self.at = at
        self.spans = spans
        self._code_rows: dict[int, bool] = {}
        # Cells that a merged range covers downwards: they belong to the row of its first cell.
        self.covered: dict[tuple[int, int], tuple[int, int]] = {}
        for (top, left), (bottom, right) in spans.items():
            if (bottom - top) * (right - left) > 100_000:
                continue
            for row in range(top, min(bottom, top + 40) + 1):
                for column in range(left, min(right, left + 400) + 1):
                    if (row, column) != (top, left):
                        self.covered[row, column] = (top, left)

    def code_row(self, row: int) -> bool:
        """Whether a row holds column numbers."""
        known = self._code_rows.get(row)
        if known is None:
            known = self._code_rows[row] = is_column_numbers(self.rows[row])
        return known

    def tables(self) -> list[TableBlock]:
        """Find the tables of these rows, and of what stands beside them."""
        found: list[TableBlock] = []
        position = 0
        while position < len(self.order):
            header = self._next_header(position)
            if header is None:
                break
            right = self._beside(header)
            block = self._block(header, right)
            end = (
                block.body_rows[-1]
                if block.body_rows
                else max(block.header_last, block.column_number_row or 0)
            )
            if right is not None:
                found.extend(self._aside(header, right))
            if block.body_rows or self._empty_form(header):
                found.append(block)
            position = self._index_after(end)
        return found

    def _empty_form(self, header: _Header) -> bool:
        """Whether a header without a body is that of a form still to be filled in."""
        if header.code_row is not None:
            return True
        first = [self.at.get((row, header.first_column)) for row in (header.first, header.last)]
        return header.last_column - header.first_column >= 3 and any(
            one is not None and one.folded in ORDER_WORDS for one in first
        )

    def _index_after(self, row: int) -> int:
        return bisect_right(self.order, row)

    # --- headers -------------------------------------------------------------------------------

    def _next_header(self, position: int) -> _Header | None:
        order = self.order
        index = position
        while index < len(order):
            row = order[index]
            cells = self.rows[row]
            if self.code_row(row) and index > position:
                header = self._header_above(index, position)
                if header is not None:
                    return header
            elif self._starts_order(cells) or self._wide_header(index):
                header = self._header_from(index, position)
                if header is not None:
                    return header
            index += 1
        return None

    def _starts_order(self, cells: list[Seen]) -> bool:
        return cells[0].folded in ORDER_WORDS and cells[0].kind == "text" and len(cells) >= 2

    def _header_cell(self, one: Seen) -> bool:
        return one.kind in ("text", "mark") or one.folded == "%"

    def _wide_header(self, index: int) -> bool:
        """Whether a row without an order column looks like the header of what follows it."""
        order, rows = self.order, self.rows
        cells = rows[order[index]]
        years = _years(cells, 2, words=True)
        if len(cells) < 2 or not (years or all(self._header_cell(one) for one in cells)):
            return False
        if len(cells) == 2 and any(
            one.kind == "mark" or _states_unit(one) or _starts_title(one) for one in cells
        ):
            return False
        if any(len(one.text) > 250 for one in cells) or _is_footer(cells):
            return False
        if any(LETTERHEAD.search(one.folded) for one in cells):
            return False
        if len(cells) < 4 and any(
            one.text.endswith(":") and one.place not in self.spans for one in cells
        ):
            return False
        columns = self._columns_of(order[index], order[index])
        below = [row for row in order[index + 1 : index + 6] if row - order[index] <= 8]
        if not below or below[0] - order[index] > 2:
            return False
        if len({one.folded or one.cell.value for one in cells}) < len(cells) * 0.5:
            return False
        numeric = like = 0
        least = max(2, len(cells) // (2 if len(cells) < 8 else 3))
        for row in below:
            if row - order[index] > 1 and _is_footer(rows[row]):
                break
            inside = [one for one in rows[row] if one.column in columns]
            like += len(inside) >= least and len(rows[row]) <= len(columns) + 2
            numeric += sum(one.kind in ("number", "numeral", "date", "dash") for one in inside)
        if len(cells) == 2 and not years:
            near = cells[1].column - cells[0].column <= 3
            return near and like >= 2 and (numeric >= 2 or self._two_columns(index))
        if years:
            # A line of years over columns of numbers; the names stand left of it.
            data = below[:1] if _years(cells) else below
            held = [
                self.at[row, one.column]
                for one in cells
                if _year(one) is not None
                for row in below
                if (row, one.column) in self.at
            ]
            if sum(_year(one) is not None for one in held) * 2 > len(held):
                return False
            return like >= 1 and numeric >= 2 and not any(_years(rows[row], 2) for row in data)
        dense = len(columns) >= 0.5 * (max(columns) - min(columns) + 1)
        merged_right = any(
            self.spans.get((order[index], one.column), (0, one.column))[1] > one.column
            for one in cells
        )
        return dense and (
            (like >= 1 and numeric >= 1)
            or (like >= 2 and len(cells) >= LEAST_COLUMNS_OF_TEXT)
            or (merged_right and like >= 1)
            or (len(cells) >= LEAST_COLUMNS_OF_TEXT and self._heads_numbers(index, min(columns)))
        )

    def _two_columns(self, index: int) -> bool:
        """Whether a sheet is a list of two columns of words from this row on."""
        following = self.order[index : index + 1 + LEAST_ROWS_OF_TEXT]
        columns = [one.column for one in self.rows[self.order[index]]]
        return (
            len(following) > LEAST_ROWS_OF_TEXT
            and columns[1] == columns[0] + 1
            and following[-1] - following[0] == LEAST_ROWS_OF_TEXT
            and all(
                [one.column for one in self.rows[row]] == columns
                and not any(one.text.endswith(":") for one in self.rows[row])
                for row in following
            )
        )

    def _heads_numbers(self, index: int, left: int) -> bool:
        """Whether rows of heading words alone lead from a row down to a row of numbers."""
        order, rows = self.order, self.rows
        previous = order[index]
        for row in order[index + 1 : index + CODE_ROW_REACH]:
            cells = rows[row]
            if row - previous > 2 or _is_footer(cells):
                return False
            if any(LETTERHEAD.search(one.folded) or _states_unit(one) for one in cells):
                return False
            if any(one.numeric for one in cells) and not (self._counts_up(cells) or _years(cells)):
                label = next((one for one in cells if one.kind == "text"), None)
                return (
                    sum(one.numeric for one in cells) >= 2
                    and label is not None
                    and label.column <= left + 1
                )
            if any(one.kind in ("date", "error", "dash") for one in cells):
                return False
            if cells[0].column <= left and not cells[0].text[:1].islower():
                return False
            previous = row
        return False

    def _columns_of(self, first: int, last: int) -> set[int]:
        columns: set[int] = set()
        for row in range(first, last + 1):
            for one in self.rows.get(row, ()):
                columns.add(one.column)
                span = self.spans.get(one.place) if self.spans else None
                if span is not None:
                    columns.update(range(one.column, min(span[1], one.column + 400) + 1))
        return columns

    def _titleish(self, row: int) -> bool:
        cells = self.rows[row]
        if len(cells) == 1:
            return True
        if any(LETTERHEAD.search(one.folded) for one in cells):
            return True
        texts = [one for one in cells if one.kind == "text"]
        if len(cells) == 2 and (
            any(_states_unit(one) for one in texts)
            or any(_starts_title(one) for one in texts)
            or cells[1].column - cells[0].column > 3
        ):
            return True
        return _is_footer(cells) or len(texts) < len(cells) * 0.5

    def _header_above(self, index: int, position: int) -> _Header | None:
        """Walk up from a row of column numbers to the top of its header."""
        order = self.order
        code_row = order[index]
        top: int | None = None
        cursor = index - 1
        anchored = False
        while cursor >= position and order[cursor + 1] - order[cursor] <= 7:
            row = order[cursor]
            cells = self.rows[row]
            if self.code_row(row) and len(cells) > 3 and cells[0].column <= 2:
                break
            start = cells[0].folded in ORDER_WORDS
            if any(one.kind in ("date", "error") for one in cells):
                break
            if any(one.kind == "number" for one in cells) and not (
                self._counts_up(cells) or _years(cells)
            ):
                break
            if anchored and self._titleish(row):
                break
            if not anchored and (
                is_signature(cells) or any(LETTERHEAD.search(one.folded) for one in cells)
            ):
                break
            if len(cells) == 1 and _states_unit(cells[0]):
                if top is not None:
                    break
                cursor -= 1
                continue
            if order[cursor + 1] - row > 1 and not self._merged_over(row, order[cursor + 1]):
                break
            top = row
            anchored = anchored or start or len(cells) >= 3
            cursor -= 1
        if top is None or not anchored:
            return None
        return self._finish_header(top, code_row - 1, code_row)

    def _counts_up(self, cells: list[Seen]) -> bool:
        """Whether the numbers of a row run 1, 2, 3 …: numbered headings, not data."""
        values = [
            abs(_as_float(one)) if one.kind == "number" else float(one.text.strip("()."))
            for one in cells
            if one.kind == "number" or (one.kind == "numeral" and one.text.strip("().").isdecimal())
        ]
        numerals = sum(one.numeric for one in cells)
        return (
            len(values) >= 3
            and numerals == len(values)
            and all(abs(right) - abs(left) == 1 for left, right in itertools.pairwise(values))
        )

    def _merged_over(self, row: int, next_row: int) -> bool:
        return any(
            self.spans.get((row, one.column), (row, 0))[0] >= next_row - 1 for one in self.rows[row]
        )

    def _header_from(self, index: int, position: int) -> _Header | None:
        """Find the end of a header that starts at a row, and what stands above that row."""
        order, rows = self.order, self.rows
        first = order[index]
        cells = rows[first]
        # A banner over part of the columns, above the row of the order word.
        top = index
        started = self._starts_order(cells)
        while top > position and order[top] - order[top - 1] == 1:
            above = rows[order[top - 1]]
            banner = (
                started
                and len(above) >= 2
                and not self._titleish(order[top - 1])
                and all(self._header_cell(one) for one in above)
                and above[0].column >= cells[0].column
            )
            if not banner and not self._words_over(order[top - 1], order[index]):
                break
            top -= 1
        first = order[top]
        for ahead in range(index + 1, min(index + CODE_ROW_REACH, len(order))):
            row = order[ahead]
            if self.code_row(row) and self._covers(row, first):
                return self._finish_header(first, row - 1, row)
            if row - order[ahead - 1] > 3 and not self._merged_over(order[ahead - 1], row):
                break
            if any(one.numeric or one.kind in ("date", "error") for one in rows[row]) and not (
                self._counts_up(rows[row]) or _years(rows[row])
            ):
                break
        last = self._header_end(top, index)
        code_row = None
        following = self._index_after(last)
        if following < len(order) and self.code_row(order[following]):
            code_row = order[following]
        return self._finish_header(first, last, code_row)

    def _words_over(self, row: int, header_row: int) -> bool:
        """Whether a row holds only first words of headings that go on below: Sơ bộ over 2019."""
        columns = self._columns_of(header_row, header_row)
        left = min(columns)
        if _years(self.rows[row], 2):
            years = {one.column for one in self.rows[row]}
            return years < columns and not _years(self.rows[header_row], 2)
        for one in self.rows[row]:
            right = self.spans.get(one.place, one.place)[1]
            if (
                one.kind != "text"
                or len(one.text) > 40
                or one.column not in columns
                or (one.column == left and right == left)
                or right > max(columns)
                or one.text.endswith(":")
                or parse_unit(one.text) is not None
                or LETTERHEAD.search(one.folded)
                or _starts_title(one)
                or CONTINUED.match(one.folded)
                or not (right > one.column or STANDING.match(one.folded))
            ):
                return False
        return not is_signature(self.rows[row])

    def _covers(self, row: int, first: int) -> bool:
        """Whether a row of codes spans the table, and is not a line of numbered headings."""
        codes = [one.column for one in self.rows[row]]
        columns = self._columns_of(first, row - 1)
        if not columns:
            return True
        if _code(self.rows[row][0]) == ("letter", 1.0):
            return True
        numbered = len(codes) >= 0.9 * len([c for c in columns if c >= codes[0]])
        left = [column for column in columns if column < codes[0]]
        return numbered and (
            not left or (len(left) <= 2 and not self._numbered_headings(row, first))
        )

    def _numbered_headings(self, row: int, first: int) -> bool:
        """Whether numbers stand under a heading that spans them: criteria 1 to 19, not codes."""
        codes = [one.column for one in self.rows[row]]
        headed: set[int] = set()
        for above in range(row - 1, first - 1, -1):
            for one in self.rows.get(above, ()):
                headed.add(one.column)
                right = self.spans.get((above, one.column), (above, one.column))[1]
                if one.column <= codes[0] and right >= codes[-1] - 1 and right > one.column:
                    return True
        # Without merges: most of the numbered columns have no words of their own above.
        return sum(column in headed for column in codes) < 0.5 * len(codes)

    def _header_end(self, top: int, index: int) -> int:
        order, rows, spans = self.order, self.rows, self.spans
        first = order[top]
        last = order[index]
        columns = self._columns_of(first, last)
        left = min(columns)
        order_column = left if rows[order[index]][0].folded in ORDER_WORDS else None
        unheaded = self._names_left_of(index, left) if order_column is None else None
        label_column = unheaded or (left if order_column is None else order_column + 1)
        for row in range(first, last + 1):
            for one in rows.get(row, ()):
                bottom = spans.get((row, one.column), (row, 0))[0]
                if bottom - row <= 12:
                    last = max(last, bottom)
        cursor = self._index_after(last)
        while cursor < len(order):
            row = order[cursor]
            if row - last > 1 or row - first > 12:
                break
            inside = [one for one in rows[row] if left <= one.column <= max(columns) + 1]
            if not inside or (self.code_row(row) and self._covers(row, first)):
                break
            if unheaded is not None and (
                rows[row][0].column < left
                or (len(inside) == 1 and parse_unit(inside[0].text) is not None)
            ):
                break
            if any(one.kind in ("date", "error", "dash", "bool") for one in inside):
                break
            if self._over_many(inside, last):
                break
            marks = sum(one.kind == "mark" for one in inside)
            if any(one.numeric for one in inside) and not (
                self._counts_up(inside)
                or _years(inside)
                or (inside[0].column > label_column and _heading_years(inside, rows[row]))
            ):
                break
            start = inside[0].column
            if row == last + 1 and self._said_again(inside, last, cursor):
                last = row
                cursor += 1
                continue
            under_merge = self._has_open_parents(first, last, row)
            if order_column is not None and start == order_column and not under_merge:
                break
            if start <= label_column:
                text = inside[0].text
                piece = (
                    len(inside) <= 3 and text[:1].islower() and not self._small_names(cursor, start)
                )
                if not piece or order_token(inside[0]) or marks:
                    break
            elif marks > 1 and not under_merge:
                break
            elif len(inside) == 1 and not under_merge and inside[0].column > label_column + 1:
                # One lone word under a header without merges continues it only as a fragment.
                pass
            columns |= self._columns_of(row, row)
            last = row
            for one in inside:
                bottom = spans.get((row, one.column), (row, 0))[0]
                if bottom - row <= 12:
                    last = max(last, bottom)
            cursor = self._index_after(last)
        return last

    def _over_many(self, cells: list[Seen], above: int) -> bool:
        """Whether a row of words is set over columns that each have a heading of their own."""
        heads = self.rows.get(above, [])
        for one in cells:
            right = self.spans.get(one.place, (0, one.column))[1]
            if right > one.column and sum(one.column <= h.column <= right for h in heads) > 1:
                return True
        return len(cells) == 1 and cells[0].kind == "text" and _years(heads)

    def _said_again(self, cells: list[Seen], above: int, cursor: int) -> bool:
        """Whether a row of words says each heading again: in English, in brackets, as a code."""
        heads = self.rows.get(above, [])
        if len(cells) < 3 or [one.column for one in heads] != [one.column for one in cells]:
            return False
        if not all(one.kind == "text" for one in (*heads, *cells)):
            return False
        if cells[0].folded in ORDER_WORDS:
            return heads[0].folded in ORDER_WORDS
        ascii_heads = all(one.text.isascii() for one in heads)
        ascii_cells = all(one.text.isascii() for one in cells)
        brackets = all(one.text[0] == "(" and one.text[-1] == ")" for one in cells)
        if not brackets and ascii_heads == ascii_cells:
            return False
        # Numbers stand in these columns below, in more rows than one.
        below = self.order[cursor + 1 : cursor + 4]
        counted = sum(
            sum(
                one.numeric for row in below if (one := self.at.get((row, head.column))) is not None
            )
            >= min(2, len(below))
            for head in cells
        )
        return counted >= 2 and counted * 2 >= len(cells)

    def _small_names(self, cursor: int, column: int) -> bool:
        """Whether rows of names in small letters follow, not the second line of a heading."""
        if cursor + 1 >= len(self.order):
            return True
        row, below = self.order[cursor : cursor + 2]
        one = self.at.get((below, column))
        return (
            one is not None
            and one.kind == "text"
            and one.text[:1].islower()
            and len(self.rows[below]) >= len(self.rows[row])
            and not any(other.numeric for other in self.rows[below])
        )

    def _names_left_of(self, index: int, left: int) -> int | None:
        """Return the column of names at the left of a header that has no heading for them."""
        if left == 1:
            return None
        for row in self.order[index + 1 : index + 10]:
            cells = self.rows[row]
            if cells[0].column < left:
                if len(cells) == 1:
                    continue
                named = cells[0].kind in ("text", "numeral", "number")
                near = left - cells[0].column <= 3
                values = any(one.numeric or one.kind == "dash" for one in cells[1:])
                return cells[0].column if named and near and values else None
        return None

    def _has_open_parents(self, first: int, last: int, row: int) -> bool:
        """Whether a heading merged across columns stands just above a row without its leaves."""
        for one in self.rows.get(last, ()):
            right = self.spans.get((last, one.column), (last, one.column))[1]
            if right > one.column and any(
                one.column <= below.column <= right for below in self.rows[row]
            ):
                return True
        return False

    def _finish_header(self, first: int, last: int, code_row: int | None) -> _Header | None:
        columns = self._columns_of(first, last)
        if not columns:
            return None
        if code_row is not None:
            columns |= {one.column for one in self.rows[code_row]}
            # Blank rows between header and codes are no header unless a merge covers them.
            words = [row for row in range(first, last + 1) if row in self.rows]
            bottom = max(words)
            for row in words:
                for one in self.rows[row]:
                    bottom = max(bottom, self.spans.get((row, one.column), (row, 0))[0])
            last = min(last, bottom)
        return _Header(first, last, code_row, min(columns), max(columns))

    # --- tables beside one another -------------------------------------------------------------

    def _beside(self, header: _Header) -> int | None:
        """Return the first column of another table beside this one, and narrow the header."""
        columns = self._columns_of(header.first, header.last)
        if header.code_row is not None:
            columns |= {one.column for one in self.rows[header.code_row]}
        starts = sorted(
            {
                one.column
                for row in range(header.first, header.last + 1)
                for one in self.rows.get(row, ())
                if one.folded in ORDER_WORDS and one.kind == "text"
            }
        )
        for start in starts:
            if start > header.first_column + 1:
                self._narrow(header, columns, start)
                return start
        run = sorted(columns)
        for left, right in itertools.pairwise(run):
            if right - left < 2:
                continue
            gap = range(left + 1, right)
            below = self.order[self._index_after(header.last) :][:30]
            if any((row, column) in self.at for row in below for column in gap):
                continue
            group = [column for column in run if column >= right]
            if len(group) < 2:
                continue
            labels = numbers = 0
            for row in below:
                one = self.at.get((row, right))
                if one is None:
                    continue
                labels += one.kind == "text"
                numbers += one.numeric
            if labels > numbers:
                self._narrow(header, columns, right)
                return right
        return None

    def _narrow(self, header: _Header, columns: set[int], start: int) -> None:
        header.last_column = max(column for column in columns if column < start)

    def _aside(self, header: _Header, start: int) -> list[TableBlock]:
        """Scan the columns from ``start`` on as a sheet of their own."""
        rows: dict[int, list[Seen]] = {}
        for row in self.order:
            if row < header.first:
                continue
            if row > (header.code_row or header.last) and self._starts_order(self.rows[row]):
                across = [one.column for one in self.rows[row]]
                # A later header that runs across both tables belongs to neither side.
                if (
                    across[0] < start
                    and start in self._columns_of(row, row)
                    and not any(one.folded in ORDER_WORDS for one in self.rows[row][1:])
                ):
                    break
            aside = [one for one in self.rows[row] if one.column >= start]
            if aside:
                rows[row] = aside
        found = _Scan(rows, self.at, self.spans, self.starts).tables()
        for block in found:
            for row in range(block.header_first, (block.last_data_row or block.header_last) + 1):
                if row in self.rows:
                    kept = [one for one in self.rows[row] if one.column < start]
                    self.rows[row] = kept
        self.order = [row for row in self.order if self.rows[row]]
        self._code_rows.clear()
        return found

    # --- bodies --------------------------------------------------------------------------------

    def _block(self, header: _Header, right: int | None) -> TableBlock:
        block = TableBlock(
            header.first_column,
            header.last_column,
            header.first,
            header.last,
            header.code_row,
        )
        start = self._index_after(header.code_row or header.last)
        self._widen_left(block, start)
        candidates = self._body(block, start)
        self._widen(block, candidates, right)
        block.columns = self._columns(block)
        self._label_columns(block, candidates)
        self._classify(block, candidates)
        return block

    def _inside(self, block: TableBlock, row: int) -> list[Seen]:
        """Return the cells of a row that stand in the table's columns."""
        cells = self.rows[row]
        first, last = block.first_column, block.last_column
        if cells and cells[0].column >= first and cells[-1].column <= last:
            return cells
        return [one for one in cells if first <= one.column <= last]

    def _matches_header(self, block: TableBlock, row: int) -> int | None:
        """Return the header row that a row repeats, word for word."""
        inside = self._inside(block, row)
        cells = [one for one in inside if one.kind == "text"]
        if len(cells) < 2:
            if len(inside) < 3 or not _years(inside):
                return None
            cells = inside
        if not self._same_subject(block, cells[0]):
            return None
        for header_row in range(block.header_first, block.header_last + 1):
            same = sum(
                1
                for one in cells
                if (twin := self.at.get((header_row, one.column))) is not None
                and twin.folded == one.folded
                and (one.folded or header_text(twin) == header_text(one))
            )
            if same >= 2 and same >= 0.6 * len(cells):
                return header_row
        return None

    def _same_subject(self, block: TableBlock, first: Seen) -> bool:
        """Whether a row may repeat a header: what it says of the first column is the same."""
        if first.column != block.first_column or first.kind != "text":
            return True
        return first.folded in ORDER_WORDS or any(
            (twin := self.at.get((row, first.column))) is not None and twin.folded == first.folded
            for row in range(block.header_first, block.header_last + 1)
        )

    def _body(self, block: TableBlock, start: int) -> list[int]:
        """Return the rows of the body, before they are told apart."""
        order, rows = self.order, self.rows
        found: list[int] = []
        previous = block.column_number_row or block.header_last
        index = start
        pending: list[int] = []
        while index < len(order):
            row = order[index]
            inside = self._inside(block, row)
            if not inside:
                index += 1
                continue
            gap = row - previous - 1
            if gap and found:
                gap -= sum(
                    1 for between in range(previous + 1, row) if self._covered_row(block, between)
                )
            if self.code_row(row):
                if block.repeated_header_rows or block.column_number_row is not None:
                    twin = block.column_number_row
                    same = twin is not None and [one.column for one in rows[twin]] == [
                        one.column for one in rows[row]
                    ]
                    if same and found:
                        block.repeated_header_rows.append(row)
                        previous = row
                        index += 1
                        continue
                if found:
                    break
            if self._matches_header(block, row) is not None:
                if not found and row <= block.header_last + 1:
                    index += 1
                    previous = row
                    continue
                block.repeated_header_rows.append(row)
                # The rows of the repeated header that follow, down to a row with an order number.
                height = block.header_last - block.header_first
                while index + 1 < len(order) and order[index + 1] - row <= height:
                    following = self._inside(block, order[index + 1])
                    if following and (
                        (any(one.numeric for one in following) and not self._counts_up(following))
                        or not self._repeats_words(block, following)
                    ):
                        break
                    index += 1
                    if following:
                        block.repeated_header_rows.append(order[index])
                previous = order[index]
                pending.clear()
                index += 1
                continue
            if self._starts_order(inside):
                break
            if _is_footer(inside) and not self._has_values(block, inside):
                # A page break may put a signature-like line between two parts of one table.
                if not self._continues(block, index):
                    break
                pending.append(row)
                previous = row
                index += 1
                continue
            if found and len(inside) <= 2 and (gap >= 1 or CONTINUED_MARK.search(inside[-1].text)):
                part = self._next_part(block, index, found[0])
                if part == 0:
                    break
                if part is not None:
                    pending.extend(order[index:part])
                    previous = order[part - 1]
                    index = part
                    continue
            if found and gap >= 1 and len(inside) <= 2 and inside[0].numeric:
                if len(inside) == 1:
                    # The number of a page stands alone.
                    after = order[index + 1] if index + 1 < len(order) else row + 2
                    if after - row > 1 and inside[0].column > block.first_column:
                        pending.append(row)
                        index += 1
                        continue
                elif inside[1].kind == "text" and self._titles_ahead(block, index):
                    break
            narrow = len(inside) <= 2 and not any(
                one.numeric or one.kind in ("dash", "date", "error") for one in inside
            )
            if narrow and any(_starts_title(one) or CONTINUED.match(one.folded) for one in inside):
                if not self._continues(block, index):
                    break
                pending.append(row)
                previous = row
                index += 1
                continue
            if found and narrow and (gap >= 1 or self._unit_line(inside)):
                token = order_token(inside[0])
                total = any(is_total(one) for one in inside)
                if token is None and not total and not self._tabular_after(block, index, gap):
                    break
            if found and gap >= 1 and not narrow and _years(inside):
                break
            if found and row in self.starts and self._wide_header(index):
                break
            if (
                found
                and len(inside) >= 3
                and self._heads_anew(inside, found)
                and (gap >= 1 or self._is_total_row(block, found[-1]))
                and self._wide_header(index)
            ):
                break
            if found and gap >= 2 and self._wide_header(index) and not narrow:
                break
            if found and gap >= 4 and not any(one.numeric for one in inside):
                break
            found.append(row)
            previous = row
            index += 1
        return found

    def _is_total_row(self, block: TableBlock, row: int) -> bool:
        return any(is_total(one) for one in self._inside(block, row)[:2])

    def _heads_anew(self, cells: list[Seen], found: list[int]) -> bool:
        """Whether a row of words stands in columns that have held numbers so far."""
        if not all(one.kind == "text" for one in cells):
            return False
        over = 0
        for one in cells[1:]:
            held = [self.at[row, one.column] for row in found[-6:] if (row, one.column) in self.at]
            over += bool(held) and sum(other.numeric for other in held) * 2 > len(held)
        return over >= 2

    def _unit_line(self, cells: list[Seen]) -> bool:
        return len(cells) == 1 and parse_unit(cells[0].text) is not None and ":" in cells[0].text

    def _covered_row(self, block: TableBlock, row: int) -> bool:
        return any(
            (row, column) in self.covered
            for column in range(block.first_column, block.last_column + 1)
        )

    def _repeats_words(self, block: TableBlock, cells: list[Seen]) -> bool:
        words = {
            one.folded
            for row in range(block.header_first, block.header_last + 1)
            for one in self.rows.get(row, ())
            if one.folded
        }
        texts = [one for one in cells if one.folded]
        return bool(texts) and sum(one.folded in words for one in texts) >= 0.5 * len(texts)

    def _has_values(self, block: TableBlock, cells: list[Seen]) -> bool:
        return any(one.numeric or one.kind in ("dash", "error") for one in cells)

    def _continues(self, block: TableBlock, index: int) -> bool:
        """Whether the same header comes back within a page's head below this row."""
        for ahead in range(index + 1, min(index + 16, len(self.order))):
            if self._matches_header(block, self.order[ahead]) is not None:
                between = [
                    one for row in self.order[index:ahead] for one in self._inside(block, row)
                ]
                return any(CONTINUED.match(one.folded) for one in between) or not any(
                    _starts_title(one) for one in between
                )
        return False

    def _titles_ahead(self, block: TableBlock, index: int) -> bool:
        """Whether a number and words begin the title of another table, not an item."""
        heads = range(block.header_first, block.header_last + 1)
        first = [self.at.get((row, block.first_column)) for row in heads]
        if any(one is not None and one.folded in ORDER_WORDS for one in first):
            return False
        for ahead in range(index + 1, min(index + 7, len(self.order))):
            inside = self._inside(block, self.order[ahead])
            if self._wide_header(ahead):
                return True
            if len(inside) > 2 or any(one.numeric for one in inside):
                return False
        return False

    def _next_part(self, block: TableBlock, index: int, first: int) -> int | None:
        """Return where the same header comes back below a page's head; 0 where it starts a table.

        None where it does not come back, or where the lines above it do not say which it is.
        """
        continued = titled = False
        for ahead in range(index, min(index + 8, len(self.order))):
            row = self.order[ahead]
            inside = self._inside(block, row)
            if ahead > index and self._matches_header(block, row) is not None:
                if continued:
                    return ahead
                return 0 if titled or self._starts_again(block, ahead, first) else None
            if len(inside) > 2 or not inside or inside[-1].kind != "text":
                return None
            continued |= any(
                CONTINUED_MARK.search(one.text) or CONTINUED.match(one.folded) for one in inside
            )
            titled |= any(_starts_title(one) for one in inside)
        return None

    def _starts_again(self, block: TableBlock, index: int, first: int) -> bool:
        """Whether the body below a repeated header names what the first body row names."""
        words = [one.folded for one in self._inside(block, first) if one.kind == "text"]
        for row in self.order[index + 1 : index + 1 + 12]:
            inside = self._inside(block, row)
            if any(one.numeric or one.kind == "dash" for one in inside[1:]) and not (
                self.code_row(row) or _years(inside)
            ):
                return bool(words) and words == [one.folded for one in inside if one.kind == "text"]
        return False

    def _tabular_after(self, block: TableBlock, index: int, gap: int) -> bool:
        """Whether ordinary rows go on below a lone line of text."""
        for ahead in range(index + 1, min(index + 3, len(self.order))):
            row = self.order[ahead]
            if row - self.order[index] > 2 or self._starts_order(self.rows[row]):
                return False
            inside = self._inside(block, row)
            if len(inside) >= 3 and any(one.numeric for one in inside):
                return not _years(inside)
        return False

    def _widen_left(self, block: TableBlock, start: int) -> None:
        """Take in a column of names at the left that has no heading of its own."""
        below = self.order[start : start + 12]
        if block.first_column == 1 or not below:
            return
        heading = range(block.header_first, block.header_last + 1)
        column = block.first_column - 1
        if self._counts_items(block, below, column):
            if not any((row, column) in self.at for row in heading):
                block.first_column = column
            return
        held = [self.at[row, block.first_column].kind for row in below if self._held(row, block)]
        if held.count("text") >= max(1.0, 0.5 * len(held)):
            return
        least = 0.5
        for left in range(column, max(0, column - 3), -1):
            if any((row, left) in self.at for row in heading):
                return
            cells = [self.at[row, left] for row in below if (row, left) in self.at]
            names = sum(one.kind == "text" or _year(one) is not None for one in cells)
            if names >= least * len(below):
                # Names may stand in two columns: a province, and men and women below it.
                block.first_column = left
                least = 0.3
            elif cells or least < 0.5:
                return

    def _counts_items(self, block: TableBlock, below: list[int], column: int) -> bool:
        """Whether a column at the left without a heading numbers the rows of the table."""
        named = [row for row in below if self._held(row, block)]
        cells = [self.at[row, column] for row in named if (row, column) in self.at]
        tokens_here = [order_token(one) for one in cells]
        return (
            len(cells) >= max(2, 0.8 * len(named))
            and all(tokens_here)
            and header_text(cells[0]).strip("().") in ("1", "01", "I", "A")
            and (tokens_here[0] != "arabic" or header_text(cells[1]).strip("().") != "1")
        )

    def _held(self, row: int, block: TableBlock) -> bool:
        return (row, block.first_column) in self.at

    def _widen(self, block: TableBlock, candidates: list[int], limit: int | None) -> None:
        """Take in columns at the right that have values and no heading."""
        while True:
            column = block.last_column + 1
            if column == limit:
                return
            filled = sum(1 for row in candidates if (row, column) in self.at)
            if filled and filled >= 0.3 * len(candidates):
                block.last_column = column
            else:
                return

    def _columns(self, block: TableBlock) -> list[Column]:
        merged = False
        grid: dict[tuple[int, int], Seen] = {}
        for row in range(block.header_first, block.header_last + 1):
            for one in self.rows.get(row, ()):
                if not block.first_column <= one.column <= block.last_column:
                    continue
                right = self.spans.get(one.place, one.place)[1]
                merged = merged or right > one.column
                for column in range(one.column, min(right, block.last_column) + 1):
                    grid[row, column] = one
        columns = []
        for index in range(block.first_column, block.last_column + 1):
            path: list[str] = []
            own = [
                row
                for row in range(block.header_first, block.header_last + 1)
                if (row, index) in grid
            ]
            first_own = own[0] if own else block.header_last + 1
            piece = False
            for row in range(block.header_first, block.header_last + 1):
                here = grid.get((row, index))
                if here is None:
                    if row < first_own and own:
                        parent = self._parent(grid, block, row, index, merged)
                        if parent and (not path or path[-1] != parent):
                            path.append(parent)
                            piece = False
                    continue
                word = header_text(here)
                loose = here.column == index and (row, index) not in self.spans and not merged
                if (
                    loose
                    and piece
                    and word
                    and (
                        word[0].islower()
                        or word[0] in "(/-"
                        or (word[0].isdigit() and _DATE_END.search(path[-1]))
                        or tokens(f"{path[-1]} {word}") in ORDER_WORDS
                    )
                ):
                    # Words of one heading split over rows go on in small letters.
                    path[-1] = f"{path[-1]} {word}"
                elif not path or path[-1] != word:
                    path.append(word)
                piece = loose
            header = ": ".join(part.rstrip(" :") for part in path if part)
            columns.append(Column(index, header, tuple(path), tokens(header)))
        return columns

    def _parent(
        self,
        grid: dict[tuple[int, int], Seen],
        block: TableBlock,
        row: int,
        index: int,
        merged: bool,
    ) -> str | None:
        """Return the heading at the left that spans a column without a merge saying so."""
        if merged:
            return None
        for column in range(index - 1, block.first_column - 1, -1):
            one = grid.get((row, column))
            if one is not None:
                if one.folded in ORDER_WORDS:
                    return None
                deeper = any(
                    (below, column) in grid for below in range(row + 1, block.header_last + 1)
                )
                return header_text(one) if deeper else None
        return None

    def _label_columns(self, block: TableBlock, candidates: list[int]) -> None:
        sample = candidates[:60]
        for column in block.columns[:3]:
            last = tokens(column.path[-1]) if column.path else ""
            if column.folded in ORDER_WORDS or last in ORDER_WORDS:
                block.order_column = column.index
                break
        if block.order_column is None and block.columns and not block.columns[0].header:
            first = block.columns[0].index
            held = [self.at[row, first] for row in sample if (row, first) in self.at]
            if held and all(order_token(one) for one in held):
                if all(_year(one) for one in held):
                    block.label_column = first
                    return
                block.order_column = first
        best: int | None = None
        for column in block.columns:
            if column.index == block.order_column:
                continue
            texts = others = 0
            for row in sample:
                one = self.at.get((row, column.index))
                if one is None:
                    continue
                if one.kind == "text":
                    texts += 1
                else:
                    others += 1
            if texts and texts >= others:
                best = column.index
                break
            if LABEL_WORDS.match(column.folded) and best is None and texts:
                best = column.index
                break
        if best is None and block.columns and not block.columns[0].header:
            first = block.columns[0].index
            best = first if first != block.order_column else None
        block.label_column = best

    def _classify(self, block: TableBlock, candidates: list[int]) -> None:
        """Tell sections, totals and continued rows from items."""
        sections: list[int] = []
        roman_with_values = 0
        arabic = plain = 0
        regions: list[int] = []
        names: set[str] = set()
        order_column, label_column = block.order_column, block.label_column
        previous: int | None = None
        twice = self._said_twice(block, candidates)
        for row in candidates:
            inside = self._inside(block, row)
            order = self.at.get((row, order_column)) if order_column else None
            label = self.at.get((row, label_column)) if label_column else None
            if order is not None and order.kind == "blank":
                order = None
            if label is not None and label.kind == "blank":
                label = None
            values = [one for one in inside if one is not order and one is not label]
            if previous is not None and (
                row in twice or self._continues_row(block, row, order, label, previous)
            ):
                block.continuations[row] = previous
                block.body_rows.append(row)
                if previous in block.total_rows and any(one.numeric for one in values):
                    block.total_rows.extend(range(previous + 1, row + 1))
                continue
            block.body_rows.append(row)
            previous = row
            token = order_token(order) if order is not None else None
            heads = [one for one in (order, label) if one is not None and one.kind == "text"]
            if not heads and inside and inside[0].kind == "text":
                heads = [inside[0]]
            if self._subheading(block, inside, label):
                sections.append(row)
                continue
            if any(is_total(one) for one in heads) or (
                order is None
                and row in (candidates[0], candidates[-1])
                and any(TOTAL_OF_BUDGET.match(one.folded) for one in heads)
            ):
                block.total_rows.append(row)
                continue
            if token in ("roman", "letter"):
                sections.append(row)
                roman_with_values += bool(values)
                continue
            if token == "arabic":
                arabic += 1
                continue
            text = heads[0].text if heads else ""
            if heads and LABELLED_SECTION.match(text):
                sections.append(row)
                continue
            if heads and not values:
                sections.append(row)
                continue
            if order is None and label is not None and REGION.match(label.folded):
                regions.append(row)
                names.add(label.folded)
                continue
            plain += 1
        if (plain or arabic) and (len(regions) > 1 or any(len(named) > 10 for named in names)):
            # Regions are heads of the provinces between them; alone they are what is counted.
            sections = sorted({*sections, *regions})
        if sections and not arabic and not plain:
            # Every row carries a letter or a Roman numeral: they are items, not sections.
            sections = [row for row in sections if not self._values(block, row)]
        block.section_rows = sections
        # Lines of text at the end, with nothing after them, are below the table.
        while block.body_rows and block.body_rows[-1] in sections:
            row = block.body_rows[-1]
            if self._values(block, row) or row in block.continuations:
                break
            order = self.at.get((row, order_column)) if order_column else None
            if order is not None and order_token(order) is not None:
                break
            if len(block.body_rows) == 1:
                break
            if len(self._inside(block, row)) == 1 and not self._looks_like_item(block, row):
                block.body_rows.pop()
                block.section_rows.remove(row)
            else:
                break

    def _said_twice(self, block: TableBlock, candidates: list[int]) -> set[int]:
        """Return the rows that say the name of the row above in another language, in most rows."""
        rows: set[int] = set()
        if sum(len(self.rows[row]) == 1 for row in candidates) < 3:
            return rows
        named = 0
        for above, row in itertools.pairwise(candidates):
            inside = self._inside(block, row)
            if len(inside) > 1:
                named += 1
            elif (
                row == above + 1
                and inside[0].column == block.label_column
                and inside[0].kind == "text"
                and inside[0].text.isascii()
                and len(self._inside(block, above)) > 1
            ):
                rows.add(row)
        return rows if len(rows) >= 3 and len(rows) >= 0.7 * named else set()

    def _subheading(self, block: TableBlock, inside: list[Seen], label: Seen | None) -> bool:
        """Whether a row is one line of words set over the columns of values."""
        if label is not None or len(inside) != 1 or inside[0].kind != "text":
            return False
        one = inside[0]
        if one.column == block.first_column:
            return False
        if self.spans.get(one.place, one.place)[1] > one.column:
            return True
        column = block.column(block.label_column) if block.label_column else None
        return column is not None and not column.header

    def _looks_like_item(self, block: TableBlock, row: int) -> bool:
        one = self._inside(block, row)[0]
        return one.column == block.label_column and len(one.text) <= 40 and row - 1 in self.rows

    def _values(self, block: TableBlock, row: int) -> bool:
        return any(
            one.column not in (block.order_column, block.label_column)
            for one in self._inside(block, row)
        )

    def _continues_row(
        self,
        block: TableBlock,
        row: int,
        order: Seen | None,
        label: Seen | None,
        previous: int,
    ) -> bool:
        """Whether a row only finishes the row above it."""
        if order is not None:
            return False
        covered = self.covered and sum(
            (row, column) in self.covered
            and self.covered[row, column][0] < row
            and self.covered[row, column][0] >= previous
            for column in range(block.first_column, block.last_column + 1)
        )
        width = block.last_column - block.first_column + 1
        if covered and covered >= max(1, width // 3):
            return True
        if label is not None:
            # The words of a label split over two rows, nothing else in the second: they go on
            # in small letters, or the first ends in the middle of a sentence.
            above = self.at.get((previous, label.column))
            return (
                above is not None
                and len(self._inside(block, row)) == 1
                and order_token(label) is None
                and row == previous + 1
                and (label.text[:1].islower() or _OPEN_END.search(above.text) is not None)
            )
        inside = self._inside(block, row)
        if row - previous > 3 or block.label_column is None or len(inside) > max(2, width // 4):
            return False
        for one in inside:
            above = self.at.get((previous, one.column))
            if above is not None and above.numeric:
                return False
        return all(one.numeric or one.kind == "text" for one in inside)


def _years(cells: list[Seen], least: int = 3, words: bool = False) -> bool:
    """Whether a row is a line of years: 2015, 2016, Sơ bộ 2017, beside other heading words.

    The years may run again under each of several headings: 2018, 2019, 2018, 2019. With ``words``
    two years are enough beside several other headings.
    """
    years: list[float] = []
    bare = others = 0
    for one in cells:
        if one.kind == "text":
            named = YEAR_NAMED.match(one.text)
            if named is not None and one is not cells[0]:
                years.append(float(named[1] or named[2]))
            elif one is not cells[0]:
                others += 1
            continue
        year = _year(one)
        if year is None:
            return False
        bare += 1
        years.append(year)
    if bare < min(least, 2) or len(years) < least or (others and bare < 3 and not words):
        return False
    if years[0] > years[-1]:
        years.reverse()
    run = next(
        (at for at, (left, right) in enumerate(itertools.pairwise(years), 1) if left >= right),
        len(years),
    )
    return run >= 2 and (run == len(years) or years == years[:run] * (len(years) // run))


def _heading_years(inside: list[Seen], line: list[Seen]) -> bool:
    """Whether the only numbers of a row without a name are years of its headings."""
    if _years(inside, 2) or _years(line, 2):
        return True
    words = sum(one.kind == "text" for one in inside)
    return words * 2 >= len(inside) and all(
        one.kind == "text" or _year(one) is not None for one in inside
    )


def _year(one: Seen) -> float | None:
    """Return the year that a cell of digits alone states."""
    if one.kind == "number":
        year = _as_float(one)
    elif one.kind == "numeral" and one.text.isdecimal():
        year = float(one.text)
    else:
        return None
    return year if 1945 <= year <= 2100 and year.is_integer() else None


def _as_float(one: Seen) -> float:
    value = one.cell.value
    return float(value) if isinstance(value, int | float) else 0.0


def header_text(one: Seen) -> str:
    """Return the words of a header cell; a number is written as a whole number."""
    if one.kind == "number":
        value = _as_float(one)
        return str(int(value)) if value.is_integer() else str(value)
    return one.text


def _roles(
    rows: dict[int, list[Seen]],
    at: dict[tuple[int, int], Seen],
    tables: list[TableBlock],
    outside: list[str],
) -> dict[tuple[int, int], tuple[str, int | None]]:
    """Give every cell its role, and tables their titles, units and footers."""
    roles: dict[tuple[int, int], tuple[str, int | None]] = {}
    inside_rows: dict[int, list[tuple[int, int, int]]] = {}
    for number, block in enumerate(tables):
        left, right = block.first_column, block.last_column
        for row in range(block.header_first, block.header_last + 1):
            inside_rows.setdefault(row, []).append((number, left, right))
            for one in rows.get(row, ()):
                if left <= one.column <= right:
                    unit = parse_unit(one.text) if one.kind == "text" else None
                    lone = unit is not None and UNIT_MARK.match(one.text) is not None
                    roles[one.place] = ("unit" if lone else "header", number)
        if block.column_number_row is not None:
            row = block.column_number_row
            inside_rows.setdefault(row, []).append((number, left, right))
            for one in rows.get(row, ()):
                if left <= one.column <= right:
                    roles[one.place] = ("column_number", number)
        for row in block.repeated_header_rows:
            inside_rows.setdefault(row, []).append((number, left, right))
            codes = is_column_numbers([one for one in rows[row] if left <= one.column <= right])
            for one in rows.get(row, ()):
                if left <= one.column <= right:
                    roles[one.place] = ("column_number" if codes else "header", number)
        totals, sections = set(block.total_rows), set(block.section_rows)
        for row in block.body_rows:
            inside_rows.setdefault(row, []).append((number, left, right))
            base = block.continuations.get(row, row)
            role = "total" if base in totals else "section" if base in sections else "body"
            cells = [one.place for one in rows.get(row, ()) if left <= one.column <= right]
            roles.update(dict.fromkeys(cells, (role, number)))
    _around(rows, tables, inside_rows, roles, outside)
    for block in tables:
        if block.unit is None:
            block.unit = _unit_in_header(rows, block)
    return roles


def _near(tables: list[TableBlock], row: int, column: int) -> tuple[int | None, int | None]:
    """Return the tables above and below a place that its column belongs to, else any."""
    above: int | None = None
    below: int | None = None
    for number, block in enumerate(tables):
        last = block.last_data_row or block.header_last
        side = block.first_column <= column <= block.last_column
        if last < row:
            if above is None:
                above = number
            else:
                best = tables[above]
                best_last = best.last_data_row or best.header_last
                best_side = best.first_column <= column <= best.last_column
                if (last, side) > (best_last, best_side) and (side or not best_side):
                    above = number
        elif block.header_first > row:
            if below is None:
                below = number
            else:
                best = tables[below]
                best_side = best.first_column <= column <= best.last_column
                if block.header_first < best.header_first or (
                    block.header_first == best.header_first and side and not best_side
                ):
                    below = number
    return above, below


def _around(
    rows: dict[int, list[Seen]],
    tables: list[TableBlock],
    inside_rows: dict[int, list[tuple[int, int, int]]],
    roles: dict[tuple[int, int], tuple[str, int | None]],
    outside: list[str],
) -> None:
    """Name the lines above, between, beside and below the tables."""
    state: dict[int | None, str] = {}
    for row in sorted(rows):
        cells = [one for one in rows[row] if one.place not in roles]
        if not cells:
            continue
        spans_here = inside_rows.get(row)
        signature = is_signature(cells)
        note = is_note(cells)
        for one in cells:
            if spans_here:
                repeated = one.kind == "text" and CONTINUED.match(one.folded) is not None
                roles[one.place] = ("title" if repeated else "ignored", spans_here[0][0])
                continue
            above, below = _near(tables, row, one.column)
            within = next(
                (
                    number
                    for number, block in enumerate(tables)
                    if block.header_last < row < (block.last_data_row or 0)
                    and block.first_column <= one.column <= block.last_column
                ),
                None,
            )
            unit = parse_unit(one.text) if one.kind == "text" else None
            if within is not None:
                # Between two parts of one table: a page's foot and head.
                role = "unit" if unit else "signature" if signature else "note" if note else "title"
                roles[one.place] = (role, within)
                if role in ("note", "signature") and row not in tables[within].footer_rows[-1:]:
                    tables[within].footer_rows.append(row)
                continue
            if above is None and below is None:
                role = "signature" if signature else "note" if note else "title"
                roles[one.place] = (role, None)
                continue
            titled = (
                below is not None
                and not signature
                and not note
                and (
                    above is None
                    or state.get(above) == "title"
                    or unit is not None
                    or _starts_title(one)
                    or LETTERHEAD.search(one.folded) is not None
                    or (state.get(above) is None and _heading(one))
                    or _just_above(rows, tables[below], tables[above], row)
                )
            )
            if titled or (above is None and below is not None):
                block = tables[below]  # type: ignore[index]
                if above is not None and not unit:
                    state[above] = "title"
                if unit is not None:
                    roles[one.place] = ("unit", below)
                    if block.unit is None:
                        block.unit = unit
                    mark = UNIT_MARK.search(one.text)
                    lead = one.text[: mark.start()].strip(" (-–") if mark is not None else ""
                    if len(lead) > 8:
                        block.title = f"{block.title} {lead}".strip()
                else:
                    roles[one.place] = ("title", below)
                if row not in block.title_rows[-1:]:
                    block.title_rows.append(row)
                if one.kind == "text" and unit is None:
                    block.title = f"{block.title} {one.text}".strip()
                    block.unit = block.unit or _unit_in_title(one)
                continue
            block = tables[above]  # type: ignore[index]
            if signature:
                state[above] = "signature"
            role = (
                "signature"
                if signature or (state.get(above) == "signature" and not note)
                else "note"
            )
            if role == "note":
                state[above] = "note"
            roles[one.place] = (role, above)
            if row not in block.footer_rows[-1:]:
                block.footer_rows.append(row)
    for number, block in enumerate(tables):
        # Beside tables that stand together, the title of one is the title of all.
        for other in tables:
            if other is not block and abs(other.header_first - block.header_first) <= 3:
                block.title = block.title or other.title
                block.unit = block.unit or other.unit
        # The head of a sheet is said once, above the first of its tables or beside the grid.
        block.sheet_title = " ".join([*outside, tables[0].title]).strip()
        if block.unit is None:
            said = (parse_unit(text) for text in outside if len(text) < 80)
            stated = next((unit for unit in said if unit is not None), None)
            block.sheet_unit = tables[0].unit if number else stated


def _just_above(
    rows: dict[int, list[Seen]], block: TableBlock, above: TableBlock, row: int
) -> bool:
    """Whether a line stands on the header below it, apart from the table above."""
    if block.header_first - row > 4:
        return False
    if any(between not in rows for between in range(row + 1, block.header_first)):
        return False
    last = above.last_data_row or above.header_last
    return any(between not in rows for between in range(last + 1, row))


def _heading(one: Seen) -> bool:
    letters = [letter for letter in one.text if letter.isalpha()]
    return len(letters) > 8 and sum(letter.isupper() for letter in letters) > 0.8 * len(letters)


def _unit_in_title(one: Seen) -> str | None:
    """Return the unit that a title states in a line of its own or in brackets at its end."""
    if UNIT_MARK.search(one.text) is None:
        return None
    bracket = _UNIT_BRACKET.search(one.text)
    if bracket is not None:
        return parse_unit(bracket[1])
    lines = str(one.cell.value).splitlines()
    stated = (parse_unit(decode(line, one.cell.font).text.strip()) for line in lines[1:])
    return next((unit for unit in stated if unit is not None), None)


def _unit_in_header(rows: dict[int, list[Seen]], block: TableBlock) -> str | None:
    """Return a unit that a header cell states for the whole table."""
    for row in range(block.header_first, block.header_last + 1):
        for one in rows.get(row, ()):
            if (
                one.kind == "text"
                and block.first_column <= one.column <= block.last_column
                and UNIT_MARK.search(one.text)
                and ":" in one.text
            ):
                unit = parse_unit(one.text[UNIT_MARK.search(one.text).start() :])  # type: ignore[union-attr]
                if unit:
                    return unit
    return None


def table_cells(page: Page, block: TableBlock) -> Iterator[Seen]:
    """Yield the cells of a table: header, codes and body."""
    last = block.last_data_row or block.header_last
    for row in sorted(page.rows):
        if block.header_first <= row <= last:
            for one in page.rows[row]:
                if block.first_column <= one.column <= block.last_column:
                    yield one


def _encoding(page: Page, block: TableBlock) -> str:
    counts: Counter[str] = Counter()
    for one in table_cells(page, block):
        if one.kind == "text" and one.decoded is not None and not one.text.isascii():
            counts[one.decoded.encoding] += 1
    return counts.most_common(1)[0][0] if counts else "unicode"
