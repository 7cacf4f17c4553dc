"""What words in cells mean: levels, sources, kinds and causes, said, denied or foreseen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.values.meanings import UNLISTED, cause_of, choice_of, level_of, status_of
from kgstats.text import fold


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Đạt chuẩn", "standard"),
        ("Đã đạt chuẩn nông thôn mới", "standard"),
        ("Đã đạt", "standard"),
        ("Đạt chuẩn, đang xây dựng nâng cao", "standard"),
        ("Đạt chuẩn Quốc gia về xã NTM", "standard"),
        ("Đạt chuẩn NTM năm 2016", "standard"),
        ("Đạt chuẩn giai đoạn 2016-2020", "standard"),
        ("Đạt chuẩn tại QĐ số 123/QĐ-UBND", "standard"),
        ("Đạt chuẩn, phấn đấu nâng cao", "standard"),
        ("Đạt chuẩn, chưa đạt nâng cao", "standard"),
        ("Đạt chuẩm nông thôn mới", "standard"),
        ("Đạt chuẩn nông thôn mới nâng cao", "advanced"),
        ("Xa dat chuan NTM nang cao", "advanced"),
        ("XÃ NÔNG THÔN MỚI KIỂU MẪU", "model"),
        ("Đạt chuẩn NTM kiểu mẫu", "model"),
        ("Chưa đạt chuẩn nông thôn mới", "none"),
        ("Chưa được công nhận xã NTM", "none"),
        ("KHÔNG ĐẠT", "none"),
        ("chua dat chuan ntm", "none"),
        ("Chẳng đạt chuẩn", "none"),
        ("Không còn đạt chuẩn", "none"),
        ("Bị thu hồi danh hiệu đạt chuẩn", "none"),
        ("Chưa đạt, phấn đấu 2020", "none"),
        ("Chưa đạt (dự kiến năm sau đạt chuẩn)", "none"),
    ],
)
def test_a_level_is_read_from_the_whole_text(text, level):
    assert level_of(text) == level


@pytest.mark.parametrize(
    "text",
    [
        "Phấn đấu năm 2020 đạt chuẩn",
        "PHẤN ĐẤU ĐẠT CHUẨN",
        "Dự kiến đạt chuẩn",
        "Sẽ đạt chuẩn",
        "se dat chuan",
        "Chờ công nhận",
        "cho quyet dinh cong nhan",
        "Đề nghị công nhận đạt chuẩn",
        "Đang trình hồ sơ đạt chuẩn",
        "Đăng ký đạt chuẩn NTM",
        "Đạt chuẩn (chờ QĐ)",
        "Đạt chuẩn nhưng chưa có quyết định",
        "Cơ bản đạt chuẩn",
        "Đủ điều kiện đạt chuẩn",
        "Có khả năng đạt chuẩn",
        "Đang phấn đấu NTM nâng cao",
        "NTM nâng cao (chưa)",
        "Chưa đạt nâng cao",
        "Đạt 17/19 tiêu chí",
        "Rớt chuẩn",
        "x",
        "Đạt chuẩn (báo cáo của xã khác)",
        "Đạt chuẩn/nâng cao",
        "Đạt chuẩn?",
        "Từng đạt chuẩn",
        "Hết đạt chuẩn",
        "Tự đánh giá đạt chuẩn",
        "Đạt chuẩn, chưa được công nhận",
    ],
)
def test_what_is_foreseen_partial_or_unclear_is_no_level(text):
    assert level_of(text) is None


@pytest.mark.parametrize("text", ["Đạt chuẩn năm {}", "Năm {} đạt chuẩn", "Đạt chuẩn vào năm {}"])
def test_a_level_of_a_later_year_is_foreseen(text):
    assert level_of(text.format(2019), 2019) == level_of(text.format(2016), 2019) == "standard"
    assert level_of(text.format(2020), 2019) is None
    assert level_of("Chưa đạt, phấn đấu 2020", 2019) == "none"
    assert level_of("Đạt chuẩn giai đoạn 2016-2020", 2019) == "standard"


DENIALS = ("chưa", "không", "Chưa được", "Không còn", "chẳng")
PLANS = ("phấn đấu", "dự kiến", "sẽ", "đề nghị", "chờ", "Đang trình", "kế hoạch", "đăng ký")
LEVELS = [
    (row["code"], word)
    for row in form_rows("levels")
    if row["code"] != "none" and row["whole"] != "yes"
    for word in split_words(row["words"])
]


@given(
    st.sampled_from(LEVELS),
    st.sampled_from((*DENIALS, *PLANS)),
    st.sampled_from((str, str.upper, str.lower)),
    st.booleans(),
)
def test_no_level_is_ever_read_from_words_that_deny_or_foresee_it(level, turn, case, bare):
    text = case(f"{turn} {level[1]}")
    assert level_of(fold(text) if bare else text) in (None, "none")
    assert level_of(case(level[1])) == level[0]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NSTW", "central"),
        ("Ngân sách Trung ương (NSTW)", "central"),
        ("Ngân sách TW hỗ trợ có mục tiêu", "central"),
        ("Vốn TW chuyển tiếp", "central"),
        ("NSTW (30a)", "central"),
        ("Đối ứng NS tỉnh", "province"),
        ("Ngân sách tỉnh (đối ứng)", "province"),
        ("NGAN SACH TINH", "province"),
        ("Nguồn ĐP", "province"),
        ("Vốn đối ứng ngân sách huyện", "district"),
        ("Vốn lồng ghép các chương trình, dự án", "integrated"),
        ("Dân góp, cộng đồng", "community"),
    ],
)
def test_one_source_in_other_words(text, code):
    assert choice_of("sources", text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "NSTW, NS tỉnh, NS huyện",
        "NSTW + NSĐP",
        "NSTW/NST",
        "Ngân sách Trung ương và ngân sách tỉnh",
        "TW, tỉnh",
        "tw & dp",
        "Trung ương; địa phương",
        "Ngân sách tỉnh, huyện",
        "Ngân sách huyện, xã",
        "Lồng ghép, dân góp",
        "NSTW + tín dụng",
        "NSTW\nNgân sách tỉnh",
    ],
)
def test_several_sources_in_one_cell_are_credited_to_none(text):
    choice = choice_of("sources", text)
    assert choice.code is None
    assert len(choice.several) > 1


@pytest.mark.parametrize(
    "text", ["Không phải NSTW", "Ngoài NSTW", "Dự kiến NSTW", "Quỹ khác", "Vốn vay tín dụng"]
)
def test_a_source_that_is_denied_or_not_listed_is_none(text):
    assert choice_of("sources", text).code is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Vốn SN", "recurrent"),
        ("Chi sự nghiệp", "recurrent"),
        ("Vốn sự nghiệp (SN)", "recurrent"),
        ("von dau tu", "investment"),
        ("Đầu tư công", "investment"),
        ("VỐN ĐẦU TƯ PHÁT TRIỂN", "investment"),
        ("ĐTPT, SN", None),
        ("ĐTPT và sự nghiệp", None),
        ("Đầu tư/SN", None),
        ("Không phải vốn đầu tư", None),
    ],
)
def test_kinds_of_money(text, code):
    assert choice_of("kinds", text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "Không vướng giải phóng mặt bằng",
        "Đã xong giải phóng mặt bằng",
        "GPMB đã xong",
        "Giải phóng mặt bằng không vướng mắc",
        "Đã tháo gỡ vướng mắc về mặt bằng",
        "Hết vướng mặt bằng",
        "khong vuong gpmb",
        "KHÔNG VƯỚNG THỦ TỤC",
        "Thủ tục đầu tư đã hoàn thành",
        "Đã đấu thầu",
        "Đã lựa chọn được nhà thầu",
        "Không giao vốn chậm",
        "Giao vốn không chậm",
        "Không phải do giao vốn chậm",
        "Không vướng mắc",
        "Không có khó khăn, vướng mắc gì",
        "Không",
        "Đã giải ngân hết",
        "Giải ngân đạt kế hoạch",
    ],
)
def test_a_cause_that_is_denied_or_over_is_none(text):
    assert cause_of(text).code is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Vướng giải phóng mặt bằng", "land"),
        ("Vướng GPMB tại ấp 3", "land"),
        ("Chưa giải phóng mặt bằng", "land"),
        ("Chưa xong GPMB", "land"),
        ("Chưa giải quyết xong đền bù", "land"),
        ("Vướng mặt bằng chưa tháo gỡ", "land"),
        ("Còn vướng đền bù", "land"),
        ("Do giao vốn chậm", "late_allocation"),
        ("Vốn giao trễ", "late_allocation"),
        ("Giao vốn chậm (tháng 10)", "late_allocation"),
        ("Không vướng GPMB, do giao vốn chậm", "late_allocation"),
        ("Chưa đấu thầu", "tender"),
        ("Đang lựa chọn nhà thầu", "tender"),
        ("Chưa có khối lượng nghiệm thu", "volume"),
        ("Không có đối tượng thụ hưởng", "no_beneficiary"),
        ("Mới điều chỉnh kế hoạch", "replanned"),
        ("Thời tiết mưa nhiều", "other"),
        ("Không có vốn để giải phóng mặt bằng", "other"),
        ("Khó khăn", "other"),
    ],
)
def test_a_cause_that_stands(text, code):
    assert cause_of(text).code == code


def test_several_causes_are_credited_to_none_of_them():
    choice = cause_of("Giao vốn chậm; vướng giải phóng mặt bằng")
    assert choice.code == "other"
    assert choice.several == ("land", "late_allocation")


@given(st.sampled_from([w for r in form_rows("causes") for w in split_words(r["words"])]))
def test_listed_causes_stand_by_themselves_and_in_any_composition(words):
    code = cause_of(words).code
    assert code is not None
    assert cause_of(unicodedata.normalize("NFD", words)).code == code
    assert cause_of(words.upper()).code == code


@pytest.mark.parametrize(
    ("listing", "row"),
    [(name, row) for name in ("sources", "kinds") for row in form_rows(name)],
    ids=lambda value: value if isinstance(value, str) else value["code"],
)
def test_every_listed_word_stands_for_its_own_code(listing, row):
    for words in split_words(row["words"]):
        assert choice_of(listing, words).code == row["code"], words
        assert choice_of(listing, fold(words)).code == row["code"], words


def test_words_that_are_known_and_unlisted_stand_for_nothing():
    for row in form_rows(UNLISTED):
        for words in split_words(row["words"]):
            assert choice_of(row["listing"], words).code is None, words


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Đã công nhận", "recognised"),
        ("Đã có quyết định công nhận", "recognised"),
        ("Đang trình", "pending"),
        ("Chưa công nhận", "not_yet"),
        ("Chưa có quyết định công nhận", None),
        ("Đã trình, chưa công nhận", None),
    ],
)
def test_a_note_as_a_witness_of_the_status(text, status):
    assert status_of(text) == status


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Nâng cao: không", None), ("Kiểu mẫu: chưa", None), ("Đạt chuẩn chưa công nhận", None),
        ("Đạt chuẩn chưa nâng cao", "standard"), ("Chưa đạt", "none"),
    ],
)  # fmt: skip
def test_a_denial_behind_a_level_is_of_it_where_nothing_follows(text, level):
    assert level_of(text) == level


def test_a_denial_behind_a_cause_may_be_of_something_else():
    assert cause_of("Giao vốn chậm không kịp thi công").code == "late_allocation"
    assert cause_of("Giao vốn chậm: không").code != "late_allocation"
