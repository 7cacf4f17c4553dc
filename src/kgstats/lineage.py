"""From a number back to the cells it was computed from.

Every value of a clean table stands in the ledger (``cells.parquet``) with the file, sheet and cell
behind it. A figure that an analysis computed comes from rows and columns of clean tables: name
them, and `trace` gives their cells; `behind` finds out which they are. A published table says it
by itself: `Cells` reads its rows' keys and, in the registry, what its measures are computed from.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from kgstats import registry
from kgstats.returns.columns.heading_words import MEASURES, facets_of
from kgstats.returns.forms import CRITERIA, KEYS, TABLES, exact_meaning
from kgstats.returns.layout import Column, tokens
from kgstats.returns.ledger import LEDGER_COLUMNS, row_key
from kgstats.text import decode

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.workspace import Workspace

PAGE_COLUMNS = ("year", "district_code", "cut_off")
"""Columns said once for a page: their cells stand under the page's key, year/district."""


PLACE = ("file", "sheet", "cell")
"""What says where a cell, or what was found about it, stands."""
Places = tuple[tuple[str, tuple[int, ...]], ...]
"""Ledgers by name, each with places of rows in it."""


class NoLineage(ValueError):
    """A table, column or key that no ledger knows. Says what there is."""


def of(
    table: str,
    key: str,
    column: str,
    *,
    ledger: pd.DataFrame | None = None,
    workspace: Workspace | None = None,
) -> pd.DataFrame:
    """Return the cells behind one value of a clean table.

    Parameters
    ----------
    workspace
        Where the data are; found from the environment when not given.
    table
        ``attainment``, ``communes``, ``funding`` or ``poverty``.
    key
        The row's key columns joined by ``/``, as ``2019/906/30904``.
    column
        The column of the value.
    ledger
        The ledger to look in; that of the key's year otherwise.

    Returns
    -------
    pandas.DataFrame
        Rows of the ledger: ``file, sheet, cell, raw, role, table, row_key, column``. A source, a
        kind or a plan year that headings say comes with those headings. Empty where no cell says
        the value: it is null, or was taken from the folder or the file's name.
    """
    _check(table, [column])
    parts = key.split("/")
    if len(parts) != len(KEYS[table]):
        raise NoLineage(f"a key of {table} is {'/'.join(KEYS[table])}, not {key!r}")
    if ledger is None:
        ledger = read_ledger(int(parts[0]), workspace)
    return _cells(_Ledger(ledger), table, [key], [column])


def trace(
    rows: pd.DataFrame,
    columns: Sequence[str],
    *,
    table: str | None = None,
    ledger: pd.DataFrame | None = None,
    workspace: Workspace | None = None,
) -> pd.DataFrame:
    """Return the cells behind the selected rows and columns of a clean table.

    Parameters
    ----------
    workspace
        Where the data are; found from the environment when not given.
    rows
        A selection of a clean table, with its key columns: the rows a figure was computed from.
    columns
        The columns it was computed from.
    table
        Which clean table it is; recognised by its columns when not given.
    ledger
        The ledger to look in; those of the rows' years otherwise.

    Examples
    --------
    The cells behind the number of poor households of a district::

        poverty = report.data("poverty")
        lineage.trace(poverty[poverty["district_code"] == "903"], ["poor_end_hh"])
    """
    name = table or table_of(rows)
    _check(name, columns)
    keys = _row_keys(rows, name)
    if ledger is None:
        import pandas as pd

        years = sorted({int(key.split("/")[0]) for key in keys})
        held = [read_ledger(year, workspace) for year in years]
        ledger = (
            pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=LEDGER_COLUMNS)
        )
    return _cells(_Ledger(ledger), name, keys, columns)


def _row_keys(rows: pd.DataFrame, table: str) -> list[str]:
    columns = [rows[name].tolist() for name in KEYS[table]]
    return [row_key(*parts) for parts in zip(*columns, strict=True)]


