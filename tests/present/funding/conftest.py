"""The illustrative money of 2019."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats.analysis import funding


@pytest.fixture(scope="session")
def of_2019() -> pd.DataFrame:
    return funding.lines(truth(2019)["funding"], 2019)
