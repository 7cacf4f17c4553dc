"""The printed report and its audit as readers see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers, sources
from kgstats.present.charts import Chart, Series, stacked_bars
from kgstats.present.figures import Figure, from_canvas
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.tables import Column, Table, TableSpec, table
from kgstats.words import N_, translator

KIND_NAMES = {
    "sum": N_("Totals and parts"),
    "ratio": N_("Printed percentages"),
    "change": N_("Levels and changes"),
    "common_base": N_("Shares of one base"),
    "count": N_("Lists and their length"),
    "repeat": N_("Figures printed twice"),
    "target": N_("Results against targets"),
}
FIGURE_KINDS = {
    "stock": N_("level"),
    "flow": N_("in the period"),
    "share": N_("share"),
    "change": N_("change"),
    "target": N_("target"),
    "limit": N_("limit"),
}
PROGRAMME_NAMES = {
    "ntm": N_("New-style rural development"),
    "gnbv": N_("Sustainable poverty reduction"),
    "both": N_("Both programmes"),
}
STANDARDS = {
    "national poverty line (income)": N_("national poverty line (income)"),
    "line of 2011-2015": N_("line of 2011–2015"),
    "income line": N_("income line"),
    "multidimensional 2016-2020": N_("multidimensional 2016–2020"),
    "multidimensional 2022-2025": N_("multidimensional 2022–2025"),
}
_COLOURS = {
    "exact": "#0b6e75",
    "rounding": "#79b8b4",
    "truncation": "#e0b13c",
    "wrong": "#b3391f",
    "wrong_unit": "#7a2048",
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


def _name(frame: pd.DataFrame, lang: str) -> list[str]:
    """Return the indicators' names as they stand at the head of a row."""
    return [text[:1].upper() + text[1:] for text in frame[f"indicator_{lang}"]]


def _unit(units: pd.DataFrame, unit: str, lang: str) -> str:
    row = units.loc[units["unit"] == unit, lang]
    return str(row.iloc[0]) if len(row) else unit


def _in_unit(value: Any, unit: str, units: pd.DataFrame, lang: str) -> str:
    """Write a value with its unit: ``50,541 tỷ đồng``, ``VND 50.541 billion``."""
    amount = numbers.number(value, lang)
    if unit == "percent":
        decimals = max(0, -int(numbers.exact(value).as_tuple().exponent))
        return numbers.percent(value, lang, decimals)
    words = _unit(units, unit, lang)
    if words.startswith("VND "):
        return f"VND{numbers.NO_BREAK}{amount}{numbers.NO_BREAK}{words[4:]}"
    return f"{amount}{numbers.NO_BREAK}{words}"


def _shown_float(value: float | None, decimals: int) -> Decimal | None:
    """Return a recomputed value with one decimal more than was printed, no binary tail."""
    if numbers.is_absent(value):
        return None
    return numbers.rounded(float(value), decimals).normalize()  # type: ignore[arg-type]


def _decimals(value: float) -> int:
    return max(0, -int(numbers.exact(value).normalize().as_tuple().exponent))


# The audit ----------------------------------------------------------------------------------


def audit_headlines(audit: pd.DataFrame, lang: str) -> Headlines:
    """How many of the report's statements hold, and how many do not."""
    t = translator(lang)
    counts = audit["class"].value_counts()

    def count(*classes: str) -> int:
        return int(sum(counts.get(name, 0) for name in classes))

    total = len(audit)
    holding = count("exact", "rounding")
    return Headlines(
        [
            Headline(
                t("Arithmetic statements"),
                numbers.number(total, lang),
                t("made or implied by the report"),
            ),
            Headline(
                t("Hold as printed"),
                numbers.number(holding, lang),
                t(
                    "{exact} exactly, {rounding} by rounding",
                    exact=count("exact"),
                    rounding=count("rounding"),
                ),
            ),
            Headline(
                t("Digits cut off"),
                numbers.number(count("truncation"), lang),
                t("where rounding was due"),
            ),
            Headline(
                t("Contradictions"),
                numbers.number(count("wrong", "wrong_unit", "list_incomplete"), lang),
                t("no rounding explains them"),
            ),
        ]
    )


