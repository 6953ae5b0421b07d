"""What the property-based tests share: running specs, and comparing reports."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings

from cnncalc.inference.infer import Overrides, infer
from cnncalc.report.report import Report
from cnncalc.report.rows import Row
from cnncalc.spec.load import parse_bytes

Spec = dict[str, Any]
"""A spec as plain data."""


def run(spec: Spec, overrides: Overrides | None = None) -> Report:
    """Return the report of a spec, read as JSON."""
    return run_text(json.dumps(spec), "spec.json", overrides)


def run_text(
    text: str, name: str, overrides: Overrides | None = None, path: Path | None = None
) -> Report:
    """Return the report of a spec's text; the ending of ``name`` decides the format."""
    loaded = parse_bytes(text.encode(), name, path)
    assert loaded.network is not None, loaded.problems
    return infer(loaded.network, overrides, loaded.problems)


def codes(report: Report) -> list[str]:
    """Return the codes of a report's problems, by place."""
    return [problem.code for problem in report.problems]


def codes_by_layer(report: Report) -> dict[str, set[str]]:
    """Return the codes of a report's problems by the layer that they are of."""
    found: dict[str, set[str]] = {}
    for problem in report.problems:
        found.setdefault(problem.layer or "", set()).add(problem.code)
    return found


def facts(row: Row, *, names: bool = True) -> tuple[object, ...]:
    """Return everything that a row says, but for its place in the file."""
    return (
        (row.name, row.sources, row.blocks, row.branch, row.shared_from) if names else (),
        row.kind,
        row.inputs,
        row.output,
        row.weights,
        (row.params, row.non_trainable, row.macs, row.neurons, row.connections),
        row.receptive_field,
        row.failed,
        None if row.layer is None else row.layer.hyperparameters(*row.inputs),
    )


def everything(report: Report, *, names: bool = True) -> tuple[object, ...]:
    """Return everything that a report says, but for places in the file."""
    volumes = tuple(report.outputs.values())
    return (
        tuple(facts(row, names=names) for row in report.rows),
        tuple(report.outputs.items()) if names else volumes,
        report.totals,
        report.bytes(),
        sorted((p.code, p.message if names else "") for p in report.problems),
    )


def spatial_names(rank: int) -> tuple[str, ...]:
    """Return the axes of a rank in array order."""
    return ((), ("length",), ("height", "width"), ("frames", "height", "width"))[rank]


def sides_of(pads: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """Return (before, after) by axis as the sides of a spec."""
    words = {
        "length": ("left", "right"),
        "width": ("left", "right"),
        "height": ("top", "bottom"),
        "frames": ("front", "back"),
    }
    return {
        side: size
        for axis, sizes in pads.items()
        for side, size in zip(words[axis], sizes, strict=True)
    }


def one_row(spec: Spec) -> tuple[Row, set[str]]:
    """Return the only row of a spec's report, and the codes of its problems."""
    report = run(spec)
    (row,) = report.rows
    return row, set(codes(report))


def effort(count: int) -> int:
    """Return ``count`` times the environment's ``CNNCALC_EFFORT``, which is 1 unless stated."""
    return count * int(os.environ.get("CNNCALC_EFFORT", "1"))


def examples(count: int) -> settings:
    """Return how many examples a test draws; slow machines are not its concern."""
    unconcerned = [HealthCheck.filter_too_much, HealthCheck.too_slow]
    return settings(max_examples=effort(count), suppress_health_check=unconcerned)
