"""Names of communes on a page to their codes, inside the district and the year they stand in.

A name is looked up in the list of units valid at the end of the year. Exact spelling comes first,
then the known other spellings, then the name without accents; a misspelling is accepted only when
a single unit of the district is nearly the same, and is always noted. Everything else is refused
with suggestions: a wrong commune is worse than a missing one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from kgstats import registry
from kgstats.reference import areas, province, unit_types
from kgstats.returns.forms import form_rows, split_words
from kgstats.returns.layout import tokens
from kgstats.text import fold, tone_normal

MOST_KEPT = 1 << 14
"""How many names looked up are remembered: returns use the same names, a hostile file many."""

SUGGESTIONS = 3
"""How many near names a refusal offers."""

NEAR_NAME = 82
"""Likeness (0–100, without accents) from which a single near name may be accepted."""

CLEARLY_BETTER = 8
"""By how much the near name must be better than the next one."""

TYPE_WORDS = {tokens(word): kind for word, kind in unit_types.words("commune").items()}
"""Words before or after a name that say what kind of unit it is."""


def _said(level: str) -> str:
    """Return the pattern of what the units of a level are called before their names.

    A kind may run into the name; without accents and as an abbreviation it ends at a space or a
    point, which also stands within (``T. Trấn``).
    """
    kinds = unit_types.named(level)
    others = {*map(fold, kinds), *unit_types.words(level)} - {*kinds}
    joined = unit_types.pattern(kinds, r"\s*")
    apart = unit_types.pattern(others, r"(?:\.\s?|\s+)")
    return rf"(?:{joined}|(?:{apart})(?:\.|(?=\s)))"


_TYPE_BEFORE = re.compile(rf"^\s*({_said('commune')})\s*", re.IGNORECASE)
_ALONE = unit_types.pattern([*TYPE_WORDS, *unit_types.named("commune")])
_TYPE_AFTER = re.compile(rf"\s*[\(\-,–]\s*({_ALONE})\.?\s*\)?\s*$", re.IGNORECASE)
_DISTRICT_AFTER = re.compile(
    rf"\s*[\(\-,–]\s*{_said('district')}?\s*([^()\-,–]+?)\s*\)?\s*$", re.IGNORECASE
)
_OFFICE = re.compile(
    r"^\s*(?:\d{1,3}\s*[.)]\s*)?(?:ubnd|u\.b\.n\.d|ủy\s+ban\s+nhân\s+dân|uỷ\s+ban\s+nhân\s+dân"
    r"|uy\s+ban\s+nhan\s+dan|đảng\s+ủy|hđnd|ban\s+quản\s+lý|bql|bcđ|đơn\s+vị|địa\s+bàn)\s*[:\-–]?\s+"
    rf"(?=(?:{_said('commune')}))",
    re.IGNORECASE,
)
"""The office of a commune before its name."""
_NOTE_BEHIND = re.compile(
    r"\s*(?:[(\[][^()\[\]]*[)\]]?|\s[-–]\s.*|[:;,*/].*|(?<=\S)\s+(?:là\s+)?xã\s.*)\s*$",
    re.IGNORECASE,
)
"""Words behind a name: in brackets, behind a dash, a colon or a comma, or a second ``xã``."""
_LOST = re.compile("[?\ufffd]")
_NUMBERED = re.compile(
    r"^\s*(?:\d{1,5}(?:\.\d{1,2})*\s*[.)\-:–/]|\d{5}(?=\s+[^\W\d])|[-–+•*●.])\s*"
)
"""The number or the code before a name: ``1. Xã``, ``30787 - Xã``."""
_MARKED = re.compile(r"\s*[(\[]?(?:\*+|(?<![^\W_])\d{1,2}(?=[)\]])|[¹²³⁴⁵⁶⁷⁸⁹]+)[)\]]?\s*$")
"""The mark of a footnote behind a name: ``(*)``, ``1)``, ``[2]``, ``¹``."""


@dataclass(frozen=True)
class Unit:
    """A commune-level unit of one year."""

    code: str
    name: str
    type: str
    district: str

    @property
    def rural(self) -> bool:
        """Whether it is a commune, which the standard of new-rural communes is for."""
        return unit_types.area_of(self.type) == "rural"

    @property
    def full_name(self) -> str:
        """Type and name, as ``xã Vĩnh Thuận``."""
        return f"{self.type} {self.name}"


@dataclass(frozen=True)
class Match:
    """What a name was found to be.

    ``how`` is ``exact``, ``alias``, ``accents`` (same letters, accents missing), ``near``
    (misspelt), ``elsewhere`` (a unit of another district), ``ambiguous`` or ``unknown``.
    """

    how: str
    unit: Unit | None = None
    suggestions: tuple[str, ...] = ()
    type_differs: str | None = None
    note: str = ""
    """Words beside the name that are no part of it: ``xã điểm``."""

    @property
    def accepted(self) -> bool:
        """Whether the name stands for a unit of the district."""
        return self.how in ("exact", "alias", "accents", "near")


@dataclass(frozen=True)
class District:
    """A district of one year."""

    code: str
    name: str
    type: str
    units: tuple[Unit, ...]

    @property
    def full_name(self) -> str:
        """Type and name, as ``huyện Hòn Đất``."""
        return f"{self.type} {self.name}"

    def owes(self, form: str) -> bool:
        """Return whether a form has rows here: a town without communes owes none of communes.

        >>> District("1", "X", "thành phố", (Unit("2", "Y", "phường", "1"),)).owes("01")
        False
        """
        tables = (registry.tables()[name] for name in registry.forms()[form])
        return any(one.units != "rural" or any(unit.rural for unit in self.units) for one in tables)


def _key(name: str) -> str:
    """Return a name in lower case, one tone placement and single spaces; accents stay."""
    return " ".join(tone_normal(name).lower().replace(".", " ").replace("-", " ").split())


@dataclass
class Gazetteer:
    """The units of one year, ready for looking names up."""

    year: int
    districts: dict[str, District]
    exact: dict[str, dict[str, list[Unit]]] = field(default_factory=dict)
    alias: dict[str, dict[str, list[Unit]]] = field(default_factory=dict)
    folded: dict[str, dict[str, list[Unit]]] = field(default_factory=dict)
    _known: dict[tuple[str, str, tuple[str, ...]], Match] = field(default_factory=dict)
    _witnessed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def district(self, code: str) -> District:
        """Return a district by its code."""
        return self.districts[code]

    def units(self, district: str) -> tuple[Unit, ...]:
        """Return the units of a district."""
        return self.districts[district].units

    def match(self, text: str, district: str, types: tuple[str, ...] = ()) -> Match:
        """Look a name up in a district.

        Parameters
        ----------
        text
            The name as it stands on the page, decoded.
        district
            Code of the district the page belongs to.
        types
            Types of unit the place in the page allows, from the form or the section above;
            they decide between units of one name, and only that.

        Examples
        --------
        >>> gazetteer(2019).match("TT Thứ 11", "909").unit.code
        '31018'
        >>> gazetteer(2019).match("Vĩnh Thuận", "910").how
        'ambiguous'
        """
        key = (text, district, types)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > MOST_KEPT:
                self._known.clear()
            known = self._known[key] = self._match(text, district, types)
        return known

    def _match(self, text: str, district: str, types: tuple[str, ...]) -> Match:
        name, stated = split_type(text)
        if not tokens(name):
            return Match("unknown")
        found = self._look(name, stated, district, types)
        if found.how != "unknown":
            return found
        # "Bình An (Kiên Lương)": a district behind the name.
        after = _DISTRICT_AFTER.search(name)
        if after is not None:
            behind = district_named(after[1], self)
            shorter = name[: after.start()]
            if behind and shorter.strip():
                if behind == district:
                    again = self._look(shorter, stated, district, types)
                    if again.how != "unknown":
                        return again
                else:
                    there = self._look(shorter, stated, behind, types)
                    if there.accepted:
                        return Match("elsewhere", there.unit)
        noted = self._noted(text, district, types)
        return noted or self._elsewhere(name, stated, district, found)

    def _noted(self, text: str, district: str, types: tuple[str, ...]) -> Match | None:
        """Find the one commune that a name with words beside it is: ``xã X (xã điểm)``.

        Words that name a commune themselves are no note: the cell is about two.
        """
        name = _OFFICE.sub("", text)
        office = text[: len(text) - len(name)].strip()
        note = ""
        while True:
            bare, stated = split_type(name)
            if name != text:
                found = self._look(bare, stated, district, types)
                if found.how in ("exact", "alias", "accents", "ambiguous"):
                    beside = " ".join(part for part in (office, note) if part)
                    return None if self._homes(note) else replace(found, note=beside)
            behind = _NOTE_BEHIND.search(name)
            if behind is None:
                return None
            note = f"{name[behind.start() :].strip(' -–:,;')} {note}".strip()
            name = name[: behind.start()]

    def _look(self, name: str, stated: str | None, district: str, types: tuple[str, ...]) -> Match:
        spelled = _key(name)
        folded = tokens(name)
        for how, index, key in (
            ("exact", self.exact, spelled),
            ("alias", self.alias, spelled),
            ("accents", self.folded, folded),
        ):
            units = index.get(district, {}).get(key, [])
            if not units:
                continue
            decided = _decide(units, stated, types)
            if decided is None:
                return Match("ambiguous", None, tuple(unit.full_name for unit in units))
            differs = stated if stated is not None and stated != decided.type else None
            if how == "accents" and not name.isascii() and not _only_loses(name, decided.name):
                how = "near"
            return Match(how, decided, (), differs)
        return self._lost(spelled, stated, district) or self._near(folded, stated, district)

    def _lost(self, spelled: str, stated: str | None, district: str) -> Match | None:
        """Find the one name that a text with lost letters (``?``) can be."""
        if not _LOST.search(spelled):
            return None
        whole = re.compile("".join("." if _LOST.match(one) else re.escape(one) for one in spelled))
        found = [unit for unit in self.units(district) if whole.fullmatch(_key(unit.name))]
        kept = all(_LOST.sub("", word) for word in spelled.split())  # something of every word
        if len(found) != 1 or not kept or 3 * len(_LOST.findall(spelled)) > len(spelled):
            return None
        differs = stated if stated is not None and stated != found[0].type else None
        return Match("near", found[0], (), differs)

    def _near(self, folded: str, stated: str | None, district: str) -> Match:
        scored = sorted(
            (
                (fuzz.ratio(folded, tokens(unit.name)), unit.code, unit)
                for unit in self.districts[district].units
            ),
            key=lambda entry: (-entry[0], entry[1]),
        )
        near = [
            (score, unit)
            for score, _, unit in scored
            if score >= NEAR_NAME and _slip(folded, tokens(unit.name))
        ]
        if (
            near
            and (len(scored) == 1 or near[0][0] - scored[1][0] >= CLEARLY_BETTER)
            and (near[0][1] is scored[0][2])
        ):
            unit = near[0][1]
            differs = stated if stated is not None and stated != unit.type else None
            return Match("near", unit, (), differs)
        offered = tuple(unit.full_name for score, _, unit in scored[:SUGGESTIONS] if score >= 55)
        return Match("unknown", None, offered)

    def _elsewhere(self, name: str, stated: str | None, district: str, refused: Match) -> Match:
        spelled, folded = _key(name), tokens(name)
        for index, key in ((self.exact, spelled), (self.alias, spelled), (self.folded, folded)):
            found = [
                unit
                for code, names in index.items()
                if code != district
                for unit in names.get(key, [])
                if stated is None or unit.type == stated or len(names.get(key, [])) == 1
            ]
            if len(found) == 1:
                return Match("elsewhere", found[0], refused.suggestions)
            if found:
                return Match(
                    "elsewhere",
                    None,
                    tuple(
                        f"{unit.full_name} ({self.districts[unit.district].full_name})"
                        for unit in found
                    ),
                )
        return refused

    def witness(self, names: list[str]) -> dict[str, int]:
        """Count, for every district, how many of the names are names of its units."""
        counts: dict[str, int] = {}
        for text in names:
            for code in self._homes(text):
                counts[code] = counts.get(code, 0) + 1
        return counts

    def _homes(self, text: str) -> tuple[str, ...]:
        """Return the districts that have a unit of a name."""
        known = self._witnessed.get(text)
        if known is None:
            if len(self._witnessed) > MOST_KEPT:
                self._witnessed.clear()
            known = self._witnessed[text] = ()
            for name in dict.fromkeys((split_type(text)[0], bare_name(text))):
                spelled, folded = _key(name), tokens(name)
                known = known or tuple(
                    code
                    for code in self.districts
                    if folded
                    and (
                        spelled in self.exact.get(code, {})
                        or spelled in self.alias.get(code, {})
                        or folded in self.folded.get(code, {})
                    )
                )
            self._witnessed[text] = known
        return known


def _decide(units: list[Unit], stated: str | None, types: tuple[str, ...]) -> Unit | None:
    if len(units) == 1:
        return units[0]
    if stated is not None:
        kept = [unit for unit in units if unit.type == stated]
        if len(kept) == 1:
            return kept[0]
    if types:
        kept = [unit for unit in units if unit.type in types]
        if len(kept) == 1:
            return kept[0]
    return None


def _only_loses(text: str, name: str) -> bool:
    """Whether a text is the name with some accents missing, and none wrong."""
    left = tone_normal(text).lower().split()
    right = tone_normal(name).lower().split()
    if [len(word) for word in left] != [len(word) for word in right]:
        return False
    return all(
        a == b or a == fold(b)
        for x, y in zip(left, right, strict=True)
        for a, b in zip(x, y, strict=True)
    )


def _slip(left: str, right: str) -> bool:
    """Whether two names differ by one slip of the hand: no letter or number that tells units apart.

    ``Thạnh Đông A`` and ``Thạnh Đông B`` are two communes, not a misspelling.
    """
    if left.replace(" ", "") == right.replace(" ", ""):
        return True
    a, b = left.split(), right.split()
    if len(a) != len(b):
        return OSA.distance(left.replace(" ", ""), right.replace(" ", "")) <= 1 and not (
            {word for word in a + b if len(word) == 1}
        )
    different = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    return (
        len(different) <= 2
        and all(len(x) > 1 and len(y) > 1 and OSA.distance(x, y) <= 1 for x, y in different)
        and not any(x.isdigit() or y.isdigit() for x, y in different)
    )


@lru_cache(maxsize=1 << 14)
def split_type(text: str) -> tuple[str, str | None]:
    """Split a name on the page into the bare name and the type it states.

    >>> split_type("1. TT. Thứ Mười Một (*)"), split_type("Vĩnh Thuận (xã)")
    (('Thứ Mười Một', 'thị trấn'), ('Vĩnh Thuận', 'xã'))
    """
    name = _MARKED.sub("", _NUMBERED.sub("", text)).strip()
    stated: str | None = None
    after = _TYPE_AFTER.search(name)
    if after is not None and name[: after.start()].strip():
        stated = TYPE_WORDS.get(tokens(after[1]))
        name = name[: after.start()].strip()
    before = _TYPE_BEFORE.match(name)
    if before is not None and name[before.end() :].strip():
        stated = TYPE_WORDS.get(tokens(before[1])) or stated
        name = name[before.end() :].strip()
    name = name.strip(" .:;,")
    # "Phường 01" is "Phường 1": a number is the name.
    return (name.lstrip("0") or name) if name.isdigit() else name, stated


@lru_cache(maxsize=1 << 14)
def bare_name(text: str) -> str:
    """Return a name without its type, its number, its office and what stands behind it.

    >>> bare_name("UBND xã Vĩnh Hòa"), bare_name("2. Xã Phi Thông, thành phố Rạch Giá")
    ('Vĩnh Hòa', 'Phi Thông')
    """
    return split_type(_NOTE_BEHIND.sub("", _OFFICE.sub("", _NUMBERED.sub("", text))))[0]


@lru_cache
def gazetteer(year: int) -> Gazetteer:
    """Return the units valid at the end of a year, ready for looking names up."""
    by_district: dict[str, list[Unit]] = {}
    named: dict[str, tuple[str, str]] = {}
    frame = areas.units(year).dropna(subset=["district_code"])
    columns = ["commune_code", "name", "type", "district_code", "district_name", "district_type"]
    for code, name, kind, district, district_name, district_type in frame[columns].itertuples(
        index=False, name=None
    ):
        by_district.setdefault(district, []).append(Unit(code, name, kind, district))
        named[district] = (district_name, district_type)
    found = Gazetteer(
        year,
        {
            code: District(code, *named[code], tuple(units))
            for code, units in sorted(by_district.items())
        },
    )
    valid = {unit.code: unit for units in by_district.values() for unit in units}
    for unit in valid.values():
        _add(found.exact, unit.district, _key(unit.name), unit)
        _add(found.folded, unit.district, tokens(unit.name), unit)
    others = areas.aliases()
    for code, alias in others[["commune_code", "alias"]].itertuples(index=False, name=None):
        known = valid.get(code)
        if known is None:
            continue
        name, _ = split_type(alias)
        _add(found.alias, known.district, _key(name), known)
        folded = tokens(name)
        if not found.folded.get(known.district, {}).get(folded):
            _add(found.folded, known.district, folded, known)
    return found


def _add(index: dict[str, dict[str, list[Unit]]], district: str, key: str, unit: Unit) -> None:
    units = index.setdefault(district, {}).setdefault(key, [])
    if unit not in units:
        units.append(unit)


# --- districts ----------------------------------------------------------------------------------

_DISTRICT_WORD, _COMMUNE_WORD = (
    re.compile(rf"(?:^|\s)(?:{unit_types.pattern(words, ' ')})$")
    for words in (
        [*map(tokens, unit_types.words("district")), "ubnd", "uy ban nhan dan"],
        TYPE_WORDS,
    )
)


def _addressed() -> list[dict[str, str]]:
    """Return the words by which districts are addressed besides their names."""
    own = province.current().rows("districts")
    return form_rows("districts") if own is None else own


@lru_cache
def _district_names(year: int) -> list[tuple[str, str]]:
    """Return folded district names with their codes, longest first."""
    found = [(tokens(one.name), code) for code, one in gazetteer(year).districts.items()]
    for row in _addressed():
        for word in split_words(row["words"]):
            folded = tokens(word)
            if len(folded) > 4 and row["district_code"] in gazetteer(year).districts:
                found.append((folded, row["district_code"]))
    return sorted(set(found), key=lambda pair: (-len(pair[0]), pair))


@lru_cache
def _initials() -> dict[str, str]:
    return {
        word: row["district_code"]
        for row in _addressed()
        for word in split_words(row["words"])
        if len(word) <= 4
    }


def district_named(text: str, where: Gazetteer) -> str | None:
    """Return the district a text names, or None when it names none or several."""
    found = districts_named(text, where)
    return found.pop() if len(found) == 1 else None


def districts_named(text: str, where: Gazetteer) -> set[str]:
    """Return the districts a line of a page names.

    A name after ``huyện``, ``thành phố`` or their abbreviations counts first; a bare name
    counts where no such name is there. ``xã An Bình`` is no district.
    """
    return set(_districts_named(tokens(text), where.year))


@lru_cache(maxsize=1 << 12)
def _districts_named(folded: str, year: int) -> frozenset[str]:
    titled: set[str] = set()
    bare: set[str] = set()
    rest = f" {folded} "
    for name, code in _district_names(year):
        pattern = f" {name} "
        at = rest.find(pattern)
        if at < 0:
            continue
        before = rest[:at].strip()
        if _DISTRICT_WORD.search(before):
            titled.add(code)
        elif not _COMMUNE_WORD.search(before):
            bare.add(code)
        rest = rest.replace(pattern, " # ")
    return frozenset(titled or bare)


def districts_in_file_name(name: str, where: Gazetteer) -> set[str]:
    """Return the districts a file name names: words, joined words, a code, initials.

    >>> sorted(districts_in_file_name("03_GiongRieng_2019 (ban cuoi).xlsx", gazetteer(2019)))
    ['906']
    """
    stem = re.sub(r"\.[A-Za-z0-9]{2,5}$", "", name)
    spaced = re.sub(r"(?<=[a-zà-ỹ])(?=[A-ZĐÀ-Ỹ])", " ", stem).replace("_", " ").replace("-", " ")
    joined = tokens(spaced).replace(" ", "")
    found: set[str] = set()
    for district, code in _district_names(where.year):
        close = district.replace(" ", "")
        if close in joined:
            found.add(code)
            joined = joined.replace(close, "#")
    if found:
        return found
    codes = {code for code in re.findall(r"(?<!\d)(\d{3})(?!\d)", stem) if code in where.districts}
    if codes:
        return codes
    initials = _initials()
    words = set(re.findall(r"(?<![A-Za-zĐđ])[A-ZĐ]{2,3}(?![A-Za-zĐđ])", stem))
    return {initials[word] for word in words if word in initials}
