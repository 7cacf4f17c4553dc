"""The years published beside each other."""

from __future__ import annotations

import json
import shutil

import pytest

from kgstats.appendix import site, years


def publish(outputs, year, *, pages=("index.html", "thing.html")):
    html = outputs / str(year) / "html"
    site.copy_assets(html / "assets")
    (html / "en").mkdir()
    (html / "index.html").write_text("x")
    for page in pages:
        (html / "en" / page).write_text(
            f'<html lang="en"><head><script src="../assets/kgstats.js" defer></script></head>'
            f'<body data-year="{year}" data-years="Other years">'
            f'<header class="site"></header><main></main></body></html>'
        )
    years.write_script(html, year)
    return html


def test_an_index_lists_the_years_that_are_there(tmp_path):
    for year in (2018, 2020):
        publish(tmp_path, year)
    (tmp_path / "letters").mkdir()
    years.write_index(tmp_path, site.HEAD)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert text.index("2020/html/en/index.html") < text.index("2018/html/en/index.html")
    assert "2019" not in text and "/vi/" not in text
    assert years.published(tmp_path) == [2018, 2020]


def test_without_a_publication_there_is_no_index(tmp_path):
    years.write_index(tmp_path, site.HEAD)
    assert not (tmp_path / "index.html").exists()


def test_a_publication_says_its_pages(tmp_path):
    html = publish(tmp_path, 2019)
    text = (html / "assets" / "years.js").read_text(encoding="utf-8")
    told = json.loads(text.partition("] = ")[2].rstrip().rstrip(";"))
    assert told == {"en": ["index.html", "thing.html"]}


@pytest.fixture
def page(window):
    with window() as opened:
        yield opened


def test_a_page_leads_to_the_same_page_of_years_that_stand_beside_it(tmp_path, page):
    publish(tmp_path, 2018)
    publish(tmp_path, 2020, pages=("index.html",))
    html = publish(tmp_path, 2019)
    publish(tmp_path, 2021)
    years.write_index(tmp_path, site.HEAD)
    shutil.rmtree(tmp_path / "2021")
    page.goto((html / "en" / "thing.html").as_uri())
    page.wait_for_function("document.querySelectorAll('.years a').length === 2")
    links = {one.inner_text(): one.get_attribute("href") for one in page.locator(".years a").all()}
    # A year without this page opens at its front; one that is gone is not named.
    assert links == {
        "2018": "../../../2018/html/en/thing.html",
        "2020": "../../../2020/html/en/index.html",
    }
    assert page.locator(".years li").all_inner_texts() == ["2018", "2019", "2020"]
    page.locator(".years a").first.click()
    assert page.url.endswith("2018/html/en/thing.html")


def test_a_year_copied_alone_has_no_link_that_leads_nowhere(tmp_path, page):
    publish(tmp_path, 2018)
    html = publish(tmp_path, 2019)
    years.write_index(tmp_path, site.HEAD)
    stick = tmp_path / "usb" / "stick" / "html"
    shutil.copytree(html, stick)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((stick / "en" / "thing.html").as_uri())
    page.wait_for_timeout(300)
    assert page.locator(".years").count() == 0
    assert not any(url.endswith("years.js") for url in asked)
