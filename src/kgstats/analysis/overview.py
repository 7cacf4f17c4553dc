"""The year on one page: headline indicators with change and target, for a province or a district.

Every number is one of :mod:`kgstats.analysis.indicators`; here they are put beside each other, and
beside last year's.

Every function takes, unless it says otherwise: ``year``, the reporting year; ``district``, the
district's code.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

import pandas as pd

from kgstats.analysis import attainment, indicators, poverty, quality, tidy
from kgstats.analysis import funding as funding_lines
from kgstats.analysis.funding.lines import DIMENSIONS
from kgstats.analysis.funding.years import SAME_LINE
from kgstats.analysis.tidy import By, keys
from kgstats.reference import areas, poverty_standards, programmes

HEADLINES: dict[str, tuple[str, str | None]] = {
    "communes_recognised": ("communes", "attained_communes"),
    "mean_criteria": ("criteria_per_commune", "mean_criteria"),
    "poor_rate_pct": ("percent", "poor_fall"),
    "near_poor_rate_pct": ("percent", None),
    "ethnic_poor_rate_pct": ("percent", None),
    "poor_end_hh": ("households", None),
    "allocated_vnd": ("VND", None),
    "coverage_pct": ("percent", None),
    "disbursed_rate_pct": ("percent", None),
}
"""The headline indicators, in their order, each with its unit and its target."""

_RATES = {f"{name}_rate_pct": name for name in ("poor", "near_poor", "ethnic_poor")}


def years(
    standings: pd.DataFrame,
    households: Mapping[int, pd.DataFrame],
    funding: Mapping[int, pd.DataFrame],
    year: int,
    district: str | None = None,
) -> pd.DataFrame:
    """Return the indicators of a year and of the years before it.

    Years under another set of criteria have no count of communes, and years under another poverty
    standard none of poor households: they are other series.

    Parameters
    ----------
    standings
        :func:`kgstats.analysis.attainment.standings`.
    households, funding
        Clean tables ``poverty`` and ``funding`` by year.
    district
        GSO code of one district; the whole province by default.

    Returns
    -------
    pandas.DataFrame
        One row a year: ``year`` and the columns of
        :func:`kgstats.analysis.attainment.summary`,
        :func:`kgstats.analysis.indicators.household_poverty` and
        :func:`kgstats.analysis.indicators.disbursement`; ``units``, the commune-level units of
        the year's list. Null where nothing is reported.
    """
    code = poverty_standards.standard(year).code
    same = [
        table
        for own, table in households.items()
        if own <= year and poverty_standards.standard(own).code == code
    ]
    money = [table for own, table in funding.items() if own <= year]
    parts = [attainment.summary(_within(standings, district))]
    for tables, indicator in (
        (same, indicators.household_poverty),
        (money, indicators.disbursement),
    ):
        held = [_within(table, district) for table in tables]
        held = [table for table in held if len(table)]
        if held:
            parts.append(indicator(pd.concat(held, ignore_index=True), "year"))
    frame = reduce(lambda one, other: one.merge(other, on="year", how="outer"), parts)
    lists = {own: _within(areas.units(int(own)), district) for own in frame["year"]}
    frame["units"] = pd.array([len(lists[own]) for own in frame["year"]], "Int64")
    counted = ["communes", "communes_reported", "criteria_communes"]
    counted += [f"{name}_rate_units" for name in _RATES.values()] + ["near_poor_end_hh"]
    wanted = [name for name in (*HEADLINES, *counted) if name not in frame.columns]
    return frame.assign(**dict.fromkeys(wanted, pd.NA)).sort_values("year", ignore_index=True)


def _within(table: pd.DataFrame, district: str | None) -> pd.DataFrame:
    if district is None or table.empty:
        return table
    return table[table["district_code"] == district]


def two_years(households: Mapping[int, pd.DataFrame], year: int) -> pd.DataFrame:
    """Put the counts of a year and of the year before on the year's areas, to be compared.

    Parameters
    ----------
    households
        Clean tables ``poverty`` by year.

    Returns
    -------
    pandas.DataFrame
        :func:`kgstats.analysis.poverty.on_areas_of`; without rows where there is no table of
        last year, or it is of another poverty standard.
    """
    there = {own: table for own, table in households.items() if len(table)}
    before = [own for own in poverty.years_before(year) if own in there]
    if year not in there or not before:
        return pd.DataFrame(columns=["year"])
    return poverty.on_areas_of(year, there[before[-1]], there[year])


def rate_changes(both: pd.DataFrame, year: int, by: str = "province") -> pd.DataFrame:
    """Compare poor households with the year before: :func:`kgstats.analysis.poverty.changes`.

    Over the units that report both years.

    Parameters
    ----------
    both
        Households of the two years: :func:`two_years`. Without rows nothing is compared.
    by
        ``province``, or ``district``: communes, for a year without districts.
    """
    by = poverty.main_areas(year) if by == "district" else by
    if both.empty:
        names = ["measure", "change_pp", "after_rate_pct", "matched_units", "expected_units"]
        return pd.DataFrame(columns=[*keys(by), *names])
    return poverty.changes(both, int(both["year"].min()), year, by)


def like_for_like(
    standings: pd.DataFrame,
    both: pd.DataFrame,
    funding: Mapping[int, pd.DataFrame],
    year: int,
    district: str | None = None,
) -> pd.DataFrame:
    """Compare each headline indicator with the year before, over what reported in both years.

    Communes: those reported in both years whose territory is the same; for the mean, with a number
    of criteria in both. Households: the commune-level units that report both years, on the areas
    of this one (:func:`kgstats.analysis.poverty.changes`). Money: the lines of both years (same
    district, component, source, kind, and own plan or carried over alike; for rate and coverage
    see :func:`kgstats.analysis.funding.against_last_year`), so that money carried over into one
    year is never set against a year whose returns have none.

    Parameters
    ----------
    standings, funding, year, district
        As for :func:`years`.
    both
        Households of the two years: :func:`two_years`.

    Returns
    -------
    pandas.DataFrame
        One row per indicator that can be compared: ``indicator, base_year, year, before, after,
        change``, ``compared`` (units or lines compared) and ``compared_of`` (how many there are
        this year: all of the list, reported or not; lines only as far as they are reported).
    """
    then, now = (_within(funding.get(own, pd.DataFrame()), district) for own in (year - 1, year))
    parts = [
        _communes_moved(_within(standings, district), year),
        _households_moved(both, year, district),
        _money_moved(then, now, year),
    ]
    return tidy.frame(
        [(name, year - 1, year, *values) for part in parts for name, *values in part],
        "string: indicator",
        "Int64: base_year year",
        "Float64: before after change",
        "Int64: compared compared_of",
    )


Moved = tuple[str, Any, Any, Any, int, int]


def _communes_moved(standings: pd.DataFrame, year: int) -> list[Moved]:
    now, then = (standings[standings["year"] == own] for own in (year, year - 1))
    if now.empty or then.empty:
        return []
    then = _same_areas(then, year - 1, year)
    both = then.merge(now, on="commune_code", suffixes=("_then", "_now"))
    known = [both[f"status_{own}"] != "not_reported" for own in ("then", "now")]
    told = both[known[0] & known[1]]
    found: list[Moved] = []
    if len(told):
        one, two = (int((told[f"status_{own}"] == "recognised").sum()) for own in ("then", "now"))
        found.append(("communes_recognised", one, two, two - one, len(told), len(now)))
    met = both[["criteria_met_then", "criteria_met_now"]].dropna().astype(int)
    if len(met):
        first, last = met.sum().tolist()
        change = float(Fraction(last - first, len(met)))
        before, after = (float(Fraction(total, len(met))) for total in (first, last))
        found.append(("mean_criteria", before, after, change, len(met), len(now)))
    return found


def _households_moved(both: pd.DataFrame, year: int, district: str | None) -> list[Moved]:
    moved = rate_changes(both, year, "district" if district else "province")
    if district:
        moved = moved[moved["district_code"] == district]
    moved = moved[moved["matched_units"] > 0] if len(moved) else moved
    found: list[Moved] = []
    for row in moved.to_dict("records"):
        compared = int(row["matched_units"]), int(row["expected_units"])
        rate = f"{row['measure']}_rate_pct"
        values = (row[name] for name in ("before_rate_pct", "after_rate_pct", "change_pp"))
        found.append((rate, *values, *compared))
        if row["measure"] == "poor":
            counts = (row[name] for name in ("before_hh", "after_hh", "change_hh"))
            found.append(("poor_end_hh", *counts, *compared))
    return [row for row in found if row[0] in HEADLINES]


def _money_moved(then: pd.DataFrame, now: pd.DataFrame, year: int) -> list[Moved]:
    if then.empty or now.empty:
        return []
    lines, earlier = funding_lines.lines(now, year), funding_lines.lines(then, year - 1)
    amounts = ["allocated_vnd", "disbursed_vnd"]
    # Money of several earlier plans in one line of a form is one amount carried over; with a part
    # of it absent, so is the amount.
    summed = [
        one.groupby([*SAME_LINE], dropna=False)[amounts].sum(skipna=False)
        for one in (earlier, lines)
    ]
    both = summed[0].join(summed[1], lsuffix="_then", rsuffix="_now", how="inner")
    both = both.dropna(subset=["allocated_vnd_then", "allocated_vnd_now"])
    expected = len(summed[1])
    found: list[Moved] = []
    if len(both):
        first, last = (int(both[f"allocated_vnd_{own}"].sum()) for own in ("then", "now"))
        found.append(("allocated_vnd", first, last, last - first, len(both), expected))
        covered = [
            indicators.disbursement(
                both[[f"{name}_{own}" for name in ("allocated_vnd", "disbursed_vnd")]].rename(
                    columns=lambda name: name.rpartition("_")[0]
                )
            ).iloc[0]["coverage_pct"]
            for own in ("then", "now")
        ]
        found.append(("coverage_pct", *covered, covered[1] - covered[0], len(both), expected))
    paid = funding_lines.against_last_year(lines, then)
    measured = both[["disbursed_vnd_then", "disbursed_vnd_now"]].dropna() if len(both) else both
    if len(paid) and len(measured):
        row = paid.iloc[0]
        values = [row[f"disbursed_rate_{name}"] for name in ("before_pct", "pct", "change_pp")]
        found.append(("disbursed_rate_pct", *values, len(measured), expected))
    return found


def steady(
    standings: pd.DataFrame,
    households: Mapping[int, pd.DataFrame],
    year: int,
    district: str | None = None,
) -> tuple[pd.DataFrame, dict[int, pd.DataFrame]]:
    """Keep the units that reported in every year drawn, so that levels can stand side by side.

    A year that shares no unit with this one is left out; so is one under another poverty standard.

    Parameters
    ----------
    standings
        Every year's standing of communes, from `kgstats.analysis.paths.standings`.
    households
        Counts by unit and year: a clean table ``poverty``, or from
        `kgstats.analysis.households.together`.
    district
        Code of a district that is drawn. Where none of its units can be followed through the
        years, households are those of this year alone.

    Returns
    -------
    tuple
        ``standings`` and ``households`` of those units and years.
    """
    there = standings[standings["reported"].fillna(False)]
    communes = {int(own): _same_areas(part, int(own), year) for own, part in there.groupby("year")}
    code = poverty_standards.standard(year).code
    counted = {
        own: poverty.on_areas_of(year, table).dropna(subset=["poor_end_hh", "households_hh"])
        for own, table in households.items()
        if own <= year and len(table) and poverty_standards.standard(own).code == code
    }
    kept = _in_all_years(communes, year)
    standings = pd.concat(kept.values()) if kept else standings.iloc[:0]
    followed = _in_all_years(counted, year)
    if district is not None and _within(followed.get(year, standings.iloc[:0]), district).empty:
        followed = _in_all_years({own: one for own, one in counted.items() if own == year}, year)
    return standings.reset_index(drop=True), followed


def _same_areas(communes: pd.DataFrame, before: int, year: int) -> pd.DataFrame:
    """Keep the communes of an earlier year whose territory is a commune's of this one."""
    if before == year:
        return communes
    pairs = areas.successions(before, year)
    whole = pairs[pairs["relation"].isin(["same", "renamed"])].set_index("from_code")["to_code"]
    codes = communes["commune_code"].map(whole)
    return communes.assign(commune_code=codes).dropna(subset=["commune_code"])


