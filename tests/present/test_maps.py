"""Maps: every area once and none over another, and the legend says what the table says."""

from __future__ import annotations

import io
import json
import re
import warnings
from collections import Counter
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from lxml import html as lxml_html

from illustrative.truth import truth
from kgstats.analysis import attainment as analysis
from kgstats.present import attainment_figures as show
from kgstats.present import maps
from kgstats.present.maps import drawing, layout, names, sheets
from kgstats.present.maps.shapes import projected, voronoi_discs
from kgstats.reference import areas

LIMIT = 150_000
"""Bytes that one map may have in a page."""


@pytest.fixture(autouse=True)
def own_workspace(tmp_path_factory, monkeypatch):
    """A workspace without boundaries, whatever the developer has added to theirs."""
    folder = tmp_path_factory.getbasetemp() / "no-boundaries"
    (folder / "data" / "raw").mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("KGSTATS_WORKSPACE", str(folder))


@pytest.fixture(scope="module")
def standings():
    tables = {year: truth(year) for year in (2018, 2019)}
    return analysis.standings(
        {year: t["communes"] for year, t in tables.items()},
        {year: t["attainment"] for year, t in tables.items()},
        2019,
    )


@pytest.fixture(scope="module")
def standing(standings):
    return standings[standings["year"] == 2019]


def changed(standings):
    changes = analysis.changes(standings, 2019)
    return changes, analysis.change_counts(changes)


def status_map(standing, lang):
    return show.status_map(standing, analysis.summary(standing), lang)


def criteria_map(standing, lang):
    return show.criteria_map(standing, analysis.summary(standing), lang)


@pytest.fixture(scope="module")
def marks():
    return analysis.marks(truth(2019)["attainment"], 2019)


def shape_of(data: str) -> shapely.Geometry:
    """Read a path's data back as a polygon."""
    rings = []
    for piece in re.findall(r"M([^M]+?)z", data):
        start, _, steps = piece.partition("l")
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", steps)]
        first = [float(n) for n in start.split(",")]
        points = np.cumsum([first, *zip(numbers[::2], numbers[1::2], strict=True)], axis=0)
        rings.append(points)
    assert rings, data
    return (
        shapely.union_all([shapely.Polygon(ring) for ring in rings])
        if len(rings) > 1
        else (shapely.Polygon(rings[0]))
    )


def areas_of(figure) -> dict[str, shapely.Geometry]:
    document = lxml_html.fragment_fromstring(figure.svg)
    found = {}
    for path in document.iterfind(".//path[@data-code]"):
        assert path.get("data-code") not in found, "drawn twice"
        found[path.get("data-code")] = shape_of(path.get("d"))
    return found


def legend_of(figure) -> dict[str, int]:
    document = lxml_html.fragment_fromstring(figure.svg)
    return {
        item.get("data-key") or item.get("data-mark"): int(
            item.findtext("b").replace(".", "").replace(",", "")
        )
        for item in document.iterfind(".//div[@class='map-legend']/ul/li")
    }


def assert_apart(shapes: list[shapely.Geometry], tolerance: float = 0.5) -> None:
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    for i, j in zip(left, right, strict=True):
        if i < j:
            shared = shapes[i].intersection(shapes[j]).area
            assert shared < tolerance, (i, j, shared)


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_legend_starts_and_ends_with_a_class_that_some_area_has(lang):
    classes = maps.Classes((2, 4, 8, 16), kind="percent")
    units = areas.units(2019)["commune_code"]
    frame = pd.DataFrame({"commune_code": units, "rate": [3.0] + [10.0] * (len(units) - 1)})
    spec = maps.MapSpec(
        slug="x", title="X", label="Rate", year=2019, lang=lang, value="rate", classes=classes
    )
    figure = maps.area_map(frame, spec)
    # The empty class between the two others stays: it shows that there is a gap.
    assert legend_of(figure) == {"class-1": 1, "class-2": 0, "class-3": len(units) - 1}
    heading = {"vi": "Số đơn vị cấp xã", "en": "Number of commune-level units"}[lang]
    document = lxml_html.fragment_fromstring(figure.svg)
    assert [p.text for p in document.iterfind(".//p[@class='map-counted']")] == [heading]


