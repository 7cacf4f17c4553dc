"""A collection on disk: partitioned Parquet, what came of each part, a description for machines.

``<table>/province_code=66/year=2019/part.parquet``
    a clean table of one part; province and year stand in the names of the folders (as in Hive),
    ``workspace`` and ``illustrative`` on each row
``quality/part.parquet``, ``rules/part.parquet``
    a row for each part: what was expected, received, read and refused; findings by rule
``datapackage.json``
    every table with its columns (Data Package version 2)

The same tables give the same bytes, whenever and wherever they are put together.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kgstats
from kgstats import registry
from kgstats.analysis import quality as counted
from kgstats.national import gather
from kgstats.national.gather import LeftOut, Part
from kgstats.pipeline.holding import Busy
from kgstats.reference import province
from kgstats.reference.refusal import Refusal
from kgstats.release import package
from kgstats.returns.contracts import DTYPES
from kgstats.words import LANGUAGES, N_, translator
from kgstats.workspace import replace_folder

if TYPE_CHECKING:
    import pandas as pd

DESCRIPTION = "datapackage.json"
PART = "part.parquet"
NAME = "kgstats-national"
PAGES = "pages"
"""The folder of the pages made of a collection, within it."""

OWN = registry.collected()
"""The tables that a collection adds to those of its provinces."""


class NoCollection(Refusal):
    """A folder that is to be replaced, or read, is no collection."""


def is_collection(folder: Path) -> bool:
    """Whether a folder was made by ``kgstats collect``."""
    try:
        told = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
        return str(told.get("name")) == NAME
    except (OSError, ValueError, AttributeError):
        return False


def write(
    out: Path,
    parts: Sequence[Part],
    left: list[LeftOut],
    told: Callable[[str], None],
    finish: Callable[[Path], None],
) -> None:
    """Put parts together in a folder, which is replaced whole or stays as it was.

    Parameters
    ----------
    left
        Gets what cannot be taken, and why.
    told
        Hears a line on what a person should know.
    finish
        Adds to the new folder what is made of its tables, before it takes its place.

    Raises
    ------
    NoCollection
        When something else stands there.
    Busy
        When another puts a collection together there.
    """
    if out.exists() and not is_collection(out) and (not out.is_dir() or any(out.iterdir())):
        raise NoCollection(f"{out} is no collection and not empty: name another folder")

    def fill(draft: Path) -> None:
        held, rules = [], []
        # All of them before the first turn to a province, which forgets what is known by then.
        for part in parts:
            for line in gather.describe(part):
                told(line)
        for part in parts:
            kept: dict[str, pd.DataFrame] = {}
            for name, frame in gather.frames(part, left):
                _write(draft / name / _folder(part), frame.drop(columns="year", errors="ignore"),
                       part)  # fmt: skip
                kept |= {name: frame} if name in ("findings", "cells", "files") else {}
            held.append(_quality(part, kept))
            if "findings" in kept:
                found = counted.by_rule(kept["findings"])
                rules.append(found.assign(province_code=part.own.code, year=part.year))
        # No province's own words are said of all of them.
        province.use(None)
        made = {"quality": _own("quality", held), "rules": _own("rules", rules)}
        for name, frame in made.items():
            _write(draft / name, frame)
        described = _package(draft, parts)
        package.write_json(draft / DESCRIPTION, described)
        finish(draft)

    with _alone(out):
        replace_folder(out, fill, durable=True)


@contextlib.contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Have a folder to oneself: two at once would fill one draft."""
    from filelock import FileLock, Timeout

    out.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out.with_name(f".{out.name}.lock"), timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Busy(f"another collect is putting {out} together; wait for it to end") from None
    try:
        yield
    finally:
        lock.release()


def _folder(part: Part) -> str:
    return f"province_code={part.own.code}/year={part.year}"


def _write(folder: Path, frame: pd.DataFrame, part: Part | None = None) -> None:
    import pandas as pd

    from kgstats.returns import processed

    folder.mkdir(parents=True)
    illustrative = bool(part and part.illustrative)
    if part is not None:
        frame = frame.assign(
            workspace=pd.array([part.label] * len(frame), "string"),
            illustrative=pd.array([illustrative] * len(frame), "boolean"),
        )
    processed.write_parquet(frame, folder / PART, illustrative=illustrative)


