"""Targets of commune standards, what the next year may bring, districts proposed, groupings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import charts, claims, numbers, style
from kgstats.present.attainment import (
    CONDITION,
    MISSING,
    ROUTE,
    STATUS_COUNTS,
    among_reported,
    cited,
    compared_only,
    criterion_names,
    own_criteria,
    share,
    share_note,
    source,
    whole,
    year_of,
)
from kgstats.present.attainment_figures import STANDING_LOOKS
from kgstats.present.claims import P_
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose
from kgstats.present.tables import Column, Table, TableSpec, places
from kgstats.reference import areas, criteria
from kgstats.words import N_, translator

# Targets -----------------------------------------------------------------------------------


_RECOGNISED = P_(
    "With {n} commune recognised by the end of {year}",
    "With {n} communes recognised by the end of {year}",
)
_AGAINST_TARGET = {
    "reached": N_("{lead}, the target of {target} for {goal} is reached"),
    "missed": N_("{lead}, the target of {target} for {goal} is missed by {left}"),
    "open": N_("{lead} and others not reported, the target of {target} for {goal} is not judged"),
    "passed": N_("{lead}, there are already as many as the target of {target} for {goal} asks"),
    "ahead": N_("{lead}, {left} more are needed to reach the target of {target} for {goal}"),
}


def progress_title(progress: pd.DataFrame, lang: str) -> str:
    """Say how far recognised communes are from the target, in a sentence without its stop."""
    t = translator(lang)
    found = progress.iloc[0]
    n, year = found["communes_recognised"], found["year"]
    if numbers.is_absent(n):
        text = N_("How many communes were recognised by the end of {year} is not reported")
        return t(text, year=year)
    if numbers.is_absent(found["target_year"]):
        forms = P_(
            "{n} commune recognised by the end of {year}",
            "{n} communes recognised by the end of {year}",
        )
        said, of = claims.counted(forms, n, lang, year=year), N_("{title} (reported: {base})")
        return _of_reported(found, lang, of, title=said) or said
    state, left = found["target_state"], found["communes_remaining"]
    if state not in ("reached", "missed"):
        state = "open" if numbers.is_absent(left) else "ahead" if left else "passed"
    return t(
        _AGAINST_TARGET[state],
        lead=claims.counted(_RECOGNISED, n, lang, year=year),
        target=whole(found["target_communes"], lang),
        goal=found["target_year"],
        left=whole(found["target_communes"] - n, lang),
    )


def progress_text(progress: pd.DataFrame, lang: str) -> Prose:
    """Say how far the target is, the pace it needs, and the pace there was."""
    t = translator(lang)
    found = progress.iloc[0]
    year = found["year"]
    lines = [progress_title(progress, lang) + "."]
    pace = found["pace_needed"]
    if not numbers.is_absent(pace):
        said = numbers.number(pace, lang, 0 if float(pace).is_integer() else 1)
        years = whole(found["years_left"], lang)
        lines.append(
            t("That needs {pace} communes a year over {years} years.", pace=said, years=years)
            if found["years_left"] != 1
            else claims.counted(
                P_("That needs {n} commune in one year.", "That needs {n} communes in one year."),
                pace,
                lang,
            )
        )
    moved = claims.change(found["communes_more"], lambda n: whole(n, lang), lang)
    if moved:
        compared = compared_only(found, lang)
        lines.append(
            t("In {year} the number {change} ({base}).", year=year, change=moved, base=compared)
            if compared
            else t("In {year} the number {change}.", year=year, change=moved)
        )
    if not numbers.is_absent(found["planned_communes"]) and found["communes_reported"]:
        lines.append(_planned(found, lang))
    return Prose([" ".join(lines)])


def _planned(found: pd.Series, lang: str) -> str:
    """Say how many communes the year's plan was to recognise, and how many decisions it has."""
    forms = P_(
        "The plan for {year} was {plan} newly recognised communes; {n} decision is dated in that "
        "year",
        "The plan for {year} was {plan} newly recognised communes; {n} decisions are dated in "
        "that year",
    )
    plan, year = whole(found["planned_communes"], lang), found["year"]
    none = N_(
        "The plan for {year} was {plan} newly recognised communes; no decision is dated in that "
        "year"
    )
    said = claims.counted(forms, found["communes_decided"], lang, none=none, year=year, plan=plan)
    said = _of_reported(found, lang, N_("{said} (reported: {base})."), said=said) or f"{said}."
    more = found["communes_more"]
    if numbers.is_absent(more) or more <= found["communes_decided"]:
        return said
    # Two counts that differ: one of decisions, one of what two returns say.
    why = translator(lang)(
        "The plan counts decisions by their date: the number rose by more, for some communes are "
        "recognised by an earlier decision, or one without a date, that the return of {before} "
        "does not have.",
        before=int(year) - 1,
    )
    return f"{said} {why}"


