"""The three forms of a district return, as data, and how a page's headers are matched with them.

The forms stand in ``returns/forms/*.csv``: which columns a clean table has, in which order and
type, and with which words real pages head them. A changed form is a changed row there, never a
change of code.
"""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from rapidfuzz import fuzz, process

from kgstats import registry
from kgstats.returns.layout import Column, TableBlock, tokens

CRITERIA = 19
"""Number of criteria a rural commune is judged on."""

TABLES = registry.of_forms()
"""The clean tables, in the order in which they are written."""

KEYS = {name: registry.tables()[name].key for name in TABLES}
"""What identifies one row of a clean table."""

NEAR_WORD = 84
"""A header word at least so alike (0–100) counts as a misspelling of a form's word."""

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
    """One of the three forms."""

    number: str
    key: str
    titles: tuple[str, ...]
    needs: tuple[str, ...]
    least: int
    columns: tuple[FormColumn, ...]

    def column(self, name: str) -> FormColumn:
        """Return a column by its name in the clean table."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True)
class Facets:
    """What the heading of a money column says beside its measure."""

    source: str | None = None
    kind: str | None = None
    plan_year: int | None = None
    programme: str | None = None


@dataclass(slots=True, eq=False)
class Mapped:
    """A column of a page matched with a column of the form."""

    column: Column
    name: str
    score: float
    criterion: int | None = None
    facets: Facets = Facets()
    doubt: str = ""


@lru_cache
def form_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of ``returns/forms``; not to be changed."""
    file = resources.files("kgstats.returns") / "forms" / f"{name}.csv"
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


def split_words(words: str) -> tuple[str, ...]:
    """Split the words of one entry of a form file.

    >>> split_words("NSTW|Ngân sách Trung ương")
    ('NSTW', 'Ngân sách Trung ương')
    """
    return tuple(word.strip() for word in words.split("|") if word.strip())


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
    """Return the forms by name: ``attainment``, ``funding`` and ``poverty``."""
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
    """Return the words a form heads a column with."""
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


# --- headers ------------------------------------------------------------------------------------


@lru_cache
def _canonical() -> tuple[list[tuple[re.Pattern[str], str]], dict[str, str]]:
    replacements: list[tuple[str, str]] = []
    rules: dict[str, str] = {}
    for row in form_rows("header_words"):
        rules[row["canonical"]] = row["rule"]
        for word in split_words(row["words"]):
            replacements.append((tokens(word), row["canonical"]))
    replacements.sort(key=lambda pair: (-len(pair[0]), pair[0]))
    compiled = [
        (re.compile(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])"), canonical)
        for word, canonical in replacements
    ]
    return compiled, rules


@lru_cache(maxsize=1 << 14)
def _bag(text: str) -> frozenset[str]:
    """Return the words of a heading after synonyms have been put to one form."""
    folded = tokens(text)
    compiled, _ = _canonical()
    for pattern, canonical in compiled:
        folded = pattern.sub(f" {canonical} ", folded)
    return frozenset(folded.split())


@lru_cache
def _vocabulary(form: str) -> tuple[dict[str, float], list[tuple[str, frozenset[str]]]]:
    """Return word weights (rare words weigh more) and the phrases of a form."""
    phrases: list[tuple[str, frozenset[str]]] = []
    for column in all_forms()[form].columns:
        if column.name in ("year", "district_code", "criterion", "met", "cut_off"):
            continue
        for words in column.words:
            phrases.append((column.name, _bag(words)))
    _, rules = _canonical()
    used: dict[str, set[str]] = {}
    for name, bag in phrases:
        for word in bag:
            used.setdefault(word, set()).add(name)
    count = len({name for name, _ in phrases})
    weights = {
        word: (0.15 if rules.get(word) == "skip" else 1.0) * math.log(1 + count / len(names))
        for word, names in used.items()
    }
    return weights, phrases


@lru_cache(maxsize=1 << 14)
def _near_words(form: str, bag: frozenset[str]) -> frozenset[str]:
    """Mend misspelt heading words towards the form's own words."""
    weights, _ = _vocabulary(form)
    _, rules = _canonical()
    found = set()
    for word in bag:
        if word in weights or word in rules or len(word) < 4:
            found.add(word)
            continue
        near = process.extractOne(word, list(weights), scorer=fuzz.ratio, score_cutoff=NEAR_WORD)
        found.add(near[0] if near is not None and len(near[0]) >= 4 else word)
    return frozenset(found)


