"""Published rates of poor households: their series with its breaks, and beside our own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd

from kgstats.analysis.households import (
    MEASURES,
    PovertyError,
    Seen,
    exact,
    pair,
    pair_sums,
    typed,
)

_INDICATORS = {
    "poor rate": "poor",
    "near-poor rate": "near_poor",
    "ethnic poor rate": "ethnic_poor",
    "ethnic near-poor rate": "ethnic_near_poor",
}
_STANDARDS = {
    "multidimensional 2016-2020": "md2016",
    "multidimensional 2022-2025": "md2022",
}


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
        1), ``rate_pct, change_pp, is_dated, source``, by year.
    """
    if measure not in MEASURES:
        raise PovertyError(f"there is no measure {measure!r}: use one of {', '.join(MEASURES)}")
    points = sorted(
        (point for point in _points(series, measure)),
        key=lambda point: (point.first_year, point.last_year, point.id),
    )
    rows: list[dict[str, Any]] = []
    segment = 0
    previous: _Point | None = None
    for point in points:
        same = previous is not None and previous.standard == point.standard
        segment += 0 if same else 1
        change = None
        if previous is not None and same and point.is_dated and previous.is_dated:
            change = float(point.rate - previous.rate)
        rows.append(
            {
                "id": point.id,
                "label": point.label,
                "first_year": point.first_year,
                "last_year": point.last_year,
                "standard": point.standard,
                "segment": segment,
                "rate_pct": float(point.rate),
                "change_pp": change,
                "is_dated": point.is_dated,
                "source": point.source,
            }
        )
        previous = point
    columns = ["id", "label", "first_year", "last_year", "standard", "segment", "rate_pct"]
    frame = pd.DataFrame(rows, columns=[*columns, "change_pp", "is_dated", "source"])
    texts = dict.fromkeys(["id", "label", "standard", "source"], "string")
    years = dict.fromkeys(["first_year", "last_year", "segment"], "Int64")
    return typed(frame.astype({**texts, **years}))


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

    @property
    def is_dated(self) -> bool:
        return self.first_year == self.last_year


def _points(series: pd.DataFrame, measure: str) -> Iterator[_Point]:
    for row in series.to_dict("records"):
        if _INDICATORS.get(str(row["indicator_en"])) != measure or str(row["unit"]) != "percent":
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
            standard=_STANDARDS.get(standard, standard),
            rate=Fraction(str(row["value"])),
            source=str(row["source"]),
        )


def beside_published(
    frame: pd.DataFrame,
    before: int,
    after: int,
    figures: pd.DataFrame,
    series: pd.DataFrame,
    seen: Seen = exact,
) -> pd.DataFrame:
    """Set the computed figures of the province beside the published ones.

    A printed figure agrees when it is the computed one rounded, half away from zero, to the
    decimals printed.

    Parameters
    ----------
    frame
        Counts by unit and year.
    before, after
        The years compared; under one standard.
    figures
        Figures of the printed report of ``after`` (ids ``poverty_<measure>_rate_<year>`` and
        ``…_change``); may be empty.
    series
        Values published elsewhere (ids ``series_<measure>_rate_<year>``, ``…_fall``,
        ``series_<measure>_households_<year>``); may be empty.

    Returns
    -------
    pandas.DataFrame
        ``measure, quantity`` (``rate_pct``, ``fall_pp``, ``count_hh``), ``computed`` (Float64),
        ``printed`` (Float64), ``decimals``, ``is_agreeing``, ``id``, ``source``: the published
        figures that were found.
    """
    (whole,) = pair(frame, before, after).groups("province")
    both = {
        name: pair_sums(whole, measure, (before, after), seen) for name, measure in MEASURES.items()
    }
    wanted: dict[str, tuple[str, str]] = {}
    for name in MEASURES:
        wanted[f"poverty_{name}_rate_{after}"] = (name, "rate_pct")
        wanted[f"poverty_{name}_rate_{after}_change"] = (name, "fall_pp")
        wanted[f"series_{name}_rate_{after}"] = (name, "rate_pct")
        wanted[f"series_{name}_rate_{after}_fall"] = (name, "fall_pp")
        wanted[f"series_{name}_households_{after}"] = (name, "count_hh")
    rows = []
    for identifier, value, decimals, source in _published(figures, series):
        if identifier not in wanted:
            continue
        name, quantity = wanted[identifier]
        rate_0, rate_1 = both[name].rate_before, both[name].rate_after
        count = both[name].count_after
        if rate_0 is None or rate_1 is None or count is None:
            continue
        values = {
            "rate_pct": rate_1,
            "fall_pp": rate_0 - rate_1,
            "count_hh": Fraction(count),
        }
        value_now = values[quantity]
        rows.append(
            {
                "measure": name,
                "quantity": quantity,
                "computed": float(value_now),
                "printed": float(value),
                "decimals": decimals,
                "is_agreeing": _half_up(value_now, decimals) == value,
                "id": identifier,
                "source": source,
            }
        )
    columns = ["measure", "quantity", "computed", "printed", "decimals", "is_agreeing", "id"]
    result = pd.DataFrame(rows, columns=[*columns, "source"])
    texts = dict.fromkeys(["measure", "quantity", "id", "source"], "string")
    numbers = {"computed": "Float64", "printed": "Float64", "decimals": "Int64"}
    return result.astype({**texts, **numbers, "is_agreeing": "boolean"})


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
