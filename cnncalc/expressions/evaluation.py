"""From the text of an expression to its value: Python's ``ast``, computed node by node."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, partial
from itertools import pairwise

import cnncalc.expressions.functions as f
from cnncalc.expressions.syntax import node_help, not_part, quoted, syntax_error, too_deep
from cnncalc.expressions.values import (
    MAX_DEPTH,
    MAX_LENGTH,
    ExpressionError,
    Fault,
    Lookup,
    Near,
    Value,
    boolean,
    bounded,
    received,
    too_many_bits,
)
from cnncalc.problems.suggestions import did_you_mean

_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None, "none": None}
_CONSTANTS |= {"True": True, "False": False, "None": None}

RESERVED_NAMES = ("volume", "index", "outer", "input", *_CONSTANTS)
"""Names with a meaning of their own: no variable can be called so."""

_REFUSED = re.compile(r"[\0\ud800-\udfff\\#]")
"""What Python's parser cannot take, what would begin an escape in a string, or a comment."""
_NAME = re.compile(r"\w+(\s*\.\s*\w+)*")
_STRING = re.compile(r"""'[^']*'|"[^"]*\"""")
_NUMBER = re.compile(r"[\d_]*\.?[\d_]*(?:[eE](?P<exponent>[-+]?[\d_]+))?")

_LISTED = 12
"""Names, at most, that a help line lists."""


def evaluate(text: str, names: Lookup, near: Near = lambda name: ()) -> Value:
    """Return the value of an expression, the part between ``${`` and ``}``.

    ``names`` raises :class:`KeyError` for a name that does not exist and :class:`Unknown` for
    one whose value is not known; ``near`` gives names to suggest. Raises
    :class:`ExpressionError` with offsets into ``text``.
    """
    return _Evaluation(text=text, names=names, near=near).value(_parse(text))


def look_up(name: str, names: Lookup, near: Near, place: tuple[int, int]) -> Value:
    """Return the value of a name that is written at this place, or of a constant."""
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    try:
        return received(names(name))
    except KeyError:
        hint = _names_near(name, near(name))
        raise ExpressionError("CNN202", f"unknown name {quoted(name)}", *place, hint) from None
    except Fault as fault:
        raise fault.at(*place) from None


