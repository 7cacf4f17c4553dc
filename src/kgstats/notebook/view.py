"""One notebook's view of one year: its language, its workspace, what of it readers may see."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kgstats import workspace

if TYPE_CHECKING:
    from kgstats.analysis.poverty_disclosure import Release


class NotebookError(Exception):
    """A problem the researcher can mend; shown in a notebook as one line, not as a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class View:
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
    def interactive(self) -> bool:
        """Whether a person sits before the notebook; False in a run of the pipeline."""
        return os.environ.get(workspace.RUN_VARIABLE) != "1"


def reachable() -> None:
    """Let ``!kgstats …`` in a cell find the command, whatever started the kernel."""
    here = str(Path(sys.executable).parent)
    held = os.environ.get("PATH", "").split(os.pathsep)
    if here not in held:
        os.environ["PATH"] = os.pathsep.join([here, *held])
