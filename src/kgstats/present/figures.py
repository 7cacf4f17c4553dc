"""A chart or map as readers get it: picture, finding, alternative text and its data."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kgstats.present import style
from kgstats.present.provenance import Source, panel

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from kgstats.present.tables import Table

DATA_TYPE = "application/vnd.kgstats.figure+json"
"""The output type that carries a figure's data through the executed notebook."""


class MissingAlternativeText(ValueError):
    """A figure without words: readers who cannot see it would get nothing."""


@dataclass
class Figure:
    """A finished figure.

    Parameters
    ----------
    slug
        Stable name, unique on its page; the anchor readers cite.
    title
        The finding in one sentence, computed from the data.
    alternative
        What the picture shows, for readers who do not see it.
    svg
        The picture, text as text.
    table
        The figure's data, given to readers beside the picture as its long description.
    note
        Source, date, cautions: one short line below.
    """

    slug: str
    title: str
    alternative: str
    svg: str
    lang: str
    table: Table | None = None
    note: str = ""
    print_png: bytes | None = field(default=None, repr=False)
    sources: Sequence[Source] = ()
    """The cells it was made from, when it was made from returns."""

    def __post_init__(self) -> None:
        if not self.alternative.strip():
            raise MissingAlternativeText(f"figure {self.slug!r} has no alternative text")
        if not self.title.strip():
            raise ValueError(f"figure {self.slug!r} has no title: say its finding in one sentence")
        if self.table is not None and self.table.sources:
            # Of the figure and its data alike: named once, below both.
            self.sources, self.table.sources = self.sources or self.table.sources, ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if self.table is not None and not self.sources:
            self.sources = self.table.behind()
        bundle: dict[str, Any] = {
            "text/html": self.to_html(),
            "text/plain": f"{self.title}\n{self.alternative}",
        }
        carried: dict[str, Any] = {
            "slug": self.slug,
            "title": self.title,
            "alternative": self.alternative,
        }
        if self.table is not None:
            # A file is read without the chart: what is said below it stands in it too.
            data = self.table.payload()
            data["notes"] += [self.note] if self.note and self.note not in data["notes"] else []
            carried["data"] = data
        if self.print_png is not None:
            import base64

            carried["png"] = base64.b64encode(self.print_png).decode("ascii")
        bundle[DATA_TYPE] = json.loads(json.dumps(carried, ensure_ascii=False))
        return bundle

    def to_html(self) -> str:
        """Return the figure as HTML: caption first, so that the finding is read first."""
        slug = html.escape(self.slug, quote=True)
        note = f'<p class="note">{html.escape(self.note)}</p>' if self.note else ""
        data = ""
        if self.table is not None:
            data = (
                f'<details class="figure-data"><summary>{html.escape(self.table.caption)}</summary>'
                f"{self.table.to_html()}</details>"
            )
        return (
            f'<figure class="figure" id="{slug}">'
            f'<figcaption id="{slug}-title">{html.escape(self.title)}</figcaption>'
            f'<div class="picture">{self.svg}</div>{note}{data}'
            f"{panel(self.sources, self.lang) if self.sources else ''}</figure>"
        )


@contextmanager
def canvas(
    height: float, panels: int = 1, width: float = 6.0, **options: Any
) -> Iterator[tuple[Any, Any]]:
    """Give a matplotlib canvas in house style, for a chart that no mark of the house draws.

    The figure is finished inside: marks of an axis take the style at the moment they are drawn.

    Parameters
    ----------
    options
        Further settings of :func:`matplotlib.pyplot.subplots`.
    height
        In inches.
    panels
        How many drawings stand side by side.
    width
        In inches.
    """
    import matplotlib
    from matplotlib import pyplot

    names = ("font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize")
    with style.house(), matplotlib.rc_context(dict.fromkeys(names, 10.5)):
        # Lower than this there is no room for axes between their words.
        drawn, axes = pyplot.subplots(
            1, panels, figsize=(width, max(height, 2.2)), layout="constrained", **options
        )
        for one in [axes] if panels == 1 else axes:
            one.tick_params(axis="y", length=0)
            one.spines["left"].set_visible(False)
            one.set_axisbelow(True)
        yield drawn, axes


