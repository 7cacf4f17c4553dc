"""Published tables: right numbers for the language, real captions, headers with a scope.

great_tables lays the table out; what it leaves for screen readers, search and print is mended
here, in one place: a ``<caption>``, unique ids, scoped headers, no styles of its own.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers
from kgstats.present.provenance import Source, behind, panel
from kgstats.words import N_, translator

DATA_TYPE = "application/vnd.kgstats.table+json"
"""The output type that carries a table's data through the executed notebook."""


@dataclass(frozen=True)
class Column:
    """How one column of a frame is shown.

    ``kind`` is ``text``, ``number``, ``percent``, ``points``, ``signed``, ``dong``, ``million``,
    ``billion`` (amounts of whole đồng shown in that unit, the unit standing in the header),
    ``date``, or ``mixed`` (a frame's own text, aligned as numbers). `column` gives the column of
    a frame that the registry names.
    """

    key: str
    label: str
    kind: str = "text"
    decimals: int | None = None
    spanner: str | None = None


def column(name: str, lang: str, *, spanner: str | None = None, **words: object) -> Column:
    """Return how a column that the registry names is shown: its label, kind and decimals.

    ``words`` fill in what a label leaves open, such as ``{year}``.

    >>> column("disbursed_rate_pct", "en")
    Column(key='disbursed_rate_pct', label='Rate, %', kind='percent', decimals=2, spanner=None)

    Raises
    ------
    kgstats.registry.NotRegistered
        For a name that is neither a measure nor a column of a clean table.
    """
    t = translator(lang)
    if name in registry.measures():
        one = registry.measures()[name]
        return Column(name, t(one.label, **words), one.kind, one.decimals, spanner)
    for table in registry.tables().values():
        for held in table.columns:
            if held.name == name:
                kind = "text" if held.dtype in ("text", "bool", "date") else "number"
                return Column(name, t(held.definition).partition(": ")[0], kind, spanner=spanner)
    raise registry.NotRegistered(
        f"no measure is called {name!r}: add a row to registry/measures.csv, or give a Column"
    )


_SCALE = {"dong": 1, "million": 10**6, "billion": 10**9}


def _shown(value: Any, column: Column, lang: str) -> str:
    if numbers.is_absent(value):
        return "" if column.kind in ("text", "mixed") else numbers.NOT_REPORTED
    if isinstance(value, str):
        # A sign in a column of numbers: not applicable, withheld.
        return value
    if column.kind in _SCALE:
        return numbers.number(numbers.exact(value) / _SCALE[column.kind], lang, column.decimals)
    if column.kind == "number":
        return numbers.number(value, lang, column.decimals)
    if column.kind == "percent":
        # The header or the row's words say percent; the sign is repeated for screen readers.
        return numbers.percent(value, lang, 2 if column.decimals is None else column.decimals)
    if column.kind == "points":
        return numbers.signed(value, lang, 2 if column.decimals is None else column.decimals)
    if column.kind == "signed":
        return numbers.signed(value, lang, column.decimals)
    if column.kind == "date":
        return numbers.date(value, lang)
    if isinstance(value, bool):
        return translator(lang)("yes") if value else translator(lang)("no")
    return str(value)


