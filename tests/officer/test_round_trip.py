"""A template filled in comes back without a finding; filled in wrongly, it says so itself."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from tests.officer import filling
from tests.officer.conftest import DISTRICT, YEAR
from tests.officer.filling import SHEETS

from kgstats.officer.fields import CHECK, fields
from kgstats.returns.book import read_return
from kgstats.returns.forms import component_of, exact_meaning
from kgstats.returns.subjects.places import gazetteer


def read(path: Path, before: Any) -> Any:
    previous = {code: dict(held) for code, held in before.communes.items()}
    return read_return(path, YEAR, previous=previous)


def check_values(result: Any, form: Path) -> None:
    """Compare every value read with what was typed."""
    assert result.district == DISTRICT
    assert {len(result.records[name]) for name in ("communes", "poverty")} == {8, 9}
    held = filling.forms(form)
    book = openpyxl.load_workbook(form)[SHEETS["poverty"]]
    units = {
        f"{one.full_name[:1].upper()}{one.full_name[1:]}": one.code
        for one in gazetteer(YEAR).units(DISTRICT)
    }
    rows = {row["commune_code"]: row for row in result.records["poverty"]}
    for at, label in enumerate(held["poverty"].rows):
        start = {
            name: book[held["poverty"].cell(label, name)].value
            for name in ("poor_start_hh", "near_poor_start_hh")
        }
        wanted: dict[str, Any] = filling.poverty_row(at, start)
        got = rows[units[label]]
        assert {name: got[name] for name in wanted} == wanted
        rate = round(100 * wanted["poor_end_hh"] / wanted["households_hh"], 2)
        assert got["poor_end_pct"] == pytest.approx(rate, abs=0.006)
    marks = {(r["commune_code"], r["criterion"]): r["met"] for r in result.records["attainment"]}
    communes = {row["commune_code"]: row for row in result.records["communes"]}
    for at, label in enumerate(held["attainment"].rows):
        wanted, code = filling.attainment_row(at), units[label]
        met = {n: wanted[f"met {n}"] == "Đ" for n in range(1, 20)}
        assert {n: marks[code, n] for n in met} == met
        assert communes[code]["criteria_met"] == sum(met.values())
        assert communes[code]["level"] == ("standard" if at == 0 else "none")
        assert communes[code]["status"] == ("recognised" if at == 0 else "not_yet")
    assert communes[units[next(iter(held["attainment"].rows))]]["decision_no"] == "1510/QĐ-UBND"
    assert {row["decision_date"] for row in communes.values()} == {None, dt.date(2018, 7, 2)}
    money = {
        (row["component"], row["source"], row["kind"], row["plan_year"]): row
        for row in result.records["funding"]
    }
    assert len(money) == 12
    for at in range(12):
        wanted = filling.funding_row(at, YEAR)
        key = (
            component_of(wanted["component"], None)[0], exact_meaning("sources", wanted["source"]),
            exact_meaning("kinds", wanted["kind"]), wanted["plan_year"],
        )  # fmt: skip
        got = money[key]
        assert got["allocated_vnd"] == round(wanted["allocated_vnd"] * 1_000_000)
        assert got["disbursed_vnd"] == round(wanted["disbursed_vnd"] * 1_000_000)
        assert got["cut_off"] == dt.date(YEAR, 12, 31)
        assert got["cause"] == ("late_allocation" if at == 1 else None)


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_filled_in_by_openpyxl_it_is_read_without_a_finding(form, before, office, tmp_path, kind):
    filled = filling.fill(form, tmp_path / "filled.xlsx", filling.typed(form, YEAR))
    (calculated,) = office([filled], tmp_path / "out", kind)
    result = read(calculated, before)
    assert result.findings == []
    check_values(result, form)


def test_filled_in_by_libreoffice_it_is_read_without_a_finding(form, before, typist, tmp_path):
    target = tmp_path / "filled.xlsx"
    typist(form, target, filling.typed(form, YEAR))
    result = read(target, before)
    assert result.findings == []
    check_values(result, form)
    assert said(target)[0] == "ĐẠT: có thể gửi tệp này"


def said(path: Path) -> tuple[str, dict[tuple[str, int], str]]:
    """Return what a calculated template says of itself: the verdict, and its rows' checks."""
    book = openpyxl.load_workbook(path, data_only=True)
    rows: dict[tuple[str, int], str] = {}
    for key, sheet in SHEETS.items():
        at = next(i for i, one in enumerate(fields(key), 1) if one.name == CHECK)
        for row in range(8, book[sheet].max_row + 1):
            words = book[sheet].cell(row, at).value
            if isinstance(words, str) and words.startswith(("•", "✓", "Chưa")):
                rows[sheet, row] = words
    return book["Kiểm tra"]["A3"].value, rows


