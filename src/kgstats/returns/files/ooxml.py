"""Workbooks of Excel since 2007 (xlsx, xlsm): ZIP archives of XML parts.

Values come from calamine. What it does not tell (error cells, styles, hidden rows and columns)
comes from one scan of each sheet. calamine is handed a fresh archive with only the parts it
needs, because a hostile size in a header or a cell in the last row and column makes it ask for
more memory than there is, which ends the whole process.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Literal
from xml.etree import ElementTree as ET
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from kgstats.returns.cells import Cell, CellValue, ErrorValue, Sheet, column_letter
from kgstats.returns.files.containers import (
    Archive,
    Grid,
    Limits,
    Refusal,
    pack,
    read_values,
    safe_xml,
)

Style = tuple[str | None, str | None]
"""Number format (None for General) and font name."""

BUILTIN_FORMATS = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy",
    18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy h:mm",
    37: "#,##0 ;(#,##0)", 38: "#,##0 ;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)", 41: '_(* #,##0_);_(* \\(#,##0\\);_(* "-"_);_(@_)',
    42: '_("$"* #,##0_);_("$"* \\(#,##0\\);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* \\(#,##0.00\\);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
"""Number formats that files name by number only; 14 and 22 as Vietnamese settings show them."""

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

_PREFIX = rb"(?:[^\s<>/:!?\"'=]+:)?"
# A cell's opening tag as nearly every program writes it. Any other form of the tag matches the
# short branch, without groups, and sends the sheet to the slower, general scan.
_CELL_TAG = (
    rb"c(?:(?: r=\"([A-Z]{1,3})([0-9]{1,7})\")(?: s=\"([0-9]{1,6})\")?"
    rb"(?: t=\"([a-zA-Z]{1,9})\")?(?: s=\"([0-9]{1,6})\")?(?: [cvp][a-z]=\"[0-9]+\")*(/?)>|[\s/>])"
)
_CELL = re.compile(rb"<" + _PREFIX + _CELL_TAG)
_BARE_CELL = re.compile(rb"<" + _CELL_TAG)
_ERROR_CELL = re.compile(
    rb"<" + _PREFIX + rb"c r=\"([A-Z]{1,3})([0-9]{1,7})\"(?: s=\"[0-9]+\")? t=\"e\"[^<>]*>"
)
_ATTRIBUTE = re.compile(rb"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ROW = re.compile(rb"<" + _PREFIX + rb"row(\s[^<>]*)>")
_COLUMN = re.compile(rb"<" + _PREFIX + rb"col(\s[^<>]*)>")
_MERGE = re.compile(
    rb"<" + _PREFIX + rb"mergeCell\s[^<>]*?ref=\"\$?([A-Z]{1,3})\$?([0-9]{1,7})"
    rb":\$?([A-Z]{1,3})\$?([0-9]{1,7})\""
)
_ERROR_TEXT = re.compile(rb"<" + _PREFIX + rb"v[^<>]*>([^<]*)<")
_FORMULA_CELL = re.compile(
    rb"<"
    + _PREFIX
    + rb"c r=\"([A-Z]{1,3})([0-9]{1,7})\"(?![^<>]*t=\"str\")[^<>]*>\s*<"
    + _PREFIX
    + rb"f[\s/>]"
)
"""A formula whose result is not known to be empty text."""
_CELL_END = re.compile(rb"</" + _PREFIX + rb"c\s*>")


@dataclass(slots=True)
class Part:
    """A sheet of the workbook: where it stands in the archive and what it is."""

    name: str
    state: Literal["visible", "hidden", "very_hidden"]
    kind: Literal["worksheet", "macro", "chart", "dialog"]
    path: str


Tag = tuple[bytes, bytes, bytes, bytes, bytes, bytes]
"""A cell's column letters, row, style, kind, style (written after the kind), and "/" if blank."""


_letters_of, _row_of, _kind_of, _is_blank = map(itemgetter, (0, 1, 3, 5))


