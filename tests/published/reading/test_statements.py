from collections import Counter

import pytest

from kgstats.published.audit import audit
from kgstats.published.reading import proposal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Có 20.868 hộ với 12,270 tỷ đồng, trong đó: 15.128 hộ nghèo 8,895 tỷ đồng; 5.740 hộ khác "
         "3,375 tỷ đồng.", [("sum", "exact")] * 2),
        ("Đã giải ngân 98,856/167 tỷ đồng, đạt 59,2%. Trong đó, đầu tư 73,856/123,5 tỷ đồng, sự "
         "nghiệp 25/43,5 tỷ đồng.", [("ratio", "rounding"), ("sum", "exact"), ("sum", "exact")]),
        ("Xây mới 320 căn, sửa chữa 145 căn, tổng 465 căn.", [("sum", "exact")]),
        ("Hỗ trợ 35 xã thuộc các huyện: Giang Thành (05 xã), Kiên Hải (04 xã), An Minh (26 xã).",
         [("sum", "exact")]),
        ("Có 12 trên tổng số 51 xã, chiếm 23,5%.", [("ratio", "rounding")]),
        ("Có 40% (2/5 xã) đạt chuẩn.", [("ratio", "exact")]),
        ("Có 81.240 hộ; hộ nghèo 19.847 hộ, chiếm 24,43%.", [("ratio", "rounding")]),
        ("Năm 2018 tỷ lệ là 26,93%, năm 2019 còn 24,43%, giảm 2,5 điểm phần trăm.",
         [("change", "exact")]),
        ("Việc làm cho 15.230 lượt người, tăng 1.230 lượt người so với năm 2018 (14.000 lượt "
         "người).", [("change", "exact")]),
        ("Xây 1.204 căn nhà, tổng kinh phí 60,2 tỷ đồng, bình quân 50 triệu đồng/căn.",
         [("ratio", "exact")]),
        ("Có 24/95 xã đạt, thêm 03 xã nâng tổng số lên 27/95 xã.",
         [("change", "exact"), ("repeat", "exact")]),
        ("Có 04 xã: Phong Đông, Đông Hưng, Đông Hưng B, Gành Dầu.", [("count", "exact")]),
        ("Có 04 xã: Hòn Tre, Lại Sơn, Nam Du.", [("count", "list_incomplete")]),
        ("Có 1.286 tiêu chí/92 xã, bình quân 14 tiêu chí/1 xã, cao hơn 2,36 tiêu chí so với nước "
         "(11,64 tiêu chí/xã).", [("ratio", "rounding"), ("change", "exact")]),
        ("Cơ cấu kinh tế: nông nghiệp chiếm 30,9%; công nghiệp chiếm 22,5%; dịch vụ chiếm 46,7%.",
         [("sum", "rounding")]),
        ("Thu nhập đạt 22,4 triệu đồng (tăng 7,7% tương đương 1,6 triệu đồng).",
         [("change", "rounding")]),
        ("Vốn là 7.500 tỷ đồng, trong đó trung ương chiếm 64%, tương đương 4.800 tỷ đồng.",
         [("ratio", "exact")]),
        ("Gieo trồng 66.738 ha, giảm 1,3% (-892 ha) so với vụ trước.", [("change", "rounding")]),
        ("Dư nợ 25.390 tỷ đồng; so với đầu năm tăng 1.475 tỷ đồng (+6,2%).",
         [("change", "rounding")]),
        ("Dư nợ khoảng 360 tỷ đồng; tăng 208 tỷ đồng (+136%).", [("change", "rounding")]),
        ("Có 5 tỉnh (Nam Định, Đồng Nai, Hà Nam, Hưng Yên và Hải Dương).", [("count", "exact")]),
    ],
)  # fmt: skip
def test_words_and_numbers_together_are_a_statement(told, text, expected):
    assert Counter(told(text)) == Counter(expected)


