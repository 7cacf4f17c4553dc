"""No page of an awkward year fails, and none says more than the year's returns do."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from tests.awkward import years
from tests.in_process import Page

from kgstats.reference import areas
from kgstats.words import LANGUAGES, translator

ALL = years.PAGES
OVER_YEARS = "45_over_the_years"
OF_RETURNS = ("00_overview", "20_commune_standards", "30_funding_gaps", "40_poverty_reduction")
INCOMPLETE = ("three_districts", "other_districts_before")
NAMES = areas.districts(2019).set_index("district_code")["district_name"]
SILENT = NAMES.drop(list(years.THREE))

each_language = pytest.mark.parametrize("lang", LANGUAGES)
incomplete = pytest.mark.parametrize("name", INCOMPLETE)
of_returns = pytest.mark.parametrize("notebook", OF_RETURNS)


def lines(page: Page) -> list[str]:
    return page.sentences().splitlines()


def having(page: Page, pattern: str) -> list[str]:
    return [line for line in lines(page) if re.search(pattern, line)]


@each_language
@pytest.mark.parametrize(("name", "notebook"), ALL)
def test_no_notebook_fails(read, name, notebook, lang):
    page = read(name, notebook, lang)
    assert not page.error
    assert page.shown


@pytest.mark.parametrize(("name", "notebook"), ALL)
def test_one_is_one(read, name, notebook):
    things = "communes|districts|points|criteria|households|lines|years|units|wards|files|sheets"
    one = re.compile(rf"(?<![\d.,–−/] )(?<![\d.,–−])\b1 (rural )?({things}|percentage points)\b")
    assert not [line for line in read(name, notebook, "en").text().splitlines() if one.search(line)]


# Years in which not every unit reported ------------------------------------------------------


@each_language
@incomplete
@pytest.mark.parametrize(
    ("notebook", "bases"),
    [
        ("00_overview", ("districts", "communes")),
        ("20_commune_standards", ("districts", "communes")),
        ("30_funding_gaps", ("districts",)),
        ("40_poverty_reduction", ("units",)),
    ],
)
def test_the_base_is_stated(read, name, notebook, bases, lang):
    tables = years.made(name)[2019]
    found = {
        "districts": (len(years.THREE), len(areas.districts(2019))),
        "communes": (len(tables["communes"]), areas.rural_base(2019)),
        "units": (len(tables["poverty"]), len(areas.units(2019))),
    }
    text = read(name, notebook, lang).sentences()
    for base in bases:
        n, of = found[base]
        assert re.search(rf"\b{n}( of the | of |/){of}\b", text), base


@each_language
@incomplete
@of_returns
def test_no_verdict_on_a_target(read, name, notebook, lang):
    text = read(name, notebook, lang).text()
    verdicts = {
        "en": r"\((reached|not yet)\)|is reached|more are needed to reach|\d+ to go\b|target met",
        "vi": r"\((đạt|chưa đạt)\)|đã đạt mục tiêu|còn thiếu \d+ xã|còn \d+ xã nữa",
    }[lang]
    assert not re.findall(verdicts, text)


@each_language
@incomplete
@pytest.mark.parametrize("notebook", [*OF_RETURNS, "70_district_profile"])
def test_nothing_is_said_of_who_did_not_report(read, name, notebook, lang):
    """A silent district is named only where it is said that it did not report."""
    t = translator(lang)
    silence = re.compile(
        "|".join(
            [r"[Nn]ot reported", r"not report", r"did not", r"No \w+ reported", "Chưa báo cáo",
             "[Cc]hưa có báo cáo", "không báo cáo", "chưa báo cáo", re.escape(t("Not reported"))]
        )
    )  # fmt: skip
    page = read(name, notebook, lang)
    for line in lines(page):
        # A sentence, not a paragraph: the next one may be of others.
        for sentence in re.split(r"(?<=[.;])\s", line):
            named = [one for one in SILENT if re.search(rf"(?<!\w){one}(?!\w)", sentence)]
            assert not named or silence.search(line), sentence


@each_language
@incomplete
@of_returns
def test_rows_of_who_did_not_report_hold_no_number(read, name, notebook, lang):
    """Nor a zero: what is not reported is empty in every table; its base may stand."""
    numbers = re.compile(
        r"^(?!target).*(_hh|_vnd|_pct|_pp)$|^path_(?!not_comparable)"
        r"|^communes_(recognised|pending|not_yet|earlier)|^(criteria_total|mean|least)"
    )
    for table in read(name, notebook, lang).tables().values():
        frame = table.frame
        if "district_code" not in frame or table.slug.endswith("-published"):
            continue
        own = frame[frame["district_code"].isin(SILENT.index)]
        if "year" in own and name == "three_districts":
            own = own[pd.to_numeric(own["year"], errors="coerce") == 2019]
        for column in own.columns:
            if numbers.search(str(column)):
                assert own[column].isna().all(), (table.slug, column)


@each_language
@incomplete
def test_a_headline_changes_by_what_reported_in_both_years(read, name, lang):
    """Recomputed with plain pandas from the clean tables."""
    page = read(name, "00_overview", lang)
    made = years.made(name)
    shown = page.tables()["headline-figures"].frame.set_index("indicator")

    def both(table: str, key: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
        one, two = made[2018][table].set_index(key), made[2019][table].set_index(key)
        common = one.index.intersection(two.index)
        return one.loc[common], two.loc[common]

    before, after = both("communes", ["commune_code"])
    expected = (after["status"] == "recognised").sum() - (before["status"] == "recognised").sum()
    assert numbered(shown, "communes_recognised") == (expected if len(before) else None)
    before, after = both("poverty", ["commune_code"])
    expected = after["poor_end_hh"].sum() - before["poor_end_hh"].sum()
    assert numbered(shown, "poor_end_hh") == (expected if len(before) else None)


def numbered(shown: pd.DataFrame, indicator: str) -> float | None:
    value = shown.loc[indicator, "change"]
    value = getattr(value, "value", value)
    if isinstance(value, str):
        digits = value.replace("−", "-").replace(",", "").replace(".", "")
        return int(re.search(r"[+-]?\d+", digits).group()) if re.search(r"\d", digits) else None
    return None if pd.isna(value) else float(value)


@each_language
@incomplete
@of_returns
def test_no_count_of_districts_is_of_more_than_reported(read, name, notebook, lang):
    """ "fewer than half in 15": of three districts at most three can be anything."""
    words = {
        "en": r"(?:in|of) (\d+) (?:districts|places)|(\d+) districts (?!there)",
        "vi": r"(?:ở|tại) (\d+) (?:huyện|thành phố)",
    }[lang]
    for line in lines(read(name, notebook, lang)):
        # "3 of 15 districts", "15 districts did not report" are bases.
        if re.search(r"\d+( of (the )?|/)15|[Nn]ot report|[Cc]hưa", line):
            continue
        for found in re.findall(words, line):
            assert all(int(n) <= len(years.THREE) for n in found if n) or "12" in found, line


@each_language
@incomplete
def test_the_way_of_silent_communes_is_no_way(read, name, lang):
    """Nor a zero in the table of paths, nor a standstill in a sentence."""
    page = read(name, OVER_YEARS, lang)
    tables = page.tables()
    if name == "three_districts":
        frame = tables["paths-by-district"].frame
        own = frame[frame["district_code"].isin(SILENT.index)]
        counts = [c for c in frame if c.startswith("path_") and c != "path_not_comparable"]
        assert len(own) == len(SILENT)
        assert own[counts].isna().all(axis=None)
    else:
        assert "paths-by-district" not in tables
        stood = {
            "en": r"moved up|stood still|lacked a single criterion\.",
            "vi": "tăng tiêu chí giữa",
        }
        assert not having(page, stood[lang])


@each_language
def test_a_slope_through_three_districts_is_not_shown(read, lang):
    page = read("three_districts", OVER_YEARS, lang)
    frame = page.tables()["catch-up"].frame
    assert frame[["slope", "r_squared", "rank_correlation"]].isna().all(axis=None)
    titles = [line for line in lines(page) if "2018–2019" in line and "3" in line]
    assert [line for line in titles if re.search(r"3( of |/)15", line)]


@each_language
@incomplete
def test_what_cannot_be_compared_is_not_called_unreported(read, name, lang):
    page = read(name, "20_commune_standards", lang)
    changed = having(page, "Change in criteria met|Thay đổi số tiêu chí đạt")
    assert changed and not re.search("Not reported|Chưa báo cáo", changed[0])


@each_language
@incomplete
def test_years_of_silence_stand_beside_others_with_their_silence(read, name, lang):
    table = read(name, "20_commune_standards", lang).tables()["progress-data"]
    row = table.frame[table.frame["year"] == 2019].iloc[0]
    assert row["communes_not_reported"] == 117 - len(years.made(name)[2019]["communes"])
    told = "of the communes whose status is known|các xã đã rõ tình trạng"
    assert any(re.search(told, note) for note in table.notes)
    assert row["recognised_pct"] == pytest.approx(100 * row["communes_recognised"] / 29)


@each_language
@incomplete
def test_lines_of_money_are_not_told_as_if_of_everybody(read, name, lang):
    """How many lines a silent district has nobody knows."""
    ranges = read(name, "00_overview", lang).tables()["ranges"].frame
    money = ranges[ranges["indicator"].isin(["allocated_vnd", "disbursed_rate_pct"])]
    assert len(money)
    assert money[["units", "not_reported"]].isna().all(axis=None)
    said = next(one for one in lines(read(name, "00_overview", lang))
                if re.match("- (Money|Vốn): ", one))  # fmt: skip
    assert re.search(r"3( of |/)15.*(of theirs|của các nơi này)", said)


@each_language
def test_special_zones_are_no_communes_that_did_not_report(read, lang):
    page = read("reform", "20_commune_standards", lang)
    silent = {"en": "Not reported", "vi": "Chưa báo cáo"}[lang]
    status = next(one for one in lines(page) if re.search("Status, end of|Tình trạng cuối", one)
                  and silent in one)  # fmt: skip
    on_map = int(re.search(rf"{silent}: (\d+)", status).group(1))
    headline = next(one for one in lines(page) if one.startswith(f"{silent}: "))
    assert headline.startswith(f"{silent}: {on_map} ")


@each_language
def test_without_districts_no_row_stands_for_one(read, lang):
    table = read("reform", OVER_YEARS, lang).tables()["paths-by-district"]
    assert table.frame["district_code"].isna().all()
    assert len(table.frame) == 1


@each_language
@pytest.mark.parametrize("notebook", [page for name, page in ALL if name == "reform"])
def test_no_head_speaks_of_districts_where_there_are_none(read, notebook, lang):
    """Nor does a caption, a row's name or a sentence of whom the money is."""
    word = {"en": r"\b[Dd]istricts?\b", "vi": r"\b[Hh]uyện\b"}[lang]
    for table in read("reform", notebook, lang).tables().values():
        if notebook.startswith("80") or table.slug == "groupings":
            continue  # The dictionary tells what columns are; lists are told of the past.
        heads = [table.caption, *(column.label for column in table.columns)]
        heads += [str(one) for one in table.frame.get("_name", ())]
        if table.slug == "agreement":
            heads = heads[: len(table.columns) + 1]  # Facts of earlier years.
        assert not [head for head in heads if re.search(word, head)], table.slug
    if notebook.startswith(("10", "30", "90")):
        none = {"en": "no districts|none at the end", "vi": "không còn đơn vị cấp huyện"}[lang]
        said = having(read("reform", notebook, lang), word)
        assert not [
            line for line in said if not re.search(f"{none}|not returns that|minh họa", line)
        ]


