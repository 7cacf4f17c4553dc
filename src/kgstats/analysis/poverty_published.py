"""Published rates of poor households: their series with its breaks, and beside our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import pandas as pd

from kgstats.analysis import tidy
from kgstats.analysis.households import (
    MEASURES,
    PovertyError,
    exact_rates,
    floats,
    measure_named,
)
from kgstats.reference import poverty_standards, published_facts


def published_series(series: pd.DataFrame, measure: str = "poor") -> pd.DataFrame:
    """Put the published rates of households in order, with the breaks of the standard.

    Only rates of the ministry's household review are taken; the survey of living standards
    (GSO/VHLSS) measures something else and is not mixed in. A change to the previous point is
    given only under the same standard and only between two dated points.

    Parameters
    ----------
    series
        The data set ``series``: ``id, year_or_date, indicator_en, value, unit, standard,
        source``.
    measure
        One of ``MEASURES``.

    Returns
    -------
    pandas.DataFrame
        ``id, label`` (the date as printed), ``first_year, last_year`` (they differ where the
        source leaves the year open), ``standard`` (code), ``segment`` (counts the standards from
        1), ``published_rate_pct, published_change_pp, is_dated, source``, by year. Without rows
        where no published rate is known.
    """
    measure_named(measure)
    columns = ["id", "label", "first_year", "last_year", "standard", "segment"]
    columns += ["published_rate_pct", "published_change_pp", "is_dated", "source"]
    points = sorted(
        _points(series, measure), key=lambda one: (one.first_year, one.last_year, one.id)
    )
    frame = pd.DataFrame([vars(point) for point in points], columns=[*columns, "rate"])
    frame["is_dated"] = frame["first_year"] == frame["last_year"]
    standards = frame["standard"]
    same = (standards == standards.shift()) & (frame.index > 0)
    frame["segment"] = (~same).cumsum()
    both_dated = frame["is_dated"] & frame["is_dated"].shift(fill_value=False)
    rates = list(frame["rate"])
    steps = [None, *(now - then for then, now in pairwise(rates))][: len(rates)]
    frame["published_change_pp"] = floats(steps, frame.index).where(same & both_dated)
    frame["published_rate_pct"] = floats(rates, frame.index)
    texts = dict.fromkeys(["id", "label", "standard", "source"], "string")
    years = dict.fromkeys(["first_year", "last_year", "segment"], "Int64")
    numbers = dict.fromkeys(["published_rate_pct", "published_change_pp"], "Float64")
    return frame[columns].astype({**texts, **years, **numbers, "is_dated": "boolean"})


@dataclass(frozen=True)
class _Point:
    """One published rate."""

    id: str
    label: str
    first_year: int
    last_year: int
    standard: str
    rate: Fraction
    source: str


def _points(series: pd.DataFrame, measure: str) -> Iterator[_Point]:
    known = {one.published_as: one.code for one in poverty_standards.standards()}
    for row in series.to_dict("records"):
        named = published_facts.measures().get(str(row["indicator_en"]))
        if named != measure or str(row["unit"]) != "percent":
            continue
        label = str(row["year_or_date"])
        years = [int(text) for text in re.findall(r"(?<!\d)\d{4}(?!\d)", label)]
        if not years:
            raise PovertyError(f"no year in the date {label!r} of {row['id']}")
        standard = str(row["standard"])
        yield _Point(
            id=str(row["id"]),
            label=label,
            first_year=min(years),
            last_year=max(years),
            standard=known.get(standard, standard),
            rate=Fraction(str(row["value"])),
            source=str(row["source"]),
        )


_QUANTITIES = {"rate": "rate_pct", "change": "fall_pp", "fall": "fall_pp", "households": "count_hh"}


def _quantity(identifier: str, year: int) -> tuple[str, str] | None:
    """Return measure and quantity of the figure that an id names, or None for another figure.

    >>> _quantity("poverty_near_poor_rate_2019_change", 2019)
    ('near_poor', 'fall_pp')
    >>> _quantity("series_poor_rate_2018", 2019) is None
    True
    """
    measures = "|".join(sorted(MEASURES, key=len, reverse=True))
    printed = rf"poverty_({measures})_(rate)_{year}(?:_(change))?"
    elsewhere = rf"series_({measures})_(rate|households)_{year}(?:_(fall))?"
    found = re.fullmatch(printed, identifier) or re.fullmatch(elsewhere, identifier)
    if found is None or found.group(2, 3) == ("households", "fall"):
        return None
    return found.group(1), _QUANTITIES[found.group(3) or found.group(2)]


def beside_published(
    moved: pd.DataFrame, figures: pd.DataFrame, series: pd.DataFrame
) -> pd.DataFrame:
    """Set the computed figures of the province beside the published ones.

    A printed figure agrees when it is the computed one rounded, half away from zero, to the
    decimals printed. Where not every unit reported, the computed figure is of a part of the
    province, and whether it agrees is not said.

    Parameters
    ----------
    moved
        :func:`kgstats.analysis.poverty.changes` of the province.
    figures
        Figures of the printed report of the later year (ids ``poverty_<measure>_rate_<year>`` and
        ``…_change``); may be empty.
    series
        Values published elsewhere (ids ``series_<measure>_rate_<year>``, ``…_fall``,
        ``series_<measure>_households_<year>``); may be empty.

    Returns
    -------
    pandas.DataFrame
        ``base_year, year, measure, quantity`` (``rate_pct``, ``fall_pp``, ``count_hh``),
        ``computed_value, printed, decimals``, ``is_agreeing`` (null in an incomplete year),
        ``matched_units, expected_units``, ``id``, ``source``: the
        published figures that were found, and whose computed value is not withheld.
    """
    rows = []
    for row in moved.to_dict("records"):
        counts = pd.Series([row["before_hh"], row["after_hh"]], dtype="Int64")
        bases = pd.Series([row["base_before_hh"], row["base_after_hh"]], dtype="Int64")
        first, last = exact_rates(counts, bases)
        if first is None or last is None:
            continue
        whole = row["matched_units"] == row["expected_units"]
        exact = {"rate_pct": last, "fall_pp": first - last, "count_hh": Fraction(int(counts[1]))}
        for identifier, value, decimals, source in _published(figures, series):
            measure, quantity = _quantity(identifier, int(row["year"])) or ("", "")
            if measure != row["measure"]:
                continue
            rows.append(
                (
                    row["base_year"], row["year"], measure, quantity, float(exact[quantity]),
                    float(value), decimals,
                    _half_up(exact[quantity], decimals) == value if whole else pd.NA,
                    row["matched_units"], row["expected_units"], identifier, source,
                )
            )  # fmt: skip
    found = tidy.frame(
        rows,
        "Int64: base_year year",
        "string: measure quantity",
        "Float64: computed_value printed",
        "Int64: decimals",
        "boolean: is_agreeing",
        "Int64: matched_units expected_units",
        "string: id source",
    )
    order = {name: place for place, (name, *_) in enumerate(_published(figures, series))}
    return found.sort_values("id", key=lambda ids: ids.map(order), ignore_index=True)


def _published(
    figures: pd.DataFrame, series: pd.DataFrame
) -> Iterator[tuple[str, Fraction, int, str]]:
    """Give each published figure: id, value, decimals printed, source."""
    for table in (figures, series):
        for row in table.to_dict("records"):
            value = row["value"]
            if pd.isna(value) or str(value) == "":
                continue
            text = str(value)
            shown = str(row.get("printed") or text)
            _, mark, decimals = shown.partition("," if table is figures else ".")
            source = row.get("source") or row.get("section") or ""
            yield str(row["id"]), Fraction(text), len(decimals) if mark else 0, str(source)


def _half_up(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)
