"""Poor and near-poor households as readers see them: headline figures, tables, sentences.

Everything takes frames of :mod:`kgstats.analysis.poverty`; charts and maps stand in
:mod:`kgstats.present.poverty_charts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers
from kgstats.present.maps import area_name
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.provenance import behind
from kgstats.present.tables import Column, Table, TableSpec, places
from kgstats.reference import areas, poverty_standards
from kgstats.reference.poverty_standards import FEW_HOUSEHOLDS
from kgstats.reference.programmes import Target
from kgstats.words import N_, translator

WITHHELD = "c"
"""Shown for a count that is withheld to protect households."""
FEW_MARK = "*"

_BASES = {
    "poor_rate_pct": "households_hh",
    "near_poor_rate_pct": "households_hh",
    "ethnic_poor_rate_pct": "ethnic_households_hh",
    "ethnic_near_poor_rate_pct": "ethnic_households_hh",
    "poor_escape_rate_pct": "poor_start_hh",
    "poor_reentry_rate_pct": "poor_escaped_hh",
    "near_poor_escape_rate_pct": "near_poor_start_hh",
    "near_poor_reentry_rate_pct": "near_poor_escaped_hh",
    "poor_income_share_pct": "poor_end_hh",
    "poor_deprivation_share_pct": "poor_end_hh",
    "after_rate_pct": "base_after_hh",
    "change_pp": "base_before_hh",
    "rate_relative_pct": "before_hh",
}
"""Of what each rate is: without any such household the rate cannot exist."""


# ------------------------------------------------------------------ words


def standard_name(code: str, lang: str) -> str:
    """Return a poverty standard's name by its code; an unknown code as it is."""
    names = {one.code: one.name(lang) for one in poverty_standards.standards()}
    return names.get(code, code)


def whole_name(year: int, lang: str) -> str:
    """Name the row of all units: the province, or what it was before it joined another."""
    t = translator(lang)
    if areas.province(year) == areas.TERRITORY:
        return t("Province")
    return t("Former {province}", province=areas.TERRITORY)


def unit_words(year: int, lang: str) -> Callable[[Any], str]:
    """Return a look-up: code of a unit gives its name with its type in a year."""
    units = areas.units(year)
    rows = zip(units["commune_code"], units["type"], units["name"], strict=True)
    held = {code: area_name(kind, name, lang) for code, kind, name in rows}
    return lambda code: held.get(str(code), str(code))


def area_words(frame: pd.DataFrame, year: int) -> list[str]:
    """Name the area of each row, by its commune's or its district's code."""
    level = "commune" if "commune_code" in frame.columns else "district"
    names = places(year)[level]
    return [names.get(str(code), str(code)) for code in frame[f"{level}_code"]]


def names_of(names: Sequence[str], lang: str, most: int = 5) -> str:
    """Write a few names, and how many more there are."""
    if len(names) <= most:
        return numbers.joined(list(names), lang)
    t = translator(lang)
    shown = names[: most - 1]
    return t("{names} and {n} more", names=", ".join(shown), n=len(names) - len(shown))


def change_words(points: Any, lang: str, decimals: int = 2) -> str:
    """Say a change in points in words: ``down 1.45 percentage points``.

    >>> change_words(-1.4501, "en")
    'down 1.45 percentage points'
    """
    t = translator(lang)
    if numbers.is_absent(points):
        return numbers.NOT_REPORTED
    size = numbers.number(abs(float(points)), lang, decimals)
    if numbers.rounded(float(points), decimals) == 0:
        return t("unchanged")
    if points < 0:
        return t("down {n} percentage points", n=size)
    return t("up {n} percentage points", n=size)


def no_base(year: int, lang: str) -> Prose:
    """Say that there is nothing to compare with."""
    text = translator(lang)(
        "There is no comparable table of an earlier year, so no change to {year} is computed.",
        year=year,
    )
    return Prose([text], kind="caution")