@dataclass(slots=True)
class Scan:
    """What one pass over a sheet's XML found of its cells, in order of the file.

    Cells that have a style and nothing else are left out.
    """

    tags: list[Tag]
    rows: dict[bytes, int] = field(default_factory=dict)
    """Row number by its digits."""
    columns: dict[bytes, int] = field(default_factory=dict)
    """Column number by its letters."""
    errors: dict[tuple[bytes, bytes], str] = field(default_factory=dict)
    strict: bool = True
    """Whether every cell's tag had the usual form."""
    formulas: set[tuple[bytes, bytes]] | None = None
    """Cells with a formula, where the pass noticed them."""
    at_rows: dict[bytes, int] = field(default_factory=dict)
    at_columns: dict[bytes, int] = field(default_factory=dict)
    """Rows and columns of what calamine is given; others than the file's if cells were moved."""

    def __post_init__(self) -> None:
        if any(map(_is_blank, self.tags)):
            self.tags = [tag for tag in self.tags if not tag[5]]
        self.rows = {row: int(row) for row in set(map(_row_of, self.tags))}
        self.columns = {one: _column_number(one) for one in set(map(_letters_of, self.tags))}
        self.at_rows, self.at_columns = self.rows, self.columns
        if self.rows and not (
            max(self.rows.values()) <= LAST_ROW
            and min(self.rows.values()) >= 1
            and max(self.columns.values()) <= LAST_COLUMN
        ):
            raise Refusal("damaged", "a cell stands outside the sheet")


def read_ooxml(archive: Archive, limits: Limits) -> tuple[str, list[Sheet]]:
    """Read a workbook; return its format (``xlsx``, ``xlsm``) and its sheets."""
    main = _main_part(archive)
    if main.casefold().endswith(".bin"):
        raise Refusal("unsupported_format", "binary workbook (xlsb): save it as .xlsx")
    folder = posixpath.dirname(main)
    book = safe_xml(archive.read(main))
    relations = _relations(archive, main)
    parts = _parts(book, relations, folder)
    has_macros = f"{folder}/vbaProject.bin" in archive
    if not any(part.kind == "worksheet" for part in parts):
        if has_macros or any(part.kind == "macro" for part in parts):
            raise Refusal("macro_only", "the workbook holds macros and no worksheet")
        raise Refusal("not_a_spreadsheet", "the workbook holds no worksheet")
    styles, styles_xml = _styles_of(archive, relations, folder)
    texts = _shared_strings(archive, relations, folder)
    parts = [part for part in parts if part.kind in ("worksheet", "macro")]
    sheets, bodies, scans = [], [], []
    total = 0
    for part in parts:
        body = safe_xml(archive.read(part.path))
        scan = _scan(body)
        total += len(scan.tags)
        if total > limits.cells:
            raise Refusal("too_large", f"more than {limits.cells} cells")
        sheet = Sheet(part.name, part.state)
        if part.kind == "macro":
            sheet.kind = "macro"
        _visibility(body, sheet, max(scan.columns.values(), default=1))
        sheet.merged = _merged(body)
        sheets.append(sheet)
        bodies.append(_error_free(_within_reach(body, scan, limits), scan))
        scans.append(scan)
    fresh = _fresh_archive(book, styles_xml, texts, bodies)
    try:
        grids = read_values(fresh, len(sheets))
    except Refusal as refusal:
        grids = _with_openpyxl(fresh, bodies, scans, refusal)
    for sheet, body, scan, grid in zip(sheets, bodies, scans, grids, strict=True):
        _fill(sheet, body, scan, grid, styles)
    format_name = "xlsm" if has_macros else "xlsx"
    return format_name, sheets


# --- the workbook ----------------------------------------------------------------------------


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _parse(data: bytes) -> ET.Element:
    try:
        return ET.fromstring(data)
    except (ET.ParseError, ValueError, LookupError) as error:
        raise Refusal("damaged", f"a part is not XML: {error}") from None


def _main_part(archive: Archive) -> str:
    if "_rels/.rels" in archive:
        for relation in _parse(safe_xml(archive.read("_rels/.rels"))).iter():
            if relation.get("Type", "").endswith("/officeDocument"):
                target = relation.get("Target", "").lstrip("/")
                if target in archive:
                    return target
    for name in ("xl/workbook.xml", "xl/workbook.bin"):
        if name in archive:
            return name
    raise Refusal("not_a_spreadsheet", "the archive holds no workbook")


def _relations(archive: Archive, main: str) -> dict[str, tuple[str, str]]:
    """Relationship id → type and part name."""
    folder, name = posixpath.split(main)
    path = f"{folder}/_rels/{name}.rels"
    if path not in archive:
        return {}
    found = {}
    for relation in _parse(safe_xml(archive.read(path))).iter():
        target = relation.get("Target")
        if target is None or relation.get("TargetMode") == "External":
            continue
        target = target.replace("\\", "/")
        full = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = (kind, posixpath.normpath(full))
    return found


