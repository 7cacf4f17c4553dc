"""Pictures that are whole at any width: what lies across is a share, what is said has room."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kgstats.appendix import site
from kgstats.present import style
from kgstats.present.picture import (
    NARROWEST,
    Entry,
    Picture,
    Plot,
    Rows,
    Scale,
    words_on,
    written,
)


def test_places_across_are_shares_and_heights_are_pixels():
    plot = Plot(40, 100, 30)
    plot.bar((0.75, 0.25), (30, 10), style.ACCENT)
    plot.line((0, 5), (1, 5), style.GRID)
    html = plot.html("")
    assert '<rect x="25%" y="10" width="50%" height="20"' in html
    assert 'x1="0%" y1="5" x2="100%" y2="5"' in html
    assert "margin:0 30px 0 100px" in html and "viewBox" not in html


def test_colours_can_be_renamed_by_the_page():
    plot = Plot(40)
    plot.bar((0, 1), (0, 9), style.ACCENT)
    plot.text(0, 20, "words", colour=style.CONTRAST)
    html = plot.html("")
    assert f'fill="var(--mark-1, {style.ACCENT})"' in html
    assert f'fill="var(--word-2, {style.CONTRAST})"' in html


CSS = Path(site.__file__).parent / "assets" / "kgstats.css"


def contrast(one: str, other: str) -> float:
    """Return the ratio of the luminances of two colours (WCAG 2.1)."""

    def luminance(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_words_on_a_mark_can_be_read_in_both_themes(dark):
    """White numbers stood on light green: a dark page lightened their ink but not the mark."""
    light_part, dark_part = CSS.read_text(encoding="utf-8").split("prefers-color-scheme: dark", 1)
    named = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", light_part))
    if dark:
        named |= dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", dark_part.split("}", 1)[0]))

    def resolved(fill: str) -> str:
        name, _, own = fill.removeprefix("var(").rstrip(")").partition(", ")
        return named.get(name, own or name)

    modules = Path(style.__file__).parent.rglob("*.py")
    own = {x for one in modules for x in re.findall(r'"(#[0-9a-f]{6})"', one.read_text("utf-8"))}
    for colour in own - set(style.PAGE_COLOURS):
        plot = Plot(40)
        plot.bar((0, 1), (0, 9), colour)
        plot.text(0.5, 5, "12", colour=words_on(colour))
        mark, word = re.search(r'<rect[^>]* fill="([^"]+)".*<text([^>]*)>', plot.html("")).groups()
        ink = re.search(r'fill="([^"]+)"', word)
        told = ink[1] if ink else f"var(--ink, {style.INK})"
        assert contrast(resolved(mark), resolved(told)) > 3.9, (colour, mark, told)


@pytest.mark.parametrize(
    ("low", "high", "most", "whole", "ticks"),
    [
        (0, 32, 5, False, [0, 10, 20, 30]),
        (0, 4.5, 4, False, [0, 2, 4]),
        (0, 3, 5, True, [0, 1, 2, 3]),
        (-6.2, 2.9, 5, False, [-6, -4, -2, 0, 2]),
        (0, 0.034, 4, False, [0, 0.01, 0.02, 0.03]),
    ],
)
def test_ticks_are_round(low, high, most, whole, ticks):
    assert Scale(low, high).ticks(most, whole=whole) == pytest.approx(ticks)


def test_powers_of_ten_on_a_scale_of_powers():
    scale = Scale(0.05, 300, log=True)
    assert scale.ticks(5) == [0.1, 1, 10, 100]
    assert scale(0.05) == 0 and scale(300) == 1
    assert scale(10) - scale(1) == pytest.approx(scale(100) - scale(10))


def test_an_axis_has_one_number_of_decimals():
    assert written([0, 0.5, 10], "en") == ["0.0", "0.5", "10.0"]
    assert written([0, 1000, 2000], "vi") == ["0", "1.000", "2.000"]


def test_names_stand_beside_their_rows_and_long_ones_above():
    short = Rows.of(["Gò Quao", "U Minh Thượng"])
    assert not short.above and 60 < short.left < NARROWEST / 2
    long = "a name of a cause that was given in many words by a district, and in more words still"
    tall = Rows.of(["Gò Quao", long])
    assert tall.above and tall.left < 20
    assert all(style.text_width(line, 12.5) <= NARROWEST for line in tall.names[1])
    # Rows keep clear of each other.
    for rows in (short, tall):
        edges = [edge for at in range(2) for edge in rows.bar(at)]
        assert edges == sorted(edges)


def test_on_a_telephone_only_ticks_that_have_room_are_written():
    plot = Plot(60, 120, 60)
    plot.grid_across(Scale(0, 1_000_000), "en", top=0, low=40)
    html = plot.html("")
    always = re.sub(r'<g class="wide-only">.*?</g>', "", html)
    widths = [style.text_width(text, 12.5) for text in re.findall(r">([\d,]+)<", always)]
    assert len(re.findall(r">([\d,]+)<", html)) > len(widths) > 1
    assert sum(widths) < plot.narrowest + widths[0] + widths[-1]


def test_a_mark_says_its_words_and_its_place():
    plot = Plot(40)
    with plot.mark('a & "b"', {"district_code": "901"}):
        plot.dot(0.5, 9, style.ACCENT)
    with plot.mark("of nowhere", {"district_code": None}):
        plot.dot(0.5, 9, style.ACCENT, sign="v")
    html = plot.html("")
    assert '<g class="mark" data-district="901"><title>a &amp; &quot;b&quot;</title>' in html
    assert '<g class="mark"><title>of nowhere</title>' in html


def test_a_pattern_is_there_when_it_is_used_and_only_then():
    used = Plot(20)
    picture = Picture("s", [used], [Entry("silent", style.NOT_REPORTED_FILL, True)])
    used.bar((0, 1), (0, 9), style.NOT_REPORTED_FILL, pattern=picture.pattern)
    assert picture.html("words").count('<pattern id="s-lines"') == 1
    # Made again it is the same: nothing is added to the drawing.
    assert picture.html("words") == picture.html("words")
    assert "<pattern" not in Picture("s", [Plot(20)]).html("words")


def test_several_drawings_are_one_picture_for_those_who_do_not_see_it():
    html = Picture("s", [Plot(20, title="A"), Plot(20, title="B")]).html('said "so"')
    assert html.count('role="img"') == 1 and html.count('aria-hidden="true"') == 2
    assert 'aria-label="said &quot;so&quot;"' in html


def test_a_key_shows_hollow_signs_as_they_are_drawn():
    full, hollow = (Entry("x", "#123456", sign="o", hollow=one).html() for one in (False, True))
    assert 'fill="#123456"' in full and 'stroke="#123456"' in hollow
    assert 'fill="#123456"' not in hollow


@pytest.mark.parametrize("side", ["start", "middle", "end"])
def test_lines_of_words_are_told_apart_by_a_blank_without_width(side):
    plot = Plot(40)
    plot.text(0, 20, ["đầu năm", "18.252"], side=side)
    (drawn,) = plot.parts
    assert re.sub("<[^>]+>", "", drawn) == "đầu năm 18.252"
    # Each line ends, or has its middle, where it should: no blank of its own size is part of it.
    assert re.findall(r'<tspan x="[^"]*"[^>]*>([^<]*)</tspan>', drawn) == ["đầu năm", "18.252"]
