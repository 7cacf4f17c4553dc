"""Commune standards as readers see them: maps, charts, tables and sentences in two languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

from kgstats.analysis import attainment as analysis
from kgstats.present import maps, numbers, style
from kgstats.present.figures import Figure, from_canvas
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.tables import Column, Table, table
from kgstats.reference import areas, criteria
from kgstats.words import N_, translator

STATUS_NAMES = {
    "recognised": N_("Recognised as meeting the standard"),
    "pending": N_("All criteria met, decision pending"),
    "not_yet": N_("Not yet"),
    "earlier_set": N_("Recognised under an earlier set of criteria"),
    "not_reported": N_("Not reported"),
}
LEVEL_NAMES = {
    "standard": N_("standard"),
    "advanced": N_("advanced"),
    "model": N_("model"),
}
BAND_NAMES = {
    "19": N_("19 criteria"),
    "15-18": N_("15–18 criteria"),
    "10-14": N_("10–14 criteria"),
    "below_10": N_("below 10"),
    "not_reported": N_("not reported"),
}
EVENT_NAMES = {
    "recognised": N_("recognised"),
    "completed": N_("met all criteria"),
    "rose": N_("met more criteria"),
    "unchanged": N_("no change"),
    "fell": N_("met fewer criteria"),
    "lost": N_("no longer recognised"),
    "not_comparable": N_("not comparable"),
}
CONDITION_NAMES = {
    "met": N_("all communes recognised"),
    "awaits_decisions": N_("only decisions are awaited"),
    "not_met": N_("communes still short"),
    "unknown": N_("communes not reported"),
}
ROUTE_NAMES = {
    "standard": N_("meets the standard"),
    "task": N_("completes the task"),
}
MET, UNMET = N_("Met"), N_("Not met")

CRITERIA_CLASSES = maps.Classes(
    (9, 12, 14, 18),
    kind="count",
    lowest=0,
    highest=criteria.CRITERIA_COUNT,
    colours=("#fbf6e8", "#c9e2dd", "#85bdb7", "#2f8185", "#053b42"),
)
"""Criteria met: the bands of reports, the band 10–14 in two."""
CHANGE_CLASSES = maps.Classes((-1, 0, 2, 4), kind="signed")
"""Change of criteria met since the year before."""
GROUP_COLOURS = ("#5a6672", "#0b6e75", "#b3671d", "#5b4b9a")
_PENDING = "#eeb25c"
_UNMET = "#b3471c"
_MET = "#d3e8e4"


@lru_cache(maxsize=16)
def _criterion_names(year: int, lang: str) -> dict[int, str]:
    frame = criteria.criteria(year)
    return {
        int(number): str(name)
        for number, name in zip(frame["criterion"], frame[f"short_{lang}"], strict=True)
    }


def _numbered(number: int, names: Mapping[int, str]) -> str:
    return f"{number} {names[number]}"


def _listed(lacking: Sequence[int], names: Mapping[int, str]) -> str:
    return ", ".join(_numbered(int(number), names) for number in lacking)


def _year(standing: pd.DataFrame) -> int:
    return int(standing["year"].iloc[0])


def _n(value: Any, lang: str) -> str:
    return numbers.number(value, lang)


def _mean(value: Any, lang: str) -> str:
    return numbers.number(None if numbers.is_absent(value) else float(value), lang, 1)


def _share(value: Any, lang: str) -> str:
    return numbers.percent(None if numbers.is_absent(value) else float(value), lang, 1)


def _district_names(year: int) -> dict[str, str]:
    frame = areas.districts(year)
    return dict(zip(frame["district_code"], frame["district_name"], strict=True))


def _by_district(year: int) -> bool:
    return not areas.districts(year).empty


def source(year: int, lang: str) -> str:
    """Return the line that says what the page's figures are made from."""
    t = translator(lang)
    return t(
        "Source: district returns, {year}; criteria of Decision {decision}.",
        year=year,
        decision=criteria.criteria_set(year).decision,
    )


# Headlines and sentences -------------------------------------------------------------------


def headlines(standing: pd.DataFrame, before: pd.DataFrame | None, lang: str) -> Headlines:
    """Return the province's figures: recognised, pending, mean criteria, target."""
    t = translator(lang)
    row = analysis.summary(standing, "province").iloc[0]
    found = analysis.progress(standing, before)
    year = _year(standing)
    items = [
        Headline(
            t("Communes recognised"),
            f"{_n(row['recognised'], lang)}/{_n(row['communes'], lang)}",
            t("{share} of rural communes", share=_share(row["attained_pct"], lang)),
        ),
        Headline(
            t("Decision pending"),
            _n(row["pending"], lang),
            t("all {n} criteria met", n=criteria.CRITERIA_COUNT),
        ),
        Headline(
            t("Criteria met on average"),
            _mean(row["mean_criteria"], lang),
            t(
                "of {n}, over {communes} communes",
                n=criteria.CRITERIA_COUNT,
                communes=_n(row["criteria_communes"], lang),
            ),
        ),
    ]
    if found.gained is not None:
        items.append(
            Headline(
                t("Since the year before"),
                numbers.signed(found.gained, lang),
                t("communes recognised, {before} to {year}", before=year - 1, year=year),
            )
        )
    if found.target is not None:
        items.append(
            Headline(
                t("Target for {year}", year=found.target.year),
                _n(int(found.target.low), lang),
                t("target reached")
                if found.reached
                else t("{n} to go", n=_n(found.remaining, lang)),
            )
        )
    if row["not_reported"]:
        items.append(
            Headline(
                t("Not reported"), _n(row["not_reported"], lang), t("counted in no other figure")
            )
        )
    return Headlines(items)


