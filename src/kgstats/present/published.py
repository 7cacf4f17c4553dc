"""The printed report and its audit as readers see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, sources, style
from kgstats.present.charts import Chart, Series, Target, stacked_bars
from kgstats.present.charts_over_years import Dates, lines
from kgstats.present.figures import Figure
from kgstats.present.numbers import Quantity
from kgstats.present.prose import Headline, Headlines, Prose, capital
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.published import qualifiers
from kgstats.words import N_, translator

PROGRAMME_NAMES = {**registry.codes("programme"), "both": N_("Both programmes")}
_COLOURS = {
    "exact": "#0b6e75",
    "rounding": "#79b8b4",
    "truncation": "#e0b13c",
    "wrong": "#b3391f",
    "wrong_unit": "#7a2048",
    "no_common_base": "#4f5d95",
    "list_incomplete": "#8c6bb1",
    "not_computable": "#b9c0c7",
}


def source(origin: Mapping[str, Any], lang: str) -> str:
    """Name the printed document: its number, date and issuer, as ``origin.yml`` gives them."""
    return translator(lang)(
        "Source: {issuer}, report No. {number} of {date}; values as printed.",
        issuer=origin[f"issuer_{lang}"],
        number=origin["number"],
        date=numbers.date(origin["date"], lang),
    )


def _named(row: Mapping[str, Any], lang: str) -> str:
    """Return an indicator's name as it stands at the head of a row."""
    return capital(row[f"indicator_{lang}"])


def _topic(row: Mapping[str, Any], lang: str) -> str:
    return str(row[f"topic_{lang}"])


def unit_words(units: pd.DataFrame, unit: str, lang: str) -> str:
    """Return the words of a unit, of the list of units beside the printed figures."""
    row = units.loc[units["unit"] == unit, lang]
    return str(row.iloc[0]) if len(row) else unit


def _in_unit(value: Any, unit: str, units: pd.DataFrame, lang: str) -> str:
    """Write a value with its unit: ``50,541 tỷ đồng``, ``VND 50.541 billion``."""
    amount = numbers.number(value, lang)
    if unit == "percent":
        return numbers.percent(value, lang, numbers.decimals_of(value))
    words = unit_words(units, unit, lang)
    if words.startswith("VND "):
        return f"VND{numbers.NO_BREAK}{amount}{numbers.NO_BREAK}{words[4:]}"
    return f"{amount}{numbers.NO_BREAK}{words}"


def _shown_float(value: float | None, decimals: int, least: int = 0) -> Decimal | None:
    """Return a recomputed value without binary tail, trailing zeros cut to the least decimals."""
    if numbers.is_absent(value):
        return None
    shown = numbers.rounded(float(value), decimals).normalize()  # type: ignore[arg-type]
    tail = max(least, -int(shown.as_tuple().exponent))
    return numbers.rounded(shown, tail)


def _where_any(key: str) -> Callable[[dict[str, Any], str], Any]:
    """Leave a cell empty where nothing is printed: there is nothing that was not reported."""
    return lambda row, _: "" if numbers.is_absent(row[key]) else row[key]


def _range(low: str, high: str) -> Callable[[dict[str, Any], str], Quantity]:
    """Return what gives a printed value, with its upper end where it is a range."""
    return lambda row, _: Quantity(
        row[low], high=None if numbers.is_absent(row[high]) else row[high]
    )


def _period(row: Mapping[str, Any], lang: str) -> str:
    return period(row["period"], lang)


def _figure(row: Mapping[str, Any], lang: str) -> str:
    """Name the printed figure that a row speaks of."""
    return str(row["figures"].set_index("id").at[row["figure"], f"indicator_{lang}"])


UNIT = Column("unit", "", said=lambda row, lang: unit_words(row["units"], row["unit"], lang))
"""The unit in words: a table is called with the list of them, ``units``."""
_INDICATOR = Column("indicator", N_("Indicator"), said=_named)
_TOPIC = Column("topic", N_("Topic"), said=_topic)


# The audit ----------------------------------------------------------------------------------


