from __future__ import annotations

from dataclasses import replace

import nbformat
import pandas as pd
import pytest
from lxml import html as lxml_html

from kgstats.appendix import site
from kgstats.appendix.exporter import ExportError, export
from kgstats.present.prose import Prose
from kgstats.words import slug


def output(bundle):
    return nbformat.v4.new_output("display_data", data=bundle)


def prose(source, lang="en"):
    cell = nbformat.v4.new_markdown_cell(source)
    cell.metadata["tags"] = [f"lang-{lang}"]
    return cell


def exported(tmp_path, cells, lang="en", *, entry=None, cut_offs=None, links=None, **changes):
    path = tmp_path / "60_thing.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    entry = entry or site.Entry("thing", "Thing")
    entries = [site.Entry("before", "Before"), entry, site.Entry("after", "After <&>")]
    edition = replace(site.Edition(2019, lang, entries, ["vi", "en"]), **changes)
    around = site.context(
        edition,
        entry,
        parameters={"year": 2019},
        inputs={"data/x.csv": "ab12"},
        cut_offs=cut_offs,
        links=links,
    )
    page = export(path, lang, around)
    return page, lxml_html.document_fromstring(page.html)


TITLE = [prose("# Title"), prose("# Đầu đề", "vi")]


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("Những chỗ không khớp", "nhung-cho-khong-khop"),
        ("Đường & Điện (2019)", "duong-dien-2019"),
        ("…", "section"),
    ],
)
def test_anchors_of_vietnamese_headings(text, anchor):
    assert slug(text) == anchor


def test_prose_of_one_language(tmp_path):
    page, document = exported(tmp_path, TITLE, lang="vi")
    assert page.title == "Đầu đề"
    assert "Title" not in document.find(".//main").text_content()
    assert document.get("lang") == "vi"


def test_headings_get_unique_stable_anchors(tmp_path):
    cells = [*TITLE, prose("## Vốn\n\n## Vốn\n\n### Chi tiết")]
    page, _ = exported(tmp_path, cells)
    assert [h["id"] for h in page.headings][:3] == ["von", "von-2", "chi-tiet"]


def test_contents_list_the_second_level(tmp_path):
    _, document = exported(tmp_path, [*TITLE, prose("## A\n\n### B\n\n## C")])
    links = document.findall(".//nav[@class='contents']//a")
    assert [link.get("href") for link in links] == ["#a", "#c", "#how-made"]


def test_neighbours_language_switch_and_inputs(tmp_path):
    _, document = exported(tmp_path, TITLE)
    assert document.find(".//a[@rel='prev']").get("href") == "before.html"
    assert "After <&>" in document.find(".//a[@rel='next']").text_content()
    other = document.find(".//a[@hreflang='vi']")
    assert other.get("href") == "../vi/thing.html"
    assert "SHA-256 ab12" in document.find(".//ul[@class='inputs']").text_content()


def test_code_is_folded_and_joined_to_its_result(tmp_path):
    first = nbformat.v4.new_code_cell("a = '<b>'")
    second = nbformat.v4.new_code_cell("a", outputs=[output({"text/plain": "<b>x</b>"})])
    _, document = exported(tmp_path, [*TITLE, first, second])
    blocks = document.findall(".//details[@class='code']")
    assert len(blocks) == 1
    assert blocks[0].find("pre").text_content() == "a = '<b>'\n\na"
    assert document.find(".//pre[@class='text']").text_content().strip() == "<b>x</b>"


def test_code_stands_after_what_it_made(tmp_path):
    from kgstats.present.tables import Column, Table

    made = Table(
        frame=pd.DataFrame({"a": ["x"]}),
        slug="s",
        caption="C",
        columns=[Column("a", "A")],
        lang="en",
    )
    with_table = nbformat.v4.new_code_cell("f()", outputs=[output(made._repr_mimebundle_())])
    with_words = nbformat.v4.new_code_cell("g()", outputs=[output({"text/html": "<p>w</p>"})])
    _, document = exported(tmp_path, [*TITLE, with_table, with_words])
    of_table, of_words = document.findall(".//details[@class='code']")
    assert of_table.getparent().get("class") == "menu"
    # The code of sentences stands together at the end.
    assert of_words.getparent().get("class") == "made"
    assert of_words.find("pre").text_content() == "g()"


def shown_table(slug, *tags):
    from kgstats.present.tables import Column, Table

    made = Table(
        frame=pd.DataFrame({"a": ["x"]}),
        slug=slug,
        caption=f"Table <{slug}>",
        columns=[Column("a", "A")],
        lang="en",
    )
    cell = nbformat.v4.new_code_cell("f()", outputs=[output(made._repr_mimebundle_())])
    cell.metadata["tags"] = list(tags)
    return cell


