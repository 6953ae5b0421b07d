"""Stated numbers: ``weights`` of a layer and ``cases`` of a network, checked for their shape."""

from __future__ import annotations

from collections.abc import Mapping

from cnncalc.expressions import Unknown
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.scope import Names
from cnncalc.layers.base import Weight
from cnncalc.maths.volume import Volume, format_value
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Problem
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.report import Case
from cnncalc.report.rows import Nested
from cnncalc.spec.edits import misspelt
from cnncalc.spec.node import Node, shape_of


def weight_values(
    node: Node, names: Names, weights: tuple[Weight, ...], report: Reporter
) -> dict[str, Nested]:
    """Return stated weights by name; report those that are not of the declared shape (CNN311).

    A kernel may be stated for one map: it is then used for every filter and map.
    """
    if not isinstance(node.value, dict):
        text = f"weights: {format_value(node.data())} is not a mapping"
        report(
            Problem(
                code="CNN108",
                message=text,
                span=node.span,
                help=("write weights: {kernel: …, bias: …}",),
            )
        )
        return {}
    declared = {weight.name: weight for weight in weights}
    found: dict[str, Nested] = {}
    for name, child in node.value.items():
        if name not in declared:
            listed = f"it has {', '.join(declared) or 'none'}"
            text = f"the layer has no weights called `{format_value(name)}`"
            report(misspelt("CNN311", text, node.keys[name], name, declared, listed))
            continue
        try:
            value = evaluate(child, names, report)
        except Unknown:
            continue
        shape = shape_of(value) if child.dynamic else child.shape
        wanted = declared[name]
        if shape == wanted.shape or (shape and shape == wanted.window):
            found[name] = value
            continue
        text = f"`{name}` has the shape {_shown(shape)}, but the layer needs {_shown(wanted.shape)}"
        hints = tuple(filter(None, (wanted.layout, wanted.layout_of_one)))
        report(Problem(code="CNN311", message=text, span=child.span, help=hints))
    return found


def _shown(shape: tuple[int, ...] | None) -> str:
    if shape is None:
        return "of no array (numbers are missing, or rows differ in length)"
    return f"[{', '.join(map(str, shape))}]" if shape else "of a single number"


class Cases:
    """Reads ``cases``: each a mapping with ``input`` and ``output``."""

    def __init__(self, report: Reporter, names: Names) -> None:
        self.report = report
        self.names = names

    def read(
        self,
        node: Node,
        inputs: Mapping[str, Volume | None],
        outputs: Mapping[str, Volume | None],
    ) -> tuple[Case, ...]:
        """Return the cases whose numbers have the shapes of the network's ends."""
        if not isinstance(node.value, list):
            text = f"cases: {format_value(node.data())} is not a list"
            hint = "write cases: [{input: [0, 1], output: [1]}]"
            self.report(Problem(code="CNN108", message=text, span=node.span, help=(hint,)))
            return ()
        found = (self.case(child, inputs, outputs) for child in node.value)
        return tuple(case for case in found if case is not None)

    def case(
        self,
        node: Node,
        inputs: Mapping[str, Volume | None],
        outputs: Mapping[str, Volume | None],
    ) -> Case | None:
        """Return one case, or ``None`` after a reported problem."""
        if not isinstance(node.value, dict) or not {"input", "output"} <= set(node.value):
            text = "a case has `input` and `output`"
            self.report(
                Problem(
                    code="CNN110",
                    message=text,
                    span=node.span,
                    help=("{input: [0, 1], output: [1]}",),
                )
            )
            return None
        for key in node.value:
            if key not in ("input", "output"):
                text = f"`{format_value(key)}` is not a key of a case"
                hint = did_you_mean(key, ("input", "output"))
                self.report(Problem(code="CNN109", message=text, span=node.keys[key], help=hint))
        ends = [
            self.numbers(node.value["input"], "input", inputs),
            self.numbers(node.value["output"], "output", outputs),
        ]
        if None in ends:
            return None
        missing = [name for name in inputs if name not in (ends[0] or {})]
        if missing:  # a number that nobody stated would decide what comes out
            listed = ", ".join(f"`{format_value(name)}`" for name in missing)
            text = f"the case does not state the input {listed}"
            wanted = f"write input: {{{', '.join(f'{name}: …' for name in inputs)}}}"
            self.report(
                Problem(code="CNN110", message=text, span=node.value["input"].span, help=(wanted,))
            )
            return None
        return Case(inputs=ends[0] or {}, outputs=ends[1] or {}, node=node)

    def numbers(
        self, node: Node, what: str, volumes: Mapping[str, Volume | None]
    ) -> dict[str, Nested] | None:
        """Return the values of one end by name, in full array shape (depth first)."""
        try:
            value = evaluate(node, self.names, self.report)
        except Unknown:
            return None
        given = value if isinstance(value, dict) else {next(iter(volumes), what): value}
        places = node.value if isinstance(node.value, dict) else dict.fromkeys(given, node)
        found: dict[str, Nested] = {}
        for name, numbers in given.items():
            place = places[name]
            if name not in volumes:
                hints = did_you_mean(name, volumes) or (f"its {what}s: {', '.join(volumes)}",)
                text = f"`{format_value(name)}` is not an {what} of the network"
                self.report(Problem(code="CNN202", message=text, span=place.span, help=hints))
                return None
            volume = volumes[name]
            if volume is None:
                return None
            full = self.fitted(numbers, volume)
            if full is None:
                text = (
                    f"{what} has the shape {_shown(shape_of(numbers))}, but the network's is "
                    f"{_shown((volume.depth, *volume.spatial))} ({volume})"
                )
                hint = "volumes are laid out [map][row][column], the map level omitted at depth 1"
                self.report(Problem(code="CNN316", message=text, span=place.span, help=(hint,)))
                return None
            found[name] = full
        return found

    @staticmethod
    def fitted(value: Nested, volume: Volume) -> Nested | None:
        """Return ``value`` with the shape of ``volume``; at depth 1 the map level may lack."""
        shape = (volume.depth, *volume.spatial)
        if shape_of(value) == shape:
            return value
        if volume.depth == 1 and shape_of(value) == shape[1:]:
            return [value]
        return None
