"""A workspace of another province is laid out and read back whole, and its maps are tiles."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import shapely
import typer
from tests.in_process import Notebook, Page, undrawn
from typer.testing import CliRunner

from kgstats.appendix import site
from kgstats.officer.new_province import NotEmpty, lay_out
from kgstats.present import maps
from kgstats.present.maps import sheets
from kgstats.reference import areas, commands, province
from kgstats.returns import processed
from kgstats.returns.subjects.places import gazetteer
from kgstats.workspace import Workspace

KINDS = {"38": 27, "66": 15, "92": 9}
"""One with over 20 districts, one with highland names, one city; how many districts each has."""


@pytest.fixture(autouse=True)
def back():
    yield
    province.use(None)


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    """Workspaces of provinces by their codes, laid out and cleaned once, with what came of it."""

    @cache
    def laid_out(code: str) -> tuple[Workspace, processed.Cleaned]:
        place = lay_out(code, tmp_path_factory.mktemp("provinces") / code, 2019)
        return place, processed.clean_year(2019, place)

    return laid_out


@pytest.mark.parametrize("code", KINDS)
def test_every_return_is_read_back_whole(code, laid):
    place, cleaned = laid(code)
    province.use(place)
    assert len(list(place.returns(2019).iterdir())) == KINDS[code]
    assert place.is_illustrative(2019)
    assert cleaned.exit_code == 0
    units = areas.units(2019)
    found = cleaned.tables["poverty"]
    assert set(found["commune_code"]) == set(units["commune_code"])
    assert len(found) == len(units)
    rural = set(units.loc[units["type"] == "xã", "commune_code"])
    assert set(cleaned.tables["communes"]["commune_code"]) == rural


def shown(place: Workspace, root: Path, name: str, *languages: str) -> list[Page]:
    with undrawn(place.root):
        notebook = Notebook(next((root / "notebooks").glob(f"{name}_*.ipynb")), 2019)
        return [notebook.page(lang) for lang in languages]


TILES = {"vi": "xếp theo huyện; đây không phải bản đồ", "en": "this is no map"}
"""What a page says where it draws tiles in place of a map."""


@pytest.mark.parametrize("code", KINDS)
def test_pages_are_of_the_province(code, laid, root):
    place, _ = laid(code)
    name = province.of_code(code).name
    languages = ("vi", "en") if code == "66" else ("vi",)
    for page in [*shown(place, root, "00", "vi"), *shown(place, root, "20", *languages)]:
        text = page.text()
        assert not page.error
        assert "Kiên Giang" not in text
        assert "Báo cáo chưa đủ" not in text  # A district of wards alone owes no standards.
        if page.name.startswith("20"):
            assert TILES[page.lang] in text
        assert name in site.title(2019, page.lang)


def test_boundaries_of_another_province_make_maps(laid, root, tmp_path):
    place, _ = laid("92")
    province.use(place)
    # The tiles themselves, as polygons of somebody's file: they bound nothing.
    drawn = maps.schematic(2019).geodata()[["commune_code", "geometry"]].to_crs(4326)
    drawn.to_file(tmp_path / "made-up.geojson")
    app = typer.Typer()
    commands.register(app)
    file = str(tmp_path / "made-up.geojson")
    told = CliRunner().invoke(app, ["boundaries", "add", file, "--workspace", str(place.root)])
    assert told.exit_code == 0, told.output
    (page,) = shown(place, root, "20", "en")
    assert not page.error
    assert TILES["en"] not in page.text() and "made-up.geojson" in page.text()


@pytest.mark.parametrize(
    ("code", "text", "district", "name"),
    [
        ("66", "xã Ea H'leo", "645", "Ea H'leo"),
        ("66", "EA H’LEO", "645", "Ea H'leo"),
        ("67", "Xã Đắk R'La", "663", "Đắk R'La"),
        ("79", "Phường 1", "770", "1"),
        ("79", "P. 10", "770", "10"),
        ("79", "Phường 01", "770", "1"),
    ],
)
def test_numbers_and_highland_names_are_names(code, text, district, name, tmp_path):
    lay_out(code, tmp_path / code, 2019)
    match = gazetteer(2019).match(text, district)
    assert match.unit is not None and match.unit.name == name


def test_where_no_place_is_known_maps_are_tiles(tmp_path):
    lay_out("66", tmp_path / "66", 2019)
    shapes = maps.schematic(2019)
    assert shapes.tiles and set(shapes.polygons) == set(areas.units(2019)["commune_code"])
    sheet = sheets.sheet(shapes, "communes")
    own = sheets.district_sheet(shapes, "645")
    for one in (sheet, own):
        assert one.bars == () and one.arrow == (0.0, 0.0) and one.here is None
    assert [box.frame for box in own.boxes] == ["main"]
    assert shapely.unary_union(list(shapes.polygons.values())).area == pytest.approx(
        sum(one.area for one in shapes.polygons.values())
    )


@pytest.mark.parametrize("typed", ["Cao Bằng", "cao-bang", "tỉnh Cao Bằng", "CAOBANG", "4", " 04"])
def test_a_province_is_named_by_its_code_or_its_name(typed, tmp_path):
    place = lay_out(typed, tmp_path / "new", 2019)
    assert province.current().code == "04"
    assert "new-province 04 " in (place.year_raw(2019) / "origin.yml").read_text(encoding="utf-8")


def test_of_a_year_without_districts_nothing_is_laid_out(tmp_path):
    """It once made a workspace without a return, and called that done."""
    with pytest.raises(areas.NoDistricts, match="Đắk Lắk had no districts at the end of 2025"):
        lay_out("66", tmp_path / "new", 2025)
    assert not (tmp_path / "new").exists()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(NotEmpty, match="not empty"):
        lay_out("66", tmp_path, 2019)
    with pytest.raises(NotEmpty, match=r"mine\.txt is no folder"):
        lay_out("66", tmp_path / "mine.txt", 2019)
    with pytest.raises(province.ProvinceError, match="'99'"):
        lay_out("99", tmp_path / "new", 2019)
