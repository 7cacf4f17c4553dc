"""What words in a cell mean: the code they stand for, and whether they say, deny or foresee it.

``Chưa đạt chuẩn nông thôn mới`` names the standard and denies it, ``Phấn đấu đạt nâng cao`` names a
level that is not reached. A text is therefore read whole: its clauses, the longest listed phrases
in each, and the words around them that turn their sense. Phrases and sense words are data
(``returns/forms/*.csv``); what does not follow clearly from them is refused, never guessed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from kgstats.returns.forms import NEAR_VALUE, code_words, form_rows, split_words
from kgstats.returns.layout import tokens
from kgstats.text import fold, tone_normal

Sense = Literal["said", "denied", "foreseen", "doubtful"]

UNLISTED = "unlisted"
"""What a text names that is known and none of the list: commune budgets, credit."""

_WORD_OR_END = re.compile(r"[^\W_]+|%|[,;()\[\]+&/…]|\.(?=\s|$)|\s[-–]\s")
_EITHER = re.compile(r"[/&+]")
"""Signs between two things of which none goes on with the other: ``Đạt chuẩn/nâng cao``."""
_YEAR = re.compile(r"(?<![-–\d])(?<![-–] )\b20\d\d\b")
"""A year that is not the end of a span: ``giai đoạn 2016-2020`` began before."""
_CONJUNCTIONS = frozenset(("va", "nhung", "song"))
_SMALL = 2
"""A word of so few letters says nothing inside a longer text, even an abbreviation."""
_SPAN = 9
"""No listed phrase has more words."""


@dataclass(frozen=True, slots=True)
class Said:
    """One listed phrase of a text: its code, and in which sense the text says it."""

    code: str
    sense: Sense


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a text: its listed phrases and what its other words do."""

    phrases: tuple[Said, ...]
    kinds: frozenset[str]
    """What its words are, taken together: ``denies``, ``foresees``, ``finished``, ``unknown``."""

    def codes(self, sense: Sense) -> set[str]:
        """Return the codes that the clause names in one sense."""
        return {one.code for one in self.phrases if one.sense == sense}


class _Phrase(NamedTuple):
    code: str
    activity: bool
    """Whether it names a thing to be done, which is an obstacle only until it is done."""
    scope: str
    """Beside which words it counts: ``any``, ``fillers`` only (a small word says nothing in a
    longer text), or none, as a whole ``clause``."""


class _Word(NamedTuple):
    folded: str
    spelled: str


class _Piece(NamedTuple):
    """A run of words of a clause: a listed phrase, a word of a sense, or another word."""

    kind: str
    words: tuple[_Word, ...]
    phrase: _Phrase | None = None


# --- the lists ----------------------------------------------------------------------------------


@lru_cache
def _phrases(listing: str) -> dict[tuple[str, ...], _Phrase]:
    """Return the phrases of a list, by their folded words."""
    found: dict[tuple[str, ...], _Phrase] = {}
    others = [row for row in form_rows(UNLISTED) if row["listing"] == listing]
    for row in (*({**row, "code": UNLISTED} for row in others), *form_rows(listing)):
        for words in split_words(row["words"]):
            key = tuple(tokens(words).split())
            small = len(key) == 1 and not (words.isupper() and len(words) > _SMALL)
            scope = {"yes": "clause", "no": "any"}.get(row.get("whole", ""))
            scope = scope or ("fillers" if small else "any")
            found[key] = _Phrase(row["code"], bool(row.get("activity")), scope)
    return found


@lru_cache
def _senses(listing: str) -> dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]]:
    """Return the words that turn a sense in a list: folded words → spelled words and sense."""
    found: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
    # What a list says of its own words comes before what holds for all lists.
    for row in sorted(form_rows("sense_words"), key=lambda row: row["listing"] == ""):
        if row["listing"] not in ("", listing):
            continue
        for words in split_words(row["words"]):
            spelled = tuple(tone_normal(words).lower().split())
            found.setdefault(tuple(fold(words).split()), []).append((spelled, row["sense"]))
    return found


