"""Which source files a piece of the product is made of, so that a change re-runs just its users."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import kgstats
from kgstats.workspace import replacing

PACKAGE = Path(kgstats.__file__).parent
PYCACHE = "__pycache__"
KEPT = PACKAGE / PYCACHE / "sources.kept"
"""Where `keep` writes what was found out about the source: no part of it, so of no such suffix."""
_NEW: set[str] = set()
_SEEN = threading.local()
_DATA_SUFFIXES = {".csv", ".po", ".yml", ".yaml", ".j2", ".css", ".js", ".json", ".svg"}
SUFFIXES = frozenset({".py", *_DATA_SUFFIXES})
"""How the names of files end that the package is made of."""


def files_of(modules: Iterable[str]) -> list[Path]:
    """Return every source and data file of the package that these modules are made of.

    Imports are followed statically, those inside functions too. A package's data files (tables,
    templates) belong to each of its modules; the catalogues belong to whatever uses words.
    """
    return list(_files_of(tuple(modules), _looks()))


@contextlib.contextmanager
def seen_once() -> Iterator[None]:
    """Look at the package's files once for all that this thread asks within this block."""
    before = getattr(_SEEN, "looks", None)
    _SEEN.looks = before or _looked()
    try:
        yield
    finally:
        _SEEN.looks = before


def _looks() -> tuple[tuple[str, int], ...]:
    """Return how the package's files look: what it is made of changes with them alone."""
    seen: tuple[tuple[str, int], ...] | None = getattr(_SEEN, "looks", None)
    return _looked() if seen is None else seen


def _looked() -> tuple[tuple[str, int], ...]:
    found = []
    queue = [str(PACKAGE)]
    while queue:
        for entry in os.scandir(queue.pop()):
            if not entry.is_dir():
                found.append((entry.path, entry.stat().st_mtime_ns))
            elif entry.name != PYCACHE:
                queue.append(entry.path)
    return tuple(sorted(found))


def known(kind: str, question: str, answer: Callable[[], Any]) -> Any:
    """Return what the package's source says, found out once for the same source.

    Reading and following 300 modules takes seconds, so answers are kept beside what Python keeps
    of them, for the content of all of them, byte for byte: `keep` writes them down.

    Parameters
    ----------
    kind, question
        What was asked, all that the answer depends on beside the package's source.
    answer
        Finds it out; gives what JSON holds.
    """
    answers = _answers(_content(_looks())).setdefault(kind, {})
    if question not in answers:
        answers[question] = answer()
        _NEW.add(kind)
    return answers[question]


def keep() -> None:
    """Write down what was found out about the package's source, where that can be written."""
    if _NEW:
        content = _content(_looks())
        with contextlib.suppress(OSError), replacing(KEPT) as draft:
            told = {"content": content, "answers": _answers(content)}
            draft.write_text(json.dumps(told), encoding="utf-8")
        _NEW.clear()


@lru_cache(maxsize=1)
def _answers(content: str) -> dict[str, dict[str, Any]]:
    try:
        told = json.loads(KEPT.read_text(encoding="utf-8"))
        return dict(told["answers"]) if told["content"] == content else {}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


@lru_cache(maxsize=1)
def _content(looks: tuple[tuple[str, int], ...]) -> str:
    """Return a digest of all that the package is made of, and of what reads it."""
    told = [sys.version, *(f"{path} {_fingerprint(Path(path), stamp)}" for path, stamp in looks)]
    return hashlib.sha256("\n".join(told).encode("utf-8", "surrogateescape")).hexdigest()


@lru_cache(maxsize=64)
def _files_of(modules: tuple[str, ...], looks: tuple[tuple[str, int], ...]) -> tuple[Path, ...]:
    names = known("files", " ".join(modules), lambda: [str(one) for one in _followed(modules)])
    return tuple(map(Path, names))


def _followed(modules: Iterable[str]) -> list[Path]:
    """Return the files that modules are made of, their imports followed."""
    seen: set[Path] = set()
    queue = [file for name in modules for file in _module_files(name)]
    while queue:
        file = queue.pop()
        if file in seen:
            continue
        seen.add(file)
        queue.extend(_imported(file))
    folders = {file.parent for file in seen if file.parent != PACKAGE}
    data = {
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in _DATA_SUFFIXES and path.is_file()
    }
    if PACKAGE / "words.py" in seen:
        data |= set((PACKAGE / "locale").rglob("*.po"))
    return sorted(seen | data)


def _module_files(name: str) -> list[Path]:
    """Return the files a dotted name runs: the module and the packages above it."""
    parts = name.split(".")
    if parts[0] != "kgstats":
        return []
    found = []
    folder = PACKAGE
    for part in parts[1:]:
        if (folder / "__init__.py").is_file():
            found.append(folder / "__init__.py")
        if (folder / f"{part}.py").is_file():
            found.append(folder / f"{part}.py")
            return found
        folder = folder / part
        if not folder.is_dir():
            return found
    if (folder / "__init__.py").is_file():
        found.append(folder / "__init__.py")
    return found


@cache
def parsed(file: Path, stamp: int) -> ast.Module:
    """Return a source file's tree; ``stamp`` is its time of modification."""
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Return the absolute imports of a piece of code, those inside functions too.

    As `ast.walk` would find them, without a look into any expression.
    """
    queue = deque[ast.AST](tree.body)
    while queue:
        node = queue.popleft()
        if isinstance(node, ast.Import) or (
            isinstance(node, ast.ImportFrom) and node.module and not node.level
        ):
            yield node
        for part in ("body", "handlers", "orelse", "finalbody", "cases"):
            queue.extend(getattr(node, part, ()))


@cache
def _imported_at(file: Path, stamp: int) -> tuple[Path, ...]:
    found: list[Path] = []
    for node in imports(parsed(file, stamp)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.extend(_module_files(alias.name))
        elif node.module:
            found.extend(_module_files(node.module))
            for alias in node.names:
                found.extend(_module_files(f"{node.module}.{alias.name}"))
    return tuple(found)


def _imported(file: Path) -> tuple[Path, ...]:
    return _imported_at(file, file.stat().st_mtime_ns)


def fingerprints(files: Iterable[Path]) -> dict[str, str]:
    """Return a fingerprint of each source file's content, by its name in the project."""
    return dict(_fingerprints(tuple(files), _looks()))


@lru_cache(maxsize=64)
def _fingerprints(files: tuple[Path, ...], looks: tuple[tuple[str, int], ...]) -> dict[str, str]:
    stamps = dict(looks)
    return {
        file.relative_to(PACKAGE.parents[1]).as_posix(): _fingerprint(file, stamps[str(file)])
        for file in files
    }


@cache
def _fingerprint(file: Path, stamp: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
