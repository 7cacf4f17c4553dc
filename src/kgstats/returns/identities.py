"""What a return's numbers must say about one another.

Every identity is a rule with a name. A broken one is a finding at the stated value; it never costs
a row. An identity is tried only where all its numbers are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from kgstats.returns.forms import CRITERIA, column_words
from kgstats.returns.records.columns import RATE_SLACK_PP

Values = Mapping[str, Any]
Find = Callable[..., None]
"""Notes a finding at the cell behind a column: ``find(rule, column, **args)``."""

POVERTY_GROUPS = (("poor", "poor_flow_differs"), ("near_poor", "near_poor_flow_differs"))
ETHNIC = (
    ("ethnic_households_hh", "households_hh"),
    ("ethnic_poor_end_hh", "poor_end_hh"),
    ("ethnic_near_poor_end_hh", "near_poor_end_hh"),
)


def _given(values: Values, *names: str) -> list[int] | None:
    found = [values.get(name) for name in names]
    return None if any(value is None for value in found) else found  # type: ignore[return-value]


def rate_agrees(stated: float, part: int, whole: int) -> bool:
    """Whether a stated rate in per cent is that of its counts, to two decimals.

    A rate printed with fewer decimals is compared at the decimals it has.
    """
    exact = Decimal(part) * 100 / Decimal(whole)
    printed = Decimal(repr(stated))
    exponent = printed.normalize().as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 2
    slack = max(RATE_SLACK_PP, Decimal(1).scaleb(-places)) if places < 2 else RATE_SLACK_PP
    return abs(exact - printed) <= slack


def check_poverty(values: Values, place: str, find: Find) -> None:
    """Try the identities of one row of form 03.

    ``end = start − escaped + fell back + new`` for poor and near-poor; the rate is that of the
    counts; poor by income and by deprivation make all poor; a part is not above its whole.
    """
    for group, rule in POVERTY_GROUPS:
        flow = _given(
            values,
            f"{group}_start_hh",
            f"{group}_escaped_hh",
            f"{group}_fell_back_hh",
            f"{group}_new_hh",
            f"{group}_end_hh",
        )
        if flow is not None:
            start, escaped, back, new, end = flow
            if start - escaped + back + new != end:
                find(
                    rule, f"{group}_end_hh", place=place, stated=end,
                    counted=start - escaped + back + new,
                )  # fmt: skip
        counts = _given(values, f"{group}_end_hh", "households_hh")
        rate = values.get(f"{group}_end_pct")
        if counts is not None and counts[1] > 0:
            if counts[0] > counts[1]:
                find(
                    "poor_above_households", f"{group}_end_hh", place=place, stated=counts[0],
                    base=counts[1],
                )  # fmt: skip
            elif rate is not None and not rate_agrees(rate, counts[0], counts[1]):
                counted = round(Decimal(counts[0]) * 100 / Decimal(counts[1]), 2)
                find(
                    "rate_differs", f"{group}_end_pct", what=place,
                    stated=Decimal(repr(rate)), counted=counted,
                )  # fmt: skip
    parts = _given(values, "poor_income_hh", "poor_deprivation_hh", "poor_end_hh")
    if parts is not None and parts[0] + parts[1] != parts[2]:
        find(
            "poor_parts_differ", "poor_end_hh", place=place, stated=parts[2],
            counted=parts[0] + parts[1],
        )  # fmt: skip
    for part, whole in ETHNIC:
        pair = _given(values, part, whole)
        if pair is not None and pair[0] > pair[1]:
            find(
                "ethnic_above_all",
                part,
                place=place,
                stated=pair[0],
                base=pair[1],
                column=column_words("poverty", whole),
            )


def check_start(values: Values, before: Values, place: str, year: int, find: Find) -> None:
    """Compare the start of a year with the end of the year before, of one unit."""
    for group, _ in POVERTY_GROUPS:
        start, end = values.get(f"{group}_start_hh"), before.get(f"{group}_end_hh")
        if start is not None and end is not None and start != end:
            find(
                "start_differs", f"{group}_start_hh", place=place, stated=start, counted=end,
                year=year, before=year - 1,
            )  # fmt: skip


def check_commune(
    values: Values, marks: list[bool | None], status: str | None, place: str, find: Find
) -> None:
    """Try the identities of one row of form 01: criteria met is the number of marks."""
    stated = values.get("criteria_met")
    met = sum(mark is True for mark in marks)
    if stated is not None and all(mark is not None for mark in marks) and stated != met:
        find("criteria_met_differs", "criteria_met", place=place, stated=stated, counted=met)
    if status == "recognised" and all(mark is not None for mark in marks) and met < CRITERIA:
        # A commune recognised under an earlier standard may have fallen back: doubtful, not wrong.
        find("decision_without_marks", "decision_no", place=place, met=met)


def check_funding(values: Values, what: str, find: Find) -> None:
    """Try the identities of one line of form 02: disbursed is at most allocated, rate = ratio."""
    pair = _given(values, "disbursed_vnd", "allocated_vnd")
    if pair is None:
        return
    disbursed, allocated = pair
    if disbursed > allocated:
        find(
            "disbursed_above_allocated", "disbursed_vnd", what=what, stated=disbursed,
            base=allocated,
        )  # fmt: skip
    rate = values.get("disbursed_pct")
    if rate is not None and allocated > 0 and not rate_agrees(rate, disbursed, allocated):
        counted = round(Decimal(disbursed) * 100 / Decimal(allocated), 2)
        find(
            "rate_differs", "disbursed_pct", what=what, stated=Decimal(repr(rate)),
            counted=counted,
        )  # fmt: skip
