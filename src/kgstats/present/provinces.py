"""Provinces side by side: each rate with what it is of, ranked only where it is of all units.

``figures`` and ``changes`` are frames of `kgstats.analysis.provinces`, ``names`` the names of the
provinces by code, in the language of the page: those without returns of the year too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from kgstats.present import charts, claims, numbers, style
from kgstats.present.charts import Chart, Series
from kgstats.present.columns import Column, from_list
from kgstats.present.figures import Figure
from kgstats.present.picture import Rows, Scale
from kgstats.present.prose import Prose
from kgstats.present.quality import gravity, meaning
from kgstats.present.tables import TableSpec
from kgstats.reference import criteria, poverty_standards
from kgstats.reference.refusal import Refusal
from kgstats.words import N_, translator

PROVINCES = claims.P_("{n} province", "{n} provinces")
MOST_NAMED = 8
"""So many provinces are named in a sentence; a table names them all."""


@dataclass(frozen=True)
class Rate:
    """A rate by which provinces are compared: its words, and what it is of."""

    column: str
    title: str
    words: claims.Words
    decimals: int
    axis: str
    beside: tuple[str, str]
    """Two counts written beside it: a part and its whole."""
    unit: str
    reported: tuple[str, str]
    """How many of its units reported, and how many there are."""


def _words(one: str, many: str, every: str) -> claims.Words:
    return claims.Words(one, many, "", every, unit=PROVINCES)


RATES: Mapping[str, Rate] = {
    one.column: one
    for one in (
        Rate(
            "recognised_pct",
            N_("Communes recognised as meeting the standard, by province, {year}"),
            _words(
                N_("{names}: the highest share of communes recognised, {value}"),
                N_("{names}: the highest share of communes recognised, {value} each"),
                N_("The share of communes recognised is the same in every province: {value}"),
            ),
            1,
            N_("% of rural communes; in brackets: communes recognised/rural communes"),
            ("communes_recognised", "communes"),
            "communes",
            ("communes_reported", "communes"),
        ),
        Rate(
            "condition_met_pct",
            N_("Districts with all communes recognised, by province, {year}"),
            _words(
                N_("{names}: the highest share of districts with all communes recognised, {value}"),
                N_(
                    "{names}: the highest share of districts with all communes recognised, "
                    "{value} each"
                ),
                N_(
                    "The share of districts with all communes recognised is the same in every "
                    "province: {value}"
                ),
            ),
            1,
            N_("% of districts with communes; in brackets: all communes recognised/districts"),
            ("districts_met", "districts_with_communes"),
            "districts",
            ("districts_known", "districts_with_communes"),
        ),
        Rate(
            "poor_rate_pct",
            N_("Poverty rate by province at the end of {year}"),
            _words(
                N_("{names}: the highest poverty rate, {value}"),
                N_("{names}: the highest poverty rate, {value} each"),
                N_("The poverty rate is the same in every province: {value}"),
            ),
            2,
            N_("% of households; in brackets: commune-level units reported/units"),
            ("poor_rate_units", "units"),
            "units",
            ("poor_rate_units", "units"),
        ),
        Rate(
            "disbursed_rate_pct",
            N_("Disbursement rate by province, {year}"),
            _words(
                N_("{names}: the highest disbursement rate, {value}"),
                N_("{names}: the highest disbursement rate, {value} each"),
                N_("The disbursement rate is the same in every province: {value}"),
            ),
            2,
            N_("% of the money on budget lines reported; in brackets: lines reported/lines"),
            ("lines_reported", "lines"),
            "lines",
            ("lines_reported", "lines"),
        ),
    )
}


def _named(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    return frame.assign(province=[names[code] for code in frame["province_code"]])


def _province(row: dict[str, Any], lang: str) -> str:
    """Name the province of a row: a table is called with the names by code, ``names``."""
    return str(row["names"][row["province_code"]])


_PROVINCE = Column("province_code", N_("Province or city"))


# What was put together ----------------------------------------------------------------------


def some_of(named: Sequence[str], every: int, lang: str) -> str:
    """Name provinces: each where they are few, else that it is all, or the first and how many more.

    Parameters
    ----------
    named
        Names, in the order of their codes.
    every
        How many provinces there are.

    Examples
    --------
    >>> some_of(["Cao Bằng", "Đà Nẵng"], 2, "en"), some_of(["Cà Mau"] * 62, 62, "en")
    ('Cao Bằng and Đà Nẵng', 'all 62 provinces')
    """
    t, more = translator(lang), len(named) - MOST_NAMED
    if more <= 0:
        return numbers.joined(list(named), lang)
    if len(named) == every:
        return t("all {n} provinces", n=numbers.number(every, lang))
    first = ", ".join(named[:MOST_NAMED])
    return t("{names} and {n} more", names=first, n=numbers.number(more, lang))


def received_text(quality: pd.DataFrame, names: Mapping[str, str], year: int, lang: str) -> Prose:
    """Say which provinces have returns of the year, which have none, and what is not as it seems.

    Parameters
    ----------
    quality
        The rows of the table ``quality`` of the year.
    """
    t = translator(lang)
    there = [names[code] for code in quality["province_code"]]
    listed = partial(some_of, every=len(there), lang=lang)
    absent = [name for code, name in names.items() if code not in set(quality["province_code"])]
    many = claims.counted(PROVINCES, len(there), lang)
    lead = (
        t("Returns of {year} are here from {n}.", year=year, n=many)
        if len(there) > MOST_NAMED
        else t(
            "Returns of {year} are here from {n}: {names}.",
            year=year,
            n=many,
            names=numbers.joined(there, lang),
        )
    )
    items: list[str | tuple[str, str]] = []
    if absent:
        none = t("no returns, so they are in no figure of this page")
        without = some_of(absent, len(names), lang)
        items.append((t("Without {year}", year=year), f"{without}: {none}"))
    for row in quality.dropna(subset=["returns_expected"]).to_dict("records"):
        whole, every = row["returns_whole"], row["returns_expected"]
        if said := claims.part("districts", whole, every, lang, N_("whole returns from {base}")):
            items.append((names[row["province_code"]], said))
    made_up = [names[code] for code in quality.loc[quality["illustrative"], "province_code"]]
    if made_up and len(made_up) < len(there):
        items.append((t("Illustrative, sent by nobody"), listed(made_up)))
    for state, lead_words in (
        ("out_of_date", N_("Clean tables older than the returns or the programme")),
        ("alone", N_("Clean tables taken over without the returns")),
    ):
        held = [names[code] for code in quality.loc[quality["state"] == state, "province_code"]]
        if held:
            items.append((t(lead_words), listed(held)))
    for row in _named(quality, names).to_dict("records"):
        if "poverty" not in str(row["tables"]).split():
            items.append((row["province"], t("counts of households were not taken over")))
    return Prose([lead], items)


# Rates --------------------------------------------------------------------------------------


def rate_chart(
    figures: pd.DataFrame, column: str, names: Mapping[str, str], year: int, lang: str
) -> Figure | Prose:
    """Draw a rate of each province as a dot, with what it is of beside it.

    A rate of a part of the units is a ring: it takes no part in the finding above.

    Parameters
    ----------
    column
        The rate: one of `RATES`.
    """
    t, rate = translator(lang), RATES[column]
    frame = _named(figures, names)
    if frame.empty or frame[column].isna().all():
        return Prose([t("No province reports this for {year}.", year=year)])
    shown = frame.sort_values(column, ascending=False, kind="stable")
    rows = charts.records(shown)
    said = [_value(row, rate, lang) for row in rows]
    laid = Rows.of([row["province"] for row in rows])
    values = [0.0 if numbers.is_absent(row[column]) else float(row[column]) for row in rows]
    chart = Chart(
        slug=f"provinces-{column.replace('_', '-')}",
        title=_finding(frame, rate, year, lang),
        says=t("A dot a province: its rate, and of how much it is."),
        table=_TABLES[column].table(shown, lang, year=year, names=names),
        axis=t(rate.axis),
        note=_rings(frame, rate, lang),
    )
    scale = Scale(min([0.0, *values]), max(values) or 1.0)
    plot, picture = chart.ground(laid, scale, charts.words_at_ends(said) + 4)
    told = [f"{row['province']}: {words}" for row, words in zip(rows, said, strict=True)]
    for at, row in laid.marks(plot, rows, told):
        y, x = laid.middles[at], scale(values[at])
        if not numbers.is_absent(row[column]):
            plot.line((scale(0.0), y), (x, y), style.OUTSIDE_FILL, 2)
            plot.dot(x, y, style.ACCENT, hollow=not row[f"{column}_whole"])
        plot.text(x, y, said[at], dx=9)
    return chart.figure(picture, told)


def _value(row: Mapping[str, Any], rate: Rate, lang: str) -> str:
    """Write a rate and what it is of: ``54.7% (64/117)``."""
    if numbers.is_absent(row[rate.column]):
        return numbers.NOT_REPORTED
    shown = numbers.percent(row[rate.column], lang, rate.decimals)
    part, whole = (numbers.number(row[name], lang) for name in rate.beside)
    return f"{shown} ({part}/{whole})"


def _rings(frame: pd.DataFrame, rate: Rate, lang: str) -> str:
    """Say which provinces are drawn as rings, and how many of their units reported."""
    t = translator(lang)
    part = frame[frame[rate.column].notna() & ~frame[f"{rate.column}_whole"]]
    said = [
        f"{row['province']}: "
        + claims.base({rate.unit: (int(row[rate.reported[0]]), int(row[rate.reported[1]]))}, lang)
        for row in part.to_dict("records")
    ]
    return t("Rings: of a part, so not ranked ({said}).", said="; ".join(said)) if said else ""


def _finding(frame: pd.DataFrame, rate: Rate, year: int, lang: str) -> str:
    """Say who is first of those whose rate is of all units; of a single one, its rate."""
    t = translator(lang)
    ranked = frame[frame[f"{rate.column}_whole"]].set_index("province")[rate.column]
    place = claims.first(ranked, rate.decimals)
    what = t(rate.title, year=year)
    write = partial(numbers.percent, lang=lang, decimals=rate.decimals)
    if not place:
        return t("{what}: no province reported in full", what=what)
    if place.compared == 1:
        return f"{what}: {place.holders[0]}, {write(place.value)}"
    said = claims.said(place, rate.words, write, lang)
    among = claims.counted(PROVINCES, place.compared, lang)
    return t("{said} ({year}, {among} compared)", said=said, year=year, among=among)


STANDARD = TableSpec(
    slug="provinces-communes",
    caption=N_("Communes meeting the new-rural standard by province, {year}"),
    columns=(
        _PROVINCE,
        "communes",
        Column("communes_reported", N_("of which reported"), "number", unit=N_("communes")),
        "communes_recognised recognised_pct mean_criteria",
    ),
    name=_province,
    notes=N_(
        "Recognised under the set of criteria of the year; communes not reported count as "
        "not recognised, so that the share is the least it can be."
    ),
)
DISTRICTS = TableSpec(
    slug="provinces-districts",
    caption=N_("Districts with all communes recognised, by province, {year}"),
    columns=(_PROVINCE, "districts_with_communes districts_known districts_met condition_met_pct"),
    name=_province,
    notes=N_(
        "All communes recognised is the first condition of a district's standard; its own "
        "criteria are not in the returns, so no district is said to meet it."
    ),
)
POVERTY = TableSpec(
    slug="provinces-poverty",
    caption=N_("Poor households by province at the end of {year}"),
    columns=(
        _PROVINCE,
        Column("units", N_("Communes, wards and townships"), "number", unit=N_("units")),
        Column("poor_rate_units", N_("of which reported"), "number", unit=N_("units")),
        Column("poor_rate_base_hh", N_("Households"), "number"),
        "poor_end_hh poor_rate_pct near_poor_rate_pct",
    ),
    name=_province,
    notes=N_("Rates are of the units that report both households and poor households."),
)
MONEY = TableSpec(
    slug="provinces-money",
    caption=N_("Money allocated and disbursed by province, {year}"),
    columns=(
        _PROVINCE,
        "lines lines_reported allocated_vnd covered_vnd disbursed_vnd disbursed_rate_pct",
        "disbursed_rate_low_pct disbursed_rate_high_pct",
    ),
    name=_province,
    notes=N_(
        "The rate is of the lines whose disbursement is reported; the last two columns say "
        "how low and how high it could be with the others. Nothing is said of money that "
        "would lapse: the last days for payment are not confirmed."
    ),
)
_TABLES = {
    "recognised_pct": STANDARD,
    "condition_met_pct": DISTRICTS,
    "poor_rate_pct": POVERTY,
    "disbursed_rate_pct": MONEY,
}


# The year before ----------------------------------------------------------------------------

CHANGES = TableSpec(
    slug="provinces-changes",
    caption=N_("Change of {before} to {year} by province, over what reported both years"),
    columns=(
        _PROVINCE,
        Column("compared", N_("Units compared"), "number", unit=N_("units")),
        Column("compared_of", N_("Units of the year"), "number", unit=N_("units")),
        "before_rate_pct after_rate_pct change_pp",
    ),
    name=_province,
)


def poverty_change_chart(
    changes: pd.DataFrame, names: Mapping[str, str], year: int, lang: str
) -> Figure | Prose:
    """Draw each province's poverty rate of the year before and of this one.

    Over the commune-level units that reported both. Across two poverty standards, and where a
    province has no earlier year, nothing is drawn.
    """
    t = translator(lang)
    if why := _other_standard(year, lang):
        return Prose([why])
    frame = changes[changes["indicator"] == "poor_rate_pct"] if len(changes) else changes
    if frame.empty:
        return Prose([t("No province has comparable returns of the year before.")])
    frame = _named(frame, names).rename(
        columns={"before": "before_rate_pct", "after": "after_rate_pct", "change": "change_pp"}
    )
    frame = frame.assign(strong=False).sort_values("after_rate_pct", ascending=False, kind="stable")
    absent = [name for code, name in names.items() if code not in set(frame["province_code"])]
    notes = []
    if absent:
        notes.append(t("Not compared: {names}.", names=numbers.joined(absent, lang)))
    for row in frame.to_dict("records"):
        of = claims.part("units", row["compared"], row["compared_of"], lang)
        notes += [f"{row['province']}: {of}."] if of else []
    chart = Chart(
        slug="provinces-poverty-change",
        title=_change_finding(frame, year, lang),
        says=t("Two dots a province: its poverty rate of the year before, and of this one."),
        table=CHANGES.table(frame, lang, year=year, names=names),
        axis=t("Poor households in % of all households, over units that reported both years"),
        note=" ".join(notes),
    )
    pair = (
        Series("before_rate_pct", str(year - 1), style.MUTED),
        Series("after_rate_pct", str(year), style.ACCENT),
    )
    return charts.dot_pairs(
        *(chart, frame, "province", pair),
        text=lambda one: numbers.percent(one, lang, 2),
        strong="strong",
    )


def _change_finding(frame: pd.DataFrame, year: int, lang: str) -> str:
    t = translator(lang)
    whole = frame[frame["compared"] == frame["compared_of"]]
    fell = sum(claims.direction(one, 2) == -1 for one in frame["change_pp"])
    if len(frame) == 1:
        row = frame.iloc[0]
        way = claims.moved(
            *(row["before_rate_pct"], row["after_rate_pct"]),
            lambda one: numbers.percent(one, lang, 2),
            *(lang, 2),
        )
        return t("{name}: the poverty rate {moved} ({before}–{year})", name=row["province"],
                 moved=way, before=year - 1, year=year)  # fmt: skip
    text = t(
        "The poverty rate fell in {n} of {all} provinces compared between {before} and {year}",
        n=fell,
        all=len(frame),
        before=year - 1,
        year=year,
    )
    place = claims.first(-whole.set_index("province")["change_pp"], 2, above=0)
    if place.compared > 1 and place and not place.everyone:
        text += "; " + t(
            "the most in {names}, by {size}",
            names=claims.named([str(one) for one in place.holders], lang, unit=PROVINCES),
            size=claims.counted(claims.UNITS["points"], abs(place.value), lang, 2),
        )
    return text


def _other_standard(year: int, lang: str) -> str:
    """Say that the year before was under another poverty standard, if it was."""
    t = translator(lang)
    try:
        own, before = (poverty_standards.standard(one) for one in (year, year - 1))
    except Refusal as error:
        return str(error)
    if own.code == before.code:
        return ""
    return t(
        "Poverty of {year} is measured by another standard than that of {before}: nothing is "
        "compared.",
        year=year,
        before=year - 1,
    )


def recognised_change_text(
    changes: pd.DataFrame, names: Mapping[str, str], year: int, lang: str
) -> Prose:
    """Say how many more communes are recognised than the year before, province by province."""
    t = translator(lang)
    own, before = criteria.criteria_set(year), criteria.criteria_set(year - 1)
    if own.code != before.code:
        text = t(
            "Communes of {year} are assessed by another set of criteria than those of {before}: "
            "nothing is compared.",
            year=year,
            before=year - 1,
        )
        return Prose([text])
    frame = changes[changes["indicator"] == "communes_recognised"] if len(changes) else changes
    if frame.empty:
        return Prose([t("No province has comparable returns of the year before.")])
    items = []
    for row in _named(frame, names).to_dict("records"):
        way = claims.moved(
            row["before"], row["after"], lambda one: numbers.number(one, lang, 0), lang
        )
        base = claims.base({"communes": (int(row["compared"]), int(row["compared_of"]))}, lang)
        said = t("communes recognised {moved}, over {base} that reported both years",
                 moved=way, base=base)  # fmt: skip
        items.append((row["province"], said))
    return Prose(items=items)


# Quality ------------------------------------------------------------------------------------

quality_table = TableSpec(
    slug="provinces-quality",
    caption=N_("What was received of each province for {year}, and what became of it"),
    columns=(
        _PROVINCE,
        *(
            Column(name, label, "number", spanner=N_("Returns"), unit=N_("districts"))
            for name, label in (
                ("returns_expected", N_("expected")),
                ("returns_received", N_("received")),
                ("returns_read", N_("read")),
                ("returns_whole", N_("whole")),
            )
        ),
        *(
            Column(name, label, "number", spanner=N_("Cells"), unit=N_("cells"))
            for name, label in (
                ("cells", N_("received")),
                ("cells_read", N_("read")),
                ("cells_refused", N_("refused")),
            )
        ),
        *(
            Column(name, label, "number", spanner=N_("Findings"), unit=N_("findings"))
            for name, label in (
                ("errors", N_("errors")),
                ("warnings", N_("doubtful")),
                ("notes", N_("repaired or left aside")),
            )
        ),
    ),
    name=_province,
    notes=N_(
        "Many repaired values are a habit of writing, not an error: the number of findings "
        "is no ranking. …: nothing was received."
    ),
)


def quality_chart(
    quality: pd.DataFrame, names: Mapping[str, str], year: int, lang: str
) -> Figure | Prose:
    """Draw how many of the returns of each province are whole."""
    t = translator(lang)
    frame = _named(quality, names).dropna(subset=["returns_expected"])
    frame = frame.sort_values(["returns_whole", "returns_expected"], ascending=False, kind="stable")
    if frame.empty:
        return Prose([t("Of {year} no list of districts says how many returns to expect.",
                        year=year)])  # fmt: skip
    whole, of = int(frame["returns_whole"].sum()), int(frame["returns_expected"].sum())
    base = claims.base({"districts": (whole, of)}, lang)
    chart = Chart(
        slug="provinces-returns",
        title=t("Whole returns of {year} from {base}", year=year, base=base),
        says=t("A bar a province: the returns expected, and those that are whole."),
        table=TableSpec(
            slug="provinces-returns-data",
            caption=N_("Returns expected and whole by province, {year}"),
            columns=(
                _PROVINCE,
                Column("returns_expected", N_("Returns expected"), "number", unit=N_("districts")),
                Column("returns_whole", N_("Whole returns"), "number", unit=N_("districts")),
            ),
            name=_province,
        ).table(frame, lang, year=year, names=names),
        axis=t("Districts"),
    )
    return charts.bars_within(
        *(chart, frame, "province"),
        Series("returns_expected", t("expected"), style.OUTSIDE_FILL),
        Series("returns_whole", t("whole"), style.ACCENT),
        text=lambda row: t(
            "{n} of {all}",
            n=numbers.number(row["returns_whole"], lang),
            all=numbers.number(row["returns_expected"], lang),
        ),
    )


rules_table = TableSpec(
    slug="provinces-findings",
    caption=N_("Rules that found errors or doubtful values, by province, {year}"),
    columns=(
        Column("meaning", N_("What was found"), said=meaning),
        Column("gravity", N_("How grave"), said=gravity),
        "findings",
        Column("finding_files", "", said=lambda row, _: row["files"]),
    ),
    group=Column("province", N_("Province or city"), said=_province),
    empty=N_("No rule found an error or a doubtful value."),
)


def _sent(row: Mapping[str, Any], lang: str) -> str:
    t = translator(lang)
    return t("illustrative, sent by nobody") if row["illustrative"] else t("as they were sent")


sources_table = TableSpec(
    slug="provinces-sources",
    caption=N_("Where the tables of {year} come from"),
    columns=(
        _PROVINCE,
        Column("workspace", N_("Workspace")),
        Column("kind", N_("Returns"), said=_sent),
        Column("words", N_("Clean tables"), said=from_list("workspace_state", "state")),
        Column(
            "tables",
            N_("Tables taken over"),
            said=lambda row, _: ", ".join(str(row["tables"]).split()),
        ),
    ),
    name=_province,
)
