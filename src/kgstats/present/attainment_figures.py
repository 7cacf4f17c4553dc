"""Maps and charts of commune standards, each from the frames of the analysis that it shows."""

from __future__ import annotations

from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import charts, claims, maps, numbers
from kgstats.present.attainment import (
    NO_MARKS,
    criterion_names,
    has_districts,
    listed,
    no_comparison,
    reported,
    source,
    whole,
    year_of,
)
from kgstats.present.claims import P_
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose, capital
from kgstats.present.tables import Column, TableSpec
from kgstats.reference import areas, criteria
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
            met = whole(row.criteria_met, lang)
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


def not_rural(year: int) -> frozenset[str]:
    """Return the commune-level units of a year that the programme leaves out."""
    rural = areas.rural(year)["commune_code"]
    units = areas.units(year)["commune_code"]
    return frozenset(units[~units.isin(rural)])


def _spec(value: str, label: str, year: int, lang: str, **more: Any) -> maps.MapSpec:
    """Return what all maps of this page have in common, and what one has of its own."""
    units, outside = areas.units(year), not_rural(year)
    common: dict[str, Any] = {"outside": outside, "facts": "facts", "note": source(year, lang)}
    if not set(units["type"]) <= registry.codes("unit_type").keys():
        common["outside_label"] = N_("Ward, township or special zone, outside the programme")
    return maps.MapSpec(value, label, year, lang, **common | more)


# Maps of communes ---------------------------------------------------------------------------


def status_map(standing: pd.DataFrame, province: pd.DataFrame, lang: str) -> Figure:
    """Draw which communes are recognised, which wait for a decision, which are not there yet."""
    t = translator(lang)
    year = year_of(standing)
    spec = _spec(
        "standing",
        t("Status, end of {year}", year=year),
        year,
        lang,
        slug="status-map",
        title=_status_title(province.iloc[0], year, lang),
        categories=_categories(standing, lang),
        marks=_level_marks(standing, lang),
    )
    return maps.area_map(_drawn(standing, lang), spec)


def _status_title(row: pd.Series, year: int, lang: str) -> str:
    t = translator(lang)
    if not row["communes_reported"]:
        return t("No commune is reported at the end of {year}", year=year)
    text = N_("{n} of {base} rural communes were recognised by the end of {year}")
    if row["communes_pending"]:
        text = N_(
            "{n} of {base} rural communes were recognised by the end of {year}; {pending} awaited "
            "a decision"
        )
    title = t(
        text,
        n=whole(row["communes_recognised"], lang),
        base=whole(row["communes_reported"], lang),
        year=year,
        pending=whole(row["communes_pending"], lang),
    )
    known = reported(row, lang)
    return t("{title} (reported: {base})", title=title, base=known) if known else title


def status_tiles(standing: pd.DataFrame, districts: pd.DataFrame, lang: str) -> Figure:
    """Draw the communes of each district as equal tiles: here a commune counts as one."""
    t = translator(lang)
    year = year_of(standing)
    behind = t(
        "One tile is one commune, whatever its area. At the end of each row: recognised/all."
    )
    if districts["communes_not_reported"].any():
        behind = t(
            "One tile is one commune, whatever its area. At the end of each row: "
            "recognised/reported."
        )
    spec = _spec(
        "standing",
        t("Status, end of {year}", year=year),
        year,
        lang,
        slug="status-tiles",
        title=_tiles_title(districts, year, lang),
        categories=_categories(standing, lang),
        outside=(),
        note=f"{behind} {source(year, lang)}",
    )
    return maps.tile_view(_drawn(standing, lang), spec)


