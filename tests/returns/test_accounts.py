"""Cells received are cells accounted for, whatever the page looks like; nothing ever raises."""

from __future__ import annotations

import datetime as dt
import os
import random
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgstats.reference import areas
from kgstats.returns.book import read_book
from kgstats.returns.cells import Cell, ErrorValue, Sheet, Workbook
from kgstats.returns.forms import all_forms
from kgstats.returns.inspect import inspect_book
from kgstats.returns.ledger import ROLES, AccountsDiffer, Ledger, cells_received, is_empty, raw_text
from kgstats.returns.rules import RULES, message
from kgstats.text import to_tcvn3, to_vni

THOROUGH = int(os.environ.get("KGSTATS_EXAMPLES", "60"))
"""Examples of damage; `KGSTATS_EXAMPLES=4000` for a long look."""

MANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def account(book, year=2019):
    result = read_book(book, year)
    ledger = result.ledger
    assert len(ledger) == ledger.received == cells_received(book)
    assert set(ledger.role) <= set(ROLES)
    places = {
        (sheet.name, cell.address)
        for sheet in book.sheets
        for cell in sheet.cells
        if not is_empty(cell.value)
    }
    assert set(zip(ledger.sheet, ledger.cell, strict=True)) == places
    for finding in result.findings:
        assert finding.rule in RULES
        assert message(finding, "vi") and message(finding, "en")
    # A value of a table has its cell; a cell with a value has its table, row and column.
    for role, table, key, column in zip(
        ledger.role, ledger.table, ledger.row_key, ledger.column, strict=True
    ):
        assert role != "value" or (table and key and column)
    return result


# --- any grid of any values ---------------------------------------------------------------------

WORDS = [
    "TT", "STT", "Đơn vị", "Xã", "Tổng số hộ", "Hộ nghèo cuối năm", "Hộ nghèo đầu năm",
    "Xã Hòn Tre", "Lại Sơn", "An Sơn", "Bình An", "Vĩnh Thuận", "Tổng cộng", "Toàn huyện", "I",
    "II", "A", "B", "Khu vực nông thôn", "Ghi chú: (*)", "(tiếp theo)", "ĐVT: triệu đồng", "Đ",
    "CĐ", "x", "-", "…", "(1)", "1.234", "12,5", "106,0 %", "2/5", "#REF!", "=1+1", "@SUM", "+84",
    "UBND HUYỆN KIÊN HẢI", "Biểu số 03", "NGƯỜI LẬP BIỂU", "ngày 5 tháng 1 năm 2020",
    "Kế hoạch vốn",
    "Giải ngân", "Nội dung", "NSTW", "TC1", "TC2", "TC3", "TC4", "TC5", "1=2+3", "\u200b", "H­ng",
    "HuyÖn", "Huyeän", "Ä‘áº¡t", "<b>x</b>", "{0}", "\ud800", "a" * 400,
]  # fmt: skip
VALUES = st.one_of(
    st.sampled_from(WORDS),
    st.integers(-5, 30),
    st.floats(allow_nan=True, allow_infinity=True),
    st.booleans(),
    st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)),
    st.text(max_size=12),
    st.sampled_from([ErrorValue("#N/A"), dt.time(1, 2), dt.datetime(2019, 5, 2, 3, 4)]),
    st.timedeltas(dt.timedelta(0), dt.timedelta(3)),
)


@st.composite
def wild_sheets(draw):
    height, width = draw(st.integers(0, 9)), draw(st.integers(1, 7))
    cells = [
        Cell(
            row,
            column,
            draw(VALUES),
            draw(st.sampled_from([None, "0%", "d/m"])),
            draw(st.sampled_from([None, ".VnTime", "VNI-Times", "Wingdings"])),
            draw(st.sampled_from([False, False, False, True])),
        )
        for row in range(1, height + 1)
        for column in range(1, width + 1)
        if draw(st.booleans())
    ]
    merged = draw(
        st.lists(
            st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(0, 3), st.integers(0, 3)),
            max_size=3,
        )
    )
    return Sheet(
        draw(st.sampled_from(["Bieu 03", "", "Sheet's [1]"])),
        draw(st.sampled_from(["visible", "visible", "hidden", "very_hidden"])),
        cells,
        [(top, left, top + down, left + right) for top, left, down, right in merged],
        set(draw(st.lists(st.integers(1, 6), max_size=2))),
        set(draw(st.lists(st.integers(1, 4), max_size=1))),
    )


