"""Numbers of decisions, and the words that stand where one is expected."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.returns.values.decisions import read_decision


@pytest.mark.parametrize(
    ("text", "number", "day"),
    [
        ("1510/QĐ-UBND", "1510/QĐ-UBND", None),
        ("MH-123/QĐ-UBND", "MH-123/QĐ-UBND", None),
        ("1510/QD-UBND", "1510/QD-UBND", None),
        ("1510/2019/QĐ-UBND", "1510/2019/QĐ-UBND", None),
        ("Số: 1510/QĐ-CTUBND", "Số: 1510/QĐ-CTUBND", None),
        ("Quyết định 1510", "Quyết định 1510", None),
        ("QĐ1510", "QĐ1510", None),
        ("số 1510", "số 1510", None),
        ("1510", "1510", None),
        ("1510/QĐ-UBND ngày 12/07/2019", "1510/QĐ-UBND", dt.date(2019, 7, 12)),
        ("QĐ 1510 (12/7/2019)", "QĐ 1510", dt.date(2019, 7, 12)),
        (
            "QĐ số 1510/QĐ-UBND ngày 12 tháng 7 năm 2019 của UBND tỉnh",
            "QĐ số 1510/QĐ-UBND của UBND tỉnh",
            dt.date(2019, 7, 12),
        ),
        (
            "15/QĐ-UBND v/v công nhận xã Hòn Tre đạt chuẩn NTM nâng cao năm 2019",
            "15/QĐ-UBND v/v công nhận xã Hòn Tre đạt chuẩn NTM nâng cao năm 2019",
            None,
        ),
        (
            "Quyet dinh so 15/QD-UBND cua Chu tich UBND tinh Kien Giang",
            "Quyet dinh so 15/QD-UBND cua Chu tich UBND tinh Kien Giang",
            None,
        ),
    ],
)
def test_a_decision_is_known_by_its_number(text, number, day):
    decision = read_decision(text)
    assert (decision.rule, decision.number, decision.day) == ("number", number, day)


@pytest.mark.parametrize(
    "text",
    [
        "Đang trình", "ĐANG TRÌNH", "dang trinh", "Chưa có", "chua co", "Không", "ko", "K", "0",
        "/", "n/a", "đang chờ", "Chờ QĐ", "Hồ sơ đã nộp", "Đã gửi tỉnh", "Đã thẩm định",
        "Chưa ban hành", "Đề nghị công nhận", "Sẽ công nhận quý I/2020", "Tờ trình 15/TTr-UBND",
        "123/UBND-NN",
        "Tỉnh đang xem xét", "(chưa)",
    ],
)  # fmt: skip
def test_words_that_say_there_is_none_yet(text):
    assert read_decision(text).rule == "absent"


@pytest.mark.parametrize(
    "text",
    [
        "x", "1", "Có", "Đã có", "QĐ", "/QĐ-UBND", "Số: …/QĐ-UBND", "2018", "Năm 2019",
        "12/07/2019", "Đạt", "?", "Dự thảo QĐ 1510/QĐ-UBND", "Thu hồi QĐ 123/QĐ-UBND",
        "Đã công nhận theo QĐ 1510/QĐ-UBND, chưa nhận bằng",
        "QĐ phê duyệt quy hoạch 15/QĐ-UBND", "15/QĐ-UBND về thành lập Ban chỉ đạo",
        "Quyết định số 15 phê duyệt đề án", "15/QĐ-UBND GIAO VỐN CHO XÃ HÒN TRE",
    ],
)  # fmt: skip
def test_what_is_neither_a_number_nor_its_absence_is_refused(text):
    assert read_decision(text).rule == "unreadable"


@given(st.text(alphabet="abcdđeghiklmnoprstuvxyâăêôơưáàạ ,.;()", max_size=30))
def test_no_words_without_a_digit_make_a_decision(text):
    assert read_decision(text).rule != "number"


@pytest.mark.parametrize("text", ["15/UBND-QĐ", "15/UB-QĐ", "15/QĐUB", "15/Q\u00d0-UBND"])
def test_decisions_are_numbered_in_older_ways_and_with_the_letter_of_another_alphabet(text):
    assert read_decision(text).rule == "number"


@pytest.mark.parametrize(
    ("text", "rule"),
    [("15/UBND-VP", "absent"), ("thay thế QĐ 12/QĐ-UBND", "unreadable"), ("15/TTr-QĐ", "absent")],
)
def test_another_paper_and_a_decision_replaced_are_none(text, rule):
    assert read_decision(text).rule == rule
