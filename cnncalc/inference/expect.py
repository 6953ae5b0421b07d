"""Expectations: what a spec says should come out, compared with what does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.scope import Names, Signal
from cnncalc.maths.numbers import Count, parse_count
from cnncalc.maths.volume import SPATIAL, Volume, format_value, parse_volume
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Fix, Problem, RuleError, located
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.rows import Row, Totals, receptive_field, total
from cnncalc.spec.node import Node

_COUNTS: dict[str, tuple[str, str, str]] = {
    "params": ("CNN402", "params", "params"),
    "non_trainable": ("CNN403", "non_trainable", "non-trainable"),
    "macs": ("CNN404", "macs", "MACs"),
    "neurons": ("CNN405", "neurons", "neurons"),
    "connections": ("CNN406", "connections", "connections"),
}
"""Expectation → its code, its total, the name of its line in a derivation."""
_KEYS = ("output", "outputs", *_COUNTS, "receptive_field")
_BOUND = re.compile(r"(<=|>=|<|>)?\s*(.*)", re.DOTALL)
_COMPARE: dict[str, tuple[Callable[[Any, Any], bool], str]] = {
    "<=": (lambda a, b: a <= b, "at most"),
    ">=": (lambda a, b: a >= b, "at least"),
    "<": (lambda a, b: a < b, "below"),
    ">": (lambda a, b: a > b, "above"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A stated number: a bound, or a value that is right within half its last printed digit."""

    text: str
    count: Count
    bound: str

    def agrees(self, actual: int) -> bool:
        """Tell whether ``actual`` is as expected."""
        if self.bound:
            return _COMPARE[self.bound][0](actual, self.count.value)
        return abs(actual - self.count.value) * 2 <= self.count.step


