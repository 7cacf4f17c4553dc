"""Boundary files as users have them; whatever is wrong with one is said in one line."""

from __future__ import annotations

import http.server
import json
import struct
import threading
import zipfile
from pathlib import Path

import geopandas
import pytest
import typer
from typer.testing import CliRunner

from kgstats.present.maps.shapes import schematic
from kgstats.reference import boundaries, boundary_files, commands

UTM = boundaries.UTM


@pytest.fixture(scope="module")
def cells() -> geopandas.GeoDataFrame:
    """The schematic's own polygons, in degrees, with names as files have them."""
    frame = schematic(2019).geodata()
    named = frame[["geometry"]].assign(
        ten=frame["type"] + " " + frame["name"], huyen=frame["district_name"]
    )
    return named.to_crs(4326)


def shapefile(frame, path: Path, encoding: str | None, width: int = 80) -> Path:
    """Write a shapefile with text of an encoding, without .cpg, its fields ``width`` bytes wide."""
    frame[["ten", "huyen", "geometry"]].to_file(path, encoding="UTF-8")
    path.with_suffix(".cpg").unlink()
    rows = [
        b" "
        + b"".join(
            one.encode(encoding, "replace")[:width].ljust(width) for one in (row.ten, row.huyen)
        )
        for row in frame.itertuples()
    ]
    head = struct.pack("<B3BIHH20x", 3, 126, 11, 26, len(rows), 32 + 2 * 32 + 1, 1 + 2 * width)
    for name in (b"ten", b"huyen"):
        head += name.ljust(11, b"\0") + b"C" + bytes(4) + bytes([width]) + bytes(15)
    path.with_suffix(".dbf").write_bytes(head + b"\r" + b"".join(rows) + b"\x1a")
    return path


def zipped(path: Path, *files: Path, inside: str = "") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(file, f"{inside}{file.name}")
    return path


# --- letters ---------------------------------------------------------------------------------


def test_names_in_utf8_are_read_without_a_cpg(cells, tmp_path):
    frame = boundaries.read(shapefile(cells, tmp_path / "a.shp", "utf-8"))
    assert frame["ten"].tolist() == cells["ten"].tolist()
    assert frame.attrs == {"letters": "utf-8", "cut": {}, "undrawn": 0}
    found = boundaries.match(frame, 2019)
    assert found.missing.empty and found.unmatched.empty


@pytest.mark.parametrize("stated", ["UTF-8", "65001", "utf8"])
def test_a_cpg_is_believed_where_the_bytes_agree(cells, tmp_path, stated):
    file = shapefile(cells, tmp_path / "a.shp", "utf-8")
    file.with_suffix(".cpg").write_text(stated, encoding="ascii")
    assert boundaries.read(file).attrs["letters"] == ""
    assert file.with_suffix(".cpg").is_file()


def test_a_cpg_that_the_bytes_contradict_is_not_believed(cells, tmp_path):
    file = shapefile(cells.assign(ten="Xã Đất Mũi é"), tmp_path / "a.shp", "cp1258")
    file.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
    assert boundaries.read(file).attrs["letters"] == "cp1258"


def test_names_cut_inside_a_letter_match_by_how_they_begin(cells, tmp_path):
    file = shapefile(cells, tmp_path / "a.shp", "utf-8", width=20)
    cut = [name for name in cells["ten"] if len(name.encode()) > 20]
    frame = boundaries.read(file)
    assert len(frame.attrs["cut"]["ten"]) >= len(cut) > 10
    found = boundaries.match(frame, 2019)
    wrong = found.found[found.found["distance_m"] > 0]
    assert wrong.empty and found.found["by"].eq("beginning").any()
    assert len(found.missing) + len(found.found) == 145
    assert len(found.missing) <= 6, "only names that several units begin with"


def test_a_short_name_that_was_not_cut_matches_no_longer_one(cells, tmp_path):
    frame = boundaries.read(shapefile(cells, tmp_path / "a.shp", "utf-8"))
    frame.loc[0, "ten"] = frame.loc[0, "ten"][:-2]
    assert boundaries.match(frame, 2019).unmatched["feature"].tolist() == [0]


def test_utf8_that_was_read_as_latin1_before_is_put_right(cells, tmp_path):
    garbled = cells.assign(
        ten=[name.encode().decode("latin-1") for name in cells["ten"]],
        huyen=[name.encode().decode("latin-1") for name in cells["huyen"]],
    )
    garbled.to_file(tmp_path / "a.geojson")
    frame = boundaries.read(tmp_path / "a.geojson")
    assert frame["ten"].tolist() == cells["ten"].tolist()
    cells.to_file(tmp_path / "b.geojson")
    assert boundaries.read(tmp_path / "b.geojson").attrs == {"letters": "", "cut": {}, "undrawn": 0}
    french = cells.assign(ten="Thé", huyen="Été")
    french.to_file(tmp_path / "c.geojson")
    assert set(boundaries.read(tmp_path / "c.geojson")["ten"]) == {"Thé"}