def _in_all_years(tables: Mapping[int, pd.DataFrame], year: int) -> dict[int, pd.DataFrame]:
    codes = {own: set(table["commune_code"]) for own, table in tables.items()}
    shared = [own for own in sorted(tables) if codes[own] & codes.get(year, set())]
    if not shared:
        return {}
    common = set.intersection(*(codes[own] for own in shared))
    return {own: tables[own][tables[own]["commune_code"].isin(common)] for own in shared}


def reported(
    standing: pd.DataFrame, households: pd.DataFrame, funding: pd.DataFrame, year: int
) -> pd.DataFrame:
    """Say of how many districts, communes, units and lines the figures of the year are.

    Parameters
    ----------
    standing
        A row a commune, from `kgstats.analysis.attainment.standing`.
    households
        Counts by unit and year: a clean table ``poverty``, or from
        `kgstats.analysis.households.together`.
    funding
        The clean table ``funding``.

    Returns
    -------
    pandas.DataFrame
        One row per form (``form, districts, districts_expected, units, units_expected``): a
        district reports if any row of its is there with a value; a commune by a status or a mark,
        a unit by its poor households and its households, a line by its disbursement (expected are
        the lines with an allocation). Of form 01 those districts are expected that have rural
        communes. Without districts (after the reform) those are null.
    """
    communes = standing[standing["reported"].fillna(False)]
    counted = indicators.lived_in(households).dropna(subset=["poor_end_hh", "households_hh"])
    paid = funding.dropna(subset=["allocated_vnd"])
    measured = paid.dropna(subset=["disbursed_vnd"])
    districts = areas.districts(year)
    rural = int((districts["rural_communes"] > 0).sum())
    rows = [
        ("01", communes, rural, len(communes), len(standing)),
        ("03", counted, len(districts), len(counted), len(areas.units(year))),
        ("02", paid, len(districts), len(measured), len(paid)),
    ]
    there = not districts.empty
    return tidy.frame(
        [
            (form, *((part["district_code"].nunique(), of) if there else (pd.NA, pd.NA)), *units)
            for form, part, of, *units in rows
        ],
        "string: form",
        "Int64: districts districts_expected units units_expected",
    )


