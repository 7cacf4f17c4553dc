"""Numbers: one value with its rule, or none."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgstats.returns.cells import Cell, ErrorValue
from kgstats.returns.layout.model import see
from kgstats.returns.values.dates import read_date
from kgstats.returns.values.marks import read_mark
from kgstats.returns.values.numbers import decide_style, read_number, resolve
from kgstats.returns.values.readings import Rule
from kgstats.returns.values.units import unit_of
from kgstats.text import decode, to_tcvn3, to_vni

decimals = st.decimals(
    min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=2
)


def written(value: Decimal | int, style: str) -> str:
    """Write a number as a page in one style does."""
    text = f"{value:,}"
    return text.replace(",", "_").replace(".", ",").replace("_", ".") if style == "vi" else text


@settings(max_examples=100, deadline=None)
@given(st.one_of(decimals, st.integers(0, 10**15)), st.sampled_from(["vi", "en"]), st.booleans())
def test_a_written_number_is_among_the_readings(value, style, negative):
    text = ("-" if negative else "") + written(value, style)
    expected = -value if negative else value
    reading = read_number(text)
    if reading.value is not None:
        assert reading.value == expected
        assert reading.proves in (None, style)
    else:
        assert reading.ambiguous
        assert expected in reading.candidates
    assert read_number(text, style=style).value == expected


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**15), st.sampled_from(["", " %", " hộ", " tỷ", " tr.đ", "*", "(1)", "¹"]))
def test_what_is_glued_to_a_number_is_taken_off(value, ending):
    reading = read_number(f"{value}{ending}")
    assert reading.value == value
    assert reading.percent == (ending == " %")
    assert (reading.footnote is not None) == (ending in ("*", "(1)", "¹"))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("'178", 178), ("’1.234.567", 1_234_567), ("1’234", 1234), ("12\u2009345", 12_345),
        ("1\u2006234,5", Decimal("1234.5")), ("١٢٣", 123), ("１２３", 123),
        ("178²)", 178), ("1'23", None), ("'", None),
    ],
)  # fmt: skip
def test_signs_and_digits_of_other_keyboards(typed, value):
    assert read_number(typed).value == value
    if value is not None and not typed.endswith(")"):
        assert see(Cell(1, 1, typed)).kind == "numeral"


@settings(max_examples=80, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_real_numbers_keep_fifteen_digits(value):
    reading = read_number(float(value))
    assert reading.rule in (Rule.NUMBER, Rule.FLOAT_SHORTENED)
    assert float(reading.value) == pytest.approx(float(value), rel=1e-14)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=30), st.text("0123456789.,-–% ()/+*'eE", max_size=14)))
def test_no_text_fails(text):
    for style in (None, "vi", "en"):
        reading = read_number(text, style=style)
        assert (reading.value is None) or reading.rule not in (Rule.AMBIGUOUS, Rule.BLANK)
    read_mark(text)
    read_date(text)


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("0", 0, Rule.DIGITS),
        ("04", 4, Rule.LEADING_ZEROS),
        ("1.234.567", 1234567, Rule.GROUPS),
        ("1,234,567", 1234567, Rule.GROUPS),
        ("1 234 567", 1234567, Rule.GROUPS),
        ("1.234,5", Decimal("1234.5"), Rule.GROUPS_AND_DECIMALS),
        ("1,234.5", Decimal("1234.5"), Rule.GROUPS_AND_DECIMALS),
        ("12,5", Decimal("12.5"), Rule.DECIMALS),
        ("12.5", Decimal("12.5"), Rule.DECIMALS),
        ("0,234", Decimal("0.234"), Rule.DECIMALS),
        (",5", Decimal("0.5"), Rule.DECIMALS),
        ("106,0 %", Decimal("106.0"), Rule.DECIMALS),
        ("(1.234.567)", -1234567, Rule.GROUPS),
        ("−5", -5, Rule.DIGITS),
        ("5-", -5, Rule.DIGITS),
        ("１２３", 123, Rule.DIGITS),
        ("1,5E+10", 15_000_000_000, Rule.SCIENTIFIC),
        ("2 tỷ 500 triệu", 2_500_000_000, Rule.MONEY_WORDS),
        ("12\u00a0345,6", Decimal("12345.6"), Rule.GROUPS_AND_DECIMALS),
        ("5.", 5, Rule.DIGITS),
    ],
)
def test_forms_that_leave_no_doubt(text, value, rule):
    reading = read_number(text)
    assert (reading.value, reading.rule) == (value, rule)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", Rule.BLANK),
        (" \u00a0", Rule.BLANK),
        ("-", Rule.DASH),
        ("–", Rule.DASH),
        ("…", Rule.ELLIPSIS),
        ("..", Rule.ELLIPSIS),
        ("...", Rule.ELLIPSIS),
        ("không", Rule.NONE_WORD),
        ("#REF!", Rule.ERROR_VALUE),
        ("=1+2", Rule.FORMULA_TEXT),
        ("=cmd|' /C calc'!A0", Rule.FORMULA_TEXT),
        ("1.234.56", Rule.MALFORMED_GROUPS),
        ("1,23.4", Rule.MALFORMED_GROUPS),
        ("12/03/2019", Rule.DATE),
        ("Năm 2019", Rule.NOT_A_NUMBER),
        ("120 (15)", Rule.NOT_A_NUMBER),
        ("15 triệu đồng/hộ", Rule.NOT_A_NUMBER),
        ("12 34", Rule.NOT_A_NUMBER),
        ("10 - 5", Rule.NOT_A_NUMBER),
        ("²", Rule.NOT_A_NUMBER),
        ("9" * 5000, Rule.NOT_A_NUMBER),
    ],
)
def test_forms_without_a_value_are_kept_apart(text, rule):
    reading = read_number(text)
    assert reading.rule is rule
    assert reading.value is None


def test_hedges_ranges_parts_and_units():
    assert read_number("hơn 12").qualifier == "more_than"
    assert read_number("khoảng 12,5 %").qualifier == "about"
    assert read_number("ước đạt 95,5%").value == Decimal("95.5")
    assert read_number("ít nhất 3").qualifier == "at_least"
    assert read_number("5 trở lên").qualifier == "at_least"
    span = read_number("1 - 1,5%")
    assert (span.rule, span.value, span.high, span.percent) == (Rule.RANGE, 1, Decimal("1.5"), True)
    assert read_number("10-15").high == 15
    part = read_number("64/117")
    assert (part.rule, part.value, part.whole) == (Rule.PART_OF, 64, 117)
    assert read_number("2,5 tỷ").unit_hint == "tỷ đồng"
    assert read_number("300 tr.đ").unit_hint == "triệu đồng"
    assert read_number("15 hộ").unit_hint == "hộ"
    assert read_number(to_tcvn3("15 hộ")).unit_hint == "hộ"
    assert read_number(to_vni("2,5 tỷ")).unit_hint == "tỷ đồng"
    assert unit_of("ghi chú") is None


def test_percent_cells_and_formats():
    assert read_number(0.875, number_format="0.0%").value == Decimal("87.5")
    assert read_number(0.07, number_format="0%").value == 7
    assert read_number(0.875, number_format='0.0"%"').value == Decimal("0.875")
    assert read_number(0.1 + 0.2).value == Decimal("0.3")
    assert read_number(5, number_format='#,##0" hộ"').unit_hint == "hộ"
    accounting = '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)'
    assert read_number(0, number_format=accounting).notes == ("shown_as_dash",)
    assert read_number(0, number_format=accounting).value == 0
    assert read_number(5.0, number_format="#,##0,").notes == ("format_scales",)


def test_dates_that_were_fractions():
    assert read_number(dt.date(2019, 5, 2), number_format="d-mmm").fractions == ((2, 5), (5, 2))
    assert read_number(dt.date(2019, 5, 2), number_format="m/d").fractions == ((5, 2), (2, 5))
    assert read_number(dt.date(2013, 10, 1), number_format="mmm-yy").fractions == ((10, 13),)
    assert read_number(dt.date(2019, 5, 5), number_format="[$-42A]d-mmm;@").fractions == ((5, 5),)
    full = read_number(dt.date(2019, 12, 15), number_format="dd/mm/yyyy")
    assert (full.rule, full.candidates) == (Rule.DATE, (43814,))
    assert read_number(ErrorValue("#DIV/0!")).rule is Rule.ERROR_VALUE
    assert read_number(True).rule is Rule.BOOLEAN
    assert read_number(None).blank


def test_a_column_decides():
    texts = ["1.234", "12,5", "7"]
    style = decide_style([read_number(text) for text in texts])
    assert style == "vi"
    settled = resolve([read_number(text) for text in texts], style)
    assert [one.value for one in settled] == [1234, Decimal("12.5"), 7]
    assert settled[0].rule is Rule.BY_COLUMN
    assert decide_style([read_number("12,5"), read_number("12.5")]) is None
    assert decide_style([read_number("1.234")]) is None


def test_counts_have_no_decimals():
    readings = [read_number(text) for text in ("3.000", "1.000", "12", "-")]
    settled = resolve(readings, None, whole=True)
    assert [one.value for one in settled] == [3000, 1000, 12, None]
    assert [one.rule for one in settled[:2]] == [Rule.BY_SIBLINGS] * 2
    settled = resolve(readings, "vi", whole=True)
    assert [(one.value, one.rule) for one in settled[:2]] == [
        (3000, Rule.BY_COLUMN),
        (1000, Rule.BY_COLUMN),
    ]
    # Where groups are written with commas, "3.000" may be three: only a total can tell.
    assert [one.value for one in resolve(readings, "en", whole=True)] == [None, None, 12, None]
    assert resolve(readings, "en", 4012, whole=True)[0].rule is Rule.BY_TOTAL
    # A fraction among counts is a mistake and no proof of how the others are written.
    with_slip = [*readings, read_number("12.5")]
    assert decide_style(with_slip) == "en"
    assert decide_style(with_slip, whole=True) is None
    assert decide_style([*with_slip, read_number("1.234.567")], whole=True) == "vi"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 999_999), min_size=1, max_size=8),
    st.sampled_from(["vi", "en"]),
)
def test_counts_written_alike_come_back(values, style):
    readings = [read_number(written(value, style)) for value in values]
    found = decide_style(readings, whole=True)
    assert [one.value for one in resolve(readings, found, whole=True)] == values


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**12), st.sampled_from(["Â ", "Â\u00a0", "Â\u202f"]))
def test_what_is_left_of_no_break_spaces_does_not_hide_a_number(value, space):
    grouped = f"{value:,}".replace(",", space)
    for text in (grouped, f"{grouped}Â", f"{grouped}{space}", f"{space}{grouped}"):
        reading = read_number(text)
        assert reading.value == value
        assert ("mojibake" in reading.notes) == ("Â" in text)


def test_letters_in_numbers_are_not_taken_for_spaces():
    for text in ("5Âu", "Â", "Khu 1Â", "1Â 23"):
        assert read_number(text).value is None
    assert read_number("1.234Â ", style="vi").value == 1234
    assert decode("1Â 234").text == "1 234"
    assert decode("Khu Âu 2").text == "Khu Âu 2"


def test_a_total_decides():
    parts = [read_number(text) for text in ("1.234", "2.500", "10")]
    assert [one.value for one in resolve(parts, None, 3744)] == [1234, 2500, 10]
    assert [one.value for one in resolve(parts, None, Decimal("13.734"))] == [
        Decimal("1.234"),
        Decimal("2.500"),
        10,
    ]
    assert resolve(parts, None, 3744)[0].rule is Rule.BY_TOTAL
    # A total written in the same style settles the parts with it.
    assert resolve(parts, None, read_number("3.744"))[0].value == 1234
    # Parts in mixed styles, and only one combination fits.
    mixed = [read_number("1.234"), read_number("2,500")]
    assert [one.value for one in resolve(mixed, None, Decimal("1236.5"))] == [
        1234,
        Decimal("2.500"),
    ]
    # No combination fits, or no total: nothing is guessed.
    for total in (None, 1, read_number("-")):
        assert all(one.value is None for one in resolve(parts, None, total)[:2])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1000, 999_999), min_size=1, max_size=6), st.sampled_from(["vi", "en"]))
def test_totals_never_choose_wrongly(values, style):
    readings = [read_number(written(value, style)) for value in values]
    settled = resolve(readings, None, sum(values))
    assert [one.value for one in settled] == values


def test_only_candidates_may_be_chosen():
    with pytest.raises(ValueError, match="not one of the candidates"):
        read_number("1.234").chosen(5, Rule.BY_SIBLINGS)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (7000, "#,##0.0,", 7), (7000, "#,##0", 7000), (7_000_000, "#,##0.0,,", 7),
        (7000, '#,##0," tr"', 7), (1234, "#,##0.0,", Decimal("1.234")),
        (-7000, "#,##0,;(#,##0,)", -7),
        (500, "[>=1000]#,##0,;0", 500), (5000, "[>=1000]#,##0,;0", 5), (7000, '#,##0","', 7000),
    ],
)  # fmt: skip
def test_the_number_a_scaling_format_shows_counts(value, code, shown):
    assert read_number(value, number_format=code).value == shown


@pytest.mark.parametrize(
    ("value", "code", "percent"),
    [(0.5, "[<1]0.0%;0", 50), (45, "[<1]0.0%;0", 45), (0.5, "[<=1]0%;0.0", 50),
     (57.6, "[<=1]0%;0.0", Decimal("57.6")), (0.576, "0.0%", Decimal("57.6"))],
)  # fmt: skip
def test_a_condition_of_a_format_says_what_it_holds_for(value, code, percent):
    assert read_number(value, number_format=code).value == percent


@given(st.integers(1, 40_000))
def test_a_number_under_a_date_format_is_the_one_that_was_typed(number):
    """Spreadsheets count a 29 February 1900: serial 60 stands for no day."""
    if number == 60:
        return
    day = dt.date(1899, 12, 30) + dt.timedelta(days=number + (number < 60))
    assert read_number(day, number_format="dd/mm/yyyy").candidates == (number,)
