"""A map as an inline SVG: complete without a script, searchable and walkable with one.

Every area is one ``<path>`` with its words in a ``<title>``. Colours are attributes, so that the
picture is right wherever it is put; a page's styles may rename paper and ink. ``map.js`` adds the
panel, the keyboard and the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from markupsafe import Markup
from shapely.geometry.base import BaseGeometry

from kgstats.present import numbers, style
from kgstats.present.maps.classes import Category
from kgstats.present.maps.colouring import Colouring
from kgstats.present.maps.layout import LINE, MAIN, TITLE_SIZE, WHERE, Area, Label, Sheet
from kgstats.present.maps.names import mark_places
from kgstats.present.maps.spec import Mark
from kgstats.present.picture import BLANK, esc
from kgstats.words import translator

INK = f"var(--ink, {style.INK})"
MUTED = f"var(--muted, {style.MUTED})"
PAPER = f"var(--paper, {style.PAPER})"
GRID = f"var(--grid, {style.GRID})"
FONTS = ", ".join(f"'{name}'" if " " in name else name for name in style.FONTS)
LOCATOR_FILL = "#e6e9ec"
HERE_LAND = "#d3d8dd"
HIT_AREA = 60.0
"""Areas smaller than this (true islets) get an unseen disc around them to point at."""
HIT = 7.0


def number(value: float) -> str:
    """Write a coordinate with one decimal at most."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def path(shape: BaseGeometry) -> str:
    """Write a shape as path data, relative and rounded to a tenth of a unit.

    Corners are rounded where they stand and then written as differences, so that neighbours keep
    the same border.
    """
    pieces: list[str] = []
    for part in shapely.get_parts(shape):
        rings = shapely.get_rings(part) if part.geom_type == "Polygon" else [part]
        for ring in rings:
            tenths = np.rint(shapely.get_coordinates(ring) * 10).astype(int)
            steps = np.diff(tenths, axis=0)
            steps = steps[(steps != 0).any(axis=1)]
            if len(steps) < 2:
                continue
            closed = ring.is_ring
            pieces.append(f"M{_tenths(tenths[0][0])},{_tenths(tenths[0][1])}l")
            pieces.append(" ".join(_step(dx, dy) for dx, dy in steps[: -1 if closed else None]))
            if closed:
                pieces.append("z")
    return "".join(pieces)


def _tenths(value: int) -> str:
    whole, rest = divmod(abs(int(value)), 10)
    text = (f"{whole}" if whole or not rest else "") + (f".{rest}" if rest else "")
    return ("-" if value < 0 else "") + text


def _step(dx: int, dy: int) -> str:
    second = _tenths(dy)
    return _tenths(dx) + ("" if second.startswith("-") else ",") + second


@lru_cache(maxsize=24)
def _paths(sheet: Sheet) -> tuple[tuple[Area, str], ...]:
    return tuple((area, path(area.shape)) for area in sheet.areas)


@lru_cache(maxsize=24)
def _outlines(sheet: Sheet) -> Mapping[str, str]:
    return {frame: path(shapely.line_merge(lines)) for frame, lines in sheet.outlines.items()}


@lru_cache
def _markup() -> Any:
    from jinja2 import Environment, PackageLoader

    loader = PackageLoader("kgstats.present", "templates")
    return Environment(loader=loader, autoescape=True).get_template("map.html").module


def patterns(slug: str) -> str:
    """Return the patterns of fills that must be told apart without colour."""
    return str(_markup().patterns(slug, style.INK, style.MUTED))


SIGNS = {
    "ring": '<circle r="4" fill="#fff" stroke="{ink}" stroke-width="1.6"/>',
    "star": '<path d="M0,-6 1.5,-2 5.7,-1.9 2.4,.8 3.5,4.9 0,2.5 -3.5,4.9 -2.4,.8 -5.7,-1.9'
    ' -1.5,-2z" fill="#fff" stroke="{ink}" stroke-width="1.1"/>',
    "triangle": '<path d="M0,-5 5,4 -5,4z" fill="#fff" stroke="{ink}" stroke-width="1.3"/>',
}


