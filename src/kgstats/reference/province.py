"""The province a workspace is of.

``data/raw/province.yml`` says it by its code, with what else is the province's own: other
spellings of its communes, lines of money, targets, districts proposed and recognised. Without
that file it is the province that ships in full. What is cached of one province is forgotten
when a process turns to another.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from itertools import groupby
from operator import itemgetter
from typing import Any

from kgstats import words, workspace
from kgstats.reference import province_values, unit_types
from kgstats.reference.refusal import Refusal

FILE = "province.yml"

OWN_TABLES: dict[str, str] = {
    "commune_aliases": "aliases",
    "targets": "targets",
    "districts": "forms_of_address",
    "district_units": "district_standards",
    "funding_components": "programme_lines",
    "funding_allocations": "funding_allocations",
    "groupings": "groupings",
    "grouping_members": "grouping_members",
    "published_facts": "published_facts",
}
"""Reference tables that are a province's own, and what ``province.yml`` calls them."""

CHANGES = "admin_changes_2019_2025"
"""The table of what became of units."""

ANCHOR = dt.date(2019, 12, 31)
"""Date on which ``communes_2019.csv`` and ``districts_2019.csv`` are valid."""

FIRST = "communes_first"
"""The units of the first list, where it is no table that ships."""

KEPT = frozenset({"programme_lines"})
"""Those that hold for every province unless it has its own: the national programmes' lines."""

OF_A_PROVINCE = (
    "toàn tỉnh",
    "Toàn tỉnh",
    "trong tỉnh",
    "của tỉnh",
    "địa bàn tỉnh",
    "ngân sách tỉnh",
)
"""Phrases that are said of the whole, in which a city is called one."""

OF_NO_PROVINCE = ("kgstats.pipeline", "kgstats.registry", "kgstats.words")
"""Modules whose caches hold nothing of a province: sources, names and words."""

_FIELDS = {"code", "name_vi", "name_en", *OWN_TABLES.values()}


class ProvinceError(Refusal):
    """``province.yml`` names no province, or has a field that nothing reads."""


@dataclass(frozen=True)
class Province:
    """A province as it was before the reform of 2025."""

    code: str
    name: str
    """Its name without the word before it."""
    type: str
    in_full: bool
    """Whether its areas ship with points, populations and resolutions."""
    declared: dict[str, Any] = field(default_factory=dict, hash=False, compare=True)

    @property
    def full_name(self) -> str:
        """Type and name, as they stand in a text."""
        return f"{self.type} {self.name}"

    def shown(self, lang: str) -> str:
        """Return the name for readers: ``name_vi``, ``name_en`` where declared."""
        return str(self.declared.get(f"name_{lang}") or self.name)

    def titled(self, lang: str) -> str:
        """Return type and name for readers.

        >>> one = of_code("48")
        >>> one.titled("vi"), one.titled("en"), of_code("66").titled("en")
        ('thành phố Đà Nẵng', 'Đà Nẵng city', 'Đắk Lắk province')
        """
        name = self.shown(lang)
        if lang == "vi":
            return f"{self.type} {name}"
        return f"{name} {'city' if self.type == 'thành phố' else 'province'}"

    def rows(self, table: str) -> list[dict[str, str]] | None:
        """Return a reference table of this province; None where that which ships holds."""
        key = OWN_TABLES.get(table)
        if key is not None and key in self.declared:
            return [
                {column: province_values.text(value) or "" for column, value in row.items()}
                for row in self.declared[key]
            ]
        if self.in_full or key in KEPT:
            return None
        if key is not None:
            return []
        return self._areas.get(table)

    def first_units(self) -> list[dict[str, str]] | None:
        """Return the units of the first list; None where they follow from what ships."""
        return None if self.in_full else self._areas[FIRST]

    def phrases(self) -> dict[str, str]:
        """Return what this province says in place of phrases of the one that ships.

        >>> of_code("01").phrases()["huyện, thành phố"], of_code("01").phrases()["toàn tỉnh"]
        ('quận, huyện, thị xã', 'toàn thành phố')
        >>> of_code("91").phrases()
        {}
        """
        if self.in_full:
            return {}
        kinds = {row["type"] for row in self._areas["districts_2019"]}
        listed = [one for one in unit_types.named("district") if one in kinds]
        said = {"huyện, thành phố": ", ".join(listed)}
        if self.type != "tỉnh":
            said |= {one: one.replace("tỉnh", self.type) for one in OF_A_PROVINCE}
        return said

    @cached_property
    def _areas(self) -> dict[str, list[dict[str, str]]]:
        return _area_tables(self.code)


