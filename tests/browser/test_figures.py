"""Charts, tables and maps as they are drawn: whole and legible at every width, and they answer."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

OPENED = "document.querySelectorAll('details').forEach(folded => { folded.open = true; })"

WIDTHS = (360, 390, 768, 1440)

# What a person sees wrong: wider than its frame, scrolled within a page, too small, cut, covered.
MEASURED = """() => {
  const faults = [], shown = e => e.checkVisibility() && e.getClientRects().length;
  const name = e => (e.closest('[id]') || {}).id;
  for (const e of document.querySelectorAll('main :is(.table, .picture, .chart, table, .map)')) {
    if (!shown(e)) { continue; }
    const frame = e.parentElement.getBoundingClientRect(), own = e.getBoundingClientRect();
    if (own.right > frame.right + 1.5 || own.right > innerWidth + 1) {
      faults.push(`${name(e)} is wider than its frame: ${Math.round(own.width)}`);
    }
    const style = getComputedStyle(e);
    if (/auto|scroll/.test(style.overflowX + style.overflowY) &&
        (e.scrollHeight > e.clientHeight + 1 || e.scrollWidth > e.clientWidth + 1)) {
      faults.push(`${name(e)} scrolls within the page`);
    }
  }
  for (const table of document.querySelectorAll('main table.data')) {
    if (!shown(table)) { continue; }
    const edge = table.parentElement.getBoundingClientRect().right + 1.5;
    for (const cell of table.querySelectorAll('th, td')) {
      if (!shown(cell)) { continue; }
      const range = document.createRange();
      range.selectNodeContents(cell);
      const box = range.getBoundingClientRect();
      if (box.width && box.right > edge) {
        faults.push(`${name(table)}: “${cell.textContent.trim().slice(0, 30)}” is cut`);
      }
    }
    for (const cell of [table.querySelector('td'), table.querySelector('th')]) {
      if (cell && parseFloat(getComputedStyle(cell).fontSize) < 11) {
        faults.push(`${name(table)}: small words`);
      }
    }
  }
  for (const chart of document.querySelectorAll('main .chart')) {
    if (!shown(chart)) { continue; }
    const frame = chart.getBoundingClientRect();
    const full = chart.closest('.figure').getBoundingClientRect().width;
    if (frame.width < full * 0.95) { faults.push(`${name(chart)} leaves width unused`); }
    const words = [...chart.querySelectorAll('text, .chart-axis, .chart-key li')]
      .filter(e => e.textContent.trim() && shown(e))
      .map(e => [e.textContent.trim(), e.getBoundingClientRect(), e]);
    for (const [said, box, e] of words) {
      if (parseFloat(getComputedStyle(e).fontSize) < 11) {
        faults.push(`${name(chart)}: “${said}” is small`);
      }
      if (box.left < frame.left - 1.5 || box.right > frame.right + 1.5) {
        faults.push(`${name(chart)}: “${said}” stands out of its frame`);
      }
    }
    words.forEach(([said, a], n) => words.slice(0, n).forEach(([other, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1.5 && down > 4) {
        faults.push(`${name(chart)}: “${said}” covers “${other}”`);
      }
    }));
  }
  for (const map of document.querySelectorAll('main .map-canvas')) {
    if (!shown(map)) { continue; }
    const frame = map.getBoundingClientRect();
    for (const e of map.querySelectorAll('text')) {
      if (!shown(e)) { continue; }
      const box = e.getBoundingClientRect();
      const scale = e.getScreenCTM().a;
      if (parseFloat(getComputedStyle(e).fontSize) * scale < 10.95) {
        faults.push(`${name(map)}: “${e.textContent}” is small`);
      }
      if (box.right > frame.right + 2 || box.left < frame.left - 2) {
        faults.push(`${name(map)}: “${e.textContent}” stands out of the map`);
      }
    }
  }
  return [...new Set(faults)];
}"""


def told(faults: list[str]) -> str:
    return "\n".join(["", *faults[:40], *([f"… {len(faults)} in all"] if faults[40:] else [])])


def short(page: Path) -> str:
    return f"{page.parent.name}/{page.name}"


def of_one_language(pages: list[Path]) -> list[Path]:
    """One page of each kind, in Vietnamese."""
    own = [page for page in pages if page.parent.name == "vi"]
    profiles = [page for page in own if "profile" in page.name]
    return [page for page in own if page not in profiles[1:]]


def test_everything_is_whole_and_legible_at_every_width(pages, window):
    faults = []
    with window(viewport={"width": WIDTHS[0], "height": 900}) as page:
        for path in pages:
            page.set_viewport_size({"width": WIDTHS[0], "height": 900})
            page.goto(path.as_uri())
            page.evaluate(OPENED)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                faults += [f"{short(path)} {width}: {one}" for one in page.evaluate(MEASURED)]
    assert not faults, told(faults)


PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8"><body><main>
<figure class="figure" id="f" style="width:300px"><div class="picture"><div class="chart">
<svg width="100%" height="60" style="overflow:visible"><text x="{x}" y="20" font-size="{size}">
A long label</text><text x="10" y="{y}" font-size="12">Another</text></svg></div></div></figure>
<div class="table" id="t" style="width:{room}px"><table class="data"><tr><th>Name</th>
<td style="white-space:nowrap">a cell that does not wrap at all</td></tr></table></div></main>"""


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({}, None),
        ({"x": 260}, "stands out of its frame"),
        ({"size": 9}, "is small"),
        ({"y": 20}, "covers"),
        ({"room": 90}, "is cut"),
    ],
)
def test_the_measure_sees_what_is_wrong(tmp_path, window, settings, fault):
    page_file = tmp_path / "page.html"
    page_file.write_text(PAGE.format(**({"x": 10, "size": 12, "y": 50, "room": 600} | settings)))
    with window(viewport={"width": 800, "height": 600}) as page:
        page.goto(page_file.as_uri())
        found = page.evaluate(MEASURED)
    assert any(fault in one for one in found) if fault else found == []


