"""The illustrative workbooks hold the illustrative tables, cell by cell, in fifteen hands."""

from __future__ import annotations

import csv
import datetime as dt
import io
import unicodedata
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xlwt
from lxml import html as lxml_html
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from illustrative import MESS, SEED, YEARS, truth, write
from illustrative.files import ENDINGS, delimited, ods, xls, xlsx
from illustrative.habits import DEALS, TEXT_FORMATS, deal
from illustrative.legacy import encode, mojibake, new_tone, unmarked, windows_1258
from illustrative.mistakes import KINDS
from illustrative.page import Page, header
from illustrative.writing import Hand

ILLUSTRATIVE = "Số liệu minh họa"


@pytest.fixture(scope="module", params=YEARS)
def sent(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"returns{request.param}")
    return request.param, folder, write(request.param, folder)


def grid(path, file_format):
    """Return the cells of a file as {(sheet, address): value}, read by other programs."""
    cells = {}
    if file_format in ("xlsx", "xls", "ods"):
        book = CalamineWorkbook.from_path(path)
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for r, row in enumerate(rows, 1):
                for c, value in enumerate(row, 1):
                    if value != "":
                        cells[name, r, c] = value
    elif file_format == "html":
        taken = set()
        for r, line in enumerate(lxml_html.fromstring(path.read_bytes()).iter("tr"), 1):
            c = 1
            for cell in line.iter("td"):
                while (r, c) in taken:
                    c += 1
                down, across = int(cell.get("rowspan", 1)), int(cell.get("colspan", 1))
                taken |= {(r + i, c + j) for i in range(down) for j in range(across)}
                if cell.text_content():
                    cells["", r, c] = cell.text_content()
    else:
        code = {"csv": "utf-8-sig", "tsv": "utf-8", "utf16": "utf-16", "cp1258": "cp1258"}
        text = path.read_bytes().decode(code[file_format])
        mark = "\t" if file_format in ("tsv", "utf16") else ";"
        for r, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark), 1):
            for c, value in enumerate(row, 1):
                if value:
                    cells["", r, c] = value
    return cells


def place(address):
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(address[len(letters) :]), column


def shown(value):
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, (int, float)):
        return f"{value:g}" if value != int(value) else str(int(value))
    return value


def money_key(money):
    """Return the ledger's row key of each line of money."""
    parts = ["year", "district_code", "programme", "component", "source", "kind", "plan_year"]
    return money[parts].astype(str).agg("/".join, axis=1)


def test_every_value_stands_where_the_manifest_says(sent):
    _, folder, manifest = sent
    for file, rows in manifest.cells.groupby("file"):
        (district,) = rows["district_code"].unique()
        file_format = manifest.habits[district].file_format
        cells = grid(folder / file, file_format)
        for row in rows.itertuples():
            value = cells[row.sheet, *place(row.cell)]
            if isinstance(value, (int, float)):
                assert float(row.written.replace(",", ".")) == value
            elif file_format == "cp1258":
                assert unicodedata.normalize("NFC", value) == row.written
            else:
                assert shown(value) == row.written


def test_manifest_has_every_value_of_the_tables(sent):
    year, _, manifest = sent
    tables = truth(year)
    wanted = set()
    for row in tables["attainment"].itertuples():
        key = f"{year}/{row.district_code}/{row.commune_code}/{row.criterion}"
        wanted.add(("attainment", key, "met"))
    for name in ("communes", "poverty"):
        table = tables[name]
        for column in table.columns.drop(["year", "district_code"]):
            if column != "status":
                here = table[table[column].notna()]
                for district, code in zip(here["district_code"], here["commune_code"], strict=True):
                    wanted.add((name, f"{year}/{district}/{code}", column))
    money = tables["funding"]
    key = money_key(money)
    for column in money.columns[4:]:
        if column not in ("cut_off", "cause", "note"):
            wanted |= {("funding", k, column) for k in key[money[column].notna()]}
    for cause, note, k in zip(money["cause"], money["note"], key, strict=True):
        if pd.notna(cause):
            wanted.add(("funding", k, "cause"))
        elif pd.notna(note):
            wanted.add(("funding", k, "note"))
    have = set(
        zip(
            manifest.cells["table"],
            manifest.cells["row_key"],
            manifest.cells["column"],
            strict=True,
        )
    )
    assert have == wanted


