import pytest

from kgstats.published.reading.tokens import split


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Tỷ lệ hộ nghèo còn 4.21%, năm trước 4,21%", ["4.21", "4,21"]),
        ("đạt 71, 4% kế hoạch", ["71, 4"]),
        ("MN 82, TH 120, THCS 85", ["82", "120", "85"]),
        ("có 30 ngàn 309 hộ", ["30 ngàn 309"]),
        ("vốn 30 ngàn 309 triệu đồng", ["30 ngàn 309"]),
        ("kinh phí 18 tỷ 600 triệu đồng", ["18 tỷ 600 triệu"]),
        ("diện tích 412204.00 ha", ["412204.00"]),
        ("giải ngân 02/2,4 tỷ đồng", ["02/2,4"]),
        ("cứng hóa 6.081 km/7.084 km", ["6.081 km/7.084 km"]),
        ("khoảng trên 70-80% diện tích, 10 đến 15 tấn/ha", ["70-80", "10 đến 15"]),
        ("giảm từ 1,5% - 2%", ["1,5% - 2%"]),
        ("năm 2020 có 2020 hộ", ["2020"]),
        ("2 xã thuộc Chương trình 135 và 12 xã khác", ["2", "12"]),
        ("Kế hoạch 50 lớp, Kế hoạch 3.200 người", ["50", "3.200"]),
        ("bổ sung chấm điểm 02 đặc điểm", ["02"]),
    ],
)
def test_numbers_as_people_print_them(text, printed):
    assert [one.printed for one in split(text)[0]] == printed


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (
            "Quyết định số 633/QĐ-UBND, 634/QĐ-UBND ngày 21/3/2019",
            ["document_number"] * 2 + ["date"],
        ),
        ("Nghị quyết 30a/2008/NQ-CP; Thông tư 46/2022/TT-BTC", ["document_number"] * 2),
        ("Quyết định số 1832-QĐ/TU, Nghị định 27", ["document_number"] * 2),
        ("ngày 18 tháng 02 năm 2020, tháng 12/2016, quý II năm 2020", ["date"] * 3),
        ("giai đoạn 2016-2020, đến năm 2025", ["year"] * 2),
        ("năm 2020: tăng; 2021: giảm", ["year"] * 2),
        ("trẻ 5 tuổi, thanh niên 15-18 tuổi", ["age"] * 2),
        ("Tổng kết 10 năm thực hiện, 6 tháng đầu năm", ["duration"] * 2),
        ("lớp 1, mức độ 2, khu vực III, ấp 7", ["classification"] * 3),
        ("theo “1 Phải, 5 Giảm”", ["slogan"]),
        ("1) xã đạt chuẩn; 2) xã chưa đạt", ["section_number"] * 2),
        ("như năm trước[12], cuối năm 20171", ["footnote", "year"]),
        ("dịp nghỉ lễ Quốc khánh 2/9", ["date"]),
        ("theo Kế hoạch 50 của tỉnh, Kế hoạch số 12", ["document_number"] * 2),
        ("Điều 5, khoản 2, Phụ lục 1", ["section_number"] * 3),
    ],
)
def test_digits_that_are_no_figure_are_set_aside_with_a_reason(text, reasons):
    tokens, asides = split(text)
    assert tokens == []
    assert [one.why for one in asides] == reasons


def test_nothing_is_counted_in_a_heading():
    tokens, asides = split("2.1.3. Tình hình 4 xã", heading=True)
    assert tokens == []
    assert {one.why for one in asides} == {"section_number"}


def test_every_digit_is_a_figure_or_set_aside():
    text = "Đến 31/12/2022 đã giải ngân 187.920 triệu đồng, đạt 45,57% (Quyết định 90/QĐ-TTg)."
    tokens, asides = split(text)
    covered = {at for one in [*tokens, *asides] for at in range(one.start, one.end)}
    assert [at for at, char in enumerate(text) if char.isdigit() and at not in covered] == []