YES, NO = N_("yes"), N_("no")


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
        return pd.DataFrame(
            {
                str(position): [
                    _shown(value, column, self.lang) for value in self.frame[column.key]
                ]
                for position, column in enumerate(self.columns)
            },
            dtype=object,
        )

    def to_text(self) -> str:
        """Return the table as plain text: the caption and a line a row."""
        cells = self.shown()
        lines = [self.caption, " | ".join(column.label for column in self.columns)]
        lines += [" | ".join(row) for row in cells.itertuples(index=False)]
        return "\n".join(lines)

    def payload(self) -> dict[str, Any]:
        """Return what a download needs: labels, raw values, notes."""
        rows = [
            [_plain(value) for value in row]
            for row in self.frame[[c.key for c in self._carried()]].itertuples(index=False)
        ]
        return {
            "slug": self.slug,
            "caption": self.caption,
            # In a file no header stands over several columns: each says it for itself.
            "columns": [
                {
                    "key": c.key,
                    "label": f"{c.spanner}: {c.label}" if c.spanner else c.label,
                    "kind": c.kind,
                }
                for c in self._carried()
            ],
            "header": self.columns[0].key,
            "rows": rows,
            "notes": list(self.notes),
        }

    def _carried(self) -> list[Column]:
        carried = list(self.columns)
        if self.group is not None and self.group not in {c.key for c in carried}:
            carried.insert(0, Column(self.group, translator(self.lang)("Group")))
        return carried

    def to_html(self) -> str:
        """Return the table as HTML with a caption, scoped headers and ids unique on the page."""
        from great_tables import GT

        cells = self.shown()
        if self.group is not None:
            cells["group"] = [str(value) for value in self.frame[self.group]]
        gt = GT(
            cells,
            id=self.slug,
            rowname_col="0",
            groupname_col="group" if self.group is not None else None,
        ).tab_stubhead(label=self.columns[0].label)
        labels: dict[str, Any] = {
            str(i): column.label for i, column in enumerate(self.columns) if i
        }
        gt = gt.cols_label(cases=labels) if labels else gt
        spans: dict[str, list[str]] = {}
        for i, column in enumerate(self.columns):
            if column.spanner and i:
                spans.setdefault(column.spanner, []).append(str(i))
        for label, members in spans.items():
            gt = gt.tab_spanner(label=label, columns=members)
        for note in self.notes:
            gt = gt.tab_source_note(note)
        return self._mended(gt.as_raw_html())

    def _mended(self, raw: str) -> str:
        from lxml import etree
        from lxml import html as lxml_html

        root = lxml_html.fragment_fromstring(raw, create_parent="div")
        table = root.find(".//table")
        for name in list(table.attrib):
            del table.attrib[name]
        group_rows = set(table.iterfind("tbody/tr[@class='gt_group_heading_row']"))
        for element in table.iter():
            for name in ("style", "class", "headers", "id"):
                element.attrib.pop(name, None)
            for name in ("rowspan", "colspan"):
                if element.get(name) == "1":
                    del element.attrib[name]
        table.set("class", "data")
        caption = etree.Element("caption")
        caption.set("id", f"{self.slug}-caption")
        # A box of its own inside the caption stays in sight when a wide table is scrolled.
        etree.SubElement(caption, "span").text = self.caption
        table.insert(0, caption)
        self._scope(table, group_rows)
        foot = table.find("tfoot")
        notes = ""
        if foot is not None:
            table.remove(foot)
            notes = "".join(
                f'<p class="note">{html.escape(note, quote=False)}</p>' for note in self.notes
            )
        body = etree.tostring(table, encoding="unicode", method="html")
        slug = html.escape(self.slug, quote=True)
        return (
            f'<div class="table" id="{slug}">'
            f'<div class="scroller" role="group" tabindex="0" aria-labelledby="{slug}-caption">'
            f"{body}</div>{notes}{panel(self.sources, self.lang) if self.sources else ''}</div>"
        )

    def _scope(self, table: Any, group_rows: set[Any]) -> None:
        for row in table.iterfind("thead/tr"):
            for cell in row:
                spans = int(cell.get("colspan", "1")) > 1
                cell.set("scope", "colgroup" if spans else "col")
                if not "".join(cell.itertext()).strip():
                    cell.tag = "td"
                    cell.attrib.pop("scope")
        kinds = [column.kind for column in self.columns]
        # Said once for a table all of numbers: the word on thousands of cells would weigh.
        alike = len(kinds) > 1 and not any(kind in ("text", "date") for kind in kinds[1:])
        if alike:
            table.set("class", "data numbers")
        position = 0
        for row in table.iterfind("tbody/tr"):
            header = row.find("th")
            if row in group_rows:
                header.set("scope", "rowgroup")
                row.set("class", "group")
                continue
            if header is not None:
                header.set("scope", "row")
            if self.totals is not None and self.totals[self._order()[position]]:
                row.set("class", "total")
            for cell, kind in zip(row, kinds, strict=True):
                if kind not in ("text", "date"):
                    if not alike:
                        cell.set("class", "n")
                elif cell.tag == "td" and _LONG_WORD.search(cell.text_content()):
                    cell.set("class", "url")
            position += 1
        self._ask_width(table, kinds)

    def _ask_width(self, table: Any, kinds: Sequence[str]) -> None:
        """Say in each header how wide its column asks to be, so that texts wrap by lines."""
        cells = self.shown()
        for place, (header, kind) in enumerate(zip(_lowest_headers(table), kinds, strict=True)):
            number = kind not in ("text", "date")
            texts = [header.text_content()] if number else cells[str(place)]
            longest = max((len(str(text)) for text in texts), default=0)
            size = next((size for least, size in _WIDTHS[number] if longest >= least), "")
            classes = " ".join(filter(None, ("n" if number else "", size if place else "")))
            if classes:
                header.set("class", classes)

    def _order(self) -> list[int]:
        """Return the frame's row positions in the order shown: groups gather their rows."""
        if self.group is None:
            return list(range(len(self.frame)))
        groups = [str(value) for value in self.frame[self.group]]
        first: dict[str, int] = {}
        for name in groups:
            first.setdefault(name, len(first))
        return sorted(range(len(groups)), key=lambda i: (first[groups[i]], i))


