"""Weights and inputs from files: what of them fits the network, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from cnncalc.forward.arrays import Array
from cnncalc.forward.files import Archive, is_real
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


def weights_problems(report: Report, network: Network, archive: Archive) -> tuple[Problem, ...]:
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
    return tuple(problems)


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
    """Return what holds infinite numbers or none, of the files, where a layer's are not finite."""
    if all(layer.finite is not False or layer.error for layer in layers):
        return ()
    with np.errstate(all="ignore"):  # also what is too large for the type
        found = [
            files[name]
            for name, array in settings.inputs.items()
            if name in files and not np.isfinite(array.astype(settings.dtype)).all()
        ]
        return (
            *found,
            *(
                f"{name} of {archive}"
                for name, array in settings.weights.items()
                if not np.isfinite(array.astype(settings.dtype)).all()
            ),
        )
