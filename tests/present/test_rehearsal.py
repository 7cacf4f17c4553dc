"""What maps have in common is made before the first of them, and changes none of them."""

from __future__ import annotations

import pandas as pd

from kgstats.present.maps import figures, rehearsal, sheets
from kgstats.present.maps.classes import Category
from kgstats.present.maps.shapes import schematic
from kgstats.present.maps.spec import MapSpec
from kgstats.reference import areas


def _map() -> figures.Figure:
    units = areas.units(2019)
    frame = pd.DataFrame({"commune_code": units["commune_code"], "state": "met"})
    states = (Category("met", "Đạt", "#2a6f97"), Category("not", "Chưa", "#dddddd"))
    return figures.area_map(
        frame, MapSpec("state", "Chuẩn", 2019, "vi", "standing", "Bản đồ", categories=states)
    )


def _forget() -> None:
    for cached in (sheets.sheet, schematic):
        cached.cache_clear()


def test_a_map_after_the_rehearsal_finds_all_but_its_colours_and_is_the_same():
    _forget()
    before = _map()
    _forget()
    assert list(rehearsal.rehearse(2019, "vi"))
    made = sheets.sheet.cache_info().misses, schematic.cache_info().misses
    after = _map()
    assert (sheets.sheet.cache_info().misses, schematic.cache_info().misses) == made
    assert (after.print_png, after.svg) == (before.print_png, before.svg)