@each_language
@pytest.mark.parametrize("notebook", ["10_clean_returns", "90_quality"])
def test_what_was_received_is_told_where_there_are_no_districts(read, notebook, lang):
    page = read("reform", notebook, lang)
    row = page.tables()["coverage"].frame.iloc[0]
    made = years.made("reform")[2025]
    assert row["rows_01"] == len(made["communes"]) < row["expected_01"] == areas.rural_base(2025)
    assert row["rows_03"] == row["expected_03"] == len(areas.units(2025))
    none = {"en": "No return of 2025 was received", "vi": "Chưa nhận được báo cáo"}[lang]
    assert not having(page, none)


# Money ------------------------------------------------------------------------------------


@each_language
def test_silence_about_payments_is_not_payment(read, lang):
    page = read("nothing_disbursed_reported", "30_funding_gaps", lang)
    said = {
        "en": r"[Nn]othing is left|[Nn]o district has money left|[Aa]ll of the .* will be paid",
        "vi": r"[Kk]hông còn (vốn|tiền)|không huyện.*còn|đã giải ngân hết",
    }[lang]
    assert not having(page, said)
    for notebook in ("00_overview", "30_funding_gaps", "70_district_profile"):
        for table in read("nothing_disbursed_reported", notebook, lang).tables().values():
            # Published facts and figures of the report stand beside the returns.
            if "disbursed_rate_pct" in table.frame and "printed" not in table.frame:
                own = table.frame
                own = own[own["year"] == 2019] if "year" in own else own
                assert own["disbursed_rate_pct"].isna().all(), table.slug


