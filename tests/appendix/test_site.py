import json

from lxml import html as lxml_html

from kgstats.appendix import site


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
        year=2019,
        lang="en",
        entries=[site.Entry("thing", "Thing")],
        abouts={"thing": about},
        languages=["vi", "en"],
        illustrative=True,
    )
    document = lxml_html.parse(str(tmp_path / "index.html"))
    assert [p.text for p in document.iterfind(".//ul[@class='cards']//p")] == ["Money <&>"]
    assert "illustrative" in document.find(".//p[@class='banner']").text
