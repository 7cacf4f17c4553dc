"""Poor and near-poor households as readers see them: headline figures, tables, sentences.

Charts stand in :mod:`kgstats.present.poverty_charts`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from kgstats.analysis import poverty as analysis
from kgstats.analysis.poverty import Review
from kgstats.present import numbers
from kgstats.present.prose import Headline, Headlines, Prose
from kgstats.present.tables import Column, Table, table
from kgstats.reference import areas, programmes
from kgstats.reference.programmes import Target
from kgstats.words import N_, Translate, translator

MEASURE_NAMES = {
    "poor": N_("Poor households"),
    "near_poor": N_("Near-poor households"),
    "ethnic_poor": N_("Poor ethnic-minority households"),
    "ethnic_near_poor": N_("Near-poor ethnic-minority households"),
}
RATE_NAMES = {
    "poor": N_("Poor rate"),
    "near_poor": N_("Near-poor rate"),
    "ethnic_poor": N_("Ethnic-minority poor rate"),
    "ethnic_near_poor": N_("Ethnic-minority near-poor rate"),
}
AREA_NAMES = {
    "urban": N_("Urban areas"),
    "rural": N_("Rural areas"),
    "special": N_("Special zones"),
}
TYPE_NAMES = {
    "xã": N_("commune"),
    "phường": N_("ward"),
    "thị trấn": N_("township"),
    "đặc khu": N_("special zone"),
}
VERDICT_NAMES = {
    "below": N_("below target"),
    "within": N_("target met"),
    "above": N_("above target"),
    "out_of_reach": N_("rate already below the target"),
}
SCOPE_NAMES = {
    "all": N_("All households"),
    "ethnic": N_("Ethnic-minority households"),
    "especially_difficult": N_("Especially difficult communes"),
}
QUANTITY_NAMES = {
    "rate_pct": N_("rate, %"),
    "fall_pp": N_("fall, percentage points"),
    "count_hh": N_("households"),
}
WITHHELD = "c"
"""Shown for a count that is withheld to protect households."""
FEW_MARK = "*"


# ------------------------------------------------------------------ words


def joined_text(value: Any) -> str:
    """Return a name, or nothing for an absent one."""
    return "" if numbers.is_absent(value) else str(value)


def of_year(year: int) -> Callable[[Any], tuple[str, str]]:
    """Return a look-up: code of a unit gives its name and type in a year."""
    frame = areas.units(year).set_index("commune_code")[["name", "type"]]
    held = {str(code): (str(row["name"]), str(row["type"])) for code, row in frame.iterrows()}
    return lambda code: held.get(str(code), (str(code), ""))


def unit_name(name: str, kind: str, lang: str) -> str:
    """Write a unit with its type: ``xã Thạnh Hưng``, ``Thạnh Hưng commune``.

    >>> unit_name("Thạnh Hưng", "xã", "vi"), unit_name("Thạnh Hưng", "xã", "en")
    ('xã Thạnh Hưng', 'Thạnh Hưng commune')
    """
    if lang == "vi":
        return f"{kind} {name}".strip()
    return f"{name} {translator(lang)(TYPE_NAMES[kind])}" if kind in TYPE_NAMES else name


def district_names(year: int) -> dict[str, str]:
    """Return the districts of a year with their names; none since districts are gone."""
    frame = areas.districts(year)
    return dict(zip(frame["district_code"], frame["district_name"], strict=True))


def whole_name(review: Review, lang: str) -> str:
    """Name the row of all units: the province, or what it was before it joined another."""
    t = translator(lang)
    if areas.province(review.year) == areas.TERRITORY:
        return t("Province")
    return t("Former {province}", province=areas.TERRITORY)


def change_words(points: Any, lang: str, decimals: int = 2) -> str:
    """Say a change in points in words: ``down 1.45 percentage points``.

    >>> change_words(-1.4501, "en")
    'down 1.45 percentage points'
    """
    t = translator(lang)
    if numbers.is_absent(points):
        return numbers.NOT_REPORTED
    size = numbers.number(abs(float(points)), lang, decimals)
    if numbers.rounded(float(points), decimals) == 0:
        return t("unchanged")
    if points < 0:
        return t("down {n} percentage points", n=size)
    return t("up {n} percentage points", n=size)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries with text keys."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def province_row(frame: pd.DataFrame, **wanted: Any) -> dict[str, Any]:
    """Return the one row with these values."""
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    return records(frame)[0]


def no_base(review: Review, lang: str) -> Prose:
    """Say that there is nothing to compare with."""
    t = translator(lang)
    text = t(
        "There is no comparable table of an earlier year, so no change to {year} is computed.",
        year=review.year,
    )
    return Prose([text], kind="caution")


def source_note(review: Review, lang: str) -> str:
    """Say where the figures come from and under which standard."""
    t = translator(lang)
    return t(
        "Source: yearly reviews in the districts' returns. Standard: {standard} ({decision}).",
        standard=review.standard.name(lang),
        decision=review.standard.decision,
    )


def _notes(review: Review, lang: str, *more: str) -> list[str]:
    notes = [note for note in more if note]
    if review.release.control.threshold > 1:
        notes.append(translator(lang)("{mark}: withheld.", mark=WITHHELD))
    return [*notes, source_note(review, lang)]


def coverage_note(frame: pd.DataFrame, lang: str, column: str = "reported_units") -> str:
    """Say how many units a table rests on, where some did not report; else nothing."""
    t = translator(lang)
    there, all_units = int(frame[column].sum()), int(frame["expected_units"].sum())
    if there == all_units:
        return ""
    return t(
        "{there} of {all} commune-level units reported; sums and rates are of those. "
        "{absent}: not reported.",
        there=numbers.number(there, lang),
        all=numbers.number(all_units, lang),
        absent=numbers.NOT_REPORTED,
    )


# ------------------------------------------------------------------ cells of a table


def _count_cell(value: Any, there: Any, review: Review) -> Any:
    """Return a count, or the sign that it is withheld; absent stays absent."""
    if not numbers.is_absent(value):
        return int(value)
    return WITHHELD if review.release.is_on and int(there) > 0 else None


def _rate_cell(value: Any, base: Any, there: Any, review: Review) -> Any:
    """Return a rate, or why there is none: no household of the kind, withheld, not reported."""
    if not numbers.is_absent(value):
        return float(value)
    if not numbers.is_absent(base) and int(base) == 0:
        return numbers.NOT_APPLICABLE
    return _count_cell(value, there, review)


def _cells(values: Iterable[Any], like: pd.DataFrame) -> pd.Series[Any]:
    """Keep numbers, signs and absent values as they are, side by side in a column."""
    return pd.Series(list(values), index=like.index, dtype=object)


def _count_or_rate(value: Any, there: Any, review: Review) -> Any:
    """Return a number, or the sign that it is withheld; absent stays absent."""
    return _count_cell(None, there, review) if numbers.is_absent(value) else value


def _shown_cells(frame: pd.DataFrame, column: str, review: Review) -> pd.Series[Any]:
    return _cells(
        [
            _count_or_rate(value, there, review)
            for value, there in zip(frame[column], frame["reported_units"], strict=True)
        ],
        frame,
    )


def _marked_rate(value: Any, few: Any, lang: str) -> Any:
    """Write a rate with the mark of few households, as text; signs stay as they are."""
    if isinstance(value, str) or numbers.is_absent(value):
        return numbers.NOT_REPORTED if value is None else value
    text = numbers.percent(value, lang, 2)
    return text + FEW_MARK if not numbers.is_absent(few) and bool(few) else text


# ------------------------------------------------------------------ opening


def headlines(review: Review, lang: str) -> Headlines:
    """Show the four rates of the province, each with its change and its households."""
    t = translator(lang)
    level = province_row(
        analysis.levels(review.frame, "province", seen=review.seen), year=review.year
    )
    items = []
    compared: dict[str, dict[str, Any]] = {}
    if review.before is not None:
        rows = records(_changes(review, "province"))
        compared = {str(row["measure"]): row for row in rows}
    for name in analysis.MEASURES:
        context = ""
        if name in compared and review.before is not None:
            context = t(
                "{change} on {year}",
                change=change_words(compared[name]["change_pp"], lang),
                year=review.before,
            )
        homes = t("{n} households", n=numbers.number(level[f"{name}_hh"], lang))
        items.append(
            Headline(
                t(RATE_NAMES[name]),
                numbers.percent(level[f"{name}_pct"], lang),
                f"{homes}; {context}" if context else homes,
            )
        )
    return Headlines(items)


def _changes(review: Review, by: str) -> pd.DataFrame:
    assert review.before is not None
    return analysis.changes(review.frame, review.before, review.year, by, seen=review.seen)


def standing(review: Review, lang: str) -> Prose:
    """Say by which standard, from how many units, and with what disclosure control."""
    t = translator(lang)
    standard = review.standard
    level = province_row(analysis.levels(review.frame, "province"), year=review.year)
    sentences = [
        t(
            "Who is poor: {rule}. Income lines: VND {rural} a person and month in rural areas, "
            "{urban} in urban ones ({decision}).",
            rule=standard.rule(lang)[:1].lower() + standard.rule(lang)[1:],
            rural=numbers.number(standard.poor_rural_vnd, lang),
            urban=numbers.number(standard.poor_urban_vnd, lang),
            decision=standard.decision,
        ),
        t(
            "Rates are poor households in each 100 resident households of the same group, "
            "computed from the counts of {there} of {all} commune-level units. A difference of "
            "two rates is in percentage points, never in percent.",
            there=numbers.number(level["reported_units"], lang),
            all=numbers.number(level["expected_units"], lang),
        ),
    ]
    control = review.release.control
    if control.threshold > 1:
        small, more = review.release.counts()
        sentences.append(
            t(
                "Disclosure control is on: {small} counts from 1 to {most} households are "
                "withheld, and {more} others so that those cannot be worked out.",
                small=numbers.number(small, lang),
                most=control.threshold - 1,
                more=numbers.number(more, lang),
            )
        )
    if control.rounding > 1:
        sentences.append(
            t(
                "Counts are rounded to multiples of {n}; rates are computed from the rounded "
                "counts, and sums may differ.",
                n=control.rounding,
            )
        )
    return Prose(sentences)


def published_table(
    review: Review, figures: pd.DataFrame, series: pd.DataFrame, lang: str
) -> Table | Prose:
    """Set the province's computed figures beside the published ones."""
    t = translator(lang)
    if review.before is None:
        return no_base(review, lang)
    found = analysis.beside_published(
        review.frame, review.before, review.year, figures, series, seen=review.seen
    )
    if found.empty:
        return Prose([t("No published figure of {year} is known here.", year=review.year)])
    frame = pd.DataFrame(
        {
            "what": [
                f"{t(RATE_NAMES[m]) if q != 'count_hh' else t(MEASURE_NAMES[m])}"
                for m, q in zip(found["measure"], found["quantity"], strict=True)
            ],
            "quantity": [t(QUANTITY_NAMES[name]) for name in found["quantity"]],
            "computed": [
                numbers.rounded(float(value), 4 if quantity != "count_hh" else 0).normalize()
                for value, quantity in zip(found["computed"], found["quantity"], strict=True)
            ],
            "printed": [
                numbers.rounded(float(value), int(decimals))
                for value, decimals in zip(found["printed"], found["decimals"], strict=True)
            ],
            "agrees": [t("yes") if yes else t("no") for yes in found["is_agreeing"]],
            "source": [
                _source_words(str(one), str(source), lang)
                for one, source in zip(found["id"], found["source"], strict=True)
            ],
        }
    )
    return table(
        frame,
        slug="poverty-published",
        caption=t("Computed from the returns and published, {year}", year=review.year),
        columns=[
            Column("what", t("Figure")),
            Column("quantity", t("Quantity")),
            Column("computed", t("Computed"), "number"),
            Column("printed", t("Published"), "number"),
            Column("agrees", t("Agrees when rounded")),
            Column("source", t("Source")),
        ],
        lang=lang,
        notes=[
            t(
                "A published figure agrees when it is the computed one rounded to the decimals "
                "that were printed."
            )
        ],
    )


