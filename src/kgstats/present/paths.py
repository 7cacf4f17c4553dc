"""The way of communes' criteria over the years, as readers see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, style
from kgstats.present.attainment import criterion_names, has_districts, listed
from kgstats.present.charts import Chart, Series, bars, stacked_bars
from kgstats.present.figures import Figure
from kgstats.present.prose import Prose, capital
from kgstats.present.tables import Column, Table, TableSpec, places
from kgstats.reference import criteria
from kgstats.words import N_, translator

PATHS = registry.codes("path")
SHOWN_PATHS = ("kept", "reached", "regained", "rising", "wavering", "stuck", "falling", "relapsed")
"""From the best to the worst, as they are drawn; what cannot be compared comes last."""
_PATH_COLOURS = {
    "kept": "#0b6e75", "reached": "#4f9a96", "regained": "#9cc7c2", "rising": "#cfe3dd",
    "wavering": "#efe3b8", "stuck": "#e0b13c", "falling": "#d0743c", "relapsed": "#9b2d1f",
    "not_comparable": style.NOT_REPORTED_FILL,
}  # fmt: skip
_MARK_COLOURS = {
    "always": "#0b6e75", "gained": "#79b8b4", "met_again": "#cfe3dd", "lost_again": "#d0743c",
    "never": "#e0b13c",
}  # fmt: skip


BY_DISTRICT = TableSpec(
    slug="paths-by-district",
    caption=N_("Rural communes by the course of their criteria, {first}–{year}"),
    columns=(
        "district_code communes",
        *(f"path_{name}" for name in SHOWN_PATHS),
        "path_not_comparable",
    ),
    total=N_("Province"),
    notes=N_(
        "Each commune stands in one column. Only communes whose number of criteria is known "
        "in every year, under one set of criteria and on one territory, are followed."
    ),
)


def paths_chart(by_district: pd.DataFrame, total: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw for every district what the criteria of its communes did over the years."""
    t = translator(lang)
    whole = total.iloc[0].to_dict() if len(total) else {}
    if not whole or not whole["communes"] - whole["path_not_comparable"]:
        return Prose([t("No commune can be followed over the years.")])
    year, first = int(whole["year"]), int(whole["first_year"])
    series = [
        Series(f"path_{name}", capital(t(PATHS[name])), _PATH_COLOURS[name])
        for name in (*SHOWN_PATHS, "not_comparable")
        if whole[f"path_{name}"]
    ]
    says = t("Bars, one for each district, by what its communes' criteria did.")
    if has_districts(by_district):
        names = places(year)["district"]
        shown = by_district.assign(district=[names[one] for one in by_district["district_code"]])
    else:
        # Where there are no districts, all communes make one bar.
        by_district, shown = by_district.head(0), total.assign(district=t("Province"))
        says = t("One bar, by what the communes' criteria did.")
    chart = Chart(
        slug="paths",
        title=_paths_title(whole, lang),
        says=says,
        axis=t("rural communes"),
        table=BY_DISTRICT.table(by_district, lang, total=total, year=year, first=first),
    )
    shown = shown.sort_values(["path_kept", "path_reached"], ascending=False, kind="stable")
    return stacked_bars(chart, shown, "district", series, written=True)


def _paths_title(whole: Mapping[str, Any], lang: str) -> str:
    """Say how many communes do not move on, and how many lost what they had."""
    t = translator(lang)
    compared = int(whole["communes"] - whole["path_not_comparable"])
    back, stuck = int(whole["path_falling"] + whole["path_relapsed"]), int(whole["path_stuck"])
    if not back or not stuck:
        still = claims.P_("{n} stood still", "{n} stood still")
        fell = claims.P_("{n} fell back", "{n} fell back")
        parts = [
            claims.counted(still, stuck, lang, none=N_("none stood still")),
            claims.counted(fell, back, lang, none=N_("none fell back")),
        ]
        return t(
            "Of {communes} followed over {first}–{year}: {said}",
            communes=claims.counted(claims.UNITS["communes"], compared, lang),
            first=int(whole["first_year"]),
            year=int(whole["year"]),
            said="; ".join(parts),
        )
    return t(
        "Of {communes} followed over {first}–{year}, {stuck} made no progress and {back} fell back",
        communes=claims.counted(claims.UNITS["communes"], compared, lang),
        first=int(whole["first_year"]),
        year=int(whole["year"]),
        stuck=numbers.number(stuck, lang),
        back=numbers.number(back, lang),
    )


BEHIND = TableSpec(
    slug="communes-not-advancing",
    caption=N_("Communes that did not advance or fell back, {first}–{year}"),
    columns=(
        "commune_code district_code",
        "path",
        "criteria_first",
        Column("criteria_met", N_("Criteria met now"), "number"),
        Column("stuck", N_("Never met")),
        Column("relapsed", N_("Met once and no longer")),
    ),
    notes=N_(
        "Criteria are named where every mark of every year is known. A commune that fell back "
        "may have been marked more strictly: the returns do not say why."
    ),
)


