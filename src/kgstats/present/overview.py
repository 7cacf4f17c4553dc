"""The year on one page, and the profile of a district, as readers see them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pandas as pd

from kgstats.analysis import funding as money
from kgstats.analysis import overview as analysis
from kgstats.present import numbers, sources
from kgstats.present.figures import Figure, from_canvas
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.published import period
from kgstats.present.tables import Column, Table, table
from kgstats.reference import areas
from kgstats.reference.criteria import criteria
from kgstats.words import N_, Translate, translator

INDICATORS = {
    "communes_met": N_("Communes meeting the new-rural standard"),
    "mean_criteria": N_("Criteria met per commune"),
    "poor_rate": N_("Poor households"),
    "near_poor_rate": N_("Near-poor households"),
    "ethnic_poor_rate": N_("Poor among ethnic-minority households"),
    "poor_households": N_("Number of poor households"),
    "allocated": N_("Money allocated"),
    "coverage": N_("Money with a reported disbursement"),
    "disbursed": N_("Disbursed, of the money reported on"),
}
STATUSES = {
    "recognised": N_("recognised"),
    "pending": N_("pending a decision"),
    "not_yet": N_("not yet"),
}
PROGRAMMES = {"ntm": N_("New-style rural development"), "gnbv": N_("Sustainable poverty reduction")}
UNIT_TYPES = {
    "xã": N_("commune"),
    "phường": N_("ward"),
    "thị trấn": N_("township"),
}


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


_COARSE = ("coverage", "disbursed")


def _change(row: Any, lang: str) -> str:
    if numbers.is_absent(row.change):
        return ""
    if row.unit == "percent":
        return numbers.points(row.change, lang, 1 if row.indicator in _COARSE else 2)
    if row.unit == "VND":
        text = numbers.money(abs(row.change), lang, "billion", 1)
        sign = numbers.signed(Fraction(row.change) / 10**9, lang, 1)[0]
        return f"{sign}{text}" if sign in ("+", numbers.MINUS) else text
    return numbers.signed(row.change, lang, 1 if row.unit == "criteria_per_commune" else 0)


def _context(row: Any, lang: str) -> str:
    t = translator(lang)
    parts = []
    if not numbers.is_absent(row.change):
        parts.append(
            t("{change} against {year}", change=_change(row, lang), year=int(row.year) - 1)
        )
    if row.target is not None:
        parts.append(_target(row, lang))
    return "; ".join(parts)


def _target(row: Any, lang: str) -> str:
    t = translator(lang)
    low = numbers.number(row.target.low, lang)
    high = row.target.high
    aim = low if high is None else f"{low}–{numbers.number(high, lang)}"
    if row.indicator == "poor_rate":
        aim = t("a fall of {aim} points", aim=aim)
    state = {True: t("reached"), False: t("not yet"), None: ""}[row.reached]
    words = t("target {year}: {aim}", year=row.target.year, aim=aim)
    return f"{words} ({state})" if state else words


def headlines(headline: pd.DataFrame, lang: str, only: Sequence[str] | None = None) -> Headlines:
    """Show the headline figures in large type, each with its change and target."""
    t = translator(lang)
    return Headlines(
        [
            Headline(t(INDICATORS[row.indicator]), _value(row, lang), _context(row, lang))
            for row in headline.itertuples()
            if only is None or row.indicator in only
        ]
    )


def headline_table(headline: pd.DataFrame, lang: str) -> Table:
    """Tabulate the headline figures, last year's, the change and the target."""
    t = translator(lang)
    frame = pd.DataFrame(
        {
            "indicator": [t(INDICATORS[name]) for name in headline["indicator"]],
            "value": [_value(row, lang) for row in headline.itertuples()],
            "change": [_change(row, lang) for row in headline.itertuples()],
            "target": [
                "" if row.target is None else _target(row, lang) for row in headline.itertuples()
            ],
        }
    )
    return table(
        frame,
        slug="headline-figures",
        caption=t("Headline figures of {year}", year=int(headline["year"].iloc[0])),
        columns=[
            Column("indicator", t("Indicator")),
            Column("value", t("Value"), "mixed"),
            Column("change", t("Change against last year"), "mixed"),
            Column("target", t("Target")),
        ],
        lang=lang,
    )