def _source_words(identifier: str, source: str, lang: str) -> str:
    if identifier.startswith("poverty_"):
        return translator(lang)("printed report, section {section}", section=source)
    return source


# ------------------------------------------------------------------ levels and changes


def levels_table(review: Review, lang: str) -> Table:
    """Show poor and near-poor households by district, urban and rural, as the province prints.

    Groups: urban areas, rural areas, each with its districts and its total; the whole last.
    """
    t = translator(lang)
    whole = analysis.levels(review.frame, "province", seen=review.seen)
    whole = whole[whole["year"] == review.year]
    parts = analysis.levels(review.frame, "area", seen=review.seen)
    parts = parts[parts["year"] == review.year]
    if review.by == "district":
        inner = analysis.levels(review.frame, "district_area", seen=review.seen)
    else:
        inner = analysis.levels(review.frame, "commune", seen=review.seen)
    inner = inner[inner["year"] == review.year]
    rows: list[dict[str, Any]] = []
    for number, part in enumerate(records(parts)):
        area = str(part["area"])
        group = f"{_roman(number + 1)}. {t(AREA_NAMES[area])}"
        for row in records(inner[inner["area"] == area]):
            rows.append(
                {"what": joined_text(row["name"]), "group": group, "is_total": False, **row}
            )
        rows.append({"what": t("Total"), "group": group, "is_total": True, **part})
    last = records(whole)[0]
    rows.append({"what": t("Total"), "group": whole_name(review, lang), "is_total": True, **last})
    frame = _level_cells(pd.DataFrame(rows, dtype=object), review, lang)
    return table(
        frame,
        slug="poverty-levels",
        caption=t(
            "Poor and near-poor households at the end of {year}, urban and rural",
            year=review.year,
        ),
        columns=[Column("what", t("Area")), *_level_columns(t)],
        lang=lang,
        group="group",
        totals=[bool(value) for value in frame["is_total"]],
        notes=_notes(review, lang, coverage_note(whole, lang), _few_note(frame, lang)),
    )


