"""How far the headline figures can lie off: what unreported and doubtful values leave open.

Nothing is estimated. A figure is computed twice more: with everything that is not known at its
lowest, and at its highest. Not known is what was not reported, and what a finding marks as
doubtful (:func:`doubtful`). Of a commune that is not known nothing is supposed: it meets none of
the criteria or all. Of a rate of households it is supposed only that it lies between the lowest
and the highest that any unit reports in the year or the year before; of money, that between
nothing and all of it is disbursed. So the range is no interval of confidence: it is as wide as
silence makes it, and nothing wide where returns are complete and sound.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.analysis import indicators, poverty, tidy
from kgstats.reference import areas, poverty_standards
from kgstats.reference.criteria import CRITERIA_COUNT

DOUBTS = ("value_in_doubt", "amount_in_guessed_unit")
"""Rules that name a value which was kept, though it may be wrong; so does every warning."""


def doubtful(findings: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the values that were kept but are doubtful, by table, row and column.

    Parameters
    ----------
    findings
        The table ``findings`` of the year.
    cells
        The ledger of cells, table ``cells``.

    Returns
    -------
    pandas.DataFrame
        ``table, row_key, column``, each value once.

    Examples
    --------
    >>> place = {"file": ["a.xls"], "sheet": ["1"], "cell": ["C23"]}
    >>> found = pd.DataFrame({**place, "rule": ["value_in_doubt"], "severity": ["note"]})
    >>> ledger = pd.DataFrame(
    ...     {**place, "role": "value", "table": "poverty", "row_key": "2019/905/30898"}
    ... ).assign(column="households_hh")
    >>> doubtful(found, ledger).values.tolist()
    [['poverty', '2019/905/30898', 'households_hh']]
    """
    names = ["table", "row_key", "column"]
    if findings.empty or cells.empty:
        return pd.DataFrame(columns=names, dtype="string")
    told = findings[findings["rule"].isin(DOUBTS) | (findings["severity"] == "warning")]
    place = ["file", "sheet", "cell"]
    held = cells[cells["role"] == "value"].merge(told[place].drop_duplicates(), on=place)
    return held[names].drop_duplicates(ignore_index=True)


def sound(table: pd.DataFrame, name: str, doubts: pd.DataFrame) -> pd.DataFrame:
    """Return a clean table without its doubtful values: null, as if they had not been reported.

    Parameters
    ----------
    table
        The clean table.
    name
        Its name.
    doubts
        From :func:`doubtful`.
    """
    own = doubts[doubts["table"] == name]
    if own.empty:
        return table
    keys = table[list(registry.tables()[name].key)].astype("string").agg("/".join, axis=1)
    found = table.copy()
    for column, rows in own.groupby("column")["row_key"]:
        if column in found:
            found[column] = found[column].mask(keys.isin(set(rows)))
    return found


def ranges(
    standing: pd.DataFrame,
    households: Mapping[int, pd.DataFrame],
    funding: pd.DataFrame,
    year: int,
    doubts: pd.DataFrame,
) -> pd.DataFrame:
    """Return each headline figure with the least and the most it can be.

    - Communes recognised: least = those recognised beyond doubt; most = these and all whose status
      is not known.
    - Criteria per commune = (Σ known + n × c) ÷ rural communes of the list, the n unknown meeting
      none of the criteria (c = 0) and all (c = 19).
    - Rates of households = (Σ counts + Σ b × r) ÷ (Σ bases + Σ b), the base b of a unit not known
      taken from its own return, else from the year before, at the lowest and highest rate r of
      any unit in either year (under one poverty standard); without a base there is no range.
      Poor households likewise, as a count.
    - Money allocated: least = what is reported beyond doubt; there is no most where a district is
      silent or an amount is doubtful.
      How many lines a silent district has is not known either: ``units`` and ``not_reported``
      are then null.
    - Rate of disbursement: see :func:`kgstats.analysis.indicators.disbursement`; with a silent
      district none.

    Parameters
    ----------
    year
        The reporting year.
    standing, funding
        :func:`kgstats.analysis.attainment.standing` and the clean table of the year.
    households
        Clean tables ``poverty`` by year: of this one, and of the year before where there is one.
    doubts
        :func:`doubtful`.

    Returns
    -------
    pandas.DataFrame
        One row per indicator that has a value: ``indicator, year, value, low, high``, ``units``
        (communes, units or lines there are), of them ``not_reported`` and ``doubtful``.

    Examples
    --------
    The range of 3 % over two units of 100 households, a third of them silent:

    >>> _bounds(pd.Series([2, 4]), pd.Series([100, 100]), pd.Series([100]))
    (2.6666666666666665, 3.3333333333333335)
    """
    rows = [
        *_of_communes(standing, doubts),
        *_of_households(households, doubts, year),
        *_of_money(funding, doubts, year),
    ]
    frame = tidy.frame(
        rows,
        "string: indicator",
        "Float64: value low high",
        "Int64: units not_reported doubtful",
    )
    frame.insert(1, "year", pd.array([year] * len(frame), "Int64"))
    return frame[frame["value"].notna()].reset_index(drop=True)


Row = tuple[str, Any, Any, Any, Any, Any, int]


