"""A district's profile: its figures beside the province's, its communes, money, poverty, files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, maps, numbers, overview, style
from kgstats.present.attainment import listed
from kgstats.present.attainment_figures import STANDING_LOOKS
from kgstats.present.charts import Chart, Series
from kgstats.present.charts_over_years import lines_beside
from kgstats.present.columns import place_in
from kgstats.present.figures import Figure
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.tables import Column, Table, TableSpec, places
from kgstats.reference import poverty_standards, unit_types
from kgstats.returns import rules
from kgstats.words import N_, translator

STATE_LOOKS = STANDING_LOOKS | {
    "close": ("#79b8b4", ""),
    "unclear": ("#dcebe8", "lines"),
    "urban": (style.OUTSIDE_FILL, "cross"),
}
"""A status looks as on the map of all communes; those not there yet are told apart."""


def _state(row: Any) -> str | None:
    if unit_types.area_of(row.type) != "rural":
        return "urban"
    if numbers.is_absent(row.status) or row.status == "not_reported":
        return None
    if row.status in ("recognised", "pending"):
        return str(row.status)
    if not isinstance(row.lacking, tuple) or not row.lacking:
        return "unclear"
    return "close" if len(row.lacking) <= 2 else "not_yet"


_MET = claims.P_(
    "{n} of {all} rural communes of {name} meets the standard",
    "{n} of {all} rural communes of {name} meet the standard",
)


def standard_map(communes: pd.DataFrame, year: int, district: str, lang: str) -> Figure:
    """Draw a district's communes by how they stand to the standard, each named.

    Parameters
    ----------
    communes
        What :func:`kgstats.analysis.overview.commune_table` returns.
    """
    t = translator(lang)
    states = [_state(row) for row in communes.itertuples()]
    silent, rural = states.count(None), len(states) - states.count("urban")
    name = places(year)["district"][district]
    met = states.count("recognised")
    title = claims.counted(_MET, met, lang, all=rural, name=name)
    if not rural:
        title = t("{name} has no rural commune", name=name)
    elif silent == rural:
        title = t("No commune of {name} reported its status", name=name)
    elif silent:
        of = N_("{met}; {base} reported")
        title = claims.part("communes", rural - silent, rural, lang, of, met=title)
    spec = maps.MapSpec(
        value="standing",
        label=t("New-rural standard"),
        year=year,
        lang=lang,
        slug="district-map",
        title=title,
        categories=[
            maps.Category(key, t(label), *STATE_LOOKS[key])
            for key, label in registry.codes("profile_state").items()
            if key in states
        ],
        district=district,
        png=False,
    )
    return maps.area_map(communes[["commune_code"]].assign(standing=states), spec)


BESIDE = TableSpec(
    slug="district-poverty-data",
    caption=N_("Poor and near-poor households of {name} compared with the province"),
    columns=(
        "year",
        "poor_end_hh",
        "poor_rate_pct",
        Column("province_poor_pct", N_("Province: poverty rate"), "percent"),
        "near_poor_end_hh",
        "near_poor_rate_pct",
        Column("province_near_poor_pct", N_("Province: near-poverty rate"), "percent"),
    ),
    name=lambda row, lang: str(row["year"]),
)
RATES = (
    ("poor_rate_pct", "province_poor_pct", N_("Poverty rate, %")),
    ("near_poor_rate_pct", "province_near_poor_pct", N_("Near-poverty rate, %")),
)
"""A district's rate, the province's beside it, and what the panel is called."""


def poverty_chart(
    own: pd.DataFrame, province: pd.DataFrame, year: int, district: str, lang: str
) -> Figure | Prose:
    """Draw a district's poor and near-poverty rates over the years beside the province's.

    Parameters
    ----------
    own, province
        What :func:`kgstats.analysis.overview.years` returns of the district and of the province;
        years under another poverty standard have no rate there and are not drawn.
    """
    t = translator(lang)
    name = places(year)["district"][district]
    beside = province[["year", "poor_rate_pct", "near_poor_rate_pct"]].rename(
        columns={rate: column for rate, column, _ in RATES}
    )
    rows = own.merge(beside, on="year").assign(district_code=district)
    rows = rows.dropna(subset=[column for rate, column, _ in RATES for column in (rate, column)],
                       how="all").reset_index(drop=True)  # fmt: skip
    if rows.empty:
        return Prose([t("{name} reported no households.", name=name)], kind="caution")
    poor = [numbers.percent(rate, lang) for rate in rows["poor_rate_pct"]]
    years = [int(one) for one in rows["year"]]
    values = {"name": name, "last": poor[-1], "year": years[-1]}
    if years[-1] != year or numbers.is_absent(rows["poor_rate_pct"].iloc[-1]):
        title = t("{name}: the poverty rate of {year} is not reported", name=name, year=year)
    elif len(rows) > 1:
        title = t(
            "{name}: {last} of households were poor in {year}, {first} in {before}",
            first=poor[0],
            before=years[0],
            **values,
        )
    else:
        title = t("{name}: {last} of households were poor in {year}", **values)
    chart = Chart(
        slug="district-poverty",
        title=title,
        says=t("Lines of the poor and near-poverty rates by year."),
        table=BESIDE.table(rows, lang, name=name),
        note=" ".join(
            [
                t(
                    "Years under the poverty standard of {decision}.",
                    decision=poverty_standards.standard(year).decision,
                ),
                *_partial(province, lang),
            ]
        ),
        values=[
            f"{one}: {rate}, {t('Province')} {numbers.percent(other, lang)}"
            for one, rate, other in zip(years, poor, rows["province_poor_pct"], strict=True)
        ],
    )
    return _two_lines(chart, rows, name)


def _partial(province: pd.DataFrame, lang: str) -> list[str]:
    """Say of how many units the province's rates are, where not all reported in all years."""
    held = province[province["poor_rate_pct"].notna()]
    there = [
        claims.base({"units": (int(n), int(of))}, lang)
        for n, of in zip(held["poor_rate_units"], held["units"], strict=True)
        if n != of
    ]
    words = N_("Shown: units that reported in every year; province: {base}.")
    return [translator(lang)(words, base=base) for base in there[-1:]]


