"""The year on one page, and the profile of a district, as readers see them.

Every function takes the frames of :mod:`kgstats.analysis.overview` that it shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import charts, numbers, provenance, sources
from kgstats.present.attainment import listed
from kgstats.present.figures import Figure
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.published import period
from kgstats.present.tables import Column, Table, TableSpec, places, table
from kgstats.words import N_, translator

INDICATORS = {
    "communes_recognised": N_("Communes meeting the new-rural standard"),
    "mean_criteria": N_("Criteria met per commune"),
    "poor_rate_pct": N_("Poor households"),
    "near_poor_rate_pct": N_("Near-poor households"),
    "ethnic_poor_rate_pct": N_("Poor among ethnic-minority households"),
    "poor_end_hh": N_("Number of poor households"),
    "allocated_vnd": N_("Money allocated"),
    "coverage_pct": N_("Money with a reported disbursement"),
    "disbursed_rate_pct": N_("Disbursed, of the money reported on"),
}
"""The headline indicators, in the words of a page that says its year and place above them."""
_COARSE = ("coverage_pct", "disbursed_rate_pct")
UNIT_TYPES = {
    "xã": N_("commune"),
    "phường": N_("ward"),
    "thị trấn": N_("township"),
}


# Headlines ----------------------------------------------------------------------------------


def _value(row: Any, lang: str) -> str:
    t = translator(lang)
    if numbers.is_absent(row.value):
        return numbers.NOT_REPORTED
    if row.unit == "communes":
        return t("{n} of {all}", n=numbers.number(row.value, lang, 0), all=int(row.base))
    if row.unit == "percent":
        return numbers.percent(row.value, lang, 1 if row.indicator in _COARSE else 2)
    if row.unit == "VND":
        return numbers.money(row.value, lang, "billion", 1)
    return numbers.number(row.value, lang, 0 if row.unit == "households" else 1)


def _change(row: Any, lang: str) -> str:
    if numbers.is_absent(row.change):
        return ""
    if row.unit == "percent":
        return numbers.points(row.change, lang, 1 if row.indicator in _COARSE else 2)
    if row.unit == "VND":
        text = numbers.money(abs(row.change), lang, "billion", 1)
        sign = numbers.signed(row.change / 10**9, lang, 1)[0]
        return f"{sign}{text}" if sign in ("+", numbers.MINUS) else text
    return numbers.signed(row.change, lang, 1 if row.unit == "criteria_per_commune" else 0)


def _against(row: Any, lang: str) -> list[str]:
    """Say the change since last year, where there is one."""
    if numbers.is_absent(row.change):
        return []
    words = {"change": _change(row, lang), "year": int(row.year) - 1}
    return [translator(lang)("{change} against {year}", **words)]


def _target(row: Any, lang: str) -> str:
    t = translator(lang)
    if numbers.is_absent(row.target_year):
        return ""
    aim = numbers.number(row.target_low, lang)
    if not numbers.is_absent(row.target_high):
        aim = f"{aim}–{numbers.number(row.target_high, lang)}"
    if row.indicator == "poor_rate_pct":
        aim = t("a fall of {aim} points", aim=aim)
    words = t("target {year}: {aim}", year=row.target_year, aim=aim)
    if numbers.is_absent(row.reached):
        return words
    return f"{words} ({t('reached') if row.reached else t('not yet')})"


def headlines(headline: pd.DataFrame, lang: str, only: Sequence[str] | None = None) -> Headlines:
    """Show the headline figures in large type, each with its change and target.

    Parameters
    ----------
    headline
        :func:`kgstats.analysis.overview.headline`.
    """
    t = translator(lang)
    shown = []
    for row in headline.itertuples():
        if only is None or row.indicator in only:
            context = "; ".join(filter(None, [*_against(row, lang), _target(row, lang)]))
            shown.append(Headline(t(INDICATORS[str(row.indicator)]), _value(row, lang), context))
    return Headlines(shown)


def headline_table(headline: pd.DataFrame, lang: str) -> Table:
    """Tabulate the headline figures, last year's, the change and the target."""
    t = translator(lang)
    rows = list(headline.itertuples())
    frame = headline[["year", "indicator"]].assign(
        words=[t(INDICATORS[name]) for name in headline["indicator"]],
        value=[_value(row, lang) for row in rows],
        change=[_change(row, lang) for row in rows],
        target=[_target(row, lang) for row in rows],
    )
    made = table(
        frame,
        slug="headline-figures",
        caption=t("Headline figures of {year}", year=int(headline["year"].iloc[0])),
        columns=[
            Column("words", t("Indicator")),
            Column("value", t("Value"), "mixed"),
            Column("change", t("Change against last year"), "mixed"),
            Column("target", t("Target")),
        ],
        lang=lang,
    )
    both = pd.concat([frame, frame.assign(year=frame["year"] - 1)])
    made.sources = _cells_of(both)
    return made


