"""Headings of a page to columns of a form, whatever words the page uses for them."""

from __future__ import annotations

import pytest
from tests.returns.records.pages import MARKS_HEAD, attainment, marks, met_of, read

from kgstats.returns.columns.criteria import criterion_of
from kgstats.returns.columns.matching import match_columns, recognise
from kgstats.returns.forms import (
    KEYS,
    TABLES,
    all_forms,
    component_of,
    meaning,
    table_columns,
)
from kgstats.returns.layout import Column, TableBlock, tokens


def block(headings, title=""):
    paths = [one if isinstance(one, tuple) else (one,) for one in headings]
    found = TableBlock(1, len(paths), 1, 1, title=title)
    found.columns = [
        Column(at, ": ".join(path), path, tokens(": ".join(path)))
        for at, path in enumerate(paths, 1)
    ]
    found.order_column, found.label_column = 1, 2
    return found


def mapping(headings, title=""):
    form, mapped, left = recognise(block(headings, title))
    names = {one.column.header: one.name for one in mapped}
    return form and form.key, names, [column.header for column in left]


@pytest.mark.parametrize("key", ["funding", "poverty"])
@pytest.mark.parametrize("which", [0, -1])
def test_a_form_headed_with_its_own_words_is_mapped_whole(key, which):
    form = all_forms()[key]
    columns = [column for column in form.columns if column.words]
    kind, names, left = mapping(["TT", *(column.words[which] for column in columns)])
    assert kind == key
    assert names == {column.words[which]: column.name for column in columns}
    assert left == []


@pytest.mark.parametrize(
    "headings",
    [
        [("Tiêu chí", str(n)) for n in range(1, 20)],
        [f"TC{n}" for n in range(1, 20)],
        [f"Tiêu chí {n}" for n in range(1, 20)],
        [words.split(" ", 1)[1] for words in all_forms()["attainment"].column("criterion").words],
        list(all_forms()["attainment"].column("criterion").words),
    ],
)
def test_criteria_by_number_or_name_or_both(headings):
    found = recognise(block(["TT", "Xã", *headings, "Số tiêu chí đạt", "Ghi chú"]))
    assert found[0].key == "attainment"
    assert [one.criterion for one in found[1] if one.criterion] == list(range(1, 20))


def test_criteria_in_another_order_keep_their_numbers():
    headings = [f"Tiêu chí {n}" for n in (5, 3, 1, 19, 7, 11)]
    mapped = recognise(block(["TT", "Xã", *headings, "Số tiêu chí đạt"]))[1]
    assert [one.criterion for one in mapped if one.criterion] == [5, 3, 1, 19, 7, 11]


def test_two_headings_for_one_criterion_are_none():
    numbers = [*range(1, 4), 5, *range(5, 20)]
    form, mapped, left = recognise(block(["TT", "Tên xã", *[f"TC{number}" for number in numbers]]))
    assert form is not None
    criteria = [one.criterion for one in mapped if one.criterion is not None]
    assert criteria == [1, 2, 3, *range(6, 20)]
    assert [column.header for column in left] == ["TC5", "TC5"]


def test_a_name_beats_a_wrong_number():
    assert criterion_of(("TC 5. Điện",)) == (4, "criterion_heading")


def test_rates_beside_counts_are_not_taken_for_them():
    poor = "Số hộ nghèo cuối năm"
    _, names, left = mapping(
        [
            "TT",
            "Đơn vị",
            ("Số hộ nghèo đầu năm (theo QĐ UBND tỉnh)", "Số hộ"),
            ("Số hộ nghèo đầu năm (theo QĐ UBND tỉnh)", "Tỷ lệ %"),
            ("Diễn biến hộ nghèo trong năm", "Thoát nghèo", "Số hộ"),
            ("Diễn biến hộ nghèo trong năm", "Thoát nghèo", "Tỷ lệ"),
            (poor, "Số hộ"),
            (poor, "Số hộ DTTS"),
            (poor, "Số hộ DTTS", "Tỷ lệ %"),
            ("Diễn biến hộ cận nghèo trong năm", "Thoát", "Số hộ"),
        ],
        "TỔNG HỢP KẾT QUẢ RÀ SOÁT HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2019",
    )
    assert names["Diễn biến hộ nghèo trong năm: Thoát nghèo: Số hộ"] == "poor_escaped_hh"
    assert names["Diễn biến hộ cận nghèo trong năm: Thoát: Số hộ"] == "near_poor_escaped_hh"
    assert names[f"{poor}: Số hộ DTTS"] == "ethnic_poor_end_hh"
    assert len(left) == 3 and all("Tỷ lệ" in header for header in left)


