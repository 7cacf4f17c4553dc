"""Published tables: right numbers for the language, real captions, headers with a scope.

A table is written by a template of its own. A library that lays tables out was used before: more
lines undid its styles and ids than write the table, and each table took a tenth of a second.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd
from markupsafe import Markup

from kgstats.present import numbers, style
from kgstats.present.columns import (
    CODED,
    SCALE,
    Column,
    alike,
    bare,
    coded,
    column,
    shown,
    with_unit,
)
from kgstats.present.names import places as places
from kgstats.present.payload import carried_group, file_columns
from kgstats.present.picture import place_of
from kgstats.present.prose import Prose
from kgstats.present.provenance import Source, behind, panel
from kgstats.words import N_, translator

DATA_TYPE = "application/vnd.kgstats.table+json"
"""The output type that carries a table's data through the executed notebook."""


class WithheldShown(ValueError):
    """A table or a figure's data would show a count that readers may not see."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


_gives_away: Callable[[pd.DataFrame, Sequence[str]], pd.DataFrame] | None = None


def check_with(gives_away: Callable[[pd.DataFrame, Sequence[str]], pd.DataFrame] | None) -> None:
    """Let no table be made in which a cell gives a withheld count away; None checks nothing.

    A report sets this as a notebook starts with disclosure control on. Figures are covered too:
    each has the table of its data.

    Parameters
    ----------
    gives_away
        Says for a frame and its columns which cells give a count away.
    """
    global _gives_away
    _gives_away = gives_away


@dataclass
class Table:
    """A finished table.

    Parameters
    ----------
    slug
        Stable name, unique on its page; the anchor readers cite.
    caption
        What, where, when, in which unit.
    frame
        The data as computed, one row a row; what downloads contain.
    columns
        The columns shown, in order. The first is the row header.
    group
        Column whose runs of equal values become group rows.
    totals
        Marks of the rows that are totals, shown apart from the others.
    notes
        Footnotes and sources, one string each.

    Examples
    --------
    >>> deep = Column("depth", "Depth, m", "number")
    >>> frame = pd.DataFrame({"well": ["A"], "depth": [12]})
    >>> print(Table("wells", "Wells", frame, [Column("well", "Well"), deep], "en").to_text())
    Wells
    Well | Depth, m
    A | 12
    """

    slug: str
    caption: str
    frame: pd.DataFrame
    columns: Sequence[Column]
    lang: str
    group: str | None = None
    totals: Sequence[bool] | None = None
    notes: Sequence[str] = field(default_factory=tuple)
    sources: Sequence[Source] = ()
    """The cells it was made from, when it was made from returns; found when it is displayed."""

    def __post_init__(self) -> None:
        if not self.caption.strip():
            raise ValueError(f"table {self.slug!r} has no caption")
        missing = [column.key for column in self.columns if column.key not in self.frame.columns]
        if missing:
            raise KeyError(f"table {self.slug!r}: the data has no column {', '.join(missing)}")
        self.frame = self.frame.reset_index(drop=True)
        self._check_withheld()

    def _check_withheld(self) -> None:
        if _gives_away is None:
            return
        names = [column.key for column in self.columns if column.is_number]
        hidden = _gives_away(self.frame, names)
        for name in names:
            there = [
                not numbers.is_absent(cell) and not isinstance(cell, str)
                for cell in map(bare, self.frame[name])
            ]
            if count := sum(h and t for h, t in zip(hidden[name], there, strict=True)):
                raise WithheldShown(
                    f"{self.slug}: the column {name} would show {count} values that disclosure "
                    "control withholds; pass its frame through report.release.applied()"
                )

    def behind(self) -> Sequence[Source]:
        """Return the cells behind the rows shown, by the keys of the frame."""
        return self.sources or behind(self.frame, [c.key for c in self.columns], self.totals)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        self.sources = self.behind()
        return {
            "text/html": self.to_html(),
            "text/plain": self.to_text(),
            DATA_TYPE: self.payload(),
        }

    def shown(self) -> pd.DataFrame:
        """Return the cells as readers see them."""
        return self._cells

    @cached_property
    def _cells(self) -> pd.DataFrame:
        written = [alike(self.frame[one.key], one) for one in self.columns]
        return pd.DataFrame(
            {
                str(position): [shown(value, one, self.lang) for value in self.frame[one.key]]
                for position, one in enumerate(written)
            },
            dtype=object,
        )

    def to_text(self) -> str:
        """Return the table as plain text: the caption and a line a row."""
        cells = self.shown()
        lines = [self.caption, " | ".join(column.label for column in self.columns)]
        lines += [" | ".join(row) for row in cells.itertuples(index=False, name=None)]
        return "\n".join(lines)

    def payload(self) -> dict[str, Any]:
        """Return what a download needs: headers, values in the units they say, notes."""
        columns = list(self.columns)
        if self.group is not None:
            columns = carried_group(self.group, columns, self.lang)
        held = file_columns(self.frame, columns, self.lang, self.columns[0].key)
        rows = zip(*(one.values for one in held), strict=True) if held else ()
        return {
            "slug": self.slug,
            "caption": self.caption,
            "columns": [one.about() for one in held],
            "header": self.columns[0].key,
            "rows": [list(row) for row in rows],
            "notes": list(self.notes),
        }

    def to_html(self) -> str:
        """Return the table as HTML with a caption, scoped headers and ids unique on the page."""
        return _template().render(
            table=self,
            alike=self._alike(),
            fits=self._fits(),
            labels=self._labels(),
            spanned=any(column.spanner for column in self.columns[1:]),
            heads=self._heads(),
            lines=self._lines(),
            panel=Markup(panel(self.sources, self.lang)) if self.sources else "",
        )

    def _alike(self) -> bool:
        """Whether all columns are numbers: said once, for on thousands of cells it would weigh."""
        return len(self.columns) > 1 and all(_is_number(column) for column in self.columns[1:])

    def _heads(self) -> list[_Head]:
        """Return the headers in order, spanned ones below the first of their spanner."""
        heads: list[_Head] = []
        for one, classes in zip(self.columns, self._head_classes(), strict=True):
            own = _Head(self._head(one), classes)
            if one.spanner and heads and heads[-1].label == one.spanner and heads[-1].below:
                heads[-1].below.append(own)
            elif one.spanner and one is not self.columns[0]:
                heads.append(_Head(one.spanner, "", [own]))
            else:
                heads.append(own)
        return heads

    def _head(self, one: Column) -> str:
        """Return a header; amounts say their unit, where neither it nor the caption does."""
        unit = one.unit_words(self.lang) if one.kind in SCALE else ""
        said = f"{self.caption} {one.spanner or ''}"
        return with_unit(one.label, "" if unit.casefold() in said.casefold() else unit, self.lang)

    def _labels(self) -> str:
        """Return the headers as values of a style: each cell of a card shows its own."""
        said = []
        for place, one in enumerate(self.columns[1:], start=2):
            text = f"{one.spanner}: {self._head(one)}" if one.spanner else self._head(one)
            plain = text.replace("\\", "\\5c ").replace('"', "\\22 ").replace("\n", " ")
            said.append(f'--l{place}:"{plain}"')
        return ";".join(said)

    def _fits(self) -> str:
        """Say on how wide a page the table is whole; on a narrower one each row is a card.

        ``slim`` on a telephone, ``half`` on a tablet, ``full`` on a desktop; ``upright`` there
        when its headers stand upright, ``cards`` nowhere.
        """
        cells = self.shown()
        spans = Counter(one.spanner for one in self.columns)
        needs, upright = 0.0, 0.0
        for place, one in enumerate(self.columns):
            number, texts = _is_number(one), set(cells[str(place)])
            held = max((_needs(text, whole=number) for text in texts), default=0.0)
            if not number:
                longest = max(map(len, texts), default=0)
                asked = next((room for least, room in _ROOM if longest >= least), 0.0)
                held = max(held, min(asked, max(map(_width, texts), default=0.0)))
            over = _needs(one.spanner) / spans[one.spanner] if one.spanner else 0.0
            needs += max(held, over, _needs(self._head(one))) + _PADDING
            upright += held + _PADDING / 2
        for name, room in _PAGES:
            if needs <= room:
                return name
        return "upright" if self._alike() and upright <= _PAGES[-1][1] else "cards"

    def _head_classes(self) -> list[str]:
        """Say in each header how wide its column asks to be, so that texts wrap by lines."""
        cells = self.shown()
        found = []
        for place, one in enumerate(self.columns):
            number = _is_number(one)
            texts = [one.label] if number else cells[str(place)]
            longest = max((len(str(text)) for text in texts), default=0)
            size = next((size for least, size in _WIDTHS[number] if longest >= least), "")
            found.append(" ".join(filter(None, ("n" if number else "", size if place else ""))))
        return found

    def _lines(self) -> list[_Line]:
        """Return the rows as they are shown; groups gather their rows below a row of their own."""
        cells = list(self.shown().itertuples(index=False, name=None))
        lines: list[_Line] = []
        keys = {key: self.frame[key].tolist() for key in ("district_code",) if key in self.frame}
        groups = None if self.group is None else self.frame[self.group].tolist()
        group = None
        for place in self._order():
            if groups is not None and str(groups[place]) != group:
                group = str(groups[place])
                lines.append(_Line("group", group, []))
            total = self.totals is not None and self.totals[place]
            first, *others = cells[place]
            shown = zip(others, self.columns[1:], strict=True)
            kind = "total" if total else ""
            at = Markup(place_of({key: held[place] for key, held in keys.items()}))
            lines.append(_Line(kind, first, [(x, _class(x, c)) for x, c in shown], at))
        return lines

    def _order(self) -> list[int]:
        """Return the frame's row positions in the order shown: groups gather their rows."""
        if self.group is None:
            return list(range(len(self.frame)))
        groups = [str(value) for value in self.frame[self.group]]
        first: dict[str, int] = {}
        for name in groups:
            first.setdefault(name, len(first))
        return sorted(range(len(groups)), key=lambda i: (first[groups[i]], i))


