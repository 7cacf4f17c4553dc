"""All columns of a page matched at once with those of a form.

What a heading says, the year it speaks of, the kind of values below it and the rules between the
numbers decide together. Where they leave a doubt the column is refused by name, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from rapidfuzz import fuzz

from kgstats.edits.identities import Identity
from kgstats.returns.columns.assignment import (
    blamed,
    displaced,
    exchanged,
    grouped_with,
    lost_its_name,
    proved_by,
    said_again,
    settle_unnamed,
)
from kgstats.returns.columns.criteria import counted_criteria, divided_criterion
from kgstats.returns.columns.evidence import LISTINGS, Evidence
from kgstats.returns.columns.heading_times import stock_time
from kgstats.returns.columns.heading_words import (
    LEAST_SCORE,
    MEASURES,
    NO_FACETS,
    NUMBERED,
    Facets,
    HeadingMeaning,
    heading_meanings,
    is_whole,
)
from kgstats.returns.forms import CRITERIA, Form, all_forms
from kgstats.returns.guidance import is_check
from kgstats.returns.layout import Column, Page, TableBlock, readings_of, tokens

SECOND_CHOICE = 0.15
"""A heading that loses its best meaning takes another only where that is nearly as good."""

NEARLY_EQUAL = 0.06
"""Two headings that agree with one column of the form so alike are told apart by numbers alone.

Where neither is sure, so are two of which the second is nearly as good."""

MAY_RIVAL = 0.35
"""A heading that agrees less well by more is no rival, whatever the numbers say."""

UNGROUPED = 0.85
"""What the words of a column count alone, without those at the left that may head it too."""

MEANT = 0.8
"""A heading that agrees so well is not put aside because its values are of another kind."""

SURE = 0.93
"""A heading that agrees so well says by itself which column it is."""


@dataclass(slots=True, eq=False)
class Mapped:
    """A column of a page matched with a column of the form."""

    column: Column
    name: str
    score: float
    criterion: int | None = None
    facets: Facets = NO_FACETS
    doubt: str = ""


@dataclass(slots=True, eq=False)
class RefusedColumn(Column):
    """A column whose heading leaves open which column of the form it is."""

    rule: str = "column_doubtful"
    may_be: tuple[str, ...] = ()
    """The form's words for the columns it may be."""


def refused(column: Column, may_be: Iterable[str], rule: str = "column_doubtful") -> RefusedColumn:
    """Return a column as one that is refused, with the form's words for those it may be."""
    return RefusedColumn(
        column.index, column.header, column.path, column.folded, column.number_style,
        column.inherited, rule, tuple(may_be),
    )  # fmt: skip


YEAR = re.compile(r"\b20[0-3]\d\b")
_ONE_YEAR = re.compile(r"(?:nam )?20[0-3]\d$")

Key = tuple[object, ...]


@dataclass(slots=True, eq=False)
class _Offer:
    """One meaning of one heading, as a candidate for a column of the form."""

    column: Column
    meaning: HeadingMeaning
    score: float
    header: str
    """The words that have the meaning, where the column's may be read in several ways."""

    @property
    def key(self) -> Key:
        """What can be given only once: a column, a criterion, a measure of one kind of money."""
        return key_of(self.meaning)


def key_of(one: HeadingMeaning) -> Key:
    """Return what can be given only once of what a meaning names."""
    if one.criterion is not None:
        return ("criterion", one.criterion)
    return (one.name, one.facets) if one.name in MEASURES else (one.name,)


