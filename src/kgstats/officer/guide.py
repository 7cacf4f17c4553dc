"""The sheets of a template that guide: how to fill in, what to choose, last year, the checks."""

from __future__ import annotations

from typing import Any

from kgstats.officer.book import GOOD_INK, WRONG, WRONG_INK, Place, TemplateBook
from kgstats.officer.fields import CHECK, LISTINGS, listed, marks
from kgstats.officer.form_page import MONEY_UNIT, NOT_YET
from kgstats.officer.formulas import BLANK, row_checks
from kgstats.returns.forms import all_forms, code_words
from kgstats.returns.guidance import guidance
from kgstats.returns.origin import LAST_MONTH_OF_A_PART
from kgstats.returns.rules import RULES
from kgstats.words import N_

STEPS = (
    N_("Fill in the sheets Biểu 01, Biểu 02 and Biểu 03. Type only in the yellow cells."),
    N_(
        "Grey cells are locked: names of communes, rates and sums are filled in by themselves. "
        "Do not add, delete or move rows, columns or sheets."
    ),
    N_(
        "Blue cells are last year's closing figures, as the province has them: this year starts "
        "from there. If one is wrong, tell the province; do not type over it."
    ),
    N_("Type 0 where there is none. Leave blank only what is not known."),
    N_("Biểu 01: mark each criterion with {yes} (met) or {no} (not met)."),
    N_(
        "Biểu 02: one row for each component, source, kind and plan year; amounts in {unit}. "
        "Write the day up to which money is counted above the table."
    ),
    N_("Biểu 03: all households, the poor and near-poor at the start, the changes, the end."),
    N_(
        "The last column of each form, “{check}”, says at once what is wrong in its row; the cells "
        "concerned turn red. The sheet “{check}” counts what is left to do."
    ),
    N_("When the sheet “{check}” says that it can be sent, send this file as it is, unchanged."),
)
LEGEND = (
    ("open", N_("to be filled in")),
    ("label", N_("locked: not to be typed")),
    ("carried", N_("last year's closing figure, locked")),
    ("wrong", N_("to be mended")),
)
TITLE = N_("Return of the National Target Programmes, {year}: {district}")
READY = N_("READY: this file can be sent")
OPEN = N_("NOT READY: rows not filled in: ")
OPEN_WRONG = N_("; rows to mend: ")
FORM_HEADS = (
    N_("Form"), N_("Rows to fill in"), N_("Filled in and in order"), N_("Not filled in yet"),
    N_("To mend"), N_("Go there"),
)  # fmt: skip
DAY_ABSENT = N_(
    "The day up to which money is counted is not written above the table of Biểu 02, or it is not "
    "of the last months of {year} or of the year after."
)
CHECKED = (N_("What is checked in every row"), N_("Form"), N_("Rows that fail"))
CHANGE = N_("Change")
LAST_HEADS = (
    N_("Commune, ward or township"), N_("Households, end of {before}"),
    N_("Households, {year}"), CHANGE,
    N_("Poor households, end of {before}"), N_("Poor at start, {year}"),
    N_("Poor at end, {year}"), CHANGE, N_("Near-poor, end of {before}"),
    N_("Near-poor at start, {year}"), N_("Near-poor at end, {year}"), CHANGE,
    N_("Criteria met, {before}"), N_("Criteria met, {year}"),
)  # fmt: skip
LAST_NOTE = N_(
    "As the province has them. A large change is no error by itself: it will be asked about."
)
UNSPENT = N_("Money of {before} not yet disbursed: what may be carried over")
UNSPENT_HEADS = (
    N_("Component"), N_("Source"), N_("Kind"), N_("Plan year"),
    N_("Not yet disbursed, million đồng"), N_("Carried over in Biểu 02, million đồng"),
)  # fmt: skip
LAST_FIRST = 6
"""First row of communes on the sheet of last year."""


def closings(book: TemplateBook) -> None:
    """Say where the closing figures of last year will stand."""
    if book.before is None:
        return
    name, units = guidance("last")[0], book.district.units
    last = LAST_FIRST + len(units) - 1
    for column, letter in (("poor_end_hh", "E"), ("near_poor_end_hh", "I")):
        for at, unit in enumerate(units, LAST_FIRST):
            if book.before.closing(unit.code, column) is not None:
                book.starts[unit.code, column] = f"'{name}'!${letter}${at}"
        book.closings[column] = (
            f"'{name}'!$A${LAST_FIRST}:$A${last}",
            f"'{name}'!${letter}${LAST_FIRST}:${letter}${last}",
        )  # fmt: skip


