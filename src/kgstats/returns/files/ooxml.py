"""Workbooks of Excel since 2007 (xlsx, xlsm): ZIP archives of XML parts.

Each sheet is read in one pass over its XML as it is inflated. What a file states about sizes
(dimensions, counts) is never believed, and a cell in the last corner costs no more than another:
only cells that hold something take memory.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, count, islice
from typing import Any, Literal, TypeVar

from kgstats.returns.cells import Sheet
from kgstats.returns.files import formats
from kgstats.returns.files.containers import (
    Archive,
    Budget,
    LocalNames,
    Refusal,
    parse_xml,
    tags,
)
from kgstats.returns.files.formulas import Formulas
from kgstats.returns.files.ooxml_plain import plain_texts
from kgstats.returns.files.ooxml_sheet import (
    LONGEST_TEXT,
    YES,
    Shared,
    SheetReader,
    Styles,
    Texts,
    integer,
    unescaped,
)

Relations = dict[str, tuple[str, str]]
"""Relationship id → type and part name."""

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


@dataclass(slots=True)
class Part:
    """A sheet of the workbook: where it stands in the archive and what it is."""

    name: str
    state: Literal["visible", "hidden", "very_hidden"]
    kind: Literal["worksheet", "macro", "chart", "dialog"]
    path: str


@dataclass(slots=True)
class Book:
    """A workbook's list of sheets and its settings."""

    parts: list[Part] = field(default_factory=list)
    shared: Shared = field(default_factory=Shared)
    left_to_calculate: bool = False
    """Whether the writer asks whoever opens the workbook to calculate it."""
    as_shown: bool = False
    """Whether it calculates with numbers as they are shown."""


def read_ooxml(archive: Archive, budget: Budget) -> tuple[str, list[Sheet]]:
    """Read a workbook; return its format (``xlsx``, ``xlsm``) and its sheets.

    Raises
    ------
    Refusal
        ``unsupported_format``, ``macro_only``, ``not_a_spreadsheet``, ``damaged``, ``unsafe_xml``
        or ``too_large``.
    """
    main = _main_part(archive, budget)
    if main.casefold().endswith(".bin"):
        raise Refusal("unsupported_format", "binary workbook (xlsb): save it as .xlsx")
    folder = posixpath.dirname(main)
    book = _book(archive, budget, main)
    has_macros = f"{folder}/vbaProject.bin" in archive
    if not any(part.kind == "worksheet" for part in book.parts):
        if has_macros or any(part.kind == "macro" for part in book.parts):
            raise Refusal("macro_only", "the workbook holds macros and no worksheet")
        raise Refusal("not_a_spreadsheet", "the workbook holds no worksheet")
    sheets, formulas = [], Formulas(book.left_to_calculate, book.as_shown)
    for part in book.parts:
        if part.kind not in ("worksheet", "macro"):
            continue
        sheet = Sheet(part.name, part.state)
        if part.kind == "macro":
            sheet.kind = "macro"
        reader = SheetReader(sheet, book.shared, budget, formulas)
        reader.read(archive.pieces(part.path))
        _tables(archive, budget, part.path, reader)
        reader.finish()
        sheets.append(sheet)
    formulas.settle()
    return "xlsm" if has_macros else "xlsx", sheets


# --- the workbook ----------------------------------------------------------------------------


def _main_part(archive: Archive, budget: Budget) -> str:
    if "_rels/.rels" in archive:
        for target in _said_by(archive, budget, "_rels/.rels", _documents):
            if target in archive:
                return target
    for name in ("xl/workbook.xml", "xl/workbook.bin"):
        if name in archive:
            return name
    raise Refusal("not_a_spreadsheet", "the archive holds no workbook")


def _documents(elements: Elements) -> list[str]:
    """Return the parts that an archive says are its document."""
    return [
        one.get("Target", "").lstrip("/")
        for _, one in elements
        if one.get("Type", "").endswith("/officeDocument")
    ]


def _relations(archive: Archive, budget: Budget, part: str) -> Relations:
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    found: Relations = {}
    for key, (kind, target) in (
        _said_by(archive, budget, path, _targets).items() if path in archive else ()
    ):
        full = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        found[key] = kind, posixpath.normpath(full)
    return found


def _targets(elements: Elements) -> Relations:
    """Return kind and target of each part that another one relates to."""
    found: Relations = {}
    for _, relation in elements:
        target = relation.get("Target")
        if target is None or relation.get("TargetMode") == "External":
            continue
        kind = relation.get("Type", "").rpartition("/")[2]
        found[relation.get("Id", "")] = (kind, target.replace("\\", "/"))
    return found