@dataclass
class _Head:
    """A header: its words, its classes, and the headers below it when it spans several."""

    label: str
    classes: str
    below: list[_Head] = field(default_factory=list)


@dataclass(frozen=True)
class _Line:
    """A row as shown: what it is, its header, and each cell with its class."""

    kind: str
    head: str
    cells: list[tuple[str, str]]
    place: str = ""


_PAGES = (("slim", 255.0), ("half", 600.0), ("full", 980.0))
"""How wide a table may be on a telephone, a tablet and a desktop, in pixels, within what folds."""
_ROOM = ((41, 190.0), (15, 110.0), (8, 70.0))
"""How wide texts of so many characters ask to be."""
_PADDING = 15.0


def _width(text: Any) -> float:
    # Measured rather too wide for a picture; a table's columns give to each other.
    return 0.9 * style.text_width(str(text), 14.0)


def _needs(text: Any, *, whole: bool = False) -> float:
    """Return the width below which a text breaks: of its longest word, where it may be broken."""
    words = [str(text)] if whole else str(text).split()
    return max((_width(word) for word in words if len(word) < 24), default=0.0)


def _is_number(column: Column) -> bool:
    return column.kind not in ("text", "date", *CODED)


def _class(text: str, column: Column) -> str:
    if _is_number(column):
        return "n"
    return "url" if _LONG_WORD.search(text) else ""


