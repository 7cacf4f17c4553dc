"""Maps and charts of commune standards, each from the frames of the analysis that it shows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import charts, maps, numbers, style
from kgstats.present.attainment import (
    criterion_names,
    has_districts,
    listed,
    no_comparison,
    progress_title,
    source,
    year_of,
)
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, column, table
from kgstats.reference import criteria
from kgstats.words import N_, translator

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
STANDING_LOOKS = {
    "recognised": ("#0b6168", ""),
    "pending": ("#eeb25c", "dots"),
    "not_yet": ("#dcebe8", ""),
    "earlier_set": ("#b9a9cf", "lines"),
}
"""Colour and pattern of each standing; communes not reported are drawn as every map draws them."""
GROUP_COLOURS = ("#5a6672", "#0b6e75", "#b3671d", "#5b4b9a")
MET, UNMET = N_("Met"), N_("Not met")
_MET, _UNMET = "#d3e8e4", "#b3471c"


# What a reader is told about a commune on a map ---------------------------------------------


def _facts(standing: pd.DataFrame, lang: str) -> list[list[str]]:
    """Return what the reader is told about each commune besides its state on the map."""
    t = translator(lang)
    levels = registry.codes("level")
    told = []
    for row in standing.itertuples(index=False):
        lines = []
        if not numbers.is_absent(row.criteria_met):
            met = numbers.number(row.criteria_met, lang)
            lines.append(t("Criteria met: {n} of {of}", n=met, of=criteria.CRITERIA_COUNT))
        if row.lacking:
            lines.append(t("Not met: {criteria}", criteria=listed(row.lacking, row.year, lang)))
        if not numbers.is_absent(row.decision_date):
            day = numbers.date(row.decision_date.date(), lang)
            lines.append(t("Decision of {date}", date=day))
        if not numbers.is_absent(row.level) and row.level in ("advanced", "model"):
            lines.append(t("Level: {level}", level=t(levels[row.level])))
        told.append(lines)
    return told


def _categories(standing: pd.DataFrame, lang: str) -> list[maps.Category]:
    t = translator(lang)
    words, there = registry.codes("standing"), set(standing["status"])
    return [
        maps.Category(key, t(words[key]), colour, pattern)
        for key, (colour, pattern) in STANDING_LOOKS.items()
        if key != "earlier_set" or key in there
    ]


def _drawn(standing: pd.DataFrame, lang: str) -> pd.DataFrame:
    known = standing["status"] != "not_reported"
    return standing.assign(standing=standing["status"].where(known), facts=_facts(standing, lang))


def _level_marks(standing: pd.DataFrame, lang: str) -> list[maps.Mark]:
    t = translator(lang)
    held = standing[standing["status"] == "recognised"]
    signs = {"advanced": ("triangle", t("Advanced level")), "model": ("star", t("Model level"))}
    return [
        maps.Mark(label, frozenset(held.loc[held["level"] == level, "commune_code"]), sign)
        for level, (sign, label) in signs.items()
        if (held["level"] == level).any()
    ]


def _spec(value: str, label: str, year: int, lang: str, **more: Any) -> maps.MapSpec:
    """Return what all maps of this page have in common, and what one has of its own."""
    common: dict[str, Any] = {"outside": "urban", "facts": "facts", "note": source(year, lang)}
    return maps.MapSpec(value, label, year, lang, **common | more)


# Maps of communes ---------------------------------------------------------------------------


def status_map(standing: pd.DataFrame, province: pd.DataFrame, lang: str) -> Figure:
    """Draw which communes are recognised, which wait for a decision, which are not there yet."""
    t = translator(lang)
    row = province.iloc[0]
    year = year_of(standing)
    title = t(
        "{n} of {base} rural communes were recognised by the end of {year}; {pending} awaited a "
        "decision",
        n=numbers.number(row["communes_recognised"], lang),
        base=numbers.number(row["communes"], lang),
        year=year,
        pending=numbers.number(row["communes_pending"], lang),
    )
    spec = _spec(
        "standing",
        t("Status, end of {year}", year=year),
        year,
        lang,
        slug="status-map",
        title=title,
        categories=_categories(standing, lang),
        marks=_level_marks(standing, lang),
    )
    return maps.area_map(_drawn(standing, lang), spec)


def status_tiles(standing: pd.DataFrame, districts: pd.DataFrame, lang: str) -> Figure:
    """Draw the communes of each district as equal tiles: here a commune counts as one."""
    t = translator(lang)
    year = year_of(standing)
    title = t("Communes by status, {year}", year=year)
    recognised, base = districts["communes_recognised"], districts["communes"]
    if has_districts(districts) and recognised.notna().any():
        title = t(
            "All communes are recognised in {whole} districts and cities, fewer than half in "
            "{half}",
            whole=int((recognised == base).sum()),
            half=int((recognised * 2 < base).sum()),
        )
    note = t("One tile is one commune, whatever its area. Behind each row: recognised/all.")
    spec = _spec(
        "standing",
        t("Status, end of {year}", year=year),
        year,
        lang,
        slug="status-tiles",
        title=title,
        categories=_categories(standing, lang),
        outside=(),
        note=f"{note} {source(year, lang)}",
    )
    return maps.tile_view(_drawn(standing, lang), spec)


def criteria_map(standing: pd.DataFrame, province: pd.DataFrame, lang: str) -> Figure:
    """Draw how many criteria each commune meets."""
    t = translator(lang)
    row = province.iloc[0]
    year = year_of(standing)
    words = registry.codes("standing")
    title = t(
        "Communes met {mean} of {n} criteria on average in {year}; the lowest met {low}",
        mean=numbers.number(row["mean_criteria"], lang, 1),
        n=criteria.CRITERIA_COUNT,
        year=year,
        low=numbers.number(row["least_criteria"], lang),
    )
    facts = [
        [t(words[status])]
        + ([t("Not met: {criteria}", criteria=listed(lacking, year, lang))] if lacking else [])
        for status, lacking in zip(standing["status"], standing["lacking"], strict=True)
    ]
    spec = _spec(
        "criteria_met",
        t("Criteria met"),
        year,
        lang,
        slug="criteria-map",
        title=title,
        classes=CRITERIA_CLASSES,
    )
    return maps.area_map(standing.assign(facts=facts), spec)


def change_map(changes: pd.DataFrame, year: int, lang: str) -> Figure | Prose:
    """Draw how many criteria each commune gained or lost since the year before."""
    t = translator(lang)
    if changes.empty:
        return no_comparison(year, lang)
    new = frozenset(changes.loc[changes["event"] == "recognised", "commune_code"])
    title = t(
        "In {year}, {new} communes were recognised; {rose} met more criteria than the year before "
        "and {fell} met fewer",
        year=year,
        new=numbers.number(len(new), lang),
        rose=numbers.number(int((changes["criteria_change"] > 0).sum()), lang),
        fell=numbers.number(int((changes["criteria_change"] < 0).sum()), lang),
    )
    facts = []
    for row in changes.itertuples(index=False):
        lines = []
        if not numbers.is_absent(row.criteria_change):
            before, now = (numbers.number(n, lang) for n in (row.criteria_before, row.criteria_met))
            lines.append(t("Criteria met: {before} to {now}", before=before, now=now))
        if row.gained:
            lines.append(t("Gained: {criteria}", criteria=listed(row.gained, year, lang)))
        if row.lost:
            lines.append(t("Lost: {criteria}", criteria=listed(row.lost, year, lang)))
        facts.append(lines)
    spec = _spec(
        "criteria_change",
        t("Change in criteria met, {before} to {year}", before=year - 1, year=year),
        year,
        lang,
        slug="change-map",
        title=title,
        classes=CHANGE_CLASSES,
        marks=[maps.Mark(t("Recognised in {year}", year=year), new)] if new else [],
    )
    return maps.area_map(changes.assign(facts=facts), spec)


def explore(standing: pd.DataFrame, lang: str, interactive: bool = True) -> Any:
    """Return a map of criteria met to zoom into, in JupyterLab; nothing in a yearly run."""
    t = translator(lang)
    label = t("Criteria met")
    spec = _spec("criteria_met", label, year_of(standing), lang, classes=CRITERIA_CLASSES)
    return maps.explore(
        standing.assign(facts=_facts(standing, lang)), spec, interactive=interactive
    )


# Maps of criteria ---------------------------------------------------------------------------


def _with_states(marks: pd.DataFrame) -> pd.DataFrame:
    return marks.assign(mark=marks["met"].map({True: "met", False: "unmet"}).astype("string"))


def _mark_categories(lang: str) -> list[maps.Category]:
    t = translator(lang)
    return [maps.Category("met", t(MET), _MET), maps.Category("unmet", t(UNMET), _UNMET)]


def criterion_panels(marks: pd.DataFrame, failures: pd.DataFrame, lang: str) -> Figure:
    """Draw one small map for each of the nineteen criteria."""
    t = translator(lang)
    year = year_of(marks)
    names = criterion_names(year, lang)
    failed = failures.set_index("criterion")
    title = t(
        "{none} of the {n} criteria are met by every commune; {worst} is missed most widely",
        none=numbers.number(int((failed["marks_not_met"] == 0).sum()), lang),
        n=criteria.CRITERIA_COUNT,
        worst=names[int(failures["criterion"].iloc[0])],
    )
    captions = {
        number: t(
            "{failed} of {marked} not met",
            failed=numbers.number(failed.at[number, "marks_not_met"], lang),
            marked=numbers.number(failed.at[number, "marks_given"], lang),
        )
        for number in names
    }
    spec = _spec(
        "mark",
        t("Criterion, counted over communes and criteria"),
        year,
        lang,
        slug="criterion-panels",
        title=title,
        categories=_mark_categories(lang),
        facts=None,
    )
    panels = maps.Panels("criterion", names, captions)
    return maps.small_multiples(_with_states(marks), spec, panels)


def criterion_map(marks: pd.DataFrame, standing: pd.DataFrame, lang: str) -> Figure:
    """Draw where one criterion is not met.

    Parameters
    ----------
    marks
        The marks of one criterion: :func:`kgstats.analysis.attainment.of_criterion`.
    """
    t = translator(lang)
    year = year_of(marks)
    number = int(marks["criterion"].iloc[0])
    title = t(
        "Criterion {number} ({name}): {failed} of {marked} communes do not meet it",
        number=number,
        name=criteria.criteria(year).set_index("criterion").at[number, f"name_{lang}"],
        failed=numbers.number(int((~marks["met"]).sum()), lang),
        marked=numbers.number(int(marks["met"].notna().sum()), lang),
    )
    facts = dict(zip(standing["commune_code"], _facts(standing, lang), strict=True))
    spec = _spec(
        "mark",
        criterion_names(year, lang)[number],
        year,
        lang,
        slug="criterion-map",
        title=title,
        categories=_mark_categories(lang),
    )
    drawn = _with_states(marks).assign(facts=[facts[code] for code in marks["commune_code"]])
    made = maps.area_map(drawn, spec)
    if made.table is not None:
        # The map shows the marks of this criterion and of no other.
        made.table.frame["criterion"] = number
    return made


# Charts ------------------------------------------------------------------------------------


def failures_chart(failures: pd.DataFrame, lang: str) -> Figure:
    """Draw the criteria by the number of communes that do not meet them, coloured by group.

    Parameters
    ----------
    failures
        :func:`kgstats.analysis.attainment.failures` by criterion.
    """
    t = translator(lang)
    year = year_of(failures)
    names = criterion_names(year, lang)
    groups = criteria.groups(year)
    group_names = {
        int(group): f"{roman} {name}"
        for group, roman, name in zip(
            groups["group"], groups["roman"], groups[f"name_{lang}"], strict=True
        )
    }
    frame = failures.assign(
        name=[names[int(number)] for number in failures["criterion"]],
        group_name=[group_names[int(group)] for group in failures["criterion_group"]],
    )
    colours = dict(zip(sorted(group_names), GROUP_COLOURS, strict=False))
    top, second = frame.iloc[0], frame.iloc[1]
    chart = charts.Chart(
        slug="failures",
        title=t(
            "{first} and {second} hold back the most communes: {n} and {m} of {base}",
            first=top["name"],
            second=second["name"],
            n=numbers.number(top["marks_not_met"], lang),
            m=numbers.number(second["marks_not_met"], lang),
            base=numbers.number(top["marks_given"], lang),
        ),
        says=t("Bar chart of the communes that do not meet each criterion, {year}.", year=year),
        lang=lang,
        table=table(
            frame,
            slug="failures-data",
            caption=t("Criteria not met, {year}: communes by criterion", year=year),
            columns=[
                Column("name", t("Criterion")),
                Column("group_name", t("Group of criteria")),
                *(column(name, lang) for name in ("marks_not_met", "marks_given", "not_met_pct")),
            ],
            lang=lang,
        ),
        note=source(year, lang),
        png=True,
    )
    return charts.bars(
        chart,
        frame,
        "name",
        "marks_not_met",
        colour=lambda row: colours[int(row["criterion_group"])],
        legend={group_names[group]: colours[group] for group in sorted(group_names)},
    )


def progress_chart(years: pd.DataFrame, progress: pd.DataFrame, lang: str) -> Figure:
    """Draw recognised and pending communes year by year against the target.

    Parameters
    ----------
    years
        :func:`kgstats.analysis.attainment.summary` of years under one set of criteria.
    progress
        :func:`kgstats.analysis.attainment.progress` of the last of them.
    """
    t = translator(lang)
    found = progress.iloc[0]
    frame = years.assign(when=[str(int(year)) for year in years["year"]])
    measures = ["communes_recognised", "communes_pending", "communes", "recognised_pct"]
    base = int(frame["communes"].iloc[-1])
    chart = charts.Chart(
        slug="progress",
        title=progress_title(progress, lang),
        says=t("Bar chart of recognised communes by year."),
        lang=lang,
        table=table(
            frame,
            slug="progress-data",
            caption=t("Recognised communes by year"),
            columns=[
                Column("when", t("Year")),
                *(column(name, lang) for name in (*measures, "mean_criteria")),
            ],
            lang=lang,
        ),
        axis=t("Rural communes (of {n})", n=numbers.number(base, lang)),
        note=source(year_of(years), lang),
        png=True,
    )
    target = None
    if not numbers.is_absent(found["target_year"]):
        goal = numbers.number(found["target_communes"], lang)
        target = charts.Target(
            str(found["target_year"]), int(found["target_communes"]), t("Target {n}", n=goal)
        )
    return charts.columns(
        chart,
        frame,
        "when",
        [
            charts.Series("communes_recognised", t("Recognised"), style.ACCENT),
            charts.Series(
                "communes_pending", t("Decision pending"), STANDING_LOOKS["pending"][0], "///"
            ),
        ],
        target=target,
        top=base,
    )
