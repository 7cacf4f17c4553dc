"""What notebooks there are, what parameters they take, and what each reads.

Nothing of this is written down twice: it is read off the notebook itself, from its parameters
cell, its calls of ``report.data("…")`` and its metadata. A notebook that is not ready to become a
page (a draft, a copy, one without title or parameters) is left out, with a sentence that says why.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rapidfuzz import process

from kgstats import registry
from kgstats.pipeline import reaching, sources
from kgstats.words import LANGUAGES
from kgstats.workspace import DATA_SETS

TYPES: dict[str, type] = {"int": int, "str": str, "float": float, "bool": bool}
REPORT_DATA = ("figures", "identities", "topics", "targets", "audit")
"""Data sets that exist only for a year with a transcribed report."""
MAPS = ("kgstats.present.maps", "kgstats.reference.boundaries")
"""Where code that draws a map, or reads boundaries, comes to."""
PROPOSED_DATA = ("proposed_figures", "proposed_identities", "proposed_gone")
"""Data sets that exist only for a year whose report's text was read."""
RETURNS_DATA = registry.made_from("returns")
"""Data sets that exist only for a year with districts' returns."""
DRAFT = re.compile(r"(?i)untitled\d*$|draft[-_ ]|draft\d*$|_|.*-copy\d*$")
"""Names of notebooks that are somebody's own for now: JupyterLab's names, and ``draft…``."""
KEPT_METADATA = ("tags",)
"""What a run reads of a cell's metadata; the rest is JupyterLab's."""


class CollectionError(Exception):
    """A notebook, or what was asked of it, breaks the collection's rules."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a notebook: its type and default, as the parameters cell declares them."""

    name: str
    type: str
    default: Any
    optional: bool = False

    def check(self, value: Any, notebook: str) -> Any:
        """Return the value in the parameter's type.

        Raises
        ------
        CollectionError
            When it cannot be one.
        """
        if value is None and self.optional:
            return None
        wanted: Any = TYPES[self.type]
        if isinstance(value, str) and wanted is not str:
            value = _parsed(value)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if type(value) is not wanted:
            words = {"int": "a whole number", "float": "a number", "bool": "true or false"}
            raise CollectionError(
                f"{notebook}: parameter {self.name} must be {words.get(self.type, 'text')}, "
                f"not {value!r}"
            )
        if self.name == "lang" and value not in LANGUAGES:
            raise CollectionError(
                f"{notebook}: parameter lang must be one of {', '.join(LANGUAGES)}, not {value!r}"
            )
        if self.name in ("year", "base_year") and not 2000 <= value <= 2100:
            raise CollectionError(f"{notebook}: parameter {self.name} must be a year, not {value}")
        return value


def _parsed(text: str) -> Any:
    lowered = text.strip().lower()
    if lowered in ("true", "false"):
        return lowered == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


@dataclass(frozen=True)
class Read:
    """A data set a notebook reads: of its own year, or also of others; needed, or if there."""

    name: str
    optional: bool = False
    other_years: bool = False


