"""How texts of tables are held in memory while notebooks run."""

from __future__ import annotations


def as_objects() -> None:
    """Have pandas hold texts as Python's own strings, not as Arrow's.

    The type of columns is the same, and so is every result. Tables here have hundreds of rows and
    are asked for by their keys again and again: each time Arrow's strings are made into Python's,
    a tenth of all that the notebooks of a year compute.

    One process holds them in one way, from its beginning: equal frames of both are not `equals`.
    """
    import pandas as pd

    pd.set_option("mode.string_storage", "python")
