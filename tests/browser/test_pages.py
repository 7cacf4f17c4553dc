"""The publication as its readers meet it: opened from a folder, in a real browser."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from babel.numbers import NumberFormatError, parse_decimal

pytestmark = pytest.mark.browser

OPENED = "document.querySelectorAll('details').forEach(folded => { folded.open = true; })"
WIDE = {"width": 1280, "height": 900}


def told(faults: list[str]) -> str:
    return "\n".join(["", *faults[:40], *([f"… {len(faults)} in all"] if faults[40:] else [])])


def short(page: Path) -> str:
    return f"{page.parent.name}/{page.name}"


def kinds(pages: list[Path]) -> list[Path]:
    """One page of each kind: of a group made from one notebook the first stands for all."""
    seen: dict[tuple[str, str], Path] = {}
    for page in pages:
        text = page.read_text(encoding="utf-8")
        group = re.search(r'<nav [^>]*class="siblings".*?href="([^"]+)"', text, re.DOTALL)
        seen.setdefault((page.parent.name, group.group(1) if group else page.name), page)
    return list(seen.values())


def in_vietnamese(pages: list[Path]) -> list[Path]:
    """The pages of one language, for what does not depend on words."""
    return [page for page in pages if page.parent.name == "vi"]


def test_no_page_has_an_accessibility_violation_in_either_theme(pages, window):
    from axe_playwright_python.base import AXE_FILE_PATH

    axe = AXE_FILE_PATH.read_text(encoding="utf-8")
    # The pages of a group, and of two languages, are of one notebook and of the same colours.
    coloured = set(in_vietnamese(kinds(pages)))
    faults = []
    with window(viewport=WIDE) as page:
        for path in pages:
            page.goto(path.as_uri())
            # Folded parts count too.
            page.evaluate(OPENED)
            page.evaluate(axe + "; undefined")
            # Evaluated by the debugger, so the page's policy against inline scripts stays on.
            faults += check(page, f"{short(path)} whole", {"rules": {"color-contrast": OFF}})
            if path not in coloured:
                continue
            page.evaluate(FEWER_ROWS)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                faults += check(page, f"{short(path)} {scheme}", {"runOnly": COLOURS})
    assert not faults, told(faults)


OFF = {"enabled": False}
COLOURS = ["color-contrast", "link-in-text-block"]
# The contrast of every cell is slow to compute and alike from row to row.
FEWER_ROWS = """document.querySelectorAll('main tbody').forEach(body => {
  for (const kind of ['group', 'total', '']) {
    const alike = Array.from(body.rows).filter(row => row.className === kind);
    alike.slice(3).forEach(row => row.remove());
  }
})"""


def check(page, where: str, options: dict) -> list[str]:
    found = page.evaluate(
        "options => axe.run(document, options)",
        {"resultTypes": ["violations"], "preload": False, **options},
    )
    assert found["passes"], "axe looked at nothing"
    return [
        f"{where}: {fault['id']} ({fault['impact']}) at "
        f"{fault['nodes'][0]['target']}: {fault['nodes'][0]['html'][:120]}"
        for fault in found["violations"]
    ]


def test_axe_sees_a_fault(tmp_path, window):
    from axe_playwright_python.sync_playwright import Axe

    (tmp_path / "a.html").write_text('<html><body><img src="data:,"><p>x</p></body></html>')
    with window() as page:
        page.goto((tmp_path / "a.html").as_uri())
        found = {fault["id"] for fault in Axe().run(page).response["violations"]}
    assert {"image-alt", "html-has-lang", "document-title"} <= found


def test_nothing_leaves_the_folder_and_nothing_is_complained_of(site, pages, window):
    faults: list[str] = []
    with window(viewport=WIDE) as page:
        now = pages[0]

        def hear(request):
            parts = urlsplit(request.url)
            asked = Path(unquote(parts.path))
            # Which years stand beside this one is told there.
            known = asked.is_relative_to(site) or asked == site.parents[1] / "years.js"
            inside = parts.scheme == "file" and known
            if not inside and parts.scheme != "data":
                faults.append(f"{short(now)} asks for {request.url}")

        page.on("request", hear)
        page.on("requestfailed", lambda r: faults.append(f"{short(now)} did not get {r.url}"))
        page.on("pageerror", lambda error: faults.append(f"{short(now)}: {error}"))
        page.on("console", lambda said: faults.append(f"{short(now)}: {said.type} {said.text}"))
        for now in pages:
            page.goto(now.as_uri())
    assert not faults, told(faults)


def test_every_page_forbids_the_network_and_inline_scripts(pages, window):
    with window() as page:
        for path in pages:
            assert '"Content-Security-Policy"' in path.read_text(encoding="utf-8"), path
        page.goto(pages[-1].as_uri())
        blocked = page.evaluate(
            """async () => {
              const heard = [];
              document.addEventListener(
                "securitypolicyviolation", refused => heard.push(refused.effectiveDirective));
              const script = document.createElement("script");
              script.textContent = "window.ran = true";
              document.body.append(script);
              const image = new Image();
              image.src = "http://127.0.0.1:9/x.png";
              await fetch("http://127.0.0.1:9/").catch(() => 0);
              await new Promise(done => setTimeout(done, 200));
              return [heard, window.ran === true];
            }"""
        )
    assert not blocked[1]
    assert {"script-src-elem", "img-src", "connect-src"} <= set(blocked[0])


def test_links_between_pages_lead_somewhere(site, pages):
    from lxml import html

    anchors = {
        page: {e.get("id") for e in html.parse(str(page)).iter() if e.get("id")} for page in pages
    }
    faults = []
    for page in pages:
        for element in html.parse(str(page)).iter("a", "link", "script"):
            target = element.get("href") or element.get("src")
            if not target or urlsplit(target).scheme:
                continue
            parts = urlsplit(target)
            file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            if not file.is_file() or not file.is_relative_to(site):
                faults.append(f"{short(page)}: {target} is not there")
            elif parts.fragment and file in anchors and parts.fragment not in anchors[file]:
                faults.append(f"{short(page)}: {target} has no such place")
    assert not faults, told(faults)


TABBABLE = """() => {
  const all = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const stops = Array.from(document.querySelectorAll(all)).filter(e =>
    e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true }));
  // A map is one stop; arrow keys move inside it.
  return Array.from(new Set(stops.map(e => e.closest('svg') || e))).map((e, place) => {
    e.dataset.walk = place;
    return e.outerHTML.slice(0, 90);
  });
}"""
FOCUSED = """() => {
  let e = document.activeElement;
  if (!e || e === document.body) { return null; }
  e = e.closest('svg') || e;
  const box = e.getBoundingClientRect();
  // The mark of a chart has the ring, not the whole picture.
  const looks = [e, document.activeElement].map(one => getComputedStyle(one));
  const ringed = looks.some(l => l.outlineStyle !== 'none' && parseFloat(l.outlineWidth) >= 2)
    || e.querySelector('.map-cursor') !== null;
  // Some part of it is on the screen and nothing lies over that part.
  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  let seen = false;
  for (const share of [0.5, 0.1, 0.9]) {
    const hit = document.elementFromPoint(left + (right - left) * share, top + (bottom - top) / 2);
    seen = seen || (hit !== null && (e.contains(hit) || hit.contains(e) && hit.tagName !== 'BODY'));
  }
  return { place: Number(e.dataset.walk ?? -1), ringed, seen, html: e.outerHTML.slice(0, 90) };
}"""


def test_the_keyboard_reaches_everything_in_order(pages, window):
    faults = []
    with window(viewport=WIDE) as page:
        for path in in_vietnamese(kinds(pages)):
            page.goto(path.as_uri())
            stops = page.evaluate(TABBABLE)
            for place, stop in enumerate(stops):
                page.keyboard.press("Tab")
                now = page.evaluate(FOCUSED)
                if now is None or now["place"] != place:
                    faults.append(f"{short(path)}: stop {place} should be {stop}, is {now}")
                    break
                if not now["ringed"]:
                    faults.append(f"{short(path)}: no ring around {now['html']}")
                if not now["seen"]:
                    faults.append(f"{short(path)}: focused but hidden: {now['html']}")
            else:
                page.keyboard.press("Tab")
                now = page.evaluate(FOCUSED)
                if now is not None and now["place"] == len(stops) - 1:
                    faults.append(f"{short(path)}: no way out of {now['html']}")
    assert not faults, told(faults)


def test_the_skip_link_comes_first_and_skips(pages, window):
    with window(viewport=WIDE) as page:
        for path in in_vietnamese(kinds(pages)):
            page.goto(path.as_uri())
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip", short(path)
            box = page.locator(".skip").bounding_box()
            assert box["x"] >= 0 and box["y"] >= 0, f"{short(path)}: the skip link is not shown"
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            assert page.evaluate(
                "(() => { const e = document.activeElement;"
                " return e.closest('main') !== null || !document.querySelector('main a') })()"
            ), f"{short(path)}: skipping does not lead to the content"


def results(page) -> list[str]:
    return page.locator("#search-results a > span").all_inner_texts()


def folded(text: str) -> str:
    import unicodedata

    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_search_finds_places_without_accents(site, window, lang):
    with window(viewport=WIDE) as page:
        page.goto((site / lang / "index.html").as_uri())
        field = page.get_by_role("search").get_by_role("searchbox")
        for typed in ("hon dat", "Hòn Đất", "HON  DAT", "Ho\u0300n Đâ\u0301t", "dat hon"):
            field.fill(typed)
            found = results(page)
            assert found, typed
            assert all("hon" in folded(text) and "dat" in folded(text) for text in found), found
        field.fill("khongcogi")
        assert results(page) == []
        assert page.locator("#search-results li").inner_text()
        field.fill("hon dat")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.closest('li') !== null")
        first = page.evaluate("document.activeElement.href")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.href") == first
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.id") == "search"
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")
        assert not page.locator("#search-results").is_visible()
        assert page.evaluate("document.activeElement.id") == "search"
        assert field.input_value() == ""
        field.fill("hon dat")
        page.keyboard.press("Enter")
        page.wait_for_url(first)
        # The profile of the district comes before what only names it.
        assert page.url.endswith("district-profile-hon-dat.html")


@pytest.mark.parametrize(
    ("lang", "typed"),
    [
        ("vi", "duong giao thong nong thon"),
        ("vi", "Tổng vốn đầu tư điện sinh hoạt"),
        ("en", "bridges built or repaired"),
        ("en", "rural roads"),
    ],
)
def test_search_finds_indicators(site, window, lang, typed):
    with window(viewport=WIDE) as page:
        page.goto((site / lang / "index.html").as_uri())
        page.get_by_role("searchbox").fill(typed)
        assert any(folded(typed) in folded(text) for text in results(page))


def test_search_puts_the_accents_as_typed_first(site, window):
    made = {
        "pages": [{"title": "A", "href": "index.html"}],
        "entries": [
            ["Hôn đạt", "page", 0, "", ""],
            ["Hòn Đạt và những nơi khác", "row", 0, "x", ""],
            ["Một nơi gần Hòn Đất", "table", 0, "y", ""],
            ["Rạch Giá", "row", 0, "z", ""],
        ],
    }
    with window(viewport=WIDE) as page:
        page.goto((site / "vi" / "index.html").as_uri())
        page.evaluate("made => { window.kgstatsSearch = made; }", made)
        field = page.get_by_role("searchbox")
        field.fill("hòn đất")
        assert results(page)[0] == "Một nơi gần Hòn Đất"
        assert len(results(page)) == 3
        field.fill("hôn đạt")
        assert results(page)[0] == "Hôn đạt"
        field.fill("hon dat")
        assert len(results(page)) == 3


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_search_index_leads_to_places_that_exist(site, window, lang):
    script = (site / lang / "search-index.js").read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("window.kgstatsSearch = ").rstrip().rstrip(";"))
    texts = {
        page["href"]: (site / lang / page["href"]).read_text(encoding="utf-8")
        for page in index["pages"]
    }
    kinds_found = Counter(kind for _, kind, *_ in index["entries"])
    assert {"page", "value", "heading", "table", "figure", "row"} <= set(kinds_found)
    for text, _, number, anchor, _ in index["entries"]:
        href = index["pages"][number]["href"]
        assert not anchor or f'id="{anchor}"' in texts[href], f"{href}#{anchor} ({text})"


READ_TABLES = """() => Array.from(document.querySelectorAll('main div.table')).map(block => {
  const table = block.querySelector('table');
  return {
    id: block.id,
    headed: table.tHead.checkVisibility(),
    buttons: table.querySelectorAll('button.sort').length,
    // The column a button stands above, by where it stands.
    columns: Array.from(table.querySelectorAll('button.sort')).map(button => {
      const box = button.closest('th').getBoundingClientRect();
      const row = Array.from(table.tBodies[0].rows).find(r => r.className !== 'group');
      return row ? Array.from(row.cells).findIndex(cell => {
        const below = cell.getBoundingClientRect();
        return Math.abs(below.left - box.left) < 2 && Math.abs(below.right - box.right) < 2;
      }) : -1;
    }),
    numeric: Array.from(table.querySelectorAll('button.sort')).map(
      b => b.closest('th').classList.contains('n')),
    rows: Array.from(table.tBodies[0].rows).map(row => ({
      kind: row.className, cells: Array.from(row.cells).map(c => c.textContent.trim()) })),
  };
})"""
READ_ROWS = """id => Array.from(document.getElementById(id).querySelector('tbody').rows).map(
  row => ({ kind: row.className, cells: Array.from(row.cells).map(c => c.textContent.trim()) }))"""
SORT = """([id, n]) => {
  const button = document.getElementById(id).querySelectorAll('button.sort')[n];
  button.click();
  return button.closest('th').getAttribute('aria-sort');
}"""


def amount(text: str, lang: str):
    """Return the number a cell begins with, read by Babel."""
    written = re.match(r"[+\-−]?\d[\d.,]*", text)
    if written is None:
        return None
    try:
        return parse_decimal(written.group().replace("−", "-"), locale=lang)
    except NumberFormatError:
        return None


def in_parts(rows: list[dict]) -> list[dict]:
    """Return the runs of rows that may change places, each after what keeps its own."""
    parts: list[dict] = [{"before": None, "rows": []}]
    for row in rows:
        if row["kind"] in ("group", "total"):
            parts.append({"before": row["cells"], "rows": []})
        else:
            parts[-1]["rows"].append(row["cells"])
    return parts


def test_tables_sort_by_number_within_their_groups(pages, window):
    sorted_columns = Counter()
    with window(viewport=WIDE) as page:
        for path in kinds(pages)[1:]:
            lang = path.parent.name
            page.goto(path.as_uri())
            page.evaluate(OPENED)
            for table in page.evaluate(READ_TABLES):
                before = in_parts(table["rows"])
                # As cards a table has no head to sort by.
                if not any(table["numeric"]) or not table["headed"]:
                    continue
                button = table["numeric"].index(True)
                place = table["columns"][button]
                assert place >= 0, f"{short(path)}#{table['id']}"
                for step in ("ascending", "descending", None):
                    assert page.evaluate(SORT, [table["id"], button]) == step
                    rows = page.evaluate(READ_ROWS, table["id"])
                    after = in_parts(rows)
                    where = f"{short(path)}#{table['id']} {step}"
                    assert [p["before"] for p in after] == [p["before"] for p in before], where
                    for old, new in zip(before, after, strict=True):
                        assert sorted(old["rows"]) == sorted(new["rows"]), where
                    if step is None:
                        assert rows == table["rows"], where
                        continue
                    for part in after:
                        values = [amount(row[place], lang) for row in part["rows"]]
                        known = [value for value in values if value is not None]
                        assert values[: len(known)] == known, f"{where}: absent before numbers"
                        assert known == sorted(known, reverse=step == "descending"), where
                        sorted_columns[lang] += len(set(known)) > 2
    assert sorted_columns["vi"] and sorted_columns["en"]


def test_sorting_works_with_keyboard_and_pointer(pages, window):
    for path in pages[1:]:
        with window(viewport=WIDE) as page:
            page.goto(path.as_uri())
            button = page.locator("main > .table button.sort, main .table:visible button.sort")
            if not button.count():
                continue
            button.first.focus()
            page.keyboard.press("Enter")
            assert page.locator("th[aria-sort=ascending]").count() == 1
            button.first.click()
            assert page.locator("th[aria-sort=descending]").count() == 1
            return
    pytest.fail("no page has a table to sort")


FILTER = """([id, typed]) => {
  const block = document.getElementById(id), field = block.querySelector('.filter input');
  field.value = typed;
  field.dispatchEvent(new Event('input'));
  const rows = Array.from(block.querySelector('tbody').rows).filter(r => r.checkVisibility());
  return {
    rows: rows.filter(r => r.className !== 'group').map(r => r.textContent),
    groups: rows.filter(r => r.className === 'group').map(r => r.textContent),
    said: block.querySelector('[role=status]').textContent };
}"""


def plain(text: str) -> str:
    return " ".join(folded(text).split())


def test_filter_finds_rows_with_and_without_accents(pages, window):
    tried = Counter()
    with window(viewport=WIDE) as page:
        for path in kinds(pages)[1:]:
            page.goto(path.as_uri())
            page.evaluate(OPENED)
            filtered = page.evaluate(
                "Array.from(document.querySelectorAll('.filter input'),"
                " field => field.closest('.table').id)"
            )
            for table in page.evaluate(READ_TABLES):
                if table["id"] not in filtered:
                    assert len(table["rows"]) < 12, f"{short(path)}#{table['id']} has no filter"
                    continue
                names = [row["cells"][0] for row in table["rows"] if row["kind"] != "group"]
                name = next((n for n in names if folded(n) != n.lower()), names[0])
                for typed in (name, folded(name), f" {name.upper()} "):
                    shown = page.evaluate(FILTER, [table["id"], typed])
                    where = f"{short(path)}#{table['id']}: {typed}"
                    assert shown["rows"], where
                    assert shown["said"].startswith(f"{len(shown['rows'])} "), where
                    if not any(plain(name) in plain(group) for group in shown["groups"]):
                        assert all(plain(name) in plain(row) for row in shown["rows"]), where
                nothing = page.evaluate(FILTER, [table["id"], "qqqq"])
                assert nothing["rows"] == nothing["groups"] == []
                everything = page.evaluate(FILTER, [table["id"], ""])
                assert len(everything["rows"] + everything["groups"]) == len(table["rows"])
                assert everything["said"] == ""
                tried[path.parent.name] += 1
    assert tried["vi"] and tried["en"]


def test_downloads_are_there_and_say_the_same(site, pages):
    from lxml import html
    from openpyxl import load_workbook

    opened = 0
    for path in pages[1:]:
        document = html.parse(str(path))
        for link in document.iterfind(".//a[@download]"):
            file = path.parent / unquote(link.get("href"))
            where = f"{short(path)}: {link.get('href')}"
            assert file.is_file() and file.stat().st_size, where
            if file.suffix == ".csv":
                assert file.read_bytes().startswith(b"\xef\xbb\xbf"), where
                with file.open(encoding="utf-8-sig", newline="") as text:
                    assert sum(1 for _ in csv.reader(text)) > 1, where
            elif file.suffix == ".xlsx":
                assert zipfile.ZipFile(file).testzip() is None, where
                if opened < 4:
                    opened += 1
                    assert load_workbook(file, read_only=True).active.max_row > 1, where
        tables = document.findall(".//main//div[@class='table']")
        links = document.xpath(".//main//a[@download][not(ancestor::ul[contains(@class, 'take')])]")
        kinds_found = Counter(Path(link.get("href")).suffix for link in links)
        assert kinds_found[".csv"] == kinds_found[".xlsx"] == len(tables), short(path)
    assert opened


def test_a_download_is_saved_from_the_folder(pages, window):
    path = next(p for p in pages[1:] if " download" in p.read_text(encoding="utf-8"))
    with window(viewport=WIDE, accept_downloads=True) as page:
        page.goto(path.as_uri())
        page.locator("main .menu:visible > summary").first.click()
        for suffix in ("csv", "xlsx"):
            link = page.locator(f"main a[download][href$='.{suffix}']:visible").first
            with page.expect_download() as waiting:
                link.click()
            assert waiting.value.suggested_filename.endswith(f".{suffix}")
            original = path.parent / unquote(link.get_attribute("href"))
            assert Path(waiting.value.path()).read_bytes() == original.read_bytes()


TO_THE_TOP = """n => {
  const heading = document.querySelectorAll('main h2, main h3')[n];
  heading.scrollIntoView();
  return heading.getBoundingClientRect().top;
}"""


def test_the_other_language_opens_at_the_same_place(pages, window):
    nth = "n => document.querySelectorAll('main h2, main h3')[n].getBoundingClientRect().top"
    with window(viewport=WIDE) as page:
        for path in kinds(pages)[1:]:
            if path.name == "index.html" or path.parent.name != "vi":
                continue
            page.goto(path.as_uri())
            count = page.locator("main h2, main h3").count()
            # A heading in the middle that can stand at the top of the window.
            middle = next(
                place
                for place in range(count // 2, -1, -1)
                if page.evaluate(TO_THE_TOP, place) <= 60
            )
            page.evaluate("document.querySelector('[data-language-switch]').click()")
            page.wait_for_url("**/en/**")
            page.wait_for_load_state()
            assert page.evaluate("document.documentElement.lang") == "en"
            assert page.locator("main h2, main h3").count() == count, short(path)
            at_end = page.evaluate("scrollY + innerHeight >= document.body.scrollHeight - 2")
            assert at_end or -5 <= page.evaluate(nth, middle) <= 60, short(path)
            assert page.url.endswith(f"#place-{middle}")


def test_every_table_and_figure_has_a_link_and_a_citation(pages):
    from lxml import html

    for path in pages[1:]:
        document = html.parse(str(path))
        for block in document.iterfind(".//main//*[@id]"):
            if block.get("class") not in ("table", "figure"):
                continue
            if any(up.get("class") == "figure-data" for up in block.iterancestors()):
                continue
            menu = block.find("./details[@class='menu']")
            if path.name == "index.html":
                assert menu is None
                continue
            link = menu.find("div[@class='tools']/a[@class='permalink']")
            assert link.get("href") == f"#{block.get('id')}", short(path)
            citation = "".join(menu.find("p[@class='cite']").itertext())
            named = block.find("figcaption")
            named = block.find(".//caption") if named is None else named
            assert " ".join(named.text_content().split()) in citation, short(path)
            assert f"{path.name}#{block.get('id')}" in citation, short(path)


def test_pages_of_the_printed_report_alone_are_not_called_illustrative(pages):
    for path in pages[1:]:
        marked = 'class="banner"' in path.read_text(encoding="utf-8")
        alone = path.name in ("programme-indicators.html", "report-audit.html")
        alone = alone or path.name == "data-dictionary.html"
        assert marked != alone, short(path)


def test_what_is_made_from_returns_says_from_which_cells(pages):
    from lxml import html

    # Published series, and what the reference data holds, are in no return.
    others = {"poverty-series", "assumptions", "thresholds"}
    seen = 0
    for path in pages[1:]:
        document = html.parse(str(path))
        if path.name == "index.html" or document.find(".//p[@class='banner']") is None:
            continue
        for block in document.iterfind(".//main//*[@id]"):
            kind = block.get("class")
            if kind not in ("table", "figure") or block.get("id") in others:
                continue
            if kind == "table" and any(e.get("class") == "figure" for e in block.iterancestors()):
                continue
            panel = block.find("details[@class='menu']/details[@class='provenance']")
            assert panel is not None, f"{short(path)}#{block.get('id')} does not say where from"
            assert panel.find("ul/li") is not None or panel.find("p/a") is not None
            seen += 1
    assert seen > 100


def test_a_permalink_leads_to_its_table(pages, window):
    with window(viewport=WIDE) as page:
        path = next(p for p in pages[1:] if 'class="permalink"' in p.read_text(encoding="utf-8"))
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")
        link = page.locator("main .permalink:visible").last
        link.click()
        assert page.url.endswith(link.get_attribute("href"))
        assert page.locator(":target").is_visible()


TOO_WIDE = """width => Array.from(document.querySelectorAll('body *')).filter(e =>
  e.getBoundingClientRect().right > width + 1 && !e.closest('.scroller, .picture, .pages, svg')
).slice(0, 3).map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", [360, 768])
def test_a_narrow_screen_never_scrolls_sideways(pages, window, width):
    faults = []
    with window(viewport={"width": width, "height": 740}) as page:
        for path in pages:
            page.goto(path.as_uri())
            page.evaluate(OPENED)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                faults.append(f"{short(path)} is {wide} px wide: {page.evaluate(TOO_WIDE, width)}")
    assert not faults, told(faults)


