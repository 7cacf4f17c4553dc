"""Words, signs and notes that everything on the page about poverty shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers, provenance
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec, column, places
from kgstats.reference import areas, poverty_standards
from kgstats.reference.poverty_standards import FEW_HOUSEHOLDS
from kgstats.words import N_, translator

WITHHELD = "c"
"""Shown for a count that is withheld to protect households."""
FEW_MARK = "*"
ROUNDED = N_(
    "Differences are of unrounded rates: they can differ by 0.01 from the difference of the rates "
    "shown."
)

_BASES = {
    "poor_rate_pct": "households_hh",
    "near_poor_rate_pct": "households_hh",
    "ethnic_poor_rate_pct": "ethnic_households_hh",
    "ethnic_near_poor_rate_pct": "ethnic_households_hh",
    "poor_escape_rate_pct": "poor_start_hh",
    "poor_reentry_rate_pct": "poor_escaped_hh",
    "near_poor_escape_rate_pct": "near_poor_start_hh",
    "near_poor_reentry_rate_pct": "near_poor_escaped_hh",
    "poor_income_share_pct": "poor_end_hh",
    "poor_deprivation_share_pct": "poor_end_hh",
    "after_rate_pct": "base_after_hh",
    "change_pp": "base_before_hh",
    "rate_relative_pct": "before_hh",
}
"""Of what each rate is: without any such household the rate cannot exist."""


# ------------------------------------------------------------------ names


_BASES_OF = ("both_units", "reported_units", "matched_units", "poor_flow_units", "reason_units")
"""Columns that say how many units a frame rests on, out of ``expected_units``."""


def coverage(frame: pd.DataFrame, column: str | None = None) -> tuple[int, int]:
    """Return how many units a frame rests on, and how many there are."""
    own = column or next((name for name in _BASES_OF if name in frame.columns), "expected_units")
    return int(frame[own].sum()), int(frame["expected_units"].sum())


def whole_name(year: int, lang: str, frame: pd.DataFrame | None = None) -> str:
    """Name the row of all units: the province, or what it was before it joined another.

    Where a frame of it rests on some of its units, only these are named: they are no province.
    """
    t = translator(lang)
    if frame is not None:
        there, every = coverage(frame)
        if there < every:
            return t("Units that reported")
    if areas.province(year) == areas.territory():
        return t("Province")
    return t("Former {province}", province=areas.territory())


def level(frame: pd.DataFrame) -> str:
    """Say whether a frame is of communes or of districts."""
    return "commune" if "commune_code" in frame.columns else "district"


def area_words(frame: pd.DataFrame, year: int, lang: str) -> list[str]:
    """Name the area of each row, by its commune's or its district's code."""
    names, key = places(year, lang)[level(frame)], f"{level(frame)}_code"
    return [names.get(str(code), str(code)) for code in frame[key]]


def areas_called(frame: pd.DataFrame, lang: str) -> str:
    """Say what the rows of a frame are: communes and wards, or districts."""
    t = translator(lang)
    return t("communes and wards") if level(frame) == "commune" else t("districts")


# ------------------------------------------------------------------ changes and bases in words


def change_words(points: Any, lang: str) -> str:
    """Say a change in points in words: ``down 1.45 percentage points``.

    >>> change_words(-1.4501, "en")
    'down 1.45 percentage points'
    """
    t = translator(lang)
    if numbers.is_absent(points):
        return numbers.NOT_REPORTED
    size = numbers.number(abs(float(points)), lang, 2)
    if numbers.rounded(float(points), 2) == 0:
        return t("unchanged")
    if points < 0:
        return t("down {n} percentage points", n=size)
    return t("up {n} percentage points", n=size)


def no_base(year: int, lang: str) -> Prose:
    """Say that there is nothing to compare with."""
    text = translator(lang)(
        "No unit reported both this year and an earlier one under the same standard, so no change "
        "to {year} is computed.",
        year=year,
    )
    return Prose([text], kind="caution")


def no_report(year: int, lang: str) -> Prose:
    """Say that the year is silent."""
    text = translator(lang)("No unit reported its poor households of {year}.", year=year)
    return Prose([text], kind="caution")


def guarded_note(lang: str) -> Prose:
    """Say that something is left out because it could undo the disclosure control."""
    text = translator(lang)(
        "With disclosure control on, this is not shown: it could reveal withheld counts."
    )
    return Prose([text], kind="caution")


def is_comparable(frame: pd.DataFrame) -> bool:
    """Whether any unit of a frame of changes reported both years."""
    return bool(frame["matched_units"].sum() > 0)


def source_note(year: int, lang: str) -> str:
    """Say where the figures come from and under which standard."""
    standard = poverty_standards.standard(year)
    text = N_(
        "Source: yearly reviews in the districts' returns. Standard: {standard} ({decision})."
    )
    if areas.districts(year).empty:
        text = N_("Source: yearly reviews in the returns. Standard: {standard} ({decision}).")
    return translator(lang)(text, standard=standard.name(lang), decision=standard.decision)


def coverage_note(frame: pd.DataFrame, lang: str, column: str | None = None) -> str:
    """Say how many units a table rests on, where some did not report; else nothing."""
    there, every = coverage(frame, column)
    if there == every:
        return ""
    return translator(lang)(
        "{there} of {all} commune-level units reported; sums and rates cover those. {absent}: "
        "not reported.",
        there=numbers.number(there, lang),
        all=numbers.number(every, lang),
        absent=numbers.NOT_REPORTED,
    )


def of_those(finding: str, frame: pd.DataFrame, lang: str, column: str | None = None) -> str:
    """Let a finding say of which units it is, where some did not report."""
    there, every = coverage(frame, column)
    if there == every:
        return finding
    return translator(lang)(
        "{finding} (of the {there} of {all} units that reported)",
        there=numbers.number(there, lang),
        all=numbers.number(every, lang),
        finding=finding,
    )


# ------------------------------------------------------------------ tables


def cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame as it is shown: signs where a number cannot stand, marks at small bases.

    Withheld, and no household of the kind, are signs; a rate on few households has a mark.
    """
    shown = frame.reset_index(drop=True).astype(object)
    if "withheld" in frame.columns:
        for place, names in enumerate(frame["withheld"]):
            if not numbers.is_absent(names) and names:
                shown.loc[place, str(names).split()] = WITHHELD
    for rate, base in _BASES.items():
        if rate in shown.columns and base in shown.columns:
            without = shown[rate].isna() & (shown[base] == 0).fillna(False).astype(bool)
            shown.loc[without, rate] = numbers.NOT_APPLICABLE
    for rate, few in _few(frame).items():
        for place in few.to_numpy().nonzero()[0]:
            value = shown.loc[place, rate]
            if not isinstance(value, str):
                shown.at[place, rate] = numbers.Quantity(value, mark=FEW_MARK)
    return shown


