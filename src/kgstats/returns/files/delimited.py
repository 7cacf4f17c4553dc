"""Text with separators (csv, tsv), in whatever encoding it was saved."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache, partial
from itertools import islice

from kgstats.returns.cells import Cell, CellValue, Sheet
from kgstats.returns.files.containers import Budget, Refusal
from kgstats.returns.files.grid import LAST_COLUMN, LAST_ROW
from kgstats.returns.text import decode, valid_share

DELIMITERS = "\t;,|"
_SEPARATOR = re.compile(r"sep=([\t;,|])\r?\n", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode_bytes(data: bytes) -> tuple[str, str]:
    """Turn a text file's bytes into text; return it with the name of the encoding.

    A byte-order mark of UTF-16 decides, or UTF-16's zero bytes. Else each line is UTF-8 where
    most of its letters beyond ASCII are; bytes within it that are not stand for themselves as in
    Latin-1. Other lines are in the one-byte code page in which more words spell Vietnamese:
    cp1258, or cp1252 with the letters of a TCVN3 or VNI font. So a stray byte costs no other
    line, and lines of several files put together are each read as they were written.

    Raises
    ------
    Refusal
        ``not_a_spreadsheet`` for bytes that are no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
        if text.count("\ufffd") > len(text) // 20:
            raise Refusal("not_a_spreadsheet", "the bytes are no text")
        return _text_only(text), "utf-16"
    sample = data[:4096]
    if b"\0" in sample:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 4 * even and odd > len(sample) // 20:
            return _text_only(data.decode("utf-16-le", "replace")), "utf-16-le"
        if even > 4 * odd and even > len(sample) // 20:
            return _text_only(data.decode("utf-16-be", "replace")), "utf-16-be"
        raise Refusal("not_a_spreadsheet", "the bytes are no text")
    marked = data.startswith(_MARK)
    while data.startswith(_MARK):
        data = data.removeprefix(_MARK)
    try:
        return _text_only(data.decode("utf-8")), "utf-8-sig" if marked else "utf-8"
    except UnicodeDecodeError:
        text, encoding = _by_lines(data)
        return _text_only(text), encoding


_MARK = b"\xef\xbb\xbf"


def _by_lines(data: bytes) -> tuple[str, str]:
    """Decode lines of which some are not UTF-8; the encoding named is that of most."""
    lines = data.splitlines(keepends=True)
    texts = [_as_utf8(line) for line in lines]
    others = [line for line, text in zip(lines, texts, strict=True) if text is None]
    proper = sum(text is not None and not text.isascii() for text in texts)
    pages = _pages(others)
    read = []
    for line, text in zip(lines, texts, strict=True):
        if text is None:
            tried = pages if len(others) <= _MOST_LINES else pages[:1]
            read.append(_in_page(line, max(tried, key=partial(_spelled, line))))
        elif len(others) > proper and not text.isascii():
            # Letters of a one-byte page may happen to be UTF-8.
            better = _spelled(line, pages[0]) > (valid_share(text) or 0.0)
            read.append(_in_page(line, pages[0]) if better else text)
        else:
            read.append(text)
    return "".join(read), "utf-8" if proper >= len(others) else pages[0]


_PAGES = ["cp1258", "cp1252"]
_MOST_LINES = 2_000


def _as_utf8(line: bytes) -> str | None:
    """Decode a line most of whose letters beyond ASCII are UTF-8; None for others."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("utf-8", "surrogateescape")
    stray = len(_STRAY.findall(text))
    # The longer a sequence of bytes that is UTF-8, the less it is so by chance.
    proper = sum(1 if letter < "\u0800" else 2 for letter in text if letter > "\x7f") - 2 * stray
    if proper <= stray:
        return None
    return _STRAY.sub(lambda match: _western()[ord(match[0]) - 0xDC00], text)


_STRAY = re.compile("[\udc80-\udcff]")


@cache
def _western() -> str:
    """The characters of cp1252 by their byte; those it does not have stand for themselves."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))


def _in_page(line: bytes, page: str) -> str:
    if page == "cp1252":
        return line.decode("latin-1").translate(dict(enumerate(_western())))
    return unicodedata.normalize("NFC", line.decode(page, "replace"))


def _pages(lines: list[bytes]) -> list[str]:
    """Order the pages by how much of the lines spells Vietnamese in them."""
    sample = b"\n".join(line[:1000] for line in lines[:400])
    return sorted(_PAGES, key=lambda page: -_spelled(sample, page))


