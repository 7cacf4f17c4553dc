"""Texts of tables are held as Python's strings, and compare as they did."""

from __future__ import annotations

import pandas as pd
import pytest

from kgstats import strings


@pytest.fixture
def as_objects():
    with pd.option_context("mode.string_storage", pd.get_option("mode.string_storage")):
        strings.as_objects()
        yield


def test_what_is_read_and_made_holds_python_strings(as_objects, tmp_path):
    made = pd.DataFrame({"name": ["Hòn Đất", None], "n": [1, 2]})
    made.to_parquet(tmp_path / "made.parquet")
    read = pd.read_parquet(tmp_path / "made.parquet")
    for one in (made["name"], read["name"], read["n"].astype("string")):
        assert one.dtype.storage == "python"


def test_it_meets_texts_held_otherwise(as_objects):
    here = pd.DataFrame({"code": pd.Series(["903", "904"], dtype="str"), "n": [1, 2]})
    other = pd.DataFrame({"code": pd.array(["904", "905"], dtype=pd.StringDtype("pyarrow"))})
    assert here.merge(other, on="code")["n"].tolist() == [2]
    assert pd.concat([here["code"], other["code"]]).tolist() == ["903", "904", "904", "905"]