def _two_lines(chart: Chart, rows: pd.DataFrame, name: str) -> Figure:
    """Draw the district's line and the province's, a panel for each rate."""
    t = translator(chart.lang)
    panels = {
        t(label): [Series(rate, name, style.ACCENT), Series(beside, t("Province"), style.CONTRAST)]
        for rate, beside, label in RATES
    }
    return lines_beside(chart, rows, "year", panels)


OF_MONEY = ("coverage_pct", "disbursed_rate_pct")


def reporting(funding: pd.DataFrame, year: int, lang: str) -> str:
    """Say of how many districts the province's money is, where not of all: "3 of 15 districts"."""
    there = places(year)["district"]
    reported = len(set(funding["district_code"].dropna()) & set(there))
    return claims.part("districts", reported, len(there), lang)


def district_headlines(
    own: pd.DataFrame,
    whole: pd.DataFrame,
    lang: str,
    base: str = "",
    ranks: Mapping[str, str] | None = None,
) -> Headlines:
    """Show a district's headline figures, each beside the province's.

    Parameters
    ----------
    own, whole
        :func:`kgstats.analysis.overview.headline` of the district and of the province.
    base
        Of how many districts the province's money is: see :func:`reporting`.
    ranks
        What is said of the district's rank: :func:`kgstats.present.ranks.in_headlines`.
    """
    t = translator(lang)
    of_money = [t("{base} reported", base=base)] if base else []
    province = {row.indicator: row for row in whole.itertuples()}
    shown = []
    for row in own.itertuples():
        parts = [*overview.reported_of(row, lang), *overview.against(row, lang)]
        beside = province.get(row.indicator)
        if beside is not None and row.unit in ("percent", "criteria_per_commune"):
            text = t("province {value}", value=overview.value_of(beside, lang))
            of = of_money if row.indicator in OF_MONEY else overview.reported_of(beside, lang)
            parts.append("; ".join([text, *of]))
        if ranks and ranks.get(str(row.indicator)):
            parts.append(ranks[str(row.indicator)])
        label = t(overview.INDICATORS[str(row.indicator)])
        value = overview.value_of(row, lang)
        if _no_communes(row, beside):
            value, parts = numbers.NOT_APPLICABLE, [t("no rural communes")]
        shown.append(Headline(label, value, "; ".join(parts)))
    return Headlines(shown)


def _no_communes(row: Any, province: Any) -> bool:
    """Whether a figure is one of rural communes, and the district has none."""
    if province is None or row.unit not in ("communes", "criteria_per_commune"):
        return False
    expected = (row.units_expected, province.units_expected)
    return [numbers.is_absent(one) for one in expected] == [True, False]


