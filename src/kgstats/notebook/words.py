"""A notebook's own words in both languages, in a file beside it: ``46_mine.words.csv``.

A line a text: ``key,vi,en``. Without English the key is the English text. `Report.t` looks here
first, then in the product's catalogues.
"""

from __future__ import annotations

import csv
import os
import string
import sys
from functools import cached_property
from pathlib import Path

from kgstats import workspace
from kgstats.notebook.view import NotebookError, View
from kgstats.words import LANGUAGES, Translate, catalogue

SUFFIX = ".words.csv"
COLUMNS = ("key", "vi", "en")
LAB_VARIABLE = "JPY_SESSION_NAME"
"""Where JupyterLab tells a kernel which notebook it belongs to."""


class Words(View):
    """What a report says in its language."""

    @property
    def words_file(self) -> Path | None:
        """The file of the notebook's own words, there or not; None where no notebook is known."""
        path = os.environ.get(workspace.NOTEBOOK_VARIABLE) or os.environ.get(LAB_VARIABLE, "")
        return Path(path).with_suffix(SUFFIX) if path.endswith(".ipynb") else None

    @cached_property
    def own_words(self) -> dict[str, str]:
        """The notebook's own words in the report's language, by key.

        Raises
        ------
        NotebookError
            Naming the line of the file that cannot be used.
        """
        path = self.words_file
        return {} if path is None or not path.is_file() else read_words(path, self.lang)

    @property
    def t(self) -> Translate:
        """Say a text in the report's language: ``report.t("poor_title", n=64)``.

        The notebook's own words come first (``<notebook>.words.csv`` beside it: ``key,vi,en``),
        then the product's. A text that has no Vietnamese is told in JupyterLab, and stops a run.

        Raises
        ------
        NotebookError
            For a text without Vietnamese in a run, and for one that leaves words open.

        Examples
        --------
        >>> from kgstats import notebook
        >>> notebook.start(2019, "vi").t("Commune")
        'Xã'
        """

        def t(message: str, **values: object) -> str:
            text = self.own_words.get(message) or catalogue(self.lang).get(message)
            if text is None:
                text = message
                if self.lang != "en":
                    self._untold(message)
            try:
                return text.format(**values) if values else text
            except (KeyError, IndexError) as error:
                raise NotebookError(f"“{message}” leaves {error} open: give it a value") from None

        return t

    def _untold(self, message: str) -> None:
        path = self.words_file
        where = "a file <notebook>.words.csv beside the notebook" if path is None else path.name
        said = f"“{message}” has no Vietnamese: add a line to {where} ({','.join(COLUMNS)})"
        if not self.interactive:
            raise NotebookError(said)
        print(said, file=sys.stderr)


def read_words(path: Path, lang: str) -> dict[str, str]:
    """Return the words of a notebook's file in one language, by key.

    Parameters
    ----------
    path
        A CSV in UTF-8 with the columns ``key``, ``vi`` and ``en``.
    lang
        ``vi`` or ``en``.

    Raises
    ------
    NotebookError
        Naming the line: a key twice or without Vietnamese, words left open in one language only.
    """

    def wrong(line: int, what: str) -> NotebookError:
        return NotebookError(f"{path.name}, line {line}: {what}")

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotebookError(f"{path.name} is no CSV in UTF-8: {error}") from None
    if not lines or sorted(lines[0]) != sorted(COLUMNS):
        raise wrong(1, f"the columns must be {', '.join(COLUMNS)}")
    found: dict[str, str] = {}
    for number, line in enumerate(lines[1:], start=2):
        if not any(line):
            continue
        if len(line) != len(COLUMNS):
            raise wrong(number, f"{len(line)} values instead of {len(COLUMNS)}; quote commas")
        row = dict(zip(lines[0], line, strict=True))
        key, texts = row["key"], {"vi": row["vi"], "en": row["en"] or row["key"]}
        if not key or key in found:
            raise wrong(number, f"the key {key!r} is there twice" if key else "there is no key")
        if not texts["vi"]:
            raise wrong(number, f"“{key}” has no Vietnamese")
        try:
            vi, en = (_open(texts[one]) for one in LANGUAGES)
        except ValueError as error:
            raise wrong(number, f"a brace is not closed: {error}") from None
        if vi != en:
            raise wrong(number, f"open words differ: {sorted(vi)} in vi, {sorted(en)} in en")
        found[key] = texts[lang]
    return found


def _open(text: str) -> set[str]:
    """Return the names of the words a text leaves open."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