def test_tidy_returns_hold_the_figures_as_they_are(tmp_path):
    manifest = write(2019, tmp_path, mess=0)
    assert len(manifest.files) == 15 and not manifest.mistakes
    assert {file.rsplit(".", 1)[1] for file in manifest.files} == {"xlsx"}
    poverty = truth(2019)["poverty"].set_index("commune_code")
    money = truth(2019)["funding"]
    money = money.set_index(money_key(money))
    checked = 0
    for row in manifest.cells.itertuples():
        if row.table == "poverty" and row.column.endswith(("_hh", "_pct")):
            expected = poverty.loc[row.row_key[-5:], row.column]
        elif row.table == "funding" and row.column == "allocated_vnd":
            expected = money.loc[row.row_key, row.column] / 1_000_000
        else:
            continue
        assert float(row.written.replace(",", ".")) == expected
        checked += 1
    assert checked > 145 * 18


def test_only_the_declared_mistakes_differ_from_the_tables(sent):
    year, _, manifest = sent
    assert len(manifest.mistakes) == len({mistake.kind for mistake in manifest.mistakes})
    tables = truth(year)
    poverty = tables["poverty"].set_index("commune_code")
    communes = tables["communes"].set_index("commune_code")
    wrong = {(m.table, m.row_key[0], m.column): m for m in manifest.mistakes if m.row_key}
    differing = set()
    for row in manifest.cells.itertuples():
        if row.table == "poverty" and row.column.endswith("_hh"):
            digits = row.written.translate({ord(c): None for c in ".,\u00a0"})
            true = int(poverty.loc[row.row_key[-5:], row.column])
            assert int("0" if digits == "-" else digits) == true
        elif row.table == "poverty" and row.column.endswith("_pct"):
            number = float(row.written.rstrip(" %").replace(",", "."))
            if manifest.habits[row.district_code].percent == "cell":
                number *= 100
            true = float(poverty.loc[row.row_key[-5:], row.column])
            if abs(number - true) > 1e-6:
                differing.add((row.table, row.row_key[-5:], row.column))
        elif row.table == "communes" and row.column == "criteria_met":
            true = communes.loc[row.row_key[-5:], "criteria_met"]
            if int(row.written) != true:
                differing.add((row.table, row.row_key[-5:], row.column))
    kinds = {wrong[key].kind for key in differing}
    assert kinds == {m.kind for m in manifest.mistakes} & {"rate", "count"}


def test_every_page_says_that_it_is_illustrative(sent):
    _, folder, manifest = sent
    note = ILLUSTRATIVE
    versions = {
        note,
        encode(note, "tcvn3"),
        encode(note, "vni"),
        unicodedata.normalize("NFD", note),
    }
    for district, habits in manifest.habits.items():
        for file in manifest.cells.loc[
            manifest.cells["district_code"] == district, "file"
        ].unique():
            cells = grid(folder / file, habits.file_format)
            forms = {sheet for sheet, *_ in cells if not sheet.startswith(("Nam ", "Sheet"))}
            for form in forms:
                texts = [str(v) for (sheet, *_), v in cells.items() if sheet == form]
                assert any(version in text for text in texts for version in versions), file


