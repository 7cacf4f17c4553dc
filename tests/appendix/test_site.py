import json

import pandas as pd
from lxml import html as lxml_html

from kgstats.appendix import search, site
from kgstats.present.prose import Headline, Headlines
from kgstats.present.tables import Column, Table


def front(tmp_path, told, *entries, **settings):
    abouts = {}
    for entry in entries:
        abouts[entry.slug] = tmp_path / f"{entry.slug}.json"
        page = {"title": entry.title, "headings": [], "tables": [], "figures": []}
        abouts[entry.slug].write_text(json.dumps(page | told.get(entry.slug, {})))
    said = {name: settings.pop(name) for name in ("revisions", "licence") if name in settings}
    edition = site.Edition(2019, "en", entries, ["vi", "en"], **settings)
    site.write_index(tmp_path / "index.html", edition, abouts, **said)
    return lxml_html.parse(str(tmp_path / "index.html"))


def test_the_front_page_says_what_each_page_is_about(tmp_path):
    told = {"thing": {"intro": "Money <&>."}, "checks": {"intro": "Checks."}}
    checks = site.Entry("checks", "Checks", background=True)
    document = front(tmp_path, told, checks, site.Entry("thing", "Thing"), illustrative=True)
    assert [p.text for p in document.iterfind(".//ul[@class='cards']//p")] == [
        "Money <&>.",
        "Checks.",
    ]
    assert "illustrative" in document.find(".//p[@class='banner']").text


def test_the_front_page_says_what_the_publication_is_and_how_to_cite_it(tmp_path):
    told = {"a": {"cut_offs": {"money": "2019-12-20", "units": "2019-12-31"}}}
    told["b"] = {"cut_offs": {"report": "2020-02-18"}}
    entries = [site.Entry(slug, slug.upper()) for slug in told]
    said = {}
    for revisions in (False, True):
        document = front(tmp_path, told, *entries, revisions=revisions)
        about = document.find(".//section[@aria-labelledby='about-publication']")
        said[revisions] = {dt.text: dt.getnext().text for dt in about.iter("dt")}
    assert said[True]["Data cut-off"] == (
        "money 20 December 2019; communes and households 31 December 2019"
    )
    assert said[True]["How to cite"].startswith(
        "The kgstats contributors (2019). Kiên Giang: National Target Programmes 2019. "
        "Data to 31 December 2019. "
    )
    # Under disclosure control no page compares with an earlier release.
    assert "Revisions" in said[True] and "Revisions" not in said[False]


def test_the_licence_stands_on_the_front_page_and_search_leads_to_all_that_is_said_there(tmp_path):
    document = front(tmp_path, {}, site.Entry("a", "A"), licence="MIT License")
    about = document.find(".//section[@aria-labelledby='about-publication']")
    said = {dt.text: dt.getnext().text for dt in about.iter("dt")}
    assert said["Licence"] == "MIT License"
    script = (tmp_path / "search-index.js").read_text(encoding="utf-8")
    index = json.loads(script.removeprefix("window.kgstatsSearch = ").removesuffix(";\n"))
    found = [text for text, *_, anchor, _ in index["entries"] if anchor == "about-publication"]
    assert found == [about.find("h2").text, *said]


def test_the_front_page_begins_with_the_findings_of_the_pages(tmp_path):
    findings = [{"text": "First <b>.", "anchor": "a"}, {"text": "Second.", "anchor": "b"}]
    told = {"thing": {"findings": findings, "lead": {"headlines": "<dl><dt>x</dt></dl>"}}}
    told["checks"] = {"findings": findings}
    checks = site.Entry("checks", "Checks", background=True)
    document = front(tmp_path, told, site.Entry("thing", "Thing", short="T"), checks)
    (link,) = document.findall(".//section[@class='key']//a")
    assert link.get("href") == "thing.html#a"
    assert [one.text for one in link] == ["T", "First <b>."]
    assert document.find(".//main/dl") is not None
    # Without findings there is no empty box.
    document = front(tmp_path, {}, site.Entry("thing", "Thing"))
    assert document.find(".//section[@class='key']") is None


def test_menus_name_results_before_sources_and_each_group_once(tmp_path):
    entries = [
        site.Entry("checks", "Checks", background=True),
        site.Entry("thing", "Which thing", short="Thing"),
        site.Entry("p-a", "P: A", "p", "Profile", "Districts"),
        site.Entry("p-b", "P: B", "p", "Profile", "Districts"),
    ]
    found = site.context(
        site.Edition(2019, "en", entries, ["en"]), entries[3], parameters={}, inputs={}
    )
    assert [(one["title"], one["href"], one["current"]) for one in found["nav"]] == [
        ("Thing", "thing.html", False),
        ("Districts", "index.html#p", True),
        ("Checks", "checks.html", False),
    ]


