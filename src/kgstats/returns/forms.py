"""The forms of a district return, as data, and the words of their controlled lists.

The forms stand in ``returns/forms/*.csv``: which columns a clean table has, in which order and
type, and with which words real pages head them. A changed form is a changed row there, never a
change of code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from kgstats import registry
from kgstats.returns.form_files import form_rows, split_words
from kgstats.returns.layout import tokens

CRITERIA = 19
"""Number of criteria a rural commune is judged on."""

MARK_NAMES = tuple(f"met {number}" for number in range(1, CRITERIA + 1))
"""Names of the nineteen marks among the values of a line."""

TABLES = registry.of_forms()
"""The clean tables, in the order in which they are written."""

KEYS = {name: registry.tables()[name].key for name in TABLES}
"""What identifies one row of a clean table."""

NUMBER_ENDINGS = ("_hh", "_pct", "_vnd", "_met")
"""How the names of columns of numbers end."""

NEAR_VALUE = 88
"""A word in the body at least so alike (0–100) counts as a misspelling of a listed word."""


@dataclass(frozen=True)
class FormColumn:
    """One column of a form: where its values go, their type and unit, and its header words."""

    name: str
    table: str
    dtype: str
    unit: str
    dash: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Form:
    """One form of a return."""

    number: str
    key: str
    titles: tuple[str, ...]
    needs: tuple[str, ...]
    least: int
    columns: tuple[FormColumn, ...]

    @property
    def subject(self) -> str:
        """The column that says what a row is about: a place, or a component of the money."""
        return "commune_code" if "commune_code" in KEYS[self.key] else "component"

    def column(self, name: str) -> FormColumn:
        """Return a column by its name in the clean table."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _form_column(form: str, entry: dict[str, str]) -> FormColumn:
    dtype, unit = "text", ""
    # A column without a table only helps to read the others, such as a unit for each row.
    if entry["table"]:
        table = form if entry["table"] == "both" else entry["table"]
        held = registry.column(table, entry["column"])
        dtype, unit = held.dtype, held.unit
    return FormColumn(
        entry["column"],
        entry["table"],
        dtype,
        unit,
        entry["dash"],
        split_words(entry["header_words"]),
    )


@lru_cache
def all_forms() -> dict[str, Form]:
    """Return the forms by name: ``attainment``, ``funding``, ``poverty``, and what was added."""
    found = {}
    for row in form_rows("forms"):
        columns = tuple(
            _form_column(row["table"], entry)
            for entry in form_rows(f"{row['form']}_{row['table']}")
        )
        needs, _, least = row["needs"].partition(":")
        found[row["table"]] = Form(
            row["form"],
            row["table"],
            split_words(row["titles"]),
            split_words(needs),
            int(least),
            columns,
        )
    return found


@lru_cache
def table_columns(table: str) -> tuple[FormColumn, ...]:
    """Return the columns of a clean table in their order.

    >>> [column.name for column in table_columns("communes")][:4]
    ['year', 'district_code', 'commune_code', 'criteria_met']
    """
    form = all_forms()["attainment" if table == "communes" else table]
    return tuple(column for column in form.columns if column.table in (table, "both"))


def column_words(table: str, name: str) -> str:
    """Return the words a form heads a column with.

    >>> column_words("poverty", "poor_escaped_hh"), column_words("communes", "met 4")
    ('Diễn biến: Số hộ thoát nghèo', 'Tiêu chí 4')
    """
    mark, _, number = name.partition(" ")
    if mark == "met" and number.isdecimal():
        return f"Tiêu chí {number}"
    for column in table_columns(table):
        if column.name == name and column.words:
            return column.words[0]
    return name


@lru_cache
def code_words(listing: str, code: str) -> str:
    """Return the words a controlled list has for a code.

    >>> code_words("sources", "central"), code_words("components", "gnbv_135_production")
    ('NSTW', 'Hỗ trợ phát triển sản xuất và nhân rộng mô hình giảm nghèo')
    """
    key = "component" if listing == "components" else "code"
    for row in form_rows(listing):
        if row[key] == code:
            return split_words(row["words"])[0]
    return code


# --- words with a meaning -----------------------------------------------------------------------


@lru_cache
def _words(name: str) -> dict[str, str]:
    """Return folded words with the code they stand for."""
    key = "district_code" if name == "districts" else "code"
    return {tokens(word): row[key] for row in form_rows(name) for word in split_words(row["words"])}


@lru_cache
def _contained(name: str) -> frozenset[str]:
    """Return the listed words that may stand inside a longer text.

    A single small word is too common for that: ``đạt`` in ``đạt một phần`` means nothing.
    """
    return frozenset(
        tokens(word)
        for row in form_rows(name)
        for word in split_words(row["words"])
        if " " in word or (word.isupper() and len(word) > 1)
    )


