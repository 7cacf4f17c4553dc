"""The map of programme money."""

from __future__ import annotations

import pandas as pd

from kgstats.present import claims, maps, numbers
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


def gap_map(
    gaps: pd.DataFrame,
    largest: pd.DataFrame,
    programme: str | None,
    year: int,
    lang: str,
    base: str = "",
) -> Figure | Prose:
    """Draw the gap of every district on the map, in classes that stay the same over years.

    Parameters
    ----------
    gaps, largest
        :func:`kgstats.analysis.funding.gaps` by district, and which make half of them.
    """
    t = translator(lang)
    names = places(year)["district"]
    if not names:
        return Prose([t("There are no districts at the end of {year} to draw.", year=year)])
    held = wording.districts_named(gaps[gaps["district_code"].isin(names)], year, lang)
    below = wording.not_compared(held, lang)
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
        title=_title(held, wording.districts_named(largest, year, lang), lang),
        classes=maps.Classes(classes, decimals=1),
        level="district",
        facts="facts",
        note=" ".join(filter(None, [capital(wording.cut_off(gaps, lang)) + ".", below])),
        table=TABLE.table(held, lang, year=year),
    )
    return wording.on_base(maps.area_map(frame[["district_code", "gap", "facts"]], spec), base)


def _facts(row: wording.Row, lang: str) -> list[str]:
    t = translator(lang)
    if numbers.is_absent(row["gap_vnd"]):
        return []
    paid = wording.amount(row["disbursed_vnd"], lang)
    return [
        f"{t('Allocated')}: {wording.amount(row['covered_vnd'], lang)}",
        f"{t('Disbursed')}: {paid} ({wording.rate(row['disbursed_rate_pct'], lang)})",
    ]


def _title(held: pd.DataFrame, largest: pd.DataFrame, lang: str) -> str:
    """Say where at least half of what is not yet disbursed lies; equal gaps go together."""
    t = translator(lang)
    if held["gap_vnd"].isna().all():
        return t("No district reports a disbursement")
    if not (held["shortfall_vnd"] > 0).any():
        return wording.nothing_left(held, lang)
    short = wording.comparable(held).set_index("name")["shortfall_vnd"]
    unit = wording.Unit.of(short, lang)
    if len(short.dropna()) == 1:
        only = N_("{names} alone is compared: {value} is not yet disbursed")
        (name,) = short.dropna().index
        return t(only, names=name, value=wording.amount(short[name], lang))
    if wording.first(short).everyone:
        value = wording.amount(short.iloc[0], lang)
        return t("All districts have the same gap, {value}", value=value)
    shown = claims.printed(largest.set_index("name")["shortfall_vnd"], 1, unit.scale)
    # Who equals the last of them, as printed, is named with them.
    half = [shown[name] for name in largest.loc[largest["within"].astype(bool), "name"]]
    named = [str(name) for name, value in shown.items() if value >= min(half)]
    if not named:
        return t("No district reports amounts that can be compared")
    lies = N_("{share} of what is not yet disbursed lies in {names}")
    if wording.not_compared(held, lang):
        lies = N_("{share} of what the districts compared have not yet disbursed lies in {names}")
    return t(
        lies,
        share=wording.rate(largest["shortfall_cumulative_pct"].iloc[len(named) - 1], lang),
        names=claims.named(named, lang),
    )
