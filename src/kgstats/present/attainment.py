"""Commune standards as readers see them: sentences and tables in two languages.

Every function takes the frames of :mod:`kgstats.analysis.attainment` that it shows; maps and
charts stand in :mod:`kgstats.present.attainment_figures`, targets and what the next year may bring
in :mod:`kgstats.present.attainment_outlook`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, provenance
from kgstats.present.claims import P_
from kgstats.present.prose import Headline, Headlines, Prose, capital
from kgstats.present.tables import Column, Table, TableSpec
from kgstats.reference import areas, criteria
from kgstats.words import N_, translator

NO_DISTRICTS = N_("There were no districts at the end of {year}.")
NO_MARKS = N_("No mark of any criterion is reported")
NONE_NEAR = N_("Of the communes that reported, none is one or two criteria short.")


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


def whole(value: Any, lang: str) -> str:
    """Write a count."""
    return numbers.number(value, lang, 0)


def _some(value: Any, lang: str) -> str:
    return whole(value, lang) if value else translator(lang)("none")


def source(year: int, lang: str) -> str:
    """Return the line that says what the page's figures are made from."""
    t = translator(lang)
    text = N_("Source: district returns, {year}; criteria of Decision {decision}.")
    if areas.districts(year).empty:
        text = N_("Source: returns of {year}; criteria of Decision {decision}.")
    return t(text, year=year, decision=criteria.criteria_set(year).decision)