_TARGETS = TableSpec(
    slug="targets",
    caption=N_("Targets of the programme and what was reached, end of {year}"),
    columns=(
        Column("target", N_("Target"), "code"),
        Column("target_year", N_("To be reached in"), "text"),
        Column("target_low", N_("At least"), "number", definition=N_("What was to be reached")),
        Column("target_reached", N_("Reached by the end of {year}"), "number"),
        "unit",
        "target_state",
        Column("source", N_("Source")),
    ),
    notes=N_(
        "A target is judged only in its own year. Where communes are not reported, it counts "
        "as reached or missed only if their reports could not change that."
    ),
)


def targets_table(judged: pd.DataFrame, year: int, lang: str) -> Table | Prose:
    """Return the targets of the year and those to come, with what was reached.

    Parameters
    ----------
    judged
        :func:`kgstats.analysis.attainment_outlook.judged`.
    """
    t = translator(lang)
    if judged.empty:
        text = t("No target is known for {year} or a later year of its programme.", year=year)
        return Prose([text], kind="caution")
    frame = judged.assign(
        target_low=[_amount(row, "target_low") for row in judged.to_dict("records")],
        target_reached=[_amount(row, "target_reached") for row in judged.to_dict("records")],
        target_year=judged["target_year"].astype("string"),
        unit=[
            t("criteria") if name == "mean_criteria" else t("rural communes")
            for name in judged["target"]
        ],
        source=[t(text) for text in judged["source"]],
    )
    notes = [*_base_note(judged, lang), source(year, lang)]
    return _TARGETS.table(frame, lang, notes=notes, year=year)


def _amount(row: dict[str, Any], name: str) -> numbers.Quantity:
    """Return what a target asks for, or what was reached."""
    if numbers.is_absent(row[name]):
        # What happens within a year that has not come is neither reported nor silence.
        ahead = row["target_state"] == "not_due" and row["communes_reported"]
        return numbers.Quantity(None, mark="–" if ahead else "")
    return numbers.Quantity(float(row[name]), decimals=int(row["target"] == "mean_criteria"))


def _base_note(frame: pd.DataFrame, lang: str) -> list[str]:
    """Say of how many communes a frame is, where not all are reported."""
    return [*filter(None, [_of_reported(frame.iloc[0], lang, N_("Reported: {base}."))])]


def _of_reported(row: pd.Series, lang: str, text: str, **values: str) -> str:
    there, every = row["communes_reported"], row["communes"]
    return claims.part("communes", there, every, lang, text, **values)


_YEARS = TableSpec(
    slug="progress-data",
    caption=N_("Recognised communes by year"),
    columns=(
        Column("when", N_("Year")),
        "communes_recognised communes_pending communes_not_reported communes recognised_pct",
        "mean_criteria",
    ),
)


