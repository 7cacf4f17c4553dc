"""Whose return, and of which span: each table is judged by its own witnesses."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.returns.building import POVERTY_HEAD, book, poverty, sheet
from tests.returns.records.pages import MONEY, attainment, marks
from tests.returns.records.pages import money as money_page
from tests.returns.test_clean import GOOD, HEAD_02, NTM, money

from kgstats.returns.book import read_book, read_return
from kgstats.returns.cells import Cell
from kgstats.returns.clean import clean_files
from kgstats.returns.rules import message
from kgstats.returns.spans import part_of_year, year_with_slip
from kgstats.workspace import received_files

DATA = Path(__file__).parent / "data" / "odd"


def read(*sheets, file="Kien Hai 2019.xlsx", **more):
    for number, one in enumerate(sheets):
        one.name = f"Bieu {number}"
    return read_book(book(*sheets, file=file), 2019, **more)


def money_of(letterhead, title="TÌNH HÌNH PHÂN BỔ, GIẢI NGÂN VỐN CÁC CHƯƠNG TRÌNH MTQG NĂM 2019"):
    lines = [[letterhead], [title], ["ĐVT: triệu đồng"], HEAD_02, NTM]
    return sheet(lines)


AN_BIEN = [
    [at, f"Xã {name}", 1000, 50, 10, 0, 2, 42, 4.2, 30, 28]
    for at, name in enumerate(("Tây Yên", "Tây Yên A", "Nam Yên", "Hưng Yên", "Nam Thái"), 1)
]


def poverty_of_an_bien():
    page = sheet(
        [
            ["UBND HUYỆN AN BIÊN"],
            ["TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019"],
            [None],
            POVERTY_HEAD,
            *AN_BIEN,
        ]
    )
    return page


def districts(result, table):
    return {record["district_code"] for record in result.records.get(table, [])}


def conflicts(result):
    return [(one.sheet, one.grave) for one in result.findings if one.rule == "district_conflict"]


def test_a_sheet_of_another_district_is_not_used():
    result = read(poverty(GOOD), money_of("UBND HUYỆN HÒN ĐẤT"))
    assert districts(result, "poverty") == {"912"} and not result.records.get("funding")
    assert conflicts(result) == [("Bieu 1", "error")]
    (finding,) = [one for one in result.findings if one.rule == "district_conflict"]
    assert "Hòn Đất" in message(finding, "vi") and "Biểu 02" in message(finding, "vi")
    assert result.held == [("912", "poverty")]


def test_a_sheet_of_the_same_district_is_used():
    for letterhead in ("UBND HUYỆN KIÊN HẢI", "UBND TỈNH KIÊN GIANG", ""):
        result = read(poverty(GOOD), money_of(letterhead))
        assert districts(result, "funding") == {"912"}, letterhead
        assert conflicts(result) == []


def test_a_form_copied_with_its_letterhead_is_the_communes_own():
    copied = poverty(GOOD)
    copied.cells[0].value = "UBND HUYỆN HÒN ĐẤT"
    result = read(copied, money_of("UBND HUYỆN HÒN ĐẤT"))
    assert districts(result, "poverty") == districts(result, "funding") == {"912"}
    assert conflicts(result) == [("", "warning")]


def test_two_districts_in_one_workbook_stay_apart():
    result = read(
        poverty(GOOD), money_of("UBND HUYỆN KIÊN HẢI"), poverty_of_an_bien(),
        money_of("UBND HUYỆN AN BIÊN"), file="hai huyen.xlsx",
    )  # fmt: skip
    codes = [record["district_code"] for record in result.records["poverty"]]
    assert (codes.count("912"), codes.count("908")) == (4, 5)
    assert districts(result, "funding") == {"912", "908"}
    assert set(result.held) == {(d, f) for d in ("912", "908") for f in ("poverty", "funding")}
    missing = {one.raw for one in result.findings if one.rule == "place_missing"}
    assert missing and all(code not in ("31108", "31111") for code in missing)


def test_a_single_sheet_of_another_district_is_said_with_both():
    ours = [poverty(GOOD), money_of("UBND HUYỆN KIÊN HẢI")]
    result = read(*ours, poverty_of_an_bien())
    (told,) = [one for one in result.findings if one.rule == "sheet_of_another_district"]
    assert (told.sheet, told.cell, told.grave) == ("Bieu 2", "A4", "warning")
    assert all(name in message(told, "vi") for name in ("Bieu 2", "An Biên", "Kiên Hải"))
    codes = {one["commune_code"]: one["district_code"] for one in result.records["poverty"]}
    assert set(codes.values()) == {"908", "912"} and codes["31108"] == "912"
    assert not [one for one in read(*ours).findings if one.rule == told.rule]
    # Two whole returns in one workbook are no slip.
    both = read(*ours, poverty_of_an_bien(), money_of("UBND HUYỆN AN BIÊN"), file="hai huyen.xlsx")
    graves = {one.grave for one in both.findings if one.rule == told.rule}
    assert graves == {"note"}


def test_money_whose_letterhead_and_file_name_disagree_is_nobodys():
    result = read(money_of("UBND HUYỆN HÒN ĐẤT"), file="Bieu 02 Kien Hai 2019.xlsx")
    assert not result.records.get("funding") and ("Bieu 0", "error") in conflicts(result)
    alone = read(money_of("UBND HUYỆN HÒN ĐẤT"), file="bieu mau 2.xlsx")
    assert districts(alone, "funding") == {"903"}


def test_a_copy_of_another_districts_sheet_does_not_stop_the_year(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")

    def write(name, *pages):
        made = openpyxl.Workbook()
        made.remove(made.active)
        for number, page in enumerate(pages):
            target = made.create_sheet(f"Bieu {number}")
            for cell in page.cells:
                target.cell(cell.row, cell.column, cell.value)
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        made.save(path)
        return path

    ours = write("Kien Hai.xlsx", poverty(GOOD), poverty_of_an_bien())
    theirs = write("An Bien.xlsx", poverty_of_an_bien())
    cleaned = clean_files([ours, theirs], 2019)
    table = cleaned.tables["poverty"]
    assert set(table["district_code"]) == {"908", "912"} and table["commune_code"].is_unique
    assert ("Kien Hai.xlsx", "district_conflict") in set(
        zip(cleaned.findings["file"], cleaned.findings["rule"], strict=True)
    )
    assert len(cleaned.ledger) == cleaned.summary["cells"].sum()


def test_files_in_sub_folders_are_received_and_named_with_them(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    for folder, page in (("Kien Hai", poverty(GOOD)), ("An Bien", poverty_of_an_bien())):
        made = openpyxl.Workbook()
        for cell in page.cells:
            made.active.cell(cell.row, cell.column, cell.value)
        (tmp_path / folder).mkdir()
        made.save(tmp_path / folder / "Bieu 03.xlsx")
    (tmp_path / ".old").mkdir()
    shutil.copy(tmp_path / "An Bien" / "Bieu 03.xlsx", tmp_path / ".old" / "x.xlsx")
    paths = received_files(tmp_path)
    assert len(paths) == 2
    cleaned = clean_files(paths, 2019, folder=tmp_path)
    assert cleaned.summary["file"].tolist() == ["An Bien/Bieu 03.xlsx", "Kien Hai/Bieu 03.xlsx"]
    assert set(cleaned.tables["poverty"]["district_code"]) == {"908", "912"}


# --- spans ----------------------------------------------------------------------------------------

TITLE = "TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO"


def titled(words):
    page = poverty(GOOD)
    page.cells[1].value = words
    return page


@pytest.mark.parametrize(
    "words",
    [
        f"{TITLE} 6 THÁNG ĐẦU NĂM 2019", f"{TITLE} QUÝ III NĂM 2019", f"{TITLE} 9 tháng năm 2019",
        f"{TITLE} sáu tháng cuối năm 2019",
    ],
)  # fmt: skip
def test_a_part_of_the_year_is_not_the_year(words):
    result = read(titled(words))
    assert not result.records.get("poverty")
    errors = [(one.rule, one.cell) for one in result.findings if one.grave == "error"]
    assert errors == [("span_not_year", "A2")]
    assert len(result.ledger) == result.received and result.held == []


@pytest.mark.parametrize(
    "words",
    [f"{TITLE} NĂM 2019", f"{TITLE} 12 THÁNG NĂM 2019", f"{TITLE} năm 2019 (đến ngày 31/12/2019)"],
)
def test_the_whole_year_is(words):
    result = read(titled(words))
    assert len(result.records["poverty"]) == 4
    assert "span_not_year" not in {one.rule for one in result.findings}


@pytest.mark.parametrize(
    "words",
    [
        f"{TITLE} ĐẦU NĂM 2019", "SỐ LIỆU HỘ NGHÈO QUÝ III NĂM 2019",
        "KẾT QUẢ GIẢM NGHÈO GIAI ĐOẠN 2016-2019",
    ],
)  # fmt: skip
def test_a_day_or_several_years_are_not_the_year(words):
    result = read(titled(words))
    assert not result.records.get("poverty")
    assert {one.rule for one in result.findings if one.grave == "error"} == {"span_not_year"}


FORESEEN = [
    "KẾ HOẠCH GIẢM NGHÈO NĂM 2019", "DỰ KIẾN KẾT QUẢ RÀ SOÁT HỘ NGHÈO NĂM 2019",
    "Biểu 03: Mục tiêu giảm hộ nghèo năm 2019", "SỐ LIỆU HỘ NGHÈO DỰ KIẾN CUỐI NĂM 2019",
    "DANH SÁCH ĐĂNG KÝ GIẢM HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019",
    "NHU CẦU VỐN CÁC CHƯƠNG TRÌNH MTQG NĂM 2019",
]  # fmt: skip
REPORTED = [
    f"{TITLE} NĂM 2019", "TÌNH HÌNH THỰC HIỆN KẾ HOẠCH VỐN, GIẢI NGÂN NĂM 2019",
    "KẾ HOẠCH VỐN VÀ GIẢI NGÂN CÁC CHƯƠNG TRÌNH MTQG NĂM 2019",
    "KẾT QUẢ THỰC HIỆN MỤC TIÊU GIẢM NGHÈO NĂM 2019, NHIỆM VỤ NĂM 2020",
    "CHƯƠNG TRÌNH MỤC TIÊU QUỐC GIA GIẢM NGHÈO GIAI ĐOẠN 2016-2020", "PHÒNG TÀI CHÍNH - KẾ HOẠCH",
    "(Kèm theo Kế hoạch số 12/KH-UBND về giảm nghèo)", "UBND HUYỆN KIÊN HẢI",
]  # fmt: skip


@pytest.mark.parametrize("words", FORESEEN)
def test_what_is_planned_or_foreseen_is_no_result(words):
    result = read(titled(words))
    assert not result.records.get("poverty")
    errors = [(one.rule, one.cell) for one in result.findings if one.grave == "error"]
    assert errors == [("title_foresees", "A2")]
    assert len(result.ledger) == result.received


@pytest.mark.parametrize("words", REPORTED)
def test_what_speaks_of_a_plan_beside_results_is_a_result(words):
    result = read(titled(words))
    assert len(result.records["poverty"]) == 4
    assert {"title_foresees", "title_provisional"}.isdisjoint(one.rule for one in result.findings)


@pytest.mark.parametrize("word", ["ƯỚC", "DỰ THẢO", "Số liệu sơ bộ:"])
def test_an_estimate_is_used_and_said(word):
    result = read(titled(f"{word} {TITLE} NĂM 2019"))
    assert len(result.records["poverty"]) == 4
    assert ("title_provisional", "A2") in [(one.rule, one.cell) for one in result.findings]


def in_unit(words):
    page = poverty(GOOD)
    page.cells[1].value = f"{TITLE} NĂM 2019 (ĐVT: {words})"
    result = read(page)
    rules = {one.rule for one in result.findings}
    return len(result.records.get("poverty", [])), rules & {"unit_of_counts", "unit_not_of_counts"}


@pytest.mark.parametrize("unit", ["hộ", "hộ, người", "hộ; %", "Hộ gia đình", "hộ - %"])
def test_households_are_counted_in_households(unit):
    assert in_unit(unit) == (4, set())


@pytest.mark.parametrize("unit", ["người", "nhân khẩu", "nghìn hộ", "1.000 hộ"])
def test_another_unit_that_the_counts_could_be_in_is_no_unit_of_households(unit):
    assert in_unit(unit) == (0, {"unit_of_counts"})


@pytest.mark.parametrize("unit", ["%", "triệu đồng", "xã"])
def test_a_unit_that_no_count_can_have_was_copied_with_the_form(unit):
    assert in_unit(unit) == (4, {"unit_not_of_counts"})


def test_a_letterhead_of_another_district_is_said_where_it_stands():
    page = poverty(GOOD)
    page.cells[0].value = "UBND HUYỆN HÒN ĐẤT"
    result = read(page, money_of("UBND HUYỆN KIÊN HẢI"))
    assert districts(result, "poverty") == {"912"}
    said = [(one.sheet, one.cell) for one in result.findings if one.rule == "letterhead_of_another"]
    assert said == [("Bieu 0", "A1")]


def test_money_counted_to_a_day_in_the_middle_of_the_year_is_not_the_years():
    def to(day):
        page = money([NTM])
        page.cells[2].value = f"(Tính đến ngày {day})"
        return read(page)

    assert not to("30/6/2019").records.get("funding")
    for day in ("20/12/2019", "31/01/2020"):
        assert len(to(day).records["funding"]) == 1


def test_a_signature_in_june_is_a_doubt_and_one_in_december_is_none():
    def signed(day):
        after = [[None], [None] * 6 + [f"Kiên Hải, ngày {day}"], [None] * 6 + ["NGƯỜI LẬP BIỂU"]]
        return {one.rule for one in read(poverty(GOOD, after=after)).findings}

    assert "signed_early" in signed("20 tháng 6 năm 2019")
    assert "signed_early" not in signed("20 tháng 12 năm 2019")
    assert "signed_early" not in signed("05 tháng 01 năm 2020")


def test_the_sample_of_half_a_year_gives_nothing_and_says_so():
    result = read_return(DATA / "half_year_return_taken_for_year.xlsx", 2019)
    assert not any(result.records.values())
    assert [one.rule for one in result.findings if one.grave == "error"] == ["span_not_year"] * 3


def test_the_sample_of_another_districts_form_keeps_its_money_out():
    result = read_return(DATA / "form02_of_another_district_in_workbook.xlsx", 2019)
    assert not result.records.get("funding") and result.records["poverty"]
    assert conflicts(result) == [("Bieu 02", "error")]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Kết quả năm 2019, nhiệm vụ 6 tháng đầu năm 2020", None),
        ("(Kèm theo Công văn số 12 ngày 20 tháng 6 năm 2019)", None),
        ("Báo cáo quý 1 năm 2019", "quy 1"),
        ("Ngày 9 tháng 12 năm 2019", None),
        ("Xã Quý Sơn", None),
    ],
)
def test_words_of_a_title(text, part):
    assert part_of_year(text) == part


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("NĂM 20I9", 2019), ("năm 2O19", 2019), ("Năm 201 9", 2019), ("NĂM 20l9 (lần 2)", 2019),
        ("NĂM 2109", None), ("NĂM 219", None), ("5 năm qua", None), ("năm học", None),
    ],
)  # fmt: skip
def test_years_with_a_slip(text, year):
    assert year_with_slip(text) == year


PARTS = [
    "6 tháng", "quý III", "9 tháng đầu năm", "lũy kế đến 30/6", "Lũy kế đến ngày 30/6/2019",
    "6T/2019", "Q3/2019", "bán niên", "nửa đầu năm", "đến hết tháng 6/2019", "3 quý đầu năm",
]  # fmt: skip
WHOLE = ["cả năm 2019", "số liệu đến 15/01/2020", "12 tháng", "báo cáo năm 2019 gửi ngày 30/6/2020"]
FORMS = {"attainment": lambda: attainment(marks()), "funding": lambda: money_page(MONEY),
         "poverty": lambda: poverty(GOOD)}  # fmt: skip


def said_at(form, place, words):
    """Read a page of a form with some words in its title, a group of headings or a name."""
    page, file = FORMS[form](), "Kien Hai 2019.xlsx"
    if place == "title":
        page.cells[1].value += f" ({words})"
    elif place == "below the title":
        page.cells = [one for one in page.cells if one.row != 3]
        page.cells.insert(2, Cell(3, 1, f"({words})"))
    elif place == "sheet":
        page.name = words.replace("/", "-")
    else:
        file = f"Kien Hai {words.replace('/', '-')} 2019.xlsx"
    return read_book(book(page, file=file), 2019)


@pytest.mark.parametrize("place", ["title", "below the title", "sheet", "file"])
@pytest.mark.parametrize("form", FORMS)
def test_a_part_of_the_year_is_named_wherever_it_is_said(form, place):
    for words in PARTS:
        result = said_at(form, place, words)
        rules = [one.rule for one in result.findings if one.grave == "error"]
        assert rules == ["span_not_year"] and not any(result.records.values()), words
    for words in WHOLE:
        result = said_at(form, place, words)
        assert not [one for one in result.findings if one.grave == "error"], words
        assert result.records[form], words
    estimate = said_at(form, place, "ước thực hiện cả năm")
    assert "title_provisional" in {one.rule for one in estimate.findings}


@pytest.mark.parametrize("words", ["lũy kế đến 30/6", "nửa đầu năm", "Luỹ kế 9 tháng", "bán niên"])
def test_a_part_of_the_year_over_columns_refuses_them(words):
    head = [*POVERTY_HEAD[:2], *(f"{name} {words}" for name in POVERTY_HEAD[2:])]
    result = read(poverty(GOOD, head=head))
    assert not result.records.get("poverty")
    assert [one.rule for one in result.findings if one.grave == "error"] == ["span_not_year"]
    head = [*POVERTY_HEAD]
    head[4] += f" {words}"
    result = read(poverty(GOOD, head=head))
    errors = [(one.rule, one.cell) for one in result.findings if one.grave == "error"]
    assert errors == [("column_other_time", "E4")]
    assert {one["poor_escaped_hh"] for one in result.records["poverty"]} == {None}


def test_the_end_of_a_year_in_a_title_is_its_year():
    result = read(titled(f"{TITLE} TÍNH ĐẾN HẾT NĂM 2019"))
    assert [one.rule for one in result.findings if one.grave != "note"] == []
    result = read(titled(f"{TITLE} TÍNH ĐẾN HẾT NĂM 2018"))
    assert "year_differs" in {one.rule for one in result.findings}


def test_a_slip_in_the_year_is_said_and_the_rest_is_read():
    result = read(titled(f"{TITLE} NĂM 20I9"))
    assert len(result.records["poverty"]) == 4
    assert [(one.rule, one.cell) for one in result.findings if one.grave != "note"] == [
        ("year_slip", "A2")
    ]
