"""What a whole year is taken away in."""

from __future__ import annotations

import json
import zipfile

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from kgstats.appendix import site, takeaway
from kgstats.pipeline.keeper import kept
from kgstats.present.tables import Column, Table

NOTE = "Illustrative: says nothing."


def part(folder, slug, *tables):
    about = folder / f"{slug}.json"
    told = {"tables": [one.payload() for one in tables], "figures": [], "notes": [NOTE]}
    told["headings"] = []
    about.write_text(json.dumps(told))
    return takeaway.Part(slug, f"Page {slug}", about)


def shown(slug, *values, notes=()):
    frame = pd.DataFrame({"name": [f"row {n}" for n in range(len(values))], "n": list(values)})
    columns = [Column("name", "Where"), Column("n", "How many", "number", 1)]
    return Table(
        frame=frame, slug=slug, caption=f"Table {slug}", columns=columns, lang="en", notes=notes
    )


def test_every_table_is_a_sheet_that_the_index_names(tmp_path):
    parts = [
        part(tmp_path, "a", shown("x", 1.25, None, notes=["A note."])),
        part(tmp_path, "b", shown("y", 2.0), shown("z", 3.0)),
    ]
    path = tmp_path / "all.xlsx"
    takeaway.write_workbook(parts, path, "Year 2019", "en")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Index", "1", "2", "3"]
    index = book.get_sheet_by_name("Index").to_python()
    assert index[0][0] == "Year 2019"
    assert [row[1:3] for row in index[3:6]] == [
        ["Table x", "Page a"],
        ["Table y", "Page b"],
        ["Table z", "Page b"],
    ]
    assert [row[1] for row in index[6:] if row[1]] == [NOTE]
    first = book.get_sheet_by_name("1").to_python()
    assert first[0][0] == "Table x"
    assert first[2][:2] == ["Where", "How many"]
    # All decimals, and nothing where nothing was reported.
    assert [row[1] for row in first[3:5]] == [1.25, ""]
    assert [row[0] for row in first[5:] if row[0]] == ["A note.", NOTE]


@pytest.mark.parametrize(
    ("lang", "heads"),
    [("vi", ["Trang tính", "Bảng", "Trang"]), ("en", ["Worksheet", "Table", "Page"])],
)
def test_the_heads_of_the_index_differ(tmp_path, lang, heads):
    path = tmp_path / "all.xlsx"
    takeaway.write_workbook([part(tmp_path, "a", shown("x", 1.25))], path, "Year", lang)
    book = CalamineWorkbook.from_path(path)
    assert book.get_sheet_by_name(book.sheet_names[0]).to_python()[2] == heads


def test_the_same_tables_are_the_same_bytes(tmp_path):
    parts = [part(tmp_path, "a", shown("x", 1.25))]
    made = [tmp_path / "one.xlsx", tmp_path / "two.xlsx"]
    for path in made:
        takeaway.write_workbook(parts, path, "Year", "en")
    assert made[0].read_bytes() == made[1].read_bytes()
    changed = [part(tmp_path, "a", shown("x", 1.26))]
    takeaway.write_workbook(changed, made[1], "Year", "en")
    assert made[0].read_bytes() != made[1].read_bytes()


def test_an_archive_holds_what_the_pages_need_and_is_the_same_bytes(tmp_path):
    html = tmp_path / "html"
    for name in ("en/index.html", "en/data/a/x.csv", "assets/kgstats.css", "en/x.pdf"):
        (html / name).parent.mkdir(parents=True, exist_ok=True)
        (html / name).write_text(name)
    path = html / "en" / "year.zip"
    takeaway.write_archive(html, "en", path)
    first = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        names = {"year/en/index.html", "year/en/data/a/x.csv", "year/assets/kgstats.css"}
        assert set(archive.namelist()) == names
        assert archive.read("year/en/data/a/x.csv") == b"en/data/a/x.csv"
    takeaway.write_archive(html, "en", path)
    assert path.read_bytes() == first


def test_no_link_of_an_archive_leads_out_of_it(tmp_path):
    html = tmp_path / "html"
    kept = '<a href="b%20c.html#x">B</a><a href="#y">Y</a><a href="https://x.vn/a">Web</a>'
    gone = '<nav class="languages"><a href="../vi/a.html">Tiếng Việt</a></nav>'
    for name, text in (("en/a.html", f'{gone}{kept}<a href="x.pdf" download>All</a>, 7 MB'),
                       ("en/b c.html", ""), ("en/x.pdf", ""), ("vi/a.html", "")):  # fmt: skip
        (html / name).parent.mkdir(parents=True, exist_ok=True)
        (html / name).write_text(text)
    takeaway.write_archive(html, "en", html / "en" / "year.zip")
    with zipfile.ZipFile(html / "en" / "year.zip") as archive:
        assert archive.read("year/en/a.html").decode() == f"{kept}All, 7 MB"


