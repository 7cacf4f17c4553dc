"""The page of commune standards for ordinary and for awkward years, in both languages."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from illustrative.truth import truth
from kgstats.analysis import attainment
from kgstats.present import attainment as show
from kgstats.present.figures import Figure
from kgstats.present.maps import printing
from kgstats.present.tables import Table
from kgstats.reference import areas


@pytest.fixture(autouse=True)
def own_workspace(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.getbasetemp() / "no-boundaries"
    (folder / "data" / "raw").mkdir(parents=True, exist_ok=True)
    monkeypatch.setenv("KGSTATS_WORKSPACE", str(folder))
    # Pictures for print are tested with the maps; here they would only take time.
    monkeypatch.setattr(printing, "png", lambda *_, **__: b"")
    monkeypatch.setattr(printing, "panels_png", lambda *_, **__: b"")


def of_year(name: str, year: int) -> pd.DataFrame:
    """The tables of 2020 as if they were of a later year's communes."""
    frame = truth(2020)[name]
    known = areas.rural(year)["commune_code"]
    frame = frame[frame["commune_code"].isin(known)]
    return frame.assign(year=pd.array([year] * len(frame), dtype="Int64"))


@pytest.fixture
def page(notebook_page):
    """Everything the notebook shows, in its order."""

    def shown(communes, marks, year: int, lang: str, earlier: int | None = None, **more) -> list:
        tables = {"communes": {year: communes}, "attainment": {year: marks}}
        if earlier is not None:
            for name, held in tables.items():
                held[earlier] = truth(earlier)[name]
        return notebook_page("20_commune_standards", tables, year, lang, **more)

    return shown


def bundles(shown: list) -> list[dict]:
    return [one._repr_mimebundle_() for one in shown]


def words(made: list[dict]) -> str:
    return "\n".join(str(one["text/plain"]) for one in made)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("vi", ["64/117", "16,9", "54,7", "còn thiếu 15", "10/10"]),
        ("en", ["64 of 117", "16.9", "54.7%", "15 to go", "79"]),
    ],
)
def test_page_of_2019_tells_the_published_figures(page, lang, expected):
    tables = truth(2019)
    shown = page(tables["communes"], tables["attainment"], 2019, lang, earlier=2018)
    made = bundles(shown)
    text = words(made) + "".join(f.svg for f in shown if isinstance(f, Figure))
    for part in expected:
        assert part in text, part
    assert not re.search(r"\{[a-z_]+\}", words(made))
    slugs = [one.slug for one in shown if isinstance(one, Figure | Table)]
    slugs += [one.table.slug for one in shown if isinstance(one, Figure) and one.table]
    assert len(slugs) == len(set(slugs))
    html = "".join(one["text/html"] for one in made)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_first_year_has_nothing_to_compare_with_and_says_so(page):
    tables = truth(2018)
    shown = page(tables["communes"], tables["attainment"], 2018, "en")
    assert words(bundles(shown)).count("2018 cannot be compared with 2017") == 1


@pytest.mark.parametrize("year", [2022, 2025])
def test_later_years_have_their_own_base_criteria_and_districts(page, year):
    communes, attainment = of_year("communes", year), of_year("attainment", year)
    base = areas.rural_base(year)
    # Some have not reported.
    gone = communes["commune_code"].iloc[:2]
    communes = communes[~communes["commune_code"].isin(gone)]
    attainment = attainment[~attainment["commune_code"].isin(gone)]
    shown = page(communes, attainment, year, "vi")
    text = words(bundles(shown))
    missing = base - communes["commune_code"].nunique()
    assert f"{base - missing}/{base} xã" in text
    assert f"Chưa báo cáo: {missing} " in text
    decision = "1980/QĐ-TTg" if year < 2022 else "318/QĐ-TTg"
    assert f"Quyết định {decision}" in text + "".join(
        one.note for one in shown if isinstance(one, Figure)
    )
    assert ("Cuối năm 2025 không còn cấp huyện" in text) == (year == 2025)


def test_a_district_that_sent_nothing_is_shown_as_not_reported(page):
    tables = truth(2019)
    communes, marks = (
        tables[name][tables[name]["district_code"] != "904"] for name in ("communes", "attainment")
    )
    shown = page(communes, marks, 2019, "en", earlier=2018)
    (table,) = [one for one in shown if isinstance(one, Table) and one.slug == "districts"]
    rows = table.shown().set_index("0")
    assert rows.loc["Tân Hiệp"].tolist()[:5] == ["10", "…", "…", "…", "10"]
    text = words(bundles(shown))
    assert "14 of 15 districts, 107 of 117 communes" in text
    # What happened there is not known: neither a fall nor a verdict.
    assert "10 communes reported" not in text and "is not judged" in text


def test_a_year_of_which_nothing_is_known_makes_a_page(page):
    tables = truth(2019)
    shown = page(tables["communes"].head(0), tables["attainment"].head(0), 2019, "en")
    text = words(bundles(shown))
    assert "… of 117" in text
    assert "0 communes recognised" not in text and "nan" not in text and "<NA>" not in text


def test_a_recognised_commune_under_an_earlier_set_is_counted_apart():
    held = pd.DataFrame(
        {
            "year": [2022, 2022],
            "district_code": ["904", "904"],
            "status": ["earlier_set", "recognised"],
            "criteria_met": [18, 19],
            "reported": [True, True],
        }
    )
    province = attainment.summary(held)
    assert (
        "1 commune was recognised under an earlier set" in show.overview(province, "en").to_text()
    )
    table = show.district_table(attainment.summary(held, by="district"), province, "en")
    assert "Earlier set" in [column.label for column in table.columns]


def test_the_sum_of_failures_stands_over_all_communes_with_a_mark(page):
    """Of two communes that lack a mark each, for other criteria, both have marks."""
    communes, marks = truth(2019)["communes"], truth(2019)["attainment"].copy()
    for commune, criterion in (("30850", 1), ("30853", 2)):
        there = (marks["commune_code"] == commune) & (marks["criterion"] == criterion)
        marks.loc[there, "met"] = pd.NA
    shown = page(communes, marks, 2019, "en")
    table = next(one for one in shown if getattr(one, "slug", "") == "failures-by-district")
    counted = table.frame["communes_marked"].tolist()
    assert counted[-1] == sum(counted[:-1]) == len(areas.rural(2019))