def sentences(*tags):
    made = Prose(["Poverty fell."], ["First <b>.", "Second."])
    cell = nbformat.v4.new_code_cell("f()", outputs=[output(made._repr_mimebundle_())])
    cell.metadata["tags"] = list(tags)
    return cell


def test_what_is_tagged_key_stands_above_the_text(tmp_path):
    page, document = exported(tmp_path, [*TITLE, prose("First.\n\nSecond."), sentences("key")])
    links = document.findall(".//section[@class='key']//a")
    assert [link.text for link in links] == ["Poverty fell", "First <b>", "Second"]
    anchor = links[0].get("href").removeprefix("#")
    assert "Poverty fell." in document.find(f".//div[@id='{anchor}']").text_content()
    assert [one["text"] for one in page.findings] == [link.text for link in links]
    contents = document.findall(".//nav[@class='contents']//a")
    assert contents[0].get("href") == "#key-findings"
    # Without such a tag there are none.
    page, document = exported(tmp_path, [*TITLE, sentences()])
    assert document.find(".//section[@class='key']") is None
    assert page.findings == []


def test_sentences_tagged_key_only_are_said_once_and_lead_to_their_section(tmp_path):
    cells = [*TITLE, prose("First."), prose("## What changed\n\nIn detail."), sentences("key-only")]
    page, document = exported(tmp_path, cells)
    links = document.findall(".//section[@class='key']//a")
    assert [link.text for link in links] == ["Poverty fell", "First <b>", "Second"]
    assert {link.get("href") for link in links} == {"#what-changed"}
    assert {one["anchor"] for one in page.findings} == {"what-changed"}
    assert document.text_content().count("Poverty fell") == 1


def test_what_is_not_tagged_open_is_folded_under_its_title(tmp_path):
    cells = [*TITLE, shown_table("s", "open"), shown_table("t"), sentences()]
    _, document = exported(tmp_path, cells)
    assert [one.get("id") for one in document.findall(".//main/div[@class='table']")] == ["s"]
    (folded,) = document.findall(".//main//details[@class='detail']")
    assert folded.find("summary/h2").text == "Table <t>"
    assert folded.find("div[@class='table']").get("id") == "t"
    # Sentences about it are folded with it, and its name is there for a screen reader.
    assert folded.find("div[@class='finding']") is not None
    assert folded.find(".//caption").text_content() == "Table <t>"
    # A notebook without tags is shown as it is.
    _, document = exported(tmp_path, [*TITLE, shown_table("s"), shown_table("t")])
    assert document.find(".//details[@class='detail']") is None
    assert len(document.findall(".//main/div[@class='table']")) == 2


def test_titles_of_tables_are_headings_below_their_section(tmp_path):
    cells = [*TITLE, shown_table("s"), prose("## A"), shown_table("t")]
    page, document = exported(tmp_path, cells)
    titles = [one for one in document.iter() if one.get("class") == "title"]
    assert [(one.tag, one.text) for one in titles] == [("h2", "Table <s>"), ("h3", "Table <t>")]
    assert [one["text"] for one in page.headings][:1] == ["A"]


def test_all_that_belongs_to_a_table_is_in_one_menu(tmp_path):
    _, document = exported(tmp_path, [*TITLE, shown_table("s")])
    block = document.find(".//div[@id='s']")
    (menu,) = block.findall("details")
    assert menu.get("class") == "menu"
    assert {one.get("href") for one in menu.iterfind(".//a")} == {
        "data/thing/s.csv",
        "data/thing/s.xlsx",
        "#s",
    }
    assert "Table <s>" in menu.find("p[@class='cite']").text_content()
    assert menu.find("details[@class='code']") is not None


def test_the_first_paragraph_stays_how_to_read_is_folded(tmp_path):
    _, document = exported(tmp_path, [prose("# Title\n\nFirst.\n\nSecond.\n\n- a")])
    folded = document.find(".//main//details[@class='reading']")
    assert [one.tag for one in folded] == ["summary", "p", "ul"]
    assert document.find(".//main//h1").getnext().text == "First."


def test_the_same_cells_are_listed_once_a_page(tmp_path):
    from kgstats.present.provenance import Source
    from kgstats.present.tables import Column, Table

    def cell(slug, *cells):
        shown = Table(
            frame=pd.DataFrame({"a": ["x"]}),
            slug=slug,
            caption=f"Table <{slug}>",
            columns=[Column("a", "A")],
            lang="en",
        )
        shown.sources = [Source("An Biên", "f.xls", "S", cells)]
        return nbformat.v4.new_code_cell("f()", outputs=[output(shown._repr_mimebundle_())])

    _, document = exported(
        tmp_path, [*TITLE, cell("s", "A1"), cell("t", "A1"), cell("u", "A1", "A2")]
    )
    first, second, third = document.findall(".//details[@class='provenance']")
    one, more = (panel.find("ul/li").text_content() for panel in (first, third))
    assert one == more.replace(", A2", "")
    assert second.find("ul") is None
    assert second.find("p/a").get("href") == "#s"
    assert second.find("p/a").text == "Table <s>"
    assert second.find("summary").text == first.find("summary").text


