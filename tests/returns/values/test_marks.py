"""Marks of attainment, usual ones and those a legend defines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.returns.cells import ErrorValue
from kgstats.returns.values.marks import MarkRule, legend_of, read_mark
from kgstats.text import to_tcvn3, to_vni


@pytest.mark.parametrize(
    ("value", "met"),
    [
        *[
            (value, True)
            for value in ("Đ", "đ", "Đạt", "x", "X", "1", 1, 1.0, True, "+", "✓", "§", "Ñ")
        ],
        *[(value, True) for value in (to_tcvn3("đạt"), to_vni("Đạt"), "Đ*", "Đạt (1)", "x¹")],
        *[
            (value, False)
            for value in ("CĐ", "Chưa đạt", "KĐ", "không đạt", "0", 0, "-", "–", False)
        ],
        *[(value, False) for value in (to_tcvn3("CĐ"), to_vni("CĐ"), to_vni("chưa đạt"))],
        *[(value, None) for value in (None, "", "19", 5, "đạt một phần", "K", ErrorValue("#N/A"))],
    ],
)
def test_marks(value, met):
    assert read_mark(value).met is met


def test_symbol_fonts_and_blanks():
    assert read_mark("ü", font="Wingdings").met is True
    assert read_mark("û", font="Wingdings").met is False
    assert read_mark("P", font="Wingdings 2").met is True
    assert read_mark("ü").notes == ("font_unknown",)
    assert read_mark(" ").rule is MarkRule.BLANK
    assert read_mark("-", font="Wingdings").met is False
    assert read_mark("J", font="Wingdings").rule is MarkRule.UNREADABLE


@pytest.mark.parametrize("font", [".VnTime", "VNI-Times", "Arial"])
def test_marks_typed_in_unicode_are_read_in_any_font(font):
    found = [read_mark(mark, font=font).met for mark in ("Đ", "CĐ", "Đạt", "đ", "Chưa đạt", "KĐ")]
    assert found == [True, False, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "legend"),
    [
        ("v: đạt; x: chưa đạt", {"v": True, "x": False}),
        ("Ghi chú: v - đạt ; x - chưa đạt", {"v": True, "x": False}),
        ("(+) đạt, (-) không đạt", {"+": True, "-": False}),
        ("“x” là tiêu chí chưa đạt; “v” là tiêu chí đạt", {"x": False, "v": True}),
        ("Đánh dấu (x) vào các tiêu chí chưa đạt", {"x": False}),
        ("Ghi chú: Ô có dấu x là xã đạt", {"x": True}),
        ("V đạt, X chưa đạt", {"v": True, "x": False}),
        ("x (chưa đạt), v (đạt)", {"x": False, "v": True}),
        ("- Đạt: x; Chưa đạt: v", {"x": True, "v": False}),
        ("Đạt ghi x, chưa đạt ghi o", {"x": True, "o": False}),
        ("1 = đạt, 0 = chưa đạt", {"1": True, "0": False}),
        ("✓: đạt; ô trống: chưa đạt", {"✓": True, "": False}),
        ("Chưa đạt đánh dấu x, đạt để trống", {"x": False, "": True}),
        ("ghi chu: v: dat; x: chua dat", {"v": True, "x": False}),
        ("V: ĐẠT; X: CHƯA ĐẠT", {"v": True, "x": False}),
        ("KẾT QUẢ NĂM 2019 (o: đạt; x: không đạt)", {"o": True, "x": False}),
        ("x: đạt; x: chưa đạt", {"x": None}),
        ("- T: đạt", {"t": True}),
        ("+ H - chưa đạt chuẩn", {"h": False}),
        ("- đạt", {"-": True}),
    ],
)
def test_legends_in_many_words(text, legend):
    assert dict(legend_of([text])) == legend


@pytest.mark.parametrize(
    "text",
    [
        "KẾT QUẢ ĐẠT CHUẨN NĂM 2019", "Số tiêu chí đạt: 19", "Trong đó: có 5 xã đạt", "5 xã đạt",
        "1 xã chưa đạt", "Đạt: 15, chưa đạt: 4", "Chưa đạt: 1", "19 tiêu chí đạt", "Đạt",
        "Chưa đạt", "Ghi chú: Xã Thạnh Hưng: đạt 19 tiêu chí", "Cột 5: đạt",
        "2019: đạt chuẩn", "TC: Tiêu chí", "Hộ nghèo: đạt", "II. Xã chưa đạt chuẩn", "x",
    ],
)  # fmt: skip
def test_words_that_are_no_legend(text):
    assert dict(legend_of([text])) == {}


SAID = ["{}: {}", "{} = {}", "{} là {}", "({}) {}", "dấu {}: tiêu chí {}", "“{}” {}"]


@given(
    st.sampled_from("vxoyn+*ab"),
    st.sampled_from(["đạt", "chưa đạt", "không đạt"]),
    st.sampled_from(SAID),
)
def test_one_mark_of_a_legend_is_read_as_it_is_said(mark, meaning, words):
    legend = legend_of([words.format(mark, meaning)])
    assert read_mark(mark, legend=legend).met is (meaning == "đạt")


@pytest.mark.parametrize("sign", ["✓", "✔", "✗", "Đ", "Đạt", "Chưa đạt", "CĐ", "☑"])
def test_a_mark_whose_bytes_were_taken_for_letters_is_read(sign):
    mangled = sign.encode().decode("cp1252", "ignore")
    if mangled.encode("cp1252") == sign.encode():
        assert read_mark(mangled).met is read_mark(sign).met is not None
