import csv
from collections import Counter
from pathlib import Path

import pytest

from kgstats.published.reading import proposal

FIGURES = Path(__file__).parents[3] / "data/raw/published/2019/figures.csv"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Có 02 căn nhà, 4 cây cầu, 1.300 cây.", ["houses", "bridges", "trees"]),
        ("Có 6.564 khách hàng, 2.713 lượt khách hàng vay.", ["customers", "loans"]),
        ("Kinh phí 2,330 tỷ đồng và 15 triệu, 500 nghìn đồng, 90.000 đồng.",
         ["VND_billion", "VND_million", "VND_thousand", "VND"]),
        ("Thu nhập đạt 46,2 triệu đồng/người/năm.", ["VND_million_per_person_year"]),
        ("Có 313 trường (MN 82, TH 120).", ["schools"] * 3),
        ("Có 145 xã, phường, thị trấn (12 xã mức độ 2).", ["commune_level_units"] * 2),
        ("Tăng từ 12 lên 15 xã.", ["communes"] * 2),
        ("Giải quyết việc làm cho 36.642 lượt người.", ["placements"]),
        ("Tập huấn 1.020 lượt người.", ["participants"]),
    ],
)  # fmt: skip
def test_the_unit_is_what_the_words_say(figures, text, expected):
    assert [unit for _, _, unit in figures(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("đào tạo 3.600 người2, nhiều", ("3.600", "3600", "persons")),
        ("đón 3,4 triệu lượt khách", ("3,4 triệu", "3400000", "participants")),
        ("việc làm cho 1,5-1,6 triệu người", ("1,5-1,6 triệu", "1500000", "persons")),
        ("1,2 triệu người hưởng lợi", ("1,2 triệu", "1200000", "persons")),
        ("có 1,020 hộ nghèo", ("1,020", "1020", "households")),
        ("kinh phí 1,020 tỷ đồng", ("1,020", "1.020", "VND_billion")),
        ("kinh phí 18 tỷ 600 triệu đồng", ("18 tỷ 600 triệu", "18.600", "VND_billion")),
        ("sản lượng 39 vạn tấn", ("39 vạn", "390000", "tonnes")),
        ("có 30 ngàn hộ nghèo", ("30 ngàn", "30000", "households")),
        ("có 15 triệu xây dựng nhà", ("15", "15", "VND_million")),
        ("có 30 ngàn 309 hộ", ("30 ngàn 309", "30309", "households")),
    ],
)
def test_the_value_is_what_the_words_say(figures, text, expected):
    assert figures(text) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tỷ lệ hộ nghèo là 2,69%, giảm 1,45% so với năm 2018.",
         [("percent", "share"), ("percentage_points", "change")]),
        ("Tỷ lệ hộ nghèo giảm còn 2,69%.", [("percent", "share")]),
        ("Số hộ nghèo 1.200 hộ, giảm 5% so với năm 2018.",
         [("households", "flow"), ("percent", "change")]),
        ("Giảm tỷ lệ hộ nghèo bình quân 1%; riêng xã đặc biệt khó khăn giảm 2%/năm.",
         [("percentage_points", "change"), ("percentage_points", "change")]),
        ("Cả năm tăng 2,1% (quý I tăng 3,7%, quý II tăng 0,4%).", [("percent", "change")] * 3),
        ("Gieo trồng 950 ha, chiếm 5%, giảm 5,0% (-50 ha).",
         [("ha", "flow"), ("percent", "share"), ("percent", "change"), ("ha", "change")]),
        ("Phấn đấu năm 2020 có 79 xã đạt chuẩn.", [("communes", "target")]),
    ],
)  # fmt: skip
def test_points_and_percent_levels_and_changes_are_told_apart(propose, text, expected):
    found = propose(text).reading.figures
    assert [(one.unit, one.kind) for one in found] == expected


def test_words_that_hedge_are_kept(propose):
    (one, other) = propose("Có hơn 117 tin bài, khoảng 1.020 lượt người.").reading.figures
    assert (one.qualifier, other.qualifier) == ("hơn", "khoảng")
    assert one.doubts
    assert not other.doubts


def test_places_of_another_province_have_no_code(propose):
    text = "Tỉnh Bắc Kạn\n\nCó 02 huyện nghèo (Ngân Sơn, Pác Nặm)."
    assert {one.area for one in propose(text).reading.figures} == {""}


def test_the_report_of_2019_is_read(shared):
    """Unreviewed, at least 95 % of the reviewed figures with their values and units."""
    source = shared / "source" / "report-25-BC-BCD-2020-02-18.md"
    found = proposal.of_file(source, 2019).reading.figures
    got = Counter((one.line, one.printed, float(one.value), one.unit) for one in found)
    with FIGURES.open(encoding="utf-8") as lines:
        want = Counter(
            (int(row["line"]), row["printed"], float(row["value"]), row["unit"])
            for row in csv.DictReader(lines)
        )
    assert sum((want & got).values()) >= 0.95 * want.total()
    assert sum((got - want).values()) <= 0.02 * want.total()


def test_doubts_are_told_in_the_readers_language():
    """They are joined by semicolons, so none has one of its own."""
    from kgstats.published.reading import figures as of
    from kgstats.words import translator

    for doubt in (of.NO_UNIT, of.NO_WORD, of.GROUPED):
        assert ";" not in doubt
        assert translator("vi")(doubt) != doubt