def money_parts(funding: pd.DataFrame, year: int) -> pd.DataFrame:
    """Say what the money allocated holds that another total holds too, or another year's plan.

    Parameters
    ----------
    funding
        The clean table ``funding``.

    Returns
    -------
    pandas.DataFrame
        One row: ``allocated_vnd`` (all lines), ``carried_vnd`` (of plans of earlier years, carried
        over), ``integrated_vnd`` (source ``integrated``: money of other programmes, which they
        count too); null where no line of the kind is reported.

    Examples
    --------
    >>> lines = pd.DataFrame(
    ...     {"allocated_vnd": [5, 2, 1], "plan_year": [2019, 2018, 2019]}
    ... ).assign(source=["central", "central", "integrated"])
    >>> money_parts(lines, 2019).iloc[0].tolist()
    [8, 2, 1]
    """
    money = funding["allocated_vnd"].astype("Int64")
    parts = {
        "allocated_vnd": money,
        "carried_vnd": money[funding["plan_year"].astype("Int64") < year],
        "integrated_vnd": money[funding["source"] == "integrated"],
    }
    return pd.DataFrame(
        {name: pd.array([part.sum(min_count=1)], "Int64") for name, part in parts.items()}
    )


IMPLAUSIBLE = (
    "negative_allocated", "negative_disbursed", "zero_plan_paid", "paid_above_plan",
    "far_from_last_year",
)  # fmt: skip
"""What is unusual about a line so that its amounts may be wrong."""