def audit_chart(kinds: pd.DataFrame, total: pd.DataFrame, source: str, lang: str) -> Figure:
    """Draw how each kind of statement holds, one bar a kind.

    ``kinds`` and ``total`` count the statements by class, for each kind and in all.
    """
    t = translator(lang)
    names = registry.codes("class")
    series = [Series(name, t(names[name]), _COLOURS[name]) for name in names if name in kinds]
    counts = total.iloc[0]
    bad = sum(int(counts.get(n, 0)) for n in ("wrong", "wrong_unit", "list_incomplete"))
    chart = Chart(
        slug="audit-classes",
        title=t(
            "{bad} of {all} statements contradict the report's own figures",
            bad=bad,
            all=int(counts["statements"]),
        ),
        says=t("Bars, one for each kind of statement, by class."),
        lang=lang,
        axis=t("statements"),
        table=_kinds(kinds, series, lang, total=total),
        note=source,
    )
    ranked = kinds.sort_values("statements", kind="stable")[::-1]
    named = ranked.assign(kind=[t(KIND_NAMES[kind]) for kind in ranked["kind"]])
    return stacked_bars(chart, named, "kind", series, written=True)


def _kinds(
    kinds: pd.DataFrame, series: Sequence[Series], lang: str, *, total: pd.DataFrame
) -> Table:
    t = translator(lang)
    made = TableSpec(
        slug="audit-classes-data",
        caption=N_("Statements of the report by kind and class"),
        columns=(
            Column("kind", t("Kind of statement")),
            *(Column(one.column, one.label, "number") for one in series),
            Column("statements", t("all"), "number"),
        ),
        name=lambda row, lang: translator(lang)(KIND_NAMES[row["kind"]]),
        total=N_("All statements"),
    )
    return made(kinds, lang, total=total)


def explanations(
    wrong: pd.DataFrame,
    figures: pd.DataFrame,
    identities: pd.DataFrame,
    units: pd.DataFrame,
    lang: str,
) -> Prose:
    """Explain each statement that does not hold in one line, with the figures involved."""
    t = translator(lang)
    described = identities.set_index("id")[f"description_{lang}"]
    items = []
    for row, klass in zip(wrong.itertuples(), wrong["class"], strict=True):
        items.append(_explained(row, klass, str(described[row.identity_id]), figures, units, lang))
    if not items:
        return Prose([t("Every statement of the report holds as printed.")])
    return Prose(
        [t("Each line names the statement, what is printed and what the report's figures give.")],
        items,
    )


def _explained(
    row: Any, klass: str, what: str, figures: pd.DataFrame, units: pd.DataFrame, lang: str
) -> tuple[str, str]:
    t = translator(lang)
    others = row.figure_ids.split()[1:]
    decimals = _decimals(row.printed) + 2
    printed = _in_unit(row.printed, row.unit, units, lang)
    recomputed = _in_unit(_shown_float(row.recomputed, decimals), row.unit, units, lang)
    terms = _terms(others, figures, units, lang)
    if klass == "list_incomplete":
        named = list(figures.loc[figures["id"].isin(others), "printed"])
        return what, t(
            "{printed} announced, {n} named ({names}).",
            printed=printed,
            n=len(named),
            names=numbers.joined(named, lang),
        )
    if klass == "wrong_unit":
        return what, t(
            "printed {printed}, its parts give {recomputed} ({terms}): the unit is wrong, not the "
            "digits.",
            printed=printed,
            recomputed=recomputed,
            terms=terms,
        )
    if klass == "truncation":
        return what, t(
            "printed {printed}; it is {recomputed}, so the last digits were cut off instead of "
            "rounded.",
            printed=printed,
            recomputed=recomputed,
        )
    text = t(
        "printed {printed}, the other figures give {recomputed} ({terms}); the difference is "
        "{difference}.",
        printed=printed,
        recomputed=recomputed,
        terms=terms,
        difference=_in_unit(
            _shown_float(abs(row.difference), decimals),
            "percentage_points" if row.unit == "percent" else row.unit,
            units,
            lang,
        ),
    )
    return what, text + _suggested(row.suggestion, figures, units, lang)


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