def _roman(number: int) -> str:
    return ("I", "II", "III", "IV", "V")[number - 1]


def _level_cells(frame: pd.DataFrame, review: Review, lang: str) -> pd.DataFrame:
    """Replace counts and rates by what is shown: a value, a sign, or nothing."""
    result = frame.copy().astype(object)
    for name in analysis.MEASURES:
        base = "ethnic_households_hh" if name.startswith("ethnic") else "households_hh"
        there = frame["reported_units"]
        result[f"{name}_hh"] = _cells(
            [
                _count_cell(value, units, review)
                for value, units in zip(frame[f"{name}_hh"], there, strict=True)
            ],
            frame,
        )
        rates = [
            _rate_cell(value, homes, units, review)
            for value, homes, units in zip(frame[f"{name}_pct"], frame[base], there, strict=True)
        ]
        result[f"{name}_pct"] = _cells(rates, frame)
        result[f"{name}_shown"] = [
            _marked_rate(rate, few, lang)
            for rate, few in zip(rates, frame[f"{name}_few"], strict=True)
        ]
    return result


def _level_columns(t: Translate) -> list[Column]:
    columns = [Column("households_hh", t("Households"), "number")]
    for name in ("poor", "near_poor"):
        spanner = t(MEASURE_NAMES[name])
        columns.append(Column(f"{name}_hh", t("Number"), "number", spanner=spanner))
        columns.append(Column(f"{name}_shown", t("Rate"), "mixed", spanner=spanner))
    columns.append(
        Column("ethnic_households_hh", t("Households"), "number", spanner=t("Ethnic minorities"))
    )
    for name, words in (("ethnic_poor", t("poor")), ("ethnic_near_poor", t("near-poor"))):
        spanner = t("Ethnic minorities")
        columns.append(Column(f"{name}_hh", words, "number", spanner=spanner))
        columns.append(Column(f"{name}_shown", t("rate"), "mixed", spanner=spanner))
    return columns