def _names_near(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the help for an unknown name: one that is like it, or all where they are few."""
    ends = sorted(each for each in known if each.endswith(f".{name}"))
    if near := (f"did you mean `{ends[0]}`?",) if ends else did_you_mean(name, sorted(known)):
        return near
    listed = ", ".join(f"`{each}`" for each in sorted(known))
    return (f"known here: {listed}",) if 0 < len(known) <= _LISTED else ()


@lru_cache(maxsize=1024)
def _parse(text: str) -> ast.expr:
    """Return the tree of an expression, as Python reads it."""
    if len(text) > MAX_LENGTH:
        message = f"the expression has {len(text):,} characters, more than {MAX_LENGTH:,}"
        help_lines = ("move parts of it into `vars`",)
        raise ExpressionError("CNN119", message, 0, len(text), help_lines)
    if not text.strip():
        raise ExpressionError("CNN117", "the expression is empty", 0, len(text))
    if refused := _REFUSED.search(text):
        raise not_part(text, *refused.span())
    try:
        # What Python only warns of, such as `1if x else 2`, is an error here.
        with warnings.catch_warnings(action="error"):
            return ast.parse(_line(text).lstrip(), mode="eval").body
    except SyntaxError as error:
        raise syntax_error(text, error) from None
    except (MemoryError, RecursionError):
        raise too_deep(0, len(text)) from None


def _line(text: str) -> str:
    """Return the text on a single line: white space is nothing but space in an expression."""
    return re.sub(r"\s", " ", text)


@dataclass(slots=True, kw_only=True)
class _Evaluation:
    """Computes an expression; a node that is not part of the language is an error."""

    text: str
    names: Lookup
    near: Near
    depth: int = 0

    def value(self, node: ast.expr) -> Value:
        """Return the value of a node."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep(*self.place(node))
        value = self._value(node)
        self.depth -= 1
        return value

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant():
                return self.constant(node)
            case ast.Name() | ast.Attribute() if _NAME.fullmatch(self.written(node)):
                name = "".join(self.written(node).split())
                return look_up(name, self.names, self.near, self.place(node))
            case ast.List():
                return self.apply(f.list_of, node, *node.elts)
            case ast.Subscript(slice=ast.Slice() as part):
                return self.apply(f.part, node, node.value, part.lower, part.upper, part.step)
            case ast.Subscript():
                return self.apply(f.item, node, node.value, node.slice)
            case ast.UnaryOp() if type(node.op) in f.SIGNS:
                return self.apply(f.SIGNS[type(node.op)], node, node.operand)
            case ast.BinOp() if type(node.op) in f.OPERATORS:
                return self.apply(f.OPERATORS[type(node.op)], node, node.left, node.right)
            case ast.Compare() if all(type(each) in f.OPERATORS for each in node.ops):
                return self.compare(node)
            case ast.BoolOp():
                decides = isinstance(node.op, ast.Or)  # the value that ends the search
                user = "`or`" if decides else "`and`"
                found = any(self.condition(each, user) is decides for each in node.values)
                return decides if found else not decides
            case ast.IfExp():
                holds = self.condition(node.test, "`if`")
                return self.value(node.body if holds else node.orelse)
            case ast.Call():
                return self.function(node)
        raise not_part(self.text, *self.place(node), *node_help(node))

    def place(self, node: ast.expr) -> tuple[int, int]:
        """Return the offsets of a node; ``ast`` counts bytes of the line that was parsed."""
        line = _line(self.text)
        before = len(line) - len(line.lstrip())
        parsed = line.lstrip().encode()
        start, end = node.col_offset, node.end_col_offset or node.col_offset
        return before + len(parsed[:start].decode()), before + len(parsed[:end].decode())

    def written(self, node: ast.expr) -> str:
        """Return what is written at a node."""
        return self.text[slice(*self.place(node))]

    def apply(
        self, function: Callable[..., Value], node: ast.expr, *operands: ast.expr | None
    ) -> Value:
        """Return what a function makes of the values of its operands; `None` is one left out."""
        values = [None if each is None else self.value(each) for each in operands]
        return self.applied(function, node, operands, values)

    def applied(
        self,
        function: Callable[..., Value],
        node: ast.expr,
        operands: Sequence[ast.expr | None],
        values: Sequence[Value],
    ) -> Value:
        """Return what a function makes of values; what is wrong with one is located there."""
        try:
            return function(*values)
        except Fault as fault:
            at_fault = operands[fault.argument] if fault.argument >= 0 else None
            raise fault.at(*self.place(at_fault or node)) from None

    def compare(self, node: ast.Compare) -> bool:
        """Compare in a chain, up to the first comparison that does not hold."""
        operands = [node.left, *node.comparators]
        left = self.value(node.left)
        for operator, pair in zip(node.ops, pairwise(operands), strict=True):
            right = self.value(pair[1])
            if not self.applied(f.OPERATORS[type(operator)], node, pair, (left, right)):
                return False
            left = right
        return True

    def condition(self, node: ast.expr, user: str) -> bool:
        """Return whether a condition holds; ``user`` is the operator that asks."""
        return self.apply(partial(boolean, user=user), node, node) is True

    def function(self, node: ast.Call) -> Value:
        """Call a function of the language."""
        word = self.written(node.func)
        function = f.FUNCTIONS.get(word)
        listed = f"the functions are {', '.join(f'`{name}`' for name in f.FUNCTIONS)}"
        if not isinstance(node.func, ast.Name):
            raise not_part(self.text, *self.place(node.func), listed)
        if node.keywords:
            hint = "a function takes values without names"
            raise not_part(self.text, *self.place(node), hint)
        if function is None:
            near = did_you_mean(word, f.FUNCTIONS) or (listed,)
            message = f"unknown function {quoted(word)}"
            raise ExpressionError("CNN202", message, *self.place(node.func), near)
        if not function.least <= len(node.args) <= function.most:
            message = f"`{word}` takes {function.takes}, not {len(node.args)}"
            raise ExpressionError("CNN117", message, *self.place(node))
        return self.apply(function.apply, node, *node.args)

    def constant(self, node: ast.Constant) -> Value:
        """Return the value of a constant as it is written: decimals are exact fractions."""
        written = self.written(node)
        if isinstance(node.value, bool | None):
            return node.value
        if isinstance(node.value, str) and _STRING.fullmatch(written):
            return written[1:-1]
        number = _NUMBER.fullmatch(written)
        if number is None:
            hint = "write numbers in decimal, and text in 'quotes'"
            raise not_part(self.text, *self.place(node), hint)
        try:
            if abs(int(number["exponent"] or 0)) > MAX_LENGTH:  # before it is computed
                raise too_many_bits()
            return bounded(Fraction(written.replace("_", "")))
        except Fault as fault:
            raise fault.at(*self.place(node)) from None
