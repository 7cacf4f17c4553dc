"""The rules a return is held to, and the findings of what breaks them.

``rules.csv`` beside this file holds the rules: how grave a breach is, what is done, what is said
and advised, and in one sentence what the rule looks for. A finding is a rule, a place (file, sheet,
cell), the text received, and the arguments of the rule's words; it is stored once, and worded in
the reader's language when it is shown. ``error`` means a value was refused, ``warning`` that it was
kept and is doubtful, ``note`` that it was repaired by a safe rule, that something was left aside
on purpose, or that a value belongs to what a warning elsewhere doubts.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, cast

from kgstats import registry
from kgstats.words import N_, Translate, translator

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["error", "warning", "note"]

SEVERITIES = cast("tuple[Severity, ...]", tuple(registry.codes("severity")))
"""The gravest first."""

FINDING_COLUMNS = (
    "file", "sheet", "cell", "rule", "severity", "raw", "message", "advice", "action", "args",
)  # fmt: skip
"""Columns of ``findings.parquet``, in their order; the words are Vietnamese."""

ACTIONS = tuple(registry.codes("action"))
"""What was done with the value a finding is about."""

_DATA = "rules.csv"
_TEXTS = ("message", "advice", "meaning")


@dataclass(frozen=True)
class Rule:
    """One rule: its name, how grave a breach is, what is done, and the words for it.

    ``about`` says what it looks at (``unreadable`` files, ``pages``, ``numbers``, …); ``meaning``
    is what it looks for in one sentence without a place.
    """

    name: str
    about: str
    severity: Severity
    action: str
    message: str
    advice: str
    meaning: str


def _rows() -> list[dict[str, str]]:
    text = (resources.files("kgstats.returns") / _DATA).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


RULES: dict[str, Rule] = {row["name"]: Rule(**row) for row in _rows()}  # type: ignore[arg-type]
"""Every rule by its name."""

FILE_RULES = frozenset(name for name, rule in RULES.items() if rule.about == "unreadable")
"""Rules of files that could not be read at all."""


def texts() -> Iterator[tuple[str, str]]:
    """Yield every text of the rules that readers see, with the place where it stands."""
    for line, row in enumerate(_rows(), start=2):
        for name in _TEXTS:
            yield row[name], f"returns/{_DATA}:{line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of a rule at one place."""

    rule: str
    file: str
    sheet: str = ""
    cell: str = ""
    raw: str = ""
    severity: Severity | None = None
    action: str | None = None
    args: Mapping[str, object] = field(default_factory=dict)

    @property
    def grave(self) -> Severity:
        """The severity: that of the rule unless this finding has its own."""
        return self.severity or RULES[self.rule].severity

    @property
    def done(self) -> str:
        """What was done with the value."""
        return self.action or RULES[self.rule].action


DETAILS = frozenset(
    (
        N_("a PDF document"),
        N_("a picture (PNG)"),
        N_("a picture (JPEG)"),
        N_("a picture (GIF)"),
        N_("a picture (TIFF)"),
        N_("a picture or sound"),
        N_("a RAR archive: send the workbook itself"),
        N_("a 7z archive: send the workbook itself"),
        N_("a compressed file: send the workbook itself"),
        N_("an archive: send the workbook itself"),
        N_("an archive"),
        N_("a text document (RTF)"),
        N_("a program"),
        N_("a database"),
        N_("a Word document"),
        N_("a PowerPoint presentation"),
        N_("an Outlook message"),
        N_("a Numbers document: export it as .xlsx"),
        N_("an OpenDocument file of another kind"),
        N_("text without columns"),
        N_("a web page without a table"),
        N_("a web archive without a table"),
        N_("a page or XML file without a table"),
        N_("the workbook holds no worksheet"),
        N_("the lock file of a workbook that is open somewhere"),
        N_("binary workbook (xlsb): save it as .xlsx"),
        N_("a workbook of Excel 4 or before: save it as .xlsx"),
    )
)
"""What a file was found to be, in words that help the person who sent it.

Other details name parts and offsets: they are for the record and stand in English only.
"""

NOTHING_NEAR = N_("none")


