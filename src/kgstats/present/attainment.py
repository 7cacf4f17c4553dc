"""Commune standards as readers see them: sentences and tables in two languages.

Every function takes the frames of :mod:`kgstats.analysis.attainment` that it shows; maps and
charts stand in :mod:`kgstats.present.attainment_figures`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers, provenance
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.tables import Column, Table, TableSpec, column, places, table
from kgstats.reference import areas, criteria
from kgstats.words import N_, translator

NO_DISTRICTS = N_("There were no districts at the end of {year}.")
NONE_NEAR = N_("No commune is one or two criteria short.")


# Words -------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def criterion_names(year: int, lang: str) -> Mapping[int, str]:
    """Return the criteria of a year's set by number: number and short name.

    >>> criterion_names(2019, "en")[17]
    '17 Environment'
    """
    frame = criteria.criteria(year)
    named = zip(frame["criterion"], frame[f"short_{lang}"], strict=True)
    return {int(number): f"{number} {name}" for number, name in named}


def listed(lacking: Sequence[int], year: int, lang: str) -> str:
    """Name several criteria in a line."""
    return ", ".join(criterion_names(year, lang)[int(number)] for number in lacking)


def year_of(frame: pd.DataFrame) -> int:
    """Return the year a frame is of: the last, where it holds several."""
    return int(frame["year"].max())


def has_districts(frame: pd.DataFrame) -> bool:
    """Whether there were districts at the end of the year."""
    return bool(frame["district_code"].notna().any())


def share(value: Any, lang: str) -> str:
    """Write a share of communes."""
    return numbers.percent(value, lang, 1)


def source(year: int, lang: str) -> str:
    """Return the line that says what the page's figures are made from."""
    t = translator(lang)
    return t(
        "Source: district returns, {year}; criteria of Decision {decision}.",
        year=year,
        decision=criteria.criteria_set(year).decision,
    )


def no_comparison(year: int, lang: str) -> Prose:
    """Say that there is no year before to compare with."""
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


# Headlines and sentences -------------------------------------------------------------------


def headlines(province: pd.DataFrame, progress: pd.DataFrame, lang: str) -> Headlines:
    """Return the province's figures: recognised, pending, mean criteria, target.

    Parameters
    ----------
    province
        One row: :func:`kgstats.analysis.attainment.summary`.
    progress
        One row: :func:`kgstats.analysis.attainment.progress`.
    """
    t = translator(lang)
    row, found = province.iloc[0], progress.iloc[0]
    year, all_criteria = int(row["year"]), criteria.CRITERIA_COUNT

    def n(value: Any) -> str:
        return numbers.number(value, lang)

    items = [
        Headline(
            t("Communes recognised"),
            f"{n(row['communes_recognised'])}/{n(row['communes'])}",
            t("{share} of rural communes", share=share(row["recognised_pct"], lang)),
        ),
        Headline(
            t("Decision pending"),
            n(row["communes_pending"]),
            t("all {n} criteria met", n=all_criteria),
        ),
        Headline(
            t("Criteria met on average"),
            numbers.number(row["mean_criteria"], lang, 1),
            t(
                "of {n}, over {communes} communes",
                n=all_criteria,
                communes=n(row["criteria_communes"]),
            ),
        ),
    ]
    if not numbers.is_absent(found["communes_more"]):
        change = t("communes recognised, {before} to {year}", before=year - 1, year=year)
        signed = numbers.signed(found["communes_more"], lang)
        items.append(Headline(t("Since the year before"), signed, change))
    if not numbers.is_absent(found["target_year"]):
        reached = not numbers.is_absent(found["target_reached"]) and found["target_reached"]
        to_go = t("{n} to go", n=n(found["communes_remaining"]))
        items.append(
            Headline(
                t("Target for {year}", year=found["target_year"]),
                n(found["target_communes"]),
                t("target reached") if reached else to_go,
            )
        )
    if row["communes_not_reported"]:
        missing = n(row["communes_not_reported"])
        items.append(Headline(t("Not reported"), missing, t("counted in no other figure")))
    return Headlines(items)


