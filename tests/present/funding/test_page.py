"""Findings computed from the data, in both languages, for any year and any money."""

from __future__ import annotations

import re

import pytest
from tests.analysis.funding.money import BN, money
from tests.present.funding.page import NOTHING, UNUSUAL, everything

from illustrative.truth import truth
from kgstats.analysis import funding
from kgstats.present import funding as show
from kgstats.present.figures import Figure

LANGS = ("vi", "en")
LEFT_OPEN = re.compile(r"\{\w*\}")


@pytest.mark.parametrize(("name", "lang"), zip(UNUSUAL, LANGS * 6, strict=False))
@pytest.mark.filterwarnings("error:constrained_layout")
def test_unusual_money_is_shown_and_never_as_infinity(name, lang):
    for shown in everything(money(UNUSUAL[name]), lang):
        page = shown.to_html()
        visible = re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)
        visible = re.sub(r"<[^>]+>", " ", visible)
        assert not re.search(r"\b(inf|nan|NaN|None|NaT)\b|&lt;NA&gt;", visible), visible
        assert not LEFT_OPEN.search(visible), visible


@pytest.mark.parametrize("year", [2018, 2020])
def test_every_year_has_its_own_findings_in_both_languages(year):
    lines = funding.lines(truth(year)["funding"], year)
    before = truth(year - 1)["funding"] if year > 2018 else NOTHING
    titles = {}
    for lang in LANGS:
        figures = [f for f in everything(lines, lang, before, year) if isinstance(f, Figure)]
        titles[lang] = {figure.slug: figure.title for figure in figures}
        for figure in figures:
            assert figure.table is not None and len(figure.table.frame), figure.slug
            assert len(figure.alternative) > len("Bars by district."), figure.slug
            assert "<text" in figure.svg and len(figure.svg) < 80_000, figure.slug
    assert set(titles["vi"]) == set(titles["en"])
    same = {slug for slug in titles["vi"] if titles["vi"][slug] == titles["en"][slug]}
    assert not same, "titles without a translation"
    assert ("funding-last-year" in titles["en"]) == (year > 2018)


@pytest.mark.parametrize("lang", LANGS)
def test_every_picture_and_table_says_of_how_many_districts_it_is(of_2019, lang):
    """Each is read, and downloaded, alone: what three districts report is no province."""
    there = of_2019[of_2019["district_code"].isin(["903", "905", "911"])]
    own = (
        "funding-carry-over",
        "funding-carried",
        "funding-printed",
    )  # They name whom they follow.
    for some in (there, of_2019):
        shown = everything(some, lang, truth(2018)["funding"])
        whole = {"en": "Province", "vi": "Toàn tỉnh"}[lang]
        silent = some is there
        for one in shown:
            slug = getattr(one, "slug", "")
            if not slug or slug.startswith(own):
                continue
            table = one.table if isinstance(one, Figure) else one
            base = re.compile({"en": r"3 of 15 districts", "vi": r"3/15 huyện"}[lang])
            assert bool(base.search(" ".join(table.notes))) == silent, slug
            if isinstance(one, Figure):
                assert bool(base.search(one.title)) == silent, slug
            names = [str(name) for name in table.frame.get("_name", [])]
            assert not (silent and whole in names), slug
    assert any(
        whole in list(one.table.frame.get("_name", [])) for one in shown if isinstance(one, Figure)
    )


def test_a_districts_own_part_is_told_with_its_unit(of_2019):
    figure = next(
        one
        for one in everything(of_2019, "en")
        if isinstance(one, Figure) and one.slug == "funding-decomposition"
    )
    parts = re.findall(r"[+−]\S.*?(?=;|\.$)", figure.alternative)
    assert len(parts) > 10 and all(re.search("VND .*(million|billion)", part) for part in parts)