@pytest.mark.parametrize(
    "text",
    [
        "Ban hành 12 văn bản, trong đó có 03 nghị quyết và 05 quyết định.",  # not all of them
        "Đào tạo 5.600 người, trong đó: nữ 2.810 người, hộ nghèo 1.980 người.",
        "Có 45/51 xã đạt chuẩn, tỷ lệ hộ nghèo 3%.",
        "Có 64/117 xã đạt chuẩn, đạt 100% kế hoạch.",
        "Có 15/63 địa phương có tỷ lệ giải ngân đạt trên 3%.",
        "Trồng 1.300 cây, nạo vét 83 km kênh, làm 76 cây cầu.",
        "Có 100 hộ ở xã Phú Mỹ, 200 hộ ở xã Phú Lợi, 300 hộ ở xã Vĩnh Điều.",
        "Đạt 106,0% kế hoạch với 6.892.545 m³ nước.",
    ],
)
def test_numbers_alone_or_words_alone_are_none(told, text):
    assert told(text) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("Có 12.350 hộ, trong đó hộ nghèo 988 hộ, chiếm tỷ lệ 8,00%.", ("8,00", "9,00")),
        ("Số xã đạt tăng từ 45 xã năm 2018 lên 58 xã năm 2019 (tăng 13 xã).", ("13", "12")),
        ("So với năm 2018 (10.120 hộ), hộ nghèo giảm 1.132 hộ, còn 8.988 hộ.", ("1.132", "1.231")),
        ("Tỷ lệ đầu năm 11,25%, cuối năm 9,08%, giảm 2,17 điểm %.", ("2,17", "2,71")),
        ("Bình quân mỗi xã đạt 15,1 tiêu chí (tổng 1.696 tiêu chí/112 xã).", ("15,1", "15,5")),
        ("Cho vay 2.500 hộ số tiền 112,5 tỷ đồng, bình quân 45 triệu đồng/hộ.", ("45", "54")),
        ("Mỗi hộ được 40 triệu đồng, tổng số 250 hộ với 10.000 triệu đồng.", ("10.000", "1.000")),
        ("Hộ DTTS có 7.910 hộ, chiếm 88,01% tổng số hộ nghèo (8.988 hộ).", ("88,01", "98,01")),
        ("Hộ DTTS có 7.910 hộ, chiếm 88,01% trong tổng số 8.988 hộ nghèo.", ("88,01", "68,01")),
        ("Dạy nghề 3.600 người, đạt 112,5% kế hoạch (KH 3.200 người).", ("112,5", "120,5")),
        ("Vốn là 96 tỷ đồng; đã giải ngân 72 tỷ đồng, còn lại 24 tỷ đồng.", ("24", "34")),
        ("Vốn là 96 tỷ đồng; đã giải ngân 72 tỷ đồng, chưa giải ngân 24 tỷ đồng.", ("24", "34")),
        ("Có 161 xã: 40 xã loại A, 25 xã loại B, còn lại 96 xã loại C.", ("96", "98")),
        ("Đã hòa giải 22/35 vụ, còn lại 13 vụ.", ("13", "12")),
        ("Xây mới 120 nhà, sửa chữa 85 nhà, tổng cộng 205 nhà.", ("205", "215")),
        ("Kế hoạch 3.200 người, thực hiện 3.600 người, đạt 112,5% kế hoạch.", ("112,5", "152,5")),
        ("Tập huấn 54/50 lớp, vượt 8% kế hoạch.", ("8%", "9%")),
        ("Kế hoạch 50 lớp, đã mở 54 lớp, vượt 8% so với kế hoạch.", ("8%", "9%")),
        (
            "Việc làm cho 15.225 người, tăng 230 người so với năm trước, đạt 101,5% kế hoạch "
            "(15.000 người).",
            ("101,5", "110,5"),
        ),
        (
            "Thu 2.436/3.045 tỷ đồng, bằng 80% dự toán, tăng 16% so với cùng kỳ (2.100 tỷ đồng).",
            ("16%", "17%"),
        ),
        ("Có 108 xã, 12 phường, 7 thị trấn (tổng 127 đơn vị hành chính).", ("127", "172")),
        (
            "Đầu kỳ có 12.452 hộ, tỷ lệ 12,62%; cuối kỳ còn 9.871 hộ, tỷ lệ 10,01%, giảm 2.581 hộ.",
            ("2.581", "2.851"),
        ),
        (
            "Đầu năm có 25.340 hộ nghèo. Trong năm có 5.412 hộ thoát nghèo, 42 hộ tái nghèo, 670 "
            "hộ nghèo phát sinh. Cuối năm còn 20.640 hộ nghèo.",
            ("20.640", "26.040"),
        ),
        (
            "Đầu năm tỷ lệ hộ nghèo là 25,34%. Có 12 lớp. Cuối năm còn 20,43%, giảm 4,91 điểm phần "
            "trăm so với đầu năm.",
            ("4,91", "4,19"),
        ),
        (
            "Huyện A giảm 1.012 hộ (từ 5.612 hộ xuống 4.600 hộ), huyện B giảm 640 hộ (từ 3.140 hộ "
            "xuống 2.500 hộ).",
            ("1.012", "1.120"),
        ),
        (
            "Đạt 12,43 tiêu chí/xã (1.430 tiêu chí/115 xã), tăng 0,85 tiêu chí/xã so với năm trước "
            "(11,58 tiêu chí/xã).",
            ("0,85", "0,58"),
        ),
        ("Dư nợ 4.215 tỷ đồng, tăng 512 tỷ đồng (13,8%) so với năm trước.", ("13,8", "14,8")),
        (
            "Cấp thẻ cho 442.310 người: hộ nghèo 118.450 người, cận nghèo 45.860 người, người dân "
            "tộc 278.000 người.",
            ("442.310", "424.310"),
        ),
        ("Vốn khác 450 tỷ đồng, chiếm 7,6% tổng nguồn lực 5.921 tỷ đồng.", ("7,6", "6,7")),
        (
            "Trồng 2.350 ha, đạt 117,5% kế hoạch và bằng 104,4% so với cùng kỳ (2.250 ha).",
            ("104,4", "140,4"),
        ),
        (
            "Tổng số 98.640 hộ. Đầu kỳ có 12.452 hộ nghèo, tỷ lệ 12,62%; cuối kỳ còn 9.871 hộ, tỷ "
            "lệ 10,01%.",
            ("12,62", "21,62"),
        ),
        ("Vốn giao là 1.500 tỷ đồng. Lũy kế giải ngân 1.125 tỷ đồng, đạt 75%.", ("75%", "57%")),
        ("Thu 2.436/3.045 tỷ đồng, bằng 80% dự toán.", ("80%", "83%")),
        ("Bình quân đạt 12,43 tiêu chí/xã (1.430 tiêu chí/115 xã).", ("115", "151")),
        ("Kiên cố hóa 45/60 km (75%), còn lại 15 km.", ("15 km", "51 km")),
        ("Có 115 xã, trong đó 94 xã loại A, 5 xã loại B và 16 xã loại C.", ("94", "49")),
        (
            "Cho 15.230 lượt hộ vay 761,5 tỷ đồng, bình quân 50 triệu đồng/lượt hộ.",
            ("15.230", "51.230"),
        ),
        ("Có 03 huyện gồm: thành phố Rạch Giá và các huyện An Biên, An Minh.", ("03", "04")),
        ("Có 4 huyện đạt trên 80%: An Biên, An Minh, Hòn Đất, Giồng Riềng.", ("4 ", "5 ")),
    ],
)
def test_words_that_leave_no_doubt_carry_a_claim_that_is_far_off(told, right, wrong):
    held = {klass for kind, klass in told(right) if kind != "common_base"}
    assert held and held <= {"exact", "rounding"}
    damaged = right.replace(*wrong)
    assert damaged != right
    assert [klass for _, klass in told(damaged) if klass in ("wrong", "list_incomplete")]


