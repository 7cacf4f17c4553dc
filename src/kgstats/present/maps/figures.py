"""The maps a page asks for by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

import pandas as pd

from kgstats.present import claims, numbers
from kgstats.present.figures import Figure
from kgstats.present.maps import drawing, layout, printing, sheets
from kgstats.present.maps import panels as drawn
from kgstats.present.maps.classes import NOT_REPORTED, OUTSIDE
from kgstats.present.maps.colouring import Colouring, district_names, full_names
from kgstats.present.maps.ground import Ground, coloured, finished, ground_of, where
from kgstats.present.maps.shapes import shapes as shapes_of
from kgstats.present.maps.spec import MapSpec, Panels
from kgstats.present.tables import Column, Table
from kgstats.reference import areas
from kgstats.words import N_, translator

LAYOUTS = {layout.COMMUNE: "communes", layout.DISTRICT: "districts"}
_MAP_OF = {
    layout.COMMUNE: N_("Map of {n} commune-level units of {province}, {year}: {label}."),
    layout.DISTRICT: N_("Map of {n} districts and cities of {province}, {year}: {label}."),
}
_UNITS = {layout.COMMUNE: "commune-level units", layout.DISTRICT: "districts"}


def area_map(frame: pd.DataFrame, spec: MapSpec) -> Figure:
    """Draw a map: amounts in classes declared with the indicator, or named states.

    Parameters
    ----------
    spec
        What is drawn; see :class:`MapSpec`.
    frame
        One row per area: ``commune_code`` (or ``district_code``) and the columns the spec names.
        An area without a row, or with a null, is drawn as not reported.

    Raises
    ------
    UnknownArea
        For codes that are not of the year.
    KeyError
        For a column that the frame lacks.
    """
    lacking = [one for one in (f"{spec.level}_code", spec.value) if one not in frame]
    if lacking:
        other = next(level for level in LAYOUTS if level != spec.level)
        hint = f'; level="{other}" draws by {other}_code' if f"{other}_code" in frame else ""
        raise KeyError(f"map {spec.slug!r}: the data has no column {', '.join(lacking)}{hint}")
    ground = ground_of(spec)
    colouring = coloured(frame, spec, ground)
    more = _few(colouring, ground)
    if spec.classes is not None:
        more = _extremes(frame, spec, ground)
    shown = spec.table or _data_table(frame, spec, colouring, ground)
    if ground.district is not None:
        laid = sheets.district_sheet(ground.shapes, ground.district)
    else:
        laid = sheets.sheet(ground.shapes, LAYOUTS[ground.level], ground.level)
    described = spec.alternative or _described(colouring, spec, ground, more)
    return _figure(laid, colouring, spec, described, shown, where(ground.shapes, spec))


def tile_view(frame: pd.DataFrame, spec: MapSpec) -> Figure:
    """Draw every commune of a table as an equal tile, a row a district, in the legend's order.

    For counts of communes: on a map the eye counts square kilometres. Only the communes in the
    table are shown.

    Parameters
    ----------
    frame
        A row a commune: ``commune_code`` and the column drawn.
    spec
        What is drawn; see :class:`MapSpec`.
    """
    units = areas.units(spec.year)
    own = units[units["commune_code"].isin(frame["commune_code"])]
    names = full_names(own, spec.lang)
    shapes = spec.shapes or shapes_of(spec.year)
    ground = Ground(shapes, layout.COMMUNE, tuple(names), names, frozenset())
    colouring = coloured(frame, spec, ground)
    laid = sheets.tiles(_tile_rows(own, colouring, spec.year))
    described = spec.alternative or _described(colouring, spec, ground, _few(colouring, ground))
    shown = spec.table or _data_table(frame, spec, colouring, ground)
    return _figure(laid, colouring, spec, described, shown, spec.note)


def _tile_rows(
    units: pd.DataFrame, colouring: Colouring, year: int
) -> list[tuple[str, list[str], str]]:
    """Return a row a district: its name, its communes in the legend's order, its count."""
    order = {entry.key: i for i, entry in enumerate(colouring.categories)}
    first = colouring.categories[0].key
    rows: list[tuple[str, list[str], str, float]] = []
    grouped = units.assign(district_name=units["district_name"].fillna(areas.province(year)))
    for (_, name), part in grouped.groupby(
        [grouped["district_code"].fillna(""), "district_name"], sort=True
    ):
        codes = sorted(
            part["commune_code"].astype(str), key=lambda code: (order[colouring.of[code]], code)
        )
        # Of those reported: silence is no zero.
        known = [code for code in codes if colouring.of[code] != NOT_REPORTED]
        met = sum(colouring.of[code] == first for code in known)
        told = f"{met}/{len(known)}" if known else f"{numbers.NOT_REPORTED}/{len(codes)}"
        rows.append((str(name), codes, told, met / len(codes)))
    # Districts with the largest share in the first state come first.
    rows.sort(key=lambda row: (-row[3], -len(row[1]), row[0]))
    return [row[:3] for row in rows]


