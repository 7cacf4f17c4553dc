"""One map over several years: a slider of the years, and each of them as a still picture."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Any

import pandas as pd

from kgstats import registry
from kgstats.present import claims, numbers, provenance
from kgstats.present.figures import Figure
from kgstats.present.maps import drawing, panels, printing, sheets
from kgstats.present.maps.classes import NOT_REPORTED, OUTSIDE, Category, Classes
from kgstats.present.maps.colouring import Colouring
from kgstats.present.maps.figures import LAYOUTS
from kgstats.present.maps.ground import KEYS, coloured, finished, ground_of, where
from kgstats.present.maps.layout import COMMUNE, Sheet
from kgstats.present.maps.shapes import shapes as shapes_of
from kgstats.present.maps.spec import MapSpec, Panels
from kgstats.present.tables import Column, Table
from kgstats.reference import areas
from kgstats.words import N_, translator

_MOVED = N_(
    "higher than in {before} in {up} areas, lower in {down}, the same in {same}; compared: {all}"
)
_ALL_MOVED = {
    "up": N_("higher than in {before} in every area compared: {all}"),
    "down": N_("lower than in {before} in every area compared: {all}"),
    "same": N_("the same as in {before} in every area compared: {all}"),
}
_TITLE = N_("{label}, {span}: higher in {up} areas, lower in {down}, the same in {same}")
_TITLE_OF_ALL = {
    "up": N_("{label}, {span}: higher in every area compared"),
    "down": N_("{label}, {span}: lower in every area compared"),
    "same": N_("{label}, {span}: the same in every area compared"),
}
_SOME = {
    "up": claims.P_("higher in {n} area", "higher in {n} areas"),
    "down": claims.P_("lower in {n} area", "lower in {n} areas"),
    "same": claims.P_("the same in {n} area", "the same in {n} areas"),
}
_TWO = {
    _MOVED: N_("against {before} {said}; compared: {all}"),
    _TITLE: N_("{label}, {span}: {said}"),
}
_TITLE_OF_SOME = {
    "up": N_("{label}, {span}: higher in all {base}"),
    "down": N_("{label}, {span}: lower in all {base}"),
    "same": N_("{label}, {span}: the same in all {base}"),
}
_NOT_COMPARED = N_("not compared with the years before")


@dataclass(frozen=True)
class _Year:
    """One year of the map: its sheets, large and small, its colours, values, names of areas."""

    year: int
    sheet: Sheet
    small: Sheet
    colouring: Colouring
    values: Mapping[str, float]
    names: Mapping[str, str]
    note: str


def over_years(
    frame: pd.DataFrame,
    spec: MapSpec,
    *,
    outside: Callable[[int], Collection[str]] | None = None,
    breaks: Mapping[int, str] | None = None,
) -> Figure:
    """Draw one map for all years of a table, with a slider of the years and a still of each.

    The classes are the same in all years, each year stands on its own areas: where territories
    changed there is a drawing for each list of areas, else one for all years. Without a script
    the last year is drawn large and every year small; on paper the small ones.

    Parameters
    ----------
    frame
        A row an area and year: ``year``, ``commune_code`` (or ``district_code``) and the column
        drawn; at least one year.
    spec
        What is drawn, with ``classes``; its year is the last one. Without a title the figure is
        called by how many areas rose and fell over the years that can be compared.
    outside
        Gives the areas outside of a year, where they are not the spec's own.
    breaks
        By the first year of another standard, what is to be said: years are not compared across.

    Raises
    ------
    UnknownArea
        For codes that are not of their year.
    """
    if spec.classes is None:
        raise ValueError("a map over years takes classes, the same in all years")
    years = [
        _of_year(own, _on_its_areas(spec, int(year)), outside)
        for year, own in frame.groupby("year", sort=True)
    ]
    later = {one.year for one in years[1:]}
    broken = {year: text for year, text in sorted((breaks or {}).items()) if year in later}
    said = {one.year: text for one, text in zip(years, _says(years, spec, broken), strict=True)}
    spec = replace(spec, title=spec.title or _title(years, spec, broken))
    alternative = spec.alternative or _described(years, spec, said, broken)
    names = {one.year: str(one.year) for one in years}
    alone = translator(spec.lang)(_NOT_COMPARED)
    stills = Panels("year", names, dict.fromkeys(broken, alone))
    note = years[-1].note
    picture = None
    if spec.png:
        of_panels = {one.year: (one.small, one.colouring) for one in years}
        entries = [(category, None) for category in _entries(years)]
        picture = printing.panels_png(of_panels, entries, stills, spec, note)
    svg = _html(years, spec, alternative, said, broken, stills)
    made = finished(spec, alternative, svg, spec.table or _table(years, spec), note, picture)
    return replace(made, sources=provenance.behind(frame, [spec.value], None))


def _on_its_areas(spec: MapSpec, year: int) -> MapSpec:
    """Return the spec of a year; on the last year's shapes where the list of areas is the same."""
    if spec.shapes is not None or areas.units(year).equals(areas.units(spec.year)):
        return replace(spec, year=year, shapes=spec.shapes or shapes_of(spec.year))
    return replace(spec, year=year)