def _cells_of(rows: pd.DataFrame) -> list[provenance.Source]:
    """Return the cells behind rows that name their indicator, each by its own keys."""
    found: list[provenance.Source] = []
    for indicator, own in rows.groupby("indicator"):
        known = own.dropna(axis="columns", how="all").drop(columns="indicator")
        found += provenance.behind(known, [str(indicator)], None)
    cells: dict[tuple[str, str, str], dict[str, None]] = {}
    for one in found:
        held = cells.setdefault((one.district, one.file, one.sheet), {})
        held |= dict.fromkeys(one.cells)
    return [provenance.Source(*place, tuple(held)) for place, held in sorted(cells.items())]


def trend_chart(years: pd.DataFrame, year: int, lang: str) -> Figure:
    """Draw the headline levels of the years there are returns of, one small panel each.

    Parameters
    ----------
    years
        :func:`kgstats.analysis.overview.years`.
    """
    t = translator(lang)
    panels = [
        charts.Panel("communes_recognised", t(INDICATORS["communes_recognised"])),
        charts.Panel("mean_criteria", t(INDICATORS["mean_criteria"]), 1),
        charts.Panel("poor_rate_pct", t("Poor households, %"), 2),
        charts.Panel("near_poor_rate_pct", t("Near-poor households, %"), 2),
    ]
    frame = years.assign(when=[str(int(own)) for own in years["year"]])
    row = years[years["year"] == year].iloc[0]
    chart = charts.Chart(
        slug="trend",
        title=t(
            "In {year}, {met} communes met the standard and {rate} of households were poor",
            year=year,
            met=numbers.number(row["communes_recognised"], lang, 0),
            rate=numbers.percent(row["poor_rate_pct"], lang),
        ),
        says=t("Four small bar charts by year."),
        lang=lang,
        table=table(
            frame,
            slug="trend-data",
            caption=t("Headline levels by year"),
            columns=[
                Column("when", t("Year")),
                *(Column(one.column, one.label, "number", one.decimals) for one in panels),
            ],
            lang=lang,
        ),
    )
    return charts.small_columns(chart, frame, "when", panels, str(year))


def news(communes: pd.DataFrame, rates: pd.DataFrame, year: int, lang: str) -> Prose:
    """Say in a few lines what changed since last year.

    Parameters
    ----------
    communes
        :func:`kgstats.analysis.attainment.changes`.
    rates
        :func:`kgstats.analysis.overview.rate_changes` by district.
    """
    t = translator(lang)
    lines: list[str | tuple[str, str]] = []
    for event, lead in (
        ("recognised", N_("Newly recognised communes: {n}")),
        ("lost", N_("No longer recognised: {n}")),
    ):
        held = communes[communes["event"] == event].sort_values("commune_code")
        if len(held):
            lines.append((t(lead, n=len(held)), numbers.joined(_named(held, year), lang)))
    poor = rates[(rates["measure"] == "poor") & rates["change_pp"].notna()]
    if len(poor):
        poor = poor.sort_values(["change_pp", *poor.columns.intersection(["district_code"])])
        if poor["change_pp"].iloc[0] < 0:
            text = N_("The poor rate fell most in {name}: {change}, to {rate}.")
            lines.append(t(text, **_moved(poor.iloc[0], year, lang)))
        text = N_("It moved least favourably in {name}: {change}, to {rate}.")
        lines.append(t(text, **_moved(poor.iloc[-1], year, lang)))
    if not lines:
        return Prose([t("There is no return of {year} to compare with.", year=year - 1)])
    return Prose(items=lines)


