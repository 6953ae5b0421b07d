"""A network in, a report out: what is around the walk (inputs, variables, outputs)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnncalc.expressions import Unknown
from cnncalc.inference.cases import Cases
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.expect import Outcome, check_expectations
from cnncalc.inference.limits import Stop
from cnncalc.inference.scope import UNSET, Names, Scope, Signal, find_signal
from cnncalc.inference.seen import seen_itself
from cnncalc.inference.unused import unused_layers
from cnncalc.inference.visit import Nesting
from cnncalc.inference.walk import Walk
from cnncalc.maths.volume import Volume, format_value, parse_volume
from cnncalc.problems.collector import Collector
from cnncalc.problems.model import Problem, RuleError, located
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.report import Case, Report
from cnncalc.spec.edits import respelled, rewritten
from cnncalc.spec.entries import in_row_order
from cnncalc.spec.network import Network
from cnncalc.spec.node import Node

ROUNDINGS = ("strict", "floor", "ceil")


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What a command line changes; the expectations of the spec are not checked then."""

    inputs: Mapping[str, Volume] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    rounding: str | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """The options that were used."""
        stated = {"--input": self.inputs, "--set": self.variables, "--rounding": self.rounding}
        return tuple(option for option, value in stated.items() if value)


def infer(
    network: Network,
    overrides: Overrides | None = None,
    problems: tuple[Problem, ...] = (),
    *,
    rounding: str | None = None,
) -> Report:
    """Return the report of a network; ``problems`` are those found while reading it.

    ``rounding`` is what holds where the network states none.
    """
    return _Inference(network, overrides or Overrides(), problems, rounding).report()


