"""The year's clean tables as a package that machines read: CSV and Data Package.

Written beside the published tables: ``clean/<table>.csv`` and ``datapackage.json`` (Data Package
version 2). The CSV files are tidy: one header, one
row a row, no notes, UTF-8 without a mark, an empty field for no value, dates as 2019-12-31,
decimals with a point. Text that a spreadsheet would take for a formula begins with an apostrophe;
a table made of illustrative returns says so in its last column, on every row.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kgstats
from kgstats import registry
from kgstats.reference import province
from kgstats.words import N_, translator
from kgstats.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.present.dictionary import Field

OF_RETURNS = (*registry.made_from("returns"), "findings_en")
"""Tables made of the districts' returns."""

OF_REPORT = registry.made_from("report")
"""Tables made of the printed report."""

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TABLE_PROFILE = "https://datapackage.org/profiles/2.0/tableschema.json"

MIT = {
    "name": "MIT",
    "title": "MIT License",
    "path": "https://spdx.org/licenses/MIT",
}

NOT_STATED = N_("Not stated: ask the office that publishes these tables")

ILLUSTRATIVE = "illustrative"
"""Name of the last column of every table made of returns."""

ILLUSTRATIVE_WORDS = N_(
    "Illustrative: true on every row when the returns behind the table are illustrative"
)
QUOTED_WORDS = N_(
    "Text beginning with =, +, -, @, a tab or a line break is preceded by an apostrophe, so that "
    "no spreadsheet takes it for a formula; remove one leading apostrophe to get the text as it "
    "was received."
)
ENGLISH = N_("in English")
USED = frozenset(
    ("value", "blank_mark", "label", "title", "header", "unit", "column_number", "section", "total")
)
"""Roles of cells that the clean tables were read from. What stood elsewhere in a received file
(on hidden sheets, in signatures and notes, in files of another kind) is not for the public."""
WITHHELD_WORDS = N_(
    "The text of a cell stands here only where the tables were read from it; of other cells "
    "(signatures, notes, hidden sheets, what was left aside or refused) only the place."
)


def write_package(
    tables_folder: Path,
    workspace: Workspace,
    year: int,
    languages: Sequence[str],
    released: Callable[[str, pd.DataFrame], pd.DataFrame] | None = None,
) -> Path:
    """Write a year's clean tables and their descriptions beside the published tables.

    Parameters
    ----------
    tables_folder
        The folder ``tables`` of what is being published; pages stand in ``html`` beside it.
    workspace
        Where the clean tables are.
    year
        Reporting year.
    languages
        Languages of the publication; the first is that of titles and descriptions, the others
        stand beside them under ``translations``.
    released
        Takes a table's name and the table, and returns what of it may leave the office.

    Returns
    -------
    pathlib.Path
        ``datapackage.json``; when there is no clean table of the year, none is written.
    """
    illustrative = workspace.is_illustrative(year)
    clean = tables_folder / "clean"
    clean.mkdir(parents=True, exist_ok=True)
    resources = []
    for name in _there(workspace, year):
        resources.append(
            _resource(
                name, workspace, year, clean / f"{name}.csv", languages, illustrative, released
            )
        )
    package = tables_folder / "datapackage.json"
    if resources:
        write_json(package, _package(resources, workspace, year, languages, illustrative))
    else:
        clean.rmdir()
    return package