@lru_cache
def _template() -> Any:
    from jinja2 import Environment, PackageLoader

    loader = PackageLoader("kgstats.present", "templates")
    return Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True
    ).get_template("table.html")


_WIDTHS = {False: ((41, "long"), (15, "mid"), (8, "few")), True: ((23, "mid"),)}
"""From how many characters a column of texts, or the header over numbers, asks for more room."""

_LONG_WORD = re.compile(r"\S{24,}")
"""An address or a file's name: it may break anywhere, ordinary words may not."""


Note = Callable[[pd.DataFrame, str, dict[str, Any]], str]
"""Gives a footnote from the frame, the language and the words of the call; empty for none.

Among the words is the frame of the total, ``total``.
"""


@dataclass(frozen=True)
class TableSpec:
    """A published table, declared: what it shows, not how.

    Call it with the frame an analysis gave, and with the frames of its totals; where there are no
    rows it shows what is said in their place. `table` is the table whatever the rows::

        CAUSES = TableSpec(
            slug="funding-causes",
            caption=N_("Money not yet disbursed, by the cause given, {year}"),
            columns=("cause", "lines", "districts", "shortfall_vnd", "shortfall_share_pct"),
        )
        CAUSES(causes, lang, total=funding.shortfall(money), year=year)

    Parameters
    ----------
    slug, caption
        As of `Table`; the caption may leave words open.
    columns
        Names of the registry, one or several in a text, or a `Column` of the table's own, its
        label in English; the first names the row. Names behind ``spanner: `` stand below that
        spanner (an English text).
    name
        Words of a row, where the first column's code is not enough: takes a row, with the words
        of the call among its values, and a language.
    group
        A column whose runs of equal words become group rows: a name of the registry, or a
        `Column` whose values are the words.
    total
        What the row of the total is called, and the rows of subtotals.
    together
        What the group of the total is called, where not as its row.
    of_one
        Whether a group of a single row has a subtotal too.
    absent
        What a row without a code is called.
    most
        How many rows are shown of more; None for all.
    empty
        What is said in place of a table without rows; nothing at all with an empty text. None for
        a table that stands without rows too.
    caution
        Whether that is said as a caution.
    notes
        Footnotes: each a text, or a `Note` computed from the frame, left out where it is empty.
    """

    slug: str
    caption: str
    columns: tuple[str | Column, ...]
    name: Callable[[dict[str, Any], str], str] | None = None
    group: str | Column | None = None
    total: str = N_("All")
    together: str = ""
    of_one: bool = True
    absent: str = N_("not given")
    most: int | None = None
    empty: str | None = None
    caution: bool = False
    notes: str | Note | tuple[str | Note, ...] = ()

    def __post_init__(self) -> None:
        each = tuple(one for several in self.columns for one in _each(several))
        object.__setattr__(self, "columns", each)

    def __call__(self, frame: pd.DataFrame, lang: str, **given: Any) -> Table | Prose | None:
        """Show the table, or what is said where it has no rows; takes what `table` takes."""
        if len(frame) or self.empty is None:
            return self.table(frame, lang, **given)
        text = translator(lang)(self.empty, **_filled(frame, given))
        return Prose([text], kind="caution" if self.caution else "finding") if text else None

    def table(
        self,
        frame: pd.DataFrame,
        lang: str,
        *,
        total: pd.DataFrame | None = None,
        subtotals: pd.DataFrame | None = None,
        notes: Sequence[str] = (),
        **words: Any,
    ) -> Table:
        """Make the table.

        Parameters
        ----------
        frame
            A row for each of the table's.
        lang
            The language of its words.
        total
            One row without keys. Its column ``total_name`` says what it is called, where that is
            not the declared ``total``.
        subtotals
            A row for each group, with the key of ``group``, put at its end.
        notes
            Those of this table alone; the declared ones stand before them.
        words
            Fill in the caption, the labels and the names of rows. ``year``, ``before`` and
            ``next`` are among them by themselves where the frame says its year.
        """
        t, words = translator(lang), _filled(frame, words)
        made = [self._column(one, lang, words) for one in self.columns]
        stub = made[0]
        year = words.get("year")
        head = None if self.group is None else self._column(self.group, lang, words)
        by = None if head is None else head.key
        own = [one for one in (*made, head) if one is not None and one.said is not None]
        rows, last = _said(frame.head(self.most or len(frame)), own, lang, words), total
        if subtotals is not None and head is not None:
            subtotals = _said(subtotals, [head] if head.said else [], lang, words)
            if len(rows) and rows[by].nunique() == 1:
                last = None  # The only subtotal says it already.
            if not self.of_one:
                subtotals = subtotals[subtotals[by].isin(rows.loc[rows[by].duplicated(), by])]
        rows = with_totals(rows, total=last, subtotals=subtotals, by=by)
        named = [
            self._total_named(row, lang) if row["_total"] else self._named(row, stub, lang, words)
            for row in rows.to_dict("records")
        ]
        if not any(_has(rows, key) for key in OF_DISTRICTS):
            # A year without districts, or rows that are of none: no head speaks of them.
            made = [stub, *(one for one in made[1:] if one.key not in OF_DISTRICTS)]
            stub = replace(stub, label=t(AREA)) if stub.key in OF_DISTRICTS else stub
        # The name of a file or of a column is what it is, small letter or not.
        as_is = stub.kind == "verbatim"
        rows["_name"] = [text if as_is else text[:1].upper() + text[1:] for text in named]
        if head is not None:
            together = t(self.together or self.total)
            rows["_group"] = [coded(value, head, lang, year, together) for value in rows[head.key]]
        for place, one in enumerate(made[1:], start=1):
            if one.kind in CODED:
                rows[f"_{one.key}"] = [coded(value, one, lang, year, "") for value in rows[one.key]]
                made[place] = replace(one, key=f"_{one.key}", kind="text")
        said = [
            t(one, **words) if isinstance(one, str) else one(frame, lang, {"total": total, **words})
            for one in self.all_notes
        ]
        return Table(
            self.slug,
            t(self.caption, **words),
            rows,
            columns=[replace(stub, key="_name", kind="text"), *made[1:]],
            lang=lang,
            group=None if head is None else "_group",
            totals=None if total is None and subtotals is None else rows["_total"].tolist(),
            notes=[*filter(None, said), *notes],
        )

    @property
    def all_notes(self) -> tuple[str | Note, ...]:
        """The notes, also where there is one only."""
        return self.notes if isinstance(self.notes, tuple) else (self.notes,)

    def _column(self, one: str | Column, lang: str, words: dict[str, Any]) -> Column:
        if isinstance(one, Column) and (one.label or one.said is None or one is self.group):
            t = translator(lang)
            over = t(one.spanner, **words) if one.spanner else None
            return replace(one, label=t(one.label, **words), spanner=over)
        if isinstance(one, Column):
            return replace(column(one.key, lang, **words), said=one.said)
        spanner, colon, name = one.rpartition(": ")
        return column(
            name, lang, spanner=translator(lang)(spanner, **words) if colon else None, **words
        )

    def _total_named(self, row: dict[str, Any], lang: str) -> str:
        own = row.get("total_name")
        return translator(lang)(self.total) if numbers.is_absent(own) else str(own)

    def _named(self, row: dict[str, Any], stub: Column, lang: str, words: dict[str, Any]) -> str:
        if self.name is not None:
            return self.name({"year": None, **words, **row}, lang)
        absent = translator(lang)(self.absent)
        return coded(row[stub.key], stub, lang, row.get("year", words.get("year")), absent)


