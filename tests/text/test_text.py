"""Legacy encodings are undone where they are, and Unicode is left alone."""

from __future__ import annotations

import csv
import itertools
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgstats.reference.tables import records
from kgstats.text import (
    decode,
    encoding_hints,
    fold,
    font_encoding,
    to_tcvn3,
    to_vni,
    tone_normal,
    valid_share,
    words_key,
)
from kgstats.text.syllables import TONE_MARKS, grade

ONSETS = ["", "b", "ch", "d", "đ", "gi", "h", "kh", "l", "m", "n", "nh", "ph", "qu", "s", "th", "v"]
OPEN = ["a", "ai", "ao", "ân", "ăng", "ên", "êu", "inh", "iên", "oa", "oan", "ôi", "ông", "ơi"]
RIMES = [*OPEN, "ua", "uôn", "uy", "ư", "ưa", "ương", "ươu"]
STOPPED = ["ac", "ăp", "ât", "êch", "iêt", "ôc", "uôt", "ươc"]


def toned(onset: str, rime: str, tone: int) -> str | None:
    """The one well-formed spelling of a syllable, if it has one."""
    for place in range(len(rime)):
        word = onset + rime[: place + 1] + TONE_MARKS[tone] + rime[place + 1 :]
        word = unicodedata.normalize("NFC", word)
        if grade(word) >= 2:
            return word
    return None


SYLLABLES = sorted(
    {
        word
        for onset in ONSETS
        for rime in [*RIMES, *STOPPED]
        for tone in range(6)
        if (word := toned(onset, rime, tone))
    }
)
words = st.sampled_from(SYLLABLES).map(lambda word: word)
texts = st.lists(
    st.tuples(words, st.booleans()).map(lambda pair: pair[0].capitalize() if pair[1] else pair[0]),
    min_size=1,
    max_size=6,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(texts)
def test_tcvn3_comes_back(text):
    stored = to_tcvn3(text)
    if stored in ("¹", "²", "³"):
        return  # alone it is a footnote's number, whatever the font
    # Capitals with tones are stored as small letters: nothing in the file tells them apart.
    assert decode(stored, font=".VnTime").text.casefold() in (
        text.casefold(),
        # A word that spells Vietnamese both ways is only decoded if that makes it no rarer.
        *([stored.casefold()] if valid_share(stored) == 1.0 else []),
    )
    if valid_share(stored) == 0.0:
        # On a sheet of TCVN3 nothing is in doubt; alone, "chöa" is rather VNI's "chưa".
        assert decode(stored, hint="tcvn3").text.casefold() == text.casefold()


@settings(max_examples=60, deadline=None)
@given(texts)
def test_vni_comes_back(text):
    stored = to_vni(text)
    if valid_share(stored) in (0.0, None):
        assert decode(stored, font="VNI-Times").text == text
        # No font, but a sheet known to be VNI.
        assert decode(stored, hint="vni").text == text


@settings(max_examples=100, deadline=None)
@given(texts, st.sampled_from(["NFC", "NFD"]))
def test_unicode_is_never_changed_but_composed(text, form):
    received = unicodedata.normalize(form, text)
    assert decode(received).text == text
    assert decode(received, font="Times New Roman", hint="unicode").text == text


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_text_decodes_and_is_stable(text):
    once = decode(text)
    assert once.text == " ".join(once.text.split())
    assert fold(once.text) == fold(fold(once.text))
    words_key(text)
    tone_normal(text)


@settings(max_examples=60, deadline=None)
@given(texts, st.sampled_from(["cp1252", "cp1258", "latin-1"]))
def test_utf8_read_with_a_code_page_comes_back(text, codec):
    garbled = "".join(
        bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in text.encode("utf-8")
    )
    assert decode(garbled).text == text


@pytest.mark.parametrize(
    ("received", "meant", "encoding"),
    [
        ("HuyÖn Giång RiÒng", "Huyện Giồng Riềng", "tcvn3"),
        ("H­ng Yªn", "Hưng Yên", "tcvn3"),  # ư is U+00AD
        ("VÜnh ThuËn", "Vĩnh Thuận", "tcvn3"),
        ("CéNG HßA X· HéI CHñ NGHÜA", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "tcvn3"),
        ("« nhiÔm", "ô nhiễm", "tcvn3"),
        ("C§", "CĐ", "tcvn3"),
        ("V\u03bc H\u03bc Tiªn", "Và Hà Tiên", "tcvn3"),
        ("Huyeän Gioàng Rieàng", "Huyện Giồng Riềng", "vni"),
        ("Kieân Löông, Hoøn Ñaát", "Kiên Lương, Hòn Đất", "vni"),
        ("Uûy ban nhaân daân", "Ủy ban nhân dân", "vni"),
        ("Bình Höng", "Bình Hưng", "vni"),
        ("Bµ Rịa- Vũng Tµu", "Bà Rịa- Vũng Tàu", "mixed"),
        ("Ä‘áº¡t chuáº©n", "đạt chuẩn", "mojibake"),
        ("HÃ  TiÃªn", "Hà Tiên", "mojibake"),
        ("Ä\ufffdÃ´ng ThÃ¡i", "Đông Thái", "mojibake"),  # cp1252 has no byte 90
        ("HÃ²n Ä?áº¥t", "Hòn Đất", "mojibake"),
        ("CÄ\ufffd", "CĐ", "mojibake"),
        ("7/QÄ\ufffd-UBND", "7/QĐ-UBND", "mojibake"),
        ("Tổng  số\u00a0hộ", "Tổng số hộ", "unicode"),
        ("XÃ\u00a0HÒA", "XÃ HÒA", "unicode"),
        ("Ðông Hòa", "Đông Hòa", "unicode"),
        ("ngƣời đƣợc", "người được", "unicode"),
        ("An Phó", "An Phó", "unicode"),
        ("Tổng số¹", "Tổng số¹", "unicode"),
        ("bụi 10 µm, 25 m²", "bụi 10 µm, 25 m²", "unicode"),
        ("Nguồn « abc »", "Nguồn « abc »", "unicode"),
        ("naïve café", "naïve café", "unicode"),
        ("nông\u200bthôn", "nôngthôn", "unicode"),
        ("PhÊn MÔ", "Phấn Mễ", "tcvn3"),  # capitals inside a word are other letters
        ("môt", "môt", "unicode"),  # a tone forgotten is no sign of TCVN3
    ],
)
def test_known_texts(received, meant, encoding):
    decoded = decode(received)
    assert (decoded.text, decoded.encoding) == (meant, encoding)


UNITS = sorted({f"{row['type'].capitalize()} {row['name']}" for row in records("communes_2019")})
ENCODERS = {"tcvn3": to_tcvn3, "vni": to_vni}


@pytest.mark.parametrize("letters", ENCODERS)
def test_names_with_some_words_from_an_old_file(letters):
    """Every name of the gazetteer with every choice of its words stored in an old encoding."""
    encode = ENCODERS[letters]
    for unit in UNITS:
        words = unit.split()
        for stored in itertools.product(*((word, encode(word)) for word in words)):
            received = " ".join(stored)
            if received == "Phường Đông Hoà":
                continue  # VNI's Đông Hồ, but Unicode's other way to write Đông Hòa
            # TCVN3 has no toned capitals.
            meant, text = unit, decode(received).text
            if letters == "tcvn3":
                meant, text = meant.casefold(), text.casefold()
            assert text == meant, received
            if received == unit:
                assert not decode(received).changed


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(UNITS).flatmap(
            lambda unit: st.tuples(
                st.just(unit),
                st.lists(st.booleans(), min_size=len(unit.split()), max_size=len(unit.split())),
            )
        ),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(sorted(ENCODERS)),
)
def test_a_column_of_names_with_some_words_from_an_old_file(column, letters):
    encode = ENCODERS[letters]
    received = [
        " ".join(
            encode(word) if old else word for word, old in zip(unit.split(), choice, strict=True)
        )
        for unit, choice in column
    ]
    for hint in (None, "unicode", encoding_hints((text, None) for text in received).get(None)):
        for (unit, _), text in zip(column, received, strict=True):
            if text != "Phường Đông Hoà":
                assert decode(text, hint=hint).text.casefold() == unit.casefold()
    whole = [encode(unit) for unit, _ in column]
    hint = encoding_hints((text, None) for text in whole).get(None)
    for (unit, _), text in zip(column, whole, strict=True):
        assert decode(text, hint=hint).text.casefold() == unit.casefold()
    assert all(not decode(unit, hint=hint).changed for unit, _ in column)


