"""What one number of a layer is made of: the numbers that it reads, and the arithmetic.

The windows are those that the array code lays (:mod:`cnncalc.forward.slide`). A kind that only
moves numbers, or that nobody works out by hand, has no function here.
"""

# imported for the kinds that they register
from cnncalc.forward.parts import element_wise, norms, pools, weighted  # noqa: F401
from cnncalc.forward.parts.dispatch import has_parts, parts

__all__ = ("has_parts", "parts")
