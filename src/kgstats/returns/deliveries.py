"""Which of several files of one district counts.

A district may send its return again. The later file counts only when ``deliveries.yml`` says so:

.. code-block:: yaml

    deliveries:
      - file: giong_rieng_lan_2.xlsx
        supersedes: [giong_rieng.xlsx]
        received: 2020-01-06
        reason: form 03 corrected after the district check
      - file: bieu mau sua.xls
        district: "905"

``sender``, ``number`` (of the covering document) and ``sha256`` say where a file came from;
``kgstats receive`` notes them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from kgstats.returns.errors import ReturnsError

FIELDS = ("file", "district", "supersedes", "received", "reason", "sender", "number", "sha256")


class DeliveryError(ReturnsError):
    """Deliveries that contradict one another, or are not declared. Says which files."""


@dataclass(frozen=True)
class Delivery:
    """What is declared about one file."""

    file: str
    district: str | None = None
    supersedes: tuple[str, ...] = ()
    received: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Deliveries:
    """What is declared about a year's files."""

    entries: tuple[Delivery, ...] = ()
    superseded_by: Mapping[str, str] = field(default_factory=dict)
    """File that does not count → file that takes its place."""

    def district_of(self, file: str) -> str | None:
        """Return the district declared for a file."""
        for entry in self.entries:
            if entry.file == file:
                return entry.district
        return None


def read_deliveries(path: Path, files: Sequence[str]) -> Deliveries:
    """Read ``deliveries.yml``; a file that is not there declares nothing.

    Raises
    ------
    DeliveryError
        Naming the entry and what is wrong with it.
    """
    if not path.is_file():
        return Deliveries()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())[:200]
        raise DeliveryError(f"{path.name} is not valid YAML: {words}") from None
    if content is None:
        return Deliveries()
    listed = content.get("deliveries") if isinstance(content, dict) else None
    if not isinstance(listed, list) or set(content) - {"deliveries"}:
        raise DeliveryError(f"{path.name}: it must hold one list named “deliveries”")
    entries: list[Delivery] = []
    superseded: dict[str, str] = {}
    for number, entry in enumerate(listed, 1):
        one = _entry(f"{path.name}, entry {number}", entry, set(files))
        if any(other.file == one.file for other in entries):
            raise DeliveryError(f"{path.name}, entry {number}: {one.file} is declared twice")
        entries.append(one)
        for old in one.supersedes:
            if old in superseded:
                raise DeliveryError(
                    f"{path.name}, entry {number}: {old} is superseded by {superseded[old]} already"
                )
            superseded[old] = one.file
    for old in superseded:
        seen = {old}
        following = superseded.get(old)
        while following is not None:
            if following in seen:
                raise DeliveryError(
                    f"{path.name}: {old} and {following} supersede each other; keep one"
                )
            seen.add(following)
            following = superseded.get(following)
    return Deliveries(tuple(entries), superseded)


def _entry(where: str, entry: object, files: set[str]) -> Delivery:
    if not isinstance(entry, dict) or "file" not in entry:
        raise DeliveryError(f"{where}: it needs at least the field 'file'")
    strange = sorted(str(key) for key in set(entry) - set(FIELDS))
    if strange:
        raise DeliveryError(f"{where}: unknown field {strange[0]!r}; fields: {', '.join(FIELDS)}")
    file = str(entry["file"])
    old = entry.get("supersedes") or []
    old = [old] if isinstance(old, str) else old
    if not isinstance(old, list):
        raise DeliveryError(f"{where}: supersedes must be a file name or a list of them")
    for name in (file, *map(str, old)):
        if name not in files:
            raise DeliveryError(f"{where}: no file {name!r} among the returns")
    if file in map(str, old):
        raise DeliveryError(f"{where}: {file} cannot supersede itself")
    district = entry.get("district")
    received = entry.get("received")
    if isinstance(received, dt.date):
        received = received.isoformat()
    return Delivery(
        file,
        None if district is None else str(district),
        tuple(map(str, old)),
        str(received or ""),
        str(entry.get("reason") or ""),
    )


def check_one_each(
    forms: Mapping[tuple[str, str], Sequence[str]], names: Mapping[str, str]
) -> None:
    """Raise when two files hold the same form of the same district.

    Parameters
    ----------
    forms
        (district, form) → files that hold it.
    names
        Names of the districts by code.

    Raises
    ------
    DeliveryError
        Naming the files and what to declare.
    """
    for (district, form), files in sorted(forms.items()):
        if len(files) > 1:
            first, *others = files
            name = names.get(district, district)
            raise DeliveryError(
                f"{name} has form {form} in {len(files)} files: {', '.join(files)}. Say in "
                f"deliveries.yml which counts, e.g. file: {others[-1]}, supersedes: [{first}]"
            )