def _few_note(frame: pd.DataFrame, lang: str) -> str:
    shown = [column for column in frame.columns if str(column).endswith("_shown")]
    marked = any(str(value).endswith(FEW_MARK) for column in shown for value in frame[column])
    if not marked:
        return ""
    return translator(lang)(
        "{mark} Rate on fewer than {n} households: one household more or less moves it by over a "
        "point.",
        mark=FEW_MARK,
        n=analysis.FEW_HOUSEHOLDS,
    )


def changes_table(review: Review, lang: str) -> Table | Prose:
    """Show the change of poor and near-poor households by district: in households and points."""
    t = translator(lang)
    if review.before is None:
        return no_base(review, lang)
    pieces = [_changes(review, review.by), _changes(review, "province")]
    whole = pieces[1]
    rows = []
    for piece in pieces:
        for code in dict.fromkeys(piece["code"]):
            own = {str(row["measure"]): row for row in records(piece[piece["code"] == code])}
            first = own["poor"]
            row: dict[str, Any] = {
                "what": joined_text(first["name"])
                if first["level"] != "province"
                else whole_name(review, lang),
                "is_total": first["level"] == "province",
            }
            for name in ("poor", "near_poor"):
                for column, cell in _change_cells(own[name], review).items():
                    row[f"{name}_{column}"] = cell
            rows.append(row)
    frame = pd.DataFrame(rows, dtype=object)
    columns = [Column("what", t("Area"))]
    for name in ("poor", "near_poor"):
        spanner = t(MEASURE_NAMES[name])
        columns += [
            Column(f"{name}_before_hh", str(review.before), "number", spanner=spanner),
            Column(f"{name}_after_hh", str(review.year), "number", spanner=spanner),
            Column(f"{name}_change_hh", t("change"), "signed", spanner=spanner),
            Column(f"{name}_after_pct", t("rate {year}", year=review.year), "percent", 2, spanner),
            Column(f"{name}_change_pp", t("change, points"), "points", 2, spanner),
            Column(f"{name}_rate_relative_pct", t("change of the rate, %"), "points", 1, spanner),
        ]
    return table(
        frame,
        slug="poverty-changes",
        caption=t(
            "Change of poor and near-poor households from {before} to {year}",
            before=review.before,
            year=review.year,
        ),
        columns=columns,
        lang=lang,
        totals=[bool(value) for value in frame["is_total"]],
        notes=_notes(
            review,
            lang,
            t(
                "Points: difference of the two rates. Change of the rate: that difference in "
                "percent of the earlier rate."
            ),
            coverage_note(whole[whole["measure"] == "poor"], lang, "matched_units"),
        ),
    )


def _change_cells(row: Mapping[str, Any], review: Review) -> dict[str, Any]:
    there = row["matched_units"]
    cells: dict[str, Any] = {}
    for column in ("before_hh", "after_hh", "change_hh"):
        cells[column] = _count_cell(row[column], there, review)
    for column, base in (
        ("after_pct", row["base_after_hh"]),
        ("change_pp", row["base_before_hh"]),
        ("rate_relative_pct", row["before_hh"]),
    ):
        cells[column] = _rate_cell(row[column], base, there, review)
    return cells


def commune_table(review: Review, lang: str) -> Table:
    """Show every commune-level unit: poor and near-poor now, and the change of the poor rate."""
    t = translator(lang)
    frame = analysis.levels(review.frame, "commune", seen=review.seen)
    frame = frame[frame["year"] == review.year]
    names, of_code = district_names(review.year), of_year(review.year)
    frame = _level_cells(frame.reset_index(drop=True), review, lang)
    frame["what"] = [unit_name(*of_code(code), lang) for code in frame["code"]]
    frame["group"] = [names.get(joined_text(code), "") for code in frame["district_code"]]
    columns = [Column("what", t("Unit")), *_level_columns(t)]
    if review.before is not None:
        rows = _changes(review, "commune")
        poor = rows[rows["measure"] == "poor"].set_index("code")
        frame["change_pp"] = _cells(
            [
                _rate_cell(row["change_pp"], row["base_before_hh"], row["matched_units"], review)
                for row in records(poor.loc[list(frame["code"])])
            ],
            frame,
        )
        label = t("poor rate against {year}, points", year=review.before)
        columns.append(Column("change_pp", label, "points", 2))
    return table(
        frame,
        slug="poverty-communes",
        caption=t(
            "Poor and near-poor households by commune, ward and township at the end of {year}",
            year=review.year,
        ),
        columns=columns,
        lang=lang,
        group="group" if names else None,
        notes=_notes(
            review,
            lang,
            _few_note(frame, lang),
            t("{mark}: no household of the kind.", mark=numbers.NOT_APPLICABLE),
        ),
    )