def test_misspelt_headings_are_understood():
    form = all_forms()["poverty"]
    mapped, _ = match_columns(
        form, block(["TT", "Đon vị", "Tỗng số hộ", "Số hộ nghéo đầu năm", "Hộ nghèo cuôi năm"])
    )
    assert [one.name for one in mapped] == [
        "commune_code", "households_hh", "poor_start_hh", "poor_end_hh",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("KH vốn", "allocated_vnd"),
        ("KH năm 2019", "allocated_vnd"),
        ("Tổng vốn", "allocated_vnd"),
        ("Năm KH", "plan_year"),
        ("Chương trình, dự án", "component"),
    ],
)
def test_short_words_of_form_02(heading, name):
    others = {"allocated_vnd": "Kế hoạch vốn", "component": "Nội dung"}
    head = ["TT", *[words for key, words in others.items() if key != name], heading, "Giải ngân"]
    form, mapped, _ = recognise(block(head))
    assert form is not None and form.key == "funding"
    assert [one.name for one in mapped if one.column.header == heading] == [name]


def test_sources_and_kinds_as_headings():
    form, mapped, _ = recognise(
        block(
            [
                "TT",
                "Hạng mục",
                ("Kế hoạch vốn năm 2019", "NSTW", "ĐTPT"),
                ("Kế hoạch vốn năm 2019", "Ngân sách tỉnh", "Sự nghiệp"),
                ("Lũy kế giải ngân đến 31/12/2019", "NSTW", "ĐTPT"),
            ]
        )
    )
    assert form.key == "funding"
    facets = [(one.name, one.facets.source, one.facets.kind) for one in mapped[1:]]
    assert facets == [
        ("allocated_vnd", "central", "investment"),
        ("allocated_vnd", "province", "recurrent"),
        ("disbursed_vnd", "central", "investment"),
    ]
    assert mapped[1].facets.plan_year == 2019 and mapped[3].facets.plan_year is None


@pytest.mark.parametrize(
    "headings",
    [
        ["TT", "Tỉnh, thành phố", "Tổng thu NSNN", "Tổng chi cân đối ngân sách địa phương"],
        ["Tỉnh Thành Phố", "Mã TP", "Quận Huyện", "Mã QH", "Phường Xã", "Mã PX"],
        ["STT", "Họ và tên", "Năm sinh", "Địa chỉ"],
        ["Thứ tự", "Loại đất", "Mã", "Tổng diện tích"],
    ],
)
def test_other_tables_are_no_form(headings):
    assert recognise(block(headings))[0] is None


