"""A delivery checked as one: all files of a district at once, as the province will read them."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kgstats import registry
from kgstats.officer.changes import changes
from kgstats.receiving import parcels
from kgstats.reference.areas import ANCHOR
from kgstats.returns.book import MONEY_BEFORE, Record, Return
from kgstats.returns.check import check_file, year_of_file
from kgstats.returns.forms import all_forms, column_words, table_columns
from kgstats.returns.records.funding import AMOUNTS
from kgstats.returns.rules import Finding, figure
from kgstats.returns.subjects.places import Gazetteer, gazetteer
from kgstats.returns.telling import closing
from kgstats.words import N_, translator
from kgstats.workspace import received_files

MOST_NAMED = 3
"""So many places, and so many figures of the publication, are named in one sentence."""

PARCELS = parcels.MAILS | {".zip"}
"""Files that hold other files."""

COPY = ".checked"
"""Ends the name of a copy that shows what was found."""

TELLING = ("percent", "billion", "million", "points")
"""Kinds of figures that readers know: rates and amounts are named before counts of rows."""

OF_DISTRICT = N_("District: {district}; year {year}; forms received: {forms}.")
MISSING = N_("Form {form} is missing: {title}.")
COMPARED = N_("Compared with {before}: {n} figures changed more than is plausible.")
NOT_COMPARED = N_("Not compared with {before}: its figures are not known on this machine.")
NO_TABLE = N_("Without form {form} the province cannot publish for the district: {figures}.")
NO_VALUES = N_("“{column}” is missing for {places}: without it cannot be published: {figures}.")
NO_ROWS = N_("{columns} are missing for {places}: without them cannot be published: {figures}.")
ALL_PUBLISHED = N_("Nothing is missing that the province publishes.")
STILL_MISSING = N_("Still missing of {district}, form: {forms}.")
AND_MORE = N_("{names} and {n} others")
TWICE = N_("Form {form} stands in several files ({files}): say which one counts, send only that.")


@dataclass
class Delivery:
    """The files of one district, and what is to be said of them together."""

    year: int
    district: str
    files: list[Return] = field(default_factory=list)
    changed: int | None = None
    """How many figures changed too much; None where last year is not known."""

    @property
    def forms(self) -> list[str]:
        """The forms that are there."""
        held = {key for one in self.files for code, key in one.held if code == self.district}
        return [key for key in all_forms() if key in held]

    @property
    def missing(self) -> list[str]:
        """The forms that are not there."""
        here = gazetteer(self.year).districts.get(self.district)
        return [
            key
            for key, form in all_forms().items()
            if key not in self.forms and (here is None or here.owes(form.number))
        ]

    @property
    def twice(self) -> dict[str, list[str]]:
        """The forms that stand in several files, with the files."""
        held = {
            key: [one.file for one in self.files if (self.district, key) in one.held]
            for key in all_forms()
        }
        return {key: files for key, files in held.items() if len(files) > 1}

    @property
    def findings(self) -> list[Finding]:
        """All findings."""
        return [finding for one in self.files for finding in one.findings]

    def rows(self, table: str) -> list[Record]:
        """Return the rows of a clean table."""
        return [
            row
            for one in self.files
            for row in one.records.get(table, ())
            if row["district_code"] == self.district
        ]


@dataclass
class Checked:
    """What came of a check: the files in order, and the deliveries they make up."""

    files: list[tuple[Path, Return]]
    deliveries: list[Delivery]

    @property
    def findings(self) -> list[Finding]:
        """All findings."""
        return [finding for _, one in self.files for finding in one.findings]

    @property
    def exit_code(self) -> int:
        """0 when all is clean, 1 when values would be refused, 2 when a file cannot be read."""
        if any(one.problem is not None for _, one in self.files):
            return 2
        twice = any(one.twice for one in self.deliveries)
        return 1 if twice or any(one.grave == "error" for one in self.findings) else 0


def files_in(paths: Iterable[Path]) -> list[Path]:
    """Return the files named and those of the folders named, without annotated copies."""
    found: list[Path] = []
    for path in paths:
        inside = received_files(path) if path.is_dir() else [path]
        found.extend(one for one in inside if one == path or not one.stem.endswith(COPY))
    return list(dict.fromkeys(found))


def taken_apart(paths: Iterable[Path], into: Path) -> dict[Path, Path]:
    """Return the workbooks of some files, each with the file it came in: itself, or a parcel.

    Parameters
    ----------
    paths
        Workbooks, archives (``.zip``) and e-mails (``.eml``, ``.msg``).
    into
        Folder that the workbooks of archives and e-mails are written into. What else is in them,
        a signed scan or a picture, is left; a parcel without a workbook stays as it is, and is
        refused by name when it is read.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        items: list[parcels.Item] = []
        if path.suffix.lower() in PARCELS:
            with contextlib.suppress(parcels.ParcelError):
                items = parcels.open_parcel(path).items
        for item in items:
            place = into / f"{len(found)}"
            place.mkdir()
            (place / item.name).write_bytes(item.content)
            found[place / item.name] = path
        if not items:
            found[path] = path
    return found


