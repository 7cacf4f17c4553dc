"""The data dictionary says everything the contracts hold, in both languages."""

from __future__ import annotations

import pytest

from kgstats import registry
from kgstats.present import dictionary, quality
from kgstats.returns import contracts, corrections, ledger, rules
from kgstats.returns.forms import KEYS, TABLES, table_columns
from kgstats.words import LANGUAGES, catalogue

YEARS = (2018, 2019, 2021)
EVERY = [(table, year) for table in registry.tables() for year in YEARS]


@pytest.mark.parametrize(("table", "year"), EVERY)
def test_every_column_has_a_definition_in_both_languages(table, year):
    vietnamese = catalogue("vi")
    for one in dictionary.fields(table, year):
        assert one.definition in vietnamese, f"{table}.{one.name}"
        for lang in LANGUAGES:
            title, colon, meaning = one.description(lang).partition(": ")
            assert title and colon and meaning, f"{table}.{one.name} ({lang})"
            assert one.title(lang) == title


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_those_of_the_contract(table):
    schema = contracts.schema(table, 2019)
    found = dictionary.fields(table, 2019)
    assert [one.name for one in found] == list(schema.columns)
    assert [one.name for one in found] == [column.name for column in table_columns(table)]
    assert [one.nullable for one in found] == [c.nullable for c in schema.columns.values()]
    assert tuple(one.name for one in found if one.key) == KEYS[table]
    assert not [one.name for one in found if one.key and one.nullable]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("year", YEARS)
def test_values_allowed_are_those_of_the_contract(table, year):
    found = {one.name: one for one in dictionary.fields(table, year)}
    for name, values in contracts.allowed(table, year).items():
        one = found[name]
        shown = one.allowed or range(one.low, one.high + 1)
        assert set(shown) == set(values), name
    for (low, high), names in contracts.ranges(table, year).items():
        for name in names:
            assert (found[name].low, found[name].high) == (low, high), name


def test_what_the_forms_say_of_a_dash_is_kept():
    by_name = {one.name: one for one in dictionary.fields("poverty", 2019)}
    assert by_name["poor_new_hh"].dash == "zero"
    assert by_name["households_hh"].dash == "null"
    assert by_name["year"].dash == ""
    met = next(one for one in dictionary.fields("attainment", 2019) if one.name == "met")
    assert met.dash == "false"


def test_allowed_places_depend_on_the_year():
    def units(year):
        return {
            one.name: len(one.allowed) for one in dictionary.fields("poverty", year) if one.allowed
        }

    assert units(2019)["commune_code"] == 145
    assert units(2021)["commune_code"] == 144
    rural = dictionary.fields("communes", 2019)[2]
    assert (rural.name, len(rural.allowed)) == ("commune_code", 117)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_has_a_meaning(lang):
    listed = {name: set(meanings) for name, (_, meanings) in registry.code_lists().items()}
    for table in registry.tables():
        for one in dictionary.fields(table, 2019):
            if one.name in ("district_code", "commune_code", "year", "rule", "table"):
                continue
            if one.name == "component":
                codes = {code for code, _ in dictionary._components(2019, lang)}
            else:
                codes = listed.get(one.name, set())
            assert set(one.allowed) <= codes, one.name
    shown = dictionary.codes_table(2019, lang)
    assert all(shown.frame["meaning"].str.strip() != "")
    assert set(shown.frame["code"]) >= set(ledger.ROLES)


def test_every_rule_and_status_has_words():
    assert all(rule.meaning for rule in rules.RULES.values())
    assert set(quality.STATUSES) == set(corrections.STATUSES)
    assert set(quality.SEVERITIES) == set(rules.SEVERITIES)
    assert set(quality.ACTIONS) == set(rules.ACTIONS)
    assert set(quality.ROLES) == set(ledger.ROLES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_are_made_for_every_table_and_year(lang):
    for table, year in EVERY:
        shown = dictionary.dictionary_table(table, year, lang)
        assert len(shown.frame) == len(dictionary.fields(table, year))
        assert f'id="columns-{table}"' in shown.to_html()
    overview = dictionary.overview_table(2019, lang)
    assert list(overview.frame["table"]) == list(registry.tables())
    assert len(dictionary.places_table(2019, lang).frame) == 15
    assert len(quality.rules_table(lang).frame) == len(rules.RULES)


def test_vietnamese_ranges_are_written_the_vietnamese_way():
    shown = dictionary.dictionary_table("poverty", 2019, "vi").frame.set_index("name")
    assert shown.loc["households_hh", "allowed"] == "từ 0 đến 200.000"
    assert shown.loc["commune_code", "allowed"] == "145 mã trong danh mục năm 2019"
    assert shown.loc["poor_escaped_hh", "dash"] == "bằng 0"