def trend_chart(trend: pd.DataFrame, year: int, lang: str) -> Figure:
    """Draw the headline levels of the years there are returns of, one small panel each."""
    from matplotlib import pyplot

    from kgstats.present import style

    t = translator(lang)
    panels = [
        ("communes_met", t(INDICATORS["communes_met"]), 0),
        ("mean_criteria", t(INDICATORS["mean_criteria"]), 1),
        ("poor_rate", t("Poor households, %"), 2),
        ("near_poor_rate", t("Near-poor households, %"), 2),
    ]
    years = [int(y) for y in trend["year"]]
    with style.house():
        canvas, grid = pyplot.subplots(1, len(panels), figsize=(8.4, 2.5))
        for axes, (name, label, decimals) in zip(grid, panels, strict=True):
            values = [float(v) if not numbers.is_absent(v) else None for v in trend[name]]
            there = [(y, v) for y, v in zip(years, values, strict=True) if v is not None]
            axes.bar(
                [y for y, _ in there],
                [v for _, v in there],
                width=0.62,
                color=[style.ACCENT if y == year else "#9fb9bb" for y, _ in there],
            )
            for y, v in there:
                axes.text(
                    y, v, numbers.number(v, lang, decimals), ha="center", va="bottom", fontsize=9
                )
            axes.set_title(_wrapped(label, 25), fontsize=9, fontweight="bold", pad=12)
            axes.set_xticks(years)
            axes.set_xlim(min(years) - 0.6, max(years) + 0.6)
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.tick_params(axis="x", length=0)
            axes.margins(y=0.12)
        canvas.tight_layout(w_pad=1.6)
    row = trend[trend["year"] == year].iloc[0]
    title = t(
        "In {year}, {met} communes met the standard and {rate} of households were poor",
        year=year,
        met=numbers.number(row["communes_met"], lang, 0),
        rate=numbers.percent(row["poor_rate"], lang),
    )
    listed = "; ".join(
        f"{label}: "
        + ", ".join(
            f"{y} {numbers.number(v, lang, decimals)}"
            for y, v in zip(years, trend[name], strict=True)
        )
        for name, label, decimals in panels
    )
    return from_canvas(
        canvas,
        slug="trend",
        title=title,
        alternative=t("Four small bar charts by year.") + " " + listed,
        lang=lang,
        table=_trend_table(trend, panels, t, lang),
    )


def _wrapped(text: str, width: int) -> str:
    import textwrap

    return "\n".join(textwrap.wrap(text, width))


def _trend_table(
    trend: pd.DataFrame, panels: Sequence[tuple[str, str, int]], t: Translate, lang: str
) -> Table:
    return table(
        trend.assign(year=[str(int(y)) for y in trend["year"]]),
        slug="trend-data",
        caption=t("Headline levels by year"),
        columns=[
            Column("year", t("Year")),
            *(Column(name, label, "number", decimals) for name, label, decimals in panels),
        ],
        lang=lang,
    )


