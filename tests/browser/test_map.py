"""The maps as readers meet them: pointed at, tapped, walked by keyboard and searched, off line."""

from __future__ import annotations

from pathlib import Path

import pytest

from illustrative.truth import truth
from kgstats.analysis import attainment as analysis
from kgstats.appendix import site as publication
from kgstats.present import attainment_figures as show
from kgstats.present import over_years

pytestmark = pytest.mark.browser

WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
LANGUAGES = ["vi", "en"]
GO = "#status-map"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A page of maps in each language with the publication's own styles, scripts and policy."""
    home = tmp_path_factory.mktemp("maps")
    publication.copy_assets(home / "assets")
    tables = {year: truth(year) for year in (2018, 2019)}
    standings = analysis.standings(
        {year: t["communes"] for year, t in tables.items()},
        {year: t["attainment"] for year, t in tables.items()},
        2019,
    )
    standing = standings[standings["year"] == 2019]
    marks = analysis.marks(tables[2019]["attainment"], 2019)
    changes = analysis.changes(standings, 2019)
    for lang in LANGUAGES:
        figures = [
            show.status_map(standing, analysis.summary(standing), lang),
            show.status_tiles(standing, analysis.summary(standing, by="district"), lang),
            show.change_map(changes, analysis.change_counts(changes), 2019, lang),
            show.criterion_panels(marks, analysis.failures(marks), lang),
            over_years.criteria_map(standings.assign(criteria_set="qd1980"), lang),
        ]
        body = "".join(figure.to_html() for figure in figures)
        page = (
            f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta http-equiv="Content-Security-Policy" '
            f'content="{publication.CONTENT_SECURITY_POLICY}"><title>Maps</title>'
            '<link rel="stylesheet" href="../assets/kgstats.css">'
            '<link rel="stylesheet" href="../assets/map.css">'
            '<script src="../assets/map.js" defer></script></head>'
            f"<body><main><h1>Maps</h1>{body}</main></body></html>"
        )
        (home / lang).mkdir()
        (home / lang / "maps.html").write_text(page, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def code():
    """Codes of communes by name and district."""
    from kgstats.reference import areas

    units = areas.units(2019)
    return {
        (row.name, row.district_name): row.commune_code for row in units.itertuples(index=False)
    }


def opened(page, folder: Path, lang: str):
    """Open the page, and gather what went wrong or went out."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on(
        "request",
        lambda r: None if r.url.startswith(folder.as_uri()) else faults.append(r.url),
    )
    page.goto((folder / lang / "maps.html").as_uri())
    return faults


def panel(page) -> list[str]:
    return page.locator(f"{GO} .map-panel p").all_inner_texts()


def middle(page, selector: str) -> tuple[float, float]:
    """A point inside an area as it is on the screen."""
    found = page.locator(selector).evaluate(
        """path => {
            const box = path.getBBox(), matrix = path.getScreenCTM();
            const steps = 24;
            for (let i = 1; i < steps; i++) for (let j = 1; j < steps; j++) {
                // From the middle outwards.
                const x = box.x + box.width * (0.5 + (i % 2 ? 1 : -1) * i / steps / 2);
                const y = box.y + box.height * (0.5 + (j % 2 ? 1 : -1) * j / steps / 2);
                const point = new DOMPoint(x, y);
                if (path.isPointInFill(point)) {
                    const screen = point.matrixTransform(matrix);
                    return [screen.x, screen.y];
                }
            }
        }"""
    )
    return found[0], found[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pointing_shows_the_commune_its_status_and_what_it_lacks(window, folder, code, lang):
    with window(viewport=WIDE) as page:
        faults = opened(page, folder, lang)
        area = f"{GO} path[data-code='{code['Hòa Điền', 'Kiên Lương']}']"
        page.locator(GO).scroll_into_view_if_needed()
        page.mouse.move(*middle(page, area))
        expected = {
            "vi": ["Xã Hòa Điền, huyện Kiên Lương", "Chưa đạt chuẩn", "Đạt 18/19 tiêu chí",
                   "Chưa đạt: 17 Môi trường"],
            "en": ["Hòa Điền commune, Kiên Lương district", "Not yet", "Criteria met: 18 of 19",
                   "Not met: 17 Environment"],
        }  # fmt: skip
        assert panel(page) == expected[lang]
        page.mouse.move(2, 2)
        hint = {"vi": "Chỉ vào một địa bàn", "en": "Point at an area"}
        assert hint[lang] in panel(page)[0]
        assert not faults


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_map_is_one_stop_for_the_keyboard(window, folder, lang):
    with window(viewport=WIDE) as page:
        faults = opened(page, folder, lang)
        for figure in ("#status-map", "#status-tiles", "#change-map"):
            assert page.locator(f"{figure} path[data-code][tabindex='0']").count() == 1
        page.locator(f"{GO} .map-search input").focus()
        # Back from the search box, or on to it: the map is the stop beside it.
        page.keyboard.press("Shift+Tab")
        focused = "document.activeElement.getAttribute('data-code')"
        first = page.evaluate(focused)
        assert first and panel(page)[0]
        seen = {first}
        for key in ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp"]:
            before = page.evaluate(focused)
            page.keyboard.press(key)
            after = page.evaluate(focused)
            if after != before:
                boxes = [
                    page.locator(f"{GO} path[data-code='{c}']").bounding_box()
                    for c in (before, after)
                ]
                (x1, y1), (x2, y2) = (
                    (b["x"] + b["width"] / 2, b["y"] + b["height"] / 2) for b in boxes
                )
                moved = {"ArrowRight": x2 - x1, "ArrowLeft": x1 - x2,
                         "ArrowDown": y2 - y1, "ArrowUp": y1 - y2}[key]  # fmt: skip
                assert moved > 0, key
            seen.add(after)
            told = page.locator(f"{GO} .map-panel").get_attribute("data-code")
            assert told == after
        assert len(seen) >= 4
        page.keyboard.press("Home")
        assert page.evaluate(focused) == "30730"
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert "Vĩnh Thanh Vân" in label
        assert page.locator(f"{GO} .map-cursor").count() == 1
        page.keyboard.press("Escape")
        assert page.locator(f"{GO} .map-cursor").count() == 0
        assert not faults


def test_every_area_can_be_reached_by_arrows(window, folder):
    """No commune is an island to the keyboard: arrows lead from any to any."""
    with window(viewport=WIDE) as page:
        opened(page, folder, "vi")
        reached = page.evaluate(
            """() => {
                const paths = [...document.querySelectorAll('#status-map path[data-code]')];
                const seen = new Set(), queue = [paths[0]];
                while (queue.length) {
                    const path = queue.pop();
                    if (seen.has(path)) continue;
                    seen.add(path);
                    for (const key of ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight']) {
                        path.focus({preventScroll: true});
                        path.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
                        queue.push(document.activeElement);
                    }
                }
                return seen.size;
            }"""
        )
        assert reached == 145


@pytest.mark.parametrize("lang", LANGUAGES)
def test_search_needs_no_accents_and_prefers_exact_ones(window, folder, code, lang):
    with window(viewport=WIDE) as page:
        faults = opened(page, folder, lang)
        search = page.locator(f"{GO} .map-search input")
        options = page.locator(f"{GO} .map-search [role='option']")
        search.fill("dong hung b")
        assert "Đông Hưng B" in options.first.inner_text()
        search.press("Enter")
        chosen = code["Đông Hưng B", "An Minh"]
        assert page.evaluate("document.activeElement.getAttribute('data-code')") == chosen
        assert "Đông Hưng B" in panel(page)[0]
        assert page.locator(f"{GO} .map-cursor.map-pinned").count() == 1
        # Accents written exactly come before the same letters with others.
        search.fill("hòa")
        first = options.first.inner_text()
        assert "Hòa" in first
        search.fill("thạnh lộc")
        assert options.count() == 2  # homonyms in two districts, told apart by the district
        search.press("ArrowDown")
        search.press("ArrowDown")
        assert search.get_attribute("aria-activedescendant") == options.nth(1).get_attribute("id")
        second = options.nth(1).inner_text()
        search.press("Enter")
        assert panel(page)[0] == second
        search.fill("xyzzy")
        none = {"vi": "Không có địa bàn", "en": "No area"}
        assert none[lang] in options.first.inner_text()
        search.press("Escape")
        assert not options.first.is_visible()
        assert not faults


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_tap_on_a_telephone_shows_and_a_second_closes(window, folder, code, lang):
    with window(viewport=PHONE, has_touch=True, is_mobile=True) as page:
        faults = opened(page, folder, lang)
        area = f"{GO} path[data-code='{code['Thổ Châu', 'Phú Quốc']}']"
        page.locator(area).scroll_into_view_if_needed()
        page.touchscreen.tap(*middle(page, area))
        assert "Thổ Châu" in panel(page)[0]
        assert page.locator(f"{GO} .map-panel").is_visible()
        # The panel stays on the screen while the map is on it, wherever the tap was.
        first = f"{GO} path[data-code='{code['Phú Mỹ', 'Giang Thành']}']"
        page.locator(GO).evaluate("figure => figure.scrollIntoView()")
        page.touchscreen.tap(*middle(page, first))
        assert "Phú Mỹ" in panel(page)[0]
        box = page.locator(f"{GO} .map-panel").bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"] + 1
        page.touchscreen.tap(*middle(page, first))
        assert page.locator(f"{GO} .map-cursor.map-pinned").count() == 0
        assert not faults


@pytest.mark.parametrize("width", [320, 360, 390, 700, 1440])
def test_nothing_is_cut_off_at_any_width(window, folder, width):
    with window(viewport={"width": width, "height": 844}) as page:
        opened(page, folder, "vi")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for figure in ("#status-map", "#status-tiles", "#change-map"):
            outside = page.evaluate(
                """selector => {
                    const frame = document.querySelector(selector + ' .map-canvas')
                        .getBoundingClientRect();
                    return [...document.querySelectorAll(selector + ' path[data-code]')]
                        .map(path => [path.dataset.code, path.getBoundingClientRect()])
                        .filter(([, box]) => box.left < frame.left - 1 || box.top < frame.top - 1
                            || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
                        .map(([code]) => code);
                }""",
                figure,
            )
            assert outside == []


def test_names_can_be_read_on_a_telephone(window, folder):
    with window(viewport=PHONE) as page:
        opened(page, folder, "vi")
        heights = page.evaluate(
            """() => [...document.querySelectorAll('#status-map .map-names-narrow text')]
                .filter(text => text.getBoundingClientRect().width)
                .map(text => parseFloat(getComputedStyle(text).fontSize)
                    * text.getScreenCTM().a)"""
        )
        assert len(heights) >= 25
        assert min(heights) > 9.5
        shown = page.locator("#status-map .map-names-wide text").first
        assert not shown.is_visible()


def test_without_a_script_the_map_is_complete(window, folder):
    with window(viewport=WIDE, java_script_enabled=False) as page:
        opened(page, folder, "en")
        assert page.locator(f"{GO} path[data-code] > title").count() == 145
        assert not page.locator(f"{GO} .map-search").is_visible()
        assert not page.locator(f"{GO} .map-panel").is_visible()
        assert page.locator(f"{GO} .map-legend li").count() == 4


YEARS = "#criteria-met-over-years"


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_slider_shows_each_year_and_keeps_the_commune_chosen(window, folder, viewport):
    with window(viewport=viewport) as page:
        faults = opened(page, folder, "en")
        commune = page.locator(f"{YEARS} path[data-code='30838']")
        states = commune.get_attribute("data-keys").split()
        assert states[0] != states[1], "the example must change"
        slider = page.locator(f"{YEARS} input[type=range]")
        assert slider.get_attribute("aria-valuetext") == "2019"
        commune.focus()
        page.keyboard.press("Enter")
        slider.focus()
        page.keyboard.press("ArrowLeft")
        assert slider.get_attribute("aria-valuetext") == "2018"
        assert commune.get_attribute("data-key") == states[0]
        assert page.locator(f"{YEARS} .map-year-now").inner_text() == "2018"
        assert page.locator(f"{YEARS} .map-panel .map-now").inner_text().startswith("2018: ")
        assert ". 2018: " in commune.get_attribute("aria-label").split(" district")[1][:8]
        # Marked in the large map and in the small one of each year.
        assert page.locator(f"{YEARS} .map-cursor.map-pinned").count() == 1 + 2
        counted = page.locator(f"{YEARS} .map-legend li[data-key] .map-count").all_inner_texts()
        assert sum(map(int, counted)) == 145
        page.keyboard.press("ArrowRight")
        assert commune.get_attribute("data-key") == states[1]
        assert "higher than in 2018" in page.locator(f"{YEARS} [role=status]").inner_text()
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert faults == []


def test_years_play_only_when_asked_and_not_where_motion_is_unwanted(window, folder):
    with window(viewport=WIDE, reduced_motion="no-preference") as page:
        opened(page, folder, "en")
        button = page.locator(f"{YEARS} .map-play")
        assert page.locator(f"{YEARS} .map-year-now").inner_text() == "2019"
        button.click()
        assert page.locator(f"{YEARS} .map-year-now").inner_text() == "2018"
        assert button.inner_text() == "Stop"
        button.click()
        assert button.inner_text() == "Play the years"
    with window(viewport=WIDE, reduced_motion="reduce") as page:
        opened(page, folder, "en")
        assert not page.locator(f"{YEARS} .map-play").is_visible()
        assert page.locator(f"{YEARS} input[type=range]").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_maps_have_no_accessibility_violation(window, folder, scheme):
    from axe_playwright_python.base import AXE_FILE_PATH

    axe = AXE_FILE_PATH.read_text(encoding="utf-8")
    with window(viewport=WIDE, color_scheme=scheme) as page:
        opened(page, folder, "vi")
        # With a search open and an area chosen, which is more than what a page shows at first.
        page.locator(f"{GO} .map-search input").fill("hoa")
        page.locator("#change-map .map-search input").fill("dong hung b")
        page.locator("#change-map .map-search input").press("Enter")
        page.locator(f"{GO} .map-search input").fill("hoa")
        page.evaluate(axe + "; undefined")
        result = page.evaluate("axe.run()")
        faults = [
            f"{fault['id']}: {node['html'][:160]}"
            for fault in result["violations"]
            for node in fault["nodes"][:3]
        ]
        assert not faults, "\n".join(faults)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_with_colours_forced_what_stands_beside_the_areas_can_be_read(window, folder, scheme):
    """Fills keep their meaning there, and so the sheet under them its own ink."""
    with window(viewport=WIDE, color_scheme=scheme, forced_colors="active") as page:
        opened(page, folder, "vi")
        shades = page.locator(".map-sheet").evaluate_all(
            """sheets => sheets.flatMap(sheet => {
                const light = colour => colour.match(/[\\d.]+/g).slice(0, 3)
                    .reduce((sum, part) => sum + Number(part), 0) / 3;
                const ground = light(getComputedStyle(sheet).backgroundColor);
                return [...sheet.querySelectorAll(".map-inset-title, .map-bar text")]
                    .map(one => Math.abs(light(getComputedStyle(one).fill) - ground));
            })"""
        )
    assert len(shades) > 8 and min(shades) > 130
