"""Forms are read whatever their headings look like; what is in doubt is refused by name."""

from __future__ import annotations

import collections
import csv
import datetime as dt
import itertools
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.returns.breaking import Made, Way, make, values_read
from tests.returns.building import KIEN_HAI, book, poverty, sheet

from kgstats.returns.cells import Cell, ErrorValue, column_letter
from kgstats.returns.clean import read_book, read_return
from kgstats.returns.rules import message

DATA = Path(__file__).parent / "data"
FORMS = ("attainment", "funding", "poverty")
DISTRICTS = ("906", "912", "913")


# --- made-up returns with headings split over rows -----------------------------------------------


def expected() -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    file = ""
    for row in csv.DictReader((DATA / "split_headings" / "values.csv").open(encoding="utf-8")):
        file = row["file"] or file
        found.setdefault(file, []).append(row)
    return found


DERIVED = "status"
"""Follows from marks and decision; the samples only say that no cell states it."""


def agrees(column: str, value: object, stated: str) -> bool:
    """Whether a value is what its cell shows: rates are shown with two decimals."""
    if value is None or stated == "":
        return value is None and stated == ""
    if column == "note":
        # The words of a cause stand behind those of the note.
        return str(value).split("; ")[0] == stated
    if column.endswith("_pct"):
        return round(float(str(value)), 2) == float(stated)
    return str(value) == stated


@pytest.mark.parametrize("file", sorted(expected()))
def test_returns_with_split_headings_are_read_to_the_last_value(file):
    result = read_return(DATA / "split_headings" / file, 2019)
    read = values_read(result)
    read.update(
        {(f"{code}/{name[4:]}", "met"): value for (code, name), value in read.items()
         if name.startswith("met ")}
    )  # fmt: skip
    found = {(one.sheet, one.cell) for one in result.findings}
    tried = 0
    for row in expected()[file]:
        if row["column"] == DERIVED:
            continue
        value = read.get((row["key"], row["column"]))
        tried += 1
        if row["mode"] in ("plain", "null"):
            assert agrees(row["column"], value, row["value"]), (row, value)
        elif row["mode"] == "refused":
            assert value is None, (row, value)
        else:
            assert row["mode"] in ("either", "doubtful")
            assert value is None or agrees(row["column"], value, row["value"]), (row, value)
        if row["mode"] == "doubtful":
            assert value is None or (row["sheet"], row["cell"]) in found, (row, value)
    assert tried > 40


def test_cells_that_must_be_refused_are_and_cost_no_neighbour():
    for row in csv.DictReader((DATA / "split_headings" / "refused.csv").open(encoding="utf-8")):
        ledger = read_return(DATA / "split_headings" / row["file"], 2019).ledger
        roles = dict(zip(zip(ledger.sheet, ledger.cell, strict=True), ledger.role, strict=True))
        assert roles[row["sheet"], row["cell"]] == "quarantined", row


# --- headings written in every way ----------------------------------------------------------------