def behind(
    figure: Callable[..., object],
    *tables: pd.DataFrame,
    ledger: pd.DataFrame | None = None,
    workspace: Workspace | None = None,
) -> pd.DataFrame:
    """Return the cells that a computed figure depends on.

    Which rows and columns these are is found by trying: a value belongs to the figure when the
    figure changes as the value is changed or left out. So it holds for any function of
    `kgstats.analysis`, and for several of them one after the other.

    Parameters
    ----------
    workspace
        Where the data are; found from the environment when not given.
    figure
        Takes the tables and gives the one figure: a number, a text, a share.
    tables
        Clean tables, in the order in which ``figure`` takes them.
    ledger
        The ledger to look in; those of the rows' years otherwise.

    Examples
    --------
    The cells behind the poverty rate of Hòn Đất in a table of rates by district::

        def rate(poverty):
            table = analysis.poverty.levels(poverty, by="district")
            return table.set_index("district_code").at["903", "poor_rate_pct"]

        lineage.behind(rate, report.data("poverty"))
    """
    import pandas as pd

    found: list[pd.DataFrame] = []
    for place, table in enumerate(tables):
        name = table_of(table)
        trial = _Trial(figure, tables, place, name)
        for column, rows in trial.columns():
            found.append(
                trace(table[rows], [column], table=name, ledger=ledger, workspace=workspace)
            )
    if not found:
        return pd.DataFrame(columns=list(LEDGER_COLUMNS))
    return pd.concat(found, ignore_index=True).drop_duplicates(ignore_index=True)


class Cells:
    """The cells behind the rows of any frame that keeps its keys.

    Parameters
    ----------
    read
        Gives a clean table or a ledger (`registry.ledger_of`) of a year; an empty frame where
        there is none.
    year
        The year of rows that do not say theirs.
    opened
        The tables, with their years, that a page reads: what it shows comes from them alone, even
        where a column is called as one of another table is. All tables where it is None.
    """

    def __init__(
        self,
        read: Callable[[str, int], pd.DataFrame],
        year: int,
        opened: Container[tuple[str, int]] | None = None,
    ) -> None:
        self.read = read
        self.year = year
        self.opened = opened
        self._ledgers: dict[tuple[str, int], _Ledger] = {}
        self._keys: dict[tuple[str, int], list[str]] = {}
        self._texts: dict[tuple[str, int, str], list[str | None]] = {}
        self._known: dict[tuple[object, ...], list[int]] = {}

    def of(self, frame: pd.DataFrame, names: Iterable[str]) -> dict[int, pd.DataFrame]:
        """Return the ledger's rows behind the columns ``names`` of a frame, by year.

        A row stands for those rows of a clean table that have its keys and codes; a key that the
        row lacks stands for all. Which columns a measure comes from, the registry says.

        Parameters
        ----------
        frame
            Rows with their keys.
        names
            Columns that the registry knows.
        """
        found = self.places(frame, names)
        return {year: self.rows(year, places) for year, places in found.items()}

    def places(self, frame: pd.DataFrame, names: Iterable[str]) -> dict[int, Places]:
        """Return by year in which rows of its ledgers the cells stand that `of` returns.

        Parameters
        ----------
        frame, names
            As `of` takes them.
        """
        wanted: dict[tuple[str, str], set[str]] = {}
        for name in names:
            for origin in registry.origins(name):
                wanted.setdefault((origin.table, origin.year), set()).add(origin.column)
        found: dict[int, dict[str, list[int]]] = {}
        for (table, spec), columns in wanted.items():
            spans = self._spans(frame, spec)
            known = [span for span in spans if span is not None]
            for year in sorted({year for span in set(known) for year in span}):
                own = [span is not None and year in span for span in spans]
                rows = frame if all(own) else frame[own]
                places = self._behind(table, year, rows, frozenset(columns))
                if places:
                    of_year = found.setdefault(year, {})
                    of_year.setdefault(registry.ledger_of(table), []).extend(places)
        return {
            year: tuple((name, tuple(places)) for name, places in of_year.items())
            for year, of_year in found.items()
        }

    def rows(self, year: int, places: Places) -> pd.DataFrame:
        """Return the rows at some places of a year's ledgers, each cell once.

        Parameters
        ----------
        year, places
            As `places` returns them.
        """
        parts = [self._ledgers[name, year].rows(some) for name, some in places]
        if len(parts) == 1:
            return parts[0]
        import pandas as pd

        return pd.concat(parts).drop_duplicates(list(PLACE), ignore_index=True)

    def _spans(self, frame: pd.DataFrame, spec: str) -> list[range | None]:
        """Return the years that each row comes from: ``first_year..`` to its own."""
        first, last = self._years(frame, spec.removesuffix("..")), self._years(frame, "")
        return [
            None if one is None or own is None else range(one, (own if ".." in spec else one) + 1)
            for one, own in zip(first, last, strict=True)
        ]

    def _years(self, frame: pd.DataFrame, spec: str) -> list[int | None]:
        """Return each row's year: its own, so many before or after, or what a column says."""
        import pandas as pd

        column = spec if spec and not spec.lstrip("-").isdigit() else "year"
        if column not in frame:
            return [self.year + int(spec or 0) if column == "year" else None] * len(frame)
        said = pd.to_numeric(frame[column]).astype("Int64")
        if column == "year":
            said = said.fillna(self.year) + int(spec or 0)
        years: list[int | None] = said.to_numpy(object, na_value=None).tolist()
        return years

    def _behind(
        self, table: str, year: int, rows: pd.DataFrame, columns: frozenset[str]
    ) -> list[int]:
        """Return the places in the year's ledger of the cells behind some rows."""
        if self.opened is not None and (table, year) not in self.opened:
            return []
        name = registry.ledger_of(table)
        held, clean = self.read(name, year), self.read(table, year)
        if held.empty or clean.empty:
            return []
        ledger = self._ledgers.setdefault((name, year), _Ledger(held))
        # What is not of a form says its cells by file, sheet and cell.
        of_form = table in registry.of_forms()
        names = [*registry.tables()[table].dimensions, *(() if of_form else PLACE)]
        dimensions = [
            name for name in dict.fromkeys(names) if name in rows.columns and name != "year"
        ]
        texts = [self._said(clean, table, year, name) for name in dimensions]
        chosen = _matching(texts, len(clean), rows, dimensions)
        known = (table, year, columns, *chosen)
        if known not in self._known:
            if of_form:
                if (table, year) not in self._keys:
                    self._keys[table, year] = _row_keys(clean, table)
                keys = [self._keys[table, year][at] for at in chosen]
                _check(table, columns)
                self._known[known] = _places_of(ledger, table, keys, sorted(columns))
            else:
                self._known[known] = _standing_at(ledger, clean.iloc[chosen])
        return self._known[known]

    def _said(self, clean: pd.DataFrame, table: str, year: int, name: str) -> list[str | None]:
        key = (table, year, name)
        if key not in self._texts:
            self._texts[key] = _texts(clean[name])
        return self._texts[key]


