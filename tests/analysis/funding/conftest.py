"""The illustrative money of 2019, and the printed report of that year."""

from __future__ import annotations

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats import published
from kgstats.analysis import funding


@pytest.fixture(scope="session")
def of_2019() -> pd.DataFrame:
    return funding.lines(truth(2019)["funding"], 2019)


@pytest.fixture(scope="session")
def figures(root) -> pd.DataFrame:
    return published.read("figures", root, 2019)


@pytest.fixture(scope="session")
def audit(root) -> pd.DataFrame:
    from kgstats.published import audit as auditing
    from kgstats.published.files import read_report

    report = read_report(root / "data" / "raw" / "published", 2019)
    return auditing.to_frame(auditing.audit(report))
