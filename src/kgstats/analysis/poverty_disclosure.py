"""Disclosure control of the tables of poverty: which counts are withheld, and a filter for frames.

:func:`release` decides once for all years that are published together;
:meth:`Release.applied` is put on finished frames of :mod:`kgstats.analysis.poverty`. Off by
default.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from kgstats import registry
from kgstats.analysis import poverty
from kgstats.analysis.disclosure import (
    Cell,
    Control,
    DisclosureError,
    Relation,
    at_most,
    protect,
    total_of,
)
from kgstats.analysis.households import COUNT_COLUMNS, MEASURES, prepared
from kgstats.analysis.poverty_compared import SCOPES
from kgstats.analysis.tidy import percent, sums
from kgstats.reference import areas

SENSITIVE_COLUMNS: tuple[str, ...] = tuple(
    column for column in COUNT_COLUMNS if column not in ("households_hh", "ethnic_households_hh")
)
"""Counts that say something about a household; numbers of resident households do not."""

_AT_END = tuple(rate.count for rate in MEASURES.values())
PUBLISHED: Mapping[tuple[str, ...], tuple[str, ...]] = {
    (): SENSITIVE_COLUMNS,
    ("area",): _AT_END,
    ("district_code",): SENSITIVE_COLUMNS,
    ("area", "district_code"): _AT_END,
    ("commune_code",): _AT_END,
}
"""Which counts the collection publishes by which keys: numbers at the end of the year at every
level, movements during the year for districts and the province."""

_PRICE = {("commune_code",): 1.0, ("area", "district_code"): 2.0, ("district_code",): 4.0,
          ("area",): 50.0, (): 200.0}  # fmt: skip
"""What it costs to withhold a count at a level: a district's or the province's figure is missed by
more readers than a commune's."""

Place = tuple[int, tuple[str, ...], tuple[str, ...]]
"""An area in a year: year, its key columns, their values."""
_Values = dict[Cell, int]