def audit_headlines(
    bases: pd.DataFrame, total: pd.DataFrame, contradictions: pd.DataFrame, lang: str
) -> Headlines:
    """How many of the report's statements hold, and by how many misprints others do not.

    ``bases`` and ``total`` are :func:`kgstats.analysis.published.outcomes`, by basis and in all.
    """
    t, n = translator(lang), partial(numbers.number, lang=lang)
    counts, resting = total.iloc[0], bases.set_index("basis")["statements"]
    return Headlines(
        [
            Headline(
                t("Arithmetic statements"),
                n(counts["statements"]),
                t(
                    "{stated} stated by the report, {implied} implied, {elsewhere} resting on "
                    "other sources",
                    **{name: n(resting.get(name, 0)) for name in registry.codes("basis")},
                ),
            ),
            Headline(
                t("Correct as printed"),
                n(counts["holding"]),
                t(
                    "{exact} exactly, {rounding} by rounding",
                    exact=n(counts["exact"]),
                    rounding=n(counts["rounding"]),
                ),
            ),
            Headline(t("Digits cut off"), n(counts["truncation"]), t("where rounding was due")),
            Headline(
                t("Misprints"),
                n(contradictions["misprint"].nunique()),
                t("statements that no rounding reconciles: {n}", n=n(len(contradictions))),
            ),
        ]
    )


def audit_chart(
    kinds: pd.DataFrame, total: pd.DataFrame, contradictions: pd.DataFrame, source: str, lang: str
) -> Figure:
    """Draw how each kind of the report's own statements holds, one bar a kind.

    ``kinds`` and ``total`` count the statements by class, for each kind and in all.
    """
    t = translator(lang)
    series = [
        Series(f"{name}_statements", t(words), _COLOURS[name])
        for name, words in registry.codes("class").items()
        if name in kinds
    ]
    # A class is no unit: in files "wrong_unit" would pass for the unit of a column "wrong".
    columns = {name: f"{name}_statements" for name in registry.codes("class")}
    kinds = kinds.rename(columns=columns | {"kind": "statement_kind"})
    made = TableSpec(
        slug="audit-classes-data",
        caption=N_("Statements of the report by kind and class"),
        columns=(
            Column("statement_kind", N_("Kind of statement"), "code"),
            *(Column(one.column, one.label, "number", unit=N_("statements")) for one in series),
            Column("statements", N_("all"), "number", unit=N_("statements")),
        ),
        total=N_("All statements"),
    )
    chart = Chart(
        slug="audit-classes",
        title=_contradicted(contradictions, int(total["statements"].iloc[0]), lang),
        says=t("Bars, one for each kind of statement, by class."),
        axis=t("statements"),
        table=made.table(kinds, lang, total=total.rename(columns=columns)),
        note=source,
    )
    ranked = kinds.sort_values("statements", kind="stable")[::-1]
    names = registry.codes("statement_kind")
    named = ranked.assign(kind=[t(names[kind]) for kind in ranked["statement_kind"]])
    return stacked_bars(chart, named, "kind", series, written=True)


def _contradicted(contradictions: pd.DataFrame, statements: int, lang: str) -> str:
    """Say how many of the report's own statements its figures contradict, and by what."""
    t = translator(lang)
    own = contradictions[contradictions["basis"] != "elsewhere"]
    if len(own) < 2:
        said = (
            N_("None of {all} statements contradicts the report's own figures"),
            N_("One of {all} statements contradicts the report's own figures"),
        )
        return t(said[len(own)], all=statements)
    return t(
        "{bad} of {all} statements contradict the report's own figures; misprints behind them: {n}",
        bad=len(own),
        all=statements,
        n=own["misprint"].nunique(),
    )


_HOLDING = {
    "stated": N_("{n} of {all} the report states"),
    "implied": N_("{n} of {all} it implies"),
    "elsewhere": N_("{n} of {all} resting on other sources"),
}
_FURTHEST = claims.Words(
    one=N_("Furthest off in proportion is {names}: by {value}"),
    many=N_("Furthest off in proportion are {names}: by {value} each"),
    single=N_("{names} is off by {value}"),
    unit=claims.P_("{n} statement", "{n} statements"),
)


