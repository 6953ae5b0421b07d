"""The tiled convolution engine: ``conv``. It knows arrays and windows, not layers or specs.

An array is (N, *spatial, C), one to three spatial axes, channels last; a kernel is
(K, C/G, *kernel), as PyTorch declares it.

**The problem.** A convolution is a matrix product in disguise: each output position is the
product of the patch that its window sees, F·F·C numbers, with a matrix of F·F·C by K weights.
Writing all patches side by side (im2col) makes it one product, but the matrix of patches is F·F
times the input: it leaves the cache, and reading it back costs more than multiplying it.

**Tiles** (``tiles.py``). So the output is cut into tiles of rows (of columns where a row is wide)
such that the patches of a tile are about 2 MiB, the size of the L2 cache. The input under a tile
is a view of the array, or a copy with zeros around it where windows reach into the padding.
Threads share out the tiles, which write to places of their own, so that the result does not
depend on the threads.

**One tile** (``convolution.py``) is computed in one of two ways:

* *patches*: the windows are copied side by side and multiplied with the weights of their group.
  Where a window is one pixel, and they are neighbours, nothing is copied.
* *depthwise*, where each group is one map: ``einsum`` over the windows, which are not copied.

Bias and activation follow while the tile is in the cache.

**Weights** are multiplied as (K, F·F·C), a view of a kernel whose depth is innermost in memory,
as those that :mod:`cnncalc.forward.weights` makes have it; others are copied into that order.
"""

from __future__ import annotations

from cnncalc.forward.engine.convolution import conv

__all__ = ["conv"]