# The schematic -----------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2018, 2019, 2021, 2024, 2025])
def test_every_unit_has_one_cell_around_its_point_and_none_overlaps(year):
    found = maps.schematic(year)
    units = areas.units(year)
    assert list(found.polygons) == units["commune_code"].tolist()
    shapes = list(found.polygons.values())
    assert all(shape.geom_type == "Polygon" and shape.is_valid for shape in shapes)
    for code, (x, y) in found.points.items():
        assert found.polygons[code].covers(shapely.Point(x, y)), code
    assert_apart(shapes, tolerance=1.0)  # a square metre
    assert shapely.coverage_is_valid(np.array(shapes))


def test_islands_stay_islands_and_the_mainland_is_one():
    found = maps.schematic(2019)
    land = shapely.get_parts(shapely.union_all(list(found.polygons.values())))
    names = dict(zip(found.units["commune_code"], found.units["name"], strict=True))
    alone = {
        names[code]
        for code, shape in found.polygons.items()
        for part in land
        if part.area < shape.area * 1.01 and part.intersects(shape)
    }
    assert alone == {
        "Tiên Hải", "Hòn Nghệ", "Sơn Hải", "Hòn Tre", "Lại Sơn", "An Sơn", "Nam Du", "Hòn Thơm",
        "Thổ Châu",
    }  # fmt: skip
    assert len(land) == 11  # those nine, Phú Quốc and the mainland


def test_cells_grow_with_the_area():
    x, y = np.array([0.0, 50_000.0]), np.array([0.0, 0.0])
    small, large = voronoi_discs(x, y, np.array([20.0, 80.0]))
    assert large.area / small.area == pytest.approx(4, rel=0.05)


def test_points_are_where_utm_says():
    x, _ = projected([105.0], [10.0])
    assert x[0] == pytest.approx(500_000, abs=0.01)  # the zone's central meridian


# The picture -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_status_map_draws_each_commune_once_and_counts_what_the_table_counts(standing, lang):
    figure = status_map(standing, lang)
    drawn = areas_of(figure)
    assert set(drawn) == set(areas.units(2019)["commune_code"])
    assert_apart(list(drawn.values()))
    counts = Counter(standing["status"])
    assert legend_of(figure) == {
        "recognised": counts["recognised"],
        "pending": counts["pending"],
        "not_yet": counts["not_yet"],
        "outside": 28,
    }
    assert counts["recognised"] == 64
    state = figure.table.frame["standing"].value_counts()
    assert sorted(state.tolist()) == sorted(legend_of(figure).values())
    assert len(figure.svg.encode()) < LIMIT


def test_fills_are_those_of_the_legend(standing):
    figure = status_map(standing, "en")
    document = lxml_html.fragment_fromstring(figure.svg)
    keys = Counter(path.get("data-key") for path in document.iterfind(".//path[@data-code]"))
    assert keys == Counter(legend_of(figure))
    fill = {}
    for path in document.iterfind(".//path[@data-code]"):
        assert fill.setdefault(path.get("data-key"), path.get("fill")) == path.get("fill")
    assert len(set(fill.values())) == len(fill)


def test_without_a_script_each_area_has_its_words(standing):
    figure = status_map(standing, "en")
    document = lxml_html.fragment_fromstring(figure.svg)
    titles = {
        path.get("data-code"): path.findtext("title")
        for path in document.iterfind(".//path[@data-code]")
    }
    code = standing.loc[standing["name"] == "Tiên Hải", "commune_code"].item()
    assert titles[code] == (
        "Tiên Hải commune, Hà Tiên city\nNot yet\nCriteria met: 18 of 19\nNot met: 17 Environment"
    )
    assert all(titles.values()) and len(set(titles.values())) == 145
    svg = document.find(".//svg[@class='map-sheet']")
    assert svg.get("role") == "img" and svg.get("aria-label") == figure.alternative
    for hidden in (".//div[@class='map-search']", ".//div[@class='map-panel']"):
        assert document.find(hidden).get("hidden") is not None