def cited(frame: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    """Return that line as the note of a table."""
    return source(words["year"], lang)


def reported(counts: pd.Series, lang: str) -> str:
    """Say of how many districts and communes a row of the summary is, where some are missing.

    Empty where all communes are reported.
    """
    if not counts["communes_not_reported"]:
        return ""
    units = {"communes": (int(counts["communes_reported"]), int(counts["communes"]))}
    if counts["districts"]:
        units = {"districts": (int(counts["districts_reported"]), int(counts["districts"]))} | units
    return claims.base(units, lang)


def share_note(counts: pd.DataFrame, lang: str) -> list[str]:
    """Say of whom a share recognised is where communes are not reported."""
    if not counts["communes_not_reported"].fillna(0).any():
        return []
    text = N_(
        "The share recognised is of the communes whose status is known, the mean of those whose "
        "number of criteria is."
    )
    return [translator(lang)(text)]


def among_reported(text: str, province: pd.DataFrame, lang: str) -> Prose:
    """Say that none of the communes that reported is so; where none reported, only that."""
    t = translator(lang)
    if not province["communes_reported"].iloc[0]:
        return Prose([t("No commune is reported for {year}.", year=year_of(province))])
    return Prose([t(text)])


def no_comparison(year: int, lang: str) -> Prose:
    """Say that there is no year before to compare with."""
    t = translator(lang)
    return Prose(
        [
            t(
                "{year} cannot be compared with {before}: no return was received, or the "
                "communes were assessed under another set of criteria.",
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
        One row: :func:`kgstats.analysis.attainment_outlook.progress`.
    """
    t = translator(lang)
    row, found = province.iloc[0], progress.iloc[0]
    year, all_criteria = int(row["year"]), criteria.CRITERIA_COUNT
    known = reported(row, lang)
    out_of = row["communes_reported"] if known and row["communes_reported"] else row["communes"]
    items = [
        Headline(
            t("Communes recognised"),
            t("{n} of {all}", n=whole(row["communes_recognised"], lang), all=whole(out_of, lang)),
            t("of those reported: {base}", base=known)
            if known
            else t("{share} of rural communes", share=share(row["recognised_pct"], lang)),
        ),
        Headline(
            t("Decision pending"),
            whole(row["communes_pending"], lang),
            t("all {n} criteria met", n=all_criteria),
        ),
        Headline(
            t("Criteria met on average"),
            numbers.number(row["mean_criteria"], lang, 1),
            t(
                "of {n}, over {communes}",
                n=all_criteria,
                communes=claims.counted(claims.UNITS["communes"], row["criteria_communes"], lang),
            ),
        ),
    ]
    if not numbers.is_absent(found["communes_more"]):
        forms = P_(
            "commune recognised, {before} to {year}", "communes recognised, {before} to {year}"
        )
        change = claims.counted(
            forms, abs(found["communes_more"]), lang, before=year - 1, year=year
        )
        compared = compared_only(found, lang)
        context = f"{change}; {compared}" if compared else change
        signed = numbers.signed(found["communes_more"], lang)
        items.append(Headline(t("Since the year before"), signed, context))
    if not numbers.is_absent(found["target_year"]):
        target = whole(found["target_communes"], lang)
        label = t("Target for {year}", year=found["target_year"])
        items.append(Headline(label, target, target_state(found, lang)))
    if row["communes_not_reported"]:
        missing = whole(row["communes_not_reported"], lang)
        items.append(Headline(t("Not reported"), missing, t("counted in no other figure")))
    return Headlines(items)


def compared_only(found: pd.Series, lang: str) -> str:
    """Say over how many communes a change was counted, where not over all."""
    if found["communes_compared"] == found["communes"]:
        return ""
    forms = P_(
        "over {n} commune reported in both years", "over {n} communes reported in both years"
    )
    return claims.counted(forms, found["communes_compared"], lang)


def target_state(found: pd.Series, lang: str) -> str:
    """Say in a few words how the number of communes stands to its target."""
    t = translator(lang)
    state, left = found["target_state"], found["communes_remaining"]
    if state == "reached":
        return t("target reached")
    if state == "missed":
        short = found["target_communes"] - found["communes_recognised"]
        return t("target missed by {n}", n=whole(short, lang))
    if numbers.is_absent(left):
        return t("not judged: communes are not reported")
    if left == 0:
        return t("already as many; judged at the end of {goal}", goal=found["target_year"])
    return t("{n} to go", n=whole(left, lang))


def overview(province: pd.DataFrame, lang: str) -> Prose:
    """Say who meets the standard, who waits, and how far the others are."""
    t = translator(lang)
    row = province.iloc[0]
    year, known = int(row["year"]), reported(row, lang)
    if not row["communes_reported"]:
        return Prose([t("No commune is reported for {year}.", year=year)], kind="caution")
    n = {name: whole(row[name], lang) for name in row.index if name.startswith("communes")}
    status = {"year": year, "n": n["communes_recognised"], "pending": n["communes_pending"]}
    if known:
        sentences = [
            t(
                "Reported are {base}. At the end of {year}, {n} of these communes were recognised "
                "as meeting the new-rural standard; {pending} met all criteria and awaited a "
                "decision. Of all rural communes that is at least {low} and at most {high}.",
                base=known,
                low=share(row["recognised_min_pct"], lang),
                high=share(row["recognised_max_pct"], lang),
                **status,
            )
        ]
    else:
        sentences = [
            t(
                "At the end of {year}, {n} of the {base} rural communes were recognised as meeting "
                "the new-rural standard ({share}); {pending} met all criteria and awaited a "
                "decision.",
                base=n["communes"],
                share=share(row["recognised_pct"], lang),
                **status,
            )
        ]
    if row["criteria_communes"]:
        sentences.append(
            t(
                "By criteria met: {all} met all {n}, {high} met 15 to 18, {middle} met 10 to 14, "
                "{few} fewer than 10; the lowest number was {low}.",
                all=claims.counted(claims.UNITS["communes"], row["communes_met_19"], lang),
                n=criteria.CRITERIA_COUNT,
                high=_some(row["communes_met_15_18"], lang),
                middle=_some(row["communes_met_10_14"], lang),
                few=_some(row["communes_met_below_10"], lang),
                low=whole(row["least_criteria"], lang),
            )
        )
    if row["communes_earlier_set"]:
        forms = P_(
            "{n} commune was recognised under an earlier set of criteria and does not meet this "
            "year's; it is not counted as recognised.",
            "{n} communes were recognised under an earlier set of criteria and do not meet this "
            "year's; they are not counted as recognised.",
        )
        sentences.append(claims.counted(forms, row["communes_earlier_set"], lang))
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
            failed=whole(row.marks_not_met, lang),
            marked=whole(row.marks_given, lang),
            share=share(row.not_met_pct, lang),
        )
        for row in groups.itertuples(index=False)
        if row.marks_given
    ]
    if not items:
        return Prose([t(NO_MARKS) + "."])
    return Prose([t("By group of criteria, over communes and criteria:")], items=items)


def nearly_text(near: pd.DataFrame, province: pd.DataFrame, lang: str) -> Prose:
    """Say how many communes are one or two criteria short, and which criteria those are.

    Parameters
    ----------
    near, province
        :func:`kgstats.analysis.attainment.nearly`, and the summary of the year.
    """
    t = translator(lang)
    if near.empty:
        return among_reported(NONE_NEAR, province, lang)
    names = criterion_names(year_of(near), lang)
    counts = near["lacking_count"].value_counts()
    lacked = P_("{n} commune lacks a single criterion", "{n} communes lack a single criterion")
    one, two = (int(counts.get(lacking, 0)) for lacking in (1, 2))
    sentence = t(
        "{one} and {two}.",
        one=claims.counted(lacked, one, lang) if one else t("No commune lacks a single criterion"),
        two=claims.counted(P_("{n} lacks two", "{n} lack two"), two, lang)
        if two
        else t("none lacks two"),
    )
    wanted = near["lacking"].explode().value_counts().sort_index()
    first = claims.top(wanted.rename(index=lambda number: names[int(number)]), 3)
    if first:
        told = numbers.joined([f"{name} ({whole(n, lang)})" for name, n in first], lang)
        sentence += " " + t("What they lack most often: {listed}.", listed=told)
    if base := reported(province.iloc[0], lang):
        sentence += " " + t("Reported: {base}.", base=base)
    return Prose([sentence])


def levels_text(levels: pd.DataFrame, province: pd.DataFrame, lang: str) -> Prose:
    """Say how many recognised communes reached a higher level."""
    t = translator(lang)
    held = levels.set_index("level")["communes_at_least"]
    if not held.max():
        none = N_("Of the communes that reported, none is recognised.")
        return among_reported(none, province, lang)
    if not held["advanced"]:
        return Prose([t("None of the recognised communes has reached the advanced level.")])
    reached = {name: whole(held[name], lang) for name in ("advanced", "model")}
    if not held["model"]:
        text = t(
            "Of the recognised communes, {advanced} reached the advanced level, none the model "
            "level.",
            **reached,
        )
    else:
        text = t(
            "Of the recognised communes, {advanced} reached the advanced level or higher, "
            "{model} the model level.",
            **reached,
        )
    return Prose([text])


# Tables ------------------------------------------------------------------------------------

_STATUS, _MET = N_("Communes by status"), N_("Communes by criteria met")
STATUS_COUNTS = ("communes_recognised", "communes_pending", "communes_not_yet")
_MAYBE = ("communes_earlier_set", "communes_not_reported")
_BANDS = ("communes_met_19", "communes_met_15_18", "communes_met_10_14", "communes_met_below_10")


def _criterion(row: dict[str, Any], lang: str) -> str:
    return criterion_names(int(row["year"]), lang)[int(row["criterion"])]


def _pair(row: dict[str, Any], lang: str) -> str:
    names = criterion_names(int(row["year"]), lang)
    return f"{names[int(row['criterion'])]} + {names[int(row['other_criterion'])]}"


def district_table(districts: pd.DataFrame, province: pd.DataFrame, lang: str) -> Table:
    """Return attained communes, mean criteria and bands by district, the province last.

    Parameters
    ----------
    districts, province
        :func:`kgstats.analysis.attainment.summary` by district, and of the whole.
    """
    year = year_of(province)
    some = [name for name in _MAYBE if province[name].fillna(0).iloc[0]]
    rows, caption = districts, N_("Commune standards by district, end of {year}")
    if not has_districts(districts):
        rows, caption = districts.head(0), N_("Commune standards, end of {year}")
    spec = TableSpec(
        slug="districts",
        caption=caption,
        columns=(
            "district_code communes",
            *(f"{_STATUS}: {name}" for name in (*STATUS_COUNTS, *some)),
            "recognised_pct mean_criteria",
            *(f"{_MET}: {name}" for name in _BANDS),
        ),
        total=areas.province(year),
    )
    notes = [source(year, lang), *share_note(province, lang)]
    return spec.table(rows, lang, total=province, notes=notes, year=year)


def own_criteria(districts: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    """Say which criteria of its own a district must meet, and that the returns lack them."""
    t = translator(lang)
    known = criteria.district_criteria(year_of(districts))
    if known.empty:
        return t("The district's own criteria for this period are not available.")
    note = t(
        "A district must also meet {n} criteria of its own, which the returns do not cover and "
        "this table does not show. Cities “complete the task” instead of meeting the standard.",
        n=len(known),
    )
    named = "; ".join(known[f"name_{lang}"])
    if not known["confirmed"].all():
        return f"{note} {t('Names of these criteria, not confirmed: {names}.', names=named)}"
    return f"{note} {t('They are: {names}.', names=named)}"


ROUTE = Column(
    "district_route", N_("What it is recognised for"), "code", said=lambda row, _: row["route"]
)
CONDITION = Column(
    "district_condition", N_("All communes?"), "code", said=lambda row, _: row["condition"]
)
standard_table = TableSpec(
    slug="district-standard",
    caption=N_("The communes' part in the district standard, end of {year}"),
    columns=(
        "district_code",
        ROUTE,
        "communes communes_recognised communes_pending communes_short",
        CONDITION,
    ),
    empty=NO_DISTRICTS,
    caution=True,
    notes=(own_criteria, cited),
)
"""Of :func:`kgstats.analysis.attainment.district_standard`."""


def failures_table(
    failures_by_district: pd.DataFrame,
    failures: pd.DataFrame,
    marked: pd.DataFrame,
    marked_in_all: pd.DataFrame,
    lang: str,
) -> Table | Prose:
    """Return the communes that do not meet each criterion, by district, criteria by group.

    Parameters
    ----------
    failures_by_district, failures
        :func:`kgstats.analysis.attainment.failures` by district and criterion, and by criterion.
    marked, marked_in_all
        :func:`kgstats.analysis.attainment.communes_with_marks` by district, and of all.
    """
    year = year_of(failures)
    if not has_districts(failures_by_district):
        return Prose([translator(lang)(NO_DISTRICTS, year=year)], kind="caution")
    names = criterion_names(year, lang)
    known = criteria.criteria(year)
    groups = dict(zip(known["criterion"], known[f"group_{lang}"], strict=True))
    return TableSpec(
        slug="failures-by-district",
        caption=N_("Communes not meeting each criterion, by district, {year}"),
        columns=(
            "district_code communes_marked",
            *(
                Column(
                    f"{n}",
                    names[n],
                    "number",
                    spanner=str(groups[n]),
                    unit="communes",
                    definition=registry.measures()["marks_not_met"].definition,
                )
                for n in names
            ),
        ),
        total=areas.province(year),
    ).table(
        _wide(failures_by_district, marked),
        lang,
        total=_wide(*(one.assign(district_code="") for one in (failures, marked_in_all))).assign(
            district_code=pd.NA
        ),
        notes=[source(year, lang)],
        year=year,
    )


def _wide(failures: pd.DataFrame, marked: pd.DataFrame) -> pd.DataFrame:
    """Give each criterion a column, with the communes that do not meet it."""
    wide = failures.pivot(index="district_code", columns=("criterion",), values="marks_not_met")
    wide.columns = [str(number) for number in wide.columns]
    counts = marked[["district_code", "communes_marked"]]
    return wide.reset_index().merge(counts, on="district_code")


_PAIR_MEASURES = ("communes_failing_both", "expected_both", "times_expected", "overlap_pct")
_PAIRS = TableSpec(
    slug="pairs",
    caption=N_("Criteria that fail together, {year}"),
    columns=(Column("criterion", N_("Criteria")), *_PAIR_MEASURES),
    name=_pair,
    notes=N_(
        "Expected by chance: the number there would be if the two criteria were unrelated. "
        "Communes far from the standard fail many criteria, so most pairs exceed chance."
    ),
)


def pairs_table(
    pairs: pd.DataFrame, province: pd.DataFrame, lang: str, shown: int = 10
) -> Table | Prose:
    """Return the pairs of criteria most often failed together.

    Parameters
    ----------
    pairs, province
        :func:`kgstats.analysis.attainment.failing_pairs`, and the summary of the year.
    """
    year = year_of(province)
    together = pairs["communes_failing_both"]
    found = pairs.loc[[place for place, _ in claims.top(together, shown)]]
    if pairs.empty:
        none = N_("Of the communes that reported, none fails two criteria.")
        return among_reported(none, province, lang)
    if found.empty:
        text = N_("{n} pairs of criteria fail together in {m} communes each; none stands out.")
        first = together == together.max()
        words = {"n": whole(int(first.sum()), lang), "m": whole(together.max(), lang)}
        return Prose([translator(lang)(text, **words)])
    made = _PAIRS.table(found, lang, notes=[source(year, lang)], year=year)
    # Each pair comes from the marks of both its criteria.
    both = pd.concat([found["criterion"], found["other_criterion"]]).to_frame("criterion")
    made.sources = provenance.behind(both, _PAIR_MEASURES, None)
    return made


def criteria_in(key: str) -> Callable[[dict[str, Any], str], str]:
    """Return what names the criteria that a column of a row lists."""
    return lambda row, lang: listed(row[key], row["year"], lang)


MISSING = Column("missing", N_("Criteria not met"), said=criteria_in("lacking"))
nearly_table = TableSpec(
    slug="nearly",
    caption=N_("Communes one or two criteria short, end of {year}"),
    columns=("commune_code district_code criteria_met", MISSING),
    empty="",
    notes=cited,
)


def _event(row: dict[str, Any], lang: str) -> str:
    t = translator(lang)
    if row["event"] == "recognised":
        return t("Recognised in {year}", year=row["year"])
    return capital(t(registry.codes("commune_event")[row["event"]]))


_CHANGES = TableSpec(
    slug="changes",
    caption=N_("Communes recognised, with all criteria met or with fewer, {before} to {year}"),
    columns=(
        "commune_code district_code",
        Column("criteria_before", N_("Criteria met in {before}"), "number"),
        Column("criteria_met", N_("Criteria met in {year}"), "number"),
        Column("gained_names", N_("Gained"), said=criteria_in("gained")),
        Column("lost_names", N_("Lost"), said=criteria_in("lost")),
    ),
    group=Column("group", N_("What happened"), said=_event),
    empty=N_("Of the communes compared, none was recognised and none lost ground."),
    notes=cited,
)


def changes_table(changes: pd.DataFrame, year: int, lang: str) -> Table | Prose | None:
    """Return the communes that were recognised, completed the criteria, or lost ground.

    Parameters
    ----------
    changes
        :func:`kgstats.analysis.attainment.changes`; without rows where nothing is to compare.
    """
    if changes["event"].eq("not_comparable").all():
        return None
    told = changes[changes["event"].isin(["recognised", "completed", "fell", "lost"])]
    order = list(registry.codes("commune_event"))
    told = told.sort_values("event", key=lambda one: one.map(order.index), kind="stable")
    return _CHANGES(told, lang, year=year)


_GAINS = TableSpec(
    slug="gains",
    caption=N_("Criteria gained and lost, {before} to {year}"),
    columns=(Column("criterion", N_("Criterion")), "communes_gained communes_lost communes_net"),
    name=_criterion,
)


def gains_table(gains: pd.DataFrame, counts: pd.DataFrame, year: int, lang: str) -> Table | None:
    """Return by criterion how many communes gained and lost it since the year before, if known.

    Parameters
    ----------
    gains, counts
        :func:`kgstats.analysis.attainment.gains`, and ``change_counts`` of the same changes.
    """
    if gains.empty:
        return None
    row = counts.iloc[0]
    compared, of = row["communes_marks_compared"], row["communes"]
    base = claims.part("communes", compared, of, lang, N_("Compared: {base}."))
    return _GAINS.table(gains, lang, notes=[*filter(None, [base]), source(year, lang)], year=year)


def _decided(row: dict[str, Any], lang: str) -> str:
    year = row["decision_year"]
    return translator(lang)("decision pending") if numbers.is_absent(year) else str(year)


def _met(row: dict[str, Any], lang: str) -> str:
    year, exact = row["standard_year"], row["standard_year_exact"]
    if numbers.is_absent(year):
        return numbers.NOT_REPORTED
    if not numbers.is_absent(exact) and exact:
        return str(year)
    return translator(lang)("{year} or before", year=year)


def _reported(frame: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    base = reported(words["province"].iloc[0], lang)
    return translator(lang)("Reported: {base}.", base=base) if base else ""


recognition_table = TableSpec(
    slug="recognitions",
    caption=N_("Communes meeting the standard by year of the decision, end of {year}"),
    columns=(
        Column("decision", N_("Year of the decision"), said=_decided),
        Column("standard", N_("Year the standard was met"), said=_met),
        Column("communes", N_("Communes"), "number"),
    ),
    empty="",
    notes=(
        N_(
            "The decision on a commune often comes in the year after its assessment; the commune "
            "counts as recognised from the decision on."
        ),
        _reported,
        cited,
    ),
)
"""Called with the summary of the year, ``province``, which says of how many communes it is."""


def _level(row: dict[str, Any], lang: str) -> str:
    if numbers.is_absent(row["level"]) or row["level"] == "none":
        return ""
    return translator(lang)(registry.codes("level")[row["level"]])


def _decision_day(row: dict[str, Any], lang: str) -> Any:
    if numbers.is_absent(row["decision_date"]):
        # A commune that is not recognised has no decision: nothing is missing.
        return None if row["status"] == "recognised" else ""
    return row["decision_date"].date()


_COMMUNES = TableSpec(
    slug="communes",
    caption=N_("Rural communes: status and criteria, end of {year}"),
    columns=(
        "commune_code",
        Column("standing", "", said=lambda row, _: row["status"]),
        "criteria_met",
        MISSING,
        Column("held", N_("Level"), said=_level),
        Column("decided", N_("Decision"), "date", said=_decision_day),
    ),
    group="district_code",
    notes=cited,
)


def commune_table(standing: pd.DataFrame, lang: str) -> Table:
    """Return every rural commune: status, criteria met and lacking, level, decision."""
    together = areas.province(year_of(standing))
    return replace(_COMMUNES, together=together).table(standing, lang)


_WITNESSES = TableSpec(
    slug="criteria-stated",
    caption=N_("Criteria met: as stated and as marked, end of {year}"),
    columns=(
        "commune_code district_code criteria_stated marks_met marks_known criteria_met",
        MISSING,
    ),
    empty=N_(
        "The stated number of criteria agrees with the marks in every commune that reported "
        "for {year}."
    ),
    notes=(
        N_(
            "Figures are counted from the marks. The number a district states is a cross-check: "
            "it is used only where marks are missing, and only if the marks that exist allow it."
        ),
        cited,
    ),
)


def witness_table(
    witnesses: pd.DataFrame, province: pd.DataFrame, year: int, lang: str
) -> Table | Prose | None:
    """Return the communes whose stated number of criteria is not that of their marks.

    Parameters
    ----------
    witnesses, province
        :func:`kgstats.analysis.attainment.witnesses`, and the summary of the year: where nothing
        is reported nothing agrees.
    """
    there = province["criteria_communes"].iloc[0]
    return _WITNESSES(witnesses, lang, year=year) if there else None