class _Inference:
    """One inference of one network."""

    def __init__(
        self,
        network: Network,
        overrides: Overrides,
        problems: tuple[Problem, ...],
        rounding: str | None,
    ) -> None:
        self.network = network
        self.overrides = overrides
        self.usual_rounding = rounding
        self.collector = Collector(problems)
        self.variables = self.evaluate_variables()
        self.names = Names(self.variables)

    def report(self) -> Report:
        network = self.network
        inputs = {name: self.input(name, node) for name, node in network.inputs.items()}
        compared = not self.overrides.options
        walk = Walk(
            network=network,
            collector=self.collector,
            compared=compared,
            variables=self.variables,
            rounding=self.rounding(),
        )
        outputs: dict[str, Signal | None] = {}
        cases: tuple[Case, ...] = ()
        stopped = False
        try:
            outputs = self.walked(walk, inputs)
        except Stop:
            stopped = True  # its problem is reported; the rows so far are shown
        volumes = {name: signal.volume if signal else None for name, signal in outputs.items()}
        if network.cases is not None and not stopped and not self.overrides.options:
            cases = Cases(self.collector.add, self.names).read(network.cases, inputs, volumes)
        if network.expect is not None and not stopped:
            end = next(iter(outputs.values()), None) or Signal(row="")
            outcome = Outcome(rows=walk.rows, end=end, outputs=volumes)
            check_expectations(
                network.expect, outcome, self.names, self.collector.add, compared=compared
            )
        output_rows = tuple(signal.row for signal in outputs.values() if signal)
        if not stopped and not self.collector.faults:  # an error may be why nothing reads a layer
            for problem, use in unused_layers(walk, output_rows):
                self.collector.at(problem.layer or "", use)(problem)
        return Report(
            name=network.name,
            source=network.root.span.source,
            inputs=inputs,
            outputs=volumes,
            rows=tuple(walk.rows),
            uses=tuple(walk.uses),
            problems=self.collector.sorted(),
            output_rows=output_rows,
            cases=cases,
            overridden=self.overrides.options,
            stopped=stopped,
            faults={name: fault for name, fault in self.collector.faults.items() if name},
        )

    def walked(self, walk: Walk, inputs: Mapping[str, Volume | None]) -> dict[str, Signal | None]:
        """Walk the network; return its named outputs."""
        signals: dict[str, Signal] = {}
        for name, volume in inputs.items():
            seen = None if volume is None else seen_itself(name, volume)
            signals[name] = Signal(row=name, volume=volume, seen=seen)
        first = next(iter(signals.values())) if len(signals) == 1 else None
        if first is not None:
            signals["input"] = first
        later = frozenset(entry.name for entry in in_row_order(self.network.layers))
        scope = Scope(
            path="",
            variables=self.variables,
            inputs=signals,
            later=later,
            measured=walk.measured,
        )
        last = walk.walk(self.network.layers, scope, first, Nesting())
        return self.outputs(scope, last)

    def evaluate_variables(self) -> dict[str, Any]:
        """Evaluate ``vars`` in order, each seeing those above."""
        variables: dict[str, Any] = {}
        for name, node in self.network.variables.items():
            if name in self.overrides.variables:
                variables[name] = self.overrides.variables[name]
                continue
            try:
                variables[name] = evaluate(node, Names(variables), self.collector.add)
            except Unknown:
                variables[name] = UNSET
        return variables

    def input(self, name: str, node: Node) -> Volume | None:
        """Return the volume of an input, ``None`` after a reported problem."""
        if name in self.overrides.inputs:
            return self.overrides.inputs[name]
        try:
            volume = parse_volume(evaluate(node, self.names, self.collector.add))
        except Unknown:
            return None
        except RuleError as error:
            self.collector.add(located(error, node.span))
            return None
        self.advise_depth_first(node, volume)
        return volume

    def advise_depth_first(self, node: Node, volume: Volume) -> None:
        """Advise about inputs such as ``3x224x224``: is it 3 wide and 224 deep."""
        if volume.rank != 2 or not isinstance(node.value, str):
            return
        height, width = volume.spatial
        if width in (1, 3, 4) and height == volume.depth >= 8:
            text = (
                f"{volume} is {width} wide, {height} high and {volume.depth} deep: "
                "volumes are written width×height×depth"
            )
            meant = f"{height}x{volume.depth}x{width}"
            hint, fix = f"for images write {meant}", rewritten(node.span, meant)
            self.collector.add(
                Problem(code="CNN904", message=text, span=node.span, help=(hint,), fixes=(fix,))
            )

    def rounding(self) -> str | None:
        """Return the network's rounding, ``None`` when nobody states any."""
        if self.overrides.rounding:
            return self.overrides.rounding
        node = self.network.rounding
        if node is None:
            return self.usual_rounding
        try:
            value = evaluate(node, self.names, self.collector.add)
        except Unknown:
            return None
        if isinstance(value, str) and value.lower() in ROUNDINGS:
            return value.lower()
        text = f"rounding: {format_value(value)} is not one of {', '.join(ROUNDINGS)}"
        hint = did_you_mean(str(value), ROUNDINGS)
        fixes = respelled(node.span, str(value), ROUNDINGS)
        self.collector.add(
            Problem(code="CNN108", message=text, span=node.span, help=hint, fixes=fixes)
        )
        return None

    def outputs(self, scope: Scope, last: Signal | None) -> dict[str, Signal | None]:
        """Return the named outputs; entries that were left out are none."""
        node = self.network.outputs
        if node is None:
            return {} if last is None else {last.row: last}
        try:
            names = evaluate(node, self.names, self.collector.add)
        except Unknown:
            return {}
        if not isinstance(names, list) or not names:
            text = f"outputs: {format_value(names)} is not a list of names"
            hint = "write outputs: [main, aux]"
            self.collector.add(Problem(code="CNN108", message=text, span=node.span, help=(hint,)))
            return {}
        places = node.value if isinstance(node.value, list) else [node] * len(names)
        found: dict[str, Signal | None] = {}
        for name, place in zip(names, places, strict=True):
            if name == "previous" or names.count(name) > 1:
                text = (
                    f"`{format_value(name)}` cannot name an output"
                    if name == "previous"
                    else (f"the output `{format_value(name)}` is named twice")
                )
                self.collector.add(
                    Problem(
                        code="CNN203", message=text, span=place.span, help=("name a layer once",)
                    )
                )
                continue
            signal = find_signal(name, place, scope, last, self.collector.add)
            if signal is None or signal.left_out is None:
                found[str(name)] = signal
        return found
