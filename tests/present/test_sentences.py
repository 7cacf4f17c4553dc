"""Sentences and titles of the pages on standards and the overview, on years of any kind.

Each is fed with returns drawn at random (silent communes, ties, none, all) and held against them by
counting, not by the analysis whose frames it shows.
"""

import re
from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from illustrative.truth import truth
from kgstats.analysis import attainment as analysis
from kgstats.analysis import attainment_outlook as ahead
from kgstats.present import attainment, attainment_figures, attainment_outlook
from kgstats.reference import areas

ALL, TARGET = 19, 79
RURAL = list(areas.rural(2019)["commune_code"])
OF = areas.rural(2019).set_index("commune_code")["district_code"]
lacking = st.frozensets(st.integers(1, ALL), min_size=1, max_size=4)
standing_of_one = st.one_of(
    st.none(), st.just("recognised"), st.just("pending"), lacking, st.just(frozenset({2}))
)
years = st.one_of(
    st.lists(standing_of_one, min_size=len(RURAL), max_size=len(RURAL)),
    st.sampled_from(
        [["recognised"] * 117, ["pending"] * 117, [frozenset({2, 5})] * 117, [None] * 117]
    ),
)


def returns(rows, year=2019):
    """Clean tables in which each commune stands as said: silent, by a status, or lacking marks."""
    tables = truth(year)
    stand = dict(zip(RURAL, rows, strict=True))
    communes = tables["communes"][tables["communes"]["commune_code"].isin(RURAL)]
    communes = communes[communes["commune_code"].map(stand).notna()]
    codes = communes["commune_code"]
    status = [one if isinstance(one, str) else "not_yet" for one in codes.map(stand)]
    held = pd.Series(status, index=communes.index) == "recognised"
    met = [ALL - (0 if isinstance(one, str) else len(one)) for one in codes.map(stand)]
    communes = communes.assign(
        status=pd.array(status, "string"),
        criteria_met=pd.array(met, "Int64"),
        level=communes["level"].mask(held, "standard").mask(~held, "none"),
        decision_date=pd.Series(pd.Timestamp("2018-06-01"), index=communes.index).where(held),
    )
    marks = tables["attainment"][tables["attainment"]["commune_code"].isin(set(codes))]
    unmet = [
        not isinstance(stand[code], str) and number in stand[code]
        for code, number in zip(marks["commune_code"], marks["criterion"], strict=True)
    ]
    return communes, marks.assign(met=pd.array([not one for one in unmet], "boolean"))


def standings(now, before=None):
    own = {2019: returns(now)} | ({2018: returns(before, 2018)} if before else {})
    return analysis.standings(
        {year: one[0] for year, one in own.items()},
        {year: one[1] for year, one in own.items()},
        2019,
    )


def told(rows):
    """What there is, by counting."""
    known = [one for one in rows if one is not None]
    districts = {OF[code] for code, one in zip(RURAL, rows, strict=True) if one is not None}
    return {
        "known": len(known),
        "districts": len(districts),
        "recognised": known.count("recognised"),
        "pending": known.count("pending"),
        "missed": Counter(n for one in known if not isinstance(one, str) for n in one),
        "short": Counter(len(one) for one in known if not isinstance(one, str)),
    }


def numbers_in(text):
    return [int(one) for one in re.findall(r"\d+", text)]


@settings(deadline=None, max_examples=12)
@given(years)
def test_a_page_of_standards_says_what_was_reported(rows):
    found = told(rows)
    frame = standings(rows)
    province = analysis.summary(frame)
    base = f"{found['districts']} of 15 districts, {found['known']} of 117 communes"
    whole = found["known"] == 117

    status = attainment_figures._status_title(province.iloc[0], 2019, "en")
    if not found["known"]:
        assert status == "No commune is reported at the end of 2019"
    else:
        assert status.startswith(
            f"{found['recognised']} of {found['known']} rural communes were recognised by the end "
            "of 2019"
        )
        waiting = f"; {found['pending']} awaited a decision"
        assert (waiting in status) == (found["pending"] > 0) == ("awaited" in status)
        assert (base in status) == (not whole)

    progress = ahead.progress(frame, 2019)
    title = attainment_outlook.progress_title(progress, "en")
    n = found["recognised"]
    if not found["known"]:
        assert "is not reported" in title
    elif n >= TARGET:
        assert "already as many as the target of 79 for 2020 asks" in title
    elif whole:
        assert f"{TARGET - n} more are needed to reach the target of 79 for 2020" in title
    else:
        assert "is not judged" in title and "needed" not in title

    near = attainment.nearly_text(analysis.nearly(frame), province, "en").to_text()
    one, two = found["short"][1], found["short"][2]
    if one + two:
        assert numbers_in(near)[: 2 if one and two else 1] or "0" in near
        assert near.startswith(("No ", f"{one} commune" + "s" * (one != 1)))
        assert (f"Reported: {base}." in near) == (not whole)
    else:
        none = attainment.NONE_NEAR if found["known"] else "No commune is reported for 2019."
        assert near == none


