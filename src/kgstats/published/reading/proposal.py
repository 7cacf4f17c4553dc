"""A proposal: figures and statements of a report with ids, as rows a person reviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kgstats.published import expressions, files
from kgstats.published.reading.document import Document, read
from kgstats.published.reading.figures import Figure, Reading, read_figures
from kgstats.published.reading.names import slug
from kgstats.published.reading.statements import Statement, propose


def named(figures: Iterable[Figure]) -> None:
    """Give each figure an id of its own: its line and what it counts."""
    seen: set[str] = set()
    for one in figures:
        base = f"l{one.line}_{slug(one.words) or slug(one.unit)}"
        found, number = base, 2
        while found in seen:
            found, number = f"{base}_{number}", number + 1
        seen.add(found)
        one.id = found


@dataclass(frozen=True)
class Proposal:
    """What was read of a report, ready for review."""

    year: int
    reading: Reading
    statements: tuple[Statement, ...]

    def report(self, units: dict[str, files.Unit]) -> files.Report:
        """Return it as a transcription, as if every row had been accepted: to be audited."""
        figures = {one.id: _figure(one) for one in self.reading.figures if one.unit in units}
        identities = {}
        for number, one in enumerate(self.statements):
            tested = expressions.parse(one.figure).references()[0]
            expression = expressions.parse(one.expression)
            used = {tested.figure, *(reference.figure for reference in expression.references())}
            if used <= figures.keys():
                name = f"{one.kind}_{tested.figure}_{number}"
                identities[name] = files.Identity(
                    name, one.kind, tested, expression, one.group, "=", one.unit,
                    self.sentence(tested.figure), "",
                )  # fmt: skip
        return files.Report(self.year, units, figures, identities, {}, {}, {})

    def sentence(self, figure: str) -> str:
        """Return the sentence that a figure stands in."""
        one = next(one for one in self.reading.figures if one.id == figure)
        return self.reading.sentence(one)


def programme_in(text: str) -> str:
    """Return the programme that words speak of: ``ntm``, ``gnbv`` or ``both``.

    >>> programme_in("Chương trình Giảm nghèo bền vững"), programme_in("Đánh giá chung")
    ('gnbv', 'both')
    """
    words = text.lower()
    rural = "nông thôn mới" in words
    poverty = "giảm nghèo" in words or "hộ nghèo" in words
    return "both" if rural == poverty else "ntm" if rural else "gnbv"


def programme_of(reading: Reading, figure: Figure) -> str:
    """Return the programme a figure belongs to: its own words say, or the headings above it."""
    own = programme_in(f"{figure.words} {reading.sentence(figure)}")
    if own != "both":
        return own
    for paragraph in reversed(reading.document.paragraphs[: figure.paragraph]):
        if paragraph.heading and (said := programme_in(paragraph.text)) != "both":
            return said
    return "both"


def _figure(one: Figure) -> files.Figure:
    decimals = {"value": one.decimals}
    if one.denominator is not None:
        decimals["of"] = max(0, -int(one.denominator.as_tuple().exponent))
    if one.value_high is not None:
        decimals["high"] = max(0, -int(one.value_high.as_tuple().exponent))
    return files.Figure(
        one.id, one.section, one.line, "both", one.words, "", one.area, one.period, one.kind,
        one.value, one.value_high, one.unit, one.printed, one.denominator,
        "part_of_whole" if one.denominator is not None else "", one.qualifier,
        "; ".join(one.doubts), decimals,
    )  # fmt: skip


def of_document(document: Document, year: int) -> Proposal:
    """Return what a report proposes."""
    reading = read_figures(document, year)
    named(reading.figures)
    return Proposal(year, reading, tuple(propose(reading)))


def of_file(path: Path, year: int) -> Proposal:
    """Read a report's file and return what it proposes.

    Raises
    ------
    PublishedError
        When the file cannot be read.
    """
    return of_document(read(path), year)
