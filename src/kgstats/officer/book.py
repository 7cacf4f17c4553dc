"""The workbook a template is written into: its formats, its pages' places, its lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgstats.officer.fields import LISTINGS, Field, listed
from kgstats.officer.last_year import LastYear
from kgstats.returns.cells import column_letter
from kgstats.returns.guidance import guidance
from kgstats.returns.subjects.places import District, Unit
from kgstats.words import translator

CREATED = dt.datetime(2020, 1, 1)
"""Written into every workbook: the same district and year give the same bytes."""

LANG = "vi"
"""Forms are Vietnamese: so is what guides through them."""

INK, GRID, HEAD, TYPED = "#1D2733", "#8A94A0", "#E4EAF0", "#FFFBE6"
LOCKED, CARRIED, WRONG, WRONG_INK, GOOD_INK = "#F1F3F5", "#DCE9F7", "#FBD5D0", "#9C1C0E", "#1E6B34"

STYLES: dict[str, dict[str, Any]] = {
    "plain": {},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "bold": {"bold": True},
    "centred": {"bold": True, "align": "center"},
    "right": {"italic": True, "align": "right"},
    "title": {"bold": True, "align": "center", "font_size": 14, "valign": "vcenter"},
    "subtitle": {"italic": True, "align": "center"},
    "asked": {"italic": True, "align": "center", "bg_color": TYPED, "locked": False},
    "open": {"locked": False, "bg_color": TYPED},
    "head": {
        "bold": True, "align": "center", "valign": "vcenter", "text_wrap": True, "border": 1,
        "border_color": GRID, "bg_color": HEAD,
    },
    "code": {"italic": True, "align": "center", "border": 1, "border_color": GRID, "font_size": 9},
    "label": {
        "border": 1, "border_color": GRID, "bg_color": LOCKED, "text_wrap": True,
        "valign": "vcenter",
    },
    "section": {
        "border": 1, "border_color": GRID, "bg_color": HEAD, "bold": True, "valign": "vcenter",
    },
    # The last column: what it says runs on over the empty cells at its right.
    "check": {
        "border": 1, "border_color": GRID, "bg_color": LOCKED, "valign": "vcenter", "font_size": 10,
    },
    "link": {
        "font_color": "#0B5394", "underline": 1, "border": 1, "border_color": GRID,
        "valign": "vcenter",
    },
    "cell": {"border": 1, "border_color": GRID, "text_wrap": True, "valign": "vcenter"},
    "whole": {"border": 1, "border_color": GRID, "num_format": "#,##0", "valign": "vcenter"},
    "worked out": {"border": 1, "border_color": GRID, "align": "right", "valign": "vcenter"},
    "state": {
        "bold": True, "font_size": 13, "border": 2, "border_color": GRID, "align": "center",
        "valign": "vcenter", "text_wrap": True,
    },
}  # fmt: skip

NUMBER_FORMATS = {
    "count": "#,##0", "money": "#,##0", "year": "0", "date": "dd/mm/yyyy", "text": "@",
}  # fmt: skip
"""How what is typed is shown."""

NUMBER = "ISNUMBER({at})"
SHOWN_AS = {
    "count": ((NUMBER, "#,##0"),),
    "change": ((NUMBER, "+#,##0;-#,##0;0"),),
    "rate": ((NUMBER, "0.00"),),
    # A format of decimals alone would leave a comma behind a whole number.
    "money": (
        ("AND(ISNUMBER({at}),N({at})=INT(N({at})))", "#,##0"),
        ("AND(ISNUMBER({at}),N({at})<>INT(N({at})))", "#,##0.0#####"),
    ),
}
"""How what is worked out is shown, by its kind: a condition and the format where it holds.