def _tiles_title(districts: pd.DataFrame, year: int, lang: str) -> str:
    """Count the districts with all communes recognised, of those that reported all."""
    told = districts[districts["communes_not_reported"] == 0]
    if not has_districts(districts) or told.empty:
        return translator(lang)("Communes by status, {year}", year=year)
    recognised, base = told["communes_recognised"], told["communes"]
    every, few = int((recognised == base).sum()), int((recognised * 2 < base).sum())
    if not every or not few:
        return _tiles_said(every, few, len(told) if len(told) < len(districts) else 0, lang)
    values: dict[str, Any] = {"half": whole(few, lang)}
    forms = P_(
        "All communes are recognised in {n} district or city, fewer than half in {half}",
        "All communes are recognised in {n} districts and cities, fewer than half in {half}",
    )
    if len(told) < len(districts):
        values["told"] = whole(len(told), lang)
        forms = P_(
            "Of {told} districts and cities with all communes reported, {n} has all recognised, "
            "fewer than half are in {half}",
            "Of {told} districts and cities with all communes reported, {n} have all recognised, "
            "fewer than half are in {half}",
        )
    return claims.counted(forms, every, lang, **values)


def _tiles_said(every: int, few: int, told: int, lang: str) -> str:
    """Say the same where one of the two counts is none."""
    have_all = P_(
        "{n} district or city has all communes recognised",
        "{n} districts and cities have all communes recognised",
    )
    none = N_("no district or city has all communes recognised")
    half = P_("{n} has fewer than half", "{n} have fewer than half")
    parts = [
        claims.counted(have_all, every, lang, none=none),
        claims.counted(half, few, lang, none=N_("none has fewer than half")),
    ]
    said = "; ".join(parts)
    of = P_(
        "Of {n} district or city with all communes reported: {said}",
        "Of {n} districts and cities with all communes reported: {said}",
    )
    return claims.counted(of, told, lang, said=said) if told else capital(said)


def criteria_map(standing: pd.DataFrame, province: pd.DataFrame, lang: str) -> Figure:
    """Draw how many criteria each commune meets."""
    t = translator(lang)
    row = province.iloc[0]
    year = year_of(standing)
    words = registry.codes("standing")
    title = t("How many criteria communes met in {year} is not reported", year=year)
    if row["criteria_communes"]:
        title = t(
            "Communes met {mean} of {n} criteria on average in {year}; the lowest met {low}",
            mean=numbers.number(row["mean_criteria"], lang, 1),
            n=criteria.CRITERIA_COUNT,
            year=year,
            low=whole(row["least_criteria"], lang),
        )
        title += claims.part(
            "communes", row["criteria_communes"], row["communes"], lang, " ({base})"
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


def change_map(changes: pd.DataFrame, counts: pd.DataFrame, year: int, lang: str) -> Figure | Prose:
    """Draw how many criteria each commune gained or lost since the year before.

    Parameters
    ----------
    changes, counts
        :func:`kgstats.analysis.attainment.changes`, and how many they are: ``change_counts``.
    """
    t = translator(lang)
    if changes.empty:
        return no_comparison(year, lang)
    new = frozenset(changes.loc[changes["event"] == "recognised", "commune_code"])
    facts = []
    for row in changes.itertuples(index=False):
        lines = []
        if not numbers.is_absent(row.criteria_change):
            before, now = (whole(n, lang) for n in (row.criteria_before, row.criteria_met))
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
        title=_change_title(counts.iloc[0], year, lang),
        classes=CHANGE_CLASSES,
        unknown_label=N_("Not comparable"),
        marks=[maps.Mark(t("Recognised in {year}", year=year), new)] if new else [],
    )
    return maps.area_map(changes.assign(facts=facts), spec)


def _change_title(row: pd.Series, year: int, lang: str) -> str:
    t = translator(lang)
    forms = P_(
        "In {year}, {n} commune was recognised; {rose} met more criteria than the year before and "
        "{fell} met fewer",
        "In {year}, {n} communes were recognised; {rose} met more criteria than the year before "
        "and {fell} met fewer",
    )
    counts = [int(row[f"communes_{name}"]) for name in ("newly", "rose", "fell")]
    rose, fell = (whole(n, lang) for n in counts[1:])
    title = claims.counted(forms, counts[0], lang, year=year, rose=rose, fell=fell)
    if not all(counts):
        parts = [
            claims.counted(one, n, lang, none=none)
            for (one, none), n in zip(_CHANGED, counts, strict=True)
        ]
        title = t("In {year}: {said}", year=year, said="; ".join(parts))
    if not row["communes_compared"]:
        return t("No commune can be compared with {before}", before=year - 1)
    of = N_("; compared: {base}")
    return title + claims.part("communes", row["communes_compared"], row["communes"], lang, of)