def lists(book: TemplateBook) -> None:
    """Write the words to choose from; the sheet is hidden."""
    name, title = guidance("lists")
    page = book.book.add_worksheet(name)
    page.write(0, 0, title, book.style("bold"))
    for at, listing in enumerate(LISTINGS.values()):
        page.write(1, at, listing, book.style("bold"))
        for row, words in enumerate(listed(listing), 2):
            page.write(row, at, words, book.style("plain"))
    page.hide()
    book.protect(page)


def instructions(book: TemplateBook) -> None:
    """Write the first sheet: how to fill in."""
    name, title = guidance("guide")
    page, t = book.book.add_worksheet(name), book.t
    yes, no = marks()
    words = {"yes": yes, "no": no, "unit": MONEY_UNIT, "check": guidance("check")[0]}
    page.write(0, 0, title, book.style("bold", font_size=14))
    district = book.district.full_name
    page.write(1, 0, t(TITLE, year=book.year, district=district), book.style("bold"))
    page.set_column(0, 0, 5)
    page.set_column(1, 1, 100)
    for number, step in enumerate(STEPS, 1):
        page.write(number + 2, 0, number, book.style("bold", align="center", valign="top"))
        text = t(step, **words) if "{" in step else t(step)
        page.write(number + 2, 1, text, book.style("wrapped"))
        page.set_row(number + 2, 34 if len(text) > 95 else 18)
    at = len(STEPS) + 4
    colours = {
        "open": book.field_style("count", locked=True, colour="typed"),
        "label": book.field_style("count", locked=True),
        "carried": book.field_style("count", locked=True, colour="carried"),
        "wrong": book.style("plain", bg_color=WRONG, font_color=WRONG_INK, border=1),
    }
    for row, (kind, said) in enumerate(LEGEND, at):
        page.write(row, 0, "", colours[kind])
        page.write(row, 1, t(said), book.style("plain"))
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.hide_gridlines(2)
    book.protect(page)


def checks(book: TemplateBook) -> None:
    """Write the sheet that counts what is left to do."""
    name, title = guidance("check")
    page, t = book.book.add_worksheet(name), book.t
    page.write(0, 0, title, book.style("bold", font_size=14))
    page.write(1, 0, t(TITLE, year=book.year, district=book.district.full_name), book.style("bold"))
    page.set_column(0, 0, 80)
    page.set_column(1, 5, 15)
    for at, head in enumerate(FORM_HEADS):
        page.write(4, at, t(head), book.style("head"))
    page.set_row(4, 34)
    first = 6
    for row, place in enumerate(book.places.values(), first):
        _form_line(book, page, row, place)
    last = first + len(book.places) - 1
    day = last + 1
    funding = book.places["funding"].sheet
    page.write(day - 1, 0, t(DAY_ABSENT, year=book.year), book.style("cell"))
    page.set_row(day - 1, 32)
    line = f"'{funding}'!A5"
    absent = f"=IF({_day_there(line, book.year)},0,1)"
    for at in range(1, 4):
        page.write(day - 1, at, "", book.style("cell"))
    page.write_formula(day - 1, 4, absent, book.style("whole"), 1)
    page.write_url(day - 1, 5, f"internal:'{funding}'!A5", book.style("link"), t(FORM_HEADS[-1]))
    blank, wrong = f"SUM(D{first}:D{last})", f"SUM(E{first}:E{day})"
    whole = f"SUM(B{first}:B{last})=SUM(C{first}:C{last})"
    done = f"AND({blank}=0,{wrong}=0,{whole})"
    said = f'=IF({done},"{t(READY)}","{t(OPEN)}"&{blank}&"{t(OPEN_WRONG)}"&{wrong})'
    absent_rows = sum(unit is not None for one in book.places.values() for unit in one.units)
    value = f"{t(OPEN)}{absent_rows}{t(OPEN_WRONG)}1"
    page.merge_range(2, 0, 2, 5, "", book.style("state"))
    page.write_formula(2, 0, said, book.style("state"), value)
    page.set_row(2, 30)
    ready = book.book.add_format({"font_color": GOOD_INK, "bg_color": "#DDF2E3"})
    not_yet = book.book.add_format({"font_color": WRONG_INK, "bg_color": WRONG})
    page.conditional_format("A3:F3", {"type": "formula", "criteria": f"={done}", "format": ready})
    otherwise = {"type": "formula", "criteria": f"=NOT({done})", "format": not_yet}
    page.conditional_format("A3:F3", otherwise)
    over = {"type": "cell", "criteria": ">", "value": 0, "format": not_yet}
    page.conditional_format(f"D{first}:E{day}", over)
    _each_check(book, page, day + 2)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    book.protect(page)


