"""Where the tables of a sheet are, found by words and shape and never by position.

A page of a Vietnamese office has, from top to bottom: a letterhead in two columns, a number and a
title, a line with the unit, a header of one to seven rows (merged or with its words split over
rows), a row of column numbers (``A B 1 2 3=1+2``), the body with sections, items and totals, and
below it notes, place and date, and signatures. Any of these may be missing, repeated after a page
break or stand twice on one sheet, one below or beside the other.

Nothing here knows a form or a commune; it works on any spreadsheet.
"""

from kgstats.returns.layout.codes import is_column_numbers, order_token
from kgstats.returns.layout.model import (
    Column,
    Page,
    Seen,
    Subjects,
    TableBlock,
    header_text,
    readings_of,
    see,
    tokens,
)
from kgstats.returns.layout.page import find_tables, read_page
from kgstats.returns.layout.surroundings import table_cells
from kgstats.returns.layout.words import is_note, is_signature, is_total, parse_unit

__all__ = [
    "Column",
    "Page",
    "Seen",
    "Subjects",
    "TableBlock",
    "find_tables",
    "header_text",
    "is_column_numbers",
    "is_note",
    "is_signature",
    "is_total",
    "order_token",
    "parse_unit",
    "read_page",
    "readings_of",
    "see",
    "table_cells",
    "tokens",
]
