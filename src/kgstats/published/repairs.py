"""Which printed figures must be wrong: the smallest set whose change lets every statement hold.

All statements of a report are judged together (`kgstats.edits`, after Fellegi and Holt): sums,
changes, repetitions, shares of a printed base and shares of one that is not. A share that is
worked out from other numbers is the first to be doubted; between totals and parts, which are
equals, the simplest slip of the hand decides, and where that does not decide, all are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from kgstats.edits import (
    Change,
    Diagnosis,
    Key,
    Linear,
    Number,
    Rate,
    Rule,
    Slip,
    localise,
    slip_between,
)
from kgstats.published.expressions import Reference
from kgstats.published.files import Identity

if TYPE_CHECKING:
    from kgstats.published.audit import Numbers

SHARE = 0.9
"""Weight of a printed share, beside 1 for the numbers it is worked out from."""

SIMPLE: frozenset[Slip] = frozenset(
    ("zero_too_many", "zero_too_few", "unit", "comma_moved", "digits_swapped")
)
"""Slips that decide between repairs that do equally well."""

BOTH = " & "
"""Between figures that must change together."""
OR = " | "
"""Between repairs that do equally well."""


def suggestions(
    numbers: Numbers, identities: Iterable[Identity], cut: Collection[str] = ()
) -> dict[str, str]:
    """Return, for each statement that does not hold, the figures that would mend it.

    Parameters
    ----------
    numbers
        The report's numbers.
    identities
        All its statements; those that are no equation of figures are passed over.
    cut
        The statements that hold when digits were cut off instead of rounded.

    Returns
    -------
    dict
        By the id of a statement: ``figure=value``, several joined by `` & `` where they must
        change together and by `` | `` where the report cannot decide between them.
    """
    held = {identity.id: identity for identity in identities}
    rules = [
        rule for one in held.values() if (rule := _rule(one, numbers, one.id in cut)) is not None
    ]
    references = {key for rule in rules for key in rule.cells if isinstance(key, Reference)}
    values: dict[Key, Number] = {key: numbers.printed(key) for key in references}
    latent = [key for rule in rules for key in rule.cells if isinstance(key, str)]
    shares = {rule.rate: SHARE for rule in rules if isinstance(rule, Rate)}
    found: dict[str, str] = {}
    for diagnosis in localise(values, rules, weights=shares, latent=latent):
        told = _told(diagnosis, numbers)
        for rule in diagnosis.broken:
            found[rule.name] = _first(told, held[rule.name])
    return found


def _told(diagnosis: Diagnosis, numbers: Numbers) -> list[str]:
    """Word the repairs that are left: of equal ones those of a simple slip, if there are any."""
    repairs = [
        {change.key: _meant(change, numbers) for change in repair.changes}
        for repair in diagnosis.repairs
    ]
    known = [one for one in repairs if all(value is not None for value in one.values())]
    simple = [one for one in known if all(_simple(key, one[key], numbers) for key in one)]
    return [BOTH.join(_worded(key, one[key]) for key in one) for one in simple or known]


def _meant(change: Change, numbers: Numbers) -> Decimal | None:
    """Return the value a repair gives a figure, as it would be printed; None for any value.

    Of all that rounding allows, the middle: what the other figures give.
    """
    key = change.key
    assert isinstance(key, Reference)
    if change.low is None or change.high is None:
        return None
    middle = (Decimal(change.low) + Decimal(change.high)) / 2
    return middle.quantize(Decimal(1).scaleb(-numbers.decimals(key)), ROUND_HALF_UP)


def _simple(key: Key, value: Decimal | None, numbers: Numbers) -> bool:
    assert isinstance(key, Reference) and value is not None
    found = slip_between(numbers.printed(key), (value, value), whole=False)
    return found is not None and found[0] in SIMPLE


def _worded(key: Key, value: Decimal | None) -> str:
    assert isinstance(key, Reference)
    return f"{key.figure if key.part == 'value' else f'{key.part}({key.figure})'}={value:f}"


def _first(told: list[str], identity: Identity) -> str:
    """Join repairs, that of the tested figure first."""
    own = f"{identity.tested.figure}="
    return OR.join(sorted(told, key=lambda text: not text.startswith(own)))


def _rule(identity: Identity, numbers: Numbers, cut: bool) -> Rule | None:
    """Return a statement as an edit in the units its figures are printed in; None for any other."""
    if identity.relation != "=" or identity.expression.counted is not None:
        return None
    if identity.kind == "common_base":
        part = identity.expression.references()[0]
        if numbers.hedged(part) or numbers.hedged(identity.tested):
            return None
        slack = _last_digit(identity, numbers, cut)
        return Rate(identity.id, identity.tested, part, identity.group, slack=slack)
    return _quotient(identity, numbers, cut) or _linear(identity, numbers)


def _last_digit(identity: Identity, numbers: Numbers, cut: bool) -> Decimal:
    """Return what rounding may hide in a share, or cutting its digits off."""
    step = Decimal(1).scaleb(-numbers.decimals(identity.tested))
    return step if cut else step / 2


def _quotient(identity: Identity, numbers: Numbers, cut: bool) -> Rate | None:
    """Return a statement ``c = k · a / b``; None for any other."""
    references = identity.expression.references()
    if len(references) != 2 or identity.tested in references:
        return None
    part, base = references
    per = _per(identity, part, base)
    if per is None:
        return None
    scale = numbers.scale(part, identity.unit) / numbers.scale(base, identity.unit)
    by = Fraction(per) * scale / numbers.scale(identity.tested, identity.unit)
    if by.denominator != 1 or any(map(numbers.hedged, (identity.tested, part, base))):
        return None
    slack = _last_digit(identity, numbers, cut)
    return Rate(identity.id, identity.tested, part, base, slack=slack, per=int(by))


def _per(identity: Identity, part: Reference, base: Reference) -> Fraction | None:
    def at(a: int, b: int) -> Fraction | None:
        try:
            return Fraction(
                identity.expression.evaluate(
                    lambda key: Fraction(a if key == part else b), Fraction
                )
            )
        except ZeroDivisionError:
            return None

    once, twice, half = at(1, 1), at(2, 1), at(1, 2)
    if once is None or twice is None or half is None or not once:
        return None
    return once if twice == 2 * once and half * 2 == once else None


def _linear(identity: Identity, numbers: Numbers) -> Linear | None:
    """Return ``Σ k · figure = tested`` where the expression is linear."""
    references = identity.expression.references()

    def at(values: Mapping[Reference, int]) -> Fraction:
        return Fraction(
            identity.expression.evaluate(lambda key: Fraction(values.get(key, 0)), Fraction)
        )

    try:
        constant = at({})
        by = {key: at({key: 1}) - constant for key in references}
        linear = at(dict.fromkeys(references, 3)) == constant + 3 * sum(by.values(), Fraction(0))
    except ZeroDivisionError:
        return None
    if not linear:
        return None
    terms = {identity.tested: -Fraction(1)}
    for key, factor in by.items():
        terms[key] = terms.get(key, Fraction(0)) + factor
    slack = Fraction(0)
    scaled: list[tuple[Reference, Decimal]] = []
    for key, factor in terms.items():
        coefficient = factor * numbers.scale(key, identity.unit)
        slack += abs(coefficient) * numbers.loose(key)
        scaled.append((key, _decimal(coefficient)))
    return Linear(identity.id, tuple(scaled), constant=_decimal(-constant), slack=_decimal(slack))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
