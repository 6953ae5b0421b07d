"""The error function for arrays: NumPy has none.

From ``math.erf`` at evenly spaced nodes and the Taylor series around the nearest one. The
derivatives follow from erf′(x) = 2/√π·e^(−x²) and the Hermite recurrence
Hₙ₊₁(x) = 2x·Hₙ(x) − 2n·Hₙ₋₁(x): erf⁽ⁿ⁺¹⁾(x) = (−1)ⁿ·2/√π·Hₙ(x)·e^(−x²). From 6 on erf is 1 to
double precision.
"""

from __future__ import annotations

from functools import cache
from math import erf as exact
from math import exp, factorial, pi, sqrt

import numpy as np

from cnncalc.forward.arrays import Array

_END = 6
_PER_UNIT = {4: 256, 8: 512}
"""By bytes of a number: nodes per unit."""
_ORDER = {4: 2, 8: 4}
"""By bytes of a number: the last term of the series; what is cut off is below the rounding."""


@cache
def _table(itemsize: int) -> Array:
    """Return the coefficients of the series around each node: (order + 1, nodes)."""
    order, per_unit = _ORDER[itemsize], _PER_UNIT[itemsize]
    rows = []
    for number in range(-_END * per_unit, _END * per_unit + 1):
        x = number / per_unit
        hermite = [1.0, 2 * x]
        for n in range(1, order):
            hermite.append(2 * x * hermite[n] - 2 * n * hermite[n - 1])
        slope = 2 / sqrt(pi) * exp(-x * x)
        terms = [(-1) ** n * slope * hermite[n] / factorial(n + 1) for n in range(order)]
        rows.append([exact(x), *terms])
    return np.array(rows, np.dtype(f"f{itemsize}")).T.copy()


def erf(x: Array) -> Array:
    """Return the error function, correct to a few units in the last place of its dtype."""
    table, per_unit = _table(x.itemsize), _PER_UNIT[x.itemsize]
    kind = x.dtype.type
    step = np.clip(x, -_END, _END)
    scaled = step * kind(per_unit)
    scaled += kind(_END * per_unit + 0.5)
    with np.errstate(invalid="ignore"):
        node = scaled.astype(np.intp)  # NaN: some number, which `take` clips; step stays NaN
    near = np.multiply(node, kind(1 / per_unit), dtype=x.dtype)
    near -= kind(_END)
    step -= near
    value: Array = table[-1].take(node, mode="clip")
    for coefficients in table[-2::-1]:
        value *= step
        value += coefficients.take(node, mode="clip")
    return value