def audit_note(
    bases: pd.DataFrame, kinds: pd.DataFrame, off: pd.Series, identities: pd.DataFrame, lang: str
) -> Prose:
    """Say how statements hold by what they rest on, where most are contradicted, by how much.

    ``bases`` and ``kinds`` are :func:`kgstats.analysis.published.outcomes`, for each basis and
    each kind of the report's own; ``off`` is :func:`kgstats.analysis.published.off_by`.
    """
    t = translator(lang)
    bases, kinds = bases.set_index("basis"), kinds.set_index("kind")
    held = [
        t(words, n=bases.at[name, "holding"], all=bases.at[name, "statements"])
        for name, words in _HOLDING.items()
        if name in bases.index
    ]
    names = {kind: t(words) for kind, words in registry.codes("statement_kind").items()}
    # What is contradicted once is the page's only contradiction, or one of several alike.
    most = claims.top(kinds["contradicted"], 2, above=1)
    where = [
        t(
            "{kind} ({n} of {all} statements)",
            kind=names[kind],
            n=n,
            all=kinds.at[kind, "statements"],
        )
        for kind, n in most
    ]
    quoted = identities.set_index("id")[f"description_{lang}"].map("“{}”".format)
    furthest = claims.first(off.rename(quoted), 1, above=0)
    said = [
        t("Correct as printed: {parts}", parts=numbers.joined(held, lang)) if held else "",
        t("Most often contradicted: {kinds}", kinds=numbers.joined(where, lang)) if where else "",
        claims.said(furthest, _FURTHEST, lambda one: numbers.percent(one, lang, 1), lang)
        if furthest
        else "",
    ]
    return Prose(items=[one for one in said if one])


def explanations(
    wrong: pd.DataFrame,
    figures: pd.DataFrame,
    identities: pd.DataFrame,
    units: pd.DataFrame,
    lang: str,
) -> Prose:
    """Explain each misprint in one line: the statements it breaks, with the figures involved."""
    t = translator(lang)
    described = identities.set_index("id")[f"description_{lang}"]
    items = []
    for _, rows in wrong.groupby("misprint"):
        first, *others = rows.to_dict("records")
        text = _explained(first, figures, units, lang)
        if others:
            listed = [f"“{described[one['identity_id']]}”" for one in others]
            text += " " + t(
                "The same misprint breaks {others}.", others=numbers.joined(listed, lang)
            )
        items.append((str(described[first["identity_id"]]), text))
    if not items:
        return Prose([t("Every statement of the report is correct as printed.")])
    return Prose(
        [t("Each line names the statement, what is printed and what the report's figures give.")],
        items,
    )


def _explained(
    row: Mapping[str, Any], figures: pd.DataFrame, units: pd.DataFrame, lang: str
) -> str:
    t = translator(lang)
    others = str(row["figure_ids"]).split()[1:]
    places = numbers.decimals_of(float(row["printed"]))
    # Another unit has other decimals.
    decimals = places + 2, 0 if row["class"] == "wrong_unit" else places
    said = {
        "printed": _in_unit(row["printed"], row["unit"], units, lang),
        "recomputed": _in_unit(
            _shown_float(row["recomputed"], *decimals), row["unit"], units, lang
        ),
        "terms": _terms(others, figures, units, lang),
    }
    if row["class"] == "list_incomplete":
        named = list(figures.loc[figures["id"].isin(others), "printed"])
        return t(
            "{printed} announced, {n} named ({names}).",
            printed=said["printed"],
            n=len(named),
            names=numbers.joined(named, lang),
        )
    if row["class"] == "wrong_unit":
        return t(
            "printed {printed}, its parts give {recomputed} ({terms}): the unit is wrong, not the "
            "digits.",
            **said,
        )
    if row["class"] == "no_common_base":
        bases = str(row["suggestion"]).removeprefix("bases=").split("/")
        return t(
            "shares of one base imply {bases}: they do not fit together, and nothing says which of "
            "them is wrong.",
            bases=numbers.joined([numbers.number(Decimal(base), lang) for base in bases], lang),
        )
    if row["class"] == "truncation":
        return t(
            "printed {printed}; it is {recomputed}, so the last digits were cut off instead of "
            "rounded.",
            **said,
        )
    points = "percentage_points" if row["unit"] == "percent" else row["unit"]
    difference = _shown_float(abs(row["difference"]), places + 2)
    text = t(
        "printed {printed}, the other figures give {recomputed} ({terms}); the difference is "
        "{difference}.",
        **said,
        difference=_in_unit(difference, points, units, lang),
    )
    return text + _suggested(row["suggestion"], figures, units, lang)