def audit_table(
    audit: pd.DataFrame,
    identities: pd.DataFrame,
    units: pd.DataFrame,
    source: str,
    lang: str,
) -> Table:
    """Tabulate statements with the printed value beside the recomputed one."""
    t = translator(lang)
    described = identities.set_index("id")[f"description_{lang}"]
    decimals = [min(4, _decimals(value) + 2) for value in audit["printed"]]
    frame = pd.DataFrame(
        {
            "statement": [str(described[name]) for name in audit["identity_id"]],
            "printed": [numbers.exact(value).normalize() for value in audit["printed"]],
            "recomputed": [
                _shown_float(value, places)
                for value, places in zip(audit["recomputed"], decimals, strict=True)
            ],
            "difference": [
                _shown_float(value, places)
                for value, places in zip(audit["difference"], decimals, strict=True)
            ],
            "unit": [_unit(units, unit, lang) for unit in audit["unit"]],
            "class": [t(registry.codes("class")[name]) for name in audit["class"]],
            "kind": [t(KIND_NAMES[kind]) for kind in audit["kind"]],
        }
    )
    order = {t(name): position for position, name in enumerate(KIND_NAMES.values())}
    frame = frame.sort_values("kind", key=lambda kinds: kinds.map(order), kind="stable")
    return table(
        frame,
        slug="audit-all",
        caption=t("All statements of the report, printed and recomputed"),
        columns=[
            Column("statement", t("Statement")),
            Column("printed", t("Printed"), "number"),
            Column("recomputed", t("Recomputed"), "number"),
            Column("difference", t("Difference"), "signed"),
            Column("unit", t("Unit")),
            Column("class", t("Class")),
        ],
        lang=lang,
        group="kind",
        notes=[
            t(
                "For a result against a target the recomputed value is the target itself. "
                "Recomputed values are shown with up to two decimals more than printed."
            ),
            source,
        ],
    )


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


def coverage_table(covered: pd.DataFrame, source: str, lang: str) -> Table:
    """Tabulate which topics have numbers and which only words."""
    t = translator(lang)
    frame = pd.DataFrame(
        {
            "topic": covered[f"topic_{lang}"],
            "section": covered["section"].str.replace("P2.", t("Part two") + ", ", regex=False),
            "numbers": covered["numbers"],
            "places": covered["places"],
            "state": [t("words only") if only else "" for only in covered["words_only"]],
            "programme": [t(PROGRAMME_NAMES[name]) for name in covered["programme"]],
        }
    )
    return table(
        frame,
        slug="coverage",
        caption=t("What the report says in numbers, by topic"),
        columns=[
            Column("topic", t("Topic")),
            Column("section", t("Section")),
            Column("numbers", t("Numbers"), "number"),
            Column("places", t("Places named"), "number"),
            Column("state", t("Remark")),
        ],
        lang=lang,
        group="programme",
        notes=[source],
    )


def indicators_table(
    chosen: pd.DataFrame, units: pd.DataFrame, source: str, lang: str, *, slug: str, caption: str
) -> Table:
    """Tabulate printed figures, grouped by the topic they stand under."""
    t = translator(lang)
    frame = pd.DataFrame(
        {
            "indicator": _name(chosen, lang),
            "value": [_value(row, lang) for row in chosen.itertuples()],
            "unit": [_unit(units, unit, lang) for unit in chosen["unit"]],
            "kind": [t(FIGURE_KINDS[kind]) for kind in chosen["kind"]],
            "period": [period(text, lang) for text in chosen["period"]],
            "topic": list(chosen[f"topic_{lang}"]),
        }
    )
    return table(
        frame,
        slug=slug,
        caption=caption,
        columns=[
            Column("indicator", t("Indicator")),
            Column("value", t("Value"), "mixed"),
            Column("unit", t("Unit")),
            Column("kind", t("Kind")),
            Column("period", t("Period")),
        ],
        lang=lang,
        group="topic",
        notes=[source],
    )


