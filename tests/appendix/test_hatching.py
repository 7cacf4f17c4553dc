"""On paper a pattern is lines cut to its area, and nothing else of the page changes."""

from __future__ import annotations

from lxml import html as lxml_html

from kgstats.appendix import hatching

SVG = """<!DOCTYPE html>
<html><head><title>T</title></head><body><svg viewBox="0 0 40 40"><defs>
<pattern id="m-lines" width="5" height="5" patternunits="userSpaceOnUse">
<path d="M0,2.5H5" stroke="#000" stroke-width="1.1"/></pattern>
<pattern id="m-dots" width="6" height="6"><circle cx="1.5" cy="1.5" r="1.1" fill="#000"/></pattern>
</defs><path id="a" d="M10,10h10v10h-10z" fill="#eee"/>
<path d="M10,10h10v10h-10z" fill="url(#m-lines)"/><use href="#a" fill="url(#m-dots)"/>
<path d="M0,0c1,1 2,2 3,3z" fill="url(#m-dots)"/></svg><p>Words &amp; words</p></body></html>"""


def test_a_pattern_is_its_signs_over_the_area_and_cut_to_it():
    document = lxml_html.document_fromstring(hatching.as_lines(SVG))
    groups = document.findall(".//g[@clip-path]")
    assert len(groups) == 2
    lines, dots = groups
    # Rows from 10 to 20 in steps of five, and columns alike.
    assert lines.find("path").get("d").count("M") == 9
    assert "M10,12.5h5" in lines.find("path").get("d")
    assert lines.find("path").get("stroke-width") == "1.1"
    assert "M12.4,13.5a1.1" in dots.find("path").get("d")
    for group in groups:
        name = group.get("clip-path")[5:-1]
        cut = document.find(f".//clippath[@id='{name}']/path")
        assert cut.get("d") == "M10,10h10v10h-10z"


def test_what_is_not_known_to_be_straight_and_all_else_stay():
    document = lxml_html.document_fromstring(hatching.as_lines(SVG))
    assert [x.get("d")[:9] for x in document.iterfind(".//path[@fill='url(#m-dots)']")] == [
        "M0,0c1,1 "
    ]
    assert document.find(".//path[@id='a']").get("fill") == "#eee"
    assert document.find(".//p").text == "Words & words"