def progress_chart(years: pd.DataFrame, progress: pd.DataFrame, lang: str) -> Figure:
    """Draw recognised and pending communes year by year against the target.

    Parameters
    ----------
    years
        :func:`kgstats.analysis.attainment.summary` of years under one set of criteria.
    progress
        :func:`kgstats.analysis.attainment_outlook.progress` of the last of them.
    """
    t = translator(lang)
    found = progress.iloc[0]
    frame = years.assign(when=[str(int(year)) for year in years["year"]])
    base = int(frame["communes"].iloc[-1])
    target = None
    if not numbers.is_absent(found["target_year"]):
        goal = whole(found["target_communes"], lang)
        target = charts.Target(
            str(found["target_year"]), int(found["target_communes"]), t("Target {n}", n=goal)
        )
    series = [
        charts.Series("communes_recognised", t("Recognised"), style.ACCENT),
        charts.Series(
            "communes_pending", t("Decision pending"), STANDING_LOOKS["pending"][0], "///"
        ),
    ]
    if frame["communes_not_reported"].any():
        # Silence of a year is not a fall: what is not reported is drawn.
        look = (style.NOT_REPORTED_FILL, "\\\\\\")
        series.append(charts.Series("communes_not_reported", t("Not reported"), *look))
    return charts.columns(
        charts.Chart(
            slug="progress",
            title=progress_title(progress, lang),
            says=t("Bar chart of recognised communes by year."),
            table=_YEARS.table(frame, lang, notes=share_note(frame, lang)),
            axis=t("Rural communes (of {n})", n=whole(base, lang)),
            note=" ".join(
                filter(None, [_other_communes(frame, lang), source(year_of(years), lang)])
            ),
        ),
        frame,
        "when",
        series,
        target=target,
        top=base,
    )


def _other_communes(years: pd.DataFrame, lang: str) -> str:
    """Say that communes were merged between years: fewer of them is no fall."""
    first, last = years.iloc[0], years.iloc[-1]
    if last["communes"] > MERGED * first["communes"]:
        return ""
    return translator(lang)(
        "There were {first} rural communes in {before} and {last} in {year}, after mergers: their "
        "numbers are not to be compared.",
        first=whole(first["communes"], lang),
        last=whole(last["communes"], lang),
        before=first["year"],
        year=last["year"],
    )


MERGED = 0.9
"""Where fewer than this share of the communes are left, their numbers are of another kind."""


# What the next year may bring ----------------------------------------------------------------

_SCENARIOS = TableSpec(
    slug="outlook",
    caption=N_("Communes recognised at the end of {next}, by scenario"),
    columns=("scenario communes_added communes_expected communes_least communes_most",),
    notes=N_(
        "This is a projection, not a forecast. The rates are those of all pairs of "
        "consecutive years under the same set of criteria. Each commune and criterion is "
        "treated independently; a commune that meets all criteria gets a decision, and no "
        "recognition is lost. The range covers 80% of the outcomes that chance alone would "
        "give."
    ),
)
_SILENT = N_(
    "Communes not reported: at the least none of them is recognised then, at the most all are."
)


def outlook_text(
    outlook: pd.DataFrame, chances: pd.DataFrame, tested: pd.DataFrame, year: int, lang: str
) -> Prose:
    """Say what the next year may bring against its target, and how the method did a year ago.

    Parameters
    ----------
    outlook, chances, tested
        As :mod:`kgstats.analysis.attainment_outlook` returns them.
    """
    t = translator(lang)
    if outlook.empty:
        text = N_("There is no projection for {next}: no commune is reported for {year}.")
        if year + 1 > criteria.criteria_set(year).last_year:
            text = N_(
                "There is no projection for {next}: the criteria of {year} no longer apply then."
            )
        return Prose([t(text, year=year, next=year + 1)], kind="caution")
    row = outlook.set_index("scenario")
    lines = _base_note(outlook, lang)
    decisions, one_short = (row.at[name, "communes_expected"] for name in _NAMED)
    sentence = N_(
        "Pending decisions would bring the number to {decisions} by the end of {next}; adding "
        "those one criterion short, to {one_short}."
    )
    if decisions == one_short:
        sentence = N_(
            "Pending decisions would bring the number to {decisions} by the end of {next}; no "
            "other commune that reported is one criterion short."
        )
    told = claims.counted(claims.UNITS["communes"], decisions, lang)
    lines.append(t(sentence, next=year + 1, decisions=told, one_short=whole(one_short, lang)))
    observed = row.loc["observed"]
    if numbers.is_absent(observed["communes_expected"]):
        lines.append(t("There are no two years to observe rates of gaining and losing criteria."))
    else:
        lines.append(
            t(
                "At the rates at which communes have gained and lost criteria so far, it would "
                "be {range}.",
                range=_range(observed, lang),
            )
        )
    if not numbers.is_absent(observed["target_communes"]) and len(lines) == 2:
        lines.append(_against_target(row, lang))
    near = chances[chances["lacking_count"] == 1]
    if len(near):
        names = places(year, lang)["commune"]
        called = [names[code] for code in near["commune_code"]]
        lines.append(t("One criterion short: {names}.", names=numbers.joined(called, lang)))
    if len(tested):
        lines.append(_tested(tested.iloc[0], lang))
    return Prose([" ".join(lines)])