def _texts(values: pd.Series) -> list[str | None]:
    """Return values as texts, None where there is none."""
    texts: list[str | None] = values.astype("string").to_numpy(object, na_value=None).tolist()
    return texts


def _standing_at(ledger: _Ledger, rows: pd.DataFrame) -> list[int]:
    """Return the cells where rows stand; of a sheet as a whole where no cell is named or held."""
    import pandas as pd

    places = rows[list(PLACE)].astype("string").replace("", pd.NA)
    held = [ledger.texts(name) for name in PLACE]
    size = len(ledger.frame)
    return _matching(held, size, places, PLACE) or _matching(held[:2], size, places, PLACE[:2])


def _matching(
    held: Sequence[Sequence[str | None]], size: int, rows: pd.DataFrame, dimensions: Sequence[str]
) -> list[int]:
    """Return which of ``size`` rows some row stands for: equal where the row has a key.

    ``held`` are the texts of those rows, a list for each of ``dimensions``.
    """
    everything = list(range(size))
    if not dimensions:
        return everything if len(rows) else []
    groups: dict[tuple[int, ...], set[tuple[str | None, ...]]] = {}
    for said in set(zip(*(_texts(rows[name]) for name in dimensions), strict=True)):
        there = tuple(at for at, text in enumerate(said) if text is not None)
        groups.setdefault(there, set()).add(tuple(said[at] for at in there))
    if () in groups:
        return everything
    chosen: set[int] = set()
    for there, keys in groups.items():
        own = zip(*(held[at] for at in there), strict=True)
        chosen.update(at for at, texts in enumerate(own) if texts in keys)
    return sorted(chosen)