def _spelled(line: bytes, page: str) -> float:
    """Share of the words that spell Vietnamese in a page; cp1252 is the page of old fonts."""
    text = _in_page(line, page)
    if page == "cp1252":
        text = "\n".join(decode(one).text for one in text.splitlines())
    return valid_share(text) or 0.0


def _text_only(text: str) -> str:
    if len(_CONTROLS.findall(text[:20_000])) > len(text[:20_000]) // 200:
        raise Refusal("not_a_spreadsheet", "the bytes are no text")
    return text


def sniff_delimiter(text: str) -> str | None:
    r"""Find the separator that cuts most lines into the same number of fields; None if none.

    >>> sniff_delimiter("Xã;Tỷ lệ\nBình An;2,5\nMinh Hòa;3,1\n")
    ';'
    """
    if match := _SEPARATOR.match(text):
        return match[1]
    sample = text[:200_000]
    best: tuple[float, str] | None = None
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        try:
            rows = list(islice(_reader(sample, delimiter, csv.QUOTE_MINIMAL), 300))
        except csv.Error:
            continue
        widths = [len(row) for row in rows if any(field.strip() for field in row)]
        if not widths:
            continue
        counts = Counter(width for width in widths if width > 1)
        if not counts:
            continue
        width, _ = max(counts.items(), key=lambda pair: (pair[1] * pair[0] ** 0.25, pair[0]))
        # A line may lack its last fields or have some too many, all of them blank.
        share = sum(min(one, width) / width for one in widths if one > 1) / len(widths)
        score = share + 0.02 * min(width, 10) - 0.001 * DELIMITERS.index(delimiter)
        if best is None or score > best[0]:
            best = (score, delimiter)
    return best[1] if best else None


def _reader(text: str, delimiter: str, quoting: int) -> Iterator[list[str]]:
    return csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=quoting,  # type: ignore[arg-type]
    )


def read_delimited(text: str, budget: Budget) -> tuple[str, Sheet]:
    """Lay delimited text on a grid; return the format (``csv`` or ``tsv``) and the sheet.

    Raises
    ------
    Refusal
        ``too_large`` or ``damaged``.
    """
    delimiter = sniff_delimiter(text) or "\t"
    if match := _SEPARATOR.match(text):
        text = text[match.end() :]
    if any(line.count(delimiter) > LAST_COLUMN for line in io.StringIO(text)):
        raise Refusal("too_large", f"a line holds more than {LAST_COLUMN} fields")
    try:
        sheet = _sheet(text, delimiter, csv.QUOTE_MINIMAL, budget)
    except csv.Error:
        # A stray quotation mark opened a field that never closes.
        try:
            sheet = _sheet(text, delimiter, csv.QUOTE_NONE, budget)
        except csv.Error as error:
            raise Refusal("damaged", str(error)) from None
    return ("tsv" if delimiter == "\t" else "csv"), sheet


def _sheet(text: str, delimiter: str, quoting: int, budget: Budget) -> Sheet:
    """Make cells of fields.

    Raises
    ------
    csv.Error
        Also for a field of more lines than any cell has.
    """
    sheet = Sheet("")
    spent = budget.cells, budget.letters
    widths: dict[int, int] = {}
    try:
        for number, row in enumerate(_reader(text, delimiter, quoting), 1):
            if number > LAST_ROW:
                raise Refusal("too_large", f"more than {LAST_ROW} lines")
            if number % 1000 == 0:
                budget.look_at_the_clock()
            if any(row):
                widths[number] = len(row)
            for column, field in enumerate(row, 1):
                if field and not field.isspace():
                    if field.count("\n") > 60:
                        raise csv.Error("a field does not end")
                    value: CellValue = _TRUTHS.get(field, field)
                    budget.spend(cells=1, letters=len(field))
                    sheet.cells.append(Cell(number, column, value))
    except csv.Error:
        budget.cells, budget.letters = spent
        raise
    if not text.endswith(("\n", "\r")):
        sheet.cut_row = _cut_row(widths)
    return sheet


def _cut_row(widths: dict[int, int]) -> int | None:
    """Return the last row where it is shorter than all that are no lines of one field.

    >>> _cut_row({1: 4, 2: 4, 3: 2}), _cut_row({1: 4, 2: 3, 3: 2}), _cut_row({1: 1, 2: 4, 3: 1})
    (3, None, None)
    """
    *others, (last, width) = widths.items() if widths else [(0, 0)]
    whole = {count for _, count in others}
    ragged = 1 in whole
    whole.discard(1)
    return last if len(whole) == 1 and ragged < width < min(whole) else None


_TRUTHS = {"TRUE": True, "FALSE": False}
"""How spreadsheets write logical values into text files, in every language."""
