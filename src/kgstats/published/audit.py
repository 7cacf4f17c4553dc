"""Recompute every arithmetic statement of the printed report and say how it holds.

A printed number stands for every value that would have been printed the same way: half a unit
of its last place to either side; whole counts stand for themselves. A statement is

``exact``
    when the recomputed value is the printed one;
``rounding``
    when rounding the recomputed value, or the rounding of the numbers it is computed from,
    explains the printed one;
``truncation``
    when the digits behind the last printed place were cut off instead of rounded;
``wrong``
    when nothing of the kind explains it;
``wrong_unit``
    when a power of a thousand does (triệu printed for tỷ);
``no_common_base``
    when shares of one base imply bases that have nothing in common, and nothing says which share
    is wrong: the statement is about them together;
``list_incomplete``
    when a list names fewer members than it announces;
``not_computable``
    when the report gives nothing to recompute it from.

The printed value is always kept beside the recomputed one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING

from kgstats import registry, workspace
from kgstats.published import repairs
from kgstats.published.expressions import ExpressionError, Reference
from kgstats.published.files import Identity, Report, read_report
from kgstats.published.printed import Interval
from kgstats.published.qualifiers import hedges

if TYPE_CHECKING:
    import pandas as pd

CLASSES = tuple(registry.codes("class"))
HOLDS = ("exact", "rounding", "truncation")
"""Classes whose printed value agrees with the recomputed one as far as digits go."""
COLUMNS = (
    "identity_id",
    "kind",
    "description",
    "figure_ids",
    "printed",
    "recomputed",
    "difference",
    "unit",
    "class",
    "suggestion",
)
_THOUSANDS = (Fraction(1000), Fraction(10**6), Fraction(1, 1000), Fraction(1, 10**6))


@dataclass(frozen=True)
class Finding:
    """How one identity holds.

    ``suggestion`` is ``figure=value`` for the value that satisfies most identities (several,
    joined by `` | ``, where the report cannot decide between them), or ``base=value`` for a base
    implied by a share; empty when there is nothing to suggest.
    """

    identity: Identity
    printed: Fraction
    recomputed: Fraction | None
    klass: str
    suggestion: str = ""

    @property
    def difference(self) -> Fraction | None:
        """Printed less recomputed."""
        return None if self.recomputed is None else self.printed - self.recomputed


class Numbers:
    """The report's numbers as points and intervals, in the unit an identity works in.

    ``replaced`` gives some figures another value, to try a correction.
    """

    def __init__(self, report: Report, replaced: Mapping[Reference, Decimal] | None = None) -> None:
        self.report = report
        self.replaced = dict(replaced or {})

    def _unit(self, reference: Reference) -> str:
        figure = self.report.figures.get(reference.figure)
        return figure.unit if figure else self.report.series[reference.figure].unit

    def printed(self, reference: Reference) -> Decimal:
        """Return the printed number, in its own unit."""
        if reference in self.replaced:
            return self.replaced[reference]
        figure = self.report.figures.get(reference.figure)
        value = (
            figure.part(reference.part) if figure else self.report.series[reference.figure].value
        )
        assert value is not None  # the reader has seen to it
        return value

    def decimals(self, reference: Reference) -> int:
        """Return how many decimals are printed."""
        figure = self.report.figures.get(reference.figure)
        if figure is None:
            return self.report.series[reference.figure].decimals
        return figure.decimals.get(reference.part, 0)

    def loose(self, reference: Reference) -> Fraction:
        """Return how far the number meant may be from the printed one, in its own unit.

        Half a unit of its last place, nothing for a whole count, more where the words hedge it.
        """
        own = Interval.exactly(self.printed(reference))
        meant = self._meant(reference)
        return max(own.low - meant.low, meant.high - own.high)

    def hedged(self, reference: Reference) -> str:
        """Return the word that hedges a number (``trên 225``); empty for a number as it is."""
        figure = self.report.figures.get(reference.figure)
        if figure is None or reference.part != "value" or reference in self.replaced:
            return ""
        words = f" {figure.qualifier.lower()} "
        return next((word for word in hedges() if f" {word} " in words), "")

    def _meant(self, reference: Reference) -> Interval:
        """Return all that the printed number can stand for, in its own unit."""
        value, decimals = self.printed(reference), self.decimals(reference)
        hedge = self.hedged(reference)
        if hedge:
            below, above = hedges()[hedge]
            step = Fraction(10) ** (_last_place(value))
            return Interval(Fraction(value) - below * step, Fraction(value) + above * step)
        if self.report.units[self._unit(reference)].countable and decimals == 0:
            return Interval.exactly(value)
        return Interval.of_printed(value, decimals)

    def scale(self, reference: Reference, unit: str) -> Fraction:
        """Return what a printed number is multiplied with to be in ``unit``."""
        own, wanted = self.report.units[self._unit(reference)], self.report.units[unit]
        money = own.unit.startswith("VND") and wanted.unit.startswith("VND")
        if money:
            return Fraction(own.scale) / Fraction(wanted.scale)
        # A ratio is free of units as long as both of its terms are in the same one.
        return Fraction(own.scale) if own.unit.startswith("VND") else Fraction(1)

    def point(self, reference: Reference, unit: str) -> Fraction:
        """Return the number as printed, in ``unit``."""
        return Fraction(self.printed(reference)) * self.scale(reference, unit)

    def interval(self, reference: Reference, unit: str) -> Interval:
        """Return all that the printed number can stand for, in ``unit``."""
        return self._meant(reference) * Interval.exactly(self.scale(reference, unit))


def classify(
    printed: Fraction,
    decimals: int,
    recomputed: Fraction,
    possible: Interval,
    *,
    countable: bool = False,
) -> str:
    """Say how a printed value relates to the recomputed one.

    Parameters
    ----------
    printed, decimals
        The printed value and how many decimals it has.
    recomputed
        The value computed from the other printed values as they stand.
    possible
        All that the recomputed value can be, given how those are rounded.
    countable
        Whether the printed value is a whole count, which rounding cannot touch.

    Examples
    --------
    The report prints 98,856 of 167 tỷ as 59,1 %, and 6,769 of 13,144 tỷ as 51,1 %.

    >>> rate = Fraction(98856, 1670)
    >>> classify(Fraction("59.1"), 1, rate, Interval.exactly(rate))
    'truncation'
    >>> rate = Fraction(676900, 13144)
    >>> classify(Fraction("51.1"), 1, rate, Interval.exactly(rate))
    'wrong'
    """
    if printed == recomputed:
        return "exact"
    step = Fraction(10) ** -decimals
    if countable:
        own = Interval.exactly(printed)
    else:
        own = Interval(printed - step / 2, printed + step / 2)
        if own.low <= recomputed <= own.high:
            return "rounding"
        if _cut_off(recomputed, step) == printed:
            return "truncation"
    if own.meets(possible):
        return "rounding"
    if any(printed * factor == recomputed for factor in _THOUSANDS) or any(
        Interval(own.low * factor, own.high * factor).meets(possible) for factor in _THOUSANDS
    ):
        return "wrong_unit"
    return "wrong"


def _cut_off(value: Fraction, step: Fraction) -> Fraction:
    quotient = value / step
    return (floor(quotient) if value >= 0 else ceil(quotient)) * step


def audit(report: Report) -> list[Finding]:
    """Classify every identity of a report, in the order of the file."""
    numbers = Numbers(report)
    bases = _common_bases(report, numbers)
    findings = []
    for identity in report.identities.values():
        if identity.kind == "common_base":
            findings.append(bases[identity.id])
        else:
            findings.append(_check(identity, numbers))
    cut = {one.identity.id for one in findings if one.klass == "truncation"}
    mended = repairs.suggestions(numbers, report.identities.values(), cut)
    return [
        one
        if one.suggestion or one.klass not in ("wrong", "wrong_unit")
        else replace(one, suggestion=_suggested(one, mended))
        for one in findings
    ]


def _suggested(finding: Finding, mended: Mapping[str, str]) -> str:
    if finding.klass == "wrong_unit":
        assert finding.recomputed is not None
        return f"{finding.identity.tested.figure}={plain(finding.recomputed)}"
    return mended.get(finding.identity.id, "")


def plain(value: Fraction) -> str:
    """Return a number with all its digits, six decimals at most.

    >>> plain(Fraction(1234567)), plain(Fraction(34271, 10)), plain(Fraction(1, 3))
    ('1234567', '3427.1', '0.333333')
    """
    shown = f"{round(value * 10**6) / Decimal(10**6):f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _check(identity: Identity, numbers: Numbers) -> Finding:
    tested, unit = identity.tested, identity.unit
    printed = numbers.point(tested, unit)
    if identity.relation != "=":
        return _check_relation(identity, numbers, printed)
    try:
        recomputed = identity.expression.evaluate(
            lambda reference: numbers.point(reference, unit), Fraction
        )
        possible = identity.expression.evaluate(
            lambda reference: numbers.interval(reference, unit), Interval.exactly
        )
    except (ZeroDivisionError, ExpressionError):
        return Finding(identity, printed, None, "not_computable")
    counted = identity.expression.counted
    if counted is not None:
        if counted == printed:
            return Finding(identity, printed, recomputed, "exact")
        klass = "list_incomplete" if counted < printed else "wrong"
        return Finding(identity, printed, recomputed, klass, f"{tested.figure}={counted}")
    scale = numbers.scale(tested, unit)
    countable = (
        numbers.report.units[numbers._unit(tested)].countable and numbers.decimals(tested) == 0
    )
    if numbers.hedged(tested):
        meant = numbers.interval(tested, unit).meets(possible)
        klass = "exact" if recomputed == printed else "rounding" if meant else "wrong"
        return Finding(identity, printed, recomputed, klass)
    klass = classify(
        printed / scale,
        numbers.decimals(tested),
        recomputed / scale,
        possible * Interval.exactly(1 / scale),
        countable=countable,
    )
    if klass == "truncation" and any(map(numbers.hedged, identity.expression.references())):
        klass = "rounding"  # “khoảng 360” leaves more room than a digit
    return Finding(identity, printed, recomputed, klass)


def _check_relation(identity: Identity, numbers: Numbers, printed: Fraction) -> Finding:
    unit = identity.unit
    limit = identity.expression.evaluate(lambda reference: numbers.point(reference, unit), Fraction)
    holds = {
        ">": printed > limit,
        ">=": printed >= limit,
        "<": printed < limit,
        "<=": printed <= limit,
    }
    if identity.relation == "within":
        reference = identity.expression.references()[0]
        upper = numbers.point(Reference(reference.figure, "high"), unit)
        true = limit <= printed <= upper
    else:
        true = holds[identity.relation]
    return Finding(identity, printed, limit, "exact" if true else "wrong")


def _common_bases(report: Report, numbers: Numbers) -> dict[str, Finding]:
    """Check shares of an unprinted base against one another.

    Each share with its part implies an interval for the base. The base that most shares of a
    group allow is taken; a share alone in its group says what its base must be, no more.
    """
    groups: dict[str, list[Identity]] = {}
    for identity in report.identities.values():
        if identity.kind == "common_base":
            groups.setdefault(identity.group, []).append(identity)
    found: dict[str, Finding] = {}
    for members in groups.values():
        implied = {i.id: _implied(i, numbers, cut_off=False) for i in members}
        base = _most_allowed(list(implied.values()))
        if len(members) > 1 and _apart(members, numbers):
            bases = "/".join(
                plain(_digits(implied[i.id], _shown_base(implied[i.id], report, _part(i))))
                for i in members
            )
            for identity in members:
                printed = numbers.point(identity.tested, identity.unit)
                found[identity.id] = Finding(
                    identity, printed, None, "no_common_base", f"bases={bases}"
                )
            continue
        for identity in members:
            part = _part(identity)
            printed = numbers.point(identity.tested, identity.unit)
            middle = _shown_base(base, report, part)
            whole = f"base={plain(_digits(base, middle))}"
            if len(members) == 1:
                found[identity.id] = Finding(identity, printed, None, "not_computable", whole)
                continue
            recomputed = 100 * numbers.point(part, report.figures[part.figure].unit) / middle
            if implied[identity.id].meets(base):
                klass = "rounding"
            elif _implied(identity, numbers, cut_off=True).meets(base):
                klass = "truncation"
            else:
                klass = "wrong"
            if printed == recomputed:
                klass = "exact"
            found[identity.id] = Finding(identity, printed, recomputed, klass, whole)
    return found


def _apart(members: Sequence[Identity], numbers: Numbers) -> bool:
    """Whether no two of the shares allow one base, digits cut off or not: none is to be blamed."""
    allowed = [
        (_implied(one, numbers, cut_off=False), _implied(one, numbers, cut_off=True))
        for one in members
    ]
    return not any(
        mine.meets(other)
        for at, ours in enumerate(allowed)
        for theirs in allowed[:at]
        for mine in ours
        for other in theirs
    )


def _last_place(value: Decimal) -> int:
    """Return the power of ten of the last digit that is not nought.

    >>> [_last_place(Decimal(text)) for text in ("225", "1020", "1000", "2.50")]
    [0, 1, 3, -1]
    """
    return int(value.normalize().as_tuple().exponent)


def _part(identity: Identity) -> Reference:
    return identity.expression.references()[0]


def _implied(identity: Identity, numbers: Numbers, *, cut_off: bool) -> Interval:
    """Return the base implied by a share: 100 × part / share, over all either can stand for."""
    part = _part(identity)
    share = numbers.interval(identity.tested, identity.unit)
    if cut_off:
        printed = numbers.point(identity.tested, identity.unit)
        step = Fraction(10) ** -numbers.decimals(identity.tested)
        share = Interval(printed, printed + step)
    own_unit = numbers._unit(part)
    return Interval.exactly(100) * numbers.interval(part, own_unit) / share


def _most_allowed(implied: Sequence[Interval]) -> Interval:
    """Return the interval in which most of the given intervals overlap."""
    best, best_count = implied[0], 0
    for candidate in implied:
        members = [i for i in implied if i.low <= candidate.low <= i.high]
        if len(members) > best_count:
            best_count = len(members)
            best = Interval(max(i.low for i in members), min(i.high for i in members))
    return best


def _digits(base: Interval, middle: Fraction) -> Fraction:
    """Return a base with as many digits as its shares settle, and all before the comma."""
    width = base.high - base.low
    places = 1
    while places < 6 and Fraction(10) ** -places > width:
        places += 1
    return Fraction(round(middle * 10**places), 10**places)


def _shown_base(base: Interval, report: Report, part: Reference) -> Fraction:
    """Return the base to show: the whole number in the interval for counts, else its middle."""
    middle = (base.low + base.high) / 2
    if report.units[report.figures[part.figure].unit].countable:
        whole = Fraction(round(middle))
        if base.low <= whole <= base.high:
            return whole
    return middle


def to_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return findings as the table ``audit``, one row per identity.

    Columns
    -------
    identity_id, kind, description (Vietnamese), figure_ids (joined by spaces, the tested one
    first), printed, recomputed, difference (printed − recomputed), all in ``unit``, class,
    suggestion.
    """
    import pandas as pd

    def number(value: Fraction | None) -> float | None:
        return None if value is None else float(value)

    frame = pd.DataFrame(
        [
            (
                f.identity.id,
                f.identity.kind,
                f.identity.description_vi,
                " ".join(f.identity.figure_ids()),
                number(f.printed),
                number(f.recomputed),
                number(f.difference),
                f.identity.unit,
                f.klass,
                f.suggestion,
            )
            for f in findings
        ],
        columns=list(COLUMNS),
    )
    text = [name for name in COLUMNS if name not in ("printed", "recomputed", "difference")]
    return frame.astype(dict.fromkeys(text, "string") | {"printed": "float64"})


def write(root: Path, year: int) -> Path:
    """Audit one year's report and write ``data/processed/<year>/audit.parquet``.

    Raises
    ------
    PublishedError
        When a transcribed file breaks its rules; nothing is written then.
    """
    place = workspace.Workspace(root)
    frame = to_frame(audit(read_report(place.raw / "published", year)))
    target = place.data_set("audit", year)
    with workspace.replacing(target) as draft:
        frame.to_parquet(draft, index=False)
    return target