class _Trial:
    """Changes parts of one table to see whether a figure computed from it changes."""

    SINGLY = 400
    """So many rows are tried one by one; of more, whole districts, components and so on."""

    def __init__(
        self, figure: Callable[..., object], tables: Sequence[pd.DataFrame], place: int, name: str
    ) -> None:
        self.figure = figure
        self.tables = list(tables)
        self.place = place
        self.name = name
        self.table = tables[place]
        self.known = figure(*tables)

    def columns(self) -> Iterator[tuple[str, pd.Series]]:
        """Yield the columns the figure depends on, each with the rows."""
        from kgstats.returns.forms import table_columns

        keys = KEYS[self.name]
        seen = self._none()
        for column in [one.name for one in table_columns(self.name)]:
            if column in keys or column not in self.table:
                continue
            rows = self._rows(lambda rows, column=column: self._changes(rows, column))  # type: ignore[misc]
            if rows.any():
                seen |= rows
                yield column, rows
        # A count of rows depends on no value: on their being there.
        label = "commune_code" if "commune_code" in keys else "component"
        rows = self._rows(lambda rows: self._differs(self.table[~rows])) & ~seen
        if rows.any():
            yield label, rows

    def _none(self) -> pd.Series:
        import pandas as pd

        return pd.Series(False, index=self.table.index)

    def _rows(self, matters: Callable[[pd.Series], bool]) -> pd.Series:
        rows = ~self._none()
        if not matters(rows):
            return ~rows
        for key in KEYS[self.name]:
            for value in self.table.loc[rows, key].unique():
                some = rows & (self.table[key] == value)
                if some.any() and not matters(some):
                    rows &= ~some
        if rows.sum() <= self.SINGLY:
            for at in self.table.index[rows]:
                one = self._none()
                one[at] = True
                if not matters(one):
                    rows[at] = False
        return rows

    def _changes(self, rows: pd.Series, column: str) -> bool:
        import pandas as pd

        values = self.table[column]
        if values[rows].isna().all():
            return False
        for other in (_other_values(values), pd.NaT if values.dtype.kind == "M" else pd.NA):
            changed = self.table.copy()
            changed[column] = values.mask(rows & values.notna(), other)
            if self._differs(changed):
                return True
        return False

    def _differs(self, table: pd.DataFrame) -> bool:
        import pandas as pd

        tables = [*self.tables[: self.place], table, *self.tables[self.place + 1 :]]
        try:
            value = self.figure(*tables)
        except Exception:  # without these values there is no figure
            return True
        if pd.isna(value) or pd.isna(self.known):
            return bool(pd.isna(value)) != bool(pd.isna(self.known))
        return bool(value != self.known)


def _other_values(values: pd.Series) -> pd.Series:
    """Return for every value another one of its kind."""
    import pandas as pd

    if values.dtype.kind == "M":
        return values + pd.Timedelta(days=1)
    if pd.api.types.is_bool_dtype(values):
        return ~values
    if pd.api.types.is_numeric_dtype(values):
        return values + 1
    texts = sorted(values.dropna().unique())
    following = dict(zip(texts, [*texts[1:], *texts[:1]], strict=True))
    return values.map(following).astype(values.dtype)


def table_of(rows: pd.DataFrame) -> str:
    """Name the clean table a selection comes from, by its columns.

    Parameters
    ----------
    rows
        Rows of a clean table, whole or selected.

    Raises
    ------
    NoLineage
        When no clean table has these columns.
    """
    columns = set(rows.columns)
    own = {
        name: {one.name for one in registry.tables()[name].columns} - set(KEYS[name])
        for name in TABLES
        if set(KEYS[name]) <= columns
    }
    if own:
        return max(own, key=lambda name: (len(own[name] & columns), len(KEYS[name])))
    raise NoLineage(
        "the rows are of no clean table: they need its key columns, such as "
        + ", ".join(KEYS["poverty"])
    )


