"""What can be a written Vietnamese syllable, and which syllables administration uses.

The score by which legacy encodings are recognised rests on this: text read in the wrong
encoding seldom spells syllables, text read in the right one nearly always does.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache, lru_cache
from importlib import resources

TONE_MARKS = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
"""Level, huyền, hỏi, ngã, sắc, nặng, as combining marks."""

VOWELS = "aăâeêioôơuưy"
_CONSONANTS = frozenset("bcdđghklmnpqrstvx")

TONED: dict[str, tuple[str, int]] = {
    unicodedata.normalize("NFC", vowel + mark): (vowel, tone)
    for vowel in VOWELS
    for tone, mark in enumerate(TONE_MARKS)
}
"""Each lower-case vowel letter with its base letter and tone (0 to 5)."""

LETTERS = frozenset(TONED) | _CONSONANTS | {"w", "z", "f", "j"}
"""Lower-case letters that Vietnamese text may hold."""

_ONSET_LIST = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_ONSETS = frozenset(_ONSET_LIST.split()) | {""}

# Rimes without tone; the digit is the letter that carries the tone (two digits: both ways of
# writing are in use).
_RIME_LIST = """
a0 ac0 ach0 ai0 am0 an0 ang0 anh0 ao0 ap0 at0 au0 ay0
ăc0 ăm0 ăn0 ăng0 ăp0 ăt0 âc0 âm0 ân0 âng0 âp0 ât0 âu0 ây0
e0 ec0 em0 en0 eng0 eo0 ep0 et0 ê0 êch0 êm0 ên0 êng0 ênh0 êp0 êt0 êu0
i0 ia0 ich0 iêc1 iêm1 iên1 iêng1 iêp1 iêt1 iêu1 im0 in0 inh0 ip0 it0 iu0
o0 oa01 oac1 oach1 oai1 oam1 oan1 oang1 oanh1 oao1 oap1 oat1 oay1
oăc1 oăm1 oăn1 oăng1 oăt1 oc0 oe01 oen1 oeo1 oet1 oi0 om0 on0 ong0 oong1 ooc1 op0 ot0
ô0 ôc0 ôi0 ôm0 ôn0 ông0 ôp0 ôt0 ơ0 ơi0 ơm0 ơn0 ơp0 ơt0
u0 ua0 uc0 ui0 um0 un0 ung0 up0 ut0 uôc1 uôi1 uôm1 uôn1 uông1 uôt1
uân1 uâng1 uât1 uây1 uê1 uêch1 uênh1 uơ1 uy01 uya1 uych1 uyên2 uyêt2 uynh1 uyp1 uyt1 uyu1 uyn1
ư0 ưa0 ưc0 ưi0 ưm0 ưn0 ưng0 ưt0 ưu0 ươc1 ươi1 ươm1 ươn1 ương1 ươp1 ươt1 ươu1
y0 yêm1 yên1 yêng1 yêt1 yêu1 ych0 ynh0 yt0 yn0 yp0
"""
_RIMES = {
    rime.rstrip("0123456789"): {int(digit) for digit in rime if digit.isdigit()}
    for rime in _RIME_LIST.split()
}
_STOPS = ("c", "ch", "p", "t")
_FRONT = frozenset("eêiy")


def grade(word: str) -> int:
    """Tell how well a lower-case NFC word spells one Vietnamese syllable.

    Returns
    -------
    int
        3 a syllable that administration or the gazetteer uses, 2 a well-formed syllable, 1 one
        that only lacks its tone or carries it a letter too early, 0 none.

    Examples
    --------
    >>> grade("huyện"), grade("khoằm"), grade("hoàn"), grade("hòan"), grade("mot"), grade("huyön")
    (3, 2, 3, 1, 1, 0)
    """
    return _grade(word)


@lru_cache(maxsize=1 << 15)
def _grade(word: str) -> int:
    if not word or len(word) > 7:
        return 0
    tone = 0
    place = -1
    bare = []
    for index, letter in enumerate(word):
        entry = TONED.get(letter)
        if entry is None:
            if letter not in _CONSONANTS:
                return 0
            bare.append(letter)
            continue
        if entry[1]:
            if tone:
                return 0
            tone, place = entry[1], index
        bare.append(entry[0])
    toneless = "".join(bare)
    best = 0
    for cut in range(min(3, len(toneless)) + 1):
        onset, rime = toneless[:cut], toneless[cut:]
        if onset not in _ONSETS:
            continue
        positions = _RIMES.get(rime)
        if positions is None:
            # Highland names (Đắk, Pốk) end in k; they are near to syllables, not foreign text.
            if rime.endswith("k") and rime[:-1] + "c" in _RIMES:
                best = max(best, 1)
            continue
        if tone and place - cut > max(positions):
            # Nobody types xaõ; it is VNI's way of storing xã.
            continue
        best = max(best, 2 if _well_formed(onset, rime, tone, place - cut, positions) else 1)
    if best == 2 and word in _known():
        return 3
    return best


def _well_formed(onset: str, rime: str, tone: int, place: int, positions: set[int]) -> bool:
    if tone:
        if place not in positions:
            return False
    elif rime.endswith(_STOPS):
        return False
    if rime.endswith(_STOPS) and tone not in (4, 5):
        return False
    first = rime[0]
    if onset in ("c", "ng"):
        return first not in _FRONT
    if onset == "g":
        return first not in "eêy"
    if onset == "k":
        return first in _FRONT
    if onset in ("gh", "ngh"):
        return first in "eêi"
    if onset == "qu":
        return first not in "uưo" and not rime.startswith("iê")
    if rime.startswith("yê"):
        return onset == ""
    if rime.startswith("iê"):
        return onset != ""
    if first == "y":
        return len(rime) == 1
    return True


@cache
def _known() -> frozenset[str]:
    words = set(_VOCABULARY.split())
    file = resources.files("kgstats.reference") / "data" / "communes_2019.csv"
    for row in csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()):
        names = f"{row['name']} {row['district_name']} {row['successor_2025_name']}"
        words.update(unicodedata.normalize("NFC", names).casefold().split())
    return frozenset(words)


# The words of headers, titles, letterheads and notes of administrative forms.
_VOCABULARY = """
ủy uỷ ban nhân dân tỉnh huyện thị thành phố xã phường trấn ấp khu khóm thôn bản làng tổ đội nông
mới cộng hòa hoà hội chủ nghĩa việt nam độc lập tự do hạnh phúc số hộ nghèo cận đầu cuối năm kỳ
tháng ngày quý tổng toàn chung riêng trong đó chia theo loại nhóm diện tiêu chí kết quả thực hiện
bộ quốc gia về đạt chưa không chuẩn nâng cao kiểu mẫu mức danh hiệu công nhận quyết định nghị văn
kèm của phụ lục biểu đơn vị tính đồng nghìn triệu tỷ tỉ lệ phần trăm người khẩu lao động việc làm
quy hoạch giao thông thủy thuỷ lợi điện trường học cơ sở vật chất hóa hoá hạ tầng thương mại tin
truyền nhà ở cư thu nhập sản xuất giáo dục đào tạo y tế môi an phẩm hệ thống chính trị tiếp pháp
luật phòng ninh chỉ đạo điều phối trưởng phó chánh kiểm tra soát ký tên đóng dấu kế toán thủ kho
ghi chú nguồn vốn ngân sách trung ương địa phương đối ứng lồng ghép góp tín dụng doanh nghiệp tư
phát triển sự giải phân bổ được thanh lũy luỹ chuyển nội dung dự án hạng mục tình hình báo cáo hợp
rà diễn biến thoát tái sinh tăng giảm bền vững so với nguyên vướng mắc khó khăn chậm đất đấu thầu
khối lượng khác nợ đọng xây dựng hỗ trợ duy tu bảo dưỡng trình đa dạng rộng mô đi có thời hạn nước
ngoài bàn các những và hoặc tại từ đến ra vào trên dưới trước sau là cho bằng qua giữa cùng cũng
đã đang sẽ vẫn còn hết thêm bớt lực giám đánh giá chương tộc thiểu kinh khơ me hoa chăm thiếu hụt
dịch vụ tuổi nữ trẻ em già yếu bệnh tật khuyết vùng sâu xa biên giới hải đảo ven biển bãi ngang
đặc biệt thuộc ước khoảng hơn gần ít nhiều nhất cấp đợt lần thứ hai ba bốn sáu bảy tám chín mười
ngàn tốt khá bình kém cây con lúa tôm cá heo bò gà vịt rừng vườn ruộng đường cầu cống trạm chợ bưu
sân tâm thể thao câu lạc tác liên chuỗi sạch rác trang hồ sơ tục trật quân lớp mầm non tiểu phổ
cập nghề hiểm hoàn súc cầm lâm muối khai thác chế giống bón thuốc hữu bắc đông tây thượng ngoại
đức bạc liêu cà mau sóc trăng hậu cần thơ vĩnh long trà vinh tiền giang bến tre tháp châu đốc
xuyên tân sài gòn minh hà đà nẵng huế thái hưng yên dương quảng ngãi phú khánh thuận đắk lắk lai
kon tum phước bà rịa vũng tàu lào sơn la tuyên quang ai anh áp ăn ấm bác bài bão bắt bậc bầu bể bị
biết bồi bông bột búa bùi bụi cải cán cảnh canh cát cắt cẩm cấy chăn chân chấp chè chi chiến chiếu
chiêu chọn chống chuyên chủng cò cỏ cuộc cửa cửu cứu cường dài dàn dãy dẫn dâu dây diệp diệu doãn
dốc dũng dược dừa đàm đảm đãi đạm đáp đắc đằng đập đây đèn đẹp đê đền đích đình đoàn đoạn đón đô
đổi đôn độ đúc đúng đừng đứng gạch gạo gấm gì giáp giấy giếng giỏi giờ gỗ gốc hàm hàn hán hàng
hành hào hảo hát hằng hân hiền hiến hiển hiếu hoàng hoành họ họp hồi hồng hợi hớn huân huệ hùng
huy hứa hướng ích im kè kén kháng kháu khép khỏe khoẻ khởi khuê khuyến kích kiềm kiệt kiệu kim kín
kính lại lam lang lãnh lạng lão lặc lăng lầu lẻ lê lịch liêm liễu linh lĩnh lộ lộc lỗi lũng lụa
luân luận lương lưu mai mãi man mạnh mang mạng mào máy mắm mặt mận mật mê mệnh mía mỏ mong móng mộ
mộc một mở mùa mường mỹ nàng nắm năng nặng ngã ngạn ngay ngoan ngọc ngô ngợi nguyễn ngư ngữ ngừng
nhàn nhạn nhạc nhãn nhằm nhẫn nhị nhiên nhiệm nhơn nhung nhuận nhựt nhứt niên nói nổi núi nuôi
nương ô oai ốc ổn pha phá phái phải phạm phan phạt phi phí phiên phong phục phụng quách quan quán
quật quế quí quới quyền quỳnh quỹ rằng rạch răng rất rõ rồng rơm sa sai sang sao sáng sẵn sắc sâm
sĩ siêu song son sông sốt suất sung suối sức sửa sừng tà tài tạm tản tán tăm tằm tắt tầm tập tất
thạch thạnh thảo tháo thăng thắm thắng thân thần thầy thẻ thế thịnh thọ thoại thổ thôi thới thơm
thuế thúc thục thuyên thuyết thư thừa thức thường thưởng tịch tiên tiến tinh toại tổn tới trạch
trai trại tràm trán tranh tráng trào triều trinh trịnh tròn trọng trông trồng trú trúc truyện trực
trưng trương tú tuấn tuần tùng tuyến từng tường tử ung uyên ưu vải vạn vàng vay vân vần vận vây vĩ
viên viện viễn vịnh vọng võ vui vũ vực vương xá xanh xâm xếp xin xóm xong xuân xứ xưa xương ý yến
"""
