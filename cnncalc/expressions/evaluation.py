"""The value of an expression: its tree computed node by node."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnncalc.expressions import functions as f
from cnncalc.expressions.parse import Expression, constant, parse
from cnncalc.expressions.syntax import quoted
from cnncalc.expressions.values import (
    ExpressionError,
    Fault,
    Lookup,
    Value,
    boolean,
    bounded_list,
    equal,
    received,
)

_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None, "none": None}
_CONSTANTS |= {"True": True, "False": False, "None": None}

_UNARY: dict[type[ast.unaryop], Callable[[Value], Value]] = {
    ast.USub: f.negative,
    ast.UAdd: f.positive,
    ast.Not: lambda value: not boolean(value, "`not`"),
}
_BINARY: dict[type[ast.operator], f.Operation] = {
    ast.Add: f.add,
    ast.Sub: f.SUBTRACT,
    ast.Mult: f.MULTIPLY,
    ast.Div: f.DIVIDE,
    ast.FloorDiv: f.FLOOR_DIVIDE,
    ast.Mod: f.MODULO,
    ast.Pow: f.power,
}
_COMPARE: dict[type[ast.cmpop], f.Operation] = {
    ast.Eq: equal,
    ast.NotEq: f.not_equal,
    ast.Lt: f.LESS,
    ast.LtE: f.LESS_EQUAL,
    ast.Gt: f.GREATER,
    ast.GtE: f.GREATER_EQUAL,
    ast.In: f.contains,
    ast.NotIn: f.lacks,
}


def value_of(text: str, names: Lookup) -> Value:
    """Return the value of an expression; raises :class:`ExpressionError` with its offsets."""
    expression = parse(text)
    return _Evaluation(expression=expression, names=names).value(expression.tree)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evaluation:
    """Computes an expression, node by node, from the leaves up."""

    expression: Expression
    names: Lookup

    def value(self, node: ast.expr) -> Value:
        """Return the value of a node."""
        match node:
            case ast.Constant():
                return constant(self.expression, node)
            case ast.Name() | ast.Attribute():
                return self.name(node)
            case ast.List():
                return self.apply(lambda *values: bounded_list([*values]), node.elts, node)
            case ast.Subscript(slice=ast.Slice() as part):
                bounds = [part.lower, part.upper, part.step]
                return self.apply(f.part, [node.value, *bounds], node)
            case ast.Subscript():
                return self.apply(f.item, [node.value, node.slice], node)
            case ast.UnaryOp():
                return self.apply(_UNARY[type(node.op)], [node.operand], node)
            case ast.BinOp():
                return self.binary(node)
            case ast.Compare():
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
                function = f.FUNCTIONS[self.expression.written(node.func)]
                return self.apply(function.apply, node.args, node)
        raise AssertionError(f"{type(node).__name__} was let through")

    def name(self, node: ast.Name | ast.Attribute) -> Value:
        name = "".join(self.expression.written(node).split())
        return look_up(name, self.names, *self.expression.place(node))

    def apply(
        self, function: Callable[..., Value], operands: Sequence[ast.expr | None], whole: ast.expr
    ) -> Value:
        """Return what a function makes of the values of its operands; `None` is one left out."""
        values = [None if node is None else self.value(node) for node in operands]
        return self.call(function, values, operands, whole)

    def call(
        self,
        function: Callable[..., Value],
        values: list[Value],
        operands: Sequence[ast.expr | None],
        whole: ast.expr,
    ) -> Value:
        """Call a function; what is wrong with an operand is located there."""
        try:
            return function(*values)
        except Fault as fault:
            at_fault = operands[fault.argument] if fault.argument >= 0 else None
            raise fault.at(*self.expression.place(at_fault or whole)) from None

    def binary(self, node: ast.BinOp) -> Value:
        """Compute a chain such as `a + b + c` in a loop: a long sum is not nested deeply."""
        steps = [node]
        while isinstance(node.left, ast.BinOp):
            node = node.left
            steps.append(node)
        value = self.value(node.left)
        for step in reversed(steps):
            operands = [step.left, step.right]
            right = self.value(step.right)
            value = self.call(_BINARY[type(step.op)], [value, right], operands, step)
        return value

    def compare(self, node: ast.Compare) -> bool:
        """Compare in a chain, up to the first comparison that does not hold."""
        before, left = node.left, self.value(node.left)
        for operator, after in zip(node.ops, node.comparators, strict=True):
            right = self.value(after)
            if not self.call(_COMPARE[type(operator)], [left, right], [before, after], node):
                return False
            before, left = after, right
        return True

    def condition(self, node: ast.expr, user: str) -> bool:
        try:
            return boolean(self.value(node), user)
        except Fault as fault:
            raise fault.at(*self.expression.place(node)) from None


def look_up(name: str, names: Lookup, start: int, end: int) -> Value:
    """Return the value of a name that is written at these offsets, or of a constant."""
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    try:
        return received(names(name))
    except KeyError:
        raise ExpressionError("CNN202", f"unknown name {quoted(name)}", start, end) from None
    except Fault as fault:
        raise fault.at(start, end) from None