def _sense_of(listing: str, words: tuple[_Word, ...]) -> str | None:
    """Return the sense of some words; letters with accents must be those of the list.

    ``cho`` (for) and ``chờ`` (awaiting) are one only where nothing is accented.
    """
    for spelled, sense in _senses(listing).get(tuple(word.folded for word in words), ()):
        if all(
            word.spelled in (one, word.folded) for word, one in zip(words, spelled, strict=True)
        ):
            return sense
    return None


# --- clauses ------------------------------------------------------------------------------------


def _split(text: str) -> list[list[_Word]]:
    found: list[list[_Word]] = [[]]
    for match in _WORD_OR_END.findall(tone_normal(text).replace("\n", " ; ")):
        folded = fold(match)
        if (folded.isalnum() or folded == "%") and folded not in _CONJUNCTIONS:
            found[-1].append(_Word(folded, match.lower()))
        else:
            found.append([])
    return [clause for clause in found if clause]


@lru_cache(maxsize=1 << 12)
def clauses_of(listing: str, text: str) -> tuple[Clause, ...]:
    """Read the clauses of a text in the words of a controlled list.

    >>> [one.phrases for one in clauses_of("levels", "Đạt chuẩn, chưa đạt nâng cao")]
    [(Said(code='standard', sense='said'),), (Said(code='advanced', sense='denied'),)]
    """
    listed = _phrases(listing)
    found: list[Clause] = []
    for part in _EITHER.split(text):
        clauses = _split(part)
        whole = listed.get(tuple(word.folded for clause in clauses for word in clause))
        if whole is not None:
            found.append(Clause((Said(whole.code, "said"),), frozenset()))
        else:
            found.extend(_clause(_pieces(listing, one)) for one in _joined(listed, clauses))
    return tuple(found)


def _joined(
    listed: dict[tuple[str, ...], _Phrase], clauses: list[list[_Word]]
) -> list[list[_Word]]:
    """Join two clauses where a listed phrase spans both: ``các chương trình, dự án``."""
    joined: list[list[_Word]] = []
    for clause in clauses:
        last = joined[-1] if joined else []
        if any(
            tuple(word.folded for word in last[-left:] + clause) in listed
            for left in range(2, min(_SPAN, len(last)) + 1)
        ):
            last.extend(clause)
        else:
            joined.append(list(clause))
    return joined


def _pieces(listing: str, clause: list[_Word]) -> list[_Piece]:
    """Cut a clause into listed phrases and sense words, the longest first."""
    listed = _phrases(listing)
    folded = tuple(word.folded for word in clause)
    if folded in listed:
        return [_Piece("phrase", tuple(clause), listed[folded])]
    found: list[_Piece] = []
    at = 0
    while at < len(clause):
        piece = _Piece("filler" if folded[at].isdigit() else "unknown", (clause[at],))
        for size in range(min(_SPAN, len(clause) - at), 0, -1):
            words = tuple(clause[at : at + size])
            phrase = listed.get(folded[at : at + size])
            if phrase is not None and phrase.scope != "clause":
                piece = _Piece("phrase", words, phrase)
                break
            sense = _sense_of(listing, words)
            # A lone "k" is "không" where it begins; elsewhere it is a letter.
            if sense is not None and (folded[at] != "k" or at == 0):
                piece = _Piece(sense, words)
                break
        found.append(piece)
        at += len(piece.words)
    if any(piece.kind == "unknown" for piece in found):
        found = [
            _Piece("unknown", piece.words)
            if piece.phrase is not None and piece.phrase.scope == "fillers"
            else piece
            for piece in found
        ]
        near = _near(listed, folded, found)
        if near is not None:
            return [_Piece("phrase", tuple(clause), near)]
    return found


