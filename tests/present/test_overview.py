from types import SimpleNamespace

import pandas as pd
import pytest

from kgstats.present import overview, sources


@pytest.mark.parametrize(
    ("lang", "change", "said"),
    [
        ("vi", 137_400_000_000, "+137,4 tỷ đồng so với 2018"),
        ("en", -5_900_000_000, "\u2212VND 5.9 billion against 2018"),
    ],
)
def test_a_change_of_money_has_its_unit(lang, change, said):
    row = SimpleNamespace(indicator="allocated", unit="VND", year=2019, change=change, target=None)
    assert overview._context(row, lang) == said


def fact(**changes):
    return {
        "label_vi": "tỷ lệ hộ nghèo, 2019-04-26",
        "label_en": "poor rate, 2019-04-26",
        "year": 2019,
        "unit": "percent",
        "rule": "rounded",
        "printed": 2.69,
        "corrected": None,
        "from_returns": 2.689900110987791,
        "agrees": True,
        "source": "report 25/BC-BCĐ I.4: above 50%",
    } | changes


def test_published_facts_are_given_with_unit_bound_and_source_in_words():
    over = fact(rule="more_than_half", unit="communes", printed=4.5, from_returns=6.0)
    made = overview.agreement_table(pd.DataFrame([fact(), over]), "vi")
    shown = made.shown()
    assert list(shown.iloc[0]) == [
        "Tỷ lệ hộ nghèo, 26/04/2019",
        "2019",
        "%",
        "2,69",
        "",
        "2,6899",
        "khớp",
        "báo cáo 25/BC-BCĐ, I.4: trên 50 %",
    ]
    assert list(shown.iloc[1])[2:6] == ["xã", "> 4,5", "", "6"]


def test_every_source_in_words_is_in_both_languages():
    for text in sources.SAID:
        assert sources.said(text, "vi") != text
        assert sources.said(text, "en") == text
