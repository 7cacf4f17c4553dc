"""Terms of the glossary: what they mean, that pages lead to them, one term for one thing."""

from __future__ import annotations

import pytest
from lxml import html as lxml_html

from kgstats import registry
from kgstats.appendix import search, terms
from kgstats.present import glossary
from kgstats.words import LANGUAGES


def page(body: str):
    return lxml_html.document_fromstring(f"<html><body><main>{body}</main></body></html>")


def linked(document) -> list[tuple[str, str]]:
    return [
        (x.text, x.get("href").partition("#term-")[2]) for x in document.iterfind(".//a[@class]")
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_term_means_something_once(lang):
    names = [one.names[lang].casefold() for one in registry.glossary()]
    assert len(names) == len(set(names))
    written = [{form.casefold() for form in one.forms[lang]} for one in registry.glossary()]
    forms = [form for one in written for form in one]
    assert len(forms) == len(set(forms)), "one way of writing leads to two terms"
    for one in registry.glossary():
        assert len(glossary.definition(one, lang)) > 20, one.key
        # A measure is defined once, in the registry.
        assert bool(one.measure) != bool(one.definitions[lang]), one.key
        assert not one.measure or one.measure in registry.measures()
        assert one.theme in registry.codes("theme")


def test_the_first_use_of_a_term_in_prose_leads_to_it_and_the_longest_term_wins():
    document = page(
        '<div class="prose"><h2>Poverty rate</h2><p>The <em>poverty rate</em> of poor households; '
        "the poverty rate again.</p></div><p>A percentage point outside.</p>"
        '<div class="finding"><ul><li>It fell by 1 percentage point.</li></ul></div>'
    )
    text = document.find(".//main").text_content()
    terms.link(document, "g.html", "en")
    assert linked(document) == [
        ("poverty rate", "poor-rate"),
        ("poor households", "poor"),
        ("percentage point", "percentage-point"),
    ]
    assert document.find(".//main").text_content() == text
    meant = document.find(".//a").get("data-means")
    assert meant.startswith("Poor households in per cent")


def test_a_word_within_a_word_is_no_term():
    document = page('<div class="prose"><p>Poorly criterional, non-criteria.</p></div>')
    terms.link(document, "g.html", "en")
    assert linked(document) == []


def test_without_a_glossary_and_on_its_own_page_nothing_is_linked():
    shown = glossary.glossary("vi").to_html()
    document = page(f'<div class="prose"><p>Hộ nghèo là gì.</p></div>{shown}')
    terms.link(document, "g.html", "vi")
    assert linked(document) == []
    document = page('<div class="prose"><p>Hộ nghèo.</p></div>')
    terms.link(document, "", "vi")
    assert linked(document) == []


@pytest.mark.parametrize(("lang", "term"), [("vi", "Thoát nghèo"), ("en", "Left poverty")])
def test_the_search_finds_each_term_with_its_meaning(lang, term):
    found = terms.entries(page(glossary.glossary(lang).to_html()))
    assert len(found) == len(registry.glossary())
    about = {"title": "T", "headings": [], "figures": [], "tables": [], "terms": found}
    script = search.script([{"title": "T", "href": "t.html"}], [about], lang)
    meant = next(one["means"] for one in found if one["text"] == term)
    assert f'["{term}", "term", 0, "term-left-poverty", "{meant}"]' in script
