"""Plain frames as tables of the publication, for the asking and by themselves in a run."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from io import StringIO
from itertools import count
from typing import TYPE_CHECKING, Any

from kgstats.notebook.view import NotebookError
from kgstats.notebook.words import Words

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.present.plain import Plain


class Showing(Words):
    """What a report makes of a plain frame."""

    def show(
        self,
        frame: pd.DataFrame | pd.Series,
        caption: str = "",
        *,
        slug: str = "",
        labels: Mapping[str, str] | None = None,
        units: Mapping[str, str] | None = None,
        notes: Sequence[str] = (),
    ) -> Plain:
        """Return a frame as a published table: caption, units, downloads, the cells behind it.

        A run does so by itself with a frame that a cell ends in, and calls it as the heading above
        it; in JupyterLab a frame stays as pandas shows it, with the names you work with.

        Parameters
        ----------
        frame
            Any frame or series. Columns that the registry knows are called as everywhere else,
            codes are put into words; a long frame shows its first rows, its files hold all.
        caption
            What, where, when. Where a page has the frame without one, the heading above it.
        slug
            Stable name, unique on its page; the anchor readers cite.
        labels
            Words for columns by name. The notebook's own words are used too, by the column's name.
        units
            Units of columns by name, in words.
        notes
            Footnotes, a text each.

        Examples
        --------
        >>> import pandas as pd
        >>> from kgstats import notebook
        >>> report = notebook.start(2019, "en")
        >>> frame = pd.DataFrame({"commune_code": ["30985"], "depth": [12]})
        >>> print(report.show(frame, "Wells", slug="wells", units={"depth": "m"}).to_text())
        Wells
        Commune | depth, m
        Thứ Ba | 12
        """
        from kgstats.present.plain import plain

        if not slug:
            raise NotebookError(
                "a table needs a name that readers can cite, unique on its page: "
                'report.show(frame, "Caption", slug="poor-communes")'
            )
        return plain(
            frame,
            slug=slug,
            lang=self.lang,
            year=self.year,
            caption=caption,
            labels={**self.own_words, **(labels or {})},
            units=units,
            notes=notes,
        )

    def publish_frames(self) -> None:
        """Have every frame that a cell ends in come out as a table, as a run does.

        Under disclosure control nothing else comes out but what the product makes of frames: what
        HTML, pictures, texts and printed lines show cannot be checked, so they stop the notebook.
        """
        import pandas as pd
        from IPython import get_ipython

        numbers, formatter = count(1), get_ipython().display_formatter

        def bundle(frame: Any, include: Any = None, exclude: Any = None) -> dict[str, Any]:
            return self.show(frame, slug=f"frame-{next(numbers)}")._repr_mimebundle_()

        for kind in (pd.DataFrame, pd.Series):
            formatter.mimebundle_formatter.for_type(kind, bundle)
        if self.disclosure == (0, 1):
            return
        from pandas.io.formats.style import Styler

        usual = formatter.format

        def covered(shown: Any, include: Any = None, exclude: Any = None) -> Any:
            # Here, for what a formatter raises is swallowed, and a frame shown as pandas shows it.
            shown = shown.data if isinstance(shown, Styler) else shown
            if isinstance(shown, pd.DataFrame | pd.Series):
                return bundle(shown), {}
            if type(shown).__module__.partition(".")[0] != "kgstats":
                raise _uncovered(f"what a cell shows as {type(shown).__name__}")
            return usual(shown, include, exclude)

        formatter.format = covered
        sys.stdout = _Silent()


class _Silent(StringIO):
    """Stands in for what cells print to; IPython puts a method of the stream itself back."""

    def write(self, text: str) -> int:
        if text.strip():
            raise _uncovered("what a cell prints")
        return len(text)


def _uncovered(what: str) -> NotebookError:
    return NotebookError(
        f"disclosure control cannot check {what}: end the cell in a frame, or make a table or "
        "figure of it"
    )
