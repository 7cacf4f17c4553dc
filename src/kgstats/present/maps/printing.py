"""The same map on paper: a picture at print resolution, with its title, legend and source."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from kgstats.present import numbers, style
from kgstats.present.maps.classes import Category
from kgstats.present.maps.colouring import Colouring
from kgstats.present.maps.drawing import HERE_LAND, LOCATOR_FILL, SIGNS, counted
from kgstats.present.maps.layout import LINE, MAIN, TITLE_SIZE, Label, Sheet
from kgstats.present.maps.names import mark_places
from kgstats.present.maps.spec import MapSpec, Mark, Panels
from kgstats.words import translator

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path

WIDTH_IN = 7.2
DPI = 300
SHEET_WIDTH = 756.0
"""Units across the page when words have their own size; a narrower sheet is not enlarged."""
HATCHES = {"": "", "hatch": "//////", "dots": "....", "lines": "-----", "cross": "..."}
HATCH_COLOURS = {"hatch": style.MUTED, "cross": "#8b949d"}
COMPRESSION = 4
"""A sixteenth larger than by the usual 6, in two thirds of the time."""
SAMPLED = 3
"""Of so many rows and columns of pixels one says which colours a map has."""
LEGEND_ROW = 20.0
MOST_COLUMNS = 5
"""Panels side by side on a page."""


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


@lru_cache(maxsize=24)
def _areas(sheet: Sheet) -> Sequence[tuple[str, Path]]:
    return [(area.code, outline(area.shape)) for area in sheet.areas]


@lru_cache(maxsize=24)
def _borders(sheet: Sheet) -> Sequence[Path]:
    return [outline(shapely.line_merge(lines)) for lines in sheet.outlines.values()]


@lru_cache(maxsize=24)
def _names(sheet: Sheet) -> Path | None:
    """Return the letters of all names of a sheet as one path: most of a map's time is theirs."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.path import Path

    strong = {box.frame for box in sheet.boxes if box.labels != "communes"}
    fonts = {
        weight: FontProperties(family=style.MEASURED_IN, weight=weight)
        for weight in ("normal", "bold")
    }
    letters = []
    for label in sheet.labels:
        if not label.narrow:
            bold = label.frame in strong and sheet.level != "tile"
            letters += _letters(label, fonts["bold" if bold else "normal"])
    return Path.make_compound_path(*letters) if letters else None


def _letters(label: Label, font: FontProperties) -> list[Path]:
    """Return a name's lines where they stand on the sheet, as the map of the page has them."""
    from matplotlib.textpath import TextPath
    from matplotlib.transforms import Affine2D

    share = {"middle": 0.5, "end": 1.0, "start": 0.0}[label.align]
    size, found = label.size * 0.97, []
    first = label.y + label.size * 0.35 - (len(label.lines) - 1) * label.size * LINE / 2
    for i, line in enumerate(label.lines):
        path = TextPath((0, 0), line, size=size, prop=font)
        left = label.x - share * path.get_extents().x1
        move = Affine2D().scale(1, -1).translate(left, first + i * label.size * LINE)
        found.append(path.transformed(move))
    return found


