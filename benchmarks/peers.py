"""The same notebooks by other tools that run and export notebooks, each in its own environment.

Takes a folder for the environments; what is not there yet is installed into it with uv. The
kernels are those of kgstats' own environment, the clean tables are there already: only running and
exporting is measured, cold and with nothing changed. What cannot be installed or run is said.

    python benchmarks/peers.py FOLDER [--peer doit --peer snakemake] [--only 60]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from measure import BIN, ROOT, Spent, machine, timed

YEAR, LANG, KERNEL = 2019, "vi", "kgstats"
PACKAGES = {
    "doit": ["doit", "papermill", "nbconvert", "ipykernel"],
    "snakemake": ["snakemake", "papermill", "nbconvert", "ipykernel"],
    "ploomber": ["ploomber", "setuptools<81", "papermill", "nbconvert", "ipykernel"],
    # From 2 on another program, which does not run notebooks by itself.
    "jupyter-book": ["jupyter-book<2", "ipykernel"],
}
DODO = '''
"""Each notebook by papermill's and nbconvert's functions, in one process: the fair peer."""
import logging
from pathlib import Path

import nbformat
import papermill
from nbconvert import HTMLExporter

logging.getLogger("papermill").setLevel(logging.ERROR)
HERE = Path(__file__).parent
TABLES = sorted(str(path) for path in Path({tables!r}).rglob("*.parquet"))
EXPORTER = HTMLExporter()
DOIT_CONFIG = {{"verbosity": 0}}


def make(source, copy, page):
    told = papermill.execute_notebook(
        source, copy, {{"year": {year}, "lang": {lang!r}}}, kernel_name={kernel!r},
        progress_bar=False,
    )
    Path(page).write_text(EXPORTER.from_notebook_node(told)[0], encoding="utf-8")


def task_page():
    for path in sorted(HERE.glob("[0-9]*.ipynb")):
        copy, page = HERE / f"made/{{path.name}}", HERE / f"made/{{path.stem}}.html"
        yield {{
            "name": path.stem,
            "actions": [(make, [str(path), str(copy), str(page)])],
            "file_dep": [str(path), *TABLES],
            "targets": [str(page)],
        }}
'''
SNAKEFILE = """
from pathlib import Path

NAMES = sorted(path.stem for path in Path(".").glob("[0-9]*.ipynb"))
TABLES = sorted(str(path) for path in Path({tables!r}).rglob("*.parquet"))

rule all:
    input: expand("made/{{name}}.html", name=NAMES)

rule page:
    input: "{{name}}.ipynb", TABLES
    output: "made/{{name}}.html"
    shell:
        "papermill {{wildcards.name}}.ipynb made/{{wildcards.name}}.ipynb -k {kernel} "
        "-p year {year} -r lang {lang} --no-progress-bar && "
        "jupyter nbconvert --to html made/{{wildcards.name}}.ipynb"
"""


def pipeline(names: list[str]) -> str:
    """Return Ploomber's declaration: a task a notebook, none before another."""
    lines = ["meta:", "  extract_upstream: false", "executor: parallel", "tasks:"]
    for name in names:
        lines += [
            f"  - source: {name}.ipynb",
            "    upstream: null",
            "    product:",
            f"      nb: made/{name}.html",
            f"    nbconvert_exporter_name: html\n    kernelspec_name: {KERNEL}",
            "    static_analysis: disable",
            f"    params: {{year: {YEAR}, lang: {LANG}}}",
        ]
    return "\n".join(lines) + "\n"


def book(names: list[str]) -> dict[str, str]:
    """Return Jupyter Book's two declarations; it takes no parameters."""
    below = "\n".join(f"  - file: {name}" for name in names[1:])
    chapters = f"chapters:\n{below}\n" if below else ""
    return {
        "_config.yml": "title: kgstats\nexecute:\n  execute_notebooks: cache\n  timeout: 600\n",
        "_toc.yml": f"format: jb-book\nroot: {names[0]}\n{chapters}",
    }


def prepared(place: Path, kernel: Path) -> None:
    """Say to Jupyter that the kernel is that of kgstats' own environment."""
    own = kernel / "kernels" / KERNEL
    own.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    told = {"argv": argv, "display_name": KERNEL, "language": "python"}
    (own / "kernel.json").write_text(json.dumps(told), encoding="utf-8")
    (place / "made").mkdir()
    for path in place.glob("*.ipynb"):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["metadata"]["kernelspec"] = {"name": KERNEL, "display_name": KERNEL}
        content["metadata"]["kernelspec"]["language"] = "python"
        path.write_text(json.dumps(content), encoding="utf-8")