def expected_number(value: Any) -> Expected:
    """Return what a number of an expectation means.

    Raises:
        RuleError: CNN108 when it is none.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        exact = Count(value=Fraction(value), step=Fraction(1))
        return Expected(text=f"{value:,}", count=exact, bound="")
    stated = _BOUND.fullmatch(value.strip()) if isinstance(value, str) else None
    count = _count(stated[2]) if stated is not None else None
    if stated is None or count is None:
        raise RuleError(
            "CNN108",
            f"{format_value(value)} is not a count",
            help=('write 61706, "61,706", 60M, 4.09G, or a quoted bound such as "<= 5M"',),
        )
    return Expected(text=value.strip(), count=count, bound=stated[1] or "")


def _count(text: str) -> Count | None:
    """Return a count that is written with a suffix, or to the last digit."""
    with suppress(ValueError):
        count = parse_count(text)
        return count if count.step >= 1 else None
    return None


class Expectations:
    """Compares stated expectations; unknown values are not compared."""

    def __init__(self, *, checked: bool) -> None:
        self.checked = checked

    def check(
        self,
        node: Node,
        names: Names,
        rows: tuple[Row, ...],
        end: Signal,
        report: Reporter,
        outputs: Mapping[str, Volume | None] | None = None,
    ) -> None:
        """Compare what ``node`` expects of ``rows``, whose last output is ``end``."""
        if not isinstance(node.value, dict):
            text = f"expect: {format_value(node.data())} is not a mapping"
            hint = "write expect: {output: 28x28x6, params: 456}"
            report(Problem("CNN108", text, node.span, help=(hint,)))
            return
        sums = total(rows)
        for key, child in node.value.items():
            if key not in _KEYS or (key == "outputs" and outputs is None):
                hints = did_you_mean(key, _KEYS) or (f"expectations: {', '.join(_KEYS)}",)
                text = f"`{key}` cannot be expected here"
                report(Problem("CNN109", text, node.keys[key], help=hints))
                continue
            try:
                value = evaluate(child, names, report)
                problem = self._compare(key, value, child, rows, end, sums, outputs or {})
            except Unknown:
                continue
            except RuleError as error:
                problem = located(error, child.span)
            if problem is not None and (self.checked or not problem.code.startswith("CNN4")):
                report(problem)

    def _compare(
        self,
        key: str,
        value: Any,
        node: Node,
        rows: tuple[Row, ...],
        end: Signal,
        sums: Totals,
        outputs: Mapping[str, Volume | None],
    ) -> Problem | None:
        if key == "output":
            return _output(value, node, end.volume, rows)
        if key == "outputs":
            return _outputs(value, node, outputs)
        if key == "receptive_field":
            return _field(value, node, end)
        code, attribute, line = _COUNTS[key]
        expected = expected_number(value)
        if not sums.complete:
            return None
        actual = getattr(sums, attribute)
        if expected.agrees(actual):
            return None
        said = _COMPARE[expected.bound][1] if expected.bound else "it is"
        stated = expected.text.lstrip("<>= ") if expected.bound else expected.text
        text = (
            f"{key} should be {said} {stated}, but is {actual:,}"
            if expected.bound
            else f"{key} should be {stated}, but is {actual:,}"
        )
        return Problem(
            code,
            text,
            node.span,
            note=f"{actual:,}",
            help=_sum_lines(line, attribute, rows),
            fixes=(Fix(f"expect.{key}", actual),),
        )


def _output(value: Any, node: Node, actual: Volume | None, rows: tuple[Row, ...]) -> Problem | None:
    expected = parse_volume(value)
    if actual is None or actual == expected:
        return None
    return Problem(
        "CNN401",
        f"output should be {expected}, but is {actual}",
        node.span,
        note=str(actual),
        help=_shape_lines(expected, rows),
        fixes=(Fix("expect.output", _plain(actual)),),
    )


def _outputs(value: Any, node: Node, outputs: Mapping[str, Volume | None]) -> Problem | None:
    if not isinstance(value, dict):
        raise RuleError("CNN108", f"outputs: {format_value(value)} is not a mapping of names",
                        help=("write outputs: {main: 10, aux: 10}",))  # fmt: skip
    assert isinstance(node.value, dict)
    for name, shape in value.items():
        if name not in outputs:
            hint = did_you_mean(name, outputs) or (f"outputs: {', '.join(outputs)}",)
            return Problem("CNN202", f"`{name}` is not an output", node.keys[name], help=hint)
        problem = _output(shape, node.value[name], outputs[name], ())
        if problem is not None:
            return problem
    return None


def _plain(volume: Volume) -> Any:
    """Return a volume as a spec writes it."""
    if volume.rank == 0:
        return volume.depth
    return str(volume).replace("×", "x") if volume.rank == 2 else volume.named()


def _field(value: Any, node: Node, end: Signal) -> Problem | None:
    found = receptive_field(end.fields, end.volume)
    wanted = value if isinstance(value, dict) else dict.fromkeys(found.size if found else (), value)
    for axis in wanted:
        if axis not in SPATIAL:
            raise RuleError("CNN108", f"{format_value(axis)} is not an axis",
                            help=(f"axes: {', '.join(SPATIAL)}",))  # fmt: skip
    if found is None or not found.is_exact:
        return None
    wrong = [
        axis
        for axis, size in wanted.items()
        if axis in found.size and not expected_number(size).agrees(found.size[axis])
    ]
    if not wrong:
        return None
    size = found.size[wrong[0]]
    alike = len(set(found.size.values())) == 1
    where = "" if alike else f" in {wrong[0]}"
    return Problem(
        "CNN407",
        f"receptive_field should be {format_value(value)}, but is {size}{where}",
        node.span,
        note=str(size) if alike else ", ".join(f"{a} {n}" for a, n in found.size.items()),
        help=("size = 1 + Σ (F − 1)·d·J over the layers, J the strides before each, multiplied "
              "(Araujo et al. 2019)",),
        fixes=(Fix("expect.receptive_field", size if alike else dict(found.size)),),
    )  # fmt: skip


def _sum_lines(line: str, attribute: str, rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Return the derivation of a count: a layer's own line, or the layers it is summed over."""
    counted = [row for row in rows if getattr(row, attribute)]
    if len(counted) == 1:
        row = counted[0]
        assert row.layer is not None and row.output is not None
        volumes = tuple(volume for volume in row.inputs if volume is not None)
        steps = row.layer.derivation(volumes, row.output)
        return tuple(str(step) for step in steps if step.what == line)[:1]
    largest = sorted(counted, key=lambda row: -getattr(row, attribute))
    terms = [f"{row.name} {getattr(row, attribute):,}" for row in largest[:4]]
    if len(largest) <= 4:
        return (f"{line} = {' + '.join(terms)}",) if terms else ()
    return (f"the largest of {len(largest)} layers: {', '.join(terms)}",)


def _shape_lines(expected: Volume, rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Return how the last layer's size comes about, and what would give the expected one."""
    row = rows[-1] if rows else None
    if row is None or row.layer is None or row.output is None:
        return ()
    from cnncalc.layers.fixes.reach import reaching

    volumes = tuple(volume for volume in row.inputs if volume is not None)
    sizes = [step for step in row.layer.derivation(volumes, row.output) if step.axes]
    if row.output.spatial == expected.spatial:
        depth = tuple(str(size) for size in sizes if "depth" in size.axes)
        return depth or (f"only the depth differs: {row.output.depth:,}",)
    return (*map(str, sizes[:1]), *reaching(row.layer, volumes[0], expected))[:3]
