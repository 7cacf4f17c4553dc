"""What the words of a heading stand for in a form."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from kgstats.returns.columns.criteria import criterion_of
from kgstats.returns.columns.heading_times import When, money_time, standing_time, stock_time
from kgstats.returns.forms import (
    all_forms,
    form_rows,
    meaning,
    names_one,
    split_words,
)
from kgstats.returns.layout import Column, tokens
from kgstats.text import fold
from kgstats.text.syllables import listed_words

_LOST = re.compile("[?\ufffd#]")

_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"20[0-3]\d")

ENGLISH = "english"
"""What words of a second language stand for: a heading means what it says in Vietnamese."""

NEAR_WORD = 84
"""A header word at least so alike (0–100) counts as a misspelling of a form's word."""


@dataclass(frozen=True)
class Facets:
    """What the heading of a money column says beside its measure."""

    source: str | None = None
    kind: str | None = None
    plan_year: int | None = None
    programme: str | None = None


NO_FACETS = Facets()


@lru_cache
def _canonical() -> tuple[list[tuple[re.Pattern[str], str]], dict[str, str]]:
    replacements: list[tuple[str, str]] = []
    rules: dict[str, str] = {}
    for row in form_rows("header_words"):
        rules[row["canonical"]] = row["rule"]
        for word in split_words(row["words"]):
            replacements.append((tokens(word), row["canonical"]))
    replacements.sort(key=lambda pair: (-len(pair[0]), pair[0]))
    compiled = [
        (re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])"), canonical)
        for word, canonical in replacements
    ]
    return compiled, rules


@lru_cache(maxsize=1 << 14)
def _bag(text: str) -> frozenset[str]:
    """Return the words of a heading after synonyms have been put to one form."""
    folded = tokens(text)
    compiled, _ = _canonical()
    for pattern, canonical in compiled:
        folded = pattern.sub(f" {canonical} ", folded)
    return frozenset(folded.split())


@lru_cache
def _vocabulary(form: str) -> tuple[dict[str, float], list[tuple[str, frozenset[str]]]]:
    """Return word weights (rare words weigh more) and the phrases of a form."""
    phrases: list[tuple[str, frozenset[str]]] = []
    for column in all_forms()[form].columns:
        if column.name in ("year", "district_code", "criterion", "met", "cut_off"):
            continue
        for words in column.words:
            phrases.append((column.name, _bag(words)))
    _, rules = _canonical()
    used: dict[str, set[str]] = {}
    for name, bag in phrases:
        for word in bag:
            used.setdefault(word, set()).add(name)
    count = len({name for name, _ in phrases})
    weights = {
        word: (0.15 if rules.get(word) == "skip" else 1.0) * math.log(1 + count / len(names))
        for word, names in used.items()
    }
    return weights, phrases


@lru_cache(maxsize=1 << 14)
def _near_words(form: str, text: str) -> frozenset[str]:
    """Return the words of a heading, those misspelt mended towards the form's own words."""
    known = _known(form)
    found = []
    for word in tokens(text).split():
        if word not in known and word not in _ordinary() and len(word) >= 4:
            near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=NEAR_WORD)
            word = near[0] if near is not None and len(near[0]) >= 4 else word
        found.append(word)
    return _bag(" ".join(found))


@lru_cache
def _ordinary() -> frozenset[str]:
    """Return the words of administrative language, without accents: none of them is a slip."""
    return frozenset(fold(word) for word in listed_words())


@lru_cache
def _known(form: str) -> list[str]:
    """Return the words of a form's headings as they are spoken, with their synonyms."""
    alike = [tokens(words).split() for row in form_rows("header_words")
             for words in split_words(row["words"])]  # fmt: skip
    return list(dict.fromkeys(word for words in (*_spoken(form), *alike) for word in words))


_MOVES = frozenset(("thoat", "tai", "phatsinh"))
"""What households do: “Biến động giảm: Thoát nghèo” is no other decrease."""


def _agree(phrase: frozenset[str], header: frozenset[str]) -> bool:
    """Whether the words that change a column's meaning are the same on both sides."""
    _, rules = _canonical()
    moves = not _MOVES.isdisjoint(header)
    for word, rule in rules.items():
        if (rule == "both" or (rule == "flow" and not moves)) and (
            (word in phrase) != (word in header)
        ):
            return False
    if "dau" in phrase and "cuoi" in header and "dau" not in header:
        return False
    if "cuoi" in phrase and "dau" in header and "cuoi" not in header:
        return False
    return not ("ngheo" in header and not {"ngheo", "canngheo"} & phrase)


