"""A picture that is taken away takes its notes along."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from kgstats.appendix import pictures


def png(mode: str, colours: int) -> bytes:
    drawn = Image.new("RGB", (700, 40), "white")
    for at in range(colours):
        drawn.putpixel((at, 7), (at * 7 % 256, at, 200))
    drawn = drawn.quantize(256) if mode == "P" else drawn
    out = io.BytesIO()
    drawn.save(out, "PNG", dpi=(300, 300))
    return out.getvalue()


@pytest.mark.parametrize(("mode", "colours", "after"), [
    ("RGB", 3, "RGB"), ("P", 3, "P"), ("P", 255, "RGB"),
])  # fmt: skip
def test_notes_stand_below_a_picture_that_stays_as_it_is(mode, colours, after):
    given = png(mode, colours)
    before = Image.open(io.BytesIO(given)).convert("RGB")
    made = Image.open(io.BytesIO(pictures.labelled(given, ["Số liệu minh họa", "Hai"])))
    assert made.mode == after and made.width == before.width
    assert tuple(map(round, made.info["dpi"])) == (300, 300)
    shown = made.convert("RGB")
    assert shown.crop((0, 0, *before.size)).tobytes() == before.tobytes()
    below = shown.crop((0, before.height, *shown.size))
    assert below.getpixel((0, 0)) == (255, 255, 255)
    darkest = min(colour for _, colour in below.getcolors(1 << 16))
    assert darkest == pictures.INK
    assert pictures.labelled(given, []) == given
