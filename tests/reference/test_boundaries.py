"""Boundaries a user adds: matched, reported, repaired, or refused with a reason."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import threading
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
import typer
from typer.testing import CliRunner

from kgstats.present.maps.shapes import schematic
from kgstats.reference import areas, boundaries, commands, province
from kgstats.workspace import Workspace

UTM = boundaries.UTM


@pytest.fixture(scope="module")
def cells() -> geopandas.GeoDataFrame:
    """Polygons to try with: the schematic's own, which are nobody's boundaries."""
    frame = schematic(2019).geodata()
    return frame[["commune_code", "name", "type", "district_name", "geometry"]]


def written(frame: geopandas.GeoDataFrame, path: Path) -> Path:
    frame.to_crs(4326).to_file(path)
    return path


def test_geojson_with_codes_is_added_whole(cells, tmp_path):
    added = boundaries.add(written(cells, tmp_path / "a.geojson"), tmp_path / "kept")
    assert added.path.name == "communes_2019.geojson"
    assert added.matching.found["by"].eq("code").all()
    assert added.matching.missing.empty and added.matching.unmatched.empty
    loaded = boundaries.load(added.path, 2019)
    assert set(loaded.polygons) == set(areas.units(2019)["commune_code"])
    assert shapely.coverage_is_valid(np.array(list(loaded.polygons.values())), gap_width=0.0)
    for code, shape in zip(cells["commune_code"], cells.geometry, strict=True):
        assert loaded.polygons[code].symmetric_difference(shape).area < 0.02 * shape.area


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "shp"])
def test_names_within_districts_match_in_every_format(cells, tmp_path, suffix):
    frame = cells.drop(columns="commune_code").rename(
        columns={"name": "TEN_XA", "type": "LOAI", "district_name": "HUYEN"}
    )
    # As files are: the type before the name, capitals, no accents in half of them.
    kinds = frame.pop("LOAI")
    frame["TEN_XA"] = [
        boundaries.folded(f"{kind} {name}") if i % 2 else f"{kind} {name}".upper()
        for i, (kind, name) in enumerate(zip(kinds, frame["TEN_XA"], strict=True))
    ]
    frame["HUYEN"] = "Huyện " + frame["HUYEN"]
    found = boundaries.match(boundaries.read(written(frame, tmp_path / f"b.{suffix}")), 2019)
    assert found.missing.empty and found.unmatched.empty
    assert set(found.found["by"]) == {"name"}
    expected = dict(enumerate(cells["commune_code"]))
    assert dict(zip(found.found["feature"], found.found["commune_code"], strict=True)) == expected


def test_homonyms_in_a_district_are_told_apart_by_type_or_place(cells):
    # Vĩnh Thuận is a township and a commune of the district of that name.
    frame = cells[["name", "district_name", "geometry"]]
    found = boundaries.match(frame, 2019).found.set_index("feature")["commune_code"]
    assert found.tolist() == cells["commune_code"].tolist()


def test_known_aliases_match(cells):
    alias = areas.aliases()
    alias = alias[alias["kind"].isin(["numeral", "variant"])].iloc[0]
    frame = cells.drop(columns=["commune_code", "type"])
    place = cells.index[cells["commune_code"] == alias["commune_code"]][0]
    frame.loc[place, "name"] = alias["alias"]
    found = boundaries.match(frame, 2019).found.set_index("feature")
    assert found.at[place, "commune_code"] == alias["commune_code"]
    assert found.at[place, "by"] == "alias"


def test_a_misspelt_name_is_refused_with_what_is_near(cells, tmp_path):
    frame = cells.drop(columns=["commune_code", "type"])
    frame.loc[frame.index[20], "name"] = cells["name"].iloc[20] + "hh"
    found = boundaries.match(frame, 2019)
    assert found.unmatched["feature"].tolist() == [20]
    assert boundaries.folded(cells["name"].iloc[20]) in found.unmatched["reason"].item()
    with pytest.raises(boundaries.BoundariesError, match="1 of the units of 2019 are not in it"):
        boundaries.add(written(frame, tmp_path / "c.geojson"), tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_features_elsewhere_are_left_out(cells):
    far = cells.iloc[[0]].assign(
        commune_code="00001", name="Phúc Xá", district_name="Ba Đình",
        geometry=[shapely.box(580_000, 2_320_000, 590_000, 2_330_000)],
    )  # fmt: skip
    frame = geopandas.GeoDataFrame(geopandas.pd.concat([cells, far], ignore_index=True), crs=UTM)
    found = boundaries.match(frame, 2019)
    assert found.elsewhere == 1 and len(found.found) == 145


@pytest.fixture
def city(tmp_path):
    """Polygons of a province whose units have no known places, in a file without codes."""
    raw = tmp_path / "city" / "data" / "raw"
    raw.mkdir(parents=True)
    (raw / "province.yml").write_text('code: "48"\n', encoding="utf-8")
    province.use(Workspace(tmp_path / "city"))
    yield schematic(2019).geodata()[["name", "type", "district_name", "geometry"]]
    province.use(None)


def test_names_match_where_no_place_is_known(city, tmp_path):
    added = boundaries.add(written(city, tmp_path / "a.geojson"), tmp_path / "kept")
    assert len(added.matching.found) == len(areas.units(2019))
    assert added.matching.found["by"].eq("name").all() and added.doubtful.empty
    assert any("not checked: where these units lie" in line for line in commands.summary(added))


@pytest.mark.parametrize("column", [True, False])
def test_namesakes_in_other_provinces_are_no_part_of_a_unit(column, city, tmp_path):
    """By what the file says of provinces, else by where the others of the province lie."""
    own = city.assign(**({"TINH": "Thành phố Đà Nẵng"} if column else {}))
    there = own.head(2).assign(**({"TINH": "Tỉnh Nghệ An"} if column else {}))
    there = there.set_geometry(there.geometry.translate(0, 300_000))
    unknown = there.assign(name="Xã không có ở đây")
    every = geopandas.pd.concat([own, there, unknown], ignore_index=True)
    found = boundaries.match(geopandas.GeoDataFrame(every, crs=own.crs), 2019)
    assert sorted(found.found["feature"]) == list(range(len(own)))
    assert found.elsewhere == 4 and found.unmatched.empty


def test_a_misspelt_name_is_told_where_no_place_is_known(city):
    frame = city.copy()
    frame.loc[10, "name"] = "Khong Co Ten"
    found = boundaries.match(frame, 2019)
    assert found.unmatched["feature"].tolist() == [10] and found.elsewhere == 0
    assert len(found.missing) == 1


def test_swapped_codes_are_doubtful(cells, tmp_path):
    frame = cells.copy()
    codes = frame["commune_code"].tolist()
    codes[0], codes[100] = codes[100], codes[0]
    frame["commune_code"] = codes
    added = boundaries.add(written(frame, tmp_path / "d.geojson"), tmp_path / "kept")
    assert set(added.doubtful["commune_code"]) == {codes[0], codes[100]}
    assert any("doubtful" in line for line in commands.summary(added))


def test_invalid_overlapping_and_gaping_polygons_are_repaired_and_told(cells, tmp_path):
    frame = cells.copy()
    codes = frame["commune_code"].tolist()
    main = [i for i, shape in enumerate(frame.geometry) if shape.area > 3e7]
    bad, wide, narrow = main[2], main[12], main[30]
    shapes = list(frame.geometry)
    ring = list(shapes[bad].exterior.coords)
    x, y = ring[0]
    # A bow tie at one corner.
    shapes[bad] = shapely.Polygon([*ring[:-1], (x + 400, y + 50), (x + 50, y + 400), (x, y)])
    shapes[wide] = shapes[wide].buffer(300)
    shapes[narrow] = shapes[narrow].buffer(-20)
    frame = frame.set_geometry(geopandas.GeoSeries(shapes, index=frame.index, crs=UTM))
    assert not shapes[bad].is_valid
    added = boundaries.add(written(frame, tmp_path / "e.gpkg"), tmp_path / "kept")
    repairs = added.repairs
    assert codes[bad] in repairs.invalid
    assert codes[wide] in repairs.overlapping and repairs.overlap_km2 > 1
    told = "\n".join(commands.summary(added))
    assert "repaired, invalid" in told and "overlapping" in told
    loaded = boundaries.load(added.path, 2019)
    kept = np.array(list(loaded.polygons.values()), dtype=object)
    assert shapely.is_valid(kept).all()
    left, right = shapely.STRtree(kept).query(kept, predicate="intersects")
    pairs = left < right
    shared = shapely.area(shapely.intersection(kept[left[pairs]], kept[right[pairs]]))
    assert shared.max() < 60  # rounding to a decimetre along a border


def test_gaps_between_neighbours_are_closed_and_counted():
    left, right = shapely.box(0, 0, 1000, 1000), shapely.box(1050, 0, 2000, 1000)
    lower, upper = shapely.box(0, -500, 2000, 0), shapely.box(0, 1000, 2000, 1500)
    polygons, repairs = boundaries.repair({"a": [left], "b": [right], "c": [lower], "d": [upper]})
    assert repairs.gaps == 1 and repairs.gap_km2 == pytest.approx(0.05)
    assert shapely.union_all(list(polygons.values())).area == pytest.approx(4e6)


def test_a_lake_is_no_gap():
    ring = shapely.Polygon(shapely.box(0, 0, 5000, 5000).exterior.coords)
    lake = shapely.box(1000, 1000, 4000, 4000)
    west = ring.difference(lake).intersection(shapely.box(0, 0, 2500, 5000))
    east = ring.difference(lake).intersection(shapely.box(2500, 0, 5000, 5000))
    polygons, repairs = boundaries.repair({"a": [west], "b": [east]})
    assert repairs.gaps == 0
    assert shapely.union_all(list(polygons.values())).area == pytest.approx(16e6, rel=0.01)


def test_several_features_of_a_unit_are_joined(cells, tmp_path):
    shape = cells.geometry.iloc[30]
    west, south, east, north = shape.bounds
    half = shapely.box(west, south, (west + east) / 2, north)
    frame = cells.copy()
    rows = geopandas.pd.concat([frame, frame.iloc[[30]]], ignore_index=True)
    shapes = list(rows.geometry)
    shapes[30], shapes[-1] = shape.intersection(half), shape.difference(half)
    rows = geopandas.GeoDataFrame(rows.drop(columns="geometry"), geometry=shapes, crs=UTM)
    added = boundaries.add(written(rows, tmp_path / "f.geojson"), tmp_path / "kept")
    assert added.repairs.several_features == (cells["commune_code"].iloc[30],)
    kept = boundaries.load(added.path, 2019).polygons[cells["commune_code"].iloc[30]]
    assert kept.geom_type == "Polygon" and kept.area == pytest.approx(shape.area, rel=0.02)


def test_boundaries_serve_the_years_whose_units_they_make_up(cells, tmp_path):
    added = boundaries.add(written(cells, tmp_path / "a.geojson"), tmp_path / "kept")
    for year, count in ((2018, 145), (2021, 144), (2024, 143)):
        loaded = boundaries.load(added.path, year)
        assert len(loaded.polygons) == count == len(areas.units(year))
    joined = boundaries.load(added.path, 2021).polygons["31081"]
    parts = boundaries.load(added.path, 2019).polygons
    assert joined.area == pytest.approx(parts["31081"].area + parts["31099"].area)


def test_boundaries_of_merged_units_do_not_serve_earlier_years(tmp_path):
    later = schematic(2021).geodata()[["commune_code", "name", "geometry"]]
    added = boundaries.add(written(later, tmp_path / "g.geojson"), tmp_path / "kept", 2021)
    assert boundaries.load(added.path, 2021) is not None
    assert boundaries.load(added.path, 2019) is None


def test_the_same_file_gives_the_same_bytes(cells, tmp_path):
    path = written(cells, tmp_path / "a.geojson")
    first = boundaries.add(path, tmp_path / "one").path.read_bytes()
    assert boundaries.add(path, tmp_path / "two").path.read_bytes() == first


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.txt", "x", "not '.txt'"),
        ("a.geojson", "not json", "cannot be read"),
        ("a.geojson", '{"type":"FeatureCollection","features":[]}', "holds no geometry"),
    ],
)
def test_unreadable_files_are_refused_in_one_line(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(boundaries.BoundariesError, match=message):
        boundaries.read(tmp_path / name)


def test_points_are_no_boundaries(cells, tmp_path):
    frame = cells.set_geometry(cells.geometry.representative_point())
    with pytest.raises(boundaries.BoundariesError, match="no polygons but Point"):
        boundaries.read(written(frame, tmp_path / "p.geojson"))


def test_a_shapefile_without_its_projection_is_refused(cells, tmp_path):
    cells[["name", "geometry"]].to_file(tmp_path / "m.shp")
    (tmp_path / "m.prj").unlink()
    with pytest.raises(boundaries.BoundariesError, match=r"needs its \.prj"):
        boundaries.read(tmp_path / "m.shp")


def test_a_file_without_codes_or_names_is_refused(cells):
    with pytest.raises(boundaries.BoundariesError, match="it has colour"):
        boundaries.match(cells[["geometry"]].assign(colour="red"), 2019)


def test_a_damaged_store_says_how_to_mend_it(tmp_path):
    file = tmp_path / "communes_2019.geojson"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(boundaries.BoundariesError, match="kgstats boundaries add"):
        boundaries.load(file, 2019)


# Commands ----------------------------------------------------------------------------------


@pytest.fixture
def command(tmp_path):
    app = typer.Typer()
    commands.register(app)
    workspace = tmp_path / "workspace"
    (workspace / "data" / "raw").mkdir(parents=True)

    def run(*arguments: str):
        return CliRunner().invoke(app, ["boundaries", *arguments, "--workspace", str(workspace)])

    run.folder = workspace / "data" / "boundaries"
    return run


def test_command_adds_and_reports(cells, tmp_path, command):
    result = command("add", str(written(cells, tmp_path / "a.geojson")))
    assert result.exit_code == 0, result.output
    assert "matched: 145 units of 2019 (145 by code)" in result.output
    assert (command.folder / "communes_2019.geojson").is_file()


def test_command_fails_in_one_line(tmp_path, command):
    result = command("add", str(tmp_path / "none.geojson"))
    assert result.exit_code == 2
    assert result.output.startswith("error: there is no file")
    assert len(result.output.strip().splitlines()) == 1


@pytest.fixture
def served(cells, tmp_path):
    """A server on this machine, so that the test needs no internet."""
    folder = tmp_path / "served"
    folder.mkdir()
    file = written(cells, folder / "communes.geojson")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *_: None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/communes.geojson", file
    server.shutdown()
    server.server_close()


def test_fetch_checks_what_it_downloads(served, command):
    url, file = served
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    result = command("fetch", url, "--sha256", digest)
    assert result.exit_code == 0, result.output
    kept = json.loads((command.folder / "communes_2019.geojson").read_text(encoding="utf-8"))
    assert kept["kgstats"]["sha256"] == digest


def test_fetch_refuses_another_file(served, command):
    url, _ = served
    result = command("fetch", url, "--sha256", "0" * 64)
    assert result.exit_code == 2 and "could not be fetched" in result.output
    assert not (command.folder / "communes_2019.geojson").exists()
    assert command("fetch", url, "--sha256", "abc").exit_code == 2


# The real ones, where they are at hand -----------------------------------------------------


@pytest.mark.parametrize("columns", [["gso_code"], ["name", "type", "district_name"], ["name"]])
def test_real_boundaries_match_by_code_or_name(shared, columns):
    path = shared / "reference" / "boundaries" / "kiengiang_communes_2019.geojson"
    frame = boundaries.read(path)
    found = boundaries.match(frame[[*columns, "geometry"]], 2019)
    assert found.missing.empty and found.unmatched.empty
    matched = found.found.set_index("feature")["commune_code"]
    assert matched.tolist() == frame["gso_code"].tolist()
    assert (found.found["distance_m"] == 0).all()