def behind_table(paths: pd.DataFrame, lang: str) -> Table | Prose:
    """Name the communes that are stuck, fell back or relapsed, and the criteria that hold them."""
    t = translator(lang)
    if not paths["path"].ne("not_comparable").any():
        return Prose([t("No commune can be followed over the years.")])
    order = ["relapsed", "falling", "stuck", "wavering", "regained"]
    shown = paths[paths["path"].isin(order)]
    if shown.empty:
        return Prose([t("No commune that can be followed stood still or fell back.")])
    year, first = int(shown["year"].iloc[0]), int(shown["first_year"].iloc[0])
    shown = shown.assign(
        stuck=[listed(one, year, lang) for one in shown["stuck_criteria"]],
        relapsed=[listed(one, year, lang) for one in shown["relapsed_criteria"]],
        _rank=shown["path"].map(order.index),
    ).sort_values(["_rank", "district_code", "commune_code"])
    return BEHIND.table(shown, lang, year=year, first=first)


BY_CRITERION = TableSpec(
    slug="criteria-over-years-data",
    caption=N_("Rural communes by the course of each criterion, {first}–{year}"),
    columns=(
        Column("criterion", N_("Criterion")),
        "communes criterion_always criterion_gained criterion_met_again criterion_lost_again",
        "criterion_never",
    ),
    name=lambda row, lang: criterion_names(int(row["year"]), lang)[int(row["criterion"])],
)


def criteria_chart(by_criterion: pd.DataFrame, lang: str) -> Figure | Prose:
    """Draw for every criterion how many communes never met it, lost it or gained it."""
    t = translator(lang)
    if by_criterion.empty:
        return Prose([t("No commune has every mark of every year.")])
    year, first = int(by_criterion["year"].iloc[0]), int(by_criterion["first_year"].iloc[0])
    names = criterion_names(year, lang)
    named = by_criterion.assign(name=[names[int(n)] for n in by_criterion["criterion"]])
    moved = named[named["criterion_always"] < named["communes"]]
    if moved.empty:
        return Prose([t("Every commune met every criterion in every year.")])
    never = claims.first(named.set_index("name")["criterion_never"], above=0)
    words = claims.Words(
        one=N_("{names} was met in no year by {value}, more than any other criterion"),
        many=N_("{names} were each met in no year by {value}, more than any other criterion"),
        none=N_("Every criterion was met in some year by every commune followed"),
        every=N_("Every criterion was met in no year by as many communes: {value}"),
        unit=claims.UNITS["criteria"],
    )
    series = [
        Series(f"criterion_{name}", t(registry.measures()[f"criterion_{name}"].label), colour)
        for name, colour in _MARK_COLOURS.items()
        if moved[f"criterion_{name}"].any()
    ]
    every = int(named["communes"].iloc[0])
    chart = Chart(
        slug="criteria-over-years",
        title=claims.said(
            never, words, lambda n: claims.base({"communes": (int(n), every)}, lang), lang
        ),
        says=t("Bars, one for each criterion, by what the marks of communes did."),
        axis=t("rural communes"),
        note=t("Criteria that every commune met in every year are left out."),
        table=BY_CRITERION.table(by_criterion, lang, year=year, first=first),
    )
    return stacked_bars(chart, moved, "name", series, written=True)


# Years per step ------------------------------------------------------------------------------


STEPS = TableSpec(
    slug="steps",
    caption=N_("How long a commune takes from one number of criteria to more, {first}–{year}"),
    columns=(
        Column("criteria_before", N_("Criteria met at first")),
        "commune_years moved_up stayed moved_down criteria_added years_per_step",
    ),
    total=N_("All short of the standard"),
    notes=N_(
        "Years per step = commune-years ÷ those that moved up: how long a step takes if it "
        "stays as likely as in these years. Communes still waiting are counted with the "
        "years they have waited. Where few moved, the number is uncertain."
    ),
)


def steps_chart(
    steps: pd.DataFrame, total: pd.DataFrame, years: Sequence[int], lang: str
) -> Figure | Prose:
    """Draw how many years a step takes from each number of criteria."""
    t = translator(lang)
    known = steps[steps["years_per_step"].notna()]
    if not total["commune_years"].sum():
        text = N_("No commune short of the standard can be followed from one year to the next.")
        return Prose([t(text)])
    if known.empty:
        return Prose([t("No commune moved up between two years that follow each other.")])
    forms = claims.P_(
        "from {n} criterion ({up}\u00a0of\u00a0{all})",
        "from {n} criteria ({up}\u00a0of\u00a0{all})",
    )

    def names(rows: pd.DataFrame) -> list[str]:
        return [
            claims.counted(
                forms,
                row.criteria_before,
                lang,
                up=numbers.number(int(row.moved_up), lang),
                all=numbers.number(int(row.commune_years), lang),
            )
            for row in rows.itertuples()
        ]

    named = known.assign(name=names(known))
    still = names(steps[(steps["commune_years"] > 0) & (steps["moved_up"] == 0)])
    note = t("Not drawn, because none moved up: {names}.", names="; ".join(still)) if still else ""
    chart_title = _steps_title(named, total.iloc[0], lang)
    chart = Chart(
        slug="steps-chart",
        title=chart_title,
        says=t(
            "Bars, one for each number of criteria, by the years a step takes; in brackets, how "
            "many commune-years ended with more."
        ),
        axis=t("years per step"),
        note=note,
        table=STEPS.table(steps, lang, total=total, first=min(years), year=max(years)),
    )
    write = partial(numbers.number, lang=lang, decimals=1)
    return bars(chart, named, "name", "years_per_step", text=write)


