"""Read a received file, whatever it is, into sheets of cells; never fail, never guess.

What a file is shows in its first bytes, not in its name: a district may save a web page, text
with tabs or an XML workbook as ``.xls``. A file that cannot be read is a finding with a name
(``Workbook.problem``), so that one bad file never stops the others.
"""

from __future__ import annotations

import stat
from collections import Counter
from pathlib import Path

from kgstats.returns.cells import Sheet, Workbook
from kgstats.returns.files.biff import OLE_SIGNATURE
from kgstats.returns.files.containers import Budget, Limits, Refusal, open_archive

__all__ = ["PROBLEMS", "Limits", "read_bytes", "read_workbook"]

PROBLEMS = (
    "cannot_open",
    "empty_file",
    "locked",
    "truncated",
    "damaged",
    "macro_only",
    "not_a_spreadsheet",
    "unsupported_format",
    "too_large",
    "unsafe_archive",
    "unsafe_xml",
)
"""What `Workbook.problem` may say."""

_TEXT_NAMES = frozenset((".csv", ".tsv", ".txt", ".tab", ".xls", ".xlsx", ".dat", ".prn", ""))
_COMMA_NAMES = frozenset((".csv", ".tsv", ".tab", ".txt"))
_OTHER_SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"RIFF", "a picture or sound"),
    (b"Rar!", "a RAR archive: send the workbook itself"),
    (b"7z\xbc\xaf", "a 7z archive: send the workbook itself"),
    (b"\x1f\x8b", "a compressed file: send the workbook itself"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)


def read_workbook(path: str | Path, *, limits: Limits | None = None) -> Workbook:
    """Read a spreadsheet of any kind cell by cell.

    Parameters
    ----------
    path
        The file: xlsx, xlsm, xls (Excel 5 to 2003), ods, fods, csv or tsv in any encoding, HTML,
        web archive or XML saved as a workbook. Its name does not matter.
    limits
        How much is read at most.

    Returns
    -------
    Workbook
        Its sheets with every non-empty cell, values untouched; or, for a file that cannot be
        read, ``problem`` (one of `PROBLEMS`) and ``detail``. Nothing is raised for a bad file.

    Examples
    --------
    >>> read_workbook("no such file.xlsx").problem
    'cannot_open'
    """
    path = Path(path)
    limits = limits or Limits()
    try:
        about = path.stat()
        if about.st_size > limits.file_bytes:
            detail = f"{about.st_size} bytes"
            return Workbook(path.name, "", problem="too_large", detail=detail)
        if not stat.S_ISREG(about.st_mode):
            # Whoever reads a pipe waits for its writer.
            return Workbook(path.name, "", problem="cannot_open", detail="it is no ordinary file")
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Workbook(path.name, "", problem="cannot_open", detail=reason)
    return read_bytes(data, path.name, limits=limits)


def read_bytes(data: bytes, name: str = "", *, limits: Limits | None = None) -> Workbook:
    r"""Read a spreadsheet from memory; see `read_workbook`.

    >>> read_bytes(b"Xa;Ho\nBinh An;12\n").sheets[0].cells[2].value
    'Binh An'
    """
    limits = limits or Limits()
    if len(data) > limits.file_bytes:
        return Workbook(name, "", problem="too_large", detail=f"{len(data)} bytes")
    try:
        kind, sheets, detail = _read(data, name, Budget(limits))
    except Refusal as refusal:
        return Workbook(name, "", problem=refusal.problem, detail=refusal.detail)
    except (MemoryError, RecursionError) as error:
        return Workbook(name, "", problem="too_large", detail=type(error).__name__)
    except ImportError:
        # A package that is not installed is no fault of the file: it would cost every such return.
        raise
    except Exception as error:
        # Damage that no check foresaw is still only this file's problem.
        return Workbook(name, "", problem="damaged", detail=f"{type(error).__name__}: {error}")
    return Workbook(name, kind, sheets, detail=detail)


def _read(data: bytes, name: str, budget: Budget) -> tuple[str, list[Sheet], str]:
    """Tell from the content what the file is, and read it."""
    if not data or not data.strip(b"\0 \t\r\n"):
        raise Refusal("empty_file", "the file holds nothing")
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _read_archive(data, budget)
    if data.startswith(OLE_SIGNATURE):
        return _read_compound(data, budget)
    if len(data) < len(OLE_SIGNATURE) and OLE_SIGNATURE.startswith(data):
        raise Refusal("truncated", "the file ends after a few bytes")
    if data[:2] == b"\x09\x08" and data[3:4] == b"\x00":
        from kgstats.returns.files.biff import read_stream

        return "xls", read_stream(data, budget), ""
    if data[:2] in (b"\x09\x00", b"\x09\x02", b"\x09\x04") and data[3:4] == b"\x00":
        raise Refusal("unsupported_format", "a workbook of Excel 4 or before: save it as .xlsx")
    for signature, meaning in _OTHER_SIGNATURES:
        if data.startswith(signature):
            raise Refusal("not_a_spreadsheet", meaning)
    if len(data) == 165 and name.startswith("~$"):
        raise Refusal("not_a_spreadsheet", "the lock file of a workbook that is open somewhere")
    return _read_text(data, name, budget)