@given(st.lists(wild_sheets(), min_size=1, max_size=2, unique_by=lambda sheet: sheet.name))
@MANY
def test_no_grid_of_values_is_lost_or_raises(sheets):
    book = Workbook("bat ky.xlsx", "xlsx", sheets)
    account(book)
    inspect_book(book)


# --- returns in random layouts, habits and damage -----------------------------------------------

UNITS = {
    code: list(frame.itertuples(index=False))
    for code, frame in areas.units(2019).groupby("district_code")
}
COUNTS = [
    (column.name, column.words[0])
    for column in all_forms()["poverty"].columns
    if column.name.endswith("_hh")
]
DISTRICTS = {
    row.district_code: f"{row.district_type} {row.district_name}"
    for row in areas.districts(2019).itertuples(index=False)
}


def coherent(rng):
    """Counts of one commune as they may be: flows close and no part is above its whole."""
    found = {"households_hh": rng.randrange(1500, 9000)}
    found["ethnic_households_hh"] = rng.randrange(0, found["households_hh"] // 2)
    for group in ("poor", "near_poor"):
        start = found[f"{group}_start_hh"] = rng.randrange(60, 700)
        escaped = found[f"{group}_escaped_hh"] = rng.randrange(0, start // 2)
        back = found[f"{group}_fell_back_hh"] = rng.randrange(0, 9)
        new = found[f"{group}_new_hh"] = rng.randrange(0, 40)
        end = found[f"{group}_end_hh"] = start - escaped + back + new
        found[f"ethnic_{group}_end_hh"] = rng.randrange(0, end)
    found["poor_income_hh"] = rng.randrange(0, found["poor_end_hh"])
    found["poor_deprivation_hh"] = found["poor_end_hh"] - found["poor_income_hh"]
    return found


def vietnamese(number, rng):
    return f"{number:,}".replace(",", ".") if rng.random() < 0.5 else str(number)


@dataclass(frozen=True)
class Places:
    """Where the heading, the first column and the rows of communes of a page are."""

    heading: int
    left: int
    rows: dict[str, int]


@st.composite
def returns(draw):
    """One page of form 03 with its truth, in a random layout and with random damage."""
    rng = random.Random(draw(st.integers(0, 10**6)))
    district = draw(st.sampled_from(sorted(UNITS)))
    columns = [entry for entry in COUNTS if rng.random() < 0.6]
    for name in ("households_hh", "poor_start_hh", "poor_end_hh"):
        if name not in dict(columns):
            columns.append((name, dict(COUNTS)[name]))
    rng.shuffle(columns)
    typed = draw(st.booleans())
    letters = draw(st.sampled_from([None, None, to_tcvn3, to_vni]))
    top, left = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    totals = draw(st.sampled_from(["none", "first", "last"]))
    again = draw(st.booleans())
    rows = []
    for unit in UNITS[district]:
        counts = coherent(rng)
        rows.append((unit, {name: counts[name] for name, _ in columns}))
    grid: list[list[object]] = [
        [f"UBND {DISTRICTS[district].upper()}"],
        ["TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"],
    ]
    head: list[object] = ["TT", "Đơn vị", *(words for _, words in columns)]
    codes: list[object] = ["A", "B", *range(1, len(columns) + 1)]
    grid.append(head)
    if draw(st.booleans()):
        grid.append(codes)
    sums = ["", "Tổng cộng", *(sum(values[name] for _, values in rows) for name, _ in columns)]
    if totals == "first":
        grid.append(sums)
    for at, (unit, values) in enumerate(rows, 1):
        if again and at == len(rows) // 2 + 1 and at > 2:
            grid.extend([["(tiếp theo)"], head])
        numbers = [values[name] for name, _ in columns]
        shown = [vietnamese(value, rng) for value in numbers] if typed else numbers
        grid.append([at, f"{unit.type} {unit.name}", *shown])
    if totals == "last":
        grid.append(sums)
    grid.extend([[], ["Ghi chú: số liệu rà soát"], ["", "", "NGƯỜI LẬP BIỂU"]])
    font = {to_tcvn3: ".VnTime", to_vni: "VNI-Times"}.get(letters)
    cells = [
        Cell(
            top + down,
            left + right,
            letters(value) if letters and isinstance(value, str) else value,
            font=font,
        )
        for down, line in enumerate(grid)
        for right, value in enumerate(line)
        if value != ""
    ]
    truth = {unit.commune_code: values for unit, values in rows}
    labels = {f"{unit.type} {unit.name}": unit.commune_code for unit, _ in rows}
    lines = {labels[line[1]]: top + down for down, line in enumerate(grid)
             if len(line) > 1 and line[1] in labels}  # fmt: skip
    places = Places(top + 2, left, lines)
    book = Workbook("bieu 03.xlsx", "xlsx", [Sheet("Bieu 03", cells=cells)])
    return book, truth, columns, places


@given(returns())
@MANY
def test_values_that_were_unambiguous_come_back_exactly(made):
    book, truth, columns, _ = made
    result = account(book)
    found = {record["commune_code"]: record for record in result.records["poverty"]}
    assert set(found) == set(truth)
    for code, values in truth.items():
        for name, _ in columns:
            assert found[code][name] == values[name], (code, name)
    assert not [one for one in result.findings if one.grave == "error"]


RUBBISH = [ErrorValue("#REF!"), "??", "=cmd|' /C calc'!A0", "10-15", dt.date(2019, 5, 2), ""]


@given(returns(), st.integers(0, 10**6), st.integers(1, 4))
@settings(parent=MANY, max_examples=THOROUGH)
def test_damage_costs_the_damaged_cells_and_no_others(made, seed, times):
    """A damaged cell, heading or repeated heading never costs a neighbour's value."""
    book, truth, columns, places = made
    rng = random.Random(seed)
    cells = book.sheets[0].cells
    page = [cell for cell in cells if cell.row >= places.heading]
    # Every other example hits a heading, or its repeat after a page break.
    heads = [cell for cell in page if cell.row not in places.rows.values()]
    hit = rng.sample(heads if rng.random() < 0.5 and len(heads) > times else page, times)
    for cell in hit:
        cell.value = rng.choice(RUBBISH)
    result = account(book)
    spoiled = {(cell.row, cell.column) for cell in hit}
    names = {
        (record["commune_code"], name): record[name]
        for record in result.records.get("poverty", [])
        for name, _ in columns
        if name in record
    }
    for code, values in truth.items():
        row = places.rows[code]
        for at, (name, _) in enumerate(columns, places.left + 2):
            value = names.get((code, name))
            own = {(row, at), (row, places.left + 1), (places.heading, at)}
            if not spoiled & own:
                assert value == values[name], (code, name)
            else:
                # What was damaged is empty, or what can be read in spite of it; never another.
                assert value in (None, values[name]) or (row, at) in spoiled, (code, name)


def test_the_ledger_refuses_lost_and_doubled_cells():
    ledger = Ledger("a.xlsx", received=1)
    with pytest.raises(AccountsDiffer, match="1 cells received, 0 accounted for"):
        ledger.check()
    for name in ("sheet", "cell", "raw", "table", "row_key", "column"):
        getattr(ledger, name).extend(["x", "x"])
    ledger.role.extend(["value", "value"])
    ledger.received = 2
    with pytest.raises(AccountsDiffer, match="twice"):
        ledger.check()
    ledger.cell[1], ledger.role[1] = "y", "lost"
    with pytest.raises(AccountsDiffer, match="no such role: lost"):
        ledger.check()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (17.0, "17"),
        (0.1, "0.1"),
        (True, "TRUE"),
        (dt.date(2019, 5, 2), "2019-05-02"),
        (dt.datetime(2019, 5, 2), "2019-05-02"),
        (ErrorValue("#DIV/0!"), "#DIV/0!"),
        ("  Đ ", "  Đ "),
        ("\ud800", "?"),
    ],
)
def test_raw_text(value, text):
    assert raw_text(value) == text


def test_a_sheet_of_a_hundred_thousand_rows(tmp_path):
    cells = [Cell(1, 1, "TT"), Cell(1, 2, "Đơn vị"), Cell(1, 3, "Tổng số hộ")]
    cells += [Cell(2 + at // 3, 1 + at % 3, at) for at in range(300_000)]
    result = read_book(Workbook("lon.xlsx", "xlsx", [Sheet("S", cells=cells)]), 2019)
    assert len(result.ledger) == result.received == 300_003
