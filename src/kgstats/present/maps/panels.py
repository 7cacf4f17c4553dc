"""Small multiples: one small map a panel, the shapes written once and used by all."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping
from typing import Any

import shapely

from kgstats.present import style
from kgstats.present.maps.classes import NOT_REPORTED, OUTSIDE, Category
from kgstats.present.maps.colouring import Colouring
from kgstats.present.maps.drawing import INK, PAPER, esc, legend, number, path, patterns
from kgstats.present.maps.layout import Sheet
from kgstats.present.maps.printing import draw_areas, outline, sample, saved
from kgstats.present.maps.spec import MapSpec, Panels

MOST_COLUMNS = 5
"""Panels side by side on a printed page."""


def _merged(colourings: Mapping[Any, Colouring]) -> list[tuple[Category, int]]:
    """Return one legend for all panels: how many areas of each state in all panels together."""
    some = next(iter(colourings.values()))
    total: Counter[str] = Counter()
    for colouring in colourings.values():
        total.update(colouring.of.values())
    panels = len(colourings)
    entries = []
    for category in some.categories:
        count = total[category.key]
        if category.key == OUTSIDE and count:
            entries.append((category, count // panels))  # the same areas in every panel
        elif count or (category.key != NOT_REPORTED and category.key != OUTSIDE):
            entries.append((category, count))
    return entries


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
    some, slug = next(iter(colourings.values())), spec.slug
    defs = [
        f'<path id="{slug}-{area.code}{"" if area.primary else "-" + area.frame}" '
        f'd="{path(area.shape)}"/>'
        for area in sheet.areas
    ]
    lines = "".join(path(shapely.line_merge(own)) for own in sheet.outlines.values())
    base = "".join(path(area.shape) for area in sheet.areas)
    shared = (
        '<svg class="map-shared" width="0" height="0" aria-hidden="true" focusable="false" '
        'style="position:absolute;width:0;height:0">'
        f"<defs>{''.join(defs)}"
        f'<path id="{slug}-base" d="{base}"/><path id="{slug}-borders" d="{lines}"/>'
        f"{patterns(slug)}</defs></svg>"
    )
    key = legend(_merged(colourings), some.label, slug=slug, lang=spec.lang)
    items = []
    for panel, title in panels.titles.items():
        picture = _panel(sheet, colourings[panel], slug)
        words = esc(panels.captions.get(panel, ""))
        below = f'<span class="map-panel-caption">{words}</span>' if words else ""
        items.append(
            f'<li class="map-small"><p class="map-panel-title">{esc(title)} {below}</p>'
            f"{picture}</li>"
        )
    return (
        f'<div class="map-panels" role="group" aria-label="{esc(alternative)}">{shared}{key}'
        '<ul class="map-grid" style="display:grid;gap:12px;padding:0;list-style:none;'
        f'grid-template-columns:repeat(auto-fill,minmax(150px,1fr))">{"".join(items)}</ul></div>'
    )


def _panel(sheet: Sheet, colouring: Colouring, slug: str) -> str:
    fills = {category.key: category for category in colouring.categories}
    common = Counter(colouring.of.values()).most_common()
    # Of the states that are values; a tie goes to the legend's order.
    order = [category.key for category in colouring.categories]
    base = min(common, key=lambda entry: (-entry[1], order.index(entry[0])))[0]
    pieces = [
        f'<svg class="map-small-sheet" viewBox="0 0 {number(sheet.width)} {number(sheet.height)}" '
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


def png(
    sheet: Sheet,
    colourings: Mapping[Any, Colouring],
    panels: Panels,
    spec: MapSpec,
    note: str,
) -> bytes:
    """Draw all panels for print."""
    from matplotlib import pyplot
    from matplotlib.patches import PathPatch
    from matplotlib.transforms import Affine2D

    from kgstats.present import numbers

    with style.house():
        entries = _merged(colourings)
        head, foot = textwrap.wrap(spec.title, 88), textwrap.wrap(note, 120)
        columns = min(MOST_COLUMNS, len(panels.titles))
        rows = -(-len(panels.titles) // columns)
        step_x, step_y = sheet.width + 14, sheet.height + 34
        width = columns * step_x
        scale = width / 756  # so that text keeps its size on the page
        top = (18 * len(head) + 30 + 20 * len(entries)) * scale
        below = (13 * len(foot) + 8) * scale
        height = top + rows * step_y + below
        figure = pyplot.figure(figsize=(7.2, 7.2 * height / width))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")
        points = 7.2 * 72 / 756
        for i, line in enumerate(head):
            axes.text(0, (14 + 18 * i) * scale, line, fontsize=14 * points, weight="bold")
        y = (18 * len(head) + 20) * scale
        some = next(iter(colourings.values()))
        axes.text(0, y, some.label, fontsize=11 * points, weight="bold")
        for i, (category, count) in enumerate(entries):
            sample(axes, category, 0, y + (9 + 20 * i) * scale, scale)
            axes.text(
                32 * scale,
                y + (19.5 + 20 * i) * scale,
                f"{category.label}: {numbers.number(count, spec.lang)}",
                fontsize=11 * points,
            )
        paths = [(area.code, outline(area.shape)) for area in sheet.areas]
        borders = [outline(shapely.line_merge(own)) for own in sheet.outlines.values()]
        for i, (panel, name) in enumerate(panels.titles.items()):
            row, column = divmod(i, columns)
            move = Affine2D().translate(column * step_x, top + row * step_y + 30)
            draw_areas(axes, paths, colourings[panel], line_width=0.25, move=move)
            for border in borders:
                axes.add_artist(
                    PathPatch(
                        border.transformed(move), fill=False, edgecolor=style.INK, linewidth=0.35
                    )
                )
            x, y = column * step_x, top + row * step_y
            axes.text(x, y + 11, name, fontsize=9.5 * points, weight="bold")
            axes.text(x, y + 25, panels.captions.get(panel, ""), fontsize=9 * points)
        for i, line in enumerate(foot):
            axes.text(
                0,
                height - below + (12 + 13 * i) * scale,
                line,
                fontsize=9.5 * points,
                color=style.MUTED,
            )
        return saved(figure)
