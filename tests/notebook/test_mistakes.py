"""A wrong column name is told in one line, anything else as always."""

from __future__ import annotations

import pandas as pd
import pytest
from IPython.core.interactiveshell import InteractiveShell

from kgstats.notebook import mistakes


@pytest.fixture
def shell():
    made = InteractiveShell()
    mistakes.tell_in_one_line(made)
    made.push({"poverty": pd.DataFrame({"poor_end_hh": [1], "year": [2019]})})
    return made


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            'poverty["poor_hh"]',
            "no column 'poor_hh'. Did you mean poor_end_hh? There are: poor_end",
        ),
        ('def f(a):\n    return a.groupby("yaer").sum()\nf(poverty)', "Did you mean year?"),
    ],
)
def test_a_column_that_is_not_there(shell, capsys, code, said):
    assert shell.run_cell(code).error_in_exec is not None
    out = capsys.readouterr().out
    assert said in out and "Traceback" not in out


def test_another_key_error_keeps_its_traceback(shell, capsys):
    shell.run_cell('{}["x"]')
    assert "Traceback" in capsys.readouterr().out