def check(
    paths: Sequence[Path],
    year: int | None = None,
    before: Mapping[str, Mapping[str, Sequence[Record]]] | None = None,
) -> Checked:
    """Check files as deliveries: each by itself, those of one district together.

    Parameters
    ----------
    paths
        The files.
    year
        Reporting year; what each file says of it when not given.
    before
        Rows of last year by district and clean table, where they are known.
    """
    read = [(path, check_file(path, year, _closings(before))) for path in paths]
    groups: dict[tuple[int, str], Delivery] = {}
    for path, one in read:
        for district in dict.fromkeys(code for code, _ in one.held):
            # A form without a row that could be used says its year in its title alone.
            known = _year(one, district) or year or year_of_file(path) or ANCHOR.year
            group = groups.setdefault((known, district), Delivery(known, district))
            group.files.append(one)
    for (known, district), group in groups.items():
        last = (before or {}).get(district)
        if last is None:
            continue
        found = changes(group.files, last, district, known)
        group.changed = len(found)
        for holder, finding in found:
            holder.findings.append(finding)
    return Checked(read, [groups[key] for key in sorted(groups)])


def _year(one: Return, district: str) -> int | None:
    """Return the year most rows of a file are of."""
    rows = (row for rows in one.records.values() for row in rows)
    years = Counter(row["year"] for row in rows if row["district_code"] == district)
    return int(years.most_common(1)[0][0]) if years else None


def _closings(
    before: Mapping[str, Mapping[str, Sequence[Record]]] | None,
) -> dict[str, dict[str, int | None]] | None:
    """Return the poor and near-poor at the end of last year by commune, money by district."""
    if not before:
        return None
    names = ("poor_end_hh", "near_poor_end_hh")
    found: dict[str, dict[str, int | None]] = {
        str(row["commune_code"]): {name: row[name] for name in names}
        for tables in before.values()
        for row in tables.get("poverty", ())
    }
    for district, tables in before.items():
        lines = tables.get("funding", ())
        if lines:
            amounts = (row[name] or 0 for row in lines for name in AMOUNTS)
            found[district] = {MONEY_BEFORE: sum(amounts)}
    return found


def last_year(workspace: Any, year: int) -> dict[str, dict[str, list[Record]]] | None:
    """Return last year's rows by district and clean table; None where it was not cleaned."""
    import pandas as pd

    found: dict[str, dict[str, list[Record]]] = {}
    for table in ("poverty", "communes", "funding"):
        path = workspace.data_set(table, year - 1)
        if not path.is_file():
            continue
        frame = pd.read_parquet(path)
        for row in frame.astype(object).where(frame.notna(), None).to_dict("records"):
            found.setdefault(str(row["district_code"]), {}).setdefault(table, []).append(row)
    return found or None


def rows_of(read: Iterable[Return]) -> dict[str, dict[str, list[Record]]]:
    """Return the rows of some returns by district and clean table: last year's own files."""
    found: dict[str, dict[str, list[Record]]] = {}
    for one in read:
        for table, rows in one.records.items():
            for row in rows:
                held = found.setdefault(str(row["district_code"]), {})
                held.setdefault(table, []).append(row)
    return found


def summed_up(checked: Checked, received: int, lang: str) -> str:
    """Return the line that sums a check up; forms that are missing are said in it as well."""
    t, lines = translator(lang), [closing(checked.findings, received, lang)]
    for one in checked.deliveries:
        if one.missing:
            forms = ", ".join(all_forms()[key].number for key in one.missing)
            name = gazetteer(one.year).districts[one.district].full_name
            lines.append(t(STILL_MISSING, district=name, forms=forms))
    return " ".join(lines)


# --- what is said ---------------------------------------------------------------------------------