def match_columns(
    form: Form, block: TableBlock, page: Page | None = None, year: int | None = None
) -> tuple[list[Mapped], list[Column]]:
    """Match the columns of a table with those of a form.

    Parameters
    ----------
    form, block
        The form, and the table.
    page
        The page with the table's cells; without it headings alone decide.
    year
        Year of the report; headings that speak of another one are not the form's.

    Returns
    -------
    tuple of list
        The matched columns, and the columns that belong to no column of the form, among them
        `RefusedColumn` where that is in doubt. A column of the form is given once, except money
        columns, which may stand once for every source, kind or year.
    """
    parts: dict[int, int] = {}
    if form.key == "attainment":
        divided = ((one.index, divided_criterion(one.path)) for one in block.columns)
        parts = {index: number for index, number in divided if number is not None}
    mapped, left = _Matching(form, block, page, year, parts).result()
    whole = {one.criterion for one in mapped}
    for column in block.columns:
        number = parts.get(column.index)
        if number is not None:
            left.append(
                column if number in whole else refused(column, [words_for(form, str(number))])
            )
    return mapped, left


def _dated_otherwise(offers: Iterable[_Offer], year: int | None) -> bool:
    """Whether a heading names another year than that of the report."""
    return any({*YEAR.findall(one.header)} - {str(year)} for one in offers)


def _said_of_another_year(
    offers: Sequence[_Offer], chosen: Collection[Key], year: int | None
) -> bool:
    """Whether a heading says of another year what another column of the page is."""
    return _dated_otherwise(offers, year) and all(one.key in chosen for one in offers)


def _year_against(offers: list[_Offer], name: str, year: int | None) -> str:
    """Return a doubt where another year makes another column of a heading than its numbers do."""
    said = [one.meaning.name for one in offers]
    return "heading_year" if name not in said and _dated_otherwise(offers, year) else ""


def _torn(offers: Iterable[_Offer]) -> list[_Offer]:
    """Return the headings whose number and name stand for two criteria.

    Where most are so, the numbers are those of the columns, and the names count: none is torn.
    """
    numbered = [one for one in offers if one.meaning.criterion]
    torn = [one for one in numbered if one.meaning.doubt]
    return torn if 2 * len(torn) < len(numbered) else []


def _twice(offers: Iterable[_Offer]) -> list[_Offer]:
    """Return the headings of a criterion that has several, but for the one with its name too."""
    by_key: dict[Key, list[_Offer]] = {}
    for one in offers:
        if one.meaning.criterion is not None:
            by_key.setdefault(one.key, []).append(one)
    found = []
    for same in by_key.values():
        named = [one for one in same if one.meaning.score > NUMBERED]
        if len(same) > 1:
            found += same if len(named) != 1 else [one for one in same if one is not named[0]]
    return found


def _one_off(
    offers: Sequence[_Offer], unmarked: Collection[int], marks: Collection[int]
) -> list[_Offer]:
    """Return the criteria that their numbers alone name where these stand one place off.

    Counts under the number at one end, and marks that none names beyond the other, say so.
    """
    found = [one for one in offers if one.meaning.criterion and one.meaning.score <= NUMBERED]
    places = [one.column.index for one in found]
    free = set(marks).difference(one.column.index for one in offers)
    if not (found and unmarked and free):
        return []
    low, high = min(places), max(places)
    before, after = (min(unmarked) < low, min(free) < low), (max(unmarked) > high, max(free) > high)
    return found if (before[0] and after[1]) or (before[1] and after[0]) else []


def _dated(offers: list[_Offer]) -> _Offer:
    """Return what a heading means, of the year that the words at its left say, if any do."""
    years = (one for one in offers if one.meaning.facets.plan_year is not None)
    return next((one for one in years if one.meaning.name == offers[0].meaning.name), offers[0])


def _leave_other_years(
    offers: dict[int, list[_Offer]], year: int | None
) -> dict[int, list[_Offer]]:
    """Take last year's columns out where rows state their plan year and this year's stand.

    Without a column of plan years, a year in a heading says which money the column is of.
    """
    left: dict[int, list[_Offer]] = {}
    stated = any(one.meaning.name == "plan_year" for held in offers.values() for one in held)
    for measure in MEASURES if stated and year is not None else ():
        mine = [_dated(held) for held in offers.values() if held[0].meaning.name == measure]
        years = {one.meaning.facets.plan_year for one in mine}
        if len(years) < 2 or not years & {None, year}:
            continue
        for one in mine:
            if one.meaning.facets.plan_year not in (None, year):
                left[one.column.index] = offers.pop(one.column.index)
    return left