def sign(name: str) -> str:
    """Return the drawing of a mark around the origin."""
    return SIGNS[name].format(ink=style.INK)


def svg(sheet: Sheet, colouring: Colouring, *, slug: str, alternative: str, lang: str) -> str:
    """Return the map's picture."""
    fills = {category.key: category for category in colouring.categories}
    used = {fills[key].pattern for key in colouring.of.values()} - {""}
    defs = f"<defs>{patterns(slug)}</defs>" if used else ""
    layers = "".join(frames(sheet, colouring, slug=slug, lang=lang))
    return f"{root(sheet, alternative)}{defs}{layers}</svg>"


def root(sheet: Sheet, alternative: str) -> str:
    """Return the opening tag of a map's picture."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="map-sheet" '
        f'viewBox="0 0 {number(sheet.width)} {number(sheet.height)}" role="img" '
        f'aria-label="{esc(alternative)}" font-family="{FONTS}" '
        f'style="max-width: {sheet.width:.0f}px">'
    )


def frames(sheet: Sheet, colouring: Colouring, *, slug: str, lang: str) -> Iterator[str]:
    """Draw the boxes of a sheet one after the other: areas, borders, names, marks."""
    fills = {category.key: category for category in colouring.categories}
    rim = MUTED if sheet.level == "tile" else PAPER
    for box in sheet.boxes:
        nx, ny, scale = box.narrow
        move = (
            f"--x:{number(nx - box.x * scale)}px;--y:{number(ny - box.y * scale)}px;--s:{scale:g}"
        )
        yield f'<g class="map-frame" data-frame="{box.frame}" style="{move}">'
        if box.frame != MAIN and sheet.level != "tile":
            yield (
                f'<rect x="{number(box.x + 0.5)}" y="{number(box.y + 0.5)}" '
                f'width="{number(box.width - 1)}" height="{number(box.height - 1)}" '
                f'style="fill:none;stroke:{GRID}" class="map-rim"/>'
            )
        if box.frame == MAIN:
            yield _locators(sheet)
        if box.frame == WHERE and sheet.here is not None:
            yield _here(*sheet.here)
        yield f'<g class="map-areas" style="stroke:{rim};stroke-width:.7;stroke-linejoin:round">'
        for area, data in _paths(sheet):
            if area.frame == box.frame:
                yield _area(area, data, fills, colouring, slug)
        yield "</g>"
        if box.frame in sheet.outlines:
            # A light casing, so that the line is seen between dark areas too.
            line = f'<use href="#{slug}-{box.frame}-borders" style="stroke:'
            yield (
                f'<defs><path id="{slug}-{box.frame}-borders" d="{_outlines(sheet)[box.frame]}"/>'
                '</defs><g class="map-districts" pointer-events="none" '
                'style="fill:none;stroke-linejoin:round">'
                f'{line}{PAPER};stroke-width:2.8"/>{line}{INK};stroke-width:1.1"/></g>'
            )
        yield f'<g class="map-words">{_words(sheet, box.frame, lang)}</g>'
        yield _marks(sheet, colouring.marks, box.frame)
        yield "</g>"


def _area(
    area: Area, data: str, fills: Mapping[str, Category], colouring: Colouring, slug: str
) -> str:
    category = fills[colouring.of[area.code]]
    title = "\n".join(colouring.lines[area.code])
    code = f'data-code="{esc(area.code)}"' if area.primary else f'data-part="{esc(area.code)}"'
    own = colouring.districts.get(area.code)
    district = f' data-district="{esc(own)}"' if own else ""
    if area.code in colouring.over_years:
        district += f' data-keys="{esc(" ".join(colouring.over_years[area.code]))}"'
    drawn = (
        f'<path {code} data-key="{esc(category.key)}" d="{data}" fill="{category.colour}"'
        f"{district}><title>{esc(title)}</title></path>"
    )
    if category.pattern:
        drawn += (
            f'<path d="{data}" fill="url(#{slug}-{category.pattern})" stroke="none" '
            'pointer-events="none" aria-hidden="true"/>'
        )
    if area.primary and area.shape.area < HIT_AREA:
        x, y = area.anchor
        drawn += (
            f'<path data-part="{esc(area.code)}" class="map-hit" fill="transparent" stroke="none" '
            f'd="M{number(x - HIT)},{number(y)}a{HIT:g},{HIT:g} 0 1,0 {2 * HIT:g},0'
            f'a{HIT:g},{HIT:g} 0 1,0 -{2 * HIT:g},0z"><title>{esc(title)}</title></path>'
        )
    return drawn


def _locators(sheet: Sheet) -> str:
    pieces = [
        f'<path class="map-locator" d="{path(shape)}" fill="{LOCATOR_FILL}" '
        f'style="stroke:{INK};stroke-width:.8" pointer-events="none"/>'
        for shape in sheet.locators.values()
    ]
    pieces += [
        f'<path class="map-leader" d="M{number(x1)},{number(y1)}L{number(x2)},{number(y2)}" '
        f'style="fill:none;stroke:{MUTED};stroke-width:.8;stroke-dasharray:3 2"/>'
        for x1, y1, x2, y2 in sheet.leaders
    ]
    return "".join(pieces)


def _here(land: BaseGeometry, district: BaseGeometry) -> str:
    """Draw where in the province a district lies."""
    return (
        f'<g class="map-here" pointer-events="none" style="stroke-linejoin:round">'
        f'<path d="{path(land)}" fill="{HERE_LAND}" style="stroke:{MUTED};stroke-width:.6"/>'
        f'<path d="{path(district)}" fill="{style.CONTRAST}" '
        f'style="stroke:{style.CONTRAST};stroke-width:1.6"/></g>'
    )


def _marks(sheet: Sheet, marks: Sequence[Mark], frame: str) -> str:
    pieces = []
    for mark in marks:
        for place, x, y in mark_places(sheet, mark.codes).values():
            if place == frame:
                pieces.append(
                    f'<g transform="translate({number(x)},{number(y)})">{sign(mark.sign)}</g>'
                )
    if not pieces:
        return ""
    return f'<g class="map-marks" pointer-events="none">{"".join(pieces)}</g>'


def _words(sheet: Sheet, frame: str, lang: str) -> str:
    """Return the names, title, scale bar and arrow of one box."""
    t = translator(lang)
    pieces = []
    box = next(box for box in sheet.boxes if box.frame == frame)
    if box.title(lang):
        pieces.append(
            f'<text class="map-inset-title" x="{number(box.x + 6)}" y="{number(box.y + 14.5)}" '
            f'font-size="{TITLE_SIZE:g}" font-weight="600" style="fill:{INK}">'
            f"{esc(box.title(lang))}</text>"
        )
    two_sizes = any(label.narrow for label in sheet.labels)
    for narrow in (False, True):
        labels = [
            label for label in sheet.labels if label.frame == frame and label.narrow == narrow
        ]
        if not labels:
            continue
        hidden = ' display="none"' if narrow else ""
        weight = "600" if box.labels == "districts" else "400"
        name = ("map-names-narrow" if narrow else "map-names-wide") if two_sizes else "map-names"
        pieces.append(
            f'<g class="{name}" text-anchor="middle" '
            f'font-size="{labels[0].size:g}" font-weight="{weight}" pointer-events="none" '
            f'paint-order="stroke" style="fill:{INK};stroke:{PAPER};'
            f'stroke-width:{labels[0].size / 4:.1f};stroke-linejoin:round"{hidden}>'
        )
        pieces += [_text(label) for label in labels]
        pieces.append("</g>")
    for bar in sheet.bars:
        if bar.frame == frame:
            km = numbers.number(bar.km, lang)
            pieces.append(
                f'<g class="map-bar" style="stroke:{INK};fill:none">'
                f'<path d="M{number(bar.x)},{number(bar.y - 4)}v4h{number(bar.length)}v-4"/>'
                f'<text x="{number(bar.x + bar.length + 5)}" y="{number(bar.y + 1)}" '
                f'font-size="11.5" '
                f'style="fill:{INK};stroke:none">{km}{numbers.NO_BREAK}km</text></g>'
            )
    if frame == MAIN and sheet.arrow != (0.0, 0.0):
        x, y = sheet.arrow
        north = t("North")
        pieces.append(
            f'<g class="map-north" transform="translate({number(x)},{number(y)})">'
            f'<path d="M0,0 6,20 0,16 -6,20z" style="fill:{INK}"/>'
            f'<text y="33" text-anchor="middle" font-size="11.5" font-weight="600" '
            f'style="fill:{INK}" aria-label="{esc(north)}">{esc(north[0])}</text></g>'
        )
    return "".join(pieces)


def _text(label: Label) -> str:
    size, lines, x = label.size, label.lines, label.x
    first = label.y + size * 0.35 - (len(lines) - 1) * size * LINE / 2
    if len(lines) == 1:
        side = "" if label.align == "middle" else f' text-anchor="{label.align}"'
        return f'<text x="{number(x)}" y="{number(first)}"{side}>{esc(lines[0])}</text>'
    spans = BLANK.join(
        f'<tspan x="{number(x)}" y="{number(first + i * size * LINE)}">{esc(line)}</tspan>'
        for i, line in enumerate(lines)
    )
    return f"<text>{spans}</text>"


def legend(
    entries: Iterable[tuple[Category, int]],
    label: str,
    *,
    slug: str,
    lang: str,
    marks: Sequence[Mark] = (),
    of: str = "",
) -> str:
    """Return the legend, each entry with its number of areas, headed by what they are (``of``)."""
    fills = [(category, numbers.number(count, lang)) for category, count in entries]
    signs = [
        (mark, Markup(sign(mark.sign)), numbers.number(len(mark.codes), lang)) for mark in marks
    ]
    return str(_markup().legend(label, fills, signs, slug, style.MUTED, of))


def interactive(
    sheet: Sheet, colouring: Colouring, *, slug: str, alternative: str, lang: str
) -> str:
    """Return the map with its legend, and the search and panel that a script brings to life."""
    picture = svg(sheet, colouring, slug=slug, alternative=alternative, lang=lang)
    key = legend(
        colouring.legend(),
        colouring.label,
        slug=slug,
        lang=lang,
        marks=colouring.marks,
        of=counted(sheet.level, lang),
    )
    return alive(sheet, picture, key, slug=slug, lang=lang)


def counted(level: str, lang: str, *, panels: bool = False) -> str:
    """Return what a legend counts: the areas of a level, or those of all panels together.

    >>> counted("commune", "en"), counted("district", "vi")
    ('Number of commune-level units', 'Số huyện, thành phố')
    """
    t = translator(lang)
    text = t("Number of districts") if level == "district" else t("Number of commune-level units")
    return t("{counted}, all maps together", counted=text) if panels else text


def alive(sheet: Sheet, picture: str, key: str, *, slug: str, lang: str, about: str = "") -> str:
    """Return a picture and its legend with what a script brings to life.

    ``about`` are further attributes of its root.
    """
    t = translator(lang)
    wide, narrow = sheet.width, sheet.narrow
    words = {
        "level": sheet.level,
        "none": t("No area of this name"),
        "hint": t("Point at an area, or search for it by name."),
        "tap": t("Tap an area, or search for it by name."),
        "keys": t("Map: arrow keys go from area to area, Escape closes."),
        "ask": t("Find a district") if sheet.level == "district" else t("Find a commune"),
        "about": Markup(about),
    }
    ratios = f"--wide:{wide / narrow[0]:.4f};--narrow:{narrow[0]:.0f}/{narrow[1]:.0f}"
    return str(_markup().interactive(words, slug, Markup(picture), Markup(key), ratios))


def over_years(words: Mapping[str, Any], drawn: str, stills: str) -> str:
    """Return a map with the slider of its years, and each year as a still picture below."""
    return str(_markup().over_years(words, Markup(drawn), Markup(stills)))