A cell with a format of its own for numbers is saved by LibreOffice as 0 in an .xls where its
formula gives no number, and an unused line would come back as money.
"""


@dataclass(frozen=True)
class Place:
    """Where a form stands in the workbook: its sheet, its columns, its rows."""

    key: str
    number: str
    sheet: str
    columns: tuple[Field, ...]
    rows: tuple[int, ...]
    """The rows that are filled in, counted from 1."""
    units: tuple[Unit | None, ...]

    def letter(self, name: str) -> str | None:
        """Return the letters of a column, or None where the form has no such column."""
        for at, one in enumerate(self.columns, 1):
            if one.name == name:
                return column_letter(at)
        return None

    def cells(self, name: str) -> str:
        """Return a column from its first to its last row, as formats are given to it."""
        return self.span(name).replace("$", "")

    def span(self, name: str, *, outside: bool = False) -> str:
        """Return the cells of a column from the first to the last row that is filled in."""
        letter = self.letter(name)
        held = f"${letter}${self.rows[0]}:${letter}${self.rows[-1]}"
        return f"'{self.sheet}'!{held}" if outside else held


@dataclass(eq=False)
class TemplateBook:
    """A template while it is written."""

    path: Path
    year: int
    district: District
    before: LastYear | None
    book: Any = None
    formats: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    starts: dict[tuple[str, str], str] = field(default_factory=dict)
    """Cell that holds a closing figure of last year, by commune and column."""
    closings: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The names of communes and their closing figures of a column, as ranges."""

    def __post_init__(self) -> None:
        import xlsxwriter

        self.t = translator(LANG)
        self.book = xlsxwriter.Workbook(
            str(self.path),
            {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True},
        )
        self.book.set_properties({"created": CREATED, "author": "kgstats", "title": self.path.stem})

    def style(self, name: str, **more: Any) -> Any:
        """Return a format, made once."""
        known = (name, *sorted(more.items()))
        if known not in self.formats:
            base = {"font_name": "Times New Roman", "font_size": 11, "font_color": INK}
            self.formats[known] = self.book.add_format({**base, **STYLES[name], **more})
        return self.formats[known]

    def field_style(self, kind: str, *, locked: bool, colour: str = "") -> Any:
        """Return the format of a cell of a form; ``colour`` is ``typed`` or ``carried``."""
        shades = {"typed": TYPED, "carried": CARRIED, "": LOCKED if locked else TYPED}
        more: dict[str, Any] = {
            "bg_color": shades[colour], "locked": locked, "border": 1, "border_color": GRID,
            "valign": "vcenter",
        }  # fmt: skip
        if kind in NUMBER_FORMATS:
            more["num_format"] = NUMBER_FORMATS[kind]
        if kind in ("mark", "order", "year", "date", "counted"):
            more["align"] = "center"
        if kind == "rate":
            more["align"] = "right"
        if kind in ("words", "text"):
            more["text_wrap"] = True
        return self.style("plain", **more)

    def show_numbers(self, page: Any, kind: str, cells: str) -> None:
        """Show the numbers of some cells as those of their kind are, and nothing else in them."""
        first = cells.split(":")[0]
        for condition, code in SHOWN_AS.get(kind, ()):
            known = ("shown as", code)
            if known not in self.formats:
                self.formats[known] = self.book.add_format({"num_format": code})
            rule = {"type": "formula", "criteria": f"={condition.format(at=first)}"}
            page.conditional_format(cells, {**rule, "format": self.formats[known]})

    def sheet_of_lists(self) -> str:
        """Return the name of the sheet of words to choose from."""
        return guidance("lists")[0]

    def lists(self) -> dict[str, str]:
        """Return the range of every list of words."""
        name, found = self.sheet_of_lists(), {}
        for at, listing in enumerate(LISTINGS.values(), 1):
            letter, last = column_letter(at), 2 + len(listed(listing))
            found[listing] = f"'{name}'!${letter}$3:${letter}${last}"
        return found

    def protect(self, page: Any) -> None:
        """Lock what is not to be typed, without a password: rows can still be made higher."""
        page.protect(
            "",
            {
                "format_cells": False, "format_columns": True, "format_rows": True,
                "select_locked_cells": True, "select_unlocked_cells": True,
            },
        )  # fmt: skip
