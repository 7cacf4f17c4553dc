"""What a template holds before anyone types in it."""

from __future__ import annotations

from dataclasses import replace

import openpyxl
import pytest
from tests.officer import filling
from tests.officer.conftest import DISTRICT, YEAR
from tests.officer.filling import SHEETS

from kgstats import registry
from kgstats.officer import template
from kgstats.officer.fields import CHECK, fields, listed
from kgstats.officer.last_year import LastYear
from kgstats.returns.book import read_return
from kgstats.returns.forms import all_forms, component_of, exact_meaning, form_rows
from kgstats.returns.identities import identities
from kgstats.returns.subjects.places import gazetteer


@pytest.fixture(scope="module")
def book(form):
    return openpyxl.load_workbook(form)


def letter(key, name):
    return filling.Form(key, {"0": 1}).cell(0, name).rstrip("1")


@pytest.mark.parametrize(("year", "district"), [(2019, "912"), (2020, "911"), (2021, "899")])
def test_a_district_has_its_communes_of_the_year(tmp_path, year, district):
    path = template.write(year, district, tmp_path / "t.xlsx")
    held = filling.forms(path)
    units = gazetteer(year).units(district)
    assert set(held["poverty"].rows) == {
        f"{one.full_name[:1].upper()}{one.full_name[1:]}" for one in units
    }
    assert len(held["attainment"].rows) == sum(one.type == "xã" for one in units)


def test_blank_it_is_known_whose_it_is_and_never_clean(form):
    result = read_return(form, YEAR)
    assert result.district == DISTRICT
    assert "marks_not_typed" in {one.rule for one in result.findings}


@pytest.mark.parametrize("sheet", [*SHEETS.values(), "Hướng dẫn", "Kiểm tra", "Năm trước"])
def test_every_sheet_is_locked_without_a_password(book, sheet):
    assert book[sheet].protection.sheet and not book[sheet].protection.password


def test_what_is_typed_is_open_and_nothing_else(book):
    for key, form in filling.forms_of(book).items():
        page = book[SHEETS[key]]
        for at, one in enumerate(fields(key), 1):
            for row in form.rows.values():
                cell = page.cell(row, at)
                carried = one.name.endswith("_start_hh") and cell.value is not None
                assert cell.protection.locked == (not one.typed or carried), (key, cell.coordinate)


def test_every_rule_between_numbers_colours_its_cells(book):
    for key, form in all_forms().items():
        page = book[SHEETS[key]]
        formulas = {
            str(area.sqref): " ".join(str(rule.formula) for rule in rules)
            for area, rules in page.conditional_formatting._cf_rules.items()
        }
        for table in registry.forms()[form.number]:
            for identity in identities(table):
                first = next(iter(filling.forms_of(book)[key].rows.values()))
                column = letter(key, identity.at)
                here = next(
                    text for area, text in formulas.items() if area.startswith(f"{column}{first}:")
                )
                for name in identity.columns:
                    if not name.startswith("before.") and "*" not in name:
                        assert f"${letter(key, name)}{first}" in here, (identity.name, name)


def test_words_are_chosen_from_lists_that_the_province_reads():
    for listing in ("sources", "kinds", "causes", "statuses", "levels"):
        for words in listed(listing):
            assert exact_meaning(listing, words) is not None, words
    codes = [row["component"] for row in form_rows("components")]
    assert [component_of(words, None)[0] for words in listed("components")] == codes


def test_lists_are_offered_in_every_column_of_words(book):
    for key in all_forms():
        offered = {
            str(area).rstrip("0123456789").split(":")[0].rstrip("0123456789")
            for one in book[SHEETS[key]].data_validations.dataValidation
            if one.type == "list"
            for area in str(one.sqref).split()
        }
        wanted = {letter(key, one.name) for one in fields(key) if one.kind in ("words", "mark")}
        assert offered == wanted


def test_last_years_end_is_this_years_start(book, before):
    form = filling.forms_of(book)["poverty"]
    page = book[SHEETS["poverty"]]
    assert page[form.cell("Thị trấn Thứ Ba", "poor_start_hh")].value == 52
    assert page[form.cell("Xã Tây Yên", "poor_start_hh")].value == 61
    assert page[form.cell("Xã Nam Yên", "poor_start_hh")].value is None
    said = [cell.value for row in book["Năm trước"].iter_rows() for cell in row]
    assert "Ngân sách Trung ương" in said and 250 in said


def test_without_last_year_nothing_is_said_of_it(tmp_path):
    path = template.write(YEAR, "912", tmp_path / "t.xlsx")
    assert "Năm trước" not in openpyxl.load_workbook(path).sheetnames


def test_the_same_district_gives_the_same_bytes(form, tmp_path, before):
    again = template.write(YEAR, DISTRICT, tmp_path / "again.xlsx", before)
    name = template.write(YEAR, DISTRICT, tmp_path / "x" / "again.xlsx", before)
    assert again.read_bytes() == name.read_bytes()


@pytest.mark.parametrize(
    ("year", "district", "reason"),
    [
        (2026, None, "no district at the end of 2026.* report is 2024"),
        (2031, "908", "no district at the end of 2031.* report is 2024"),
        (2019, "888", "no district '888'; there are: 899 Rạch Giá"),
    ],
)
def test_a_district_that_is_none_is_refused_with_the_reason(year, district, reason):
    with pytest.raises(template.NoSuchDistrict, match=reason):
        template.districts(year, district)


def test_a_town_without_communes_has_nothing_to_fill_in_of_them(tmp_path, monkeypatch):
    where = gazetteer(YEAR)
    town = where.districts["899"]
    units = tuple(one for one in town.units if one.type != "xã")
    without = replace(where, districts={"899": replace(town, units=units)})
    monkeypatch.setattr(template, "gazetteer", lambda year: without)
    before = LastYear(YEAR - 1, {one.code: {"poor_end_hh": 5} for one in units})
    path = template.write(YEAR, "899", tmp_path / "t.xlsx", before)
    book = openpyxl.load_workbook(path)
    said = [cell.value for row in book["Biểu 01"].iter_rows() for cell in row if cell.value]
    assert "thành phố Rạch Giá không có dòng nào của biểu này: không phải nhập ở đây." in said
    assert town.owes("01")
    assert len(filling.forms_of(book)["poverty"].rows) == len(units)
    assert not without.districts["899"].owes("01") and without.districts["899"].owes("03")


@pytest.mark.parametrize("key", SHEETS)
def test_what_is_printed_is_the_form_without_its_checks(book, key):
    page = book[SHEETS[key]]
    check = letter(key, CHECK)
    assert check not in page.print_area.replace("$", "").split("!")[-1]
    assert page.page_setup.orientation == "landscape" and page.page_setup.paperSize == 9
    assert page.page_setup.fitToHeight == 0


def test_no_cell_that_is_worked_out_has_a_format_of_numbers(book):
    """LibreOffice would save it as 0 in an .xls where its formula gives no number."""
    for sheet in SHEETS.values():
        for row in book[sheet].iter_rows():
            for cell in row:
                if str(cell.value).startswith("="):
                    assert cell.number_format == "General", cell.coordinate


def test_the_check_stands_last_and_is_no_column_of_the_form():
    for key in all_forms():
        assert fields(key)[-1].name == CHECK