def indexed(told, lang, **page):
    script = search.script([{"title": "Thing", "href": "thing.html", **page}], [told], lang)
    loaded = json.loads(script.removeprefix("window.kgstatsSearch = ").rstrip().rstrip(";"))
    return loaded["entries"]


def test_search_gives_the_headline_figures_with_their_place():
    markup = Headlines([Headline("Poor <b>", "2,69%")]).to_html()
    told = {"title": "Thing", "headings": [], "tables": [], "figures": []}
    told["lead"] = {"headlines": markup}
    for page, place in (({"place": "Gò Quao"}, "Gò Quao"), ({"whole": "1"}, "Whole province")):
        found = [entry for entry in indexed(told, "en", **page) if entry[1] == "value"]
        assert found == [[f"Poor <b>, {place}", "value", 0, "", "2,69%"]]
    # A page that is about no place gives none.
    assert [entry for entry in indexed(told, "en") if entry[1] == "value"] == []


def test_search_gives_the_numbers_of_a_row():
    frame = pd.DataFrame(
        {"name": ["A", "B"], "poor_end_hh": [1200, None], "poor_rate_pct": [2.5, None]}
    )
    columns = [Column("name", "Where"), Column("poor_end_hh", "Poor", "number", 0),
               Column("poor_rate_pct", "Rate", "percent", 2)]  # fmt: skip
    made = Table(frame=frame, slug="t", caption="C", columns=columns, lang="en")
    told = {"title": "Thing", "headings": [], "tables": [made.payload()], "figures": []}
    rows = {text: value for text, kind, *_, value in indexed(told, "en") if kind == "row"}
    assert "1,200" in rows["A"] and "2.50" in rows["A"]
    assert rows["B"] == ""


def test_a_word_stands_in_one_group_of_synonyms_a_language():
    assert all(len(group) > 1 and all(group) for group in search.synonyms())


def test_search_finds_what_heads_a_row_within_its_group():
    frame = pd.DataFrame(
        {"topic": ["Roads", "Roads"], "name": ["Rural roads built", "Bridges"], "n": [1, 2]}
    )
    made = Table(
        frame=frame,
        slug="t",
        caption="C",
        columns=[Column("name", "Indicator"), Column("n", "N", "number")],
        lang="en",
        group="topic",
    )
    told = {"title": "Thing", "headings": [], "tables": [made.payload()], "figures": []}
    rows = [text for text, kind, *_ in indexed(told, "en") if kind == "row"]
    assert rows == ["Roads", "Rural roads built", "Bridges"]


def test_search_finds_a_measure_by_its_name_in_the_registry_once_a_page():
    frame = pd.DataFrame({"name": ["A"], "poor_rate_pct": [1.5], "own": [2]})
    told = {"title": "Thing", "headings": [], "figures": [], "tables": []}
    for slug in ("first", "second"):
        columns = [
            Column("name", "Where"),
            Column("poor_rate_pct", "2019", "percent"),
            Column("own", "Its own", "number"),
        ]
        made = Table(frame=frame, slug=slug, caption=slug, columns=columns, lang="vi")
        told["tables"].append(made.payload())
    found = [entry for entry in indexed(told, "vi") if entry[1] == "measure"]
    assert found == [["Tỷ lệ hộ nghèo", "measure", 0, "first", ""]]


def test_a_link_to_what_another_page_does_not_have_is_said(tmp_path, caplog):
    there = {
        "headings": [{"level": 2, "text": "How", "id": "how"}],
        "figures": [{"slug": "map", "title": "M", "data": {"slug": "map-data"}}],
        "tables": [{"slug": "t", "caption": "T", "columns": [], "rows": []}],
    }
    alive = ["b.html", "b.html#how", "b.html#map", "b.html#map-data", "b.html#t", "index.html#p"]
    told = {"a": {"links": [*alive, "b.html#gone"]}, "b": there}
    site._check_links({slug: front_of(page) for slug, page in told.items()})
    said = [record.getMessage() for record in caplog.records]
    assert said == ["a: the link “b.html#gone” leads to no heading, table or figure"]


def front_of(page):
    return {"headings": [], "tables": [], "figures": [], **page}
