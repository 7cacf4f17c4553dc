"""Lines of money made up for tests: parts of rows, and any rows at all."""

from __future__ import annotations

import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from kgstats.analysis import funding

BN = 10**9
COMPONENTS = {"ntm": ["ntm_general"], "gnbv": ["gnbv_30a_models", "gnbv_capacity"]}


def table(rows: list[dict], year: int = 2019) -> pd.DataFrame:
    """A clean table ``funding`` of one year from parts of rows."""
    basis = {
        "year": year,
        "district_code": "908",
        "programme": "ntm",
        "component": "ntm_general",
        "source": "central",
        "kind": "investment",
        "plan_year": year,
        "allocated_vnd": 10 * BN,
        "disbursed_vnd": 4 * BN,
        "disbursed_pct": None,
        "cut_off": pd.Timestamp(year, 12, 20),
        "cause": None,
        "note": None,
    }
    frame = pd.DataFrame([basis | row for row in rows], columns=list(basis))
    whole = dict.fromkeys(("year", "plan_year", "allocated_vnd", "disbursed_vnd"), "Int64")
    words = ("district_code", "programme", "component", "source", "kind", "cause", "note")
    types = whole | dict.fromkeys(words, "string")
    return frame.astype(types | {"disbursed_pct": "Float64", "cut_off": "datetime64[us]"})


def money(rows: list[dict], year: int = 2019) -> pd.DataFrame:
    """The lines of such a table."""
    return funding.lines(table(rows, year), year)


AMOUNT = st.one_of(
    st.none(), st.just(0), st.integers(-(10**12), 10**12), st.integers(1, 3), st.just(7 * BN)
)


@st.composite
def any_row(draw: st.DrawFn) -> dict:
    """A line with any amounts: absent, zero, negative, paid above plan, several vintages."""
    programme = draw(st.sampled_from(["ntm", "gnbv"]))
    return {
        "district_code": draw(st.sampled_from(["899", "906", "908", "914"])),
        "programme": programme,
        "component": draw(st.sampled_from(COMPONENTS[programme])),
        "source": draw(st.sampled_from(["central", "province", "community"])),
        "kind": draw(st.sampled_from(["investment", "recurrent"])),
        "plan_year": draw(st.sampled_from([2016, 2018, 2019, 2020])),
        "allocated_vnd": draw(AMOUNT),
        "disbursed_vnd": draw(AMOUNT),
        "cut_off": draw(
            st.sampled_from([None, pd.Timestamp(2019, 1, 1), pd.Timestamp(2019, 12, 20),
                             pd.Timestamp(2020, 3, 31)])
        ),
        "cause": draw(st.sampled_from([None, "land", "other"])),
    }  # fmt: skip


ANY_ROWS = st.lists(any_row(), min_size=1, max_size=14)
FEW = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def amounts(frame: pd.DataFrame) -> list[str]:
    """The columns of amounts."""
    return [name for name in frame.columns if name.endswith("_vnd")]


def total_of(column: pd.Series) -> int:
    """The exact sum of what is there."""
    return sum(int(value) for value in column.dropna())


def known(value: object) -> int:
    """An amount, nothing where it is null."""
    return 0 if pd.isna(value) else int(value)  # type: ignore[call-overload]
