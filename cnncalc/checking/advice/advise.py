"""The rules of advice, and where each is in the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from cnncalc.checking.advice import frameworks, order, whole, windows
from cnncalc.checking.advice.around import Around
from cnncalc.problems.collector import Collector
from cnncalc.problems.model import Problem, RuleError, located
from cnncalc.report.report import Report
from cnncalc.report.rows import Row

Rule = Callable[[Row, Around], Iterator[RuleError]]
"""A function that yields what there is to say of a layer in its surroundings."""

RULES: Final[tuple[Rule, ...]] = (
    windows.pixels_not_read,
    order.bias_before_batchnorm,
    windows.even_kernel_same,
    windows.padding_not_below_kernel,
    windows.stride_above_kernel,
    frameworks.frameworks_differ,
    order.activation_twice,
    order.softmax_inside,
    whole.fc_holds_most,
    whole.receptive_field_small,
    whole.depth_not_multiple_of_8,
)


def advise(report: Report) -> tuple[Problem, ...]:
    """Return the advice about a network, by place; that which nobody asks for, too."""
    around, collector = Around(report), Collector()
    places = {use.name: use.span for use in report.uses}
    for row in report.rows:
        if row.layer is None or row.output is None or None in row.inputs:
            continue
        block = row.blocks[-1] if row.blocks else None
        take = collector.at(row.name, (block, places[block]) if block is not None else None)
        for rule in RULES:
            for advice in rule(row, around):
                take(_located(advice, row))
    return collector.sorted()


def _located(advice: RuleError, row: Row) -> Problem:
    """Return advice at the first of its fields that the layer states, or at its kind."""
    span = next((row.places[name] for name in advice.fields if name in row.places), row.span)
    return located(advice, span)