# ------------------------------------------------------------------ flows and contributions


def flows_table(review: Review, lang: str, status: str = "poor") -> Table:
    """Show by district how many households left poverty, fell back, or became poor."""
    t = translator(lang)
    frame = pd.concat(
        [
            analysis.flows(review.frame, by, status, seen=review.seen)
            for by in (review.by, "province")
        ],
        ignore_index=True,
    )
    frame = frame[frame["year"] == review.year].reset_index(drop=True)
    whole = frame[frame["level"] == "province"]
    counts = ["start_hh", "escaped_hh", "fell_back_hh", "new_hh", "end_hh"]
    counts += ["residue_hh", "net_change_hh", "gross_change_hh"]
    shown = frame.astype(object)
    for column in counts:
        shown[column] = _cells(
            [
                _count_cell(value, there, review)
                for value, there in zip(frame[column], frame["reported_units"], strict=True)
            ],
            frame,
        )
    for column, base in (("escape_pct", "start_hh"), ("reentry_pct", "escaped_hh")):
        shown[column] = _cells(
            [
                _rate_cell(value, homes, there, review)
                for value, homes, there in zip(
                    frame[column], frame[base], frame["reported_units"], strict=True
                )
            ],
            frame,
        )
    shown["what"] = [
        whole_name(review, lang) if level == "province" else joined_text(name)
        for level, name in zip(frame["level"], frame["name"], strict=True)
    ]
    words = {
        "poor": t("Poor households in and out during {year}", year=review.year),
        "near_poor": t("Near-poor households in and out during {year}", year=review.year),
    }
    residue = whole["residue_hh"].iloc[0]
    closing = ""
    if not numbers.is_absent(residue):
        closing = (
            t("Start − escaped + fell back + newly poor = end closes in the province.")
            if residue == 0
            else t(
                "The stated movements leave {n} households of the province's end unexplained.",
                n=numbers.signed(residue, lang),
            )
        )
    poor = status == "poor"
    rounded = review.release.control.rounding > 1
    residue_column = [] if rounded else [Column("residue_hh", t("Unexplained"), "signed")]
    columns = [
        Column("what", t("Area")),
        Column("start_hh", t("Start"), "number"),
        Column("escaped_hh", t("Escaped") if poor else t("Left near-poverty"), "number"),
        Column("fell_back_hh", t("Fell back") if poor else t("Near-poor again"), "number"),
        Column("new_hh", t("Newly poor") if poor else t("Newly near-poor"), "number"),
        Column("end_hh", t("End"), "number"),
        *residue_column,
        Column("net_change_hh", t("Net change"), "signed"),
        Column("gross_change_hh", t("All movements"), "number"),
        Column("escape_pct", t("Left, % of start"), "percent", 1),
        Column("reentry_pct", t("Back again per 100 that left"), "number", 1),
    ]
    return table(
        shown,
        slug=f"poverty-flows-{status.replace('_', '-')}",
        caption=words[status],
        columns=columns,
        lang=lang,
        totals=[level == "province" for level in frame["level"]],
        notes=_notes(review, lang, closing, coverage_note(whole, lang)),
    )


def contributions_table(review: Review, lang: str, measure: str = "poor") -> Table | Prose:
    """Show what each district contributed to the change of the province's rate."""
    t = translator(lang)
    if review.before is None:
        return no_base(review, lang)
    parts = analysis.decompose(
        review.frame, review.before, review.year, measure, review.by, seen=review.seen
    )
    whole = province_row(_changes(review, "province"), measure=measure)
    total = {
        "what": whole_name(review, lang),
        "before_pct": whole["before_pct"],
        "after_pct": whole["after_pct"],
        "rate_effect_pp": float(sum(parts["rate_effect_exact"])),
        "weight_effect_pp": float(sum(parts["weight_effect_exact"])),
        "contribution_pp": float(sum(parts["contribution_exact"])),
        "share_pct": float(parts["share_pct"].sum()),
    }
    frame = pd.DataFrame(
        [
            {
                "what": joined_text(row["name"]),
                "before_pct": _as_float(row["rate_before"]),
                "after_pct": _as_float(row["rate_after"]),
                **{
                    column: row[column]
                    for column in (
                        "rate_effect_pp",
                        "weight_effect_pp",
                        "contribution_pp",
                        "share_pct",
                    )
                },
            }
            for row in records(parts)
        ]
        + [total]
    )
    return table(
        frame,
        slug=f"poverty-contributions-{measure.replace('_', '-')}",
        caption=t(
            "What each district contributed to the change of the province's poor rate, "
            "{before} to {year}",
            before=review.before,
            year=review.year,
        ),
        columns=[
            Column("what", t("Area")),
            Column("before_pct", t("Rate {year}", year=review.before), "percent", 2),
            Column("after_pct", t("Rate {year}", year=review.year), "percent", 2),
            Column("rate_effect_pp", t("Change of rate, points"), "points", 3),
            Column("weight_effect_pp", t("Change of weight, points"), "points", 3),
            Column("contribution_pp", t("Contribution, points"), "points", 3),
            Column("share_pct", t("Share of the change"), "percent", 1),
        ],
        lang=lang,
        totals=[False] * (len(frame) - 1) + [True],
        notes=_notes(
            review,
            lang,
            t(
                "Change of rate: poverty in the district fell or rose. Change of weight: the "
                "district, poorer or better off than the province, grew or shrank in households. "
                "Both add up to the province's change with nothing left over."
            ),
        ),
    )