@dataclass(eq=False)
class _Matching:
    """The columns of one table on their way to those of one form."""

    form: Form
    block: TableBlock
    page: Page | None
    year: int | None
    parts: Collection[int] = ()
    """Columns of parts of criteria, which are none of the form's."""
    offers: dict[int, list[_Offer]] = field(default_factory=dict)
    elsewhere: dict[int, list[_Offer]] = field(default_factory=dict)
    """Meanings in another year or a part of the year, by column."""
    chosen: dict[Key, _Offer] = field(default_factory=dict)
    refused: dict[int, RefusedColumn] = field(default_factory=dict)
    unfit: dict[int, _Offer] = field(default_factory=dict)
    """Columns whose heading says clearly what they are, and whose values say otherwise."""
    misfits: list[tuple[str, Column]] = field(default_factory=list)
    """What a heading says, clearly or not, of a column whose values leave that in doubt."""
    unmarked: set[int] = field(default_factory=set)
    """Columns that are criteria by their headings and hold no marks."""
    contested: dict[int, str] = field(default_factory=dict)
    """Columns that say the same of which the numbers choose none: what they say, word for word."""
    said_twice: set[int] = field(default_factory=set)
    """Columns that hold what another one holds already."""

    def __post_init__(self) -> None:
        self.columns = [
            column
            for column in self.block.columns
            if column.index != self.block.order_column
            and not is_check(column)
            and column.index not in self.parts
        ]
        self.counted = counted_criteria(self.columns) if self.form.key == "attainment" else {}
        self.evidence = Evidence(self.form, self.block, self.page)
        paths = [one.path for one in self.columns if one.index != self.block.label_column]
        first = {path[:1] for path in paths}
        # "Thực hiện năm 2020" over all columns of money tells none of them from the others.
        self.over = first.pop() if len(first) == 1 and min(map(len, paths)) > 1 else ()

    def result(self) -> tuple[list[Mapped], list[Column]]:
        """Match, settle what is open by the numbers, and refuse what stays in doubt."""
        for column in self.columns:
            self._offer(column)
        if self.form.key == "funding":
            self.elsewhere.update(_leave_other_years(self.offers, self.year))
        self._refuse_criteria()
        self.chosen = assign([one for held in self.offers.values() for one in held])
        self._settle_rivals()
        self._refuse_displaced()
        self._settle_unnamed()
        self._refuse_contradicted()
        self._refuse_displaced()
        self._settle_unnamed(doubt=True)
        self._refuse_partial()
        self._refuse_unfit()
        mapped = [
            Mapped(
                one.column, one.meaning.name, one.score, one.meaning.criterion,
                one.meaning.facets, one.meaning.doubt,
            )
            for one in self.chosen.values()
        ]  # fmt: skip
        mapped = _with_subject(self.form, self.block, mapped)
        taken = {one.column.index for one in mapped}
        left: list[Column] = [
            self.refused.get(column.index, column)
            for column in self.columns
            if column.index not in taken
        ]
        mapped.sort(key=lambda one: one.column.index)
        return mapped, left

    def _settle_unnamed(self, *, doubt: bool = False) -> None:
        """Name the columns whose headings are lost by their numbers and place, or refuse them."""
        given = self._given()
        if doubt and self._nameless(given):
            given = self._filled(given)
        settled, doubtful = settle_unnamed(
            self.evidence, given, self._unnamed(),
            [column for column in self.columns if column.index in self.elsewhere],
        )  # fmt: skip
        for column, name in settled:
            if doubt:
                doubtful.append((column, [name]))
                continue
            mark = name.isdigit()
            meaning = HeadingMeaning(
                "met" if mark else name, LEAST_SCORE, int(name) if mark else None,
                doubt=_year_against(self.offers.get(column.index, []), name, self.year),
            )  # fmt: skip
            offer = _Offer(column, meaning, LEAST_SCORE, column.header)
            self.chosen[offer.key] = offer
        for column, names in doubtful:
            self.misfits.extend((name, column) for name in names)
            self._refuse(column, [words_for(self.form, name) for name in names])

    # --- what the headings say ----------------------------------------------------------------

    def _offer(self, column: Column) -> None:
        """Note what a heading may stand for: now, or in another year."""
        own = self.counted.get(column.index, column)
        said = _meanings(self.form.key, own.path, own.inherited, own.header, self.year, self.over)
        now: list[_Offer] = []
        for meaning, score, header in said:  # best first
            if now and score <= now[0].score - SECOND_CHOICE:
                break
            if meaning.when != "now":
                continue
            if self.evidence.fit(column, meaning.name, sure=score >= SURE):
                now.append(_Offer(column, meaning, score, header))
            elif meaning.criterion is not None:
                self.unmarked.add(column.index)
            elif meaning.facets == NO_FACETS:
                self.misfits.append((meaning.name, column))
        if said and (said[0][1] >= MEANT or said[0][0].criterion is not None):
            meaning = said[0][0]
            if meaning.when == "now" and meaning not in [one.meaning for one in now]:
                self.unfit[column.index] = _Offer(column, *said[0])
        if now:
            self.offers[column.index] = now
            return
        held = [
            _Offer(column, meaning, score, header)
            for meaning, score, header in said
            if meaning.when != "now" and self.evidence.fit(column, meaning.name)
        ]
        if held:
            self.elsewhere[column.index] = held

    def _refuse_criteria(self) -> None:
        """Refuse the headings whose numbers leave open which criterion they are of."""
        marks = {n.index for n in self.columns if self.unmarked and self.evidence.are_marks(n)}
        for doubtful in (_torn, _twice, partial(_one_off, unmarked=self.unmarked, marks=marks)):
            for one in doubtful([one for held in self.offers.values() for one in held]):
                self.offers.pop(one.column.index, None)
                self._refuse(one.column, [f"Tiêu chí {one.meaning.criterion}"])

    def _given(self) -> dict[str, Column]:
        """Return the columns found so far; a criterion by its number."""
        return {
            str(one.meaning.criterion or one.meaning.name): one.column
            for one in self.chosen.values()
        }

    def _filled(self, given: Mapping[str, Column]) -> dict[str, Column]:
        """Return those of some columns that hold anything."""
        return {name: one for name, one in given.items() if any(self.evidence.profile(one))}

    def _unnamed(self) -> list[Column]:
        """Return the columns that are none of the form's so far."""
        taken = {one.column.index for one in self.chosen.values()}
        others = {*taken, *self.refused, *self.said_twice, self.block.label_column}
        return [column for column in self.columns if column.index not in others]

    def _nameless(self, given: Mapping[str, Column]) -> list[Column]:
        """Return the columns that are none of the form's so far, though they look like one."""
        return [
            one
            for one in self._unnamed()
            if one.index not in self.elsewhere
            and not _said_of_another_year(self.offers.get(one.index, []), self.chosen, self.year)
            and lost_its_name(self.evidence, given, one)
        ]

    def _verdicts(self, instead: Mapping[str, Column]) -> list[tuple[Identity, bool]]:
        """Return what the identities say where some columns are taken for others."""
        held = {name: one.column for name, one in self._alone().items()}
        return self.evidence.verdicts({**held, **instead})

    def _support(self, name: str, column: Column) -> int:
        """Return by how many identities the numbers speak for a column, less those against it."""
        said = [right for one, right in self._verdicts({name: column}) if name in one.columns]
        return said.count(True) - 2 * said.count(False)

    # --- what is open -------------------------------------------------------------------------

    def _settle_rivals(self) -> None:
        """Decide between headings that mean one column of the form, or refuse them."""
        taken = {one.column.index for one in self.chosen.values()}
        loose = [one for held in self.offers.values() for one in held
                 if one.column.index not in taken]  # fmt: skip
        for key in {one.key: None for one in loose if one.key in self.chosen}:
            held = self.chosen[key]
            rivals = [one for one in loose if one.key == key and one.score > held.score - MAY_RIVAL]
            if self.page is None or not rivals or held.meaning.criterion is not None:
                continue
            name = held.meaning.name
            apart = NEARLY_EQUAL if held.score >= SURE else SECOND_CHOICE
            near = [held, *(one for one in rivals if one.score > held.score - apart)]
            support = {one.column.index: self._support(name, one.column) for one in (held, *rivals)}
            best = max((held, *rivals), key=lambda one: (support[one.column.index], one.score))
            most = support[best.column.index]
            if most > 0 and best is not held:
                self.chosen[key] = best
            elif len(near) > 1 and any(
                support[one.column.index] >= most for one in near if one is not best
            ):
                self._settle_alike(near)

    def _settle_alike(self, near: Sequence[_Offer]) -> None:
        """Take the fullest of columns that say the same, or refuse them all."""
        key, name = near[0].key, near[0].meaning.name
        full = self.evidence.fullest([one.column for one in near])
        if full is not None:
            self.said_twice.update(one.column.index for one in near if one.column is not full)
            self.chosen[key] = next(one for one in near if one.column is full)
            return
        del self.chosen[key]
        for one in near:
            if is_whole(self.form.key, one.header, name):
                other = near[1] if one is near[0] else near[0]
                same = one.column.path == other.column.path
                self.contested[one.column.index] = name if same else ""
            self._refuse(one.column, [words_for(self.form, name)])

    def _refuse_displaced(self) -> None:
        """Refuse the columns that stand where another should, beside some that have no name."""
        if not (self.refused or self._unnamed()):
            return
        order, found = self.evidence.order, self._filled(self._given())
        given = {found[name].index: name for name in order if name in found}
        at = {index: order.index(name) for index, name in given.items()}
        lost = {one.index for one in self._nameless(found)} | self.refused.keys()
        again = {
            index: order.index(name) for index, name in self.contested.items() if name in order
        }
        if lost <= self.contested.keys() and not said_again(at, again):
            return
        there = [one for one in self.columns if one.index in at or one.index in lost]
        sound = LISTINGS.keys() | proved_by(self._verdicts({}))
        proved = {place for place, one in enumerate(there) if given.get(one.index) in sound}
        places = [at.get(one.index) for one in there]
        for place in displaced(places, proved, len(order)):
            column = there[place]
            self._take_back(column, [words_for(self.form, given[column.index])])

    def _said(self, header: str) -> str:
        """Return the words of a heading, the end of last year as the start of this one."""
        time = stock_time(tokens(header), self.year)
        return time.bare if time.when == "start" else header

    def _refuse_contradicted(self) -> None:
        """Refuse the columns that explain why identities fail in most rows."""
        said = self._verdicts({})
        if not self.misfits and all(right for _, right in said):
            return
        held = {name: one.column for name, one in self._alone().items()}
        taken = [one.column for one in self.chosen.values()]
        free = [pair for pair in self.misfits if pair[0] not in held and pair[1] not in taken]
        may_be = exchanged(held, free, said, self._verdicts)
        for name in grouped_with(may_be, held, said):
            self._take_back(held[name], [words_for(self.form, name)])
        torn = [name for name, one in held.items()
                if not is_whole(self.form.key, self._said(one.header), name)]  # fmt: skip
        for name, others in (may_be or {one: [one] for one in blamed(said, torn)}).items():
            unfit = (one for known, one in free if known == name and one.index not in self.refused)
            column = held.get(name) or next(unfit, None)
            if column is not None:
                words = [words_for(self.form, other) for other in others]
                self._take_back(column, words, "column_contradicted")

    def _take_back(self, column: Column, may_be: list[str], rule: str = "column_doubtful") -> None:
        """Refuse a column that was matched."""
        self.chosen = {key: one for key, one in self.chosen.items() if one.column is not column}
        self._refuse(column, may_be, rule)

    def _alone(self) -> dict[str, _Offer]:
        """Return the columns that stand once for all money or all households, by name."""
        return {
            one.meaning.name: one
            for one in self.chosen.values()
            if one.meaning.facets == NO_FACETS and one.meaning.criterion is None
        }

    def _refuse_partial(self) -> None:
        """Refuse the column of another year or of a month where the form's own is not there."""
        given = {one.meaning.name for one in self.chosen.values()}
        if self.form.key == "attainment":
            return
        for offers in self.elsewhere.values():
            best = offers[0]
            name = best.meaning.name
            if name not in given and name in (*MEASURES, *self.form.needs):
                self._refuse(best.column, [words_for(self.form, name)], "column_other_time")

    def _refuse_unfit(self) -> None:
        """Refuse a column of the form by its heading whose values are of another kind."""
        taken = {one.column.index for one in self.chosen.values()} | self.refused.keys()
        given = self._given()
        for index, one in self.unfit.items():
            name = str(one.meaning.criterion or one.meaning.name)
            numeric = name in MEASURES or name == "criteria_met" or name.endswith(("_hh", "_pct"))
            if index not in taken and name not in given and (numeric or name.isdigit()):
                self._refuse(one.column, [words_for(self.form, name)], "column_unfit")

    def _refuse(self, column: Column, may_be: list[str], rule: str = "column_doubtful") -> None:
        self.refused[column.index] = refused(column, may_be, rule)


