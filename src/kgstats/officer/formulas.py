"""The rules of a form as formulas of a spreadsheet, for one row.

The identities are those of `kgstats.returns.identities`, the words those of
`kgstats.returns.rules`: what a template shows while it is filled in is what `check` says
afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from kgstats import registry
from kgstats.edits import Identity
from kgstats.edits.identities import Quotient
from kgstats.officer.fields import Field, listed, marks
from kgstats.reference.criteria import LEVELS
from kgstats.returns.forms import MARK_NAMES, all_forms, exact_meaning
from kgstats.returns.identities import BEFORE, identities
from kgstats.returns.records.columns import MOST_HOUSEHOLDS
from kgstats.returns.records.funding import MOST_MONEY_VND
from kgstats.returns.values.decisions import decision_days
from kgstats.words import N_

BLANK = N_("A cell of the row is still blank: type 0 where there is none.")
"""Said of rows that are begun and not whole; the province would take a blank for not known."""

MARKS_RULES = ("mark_unreadable", "mark_blank")
"""Told from a row as a whole: its nineteen cells one by one would be a long formula."""

DUPLICATE_KEY = tuple(registry.codes("money_key"))

Reference = Callable[[str], str | None]
"""Gives the cell of a column in the row a formula is for, ``F12``; None where there is none."""


@dataclass(frozen=True)
class RowCheck:
    """One thing a row is checked for: a rule, the formula true where it fails, its columns."""

    rule: str
    formula: str
    columns: tuple[str, ...]
    each: Mapping[str, str] | None = None
    """The formula of each cell by itself, for a check of single cells."""

    def safely(self) -> RowCheck:
        """Return the check with an error among its cells read as not failing."""
        each = None if self.each is None else {n: _safe(one) for n, one in self.each.items()}
        whole = _safe(self.formula) if each is None or self.rule in MARKS_RULES else _any(each)
        return replace(self, formula=whole, each=each)


def row_checks(
    key: str, columns: Sequence[Field], cell: Reference, lists: Mapping[str, str], year: int
) -> list[RowCheck]:
    """Return every check of a row of a form.

    Parameters
    ----------
    key
        The form.
    columns
        Its columns.
    cell
        The row's cells.
    lists
        The range of each controlled list.
    year
        Reporting year.
    """
    found = [
        one.safely() for one in (*_typed(columns, cell, lists, year, key),
                                 *_between(key, columns, cell))
    ]  # fmt: skip
    tables = registry.forms()[all_forms()[key].number]
    for table in tables:
        for identity in identities(table):
            formula = fails(identity, cell)
            if formula is not None:
                found.append(RowCheck(identity.name, formula, _shown(identity)))
    return found


def _shown(identity: Identity) -> tuple[str, ...]:
    names = [one for name in identity.columns for one in _each(name)]
    return tuple(dict.fromkeys([identity.at, *(n for n in names if not n.startswith(BEFORE))]))


def _each(name: str) -> tuple[str, ...]:
    return MARK_NAMES if name == "met *" else (name,)


# --- identities -----------------------------------------------------------------------------------


def fails(identity: Identity, cell: Reference) -> str | None:
    """Return the formula that is true where an identity fails, or None where it cannot be tried.

    >>> flow = identities("poverty")[0]
    >>> fails(flow, dict(zip(flow.columns, ["H9", "D9", "E9", "F9", "G9"])).get)
    'IFERROR(AND(COUNT(H9,D9,E9,F9,G9)=5,ABS(H9-D9+E9-F9-G9)>0.000001),FALSE)'
    """
    there: list[str] = []
    numbers: list[str] = []
    refs: dict[str, str] = {}
    for name in dict.fromkeys(identity.columns):
        if name == "met *":
            known = [cell(one) for one in MARK_NAMES]
            if None in known:
                return None
            yes, no = marks()
            span = f"{known[0]}:{known[-1]}"
            refs[name] = f'COUNTIF({span},"{yes}")'
            there.append(f'{refs[name]}+COUNTIF({span},"{no}")={len(MARK_NAMES)}')
            continue
        ref = cell(name)
        if ref is None or name.endswith("*"):
            return None
        refs[name] = ref
        numbers.append(ref)
    if numbers:
        there.insert(0, f"COUNT({','.join(numbers)})={len(numbers)}")
    if identity.when is not None:
        condition = _condition(identity.when, cell)
        if condition is None:
            return None
        there.append(condition)
    # A word among the numbers is told of by a check of its own.
    return f"IFERROR(AND({','.join([*there, _apart(identity, refs)])}),FALSE)"


def _condition(when: tuple[str, str], cell: Reference) -> str | None:
    """Return the condition of a rule; a commune is recognised where it has a decision."""
    decision = cell("decision_no")
    return f"LEN({decision})>0" if when == ("status", "recognised") and decision else None


def _apart(identity: Identity, refs: Mapping[str, str]) -> str:
    """Return the comparison that is true where both sides are too far apart."""
    if isinstance(identity.right, Quotient):
        rate, part, base = (refs[name] for name in identity.columns)
        # Rates are worked out with two decimals; what is typed over them is held to the slack.
        slack = max(identity.slack, identity.rounding.scaleb(-2))
        return f"{base}>0,ABS({rate}*{base}-{identity.right.per}*{part})>{slack}*{base}"
    sides = ""
    for name, by in identity.terms:
        size = "" if abs(by) == 1 else f"{abs(by)}*"
        sides += ("-" if by < 0 else "+" if sides else "") + size + refs[name]
    if identity.constant:
        sides += f"{-identity.constant:+d}"
    slack_shown = identity.slack or "0.000001"
    return f"ABS({sides})>{slack_shown}" if identity.relation == "=" else f"{sides}>{slack_shown}"


def _safe(formula: str) -> str:
    """Return a condition that is false where a cell it looks at holds an error."""
    return f"IFERROR({formula},FALSE)"


def _any(formulas: Mapping[str, str]) -> str:
    return f"OR({','.join(formulas.values())})"


def _odd(ref: str, conditions: str) -> str:
    """Return a condition of a cell that is true of an error in it as well, never of a blank.

    >>> _odd("F9", "NOT(ISNUMBER(F9))")
    'IF(ISERROR(F9),TRUE,AND(LEN(F9)>0,NOT(ISNUMBER(F9))))'
    """
    return f"IF(ISERROR({ref}),TRUE,AND(LEN({ref})>0,{conditions}))"


# --- cells ----------------------------------------------------------------------------------------


def _typed(
    columns: Sequence[Field], cell: Reference, lists: Mapping[str, str], year: int, key: str
) -> list[RowCheck]:
    """Return the checks of what is typed into single cells."""
    found: list[RowCheck] = []

    def add(rule: str, formulas: Mapping[str, str]) -> None:
        if formulas:
            found.append(RowCheck(rule, _any(formulas), tuple(formulas), formulas))

    at = {one.name: ref for one in columns if (ref := cell(one.name)) is not None}
    # What is worked out may have been typed over.
    worked_out = ("rate", "counted")
    numbers = {n.name: at[n.name] for n in columns if n.numeric or n.kind in worked_out}
    counts = {one.name: at[one.name] for one in columns if one.kind in ("count", "year")}
    add("number_unreadable", {n: _odd(r, f"NOT(ISNUMBER({r}))") for n, r in numbers.items()})
    amounts = {one.name: at[one.name] for one in columns if one.kind in ("count", "money")}
    add("number_negative", {n: f"AND(ISNUMBER({r}),{r}<0)" for n, r in amounts.items()})
    add(
        "number_not_whole",
        {n: f"AND(ISNUMBER({r}),N({r})<>INT(N({r})))" for n, r in counts.items()},
    )
    spans = {one.name: limits(key, one, year) for one in columns}
    add(
        "number_out_of_range",
        {
            name: f"AND(ISNUMBER({at[name]}),OR(AND({at[name]}>=0,{at[name]}<{span[0]}),"
            f"{at[name]}>{span[1]}))"
            for name, span in spans.items()
            if span is not None
        },
    )
    add(
        "word_unknown",
        {
            one.name: _odd(at[one.name], f"COUNTIF({lists[one.listing]},{at[one.name]})=0")
            for one in columns
            # A cause may be told in the district's own words.
            if one.kind == "words" and one.name != "cause"
        },
    )
    dates = {one.name: at[one.name] for one in columns if one.kind == "date"}
    first, last = (f"DATE({day.year},{day.month},{day.day})" for day in decision_days(year))
    add(
        "date_unreadable",
        {n: _odd(r, f"OR(NOT(ISNUMBER({r})),N({r})<{first})") for n, r in dates.items()},
    )
    add("decision_later", {n: f"AND(ISNUMBER({r}),N({r})>{last})" for n, r in dates.items()})
    return found


def limits(key: str, one: Field, year: int) -> tuple[int, int] | None:
    """Return the lowest and highest number of a column, as the province takes it.

    >>> from kgstats.officer.fields import fields
    >>> [limits("funding", one, 2019) for one in fields("funding") if one.numeric]
    [(2000, 2019), (0, 10000000), (0, 10000000)]
    """
    if one.kind == "year":
        return registry.column(key, one.name).limits(year)
    most = {"count": MOST_HOUSEHOLDS, "money": MOST_MONEY_VND // 1_000_000}.get(one.kind)
    return None if most is None else (0, most)


def _between(key: str, columns: Sequence[Field], cell: Reference) -> list[RowCheck]:
    """Return the checks of marks, decisions and lines of money that no identity states."""
    found: list[RowCheck] = []
    names = {one.name for one in columns}
    if names.issuperset(MARK_NAMES):
        yes, no = marks()
        span = f"{cell(MARK_NAMES[0])}:{cell(MARK_NAMES[-1])}"
        read = f'COUNTIF({span},"{yes}")+COUNTIF({span},"{no}")'
        cells = {name: cell(name) for name in MARK_NAMES}
        odd = {n: _odd(str(at), f'{at}<>"{yes}",{at}<>"{no}"') for n, at in cells.items()}
        blank = {name: f"LEN({at})=0" for name, at in cells.items()}
        found += [
            RowCheck("mark_unreadable", f"COUNTA({span})<>{read}", MARK_NAMES, odd),
            RowCheck("mark_blank", f"COUNTBLANK({span})>0", MARK_NAMES, blank),
        ]
    if {"decision_no", "level", "status", *MARK_NAMES} <= names:
        found += _standing(cell)
    if {"decision_no", "decision_date"} <= names:
        number, day = cell("decision_no"), cell("decision_date")
        found.append(
            RowCheck(
                "decision_without_number", f"AND(ISNUMBER({day}),LEN({number})=0)", ("decision_no",)
            )
        )
    if names.issuperset(DUPLICATE_KEY):
        absent = ",".join(f"LEN({cell(name)})=0" for name in DUPLICATE_KEY)
        found.append(RowCheck("key_missing", f"OR({absent})", DUPLICATE_KEY))
    return found


def _standing(cell: Reference) -> list[RowCheck]:
    """Return the checks of level and remark against decision and marks."""
    decision, level, remark = (str(cell(one)) for one in ("decision_no", "level", "status"))
    none = next(word for word in listed("levels") if exact_meaning("levels", word) == LEVELS[0])
    words = {str(exact_meaning("statuses", word)): word for word in listed("statuses")}
    span, (yes, no) = f"{cell(MARK_NAMES[0])}:{cell(MARK_NAMES[-1])}", marks()
    state = (
        f'IF(LEN({decision})>0,"{words["recognised"]}",'
        f'IF(COUNTIF({span},"{yes}")={len(MARK_NAMES)},"{words["pending"]}",'
        f'IF(COUNTIF({span},"{no}")>0,"{words["not_yet"]}",{remark})))'
    )
    early = f'AND(LEN({level})>0,{level}<>"{none}",LEN({decision})=0,COUNTIF({span},"{no}")>0)'
    late, lacking = f'{level}="{none}",LEN({decision})>0', f'COUNTIF({span},"{no}")'
    return [
        RowCheck("status_contradiction", f"AND(LEN({remark})>0,{remark}<>{state})", ("status",)),
        RowCheck("level_without_decision", early, ("level",)),
        RowCheck("level_contradiction", f"AND({late},{lacking}=0)", ("level",)),
        RowCheck("decision_contradicted", f"AND({late},{lacking}>0)", ("decision_no",)),
    ]


def blanks(columns: Sequence[Field], cell: Reference) -> str:
    """Return the formula that is true where a number a row needs is blank."""
    refs = [cell(one.name) for one in columns if one.needed and one.numeric]
    return _safe(f"COUNTBLANK({refs[0]})>0" if len(refs) == 1 else _any_blank(refs))


def _any_blank(refs: Sequence[str | None]) -> str:
    return f"OR({','.join(f'LEN({ref})=0' for ref in refs if ref)})" if refs else "FALSE"


def verdict(used: str, expected: bool, checks: Sequence[tuple[str, str]], lacking: str) -> str:
    """Return the formula of a row's check: a tick, or a sentence for each rule that fails.

    Parameters
    ----------
    used
        True where anything is typed in the row.
    expected
        Whether the row must be filled in.
    checks
        Words and formula of each check.
    lacking
        What is said of a row that is expected and blank.
    """
    said = "&".join(f'IF({formula},"• {words} ","")' for words, formula in checks)
    absent = f'"{lacking}"' if expected else '""'
    return f'=IF({used},SUBSTITUTE("✓"&{said},"✓•","•"),{absent})'
