"""Money as readers see it: findings computed from the data, in both languages, for any year."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from kgstats import published, sample
from kgstats.analysis import funding
from kgstats.present import funding as show
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose
from kgstats.present.tables import Table

BN = 10**9
LANGS = ("vi", "en")
NOTHING = pd.DataFrame()
LEFT_OPEN = re.compile(r"\{\w*\}")


def lines(rows: list[dict], year: int = 2019) -> pd.DataFrame:
    """Lines of one year from parts of rows."""
    basis = {
        "year": year,
        "district_code": "908",
        "programme": "ntm",
        "component": "ntm_general",
        "source": "central",
        "kind": "investment",
        "plan_year": year,
        "allocated_vnd": 10 * BN,
        "disbursed_vnd": 4 * BN,
        "disbursed_pct": None,
        "cut_off": pd.Timestamp(year, 12, 20),
        "cause": None,
        "note": None,
    }
    frame = pd.DataFrame([basis | row for row in rows], columns=list(basis))
    whole = dict.fromkeys(("year", "plan_year", "allocated_vnd", "disbursed_vnd"), "Int64")
    words = ("district_code", "programme", "component", "source", "kind", "cause", "note")
    types = whole | dict.fromkeys(words, "string") | {"disbursed_pct": "Float64"}
    return funding.lines(frame.astype(types), year)


UNUSUAL = {
    "nothing reported": [{"disbursed_vnd": None}, {"district_code": "906", "disbursed_vnd": None}],
    "all paid": [{"disbursed_vnd": 10 * BN}, {"district_code": "906", "disbursed_vnd": 10 * BN}],
    "paid above plan": [{"disbursed_vnd": 12 * BN}],
    "plan of zero": [{"allocated_vnd": 0, "disbursed_vnd": 5 * 10**6}],
    "no plan at all": [{"allocated_vnd": None}],
    "below zero": [{"allocated_vnd": -BN, "disbursed_vnd": -2 * BN}, {"district_code": "906"}],
    "one small line": [{"allocated_vnd": 3_000_000, "disbursed_vnd": 0}],
    "two cut-offs": [{}, {"district_code": "906", "cut_off": pd.Timestamp(2019, 12, 15)}],
    "after the close": [{"cut_off": pd.Timestamp(2020, 3, 1)}],
    "old and future plans": [{"plan_year": 2015}, {"plan_year": 2021}],
    "no district": [{"district_code": None}, {"district_code": None, "kind": "recurrent"}],
    "unknown words": [{"component": "gnbv_new", "programme": "gnbv", "cause": "weather"}],
}


def everything(money: pd.DataFrame, lang: str, previous: pd.DataFrame = NOTHING) -> list:
    """All that the page shows of some money, but the map."""
    closed = funding.closing(money)
    poor = pd.Series({"908": 100, "906": 0}, dtype="Int64")
    nothing = (NOTHING, NOTHING, lang)
    return [
        show.headlines(money, closed, lang),
        show.coverage_note(money, lang),
        show.coverage_chart(money, lang),
        show.gap_table(money, lang),
        show.component_table(money, lang),
        show.denominators_table(money, lang),
        show.counterpart_note(money, lang),
        show.district_chart(money, lang),
        show.waterfall_chart(money, closed, lang),
        show.lapsing_table(money, closed, lang),
        show.ageing_table(money, lang),
        show.time_table(money, closed, lang),
        show.last_year_chart(money, previous, lang),
        show.decomposition_chart(money, lang),
        show.composition_note(money, lang),
        show.pareto_chart(money, lang),
        show.funnel_chart(money, lang),
        show.causes_note(money, lang),
        show.causes_table(money, lang),
        show.need_chart(money, poor, "poor", lang),
        show.need_chart(money, poor, "criteria", lang),
        show.outputs_table(money, NOTHING, lang),
        show.printed_table(money, *nothing),
        show.findings_table(money, lang),
    ]


@pytest.mark.parametrize(("name", "lang"), zip(UNUSUAL, LANGS * 6, strict=False))
@pytest.mark.filterwarnings("error:constrained_layout")
def test_unusual_money_is_shown_and_never_as_infinity(name, lang):
    for shown in everything(lines(UNUSUAL[name]), lang):
        page = shown.to_html()
        visible = re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
        visible = re.sub(r"<[^>]+>", " ", visible)
        assert not re.search(r"\b(inf|nan|NaN|None|NaT)\b|&lt;NA&gt;", visible), visible
        assert not LEFT_OPEN.search(visible), visible


@pytest.fixture(scope="module")
def of_2019() -> pd.DataFrame:
    return funding.lines(sample.truth(2019)["funding"], 2019)


@pytest.mark.parametrize("year", [2018, 2020])
def test_every_year_has_its_own_findings_in_both_languages(year):
    money = funding.lines(sample.truth(year)["funding"], year)
    before = sample.truth(year - 1)["funding"] if year > 2018 else NOTHING
    titles = {}
    for lang in LANGS:
        figures = [f for f in everything(money, lang, before) if isinstance(f, Figure)]
        titles[lang] = {figure.slug: figure.title for figure in figures}
        for figure in figures:
            assert figure.table is not None and len(figure.table.frame), figure.slug
            assert len(figure.alternative) > len("Bars by district."), figure.slug
            assert "<text" in figure.svg and len(figure.svg) < 80_000, figure.slug
    assert set(titles["vi"]) == set(titles["en"])
    same = {slug for slug in titles["vi"] if titles["vi"][slug] == titles["en"][slug]}
    assert not same, "titles without a translation"
    assert ("funding-last-year" in titles["en"]) == (year > 2018)


def test_titles_say_what_the_numbers_say(of_2019):
    closed = funding.closing(of_2019)
    found = {
        figure.slug: figure.title
        for figure in everything(of_2019, "en", sample.truth(2018)["funding"])
        if isinstance(figure, Figure)
    }
    plain = sample.truth(2019)["funding"].dropna(subset=["disbursed_vnd"])
    gap = (plain["allocated_vnd"] - plain["disbursed_vnd"]).groupby(plain["district_code"]).sum()
    names = funding.district_names(2019)
    assert found["funding-districts"].startswith(f"{names[str(gap.idxmax())]} has the largest gap")
    lapse = int(closed["lapse_vnd"].sum())
    assert f"VND {lapse / BN:.1f} billion of the VND 75.7 billion" in found["funding-waterfall"]
    assert found["funding-coverage"].endswith("reported for 16.4% of the allocated money")
    assert "59.8% of the comparable money" in found["funding-last-year"]
    assert (
        "17.2" in found["funding-last-year"] and "less than in 2018" in found["funding-last-year"]
    )


def test_titles_change_with_the_data():
    def title(rows: list[dict], chart: str = "funding-districts") -> str:
        shown = everything(lines(rows), "en")
        return next(f.title for f in shown if isinstance(f, Figure) and f.slug == chart)

    other = {"district_code": "906"}
    assert "both the largest gap" in title([{}, other | {"disbursed_vnd": 9 * BN}])
    assert title(UNUSUAL["all paid"]) == "No district has money left to disburse"
    assert title(UNUSUAL["nothing reported"]) == "No district reports a disbursement"
    assert title([{}, other], "funding-coverage").startswith("A disbursement is reported for all")
    assert title(UNUSUAL["all paid"], "funding-waterfall") == "Nothing is left to disburse"
    quick = [{"cut_off": pd.Timestamp(2019, 6, 1), "disbursed_vnd": 9 * BN}]
    assert "is paid by its legal close" in title(quick, "funding-waterfall")
    equal = [{}, other]
    assert title(equal, "funding-decomposition").startswith("All districts pay the same kinds")


def test_last_year_is_said_to_be_more_less_or_as_much():
    now = lines([{}])
    columns = sample.truth(2018)["funding"].columns

    def title(paid: int) -> str:
        before = lines([{"disbursed_vnd": paid}], 2018)[list(columns)]
        return show.last_year_chart(now, before, "en").title

    assert "20.0" in title(6 * BN) and "less than in 2018 (60.0%)" in title(6 * BN)
    assert "more than in 2018 (20.0%)" in title(2 * BN)
    assert title(4 * BN) == "40.0% of the comparable money is disbursed, as in 2018"


@pytest.mark.parametrize("chart", ["decomposition_chart", "funnel_chart", "coverage_chart"])
def test_the_same_money_gives_the_same_bytes(of_2019, chart):
    draw = getattr(show, chart)
    assert draw(of_2019, "vi").to_html() == draw(of_2019, "vi").to_html()


def test_the_table_of_gaps_has_the_reports_figures_and_foots(of_2019):
    shown = show.gap_table(of_2019, "vi")
    text = shown.to_text()
    assert "123,500" in text and "73,856" in text and "49,644" in text
    assert "1.074,577 | 894,433 | 105,625 | 74,519" in text
    assert "167,000" in show.denominators_table(of_2019, "vi").to_text()
    frame = shown.frame
    for name in ("allocated_vnd", "uncovered_vnd", "gap_vnd"):
        own = frame.loc[frame["row"] == "row", name].fillna(0).sum()
        parts = frame.loc[frame["row"] == "subtotal", name].fillna(0).sum()
        total = frame.loc[frame["row"] == "total", name].iloc[0]
        assert own == parts == total, name
    assert shown.totals == [row != "row" for row in frame["row"]]


def test_unconfirmed_closes_are_marked(of_2019):
    shown = show.lapsing_table(of_2019, funding.closing(of_2019), "en")
    assert "31 January 2020 *" in shown.to_text()
    assert any("Law 49/2014/QH13" in note for note in shown.notes)
    confirmed = lines([{}], 2021)
    again = show.lapsing_table(confirmed, funding.closing(confirmed), "en")
    assert "31 January 2022 |" in again.to_text() and not any("*" in note for note in again.notes)


def test_the_page_beside_the_printed_report(of_2019, root):
    from kgstats.published import audit as auditing
    from kgstats.published.files import read_report

    figures = published.read("figures", root, 2019)
    report = read_report(root / "data" / "raw" / "published", 2019)
    audit = auditing.to_frame(auditing.audit(report))
    text = show.printed_table(of_2019, figures, audit, "en").to_text()
    assert "Disbursement rate, central budget | 59,1 | 59.10% | 59.20% | agrees" in text
    assert "50,541 | VND 50.541 billion | VND 51.541 billion | differs | wrong" in text
    results = show.sensitivity_table(of_2019, figures, audit, "vi")
    assert "50,541 tỷ đồng | 51,541 tỷ đồng | 51,541 tỷ đồng" in results.to_text()
    assigned = show.allocation_table(of_2019, figures, audit, "en").to_text()
    assert "50.541 | 51.541 | \u22121.000" in assigned
    delivered = show.outputs_table(of_2019, figures, "vi").to_text()
    assert "10/13 | 234" in delivered
    said = show.printed_note(of_2019, figures, audit, "en")
    assert len(said.items) == 4
    assert show.printed_note(of_2019, NOTHING, NOTHING, "en") is None
    assert show.sensitivity_table(of_2019, NOTHING, NOTHING, "en") is None
    assert isinstance(show.printed_table(of_2019, NOTHING, NOTHING, "en"), Prose)


def test_the_map_keeps_silent_districts_apart():
    rows = [{"disbursed_vnd": 2 * BN}, {"district_code": "906", "disbursed_vnd": None}]
    figure = show.gap_map(lines(rows), "en")
    assert isinstance(figure, Figure)
    states = dict(re.findall(r'data-code="(\d+)" data-key="([\w-]+)"', figure.svg))
    assert states["908"] == "class-3" and states["906"] == "not_reported"
    assert len(states) == 15
    assert figure.title == "Half of the gap lies in An Biên"


def test_small_programmes_are_drawn_in_millions(of_2019):
    money = of_2019[of_2019["programme"] == "gnbv"]
    assert "Gap, VND million" in show.gap_map(money, "en").svg
    chart = show.decomposition_chart(money, "en")
    assert "VND million of the gap" in chart.svg


def test_a_year_without_districts_has_no_map():
    money = lines([{"district_code": None}], 2026)
    assert isinstance(show.gap_map(money, "vi"), Prose)
    chart = show.district_chart(money, "en")
    assert chart.title.startswith("no district given has both")
    assert chart.table.frame["district"].tolist() == ["no district given", "Province"]


def test_need_of_the_other_programme_is_not_shown(of_2019):
    poor = funding.poor_households(sample.truth(2019)["poverty"])
    ntm = of_2019[of_2019["programme"] == "ntm"]
    assert isinstance(show.need_chart(ntm, poor, "poor", "en"), Prose)
    assert show.need_note(ntm, poor, "poor", "en") is None
    both = show.need_chart(of_2019, poor, "poor", "en")
    assert isinstance(both, Figure)
    total = both.table.frame.iloc[-1]
    assert int(total["allocated_vnd"]) == 56_135_000_000


def test_names_from_the_data_stay_text():
    money = lines([{"component": "<script>x</script>", "cause": "<b>", "programme": "gnbv"}])
    for shown in (show.component_table(money, "en"), show.causes_table(money, "en")):
        assert isinstance(shown, Table)
        assert "<script>" not in shown.to_html() and "<b>" not in shown.to_html()


def test_the_notebook_reads_by_name_and_has_its_parameters(root):
    from kgstats.pipeline import collection

    notebook = collection.read_notebook(root / "notebooks" / "30_funding_gaps.ipynb")
    kinds = {name: (p.type, p.optional) for name, p in notebook.parameters.items()}
    assert kinds == {"year": ("int", False), "lang": ("str", False), "programme": ("str", True)}
    reads = {read.name: (read.optional, read.other_years) for read in notebook.reads}
    assert reads["funding"] == (False, True)
    optional = {name for name, (left_out, _) in reads.items() if left_out}
    assert optional == {"figures", "audit", "poverty", "communes", "cells"}
    assert set(notebook.titles) == {"vi", "en"}