def overview(standing: pd.DataFrame, lang: str) -> Prose:
    """Say who meets the standard, who waits, and how far the others are."""
    t = translator(lang)
    year = _year(standing)
    row = analysis.summary(standing, "province").iloc[0]
    bands = analysis.bands(standing, "province").set_index("band")["communes"]
    low = standing["criteria_met"].min()
    sentences = [
        t(
            "At the end of {year}, {n} of the {base} rural communes were recognised as meeting the "
            "new-rural standard ({share}); {pending} met all criteria and awaited a decision.",
            year=year,
            n=_n(row["recognised"], lang),
            base=_n(row["communes"], lang),
            share=_share(row["attained_pct"], lang),
            pending=_n(row["pending"], lang),
        ),
        t(
            "By criteria met: {all} communes met all {n}, {high} met 15 to 18, {middle} met 10 to "
            "14, {few} fewer than 10; the lowest number was {low}.",
            all=_n(bands["19"], lang),
            n=criteria.CRITERIA_COUNT,
            high=_n(bands["15-18"], lang),
            middle=_n(bands["10-14"], lang),
            few=_n(bands["below_10"], lang),
            low=_n(low, lang),
        ),
    ]
    if row["not_reported"]:
        sentences.append(
            t(
                "{n} communes are not reported: the share could be as high as {share}.",
                n=_n(row["not_reported"], lang),
                share=_share(row["attained_max_pct"], lang),
            )
        )
    if row["earlier_set"]:
        sentences.append(
            t(
                "{n} communes were recognised under an earlier set of criteria and do not meet "
                "this year's; they are not counted as recognised.",
                n=_n(row["earlier_set"], lang),
            )
        )
    return Prose([" ".join(sentences)])


# Maps --------------------------------------------------------------------------------------


def _facts(standing: pd.DataFrame, lang: str) -> list[list[str]]:
    """Return what the reader is told about each commune besides its state on the map."""
    t = translator(lang)
    names = _criterion_names(_year(standing), lang)
    told = []
    for row in standing.itertuples(index=False):
        lines = []
        if not numbers.is_absent(row.criteria_met):
            lines.append(
                t(
                    "Criteria met: {n} of {of}",
                    n=_n(row.criteria_met, lang),
                    of=criteria.CRITERIA_COUNT,
                )
            )
        if row.lacking:
            lines.append(t("Not met: {criteria}", criteria=_listed(row.lacking, names)))
        if not numbers.is_absent(row.decision_date):
            day = row.decision_date.date()
            lines.append(t("Decision of {date}", date=numbers.date(day, lang)))
        if not numbers.is_absent(row.level) and row.level in ("advanced", "model"):
            lines.append(t("Level: {level}", level=t(LEVEL_NAMES[row.level])))
        told.append(lines)
    return told


def _categories(standing: pd.DataFrame, lang: str) -> list[maps.Category]:
    t = translator(lang)
    looks = {
        "recognised": ("#0b6168", ""),
        "pending": (_PENDING, "dots"),
        "not_yet": ("#dcebe8", ""),
        "earlier_set": ("#b9a9cf", "lines"),
    }
    there = set(standing["status"])
    return [
        maps.Category(key, t(STATUS_NAMES[key]), colour, pattern)
        for key, (colour, pattern) in looks.items()
        if key != "earlier_set" or key in there
    ]


def _level_marks(standing: pd.DataFrame, lang: str) -> list[maps.Mark]:
    t = translator(lang)
    held = standing[standing["status"] == "recognised"]
    signs = {"advanced": ("triangle", t("Advanced level")), "model": ("star", t("Model level"))}
    return [
        maps.Mark(label, frozenset(held.loc[held["level"] == level, "commune_code"]), sign)
        for level, (sign, label) in signs.items()
        if (held["level"] == level).any()
    ]


def _states(standing: pd.DataFrame) -> pd.Series:
    return standing["status"].where(standing["status"] != "not_reported")


def status_map(standing: pd.DataFrame, lang: str) -> Figure:
    """Draw which communes are recognised, which wait for a decision, which are not there yet."""
    t = translator(lang)
    year = _year(standing)
    row = analysis.summary(standing, "province").iloc[0]
    title = t(
        "{n} of {base} rural communes were recognised by the end of {year}; {pending} awaited a "
        "decision",
        n=_n(row["recognised"], lang),
        base=_n(row["communes"], lang),
        year=year,
        pending=_n(row["pending"], lang),
    )
    frame = standing.assign(state=_states(standing), facts=_facts(standing, lang))
    return maps.category_map(
        frame,
        "state",
        categories=_categories(standing, lang),
        label=t("Status, end of {year}", year=year),
        year=year,
        lang=lang,
        slug="status-map",
        title=title,
        outside="urban",
        facts="facts",
        marks=_level_marks(standing, lang),
        note=source(year, lang),
    )