def said(delivery: Delivery, lang: str) -> list[str]:
    """Return what is to be said of a delivery as a whole, a sentence each."""
    t, forms = translator(lang), all_forms()
    numbers = ", ".join(forms[key].number for key in delivery.forms) or "–"
    name = gazetteer(delivery.year).districts[delivery.district].full_name
    lines = [t(OF_DISTRICT, district=name, year=delivery.year, forms=numbers)]
    lines += [
        t(MISSING, form=forms[key].number, title=forms[key].titles[0]) for key in delivery.missing
    ]
    lines += [
        t(TWICE, form=forms[key].number, files=", ".join(files))
        for key, files in delivery.twice.items()
    ]
    before = delivery.year - 1
    if delivery.changed is None:
        lines.append(t(NOT_COMPARED, before=before))
    else:
        lines.append(t(COMPARED, before=before, n=figure(delivery.changed, lang)))
    return lines


def unpublished(delivery: Delivery, lang: str) -> list[str]:
    """Return what the province cannot publish for want of what is missing or refused."""
    t, where = translator(lang), gazetteer(delivery.year)
    lines: list[str] = []
    for key in delivery.missing:
        tables = registry.forms()[all_forms()[key].number]
        figures = _figures([(table, "") for table in tables], lang)
        lines.append(t(NO_TABLE, form=all_forms()[key].number, figures=figures))
    for key in delivery.forms:
        for table in registry.forms()[all_forms()[key].number]:
            lines += _lacking(delivery, where, table, lang)
    return lines or [t(ALL_PUBLISHED)]


def _lacking(delivery: Delivery, where: Gazetteer, table: str, lang: str) -> list[str]:
    """Say of the columns that the same places lack what is not published for that."""
    t, rows = translator(lang), delivery.rows(table)
    places = _expected(delivery, where, table)
    lacking: dict[tuple[str, ...], list[str]] = {}
    for column in table_columns(table):
        if column.dtype not in ("int", "float", "bool") or column.name in _keys(table):
            continue
        if column.name.endswith("_pct"):
            continue  # a rate is worked out again from its counts
        there = {str(row.get("commune_code") or row.get("component")) for row in rows}
        blank = {
            str(row.get("commune_code") or row.get("component"))
            for row in rows
            if row[column.name] is None
        }
        lack = tuple(name for code, name in places.items() if code not in there or code in blank)
        if lack and _figures([(table, column.name)], lang):
            lacking.setdefault(lack, []).append(column.name)
    lines: list[str] = []
    for lack, names in lacking.items():
        figures = _figures([(table, name) for name in names], lang)
        words = [column_words(table, one) if one != "met" else t(CRITERIA) for one in names]
        named = _named(list(lack), lang)
        if len(words) == 1:
            lines.append(t(NO_VALUES, column=words[0], places=named, figures=figures))
        else:
            columns = _named([f"“{one}”" for one in words], lang)
            lines.append(t(NO_ROWS, columns=columns, places=named, figures=figures))
    return lines


CRITERIA = N_("criteria met")


def _keys(table: str) -> tuple[str, ...]:
    return registry.tables()[table].key


def _expected(delivery: Delivery, where: Gazetteer, table: str) -> dict[str, str]:
    """Return the rows a table should have by their subject, with their names."""
    if registry.tables()[table].units:
        rural = registry.tables()[table].units == "rural"
        units = where.units(delivery.district)
        return {one.code: one.full_name for one in units if not rural or one.rural}
    from kgstats.returns.forms import code_words

    return {
        str(row["component"]): code_words("components", str(row["component"]))
        for row in delivery.rows(table)
    }


def _figures(columns: Iterable[tuple[str, str]], lang: str) -> str:
    """Name the published figures that are worked out from some columns."""
    t = translator(lang)
    wanted = list(columns)
    ranked = sorted(
        # Some are labelled by a year, which is not said here; a comma in a name parts no names.
        (one for one in registry.measures().values() if "{" not in one.label),
        key=lambda one: (one.kind not in TELLING, "," in one.label),
    )
    labels = [
        t(measure.label)
        for measure in ranked
        if measure.definition
        and any(
            one.table == table and (not column or one.column == column)
            for one in measure.origins
            for table, column in wanted
        )
    ]
    return _named(list(dict.fromkeys(label for label in labels if label)), lang)


def _named(names: Sequence[str], lang: str) -> str:
    t = translator(lang)
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    shown = ", ".join(names[: MOST_NAMED - 1])
    return t(AND_MORE, names=shown, n=figure(len(names) - MOST_NAMED + 1, lang))
