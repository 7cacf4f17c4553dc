"""Renews the pictures of the officers' guide, docs/officer: the desk as the browser shows it.

Run with ``.venv/bin/python tools/officer_guide.py``; the tests compare the guide's
words with those of the page.
"""

from __future__ import annotations

import asyncio
import io
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

import openpyxl

from kgstats.officer import template
from kgstats.officer.desk import Desk

GUIDE = Path(__file__).parents[1] / "docs" / "officer"
YEAR, DISTRICT = 2019, "912"
WIDTH, COLOURS = 900, 48
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main(folder: Path = GUIDE, browser: Any = None) -> None:
    """Take the pictures into a folder, with a browser that is open or one of its own."""
    with tempfile.TemporaryDirectory() as held:
        wrong = _filled_in_wrongly(Path(held))
        if browser is not None:
            _pictures(browser, wrong, folder)
            return
        from playwright.sync_api import sync_playwright

        found = next(filter(None, map(shutil.which, BROWSERS)))
        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(executable_path=found, args=["--disable-gpu"])
            _pictures(launched, wrong, folder)
            launched.close()


def _pictures(browser: Any, wrong: Path, folder: Path) -> None:
    page = browser.new_page(viewport={"width": WIDTH, "height": 700})
    page.goto(_opened())
    _keep(page.locator("main section").first.screenshot(), folder / "1-dua-tep.png")
    page.set_input_files("#files", str(wrong))
    with page.expect_navigation():
        page.locator("#drop button").click()
    page.evaluate("document.activeElement.blur()")
    box = page.locator("#result").bounding_box()
    assert box is not None
    clip = {"x": box["x"], "y": box["y"], "width": box["width"], "height": 640}
    _keep(page.screenshot(full_page=True, clip=clip), folder / "2-ket-qua.png")
    form = page.locator("section[aria-labelledby=form]")
    _keep(form.screenshot(), folder / "3-bieu-mau.png")
    page.close()


def _opened() -> str:
    """Serve a desk until this program ends; return its address."""
    ready, port = threading.Event(), [0]

    async def serve() -> None:
        port[0] = Desk().listen_here(0)
        ready.set()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    ready.wait(30)
    return f"http://127.0.0.1:{port[0]}/"


def _filled_in_wrongly(folder: Path) -> Path:
    """Fill a form of poor households in, one commune of it wrongly."""
    path = template.write(YEAR, DISTRICT, folder / template.file_name(YEAR, DISTRICT))
    book = openpyxl.load_workbook(path)
    page: Any = book["Biểu 03"]
    rows = [row for row in range(8, page.max_row) if isinstance(page.cell(row, 1).value, int)]
    for at, row in enumerate(rows):
        numbers = [900 + at, 40, 60, 12, 1, 3, 52, None, 47, 5, 6, 80, 20, 0, 4, 64, None, 4]
        for column, value in enumerate(numbers, 3):
            page.cell(row, column, value)
    page.cell(rows[1], 9, "năm mươi hai")
    for name in ("Biểu 01", "Biểu 02", "Kiểm tra"):
        del book[name]
    for row in page.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.value = None  # nobody calculates here
    book.save(path)
    return path


def _keep(picture: bytes, path: Path) -> None:
    """Keep a picture small: few colours are enough for words."""
    from PIL import Image

    shown = Image.open(io.BytesIO(picture)).convert("RGB")
    shown.quantize(COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    main()