def _named(communes: pd.DataFrame, year: int) -> list[str]:
    districts = places(year)["district"]
    return [
        name if numbers.is_absent(code) else f"{name} ({districts[code]})"
        for name, code in zip(communes["name"], communes["district_code"], strict=True)
    ]


def _moved(row: pd.Series, year: int, lang: str) -> dict[str, str]:
    kind = "commune" if "commune_code" in row.index else "district"
    return {
        "name": places(year)[kind][row[f"{kind}_code"]],
        "change": numbers.points(row["change_pp"], lang),
        "rate": numbers.percent(row["after_rate_pct"], lang),
    }


# Beside the published figures ---------------------------------------------------------------

BOUNDS = {"more_than_half": ">", "over": ">", "least": "≥"}
"""How a published fact bounds a figure without giving it."""

UNITS = {
    "communes": N_("rural communes"),
    "districts": N_("districts"),
    "criteria": N_("criteria"),
    "criteria_per_commune": N_("criteria/commune"),
    "households": N_("households"),
    "percent": "%",
    "percentage_points": N_("pp"),
    "VND_billion": N_("VND billion"),
    "VND_million": N_("VND million"),
}


def _printed_decimals(value: float) -> int:
    return max(0, -int(numbers.exact(float(value)).normalize().as_tuple().exponent))


def _dated(text: str, lang: str) -> str:
    """Write the date at the end of a series' name as the language does."""
    name, found, day = text.rpartition(", ")
    return f"{name}, {period(day, lang)}" if found and re.match(r"\d{4}-", day) else text


def agreement_table(agreement: pd.DataFrame, lang: str) -> Table:
    """Set every published fact beside the same figure from the returns.

    Parameters
    ----------
    agreement
        :func:`kgstats.analysis.agreement.agreement`.
    """
    t = translator(lang)
    verdict = {True: t("agrees"), False: t("differs")}
    decimals = [_printed_decimals(value) for value in agreement["printed"]]

    def shown(name: str, absent: str | None) -> list[Any]:
        """Two decimals more than printed show how a rounded figure comes about."""
        return [
            absent if numbers.is_absent(value) else round(float(value), places + 2)
            for value, places in zip(agreement[name], decimals, strict=True)
        ]

    frame = agreement[["fact", "year"]].assign(
        words=[_dated(text[:1].upper() + text[1:], lang) for text in agreement[f"label_{lang}"]],
        when=[str(int(own)) for own in agreement["year"]],
        unit=[t(UNITS.get(unit, unit)) for unit in agreement["unit"]],
        printed=[
            f"{BOUNDS[rule]} {numbers.number(value, lang)}" if rule in BOUNDS else value
            for value, rule in zip(agreement["printed"], agreement["rule"], strict=True)
        ],
        corrected=shown("corrected", ""),
        from_returns=shown("from_returns", None),
        verdict=[
            numbers.NOT_REPORTED if numbers.is_absent(one) else verdict[bool(one)]
            for one in agreement["agrees"]
        ],
        source=[sources.said(text, lang) for text in agreement[f"source_{lang}"]],
    )
    made = table(
        frame,
        slug="agreement",
        caption=t(
            "Published facts beside the returns: {n} of {all} agree",
            n=int(agreement["agrees"].fillna(False).sum()),
            all=int(agreement["agrees"].notna().sum()),
        ),
        columns=[
            Column("words", t("Fact")),
            Column("when", t("Year")),
            Column("unit", t("Unit")),
            Column("printed", t("Published"), "number"),
            Column("corrected", t("Corrected"), "number"),
            Column("from_returns", t("From the returns"), "number"),
            Column("verdict", t("Result")),
            Column("source", t("Source")),
        ],
        lang=lang,
        notes=[
            t(
                "Corrected: what the report's other figures give, where it contradicts itself; "
                "the returns follow it. >: more than the value, ≥: at least the value was "
                "published."
            )
        ],
    )
    made.sources = _cells_of(_rows_of(agreement))
    return made


