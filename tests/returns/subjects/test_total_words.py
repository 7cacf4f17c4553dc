"""Labels of rows that name no single subject."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.reference import areas
from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.subjects.total_words import sense_of_row

WORDS = [
    (word, row["sense"]) for row in form_rows("total_words") for word in split_words(row["words"])
]


@given(st.sampled_from(WORDS), st.sampled_from([str, str.upper, str.lower]),
       st.sampled_from(["{}", "* {}", "I. {}", "{}:", " {} ", "{} năm 2019"]))  # fmt: skip
def test_listed_words_in_any_case_and_place(word, case, frame):
    sense = None if word[1] == "none" else word[1]
    assert sense_of_row(frame.format(case(word[0]))) == sense


@pytest.mark.parametrize(
    "text",
    ["Xã Hòn Tre", "Cống Vị", "Công trình thủy lợi", "Toán", "Xã Thạnh Hưng (xã điểm)", "Tông số",
     "Xây dựng nông thôn mới", "Huyện An Biên",
     "Cộng đồng đóng góp", "Tổng công ty điện lực", "CỘNG ĐỒNG DÂN CƯ"],
)  # fmt: skip
def test_labels_that_are_no_total(text):
    assert sense_of_row(text) is None


def test_no_commune_is_taken_for_a_total():
    for name in areas.units(2019)["name"]:
        assert sense_of_row(name) is None, name
        assert sense_of_row(f"Xã {name}") is None, name
