"""A network in, a report out: what is around the walk (inputs, variables, outputs)."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from cnncalc.expressions import Unknown
from cnncalc.inference.cases import Cases
from cnncalc.inference.evaluate import evaluate
from cnncalc.inference.expect import Outcome, check_expectations
from cnncalc.inference.left_open import is_left_open, left_open, open_volume
from cnncalc.inference.scope import UNSET, Names, Scope, Signal, find_signal
from cnncalc.inference.seen import seen_itself
from cnncalc.inference.unused import unused_layers
from cnncalc.inference.visit import Nesting
from cnncalc.inference.walk import Walk
from cnncalc.maths.volume import Volume, format_value, parse_volume
from cnncalc.problems.collector import Collector, Stop
from cnncalc.problems.model import Problem, RuleError, located
from cnncalc.report.report import Case, Report
from cnncalc.spec.edits import misspelt, rewritten
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
    compared: bool | None = None,
) -> Report:
    """Return the report of a network; ``problems`` are those found while reading it.

    ``rounding`` is what holds where the network states none. ``compared``: whether expectations
    are compared with what comes out; as a rule they are not where options override something.
    """
    overrides = overrides or Overrides()
    compared = not overrides.options if compared is None else compared
    inference = _Inference(network, overrides, problems, rounding, compared=compared)
    with suppress(Stop):  # its problem is reported; the rows so far are shown
        inference.run()
    return inference.report()


class _Inference:
    """One inference of one network."""

    def __init__(
        self,
        network: Network,
        overrides: Overrides,
        problems: tuple[Problem, ...],
        rounding: str | None,
        *,
        compared: bool,
    ) -> None:
        self.network = network
        self.overrides = overrides
        self.usual_rounding = rounding
        self.compared = compared
        self.collector = Collector(problems)
        self.variables: dict[str, Any] = {}
        self.names = Names(self.variables)
        self.inputs: dict[str, Volume | None] = {}
        self.walk = Walk(
            network=network,
            collector=self.collector,
            compared=self.compared,
            variables=self.variables,
        )
        self.outputs: dict[str, Signal | None] = {}
        self.cases: tuple[Case, ...] = ()
        self.stopped = True

    def run(self) -> None:
        """Walk the network, and look at what is around its layers.

        Raises:
            Stop: it is too long or too deep, or there are too many errors.
        """
        network = self.network
        self.evaluate_variables()
        for name, node in network.inputs.items():
            self.inputs[name] = self.input(name, node)
        self.walk.rounding = self.rounding()
        self.outputs = self.walked()
        if network.cases is not None and self.compared:
            cases = Cases(self.collector.add, self.names)
            self.cases = cases.read(network.cases, self.inputs, self.volumes)
        if network.expect is not None:
            end = next(iter(self.outputs.values()), None) or Signal(row="")
            outcome = Outcome(rows=self.walk.rows, end=end, outputs=self.volumes)
            check_expectations(
                network.expect, outcome, self.names, self.collector.add, compared=self.compared
            )
        if not self.collector.faults:  # an error may be why nothing reads a layer
            for problem, use in unused_layers(self.walk, self.output_rows):
                self.collector.at(problem.layer or "", use)(problem)
        self.stopped = False

    @property
    def volumes(self) -> dict[str, Volume | None]:
        """The volumes of the outputs."""
        return {name: each.volume if each else None for name, each in self.outputs.items()}

    @property
    def output_rows(self) -> tuple[str, ...]:
        """The names of the rows that are outputs."""
        return tuple(signal.row for signal in self.outputs.values() if signal)

    def report(self) -> Report:
        """Return what was found."""
        return Report(
            name=self.network.name,
            source=self.network.root.span.source,
            inputs=self.inputs,
            outputs=self.volumes,
            rows=tuple(self.walk.rows),
            uses=tuple(self.walk.uses),
            problems=self.collector.sorted(),
            output_rows=self.output_rows,
            cases=self.cases,
            overridden=self.overrides.options,
            stopped=self.stopped,
            faults={name: fault for name, fault in self.collector.faults.items() if name},
        )

    def walked(self) -> dict[str, Signal | None]:
        """Walk the network; return its named outputs."""
        signals: dict[str, Signal] = {}
        for name, volume in self.inputs.items():
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
            measured=self.walk.measured,
        )
        last = self.walk.walk(self.network.layers, scope, first, Nesting())
        return self.named_outputs(scope, last)

    def evaluate_variables(self) -> None:
        """Evaluate ``vars`` in order, each seeing those above."""
        for name, node in self.network.variables.items():
            if name in self.overrides.variables:
                self.variables[name] = self.overrides.variables[name]
                continue
            try:
                self.variables[name] = evaluate(node, self.names, self.collector.add)
            except Unknown:
                self.variables[name] = UNSET

    def input(self, name: str, node: Node) -> Volume | None:
        """Return the volume of an input, ``None`` after a reported problem."""
        if name in self.overrides.inputs:
            return self.overrides.inputs[name]
        try:
            value = evaluate(node, self.names, self.collector.add)
            if is_left_open(value):
                open_volume(value)
                self.collector.add(left_open(name, node))
                return None
            volume = parse_volume(value)
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
        self.collector.add(misspelt("CNN108", text, node.span, str(value), ROUNDINGS))
        return None

    def named_outputs(self, scope: Scope, last: Signal | None) -> dict[str, Signal | None]:
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