@dataclass(frozen=True)
class Words:
    """An argument of a finding that is itself translated when the finding is shown."""

    text: str
    values: tuple[tuple[str, object], ...] = ()

    def shown(self, t: Translate, lang: str) -> str:
        """Return the words in one language."""
        return t(self.text, **{name: _shown(value, t, lang) for name, value in self.values})


@dataclass(frozen=True)
class Several:
    """Several such arguments, one after the other."""

    items: tuple[Words, ...]

    def shown(self, t: Translate, lang: str) -> str:
        """Return the words in one language."""
        return "; ".join(item.shown(t, lang) for item in self.items)


class Figure(str):
    """A number as it is shown, with words behind it for one or for many where a text has both.

    >>> "{n:cell was|cells were} read".format(n=Figure("1"))
    '1 cell was read'
    """

    __slots__ = ()

    def __format__(self, words: str) -> str:
        one, _, many = words.partition("|")
        return f"{self!s} {one if self == '1' else many}".rstrip()


def figure(number: int | Decimal, lang: str) -> Figure:
    """Write a number as people write it.

    >>> figure(Decimal("1234.50"), "vi"), figure(Decimal("1234.50"), "en"), figure(-3, "vi")
    ('1.234,5', '1,234.5', '-3')
    """
    if isinstance(number, Decimal):
        number = number.normalize() if number else Decimal(0)
        text = f"{number:,f}"
    else:
        text = f"{number:,d}"
    return Figure(text.translate({44: ".", 46: ","}) if lang == "vi" else text)


NAMES = frozenset(("year", "before", "criterion", "form"))
"""Arguments that are names although they are numbers: they are shown as they are."""


def _shown(value: object, t: Translate, lang: str) -> object:
    """Write an argument in one language."""
    if isinstance(value, Words | Several):
        return value.shown(t, lang)
    if isinstance(value, tuple | list):
        return "; ".join(str(_shown(one, t, lang)) for one in value)
    if isinstance(value, float):
        value = Decimal(f"{value:.12g}")
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return figure(value, lang)
    return value


WITHHELD = "withheld"
"""Argument of a finding whose words would tell a count that is withheld from readers."""
NOT_TOLD = N_("Not shown here: it could reveal a withheld count.")


# --- words ----------------------------------------------------------------------------------------


def message(finding: Finding, lang: str) -> str:
    """Return what was found, beginning with where, in one language."""
    place = _place(finding.file, finding.sheet, finding.cell, lang)
    return (place + told(finding, lang)).rstrip()


def without_place(row: Mapping[str, Any], lang: str) -> str:
    """Return the message of a stored finding where file, sheet and cell stand beside it already.

    Examples
    --------
    >>> row = {"file": "a.xls", "sheet": None, "cell": "B2", "message": "a.xls, cell B2: Wrong."}
    >>> without_place(row, "en")
    'Wrong.'
    """
    held = (row["file"], row["sheet"], row["cell"])
    file, sheet, cell = (one if isinstance(one, str) else "" for one in held)
    return str(row["message"]).removeprefix(_place(file, sheet, cell, lang))


def told(finding: Finding, lang: str) -> str:
    """Return what was found, without the place, in one language."""
    if WITHHELD in finding.args:
        return translator(lang)(RULES[finding.rule].meaning)
    said = translator(lang)(RULES[finding.rule].message, **_values(finding, lang)).rstrip()
    return said[:1].upper() + said[1:]


def advice(finding: Finding, lang: str) -> str:
    """Return what to do about a finding, in one language."""
    t = translator(lang)
    if WITHHELD in finding.args:
        return t(NOT_TOLD)
    return t(RULES[finding.rule].advice, **_values(finding, lang))


def _values(finding: Finding, lang: str) -> dict[str, object]:
    t = translator(lang)
    values: dict[str, object] = {
        "file": finding.file,
        "sheet": finding.sheet or finding.file,  # a text file is one sheet without a name
        "cell": finding.cell,
        "raw": finding.raw,
        "detail": "",
    }
    years = RULES[finding.rule].about == "origin"
    for name, value in finding.args.items():
        plain = name in NAMES or (years and isinstance(value, int))
        values[name] = value if plain else _shown(value, t, lang)
    values["count"] = Figure(values.get("count", ""))
    detail = str(values["detail"])
    if lang == "en":
        values["detail"] = detail and f"{detail[0].upper()}{detail[1:].rstrip('.')}."
    else:
        values["detail"] = t(detail) if detail in DETAILS else ""
    for name in ("suggestions", "near"):
        if name in values and not values[name]:
            values[name] = t(NOTHING_NEAR)
    return values


