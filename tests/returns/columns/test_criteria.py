"""Headings that count the nineteen criteria in a way of their own."""

from __future__ import annotations

import pytest
from tests.returns.records.pages import MARKS_HEAD, RIGHT, attainment, marks, met_of, read, told

from kgstats.returns.columns.criteria import ROMAN
from kgstats.returns.columns.heading_words import heading_meanings
from kgstats.returns.forms import all_forms

NUMERALS = list(ROMAN)
NAMES = [words.partition(" ")[2] for words in all_forms()["attainment"].column("criterion").words]
WAYS = ["{r}", "TC {r}", "Tiêu chí {r}", "({r})", "{r}. {name}", "C{n}", "T{n}", "#{n}", "{n}/19",
        "Tiêu chí thứ {n}", "TC.{n:02d}"]  # fmt: skip


def headed(headings):
    return [*MARKS_HEAD[:2], *headings, *MARKS_HEAD[21:]]


def written(way):
    return [way.format(r=NUMERALS[at], n=at + 1, name=name) for at, name in enumerate(NAMES)]


@pytest.mark.parametrize("way", WAYS)
def test_criteria_counted_in_any_way_are_read(way):
    result = read(attainment(marks(), head=headed(written(way))))
    assert met_of(result) == RIGHT and told(result) == {}


@pytest.mark.parametrize("spoil", ["exchanged", "other words", "eighteen", "twice"])
def test_headings_that_do_not_count_from_one_to_nineteen_give_no_mark_to_another(spoil):
    headings = written("C{n}")
    if spoil == "exchanged":
        headings[4], headings[5] = headings[5], headings[4]
    elif spoil == "other words":
        headings[4] = "Cột 5"
    elif spoil == "eighteen":
        headings[18] = "Khác"
    else:
        headings[4] = headings[3]
    for row, right in zip(
        met_of(read(attainment(marks(), head=headed(headings)))), RIGHT, strict=True
    ):
        assert all(met in (None, true) for met, true in zip(row, right, strict=False))


def test_a_sign_before_a_number_is_no_lost_digit():
    (one,) = heading_meanings("attainment", ("Tiêu chí số", "#1"), "Tiêu chí số: #1", 2019)
    assert one.criterion == 1