CONTENT = """() => Array.from(document.querySelectorAll(
  'main h1, main h2, main h3, main p, main li, main table, main svg, main dl'
)).filter(e => !e.closest('details, [hidden], .map-shared')).map(e => [
  e.tagName, e.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
  (e.getAttribute('aria-label') || e.textContent).trim().slice(0, 60)])"""


def test_everything_can_be_read_without_scripts(pages, window):
    with window(viewport=WIDE, java_script_enabled=False) as page:
        for path in kinds(pages):
            page.goto(path.as_uri())
            content = page.evaluate(CONTENT)
            assert len(content) > 2, short(path)
            hidden = [entry for entry in content if not entry[1]]
            assert not hidden, f"{short(path)}: {hidden[:5]}"
            dead = page.locator("main button:visible, main input:visible").count()
            assert not dead, f"{short(path)}: {dead} controls that do nothing without a script"
            for folded_part in page.locator("main details > summary:visible").all()[:2]:
                folded_part.click()


PRINTED_FAULTS = """() => {
  const found = [], width = document.documentElement.clientWidth;
  for (const table of document.querySelectorAll('main table')) {
    if (!table.checkVisibility()) { continue; }
    const name = table.closest('.table')?.id;
    const wide = table.getBoundingClientRect().right;
    if (wide > width + 1) { found.push(`${name} is ${Math.round(wide)} px wide on ${width}`); }
    if (table.tHead && getComputedStyle(table.tHead).display !== 'table-header-group') {
      found.push(`${name} does not repeat its header`);
    }
    for (const row of table.rows) {
      if (getComputedStyle(row).breakInside !== 'avoid') {
        found.push(`${name}: a row may split`);
        break;
      }
    }
    for (let e = table; e; e = e.parentElement) {
      const look = getComputedStyle(e);
      const scrolls = e.parentElement && /auto|scroll|hidden/.test(look.overflow);
      if (look.maxHeight !== 'none' || scrolls) {
        found.push(`${name} is cut by ${e.className || e.tagName}`);
      }
    }
  }
  // Each cell stands under its head: an empty one keeps its place, as it need not on a card.
  for (const cell of document.querySelectorAll('main table.data tbody tr > *')) {
    const look = getComputedStyle(cell).display;
    if (cell.closest('table').checkVisibility() && look !== 'table-cell') {
      found.push(`${cell.closest('[id]').id}: a cell is ${look}`);
      break;
    }
  }
  // No short word is broken to make room.
  for (const cell of document.querySelectorAll('main td:not(.url), main thead th')) {
    const text = cell.querySelector('button')?.firstChild || cell.firstChild;
    if (!text || text.nodeType !== 3 || !cell.checkVisibility()) { continue; }
    if (text.data.length > 24 || /[\\s\\u2013-]/.test(text.data.trim())) { continue; }
    const range = document.createRange();
    range.selectNodeContents(text);
    const lines = new Set(Array.from(range.getClientRects(), r => Math.round(r.top)));
    if (lines.size > 1 && getComputedStyle(cell).writingMode === 'horizontal-tb') {
      found.push(`the word ${text.data} is broken`);
    }
  }
  for (const figure of document.querySelectorAll('main figure')) {
    if (getComputedStyle(figure).breakInside !== 'avoid') { found.push(`${figure.id} may split`); }
  }
  const controls = 'nav, input, button:not(.sort), .menu, details.code';
  for (const e of document.querySelectorAll(controls)) {
    if (e.checkVisibility()) { found.push(`printed: ${e.outerHTML.slice(0, 60)}`); }
  }
  return found;
}"""
A4_TEXT_WIDTH = {"width": round((210 - 32) / 25.4 * 96), "height": 1000}