def _rows_of(agreement: pd.DataFrame) -> pd.DataFrame:
    """Return the keys of the rows of clean tables that each fact is about."""
    keys = ["district_code", "commune_code", "programme", "component", "source", "kind"]
    rows = []
    for year, indicator, where in zip(
        agreement["year"], agreement["indicator"], agreement["where"], strict=True
    ):
        said = {name: where[name].split("|") for name in keys if name in where}
        said |= {name: [int(where[name])] for name in ("plan_year",) if name in where}
        # The fall of a rate comes from the rates of two years.
        level, fall = indicator.removesuffix("_fall_pp"), indicator.endswith("_fall_pp")
        measure = f"{level}_pct" if fall else indicator
        for own in [year - 1, year] if fall else [year]:
            for values in product(*said.values()):
                row = dict(zip(said, values, strict=True))
                rows.append({"year": own, "indicator": measure} | row)
    return pd.DataFrame(rows)


# A district ---------------------------------------------------------------------------------


def district_headlines(own: pd.DataFrame, whole: pd.DataFrame, lang: str) -> Headlines:
    """Show a district's headline figures, each beside the province's.

    Parameters
    ----------
    own, whole
        :func:`kgstats.analysis.overview.headline` of the district and of the province.
    """
    t = translator(lang)
    province = {row.indicator: row for row in whole.itertuples()}
    shown = []
    for row in own.itertuples():
        parts = _against(row, lang)
        if row.indicator in province and row.unit in ("percent", "criteria_per_commune"):
            parts.append(t("province {value}", value=_value(province[row.indicator], lang)))
        label = t(INDICATORS[str(row.indicator)])
        shown.append(Headline(label, _value(row, lang), "; ".join(parts)))
    return Headlines(shown)


def files_table(files: pd.DataFrame, lang: str) -> Table | Prose:
    """Tabulate what a district sent and what became of its cells."""
    t = translator(lang)
    if files.empty:
        return Prose([t("Nothing was received from this district.")], kind="caution")
    total = files.drop(columns="file").sum().to_dict()
    frame = pd.concat([files, pd.DataFrame([{"file": t("All files"), **total}])])
    return table(
        frame,
        slug="files",
        caption=t("Files received and what became of their cells"),
        columns=[
            Column("file", t("File")),
            Column("sheets", t("Sheets"), "number"),
            Column("cells", t("Cells received"), "number"),
            Column("values", t("Values"), "number"),
            Column("quarantined", t("Refused"), "number"),
            Column("errors", t("Errors"), "number", spanner=t("Findings")),
            Column("warnings", t("To check"), "number", spanner=t("Findings")),
            Column("notes", t("Repaired"), "number", spanner=t("Findings")),
        ],
        lang=lang,
        totals=[*[False] * len(files), True],
    )