def _filled(frame: pd.DataFrame, words: dict[str, Any]) -> dict[str, Any]:
    """Add the year to the words of a table, and those around it, where they are not given."""
    year = words.get("year")
    if year is None and len(frame) and "year" in frame:
        year = int(frame["year"].max())
    return words if year is None else {"year": year, "before": year - 1, "next": year + 1} | words


def _said(
    frame: pd.DataFrame, columns: Sequence[Column], lang: str, words: dict[str, Any]
) -> pd.DataFrame:
    """Fill in the columns whose cells are said from the row; of one key only once."""
    rows = [{**words, **row} for row in frame.to_dict("records")] if columns else []
    cells = {one.key: [one.said(row, lang) for row in rows] for one in columns if one.said}
    return frame.assign(**cells)


def _each(several: str | Column) -> Sequence[str | Column]:
    """Return the columns that a text names, each below the text's spanner."""
    if isinstance(several, Column):
        return (several,)
    spanner, colon, names = several.rpartition(": ")
    return [f"{spanner}{colon}{name}" for name in names.split()] or [several]


OF_DISTRICTS = ("district_code", "districts")
"""Columns that name districts or count them."""
AREA = N_("Area")


def _has(rows: pd.DataFrame, key: str) -> bool:
    """Whether any row but a total has a district, or a number of them above zero."""
    own = rows.loc[~rows["_total"], key] if key in rows else ()
    return any(not numbers.is_absent(value) and value not in ("", 0) for value in own)


