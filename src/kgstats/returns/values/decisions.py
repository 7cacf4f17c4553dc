"""Numbers of recognition decisions, and the words that stand where one is expected.

A decision is known by its number: ``1510/QĐ-UBND``. ``Đang trình``, ``Chưa có`` or the number of a
proposal (``Tờ trình 15/TTr-UBND``) say that there is none yet; anything else is refused, and so is
a decision of which more is said than that it recognises a commune: one on a plan, on a committee.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kgstats.reference import unit_types
from kgstats.returns.values.dates import read_date
from kgstats.returns.values.meanings import clauses_of
from kgstats.text import fold

_DAY = re.compile(r"[,;(]?\s*(?:ký\s+)?(?:ngày\s+)?(\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}|"
                  r"ngày\s+\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})\)?", re.IGNORECASE)  # fmt: skip
_PAPER = r"(?:ub(?:nd)?\s*[-–.]\s*)?q\s*[đd](?:ub)?\b"
"""A decision as its number says it: ``QĐ-UBND``, ``UBND-QĐ``, ``QĐUB``."""
_SIGNED = re.compile(rf"\d\s*/\s*(?:\d{{4}}\s*/\s*)?{_PAPER}", re.IGNORECASE)
_NAMED = re.compile(
    r"\b(?:quyết\s+định|quyet\s+dinh|qđ|qd)[\s:.\-]*(?:số|so)?[\s:.]*(\d{1,5})\b", re.IGNORECASE
)
_BARE = re.compile(r"^(?:số|so)?[\s:.]*(\d{1,5})$", re.IGNORECASE)
_OTHER_PAPER = re.compile(rf"\d\s*/\s*(?!{_PAPER})[a-zđ]{{2,}}", re.IGNORECASE)
_BEFORE_A_NAME = frozenset(fold(one.split()[-1]) for one in unit_types.words()) - {*"fhpqtx"}
_LONGEST_NAME = 3
"""No name of a place behind these words has more words."""
_LEAST = 10
"""A bare number below this is a mark or a count, not the number of a decision."""
_YEARS = range(1990, 2050)


FIRST_DECISION = 2009
"""The year of the first set of criteria: no commune was recognised before."""


def decision_days(year: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a decision that recognises a commune in a year.

    A commune assessed for a year and decided on in the next counts in the next.

    >>> decision_days(2019)[1]
    datetime.date(2019, 12, 31)
    """
    return dt.date(FIRST_DECISION, 1, 1), dt.date(year, 12, 31)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a cell in the column of decisions says.

    ``rule`` is ``number`` (a decision, with ``number`` and, where it is there, ``day``), ``absent``
    (the cell says that there is none) or ``unreadable``.
    """

    rule: Literal["number", "absent", "unreadable"]
    number: str | None = None
    day: dt.date | None = None


@lru_cache(maxsize=1 << 12)
def read_decision(text: str) -> Decision:
    """Read a cell of the column of decisions.

    >>> read_decision("1510/QĐ-UBND ngày 12/07/2019")
    Decision(rule='number', number='1510/QĐ-UBND', day=datetime.date(2019, 7, 12))
    >>> read_decision("Đang trình").rule, read_decision("x").rule, read_decision("0").rule
    ('absent', 'unreadable', 'absent')
    """
    plain = " ".join(text.replace("Ð", "Đ").replace("ð", "đ").split()).strip(" .;,")
    if not plain.strip("0/-–—…_ .") or plain.lower() == "n/a":
        return Decision("absent")
    clauses = clauses_of("decisions", plain)
    turned = any(clause.kinds & {"denies", "foresees"} for clause in clauses)
    written = _SIGNED.search(plain) or _NAMED.search(plain)
    if written is None and not turned:
        bare = _BARE.match(plain)
        if bare is not None and int(bare[1]) >= _LEAST and int(bare[1]) not in _YEARS:
            return Decision("number", plain)
    if written is not None:
        if turned or _OTHER_PAPER.search(plain) or _on_something_else(plain):
            return Decision("unreadable")  # a draft, a decision taken back, two papers
        day = _DAY.search(plain)
        when = read_date(day[1].removeprefix("ngày ")).value if day is not None else None
        if day is not None and when is not None:
            plain = f"{plain[: day.start()].rstrip(' ,;(')} {plain[day.end() :].lstrip(' ,;)')}"
            plain = plain.strip()
        return Decision("number", plain, when)
    if turned or _OTHER_PAPER.search(plain):
        return Decision("absent")
    return Decision("unreadable")


def _on_something_else(text: str) -> bool:
    """Whether more is said of a decision than that it recognises a commune, and whose it is.

    >>> _on_something_else("QĐ phê duyệt quy hoạch 12/QĐ-UBND")
    True
    >>> _on_something_else("QĐ 12/QĐ-UBND của UBND tỉnh Kiên Giang công nhận xã Phú Lợi đạt chuẩn")
    False
    >>> _on_something_else("QĐ 12/QĐ-UBND do Phó Chủ tịch ký (bản sao đính kèm)")
    False
    """
    kept: list[str] = []
    name = 0
    for word in text.split():
        bare = word.strip(".,;:()")
        if any(letter.isdigit() for letter in word):
            name = 0
        elif fold(bare) in _BEFORE_A_NAME and bare.lower() != "phó":
            name = _LONGEST_NAME
        elif name and bare[:1].isupper():
            name -= 1
        else:
            name = 0
            kept.append(word)
    return any("unknown" in one.kinds for one in clauses_of("decisions", " ".join(kept)))