def test_same_seed_same_bytes_and_another_seed_other_bytes(tmp_path):
    for name, seed in (("a", SEED), ("b", SEED), ("c", 1)):
        write(2020, tmp_path / name, seed=seed, mess=1)
    first = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    again = {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    other = {path.name: path.read_bytes() for path in (tmp_path / "c").iterdir()}
    assert first == again
    assert first != other


def test_more_mess_adds_habits_and_takes_none_away():
    degrees = [0, 0.1, 0.3, MESS, 0.7, 1]
    for year in YEARS:
        before = {}
        for mess in degrees:
            habits = deal(year, SEED, mess)
            cards = {
                code: {name for name in own.unusual if name not in ("unit", "letters")}
                for code, own in habits.items()
            }
            for code, kept in before.items():
                if habits[code].file_format not in TEXT_FORMATS:
                    assert kept <= cards[code]
            before = cards
        assert sum(len(own) for own in before.values()) > 60
    assert not any(own.unusual for own in deal(2019, SEED, 0).values())


def test_default_mess_shows_every_kind_of_file_and_of_letters():
    habits = deal(2019, SEED, MESS).values()
    assert {own.file_format for own in habits} == {"xlsx", "xls", "ods", "csv", "html"}
    assert {own.letters for own in habits} == {"unicode", "vni", "tcvn3", "nfd", "mixed"}
    assert {own.unit for own in habits} >= {"đồng", "triệu đồng", "tỷ đồng", "nghìn đồng"}
    assert {own.numbers for own in habits} == {"real", "vn", "en"}


def test_wildest_mess_deals_every_card():
    held = list(deal(2019, SEED, 1).values())
    for habit, (_, cards) in DEALS.items():
        if habit not in ("letters", "unit", "numbers", "percent", "dates", "files"):
            assert {getattr(own, habit) for own in held} >= {value for value, _ in cards} - {
                "hidden",
                "very_hidden",
                "yes",
                "number",
            }


@pytest.mark.parametrize("mess", [-0.1, 1.5])
def test_mess_is_between_nothing_and_all(mess, tmp_path):
    with pytest.raises(ValueError, match="from 0"):
        write(2019, tmp_path, mess=mess)


def test_mistakes_are_kinds_that_grow_with_mess(tmp_path):
    seen = set()
    for mess in (0, 0.3, 0.5, 1):
        kinds = {m.kind for m in write(2019, tmp_path / str(mess), mess=mess).mistakes}
        assert seen <= kinds == {kind for kind, since in KINDS if mess >= since}
        seen = kinds


def test_hidden_sheets_are_hidden(tmp_path):
    manifest = write(2019, tmp_path)
    states = []
    for district, habits in manifest.habits.items():
        if habits.hidden_sheet == "no" or habits.files != "one":
            continue
        (file,) = manifest.cells.loc[manifest.cells["district_code"] == district, "file"].unique()
        for sheet in CalamineWorkbook.from_path(tmp_path / file).sheets_metadata:
            if sheet.name == "Nam 2018":
                states.append(sheet.visible)
    assert states and SheetVisibleEnum.Visible not in states


def test_damaged_file_is_half_a_file(tmp_path):
    manifest = write(2019, tmp_path, mess=1)
    (cut,) = [code for code, own in manifest.habits.items() if own.damage == "cut off"]
    whole = write(2019, tmp_path / "whole", mess=0.9)
    file = manifest.cells.loc[manifest.cells["district_code"] == cut, "file"].iloc[0]
    assert file in whole.files
    size = (tmp_path / "whole" / file).stat().st_size
    assert (tmp_path / file).stat().st_size == size // 2


# --------------------------------------------------------------------- single hands


def test_legacy_letters_are_those_of_the_tables(shared):
    assert encode("Huyện Giồng Riềng", "tcvn3") == "HuyÖn Giång RiÒng"
    assert encode("Huyện Giồng Riềng", "vni") == "Huyeän Gioàng Rieàng"
    assert encode("Hưng", "tcvn3") == "H\u00adng"
    for name in ("tcvn3", "vni"):
        with (shared / f"reference/{name}_map.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row.get("in_vn3") != "no":
                    assert encode(row["unicode"], name) == row["stored_as"]


def test_tone_is_moved_only_at_the_end_of_a_syllable():
    assert new_tone("Thị trấn Hòa Thủy") == "Thị trấn Hoà Thuỷ"
    assert new_tone("hoàn, quý, Tòa, loại") == "hoàn, quý, Toà, loại"


def test_mojibake_can_be_read_back():
    text = "Xã Đông Hòa đạt chuẩn"
    bytes_ = b"".join(
        bytes([ord(letter)]) if ord(letter) < 256 and letter not in "€" else letter.encode("cp1252")
        for letter in mojibake(text)
    )
    assert bytes_.decode("utf-8") == text


def test_windows_1258_keeps_every_vietnamese_letter():
    text = "Thạnh Đông, Giồng Riềng, Ngọc Thuận, ưỡng ờ ợ ẵ"
    stored = windows_1258(text).encode("cp1258")
    assert unicodedata.normalize("NFC", stored.decode("cp1258")) == text


def test_names_lose_every_mark():
    assert unmarked("Định Hòa, Thứ Mười Một") == "Dinh Hoa, Thu Muoi Mot"


@pytest.mark.parametrize(
    ("numbers", "written"),
    [("vn", "1.234,5"), ("en", "1,234.5"), ("space", "1\u00a0234,5"), ("real", 1234.5)],
)
def test_money_is_written_in_the_hand_of_the_district(numbers, written):
    (habits,) = set(deal(2019, SEED, 0).values())
    hand = Hand(replace(habits, numbers=numbers))
    assert hand.money(1_234_500_000)[0] == written
    assert hand.money(None) == (None, None)


def test_header_merges_equal_words_and_runs_down():
    page = Page("x")
    depth = header(page, 3, 1, [("TT",), ("Nghèo", "Số hộ"), ("Nghèo", "Tỷ lệ"), ("Ghi chú",)])
    assert depth == 2
    assert sorted(page.merged) == [(3, 1, 4, 1), (3, 2, 3, 3), (3, 4, 4, 4)]
    assert {at: put.value for at, put in page.cells.items()} == {
        (3, 1): "TT", (3, 2): "Nghèo", (3, 4): "Ghi chú", (4, 2): "Số hộ", (4, 3): "Tỷ lệ",
    }  # fmt: skip


def a_page():
    page = Page("Biểu & <1>")
    page.put(1, 1, "Xã A & B <c>", to=(1, 3), bold=True)
    page.put(2, 2, 12)
    page.put(2, 3, 0.125, number_format="0.00%")
    page.put(3, 1, dt.date(2019, 5, 2), number_format="dd/mm/yyyy")
    page.hidden_columns.add(2)
    page.hidden_rows.add(3)
    return page


@pytest.mark.parametrize("writer", [xlsx, xls, ods])
def test_writers_keep_values_merges_and_hidden_parts(writer, tmp_path):
    page = a_page()
    page.name = "Bieu 01"
    other = Page("kept", state="hidden")
    other.put(1, 1, "cũ")
    content = writer([page, other])
    assert content == writer([page, other])
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert [s.visible for s in book.sheets_metadata] == [
        SheetVisibleEnum.Visible,
        SheetVisibleEnum.Hidden,
    ]
    rows = book.get_sheet_by_name("Bieu 01").to_python(skip_empty_area=False)
    assert rows[0][0] == "Xã A & B <c>"
    assert rows[1][1:] == [12, 0.125]
    assert str(rows[2][0])[:10] == "2019-05-02"


def test_old_workbooks_keep_no_trace_of_others_of_the_process():
    page = a_page()
    page.name = "Bieu 01"
    alone = xls([page])
    other = xlwt.Workbook()
    other.add_sheet("x").write_merge(0, 0, 0, 2, "x")
    other.save(io.BytesIO())
    assert xls([page]) == alone


def test_ods_is_understood_by_another_reader(tmp_path):
    from odf.opendocument import load
    from odf.table import CoveredTableCell, Table, TableColumn

    file = tmp_path / "a.ods"
    file.write_bytes(ods([a_page()]))
    (table,) = load(file).spreadsheet.getElementsByType(Table)
    assert table.getAttribute("name") == "Biểu & <1>"
    assert len(table.getElementsByType(CoveredTableCell)) == 2
    columns = table.getElementsByType(TableColumn)
    assert [column.getAttribute("visibility") for column in columns] == [None, "collapse", None]


def test_delimited_text_quotes_its_own_mark():
    page = Page("x")
    page.put(1, 1, 'a;"b"')
    page.put(1, 2, 1.5)
    assert delimited(page, ";") == '"a;""b""";1,5\r\n'


def test_endings_are_known_for_every_format():
    formats = {value for value, _ in DEALS["file_format"][1]} | {"xlsx"}
    assert formats == set(ENDINGS)


def test_numbers_have_no_more_decimals_than_a_dong_needs(tmp_path):
    manifest = write(2019, tmp_path)
    units = {"đồng": 1, "nghìn đồng": 10**3, "triệu đồng": 10**6, "tỷ đồng": 10**9}
    money = truth(2019)["funding"]
    money = money.set_index(money_key(money))
    rows = manifest.cells[manifest.cells["column"].isin(["allocated_vnd", "disbursed_vnd"])]
    for row in rows.itertuples():
        habits = manifest.habits[row.district_code]
        text = row.written
        if habits.numbers == "en":
            text = text.replace(",", "")
        elif habits.numbers == "vn":
            text = text.replace(".", "")
        number = 0.0 if text == "-" else float(text.replace(",", "."))
        assert round(number * units[habits.unit]) == money.loc[row.row_key, row.column]
        assert np.isfinite(number)