def _score(form: str, name: str, phrase: frozenset[str], header: frozenset[str]) -> float:
    weights, _ = _vocabulary(form)
    if not _agree(phrase, header):
        return 0.0
    both = sum(weights[word] for word in phrase & header)
    own = sum(weights[word] for word in phrase)
    other = sum(weights.get(word, 0.25) for word in header - {ENGLISH})
    if not own or not both:
        return 0.0
    recall, precision = both / own, both / other
    if recall < 0.5:
        return 0.0
    return 2 * recall * precision / (recall + precision)


LEAST_SCORE = 0.34
"""A heading that agrees less with every phrase of the form is not a column of the form."""

DATE_WORDS = re.compile(
    r"(den|tinh den|het)?\s*(het |ngay |thang )*\d{1,2}\s+\d{1,2}\s+(20\d\d)"
    r"|(ngay \d{1,2} )thang \d{1,2} nam (20\d\d)|het nam (20\d\d)"
)


_CARRIED_INTO = re.compile(r"\b(sang|qua|den|trong|thuc hien)( nam)? 20[0-4]\d\b")


@lru_cache(maxsize=1 << 12)
def plan_year_of(text: str) -> int | None:
    """Return the one year a heading or a cell names as that of its money.

    >>> plan_year_of("Vốn năm 2018 chuyển sang năm 2019"), plan_year_of("đến ngày 31/01/2020")
    (2018, None)
    """
    folded = DATE_WORDS.sub(" ", tokens(text))
    years = set(re.findall(r"\b(20[0-4]\d)\b", folded))
    if len(years) > 1:
        years = set(re.findall(r"\b(20[0-4]\d)\b", _CARRIED_INTO.sub(" ", folded)))
    return int(years.pop()) if len(years) == 1 else None


def facets_of(column: Column) -> Facets:
    """Read source, kind and plan year out of the heading of a money column."""
    source = kind = programme = None
    plan_year: int | None = None
    for part in column.path or (column.header,):
        if source is None:
            source = meaning("sources", part) if names_one(part, "sources") else None
        if kind is None:
            kind = meaning("kinds", part) if names_one(part, "kinds") else None
        if programme is None:
            programme = meaning("programmes", part)
        if plan_year is None:
            plan_year = plan_year_of(part)
    return Facets(source, kind, plan_year, programme)


MEASURES = ("allocated_vnd", "disbursed_vnd", "disbursed_pct")


def _funding_column(column: Column) -> tuple[str | None, float]:
    """Match the heading of a column of form 02, which may name a source or a year as well."""
    if _REASON.match(column.folded):
        return "cause", 1.0
    bag = _near_words("funding", column.header)
    folded = column.folded
    _, phrases = _vocabulary("funding")
    dated = re.search(r"\b20[0-4]\d\b", DATE_WORDS.sub(" ", folded)) is not None
    best: dict[str, float] = {}
    for name, phrase in phrases:
        score = _score("funding", name, phrase, bag)
        if score > best.get(name, 0.0):
            best[name] = score
    stripped = _strip_facets(folded)
    for column_spec in all_forms()["funding"].columns:
        for words in column_spec.words:
            if stripped and tokens(words) == stripped:
                best[column_spec.name] = max(best.get(column_spec.name, 0.0), 1.2)
    if (
        re.search(r"\b(giai ngan|thanh toan)\b", folded)
        and "%" not in folded
        and not re.search(r"\bt[iy] le\b|\btl\b|\bdat\b|chua giai ngan|con lai|nguyen nhan", folded)
    ):
        best["disbursed_vnd"] = max(best.get("disbursed_vnd", 0.0), 1.0)
        best.pop("allocated_vnd", None)
    elif dated and re.search(r"\b(ke hoach|phan bo|von|kh)\b", folded) and "tyle" not in bag:
        best["allocated_vnd"] = max(best.get("allocated_vnd", 0.0), 1.0)
        best.pop("plan_year", None)
    if "tyle" in bag:
        best.pop("allocated_vnd", None)
        best.pop("disbursed_vnd", None)
        best["disbursed_pct"] = max(best.get("disbursed_pct", 0.0), 0.9)
    if re.search(r"con lai|chua giai ngan|luy ke tu dau du an|tong muc dau tu|chu dau tu", folded):
        return None, 0.0
    if not best:
        return None, 0.0
    if "plan_year" in best and _PLAN.search(folded) and not _VINTAGE.search(folded):
        # "Kế hoạch" over amounts is the plan itself; a year's column says that it is one.
        best["allocated_vnd"] = max(best.get("allocated_vnd", 0.0), best.pop("plan_year"))
    name, score = max(best.items(), key=lambda item: (item[1], item[0]))
    return (name, score) if score >= LEAST_SCORE else (None, 0.0)


