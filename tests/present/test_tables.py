from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest
from lxml import html as lxml_html

from kgstats import registry
from kgstats.present import columns
from kgstats.present.numbers import Quantity
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec

FRAME = pd.DataFrame(
    {
        "place": ["Tân Hiệp", "<script>alert(1)</script> & *x*", "Tất cả"],
        "share": [100.0, None, 54.7],
        "money": [1_500_000_000, 0, 1_500_000_000],
        "group": ["A & B", "A & B", "C"],
    }
)
COLUMNS = [
    Column("place", "Đơn vị"),
    Column("share", "Tỷ lệ", "percent", 1, spanner="Kết quả"),
    Column("money", "Vốn (tỷ đồng)", "billion", spanner="Kết quả"),
]


def made(**options):
    return Table(
        frame=FRAME,
        slug="t",
        caption="Bảng <1>",
        columns=COLUMNS,
        lang="vi",
        totals=[False, False, True],
        notes=["Nguồn: <x>"],
        **options,
    )


@pytest.fixture(params=[None, "group"])
def element(request):
    return lxml_html.fragment_fromstring(made(group=request.param).to_html())


def test_caption_and_scopes(element):
    assert element.find(".//caption").text_content() == "Bảng <1>"
    for header in element.iterfind(".//th"):
        assert header.get("scope") in ("col", "colgroup", "row", "rowgroup")
    rows = [th.text_content() for th in element.iterfind(".//tbody//th[@scope='row']")]
    assert rows == list(FRAME["place"])


def test_cells_are_in_the_language_and_absent_is_no_zero(element):
    cells = [td.text_content() for td in element.iterfind(".//tbody//td")]
    assert cells == ["100,0%", "1,5", "…", "0,0", "54,7%", "1,5"]


def test_data_is_text_never_markup(element):
    assert element.find(".//script") is None
    assert element.find(".//em") is None
    assert "<script>alert(1)</script> & *x*" in element.text_content()


def test_totals_are_marked_also_when_groups_gather_rows(element):
    totals = element.findall(".//tr[@class='total']")
    assert [row.find("th").text_content() for row in totals] == ["Tất cả"]