_NAMED = ("decisions", "one_short")


def _range(row: Any, lang: str) -> str:
    """Write the least and the most of a scenario."""
    low, high = (whole(row[end], lang) for end in ("communes_least", "communes_most"))
    if low == high:
        return low
    return translator(lang)("{low} to {high}", low=low, high=high)


def _against_target(row: pd.DataFrame, lang: str) -> str:
    """Say which scenarios would reach the next year's target."""
    t = translator(lang)
    target = row["target_communes"].iloc[0]
    words = {"target": whole(target, lang), "goal": row["target_year"].iloc[0]}
    if row.at["decisions", "communes_expected"] - row.at["decisions", "communes_added"] >= target:
        return t("That is already as many as the target of {target} for {goal} asks.", **words)
    if row.at["decisions", "communes_least"] >= target:
        return t("The target of {target} for {goal} would be reached by decisions alone.", **words)
    observed = row.loc["observed"]
    if row["communes_most"].max() < target:
        return t("None of these scenarios reaches the target of {target} for {goal}.", **words)
    if numbers.is_absent(observed["communes_expected"]):
        return t(
            "The target of {target} for {goal} needs communes that are one criterion short.",
            **words,
        )
    if observed["communes_most"] < target:
        return t("The target of {target} for {goal} needs faster progress than so far.", **words)
    if observed["communes_least"] >= target:
        return t("The whole of that range reaches the target of {target} for {goal}.", **words)
    return t("The target of {target} for {goal} lies within that range.", **words)


def _tested(said: pd.Series, lang: str) -> str:
    """Say what the method would have said a year ago, and what happened."""
    t = translator(lang)
    low, high = said["communes_least"], said["communes_most"]
    words = {
        "low": whole(low, lang),
        "high": whole(high, lang),
        "year": said["target_year"],
        "n": whole(said["communes_recognised"], lang),
    }
    if low <= said["communes_recognised"] <= high:
        return t(
            "A year ago the same method would have given {low} to {high} for {year}; it was {n}.",
            **words,
        )
    return t(
        "A year ago the same method would have given {low} to {high} for {year}. The outcome was "
        "{n}, outside that range, so the true uncertainty is larger.",
        **words,
    )


def outlook_table(outlook: pd.DataFrame, year: int, lang: str) -> Table | None:
    """Return the scenarios of the next year with their ranges."""
    if outlook.empty:
        return None
    base = _base_note(outlook, lang)
    notes = [*base, *([translator(lang)(_SILENT)] if base else []), source(year, lang)]
    target = outlook["target_communes"].iloc[0]
    if not numbers.is_absent(target):
        goal = outlook["target_year"].iloc[0]
        text = translator(lang)("Target for {year}", year=goal)
        notes.insert(0, f"{text}: {whole(target, lang)}.")
    return _SCENARIOS.table(outlook, lang, notes=notes, year=year, next=year + 1)