def _place(file: str, sheet: str, cell: str, lang: str) -> str:
    t = translator(lang)
    if cell and sheet:
        return t("{file}, sheet “{sheet}”, cell {cell}: ", file=file, sheet=sheet, cell=cell)
    if cell:
        return t("{file}, cell {cell}: ", file=file, cell=cell)
    if sheet:
        return t("{file}, sheet “{sheet}”: ", file=file, sheet=sheet)
    return f"{file}: " if file else ""


# --- storing --------------------------------------------------------------------------------------


def stored(args: Mapping[str, object]) -> str:
    """Write the arguments of a finding as JSON, so that they can be worded again.

    >>> stored({"value": Decimal("2.69"), "witness": Words("the total")})
    '{"value": {"number": "2.69"}, "witness": {"words": "the total"}}'
    """
    return json.dumps({name: _plain(value) for name, value in args.items()}, ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, Words):
        words: dict[str, object] = {"words": value.text}
        if value.values:
            words["values"] = {name: _plain(one) for name, one in value.values}
        return words
    if isinstance(value, Several):
        return {"several": [_plain(one) for one in value.items]}
    if isinstance(value, Decimal):
        return {"number": format(value, "f")}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def restored(text: str) -> dict[str, object]:
    """Read what `stored` wrote.

    >>> restored('{"value": {"number": "2.69"}, "form": "02"}')
    {'value': Decimal('2.69'), 'form': '02'}
    """
    return {name: _meant(value) for name, value in json.loads(text or "{}").items()}


def _meant(value: Any) -> object:
    if isinstance(value, dict):
        if "words" in value:
            held = value.get("values", {})
            return Words(value["words"], tuple((name, _meant(one)) for name, one in held.items()))
        if "several" in value:
            return Several(tuple(_meant(one) for one in value["several"]))  # type: ignore[misc]
        return Decimal(value["number"])
    return tuple(map(_meant, value)) if isinstance(value, list) else value


def frame(findings: Iterable[Finding], lang: str = "vi") -> pd.DataFrame:
    """Return findings as a table with their words in one language.

    Columns: ``file, sheet, cell, rule, severity, raw, message, advice, action, args``, all text.
    ``args`` are the arguments of the rule's words as JSON: `worded` says them in another language.
    """
    import pandas as pd
    import pyarrow as pa

    rows = [
        (
            one.file, one.sheet, one.cell, one.rule, one.grave, one.raw,
            message(one, lang), advice(one, lang), one.done, stored(one.args),
        )
        for one in findings
    ]  # fmt: skip
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in FINDING_COLUMNS]
    text: Any = pd.StringDtype()
    found = {
        name: text.__from_arrow__(pa.array(values, pa.large_string()))
        for name, values in zip(FINDING_COLUMNS, columns, strict=True)
    }
    return pd.DataFrame(found, copy=False)


def from_frame(table: pd.DataFrame) -> list[Finding]:
    """Return the findings of a table that `frame` made."""
    names = ["rule", "file", "sheet", "cell", "raw", "severity", "action", "args"]
    columns = (table[name] for name in names)
    return [
        Finding(rule, file, sheet, cell, raw, severity, action, restored(args))
        for rule, file, sheet, cell, raw, severity, action, args in zip(*columns, strict=True)
    ]


def worded(table: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return stored findings with their words in a reader's language.

    Parameters
    ----------
    table
        ``findings.parquet``, as `frame` makes it.
    lang
        ``vi`` or ``en``.
    """
    import pandas as pd

    findings = from_frame(table)
    return table.assign(
        message=pd.array([message(one, lang) for one in findings], dtype="string"),
        advice=pd.array([advice(one, lang) for one in findings], dtype="string"),
    )