def test_the_way_here_from_the_front_page(tmp_path):
    _, document = exported(tmp_path, TITLE)
    way = document.findall(".//nav[@class='crumbs']/ol/li/*")
    assert [(step.tag, step.get("href"), step.text) for step in way] == [
        ("a", "index.html", "Front page"),
        ("span", None, "Thing"),
    ]
    assert way[-1].get("aria-current") == "page"
    entry = site.Entry("p-x", "Profile: X <y>", "p", "Profile")
    _, document = exported(tmp_path, TITLE, entry=entry, entries=[entry])
    way = document.findall(".//nav[@class='crumbs']/ol/li/*")
    assert [step.get("href") for step in way] == ["index.html", "index.html#p", None]
    assert way[-1].text == "X <y>"


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "money 20 December 2019; communes and households 31 December 2019"),
        ("vi", "vốn 20/12/2019; xã và hộ 31/12/2019"),
    ],
)
def test_the_end_of_each_kind_of_data(tmp_path, lang, said):
    days = {"money": "2019-12-20", "units": "2019-12-31"}
    _, document = exported(tmp_path, TITLE, lang=lang, cut_offs=days)
    assert said in document.find(".//section[@class='made']").text_content()


def test_data_in_prose_is_text(tmp_path):
    bundle = Prose(["<img src=x onerror=alert(1)>"], [("a<b", "c")])._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("x", outputs=[output(bundle)])
    _, document = exported(tmp_path, [*TITLE, cell])
    assert document.find(".//main//img") is None
    assert "<img src=x onerror=alert(1)>" in document.find(".//main").text_content()


def test_the_policy_forbids_network_and_inline_scripts(tmp_path):
    _, document = exported(tmp_path, TITLE)
    policy = document.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    assert "default-src 'none'" in policy
    assert "script-src 'self' file:" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    for script in document.iter("script"):
        assert script.get("src")
        assert not (script.text or "").strip()


def test_the_banner_says_what_is_illustrative(tmp_path):
    _, with_it = exported(tmp_path, TITLE, illustrative=True)
    _, without = exported(tmp_path, TITLE)
    assert "illustrative" in with_it.find(".//p[@class='banner']").text_content()
    assert without.find(".//p[@class='banner']") is None


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([prose("no title")], "0 first-level headings"),
        ([prose("# A\n\n# B")], "2 first-level headings"),
        (
            [
                *TITLE,
                nbformat.v4.new_code_cell("x", outputs=[output({"image/png": "iVBOR"})]),
            ],
            "without alternative text",
        ),
        (
            [
                *TITLE,
                nbformat.v4.new_code_cell(
                    "x",
                    outputs=[
                        output({"text/html": "<p id=a></p>"}),
                        output({"text/html": "<p id=a></p>"}),
                    ],
                ),
            ],
            "anchor 'a' is there twice",
        ),
    ],
)
def test_a_page_with_a_fault_is_not_published(tmp_path, cells, message):
    with pytest.raises(ExportError, match=message):
        exported(tmp_path, cells)


def test_cells_for_jupyterlab_only_are_left_out(tmp_path):
    cell = nbformat.v4.new_code_cell("explore()", outputs=[output({"text/plain": "map"})])
    cell.metadata["tags"] = ["lab-only"]
    _, document = exported(tmp_path, [*TITLE, cell])
    assert "explore" not in document.text_content()


@pytest.mark.parametrize(
    ("lang", "marked"), [("en", ["An Minh", "Gò Quao", "Gò Quao"]), ("vi", [])]
)
def test_vietnamese_names_are_marked_on_pages_in_another_language(tmp_path, lang, marked):
    from kgstats.present.tables import Column, Table

    frame = pd.DataFrame({"a": ["Gò Quao", "All of it"], "n": [1, 2]})
    columns = [Column("a", "Where"), Column("n", "N", "number")]
    made = Table(frame=frame, slug="s", caption="C", columns=columns, lang=lang)
    cell = nbformat.v4.new_code_cell("f()", outputs=[output(made._repr_mimebundle_())])
    said = prose("First in An Minh, then in *Gò Quao*; not in An Minhs, nor in `Gò Quao`.", lang)
    _, document = exported(tmp_path, [*TITLE, said, cell], lang=lang)
    found = [one.text.strip() for one in document.iterfind(".//main//*[@lang='vi']")]
    assert found == marked
    assert "First in An Minh, then in Gò Quao; not in An Minhs" in document.text_content()
