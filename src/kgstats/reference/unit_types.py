"""What kinds of areas there are, and by which words and abbreviations they are called."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources


@lru_cache
def _rows() -> tuple[dict[str, str], ...]:
    # Of the country, so not by `tables`, which asks for the province.
    file = resources.files("kgstats.reference") / "data" / "unit_types.csv"
    return tuple(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@lru_cache
def named(level: str = "", area: str = "") -> tuple[str, ...]:
    """Return the kinds of areas of a level, or of urban or rural areas; all where none is asked.

    Parameters
    ----------
    level
        ``province``, ``district`` or ``commune``.
    area
        ``urban``, ``rural`` or ``special``.

    Examples
    --------
    >>> named("district"), named("commune", "urban")
    (('quận', 'huyện', 'thị xã', 'thành phố'), ('phường', 'thị trấn'))
    """
    return tuple(
        row["type"]
        for row in _rows()
        if level in ("", *row["level"].split("|")) and area in ("", row["area"])
    )


@lru_cache
def area_of(kind: str) -> str:
    """Return whether a kind of area is ``urban``, ``rural`` or ``special``; empty for neither.

    Parameters
    ----------
    kind
        A kind of area, as the list of the General Statistics Office writes it.

    Examples
    --------
    >>> area_of("xã"), area_of("thị trấn"), area_of("tỉnh")
    ('rural', 'urban', '')
    """
    return next((row["area"] for row in _rows() if row["type"] == kind), "")


@lru_cache
def words(level: str = "", *, plain: bool = False) -> dict[str, str]:
    """Return what kinds of areas are called, names and abbreviations, each with its kind.

    Parameters
    ----------
    level
        As of :func:`named`.
    plain
        Whether only kinds that are told from names without accents too: ``Quan Sơn`` is no quận.

    Examples
    --------
    >>> words("district")["tp"], "quận" in words("district", plain=True)
    ('thành phố', False)
    """
    return {
        word: row["type"]
        for row in _rows()
        if row["type"] in named(level) and not (plain and row["as_typed_plain"] == "no")
        for word in (row["type"], *filter(None, row["words"].split("|")))
    }


def pattern(found: Iterable[str], space: str = r"\s+") -> str:
    r"""Return the alternatives of a regular expression, the longest first.

    Parameters
    ----------
    found
        Words of kinds of areas.
    space
        What stands between two words of one.

    Examples
    --------
    >>> pattern(["xã", "thị trấn"])
    'thị\\s+trấn|xã'
    """
    longest = sorted(dict.fromkeys(found), key=lambda word: (-len(word), word))
    return "|".join(space.join(map(re.escape, word.split())) for word in longest)