def test_words_of_a_mixed_cell_are_read_as_the_best_known():
    for received, meant in (
        ("Xã VÜnh Phú", "Xã Vĩnh Phú"),
        ("X· VÜnh Phó", "Xã Vĩnh Phú"),
        ("1. Xã  Kiªn Bình (*)", "1. Xã Kiên Bình (*)"),
        ("X. Phó Lợi", "X. Phú Lợi"),
        ("Tổng sè hộ nghÌo cuối năm", "Tổng số hộ nghèo cuối năm"),
        ("XÃ VÜnh Phú", "XÃ Vĩnh Phú"),
    ):
        decoded = decode(received)
        assert decoded.text == meant
        assert "ambiguous_encoding" not in decoded.notes
    # No unit of the gazetteer: nothing in the cell tells.
    assert decode("Xã Tân Phó").text == "Xã Tân Phó"
    # Both are places: Đông Hòa in An Minh with its tone placed the new way.
    assert decode("Xã Đông Hoà").text == "Xã Đông Hoà"


def test_marks_are_in_no_doubt():
    for mark in ("Đ", "KĐ", "CĐ", "đ"):
        assert decode(mark).notes == ()


def test_code_page_1258_does_not_hide_legacy_bytes():
    """A one-byte file of TCVN3 text opened under Vietnamese Windows."""
    text = "huyện Giồng Riềng, xã Vĩnh Phú đạt chuẩn"
    for encode in (to_tcvn3, to_vni):
        received = encode(text).encode("latin-1").decode("cp1258", "replace")
        assert decode(received).text == text