@dataclass(frozen=True)
class Release:
    """What of the tables of poverty is withheld, and how the rest is rounded."""

    control: Control
    withheld: Mapping[Cell, str]
    values: Mapping[Cell, int]
    """Every count that was taken into account, by place and column."""
    relations: Sequence[Relation] = ()
    """What readers know of them."""
    areas_year: int | None = None
    """The year on whose areas they stand."""

    @property
    def is_on(self) -> bool:
        """Whether anything is withheld or rounded."""
        return self.control.is_on

    def account(self) -> dict[str, int]:
        """Return threshold, rounding, and how many counts are withheld.

        ``primary``: because they are small; ``complementary``: to protect those.
        """
        kinds = list(self.withheld.values())
        return {
            "threshold": self.control.threshold,
            "rounding": self.control.rounding,
            "primary": kinds.count("primary"),
            "complementary": kinds.count("complementary"),
        }

    def seen(self, place: Place, column: str, value: int) -> int | None:
        """Return a count as readers get it: None when it is withheld, else rounded.

        Counts of resident households stay as they are. A count that was not taken into account
        is withheld: nobody has shown that it gives nothing away.

        Parameters
        ----------
        place
            Keys of the row.
        column
            Name of the count.
        value
            The count itself.
        """
        if not self.is_on or column not in SENSITIVE_COLUMNS:
            return value
        if self.control.threshold > 1:
            cell = (*place, column)
            if cell in self.withheld or self.values.get(cell) != value:
                return None
        return self.control.rounded(value)

    def applied(self, frame: pd.DataFrame, district: str | None = None) -> pd.DataFrame:
        """Withhold and round what readers may not see exactly in a finished frame.

        Parameters
        ----------
        frame
            Of :func:`~kgstats.analysis.poverty.levels`, :func:`~kgstats.analysis.poverty.changes`,
            :func:`~kgstats.analysis.poverty.flows`, :func:`~kgstats.analysis.poverty.reasons`, or
            any other with year, keys of areas and columns that the registry names: there,
            whatever comes from a withheld count is withheld.
        district
            Code of the district that a frame without keys of areas is about.

        Returns
        -------
        pandas.DataFrame
            The frame itself when the control is off. Otherwise its counts as readers get them,
            what follows from them formed again, and a column ``withheld``: the names of the
            columns withheld in the row. With rounding, residues (which would be of rounded
            movements) are left out.
        """
        if not self.is_on or frame.empty:
            return frame
        lacking: dict[str, Any] = {} if district is None else {"district_code": district}
        if "year" not in frame.columns:
            lacking["year"] = self._last_year
        if lacking:
            return self.applied(frame.assign(**lacking)).drop(columns=list(lacking))
        if "indicator" in frame.columns:
            shown = self._seen_indicators(frame)
        elif "before_hh" in frame.columns:
            shown = self._seen_changes(frame)
        elif "poor_flow_units" in frame.columns:
            shown = poverty.followed(self._seen_counts(frame))
        elif "reason_units" in frame.columns:
            shown = poverty.reasoned(self._seen_counts(frame))
        elif "poor_rate_base_hh" in frame.columns:
            shown = self._seen_levels(frame)
        else:
            shown = self._seen_any(frame)
        hidden = frame.notna() & shown[frame.columns].isna()
        names = [" ".join(frame.columns[row]) for row in hidden.to_numpy()]
        shown["withheld"] = pd.Series(names, index=frame.index, dtype="string")
        if self.control.rounding > 1:
            shown = shown.drop(columns=[c for c in shown if str(c).endswith(_RESIDUES)])
        return shown

    def _seen_any(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame of any analysis as readers get it, by what the registry says of it."""
        shown = self._seen_counts(frame)
        rates = {f"{name}_rate_pct": rate for name, rate in MEASURES.items()}
        hidden = self.gives_away(frame, list(frame.columns))
        for column in hidden.columns[hidden.any() | (self.control.rounding > 1)]:
            if column in SENSITIVE_COLUMNS or not _from_counts(column):
                continue
            rate = rates.get(column)
            if self.control.rounding == 1:
                shown[column] = shown[column].mask(hidden[column].to_numpy(), pd.NA)
            elif rate is not None and {rate.count, rate.base} <= set(shown.columns):
                shown[column] = percent(shown[rate.count], shown[rate.base])
            else:
                shown[column] = pd.NA
        return shown

    def _seen_indicators(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a frame with an indicator a row: those that come from withheld counts are null."""
        hidden = []
        for row in frame.to_dict("records"):
            origins = _from_counts(str(row["indicator"]))
            years = {row["year"], row.get("base_year", row["year"])}
            area = self._place_of(row)
            cells = [(int(y), *area, o.column) for y in years for o in origins] if area else []
            rounded = bool(origins) and self.control.rounding > 1
            hidden.append(rounded or any(self._hidden(cell) for cell in cells))
        numbers = [name for name in _OF_INDICATORS if name in frame.columns]
        return frame.assign(
            **{name: frame[name].mask(np.array(hidden, dtype=bool)) for name in numbers}
        )

    def gives_away(self, frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
        """Say of each cell whether it is, or comes from, a count that readers may not see.

        By the registry: a column that it does not name is not judged, nor an area that is none
        of the year's.

        Parameters
        ----------
        frame
            Rows with their keys.
        names
            Columns of counts and of what comes from them.
        """
        rows = frame.to_dict("records")
        places = [self._place_of(row) for row in rows]
        counts = [_counted(row) for row in rows]
        last = self._last_year
        found = {}
        for name in names:
            origins = _from_counts(name.lstrip("_"))
            years = [_years_of(frame, origin, last) for origin in origins]
            found[name] = [
                place is not None
                and any(
                    self._hidden((own[row], *place, counts[row].get(origin.column, origin.column)))
                    for origin, own in zip(origins, years, strict=True)
                    if own[row] is not None
                )
                for row, place in enumerate(places)
            ]
        return pd.DataFrame(found, index=frame.index, dtype=bool)

    @property
    def _last_year(self) -> int:
        """The year a frame is of that does not say it."""
        return max((cell[0] for cell in self.values), default=0)

    def series(self, counts: pd.Series[Any]) -> pd.Series[Any]:
        """Return counts by key as readers get them: see `applied`.

        Parameters
        ----------
        counts
            Counts by key.
        """
        return self.applied(counts.reset_index()).set_index(counts.index.names)[counts.name]

    def _hidden(self, cell: Cell) -> bool:
        return self.control.threshold > 1 and (cell in self.withheld or cell not in self.values)

    def _place_of(self, row: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        known = {key: row[key] for key in _AREA_KEYS if key in row and pd.notna(row[key])}
        if "commune_code" in known:
            return ("commune_code",), (str(known["commune_code"]),)
        if known.get("area", "urban") not in registry.codes("area"):
            return None
        return tuple(known), tuple(map(str, known.values()))

    def _seen_column(
        self, frame: pd.DataFrame, column: str, clean: Sequence[str], year: str = "year"
    ) -> pd.Series[Any]:
        """Return one count column of a frame as readers get it."""
        values = [
            pd.NA if pd.isna(value) else self.seen(place, name, int(value))
            for place, name, value in zip(_places(frame, year), clean, frame[column], strict=True)
        ]
        return pd.Series(pd.array(values, dtype="Int64"), index=frame.index)

    def _seen_counts(self, frame: pd.DataFrame) -> pd.DataFrame:
        own = [column for column in SENSITIVE_COLUMNS if column in frame.columns]
        return frame.assign(
            **{name: self._seen_column(frame, name, [name] * len(frame)) for name in own}
        )

    def _seen_levels(self, frame: pd.DataFrame) -> pd.DataFrame:
        shown = self._seen_counts(frame)
        for name, rate in MEASURES.items():
            base, column = frame[f"{name}_rate_base_hh"], f"{name}_rate_pct"
            # A rate over other units than its count is a count that nobody looked at.
            same = percent(frame[rate.count], base) == frame[column]
            shown[column] = percent(shown[rate.count], base).where(same.fillna(False))
        return shown

    def _seen_changes(self, frame: pd.DataFrame) -> pd.DataFrame:
        clean = [MEASURES[measure].count for measure in frame["measure"]]
        shown = frame.assign(
            before_hh=self._seen_column(frame, "before_hh", clean, "base_year"),
            after_hh=self._seen_column(frame, "after_hh", clean),
        )
        return poverty.compared(shown)


_RESIDUES = ("residue_hh", "open_units")
_OF_INDICATORS = ("value", "before", "after", "change", "low", "high")
_AREA_KEYS = ("area", "district_code", "commune_code")


def _from_counts(name: str) -> list[registry.Origin]:
    """Return the counts that a column comes from, of those that say something of a household."""
    if name.endswith("_end_pct"):
        return [registry.Origin("poverty", name.removesuffix("_pct") + "_hh")]
    return [
        one
        for one in registry.origins(name)
        if one.table == "poverty" and one.column in SENSITIVE_COLUMNS
    ]


def _counted(row: Mapping[str, Any]) -> Mapping[str, str]:
    """Say which count stands behind a column of poor households in a row of another measure."""
    measure = row.get("measure", SCOPES.get(str(row.get("scope"))))
    return {"poor_end_hh": MEASURES[measure].count} if measure in MEASURES else {}


def _years_of(frame: pd.DataFrame, origin: registry.Origin, last: int) -> list[int | None]:
    """Return the year of a count behind each row; None where the frame does not say it."""
    own = frame["year"] if "year" in frame.columns else pd.Series(last, index=frame.index)
    if origin.year == "-1":
        own = own - 1
    elif origin.year:
        own = frame.get(origin.year, pd.Series(pd.NA, index=frame.index))
    return [None if pd.isna(year) else int(year) for year in own]


def _places(frame: pd.DataFrame, year: str = "year") -> Iterator[Place]:
    """Name the area and year of each row; a commune is known by its code alone."""
    keys = [name for name in _AREA_KEYS if name in frame.columns]
    names = ("commune_code",) if "commune_code" in keys else tuple(keys)
    codes = zip(*(frame[name] for name in names), strict=True) if names else [()] * len(frame)
    for when, code in zip(frame[year], codes, strict=True):
        yield int(when), names, tuple(map(str, code))


def release(
    households: pd.DataFrame,
    control: Control,
    published: Mapping[tuple[str, ...], Sequence[str]] = PUBLISHED,
    before: Release | None = None,
    withheld: Mapping[Cell, str] | None = None,
) -> Release:
    """Decide what of a publication on poverty is withheld.

    Parameters
    ----------
    households
        Counts by unit and year, of all years that are published together.
    control
        Threshold, rounding and protection.
    published
        Which count columns are published by which key columns.
    before
        What was decided of the publication of the year before, which readers have as well: what
        it showed is known, and what it withheld stays withheld.
    withheld
        What was decided before of the same counts.

    Returns
    -------
    Release
        Nothing withheld when the control is off.

    Raises
    ------
    DisclosureError
        When nearly every count of a large publication is below the threshold.

    Notes
    -----
    Readers are taken to know: the sums of communes, districts, urban and rural areas; end =
    start − escaped + fell back + new and poor = income-poor + deprivation-poor where they hold;
    that a year starts where the last one ended where it does; that ethnic-minority households
    are part of all; which units became which; and every number of resident households.
    """
    if control.threshold <= 1:
        return Release(control, {}, {})
    frame = prepared(households)
    if frame["district_code"].isna().all():
        published = {names: own for names, own in published.items() if "district_code" not in names}
    values: _Values = {}
    relations: list[Relation] = []
    for names, columns in published.items():
        table = sums(frame, COUNT_COLUMNS, ("year", *names))
        for place, row in zip(_places(table), table.to_dict("records"), strict=True):
            known = {column: int(row[column]) for column in columns if pd.notna(row[column])}
            values |= {(*place, column): value for column, value in known.items()}
            homes = {name: row[name] for name in ("households_hh", "ethnic_households_hh")}
            relations += _within(place, known, homes)
    relations += _between_levels(frame, values, published)
    relations += _between_years(values)
    areas_year = int(frame["areas_year"].max())
    hidden: dict[Cell, str] = {}
    shown: set[Cell] = set()
    if before is not None:
        names_of = _renamed(before, values)
        hidden = {names_of[cell]: why for cell, why in before.withheld.items()}
        shown = {names_of[cell] for cell in before.values} - hidden.keys()
        known_already = {one.key for one in relations}
        again = (one.renamed(names_of) for one in before.relations)
        relations += [one for one in again if one.key not in known_already]
        relations += _became(before, names_of, values, areas_year)
        values |= {names_of[cell]: value for cell, value in before.values.items()}
    relations = [relation for relation in relations if relation.holds(values)]
    if withheld is None:
        _leaves_something(values, control)
        price = {cell: _PRICE.get(cell[1], 1.0) for cell in values}
        may = [cell for cell in values if cell not in shown]
        withheld = protect(values, relations, control, may, price, hidden)
    return Release(control, withheld, values, relations, areas_year)


LARGEST_SHARE, MANY = 0.75, 500
"""Of many counts above zero at most this share may be below the threshold.

With more, hardly a number is left to publish, and deciding on them takes hours: who asks so
means another number.
"""


def _leaves_something(values: _Values, control: Control) -> None:
    positive = [value for value in values.values() if value > 0]
    small = sum(value < control.threshold for value in positive)
    if small >= MANY and small > LARGEST_SHARE * len(positive):
        raise DisclosureError(
            f"the threshold {control.threshold} is too high: {small} of {len(positive)} counts "
            "are below it, so that hardly one could be published; choose a lower threshold"
        )


def _renamed(before: Release, values: Mapping[Cell, int]) -> dict[Cell, Cell]:
    """Name the counts of an earlier publication beside those of this one.

    A count is the same in both unless it differs: then it is of another territory, or was
    corrected since.
    """
    return {
        cell: cell if len(cell) > 4 or values.get(cell) == value else (*cell, before.areas_year)
        for cell, value in before.values.items()
    }


def _became(
    before: Release, names_of: Mapping[Cell, Cell], values: Mapping[Cell, int], areas_year: int
) -> Iterator[Relation]:
    """Give that a unit's count is the sum of those of the units that it was made of."""
    if before.areas_year in (None, areas_year):
        return
    pairs = areas.successions(before.areas_year, areas_year)
    pairs = pairs[~pairs["to_code"].isin(pairs.loc[pairs["relation"] == "split", "to_code"])]
    parts = pairs.groupby("to_code")["from_code"].agg(list).to_dict()
    for year, names, codes, column in values:
        members = parts.get(codes[0], []) if names == ("commune_code",) else []
        cells = [(year, names, (str(code),), column) for code in members]
        if cells and all(cell in names_of for cell in cells):
            whole = (year, names, codes, column)
            coefficients = Counter({whole: 1})
            coefficients.subtract(names_of[cell] for cell in cells)
            if used := {cell: factor for cell, factor in coefficients.items() if factor}:
                yield Relation(used)


def _within(place: Place, known: Mapping[str, int], homes: Mapping[str, Any]) -> Iterator[Relation]:
    """Give what is known of the counts of one area in one year."""

    def cells(*columns: str) -> list[Cell]:
        there = all(column in known for column in columns)
        return [(*place, column) for column in columns] if there else []

    for status in ("poor", "near_poor"):
        moves = ("start", "escaped", "fell_back", "new", "end")
        if flow := cells(*(f"{status}_{move}_hh" for move in moves)):
            start, escaped, fell_back, new, end = flow
            yield Relation({end: 1, start: -1, escaped: 1, fell_back: -1, new: -1})
            yield at_most(escaped, start)
        if both := cells(f"ethnic_{status}_end_hh", f"{status}_end_hh"):
            yield at_most(*both)
    if parts := cells("poor_income_hh", "poor_deprivation_hh", "poor_end_hh"):
        yield total_of(parts[-1], parts[:-1])
    for prefix in ("", "ethnic_"):
        both = cells(f"{prefix}poor_end_hh", f"{prefix}near_poor_end_hh")
        base = homes[f"{prefix}households_hh"]
        if both and pd.notna(base):
            yield Relation(dict.fromkeys(both, 1), low=0, high=int(base))


_STEPS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    ((), ("area",)),
    ((), ("district_code",)),
    ((), ("commune_code",)),
    (("area",), ("area", "district_code")),
    (("district_code",), ("area", "district_code")),
    (("area",), ("commune_code",)),
    (("district_code",), ("commune_code",)),
    (("area", "district_code"), ("commune_code",)),
)
"""Which levels are parts of which."""


def _between_levels(
    frame: pd.DataFrame,
    values: Mapping[Cell, int],
    published: Mapping[tuple[str, ...], Sequence[str]],
) -> Iterator[Relation]:
    """Give the sums that connect the levels of each year."""
    for whole, part in _STEPS:
        if not {whole, part} <= published.keys():
            continue
        columns = [column for column in published[whole] if column in published[part]]
        places = frame[["year", *dict.fromkeys((*whole, *part))]].drop_duplicates()
        inside: dict[Place, list[Place]] = {}
        wholes, parts = _places_of(places, whole), _places_of(places, part)
        for one, other in zip(wholes, parts, strict=True):
            inside.setdefault(one, []).append(other)
        for one, members in inside.items():
            for column in columns:
                # A part that was not reported is in no sum either.
                cells = [cell for m in members if (cell := (*m, column)) in values]
                if (*one, column) in values:
                    yield total_of((*one, column), cells)


def _places_of(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[Place]:
    return _places(frame[["year", *names]])


def _between_years(values: Mapping[Cell, int]) -> Iterator[Relation]:
    """Give that a year starts where the last one ended, area by area."""
    for cell in values:
        year, names, code, column = cell
        if column.endswith("_start_hh"):
            before = (year - 1, names, code, column.replace("_start_hh", "_end_hh"))
            if before in values:
                yield Relation({cell: 1, before: -1})