@dataclass(frozen=True)
class Notebook:
    """One notebook of the collection."""

    name: str
    path: Path
    parameters: Mapping[str, Parameter]
    reads: tuple[Read, ...]
    each: str | None
    titles: Mapping[str, str] = field(default_factory=dict)
    imports: tuple[str, ...] = ()
    draft: bool = False
    draws_maps: bool = False
    """Whether its code comes to where maps are drawn, so that boundaries are read."""
    short: Mapping[str, str] = field(default_factory=dict)
    """What menus call it, by language."""
    background: bool = False
    """Whether it tells of sources and checks, which menus name after the results."""
    links: tuple[str, ...] = ()
    """Names of the notebooks that its prose links to."""
    lines: int = 1
    """How many lines of code it has."""

    def title(self, lang: str) -> str:
        """Return the notebook's title in a language."""
        return self.titles.get(lang, self.name)

    def short_title(self, lang: str) -> str:
        """Return what menus call the notebook."""
        return self.short.get(lang, self.title(lang))

    @property
    def slug(self) -> str:
        """The page's name, without the number that orders it: ``report-audit``."""
        head, _, tail = self.name.partition("_")
        return (tail if tail and head.isdigit() else self.name).replace("_", "-")

    @property
    def words(self) -> Path:
        """The file of its own words in both languages, there or not."""
        return self.path.with_suffix(".words.csv")

    def needs(self, names: Sequence[str]) -> bool:
        """Whether it cannot do without one of these data sets of its own year."""
        return any(read.name in names and not read.optional for read in self.reads)

    def reads_any(self, names: Sequence[str]) -> bool:
        """Whether it reads one of these data sets, if it is there."""
        return any(read.name in names for read in self.reads)

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return checked values for the parameters given.

        Raises
        ------
        CollectionError
            For a parameter it does not have, with the nearest one it has, or a wrong type.
        """
        checked = {}
        for name, value in given.items():
            if name not in self.parameters:
                near = process.extractOne(name, list(self.parameters), score_cutoff=50)
                hint = f" Did you mean {near[0]}?" if near else ""
                raise CollectionError(
                    f"{self.name} has no parameter {name!r}; it has "
                    f"{', '.join(self.parameters)}.{hint}"
                )
            checked[name] = self.parameters[name].check(value, self.name)
        return checked


@dataclass(frozen=True)
class Collection:
    """The notebooks of a folder that become pages, and why the others do not."""

    notebooks: tuple[Notebook, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Name of a notebook → a sentence that says what it lacks."""


def read_collection(folder: Path) -> Collection:
    """Return the notebooks of a folder, in the order of their names.

    Raises
    ------
    CollectionError
        When none of them can become a page.
    """
    found: dict[str, Notebook] = {}
    left_out: dict[str, str] = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook = read_notebook(path)
            _check_ready(notebook, found)
        except CollectionError as error:
            left_out[path.stem] = str(error)
        else:
            found[notebook.slug] = notebook
    if not found:
        raise CollectionError("; ".join(left_out.values()) or f"there is no notebook in {folder}")
    return Collection(tuple(found.values()), left_out)


def _check_ready(notebook: Notebook, others: Mapping[str, Notebook]) -> None:
    """Raise for a notebook that is not meant to be a page yet, or cannot be one."""
    file = notebook.path.name
    if notebook.draft or DRAFT.match(notebook.name):
        raise CollectionError(f"{file} is a draft: give it a name of its own to make it a page")
    for name in ("year", "lang"):
        if name not in notebook.parameters:
            raise CollectionError(f"{file} has no parameter {name}: add one to its parameters cell")
    if notebook.each is not None and notebook.each not in notebook.parameters:
        raise CollectionError(f"{file} is to run for each {notebook.each}, which is no parameter")
    if not notebook.titles:
        raise CollectionError(f"{file} has no title: begin a text cell with '# ' and the title")
    if notebook.slug in others:
        raise CollectionError(
            f"{file} would make the same page as {others[notebook.slug].path.name}: rename one"
        )


