"""The maps a page asks for by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from kgstats.present import numbers
from kgstats.present.figures import Figure
from kgstats.present.maps import drawing, layout, panels, printing
from kgstats.present.maps.classes import (
    NOT_REPORTED,
    OUTSIDE,
    URBAN,
    Category,
    Classes,
)
from kgstats.present.maps.colouring import (
    Colouring,
    Mark,
    colour,
    district_names,
    full_names,
)
from kgstats.present.maps.shapes import Shapes
from kgstats.present.maps.shapes import shapes as shapes_of
from kgstats.present.tables import Column, Table, table
from kgstats.reference import areas
from kgstats.words import N_, translator

KEYS = {layout.COMMUNE: "commune_code", layout.DISTRICT: "district_code"}
LAYOUTS = {layout.COMMUNE: "communes", layout.DISTRICT: "districts"}
SCHEMATIC = N_(
    "Schematic map drawn from each commune's position and area; borders are not the legal ones."
)
TRUE_SHAPES = N_("Boundaries: {source}, simplified.")
URBAN_TYPES = ("phường", "thị trấn")


@dataclass(frozen=True)
class _Ground:
    """What a map of one year and level is drawn on."""

    shapes: Shapes
    level: str
    codes: tuple[str, ...]
    names: Mapping[str, str]
    outside: frozenset[str]
    district: str | None = None

    @property
    def key(self) -> str:
        return KEYS[self.level]


def _ground(
    year: int, level: str, lang: str, outside: str | Collection[str], shapes: Shapes | None
) -> _Ground:
    if level not in KEYS:
        raise ValueError(f"a map's level is one of {', '.join(KEYS)}, not {level!r}")
    found = shapes or shapes_of(year)
    units = found.units
    if level == layout.COMMUNE:
        names = full_names(units, lang)
    else:
        names = district_names(units, lang)
        if not names:
            raise areas.NoAreasForYear(f"there are no districts at the end of {year}")
    if outside == "urban":
        left = frozenset(units.loc[units["type"].isin(URBAN_TYPES), "commune_code"].astype(str))
    elif isinstance(outside, str):
        raise ValueError(f"outside is 'urban' or a collection of codes, not {outside!r}")
    else:
        left = frozenset(str(code) for code in outside)
    return _Ground(found, level, tuple(names), names, left)


def _of_district(ground: _Ground, district: str) -> _Ground:
    units = ground.shapes.units
    own = units["district_code"].astype("string") == district
    codes = tuple(str(code) for code in units.loc[own, "commune_code"])
    return replace(ground, codes=codes, district=district)


def choropleth(
    frame: pd.DataFrame,
    value: str,
    *,
    classes: Classes,
    label: str,
    year: int,
    lang: str,
    slug: str,
    title: str,
    level: str = layout.COMMUNE,
    outside: str | Collection[str] = (),
    outside_label: str = URBAN,
    facts: str | None = None,
    marks: Sequence[Mark] = (),
    alternative: str | None = None,
    note: str = "",
    table: Table | None = None,
    shapes: Shapes | None = None,
    png: bool = True,
) -> Figure:
    """Draw amounts by commune or district, in classes declared with the indicator.

    Parameters
    ----------
    frame
        One row per area: ``commune_code`` (or ``district_code``) and the columns named here. An
        area without a row, or with a null, is drawn as not reported.
    value
        The column drawn.
    classes
        The indicator's classes; the same object for every year and panel.
    label
        The indicator with its unit: title of the legend, and the word before each value.
    year
        The year whose list of areas the codes belong to.
    slug, title
        Anchor and finding of the figure.
    level
        ``commune`` or ``district``.
    outside
        ``"urban"``, or codes of areas the indicator does not exist for: grey.
    outside_label
        What being outside means, in English (translated here).
    facts
        Column with further lines about each area, for the panel: a list of texts.
    marks
        Signs over some areas.
    alternative, table
        Made from the data when not given.
    note
        Source and cautions; that the map is schematic is added.
    shapes
        Shapes to draw; those of the workspace when not given.
    png
        Whether the figure also carries a picture at print resolution.

    Raises
    ------
    UnknownArea
        For codes that are not of the year.
    """
    ground = _ground(year, level, lang, outside, shapes)
    colouring = colour(
        frame,
        value,
        key=ground.key,
        codes=ground.codes,
        names=ground.names,
        lang=lang,
        label=label,
        classes=classes,
        outside=ground.outside,
        outside_label=outside_label,
        facts=facts,
        marks=marks,
    )
    described = alternative or _described(
        colouring, ground, year, lang, _extremes(frame, value, classes, ground, lang)
    )
    shown = table or _value_table(frame, value, classes, colouring, ground, slug, label, year, lang)
    return _figure(colouring, ground, slug, title, described, note, shown, lang, png)


def category_map(
    frame: pd.DataFrame,
    category: str,
    *,
    categories: Sequence[Category],
    label: str,
    year: int,
    lang: str,
    slug: str,
    title: str,
    level: str = layout.COMMUNE,
    district: str | None = None,
    outside: str | Collection[str] = (),
    outside_label: str = URBAN,
    facts: str | None = None,
    marks: Sequence[Mark] = (),
    alternative: str | None = None,
    note: str = "",
    table: Table | None = None,
    shapes: Shapes | None = None,
    png: bool = True,
) -> Figure:
    """Draw named states by commune or district; ``category`` holds keys of ``categories``.

    ``district`` draws one district alone, as large as the sheet allows. The other parameters are
    those of :func:`choropleth`.
    """
    ground = _ground(year, level, lang, outside, shapes)
    if district is not None:
        ground = _of_district(ground, district)
    colouring = colour(
        frame,
        category,
        key=ground.key,
        codes=ground.codes,
        names=ground.names,
        lang=lang,
        label=label,
        categories=categories,
        outside=ground.outside,
        outside_label=outside_label,
        facts=facts,
        marks=marks,
    )
    described = alternative or _described(
        colouring, ground, year, lang, _few(colouring, ground, lang)
    )
    shown = table or _category_table(colouring, ground, slug, label, year, lang)
    return _figure(colouring, ground, slug, title, described, note, shown, lang, png)


def tile_view(
    frame: pd.DataFrame,
    category: str,
    *,
    categories: Sequence[Category],
    label: str,
    year: int,
    lang: str,
    slug: str,
    title: str,
    facts: str | None = None,
    marks: Sequence[Mark] = (),
    alternative: str | None = None,
    note: str = "",
    table: Table | None = None,
    png: bool = True,
) -> Figure:
    """Draw every commune of a table as an equal tile, a row a district, in the legend's order.

    For counts of communes: on a map the eye counts square kilometres. Only the communes in the
    table are shown; the parameters are those of :func:`category_map`.
    """
    units = areas.units(year)
    own = units[units["commune_code"].isin(frame["commune_code"])]
    names = full_names(own, lang)
    colouring = colour(
        frame,
        category,
        key="commune_code",
        codes=tuple(names),
        names=names,
        lang=lang,
        label=label,
        categories=categories,
        outside_label=URBAN,
        facts=facts,
        marks=marks,
    )
    order = {entry.key: i for i, entry in enumerate(colouring.categories)}
    first = colouring.categories[0].key
    rows: list[tuple[str, list[str], str, float]] = []
    grouped = own.assign(district_name=own["district_name"].fillna(areas.province(year)))
    for (_, name), part in grouped.groupby(
        [grouped["district_code"].fillna(""), "district_name"], sort=True
    ):
        codes = sorted(
            part["commune_code"].astype(str), key=lambda code: (order[colouring.of[code]], code)
        )
        met = sum(colouring.of[code] == first for code in codes)
        rows.append((str(name), codes, f"{met}/{len(codes)}", met / len(codes)))
    # Districts with the largest share in the first state come first.
    rows.sort(key=lambda row: (-row[3], -len(row[1]), row[0]))
    laid = layout.tiles([row[:3] for row in rows])
    ground = _Ground(shapes_of(year), layout.COMMUNE, tuple(names), names, frozenset())
    described = alternative or _described(
        colouring, ground, year, lang, _few(colouring, ground, lang)
    )
    shown = table or _category_table(colouring, ground, slug, label, year, lang)
    return Figure(
        slug=slug,
        title=title,
        alternative=described,
        svg=drawing.interactive(laid, colouring, slug=slug, alternative=described, lang=lang),
        lang=lang,
        table=shown,
        note=note,
        print_png=printing.png(laid, colouring, title=title, note=note, lang=lang) if png else None,
    )


def small_multiples(
    frame: pd.DataFrame,
    value: str,
    *,
    panel: str,
    titles: Mapping[Any, str],
    label: str,
    year: int,
    lang: str,
    slug: str,
    title: str,
    classes: Classes | None = None,
    categories: Sequence[Category] = (),
    level: str = layout.COMMUNE,
    outside: str | Collection[str] = (),
    outside_label: str = URBAN,
    captions: Mapping[Any, str] | None = None,
    alternative: str | None = None,
    note: str = "",
    table: Table | None = None,
    shapes: Shapes | None = None,
    png: bool = True,
) -> Figure:
    """Draw one small map for each value of the column ``panel``, under one legend.

    Parameters
    ----------
    frame
        One row per area and panel.
    panel, titles
        The column that names the panel, and each panel's title in the order shown.
    captions
        A few words under each panel's title, such as its count.
    classes, categories
        One of the two: amounts in classes, or named states.

    The other parameters are those of :func:`choropleth`. All panels are drawn with the areas of
    ``year``.
    """
    if (classes is None) == (not categories):
        raise ValueError("small_multiples takes either classes or categories")
    ground = _ground(year, level, lang, outside, shapes)
    colourings: dict[Any, Colouring] = {}
    for key in titles:
        colourings[key] = colour(
            frame[frame[panel] == key],
            value,
            key=ground.key,
            codes=ground.codes,
            names=ground.names,
            lang=lang,
            label=label,
            classes=classes,
            categories=categories,
            outside=ground.outside,
            outside_label=outside_label,
        )
    below = captions or {}
    described = alternative or _described_panels(colourings, titles, ground, year, lang, label)
    laid = layout.sheet(ground.shapes, "small", level)
    shown = table or _panel_table(colourings, titles, ground, slug, label, year, lang)
    where = _where(ground.shapes, note, lang)
    return Figure(
        slug=slug,
        title=title,
        alternative=described,
        svg=panels.html(
            laid, colourings, titles, below, slug=slug, alternative=described, lang=lang
        ),
        lang=lang,
        table=shown,
        note=where,
        print_png=panels.png(laid, colourings, titles, below, title=title, note=where, lang=lang)
        if png
        else None,
    )


def explore(
    frame: pd.DataFrame,
    value: str,
    *,
    label: str,
    year: int,
    lang: str,
    classes: Classes | None = None,
    categories: Sequence[Category] = (),
    outside: str | Collection[str] = (),
    facts: str | None = None,
    shapes: Shapes | None = None,
    interactive: bool = True,
) -> Any:
    """Return a map to zoom and pan, for a researcher in JupyterLab; nothing in a yearly run.

    The browser fetches the map library (Leaflet) from the internet; no background map is fetched.
    """
    if not interactive:
        return None
    ground = _ground(year, layout.COMMUNE, lang, outside, shapes)
    colouring = colour(
        frame,
        value,
        key=ground.key,
        codes=ground.codes,
        names=ground.names,
        lang=lang,
        label=label,
        classes=classes,
        categories=categories,
        outside=ground.outside,
        outside_label=URBAN,
        facts=facts,
    )
    t = translator(lang)
    fills = {category.key: category for category in colouring.categories}
    shown = ground.shapes.geodata()[["commune_code", "geometry"]]
    area, told = t("Area"), label
    shown[area] = [colouring.lines[code][0] for code in shown["commune_code"]]
    shown[told] = ["; ".join(colouring.lines[code][1:]) for code in shown["commune_code"]]
    colours = [fills[colouring.of[code]].colour for code in shown["commune_code"]]
    return shown.explore(
        color=colours,
        tiles=None,
        tooltip=[area, told],
        popup=[area, told],
        style_kwds={"color": "#ffffff", "weight": 1, "fillOpacity": 1.0},
        highlight_kwds={"color": "#1d2733", "weight": 3},
    )


def _figure(
    colouring: Colouring,
    ground: _Ground,
    slug: str,
    title: str,
    alternative: str,
    note: str,
    shown: Table,
    lang: str,
    png: bool,
) -> Figure:
    if ground.district is not None:
        laid = layout.district_sheet(ground.shapes, ground.district)
    else:
        laid = layout.sheet(ground.shapes, LAYOUTS[ground.level], ground.level)
    where = _where(ground.shapes, note, lang)
    return Figure(
        slug=slug,
        title=title,
        alternative=alternative,
        svg=drawing.interactive(laid, colouring, slug=slug, alternative=alternative, lang=lang),
        lang=lang,
        table=shown,
        note=where,
        print_png=printing.png(laid, colouring, title=title, note=where, lang=lang)
        if png
        else None,
    )


def _where(shapes: Shapes, note: str, lang: str) -> str:
    t = translator(lang)
    about = t(SCHEMATIC) if shapes.schematic else t(TRUE_SHAPES, source=shapes.source)
    return f"{note} {about}".strip()


# Words and tables --------------------------------------------------------------------------


def _described(colouring: Colouring, ground: _Ground, year: int, lang: str, more: str = "") -> str:
    """Say in words what the map shows: what, where, when, how many of each, and which."""
    t = translator(lang)
    place = areas.province(year)
    if ground.district is not None:
        place = f"{district_names(ground.shapes.units, lang)[ground.district]}, {place}"
    if ground.level == layout.COMMUNE:
        start = t(
            "Map of {n} communes, wards and townships of {province}, {year}: {label}.",
            n=len(ground.codes),
            province=place,
            year=year,
            label=colouring.label,
        )
    else:
        start = t(
            "Map of {n} districts and cities of {province}, {year}: {label}.",
            n=len(ground.codes),
            province=place,
            year=year,
            label=colouring.label,
        )
    counts = "; ".join(
        f"{category.label}: {numbers.number(count, lang)}" for category, count in colouring.legend()
    )
    marks = "".join(
        f" {mark.label}: {numbers.number(len(mark.codes), lang)}." for mark in colouring.marks
    )
    return f"{start} {counts}.{marks} {more}".strip()


def _extremes(
    frame: pd.DataFrame, value: str, classes: Classes, ground: _Ground, lang: str, n: int = 3
) -> str:
    """Name the areas with the highest and lowest values."""
    t = translator(lang)
    known = frame.dropna(subset=[value])
    if len(known) < 2 * n:
        return ""
    ordered = known.sort_values([value, ground.key], kind="stable")

    def listed(rows: pd.DataFrame) -> str:
        return "; ".join(
            f"{ground.names[str(code)]} ({classes.shown(amount, lang)})"
            for code, amount in zip(rows[ground.key], rows[value], strict=True)
        )

    return t(
        "Highest: {high}. Lowest: {low}.",
        high=listed(ordered.iloc[::-1].head(n)),
        low=listed(ordered.head(n)),
    )


def _few(colouring: Colouring, ground: _Ground, lang: str, most: int = 6) -> str:
    """Name the areas of every category that has only a few."""
    sentences = []
    for category, count in colouring.legend():
        if 0 < count <= most and category.key not in (OUTSIDE,):
            named = [ground.names[c] for c in ground.codes if colouring.of[c] == category.key]
            sentences.append(f"{category.label}: {'; '.join(named)}.")
    return " ".join(sentences)


def _described_panels(
    colourings: Mapping[Any, Colouring],
    titles: Mapping[Any, str],
    ground: _Ground,
    year: int,
    lang: str,
    label: str,
) -> str:
    t = translator(lang)
    start = t(
        "{n} small maps of {province}, {year}: {label}.",
        n=len(titles),
        province=areas.province(year),
        year=year,
        label=label,
    )
    each = []
    for key, name in titles.items():
        counts = ", ".join(
            f"{category.label} {numbers.number(count, lang)}"
            for category, count in colourings[key].legend()
            if category.key != OUTSIDE and count
        )
        each.append(f"{name}: {counts}")
    return f"{start} {'; '.join(each)}."


def _state(colouring: Colouring, code: str) -> str:
    return next(c.label for c in colouring.categories if c.key == colouring.of[code])


def _caption(label: str, year: int, lang: str) -> str:
    t = translator(lang)
    if str(year) in label:
        return t("{label}: the map's data", label=label)
    return t("{label}, {year}: the map's data", label=label, year=year)


def _value_table(
    frame: pd.DataFrame,
    value: str,
    classes: Classes,
    colouring: Colouring,
    ground: _Ground,
    slug: str,
    label: str,
    year: int,
    lang: str,
) -> Table:
    t = translator(lang)
    amounts = dict(zip(frame[ground.key].astype("string"), frame[value], strict=True))
    kind = {"count": "number"}.get(classes.kind, classes.kind)
    rows = pd.DataFrame(
        {
            "area": [ground.names[code] for code in ground.codes],
            "value": pd.array([amounts.get(code) for code in ground.codes], dtype="Float64"),
            "class": [_state(colouring, code) for code in ground.codes],
        }
    )
    columns = [
        Column("area", t("Area")),
        Column("value", label, kind=kind, decimals=classes.decimals),
        Column("class", t("Class on the map")),
    ]
    return table(
        rows,
        slug=f"{slug}-data",
        caption=_caption(label, year, lang),
        columns=columns,
        lang=lang,
    )


def _category_table(
    colouring: Colouring, ground: _Ground, slug: str, label: str, year: int, lang: str
) -> Table:
    t = translator(lang)
    rows = pd.DataFrame(
        {
            "area": [ground.names[code] for code in ground.codes],
            "state": [_state(colouring, code) for code in ground.codes],
            "more": ["; ".join(colouring.lines[code][2:]) for code in ground.codes],
        }
    )
    columns = [Column("area", t("Area")), Column("state", label)]
    if rows["more"].str.len().any():
        columns.append(Column("more", t("Further")))
    return table(
        rows,
        slug=f"{slug}-data",
        caption=_caption(label, year, lang),
        columns=columns,
        lang=lang,
    )


def _panel_table(
    colourings: Mapping[Any, Colouring],
    titles: Mapping[Any, str],
    ground: _Ground,
    slug: str,
    label: str,
    year: int,
    lang: str,
) -> Table:
    """Count the areas of every state by panel."""
    t = translator(lang)
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
    for key, name in titles.items():
        counts = colourings[key].counts()
        rows.append({"panel": name} | {c.key: counts[c.key] for c in used})
    return table(
        pd.DataFrame(rows),
        slug=f"{slug}-data",
        caption=t("{label}, {year}: areas by class", label=label, year=year),
        columns=[
            Column("panel", label),
            *(Column(category.key, category.label, kind="number") for category in used),
        ],
        lang=lang,
    )