def _as_float(value: Any) -> float | None:
    return None if numbers.is_absent(value) else float(value)


def concentration_table(review: Review, lang: str, measure: str = "poor") -> Table:
    """Show where the poor live: share of the poor against share of households, poorest first."""
    t = translator(lang)
    frame = analysis.concentration(review.frame, review.year, measure, review.by, seen=review.seen)
    shown = frame.assign(what=[joined_text(name) for name in frame["name"]])
    return table(
        shown,
        slug="poverty-concentration",
        caption=t(
            "Share of the province's poor households and of all households, {year}",
            year=review.year,
        ),
        columns=[
            Column("what", t("Area")),
            Column("rate_pct", t("Poor rate"), "percent", 2),
            Column("count_hh", t("Poor households"), "number"),
            Column("poor_share_pct", t("Share of the poor"), "percent", 1),
            Column("household_share_pct", t("Share of households"), "percent", 1),
            Column("concentration_ratio", t("Poor share ÷ household share"), "number", 2),
            Column("cumulative_poor_pct", t("Poor, cumulative"), "percent", 1),
            Column("cumulative_household_pct", t("Households, cumulative"), "percent", 1),
        ],
        lang=lang,
        notes=_notes(review, lang, t("Poorest first. Above 1: poorer than the province.")),
    )


def reasons_table(review: Review, lang: str) -> Table | Prose:
    """Show the income-poor and the deprivation-poor by district, where returns give them."""
    t = translator(lang)
    frame = pd.concat(
        [analysis.by_reason(review.frame, by, seen=review.seen) for by in (review.by, "province")],
        ignore_index=True,
    )
    frame = frame[frame["year"] == review.year].reset_index(drop=True)
    if not int(frame["reported_units"].sum()):
        return Prose([t("The returns do not say why households are poor.")], kind="caution")
    shown = frame.astype(object)
    for column in ("poor_hh", "income_hh", "deprivation_hh"):
        shown[column] = _cells(
            [
                _count_cell(value, there, review)
                for value, there in zip(frame[column], frame["reported_units"], strict=True)
            ],
            frame,
        )
    for column in ("income_pct", "deprivation_pct"):
        shown[column] = _cells(
            [
                _rate_cell(value, homes, there, review)
                for value, homes, there in zip(
                    frame[column], frame["poor_hh"], frame["reported_units"], strict=True
                )
            ],
            frame,
        )
    shown["what"] = [
        whole_name(review, lang) if level == "province" else joined_text(name)
        for level, name in zip(frame["level"], frame["name"], strict=True)
    ]
    return table(
        shown,
        slug="poverty-reasons",
        caption=t("Poor by income and poor by lack of basic services, {year}", year=review.year),
        columns=[
            Column("what", t("Area")),
            Column("poor_hh", t("Poor households"), "number"),
            Column("income_hh", t("by income"), "number"),
            Column("deprivation_hh", t("by lack of services"), "number"),
            Column("income_pct", t("by income, %"), "percent", 1),
            Column("deprivation_pct", t("by lack of services, %"), "percent", 1),
        ],
        lang=lang,
        totals=[level == "province" for level in frame["level"]],
        notes=_notes(review, lang, coverage_note(frame[frame["level"] == "province"], lang)),
    )


# ------------------------------------------------------------------ gap, targets, pace


def gap_note(review: Review, lang: str) -> Prose:
    """Say whether the gap between ethnic-minority and all households narrowed."""
    t = translator(lang)
    if review.before is None:
        return no_base(review, lang)
    items = []
    for status, words in (("poor", t("Poor")), ("near_poor", t("Near-poor"))):
        row = records(
            analysis.ethnic_gap(review.frame, review.before, review.year, status, seen=review.seen)
        )[0]
        if numbers.is_absent(row["gap_change_pp"]):
            continue
        values = {
            "before": numbers.number(row["gap_before_pp"], lang, 2),
            "after": numbers.number(row["gap_after_pp"], lang, 2),
        }
        text = (
            t("the gap narrowed from {before} to {after} percentage points", **values)
            if row["is_narrowed"]
            else t("the gap did not narrow: {before}, then {after} percentage points", **values)
        )
        if not numbers.is_absent(row["after_ratio"]) and not numbers.is_absent(row["before_ratio"]):
            ratios = {
                "before": numbers.number(row["before_ratio"], lang, 2),
                "after": numbers.number(row["after_ratio"], lang, 2),
            }
            text += "; " + (
                t("as a ratio it fell from {before} to {after}", **ratios)
                if row["is_ratio_lower"]
                else t("as a ratio it rose from {before} to {after}", **ratios)
            )
        items.append((words, text + "."))
    return Prose([t("Ethnic-minority households against all households of the province:")], items)


