"""What a researcher is told of a column that is not there: one line, the nearest names in it."""

from __future__ import annotations

import difflib
import traceback
from types import TracebackType
from typing import Any


def missing_column(error: BaseException, trace: TracebackType | None) -> str | None:
    """Return a line about a column that a frame lacks; None where that is not what happened.

    Parameters
    ----------
    error
        What was raised.
    trace
        Where it was raised.
    """
    import pandas as pd

    if not isinstance(error, KeyError) or not error.args or not isinstance(error.args[0], str):
        return None
    wanted = error.args[0]
    for frame, _ in traceback.walk_tb(trace):
        # A frame that merely stands in the notebook lacks nothing.
        if not str(frame.f_globals.get("__name__")).startswith(("pandas.", "kgstats.")):
            continue
        for one in frame.f_locals.values():
            if not isinstance(one, pd.DataFrame) or wanted in one.columns:
                continue
            there = [str(name) for name in one.columns]
            near = difflib.get_close_matches(wanted, there, n=3, cutoff=0.4)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            return f"KeyError: there is no column {wanted!r}.{hint} There are: {', '.join(there)}"
    return None


def tell_in_one_line(shell: Any) -> None:
    """Have a notebook tell of a missing column in one line; anything else as it always does.

    Parameters
    ----------
    shell
        The notebook's own, ``get_ipython()``.
    """

    def told(own: Any, kind: Any, error: Any, trace: Any, tb_offset: int | None = None) -> Any:
        said = missing_column(error, trace)
        if said is None:
            return own.showtraceback((kind, error, trace), tb_offset=tb_offset)
        own._showtraceback(kind, said.partition(": ")[2], [said])
        return [said]

    shell.set_custom_exc((KeyError,), told)