_QUALIFIERS = {
    "hơn": N_("over {n}"),
    "khoảng": N_("about {n}"),
    "ước": N_("{n} (estimate)"),
    "trên": N_("above {n}"),
    "ít nhất": N_("at least {n}"),
    "trở lên": N_("{n} or more"),
    "tăng": N_("up {n}"),
    "giảm": N_("down {n}"),
}


def _value(row: Any, lang: str) -> str:
    """Write a printed figure in the page's language, range, denominator and hedge included."""
    t = translator(lang)
    text = numbers.number(row.value, lang)
    if not numbers.is_absent(row.value_high):
        text += "–" + numbers.number(row.value_high, lang)
    if not numbers.is_absent(row.denominator):
        text += "/" + numbers.number(row.denominator, lang)
    template = _QUALIFIERS.get(row.qualifier)
    if template is not None:
        return t(template, n=text)
    return text if not row.qualifier or lang != "vi" else f"{row.qualifier} {text}"


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


def targets_table(
    targets: pd.DataFrame,
    figures: pd.DataFrame,
    units: pd.DataFrame,
    source: str,
    lang: str,
) -> Table:
    """Tabulate targets beside the level reached and, where published since, the outcome."""
    t = translator(lang)
    names = dict(zip(figures["id"], _name(figures, lang), strict=True))
    reached = {True: t("reached"), False: t("not yet"), None: t("not due yet")}
    later = {True: t("reached"), False: t("missed"), None: ""}
    frame = pd.DataFrame(
        {
            "indicator": [names[name] for name in targets["figure"]],
            "period": [period(text, lang) for text in targets["period"]],
            "unit": [_unit(units, unit, lang) for unit in targets["unit"]],
            "target": [
                numbers.number(low, lang)
                + ("" if numbers.is_absent(high) else "–" + numbers.number(high, lang))
                for low, high in zip(targets["target"], targets["target_high"], strict=True)
            ],
            "level": targets["level"],
            "progress_pct": targets["progress_pct"],
            "reached": [
                t("no level printed") if numbers.is_absent(level) else reached[_state(value)]
                for level, value in zip(targets["level"], targets["reached"], strict=True)
            ],
            "outcome": [
                ""
                if numbers.is_absent(value)
                else f"{numbers.number(value, lang)} ({later[_state(met)]})"
                for value, met in zip(targets["outcome"], targets["outcome_reached"], strict=True)
            ],
        }
    )
    return table(
        frame,
        slug="targets",
        caption=t("Targets of the report, the level reached and the outcome published since"),
        columns=[
            Column("indicator", t("Target")),
            Column("period", t("For")),
            Column("target", t("Target value"), "mixed"),
            Column("level", t("Level in the report"), "number"),
            Column("unit", t("Unit")),
            Column("progress_pct", t("Level in % of target"), "percent", 1),
            Column("reached", t("State")),
            Column("outcome", t("Published since"), "mixed"),
        ],
        lang=lang,
        notes=[
            t(
                "A range counts as reached from its low end. Falls are given as positive numbers. "
                "A yearly target of a later year is not judged by this year's change."
            ),
            source,
        ],
    )


def _state(value: object) -> bool | None:
    return None if numbers.is_absent(value) else bool(value)


def places_table(named: pd.DataFrame, source: str, lang: str) -> Table:
    """Tabulate the communes and districts the report names, list by list."""
    t = translator(lang)
    grouped = (
        named.assign(list=_name(named, lang), topic=named[f"topic_{lang}"])
        .groupby(["topic", "list"], sort=False)
        .agg(places=("printed", lambda texts: ", ".join(texts)), count=("printed", "size"))
        .reset_index()
    )
    return table(
        grouped,
        slug="places",
        caption=t("Communes and districts named in the report"),
        columns=[
            Column("list", t("List")),
            Column("count", t("Named"), "number"),
            Column("places", t("Places, as printed")),
        ],
        lang=lang,
        group="topic",
        notes=[source],
    )


