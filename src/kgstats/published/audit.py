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
``list_incomplete``
    when a list names fewer members than it announces;
``not_computable``
    when the report gives nothing to recompute it from.

The printed value is always kept beside the recomputed one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING

from kgstats import workspace
from kgstats.published.expressions import ExpressionError, Reference
from kgstats.published.files import Identity, Report, read_report
from kgstats.published.printed import Interval

if TYPE_CHECKING:
    import pandas as pd

CLASSES = (
    "exact",
    "rounding",
    "truncation",
    "wrong",
    "wrong_unit",
    "list_incomplete",
    "not_computable",
)
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
        scale = Interval.exactly(self.scale(reference, unit))
        value, decimals = self.printed(reference), self.decimals(reference)
        if self.report.units[self._unit(reference)].countable and decimals == 0:
            return Interval.exactly(value) * scale
        return Interval.of_printed(value, decimals) * scale


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
    step = Fraction(1, 10**decimals)
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
    broken = {f.identity.id for f in findings if f.klass in ("wrong", "wrong_unit")}
    return [
        Finding(
            finding.identity,
            finding.printed,
            finding.recomputed,
            finding.klass,
            finding.suggestion or _suggest(finding, report, broken),
        )
        for finding in findings
    ]


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
    klass = classify(
        printed / scale,
        numbers.decimals(tested),
        recomputed / scale,
        possible * Interval.exactly(1 / scale),
        countable=countable,
    )
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
        for identity in members:
            part = _part(identity)
            printed = numbers.point(identity.tested, identity.unit)
            middle = _shown_base(base, report, part)
            whole = f"base={float(middle):g}"
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


def _part(identity: Identity) -> Reference:
    return identity.expression.references()[0]


def _implied(identity: Identity, numbers: Numbers, *, cut_off: bool) -> Interval:
    """Return the base implied by a share: 100 × part / share, over all either can stand for."""
    part = _part(identity)
    share = numbers.interval(identity.tested, identity.unit)
    if cut_off:
        printed = numbers.point(identity.tested, identity.unit)
        step = Fraction(1, 10 ** numbers.decimals(identity.tested))
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


def _shown_base(base: Interval, report: Report, part: Reference) -> Fraction:
    """Return the base to show: the whole number in the interval for counts, else its middle."""
    middle = (base.low + base.high) / 2
    if report.units[report.figures[part.figure].unit].countable:
        whole = Fraction(round(middle))
        if base.low <= whole <= base.high:
            return whole
    return middle


def _suggest(finding: Finding, report: Report, broken: set[str]) -> str:
    """Find the value that, put for one figure, would satisfy the most identities.

    Every figure of a broken identity is suspected in turn; the value that repairs this identity
    is tried in all identities that use the figure. The repair that mends most and breaks least is
    suggested; where several do equally well the report cannot decide, and all are given, the
    tested figure's first.
    """
    identity = finding.identity
    if finding.klass == "wrong_unit":
        return f"{identity.tested.figure}={_decimal(finding.recomputed)}"
    if finding.klass != "wrong" or identity.relation != "=" or finding.recomputed is None:
        return ""
    suspects = [identity.tested]
    if identity.kind != "ratio":
        # A printed percentage is worked out from the others; totals and parts are equals.
        suspects += identity.expression.references()
    found: dict[str, int] = {}
    for suspect in dict.fromkeys(suspects):
        value = _repair(identity, suspect, report)
        if value is None:
            continue
        numbers = Numbers(report, {suspect: value})
        gain = 0
        for other in report.identities.values():
            uses = [other.tested, *other.expression.references()]
            if other.kind == "common_base" or suspect not in uses:
                continue
            holds = _check(other, numbers).klass in HOLDS
            gain += int(holds) - int(other.id not in broken)
        name = suspect.figure if suspect.part == "value" else f"{suspect.part}({suspect.figure})"
        found[f"{name}={value:f}"] = gain
    best = max(found.values(), default=0)
    return " | ".join(text for text, gain in found.items() if gain == best) if best > 0 else ""


def _repair(identity: Identity, suspect: Reference, report: Report) -> Decimal | None:
    """Return the value of one figure that makes an identity hold, at its printed precision.

    The identity is a ratio of linear terms in each figure, so two trial values give the root of
    ``tested − expression`` when it is linear, which sums and printed shares are.
    """
    numbers = Numbers(report)
    unit = identity.unit
    decimals = numbers.decimals(suspect)
    if suspect == identity.tested:
        value = identity.expression.evaluate(lambda r: numbers.point(r, unit), Fraction)
        return _at(value / numbers.scale(suspect, unit), decimals)

    def gap(trial: Decimal) -> Fraction:
        tried = Numbers(report, {suspect: trial})
        recomputed: Fraction = identity.expression.evaluate(
            lambda reference: tried.point(reference, unit), Fraction
        )
        return tried.point(identity.tested, unit) - recomputed

    first = numbers.printed(suspect)
    second = first + 1
    try:
        at_first, at_second = gap(first), gap(second)
        slope = at_second - at_first
        root = Fraction(first) - at_first / slope
        value = _at(root, decimals)
        linear = gap(Decimal(first + 2)) - at_second == slope
    except ZeroDivisionError:
        return None
    return value if linear and value >= 0 else None


def _at(value: Fraction, decimals: int) -> Decimal:
    return Decimal(floor(value * 10**decimals + Fraction(1, 2))).scaleb(-decimals)


def _decimal(value: Fraction | None) -> str:
    assert value is not None
    return f"{float(value):.10g}"


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
