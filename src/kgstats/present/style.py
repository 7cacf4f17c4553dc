"""The house style of every chart and map.

Colours are told apart by colour-blind readers and in grey print. Ink, paper and grid are
written so that a page can give them its own colours (light, dark, print).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

INK = "#1d2733"
INK_ON_MARK = "#1c2632"
"""Ink of words on a light mark: a dark page, which lightens its ink, keeps its marks."""
MUTED = "#5a6672"
GRID = "#d9dee4"
PAPER = "#ffffff"
ACCENT = "#0b6e75"
CONTRAST = "#c1521f"
SERIES = ("#0b6e75", "#c1521f", "#5b4b9a", "#9a7b0a", "#3f7d3a", "#8c2f5c")
"""Colours of categories, in the order they are used; also dark enough for text on paper."""
SEQUENCE = ("#e3f0ee", "#b4d8d4", "#79b8b4", "#3c8f91", "#0b6168", "#053b42")
"""Light to dark for amounts: monotone in grey."""
NOT_REPORTED_FILL = "#f2f2f2"
OUTSIDE_FILL = "#c9ced4"
MEASURED_IN = "DejaVu Sans"
"""The font that text is measured in. It comes with matplotlib, so a picture is the same on every
machine, and it is wider than `FONTS`, so that what fits in it fits in the reader's."""
FONTS = ("Noto Sans", "Segoe UI", "Helvetica Neue", "Arial", "DejaVu Sans", "sans-serif")

# What the page may recolour, and the colour used where a page does not.
PAGE_COLOURS = {
    INK: f"var(--ink, {INK})",
    MUTED: f"var(--muted, {MUTED})",
    GRID: f"var(--grid, {GRID})",
    PAPER: f"var(--paper, {PAPER})",
}

FILLS = {
    **PAGE_COLOURS,
    **{colour: f"var(--mark-{n}, {colour})" for n, colour in enumerate(SERIES, start=1)},
    NOT_REPORTED_FILL: f"var(--unreported, {NOT_REPORTED_FILL})",
    OUTSIDE_FILL: f"var(--outside, {OUTSIDE_FILL})",
}
"""What a page recolours in marks."""
INKS = {
    **{c: variable for c, variable in PAGE_COLOURS.items() if c != PAPER},
    **{colour: f"var(--word-{n}, {colour})" for n, colour in enumerate(SERIES, start=1)},
}
"""What it recolours in words: those of the paper's colour stand on a dark mark and stay."""

RC: dict[str, Any] = {
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "axes.titlesize": 11,
    "axes.labelsize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": None,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "font.size": 9.5,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.fonttype": "none",
    "svg.hashsalt": "kgstats",
    "axes.unicode_minus": True,
    "hatch.linewidth": 0.6,
}


@contextmanager
def house() -> Iterator[None]:
    """Draw in the house style: ``with house(): fig, ax = plt.subplots()``."""
    import matplotlib
    from cycler import cycler

    settings = {**RC, "axes.prop_cycle": cycler(color=SERIES), "font.family": MEASURED_IN}
    with matplotlib.rc_context(settings):
        yield


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is set in a sans-serif; rather too wide than too narrow.

    Parameters
    ----------
    text
        The text.
    size
        Height of the letters in pixels.

    Examples
    --------
    >>> text_width("xã", 12) < text_width("huyện", 12)
    True
    """
    return _ems(text) * size


@lru_cache(maxsize=1 << 14)
def _ems(text: str) -> float:
    ems = 0.0
    for char in text:
        ems += _WIDTHS[char]
    return ems


class _Widths(dict[str, float]):
    """How wide letters are, in ems; each is looked at once, for the same ones come again."""

    def __missing__(self, letter: str) -> float:
        ems = 0.0
        for char in unicodedata.normalize("NFD", letter):
            if unicodedata.combining(char):
                continue
            if char in "iljtfrI.,:;'()|! ":
                ems += 0.33
            elif char in "mwMW–—@%":
                ems += 0.9
            else:
                ems += 0.68 if char.isupper() or char.isdigit() or char in "ĐƯƠ" else 0.58
        self[letter] = ems
        return ems


_WIDTHS = _Widths()
