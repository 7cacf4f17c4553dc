"""Which rows of form 02 carry money, and under which words.

A row of money is a component × source × kind × plan year. What it does not say itself, the rows
above say: the section of a programme, a component with its sources below it, a plan year.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

from kgstats import registry
from kgstats.returns.columns.evidence import numbers_in
from kgstats.returns.columns.heading_words import names_one, plan_year_of
from kgstats.returns.columns.matching import Mapped, RefusedColumn
from kgstats.returns.forms import code_words, component_of, exact_meaning, meaning, under_of
from kgstats.returns.layout import Seen, order_token, tokens
from kgstats.returns.ledger import FATES, raw_text
from kgstats.returns.records.lines import Work
from kgstats.returns.records.table import TableRows
from kgstats.returns.records.vintages import (
    FIRST_YEAR,
    Vintage,
    Vintages,
    heads_a_year,
    vintage_of,
)
from kgstats.returns.rules import Words
from kgstats.returns.subjects.total_words import sense_of_row
from kgstats.returns.values.meanings import Choice, choice_of, offered

KEY_WORDS = registry.codes("money_key")
ATTRIBUTES = ("source", "kind", "plan_year")
"""What a row says of its money beside its component."""

LISTS = (("source", "sources"), ("kind", "kinds"))

DITTO = frozenset(('"', "''", "”", "“", "″", "〃", "nt", "n.t", "như trên"))
"""What stands for the words of the row above."""

LEAST_ADDED = 2
"""So many lines and amounts show that a row is the sum of those above it."""

_LOWER = re.compile(r"^[a-zđ][.)]?$")
_LISTED = re.compile(r"^[-–+•*\s]+|^\d+[.)]\s*")


Programmes = tuple[str | None, str | None]


@dataclass(slots=True, eq=False)
class Around:
    """What the rows above say about a row of money."""

    programme: str | None = None
    under: str | None = None
    component: str | None = None
    label: Seen | None = None
    source: str | None = None
    kind: str | None = None
    vintage: Vintage | None = None
    year_within: Programmes | None = None
    """Where the year was named; None where it was named over all programmes."""
    opened: bool = False
    """Whether the heading of a programme or sub-programme stands above."""

    @property
    def programmes(self) -> Programmes:
        """The programme and the sub-programme that the rows above name."""
        return self.programme, self.under

    def take_year(self, vintage: Vintage | None, before: Programmes) -> None:
        """Take the year a heading names; one named within a programme ends with it.

        ``before`` are the programmes that held above the heading.
        """
        now, within = self.programmes, self.year_within
        if vintage is not None:
            if self.vintage is None or within is not None:
                self.year_within = now if self.opened else None
            self.vintage = vintage
        elif within is not None and (within[0] != now[0] or within[1] not in (None, now[1])):
            self.vintage = self.year_within = None
        self.opened = self.opened or now != before


@dataclass(slots=True, eq=False)
class MoneyRow:
    """A row of money before its numbers are put to it."""

    row: int
    label: Seen
    programme: str | None
    component: str | None
    source: str | None
    kind: str | None
    plan_year: int | None
    cells: dict[str, Seen]
    words: dict[str, object]


@dataclass(slots=True, eq=False)
class MoneyRows:
    """Tells the rows of a table of money apart."""

    table: TableRows
    names: dict[str, Mapped]
    """Columns of words by name: component, source, kind, plan year, cause, note, unit."""
    measures: list[Mapped]
    around: Around = field(default_factory=Around)
    totals: dict[int, None] = field(default_factory=dict)
    """Rows that sum the table up, as a set in the order of the page."""
    refused: list[int] = field(default_factory=list)
    """Rows whose words could not be read: the totals of the page may count their money."""
    above: dict[str, Seen] = field(default_factory=dict)
    """The words of the row of money above, while no other row stands between."""
    vintages: Vintages = field(default_factory=Vintages)

    def found(self) -> list[MoneyRow]:
        """Return the rows of money; the others become totals, sections or summaries."""
        table = self.table
        if _one_programme(table.block.title):
            self.around.programme = meaning("programmes", table.block.title)
        table.sections, self.totals = [], dict.fromkeys(table.totals)
        doubtful = {one.index for one in table.table.left if isinstance(one, RefusedColumn)}
        items: list[MoneyRow] = []
        for position, row in enumerate(table.order):
            held = table.cells[row]
            label = self._label(held)
            words = self._words(row, held)
            attributes = any(name in words for name in ATTRIBUTES) or any(
                index in held and held[index].kind == "text" for index in doubtful
            )
            self.above = words if attributes else {}
            if self._sums_up(row, label, attributes):
                continue
            numbers = [
                held[one.column.index]
                for one in self.measures
                if one.column.index in held and held[one.column.index].kind != "blank"
            ]
            if not attributes and self._adds_up(label, numbers, items):
                self.totals[row] = None
                continue
            before = self.around.programmes
            if not attributes and self._heading(label, numbers, position):
                table.sections.append(row)
                self.around.take_year(vintage_of(label, table.whose.year), before)
                continue
            if label is None and not attributes and not numbers:
                for one in held.values():
                    one.fate = one.fate or FATES["note"]
                continue
            item = self._item(row, label, words)
            if item is not None:
                items.append(item)
            else:
                self.refused.append(row)
                self._quarantine(held)
        table.totals = list(self.totals)
        self.vintages.doubt(table)
        return items

    def _label(self, held: dict[int, Seen]) -> Seen | None:
        label = held.get(self.names["component"].column.index)
        if label is not None and label.kind != "blank":
            return label
        first = held.get(self.table.block.order_column or 0)
        if first is not None and first.kind == "text" and order_token(first) is None:
            return first
        return None

    def _words(self, row: int, held: dict[int, Seen]) -> dict[str, Seen]:
        """Return the words of a row by column; one cell merged down says it for each row."""
        words: dict[str, Seen] = {}
        for name, one in self.names.items():
            index = one.column.index
            if name in ("component", "unit"):
                continue
            if index in held and held[index].kind != "blank":
                words[name] = held[index]
                if name in self.above and held[index].text.strip(" -–.").lower() in DITTO:
                    words[name] = self.above[name]
                    held[index].fate = FATES["label"]
            elif name in ATTRIBUTES and (row, index) in self.table.spans and held:
                words[name] = self.table.spans[row, index]
        return words

    def _sums_up(self, row: int, label: Seen | None, attributes: bool) -> bool:
        """Whether a row is a total of the table, or sums it up otherwise; notes which."""
        table = self.table
        index = self.names["component"].column.index
        said = label if label is not None else table.spans.get((row, index))
        sense = None
        if said is not None and said.kind == "text":
            sense = "total" if table.whole(said) else sense_of_row(said.text)
            if sense is not None and component_of(said.text, self.around.under)[0] is not None:
                sense = None
        if sense == "aside":
            # "Năm 2018" heads money of a plan year, and below the total compares with a year.
            below = table.order and row > max(self.totals, default=table.order[-1])
            sense = "rate" if below and not attributes else None
        elif sense == "rate" and not any(one.numeric for one in table.cells[row].values()):
            sense = None  # "Cùng kỳ năm trước" without a number heads lines
        if sense in ("average", "rate", "count") or (attributes and sense == "total"):
            # "Tổng cộng" of one source is no row of money, and no sum of all rows either.
            self.totals.pop(row, None)
            table.summaries.append(row)
            return True
        if attributes:
            self.totals.pop(row, None)
        elif sense == "total":
            self.totals[row] = None
        return row in self.totals

    def _adds_up(self, label: Seen | None, numbers: list[Seen], items: list[MoneyRow]) -> bool:
        """Whether all amounts of a row are the sums of the lines above it, whatever it is called.

        A row that names a component or a programme heads its lines; one without words beside its
        amounts is no line only where all lines have some.
        """
        named = label is not None and (
            component_of(label.text, self.around.under)[0] or meaning("programmes", label.text)
        )
        stating = all(not item.cells.keys().isdisjoint(ATTRIBUTES) for item in items)
        if len(items) < LEAST_ADDED or named or not stating:
            return False
        amounts = {one.column.index for one in self.measures if one.name.endswith("_vnd")}
        stated = [one for one in numbers if one.column in amounts]
        cells = self.table.cells
        for seen in stated:
            held = [cells[item.row].get(seen.column) for item in items]
            parts = numbers_in(one for one in held if one is not None)
            if not math.isclose(sum(parts.values()), numbers_in([seen]).get(seen.row, math.nan)):
                return False
        return len(stated) >= LEAST_ADDED and any(numbers_in(stated).values())

    def _heading(self, label: Seen | None, numbers: list[Seen], position: int) -> bool:
        """Whether a row only heads those below it; takes what it says about them."""
        around = self.around
        row = self.table.order[position]
        token = None
        first = self.table.cells[row].get(self.table.block.order_column or 0)
        if first is not None:
            token = order_token(first)
        if label is None:
            if token in ("roman", "letter") and first is not None and not _LOWER.match(first.text):
                # A heading without its words: what stood above does not go on below it.
                around.under = around.component = None
                return True
            return False
        programme = meaning("programmes", label.text)
        component, _, _ = component_of(label.text, around.under)
        under = under_of(label.text)
        faceted = any(one.facets.source is not None for one in self.measures)
        if component is not None and component != "ntm_general":
            if faceted or not self._sources_below(position):
                return False
            around.component, around.label = component, label
            return True
        if (
            component == "ntm_general"
            and token == "arabic"
            and (faceted or self._sources_below(position))
        ):
            around.component, around.label, around.programme = component, label, "ntm"
            return not faceted
        source = exact_meaning("sources", label.text)
        if source is not None and around.component is not None:
            return False
        if programme is not None and component in (None, "ntm_general"):
            around.programme, around.under, around.component = programme, under, None
            around.source = None
            return not (faceted and programme == "ntm" and numbers and self._last_of(position))
        if under is not None and component is None:
            around.programme, around.under, around.component = "gnbv", under, None
            return True
        other = re.search(r"\bkhac\b", label.folded) is not None
        section = row in self.table.block.section_rows or token in ("roman", "letter")
        section = section or (other and not faceted)
        if section or not numbers or _LOWER.match(first.text if first is not None else ""):
            if component is None and (section or other):
                around.under = around.component = None
                return True
            return not numbers and component is None
        # The sums of a year stand beside it.
        return heads_a_year(label.folded)

    def _last_of(self, position: int) -> bool:
        """Whether no component row follows before the next section."""
        heads = {*self.totals, *self.table.block.section_rows}
        return heads.issuperset(self.table.order[position + 1 : position + 2])

    def _sources_below(self, position: int) -> bool:
        """Whether the next row is a source of money written where components stand."""
        index = self.names["component"].column.index
        for row in self.table.order[position + 1 : position + 2]:
            below = self.table.cells[row].get(index)
            if below is not None and below.kind == "text":
                return exact_meaning("sources", _LISTED.sub("", below.text)) is not None
        return False

    def _item(self, row: int, label: Seen | None, words: dict[str, Seen]) -> MoneyRow | None:
        work, around = self.table.work, self.around
        source: str | None = None
        if label is not None and around.component:
            source = exact_meaning("sources", _LISTED.sub("", label.text))
        if label is not None and source is None:
            around.component, around.label = self._component(label), label
            if around.component is None:
                return None
        component, anchor = around.component, label or around.label
        if anchor is None or component is None:
            first = next(iter(self.table.cells[row].values()))
            work.find("key_missing", seen=first, row=row, what=Words(KEY_WORDS["component"]))
            return None
        codes: dict[str, str | None] = {"source": source, "kind": None}
        for name, listing in LISTS:
            seen = words.get(name)
            if seen is not None:
                codes[name] = self._choice(name, listing, seen)
                if codes[name] is None:
                    return None
            elif (
                label is not None
                and codes[name] is None
                and names_one(label.text, listing)
                and not choice_of(listing, label.text).several
            ):
                # "Xây dựng nông thôn mới (vốn đầu tư)": the label itself says what has no column.
                codes[name] = meaning(listing, label.text)
        vintage, seen = around.vintage, words.get("plan_year")
        year = vintage.year if vintage is not None else None
        if seen is None or seen.kind == "dash":
            if not self.vintages.take(vintage, row):
                return None
        else:
            year, last = _year(seen), self.table.whose.year
            if year is None or not FIRST_YEAR <= year <= last:
                rule = "plan_year_unreadable" if year is None else "number_out_of_range"
                work.find(
                    rule, seen=seen, column=self._header("plan_year"), low=str(FIRST_YEAR),
                    high=str(last),
                )  # fmt: skip
                return None
        programme = "ntm" if component.startswith("ntm") else "gnbv"
        return MoneyRow(
            row,
            anchor,
            programme,
            component,
            codes["source"],
            codes["kind"],
            year,
            words,
            _texts(work, words),
        )

    def _component(self, label: Seen) -> str | None:
        component, near, misspelt = component_of(label.text, self.around.under)
        if component is None and meaning("programmes", label.text) == "ntm":
            return "ntm_general"  # the programme has no other
        if component is None:
            names = "; ".join(code_words("components", code) for code in near)
            self.table.work.find("component_unknown", seen=label, suggestions=names)
        elif misspelt:
            words = code_words("components", component)
            self.table.work.find("component_near", seen=label, component=words)
        return component

    def _choice(self, name: str, listing: str, seen: Seen) -> str | None:
        choice = choice_of(listing, seen.text) if seen.kind == "text" else Choice(None)
        if choice.code is None:
            self.table.work.find(
                "word_several" if choice.several else "word_unknown",
                seen=seen,
                column=self._header(name),
                words=", ".join(offered(listing)),
            )
        return choice.code

    def _header(self, name: str) -> str:
        held = (one.column.header for one in self.table.table.mapped if one.name == name)
        return next(held, name)

    def _quarantine(self, held: dict[int, Seen]) -> None:
        order = self.table.block.order_column
        for one in held.values():
            one.fate = FATES["label" if one.column == order else "quarantined"]


def _texts(work: Work, words: dict[str, Seen]) -> dict[str, object]:
    """Return the texts of cause and note."""
    texts: dict[str, object] = {}
    for name in ("cause", "note"):
        seen = words.get(name)
        if seen is None:
            continue
        if seen.kind == "error":
            work.find("cell_error", seen=seen)
            seen.fate = FATES["quarantined"]
        elif seen.kind == "dash":
            seen.fate = FATES["blank_mark"]
        else:
            plain = seen.kind not in ("number", "date", "bool")
            text = seen.text if plain else raw_text(seen.value)
            if text.startswith(("=", "@")):
                work.find("formula_text", seen=seen)
            texts[name] = text
    return texts


def _year(seen: Seen) -> int | None:
    """Return the year a cell names, whichever it is."""
    if seen.kind == "number":
        value = float(seen.value)  # type: ignore[arg-type]
        return int(value) if value == int(value) else None
    if seen.kind == "date":
        return getattr(seen.value, "year", None)
    return plan_year_of(seen.text)


def _one_programme(title: str) -> bool:
    folded = tokens(title)
    ntm = "nong thon moi" in folded or " ntm" in f" {folded}"
    poor = "giam ngheo" in folded or "gnbv" in folded
    return ntm != poor
