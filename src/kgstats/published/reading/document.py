"""A report as paragraphs and tables, each knowing its line and its section."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from kgstats.published.files import PublishedError
from kgstats.published.reading import letters

if TYPE_CHECKING:
    from docx.table import Table
    from docx.text.paragraph import Paragraph as WordParagraph

SUFFIXES = (".docx", ".pdf", ".md", ".txt")
"""What a report may come as."""

LONGEST_HEADING = 200
"""A numbered line with more letters is a paragraph."""

_PART = re.compile(r"^Phần thứ (nhất|hai|ba|tư)\b", re.IGNORECASE)
_PARTS = ("nhất", "hai", "ba", "tư")
_ROMAN = re.compile(r"^([IVX]+)\s*[.)]\s*(?=\S)")
_NUMBERED = re.compile(r"^(\d+(?:\.\d+)*)\s*[.)]?\s+(?=\S)")
_LETTER = re.compile(r"^([a-zđ])\s*[.)]\s+(?=\S)")
_ITEM = re.compile(r"^\s*(?:[-+•*–o]\s|\(?\d+(?:\.\d+)*[.)]\s|[a-zđ]\)\s)")
_MARKUP = re.compile(
    r"\*\*|__|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])|</?(?:b|i|u|em|strong|br)\s*/?>"
)
_SQUARED = re.compile(r"(?<=\dm|.m)<sup>\s*([23])\s*</sup>")
_NOTE = re.compile(r"<sup>.*?</sup>")
_ROW = re.compile(r"(?:^|\s)(?:-?\d[\d.,]*\s?%?\s+){2,}-?\d[\d.,]*\s?%?$")
"""A line that ends in three numbers: a row of a table in a PDF."""
_ENDS = re.compile(r"[.;:!?…]['”\")\]]*$")


@dataclass(frozen=True)
class Paragraph:
    """What is said between two marks of a list: its words, and the line each begins on."""

    text: str
    section: str
    places: tuple[tuple[int, int], ...]
    """Where in the text a line begins, and its number."""
    heading: bool = False

    def line_at(self, offset: int) -> int:
        """Return the line of the source in which a character stands."""
        return next(line for start, line in reversed(self.places) if start <= offset)


@dataclass(frozen=True)
class Grid:
    """A table of the text: its rows of cells, and the line of each row."""

    section: str
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]


@dataclass(frozen=True)
class Document:
    """A report: paragraphs and tables in their order."""

    paragraphs: tuple[Paragraph, ...]
    grids: tuple[Grid, ...] = ()

    @property
    def text(self) -> str:
        """All paragraphs, one a line."""
        return "\n".join(one.text for one in self.paragraphs)


@dataclass
class _Line:
    number: int
    text: str
    cells: tuple[str, ...] = ()
    strong: bool = False
    """Whether it is set as a heading: marked, or in bold."""


@dataclass
class _Sections:
    """Follows the numbering of a report: part, Roman number, numbers, letter."""

    part: int = 1
    roman: str = ""
    numbers: str = ""
    letter: str = ""
    path: str = field(init=False, default="")

    def entered(self, line: _Line) -> bool:
        """Take note of a heading; say whether the line is one."""
        text = line.text
        short = len(text) <= LONGEST_HEADING and not text.endswith((".", ";", ","))
        if match := _PART.match(text):
            self.part = 1 + _PARTS.index(match[1].lower())
            self.roman = self.numbers = self.letter = ""
        elif (match := _ROMAN.match(text)) and (short or line.strong):
            self.roman, self.numbers, self.letter = match[1], "", ""
        elif (match := _NUMBERED.match(text)) and (line.strong or (short and _titled(text, match))):
            self.numbers, self.letter = match[1], ""
        elif (match := _LETTER.match(text)) and short:
            self.letter = match[1]
        else:
            return line.strong
        self.path = ".".join(filter(None, (self.roman, self.numbers, self.letter)))
        if self.part > 1:
            self.path = f"P{self.part}." + self.path if self.path else f"P{self.part}"
        return True


def _titled(text: str, match: re.Match[str]) -> bool:
    """Whether a numbered line reads like a title: a word begins it, no number stands in it."""
    rest = text[match.end() :]
    return rest[:1].isupper() and not re.search(r"\d", rest)


def read(path: Path) -> Document:
    """Read a report.

    Parameters
    ----------
    path
        A ``.docx``, a ``.pdf`` with text in it, or text as ``.md`` or ``.txt``, in whatever
        encoding Vietnamese was written.

    Raises
    ------
    PublishedError
        Saying why it cannot be read, and what to do.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise PublishedError(f"{path.name}: there is no such file")
    if suffix not in SUFFIXES:
        raise PublishedError(
            f"{path.name}: a report is read from {', '.join(SUFFIXES)}; save it as one of them"
        )
    return built({".docx": _of_docx, ".pdf": _of_pdf}.get(suffix, _of_text)(path))


