"""Verifications as JSON: the one document with times in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnncalc.report.report import Report
    from cnncalc.report.verification import CaseResult, LayerResult, Verification


def file_data(file: str, report: Report | None, result: Verification | None) -> dict[str, Any]:
    """Return what came of one spec; without a ``result`` it was not run."""
    peak = None if result is None else result.peak
    return {
        "file": file,
        "name": None if report is None else report.name,
        "verdict": "not-run" if result is None else result.verdict,
        "layers": [] if result is None else [layer_data(found) for found in result.layers],
        "peak_bytes": {
            "planned": peak and peak.planned,
            "measured": peak and peak.measured,
        },
        "seconds": None if result is None or not result.layers else round(result.seconds, 6),
        "cases": [] if result is None else [case_data(case) for case in result.cases],
    }


def layer_data(found: LayerResult) -> dict[str, Any]:
    """Return one layer; what it did is ``None`` when it was not run."""
    row = found.row
    return {
        "name": row.name,
        "kind": row.kind,
        "predicted": row.output and row.output.named(),
        "actual": found.actual and found.actual.named(),
        "params": {"predicted": row.params, "actual": found.params},
        "non_trainable": {"predicted": row.non_trainable, "actual": found.non_trainable},
        "seconds": found.seconds and round(found.seconds, 6),
        "finite": found.finite,
        "error": found.error or None,
        "line": row.span.line,
    }


def case_data(result: CaseResult) -> dict[str, Any]:
    """Return one case: inputs, expected and computed outputs, depth first."""
    return {
        "inputs": _plain(result.case.inputs),
        "expected": _plain(result.case.outputs),
        "actual": _finite(result.actual),
        "fits": result.actual is not None and not result.off(),
        "line": result.case.node.span.line,
    }


def _plain(value: Any) -> Any:
    """Return exact numbers as JSON's: whole ones exactly, others as floats."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, int) else float(value)


def _finite(value: Any) -> Any:
    """Return numbers, or ``None`` for what JSON cannot hold."""
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value if value is None or abs(value) < float("inf") else None
