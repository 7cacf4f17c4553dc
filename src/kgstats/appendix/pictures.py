"""Notes below a picture, so that they go where the picture goes."""

from __future__ import annotations

import importlib.util
import io
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

INK = (29, 39, 51)
COMPRESSION = 4
"""A sixteenth larger than by the usual 6, in two thirds of the time."""
SHADES = 32
"""So many steps from white to ink are the edges of letters in a picture of few colours."""


def labelled(png: bytes, notes: Sequence[str]) -> bytes:
    """Return a picture with notes in a strip below it.

    A picture of few colours, as maps are, stays one: that is half the size, and half the time.

    Parameters
    ----------
    png
        The picture.
    notes
        Each begins a line; a picture without notes is returned as it is.
    """
    if not notes:
        return png
    from PIL import Image

    picture = Image.open(io.BytesIO(png))
    strip = _strip(notes, picture.width)
    few = picture.getpalette("RGB") if picture.mode == "P" else None
    if few is None or len(few) // 3 + SHADES > 256:
        strip = Image.merge("RGB", [strip.point(_between(ink, 255, 256)) for ink in INK])
        whole = Image.new("RGB", (picture.width, picture.height + strip.height))
    else:
        first = len(few) // 3
        strip = strip.point([first + shade * (SHADES - 1) // 255 for shade in range(256)])
        strip = Image.frombytes("P", strip.size, strip.tobytes())
        whole = Image.new("P", (picture.width, picture.height + strip.height))
        steps = zip(*(_between(ink, 255, SHADES) for ink in INK), strict=True)
        whole.putpalette([*few, *(part for colour in steps for part in colour)])
    whole.paste(picture, (0, 0))
    whole.paste(strip, (0, picture.height))
    buffer = io.BytesIO()
    dpi = picture.info.get("dpi", (300, 300))
    whole.save(buffer, "PNG", dpi=dpi, compress_level=COMPRESSION)
    return buffer.getvalue()


def _between(first: int, last: int, steps: int) -> list[int]:
    return [first + (last - first) * step // (steps - 1) for step in range(steps)]


def _strip(notes: Sequence[str], width: int) -> Any:
    """Return notes as a picture in grey, black on white."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(12, width // 70)
    font = ImageFont.truetype(str(_font()), size)
    lines = [line for note in notes for line in textwrap.wrap(note, int(width / size * 1.65))]
    strip = Image.new("L", (width, int(size * 1.5 * len(lines) + size)), 255)
    pen = ImageDraw.Draw(strip)
    for number, line in enumerate(lines):
        pen.text((size, int(number * size * 1.5)), line, 0, font)
    return strip


def _font() -> Path:
    """Return the font that comes with matplotlib, without importing all of that."""
    found = importlib.util.find_spec("matplotlib")
    assert found is not None and found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0], "mpl-data/fonts/ttf/DejaVuSans.ttf")
