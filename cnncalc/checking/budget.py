"""Budgets: what a network may cost, and the problem of one that costs more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic.config import JsonDict

from cnncalc.checking.costs import COSTS, Cost, place
from cnncalc.checking.table import Table, Unfit
from cnncalc.maths.numbers import parse_bytes, parse_count
from cnncalc.problems.model import Problem
from cnncalc.report.report import Report
from cnncalc.spec.network import Network

_NAMED: Final = 3
"""How many of the largest layers are named."""


def _count(value: Any) -> int:
    return _limit(value, "number from 0", "5M", lambda text: int(parse_count(text).value))


def _size(value: Any) -> int:
    return _limit(value, "size", "512MB", parse_bytes)


def _limit(value: Any, what: str, example: str, parse: Callable[[str], int]) -> int:
    """Return a limit that is stated as a whole number, or as a text with a suffix."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    try:
        return parse(value)
    except (ValueError, AttributeError):  # no such text, or no text
        shown = f"{value}".lower() if isinstance(value, bool) else value
        advice = f'write a whole number, or a text such as "{example}"'
        raise Unfit("CNN108", f"{shown} is not a {what}", advice) from None


def _no_default(schema: JsonDict) -> None:
    del schema["default"]  # TOML has no null


_WRITTEN = WithJsonSchema({"type": ["integer", "string"], "minimum": 0})
Count = Annotated[int | None, BeforeValidator(_count), _WRITTEN]
Size = Annotated[int | None, BeforeValidator(_size), _WRITTEN]


def _option(description: str, example: str) -> Any:
    """Return a field that may be left out."""
    return Field(
        default=None,
        description=description,
        examples=[example],
        json_schema_extra=_no_default,
    )


class Budget(Table):
    """What a network may cost at most; without a number, anything."""

    max_params: Count = _option("the most trainable parameters", "5M")
    max_macs: Count = _option("the most MACs for one input", "600M")
    max_memory: Size = _option("the most memory for inference, as `summary` prints it", "512MB")


def over_budget(report: Report, network: Network, budget: Budget) -> Iterator[Problem]:
    """Yield a problem for each cost that is over its limit.

    Of a network with layers that are unknown, those that are known may be over it already.
    """
    memory = report.bytes()
    for cost in COSTS:
        limit, total = getattr(budget, f"max_{cost.name}"), cost.total(report.totals, memory)
        if limit is not None and total is not None and total > limit:
            least = "" if report.totals.complete else "at least "
            yield Problem(
                code="CNN411",
                message=f"{least}{cost.text(total)} {cost.words} are {least}"
                f"{cost.text(total - limit)} over the budget of {cost.text(limit)}",
                span=place(network),
                help=(f"the largest layers: {largest(cost, report)}",),
            )


def largest(cost: Cost, report: Report) -> str:
    """Return the layers with the largest shares of a cost, each with its share."""
    rows = sorted(report.rows, key=cost.share, reverse=True)[:_NAMED]
    return ", ".join(f"{row.name} {cost.text(cost.share(row))}" for row in rows if cost.share(row))
