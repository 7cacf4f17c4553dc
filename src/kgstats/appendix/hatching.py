"""Patterns of maps as lines, for paper: a browser prints each area filled with one as a picture.

The pictures of a page of maps weighed forty megabytes; the same lines, cut to their area, less
than one.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree
from lxml import html as lxml_html

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)")
_PART = re.compile(r"([MmLlHhVvZz])([^MmLlHhVvZz]*)")
_START = re.compile(rf"M({_NUMBER.pattern})[, ]?({_NUMBER.pattern})")
_FILLED = re.compile(r"url\(#([^)]+)\)")

Box = tuple[float, float, float, float]


def bounds(data: str) -> Box | None:
    """Return the box around a path of straight lines; None for a path with other parts.

    >>> bounds("M10,20l5-5h10v.5z m1,1l-30,0")
    (-19.0, 15.0, 25.0, 21.0)
    """
    if set("CcSsQqTtAa") & set(data):
        return None
    x = y = start_x = start_y = 0.0
    xs, ys = [], []
    for letter, rest in _PART.findall(data):
        numbers = [float(one) for one in _NUMBER.findall(rest)]
        from_x, from_y = (1.0, 1.0) if letter.islower() else (0.0, 0.0)
        kind = letter.lower()
        if kind == "z":
            x, y = start_x, start_y
        steps = (
            [(n, None) for n in numbers] if kind == "h"
            else [(None, n) for n in numbers] if kind == "v"
            else list(zip(numbers[::2], numbers[1::2], strict=False))
        )  # fmt: skip
        for place, (across, down) in enumerate(steps):
            x = x if across is None else from_x * x + across
            y = y if down is None else from_y * y + down
            if kind == "m" and place == 0:
                start_x, start_y = x, y
            xs.append(x)
            ys.append(y)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def as_lines(page: str) -> str:
    """Return a page whose areas filled with a pattern have the pattern's lines, cut to the area.

    Areas whose outline is not known to be straight keep their pattern.
    """
    document = lxml_html.document_fromstring(page)
    known = {one.get("id"): one for one in document.iter("path", "pattern") if one.get("id")}
    cuts = 0
    for shape in [x for x in document.iter("path", "use") if _FILLED.match(str(x.get("fill")))]:
        found = _FILLED.match(shape.get("fill"))
        pattern = known.get(found[1]) if found else None
        outline = shape if shape.tag == "path" else known.get(str(shape.get("href")).lstrip("#"))
        box = None if outline is None else bounds(str(outline.get("d")))
        if pattern is None or box is None:
            continue
        cuts += 1
        _cut(shape, outline, _tiles(pattern, box), f"cut-{cuts}")
    return lxml_html.tostring(document, encoding="unicode", doctype="<!DOCTYPE html>")


def _cut(shape: Any, outline: Any, lines: list[Any], name: str) -> None:
    """Put lines in the place of a pattern, cut to an outline."""
    held = etree.Element("g")
    cut = etree.SubElement(held, "clippath", id=name)
    etree.SubElement(cut, "path", d=outline.get("d"))
    group = etree.SubElement(
        held, "g", {"clip-path": f"url(#{name})", "fill": "none", "stroke": "none"}
    )
    group.extend(lines)
    held.tail = shape.tail
    if shape.get("transform"):
        held.set("transform", shape.get("transform"))
    shape.getparent().replace(shape, held)


def _tiles(pattern: Any, box: Box) -> list[Any]:
    """Return a pattern's signs, each once, repeated over a box."""
    width, height = float(pattern.get("width")), float(pattern.get("height"))
    first_x, first_y = box[0] // width, box[1] // height
    places = [
        (x * width, y * height)
        for x in range(int(first_x), int(box[2] // width) + 1)
        for y in range(int(first_y), int(box[3] // height) + 1)
    ]
    made = []
    for sign in pattern:
        data = sign.get("d") if sign.tag == "path" else _circle(sign.attrib)
        one = copy.copy(sign)
        for name in ("cx", "cy", "r"):
            one.attrib.pop(name, None)
        one.tag, one.tail = "path", None
        one.set("d", "".join(_moved(data, *place) for place in places))
        made.append(one)
    return made


def _circle(sign: Mapping[str, str]) -> str:
    x, y, r = (float(sign[name]) for name in ("cx", "cy", "r"))
    return f"M{x - r:g},{y:g}a{r:g},{r:g} 0 1,0 {2 * r:g},0a{r:g},{r:g} 0 1,0 {-2 * r:g},0"


def _moved(data: str, x: float, y: float) -> str:
    """Move a path; its parts but the starts have to be relative, or of one height.

    >>> _moved("M3.5,2v3M2,3.5h3", 7, 14)
    'M10.5,16v3M9,17.5h3'
    """
    relative = _RELATIVE.get(data, data)
    return _START.sub(lambda at: f"M{float(at[1]) + x:g},{float(at[2]) + y:g}", relative)


_RELATIVE = {
    "M0,2.5H5": "M0,2.5h5",
    "M0,6L6,0M-1,1L1,-1M5,7L7,5": "M0,6l6,-6M-1,1l2,-2M5,7l2,-2",
}
"""Patterns that are written with absolute parts, with relative ones."""
