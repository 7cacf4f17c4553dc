"""From a proposal to the transcription: rows a person looks at, and taking them over.

``kgstats report read`` writes ``proposed_*.csv`` beside the report, over what an earlier reading
proposed. What a person has accepted stands in ``figures.csv`` and ``identities.csv``; nothing of
it is ever written over, however the proposal changes.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from kgstats import workspace as places
from kgstats.published import files
from kgstats.published.audit import audit, plain
from kgstats.published.reading import carry, proposal
from kgstats.published.reading.claim import Statement
from kgstats.published.reading.figures import HEAD
from kgstats.published.reading.names import slug
from kgstats.published.reading.places import home_name
from kgstats.published.repairs import BOTH, OR
from kgstats.words import N_

if TYPE_CHECKING:
    import pandas as pd

    from kgstats.published.reading.figures import Figure
    from kgstats.workspace import Workspace

FIGURES = files.FIGURE_COLUMNS
IDENTITIES = files.IDENTITY_COLUMNS
PROPOSED_FIGURES = (*FIGURES, "status", "doubts", "sentence")
PROPOSED_IDENTITIES = (*IDENTITIES, "class", "words", "numbers", "sentence")
NOT_FIGURES = ("line", "token", "why")
TOPICS = files.TOPIC_COLUMNS
PROPOSED = {
    "figures": PROPOSED_FIGURES,
    "identities": PROPOSED_IDENTITIES,
    "not_figures": NOT_FIGURES,
    "topics": TOPICS,
    "gone": FIGURES,
}
"""The files of a proposal, ``proposed_<name>.csv``, and their columns."""

UNIT_UNKNOWN = N_("its unit is not in units.csv")
NEW, CARRIED, MOVED = "new", "carried", "moved"
"""Whether a figure continues one of the report before, in its place or another."""

Row = dict[str, str]


@dataclass(frozen=True)
class Written:
    """What a reading proposes, counted; and the folder where it stands."""

    folder: Path
    figures: int
    identities: int
    carried: int
    moved: int
    gone: int
    doubtful: int


@dataclass(frozen=True)
class Accepted:
    """What was taken over, and what was there already and stays as it is."""

    figures: int
    identities: int
    kept: int


def propose(file: Path, year: int, workspace: Workspace) -> Written:
    """Read a report and write its proposal into ``data/raw/published/<year>/``.

    Parameters
    ----------
    file
        The report, wherever it stands.
    year
        The year it reports on.

    Raises
    ------
    PublishedError
        When it cannot be read.
    """
    published = workspace.raw / "published"
    units = files.read_common(published, year).units
    found = proposal.of_file(file, year)
    earlier = _earlier(published, year)
    rows = _rows(found, units, earlier)
    folder = published / str(year)
    folder.mkdir(parents=True, exist_ok=True)
    for name, columns in PROPOSED.items():
        with places.replacing(folder / f"proposed_{name}.csv") as draft:
            draft.write_text(_csv(columns, rows[name]), encoding="utf-8", newline="\n")
    if not (folder / "origin.yml").is_file():
        _write_origin(folder / "origin.yml", found)
    states = [row["status"] for row in rows["figures"]]
    return Written(
        folder, len(states), len(rows["identities"]), states.count(CARRIED), states.count(MOVED),
        len(rows["gone"]), sum(bool(row["doubts"]) for row in rows["figures"]),
    )  # fmt: skip


def _earlier(published: Path, year: int) -> files.Report | None:
    """Return the last transcription before a year."""
    years = [int(one.parent.name) for one in published.glob("[12][0-9][0-9][0-9]/figures.csv")]
    before = [one for one in years if one < year]
    return files.read_report(published, max(before)) if before else None


def _rows(
    found: proposal.Proposal, units: Mapping[str, files.Unit], earlier: files.Report | None
) -> dict[str, list[Row]]:
    links = carry.carried(found.reading, earlier) if earlier else {}
    names = {
        one.id: links[one.id].id if one.id in links else one.id for one in found.reading.figures
    }
    figures = [
        _figure_row(one, found, units, links.get(one.id), earlier) for one in found.reading.figures
    ]
    report = found.report(dict(units))
    classes = {one.identity.id: one.klass for one in audit(report)}
    identities = [
        _identity_row(one, key, report.identities[key], names, found, classes[key])
        for key, one in zip(report.identities, _usable(found, report), strict=True)
    ]
    continued = {link.id for link in links.values()}
    gone = [
        _plain_row(one)
        for one in (earlier.figures.values() if earlier else ())
        if one.id not in continued
    ]
    asides = [
        {"line": str(line), "token": aside.printed, "why": aside.why}
        for line, aside in found.reading.asides
    ]
    return {
        "figures": figures, "identities": identities, "not_figures": asides,
        "topics": list(_topics(found)), "gone": gone,
    }  # fmt: skip


def _usable(found: proposal.Proposal, report: files.Report) -> list[Statement]:
    """Return the statements that became identities, in their order."""
    names = {re.sub(r"\W", "", key) for key in report.identities}
    usable = []
    for number, one in enumerate(found.statements):
        tested = re.sub(r"^\w+\((\w+)\)$", r"\1", one.figure)
        if f"{one.kind}_{tested}_{number}" in names:
            usable.append(one)
    return usable


def _figure_row(
    one: Figure,
    found: proposal.Proposal,
    units: Mapping[str, files.Unit],
    link: carry.Carried | None,
    earlier: files.Report | None,
) -> Row:
    known = earlier.figures[link.id] if link and earlier else None
    doubts = list(one.doubts)
    if one.unit not in units:
        doubts.append(UNIT_UNKNOWN)
    programme = known.programme if known else proposal.programme_of(found.reading, one)
    return {
        "id": link.id if link else one.id,
        "section": one.section,
        "line": str(one.line),
        "programme": programme,
        "indicator_vi": known.indicator_vi if known else one.words or one.printed,
        "indicator_en": known.indicator_en if known else one.words or one.printed,
        "area": one.area,
        "period": one.period,
        "kind": one.kind,
        "value": _shown(one.value, one.decimals),
        "value_high": "" if one.value_high is None else f"{one.value_high:f}",
        "unit": one.unit,
        "printed": one.printed,
        "denominator": "" if one.denominator is None else f"{one.denominator:f}",
        "denominator_meaning": _meaning(one, found),
        "qualifier": one.qualifier,
        "note": "",
        "status": NEW if link is None else MOVED if link.moved else CARRIED,
        "doubts": "; ".join(doubts),
        "sentence": found.reading.sentence(one),
    }


def _meaning(one: Figure, found: proposal.Proposal) -> str:
    """Say what b of a/b is: the whole that a is part of, or what was planned."""
    if one.denominator is None:
        return ""
    text = found.reading.document.paragraphs[one.paragraph].text if one.paragraph >= 0 else ""
    planned = re.match(r"[^.;]{0,60}?\b(?:kế hoạch|chỉ tiêu)\b", text[one.end :])
    return "result_against_plan" if one.value > one.denominator or planned else "part_of_whole"


def _shown(value: Decimal, decimals: int) -> str:
    return f"{value:.{max(decimals, 0)}f}"


def _plain_row(one: files.Figure) -> Row:
    return {name: "" if (value := getattr(one, name)) is None else f"{value}" for name in FIGURES}


def _identity_row(
    one: Statement,
    key: str,
    identity: files.Identity,
    names: Mapping[str, str],
    found: proposal.Proposal,
    klass: str,
) -> Row:
    def renamed(text: str) -> str:
        return re.sub(r"\b[a-zA-Z_]\w*\b", lambda match: names.get(match[0], match[0]), text)

    tested = identity.tested.figure
    words = next(f.words or f.printed for f in found.reading.figures if f.id == tested)
    return {
        "id": f"{one.kind}_{names[tested]}_{key.rpartition('_')[2]}",
        "kind": one.kind,
        "figure": renamed(one.figure),
        "expression": renamed(one.expression),
        "group": one.group,
        "relation": "=",
        "unit": one.unit,
        "description_vi": words,
        "description_en": words,
        "class": klass,
        "words": one.words,
        "numbers": f"{_in_numbers(one.figure, found)} = {_in_numbers(one.expression, found)}",
        "sentence": found.sentence(tested),
    }


def _in_numbers(text: str, found: proposal.Proposal) -> str:
    """Write an expression with what is printed in place of ids; a or b of a fraction a/b."""
    printed: dict[str, str] = {}
    for one in found.reading.figures:
        part, _, whole = one.printed.partition("/") if one.form == "of" else (one.printed, "", "")
        printed |= {one.id: part.strip(), f"of({one.id})": whole.strip()}
    shown = re.sub(
        r"\bof\(\w+\)|\b[a-zA-Z_]\w*\b", lambda match: printed.get(match[0], match[0]), text
    )
    return re.sub(r"\b(?:count|share_of)\(([^()]*)\)", r"(\1)", shown)


def _topics(found: proposal.Proposal) -> Iterable[Row]:
    """Yield the report's sections as its topics, by their lines."""
    paragraphs = found.reading.document.paragraphs
    starts = [at for at, one in enumerate(paragraphs) if one.heading] or [0]
    used: set[str] = set()
    for at, end in zip(starts, [*starts[1:], len(paragraphs)], strict=True):
        heading, body = paragraphs[at], paragraphs[at:end]
        if len(body) < 2:
            continue
        name = base = f"t{heading.places[0][1]}_{slug(heading.text) or 'topic'}"
        if name in used:
            name = f"{base}_{at}"
        used.add(name)
        title = re.sub(r"^[IVX\d.a-zđ]+[.)]\s+", "", heading.text)
        yield {
            "id": name, "section": heading.section, "line_first": str(heading.places[0][1]),
            "line_last": str(body[-1].places[-1][1]), "programme": proposal.programme_in(title),
            "topic_vi": title, "topic_en": title,
        }  # fmt: skip