def source_note(year: int, lang: str) -> str:
    """Say where the figures come from and under which standard."""
    standard = poverty_standards.standard(year)
    return translator(lang)(
        "Source: yearly reviews in the districts' returns. Standard: {standard} ({decision}).",
        standard=standard.name(lang),
        decision=standard.decision,
    )


def _notes(frame: pd.DataFrame, year: int, lang: str, *more: str) -> list[str]:
    notes = [note for note in more if note]
    if "withheld" in frame.columns and frame["withheld"].ne("").any():
        notes.append(translator(lang)("{mark}: withheld.", mark=WITHHELD))
    return [*notes, source_note(year, lang)]


def coverage_note(whole: pd.DataFrame, lang: str, column: str = "reported_units") -> str:
    """Say how many units a table rests on, where some did not report; else nothing."""
    t = translator(lang)
    there, all_units = int(whole[column].sum()), int(whole["expected_units"].sum())
    if there == all_units:
        return ""
    return t(
        "{there} of {all} commune-level units reported; sums and rates are of those. "
        "{absent}: not reported.",
        there=numbers.number(there, lang),
        all=numbers.number(all_units, lang),
        absent=numbers.NOT_REPORTED,
    )


def with_signs(frame: pd.DataFrame) -> pd.DataFrame:
    """Put a sign where a number cannot stand: withheld, or no household of the kind."""
    shown = frame.astype(object)
    if "withheld" in frame.columns:
        for place, names in frame["withheld"].items():
            if not numbers.is_absent(names) and names:
                shown.loc[place, str(names).split()] = WITHHELD
    for rate, base in _BASES.items():
        if rate in frame.columns and base in frame.columns:
            without = frame[rate].isna() & frame[base].eq(0).fillna(False).astype(bool)
            shown.loc[without, rate] = numbers.NOT_APPLICABLE
    return shown


def _spec(spec: TableSpec, year: int, lang: str) -> TableSpec:
    """Let a table call its total what the province is called in the year."""
    return replace(spec, total=whole_name(year, lang))


# ------------------------------------------------------------------ opening