def test_ids_are_unique_and_start_with_the_slug(element):
    ids = [e.get("id") for e in element.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(name == "t" or name.startswith("t-") for name in ids)


def test_the_only_style_is_what_the_cells_of_a_card_are_called(element):
    assert not element.findall(".//style")
    styled = [e for e in element.iter() if e.get("style")]
    assert [e.tag for e in styled] == ["table"]
    heads = [part.partition(":")[0] for part in styled[0].get("style").split(";")]
    cells = element.find(".//tbody//td/..").findall("td")
    assert heads == [f"--l{n}" for n in range(2, len(cells) + 2)]


def test_a_head_with_quotes_and_braces_stays_within_its_style():
    columns = [Column("a", "A"), Column("b", 'so-called "b"; } x \\', spanner="S\nT")]
    frame = pd.DataFrame({"a": ["x"], "b": ["y"]})
    html = Table(frame=frame, slug="s", caption="c", columns=columns, lang="en").to_html()
    style = lxml_html.fragment_fromstring(html).find(".//table").get("style")
    assert style == '--l2:"S T: so-called \\22 b\\22 ; } x \\5c "'


@pytest.mark.parametrize(
    ("columns", "cell", "fits"),
    [
        (2, "1.5", "slim"),
        (5, "12,345,678.9", "half"),
        (8, "12,345,678.9", "full"),
        (9, "a sentence that is as long as a remark in a table may well be", "cards"),
        (19, "12,345,678.9", "cards"),
    ],
)
def test_a_table_says_on_how_wide_a_page_it_is_whole(columns, cell, fits):
    names = [f"c{n}" for n in range(columns)]
    frame = pd.DataFrame({"a": ["Name"], **{name: [cell] for name in names}})
    made = [Column("a", "A"), *(Column(name, f"Head {n}") for n, name in enumerate(names))]
    html = Table(frame=frame, slug="s", caption="c", columns=made, lang="en").to_html()
    assert fits in lxml_html.fragment_fromstring(html).find(".//table").get("class").split()


def test_many_short_numbers_stand_under_upright_heads():
    names = [f"c{n}" for n in range(19)]
    frame = pd.DataFrame({"a": ["Name"], **{name: [12] for name in names}})
    heads = [Column(name, "A criterion of that name", "number") for name in names]
    made = Table(
        frame=frame, slug="s", caption="c", columns=[Column("a", "A"), *heads], lang="en"
    ).to_html()
    assert 'class="data upright numbers"' in made


def test_rows_of_places_say_which():
    frame = pd.DataFrame({"name": ["Gò Quao", "All"], "district_code": ["901", None]})
    made = Table(
        frame=frame, slug="s", caption="c", columns=[Column("name", "Name")], lang="en"
    ).to_html()
    assert made.count('data-district="901"') == 1 and made.count("data-district") == 1


def test_groups_gather_their_rows():
    frame = pd.DataFrame({"n": ["a", "b", "c"], "g": ["x", "y", "x"]})
    shown = Table(
        frame=frame,
        slug="g",
        caption="c",
        columns=[Column("n", "N")],
        lang="en",
        group="g",
        totals=[False, True, False],
    ).to_html()
    element = lxml_html.fragment_fromstring(shown)
    assert [th.text_content() for th in element.iterfind(".//tbody//th")] == [
        "x",
        "a",
        "c",
        "y",
        "b",
    ]
    assert element.find(".//tr[@class='total']").text_content().strip() == "b"


def test_files_hold_numbers_in_the_unit_their_header_says():
    carried = made(group="group").payload()
    assert carried["rows"][0] == ["A & B", "Tân Hiệp", 100.0, 1.5]
    assert carried["rows"][1][2] is None
    assert next(c["label"] for c in carried["columns"]) == "Nhóm"


def test_decimals_are_carried_as_numbers():
    frame = pd.DataFrame({"n": ["a"], "v": [Decimal("1.50")]})
    made_table = Table(
        frame=frame,
        slug="d",
        caption="c",
        columns=[Column("n", "N"), Column("v", "V", "number")],
        lang="en",
    )
    assert made_table.payload()["rows"] == [["a", 1.5]]
    assert "1.50" in made_table.to_html()


def test_a_table_without_caption_or_column_is_refused():
    with pytest.raises(ValueError, match="no caption"):
        Table(frame=FRAME, slug="t", caption=" ", columns=COLUMNS, lang="vi")
    with pytest.raises(KeyError, match="no column nothing"):
        Table(frame=FRAME, slug="t", caption="c", columns=[Column("nothing", "x")], lang="vi")


def test_the_same_table_gives_the_same_html():
    assert made().to_html() == made().to_html()


def test_every_column_of_numbers_has_a_header_aligned_as_its_numbers():
    frame = pd.DataFrame({"a": ["x"], "b": [1], "c": [2], "d": [3], "e": ["w " * 30]})
    columns = [
        Column("a", "A"),
        Column("b", "B", "number"),
        Column("c", "C", "number", spanner="S"),
        Column("d", "D", "number", spanner="S"),
        Column("e", "E"),
    ]
    html = Table(frame=frame, slug="s", caption="c", columns=columns, lang="en").to_html()
    element = lxml_html.fragment_fromstring(html)
    headers = {c.text_content().strip(): c.get("class") for c in element.iterfind(".//thead//th")}
    # A column of wordy cells asks for room, once, in its header.
    assert headers == {"A": None, "B": "n", "S": None, "C": "n", "D": "n", "E": "long"}
    assert [c.get("class") for c in element.iterfind(".//tbody//td")] == ["n", "n", "n", None]


def test_a_table_all_of_numbers_says_so_once():
    columns = [Column("a", "A"), Column("b", "B", "number"), Column("c", "C", "percent")]
    frame = pd.DataFrame({"a": ["x"], "b": [1], "c": [2.5]})
    html = Table(frame=frame, slug="s", caption="c", columns=columns, lang="en").to_html()
    element = lxml_html.fragment_fromstring(html)
    assert element.find(".//table").get("class") == "data slim numbers"
    assert [c.get("class") for c in element.iterfind(".//tbody//td")] == [None, None]
    assert [c.get("class") for c in element.iterfind(".//thead//th")] == [None, "n", "n"]


def test_in_a_file_each_column_names_what_it_stands_under():
    labels = [column["label"] for column in made().payload()["columns"]]
    assert labels == ["Đơn vị", "Kết quả: Tỷ lệ, %", "Kết quả: Vốn (tỷ đồng)"]


def test_a_column_asks_for_the_room_its_texts_need_and_only_addresses_may_break():
    frame = pd.DataFrame(
        {"a": ["x"], "b": ["đã được công nhận"], "c": [1], "d": ["https://x.vn/" + "y" * 30]}
    )
    columns = [
        Column("a", "A"),
        Column("b", "B"),
        Column("c", "Đã giải ngân, trên vốn có báo cáo", "number"),
        Column("d", "D"),
    ]
    html = Table(frame=frame, slug="s", caption="c", columns=columns, lang="vi").to_html()
    element = lxml_html.fragment_fromstring(html)
    assert [c.get("class") for c in element.iterfind(".//thead//th")] == [
        None,
        "mid",
        "n mid",
        "long",
    ]
    assert [c.get("class") for c in element.iterfind(".//tbody//td")] == [None, "n", "url"]


def test_a_declared_table_says_spanners_in_the_readers_language_and_names_its_totals():
    spec = TableSpec(
        slug="levels",
        caption="Poor households, {year}",
        columns=(
            "district_code",
            Column("poor_end_hh", "Number", "number", spanner="Poor households"),
        ),
        group=Column("area", "", "code"),
        total="Total",
    )
    frame = pd.DataFrame(
        {"area": ["urban", "rural"], "district_code": ["899", "903"], "poor_end_hh": [592, 1]}
    )
    ends = pd.DataFrame(
        {
            "area": ["urban", "rural"],
            "poor_end_hh": [592, 1],
            "total_name": [pd.NA, "These together"],
        }
    )
    made = spec(frame, "vi", subtotals=ends, year=2019)
    assert made.columns[1].spanner == "Hộ nghèo"
    assert list(made.frame["_name"]) == ["Rạch Giá", "Tổng cộng", "Hòn Đất", "These together"]
    assert list(made.frame["_group"]) == ["Khu vực thành thị"] * 2 + ["Khu vực nông thôn"] * 2
    assert made.totals == [False, True, False, True]
    assert spec(frame, "en", subtotals=ends, year=2019).columns[1].spanner == "Poor households"


def test_what_belongs_to_a_number_has_columns_of_its_own_in_files():
    frame = pd.DataFrame(
        {
            "n": ["Poor", "Money", "Target"],
            "v": [
                Quantity(4.55, "percent", mark="*"),
                Quantity(98_856_000_000, "billion", 3),
                Quantity(1.5, "points", 1, relation="≥", high=2),
            ],
            "r": [2.5, "x", None],
        }
    )
    columns = [
        Column("n", "Row"),
        Column("v", "Value", "quantity"),
        Column("r", "Rate", "percent", 1),
    ]
    made = Table(frame=frame, slug="q", caption="c", columns=columns, lang="en")
    assert list(made.shown()["1"]) == ["4.55%*", "VND 98.856 billion", "≥ +1.5–+2.0\u00a0pp"]
    carried = made.payload()
    assert [column["label"] for column in carried["columns"]] == [
        "Row", "Value", "Value: up to", "Value: unit", "Value: mark", "Rate, %", "Rate: mark",
    ]  # fmt: skip
    assert carried["rows"] == [
        ["Poor", 4.55, None, "%", "*", 2.5, None],
        ["Money", 98.856, None, "VND billion", None, None, "x"],
        ["Target", 1.5, 2, "percentage points", "≥", None, None],
    ]
    assert carried["columns"][5]["unit"] == "%" and carried["columns"][1]["unit"] == ""


def test_two_columns_with_one_head_are_refused_and_amounts_say_their_unit_once():
    columns = [
        Column("place", "A"),
        Column("share", "B", "percent"),
        Column("group", "B, %"),
    ]
    twice = Table(frame=FRAME, slug="t", caption="c", columns=columns, lang="en")
    with pytest.raises(ValueError, match="several columns have the header 'B, %'"):
        twice.payload()
    amounts = [Column("place", "A"), Column("money", "Paid", "billion")]
    assert (
        "Paid, VND billion</th>"
        in Table(frame=FRAME, slug="t", caption="c", columns=amounts, lang="en").to_html()
    )
    assert (
        "Paid</th>"
        in Table(
            frame=FRAME, slug="t", caption="Money, VND billion", columns=amounts, lang="en"
        ).to_html()
    )


def test_a_text_names_several_columns_and_one_note_needs_no_tuple():
    rates = "Poor households: poor_end_hh poor_rate_pct"
    spec = TableSpec(
        slug="s", caption="Rates", columns=("district_code year", rates), notes="As received."
    )
    frame = pd.DataFrame(
        {"district_code": ["903"], "year": [2019], "poor_end_hh": [7], "poor_rate_pct": [2.5]}
    )
    made = spec(frame, "en", year=2019)
    assert [one.key for one in made.columns] == ["_name", "year", "poor_end_hh", "poor_rate_pct"]
    assert [one.spanner for one in made.columns] == [None, None, *["Poor households"] * 2]
    assert made.notes == ["As received."]


def test_a_name_that_the_registry_lacks_is_told_with_names_near_it():
    with pytest.raises(registry.NotRegistered, match="'poor_rat'; near it: poor_rate"):
        columns.column("poor_rat", "en")
    with pytest.raises(registry.NotRegistered, match=r"is called 'qqqqq'[.]"):
        columns.column("qqqqq", "en")


WELLS = TableSpec(
    slug="wells",
    caption="Wells at the end of {year}, after {before}",
    columns=(
        Column("well", "Well"),
        Column("m", "Depth, m", "number", said=lambda row, _: row["cm"] / row["per_m"]),
        Column("poor_end_hh", "", said=lambda row, _: row["hh"]),
    ),
    group=Column("side", "", said=lambda row, lang: f"{row['bank']} bank ({lang})"),
    total="All",
    most=3,
    empty="No well in {year}",
    notes=("Of {year}.", lambda frame, lang, words: words.get("base", "")),
)
DEPTHS = pd.DataFrame({
    "well": ["A", "B", "C", "D"], "bank": ["left", "left", "right", "left"],
    "cm": [200, 400, 100, 9], "hh": 7, "year": 2019,
})  # fmt: skip


def test_cells_that_a_frame_does_not_hold_are_said_from_its_rows_and_the_words_of_the_call():
    shown = WELLS.table(DEPTHS, "en", per_m=100)
    assert shown.caption == "Wells at the end of 2019, after 2018"
    assert shown.frame["m"].tolist() == [2, 4, 1]
    assert shown.frame["_group"].tolist() == ["left bank (en)", "left bank (en)", "right bank (en)"]
    label = columns.column("poor_end_hh", "en").label
    assert [one.label for one in shown.columns] == ["Well", "Depth, m", label]


def test_a_note_computed_from_the_frame_is_left_out_where_it_is_empty():
    assert WELLS.table(DEPTHS, "en", per_m=100).notes == ["Of 2019."]
    assert WELLS.table(DEPTHS, "en", per_m=100, base="4 wells").notes == ["Of 2019.", "4 wells"]


def test_in_place_of_a_table_without_rows_stands_what_it_declares():
    none = DEPTHS.head(0)
    assert isinstance(WELLS(DEPTHS, "en", per_m=100), Table)
    said = WELLS(none, "en", per_m=100, year=2018)
    assert isinstance(said, Prose) and said.to_text() == "No well in 2018"
    assert replace(WELLS, caution=True)(none, "en", year=2018).kind == "caution"
    assert replace(WELLS, empty="")(none, "en") is None
    assert isinstance(replace(WELLS, empty=None)(none, "en", year=2018), Table)


@pytest.mark.parametrize(
    ("wells", "of_one", "totals"),
    [
        ("ABC", True, [False, False, True, False, True, True]),
        ("ABC", False, [False, False, True, False, True]),
        ("AB", True, [False, False, True]),
    ],
)
def test_no_sum_says_again_what_another_has_said(wells, of_one, totals):
    frame = DEPTHS[DEPTHS["well"].isin(list(wells))]
    sums = frame.groupby("bank", as_index=False)[["hh"]].sum().assign(cm=0, year=2019)
    total = frame[["hh"]].sum().to_frame().T
    made = replace(WELLS, of_one=of_one).table(frame, "en", subtotals=sums, total=total, per_m=100)
    assert made.totals == totals
