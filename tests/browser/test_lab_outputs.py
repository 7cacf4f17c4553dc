"""Outputs in JupyterLab's own markup and themes: words are read, numbers aligned, charts answer."""

from __future__ import annotations

import pandas as pd
import pytest

from kgstats.lab import Dress
from kgstats.present import maps
from kgstats.present.prose import Headline, Headlines
from kgstats.present.tables import Column, Table
from kgstats.reference import areas

pytestmark = pytest.mark.browser
# What Lab says of tables and lists in its outputs, as far as it set ours out wrongly.
LABS_OWN = """<style>
.jp-RenderedHTMLCommon dl { display: grid; grid-template-columns: auto 1fr; }
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th { text-align: right; }
.jp-RenderedHTMLCommon table { margin-left: auto; margin-right: auto; color: #111; }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: #f5f5f5; }
body { --jp-layout-color0: white; } body[data-jp-theme-light="false"] { --jp-layout-color0: #111; }
</style>"""
CHART = """<div class="chart"><div class="chart-plot">
<svg role="img" aria-label="x" width="90" height="30">
<g class="mark" data-district="908"><title>An Biên: 12</title><rect width="60" height="20"/></g>
</svg></div></div>"""


def output(theme: str) -> str:
    frame = pd.DataFrame({"place": ["An Biên"], "poor": [1234]})
    columns = [Column("place", "Huyện", kind="text"), Column("poor", "Hộ nghèo", kind="number")]
    shown = Table(frame=frame, slug="s", caption="Theo huyện", columns=columns, lang="vi")
    lines = Headlines([Headline("Hộ nghèo", "12.118", "giảm"), Headline("Xã", "64/117")])
    parts = "".join(
        f'<div class="jp-RenderedHTMLCommon jp-RenderedHTML">{one}</div>'
        for one in (
            Dress("vi")._repr_mimebundle_()["text/html"], lines.to_html(), shown.to_html(), CHART
        )
    )  # fmt: skip
    light = "true" if theme == "light" else "false"
    return f'<!DOCTYPE html>{LABS_OWN}<body data-jp-theme-light="{light}">{parts}</body>'


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_outputs_look_and_answer_in_both_themes(window, tmp_path, theme):
    (tmp_path / "lab.html").write_text(output(theme), encoding="utf-8")
    # Lab's theme counts, not that of the machine.
    other = "dark" if theme == "light" else "light"
    with window(color_scheme=other, viewport={"width": 900, "height": 700}) as page:
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto((tmp_path / "lab.html").as_uri())
        for one in page.locator(".headlines > div").all():
            label, value = one.locator("dt").bounding_box(), one.locator("dd").first.bounding_box()
            assert abs(label["x"] - value["x"]) < 2 and value["y"] > label["y"]
        align = "one => getComputedStyle(one).textAlign"
        assert page.locator("table.data tbody th").evaluate(align) == "left"
        assert page.locator("table.data tbody td").evaluate(align) == "right"
        ink = page.locator("table.data tbody td").evaluate("one => getComputedStyle(one).color")
        level = sum(int(part) for part in ink[4:-1].split(","))
        assert level > 600 if theme == "dark" else level < 150
        page.locator(".chart .mark rect").hover()
        assert page.locator(".tip").inner_text() == "An Biên: 12"
        assert faults == []


def test_a_map_to_explore_zooms_without_any_network(window, tmp_path):
    units = areas.units(2019)
    frame = units[["commune_code"]].assign(rate=[n % 7 for n in range(len(units))])
    spec = maps.MapSpec("rate", "Rate", 2019, "en", classes=maps.Classes((2, 4)))
    page_text = f"<!DOCTYPE html><body>{maps.explore(frame, spec)._repr_html_()}</body>"
    (tmp_path / "map.html").write_text(page_text, encoding="utf-8")
    with window(viewport={"width": 1000, "height": 900}) as page:
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / "map.html").as_uri())
        sheet = page.locator("svg.map-sheet").first
        view = "one => one.getAttribute('viewBox').split(' ').map(Number)"
        whole = sheet.evaluate(view)
        sheet.hover()
        page.mouse.wheel(0, -300)
        width = "document.querySelector('svg.map-sheet').viewBox.baseVal.width"
        page.wait_for_function(f"() => {width} < {whole[2]}")
        near = sheet.evaluate(view)
        page.mouse.down()
        page.mouse.move(420, 300, steps=4)
        page.mouse.up()
        assert sheet.evaluate(view)[:2] != near[:2] and sheet.evaluate(view)[2] == near[2]
        sheet.dblclick()
        assert sheet.evaluate(view) == whole
        assert [one.rpartition("/")[2] for one in asked] == ["map.html"]