def criteria_map(standing: pd.DataFrame, lang: str) -> Figure:
    """Draw how many criteria each commune meets."""
    t = translator(lang)
    year = _year(standing)
    row = analysis.summary(standing, "province").iloc[0]
    title = t(
        "Communes met {mean} of {n} criteria on average in {year}; the lowest met {low}",
        mean=_mean(row["mean_criteria"], lang),
        n=criteria.CRITERIA_COUNT,
        year=year,
        low=_n(standing["criteria_met"].min(), lang),
    )
    names = _criterion_names(year, lang)
    facts = [
        [t(STATUS_NAMES[row.status])]
        + ([t("Not met: {criteria}", criteria=_listed(row.lacking, names))] if row.lacking else [])
        for row in standing.itertuples(index=False)
    ]
    return maps.choropleth(
        standing.assign(facts=facts),
        "criteria_met",
        classes=CRITERIA_CLASSES,
        label=t("Criteria met"),
        year=year,
        lang=lang,
        slug="criteria-map",
        title=title,
        outside="urban",
        facts="facts",
        note=source(year, lang),
    )


def status_tiles(standing: pd.DataFrame, lang: str) -> Figure:
    """Draw the communes of each district as equal tiles: here a commune counts as one."""
    t = translator(lang)
    year = _year(standing)
    if _by_district(year):
        held = analysis.summary(standing, "district")
        whole = int((held["recognised"] == held["communes"]).sum())
        half = int((held["recognised"] * 2 < held["communes"]).sum())
        title = t(
            "All communes are recognised in {whole} districts and cities, fewer than half in "
            "{half}",
            whole=whole,
            half=half,
        )
    else:
        title = t("Communes by status, {year}", year=year)
    frame = standing.assign(state=_states(standing), facts=_facts(standing, lang))
    return maps.tile_view(
        frame,
        maps.MapSpec(
            "state",
            categories=_categories(standing, lang),
            label=t("Status, end of {year}", year=year),
            year=year,
            lang=lang,
            slug="status-tiles",
            title=title,
            facts="facts",
            note=t("One tile is one commune, whatever its area. Behind each row: recognised/all.")
            + " "
            + source(year, lang),
        ),
    )


def _criterion_states(attainment: pd.DataFrame, year: int) -> pd.DataFrame:
    each = analysis.marks(attainment, year)
    words = each["met"].map({True: "met", False: "unmet"}).astype("string")
    return each.assign(state=words)


def _mark_categories(lang: str) -> list[maps.Category]:
    t = translator(lang)
    return [maps.Category("met", t(MET), _MET), maps.Category("unmet", t(UNMET), _UNMET)]


def criterion_panels(attainment: pd.DataFrame, year: int, lang: str) -> Figure:
    """Draw one small map for each of the nineteen criteria."""
    t = translator(lang)
    names = _criterion_names(year, lang)
    failed = analysis.failures(attainment, year).set_index("criterion")
    none = int((failed["failed"] == 0).sum())
    worst = int(failed["failed"].idxmax())
    title = t(
        "{none} of the {n} criteria are met by every commune; {worst} is missed most widely",
        none=_n(none, lang),
        n=criteria.CRITERIA_COUNT,
        worst=_numbered(worst, names),
    )
    captions = {
        number: t(
            "{failed} of {marked} not met",
            failed=_n(failed.at[number, "failed"], lang),
            marked=_n(failed.at[number, "marked"], lang),
        )
        for number in names
    }
    return maps.small_multiples(
        _criterion_states(attainment, year),
        maps.MapSpec(
            "state",
            categories=_mark_categories(lang),
            label=t("Criterion, counted over communes and criteria"),
            year=year,
            lang=lang,
            slug="criterion-panels",
            title=title,
            outside="urban",
            note=source(year, lang),
        ),
        maps.Panels("criterion", {number: _numbered(number, names) for number in names}, captions),
    )


def criterion_map(
    attainment: pd.DataFrame,
    standing: pd.DataFrame,
    lang: str,
    criterion: int | None = None,
) -> Figure:
    """Draw where one criterion is not met; without a number, the one most often failed.

    Raises
    ------
    AttainmentError
        For a number the year's set does not have.
    """
    t = translator(lang)
    year = _year(standing)
    names = _criterion_names(year, lang)
    failed = analysis.failures(attainment, year)
    number = int(failed.iloc[0]["criterion"]) if criterion is None else criterion
    if number not in names:
        raise analysis.AttainmentError(
            f"criterion must be a number from 1 to {criteria.CRITERIA_COUNT}, not {number!r}"
        )
    row = failed.set_index("criterion").loc[number]
    full = criteria.criteria(year).set_index("criterion").at[number, f"name_{lang}"]
    title = t(
        "Criterion {number} ({name}): {failed} of {marked} communes do not meet it",
        number=number,
        name=full,
        failed=_n(row["failed"], lang),
        marked=_n(row["marked"], lang),
    )
    frame = _criterion_states(attainment, year)
    frame = frame[frame["criterion"] == number]
    facts = dict(zip(standing["commune_code"], _facts(standing, lang), strict=True))
    frame = frame.assign(facts=[facts[code] for code in frame["commune_code"]])
    return maps.category_map(
        frame,
        "state",
        categories=_mark_categories(lang),
        label=_numbered(number, names),
        year=year,
        lang=lang,
        slug="criterion-map",
        title=title,
        outside="urban",
        facts="facts",
        note=source(year, lang),
    )