def _agree(phrase: frozenset[str], header: frozenset[str]) -> bool:
    """Whether the words that change a column's meaning are the same on both sides."""
    _, rules = _canonical()
    for word, rule in rules.items():
        if rule == "both" and (word in phrase) != (word in header):
            return False
    if "dau" in phrase and "cuoi" in header and "dau" not in header:
        return False
    if "cuoi" in phrase and "dau" in header and "cuoi" not in header:
        return False
    return not ("ngheo" in header and not {"ngheo", "canngheo"} & phrase)


def _score(form: str, name: str, phrase: frozenset[str], header: frozenset[str]) -> float:
    weights, _ = _vocabulary(form)
    if not _agree(phrase, header):
        return 0.0
    both = sum(weights[word] for word in phrase & header)
    own = sum(weights[word] for word in phrase)
    other = sum(weights.get(word, 0.25) for word in header)
    if not own or not both:
        return 0.0
    recall, precision = both / own, both / other
    if recall < 0.5:
        return 0.0
    return 2 * recall * precision / (recall + precision)


LEAST_SCORE = 0.34
"""A heading that agrees less with every phrase of the form is not a column of the form."""

CRITERION_NUMBER = re.compile(
    r"^(?:(?:tieu chi|tc|chi tieu|tieu chi so|tc so|so)\s*)?0?(\d{1,2})(?:\s+(.*))?$"
)


@lru_cache
def _criteria() -> dict[int, str]:
    """Return the folded names of the criteria."""
    found = {}
    for words in all_forms()["attainment"].column("criterion").words:
        number, _, name = words.partition(" ")
        found[int(number)] = tokens(name)
    return found


@lru_cache(maxsize=1 << 12)
def criterion_of(path: tuple[str, ...]) -> tuple[int | None, str]:
    """Return the number of the criterion a heading stands for, and a doubt where there is one.

    >>> criterion_of(("Tiêu chí", "TC 5")), criterion_of(("11. Hộ nghèo",))
    ((5, ''), (11, ''))
    """
    number: int | None = None
    named: list[str] = []
    for part in path:
        folded = tokens(part)
        match = CRITERION_NUMBER.match(folded)
        if match and 1 <= int(match[1]) <= CRITERIA:
            number = int(match[1])
            if match[2]:
                named.append(match[2])
        elif folded:
            named.append(folded)
    names = _criteria()
    by_name: int | None = None
    for words in reversed(named):
        exact = [key for key, value in names.items() if value == words]
        if exact:
            by_name = exact[0]
            break
        if len(words) >= 4:
            near = process.extractOne(words, names, scorer=fuzz.ratio, score_cutoff=NEAR_VALUE)
            if near is not None:
                by_name = near[2]
                break
    if number is None:
        return by_name, ""
    if by_name is not None and by_name != number:
        return by_name, "criterion_heading"
    if by_name is None and named:
        last = named[-1]
        counts = re.search(r"\b(tong|so tieu chi|dat|muc|ghi chu|quyet dinh|ngay)\b", last)
        if counts and not re.search(r"^(cac )?(tieu chi|ket qua)", last):
            return None, ""
    return number, ""


DATE_WORDS = re.compile(
    r"(den|tinh den|het)?\s*(het |ngay |thang )*\d{1,2}\s+\d{1,2}\s+(20\d\d)"
    r"|(ngay \d{1,2} )thang \d{1,2} nam (20\d\d)|het nam (20\d\d)"
)


_CARRIED_INTO = re.compile(r"\b(sang|qua|den|trong|thuc hien)( nam)? 20[0-4]\d\b")


@lru_cache(maxsize=1 << 12)
def plan_year_of(text: str) -> int | None:
    """Return the one year a heading or a cell names as that of its money.

    >>> plan_year_of("Vốn năm 2018 chuyển sang năm 2019"), plan_year_of("đến ngày 31/01/2020")
    (2018, None)
    """
    folded = DATE_WORDS.sub(" ", tokens(text))
    years = set(re.findall(r"\b(20[0-4]\d)\b", folded))
    if len(years) > 1:
        years = set(re.findall(r"\b(20[0-4]\d)\b", _CARRIED_INTO.sub(" ", folded)))
    return int(years.pop()) if len(years) == 1 else None


def facets_of(column: Column) -> Facets:
    """Read source, kind and plan year out of the heading of a money column."""
    source = kind = programme = None
    plan_year: int | None = None
    for part in column.path or (column.header,):
        if source is None:
            source = meaning("sources", part) if names_one(part, "sources") else None
        if kind is None:
            kind = meaning("kinds", part) if names_one(part, "kinds") else None
        if programme is None:
            programme = meaning("programmes", part)
        if plan_year is None:
            plan_year = plan_year_of(part)
    return Facets(source, kind, plan_year, programme)


