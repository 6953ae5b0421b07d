"""From an expression to a function of its names.

Each node of a short list becomes a function; everything else is an error.
"""

from __future__ import annotations

import _ast
import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from cnncalc.expressions import functions as f
from cnncalc.expressions.leaves import Place, Program, constant, name
from cnncalc.expressions.parse import parse, place_of
from cnncalc.expressions.scan import Token, quoted, scan, too_deep
from cnncalc.expressions.values import (
    MAX_DEPTH,
    ExpressionError,
    Fault,
    Lookup,
    Value,
    boolean,
    bounded_list,
)
from cnncalc.problems.suggestions import did_you_mean

_DOTTED = re.compile(r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*")

_BINARY: dict[type[_ast.operator], f.Operation] = {
    _ast.Add: f.ADD,
    _ast.Sub: f.SUBTRACT,
    _ast.Mult: f.MULTIPLY,
    _ast.Div: f.DIVIDE,
    _ast.FloorDiv: f.FLOOR_DIVIDE,
    _ast.Mod: f.MODULO,
    _ast.Pow: f.POWER,
}
_COMPARE: dict[type[_ast.cmpop], f.Operation] = {
    _ast.Eq: f.EQUAL,
    _ast.NotEq: f.not_equal,
    _ast.Lt: f.LESS,
    _ast.LtE: f.LESS_EQUAL,
    _ast.Gt: f.GREATER,
    _ast.GtE: f.GREATER_EQUAL,
}
_UNARY: dict[type[_ast.unaryop], Callable[[Value], Value]] = {
    _ast.USub: f.negative,
    _ast.UAdd: f.positive,
    _ast.Not: lambda value: not boolean(value, "`not`"),
}


@lru_cache(maxsize=2048)
def program(text: str) -> Program:
    """Return the function of an expression; it raises errors with offsets into ``text``."""
    tokens = scan(text)
    return _Builder(text, tokens).build(parse(text, tokens))


def _apply(apply: Callable[..., Value], values: list[Program], places: list[Place]) -> Program:
    """Return a call of ``apply``; ``places`` are those of the values, then of the whole."""

    def run(names: Lookup) -> Value:
        arguments = [value(names) for value in values]
        try:
            return apply(*arguments)
        except Fault as fault:
            raise fault.at(*places[fault.argument]) from None

    return run


def _condition(value: Program, user: str, place: Place) -> Callable[[Lookup], bool]:
    def run(names: Lookup) -> bool:
        try:
            return boolean(value(names), user)
        except Fault as fault:
            raise fault.at(*place) from None

    return run


class _Builder:
    """Builds the functions of one expression, from the leaves up."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = {token.start: token for token in tokens}
        self.depth = 0

    def build(self, node: _ast.expr) -> Program:
        make = _NODES.get(type(node))
        if make is None:
            raise self.error(node, "a list stands in square brackets: `[1, 2]`")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep(*place_of(node))
        result = make(self, node)
        self.depth -= 1
        return result

    def build_all(self, nodes: list[_ast.expr]) -> list[Program]:
        return [self.build(node) for node in nodes]

    def error(self, node: _ast.expr, mend: str) -> ExpressionError:
        start, end = place_of(node)
        start, end = max(start, 0), min(end, len(self.text))  # without the brackets around it all
        message = f"{quoted(self.text[start:end])} is not part of an expression"
        return ExpressionError("CNN117", message, start, end, (mend,))

    def leaf(self, node: _ast.Name) -> Program:
        token = self.tokens[node.col_offset - 1]
        if token.kind == "word":
            return name(token.text, place_of(node))
        try:
            value = token.text[1:-1] if token.kind == "string" else constant(token.text)
        except Fault as fault:
            raise fault.at(*place_of(node)) from None
        return lambda _: value

    def attribute(self, node: _ast.Attribute) -> Program:
        start, end = place_of(node)
        text = self.text[start:end]
        if not _DOTTED.fullmatch(text):
            raise self.error(node, "only a name has a `.`, as in `volume.depth`")
        return name("".join(text.split()), (start, end))

    def listing(self, node: _ast.List) -> Program:
        def collect(*values: Value) -> Value:
            return bounded_list(list(values))

        places = [place_of(each) for each in [*node.elts, node]]
        return _apply(collect, self.build_all(node.elts), places)

    def subscript(self, node: _ast.Subscript) -> Program:
        parts = [node.value, node.slice]
        return _apply(f.item, self.build_all(parts), [place_of(each) for each in [*parts, node]])

    def unary(self, node: _ast.UnaryOp) -> Program:
        places = [place_of(node.operand), place_of(node)]
        return _apply(_UNARY[type(node.op)], [self.build(node.operand)], places)

    def binary(self, node: _ast.BinOp) -> Program:
        chain: list[_ast.BinOp] = []  # a long sum is a chain, not a nesting
        first: _ast.expr = node
        while isinstance(first, _ast.BinOp):
            chain.append(first)
            first = first.left
        start = self.build(first)
        steps = [
            (_BINARY[type(step.op)], self.build(step.right), _operands(step.left, step.right, step))
            for step in reversed(chain)
        ]

        def run(names: Lookup) -> Value:
            value = start(names)
            for apply, operand, places in steps:
                right = operand(names)
                try:
                    value = apply(value, right)
                except Fault as fault:
                    raise fault.at(*places[fault.argument]) from None
            return value

        return run

    def compare(self, node: _ast.Compare) -> Program:
        nodes = [node.left, *node.comparators]
        start, *values = self.build_all(nodes)
        places = [_operands(*pair, node) for pair in pairwise(nodes)]
        tests = [_COMPARE[type(each)] for each in node.ops]
        steps = list(zip(tests, values, places, strict=True))

        def run(names: Lookup) -> Value:
            left = start(names)
            for test, operand, where in steps:
                right = operand(names)
                try:
                    holds = test(left, right)
                except Fault as fault:
                    raise fault.at(*where[fault.argument]) from None
                if not holds:
                    return False
                left = right
            return True

        return run

    def logic(self, node: _ast.BoolOp) -> Program:
        decides = isinstance(node.op, _ast.Or)  # the value that ends the search
        user = "`or`" if decides else "`and`"
        parts = [_condition(self.build(each), user, place_of(each)) for each in node.values]

        def run(names: Lookup) -> Value:
            return decides if any(part(names) is decides for part in parts) else not decides

        return run

    def choice(self, node: _ast.IfExp) -> Program:
        test = _condition(self.build(node.test), "`if`", place_of(node.test))
        yes, no = self.build(node.body), self.build(node.orelse)
        return lambda names: yes(names) if test(names) else no(names)

    def call(self, node: _ast.Call) -> Program:
        callee, place = node.func, place_of(node.func)
        word = self.text[slice(*place)]
        if not isinstance(callee, _ast.Name) or self.tokens[place[0]].kind != "word":
            raise self.error(callee, f"the functions are {_FUNCTION_NAMES}")
        function = f.FUNCTIONS.get(word)
        if function is None:
            mend = did_you_mean(word, f.FUNCTIONS) or (f"the functions are {_FUNCTION_NAMES}",)
            raise ExpressionError("CNN202", f"unknown function {quoted(word)}", *place, mend)
        least, count = function.least, len(node.args)
        if not least <= count <= function.most:
            least_words = f"{least} value{'' if least == 1 else 's'}"
            more = " or more" if function.most > least else ""
            message = f"`{word}` takes {least_words}{more}, not {count}"
            raise ExpressionError("CNN117", message, *place_of(node))
        places = [place_of(each) for each in [*node.args, node]]
        return _apply(function.apply, self.build_all(node.args), places)


def _operands(left: _ast.expr, right: _ast.expr, node: _ast.expr) -> list[Place]:
    return [place_of(left), place_of(right), place_of(node)]


_FUNCTION_NAMES = ", ".join(f"`{each}`" for each in f.FUNCTIONS)
_NODES: dict[type, Callable[..., Program]] = {
    _ast.Name: _Builder.leaf,
    _ast.Attribute: _Builder.attribute,
    _ast.List: _Builder.listing,
    _ast.Subscript: _Builder.subscript,
    _ast.UnaryOp: _Builder.unary,
    _ast.BinOp: _Builder.binary,
    _ast.Compare: _Builder.compare,
    _ast.BoolOp: _Builder.logic,
    _ast.IfExp: _Builder.choice,
    _ast.Call: _Builder.call,
}
