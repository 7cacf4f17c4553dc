"""Final releases: a publication that somebody stands for, kept beside those that follow.

``data/releases/<year>/<number>/`` holds the publication as it was, and ``release.yml``: when,
by whom, and who decided what.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kgstats.workspace import Workspace, replace_folder

ABOUT = "release.yml"


class NotReleased(Exception):
    """A publication that cannot be made final; the message says what stands against it."""


def releases(workspace: Workspace, year: int) -> list[Path]:
    """Return the final releases of a year, the first first."""
    folder = workspace.releases(year)
    if not folder.is_dir():
        return []
    found = [path for path in folder.iterdir() if path.name.isdigit() and (path / ABOUT).is_file()]
    return sorted(found, key=lambda path: int(path.name))


def about(release: Path) -> Mapping[str, Any]:
    """Return what is said of a final release: ``number, date, by, note``."""
    import yaml

    return dict(yaml.safe_load((release / ABOUT).read_text(encoding="utf-8")))


def release(
    workspace: Workspace, year: int, record: Mapping[str, Any] | None, *, by: str, note: str
) -> Path:
    """Keep what is published as a final release.

    The caller has proven that it is up to date.

    Parameters
    ----------
    record
        The record of what is published.
    by, note
        Who releases it, and who decided what.

    Raises
    ------
    NotReleased
        When returns are missing, values stand refused, nothing is said of who decided what, or
        nothing changed since the last one.
    """
    import pandas as pd
    import yaml

    if record is None:
        raise NotReleased(f"nothing is published for {year}: run kgstats run --year {year}")
    against = []
    if record.get("lacking"):
        against.append(f"the returns of districts {', '.join(record['lacking'])} are missing")
    table = workspace.data_set("findings", year)
    if workspace.has_returns(year):
        found = pd.read_parquet(table)
        errors = found[found["severity"] == "error"]
        if len(errors):
            files = ", ".join(dict.fromkeys(errors["file"].astype(str)))
            against.append(f"{len(errors)} values stand refused (in {files})")
    if not note.strip() or not by.strip():
        against.append("--by and --note must say who releases it, and who decided what")
    before = releases(workspace, year)
    made_from = record["publication"]["made_from"]
    if before and about(before[-1]).get("inputs") == inputs(record):
        against.append(f"nothing changed since final release {before[-1].name}")
    if against:
        raise NotReleased(f"{year} is not released: {'; '.join(against)}")
    number = int(before[-1].name) + 1 if before else 1
    told = {
        "year": year,
        "number": number,
        "status": "final",
        "date": dt.date.today().isoformat(),
        "by": by.strip(),
        "note": note.strip(),
        "made_from": made_from,
        "inputs": inputs(record),
    }
    target = workspace.releases(year) / str(number)

    def fill(draft: Path) -> None:
        shutil.copytree(workspace.outputs(year), draft, dirs_exist_ok=True)
        text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
        (draft / ABOUT).write_text(text, encoding="utf-8", newline="\n")

    replace_folder(target, fill, durable=True)
    return target


def inputs(record: Mapping[str, Any]) -> dict[str, str]:
    """Return digests of all that a publication was made from and no step of it made."""
    made = {name for step in record["steps"] for name in step["products"]}
    return {
        name: digest
        for step in record["steps"]
        for name, digest in sorted(step["inputs"].items())
        if name not in made
    }