@pytest.mark.parametrize(
    ("label", "under", "component"),
    [
        ("Đầu tư xây dựng cơ sở hạ tầng", "30a", "gnbv_30a_infrastructure"),
        ("Hỗ trợ đầu tư cơ sở hạ tầng", "30a", "gnbv_30a_infrastructure"),
        ("Chương trình 30a: Hỗ trợ đầu tư cơ sở hạ tầng", None, "gnbv_30a_infrastructure"),
        ("Hỗ trợ đầu tư xây dựng cơ sở hạ tầng", "135", "gnbv_135_infrastructure"),
        ("Hỗ trợ đầu tư xây dựng cơ sở hạ tầng thuộc Chương trình 135", None,
         "gnbv_135_infrastructure"),
        ("Hỗ trợ phát triển sản xuất và nhân rộng mô hình giảm nghèo", "135",
         "gnbv_135_production"),
        ("Hỗ trợ phát triển sản xuất và nhân rộng mô hình giảm nghèo trên địa bàn các xã ngoài"
         " Chương trình 30a và 135", "135", "gnbv_outside_production"),
        ("Hỗ trợ phát triển sản xuất, đa dạng hóa sinh kế", "30a", "gnbv_30a_livelihoods"),
        ("Hỗ trợ lao động đi làm việc có thời hạn ở nước ngoài (Chương trình 30a)", None,
         "gnbv_30a_labour_export"),
        ("Truyền thông về giảm nghèo", None, "gnbv_communication"),
        ("Giảm nghèo về thông tin", "135", "gnbv_information"),
        ("Chương trình nông thôn mới", None, "ntm_general"),
        ("Nông thôn mới", None, "ntm_general"),
        ("Chương trình MTQG xây dựng NTM", None, "ntm_general"),
        ("Hỗ trợ đầu tư xây dựng cơ sở hạ tầng", None, None),  # 30a or 135: not said
        ("Sửa trụ sở", "135", None),
    ],
)  # fmt: skip
def test_components(label, under, component):
    assert component_of(label, under)[0] == component


def test_the_word_project_before_a_component_is_no_misspelling():
    label = "Dự án Chương trình 30a: Duy tu, bảo dưỡng công trình"
    assert component_of(label, None) == ("gnbv_30a_maintenance", (), False)


@pytest.mark.parametrize(
    ("listing", "text", "code"),
    [
        ("sources", "NSTW", "central"),
        ("sources", "Ngân sách Trung ương (vốn ĐTPT)", "central"),
        ("sources", "vốn đối ứng ngân sách tỉnh", "province"),
        ("sources", "NSTƯ", "central"),
        ("sources", "ĐP", "province"),
        ("sources", "Vốn chuyển tiếp từ năm 2018", None),
        ("sources", "Quỹ khác", None),
        ("levels", "Xã nông thôn mới nâng cao", "advanced"),
        ("levels", "Chưa đạt chuẩn", "none"),
        ("causes", "Do vướng giải phóng mặt bằng ở ấp 3", "land"),
        ("causes", "Thời tiết", None),
    ],
)
def test_words_of_controlled_lists(listing, text, code):
    assert meaning(listing, text) == code


def test_the_form_files_are_those_of_the_request(shared):
    """The product's own forms name the same columns, in the same order, as the specification."""
    import csv

    files = {"attainment": "01_attainment", "funding": "02_funding", "poverty": "03_poverty"}
    for key, name in files.items():
        path = shared / "forms" / f"{name}.csv"
        wanted = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
        own = {column.name: column for column in all_forms()[key].columns}
        for row in wanted:
            column = own[row["column"]]
            assert column.dtype == row["dtype"] and column.unit == row["unit"]
            assert column.dash == row["dash"]
            missing = set(filter(None, row["header_words"].split("|"))) - set(column.words)
            allowed = {"source", "kind", "met", "programme"}
            assert not missing or row["column"] in allowed
        order = [row["column"] for row in wanted]
        if key != "attainment":
            assert [column.name for column in table_columns(key)] == order


def test_every_table_has_its_key_columns():
    for table in TABLES:
        names = [column.name for column in table_columns(table)]
        assert names[: len(KEYS[table])] == list(KEYS[table]) or set(KEYS[table]) <= set(names)


@pytest.mark.parametrize(
    ("shift", "torn", "refused"), [(1, 2, 2), (1, 19, 0), (0, 19, 0)],
    ids=["two headings", "numbers of the columns", "as they should be"],
)  # fmt: skip
def test_a_number_and_a_name_of_two_criteria_are_never_chosen_between(shift, torn, refused):
    names = [
        words.partition(" ")[2] for words in all_forms()["attainment"].column("criterion").words
    ]
    head = [f"{at + (shift if at <= torn else 0)}. {name}" for at, name in enumerate(names, 1)]
    result = read(attainment(marks(), head=[*MARKS_HEAD[:2], *head, *MARKS_HEAD[21:]]))
    kept = [one for one in met_of(result)[0] if one is not None]
    assert len(kept) == 19 - refused
