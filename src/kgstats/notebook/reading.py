"""Data by name: read, with names and meanings for the asking, or made anew."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kgstats import registry, workspace
from kgstats.notebook.view import NotebookError, reachable
from kgstats.notebook.words import Words

if TYPE_CHECKING:
    import pandas as pd


class Reading(Words):
    """What a report reads by name."""

    def data(
        self,
        name: str,
        *,
        year: int | None = None,
        optional: bool = False,
        names: bool = False,
    ) -> pd.DataFrame:
        """Read a data set by its name.

        Parameters
        ----------
        name
            ``figures``, ``identities``, ``topics``, ``targets``, ``series``, ``units``, ``audit``,
            ``attainment``, ``communes``, ``funding``, ``poverty``, ``findings`` (in the report's
            language), ``cells``, or ``cells_02`` for those of one form.
        year
            Another year than the report's own.
        optional
            Return an empty frame when it is not there.
        names
            Add what its codes stand for, each behind its code: names of districts and communes,
            type and area of a commune, words of code lists in the report's language.

        Raises
        ------
        NotebookError
            Naming the command that makes it.

        Examples
        --------
        >>> from kgstats import notebook
        >>> report = notebook.start(2019, "en")
        >>> report.data("series", optional=True).empty
        False
        """
        frame = self._read(name, self.year if year is None else year, optional)
        self._opened.add((name, self.year if year is None else year))
        return self._named(frame, self.year if year is None else year) if names else frame

    @cached_property
    def _opened(self) -> set[tuple[str, int]]:
        """What was read by name, of which years: all that is shown comes from these."""
        return set()

    def _named(self, frame: pd.DataFrame, year: int) -> pd.DataFrame:
        """Add names, areas and words to what a frame knows by codes."""
        from kgstats.reference import areas

        units = areas.units(year)
        found = frame.copy()
        for code in ("district_code", "commune_code"):
            if code not in found:
                continue
            more = units.drop_duplicates(code).set_index(code)
            column = code.replace("_code", "_name")
            names = {column: "district_name" if code == "district_code" else "name"}
            if code == "commune_code":
                names |= {"commune_type": "type", "area_km2": "area_km2"}
            at = found.columns.get_loc(code)
            for step, (new, old) in enumerate(names.items(), 1):
                found.insert(at + step, new, found[code].map(more[old]))
        for column, (_, codes) in registry.code_lists().items():
            if column in found:
                words = {code: self.t(one) for code, one in codes.items()}
                at = found.columns.get_loc(column) + 1
                found.insert(at, f"{column}_words", found[column].map(words))
        return found

    def describe(self, what: str | pd.DataFrame) -> pd.DataFrame:
        """Return what the columns of a table or of a result mean: unit, range, definition.

        Parameters
        ----------
        what
            The name of a table, such as ``poverty`` or ``figures``, or a result: of a column of
            your own nothing is said.

        Returns
        -------
        pandas.DataFrame
            A row a column: ``type, unit, lowest, highest, definition`` of a table; of a result
            ``type, unit, definition, from`` (columns of clean tables).

        Raises
        ------
        NotebookError
            Where there is no such table.

        Examples
        --------
        >>> from kgstats import notebook
        >>> notebook.start(2019, "en").describe("poverty").loc["poor_end_hh", "unit"]
        'households'
        >>> import pandas as pd
        >>> gap = pd.DataFrame({"gap_vnd": [4]})
        >>> notebook.start(2019, "en").describe(gap).loc["gap_vnd", ["unit", "from"]].tolist()
        ['VND', 'funding.allocated_vnd, funding.disbursed_vnd']
        """
        import pandas as pd

        if not isinstance(what, str):
            told = [(name, str(what[name].dtype), *self._meaning(str(name))) for name in what]
            heads = ["column", "type", "unit", "definition", "from"]
            return pd.DataFrame(told, columns=heads).set_index("column")
        tables = {**registry.tables(), **registry.given()}
        if what not in tables:
            raise NotebookError(f"there is no table {what!r}; there are: {', '.join(tables)}")
        rows = []
        for one in tables[what].columns:
            low, high = one.limits(self.year) or (None, None)
            rows.append((one.name, one.dtype, one.unit, low, high, self.t(one.definition)))
        heads = ["column", "type", "unit", "lowest", "highest", "definition"]
        return pd.DataFrame(rows, columns=heads).set_index("column")

    def _meaning(self, name: str) -> tuple[str, str, str]:
        unit, measure = registry.unit_of(name), registry.measures().get(name)
        label = "" if measure is None else self.t(measure.label)
        said = ": ".join(filter(None, (label, registry.meaning(name, self.t))))
        origins = dict.fromkeys(f"{one.table}.{one.column}" for one in registry.origins(name))
        return "" if unit is None else self.t(unit.words), said, ", ".join(origins)

    def make(self, name: str, *, year: int | None = None) -> pd.DataFrame:
        """Make a data set anew, say how it goes, and return it.

        It is made as the yearly run makes it, by the command that `data` names.

        Parameters
        ----------
        name
            As `data` takes it.
        year
            Another year than the report's own.

        Raises
        ------
        NotebookError
            Where nothing makes it, or making it failed.

        Examples
        --------
        ``report.make("funding", year=2020)`` cleans the returns of 2020.
        """
        import shlex
        import subprocess

        wanted = self.year if year is None else year
        if name not in workspace.DATA_SETS:
            return self.data(name, year=wanted)  # says which there are
        made_by = workspace.DATA_SETS[name].made_by.format(year=wanted)
        if not made_by.startswith("kgstats "):
            return self.data(name, year=wanted)
        reachable()
        words = [*shlex.split(made_by), "--workspace", str(self.workspace.root)]
        if "clean" in words:
            words += ["--lang", self.lang]
        print(f"{made_by} …", flush=True)
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        ) as running:
            assert running.stdout is not None
            for line in running.stdout:
                print(line, end="", flush=True)
        # Cleaning ends with 1 where values were refused: the tables are there.
        if not self.workspace.data_set(name, wanted).is_file():
            raise NotebookError(
                f"{made_by} did not make {name} of {wanted}: see what it says above"
            )
        return self.data(name, year=wanted)

    def _read(self, name: str, wanted: int, optional: bool) -> pd.DataFrame:
        import pandas as pd

        if name not in workspace.DATA_SETS:
            raise NotebookError(
                f"there is no data set {name!r}; there are: {', '.join(workspace.DATA_SETS)}"
            )
        path = self.workspace.data_set(name, wanted)
        if optional and not path.is_file():
            return pd.DataFrame()
        try:
            self.workspace.require(name, wanted)
        except workspace.WorkspaceError as error:
            raise NotebookError(str(error)) from None
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
            if name != "poverty" and self.disclosure != (0, 1):
                # Counts stay, for sums are made of them; frames go through `release.applied`.
                frame = self._withheld(name, frame, wanted)
            if name == "findings":
                from kgstats.returns import rules

                return rules.worded(frame, self.lang)
            return frame
        if path.is_relative_to(self.workspace.raw / "published"):
            from kgstats import published

            try:
                return published.read(name, self.workspace.root, wanted)
            except published.PublishedError as error:
                raise NotebookError(str(error)) from None
        raise NotebookError(f"{path.name} is of a kind no notebook reads")

    def _withheld(self, name: str, frame: pd.DataFrame, year: int) -> pd.DataFrame:
        """Return what was received as it may leave the office."""
        import pandas as pd

        from kgstats import withholding

        if name in registry.ledgers().values():
            name = "cells"
        if name not in withholding.RECEIVED:
            return frame
        path = self.workspace.data_set("cells", year)
        if not path.is_file():
            return frame
        return withholding.published(name, frame, self.release, pd.read_parquet(path))

    def clean_tables(self) -> dict[str, pd.DataFrame]:
        """Read every clean table of the year that its returns gave, by name."""
        tables = {name: self.data(name, optional=True) for name in registry.of_forms()}
        return {name: table for name, table in tables.items() if len(table)}

    def by_year(self, name: str) -> dict[int, pd.DataFrame]:
        """Read a data set of this year and of every earlier year that has it.

        Parameters
        ----------
        name
            As `data` takes it.

        Raises
        ------
        NotebookError
            When it is not there for the report's own year.
        """
        earlier = [
            year
            for year in self.workspace.years()
            if year < self.year and self.workspace.data_set(name, year).is_file()
        ]
        return {year: self.data(name, year=year) for year in [*earlier, self.year]}