def test_fonts_are_witnesses_and_no_proof():
    assert decode("An Phó", font=".VnTime").text == "An Phú"
    # Everyday words must not become rare ones because of a leftover font.
    assert decode("Tân Hòa", font=".VnTime").text == "Tân Hòa"
    assert decode("Đông Hòa", font="VNI-Times").text == "Đông Hòa"
    assert decode("Céng hßa", font=".VnTimeH").text == "CỘNG HÒA"
    assert decode("ü", font="Wingdings").text == "ü"
    assert font_encoding(".VnArial") == "tcvn3"
    assert font_encoding("VNI Times") == "vni"


def test_the_rest_of_the_sheet_decides_a_word_in_doubt():
    hints = encoding_hints([("T©n Ch©u", ".VnTime"), ("Rạch Giá", "Arial"), ("TT", None)])
    assert hints == {".VnTime": "tcvn3", "Arial": "unicode"}
    assert decode("An Phó", hint="tcvn3").text == "An Phú"
    assert "ambiguous_encoding" in decode("An Phó").notes
    assert "ambiguous_encoding" not in decode("An Phó", hint="unicode").notes


def test_changes_are_named():
    assert decode("Tổng  số").notes == ("spaces",)
    assert not decode("Tổng  số").changed
    assert decode("HuyÖn").changed
    assert decode("To\u0309ng").notes == ("nfc",)
    assert decode("Giá»?ng Riá»\x81ng").notes[:2] == ("mojibake", "lossy")


def test_keys():
    assert fold("  THỊ TRẤN Thứ\nMười Một ") == "thi tran thu muoi mot"
    assert tone_normal("Hoà Điền, Thuỷ Liễu, hoàn, quý, Quỳ, HOÀ") == (
        "Hòa Điền, Thủy Liễu, hoàn, quý, Quỳ, HÒA"
    )
    assert words_key("Tỉ lệ\n(%)") == words_key("TỶ LỆ (%)") == "ti le %"
    assert words_key("Luỹ kế giải ngân") == words_key("Lũy kế giải ngân")
    assert words_key("Quý III") == "quy iii"


def test_communes_of_a_tcvn3_list(shared):
    """A public list of 10 614 communes typed in TCVN3 (and VNI in places)."""
    file = shared / "samples" / "real" / "communes_tcvn3_10614.csv"
    if not file.exists():
        pytest.skip("the public sample files are not on this machine")
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    cells = [row[key] for row in rows for key in ("C_NAMEVI", "D_NAME", "P_NAME")]
    hint = encoding_hints((text, None) for text in cells)[None]
    assert hint == "tcvn3"
    shares = [valid_share(decode(text, hint=hint).text) for text in cells]
    judged = [share for share in shares if share is not None]
    # What is left are highland names (Krông, Drắk) that are not Vietnamese syllables.
    assert sum(share == 1.0 for share in judged) / len(judged) > 0.98

    known = {row["commune_code"]: row["name"] for row in records("communes_2019")}
    mine = [row for row in rows if row["P_CODE"] == "91"]
    names = {
        row["C_CODE"]: decode(row["C_NAMEVI"], hint=hint).text.removeprefix("TT.").strip()
        for row in mine
    }
    same = [
        code
        for code, name in names.items()
        if tone_normal(name) == tone_normal(known.get(code, ""))
    ]
    assert len(mine) == 119
    # The others are renamed units and misspellings of the list itself (Thạch for Thạnh).
    assert len(same) >= 95
    assert all(valid_share(name) in (None, 1.0) for name in names.values())


@pytest.mark.parametrize(
    "text",
    ["Năm 2006 (Hé)", "Tăng (Hé)", "cơ quan Hé", "căn nhà", "HĐ", "ăn ở", "tơ lụa", "Ưu tiên"],
)
@pytest.mark.parametrize("hint", [None, "tcvn3", "vni"])
@pytest.mark.parametrize("font", [None, ".VnTime", "VNI-Times"])
def test_letters_that_no_old_font_stores_are_not_read_as_its_bytes(text, hint, font):
    """``Năm`` beside a word in doubt was read as bytes of an old font: ``Nóm``."""
    words = [word for word in text.split() if any(letter > "\u00ff" for letter in word)]
    found = decode(text, font, hint).text
    assert words == [word for word in words if word in found.split()]


def test_a_text_that_came_through_a_wrong_code_page_is_still_undone():
    received = to_tcvn3("Xã có lý do khác").encode("latin-1").decode("cp1258")
    assert "lư" in received
    assert decode(received).text == "Xã có lý do khác"


def test_a_long_cell_of_mixed_words_is_read_in_one_pass():
    """Ways through the words are kept as chains: copies of them cost the square of the words."""
    words = "Năm HuyÖn Hé Phó nghèo " * 4000
    found = decode(words, hint="tcvn3")
    assert len(found.text.split()) == 20_000
    assert found.text.startswith("Năm Huyện")
