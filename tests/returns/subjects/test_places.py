"""Names of communes to codes: right or refused, never guessed."""

from __future__ import annotations

import pytest

from kgstats.reference import areas
from kgstats.returns.subjects.places import (
    districts_in_file_name,
    districts_named,
    gazetteer,
    split_type,
)


@pytest.fixture(scope="module")
def names():
    return gazetteer(2019)


def test_every_listed_name_finds_its_own_unit(names):
    for row in areas.units(2019).itertuples(index=False):
        for text in (f"{row.type} {row.name}", f"{row.type} {row.name}".upper()):
            match = names.match(text, row.district_code)
            assert match.how == "exact" and match.unit.code == row.commune_code


def test_every_alias_finds_its_unit_or_asks_for_the_type(names):
    for row in areas.aliases().itertuples(index=False):
        match = names.match(row.alias, row.district_code)
        assert (match.accepted and match.unit.code == row.commune_code) or match.how == "ambiguous"


@pytest.mark.parametrize(
    ("text", "district", "code", "how"),
    [
        ("TT Thứ 11", "909", "31018", "alias"),
        ("T.T Thứ Mười Một", "909", "31018", "exact"),
        ("xã Thổ Chu", "911", "31105", "alias"),
        ("X. Hoà Thuận", "906", "30949", "exact"),
        ("1. Xã Long Thạnh (1)", "906", "30943", "exact"),
        ("Bình An (Kiên Lương)", "902", "30808", "alias"),
        ("Bình An", "902", "30808", "exact"),
        ("Bình An", "905", "30898", "exact"),
        ("Thạnh Lộc", "905", "30901", "exact"),
        ("Thạnh Lộc", "906", "30913", "exact"),
        ("Vĩnh Phú", "914", "30791", "exact"),
        ("thanh dong a", "904", "30874", "accents"),
        ("Vĩnh Thuận (xã)", "910", "31069", "exact"),
        ("thị trấn Vĩnh Thuận", "910", "31051", "exact"),
        ("Ngọc Chúcc", "906", "30928", "near"),
        ("Vĩnh Hoà Hiêp", "905", "30892", "near"),
    ],
)
def test_spellings(names, text, district, code, how):
    match = names.match(text, district)
    assert match.how == how
    if code is not None:
        assert match.unit.code == code


def test_homonyms_are_decided_by_the_type_and_only_by_it(names):
    assert names.match("Vĩnh Thuận", "910").how == "ambiguous"
    assert names.match("Vĩnh Thuận", "910", ("xã",)).unit.code == "31069"
    assert names.match("Vĩnh Thuận", "910", ("phường", "thị trấn")).unit.code == "31051"


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("Thạnh Đông C", "904"),  # A and B exist: a letter is no misspelling
        ("Đông Hưng C", "909"),
        ("Thứ 4", "908"),
        ("Xã mới", "906"),
        ("", "906"),
        ("=cmd|' /C calc'!A0", "906"),
        ("Vĩnh", "910"),
    ],
)
def test_what_is_not_clearly_a_name_is_refused(names, text, district):
    match = names.match(text, district)
    assert not match.accepted and match.unit is None


def test_a_refusal_suggests_near_names(names):
    assert "xã Thạnh Đông A" in names.match("Thạnh Đông C", "904").suggestions


def test_a_commune_of_another_district_is_named(names):
    match = names.match("Xã Ngọc Thuận", "904")
    assert match.how == "elsewhere" and match.unit.district == "906"
    both = names.match("Bình An", "906")
    assert both.how == "elsewhere" and both.unit is None and len(both.suggestions) == 2


def test_units_follow_the_year():
    assert gazetteer(2019).match("Hòn Thơm", "911").unit.code == "31099"
    assert not gazetteer(2021).match("Hòn Thơm", "911").accepted
    match = gazetteer(2021).match("thị trấn Dương Đông", "911")
    assert match.unit.type == "phường" and match.type_differs == "thị trấn"
    assert gazetteer(2018).match("Mỹ Đức", "900").accepted


@pytest.mark.parametrize("mark", ["1)", "(1)", "[2]", "¹", "¹)", "*)", "**", "(*)", " 12)"])
def test_the_mark_of_a_footnote_is_no_part_of_a_name(mark):
    assert split_type(f"Xã Kiên Bình {mark}") == ("Kiên Bình", "xã")
    assert gazetteer(2019).match(f"Xã Kiên Bình {mark}", "902").how == "exact"
    assert split_type(f"Phường 12 {mark}") == ("12", "phường")


