"""The desk as an officer meets it: drop, see, take, by mouse and by keyboard, wide and narrow."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import openpyxl
import pytest
from tests.officer.serving import open_desk
from tests.officer.test_delivery import GOOD, changed, write

from kgstats.officer.desk import MOST_BYTES, Desk

pytestmark = pytest.mark.browser
WIDTHS = {"wide": {"width": 1440, "height": 900}, "narrow": {"width": 390, "height": 844}}
DROP = """async ([name, content]) => {
  const bytes = Uint8Array.from(atob(content), sign => sign.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], name));
  document.dispatchEvent(new DragEvent("dragover", {dataTransfer: data, bubbles: true}));
  document.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true}));
}"""


@pytest.fixture(scope="module")
def address():
    with open_desk(Desk()) as at:
        yield at


@pytest.fixture(scope="module")
def wrong(tmp_path_factory) -> Path:
    rows = changed(changed(GOOD, 1, end="x1"), 2, households=20)
    return write(tmp_path_factory.mktemp("given") / "Kien Hai.xlsx", rows)


def drop(page, path: Path) -> None:
    content = base64.b64encode(path.read_bytes()).decode()
    with page.expect_navigation():
        page.evaluate(DROP, [path.name, content])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_dropped_a_workbook_shows_what_to_mend_beside_its_cell(
    window, address, wrong, lang, width, tmp_path
):
    with window(viewport=WIDTHS[width], accept_downloads=True) as page:
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda told: faults.append(told.text) if told.type == "error" else None)
        page.goto(f"{address}?lang={lang}")
        drop(page, wrong)
        assert page.get_attribute("html", "lang") == lang
        marked = page.locator("li.error td.marked").first
        assert marked.inner_text() == "x1" and marked.is_visible()
        found = page.locator("li.error").first.inner_text()
        assert ("Cách xử lý" if lang == "vi" else "What to do") in found and "H6" in found
        assert page.locator(".summary li").count() >= 3
        words = {"vi": "Tải bản sao có đánh dấu ô cần sửa", "en": "Take the copy with marked cells"}
        assert page.locator("a.button").inner_text() == words[lang]
        assert "<" not in page.locator("main").inner_text()
        with page.expect_download() as taken:
            page.locator("a.button").click()
        assert taken.value.suggested_filename == "Kien Hai.checked.xlsx"
        copy = tmp_path / "copy.xlsx"
        taken.value.save_as(copy)
        book = openpyxl.load_workbook(copy)
        assert book["Bieu 03"]["H6"].comment is not None and len(book.sheetnames) == 2
        # Nothing is cut off, nothing has to be dragged sideways but a table in its frame.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert faults == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_by_keyboard_alone_a_file_is_given_and_the_copy_reached(window, address, wrong, lang):
    with window(viewport=WIDTHS["wide"]) as page:
        page.goto(f"{address}?lang={lang}")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "files"
        choosers = []
        page.on("filechooser", lambda one: choosers.append(one))
        for _ in range(5):
            # A busy machine's browser may lose the first press.
            page.keyboard.press("Space")
            page.wait_for_timeout(500)
            if choosers:
                break
        choosers[0].set_files(wrong)
        page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "found"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.parentElement.open")
        page.keyboard.press("Tab")
        assert "button" in page.evaluate("document.activeElement.className")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline not in ("none", "")


def test_without_a_file_or_with_too_large_ones_nothing_is_sent(window, address):
    with window(viewport=WIDTHS["wide"]) as page:
        page.goto(f"{address}?lang=en")
        page.get_by_role("button", name="Check").click()
        assert page.locator("#status").inner_text() == "Choose a file first."
        page.evaluate(
            "bytes => { const data = new DataTransfer();"
            "data.items.add(new File([new ArrayBuffer(bytes)], 'a.xlsx'));"
            "document.getElementById('files').files = data.files; }",
            MOST_BYTES + 1,
        )
        page.get_by_role("button", name="Check").click()
        assert "too large" in page.locator("#status").inner_text()
        assert page.url.endswith("?lang=en")


@pytest.mark.parametrize("scripts", [True, False])
def test_the_template_is_taken_with_and_without_scripts(window, address, scripts):
    with window(accept_downloads=True, java_script_enabled=scripts) as page:
        page.goto(address)
        page.select_option("#district", "912")
        with page.expect_download() as taken:
            page.locator("form[action='/template'] button").click()
        assert "912-kien-hai.xlsx" in taken.value.suggested_filename


def test_a_page_of_another_site_cannot_give_files(window, address, tmp_path):
    (tmp_path / "evil.html").write_text(
        f'<form method="post" action="{address}check" enctype="multipart/form-data">'
        '<input name="token" value="x"><button>go</button></form>',
        encoding="utf-8",
    )
    with window() as page:
        page.goto((tmp_path / "evil.html").as_uri())
        with page.expect_navigation() as went:
            page.get_by_role("button").click()
        assert went.value.status == 403


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_axe_finds_nothing(window, address, wrong, lang, theme):
    from axe_playwright_python.base import AXE_FILE_PATH

    with window(viewport=WIDTHS["narrow"], color_scheme=theme, bypass_csp=True) as page:
        page.goto(f"{address}?lang={lang}")
        page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8") + "; undefined")
        assert page.evaluate("axe.run(document).then(found => found.violations)") == []
        drop(page, wrong)
        page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8") + "; undefined")
        found = page.evaluate("axe.run(document)")
        assert found["passes"]
        assert found["violations"] == [], json.dumps(found["violations"], indent=1)[:3000]