def _of_year(
    own: pd.DataFrame, spec: MapSpec, outside: Callable[[int], Collection[str]] | None
) -> _Year:
    if outside is not None:
        spec = replace(spec, outside=outside(spec.year))
    ground = ground_of(spec)
    found = coloured(own, spec, ground)
    known = own.dropna(subset=[spec.value]).set_index(ground.key)[spec.value]
    return _Year(
        spec.year,
        sheets.sheet(ground.shapes, LAYOUTS[ground.level], ground.level),
        sheets.sheet(ground.shapes, "small", ground.level),
        found,
        {str(code): float(value) for code, value in known.items()},
        ground.names,
        where(ground.shapes, spec),
    )


# ------------------------------------------------------------------ words


def _same(before: int, after: int, level: str) -> set[str]:
    """Return the codes that stand for one territory in both years."""
    if level != COMMUNE:
        return set(areas.units(before)["district_code"].dropna()) & set(
            areas.units(after)["district_code"].dropna()
        )
    found = areas.successions(before, after)
    kept = found["relation"].isin(["same", "renamed"]) & (found["from_code"] == found["to_code"])
    return set(found.loc[kept, "from_code"].astype(str))


def _moved(before: _Year, after: _Year, spec: MapSpec) -> Counter[str]:
    """Count the areas whose value rose, fell or stayed: by the change as printed elsewhere."""
    classes = spec.classes
    assert classes is not None
    codes = set(before.values) & set(after.values) & _same(before.year, after.year, spec.level)
    found: Counter[str] = Counter()
    for code in codes:
        by = after.values[code] - before.values[code]
        way = claims.direction(by, classes.decimals_shown) or 0
        found[("same", "up", "down")[way]] += 1
    return found


def _told(
    found: Counter[str], words: str, of_all: Mapping[str, str], lang: str, **said: Any
) -> str:
    """Say how many areas rose, fell and stayed; in one word where all did the same."""
    t = translator(lang)
    counts = {key: numbers.number(found[key], lang) for key in ("up", "down", "same")}
    counts["all"] = numbers.number(sum(found.values()), lang)
    if not found:
        return t(_NOT_COMPARED)
    if len(+found) == 1:
        words = of_all[next(iter(+found))]
    elif len(+found) == 2:
        # What is none is not said: "lower in 0".
        parts = [claims.counted(_SOME[key], found[key], lang) for key in _SOME if found[key]]
        words = _TWO[words]
        said["said"] = ", ".join(parts)
    return t(words, **counts, **said)


def _says(years: Sequence[_Year], spec: MapSpec, broken: Mapping[int, str]) -> list[str]:
    """Say of every year how it stands to the one before."""
    t = translator(spec.lang)
    texts = [t("the first year shown")]
    for before, after in pairwise(years):
        if after.year in broken:
            texts.append(t(_NOT_COMPARED))
        else:
            moved = _moved(before, after, spec)
            texts.append(_told(moved, _MOVED, _ALL_MOVED, spec.lang, before=before.year))
    return texts


def _title(years: Sequence[_Year], spec: MapSpec, broken: Mapping[int, str]) -> str:
    """Say how many areas rose and fell within the last period."""
    t = translator(spec.lang)
    last = years[-1]
    first = next(one for one in years if one.year >= max(broken, default=years[0].year))
    span = f"{first.year}–{last.year}"
    if first is last:
        return t(
            "{label}, {year}: one year only since the last break", label=spec.label, year=last.year
        )
    found = _moved(first, last, spec)
    if not found:
        return f"{spec.label}, {span}"
    title = _told(found, _TITLE, _TITLE_OF_ALL, spec.lang, label=spec.label, span=span)
    known, compared = set(first.values) | set(last.values), sum(found.values())
    if compared == len(known):
        return title
    unit = "units" if spec.level == COMMUNE else "districts"
    base = claims.base({unit: (compared, len(known))}, spec.lang)
    if len(+found) == 1:
        compared_of = t("the areas compared, {base}", base=base)
        words = _TITLE_OF_SOME[next(iter(+found))]
        return t(words, label=spec.label, span=span, base=compared_of)
    return title + t("; compared: {base}", base=base)


def _described(
    years: Sequence[_Year], spec: MapSpec, said: Mapping[int, str], broken: Mapping[int, str]
) -> str:
    """Say in words what the map shows and what changed: of each year its classes and its moves."""
    lang = spec.lang
    start = translator(lang)(
        "Maps of {province} for {years}: {label}.",
        province=areas.province(spec.year),
        years=numbers.joined([str(one.year) for one in years], lang),
        label=spec.label,
    )
    pieces = [start]
    for one in years:
        counts = "; ".join(
            f"{category.label}: {numbers.number(count, lang)}"
            for category, count in one.colouring.legend()
            if count
        )
        pieces.append(f"{one.year} ({said[one.year]}): {counts}.")
    return " ".join([*pieces, *broken.values()])