def _read_compound(
    data: bytes, budget: Budget, *, decrypted: bool = False
) -> tuple[str, list[Sheet], str]:
    from kgstats.returns.files.biff import read_stream, workbook_stream

    stream = workbook_stream(data)
    if stream is not None:
        try:
            return "xls", read_stream(stream, budget), ""
        except Refusal as refusal:
            if refusal.problem != "locked" or decrypted:
                raise
    from kgstats.returns.files.protection import opened

    plain = opened(data)
    if plain.startswith(OLE_SIGNATURE):
        return _read_compound(plain, budget, decrypted=True)
    return _read_archive(plain, budget)


def _read_archive(data: bytes, budget: Budget) -> tuple[str, list[Sheet], str]:
    archive = open_archive(data, budget)
    if "mimetype" in archive and "content.xml" in archive:
        from kgstats.returns.files.opendocument import read_opendocument

        kind = archive.read("mimetype").strip()
        if not kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            raise Refusal("not_a_spreadsheet", "an OpenDocument file of another kind")
        return "ods", read_opendocument(archive, budget), ""
    if "xl/workbook.bin" in archive:
        raise Refusal("unsupported_format", "binary workbook (xlsb): save it as .xlsx")
    for part, meaning in (
        ("word/document.xml", "a Word document"),
        ("ppt/presentation.xml", "a PowerPoint presentation"),
        ("index/document.iwa", "a Numbers document: export it as .xlsx"),
    ):
        if part in archive:
            raise Refusal("not_a_spreadsheet", meaning)
    if "xl/workbook.xml" not in archive and "_rels/.rels" not in archive:
        books = (".xls", ".xlsx", ".ods", ".fods", ".csv")
        inside = any(one.endswith(books) for one in archive.names)
        meaning = "an archive: send the workbook itself" if inside else "an archive"
        raise Refusal("not_a_spreadsheet", meaning)
    from kgstats.returns.files.ooxml import read_ooxml

    kind_name, sheets = read_ooxml(archive, budget)
    return kind_name, sheets, ""


def _text_of(data: bytes) -> tuple[str, str]:
    from kgstats.text import code_pages

    try:
        return code_pages.of_bytes(data)
    except code_pages.NoText as error:
        raise Refusal("not_a_spreadsheet", str(error)) from None


def _read_text(data: bytes, name: str, budget: Budget) -> tuple[str, list[Sheet], str]:
    from kgstats.returns.files import opendocument, spreadsheetml, web_page
    from kgstats.returns.files.delimited import read_delimited, sniff_delimiter

    head = data[:4096].lower()
    if head.startswith(b"mime-version:") or b"\nmime-version:" in head[:1000]:
        sheets = []
        for page in web_page.pages_of_mhtml(data):
            text, _ = _text_of(page)
            if "<table" in text.lower():
                sheet = web_page.read_html(text, budget)
                if sheet.cells:
                    sheets.append(sheet)
        if not sheets:
            raise Refusal("not_a_spreadsheet", "a web archive without a table")
        return "mhtml", sheets, ""
    if spreadsheetml.is_one(data):
        return "xml", spreadsheetml.read_spreadsheetml(data, budget), ""
    if opendocument.is_flat(data):
        return "ods", opendocument.read_flat(data, budget), ""
    text, encoding = _text_of(data)
    if not text.strip("\ufeff \t\r\n"):
        raise Refusal("empty_file", "the file holds nothing")
    if web_page.looks_like_html(text):
        return "html", [web_page.read_html(text, budget)], encoding
    suffix = Path(name).suffix.lower()
    start = text.lstrip("\ufeff \t\r\n")[:200]
    if start.startswith(("<?xml", "<!DOCTYPE", "<html", "<svg")):
        raise Refusal("not_a_spreadsheet", "a page or XML file without a table")
    delimiter = sniff_delimiter(text)
    if delimiter == "," and suffix not in _COMMA_NAMES and not _has_columns(text):
        delimiter = None
    if suffix not in _TEXT_NAMES or (delimiter is None and suffix not in (".csv", ".tsv", ".tab")):
        raise Refusal("not_a_spreadsheet", "text without columns")
    kind, sheet = read_delimited(text, budget)
    return kind, [sheet], encoding


def _has_columns(text: str) -> bool:
    """Whether commas stand between columns, line after line, and not within sentences."""
    counts = [line.count(",") for line in text.splitlines() if line.strip()]
    commas, lines = Counter(counts).most_common(1)[0]
    return commas > 0 and lines > 2 and 2 * lines > len(counts)
