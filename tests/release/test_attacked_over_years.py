"""Two years under rounding alone: nobody finds a count as it was before.

The notebooks run in this process; what they show is laid out as an attacker finds it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from tests.in_process import Notebook, undrawn
from tests.release import attacker

from kgstats.present.tables import dumps
from kgstats.reference import areas
from kgstats.workspace import Workspace

YEARS = (2018, 2019)
PAGES = ("00_overview", "40_poverty_reduction", "70_district_profile")
STEP = 5


@pytest.fixture(scope="module")
def place(site) -> Workspace:
    return Workspace(site.parents[2])


@pytest.fixture(scope="module")
def households(place) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(place.data_set("poverty", year)) for year in YEARS])


@pytest.fixture(scope="module")
def rounded(place, tmp_path_factory) -> dict[int, Path]:
    """What the pages of both years show under rounding: tables, and sentences."""
    folders = {}
    for year in YEARS:
        folders[year] = folder = tmp_path_factory.mktemp(f"rounded-{year}")
        for name in PAGES:
            own = {"district": "912"} if name.startswith("70") else {}
            path = place.notebooks / f"{name}.ipynb"
            with undrawn(place.root):
                page = Notebook(path, year, disclosure_rounding=STEP, **own).page("en")
            for slug, table in page.tables().items():
                (folder / f"{name}-{slug}.json").write_text(dumps(table.payload()), "utf-8")
            said = "".join(f"<p>{line}</p>" for line in page.sentences().splitlines())
            (folder / f"{name}.html").write_text(said, "utf-8")
    return folders


def rates(households: pd.DataFrame, key: str) -> dict[str, dict[float, str]]:
    """Return the exact rate of every count that is no multiple of the step, by place."""
    names = [*attacker.BASES, *dict.fromkeys(attacker.BASES.values())]
    found: dict[str, dict[float, str]] = {}
    for (year, code), row in households.groupby(["year", key])[names].sum().iterrows():
        for count, base in attacker.BASES.items():
            if row[base] and row[count] % STEP:
                rate = round(100 * int(row[count]) / int(row[base]), 9)
                found.setdefault(str(code), {})[rate] = f"{year} {count}"
    return found


def test_every_rounded_count_of_a_place_is_a_multiple(rounded):
    for year, folder in rounded.items():
        seen = attacker.counts(folder, year)
        assert len(seen) > 400
        assert [c for c, where in seen.items() if float(where.rsplit(": ", 1)[1]) % STEP] == []


@pytest.mark.parametrize("key", ["commune_code", "district_code"])
def test_no_number_beside_a_place_is_a_rate_of_the_count_before_rounding(rounded, households, key):
    wanted = rates(households, key)
    for year, folder in rounded.items():
        found = [
            (row.where, name, number)
            for row in attacker.rows(folder, year)
            if row.place[0] == (key,)
            for name, number in row.numbers.items()
            if (number % 1 or name.endswith("_pct"))
            if round(number, 9) in wanted.get(row.place[1][0], {})
        ]
        assert found == []


def test_no_sentence_tells_what_was_rounded(rounded, households):
    """Nor a count of one place that the sums of a sentence would give."""
    names = dict(areas.units(YEARS[-1]).set_index("commune_code")["name"])
    alone = {code: name for code, name in names.items() if list(names.values()).count(name) == 1}
    truth = households.set_index(["year", "commune_code"])
    for year, folder in rounded.items():
        for where, text in attacker.texts(folder):
            for code, name in alone.items():
                if name not in text or (year, code) not in truth.index:
                    continue
                after = re.split(r"[;.] ", text[text.index(name) + len(name) :][:60])[0]
                row = truth.loc[(year, code)]
                for count in attacker.BASES:
                    told = rf"poor[^.;\d]{{0,20}}(?<![\d.,]){row[count]}(?![\d.,%])"
                    assert row[count] % STEP == 0 or not re.search(told, after), (where, text)