def findings_table(findings: pd.DataFrame, files: pd.DataFrame, lang: str) -> Table | Prose:
    """Tabulate what was refused or doubtful in a district's files: where, why, what to do."""
    t = translator(lang)
    own = findings[findings["file"].isin(files["file"]) & (findings["severity"] != "note")]
    if own.empty:
        return Prose([t("Nothing was refused and nothing is doubtful.")])
    severities = {"error": t("refused"), "warning": t("to check")}
    frame = own[["file", "sheet", "cell"]].assign(
        place=[
            " › ".join(part for part in (row.file, row.sheet, row.cell) if part)
            for row in own.fillna("").itertuples()
        ],
        gravity=[severities[name] for name in own["severity"]],
        message=own["message"].astype(str),
        advice=own["advice"].astype(str),
    )
    return table(
        frame,
        slug="refused",
        caption=t("What was refused or is doubtful, and what to do"),
        columns=[
            Column("place", t("Where")),
            Column("gravity", t("State")),
            Column("message", t("Why")),
            Column("advice", t("What to do")),
        ],
        lang=lang,
    )


def communes_table(communes: pd.DataFrame, year: int, lang: str) -> Table:
    """Tabulate a district's communes: standard, what is missing, poverty.

    Parameters
    ----------
    communes
        :func:`kgstats.analysis.overview.commune_table`.
    """
    t = translator(lang)
    standing, rural = registry.codes("standing"), communes["type"] == "xã"

    def of_rural(texts: Sequence[str]) -> list[str]:
        return [
            text if has else numbers.NOT_APPLICABLE for text, has in zip(texts, rural, strict=True)
        ]

    frame = communes.assign(
        words=[
            f"{name} ({t(UNIT_TYPES[kind])})"
            for name, kind in zip(communes["name"], communes["type"], strict=True)
        ],
        stands=of_rural(
            [
                numbers.NOT_REPORTED
                if numbers.is_absent(one) or one == "not_reported"
                else t(standing[one])
                for one in communes["status"]
            ]
        ),
        met=of_rural([numbers.number(one, lang) for one in communes["criteria_met"]]),
        missing=[
            listed(one, year, lang).replace(", ", "; ") if isinstance(one, tuple) else ""
            for one in communes["lacking"]
        ],
    )
    return table(
        frame,
        slug="communes",
        caption=t("Communes, wards and townships in {year}", year=year),
        columns=[
            Column("words", t("Unit")),
            Column("met", t("Criteria met"), "mixed"),
            Column("stands", t("Standard")),
            Column("missing", t("Criteria not met")),
            Column("households_hh", t("Households"), "number"),
            Column("poor_end_hh", t("Poor households"), "number"),
            Column("poor_rate_pct", t("Poor, %"), "percent"),
            Column("near_poor_rate_pct", t("Near-poor, %"), "percent"),
        ],
        lang=lang,
        notes=[
            t(
                "x: the standard is for rural communes only. …: not reported. Rates are shares of "
                "resident households."
            )
        ],
    )


def money_table(money: pd.DataFrame, total: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Tabulate a district's money by programme beside the province's rates.

    Parameters
    ----------
    money, total
        :func:`kgstats.analysis.overview.district_money` by programme, and of both.
    """
    t = translator(lang)
    if money.empty:
        return Prose([t("The district reported no money.")], kind="caution")
    spec = TableSpec(
        slug="money",
        caption=N_("Money by programme, {year}, VND million"),
        columns=(
            "programme",
            Column("allocated_vnd", t("Allocated"), "million"),
            Column("covered_vnd", t("Of it with a report"), "million"),
            Column("disbursed_vnd", t("Disbursed"), "million"),
            Column("gap_vnd", t("Gap"), "million"),
            Column("disbursed_rate_pct", t("Rate"), "percent", 1),
            Column("province_pct", t("Province"), "percent", 1),
        ),
        total=N_("Both programmes"),
        notes=(
            N_(
                "Gap = reported on less disbursed. Rates are of the money with a reported "
                "disbursement."
            ),
        ),
    )
    order = {programme: place for place, programme in enumerate(registry.codes("programme"))}
    rows = money.sort_values("programme", key=lambda one: one.map(order))
    return spec(rows, lang, total=total, year=year)