_CHANGED = (
    (
        P_("{n} commune was recognised", "{n} communes were recognised"),
        N_("no commune was recognised"),
    ),
    (
        P_("{n} met more criteria than before", "{n} met more criteria than before"),
        N_("none met more criteria than before"),
    ),
    (P_("{n} met fewer", "{n} met fewer"), N_("none met fewer")),
)


def explore(standing: pd.DataFrame, lang: str, interactive: bool = True) -> Any:
    """Return a map of criteria met to zoom into, in JupyterLab; nothing in a yearly run."""
    label = translator(lang)("Criteria met")
    spec = _spec("criteria_met", label, year_of(standing), lang, classes=CRITERIA_CLASSES)
    frame = standing.assign(facts=_facts(standing, lang))
    return maps.explore(frame, spec, interactive=interactive)


# Maps and chart of criteria -------------------------------------------------------------------


def _with_states(marks: pd.DataFrame) -> pd.DataFrame:
    return marks.assign(mark=marks["met"].map({True: "met", False: "unmet"}).astype("string"))


def _mark_categories(lang: str) -> list[maps.Category]:
    t = translator(lang)
    return [maps.Category("met", t(MET), _MET), maps.Category("unmet", t(UNMET), _UNMET)]


def _missed(failures: pd.DataFrame, year: int, lang: str) -> pd.Series:
    """Return by the criterion's name how many communes do not meet it; null without a mark."""
    names = criterion_names(year, lang)
    called = [names[int(number)] for number in failures["criterion"]]
    return failures["marks_not_met"].set_axis(called)


def criterion_panels(marks: pd.DataFrame, failures: pd.DataFrame, lang: str) -> Figure:
    """Draw one small map for each of the nineteen criteria."""
    t = translator(lang)
    year = year_of(marks)
    names = criterion_names(year, lang)
    failed = failures.set_index("criterion")
    captions = {
        number: t(
            "{failed} of {marked} not met",
            failed=whole(failed.at[number, "marks_not_met"], lang),
            marked=whole(failed.at[number, "marks_given"], lang),
        )
        for number in names
    }
    spec = _spec(
        "mark",
        t("Criterion, counted over communes and criteria"),
        year,
        lang,
        slug="criterion-panels",
        title=_of_marked(
            _panels_title(_missed(failures, year, lang), bool(marks["met"].notna().all()), lang),
            failures["marks_given"].max(),
            year,
            lang,
        ),
        categories=_mark_categories(lang),
        facts=None,
    )
    panels = maps.Panels("criterion", names, captions)
    return maps.small_multiples(_with_states(marks), spec, panels)


_WIDEST = claims.Words(
    one=N_("{names} is missed most often"),
    many=N_("{names} are missed most often"),
    none=N_("none is missed"),
    every=N_("all are missed equally often"),
    unit=claims.UNITS["criteria"],
)


def _of_marked(title: str, marked: int, year: int, lang: str) -> str:
    """Add to a title of how many communes there are marks, where some have none."""
    of, every = N_("{title} (marks given: {base})"), len(areas.rural(year))
    said = claims.part("communes", marked, every, lang, of, title=title) if marked else ""
    return said or title


