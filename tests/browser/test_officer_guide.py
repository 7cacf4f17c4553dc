"""The officers' guide says what the page says, and its pictures are those of the page."""

from __future__ import annotations

import re

import pytest
from PIL import Image, ImageChops

import officer_guide
from kgstats.officer.desk_page import WORDS
from kgstats.officer.guide import READY
from kgstats.returns.guidance import guidance
from kgstats.returns.telling import SEVERITY_WORDS
from kgstats.words import catalogue

pytestmark = pytest.mark.browser


def test_every_word_it_sets_in_bold_stands_on_the_page_or_in_the_workbook(root):
    said = (root / "docs" / "officer" / "README.md").read_text(encoding="utf-8")
    vietnamese = catalogue("vi")
    known = {vietnamese[one] for one in (*WORDS.values(), READY, *SEVERITY_WORDS.values())}
    known |= {guidance("column")[1], guidance("check")[0], "mo-trang-kiem-tra", "ô màu vàng"}
    bold = set(re.findall(r"\*\*(.+?)\*\*", said))
    assert bold and bold <= known, bold - known


def test_its_pictures_are_those_of_the_page(root, browser, tmp_path):
    officer_guide.main(tmp_path, browser)
    guide = root / "docs" / "officer"
    names = set(re.findall(r"\]\(([^)]+\.png)\)", (guide / "README.md").read_text("utf-8")))
    assert names == {one.name for one in tmp_path.iterdir()}
    for name in names:
        kept, made = (Image.open(at / name).convert("L") for at in (guide, tmp_path))
        assert (guide / name).stat().st_size < 60_000
        # Fonts differ a little between machines, what the page shows does not.
        assert abs(kept.width - made.width) <= 4 and abs(kept.height - made.height) <= 40, name
        size = (300, 150)
        apart = ImageChops.difference(kept.resize(size), made.resize(size)).histogram()
        assert sum(apart[100:]) < 0.02 * size[0] * size[1], name