def _write_origin(path: Path, found: proposal.Proposal) -> None:
    """Write what document it is, as far as its head says so; a page asks for what is missing."""
    head = "\n".join(one.text for one in found.reading.document.paragraphs[:HEAD])
    number = re.search(r"Số\s*:?\s*(\d+)\s*(/[\w-]+)", head)
    day = re.search(r"ngày\s+(\d+)\s+tháng\s+(\d+)\s+năm\s+(\d{4})", head)
    province = home_name(head)
    origin: dict[str, object] = {
        "number": f"{number[1]}{number[2]}" if number else "",
        "date": dt.date(int(day[3]), int(day[2]), int(day[1])) if day else "",
        "issuer_vi": f"tỉnh {province}" if province else "",
        "issuer_en": f"{province} province" if province else "",
    }
    text = "# The printed document that figures.csv is transcribed from.\n"
    text += yaml.safe_dump(origin, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8", newline="\n")


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _read(path: Path) -> list[Row]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


# Review -------------------------------------------------------------------------------------


def proposed(year: int, workspace: Workspace | None = None) -> pd.DataFrame:
    """Return the figures that a reading proposes, in the order of the text.

    Returns
    -------
    pandas.DataFrame
        The columns of ``figures.csv`` as text, ``status`` (``new``, ``carried``, ``moved``),
        ``doubts``, ``sentence``, and ``accepted``: whether the row stands in ``figures.csv``.
    """
    return frame("figures", year, workspace)


def proposed_statements(year: int, workspace: Workspace | None = None) -> pd.DataFrame:
    """Return the statements that a reading proposes: ``identities.csv``, class, words, sentence."""
    return frame("identities", year, workspace)


def gone(year: int, workspace: Workspace | None = None) -> pd.DataFrame:
    """Return the figures of the report before that no figure of this one continues."""
    return frame("gone", year, workspace)


def frame(name: str, year: int, workspace: Workspace | None = None) -> pd.DataFrame:
    """Return one of the files of a proposal, all columns as text."""
    import pandas as pd

    folder = (workspace or places.find()).raw / "published" / str(year)
    rows = _read(folder / f"proposed_{name}.csv")
    found = pd.DataFrame(rows, columns=list(PROPOSED[name]), dtype="string").fillna("")
    if name not in ("figures", "identities"):
        return found
    taken = _taken(name, _read(folder / f"{name}.csv"))
    return found.assign(accepted=[_is_taken(name, row, taken) for row in found.to_dict("records")])


def _taken(name: str, held: Iterable[Mapping[str, str]]) -> set[tuple[str, ...]]:
    keys: set[tuple[str, ...]] = set()
    for row in held:
        keys.update(_keys(name, row))
    return keys


def _keys(name: str, row: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return what a row is known by: its id, or what it says."""
    if name == "figures":
        return [("id", row["id"]), ("place", row["line"], row["printed"], row["value"])]
    return [("id", row["id"]), ("claim", row["figure"], row["expression"].replace(" ", ""))]


def _is_taken(name: str, row: Mapping[str, str], taken: set[tuple[str, ...]]) -> bool:
    return any(key in taken for key in _keys(name, row))


def accept(
    year: int,
    figures: pd.DataFrame | None = None,
    statements: pd.DataFrame | None = None,
    workspace: Workspace | None = None,
) -> Accepted:
    """Take proposed rows over into the transcription; rows that stand there stay as they are.

    Parameters
    ----------
    year
        The year of the report.
    figures, statements
        Rows of `proposed` and `proposed_statements`, changed as you see fit; all without a doubt
        when neither is given.

    Raises
    ------
    PublishedError
        With a line for every rule a row would break; nothing is written then.
    """
    place = workspace or places.find()
    folder = place.raw / "published" / str(year)
    if figures is None and statements is None:
        figures = proposed(year, place)
        figures = figures[figures["doubts"] == ""]
        statements = proposed_statements(year, place)
    held = {name: _read(folder / f"{name}.csv") for name in ("figures", "identities")}
    added = {
        "figures": _added("figures", held["figures"], figures),
        "identities": _added("identities", held["identities"], statements),
    }
    known = {row["id"] for row in [*held["figures"], *added["figures"]]}
    added["identities"] = [row for row in added["identities"] if _rests_on(row, known)]
    offered = sum(len(frame) for frame in (figures, statements) if frame is not None)
    _write_all(folder, place.raw / "published", year, held, added)
    count = len(added["figures"]) + len(added["identities"])
    return Accepted(len(added["figures"]), len(added["identities"]), offered - count)


def _added(name: str, held: list[Row], frame: pd.DataFrame | None) -> list[Row]:
    taken = _taken(name, held)
    found: list[Row] = []
    for row in [] if frame is None else frame.astype("string").fillna("").to_dict("records"):
        plain_row = {str(column): str(value) for column, value in row.items()}
        ids = {one["id"] for one in [*held, *found]}
        if plain_row["id"] not in ids and not _is_taken(name, plain_row, taken):
            found.append(plain_row)
    return found


def _rests_on(row: Mapping[str, str], known: set[str]) -> bool:
    used = set(re.findall(r"\b[a-zA-Z_]\w*\b(?!\s*\()", f"{row['figure']} {row['expression']}"))
    return used <= known


def _write_all(
    folder: Path,
    published: Path,
    year: int,
    held: dict[str, list[Row]],
    added: dict[str, list[Row]],
) -> None:
    """Write the transcription, or nothing: it is read back as a whole first."""
    columns: dict[str, Sequence[str]] = {"figures": FIGURES, "identities": IDENTITIES}
    texts = {f"{name}.csv": _csv(columns[name], [*held[name], *added[name]]) for name in columns}
    beside: dict[str, Any] = {
        "topics.csv": _csv(TOPICS, _read(folder / "proposed_topics.csv")),
        "targets.csv": _csv(tuple(one.name for one in fields(files.Target)), []),
    }
    texts |= {name: text for name, text in beside.items() if not (folder / name).is_file()}
    before = {name: (folder / name).read_bytes() for name in texts if (folder / name).is_file()}
    try:
        for name, text in texts.items():
            with places.replacing(folder / name) as draft:
                draft.write_text(text, encoding="utf-8", newline="\n")
        files.read_report(published, year)
    except BaseException:
        for name in texts:
            if name in before:
                (folder / name).write_bytes(before[name])
            else:
                (folder / name).unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class Told:
    """A statement of a report that does not hold, for a person.

    ``mends`` are the repairs that do equally well; each is a list of printed number and value.
    """

    klass: str
    printed: str
    recomputed: Decimal | None
    mends: tuple[tuple[tuple[str, Decimal], ...], ...]
    bases: tuple[Decimal, ...]
    sentence: str
    named: tuple[str, ...] = ()
    """Of a list that is too short: what it names."""


def told(file: Path, year: int, units: dict[str, files.Unit]) -> list[Told]:
    """Audit a report's text by itself: what neither rounding nor a hedge explains."""
    found = proposal.of_file(file, year)
    by_id = {one.id: one for one in found.reading.figures}
    report = found.report(units)
    lines: list[Told] = []
    grouped: set[str] = set()
    for one in audit(report):
        if one.klass in ("exact", "rounding", "not_computable"):
            continue
        figure = by_id[one.identity.tested.figure]
        printed = figure.printed
        if one.klass == "no_common_base":  # said once of all shares of the group
            if one.suggestion in grouped:
                continue
            grouped.add(one.suggestion)
            group = [
                i.tested.figure for i in report.identities.values() if i.group == one.identity.group
            ]
            printed = " / ".join(by_id[share].printed for share in group)
        recomputed = None if one.recomputed is None else Decimal(plain(round(one.recomputed, 4)))
        lines.append(
            Told(one.klass, printed, recomputed, *_mends(one.suggestion, by_id),
                 found.sentence(figure.id),
                 tuple(by_id[name.figure].printed for name in one.identity.expression.references())
                 if one.identity.kind == "count" else ())
        )  # fmt: skip
    return lines


def _mends(
    suggestion: str, by_id: Mapping[str, Figure]
) -> tuple[tuple[tuple[tuple[str, Decimal], ...], ...], tuple[Decimal, ...]]:
    """Return a suggestion's repairs with printed numbers in place of ids, and implied bases."""
    if suggestion.startswith(("base=", "bases=")):
        return (), tuple(map(Decimal, suggestion.partition("=")[2].split("/")))
    repairs = []
    for option in filter(None, suggestion.split(OR)):
        parts = [part.partition("=") for part in option.split(BOTH)]
        repairs.append(
            tuple(
                (by_id[re.sub(r"^\w+\((\w+)\)$", r"\1", name)].printed, Decimal(value))
                for name, _, value in parts
            )
        )
    return tuple(repairs), ()
