"""What of several workspaces can be put together: which years, which tables, and why not others.

A workspace is taken by what it is of (its province, its years), never by where it stands. Each of
its clean tables is held to its contract in the registry before it is taken; what breaks it costs
that table of that year alone. Of a workspace that publishes under disclosure control, what tells
counts of households is left where it is: summed with other tables it could be worked out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kgstats import registry
from kgstats.pipeline import given_out, records, several
from kgstats.pipeline import run as runs
from kgstats.pipeline.graph import SENSITIVE_DATA, NothingToDo, Plan, cleaning
from kgstats.pipeline.limits import SettingsError
from kgstats.pipeline.store import digest
from kgstats.pipeline.unattended import FAILED, MISSING, WRONG_CALL
from kgstats.reference import province
from kgstats.reference.refusal import Refusal
from kgstats.release.package import USED
from kgstats.workspace import Workspace, WorkspaceError

if TYPE_CHECKING:
    import pandas as pd

TABLES = registry.made_from("returns")
"""The tables of a year that are put together."""


@dataclass(frozen=True)
class LeftOut:
    """Something that was asked for and is not taken: of which workspace, why, and how grave."""

    of: str
    why: str
    code: int

    def __str__(self) -> str:
        return f"{self.of}: {self.why}"


class Unfit(Exception):
    """A table cannot be taken; the message says why."""


@dataclass
class Part:
    """A year of a workspace: what is taken of it."""

    place: Workspace
    label: str
    """The workspace's name: no place on a machine."""
    own: province.Province
    year: int
    state: str = ""
    """Whether its clean tables are of the returns that are there: ``current``, ``out_of_date``,
    or ``alone``, where the returns are not beside them."""
    illustrative: bool = False
    run: str = ""
    """Fingerprint of what was published of it last."""
    taken: dict[str, str] = field(default_factory=dict)
    """Tables taken, each with its SHA-256."""

    @property
    def name(self) -> str:
        """What people are told of it."""
        return f"{self.label} {self.year}"

    @property
    def digest(self) -> str:
        """One fingerprint of all that is taken of it."""
        told = "".join(f"{name} {known}\n" for name, known in sorted(self.taken.items()))
        return hashlib.sha256(told.encode()).hexdigest()


def parts(places: Sequence[Workspace], years: str) -> tuple[list[Part], list[LeftOut]]:
    """Return the years of workspaces that have clean tables, and what of them cannot be taken.

    Parameters
    ----------
    years
        ``2019``, ``auto`` or ``2016-2025``, as ``kgstats run`` takes them.

    Returns
    -------
    tuple
        The parts in the order of province and year. A province and year that two workspaces
        have is taken of the first that is named.

    Raises
    ------
    ValueError
        When ``years`` is none of these.
    """
    found: dict[tuple[str, int], Part] = {}
    left: list[LeftOut] = []
    for place, label in zip(places, several.labels([one.root for one in places]), strict=True):
        try:
            own = province.declared(place)
            wanted = _years(years, place)
        except (Refusal, WorkspaceError) as error:
            left.append(LeftOut(label, str(error), WRONG_CALL))
            continue
        except NothingToDo as error:
            left.append(LeftOut(label, str(error), MISSING))
            continue
        for year in wanted:
            part = Part(place, label, own, year)
            if before := found.get((own.code, year)):
                why = f"{own.name} {year} is taken of {before.label}; a province has one return"
                left.append(LeftOut(part.name, why, WRONG_CALL))
                continue
            if not any(place.data_set(name, year).is_file() for name in TABLES):
                why = f"it was not cleaned. Run: kgstats run --year {year} --workspace {label}"
                left.append(LeftOut(part.name, why, MISSING))
                continue
            found[own.code, year] = part
    return [found[key] for key in sorted(found)], left