def test_alternative_text_is_made_from_the_data(standing):
    english, vietnamese = status_map(standing, "en"), status_map(standing, "vi")
    for part in (
        "145 commune-level units",
        "Recognised as meeting the standard: 64",
        "Gành Dầu",
        "2019",
    ):
        assert part in english.alternative
    for part in ("145 đơn vị cấp xã", "Đã được công nhận đạt chuẩn: 64", "Gành Dầu"):
        assert part in vietnamese.alternative


def area_map(frame, value, **words):
    return maps.area_map(frame, maps.MapSpec(value, **words))


def test_the_schematic_says_so(standing):
    assert "Schematic map" in status_map(standing, "en").note
    assert "Bản đồ sơ lược" in status_map(standing, "vi").note


def test_not_reported_is_hatched_and_counted(standing):
    code = standing["commune_code"].iloc[5]
    frame = standing[standing["commune_code"] != code]
    figure = area_map(
        frame,
        "criteria_met",
        classes=show.CRITERIA_CLASSES,
        label="Criteria met",
        year=2019,
        lang="en",
        slug="gap",
        title="One is missing",
        outside="urban",
        png=False,
    )
    assert legend_of(figure)["not_reported"] == 1
    document = lxml_html.fragment_fromstring(figure.svg)
    path = document.find(f".//path[@data-code='{code}']")
    assert path.get("data-key") == "not_reported"
    assert path.getnext().get("fill") == "url(#gap-hatch)"
    assert "Not reported" in path.findtext("title")
    null = area_map(
        standing.assign(
            criteria_met=standing["criteria_met"].mask(standing["commune_code"] == code)
        ),
        "criteria_met",
        classes=show.CRITERIA_CLASSES,
        label="Criteria met",
        year=2019,
        lang="en",
        slug="gap",
        title="One is missing",
        outside="urban",
        png=False,
    )
    assert null.svg == figure.svg


def test_the_same_data_gives_the_same_bytes(standing):
    first, second = criteria_map(standing, "vi"), criteria_map(standing, "vi")
    assert first.svg == second.svg and first.print_png == second.print_png


def test_names_from_data_stay_text(standing):
    facts = [['<script>alert(1)</script> & "quoted"']] * len(standing)
    figure = area_map(
        standing.assign(facts=facts),
        "criteria_met",
        classes=show.CRITERIA_CLASSES,
        label="<b>x</b>",
        year=2019,
        lang="en",
        slug="safe",
        title="t",
        outside="urban",
        facts="facts",
        png=False,
    )
    assert "<script>" not in figure.svg and "<b>x" not in figure.svg
    assert "&lt;script&gt;" in figure.svg


def test_codes_that_are_not_of_the_year_are_refused(standing):
    frame = standing.assign(commune_code=standing["commune_code"].replace({"30763": "99999"}))
    with pytest.raises(maps.UnknownArea, match="99999"):
        status_map(frame, "en")


def test_a_map_of_another_level_than_its_data_says_how_to_ask_for_it(standing):
    by_district = standing.groupby("district_code", as_index=False).agg(n=("commune_code", "size"))
    asked = {"label": "x", "year": 2019, "lang": "en", "slug": "x", "title": "x"}
    classes = maps.Classes((2, 5), "communes")
    with pytest.raises(KeyError, match=r"no column commune_code, m; level=\"district\" draws"):
        area_map(by_district, "m", classes=classes, **asked)
    assert area_map(by_district, "n", classes=classes, level="district", **asked).svg


def test_undeclared_category_is_refused(standing):
    with pytest.raises(maps.UnknownArea, match="not declared"):
        area_map(
            standing,
            "status",
            categories=[maps.Category("recognised", "Recognised", "#000000")],
            label="x",
            year=2019,
            lang="en",
            slug="x",
            title="x",
        )