def of_text(text: str) -> Document:
    r"""Return a text in Markdown as a document.

    >>> [one.section for one in of_text("## I. NTM\n\n- Có 2 xã.").paragraphs]
    ['I', 'I']
    """
    return built(_marked_lines(text))


def _of_text(path: Path) -> list[_Line]:
    from kgstats.text.code_pages import NoText

    try:
        return _marked_lines(letters.of_bytes(path.read_bytes()))
    except NoText:
        raise PublishedError(f"{path.name}: no text; save it as text in UTF-8") from None


def _marked_lines(text: str) -> list[_Line]:
    rows = text.splitlines()
    found = []
    for number, row in enumerate(rows, start=1):
        bare = row.strip()
        if bare.startswith("|"):
            cells = tuple(cleaned(cell) for cell in bare.strip("|").split("|"))
            if not all(set(cell) <= set("-: ") for cell in cells):
                found.append(_Line(number, "", cells))
            continue
        marked = re.match(r"^#+\s*", bare)
        strong = bool(marked) or bool(re.fullmatch(r"\*\*.+\*\*", bare))
        found.append(_Line(number, cleaned(bare[marked.end() :] if marked else bare), (), strong))
    return _unwrapped(found)


def _unwrapped(lines: list[_Line]) -> list[_Line]:
    """Join the lines of a text that was set in a narrow column."""
    texts = [len(line.text) for line in lines if line.text and not line.strong]
    follow = sum(
        bool(one.text and other.text and not other.strong) for one, other in pairwise(lines)
    )
    if not texts or follow < len(texts) / 2 or max(texts) > 160:
        return lines
    widest = max(texts)
    joined: list[_Line] = []
    for line in lines:
        last = joined[-1] if joined else None
        goes_on = (
            last is not None and last.text and line.text and not line.cells and not last.cells
            and not line.strong and not last.strong
            and not _ROW.search(line.text) and not _ROW.search(last.text)
            and not _ITEM.match(line.text) and not _ROMAN.match(line.text)
            and not (_ENDS.search(last.text) and len(last.text.splitlines()[-1]) < 0.8 * widest)
            # a short line is a title, or the last of its paragraph
            and not (line.text[0].isupper() and len(last.text.splitlines()[-1]) < 0.7 * widest)
        )  # fmt: skip
        if goes_on and last is not None:
            last.text = f"{last.text}\n{line.text}"
        else:
            joined.append(_Line(line.number, line.text, line.cells, line.strong))
    return joined


def cleaned(text: str) -> str:
    """Return the words of a line of Markdown."""
    text = _SQUARED.sub(lambda match: "²³"[int(match[1]) - 2], text)
    text = _NOTE.sub("", text).replace("\u00a0", " ")
    return _MARKUP.sub("", text).strip()


def _of_docx(path: Path) -> list[_Line]:
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    try:
        content = list(docx.Document(str(path)).iter_inner_content())
    except (PackageNotFoundError, KeyError, ValueError, OSError) as error:
        raise PublishedError(f"{path.name}: not a Word document ({error})") from None
    found, number = [], 0
    for one in content:
        if isinstance(one, Table):
            for cells in _table_rows(one):
                number += 1
                found.append(_Line(number, "", cells))
            continue
        number += 1
        runs = [run for run in one.runs if run.text.strip()]
        style = one.style.name if one.style is not None and one.style.name else ""
        strong = style.startswith(("Heading", "Title")) or bool(runs and all(r.bold for r in runs))
        found.append(_Line(number, _words(one), (), strong))
    return _meant(found)