def with_totals(
    frame: pd.DataFrame,
    *,
    total: pd.DataFrame | None = None,
    subtotals: pd.DataFrame | None = None,
    by: str | None = None,
) -> pd.DataFrame:
    """Return rows with their totals below them, marked in the column ``_total``.

    Parameters
    ----------
    frame
        The rows, in order.
    total
        One row for all of them.
    subtotals
        A row for each value of the column ``by``, put after the rows of that value.

    Examples
    --------
    >>> rows = pd.DataFrame({"name": ["a", "b"], "n": [1, 2]})
    >>> with_totals(rows, total=pd.DataFrame({"n": [3]}))["n"].tolist()
    [1, 2, 3]
    """
    rows = frame.assign(_total=False)
    if subtotals is not None and by is not None:
        pieces = []
        for value in dict.fromkeys(rows[by]):
            pieces.append(rows[rows[by] == value])
            pieces.append(subtotals[subtotals[by] == value].assign(_total=True))
        rows = pd.concat(pieces, ignore_index=True)
    if total is not None:
        rows = pd.concat([rows, total.assign(_total=True)], ignore_index=True)
    return rows.reset_index(drop=True)


def dumps(payload: dict[str, Any]) -> str:
    """Write a payload as JSON, accents as letters.

    Parameters
    ----------
    payload
        What an output carries.

    Examples
    --------
    >>> dumps({"slug": "nghèo"})
    '{"slug": "nghèo"}'
    """
    return json.dumps(payload, ensure_ascii=False)