def test_print_picture_is_at_print_resolution(standing):
    from PIL import Image

    figure = status_map(standing, "vi")
    with Image.open(io.BytesIO(figure.print_png)) as picture:
        assert picture.width == 2160  # 7.2 inches at 300 dots
        assert round(picture.info["dpi"][0]) == 300
        colours = {colour for _, colour in picture.convert("RGB").getcolors(10_000)}
        assert len(colours) > 10


def test_district_map_draws_every_district_once(standing):
    means = analysis.summary(standing, by="district")
    figure = area_map(
        means,
        "mean_criteria",
        classes=maps.Classes((14, 16, 18), decimals=1),
        label="Mean criteria",
        level="district",
        year=2019,
        lang="en",
        slug="districts",
        title="t",
        png=False,
    )
    drawn = areas_of(figure)
    assert set(drawn) == set(areas.districts(2019)["district_code"])
    # Phú Quốc also has Thổ Châu, in a box of its own.
    parts = lxml_html.fragment_fromstring(figure.svg).findall(".//path[@data-part]")
    assert [part.get("data-part") for part in parts] == ["911"]
    assert_apart([*drawn.values(), *(shape_of(part.get("d")) for part in parts)])
    assert sum(legend_of(figure).values()) == 15


def test_district_map_of_a_year_without_districts_is_refused():
    with pytest.raises(areas.NoAreasForYear, match="no districts"):
        area_map(
            pd.DataFrame({"district_code": [], "x": []}),
            "x",
            classes=maps.Classes((1,)),
            label="x",
            level="district",
            year=2025,
            lang="en",
            slug="x",
            title="x",
        )


def test_tiles_show_each_commune_once_in_the_legends_order(standing):
    figure = show.status_tiles(standing, analysis.summary(standing, by="district"), "vi")
    drawn = areas_of(figure)
    assert set(drawn) == set(standing["commune_code"])
    assert_apart(list(drawn.values()), tolerance=1e-6)
    assert len({round(tile.area, 3) for tile in drawn.values()}) == 1
    text = lxml_html.fragment_fromstring(figure.svg).text_content()
    assert "10/10" in text and "13/18" in text