@settings(deadline=None, max_examples=12)
@given(years)
def test_who_holds_back_the_most_is_who_does(rows):
    found = told(rows)
    marks = analysis.marks(returns(rows)[1], 2019)
    failures = analysis.failures(marks)
    title = attainment_figures._failures_title(failures, 2019, "en")
    panels = attainment_figures._panels_title(
        attainment_figures._missed(failures, 2019, "en"), found["known"] == 117, "en"
    )
    if not found["known"]:
        assert title == panels == "No mark of any criterion is reported"
        return
    met = sum(found["missed"][n] == 0 for n in range(1, ALL + 1))
    assert panels.startswith(f"{met} of the 19 criteria" if met else "No criterion is met by every")
    assert ("with a mark" in panels) == (found["known"] < 117)
    if not found["missed"]:
        assert title == "Every commune with a mark meets each criterion"
        assert panels.endswith("none is missed")
        return
    most = max(found["missed"].values())
    first = {n for n, count in found["missed"].items() if count == most}
    named = {int(one) for one in re.findall(r"(?:^|, |and )(\d+) [A-Z]", title.partition(" h")[0])}
    if len(first) <= 5:
        assert first <= named
        assert f"{most} " in title and title.rstrip(" each").endswith(f"of {found['known']}")
        if named - first:
            # Two are named where the second stands alone.
            counts = sorted(set(found["missed"].values()))
            second = {n for n, count in found["missed"].items() if count == counts[-2]}
            assert named - first == second


@settings(deadline=None, max_examples=8)
@given(years, years)
def test_a_change_is_of_those_reported_in_both_years(now, before):
    found = analysis.changes(standings(now, before), 2019)
    pairs = [(a, b) for a, b in zip(before, now, strict=True) if a is not None and b is not None]
    title = attainment_figures._change_title(analysis.change_counts(found).iloc[0], 2019, "en")
    if not pairs:
        assert title == "No commune can be compared with 2018"
        return

    def met(one):
        return ALL if isinstance(one, str) else ALL - len(one)

    new = sum(b == "recognised" != a for a, b in pairs)
    rose, fell = (sum(way * (met(b) - met(a)) > 0 for a, b in pairs) for way in (1, -1))
    if new and rose and fell:
        assert title.startswith(f"In 2019, {new} commune")
        assert f"; {rose} met more criteria than the year before and {fell} met fewer" in title
    else:
        assert title.startswith(f"In 2019: {new or 'no'} commune")
        assert f"; {rose or 'none'} met more criteria than before" in title
        assert f"; {fell or 'none'} met fewer" in title
    assert (f"compared: {len(pairs)} of 117 communes" in title) == (len(pairs) < 117)

    text = attainment_outlook.progress_text(ahead.progress(standings(now, before), 2019), "en")
    more = sum(b == "recognised" for _, b in pairs) - sum(a == "recognised" for a, _ in pairs)
    said = "did not change" if not more else f"{'rose' if more > 0 else 'fell'} by {abs(more)}"
    assert f"In 2019 the number {said}" in text.to_text()


def only(one, rest=None):
    return [one, *[rest] * (len(RURAL) - 1)]


@pytest.mark.parametrize("one", ["recognised", "pending", frozenset({2}), frozenset({2, 5})])
@pytest.mark.parametrize("rest", [None, frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9, 10})])
def test_one_commune_is_one_commune(one, rest):
    frame = standings(only(one, rest), only(frozenset({2, 5}), rest))
    province, progress = analysis.summary(frame[frame["year"] == 2019]), ahead.progress(frame, 2019)
    own = frame[frame["year"] == 2019]
    nobody = pd.DataFrame({"lacking_count": [], "commune_code": []})
    chances = ahead.chances(own, ahead.transitions(frame, 2019))
    texts = [
        attainment.overview(province, "en").to_text(),
        attainment.nearly_text(analysis.nearly(own), province, "en").to_text(),
        attainment_outlook.progress_text(progress, "en").to_text(),
        attainment_outlook.outlook_text(
            ahead.outlook(frame, chances, 2019), nobody, pd.DataFrame(), 2019, "en"
        ).to_text(),
        *(item.context for item in attainment.headlines(province, progress, "en").items),
    ]
    for text in texts:
        assert not re.search(r"(?<![\d.,–−/] )(?<![\d.,–−])\b1 (rural )?communes\b", text), text


@pytest.mark.parametrize("lang", ["en", "vi"])
@settings(deadline=None, max_examples=5)
@given(rows=years)
def test_every_sentence_is_made_in_both_languages(lang, rows):
    frame = standings(rows)
    province, progress = analysis.summary(frame), ahead.progress(frame, 2019)
    texts = [
        attainment.overview(province, lang).to_text(),
        attainment.levels_text(analysis.levels(frame), province, lang).to_text(),
        attainment.nearly_text(analysis.nearly(frame), province, lang).to_text(),
        attainment_outlook.progress_text(progress, lang).to_text(),
    ]
    texts += [item.context for item in attainment.headlines(province, progress, lang).items]
    for text in texts:
        assert "nan" not in text.lower() and "<NA>" not in text and "{" not in text
