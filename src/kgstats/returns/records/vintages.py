"""The year that headings say of money: of a plan, of money carried over, or of figures to compare.

“Vốn năm 2018 chuyển sang” above lines of money says of which plan they are; “Năm 2018” may head
last year's figures as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kgstats.returns.columns.heading_words import plan_year_of
from kgstats.returns.columns.matching import Mapped
from kgstats.returns.layout import Seen, tokens
from kgstats.returns.records.lines import Place
from kgstats.returns.records.table import TableRows

FIRST_YEAR = 2000
"""No plan year of the programmes is earlier."""
CARRIED = re.compile(r"\b(keo dai|chuyen (tiep|nguon|sang|qua))\b")
_PLANNED = re.compile(r"\b(von|ke hoach|kh|nguon|du toan)\b")
_DONE = re.compile(r"\b(thuc hien|ket qua|so lieu|cung ky|so voi|uoc)\b")
_UNTIL = re.compile(r"(?i)\bđến (?:hết )?năm 20\d\d")
_RELATIVE = re.compile(r"\b(?:nam (?:truoc|ngoai|nay)|cung ky)\b")
_ONLY_A_YEAR = re.compile(
    r"(?:(?:von|nguon|ke hoach|kh|thuc hien|so lieu|cung ky) )*nam (?:20\d\d|nay|truoc|ngoai)"
)


class Vintage(NamedTuple):
    """The year that a heading says of the money below it."""

    year: int
    certain: bool
    """Whether it is surely the year of the plan; "Năm 2018" may head last year's figures too."""
    seen: Seen


def vintage_of(label: Seen | None, year: int) -> Vintage | None:
    """Return the year that a heading between lines of money names, weighed against the report's.

    Money is of an earlier plan where the heading speaks of a plan, or of what was carried over;
    any other year is that of figures to compare with, or leaves open which.
    """
    if label is None:
        return None
    folded = label.folded
    said = plan_year_of(_UNTIL.sub(" ", label.text))
    if said is None and (relative := _RELATIVE.search(folded)):
        said = year - (relative[0] != "nam nay")
    if said is None or said < FIRST_YEAR:
        return None
    certain = said == year or (said < year and names_a_plan(folded))
    return Vintage(said, certain, label)


def names_a_plan(folded: str) -> bool:
    """Say whether words with a year speak of the plan of money, or of money carried over.

    >>> names_a_plan("von nam 2018"), names_a_plan("thuc hien nam 2018"), names_a_plan("nam 2018")
    (True, False, False)
    """
    planned = _PLANNED.search(folded) is not None and _DONE.search(folded) is None
    return planned or CARRIED.search(folded) is not None


def heads_a_year(folded: str) -> bool:
    """Say whether words name a year and nothing else that money could be of.

    >>> heads_a_year("thuc hien nam 2018"), heads_a_year("nong thon moi nam 2018")
    (True, False)
    """
    return _ONLY_A_YEAR.fullmatch(folded) is not None


@dataclass(slots=True, eq=False)
class Vintages:
    """The years that headings between lines of money name, with the rows they hold for."""

    held: dict[Place, tuple[Vintage, list[int]]] = field(default_factory=dict)
    """By the heading's cell: its year, and the rows below that state none of their own."""

    def take(self, vintage: Vintage | None, row: int) -> bool:
        """Note that a row is of the year above it; returns False where that is not certain."""
        if vintage is None:
            return True
        self.held.setdefault(vintage.seen.place, (vintage, []))[1].append(row)
        return vintage.certain

    def doubt(self, table: TableRows) -> None:
        """Refuse the rows below a heading that may be of another year's figures."""
        for vintage, rows in self.held.values():
            if not vintage.certain:
                table.work.find(
                    "section_of_another_year", seen=vintage.seen, stated=vintage.year,
                    year=table.whose.year, count=len(rows),
                )  # fmt: skip

    def columns(self, table: TableRows, measures: Sequence[Mapped]) -> list[Mapped]:
        """Return the columns of numbers without last year's, where the rows say their years.

        A year over columns is that of the plan only where no heading between the rows says it; of
        those it is open whether it is.
        """
        year = table.whose.year
        now = {one.name for one in measures if one.facets.plan_year == year}
        of_another = [one for one in measures if one.facets.plan_year not in (None, year)]
        if self.held:
            other = [one for one in of_another if one.name in now]
            for one in other:
                table.leave(one.column)
            return [one for one in measures if one not in other]
        told = set[int]()
        for one in sorted(of_another, key=lambda one: one.column.index):
            stated = one.facets.plan_year
            said = (part for part in one.column.path if plan_year_of(part) == stated)
            if stated in told or stated is None or any(names_a_plan(tokens(part)) for part in said):
                continue
            told.add(stated)
            table.work.find(
                "heading_of_another_year", (table.block.header_last, one.column.index),
                raw=one.column.header, stated=stated, year=year,
            )  # fmt: skip
        return list(measures)