def test_small_multiples_count_what_the_marks_count(marks):
    figure = show.criterion_panels(marks, analysis.failures(marks), "en")
    legend = legend_of(figure)
    assert legend == {"met": 1977, "unmet": 246, "outside": 28}
    frame = figure.table.frame
    assert frame["met"].sum() == 1977 and (frame["met"] + frame["unmet"] == 117).all()
    assert len(figure.svg.encode()) < LIMIT
    document = lxml_html.fragment_fromstring(figure.svg)
    panels = document.findall(".//li[@class='map-small']")
    assert len(panels) == 19
    drawn = [len(panel.findall(".//use[@data-code]")) for panel in panels]
    assert drawn == frame["unmet"].tolist()
    ids = [element.get("id") for element in document.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def of_years(years, level: str = "commune", missing: str = "") -> tuple[pd.DataFrame, maps.MapSpec]:
    """A value for every area of every year, rising by the year, and what is drawn of it."""
    key = f"{level}_code"
    pieces = []
    for n, year in enumerate(years):
        codes = sorted(areas.units(year)[key].dropna().unique())
        values = [float(i % 8 + n) for i in range(len(codes))]
        pieces.append(pd.DataFrame({"year": year, key: codes, "poor_rate_pct": values}))
    frame = pd.concat(pieces, ignore_index=True)
    frame.loc[(frame[key] == missing) & (frame["year"] == years[0]), "poor_rate_pct"] = None
    spec = maps.MapSpec(
        "poor_rate_pct", "Poverty rate", years[-1], "en", slug="m", level=level, png=False,
        classes=maps.Classes((2, 4, 6), kind="percent"),
    )  # fmt: skip
    return frame, spec


def test_a_map_over_years_is_one_drawing_that_knows_every_year():
    frame, spec = of_years((2018, 2019, 2020), missing="31108")
    figure = maps.over_years(frame, spec)
    document = lxml_html.fragment_fromstring(figure.svg)
    assert [one.get("data-years") for one in document.findall(".//g[@class='map-territory']")] == [
        "2018 2019 2020"
    ]
    drawn = {one.get("data-code"): one for one in document.findall(".//path[@data-code]")}
    assert set(drawn) == set(areas.units(2020)["commune_code"])
    assert drawn["31108"].get("data-keys").split()[0] == "not_reported"
    for code, path in drawn.items():
        keys = path.get("data-keys").split()
        assert len(keys) == 3 and keys[-1] == path.get("data-key")
        assert path.findtext("title").count("%") == (2 if code == "31108" else 3)
    over = json.loads(document.find(".//div[@data-over]").get("data-over"))
    assert {sum(int(n) for n in one["counts"].values()) for one in over.values()} == {145}
    assert len(document.findall(".//li[@class='map-small']")) == 3
    assert "higher in all the areas compared, 144 of 145" in figure.title
    assert all(str(year) in figure.alternative for year in (2018, 2019, 2020))
    shown = figure.table.frame
    assert len(shown) == 145 and shown["poor_rate_pct_2018"].isna().sum() == 1
    ids = [one.get("id") for one in document.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    assert figure.svg == maps.over_years(frame, spec).svg
    assert len(figure.svg.encode()) < 1.6 * LIMIT


def test_years_on_other_areas_have_a_drawing_of_their_own_and_a_break_is_said():
    frame, spec = of_years((2020, 2021))
    broken = {2021: "From 2021 on another standard holds."}
    figure = maps.over_years(frame, spec, breaks=broken)
    document = lxml_html.fragment_fromstring(figure.svg)
    drawn = document.findall(".//g[@class='map-territory']")
    assert [one.get("data-years") for one in drawn] == ["2020", "2021"]
    assert [one.get("display") for one in drawn] == ["none", None]
    for one, year in zip(drawn, (2020, 2021), strict=True):
        codes = {path.get("data-code") for path in one.findall(".//path[@data-code]")}
        assert codes == set(areas.units(year)["commune_code"])
    text = document.text_content()
    assert broken[2021] in text and "not compared with the years before" in text
    assert broken[2021] in figure.alternative and "higher" not in figure.title
    assert "one year only since the last break" in figure.title


def test_what_merged_is_not_compared():
    frame, spec = of_years((2020, 2021))
    before, after = (set(areas.units(year)["commune_code"]) for year in (2020, 2021))
    (gone,) = before - after
    moved = areas.successions(2020, 2021)
    grew = set(moved.loc[moved["from_code"] == gone, "to_code"])
    assert len(grew) == 1 and grew < before & after
    # Only the unit that took another in differs: were it compared, it would be one that rose.
    frame["poor_rate_pct"] = 3.0
    frame.loc[frame["commune_code"].isin(grew) & (frame["year"] == 2021), "poor_rate_pct"] = 5.0
    figure = maps.over_years(frame, spec)
    assert figure.title.endswith(
        "the same in all the areas compared, 143 of 145 commune-level units"
    )
    assert "the same as in 2020 in every area compared: 143" in figure.alternative


def test_a_map_over_years_takes_districts_and_no_states():
    frame, spec = of_years((2019, 2020), level="district")
    assert len(maps.over_years(frame, spec).table.frame) == 15
    states = replace(spec, classes=None, categories=[maps.Category("a", "A", "#fff")])
    with pytest.raises(ValueError, match="takes classes"):
        maps.over_years(frame, states)


def test_change_map_marks_the_newly_recognised(standings):
    figure = show.change_map(*changed(standings), 2019, "en")
    assert legend_of(figure)["ring"] == 13
    document = lxml_html.fragment_fromstring(figure.svg)
    assert len(document.findall(".//g[@class='map-marks']/g")) == 13


def test_a_year_without_a_comparison_says_so(standing):
    assert "2018" in show.change_map(*changed(standing), 2019, "en").to_text()


@pytest.mark.parametrize("criterion", [None, 17])
def test_criterion_map(standing, marks, criterion):
    figure = show.criterion_map(analysis.of_criterion(marks, criterion), standing, "en")
    failed = analysis.failures(marks)
    number = int(failed.iloc[0]["criterion"]) if criterion is None else criterion
    expected = int(failed.set_index("criterion").at[number, "marks_not_met"])
    assert legend_of(figure)["unmet"] == expected
    assert f"Criterion {number} " in figure.title


# The sheet ---------------------------------------------------------------------------------


def label_boxes(sheet, frame: str, narrow: bool):
    for label in sheet.labels:
        if label.frame == frame and label.narrow == narrow:
            width = max(layout.text_width(line, label.size) for line in label.lines)
            height = label.size * layout.LINE * len(label.lines)
            yield shapely.box(
                label.x - width / 2, label.y - height / 2, label.x + width / 2, label.y + height / 2
            )


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", ["communes", "districts"])
def test_names_do_not_collide(name, narrow):
    level = {"communes": "commune", "districts": "district"}[name]
    sheet = sheets.sheet(maps.schematic(2019), name, level)
    for box in sheet.boxes:
        boxes = list(label_boxes(sheet, box.frame, narrow))
        for one, other in combinations(boxes, 2):
            assert one.intersection(other).area < 1e-6
        bars = [bar for bar in sheet.bars if bar.frame == box.frame]
        assert len(bars) == 1
        line = shapely.box(bars[0].x, bars[0].y - 4, bars[0].x + bars[0].length, bars[0].y)
        assert not any(name.intersects(line) for name in boxes)
    districts = [label for label in sheet.labels if label.frame == "main" and not label.narrow]
    # All but Phú Quốc and Kiên Hải, whose boxes bear their names.
    assert len(districts) == 13


def test_scale_bars_are_true():
    shapes = maps.schematic(2019)
    sheet = sheets.sheet(shapes, "communes")
    drawn = {area.code: area for area in sheet.areas}
    for bar in sheet.bars:
        code = next(area.code for area in sheet.areas if area.frame == bar.frame)
        true, shown = shapes.polygons[code].bounds, drawn[code].shape.bounds
        scale = (shown[2] - shown[0]) / (true[2] - true[0])
        assert bar.length == pytest.approx(bar.km * 1000 * scale, rel=0.03), bar.frame


def test_boxes_hold_their_areas_and_no_inset_lies_over_land():
    sheet = sheets.sheet(maps.schematic(2019), "communes")
    rims = {
        box.frame: shapely.box(box.x, box.y, box.x + box.width, box.y + box.height)
        for box in sheet.boxes
    }
    for area in sheet.areas:
        assert rims[area.frame].buffer(0.1).covers(area.shape), area.code
        if area.frame == "main":
            for frame, rim in rims.items():
                assert frame == "main" or not rim.intersects(area.shape), (area.code, frame)
    insets = [rim for frame, rim in rims.items() if frame != "main"]
    assert all(not a.intersects(b) for a, b in combinations(insets, 2))


def test_narrow_sheet_has_no_box_over_another():
    sheet = sheets.sheet(maps.schematic(2019), "communes")
    boxes = {}
    for box in sheet.boxes:
        x, y, scale = box.narrow
        boxes[box.frame] = shapely.box(x, y, x + box.width * scale, y + box.height * scale)
    insets = [box for frame, box in boxes.items() if frame != "main"]
    assert all(a.intersection(b).area == 0 for a, b in combinations(insets, 2))
    main = next(box for box in sheet.boxes if box.frame == "main")
    nx, ny, scale = main.narrow
    land = shapely.union_all([area.shape for area in sheet.areas if area.frame == "main"])
    moved = shapely.transform(land, lambda xy: (xy - [main.x, main.y]) * scale + [nx, ny])
    assert not any(box.intersects(moved) for box in insets)


def test_insets_are_those_declared():
    frames = layout.frames_of(2019, "communes")
    units = areas.units(2019).set_index("commune_code")
    held = Counter(frames.values())
    assert held == {"phu_quoc": 9, "kien_hai": 4, "tho_chau": 1, "rach_gia": 11, "main": 120}
    assert {units.at[c, "type"] for c, f in frames.items() if f == "rach_gia"} == {"phường"}


def test_marks_stand_clear_of_names(standings):
    sheet = sheets.sheet(maps.schematic(2019), "communes")
    codes = frozenset(standings.loc[standings["year"] == 2019, "commune_code"])
    cells = {area.code: area.shape for area in sheet.areas}
    places = names.mark_places(sheet, codes)
    assert set(places) == codes
    for code, (_, x, y) in places.items():
        assert cells[code].buffer(0.5).covers(shapely.Point(x, y)), code
    covered = sum(
        any(name.covers(shapely.Point(x, y)) for name in label_boxes(sheet, frame, False))
        for frame, x, y in places.values()
    )
    assert covered <= 2  # communes smaller than a name


# Classes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "classes", [show.CRITERIA_CLASSES, show.CHANGE_CLASSES, maps.Classes((2, 4, 8), kind="percent")]
)
def test_classes_are_those_of_mapclassify(classes):
    import mapclassify

    values = np.array([*classes.bounds, *(b + 0.01 for b in classes.bounds), -3, 0, 30], float)
    theirs = mapclassify.UserDefined(values, bins=[*classes.bounds, values.max() + 1])
    assert [classes.position(value) for value in values] == theirs.yb.tolist()


def test_class_labels_cover_without_gap_or_overlap():
    assert [c.label for c in show.CRITERIA_CLASSES.categories("vi")] == [
        "0–9", "10–12", "13–14", "15–18", "19",
    ]  # fmt: skip
    assert [c.label for c in show.CHANGE_CLASSES.categories("en")] == [
        "−1 or fewer", "0", "+1 to +2", "+3 to +4", "+5 or more",
    ]  # fmt: skip
    assert [c.label for c in maps.Classes((2, 4.5), kind="percent").categories("vi")] == [
        "đến 2%", "trên 2% đến 4,5%", "trên 4,5%",
    ]  # fmt: skip


def luminance(colour: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[i : i + 2]) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    "classes", [show.CRITERIA_CLASSES, maps.Classes((2, 4, 8, 16, 32), kind="percent")]
)
def test_classes_darken_step_by_step_so_grey_print_reads(classes):
    lights = [luminance(colour) ** (1 / 3) for colour in classes.palette()]
    assert all(lighter - darker > 0.05 for lighter, darker in pairwise(lights))


