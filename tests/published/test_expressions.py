from fractions import Fraction

import pytest

from kgstats.published.expressions import ExpressionError, Reference, parse

VALUES = {"a": 3, "b": 4, "of(a)": 8, "high(b)": 9}


def evaluate(text: str) -> Fraction:
    def lookup(reference: Reference) -> Fraction:
        name = reference.figure
        return Fraction(VALUES[name if reference.part == "value" else f"{reference.part}({name})"])

    return parse(text).evaluate(lookup, Fraction)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b", 7),
        ("a - b - 1.5", Fraction(-5, 2)),
        ("100 * a / of(a)", Fraction(300, 8)),
        ("-(a + b) * 2", -14),
        ("high(b) - b", 5),
        ("count(a, b, b)", 3),
    ],
)
def test_arithmetic_is_exact(text, value):
    assert evaluate(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.value",
        "a ** b",
        "a if b else a",
        "'a'",
        "[a]",
        "of(a, b)",
        "of(3)",
        "sum(a, b)",
        "a +",
        "",
        "True",
    ],
)
def test_anything_but_arithmetic_is_refused(text):
    with pytest.raises(ExpressionError):
        parse(text)


def test_figures_are_listed_once_in_order():
    assert parse("b + a + b / of(a)").references() == [
        Reference("b"),
        Reference("a"),
        Reference("a", "of"),
    ]