def _there(workspace: Workspace, year: int) -> list[str]:
    names: list[str] = []
    if workspace.has_returns(year):
        names += OF_RETURNS
    if workspace.has_report(year):
        names += OF_REPORT
    kept = {"findings_en": "findings"}
    return [name for name in names if workspace.data_set(kept.get(name, name), year).is_file()]


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a description that people can read too."""
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


# The tables ---------------------------------------------------------------------------------


def _resource(
    name: str,
    workspace: Workspace,
    year: int,
    path: Path,
    languages: Sequence[str],
    illustrative: bool,
    released: Callable[[str, pd.DataFrame], pd.DataFrame] | None = None,
) -> dict[str, Any]:
    """Write one table as CSV and return its description."""
    import pandas as pd

    from kgstats.present import dictionary, returns

    described = "findings" if name == "findings_en" else name
    frame = pd.read_parquet(workspace.data_set(described, year))
    if released is not None:
        frame = released(described, frame)
    if described == "findings":
        frame = returns.worded(frame, "en" if name == "findings_en" else "vi")
        frame = frame.drop(columns="args")
    about = [QUOTED_WORDS]
    if name == "cells":
        frame = frame.assign(raw=frame["raw"].where(frame["role"].isin(USED)))
        about.append(WITHHELD_WORDS)
    known = {one.name: one for one in dictionary.fields(described, year)}
    fields = [_field(column, known.get(column), languages) for column in frame.columns]
    if name == "cells":
        for field in fields:
            if field["name"] == "raw":
                field.pop("constraints", None)
    if name in OF_RETURNS:
        frame = frame.assign(**{ILLUSTRATIVE: illustrative})
        fields.append(_illustrative_field(languages))
    write_csv(frame, path)
    content = path.read_bytes()

    def said(lang: str) -> str:
        return " ".join(translator(lang)(one) for one in about)

    def title(lang: str) -> str:
        words = translator(lang)
        text = words(registry.tables()[described].title)
        return f"{text} ({words(ENGLISH)})" if name == "findings_en" else text

    schema: dict[str, Any] = {"$schema": TABLE_PROFILE, "fields": fields, "missingValues": [""]}
    keys = [one.name for one in known.values() if one.key and not one.nullable]
    if keys and len(keys) == sum(one.key for one in known.values()):
        schema["primaryKey"] = keys
    return {
        "name": name.replace("_", "-"),
        "type": "table",
        "title": title(languages[0]),
        "description": said(languages[0]),
        **_translations(
            {lang: {"title": title(lang), "description": said(lang)} for lang in languages[1:]}
        ),
        "path": f"clean/{path.name}",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": "sha256:" + hashlib.sha256(content).hexdigest(),
        "rows": len(frame),
        "schema": schema,
    }


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as tidy CSV: the module's own words say how."""
    import pandas as pd

    columns = [_texts(frame[name]) for name in frame.columns]
    for number, name in enumerate(frame.columns):
        if pd.api.types.is_datetime64_any_dtype(frame[name]):
            columns[number] = [text[:10] for text in columns[number]]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(frame.columns)
        writer.writerows(zip(*columns, strict=True))


def _texts(column: pd.Series) -> list[str]:
    """Return a column's values as texts, each made once where they are alike: most repeat."""
    import pandas as pd

    # Not so of fractions: nought and minus nought are equal, and not the same text.
    if not isinstance(column.dtype, pd.StringDtype | pd.Int64Dtype | pd.BooleanDtype):
        return [_text(value) for value in column]
    values = column.to_numpy(object, na_value=None).tolist()
    told = {value: _text(value) for value in set(values)}
    return [told[value] for value in values]


def _text(value: Any) -> str:
    import pandas as pd

    from kgstats.present.downloads import as_text

    if isinstance(value, str):
        return str(as_text(value))
    if value is None or pd.isna(value):
        return ""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return repr(value)


def _field(column: str, known: Field | None, languages: Sequence[str]) -> dict[str, Any]:
    """Describe one column by its entry in the data dictionary."""
    if known is None:
        return {"name": column, "type": "any"}
    field: dict[str, Any] = {
        "name": column,
        "type": known.type,
        "title": known.title(languages[0]),
        "description": known.description(languages[0]),
        **_translations(
            {
                lang: {"title": known.title(lang), "description": known.description(lang)}
                for lang in languages[1:]
            }
        ),
    }
    if known.unit:
        field["unit"] = known.unit
    constraints: dict[str, Any] = {}
    if not known.nullable:
        constraints["required"] = True
    if known.allowed:
        constraints["enum"] = list(known.allowed)
    if known.low is not None:
        constraints["minimum"] = known.low
    if known.high is not None:
        constraints["maximum"] = known.high
    if constraints:
        field["constraints"] = constraints
    return field