def test_without_a_browser_there_is_no_document_and_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(takeaway.shutil, "which", lambda name: None)
    why = takeaway.write_document(tmp_path, [], tmp_path / "x.pdf", "T", tmp_path / "cache")
    assert "Chromium" in why
    assert not (tmp_path / "x.pdf").exists()


def test_a_document_has_contents_numbers_and_prints_what_changed(tmp_path, lacking):
    from pypdf import PdfReader

    if takeaway.browser() is None:
        lacking("no browser on this machine")
    folder = tmp_path / "html" / "en"
    site.copy_assets(tmp_path / "html" / "assets")
    folder.mkdir()
    parts = [part(tmp_path, "one"), part(tmp_path, "two")]
    parts[0].about.write_text(
        json.dumps({"headings": [{"id": "deep", "text": "Deep & far"}, {"id": "x", "text": "X"}]})
    )
    for one in parts:
        (folder / f"{one.slug}.html").write_text(
            '<html><head><link rel="stylesheet" href="../assets/kgstats.css"></head><body><main>'
            f'<h1>{one.title}</h1><details class="detail"><summary>More</summary>'
            f'<p>Folded {one.slug}</p></details><p><a href="#deep">Down</a> '
            '<a href="one.html#deep">One</a> <a href="one.html#gone">?</a> '
            '<a href="index.html#p">Up</a></p>'
            '<h2 id="deep" style="break-before: page">Deep</h2></main></body></html>'
        )
    target, cache = tmp_path / "all.pdf", tmp_path / "cache"
    # As a run prints: by a browser that ends with it.
    assert takeaway.write_document(folder, parts, target, "Year 2019", cache, kept=kept) == ""
    read = PdfReader(target)
    texts = [sheet.extract_text() for sheet in read.pages]
    assert len(texts) == 5
    assert "Year 2019" in texts[0] and "Page two" in texts[0]
    assert [n for n, text in enumerate(texts) if "Folded two" in text] == [3]
    assert [f"{n} / 5" in text for n, text in enumerate(texts, 1)] == [True] * 5
    marks = [(one.title, read.get_destination_page_number(one)) for one in _flat(read.outline)]
    assert marks == [("Page one", 1), ("Deep & far", 2), ("Page two", 3)]
    # The contents lead to the pages; a link within a page and between pages to its heading, one
    # to a heading that is not there to the page, one to the front page to the contents.
    assert _leads_to(read) == {0: [1, 3], 1: [2, 2, 1, 0], 3: [4, 2, 1, 0]}
    root = read.trailer["/Root"]
    assert root["/Lang"] == "en" and root["/MarkInfo"]["/Marked"] and read.metadata.title
    assert _said(root["/StructTreeRoot"]["/K"]) == ["/Part"] * 3
    # Each marked content has its element: screen readers come from a sheet to its structure.
    parents = root["/StructTreeRoot"]["/ParentTree"]["/Nums"][::2]
    assert parents == sorted(set(parents))
    assert len({one["/StructParents"] for one in read.pages} & set(parents)) == 5
    assert sorted(file.name for file in folder.iterdir()) == ["one.html", "two.html"]
    # A page that did not change is not printed again.
    before = {file: file.stat().st_mtime_ns for file in cache.iterdir()}
    new = '<html><head></head><body><h1>New</h1><p style="break-before: page">.</p></body></html>'
    (folder / "two.html").write_text(new)
    takeaway.write_document(folder, parts, target, "Year 2019", cache)
    again = {file: file.stat().st_mtime_ns for file in cache.iterdir()}
    assert len(again) == len(before) and len(again.items() - before.items()) == 1


def _flat(outline):
    for one in outline:
        yield from _flat(one) if isinstance(one, list) else [one]


def _leads_to(read):
    places = {sheet.indirect_reference.idnum: n for n, sheet in enumerate(read.pages)}
    found = {}
    for number, sheet in enumerate(read.pages):
        for one in sheet.get("/Annots", []):
            goal = one.get_object()["/Dest"]
            found.setdefault(number, []).append(places[list.__getitem__(goal, 0).idnum])
    return found


def _said(element):
    return [one.get_object()["/S"] for one in element["/K"]]


@pytest.mark.parametrize(("lang", "said"), [("en", "0.2 MB"), ("vi", "0,2 MB")])
def test_the_front_page_offers_what_there_is(tmp_path, lang, said):
    front = tmp_path / "index.html"
    front.write_text('<h2>x</h2><ul class="links take-away"></ul><p>y</p>', encoding="utf-8")
    book = tmp_path / "year.xlsx"
    book.write_bytes(b"x" * 200_000)
    site.offer(front, [book], lang)
    text = front.read_text(encoding="utf-8")
    assert 'href="year.xlsx"' in text and said in text
    assert text.count("<li>") == 2 and ".pdf" not in text
    (tmp_path / "year.pdf").write_bytes(b"x")
    site.offer(front, [book, tmp_path / "year.pdf"], lang)
    text = front.read_text(encoding="utf-8")
    assert text.count("<li>") == 2 and 'href="year.pdf"' in text
    assert text.endswith("</ul><p>y</p>")
