"""How a received workbook looks: widths, bold words, colours, as far as its kind tells.

What is copied into an annotated copy of another kind. A file that does not tell is no error: its
copy then has plain cells of fitting width.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgstats.returns.cells import Sheet

WIDEST, NARROWEST, USUAL_WIDTH = 30, 6, 9
"""Widths of columns in characters; longer words wrap."""

_POINTS_A_CHARACTER = 5.6


@dataclass
class Looks:
    """How one sheet looks: widths in characters by column from 1, bold and centred cells."""

    widths: dict[int, float] = field(default_factory=dict)
    bold: set[tuple[int, int]] = field(default_factory=set)
    centred: set[tuple[int, int]] = field(default_factory=set)
    framed: set[tuple[int, int]] = field(default_factory=set)


def looks_of(path: Path, kind: str) -> dict[str, Looks]:
    """Return how the sheets of a file look, by name; nothing where the file does not tell."""
    read = {"xls": _of_xls, "ods": _of_ods}.get(kind)
    if read is None:
        return {}
    try:
        return read(path)
    except Exception:  # the copy is made without
        return {}


def fitting(sheet: Sheet) -> Looks:
    """Return looks for a sheet of which nothing is known: columns as wide as their words."""
    widths: dict[int, float] = {}
    wide = {(top, left) for top, left, _, right in sheet.merged if right > left} | runs_on(sheet)
    for cell in sheet.cells:
        if (cell.row, cell.column) not in wide:
            size = min(len(str(cell.value)) + 2, WIDEST)
            widths[cell.column] = max(widths.get(cell.column, NARROWEST), size)
    return Looks(widths)


def runs_on(sheet: Sheet) -> set[tuple[int, int]]:
    """Return the cells of words that run on over empty cells beside them: titles, notes."""
    held = {(cell.row, cell.column) for cell in sheet.cells}
    inside = {
        (row, column)
        for top, left, bottom, right in sheet.merged
        for row in range(top, min(bottom, top + 50) + 1)
        for column in range(left, min(right, left + 200) + 1)
    }
    return {
        (cell.row, cell.column)
        for cell in sheet.cells
        if isinstance(cell.value, str)
        and not {(cell.row, cell.column + one) for one in (-1, 1, 2)} & held
        and (cell.row, cell.column) not in inside
    }


def _of_xls(path: Path) -> dict[str, Looks]:
    import xlrd

    with path.open("rb") as file:
        book = xlrd.open_workbook(
            file_contents=file.read(), formatting_info=True, logfile=_Nowhere()
        )
    found: dict[str, Looks] = {}
    for page in book.sheets():
        looks = Looks({at + 1: info.width / 256 for at, info in page.colinfo_map.items()})
        for row in range(page.nrows):
            for column in range(page.row_len(row)):
                form = book.xf_list[page.cell_xf_index(row, column)]
                at = (row + 1, column + 1)
                if book.font_list[form.font_index].bold:
                    looks.bold.add(at)
                if form.alignment.hor_align == 2:
                    looks.centred.add(at)
                if form.border.bottom_line_style or form.border.top_line_style:
                    looks.framed.add(at)
        found[page.name] = looks
    return found


class _Nowhere:
    """Where xlrd's remarks go."""

    def write(self, _text: str) -> None:
        """Take a remark."""

    def flush(self) -> None:
        """Have nothing left to write."""


def _of_ods(path: Path) -> dict[str, Looks]:
    from lxml import etree

    from kgstats.returns.files.containers import Budget, Limits, open_archive

    archive = open_archive(path.read_bytes(), Budget(Limits()))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(archive.read("content.xml"), parser)
    styles = {_named(one, "name"): one for one in root.iter("{*}style")}
    found: dict[str, Looks] = {}
    for table in root.iter("{*}table"):
        looks = Looks()
        column = 0
        for one in table.iter("{*}table-column"):
            count = min(int(_named(one, "number-columns-repeated") or 1), 256)
            width = _inside(styles.get(_named(one, "style-name")), "column-width")
            for at in range(column + 1, column + count + 1):
                if width:
                    looks.widths[at] = _points(width) / _POINTS_A_CHARACTER
            column += count
        _cells_of_ods(table, styles, looks)
        found[_named(table, "name")] = looks
    return found


def _cells_of_ods(table: Any, styles: dict[str, Any], looks: Looks) -> None:
    row = 0
    for line in table.iter("{*}table-row"):
        repeated = int(_named(line, "number-rows-repeated") or 1)
        column = 0
        for cell in line:
            count = int(_named(cell, "number-columns-repeated") or 1)
            style = styles.get(_named(cell, "style-name"))
            if count == 1 and repeated == 1 and style is not None:
                at = (row + 1, column + 1)
                if _inside(style, "font-weight") == "bold":
                    looks.bold.add(at)
                if _inside(style, "text-align") == "center":
                    looks.centred.add(at)
                if _inside(style, "border") not in ("", "none"):
                    looks.framed.add(at)
            column += count
        row += repeated


def _named(one: Any, name: str) -> str:
    """Return an attribute by its name without its namespace."""
    for key, value in one.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def _inside(style: Any, name: str) -> str:
    """Return an attribute of the properties of a style."""
    if style is None:
        return ""
    return next((value for one in style if (value := _named(one, name))), "")


def _points(length: str) -> float:
    units = {"cm": 28.35, "mm": 2.835, "in": 72.0, "pt": 1.0}
    return float(length[:-2]) * units.get(length[-2:], 0.0)