def test_pages_print_on_a4_without_cutting_tables(pages, window, tmp_path):
    faults = []
    with window(viewport=A4_TEXT_WIDTH, color_scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        for path in kinds(pages)[1:]:
            page.goto(path.as_uri())
            faults += [f"{short(path)}: {fault}" for fault in page.evaluate(PRINTED_FAULTS)]
            ink = page.evaluate(
                "(look => [look.color, look.backgroundColor])(getComputedStyle(document.body))"
            )
            assert ink == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"], f"{short(path)} prints dark"
            if path.parent.name == "vi":
                printed = page.pdf(prefer_css_page_size=True)
                sheets = re.findall(rb"/MediaBox ?\[ ?([\d. ]+)\]", printed)
                assert sheets, f"{short(path)}: nothing printed"
                for sheet in sheets:
                    _, _, across, down = map(float, sheet.split())
                    assert (round(across), round(down)) == (595, 842), f"{short(path)}: not A4"
    assert not faults, told(faults)


def test_a_page_is_light(pages):
    """Under 175 kB without its figures (tables carry what cards say), no styles or scripts."""
    for path in pages:
        text = path.read_text(encoding="utf-8")
        bare = re.sub(r"<figure.*?</figure>", "", text, flags=re.DOTALL)
        style = "".join(re.findall(r"<style.*?</style>", bare, flags=re.DOTALL))
        assert len(style) < 1500, short(path)
        assert not re.search(r"<script(?![^>]* src=)", bare), short(path)
        assert len(bare.encode()) < 175_000, short(path)


SCREENS = 6


def test_a_page_is_six_screens_long_before_anything_is_unfolded(pages, window):
    found = {}
    with window(viewport={"width": 1440, "height": 900}) as page:
        for path in pages:
            page.goto(path.as_uri())
            height = page.evaluate("document.documentElement.scrollHeight")
            if height > SCREENS * 900:
                found[short(path)] = height
    assert found == {}


def test_contents_are_at_hand_and_say_where_we_are(pages, window):
    path = next(p for p in pages if short(p) == "vi/poverty-reduction.html")
    with window(viewport={"width": 1440, "height": 900}) as page:
        page.goto(path.as_uri())
        links = page.locator("nav.contents a")
        last = links.nth(links.count() - 3)
        last.click()
        assert last.get_attribute("aria-current") == "true"
        box = page.locator("nav.contents ul").bounding_box()
        assert box["x"] + box["width"] <= page.locator("main").bounding_box()["x"]
        assert 0 <= box["y"] < 200
    with window(viewport={"width": 390, "height": 844}) as page:
        page.goto(path.as_uri())
        button = page.locator("nav.contents button")
        assert not page.locator("nav.contents ul").is_visible()
        page.evaluate("window.scrollTo(0, 3000)")
        assert button.bounding_box()["y"] < 10
        button.click()
        page.locator("nav.contents a").nth(4).click()
        assert not page.locator("nav.contents ul").is_visible()
        assert page.url.split("#")[1]


def test_what_is_folded_opens_for_its_link(pages, window):
    path = next(p for p in pages if short(p) == "en/funding-gaps.html")
    with window(viewport=WIDE) as page:
        page.goto(path.as_uri())
        assert not page.locator("#funding-lapsing").is_visible()
        page.goto(path.as_uri() + "#funding-lapsing")
        page.reload()
        assert page.locator("#funding-lapsing").is_visible()
        # A key finding leads into what is folded.
        page.locator(".key a[href='#funding-carry-over']").click()
        assert page.locator("#funding-carry-over").is_visible()


def test_a_table_takes_one_stop_of_the_tab_key(pages, window):
    path = next(p for p in pages if short(p) == "en/poverty-reduction.html")
    with window(viewport=WIDE) as page:
        page.goto(path.as_uri())
        stops = page.evaluate(
            "Array.from(document.querySelectorAll('main a, main button, main input, main summary,"
            ' main [tabindex="0"]\')).filter(e => e.tabIndex >= 0 && e.checkVisibility()).length'
        )
        assert stops < 120
        page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true; })")
        # One that is a table at this width, not cards.
        name = page.evaluate(
            "Array.from(document.querySelectorAll('main .table[id]')).find(t => "
            "Array.from(t.querySelectorAll('button.sort')).filter(b => b.checkVisibility())"
            ".length > 2).id"
        )
        buttons = page.locator(f"#{name} button.sort")
        assert page.locator(f"#{name} button.sort:not([tabindex='-1'])").count() == 1
        buttons.first.focus()
        page.keyboard.press("ArrowRight")
        assert buttons.nth(1).evaluate("e => e === document.activeElement")
        page.keyboard.press("Enter")
        assert buttons.nth(1).evaluate("e => e.closest('th').ariaSort") == "ascending"


