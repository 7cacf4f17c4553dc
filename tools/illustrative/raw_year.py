"""A year of ``data/raw`` with illustrative returns, as the office would keep a real one."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from kgstats.returns.ledger import row_key

from .forms import Changes, records
from .habits import Habits, deal
from .mistakes import Mistake, plan
from .places import units
from .truth import SEED, truth
from .write import MESS, Manifest, workbooks, write

AGREES_WITH: dict[int, tuple[str, ...]] = {
    2018: (
        "51 of 117 communes recognised; 36 in August 2017, 40 in May 2018",
        "13,144 tỷ of central investment money carried over into 2019",
        "18 252 poor households, 4,14 %; near-poor 4,68 %; ethnic 6,95 % and 7,28 %",
    ),
    2019: (
        "64 of 117 communes recognised, 13 in the year; 16,9 criteria on average, none below 10",
        "the districts, communes and the four pending communes of report 25/BC-BCĐ",
        "central money for new rural areas 167 tỷ, 98,856 disbursed; carried over 13,144 and 6,769",
        "poverty programme 56,135 tỷ, of which 51,541 central, and its lines",
        "poor 2,69 %, near-poor 4,59 %, ethnic 4,7 % and 7,23 %",
    ),
    2020: (
        "81 communes recognised, none of them Hòn Thơm: 81 of 116 from 1 January 2021",
        "over 732 tỷ for new rural areas",
        "8 790 poor households (8 037 + 753), 1,91 %; near-poor 19 378, 4,21 %",
        "ethnic poor 2 393, 3,4 %; ethnic near-poor 4 539, 6,45 %",
        "Hòn Đất 1 273 poor households, the most; Kiên Hải 1, the fewest",
    ),
}
"""Published facts that a year's returns reproduce, as ``origin.yml`` lists them."""


def _roomy(year: int, seed: int, mess: float) -> list[tuple[str, Habits]]:
    """Districts with one tidy workbook and no deliberate mistake, by code."""
    tables = truth(year, seed)
    habits = deal(year, seed, mess)
    _, made = plan(year, seed, mess, tables, habits)
    busy = {mistake.district_code for mistake in made}
    return [
        (code, own)
        for code, own in sorted(habits.items())
        if code not in busy
        and (own.files, own.file_format, own.numbers) == ("one", "xlsx", "real")
        and own.damage == "no"
        and own.letters == "unicode"
    ]


def _earlier_tables(year: int, district: str, seed: int) -> dict[str, pd.DataFrame]:
    """Return the tables as a district sent them first: its first commune's flows were not final."""
    tables = truth(year, seed)
    poverty = tables["poverty"]
    at = poverty.index[poverty["district_code"] == district][-1]
    for column, more in (("poor_new_hh", 3), ("poor_end_hh", 3), ("poor_income_hh", 3)):
        poverty.loc[at, column] += more
    share = 100 * poverty.loc[at, "poor_end_hh"] / poverty.loc[at, "households_hh"]
    poverty.loc[at, "poor_end_pct"] = round(float(share), 2)
    return tables


def lay_down(year: int, folder: Path | str, seed: int = SEED, mess: float = MESS) -> Manifest:
    """Write one year's folder: ``returns/``, ``origin.yml`` and the two declarations.

    One district sent its workbook twice, and ``deliveries.yml`` says which counts; another typed
    a count with one zero too many, and ``corrections.yml`` puts it right. Both are there so that
    the declarations are seen at work; like everything here they are illustrative.
    """
    import yaml

    folder = Path(folder)
    returns = folder / "returns"
    shutil.rmtree(returns, ignore_errors=True)
    manifest = write(year, returns, seed, mess)
    roomy = _roomy(year, seed, mess)
    deliveries: list[dict[str, Any]] = []
    corrections: list[dict[str, Any]] = []
    mistakes = list(manifest.mistakes)
    files = list(manifest.files)
    name = dict(zip(units()["district_code"], units()["district"], strict=True))

    for district, own in roomy[:1]:
        tables = _earlier_tables(year, district, seed)
        ((file, (content, _)),) = workbooks(year, district, tables, own, Changes()).items()
        first = file.replace(".xlsx", " (lan 1).xlsx")
        (returns / first).write_bytes(content)
        files.append(first)
        deliveries.append(
            {
                "district": district,
                "file": file,
                "supersedes": [first],
                "received": dt.date(year + 1, 1, 6),
                "reason": f"{name[district]} gửi lại sau khi rà soát hộ nghèo một xã (minh họa)",
            }
        )
    for district, own in roomy[1:2]:
        tables = truth(year, seed)
        poverty = tables["poverty"]
        row = records(poverty[poverty["district_code"] == district])[0]
        key, true = row["commune_code"], row["households_hh"]
        changes = Changes(values={("poverty", key, "households_hh"): true * 10})
        ((file, (content, _)),) = workbooks(year, district, tables, own, changes).items()
        (returns / file).write_bytes(content)
        cells = manifest.cells
        here = (cells["file"] == file) & (cells["table"] == "poverty")
        here &= (cells["row_key"] == row_key(year, district, key)) & (
            cells["column"] == "households_hh"
        )
        (at,) = cells.index[here]
        cells.loc[at, "written"] = str(true * 10)
        corrections.append(
            {
                "file": file,
                "sheet": cells.loc[at, "sheet"],
                "cell": cells.loc[at, "cell"],
                "expected": true * 10,
                "value": true,
                "reason": "Gõ thừa một số 0 ở tổng số hộ (minh họa)",
                "reported_by": f"Phòng LĐTBXH {name[district]} (minh họa)",
                "status": "accepted",
            }
        )
        mistakes.append(
            Mistake(
                "corrected", district, "poverty", (key,), "households_hh", str(true * 10), str(true)
            )
        )
    origin = {
        "illustrative": True,
        "statement": {
            "vi": "Số liệu minh họa do kgstats tạo; không phải báo cáo thật của các huyện.",
            "en": "Illustrative figures made by kgstats; not returns that any district sent.",
        },
        "generator": f"make sample YEAR={year}",
        "seed": seed,
        "mess": mess,
        "agrees_with": list(AGREES_WITH[year]),
    }
    declared: dict[str, dict[str, Any]] = {
        "origin.yml": origin,
        "deliveries.yml": {"deliveries": deliveries},
        "corrections.yml": {"corrections": corrections},
    }
    for file, entries in declared.items():
        text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=98)
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    return replace(manifest, files=tuple(files), mistakes=tuple(mistakes))
