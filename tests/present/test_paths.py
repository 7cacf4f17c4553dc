"""The way of communes' criteria: titles and sentences, held against the frames they are of."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgstats.analysis import paths as analysis
from kgstats.present import paths
from kgstats.present.prose import Prose
from kgstats.reference import areas

RURAL = areas.rural(2019)
SOME = RURAL[RURAL["district_code"].isin(["903", "905"])].head(16)
numbers = st.one_of(st.none(), st.integers(0, 19), st.just(19), st.just(18))
ways = st.lists(st.tuples(numbers, numbers), min_size=len(SOME), max_size=len(SOME))


@pytest.fixture(scope="module", autouse=True)
def undrawn():
    """Titles and tables are looked at, not pictures."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("bars", "stacked_bars"):
            patched.setattr(paths, name, lambda chart, *_, **__: chart)
        yield


def standings(rows):
    return pd.DataFrame(
        [
            {
                "criteria_set": "qd1980", "year": year, "district_code": one.district_code,
                "commune_code": one.commune_code, "name": one.name, "criteria_met": met,
                "marks_known": 19 if met is not None else 0,
                "lacking": tuple(range(1, 20 - met)) if met is not None else (),
            }
            for one, both in zip(SOME.itertuples(), rows, strict=True)
            for year, met in zip((2018, 2019), both, strict=True)
        ]
    ).astype({"criteria_met": "Int64"})  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(ways)
def test_the_title_counts_who_stood_still_and_who_fell_back(rows):
    found = analysis.paths(standings(rows))
    drawn = paths.paths_chart(analysis.by_path(found, "district"), analysis.by_path(found), "en")
    known = [pair for pair in rows if None not in pair]
    if not known:
        assert isinstance(drawn, Prose)
        return
    stuck = sum(before == after != 19 for before, after in known)
    back = sum(after < before for before, after in known)
    unit = "commune" if len(known) == 1 else "communes"
    told = f", {stuck} made no progress and {back} fell back"
    if not (stuck and back):
        told = f": {stuck or 'none'} stood still; {back or 'none'} fell back"
    assert drawn.title == f"Of {len(known)} {unit} followed over 2018–2019{told}"


def test_a_silent_district_has_no_paths_and_a_reporting_one_has_zeros():
    rows = [(10, 12) if one == "903" else (None, 12) for one in SOME["district_code"]]
    found = analysis.paths(standings(rows))
    table = paths.paths_chart(
        analysis.by_path(found, "district"), analysis.by_path(found), "en"
    ).table
    shown = table.frame.set_index("district_code")
    known = [f"path_{name}" for name in paths.SHOWN_PATHS]
    assert shown.loc["905", known].isna().all()
    assert (shown.loc["905", "path_not_comparable"] == shown.loc["905", "communes"]).all()
    assert shown.loc["903", "path_falling"] == 0
    assert "Châu Thành | 4 | …" in table.to_text()


@settings(deadline=None, max_examples=40)
@given(ways)
def test_the_criterion_never_met_by_most_is_named_with_its_base(rows):
    by_criterion = analysis.by_criterion(standings(rows))
    drawn = paths.criteria_chart(by_criterion, "en")
    if isinstance(drawn, Prose):
        return
    never = by_criterion.set_index("criterion")["criterion_never"]
    first = list(never.index[never == never.max()])
    every = int(by_criterion["communes"].iloc[0])
    if not never.max():
        assert drawn.title.startswith("Every criterion was met in some year")
    elif len(first) == 19:
        assert drawn.title.startswith("Every criterion was met in no year by as many")
    else:
        unit = "commune" if every == 1 else "communes"
        assert f"by {never.max()} of {every} {unit}, more than any other" in drawn.title
        if len(first) == 1:
            assert drawn.title.startswith(f"{first[0]} ")


@settings(deadline=None, max_examples=40)
@given(ways)
def test_years_of_a_step_are_said_with_the_moves_they_rest_on(rows):
    frame = standings(rows)
    total = analysis.steps(frame, by=())
    drawn = paths.steps_chart(analysis.steps(frame), total, [2018, 2019], "en")
    starts = [(a, b) for a, b in rows if None not in (a, b) and a < 19]
    up = sum(b > a for a, b in starts)
    if up:
        still = {a for a, _ in starts} - {a for a, b in starts if b > a}
        assert all(f"from {a} criteri" in drawn.note for a in still)
    if not starts:
        assert drawn.paragraphs[0].startswith("No commune short of the standard can be followed")
    elif not up:
        assert drawn.paragraphs[0].startswith("No commune moved up")
    elif drawn.title.startswith("The last criterion"):
        last = [b > a for a, b in starts if a == 18]
        assert sum(last) >= 5
        told = f"of {len(last)} commune-years one criterion short, {sum(last)} ended"
        assert told in drawn.title
    else:
        assert f"{up}" in drawn.title and f"{len(starts)} commune-years" in drawn.title


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_without_districts_all_communes_make_one_bar(lang):
    found = analysis.paths(standings([(10, 12)] * len(SOME))).assign(district_code=pd.NA)
    drawn = paths.paths_chart(analysis.by_path(found, "district"), analysis.by_path(found), lang)
    assert len(drawn.table.frame) == 1
    assert {"en": "One bar", "vi": "Một thanh"}[lang] in drawn.says