_PLAN = re.compile(r"\b(ke hoach|kh)\b")
_VINTAGE = re.compile(r"\b(nam|nien do)\b")


def _strip_facets(folded: str) -> str:
    text = DATE_WORDS.sub(" ", folded)
    text = re.sub(r"\b20[0-4]\d\b", " ", text)
    text = re.sub(r"\b(trieu|nghin|ngan|ty) dong\b|\b(dong|vnd|dvt)\b", " ", text)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class HeadingMeaning:
    """What a heading may stand for in a form."""

    name: str
    score: float
    criterion: int | None = None
    facets: Facets = NO_FACETS
    doubt: str = ""
    when: When = "now"


NUMBERED = 0.95
"""What the number of a criterion counts without its name."""

DERIVED = 0.9
"""What a meaning counts that a heading has only by way of its year: the end of last year."""


_AT = re.compile(r"\btại\b(?! nghèo| cận)", re.IGNORECASE)


@lru_cache(maxsize=1 << 13)
def heading_meanings(
    key: str,
    path: tuple[str, ...],
    header: str,
    year: int | None = None,
    over: tuple[str, ...] = (),
) -> tuple[HeadingMeaning, ...]:
    """Return what a heading may stand for, best first; the same headings come in every return.

    Parameters
    ----------
    key
        The form: ``attainment``, ``funding`` or ``poverty``.
    path, header
        The heading's words: those of each group above it, its own last, and all of them.
    year
        Year of the report; a meaning in another year, or in a part of the year, says so.
    over
        The first words of the path where they stand over all columns of the table.
    """
    if _AT.search(header):
        # "Tại thời điểm" is no "tái nghèo", though both are spelled alike without accents.
        path = tuple(_AT.sub(" ", part).strip() for part in path)
        header = _AT.sub(" ", header).strip()
    mended = _mended(key, header)
    if mended is None or (path and _is_lost(key, path[-1])):
        return ()  # the words of the column itself are lost
    if mended != header:
        header, path = mended, (*path[:-1], mended)
    folded = _without_both(tokens(header)) if key == "poverty" else tokens(header)
    if _denies(folded) and (key != "attainment" or criterion_of(path)[0] is None):
        return ()
    if key == "funding":
        return _money_meanings(path, header, folded, year, over)
    if key == "attainment":
        number, doubt = criterion_of(path)
        when: When = "now" if standing_time(folded, year) == "now" else "other"
        if number is not None:
            named = criterion_of(tuple(_DIGITS.sub(" ", part) for part in path))[0]
            score = 1.0 if named == number else NUMBERED
            return (HeadingMeaning("met", score, number, doubt=doubt, when=when),)
        found = _number_and_day(folded, _word_meanings(key, path, folded, when))
        other = _OTHER_PAPER.search(folded) is not None
        return tuple(one for one in found if not (other and one.name.startswith("decision")))
    if len(path) > 1 and _says_something_else(key, *path[-2:]):
        return ()
    time = stock_time(folded, year)
    found = _word_meanings(key, path, time.bare, "other" if time.when == "other" else "now")
    if time.when != "start":
        return found
    return tuple(
        replace(one, score=one.score * DERIVED, when="now" if "_start_" in one.name else "other")
        for one in found
    )


def _number_and_day(folded: str, found: tuple[HeadingMeaning, ...]) -> tuple[HeadingMeaning, ...]:
    """Put the number of a decision first where a heading asks for number and day in one cell."""
    if not {"so", "ngay"} <= set(folded.split()):
        return found
    best = max((one.score for one in found if one.name.startswith("decision")), default=0.0)
    first = [replace(one, score=best) for one in found if one.name == "decision_no"]
    return (*first, *(one for one in found if one.name != "decision_no"))


