"""Whose return it is, and of which year and span: judged for each table, by its own witnesses.

A letterhead, the file's name and the names of communes are witnesses of the district; titles, days
and signatures of the year. Where a table's own witnesses contradict the workbook's, nothing of the
table is used: a value of another district or of half a year is worse than none.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from operator import itemgetter

from kgstats.returns.book import Book
from kgstats.returns.columns.matching import refused
from kgstats.returns.deliveries import DeliveryError
from kgstats.returns.forms import NUMBER_ENDINGS, column_words
from kgstats.returns.layout import Seen, tokens
from kgstats.returns.ledger import row_key
from kgstats.returns.records.lines import Work
from kgstats.returns.records.table import Table
from kgstats.returns.records.titles import headed_year, stated_cut_off, stated_year
from kgstats.returns.rules import Several, Words
from kgstats.returns.spans import (
    part_of_year,
    signed,
    signed_on,
    slipped_year,
    stated_span,
    stated_standing,
)
from kgstats.returns.subjects.places import (
    Gazetteer,
    districts_in_file_name,
    districts_named,
)
from kgstats.returns.values.units import unit_of
from kgstats.words import N_

LETTERHEAD_WITNESS = N_("letterhead {districts}")
FILE_NAME_WITNESS = N_("file name {districts}")
NAMES_WITNESS = N_("commune names {districts}")

READ_AS = N_("It was read as {district}.")
NOT_USED = N_("Form {form} of this sheet was not used.")

LETTERHEAD_WEIGHT = 6
"""A letterhead is typed by the office that sends; but a form copied from a neighbour keeps its."""
FILE_NAME_WEIGHT = 4
"""Files are renamed on their way: less than a letterhead."""
ONE_NAME_WEIGHT = 5
"""One commune alone may be a namesake of another district's."""
NAMES_WEIGHT = LETTERHEAD_WEIGHT + FILE_NAME_WEIGHT + 1
"""Several names of communes outweigh letterhead and file name together."""

FIRST_LINES = 40
"""So many lines beside the grid of a web page may be its letterhead."""
LONGEST_LINE = 200
"""A longer text is no letterhead."""

CERTAIN_NAMES = 3
"""So many communes of one district, and more than twice as many as of another, make it certain."""


@dataclass(slots=True)
class Witnesses:
    """What speaks for which district."""

    letterheads: Counter[str] = field(default_factory=Counter)
    file_name: set[str] = field(default_factory=set)
    communes: dict[str, int] = field(default_factory=dict)

    def said(self) -> list[tuple[str, list[str]]]:
        """Return what each witness says: its words and the districts it names most."""
        told = [(LETTERHEAD_WITNESS, most(self.letterheads))]
        told.append((FILE_NAME_WITNESS, sorted(self.file_name)))
        told.append((NAMES_WITNESS, most(self.communes)))
        return [(words, codes) for words, codes in told if codes]

    def chosen(self) -> str | None:
        """Return the district with most weight; None where two have the same, or none any."""
        single = max(self.communes.values(), default=0) == 1
        weights = {
            LETTERHEAD_WITNESS: LETTERHEAD_WEIGHT,
            FILE_NAME_WITNESS: FILE_NAME_WEIGHT,
            NAMES_WITNESS: ONE_NAME_WEIGHT if single else NAMES_WEIGHT,
        }
        votes: Counter[str] = Counter()
        for words, codes in self.said():
            for code in codes:
                votes[code] += weights[words] // len(codes)
        ranked = votes.most_common()
        if not ranked or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
            return None
        return ranked[0][0]

    def certain(self) -> str | None:
        """Return the district that the names of communes leave no doubt about."""
        ranked = sorted(self.communes.items(), key=itemgetter(1), reverse=True)
        if not ranked or ranked[0][1] < CERTAIN_NAMES:
            return None
        return ranked[0][0] if len(ranked) == 1 or ranked[0][1] > 2 * ranked[1][1] else None


def most(counts: dict[str, int]) -> list[str]:
    """Return those counted most often, in order."""
    top = max(counts.values(), default=0)
    return sorted(code for code, count in counts.items() if count == top)


