"""Dates as people type them."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from kgstats.returns.values.dates import DateRule, read_date
from kgstats.text import to_vni


@settings(max_examples=60, deadline=None)
@given(st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)), st.sampled_from("/.-"))
def test_dates_come_back(day, mark):
    assert read_date(f"{day.day:02d}{mark}{day.month:02d}{mark}{day.year}").value == day
    assert read_date(day.isoformat()).value == day
    assert read_date(f"Ngày {day.day} tháng {day.month} năm {day.year}").value == day
    assert read_date(day).value == day
    assert read_date((day - dt.date(1899, 12, 30)).days).value == day


def test_dates_that_are_none():
    assert read_date("31/02/2019").rule is DateRule.UNREADABLE
    assert read_date("Quý II").rule is DateRule.UNREADABLE
    assert read_date(5).rule is DateRule.UNREADABLE
    assert read_date(None).blank and read_date("  ").blank
    assert read_date("12/25/2019").rule is DateRule.MONTH_DAY_YEAR
    assert read_date("1/2/19").notes == ("short_year",)
    assert read_date(to_vni("ngày 5 tháng 6 năm 2019")).value == dt.date(2019, 6, 5)