def _day_there(line: str, year: int) -> str:
    """Return the formula that is true where a line tells a day late in a year or in the next.

    A day of the first months is that of a part of the year, which the province refuses.
    """
    ends = [f"{month}{{0}}{year}" for month in range(LAST_MONTH_OF_A_PART + 1, 13)]
    ends.append(f"{{0}}{year + 1}")
    said = [one.format(sign) for one in ends for sign in ("/", "-", ".", " năm ")]
    found = ",".join(f'ISNUMBER(SEARCH("{one}",{line}))' for one in said)
    return f'AND(OR({found}),ISERROR(SEARCH("…",{line})))'


def _form_line(book: TemplateBook, page: Any, row: int, place: Place) -> None:
    """Count the rows of one form: to fill in, in order, blank, to mend."""
    cells = place.span(CHECK, outside=True)
    expected = sum(unit is not None for unit in place.units)
    blank = book.t(NOT_YET)
    whole, title = book.style("whole"), all_forms()[place.key].titles[0]
    page.write(row - 1, 0, f"{place.sheet}. {title}", book.style("cell"))
    if expected:
        page.write(row - 1, 1, expected, whole)
    else:
        begun = place.span("component", outside=True)
        page.write_formula(row - 1, 1, f"=COUNTA({begun})", whole, 0)
    page.write_formula(row - 1, 2, f'=COUNTIF({cells},"✓*")', whole, 0)
    page.write_formula(row - 1, 3, f'=COUNTIF({cells},"{blank}")', whole, expected)
    page.write_formula(row - 1, 4, f'=COUNTIF({cells},"•*")', whole, 0)
    words = book.t(FORM_HEADS[-1])
    target = f"internal:'{place.sheet}'!{place.letter(CHECK)}{place.rows[0]}"
    page.write_url(row - 1, 5, target, book.style("link"), words)


def _each_check(book: TemplateBook, page: Any, row: int) -> None:
    """List what is checked, with how many rows fail it."""
    t, first = book.t, row + 1
    for at, head in enumerate(CHECKED):
        page.write(row - 1, at, t(head), book.style("head"))
    for place in book.places.values():
        said = dict.fromkeys(
            t(RULES[one.rule].meaning)
            for one in row_checks(
                place.key, place.columns, lambda name: name, book.lists(), book.year
            )
            if not one.rule.startswith("start_") or book.before is not None
        )
        said[t(BLANK)] = None
        if any(place.units):
            said[t(RULES["place_missing"].meaning)] = None
        if place.letter("component") is not None:
            said[t(RULES["funding_twice"].meaning)] = None
        for words in said:
            row += 1
            page.write(row - 1, 0, words, book.style("cell"))
            page.write(row - 1, 1, place.sheet, book.style("cell"))
            count = f'=COUNTIF({place.span(CHECK, outside=True)},"*{words}*")'
            page.write_formula(row - 1, 2, count, book.style("whole"), 0)
    over = book.book.add_format({"font_color": WRONG_INK, "bg_color": WRONG})
    page.conditional_format(
        f"C{first}:C{row}",
        {"type": "cell", "criteria": ">", "value": 0, "format": over},
    )


def last_year(book: TemplateBook) -> None:
    """Write last year's closing figures beside what is typed for this year."""
    if book.before is None:
        return
    name, title = guidance("last")
    page, t = book.book.add_worksheet(name), book.t
    years = {"before": book.before.year, "year": book.year}
    page.write(0, 0, title, book.style("bold", font_size=14))
    page.write(1, 0, t(TITLE, year=book.year, district=book.district.full_name), book.style("bold"))
    page.write(2, 0, t(LAST_NOTE), book.style("plain", italic=True))
    page.set_column(0, 0, 44)
    page.set_column(1, len(LAST_HEADS), 14)
    for at, head in enumerate(LAST_HEADS):
        words = t(head, **years) if "{" in head else t(head)
        page.write(LAST_FIRST - 2, at, words, book.style("head"))
    page.set_row(LAST_FIRST - 2, 48)
    page.freeze_panes(LAST_FIRST - 1, 1)
    for at, unit in enumerate(book.district.units, LAST_FIRST):
        label = f"{unit.full_name[:1].upper()}{unit.full_name[1:]}"
        page.write(at - 1, 0, label, book.style("label"))
        _closing_cells(book, page, at, unit.code)
    last = LAST_FIRST + len(book.district.units) - 1
    for left in range(1, len(LAST_HEADS)):
        kind = "change" if LAST_HEADS[left] == CHANGE else "count"
        letter = _letter(left)
        book.show_numbers(page, kind, f"{letter}{LAST_FIRST}:{letter}{last}")
    row = last + 2
    if book.before.unspent:
        _unspent(book, page, row)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    book.protect(page)