_BOTH = re.compile(r"\b(?:ho )?ngheo (?:(?:va|hoac) )?(?:ho )?can ngheo\b")


_OF_NO_FORM = re.compile(
    r"\btong (?:so )?(?:ho )?ngheo (?:va )?(?:ho )?can ngheo\b|^ma (?:so|xa|huyen|don vi|dvhc)\b"
)
"""A sum of two columns of a form, and a code, are no damaged headings of either."""


def _without_both(folded: str) -> str:
    """Leave out words set over columns of the poor and of the near-poor; their own say which.

    >>> _without_both("ho ngheo can ngheo nam 2019 ho ngheo")
    'nam 2019 ho ngheo'
    >>> _without_both("tong ho ngheo va can ngheo")
    'tong ho ngheo va can ngheo'
    """
    bare = _BOTH.sub(" ", folded)
    return " ".join(bare.split()) if "ngheo" in bare else folded


_OTHER_PAPER = re.compile(
    r"\b(?:quy hoach|de an|to trinh|ho so|thanh lap|ban chi dao"
    r"|phe duyet(?! (?:ket qua )?cong nhan))\b"
)
"""A paper that recognises nobody: ``Số quyết định phê duyệt quy hoạch``, ``Số tờ trình``."""
_DENIAL = re.compile(r"\b(?:chua|khong|ko)\b|\bthieu\b(?! hut)")
_NO_DENIAL = re.compile(
    r"\b(?:dat|co)(?: hay| hoac)? (?:chua|khong)\b|\bkhong (?:bao gom|gom|ke|tinh)\b"
)
"""A choice of two, and what a sum leaves out."""
_REASON = re.compile(r"\b(?:nguyen nhan|ly do|vuong mac|kho khan)\b")


@lru_cache(maxsize=1 << 12)
def _denies(folded: str) -> bool:
    """Whether a heading counts what is not so: it is no heading of what it denies.

    >>> [_denies(one) for one in ("so ho chua thoat ngheo", "so tieu chi con thieu")]
    [True, True]
    >>> [_denies(one) for one in ("nguyen nhan chua giai ngan", "ho thieu hut", "dat chua dat")]
    [False, False, False]
    """
    if _REASON.search(folded):
        return False
    return _DENIAL.search(_NO_DENIAL.sub(" ", folded)) is not None


def _is_lost(key: str, words: str) -> bool:
    """Whether a damaged cell stands where the words of a column should: a sign or a number."""
    if not any(letter.isalnum() for letter in words):
        return "%" not in words
    return key != "attainment" and words.isdecimal() and _YEAR.fullmatch(words) is None


@lru_cache(maxsize=1 << 12)
def _says_something_else(key: str, above: str, words: str) -> bool:
    """Whether a column of a group has only words of its own that its form does not know.

    The last syllable of a word broken over rows is known with the one above it: "Tỷ / lệ".
    """
    weights, _ = _vocabulary(key)
    _, rules = _canonical()

    def known(bag: frozenset[str]) -> bool:
        own = (word for word in bag if rules.get(word) != "skip")
        return any(word in weights or word in rules or word.isdigit() for word in own)

    bag = _near_words(key, words)
    if known(bag) or all(rules.get(word) == "skip" for word in bag):
        return False
    return not known(_bag(f"{above} {words}") - _bag(above))


@lru_cache(maxsize=1 << 10)
def _mended(key: str, header: str) -> str | None:
    """Return a heading with the letters put back that were lost as ``?``; None where unclear."""
    if _LOST.search(header) is None:
        return header
    known = {word for form_words in _spoken(key) for word in form_words}
    found = []
    for word in header.split():
        if _LOST.search(word) is None:
            found.append(word)
            continue
        parts = [re.escape(tokens(part)) for part in _LOST.split(word)]
        if not any(parts):
            return None
        if "".join(parts).isdigit():
            found.append(_LOST.sub("", word))  # "#1": no encoding loses a digit
            continue
        like = [one for one in known if re.fullmatch(".".join(parts), one)]
        if len(like) != 1:
            return None
        found.append(like[0])
    return " ".join(found)


