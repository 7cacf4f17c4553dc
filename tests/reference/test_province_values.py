"""A value in province.yml that cannot be meant is one line: row, column, value, what may be."""

from __future__ import annotations

import pytest

from kgstats import workspace
from kgstats.reference import areas, funding_rules, programmes, province, tables

TARGET = {
    "indicator": "poor_fall", "scope": "all", "first_year": "2019", "last_year": "2020",
    "low": "1", "unit": "pp", "confirmed": "yes",
}  # fmt: skip
LINE = {
    "component": "ntm_general", "programme": "ntm", "name_vi": "Nông thôn mới",
    "name_en": "New rural", "short_vi": "NTM", "short_en": "NTM",
}  # fmt: skip
MONEY = {
    "programme": "ntm", "source": "central", "kind": '"*"', "plan_year": "2019",
    "allocated_on": "2019-05-20", "document": "1148/QĐ-UBND",
}  # fmt: skip
DISTRICT = {"district_code": '"643"', "event": "recognised", "year": "2019"}
GROUP = {"grouping": "island", "first_year": "2017", "complete": "no"}
MEMBER = {"grouping": "border", "member_code": '"24121"', "first_year": "2017"}
ALIAS = {"commune_code": '"24121"', "alias": "P. Tan Lap", "kind": "abbrev"}
FACT = {
    "fact": "f", "subject": "poverty", "year": "2019", "indicator": "poor_end_hh",
    "rule": "equal", "value": "12",
}  # fmt: skip
FORM = {"district_code": '"643"', "words": "thủ phủ cà phê|BMT"}
GOOD = {
    "targets": TARGET, "programme_lines": LINE, "funding_allocations": MONEY,
    "district_standards": DISTRICT, "groupings": GROUP, "grouping_members": MEMBER,
    "aliases": ALIAS, "published_facts": FACT, "forms_of_address": FORM,
}  # fmt: skip


@pytest.fixture
def said(tmp_path):
    """Return what is said of a province.yml; nothing where it holds."""

    def declare(text: str) -> str:
        file = tmp_path / "data" / "raw" / province.FILE
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        try:
            province.use(workspace.Workspace(tmp_path))
        except province.ProvinceError as error:
            return str(error)
        return ""

    yield declare
    province.use(None)


def listed(key: str, *rows: dict[str, str]) -> str:
    """Return a province.yml of Đắk Lắk with one list."""
    lines = [
        "  - {" + ", ".join(f"{name}: {value}" for name, value in row.items()) + "}" for row in rows
    ]
    return "\n".join(['code: "66"', f"{key}:", *lines]) + "\n"


BROKEN = [
    ("targets", "low", "abc", "is not a number of 0 or more"),
    ("targets", "low", "-1", "is not a number of 0 or more"),
    ("targets", "low", '"1,5"', "is not a number of 0 or more"),
    ("targets", "low", ".nan", "is not a number of 0 or more"),
    ("targets", "low", ".inf", "is not a number of 0 or more"),
    ("targets", "low", "1e3x", "is not a number of 0 or more"),
    ("targets", "low", "[1, 2]", "must be one value"),
    ("targets", "high", "0.5", "high 0.5 is below low 1"),
    ("targets", "high", "yes", "is not a number of 0 or more"),
    ("targets", "last_year", "20019", "is not a year from 2000 to 2100"),
    ("targets", "first_year", "19", "is not a year from 2000 to 2100"),
    ("targets", "first_year", "2019.5", "is not a year from 2000 to 2100"),
    ("targets", "first_year", "2019-01-01", "is not a year from 2000 to 2100"),
    ("targets", "first_year", "-2019", "is not a year from 2000 to 2100"),
    ("targets", "last_year", "2018", "last_year 2018 is below first_year 2019"),
    ("targets", "last_year", "~", "last_year is missing"),
    ("targets", "indicator", "poor_fal", "is not one of poor_fall, attained_communes"),
    ("targets", "scope", "everyone", "is not one of all, ethnic, especially_difficult"),
    ("targets", "unit", "percent", "is not one of pp, communes, criteria"),
    ("targets", "confirmed", "perhaps", "is not yes or no"),
    ("targets", "source", "{a: 1}", "must be one value"),
    ("forms_of_address", "district_code", '"999"', "is not the code of a district"),
    ("forms_of_address", "district_code", "Buôn Ma Thuột", "is not the code of a district"),
    ("forms_of_address", "district_code", '"899"', "is not the code of a district"),
    ("forms_of_address", "words", '""', "words is missing"),
    ("forms_of_address", "words", "[a, b]", "must be one value"),
    ("programme_lines", "component", "ntm_generl", "is not one of ntm_general, gnbv_30a"),
    ("programme_lines", "programme", "xdntm", "is not one of ntm, gnbv"),
    ("programme_lines", "under", '"136"', "is not one of 30a, 135"),
    ("programme_lines", "name_vi", "~", "name_vi is missing"),
    ("funding_allocations", "source", "state", "is not one of central, province"),
    ("funding_allocations", "kind", "both", "is not one of investment, recurrent, *"),
    ("funding_allocations", "programme", "30a", "is not one of ntm, gnbv, *"),
    ("funding_allocations", "plan_year", "1019", "is not a year"),
    ("funding_allocations", "allocated_on", "20/5/2019", "is not a day, as 2019-05-20"),
    ("funding_allocations", "allocated_on", '"2019-02-30"', "is not a day, as 2019-05-20"),
    ("funding_allocations", "allocated_on", "2019-05-20 10:00:00", "must be one value"),
    ("district_standards", "event", "attained", "is not one of recognised, proposed"),
    ("district_standards", "district_code", "643000", "is not the code of a district"),
    ("district_standards", "decided_on", "2019", "is not a day, as 2019-05-20"),
    ("district_standards", "year", "true", "is not a year from 2000 to 2100"),
    ("groupings", "grouping", "coast", "is not one of especially_difficult, border, island"),
    ("groupings", "complete", "partly", "is not yes or no"),
    ("groupings", "last_year", "2016", "last_year 2016 is below first_year 2017"),
    ("grouping_members", "member_code", '"30730"', "is not the code of a commune"),
    ("grouping_members", "member_code", "24121.0", "is not the code of a commune"),
    ("grouping_members", "first_year", "never", "is not a year from 2000 to 2100"),
    ("aliases", "commune_code", "Tân Lập", "is not the code of a commune"),
    ("aliases", "alias", "~", "alias is missing"),
    ("published_facts", "rule", "about", "is not one of equal, more_than_half"),
    ("published_facts", "indicator", "poor", "is not one of"),
    ("published_facts", "of", "-3", "is not a whole number"),
    ("published_facts", "value", "12 %", "is not a number"),
    ("published_facts", "year", "2019a", "is not a year"),
]