def settle(book: Book) -> None:
    """Decide the district of the workbook and of each table; say what is doubtful."""
    if book.declared is not None:
        if book.declared not in book.gazetteer.districts:
            raise DeliveryError(
                f"deliveries.yml: district {book.declared!r} of {book.book.file} is no "
                f"district of {book.year}"
            )
        book.result.district = book.declared
        for table in book.tables:
            table.district = book.declared
    else:
        _by_witnesses(book)
    for table in book.tables:
        _titles(book, table)
        _headings(book, table)
        _span(book, table)
        _standing(table)
        _unit(table)


def _by_witnesses(book: Book) -> None:
    heads = {id(work): letterheads(work, book.gazetteer) for work in book.works}
    told = {id(table): dict.fromkeys(subjects(table)) for table in book.tables}
    names = {key: book.gazetteer.witness(list(held)) for key, held in told.items()}
    whole = Witnesses(file_name=districts_in_file_name(book.book.file, book.gazetteer))
    for found in heads.values():
        whole.letterheads.update(found)
    everything = dict.fromkeys(one for held in told.values() for one in held)
    whole.communes = book.gazetteer.witness(list(everything))
    certain = dict.fromkeys(
        code for found in names.values() if (code := Witnesses(communes=found).certain())
    )
    main = whole.chosen()
    if len(certain) > 1:
        # A workbook of several districts is of the one its name or most letterheads say.
        alike = dict.fromkeys(certain, CERTAIN_NAMES)
        main = Witnesses(whole.letterheads, whole.file_name, alike).chosen() or next(iter(certain))
    book.result.district = main
    if main is None:
        if book.tables:
            book.find("district_unknown")
        return
    disputed = len(certain) < 2 and any(main not in codes for _, codes in whole.said())
    if disputed:
        book.find(
            "district_conflict", witnesses=_told(book, whole),
            outcome=Words(READ_AS, (("district", book.gazetteer.district(main).full_name),)),
        )  # fmt: skip
    # A letterhead above communes of another district was copied with the form: it says nothing.
    copied = {
        code
        for table in book.tables
        if (own := Witnesses(communes=names[id(table)]).certain()) is not None
        for code in most(heads[id(table.work)])
        if code != own
    }
    for table in book.tables:
        ours = Witnesses(heads[id(table.work)], communes=names[id(table)])
        district = _of_table(book, table, ours, main, certain, copied, whole)
        if district is None or district in book.elsewhere - {main}:
            _refuse(book, table, ours, main, whole)
            continue
        table.district = district
        if not disputed:
            _other_letterhead(book, table, district)
    _other_districts(book, main)


def _other_districts(book: Book, main: str) -> None:
    """Say which sheets were read as another district's; one without all the forms may be a slip."""
    forms: dict[str, set[str]] = {}
    for table in book.tables:
        if table.district is not None:
            forms.setdefault(table.district, set()).add(table.form.key)
    told = set[tuple[str, str]]()
    for table in book.tables:
        district, sheet = table.district, table.work.sheet
        if district in (None, main) or (sheet, district) in told:
            continue
        told.add((sheet, district))
        table.work.find(
            "sheet_of_another_district", table.corner,
            severity="note" if forms[district] >= forms.get(main, set()) else None,
            raw=book.gazetteer.district(district).full_name, form=table.form.number,
            other=book.gazetteer.district(district).full_name,
            district=book.gazetteer.district(main).full_name,
        )  # fmt: skip


def _of_table(
    book: Book,
    table: Table,
    own: Witnesses,
    main: str,
    certain: Collection[str],
    copied: set[str],
    whole: Witnesses,
) -> str | None:
    """Return the district of one table; None where its letterhead contradicts the rest."""
    if table.form.key != "funding":
        return own.certain() or main
    titled = _titled(table, book.gazetteer)
    named = sorted(titled) or [code for code in most(own.letterheads) if code not in copied]
    if not named or main in named:
        lonely = not whole.communes and bool(whole.file_name)
        return main if not lonely or main in whole.file_name or not named else None
    return named[0] if len(named) == 1 and named[0] in certain else None


def _other_letterhead(book: Book, table: Table, district: str) -> None:
    """Say where the letterhead above a table is another district's than its figures."""
    work = table.work
    for one in work.page.seen:
        if one.row >= table.block.header_first:
            return
        if one.kind != "text" or work.page.roles.get(one.place, ("", None))[0] != "title":
            continue
        codes = districts_named(one.text, book.gazetteer) if len(one.text) <= LONGEST_LINE else ()
        if codes and district not in codes:
            work.find(
                "letterhead_of_another", seen=one, form=table.form.number,
                district=book.gazetteer.district(district).full_name,
            )  # fmt: skip
            return