_CHANCES = TableSpec(
    slug="candidates",
    caption=N_(
        "Communes near the standard at the end of {year}: chance to meet all criteria in {next}"
    ),
    columns=(
        "commune_code district_code",
        Column("standing", "", said=lambda row, _: row["status"]),
        "criteria_met",
        MISSING,
        "chance_pct",
    ),
    notes=(
        N_(
            "Chance: for each criterion the commune lacks, the rate at which communes gained it; "
            "for each it meets, the rate at which they kept it; all multiplied, over all pairs "
            "of years. A criterion with fewer than ten such marks takes the overall rate. A "
            "commune awaiting its decision counts as 100%. Shown: communes with a chance of 1% "
            "or more, or one criterion short."
        ),
        cited,
    ),
)


def chances_table(
    chances: pd.DataFrame, province: pd.DataFrame, lang: str, least_pct: float = 1.0
) -> Table | Prose:
    """Return the communes with a chance of at least so many per cent, the likeliest first.

    Without rates, those pending and one criterion short.
    """
    year = year_of(province)
    close = chances["chance_pct"].ge(least_pct).fillna(False) | (chances["lacking_count"] <= 1)
    shown = chances[close.fillna(False)]
    if shown.empty:
        text = N_(
            "Of the communes that reported and are not recognised, none is near to all criteria."
        )
        return among_reported(text, province, lang)
    return _CHANCES.table(shown, lang, year=year)


def outlook_chart(outlook: pd.DataFrame, year: int, lang: str) -> Figure | None:
    """Draw how many communes would be recognised in each scenario, beside the target."""
    t = translator(lang)
    if outlook.empty:
        return None
    words = registry.codes("scenario")
    first = outlook.iloc[0]
    ahead, target = int(first["target_year"]), first["target_communes"]
    now = first["communes_expected"] - first["communes_added"]
    bars = [(t("Recognised by the end of {year}", year=year), now)]
    for row in outlook[outlook["communes_expected"].notna()].to_dict("records"):
        name = t(words[row["scenario"]])
        if row["scenario"] == "observed":
            name = f"{name} ({_range(row, lang)})"
        bars.append((name, row["communes_expected"]))
    complete = first["communes_reported"] == first["communes"]
    title = _outlook_title(outlook, ahead, complete, lang)
    if not numbers.is_absent(target):
        bars.append((t("Target for {year}", year=ahead), float(target)))
        if complete:
            title = t("{title}; the target is {n}", title=title, n=whole(target, lang))
    # Nothing of the target: those that did not report are part of it.
    of = N_("{title} (only of those reported: {base})")
    title = _of_reported(first, lang, of, title=title) or title
    frame = pd.DataFrame(bars, columns=["name", "communes_expected"]).assign(year=year)
    fills = [style.ACCENT, *[style.SEQUENCE[2]] * (len(bars) - 1)]
    if not numbers.is_absent(target):
        fills[-1] = style.CONTRAST
    frame["fill"] = fills
    return charts.bars(
        charts.Chart(
            slug="outlook-chart",
            title=title,
            says=t("Bar chart of communes recognised now and by scenario."),
            table=TableSpec(
                slug="outlook-chart-data",
                caption=N_("Communes recognised now, by scenario and by target, {next}"),
                columns=(Column("name", N_("Scenario")), "communes_expected"),
            ).table(frame, lang, year=year, next=ahead),
            axis=t("Rural communes"),
            note=source(year, lang),
        ),
        frame,
        "name",
        "communes_expected",
        text=lambda value: whole(value, lang),
        colour=lambda row: str(row["fill"]),
    )


# Districts proposed --------------------------------------------------------------------------

_SHORT = {"communes_one_short": ("#79b8b4", ""), "communes_further": ("#dcebe8", "")}


def _decision(row: dict[str, Any], lang: str) -> str:
    if numbers.is_absent(row["decision"]):
        return ""
    day = pd.Timestamp(row["decided_on"]).date()
    return f"{row['decision']}, {numbers.date(day, lang)}"