def headlines(whole: pd.DataFrame, moved: pd.DataFrame, lang: str) -> Headlines:
    """Show the four rates of the province, each with its change and its households.

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
        count = level[f"{measure}_end_hh"]
        homes = t("{n} households", n=numbers.number(count, lang))
        if measure in changed:
            row = changed[measure]
            homes += "; " + t(
                "{change} on {year}",
                change=change_words(row["change_pp"], lang),
                year=int(row["base_year"]),
            )
        label = registry.measures()[f"{measure}_rate_pct"].label
        items.append(Headline(t(label), numbers.percent(level[f"{measure}_rate_pct"], lang), homes))
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
    (level,) = whole.to_dict("records")
    standard = poverty_standards.standard(int(level["year"]))
    rule = standard.rule(lang)
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
            "Rates are poor households in each 100 resident households of the same group, "
            "computed from the counts of {there} of {all} commune-level units. A difference of "
            "two rates is in percentage points, never in percent.",
            there=numbers.number(level["reported_units"], lang),
            all=numbers.number(level["expected_units"], lang),
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


_PUBLISHED = TableSpec(
    slug="poverty-published",
    caption=N_("Computed from the returns and published, {year}"),
    columns=(
        Column("what", N_("Figure")),
        Column("quantity", N_("Quantity"), "code"),
        Column("computed_value", N_("Computed"), "number"),
        Column("printed", N_("Published"), "number"),
        Column("is_agreeing", N_("Agrees when rounded")),
        Column("source", N_("Source")),
    ),
    name=lambda row, lang: str(row["what"]),
    notes=(
        N_(
            "A published figure agrees when it is the computed one rounded to the decimals that "
            "were printed."
        ),
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
        return Prose([t("No published figure of {year} is known here.", year=year)])
    shown = beside.astype(object)
    rows = beside.to_dict("records")
    decimals = [0 if row["quantity"] == "count_hh" else 4 for row in rows]
    shown["what"] = [_figure_words(row["measure"], row["quantity"], lang) for row in rows]
    shown["computed_value"] = [
        numbers.rounded(float(row["computed_value"]), places).normalize()
        for row, places in zip(rows, decimals, strict=True)
    ]
    shown["printed"] = [numbers.rounded(float(r["printed"]), int(r["decimals"])) for r in rows]
    shown["is_agreeing"] = [t("yes") if row["is_agreeing"] else t("no") for row in rows]
    shown["source"] = [
        t("printed report, section {section}", section=row["source"])
        if row["id"].startswith("poverty_")
        else row["source"]
        for row in rows
    ]
    return _PUBLISHED(shown, lang, year=year)


def _figure_words(measure: str, quantity: str, lang: str) -> str:
    t = translator(lang)
    if quantity == "count_hh":
        return t(registry.codes("measure")[measure])
    return t(registry.measures()[f"{measure}_rate_pct"].label)


# ------------------------------------------------------------------ levels and changes

_POOR, _NEAR_POOR = N_("Poor households"), N_("Near-poor households")
_ETHNIC = N_("Ethnic minorities")
_LEVELS = (
    Column("households_hh", N_("Households"), "number"),
    Column("poor_end_hh", N_("Number"), "number", spanner=_POOR),
    Column("poor_rate_pct", N_("Rate"), "percent", spanner=_POOR),
    Column("near_poor_end_hh", N_("Number"), "number", spanner=_NEAR_POOR),
    Column("near_poor_rate_pct", N_("Rate"), "percent", spanner=_NEAR_POOR),
    Column("ethnic_households_hh", N_("Households"), "number", spanner=_ETHNIC),
    Column("ethnic_poor_end_hh", N_("poor"), "number", spanner=_ETHNIC),
    Column("ethnic_poor_rate_pct", N_("rate"), "percent", spanner=_ETHNIC),
    Column("ethnic_near_poor_end_hh", N_("near-poor"), "number", spanner=_ETHNIC),
    Column("ethnic_near_poor_rate_pct", N_("rate"), "percent", spanner=_ETHNIC),
)


def _level_cells(levels: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return levels as they are shown: signs, and a mark at rates on few households."""
    shown = with_signs(levels)
    for measure in registry.codes("measure"):
        rate = f"{measure}_rate_pct"
        few = levels[f"{measure}_rate_few"].fillna(False).astype(bool) & levels[rate].notna()
        shown[rate] = [
            numbers.percent(value, lang, 2) + FEW_MARK if marked else value
            for value, marked in zip(shown[rate], few, strict=True)
        ]
    return shown


def _few_note(levels: Sequence[pd.DataFrame], lang: str) -> str:
    marks = [
        (frame[f"{measure}_rate_few"].fillna(False) & frame[f"{measure}_rate_pct"].notna()).any()
        for frame in levels
        for measure in registry.codes("measure")
    ]
    if not any(marks):
        return ""
    return translator(lang)(
        "{mark} Rate on fewer than {n} households: one household more or less moves it by over a "
        "point.",
        mark=FEW_MARK,
        n=FEW_HOUSEHOLDS,
    )


_LEVELS_TABLE = TableSpec(
    slug="poverty-levels",
    caption=N_("Poor and near-poor households at the end of {year}, urban and rural"),
    columns=("district_code", *_LEVELS),
    group=Column("area", ""),
    total=N_("Total"),
)


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
    there = [area for area in registry.codes("area") if area in set(by_area["area"])]
    words = {
        area: f"{numeral}. {t(registry.codes('area')[area])}"
        for numeral, area in zip(_ROMAN, there, strict=False)
    }
    order = {area: place for place, area in enumerate(words)}

    def shown(frame: pd.DataFrame) -> pd.DataFrame:
        ordered = frame.sort_values("area", key=lambda one: one.map(order), kind="stable")
        cells = _level_cells(ordered.reset_index(drop=True), lang)
        return cells.assign(area=[words[area] for area in cells["area"]])

    stub = "commune_code" if "commune_code" in levels.columns else "district_code"
    spec = replace(_LEVELS_TABLE, columns=(stub, *_LEVELS), together=whole_name(year, lang))
    return spec(
        shown(levels),
        lang,
        subtotals=shown(by_area),
        total=_level_cells(whole.reset_index(drop=True), lang),
        notes=_notes(
            levels,
            year,
            lang,
            coverage_note(whole, lang),
            _few_note([levels, by_area, whole], lang),
        ),
        year=year,
    )