WRONG: dict[str, tuple[str, int | str, dict[str, Any], str, str]] = {
    # form, row, what is typed instead, the sentence of the template, the rule of `check`
    "flow": ("poverty", 3, {"poor_end_hh": 200, "poor_income_hh": 195},
             "Số hộ nghèo cuối năm không khớp", "poor_flow_differs"),
    "near-poor flow": ("poverty", 3, {"near_poor_new_hh": 9},
                       "Số hộ cận nghèo cuối năm không khớp", "near_poor_flow_differs"),
    "poor above all": ("poverty", 2, {"households_hh": 12}, "lớn hơn tổng số hộ",
                       "poor_above_households"),
    "parts": ("poverty", 4, {"poor_deprivation_hh": 8}, "Nghèo về thu nhập và nghèo thiếu hụt",
              "poor_parts_differ"),
    "ethnic": ("poverty", 5, {"ethnic_poor_end_hh": 900}, "Số hộ dân tộc thiểu số lớn hơn",
               "ethnic_above_all"),
    "words for a number": ("poverty", 1, {"poor_new_hh": "hai hộ"}, "Chữ ở chỗ của số",
                           "number_unreadable"),
    "below zero": ("poverty", 6, {"ethnic_households_hh": -4}, "nhỏ hơn 0", "number_negative"),
    "half a household": ("poverty", 6, {"ethnic_households_hh": 10.5}, "không phải số nguyên",
                         "number_not_whole"),
    "start": ("poverty", 1, {"poor_start_hh": 70, "poor_escaped_hh": 29},
              "đầu năm", "start_differs"),
    "mark": ("attainment", 2, {"met 4": "một phần"}, "Ký hiệu ghi ở tiêu chí", "mark_unreadable"),
    "blank mark": ("attainment", 3, {"met 7": None}, "Tiêu chí không ghi kết quả", "mark_blank"),
    "recognised too early": ("attainment", 4, {"decision_no": "12/QĐ-UBND",
                             "decision_date": dt.datetime(2019, 5, 6), "level": "Đạt chuẩn",
                             "status": None},
                             "kết quả chưa đạt đủ", "decision_without_marks"),
    "decision without a number": ("attainment", 0, {"decision_no": None},
                                  "Quyết định có ngày nhưng không có số",
                                  "decision_without_number"),
    "more paid than given": ("funding", 2, {"disbursed_vnd": 99_000}, "Giải ngân lớn hơn",
                             "disbursed_above_allocated"),
    "unknown source": ("funding", 3, {"source": "Quỹ đen"}, "Từ không có trong danh mục",
                       "word_unknown"),
    "no kind": ("funding", 4, {"kind": None}, "Dòng vốn không ghi", "key_missing"),
    "twice": ("funding", 12, {**filling.funding_row(5, YEAR), "allocated_vnd": 77},
              "Một dòng vốn ghi hai lần", "funding_twice"),
    "a year to come": ("funding", 6, {"plan_year": 2031}, "ngoài khoảng cho phép",
                               "number_out_of_range"),
    "two years": ("funding", 3, {"plan_year": "2019-2020"}, "Chữ ở chỗ của số",
                  "plan_year_unreadable"),
    "an error of the sheet": ("poverty", 2, {"poor_new_hh": "#REF!"}, "Chữ ở chỗ của số",
                              "cell_error"),
    "an error in a rate": ("poverty", 3, {"poor_end_pct": "#DIV/0!"}, "Chữ ở chỗ của số",
                           "cell_error"),
    "an error for a mark": ("attainment", 3, {"met 3": "#N/A"}, "Ký hiệu ghi", "cell_error"),
    "a rate typed over": ("poverty", 3, {"poor_end_pct": 45}, "Tỷ lệ ghi khác", "rate_differs"),
    "a count typed over": ("attainment", 3, {"criteria_met": 7}, "Số tiêu chí đạt ghi khác",
                           "criteria_met_differs"),
    "poor and near-poor above all": ("poverty", 3, {"households_hh": 60},
                                     "Tổng hộ nghèo và cận nghèo", "value_contradicted"),
    "too many": ("poverty", 3, {"households_hh": 12_345_678}, "ngoài khoảng cho phép",
                 "number_out_of_range"),
    "đồng for million": ("funding", 3,
                         {"allocated_vnd": 1_751_500_000, "disbursed_vnd": 900_000_000},
                         "ngoài khoảng cho phép", "unit_in_doubt"),
    "out before in": ("poverty", 3, {"poor_start_hh": 40, "poor_escaped_hh": 60, "poor_new_hh": 40,
                                     "poor_end_hh": 21, "poor_income_hh": 16},
                      "nhiều hơn số hộ đầu năm", "escaped_above_start"),
    "a day to come": ("attainment", 0, {"decision_date": dt.datetime(2035, 1, 1)},
                      "ký sau năm báo cáo", "decision_later"),
    "a day of the year after": ("attainment", 0, {"decision_date": dt.datetime(YEAR + 1, 1, 15)},
                                "ký sau năm báo cáo", "decision_later"),
    "no such day": ("attainment", 0, {"decision_date": "31/02/2018"}, "Ngày không đọc được",
                    "date_unreadable"),
    "a level without a decision": ("attainment", 2, {"level": "Nâng cao"}, "chưa có quyết định",
                                   "level_without_decision"),
    "a decision of another commune": ("attainment", 4, {"decision_no": "12/QĐ-UBND",
                                      "decision_date": dt.datetime(2019, 5, 6), "status": None,
                                      "level": "Chưa đạt"},
                                      "trái với quyết định", "decision_contradicted"),
    "a decision without its level": ("attainment", 0, {"level": "Chưa đạt"}, "ghi chưa đạt",
                                     "level_contradiction"),
    "remark against decision": ("attainment", 0, {"status": "Chưa đạt"}, "Ghi chú không khớp",
                                "status_contradiction"),
    "another's commune": ("poverty", 3, {"commune_code": "Xã Thạnh Lộc"}, "không có dòng",
                          "place_elsewhere"),
    "a commune twice": ("poverty", 3, {"commune_code": "Xã Tây Yên"}, "không có dòng",
                        "place_twice"),
    "work of its own": ("funding", 3, {"component": "Xây dựng đường"}, "Từ không có trong danh mục",
                        "component_unknown"),
}  # fmt: skip


