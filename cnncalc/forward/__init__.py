"""The forward pass: array code (:mod:`cnncalc.forward.kernels`) and what runs it.

Nothing else in cnncalc imports NumPy. Array code knows nothing of the inferred report: it pads,
takes windows and multiplies, and the shape of a result is what the array has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DTYPES = ("float32", "float64")
LAYOUTS = ("chw", "hwc")
"""How the axes of input files may be ordered."""
MOST_THREADS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of a layer's output: ``at`` is (map, *position), in array order."""

    layer: str
    at: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to verify.

    ``inputs`` are ``.npy`` files by the input's name, ``weights`` a ``.npz`` file; ``keep`` names
    layers whose arrays are returned with the outputs. ``number`` is to be worked out: the pass ends
    with its layer, cases are not computed, and what the layer reads must be kept.
    """

    batch: int | None = None
    seed: int = 0
    dtype: str = "float32"
    threads: int = 1
    inputs: Mapping[str, str] = field(default_factory=dict)
    layout: str = "chw"
    weights: str | None = None
    keep: frozenset[str] = frozenset()
    max_memory: int | None = None
    number: Number | None = None