def overview(province: pd.DataFrame, lang: str) -> Prose:
    """Say who meets the standard, who waits, and how far the others are."""
    t = translator(lang)
    row = province.iloc[0]
    n = {name: numbers.number(row[name], lang) for name in row.index if name.startswith("communes")}
    sentences = [
        t(
            "At the end of {year}, {n} of the {base} rural communes were recognised as meeting the "
            "new-rural standard ({share}); {pending} met all criteria and awaited a decision.",
            year=int(row["year"]),
            n=n["communes_recognised"],
            base=n["communes"],
            share=share(row["recognised_pct"], lang),
            pending=n["communes_pending"],
        ),
        t(
            "By criteria met: {all} communes met all {n}, {high} met 15 to 18, {middle} met 10 to "
            "14, {few} fewer than 10; the lowest number was {low}.",
            all=n["communes_met_19"],
            n=criteria.CRITERIA_COUNT,
            high=n["communes_met_15_18"],
            middle=n["communes_met_10_14"],
            few=n["communes_met_below_10"],
            low=numbers.number(row["least_criteria"], lang),
        ),
    ]
    if row["communes_not_reported"]:
        sentences.append(
            t(
                "{n} communes are not reported: the share could be as high as {share}.",
                n=n["communes_not_reported"],
                share=share(row["recognised_max_pct"], lang),
            )
        )
    if not numbers.is_absent(row["communes_earlier_set"]) and row["communes_earlier_set"]:
        sentences.append(
            t(
                "{n} communes were recognised under an earlier set of criteria and do not meet "
                "this year's; they are not counted as recognised.",
                n=n["communes_earlier_set"],
            )
        )
    return Prose([" ".join(sentences)])


def groups_text(groups: pd.DataFrame, lang: str) -> Prose:
    """Say in which group of criteria most marks are missing.

    Parameters
    ----------
    groups
        :func:`kgstats.analysis.attainment.failures` by ``criterion_group``.
    """
    t = translator(lang)
    names = criteria.groups(year_of(groups)).set_index("group")[f"name_{lang}"]
    items = [
        t(
            "{group}: {failed} of {marked} marks not met ({share})",
            group=names[row.criterion_group],
            failed=numbers.number(row.marks_not_met, lang),
            marked=numbers.number(row.marks_given, lang),
            share=share(row.not_met_pct, lang),
        )
        for row in groups.itertuples(index=False)
    ]
    return Prose([t("By group of criteria, over communes and criteria:")], items=items)


def nearly_text(near: pd.DataFrame, lang: str) -> Prose:
    """Say how many communes are one or two criteria short, and which criteria those are."""
    t = translator(lang)
    if near.empty:
        return Prose([t(NONE_NEAR)])
    names = criterion_names(year_of(near), lang)
    counts = near["lacking_count"].value_counts()
    wanted = near["lacking"].explode().value_counts()
    first = sorted(((-int(n), int(k)) for k, n in wanted.items()))[:3]
    told = [f"{names[number]} ({numbers.number(-n, lang)})" for n, number in first]
    return Prose(
        [
            t(
                "{one} communes lack a single criterion and {two} lack two. What they lack most "
                "often: {listed}.",
                one=numbers.number(int(counts.get(1, 0)), lang),
                two=numbers.number(int(counts.get(2, 0)), lang),
                listed=numbers.joined(told, lang),
            )
        ]
    )


def levels_text(levels: pd.DataFrame, lang: str) -> Prose:
    """Say how many recognised communes reached a higher level."""
    t = translator(lang)
    held = levels.set_index("level")["communes_at_least"]
    return Prose(
        [
            t(
                "Of the recognised communes, {advanced} reached the advanced level or a higher "
                "one, {model} the model level.",
                advanced=numbers.number(held["advanced"], lang),
                model=numbers.number(held["model"], lang),
            )
        ]
    )