@pytest.mark.parametrize("lang", LANGS)
def test_an_amount_below_zero_is_no_pace(of_2019, lang):
    """Nobody is slow or quick beside it; it is told as what it is, and where it is not in."""
    own = of_2019["district_code"] == "903"
    odd = of_2019.copy()
    odd.loc[own, "disbursed_vnd"] = -(odd.loc[own, "allocated_vnd"] // 2)
    shown = everything(odd, lang)
    figures = {one.slug: one for one in shown if isinstance(one, Figure)}
    for slug in ("funding-decomposition", "funding-pareto", "funding-funnel"):
        assert str(int(own.sum())) in figures[slug].note
        assert "Hòn Đất" not in figures[slug].title + figures[slug].alternative
        frame = figures[slug].table.frame
        assert not (frame["disbursed_rate_pct"] < 0).fillna(False).any()
    odd["disbursed_vnd"] = odd["disbursed_vnd"].mask(~own)
    below = {one.slug: one for one in everything(odd, lang) if isinstance(one, Figure)}
    told = {"en": r"Disbursed (−VND |VND −)\d", "vi": r"[Gg]iải ngân −\d"}[lang]
    assert re.search(told, below["funding-waterfall"].alternative)
    tidy = {one.slug: one for one in everything(of_2019, lang) if isinstance(one, Figure)}
    assert tidy["funding-decomposition"].note == ""


@pytest.mark.parametrize("lang", LANGS)
def test_abolished_districts_are_neither_silent_nor_compared(lang):
    lines = money([{"district_code": None, "plan_year": 2026}], 2026)
    before = truth(2019)["funding"].assign(year=2025)
    shown = everything(lines, lang, before, 2026)
    slugs = {getattr(one, "slug", "") for one in shown}
    assert not slugs & {"funding-districts", "funding-decomposition", "funding-carry-over"}
    text = " ".join(one.to_html() for one in shown)
    assert not re.search("[Oo]nly no district|[Kk]hông ghi huyện so sánh", text)
    said = {"en": "is not followed: there are none", "vi": "không được theo dõi tiếp"}[lang]
    assert said in text


def test_without_a_line_of_money_nothing_is_said_to_be_reported_for():
    made = show.headlines(
        funding.gaps(money([])), funding.lapsing(funding.closing(money([])), ()),
        funding.carry_over(money([]), truth(2018)["funding"]), "en",
    )  # fmt: skip
    assert "VND 0 million" not in made.to_html()


def test_titles_say_what_the_numbers_say(of_2019):
    from kgstats.present.tables import places

    found = {
        figure.slug: figure.title
        for figure in everything(of_2019, "en", truth(2018)["funding"])
        if isinstance(figure, Figure)
    }
    plain = truth(2019)["funding"].dropna(subset=["disbursed_vnd"])
    gap = (plain["allocated_vnd"] - plain["disbursed_vnd"]).groupby(plain["district_code"]).sum()
    names = places(2019)["district"]
    assert found["funding-districts"].startswith(f"{names[str(gap.idxmax())]} has the largest gap")
    assert found["funding-waterfall"].startswith("VND 75.7 billion is not yet disbursed")
    assert found["funding-coverage"].endswith("reported for 16.4% of the allocated money")
    assert "59.8% of the comparable money" in found["funding-last-year"]
    assert (
        "17.2" in found["funding-last-year"] and "less than in 2018" in found["funding-last-year"]
    )


def test_titles_change_with_the_data():
    def title(rows: list[dict], chart: str = "funding-districts", year: int = 2019) -> str:
        shown = everything(money(rows, year), "en", year=year)
        return next(f.title for f in shown if isinstance(f, Figure) and f.slug == chart)

    other = {"district_code": "906"}
    assert "both the largest gap" in title([{}, other | {"disbursed_vnd": 9 * BN}])
    assert title(UNUSUAL["all paid"]).startswith("The districts that report a disbursement have")
    assert title(UNUSUAL["nothing reported"]).startswith(
        "No district reports a disbursement (of the "
    )
    partly = [*UNUSUAL["all paid"], other | {"kind": "recurrent", "disbursed_vnd": None}]
    assert title(partly, "funding-waterfall").startswith("Nothing is left to disburse of the money")
    assert title([{}, other], "funding-coverage").startswith("A disbursement is reported for all")
    nothing = "Nothing is left to disburse (of the "
    assert title(UNUSUAL["all paid"], "funding-waterfall").startswith(nothing)
    quick = [{"cut_off": "2019-06-01", "disbursed_vnd": 9 * BN}]
    assert "depends on unconfirmed deadlines" in title(quick, "funding-waterfall")
    # A close that was read in the law may carry a title.
    quick[0]["cut_off"] = "2020-06-01"
    assert "will be paid by its legal deadline" in title(quick, "funding-waterfall", 2020)
    assert "would lapse at the legal deadline" in title([{}], "funding-waterfall", 2020)
    equal = [{}, other]
    assert title(equal, "funding-decomposition").startswith("All districts pay the same kinds")


def test_the_notebook_reads_by_name_and_has_its_parameters(root):
    from kgstats.pipeline import collection

    notebook = collection.read_notebook(root / "notebooks" / "30_funding_gaps.ipynb")
    kinds = {name: (p.type, p.optional) for name, p in notebook.parameters.items()}
    # Whether the publication is controlled is a setting that every page of households has.
    kinds = {name: kind for name, kind in kinds.items() if not name.startswith("disclosure_")}
    assert kinds == {"year": ("int", False), "lang": ("str", False), "programme": ("str", True)}
    reads = {read.name: (read.optional, read.other_years) for read in notebook.reads}
    assert reads["funding"] == (False, True)
    optional = {name for name, (left_out, _) in reads.items() if left_out}
    assert optional >= {"figures", "audit", "poverty", "communes"}
    assert set(notebook.titles) == {"vi", "en"}


def test_the_notebook_computes_nothing_twice_and_shows_only_what_it_computed(root):
    """Every analysis stands once in the notebook; a presenter is given frames by name."""
    import ast
    import json

    cells = json.loads((root / "notebooks" / "30_funding_gaps.ipynb").read_text("utf-8"))["cells"]
    code = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]

    def of(module: str) -> list[ast.Call]:
        return [
            call
            for call in calls
            if isinstance(call.func, ast.Attribute)
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == module
        ]

    analyses = [ast.dump(call) for call in of("funding")]
    assert len(analyses) == len(set(analyses)) > 25
    for call in of("show"):
        assert all(isinstance(argument, ast.Name) for argument in call.args), ast.unparse(call)