def test_titles_of_tables_and_figures_are_headings_in_order(pages):
    from lxml import html

    for path in kinds(pages):
        level = 0
        for heading in html.parse(str(path)).find(".//main").iter("h1", "h2", "h3", "h4"):
            now = int(heading.tag[1])
            assert now <= level + 1, f"{short(path)}: {heading.text_content()}"
            level = now
        for block in html.parse(str(path)).iterfind(".//main//details[@class='detail']"):
            assert block.find("summary")[0].get("class") == "title", short(path)


def test_every_page_says_where_it_stands(pages):
    from lxml import html

    for path in pages[1:]:
        if path.name == "index.html":
            continue
        document = html.parse(str(path))
        way = document.findall(".//nav[@class='crumbs']//li")
        assert way[0].find("a").get("href") == "index.html", short(path)
        last = way[-1].find("*[@aria-current='page']").text
        title = document.find(".//main//h1").text_content()
        assert last and title.endswith(last), short(path)
        made = document.find(".//section[@class='made']").text_content()
        # The day its data end with.
        assert re.search(r"\d{2}/\d{2}/20\d{2}|\d{1,2} [A-Z][a-z]+ 20\d{2}", made), short(path)


OFF_GROUND = """() => Array.from(document.querySelectorAll('.map-canvas')).flatMap(canvas => {
  const ground = getComputedStyle(canvas).backgroundColor, box = canvas.getBoundingClientRect();
  const out = Array.from(canvas.querySelectorAll('.map-frame text')).filter(e => {
    const own = e.getBoundingClientRect();
    return own.width && (own.bottom > box.bottom + 1 || own.right > box.right + 1);
  });
  return ground === 'rgba(0, 0, 0, 0)' ? out.map(e => e.textContent) : ['a box of its own'];
})"""


