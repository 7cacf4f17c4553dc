"""Second check of the transcription: the printed report against the data, token by token.

Nothing here uses the loader. The source is read as text, every number in it is taken out, and each
must be claimed by exactly one figure or one declared non-figure of the same line. The reverse holds
too: a row that claims something that is not printed there fails.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
DECIMAL = re.compile(r"\d+(?:\.\d+)?")
SOURCE = "source/report-25-BC-BCD-2020-02-18.md"
KINDS = {"stock", "flow", "share", "change", "target", "limit"}
# Each name is printed otherwise than the gazetteer and its aliases write it.
PRINTED_OTHERWISE = {("Minh Thượng", "913")}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def published(root: Path) -> Path:
    return root / "data" / "raw" / "published"


@pytest.fixture(scope="module")
def figures(published: Path) -> list[dict[str, str]]:
    return rows_of(published / "2019" / "figures.csv")


@pytest.fixture(scope="module")
def others(published: Path) -> list[dict[str, str]]:
    return rows_of(published / "2019" / "not_figures.csv")


@pytest.fixture(scope="module")
def identities(published: Path) -> list[dict[str, str]]:
    return rows_of(published / "2019" / "identities.csv")


@pytest.fixture(scope="module")
def source(shared: Path) -> dict[int, str]:
    text = (shared / SOURCE).read_text(encoding="utf-8")
    return dict(enumerate(text.split("\n"), start=1))


def plain(number: str) -> str:
    """`1.300,5` as `1300.5`, `05` as `5`: Vietnamese separators, no leading zeros."""
    return re.sub(r"^0+(?=\d)", "", number.replace(".", "").replace(",", "."))


def is_name(row: dict[str, str]) -> bool:
    return not row["printed"][:1].isdigit()


def place(token: str, line: str, taken: list[tuple[int, int]]) -> tuple[int, int] | None:
    """First free stretch of `line` that reads exactly `token`, not cut out of a longer one."""
    whole = r"(?<!\w)(?<!\d[.,/])" if token[0].isalnum() else ""
    whole += re.escape(token)
    # A unit may touch its number (317km), a further digit may not.
    whole += r"(?![.,/]?\d)" if token[-1].isdigit() else r"(?!\w)" if token[-1].isalnum() else ""
    for match in re.finditer(whole, line):
        start, end = match.span()
        if all(end <= a or start >= b for a, b in taken):
            return start, end
    return None


def test_every_number_of_the_report_is_accounted_for(figures, others, source):
    claims: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in figures:
        claims[int(row["line"])].append((row["printed"], row["id"]))
    for row in others:
        claims[int(row["line"])].append((row["token"], f"not a figure: {row['token']}"))
    problems = []
    for number, line in source.items():
        taken: list[tuple[int, int]] = []
        # The longest claim first, so that "Đông Hưng" cannot sit inside "Đông Hưng B".
        for token, owner in sorted(claims[number], key=lambda claim: -len(claim[0])):
            where = place(token, line, taken)
            if where is None:
                problems.append(f"line {number}: {owner}: {token!r} is not (or no longer) there")
            else:
                taken.append(where)
        for match in NUMBER.finditer(line):
            held = [span for span in taken if span[0] <= match.start() and match.end() <= span[1]]
            if len(held) != 1:
                context = line[max(0, match.start() - 25) : match.end() + 15]
                problems.append(
                    f"line {number}: {match.group()!r} held {len(held)} times: {context}"
                )
    beyond = sorted(set(claims) - set(source))
    assert not beyond, f"lines that the source does not have: {beyond}"
    assert not problems, "\n".join(problems)


def test_the_same_numbers_line_by_line_as_a_plain_count(figures, others, source):
    """The check above by a second way: two multisets of numbers a line, nothing about places."""
    printed: dict[int, Counter[str]] = defaultdict(Counter)
    for row in figures:
        printed[int(row["line"])].update(NUMBER.findall(row["printed"]))
    for row in others:
        printed[int(row["line"])].update(NUMBER.findall(row["token"]))
    for number, line in source.items():
        assert printed[number] == Counter(NUMBER.findall(line)), f"line {number}"


def test_values_say_what_is_printed(figures):
    for row in figures:
        if is_name(row):
            assert row["value"] == "1", row["id"]
            assert not (row["value_high"] or row["denominator"]), row["id"]
            continue
        numbers = [plain(number) for number in NUMBER.findall(row["printed"])]
        kept = [row[part] for part in ("value", "value_high", "denominator") if row[part]]
        assert kept == numbers, (row["id"], row["printed"], kept)
        assert all(DECIMAL.fullmatch(number) for number in kept), row["id"]
        assert bool(row["denominator"]) == ("/" in row["printed"]), row["id"]
        assert bool(row["denominator"]) == bool(row["denominator_meaning"]), row["id"]
        if row["value_high"]:
            assert Decimal(row["value"]) < Decimal(row["value_high"]), row["id"]


def test_the_unit_follows_the_number_in_the_source(figures, source):
    """Money, rates and lengths are followed, on the page, by the unit they are given."""
    after = {
        "VND_billion": r"\s*tỷ",
        "VND_million": r"\s*triệu",
        "VND_million_per_person_year": r"\s*triệu đồng/người/năm",
        "percent": r"\s*%",
        "percentage_points": r"\s*%",
        "km": r"\s*km",
        "ha": r"\s*ha",
        "kg": r"\s*kg",
        "kVA": r"\s*kVA",
        "m2": r"\s*m<sup>2",
        "m3": r"\s*m<sup>3",
        "tonnes_per_ha": r"\s*tấn/ha",
        "households": r"\s*hộ",
        "cooperatives": r"\s*HTX",
        "projects": r"\s*dự án",
        "insurance_cards": r"\s*thẻ BHYT",
        "classrooms": r"\s*phòng",
        "procedures": r"\s*thủ tục",
        "customers": r"\s*khách hàng",
        "loans": r"\s*lượt",
        "participants": r"\s*lượt",
        "placements": r"\s*lượt",
        "criteria_per_commune": r"\s*tiêu chí",
    }
    for row in figures:
        if is_name(row) or row["unit"] not in after:
            continue
        line = source[int(row["line"])] + " " + source.get(int(row["line"]) + 2, "")
        bare = re.sub(r"\s*(?:km|%)$", "", row["printed"])
        pattern = rf"(?<!\d)(?<!\d[.,/]){re.escape(bare)}(?![.,/]?\d){after[row['unit']]}"
        assert re.search(pattern, line), (row["id"], row["printed"], row["unit"])


def test_named_places_stand_on_their_line_under_their_own_code(figures, source, shared):
    names: dict[str, set[str]] = defaultdict(set)
    for row in rows_of(shared / "reference" / "communes_2019.csv"):
        names[row["commune_code"]].add(row["name"])
    for row in rows_of(shared / "reference" / "commune_aliases.csv"):
        names[row["commune_code"]].add(row["alias"])
    for row in rows_of(shared / "reference" / "districts_2019.csv"):
        names[row["district_code"]].add(row["name"])
    for row in figures:
        line = source[int(row["line"])]
        if is_name(row):
            assert row["printed"] in line, row["id"]
            bare = re.sub(r"^(?:xã|thị trấn|huyện)\s+", "", row["printed"], flags=re.IGNORECASE)
            known = bare in names[row["area"]] or (bare, row["area"]) in PRINTED_OTHERWISE
            assert known, (row["id"], row["area"], names[row["area"]])
        elif row["area"] != "91":
            for code in row["area"].split(";"):
                assert any(name in line for name in names[code]), (row["id"], code)


def test_members_of_a_counted_list_lie_in_the_counted_district(figures, identities, shared):
    """Vĩnh Phú and Thạnh Lộc exist twice: the list they stand in decides which one is meant."""
    district = {
        row["commune_code"]: row["district_code"]
        for row in rows_of(shared / "reference" / "communes_2019.csv")
    }
    area = {row["id"]: row["area"] for row in figures}
    checked = 0
    for row in identities:
        counted = area.get(row["figure"], "91")
        if row["kind"] == "count" and counted in district.values():
            for member in re.findall(r"[a-z]\w+", row["expression"].replace("count", "")):
                assert district[area[member]] == counted, (row["id"], member)
                checked += 1
    assert checked > 30


def test_vocabulary_and_keys(figures, others, identities, published):
    units = {row["unit"] for row in rows_of(published / "units.csv")}
    ids = [row["id"] for row in figures]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", id_) for id_ in ids)
    assert {row["unit"] for row in figures} <= units
    assert {row["unit"] for row in identities} <= units
    assert {row["kind"] for row in figures} <= KINDS
    assert {row["programme"] for row in figures} <= {"ntm", "gnbv", "both"}
    assert {row["denominator_meaning"] for row in figures} == {
        "",
        "part_of_whole",
        "result_against_plan",
    }
    assert all(row["why"] for row in others)
    for row in figures:
        assert row["indicator_vi"] and row["indicator_en"] and row["section"], row["id"]
        assert re.fullmatch(r"91|\d{3}|\d{5}(?:;\d{5})*", row["area"]), row["id"]


def test_identities_name_what_exists(figures, identities, published):
    series = {row["id"] for row in rows_of(published / "series.csv")}
    known = {row["id"]: row for row in figures}
    seen = [row["id"] for row in identities]
    assert len(seen) == len(set(seen))
    functions = {"of", "high", "count", "share_of"}
    for row in identities:
        for side in (row["figure"], row["expression"]):
            for word in re.findall(r"[a-z]\w*", side):
                assert word in functions or word in known or word in series, (row["id"], word)
            for word in re.findall(r"\bof\((\w+)\)", side):
                assert known[word]["denominator"], (row["id"], word)
            for word in re.findall(r"\bhigh\((\w+)\)", side):
                assert known[word]["value_high"], (row["id"], word)


def test_no_sentence_of_the_report_is_copied(figures, identities, source):
    """Names of indicators are ours: none shares eight words in a row with the report."""
    text = " ".join(re.findall(r"\w+", " ".join(source.values()).lower()))
    for row in [*figures, *identities]:
        for column in ("indicator_vi", "description_vi"):
            words = re.findall(r"\w+", row.get(column, "").lower())
            for start in range(len(words) - 7):
                run = " ".join(words[start : start + 8])
                assert run not in text, (row["id"], run)


def test_every_published_value_of_other_years_is_carried(published, shared):
    def cited(source):
        # Sources are carried without the English words around a document's number and address.
        return set(re.findall(r"https?://[^\s,;]+|\d+/(?:BC|QĐ)-[A-ZĐ]+|\w+@\w+", source))

    carried = {
        (row["year_or_date"], row["value"], row["denominator"], row["standard"]): []
        for row in rows_of(published / "series.csv")
    }
    for row in rows_of(published / "series.csv"):
        key = (row["year_or_date"], row["value"], row["denominator"], row["standard"])
        assert row["source"] or not row["value"], row["id"]
        carried[key].append(cited(row["source"]))
    for row in rows_of(shared / "reference" / "published_series.csv"):
        # The one event of the list (the merger of 2025) is kept without a number.
        value = row["value"] if NUMBER.fullmatch(row["value"]) else ""
        key = (row["year_or_date"], value, row["denominator"], row["standard"])
        assert cited(row["source"]) in carried[key], key


def test_every_figure_lies_in_one_topic(figures, published):
    topics = rows_of(published / "2019" / "topics.csv")
    ends = [(int(row["line_first"]), int(row["line_last"])) for row in topics]
    assert all(last < first for (_, last), (first, _) in pairwise(ends))
    for row in figures:
        inside = [t for t, (a, b) in zip(topics, ends, strict=True) if a <= int(row["line"]) <= b]
        assert len(inside) == 1, row["id"]
        assert inside[0]["section"] == row["section"], row["id"]


def test_a_list_that_is_short_is_short_in_print(figures, identities, source):
    """An incomplete list must be the report's, never ours: names between brackets, one by one."""
    printed = {row["id"]: row["printed"] for row in figures}
    ours = [
        (printed[row["figure"]], [printed[i] for i in re.findall(r"comms_\w+", row["expression"])])
        for row in identities
        if row["kind"] == "count" and row["figure"].startswith("comms_loudspeaker_communes_")
    ]
    lists = re.findall(r"\((\d+) xã: ([^)]*)\)", source[229])
    assert sorted(ours) == sorted((number, names.split(", ")) for number, names in lists)
    assert len(lists) == 6
