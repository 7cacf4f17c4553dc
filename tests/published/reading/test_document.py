import re
import unicodedata

import pytest

from kgstats.published.files import PublishedError
from kgstats.published.reading import document, proposal
from kgstats.text import old_fonts

TEXT = (
    "II. KẾT QUẢ",
    "1. Kết quả giảm nghèo",
    "Toàn tỉnh có 36.642 hộ, trong đó: hộ Kinh 18.357 hộ; hộ Khmer 18.285 hộ.",
)


def test_numbering_is_the_section():
    found = document.of_text(
        "## II. KẾT QUẢ\n\n### 2.1. Nông thôn mới\n\n- Có 2 xã.\n\nb. Chương trình 135\n\n"
        "- Có 3 xã.\n\n**Phần thứ hai**\n\n**I. MỤC TIÊU**\n\nCó 4 xã."
    )
    sections = [one.section for one in found.paragraphs if one.text.startswith(("- Có", "Có"))]
    assert sections == ["II.2.1", "II.2.1.b", "P2.I"]


def test_a_sentence_that_a_page_cuts_goes_on():
    found = document.of_text("Hạ thế 3 pha hỗn hợp 2\n\nkm, độc lập 25 km.")
    (one,) = found.paragraphs
    assert one.text == "Hạ thế 3 pha hỗn hợp 2 km, độc lập 25 km."
    assert [one.line_at(one.text.index(word)) for word in ("Hạ", "km,")] == [1, 3]


def test_word_and_text_are_read_alike(tmp_path):
    import docx

    made = docx.Document()
    made.add_heading(TEXT[0], 1)
    made.add_heading(TEXT[1], 2)
    made.add_paragraph(TEXT[2])
    table = made.add_table(3, 2)
    for row, cells in enumerate((("Huyện", "Số hộ"), ("An Biên", "12"), ("Gò Quao", "15"))):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    made.save(str(tmp_path / "r.docx"))
    of_word = proposal.of_file(tmp_path / "r.docx", 2019)
    rows = "| Huyện | Số hộ |\n| An Biên | 12 |\n| Gò Quao | 15 |"
    plain = f"## {TEXT[0]}\n### {TEXT[1]}\n{TEXT[2]}\n{rows}"
    of_text = proposal.of_document(document.of_text(plain), 2019)
    seen = [
        [(one.section, one.printed, one.unit) for one in found.reading.figures]
        for found in (of_word, of_text)
    ]
    assert seen[0] == seen[1]
    assert len(seen[0]) == 5
    assert [one.kind for one in of_word.statements] == ["sum"]


def _encoded(name):
    """Return the text of the trial as a file of another time stores it."""
    text = "\n".join(TEXT)
    if name in ("tcvn3", "vni"):
        undone = {"tcvn3": old_fonts.to_tcvn3, "vni": old_fonts.to_vni}[name]
        return undone(text).encode("cp1252")
    if name == "cp1258":  # it has tones as marks of their own
        plain = unicodedata.normalize("NFD", text)
        for mark in "\u0302\u0306\u031b":
            plain = re.sub(f"(.)([\u0300\u0301\u0303\u0309\u0323]?){mark}", rf"\1{mark}\2", plain)
            plain = re.sub(f".{mark}", lambda one: unicodedata.normalize("NFC", one[0]), plain)
        return plain.encode("cp1258")
    if name == "decomposed":
        return unicodedata.normalize("NFD", text).encode()
    return text.encode(name)


@pytest.mark.parametrize(
    "name", ["utf-8-sig", "utf-16", "utf-16-le", "cp1258", "tcvn3", "vni", "decomposed"]
)
def test_text_in_any_encoding_is_read_alike(tmp_path, name):
    (tmp_path / "r.txt").write_bytes(_encoded(name))
    found = proposal.of_file(tmp_path / "r.txt", 2019)
    assert "\n".join(one.text for one in found.reading.document.paragraphs) == "\n".join(TEXT)
    assert {one.unit for one in found.reading.figures} == {"households"}
    assert [one.kind for one in found.statements] == ["sum"]


def _marked(paragraph, tag, text):
    from docx.oxml import OxmlElement

    change, run, words = (OxmlElement(name) for name in (tag, "w:r", "w:t"))
    words.text = text
    run.append(words)
    change.append(run)
    paragraph._p.append(change)


def test_word_is_read_as_it_is_shown(tmp_path):
    """Insertions and links are text, deletions and marks of notes are none; cells are merged."""
    import docx

    made = docx.Document()
    one = made.add_paragraph("Đào tạo 3.600 người")
    one.add_run("2").font.superscript = True
    one.add_run(", xây 120 m")
    one.add_run("2").font.superscript = True
    _marked(one, "w:ins", " nhà")
    _marked(one, "w:moveFrom", " và 99 căn")
    _marked(one, "w:hyperlink", " cho 15 hộ.")
    table = made.add_table(3, 4)
    for row, cells in enumerate((("Huyện", "Kinh phí", "", ""), ("", "Tỉnh", "Huyện", "Khác"),
                                 ("An Biên", "15", "", "7"))):  # fmt: skip
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(0, 1).merge(table.cell(0, 3))
    table.cell(2, 1).merge(table.cell(2, 2))
    made.save(str(tmp_path / "r.docx"))
    found = document.read(tmp_path / "r.docx")
    assert found.paragraphs[0].text == "Đào tạo 3.600 người, xây 120 m² nhà cho 15 hộ."
    assert [cell.strip() for cell in found.grids[0].rows[2]] == ["An Biên", "15", "", "7"]


def test_a_pdf_with_text_is_read(tmp_path):
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4))
    for at, line in enumerate(TEXT):
        figure.text(0.05, 0.9 - at * 0.1, line, fontsize=8)
    with PdfPages(tmp_path / "r.pdf", metadata={"CreationDate": None}) as pages:
        pages.savefig(figure)
    found = proposal.of_file(tmp_path / "r.pdf", 2019)
    assert [one.printed for one in found.reading.figures] == ["36.642", "18.357", "18.285"]
    assert [one.kind for one in found.statements] == ["sum"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("r.doc", b"x", "save it as one of them"),
        ("r.docx", b"no zip", "not a Word document"),
        ("r.pdf", b"no pdf", "not a PDF"),
        ("r.txt", b"\x89PNG\0\1\0\2\0\3", "save it as text in UTF-8"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PublishedError, match=said):
        document.read(tmp_path / name)


def test_rows_of_a_table_in_plain_lines_are_no_part_of_what_follows():
    rows = [
        "Kết quả xây dựng nhà ở theo từng năm trên địa bàn toàn tỉnh",
        "như sau.",
        "Số nhà xây mới 120 150 130",
        "Số nhà sửa chữa 80 90 70",
        "Đào tạo 3.600 người2, đạt 112,5% kế hoạch năm của toàn",
        "tỉnh (3.200 người).",
    ]
    found = document.of_text("\n".join(rows))
    assert found.paragraphs[-1].text == " ".join(rows[-2:])
    assert [one.kind for one in proposal.of_document(found, 2019).statements] == ["ratio"]


def test_a_pdf_of_pictures_asks_for_the_document(tmp_path):
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(tmp_path / "r.pdf")
    with pytest.raises(PublishedError, match="pictures without text"):
        document.read(tmp_path / "r.pdf")