def _near(
    listed: dict[tuple[str, ...], _Phrase], folded: tuple[str, ...], pieces: list[_Piece]
) -> _Phrase | None:
    """Return the one listed phrase that a clause is a misspelling of, word for word."""
    text = " ".join(folded)
    if len(text) < 5 or any(piece.kind in ("denies", "foresees") for piece in pieces):
        return None
    alike = {
        phrase.code: phrase
        for words, phrase in listed.items()
        if len(words) == len(folded)
        and fuzz.ratio(" ".join(words), text) >= NEAR_VALUE
        and all(a == b or _slip(a, b) for a, b in zip(words, folded, strict=True))
    }
    return next(iter(alike.values())) if len(alike) == 1 else None


def _slip(left: str, right: str) -> bool:
    """Whether two words differ by one slip of the hand; digits and short words never do."""
    return min(len(left), len(right)) > 2 and OSA.distance(left, right) <= 1


def _clause(pieces: list[_Piece]) -> Clause:
    phrases = tuple(
        Said(piece.phrase.code, _sense(pieces, at, piece.phrase))
        for at, piece in enumerate(pieces)
        if piece.phrase is not None
    )
    return Clause(phrases, frozenset(piece.kind for piece in pieces))


def _sense(pieces: list[_Piece], at: int, phrase: _Phrase) -> Sense:
    """Return in which sense a clause says one of its phrases."""
    before = [piece.kind for piece in pieces[:at]]
    every = [piece.kind for piece in pieces]
    if "foresees" in every:
        return "foreseen"
    if "finished" in every:
        # "Chưa xong" denies the end, not the thing.
        turns = [kind for kind in every if kind in ("denies", "finished")]
        open_still = ("denies", "finished") in itertools.pairwise(turns)
        return "said" if open_still else "denied"
    denied = before.count("denies")
    if phrase.activity and not denied and "begun" in before:
        return "denied"
    if not denied:
        return "doubtful" if _denied_behind(pieces[at + 1 :]) else "said"
    last = max(place for place, kind in enumerate(before) if kind == "denies")
    if phrase.activity and pieces[last].words[0].folded == "chua":
        return "said"
    clear = denied == 1 and "unknown" not in before[last:]
    return "denied" if clear else "doubtful"


def _denied_behind(behind: list[_Piece]) -> bool:
    """Whether a clause ends by denying what it named: ``Nâng cao: không``, ``Đạt chưa công nhận``.

    A denial of something else follows a phrase too: ``Giao vốn chậm không kịp thi công``.
    """
    denials = [place for place, piece in enumerate(behind) if piece.kind == "denies"]
    return bool(denials) and not any(
        piece.phrase is not None or piece.kind == "unknown" for piece in behind[denials[0] :]
    )


@lru_cache
def offered(listing: str) -> tuple[str, ...]:
    """Return the first words of each code of a list, for an advice.

    >>> offered("kinds")
    ('ĐTPT', 'Sự nghiệp')
    """
    return tuple(code_words(listing, code) for code in _order(listing))


# --- what columns of words mean -----------------------------------------------------------------


def _in_sense(clauses: Iterable[Clause], sense: Sense) -> set[str]:
    return {code for clause in clauses for code in clause.codes(sense)}


@lru_cache
def _order(listing: str) -> dict[str, int]:
    codes = dict.fromkeys(row["code"] for row in form_rows(listing))
    return {code: place for place, code in enumerate(codes)}