def test_falls_and_rises_differ_without_colour():
    patterns = [c.pattern for c in show.CHANGE_CLASSES.categories("en")]
    assert patterns == ["lines", "", "", "", ""]


def test_bounds_must_rise():
    with pytest.raises(maps.BadClasses, match="rise"):
        maps.Classes((4, 2))


def test_suggested_classes_rise():
    found = maps.suggest([1, 2, 2.5, 9, 10, 30, 31], 3)
    assert found == sorted(found) and len(found) == 2
    assert maps.Classes(tuple(found))
    assert maps.suggest([2.22170793797732, 5.2675585284280935, 9.1], 3) == [2.2, 5.3]
    # What a package would tell its programmer is not for who asks for classes; nothing is no value.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert maps.suggest([1, 2, float("nan"), 9, 30], 3) == maps.suggest([1, 2, 9, 30], 3)


def test_path_data_reads_back():
    square = shapely.Polygon([(0.04, 0), (10, 0), (10, 10.26), (0, 10)])
    back = shape_of(drawing.path(square))
    assert back.equals_exact(shapely.Polygon([(0, 0), (10, 0), (10, 10.3), (0, 10)]), 1e-9)


def test_explore_is_nothing_in_a_run(standing):
    assert show.explore(standing, "vi", interactive=False) is None