def test_type_and_name_are_told_apart():
    assert split_type("P. Vĩnh Thanh Vân") == ("Vĩnh Thanh Vân", "phường")
    assert split_type("Xã Phi Thông (*)") == ("Phi Thông", "xã")
    assert split_type("Thuận Yên") == ("Thuận Yên", None)
    assert split_type("Phú Lợi")[0] == "Phú Lợi"
    assert split_type("Pháo Đài")[0] == "Pháo Đài"
    assert split_type("Xẻo Nhàu")[0] == "Xẻo Nhàu"


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("UBND HUYỆN GIỒNG RIỀNG", {"906"}),
        ("ỦY BAN NHÂN DÂN THÀNH PHỐ HÀ TIÊN", {"900"}),
        ("UBND H. U Minh Thượng", {"913"}),
        ("PHÒNG LĐTBXH HUYỆN VĨNH THUẬN", {"910"}),
        ("UBND xã An Biên", set()),
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", set()),
    ],
)
def test_districts_of_a_letterhead(names, line, found):
    assert districts_named(line, names) == found


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("03_GiongRieng_2019 (ban cuoi).xlsx", {"906"}),
        ("Gò Quao - biểu 03.xls", {"907"}),
        ("907_2019.xls", {"907"}),
        ("BC GR 2019.ods", {"906"}),
        ("anminh-02.csv", {"909"}),
        ("Bieu mau 01 (ban cuoi) sua.xls", set()),
        ("An Bien va An Minh.xlsx", {"908", "909"}),
    ],
)
def test_districts_of_a_file_name(names, name, found):
    assert districts_in_file_name(name, names) == found


def test_kien_giangs_communes_in_a_national_list_of_another_time(shared):
    """10.614 names in TCVN3: those of Kiên Giang find their own codes in our gazetteer."""
    from kgstats.returns.layout import read_page
    from kgstats.returns.read import read_workbook

    path = shared / "samples" / "real" / "communes_tcvn3_10614.csv"
    page = read_page(read_workbook(path).sheets[0])
    names = gazetteer(2018)
    wrong, right = [], 0
    for row in page.tables[0].body_rows:
        line = {one.column: one.text for one in page.rows[row]}
        if line.get(4) != "Kien Giang":
            continue
        match = names.match(line[1], line[6])
        if match.unit is not None and match.unit.code == line[5]:
            right += 1
        else:
            wrong.append((line[1], match.how))
    assert right == 117
    # A homonym without its type is refused, and one unit had another code in that list.
    assert wrong == [("Vĩnh Thuận", "ambiguous"), ("Sóc Sơn", "exact")]


def test_names_with_lost_letters_are_the_one_they_can_be():
    where = gazetteer(2019)
    for text, code in (("Vĩnh Đi\ufffdu", "30793"), ("xã V?nh Đi?u", "30793"), ("Phú M?", "30799")):
        match = where.match(text, "914")
        assert (match.how, match.unit.code if match.unit else None) == ("near", code)
    assert where.match("Phú ??", "914").unit is None
    assert where.match("Đông H?ng", "909").unit is not None  # A and B have a letter more
    assert where.match("???", "914").how == "unknown"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Xã Hòn Tre (xã điểm)", "(xã điểm)"),
        ("UBND xã Hòn Tre", "UBND"),
        ("Ủy ban nhân dân xã Hòn Tre", "Ủy ban nhân dân"),
        ("Xã Hòn Tre – xã bãi ngang", "xã bãi ngang"),
        ("xa Hon Tre (xa dao)", "(xa dao)"),
        ("XÃ HÒN TRE: XÃ ĐẢO", "XÃ ĐẢO"),
        ("Hòn Tre, xã khó khăn", "xã khó khăn"),
    ],
)
def test_words_beside_a_name_are_a_note(text, note):
    match = gazetteer(2019).match(text, "912")
    assert match.unit is not None and match.unit.code == "31108"
    assert match.note == note


@pytest.mark.parametrize(
    "text", ["31108 - Xã Hòn Tre", "31108 Hòn Tre", "31108. xã Hòn Tre", ". Xã Hòn Tre"]
)
def test_a_code_before_a_name_is_no_part_of_it(text):
    match = gazetteer(2019).match(text, "912")
    assert (match.how, match.unit and match.unit.code, match.note) == ("exact", "31108", "")
    assert gazetteer(2019).match("31108", "912").unit is None


@pytest.mark.parametrize(
    "text", ["Xã Hòn Tre - Lại Sơn", "Xã Hòn Tre (Nam Du)", "Ban chỉ đạo (xã điểm)", "(xã điểm)"]
)
def test_words_that_name_another_commune_are_no_note(text):
    assert gazetteer(2019).match(text, "912").unit is None