def _few(frame: pd.DataFrame) -> dict[str, pd.Series[bool]]:
    """Return for each rate which of its values rest on few households."""
    rates = {f"{measure}_rate_pct": f"{measure}_rate_few" for measure in registry.codes("measure")}
    rates |= dict.fromkeys(["before_rate_pct", "after_rate_pct"], "is_few")
    return {
        rate: frame[few].fillna(False).astype(bool) & frame[rate].notna()
        for rate, few in rates.items()
        if rate in frame.columns and few in frame.columns
    }


def notes_of(shown: Sequence[pd.DataFrame], year: int, lang: str, *more: str) -> list[str]:
    """Return the notes of a table: its own, the signs in its cells, and its source."""
    t = translator(lang)
    notes = [note for note in more if note]
    values = [value for frame in shown for value in frame.to_numpy().ravel()]
    if any(isinstance(value, numbers.Quantity) and value.mark == FEW_MARK for value in values):
        notes.append(
            t(
                "{mark} Rate on fewer than {n} households: one household more or less moves it by "
                "over a point.",
                mark=FEW_MARK,
                n=FEW_HOUSEHOLDS,
            )
        )
    if any(isinstance(value, str) and value == WITHHELD for value in values):
        notes.append(t("{mark}: withheld.", mark=WITHHELD))
    if any(isinstance(value, str) and value == numbers.NOT_APPLICABLE for value in values):
        notes.append(t("{mark}: no household of the kind.", mark=numbers.NOT_APPLICABLE))
    return [*notes, source_note(year, lang)]


def area_table(
    spec: TableSpec,
    frame: pd.DataFrame,
    whole: pd.DataFrame | None,
    year: int,
    lang: str,
    notes: Sequence[str] = (),
    **words: Any,
) -> Table:
    """Make a table of districts, or of communes where the frame is of communes.

    Parameters
    ----------
    whole
        The province, for the last row.
    notes
        Those of this table alone; base, signs and source follow by themselves.
    words
        Fill in caption and labels.
    """
    columns = (f"{level(frame)}_code", *spec.columns[1:])
    spec = replace(spec, columns=columns, total=whole_name(year, lang, whole))
    shown, total = [cells(frame)], None
    if whole is not None:
        total = cells(whole)
        shown.append(total)
        notes = [*notes, coverage_note(whole, lang)]
    return spec.table(
        shown[0], lang, total=total, notes=notes_of(shown, year, lang, *notes), year=year, **words
    )


def years_beside(shown: pd.DataFrame, names: Sequence[str], keys: Sequence[str]) -> pd.DataFrame:
    """Put the years of a frame beside each other, a row an area: ``name_2018, name_2019 …``."""
    pieces = []
    for year, own in shown.groupby("year", sort=True):
        held = own.reset_index(drop=True)
        named = held[[key for key in keys if key in held.columns]]
        pieces.append(held[list(names)].add_suffix(f"_{year}"))
    return pd.concat([named, *pieces], axis=1)


def year_columns(years: Sequence[int], names: Sequence[str]) -> list[Column]:
    """Return the columns of :func:`years_beside`: what the registry names, below its year."""
    columns = []
    for year in years:
        for name in names:
            unit, one = registry.unit_of(name), column(name, "en", spanner=str(year))
            words = "" if unit is None else unit.words
            key, meaning = f"{name}_{year}", registry.meaning(name)
            columns.append(replace(one, key=key, unit=words, definition=meaning))
    return columns


def traced(figure: Figure, frame: pd.DataFrame, names: Sequence[str]) -> Figure:
    """Let a figure whose data have no keys say from which cells they come."""
    return replace(figure, sources=provenance.behind(frame, names, None))


def map_note(frame: pd.DataFrame, year: int, lang: str) -> str:
    """Return the note of a map: its source, and that withheld rates are drawn as not reported."""
    note = source_note(year, lang)
    if "withheld" in frame.columns and frame["withheld"].ne("").any():
        note += " " + translator(lang)("Withheld rates are drawn as not reported.")
    return note