@pytest.mark.parametrize(
    "text",
    [
        "Vốn kéo dài 46 tỷ đồng đã giải ngân 40 tỷ đồng; vốn giao 96 tỷ đồng, đã giải ngân 72 tỷ "
        "đồng; còn lại 24 tỷ đồng.",
        "Có 161 xã; 58 xã đạt chuẩn; 40 xã biên giới; còn 103 xã chưa đạt chuẩn.",
        "Toàn tỉnh có 10.120 hộ nghèo; huyện An Biên giảm 100 hộ, còn 900 hộ.",
        "Việc cho 9.120 người, vượt 7,3% kế hoạch (8.500 người), tăng 1,2 lần so với kỳ trước.",
        "Đầu năm có 25.340 hộ, tỷ lệ 25,34% trên tổng số 100.000 hộ; cuối năm còn 20.640 hộ, tỷ lệ "
        "20,43%.",
        "Tỷ lệ giảm từ 12,3% (cuối năm 2016) xuống 10,1% (cuối năm 2017) và 7,8% (cuối năm 2018), "
        "bình quân giảm 2,25%/năm.",
        "Toàn huyện có 1.200 hộ nghèo, giảm 150 hộ (1,25%) so với năm trước.",
        "Có 62 xã đạt chuẩn: trong năm công nhận 12 xã, công nhận lại 4 xã.",
        "Tỷ lệ hộ nghèo giảm bình quân 2,6%/năm (từ 12,62% xuống còn 4,82%).",
        "Có 62/108 xã đạt chuẩn, trong đó 15 xã nâng cao, 4 xã kiểu mẫu.",
        "Hỗ trợ 46 triệu đồng/hộ xây mới và 23 triệu đồng/hộ sửa chữa, tổng 48,3 tỷ đồng.",
        "Đón 8,4 triệu lượt khách, tăng 15% so với cùng kỳ, doanh thu đạt 10.217 tỷ đồng.",
        "Có 66.738 ha, trong đó lúa 58.095 ha, ngô 7.095 ha, lạc 592 ha, còn lại là cây khác.",
        "Có 66.738 ha, trong đó lúa 58.095 ha, chiếm 87,1%; lạc 274 ha, chiếm 0,4%.",
        "Huyện Ba Bể có 500 hộ nghèo, chiếm 5,00% tổng số hộ; huyện Na Rì có 300 hộ nghèo, chiếm "
        "9,00% tổng số hộ.",
        "Năm 2018 có 500 hộ nghèo, chiếm 5% tổng số hộ; năm 2019 có 300 hộ nghèo, chiếm 2% tổng "
        "số hộ.",
        "Hỗ trợ 500 hộ, chiếm 12% tổng số hộ (tăng 30 hộ so với năm trước).",
    ],
)
def test_what_is_right_stays_right_beside_other_numbers(told, text):
    assert not {klass for _, klass in told(text)} - {"exact", "rounding", "not_computable"}