def progress_title(progress: pd.DataFrame, lang: str) -> str:
    """Say how far recognised communes are from the target, in a sentence without its stop."""
    t = translator(lang)
    found = progress.iloc[0]
    words: dict[str, Any] = {
        "n": numbers.number(found["communes_recognised"], lang),
        "year": found["year"],
    }
    if numbers.is_absent(found["communes_recognised"]):
        return t("How many communes were recognised in {year} is not reported", **words)
    if numbers.is_absent(found["target_year"]):
        return t("{n} communes recognised in {year}", **words)
    words |= {
        "target": numbers.number(found["target_communes"], lang),
        "goal": found["target_year"],
    }
    if found["target_reached"]:
        return t(
            "With {n} communes recognised in {year}, the target of {target} for {goal} is reached",
            **words,
        )
    return t(
        "With {n} communes recognised in {year}, {left} are missing to the target of {target} for "
        "{goal}",
        left=numbers.number(found["communes_remaining"], lang),
        **words,
    )


def progress_text(progress: pd.DataFrame, lang: str) -> Prose:
    """Say how far the target is, the pace it needs, and the pace there was."""
    t = translator(lang)
    found = progress.iloc[0]
    lines = [progress_title(progress, lang) + "."]
    pace = found["pace_needed"]
    if not numbers.is_absent(pace):
        said = numbers.number(pace, lang, 0 if float(pace).is_integer() else 1)
        lines.append(
            t(
                "That needs {pace} communes a year over {years} years.",
                pace=said,
                years=numbers.number(found["years_left"], lang),
            )
            if found["years_left"] != 1
            else t("That needs {pace} communes in one year.", pace=said)
        )
    if not numbers.is_absent(found["communes_more"]):
        more = numbers.number(found["communes_more"], lang)
        lines.append(t("In {year} the number rose by {n}.", year=found["year"], n=more))
    if not numbers.is_absent(found["planned_communes"]):
        lines.append(
            t(
                "The plan for {year} was {plan} newly recognised communes; {n} decisions are dated "
                "in that year.",
                year=found["year"],
                plan=numbers.number(found["planned_communes"], lang),
                n=numbers.number(found["communes_decided"], lang),
            )
        )
    return Prose([" ".join(lines)])


# Tables ------------------------------------------------------------------------------------

_STATUS, _MET = N_("Communes by status"), N_("Communes by criteria met")
_COUNTS = ("communes_recognised", "communes_pending", "communes_not_yet")
_MAYBE = ("communes_earlier_set", "communes_not_reported")
_BANDS = ("communes_met_19", "communes_met_15_18", "communes_met_10_14", "communes_met_below_10")


def district_table(districts: pd.DataFrame, province: pd.DataFrame, lang: str) -> Table:
    """Return attained communes, mean criteria and bands by district, the province last.

    Parameters
    ----------
    districts, province
        :func:`kgstats.analysis.attainment.summary` by district, and of the whole.
    """
    t = translator(lang)
    year = year_of(province)
    some = [name for name in _MAYBE if province[name].fillna(0).iloc[0]]
    spec = TableSpec(
        slug="districts",
        caption=N_("Commune standards by district, end of {year}"),
        columns=(
            Column("district_code", t("District"), "district"),
            "communes",
            *(f"{_STATUS}: {name}" for name in (*_COUNTS, *some)),
            "recognised_pct",
            "mean_criteria",
            *(f"{_MET}: {name}" for name in _BANDS),
        ),
        total=areas.province(year),
    )
    notes = [source(year, lang)]
    if "communes_not_reported" in some:
        notes.append(
            t(
                "The share counts communes not reported as not recognised: it is the least it "
                "can be."
            )
        )
    rows = districts if has_districts(districts) else districts.head(0)
    return spec(rows, lang, total=province, notes=notes, year=year)


