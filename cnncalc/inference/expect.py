"""Expectations: what a spec says should come out, compared with what does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.expect_field import field_difference
from cnncalc.inference.expected import parse_expected, truth
from cnncalc.inference.scope import Names, Signal
from cnncalc.maths.volume import Volume, format_value, parse_volume
from cnncalc.maths.words import typed
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Problem, RuleError, located
from cnncalc.report.rows import Row, total
from cnncalc.spec.edits import misspelt
from cnncalc.spec.node import Node

_COUNTS: dict[str, tuple[str, str]] = {
    "params": ("CNN402", "params"),
    "non_trainable": ("CNN403", "non-trainable"),
    "macs": ("CNN404", "MACs"),
    "neurons": ("CNN405", "neurons"),
    "connections": ("CNN406", "connections"),
    "activations": ("CNN408", "activations"),
}
"""Expected total → its code, and the name of its line in a derivation."""
_KEYS = ("output", "outputs", *_COUNTS, "receptive_field")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came out of an entry, or of the network, which alone has named ``outputs``."""

    rows: Sequence[Row]
    end: Signal
    outputs: Mapping[str, Volume | None] | None = None


def check_expectations(
    node: Node, outcome: Outcome, names: Names, report: Reporter, *, compared: bool
) -> None:
    """Report what differs from what ``node`` expects; what is unknown differs from nothing.

    When not ``compared``, report only what cannot be expected at all.
    """
    if not isinstance(node.value, dict):
        text = f"expect: {format_value(node.data())} is not a mapping"
        hint = "write expect: {output: 28x28x6, params: 456}"
        report(Problem(code="CNN108", message=text, span=node.span, help=(hint,)))
        return
    for key, child in node.value.items():
        if key not in _KEYS or (key == "outputs" and outcome.outputs is None):
            text = f"`{format_value(key)}` cannot be expected here"
            listed = f"expectations: {', '.join(_KEYS)}"
            report(misspelt("CNN109", text, node.keys[key], key, _KEYS, listed))
            continue
        try:
            problem = _difference(key, evaluate(child, names, report), child, outcome)
        except Unknown:
            continue
        except RuleError as error:
            report(located(error, child.span))
            continue
        if problem is not None and (compared or not problem.code.startswith("CNN4")):
            report(problem)


def _difference(key: str, value: Any, node: Node, outcome: Outcome) -> Problem | None:
    """Return how an outcome differs from one expected value."""
    match key:
        case "output":
            return _output(value, node, outcome.end.volume, outcome.rows)
        case "outputs":
            return _outputs(value, node, outcome.outputs or {})
        case "receptive_field":
            return field_difference(value, node, outcome.end)
    code, line = _COUNTS[key]
    expected = parse_expected(value)
    sums = total(outcome.rows)
    actual = getattr(sums, key)
    if not sums.complete or expected.agrees(actual):
        return None
    return Problem(
        code=code,
        message=f"{key} should be {expected}, but is {actual:,}",
        span=node.span,
        note=f"{actual:,}",
        help=_sum_lines(line, key, outcome.rows),
        exceeds=actual > expected.count.value,
        fixes=(truth(f"expect.{key}", actual, None if expected.bound else node),),
    )


def _output(value: Any, node: Node, actual: Volume | None, rows: Sequence[Row]) -> Problem | None:
    expected = parse_volume(value)
    if actual is None or actual == expected:
        return None
    return Problem(
        code="CNN401",
        message=f"output should be {expected}, but is {actual}",
        span=node.span,
        note=str(actual),
        help=_shape_lines(expected, rows),
        exceeds=actual.depth > expected.depth if actual.spatial == expected.spatial else None,
        fixes=(truth("expect.output", _plain(actual), node),),
    )


def _outputs(value: Any, node: Node, outputs: Mapping[str, Volume | None]) -> Problem | None:
    if not isinstance(value, dict):
        raise RuleError("CNN108", f"outputs: {format_value(value)} is not a mapping of names",
                        help=("write outputs: {main: 10, aux: 10}",))  # fmt: skip
    places = node.value if isinstance(node.value, dict) else dict.fromkeys(value, node)
    for name, shape in value.items():
        if name not in outputs:
            listed = f"outputs: {', '.join(outputs)}"
            text = f"`{format_value(name)}` is not an output"
            place = node.keys.get(name, node.span)  # no key: it is computed
            return misspelt("CNN202", text, place, name, outputs, listed)
        problem = _output(shape, places[name], outputs[name], ())
        if problem is not None:
            return problem
    return None


def _plain(volume: Volume) -> Any:
    """Return a volume as a spec writes it."""
    if volume.rank == 0:
        return volume.depth
    return typed(str(volume)) if volume.rank == 2 else volume.named()


def _sum_lines(line: str, key: str, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the derivation of a count: a layer's own line, or the layers it is summed over."""
    counted = [row for row in rows if getattr(row, key)]
    if len(counted) == 1:
        row = counted[0]
        assert row.layer is not None and row.output is not None
        volumes = tuple(volume for volume in row.inputs if volume is not None)
        steps = row.layer.derivation(volumes, row.output)
        return tuple(str(step) for step in steps if step.counts == key)[:1]
    largest = sorted(counted, key=lambda row: -getattr(row, key))
    terms = [f"{row.name} {getattr(row, key):,}" for row in largest[:4]]
    if len(largest) <= 4:
        return (f"{line} = {' + '.join(terms)}",) if terms else ()
    return (f"the largest of {len(largest)} layers: {', '.join(terms)}",)


def _shape_lines(expected: Volume, rows: Sequence[Row]) -> tuple[str, ...]:
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
