"""Values that no cell of their own says lead to the headings, labels and words that do."""

from __future__ import annotations

import openpyxl
import pytest

from kgstats import lineage
from kgstats.returns.clean import clean_files

TITLE = "TÌNH HÌNH PHÂN BỔ, GIẢI NGÂN VỐN CÁC CHƯƠNG TRÌNH MỤC TIÊU QUỐC GIA NĂM 2019"


def cleaned(folder, *rows, name="Kien Hai.xlsx"):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / name)
    return clean_files([folder / name], 2019)


def cells(result, table, key, column):
    return list(lineage.of(table, key, column, ledger=result.ledger)["cell"])


def test_headings_that_say_source_kind_and_year(tmp_path):
    result = cleaned(
        tmp_path,
        ["UBND HUYỆN KIÊN HẢI"],
        [TITLE],
        ["ĐVT: triệu đồng"],
        ["STT", "Nội dung", "Kế hoạch năm 2018", None, "Giải ngân năm 2018", None],
        [None, None, "NSTW", "NSĐP", "NSTW", "NSĐP"],
        [None, None, "SN", "ĐTPT", "SN", "ĐTPT"],
        [1, "Truyền thông về giảm nghèo", 10, 20, 5, 10],
    )
    key = "2019/912/gnbv/gnbv_communication/province/investment/2018"
    assert cells(result, "funding", key, "source") == ["D5", "F5"]
    assert cells(result, "funding", key, "kind") == ["D6", "F6"]
    assert cells(result, "funding", key, "plan_year") == ["C4", "E4"]
    central = "2019/912/gnbv/gnbv_communication/central/recurrent/2018"
    assert cells(result, "funding", central, "source") == ["C5", "E5"]
    assert len(lineage.trace(result.tables["funding"], ["source"], ledger=result.ledger)) == 4


def test_labels_causes_and_assumed_years(tmp_path):
    result = cleaned(
        tmp_path,
        ["UBND HUYỆN KIÊN HẢI"],
        [TITLE],
        ["ĐVT: triệu đồng"],
        ["STT", "Nội dung", "Tính chất", "Kế hoạch vốn", "Giải ngân", "Nguyên nhân"],
        [1, "Truyền thông về giảm nghèo", None, 30, 15, None],
        [None, "- NSTW", "SN", 30, 15, "Giao vốn chậm"],
    )
    key = "2019/912/gnbv/gnbv_communication/central/recurrent/2019"
    assert cells(result, "funding", key, "source") == ["B6"]
    assert cells(result, "funding", key, "note") == ["F6"]
    assert cells(result, "funding", key, "cause") == ["F6"]
    assert cells(result, "funding", key, "plan_year") == ["A2"]


def test_a_page_known_by_its_communes(tmp_path):
    rows = [[at, name, 100 + at, at, at] for at, name in enumerate(("Hòn Tre", "Lại Sơn"), 1)]
    head = ["TT", "Đơn vị", "Tổng số hộ", "Hộ nghèo đầu năm", "Hộ nghèo cuối năm"]
    result = cleaned(tmp_path, ["Hộ nghèo"], head, *rows, name="a.xlsx")
    assert cells(result, "poverty", "2019/912/31108", "district_code") == ["B3"]
    nothing = lineage.of("poverty", "2019/912/31108", "year", ledger=result.ledger)
    assert nothing.empty and list(nothing.columns) == list(result.ledger.columns)


def test_a_section_that_says_the_plan_year(tmp_path):
    row = [1, "Truyền thông về giảm nghèo", "NSTW", "SN", 30, 15]
    result = cleaned(
        tmp_path,
        ["UBND HUYỆN KIÊN HẢI"],
        [TITLE],
        ["ĐVT: triệu đồng"],
        ["STT", "Nội dung", "Nguồn vốn", "Tính chất", "Kế hoạch vốn", "Giải ngân"],
        ["I", "Vốn năm 2019"],
        row,
        ["II", "Vốn năm 2018 chuyển sang"],
        row,
    )
    for year, cell in ((2019, "B5"), (2018, "B7")):
        key = f"2019/912/gnbv/gnbv_communication/central/recurrent/{year}"
        assert cells(result, "funding", key, "plan_year") == [cell]


