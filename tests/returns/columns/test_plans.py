"""Plan beside result: the column of what was done is the form's, the other is put aside."""

from __future__ import annotations

import random

import pytest
from tests.returns import breaking
from tests.returns.breaking import Way, make, values_read
from tests.returns.building import POVERTY_HEAD, poverty
from tests.returns.records.pages import MONEY_HEAD, PEOPLE, money, poor_of, read, times, told

from kgstats.returns.book import read_book
from kgstats.returns.columns.plans import without_plans
from kgstats.returns.layout import Column

PAIRS = [
    ("Kế hoạch", "Thực hiện"),
    ("Kế hoạch năm 2019", "Thực hiện năm 2019"),
    ("Chỉ tiêu giao", "Kết quả thực hiện"),
    ("KH 2020", "TH 2019"),
]


@pytest.mark.parametrize(
    ("form", "style"),
    [(form, style) for form in ("attainment", "poverty") for style in ("merged", "first", "split")],
)
@pytest.mark.parametrize("words", PAIRS)
@pytest.mark.parametrize("turned", [False, True])
def test_what_was_done_is_read_and_its_plan_put_aside(form, style, words, turned, monkeypatch):
    plan, done = words
    columns = []
    for name, path in breaking.COLUMNS[form]:
        pair = [("", (*path, plan)), (name, (*path, done))]
        columns.extend(pair[::-1] if turned else pair)
    monkeypatch.setitem(breaking.COLUMNS, form, columns)
    made = make(form, Way(style=style), random.Random(2), district="906")
    result = read_book(made.book, 2019)
    found = values_read(result)
    assert {key: found[key] for key in made.truth} == made.truth
    assert {(one.rule, one.grave) for one in result.findings} <= {
        ("column_extra", "note"), ("form_missing", "warning"),
    }  # fmt: skip
    aside = {one.cell for one in result.findings if one.rule == "column_extra"}
    assert len(aside) == len(columns) // 2


@pytest.mark.parametrize(("plan", "done"), [("{} (kế hoạch)", "{} (thực hiện)"),
                                            ("{} - KH 2019", "{} - TH 2019")])  # fmt: skip
def test_plan_and_result_may_stand_behind_the_quantity(plan, done):
    name = "Hộ nghèo cuối năm"
    head = [done.format(name) if one == name else one for one in POVERTY_HEAD]
    head.insert(7, plan.format(name))
    result = read(poverty([[*row[:7], row[7] + 5, *row[7:]] for row in PEOPLE], head=head))  # type: ignore[operator]
    assert list(poor_of(result).values()) == [43, 59, 33, 23]
    assert told(result) == {"column_extra": ["H4"]}


@pytest.mark.parametrize(
    "words",
    [("Kế hoạch", "Ước thực hiện"), ("Kế hoạch", "6 tháng"), ("Kế hoạch", "Thực hiện 2018")],
)
def test_a_plan_beside_something_else_is_refused_by_name(words):
    head: list[str | None] = list(POVERTY_HEAD)
    below: list[str | None] = [None] * len(head)
    head.insert(8, None)
    below[7:8] = words
    rows = [[*row[:7], row[7] + 5, *row[7:]] for row in PEOPLE]  # type: ignore[operator]
    result = read(poverty([below, *rows], head=head, merged=[(4, 8, 4, 9)]))  # type: ignore[arg-type]
    assert set(poor_of(result).values()) == {None}
    assert {"H5", "I5"} & {one.cell for one in result.findings if one.grave == "error"}


@pytest.mark.parametrize(
    ("own", "plan", "grave"),
    [
        ("Hộ nghèo cuối năm", "Hộ nghèo cuối năm (kế hoạch)", "note"),
        ("Hộ nghèo cuối năm 2019", "Hộ nghèo cuối năm (kế hoạch)", "note"),
        ("Hộ nghèo cuối năm", "Hộ nghèo (kế hoạch 2020)", "note"),
        ("Số khẩu", "Hộ nghèo cuối năm (kế hoạch 2019)", "error"),
    ],
)
def test_a_plan_is_never_what_is_there(own, plan, grave):
    head = [own if one == "Hộ nghèo cuối năm" else one for one in POVERTY_HEAD]
    rows = [[*row[:7], row[7] + 5, *row[7:]] for row in PEOPLE]  # type: ignore[operator]
    result = read(poverty(rows, head=[*head[:7], plan, *head[7:]]))
    assert list(poor_of(result).values()) == ([None] * 4 if own == "Số khẩu" else [43, 59, 33, 23])
    [finding] = [one for one in result.findings if one.cell == "H4"]
    assert finding.grave == grave


def test_plan_and_result_of_money_are_two_columns_of_the_form():
    head = [{"Kế hoạch vốn": "Vốn (kế hoạch)", "Giải ngân": "Vốn (thực hiện)"}.get(one, one)
            for one in MONEY_HEAD]  # fmt: skip
    result = read(money(times(1), head=head))
    assert "column_extra" not in told(result)


def test_nothing_is_put_aside_whose_counterpart_is_not_there():
    heads = [("Thoát nghèo", "Chỉ tiêu"), ("Tái nghèo", "Thực hiện"), ("Kế hoạch",)]
    columns = [Column(at, ": ".join(path), path, "") for at, path in enumerate(heads)]
    assert without_plans(columns, 2019) == (columns, [])