@each_language
def test_where_all_is_paid_nobody_has_the_largest_gap(read, lang):
    page = read("all_disbursed", "30_funding_gaps", lang)
    said = {
        "en": r"has the largest gap|largest amount|Half of the gap|of the gap lies|more left than",
        "vi": r"còn nhiều nhất|lớn nhất|Một nửa số chưa giải ngân|số chưa giải ngân nằm ở",
    }[lang]
    assert not having(page, said)


@each_language
def test_a_booking_of_less_than_nothing_is_not_the_lowest_rate(read, lang):
    page = read("negative_and_null_money", "30_funding_gaps", lang)
    said = {"en": r"lowest rate,? −", "vi": r"thấp nhất,? −"}[lang]
    assert not having(page, said)


# Standards --------------------------------------------------------------------------------


@each_language
def test_where_all_is_met_nothing_holds_back(read, lang):
    page = read("all_met", "20_commune_standards", lang)
    said = {
        "en": r"hold back|missed most|lack most|: 0 and 0|0 of 117 communes do not",
        "vi": r"cản trở|chưa đạt nhiều nhất|thiếu nhiều nhất|: 0 và 0",
    }[lang]
    assert not having(page, said)


@each_language
@pytest.mark.parametrize("notebook", OF_RETURNS)
def test_among_equals_nobody_is_named(read, notebook, lang):
    page = read("all_tied", notebook, lang)
    from kgstats.present.figures import Figure
    from kgstats.present.prose import Prose

    # Districts of equal communes and equal money still differ in money per household: they have
    # more or fewer communes.
    drawn = [one for one in page.of(Figure) if not one.slug.startswith("funding-need")]
    said = [one.title for one in drawn] + [one.to_text() for one in page.of(Prose)]
    for sentence in said:
        assert not [one for one in NAMES if re.search(rf"(?<!\w){one}(?!\w)", sentence)], sentence


