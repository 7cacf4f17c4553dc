"""Pictures and links as people put them into notebooks; nothing that is missing costs the page."""

from __future__ import annotations

import json
import unicodedata

import nbformat
import pytest
from tests.appendix.test_exporter import TITLE, exported, prose

from kgstats import words
from kgstats.appendix import prose as pages_prose

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJg"
    "gg=="
)
SVG = "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="


def with_picture(source: str, key: str, *, kind: str = "image/png", data: str = PNG, lang="en"):
    cell = prose(source, lang)
    cell["attachments"] = {key: {kind: data}}
    return cell


def shown(tmp_path, *cells):
    _, document = exported(tmp_path, [*TITLE, *cells])
    return document.findall(".//main//img"), document


@pytest.mark.parametrize(
    ("source", "key"),
    [
        ("![ảnh](attachment:ảnh.png)", "ảnh.png"),
        ("![ảnh](attachment:%E1%BA%A3nh.png)", "ảnh.png"),
        ("![ảnh](attachment:ảnh.png)", unicodedata.normalize("NFD", "ảnh.png")),
        ("![ảnh](attachment:bản đồ xã.png)", "bản đồ xã.png"),
        ("![ảnh](<attachment:bản đồ xã.png>)", "bản đồ xã.png"),
        ("![ảnh](attachment:b%E1%BA%A3n%20%C4%91%E1%BB%93.png)", "bản đồ.png"),
        ('![ảnh](attachment:anh.png "Ảnh chụp")', "anh.png"),
        ("![ảnh](attachment:ảnh%20(1).png)", "ảnh (1).png"),
        ("<img src='attachment:ảnh.png' alt='ảnh' width=300>", "ảnh.png"),
        ('Xem <img alt="ảnh" src="attachment:%E1%BA%A3nh.png"/> này.', "ảnh.png"),
        ("<IMG SRC=attachment:anh.png ALT='ảnh'>", "anh.png"),
    ],
)
def test_attached_pictures_are_shown(tmp_path, caplog, source, key):
    pictures, _ = shown(tmp_path, with_picture(source, key))
    assert [(one.get("src"), one.get("alt")) for one in pictures] == [
        (f"data:image/png;base64,{PNG}", "ảnh")
    ]
    assert caplog.records == []


def test_attached_drawings_are_shown(tmp_path):
    cell = with_picture("![a < b](attachment:a.svg)", "a.svg", kind="image/svg+xml", data=SVG)
    pictures, _ = shown(tmp_path, cell)
    assert [(one.get("src"), one.get("alt")) for one in pictures] == [
        (f"data:image/svg+xml;base64,{SVG}", "a < b")
    ]


def test_words_after_a_picture_are_still_markdown(tmp_path):
    _, document = shown(tmp_path, with_picture("![a](attachment:a.png)\nmột *hai*", "a.png"))
    assert document.find(".//main//em").text == "hai"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("![mất rồi](attachment:m%E1%BA%A5t.png)", "mất.png"),
        ("<img src='attachment:mất.png' alt='mất rồi'>", "mất.png"),
        ("![mất rồi](hình/mất(2).png)", "hình/mất(2).png"),
        ("![mất rồi](https://example.org/mất.png)", "https://example.org/mất.png"),
    ],
)
def test_a_picture_that_is_not_there_is_one_line_and_its_words_stay(tmp_path, caplog, source, name):
    pictures, document = shown(tmp_path, with_picture(source, "khác.png"))
    assert pictures == []
    assert document.find(".//main//em").text == "mất rồi"
    assert [record.getMessage() for record in caplog.records] == [
        f"60_thing, cell 3: the picture “{name}” is not in the notebook; paste it into the cell"
    ]


def test_cells_of_the_other_language_are_not_looked_at(tmp_path, caplog):
    shown(tmp_path, prose("![a](attachment:a.png) [b](#nowhere)", "vi"))
    assert caplog.records == []


def test_code_that_shows_how_to_write_a_picture_is_left_alone(tmp_path, caplog):
    _, document = shown(tmp_path, prose("Write `![a](attachment:a.png)`."))
    assert "![a](attachment:a.png)" in document.find(".//main").text_content()
    assert caplog.records == []


