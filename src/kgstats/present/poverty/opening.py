"""The opening of the page: the four rates, by which standard, and what was published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, sources, style
from kgstats.present.charts import Chart, Series
from kgstats.present.charts_over_years import Dates, lines
from kgstats.present.figures import Figure
from kgstats.present.poverty.wording import change_words, coverage, no_base, source_note
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.reference import poverty_standards
from kgstats.words import N_, translator


def headlines(whole: pd.DataFrame, moved: pd.DataFrame, lang: str) -> Headlines:
    """Show the four rates of the province, each with its change, its households and its units.

    Parameters
    ----------
    whole, moved
        Levels of the province in the year, and its changes.
    """
    t = translator(lang)
    (level,) = whole.to_dict("records")
    changed = {row["measure"]: row for row in moved.to_dict("records")}
    items = []
    for measure in registry.codes("measure"):
        rate = f"{measure}_rate_pct"
        context = [claims.counted(claims.UNITS["households"], level[f"{measure}_end_hh"], lang)]
        there, every = level[f"{measure}_rate_units"], level["expected_units"]
        context += filter(None, [claims.part("units", there, every, lang)])
        row = changed.get(measure)
        if row is not None and not numbers.is_absent(row["change_pp"]):
            said = change_words(row["change_pp"], lang)
            words = {"change": said, "year": int(row["base_year"]), "n": int(row["matched_units"])}
            same = row["matched_units"] == row["expected_units"]
            context.append(
                t("{change} on {year}", **words)
                if same
                else t("{change} on {year} in the {n} units that reported both years", **words)
            )
        label = t(registry.measures()[rate].label)
        items.append(Headline(label, numbers.percent(level[rate], lang), "; ".join(context)))
    return Headlines(items)


def standing(whole: pd.DataFrame, account: Mapping[str, int], lang: str) -> Prose:
    """Say by which standard, from how many units, and with what disclosure control.

    Parameters
    ----------
    whole
        Levels of the province in the year.
    account
        What is withheld: :meth:`kgstats.analysis.poverty_disclosure.Release.account`.
    """
    t = translator(lang)
    standard = poverty_standards.standard(int(whole["year"].iloc[0]))
    rule = standard.rule(lang)
    there, every = coverage(whole, "reported_units")
    sentences = [
        t(
            "Who is poor: {rule}. Income lines: VND {rural} a person and month in rural areas, "
            "{urban} in urban ones ({decision}).",
            rule=rule[:1].lower() + rule[1:],
            rural=numbers.number(standard.poor_rural_vnd, lang),
            urban=numbers.number(standard.poor_urban_vnd, lang),
            decision=standard.decision,
        ),
        t(
            "Rates are poor households per 100 resident households of the same group, computed "
            "from the counts of {there} of {all} commune-level units. The difference of two "
            "rates is in percentage points, not in per cent.",
            there=numbers.number(there, lang),
            all=numbers.number(every, lang),
        ),
    ]
    if account["threshold"] > 1:
        sentences.append(
            t(
                "Disclosure control is on: {small} counts from 1 to {most} households are "
                "withheld, and {more} others so that those cannot be worked out.",
                small=numbers.number(account["primary"], lang),
                most=account["threshold"] - 1,
                more=numbers.number(account["complementary"], lang),
            )
        )
    if account["rounding"] > 1:
        sentences.append(
            t(
                "Counts are rounded to multiples of {n}; rates are computed from the rounded "
                "counts, and sums may differ.",
                n=account["rounding"],
            )
        )
    return Prose(sentences)


# ------------------------------------------------------------------ beside what was published

_PUBLISHED = TableSpec(
    slug="poverty-published",
    caption=N_("Computed from the returns and published, {year}"),
    columns=(
        Column("what", N_("Figure")),
        "quantity",
        Column("computed_value", N_("Computed"), "quantity"),
        Column("printed", N_("Published"), "quantity"),
        Column("is_agreeing", N_("Agrees when rounded")),
        Column("source", N_("Source")),
    ),
    name=lambda row, lang: str(row["what"]),
    notes=N_(
        "A published figure agrees when it is the computed one rounded to the decimals that "
        "were printed."
    ),
)


def published_table(
    beside: pd.DataFrame, before: int | None, year: int, lang: str
) -> Table | Prose:
    """Show the province's computed figures beside the published ones.

    Parameters
    ----------
    beside
        :func:`kgstats.analysis.poverty.beside_published`.
    """
    t = translator(lang)
    if before is None:
        return no_base(year, lang)
    if beside.empty:
        return Prose(
            [t("No figure of {year} is both published and computed from the returns.", year=year)]
        )
    measures, said = registry.measures(), {}
    for row in _once(beside):
        counts = row["quantity"] == "count_hh"
        kind = registry.codes("measure").get(row["measure"], "")
        section = t("printed report, section {section}", section=row["source"])
        found = [section] if row["id"].startswith("poverty_") else []
        found += [sources.said(one, lang) for one in row["elsewhere"]]
        said[row["index"]] = {
            "what": t(kind if counts else measures[f"{row['measure']}_rate_pct"].label),
            "computed_value": _measured(row, "computed_value", 0 if counts else 4),
            "printed": _measured(row, "printed", int(row["decimals"])),
            "is_agreeing": t("not judged: not all units reported")
            if numbers.is_absent(row["is_agreeing"])
            else t("yes")
            if row["is_agreeing"]
            else t("no"),
            "source": "; ".join(found),
        }
    told = pd.DataFrame.from_dict(said, orient="index", dtype=object)
    shown = beside.loc[told.index].astype(object).assign(**told)
    return _PUBLISHED.table(shown, lang, year=year)


def _once(beside: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each published figure once, with where else it is published (``elsewhere``).

    A list of published values names the report's section too, where the report gives one.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in beside.reset_index().to_dict("records"):
        key = (row["measure"], row["quantity"], float(row["printed"]))
        own = row["id"].startswith("poverty_")
        first = found.setdefault(key, row | {"elsewhere": []})
        parts = [] if own else str(row["source"]).split("; ")
        of_report = first["id"].startswith("poverty_")
        first["elsewhere"] += [
            part for part in parts if not (of_report and part.endswith(first["source"]))
        ]
    return list(found.values())


def _measured(row: Mapping[Any, Any], column: str, decimals: int) -> numbers.Quantity:
    """Return a figure with its unit and the decimals it is given with."""
    value = float(row[column])
    if row["quantity"] == "rate_pct":
        return numbers.Quantity(value, "percent", decimals)
    unit = N_("households") if row["quantity"] == "count_hh" else N_("percentage points")
    return numbers.Quantity(value, "number", decimals, unit)


_SERIES = TableSpec(
    slug="poverty-series-data",
    caption=N_("Published rates of poor households, by standard"),
    columns=(
        Column("label", N_("Date")),
        "published_rate_pct published_change_pp",
        Column("name", N_("Standard")),
        Column("source", N_("Source")),
    ),
    name=lambda row, lang: str(row["label"]),
    notes=N_("No change is formed between two standards, nor with a point of open date."),
)


def published_chart(published: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw the published poverty rates of all years, broken where the standard changes.

    Parameters
    ----------
    published
        :func:`kgstats.analysis.poverty.published_series`.
    """
    t = translator(lang)
    points = published[published["standard"].ne("")].reset_index(drop=True)
    if points.empty:
        return Prose([t("No published rate of other years is known here.")])
    standards = {one.code: one for one in poverty_standards.standards()}
    names = {code: one.name(lang) for code, one in standards.items()}
    points = points.assign(
        middle=(points["first_year"] + points["last_year"]) / 2,
        label=[_date_words(str(label), lang) for label in points["label"]],
        name=[names.get(code, code) for code in points["standard"]],
        source=[sources.said(text, lang) for text in points["source"]],
    )
    series, breaks = [], []
    for place, (number, own) in enumerate(points.groupby("segment", sort=True)):
        first = own.iloc[0]
        key, colour = f"segment_{number}", style.SERIES[place % len(style.SERIES)]
        points[key] = points["published_rate_pct"].where(points["segment"] == number)
        series.append(Series(key, first["name"], colour))
        known = standards.get(first["standard"])
        breaks.append((first["first_year"] if known is None else known.first_year) - 0.5)
    chart = Chart(
        slug="poverty-series",
        title=_series_title(points, lang),
        says=t("Line of published poverty rates, broken between standards."),
        axis=t("poverty rate, %"),
        note=t(
            "Hollow: the source leaves the year open. The survey of living standards measures "
            "something else and is not drawn."
        ),
        table=_SERIES.table(points, lang),
    )
    dates = Dates(breaks[1:], "first_year", "last_year")
    return lines(
        chart, points, "middle", series, dates=dates, text=lambda rate: numbers.percent(rate, lang)
    )