def _with_subject(form: Form, block: TableBlock, mapped: list[Mapped]) -> list[Mapped]:
    """Take the column of names for the form's subject where its heading does not say so."""
    label = block.label_column
    column = None if label is None else block.column(label)
    if column is None or any(
        one.name == form.subject or one.column.index == label for one in mapped
    ):
        return [*mapped]
    return [*mapped, Mapped(column, form.subject, 0.5)]


def words_for(form: Form, name: str) -> str:
    """Return a form's own words for one of its columns; a criterion goes by its number."""
    if name.isdigit():
        return f"Tiêu chí {name}"
    return next((one.words[0] for one in form.columns if one.name == name), name)


@lru_cache(maxsize=1 << 12)
def _meanings(
    form: str,
    path: tuple[str, ...],
    inherited: int,
    whole: str,
    year: int | None,
    over: tuple[str, ...] = (),
) -> tuple[tuple[HeadingMeaning, float, str], ...]:
    """Return what a heading may stand for, best first, each with its score and its words."""
    found: dict[Key, tuple[HeadingMeaning, float, str]] = {}
    *grouped, own = readings_of(path, inherited)
    weighed = [(one, 1.0) for one in grouped] + [(own, UNGROUPED if grouped else 1.0)]
    for words, weight in weighed:
        header = whole if words == path else ": ".join(words)
        above = over if words[: len(over)] == over else ()
        for one in heading_meanings(form, words, header, year, above):
            if one.criterion is not None and words != own and not _ONE_YEAR.match(tokens(own[-1])):
                continue  # a number heads the one column it stands over, or one for each year
            score = one.score * weight
            key = (*key_of(one), one.when)
            if score >= LEAST_SCORE and (key not in found or score > found[key][1]):
                found[key] = (one, score, header)
    return tuple(sorted(found.values(), key=lambda one: -one[1]))


