"""The map of programme money."""

from __future__ import annotations

import pandas as pd

from kgstats.present import maps, numbers
from kgstats.present.figures import Figure
from kgstats.present.funding import wording
from kgstats.present.funding.tables import GAP
from kgstats.present.prose import Prose, capital
from kgstats.present.tables import Column, TableSpec, places
from kgstats.words import N_, translator

CLASSES = {None: (10**9, (1, 2.5, 5, 10, 20)), "gnbv": (10**6, (50, 100, 200, 400, 800))}
"""Unit and classes of the map, the same over years; a small programme has its own."""

TABLE = TableSpec(
    slug="funding-map-data",
    caption=N_("Gap by district, in the order of the codes, {year}"),
    columns=(Column("district_code", N_("District or city")), *GAP),
    name=wording.district_name,
)


def gap_map(gaps: pd.DataFrame, programme: str | None, year: int, lang: str) -> Figure | Prose:
    """Draw the gap of every district on the map, in classes that stay the same over years."""
    t = translator(lang)
    names = places(year)["district"]
    if not names:
        return Prose([t("There are no districts at the end of {year} to draw.", year=year)])
    held = wording.districts_named(gaps[gaps["district_code"].isin(names)], year, lang)
    scale, classes = CLASSES.get(programme, CLASSES[None])
    label = t("Gap, VND billion") if scale == 10**9 else t("Gap, VND million")
    frame = held.assign(
        gap=(held["gap_vnd"] / scale).astype("Float64"),
        facts=[_facts(row, lang) for row in held.to_dict("records")],
    )
    spec = maps.MapSpec(
        value="gap",
        label=label,
        year=year,
        lang=lang,
        slug="funding-map",
        title=_title(held, lang),
        classes=maps.Classes(classes, decimals=1),
        level="district",
        facts="facts",
        note=capital(wording.cut_off(gaps, lang)) + ".",
        table=TABLE(held, lang, year=year),
    )
    return maps.area_map(frame[["district_code", "gap", "facts"]], spec)


def _facts(row: wording.Row, lang: str) -> list[str]:
    t = translator(lang)
    if numbers.is_absent(row["gap_vnd"]):
        return []
    paid = wording.amount(row["disbursed_vnd"], lang)
    return [
        f"{t('Allocated')}: {wording.amount(row['covered_vnd'], lang)}",
        f"{t('Disbursed')}: {paid} ({wording.rate(row['disbursed_rate_pct'], lang)})",
    ]


def _title(held: pd.DataFrame, lang: str) -> str:
    """Say where half of what is not yet disbursed lies."""
    t = translator(lang)
    short = held[held["shortfall_vnd"].notna()]
    short = short.sort_values("shortfall_vnd", ascending=False, kind="stable")
    before = short["shortfall_vnd"].cumsum() - short["shortfall_vnd"]
    total = short["shortfall_vnd"].sum()
    if not total:
        return t("No district has money left to disburse")
    half = list(short.loc[2 * before < total, "name"])
    if len(half) > 6:
        return t("Half of the gap lies in {n} of {all} districts", n=len(half), all=len(held))
    return t("Half of the gap lies in {names}", names=numbers.joined(half, lang))
