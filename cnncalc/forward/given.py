"""Weights and inputs from files: what of them fits the network, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.files import Archive, depth_last, fault, is_real, read_array
from cnncalc.forward.run import Settings
from cnncalc.layers.base import Weight
from cnncalc.maths.words import plural
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.report import Report
from cnncalc.report.rows import Row
from cnncalc.report.verification import LayerResult
from cnncalc.spec.network import Network


def read_inputs(
    report: Report, network: Network, files: Mapping[str, str], layout: str, batch: int | None
) -> tuple[dict[str, Array], list[Problem]]:
    """Return the arrays of the input files, and what does not fit; all have the same batch.

    Raises:
        cnncalc.forward.files.CannotUse: a file cannot be read.
    """
    arrays: dict[str, Array] = {}
    problems = []
    for name, path in files.items():
        volume, array = report.inputs[name], read_array(path)
        assert volume is not None
        text, hint = fault(array, volume, layout)
        if not text and batch is not None and len(array) != batch:
            text = f"it holds a batch of {len(array)}, not of {batch}"
            hint = "all inputs have the same batch, and --batch is not needed"
        if text:
            problems.append(
                Problem(
                    code="CNN506",
                    message=f"{path} does not fit the input `{name}` ({volume}): {text}",
                    span=network.inputs[name].span,
                    help=(hint,),
                )
            )
            continue
        batch = len(array)
        arrays[name] = depth_last(array, layout)
    return arrays, problems


def weights_problems(report: Report, network: Network, archive: Archive) -> list[Problem]:
    """Return a problem for every array of the file that the network does not have."""
    known = {
        f"{row.name}.{weight.name}": (row, weight)
        for row in report.rows
        if not row.shared_from
        for weight in row.weights
    }
    problems = []
    for key, header in archive.headers.items():
        if key not in known:
            hints = _key_hints(key, known)
            text = f"{archive.path} has `{key}`, but the network has no such weights"
            problems.append(
                Problem(
                    code="CNN507",
                    message=text,
                    span=_nearest(report.rows, key, network),
                    help=hints,
                )
            )
            continue
        row, weight = known[key]
        if header.shape != weight.shape or not is_real(header.dtype):
            text = (
                f"`{key}` of {archive.path} is {header.dtype} of shape {header.shape}, "
                f"not real of {weight.shape}"
            )
            problems.append(
                Problem(
                    code="CNN507",
                    message=text,
                    span=row.span,
                    help=(weight.layout,),
                    layer=row.name,
                )
            )
    return problems


def _key_hints(key: str, known: Mapping[str, tuple[Row, Weight]]) -> tuple[str, ...]:
    """Return what may be meant: the weights of the layer, or the keys that are written alike."""
    layer, _, weight = key.rpartition(".")
    mine = [name for name in known if name.rpartition(".")[0] == layer]
    if mine:
        meant = [name for name in mine if weight in known[name][1].elsewhere]
        guess = (f"did you mean `{meant[0]}`?",) if meant else did_you_mean(key, mine)
        return (*guess, f"the layer has {', '.join(mine)}")
    return did_you_mean(key, known) or ("keys are `layer.weight`, by full names",)


def _nearest(rows: tuple[Row, ...], key: str, network: Network) -> Span:
    """Return the place of the layer that a key begins with, else of the list of layers."""
    layer = key.rpartition(".")[0]
    found = next((row.span for row in rows if row.name == layer), None)
    return found or network.root.keys.get("layers", rows[0].span)


def weights_words(report: Report, weights: Mapping[str, Array], path: str | None) -> str:
    """Return how many of the network's weights a file states."""
    if path is None:
        return ""
    rows = [row for row in report.rows if not row.shared_from]
    arrays = sum(len(row.weights) for row in rows)
    return f"{len(weights):,} of {plural(arrays, 'weight array')} from {path}"


def not_finite(
    layers: Iterable[LayerResult], settings: Settings, files: Mapping[str, str], archive: str | None
) -> tuple[str, ...]:
    """Return what in the files is infinite or no number, where what a layer gives is such."""
    if all(layer.finite is not False or layer.error for layer in layers):
        return ()
    inputs = ((files[name], array) for name, array in settings.inputs.items() if name in files)
    weights = ((f"{name} of {archive}", array) for name, array in settings.weights.items())
    with np.errstate(all="ignore"):  # also what is too large for the type
        return tuple(
            words
            for words, array in chain(inputs, weights)
            if not np.isfinite(array.astype(settings.dtype)).all()
        )