def poverty_targets(year: int) -> list[Target]:
    """Return the targets of the poor rate in a year, of all scopes that have one."""
    found = (programmes.target("poor_fall", year, scope) for scope in SCOPE_NAMES)
    return [target for target in found if target is not None]


def _target_words(low: Any, high: Any, lang: str) -> str:
    if numbers.is_absent(high):
        return translator(lang)("at least {n}", n=numbers.number(float(low), lang))
    return f"{numbers.number(float(low), lang)}–{numbers.number(float(high), lang)}"


def targets_table(review: Review, lang: str) -> Table | Prose:
    """Show the fall of the poor rate against its targets: province, districts, communes named."""
    t = translator(lang)
    targets = poverty_targets(review.year)
    if review.before is None:
        return no_base(review, lang)
    if not targets:
        return Prose([t("No target of the poor rate is known for {year}.", year=review.year)])
    if review.before != review.year - 1:
        return targets_are_yearly(review, lang)
    hard = programmes.especially_difficult(review.year)["commune_code"].tolist()
    pieces = [
        analysis.against_targets(
            review.frame, review.before, review.year, targets, by, hard, seen=review.seen
        )
        for by in ("province", review.by)
    ]
    both = pd.concat(pieces, ignore_index=True)
    both = both[~both.duplicated(["scope", "level", "code"])]
    of_code = of_year(review.year)
    rows = []
    for scope in SCOPE_NAMES:
        for row in records(both[both["scope"] == scope]):
            if row["level"] == "commune" and scope == "especially_difficult":
                what = unit_name(*of_code(row["code"]), lang)
            elif row["level"] == "group":
                what = t("These communes together")
            else:
                what = (
                    whole_name(review, lang)
                    if row["level"] == "province"
                    else joined_text(row["name"])
                )
            verdict = row["verdict"]
            cells = {
                column: _count_or_rate(row[column], row["matched_units"], review)
                for column in ("before_pct", "after_pct", "fall_pp")
            }
            rows.append(
                {
                    **row,
                    **cells,
                    "what": what,
                    "group": t(SCOPE_NAMES[scope]),
                    "target": _target_words(row["target_low_pp"], row["target_high_pp"], lang),
                    "said": "" if numbers.is_absent(verdict) else t(VERDICT_NAMES[str(verdict)]),
                    "is_total": row["level"] in ("province", "group"),
                }
            )
    frame = pd.DataFrame(rows, dtype=object)
    notes = []
    if hard:
        notes.append(
            t(
                "Especially difficult communes: only the {n} that documents known here name; the "
                "list is not complete.",
                n=len(hard),
            )
        )
    if any(not target.confirmed for target in targets):
        notes.append(t("The target of this year is taken from the year after: not confirmed."))
    return table(
        frame,
        slug="poverty-targets",
        caption=t(
            "Fall of the poor rate from {before} to {year} against the target",
            before=review.before,
            year=review.year,
        ),
        columns=[
            Column("what", t("Area")),
            Column("before_pct", t("Rate {year}", year=review.before), "percent", 2),
            Column("after_pct", t("Rate {year}", year=review.year), "percent", 2),
            Column("fall_pp", t("Fall, points"), "number", 2),
            Column("target", t("Target, points"), "mixed"),
            Column("said", t("Result")),
        ],
        lang=lang,
        group="group",
        totals=[bool(value) for value in frame["is_total"]],
        notes=_notes(
            review,
            lang,
            *notes,
            t("A rate that was lower than the target cannot fall by it and has not missed it."),
        ),
    )


def targets_are_yearly(review: Review, lang: str) -> Prose:
    """Say that a target of one year cannot be held against several."""
    text = translator(lang)(
        "Targets are for one year; {before} and {year} are further apart.",
        before=review.before,
        year=review.year,
    )
    return Prose([text], kind="caution")


