"""The tiled convolution engine: ``conv``, ``depthwise`` and ``separable`` on arrays.

Nothing here knows layers, volumes or specs. An array is (N, *spatial, C), one to three spatial
axes, channels last; a kernel is (K, C/G, *kernel), as PyTorch declares it.

**The problem.** A convolution is a matrix product in disguise: each output position is the
product of the patch that its window sees, F·F·C numbers, with a matrix of F·F·C by K weights.
Writing all patches side by side (im2col) makes it one product, but the matrix of patches is F·F
times the input: it leaves the cache, and reading it back costs more than multiplying it.

**Tiles.** So the output is cut into tiles of rows (of columns where a row is wide, of filters
where there are few positions) such that what a tile gathers is about 2 MiB, the size of the L2
cache. Each tile is gathered, multiplied, and given its bias and its activation while it is there.
Tiles write to places of their own: threads take the next one until none is left, and the result
does not depend on who took which (:mod:`cnncalc.forward.workers`).

**Recipes** (``recipes.py``) are ways to compute one tile; the first one that suits is taken:

* *depthwise*: each map by itself, tap by tap, with multiplications along rows instead of products;
* *pointwise*: a kernel of 1 without padding: every pixel is its own patch;
* *sheared*: few maps and weights: rows are gathered once, and each kernel row is a view of them;
* *patches*: windows that share no rows, or few maps under a large kernel: im2col of the tile;
* *rows*: the rest: for each kernel row one product of overlapping views, added up.

**The files.** ``tiles.py`` checks the arrays, plans the tiles (``plan``, cached by shape: in a
small layer planning takes longer than the arithmetic) and runs them. ``job.py`` has the records:
the ``Shape`` of a convolution, a ``Tile`` of its output, the ``Job`` with its numbers.
``gather.py`` copies what windows see, with zeros for padding. ``pack.py`` brings kernels into the
order that the products read: rows of taps and maps by filters, narrow groups joined with zeros
between them. ``in_packed_order`` lets those who make weights write them in that order at once.

How windows lie over an axis (stride, padding, dilation, rounding) is found by laying them
(:mod:`cnncalc.forward.slide`), not by the formulas that inference uses.
"""

from __future__ import annotations

from cnncalc.forward.engine.pack import in_packed_order
from cnncalc.forward.engine.tiles import conv, depthwise, separable

__all__ = ["conv", "depthwise", "in_packed_order", "separable"]