def change_map(standing: pd.DataFrame, before: pd.DataFrame | None, lang: str) -> Figure | Prose:
    """Draw how many criteria each commune gained or lost since the year before."""
    t = translator(lang)
    year = _year(standing)
    if before is None:
        return _no_comparison(year, lang)
    changed = analysis.changes(standing, before)
    names = _criterion_names(year, lang)
    new = frozenset(changed.loc[changed["event"] == "recognised", "commune_code"])
    rose, fell = int((changed["change"] > 0).sum()), int((changed["change"] < 0).sum())
    title = t(
        "In {year}, {new} communes were recognised; {rose} met more criteria than the year before "
        "and {fell} met fewer",
        year=year,
        new=_n(len(new), lang),
        rose=_n(rose, lang),
        fell=_n(fell, lang),
    )
    facts = []
    for row in changed.itertuples(index=False):
        lines = []
        if not numbers.is_absent(row.change):
            lines.append(
                t(
                    "Criteria met: {before} to {now}",
                    before=_n(row.criteria_before, lang),
                    now=_n(row.criteria_met, lang),
                )
            )
        if row.gained:
            lines.append(t("Gained: {criteria}", criteria=_listed(row.gained, names)))
        if row.lost:
            lines.append(t("Lost: {criteria}", criteria=_listed(row.lost, names)))
        facts.append(lines)
    return maps.choropleth(
        changed.assign(facts=facts),
        "change",
        classes=CHANGE_CLASSES,
        label=t("Change in criteria met, {before} to {year}", before=year - 1, year=year),
        year=year,
        lang=lang,
        slug="change-map",
        title=title,
        outside="urban",
        facts="facts",
        marks=[maps.Mark(t("Recognised in {year}", year=year), new)] if new else [],
        note=source(year, lang),
    )


def _no_comparison(year: int, lang: str) -> Prose:
    t = translator(lang)
    return Prose(
        [
            t(
                "There is no table of {before} that {year} could be compared with: none was "
                "received, or the communes were assessed under another set of criteria.",
                before=year - 1,
                year=year,
            )
        ],
        kind="caution",
    )


def explore(standing: pd.DataFrame, lang: str, interactive: bool = True) -> Any:
    """Return a map of criteria met to zoom into, in JupyterLab; nothing in a yearly run."""
    t = translator(lang)
    return maps.explore(
        standing.assign(facts=_facts(standing, lang)),
        maps.MapSpec(
            "criteria_met",
            classes=CRITERIA_CLASSES,
            label=t("Criteria met"),
            year=_year(standing),
            lang=lang,
            outside="urban",
            facts="facts",
        ),
        interactive=interactive,
    )


# Charts ------------------------------------------------------------------------------------


def failures_chart(attainment: pd.DataFrame, year: int, lang: str) -> Figure:
    """Draw the criteria by the number of communes that do not meet them, coloured by group."""
    from matplotlib import pyplot
    from matplotlib.patches import Patch

    t = translator(lang)
    names = _criterion_names(year, lang)
    failed = analysis.failures(attainment, year)
    groups = criteria.groups(year)
    group_names = {
        int(group): f"{roman} {name}"
        for group, roman, name in zip(
            groups["group"], groups["roman"], groups[f"name_{lang}"], strict=True
        )
    }
    colours = dict(zip(sorted(group_names), GROUP_COLOURS, strict=False))
    top = failed.iloc[0]
    second = failed.iloc[1]
    title = t(
        "{first} and {second} hold back the most communes: {n} and {m} of {base}",
        first=_numbered(int(top["criterion"]), names),
        second=_numbered(int(second["criterion"]), names),
        n=_n(top["failed"], lang),
        m=_n(second["failed"], lang),
        base=_n(top["marked"], lang),
    )
    with style.house():
        canvas, axes = pyplot.subplots(figsize=(6.4, 5.6), layout="constrained")
        rows = failed.iloc[::-1]
        labels = [_numbered(int(number), names) for number in rows["criterion"]]
        bars = axes.barh(
            labels,
            rows["failed"].astype(int),
            color=[colours[int(group)] for group in rows["group"]],
            height=0.72,
        )
        axes.bar_label(bars, [_n(n, lang) for n in rows["failed"]], padding=3, fontsize=9)
        axes.xaxis.set_visible(False)
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.margins(y=0.01)
        handles = [Patch(color=colours[g], label=group_names[g]) for g in sorted(group_names)]
        axes.legend(handles=handles, loc="lower right", title=t("Group of criteria"))
    listed = "; ".join(
        f"{_numbered(int(row.criterion), names)}: {_n(row.failed, lang)}"
        for row in failed.itertuples(index=False)
    )
    frame = failed.assign(
        name=[_numbered(int(number), names) for number in failed["criterion"]],
        group_name=[group_names[int(group)] for group in failed["group"]],
    )
    data = table(
        frame,
        slug="failures-data",
        caption=t("Criteria not met, {year}: communes by criterion", year=year),
        columns=[
            Column("name", t("Criterion")),
            Column("group_name", t("Group of criteria")),
            Column("failed", t("Communes not meeting it"), kind="number"),
            Column("marked", t("Communes with a mark"), kind="number"),
            Column("failed_pct", t("Share of communes"), kind="percent", decimals=1),
        ],
        lang=lang,
    )
    return from_canvas(
        canvas,
        slug="failures",
        title=title,
        alternative=t(
            "Bar chart of the communes that do not meet each criterion, {year}. {listed}.",
            year=year,
            listed=listed,
        ),
        lang=lang,
        table=data,
        note=source(year, lang),
        png=True,
    )