def _terms(ids: Sequence[str], figures: pd.DataFrame, units: pd.DataFrame, lang: str) -> str:
    """List the figures a statement rests on, with their printed values."""
    by_id = figures.set_index("id")
    listed = []
    for figure in ids:
        if figure not in by_id.index:
            continue
        row = by_id.loc[figure]
        value = _in_unit(row["value"], row["unit"], units, lang)
        if not numbers.is_absent(row["denominator"]):
            value = (
                numbers.number(row["value"], lang)
                + "/"
                + _in_unit(row["denominator"], row["unit"], units, lang)
            )
        listed.append(f"{row[f'indicator_{lang}']} {value}")
    return "; ".join(listed)


def _suggested(suggestion: str, figures: pd.DataFrame, units: pd.DataFrame, lang: str) -> str:
    t = translator(lang)
    if not suggestion:
        return ""
    by_id = figures.set_index("id")
    options = []
    for part in suggestion.split(" | "):
        name, _, value = part.partition("=")
        row = by_id.loc[name] if name in by_id.index else None
        if row is None:
            return ""
        amount = _in_unit(Decimal(value), row["unit"], units, lang)
        options.append(f"{row[f'indicator_{lang}']} = {amount}")
    if len(options) == 1:
        return " " + t("All statements about it would hold with {option}.", option=options[0])
    return " " + t(
        "The report cannot decide which figure is wrong: it would hold with {options}.",
        options=f" {t('or')} ".join(options),
    )


bases_table = TableSpec(
    slug="audit-bases",
    caption=N_("What the statements rest on, and how they hold"),
    columns=(
        Column("basis", N_("The statement"), "code"),
        "statements holding",
        Column("truncation", N_("Digits cut off"), "number", unit=N_("statements")),
        "contradicted not_computable",
    ),
    total=N_("All statements"),
    notes=N_(
        "Stated: its figures are printed under one topic, as a total with its parts or a "
        "percentage with its numbers. Implied: figures of different topics have to fit "
        "together, or shares a base that is printed nowhere. What rests on other sources is "
        "counted apart: the report alone neither makes nor breaks it."
    ),
)
"""Of :func:`kgstats.analysis.published.outcomes` by basis, and in all."""


AUDIT = TableSpec(
    slug="audit-all",
    caption=N_("All statements of the report, printed and recomputed"),
    columns=(
        Column("statement", N_("Statement")),
        "printed",
        "recomputed",
        Column("difference", N_("Difference"), "signed"),
        "unit",
        Column("class", N_("Class"), "code"),
        Column("basis", N_("Rests on"), "code"),
    ),
    group=Column("statement_kind", N_("Kind of statement"), "code"),
    notes=N_(
        "For a result against a target the recomputed value is the target itself. "
        "Recomputed values are shown with up to two decimals more than printed, with more "
        "where a difference is seen only then."
    ),
)


def _as_printed(row: Mapping[str, Any], values: Mapping[str, Any]) -> Decimal:
    """Return what a statement's first figure says, with the zeros it was printed with."""
    own = values.get(str(row["figure_ids"]).split()[0])
    printed = numbers.exact(row["printed"])
    return own if own is not None and own == printed else printed.normalize()


