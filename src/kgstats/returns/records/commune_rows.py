"""Which rows of forms 01 and 03 are communes, and which commune each is.

Other rows head a group of communes, sum the table up or stand outside the form; a row is a commune
where its label names one, whatever else stands beside the name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kgstats.reference import unit_types
from kgstats.returns.columns.evidence import numbers_in
from kgstats.returns.layout import Seen, tokens
from kgstats.returns.ledger import FATES
from kgstats.returns.records.lines import as_meant
from kgstats.returns.records.table import TableRows
from kgstats.returns.subjects.places import Match, Unit
from kgstats.returns.subjects.total_words import sense_of_row

Types = tuple[str, ...]

LEAST_OF_SUMS = 4
"""A row with so many sums of the rows of communes is their total, whatever its words."""

MOST_SUMS = 4
"""So many rows of unknown names are tried from the first on, and so many from the last."""

MARK = 12
"""A text of fewer letters may be a mark."""


@dataclass(slots=True, eq=False)
class CommuneRow:
    """A row whose label should name a commune, and the unit it was found to be."""

    row: int
    label: Seen
    types: Types
    """Types of unit that the place on the page allows."""
    name: str
    rest: list[Seen] = field(default_factory=list)
    """Cells of the rows below that hold the rest of the name."""
    unit: Unit | None = None


@dataclass(slots=True, eq=False)
class CommuneRows:
    """Tells the rows of a table of communes apart."""

    table: TableRows
    index: int
    """Column of the names."""
    counts: list[int] = field(default_factory=list)
    """Rows that count communes: how many meet each criterion."""
    outside: list[int] = field(default_factory=list)
    """Rows without a name whose numbers sum nothing up: a total may count them."""
    groups: dict[int, None] = field(default_factory=dict)
    """Rows that head a group of communes, as a set in the order of the page."""

    def found(self) -> list[CommuneRow]:
        """Return the rows of communes; the others become totals, sections or summaries."""
        table = self.table
        rural: Types = (
            unit_types.named("commune", "rural") if table.table.form.key == "attainment" else ()
        )
        types, taken = rural, set[int]()
        found: list[CommuneRow] = []
        totals, self.groups = set(table.totals), dict.fromkeys(table.sections)
        for row, held in table.cells.items():
            if row in taken or row in totals:
                continue
            label = self._label(row, held)
            if label is not None:
                joined = self._joined(row, label, types)
                if joined is not None:
                    taken.update(one.row for one in joined.rest)
                    found.append(joined)
                    continue
                if self._accepted(label.text, types) is None and self._explained(row, label, held):
                    types = self._section_types(held, types)
                    continue
            if row in self.groups and not self._is_commune(label, held, types):
                types = self._section_types(held, types)
                continue
            self.groups.pop(row, None)
            if label is None:
                self.outside.append(row)
                continue
            found.append(CommuneRow(row, label, types, label.text))
        unknown = {
            one.row: one for one in found if self._match(one.name, one.types).how == "unknown"
        }
        named = [one.row for one in found if one.row not in unknown]
        strange = sorted({*unknown, *self.outside})
        for row in (*strange[:MOST_SUMS], *strange[MOST_SUMS:][-MOST_SUMS:]):
            # A row may be told by its numbers, whatever its words: "Kết quả toàn huyện", none.
            if self._told_by_sums(row, named, strange):
                if row in unknown:
                    found.remove(unknown[row])
                else:
                    self.outside.remove(row)
        for row in self.outside:
            self._outside(row, table.cells[row])
        table.sections = sorted(self.groups)
        self._settle(found)
        return found

    # --- labels -------------------------------------------------------------------------------

    def _label(self, row: int, held: dict[int, Seen]) -> Seen | None:
        label = held.get(self.index)
        if label is not None and label.kind != "blank":
            return label
        # A name typed into the order column, or merged over both; a total's over several rows.
        first = self.table.block.order_column
        if first is not None and first in held and held[first].kind == "text":
            return held[first]
        above = self.table.spans.get((row, self.index))
        return above if above is not None and sense_of_row(above.text) else None

    def _explained(self, row: int, label: Seen, held: dict[int, Seen]) -> bool:
        """Note a row whose label says that it is no commune; a number in it may be a sum."""
        table = self.table
        if label.kind not in ("text", "mark"):  # "Chưa đạt" counts below the table
            return False
        sense = "total" if table.whole(label) else sense_of_row(label.text)
        if sense == "total":
            table.totals.append(row)
        elif sense == "count":
            self.counts.append(row)
        elif sense in ("average", "rate", "aside"):
            table.summaries.append(row)
        elif sense == "group":
            self.groups[row] = None
        else:
            return False
        return True

    def _told_by_sums(self, row: int, named: list[int], strange: list[int]) -> bool:
        """Note a row whose numbers are sums of communes, of all or of those beside it, or counts.

        Where communes have marks, a row of numbers above one counts them.
        """
        table = self.table
        agree, counted = self._sums(row, named)
        if counted and table.table.form.key == "attainment":
            self.counts.append(row)
            return True
        heads = sorted({*table.totals, *self.groups, *strange} - {row})
        above = [one for one in named if max((h for h in heads if h < row), default=0) < one < row]
        below = [
            one for one in named if row < one < min((h for h in heads if h > row), default=one + 1)
        ]
        if agree or self._sums(row, above)[0]:
            table.totals.append(row)
        elif self._sums(row, below)[0]:
            self.groups[row] = None
        else:
            return False
        return True

    def _sums(self, row: int, named: list[int]) -> tuple[bool, bool]:
        """Return whether the numbers of a row are sums of those of others, or count their marks.

        Of two at least: a commune may have the very numbers of the one above it.
        """
        cells, asides = self.table.cells, (self.index, self.table.block.order_column)
        agree = differ = counted = 0
        for index, seen in cells[row].items():
            if index in asides or seen.kind not in ("number", "numeral"):
                continue
            held = [cells[one][index] for one in named if index in cells[one]]
            parts = numbers_in(held)
            stated = numbers_in([seen]).get(row)
            if len(parts) * 2 > len(held) > 1:
                agree += stated == sum(parts.values())
                differ += stated != sum(parts.values())
            elif stated is not None and 1 < stated <= len(named):
                counted += all(part.kind != "text" or len(part.text) < MARK for part in held)
        return agree >= LEAST_OF_SUMS and agree > differ, counted >= LEAST_OF_SUMS

    def _joined(self, row: int, label: Seen, types: Types) -> CommuneRow | None:
        """Join a name broken over rows: below it stand rows that hold the rest and nothing else."""
        if label.kind != "text":
            return None
        name, rest = label.text, list(self.table.tails.get(row, ()))
        for one in rest:
            name = f"{name} {one.text}"
        if rest and self._another(label, name, types):
            return CommuneRow(row, label, types, name, rest)
        if (carried := self._carried(row, label, types)) is not None:
            return carried
        for below in self.table.after(row, 2):
            held = self.table.cells[below]
            only = [one for one in held.values() if one.kind != "blank"]
            if len(only) != 1 or only[0].column != label.column or only[0].kind != "text":
                return None
            rest.append(only[0])
            name = f"{name} {only[0].text}"
            if self._another(label, name, types):
                for one in rest:
                    self.groups.pop(one.row, None)
                return CommuneRow(row, label, types, name, rest)
        return None

    def _carried(self, row: int, label: Seen, types: Types) -> CommuneRow | None:
        """Join a name to its end in the row below, where the values are: typed to the bottom."""
        cells, asides = self.table.cells, {label.column, self.table.block.order_column}
        below = next(iter(self.table.after(row, 1)), None)
        end = None if below is None else cells[below].get(label.column)
        if (
            below is None
            or end is None
            or end.kind != "text"
            or any(one.kind != "blank" and at not in asides for at, one in cells[row].items())
            or self._accepted(end.text, types) is not None
        ):
            return None
        name = f"{label.text} {end.text}"
        if not self._another(label, name, types):
            return None
        for one in cells[row].values():
            one.fate = FATES["label"]
        self.groups.pop(row, None)
        self.groups.pop(below, None)
        return CommuneRow(below, label, types, name, [end])

    def _another(self, label: Seen, name: str, types: Types) -> bool:
        """Whether the words of several rows name a commune that those of the first do not."""
        whole = self._accepted(name, types)
        if whole is None:
            return False
        alone = self._accepted(label.text, types)
        return alone is None or alone.unit is not whole.unit

    def _accepted(self, text: str, types: Types) -> Match | None:
        """Return what a name is, where it is that of a commune of the district beyond doubt."""
        if not tokens(text):
            return None
        match = self._match(text, types)
        return match if match.how in ("exact", "alias", "accents", "ambiguous") else None

    def _is_commune(self, label: Seen | None, held: dict[int, Seen], types: Types) -> bool:
        """Whether a row numbered as a group is a commune: its name, or one misspelt with values."""
        if label is None or label.kind != "text":
            return False
        if self._accepted(label.text, types) is not None:
            return True
        asides = label.column, self.table.block.order_column
        values = sum(one.kind != "blank" and at not in asides for at, one in held.items())
        return values >= LEAST_OF_SUMS and self._match(label.text, types).how == "near"

    def _match(self, text: str, types: Types) -> Match:
        return self.table.whose.gazetteer.match(text, self.table.whose.district, types)

    def _section_types(self, held: dict[int, Seen], types: Types) -> Types:
        words = " ".join(one.folded for one in held.values() if one.kind == "text")
        if re.search(r"\bthanh thi\b|\bdo thi\b", words):
            return unit_types.named("commune", "urban")
        if re.search(r"\bnong thon\b(?! moi)", words):
            return unit_types.named("commune", "rural")
        return types

    def _outside(self, row: int, held: dict[int, Seen]) -> None:
        cells = [one for one in held.values() if one.kind != "blank"]
        first = True
        for one in cells:
            if one.column == self.table.block.order_column:
                one.fate = FATES["label"]
                continue
            one.fate = FATES["quarantined"]
            if first:
                self.table.work.find("value_outside_form", seen=one, row=row)
                first = False

    # --- names --------------------------------------------------------------------------------

    def _settle(self, found: list[CommuneRow]) -> None:
        """Match the names of all rows; of two units of one name, one row settles the other."""
        named: dict[str, int] = {}
        for one in found:
            if one.label.kind == "text":
                unit = self._match(one.name, one.types).unit
                if unit is not None:
                    named[unit.full_name] = named.get(unit.full_name, 0) + 1
        for one in found:
            one.unit = self._unit(one, named)
            for seen in one.rest:
                seen.fate = FATES["label"]

    def _unit(self, one: CommuneRow, others: dict[str, int]) -> Unit | None:
        """Match the name of a row; notes what is doubtful, returns None for a refused row."""
        table, label, work = self.table, one.label, self.table.work
        gazetteer = table.whose.gazetteer
        district = gazetteer.district(table.whose.district).full_name
        if label.kind != "text":
            work.find("place_unknown", seen=label, district=district, suggestions="")
            return None
        match = self._match(one.name, one.types)
        if match.how == "unknown" and as_meant(label) != label.value:
            # "Tâi" is a slip for "Tây", and no word of an old font.
            typed = self._match(str(label.value), one.types)
            match = typed if typed.accepted else match
        if match.how == "elsewhere":
            there = match.unit
            named = (
                f"{there.full_name}, {gazetteer.district(there.district).full_name}"
                if there is not None
                else "; ".join(match.suggestions)
            )
            work.find(
                "place_elsewhere", seen=label, district=district, suggestions=named, row=one.row
            )
            return None
        if match.how == "ambiguous":
            free = [name for name in match.suggestions if name not in others]
            if len(free) != 1:
                work.find("place_ambiguous", seen=label, suggestions=" / ".join(match.suggestions))
                return None
            others[free[0]] = 1
            match = self._match(free[0], one.types)
            work.find("place_other", seen=label, place=free[0])
        unit = match.unit
        if unit is None:
            suggestions = ", ".join(match.suggestions)
            work.find("place_unknown", seen=label, district=district, suggestions=suggestions)
            return None
        if match.how == "near":
            work.find("place_near", seen=label, place=unit.full_name)
        elif one.rest:
            work.find("place_broken", seen=label, place=unit.full_name)
        elif match.note:
            work.find("place_noted", seen=label, place=unit.full_name, note=match.note)
        if match.type_differs is not None:
            work.find("place_type", seen=label, place=unit.full_name)
        if table.table.form.key == "attainment" and not unit.rural:
            work.find("place_not_rural", seen=label, type=unit.type, row=one.row)
            return None
        return unit