def test_every_mark_answers_to_pointer_finger_and_keyboard(pages, window):
    tried = 0
    with window(viewport={"width": 390, "height": 844}) as page:
        for path in of_one_language(pages):
            page.goto(path.as_uri())
            page.evaluate(OPENED)
            for chart in page.locator("main .chart:visible").all():
                marks = chart.locator(".mark")
                if not marks.count():
                    continue
                tried += 1
                chart.scroll_into_view_if_needed()
                words = [mark.get_attribute("aria-label") for mark in marks.all()]
                assert all(words), short(path)
                box = marks.first.bounding_box()
                page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
                tip = chart.locator(".tip")
                assert tip.is_visible() and tip.text_content() in words, short(path)
                first = chart.locator('.mark[tabindex="0"]')
                assert first.count() == 1, "one stop of the tab key a chart"
                first.focus()
                assert tip.text_content() == words[0]
                page.keyboard.press("End")
                assert tip.text_content() == words[-1]
    assert tried > 10


def test_the_words_of_marks_are_there_without_a_script(pages, window):
    with window(java_script_enabled=False) as page:
        path = next(p for p in pages if p.parent.name == "en" and p.name == "funding-gaps.html")
        page.goto(path.as_uri())
        marks = page.locator(".chart .mark")
        assert marks.count() > 60
        assert marks.count() == page.locator(".chart .mark > title").count()