def _places(row: Mapping[str, Any]) -> int:
    """Return the decimals that recomputed values need: two more than printed, or to see it."""
    places = min(4, numbers.decimals_of(float(row["printed"])) + 2)
    if numbers.is_absent(row["difference"]) or not row["difference"]:
        return places
    while places < 6 and not numbers.rounded(float(row["difference"]), places):
        places += 1
    return places


def audit_table(
    audit: pd.DataFrame,
    figures: pd.DataFrame,
    identities: pd.DataFrame,
    units: pd.DataFrame,
    source: str,
    lang: str,
) -> Table:
    """Tabulate statements with the printed value beside the recomputed one."""
    described = identities.set_index("id")[f"description_{lang}"]
    values = dict(zip(figures["id"], figures["value"], strict=True))
    records = audit.to_dict("records")
    printed = [_as_printed(row, values) for row in records]
    decimals = [_places(row) for row in records]
    own = zip(printed, audit["class"], strict=True)
    least = [0 if name == "wrong_unit" else numbers.decimals_of(value) for value, name in own]
    frame = audit.assign(
        statement=[str(described[name]) for name in audit["identity_id"]],
        printed=printed,
        unit=[unit_words(units, unit, lang) for unit in audit["unit"]],
        statement_kind=audit["kind"],
        recomputed=[
            _shown_float(value, *places)
            for value, *places in zip(audit["recomputed"], decimals, least, strict=True)
        ],
        difference=[
            _shown_float(value, places)
            for value, places in zip(audit["difference"], decimals, strict=True)
        ],
    )
    order = list(registry.codes("statement_kind"))
    frame = frame.sort_values("kind", key=lambda kinds: kinds.map(order.index), kind="stable")
    return AUDIT.table(frame, lang, notes=[source])


# The indicators -----------------------------------------------------------------------------


def indicator_headlines(covered: pd.DataFrame, lang: str) -> Headlines:
    """How much of the report is said in numbers."""
    t = translator(lang)
    silent = int(covered["words_only"].sum())
    return Headlines(
        [
            Headline(
                t("Printed numbers"),
                numbers.number(int(covered["numbers"].sum()), lang),
                t("in {n} topics", n=len(covered)),
            ),
            Headline(
                t("Places named in lists"),
                numbers.number(int(covered["places"].sum()), lang),
                t("communes and districts"),
            ),
            Headline(
                t("Topics with a number"),
                t("{n} of {all}", n=len(covered) - silent, all=len(covered)),
            ),
            Headline(
                t("Topics in words only"), numbers.number(silent, lang), t("nothing to audit")
            ),
        ]
    )


coverage_table = TableSpec(
    slug="coverage",
    caption=N_("What the report says in numbers, by topic"),
    columns=(
        Column("topic", N_("Topic"), said=_topic),
        Column(
            "section",
            N_("Section"),
            said=lambda row, lang: row["section"].replace(
                "P2.", translator(lang)("Part two") + ", "
            ),
        ),
        Column("numbers", N_("Numbers"), "number", unit=N_("printed numbers")),
        "places",
        Column(
            "state",
            N_("Remark"),
            said=lambda row, lang: translator(lang)("words only") if row["words_only"] else "",
        ),
    ),
    group=Column(
        "programme",
        N_("Programme"),
        said=lambda row, lang: translator(lang)(PROGRAMME_NAMES[row["programme"]]),
    ),
)
INDICATORS = TableSpec(
    slug="indicators",
    caption="",
    columns=(
        _INDICATOR,
        Column("value", N_("Value"), "number", said=_range("value", "value_high")),
        Column("denominator", N_("Of"), "number", said=_where_any("denominator")),
        UNIT,
        Column("said", N_("Said as"), said=lambda row, lang: _said(row["qualifier"], lang)),
        Column("figure_kind", N_("Kind"), "code", said=lambda row, _: row["kind"]),
        Column("period", "", said=_period),
    ),
    group=_TOPIC,
)


def indicators_table(
    chosen: pd.DataFrame, units: pd.DataFrame, source: str, lang: str, *, slug: str, caption: str
) -> Table:
    """Tabulate printed figures, grouped by the topic they stand under."""
    spec = replace(INDICATORS, slug=slug, caption=caption)
    return spec.table(chosen, lang, units=units, notes=[source])