def _read(name: str) -> list[dict[str, str]]:
    file = resources.files("kgstats.reference") / "data" / name
    data = file.read_bytes()
    text = gzip.decompress(data) if name.endswith(".gz") else data
    return list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline="")))


def _area_tables(code: str) -> dict[str, list[dict[str, str]]]:
    """Lay a province's lists and changes out as those of the province that ships in full."""
    rows = _read(f"areas/{code}.csv.gz")
    first = {row["code"]: _unit(row) for row in rows if row["change"] == "listed"}
    standing, in_2019 = dict(first), dict(first)
    changes: list[dict[str, str]] = []
    told = (row for row in rows if row["change"] != "listed")
    for day, of_day in groupby(told, key=itemgetter("effective_date")):
        group = list(of_day)
        changes += [_change(row, standing.get(row["old_code"], {})) for row in group]
        gone = {row["old_code"] for row in group}
        standing = {one: unit for one, unit in standing.items() if one not in gone}
        standing |= {row["code"]: _unit(row) for row in group if row["code"]}
        if day <= ANCHOR.isoformat():
            in_2019 = dict(standing)
    last = {row["old_code"]: row for row in changes if len(row["new_parent_code"]) == 2}
    communes = [in_2019[one] for one in sorted(in_2019)]
    for one in communes:
        after = last.get(one["commune_code"], {})
        for part in ("code", "type", "name"):
            one[f"successor_2025_{part}"] = after.get(f"new_{part}", "")
    districts = {
        one["district_code"]: {
            "district_code": one["district_code"],
            "type": one["district_type"],
            "name": one["district_name"],
        }
        for one in communes
    }
    return {
        FIRST: list(first.values()),
        "communes_2019": communes,
        "districts_2019": [districts[code] for code in sorted(districts)],
        "admin_changes_2018": [],
        CHANGES: changes,
    }


def _unit(row: Mapping[str, str]) -> dict[str, str]:
    district_type, district = split_type(row["parent"])
    return {
        "commune_code": row["code"],
        "name": row["name"],
        "type": row["type"],
        "district_code": row["parent_code"],
        "district_name": district,
        "district_type": district_type,
    }


