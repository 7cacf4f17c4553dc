"""Pages as files: xlsx, xls, ods, delimited text and HTML, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from html import escape
from typing import Any

from .legacy import windows_1258
from .page import Page, Put

MADE = dt.datetime(2020, 1, 2, 8, 0, 0)
"""The date written into every file: a clock would change the bytes."""

ENDINGS = {
    "xlsx": ".xlsx",
    "xls": ".xls",
    "ods": ".ods",
    "csv": ".csv",
    "tsv": ".tsv",
    "utf16": ".txt",
    "cp1258": ".csv",
    "html": ".xls",
}

Look = tuple[str | None, str, bool, bool, bool, bool]


class MissingWriter(ImportError):
    """A package that writes one of the formats is not installed."""


def _look(put: Put) -> Look:
    return (put.number_format, put.font, put.bold, put.italic, put.centred, put.framed)


def xlsx(pages: Sequence[Page]) -> bytes:
    """Return an Office Open XML workbook."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": "Illustrative return", "created": MADE})
    formats: dict[Look, Any] = {}
    for page in pages:
        sheet = book.add_worksheet(page.name)
        if page.state == "hidden":
            sheet.hide()
        elif page.state == "very_hidden":
            sheet.very_hidden()
        for column, width in page.widths.items():
            sheet.set_column(column - 1, column - 1, width)
        for column in sorted(page.hidden_columns):
            sheet.set_column(column - 1, column - 1, 9, None, {"hidden": True})
        for row in sorted(page.hidden_rows):
            sheet.set_row(row - 1, None, None, {"hidden": True})
        for top, left, bottom, right in page.merged:
            sheet.merge_range(top - 1, left - 1, bottom - 1, right - 1, "")
        for (row, column), put in sorted(page.cells.items()):
            look = _look(put)
            if look not in formats:
                style = book.add_format(
                    {"font_name": put.font, "bold": put.bold, "italic": put.italic}
                )
                if put.number_format:
                    style.set_num_format(put.number_format)
                if put.centred:
                    style.set_align("center")
                    style.set_align("vcenter")
                    style.set_text_wrap()
                if put.framed:
                    style.set_border(1)
                formats[look] = style
            at = (row - 1, column - 1)
            if isinstance(put.value, str):
                sheet.write_string(*at, put.value, formats[look])
            elif isinstance(put.value, dt.date):
                day = dt.datetime(put.value.year, put.value.month, put.value.day)
                sheet.write_datetime(*at, day, formats[look])
            else:
                sheet.write_number(*at, put.value, formats[look])
    book.close()
    return stream.getvalue()


def xls(pages: Sequence[Page]) -> bytes:
    """Return a BIFF8 workbook, as Excel 97-2003 writes it."""
    try:
        import xlwt
    except ImportError as error:
        raise MissingWriter(
            "illustrative returns in the old .xls format need the package xlwt:"
            " install it, or ask for less mess (--mess 0)"
        ) from error

    book = xlwt.Workbook(encoding="utf-8", style_compression=2)
    styles: dict[Look, Any] = {}
    # xlwt changes the style that it takes by default when it saves: one workbook would show in
    # the bytes of the next.
    plain = xlwt.XFStyle()
    for page in pages:
        sheet = book.add_sheet(page.name, cell_overwrite_ok=True)
        sheet.visibility = {"visible": 0, "hidden": 1, "very_hidden": 2}[page.state]
        for column, width in page.widths.items():
            sheet.col(column - 1).width = int(256 * width)
        for column in sorted(page.hidden_columns):
            sheet.col(column - 1).hidden = True
        for row in sorted(page.hidden_rows):
            sheet.row(row - 1).hidden = True
        for top, left, bottom, right in page.merged:
            sheet.merge(top - 1, bottom - 1, left - 1, right - 1, plain)
        for (row, column), put in sorted(page.cells.items()):
            look = _look(put)
            if look not in styles:
                style = xlwt.XFStyle()
                style.font.name = put.font
                style.font.bold = put.bold
                style.font.italic = put.italic
                if put.number_format:
                    style.num_format_str = put.number_format
                if put.centred:
                    style.alignment.horz = xlwt.Alignment.HORZ_CENTER
                    style.alignment.vert = xlwt.Alignment.VERT_CENTER
                    style.alignment.wrap = xlwt.Alignment.WRAP_AT_RIGHT
                if put.framed:
                    for side in ("left", "right", "top", "bottom"):
                        setattr(style.borders, side, xlwt.Borders.THIN)
                styles[look] = style
            sheet.write(row - 1, column - 1, put.value, styles[look])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


_ODS_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
    )
)
_ODS_SPACES += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
_ODS_KIND = "application/vnd.oasis.opendocument.spreadsheet"


def _ods_cell(put: Put, span: str, style: str) -> str:
    value = put.value
    if isinstance(value, str):
        kind, shown = 'office:value-type="string"', value
    elif isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        shown = f"{value:%d/%m/%Y}"
    elif put.number_format and "%" in put.number_format:
        kind = f'office:value-type="percentage" office:value="{value!r}"'
        shown = f"{value:.2%}"
    else:
        kind, shown = f'office:value-type="float" office:value="{value!r}"', f"{value}"
    return (
        f'<table:table-cell table:style-name="{style}" {kind}{span}>'
        f"<text:p>{escape(shown, quote=False)}</text:p></table:table-cell>"
    )