def odd_money(funding: Mapping[int, pd.DataFrame], year: int) -> pd.DataFrame:
    """Return the lines of money whose amounts may be wrong, each once.

    Parameters
    ----------
    funding
        Clean tables ``funding`` by year.

    Returns
    -------
    pandas.DataFrame
        Columns of :func:`kgstats.analysis.funding.unusual`; of the rules, those of
        :data:`IMPLAUSIBLE`.
    """
    money = funding_lines.lines(funding[year], year)
    found = funding_lines.unusual(money, funding.get(year - 1))
    found = found[found["unusual"].isin(IMPLAUSIBLE)]
    return found.drop_duplicates(list(DIMENSIONS), ignore_index=True)


def unchanged(
    households: Mapping[int, pd.DataFrame], funding: Mapping[int, pd.DataFrame], year: int
) -> pd.DataFrame:
    """Find the districts whose every number is that of the year before: sent again, perhaps.

    Marks of criteria are not compared: a district of recognised communes has the same each year.

    Parameters
    ----------
    households, funding
        Clean tables ``poverty`` and ``funding`` by year.

    Returns
    -------
    pandas.DataFrame
        ``form`` (``03`` households, ``02`` money) and ``district_code``, a row each.

    Examples
    --------
    >>> units = {"district_code": "906", "commune_code": ["1", "2"], "poor_end_hh": [31, 12]}
    >>> units |= {"households_hh": [812, 640], "poor_new_hh": [3, 1], "poor_escaped_hh": [9, 4]}
    >>> table = pd.DataFrame(units)
    >>> unchanged({2018: table, 2019: table}, {}, 2019).values.tolist()
    [['03', '906']]
    >>> unchanged({2018: table, 2019: table.assign(poor_end_hh=[30, 12])}, {}, 2019).empty
    True
    """
    found = []
    for form, tables, key in (("03", households, "commune_code"), ("02", funding, "component")):
        now, before = (tables.get(own, pd.DataFrame()) for own in (year, year - 1))
        if now.empty or before.empty:
            continue
        names = [name for name in now if name.endswith(("_hh", "_vnd")) and name in before]
        then = _told(before, key, names)["rows"].to_dict()
        told = _told(now, key, names)
        found += [
            (form, code)
            for code, rows, numbers in told.itertuples(name=None)
            if rows == then.get(code) and numbers >= _ENOUGH
        ]
    return tidy.frame(found, "string: form district_code")


