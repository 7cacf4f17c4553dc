"""What a notebook in JupyterLab is dressed in: the site's styles in its outputs, its scripts."""

from __future__ import annotations

import re

import IPython
import pytest
from IPython.core.formatters import DisplayFormatter

from kgstats import lab, notebook


def test_styles_touch_outputs_only_and_follow_labs_theme():
    outer = [head for head, _ in lab.blocks(lab.styles())]
    assert all(".jp-" in head or ".kgstats-" in head for head in outer), outer
    dark = dict(lab.blocks(lab.styles()))[lab.DARK_OUTPUT]
    assert "--ink: #e8ecf0" in dark and "prefers-color-scheme" not in lab.styles()
    assert "@page" not in lab.styles() and lab.styles().count("{") == lab.styles().count("}")


def test_scripts_of_the_site_come_along_and_run_once():
    made = lab.Dress("vi")._repr_mimebundle_()["text/html"]
    for name in lab.SCRIPTS:
        assert f'window.kgstatsOnce("{name}"' in made
    assert 'window.kgstatsLab("vi")' in made
    # Nothing inside ends the style or the script before its end.
    assert re.findall(r"</\w+>", made) == ["</style>", "</script>"]


@pytest.mark.parametrize(
    ("kernel", "run", "shown"), [(True, "", 1), (True, "1", 0), (False, "", 0)]
)
def test_it_is_shown_to_a_person_in_a_notebook_and_to_nobody_else(monkeypatch, kernel, run, shown):
    seen = []

    class Shell:
        pass

    shell = Shell()
    shell.kernel = object() if kernel else None
    shell.display_formatter = DisplayFormatter()
    shell.set_custom_exc = lambda *_: None
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    monkeypatch.setattr("IPython.display.display", seen.append)
    monkeypatch.setenv("KGSTATS_RUN", run)
    monkeypatch.setenv("PATH", "/usr/bin")
    monkeypatch.setattr(notebook.workspace, "RUN_VARIABLE", "KGSTATS_RUN")
    notebook.start(2019, "en")
    assert [type(one) for one in seen] == [lab.Dress] * shown