_ROMAN = ("I", "II", "III", "IV", "V")


_CHANGE_MEASURES = (
    "before_hh", "after_hh", "change_hh", "after_rate_pct", "change_pp", "rate_relative_pct"
)  # fmt: skip
_CHANGES = TableSpec(
    slug="poverty-changes",
    caption=N_("Change of poor and near-poor households from {before} to {year}"),
    columns=(
        "district_code",
        *(f"Poor households: poor_{name}" for name in _CHANGE_MEASURES),
        *(f"Near-poor households: near_poor_{name}" for name in _CHANGE_MEASURES),
    ),
    notes=(
        N_(
            "Points: difference of the two rates. Change of the rate: that difference in percent "
            "of the earlier rate."
        ),
    ),
)


def changes_table(moved: pd.DataFrame, whole: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Show the change of poor and near-poor households by district: in households and points.

    Parameters
    ----------
    moved, whole
        Changes by district (or commune), and of the province.
    """
    if whole.empty:
        return no_base(year, lang)
    spec = _by_area(_spec(_CHANGES, year, lang), moved)
    of_poor = whole[whole["measure"] == "poor"]
    return spec(
        _side_by_side(moved),
        lang,
        total=_side_by_side(whole),
        notes=_notes(moved, year, lang, coverage_note(of_poor, lang, "matched_units")),
        year=year,
        before=int(whole["base_year"].iloc[0]),
    )  # fmt: skip


def _by_area(spec: TableSpec, frame: pd.DataFrame) -> TableSpec:
    """Let a table of districts name communes, where the frame is of communes."""
    if "commune_code" not in frame.columns:
        return spec
    return replace(spec, columns=("commune_code", *spec.columns[1:]))


def _side_by_side(moved: pd.DataFrame) -> pd.DataFrame:
    """Put poor and near-poor beside each other, a row an area."""
    keys = [k for k in ("base_year", "year", "district_code", "commune_code") if k in moved.columns]
    shown = with_signs(moved)
    pieces = []
    for measure in ("poor", "near_poor"):
        own = shown[moved["measure"] == measure].drop(columns="measure").reset_index(drop=True)
        pieces.append(own.drop(columns=keys).add_prefix(f"{measure}_"))
        named = own[keys]
    return pd.concat([named, *pieces], axis=1)


def commune_table(levels: pd.DataFrame, moved: pd.DataFrame, lang: str) -> Table:
    """Show every commune-level unit: poor and near-poor now, and the change of the poor rate.

    Parameters
    ----------
    levels, moved
        Levels of one year and changes by commune; changes may be empty.
    """
    t = translator(lang)
    year = int(levels["year"].iloc[0])
    shown = _level_cells(levels.reset_index(drop=True), lang)
    columns: list[str | Column] = ["commune_code", *_LEVELS]
    if len(moved):
        poor = with_signs(moved[moved["measure"] == "poor"])
        shown = shown.merge(
            poor[["commune_code", "base_year", "change_pp"]], on="commune_code", how="left"
        )
        before = int(moved["base_year"].iloc[0])
        label = t("poor rate against {year}, points", year=before)
        columns.append(Column("change_pp", label, "points", 2))
    units = unit_words(year, lang)
    spec = TableSpec(
        slug="poverty-communes",
        caption=N_(
            "Poor and near-poor households by commune, ward and township at the end of {year}"
        ),
        columns=(Column("commune_code", N_("Unit")), *columns[1:]),
        name=lambda row, lang: units(row["commune_code"]),
        group="district_code" if levels["district_code"].notna().any() else None,
    )
    return spec(
        shown,
        lang,
        notes=_notes(
            levels,
            year,
            lang,
            _few_note([levels], lang),
            t("{mark}: no household of the kind.", mark=numbers.NOT_APPLICABLE),
        ),
        year=year,
    )


# ------------------------------------------------------------------ flows, contributions, places


def _flow_columns(status: str, *words: str) -> tuple[str | Column, ...]:
    escaped, fell_back, new = words
    return (
        Column(f"{status}_start_hh", N_("Start"), "number"),
        Column(f"{status}_escaped_hh", escaped, "number"),
        Column(f"{status}_fell_back_hh", fell_back, "number"),
        Column(f"{status}_new_hh", new, "number"),
        Column(f"{status}_end_hh", N_("End"), "number"),
        f"{status}_residue_hh",
        f"{status}_net_change_hh",
        f"{status}_gross_change_hh",
        f"{status}_escape_rate_pct",
        f"{status}_reentry_rate_pct",
    )


_FLOWS = {
    "poor": TableSpec(
        slug="poverty-flows-poor",
        caption=N_("Poor households in and out during {year}"),
        columns=(
            "district_code",
            *_flow_columns("poor", N_("Escaped"), N_("Fell back"), N_("Newly poor")),
        ),
    ),
    "near_poor": TableSpec(
        slug="poverty-flows-near-poor",
        caption=N_("Near-poor households in and out during {year}"),
        columns=(
            "district_code",
            *_flow_columns(
                "near_poor", N_("Left near-poverty"), N_("Near-poor again"), N_("Newly near-poor")
            ),
        ),
    ),
}


def flows_table(flows: pd.DataFrame, whole: pd.DataFrame, lang: str, status: str = "poor") -> Table:
    """Show by district how many households left poverty, fell back, or became poor.

    Parameters
    ----------
    flows, whole
        Flows of one year by district (or commune), and of the province.
    status
        ``poor`` or ``near_poor``.
    """
    t = translator(lang)
    year = int(whole["year"].iloc[0])
    spec = _by_area(_spec(_FLOWS[status], year, lang), flows)
    column = f"{status}_residue_hh"
    closing = ""
    if column not in flows.columns:
        spec = replace(
            spec, columns=tuple(c for c in spec.columns if getattr(c, "key", c) != column)
        )
    elif not numbers.is_absent(residue := whole[column].iloc[0]):
        closing = (
            t("Start − escaped + fell back + newly poor = end closes in the province.")
            if residue == 0
            else t(
                "The stated movements leave {n} households of the province's end unexplained.",
                n=numbers.signed(residue, lang),
            )
        )
    return spec(
        with_signs(flows),
        lang,
        total=with_signs(whole),
        notes=_notes(
            flows, year, lang, closing, coverage_note(whole, lang, f"{status}_flow_units")
        ),
        year=year,
    )


_CONTRIBUTIONS = TableSpec(
    slug="poverty-contributions-poor",
    caption=N_(
        "What each district contributed to the change of the province's poor rate, {before} to "
        "{year}"
    ),
    columns=(
        "district_code",
        "before_rate_pct",
        "after_rate_pct",
        "rate_effect_pp",
        "weight_effect_pp",
        "contribution_pp",
        "contribution_share_pct",
    ),
    notes=(
        N_(
            "Effect of the rate: poverty in the district fell or rose. Effect of the weight: the "
            "district, poorer or better off than the province, grew or shrank in households. "
            "Both add up to the province's change with nothing left over."
        ),
    ),
)


def contributions_table(
    parts: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Table | Prose:
    """Show what each district contributed to the change of the province's rate.

    Parameters
    ----------
    parts, total
        :func:`kgstats.analysis.poverty.decompose`, and its sum.
    """
    if total.empty:
        return no_base(year, lang)
    spec = _by_area(_spec(_CONTRIBUTIONS, year, lang), parts)
    return spec(
        parts,
        lang,
        total=total,
        notes=_notes(parts, year, lang),
        year=year,
        before=int(total["base_year"].iloc[0]),
    )


_CONCENTRATION = TableSpec(
    slug="poverty-concentration",
    caption=N_("Share of the province's poor households and of all households, {year}"),
    columns=(
        "district_code",
        "poor_rate_pct",
        "poor_end_hh",
        "poor_share_pct",
        "household_share_pct",
        "concentration_ratio",
        "cumulative_poor_pct",
        "cumulative_household_pct",
    ),
    notes=(N_("Poorest first. Above 1: poorer than the province."),),
)


def concentration_table(concentrated: pd.DataFrame, year: int, lang: str) -> Table:
    """Show where the poor live: share of the poor against share of households, poorest first."""
    spec = _by_area(_CONCENTRATION, concentrated)
    return spec(concentrated, lang, notes=_notes(concentrated, year, lang), year=year)


_REASONS = TableSpec(
    slug="poverty-reasons",
    caption=N_("Poor by income and poor by lack of basic services, {year}"),
    columns=(
        "district_code",
        "poor_end_hh",
        Column("poor_income_hh", N_("by income"), "number"),
        Column("poor_deprivation_hh", N_("by lack of services"), "number"),
        "poor_income_share_pct",
        "poor_deprivation_share_pct",
    ),
)


def reasons_table(reasons: pd.DataFrame, whole: pd.DataFrame, lang: str) -> Table | Prose:
    """Show the income-poor and the deprivation-poor by district, where returns give them."""
    if not int(whole["reason_units"].sum()):
        text = translator(lang)("The returns do not say why households are poor.")
        return Prose([text], kind="caution")
    year = int(whole["year"].iloc[0])
    return _by_area(_spec(_REASONS, year, lang), reasons)(
        with_signs(reasons),
        lang,
        total=with_signs(whole),
        notes=_notes(reasons, year, lang, coverage_note(whole, lang, "reason_units")),
        year=year,
    )


# ------------------------------------------------------------------ gap, targets, pace


def gap_note(narrowed: Mapping[str, pd.DataFrame], year: int, lang: str) -> Prose:
    """Say whether the gap between ethnic-minority and all households narrowed.

    Parameters
    ----------
    narrowed
        :func:`kgstats.analysis.poverty.ethnic_gap_change` of the province, for ``poor`` and
        ``near_poor``.
    """
    t = translator(lang)
    if all(frame.empty for frame in narrowed.values()):
        return no_base(year, lang)
    words = {"poor": t("Poor"), "near_poor": t("Near-poor")}
    items = []
    for status, frame in narrowed.items():
        (row,) = frame.to_dict("records")
        if numbers.is_absent(row["gap_change_pp"]):
            continue
        values = {
            when: numbers.number(row[f"gap_{when}_pp"], lang, 2) for when in ("before", "after")
        }
        text = (
            t("the gap narrowed from {before} to {after} percentage points", **values)
            if row["is_narrowed"]
            else t("the gap did not narrow: {before}, then {after} percentage points", **values)
        )
        if not numbers.is_absent(row["is_ratio_lower"]):
            ratios = {
                when: numbers.number(row[f"{when}_ratio"], lang, 2) for when in ("before", "after")
            }
            text += "; " + (
                t("as a ratio it fell from {before} to {after}", **ratios)
                if row["is_ratio_lower"]
                else t("as a ratio it rose from {before} to {after}", **ratios)
            )
        items.append((words[status], text + "."))
    return Prose([t("Ethnic-minority households against all households of the province:")], items)


def target_words(low: Any, high: Any, lang: str) -> str:
    """Write a target as a range, or as what is to be reached at least.

    >>> target_words(1.0, 1.5, "en"), target_words(1.0, None, "en")
    ('1–1.5', 'at least 1')
    """
    if numbers.is_absent(high):
        return translator(lang)("at least {n}", n=numbers.number(float(low), lang))
    return f"{numbers.number(float(low), lang)}–{numbers.number(float(high), lang)}"


_TARGETS = TableSpec(
    slug="poverty-targets",
    caption=N_("Fall of the poor rate from {before} to {year} against the target"),
    columns=(
        "district_code",
        "before_rate_pct",
        "after_rate_pct",
        "fall_pp",
        Column("target", N_("Target, points"), "mixed"),
        Column("verdict", N_("Result"), "code"),
    ),
    group=Column("scope", "", "code"),
)


def targets_table(
    rows: Sequence[pd.DataFrame],
    together: Sequence[pd.DataFrame],
    targets: Sequence[Target],
    year: int,
    lang: str,
) -> Table | Prose:
    """Show the fall of the poor rate against its targets: province, districts, communes named.

    Parameters
    ----------
    rows
        :func:`kgstats.analysis.poverty.against_targets` by district (or commune), and of the
        communes named.
    together
        The same of the province, and of those communes together.
    """
    t = translator(lang)
    wholes = pd.concat([frame for frame in together if len(frame)] or together, ignore_index=True)
    against = pd.concat([frame for frame in rows if len(frame)] or rows, ignore_index=True)
    refused = no_targets(wholes, targets, year, lang)
    if refused is not None:
        return refused
    units, province = unit_words(year, lang), whole_name(year, lang)

    def named(row: Mapping[str, Any], lang: str) -> str:
        if not numbers.is_absent(row.get("commune_code")):
            return units(row["commune_code"])
        return places(year)["district"].get(str(row["district_code"]), "")

    def shown(frame: pd.DataFrame, **more: Any) -> pd.DataFrame:
        cells = with_signs(frame).assign(**more)
        ends = zip(frame["target_low_pp"], frame["target_high_pp"], strict=True)
        return cells.assign(target=[target_words(low, high, lang) for low, high in ends])

    these = t("These communes together")
    called = [these if one == "especially_difficult" else province for one in wholes["scope"]]
    notes = []
    hard = int((against["scope"] == "especially_difficult").sum())
    if hard:
        notes.append(
            t(
                "Especially difficult communes: only the {n} that documents known here name; the "
                "list is not complete.",
                n=hard,
            )
        )
    if any(not target.confirmed for target in targets):
        notes.append(t("The target of this year is taken from the year after: not confirmed."))
    notes.append(
        t("A rate that was lower than the target cannot fall by it and has not missed it.")
    )
    return replace(_TARGETS, name=named)(
        shown(against),
        lang,
        subtotals=shown(wholes, total_name=called),
        notes=_notes(against, year, lang, *notes),
        year=year,
        before=int(wholes["base_year"].iloc[0]),
    )


def no_targets(
    wholes: pd.DataFrame, targets: Sequence[Target], year: int, lang: str
) -> Prose | None:
    """Say why nothing can be held against targets, or nothing where it can."""
    t = translator(lang)
    if not targets:
        return Prose([t("No target of the poor rate is known for {year}.", year=year)])
    if wholes.empty:
        return no_base(year, lang)
    before = int(wholes["base_year"].iloc[0])
    if before == year - 1:
        return None
    text = t(
        "Targets are for one year; {before} and {year} are further apart.", before=before, year=year
    )
    return Prose([text], kind="caution")


_PACE = TableSpec(
    slug="poverty-pace",
    caption=N_("What {next_year} needs: a fall of {n} points in every area, or to zero"),
    columns=(
        "district_code",
        Column("poor_rate_pct", N_("Rate {year}"), "percent", 2),
        "needed_rate_pct",
        "poor_end_hh",
        "needed_end_hh",
        "needed_escapes_hh",
        Column("poor_escaped_hh", N_("escaped in {year}"), "number"),
        "escape_pace_ratio",
    ),
)


def pace_table(
    pace: pd.DataFrame, whole: pd.DataFrame, target: Target | None, year: int, lang: str
) -> Table | Prose:
    """Show what the next year needs to reach its target, by district.

    Parameters
    ----------
    pace, whole
        :func:`kgstats.analysis.poverty.pace` by district (or commune), and of the province.
    """
    t = translator(lang)
    if target is None:
        return Prose([t("No target of the poor rate is known for {year}.", year=year + 1)])
    note = t(
        "With as many households as now, and as many becoming poor or falling back as in {year}.",
        year=year,
    )
    return _by_area(_spec(_PACE, year, lang), pace)(
        with_signs(pace),
        lang,
        total=with_signs(whole),
        notes=_notes(pace, year, lang, note),
        year=year,
        next_year=year + 1,
        n=numbers.number(target.low, lang),
    )


# ------------------------------------------------------------------ other areas, definitions


def later_areas_table(
    levels: pd.DataFrame, whole: pd.DataFrame, to_year: int, lang: str, guarded: bool = False
) -> Table | Prose:
    """Show the years on the areas of a later year, by summing whole units.

    Parameters
    ----------
    levels, whole
        Levels by commune of counts carried to the later year's areas, and of the province.
    guarded
        Whether disclosure control is on: then the sums could give withheld counts away.
    """
    t = translator(lang)
    if guarded:
        text = t(
            "With disclosure control on, the figures are not shown on other areas: the sums could "
            "give withheld counts away."
        )
        return Prose([text], kind="caution")
    years = [int(year) for year in whole["year"]]
    # The codes are those of another year: under this name no one joins them to the year's own.
    shown, total = (
        _years_beside(frame.rename(columns={"commune_code": "later_code"}))
        for frame in (levels, whole)
    )
    parts = areas.successions(years[-1], to_year).groupby("to_code").size()
    shown["units"] = shown["later_code"].map(parts).astype("Int64")
    total["units"] = int(parts.sum())
    units = unit_words(to_year, lang)
    columns = [
        Column("later_code", N_("Unit of {to_year}")),
        Column("units", N_("Units of {year} in it"), "number"),
    ]
    for year in years:
        columns += [
            Column(f"poor_end_hh_{year}", N_("Poor households"), "number", spanner=str(year)),
            Column(f"poor_rate_pct_{year}", N_("Poor rate"), "percent", 2, str(year)),
        ]
    note = t(
        "Counts of whole units are added, rates computed again from the sums; no unit was "
        "divided. Units of {to_year} belong to the province of {province}.",
        to_year=to_year,
        province=areas.province(to_year),
    )
    spec = TableSpec(
        slug=f"poverty-areas-{to_year}",
        caption=N_("Poor households of {years} on the commune-level units of {to_year}"),
        columns=tuple(columns),
        name=lambda row, lang: units(row["later_code"]),
        total=N_("Total"),
    )
    made = spec(
        shown,
        lang,
        total=total,
        notes=_notes(levels, years[-1], lang, note),
        year=years[-1],
        to_year=to_year,
        years=numbers.joined([str(year) for year in years], lang),
    )
    return replace(made, sources=behind(whole, ["poor_end_hh", "poor_rate_pct"], None))


def _years_beside(levels: pd.DataFrame) -> pd.DataFrame:
    """Put the years beside each other, a row an area."""
    keys = [name for name in ("later_code",) if name in levels.columns]
    pieces = []
    for year, own in levels.groupby("year", sort=True):
        held = own[[*keys, "poor_end_hh", "poor_rate_pct"]].reset_index(drop=True)
        pieces.append(held[["poor_end_hh", "poor_rate_pct"]].add_suffix(f"_{year}"))
        named = held[keys]
    return pd.concat([named, *pieces], axis=1)


def definitions(year: int, lang: str) -> Prose:
    """Say what each figure means, for the end of the page and for downloads."""
    t = translator(lang)
    items = [
        (
            t("Poor rate"),
            t("poor households at the end of the year ÷ resident households × 100."),
        ),
        (
            t("Ethnic-minority poor rate"),
            t(
                "poor ethnic-minority households ÷ ethnic-minority households × 100; not their "
                "share among the poor."
            ),
        ),
        (t("Percentage point"), t("unit of the difference of two rates.")),
        (
            t("Fell back, newly poor"),
            t("poor again after having left poverty; poor for the first time on the lists."),
        ),
        (
            t("End of the year"),
            t(
                "the list approved after the yearly review, usually of September to December; it "
                "decides the support of the next year."
            ),
        ),
    ]
    if not poverty_standards.standard(year).rule_confirmed:
        items.append(
            (t("Standard"), t("the rule is given from general knowledge and is not confirmed."))
        )
    return Prose([source_note(year, lang)], items, kind="definitions")