def test_a_source_merged_down_over_its_rows(tmp_path):
    book = openpyxl.Workbook()
    page = book.active
    for row in (
        ["UBND HUYỆN KIÊN HẢI"],
        [TITLE],
        ["ĐVT: triệu đồng"],
        ["STT", "Nội dung", "Nguồn vốn", "Tính chất", "Kế hoạch vốn", "Giải ngân"],
        [1, "Truyền thông về giảm nghèo", "NSTW", "SN", 30, 15],
        [2, "Giảm nghèo về thông tin", None, "SN", 20, 10],
    ):
        page.append(row)
    page.merge_cells("C5:C6")
    book.save(tmp_path / "Kien Hai.xlsx")
    result = clean_files([tmp_path / "Kien Hai.xlsx"], 2019)
    key = "2019/912/gnbv/gnbv_information/central/recurrent/2019"
    assert cells(result, "funding", key, "source") == ["C5"]


@pytest.fixture(scope="module")
def year_2019(tmp_path_factory):
    from illustrative.write import write

    folder = tmp_path_factory.mktemp("returns")
    files = write(2019, folder, mess=0.3).files
    return clean_files([folder / file for file in files], 2019)


def test_the_cells_behind_a_rate_of_a_district(year_2019):
    from kgstats.analysis import poverty

    def rate(table):
        levels = poverty.levels(table, by="district")
        return levels.loc[levels["district_code"] == "912", "poor_rate_pct"].iloc[0]

    table = year_2019.tables["poverty"]
    found = lineage.behind(rate, table, ledger=year_2019.ledger)
    here = table[table["district_code"] == "912"]
    wanted = lineage.trace(here, ["households_hh", "poor_end_hh"], ledger=year_2019.ledger)
    places = ["file", "sheet", "cell"]
    assert set(map(tuple, found[places].to_numpy())) == set(map(tuple, wanted[places].to_numpy()))


def test_the_cells_behind_money_and_a_count(year_2019):
    from kgstats.analysis import funding

    table, communes = year_2019.tables["funding"], year_2019.tables["communes"]

    def allocated(table):
        gaps = funding.gaps(funding.lines(table, 2019), by=["district", "programme"])
        here = (gaps["district_code"] == "912") & (gaps["programme"] == "ntm")
        return gaps.loc[here, "allocated_vnd"].iloc[0]

    found = lineage.behind(allocated, table, ledger=year_2019.ledger)
    rows = table[(table["district_code"] == "912") & (table["programme"] == "ntm")]
    wanted = lineage.trace(rows, ["allocated_vnd"], ledger=year_2019.ledger)
    assert set(wanted["cell"]) <= set(found["cell"]) and set(found["column"]) <= {
        "allocated_vnd", "disbursed_vnd",
    }  # fmt: skip
    assert set(found["file"]) == set(wanted["file"])

    def number(table):
        return int((table["district_code"] == "912").sum())

    names = lineage.behind(number, communes, ledger=year_2019.ledger)
    assert len(names) == 4 and set(names["column"]) == {"commune_code"}


def test_a_status_comes_from_the_decision_and_the_marks_of_its_commune(year_2019):
    communes = year_2019.tables["communes"]
    one = communes[communes["status"] == "recognised"].iloc[[0]]
    found = lineage.trace(one, ["status"], ledger=year_2019.ledger)
    told = found["column"].value_counts()
    assert told["met"] == 19 and {"decision_no", "decision_date"} & set(told.index)
    code = one["commune_code"].iloc[0]
    assert all(key.split("/")[2] == code for key in found["row_key"])
