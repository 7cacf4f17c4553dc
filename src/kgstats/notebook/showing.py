"""Plain frames as tables of the publication, for the asking and by themselves in a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import count
from typing import TYPE_CHECKING, Any

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
        slug: str,
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

        A frame that would show what disclosure control withholds comes out as a refusal, which
        stops its page: an error here would be swallowed, and the frame shown as it is.
        """
        import pandas as pd
        from IPython import get_ipython

        from kgstats.present.tables import DATA_TYPE

        numbers = count(1)

        def bundle(frame: Any, include: Any = None, exclude: Any = None) -> dict[str, Any]:
            slug = f"frame-{next(numbers)}"
            try:
                return self.show(frame, slug=slug)._repr_mimebundle_()
            except Exception as error:
                if self.disclosure == (0, 1):
                    raise
                told: dict[str, Any] = {"slug": slug, "refused": str(error)}
                # Without HTML of its own a bundle would get that of pandas.
                said = f"<p>{escape(str(error))}</p>"
                return {"text/html": said, "text/plain": str(error), DATA_TYPE: told}

        formatter = get_ipython().display_formatter.mimebundle_formatter
        for kind in (pd.DataFrame, pd.Series):
            formatter.for_type(kind, bundle)
        if self.disclosure != (0, 1):
            # With a style of its own a frame would go past the control.
            from pandas.io.formats.style import Styler

            formatter.for_type(Styler, lambda styled, *asked: bundle(styled.data))
