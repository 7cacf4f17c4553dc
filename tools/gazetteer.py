"""Make the national gazetteer from public lists: ``python tools/gazetteer.py FOLDER``.

FOLDER holds the wheels of ``vietnam-provinces`` 0.2, 0.3.0 and 0.5.0 and of ``vietnamadminunits``
1.0.4: they carry the lists of the General Statistics Office as of those days, and what the
communes of early 2025 became. Only codes, names, types and successions are taken.

What happened between two lists follows by rules: a code that stays may change its name, type or
district; one that goes was merged into the unit that has its name among its former names, or
stands again under its name with another code; what no rule explains is an end (or a beginning)
without a known successor, and counts of it are not carried.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sqlite3
import sys
import tempfile
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1] / "src" / "kgstats" / "reference" / "data" / "areas"
LISTS = {"0.2": "2019-12-31", "0.3.0": "2021-01-01", "0.5.0": "2023-04-10"}
"""The days that the lists are taken for: when what is new on them is said to begin."""
DAYS_IN_2020 = {"2021-01-01": ("2020-06-01", ("79",))}
"""Between the first two lists the reorganisation of 2019-2020 ended; in Hồ Chí Minh City later."""
BEFORE_REFORM, REFORM = "2025-01-01", "2025-07-01"
IN_FULL = ("91",)
"""Provinces whose changes are known by their resolutions, in tables of their own."""
COLUMNS = ["effective_date", "change", "old_code", "code", "name", "type", "parent_code", "parent"]
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


def _wheel(folder: Path, name: str) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(folder.glob(f"{name}-*.whl")))


def listed(folder: Path, version: str) -> dict[str, Unit]:
    """Read the list that a version of ``vietnam-provinces`` carries."""
    text = _wheel(folder, f"vietnam_provinces-{version}").read(
        "vietnam_provinces/data/nested-divisions.json"
    )
    found: dict[str, Unit] = {}
    for province in json.loads(text):
        for district in province["districts"]:
            for ward in district["wards"]:
                code = f"{ward['code']:05d}"
                kind, name = parted(ward["name"])
                found[code] = Unit(
                    code,
                    name,
                    kind,
                    f"{district['code']:03d}",
                    under(district["name"]),
                    f"{province['code']:02d}",
                )
    return found


def before_and_after(folder: Path) -> tuple[dict[str, Unit], dict[str, Unit], dict[str, list[str]]]:
    """Read the last list with districts, the first one without, and what became what."""
    wheel = _wheel(folder, "vietnamadminunits-1.0.4")
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
        again = [one for one in near if one.code not in old and key(one.name) == bare]
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


def main(folder: Path) -> None:
    """Write one compressed table a province."""
    last, first, reform = before_and_after(folder)
    lists = [(day, listed(folder, version)) for version, day in LISTS.items()]
    lists.append((BEFORE_REFORM, last))
    rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)

    def keep(province: str, day: str, change: str, old: str, unit: Unit) -> None:
        at = (unit.code, unit.name, unit.type, unit.parent_code, unit.parent)
        rows[province].append((day, change, old, *at))

    for unit in lists[0][1].values():
        keep(unit.province, lists[0][0], "listed", "", unit)
    for (_, old), (day, new) in pairwise(lists):
        as_before(old, new)
        ways = {code: [into] for code, into in successors(old, new, last).items()}
        general, late = DAYS_IN_2020.get(day, (day, ()))
        for change, code, unit in between(old, new, ways):
            province = unit.province
            keep(province, day if province in late else general, change, code, unit)
    for code in last:
        reform.setdefault(code, [])
    for change, code, unit in between(last, first, {c: list(i) for c, i in reform.items()}):
        province = last[code].province if code else unit.province
        if change != "created":
            keep(province, REFORM, change, code, unit)
    shown = io.StringIO()
    writer = csv.writer(shown, lineterminator="\n")
    writer.writerow(["code", "type", "name", "ships_in_full"])
    writer.writerows((*one, "yes" if one[0] in IN_FULL else "") for one in provinces(folder))
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


def provinces(folder: Path) -> list[tuple[str, str, str]]:
    """Return code, type and name of the provinces of the first list."""
    text = _wheel(folder, "vietnam_provinces-0.2").read(
        "vietnam_provinces/data/nested-divisions.json"
    )
    listed_there: list[dict[str, Any]] = list(json.loads(text))
    named = [(one["code"], parted(one["name"])) for one in listed_there]
    return [(f"{code:02d}", kind, name) for code, (kind, name) in named]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
