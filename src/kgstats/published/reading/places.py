"""Places that a report names: where something was counted, and lists of places that are counted.

A name is known from the list of areas, or by the word before it (xã, huyện, tỉnh …) where a report
speaks of another province. A list is two names or more, or one after a number of places; each of
its names is a figure of its own, with the value 1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from kgstats.published import files
from kgstats.reference import province, unit_types

if TYPE_CHECKING:
    from kgstats.published.reading.document import Paragraph
    from kgstats.published.reading.figures import Figure


def _called(level: str) -> str:
    """Return the pattern of words before names: kinds, and what is short for them in a text."""
    kinds, said = unit_types.named(level), unit_types.words(level)
    short = [one.upper() for one in said if 1 < len(one) < 4 and one.isalpha() and one not in kinds]
    return rf"{unit_types.pattern(kinds)}|(?:{unit_types.pattern(short)})\.?"


_DISTRICT, _COMMUNE = _called("district"), _called("commune")
_UPPER = r"[A-ZĐÀÁẢÃẠÂẦẤẨẪẬĂẰẮẲẴẶÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ]"
_NAME = rf"{_UPPER}\w*(?:[ '’-]{_UPPER}\w*){{0,3}}(?: \d{{1,2}}\b)?"
_JOINT = rf"\s*(?:,|;|và|cùng)\s*(?:các\s+(?:{_COMMUNE}|{_DISTRICT})\s+)?"
_HEADS = re.compile(
    rf"\b(?:các|những)\s+(?:ấp\s+)?(?P<head>{_DISTRICT}|{_COMMUNE})(?:\s*,\s*(?:{_DISTRICT}|{_COMMUNE}))*"
    rf"[^.;:()\d]{{0,30}}?\s*:?\s+(?={_NAME})",
)
_PREFIXED = re.compile(
    rf"\b(?P<head>{_DISTRICT}|{_COMMUNE}|tỉnh)\s+(?P<name>{_NAME})", re.IGNORECASE
)
_COUNTED = re.compile(
    rf"(?:[^.;:(\d]|\d[\d.,]*\s?%){{0,60}}?(?::|\(|\bgồm:?|\blà|\bthuộc|\bthì|\bnhư:?)\s*(?:các\s+(?:huyện:?\s+|xã:?\s+)?)?"
    rf"(?=(?:(?i:{_DISTRICT}|{_COMMUNE})\s+)?{_UPPER})"
)
"""What may stand between a number of places and their names."""
_FURTHER = re.compile(rf"\b(?:riêng|còn)\s+(?=(?:(?i:{_DISTRICT}|{_COMMUNE})\s+)?{_UPPER})")
_MEMBER = re.compile(rf"(?:(?P<own>(?i:{_DISTRICT}|{_COMMUNE}))\s+)?(?P<name>{_NAME})")
PLACES = ("communes", "districts", "provinces", "commune_level_units", "billboards", "hamlets")
"""Units of figures whose members a report may name."""


@dataclass(frozen=True)
class Name:
    """A place named in the text."""

    start: int
    end: int
    text: str
    head: str
    code: str


def folded(name: str) -> str:
    """Return a name as it is compared: one spelling of accents, small letters.

    >>> folded("Tân Khánh Hoà") == folded("Tân Khánh Hòa")
    True
    """
    plain = unicodedata.normalize("NFD", name.lower())
    letters = "".join(c for c in plain if not unicodedata.combining(c) or c in "\u0302\u0306\u031b")
    marks = "".join(sorted(c for c in plain if c in "\u0300\u0301\u0303\u0309\u0323"))
    return f"{letters.strip()}|{marks}"


@lru_cache
def _codes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, name in files.area_codes().items():
        found.setdefault(folded(name), []).append(code)
    return found


def code_of(name: str, head: str = "", within: str = "") -> str:
    """Return the code of a named place; empty where it is not known or not the only one.

    Parameters
    ----------
    name
        The name, without the word before it.
    head
        That word: a district and a commune may share a name.
    within
        Code of the district in which a commune is looked for.
    """
    codes = _codes().get(folded(name), [])
    if re.fullmatch(_DISTRICT, head, re.IGNORECASE):
        codes = [code for code in codes if len(code) == 3]
    elif re.fullmatch(_COMMUNE, head, re.IGNORECASE):
        codes = [code for code in codes if len(code) == 5]
        inside = [code for code in codes if within and _district_of(code) == within]
        codes = inside or codes
    return codes[0] if len(codes) == 1 else ""


@lru_cache
def _districts() -> dict[str, str]:
    from kgstats.reference.areas import ANCHOR, units

    frame = units(ANCHOR.year)
    return dict(zip(frame["commune_code"], frame["district_code"], strict=True))


def _district_of(code: str) -> str:
    return _districts().get(code, "")


def home(text: str) -> str:
    """Return the code of the province a report speaks of, by its head; empty for another's.

    >>> home("Báo cáo của tỉnh Hậu Giang"), home("trên địa bàn tỉnh Kiên Giang")
    ('', '91')
    """
    own = province.current()
    said = home_name(text)
    return own.code if not said or folded(said).startswith(folded(own.name)[:6]) else ""


def home_name(text: str) -> str:
    """Return the name of the province that a report's head names first; empty for none."""
    said = re.search(rf"\b(?i:tỉnh|thành phố)\s+({_NAME})", text)
    name = said[1] if said else ""
    return name.title() if name.isupper() else name