# Poverty ----------------------------------------------------------------------------------


@each_language
@pytest.mark.parametrize("notebook", ["00_overview", "40_poverty_reduction"])
def test_a_rise_is_not_told_as_a_fall(read, notebook, lang):
    page = read("poverty_rose", notebook, lang)
    said = {
        "en": r"(poverty rate|It|rate) fell(?! nowhere| in [0-9]+ of)|fell most|of the fall of",
        "vi": r"giảm mạnh nhất|mức giảm \d",
    }[lang]
    assert not having(page, said)
    assert page.sentences()


@each_language
@pytest.mark.parametrize("notebook", ["00_overview", "70_district_profile"])
def test_no_change_is_told_across_two_standards(read, notebook, lang):
    page = read("two_standards", notebook, lang)
    poor = {"en": r"[Pp]oor|[Pp]overty", "vi": r"[Nn]ghèo"}[lang]
    # "07/2021/NĐ-CP" is a decree; "2021 …" says that there is no value.
    change = re.compile(r"(?<!/)\b2021\b(?!/| …)|[−+]\d.*(pp|điểm phần trăm)")
    none = re.compile("[Nn]othing of|annot be compared|[Kk]hông có gì của|[Kk]hông so sánh được")
    told = [line for line in having(page, poor) if not none.search(line)]
    assert [line for line in told if change.search(line)] == []


@each_language
@pytest.mark.parametrize("notebook", ["00_overview", "20_commune_standards", "70_district_profile"])
def test_without_an_earlier_year_no_change_is_told(read, notebook, lang):
    page = read("no_earlier_year", notebook, lang)
    said = {
        "en": r"against 2018|in 2018\b|rose (by|from)|fell (by|from|most)|2018 to 2019",
        "vi": r"so với (năm )?2018|tăng từ|giảm từ|giảm mạnh nhất",
    }[lang]
    none = {"en": r"no return|There is no", "vi": r"[Kk]hông có|[Cc]hưa có"}[lang]
    assert [line for line in having(page, said) if not re.search(none, line)] == []


