"""What is published of a year: put there whole, and proven to be what was built from its inputs.

``run.json`` holds the proof: a fingerprint of all that the publication was made from, and the
digest of each of its files. It comes with the files, in the same step.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import kgstats
from kgstats.pipeline import given_out, pages, sources
from kgstats.pipeline.graph import Plan, Step, packages
from kgstats.pipeline.keeper import kept
from kgstats.pipeline.limits import DISCLOSURE
from kgstats.pipeline.records import RECORD, last_run
from kgstats.pipeline.store import Store, canonical, digest, files
from kgstats.release import final
from kgstats.workspace import Workspace, replace_folder

CODE = tuple(
    f"kgstats.{name}"
    for name in (
        "pipeline.publish",
        "appendix.takeaway",
        "withholding",
        "release.crate",
        "release.revisions",
    )
)


def contents(plan: Plan) -> dict[str, Path]:
    """Return the files that steps made for the publication, by their names in it."""
    found: dict[str, Path] = {}
    for page in plan.pages:
        found[page.executed] = plan.built(page.executed)
        found[page.html] = plan.built(page.html)
        folder = plan.built(page.data)
        for path in files(folder):
            found[f"{page.data}/{path.relative_to(folder).as_posix()}"] = path
    for lang in plan.languages:
        front = pages.index(plan, lang)
        for path in (front, front.with_name("search-index.js")):
            found[f"html/{lang}/{path.name}"] = path
    return found


def made_from(plan: Plan, store: Store) -> str:
    """Return one fingerprint of all that the publication is made from."""
    workspace, year = plan.workspace, plan.year
    tables = sorted(workspace.processed(year).glob("*.parquet"))
    declared = [*workspace.declarations(year), workspace.report_origin(year)]
    told = {
        "built": {name: store.digests.of(path) for name, path in contents(plan).items()},
        "read": {workspace.shown(path): store.digests.of(path) for path in [*tables, *declared]},
        "code": sources.fingerprints(sources.files_of(CODE)),
        "packages": packages(),
        "languages": plan.languages,
        "single_files": plan.single_files,
        "pdf": plan.pdf,
        "disclosure": plan.disclosure,
        "releases": [
            store.digests.of(path / final.ABOUT) for path in final.releases(workspace, year)
        ],
    }
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def reasons(plan: Plan, store: Store) -> list[str]:
    """Say why what is published is not proven to be of today's inputs; nothing if it is."""
    record = last_run(plan.workspace, plan.year)
    if record is None:
        return ["it was never published"]
    proof = record.get("publication")
    if not isinstance(proof, dict) or not isinstance(proof.get("files"), dict):
        return ["what is published does not say what it was made from"]
    if proof.get("made_from") != made_from(plan, store):
        return ["what is published was made from something else"]
    folder = plan.workspace.outputs(plan.year)
    texts = []
    for name, known in proof["files"].items():
        now = store.digests.of(folder / name)
        if now != known:
            state = "is missing" if now is None else "is not as it was published"
            texts.append(f"{plan.workspace.shown(folder / name)} {state}")
    return texts


def publish(plan: Plan, store: Store, steps: list[dict[str, Any]], started: dt.datetime) -> Path:
    """Put the built publication in place of the one before, together with its record.

    Parameters
    ----------
    steps
        What became of each step, for the record.
    started
        When the run began.
    """
    from kgstats.appendix import site
    from kgstats.release import crate, package

    if plan.withholds:
        # Again, now that the returns are cleaned.
        given_out.check(plan.workspace, plan.year, plan.disclosure)
    lacking = _lacking(plan)
    told: dict[str, Any] = {
        "year": plan.year,
        "status": "provisional" if lacking else "complete",
        "lacking": lacking,
        "languages": plan.languages,
        "started": started.isoformat(timespec="seconds"),
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "kgstats": kgstats.__version__,
        "packages": packages(),
        "disclosure": _account(plan),
        "left_out": [*plan.notes, *_not_compared(plan)],
        "code": {
            name: known
            for step in plan.steps
            for name, known in sources.fingerprints(step.code).items()
        },
        "steps": steps,
    }

    def fill(draft: Path) -> None:
        for name, path in contents(plan).items():
            copy = draft / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        site.copy_assets(draft / "html" / "assets")
        site.finish(draft, year=plan.year)
        told["left_out"] += _take_away(plan, draft)
        if plan.single_files:
            for page in plan.pages:
                site.write_single(draft, page.lang, page.slug)
        of = (draft / "tables", plan.workspace, plan.year, plan.languages)
        package.write_package(*of, _released(plan))
        _write_changes(plan, draft, told)
        crate.write_crate(*of, told)
        told["publication"] = {
            "made_from": made_from(plan, store),
            "files": {path.relative_to(draft).as_posix(): digest(path) for path in files(draft)},
        }
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
        (draft / RECORD).write_text(text, encoding="utf-8", newline="\n")

    target = plan.workspace.outputs(plan.year)
    replace_folder(target, fill, durable=True)
    return target


