"""Fifteen districts' returns as files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from kgstats.returns.cells import column_letter
from kgstats.returns.ledger import row_key

from .files import ENDINGS, as_file, as_text
from .forms import Changes, Form
from .habits import Habits, deal
from .legacy import unmarked
from .mistakes import EMPTY, Mistake, plan
from .page import Page
from .places import districts
from .truth import SEED, truth

MESS = 0.5
"""Degree of mess at which every value can still be read without guessing."""


@dataclass(frozen=True)
class Manifest:
    """What was written where.

    ``files`` are the names in the order of the districts; ``cells`` has one row per value of a
    clean table: ``file, sheet, cell, district_code, table, row_key, column, written``, keyed as
    the ledger of a reading is; sheet is empty for files of one table. Of a file that was cut off
    it says what stood in the whole one. ``mistakes`` are the deliberate ones.
    """

    files: tuple[str, ...]
    cells: pd.DataFrame
    mistakes: tuple[Mistake, ...]
    habits: dict[str, Habits]


def _file_name(pattern: int, district: str, name: str, year: int, part: str) -> str:
    plain = unmarked(name)
    joined = plain.replace(" ", "")
    if part:
        return (
            f"{part} - {plain} {year}",
            f"{joined}_{part.replace(' ', '_')}_{year}",
            f"{district} {part} nam {year}",
        )[pattern % 3]
    return (
        f"{district}_{joined}_{year}",
        f"Bieu MTQG {year} - {plain}",
        f"BC {plain} {year} (ban cuoi)",
        f"Bieu 01-03 {joined} {year} sua",
    )[pattern % 4]


PARTS = {"attainment": "Bieu 01", "funding": "Bieu 02", "poverty": "Bieu 03"}


def workbooks(
    year: int,
    district: str,
    tables: dict[str, pd.DataFrame],
    habits: Habits,
    changes: Changes,
) -> dict[str, tuple[bytes, list[Page]]]:
    """Return the files of one district: the bytes and the pages by file name."""
    form = Form(year, district, tables, habits, changes)
    pages = {
        "attainment": [form.attainment()],
        "funding": [form.funding()],
        "poverty": form.poverty(),
    }
    if habits.hidden_column == "yes":
        form.hide_column(pages["funding"][0])
    name = str(form.own["name"])
    pattern = int(district) + (habits.words == "other")
    ending = ENDINGS[habits.file_format]
    if habits.files == "one":
        every = [page for part in pages.values() for page in part] + form.beside()
        file = _file_name(pattern, district, name, year, "") + ending
        return {file: (as_file(every, habits.file_format), every)}
    files = {}
    for table, part in pages.items():
        extra = form.beside() if table == "poverty" else []
        file = _file_name(pattern, district, name, year, PARTS[table]) + ending
        files[file] = (as_file([*part, *extra], habits.file_format), [*part, *extra])
    return files


def write(year: int, out: Path | str, seed: int = SEED, mess: float = MESS) -> Manifest:
    """Write the illustrative returns of fifteen districts into a folder.

    The figures are those of :func:`illustrative.truth`; how they are written (file format,
    letters, numbers, layout) differs from district to district as real returns do. Every page
    says that its figures are illustrative.

    Parameters
    ----------
    year
        2018, 2019 or 2020.
    out
        Folder, made where absent; files of the same names are replaced.
    seed
        Decides the figures, who has which habit and who makes which mistake.
    mess
        0: fifteen tidy workbooks; 0.5: everything can be read without guessing, and some
        stated totals, rates and names are deliberately wrong (``manifest.mistakes``); 1: marks
        left blank, communes named twice, ruined letters, a file cut off.

    Returns
    -------
    Manifest
        Which cell holds which value of the clean tables.

    Raises
    ------
    UnknownYear, ValueError
        For a year without published facts, a mess outside 0..1.
    """
    tables = truth(year, seed)
    habits = deal(year, seed, mess)
    changes, made = plan(year, seed, mess, tables, habits)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    files: list[str] = []
    cells: list[tuple[str, str, str, str, str, str, str, str]] = []
    for district in districts()["district_code"]:
        own = habits[district]
        for file, (content, pages) in workbooks(
            year, district, tables, own, changes[district]
        ).items():
            if own.damage == "cut off":
                content = content[: len(content) // 2]
            (folder / file).write_bytes(content)
            files.append(file)
            for page in pages:
                sheet = "" if own.file_format in ("csv", "tsv", "utf16", "cp1258", "html") else (
                    page.name
                )  # fmt: skip
                for (row, column), source in page.sources.items():
                    put = page.cells[row, column]
                    if put.value == EMPTY:
                        continue
                    cells.append(
                        (
                            file,
                            sheet,
                            f"{column_letter(column)}{row}",
                            district,
                            source.table,
                            row_key(year, district, *source.row_key),
                            source.column,
                            as_text(put),
                        )
                    )
    columns = ["file", "sheet", "cell", "district_code", "table", "row_key", "column", "written"]
    return Manifest(tuple(files), pd.DataFrame(cells, columns=columns), tuple(made), habits)