WAYS = [
    Way(style, words, at, numbers, breaks, touches, empty)
    for style, words, at, numbers, breaks, touches, empty in itertools.product(
        ("merged", "first", "split"), (1, 2, 4), ("top", "middle", "bottom"),
        (True, False), (True, False), (True, False), (True, False),
    )
    if (style == "split" and not breaks) or (style != "split" and words == 1 and at == "top")
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_way_of_writing_a_heading_gives_every_value(form):
    rng = random.Random(7)
    for way in WAYS:
        made = make(form, way, rng, extra=rng.random() < 0.5, again=rng.random() < 0.5)
        read = values_read(read_book(made.book, 2019))
        lost = {key: value for key, value in made.truth.items() if read.get(key) != value}
        assert not lost, (way, list(lost.items())[:3])


# --- and damaged at random ------------------------------------------------------------------------


@st.composite
def ways(draw) -> Way:
    return Way(
        draw(st.sampled_from(("merged", "first", "split", "split"))),
        draw(st.integers(1, 3)),
        draw(st.sampled_from(("top", "middle", "bottom"))),
        *(draw(st.booleans()) for _ in range(4)),
    )


DAMAGES = ("gone", "signs", "error", "number", "other", "letter", "unmerged", "date")
OTHER_WORDS = ("Xem ghi chú", "abc", "Số hộ", "Hộ nghèo", "Tỷ lệ", "Cột mới")


def spoil(made: Made, rng: random.Random, times: int) -> set[int]:
    """Damage heading cells; returns the columns that were hit."""
    page = made.book.sheets[0]
    spans = [made.heading, *([made.repeated] if made.repeated else [])]
    cells = [one for one in page.cells if any(a <= one.row <= b for a, b in spans)]
    hit: set[int] = set()
    for cell in rng.sample(cells, min(times, len(cells))):
        hit.add(cell.column)
        kind = rng.choice(DAMAGES)
        text = str(cell.value)
        if kind == "gone":
            page.cells.remove(cell)
        elif kind == "letter" and len(text) > 3:
            at = rng.randrange(len(text))
            cell.value = f"{text[:at]}?{text[at + 1 :]}"
        elif kind == "unmerged":
            page.merged[:] = [one for one in page.merged if one[:2] != (cell.row, cell.column)]
        else:
            cell.value = {
                "error": ErrorValue("#REF!"), "number": rng.randrange(1, 1900),
                "other": rng.choice(OTHER_WORDS), "date": dt.date(2019, 5, 2),
            }.get(kind, "??")  # fmt: skip
    return hit


def judge(made: Made) -> tuple[collections.Counter[str], list[object]]:
    """Count values that are right, refused by name, wrong, and missing without a word."""
    result = read_book(made.book, 2019)
    read = values_read(result)
    errors = [one for one in result.findings if one.grave == "error"]
    whole = any(
        one.rule in ("form_not_read", "form_without_rows", "span_not_year") for one in errors
    )
    columns = {"".join(filter(str.isalpha, one.cell)) for one in errors}
    rows = {int("".join(filter(str.isdigit, one.cell)) or 0) for one in errors}
    found: collections.Counter[str] = collections.Counter()
    bad: list[object] = []
    for (key, name), value in made.truth.items():
        got = read.get((key, name))
        named = whole or column_letter(made.columns[name]) in columns or made.rows[key] in rows
        kind = "right" if got == value else "wrong" if got is not None else (
            "refused" if named else "silent"
        )  # fmt: skip
        found[kind] += 1
        if kind in ("wrong", "silent"):
            bad.append((kind, key, name, value, got))
    return found, bad


@given(
    st.sampled_from(FORMS), ways(), st.integers(0, 10**6), st.booleans(), st.booleans(),
    st.sampled_from(DISTRICTS), st.integers(0, 2),
)  # fmt: skip
@settings(
    max_examples=150, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
def test_a_damaged_heading_is_read_or_refused_by_name(
    form, way, seed, extra, again, district, times
):
    rng = random.Random(seed)
    made = make(form, way, rng, extra=extra, again=again, district=district)
    spoil(made, rng, times)
    found, bad = judge(made)
    assert not bad, (found, bad[:3])
    if not times:
        assert set(found) == {"right"}


@given(st.sampled_from(FORMS), ways(), st.integers(0, 10**6), st.integers(1, 4))
@settings(
    max_examples=80, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
def test_a_damaged_repeat_of_a_heading_never_costs_a_value(form, way, seed, times):
    rng = random.Random(seed)
    made = make(form, way, rng, again=True, district="906")
    first, made.heading = made.heading, made.repeated
    made.repeated = None
    damage = [one for one in DAMAGES if one != "other"]
    page = made.book.sheets[0]
    cells = [one for one in page.cells if made.heading[0] <= one.row <= made.heading[1]]
    for cell in rng.sample([one for one in cells if one.column > 2], times):
        cell.value = {"error": ErrorValue("#REF!"), "number": 7}.get(rng.choice(damage), "??")
    made.heading = first
    found, bad = judge(made)
    assert found["right"] == len(made.truth), (found, bad[:3])


# --- years and spans ------------------------------------------------------------------------------


def errors(result) -> list[str]:
    return [one.rule for one in result.findings if one.grave == "error"]


@pytest.mark.parametrize("name", ["last_year_taken_for_this_year_a",
                                  "last_year_before_this_year_full_form"])  # fmt: skip
def test_last_years_column_is_not_taken_for_this_years(name):
    result = read_return(DATA / "odd" / f"{name}.xlsx", 2019)
    read = values_read(result)
    assert (read["30904", "poor_end_hh"], read["30904", "poor_end_pct"]) == (112, 2.08)
    assert (read["30904", "near_poor_end_hh"], read["30904", "near_poor_end_pct"]) == (278, 5.17)
    assert errors(result) == []


def test_the_disbursement_of_a_month_is_not_that_of_the_year():
    read = values_read(read_return(DATA / "odd" / "month_taken_for_cumulative.xlsx", 2019))
    key = "gnbv/gnbv_30a_livelihoods/central/recurrent/2019"
    assert read[key, "disbursed_vnd"] == 292_500_000


def test_an_empty_column_does_not_cost_a_form():
    name = "empty_column_after_noi_dung_drops_form02.xlsx"
    result = read_return(DATA / "odd" / name, 2019)
    assert len(result.records["funding"]) == 23
    assert errors(result) == []


HEAD = ["TT", "Đơn vị", "Tổng số hộ"]


def counts(*columns: list[int]) -> list[list[object]]:
    return [
        [at, f"Xã {name}", 1000 + at, *(column[at - 1] for column in columns)]
        for at, name in enumerate(KIEN_HAI, 1)
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Hộ nghèo năm 2018", "Hộ nghèo năm 2019"),
        ("Số hộ nghèo cuối năm 2018", "Số hộ nghèo cuối năm 2019"),
        ("Hộ nghèo đến 31/12/2018", "Hộ nghèo đến 31/12/2019"),
        ("Hộ nghèo 01/01/2019", "Hộ nghèo 31/12/2019"),
        ("Hộ nghèo năm 2017", "Hộ nghèo"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_the_year_of_a_heading_is_weighed_against_the_report(old, new, turned):
    last, this = [50, 60, 70, 80], [41, 52, 63, 74]
    pair = [(old, last), (new, this)]
    pair = pair[::-1] if turned else pair
    rows = counts(*(column for _, column in pair))
    page = poverty(rows, head=[*HEAD, *(words for words, _ in pair)])
    read = values_read(read_book(book(page, file="Ho ngheo.xlsx"), 2019))
    assert [read[code, "poor_end_hh"] for code in ("31108", "31111")] == [41, 52]
    assert read.get(("31108", "poor_start_hh")) in (None, 50)


def test_a_form_with_last_year_alone_is_refused_not_taken_for_this_year():
    rows = counts([50, 60, 70, 80], [3, 4, 5, 6], [40, 41, 42, 43])
    head = [*HEAD, "Hộ nghèo năm 2017", "Thoát nghèo năm 2017", "Hộ cận nghèo năm 2017"]
    result = read_book(book(poverty(rows, head=head), file="Ho ngheo.xlsx"), 2019)
    assert not any(
        value for (_, name), value in values_read(result).items() if name.endswith("_end_hh")
    )
    assert errors(result)


def test_a_part_of_the_year_alone_is_refused_by_name():
    head = ["TT", "Nội dung", "Nguồn vốn", "Tính chất", "Năm kế hoạch", "Kế hoạch vốn",
            "Giải ngân tháng 12", "Ghi chú"]  # fmt: skip
    rows = [[1, "Xây dựng nông thôn mới", "NSTW", "ĐTPT", 2019, 900, 90, "x"],
            [2, "Truyền thông về giảm nghèo", "NSTW", "SN", 2019, 500, 50, "x"]]  # fmt: skip
    titles = [["UBND HUYỆN KIÊN HẢI"],
              ["TÌNH HÌNH PHÂN BỔ, GIẢI NGÂN VỐN CÁC CHƯƠNG TRÌNH MỤC TIÊU QUỐC GIA NĂM 2019"],
              [None, None, None, None, None, "ĐVT: triệu đồng"]]  # fmt: skip
    result = read_book(book(sheet([*titles, head, *rows]), file="Von.xlsx"), 2019)
    refused = [one for one in result.findings if one.rule == "column_other_time"]
    assert [one.cell for one in refused] == ["G4"]
    assert "Giải ngân tháng 12" in message(refused[0], "vi")
    assert [row.get("disbursed_vnd") for row in result.records["funding"]] == [None, None]


# --- two headings for one column ------------------------------------------------------------------


def rivals(first: list[int], second: list[int], *more: tuple[str, list[object]]):
    rows = counts(first, second, *(column for _, column in more))  # type: ignore[arg-type]
    head = [*HEAD, "Hộ nghèo cuối năm", "Hộ nghèo cuối năm", *(words for words, _ in more)]
    return read_book(book(poverty(rows, head=head), file="Ho ngheo.xlsx"), 2019)


def test_two_equal_headings_are_told_apart_by_the_rate_or_refused():
    right, wrong = [41, 52, 63, 74], [9, 8, 7, 6]
    rates = [round(100 * count / (1000 + at), 2) for at, count in enumerate(right, 1)]
    for pair in ((right, wrong), (wrong, right)):
        settled = rivals(*pair, ("Tỷ lệ hộ nghèo cuối năm", rates))
        assert values_read(settled)["31108", "poor_end_hh"] == 41
        open_ = rivals(*pair, ("Hộ nghèo đầu năm", [60, 61, 62, 75]))
        assert values_read(open_).get(("31108", "poor_end_hh")) is None
        assert [one.cell for one in open_.findings if one.rule == "column_doubtful"] == ["D4", "E4"]


def test_a_column_said_twice_with_the_same_numbers_is_read_once():
    same = [41, 52, 63, 74]
    result = rivals(same, list(same), ("Hộ nghèo đầu năm", [60, 61, 62, 75]))
    assert values_read(result)["31108", "poor_end_hh"] == 41
    assert "column_doubtful" not in errors(result)


def test_a_whole_column_that_contradicts_the_others_is_refused_once():
    made = make("poverty", Way(), random.Random(3), district="906")
    column = made.columns["poor_end_hh"]
    for cell in made.book.sheets[0].cells:
        if cell.column == column and cell.row in made.rows.values():
            cell.value = int(cell.value) * 3 + 1
    result = read_book(made.book, 2019)
    assert errors(result).count("column_contradicted") == 1
    read = values_read(result)
    for (key, name), value in made.truth.items():
        assert read.get((key, name)) == (None if name == "poor_end_hh" else value)


# --- what looks like a form -----------------------------------------------------------------------


def test_marks_for_parts_of_criteria_are_not_marks_of_criteria():
    parts = [f"{at}.{part}" for at in range(1, 20) for part in (1, 2)]
    rows: list[list[object]] = [
        ["KẾT QUẢ THỰC HIỆN BỘ TIÊU CHÍ QUỐC GIA VỀ XÃ NÔNG THÔN MỚI NĂM 2019"],
        ["UBND HUYỆN KIÊN HẢI"], [], ["TT", "Tên xã", *parts],
    ]  # fmt: skip
    rows += [[at, f"Xã {name}", *["Đ"] * len(parts)] for at, name in enumerate(KIEN_HAI, 1)]
    result = read_book(book(sheet(rows)), 2019)
    assert not result.records.get("attainment")
    assert errors(result)


@pytest.mark.parametrize(
    "rows",
    [
        [["Danh bạ điện thoại các xã"], ["TT", "Xã", "Điện thoại", "Ghi chú"],
         *([at, f"Xã {name}", 901234560 + at, "x"] for at, name in enumerate(KIEN_HAI, 1))],
        [["Dân số các xã"], ["TT", "Xã", "Dân số", "Diện tích", "Mật độ"],
         *([at, f"Xã {name}", 5000 + at, 40 + at, 120 + at]
           for at, name in enumerate(KIEN_HAI, 1))],
        [["HƯỚNG DẪN"], ["Các huyện nộp biểu trước ngày 15 tháng 12"]],
        [["TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"],
         ["TT", "Đơn vị", "Hộ nghèo cuối năm", "Hộ nghèo đầu năm"]],
    ],
)  # fmt: skip
def test_a_sheet_that_carries_no_form_is_put_aside_with_a_note(rows):
    made = make("poverty", Way(), random.Random(1))
    made.book.sheets.append(sheet(rows, name="Khac"))
    result = read_book(made.book, 2019)
    assert [one.rule for one in result.findings if one.sheet == "Khac"] == ["sheet_not_a_form"]
    assert errors(result) == []


def test_extra_columns_of_other_things_are_notes():
    made = make("poverty", Way(), random.Random(2), district="906")
    last = max(made.columns.values()) + 1
    page = made.book.sheets[0]
    page.cells.append(Cell(made.heading[0], last, "Số nhân khẩu"))
    page.cells.extend(Cell(row, last, 4000 + row) for row in made.rows.values())
    page.cells.sort(key=lambda cell: (cell.row, cell.column))
    result = read_book(made.book, 2019)
    assert [one.rule for one in result.findings if one.grave != "warning"] == ["column_extra"]
    assert judge(made)[0]["right"] == len(made.truth)


@pytest.mark.parametrize("moved", ["blocks", "rates", "end first", "shuffled"])
def test_columns_in_an_order_of_their_own_are_all_read(moved, monkeypatch):
    from tests.returns import breaking

    columns = list(breaking.POVERTY)
    if moved == "blocks":
        columns = [*columns[:2], *columns[11:], *columns[2:11]]
    elif moved == "rates":
        rates = [one for one in columns if one[0].endswith("_pct")]
        columns = [one for one in columns if one not in rates] + rates
    elif moved == "end first":
        columns.insert(2, columns.pop(6))
    else:
        random.Random(5).shuffle(columns)
    monkeypatch.setitem(breaking.COLUMNS, "poverty", columns)
    made = make("poverty", Way(), random.Random(4), district="906")
    assert judge(made)[0] == {"right": len(made.truth)}


def test_a_number_alone_does_not_take_a_criterion_from_its_name():
    made = make("attainment", Way(), random.Random(6), district="906")
    page = made.book.sheets[0]
    column = made.columns["met 11"]
    cell = next(c for c in page.cells if (c.row, c.column) == (made.heading[1], column))
    cell.value = "10"
    found, bad = judge(made)
    assert found["refused"] == len(made.rows) and not bad
    assert found["right"] == len(made.truth) - len(made.rows)
