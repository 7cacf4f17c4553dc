"""The arithmetic of an identity: read once, evaluated on points, intervals or with a suspect."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

FUNCTIONS = {"of": 1, "high": 1, "count": None, "share_of": 1}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


class ExpressionError(ValueError):
    """An expression that is not arithmetic over figure ids."""


@dataclass(frozen=True)
class Reference:
    """One figure, or a part of it: ``value``, its denominator ``of``, its upper end ``high``."""

    figure: str
    part: str = "value"


@dataclass(frozen=True)
class Expression:
    """A parsed expression over figure ids.

    ``+ - * / ( )``, decimal constants, ``of(id)`` for the denominator of an a/b figure,
    ``high(id)`` for the upper end of a range, ``count(id, …)`` for the length of a named list,
    ``share_of(id)`` for a share whose base is not printed.
    """

    text: str
    tree: ast.expr

    def references(self) -> list[Reference]:
        """Return the figures it uses, each once, in order."""
        return list(dict.fromkeys(_references(self.tree)))

    @property
    def counted(self) -> int | None:
        """The length of the list, for an expression that is one ``count(…)``."""
        if _called(self.tree) == "count":
            assert isinstance(self.tree, ast.Call)
            return len(self.tree.args)
        return None

    @property
    def share_of(self) -> str | None:
        """The figure whose share of an unprinted base is meant."""
        if _called(self.tree) == "share_of":
            return self.references()[0].figure
        return None

    def evaluate(
        self, lookup: Callable[[Reference], Any], constant: Callable[[Decimal], Any]
    ) -> Any:
        """Evaluate it with numbers of any kind that knows ``+ - * /``."""
        return _evaluate(self.tree, lookup, constant)


def parse(text: str) -> Expression:
    """Parse an expression.

    Raises
    ------
    ExpressionError
        Saying what in it is not allowed.

    >>> [r.figure for r in parse("100 * done / of(done)").references()]
    ['done', 'done']
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        raise ExpressionError(f"{text!r} is not arithmetic over figure ids") from None
    _check(tree, text)
    return Expression(text, tree)


def _called(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id
    return None


def _check(node: ast.expr, text: str) -> None:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        _check(node.left, text)
        _check(node.right, text)
        return
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        _check(node.operand, text)
        return
    if isinstance(node, ast.Name):
        return
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    ):
        return
    name = _called(node)
    if name is not None:
        assert isinstance(node, ast.Call)
        if name not in FUNCTIONS:
            raise ExpressionError(
                f"{text!r}: there is no function {name}(); use one of {', '.join(FUNCTIONS)}"
            )
        wanted = FUNCTIONS[name]
        names = all(isinstance(argument, ast.Name) for argument in node.args)
        if not names or node.keywords or not node.args or wanted not in (None, len(node.args)):
            raise ExpressionError(f"{text!r}: {name}() takes figure ids")
        return
    raise ExpressionError(f"{text!r} is not arithmetic over figure ids")


def _references(node: ast.expr) -> Iterator[Reference]:
    if isinstance(node, ast.Name):
        yield Reference(node.id)
    elif isinstance(node, ast.BinOp):
        yield from _references(node.left)
        yield from _references(node.right)
    elif isinstance(node, ast.UnaryOp):
        yield from _references(node.operand)
    elif isinstance(node, ast.Call):
        part = _called(node)
        for argument in node.args:
            assert isinstance(argument, ast.Name)
            yield Reference(argument.id, part if part in ("of", "high") else "value")


def _evaluate(
    node: ast.expr, lookup: Callable[[Reference], Any], constant: Callable[[Decimal], Any]
) -> Any:
    if isinstance(node, ast.Name):
        return lookup(Reference(node.id))
    if isinstance(node, ast.Constant):
        return constant(Decimal(str(node.value)))
    if isinstance(node, ast.UnaryOp):
        return -_evaluate(node.operand, lookup, constant)
    if isinstance(node, ast.BinOp):
        left = _evaluate(node.left, lookup, constant)
        right = _evaluate(node.right, lookup, constant)
        return _OPERATORS[type(node.op)](left, right)
    name = _called(node)
    assert isinstance(node, ast.Call)
    if name in ("of", "high"):
        argument = node.args[0]
        assert isinstance(argument, ast.Name)
        return lookup(Reference(argument.id, name))
    if name == "count":
        return constant(Decimal(len(node.args)))
    raise ExpressionError(f"{name}() has no value of its own")