_KINDS: dict[str, Literal["worksheet", "macro", "chart", "dialog"]] = {
    "worksheet": "worksheet",
    "chartsheet": "chart",
    "dialogsheet": "dialog",
    "xlmacrosheet": "macro",
    "xlintlmacrosheet": "macro",
}
_STATES: dict[str, Literal["visible", "hidden", "very_hidden"]] = {
    "hidden": "hidden",
    "veryhidden": "very_hidden",
}


def _parts(book: bytes, relations: dict[str, tuple[str, str]], folder: str) -> list[Part]:
    parts: list[Part] = []
    for element in _parse(book).iter():
        if _local(element.tag) != "sheet":
            continue
        link = next((value for key, value in element.items() if _local(key) == "id"), "")
        number = len(parts) + 1
        kind, path = relations.get(link, ("worksheet", f"{folder}/worksheets/sheet{number}.xml"))
        parts.append(
            Part(
                element.get("name", f"Sheet{number}"),
                _STATES.get(element.get("state", "").casefold(), "visible"),
                _KINDS.get(kind.casefold(), "worksheet"),
                path,
            )
        )
    return parts


def _related(relations: dict[str, tuple[str, str]], kind: str, default: str) -> str:
    return next((path for name, path in relations.values() if name == kind), default)


_STRING_TABLE = re.compile(rb"<(" + _PREFIX + rb"sst)\b([^>]*)>")
_COUNTS = re.compile(rb"\s(?:uniqueCount|count)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def _shared_strings(
    archive: Archive, relations: dict[str, tuple[str, str]], folder: str
) -> bytes | None:
    path = _related(relations, "sharedStrings", f"{folder}/sharedStrings.xml")
    if path not in archive:
        return None
    data = safe_xml(archive.read(path))
    # The stated counts are what calamine would reserve memory for; it does without them.
    return _STRING_TABLE.sub(
        lambda match: b"<" + match[1] + _COUNTS.sub(b"", match[2]) + b">", data, count=1
    )


def _styles_of(
    archive: Archive, relations: dict[str, tuple[str, str]], folder: str
) -> tuple[tuple[Style, ...], bytes | None]:
    path = _related(relations, "styles", f"{folder}/styles.xml")
    if path not in archive:
        return (), None
    data = safe_xml(archive.read(path))
    return _styles(data), data


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {name: double or single for name, double, single in _ATTRIBUTE.findall(tag)}


def _section(data: bytes, name: bytes) -> bytes:
    opening = re.search(rb"<" + _PREFIX + name + rb"[\s>]", data)
    if opening is None:
        return b""
    closing = re.search(rb"</" + _PREFIX + name + rb"\s*>", data[opening.end() :])
    return data[opening.end() : opening.end() + closing.start()] if closing else b""


_XF = re.compile(rb"<" + _PREFIX + rb"xf(\s[^<>]*)>")
_NUMBER_FORMAT = re.compile(rb"<" + _PREFIX + rb"numFmt(\s[^<>]*)>")
_FONT = re.compile(rb"<" + _PREFIX + rb"font(?:\s[^<>]*)?(/?)>")
_FONT_NAME = re.compile(rb"<" + _PREFIX + rb"name(\s[^<>]*)>")


def _text(raw: bytes) -> str:
    return html.unescape(raw.decode("utf-8", "replace"))


@lru_cache(maxsize=32)
def _styles(data: bytes) -> tuple[Style, ...]:
    """Number format and font of each cell style, by its number."""
    formats = dict(BUILTIN_FORMATS)
    for match in _NUMBER_FORMAT.finditer(_section(data, b"numFmts")):
        tag = _attributes(match[1])
        formats[_int(tag.get(b"numFmtId"))] = _text(tag.get(b"formatCode", b""))
    fonts: list[str | None] = []
    block = _section(data, b"fonts")
    openings = list(_FONT.finditer(block))
    for index, opening in enumerate(openings):
        end = openings[index + 1].start() if index + 1 < len(openings) else len(block)
        name = None if opening[1] else _FONT_NAME.search(block, opening.end(), end)
        fonts.append(_text(_attributes(name[1]).get(b"val", b"")) or None if name else None)
    styles: list[Style] = []
    for match in _XF.finditer(_section(data, b"cellXfs")):
        tag = _attributes(match[1])
        code = formats.get(_int(tag.get(b"numFmtId")))
        font = _int(tag.get(b"fontId"))
        styles.append(
            (
                None if code is None or code.casefold() == "general" else code,
                fonts[font] if 0 <= font < len(fonts) else None,
            )
        )
    return tuple(styles)


