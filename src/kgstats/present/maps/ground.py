"""What a map of one year and level is drawn on, and what its areas are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from kgstats.present.figures import Figure
from kgstats.present.maps import layout
from kgstats.present.maps.colouring import Colouring, colour, district_names, full_names
from kgstats.present.maps.shapes import Shapes
from kgstats.present.maps.shapes import shapes as shapes_of
from kgstats.present.maps.spec import MapSpec
from kgstats.present.tables import Table
from kgstats.reference import areas, unit_types
from kgstats.words import N_, translator

KEYS = {layout.COMMUNE: "commune_code", layout.DISTRICT: "district_code"}
SCHEMATIC = N_(
    "Schematic map drawn from each commune's position and area; borders are not the legal ones."
)
TILES = N_(
    "Tiles by district, one a commune; this is no map: no boundaries or positions are known. "
    "kgstats boundaries add gives them."
)
TRUE_SHAPES = N_("Boundaries: {source}, simplified.")


@dataclass(frozen=True)
class Ground:
    """What a map of one year and level is drawn on."""

    shapes: Shapes
    level: str
    codes: tuple[str, ...]
    names: Mapping[str, str]
    outside: frozenset[str]
    district: str | None = None

    @property
    def key(self) -> str:
        """The column of codes."""
        return KEYS[self.level]


def coloured(frame: pd.DataFrame, spec: MapSpec, ground: Ground) -> Colouring:
    """Give every area its category, its words and its district."""
    of = {code: code for code in ground.codes}
    if ground.level == layout.COMMUNE:
        own = ground.shapes.units.dropna(subset=["district_code"])
        keys = own[["commune_code", "district_code"]].astype(str).to_numpy()
        of = {str(commune): str(district) for commune, district in keys}
    found = colour(frame, spec, ground.key, ground.names, ground.outside)
    return replace(found, districts=of)


def ground_of(spec: MapSpec) -> Ground:
    """Return what a spec's map is drawn on."""
    if spec.level not in KEYS:
        raise ValueError(f"a map's level is one of {', '.join(KEYS)}, not {spec.level!r}")
    found = spec.shapes or shapes_of(spec.year)
    units = found.units
    if spec.level == layout.COMMUNE:
        names = full_names(units, spec.lang)
    else:
        names = district_names(units, spec.lang)
        if not names:
            raise areas.NoAreasForYear(f"there are no districts at the end of {spec.year}")
    ground = Ground(found, spec.level, tuple(names), names, _outside(spec, units))
    if spec.district is None:
        return ground
    own = units["district_code"].astype("string") == spec.district
    held = {str(code): names[str(code)] for code in units.loc[own, "commune_code"]}
    return replace(ground, codes=tuple(held), names=held, district=spec.district)


def _outside(spec: MapSpec, units: pd.DataFrame) -> frozenset[str]:
    if spec.outside == "urban":
        urban = units["type"].isin(unit_types.named("commune", "urban"))
        return frozenset(units.loc[urban, "commune_code"].astype(str))
    if isinstance(spec.outside, str):
        raise ValueError(f"outside is 'urban' or a collection of codes, not {spec.outside!r}")
    return frozenset(str(code) for code in spec.outside)


def where(shapes: Shapes, spec: MapSpec) -> str:
    """Return a map's note: the spec's own, and whose shapes are drawn."""
    t = translator(spec.lang)
    if shapes.tiles:
        about = t(TILES)
    else:
        about = t(SCHEMATIC) if shapes.schematic else t(TRUE_SHAPES, source=shapes.source)
    return f"{spec.note} {about}".strip()


def finished(
    spec: MapSpec, described: str, svg: str, table: Table, note: str, png: bytes | None
) -> Figure:
    """Return a map as readers get it."""
    about = (spec.slug, spec.title, described, svg, spec.lang)
    return Figure(*about, table=table, note=note, print_png=png)