def _said(qualifier: str, lang: str) -> str:
    """Return the words that hedge or direct a printed figure: in Vietnamese as printed."""
    if lang == "vi" or not qualifier:
        return qualifier
    return qualifiers.in_english(qualifier)


def period(text: str, lang: str) -> str:
    """Write a period: a year, a month, a date, a span, or either of two years."""
    t = translator(lang)
    text = text.partition(" (")[0]
    if text.endswith(" or earlier"):
        return t("{date} or earlier", date=period(text.removesuffix(" or earlier"), lang))
    for between, template in ((" or ", N_("{first} or {last}")), (" to ", N_("{first} to {last}"))):
        first, found, last = text.partition(between)
        if found:
            return t(template, first=period(first, lang), last=period(last, lang))
    parts = text.split("-")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        return numbers.date(dt.date.fromisoformat(text), lang)
    if len(parts) == 2 and len(parts[1]) == 2:
        return f"{parts[1]}/{parts[0]}"
    return text.replace("/", "–").replace("-", "–")


def _came(row: Mapping[str, Any], lang: str) -> str:
    met, t = row["outcome_reached"], translator(lang)
    return "" if numbers.is_absent(met) else t("reached") if met else t("missed")


targets_table = TableSpec(
    slug="targets",
    caption=N_("Targets of the report, the level reached and the outcome published since"),
    columns=(
        Column(
            "indicator",
            N_("Target"),
            said=lambda row, lang: capital(_figure(row, lang)),
        ),
        Column("period", N_("For"), said=_period),
        Column("target", N_("Target value"), "number", said=_range("target", "target_high")),
        Column("level", N_("Level in the report"), "number"),
        UNIT,
        Column("progress_pct", N_("Level in % of target"), "percent", 1,
               said=_where_any("progress_pct")),
        "target_state",
        Column("outcome", N_("Published since"), "number", said=_where_any("outcome")),
        Column("came", N_("With it the target was"), said=_came),
    ),
    notes=N_(
        "A range counts as reached from its low end. Falls are given as positive numbers. "
        "A target is judged at the end of its own year, however far its level is before; a "
        "yearly target of a later year has nothing to do with this year's change."
    ),
)  # fmt: skip
"""Called with the printed figures, which have the targets' names."""

_DUE = claims.P_(
    "{reached} of {n} target due is reached", "{reached} of {n} targets due are reached"
)
_NOT_JUDGED = {
    "not_due": claims.P_("{n} is not due yet", "{n} are not due yet"),
    "no_level": claims.P_(
        "{n} cannot be judged: no level is printed", "{n} cannot be judged: no level is printed"
    ),
}
_MOST_NAMED = 3
"""Of more targets only how many they are is said."""


def targets_note(
    targets: pd.DataFrame, figures: pd.DataFrame, units: pd.DataFrame, lang: str
) -> Prose:
    """Say how many targets are reached of those due, and what came of the others since."""
    t = translator(lang)
    if targets.empty:
        return Prose([t("The report prints no target.")])
    states = targets["target_state"].value_counts()
    reached, missed = (int(states.get(name, 0)) for name in ("reached", "missed"))
    parts = [
        claims.counted(
            _DUE,
            reached + missed,
            lang,
            none=N_("No target is due"),
            reached=numbers.number(reached, lang),
        )
    ]
    parts += [
        claims.counted(forms, int(states[name]), lang)
        for name, forms in _NOT_JUDGED.items()
        if name in states
    ]
    names = figures.set_index("id")[f"indicator_{lang}"]
    known = targets[targets["outcome_reached"].notna()]
    items = ["; ".join(parts)]
    for met, words in (
        (True, N_("Reached by what was published since: {targets}")),
        (False, N_("Missed by what was published since: {targets}")),
    ):
        came = [
            t(
                "{target} ({outcome}; target {aim})",
                target=names[row.figure],
                outcome=_in_unit(row.outcome, row.unit, units, lang),
                aim=_span(row.target, row.target_high, lang),
            )
            for row in known[known["outcome_reached"] == met].itertuples()
        ]
        if came:
            told = claims.named(came, lang, _MOST_NAMED, _TARGETS)
            items.append(t(words, targets=told))
    return Prose(items=items)