@pytest.mark.parametrize("width", [390, 1280])
def test_a_map_stands_on_the_page_in_the_dark(pages, window, width):
    tried = 0
    with window(viewport={"width": width, "height": 800}, color_scheme="dark") as page:
        for path in in_vietnamese(kinds(pages)):
            page.goto(path.as_uri())
            tried += page.locator(".map-canvas").count()
            assert page.evaluate(OFF_GROUND) == [], short(path)
    assert tried


def test_no_sheet_of_digests_is_printed(pages, window):
    path = next(p for p in pages if p.name == "overview.html")
    with window(viewport=A4_TEXT_WIDTH) as page:
        page.goto(path.as_uri())
        assert not page.locator(".made .digest").first.is_visible()
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert not page.locator(".made .digest").first.is_visible()
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert not page.locator(".made .digest").first.is_visible()


def asked() -> list[tuple[str, str, int, str]]:
    with Path(__file__).with_name("search_queries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row["lang"], row["typed"], int(row["within"]), row["found"]) for row in rows]


def test_search_finds_what_people_ask_for(site, window):
    """What is asked is found within so many hits, in the words of the hit or its value."""
    queries, faults = asked(), []
    assert len(queries) >= 60
    with window(viewport=WIDE) as page:
        for lang in ("vi", "en"):
            page.goto((site / lang / "index.html").as_uri())
            field = page.get_by_role("search").get_by_role("searchbox")
            for _, typed, within, found in (one for one in queries if one[0] == lang):
                field.fill(typed)
                hits = page.locator("#search-results a").all_inner_texts()
                if not any(found in hit for hit in hits[:within]):
                    faults.append(f"{lang} “{typed}”: no “{found}” in {hits[:within]}")
    assert not faults, told(faults)


def test_search_does_not_find_what_only_looks_alike(site, window):
    with window(viewport=WIDE) as page:
        page.goto((site / "vi" / "index.html").as_uri())
        field = page.get_by_role("search").get_by_role("searchbox")
        field.fill("hủy vốn")
        assert not any("Huy động" in text for text in results(page)[:3])
        field.fill("tin học")
        assert not any("thông tin" in text for text in results(page)[:3])
        field.fill("xyzzy")
        assert results(page) == []


def test_what_search_finds_stands_in_the_window_at_every_width(site, window):
    """On a tablet the list began left of the window: it hung below a box in the middle."""
    with window() as page:
        page.goto((site / "en" / "overview.html").as_uri())
        for width in (360, 390, 660, 768, 1024, 1440):
            page.set_viewport_size({"width": width, "height": 700})
            page.get_by_role("search").get_by_role("searchbox").fill("poverty")
            assert results(page)
            box = page.locator("#search-results").bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width, (width, box)


def test_search_gives_the_value_and_says_how_many(site, window):
    with window(viewport=WIDE) as page:
        page.goto((site / "en" / "index.html").as_uri())
        page.get_by_role("searchbox").fill("poor households Go Quao")
        first = page.locator("#search-results a").first
        assert re.search(r"\d", first.locator("b").inner_text())
        said = page.locator(".search [role=status]").inner_text()
        assert re.fullmatch(r"\d+ results", said)
        assert page.locator("#search-results .told").inner_text() == said


def test_a_figure_is_taken_away_as_picture_table_and_citation(pages, window):
    path = next(p for p in pages if short(p) == "vi/overview.html")
    with window(
        viewport=WIDE, accept_downloads=True, permissions=["clipboard-read", "clipboard-write"]
    ) as page:
        page.goto(path.as_uri())
        menu = page.locator("#trend > .menu")
        menu.locator("> summary").click()
        buttons = menu.locator("> .tools button")
        with page.expect_download() as waiting:
            buttons.nth(1).click()
        assert waiting.value.suggested_filename == "trend.png"
        assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")
        buttons.nth(0).click()
        page.wait_for_timeout(200)
        table = page.evaluate("navigator.clipboard.readText()")
        assert "\t" in table and len(table.splitlines()) > 2
        buttons.nth(2).click()
        page.wait_for_timeout(200)
        cited = page.evaluate("navigator.clipboard.readText()")
        assert cited == menu.locator(".cite span").inner_text()
        assert re.search(r"\d{2}/\d{2}/\d{4}", cited) and "overview.html#trend" in cited


def test_a_term_says_what_it_means_to_pointer_keyboard_and_finger(pages, window):
    path = next(p for p in pages if short(p) == "en/poverty-reduction.html")
    with window(viewport=WIDE) as page:
        page.goto(path.as_uri())
        term, tip = page.locator("main .term").first, page.get_by_role("tooltip")
        means = term.get_attribute("data-means")
        assert tip.count() == 0
        term.hover()
        assert tip.inner_text() == means
        page.keyboard.press("Escape")
        assert tip.count() == 0
        term.focus()
        assert tip.inner_text() == means
        assert term.get_attribute("aria-describedby") == tip.get_attribute("id")
        page.keyboard.press("Enter")
        page.wait_for_url("**#term-*")
        assert page.locator(":target dd").first.inner_text() == means
    with window(viewport={"width": 360, "height": 740}, has_touch=True) as page:
        page.goto(path.as_uri())
        term, tip = page.locator("main .term").first, page.get_by_role("tooltip")
        term.tap()
        assert tip.inner_text() == means
        box = tip.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360
        term.tap()
        page.wait_for_url("**#term-*")


def test_terms_lead_to_their_entry_without_a_script(pages, window):
    faults = []
    with window(java_script_enabled=False) as page:
        for path in (p for p in pages if short(p).endswith(("overview.html", "gaps.html"))):
            page.goto(path.as_uri())
            for link in page.locator("main .term").all():
                file, _, anchor = link.get_attribute("href").partition("#")
                if f'id="{anchor}"' not in (path.parent / file).read_text(encoding="utf-8"):
                    faults.append(f"{short(path)}: {anchor}")
            assert page.locator("main .term").count() > 3
    assert faults == []


def test_rows_that_are_cards_are_put_in_order_from_a_list(pages, window):
    path = next(p for p in pages if short(p) == "en/district-profile-an-bien.html")
    with window(viewport={"width": 360, "height": 740}) as page:
        page.goto(path.as_uri())
        table = page.locator("#communes")
        order = table.get_by_label("Sort by")

        def values() -> list[float]:
            said = table.locator("tbody td:nth-child(7)").all_inner_texts()
            return [float(one.rstrip("%")) for one in said if one[:1].isdigit()]

        before = values()
        column = order.locator("option", has_text="Poverty rate ↓").first.get_attribute("value")
        order.select_option(column)
        assert values() == sorted(before, reverse=True) != before
        order.select_option("")
        assert values() == before
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    with window(viewport={"width": 1440, "height": 900}) as page:
        page.goto(path.as_uri())
        assert not page.locator("#communes .order").is_visible()


def test_the_way_back_is_not_covered_on_a_phone(site, window):
    """A finger on the link to the front page does not meet the bar of contents below it."""
    with window(viewport={"width": 390, "height": 844}) as page:
        page.goto((site / "vi" / "overview.html").as_uri())
        back = page.locator("nav.crumbs a").first.bounding_box()
        bar = page.locator("nav.contents button").first.bounding_box()
        assert back["height"] >= 24 and back["y"] + back["height"] <= bar["y"]
