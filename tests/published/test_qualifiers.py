"""Words that hedge a printed number: what is read, what it allows, what it is called in English."""

from __future__ import annotations

import csv

import pytest
from tests.published.conftest import FOLDER

from kgstats.published import qualifiers


def test_a_longer_word_is_tried_before_the_one_it_begins_with():
    """``ước đạt 5`` is no ``ước`` of ``đạt 5``."""
    words = qualifiers.read()
    assert not [
        (a, b) for i, a in enumerate(words) for b in words[i + 1 :] if b.startswith(f"{a} ")
    ]


@pytest.mark.parametrize("text", ["hơn", "tối đa", "giảm từ", "tăng thêm khoảng", "vượt", "xấp xỉ"])
def test_whatever_the_reading_may_find_has_english(text):
    assert qualifiers.in_english(text).isascii() or "…" in qualifiers.in_english(text)


def test_every_qualifier_of_a_transcribed_report_has_english(root):
    printed = {
        row["qualifier"]
        for path in (root / FOLDER).glob("*/figures.csv")
        for row in csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
    }
    assert len(printed) > 5
    left = {one for one in printed if not qualifiers.in_english(one).replace("…", "").isascii()}
    assert not left
