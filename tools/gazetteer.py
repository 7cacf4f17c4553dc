"""Make the national gazetteer from public lists: ``python tools/gazetteer.py WHEEL CLONE``.

CLONE is a clone of the repository ``dvhcvn/data``: a commit for each day from which the list of
the General Statistics Office changed, with the list of that day and the resolutions that changed
it. WHEEL is that of ``vietnamadminunits`` 1.0.4: which units stood last before the reform of 2025,
former names of them, and what they became. Only codes, names, types, days, numbers of resolutions
and successions are taken.

What happened between two lists follows by rules: a code that stays may change its name, type or
district; one that goes was merged into the unit that has its name among its former names, or
that is called so from then on and was not before; what no rule explains is an end (or a beginning)
without a known successor, and counts of it are not carried. Three slips of the lists are mended:
what they say of a province some lists before the resolution, what stands on one list alone between
two that agree, and what stands on the last one again though it was merged before.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from operator import attrgetter
from pathlib import Path

HERE = Path(__file__).resolve().parents[1] / "src" / "kgstats" / "reference" / "data" / "areas"
FIRST_DAY = "2017-10-15"
"""From when units are to be known: of the list that stood then, taken for this day."""
REFORM = "2025-07-01"
HALF_A_YEAR = timedelta(days=183)
IN_FULL = ("91",)
"""Provinces whose changes are known by their resolutions, in tables of their own."""
COLUMNS = ["effective_date", "change", "old_code", "code", "name", "type", "parent_code", "parent"]
COLUMNS += ["document"]
_TITLE = re.compile(r"(\d+/(?:\d{4}/)?[A-Z0-9-]*Q[A-Z0-9-]*): *([^;]*)")
KINDS = ("Thành phố", "Thị xã", "Thị trấn", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")
_OLD_TONES = {
    **{
        f"o{new}": f"{old}{end}"
        for end in "ae"
        for new, old in zip({"a": "àáảãạ", "e": "èéẻẽẹ"}[end], "òóỏõọ", strict=True)
    },
    **{f"u{new}": f"{old}y" for new, old in zip("ỳýỷỹỵ", "ùúủũụ", strict=True)},
}
_TONE = re.compile(rf"(?<![qQ])({'|'.join(_OLD_TONES)})(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """A commune-level unit on one list."""

    code: str
    name: str
    type: str
    parent_code: str
    parent: str
    province: str
    former: tuple[str, ...] = ()


def spelled(name: str) -> str:
    """Return a name in NFC with the old placement of tones."""
    text = " ".join(unicodedata.normalize("NFC", name).replace("’", "'").split())

    def older(found: re.Match[str]) -> str:
        new = _OLD_TONES[found[1].lower()]
        if found[1].isupper():
            return new.upper()
        return new.capitalize() if found[1][0].isupper() else new

    return _TONE.sub(older, text)


def parted(full: str) -> tuple[str, str]:
    """Split ``Phường 01`` into ``phường`` and ``1``."""
    for kind in KINDS:
        if full.lower().startswith(kind.lower() + " "):
            name = full[len(kind) + 1 :].strip()
            return kind.lower(), spelled(name.lstrip("0") if name.isdigit() else name)
    raise ValueError(f"no type in {full!r}")


def key(name: str) -> str:
    """Return a name without accents, spaces and signs, as the former names are written."""
    bare = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return re.sub("[^a-z0-9]", "", "".join(c for c in bare if not unicodedata.combining(c)))


def under(kind_and_name: str) -> str:
    return " ".join(parted(kind_and_name))


@dataclass(frozen=True)
class Listing:
    """A list of the units of the country."""

    day: str
    provinces: dict[str, str]
    """Their names with their types, by code."""
    units: dict[str, Unit]
    documents: tuple[tuple[str, str], ...]
    """Number and title of the resolutions that made it differ from the list before."""


def _git(clone: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(clone), *words], check=True, capture_output=True, text=True
    ).stdout


def listings(clone: Path) -> list[Listing]:
    """Read the lists from the one that stood on the first day, by day."""
    days: dict[str, tuple[str, str]] = {}
    for commit in _git(clone, "log", "--reverse", "--format=%H", "--", "data.json").split():
        told = _git(clone, "show", f"{commit}:key.txt").strip()
        day = f"{told[:4]}-{told[4:6]}-{told[6:]}"
        said = days.get(day, ("", ""))[1] + _git(clone, "show", "-s", "--format=%s;", commit)
        days[day] = (commit, said)
    first = max(day for day in days if day <= FIRST_DAY)
    return [
        _listing(max(day, FIRST_DAY), _git(clone, "show", f"{commit}:data.json"), said)
        for day, (commit, said) in sorted(days.items())
        if day >= first
    ]


def _listing(day: str, text: str, said: str) -> Listing:
    units: dict[str, Unit] = {}
    provinces = {}
    for province in json.loads(text):
        provinces[province["level1_id"]] = province["name"]
        for district in province["level2s"]:
            parent = (district["level2_id"], under(district["name"]), province["level1_id"])
            for ward in district["level3s"]:
                kind, name = parted(ward["name"])
                units[ward["level3_id"]] = Unit(ward["level3_id"], name, kind, *parent)
    return Listing(day, provinces, units, tuple(_TITLE.findall(said)))


def await_resolutions(lists: list[Listing]) -> None:
    """Let what a list says of a province before its resolution wait for the list that names it.

    Where no list of the half-year after names one, what is said holds as it stands.
    """
    for at, (before, one) in enumerate(pairwise(lists), 1):
        soon = [
            later
            for later in lists[at + 1 :]
            if date.fromisoformat(later.day) - date.fromisoformat(one.day) < HALF_A_YEAR
        ]
        for province in one.provinces:
            waits = any(document(later, province) for later in soon)
            if waits and not document(one, province):
                kept = [unit for unit in before.units.values() if unit.province == province]
                others = [unit for unit in one.units.values() if unit.province != province]
                one.units.clear()
                one.units.update({unit.code: unit for unit in (*others, *kept)})


def mend(lists: list[Listing], last: dict[str, Unit]) -> None:
    """Undo what a list says alone, and what stands on the last one again though it was merged."""
    for before, one, after in zip(lists, lists[1:], lists[2:], strict=False):
        for code in set(before.units) | set(one.units):
            past, now, then = (at.units.get(code) for at in (before, one, after))
            if past and now and then:
                for part in (("name",), ("type",), ("parent_code", "parent")):
                    of = attrgetter(*part)
                    if of(past) == of(then) != of(now):
                        now = replace(now, **{name: getattr(past, name) for name in part})
                one.units[code] = now
            elif bool(past) == bool(then) != bool(now):
                one.units.pop(code, None)
                one.units.update({code: past} if past else {})
    again = set(lists[-1].units) - set(last)
    for one in reversed(lists):
        again &= set(one.units)
        for code in again:
            del one.units[code]
    if again or set(lists[-1].units) != set(last):
        raise ValueError("the last list of the clone is not that of the wheel")


def document(listing: Listing, province: str) -> str:
    """Return the numbers of the resolutions whose titles name a province."""
    name = key(parted(listing.provinces[province])[1])
    return "; ".join(number for number, title in listing.documents if name in key(title))


def before_and_after(path: Path) -> tuple[dict[str, Unit], dict[str, Unit], dict[str, list[str]]]:
    """Read the last list with districts, the first one without, and what became what."""
    wheel = zipfile.ZipFile(path)
    with tempfile.TemporaryDirectory() as scratch:
        base = sqlite3.connect(wheel.extract("vietnamadminunits/data/dataset.db", scratch))
        old = list(
            base.execute(
                "select wardCode, ward, districtCode, district, provinceCode, wardAlias,"
                " provinceKey || '_' || districtKey || '_' || wardKey from admin_units_legacy"
                " where wardCode is not null"
            )
        )
        new = list(
            base.execute(
                "select wardCode, ward, provinceCode, province, provinceKey, wardKey"
                " from admin_units where wardCode is not null"
            )
        )
        base.close()
    last, codes = {}, {}
    for code, ward, district_code, district, province, former, path in old:
        kind, name = parted(ward)
        names = tuple(json.loads(former)) if former else ()
        last[code] = Unit(code, name, kind, district_code, under(district), province, names)
        codes[path] = code
    first, paths = {}, {}
    for code, ward, province, of, province_key, ward_key in new:
        kind, name = parted(ward)
        first[code] = Unit(code, name, kind, province, under(of), province)
        paths[province_key, ward_key] = code
    became: dict[str, list[str]] = defaultdict(list)
    told = json.loads(wheel.read("vietnamadminunits/data/converter_2025.json"))
    for province, wards in told["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, parts in wards.items():
            for part in parts:
                if part in codes and (province, ward) in paths:
                    became[codes[part]].append(paths[province, ward])
    for province, parts in told["DICT_PROVINCE_WARD_DIVIDED"].items():
        for part, wards in parts.items():
            for ward in wards:
                new_code = paths.get((province, ward["newWardKey"]))
                if part in codes and new_code and new_code not in became[codes[part]]:
                    became[codes[part]].append(new_code)
    return last, first, became


def successors(old: dict[str, Unit], new: dict[str, Unit], last: dict[str, Unit]) -> dict[str, str]:
    """Say by rules what each unit that is gone became; one that no rule explains is left out."""
    found = {}
    for code in sorted(set(old) - set(new)):
        unit = old[code]
        whole, bare = key(f"{unit.type}{unit.name}"), key(unit.name)
        near = [one for one in new.values() if one.province == unit.province]
        called = [one for one in near if key(one.name) == bare]
        again = [one for one in called if one.code not in old or key(old[one.code].name) != bare]
        former = [one for one in near if whole in last.get(one.code, one).former] or [
            one for one in near if bare in last.get(one.code, one).former
        ]
        for group in (
            [one for one in again if one.parent_code == unit.parent_code],
            [one for one in former if one.parent_code == unit.parent_code],
            again,
            former,
        ):
            if len({one.code for one in group}) == 1:
                found[code] = group[0].code
                break
    return found


def as_before(old: dict[str, Unit], new: dict[str, Unit]) -> None:
    """Keep the spelling of a name that differs between two lists by accents and signs only."""
    parents = {unit.parent_code: unit.parent for unit in old.values()}
    for code, unit in new.items():
        before = old.get(code)
        if before and key(before.name) == key(unit.name):
            unit = replace(unit, name=before.name)
        parent = parents.get(unit.parent_code, unit.parent)
        if key(parent) == key(unit.parent):
            unit = replace(unit, parent=parent)
        new[code] = unit


def _said(before: Unit, after: Unit) -> str:
    words = [
        word
        for word, differs in (
            ("retype", before.type != after.type),
            ("rename", before.name != after.name),
            ("parent", (before.parent_code, before.parent) != (after.parent_code, after.parent)),
        )
        if differs
    ]
    return "+".join(words)


def between(
    old: dict[str, Unit], new: dict[str, Unit], became: dict[str, list[str]]
) -> Iterator[tuple[str, str, Unit]]:
    """Yield what happened between two lists: the change, the old code, the unit it became.

    Where nothing is known of one side, the other stands alone with ``ended`` or ``created``.
    """
    into: dict[str, set[str]] = defaultdict(set)
    for code, targets in became.items():
        for target in targets:
            into[target].add(code)
    for code in new:
        if code in old and code not in became:
            into[code].add(code)
    for code, unit in sorted(new.items()):
        parts = sorted(into[code])
        if not parts:
            yield "created", "", unit
        elif parts == [code] and len(became.get(code, [code])) == 1:
            said = _said(old[code], unit)
            if said:
                yield said, code, unit
        else:
            for part in parts:
                whole = len(became.get(part, [part])) == 1
                word = "merged_into" if whole and len(parts) > 1 else "recode" if whole else "split"
                yield "absorb" if part == code and whole else word, part, unit
    gone = set(old) - {part for parts in into.values() for part in parts}
    for code in sorted(gone):
        yield (
            "ended",
            code,
            replace(old[code], code="", name="", type="", parent_code="", parent=""),
        )


def main(path: Path, clone: Path) -> None:
    """Write one compressed table a province."""
    last, first, reform = before_and_after(path)
    lists = listings(clone)
    mend(lists, last)
    await_resolutions(lists)
    rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)

    def keep(province: str, day: str, change: str, old: str, unit: Unit, source: str = "") -> None:
        at = (unit.code, unit.name, unit.type, unit.parent_code, unit.parent)
        rows[province].append((day, change, old, *at, source))

    for unit in lists[0].units.values():
        keep(unit.province, FIRST_DAY, "listed", "", unit)
    for before, one in pairwise(lists):
        as_before(before.units, one.units)
        ways = {code: [into] for code, into in successors(before.units, one.units, last).items()}
        for change, code, unit in between(before.units, one.units, ways):
            source = document(one, unit.province)
            keep(unit.province, one.day, change, code, unit, source)
    for code in last:
        reform.setdefault(code, [])
    standing = lists[-1].units
    for change, code, unit in between(standing, first, {c: list(i) for c, i in reform.items()}):
        if change != "created":
            keep(standing[code].province, REFORM, change, code, unit)
    write(lists[0].provinces, rows)


def write(provinces: dict[str, str], rows: dict[str, list[tuple[str, ...]]]) -> None:
    """Write the list of provinces, and a table of each that does not ship in full."""
    shown = io.StringIO()
    writer = csv.writer(shown, lineterminator="\n")
    writer.writerow(["code", "type", "name", "ships_in_full"])
    for code, full in provinces.items():
        writer.writerow([code, *parted(full), "yes" if code in IN_FULL else ""])
    (HERE.parent / "provinces.csv").write_text(shown.getvalue(), encoding="utf-8")
    HERE.mkdir(parents=True, exist_ok=True)
    for province, lines in sorted(rows.items()):
        if province in IN_FULL:
            continue
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        ordered = sorted(lines, key=lambda line: (line[0], line[1] != "listed", line[3]))
        writer.writerows(ordered)
        (HERE / f"{province}.csv.gz").write_bytes(
            gzip.compress(text.getvalue().encode("utf-8"), 9, mtime=0)
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
