import pytest

from kgstats.present.provenance import Source, panel


@pytest.mark.parametrize(("lang", "number"), [("vi", "1.250"), ("en", "1,250")])
def test_counts_are_written_as_the_language_does(lang, number):
    cells = tuple(f"A{n}" for n in range(1250))
    text = panel([Source("An Biên", "a <b>.xls", "S", cells)], lang)
    assert text.count(number) == 2
    assert ("1 tệp" if lang == "vi" else "of one file") in text
    assert "a &lt;b&gt;.xls" in text


def test_one_cell_is_said_in_the_singular():
    one = [Source("An Biên", "a.xls", "S", ("A1",))]
    assert "1 cell of one file" in panel(one, "en") and "1 ô trong 1 tệp" in panel(one, "vi")


def test_many_cells_are_said_by_the_block_that_holds_them_in_whatever_order():
    cells = ("F8", "G9", "C15", "AA12", "D7", "E10", "F11", "G12", "H13")
    for order in (cells, cells[::-1]):
        said = panel([Source("An Biên", "a.xls", "S", order)], "en")
        assert "9 cells, C7 to AA15" in said


def test_cells_without_an_address_are_said_by_the_first_and_the_last():
    cells = tuple(f"table 1, line {n}" for n in range(1, 11))
    assert "table 1, line 1 to table 1, line 10" in panel([Source("", "a", "", cells)], "en")
