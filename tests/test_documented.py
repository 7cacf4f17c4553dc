"""What a researcher may call says what it takes, and is shown in use.

A function is shown in use by an example of its own, or by a notebook of the collection, of
``docs`` or the gallery that calls it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from functools import cache

import nbformat
import pytest

import kgstats.analysis

PRESENT = (
    "charts", "charts_of_points", "charts_over_years", "columns", "figures", "maps.classes",
    "maps.figures", "maps.shapes", "maps.spec", "names", "numbers", "plain", "prose", "style",
    "tables",
)  # fmt: skip
ROOMS = sorted(
    [one.name for one in pkgutil.walk_packages(kgstats.analysis.__path__, "kgstats.analysis.")]
    + [f"kgstats.present.{name}" for name in PRESENT]
    + ["kgstats.lineage", "kgstats.notebook", "kgstats.notebook.reading"]
    + ["kgstats.notebook.received", "kgstats.notebook.showing", "kgstats.notebook.words"]
)


def public(room):
    """Every public function and method of a module, by its name in it."""
    module = importlib.import_module(room)
    for name, one in vars(module).items():
        if name.startswith("_") or getattr(one, "__module__", "") != room:
            continue
        if inspect.isfunction(inspect.unwrap(one)):
            yield name, inspect.unwrap(one)
        elif inspect.isclass(one):
            for own, method in vars(one).items():
                if not own.startswith("_") and inspect.isfunction(method):
                    yield f"{name}.{own}", method


EXAMPLE = re.compile(r">>>|Examples\n---")
SAID_OF_ALL = re.compile(r"^Every (?:function|mark) takes.+?(?=\n\n|\Z)", re.M | re.S)
"""What a module's own words say once of all its functions' parameters."""


@cache
def used(root):
    cells = []
    for folder in ("notebooks", "docs"):
        for path in sorted((root / folder).rglob("*.ipynb")):
            cells += [one.source for one in nbformat.read(path, 4).cells if one.cell_type == "code"]
    return "\n".join(cells)


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_function_says_what_it_takes(room):
    of_all = "".join(SAID_OF_ALL.findall(inspect.getdoc(importlib.import_module(room)) or ""))
    for name, one in public(room):
        told = inspect.getdoc(one) or ""
        assert told.strip(), f"{room}.{name} says nothing"
        takes = [
            arg
            for arg in inspect.signature(one).parameters
            if arg not in ("self", "cls") and f"``{arg}``" not in of_all
        ]
        if takes:
            assert "Parameters\n----------\n" in told, f"{room}.{name} does not say what it takes"
            parts = told.partition("Parameters\n----------\n")[2].splitlines()
            heads = {
                word.strip(" *") for line in parts if line[:1].strip() for word in line.split(",")
            }
            missing = [arg for arg in takes if arg not in heads and f"``{arg}" not in told]
            assert not missing, f"{room}.{name} does not say what {missing} are"


STEPS = frozenset(
    [
        "analysis.funding.lines.year_of",
        "analysis.households.area_keys",
        "analysis.households.counted",
        "analysis.households.measure_named",
        "analysis.households.pair",
        "analysis.households.prepared",
        "analysis.households.together",
        "analysis.households.year_of",
        "analysis.paths.of_last_set",
        "analysis.poverty.compared",
        "analysis.poverty.reasoned",
        "analysis.poverty_compared.marked",
        "analysis.poverty_compared.withheld_in",
        "analysis.poverty_disclosure.release",
        "analysis.published.series_of",
        "analysis.uncertainty.sound",
        "lineage.read_ledger",
        "lineage.table_of",
        "notebook.words.read_words",
        "present.charts.around_zero",
        "present.charts.words_at_ends",
        "present.figures.from_canvas",
        "present.figures.page_svg",
        "present.maps.shapes.projected",
        "present.maps.shapes.schematic",
        "present.maps.shapes.shapes",
        "present.maps.shapes.voronoi_discs",
        "present.style.house",
        "present.tables.check_with",
    ]
)
"""Steps of other functions, which no notebook calls by itself; they may only become fewer."""


def test_every_function_is_shown_in_use(root):
    written = used(root)
    unseen = {
        f"{room}.{name}".removeprefix("kgstats.")
        for room in ROOMS
        for name, one in public(room)
        if "." not in name
        and not EXAMPLE.search(inspect.getdoc(one) or "")
        and f"{name}(" not in written
    }
    assert unseen == STEPS