class Paper:
    """A white page ``WIDTH_IN`` inches wide, drawn on in units of the sheet, y downwards.

    ``scale`` is how many units a word's own unit is: more than one where the page is wider than
    a sheet.
    """

    def __init__(self, width: float, top: float, bottom: float, scale: float = 1.0):
        from matplotlib import pyplot

        self.points = WIDTH_IN * 72 / width * scale
        self.scale = scale
        self._figure = pyplot.figure(figsize=(WIDTH_IN, WIDTH_IN * (bottom - top) / width))
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set(xlim=(0, width), ylim=(bottom, top))
        self._axes.axis("off")

    def words(self, x: float, y: float, text: str, size: float, **look: Any) -> None:
        """Write words of a size in units."""
        self._axes.text(x, y, text, fontsize=size * self.points, **look)

    def lines(self, x: float, y: float, lines: Sequence[str], size: float, **look: Any) -> None:
        """Write lines one below the other."""
        step = 18 if size > 10 else 13
        for i, line in enumerate(lines):
            self.words(x, y + step * i * self.scale, line, size, **look)

    def shape(self, shape: BaseGeometry | Path, fill: str, edge: str, width: float) -> None:
        """Draw a shape; without a fill its edge alone."""
        from matplotlib.patches import PathPatch

        path = outline(shape) if isinstance(shape, BaseGeometry) else shape
        look: dict[str, Any] = {"facecolor": fill} if fill else {"fill": False}
        self._axes.add_artist(PathPatch(path, edgecolor=edge, linewidth=width, **look))

    def rim(self, x: float, y: float, width: float, height: float) -> None:
        """Draw the edge of a box."""
        from matplotlib.patches import Rectangle

        rim = Rectangle((x, y), width, height, fill=False, edgecolor=style.GRID, linewidth=0.7)
        self._axes.add_artist(rim)

    def letters(self, path: Path) -> None:
        """Draw letters with a light edge, so that they are read on any fill."""
        from matplotlib.patches import PathPatch

        edge = {"edgecolor": style.PAPER, "linewidth": 2.0, "joinstyle": "round"}
        for look in ({"fill": False, **edge}, {"facecolor": style.INK, "linewidth": 0}):
            self._axes.add_artist(PathPatch(path, zorder=3, **look))

    def line(self, x: Sequence[float], y: Sequence[float], **look: Any) -> None:
        """Draw a line through points."""
        self._axes.plot(x, y, **look)

    def area(self, path: Path, category: Category, width: float = 0.5) -> None:
        """Draw an area in the fill of its category."""
        from matplotlib.patches import PathPatch

        self.shape(path, category.colour, style.PAPER, width)
        if category.pattern:
            # A hatch takes its colour from the edge, so it is drawn by itself.
            edge = HATCH_COLOURS.get(category.pattern, style.INK)
            hatch = HATCHES[category.pattern]
            self._axes.add_artist(
                PathPatch(path, fill=False, edgecolor=edge, hatch=hatch, linewidth=0)
            )

    def areas(
        self,
        paths: Sequence[tuple[str, Path]],
        colouring: Colouring,
        width: float = 0.5,
        move: Any = None,
    ) -> None:
        """Draw all areas, those of one category in one piece: matplotlib is slow by the patch."""
        from matplotlib.path import Path

        for category in colouring.categories:
            own = [path for code, path in paths if colouring.of[code] == category.key]
            if own:
                whole = Path.make_compound_path(*own)
                self.area(whole if move is None else whole.transformed(move), category, width)

    def sample(self, category: Category, x: float, y: float) -> None:
        """Draw a legend's sample of a fill."""
        from matplotlib.patches import Rectangle

        corner = Rectangle((x, y), 24 * self.scale, 13 * self.scale)
        self.area(corner.get_path().transformed(corner.get_patch_transform()), category)
        corner.set(fill=False, edgecolor=style.MUTED, linewidth=0.5)
        self._axes.add_artist(corner)

    def sign(self, name: str, x: float, y: float) -> None:
        """Draw a mark, above the names."""
        from matplotlib.patches import Circle, Polygon

        look: dict[str, Any] = {"facecolor": "white", "edgecolor": style.INK, "linewidth": 0.9}
        found = re.search(r'd="([^"]+)"', SIGNS[name])
        if found is None:
            self._axes.add_artist(Circle((x, y), 4, zorder=4, **look))
        else:
            corners = np.array(re.findall(r"-?[\d.]+", found.group(1)), dtype=float).reshape(-1, 2)
            self._axes.add_artist(Polygon(np.add(corners, (x, y)), closed=True, zorder=4, **look))

    def png(self, dpi: int = DPI) -> bytes:
        """Return the page as a PNG of few colours, which maps are: a third of the size."""
        from matplotlib import pyplot, rc_context
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from PIL import Image

        self._figure.set_dpi(dpi)
        self._figure.set_facecolor("white")
        canvas = FigureCanvasAgg(self._figure)
        # Fitting letters to pixels, which nobody sees at this resolution, is half of their time.
        with rc_context({"text.hinting": "none"}):
            canvas.draw()
        drawn = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        pyplot.close(self._figure)
        small = io.BytesIO()
        some = Image.fromarray(np.ascontiguousarray(np.asarray(drawn)[::SAMPLED, ::SAMPLED]))
        palette = some.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few = drawn.quantize(palette=palette, dither=Image.Dither.NONE)
        few.save(small, format="png", dpi=(dpi, dpi), compress_level=COMPRESSION)
        return small.getvalue()