_WIDTHS = {False: ((41, "long"), (15, "mid"), (8, "few")), True: ((23, "mid"),)}
"""From how many characters a column of texts, or the header over numbers, asks for more room."""

_LONG_WORD = re.compile(r"\S{24,}")
"""An address or a file's name: it may break anywhere, ordinary words may not."""


def _lowest_headers(table: Any) -> list[Any]:
    """Return the header cell that stands right above each column, whatever rows it spans."""
    rows = table.findall("thead/tr")
    grid: dict[tuple[int, int], Any] = {}
    for line, row in enumerate(rows):
        column = 0
        for cell in row:
            while (line, column) in grid:
                column += 1
            across, down = int(cell.get("colspan", "1")), int(cell.get("rowspan", "1"))
            for i in range(down):
                for j in range(across):
                    grid[line + i, column + j] = cell
            column += across
    last = len(rows) - 1
    return [grid[last, column] for column in sorted(c for r, c in grid if r == last)]


def _plain(value: Any) -> Any:
    """Return a value as JSON can carry it, numbers staying numbers."""
    if numbers.is_absent(value):
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return float(value) if value != value.to_integral_value() else int(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, float):
        return value
    if hasattr(value, "item"):
        return _plain(value.item())
    return str(value)


def table(
    frame: pd.DataFrame,
    *,
    slug: str,
    caption: str,
    columns: Sequence[Column],
    lang: str,
    group: str | None = None,
    totals: Callable[[pd.DataFrame], Sequence[bool]] | Sequence[bool] | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """Make a published table from a frame; ``totals`` may be a rule on the frame."""
    marks = totals(frame) if callable(totals) else totals
    return Table(
        slug=slug,
        caption=caption,
        frame=frame.reset_index(drop=True),
        columns=columns,
        lang=lang,
        group=group,
        totals=None if marks is None else [bool(mark) for mark in marks],
        notes=tuple(notes),
    )


@dataclass(frozen=True)
class TableSpec:
    """A published table, declared: what it shows, not how.

    Call it with the frame an analysis gave, and with the frames of its totals::

        CAUSES = TableSpec(
            slug="funding-causes",
            caption=N_("Money not yet disbursed, by the cause districts gave, {year}"),
            columns=("cause", "lines", "districts", "shortfall_vnd", "share_pct"),
        )
        CAUSES(causes, lang, total=funding.causes(money), year=year)

    Parameters
    ----------
    slug, caption
        As of `Table`; the caption may leave words open.
    columns
        Names of the registry, or a `Column` of the table's own, its label in English; the first
        names the row. A name ``spanner: name`` stands below that spanner (an English text).
    name
        Words of a row, where the first column's code is not enough: takes row (``year`` among its
        values) and language.
    group
        A column whose runs of equal words become group rows: a name of the registry, or a
        `Column` whose values are the words.
    total
        What the row of the total is called, and the rows of subtotals.
    together
        What the group of the total is called, where not as its row.
    absent
        What a row without a code is called.
    notes
        Footnotes that are always there.
    """

    slug: str
    caption: str
    columns: tuple[str | Column, ...]
    name: Callable[[dict[str, Any], str], str] | None = None
    group: str | Column | None = None
    total: str = N_("All")
    together: str = ""
    absent: str = N_("not given")
    notes: tuple[str, ...] = ()

    def __call__(
        self,
        frame: pd.DataFrame,
        lang: str,
        *,
        total: pd.DataFrame | None = None,
        subtotals: pd.DataFrame | None = None,
        notes: Sequence[str] = (),
        **words: Any,
    ) -> Table:
        """Make the table; ``words`` fill in the caption, the labels and the names of rows.

        ``total`` is a frame of one row without keys. ``subtotals`` has the key of ``group`` and
        puts one row at the end of each group.
        """
        t = translator(lang)
        shown = [self._column(one, lang, words) for one in self.columns]
        stub = shown[0]
        year = words.get("year")
        head = None if self.group is None else self._column(self.group, lang, words)
        by = None if head is None else head.key
        rows = with_totals(frame, total=total, subtotals=subtotals, by=by)
        named = [
            t(self.total) if row["_total"] else self._named(row, stub, lang, year)
            for row in rows.to_dict("records")
        ]
        rows["_name"] = [text[:1].upper() + text[1:] for text in named]
        if head is not None:
            together = t(self.together or self.total)
            rows["_group"] = [coded(value, head, lang, year, together) for value in rows[head.key]]
        for place, one in enumerate(shown[1:], start=1):
            if one.kind in CODED:
                rows[f"_{one.key}"] = [coded(value, one, lang, year, "") for value in rows[one.key]]
                shown[place] = replace(one, key=f"_{one.key}", kind="text")
        return table(
            rows,
            slug=self.slug,
            caption=t(self.caption, **words),
            columns=[replace(stub, key="_name", kind="text"), *shown[1:]],
            lang=lang,
            group=None if head is None else "_group",
            totals=rows["_total"] if total is not None or subtotals is not None else None,
            notes=[*(t(note) for note in self.notes), *notes],
        )

    def _column(self, one: str | Column, lang: str, words: dict[str, Any]) -> Column:
        if isinstance(one, Column):
            return replace(one, label=translator(lang)(one.label, **words))
        spanner, colon, name = one.rpartition(": ")
        return column(
            name, lang, spanner=translator(lang)(spanner, **words) if colon else None, **words
        )

    def _named(self, row: dict[str, Any], stub: Column, lang: str, year: Any) -> str:
        if self.name is not None:
            return self.name({"year": year, **row}, lang)
        absent = translator(lang)(self.absent)
        return coded(row[stub.key], stub, lang, row.get("year", year), absent)


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


CODED = ("district", "commune", "component", "code")
"""Kinds of columns that hold codes and are shown in words."""


def coded(
    value: Any, column: Column, lang: str, year: Any = None, absent: str | None = None
) -> str:
    """Return the words for a code: a district, a commune, a component, or an entry of a list.

    >>> coded("903", Column("district_code", "", "district"), "en", 2019)
    'Hòn Đất'
    >>> coded("central", Column("source", "", "code"), "en")
    'central budget'
    """
    t = translator(lang)
    if numbers.is_absent(value):
        return t("not given") if absent is None else absent
    if column.kind in ("district", "commune"):
        return places(int(year))[column.kind].get(str(value), str(value))
    if column.kind == "component":
        from kgstats.reference import funding_rules

        known = funding_rules.components().set_index("component")[f"name_{lang}"]
        return str(known.get(str(value), value))
    if column.kind == "code":
        return t(registry.codes(column.key).get(str(value), str(value)))
    return _shown(value, column, lang)


@lru_cache
def places(year: int) -> dict[str, dict[str, str]]:
    """Return the names of a year's districts and communes by their codes."""
    from kgstats.reference import areas

    districts, units = areas.districts(year), areas.units(year)
    return {
        "district": dict(zip(districts["district_code"], districts["district_name"], strict=True)),
        "commune": dict(zip(units["commune_code"], units["name"], strict=True)),
    }


def dumps(payload: dict[str, Any]) -> str:
    """Write a payload as JSON, accents as letters."""
    return json.dumps(payload, ensure_ascii=False)