def _years(told: str, place: Workspace) -> list[int]:
    """Return the years of a workspace that are asked for and known there, cleaned or not."""
    if told == "auto":
        from kgstats.pipeline.unattended import latest_year

        return [latest_year(place)]
    first, last = several.span(told)
    known = {year for year in place.years() if place.has_returns(year)}
    folder = place.processed(0).parent
    if folder.is_dir():
        known |= {int(one.name) for one in folder.iterdir() if one.name.isdigit()}
    found = sorted(year for year in known if first <= year <= last)
    if not found:
        raise NothingToDo(f"nothing was received for {told}")
    return found


def describe(part: Part) -> Iterator[str]:
    """Find out what kind of data a part is; yield what a person should know of it."""
    place, year = part.place, part.year
    part.illustrative = place.is_illustrative(year)
    record = records.last_run(place, year) or {}
    told = record.get("publication")
    part.run = str(told.get("made_from", "")) if isinstance(told, dict) else ""
    if not place.has_returns(year):
        part.state = "alone"
        return
    plan = Plan(place, year, lambda _: plan, steps=cleaning(place, [year]))
    due = [why for one in runs.out_of_date(plan) if one.step.values["year"] == year
           for why in one.texts]  # fmt: skip
    part.state = "out_of_date" if due else "current"
    if due:
        yield f"{part.name}: its clean tables are older than what they are made of: {due[0]}"


def withheld(part: Part) -> bool:
    """Whether counts of households of a part's workspace are under disclosure control.

    Decided for the workspace as a whole: a year shows counts of the year before.

    Raises
    ------
    kgstats.pipeline.limits.SettingsError
        When its settings cannot be read: then nobody knows.
    """
    return given_out.controlled(part.place)


def frames(part: Part, left: list[LeftOut]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Read the tables of a part one after another; add to ``left`` what is not taken and why."""
    try:
        hidden = withheld(part)
    except SettingsError as error:
        left.append(LeftOut(part.name, f"{error}; no count of households is taken", FAILED))
        hidden = True
    else:
        if hidden:
            names = ", ".join(SENSITIVE_DATA)
            why = f"it stands under disclosure control, so {names} are not taken"
            left.append(LeftOut(part.name, why, MISSING))
    province.use(part.place)
    for name in TABLES:
        if hidden and name in SENSITIVE_DATA:
            continue
        try:
            frame = fit(name, part)
        except Unfit as error:
            left.append(LeftOut(part.name, f"{name} is not taken: {error}", FAILED))
            continue
        part.taken[name] = digest(part.place.data_set(name, part.year))
        yield name, frame


def fit(name: str, part: Part) -> pd.DataFrame:
    """Read a clean table and hold it to its contract.

    Raises
    ------
    Unfit
        Naming what is not as the registry says.
    """
    import pandas as pd

    path = part.place.data_set(name, part.year)
    if not path.is_file():
        raise Unfit("it is not there")
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError):
        raise Unfit("it is damaged, or no Parquet") from None
    if frame.attrs.get("illustrative"):
        part.illustrative = True
    if why := _differs(name, frame, part.year):
        raise Unfit(why)
    if name == "cells":
        # As in the package of a year: what no table was read from is not for others.
        frame = frame.assign(raw=frame["raw"].where(frame["role"].isin(USED)))
    return frame


def _differs(name: str, frame: Any, year: int) -> str:
    """Say what of a table is not as the registry has it; nothing where all is."""
    from kgstats.returns import contracts

    wanted = contracts.types(name)
    lacking = [one for one in wanted if one not in frame]
    strange = [one for one in frame if one not in wanted]
    if lacking:
        return f"it has no column {', '.join(lacking)}"
    if strange:
        return f"nothing knows its column {', '.join(map(str, strange))}"
    for column, dtype in wanted.items():
        if frame[column].dtype != dtype:
            return f"column {column} is {frame[column].dtype}, not {dtype}"
    if name in registry.of_forms():
        return contracts.breach(frame[list(wanted)], name, year) or ""
    return ""