@each_language
def test_where_poverty_rose_nobody_is_said_to_have_fallen_less(read, lang):
    page = read("poverty_rose", OVER_YEARS, lang)
    title = {
        "en": r"^In percentage points, poverty rose",
        "vi": r"^Tính bằng điểm phần trăm, nơi nghèo hơn tăng",
    }[lang]
    assert len(having(page, title)) == 1
    assert not having(page, {"en": "poverty fell", "vi": "nghèo hơn giảm"}[lang])


@each_language
def test_a_first_year_is_not_judged_for_want_of_reports(read, lang):
    """Everybody reported; there is no year before to measure a fall from."""
    page = read("no_earlier_year", "00_overview", lang)
    said = {"en": "not every unit reported", "vi": "chưa báo cáo đủ"}[lang]
    assert not having(page, said)
    text = read("no_earlier_year", "20_commune_standards", lang).sentences()
    assert {"en": "faster progress", "vi": "nhanh hơn từ trước"}[lang] not in text


@each_language
def test_why_a_fact_is_not_compared_is_said(read, lang):
    """2020 is not at hand; in an incomplete 2019 what silent districts are part of is open."""
    for name, reasons in (
        ("all_met", {"no_returns", "no_match"}),
        ("no_earlier_year", {"no_returns"}),
        ("three_districts", {"no_returns", "incomplete"}),
    ):
        frame = read(name, "00_overview", lang).tables()["agreement"].frame
        open_ = frame[frame["agrees"].isna()]
        assert set(open_["unknown_for"]) <= reasons
        assert (open_.loc[open_["year"] == 2020, "unknown_for"] == "no_returns").all()
        assert frame.loc[frame["agrees"].notna(), "unknown_for"].isna().all()


@each_language
@incomplete
def test_half_a_sum_is_no_verdict_on_a_published_figure(read, name, lang):
    """What was printed of the province is not compared with the sum of three districts."""
    facts = read(name, "00_overview", lang).tables()["agreement"].frame
    assert not facts["agrees"].eq(False).fillna(False).any()
    assert facts["agrees"].eq(True).any()
    found = {"en": r"printed .*, from the returns", "vi": r"số in .*, theo biểu của các huyện"}[
        lang
    ]
    assert not having(read(name, "30_funding_gaps", lang), found)


@each_language
def test_an_amount_left_open_is_no_nothing(read, lang):
    """Châu Thành has lines without allocated amounts: neither zero nor part of a verdict."""
    page = read("negative_and_null_money", "30_funding_gaps", lang)
    for slug in ("funding-need-poor-data", "funding-need-criteria-data"):
        frame = page.tables()[slug].frame.set_index("district_code")
        assert frame.loc["905", ["allocated_vnd", "per_need_vnd"]].isna().all()
    beside = page.tables()["funding-printed"].frame
    assert beside.loc[beside["measure"] == "allocated", "agrees"].ne(False).all()
    first = having(page, "^(Allocated, with|Vốn phân bổ, gồm)")[0]
    assert re.search(r"\b242\b", first) and not re.search(r"\b258\b", first)


@each_language
def test_without_districts_nothing_is_said_of_each_of_them(read, lang):
    page = read("reform", "40_poverty_reduction", lang)
    said = {"en": r"[Dd]istricts?\b", "vi": r"[Hh]uyện"}[lang]
    lists = re.compile(
        "list incomplete|no list|danh sách chưa đầy đủ|chưa có danh sách"
    )  # Told of the past.
    assert not [line for line in having(page, said) if not lists.search(line)]


@each_language
@pytest.mark.parametrize("name", ["none_met", "all_met"])
def test_what_is_none_is_not_called_unreported(read, name, lang):
    page = read(name, "20_commune_standards", lang)
    said = {"en": "is reported to be", "vi": "[Cc]hưa có báo cáo về xã"}[lang]
    assert not having(page, said)
    none = {"en": "^Of the communes that reported, none", "vi": "^Trong các xã có báo cáo, không"}
    assert having(page, none[lang])


@each_language
def test_a_start_that_is_not_the_end_before_is_told(read, lang):
    """18,252 households at the end; the year started with other ones than the last one left."""
    said = {
        "en": r"2019 starts with 25,940 .* 2018 ended with 12,118",
        "vi": r"25\.940 hộ.*12\.118",
    }
    assert having(read("poverty_rose", "40_poverty_reduction", lang), said[lang])
    assert not having(read("all_met", "40_poverty_reduction", lang), said[lang])


