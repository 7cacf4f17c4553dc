"""On paper: where sheets end, read off the structure that the browser prints with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pandas as pd
import pytest
from pypdf import PdfReader

from kgstats.appendix import site
from kgstats.present.tables import Column, Table

pytestmark = pytest.mark.browser


def above(element: Any) -> Iterator[Any]:
    while element is not None and "/S" in element:
        yield element
        element = element.get("/P") and element["/P"].get_object()


def is_of_a_row(cell: Any) -> bool:
    """Whether a cell is of a row of the table's body."""
    about = cell.get("/A", [])
    told = [one.get_object() for one in (about if isinstance(about, list) else [about])]
    return cell["/S"] == "/TD" or any(one.get("/Scope") == "/Row" for one in told)


def rows_by_sheet(printed: bytes) -> list[list[int]]:
    """For each table, how many rows of its body stand on each sheet that shows any of it."""
    read = PdfReader(BytesIO(printed))
    numbers = read.trailer["/Root"]["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    held = dict(zip(numbers[::2], numbers[1::2], strict=True))
    found: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for number, sheet in enumerate(read.pages):
        # A sheet with nothing but space on it has no structure.
        for marked in held[sheet["/StructParents"]] if "/StructParents" in sheet else []:
            path = list(above(marked.get_object()))
            kinds = [one["/S"] for one in path]
            if "/Table" not in kinds:
                continue
            rows = found[id(path[kinds.index("/Table")])][number]
            cell = next((one for one in path if one["/S"] in ("/TD", "/TH")), None)
            if cell is not None and is_of_a_row(cell):
                rows.add(id(path[kinds.index("/TR")]))
    return [[len(rows) for _, rows in sorted(sheets.items())] for sheets in found.values()]


def table(number: int, rows: int, grouped: bool) -> str:
    frame = pd.DataFrame({"place": [f"Xã {n}" for n in range(rows)], "poor": list(range(rows))})
    # The first group is of one row: its name and that row are no beginning of a table yet.
    frame["group"] = [f"Huyện {(n + 3) // 4}" for n in range(rows)]
    columns = [Column("place", "Xã", kind="text"), Column("poor", "Hộ nghèo", kind="number")]
    caption = "Số hộ nghèo và hộ cận nghèo của từng xã, phường, thị trấn cuối năm 2019 " * 2
    shown = Table(
        frame=frame, slug=f"t{number}", caption=caption, columns=columns, lang="vi",
        group="group" if grouped else None,
    )  # fmt: skip
    return shown.to_html()


def printed(window, folder, parts):
    """Print parts of a page as the site's pages are printed."""
    site.copy_assets(folder / "assets")
    page_file = folder / "vi" / "p.html"
    page_file.parent.mkdir()
    page_file.write_text(
        '<!DOCTYPE html><html lang="vi"><head><link rel="stylesheet" href="../assets/kgstats.css">'
        f'<link rel="stylesheet" href="../assets/figures.css"></head><body><main>{parts}</main>',
        encoding="utf-8",
    )
    with window() as page:
        page.goto(page_file.as_uri())
        return page.pdf(prefer_css_page_size=True, tagged=True)


@pytest.mark.parametrize("grouped", [False, True])
def test_no_table_starts_or_ends_with_fewer_than_two_rows_on_a_sheet(window, tmp_path, grouped):
    parts = "".join(
        f'<section style="break-before: page"><div style="height: {height}mm"></div>'
        f'<div class="prose"><h2>Một mục</h2></div>{table(height, 12, grouped)}</section>'
        for height in range(150, 246, 3)
    )
    found = rows_by_sheet(printed(window, tmp_path, parts))
    split = [rows for rows in found if len(rows) > 1]
    assert len(found) == 32 and all(sum(rows) >= 12 for rows in found)
    assert len(split) > (0 if grouped else 4)
    assert [rows for rows in split if rows[0] < 2 + grouped or rows[-1] < 2] == []


def test_how_a_page_was_made_has_no_sheet_of_its_own(window, tmp_path):
    made = "<dl>" + "<div><dt>Năm báo cáo</dt><dd>2019</dd></div>" * 4 + "</dl>"
    parts = "".join(
        f'<div style="break-before: page; height: {height}mm"></div>'
        f'{table(height, 4, False)}<section class="made"><h2>Trang được lập</h2>{made}</section>'
        for height in range(120, 246, 4)
    )
    document = PdfReader(BytesIO(printed(window, tmp_path, parts)))
    sheets = [sheet.extract_text() for sheet in document.pages]
    assert sum("Trang được lập" in text for text in sheets) == 32 < len(sheets)
    assert [text for text in sheets if "Trang được lập" in text and "Xã 3" not in text] == []