@pytest.fixture(scope="module")
def wrong(form, office, tmp_path_factory):
    """Every wrong workbook, calculated by LibreOffice in one go."""
    folder = tmp_path_factory.mktemp("wrong")
    held = filling.forms(form)
    good = filling.typed(form, YEAR)
    files = []
    for number, (key, row, values, _, _) in enumerate(WRONG.values()):
        cells = dict(good)
        label = list(held[key].rows)[row]
        for name, value in values.items():
            cells[SHEETS[key], held[key].cell(label, name)] = value
        files.append(filling.fill(form, folder / f"w{number}.xlsx", cells))
    made = office(files, folder / "out")
    return dict(zip(WRONG, made, strict=True))


@pytest.mark.parametrize("way", WRONG)
def test_filled_in_wrongly_both_the_template_and_check_say_it(way, wrong, form, before):
    key, row, _, words, rule = WRONG[way]
    held = filling.forms(form)
    at = held[key].rows[list(held[key].rows)[row]]
    verdict, rows = said(wrong[way])
    assert verdict.startswith("CHƯA XONG")
    assert words in rows[SHEETS[key], at], rows[SHEETS[key], at]
    allowed = {(SHEETS["funding"], held["funding"].rows["5"])} if way == "twice" else set()
    others = {where: told for where, told in rows.items() if where != (SHEETS[key], at)}
    assert {where for where, told in others.items() if told.startswith("•")} == allowed
    result = read(wrong[way], before)
    found = {one.rule for one in result.findings if one.grave != "note"}
    assert rule in found or "value_contradicted" in found, found


LINES = {
    "(Số liệu tính đến ngày 31/12/2019)": True, "Tính đến 31.1.2020": True,
    "Tính đến ngày 31 tháng 12 năm 2019": True, "(Số liệu tính đến ngày 31/12/2031)": False,
    "(Số liệu tính đến ngày 30/6/2019)": False, "(Số liệu tính đến ngày …/…/2019)": False,
    "": False,
}  # fmt: skip
"""What may stand above the table of money, and whether the file can be sent with it."""


@pytest.fixture(scope="module")
def cut_offs(form, office, tmp_path_factory):
    """Templates that differ in the line above the table of money."""
    folder, good = tmp_path_factory.mktemp("day"), filling.typed(form, YEAR)
    place = SHEETS["funding"], filling.CUT_OFF
    files = [
        filling.fill(form, folder / f"{n}.xlsx", {**good, place: line or None})
        for n, line in enumerate(LINES)
    ]
    return dict(zip(LINES, office(files, folder / "out"), strict=True))


@pytest.mark.parametrize("line", LINES)
def test_the_day_up_to_which_money_is_counted_is_of_the_years_end(cut_offs, line, before):
    assert said(cut_offs[line])[0].startswith("ĐẠT" if LINES[line] else "CHƯA XONG")
    rules = {one.rule for one in read(cut_offs[line], before).findings}
    assert ("cut_off_of_another_year" in rules) == ("2031" in line)
    assert ("span_not_year" in rules) == ("30/6" in line)


def test_filled_in_by_half_it_is_read_as_far_as_it_goes(form, before, office, tmp_path):
    values = filling.typed(form, YEAR)
    held = filling.forms(form)["poverty"].rows.values()
    first = {str(row) for row in list(held)[:2]}
    sheet = SHEETS["poverty"]
    some = {
        at: value
        for at, value in values.items()
        if at[0] != sheet or at[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") in first
    }
    none = {at: value for at, value in values.items() if at[0] != sheet}
    files = [
        filling.fill(form, tmp_path / f"{name}.xlsx", cells)
        for name, cells in (("some", some), ("none", none))
    ]
    for path in office(files, tmp_path / "out"):
        result = read(path, before)
        assert set(result.forms) == set(SHEETS) and result.findings == []
        assert said(path)[0].startswith("CHƯA XONG: số dòng chưa nhập: ")