def _of_communes(standing: pd.DataFrame, doubts: pd.DataFrame) -> list[Row]:
    held = doubts[doubts["table"].isin(["communes", "attainment"])]
    code = held["row_key"].str.split("/").str[2]
    value = indicators.commune_standard(standing).iloc[0]
    silent = ~indicators.status_known(standing)
    decided = set(code[held["column"].isin(["status", "decision_date", "decision_no"])])
    unsure = ~silent & standing["commune_code"].isin(decided)
    sure = int(((standing["status"] == "recognised") & ~unsure & ~silent).sum())
    open_ = int((silent | unsure).sum())
    recognised = value["communes_recognised"]
    rows: list[Row] = [
        ("communes_recognised", recognised, sure, sure + open_, len(standing), int(silent.sum()),
         int(unsure.sum()))
    ]  # fmt: skip
    counted = set(code[held["column"].isin(["criteria_met", "met"])])
    unsure = standing["criteria_met"].notna() & standing["commune_code"].isin(counted)
    known = standing.loc[standing["criteria_met"].notna() & ~unsure, "criteria_met"].astype(int)
    missing = int(standing["criteria_met"].isna().sum())
    if len(known):
        least, most = (
            float(Fraction(int(known.sum()) + (missing + int(unsure.sum())) * n, len(standing)))
            for n in (0, CRITERIA_COUNT)
        )
        rows.append(
            ("mean_criteria", value["mean_criteria"], least, most, len(standing), missing,
             int(unsure.sum()))
        )  # fmt: skip
    return rows


def _of_households(
    tables: Mapping[int, pd.DataFrame], doubts: pd.DataFrame, year: int
) -> list[Row]:
    households, earlier = (tables.get(own, pd.DataFrame()) for own in (year, year - 1))
    if households.empty:
        return []
    households = indicators.lived_in(households)
    units = areas.units(year)[["commune_code"]]
    stated = units.merge(households, on="commune_code", how="left")
    clean = units.merge(sound(households, "poverty", doubts), on="commune_code", how="left")
    before = pd.DataFrame()
    if len(earlier):
        before = poverty.on_areas_of(year, earlier)
        before = before[before["year"] == year - 1].set_index("commune_code")
    codes = {poverty_standards.standard(own).code for own in (year, year - 1) if own in tables}
    alike = before if len(codes) == 1 else pd.DataFrame()
    value = indicators.household_poverty(households).iloc[0]
    rows: list[Row] = []
    for name, rate in indicators.RATES.items():
        if name == "ethnic_near_poor_rate_pct":
            continue
        known = clean[[rate.count, rate.base]].notna().all(axis=1)
        told = stated[[rate.count, rate.base]].notna().all(axis=1)
        base = clean[rate.base]
        if len(before):
            base = base.fillna(clean["commune_code"].map(before[rate.base]))
        counts, bases = clean.loc[known, rate.count], clean.loc[known, rate.base]
        found = len(units), int((~told).sum()), int((told & ~known).sum())
        share = _bounds(counts, bases, base[~known], _rates(alike, rate))
        rows.append((name, value[name], *share, *found))
        if name == "poor_rate_pct":
            total = pd.NA if base[~known].isna().any() else int(bases.sum() + base[~known].sum())
            around = [
                pd.NA if pd.isna(one) or pd.isna(total) else round(one * total / 100)
                for one in share
            ]
            rows.append(("poor_end_hh", value["poor_end_hh"], *around, *found))
    return rows


def _rates(units: pd.DataFrame, rate: indicators.Rate) -> list[Fraction]:
    """Return the rate of each unit that has one."""
    if units.empty:
        return []
    held = units[[rate.count, rate.base]].dropna()
    pairs = held[held[rate.base] > 0].itertuples(index=False)
    return [Fraction(int(count), int(base)) for count, base in pairs]


def _bounds(
    counts: pd.Series, bases: pd.Series, others: pd.Series, before: Sequence[Fraction] = ()
) -> tuple[Any, Any]:
    """Bound a rate: units of ``others`` between the lowest and highest of a unit, or ``before``."""
    there = bases > 0
    if others.isna().any() or not there.any():
        return pd.NA, pd.NA
    rates = [
        *before,
        *(
            Fraction(int(count), int(base))
            for count, base in zip(counts[there], bases[there], strict=True)
        ),
    ]
    count, base, more = int(counts.sum()), int(bases.sum()), int(others.sum())
    low, high = (
        float(100 * (count + more * rate) / (base + more)) for rate in (min(rates), max(rates))
    )
    return low, high


def _of_money(funding: pd.DataFrame, doubts: pd.DataFrame, year: int) -> list[Row]:
    if funding.empty:
        return []
    clean = sound(funding, "funding", doubts)
    stated, known = indicators.disbursement(funding).iloc[0], indicators.disbursement(clean).iloc[0]
    everyone = set(areas.districts(year)["district_code"])
    whole = not everyone - set(funding["district_code"].dropna())
    lines = len(funding) if whole else pd.NA

    def account(column: str) -> tuple[Any, int]:
        absent = funding[column].isna()
        silent = int(absent.sum()) if whole else pd.NA
        return silent, int((clean[column].isna() & ~absent).sum())

    silent, unsure = account("allocated_vnd")
    open_ = not whole or silent + unsure > 0
    most = pd.NA if open_ else known["allocated_vnd"]
    rows: list[Row] = [
        ("allocated_vnd", stated["allocated_vnd"], known["allocated_vnd"], most, lines, silent,
         unsure)
    ]  # fmt: skip
    ends = [pd.NA if open_ else known[f"disbursed_rate_{end}_pct"] for end in ("low", "high")]
    rows.append(
        ("disbursed_rate_pct", stated["disbursed_rate_pct"], *ends, lines,
         *account("disbursed_vnd"))
    )  # fmt: skip
    return rows