def _int(raw: bytes | str | None) -> int:
    try:
        return int(raw or 0)
    except ValueError:
        return 0


def _fresh_archive(
    book: bytes, styles: bytes | None, texts: bytes | None, bodies: list[bytes]
) -> io.BytesIO:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    dated = re.search(rb"<" + _PREFIX + rb"workbookPr\s[^<>]*date1904=[\"'](1|true)[\"']", book)
    names = "".join(
        f'<sheet name={quoteattr(f"s{number}")} sheetId="{number}" r:id="r{number}"/>'
        for number in range(1, len(bodies) + 1)
    )
    links = "".join(
        f'<Relationship Id="r{number}" Type="{office}/worksheet"'
        f' Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(bodies) + 1)
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml"'
        f' ContentType="{kind}.worksheet+xml"/>'
        for number in range(1, len(bodies) + 1)
    )
    parts: dict[str, bytes] = {
        "[Content_Types].xml": (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels"'
            ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml"'
            f' ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
            '<Override PartName="/xl/sharedStrings.xml"'
            f' ContentType="{kind}.sharedStrings+xml"/>{overrides}</Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{package}"><Relationship Id="r1"'
            f' Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{office}">'
            f'<workbookPr date1904="{1 if dated else 0}"/><sheets>{names}</sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{package}">{links}</Relationships>'
        ).encode(),
    }
    if styles is not None:
        parts["xl/styles.xml"] = styles
    if texts is not None:
        parts["xl/sharedStrings.xml"] = texts
    for number, body in enumerate(bodies, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = body
    return pack(parts)


# --- a sheet ---------------------------------------------------------------------------------


@lru_cache(maxsize=1 << 15)
def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _scan(body: bytes) -> Scan:
    """Find the cells of a sheet, with style and error."""
    if b"<!" in body:
        return _scan_any(body)
    tags: list[Tag] = (_CELL if b":c" in body else _BARE_CELL).findall(body)
    if b"" in set(map(_letters_of, tags)):
        return _scan_any(body)
    scan = Scan(tags)
    if b"e" in set(map(_kind_of, tags)):
        for match in _ERROR_CELL.finditer(body):
            scan.errors[match[1], match[2]] = _error_code(body, match.end())
    return scan


def _error_code(body: bytes, start: int) -> str:
    end = _CELL_END.search(body, start)
    code = _ERROR_TEXT.search(body, start, end.end() if end else len(body))
    return _text(code[1]).strip() if code else "#N/A"


def _scan_any(body: bytes) -> Scan:
    """Do as `_scan` for XML written in any other way, with a real parser."""
    tags: list[Tag] = []
    errors: dict[tuple[bytes, bytes], str] = {}
    formulas: set[tuple[bytes, bytes]] = set()
    parser = expat.ParserCreate(namespace_separator="}")
    row = column = 0
    tag: Tag | None = None
    full = False
    text: list[str] | None = None

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, tag, full, text
        name = _local(name)
        if name == "row":
            row, column = _number(attributes["r"]) if "r" in attributes else row + 1, 0
        elif name == "c":
            at, column = _place(attributes["r"]) if "r" in attributes else (row, column + 1)
            if not (1 <= at <= LAST_ROW and 1 <= column <= LAST_COLUMN):
                raise Refusal("damaged", "a cell stands outside the sheet")
            style = str(_int(attributes.get("s"))).encode()
            kind = attributes.get("t", "").encode()
            tag = (column_letter(column).encode(), str(at).encode(), style, kind, b"", b"")
            full, text = False, None
        elif name in ("v", "is", "f") and tag is not None:
            full = True
            if name == "v":
                text = []
            elif name == "f":
                formulas.add(tag[:2])

    def characters(data: str) -> None:
        if text is not None:
            text.append(data)

    def end(name: str) -> None:
        nonlocal tag, text
        if _local(name) == "c" and tag is not None:
            if full:
                tags.append(tag)
                if tag[3] == b"e":
                    errors[tag[:2]] = "".join(text or []).strip() or "#N/A"
            tag, text = None, None

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise Refusal("damaged", f"a sheet is not XML: {error}") from None
    return Scan(tags, errors=errors, strict=False, formulas=formulas)


def _number(raw: str) -> int:
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 7 else 0


_PLACE = re.compile(r"\s*\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\s*$")


def _place(address: str) -> tuple[int, int]:
    match = _PLACE.match(address)
    if match is None:
        raise Refusal("damaged", f"a cell has the address {address[:20]!r}")
    return int(match[2]), _column_number(match[1].upper().encode())


def _within_reach(body: bytes, scan: Scan, limits: Limits) -> bytes:
    """Move far cells nearer where the rectangle around all cells would be too large to hold.

    A stray cell in the last row must not cost the sheet. Rows and columns are numbered anew for
    calamine only.
    """
    if not scan.rows:
        return body
    tall = max(scan.rows.values()) - min(scan.rows.values()) + 1
    wide = max(scan.columns.values()) - min(scan.columns.values()) + 1
    if tall * wide <= max(200_000, 50 * len(scan.tags)) and tall * wide <= limits.grid:
        return body
    new_rows = {row: index + 1 for index, row in enumerate(sorted(set(scan.rows.values())))}
    new_columns = {one: index + 1 for index, one in enumerate(sorted(set(scan.columns.values())))}
    if len(new_rows) * len(new_columns) > limits.grid or not scan.strict:
        raise Refusal("too_large", f"cells are spread over {tall} rows and {wide} columns")
    scan.at_rows = {raw: new_rows[row] for raw, row in scan.rows.items()}
    scan.at_columns = {raw: new_columns[column] for raw, column in scan.columns.items()}

    def moved_cell(match: re.Match[bytes]) -> bytes:
        letters, row, style, kind, late_style, closed = match.groups()
        if closed:
            return b""
        column = column_letter(scan.at_columns[letters])
        tag = match[0][: match[0].index(b" ")] + f' r="{column}{scan.at_rows[row]}"'.encode()
        if style or late_style:
            tag += b' s="' + (style or late_style) + b'"'
        return tag + (b' t="' + kind + b'">' if kind else b">")

    def bare_row(match: re.Match[bytes]) -> bytes:
        return match[0][: match.start(1) - match.start()] + (
            b"/>" if match[1].endswith(b"/") else b">"
        )

    return _ROW.sub(bare_row, _CELL.sub(moved_cell, body))


_KIND = re.compile(rb"<" + _PREFIX + rb"c\s[^<>]*?\st\s*=\s*[\"']([^\"']*)")
_KNOWN_KINDS = frozenset((b"s", b"n", b"b", b"e", b"str", b"inlineStr", b"d"))
_ERROR_KIND = re.compile(rb"(\st\s*=\s*[\"'])e([\"'])")


def _error_free(body: bytes, scan: Scan) -> bytes:
    """Make error cells text: calamine gives up at codes it does not know, as ``#SPILL!``."""
    return _ERROR_KIND.sub(rb"\1str\2", body) if scan.errors else body


def _with_openpyxl(
    source: io.BytesIO, bodies: list[bytes], scans: list[Scan], refusal: Refusal
) -> list[Grid]:
    """Read the values with openpyxl, which is slower and more patient, where calamine fails."""
    import openpyxl

    for body in bodies:
        if not _KNOWN_KINDS.issuperset(_KIND.findall(body)):
            # openpyxl would give the number of a shared string as if it were the value.
            raise refusal
    source.seek(0)
    grids: list[Grid] = []
    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=True)
        for number, scan in enumerate(scans, 1):
            tall = max(scan.at_rows.values(), default=0)
            wide = max(scan.at_columns.values(), default=0)
            rows: list[list[CellValue]] = [[] for _ in range(tall)]
            sheet = book[f"s{number}"]
            sheet.reset_dimensions()
            for line in sheet.iter_rows(max_row=tall or 1, max_col=wide or 1):
                for cell in line:
                    if cell.value is None:
                        continue
                    row = rows[cell.row - 1]
                    row.extend([""] * (cell.column - len(row)))
                    row[cell.column - 1] = _as_calamine(cell.value)
            grids.append((0, 0, rows))
    except Exception as error:
        raise Refusal(refusal.problem, refusal.detail or str(error)) from None
    return grids


