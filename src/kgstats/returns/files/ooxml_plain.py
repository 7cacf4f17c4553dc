"""The cells of a sheet of Excel that is written as programs usually write it, found in one search.

Most sheets hold addresses, styles and stored values and nothing else between ``<sheetData>`` and
its end. Only such a part is taken apart here: from first to last it must be rows that hold cells of
the usual form, so nothing can be missed. All others are read element by element (`ooxml_sheet`),
and so is what is no XML refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Stored = tuple[str, str, str | None, str | None, str | None]
"""Letters of the column, row, style, kind and stored value of a cell; None for what it lacks."""

_ADDRESS = r'<c r="([A-Z]{1,3}+)([1-9][0-9]{0,6}+)"(?: s="([0-9]++)")?+(?: t="([A-Za-z]++)")?+'
_STORED = r"(?:><v>([^<&\x00-\x08\x0b-\x1f\ufffe\uffff]*+)</v></c>| ?/>|></c>|><v ?/></c>)"
_CELL = re.compile(_ADDRESS + _STORED)
_PARTS = _CELL.groups + 1
_CELLS_WERE = "\0"
"""Stands for the cells that are taken out between two tags: no XML holds it."""
_ROW = r'<row r="[1-9][0-9]{0,5}"(?: (?!r=)[A-Za-z][A-Za-z0-9:]*+="[^"<&\0\r]*+")*+ ?'
_ROWS = re.compile(rf"(?:{_ROW}(?:/>|>\0*+</row>))*+")
_DECLARED = (
    r"(?:<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF|utf)-8[\"'])?"
    r"(?: standalone=[\"'](?:yes|no)[\"'])?\s*\?>)?\s*"
)
_UTF8 = re.compile(rf"{_DECLARED}<worksheet[\s>]".encode())
_START, _END = b"<sheetData>", b"</sheetData>"
_HIDES = (" hidden=", ' ht="0')
"""What rows say that are hidden or of no height."""
_TEXT = re.compile(
    r'<si><t(?: xml:space="preserve")?>([^<&\x00-\x08\x0b-\x1f\ufffe\uffff]*+)</t></si>'
)
_BEFORE_TEXTS = re.compile(
    rf'{_DECLARED}<sst(?: xmlns="[a-z0-9:/.]+")?(?: count="[0-9]+")?(?: uniqueCount="[0-9]+")?>'
)
_AFTER_TEXTS = "</sst>"


def plain_cells(body: bytes) -> tuple[Iterable[Stored], bytes] | None:
    """Return the cells of a usual sheet, and its XML without them; None for any other.

    >>> cells, rest = plain_cells(
    ...     b'<worksheet><sheetData><row r="2"><c r="B2"><v>7</v></c></row></sheetData></worksheet>'
    ... )
    >>> list(cells), rest
    ([('B', '2', None, None, '7')], b'<worksheet><sheetData></sheetData></worksheet>')
    >>> plain_cells(b'<worksheet><sheetData><row r="2"><c r="B2"><f>1+6</f><v>7</v></c></row>'
    ...             b'</sheetData></worksheet>') is None
    True
    """
    if _UTF8.match(body) is None or b"<!" in body:
        return None
    first, last = body.find(_START), body.rfind(_END)
    if first < 0 or last < first or body.find(b"sheetData", last + len(_END)) >= 0:
        return None
    try:
        data = body[first + len(_START) : last].decode()
    except UnicodeDecodeError:
        return None
    parts = _CELL.split(data)
    between = parts[::_PARTS]
    outside = len(between) > 1 and not (between[0] and between[-1])
    if outside or _CELLS_WERE in data:
        return None
    rows = _CELLS_WERE.join(filter(None, between))
    if any(sign in rows for sign in _HIDES) or _ROWS.fullmatch(rows) is None:
        return None
    cells = zip(*(parts[number::_PARTS] for number in range(1, _PARTS)), strict=True)
    return cells, body[: first + len(_START)] + body[last:]


def plain_texts(body: bytes) -> list[str] | None:
    """Return the shared texts of a usual workbook in their order; None for any other.

    From first to last the part is what it should be: it needs no parser to be known as XML.

    >>> plain_texts(b"<sst><si><t>An</t></si><si><t>5</t></si></sst>")
    ['An', '5']
    >>> plain_texts(b"<sst><si><r><t>a</t></r><r><t>b</t></r></si></sst>") is None
    True
    """
    try:
        parts = _TEXT.split(body.decode())
    except UnicodeDecodeError:
        return None
    found: list[str] = parts[1::2]
    apart = parts[-1].rstrip() != _AFTER_TEXTS or any(parts[2:-1:2]) or "]]>" in "".join(found)
    return None if apart or _BEFORE_TEXTS.fullmatch(parts[0]) is None else found