def nearest(text: str, province: str) -> str:
    """Return the code of the place that a text named last; the province where it named none.

    ``province`` is that of `home`; the places of another province have no code here.
    """
    if not province:
        return ""
    found = ""
    for match in _PREFIXED.finditer(text):
        name, head = match["name"], match["head"].lower()
        if head == "tỉnh":
            continue
        words = name.split()
        for length in range(len(words), 0, -1):
            code = code_of(" ".join(words[:length]), head)
            if code:
                found = code
                break
    return found or province


def said(text: str) -> str:
    """Return the name of the place that a text named last, known or not; empty for none.

    >>> said("Riêng huyện Hòa An có"), said("- Hà Quảng: hộ nghèo"), said("Hộ nghèo có")
    ('Hòa An', 'Hà Quảng', '')
    """
    names = re.findall(rf"\b(?i:{_DISTRICT}|{_COMMUNE})\s+({_NAME})", text)
    item = re.match(rf"\s*[-+•*–]?\s*({_UPPER}\w+(?: {_UPPER}\w+)+)\s*[:(]", text)
    return names[-1] if names else item[1] if item else ""


def _run(text: str, at: int, head: str, within: str, province: str) -> list[Name]:
    """Read the names that follow one another from a place of the text on."""
    names: list[Name] = []
    while (match := _MEMBER.match(text, at)) is not None:
        own = (match["own"] or "").lower()
        if (
            own
            and head
            and bool(re.fullmatch(_DISTRICT, own)) != bool(re.fullmatch(_DISTRICT, head))
        ):
            break  # the next place is of another kind: no member of this list
        name = match["name"]
        central = name.startswith("Trung") and text[match.end() :].startswith(" ương")
        if central or (len(name) > 2 and name.isupper() and " " not in name and not own):
            break  # “trực thuộc Trung ương”, “đặc biệt khó khăn (ĐBKK)” are no places
        end = match.end()
        shown = text[match.start() : end] if own in ("thị trấn", "tt") else name
        code = code_of(name, own or head, within) if province else ""
        names.append(Name(match.start(), end, shown, own or head, code))
        rest = re.compile(rf"(?:\s*,?\s*(?:thuộc\s+)?(?:{_DISTRICT})\s+{_NAME})?{_JOINT}").match(
            text, end
        )
        at = rest.end() if rest else len(text)
    return names


def listed(
    place: int, paragraph: Paragraph, figures: Sequence[Figure], province: str
) -> list[Figure]:
    """Return the names of a paragraph's lists as figures; ``province`` is that of `home`."""
    from kgstats.published.reading.figures import Figure, sentences

    text = paragraph.text
    found: list[tuple[Name, str, int | None]] = []
    taken: list[tuple[int, int]] = []
    spans = sentences(text)

    def take(names: list[Name], unit: str, counted_at: int | None = None) -> None:
        for name in names:
            if not any(start < name.end and name.start < end for start, end in taken):
                found.append((name, unit, counted_at))
                taken.append((name.start, name.end))

    for one in figures:
        if one.unit not in PLACES:
            continue
        unit = one.unit if one.unit in ("districts", "provinces") else "communes"
        for names in _counted(text, one, spans[one.sentence][1], province):
            take(names, unit, one.start)
    for match in _HEADS.finditer(text):
        names = _run(text, match.end(), match["head"].lower(), "", province)
        if len(names) > 1 and not _has_counts(text, names):
            district = re.fullmatch(_DISTRICT, match["head"], re.IGNORECASE)
            take(names, "districts" if district else "communes")
    return [
        Figure(
            place, next(at for at, (_, end) in enumerate(spans) if name.start < end), name.start,
            name.end, paragraph.line_at(name.start), paragraph.section, name.text, Decimal(1), unit,
            area=name.code, named=True, words=name.text,
            counted_at=counted_at,
        )
        for name, unit, counted_at in found
    ]  # fmt: skip


def _has_counts(text: str, names: list[Name]) -> bool:
    """Whether names have numbers in brackets behind them: they say where, and are no members."""
    return any(re.match(r"\s*\(\d", text[name.end :]) for name in names)


def _counted(text: str, one: Figure, end: int, province: str) -> Iterator[list[Name]]:
    """Yield the names that are counted by a number of places, as they follow it in its sentence."""
    if one.changes or one.form == "range":
        return
    before = text[: one.start]
    district = re.search(rf"({_NAME})\s*\(\s*$", before)
    within = code_of(district[1], "huyện") if district else nearest(before[-80:], province)
    within = within if len(within) == 3 else ""
    head = {"districts": "huyện", "provinces": ""}.get(one.unit, "xã")
    match = _COUNTED.match(text, one.end, end)
    left = int(one.value)
    while match is not None and left > 0:
        names = _run(text, match.end(), head, within, province)
        if not names or _has_counts(text, names):
            return
        yield names
        left -= len(names)
        match = _FURTHER.search(text, names[-1].end, end)