def _as_calamine(value: object) -> CellValue:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if isinstance(value, bool | str | float | dt.date | dt.time | dt.timedelta):
        return value
    return float(value) if isinstance(value, int) else str(value)


def _visibility(body: bytes, sheet: Sheet, last_column: int) -> None:
    """Note hidden rows and columns; a height or width of nothing hides as well."""
    if not (b"hidden=" in body or b'ht="0"' in body or b'width="0"' in body):
        return
    row = 0
    for match in _ROW.finditer(body):
        tag = _attributes(match[1])
        row = _int(tag.get(b"r")) or row + 1
        if tag.get(b"hidden") in (b"1", b"true") or tag.get(b"ht") == b"0":
            sheet.hidden_rows.add(row)
    for match in _COLUMN.finditer(body):
        tag = _attributes(match[1])
        if tag.get(b"hidden") in (b"1", b"true") or tag.get(b"width") == b"0":
            first, last = _int(tag.get(b"min")), _int(tag.get(b"max"))
            sheet.hidden_columns.update(range(max(1, first), min(last, last_column) + 1))


def _merged(body: bytes) -> list[tuple[int, int, int, int]]:
    start = body.find(b"mergeCell")
    if start < 0:
        return []
    found = []
    # Back to the bracket, and a prefix, of the first tag; the cells before it are many.
    for left, top, right, bottom in _MERGE.findall(body, max(0, start - 100)):
        first, last = _column_number(left), _column_number(right)
        if last <= LAST_COLUMN and int(bottom) <= LAST_ROW:
            found.append((int(top), first, int(bottom), last))
    return found


