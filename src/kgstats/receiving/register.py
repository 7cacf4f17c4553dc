"""Deliveries put into the workspace: kept unchanged, named, and declared in deliveries.yml."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgstats.receiving.parcels import Item, is_day
from kgstats.workspace import Workspace, received_files, replacing


class ReceivingError(Exception):
    """A delivery that cannot be registered; the message says why. Nothing was written."""


@dataclass
class Registered:
    """What became of one file."""

    file: str
    district: str = ""
    forms: tuple[str, ...] = ()
    errors: int = 0
    problem: str = ""
    known: str = ""
    """The file of the same content that was received before."""
    supersedes: list[str] = field(default_factory=list)
    overlaps: list[str] = field(default_factory=list)
    """Files that hold some of its forms and others too: a person has to decide."""
    changed: list[str] = field(default_factory=list)
    """What it changes in the clean tables, against the files it supersedes."""


def register(
    workspace: Workspace, year: int, item: Item, *, district: str | None = None
) -> Registered:
    """Put one workbook among a year's returns.

    Parameters
    ----------
    district
        Its code, where the file does not say it; else it is read.

    Raises
    ------
    ReceivingError
        When ``deliveries.yml`` cannot be continued, or the day is no day.
    """
    folder = workspace.returns(year)
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(item.content).hexdigest()
    for path in received_files(folder):
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return Registered(item.name, known=path.name)
    target = _free(folder, item.name)
    if item.date and not is_day(item.date):
        raise ReceivingError(f"a day is written as 2020-01-06, not {item.date!r}")
    before = received_files(folder)
    with replacing(target) as draft:
        draft.write_bytes(item.content)
    try:
        told = _read(workspace, year, target, before, district)
        entry: dict[str, Any] = {"file": target.name}
        if district or told.district:
            entry["district"] = district or told.district
        if told.supersedes:
            entry["supersedes"] = told.supersedes
        entry["received"] = item.date or dt.date.today().isoformat()
        for name, value in (("sender", item.sender), ("number", item.number)):
            if value:
                entry[name] = value
        entry["sha256"] = digest
        _declare(workspace, year, entry)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return told


def _free(folder: Path, name: str) -> Path:
    """Return a name in a folder that is not taken: what was received is never overwritten."""
    path, number = folder / name, 2
    while path.exists() or path.is_symlink():
        path = folder / f"{Path(name).stem} ({number}){Path(name).suffix}"
        number += 1
    return path


def _read(
    workspace: Workspace, year: int, path: Path, before: Sequence[Path], district: str | None
) -> Registered:
    """Say what is in a file, and which earlier files it takes the place of."""
    from kgstats.returns.clean import read_return
    from kgstats.returns.deliveries import read_deliveries

    one = read_return(path, year, district=district)
    told = Registered(
        path.name,
        str(one.district or ""),
        tuple(one.forms),
        sum(finding.grave == "error" for finding in one.findings),
        str(one.problem or ""),
    )
    if not told.district or not told.forms:
        return told
    declared = read_deliveries(
        workspace.year_raw(year) / "deliveries.yml", [other.name for other in before]
    )
    for other in before:
        if other.name in declared.superseded_by:
            continue
        earlier = read_return(other, year, district=declared.district_of(other.name))
        shared = set(earlier.forms) & set(told.forms)
        if str(earlier.district or "") != told.district or not shared:
            continue
        if set(earlier.forms) <= set(told.forms):
            told.supersedes.append(other.name)
        else:
            told.overlaps.append(other.name)
    earlier_files = [other for other in before if other.name in told.supersedes]
    if earlier_files:
        told.changed = _changed(earlier_files, path, year, told.district)
    return told


def _changed(before: Sequence[Path], after: Path, year: int, district: str) -> list[str]:
    """Say which values of the clean tables a district's new file changes."""
    from kgstats import registry
    from kgstats.returns.clean import clean_files

    old, new = clean_files(before, year).tables, clean_files([after], year).tables
    told = []
    for name in old:
        key = list(registry.tables()[name].key)
        rows = [
            {
                tuple(map(str, values)): row
                for row in frame.astype(object).where(frame.notna(), None).to_dict("records")
                if (values := [row[column] for column in key]) and district in map(str, values)
            }
            for frame in (old[name], new[name])
        ]
        for where in sorted(rows[0].keys() | rows[1].keys()):
            was, now = rows[0].get(where, {}), rows[1].get(where, {})
            told += [
                f"{name} {'/'.join(where)} {column}: {was.get(column)} → {now.get(column)}"
                for column in dict.fromkeys([*was, *now])
                if column not in key and was.get(column) != now.get(column)
            ]
    return told


def _declare(workspace: Workspace, year: int, entry: dict[str, Any]) -> None:
    """Continue ``deliveries.yml``; what stands in it, remarks too, stays as it is."""
    import yaml

    from kgstats.returns.deliveries import DeliveryError, read_deliveries

    path = workspace.year_raw(year) / "deliveries.yml"
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    lists = re.findall(r"^( *)- ", text, flags=re.MULTILINE)
    if not text.strip() or not lists:
        text = text.rstrip().removesuffix("deliveries:").removesuffix("deliveries: []").rstrip()
        text = f"{text}\ndeliveries:\n".lstrip()
    indent = min(lists, key=len) if lists else "  "
    added = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, width=1000)
    lines = "".join(f"{indent}{line}\n" for line in added.splitlines())
    whole = text if text.endswith("\n") else text + "\n"
    with replacing(path) as draft:
        draft.write_text(whole + lines, encoding="utf-8")
        names = [one.name for one in received_files(workspace.returns(year))]
        try:
            read_deliveries(draft, names)
        except DeliveryError as error:
            raise ReceivingError(f"deliveries.yml cannot be continued: {error}") from None
