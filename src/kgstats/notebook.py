"""What a notebook of the collection starts with: its year, its language, data by name."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kgstats import registry, workspace
from kgstats.words import LANGUAGES, Translate, translator

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.analysis.poverty_disclosure import Release
    from kgstats.lineage import Cells
    from kgstats.present.provenance import Source


ORIGIN = ("number", "date", "issuer_vi", "issuer_en")
"""What ``origin.yml`` says of a printed report."""


class NotebookError(Exception):
    """A problem the researcher can mend; shown in a notebook as one line, not as a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Report:
    """One notebook's view of one year in one language."""

    year: int
    lang: str
    workspace: workspace.Workspace
    disclosure: tuple[int, int] = (0, 1)
    """Disclosure control: counts below the first are withheld, others rounded to the second."""

    @cached_property
    def release(self) -> Release:
        """What of the year's counts of households readers may see.

        Raises
        ------
        NotebookError
            When the control cannot be, or cannot be kept with these counts.
        """
        from kgstats import withholding

        try:
            control = withholding.Control(*self.disclosure)
            return withholding.decided(self.workspace, self.year, control)
        except withholding.DisclosureError as error:
            raise NotebookError(str(error)) from None

    @property
    def t(self) -> Translate:
        """Translate a text into the report's language."""
        return translator(self.lang)

    @property
    def interactive(self) -> bool:
        """Whether a person sits before the notebook; False in a run of the pipeline."""
        return os.environ.get(workspace.RUN_VARIABLE) != "1"

    @property
    def origin(self) -> dict[str, Any]:
        """The printed document of the year: number, date, issuer.

        Raises
        ------
        NotebookError
            When the year has no transcribed report.
        """
        import yaml

        path = self.workspace.report_origin(self.year)
        if not path.is_file():
            raise NotebookError(
                f"the printed report of {self.year} does not say where it is from: write {path}"
            )
        origin = dict(yaml.safe_load(path.read_text(encoding="utf-8")))
        missing = [name for name in ORIGIN if not origin.get(name)]
        if missing:
            shown = path.relative_to(self.workspace.root).as_posix()
            raise NotebookError(f"{shown} does not say {', '.join(missing)}: fill it in")
        return origin

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
            language), ``cells``.
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
        return self._named(frame, self.year if year is None else year) if names else frame

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

    def describe(self, name: str) -> pd.DataFrame:
        """Return what the columns of a clean table mean: unit, range, definition.

        Parameters
        ----------
        name
            A clean table: ``attainment``, ``communes``, ``funding`` or ``poverty``.

        Raises
        ------
        NotebookError
            Where there is no such table.

        Examples
        --------
        >>> from kgstats import notebook
        >>> notebook.start(2019, "en").describe("poverty").loc["poor_end_hh", "unit"]
        'households'
        """
        import pandas as pd

        tables = registry.tables()
        if name not in tables:
            raise NotebookError(f"there is no clean table {name!r}; there are: {', '.join(tables)}")
        rows = []
        for one in tables[name].columns:
            low, high = one.limits(self.year) or (None, None)
            rows.append((one.name, one.dtype, one.unit, low, high, self.t(one.definition)))
        heads = ["column", "type", "unit", "lowest", "highest", "definition"]
        return pd.DataFrame(rows, columns=heads).set_index("column")

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
        _reachable()
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

        path = self.workspace.data_set("cells", year)
        if name not in withholding.RECEIVED or not path.is_file():
            return frame
        return withholding.published(name, frame, self.release, pd.read_parquet(path))

    def accept(self, figures: pd.DataFrame, statements: pd.DataFrame) -> str:
        """Take proposed figures and statements over into the transcription of the year's report.

        Parameters
        ----------
        figures, statements
            Rows of ``proposed_figures`` and ``proposed_identities``, chosen and changed as you
            see fit. Rows that were accepted before stay as they are.

        Raises
        ------
        NotebookError
            With a line for every rule a row would break; nothing is written then.
        """
        from kgstats.published import PublishedError
        from kgstats.published.reading import review

        try:
            taken = review.accept(self.year, figures, statements, self.workspace)
        except PublishedError as error:
            raise NotebookError(str(error)) from None
        return self.t(
            "{figures} figures and {statements} statements taken over; {kept} rows stay as they "
            "are.",
            figures=str(taken.figures), statements=str(taken.identities), kept=str(taken.kept),
        )  # fmt: skip

    def clean_tables(self) -> dict[str, pd.DataFrame]:
        """Read every clean table of the year that its returns gave, by name."""
        tables = {name: self.data(name, optional=True) for name in registry.of_forms()}
        return {name: table for name, table in tables.items() if len(table)}

    def by_year(self, name: str) -> dict[int, pd.DataFrame]:
        """Read a data set of this year and of every earlier year that has it.

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

    def received(self) -> dict[str, Any]:
        """What there is of the year: ``returns``, ``report``, and ``statement``.

        ``statement`` holds what ``origin.yml`` says of illustrative returns, by language; it is
        None where the returns are not declared illustrative.
        """
        import yaml

        statement = None
        if self.workspace.is_illustrative(self.year):
            origin = self.workspace.year_raw(self.year) / "origin.yml"
            declared = yaml.safe_load(origin.read_text(encoding="utf-8"))
            statement = dict(declared.get("statement") or {})
        return {
            "returns": self.workspace.has_returns(self.year),
            "report": self.workspace.has_report(self.year),
            "statement": statement,
        }

    def corrections(self) -> pd.DataFrame:
        """Read the corrections declared for the year's returns; without rows where there are none.

        Columns: ``number, file, sheet, cell, expected, value, reason, reported_by, status``, all
        text but the number.

        Raises
        ------
        NotebookError
            When ``corrections.yml`` cannot be read.
        """
        import pandas as pd

        from kgstats.returns import corrections
        from kgstats.returns.ledger import raw_text

        try:
            found = corrections.read_corrections(
                self.workspace.year_raw(self.year) / "corrections.yml"
            )
        except corrections.CorrectionError as error:
            raise NotebookError(str(error)) from None
        rows = [
            (
                one.number, one.file, one.sheet, one.cell, one.expected,
                "" if one.value is None else raw_text(one.value),
                one.reason, one.reported_by, one.status,
            )
            for one in found
        ]  # fmt: skip
        columns = ["number", "file", "sheet", "cell", "expected", "value"]
        columns += ["reason", "reported_by", "status"]
        frame = pd.DataFrame(rows, columns=columns)
        frame = frame.astype({**dict.fromkeys(columns, "string"), "number": "Int64"})
        if self.disclosure != (0, 1):
            from kgstats import withholding

            hidden = ~withholding.shown_at(frame, self.data("cells", optional=True))
            told = ["expected", "value", "reason"]
            frame[told] = frame[told].mask(hidden, self.t(withholding.WITHHELD))
        return frame

    def deliveries(self) -> pd.DataFrame:
        """Read what is declared about the year's files; without rows where nothing is.

        Columns: ``file, district, received, reason`` (text) and ``supersedes`` (a list of the
        files it takes the place of).

        Raises
        ------
        NotebookError
            When ``deliveries.yml`` cannot be read or names a file that is not there.
        """
        import pandas as pd

        from kgstats.returns import deliveries, processed

        folder = self.workspace.returns(self.year)
        files = processed.received_files(folder)
        try:
            found = deliveries.read_deliveries(
                self.workspace.year_raw(self.year) / "deliveries.yml",
                [processed.file_name(file, folder) for file in files],
            )
        except deliveries.DeliveryError as error:
            raise NotebookError(str(error)) from None
        rows = [
            (one.file, one.district, one.received, one.reason, list(one.supersedes))
            for one in found.entries
        ]
        texts = ["file", "district", "received", "reason"]
        frame = pd.DataFrame(rows, columns=[*texts, "supersedes"])
        return frame.astype(dict.fromkeys(texts, "string"))

    def sources(self, frame: pd.DataFrame, names: Iterable[str]) -> list[Source]:
        """Name the cells of the workbooks that columns of a frame were computed from.

        Tables and figures ask this by themselves. It needs the frame's keys (``district_code``,
        ``commune_code``, ``source`` …) and measures that the registry names.
        """
        from kgstats.present import provenance

        found: list[Source] = []
        for year, cells in self._cells.of(frame, names).items():
            if year != self.year:
                # A file of another year may have the same name.
                cells = cells.assign(file=f"{year}/" + cells["file"].astype(str))
            found += provenance.sources(cells, _district_names(year))
        return found

    @cached_property
    def _cells(self) -> Cells:
        from kgstats.lineage import Cells

        @lru_cache
        def read(name: str, year: int) -> pd.DataFrame:
            return self.data(name, year=year, optional=True)

        return Cells(read, self.year)


def _reachable() -> None:
    """Let ``!kgstats …`` in a cell find the command, whatever started the kernel."""
    here = str(Path(sys.executable).parent)
    held = os.environ.get("PATH", "").split(os.pathsep)
    if here not in held:
        os.environ["PATH"] = os.pathsep.join([here, *held])


@lru_cache
def _district_names(year: int) -> dict[str, str]:
    from kgstats.reference import areas

    districts = areas.districts(year)
    return dict(zip(districts["district_code"], districts["district_name"], strict=True))


def start(year: int, lang: str, disclosure: tuple[int, int] = (0, 1)) -> Report:
    """Open a report: checks the parameters and finds the workspace.

    ``disclosure`` is the threshold and the rounding of disclosure control; with it on, no table
    or figure can be made that shows a withheld count of households.

    Raises
    ------
    NotebookError
        For a year or a language that cannot be meant, or when no workspace is found.
    """
    if isinstance(year, bool) or not isinstance(year, int) or not 2000 <= year <= 2100:
        raise NotebookError(f"year must be a whole number such as 2019, not {year!r}")
    if lang not in LANGUAGES:
        raise NotebookError(f"lang must be one of {', '.join(LANGUAGES)}, not {lang!r}")
    try:
        report = Report(year, lang, workspace.find(), disclosure)
    except workspace.WorkspaceError as error:
        raise NotebookError(str(error)) from None
    from kgstats import lab
    from kgstats.present import provenance, tables

    if report.interactive and lab.worn():
        from IPython.display import display

        _reachable()
        display(lab.Dress(lang))
    provenance.find_with(report.sources)
    tables.check_with(report.release.gives_away if report.release.is_on else None)
    return report
