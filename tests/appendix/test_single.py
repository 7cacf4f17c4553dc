import base64
import hashlib
import re

from lxml import html as lxml_html

from kgstats.appendix.single import single_file

PAGE = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' file:">
<title>t</title><link rel="stylesheet" href="../assets/a.css">
<script src="search-index.js" defer></script><script src="../assets/a.js" defer></script></head>
<body><nav class="pages"><a href="other.html">Other</a></nav><main><p>Xã</p>
<nav class="contents"><ul><li><a href="#here">H</a></li><li><a href="#read-on">R</a></li></ul></nav>
<nav class="read-on"><h2 id="read-on">R</h2><a href="other.html">Other</a></nav>
<a href="#here">here</a> <a href="other.html#x">other</a>
<a href="data/p/t.csv" download="">CSV</a></main></body></html>"""


def made(tmp_path):
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "a.css").write_text("p > a { color: red }", encoding="utf-8")
    (tmp_path / "assets" / "a.js").write_text('var a = "<b>" && 1;', encoding="utf-8")
    (tmp_path / "vi" / "data" / "p").mkdir(parents=True)
    (tmp_path / "vi" / "data" / "p" / "t.csv").write_bytes(b"a,b")
    (tmp_path / "vi" / "search-index.js").write_text("", encoding="utf-8")
    page = tmp_path / "vi" / "p.html"
    page.write_text(PAGE, encoding="utf-8")
    return lxml_html.document_fromstring(single_file(page)), single_file(page)


def test_styles_script_and_downloads_are_inside(tmp_path):
    document, text = made(tmp_path)
    assert document.find(".//style").text == "p > a { color: red }"
    assert 'var a = "<b>" && 1;' in text
    link = next(a for a in document.iter("a") if a.get("download"))
    assert link.get("href") == "data:text/csv;base64," + base64.b64encode(b"a,b").decode()


def test_the_policy_names_the_script_by_its_hash(tmp_path):
    document, _ = made(tmp_path)
    script = document.find(".//script")
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    policy = document.find(".//meta[@http-equiv]").get("content")
    assert policy == f"default-src 'none'; script-src 'sha256-{digest}'"


def test_no_link_leaves_the_page(tmp_path):
    document, text = made(tmp_path)
    assert [a.get("href")[:5] for a in document.iter("a")] == ["#here", "#here", "data:"]
    assert not re.search(r'(?:src|href)="(?!#|data:)', text)
    # Neither do names of pages without a link stay behind.
    assert [nav.get("class") for nav in document.iter("nav")] == ["contents"]
    assert "R" not in document.find(".//main").text_content()