def test_a_total_above_a_list_of_items(told):
    text = (
        "Nguồn vốn là 1.520 triệu đồng, gồm:\n\n- Vốn A: 820 triệu đồng;\n- Vốn B: 700 triệu đồng."
    )
    assert told(text) == [("sum", "exact")]


def test_of_fractions_below_a_total_the_allotted_part_counts(propose):
    text = (
        "Kinh phí là 4,800 tỷ đồng, cụ thể:\n\n+ Sinh kế giải ngân 2/2,4 tỷ đồng.\n"
        "+ Mô hình giải ngân 2,100/2,400 tỷ đồng."
    )
    (one,) = [one for one in propose(text).statements if one.kind == "sum"]
    assert one.expression.count("of(") == 2


CONTRADICTIONS = Counter({"wrong": 5, "wrong_unit": 1, "list_incomplete": 1, "truncation": 3})


def test_the_contradictions_of_the_report_of_2019_are_found_without_review(shared, units):
    source = shared / "source" / "report-25-BC-BCD-2020-02-18.md"
    found = audit(proposal.of_file(source, 2019).report(units))
    alarms = Counter(one.klass for one in found)
    for quiet in ("exact", "rounding", "not_computable"):
        del alarms[quiet]
    assert alarms == CONTRADICTIONS


REGIONS = """Cả nước có {both} hộ nghèo và hộ cận nghèo.

Theo các vùng như sau: Miền núi 21,92% với 30.500 hộ; Đồng bằng 2,45% với 12.200 hộ; Tây Nguyên
15,39% với 23.676 hộ; Ven biển 5,73% với 9.310 hộ.

Hộ nghèo là 43.474 hộ, phân theo khu vực như sau: Miền núi 14,37% với 20.000 hộ; Đồng bằng 1,45%
với {plain} hộ; Tây Nguyên 8,39% với 12.916 hộ; Ven biển 2,06% với 3.340 hộ.

Hộ cận nghèo là 32.212 hộ, phân theo khu vực như sau: Miền núi 7,55% với 10.500 hộ; Đồng bằng 1,00%
với 4.982 hộ; Tây Nguyên 6,99% với 10.760 hộ; Ven biển 3,67% với 5.970 hộ.
"""


def test_lists_that_name_the_same_things_fit_together(propose, units):
    text = REGIONS.replace("\n15", " 15").replace("\nvới", " với").replace("\nHộ", "\n\nHộ")
    whole = propose(text.format(both="75.686", plain="7.218"))
    kinds = Counter(one.kind for one in whole.statements)
    assert kinds == {"sum": 8, "common_base": 12}
    damaged = propose(text.format(both="75.686", plain="7.281")).report(units)
    wrong = [one for one in audit(damaged) if one.klass == "wrong" and one.identity.kind == "sum"]
    assert {one.suggestion.rpartition("=")[2] for one in wrong} == {"7218"}


def test_a_share_is_the_sum_of_those_behind_it(told):
    text = "Tỷ lệ nghèo đa chiều là 7,52%, trong đó nghèo 4,03%, cận nghèo 3,49%."
    assert told(text) == [("sum", "exact")]
    assert told(text.replace("3,49", "2,10")) == []
