"""Text with separators (csv, tsv), in whatever encoding it was saved."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
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

    A byte-order mark decides; then UTF-8 if the bytes are that (a few damaged ones are
    forgiven); then UTF-16 by its zero bytes; else the one-byte code page in which more words
    spell Vietnamese: cp1258, or cp1252 with the letters of a TCVN3 or VNI font.

    Raises
    ------
    Refusal
        ``not_a_spreadsheet`` for bytes that are no text.
    """
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            text = data.decode(name, "replace")
            if text.count("\ufffd") > len(text) // 20:
                raise Refusal("not_a_spreadsheet", "the bytes are no text")
            return _text_only(text), name
    sample = data[:4096]
    if b"\0" in sample:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > 4 * even and odd > len(sample) // 20:
            return _text_only(data.decode("utf-16-le", "replace")), "utf-16-le"
        if even > 4 * odd and even > len(sample) // 20:
            return _text_only(data.decode("utf-16-be", "replace")), "utf-16-be"
        raise Refusal("not_a_spreadsheet", "the bytes are no text")
    try:
        return _text_only(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    proper = sum(letter > "\x7f" for letter in text) - damaged
    if damaged * 10 <= proper:
        return _text_only(text), "utf-8"
    return _one_byte(data)


def _one_byte(data: bytes) -> tuple[str, str]:
    western = "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256))
    as_western = data.decode("latin-1").translate(dict(enumerate(western)))
    as_vietnamese = unicodedata.normalize("NFC", data.decode("cp1258", "replace"))
    lines = as_western.splitlines()[:400]
    legacy = "\n".join(decode(line).text for line in lines)
    plain = "\n".join(as_vietnamese.splitlines()[:400])
    if (valid_share(plain) or 0.0) >= (valid_share(legacy) or 0.0):
        return _text_only(as_vietnamese), "cp1258"
    return _text_only(as_western), "cp1252"


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
        width, times = max(counts.items(), key=lambda pair: (pair[1] * pair[0] ** 0.25, pair[0]))
        share = times / len(widths)
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
    try:
        for number, row in enumerate(_reader(text, delimiter, quoting), 1):
            if number > LAST_ROW:
                raise Refusal("too_large", f"more than {LAST_ROW} lines")
            if number % 1000 == 0:
                budget.look_at_the_clock()
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
    return sheet


_TRUTHS = {"TRUE": True, "FALSE": False}
"""How spreadsheets write logical values into text files, in every language."""
