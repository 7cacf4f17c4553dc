"""What readers have already beside a publication under disclosure control.

What is withheld is decided year by year, and each decision takes into account what the earlier
ones show (`kgstats.withholding`). So those must stand under the same control, and be of the counts
that are there now; and later ones, which show this year's counts too, must stand under it as well.
Else the run is refused: what was given out cannot be withheld.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from kgstats.pipeline.collection import CollectionError
from kgstats.pipeline.limits import DISCLOSURE, read_disclosure
from kgstats.pipeline.store import digest
from kgstats.release import final
from kgstats.workspace import Workspace

COUNTS = "poverty"


def check(workspace: Workspace, year: int, control: Mapping[str, int]) -> None:
    """Refuse a control that what is published for other years, or is final, does not keep.

    Parameters
    ----------
    control
        ``disclosure_threshold`` and ``disclosure_rounding``.

    Raises
    ------
    CollectionError
        Naming those publications.
    """
    if found := list(_against(workspace, year, control)):
        raise CollectionError(
            f"disclosure control is on, and {'; '.join(found)}: with it, what is withheld here "
            "could be worked out. Publish the years one after the other with the same settings, "
            "after taking away the outputs of later years that do not keep them; "
            "a final release that nobody has yet can be taken out of data/releases"
        )


def _against(workspace: Workspace, year: int, control: Mapping[str, int]) -> Iterator[str]:
    for own in workspace.years():
        counts = workspace.data_set(COUNTS, own)
        path = counts.relative_to(workspace.root).as_posix()
        for name, folder in _editions(workspace, own, published=own != year):
            try:
                record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            held = record.get("disclosure") or {}
            if any(held.get(key.partition("_")[2]) != value for key, value in control.items()):
                yield f"{name} stands under another control"
                continue
            if own > year:
                continue
            made = {step["products"][path] for step in record["steps"] if path in step["products"]}
            if made and counts.is_file() and digest(counts) not in made:
                yield f"{name} is of other counts of households"


def controlled(workspace: Workspace) -> bool:
    """Whether anything of a workspace is published, final or to be published under control.

    Raises
    ------
    kgstats.pipeline.limits.SettingsError
        When its settings cannot be read.
    """
    if DISCLOSURE | read_disclosure(workspace.root) != DISCLOSURE:
        return True
    folders = [
        folder
        for year in workspace.years()
        for _, folder in _editions(workspace, year, published=True)
    ]
    return any(
        held.get(name.partition("_")[2], usual) != usual
        for held in map(_control_of, folders)
        for name, usual in DISCLOSURE.items()
    )


def _control_of(folder: Path) -> Mapping[str, int]:
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        return record.get("disclosure") or {}
    except (OSError, ValueError, AttributeError):
        return {}


def _editions(workspace: Workspace, year: int, *, published: bool) -> Iterator[tuple[str, Path]]:
    for folder in final.releases(workspace, year):
        yield f"final release {folder.name} of {year}", folder
    if published:
        yield f"what is published for {year}", workspace.outputs(year)
