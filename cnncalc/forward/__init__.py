"""The forward pass: array code (:mod:`cnncalc.forward.kernels`) and what runs it.

Nothing else in cnncalc imports NumPy. Array code knows nothing of the inferred report: it pads,
takes windows and multiplies, and the shape of a result is what the array has.
"""

from __future__ import annotations

DTYPES = ("float32", "float64")
LAYOUTS = ("chw", "hwc")
"""How the axes of input files may be ordered."""
MOST_THREADS = 256
