"""A collection in a notebook: its tables by name, province and year, read as they are asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgstats import registry, workspace
from kgstats.national.written import OWN, PART, is_collection
from kgstats.notebook.view import NotebookError
from kgstats.reference import province
from kgstats.words import LANGUAGES, Translate, translator

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow.dataset

    from kgstats.present.provenance import Source

VARIABLE = "KGSTATS_COLLECTED"
"""Names the folder of the collection that a notebook reads."""


@dataclass(frozen=True)
class Collected:
    """What ``kgstats collect`` put together, seen from one year in one language."""

    folder: Path
    year: int
    lang: str

    @property
    def t(self) -> Translate:
        """Say a text in the language of the page."""
        return translator(self.lang)

    def dataset(self, name: str) -> pyarrow.dataset.Dataset:
        """Open a table of all provinces and years; nothing is read before it is asked for.

        Parameters
        ----------
        name
            A clean table, ``quality`` or ``rules``.

        Returns
        -------
        pyarrow.dataset.Dataset
            Its columns, with ``province_code`` (text, ``04``) and ``year`` of the folders.
        """
        import pyarrow as pa
        import pyarrow.dataset as ds

        if name not in registry.tables() and name not in OWN:
            known = ", ".join([*registry.made_from("returns"), *OWN])
            raise NotebookError(f"there is no table {name!r} in a collection; there are: {known}")
        if name in OWN:
            return ds.dataset(self.folder / name, format="parquet")
        parts = pa.schema([("province_code", pa.string()), ("year", pa.int64())])
        hive = ds.partitioning(parts, flavor="hive")
        return ds.dataset(self.folder / name, format="parquet", partitioning=hive)

    def table(
        self, name: str, *, province_code: str | None = None, year: int | None = None
    ) -> pd.DataFrame:
        """Read a table, or what of it is of one province, or of one year.

        Parameters
        ----------
        name
            A clean table, ``quality`` or ``rules``.
        province_code
            A province's code, as ``04``.
        year
            A reporting year.
        """
        import pandas as pd

        if name in OWN:
            frame = pd.read_parquet(self.folder / name / PART)
            kept = pd.Series(True, index=frame.index)
            if province_code is not None:
                kept &= frame["province_code"] == province_code
            if year is not None:
                kept &= frame["year"] == year
            return frame[kept].reset_index(drop=True)
        frames = [
            _keyed(pd.read_parquet(path), code, own)
            for code, own, path in self._files(name)
            if province_code in (None, code) and year in (None, own)
        ]
        return pd.concat(frames, ignore_index=True) if frames else _empty(name)

    def _files(self, name: str) -> Iterator[tuple[str, int, Path]]:
        for path in sorted((self.folder / name).glob(f"province_code=*/year=*/{PART}")):
            code, year = (part.partition("=")[2] for part in path.parts[-3:-1])
            yield code, int(year), path

    @cached_property
    def quality(self) -> pd.DataFrame:
        """What was received of each province in the year of the page, and what became of it."""
        return self.table("quality", year=self.year)

    @cached_property
    def provinces(self) -> dict[str, str]:
        """The names of all provinces of the collection by code, a province without the year too."""
        codes = sorted(set(self.table("quality")["province_code"]))
        return {code: province.of_code(code).shown(self.lang) for code in codes}

    def each(
        self, analysis: Callable[[Mapping[str, Mapping[int, pd.DataFrame]], int], pd.DataFrame]
    ) -> pd.DataFrame:
        """Apply an analysis of one province to each that has the year; put the results together.

        Within it the lists of communes and districts are the province's own. One province is read
        at a time, so that memory does not grow with their number.

        Parameters
        ----------
        analysis
            Takes a province's clean tables (by name, then by year, up to that of the page) and
            the year, and returns a frame: see :mod:`kgstats.analysis.provinces`.

        Returns
        -------
        pandas.DataFrame
            Its rows, each with ``province_code``.
        """
        import pandas as pd

        found = []
        for code in sorted(self.quality["province_code"]):
            with province.turned(province.of_code(code)):
                made = analysis(self._tables(code), self.year)
            made.insert(0, "province_code", pd.array([code] * len(made), "string"))
            found.append(made)
        held = [one for one in found if len(one)]
        return pd.concat(held or found[:1], ignore_index=True) if found else pd.DataFrame()

    def sources(self, frame: pd.DataFrame, names: Iterable[str]) -> list[Source]:
        """Name the rows of clean tables that columns of a frame were computed from.

        Tables and figures ask this by themselves. The ledger ``cells`` of the same province and
        year leads from such a row to the cells of the workbooks: its ``row_key`` is the row's key.

        Parameters
        ----------
        frame
            Rows with their ``province_code``.
        names
            Columns that the registry knows.
        """
        from kgstats.present.provenance import Source

        if "province_code" not in frame:
            return []
        wanted = {(one.table, _year_of(one.year, self.year)) for n in names
                  for one in registry.origins(n) if one.table in registry.of_forms()}  # fmt: skip
        found = []
        for code in dict.fromkeys(map(str, frame["province_code"].dropna())):
            labels = self.table("quality", province_code=code).set_index("year")["workspace"]
            for name, year in sorted(wanted):
                if rows := self._rows(name, code, year):
                    place = f"{labels[year]} › {name} {year}"
                    found.append(Source(self.provinces[code], place, "", (), rows))
        return found

    def _rows(self, name: str, code: str, year: int) -> int:
        import pyarrow.parquet as pq

        path = self.folder / name / f"province_code={code}" / f"year={year}" / PART
        return int(pq.read_metadata(path).num_rows) if path.is_file() else 0

    def _tables(self, code: str) -> dict[str, dict[int, pd.DataFrame]]:
        own = self.table("quality", province_code=code)["year"]
        years = sorted(int(year) for year in own if year <= self.year)
        return {
            name: {
                year: self.table(name, province_code=code, year=year).drop(
                    columns=["province_code", "workspace", "illustrative"]
                )
                for year in years
            }
            for name in registry.of_forms()
        }


def _year_of(origin: str, year: int) -> int:
    """Return the year that a measure's origin names: the row's own, or the one before."""
    return year - 1 if origin in ("-1", "base_year") else year


def _keyed(frame: pd.DataFrame, code: str, year: int) -> pd.DataFrame:
    import pandas as pd

    frame.insert(0, "province_code", pd.array([code] * len(frame), "string"))
    frame.insert(1, "year", pd.array([year] * len(frame), "Int64"))
    return frame


def _empty(name: str) -> pd.DataFrame:
    """Return a table without rows, its columns of the types they have."""
    import pandas as pd

    from kgstats.returns.contracts import types

    kinds: dict[str, Any] = {"province_code": "string", "year": "Int64", **types(name)}
    kinds |= {"workspace": "string", "illustrative": "boolean"}
    return pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in kinds.items()})


def start(year: int, lang: str, folder: str = "") -> Collected:
    """Open a collection in a notebook.

    Parameters
    ----------
    year
        The year whose figures are compared.
    lang
        ``vi`` or ``en``.
    folder
        What ``--out`` was; of the variable ``KGSTATS_COLLECTED`` where none is named.

    Raises
    ------
    NotebookError
        When there is no collection, or nothing of that year in it.

    Examples
    --------
    >>> start(2019, "en", "nowhere")
    Traceback (most recent call last):
    kgstats.notebook.view.NotebookError: nowhere is no collection: make one with kgstats collect
    """
    if lang not in LANGUAGES:
        raise NotebookError(f"lang must be one of {', '.join(LANGUAGES)}, not {lang!r}")
    named = folder or os.environ.get(VARIABLE, "")
    if not named or not is_collection(Path(named)):
        shown = named or f"neither a folder nor {VARIABLE} names one, so this"
        raise NotebookError(f"{shown} is no collection: make one with kgstats collect")
    found = Collected(Path(named), year, lang)
    if found.quality.empty:
        there = sorted({int(one) for one in found.table("quality")["year"]})
        raise NotebookError(
            f"nothing of {year} was collected; there are: {', '.join(map(str, there))}"
        )
    from kgstats import lab
    from kgstats.present import provenance

    # Whatever folder it is opened in: no province's own words are said of all of them.
    province.use(None)
    provenance.find_with(found.sources)
    if lab.worn() and os.environ.get(workspace.RUN_VARIABLE) != "1":
        from IPython.display import display

        display(lab.Dress(lang))
    return found