def test_explore_shows_every_unit_and_asks_nothing_of_the_network(standing):
    text = show.explore(standing, "en")._repr_html_()
    codes = {path.get("data-code") for path in lxml_html.fromstring(text).iterfind(".//path")}
    assert set(areas.units(2019)["commune_code"]) <= codes
    assert "Đông Hưng commune, An Minh district" in text
    assert not re.search(r"https?://(?!www\.w3\.org)|\bsrc=", text)


# Boundaries of the user's ------------------------------------------------------------------


def test_boundaries_added_are_drawn_by_the_same_call(standing, shared, tmp_path, monkeypatch):
    from kgstats.reference import boundaries

    (tmp_path / "data" / "raw").mkdir(parents=True)
    boundaries.add(
        shared / "reference" / "boundaries" / "kiengiang_communes_2019.geojson",
        tmp_path / "data" / "boundaries",
    )
    monkeypatch.setenv("KGSTATS_WORKSPACE", str(tmp_path))
    figure = status_map(standing, "en")
    assert "kiengiang_communes_2019.geojson" in figure.note and "Schematic" not in figure.note
    document = lxml_html.fragment_fromstring(figure.svg)
    codes = [path.get("data-code") for path in document.iterfind(".//path[@data-code]")]
    assert Counter(codes) == Counter(areas.units(2019)["commune_code"])
    assert legend_of(figure)["recognised"] == 64
    assert len(figure.svg.encode()) < LIMIT
    later = maps.shapes(2021)
    assert not later.schematic and len(later.polygons) == 144