def _refuse(book: Book, table: Table, own: Witnesses, main: str, whole: Witnesses) -> None:
    table.refused = True
    said = Witnesses(own.letterheads, whole.file_name, own.communes or whole.communes)
    table.work.find(
        "district_conflict", table.corner, severity="error", action="quarantined",
        raw=book.gazetteer.district(main).full_name,
        witnesses=_told(book, said), outcome=Words(NOT_USED, (("form", table.form.number),)),
    )  # fmt: skip


def _told(book: Book, witnesses: Witnesses) -> Several:
    return Several(
        tuple(
            Words(text, (("districts", named(book.gazetteer, codes)),))
            for text, codes in witnesses.said()
        )
    )


def named(where: Gazetteer, codes: Iterable[str]) -> str:
    """Return the names of districts."""
    return " / ".join(where.district(code).full_name for code in codes)


def letterheads(work: Work, where: Gazetteer) -> Counter[str]:
    """Count how often the words around a sheet's tables name a district."""
    found: Counter[str] = Counter()
    for text in work.page.outside[:FIRST_LINES]:
        if len(text) <= LONGEST_LINE:
            found.update(districts_named(text, where))
    for one in work.page.around:
        said = work.page.roles[one.place][0] in ("title", "signature")
        if said and one.kind == "text" and len(one.text) <= LONGEST_LINE:
            for code in districts_named(one.text, where):
                found[code] += 1
    return found


def _titled(table: Table, where: Gazetteer) -> set[str]:
    """Return the one district that the title of a table below another names."""
    found: set[str] = set()
    if table.number == 0:
        return found
    for row in table.block.title_rows:
        for one in table.work.page.rows.get(row, ()):
            if one.kind == "text" and len(one.text) <= LONGEST_LINE:
                found |= districts_named(one.text, where)
    return found if len(found) == 1 else set()


def subjects(table: Table) -> list[str]:
    """Return the names that the rows of a table are about; none for lines of money."""
    if table.form.key == "funding":
        return []
    subject = next(one for one in table.mapped if one.name == "commune_code")
    cells = (table.work.page.at.get((row, subject.column.index)) for row in table.block.body_rows)
    return [one.text for one in cells if one is not None and one.kind == "text"]


# --- year and span --------------------------------------------------------------------------------


def _titles(book: Book, table: Table) -> None:
    """Read the year out of the title; mark the cells that said year and district."""
    work, block, district = table.work, table.block, table.district
    name = "communes" if table.form.key == "attainment" else table.form.key
    base = row_key(book.year, district or "")
    found = stated_year(work.page, block)
    if found is not None:
        stated, seen = found
        if seen is not None:
            seen.fate = ("title", name, base, "year")
        if stated != book.year:
            _of_another_year(book, table, stated, seen)
    elif (slip := slipped_year(work.page, block)) is not None:
        work.find("year_slip", seen=slip[1], year=book.year)
    if district is None:
        return
    for row in block.title_rows:
        for one in work.page.rows.get(row, ()):
            if (
                one.kind == "text"
                and one.fate is None
                and districts_named(one.text, book.gazetteer) == {district}
            ):
                one.fate = ("title", name, base, "district_code")


def _of_another_year(book: Book, table: Table, stated: int, seen: Seen | None) -> None:
    """Doubt a table whose title has another year; refuse it where its own day says so too."""
    work = table.work
    day = signed_on(work.page) or stated_cut_off(work.page, table.block, table.heads)
    if day is not None and stated == day[0].year - (day[0].month < EARLIEST_SIGNATURE):
        table.refused = True
        work.find(
            "year_not_reported", at=None if seen else table.corner, seen=seen, stated=stated,
            day=f"{day[0]:%d/%m/%Y}", year=book.year, form=table.form.number,
        )  # fmt: skip
    else:
        work.find("year_differs", seen=seen, stated=stated, year=book.year)