def news(found: analysis.News, year: int, lang: str) -> Prose:
    """Say in a few lines what changed since last year."""
    t = translator(lang)
    units = areas.units(year).set_index("commune_code")
    lines: list[str | tuple[str, str]] = []

    def named(codes: Sequence[str]) -> str:
        return numbers.joined(
            [f"{units.loc[c, 'name']} ({units.loc[c, 'district_name']})" for c in codes], lang
        )

    if found.gained:
        lines.append(
            (
                t("Newly recognised communes: {n}", n=len(found.gained)),
                named(found.gained),
            )
        )
    if found.lost:
        lines.append((t("No longer recognised: {n}", n=len(found.lost)), named(found.lost)))
    if len(found.districts):
        first, last = found.districts.iloc[0], found.districts.iloc[-1]
        if first["change_pp"] < 0:
            lines.append(
                t(
                    "The poor rate fell most in {name}: {change}, to {rate}.",
                    name=first["name"],
                    change=numbers.points(first["change_pp"], lang),
                    rate=numbers.percent(first["after_pct"], lang),
                )
            )
        lines.append(
            t(
                "It moved least favourably in {name}: {change}, to {rate}.",
                name=last["name"],
                change=numbers.points(last["change_pp"], lang),
                rate=numbers.percent(last["after_pct"], lang),
            )
        )
    if not lines:
        return Prose([t("There is no return of {year} to compare with.", year=year - 1)])
    return Prose(items=lines)


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
    """Set every published fact beside the same figure from the returns."""
    t = translator(lang)
    verdict = {True: t("agrees"), False: t("differs")}
    decimals = [_printed_decimals(value) for value in agreement["printed"]]

    def shown(name: str) -> list[Any]:
        """Two decimals more than printed show how a rounded figure comes about."""
        return [
            "" if numbers.is_absent(value) else round(float(value), places + 2)
            for value, places in zip(agreement[name], decimals, strict=True)
        ]

    frame = pd.DataFrame(
        {
            "fact": [
                _dated(text[:1].upper() + text[1:], lang) for text in agreement[f"label_{lang}"]
            ],
            "year": [str(int(y)) for y in agreement["year"]],
            "unit": [t(UNITS.get(unit, unit)) for unit in agreement["unit"]],
            "printed": [
                f"{BOUNDS[rule]} {numbers.number(value, lang)}" if rule in BOUNDS else value
                for value, rule in zip(agreement["printed"], agreement["rule"], strict=True)
            ],
            "corrected": shown("corrected"),
            "from_returns": [None if value == "" else value for value in shown("from_returns")],
            "verdict": [
                numbers.NOT_REPORTED if numbers.is_absent(v) else verdict[bool(v)]
                for v in agreement["agrees"]
            ],
            "source": [sources.said(text, lang) for text in agreement["source"]],
        }
    )
    agreed = int(agreement["agrees"].fillna(False).sum())
    return table(
        frame,
        slug="agreement",
        caption=t(
            "Published facts beside the returns: {n} of {all} agree",
            n=agreed,
            all=int(agreement["agrees"].notna().sum()),
        ),
        columns=[
            Column("fact", t("Fact")),
            Column("year", t("Year")),
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


# A district ---------------------------------------------------------------------------------


def district_headlines(own: pd.DataFrame, whole: pd.DataFrame, lang: str) -> Headlines:
    """Show a district's headline figures, each beside the province's."""
    t = translator(lang)
    province = {row.indicator: row for row in whole.itertuples()}
    shown = []
    for row in own.itertuples():
        parts = []
        if not numbers.is_absent(row.change):
            parts.append(
                t("{change} against {year}", change=_change(row, lang), year=int(row.year) - 1)
            )
        if row.indicator in province and row.unit in ("percent", "criteria_per_commune"):
            parts.append(t("province {value}", value=_value(province[row.indicator], lang)))
        shown.append(Headline(t(INDICATORS[row.indicator]), _value(row, lang), "; ".join(parts)))
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
    frame = pd.DataFrame(
        {
            "place": [
                " › ".join(part for part in (row.file, row.sheet, row.cell) if part)
                for row in own.fillna("").itertuples()
            ],
            "severity": [severities[name] for name in own["severity"]],
            "message": own["message"].astype(str),
            "advice": own["advice"].astype(str),
        }
    )
    return table(
        frame,
        slug="refused",
        caption=t("What was refused or is doubtful, and what to do"),
        columns=[
            Column("place", t("Where")),
            Column("severity", t("State")),
            Column("message", t("Why")),
            Column("advice", t("What to do")),
        ],
        lang=lang,
    )


def communes_table(communes: pd.DataFrame, year: int, lang: str) -> Table:
    """Tabulate a district's communes: standard, what is missing, poverty."""
    t = translator(lang)
    names = criteria(year).set_index("criterion")[f"short_{lang}"]
    frame = communes.assign(
        name=[
            f"{row.name} ({t(UNIT_TYPES[row.type])})"
            for row in communes[["name", "type"]].itertuples(index=False)
        ],
        status=[
            numbers.NOT_APPLICABLE
            if kind != "xã"
            else numbers.NOT_REPORTED
            if numbers.is_absent(status)
            else t(STATUSES[status])
            for kind, status in zip(communes["type"], communes["status"], strict=True)
        ],
        missing=[
            "; ".join(f"{number} {names[number]}" for number in listed)
            if isinstance(listed, list)
            else ""
            for listed in communes["missing"]
        ],
    )
    frame["criteria_met"] = [
        numbers.NOT_APPLICABLE if kind != "xã" else numbers.number(met, lang)
        for kind, met in zip(communes["type"], communes["criteria_met"], strict=True)
    ]
    return table(
        frame,
        slug="communes",
        caption=t("Communes, wards and townships in {year}", year=year),
        columns=[
            Column("name", t("Unit")),
            Column("criteria_met", t("Criteria met"), "mixed"),
            Column("status", t("Standard")),
            Column("missing", t("Criteria not met")),
            Column("households_hh", t("Households"), "number"),
            Column("poor_hh", t("Poor households"), "number"),
            Column("poor_pct", t("Poor, %"), "percent"),
            Column("near_poor_pct", t("Near-poor, %"), "percent"),
        ],
        lang=lang,
        notes=[
            t(
                "x: the standard is for rural communes only. …: not reported. Rates are shares of "
                "resident households."
            )
        ],
    )


def money_table(funding: pd.DataFrame, year: int, district: str, lang: str) -> Table | Prose:
    """Tabulate a district's money by programme beside the province's rates."""
    t = translator(lang)
    own = funding[funding["district_code"] == district]
    if own.empty:
        return Prose([t("The district reported no money.")], kind="caution")
    here, everywhere = money.lines(own, year), money.lines(funding, year)
    mine = pd.concat([money.gaps(here, "programme"), money.gaps(here)])
    whole = money.gaps(everywhere, "programme").set_index("programme")
    total = money.gaps(everywhere).iloc[0]
    rows = []
    for row in mine.to_dict("records"):
        is_total = pd.isna(row["programme"])
        beside: Mapping[str, Any] = total if is_total else whole.loc[row["programme"]]
        rows.append(
            {
                "programme": t("Both programmes")
                if is_total
                else t(PROGRAMMES[str(row["programme"])]),
                **{
                    name: row[name]
                    for name in ("allocated_vnd", "covered_vnd", "disbursed_vnd", "gap_vnd")
                },
                "rate_pct": row["disbursed_rate_pct"],
                "province_pct": beside["disbursed_rate_pct"],
            }
        )
    return table(
        pd.DataFrame(rows),
        slug="money",
        caption=t("Money by programme, {year}, VND million", year=year),
        columns=[
            Column("programme", t("Programme")),
            Column("allocated_vnd", t("Allocated"), "million"),
            Column("covered_vnd", t("Of it with a report"), "million"),
            Column("disbursed_vnd", t("Disbursed"), "million"),
            Column("gap_vnd", t("Gap"), "million"),
            Column("rate_pct", t("Rate"), "percent", 1),
            Column("province_pct", t("Province"), "percent", 1),
        ],
        lang=lang,
        totals=mine["programme"].isna(),
        notes=[
            t(
                "Gap = reported on less disbursed. Rates are of the money with a reported "
                "disbursement."
            )
        ],
    )
