"""The same map on paper: a picture at print resolution, with its title, legend and source."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from kgstats.present import numbers, style
from kgstats.present.maps.classes import Category
from kgstats.present.maps.colouring import Colouring
from kgstats.present.maps.drawing import HERE_LAND, LOCATOR_FILL, SIGNS
from kgstats.present.maps.layout import LINE, MAIN, TITLE_SIZE, Sheet, mark_places
from kgstats.words import translator

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

WIDTH_IN = 7.2
DPI = 300
HATCHES = {"": "", "hatch": "//////", "dots": "....", "lines": "-----", "cross": "..."}
HATCH_COLOURS = {"hatch": style.MUTED, "cross": "#8b949d"}
LEGEND_ROW = 20.0


def outline(shape: BaseGeometry) -> Path:
    """Return a shape as a matplotlib path, holes included."""
    from matplotlib.path import Path

    vertices, codes = [], []
    for part in shapely.get_parts(shape):
        rings = shapely.get_rings(part) if part.geom_type == "Polygon" else [part]
        for ring in rings:
            points = shapely.get_coordinates(ring)
            vertices.append(points)
            codes += [Path.MOVETO] + [Path.LINETO] * (len(points) - 1)
    return Path(np.vstack(vertices), codes)


def png(
    sheet: Sheet, colouring: Colouring, *, title: str, note: str, lang: str, dpi: int = DPI
) -> bytes:
    """Draw the map for print: ``WIDTH_IN`` inches wide, white ground."""
    from matplotlib import pyplot

    with style.house():
        head = textwrap.wrap(title, 88)
        foot = textwrap.wrap(note, 120) if note else []
        entries = colouring.legend()
        rows, columns = _legend_shape(len(entries) + len(colouring.marks))
        top = 18.0 * len(head) + 8
        below = 20 + rows * LEGEND_ROW + 6 + 13 * len(foot)
        # A narrow sheet (tiles) keeps its size on the page.
        width = max(sheet.width, 756.0)
        height = top + sheet.height + below
        figure = pyplot.figure(figsize=(WIDTH_IN, WIDTH_IN * height / width))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, width), ylim=(sheet.height + below, -top))
        axes.axis("off")
        points = WIDTH_IN * 72 / width
        for i, line in enumerate(head):
            axes.text(0, -top + 14 + 18 * i, line, fontsize=14 * points, weight="bold")
        _draw_sheet(axes, sheet, colouring, lang, points)
        _draw_legend(axes, colouring, entries, sheet.height + 16, columns, width, lang, points)
        base = sheet.height + 20 + rows * LEGEND_ROW + 14
        for i, line in enumerate(foot):
            axes.text(0, base + 13 * i, line, fontsize=9.5 * points, color=style.MUTED)
        return saved(figure, dpi)


def saved(figure: Any, dpi: int = DPI) -> bytes:
    """Return a drawn figure as a PNG of few colours, which maps are: a third of the size."""
    from matplotlib import pyplot
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    figure.set_dpi(dpi)
    figure.set_facecolor("white")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy())
    pyplot.close(figure)
    small = io.BytesIO()
    few = drawn.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(small, format="png", dpi=(dpi, dpi))
    return small.getvalue()


def _draw_sheet(axes: Axes, sheet: Sheet, colouring: Colouring, lang: str, points: float) -> None:
    from matplotlib.patches import PathPatch, Rectangle

    for box in sheet.boxes:
        if box.frame != MAIN and sheet.level != "tile":
            axes.add_artist(
                Rectangle(
                    (box.x + 0.5, box.y + 0.5),
                    box.width - 1,
                    box.height - 1,
                    fill=False,
                    edgecolor=style.GRID,
                    linewidth=0.7,
                )
            )
        if box.title(lang):
            axes.text(
                box.x + 6,
                box.y + 14.5,
                box.title(lang),
                fontsize=TITLE_SIZE * points,
                weight="bold",
            )
    for shape in sheet.locators.values():
        axes.add_artist(
            PathPatch(outline(shape), facecolor=LOCATOR_FILL, edgecolor=style.INK, linewidth=0.5)
        )
    for shape, fill in zip(sheet.here or (), (HERE_LAND, style.CONTRAST), strict=False):
        axes.add_artist(
            PathPatch(outline(shape), facecolor=fill, edgecolor=style.MUTED, linewidth=0.4)
        )
    for x1, y1, x2, y2 in sheet.leaders:
        axes.plot([x1, x2], [y1, y2], color=style.MUTED, linewidth=0.5, dashes=(4, 3))
    draw_areas(axes, [(area.code, outline(area.shape)) for area in sheet.areas], colouring)
    for lines in sheet.outlines.values():
        border = outline(shapely.line_merge(lines))
        for colour, line_width in ((style.PAPER, 1.8), (style.INK, 0.7)):
            axes.add_artist(PathPatch(border, fill=False, edgecolor=colour, linewidth=line_width))
    _draw_words(axes, sheet, lang, points)
    for mark in colouring.marks:
        for _, x, y in mark_places(sheet, mark.codes).values():
            _draw_sign(axes, mark.sign, x, y)


def draw_areas(
    axes: Axes,
    paths: Sequence[tuple[str, Path]],
    colouring: Colouring,
    line_width: float = 0.5,
    move: Any = None,
) -> None:
    """Draw all areas, those of one category in one piece: matplotlib is slow by the patch."""
    from matplotlib.path import Path

    for category in colouring.categories:
        own = [path for code, path in paths if colouring.of[code] == category.key]
        if own:
            whole = Path.make_compound_path(*own)
            whole = whole if move is None else whole.transformed(move)
            _draw_area(axes, whole, category, line_width)


def _draw_area(axes: Axes, path: Path, category: Category, line_width: float = 0.5) -> None:
    from matplotlib.patches import PathPatch

    axes.add_artist(
        PathPatch(path, facecolor=category.colour, edgecolor=style.PAPER, linewidth=line_width)
    )
    if category.pattern:
        # A hatch takes its colour from the edge, so it is drawn by itself.
        axes.add_artist(
            PathPatch(
                path,
                fill=False,
                edgecolor=HATCH_COLOURS.get(category.pattern, style.INK),
                hatch=HATCHES[category.pattern],
                linewidth=0,
            )
        )


def _draw_words(axes: Axes, sheet: Sheet, lang: str, points: float) -> None:
    from matplotlib.patheffects import withStroke

    weights = {box.frame: "bold" if box.labels != "communes" else "normal" for box in sheet.boxes}
    halo = [withStroke(linewidth=2.0, foreground="white")]
    for label in sheet.labels:
        if label.narrow:
            continue
        axes.text(
            label.x,
            label.y,
            "\n".join(label.lines),
            fontsize=label.size * points * 0.97,
            weight=weights[label.frame] if sheet.level != "tile" else "normal",
            ha={"middle": "center", "end": "right", "start": "left"}[label.align],
            va="center",
            linespacing=LINE,
            path_effects=halo,
        )
    for bar in sheet.bars:
        axes.plot(
            [bar.x, bar.x, bar.x + bar.length, bar.x + bar.length],
            [bar.y - 4, bar.y, bar.y, bar.y - 4],
            color=style.INK,
            linewidth=0.7,
        )
        km = f"{numbers.number(bar.km, lang)}{numbers.NO_BREAK}km"
        axes.text(bar.x + bar.length + 5, bar.y + 1, km, fontsize=10 * points)
    if sheet.arrow != (0.0, 0.0):
        x, y = sheet.arrow
        axes.fill([x, x + 6, x, x - 6], [y, y + 20, y + 16, y + 20], color=style.INK, linewidth=0)
        axes.text(
            x,
            y + 33,
            translator(lang)("North")[0],
            fontsize=11 * points,
            weight="bold",
            ha="center",
        )


def _sign_parts(name: str) -> tuple[str, Any]:
    found = re.search(r'd="([^"]+)"', SIGNS[name])
    if found is None:
        return "circle", None
    values = np.array(re.findall(r"-?[\d.]+", found.group(1)), dtype=float).reshape(-1, 2)
    return "polygon", values


def _draw_sign(axes: Axes, name: str, x: float, y: float) -> None:
    from matplotlib.patches import Circle, Polygon

    kind, values = _sign_parts(name)
    look: dict[str, Any] = {"facecolor": "white", "edgecolor": style.INK, "linewidth": 0.9}
    look["zorder"] = 4  # above the names
    if kind == "circle":
        axes.add_artist(Circle((x, y), 4, **look))
    else:
        axes.add_artist(Polygon(np.add(values, (x, y)), closed=True, **look))


def sample(axes: Axes, category: Category, x: float, y: float, scale: float = 1.0) -> None:
    """Draw a legend's sample of a fill."""
    from matplotlib.patches import Rectangle

    corner = Rectangle((x, y), 24 * scale, 13 * scale)
    _draw_area(axes, corner.get_path().transformed(corner.get_patch_transform()), category)
    corner.set(fill=False, edgecolor=style.MUTED, linewidth=0.5)
    axes.add_artist(corner)


def _legend_shape(count: int) -> tuple[int, int]:
    columns = 2 if count > 4 else max(1, min(count, 2))
    return -(-count // columns), columns


def _draw_legend(
    axes: Axes,
    colouring: Colouring,
    entries: Sequence[tuple[Category, int]],
    top: float,
    columns: int,
    width: float,
    lang: str,
    points: float,
) -> None:
    axes.text(0, top, colouring.label, fontsize=11 * points, weight="bold")
    total = len(entries) + len(colouring.marks)
    rows = -(-total // columns)
    for i in range(total):
        column, row = divmod(i, rows)
        x = column * width / columns
        y = top + 9 + row * LEGEND_ROW
        if i < len(entries):
            category, count = entries[i]
            sample(axes, category, x, y)
            text = f"{category.label}: {numbers.number(count, lang)}"
        else:
            mark = colouring.marks[i - len(entries)]
            _draw_sign(axes, mark.sign, x + 12, y + 6.5)
            text = f"{mark.label}: {numbers.number(len(mark.codes), lang)}"
        axes.text(x + 32, y + 10.5, text, fontsize=11 * points)
