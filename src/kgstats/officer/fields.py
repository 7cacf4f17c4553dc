"""The columns of a form as an officer fills them in: what is typed, chosen, or worked out.

Everything here follows from the form files of `kgstats.returns.forms` and the registry: a changed
form is a changed template.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from kgstats import registry
from kgstats.returns.forms import MARK_NAMES, Form, all_forms, form_rows, split_words
from kgstats.returns.guidance import guidance
from kgstats.returns.identities import identities

LISTINGS = {
    "level": "levels", "status": "statuses", "component": "components", "source": "sources",
    "kind": "kinds", "cause": "causes",
}  # fmt: skip
"""The file of words of each controlled list an officer chooses from."""

NOT_ASKED = ("year", "district_code", "programme", "cut_off", "met", "unit")
"""Columns that the title, the letterhead or another column says."""

MAY_BE_BLANK = frozenset(
    ("level", "decision_no", "decision_date", "status", "disbursed_vnd", "cause", "note")
)
"""What is left blank where there is none, or while it is not known."""

ORDER, CHECK = "order", "check"


@dataclass(frozen=True)
class Field:
    """One column of a form in the template.

    ``kind`` is ``order``, ``place``, ``mark``, ``count``, ``money``, ``rate``, ``counted``,
    ``words``, ``text``, ``date``, ``year`` or ``check``.
    """

    name: str
    heading: tuple[str, ...]
    kind: str
    listing: str = ""

    @property
    def typed(self) -> bool:
        """Whether the officer fills it in."""
        return self.kind in ("mark", "count", "money", "words", "text", "date", "year")

    @property
    def numeric(self) -> bool:
        """Whether it holds a typed number."""
        return self.kind in ("count", "money", "year")

    @property
    def needed(self) -> bool:
        """Whether a row is not whole without it."""
        return self.typed and self.name not in MAY_BE_BLANK


@lru_cache
def fields(key: str) -> tuple[Field, ...]:
    """Return the columns of a form from left to right.

    >>> [one.name for one in fields("funding")][:4]
    ['order', 'component', 'source', 'kind']
    """
    form = all_forms()[key]
    found = [Field(ORDER, ("TT",), ORDER)]
    for column in form.columns:
        if column.name in NOT_ASKED or not column.words:
            continue
        if column.name == "criterion":
            found += [
                Field(name, (words,), "mark")
                for name, words in zip(MARK_NAMES, column.words, strict=True)
            ]
            continue
        heading = tuple(part.strip() for part in column.words[0].split(":"))
        found.append(Field(column.name, heading, *_kind(form, column.name)))
    found.append(Field(CHECK, (guidance("column")[1],), CHECK))
    return tuple(found)


def _kind(form: Form, name: str) -> tuple[str, str]:
    """Return what kind of column it is, and the list its words are taken from."""
    tables = registry.forms()[form.number]
    table = next(one for one in tables if name in [c.name for c in registry.tables()[one].columns])
    held = registry.column(table, name)
    if name == "commune_code":
        return "place", ""
    if held.codes in LISTINGS:
        return "words", LISTINGS[held.codes]
    worked_out = {one.at for one in identities(table) if one.relation == "="}
    if held.unit == "percent" and name in worked_out:
        return "rate", ""
    if held.unit == "criteria" and name in worked_out:
        return "counted", ""
    if held.dtype == "date":
        return "date", ""
    if held.unit == "đồng":
        return "money", ""
    if held.dtype == "int":
        return ("count" if held.unit else "year"), ""
    return "text", ""


@lru_cache
def listed(listing: str) -> tuple[str, ...]:
    """Return the words an officer chooses from, one for each code.

    A component says the programme it stands under, where the form gives two the same words.

    >>> listed("kinds")
    ('Đầu tư phát triển', 'Sự nghiệp')
    """
    if listing == "components":
        return tuple(
            split_words(row["words"])[0] + (f" ({row['under']})" if row["under"] else "")
            for row in form_rows(listing)
        )
    codes = registry.codes({file: code for code, file in LISTINGS.items()}[listing])
    first: dict[str, str] = {}
    for row in form_rows(listing):
        words = split_words(row["words"])
        # The short form of the list is for tables; people choose among whole words.
        whole = next((one for one in words if not one.isupper()), words[0])
        if row.get("whole") != "no":
            first.setdefault(row["code"], whole)
    return tuple(first[code] for code in codes if code in first)


def marks() -> tuple[str, str]:
    """Return what is typed for a criterion met, and for one that is not.

    >>> marks()
    ('Đ', 'CĐ')
    """
    rows = [row for row in form_rows("marks") if row["kind"] == "word"]
    yes, no = (next(row for row in rows if row["met"] == met) for met in ("yes", "no"))
    return split_words(yes["marks"])[0].upper(), split_words(no["marks"])[0].upper()
