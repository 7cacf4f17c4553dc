"""What a notebook of the collection starts with: its year, its language, data by name.

- `start` opens the `Report` of a year in a language;
- `Report.data`, `Report.describe`, `Report.make`, `Report.by_year` give data by name;
- `Report.t` says a text in the report's language, the notebook's own words too;
- `Report.show` makes a published table of a plain frame;
- `Report.received`, `Report.corrections`, `Report.deliveries` tell of the files behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from kgstats import workspace
from kgstats.notebook.received import Received
from kgstats.notebook.showing import Showing
from kgstats.notebook.view import NotebookError, reachable
from kgstats.words import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.lineage import Cells, Places
    from kgstats.present.provenance import Source

__all__ = ["NotebookError", "Report", "start"]


@dataclass(frozen=True)
class Report(Showing, Received):
    """One notebook's view of one year in one language."""

    def sources(self, frame: pd.DataFrame, names: Iterable[str]) -> list[Source]:
        """Name the cells of the workbooks that columns of a frame were computed from.

        Tables and figures ask this by themselves. It needs the frame's keys (``district_code``,
        ``commune_code``, ``source`` …) and measures that the registry names.

        Parameters
        ----------
        frame
            Rows with their keys.
        names
            Columns that the registry knows.
        """
        behind = self._cells.places(frame, names).items()
        return [source for year, places in behind for source in self._gathered(year, places)]

    @cached_property
    def _gathered(self) -> Callable[[int, Places], list[Source]]:
        from kgstats.present import provenance

        @lru_cache
        def gathered(year: int, places: Places) -> list[Source]:
            cells = self._cells.rows(year, places)
            if year != self.year:
                # A file of another year may have the same name.
                cells = cells.assign(file=f"{year}/" + cells["file"].astype(str))
            return provenance.sources(cells, _district_names(year))

        return gathered

    @cached_property
    def _cells(self) -> Cells:
        from kgstats.lineage import Cells

        @lru_cache
        def read(name: str, year: int) -> pd.DataFrame:
            return self._read(name, year, optional=True)

        return Cells(read, self.year, self._opened)


@lru_cache
def _district_names(year: int) -> dict[str, str]:
    from kgstats.reference import areas

    districts = areas.districts(year)
    return dict(zip(districts["district_code"], districts["district_name"], strict=True))


def start(year: int, lang: str, disclosure: tuple[int, int] = (0, 1)) -> Report:
    """Open a report: checks the parameters and finds the workspace.

    Parameters
    ----------
    year
        The year whose data are read by name.
    lang
        ``vi`` or ``en``: the language of everything the report says.
    disclosure
        The threshold and the rounding of disclosure control; with it on, no table or figure can be
        made that shows a withheld count of households.

    Raises
    ------
    NotebookError
        For a year or a language that cannot be meant, or when no workspace is found.

    Examples
    --------
    >>> start(2019, "eng")
    Traceback (most recent call last):
    kgstats.notebook.view.NotebookError: lang must be one of vi, en, not 'eng'
    """
    if isinstance(year, bool) or not isinstance(year, int) or not 2000 <= year <= 2100:
        raise NotebookError(f"year must be a whole number such as 2019, not {year!r}")
    if lang not in LANGUAGES:
        raise NotebookError(f"lang must be one of {', '.join(LANGUAGES)}, not {lang!r}")
    try:
        report = Report(year, lang, workspace.find(), disclosure)
    except workspace.WorkspaceError as error:
        raise NotebookError(str(error)) from None
    from kgstats import lab, strings
    from kgstats.present import provenance, tables

    strings.as_objects()
    if report.interactive and lab.worn():
        from IPython import get_ipython
        from IPython.display import display

        from kgstats.notebook import mistakes

        reachable()
        mistakes.tell_in_one_line(get_ipython())
        display(lab.Dress(lang))
    elif lab.worn():
        report.publish_frames()
    provenance.find_with(report.sources)
    tables.check_with(report.release.gives_away if report.release.is_on else None)
    return report