def _book(archive: Archive, budget: Budget, main: str) -> Book:
    folder = posixpath.dirname(main)
    relations = _relations(archive, budget, main)
    paths = dict(reversed(relations.values()))
    book = Book()
    for name, attributes in _said_by(archive, budget, main, Elements):
        if name == "workbookPr":
            book.shared.date1904 = attributes.get("date1904") in YES
        elif name == "calcPr":
            book.left_to_calculate = attributes.get("fullCalcOnLoad") in YES
            book.as_shown = attributes.get("fullPrecision") in ("0", "false")
        elif name == "sheet":
            link = next(
                (value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), ""
            )
            number = len(book.parts) + 1
            usual = ("worksheet", f"{folder}/worksheets/sheet{number}.xml")
            kind, path = relations.get(link, usual)
            book.parts.append(
                Part(
                    attributes.get("name", f"Sheet{number}"),
                    _STATES.get(attributes.get("state", "").casefold(), "visible"),
                    _KINDS.get(kind.casefold(), "worksheet"),
                    path,
                )
            )
    if len(book.parts) > budget.limits.sheets:
        raise Refusal("too_large", f"{len(book.parts)} sheets")
    styles = paths.get("styles", f"{folder}/styles.xml")
    if styles in archive:
        book.shared.styles = _said_by(archive, budget, styles, _styles)
    texts = paths.get("sharedStrings", f"{folder}/sharedStrings.xml")
    if texts in archive:
        book.shared.texts = _shared_texts(archive, budget, texts)
    return book


MOST_KEPT, LARGEST_KEPT = 256, 1 << 16
_PARTS_READ: dict[tuple[object, bytes], Any] = {}
"""What small parts read before say: the workbooks of one writer or template share them."""

Elements = list[tuple[str, dict[str, str]]]
T = TypeVar("T")


def _said_by(archive: Archive, budget: Budget, path: str, read: Callable[[Elements], T]) -> T:
    """Read a part of the workbook, once for all workbooks where it is the same."""
    pieces = list(archive.pieces(path))
    if len(pieces) != 1 or len(pieces[0]) > LARGEST_KEPT:
        return read(tags(pieces, budget))
    key = read, pieces[0]
    if key not in _PARTS_READ:
        said = read(tags(pieces, budget))
        if len(_PARTS_READ) >= MOST_KEPT:
            _PARTS_READ.clear()
        _PARTS_READ[key] = said
    known: T = _PARTS_READ[key]
    return known


def _styles(elements: Elements) -> Styles:
    """Number format and font of each cell style, by its number as cells write it."""
    codes: dict[int, str | None] = dict(formats.BUILTIN_FORMATS)
    fonts: list[str | None] = []
    striking: set[int] = set()
    styles: list[formats.Style] = []
    section = ""
    for name, attributes in elements:
        if name in _STYLE_SECTIONS:
            section = name
        elif name == "numFmt" and section == "numFmts":
            codes[integer(attributes.get("numFmtId"))] = attributes.get("formatCode")
        elif name == "font" and section == "fonts":
            fonts.append(None)
        elif name == "name" and section == "fonts" and fonts:
            fonts[-1] = attributes.get("val") or None
        elif name == "strike" and section == "fonts" and attributes.get("val") not in _NO:
            striking.add(len(fonts) - 1)
        elif name == "xf" and section == "cellXfs":
            font = integer(attributes.get("fontId"))
            styles.append(
                formats.style(
                    codes.get(integer(attributes.get("numFmtId"))),
                    fonts[font] if 0 <= font < len(fonts) else None,
                    strikes=font in striking,
                )
            )
    return {str(number): (*style,) for number, style in enumerate(styles)}


_NO = frozenset(("0", "false"))
_STYLE_SECTIONS = frozenset(
    ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
     "tableStyles", "colors", "extLst")
)  # fmt: skip


def _shared_texts(archive: Archive, budget: Budget, path: str) -> Texts:
    texts = Texts()
    text = ""
    local = LocalNames()
    reading = phonetic = above = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal reading, phonetic, above
        name = local[name]
        if name == "t":
            reading = not phonetic
        elif name == "rPh":
            phonetic = True
        elif name in ("r", "vertAlign"):
            above = attributes.get("val") == "superscript"

    def characters(data: str) -> None:
        nonlocal text
        if reading:
            text += formats.raised(data, text) if above else data
            if len(text) > LONGEST_TEXT:
                raise Refusal("too_large", f"a cell holds more than {LONGEST_TEXT} letters")

    def end(name: str) -> None:
        nonlocal reading, phonetic, above, text
        name = local[name]
        if name == "t":
            reading = False
        elif name == "rPh":
            phonetic = False
        elif name == "si":
            budget.spend(letters=len(text) + 1)
            texts[str(len(texts))] = unescaped(text) if text and not text.isspace() else None
            text, above = "", False

    left = archive.pieces(path)
    begun = list(islice(left, 2))
    found = plain_texts(begun[0]) if len(begun) == 1 else None
    if found is None:
        parse_xml(chain(begun, left), budget, start, end, characters)
        return texts
    budget.spend(letters=sum(map(len, found)) + len(found))
    held = [unescaped(text) if text and not text.isspace() else None for text in found]
    texts.update(zip(chain(_NUMBERS, map(str, count(len(_NUMBERS)))), held, strict=False))
    return texts


_NUMBERS = tuple(map(str, range(1000)))
"""How the first texts are referred to."""


def _tables(archive: Archive, budget: Budget, path: str, reader: SheetReader) -> None:
    """Take the filters of the tables that lie on a sheet; they stand in parts of their own."""
    if not reader.sheet.hidden_rows:
        return
    for kind, part in _relations(archive, budget, path).values():
        if kind == "table" and part in archive:
            for name, attributes in tags(archive.pieces(part), budget):
                if name == "autoFilter":
                    reader.around(name, attributes)