def test_a_silent_commune_is_not_far_from_the_standard(read):
    page = read("one_commune_silent", "20_commune_standards", "en")
    silent = areas.units(2019).set_index("commune_code")["district_code"]
    silent = silent[years.of(2019)["communes"]["commune_code"].iloc[5]]
    own = page.tables()["proposals-data"].frame.set_index("district_code").loc[silent]
    assert own["communes_not_reported"] == 1
    parts = ["communes_recognised", "communes_pending", "communes_one_short", "communes_further"]
    assert own[parts].sum() == 6


@each_language
@incomplete
def test_a_part_of_the_communes_is_not_set_against_the_whole_target(read, name, lang):
    page = read(name, "20_commune_standards", lang)
    title = next(one for one in page.shown if getattr(one, "slug", "") == "outlook-chart").title
    assert "79" not in title and re.search(r"29( of |/)117", title)


@each_language
def test_where_all_are_alike_nobody_is_highest_or_poorest(read, lang):
    said = {"en": r"Highest:|The poorest", "vi": r"Cao nhất:|nghèo nhất, chiếm"}[lang]
    for notebook in ("20_commune_standards", "40_poverty_reduction"):
        assert not having(read("all_tied", notebook, lang), said)


@each_language
def test_a_map_of_silence_counts_no_zeros(read, lang):
    for line in having(read("no_attainment_form", "20_commune_standards", lang), "^(Map|Bản đồ) "):
        assert not re.search(r": 0[;.]", line), line


def test_a_table_of_silence_holds_no_zeros(read):
    table = read("no_attainment_form", "20_commune_standards", "vi").tables()[
        "criterion-panels-data"
    ]
    assert table.frame[["met", "unmet"]].isna().all(axis=None)
    assert table.frame["not_reported"].eq(117).all()


@each_language
def test_a_sentence_has_no_nought(read, lang):
    """ "0 communes await a decision", "15 districts all, 0 fewer than half"."""
    from kgstats.present.figures import Figure

    for name in ("all_met", "none_met"):
        for notebook in ("20_commune_standards", OVER_YEARS):
            for one in read(name, notebook, lang).of(Figure):
                assert not re.search(r"(?:;|,|and|và) 0 ", one.title), one.title


@each_language
def test_a_range_is_drawn_for_each_headline_that_has_one(read, lang):
    page = read("three_districts", "00_overview", lang)
    chart = next(one for one in page.shown if getattr(one, "slug", "") == "ranges-chart")
    frame = chart.table.frame
    bounded = frame["low"].notna() & frame["high"].notna()
    assert chart.alternative.count("(") == bounded.sum() == 6
    assert str(int(bounded.sum())) in chart.title and str(int((~bounded).sum())) in chart.title


@each_language
def test_a_money_headline_of_some_districts_says_so(read, lang):
    said = having(read("three_districts", "00_overview", lang), r"^(Money allocated|Vốn phân bổ): ")
    assert re.search(r"3( of |/)15", said[0])


@each_language
def test_money_is_compared_where_communes_are_not(read, lang):
    page = read("two_standards", "00_overview", lang)
    said = {"en": "^Communes and households cannot be compared", "vi": "^Về xã và hộ nghèo, không"}
    assert having(page, said[lang])
    assert not having(page, {"en": "^Nothing of 2021", "vi": "^Không có gì của năm 2021"}[lang])


# Tables ------------------------------------------------------------------------------------


def test_a_part_of_a_districts_households_is_no_base_of_its_money(read):
    frame = read("one_commune_silent", "30_funding_gaps", "en").tables()
    need = frame["funding-need-poor-data"].frame.set_index("district_code")
    assert need.loc["902", ["poor_start_hh", "per_need_vnd", "need_share_pct"]].isna().all()
    assert need["per_need_vnd"].drop("902").notna().all()
    note = having(read("one_commune_silent", "30_funding_gaps", "vi"), "Kiên Lương")
    assert [line for line in note if "một phần" in line]


@each_language
@incomplete
def test_a_district_stands_beside_a_province_counted_alike(read, name, lang):
    """Its share of the communes that reported beside the province's of all there are misled."""
    page = read(name, "70_district_profile", lang)
    table = page.tables()["district-ranks-data"]
    communes = years.made(name)[2019]["communes"]
    share = 100 * (communes["status"] == "recognised").mean()
    whole = table.frame[table.frame["_total"]].iloc[0]
    assert whole["recognised_pct"] == pytest.approx(share)
    assert any(re.search(r"3( of |/)15.*", note) for note in table.notes)
    assert having(page, {"en": "province's rates cover", "vi": "Tỷ lệ của tỉnh tính trên"}[lang])


