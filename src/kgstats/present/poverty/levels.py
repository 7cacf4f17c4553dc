"""Levels and rates in one year: urban and rural, districts, every commune, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, maps, numbers
from kgstats.present.figures import Figure
from kgstats.present.names import places, unit_names
from kgstats.present.poverty import wording
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.words import N_, translator

_LEVELS = (
    "households_hh poor_end_hh poor_rate_pct near_poor_end_hh near_poor_rate_pct",
    "ethnic_households_hh ethnic_poor_end_hh ethnic_poor_rate_pct",
    "ethnic_near_poor_end_hh ethnic_near_poor_rate_pct",
)

_BY_AREA = TableSpec(
    slug="poverty-levels",
    caption=N_("Poor and near-poor households at the end of {year}, urban and rural"),
    columns=("district_code", *_LEVELS),
    group=Column("area", ""),
    total=N_("Total"),
)
_ROMAN = ("I", "II", "III", "IV", "V")


def levels_table(
    levels: pd.DataFrame, by_area: pd.DataFrame, whole: pd.DataFrame, lang: str
) -> Table:
    """Show poor and near-poor households by district, urban and rural, as the province prints.

    Groups: urban areas, rural areas, each with its districts and its total; the whole last.

    Parameters
    ----------
    levels
        Levels of one year by kind of area and district (or commune, since districts are gone).
    by_area, whole
        Those by kind of area, and of the province.
    """
    t = translator(lang)
    year = int(whole["year"].iloc[0])
    kinds = registry.codes("area")
    there = [area for area in kinds if area in set(by_area["area"])]
    words = {
        area: f"{numeral}. {t(kinds[area])}" for numeral, area in zip(_ROMAN, there, strict=False)
    }
    order = {area: place for place, area in enumerate(words)}

    def shown(frame: pd.DataFrame) -> pd.DataFrame:
        ordered = frame.sort_values("area", key=lambda one: one.map(order), kind="stable")
        return wording.cells(ordered).assign(area=lambda of: of["area"].map(words))

    columns = (f"{wording.level(levels)}_code", *_LEVELS)
    rows, subtotals, total = shown(levels), shown(by_area), wording.cells(whole)
    together = wording.whole_name(year, lang, whole)
    return replace(_BY_AREA, columns=columns, together=together).table(
        rows,
        lang,
        subtotals=subtotals.assign(total_name=_total_names(subtotals, lang)),
        total=total.assign(total_name=_total_names(total, lang)),
        notes=wording.notes_of(
            [rows, subtotals, total], year, lang, wording.coverage_note(whole, lang)
        ),
        year=year,
    )


def _total_names(frame: pd.DataFrame, lang: str) -> list[str]:
    """Name the sums of a table: a total only where all units reported."""
    t = translator(lang)
    whole = [
        n == of for n, of in zip(frame["reported_units"], frame["expected_units"], strict=True)
    ]
    return [t("Total") if all_of else t("Units that reported") for all_of in whole]


_COMMUNES = TableSpec(
    slug="poverty-communes",
    caption=N_("Poor and near-poor households by commune-level unit at the end of {year}"),
    columns=("commune_code", *_LEVELS),
    group="district_code",
)


def commune_table(levels: pd.DataFrame, moved: pd.DataFrame, lang: str) -> Table:
    """Show every commune-level unit: poor and near-poor now, and the change of the poverty rate.

    Parameters
    ----------
    levels, moved
        Levels of one year and changes by commune; changes may be empty.
    """
    year, words = int(levels["year"].iloc[0]), {}
    shown, columns = wording.cells(levels), _COMMUNES.columns
    if len(moved):
        poor = wording.cells(moved[moved["measure"] == "poor"])
        change = poor[["commune_code", "base_year", "change_pp"]]
        shown = shown.merge(change, on="commune_code", how="left")
        columns = (*columns, "change_pp")
        words["before"] = int(moved["base_year"].iloc[0])
    units = unit_names(year, lang)
    spec = replace(
        _COMMUNES,
        columns=columns,
        name=lambda row, lang: units[row["commune_code"]],
        group="district_code" if levels["district_code"].notna().any() else None,
    )
    notes = wording.notes_of([shown], year, lang, wording.coverage_note(levels, lang))
    return spec.table(shown, lang, notes=notes, year=year, **words)


_REASONS = TableSpec(
    slug="poverty-reasons",
    caption=N_("Poor by income and poor by lack of basic services, {year}"),
    columns=(
        "district_code poor_end_hh poor_income_hh poor_deprivation_hh poor_income_share_pct",
        "poor_deprivation_share_pct",
    ),
)


def reasons_table(reasons: pd.DataFrame, whole: pd.DataFrame, lang: str) -> Table | Prose:
    """Show the income-poor and the deprivation-poor by district, where returns give them."""
    t, year = translator(lang), int(whole["year"].iloc[0])
    if whole["poor_end_hh"].isna().all():
        text = t("No unit reported its poor households of {year}.", year=year)
        return Prose([text], kind="caution")
    if not int(whole["reason_units"].sum()):
        text = t("The returns do not say why households are poor.")
        return Prose([text], kind="caution")
    return wording.area_table(_REASONS, reasons, whole, year, lang)


# ------------------------------------------------------------------ map

RATE_BOUNDS = (1.0, 2.0, 4.0, 6.0, 10.0)
"""Classes of poverty rates, the same over years: upper bounds in percent."""
_HIGH = 4.0


def rate_map(levels: pd.DataFrame, lang: str) -> Figure | Prose:
    """Map the poverty rate of every commune-level unit on fixed classes.

    Parameters
    ----------
    levels
        Levels of one year by commune.
    """
    t = translator(lang)
    year = int(levels["year"].iloc[0])
    if levels["poor_rate_pct"].isna().all():
        return wording.no_report(year, lang)
    return maps.area_map(
        levels.assign(facts=[_facts(row, lang) for row in levels.to_dict("records")]),
        maps.MapSpec(
            "poor_rate_pct",
            t("{rate}, {year}", rate=t("Poverty rate"), year=year),
            year,
            lang,
            classes=maps.Classes(RATE_BOUNDS, kind="percent"),
            slug="poverty-map-poor",
            title=wording.of_those(_rate_title(levels, year, lang), levels, lang),
            facts="facts",
            note=wording.map_note(levels, year, lang),
        ),
    )


_MOST = claims.Words(
    one=N_("{value} of them in {names}"), many=N_("{value} of them in each of {names}")
)


def _rate_title(levels: pd.DataFrame, year: int, lang: str) -> str:
    t = translator(lang)
    high = levels[(levels["poor_rate_pct"] > _HIGH).fillna(False).astype(bool)]
    values: dict[str, Any] = {
        "n": len(high),
        "all": int(levels["poor_rate_pct"].notna().sum()),
        "high": numbers.percent(_HIGH, lang, 0),
        "year": year,
        "what": t("poor"),
    }
    if high.empty:
        return t(
            "In none of {all} commune-level units are more than {high} of households {what} in "
            "{year}",
            **values,
        )
    title = t(
        "In {n} of {all} commune-level units more than {high} of households are {what} in {year}",
        **values,
    )
    counts = high["district_code"].dropna().map(places(year)["district"]).value_counts()
    most = claims.first(counts.sort_index())
    if len(counts) == 1 and levels["district_code"].nunique() > 1:
        return f"{title}, {t('all of them in {name}', name=counts.index[0])}"
    if not most or most.everyone:
        return title
    return f"{title}, {claims.said(most, _MOST, lambda n: numbers.number(int(n), lang), lang)}"


def _facts(row: Mapping[str, Any], lang: str) -> list[str]:
    t = translator(lang)
    if numbers.is_absent(row["poor_end_hh"]):
        return []
    facts = [
        t(
            "{count} of {base} households",
            count=numbers.number(row["poor_end_hh"], lang),
            base=numbers.number(row["households_hh"], lang),
        )
    ]
    few = row["poor_rate_few"]
    if not numbers.is_absent(few) and few:
        facts.append(t("rate on few households"))
    return facts