def assign(offers: list[_Offer]) -> dict[Key, _Offer]:
    """Give every column of the form to the heading that agrees best, all of them at once.

    The sum of agreements is the largest there can be; no heading and no column is given twice.
    """
    best: dict[int, _Offer] = {}
    for one in offers:
        known = best.get(one.column.index)
        if known is None or one.score > known.score:
            best[one.column.index] = one
    chosen = {one.key: one for one in best.values()}
    if len(chosen) == len(best):
        return chosen
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    columns = sorted(best)
    keys = list(dict.fromkeys(one.key for one in offers))
    scores = np.zeros((len(columns), len(keys)))
    at: dict[tuple[int, int], _Offer] = {}
    for one in offers:
        place = (columns.index(one.column.index), keys.index(one.key))
        if place not in at or one.score > at[place].score:
            # Of two that agree alike the first column of the page is taken.
            scores[place] = one.score - 1e-6 * place[0]
            at[place] = one
    chosen = {}
    for row, column in zip(*linear_sum_assignment(scores, maximize=True), strict=True):
        held = at.get((int(row), int(column)))
        if held is not None:
            chosen[held.key] = held
    return chosen


@lru_cache(maxsize=1 << 12)
def _likeness_of_title(key: str, title: str) -> float:
    titles = all_forms()[key].titles
    return max((fuzz.partial_ratio(tokens(words), title) for words in titles if title), default=0.0)