def png(sheet: Sheet, colouring: Colouring, spec: MapSpec, note: str, dpi: int = DPI) -> bytes:
    """Draw the map for print."""
    with style.house():
        head, foot = textwrap.wrap(spec.title, 88), textwrap.wrap(note, 120)
        count = len(colouring.legend()) + len(colouring.marks)
        columns = 2 if count > 1 else 1
        rows = -(-count // columns)
        top = 18.0 * len(head) + 8
        below = 20 + rows * LEGEND_ROW + 6 + 13 * len(foot)
        width = max(sheet.width, SHEET_WIDTH)
        paper = Paper(width, -top, sheet.height + below)
        paper.lines(0, -top + 14, head, 14, weight="bold")
        _draw_sheet(paper, sheet, colouring, spec.lang)
        base = sheet.height + 16
        paper.words(0, base, colouring.label, 11, weight="bold")
        paper.words(width, base, counted(sheet.level, spec.lang), 10, ha="right", color=style.MUTED)
        entries: list[tuple[Category | Mark, int]]
        entries = [*colouring.legend(), *((mark, len(mark.codes)) for mark in colouring.marks)]
        for i, (entry, number) in enumerate(entries):
            column, row = divmod(i, rows)
            x, y = column * width / columns, base + 9 + row * LEGEND_ROW
            if isinstance(entry, Category):
                paper.sample(entry, x, y)
            else:
                paper.sign(entry.sign, x + 12, y + 6.5)
            paper.words(x + 32, y + 10.5, f"{entry.label}: {numbers.number(number, spec.lang)}", 11)
        paper.lines(0, base + 18 + rows * LEGEND_ROW, foot, 9.5, color=style.MUTED)
        return paper.png(dpi)


def _draw_sheet(paper: Paper, sheet: Sheet, colouring: Colouring, lang: str) -> None:
    for box in sheet.boxes:
        if box.frame != MAIN and sheet.level != "tile":
            paper.rim(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1)
        if box.title(lang):
            paper.words(box.x + 6, box.y + 14.5, box.title(lang), TITLE_SIZE, weight="bold")
    for shape in sheet.locators.values():
        paper.shape(shape, LOCATOR_FILL, style.INK, 0.5)
    for shape, fill in zip(sheet.here or (), (HERE_LAND, style.CONTRAST), strict=False):
        paper.shape(shape, fill, style.MUTED, 0.4)
    for x1, y1, x2, y2 in sheet.leaders:
        paper.line([x1, x2], [y1, y2], color=style.MUTED, linewidth=0.5, dashes=(4, 3))
    paper.areas(_areas(sheet), colouring)
    for border in _borders(sheet):
        for colour, width in ((style.PAPER, 1.8), (style.INK, 0.7)):
            paper.shape(border, "", colour, width)
    _draw_words(paper, sheet, lang)
    for mark in colouring.marks:
        for _, x, y in mark_places(sheet, mark.codes).values():
            paper.sign(mark.sign, x, y)


def _draw_words(paper: Paper, sheet: Sheet, lang: str) -> None:
    if (names := _names(sheet)) is not None:
        paper.letters(names)
    for bar in sheet.bars:
        right = bar.x + bar.length
        ends = [bar.y - 4, bar.y, bar.y, bar.y - 4]
        paper.line([bar.x, bar.x, right, right], ends, color=style.INK, linewidth=0.7)
        km = f"{numbers.number(bar.km, lang)}{numbers.NO_BREAK}km"
        paper.words(right + 5, bar.y + 1, km, 10)
    if sheet.arrow != (0.0, 0.0):
        x, y = sheet.arrow
        head = shapely.Polygon([(x, y), (x + 6, y + 20), (x, y + 16), (x - 6, y + 20)])
        paper.shape(head, style.INK, style.INK, 0)
        north = translator(lang)("North")[0]
        paper.words(x, y + 33, north, 11, weight="bold", ha="center")


def panels_png(
    of_panels: Mapping[Any, tuple[Sheet, Colouring]],
    entries: Sequence[tuple[Category, int | None]],
    panels: Panels,
    spec: MapSpec,
    note: str,
) -> bytes:
    """Draw all panels of small multiples for print, each on its sheet, under one legend."""
    from matplotlib.transforms import Affine2D

    with style.house():
        head, foot = textwrap.wrap(spec.title, 88), textwrap.wrap(note, 120)
        columns = min(MOST_COLUMNS, len(panels.titles))
        sheets = [sheet for sheet, _ in of_panels.values()]
        step_x = max(one.width for one in sheets) + 14
        step_y = max(one.height for one in sheets) + 34
        scale = columns * step_x / SHEET_WIDTH
        top = (18 * len(head) + 30 + LEGEND_ROW * len(entries)) * scale
        below = (13 * len(foot) + 8) * scale
        height = top + -(-len(panels.titles) // columns) * step_y + below
        paper = Paper(columns * step_x, 0, height, scale)
        paper.lines(0, 14 * scale, head, 14, weight="bold")
        y = (18 * len(head) + 20) * scale
        paper.words(0, y, spec.label, 11, weight="bold")
        if any(count is not None for _, count in entries):
            of = counted(spec.level, spec.lang, panels=True)
            paper.words(columns * step_x, y, of, 10, ha="right", color=style.MUTED)
        for i, (category, count) in enumerate(entries):
            told = "" if count is None else f": {numbers.number(count, spec.lang)}"
            paper.sample(category, 0, y + (9 + LEGEND_ROW * i) * scale)
            place = y + (19.5 + LEGEND_ROW * i) * scale
            paper.words(32 * scale, place, f"{category.label}{told}", 11)
        for i, (panel, name) in enumerate(panels.titles.items()):
            sheet, colouring = of_panels[panel]
            x, y = i % columns * step_x, top + i // columns * step_y
            move = Affine2D().translate(x, y + 30)
            paper.areas(_areas(sheet), colouring, 0.25, move)
            for border in _borders(sheet):
                paper.shape(border.transformed(move), "", style.INK, 0.35)
            paper.words(x, y + 11, name, 9.5, weight="bold")
            paper.words(x, y + 25, panels.captions.get(panel, ""), 9)
        paper.lines(0, height - below + 12 * scale, foot, 9.5, color=style.MUTED)
        return paper.png()
