"""JupyterLab itself: a notebook is opened, run, and looked at as a person does.

The short form, in `make test`, opens two notebooks; `make lab-test` opens all of them.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
TOKEN = "test"
YEAR = 2019
ROOT = Path(__file__).parents[2]
SHORT = ("30_funding_gaps", "50_programme_indicators")
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))
ASKED = [
    pytest.param(name, marks=() if name in SHORT else pytest.mark.lab)
    for name in NOTEBOOKS
    # There is a text of a new report to review only where one was read.
    if not name.startswith("65")
]
PANEL = """const panel = [...jupyterapp.shell.widgets("main")]
  .find(one => one.content && one.content.widgets && one.content.model);"""
READY = f"""async () => {{ {PANEL}
  if (!panel || !panel.content.widgets.length) return false;
  await panel.context.ready; await panel.sessionContext.ready;
  return Boolean(panel.sessionContext.session);
}}"""
RUN = "() => jupyterapp.commands.execute('notebook:run-all-cells').then(() => null)"
SET = f"""([name, value]) => {{ {PANEL}
  const first = panel.content.widgets
    .find(one => (one.model.getMetadata("tags") || []).includes("parameters"));
  const text = first.model.sharedModel, line = new RegExp(`^(${{name}}: \\\\w+ = ).*$`, "m");
  text.setSource(text.getSource().replace(line, `$1${{value}}`));
}}"""
ERRORS = f"""() => {{ {PANEL}
  return panel.content.widgets.filter(one => one.model.type === "code").flatMap(one =>
    one.model.outputs.toJSON().filter(out => out.output_type === "error").map(out => out.evalue));
}}"""
THEME = (
    """theme => jupyterapp.commands.execute("apputils:change-theme", {theme}).then(() => null)"""
)
TERMINAL = """() => jupyterapp.restored
  .then(() => jupyterapp.commands.execute("terminal:create-new"))
  .then(made => { jupyterapp.shell.activateById(made.id); return null; })"""
"""A terminal is opened where Lab has put back what was open in this place before, not under it."""
CONTENTS = "() => jupyterapp.commands.execute('toc:show-panel').then(() => null)"
LIGHTNESS = """one => {
  const style = getComputedStyle(one), ink = one.closest("svg") ? style.fill : style.color;
  return ink.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
}"""
ALIGN = "one => getComputedStyle(one).textAlign"


@pytest.fixture(scope="module")
def server(site, root, tmp_path_factory):
    """JupyterLab as `make lab` starts it, on a copy of what the publication was made from."""
    base = tmp_path_factory.mktemp("lab")
    made_from = site.parents[2]
    shutil.copytree(made_from / "data", base / "data")
    (base / "notebooks").mkdir()
    for name in NOTEBOOKS:
        shutil.copy(root / "notebooks" / f"{name}.ipynb", base / "notebooks")
    # Every cell is drawn, not only those near the window, so that all of it can be read.
    settings = base / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}')
    here = {
        "HOME": str(base), "JUPYTER_CONFIG_DIR": str(base / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(base / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(base / "workspaces"),
        "JUPYTER_RUNTIME_DIR": str(base / "runtime"), "IPYTHONDIR": str(base / "ipython"),
        "KGSTATS_WORKSPACE": str(base),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    lab = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}",
         f"--ServerApp.root_dir={base}", f"--IdentityProvider.token={TOKEN}",
         "--ServerApp.terminado_settings=shell_command=bash",
         "--expose-app-in-browser"],
        env={**os.environ, **here}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=2)
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail("JupyterLab did not start")
        yield address
    finally:
        lab.terminate()
        try:
            lab.wait(30)
        except subprocess.TimeoutExpired:
            lab.kill()


class Lab:
    """A notebook open in JupyterLab."""

    def __init__(self, page, address, name):
        self.page = page
        self.faults = []
        page.set_default_timeout(120_000)
        page.on("pageerror", self._hear)
        page.goto(f"{address}/lab/workspaces/{name}/tree/notebooks/{name}.ipynb?token={TOKEN}")
        page.wait_for_function("() => window.jupyterapp")
        while not page.evaluate(READY):
            page.wait_for_timeout(200)

    def _hear(self, error) -> None:
        stack = error.stack or ""
        # Lab's own drawing sometimes trips over itself when cells come and go fast.
        if "/static/lab/" not in stack or "kgstats" in stack:
            self.faults.append(f"{error}\n{stack}")

    def run(self, **parameters) -> None:
        """Set parameters and run every cell; ends when the last one has."""
        for name, value in parameters.items():
            self.page.evaluate(SET, [name, repr(value).replace("'", '"')])
        self.page.evaluate(RUN)
        assert self.page.evaluate(ERRORS) == []
        # What follows an output (its scripts, the other language's cells) comes a moment later.
        self.page.wait_for_timeout(600)

    def contents(self) -> list[str]:
        self.page.evaluate(CONTENTS)
        items = self.page.locator(".jp-TableOfContents .jp-tocItem-content")
        items.first.wait_for()
        self.page.wait_for_timeout(600)
        return items.all_inner_texts()

    def theme(self, name: str) -> None:
        self.page.evaluate(THEME, name)
        light = "false" if "Dark" in name else "true"
        self.page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")


@pytest.fixture
def opened(window, server):
    def open_(name):
        context = window(viewport={"width": 1500, "height": 1000})
        waiting.append(context)
        return Lab(context.__enter__(), server, name)

    waiting = []
    yield open_
    for context in waiting:
        context.__exit__(None, None, None)


SHOWN = """() => {
  const words = one => one.textContent.replace(/\\s+/g, " ").trim();
  const cells = one => [...one.querySelectorAll("tbody th, tbody td")].map(words);
  const tables = [...document.querySelectorAll("table.data[id], .table[id] table.data")];
  const found = tables.map(one => [(one.closest("[id]") || one).id, cells(one)]);
  const lines = [...document.querySelectorAll(".headlines dt, .headlines dd")].map(words);
  return {tables: Object.fromEntries(found), headlines: lines};
}"""


def published(window, site: Path, lang: str, name: str) -> dict:
    """What a page of the publication shows: the cells of each table, and the headline figures."""
    slug = re.sub(r"^\d+_", "", name).replace("_", "-")
    found = site / lang / f"{slug}.html"
    with window() as page:
        page.goto((found if found.is_file() else site / lang / f"{slug}-tan-hiep.html").as_uri())
        return page.evaluate(SHOWN)


def looks_right(lab: Lab) -> None:
    """Labels stand above their values, words at the left and numbers at the right, all alive."""
    page = lab.page
    for one in page.locator(".headlines > div").all()[:3]:
        label, value = one.locator("dt").bounding_box(), one.locator("dd").first.bounding_box()
        assert abs(label["x"] - value["x"]) < 2 and value["y"] > label["y"]
    assert page.locator("table.data tbody th").first.evaluate(ALIGN) == "left"
    numbers = page.locator("table.data td.n, table.numbers td")
    if numbers.count():
        assert numbers.first.evaluate(ALIGN) == "right"
    for drawing, alive in ((".chart", ".chart.answers"), (".map", ".map-live")):
        drawn = page.locator(f"{drawing} .mark").count() if drawing == ".chart" else 0
        if drawn:
            assert page.locator(alive).count()
    for theme, right in (("Light", range(0, 130)), ("Dark", range(120, 256))):
        lab.theme(f"JupyterLab {theme}")
        for what in ("table.data td", "figure figcaption", ".chart text"):
            found = page.locator(what)
            if found.count():
                assert int(found.first.evaluate(LIGHTNESS)) in right, (what, theme)


@pytest.mark.lab
def test_the_commands_of_the_remedies_work_in_the_terminal_of_lab(opened, tmp_path):
    assert 'terminado_settings="shell_command=$${SHELL:-sh}"' in (ROOT / "Makefile").read_text()
    page, said = opened("80_data_dictionary").page, tmp_path / "said.txt"
    page.evaluate(TERMINAL)
    page.locator(".xterm-screen:visible").click()
    page.wait_for_timeout(2000)
    page.keyboard.type(f"kgstats clean --help > {said}; echo ended >> {said}\n")
    for _ in range(120):
        if said.is_file() and "ended" in said.read_text(encoding="utf-8"):
            break
        page.wait_for_timeout(500)
    assert "--year" in said.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ASKED)
def test_a_notebook_shows_in_lab_what_is_published(opened, window, site, name):
    lab = opened(name)
    headings = {}
    for lang in ("vi", "en"):
        lab.run(lang=lang)
        expected, shown = published(window, site, lang, name), lab.page.evaluate(SHOWN)
        assert expected["tables"]
        for anchor, cells in expected["tables"].items():
            assert shown["tables"].get(anchor) == cells, (lang, anchor)
        assert shown["headlines"] == expected["headlines"]
        headings[lang] = lab.contents()
        # One language, in the notebook and in its contents.
        for one in lab.page.locator(".kgstats-other-language").all():
            assert not one.is_visible()
    assert headings["vi"] and headings["en"] and not set(headings["vi"]) & set(headings["en"])
    looks_right(lab)
    assert lab.faults == []


@pytest.mark.lab
def test_another_year_and_a_year_without_data(opened):
    lab = opened("30_funding_gaps")
    lab.run(lang="en", year=2018)
    captions = lab.page.locator("table.data caption").all_inner_texts()
    assert any("2018" in one for one in captions) and not lab.faults
    lab.page.evaluate(SET, ["year", "2031"])
    lab.page.evaluate(RUN)
    # One line, which says what to do; no traceback. On a busy machine the next cell may say it too.
    errors = lab.page.locator('[data-mime-type="application/vnd.jupyter.stderr"]')
    (said,) = set(errors.all_inner_texts())
    assert "2031" in said and len(said.strip().splitlines()) == 1


@pytest.mark.lab
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_link_leads_to_its_heading_whatever_the_other_notebook_speaks(opened, lang):
    lab = opened("20_commune_standards")
    lab.run(lang=lang)
    lab.page.locator('.jp-Notebook a[href*="45_over_the_years"]:visible').first.click()
    heading = lab.page.locator("h2:visible", has_text="Từng xã thay đổi ra sao")
    heading.wait_for()
    lab.page.wait_for_timeout(4000)
    assert 0 < heading.bounding_box()["y"] < 400