@lru_cache(maxsize=1 << 12)
def meaning(name: str, text: str) -> str | None:
    """Return the code of a controlled list that a text stands for, or None.

    The whole text is compared first, then, for a text with more words, the longest listed words
    it contains; a misspelling of a whole listed entry is accepted.

    >>> meaning("sources", "Ngân sách Trung ương"), meaning("kinds", "vốn sự nghiệp (SN)")
    ('central', 'recurrent')
    """
    folded = tokens(text)
    if not folded:
        return None
    listed = _words(name)
    if folded in listed:
        return listed[folded]
    padded = f" {folded} "
    inside = [(len(word), word) for word in _contained(name) if f" {word} " in padded]
    if inside:
        inside.sort(reverse=True)
        codes = {listed[word] for size, word in inside if size == inside[0][0]}
        return codes.pop() if len(codes) == 1 else None
    if len(folded) >= 5:
        near = process.extractOne(folded, list(listed), scorer=fuzz.ratio, score_cutoff=NEAR_VALUE)
        if near is not None:
            return listed[near[0]]
    return None


def names_one(text: str, name: str) -> bool:
    """Whether a text holds the words of a controlled list themselves; likeness is not enough."""
    padded = f" {tokens(text)} "
    return any(f" {word} " in padded for word in _contained(name))


@lru_cache(maxsize=1 << 12)
def exact_meaning(name: str, text: str) -> str | None:
    """Return the code of a controlled list whose words a text is, nothing more."""
    return _words(name).get(tokens(text))


@lru_cache
def _components() -> list[tuple[str, str, str, str]]:
    """Return component, programme, folded words and the folded words of the heading above."""
    found: list[tuple[str, str, str, str]] = []
    for row in form_rows("components"):
        for word in split_words(row["words"]):
            found.append((row["component"], row["programme"], tokens(word), tokens(row["under"])))
    return found


UNDER = re.compile(r"\b(30a|30 a|135)\b")


def under_of(text: str) -> str | None:
    """Return ``30a`` or ``135`` when a heading or label names one of the two programmes."""
    found = {word.replace(" ", "") for word in UNDER.findall(tokens(text))}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=1 << 12)
def component_of(text: str, under: str | None) -> tuple[str | None, tuple[str, ...], bool]:
    """Return the component a label stands for, other candidates, and whether it was near only.

    ``under`` is the programme (``30a``, ``135``) of the heading above; one in the label itself
    comes first.

    >>> component_of("Hỗ trợ đầu tư xây dựng cơ sở hạ tầng", "135")[0]
    'gnbv_135_infrastructure'
    """
    found = _component_of(text, under)
    if found[0] is None and "(" in text:
        again = _component_of(re.sub(r"\([^()]*\)", " ", text), under_of(text) or under)
        return again if again[0] is not None else found
    return found


def _component_of(text: str, under: str | None) -> tuple[str | None, tuple[str, ...], bool]:
    folded = tokens(text)
    if re.search(r"(?<!nuoc )\bngoai (cac )?(xa )?(thuoc )?(chuong trinh |ct )?30 ?a\b", folded):
        return "gnbv_outside_production", (), False
    own = under_of(text)
    under = own or under
    bare = re.sub(r"\b(thuoc |theo )?(chuong trinh |ct )(30 ?a|135)\b", " ", folded)
    bare = UNDER.sub(" ", bare)
    bare = re.sub(r"^(chuong trinh|ct)\s*$", " ", bare)
    bare = " ".join(bare.split())
    bare = re.sub(r"^(du an|tieu du an|da|tda) \d+( \d+)?( |$)", "", bare)
    bare = re.sub(r"^(tieu )?du an( |$)", "", bare)
    if not bare:
        return None, (), False
    listed = [
        (component, words)
        for component, _, words, above in _components()
        if not above or (under is not None and under in above)
    ]
    exact = sorted({component for component, words in listed if words == bare})
    if not exact:
        exact = sorted({component for component, words in listed if words == folded})
    if len(exact) == 1:
        return exact[0], (), False
    scored = sorted(
        ((_likeness(bare, words), component) for component, words in listed), reverse=True
    )
    best: dict[str, float] = {}
    for score, component in scored:
        best.setdefault(component, score)
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    if (
        ranked
        and ranked[0][1] >= NEAR_VALUE
        and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= 4)
    ):
        return ranked[0][0], (), True
    if under is None:
        hidden = sorted({c for c, _, words, _ in _components() if words == bare})
        if hidden:
            return None, tuple(hidden), False
    return None, tuple(component for component, score in ranked[:3] if score >= 60), False


def _likeness(left: str, right: str) -> float:
    whole = fuzz.ratio(left, right)
    if left.startswith(right + " ") or right.startswith(left + " "):
        whole = max(whole, 80.0)
    return whole