@lru_cache
def _spoken(key: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a form's headings as they are spoken, without synonyms."""
    columns = all_forms()[key].columns
    return tuple(tuple(tokens(words).split()) for one in columns for words in one.words)


def _money_meanings(
    path: tuple[str, ...], header: str, folded: str, year: int | None, over: tuple[str, ...]
) -> tuple[HeadingMeaning, ...]:
    column = Column(0, header, path, folded)
    own = ": ".join(path[len(over) :])
    name, score = _funding_column(
        replace(column, header=own, path=path[len(over) :], folded=tokens(own)) if over else column
    )
    if name is None:
        return ()
    if name not in MEASURES:
        return (HeadingMeaning(name, score),)
    when = money_time(folded, name, year)
    return (HeadingMeaning(name, score, facets=facets_of(column), when=when),)


def _word_meanings(
    key: str, path: tuple[str, ...], folded: str, when: When
) -> tuple[HeadingMeaning, ...]:
    """Compare the words of a heading with those of each column of a form."""
    bag = _near_words(key, folded)
    best: dict[str, float] = {}
    for name, phrase in _vocabulary(key)[1]:
        score = _score(key, name, phrase, bag)
        if score > best.get(name, 0.0):
            best[name] = score
    if key == "attainment":
        leaf = tokens(path[-1]) if path else ""
        for spec in all_forms()[key].columns:
            if spec.name in ("criterion", "met"):
                continue
            if any(tokens(words) == leaf for words in spec.words):
                best[spec.name] = max(best.get(spec.name, 0.0), 1.1)
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < LEAST_SCORE:
        return ()
    return tuple(HeadingMeaning(name, score, when=when) for name, score in ranked[:3])


def knows_all_words(key: str, header: str) -> bool:
    """Whether a heading has no word that its form does not know.

    >>> knows_all_words("poverty", "Số hộ"), knows_all_words("poverty", "Số ấp")
    (True, False)
    """
    weights, _ = _vocabulary(key)
    _, rules = _canonical()
    return all(
        word in weights or word in rules or word.isdigit() for word in _near_words(key, header)
    )


@lru_cache(maxsize=1 << 12)
def says_wholly(key: str, header: str, name: str) -> bool:
    """Whether a heading has every word of one of the form's headings for a column.

    >>> says_wholly("poverty", "Tổng số hộ DTTS", "ethnic_households_hh")
    True
    >>> says_wholly("poverty", "Hộ DTTS", "ethnic_households_hh")
    False
    """
    bag = _near_words(key, header)
    return any(phrase <= bag for known, phrase in _vocabulary(key)[1] if known == name)


def _telling(bag: frozenset[str]) -> frozenset[str]:
    """Return the words that tell a column from the others of its form."""
    _, rules = _canonical()
    return frozenset(word for word in bag if rules.get(word) in ("both", "poor", "when"))


@lru_cache(maxsize=1 << 12)
def may_stand_for(key: str, header: str, name: str) -> bool:
    """Whether a heading that has lost words may be that of a column: the form has all it says.

    >>> may_stand_for("poverty", "Số hộ", "poor_end_hh")
    True
    >>> may_stand_for("poverty", "Số hộ nghèo đầu năm", "poor_end_hh")
    False
    >>> may_stand_for("poverty", "Số hộ nghèo cuối năm: Tỷ l", "poor_end_pct")
    True
    """
    if _LOST.search(header) or _misspelt(key, header, name):
        return True
    _, rules = _canonical()
    bag = {
        word
        for word in _near_words(key, header)
        if not word.isdigit() and rules.get(word) != "skip"
    }
    return any(bag <= phrase for known, phrase in _vocabulary(key)[1] if known == name)


@lru_cache(maxsize=1 << 12)
def speaks_of(key: str, header: str, name: str) -> bool:
    """Whether a heading has just those words that tell a column from the form's others.

    >>> speaks_of("poverty", "Phần tăng của hộ nghèo: tái nghèo", "poor_fell_back_hh")
    True
    >>> speaks_of("poverty", "Số khẩu tái nghèo", "poor_fell_back_hh")
    False
    """
    said = _telling(_near_words(key, header))
    phrases = (phrase for known, phrase in _vocabulary(key)[1] if known == name)
    return bool(said) and any(_telling(phrase) == said for phrase in phrases)


_PARTS = frozenset(("tyle", "dtts"))
"""What may be told of any count of a form, though the form does not ask for it."""

LIKE_THE_FORM, OWN_LIKE_IT = 0.65, 0.5
"""Letters, three by three, that a heading has in common with its form's; its own words at least."""


def _in_threes(words: str) -> list[str]:
    """Return the letters and digits of some words three by three."""
    joined = "".join(letter for letter in words.lower() if letter.isalnum())
    return [joined[at : at + 3] for at in range(len(joined) - 2)]


@lru_cache
def _threes(key: str) -> frozenset[str]:
    """Return the letters of a form's headings three by three, with and without accents."""
    said = [words for one in all_forms()[key].columns for words in one.words]
    return frozenset(
        three for words in said for three in _in_threes(words) + _in_threes(fold(words))
    )


@lru_cache(maxsize=1 << 12)
def is_whole(key: str, header: str, name: str) -> bool:
    """Whether a heading has all words of one of a column's headings, and none that is misspelt.

    >>> is_whole("poverty", "Tổng số hộ DTTS", "ethnic_households_hh")
    True
    >>> is_whole("poverty", "Số hộ cậnn ghèo cuối năm: Số hộ", "poor_end_hh")
    False
    """
    words = tokens(header).split()
    return says_wholly(key, header, name) and all(
        word.isdigit() or word in _ordinary() or word in _known(key) for word in words
    )


def _is_no_word(key: str, word: str) -> bool:
    """Whether some letters are neither a word of administration nor one of a form's headings."""
    if not word.isalpha() or fold(word) in _known(key) or (word.isupper() and len(word) > 1):
        return False
    return fold(word) not in _ordinary() if word.isascii() else word.lower() not in listed_words()


@lru_cache
def _spelled(key: str) -> frozenset[str]:
    """Return the words of a form's headings with their accents."""
    said = (words for one in all_forms()[key].columns for words in one.words)
    return frozenset(word.strip(":").lower() for words in said for word in words.split())


@lru_cache(maxsize=1 << 12)
def seems_of(key: str, readings: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a heading looks like one of its form's that was damaged, however it is read.

    >>> seems_of("poverty", (("Số hộận nghè cui năm", "S ốhộ"),))
    True
    >>> seems_of("poverty", (("Tổng số hộ dân cư", "Nhân khẩu"),))
    False
    >>> seems_of("poverty", (("Tổng số hộ nghèo và cận nghèo cuối năm", "Số hộ"),))
    False
    >>> seems_of("poverty", (("Mã xã",),)), seems_of("poverty", (("Mà xã",),))
    (False, False)
    >>> seems_of("poverty", (("Số hộ cận nghèo cuối năm", "Số ấp"), ("Số ấp",)))
    False
    """
    return all(
        not any(_OF_NO_FORM.search(tokens(part)) for part in path) and _seems_of(key, path)
        for path in readings
    )


def _seems_of(key: str, path: tuple[str, ...]) -> bool:
    """Whether words look like a damaged heading of a form: by its letters, or for none."""
    header = ": ".join(path)
    own = _telling(_near_words(key, header))
    told = {_telling(phrase) for _, phrase in _vocabulary(key)[1]}
    words = [word.strip(":") for word in header.split()]
    damaged = any(_is_no_word(key, word) for word in words)
    if not own <= frozenset().union(*told):
        return False  # of people, of other decreases: of what the form has not
    if not any(own <= one for one in told) and not damaged:
        # The rate at the start of a year is a column of its own; "cuối năm: Thoát DTTS" is none.
        return not any(own - _PARTS <= one for one in told)
    if damaged or all(word.lower() in _spelled(key) for word in words):
        return True
    threes = [_in_threes(words) for words in ("".join(path), "".join(path[-1:]))]
    return all(
        sum(three in _threes(key) for three in held) >= least * len(held)
        for held, least in zip(threes, (LIKE_THE_FORM, OWN_LIKE_IT), strict=True)
    )


LIKE_A_WORD = 60
"""A word of a few letters that has lost one is so alike (0–100) to what it was."""


def _misspelt(key: str, header: str, name: str) -> bool:
    """Whether a heading has a column's words one for one, some of them no words as they stand."""
    said = tokens(header).split()
    for words in all_forms()[key].column(name).words:
        meant = tokens(words).split()
        if len(meant) == len(said) and all(
            one == other or (one not in _ordinary() and fuzz.ratio(one, other) >= LIKE_A_WORD)
            for one, other in zip(said, meant, strict=True)
        ):
            return True
    return False