def communes_chart(points: pd.DataFrame, targets: pd.DataFrame, lang: str) -> Figure:
    """Draw how many communes met one standard at each published date."""
    from matplotlib import pyplot

    from kgstats.present import style

    t = translator(lang)
    standard = str(points["standard"].iloc[0])
    aim = targets[targets["level_figure"] == "ntm_communes_met"]
    target = None if aim.empty else float(aim["target"].iloc[0])
    with style.house():
        canvas, axes = pyplot.subplots(figsize=(7.6, 3.4))
        axes.plot(points["date"], points["value"].astype(float), color=style.ACCENT, lw=1.6)
        axes.plot(points["date"], points["value"].astype(float), "o", color=style.ACCENT, ms=6)
        for row in points.itertuples():
            axes.annotate(
                numbers.number(row.value, lang),
                (row.date, float(row.value)),
                textcoords="offset points",
                xytext=(-8, 6),
                ha="right",
                fontsize=9,
                fontweight="bold",
            )
        if target is not None:
            axes.axhline(float(target), color=style.CONTRAST, lw=1.2, ls=(0, (5, 3)))
            axes.text(
                points["date"].min(),
                float(target) + 1.5,
                t(
                    "target for {year}: {n}",
                    year=aim["period"].iloc[0],
                    n=numbers.number(target, lang),
                ),
                color=style.CONTRAST,
                fontsize=9,
            )
        axes.set_ylim(0, max(float(points["value"].max()), float(target or 0)) * 1.15)
        axes.set_xlim(points["date"].min() - 0.25, points["date"].max() + 0.25)
        years = range(int(points["date"].min()), int(points["date"].max()) + 2)
        axes.set_xticks([y for y in years if y <= points["date"].max() + 0.25])
        axes.set_ylabel(t("communes"))
        axes.grid(axis="y")
        canvas.tight_layout()
    first, last = points.iloc[0], points.iloc[-1]
    title = t(
        "Communes meeting the standard rose from {first} ({from_date}) to {last} ({to_date})",
        first=numbers.number(first["value"], lang),
        from_date=period(first["year_or_date"], lang),
        last=numbers.number(last["value"], lang),
        to_date=period(last["year_or_date"], lang),
    )
    listed = ", ".join(
        f"{period(row.year_or_date, lang)}: {numbers.number(row.value, lang)}"
        for row in points.itertuples()
    )
    frame = points.assign(
        year_or_date=[period(text, lang) for text in points["year_or_date"]],
        source=[sources.said(text, lang) for text in points["source"]],
    )
    return from_canvas(
        canvas,
        slug="communes-over-time",
        title=title,
        alternative=t("Line of published counts. {points}", points=listed),
        lang=lang,
        table=table(
            frame,
            slug="communes-over-time-data",
            caption=t("Communes meeting the standard, by date of publication"),
            columns=[
                Column("year_or_date", t("Date")),
                Column("value", t("Communes"), "number"),
                Column("source", t("Source")),
            ],
            lang=lang,
        ),
        note=t("Standard: {decision}. Sources in the data below.", decision=standard),
    )


def series_table(series: pd.DataFrame, units: pd.DataFrame, lang: str) -> Table:
    """Tabulate the values published elsewhere, each with its source."""
    t = translator(lang)
    rows = series[series["value"].notna()]
    frame = pd.DataFrame(
        {
            "indicator": _name(rows, lang),
            "date": [period(text, lang) for text in rows["year_or_date"]],
            "value": [numbers.number(value, lang) for value in rows["value"]],
            "unit": [_unit(units, unit, lang) for unit in rows["unit"]],
            "standard": [t(STANDARDS.get(name, name)) for name in rows["standard"]],
            "source": [sources.said(text, lang) for text in rows["source"]],
        }
    )
    return table(
        frame,
        slug="series",
        caption=t("Values published for other dates, with their sources"),
        columns=[
            Column("indicator", t("Indicator")),
            Column("date", t("Date")),
            Column("value", t("Value"), "mixed"),
            Column("unit", t("Unit")),
            Column("standard", t("Standard")),
            Column("source", t("Source")),
        ],
        lang=lang,
        notes=[
            t(
                "Values under different standards are not comparable; the survey of the "
                "statistics office is a series of its own."
            )
        ],
    )