def names_one(text: str, name: str) -> bool:
    """Whether a text holds the words of a controlled list themselves; likeness is not enough."""
    padded = f" {tokens(text)} "
    return any(f" {word} " in padded for word in _contained(name))


MEASURES = ("allocated_vnd", "disbursed_vnd", "disbursed_pct")


def _funding_column(column: Column) -> tuple[str | None, float]:
    """Match the heading of a column of form 02, which may name a source or a year as well."""
    bag = _near_words("funding", _bag(column.header))
    folded = column.folded
    _, phrases = _vocabulary("funding")
    dated = re.search(r"\b20[0-4]\d\b", DATE_WORDS.sub(" ", folded)) is not None
    best: dict[str, float] = {}
    for name, phrase in phrases:
        score = _score("funding", name, phrase, bag)
        if score > best.get(name, 0.0):
            best[name] = score
    stripped = _strip_facets(folded)
    for column_spec in all_forms()["funding"].columns:
        for words in column_spec.words:
            if stripped and tokens(words) == stripped:
                best[column_spec.name] = max(best.get(column_spec.name, 0.0), 1.2)
    if (
        re.search(r"\b(giai ngan|thanh toan)\b", folded)
        and "%" not in folded
        and not re.search(r"\bt[iy] le\b|\btl\b|\bdat\b|chua giai ngan|con lai|nguyen nhan", folded)
    ):
        best["disbursed_vnd"] = max(best.get("disbursed_vnd", 0.0), 1.0)
        best.pop("allocated_vnd", None)
    elif dated and re.search(r"\b(ke hoach|phan bo|von|kh)\b", folded) and "tyle" not in bag:
        best["allocated_vnd"] = max(best.get("allocated_vnd", 0.0), 1.0)
        best.pop("plan_year", None)
    if "tyle" in bag:
        best.pop("allocated_vnd", None)
        best.pop("disbursed_vnd", None)
        best["disbursed_pct"] = max(best.get("disbursed_pct", 0.0), 0.9)
    if re.search(r"con lai|chua giai ngan|luy ke tu dau du an|tong muc dau tu", folded):
        return None, 0.0
    if not best:
        return None, 0.0
    name, score = max(best.items(), key=lambda item: (item[1], item[0]))
    return (name, score) if score >= LEAST_SCORE else (None, 0.0)