def progress_chart(standings: Mapping[int, pd.DataFrame], lang: str) -> Figure:
    """Draw recognised and pending communes year by year against the target.

    Parameters
    ----------
    standings
        Years' :func:`kgstats.analysis.attainment.standing`, of one set of criteria.
    """
    from matplotlib import pyplot

    t = translator(lang)
    years = sorted(standings)
    rows = [analysis.summary(standings[year], "province").iloc[0] for year in years]
    found = analysis.progress(standings[years[-1]])
    recognised = [int(row["recognised"]) for row in rows]
    pending = [int(row["pending"]) for row in rows]
    shown = list(years)
    if found.target is not None and found.target.year not in shown:
        shown.append(found.target.year)
    with style.house():
        canvas, axes = pyplot.subplots(figsize=(6.2, 3.4), layout="constrained")
        places = {year: i for i, year in enumerate(shown)}
        at = [places[year] for year in years]
        first = axes.bar(at, recognised, width=0.55, color=style.ACCENT, label=t("Recognised"))
        axes.bar(
            at,
            pending,
            bottom=recognised,
            width=0.55,
            color=_PENDING,
            hatch="///",
            edgecolor=style.INK,
            linewidth=0,
            label=t("Decision pending"),
        )
        axes.bar_label(
            first,
            [_n(n, lang) for n in recognised],
            label_type="center",
            color="white",
            fontweight="bold",
        )
        if found.target is not None:
            goal, place = int(found.target.low), places[found.target.year]
            axes.plot([place - 0.4, place + 0.4], [goal, goal], color=style.CONTRAST, linewidth=2.5)
            axes.annotate(
                t("Target {n}", n=_n(goal, lang)),
                (place, goal),
                xytext=(0, 5),
                textcoords="offset points",
                ha="center",
                color=style.CONTRAST,
                fontweight="bold",
            )
        axes.set_xticks(range(len(shown)), [str(year) for year in shown])
        axes.tick_params(axis="x", length=0)
        base = int(rows[-1]["communes"])
        axes.set_ylim(0, base)
        axes.set_yticks(sorted({0, 30, 60, 90, base}))
        axes.set_ylabel(t("Rural communes (of {n})", n=_n(base, lang)))
        axes.grid(axis="y", color=style.GRID)
        axes.legend(loc="upper left", ncols=2)
    frame = pd.DataFrame(
        {
            "year": [str(year) for year in years],
            "recognised": recognised,
            "pending": pending,
            "communes": [int(row["communes"]) for row in rows],
            "attained_pct": [row["attained_pct"] for row in rows],
            "mean_criteria": [row["mean_criteria"] for row in rows],
        }
    )
    data = table(
        frame,
        slug="progress-data",
        caption=t("Recognised communes by year"),
        columns=[
            Column("year", t("Year")),
            Column("recognised", t("Recognised"), kind="number"),
            Column("pending", t("Decision pending"), kind="number"),
            Column("communes", t("Rural communes"), kind="number"),
            Column("attained_pct", t("Share recognised"), kind="percent", decimals=1),
            Column("mean_criteria", t("Mean criteria"), kind="number", decimals=1),
        ],
        lang=lang,
    )
    title = _progress_title(found, lang)
    alternative = t(
        "Bar chart of recognised communes by year: {listed}.",
        listed="; ".join(f"{y}: {_n(n, lang)}" for y, n in zip(years, recognised, strict=True)),
    )
    return from_canvas(
        canvas,
        slug="progress",
        title=title,
        alternative=f"{alternative} {title}.",
        lang=lang,
        table=data,
        note=source(years[-1], lang),
        png=True,
    )


def _progress_title(found: analysis.Progress, lang: str) -> str:
    t = translator(lang)
    if found.target is None:
        return t("{n} communes recognised in {year}", n=_n(found.attained, lang), year=found.year)
    words = {
        "n": _n(found.attained, lang),
        "year": found.year,
        "target": _n(int(found.target.low), lang),
        "goal": found.target.year,
    }
    if found.reached:
        return t(
            "With {n} communes recognised in {year}, the target of {target} for {goal} is reached",
            **words,
        )
    return t(
        "With {n} communes recognised in {year}, {left} are missing to the target of {target} for "
        "{goal}",
        left=_n(found.remaining, lang),
        **words,
    )


