"""Marks of attainment, usual ones and those a legend defines."""

from __future__ import annotations

import pytest

from kgstats.returns.cells import ErrorValue
from kgstats.returns.marks import MarkRule, read_mark
from kgstats.returns.text import to_tcvn3, to_vni


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