@pytest.mark.parametrize(
    ("link", "href"),
    [
        ("#von-dau-tu", "#von-dau-tu"),
        ("#Vốn-đầu-tư", "#von-dau-tu"),
        ("#V%E1%BB%91n-%C4%91%E1%BA%A7u-t%C6%B0", "#von-dau-tu"),
        ("#", "#"),
        ("other.html#x", "other.html#x"),
        ("https://example.org/#x", "https://example.org/#x"),
    ],
)
def test_links_to_headings_lead_there(tmp_path, caplog, link, href):
    _, document = exported(tmp_path, [*TITLE, prose(f"## Vốn đầu tư\n\nXem [đây]({link}).")])
    assert [one.get("href") for one in document.findall(".//main//p/a")] == [href]
    assert caplog.records == []


def test_a_link_that_leads_nowhere_is_one_line_and_its_words_stay(tmp_path, caplog):
    cells = [*TITLE, prose("## A"), prose("Xem [bảng một](#Bảng-1) nhé.")]
    _, document = exported(tmp_path, cells)
    paragraph = next(
        one for one in document.findall(".//main//p") if "bảng một" in one.text_content()
    )
    assert paragraph.text_content() == "Xem bảng một nhé." and paragraph.find("a") is None
    assert [record.getMessage() for record in caplog.records] == [
        "60_thing, cell 4: the link “#Bảng-1” leads to no heading of the page"
    ]


@pytest.mark.parametrize(
    ("link", "href"),
    [
        ("45_years.ipynb", "years.html"),
        ("./45_years.ipynb", "years.html"),
        ("45_years.ipynb#Vốn-đầu-tư,-chi", "years.html#von-dau-tu-chi"),
        ("45_years.ipynb#V%E1%BB%91n", "years.html#von"),
        ("70_profile.ipynb#Any", "index.html#profile"),
        ("46_m%E1%BA%ABu.ipynb", "mau.html"),
    ],
)
def test_links_to_notebooks_lead_to_their_pages(tmp_path, caplog, link, href):
    links = {
        "45_years": "years.html", "70_profile": "index.html#profile", "46_mẫu": "mau.html",
    }  # fmt: skip
    cells = [*TITLE, prose(f"See [there]({link}), <a href='{link}'>there</a>.")]
    page, document = exported(tmp_path, cells, links=links)
    assert [one.get("href") for one in document.findall(".//main//p/a")] == [href, href]
    assert page.links == [href, href] and caplog.records == []


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ({"45_years": ""}, []),
        ({}, ["60_thing, cell 3: the link “45_years.ipynb#Rồi” leads to no notebook"]),
    ],
)
def test_a_link_to_a_notebook_without_a_page_is_plain_words(tmp_path, caplog, links, said):
    cells = [*TITLE, prose("See [the map](45_years.ipynb#R%E1%BB%93i).")]
    page, document = exported(tmp_path, cells, links=links)
    assert "See the map." in document.find(".//main").text_content()
    assert page.links == [] and "ipynb" not in page.html
    assert [record.getMessage() for record in caplog.records] == said


def test_the_picture_of_a_received_notebook(shared, tmp_path):
    notebook = json.loads(
        (shared / "samples/returns/odd/95_attachment_with_accent.ipynb").read_text("utf-8")
    )
    received = notebook["cells"][1]
    cell = prose("".join(received["source"]).replace("# ", "## "))
    cell["attachments"] = received["attachments"]
    pictures, _ = shown(tmp_path, cell)
    assert [one.get("src", "")[:22] for one in pictures] == ["data:image/png;base64,"]


def test_prose_is_in_the_words_of_the_place_and_code_is_not():
    content = nbformat.v4.new_notebook()
    for lang in ("vi", "en"):
        cell = nbformat.v4.new_markdown_cell("Trong tỉnh: `toàn tỉnh` là toàn tỉnh")
        cell.metadata.tags = [f"lang-{lang}"]
        content.cells.append(cell)
    words.call({"toàn tỉnh": "toàn thành phố"})
    try:
        pages_prose.say_locally(content, "place", "vi")
    finally:
        words.call({})
    vietnamese, english = (cell.source for cell in content.cells)
    assert vietnamese == "Trong tỉnh: `toàn tỉnh` là toàn thành phố"
    assert english == "Trong tỉnh: `toàn tỉnh` là toàn tỉnh"
