"""The expressions of a spec: ``${…}``, ``$name`` and ``$volume.depth``.

The language: whole numbers and exact fractions (decimals are fractions, a whole fraction is
an integer), ``true false null``, strings in quotes (no escapes), lists, indexing and slices,
comparisons and their chains, ``in``, ``and or not``, ``a if c else b``, ``+ - * / // % **`` and
the functions of :data:`cnncalc.expressions.functions.FUNCTIONS`. Types are strict: a boolean is
no number, a number no condition, and values of different types are never equal.

Nothing is ever executed: Python's parser finds the structure, and
:mod:`~cnncalc.expressions.evaluation` computes a short list of node types by itself. Lengths,
nesting and numbers are bounded.
"""

from cnncalc.expressions.evaluation import RESERVED_NAMES, evaluate
from cnncalc.expressions.template import expand, has_expression
from cnncalc.expressions.values import ExpressionError, Fault, Lookup, Unknown, Value

__all__ = [
    "RESERVED_NAMES",
    "ExpressionError",
    "Fault",
    "Lookup",
    "Unknown",
    "Value",
    "evaluate",
    "expand",
    "has_expression",
]
