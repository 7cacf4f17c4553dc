"""Units of money and of counted things."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.values.units import (
    UNITS_VND,
    money_unit,
    unit_in_heading,
    unit_in_title,
    unit_of,
)
from kgstats.text import to_tcvn3, to_vni


@pytest.mark.parametrize("row", form_rows("units"), ids=lambda row: row["unit"])
def test_every_listed_word_names_its_unit_in_any_case(row):
    for word in split_words(row["words"]):
        assert unit_of(word) == unit_of(f" {word.upper()}.") == row["unit"]


@given(st.sampled_from(list(UNITS_VND)), st.sampled_from([to_tcvn3, to_vni]))
def test_a_unit_typed_in_an_old_font_is_known(unit, old):
    assert unit_of(old(unit)) == unit


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("Triệu đồng, %", 10**6), ("1.000.000 đồng", 10**6), ("nghìn đồng/hộ", 1000),
        ("tr.đ", 10**6), ("hộ", None), ("", None), (None, None), ("UBND huyện", None),
    ],
)  # fmt: skip
def test_money_units(text, size):
    assert money_unit(text) == size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("GIẢI NGÂN VỐN NĂM 2019 (ĐVT: triệu đồng)", 10**6),
        ("GIẢI NGÂN VỐN NĂM 2019 - ĐVT: nghìn đồng (Tính đến ngày 20/12/2019)", 1000),
        ("Đơn vị tính tỷ đồng; tỷ lệ %", 10**9),
        ("Hỗ trợ 500 triệu đồng cho xã điểm", None),
        ("Đơn vị: UBND huyện Kiên Hải", None),
        ("Vốn 100 tỷ đồng (năm 2019)", None),
    ],
)
def test_units_in_titles(text, size):
    assert unit_in_title(text) == size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("Kế hoạch vốn (triệu đồng)", 10**6), ("Giải ngân, tr.đ", 10**6),
        ("KH vốn triệu đồng", 10**6),
        ("Kế hoạch vốn (hộ)", None), ("Đồng bào dân tộc", None), ("Kế hoạch vốn", None),
    ],
)  # fmt: skip
def test_units_in_headings(text, size):
    assert unit_in_heading(text) == size