def list_years(workspace: Workspace, year: int) -> None:
    """Say beside the folders of the publications which years there are."""
    from filelock import FileLock

    from kgstats.appendix import site, years

    # Two years may come to it at once: the later one has seen both.
    with FileLock(workspace.state / "years.lock"):
        years.write_index(workspace.outputs(year).parent, site.HEAD)


def _take_away(plan: Plan, draft: Path) -> list[str]:
    """Write what a whole year is taken away in; return why something of it was not made."""
    from kgstats.appendix import site, takeaway

    missing = []
    for lang in plan.languages:
        parts = [
            takeaway.Part(page.slug, page.title, plan.about(page))
            for page in plan.pages
            if page.lang == lang
        ]
        title = site.title(plan.year, lang)
        folder = draft / "html" / lang
        made = {
            suffix: folder / takeaway.name(plan.year, lang, suffix)
            for suffix in ("xlsx", "pdf", "zip")
        }
        takeaway.write_workbook(parts, made["xlsx"], title, lang)
        if plan.pdf:
            cache = plan.built(f"printed/{lang}")
            why = takeaway.write_document(folder, parts, made["pdf"], title, cache, kept=kept)
            missing += [f"{lang}: {why}"] if why else []
        for written in (False, True):
            # Inside the archive nothing leads to the archive.
            there = [one for one in made.values() if one.is_file()]
            site.offer(folder / "index.html", there, lang)
            if not written:
                takeaway.write_archive(draft / "html", lang, made["zip"])
    return missing


def _control(plan: Plan) -> Any:
    from kgstats import withholding

    control = withholding.Control(*(plan.disclosure[name] for name in DISCLOSURE))
    return withholding.decided(plan.workspace, plan.year, control)


def _account(plan: Plan) -> dict[str, int]:
    """Return what the record says of disclosure control: how it is set, how much it withholds."""
    return dict(_control(plan).account())


def _released(plan: Plan) -> Callable[[str, Any], Any] | None:
    """Return how a clean table becomes what may leave the office; None where all of it may."""
    if not plan.withholds:
        return None
    import pandas as pd

    from kgstats import withholding

    made, path = _control(plan), plan.workspace.data_set("cells", plan.year)
    cells = pd.read_parquet(path) if path.is_file() else None
    return lambda name, frame: withholding.published(name, frame, made, cells)


def _not_compared(plan: Plan) -> list[str]:
    if not plan.withholds or not final.releases(plan.workspace, plan.year):
        return []
    return ["what changed since the last final release is left out: disclosure control is on"]


def _write_changes(plan: Plan, draft: Path, record: Mapping[str, Any]) -> None:
    """Write what changed since the last final release, a page and a table in each language."""
    from kgstats.appendix import site
    from kgstats.release import revisions
    from kgstats.release.commands import names

    before = pages.compared_with(plan)
    if before is None:
        return
    for lang in plan.languages:
        changes = revisions.compare(before, draft, lang, record=record, names=names(plan.year))
        site.write_changes(
            draft / "html" / lang / "changes.html",
            year=plan.year,
            lang=lang,
            since=final.about(before),
            changes=changes,
        )
        revisions.write_csv(changes, draft / "tables" / lang / "changes.csv")


def _lacking(plan: Plan) -> list[str]:
    """Return the codes of districts whose returns are missing or not whole."""
    from kgstats.pipeline import readiness

    table = plan.workspace.data_set("files", plan.year)
    if not plan.workspace.has_returns(plan.year) or not table.is_file():
        return []
    return [one.code for one in readiness.read(plan.workspace, plan.year) if one.lacking]


def step_record(
    step: Step, store: Store, *, made: bool, reasons: list[str], seconds: float
) -> dict[str, Any]:
    """Return what the record of a run says of a step."""
    state = store.recorded(step)
    return {
        "step": step.id,
        "outcome": "made" if made else "unchanged",
        "reasons": reasons,
        "seconds": round(seconds, 3),
        "parameters": {name: value for name, value in step.values.items() if name != "packages"},
        "code": "" if state is None else hashlib.sha256(canonical(state.code).encode()).hexdigest(),
        "inputs": {} if state is None else state.inputs,
        "products": {} if state is None else state.products,
    }