def _span(low: Any, high: Any, lang: str) -> str:
    ends = [numbers.number(one, lang) for one in (low, high) if not numbers.is_absent(one)]
    return "–".join(ends)


_TARGETS = claims.P_("{n} target", "{n} targets")


places_table = TableSpec(
    slug="places",
    caption=N_("Communes and districts named in the report"),
    columns=(
        Column("list", N_("List"), said=_named),
        Column("places", N_("Named"), "number", unit=N_("places")),
        Column("printed", N_("Places, as printed")),
    ),
    group=_TOPIC,
)


def _dated(row: Mapping[str, Any], lang: str) -> str:
    return period(row["year_or_date"], lang)


def _sourced(row: Mapping[str, Any], lang: str) -> str:
    return sources.said(row["source"], lang)


MET = TableSpec(
    slug="communes-over-time-data",
    caption=N_("Communes meeting the standard, by date of publication"),
    columns=(
        Column("date_said", N_("Date"), said=_dated),
        Column("value", N_("Communes"), "number", unit="communes"),
        Column("source_said", N_("Source"), said=_sourced),
    ),
)


def communes_chart(points: pd.DataFrame, targets: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw how many communes met one standard at each published date."""
    t = translator(lang)
    if points.empty:
        return Prose([t("No count of communes was published under the standard of this year.")])
    said = points.assign(
        date_said=[period(text, lang) for text in points["year_or_date"]],
        communes=points["value"].astype(float),
    )
    aim = targets[targets["level_figure"] == "ntm_communes_met"]
    chart = Chart(
        slug="communes-over-time",
        title=_rose(said, lang),
        says=t("Line of published counts."),
        axis=t("communes"),
        table=MET.table(said, lang),
        note=t(
            "Standard: {decision}. Sources in the data below.",
            decision=str(points["standard"].iloc[0]),
        ),
    )
    series = [Series("communes", t("Communes"), style.ACCENT)]
    dates = Dates()
    for row in aim.head(1).itertuples():
        words = t("target for {year}: {n}", year=row.period, n=numbers.number(row.target, lang))
        dates = Dates(aim=Target("", float(row.target), words))
    return lines(
        chart,
        said.assign(label=said["date_said"]),
        "date",
        series,
        dates=dates,
        text=lambda value: numbers.number(value, lang),
    )


def _rose(points: pd.DataFrame, lang: str) -> str:
    """Say how the count moved from its first date to its last; of one date, what it was."""
    t = translator(lang)
    first, last = points.iloc[0], points.iloc[-1]
    if len(points) == 1 or first["value"] == last["value"]:
        forms = claims.P_(
            "{n} commune met the standard ({to_date})", "{n} communes met the standard ({to_date})"
        )
        return claims.counted(forms, last["value"], lang, to_date=last["date_said"])
    dated = {
        row["value"]: f"{numbers.number(row['value'], lang)} ({row['date_said']})"
        for row in (first, last)
    }
    moved = claims.moved(first["value"], last["value"], dated.__getitem__, lang)
    return t("Communes meeting the standard {moved}", moved=moved)


series_table = TableSpec(
    slug="series",
    caption=N_("Values published for other dates, with their sources"),
    columns=(
        _INDICATOR,
        Column("date", "", said=_dated),
        Column("value", N_("Value"), "number"),
        UNIT,
        Column(
            "standard",
            N_("Standard"),
            said=lambda row, lang: translator(lang)(
                registry.codes("published_standard").get(row["standard"], row["standard"])
            ),
        ),
        Column("source_said", N_("Source"), said=_sourced),
    ),
    notes=N_(
        "Values under different standards are not comparable; the survey of the "
        "statistics office is a series of its own."
    ),
)
