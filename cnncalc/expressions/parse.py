"""The structure of an expression, found by Python's parser.

The parser is given the structure only: every word, number and string is replaced by
underscores of the same length, so offsets stay true, and no text of a user gets there.
"""

from __future__ import annotations

import _ast  # the node classes alone: `ast` costs milliseconds

from cnncalc.expressions.leaves import Place
from cnncalc.expressions.scan import Token, quoted, too_deep, wrong


def parse(text: str, tokens: list[Token]) -> _ast.expr:
    """Return the structure of an expression, its operands masked."""
    parts, place = ["("], 0  # in brackets a leading space does not count
    for token in tokens:
        parts.append(" " * (token.start - place))
        plain = token.kind == "sign" or token.role != "value"
        parts.append(token.text if plain else "_" * len(token.text))
        place = token.end
    parts.append(")")
    try:
        tree = compile("".join(parts), "<expression>", "eval", _ast.PyCF_ONLY_AST)
    except SyntaxError as error:
        at = (error.offset or 2) - 2
        token = next((each for each in tokens if each.end > at), tokens[-1])
        raise wrong(token, f"{quoted(token.text)} cannot stand here") from None
    except (MemoryError, RecursionError):
        raise too_deep(0, len(text)) from None
    assert isinstance(tree, _ast.Expression)
    return tree.body


def place_of(node: _ast.expr) -> Place:
    """Return the offsets of a node."""
    return node.col_offset - 1, (node.end_col_offset or node.col_offset + 1) - 1