@lru_cache(maxsize=1 << 12)
def level_of(text: str, year: int | None = None) -> str | None:
    """Return the level of the standard that a text says a commune has; None where it is not said.

    A level that is foreseen or awaited is none yet, but not ``none`` either: in a return of 2019
    ``Đạt chuẩn năm 2020`` is. A word that is not known may turn the whole text.

    >>> level_of("Đạt chuẩn NTM nâng cao"), level_of("Chưa được công nhận xã nông thôn mới")
    ('advanced', 'none')
    >>> level_of("Phấn đấu đạt chuẩn") is level_of("Đạt chuẩn năm 2020", 2019) is None
    True
    """
    later = year is not None and any(int(one) > year for one in _YEAR.findall(text))
    if "?" in text:
        return None
    order = _order("levels")
    said: set[str] = set()
    denied: set[str] = set()
    foreseen: set[str] = set()
    for clause in clauses_of("levels", text):
        if "unknown" in clause.kinds or clause.codes("doubtful"):
            return None
        here = clause.codes("said")
        if here:
            # "Đạt chuẩn nông thôn mới nâng cao" names one level, the highest of its phrases.
            said.add(max(here, key=order.__getitem__))
        denied |= clause.codes("denied")
        foreseen |= clause.codes("foreseen")
        if not clause.phrases and clause.kinds & {"denies", "foresees"}:
            foreseen.add("standard")  # "chưa có quyết định", "đang trình": of what stands before
    if "none" in said or (not said and "standard" in denied):
        return "none" if said <= {"none"} else None
    if len(said) != 1 or later:
        return None
    (level,) = said
    higher = {code for code, place in order.items() if place > order[level]}
    return level if denied | foreseen <= higher else None


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entry of a controlled list a cell chooses; ``several`` where it names more than one."""

    code: str | None
    several: tuple[str, ...] = ()


@lru_cache(maxsize=1 << 12)
def choice_of(listing: str, text: str) -> Choice:
    """Return the one code that a text chooses from a list; none where it denies or names several.

    >>> choice_of("sources", "Vốn NSTW hỗ trợ").code
    'central'
    >>> choice_of("sources", "NSTW, NS tỉnh, NS huyện").several
    ('central', 'district', 'province')
    """
    clauses = clauses_of(listing, text)
    said = _in_sense(clauses, "said")
    if len(said) > 1:
        return Choice(None, tuple(sorted(said)))
    if said == {UNLISTED} or any(clause.kinds & {"denies", "foresees"} for clause in clauses):
        return Choice(None)
    return Choice(said.pop() if said else None)


@lru_cache(maxsize=1 << 12)
def cause_of(text: str) -> Choice:
    """Return the cause of slow payment that a text gives: none where it says there is none.

    ``other`` stands for a cause that is none of the list, and for a text that gives several or
    leaves open whether it gives one; its words are kept beside it.

    >>> cause_of("Không vướng giải phóng mặt bằng").code, cause_of("Chưa xong GPMB").code
    (None, 'land')
    >>> cause_of("Giao vốn chậm; vướng đền bù")
    Choice(code='other', several=('land', 'late_allocation'))
    """
    said: set[str] = set()
    left_open = none_before = False
    for clause in clauses_of("causes", text):
        named, denied = clause.codes("said"), clause.codes("denied")
        if "any" in denied or (named == {"any"} and none_before and "unknown" not in clause.kinds):
            # "GPMB không vướng mắc": what has no obstacle is none; "không khó khăn, vướng mắc gì".
            named, denied = set(), {"any"}
        none_before = "any" in denied
        said |= named - {"any"}
        settled = denied or _denies_all(clause)
        doubtful = clause.codes("doubtful") | clause.codes("foreseen")
        left_open = left_open or bool(doubtful or named == {"any"} or not (named or settled))
    if len(said) > 1:
        return Choice("other", tuple(sorted(said)))
    if said:
        # Words beside the one cause explain it: "Giao vốn chậm (tháng 10)".
        return Choice(said.pop())
    return Choice("other" if left_open else None)


def _denies_all(clause: Clause) -> bool:
    """Whether a clause without a cause says that there is none: ``Không``, ``Đã xong``."""
    turns = clause.kinds & {"denies", "finished"}
    return len(turns) == 1 and not clause.phrases and "unknown" not in clause.kinds


@lru_cache(maxsize=1 << 12)
def status_of(text: str) -> str | None:
    """Return the status of a commune that a note is a witness of, or None.

    >>> status_of("Chờ công nhận"), status_of("Đã có quyết định công nhận")
    ('pending', 'recognised')
    >>> status_of("Đã trình, chưa công nhận") is None
    True
    """
    clauses = clauses_of("statuses", text)
    said = _in_sense(clauses, "said")
    if any(not clause.phrases and "foresees" in clause.kinds for clause in clauses):
        return None
    return said.pop() if len(said) == 1 else None
