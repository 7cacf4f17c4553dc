"""Deliberate mistakes: each one a finding that a reading of the returns must give.

None of them costs a value that a published figure needs: a stated total, a stated rate, one
stated count and names are wrong, the households and the money are not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz.distance import Levenshtein

from kgstats.reference.tables import records as reference_records

from .forms import Changes, Record, records
from .habits import Habits
from .legacy import unmarked
from .places import units
from .writing import HOMONYMS

KINDS: tuple[tuple[str, float], ...] = (
    ("total", 0.25),
    ("rate", 0.3),
    ("misspelt", 0.35),
    ("stranger", 0.45),
    ("count", 0.5),
    ("blank", 0.8),
    ("twice", 0.85),
)
"""Kinds of mistakes and the degree of mess from which each is made, in one district each.

total
    the stated number of households of the district has two digits exchanged.
rate
    a stated poverty rate has its decimal point one place on (2,31 became 23,1).
misspelt
    a commune's name lacks its last letter, and only that name is near.
stranger
    the poverty form lists a commune of another district.
count
    the stated number of criteria is one more than the marks.
blank
    a mark was left empty.
twice
    a commune stands twice with different numbers.
"""

EMPTY = ""


@dataclass(frozen=True)
class Mistake:
    """One deliberate mistake: what is written where something else is true."""

    kind: str
    district_code: str
    table: str
    row_key: tuple[str, ...]
    column: str
    written: str
    true: str


def misspelt(name: str, others: list[str]) -> str | None:
    """Return the name without its last letter, if no other name is anywhere near it.

    >>> misspelt("Bàn Tân Định", ["Bàn Thạch", "Ngọc Chúc"])
    'Bàn Tân Địn'
    >>> misspelt("Vĩnh Thanh Vân", ["Vĩnh Thanh"])
    """
    wrong = name[:-1]
    near = any(Levenshtein.distance(unmarked(wrong), unmarked(other)) <= 4 for other in others)
    return None if len(name) < 8 or near else wrong


def _exchange(number: int) -> int:
    """Exchange two neighbouring digits that differ.

    >>> _exchange(41892)
    41982
    """
    digits = list(str(number))
    for at in range(len(digits) - 2, 0, -1):
        if digits[at] != digits[at - 1]:
            digits[at], digits[at - 1] = digits[at - 1], digits[at]
            break
    return int("".join(digits))


def plan(
    year: int,
    seed: int,
    mess: float,
    tables: dict[str, pd.DataFrame],
    habits: dict[str, Habits],
) -> tuple[dict[str, Changes], list[Mistake]]:
    """Choose who makes which mistake; return the changes by district and the list of mistakes."""
    rng = np.random.default_rng([seed, 6, year])
    codes = list(habits)
    order = [code for _, code in sorted(zip(rng.random(len(codes)).tolist(), codes, strict=True))]
    picks = rng.random(len(KINDS))
    changes = {code: Changes() for code in codes}
    made: list[Mistake] = []
    free = list(order)
    gazetteer = {row["commune_code"]: row for row in records(units())}
    aliases = {row["alias"] for row in reference_records("commune_aliases")}
    for (kind, since), pick in zip(KINDS, picks, strict=True):
        for code in free:
            mistake = _make(
                kind, code, float(pick), tables, habits[code], changes[code], gazetteer, aliases
            )
            if mistake is not None:
                break
        else:
            continue
        free.remove(code)
        if mess >= since:
            made.append(mistake)
        else:
            changes[code] = Changes()
    return changes, made


def _make(
    kind: str,
    district: str,
    pick: float,
    tables: dict[str, pd.DataFrame],
    habits: Habits,
    changes: Changes,
    gazetteer: dict[str, Record],
    aliases: set[str],
) -> Mistake | None:
    """Make one mistake in one district, or return None where it cannot be made there."""
    poverty = tables["poverty"]
    own = records(poverty[poverty["district_code"] == district])
    chosen = own[int(pick * len(own))]
    code = chosen["commune_code"]
    if kind == "total":
        true = sum(record["households_hh"] for record in own)
        wrong = _exchange(true)
        if habits.totals == "absent" or wrong == true:
            return None
        changes.totals["poverty", "households_hh"] = wrong
        return Mistake(kind, district, "poverty", (), "households_hh", str(wrong), str(true))
    if kind == "rate":
        rate = chosen["poor_end_pct"]
        if habits.numbers != "real" or habits.percent != "number" or rate < 1.1:
            return None
        wrong_rate = round(rate * 10, 1)
        changes.values["poverty", code, "poor_end_pct"] = wrong_rate
        return Mistake(
            kind, district, "poverty", (code,), "poor_end_pct", str(wrong_rate), str(rate)
        )
    if kind == "misspelt":
        if habits.spelling != "as listed" or habits.letters not in ("unicode", "nfd"):
            return None
        names = {record["commune_code"]: str(gazetteer[record["commune_code"]]["name"])
                 for record in own}  # fmt: skip
        for candidate, name in sorted(names.items(), key=lambda item: (-len(item[1]), item[0])):
            others = [other for key, other in names.items() if key != candidate]
            wrong_name = misspelt(name, others)
            if wrong_name and wrong_name not in aliases and candidate not in HOMONYMS:
                kind_of = str(gazetteer[candidate]["type"]).capitalize()
                written = f"{kind_of} {wrong_name}" if habits.name_type == "full" else wrong_name
                changes.names["poverty", candidate] = written
                return Mistake(
                    kind, district, "poverty", (candidate,), "commune_code", written, name
                )
        return None
    if kind == "stranger":
        if habits.poverty_tables != "one":
            return None
        taken = {str(gazetteer[record["commune_code"]]["name"]) for record in own}
        outside = [
            row
            for row in gazetteer.values()
            if row["district_code"] != district
            and row["type"] == "xã"
            and min(Levenshtein.distance(str(row["name"]), name) for name in taken) > 3
        ]
        stranger = outside[int(pick * len(outside))]
        values = {
            name: round(value * 0.9) if name.endswith("_hh") else value
            for name, value in chosen.items()
        }
        written = f"Xã {stranger['name']}"
        changes.strangers.append(("poverty", written, values))
        return Mistake(
            kind, district, "poverty", (str(stranger["commune_code"]),), "commune_code", written,
            EMPTY,
        )  # fmt: skip
    if kind == "count":
        communes = tables["communes"]
        short = records(
            communes[(communes["district_code"] == district) & (communes["criteria_met"] < 18)]
        )
        if not short or habits.numbers != "real":
            return None
        record = short[int(pick * len(short))]
        stated = record["criteria_met"] + 1
        key = record["commune_code"]
        changes.values["attainment", key, "criteria_met"] = stated
        return Mistake(
            kind, district, "communes", (key,), "criteria_met", str(stated), str(stated - 1)
        )
    if kind == "blank":
        marks = tables["attainment"]
        lacking = records(marks[(marks["district_code"] == district) & ~marks["met"]])
        if not lacking:
            return None
        record = lacking[int(pick * len(lacking))]
        row_key = (record["commune_code"], str(record["criterion"]))
        changes.values["attainment", row_key[0], row_key[1]] = EMPTY
        return Mistake(kind, district, "attainment", row_key, "met", EMPTY, "False")
    if kind == "twice":
        again = {
            name: value + 3 if name in ("households_hh", "poor_new_hh", "poor_end_hh") else value
            for name, value in chosen.items()
        }
        changes.twice["poverty", code] = again
        return Mistake(kind, district, "poverty", (code,), "commune_code", code, EMPTY)
    raise ValueError(f"no such kind of mistake: {kind}")