def lay_out(peer: str, place: Path, tables: Path) -> list[str]:
    """Write a peer's declarations; return the words after its program."""
    names = sorted(path.stem for path in place.glob("*.ipynb"))
    given = {"tables": str(tables), "year": YEAR, "lang": LANG, "kernel": KERNEL}
    if peer == "doit":
        (place / "dodo.py").write_text(DODO.format(**given), encoding="utf-8")
        return ["doit", "-n", "2", "-P", "thread"]
    if peer == "snakemake":
        (place / "Snakefile").write_text(SNAKEFILE.format(**given), encoding="utf-8")
        return ["snakemake", "--cores", "2", "--quiet", "all"]
    if peer == "ploomber":
        (place / "pipeline.yaml").write_text(pipeline(names), encoding="utf-8")
        return ["ploomber", "build"]
    for name, text in book(names).items():
        (place / name).write_text(text, encoding="utf-8")
    return ["jupyter-book", "build", "."]


def installed(peer: str, folder: Path) -> str:
    """Make a peer's environment where it is not there; return why that did not go."""
    home = folder / peer
    if (home / "bin" / peer).is_file():
        return ""
    uv = str(BIN / "uv")
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)],
        [
            *(uv, "pip", "install", "--quiet", "--compile-bytecode"),
            *("--python", str(home / "bin" / "python"), *PACKAGES[peer]),
        ],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return f"cannot be installed: {done.stderr.strip().splitlines()[-1]}"
    return ""


def measured(peer: str, folder: Path, workspace: Path, only: list[str]) -> str:
    """Return a peer's row of the table."""
    if why := installed(peer, folder):
        return f"| {peer} | {why} | |"
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary) / "book"
        place.mkdir()
        for path in chosen(only):
            shutil.copy(path, place)
        kernel = Path(temporary) / "jupyter"
        prepared(place, kernel)
        words = lay_out(peer, place, workspace / "data" / "processed")
        environment = {
            **os.environ,
            "KGSTATS_WORKSPACE": str(workspace),
            "JUPYTER_PATH": str(kernel),
            "PATH": f"{folder / peer / 'bin'}{os.pathsep}{os.environ['PATH']}",
        }
        environment.pop("VIRTUAL_ENV", None)
        command = [str(folder / peer / "bin" / words[0]), *words[1:]]
        return row(peer, lambda: timed(command, environment, place))


def row(name: str, run: Callable[[], Spent]) -> str:
    """Measure cold and unchanged."""
    try:
        cold = run()
        return f"| {name} | {cold}, {cold.memory:.0f} MB | {run()} |"
    except subprocess.CalledProcessError as error:
        lines = (error.output or "").strip().splitlines() or ["no word"]
        words = next((line for line in reversed(lines) if any(map(str.isalpha, line))), lines[-1])
        return f"| {name} | ends with an error: {words} | |"


def chosen(only: list[str]) -> list[Path]:
    """Return the notebooks that make one page each."""
    found = sorted((ROOT / "notebooks").glob("*.ipynb"))
    left_out = ("65", "70")
    return [
        path
        for path in found
        if not path.name.startswith(left_out) and (not only or path.name.startswith(tuple(only)))
    ]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the peers' environments are kept")
    parser.add_argument("--peer", action="append", choices=list(PACKAGES), default=[])
    parser.add_argument("--only", action="append", default=[], help="just this notebook")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        workspace = Path(temporary)
        shutil.copytree(ROOT / "data" / "raw", workspace / "data" / "raw")
        notebooks = workspace / "notebooks"
        notebooks.mkdir()
        for path in chosen(asked.only):
            shutil.copy(path, notebooks)
        run = [str(BIN / "kgstats"), "run", "--workspace", str(workspace), "--lang", LANG]
        run += ["--year", str(YEAR)]
        print(f"{machine()}, {len(chosen(asked.only))} notebooks")
        print("| tool | cold | nothing changed |\n|---|---|---|", flush=True)
        print(row("kgstats, with cleaning, tables and site", lambda: timed(run)), flush=True)
        for peer in asked.peer or PACKAGES:
            print(measured(peer, asked.folder.resolve(), workspace, asked.only), flush=True)


if __name__ == "__main__":
    main()
