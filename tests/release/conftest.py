"""A year's clean tables and a publication of them; and what of this folder is no test."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.release.publication import YEAR, published

from kgstats.returns import processed
from kgstats.workspace import Workspace

collect_ignore = ["validate_crate.py"]  # Run by the Python that has the validator.


@pytest.fixture(scope="session")
def workspace(root, tmp_path_factory) -> Workspace:
    """A year of illustrative returns and the printed report, cleaned."""
    folder = tmp_path_factory.mktemp("package")
    raw = folder / "data" / "raw"
    shutil.copytree(root / "data" / "raw" / str(YEAR), raw / str(YEAR))
    shutil.copytree(root / "data" / "raw" / "published", raw / "published")
    one = Workspace(folder)
    processed.clean_year(YEAR, one)
    from kgstats.published import audit

    audit.write(folder, YEAR)
    return one


@pytest.fixture(scope="session")
def tables(workspace, tmp_path_factory) -> Path:
    return published(workspace, tmp_path_factory.mktemp("published"))
