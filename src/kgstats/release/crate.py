"""A publication as a research object (RO-Crate 1.1): its files, pages, and the run behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import kgstats
from kgstats.release.package import NOT_STATED, about, licence_of, origin, write_json
from kgstats.words import translator
from kgstats.workspace import Workspace

NAME = "ro-crate-metadata.json"
CRATE = "https://w3id.org/ro/crate/1.1"

PUBLISHER = "The kgstats contributors"
"""Who publishes, unless the year's ``origin.yml`` names a ``publisher``."""

_TYPES = {
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".html": "text/html",
    ".md": "text/markdown",
}


def write_crate(
    tables: Path,
    workspace: Workspace,
    year: int,
    languages: Sequence[str],
    record: Mapping[str, Any],
) -> Path:
    """Describe a folder of tables, the pages made with it, and the run that made both.

    Parameters
    ----------
    tables
        The folder ``tables`` of what is being published, whole; pages stand in ``html`` beside it.
    record
        The record of the run, as ``run.json`` holds it, with the run's clock and inputs.

    Returns
    -------
    pathlib.Path
        ``ro-crate-metadata.json``.
    """
    path = tables / NAME
    files = [
        _file(one, quote(one.relative_to(tables).as_posix()))
        for one in sorted(tables.rglob("*"))
        if one.is_file() and one != path
    ]
    pages = _pages(tables.parent / "html", languages)
    inputs = _inputs(record)
    terms = _terms(workspace, year, languages[0])
    publisher = {
        "@id": "#publisher",
        "@type": "Organization",
        "name": str(origin(workspace.year_raw(year) / "origin.yml").get("publisher") or PUBLISHER),
    }
    told = about(year, languages[0], workspace.is_illustrative(year))
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": told["title"],
        "description": told["description"],
        "datePublished": record["finished"],
        "inLanguage": list(languages),
        "license": {"@id": terms["@id"]},
        "author": {"@id": "#publisher"},
        "publisher": {"@id": "#publisher"},
        "hasPart": [{"@id": one["@id"]} for one in files],
        "mentions": [{"@id": "#run"}, *({"@id": page["@id"]} for page in pages)],
        "temporalCoverage": str(year),
        "version": kgstats.__version__,
    }
    descriptor = {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": CRATE},
        "about": {"@id": "./"},
    }
    run = _run(year, record, inputs, [*files, *pages])
    graph = [descriptor, root, publisher, terms, *run, *files, *pages, *inputs]
    context = [f"{CRATE}/context", {"sha256": "http://schema.org/sha256"}]
    write_json(path, {"@context": context, "@graph": graph})
    return path


def _pages(site: Path, languages: Sequence[str]) -> list[dict[str, Any]]:
    """Describe the pages. They stand beside the crate's folder, so they are no data of it."""
    return [
        {
            **_file(path, "../html/" + quote(path.relative_to(site).as_posix())),
            "@type": "WebPage",
            "inLanguage": lang,
        }
        for lang in languages
        for path in sorted((site / lang).glob("*.html"))
    ]


def _terms(workspace: Workspace, year: int, lang: str) -> dict[str, Any]:
    """Describe the licence, or say that none is stated."""
    known = licence_of(workspace, year)
    said = known or {"title": translator(lang)(NOT_STATED)}
    name = said.get("title") or said.get("name", "")
    return {
        "@id": known["path"] if known and known.get("path") else "#licence",
        "@type": "CreativeWork",
        "name": name,
        "description": name,
    }


def _run(
    year: int,
    record: Mapping[str, Any],
    inputs: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """Describe the run, and the software it ran with."""
    action = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"kgstats run --year {year}",
        "startTime": record["started"],
        "endTime": record["finished"],
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        "instrument": {"@id": "#kgstats"},
        "object": [{"@id": one["@id"]} for one in inputs],
        "result": [{"@id": one["@id"]} for one in results],
    }
    software = {
        "@id": "#kgstats",
        "@type": "SoftwareApplication",
        "name": "kgstats",
        "version": str(record["kgstats"]),
        "softwareVersion": str(record["kgstats"]),
        "softwareRequirements": [
            f"{name} {version}" for name, version in sorted(dict(record["packages"]).items())
        ],
    }
    return [action, software]


def _file(path: Path, name: str) -> dict[str, Any]:
    content = path.read_bytes()
    return {
        "@id": name,
        "@type": "File",
        "name": path.name,
        "encodingFormat": _TYPES.get(path.suffix, "application/octet-stream"),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _inputs(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the files a run started from: those no step of it made."""
    made = {path for step in record["steps"] for path in step["products"]}
    found: dict[str, str] = {}
    for step in record["steps"]:
        found |= {path: digest for path, digest in step["inputs"].items() if path not in made}
    return [
        {
            "@id": "#input/" + quote(path),
            "@type": "CreativeWork",
            "name": path,
            "sha256": digest,
        }
        for path, digest in sorted(found.items())
    ]