def _date_words(label: str, lang: str) -> str:
    t = translator(lang)
    year, dash, month = label.partition("-")
    if dash and len(month) == 2:
        return f"{int(month)}/{year}" if lang == "vi" else f"{year}-{month}"
    if " or " in label:
        first, _, second = label.partition(" or ")
        return t("{first} or {second}", first=first, second=second)
    return label


def _series_title(points: pd.DataFrame, lang: str) -> str:
    t = translator(lang)
    parts = [own for _, own in points.groupby("segment", sort=True)]
    longest = max(parts, key=len)
    values: dict[str, Any] = {}
    for row, rate, when in ((0, "first", "from_year"), (-1, "last", "to_year")):
        one = longest.iloc[row]
        years = [str(year) for year in dict.fromkeys((one["first_year"], one["last_year"]))]
        values[rate] = numbers.percent(one["published_rate_pct"], lang)
        values[when] = years[0]
        if len(years) > 1:
            values[when] = t("{first} or {second}", first=years[0], second=years[1])
    if len(parts) > 1:
        return t(
            "The poverty rate went from {first} ({from_year}) to {last} ({to_year}) under one "
            "standard; rates under another are not compared with it",
            **values,
        )
    return t("The poverty rate went from {first} ({from_year}) to {last} ({to_year})", **values)


def definitions(year: int, lang: str) -> Prose:
    """Say what each figure means, for the end of the page and for downloads."""
    t = translator(lang)
    items = [(t(lead), t(rest)) for lead, rest in _DEFINITIONS]
    if not poverty_standards.standard(year).rule_confirmed:
        items.append(
            (t("Standard"), t("the rule is stated from general knowledge and is not confirmed."))
        )
    return Prose([source_note(year, lang)], items, kind="definitions")


_DEFINITIONS = (
    (N_("Poverty rate"), N_("poor households at the end of the year ÷ resident households × 100.")),
    (
        N_("Ethnic-minority poverty rate"),
        N_(
            "poor ethnic-minority households ÷ ethnic-minority households × 100; not their "
            "share among the poor."
        ),
    ),
    (N_("Percentage point"), N_("unit of the difference of two rates.")),
    (
        N_("Fell back, newly poor"),
        N_("poor again after having left poverty; poor for the first time on the lists."),
    ),
    (
        N_("End of the year"),
        N_(
            "the list approved after the yearly review, usually of September to December; it "
            "decides the support of the next year."
        ),
    ),
)