def read_ledger(year: int, workspace: Workspace | None = None) -> pd.DataFrame:
    """Return the ledger of a year.

    Parameters
    ----------
    year
        The reporting year.
    workspace
        Where the data are; found from the environment when not given.
    """
    import pandas as pd

    if workspace is None:
        from kgstats import workspace as places

        workspace = places.find()
    return pd.read_parquet(workspace.require("cells", year))


def _check(table: str, columns: Iterable[str]) -> None:
    from kgstats.returns.forms import table_columns

    if table not in TABLES:
        raise NoLineage(f"there is no clean table {table!r}; there are: {', '.join(TABLES)}")
    known = [column.name for column in table_columns(table)]
    for column in columns:
        if column not in known:
            raise NoLineage(f"{table} has no column {column!r}; it has: {', '.join(known)}")


def _places(table: str, key: str, column: str) -> list[tuple[str, str, str]]:
    """Return table, row key and column under which the cells of a value stand."""
    parts = key.split("/")
    page = "/".join(parts[:2])
    home = "communes" if table == "attainment" else table
    if column in PAGE_COLUMNS:
        return [(home, page, column)]
    commune = "/".join(parts[:3])
    if table == "attainment":
        return (
            [("communes", commune, column)] if column == "commune_code" else [(table, key, "met")]
        )
    if table == "communes" and column == "status":
        marks = [("attainment", f"{commune}/{number}", "met") for number in range(1, CRITERIA + 1)]
        return [(table, key, name) for name in ("decision_no", "decision_date", "status")] + marks
    if table == "funding" and column in ("programme", "component"):
        # A label that heads several lines stands under the component's key.
        return [(table, key, "component"), (table, "/".join(parts[:4]), "component")]
    return [(table, key, column)]


class _Ledger:
    """A ledger that is asked often: its columns as lists, its cells by what they say."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._texts: dict[str, list[str | None]] = {}

    def texts(self, name: str) -> list[str | None]:
        """Return a column's texts."""
        if name not in self._texts:
            self._texts[name] = _texts(self.frame[name])
        return self._texts[name]

    @cached_property
    def _standing(self) -> Sequence[tuple[str | None, ...]]:
        return list(zip(*(self.texts(name) for name in PLACE), strict=True))

    @cached_property
    def _saying(self) -> Mapping[tuple[str | None, ...], list[int]]:
        found: dict[tuple[str | None, ...], list[int]] = {}
        columns = (self.texts(name) for name in ("table", "row_key", "column"))
        for at, said in enumerate(zip(*columns, strict=True)):
            found.setdefault(said, []).append(at)
        return found

    def saying(self, table: str, key: str, column: str) -> list[int]:
        """Return the places of the cells that say a value."""
        return self._saying.get((table, key, column), [])

    @cached_property
    def _heads(self) -> Mapping[tuple[str | None, ...], list[int]]:
        found: dict[tuple[str | None, ...], list[int]] = {}
        columns = (self.texts(name) for name in ("file", "sheet", "role"))
        for at, here in enumerate(zip(*columns, strict=True)):
            found.setdefault(here, []).append(at)
        return found

    def on_sheet(self, file: str | None, sheet: str | None, role: str) -> list[int]:
        """Return the places of a sheet's cells that have a role."""
        return self._heads.get((file, sheet, role), [])

    def rows(self, places: Iterable[int]) -> pd.DataFrame:
        """Return the rows at some places, each cell once."""
        once: dict[tuple[str | None, ...], int] = {}
        standing = self._standing
        for at in places:
            once.setdefault(standing[at], at)
        return self.frame.iloc[list(once.values())].reset_index(drop=True)


def _cells(
    ledger: _Ledger, table: str, keys: Sequence[str], columns: Sequence[str]
) -> pd.DataFrame:
    """Return the cells behind the values of some rows, in the ledger's order."""
    places = _places_of(ledger, table, keys, columns)
    return ledger.frame.iloc[places].reset_index(drop=True)