_ENOUGH = 5
"""How many moves it takes to speak of the years that a step takes."""


def _steps_title(steps: pd.DataFrame, total: Mapping[str, Any], lang: str) -> str:
    """Say how long the last criterion takes; with few moves only how many there were."""
    t = translator(lang)
    last = steps[steps["criteria_before"] == criteria.CRITERIA_COUNT - 1]
    of_last = last["moved_up"].sum() >= _ENOUGH
    row = last.iloc[0] if of_last else total
    said = {
        "years": numbers.number(row["years_per_step"], lang, 1),
        "up": numbers.number(int(row["moved_up"]), lang),
        "all": numbers.number(int(row["commune_years"]), lang),
    }
    if of_last:
        return t(
            "The last criterion takes {years} years: of {all} commune-years one criterion "
            "short, {up} ended with all met",
            **said,
        )
    if row["moved_up"] < _ENOUGH:
        return t("Of {all} commune-years short of the standard, {up} ended with more", **said)
    return t(
        "A step to more criteria takes {years} years on average: {up} of {all} commune-years ended "
        "with more",
        **said,
    )


ONE_SHORT = TableSpec(
    slug="from-one-short",
    caption=N_("What became of communes that lacked a single criterion"),
    columns=(
        Column("first_year", N_("Lacked one in")),
        Column("looked_at", N_("Year looked at")),
        "communes communes_met_19 communes_met_18 communes_below",
    ),
    notes=N_("A commune stands in the row of every year in which it lacked one."),
)


def one_short_table(found: pd.DataFrame, lang: str) -> Table | Prose:
    """Tabulate what became of communes with a single criterion lacking."""
    if found.empty or not found["communes"].sum():
        text = N_(
            "No commune is known to have lacked a single criterion and to be reported in a later "
            "year."
        )
        return Prose([translator(lang)(text)])
    return ONE_SHORT.table(found.assign(looked_at=[str(one) for one in found["year"]]), lang)


# After recognition ---------------------------------------------------------------------------


AFTER = TableSpec(
    slug="after-recognition",
    caption=N_("Recognised communes by the year of their decision: criteria met since"),
    columns=(
        Column("decision_year", N_("Decision of")),
        Column("looked_at", N_("Year looked at")),
        "years_later communes_followed communes_met_19 communes_lapsed communes_unknown",
        "criteria_lost communes_higher",
    ),
    notes=N_(
        "Marks come from the returns, not from inspections, and returns rarely mark a "
        "recognised commune down; no criterion lost is therefore no proof that the standard "
        "is kept. Decisions under an earlier set of criteria are left out."
    ),
)


_LAPSED = claims.P_("{n} of them meets fewer than all", "{n} of them meet fewer than all")


def after_text(in_all: pd.DataFrame, lost: pd.DataFrame, lang: str) -> Prose:
    """Say how many recognised communes lack criteria in the last year, and which.

    Parameters
    ----------
    in_all, lost
        ``after_in_all`` and ``lost_after_recognition`` of :mod:`kgstats.analysis.paths`.
    """
    t = translator(lang)
    silent = t("The returns say nothing of communes after their recognition.")
    if in_all.empty:
        return Prose([silent])
    row = in_all.iloc[0]
    year, count, lapsed = (int(row[name]) for name in ("year", "communes", "communes_lapsed"))
    known = count - int(row["communes_unknown"])
    if not known:
        return Prose([silent])
    text = t(
        "In {year} the number of criteria is known of {base} with a decision under this set; "
        "{met}.",
        year=year,
        base=claims.base({"communes": (known, count)}, lang),
        met=claims.counted(_LAPSED, lapsed, lang) if lapsed else t("all of them meet all criteria"),
    )
    if len(lost):
        names = criterion_names(year, lang)
        most = claims.first(
            pd.Series(list(lost["communes_lapsed"]), [names[int(n)] for n in lost["criterion"]]),
            above=0,
        )
        words = claims.Words(
            one=N_("Most often lacking: {names} ({value})."),
            many=N_("Most often lacking: {names} ({value} each)."),
            every=N_("All that are lacking are lacking as often ({value})."),
            unit=claims.UNITS["criteria"],
        )
        text += " " + claims.said(
            most, words, lambda n: claims.counted(claims.UNITS["communes"], n, lang), lang
        )
    return Prose([text])


def after_table(after: pd.DataFrame, lang: str) -> Table | Prose:
    """Tabulate the criteria of recognised communes in the years since their decision."""
    if after.empty:
        return Prose([translator(lang)("No commune has a decision under this set of criteria.")])
    named = after.rename(columns={"communes": "communes_followed"})
    return AFTER.table(named.assign(looked_at=[str(one) for one in after["year"]]), lang)