def _closing_cells(book: TemplateBook, page: Any, at: int, code: str) -> None:
    """Write one commune's closing figures, and links to what is typed for this year."""
    assert book.before is not None
    known = book.field_style("count", locked=True, colour="carried")
    plain = book.style("worked out")
    poverty = book.places["poverty"]
    for left, closing, names in (
        (1, "households_hh", ("households_hh",)),
        (4, "poor_end_hh", ("poor_start_hh", "poor_end_hh")),
        (8, "near_poor_end_hh", ("near_poor_start_hh", "near_poor_end_hh")),
        (12, "criteria_met", ("criteria_met",)),
    ):
        value = book.before.closing(code, closing)
        if value is None:
            page.write_blank(at - 1, left, None, plain)
        else:
            page.write_number(at - 1, left, value, known)
        place = poverty if closing != "criteria_met" else book.places.get("attainment")
        rows = {} if place is None else dict(zip(place.units, place.rows, strict=True))
        row = next((at for one, at in rows.items() if one is not None and one.code == code), 0)
        for more, column in enumerate(names, left + 1):
            if place is None or not row:
                page.write_blank(at - 1, more, None, plain)
                continue
            ref = f"'{place.sheet}'!{place.letter(column)}{row}"
            page.write_formula(at - 1, more, f'=IF(LEN({ref})=0,"",{ref})', plain, "")
        if closing == "criteria_met":
            continue
        change = left + 1 + len(names)
        now, before = _letter(change - 1), _letter(left)
        formula = f'=IF(COUNT({now}{at},{before}{at})=2,{now}{at}-{before}{at},"")'
        page.write_formula(at - 1, change, formula, plain, "")


def _letter(at: int) -> str:
    return "ABCDEFGHIJKLMN"[at]


def _unspent(book: TemplateBook, page: Any, row: int) -> None:
    """List the money of last year that was not paid out, beside what is carried over."""
    assert book.before is not None
    t, money = book.t, book.style("worked out")
    page.write(row - 1, 0, t(UNSPENT, before=book.before.year), book.style("bold"))
    for at, head in enumerate(UNSPENT_HEADS):
        page.write(row, at, t(head), book.style("head"))
    page.set_row(row, 48)
    place = book.places["funding"]
    names = ("component", "source", "kind")
    for number, one in enumerate(book.before.unspent, row + 1):
        words = [_chosen("components", one.component), _chosen("sources", one.source),
                 _chosen("kinds", one.kind)]  # fmt: skip
        for at, text in enumerate(words):
            page.write(number, at, text, book.style("cell"))
        page.write(number, 3, one.plan_year, book.style("cell", num_format="0"))
        carried = book.field_style("money", locked=True, colour="carried")
        page.write(number, 4, one.vnd / 1_000_000, carried)
        pairs = [
            f"{place.span(name, outside=True)},{'ABC'[at]}{number + 1}"
            for at, name in enumerate(names)
        ]
        pairs.append(f"{place.span('plan_year', outside=True)},D{number + 1}")
        total = f"=SUMIFS({place.span('allocated_vnd', outside=True)},{','.join(pairs)})"
        page.write_formula(number, 5, total, money, 0)
        page.set_row(number, 48)
    book.show_numbers(page, "money", f"E{row + 2}:F{number + 1}")


def _chosen(listing: str, code: str) -> str:
    """Return the words a template offers for a code."""
    from kgstats.returns.forms import component_of, exact_meaning

    for words in listed(listing):
        found = (
            component_of(words, None)[0]
            if listing == "components"
            else exact_meaning(listing, words)
        )
        if found == code:
            return words
    return code_words(listing, code)