@lru_cache
def _wanted(key: str) -> tuple[str, ...]:
    """Return the columns that tell a form by being there."""
    return tuple(
        column.name
        for column in all_forms()[key].columns
        if column.words and column.name not in ("programme", "unit", "note", "cause")
    )


TITLED = 0.5
"""What a title like the form's counts, where all its columns count one."""
LIKE_A_TITLE = 75
LEAST_UNTITLED = 0.4
"""A table under the title of another form has so much of its columns, or is not this one."""


def recognise(
    block: TableBlock, page: Page | None = None, year: int | None = None
) -> tuple[Form | None, list[Mapped], list[Column]]:
    """Say which form a table is, by its title and header words; None for another table.

    Returns
    -------
    tuple
        The form, and the two lists of `match_columns`.
    """
    best: tuple[tuple[float, int], Form, list[Mapped], list[Column]] | None = None
    title = tokens(f"{block.sheet_title} {block.title}")
    alike = {key: _likeness_of_title(key, title) for key in all_forms()}
    places = {key: place for place, key in enumerate(alike)}
    for form in sorted(all_forms().values(), key=lambda one: -alike[one.key]):
        likeness = alike[form.key]
        if best is not None and best[0][0] > 1 + TITLED * (likeness >= LIKE_A_TITLE):
            # None of those left, even with every column, could be it.
            break
        mapped, left = match_columns(form, block, page, year)
        names = {one.name for one in mapped}
        criteria = sum(one.criterion is not None for one in mapped)
        if form.key == "attainment":
            enough = criteria >= form.least and "commune_code" in names
            share = criteria / CRITERIA
        else:
            need = sum(name in names for name in form.needs)
            wanted = _wanted(form.key)
            share = sum(name in names for name in wanted) / len(wanted)
            # A column that a form needs may be there under a damaged heading.
            doubtful = any(isinstance(one, RefusedColumn) for one in left)
            enough = need >= form.least or (doubtful and likeness >= LIKE_A_TITLE)
            enough = enough and form.subject in names
            if form.subject == "commune_code":
                counts = sum(name.endswith("_hh") for name in names)
                enough = enough and (counts >= 3 or likeness >= 80)
            else:
                enough = enough and ("disbursed_vnd" in names or likeness >= 70)
        titled = max(alike.values()) >= LIKE_A_TITLE > likeness
        if not enough or (titled and share < LEAST_UNTITLED):
            continue
        score = (share + TITLED * (likeness >= LIKE_A_TITLE), -places[form.key])
        if best is None or score > best[0]:
            best = (score, form, mapped, left)
    if best is None:
        return None, [], []
    return best[1], best[2], best[3]