@pytest.mark.parametrize("key", GOOD)
def test_a_row_that_can_be_meant_is_taken(key, said):
    assert said(listed(key, GOOD[key])) == ""


@pytest.mark.parametrize(("key", "column", "value", "why"), BROKEN)
def test_a_value_that_cannot_be_meant_is_one_line(key, column, value, why, said):
    told = said(listed(key, GOOD[key], {**GOOD[key], column: value}))
    assert told.startswith(f"data/raw/province.yml: {key}, row 2")
    assert why in told and column in told and len(told.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("code: abc\n", "code: no province has the code 'abc': 01 Hà Nội"),
        ("code: [66]\n", r"code: [66] must be a text"),
        ("code: 66.0\n", "code: 66.0 must be a text"),
        ("code: yes\n", "code: True must be a text"),
        ('code: "66"\nname_en: {a: b}\n', "name_en: {'a': 'b'} must be a text"),
        ('code: "66"\nname_vi: ~\n', "name_vi: None must be a text"),
        ('code: "66"\ntargets: []\ntargets: []\n', "targets stands there twice"),
        (listed("targets", TARGET, TARGET), "targets, row 2 says again what row 1 says"),
        (listed("programme_lines", LINE, LINE), "row 2 says again what row 1 says: ntm_general"),
        ('code: "66"\ntargets: {low: 1}\n', "targets must be a list of rows"),
        ('code: "66"\ntargets: 3\n', "targets must be a list of rows"),
        ('code: "66"\ntargets: [1]\n', "targets must be a list of rows"),
        ('code: "66"\ntargets: ~\n', "targets must be a list of rows"),
        ("- 66\n", "must name the province"),
        ("66\n", "must name the province"),
    ],
)
def test_a_file_that_cannot_be_meant_is_one_line(text, why, said):
    told = said(text)
    assert told.startswith("data/raw/province.yml") and why in told
    assert len(told.splitlines()) == 1


def test_what_yaml_makes_of_values_is_undone(said):
    """An unquoted yes is true in YAML, a day a date, a code a number."""
    assert said(listed("targets", {**TARGET, "low": "1.5"})) == ""
    found = programmes.target("poor_fall", 2020)
    assert found is not None and found.confirmed and found.low == 1.5 and found.high is None
    assert said(listed("funding_allocations", MONEY)) == ""
    given = funding_rules.allocation("ntm", "central", "recurrent", 2019)
    assert given is not None and given.allocated_on.isoformat() == "2019-05-20"


def test_every_column_of_every_list_says_what_it_takes():
    rows = tables.records("province_values")
    for table, key in province.OWN_TABLES.items():
        assert [row["column"] for row in rows if row["list"] == key] == province._columns(table)


def test_what_ships_could_be_declared(said):
    """The lists of the province that ships hold to what is asked of another's."""
    from kgstats.reference import province_values

    own = province.current()
    known = province._known(own)
    for table, key in province.OWN_TABLES.items():
        if table != "districts":
            taken = province_values.columns(province._values(), key)
            assert list(province_values.wrong(key, tables.records(table), known, taken)) == []
    assert set(areas.units(2021)["district_code"]) <= set(known.districts)