def ods(pages: Sequence[Page]) -> bytes:
    """Return an OpenDocument spreadsheet."""
    styles: dict[tuple[str, bool, bool], str] = {}
    tables: list[str] = []
    for page in pages:
        spans = {(top, left): (bottom, right) for top, left, bottom, right in page.merged}
        covered = {
            (row, column)
            for top, left, bottom, right in page.merged
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
            if (row, column) != (top, left)
        }
        shown = "ta1" if page.state == "visible" else "ta2"
        parts = [f'<table:table table:name="{escape(page.name)}" table:style-name="{shown}">']
        for column in range(1, page.last_column + 1):
            hidden = ' table:visibility="collapse"' if column in page.hidden_columns else ""
            parts.append(f"<table:table-column{hidden}/>")
        for row in range(1, page.last_row + 1):
            hidden = ' table:visibility="collapse"' if row in page.hidden_rows else ""
            parts.append(f"<table:table-row{hidden}>")
            for column in range(1, page.last_column + 1):
                if (row, column) in covered:
                    parts.append("<table:covered-table-cell/>")
                    continue
                span = ""
                if (row, column) in spans:
                    bottom, right = spans[row, column]
                    span = (
                        f' table:number-rows-spanned="{bottom - row + 1}"'
                        f' table:number-columns-spanned="{right - column + 1}"'
                    )
                put = page.cells.get((row, column))
                if put is None:
                    parts.append(f"<table:table-cell{span}/>")
                else:
                    key = (put.font, put.bold, put.italic)
                    style = styles.setdefault(key, f"ce{len(styles) + 1}")
                    parts.append(_ods_cell(put, span, style))
            parts.append("</table:table-row>")
        parts.append("</table:table>")
        tables.append("".join(parts))
    automatic = [
        '<style:style style:name="ta1" style:family="table">'
        '<style:table-properties table:display="true"/></style:style>',
        '<style:style style:name="ta2" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>',
    ]
    for (font, bold, italic), name in styles.items():
        weight = ' fo:font-weight="bold"' if bold else ""
        slant = ' fo:font-style="italic"' if italic else ""
        automatic.append(
            f'<style:style style:name="{name}" style:family="table-cell">'
            f'<style:text-properties fo:font-family="{escape(font)}"{weight}{slant}/>'
            "</style:style>"
        )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<office:document-content {_ODS_SPACES} office:version="1.2">'
        f"<office:automatic-styles>{''.join(automatic)}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest'
        ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
        ' manifest:version="1.2">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_KIND}"/>'
        '<manifest:file-entry manifest:full-path="content.xml"'
        ' manifest:media-type="text/xml"/></manifest:manifest>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in (
            ("mimetype", _ODS_KIND),
            ("META-INF/manifest.xml", manifest),
            ("content.xml", content),
        ):
            entry = zipfile.ZipInfo(name, date_time=MADE.timetuple()[:6])
            # the kind of the file must be readable without unpacking
            entry.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(entry, text)
    return stream.getvalue()


def _grid(page: Page) -> list[list[str]]:
    grid = [[""] * page.last_column for _ in range(page.last_row)]
    for (row, column), put in page.cells.items():
        grid[row - 1][column - 1] = as_text(put)
    return grid


def as_text(put: Put) -> str:
    """Return a cell as a file of plain text holds it."""
    if isinstance(put.value, str):
        return put.value
    if isinstance(put.value, dt.date):
        return f"{put.value:%d/%m/%Y}"
    return f"{put.value}".replace(".", ",")


def delimited(page: Page, mark: str) -> str:
    """Return one page as text, its columns parted by ``mark``, lines ended as Windows does."""
    lines = []
    for row in _grid(page):
        fields = [
            '"' + field.replace('"', '""') + '"'
            if mark in field or '"' in field or "\n" in field
            else field
            for field in row
        ]
        lines.append(mark.join(fields) + "\r\n")
    return "".join(lines)


def html(page: Page) -> bytes:
    """Return one page as the HTML table that some programs save with the ending ``.xls``."""
    spans = {(top, left): (bottom, right) for top, left, bottom, right in page.merged}
    covered = {
        (row, column)
        for top, left, bottom, right in page.merged
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }
    parts = ['<html><head><meta charset="utf-8"></head><body><table border="1">\r\n']
    for row in range(1, page.last_row + 1):
        parts.append("<tr>")
        for column in range(1, page.last_column + 1):
            if (row, column) in covered:
                continue
            attributes = ""
            if (row, column) in spans:
                bottom, right = spans[row, column]
                if bottom > row:
                    attributes += f' rowspan="{bottom - row + 1}"'
                if right > column:
                    attributes += f' colspan="{right - column + 1}"'
            put = page.cells.get((row, column))
            text = escape(as_text(put)) if put else ""
            if put and put.font.startswith("."):
                text = f'<font face="{put.font}">{text}</font>'
            if put and put.bold:
                text = f"<b>{text}</b>"
            parts.append(f"<td{attributes}>{text}</td>")
        parts.append("</tr>\r\n")
    parts.append("</table></body></html>\r\n")
    return "".join(parts).encode("utf-8")


def as_file(pages: Sequence[Page], file_format: str) -> bytes:
    """Return the bytes of one file; the formats of plain text hold the first page alone."""
    if file_format == "xlsx":
        return xlsx(pages)
    if file_format == "xls":
        return xls(pages)
    if file_format == "ods":
        return ods(pages)
    if file_format == "html":
        return html(pages[0])
    if file_format == "csv":
        return delimited(pages[0], ";").encode("utf-8-sig")
    if file_format == "tsv":
        return delimited(pages[0], "\t").encode("utf-8")
    if file_format == "utf16":
        return b"\xff\xfe" + delimited(pages[0], "\t").encode("utf-16-le")
    if file_format == "cp1258":
        return windows_1258(delimited(pages[0], ";")).encode("cp1258", "replace")
    raise ValueError(f"no writer for the format {file_format!r}")
