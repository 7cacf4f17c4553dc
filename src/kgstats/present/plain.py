"""A plain frame as a published table: what a notebook's cell ends in becomes something to read.

What the registry knows is called as everywhere else; codes are put into words; the rest keeps the
name of its column, or is named by the notebook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import numbers
from kgstats.present.columns import CODED, Column, coded, column, with_unit
from kgstats.present.tables import Table
from kgstats.words import N_, translator

MOST_ROWS = 30
"""How many rows of a plain frame a page shows; its files hold all of them."""
_PUT_INTO_WORDS = {"district_name": "district_code", "commune_name": "commune_code"}
"""Columns that a report's ``names`` adds, and the code whose words they are."""
_ADDED = {"commune_type": (N_("Type of unit"), ""), "area_km2": (N_("Land area"), "km²")}
_ENDS = {"_pct": "percent", "_pp": "points", "_vnd": "dong"}


@dataclass
class Plain(Table):
    """A table of a frame as it stands; a long one shows its first rows only."""

    automatic: bool = False
    """Whether nobody gave its caption, so that a page calls it as the heading above it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.frame) > MOST_ROWS:
            said = translator(self.lang)(
                "The first {n} of {all} rows; the files hold all of them.",
                n=numbers.number(MOST_ROWS, self.lang),
                all=numbers.number(len(self.frame), self.lang),
            )
            self.notes = (*self.notes, said)

    def _order(self) -> list[int]:
        return super()._order()[:MOST_ROWS]

    def payload(self) -> dict[str, Any]:
        """Return what a download needs, and whether the caption is only a stopgap."""
        told = super().payload()
        return {**told, "plain": True} if self.automatic else told


def plain(
    frame: pd.DataFrame | pd.Series,
    *,
    slug: str,
    lang: str,
    year: int,
    caption: str = "",
    labels: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> Plain:
    """Make a published table of a frame as it stands.

    Each parameter is one of a report's ``show``, with the report's language and year.

    Parameters
    ----------
    frame
        Any frame or series. An index that says something becomes the first columns; keys that the
        registry knows (``district_code`` …) are put into words.
    slug, caption, notes
        As of `kgstats.present.tables.Table`; without a caption the heading above gives one.
    lang, year
        The language, and the year whose names of places are used where a row has no ``year``.
    labels, units
        Words for columns that the registry does not know, in ``lang``, and their units.

    Examples
    --------
    >>> frame = pd.DataFrame({"district_code": ["903"], "poor_rate_pct": [2.5], "gap": [0.25]})
    >>> made = plain(frame, slug="s", lang="en", year=2019, caption="Rates", units={"gap": "km"})
    >>> print(made.to_text())
    Rates
    District | Poverty rate | gap, km
    Hòn Đất | 2.50% | 0.25
    """
    rows = _flat(frame, translator(lang)("Value"))
    made: list[Column] = []
    for name in list(rows.columns):
        code = _PUT_INTO_WORDS.get(name, name.removesuffix("_words"))
        if code != name and code in rows:
            continue  # Its code is put into these words.
        one = _column(rows[name], name, lang, year, (labels or {}, units or {}))
        if one.kind in CODED:
            years = rows["year"] if "year" in rows else [year] * len(rows)
            pairs = zip(rows[name], years, strict=True)
            rows[f"_{name}"] = [coded(value, one, lang, when, "") for value, when in pairs]
            one = replace(one, key=f"_{name}", kind="text")
        made.append(_apart(one, made))
    return Plain(
        slug=slug,
        caption=caption or translator(lang)("Data"),
        frame=rows,
        columns=made,
        lang=lang,
        notes=tuple(notes),
        automatic=not caption,
    )


def _flat(frame: pd.DataFrame | pd.Series, value: str) -> pd.DataFrame:
    """Return a frame whose index stands in columns and whose columns have one name each."""
    if isinstance(frame, pd.Series):
        frame = frame.to_frame(value if frame.name is None else frame.name)
    index = frame.index
    if index.nlevels > 1 or any(index.names) or not pd.api.types.is_integer_dtype(index.dtype):
        names = [name if name is not None else "" for name in index.names]
        held = {str(one) for one in frame.columns}
        keys = [name if str(name) not in held else f"{name} " for name in names]
        values = {key: index.get_level_values(n) for n, key in enumerate(keys)}
        frame = pd.concat(
            [pd.DataFrame(values), frame.reset_index(drop=True)], axis=1, ignore_index=False
        )
    found = frame.reset_index(drop=True)
    names, seen = [], set()
    for one in found.columns:
        parts = [str(part) for part in one] if isinstance(one, tuple) else [str(one)]
        name = ": ".join(part for part in parts if part)
        while name in seen:
            name += " "
        seen.add(name)
        names.append(name)
    found.columns = pd.Index(names)
    return found


def _column(
    values: pd.Series,
    name: str,
    lang: str,
    year: int,
    own: tuple[Mapping[str, str], Mapping[str, str]],
) -> Column:
    """Return how a column is shown: as it was named, as the registry knows it, or by its values."""
    labels, units = own
    known = _known(_PUT_INTO_WORDS.get(name, name), lang, year)
    if known is not None:
        if name in _PUT_INTO_WORDS:
            known = replace(known, key=name, kind="text")
        return replace(known, label=labels.get(name, known.label), unit=units.get(name, known.unit))
    words, unit = _ADDED.get(name, (name.strip().replace("_", " "), ""))
    label = labels.get(name, translator(lang)(words) if name in _ADDED else words)
    kind = _kind(values, name)
    unit = units.get(name, unit)
    if kind == "number":
        label = with_unit(label, unit, lang)
    return Column(name, label, kind, unit=unit, decimals=2 if kind == "percent" else None)


def _known(name: str, lang: str, year: int) -> Column | None:
    try:
        return column(name, lang, year=year, before=year - 1, base_year=year - 1)
    except (registry.NotRegistered, KeyError):
        return None


def _kind(values: pd.Series, name: str) -> str:
    kinds = pd.api.types
    if kinds.is_bool_dtype(values) or not kinds.is_numeric_dtype(values):
        return "date" if kinds.is_datetime64_any_dtype(values) else "text"
    return next((kind for end, kind in _ENDS.items() if name.endswith(end)), "number")


def _apart(one: Column, others: Sequence[Column]) -> Column:
    """Return a column whose header no other has: readers could not tell them apart."""
    label, number = one.label, 2
    while any(label == other.label for other in others):
        label, number = f"{one.label} ({number})", number + 1
    return replace(one, label=label)