# ------------------------------------------------------------------ drawing


def _entries(years: Sequence[_Year]) -> list[Category]:
    """Return the legend of all years: a state that is no value only where a year has it."""
    used = {key for one in years for key in one.colouring.of.values()}
    return [
        category
        for category in years[-1].colouring.categories
        if category.key in used or category.key not in (NOT_REPORTED, OUTSIDE)
    ]


def _territories(years: Sequence[_Year]) -> list[list[_Year]]:
    """Put years that share a drawing together."""
    return [list(own) for _, own in groupby(years, key=lambda one: id(one.sheet))]


def _together(own: Sequence[_Year], spec: MapSpec) -> Colouring:
    """Return the last year's colours with the states and words of all years of one drawing."""
    last = own[-1]
    lines = {
        code: (last.names[code], *(f"{one.year}: {one.colouring.lines[code][1]}" for one in own))
        for code in last.colouring.of
    }
    states = {code: tuple(one.colouring.of[code] for one in own) for code in lines}
    return replace(last.colouring, lines=lines, over_years=states)


def _html(
    years: Sequence[_Year],
    spec: MapSpec,
    alternative: str,
    said: Mapping[int, str],
    broken: Mapping[int, str],
    stills: Panels,
) -> str:
    t, slug, lang = translator(spec.lang), spec.slug, spec.lang
    layers, small, shapes = [], {}, []
    territories = _territories(years)
    for number, own in enumerate(territories):
        name = f"{slug}-t{number}"
        sheet = own[-1].sheet
        shown = "" if own is territories[-1] else ' display="none"'
        drawn = "".join(drawing.frames(sheet, _together(own, spec), slug=name, lang=lang))
        held = " ".join(str(one.year) for one in own)
        layers.append(
            f'<g class="map-territory" data-slug="{name}" data-years="{held}"{shown}>'
            f"<defs>{drawing.patterns(name)}</defs>{drawn}</g>"
        )
        shapes.append(panels.shared(own[-1].small, f"{name}-still"))
        for one in own:
            small[one.year] = panels.panel(one.small, one.colouring, f"{name}-still")
    picture = drawing.root(years[-1].sheet, alternative) + "".join(layers) + "</svg>"
    entries = _entries(years)
    counts = {one.year: one.colouring.counts() for one in years}
    key = drawing.legend(
        [(category, counts[years[-1].year][category.key]) for category in entries],
        spec.label,
        slug=slug,
        lang=lang,
        of=drawing.counted(spec.level, lang),
    )
    told = {
        str(one): {
            "says": said[one],
            "counts": {c.key: numbers.number(counts[one][c.key], lang) for c in entries},
        }
        for one in counts
    }
    fills = {category.key: [category.colour, category.pattern] for category in entries}
    about = "".join(
        f" data-{name}='{json.dumps(what, ensure_ascii=False).replace(chr(39), '&#39;')}'"
        for name, what in (("over", told), ("fills", fills))
    )
    drawn = drawing.alive(years[-1].sheet, picture, key, slug=slug, lang=lang, about=about)
    items = "".join(
        panels.item(stills.titles[one], small[one], stills.captions.get(one, "")) for one in counts
    )
    words = {
        "slug": slug,
        "years": list(counts),
        "last": years[-1].year,
        "says": said[years[-1].year],
        "broken": list(broken.values()),
        "breaks": set(broken),
        "year": t("Year"),
        "play": t("Play the years"),
        "pause": t("Stop"),
    }
    return drawing.over_years(
        words, drawn, f'<div class="map-stills">{"".join(shapes)}{panels.grid(items)}</div>'
    )


def _table(years: Sequence[_Year], spec: MapSpec) -> Table:
    """Return what the map shows, an area a row and a year a column."""
    t, classes, key = translator(spec.lang), spec.classes, KEYS[spec.level]
    assert isinstance(classes, Classes)
    names = {code: name for one in years for code, name in one.names.items()}
    codes = [code for code in sorted(names) if any(code in one.values for one in years)]
    rows = pd.DataFrame({key: codes, "area": [names[code] for code in codes]})
    unit = registry.unit_of(spec.value)
    columns = [Column("area", t("Area"))]
    for one in years:
        name = f"{spec.value}_{one.year}"
        rows[name] = pd.array([one.values.get(code) for code in codes], dtype="Float64")
        columns.append(
            Column(
                name,
                str(one.year),
                "number" if classes.kind == "count" else classes.kind,
                classes.decimals_shown,
                unit="" if unit is None else unit.words,
                definition=registry.meaning(spec.value),
            )
        )
    span = f"{years[0].year}–{years[-1].year}"
    caption = t("{label}, {span}: the data of the maps", label=spec.label, span=span)
    return Table(f"{spec.slug}-data", caption, rows, columns, spec.lang)