def _headings(book: Book, table: Table) -> None:
    """Refuse a table about communes whose headings are of another year."""
    if table.refused or table.form.key == "funding":
        return
    stated = headed_year(table.form, table.block, table.work.page, book.year, table.mapped)
    if stated is not None:
        table.refused = True
        table.work.find(
            "headings_not_reported", table.corner, stated=stated, year=book.year,
            form=table.form.number,
        )  # fmt: skip


LAST_MONTH_OF_A_PART = 9
"""Money counted up to a day of the year by the end of this month is not the year's."""

EARLIEST_SIGNATURE = 9
"""Nobody can sign the figures of a year before this month of it."""


def _span(book: Book, table: Table) -> None:
    """Refuse a table of a part of the year."""
    page, block, year = table.work.page, table.block, book.year
    part = stated_span(page, block, year, book.book.file) or _headed_span(table, year)
    seen: Seen | None = None
    words = ""
    if part is not None:
        words, seen = part
    else:
        day = stated_cut_off(page, block, table.heads)
        if day is not None and _in_part(day[0], year):
            words, seen = f"{day[0]:%d/%m/%Y}", day[1]
        elif day is not None and day[0].year not in (year, year + 1):
            table.work.find(
                "cut_off_of_another_year", at=None if day[1] else table.corner, seen=day[1],
                day=f"{day[0]:%d/%m/%Y}", year=year,
            )  # fmt: skip
    if words:
        table.refused = True
        table.work.find(
            "span_not_year", at=None if seen else table.corner, seen=seen,
            span=words, year=year, form=table.form.number,
        )  # fmt: skip
        return
    early = signed(page, year)
    if early is not None and early[0].month < EARLIEST_SIGNATURE:
        table.work.find("signed_early", seen=early[1], day=f"{early[0]:%d/%m/%Y}", year=year)


def _headed_span(table: Table, year: int) -> tuple[str, Seen | None] | None:
    """Return the heading of a part of the year that most numbers of a table have.

    Where only some columns have one, these are refused.
    """
    numbers = [
        one for one in table.mapped if one.name == "met" or one.name.endswith(NUMBER_ENDINGS)
    ]
    part = [one for one in numbers if part_of_year(one.column.header, year, heading=True)]
    if 2 * len(part) > len(numbers):
        return part[0].column.header, None
    for one in part:
        words = column_words(table.form.key, one.name)
        table.left.append(refused(one.column, [words], "column_other_time"))
    table.mapped = [one for one in table.mapped if one not in part]
    return None


def _standing(table: Table) -> None:
    """Refuse a table of what is foreseen; say where figures are an estimate or a draft."""
    found = stated_standing(table.work.page, table.block, table.work.file)
    if found is None or table.refused:
        return
    kind, words, seen = found
    table.refused = kind == "foreseen"
    table.work.find(
        "title_foresees" if table.refused else "title_provisional",
        at=None if seen else table.corner, seen=seen, title=words, form=table.form.number,
    )  # fmt: skip


def _unit(table: Table) -> None:
    """Doubt a table of counts whose stated unit counts something else.

    A unit that no count can have was copied with the form, and is said; one that could be meant
    (persons, thousands) contradicts the headings, and nothing of the table is used.
    """
    block = table.block
    stated = block.unit
    counted = {one.unit for one in table.form.columns if one.dtype == "int" and one.unit}
    if table.refused or not stated or counted != {"households"}:
        return
    named = [unit_of(part) for part in _AND.split(stated)]
    if any(unit == COUNTED for unit in named):
        return
    possible = any(unit in PERSONS for unit in named) or _SCALED.search(tokens(stated)) is not None
    table.refused = possible
    seen = next(
        (
            one for row in block.title_rows
            for one in table.work.page.rows.get(row, ()) if stated in one.text
        ),
        None,
    )  # fmt: skip
    table.work.find(
        "unit_of_counts" if possible else "unit_not_of_counts",
        at=None if seen else table.corner, seen=seen, unit=stated, form=table.form.number,
    )  # fmt: skip


COUNTED = "hộ"
PERSONS = frozenset(("người", "khẩu", "lượt", "lượt người", "lao động"))
_SCALED = re.compile(r"\b(?:chuc|tram|nghin|ngan|trieu|1?0+) ho\b")
_AND = re.compile(r"[,;/]|\s[-–]\s|\bvà\b")


def _in_part(day: dt.date, year: int) -> bool:
    return day.year == year and day.month <= LAST_MONTH_OF_A_PART