def _own(name: str, rows: Iterable[Any]) -> pd.DataFrame:
    import pandas as pd

    types = {one.name: DTYPES[one.dtype] for one in OWN[name].columns}
    tables = [one if isinstance(one, pd.DataFrame) else pd.DataFrame([one]) for one in rows]
    frame = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(types))
    return frame[list(types)].astype(types)


def _quality(part: Part, kept: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Account for a part: what was to come, what came, what was read and refused."""
    from kgstats.pipeline import readiness

    row: dict[str, Any] = {one.name: None for one in OWN["quality"].columns}
    if "files" in kept:
        districts = readiness.read(part.place, part.year)
        row |= {
            "returns_expected": len(districts) or None,
            "returns_received": sum(bool(one.files) for one in districts),
            "returns_read": sum(bool(one.forms) for one in districts),
            "returns_whole": sum(not one.lacking for one in districts),
        }
        row |= {} if districts else dict.fromkeys(n for n in row if n.startswith("returns_"))
        used = kept["files"]
        row |= {"cells": used["cells"].sum(), "cells_read": used["values"].sum()}
        row |= {"cells_refused": used["quarantined"].sum()}
    if "findings" in kept:
        severity = kept["findings"]["severity"].value_counts()
        for name in ("errors", "warnings", "notes"):
            row[name] = int(severity.get(name.removesuffix("s"), 0))
    return row | {
        "province_code": part.own.code,
        "year": part.year,
        "workspace": part.label,
        "illustrative": part.illustrative,
        "state": part.state,
        "tables": " ".join(part.taken),
        "clean": part.digest,
        "run": part.run or None,
    }


# The description --------------------------------------------------------------------------------

_TITLE = N_("National Target Programmes by province, clean tables")
_ABOUT = N_(
    "Clean tables of several provinces and years on new-style rural development and sustainable "
    "poverty reduction, put together as they stand in each province's workspace."
)
_ILLUSTRATIVE = N_(
    "Rows with a true value in the column illustrative come from illustrative returns: they say "
    "nothing about real places."
)
_OF_PART = (("province_code", "year"), ("workspace", "illustrative"))
"""Columns of where a row is from, which stand before and behind its own."""


def _package(draft: Path, parts: Sequence[Part]) -> dict[str, Any]:
    made_up = any(part.illustrative for part in parts)

    def about(lang: str) -> dict[str, str]:
        t = translator(lang)
        text = " ".join([t(_ABOUT), *([t(_ILLUSTRATIVE)] if made_up else [])])
        return {"title": t(_TITLE), "description": text}

    first, *others = LANGUAGES
    names = [name for name in (*gather.TABLES, *OWN) if (draft / name).is_dir()]
    return {
        "$schema": package.PROFILE,
        "name": NAME,
        **about(first),
        "translations": {lang: about(lang) for lang in others},
        "version": kgstats.__version__,
        "illustrative": made_up,
        "languages": list(LANGUAGES),
        "sources": [
            {
                "title": f"{part.own.full_name}, {part.year}",
                "path": part.label,
                "province_code": part.own.code,
                "year": part.year,
                "illustrative": part.illustrative,
                "tables": part.taken,
            }
            for part in parts
        ],
        "resources": [_resource(name, draft) for name in names],
    }


def _resource(name: str, draft: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    paths = sorted((draft / name).rglob(PART))
    title = {**registry.tables(), **OWN}[name].title
    first, *others = LANGUAGES
    return {
        "name": name,
        "type": "table",
        "title": translator(first)(title),
        "translations": {lang: {"title": translator(lang)(title)} for lang in others},
        "path": [path.relative_to(draft).as_posix() for path in paths],
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "rows": sum(pq.read_metadata(path).num_rows for path in paths),
        "schema": {"$schema": package.TABLE_PROFILE, "fields": _fields(name)},
    }


def _fields(name: str) -> list[dict[str, Any]]:
    if name in OWN:
        known = OWN[name].columns
    else:
        first, last = ([registry.column("quality", one) for one in part] for part in _OF_PART)
        own = [one for one in registry.tables()[name].columns if one.name != "year"]
        known = (*first, *own, *last)
    lang, *others = LANGUAGES

    def words(definition: str, lang: str) -> dict[str, str]:
        text = translator(lang)(definition)
        return {"title": text.partition(": ")[0], "description": text}

    return [
        {
            "name": column.name,
            "type": registry.TYPES[column.dtype],
            **words(column.definition, lang),
            "translations": {other: words(column.definition, other) for other in others},
        }
        for column in known
    ]