DISTRICTS = [str(code) for code in areas.districts(2019)["district_code"]]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("district", DISTRICTS)
def test_a_districts_own_map_names_every_commune(district, narrow):
    laid = sheets.district_sheet(maps.schematic(2019), district)
    units = areas.units(2019)
    own = units[units["district_code"] == district].set_index("commune_code")["name"]
    assert sorted(area.code for area in laid.areas) == sorted(own.index)
    shown = [label for label in laid.labels if label.narrow == narrow]
    titled = [title for box in laid.boxes for title in box.title("vi").split(", ")]
    # A commune and a township may share a name.
    wanted = [name for name in own if name not in titled]
    assert sorted([" ".join(label.lines) for label in shown]) == sorted(wanted)
    rects = []
    for label in shown:
        width, height = layout.extent(label.lines, label.size)
        rects.append(
            shapely.box(
                label.x - width / 2, label.y - height / 2, label.x + width / 2, label.y + height / 2
            )
        )
    assert all(a.intersection(b).area < 1 for a, b in combinations(rects, 2))
    for area in laid.areas:
        box = next(box for box in laid.boxes if box.frame == area.frame)
        west, north, east, south = area.shape.bounds
        assert west >= box.x and east <= box.x + box.width
        assert north >= box.y and south <= box.y + box.height


def test_a_districts_own_map_is_as_large_as_the_sheet_allows_and_says_where_it_is():
    laid = sheets.district_sheet(maps.schematic(2019), "905")
    west, north, east, south = shapely.total_bounds([area.shape for area in laid.areas])
    main = laid.boxes[0]
    assert max((east - west) / main.width, (south - north) / main.height) > 0.85
    land, district = laid.here
    assert land.buffer(1).contains(district) and district.area < land.area / 5


def test_a_districts_own_map_tells_only_of_its_communes(standing):
    own = areas.units(2019).query("district_code == '912'")
    frame = pd.DataFrame({"commune_code": own["commune_code"], "state": "a"})
    figure = area_map(
        frame,
        "state",
        categories=[maps.Category("a", "A", "#123456")],
        label="L",
        year=2019,
        lang="en",
        slug="d",
        title="T",
        district="912",
    )
    assert figure.alternative.startswith("Map of 4 commune-level units of Kiên Hải")
    assert len(figure.table.frame) == 4
    assert figure.print_png is not None
    assert len(figure.svg) < LIMIT / 4
    with pytest.raises(KeyError, match="no units"):
        sheets.district_sheet(maps.schematic(2019), "999")
