"""The quality of a year's data as readers see it: what came, what was found, what was assumed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, sources
from kgstats.present.columns import place_in
from kgstats.present.numbers import Quantity
from kgstats.present.prose import Headline, Headlines, Prose, capital
from kgstats.present.tables import Column, Table, TableSpec, places
from kgstats.reference import areas, programmes
from kgstats.returns.rules import RULES
from kgstats.words import N_, translator

if TYPE_CHECKING:
    from kgstats.words import Translate

STATUSES = registry.codes("correction_status")
"""What is said of a correction's status, for those of `kgstats.returns.corrections`."""

ROLES = registry.codes("role")
SEVERITIES = registry.codes("severity")
ACTIONS = registry.codes("action")

TOPICS = registry.codes("unconfirmed")

_RULES = {">=": "≥", "<=": "≤", "=": "="}
UNITS = registry.codes("reference_unit")


def _absent(year: int, lang: str) -> Prose:
    t = translator(lang)
    return Prose([t("No return of {year} was received, so nothing can be said here.", year=year)])


def nature(
    year: int, lang: str, *, returns: bool, report: bool, statement: Mapping[str, Any] | None
) -> Prose:
    """Say what kind of data stands behind the year: received, illustrative, printed, or nothing.

    ``statement`` is what the year's ``origin.yml`` declares of illustrative returns, by language.
    """
    t = translator(lang)
    items: list[tuple[str, str]] = []
    if not returns:
        items.append((t("Returns of the districts"), t("none of {year} was received", year=year)))
    elif statement is not None:
        said = str(statement.get(lang) or "").strip()
        items.append(
            (
                t("Returns of the districts"),
                " ".join(
                    [
                        said or t("Illustrative: nobody sent them."),
                        t("Never quote a place's figure from them."),
                    ]
                ),
            )
        )
    else:
        items.append((t("Returns of the districts"), t("as they were sent")))
    items.append(
        (
            t("Printed report"),
            t("its figures were transcribed and audited; see the page on the audit")
            if report
            else t("none of {year} was transcribed, so nothing is set beside it", year=year),
        )
    )
    return Prose(items=items, kind="nature")


def headlines(received: pd.DataFrame, lang: str) -> Headlines:
    """Show how much arrived, how much of it was refused, and that the cells add up.

    Parameters
    ----------
    received
        :func:`kgstats.analysis.quality.received`.
    """
    t, n = translator(lang), partial(numbers.number, lang=lang)
    (row,) = received.to_dict("records")
    items = [
        Headline(
            t("Forms received"), n(row["forms"]), t("of {n} forms", n=n(row["forms_expected"]))
        )
    ]
    if row["districts"]:
        of = t("of {n} districts", n=n(row["districts"]))
        items.insert(0, Headline(t("Districts with a return"), n(row["districts_there"]), of))
    if row["cells"]:
        items += [
            Headline(
                t("Cells received"),
                n(row["cells"]),
                t("every one accounted for; {n} refused", n=n(row["cells_refused"])),
            ),
            Headline(
                t("Refusals by the checks"),
                n(row["errors"]),
                t(
                    "one can take a whole row; besides {warnings} doubtful and {notes} repaired "
                    "or left aside",
                    warnings=n(row["warnings"]),
                    notes=n(row["notes"]),
                ),
            ),
        ]
    return Headlines(items)


_MOST_REFUSED = claims.Words(
    one=N_("Most refused cells are in returns of {names}: {value} of {all}"),
    many=N_("Most refused cells are in returns of {names}: {value} of {all} each"),
    every=N_("Every district has {value} of the {all} refused cells"),
)


def received_note(coverage: pd.DataFrame, refused: pd.DataFrame, year: int, lang: str) -> Prose:
    """Say of how many units each form has a row, and where most cells were refused.

    ``refused`` counts refused cells by district (:func:`kgstats.analysis.quality.refused_cells`).
    """
    t = translator(lang)
    of = []
    for form, held in registry.forms().items():
        kind = registry.tables()[held[-1]].units
        rows, whole = (int(coverage[name].sum()) for name in (f"rows_{form}", f"expected_{form}"))
        if kind and rows and whole:
            unit = "communes" if kind == "rural" else "units"
            units = claims.base({unit: (rows, whole)}, lang)
            of.append(t("{units} (form {form})", units=units, form=form))
    items = [t("Rows were received for {units}", units=numbers.joined(of, lang))] if of else []
    names = places(year, lang)["district"]
    own = refused[refused["district_code"].notna()].set_index("district_code")["refused_cells"]
    most = claims.first(own.rename(names), above=0)
    if most:
        every = numbers.number(int(refused["refused_cells"].sum()), lang)
        items.append(
            claims.said(most, _MOST_REFUSED, lambda n: numbers.number(n, lang), lang, all=every)
        )
    return Prose(items=items)


