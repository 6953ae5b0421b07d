"""The forward pass: NumPy kernels (:mod:`cnncalc.forward.ops`) and the runner.

Nothing else in cnncalc imports NumPy. The kernels know nothing of the inferred report: they pad,
take windows and contract, and the shape of a result is what the array has.
"""

from __future__ import annotations

DTYPES = ("float32", "float64")
LAYOUTS = ("chw", "hwc")
"""How the axes of input files may be ordered."""
MOST_THREADS = 256