def small_multiples(frame: pd.DataFrame, spec: MapSpec, panels: Panels) -> Figure:
    """Draw one small map for each panel, under one legend, with the areas of the spec's year.

    ``frame`` has one row per area and panel.

    Parameters
    ----------
    frame
        A row an area and panel.
    spec
        What is drawn; see :class:`MapSpec`.
    panels
        The column of panels and their titles.
    """
    ground = ground_of(spec)
    colourings = {
        key: coloured(frame[frame[panels.column] == key], spec, ground) for key in panels.titles
    }
    described = spec.alternative or _described_panels(colourings, panels, spec)
    laid = sheets.sheet(ground.shapes, "small", spec.level)
    note = where(ground.shapes, spec)
    picture = None
    if spec.png:
        of_panels = {key: (laid, colouring) for key, colouring in colourings.items()}
        picture = printing.panels_png(of_panels, drawn.merged(colourings), panels, spec, note)
    svg = drawn.html(laid, colourings, panels, spec, described)
    table = spec.table or _panel_table(colourings, panels, spec)
    return finished(spec, described, svg, table, note, picture)


@dataclass(frozen=True)
class Explored:
    """A map to zoom into: the wheel, dragging, + and -; a double click or 0 shows the whole."""

    figure: Figure

    def _repr_html_(self) -> str:
        script = (resources.files("kgstats.present.maps") / "zoom.js").read_text(encoding="utf-8")
        at = f"kgstats-{self.figure.slug}"
        script += f'(document.getElementById("{at}"));'
        return f'<div id="{at}">{self.figure.to_html()}</div><script>{script}</script>'


def explore(frame: pd.DataFrame, spec: MapSpec, *, interactive: bool = True) -> Explored | None:
    """Return a map to zoom and pan, for a researcher in JupyterLab; nothing in a yearly run.

    It needs no network: it is the map of the page, with hover and search by name, and zooms by the
    wheel, the keys + and - and dragging; a double click or 0 shows the whole again.

    Parameters
    ----------
    frame, spec
        As of :func:`area_map`; slug and title may be left out.
    interactive
        False in a run (``report.interactive``).

    Examples
    --------
    ``maps.explore(both, maps.MapSpec("poor_rate_pct", "Poverty rate", 2019, "en", classes=RATES))``
    """
    if not interactive:
        return None
    named = replace(spec, slug=spec.slug or "explore", title=spec.title or spec.label, png=False)
    return Explored(area_map(frame, named))


def _figure(
    laid: layout.Sheet, colouring: Colouring, spec: MapSpec, described: str, shown: Table, note: str
) -> Figure:
    png = printing.png(laid, colouring, spec, note) if spec.png else None
    svg = drawing.interactive(
        laid, colouring, slug=spec.slug, alternative=described, lang=spec.lang
    )
    return finished(spec, described, svg, shown, note, png)


# Words and tables --------------------------------------------------------------------------


def _described(colouring: Colouring, spec: MapSpec, ground: Ground, more: str) -> str:
    """Say in words what the map shows: what, where, when, how many of each, and which."""
    year, lang = spec.year, spec.lang
    t = translator(lang)
    place = areas.province(year)
    if ground.district is not None:
        place = f"{district_names(ground.shapes.units, lang)[ground.district]}, {place}"
    start = t(
        _MAP_OF[ground.level], n=len(ground.codes), province=place, year=year, label=colouring.label
    )
    counts = "; ".join(
        f"{category.label}: {numbers.number(count, lang)}"
        for category, count in colouring.legend()
        if count
    )
    marks = "".join(
        f" {mark.label}: {numbers.number(len(mark.codes), lang)}." for mark in colouring.marks
    )
    return f"{start} {counts}.{marks} {more}".strip()


def _extremes(frame: pd.DataFrame, spec: MapSpec, ground: Ground, n: int = 3) -> str:
    """Name the areas with the highest and lowest values, no list cut between equals."""
    t, classes = translator(spec.lang), spec.classes
    known = frame.dropna(subset=[spec.value])
    if classes is None or len(known) < 2 * n:
        return ""
    values = known.set_index(ground.key)[spec.value].sort_index()
    shown = {code: classes.shown(value, spec.lang) for code, value in values.items()}
    decimals = classes.decimals_shown

    def listed(lowest: bool) -> str:
        named = claims.top(values, n, decimals, lowest=lowest)
        if named:
            return "; ".join(f"{ground.names[str(code)]} ({shown[code]})" for code, _ in named)
        place = claims.first(values, decimals, lowest=lowest)
        text = t("{value} in {n} areas", value=shown[place.holders[0]], n=len(place.holders))
        return str(text)

    everyone = claims.first(values, decimals)
    if everyone.everyone:
        return t("The same everywhere: {value}.", value=shown[everyone.holders[0]])
    return t("Highest: {high}. Lowest: {low}.", high=listed(False), low=listed(True))