def _panels_title(missed: pd.Series, complete: bool, lang: str) -> str:
    t = translator(lang)
    known = missed.dropna()
    if known.empty:
        return t(NO_MARKS)
    forms = P_(
        "{n} of the {all} criteria is met by every commune",
        "{n} of the {all} criteria are met by every commune",
    )
    if not complete:
        forms = P_(
            "{n} of the {all} criteria is met by every commune with a mark",
            "{n} of the {all} criteria are met by every commune with a mark",
        )
    none = N_("No criterion is met by every commune")
    if not complete:
        none = N_("No criterion is met by every commune with a mark")
    every = int((known == 0).sum())
    met = claims.counted(forms, every, lang, none=none, all=whole(len(missed), lang))
    return f"{met}; {claims.said(claims.first(missed, above=0), _WIDEST, str, lang)}"


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
    name = criteria.criteria(year).set_index("criterion").at[number, f"name_{lang}"]
    failed, marked = int((~marks["met"]).sum()), int(marks["met"].notna().sum())
    if not marked:
        title = t("Criterion {number} ({name}): no mark is reported", number=number, name=name)
    elif not failed:
        text = N_("Criterion {number} ({name}): every commune with a mark meets it")
        title = t(text, number=number, name=name)
    else:
        base = claims.base({"communes": (failed, marked)}, lang)
        text = N_("Criterion {number} ({name}): not met by {base}")
        title = t(text, number=number, name=name, base=base)
    facts = dict(zip(standing["commune_code"], _facts(standing, lang), strict=True))
    spec = _spec(
        "mark",
        criterion_names(year, lang)[number],
        year,
        lang,
        slug="criterion-map",
        title=_of_marked(title, marked, year, lang),
        categories=_mark_categories(lang),
    )
    drawn = _with_states(marks).assign(facts=[facts[code] for code in marks["commune_code"]])
    made = maps.area_map(drawn, spec)
    if made.table is not None:
        # The map shows the marks of this criterion and of no other.
        made.table.frame["criterion"] = number
    return made


_FAILURES = TableSpec(
    slug="failures-data",
    caption=N_("Criteria not met, {year}: communes by criterion"),
    columns=(
        Column("name", N_("Criterion")),
        Column("group_name", N_("Group of criteria")),
        "marks_not_met marks_given not_met_pct",
    ),
)


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
    called = zip(groups["group"], groups["roman"], groups[f"name_{lang}"], strict=True)
    group_names = {int(group): f"{roman} {name}" for group, roman, name in called}
    frame = failures.assign(
        name=[names[int(number)] for number in failures["criterion"]],
        group_name=[group_names[int(group)] for group in failures["criterion_group"]],
    )
    colours = dict(zip(sorted(group_names), GROUP_COLOURS, strict=False))
    chart = charts.Chart(
        slug="failures",
        title=_of_marked(
            _failures_title(failures, year, lang), failures["marks_given"].max(), year, lang
        ),
        says=t("Bar chart of the communes that do not meet each criterion, {year}.", year=year),
        table=_FAILURES.table(frame, lang, year=year),
        note=source(year, lang),
    )
    return charts.bars(
        chart,
        frame,
        "name",
        "marks_not_met",
        colour=lambda row: colours[int(row["criterion_group"])],
        legend={group_names[group]: colours[group] for group in sorted(group_names)},
    )


_HOLDS_BACK = claims.Words(
    one=N_("{names} holds back the most communes: {value} of {base}"),
    many=N_("{names} hold back the most communes: {value} of {base} each"),
    none=N_("Every commune with a mark meets each criterion"),
    every=N_("Every criterion holds back as many communes: {value} of {base}"),
    unit=claims.UNITS["criteria"],
)


def _failures_title(failures: pd.DataFrame, year: int, lang: str) -> str:
    t = translator(lang)
    missed = _missed(failures, year, lang)
    if missed.isna().all():
        return t(NO_MARKS)
    base = whole(failures["marks_given"].max(), lang)
    two = claims.top(missed, 2, above=0)
    if len(two) == 2 and two[0][1] != two[1][1]:
        (first, n), (second, m) = two
        return t(
            "{first} and {second} hold back the most communes: {n} and {m} of {base}",
            first=first,
            second=second,
            n=whole(n, lang),
            m=whole(m, lang),
            base=base,
        )
    place = claims.first(missed, above=0)
    return claims.said(place, _HOLDS_BACK, lambda n: whole(n, lang), lang, base=base)
