"""Whether a notebook's code comes, call by call, to a part of the package, such as the maps.

Files say too much: nearly every page's modules import the maps. So names are followed: those a
notebook uses, those in the bodies of the functions and classes they name, and so on. A name counts
where it stands, called or not, so what is found is rather too much than too little.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kgstats.pipeline.sources import PACKAGE, imports, parsed

Symbol = tuple[str, str]
"""A module, and a name in it; the whole module where the name is empty."""


@dataclass
class _Names:
    """What the names of a module, or of a notebook, stand for."""

    bodies: dict[str, list[ast.AST]] = field(default_factory=dict)
    imported: dict[str, Symbol] = field(default_factory=dict)
    uses: dict[str, list[Symbol]] = field(default_factory=dict)
    """What the body of a name comes to, where it was asked for before."""

    def used(self, name: str, module: str) -> list[Symbol]:
        """Return what the body of a name of this module uses."""
        if name not in self.uses:
            found = (one for body in self.bodies[name] for one in _used(body, self, module))
            self.uses[name] = list(dict.fromkeys(found))
        return self.uses[name]


def reaches(trees: Iterable[ast.Module], parts: Iterable[str]) -> bool:
    """Return whether code comes to one of these modules (or to one below it)."""
    wanted = tuple(parts)
    own = _names(list(trees))
    queue = [found for tree in trees for found in _used(tree, own, "")]
    seen: set[Symbol] = set()
    while queue:
        symbol = queue.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        module, name = symbol
        if any(module == part or module.startswith(f"{part}.") for part in wanted):
            return True
        file = _file(module)
        if file is None:
            continue
        names = _module(file, file.stat().st_mtime_ns)
        if name in names.bodies:
            queue += names.used(name, module)
        elif name in names.imported:
            queue.append(names.imported[name])
        elif not name:
            queue += [(module, one) for one in names.bodies]
    return False


@cache
def _file(module: str) -> Path | None:
    parts = module.split(".")
    if parts[0] != PACKAGE.name:
        return None
    place = PACKAGE.joinpath(*parts[1:])
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            return file
    return None


@cache
def _module(file: Path, stamp: int) -> _Names:
    return _names([parsed(file, stamp)])


def _names(trees: Iterable[ast.Module]) -> _Names:
    names = _Names()
    for tree in trees:
        for statement in tree.body:
            for name in _defined(statement):
                names.bodies.setdefault(name, []).append(statement)
        for node in imports(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    told = alias.name if alias.asname else alias.name.partition(".")[0]
                    names.imported[alias.asname or told] = (told, "")
            elif node.module:
                for alias in node.names:
                    names.imported[alias.asname or alias.name] = _found(node.module, alias.name)
    return names


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        walked = [one for target in targets for one in ast.walk(target)]
        return [one.id for one in walked if isinstance(one, ast.Name)]
    return []


def _found(module: str, name: str) -> Symbol:
    """Return what a name of a module is: a module below it, or something in it."""
    below = f"{module}.{name}"
    return (below, "") if _file(below) is not None else (module, name)


def _used(node: ast.AST, names: _Names, module: str) -> Iterator[Symbol]:
    """Return what the names in a piece of code stand for; types in annotations call nothing."""
    if isinstance(node, ast.Attribute):
        chain, base = [node.attr], node.value
        while isinstance(base, ast.Attribute):
            chain.append(base.attr)
            base = base.value
        if isinstance(base, ast.Name) and names.imported.get(base.id, ("", "x"))[1] == "":
            symbol = names.imported[base.id]
            for name in reversed(chain):
                if symbol[1]:
                    break
                symbol = _found(symbol[0], name)
            yield symbol
            return
    if isinstance(node, ast.Name):
        if node.id in names.imported:
            yield names.imported[node.id]
        elif module and node.id in names.bodies:
            yield (module, node.id)
        return
    for label, value in ast.iter_fields(node):
        if label in ("annotation", "returns"):
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.AST):
                yield from _used(one, names, module)
