"""Forms on their side: communes across, or a sheet a commune, with the cells that were sent."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.returns.breaking import COLUMNS, Way, make, values_read
from tests.returns.building import KIEN_HAI, book, sheet
from tests.returns.records.pages import (
    CODES,
    MARKS_HEAD,
    MARKS_TITLE,
    RIGHT,
    attainment,
    marks,
    met_of,
    read,
    told,
)

from kgstats.returns.book import read_book, read_return
from kgstats.returns.cells import CellValue, Sheet
from kgstats.returns.check import check_file, year_of
from kgstats.returns.forms import all_forms
from kgstats.returns.ledger import raw_text
from kgstats.returns.rules import advice
from kgstats.returns.turned import Turn

ODD = Path(__file__).parent / "data" / "odd" / "transposed_form01_dropped_with_a_note.xlsx"
NAMES = [words.partition(" ")[2] for words in all_forms()["attainment"].column("criterion").words]
TITLES: list[list[CellValue | None]] = [["UBND HUYỆN KIÊN HẢI"], [MARKS_TITLE], [None]]

Rows = list[list[CellValue | None]]


def criteria() -> tuple[list[CellValue | None], Rows]:
    """Return the names of communes, and the rows of form 01 on its side below them."""
    turned = [list(row) for row in zip(*([*row, None] for row in marks()), strict=True)]
    body = [[at, NAMES[at - 1], *row] for at, row in enumerate(turned[2:21], 1)]
    tail = zip(MARKS_HEAD[21:], turned[21:], strict=False)
    return turned[1], [*body, *([None, words, *row] for words, row in tail)]


def behind(result, page: Sheet) -> dict[str, str]:
    """Return row key and column of every cell that holds a value, the ledger being complete."""
    ledger = result.ledger
    sent = {one.address: raw_text(one.value) for one in page.cells}
    assert dict(zip(ledger.cell, ledger.raw, strict=True)) == sent
    return {
        cell: f"{key} {column}"
        for cell, role, key, column in zip(
            ledger.cell, ledger.role, ledger.row_key, ledger.column, strict=True
        )
        if role == "value"
    }


@given(st.integers(1, 30), st.integers(1, 9), st.integers(2, 30), st.integers(2, 9), st.data())
def test_a_place_turned_and_turned_back_is_itself(top, left, high, wide, data):
    turn = Turn(top, left, top + high - 1, left + wide - 1)
    row = data.draw(st.integers(1, top + high + 20))
    column = data.draw(st.integers(left, left + wide - 1))
    assert turn.back(*turn.to(row, column)) == (row, column)


def test_marks_with_communes_across_are_those_of_the_cells_sent():
    result = read_return(ODD, 2019)
    rows = result.records["attainment"]
    assert len(rows) == 95 and [one["met"] for one in rows[:19]] == [True] * 19
    assert [row["criteria_met"] for row in result.records["communes"]] == [19, 19, 10, 13, 14]
    ledger = result.ledger
    held = {
        cell: (raw, role, key, column)
        for at, cell, raw, role, key, column in zip(
            ledger.sheet, ledger.cell, ledger.raw, ledger.role, ledger.row_key, ledger.column,
            strict=True,
        )
        if at == "Bieu 01"
    }  # fmt: skip
    third = rows[38]["commune_code"]
    assert held["E7"] == ("CĐ", "value", f"2019/914/{third}/2", "met")
    assert held["E25"] == ("10", "value", f"2019/914/{third}", "criteria_met")
    assert (held["H7"][1], held["F30"][1], held["A4"][1]) == ("total", "signature", "title")
    assert [(one.rule, one.cell) for one in result.findings] == [("form_turned", "A5")]


HEADS = ("plain", "merged", "numbers above", "codes", "split", "sections", "target", "note")


@pytest.mark.parametrize("way", HEADS)
def test_a_form_on_its_side_is_read_however_it_is_headed(way):
    names, body = criteria()
    head: Rows = [["TT", "Tên tiêu chí", *names]]
    merged = []
    if way == "merged":
        head = [["TT", "Tên tiêu chí", "Kết quả của các xã"], [None, None, *names]]
        merged = [(4, 1, 5, 1), (4, 2, 5, 2), (4, 3, 4, 6)]
    elif way == "numbers above":
        head.insert(0, [None, None, 1, 2, 3, 4])
    elif way == "codes":
        head.append(["A", "B", 1, 2, 3, 4])
    elif way == "split":
        head = [["TT", "Tên tiêu chí", *["Xã"] * 4], [None, None, *KIEN_HAI]]
    elif way == "sections":
        body.insert(1, ["II", "HẠ TẦNG KINH TẾ - XÃ HỘI"])
        body.insert(0, ["I", "QUY HOẠCH"])
    elif way == "target":
        head = [[*row[:2], "Chỉ tiêu", *row[2:]] for row in head]
        body = [[*row[:2], "≥ 70%" if row[0] else None, *row[2:]] for row in body]
    elif way == "note":
        head[0].append("Ghi chú")
        body[3].append("đang thi công")
    page = sheet([*TITLES, *head, *body, [None], ["Ghi chú: Đ là đạt"]], merged=merged)
    result = read(page)
    assert met_of(result) == RIGHT
    assert [one["criteria_met"] for one in result.records["communes"]] == [19, 15, 12, 17]
    assert not [one for one in result.findings if one.grave == "error"]
    first = 4 + len(head) + (way == "sections")
    column = "D" if way == "target" else "C"
    assert behind(result, page)[f"{column}{first}"] == f"2019/912/{CODES[0]}/1 met"


GROUPED = ("words", "column", "rows", "numbered rows", "rows without numbers", "an empty section")


@pytest.mark.parametrize("groups", GROUPED)
def test_counts_with_communes_across_are_read(groups):
    made = make("poverty", Way(), random.Random(8), district="906")
    [page] = made.book.sheets
    values = {one.place: one.value for one in _seen(page)}
    head: list[CellValue | None] = ["TT", "Chỉ tiêu"]
    rows: Rows = []
    over: tuple[str, ...] = ()
    for at, (name, path) in enumerate(COLUMNS["poverty"], 1):
        held = [values[row, made.columns[name]] for row in made.rows.values()]
        level = next((at for at, pair in enumerate(zip(over, path[:-1], strict=False))
                      if pair[0] != pair[1]), min(len(over), len(path) - 1))  # fmt: skip
        new = list(path[level:-1])
        if groups == "words":
            rows.append([at, ": ".join(path), *held])
        elif groups == "column":
            rows.append([at, None if over == path[:-1] else ": ".join(path[:-1]), path[-1], *held])
        else:
            if groups == "an empty section" and at == 12:
                rows.append(["Z", "Phần còn lại"])
            for words in new if groups != "rows without numbers" else path[:1][level:]:
                numbered = words == path[0] and groups != "rows without numbers"
                rows.append(["X" if numbered else None, words])
            rows.append([at if groups != "rows" else None, path[-1], *held])
        over = path[:-1]
    head += [None] * (groups == "column") + [values[row, 2] for row in made.rows.values()]
    title = "TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"
    sent = sheet([["UBND HUYỆN GIỒNG RIỀNG"], [title], [None], head, *rows])
    result = read_book(book(sent), 2019)
    found = values_read(result)
    assert {key: found.get(key) for key in made.truth} == made.truth
    assert {one.cell for one in result.findings} <= {"A4", "B4"}
    behind(result, sent)


def _seen(page: Sheet):
    for one in page.cells:
        one.place = (one.row, one.column)
    return page.cells


def test_what_is_wrong_is_named_by_the_cell_that_was_sent():
    names, body = criteria()
    names[1], body[6][4] = "Xã Dương Hòa", "??"
    result = read(sheet([*TITLES, ["TT", "Tên tiêu chí", *names], *body]))
    assert told(result)["place_elsewhere"] == ["D4"]
    assert told(result)["mark_unreadable"] == ["E11"]
    [elsewhere] = [one for one in result.findings if one.rule == "place_elsewhere"]
    assert "column D" in advice(elsewhere, "en") and "cột D" in advice(elsewhere, "vi")


@pytest.mark.parametrize("named", ["line", "office", "title", "sheet"])
@pytest.mark.parametrize("filled", [True, False])
@pytest.mark.parametrize("signs", [{}, {"Đ": 1, "CĐ": 0}], ids=["letters", "numbers"])
def test_a_sheet_a_commune_is_read_from_all_of_them(named, filled, signs):
    _, body = criteria()
    pages = []
    for at, name in enumerate(KIEN_HAI):
        head: Rows = [["UBND HUYỆN KIÊN HẢI"], [MARKS_TITLE], [f"Xã: {name}"]]
        if named == "office":
            head = [[f"UBND XÃ {name.upper()}"], [MARKS_TITLE], [None]]
        elif named == "title":
            head[1:] = [[f"{MARKS_TITLE} CỦA XÃ {name.upper()}"], [None]]
        elif named == "sheet":
            head[2] = [None]
        rows = [[*row[:2], signs.get(row[2 + at], row[2 + at]), "tốt" if row[0] == 5 else None]
                for row in body]  # fmt: skip
        page = sheet([*head, ["TT", "Tên tiêu chí", "Kết quả", "Ghi chú"], *rows], name=name)
        pages.append(page)
    if not filled:
        pages = pages[:1]
    result = read(*pages)
    assert met_of(result) == (RIGHT if filled else [RIGHT[0], [], [], []])
    errors = {one.rule for one in result.findings if one.grave == "error"}
    assert errors == (set() if filled else {"place_missing"})


@pytest.mark.parametrize("why", ["nowhere", "two columns", "two names", "hidden"])
def test_a_form_that_cannot_be_turned_is_an_error_that_names_it(why):
    _, body = criteria()
    rows = [row[:3] for row in body[:19]]
    head: Rows = [["UBND HUYỆN KIÊN HẢI"], [MARKS_TITLE], ["Xã Hòn Tre"]]
    if why == "nowhere":
        head[2] = [None]
    elif why == "two columns":
        rows = [[*row, row[2]] for row in rows]
    elif why == "two names":
        head[0] = ["UBND XÃ LẠI SƠN"]
    page = sheet([*head, ["TT", "Tên tiêu chí", "Kết quả", "Năm trước"], *rows])
    if why == "hidden":
        page.hidden_rows = {8}
    result = read(page)
    assert told(result)["form_not_read"] == ["A4"] and not result.records.get("attainment")


def test_a_table_of_other_things_with_communes_across_is_put_aside():
    names = [f"Xã {name}" for name in KIEN_HAI]
    other = sheet(
        [["Dân số các xã"], ["TT", "Chỉ tiêu", *names], [1, "Dân số", 900, 800, 700, 600],
         [2, "Diện tích", 4, 5, 6, 7]], name="Khac",
    )  # fmt: skip
    result = read(attainment(marks()), other)
    assert [one.rule for one in result.findings if one.sheet == "Khac"] == ["sheet_not_a_form"]
    assert met_of(result) == RIGHT


def test_marks_across_never_contradict_the_form_the_right_way_round():
    names, body = criteria()
    body = [[*row[:2], *["CĐ"] * 4] for row in body[:19]]
    side = sheet([["TỰ CHẤM ĐIỂM"], ["TT", "Tên tiêu chí", *names], *body], name="Khac")
    for pages in ((attainment(marks()), side), (side, attainment(marks()))):
        result = read(*pages)
        assert met_of(result) == RIGHT
        assert [one.rule for one in result.findings if one.sheet == "Khac"] == ["form_not_read"]


def test_the_year_of_a_form_on_its_side_is_that_of_its_title():
    names, body = criteria()
    title = MARKS_TITLE.replace("2019", "2020")
    page = sheet([["UBND HUYỆN KIÊN HẢI"], [title], [], ["TT", "Tiêu chí", *names], *body])
    assert year_of(book(page, file="Kien Hai.xlsx")) == (2020, [])
    assert check_file(ODD).forms == ["attainment", "funding", "poverty"]