def standard_table(districts: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Return how far each district meets the first condition of its own standard.

    Parameters
    ----------
    districts
        :func:`kgstats.analysis.attainment.district_standard`.
    """
    t = translator(lang)
    if districts.empty:
        return Prose([t(NO_DISTRICTS, year=year)], kind="caution")
    conditions, routes = registry.codes("district_condition"), registry.codes("district_route")
    frame = districts.assign(
        state=[t(conditions[name]) for name in districts["condition"]],
        goal=[t(routes[name]) for name in districts["route"]],
    )
    own = int(districts["district_criteria"].iloc[0])
    counts = ("communes", "communes_recognised", "communes_pending", "communes_short")
    return table(
        frame,
        slug="district-standard",
        caption=t("The communes' part in the district standard, end of {year}", year=year),
        columns=[
            Column("district_name", t("District")),
            Column("goal", t("What it is recognised for")),
            *(column(name, lang) for name in counts),
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


def failures_table(
    failures_by_district: pd.DataFrame, failures: pd.DataFrame, lang: str
) -> Table | Prose:
    """Return the communes that do not meet each criterion, by district, criteria by group.

    Parameters
    ----------
    failures_by_district, failures
        :func:`kgstats.analysis.attainment.failures` by district and criterion, and by criterion.
    """
    t = translator(lang)
    year = year_of(failures)
    if not has_districts(failures_by_district):
        return Prose([t(NO_DISTRICTS, year=year)], kind="caution")
    names = criterion_names(year, lang)
    known = criteria.criteria(year)
    groups = dict(zip(known["criterion"], known[f"group_{lang}"], strict=True))
    return TableSpec(
        slug="failures-by-district",
        caption=N_("Communes not meeting each criterion, by district, {year}"),
        columns=(
            Column("district_code", t("District"), "district"),
            "communes_marked",
            *(Column(f"{n}", names[n], "number", spanner=str(groups[n])) for n in names),
        ),
        total=areas.province(year),
    )(
        _wide(failures_by_district),
        lang,
        total=_wide(failures.assign(district_code=pd.NA)),
        notes=[source(year, lang)],
        year=year,
    )


def _wide(failures: pd.DataFrame) -> pd.DataFrame:
    """Give each criterion a column, with the communes that do not meet it."""
    wide = failures.pivot(index="district_code", columns="criterion", values="marks_not_met")
    wide.columns = [str(number) for number in wide.columns]
    marked = failures.groupby("district_code", dropna=False)["marks_given"].max()
    return wide.assign(communes_marked=marked).reset_index()


def pairs_table(pairs: pd.DataFrame, year: int, lang: str, shown: int = 10) -> Table | Prose:
    """Return the pairs of criteria most often failed together.

    Parameters
    ----------
    pairs
        :func:`kgstats.analysis.attainment.failing_pairs`.
    """
    t = translator(lang)
    found = pairs.head(shown)
    if found.empty:
        return Prose([t("No commune fails two criteria.")])
    names = criterion_names(year, lang)
    frame = found.assign(
        pair=[
            f"{names[int(a)]} + {names[int(b)]}"
            for a, b in zip(found["criterion"], found["other_criterion"], strict=True)
        ]
    )
    measures = ("communes_failing_both", "expected_both", "times_expected", "overlap_pct")
    made = table(
        frame,
        slug="pairs",
        caption=t("Criteria that fail together, {year}", year=year),
        columns=[Column("pair", t("Criteria")), *(column(name, lang) for name in measures)],
        lang=lang,
        notes=[
            t(
                "Expected by chance: if the two criteria had nothing to do with each other. "
                "Communes far from the standard fail many criteria, so most pairs exceed chance."
            ),
            source(year, lang),
        ],
    )
    # Each pair comes from the marks of both its criteria.
    both = pd.concat([found["criterion"], found["other_criterion"]]).to_frame("criterion")
    made.sources = provenance.behind(both, measures, None)
    return made


def nearly_table(near: pd.DataFrame, lang: str) -> Table | Prose:
    """Return the communes one or two criteria short, with which they lack."""
    t = translator(lang)
    if near.empty:
        return Prose([t(NONE_NEAR)])
    year = year_of(near)
    frame = near.assign(
        district=_districts(near, year),
        missing=[listed(one, year, lang) for one in near["lacking"]],
    )
    return table(
        frame,
        slug="nearly",
        caption=t("Communes one or two criteria short, end of {year}", year=year),
        columns=[
            Column("name", t("Commune")),
            Column("district", t("District")),
            column("criteria_met", lang),
            Column("missing", t("Criteria not met")),
        ],
        lang=lang,
        notes=[source(year, lang)],
    )


def _districts(frame: pd.DataFrame, year: int) -> list[str]:
    """Name the district of each row; the province where there are none."""
    names, province = places(year)["district"], areas.province(year)
    return [
        province if numbers.is_absent(code) else names.get(str(code), str(code))
        for code in frame["district_code"]
    ]


def changes_table(changes: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Return the communes that were recognised, completed the criteria, or lost ground.

    Parameters
    ----------
    changes
        :func:`kgstats.analysis.attainment.changes`; without rows where nothing is to compare.
    """
    t = translator(lang)
    if changes.empty:
        return no_comparison(year, lang)
    events = registry.codes("commune_event")
    titles = {"recognised": t("Recognised in {year}", year=year)}
    for event in ("completed", "fell", "lost"):
        text = t(events[event])
        titles[event] = text[0].upper() + text[1:]
    told = changes[changes["event"].isin(list(titles))]
    if told.empty:
        return Prose([t("No commune was recognised and none lost ground.")])
    order = {name: i for i, name in enumerate(events)}
    told = told.sort_values("event", key=lambda one: one.map(order).astype("Int64"), kind="stable")
    frame = told.assign(
        group=[titles[name] for name in told["event"]],
        district=_districts(told, year),
        gained_names=[listed(v, year, lang) for v in told["gained"]],
        lost_names=[listed(v, year, lang) for v in told["lost"]],
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


def gains_table(gains: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Return by criterion how many communes gained and lost it since the year before."""
    t = translator(lang)
    if gains.empty:
        return no_comparison(year, lang)
    names = criterion_names(year, lang)
    return table(
        gains.assign(name=[names[int(number)] for number in gains["criterion"]]),
        slug="gains",
        caption=t("Criteria gained and lost, {before} to {year}", before=year - 1, year=year),
        columns=[
            Column("name", t("Criterion")),
            *(column(f"communes_{name}", lang) for name in ("gained", "lost", "net")),
        ],
        lang=lang,
        notes=[source(year, lang)],
    )


def recognition_table(recognitions: pd.DataFrame, year: int, lang: str) -> Table:
    """Return recognised communes by year of the decision and year of the standard."""
    t = translator(lang)

    def standard(value: Any, exact: Any) -> str:
        if numbers.is_absent(value):
            return numbers.NOT_REPORTED
        known = not numbers.is_absent(exact) and exact
        return str(value) if known else t("{year} or before", year=value)

    frame = recognitions.assign(
        decision=[
            t("decision pending") if numbers.is_absent(value) else str(value)
            for value in recognitions["decision_year"]
        ],
        standard=[
            standard(value, exact)
            for value, exact in zip(
                recognitions["standard_year"], recognitions["standard_year_exact"], strict=True
            )
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


def commune_table(standing: pd.DataFrame, lang: str) -> Table:
    """Return every rural commune: status, criteria met and lacking, level, decision."""
    t = translator(lang)
    year = year_of(standing)
    stands, levels = registry.codes("standing"), registry.codes("level")
    reached = standing["level"].where(standing["level"] != "none")
    frame = standing.assign(
        district=_districts(standing, year),
        standing=[t(stands[name]) for name in standing["status"]],
        missing=[listed(one, year, lang) for one in standing["lacking"]],
        held=["" if numbers.is_absent(name) else t(levels[str(name)]) for name in reached],
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
            Column("standing", t("Status")),
            column("criteria_met", lang),
            Column("missing", t("Criteria not met")),
            Column("held", t("Level")),
            Column("decided", t("Decision"), kind="date"),
        ],
        group="district",
        lang=lang,
        notes=[source(year, lang)],
    )
