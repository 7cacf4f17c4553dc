"""What a template refuses while it is typed, and what it colours: the rules of a form in Excel."""

from __future__ import annotations

from typing import Any

from kgstats.officer.book import GOOD_INK, WRONG, WRONG_INK, Place, TemplateBook
from kgstats.officer.fields import CHECK, Field, marks
from kgstats.officer.formulas import DUPLICATE_KEY, Reference, limits, row_checks
from kgstats.officer.last_year import CLOSINGS
from kgstats.returns.identities import BEFORE
from kgstats.returns.values.decisions import decision_days
from kgstats.words import N_

REFUSED_TITLE = N_("This cannot stand here")
MARKS_ASKED = N_("Type {yes} (met) or {no} (not met).")
NUMBERS_ASKED = {
    "count": N_("Type a whole number, 0 where there is none."),
    "money": N_("Type an amount in million đồng, 0 or more, without words."),
    "year": N_("Type the year of the plan as four digits."),
}
DATE_ASKED = N_("Type a date as day/month/year, 31/12/{year} at the latest.")
WORDS_ASKED = N_("Choose one of the words of the list.")

ONLY_IN_BEGUN_ROWS = frozenset(("mark_blank", "key_missing"))
"""A row that nobody began is not coloured for what it lacks."""


def refuse(book: TemplateBook, page: Any, place: Place) -> None:
    """Have single cells refused as they are typed, and lists offered."""
    for at, one in enumerate(place.columns):
        rule = _asked(book, place.key, one)
        if rule is None:
            continue
        title = {"error_title": book.t(REFUSED_TITLE), "error_type": "stop", "ignore_blank": True}
        page.data_validation(place.rows[0] - 1, at, place.rows[-1] - 1, at, {**title, **rule})


def _asked(book: TemplateBook, key: str, one: Field) -> dict[str, Any] | None:
    """Return what may be typed in a column."""
    t, between = book.t, {"criteria": "between"}
    if one.kind == "mark":
        yes, no = marks()
        words = t(MARKS_ASKED, yes=yes, no=no)
        return {"validate": "list", "source": [yes, no], "error_message": words}
    span = limits(key, one, book.year)
    if span is not None:
        kind = "decimal" if one.kind == "money" else "integer"
        bounds = {**between, "minimum": span[0], "maximum": span[1]}
        return {"validate": kind, **bounds, "error_message": t(NUMBERS_ASKED[one.kind])}
    if one.kind == "date":
        bounds = {
            **between,
            **dict(zip(("minimum", "maximum"), decision_days(book.year), strict=True)),
        }
        return {"validate": "date", **bounds, "error_message": t(DATE_ASKED, year=book.year)}
    if one.kind == "words":
        # A cause may be told in the district's own words.
        strict = "stop" if one.name != "cause" else "warning"
        source = f"={book.lists()[one.listing]}"
        asked = {"error_type": strict, "error_message": t(WORDS_ASKED)}
        return {"validate": "list", "source": source, **asked}
    return None


def twice(place: Place, cell: Reference) -> str:
    """Return the formula that is true where another line of money has the same key."""
    pairs = ",".join(f"{place.span(name)},{cell(name)}" for name in DUPLICATE_KEY)
    return f"IFERROR(COUNTIFS({pairs})>1,FALSE)"


def colour(book: TemplateBook, page: Any, place: Place) -> None:
    """Colour the cells of every rule that fails, in their row and only there."""
    wrong = book.book.add_format({"bg_color": WRONG, "font_color": WRONG_INK})
    good = book.book.add_format({"font_color": GOOD_INK})
    by_column: dict[str, list[str]] = {}
    for formula, names in _conditions(book, place):
        for name in names:
            by_column.setdefault(name, []).append(formula)
    for name, formulas in by_column.items():
        rule = {"type": "formula", "criteria": f"=OR({','.join(formulas)})", "format": wrong}
        page.conditional_format(place.cells(name), rule)
    for start, style in (("•", wrong), ("✓", good)):
        rule = {"type": "text", "criteria": "begins with", "value": start, "format": style}
        page.conditional_format(place.cells(CHECK), rule)


def _conditions(book: TemplateBook, place: Place) -> list[tuple[str, tuple[str, ...]]]:
    """Return the rules as conditions of the first row, which all rows take over."""

    def cell(name: str) -> str | None:
        letter = None if name.startswith(BEFORE) else place.letter(name)
        return f"${letter}{place.rows[0]}" if letter is not None else None

    typed = ",".join(str(cell(one.name)) for one in place.columns if one.typed)
    begun = f"COUNTA({typed})>0"
    # The rows that add others up stand between the rows of units.
    row = f"ISNUMBER($A{place.rows[0]})" if place.units[0] is not None else "TRUE"
    found: list[tuple[str, tuple[str, ...]]] = []
    for one in row_checks(place.key, place.columns, cell, book.lists(), book.year):
        there = begun if one.rule in ONLY_IN_BEGUN_ROWS else row
        for name, formula in (one.each or {}).items():
            found.append((f"AND({there},{row},{formula})", (name,)))
        if one.each is not None:
            continue
        found.append((f"AND({there},{row},{one.formula})", one.columns))
    if place.letter("component") is not None:
        found.append((f"AND({begun},{twice(place, cell)})", DUPLICATE_KEY))
    for name, closing in CLOSINGS.items():
        held, label = cell(name), cell("commune_code")
        span = book.closings.get(closing)
        if held is not None and span is not None:
            # The rows of the other sheet stand in another order than those of areas.
            names, values = span
            there = f'COUNTIFS({names},{label},{values},">=0")=1'
            apart = f"{held}<>SUMIF({names},{label},{values})"
            found.append((f"AND(ISNUMBER({held}),{there},{apart})", (name,)))
    return found