def corrections_note(corrections: pd.DataFrame, replaced: pd.DataFrame, lang: str) -> Prose:
    """Say how many corrections were declared and applied, and how many files were replaced."""
    parts = []
    if len(corrections):
        applied = numbers.number(int(corrections["applied"].sum()), lang)
        parts.append(claims.counted(_DECLARED, len(corrections), lang, applied=applied))
    if len(replaced):
        parts.append(claims.counted(_REPLACED, len(replaced), lang))
    return Prose(items=["; ".join(parts)] if parts else [])


_DECLARED = claims.P_(
    "{n} correction was declared, {applied} applied",
    "{n} corrections were declared, {applied} applied",
)
_REPLACED = claims.P_(
    "{n} file was replaced by a later delivery", "{n} files were replaced by later deliveries"
)
_ROWS = registry.codes("rows_of_a_form")


def coverage_table(coverage: pd.DataFrame, year: int, lang: str) -> Table:
    """Tabulate what arrived from each district against what a whole return holds."""
    t = translator(lang)
    frame = coverage.assign(
        missing=[t("none") if not one else one.replace(" ", ", ") for one in coverage["missing"]]
    )
    columns: list[str | Column] = ["district_code", Column("files", N_("Files used"), "number")]
    for form, names in registry.forms().items():
        units = registry.tables()[names[-1]].units
        label = t("Form {form}: {rows}", form=form, rows=t(_ROWS[units]))
        unit = _ROWS[units]
        columns.append(Column(f"rows_{form}", N_("received"), "number", spanner=label, unit=unit))
        if units:
            columns.append(
                Column(f"expected_{form}", N_("expected"), "number", spanner=label, unit=unit)
            )
    made = TableSpec(
        slug="coverage",
        caption=N_("Returns received for {year}: files, and rows against units expected"),
        columns=(*columns, Column("missing", N_("Forms missing"))),
        absent=areas.province(year),
        notes=N_(
            "Rows that reached the clean table, against the units there were at the end "
            "of the year. Form 02 has as many lines as there are kinds of money."
        ),
    )
    return made.table(frame, lang, year=year)