def _words(paragraph: WordParagraph) -> str:
    """Return what a paragraph of Word shows: links and insertions too, no deletions, no notes."""
    from docx.oxml.ns import qn
    from docx.text.run import Run

    gone = {qn("w:del"), qn("w:moveFrom")}
    text = ""
    for element in paragraph._p.iter(qn("w:r")):
        above = list(element.iterancestors())
        within = above[: above.index(paragraph._p)] if paragraph._p in above else above
        if any(one.tag in gone or one.tag == qn("w:p") for one in within):
            continue
        run = Run(element, paragraph)
        if not run.font.superscript:
            text += run.text
        elif re.search(r"(?:^|[\s\d/])[kcd]?m$", text):  # a square metre; else the mark of a note
            text += {"2": "²", "3": "³"}.get(run.text.strip(), "")
    return " ".join(text.split())


def _table_rows(table: Table) -> Iterator[tuple[str, ...]]:
    """Return the rows of a table; a number in a merged cell stands once, a label in all of it."""
    seen: set[object] = set()
    for row in table.rows:
        cells = []
        for cell in row.cells:
            text = cleaned(" ".join(_words(one) for one in cell.paragraphs))
            again = cell._tc in seen and re.fullmatch(r"[\d.,% -]*", text)
            cells.append("" if again else text)
            seen.add(cell._tc)
        yield tuple(cells)


def _meant(lines: list[_Line]) -> list[_Line]:
    """Undo old fonts and compose letters, in the text of all lines together."""
    pieces = [piece for line in lines for piece in (line.text, *line.cells)]
    meant = iter(letters.as_meant(pieces))
    return [
        _Line(line.number, next(meant), tuple(next(meant) for _ in line.cells), line.strong)
        for line in lines
    ]


def _of_pdf(path: Path) -> list[_Line]:
    import pypdf
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PublishedError(f"{path.name}: locked with a password; save it without one")
        pages = [page.extract_text() or "" for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, OSError) as error:
        raise PublishedError(f"{path.name}: not a PDF that can be read ({error})") from None
    if not "".join(pages).strip():
        raise PublishedError(
            f"{path.name}: its pages are pictures without text; ask for the document it was made "
            "from (.docx), or run it through character recognition first"
        )
    rows = [row for page in pages for row in [*page.splitlines(), ""]]
    lines = [
        _Line(number, " ".join(row.split()))
        for number, row in enumerate(rows, start=1)
        if not re.fullmatch(r"\s*\d{1,3}\s*", row)  # the number of the page
    ]
    return _unwrapped(_meant(lines))


def built(lines: Iterable[_Line]) -> Document:
    """Put lines together: paragraphs that go on over a page's end, tables, sections."""
    sections = _Sections()
    paragraphs: list[Paragraph] = []
    grids: list[Grid] = []
    for group in _grouped(lines):
        first = group[0]
        if first.cells:
            grids.append(
                Grid(sections.path, tuple(one.cells for one in group), tuple(_numbers(group)))
            )
            continue
        heading = len(group) == 1 and sections.entered(first)
        heading = heading and not re.search(r"\w[:.]\s+\S.*\d", first.text[4:])
        text, places = "", []
        for line in group:
            for shift, piece in enumerate(line.text.split("\n")):
                text = f"{text} {piece}" if text else piece
                places.append((len(text) - len(piece), line.number + shift))
        paragraphs.append(Paragraph(text, sections.path, tuple(places), heading))
    return Document(tuple(paragraphs), tuple(grids))


def _numbers(group: list[_Line]) -> Iterator[int]:
    return (one.number for one in group)


def _grouped(lines: Iterable[_Line]) -> Iterator[list[_Line]]:
    group: list[_Line] = []
    for line in lines:
        if not line.text and not line.cells:
            if group and group[-1].cells:
                yield group
                group = []
            continue
        if group and _goes_on(group[-1], line):
            group.append(line)
            continue
        if group:
            yield group
        group = [line]
    if group:
        yield group


def _goes_on(last: _Line, line: _Line) -> bool:
    """Whether a line is the rest of the one before it, which a page's end cut."""
    if last.cells or line.cells:
        return bool(last.cells and line.cells)
    if last.strong or line.strong or _ITEM.match(line.text) or _ROMAN.match(line.text):
        return False
    return line.text[0].islower() and not _ENDS.search(last.text)