def legend_above(axes: Any, columns: int) -> None:
    """Put the legend above the picture, from its left edge, in as many columns as fit.

    Parameters
    ----------
    axes
        The drawing the legend is of.
    columns
        How many entries stand side by side at most.
    """
    axes.figure.legend(
        *axes.get_legend_handles_labels(), loc="outside upper left", ncols=min(columns, 3),
        columnspacing=1.2, handlelength=1.2,
    )  # fmt: skip


def from_canvas(
    canvas: Canvas,
    *,
    slug: str,
    title: str,
    alternative: str,
    lang: str,
    table: Table | None = None,
    note: str = "",
) -> Figure:
    """Turn a matplotlib figure into a :class:`Figure`; the canvas is closed.

    The same canvas gives the same bytes: element ids come from a fixed salt and the slug, and no
    date is written.

    Parameters
    ----------
    canvas
        The drawing, from :func:`canvas`.
    slug
        Stable name, unique on its page.
    title
        The finding in one sentence.
    alternative
        What it shows, for readers who do not see it.
    lang
        ``vi`` or ``en``.
    table
        The data beside it.
    note
        Source and cautions.
    """
    import matplotlib
    from matplotlib import pyplot

    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": f"kgstats-{slug}"}):
        buffer = io.StringIO()
        canvas.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    pyplot.close(canvas)
    return Figure(
        slug=slug,
        title=title,
        alternative=alternative,
        svg=page_svg(buffer.getvalue(), slug=slug, alternative=alternative),
        lang=lang,
        table=table,
        note=note,
    )


_PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<svg\b[^>]*>", re.DOTALL)
_VIEW_BOX = re.compile(r'viewBox="([^"]+)"')
_FONT = re.compile(r"font(?:-family)?: ?[^;\"]*?(\d+(?:\.\d+)?px)[^;\"]*")
_ID = re.compile(r'(\bid="|url\(#|xlink:href="#)([^")]+)')
_TEXT = re.compile(r"(<text\b[^>]*>)")
_FAMILY = re.compile(r"font-family: [^;\"]*;? ?")
_PATTERN_GROUND = re.compile(r'(<rect\b[^>]*?) fill="(#[0-9a-f]{6})"')
_TAG = re.compile(r"<[^>]*>")
_LONG_NUMBER = re.compile(r"(\d+\.\d{2})\d+")


def page_svg(svg: str, *, slug: str, alternative: str) -> str:
    """Make a matplotlib SVG fit to stand inside a page.

    The size follows the column, ids are unique on the page, colours of ink and paper follow the
    page's theme, fonts are the page's own, and the alternative text is its accessible name.

    Parameters
    ----------
    svg
        As matplotlib writes it.
    slug
        Stable name, unique on its page.
    alternative
        What it shows, for readers who do not see it.
    """
    svg = _PROLOGUE.sub("", svg, count=1)
    svg = _METADATA.sub("", svg)
    svg = _COMMENT.sub("", svg)
    box = _VIEW_BOX.search(svg)
    if box is None:
        raise ValueError(f"figure {slug!r}: the picture has no viewBox")
    width = float(box.group(1).split()[2])
    name = html.escape(alternative, quote=True)
    root = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'viewBox="{box.group(1)}" role="img" aria-label="{name}" '
        f'style="max-width: {width / 72 * 96:.0f}px; --width: {width / 72 * 96:.0f}px">'
    )
    svg = _ROOT.sub(lambda _: root, svg, count=1)
    svg = _FAMILY.sub("", _FONT.sub(_page_font, svg))
    svg = _ID.sub(lambda match: f"{match.group(1)}{slug}-{match.group(2)}", svg)
    # Places are shortened in tags only: "11.458" in a text is a number in Vietnamese.
    svg = _TAG.sub(lambda tag: _LONG_NUMBER.sub(r"\1", tag.group()), svg)
    svg = _PATTERN_GROUND.sub(r'\1 style="fill: \2"', svg)
    pieces = _TEXT.split(svg)
    for place, piece in enumerate(pieces):
        for colour, variable in (style.INKS if place % 2 else style.FILLS).items():
            piece = piece.replace(f": {colour}", f": {variable}")
        pieces[place] = piece
    return "".join(pieces).strip()


def _page_font(match: re.Match[str]) -> str:
    """Keep a text's size and weight; its family is the page's."""
    weight = "; font-weight: 700" if re.search(r"\b(bold|700)\b", match.group(0)) else ""
    slant = "; font-style: italic" if "italic" in match.group(0) else ""
    return f"font-size: {match.group(1)}{weight}{slant}"
