import json

import pandas as pd
from lxml import html as lxml_html

from kgstats.appendix import site
from kgstats.present.tables import Column, table


def front(tmp_path, told, *entries, **settings):
    abouts = {}
    for entry in entries:
        abouts[entry.slug] = tmp_path / f"{entry.slug}.json"
        page = {"title": entry.title, "headings": [], "tables": [], "figures": []}
        abouts[entry.slug].write_text(json.dumps(page | told.get(entry.slug, {})))
    edition = site.Edition(2019, "en", entries, ["vi", "en"], **settings)
    site.write_index(tmp_path / "index.html", edition, abouts)
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


def test_search_finds_what_heads_a_row_within_its_group(tmp_path):
    frame = pd.DataFrame(
        {"topic": ["Roads", "Roads"], "name": ["Rural roads built", "Bridges"], "n": [1, 2]}
    )
    made = table(
        frame,
        slug="t",
        caption="C",
        columns=[Column("name", "Indicator"), Column("n", "N", "number")],
        lang="en",
        group="topic",
    )
    about = tmp_path / "a.json"
    told = {"title": "Thing", "headings": [], "tables": [made.payload()], "figures": []}
    about.write_text(json.dumps(told))
    script = site.search_index(
        site.Edition(2019, "en", [site.Entry("thing", "Thing")], ["en"]), {"thing": about}
    )
    index = json.loads(script.removeprefix("window.kgstatsSearch = ").rstrip().rstrip(";"))
    rows = [text for text, kind, *_ in index["entries"] if kind == "row"]
    assert rows == ["Roads", "Rural roads built", "Bridges"]


def test_search_finds_a_measure_by_its_name_in_the_registry_once_a_page(tmp_path):
    frame = pd.DataFrame({"name": ["A"], "poor_rate_pct": [1.5], "own": [2]})
    told = {"title": "Thing", "headings": [], "figures": [], "tables": []}
    for slug in ("first", "second"):
        columns = [
            Column("name", "Where"),
            Column("poor_rate_pct", "2019", "percent"),
            Column("own", "Its own", "number"),
        ]
        made = table(frame, slug=slug, caption=slug, columns=columns, lang="vi")
        told["tables"].append(made.payload())
    about = tmp_path / "a.json"
    about.write_text(json.dumps(told))
    edition = site.Edition(2019, "vi", [site.Entry("thing", "Thing")], ["vi"])
    script = site.search_index(edition, {"thing": about})
    index = json.loads(script.removeprefix("window.kgstatsSearch = ").rstrip().rstrip(";"))
    found = [tuple(entry) for entry in index["entries"] if entry[1] == "measure"]
    assert found == [("Tỷ lệ hộ nghèo", "measure", 0, "first")]