def test_damaged_letters_are_said(cells, tmp_path):
    damaged = cells.assign(ten=["x\x81\x8d" + str(number) for number in range(len(cells))])
    file = shapefile(damaged.assign(huyen="y\x90"), tmp_path / "a.shp", "latin-1")
    with pytest.raises(boundaries.BoundariesError, match=r"letters of its names.*\.cpg"):
        boundaries.match(boundaries.read(file), 2019)


def test_received_shapefile_without_cpg(shared):
    frame = boundaries.read(shared / "samples/returns/odd/boundaries_names_utf8_without_cpg.zip")
    assert len(boundaries.match(frame, 2019).found) == 145


# --- coordinates -----------------------------------------------------------------------------


def geojson(frame, path: Path, crs: object = None) -> Path:
    content = json.loads(frame.to_json(drop_id=True))
    content.pop("crs", None)
    if crs is not None:
        content["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_metres_taken_for_degrees_are_said_in_one_line(cells, tmp_path, recwarn):
    file = geojson(cells.to_crs(UTM), tmp_path / "a.geojson")
    app = typer.Typer()
    commands.register(app)
    (tmp_path / "data" / "raw").mkdir(parents=True)
    result = CliRunner().invoke(app, ["boundaries", "add", str(file), "--workspace", str(tmp_path)])
    assert result.exit_code == 2
    assert result.output == (
        "error: the coordinates of a.geojson are metres, not degrees: export it in WGS 84 "
        "(EPSG:4326)\n"
    )
    assert not recwarn.list


@pytest.mark.parametrize("crs", ["urn:ogc:def:crs:EPSG::32648", "EPSG:32648"])
def test_metres_that_the_file_states_are_metres(cells, tmp_path, crs):
    frame = boundaries.read(geojson(cells.to_crs(UTM), tmp_path / "a.geojson", crs))
    assert frame.geometry.iloc[0].distance(cells.to_crs(UTM).geometry.iloc[0]) < 1


@pytest.mark.parametrize(
    ("crs", "message"),
    [
        ("urn:ogc:def:crs:OGC:1.3:CRS84", None),
        ("EPSG:4326", None),
        ("EPSG:9999999", "cannot be read"),
        ("/vsicurl/http://127.0.0.1/a.prj", "no known system"),
        ("+proj=pipeline +step +proj=gridshift +grids=/etc/passwd", "no known system"),
    ],
)
def test_stated_systems_are_known_by_number_only(cells, tmp_path, crs, message):
    file = geojson(cells, tmp_path / "a.geojson", crs)
    if message is None:
        assert len(boundaries.read(file)) == len(cells)
        return
    with pytest.raises(boundaries.BoundariesError, match=message):
        boundaries.read(file)


def test_exchanged_latitude_and_longitude_are_said(cells, tmp_path):
    from shapely.ops import transform

    turned = cells.set_geometry([transform(lambda x, y: (y, x), one) for one in cells.geometry])
    with pytest.raises(boundaries.BoundariesError, match="latitude and longitude are exchanged"):
        boundaries.read(geojson(turned, tmp_path / "a.geojson"))

    some = [*turned.geometry[:5], *cells.geometry[5:]]
    with pytest.raises(boundaries.BoundariesError, match=r"exchanged in 5 features of b\.geojson"):
        boundaries.read(geojson(cells.set_geometry(some), tmp_path / "b.geojson"))


def test_features_without_a_polygon_are_counted(cells, tmp_path, recwarn):
    file = geojson(cells, tmp_path / "a.geojson")
    content = json.loads(file.read_text(encoding="utf-8"))
    content["features"][0]["geometry"] = None
    content["features"][1]["geometry"] = {"type": "Polygon", "coordinates": []}
    file.write_text(json.dumps(content), encoding="utf-16")
    with pytest.raises(boundaries.BoundariesError, match="2 of its features have no polygon"):
        boundaries.add(file, tmp_path / "kept")
    assert not recwarn.list


def test_a_shapefile_without_its_index_is_told_what_it_needs(cells, tmp_path):
    file = shapefile(cells, tmp_path / "a.shp", "utf-8")
    file.with_suffix(".shx").unlink()
    with pytest.raises(boundaries.BoundariesError, match=r"^a\.shp needs its \.shx beside it"):
        boundaries.read(file)


def test_many_features_that_are_no_unit_are_one_line(cells, tmp_path):
    others = [cells.assign(ten=f"Ap {part}") for part in range(3)]
    frame = geopandas.pd.concat([cells, *others], ignore_index=True)
    added = boundaries.add(geojson(frame, tmp_path / "a.geojson"), tmp_path / "kept")
    lines = commands.summary(added)
    [line] = [one for one in lines if "not matched" in one]
    assert line.endswith("and 425 more") and len(line) < 300


def test_received_geojson_in_metres(shared):
    with pytest.raises(boundaries.BoundariesError, match="metres, not degrees"):
        boundaries.read(shared / "samples/returns/odd/boundaries_geojson_in_metres.zip")


# --- what is opened, and what never ----------------------------------------------------------


@pytest.fixture
def asked():
    """A server on this machine, and what was asked of it."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            paths.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET

        def log_message(self, *_):
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".gpkg", ".shp"])
@pytest.mark.parametrize("inside_zip", [False, True])
@pytest.mark.parametrize("what", ["vrt", "gdalg", "url"])
def test_content_that_leads_elsewhere_is_not_followed(
    cells, tmp_path, asked, suffix, inside_zip, what
):
    url, paths = asked
    other = geojson(cells, tmp_path / "other.geojson")
    source = f"/vsicurl/{url}/a.geojson"
    contents = {
        "vrt": f"<OGRVRTDataSource><OGRVRTLayer name='a'><SrcDataSource>{other}</SrcDataSource>"
        f"</OGRVRTLayer><OGRVRTLayer name='b'><SrcDataSource>{source}</SrcDataSource>"
        "</OGRVRTLayer></OGRVRTDataSource>",
        "gdalg": json.dumps(
            {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {source}"}
        ),
        "url": source,
    }
    file = tmp_path / f"a{suffix}"
    file.write_text(contents[what], encoding="utf-8")
    if inside_zip:
        file = zipped(tmp_path / "a.zip", file)
    with pytest.raises(boundaries.BoundariesError) as refused:
        boundaries.read(file)
    assert len(str(refused.value).splitlines()) == 1
    assert paths == []


def test_only_the_files_of_a_shapefile_are_beside_it(cells, tmp_path):
    """What else lies in the folder, as an index or a VRT, is not there when GDAL looks."""
    file = shapefile(cells, tmp_path / "a.shp", "utf-8")
    (tmp_path / "a.vrt").write_text("<OGRVRTDataSource/>", encoding="utf-8")
    (tmp_path / "a.qix").write_bytes(b"x")
    assert len(boundaries.read(file)) == len(cells)


def test_a_zip_may_hold_its_one_data_set_in_a_folder(cells, tmp_path):
    file = shapefile(cells, tmp_path / "Xã.shp", "utf-8")
    parts = [one for one in tmp_path.iterdir() if one.stem == "Xã"]
    assert len(boundaries.read(zipped(tmp_path / "a.zip", *parts, inside="bản đồ/"))) == len(cells)
    two = geojson(cells, tmp_path / "b.geojson")
    with pytest.raises(boundaries.BoundariesError, match=r"one file.*Xã\.shp, b\.geojson"):
        boundaries.read(zipped(tmp_path / "b.zip", file, two))
    with pytest.raises(boundaries.BoundariesError, match="it has none"):
        boundaries.read(zipped(tmp_path / "c.zip", file.with_suffix(".dbf")))


@pytest.mark.parametrize("suffix", [".geojson", ".zip"])
def test_sizes_are_looked_at_first(cells, tmp_path, monkeypatch, suffix):
    monkeypatch.setattr(boundary_files, "MOST_BYTES", 1 << 20)
    file = tmp_path / "a.geojson"
    file.write_text(" " * (3 << 20), encoding="ascii")
    if suffix == ".zip":
        with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(file, file.name)
    with pytest.raises(boundaries.BoundariesError, match="than 1 MB"):
        boundaries.read(tmp_path / f"a{suffix}")


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"type": "Topology", "objects": {}}',
        '{"type": "FeatureCollection", "features": [1]}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon"}}]}',
        '{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[NaN, 1]]]}}',
        "null",
    ],
)
def test_json_that_is_no_geojson_is_refused_in_one_line(tmp_path, content):
    (tmp_path / "a.geojson").write_text(content, encoding="utf-8")
    with pytest.raises(boundaries.BoundariesError, match=r"a\.geojson cannot be read") as refused:
        boundaries.read(tmp_path / "a.geojson")
    assert len(str(refused.value).splitlines()) == 1
