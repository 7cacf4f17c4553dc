"""What a dash says in a count of households.

In Vietnamese statistical tables a dash stands for something that did not occur, ``…`` for what is
not known. So a dash in a movement or a part (``dash=zero`` in ``returns/forms/*.csv``) is 0: nobody
fell back. A stock (``dash=null``: all households, those poor at the start and at the end of the
year) occurs in every commune; a dash there may as well be a cell that nobody filled in, and it is
no value. Neither is believed against its own row: where the other numbers say that households
are meant, a dash is an error, and is no value.
"""

from __future__ import annotations

from collections.abc import Iterable

from kgstats.edits import Identity, Number
from kgstats.edits.identities import Quotient, stated_number
from kgstats.returns.forms import column_words
from kgstats.returns.identities import identities
from kgstats.returns.joining import Row
from kgstats.returns.records.lines import as_meant
from kgstats.returns.values.numbers import read_number
from kgstats.returns.values.readings import Rule

NUMBERS = ("number", "numeral", "error")
"""What is no dash, whatever it says."""

COUNT = "_hh"
"""How columns of households end."""


def refuse_contradicted_dashes(rows: Iterable[Row]) -> None:
    """Refuse dashes in counts that the other numbers of their row contradict.

    A total of the page that agrees with the dash as nothing speaks for it: then it is another
    number of the row that is wrong, which its own rule says.
    """
    for row in rows:
        dashes = [
            name
            for name, held in row.cells.items()
            if held[0][1].kind not in NUMBERS and name.endswith(COUNT) and _is_dash(row, name)
        ]
        if not dashes:
            continue
        values: dict[str, Number] = {
            name: stated_number(value) if isinstance(value, float) else value
            for name, value in row.values.items()
            if isinstance(value, int | float)
        }
        nothing = {**values, **dict.fromkeys(dashes, 0)}
        failing = [one for one in identities(row.table) if one.when is None and one.fails(nothing)]
        for name in dashes:
            against = [one for one in failing if _counts(one, name)]
            if against and not _added_up(row, name):
                others = {column for one in against for column in one.columns} - {name}
                cells = [row.cells[one][0] for one in sorted(others) if row.cells.get(one)]
                row.find(
                    "dash_contradicted", name, place=row.name,
                    column=column_words(row.table, name),
                    cells=", ".join(work.address(*seen.place) for work, seen in cells),
                )  # fmt: skip
                row.refuse(name)


def _is_dash(row: Row, name: str) -> bool:
    _, seen = row.cells[name][0]
    return not row.values.get(name) and read_number(as_meant(seen)).rule in (
        Rule.DASH,
        Rule.NONE_WORD,
    )


def _counts(identity: Identity, name: str) -> bool:
    """Whether a rule says how many are in a column: not what its rate is of."""
    right = identity.right
    return name in identity.columns and not (isinstance(right, Quotient) and name == right.base)


def _added_up(row: Row, name: str) -> bool:
    """Whether a total of the column agrees with the dash as nothing."""
    return row.values.get(name) == 0 and any(
        total.holds and total.column == name and line.row in total.rows
        for line in row.lines
        for total in line.work.totals
    )