def content(path: Path) -> dict[str, Any]:
    """Return what a run reads of a notebook: sources, tags and settings, without any output.

    Raises
    ------
    CollectionError
        When it is no notebook.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        cells = [_without_outputs(number, cell) for number, cell in enumerate(told["cells"])]
        declared = told.get("metadata", {}).get("kgstats", {})
    except OSError as error:
        raise CollectionError(f"{path.name} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CollectionError(f"{path.name} is not a notebook: {error}") from None
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": kernel,
            "language_info": {"name": "python"},
            **({"kgstats": declared} if declared else {}),
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _without_outputs(number: int, cell: Mapping[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata", {})
    kept: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "id": cell.get("id", f"cell-{number}"),
        "metadata": {name: metadata[name] for name in KEPT_METADATA if name in metadata},
        "source": "".join(cell["source"]),
    }
    if cell["cell_type"] == "code":
        kept |= {"execution_count": None, "outputs": []}
    return kept


def digest(path: Path) -> str:
    """Return a fingerprint of what a run reads of a notebook; of all of it when it is damaged."""
    try:
        read = json.dumps(content(path), ensure_ascii=True, sort_keys=True).encode()
    except CollectionError:
        read = path.read_bytes()
    return hashlib.sha256(read).hexdigest()


def read_notebook(path: Path) -> Notebook:
    """Read one notebook's parameters, reads and titles, without running it.

    Raises
    ------
    CollectionError
        Naming the notebook and what is wrong with it.
    """
    told = content(path)
    cells, declared = told["cells"], told["metadata"].get("kgstats", {})
    if not isinstance(declared, dict):
        raise CollectionError(f"{path.name}: its metadata 'kgstats' must hold settings by name")
    trees = [_parse(cell["source"], path) for cell in cells if cell["cell_type"] == "code"]
    return Notebook(
        name=path.stem,
        path=path,
        parameters=_parameters(cells, path),
        reads=_reads(trees, path),
        each=declared.get("each"),
        titles=_titles(cells),
        imports=tuple(sorted({name for tree in trees for name in _imports(tree)})),
        draft=bool(declared.get("draft")),
        draws_maps=_draws_maps(cells, trees),
        short=_short(declared, path),
        background=bool(declared.get("background")),
        links=_links(cells),
        lines=sum(cell["source"].count("\n") + 1 for cell in cells if cell["cell_type"] == "code"),
    )


def _draws_maps(cells: Iterable[Mapping[str, Any]], trees: Sequence[ast.Module]) -> bool:
    """Return whether code comes to where maps are drawn."""
    code = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "code")
    question = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
    return bool(sources.known("maps", question, lambda: reaching.reaches(trees, MAPS)))


_LINK = re.compile(r"""(?:\]\(\s*<?|href=["'])(?:\./)?([^)>"'#\s]+)\.ipynb[)>"'#\s]""")


def _links(cells: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the notebooks beside this one that prose links to, as JupyterLab opens them."""
    prose = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    return tuple(sorted({unquote(name) for name in _LINK.findall(prose)}))


def _short(declared: Mapping[str, Any], path: Path) -> dict[str, str]:
    short = declared.get("short", {})
    if not isinstance(short, dict) or not all(isinstance(one, str) for one in short.values()):
        raise CollectionError(f"{path.name}: 'short' of its metadata must hold a text by language")
    return dict(short)


def _parse(source: str, path: Path) -> ast.Module:
    # A researcher's magics and shell lines are no Python; they read no data set.
    lines = [line for line in source.splitlines() if not line.lstrip().startswith(("%", "!", "?"))]
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError) as error:
        what = getattr(error, "msg", None) or error
        raise CollectionError(f"{path.name}: a code cell is not Python: {what}") from None


def tags(cell: Mapping[str, Any]) -> list[str]:
    """Return a cell's tags."""
    return list(cell.get("metadata", {}).get("tags", []))


def _parameters(cells: list[dict[str, Any]], path: Path) -> dict[str, Parameter]:
    marked = [cell for cell in cells if "parameters" in tags(cell)]
    if len(marked) != 1:
        raise CollectionError(
            f"{path.name} has {len(marked)} cells tagged 'parameters'; it must have one (in "
            "JupyterLab: Property Inspector, Cell Tags)"
        )
    parameters = {}
    for node in _parse("".join(marked[0]["source"]), path).body:
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
            raise CollectionError(
                f"{path.name}: a parameter must be declared as 'name: type = default'"
            )
        kinds = ast.unparse(node.annotation).replace(" ", "").split("|")
        if node.value is None or kinds[0] not in TYPES or set(kinds[1:]) - {"None"}:
            raise CollectionError(
                f"{path.name}: parameter {node.target.id} needs a default and one of the types "
                f"{', '.join(TYPES)} (or 'type | None')"
            )
        try:
            default = ast.literal_eval(node.value)
        except ValueError:
            raise CollectionError(
                f"{path.name}: the default of parameter {node.target.id} must be written out"
            ) from None
        parameters[node.target.id] = Parameter(
            node.target.id, kinds[0], default, optional=len(kinds) > 1
        )
    return parameters


def _reads(trees: Iterable[ast.Module], path: Path) -> tuple[Read, ...]:
    reads: dict[str, Read] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "clean_tables":
                for table in registry.of_forms():
                    reads.setdefault(table, Read(table, optional=True))
            if node.func.attr not in ("data", "by_year") or not node.args:
                continue
            name = node.args[0]
            if not (isinstance(name, ast.Constant) and name.value in DATA_SETS):
                raise CollectionError(
                    f"{path.name}: report.data() takes the name of a data set in quotes; there "
                    f"are {', '.join(DATA_SETS)}"
                )
            keywords = {keyword.arg: keyword.value for keyword in node.keywords}
            flag = keywords.get("optional")
            optional = isinstance(flag, ast.Constant) and flag.value is True
            several = node.func.attr == "by_year"
            other = "year" in keywords or several
            before = reads.get(name.value)
            reads[name.value] = Read(
                name.value,
                optional=(optional or (other and not several))
                and (before is None or before.optional),
                other_years=other or (before is not None and before.other_years),
            )
    return (*reads.values(), *_cells_behind(reads))


def _cells_behind(reads: Mapping[str, Read]) -> tuple[Read, ...]:
    """Return the ledgers that tables look up the cells behind their rows in: of what is read."""
    found: dict[str, bool] = {}
    for name, read in reads.items():
        if name in registry.of_forms():
            ledger = registry.ledger_of(name)
            found[ledger] = found.get(ledger, False) or read.other_years
    return tuple(
        Read(name, optional=True, other_years=other)
        for name, other in found.items()
        if name not in reads
    )


def _imports(tree: ast.Module) -> Iterable[str]:
    for node in sources.imports(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def language_of(cell: Mapping[str, Any]) -> str | None:
    """Return the language a prose cell is written in, by its tag; None for every language."""
    for tag in tags(cell):
        if tag.startswith("lang-"):
            return tag.removeprefix("lang-")
    return None


def _titles(cells: list[dict[str, Any]]) -> dict[str, str]:
    titles: dict[str, str] = {}
    for cell in cells:
        if cell["cell_type"] != "markdown":
            continue
        for line in "".join(cell["source"]).splitlines():
            if line.startswith("# "):
                for lang in [language_of(cell)] if language_of(cell) else LANGUAGES:
                    titles.setdefault(str(lang), line[2:].strip())
    return titles


def select(
    notebooks: Sequence[Notebook], only: Sequence[str], skip: Sequence[str]
) -> list[Notebook]:
    """Return the notebooks asked for; names may leave out the number or be its first digits.

    Raises
    ------
    CollectionError
        For a name no notebook has, with the nearest one, and for one that several have.
    """
    chosen = {_find(notebooks, name).name for name in only} or {n.name for n in notebooks}
    skipped = {_find(notebooks, name).name for name in skip}
    return [n for n in notebooks if n.name in chosen - skipped]


def _find(notebooks: Sequence[Notebook], name: str) -> Notebook:
    wanted = name.removesuffix(".ipynb").replace("-", "_")
    meant = [one for one in notebooks if wanted in (one.name, *one.name.split("_", 1))]
    if len(meant) > 1:
        told = " or ".join(one.name for one in meant)
        raise CollectionError(f"{name!r} may be {told}: say the whole name")
    if meant:
        return meant[0]
    names = [notebook.name for notebook in notebooks]
    near = process.extractOne(wanted, names, score_cutoff=50)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise CollectionError(f"there is no notebook {name!r}; there are {', '.join(names)}.{hint}")