def districts_table(
    by_district: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Table | Prose:
    """Tabulate the findings by district and severity, with the total.

    Parameters
    ----------
    by_district, total
        :func:`kgstats.analysis.quality.by_district`, and what it adds up to.
    """
    if by_district.empty:
        return _absent(year, lang)
    t = translator(lang)
    caption = N_("Findings about the returns of {year}, by district and severity")
    if areas.districts(year).empty:
        caption = N_("Findings about the returns of {year} by severity")
        by_district = by_district.head(0)
    made = TableSpec(
        slug="findings-by-district",
        caption=caption,
        columns=(
            "district_code",
            *(
                Column(
                    f"{name}s",
                    capital(t(words)),
                    "number",
                    unit=N_("findings"),
                    definition=N_("Findings of the district of this severity"),
                )
                for name, words in {**SEVERITIES, "note": N_("repaired or left aside")}.items()
            ),
            "findings",
        ),
        total=N_("Total"),
        absent=N_("no district known"),
        notes=N_(
            "Many repaired values are a habit of writing, not an error: the number of findings "
            "is no ranking. …: nothing was received."
        ),
    )
    return made.table(by_district, lang, total=total, year=year)


def meaning(row: Mapping[str, Any], lang: str) -> str:
    """Say what the rule of a row looks for; a rule of an earlier version has its name alone."""
    rule = row["rule"]
    return translator(lang)(RULES[rule].meaning) if rule in RULES else str(rule)


def gravity(row: Mapping[str, Any], lang: str) -> str:
    """Say how grave the finding of a row is."""
    return capital(translator(lang)(SEVERITIES[row["severity"]]))


found_table = TableSpec(
    slug="findings-by-rule",
    caption=N_("Rules that found something in the returns of {year}"),
    columns=(
        Column("explanation", N_("What was found"), said=meaning),
        "findings",
        Column("finding_files", "", said=lambda row, _: row["files"]),
        Column("action", N_("What was done"), "code"),
        Column("rule", N_("Name of the rule")),
    ),
    group=Column("gravity", N_("How grave"), said=gravity),
    empty=N_("There is no finding about the returns of {year}."),
)
RULES_HELD = TableSpec(
    slug="rules",
    caption=N_("Rules that every return is held to"),
    columns=(
        Column("rule", N_("Name of the rule"), "verbatim"),
        Column("explanation", N_("What it looks for"), said=meaning),
        Column("severity", N_("How grave"), "code"),
        Column("action", N_("What is done"), "code"),
    ),
)


def rules_table(lang: str) -> Table:
    """Tabulate all rules a return is held to."""
    held = [(name, rule.severity, rule.action) for name, rule in RULES.items()]
    return RULES_HELD.table(pd.DataFrame(held, columns=["rule", "severity", "action"]), lang)


def _state(row: Mapping[str, Any], lang: str) -> str:
    t = translator(lang)
    return t("accepted and applied") if row["applied"] else t(STATUSES[row["status"]])


corrections_table = TableSpec(
    slug="corrections",
    caption=N_("Corrections declared for the returns of {year}"),
    columns=(
        Column("place", N_("File, sheet and cell"), "verbatim", said=place_in(", ")),
        Column("expected", N_("Received"), "verbatim"),
        Column(
            "value",
            N_("Corrected"),
            "verbatim",
            said=lambda row, lang: (
                row["value"] if row["value"] != "" else translator(lang)("nothing")
            ),
        ),
        Column("reason", N_("Reason")),
        Column("reported_by", N_("Reported by")),
        Column("state", N_("State"), said=_state),
    ),
    empty=N_("No correction was declared for {year}."),
    notes=lambda frame, lang, words: translator(lang)(
        "The files stay as received. Reasons and names stand as they were declared in {file}.",
        file="corrections.yml",
    ),
)
deliveries_table = TableSpec(
    slug="superseded",
    caption=N_("Files of {year} that a later delivery replaced"),
    columns=(
        Column("file", N_("File not used"), "verbatim"),
        Column(
            "district",
            N_("District"),
            said=lambda row, lang: places(row["year"])["district"].get(
                row["district_code"], translator(lang)("no district known")
            ),
        ),
        "replaced_by",
        Column(
            "received",
            N_("Received on"),
            definition=N_("The day the file arrived"),
            said=lambda row, lang: _day(row["received"], lang),
        ),
        Column("reason", N_("Reason")),
    ),
    empty=N_("No file of {year} was replaced by a later one."),
    notes=lambda frame, lang, words: translator(lang)(
        "Both files are kept. Reasons stand as they were declared in {file}.", file="deliveries.yml"
    ),
)


def _day(text: str, lang: str) -> str:
    import datetime as dt

    try:
        return numbers.date(dt.date.fromisoformat(text), lang)
    except ValueError:
        return text


ACCOUNTS = TableSpec(
    slug="accounts",
    caption=N_("What became of every non-empty cell of the returns of {year}"),
    columns=("role", "cells cells_share_pct files role_code"),
    name=lambda row, lang: translator(lang)(ROLES[row["role"]]),
    total=N_("All cells received"),
)


def accounts_table(
    accounts: pd.DataFrame, total: pd.DataFrame, year: int, lang: str
) -> Table | Prose:
    """Tabulate the accounts of the ledger: what became of every cell received."""
    if accounts.empty:
        return _absent(year, lang)
    shown = accounts.assign(role_code=accounts["role"])
    return ACCOUNTS.table(shown, lang, total=total.assign(role_code=""), year=year)


# What was assumed ---------------------------------------------------------------------------


_OPEN = claims.P_(
    "{n} item of the reference data could not be confirmed in the text of the law or decision "
    "itself.",
    "{n} items of the reference data could not be confirmed in the text of the law or decision "
    "itself.",
)


def unknown_note(unknown: Sequence[str], unconfirmed: int, year: int, lang: str) -> Prose:
    """Say which reference data is not there for the year, or how much of it nobody confirmed."""
    t = translator(lang)
    words = {
        "criteria": t("No set of criteria is known for {year}.", year=year),
        "thresholds": t(
            "The thresholds of the criteria set of {year} are not in the reference data.", year=year
        ),
        "poverty_standard": t("No poverty standard is known for {year}.", year=year),
        "programmes": t("Not every programme of {year} is known.", year=year),
    }
    found = [words[name] for name in unknown]
    if not found:
        known = t(
            "The criteria, the poverty standard and the programmes of {year} are known.", year=year
        )
        none = N_("Every item of the reference data was confirmed.")
        return Prose([known + " " + claims.counted(_OPEN, unconfirmed, lang, none=none)])
    return Prose(items=found)


ASSUMPTIONS = TableSpec(
    slug="assumptions",
    caption=N_("Reference data used for {year} that is not confirmed"),
    columns=(
        Column("item", N_("Item")),
        Column("taken", N_("Taken as"), "quantity"),
        Column("basis", N_("Law or decision")),
        Column("known", N_("What is known")),
    ),
    group=Column("topic", N_("Topic")),
)


def assumptions_table(found: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Tabulate the reference data that nobody confirmed, besides the thresholds of criteria."""
    t = translator(lang)
    if not len(found):
        return Prose([t("No other item of the reference data is unconfirmed.")])
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in found.itertuples():
        known = _known(row.source, lang) or t("not confirmed in the text itself")
        if row.topic == "especially_difficult":
            known = t("list not complete") + "; " + known
        one: dict[str, Any] = {
            "topic": t(TOPICS[row.topic]),
            "item": _item(row, lang, t),
            "taken": _taken(row, lang, t),
            "basis": _known(row.basis, lang),
            "known": known,
        }
        # Titles that share their source stand in one row, or the table is mostly repetition.
        key = (row.topic, *(one[name] for name in ("taken", "basis", "known")))
        if row.topic in ("district_criteria", "groups") and key in rows:
            rows[key]["item"] += "; " + one["item"]
        else:
            rows[(*key, one["item"]) if key in rows else key] = one
    return ASSUMPTIONS.table(pd.DataFrame(list(rows.values())), lang, year=year)


def _known(text: Any, lang: str) -> str:
    return "" if numbers.is_absent(text) else sources.said(text, lang)


def _item(row: Any, lang: str, t: Translate) -> str:
    name = row.item_vi if lang == "vi" else row.item_en
    if not numbers.is_absent(name):
        if row.topic == "district_criteria" and not numbers.is_absent(row.amount):
            return f"{int(row.amount)}. {name}"
        return str(name)
    if row.topic == "close":
        kind = t(registry.codes("kind_of_plan")[row.about])
        return t("{kind} of plan year {year}", kind=kind, year=int(row.plan_year))
    if row.topic == "allocation":
        return t("Programme {code}, plan year {year}", code=row.about, year=int(row.plan_year))
    if row.topic == "target":
        return t(programmes.target_words(row.about))
    return t(TOPICS[row.topic])


def _taken(row: Any, lang: str, t: Translate) -> Quantity | str:
    if not numbers.is_absent(row.date):
        return numbers.date(row.date, lang)
    if row.topic == "district_criteria" or numbers.is_absent(row.amount):
        return t("as written")
    return _amount(row.amount, row.unit, t, high=row.amount_high)


def _amount(
    value: Any, unit: Any, t: Translate, *, high: Any = None, relation: str = ""
) -> Quantity:
    """Return a number with its unit, without the zeros behind a whole one."""
    ends = [None if numbers.is_absent(one) else float(one) for one in (value, high)]
    decimals = max(numbers.decimals_of(one) for one in ends if one is not None)
    kind = "percent" if unit == "%" else "number"
    words = "" if numbers.is_absent(unit) or kind == "percent" else t(UNITS.get(unit, unit))
    return Quantity(ends[0], kind, decimals, words, relation=relation, high=ends[1])


def _limit(of: str) -> Callable[[dict[str, Any], str], Quantity | str]:
    """Return what gives a sub-criterion's threshold of a region."""
    return lambda row, lang: _threshold(row["rule"], row[of], row["unit"], translator(lang))


def _open(row: Mapping[str, Any], lang: str) -> str:
    t = translator(lang)
    if row["national_confirmed"]:
        return t("Mekong Delta")
    return t("whole country") if row["mekong_confirmed"] else t("both")


thresholds_table = TableSpec(
    slug="thresholds",
    caption=N_("Thresholds of the criteria used for {year} that are not confirmed"),
    columns=(
        Column(
            "item",
            N_("Sub-criterion"),
            said=lambda row, lang: f"{row['number']} {row[f'name_{lang}']}",
        ),
        Column("national_value", N_("Whole country"), "quantity", said=_limit("national")),
        Column("mekong_value", N_("Mekong Delta"), "quantity", said=_limit("mekong")),
        Column("open", N_("Not confirmed for"), said=_open),
        Column(
            "known",
            N_("What is known"),
            said=lambda row, lang: (
                _known(row["source"], lang) or translator(lang)("from general knowledge")
            ),
        ),
    ),
    empty=N_("There is no unconfirmed threshold of criteria for {year}."),
    notes=(
        N_(
            "Districts mark a criterion as met or not; these thresholds are shown for "
            "orientation and decide nothing in the tables."
        ),
        N_(
            "Where only general knowledge is given, the value is to be replaced from the "
            "decision itself."
        ),
    ),
)


def _threshold(rule: str, value: Any, unit: Any, t: Translate) -> Quantity | str:
    if rule == "met":
        return t("met or not")
    if rule == "province":
        return t("set by the province")
    if numbers.is_absent(value):
        return numbers.NOT_REPORTED
    return _amount(value, unit, t, relation=_RULES[rule])
