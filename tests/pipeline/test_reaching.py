"""Which notebooks draw maps is read off their code, call by call."""

from __future__ import annotations

import ast

import pytest

from kgstats.pipeline import reaching
from kgstats.pipeline.collection import MAPS, PROPOSED_DATA, read_collection

SHOW = "from kgstats.present import attainment_figures as draw\n"


@pytest.mark.parametrize(
    ("source", "draws"),
    [
        (SHOW + "draw.status_map(standing, province, lang)", True),
        (SHOW + "drawn = {'a': draw.status_map}\ndrawn[kind](standing, province, lang)", True),
        ("from kgstats.present.attainment_figures import status_map as s\ns(a, b, 'vi')", True),
        ("import kgstats.present.maps\nkgstats.present.maps.anything()", True),
        ("import kgstats.present.maps as drawn", False),
        ("from kgstats.reference import boundaries\nboundaries.load('x', 2019)", True),
        (SHOW + "hand_over(draw)", True),
        (SHOW + "draw.failures_chart(standing, lang)", False),
        ("from kgstats import notebook\nreport = notebook.start(year=year, lang=lang)", False),
        ("import pandas as pd\npd.DataFrame()", False),
    ],
)
def test_code_that_comes_to_maps_is_known(source, draws):
    assert reaching.reaches([ast.parse(source)], MAPS) is draws


def test_names_are_known_from_one_cell_to_the_next():
    cells = [ast.parse(SHOW), ast.parse("draw.status_map(standing, province, lang)")]
    assert reaching.reaches(cells, MAPS)


def test_pages_with_a_map_and_no_others_depend_on_boundaries(root, site):
    """What the code says is what the published pages show."""
    for notebook in read_collection(root / "notebooks").notebooks:
        if notebook.needs(PROPOSED_DATA):
            continue  # no report waits for review in this workspace
        pages = list((site / "vi").glob(f"{notebook.slug}*.html"))
        shown = any('class="map' in path.read_text(encoding="utf-8") for path in pages)
        assert pages and shown == notebook.draws_maps, notebook.name