def progress_text(standing: pd.DataFrame, before: pd.DataFrame | None, lang: str) -> Prose:
    """Say how far the target is, the pace it needs, and the pace there was."""
    t = translator(lang)
    found = analysis.progress(standing, before)
    lines = [_progress_title(found, lang) + "."]
    if found.pace_needed is not None:
        lines.append(
            t(
                "That needs {pace} communes a year over {years} years.",
                pace=numbers.number(found.pace_needed, lang, 1)
                if found.pace_needed.denominator > 1
                else _n(int(found.pace_needed), lang),
                years=_n(found.years_left, lang),
            )
            if found.years_left != 1
            else t("That needs {pace} communes in one year.", pace=_n(found.remaining, lang))
        )
    if found.gained is not None:
        lines.append(
            t(
                "In {year} the number rose by {n}.",
                year=found.year,
                n=_n(found.gained, lang),
            )
        )
    if found.plan is not None:
        lines.append(
            t(
                "The plan for {year} was {plan} newly recognised communes; {n} decisions are dated "
                "in that year.",
                year=found.year,
                plan=_n(int(found.plan.low), lang),
                n=_n(found.decided, lang),
            )
        )
    return Prose([" ".join(lines)])


# Tables ------------------------------------------------------------------------------------


def _areas_column(frame: pd.DataFrame, year: int, lang: str) -> list[str]:
    names = _district_names(year) if _by_district(year) else {}
    place = areas.province(year)
    return [
        place if numbers.is_absent(code) else names.get(str(code), str(code))
        for code in frame["district_code"]
    ]


def district_table(standing: pd.DataFrame, lang: str) -> Table:
    """Return attained communes, mean criteria and bands by district, the province last."""
    t = translator(lang)
    year = _year(standing)
    levels = ["district", "province"] if _by_district(year) else ["province"]
    parts = []
    for level in levels:
        bands = analysis.bands(standing, level).pivot(
            index="district_code", columns="band", values="communes"
        )
        held = analysis.summary(standing, level)
        bands = bands.rename(columns=lambda name: f"band_{name}").reset_index()
        parts.append(held.merge(bands, on="district_code", how="left"))
    frame = pd.concat(parts, ignore_index=True)
    frame["area"] = _areas_column(frame, year, lang)
    missing = bool(frame["not_reported"].sum())
    met, held_by = t("Communes by criteria met"), t("Communes by status")
    columns = [
        Column("area", t("District")),
        Column("communes", t("Rural communes"), kind="number"),
        Column("recognised", t("Recognised"), kind="number", spanner=held_by),
        Column("pending", t("Decision pending"), kind="number", spanner=held_by),
        Column("not_yet", t("Not yet"), kind="number", spanner=held_by),
        *(
            [Column("earlier_set", t("Earlier set"), kind="number", spanner=held_by)]
            if frame["earlier_set"].sum()
            else []
        ),
        *(
            [Column("not_reported", t("Not reported"), kind="number", spanner=held_by)]
            if missing
            else []
        ),
        Column("attained_pct", t("Share recognised"), kind="percent", decimals=1),
        Column("mean_criteria", t("Mean criteria"), kind="number", decimals=1),
        *(
            Column(f"band_{name}", t(BAND_NAMES[name]), kind="number", spanner=met)
            for name, _, _ in analysis.BANDS
        ),
    ]
    notes = [source(year, lang)]
    if missing:
        notes.append(
            t(
                "The share counts communes not reported as not recognised: it is the least it "
                "can be."
            )
        )
    return table(
        frame,
        slug="districts",
        caption=t("Commune standards by district, end of {year}", year=year),
        columns=columns,
        lang=lang,
        totals=(frame["level"] == "province").tolist(),
        notes=notes,
    )


def standard_table(standing: pd.DataFrame, lang: str) -> Table | Prose:
    """Return how far each district meets the first condition of its own standard."""
    t = translator(lang)
    year = _year(standing)
    if not _by_district(year):
        return Prose(
            [t("There were no districts at the end of {year}.", year=year)], kind="caution"
        )
    frame = analysis.district_standard(standing)
    frame = frame.assign(
        state=[t(CONDITION_NAMES[name]) for name in frame["condition"]],
        goal=[t(ROUTE_NAMES[name]) for name in frame["route"]],
    )
    own = int(frame["district_criteria"].iloc[0])
    return table(
        frame,
        slug="district-standard",
        caption=t("The communes' part in the district standard, end of {year}", year=year),
        columns=[
            Column("district_name", t("District")),
            Column("goal", t("What it is recognised for")),
            Column("communes", t("Rural communes"), kind="number"),
            Column("recognised", t("Recognised"), kind="number"),
            Column("pending", t("Decision pending"), kind="number"),
            Column("communes_short", t("Communes short"), kind="number"),
            Column("state", t("All communes?")),
        ],
        lang=lang,
        notes=[
            t(
                "A district must also meet {n} criteria of its own, which the returns do not "
                "carry; the table says nothing about them. Cities complete the task instead.",
                n=own,
            )
            if own
            else t("A district's own criteria of this set are not known here."),
            source(year, lang),
        ],
    )