files_table = TableSpec(
    slug="files",
    caption=N_("Files received and what became of their cells"),
    columns=(
        Column("file", N_("File"), "verbatim"),
        Column("sheets", N_("Sheets"), "number", unit=N_("sheets")),
        Column("cells", N_("Cells received"), "number"),
        "values quarantined",
        Column("errors", N_("Errors"), "number", spanner=N_("Findings"), unit=N_("findings")),
        Column("warnings", N_("To check"), "number", spanner=N_("Findings"), unit=N_("findings")),
        Column("notes", N_("Repaired"), "number", spanner=N_("Findings"), unit=N_("findings")),
    ),
    total=N_("All files"),
    empty=N_("Nothing was received from this district."),
    caution=True,
)


def _gravity(row: Mapping[str, Any], lang: str) -> str:
    t = translator(lang)
    return t("refused") if row["severity"] == "error" else t("to check")


REFUSED = TableSpec(
    slug="refused",
    caption=N_("What was refused or is doubtful, and what to do"),
    columns=(
        Column("place", N_("Where"), "verbatim", said=place_in(" › ")),
        Column("gravity", N_("State"), said=_gravity),
        Column("message", N_("Why"), said=rules.without_place),
        Column("advice", N_("What to do")),
    ),
    empty=N_("No value was refused and none is doubtful."),
)


def findings_table(findings: pd.DataFrame, files: pd.DataFrame, lang: str) -> Table | Prose | None:
    """Tabulate what was refused or doubtful in a district's files: where, why, what to do."""
    own = findings[findings["file"].isin(files["file"]) & (findings["severity"] != "note")]
    if own.empty and files.empty:
        return files_table(files, lang)
    return REFUSED(own.astype({"message": str, "advice": str}), lang)


def _stands(row: Mapping[str, Any], lang: str) -> str:
    if unit_types.area_of(row["type"]) != "rural":
        return numbers.NOT_APPLICABLE
    if numbers.is_absent(row["status"]) or row["status"] == "not_reported":
        return numbers.NOT_REPORTED
    return translator(lang)(registry.codes("standing")[row["status"]])


def _lacking(row: Mapping[str, Any], lang: str) -> str:
    if not isinstance(row["lacking"], tuple):
        return ""
    return listed(row["lacking"], row["year"], lang).replace(", ", "; ")


communes_table = TableSpec(
    slug="communes",
    caption=N_("Communes, wards and townships in {year}"),
    columns=(
        Column("commune_code", N_("Unit")),
        Column(
            "met",
            N_("Criteria met"),
            "number",
            unit=N_("criteria"),
            said=lambda row, _: (
                row["criteria_met"]
                if unit_types.area_of(row["type"]) == "rural"
                else numbers.NOT_APPLICABLE
            ),
        ),
        Column("stands", N_("Standard"), said=_stands),
        Column("missing", N_("Criteria not met"), said=_lacking),
        "households_hh",
        "poor_end_hh",
        "poor_rate_pct",
        "near_poor_rate_pct",
    ),
    name=lambda row, lang: (
        f"{row['name']} ({translator(lang)(registry.codes('unit_type')[row['type']])})"
    ),
    notes=N_(
        "x: the standard is for rural communes only. …: not reported. Rates are shares of "
        "resident households."
    ),
)
"""Of :func:`kgstats.analysis.overview.commune_table`: standard, what is missing, poverty."""


MONEY = TableSpec(
    slug="money",
    caption=N_("Money by programme, {year}, VND million"),
    columns=(
        "programme",
        Column("allocated_vnd", N_("Allocated"), "million"),
        Column("covered_vnd", N_("Of which with a report"), "million"),
        Column("disbursed_vnd", N_("Disbursed"), "million"),
        Column("gap_vnd", N_("Gap"), "million"),
        Column("disbursed_rate_pct", N_("Disbursement rate"), "percent", 1),
        "province_rate_pct",
    ),
    total=N_("Both programmes"),
    notes=N_("Gap = money with a disbursement report less disbursed. Rates cover that money only."),
)


def money_table(
    money: pd.DataFrame, total: pd.DataFrame, year: int, lang: str, base: str = ""
) -> Table | Prose:
    """Tabulate a district's money by programme beside the province's rates.

    Parameters
    ----------
    money, total
        :func:`kgstats.analysis.overview.district_money` by programme, and of both.
    """
    if money.empty:
        return Prose([translator(lang)("The district reported no money.")], kind="caution")
    order = {programme: place for place, programme in enumerate(registry.codes("programme"))}
    rows = money.sort_values("programme", key=lambda one: one.map(order))
    notes = [translator(lang)("Province: {base} reported.", base=base)] if base else []
    return MONEY.table(rows, lang, total=total, notes=notes, year=year)