_ENOUGH = 8
"""With fewer numbers than this two years may be alike by chance."""


def _told(table: pd.DataFrame, key: str, names: list[str]) -> pd.DataFrame:
    """Return of each district its rows, as hashes in an order of their own, and its numbers."""
    held = table[[key, *names]]
    told = pd.DataFrame(
        {
            "rows": pd.util.hash_pandas_object(held, index=False),
            "numbers": held[names].fillna(0).ne(0).sum(axis=1),
        }
    )
    by = told.groupby(table["district_code"].fillna("").astype(str), sort=True)
    return by.agg({"rows": sorted, "numbers": "sum"})


def headline(
    years: pd.DataFrame,
    moved: pd.DataFrame,
    year: int,
    targets: bool = True,
    same: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the year's headline indicators with the change since last year, and the target.

    A target is judged in its own year, and only where all units reported, this year (a level) or
    in both years (a fall); that of the next year stands beside a level without a verdict.

    Parameters
    ----------
    years
        What :func:`years` returns.
    moved
        What :func:`like_for_like` returns, of the same place.
    targets
        Whether to add the targets, which are the province's.
    same
        :func:`unchanged`: with households of last year among the returns no fall is judged.

    Returns
    -------
    pandas.DataFrame
        One row per indicator: ``indicator, year, base_year, value, unit``; ``units`` that it is
        of and ``units_expected`` (communes or commune-level units; null for money); ``before,
        change, compared, compared_of`` of `like_for_like`; ``target_year, target_low, target_high,
        reached``. Null where unknown. ``sent_again``: whether households of last year among the
        returns leave the fall unjudged.
    """
    now = years[years["year"] == year]
    changes = moved.set_index("indicator")
    again = same is not None and bool(same["form"].eq("03").any())
    rows: list[dict[str, Any]] = []
    for indicator, (unit, aim) in HEADLINES.items():
        change = changes.loc[indicator].to_dict() if indicator in changes.index else {}
        row: dict[str, Any] = {
            "indicator": indicator,
            "year": year,
            "base_year": year - 1,
            "value": _value(now, indicator),
            "unit": unit,
            **dict(zip(("units", "units_expected"), _base(indicator, now), strict=True)),
            **{name: change.get(name) for name in ("before", "change", "compared", "compared_of")},
        }
        if targets and aim is not None and (found := _target(aim, year)) is not None:
            row |= {"target_year": found.year, "target_low": found.low, "target_high": found.high}
            row["sent_again"] = again and indicator in _RATES
            row["reached"] = pd.NA if row["sent_again"] else _reached(row, found)
        rows.append(row)
    frame = tidy.frame(
        rows,
        "string: indicator",
        "Int64: year base_year",
        "Float64: value",
        "string: unit",
        "Int64: units units_expected",
        "Float64: before change",
        "Int64: compared compared_of target_year",
        "Float64: target_low target_high",
        "boolean: reached",
        "sent_again",
    )
    return frame.assign(sent_again=frame["sent_again"].eq(True))


def _value(years: pd.DataFrame, indicator: str) -> Any:
    return years[indicator].iloc[0] if len(years) and indicator in years.columns else pd.NA


def _target(name: str, year: int) -> programmes.Target | None:
    """Return the target of the year; of a level, else that of the next year on the way."""
    found = programmes.target(name, year)
    return found or (None if name == "poor_fall" else programmes.target(name, year + 1))


def _base(indicator: str, now: pd.DataFrame) -> tuple[Any, Any]:
    """Return of how many units a value is, and how many there are."""
    told = {"communes_recognised": "communes_reported", "mean_criteria": "criteria_communes"}
    if indicator in told:
        return _value(now, told[indicator]), _value(now, "communes")
    counted = "poor_rate_pct" if indicator == "poor_end_hh" else indicator
    if counted in _RATES:
        return _value(now, f"{counted.removesuffix('_pct')}_units"), _value(now, "units")
    return pd.NA, pd.NA


def _reached(row: Mapping[str, Any], aim: programmes.Target) -> Any:
    if aim.year != row["year"]:
        return pd.NA
    fall = row["indicator"] in _RATES
    there = ("compared", "compared_of") if fall else ("units", "units_expected")
    measured, of = row["change" if fall else "value"], [row[name] for name in there]
    if any(one is None or pd.isna(one) for one in (measured, *of)) or of[0] != of[1]:
        return pd.NA
    # Twelve decimals: the difference of two exact rates, without the binary tail.
    return round(float(-measured if fall else measured), 12) >= aim.low


def districts(
    standings: pd.DataFrame,
    households: pd.DataFrame,
    funding: pd.DataFrame,
    year: int,
) -> pd.DataFrame:
    """Put the rates of all districts of a year beside each other, to be ranked.

    Parameters
    ----------
    standings
        :func:`kgstats.analysis.attainment.standings`.
    households, funding
        Clean tables ``poverty`` and ``funding`` of the year.

    Returns
    -------
    pandas.DataFrame
        One row a district of the year's list: ``year``, ``district_code`` and the columns of
        :func:`kgstats.analysis.indicators.household_poverty`; ``recognised_pct`` and
        ``mean_criteria`` of its rural communes, ``communes`` and ``communes_reported``;
        ``coverage_pct`` and ``disbursed_rate_pct`` of its money; ``units``, its commune-level
        units. Null where nothing is reported.
    """
    listed = areas.units(year)
    frame = listed.groupby("district_code").size().rename("units").astype("Int64").reset_index()
    standard = attainment.summary(standings[standings["year"] == year], by="district")
    money = indicators.disbursement(funding, "district")
    parts = (
        indicators.household_poverty(households, "district"),
        standard[
            ["district_code", "recognised_pct", "mean_criteria", "communes", "communes_reported"]
        ],
        money[["district_code", "coverage_pct", "disbursed_rate_pct"]],
    )
    for part in parts:
        frame = frame.merge(part, on="district_code", how="left")
    return tidy.keyed(frame.assign(year=pd.array([year] * len(frame), "Int64")))


def district_money(funding: pd.DataFrame, district: str, by: By = ()) -> pd.DataFrame:
    """Sum a district's money, with the province's rate of disbursement beside it.

    Parameters
    ----------
    funding
        The clean table ``funding`` of the year.
    by
        Key columns such as ``programme``; the whole by default.

    Returns
    -------
    pandas.DataFrame
        The keys, the columns of :func:`kgstats.analysis.indicators.disbursement` and
        ``province_rate_pct``. Without rows by key where the district reported no money.

    Examples
    --------
    >>> funding = pd.DataFrame(
    ...     {
    ...         "district_code": ["903", "904"],
    ...         "programme": ["ntm", "ntm"],
    ...         "allocated_vnd": [100, 100],
    ...         "disbursed_vnd": [80, 40],
    ...     }
    ... )
    >>> found = district_money(funding, "904", by="programme")
    >>> found[["disbursed_rate_pct", "province_rate_pct"]].values.tolist()
    [[40.0, 60.0]]
    """
    own = indicators.disbursement(funding[funding["district_code"] == district], by)
    province = indicators.disbursement(funding, by)
    rates = province[[*keys(by), "disbursed_rate_pct"]]
    rates = rates.rename(columns={"disbursed_rate_pct": "province_rate_pct"})
    return own.merge(rates, on=keys(by), how="left") if keys(by) else own.join(rates)


def files_of_district(cells: pd.DataFrame, findings: pd.DataFrame, district: str) -> pd.DataFrame:
    """Account for what a district sent: its files, their cells and their findings.

    Which files are a district's, :func:`kgstats.analysis.quality.file_districts` says.

    Parameters
    ----------
    cells
        The ledger of cells, table ``cells``.
    findings
        The table ``findings`` of the year.

    Returns
    -------
    pandas.DataFrame
        One row per file: ``file, sheets, cells, values, quarantined, errors, warnings, notes``.

    Examples
    --------
    >>> cells = pd.DataFrame({"file": "a.xls", "sheet": "1", "row_key": ["", "2019/906/30904"]})
    >>> cells["role"] = ["quarantined", "value"]
    >>> findings = pd.DataFrame({"file": ["a.xls", "b.xls"], "severity": ["error", "error"]})
    >>> files_of_district(cells, findings, "906").values[0].tolist()
    ['a.xls', 1, 2, 1, 1, 1, 0, 0]
    """
    owners = quality.file_districts(cells)
    own = sorted(owners.index[owners == district])
    held = cells[cells["file"].isin(own)]
    frame = held.groupby("file")["sheet"].agg(sheets="nunique", cells="size").reindex(own)
    counted = {"values": "value", "quarantined": "quarantined"}
    told = {many: one for one, many in quality.COUNTED.items()}
    for names, table, column in ((counted, held, "role"), (told, findings, "severity")):
        for name, code in names.items():
            number = table.loc[table[column] == code, "file"].value_counts()
            frame[name] = number.reindex(own).fillna(0)
    return frame.rename_axis("file").fillna(0).astype(int).reset_index()


def commune_table(
    standing: pd.DataFrame, households: pd.DataFrame, year: int, district: str
) -> pd.DataFrame:
    """Put a district's communes side by side: standard, missing criteria, poverty.

    Parameters
    ----------
    standing
        :func:`kgstats.analysis.attainment.standing` of the year.
    households
        The clean table ``poverty`` of the year.

    Returns
    -------
    pandas.DataFrame
        One row per commune-level unit of the year: ``year, district_code, commune_code, name,
        type``; ``criteria_met, status, lacking`` (numbers of criteria not met), null for wards
        and townships, which have no standard; ``households_hh, poor_end_hh, poor_rate_pct,
        near_poor_rate_pct``.
    """
    units = areas.units(year)
    units = units[units["district_code"] == district]
    by: By = "commune"
    rates = ["households_hh", "poor_end_hh", "poor_rate_pct", "near_poor_rate_pct"]
    counted = indicators.household_poverty(households, by)[[*keys(by), *rates]]
    stands = standing[[*keys(by), "criteria_met", "status", "lacking"]]
    frame = units[[*keys(by), "name", "type"]].merge(stands, on=keys(by), how="left")
    frame = frame.merge(counted, on=keys(by), how="left", validate="one_to_one")
    frame.insert(0, "year", pd.array([year] * len(frame), dtype="Int64"))
    return frame