def _strip_facets(folded: str) -> str:
    text = DATE_WORDS.sub(" ", folded)
    text = re.sub(r"\b20[0-4]\d\b", " ", text)
    text = re.sub(r"\b(trieu|nghin|ngan|ty) dong\b|\b(dong|vnd|dvt)\b", " ", text)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a heading may stand for in a form."""

    name: str
    score: float
    criterion: int | None = None
    facets: Facets = Facets()
    doubt: str = ""


@lru_cache(maxsize=1 << 13)
def _meant(key: str, path: tuple[str, ...], header: str) -> tuple[_Meant, ...]:
    """Return what a heading may stand for, best first; the same headings come in every return."""
    if key == "attainment":
        number, doubt = criterion_of(path)
        if number is not None:
            return (_Meant("met", 1.0, criterion=number, doubt=doubt),)
    if key == "funding":
        column = Column(0, header, path, tokens(header))
        name, score = _funding_column(column)
        if name is None:
            return ()
        facets = facets_of(column) if name in MEASURES else Facets()
        return (_Meant(name, score, facets=facets),)
    bag = _near_words(key, _bag(header))
    best: dict[str, float] = {}
    for name, phrase in _vocabulary(key)[1]:
        score = _score(key, name, phrase, bag)
        if score > best.get(name, 0.0):
            best[name] = score
    if key == "attainment":
        leaf = tokens(path[-1]) if path else ""
        for spec in all_forms()[key].columns:
            if spec.name in ("criterion", "met"):
                continue
            if any(tokens(words) == leaf for words in spec.words):
                best[spec.name] = max(best.get(spec.name, 0.0), 1.1)
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    if not ranked or ranked[0][1] < LEAST_SCORE:
        return ()
    return tuple(_Meant(name, score) for name, score in ranked[:3])


def match_columns(form: Form, block: TableBlock) -> tuple[list[Mapped], list[Column]]:
    """Match the columns of a table with those of a form.

    Returns
    -------
    tuple of list
        The matched columns, and the columns with a heading that belong to no column of the
        form. A column of the form is given once, to the heading that agrees best, except money
        columns, which may stand once for every source, kind or year.
    """
    candidates: list[Mapped] = []
    left: list[Column] = []
    for column in block.columns:
        if column.index == block.order_column:
            continue
        meant = _meant(form.key, column.path, column.header)
        candidates.extend(
            Mapped(column, one.name, one.score, one.criterion, one.facets, one.doubt)
            for one in meant
        )
        if not meant:
            left.append(column)
    return _assign(form, block, candidates, left)


def _assign(
    form: Form, block: TableBlock, candidates: list[Mapped], left: list[Column]
) -> tuple[list[Mapped], list[Column]]:
    label = block.label_column
    named = [one.criterion for one in candidates if one.criterion is not None]
    if len(named) > len(set(named)):
        # Two headings for one criterion: neither is it for certain.
        doubled = {number for number in named if named.count(number) > 1}
        left.extend(one.column for one in candidates if one.criterion in doubled)
        candidates = [one for one in candidates if one.criterion not in doubled]
    candidates.sort(key=lambda one: (-one.score, one.column.index, one.name))
    taken_columns: set[int] = set()
    taken_names: set[object] = set()
    chosen: list[Mapped] = []
    for one in candidates:
        if one.column.index in taken_columns:
            continue
        if one.score < LEAST_SCORE:
            continue
        key: object = one.name
        if one.criterion is not None:
            key = ("criterion", one.criterion)
        elif form.key == "funding" and one.name in MEASURES:
            key = (one.name, one.facets)
        if key in taken_names:
            continue
        taken_columns.add(one.column.index)
        taken_names.add(key)
        chosen.append(one)
    subject = "component" if form.key == "funding" else "commune_code"
    if subject not in taken_names and label is not None and label not in taken_columns:
        column = block.column(label)
        if column is not None:
            chosen.append(Mapped(column, subject, 0.5))
            taken_columns.add(label)
    for one in candidates:
        if one.column.index not in taken_columns and one.column not in left:
            left.append(one.column)
    left = [
        column
        for column in left
        if column.index not in taken_columns and column.index != block.order_column
    ]
    chosen.sort(key=lambda one: one.column.index)
    left.sort(key=lambda column: column.index)
    return chosen, left


@lru_cache(maxsize=1 << 12)
def _likeness_of_title(key: str, title: str) -> float:
    titles = all_forms()[key].titles
    return max((fuzz.partial_ratio(tokens(words), title) for words in titles if title), default=0.0)


@lru_cache
def _wanted(key: str) -> tuple[str, ...]:
    """Return the columns that tell a form by being there."""
    return tuple(
        column.name
        for column in all_forms()[key].columns
        if column.words and column.name not in ("programme", "unit", "note", "cause")
    )


TITLED = 0.5
"""What a title like the form's counts, where all its columns count one."""
LIKE_A_TITLE = 75


def recognise(block: TableBlock) -> tuple[Form | None, list[Mapped], list[Column]]:
    """Say which form a table is, by its title and header words; None for another table."""
    best: tuple[tuple[float, int], Form, list[Mapped], list[Column]] | None = None
    title = tokens(f"{block.sheet_title} {block.title}")
    alike = {key: _likeness_of_title(key, title) for key in all_forms()}
    places = {key: place for place, key in enumerate(alike)}
    for form in sorted(all_forms().values(), key=lambda one: -alike[one.key]):
        likeness = alike[form.key]
        if best is not None and best[0][0] > 1 + TITLED * (likeness >= LIKE_A_TITLE):
            # None of those left, even with every column, could be it.
            break
        mapped, left = match_columns(form, block)
        names = {one.name for one in mapped}
        criteria = sum(one.criterion is not None for one in mapped)
        if form.key == "attainment":
            enough = criteria >= form.least and "commune_code" in names
            share = criteria / CRITERIA
        else:
            need = sum(name in names for name in form.needs)
            wanted = _wanted(form.key)
            share = sum(name in names for name in wanted) / len(wanted)
            enough = need >= form.least
            if form.key == "poverty":
                enough = (
                    enough
                    and "commune_code" in names
                    and (sum(name.endswith("_hh") for name in names) >= 3 or likeness >= 80)
                )
            else:
                enough = (
                    enough and "component" in names and ("disbursed_vnd" in names or likeness >= 70)
                )
        if not enough:
            continue
        score = (share + TITLED * (likeness >= LIKE_A_TITLE), -places[form.key])
        if best is None or score > best[0]:
            best = (score, form, mapped, left)
    if best is None:
        return None, [], []
    return best[1], best[2], best[3]
