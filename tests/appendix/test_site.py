import json

import pandas as pd
from lxml import html as lxml_html

from kgstats.appendix import site
from kgstats.present.tables import Column, table


def test_the_front_page_lists_what_is_special_to_each_page(tmp_path):
    about = tmp_path / "a.json"
    names = site.words("en")
    headings = [
        {"level": 2, "text": text, "id": str(n)}
        for n, text in enumerate(("Money <&>", names["read_on"], names["made"]))
    ]
    about.write_text(
        json.dumps({"title": "Thing", "headings": headings, "tables": [], "figures": []})
    )
    site.write_index(
        tmp_path / "index.html",
        site.Edition(2019, "en", [site.Entry("thing", "Thing")], ["vi", "en"], illustrative=True),
        {"thing": about},
    )
    document = lxml_html.parse(str(tmp_path / "index.html"))
    assert [p.text for p in document.iterfind(".//ul[@class='cards']//p")] == ["Money <&>"]
    assert "illustrative" in document.find(".//p[@class='banner']").text


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