def _proposed_by(proposals: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    t = translator(lang)
    said = " · ".join(dict.fromkeys(t(text) for text in proposals["source"]))
    return t("Proposed: {source}.", source=said)


proposals_table = TableSpec(
    slug="proposals",
    caption=N_("Districts proposed for their standard and their communes, end of {year}"),
    columns=(
        "district_code",
        ROUTE,
        Column("proposed", N_("Proposed for"), said=lambda row, _: str(row["proposed_year"])),
        "communes communes_recognised communes_pending communes_one_short communes_further",
        CONDITION,
        Column("decided", N_("Decision"), said=_decision),
    ),
    empty=N_("No available document names districts proposed for {year} or the next year."),
    caution=True,
    notes=(_proposed_by, own_criteria, cited),
)
"""Of :func:`kgstats.analysis.attainment.proposals`."""


def proposals_chart(proposals: pd.DataFrame, year: int, lang: str) -> Figure | None:
    """Draw how the communes of the districts proposed stand."""
    t = translator(lang)
    told = proposals[proposals["condition"] != "unknown"]
    if told.empty:
        return None
    measures = registry.measures()
    looks = {name: STANDING_LOOKS[name.removeprefix("communes_")] for name in STATUS_COUNTS[:2]}
    series = [
        charts.Series(name, t(measures[name].label), *look)
        for name, look in (looks | _SHORT).items()
    ]
    if told["communes_not_reported"].any():
        look = (style.NOT_REPORTED_FILL, "\\\\\\")
        series.append(charts.Series("communes_not_reported", t("Not reported"), *look))
    names = places(year, lang)["district"]
    frame = told.assign(district=[names[code] for code in told["district_code"]])
    return charts.stacked_bars(
        charts.Chart(
            slug="proposals-chart",
            title=_proposals_title(told, lang),
            says=t("Bar chart of communes by status in the districts proposed."),
            table=TableSpec(
                slug="proposals-data",
                caption=N_("Communes of the districts proposed, end of {year}"),
                columns=("district_code", *(one.column for one in series)),
            ).table(told, lang, year=year),
            axis=t("Rural communes"),
            note=source(year, lang),
        ),
        frame,
        "district",
        series,
        written=True,
    )


def _outlook_title(outlook: pd.DataFrame, ahead: int, complete: bool, lang: str) -> str:
    """Say what the observed rates lead to before what would take every chance there is."""
    t = translator(lang)
    scenarios = outlook.set_index("scenario")
    together = claims.counted(
        claims.UNITS["communes"], scenarios.at["one_short", "communes_expected"], lang
    )
    observed = scenarios.loc["observed"]
    ends = {*scenarios["communes_least"].dropna(), *scenarios["communes_most"].dropna()}
    if complete and len(ends) == 1:
        return t("{communes} recognised by {next} in every scenario", next=ahead, communes=together)
    if complete and not numbers.is_absent(observed["communes_expected"]):
        return t(
            "{range} communes recognised by {next} at the rates observed, {communes} if all "
            "pending and all one criterion short succeed",
            range=_range(observed.to_dict(), lang), next=ahead, communes=together,
        )  # fmt: skip
    return t(
        "{communes} could be recognised by {next} with the decisions pending and those one "
        "criterion short",
        communes=together,
        next=ahead,
    )


def _proposals_title(told: pd.DataFrame, lang: str) -> str:
    ready = told["condition"].isin(["met", "awaits_decisions"])
    forms = P_(
        "Of {all} districts and cities proposed, {n} has no commune short of a criterion",
        "Of {all} districts and cities proposed, {n} have no commune short of a criterion",
    )
    none = N_("Each of the {all} districts and cities proposed has a commune short of a criterion")
    return claims.counted(forms, int(ready.sum()), lang, none=none, all=whole(len(told), lang))


# Groupings -----------------------------------------------------------------------------------

_GROUPINGS = TableSpec(
    slug="groupings",
    caption=N_("Priority communes, end of {year}"),
    columns=(
        "grouping",
        Column("communes", N_("Communes listed"), "number"),
        *STATUS_COUNTS,
        "communes_not_reported recognised_pct mean_criteria",
        Column("note", N_("What is known of the list")),
    ),
    notes=N_(
        "A commune counts in every grouping that names it. Where a list is incomplete, the "
        "figures cover only the communes listed."
    ),
)


def groupings_table(
    counts: pd.DataFrame, known: pd.DataFrame, province: pd.DataFrame, lang: str
) -> Table:
    """Return attainment by grouping beside what is known of each list, the province last.

    Parameters
    ----------
    counts
        :func:`kgstats.analysis.attainment.by_grouping`.
    known
        :func:`kgstats.reference.groupings.groupings` of the year.
    province
        :func:`kgstats.analysis.attainment.summary`.
    """
    t = translator(lang)
    year = year_of(province)
    frame = known.merge(counts, on="grouping", how="left", validate="one_to_one")
    not_listed = t("list not available")
    frame["note"] = [
        note if complete else f"{t('not complete') if listed else not_listed}: {note}"
        for note, complete, listed in zip(
            known[f"note_{lang}"], known["complete"], known["units_listed"], strict=True
        )
    ]
    cited = [t(text) for text in known["source"].dropna()]
    notes = [t("Lists: {sources}.", sources="; ".join(cited)), *share_note(province, lang)]
    notes.append(source(year, lang))
    spec = replace(_GROUPINGS, total=areas.province(year))
    return spec.table(frame, lang, total=province.assign(note=""), notes=notes, year=year)


_LOWEST_SHARE = claims.Words(
    one=N_("{names} have the lowest share recognised of the groupings listed, {value}"),
    many=N_("{names} have the lowest share recognised, {value}"),
    every=N_("The share recognised is the same in all groupings listed: {value}"),
)


def groupings_chart(counts: pd.DataFrame, province: pd.DataFrame, lang: str) -> Figure | None:
    """Draw the share recognised in each grouping of which communes are listed, and in all."""
    t = translator(lang)
    year = year_of(province)
    told = counts[counts["recognised_pct"].notna() & (counts["communes_not_reported"] == 0)]
    if told.empty:
        return None
    words = registry.codes("grouping")
    name = areas.province(year)
    frame = told.assign(name=[t(words[code]) for code in told["grouping"]])
    title = claims.said(
        claims.first(frame.set_index("name")["recognised_pct"], 1, lowest=True),
        _LOWEST_SHARE,
        lambda value: share(value, lang),
        lang,
    )
    if not province["communes_not_reported"].iloc[0]:
        every = share(province["recognised_pct"].iloc[0], lang)
        title = t("{claim}; in the province {all}", claim=title, all=every)
        frame = pd.concat([frame, province.assign(name=name)], ignore_index=True)
    return charts.bars(
        charts.Chart(
            slug="groupings-chart",
            title=title,
            says=t("Bar chart of the share of communes recognised, by grouping."),
            table=TableSpec(
                slug="groupings-data",
                caption=N_("Share of communes recognised by grouping, end of {year}"),
                columns=(Column("name", N_("Grouping")), "communes recognised_pct"),
            ).table(frame, lang, year=year),
            axis=t("Share recognised, %"),
            note=source(year, lang),
        ),
        frame,
        "name",
        "recognised_pct",
        text=lambda value: share(value, lang),
        colour=lambda row: style.CONTRAST if row["name"] == name else style.ACCENT,
    )


def _pairs(transitions: pd.DataFrame, lang: str, words: dict[str, Any]) -> str:
    forms = P_("Over {n} pair of years.", "Over {n} pairs of years.")
    return claims.counted(forms, int(transitions["pairs"].iloc[0]), lang)


transitions_table = TableSpec(
    slug="transitions",
    caption=N_("How often criteria were gained and lost from one year to the next, up to {year}"),
    columns=(
        Column("criterion", N_("Criterion")),
        "marks_unmet_before marks_gained gain_pct marks_met_before marks_lost loss_pct",
    ),
    name=lambda row, lang: criterion_names(int(row["year"]), lang)[int(row["criterion"])],
    empty=N_("There are no two years to observe rates of gaining and losing criteria."),
    notes=(_pairs, cited),
)