@pytest.mark.parametrize("name", ["three_districts", "one_commune_silent", "poverty_rose"])
def test_a_total_counts_the_units_that_are_in_it(read, name):
    frame = read(name, "40_poverty_reduction", "en").tables()["poverty-areas-2025"].frame
    parts, whole = frame[~frame["_total"]], frame[frame["_total"]].iloc[0]
    reported = pd.to_numeric(parts["poor_end_hh_2019"], errors="coerce").notna()
    assert whole["units"] == parts.loc[reported, "units"].sum()


@pytest.mark.parametrize(
    "name",
    ["three_districts", "other_districts_before", "negative_and_null_money", "all_disbursed"],
)
def test_money_carried_over_is_told_alike_in_every_table(read, name):
    """What was paid of it stood at 2.8 billion in one table and at 3.6 in the next."""
    tables = read(name, "30_funding_gaps", "en").tables()
    ageing = tables["funding-ageing"].frame.set_index("plan_year")
    steps = tables["funding-carry-over-data"].frame.set_index("step")["amount_vnd"]
    carried = ageing.loc[2018]
    assert carried["allocated_vnd"] == steps["carried"]
    assert carried["disbursed_vnd"] == -steps["carried_disbursed"]


@each_language
def test_where_nobody_reported_nothing_is_said_of_who_did(read, lang):
    page = read("no_attainment_form", "20_commune_standards", lang)
    assert not having(
        page, {"en": "^Of the communes that reported", "vi": "^Trong các xã có báo"}[lang]
    )
    assert having(page, {"en": "^No commune is reported for 2019", "vi": "^Không có xã nào"}[lang])


@each_language
def test_a_fall_within_the_year_is_no_fall_where_the_year_starts_elsewhere(read, lang):
    page = read("poverty_rose", "40_poverty_reduction", lang)
    said = {"en": "poor households fell", "vi": "số hộ nghèo giảm"}[lang]
    assert not having(page, said)


@pytest.mark.parametrize("name", ["three_districts", "one_commune_silent", "poverty_rose"])
def test_pages_count_falls_alike(read, name):
    """One page said that the rate fell in 4 areas, another in 5: one compared rounded levels."""
    change = read(name, "40_poverty_reduction", "en").tables()["poverty-change-map-poor-data"]
    own = change.frame["change_pp"]
    title = having(read(name, OVER_YEARS, "en"), r"^Poverty rate, 2018–2019: ")[0]
    told = re.search(r"lower in (\d+)", title)
    assert int((own.round(2) < 0).sum()) == (int(told[1]) if told else own.notna().sum())


@each_language
@incomplete
def test_years_drawn_have_a_value(read, name, lang):
    frame = read(name, "00_overview", lang).tables()["trend-data"].frame
    assert frame.drop(columns=["year", "when"]).notna().any(axis=1).all()


@pytest.mark.parametrize("name", ["three_districts", "one_commune_silent", "poverty_rose"])
def test_a_column_of_effects_is_not_headed_as_a_change(read, name):
    """Beside 4.63 → 3.01 the head "Change of rate" stood over the effect, −0.210."""
    table = read(name, "40_poverty_reduction", "en").tables()["poverty-contributions-poor"]
    heads = {column["key"]: column["label"] for column in table.payload()["columns"]}
    assert heads["rate_effect_pp"].startswith("Effect of the rate")
    assert not [label for label in heads.values() if re.match("Change of (the )?rate", label)]


@pytest.mark.parametrize("name", ["three_districts", "no_earlier_year", "poverty_rose"])
def test_rows_of_money_per_criterion_sum_to_their_total(read, name):
    """Districts without an unmet criterion were left out of rows that said they were 100%."""
    tables = read(name, "30_funding_gaps", "en").tables()
    for slug in ("funding-need-poor-data", "funding-need-criteria-data"):
        if slug in tables:
            frame = tables[slug].frame
            parts = frame.loc[~frame["_total"], "allocated_share_pct"].astype(float)
            assert parts.sum() == pytest.approx(100), slug
            reported = set(years.made(name)[2019]["funding"]["district_code"])
            assert slug.endswith("poor-data") or reported <= set(frame["district_code"].dropna())
