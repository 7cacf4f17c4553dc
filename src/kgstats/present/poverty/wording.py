"""Words, signs and notes that everything on the page about poverty shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers, provenance
from kgstats.present.figures import Figure
from kgstats.present.names import unit_names
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


def whole_name(year: int, lang: str) -> str:
    """Name the row of all units: the province, or what it was before it joined another."""
    t = translator(lang)
    if areas.province(year) == areas.TERRITORY:
        return t("Province")
    return t("Former {province}", province=areas.TERRITORY)


def unit_words(year: int, lang: str) -> Callable[[Any], str]:
    """Return a look-up: code of a unit gives its name with its type in a year."""
    held = unit_names(year, lang)
    return lambda code: held.get(str(code), str(code))


def level(frame: pd.DataFrame) -> str:
    """Say whether a frame is of communes or of districts."""
    return "commune" if "commune_code" in frame.columns else "district"


def area_words(frame: pd.DataFrame, year: int) -> list[str]:
    """Name the area of each row, by its commune's or its district's code."""
    names, key = places(year)[level(frame)], f"{level(frame)}_code"
    return [names.get(str(code), str(code)) for code in frame[key]]


def areas_called(frame: pd.DataFrame, lang: str) -> str:
    """Say what the rows of a frame are: communes and wards, or districts."""
    t = translator(lang)
    return t("communes and wards") if level(frame) == "commune" else t("districts")


def names_of(names: Sequence[str], lang: str, most: int = 5) -> str:
    """Write a few names, and how many more there are."""
    if len(names) <= most:
        return numbers.joined(list(names), lang)
    t = translator(lang)
    shown = names[: most - 1]
    return t("{names} and {n} more", names=", ".join(shown), n=len(names) - len(shown))


# ------------------------------------------------------------------ changes and bases in words


def change_words(points: Any, lang: str, decimals: int = 2) -> str:
    """Say a change in points in words: ``down 1.45 percentage points``.

    >>> change_words(-1.4501, "en")
    'down 1.45 percentage points'
    """
    t = translator(lang)
    if numbers.is_absent(points):
        return numbers.NOT_REPORTED
    size = numbers.number(abs(float(points)), lang, decimals)
    if numbers.rounded(float(points), decimals) == 0:
        return t("unchanged")
    if points < 0:
        return t("down {n} percentage points", n=size)
    return t("up {n} percentage points", n=size)


def no_base(year: int, lang: str) -> Prose:
    """Say that there is nothing to compare with."""
    text = translator(lang)(
        "There is no comparable table of an earlier year, so no change to {year} is computed.",
        year=year,
    )
    return Prose([text], kind="caution")


def source_note(year: int, lang: str) -> str:
    """Say where the figures come from and under which standard."""
    standard = poverty_standards.standard(year)
    return translator(lang)(
        "Source: yearly reviews in the districts' returns. Standard: {standard} ({decision}).",
        standard=standard.name(lang),
        decision=standard.decision,
    )


def coverage(frame: pd.DataFrame, column: str) -> tuple[int, int]:
    """Return how many units a frame rests on, and how many there are."""
    return int(frame[column].sum()), int(frame["expected_units"].sum())


def coverage_note(frame: pd.DataFrame, lang: str, column: str = "reported_units") -> str:
    """Say how many units a table rests on, where some did not report; else nothing."""
    there, every = coverage(frame, column)
    if there == every:
        return ""
    return translator(lang)(
        "{there} of {all} commune-level units reported; sums and rates are of those. "
        "{absent}: not reported.",
        there=numbers.number(there, lang),
        all=numbers.number(every, lang),
        absent=numbers.NOT_REPORTED,
    )


def of_those(finding: str, frame: pd.DataFrame, column: str, lang: str) -> str:
    """Let a finding begin with the units it is of, where some did not report."""
    there, every = coverage(frame, column)
    if there == every:
        return finding
    return translator(lang)(
        "Of the {there} of {all} units that reported: {finding}",
        there=numbers.number(there, lang),
        all=numbers.number(every, lang),
        finding=finding[:1].lower() + finding[1:],
    )


# ------------------------------------------------------------------ tables


def cells(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
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
        marked = few.reset_index(drop=True)
        shown.loc[marked, rate] = [
            numbers.percent(value, lang, 2) + FEW_MARK for value in shown.loc[marked, rate]
        ]
    return shown


def _few(frame: pd.DataFrame) -> dict[str, pd.Series[bool]]:
    """Return for each rate of levels which of its values rest on few households."""
    return {
        f"{measure}_rate_pct": frame[f"{measure}_rate_few"].fillna(False).astype(bool)
        & frame[f"{measure}_rate_pct"].notna()
        for measure in registry.codes("measure")
        if f"{measure}_rate_few" in frame.columns
    }


def notes_of(frames: Sequence[pd.DataFrame], year: int, lang: str, *more: str) -> list[str]:
    """Return the notes of a table: its own, the signs in it, and its source."""
    t = translator(lang)
    notes = [note for note in more if note]
    if any(few.any() for frame in frames for few in _few(frame).values()):
        notes.append(
            t(
                "{mark} Rate on fewer than {n} households: one household more or less moves it by "
                "over a point.",
                mark=FEW_MARK,
                n=FEW_HOUSEHOLDS,
            )
        )
    if any("withheld" in frame.columns and frame["withheld"].ne("").any() for frame in frames):
        notes.append(t("{mark}: withheld.", mark=WITHHELD))
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
        Those of this table alone; signs and source follow by themselves.
    words
        Fill in caption and labels.
    """
    stub = f"{level(frame)}_code"
    spec = replace(spec, columns=(stub, *spec.columns[1:]), total=whole_name(year, lang))
    frames = [frame] if whole is None else [frame, whole]
    return spec(
        cells(frame, lang),
        lang,
        total=None if whole is None else cells(whole, lang),
        notes=notes_of(frames, year, lang, *notes),
        year=year,
        **words,
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
    return [
        replace(column(name, "en", spanner=str(year)), key=f"{name}_{year}")
        for year in years
        for name in names
    ]


def traced(figure: Figure, frame: pd.DataFrame, names: Sequence[str]) -> Figure:
    """Let a figure whose data have no keys say from which cells they come."""
    return replace(figure, sources=provenance.behind(frame, names, None))


def map_note(frame: pd.DataFrame, year: int, lang: str) -> str:
    """Return the note of a map: its source, and that withheld rates are drawn as not reported."""
    note = source_note(year, lang)
    if "withheld" in frame.columns and frame["withheld"].ne("").any():
        note += " " + translator(lang)("Withheld rates are drawn as not reported.")
    return note
