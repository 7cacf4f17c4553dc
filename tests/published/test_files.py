"""Bad input in the transcribed files: file, line, what is wrong; and nothing is written."""

import pytest

from kgstats.published import PublishedError, audit
from kgstats.published.files import known_code, read_report
from kgstats.reference import areas, province

FIGURES, IDENTITIES = "2019/figures.csv", "2019/identities.csv"
ROW = "training_total,II.2.2.2,187"


def refused(transcription, *parts: str) -> None:
    with pytest.raises(PublishedError) as error:
        read_report(transcription / "data" / "raw" / "published", 2019)
    for part in parts:
        assert part in str(error.value)


def test_the_transcription_itself_is_accepted(transcription):
    report = read_report(transcription / "data" / "raw" / "published", 2019)
    assert len(report.figures) > 340
    assert report.figures["training_total"].value == 26226


def test_unknown_unit(transcription, damage):
    line = damage(FIGURES, ",VND_billion,", ",VND_bilion,")
    refused(
        transcription,
        f"data/raw/published/2019/figures.csv:{line}: unknown unit 'VND_bilion'",
        "did you mean 'VND_billion'?",
    )


def test_duplicate_id(transcription, damage):
    first = damage(FIGURES, "\ntraining_college,", "\ntraining_college,") + 1
    line = damage(FIGURES, "\ntraining_elementary,", "\ntraining_college,") + 1
    refused(
        transcription,
        f"figures.csv:{line}: duplicate id 'training_college', first on line {first}",
    )


def test_identity_naming_a_missing_figure(transcription, damage):
    line = damage(IDENTITIES, "training_college +", "training_colege +")
    refused(
        transcription,
        f"identities.csv:{line}: there is no figure 'training_colege'; "
        "did you mean 'training_college'?",
    )


@pytest.mark.parametrize("number", ["26.226,0", "26 226", "1e5", "NaN", "٢٦"])
def test_wrong_number_format(transcription, damage, number):
    line = damage(FIGURES, ",26226,", f',"{number}",')
    refused(transcription, f"figures.csv:{line}: value '{number}' is not a plain decimal number")


def test_value_that_is_not_what_is_printed(transcription, damage):
    line = damage(FIGURES, ",26226,", ",26266,")
    refused(transcription, f"figures.csv:{line}: value 26266 is not what is printed: '26.226'")


def test_all_problems_are_told_at_once(transcription, damage):
    damage(FIGURES, ",26226,", ",x,")
    damage(IDENTITIES, "=,persons", "~,persons")
    refused(transcription, "value 'x'", "unknown relation '~'")


def test_other_rules(transcription, damage):
    damage(FIGURES, ",stock,", ",stocks,")
    damage(FIGURES, ",result_against_plan,", ",against_plan,")
    damage("units.csv", "km,km,km,no,1,", "km,km,km,perhaps,1,")
    damage("2019/topics.csv", "roads,II.2.1.1,103,103", "roads,II.2.1.1,103,3")
    damage("2019/targets.csv", "plan2020_jobs,jobs_total", "plan2020_jobs,jobs_totals")
    refused(
        transcription,
        "unknown kind 'stocks'",
        "unknown denominator_meaning 'against_plan'",
        "units.csv:7: unknown countable 'perhaps'",
        "topics.csv:10: line_first and line_last",
        "targets.csv:15: level: there is no 'jobs_totals'",
    )


def test_not_utf8_and_missing_column(transcription):
    folder = transcription / "data" / "raw" / "published"
    (folder / "series.csv").write_bytes("id;năm".encode("cp1258"))
    (folder / "2019" / "topics.csv").write_text("id,section\n", encoding="utf-8")
    refused(transcription, "series.csv: not UTF-8", "topics.csv:1: no column line_first")


def test_a_bad_file_leaves_the_earlier_audit_untouched(transcription, damage):
    target = audit.write(transcription, 2019)
    before = target.read_bytes()
    damage(FIGURES, ",26226,", ",x,")
    with pytest.raises(PublishedError):
        audit.write(transcription, 2019)
    assert target.read_bytes() == before
    assert [entry.name for entry in target.parent.iterdir()] == ["audit.parquet"]


def test_the_series_is_there_for_a_year_without_a_report(root):
    from kgstats import published

    assert published.read("series", root, 2031).equals(published.read("series", root, 2019))
    with pytest.raises(published.PublishedError, match=r"2031/figures\.csv: the file is not there"):
        published.read("figures", root, 2031)


def test_a_unit_of_a_later_list_is_an_area_of_its_province():
    with province.turned(province.of_code("10")):
        assert "03003" not in areas.units(2019)["commune_code"].to_numpy()
        assert "03003" in areas.units(2021)["commune_code"].to_numpy()
        assert known_code("03003")
        assert not known_code("03005"), "between two of the province's, on none of its lists"
