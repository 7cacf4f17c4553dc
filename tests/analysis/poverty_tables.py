"""Tables of poverty for tests: published years, and any two years with gaps."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
from hypothesis import strategies as st

from illustrative.truth import truth
from kgstats.analysis import poverty
from kgstats.reference import areas

UNITS = areas.units(2019)["commune_code"].tolist()


def three_years() -> pd.DataFrame:
    """Return 2018, 2019 and 2020 as published."""
    return poverty.together(*(truth(year)["poverty"] for year in (2018, 2019, 2020)))


def shown(value: float, decimals: int = 2) -> Decimal:
    return Decimal(repr(float(value))).quantize(
        Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP
    )


@st.composite
def two_years(draw: st.DrawFn) -> pd.DataFrame:
    """Two years of a few units, with zeros, with units that did not report."""
    codes = draw(st.lists(st.sampled_from(UNITS), min_size=2, max_size=8, unique=True))
    tables = []
    for year in (2018, 2019):
        rows = []
        for code in codes:
            homes = draw(st.integers(0, 400))
            ethnic = draw(st.integers(0, homes))
            poor = draw(st.integers(0, homes))
            row = dict.fromkeys(poverty.COUNT_COLUMNS, 0)
            row |= {
                "year": year,
                "commune_code": code,
                "households_hh": homes,
                "ethnic_households_hh": ethnic,
                "poor_end_hh": poor,
                "ethnic_poor_end_hh": draw(st.integers(0, min(ethnic, poor))),
            }
            if draw(st.integers(0, 9)) == 0:
                row["poor_end_hh"] = None
            rows.append(row)
        tables.append(pd.DataFrame(rows))
    return poverty.together(*tables)