def _few(colouring: Colouring, ground: Ground, most: int = 6) -> str:
    """Name the areas of every category that has only a few."""
    sentences = []
    for category, count in colouring.legend():
        if 0 < count <= most and category.key not in (OUTSIDE,):
            named = [ground.names[c] for c in ground.codes if colouring.of[c] == category.key]
            sentences.append(f"{category.label}: {'; '.join(named)}.")
    return " ".join(sentences)


def _described_panels(colourings: Mapping[Any, Colouring], panels: Panels, spec: MapSpec) -> str:
    lang = spec.lang
    start = translator(lang)(
        "{n} small maps of {province}, {year}: {label}.",
        n=len(panels.titles),
        province=areas.province(spec.year),
        year=spec.year,
        label=spec.label,
    )
    each = []
    for key, name in panels.titles.items():
        counts = ", ".join(
            f"{category.label} {numbers.number(count, lang)}"
            for category, count in colourings[key].legend()
            if category.key != OUTSIDE and count
        )
        each.append(f"{name}: {counts}")
    return f"{start} {'; '.join(each)}."


def _state(colouring: Colouring, code: str) -> str:
    return next(c.label for c in colouring.categories if c.key == colouring.of[code])


def _caption(spec: MapSpec) -> str:
    t = translator(spec.lang)
    if str(spec.year) in spec.label:
        return t("{label}: the map's data", label=spec.label)
    return t("{label}, {year}: the map's data", label=spec.label, year=spec.year)


def _data_table(frame: pd.DataFrame, spec: MapSpec, colouring: Colouring, ground: Ground) -> Table:
    """Return what the map shows, an area a row: its amount and class, or its state."""
    t = translator(spec.lang)
    codes, classes = ground.codes, spec.classes
    states = [_state(colouring, code) for code in codes]
    rows = pd.DataFrame({ground.key: list(codes), "area": [ground.names[c] for c in codes]})
    if classes is not None:
        amounts = dict(zip(frame[ground.key].astype("string"), frame[spec.value], strict=True))
        values = pd.array([amounts.get(code) for code in codes], dtype="Float64")
        rows = rows.assign(**{spec.value: values, "class": states})
        for key in {"year", "base_year"} & set(frame.columns if len(frame) else ()):
            rows[key] = frame[key].iloc[0]
        kind = "number" if classes.kind == "count" else classes.kind
        shown = [
            Column(spec.value, spec.label, kind, classes.decimals),
            Column("class", t("Class on the map")),
        ]
    else:
        more = ["; ".join(colouring.lines[code][2:]) for code in codes]
        rows = rows.assign(**{spec.value: states, "more": more})
        shown = [Column(spec.value, spec.label)]
        shown += [Column("more", t("Further"))] if any(more) else []
    columns = [Column("area", t("Area")), *shown]
    return Table(f"{spec.slug}-data", _caption(spec), rows, columns, spec.lang)


def _panel_table(colourings: Mapping[Any, Colouring], panels: Panels, spec: MapSpec) -> Table:
    """Count the areas of every state by panel."""
    some = next(iter(colourings.values()))
    used = [
        category
        for category in some.categories
        if category.key != OUTSIDE
        and (
            category.key != NOT_REPORTED
            or any(c.counts()[NOT_REPORTED] for c in colourings.values())
        )
    ]
    rows = []
    for key, name in panels.titles.items():
        counts = colourings[key].counts()
        # Where nobody reported nothing is known to be none.
        known = any(counts[one.key] for one in used if one.key != NOT_REPORTED)
        told = {c.key: counts[c.key] if known or c.key == NOT_REPORTED else pd.NA for c in used}
        rows.append({panels.column: key, "panel": name} | told)
    t = translator(spec.lang)
    caption = t("{label}, {year}: areas by class", label=spec.label, year=spec.year)
    unit = _UNITS[spec.level]
    columns = [Column("panel", spec.label)]
    columns += [Column(one.key, one.label, "number", unit=unit) for one in used]
    frame = pd.DataFrame(rows).astype({one.key: "Int64" for one in used})
    return Table(f"{spec.slug}-data", caption, frame, columns, spec.lang)