def pace_table(review: Review, lang: str) -> Table | Prose:
    """Show what the next year needs to reach its target, by district."""
    t = translator(lang)
    following = review.year + 1
    target = programmes.target("poor_fall", following)
    if target is None:
        return Prose([t("No target of the poor rate is known for {year}.", year=following)])
    frame = pd.concat(
        [
            analysis.pace(review.frame, review.year, target, by, seen=review.seen)
            for by in (review.by, "province")
        ],
        ignore_index=True,
    )
    shown = frame.astype(object)
    shown_columns = ["rate_pct", "needed_rate_pct", "count_hh", "needed_end_hh"]
    for column in [*shown_columns, "needed_escapes_hh", "escaped_hh", "pace_ratio"]:
        shown[column] = _shown_cells(frame, column, review)
    shown["what"] = [
        whole_name(review, lang) if level == "province" else joined_text(name)
        for level, name in zip(frame["level"], frame["name"], strict=True)
    ]
    return table(
        shown,
        slug="poverty-pace",
        caption=t(
            "What {year} needs: a fall of {n} points in every area, or to zero",
            year=following,
            n=numbers.number(target.low, lang),
        ),
        columns=[
            Column("what", t("Area")),
            Column("rate_pct", t("Rate {year}", year=review.year), "percent", 2),
            Column("needed_rate_pct", t("Rate to reach"), "percent", 2),
            Column("count_hh", t("Poor households"), "number"),
            Column("needed_end_hh", t("at most then"), "number"),
            Column("needed_escapes_hh", t("must escape"), "number"),
            Column("escaped_hh", t("escaped in {year}", year=review.year), "number"),
            Column("pace_ratio", t("times the pace of {year}", year=review.year), "number", 2),
        ],
        lang=lang,
        totals=[level == "province" for level in frame["level"]],
        notes=_notes(
            review,
            lang,
            t(
                "With as many households as now, and as many becoming poor or falling back as in "
                "{year}.",
                year=review.year,
            ),
        ),
    )


# ------------------------------------------------------------------ other areas, definitions


def later_areas_table(review: Review, to_year: int, lang: str) -> Table | Prose:
    """Show the years on the areas of a later year, by summing whole units."""
    t = translator(lang)
    if review.release.is_on:
        return Prose(
            [
                t(
                    "With disclosure control on, the figures are not shown on other areas: the "
                    "sums could give withheld counts away."
                )
            ],
            kind="caution",
        )
    moved = analysis.carried(review.frame, to_year)
    frame = analysis.levels(moved, "commune")
    of_code = of_year(to_year)
    wide: dict[str, dict[str, Any]] = {}
    for row in records(frame):
        code, year = str(row["code"]), int(row["year"])
        line = wide.setdefault(code, {"what": unit_name(*of_code(code), lang), "is_total": False})
        line[f"poor_{year}_hh"], line[f"poor_{year}_pct"] = row["poor_hh"], row["poor_pct"]
    whole: dict[str, Any] = {"what": t("Total"), "is_total": True}
    for row in records(analysis.levels(moved, "province")):
        year = int(row["year"])
        whole[f"poor_{year}_hh"], whole[f"poor_{year}_pct"] = row["poor_hh"], row["poor_pct"]
    merged = areas.successions(review.year, to_year)
    parts = merged.groupby("to_code").size()
    for code, line in wide.items():
        line["units"] = int(parts[code])
    whole["units"] = int(parts.sum())
    result = pd.DataFrame([*wide.values(), whole])
    columns = [
        Column("what", t("Unit of {year}", year=to_year)),
        Column("units", t("Units of {year} in it", year=review.year), "number"),
    ]
    for year in review.years:
        columns += [
            Column(f"poor_{year}_hh", t("Poor households"), "number", spanner=str(year)),
            Column(f"poor_{year}_pct", t("Poor rate"), "percent", 2, str(year)),
        ]
    return table(
        result,
        slug=f"poverty-areas-{to_year}",
        caption=t(
            "Poor households of {years} on the commune-level units of {to_year}",
            years=numbers.joined([str(year) for year in review.years], lang),
            to_year=to_year,
        ),
        columns=columns,
        lang=lang,
        totals=[bool(value) for value in result["is_total"]],
        notes=_notes(
            review,
            lang,
            t(
                "Counts of whole units are added, rates computed again from the sums; no unit "
                "was divided. Units of {to_year} belong to the province of {province}.",
                to_year=to_year,
                province=areas.province(to_year),
            ),
        ),
    )


def definitions(review: Review, lang: str) -> Prose:
    """Say what each figure means, for the end of the page and for downloads."""
    t = translator(lang)
    items = [
        (
            t("Poor rate"),
            t("poor households at the end of the year ÷ resident households × 100."),
        ),
        (
            t("Ethnic-minority poor rate"),
            t(
                "poor ethnic-minority households ÷ ethnic-minority households × 100; not their "
                "share among the poor."
            ),
        ),
        (t("Percentage point"), t("unit of the difference of two rates.")),
        (
            t("Fell back, newly poor"),
            t("poor again after having left poverty; poor for the first time on the lists."),
        ),
        (
            t("End of the year"),
            t(
                "the list approved after the yearly review, usually of September to December; it "
                "decides the support of the next year."
            ),
        ),
    ]
    if not review.standard.rule_confirmed:
        items.append(
            (t("Standard"), t("the rule is given from general knowledge and is not confirmed."))
        )
    return Prose([source_note(review, lang)], items, kind="definitions")


def names_of(rows: Iterable[Mapping[str, Any]], lang: str, most: int = 5) -> str:
    """Write a few names of rows, and how many more there are."""
    names = [joined_text(row["name"]) for row in rows]
    if len(names) <= most:
        return numbers.joined(names, lang)
    t = translator(lang)
    shown: Sequence[str] = names[: most - 1]
    return t("{names} and {n} more", names=", ".join(shown), n=len(names) - len(shown))