def _illustrative_field(languages: Sequence[str]) -> dict[str, Any]:
    def words(lang: str) -> dict[str, str]:
        text = translator(lang)(ILLUSTRATIVE_WORDS)
        return {"title": text.partition(": ")[0], "description": text}

    return {
        "name": ILLUSTRATIVE,
        "type": "boolean",
        **words(languages[0]),
        **_translations({lang: words(lang) for lang in languages[1:]}),
        "constraints": {"required": True},
    }


def _translations(told: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    return {"translations": dict(told)} if told else {}


# The package --------------------------------------------------------------------------------

_TITLE = N_("{province}: National Target Programmes {year}, clean tables")
_DESCRIPTION = N_(
    "Tables on new-style rural development and sustainable poverty reduction in {province}, "
    "{year}: cleaned district returns, findings, the ledger of cells, and the audit of "
    "the printed report."
)
_WARNING = N_(
    "The district returns are illustrative: they were made to agree with every published figure "
    "and say nothing about real places beyond those. Never quote a district or commune from them."
)
_WARNING_MADE_UP = N_(
    "The district returns are illustrative, for trying the programme: no district sent them, and "
    "they say nothing about real places."
)
_RETURNS = N_("Returns of the districts, {year}")
_RETURNS_MADE = N_("Illustrative returns of the districts, {year}, made by kgstats")
_REPORT = N_("{issuer}: report {number} of {date}")


def about(year: int, lang: str, illustrative: bool) -> dict[str, str]:
    """Return the title and description of a year's tables in a language."""
    t, own = translator(lang), province.current()
    description = t(_DESCRIPTION, province=own.titled(lang), year=year)
    if illustrative:
        description += " " + t(_WARNING if own.in_full else _WARNING_MADE_UP)
    return {"title": t(_TITLE, province=own.shown(lang), year=year), "description": description}


def _package(
    resources: Sequence[Mapping[str, Any]],
    workspace: Workspace,
    year: int,
    languages: Sequence[str],
    illustrative: bool,
) -> dict[str, Any]:
    licence = licence_of(workspace, year)
    return {
        "$schema": PROFILE,
        "name": f"kgstats-{year}",
        **about(year, languages[0], illustrative),
        **_translations({lang: about(year, lang, illustrative) for lang in languages[1:]}),
        "version": kgstats.__version__,
        ILLUSTRATIVE: illustrative,
        "languages": list(languages),
        "keywords": [province.current().name, "nông thôn mới", "giảm nghèo bền vững", "statistics"],
        **({"licenses": [licence]} if licence else {}),
        "sources": [{"title": title} for title in _sources(workspace, year, languages[0])],
        "resources": list(resources),
    }


def origin(path: Path) -> dict[str, Any]:
    """Return what an ``origin.yml`` declares; nothing where there is none."""
    import yaml

    if not path.is_file():
        return {}
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")) or {})


def licence_of(workspace: Workspace, year: int) -> dict[str, str] | None:
    """Return the licence declared in the year's ``origin.yml``.

    What the product made itself, and its transcription of printed facts, is under its own
    licence; returns that districts sent are not the product's to license.
    """
    declared = origin(workspace.year_raw(year) / "origin.yml").get("licence")
    if isinstance(declared, dict):
        return {str(key): str(value) for key, value in declared.items()}
    if workspace.is_illustrative(year) or not workspace.has_returns(year):
        return MIT
    return None


def licence_words(workspace: Workspace, year: int, lang: str) -> str:
    """Return what readers are told of the licence: its title and address, or whom to ask."""
    known = licence_of(workspace, year)
    if known is None:
        return translator(lang)(NOT_STATED)
    title, path = known.get("title") or known.get("name", ""), known.get("path", "")
    return f"{title}: {path}" if title and path else title or path


def _sources(workspace: Workspace, year: int, lang: str) -> list[str]:
    t = translator(lang)
    found = []
    if workspace.has_returns(year):
        made = workspace.is_illustrative(year)
        found.append(t(_RETURNS_MADE, year=year) if made else t(_RETURNS, year=year))
    report = origin(workspace.report_origin(year))
    if report:
        issuer = report.get(f"issuer_{lang}", "")
        found.append(t(_REPORT, issuer=issuer, number=report["number"], date=report["date"]))
    return found


# The crate ----------------------------------------------------------------------------------