def _change(row: Mapping[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """Say what happened to a unit, in the columns of the changes that ship."""
    parent = f"{before.get('district_type', '')} {before.get('district_name', '')}".strip()
    return {
        "level": "commune",
        "old_code": row["old_code"],
        "old_type": before.get("type", ""),
        "old_name": before.get("name", ""),
        "old_parent_code": before.get("district_code", ""),
        "old_parent": parent,
        "change": row["change"],
        "new_code": row["code"],
        "new_type": row["type"],
        "new_name": row["name"],
        "new_parent_code": row["parent_code"],
        "new_parent": row["parent"],
        "effective_date": row["effective_date"],
        "legal_document": row["document"],
    }


def split_type(text: str) -> tuple[str, str]:
    """Split the type from the name of a district or a province.

    >>> split_type("thị xã Buôn Hồ")
    ('thị xã', 'Buôn Hồ')
    """
    for kind in unit_types.named():
        if text.startswith(kind + " "):
            return kind, text[len(kind) + 1 :]
    return "", text


def every() -> list[Province]:
    """Return the 63 provinces before the reform of 2025, by code.

    >>> len(every()), every()[0].full_name
    (63, 'thành phố Hà Nội')
    """
    return [
        Province(row["code"], row["name"], row["type"], row["ships_in_full"] == "yes")
        for row in _read("provinces.csv")
    ]


def of_code(code: str) -> Province:
    """Return a province by its code in the list of the General Statistics Office.

    Raises
    ------
    ProvinceError
        For a code that no province has.
    """
    for one in every():
        if one.code == code:
            return one
    raise ProvinceError(
        f"no province has the code {code!r}: "
        + ", ".join(f"{one.code} {one.name}" for one in every())
    )


def declared(place: workspace.Workspace) -> Province:
    """Return the province that a workspace declares, or the one that ships in full.

    Raises
    ------
    ProvinceError
        When ``province.yml`` is no list of fields, names no province, has an unknown field or
        a value that cannot be meant.
    """
    file = place.province
    if not file.is_file():
        return _default()
    import yaml

    try:
        fields = yaml.load(file.read_text(encoding="utf-8-sig"), _loader()) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())[:200]
        raise ProvinceError(f"data/raw/{FILE} is not valid YAML: {words}") from None
    if not isinstance(fields, dict) or "code" not in fields:
        raise ProvinceError(f"data/raw/{FILE} must name the province: 'code: \"66\"'")
    strange = sorted(set(map(str, fields)) - _FIELDS)
    if strange:
        raise ProvinceError(
            f"data/raw/{FILE}: nothing reads {', '.join(strange)}; known are "
            + ", ".join(sorted(_FIELDS))
        )
    one = _named(fields)
    for table, key in OWN_TABLES.items():
        rows = fields.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ProvinceError(f"data/raw/{FILE}: {key} must be a list of rows, 'column: value'")
        known = _columns(table) if rows else []
        if strange := sorted({str(column) for row in rows for column in row} - set(known)):
            raise ProvinceError(
                f"data/raw/{FILE}: nothing reads {', '.join(strange)} in {key}; known are "
                + ", ".join(known)
            )
        taken = province_values.columns(_values(), key) if rows else ()
        for why in province_values.wrong(key, rows, _known(one), taken):
            raise ProvinceError(f"data/raw/{FILE}: {why}")
    return Province(one.code, one.name, one.type, one.in_full, fields)


def _named(fields: Mapping[str, Any]) -> Province:
    """Return the province that ``province.yml`` names."""
    for key in ("code", "name_vi", "name_en"):
        value = fields.get(key, "-")
        if not province_values.text(value) or isinstance(value, (bool, float)):
            raise ProvinceError(f"data/raw/{FILE}: {key}: {value!r} must be a text")
    try:
        return of_code(str(fields["code"]).strip().zfill(2))
    except ProvinceError as error:
        raise ProvinceError(f"data/raw/{FILE}: code: {error}") from None


def _loader() -> type[Any]:
    """Return a reader of YAML that refuses what is said twice: the first would be lost."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Reads plain values."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            """Read fields, each once."""
            names = [one.value for one, _ in node.value]
            for name in names:
                if isinstance(name, str) and names.count(name) > 1:
                    raise yaml.YAMLError(f"{name} stands there twice")
            return dict(super().construct_mapping(node, deep))

    return Loader


def _values() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row.values()) for row in _read("province_values.csv"))


def _known(one: Province) -> province_values.Known:
    """Return what the lists of a province may name."""
    if one.in_full:
        own = {name: _read(f"{name}.csv") for name in ("communes_2019", CHANGES)}
    else:
        own = _area_tables(one.code)
    listed = own["communes_2019"]
    later = {row["new_parent_code"] for row in own[CHANGES] if len(row["new_parent_code"]) == 3}
    names = {key: table for table, key in OWN_TABLES.items()}
    return province_values.Known(
        shipped=lambda key: _read(f"{names[key]}.csv"),
        districts={row["district_code"] for row in listed} | later,
        units={row["commune_code"] for row in listed},
    )


def _columns(table: str) -> list[str]:
    """Return the columns of a table that a province may have of its own."""
    if table == "districts":  # A list of the forms.
        return ["district_code", "words"]
    return list(_read(f"{table}.csv")[0])


def _default() -> Province:
    return next(one for one in every() if one.in_full)


_current: Province | None = None


def current() -> Province:
    """Return the province of the workspace that is being worked on."""
    if _current is None:
        try:
            workspace.find()
        except workspace.WorkspaceError:
            return use(None)
        if _current is None:  # found before, by a path that nobody watched
            return use(None)
    return _current


def use(place: workspace.Workspace | None) -> Province:
    """Turn to the province of a workspace, or to the one that ships in full."""
    return _turn(_default() if place is None else declared(place))


@contextmanager
def turned(own: Province) -> Iterator[None]:
    """Turn to a province within a block, and back: what is computed there is of that province."""
    before = current()
    _turn(own)
    try:
        yield
    finally:
        _turn(before)


def _turn(own: Province) -> Province:
    global _current
    if _current is not None and own != _current:
        _forget()
    if own != _current:
        _current = own
        words.call(own.phrases())
    return _current or own


def _forget() -> None:
    """Clear whatever was computed for another province, in every module that is loaded."""
    for name, module in list(sys.modules.items()):
        if name.startswith("kgstats") and not name.startswith(OF_NO_PROVINCE):
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if callable(clear):
                    clear()


workspace.watch(use)
