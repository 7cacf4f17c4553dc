"""What the maps of a year have in common, made before the first of them is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from kgstats.present.maps import figures, layout, sheets
from kgstats.present.maps.classes import Category
from kgstats.present.maps.shapes import shapes
from kgstats.present.maps.spec import MapSpec


def rehearse(year: int, lang: str) -> Iterator[None]:
    """Draw a map of no data, so that shapes, sheets, names and letters of a year are ready.

    Something else may come between any two parts.
    """
    shapes(year)
    yield
    sheets.sheet(shapes(year), figures.LAYOUTS[layout.COMMUNE], layout.COMMUNE)
    yield
    spec = MapSpec(
        "value",
        "",
        year,
        lang,
        slug="rehearsal",
        title="x",
        categories=(Category("none", "", "#ffffff"),),
    )
    figures.area_map(pd.DataFrame({"commune_code": [], "value": []}), spec)
    yield
    sheets.sheet(shapes(year), "small", layout.COMMUNE)
    yield
    sheets.sheet(shapes(year), "districts", layout.DISTRICT)
