"""Clean tables of several workspaces put together: what is taken, what is not, and what is said."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import yaml
from tests.national import small

from kgstats.national import gather, reading, written
from kgstats.pipeline.holding import Busy
from kgstats.pipeline.unattended import FAILED, MISSING, WRONG_CALL
from kgstats.reference import province
from kgstats.workspace import Workspace


@pytest.fixture(autouse=True)
def back_to_the_project():
    yield
    province.use(None)


@pytest.fixture(scope="module")
def three(tmp_path_factory) -> list[Workspace]:
    folder = tmp_path_factory.mktemp("provinces")
    return [
        small.lay_out(folder / "north", small.NORTH, {2019: 8}),
        small.lay_out(folder / "city", small.CITY, {2018: 6, 2019: 4}),
        small.lay_out(folder / "south", small.SOUTH, {2018: 3, 2019: 5}, illustrative=False),
    ]


def collect(places, out: Path, years: str = "2018-2019", finish=lambda draft: None):
    """Put workspaces together; return what was left out and what was told."""
    told: list[str] = []
    parts, left = gather.parts(places, years)
    written.write(out, parts, left, told.append, finish)
    return left, told


@pytest.fixture(scope="module")
def out(three, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("together") / "out"
    left, _ = collect(three, folder)
    assert left == []
    return folder


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_table_of_every_part_stands_in_its_folder(out):
    for name in gather.TABLES:
        there = sorted(path.parent.relative_to(out / name).as_posix()
                       for path in (out / name).rglob("*.parquet"))  # fmt: skip
        assert there == [
            "province_code=04/year=2019",
            "province_code=48/year=2018",
            "province_code=48/year=2019",
            "province_code=93/year=2018",
            "province_code=93/year=2019",
        ]


def test_arrow_and_pandas_read_it_as_it_was(out, three):
    held = reading.Collected(out, 2019, "vi")
    table = held.dataset("poverty").to_table().to_pandas()
    assert {(one, str(kind)) for one, kind in table.dtypes[["province_code", "year"]].items()} <= {
        ("province_code", "object"), ("province_code", "str"), ("year", "int64"),
    }  # fmt: skip
    assert set(table["province_code"]) == {"04", "48", "93"}
    for place, code in zip(three, ("04", "48", "93"), strict=True):
        mine = held.table("poverty", province_code=code, year=2019)
        own = pd.read_parquet(place.data_set("poverty", 2019))
        pd.testing.assert_frame_equal(mine[list(own)], own, check_like=True)
        assert set(mine["workspace"]) == {place.root.name}
    assert held.table("poverty")["commune_code"].str.len().eq(5).all()
    plain = pd.read_parquet(out / "poverty")
    assert len(plain) == len(table)


def test_codes_are_of_one_province_each(out):
    units = reading.Collected(out, 2019, "vi").table("poverty", year=2019)
    assert not units["commune_code"].duplicated().any()
    assert units.groupby("district_code")["province_code"].nunique().eq(1).all()


@pytest.mark.cluster
def test_dask_reads_it_lazily(out):
    frames = pytest.importorskip("dask.dataframe")
    keys = pa.schema([("province_code", pa.string()), ("year", pa.int64())])
    parts = {"partitioning": {"flavor": "hive", "schema": keys}}
    lazy = frames.read_parquet(out / "poverty", dataset=parts)
    assert lazy.npartitions == 5
    assert set(lazy["province_code"].unique().compute()) == {"04", "48", "93"}
    sums = lazy.groupby("district_code")["poor_end_hh"].sum().compute()
    whole = reading.Collected(out, 2019, "vi").table("poverty")
    assert sums.to_dict() == whole.groupby("district_code")["poor_end_hh"].sum().to_dict()


def test_each_row_says_whether_it_is_illustrative(out):
    held = reading.Collected(out, 2019, "vi")
    for name in gather.TABLES[:4]:
        told = held.table(name).groupby("province_code")["illustrative"].unique()
        assert {code: list(map(bool, one)) for code, one in told.items()} == {
            "04": [True], "48": [True], "93": [False],
        }  # fmt: skip


def test_quality_says_what_was_expected_received_and_read(out):
    quality = reading.Collected(out, 2019, "vi").quality.set_index("province_code")
    assert quality.loc["04", ["returns_expected", "returns_read", "returns_whole"]].tolist() == [
        13, 13, 13,
    ]  # fmt: skip
    assert quality.loc["48", "returns_whole"] == 7  # six towns have no communes to report on
    assert quality.loc["48", ["cells", "cells_read", "cells_refused"]].tolist() == [70, 56, 7]
    assert quality["errors"].tolist() == [13, 7, 8]
    assert set(quality["state"]) == {"alone"}
    rules = reading.Collected(out, 2019, "vi").table("rules", year=2019)
    assert rules["rule"].unique().tolist() == ["value_in_doubt"]
    assert rules["findings"].tolist() == [13, 7, 8]


def test_what_was_read_from_no_table_stays_where_it_is(out, three):
    assert pd.read_parquet(three[0].data_set("cells", 2019))["raw"].eq("x").all()
    assert reading.Collected(out, 2019, "vi").table("cells")["raw"].isna().all()


def test_the_description_names_every_column_that_is_there(out):
    told = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert {one["name"] for one in told["resources"]} == {*gather.TABLES, "quality", "rules"}
    held = reading.Collected(out, 2019, "vi")
    for one in told["resources"]:
        there = held.dataset(one["name"])
        assert {field["name"] for field in one["schema"]["fields"]} == set(there.schema.names)
        assert one["rows"] == there.count_rows()
        assert all((out / path).is_file() for path in one["path"])
    assert [one["path"] for one in told["sources"]] == ["north", "city", "city", "south", "south"]


def test_no_place_on_a_machine_is_told(out, three):
    words = str(three[0].root.parent).encode()
    for path in out.rglob("*"):
        assert not path.is_file() or words not in path.read_bytes(), path


def test_the_same_tables_give_the_same_bytes(out, three, tmp_path):
    before = digests(out)
    collect(three[::-1], tmp_path / "again")
    assert digests(tmp_path / "again") == before
    collect(three, out)
    assert digests(out) == before


# What is not as it should be ---------------------------------------------------------------------


def damaged(place: Workspace, name: str, change) -> None:
    frame = pd.read_parquet(place.data_set(name, 2019))
    small.write(place, name, 2019, change(frame))


BROKEN = {
    "has no column met": lambda frame: frame.drop(columns="met"),
    "nothing knows its column more": lambda frame: frame.assign(more=1),
    "column year is Float64, not Int64": lambda frame: frame.astype({"year": "Float64"}),
    "'99999'": lambda frame: frame.replace({"commune_code": frame["commune_code"][0]}, "99999"),
    "a key is there twice": lambda frame: pd.concat([frame, frame.head(1)]),
    "column 'year' has 2018": lambda frame: frame.assign(
        year=pd.array([2018] * len(frame), "Int64")
    ),
}


@pytest.mark.parametrize("said", BROKEN)
def test_a_table_unlike_its_contract_costs_that_table_alone(said, three, tmp_path):
    bad = small.lay_out(tmp_path / "bad", small.SOUTH, {2019: 5})
    damaged(bad, "attainment", BROKEN[said])
    left, _ = collect([three[1], bad], tmp_path / "out", "2019")
    assert [one.code for one in left] == [FAILED]
    assert said in str(left[0])
    assert str(left[0]).startswith("bad 2019: attainment is not taken: ")
    held = reading.Collected(tmp_path / "out", 2019, "vi")
    assert set(held.table("attainment")["province_code"]) == {"48"}
    assert set(held.table("poverty")["province_code"]) == {"48", "93"}
    assert "attainment" not in held.quality.set_index("province_code").loc["93", "tables"]


def test_codes_of_another_province_are_refused(three, tmp_path):
    wrong = small.lay_out(tmp_path / "wrong", small.SOUTH, {2019: 5})
    (wrong.raw / "province.yml").write_text('code: "91"\n', encoding="utf-8")
    left, _ = collect([three[1], wrong], tmp_path / "out", "2019")
    assert len([one for one in left if "not taken" in str(one)]) == 4


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (lambda place: place.data_set("poverty", 2019).write_bytes(b"no parquet"), FAILED,
         "poverty is not taken: it is damaged"),
        (lambda place: place.data_set("files", 2019).unlink(), FAILED,
         "files is not taken: it is not there"),
        (lambda place: (place.raw / "province.yml").write_text("code: [\n"), WRONG_CALL,
         "not valid YAML"),
        (lambda place: [one.unlink() for one in place.processed(2019).iterdir()], MISSING,
         "kgstats run --year 2019"),
    ],
    ids=["damaged", "absent", "province", "unmade"],
)  # fmt: skip
def test_a_broken_workspace_costs_nothing_else(spoil, code, said, three, tmp_path):
    bad = small.lay_out(tmp_path / "bad", small.SOUTH, {2019: 5})
    spoil(bad)
    left, _ = collect([three[1], bad], tmp_path / "out", "2019")
    assert [one.code for one in left] == [code]
    assert said in str(left[0])
    assert str(tmp_path) not in str(left[0])
    held = reading.Collected(tmp_path / "out", 2019, "vi")
    assert len(held.table("poverty", province_code="48")) == 56


def test_a_province_has_one_return_a_year(three, tmp_path):
    twin = small.lay_out(tmp_path / "twin", small.CITY, {2019: 1, 2020: 1})
    left, _ = collect([three[1], twin], tmp_path / "out", "2019-2020")
    assert [one.code for one in left] == [WRONG_CALL]
    assert "twin 2019: Đà Nẵng 2019 is taken of city" in str(left[0])
    held = reading.Collected(tmp_path / "out", 2020, "vi")
    assert set(held.table("poverty")["workspace"]) == {"city", "twin"}
    assert held.table("poverty", year=2019)["poor_end_hh"].unique().tolist() == [4]


@pytest.mark.parametrize("how", ["settings", "published", "unreadable"])
def test_counts_under_disclosure_control_are_not_taken(how, three, tmp_path):
    held_back = small.lay_out(tmp_path / "held", small.SOUTH, {2018: 5, 2019: 5})
    if how == "published":
        folder = held_back.outputs(2018)
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps({"disclosure": {"threshold": 5}}))
    else:
        told = {"disclosure": {"threshold": 5 if how == "settings" else "few"}}
        (held_back.root / "settings.yml").write_text(yaml.safe_dump(told))
    left, _ = collect([three[1], held_back], tmp_path / "out", "2019")
    assert [one.code for one in left] == [FAILED if how == "unreadable" else MISSING]
    held = reading.Collected(tmp_path / "out", 2019, "vi")
    for name in ("poverty", "cells", "findings", "stated"):
        assert set(held.table(name)["province_code"]) <= {"48"}
    assert set(held.table("funding")["province_code"]) == {"48", "93"}


# The folder --------------------------------------------------------------------------------------


def test_nothing_else_is_replaced(three, tmp_path):
    for name in ("letter.txt", "datapackage.json"):
        folder = tmp_path / name.partition(".")[0]
        folder.mkdir()
        (folder / name).write_text("{}")
        with pytest.raises(written.NoCollection, match="no collection"):
            collect(three[1:2], folder)
        assert (folder / name).read_text() == "{}"
    with pytest.raises(written.NoCollection):
        collect(three[1:2], three[1].root)


def test_one_that_stops_leaves_what_was_there(out, three):
    before = digests(out)

    def stop(draft: Path) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        collect(three[1:2], out, finish=stop)
    assert digests(out) == before
    assert {one.name for one in out.parent.iterdir()} <= {"out", ".out.lock"}


def test_two_at_once_do_not_fill_one_folder(three, tmp_path):
    def again(draft: Path) -> None:
        with pytest.raises(Busy, match="another collect"):
            collect(three[1:2], tmp_path / "out")

    collect(three[1:2], tmp_path / "out", finish=again)
    assert written.is_collection(tmp_path / "out")


@pytest.mark.parametrize("years", ["2019-2018", "nineteen", "19-20"])
def test_years_that_cannot_be_meant(three, years):
    with pytest.raises(ValueError, match="--year must be"):
        gather.parts(three, years)


def test_a_year_nobody_has_is_said(three):
    parts, left = gather.parts(three, "2016-2017")
    assert parts == []
    assert [one.code for one in left] == [MISSING] * 3