def test_a_district_chosen_in_a_chart_is_marked_everywhere_and_leads_to_its_profile(pages, window):
    path = next(p for p in pages if p.parent.name == "vi" and p.name == "funding-gaps.html")
    with window(viewport={"width": 1280, "height": 900}) as page:
        page.goto(path.as_uri())
        page.evaluate(OPENED)
        mark = page.locator('#funding-districts .mark[data-district="903"]')
        mark.locator("text").last.click(force=True)
        for where in (".mark", "table.data tr", ".map-areas path"):
            chosen = page.locator(f"{where}.chosen")
            assert chosen.count(), where
            assert {one.get_attribute("data-district") for one in chosen.all()} == {"903"}
        told_of = page.locator(".chosen-place")
        assert "Hòn Đất" in told_of.text_content()
        link = told_of.locator("a")
        assert (path.parent / link.get_attribute("href")).is_file()
        page.keyboard.press("Escape")
        assert not page.locator(".chosen").count() and told_of.is_hidden()


def test_a_row_and_an_area_choose_their_district_too(pages, window):
    path = next(p for p in pages if p.parent.name == "en" and p.name == "funding-gaps.html")
    with window(viewport={"width": 1280, "height": 900}) as page:
        page.goto(path.as_uri())
        page.evaluate(OPENED)
        for where in ('table.data tr[data-district="906"] th', '.map-areas path[data-code="906"]'):
            page.locator(where).first.dispatch_event("click")
            assert page.locator('.mark.chosen[data-district="906"]').count(), where
            page.locator(".chosen-place button").click()
            assert not page.locator(".mark.chosen").count()


def test_a_chart_can_be_taken_as_a_picture(pages, window):
    path = next(p for p in pages if p.parent.name == "vi" and p.name == "poverty-reduction.html")
    with window(viewport={"width": 1280, "height": 900}) as page:
        page.goto(path.as_uri())
        page.evaluate(OPENED)
        pictures = page.evaluate("""() => {
            const write = XMLSerializer.prototype.serializeToString;
            return Promise.all([...document.querySelectorAll('.figure')]
            .filter(one => one.querySelector('.chart, .map-canvas'))
            .map(one => {
                let words;
                XMLSerializer.prototype.serializeToString = svg => {
                    words = svg.textContent;
                    return write.call(new XMLSerializer(), svg);
                };
                return window.kgstatsPicture(one).then(made => {
                const data = made.getContext('2d').getImageData(0, 0, made.width, made.height).data;
                const colours = new Set();
                let black = 0, all = 0;
                for (let at = 0; at < data.length; at += 4001 * 4) {
                    const colour = data[at] << 16 | data[at + 1] << 8 | data[at + 2];
                    colours.add(colour); all += 1; black += colour === 0;
                }
                return [one.id, made.width, made.height, colours.size, black / all, words];
            });}));}""")
    assert len(pictures) > 8
    for name, width, height, colours, black, words in pictures:
        assert width > 1500 and height > 300 and colours > 1, name
        # The outlines of a map's districts came out filled with black.
        assert black < 0.01, name
        # A picture goes on without its page: it says what the returns are, and where it is from.
        assert "minh họa" in words and f"poverty-reduction.html#{name}" in words, name
        assert ("trên 1% đến 2%" in words) == (name == "poverty-map-poor")


def test_a_phone_says_tap_and_draws_no_frame_around_the_sea(pages, window):
    path = next(p for p in pages if p.parent.name == "en" and p.name == "funding-gaps.html")
    with window(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True) as page:
        page.goto(path.as_uri())
        page.evaluate(OPENED)
        assert page.locator(".map-hint").first.text_content().startswith("Tap")
        page.locator(".map-sheet").first.evaluate("e => e.focus()")
        outline = page.locator(".map-sheet").first.evaluate("e => getComputedStyle(e).outlineStyle")
        assert outline == "none"
        # What an area is stands above the way to its district, not behind it.
        area = page.locator('.map-areas path[data-code="906"]').first
        area.evaluate("e => e.scrollIntoView({block: 'center'})")
        spot = area.bounding_box()
        page.touchscreen.tap(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
        told = page.locator(".map-panel:has(.map-panel-name)").first.bounding_box()
        chosen = page.locator(".chosen-place").bounding_box()
        assert told["y"] + told["height"] <= chosen["y"] and chosen["height"] < 60