def _formula_places(body: bytes, scan: Scan) -> set[tuple[bytes, bytes]]:
    """Find the cells with a formula."""
    if scan.formulas is None:
        some = b"<f>" in body or b"<f " in body or b":f" in body
        scan.formulas = set(_FORMULA_CELL.findall(body)) if some else set()
    return scan.formulas


def _fill(sheet: Sheet, body: bytes, scan: Scan, grid: Grid, styles: tuple[Style, ...]) -> None:
    """Join values, styles and errors into the sheet's cells."""
    first_row, first_column, values = grid
    row_of, column_of, errors = scan.rows, scan.columns, scan.errors
    at_row = {raw: row - first_row - 1 for raw, row in scan.at_rows.items()}
    at_column = {raw: column - first_column - 1 for raw, column in scan.at_columns.items()}
    plain: Style = styles[0] if styles else (None, None)
    style_of = {str(number).encode(): style for number, style in enumerate(styles)}
    style_of[b""] = plain
    cells: list[Cell] = []
    append = cells.append
    uncalculated = sheet.uncalculated
    tall = len(values)
    last_raw, row, last_column, line = b"", 0, 0, values[0] if values else []
    wide = len(line)
    ordered = True
    for letters, raw, style, kind, late_style, _ in scan.tags:
        column = column_of[letters]
        if raw != last_raw:
            if row_of[raw] <= row:
                ordered = False
            last_raw, row, index = raw, row_of[raw], at_row[raw]
            line = values[index] if 0 <= index < tall else []
            wide = len(line)
        elif column <= last_column:
            ordered = False
        last_column = column
        value: CellValue
        if kind == b"e":
            value = ErrorValue(errors.get((letters, raw), "#N/A"))
        else:
            index = at_column[letters]
            value = line[index] if 0 <= index < wide else ""
            if value.__class__ is str and (not value or value.isspace()):
                if not value and (letters, raw) in _formula_places(body, scan):
                    uncalculated.append((row, column))
                continue
        code, font = style_of.get(style or late_style, plain)
        append(Cell(row, column, value, code, font))
    if not ordered:
        # Files may repeat or disorder cells; the last one written to a place counts.
        latest = {(cell.row, cell.column): cell for cell in cells}
        cells = [latest[place] for place in sorted(latest)]
    hidden_rows, hidden_columns = sheet.hidden_rows, sheet.hidden_columns
    if hidden_rows or hidden_columns:
        for cell in cells:
            cell.hidden = cell.row in hidden_rows or cell.column in hidden_columns
    sheet.cells = cells
