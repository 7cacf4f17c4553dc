"""Small multiples: one small map a panel, the shapes written once and used by all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import shapely

from kgstats.present.maps.classes import OUTSIDE, Category
from kgstats.present.maps.colouring import Colouring, entries
from kgstats.present.maps.drawing import INK, PAPER, counted, legend, number, path, patterns
from kgstats.present.maps.layout import Sheet
from kgstats.present.maps.spec import MapSpec, Panels
from kgstats.present.picture import esc


def merged(colourings: Mapping[Any, Colouring]) -> list[tuple[Category, int]]:
    """Return one legend for all panels: how many areas of each state in all panels together."""
    some = next(iter(colourings.values()))
    total: Counter[str] = Counter()
    for colouring in colourings.values():
        total.update(colouring.of.values())
    panels = len(colourings)
    return [
        # Outside are the same areas in every panel.
        (category, count // panels if category.key == OUTSIDE else count)
        for category, count in entries(some.categories, total)
    ]


def html(
    sheet: Sheet,
    colourings: Mapping[Any, Colouring],
    panels: Panels,
    spec: MapSpec,
    alternative: str,
) -> str:
    """Return the panels as a grid that wraps, under one legend.

    The most frequent state of a panel is drawn in one piece, the others area by area, each with
    its words: the page stays small and what stands out is what differs.
    """
    slug = spec.slug
    key = legend(
        merged(colourings),
        next(iter(colourings.values())).label,
        slug=slug,
        lang=spec.lang,
        of=counted(spec.level, spec.lang, panels=True),
    )
    items = "".join(
        item(title, panel(sheet, colourings[one], slug), panels.captions.get(one, ""))
        for one, title in panels.titles.items()
    )
    return (
        f'<div class="map-panels" role="group" aria-label="{esc(alternative)}">'
        f"{shared(sheet, slug)}{key}{grid(items)}</div>"
    )


def shared(sheet: Sheet, slug: str) -> str:
    """Return the shapes that all panels of a sheet use, written once."""
    defs = [
        f'<path id="{slug}-{area.code}{"" if area.primary else "-" + area.frame}" '
        f'd="{path(area.shape)}"/>'
        for area in sheet.areas
    ]
    lines = "".join(path(shapely.line_merge(own)) for own in sheet.outlines.values())
    base = "".join(path(area.shape) for area in sheet.areas)
    return (
        '<svg class="map-shared" width="0" height="0" aria-hidden="true" focusable="false" '
        'style="position:absolute;width:0;height:0">'
        f"<defs>{''.join(defs)}"
        f'<path id="{slug}-base" d="{base}"/><path id="{slug}-borders" d="{lines}"/>'
        f"{patterns(slug)}</defs></svg>"
    )


def item(title: str, picture: str, caption: str = "") -> str:
    """Return one panel under its title."""
    below = f'<span class="map-panel-caption">{esc(caption)}</span>' if caption else ""
    return (
        f'<li class="map-small"><p class="map-panel-title">{esc(title)} {below}</p>{picture}</li>'
    )


def grid(items: str) -> str:
    """Return panels as a grid that wraps."""
    return (
        '<ul class="map-grid" style="display:grid;gap:12px;padding:0;list-style:none;'
        f'grid-template-columns:repeat(auto-fill,minmax(150px,1fr))">{items}</ul>'
    )


def panel(sheet: Sheet, colouring: Colouring, slug: str) -> str:
    """Return the drawing of one panel, from the shapes of :func:`shared`."""
    fills = {category.key: category for category in colouring.categories}
    common = Counter(colouring.of.values()).most_common()
    # Of the states that are values; a tie goes to the legend's order.
    order = [category.key for category in colouring.categories]
    base = min(common, key=lambda entry: (-entry[1], order.index(entry[0])))[0]
    pieces = [
        f'<svg class="map-small-sheet" data-shapes="{slug}" '
        f'viewBox="0 0 {number(sheet.width)} {number(sheet.height)}" '
        'aria-hidden="true" focusable="false" style="max-width:260px">'
        f'<g style="stroke:{PAPER};stroke-width:.35;stroke-linejoin:round">'
        f'<use href="#{slug}-base" fill="{fills[base].colour}"/>'
    ]
    if fills[base].pattern:
        pieces.append(f'<use href="#{slug}-base" fill="url(#{slug}-{fills[base].pattern})"/>')
    for area in sheet.areas:
        key = colouring.of[area.code]
        if key == base:
            continue
        shape = f"#{slug}-{area.code}" + ("" if area.primary else f"-{area.frame}")
        if key == OUTSIDE:
            pieces.append(f'<use href="{shape}" fill="{fills[key].colour}"/>')
            continue
        words = esc("\n".join(colouring.lines[area.code]))
        pieces.append(
            f'<use href="{shape}" data-code="{esc(area.code)}" fill="{fills[key].colour}">'
            f"<title>{words}</title></use>"
        )
        if fills[key].pattern:
            pieces.append(f'<use href="{shape}" fill="url(#{slug}-{fills[key].pattern})"/>')
    pieces.append(
        f'</g><use href="#{slug}-borders" style="fill:none;stroke:{INK};stroke-width:.45"/></svg>'
    )
    return "".join(pieces)
