"""Which districts' returns of a year are there, whole, and in time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgstats import registry
from kgstats.pipeline.collection import RETURNS_DATA
from kgstats.pipeline.limits import SettingsError, read_settings
from kgstats.workspace import Workspace, replacing

FORMS = tuple(sorted({one.form for one in registry.tables().values() if one.form}))
"""Numbers of the forms a district's return consists of."""


@dataclass
class District:
    """What one district sent of a year."""

    code: str
    name: str
    type: str = ""
    files: list[str] = field(default_factory=list)
    forms: set[str] = field(default_factory=set)
    errors: int = 0
    unreadable: int = 0
    received: str = ""
    """The last day a file is declared to have been received, as 2020-01-15."""
    owed: tuple[str, ...] = FORMS
    """The forms that have rows there: a town without communes owes none about communes."""

    @property
    def lacking(self) -> list[str]:
        """The forms it has not sent, or that could not be read."""
        return [form for form in self.owed if form not in self.forms]

    @property
    def valid(self) -> bool:
        """Whether every form is there and nothing in it was refused."""
        return not self.lacking and not self.errors and not self.unreadable


def read(workspace: Workspace, year: int) -> list[District]:
    """Return every district of a year with what it sent, by the clean tables on disk.

    A year without districts (from 2025 on) has none.

    Raises
    ------
    OSError
        When the year was not cleaned.
    """
    import pandas as pd

    from kgstats.reference import areas
    from kgstats.returns import deliveries
    from kgstats.returns.subjects.places import gazetteer

    places = gazetteer(year).districts
    known = {
        row.district_code: District(
            *(row.district_code, row.district_name, row.district_type),
            owed=tuple(form for form in FORMS if places[row.district_code].owes(form)),
        )
        for row in areas.districts(year).itertuples()
    }
    files = pd.read_parquet(workspace.data_set("files", year))
    declared = deliveries.read_deliveries(
        workspace.year_raw(year) / "deliveries.yml", list(files["file"])
    )
    days = {one.file: one.received for one in declared.entries}
    for row in files.to_dict("records"):
        code, problem = row["district_code"], row["problem"]
        if pd.isna(code) or code not in known or problem == "superseded":
            continue
        one = known[code]
        one.files.append(row["file"])
        one.forms |= set() if pd.isna(row["forms"]) else set(row["forms"].split())
        one.errors += int(row["errors"])
        one.unreadable += not pd.isna(problem)
        one.received = max(one.received, days.get(row["file"], ""))
    return list(known.values())


def write_gaps(workspace: Workspace, year: int, target: Path) -> None:
    """Write which districts lack a form, for pages: they change with that, not with every value.

    Raises
    ------
    OSError
        When the year was not cleaned.
    """
    told = [
        {"code": one.code, "name": one.name, "forms": sorted(one.forms), "owed": one.owed}
        for one in read(workspace, year)
        if one.lacking
    ]
    with replacing(target) as draft:
        draft.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")


def read_gaps(source: Path) -> list[District]:
    """Return the districts that lack a form, as `write_gaps` wrote them."""
    return [
        District(one["code"], one["name"], forms=set(one["forms"]), owed=tuple(one["owed"]))
        for one in json.loads(source.read_text(encoding="utf-8"))
    ]


def deadline(workspace: Workspace, year: int) -> dt.date | None:
    """Return the day a year's returns are due: ``deadline`` of ``settings.yml``, as ``01-15``.

    Raises
    ------
    SettingsError
        When it is no day.
    """
    told = read_settings(workspace.root).get("deadline")
    if told is None:
        return None
    try:
        month, day = map(int, str(told).split("-"))
        return dt.date(year + 1, month, day)
    except ValueError:
        raise SettingsError(
            f"settings.yml: deadline must be a day of the following year such as 01-15, not {told}"
        ) from None


def lines(workspace: Workspace, year: int, today: dt.date) -> list[str]:
    """Say for each district what is there, what is not, and what came late."""
    due = deadline(workspace, year)
    told = []
    for one in read(workspace, year):
        if not one.files:
            words = "nothing received"
            if due is not None and today > due:
                words += f", due since {due.isoformat()}"
        else:
            parts = [f"{len(one.files)} files"]
            parts += [f"form {form} is missing" for form in one.lacking]
            parts += [f"{one.errors} values refused"] if one.errors else []
            parts += [f"{one.unreadable} files unreadable"] if one.unreadable else []
            if due is not None and one.received > due.isoformat():
                parts.append(f"late: {one.received}")
            words = ", ".join(parts)
        told.append(f"{one.code} {one.name}: {words}")
    return told


def gaps(districts: Sequence[District], tables: Sequence[str], only: Any = None) -> list[District]:
    """Return the districts that are missing in what is made from these tables.

    Parameters
    ----------
    tables
        Names of data sets; a table of one form is touched by that form alone.
    only
        Code of the one district that is shown.
    """
    read_tables = [name for name in tables if name in RETURNS_DATA]
    known = registry.tables()
    forms = {known[name].form for name in read_tables if name in known and known[name].form}
    wanted = forms or set(FORMS if read_tables else ())
    return [
        one for one in districts if wanted & set(one.lacking) and (only is None or one.code == only)
    ]