def failures_table(attainment: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Return the communes that do not meet each criterion, by district, criteria by group."""
    t = translator(lang)
    names = _criterion_names(year, lang)
    if not _by_district(year):
        return Prose(
            [t("There were no districts at the end of {year}.", year=year)], kind="caution"
        )
    groups = criteria.criteria(year)
    parts = []
    for level in ("district", "province"):
        found = analysis.failures(attainment, year, level)
        wide = found.pivot(index="district_code", columns="criterion", values="failed")
        marked = found.groupby("district_code", dropna=False)["marked"].max()
        wide = wide.assign(communes=marked).reset_index().assign(level=level)
        parts.append(wide)
    frame = pd.concat(parts, ignore_index=True)
    frame.columns = [str(column) for column in frame.columns]
    frame["area"] = _areas_column(frame, year, lang)
    spanners = {
        int(number): str(group)
        for number, group in zip(groups["criterion"], groups[f"group_{lang}"], strict=True)
    }
    columns = [
        Column("area", t("District")),
        Column("communes", t("Rural communes"), kind="number"),
    ]
    columns += [
        Column(str(n), _numbered(n, names), kind="number", spanner=spanners[n]) for n in names
    ]
    return table(
        frame,
        slug="failures-by-district",
        caption=t("Communes not meeting each criterion, by district, {year}", year=year),
        columns=columns,
        lang=lang,
        totals=(frame["level"] == "province").tolist(),
        notes=[source(year, lang)],
    )


def groups_text(attainment: pd.DataFrame, year: int, lang: str) -> Prose:
    """Say in which group of criteria most marks are missing."""
    t = translator(lang)
    found = analysis.failures(attainment, year, "group")
    names = criteria.groups(year).set_index("group")[f"name_{lang}"]
    items = [
        t(
            "{group}: {failed} of {marked} marks not met ({share})",
            group=names[row.group],
            failed=_n(row.failed, lang),
            marked=_n(row.marked, lang),
            share=_share(row.failed_pct, lang),
        )
        for row in found.itertuples(index=False)
    ]
    return Prose([t("By group of criteria, over communes and criteria:")], items=items)


def pairs_table(attainment: pd.DataFrame, year: int, lang: str, shown: int = 10) -> Table | Prose:
    """Return the pairs of criteria most often failed together."""
    t = translator(lang)
    names = _criterion_names(year, lang)
    found = analysis.failing_pairs(attainment, year).head(shown)
    if found.empty:
        return Prose([t("No commune fails two criteria.")])
    frame = found.assign(
        pair=[
            f"{_numbered(int(a), names)} + {_numbered(int(b), names)}"
            for a, b in zip(found["first"], found["second"], strict=True)
        ]
    )
    return table(
        frame,
        slug="pairs",
        caption=t("Criteria that fail together, {year}", year=year),
        columns=[
            Column("pair", t("Criteria")),
            Column("both", t("Communes failing both"), kind="number"),
            Column("expected", t("Expected by chance"), kind="number", decimals=1),
            Column("ratio", t("Times as many"), kind="number", decimals=1),
            Column("overlap_pct", t("Of those failing either"), kind="percent", decimals=0),
        ],
        lang=lang,
        notes=[
            t(
                "Expected by chance: if the two criteria had nothing to do with each other. "
                "Communes far from the standard fail many criteria, so most pairs exceed chance."
            ),
            source(year, lang),
        ],
    )


def nearly_text(standing: pd.DataFrame, lang: str) -> Prose:
    """Say how many communes are one or two criteria short, and which criteria those are."""
    t = translator(lang)
    names = _criterion_names(_year(standing), lang)
    near = analysis.nearly(standing)
    if near.empty:
        return Prose([t("No commune is one or two criteria short.")])
    counts = near["lacking_count"].value_counts()
    wanted = near["lacking"].explode().value_counts()
    first = sorted(((-int(n), int(k)) for k, n in wanted.items()))[:3]
    listed = numbers.joined(
        [f"{_numbered(number, names)} ({_n(-n, lang)})" for n, number in first], lang
    )
    return Prose(
        [
            t(
                "{one} communes lack a single criterion and {two} lack two. What they lack most "
                "often: {listed}.",
                one=_n(int(counts.get(1, 0)), lang),
                two=_n(int(counts.get(2, 0)), lang),
                listed=listed,
            )
        ]
    )


def nearly_table(standing: pd.DataFrame, lang: str) -> Table | Prose:
    """Return the communes one or two criteria short, with which they lack."""
    t = translator(lang)
    year = _year(standing)
    names = _criterion_names(year, lang)
    near = analysis.nearly(standing)
    if near.empty:
        return Prose([t("No commune is one or two criteria short.")])
    frame = near.assign(
        district=_areas_column(near, year, lang),
        missing=[_listed(numbers_, names) for numbers_ in near["lacking"]],
    )
    return table(
        frame,
        slug="nearly",
        caption=t("Communes one or two criteria short, end of {year}", year=year),
        columns=[
            Column("name", t("Commune")),
            Column("district", t("District")),
            Column("criteria_met", t("Criteria met"), kind="number"),
            Column("missing", t("Criteria not met")),
        ],
        lang=lang,
        notes=[source(year, lang)],
    )


def changes_table(standing: pd.DataFrame, before: pd.DataFrame | None, lang: str) -> Table | Prose:
    """Return the communes that were recognised, completed the criteria, or lost ground."""
    t = translator(lang)
    year = _year(standing)
    if before is None:
        return _no_comparison(year, lang)
    names = _criterion_names(year, lang)
    changed = analysis.changes(standing, before)
    told = changed[changed["event"].isin(["recognised", "completed", "fell", "lost"])]
    if told.empty:
        return Prose([t("No commune was recognised and none lost ground.")])
    order = {name: i for i, name in enumerate(analysis.EVENTS)}
    told = told.sort_values(
        "event", key=lambda events: events.map(order).astype("Int64"), kind="stable"
    )
    titles = {"recognised": t("Recognised in {year}", year=year)}
    for event in ("completed", "fell", "lost"):
        text = t(EVENT_NAMES[event])
        titles[event] = text[0].upper() + text[1:]
    frame = told.assign(
        group=[titles[name] for name in told["event"]],
        district=_areas_column(told, year, lang),
        gained_names=[_listed(v, names) for v in told["gained"]],
        lost_names=[_listed(v, names) for v in told["lost"]],
    )
    return table(
        frame,
        slug="changes",
        caption=t(
            "Communes whose standing changed, {before} to {year}", before=year - 1, year=year
        ),
        columns=[
            Column("name", t("Commune")),
            Column("district", t("District")),
            Column("criteria_before", t("Criteria met in {year}", year=year - 1), kind="number"),
            Column("criteria_met", t("Criteria met in {year}", year=year), kind="number"),
            Column("gained_names", t("Gained")),
            Column("lost_names", t("Lost")),
        ],
        group="group",
        lang=lang,
        notes=[source(year, lang)],
    )


def gains_table(standing: pd.DataFrame, before: pd.DataFrame | None, lang: str) -> Table | Prose:
    """Return by criterion how many communes gained and lost it since the year before."""
    t = translator(lang)
    year = _year(standing)
    if before is None:
        return _no_comparison(year, lang)
    names = _criterion_names(year, lang)
    found = analysis.gains(analysis.changes(standing, before))
    frame = found.assign(name=[_numbered(int(n), names) for n in found["criterion"]])
    return table(
        frame,
        slug="gains",
        caption=t("Criteria gained and lost, {before} to {year}", before=year - 1, year=year),
        columns=[
            Column("name", t("Criterion")),
            Column("gained", t("Communes that gained it"), kind="number"),
            Column("lost", t("Communes that lost it"), kind="number"),
            Column("net", t("Net"), kind="signed"),
        ],
        lang=lang,
        notes=[source(year, lang)],
    )


def recognition_table(standing: pd.DataFrame, lang: str) -> Table:
    """Return recognised communes by year of the decision and year of the standard."""
    t = translator(lang)
    year = _year(standing)
    found = analysis.recognitions(standing)

    def standard(value: Any, exact: Any) -> str:
        if numbers.is_absent(value):
            return numbers.NOT_REPORTED
        return str(value) if exact else t("{year} or before", year=value)

    frame = found.assign(
        decision=[
            t("decision pending") if numbers.is_absent(value) else str(value)
            for value in found["decision_year"]
        ],
        standard=[
            standard(value, exact)
            for value, exact in zip(found["standard_year"], found["exact"], strict=True)
        ],
    )
    return table(
        frame,
        slug="recognitions",
        caption=t(
            "Communes meeting the standard by year of the decision, end of {year}", year=year
        ),
        columns=[
            Column("decision", t("Year of the decision")),
            Column("standard", t("Year the standard was met"), kind="mixed"),
            Column("communes", t("Communes"), kind="number"),
        ],
        lang=lang,
        notes=[
            t(
                "A commune assessed for one year is often decided on in the next; it counts as "
                "recognised from the decision."
            ),
            source(year, lang),
        ],
    )


def levels_text(standing: pd.DataFrame, lang: str) -> Prose:
    """Say how many recognised communes reached a higher level."""
    t = translator(lang)
    held = analysis.levels(standing).set_index("level")["at_least"]
    return Prose(
        [
            t(
                "Of the recognised communes, {advanced} reached the advanced level or a higher "
                "one, {model} the model level.",
                advanced=_n(held["advanced"], lang),
                model=_n(held["model"], lang),
            )
        ]
    )


def commune_table(standing: pd.DataFrame, lang: str) -> Table:
    """Return every rural commune: status, criteria met and lacking, level, decision."""
    t = translator(lang)
    year = _year(standing)
    names = _criterion_names(year, lang)
    frame = standing.assign(
        district=_areas_column(standing, year, lang),
        state=[t(STATUS_NAMES[name]) for name in standing["status"]],
        missing=[_listed(v, names) for v in standing["lacking"]],
        held=[
            "" if numbers.is_absent(name) or name not in LEVEL_NAMES else t(LEVEL_NAMES[str(name)])
            for name in standing["level"]
        ],
        decided=[
            # A commune that is not recognised has no decision: nothing is missing.
            ("" if status != "recognised" else None) if numbers.is_absent(day) else day.date()
            for day, status in zip(standing["decision_date"], standing["status"], strict=True)
        ],
    )
    return table(
        frame,
        slug="communes",
        caption=t("Rural communes: status and criteria, end of {year}", year=year),
        columns=[
            Column("name", t("Commune")),
            Column("state", t("Status")),
            Column("criteria_met", t("Criteria met"), kind="number"),
            Column("missing", t("Criteria not met")),
            Column("held", t("Level")),
            Column("decided", t("Decision"), kind="date"),
        ],
        group="district",
        lang=lang,
        notes=[source(year, lang)],
    )
