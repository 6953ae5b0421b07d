"""From the text of an expression to its tree: Python's ``ast``, checked against a list of nodes."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from cnncalc.expressions.functions import FUNCTIONS
from cnncalc.expressions.syntax import not_part, operator_help, quoted, syntax_error, too_deep
from cnncalc.expressions.values import (
    MAX_DEPTH,
    MAX_LENGTH,
    ExpressionError,
    Fault,
    Value,
    bounded,
    too_many_bits,
)
from cnncalc.problems.suggestions import did_you_mean

_OPERATORS = (
    ast.USub, ast.UAdd, ast.Not,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
)  # fmt: skip
_NODES = (
    ast.Constant, ast.Name, ast.Attribute, ast.List, ast.Subscript, ast.Slice, ast.UnaryOp,
    ast.BinOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call,
)  # fmt: skip
"""All that an expression may be made of, with the operators above."""

_REFUSED = re.compile(r"[\0\ud800-\udfff\\#]")
"""What Python's parser cannot take, what would begin an escape in a string, or a comment."""

_STRING = re.compile(r"""'[^']*'|"[^"]*\"""")
_NUMBER = re.compile(r"[\d_]*\.?[\d_]*(?:[eE](?P<exponent>[-+]?[\d_]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """An expression that keeps to the language.

    ``text`` is as it was written, ``line`` what of it was parsed, on a single line.
    """

    text: str
    line: str
    tree: ast.expr

    def place(self, node: ast.expr) -> tuple[int, int]:
        """Return the offsets of a node; ``ast`` counts bytes of the line that was parsed."""
        before = len(self.text) - len(self.line)
        parsed = self.line.encode()
        start, end = node.col_offset, node.end_col_offset or node.col_offset
        return before + len(parsed[:start].decode()), before + len(parsed[:end].decode())

    def written(self, node: ast.expr) -> str:
        """Return what is written at a node."""
        return self.text[slice(*self.place(node))]

    def refusal(self, node: ast.expr, *help_lines: str) -> ExpressionError:
        """Return the error of a node that is Python, but not part of the language."""
        return not_part(self.text, *self.place(node), *help_lines)


@lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """Return the expression that ``text`` is.

    Raises:
        ExpressionError: CNN117 where it is none, CNN119 where it is too long or nested too
            deeply, CNN202 for a function that does not exist.
    """
    if len(text) > MAX_LENGTH:
        message = f"the expression has {len(text):,} characters, more than {MAX_LENGTH:,}"
        help_lines = ("move parts of it into `vars`",)
        raise ExpressionError("CNN119", message, 0, len(text), help_lines)
    if not text.strip():
        raise ExpressionError("CNN117", "the expression is empty", 0, len(text))
    if refused := _REFUSED.search(text):
        raise not_part(text, *refused.span())
    line = re.sub(r"\s", " ", text).lstrip()  # white space is nothing but space here
    try:
        # What Python only warns of, such as `1if x else 2`, is an error here.
        with warnings.catch_warnings(action="error"):
            tree = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        raise syntax_error(text, error) from None
    except (MemoryError, RecursionError):
        raise too_deep(0, len(text)) from None
    expression = Expression(text=text, line=line, tree=tree)
    _check(expression)
    return expression


def _check(expression: Expression) -> None:
    """Raise if a node is not part of the language, or nested too deeply."""
    waiting: list[tuple[ast.AST, int]] = [(expression.tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, ast.expr):
            if depth > MAX_DEPTH:
                raise too_deep(*expression.place(node))
            _check_node(expression, node)
        for child in reversed(list(ast.iter_child_nodes(node))):
            chained = isinstance(node, ast.BinOp) and child is node.left  # a sum is not nested
            waiting.append((child, depth if chained else depth + 1))


def _check_node(expression: Expression, node: ast.expr) -> None:
    """Raise if a node, seen alone, is not part of the language."""
    match node:
        case ast.Constant():
            constant(expression, node)
        case ast.Attribute() if not re.fullmatch(r"\w+(\s*\.\s*\w+)+", expression.written(node)):
            hint = "only a name has a `.`, as in `volume.depth`"
            raise expression.refusal(node, hint)
        case ast.Call():
            _check_call(expression, node)
        case ast.UnaryOp() | ast.BinOp() | ast.Compare():
            for operator in node.ops if isinstance(node, ast.Compare) else [node.op]:
                if not isinstance(operator, _OPERATORS):
                    raise not_part(
                        expression.text, *expression.place(node), *operator_help(type(operator))
                    )
        case ast.Tuple() | ast.Set() | ast.Dict():
            hint = "a list is written in square brackets: `[1, 2]`"
            raise expression.refusal(node, hint)
        case _ if not isinstance(node, _NODES):
            raise expression.refusal(node)


def _check_call(expression: Expression, node: ast.Call) -> None:
    """Raise if the function does not exist, or takes another number of values."""
    listed = ", ".join(f"`{name}`" for name in FUNCTIONS)
    start, end = expression.place(node.func)
    if not isinstance(node.func, ast.Name):
        raise expression.refusal(node.func, f"the functions are {listed}")
    if node.keywords:
        raise not_part(
            expression.text, *expression.place(node), "a function takes values without names"
        )
    word = expression.text[start:end]
    function = FUNCTIONS.get(word)
    if function is None:
        near = did_you_mean(word, FUNCTIONS) or (f"the functions are {listed}",)
        raise ExpressionError("CNN202", f"unknown function {quoted(word)}", start, end, near)
    if not function.least <= len(node.args) <= function.most:
        message = f"`{word}` takes {function.takes}, not {len(node.args)}"
        raise ExpressionError("CNN117", message, *expression.place(node))


def constant(expression: Expression, node: ast.Constant) -> Value:
    """Return the value of a constant as it is written: decimals are exact fractions."""
    start, end = expression.place(node)
    written = expression.text[start:end]
    if isinstance(node.value, bool | None):
        return node.value
    if isinstance(node.value, str) and _STRING.fullmatch(written):
        return written[1:-1]
    number = _NUMBER.fullmatch(written)
    if number is None:
        raise not_part(
            expression.text, start, end, "write numbers in decimal, and text in 'quotes'"
        )
    try:
        if abs(int(number["exponent"] or 0)) > MAX_LENGTH:  # before 10 to that power is computed
            raise too_many_bits()
        return bounded(Fraction(written.replace("_", "")))
    except Fault as fault:
        raise fault.at(start, end) from None