def _places_of(
    ledger: _Ledger, table: str, keys: Sequence[str], columns: Sequence[str]
) -> list[int]:
    """Return the places in the ledger of the cells behind the values of some rows, rising."""
    elsewhere = _Elsewhere(ledger, table)
    found: set[int] = set()
    for key in dict.fromkeys(keys):
        for column in columns:
            own = [at for place in _places(table, key, column) for at in ledger.saying(*place)]
            found.update(own or elsewhere.of(key, column))
    return sorted(found)


class _Elsewhere:
    """Cells of values that no cell of their own says: in a heading, a label, or beside."""

    def __init__(self, ledger: _Ledger, table: str) -> None:
        self.ledger = ledger
        self.table = table
        self.heads: dict[tuple[str | None, str | None, str], list[tuple[int, int, int, str]]] = {}

    def of(self, key: str, column: str) -> list[int]:
        """Return the places in the ledger of the cells behind a value."""
        if column == "district_code" and registry.tables()[self.table].units:
            # A page without a letterhead is known by the names of its communes.
            home = "communes" if self.table == "attainment" else self.table
            return self.ledger.saying(home, "/".join(key.split("/")[:3]), "commune_code")
        if self.table == "communes" and column == "decision_date":
            return self._own(key, "decision_no")
        if self.table != "funding":
            return []
        if column in ("cause", "note"):
            # The words of a cause are kept as a note, and a note may say the cause.
            return self._own(key, "note" if column == "cause" else "cause")
        if column not in ("source", "kind", "plan_year"):
            return []
        code = key.split("/")[KEYS["funding"].index(column)]
        if merged := self._above(key, column, code, "value"):
            return merged
        if headings := self._headings(key, column, code):
            return headings
        if column == "plan_year":
            if section := self._above(key, column, code, "section"):
                return section
            return self.ledger.saying("funding", "/".join(key.split("/")[:2]), "year")
        return [
            place
            for place in self._own(key, "component")
            if _says(str(self.ledger.texts("raw")[place]), column, code)
        ]

    def _own(self, key: str, column: str) -> list[int]:
        return self.ledger.saying(self.table, key, column)

    def _above(self, key: str, column: str, code: str, role: str) -> list[int]:
        """Return the nearest section, or cell of the column, above a row that says its value."""
        for measure in MEASURES:
            for place in self._own(key, measure):
                row, _ = _position(str(self.ledger.texts("cell")[place]))
                above = [
                    (up, head)
                    for up, _, head, raw in self._heads(place, role)
                    if up < row
                    and (role == "section" or self.ledger.texts("column")[head] == column)
                    and _says(raw, column, code)
                ]
                if above:
                    return [max(above)[1]]
        return []

    def _headings(self, key: str, column: str, code: str) -> list[int]:
        """Return the heading over each amount of a row that says its source, kind or year."""
        found: set[int] = set()
        for measure in MEASURES:
            for place in self._own(key, measure):
                row, at = _position(str(self.ledger.texts("cell")[place]))
                over = [
                    (up, beside, head)
                    for up, beside, head, raw in self._heads(place, "header")
                    if up < row and beside <= at and _says(raw, column, code)
                ]
                if over:
                    found.add(max(over)[2])
        return sorted(found)

    def _heads(self, place: int, role: str) -> list[tuple[int, int, int, str]]:
        """Return row, column, place and text of the cells of a role on the sheet of a place."""
        ledger = self.ledger
        file, sheet = ledger.texts("file")[place], ledger.texts("sheet")[place]
        if (file, sheet, role) not in self.heads:
            self.heads[file, sheet, role] = [
                (*_position(str(ledger.texts("cell")[at])), at, str(ledger.texts("raw")[at]))
                for at in ledger.on_sheet(file, sheet, role)
            ]
        return self.heads[file, sheet, role]


def _position(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]), column


def _says(raw: str, column: str, code: str) -> bool:
    """Whether a heading or label, as received, says the source, kind or plan year of a row."""
    text = decode(raw).text
    facets = facets_of(Column(0, text, (text,), tokens(text)))
    said = getattr(facets, column)
    if said is None and column != "plan_year":
        said = exact_meaning(f"{column}s", text.lstrip("-–+•* "))
    return said is not None and str(said) == code
