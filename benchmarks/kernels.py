"""How fast the kernels of the forward pass are, and what each recipe wins.

    python benchmarks/kernels.py             every row
    python benchmarks/kernels.py 3x3 1x1     the convolutions with these words in their name
    python benchmarks/kernels.py --tiles     the size of the tiles of a convolution
    python benchmarks/kernels.py --threads 2

Prints the rate of SGEMM (1024³), then for every convolution the milliseconds and the GFLOP/s of
each recipe that can compute it (the one of the table marked), in percent of SGEMM and of one
matmul of its very shape. Minima of repeated runs in one process.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cnncalc.forward.pack import Packed


@dataclass(frozen=True)
class Layer:
    """A square convolution."""

    name: str
    size: int
    depth: int
    filters: int
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1

    def arrays(self) -> tuple[NDArray[Any], Packed]:
        """Return the input and the packed kernel."""
        from cnncalc.forward import ops

        weights = noise(self.filters, self.depth // self.groups, self.kernel, self.kernel)
        return noise(1, self.size, self.size, self.depth), ops.pack_conv(weights, self.groups)

    def run(self, x: NDArray[Any], kernel: Packed) -> NDArray[Any]:
        """Compute it."""
        from cnncalc.forward import ops

        stride, sides = (self.stride,) * 2, ((self.padding,) * 2,) * 2
        return ops.conv(x, kernel, stride=stride, padding=sides, rounding="floor")

    def seconds(self) -> float:
        """Return the shortest time."""
        arrays = self.arrays()
        return best(lambda: self.run(*arrays))


CONVOLUTIONS = (
    Layer("1x1 64→256 at 56", 56, 64, 256, 1),
    Layer("1x1 256→64 at 56", 56, 256, 64, 1),
    Layer("1x1 1024→2048 at 14, /2", 14, 1024, 2048, 1, 2),
    Layer("1x1 96→24 at 56", 56, 96, 24, 1),
    Layer("3x3 3→64 at 224", 224, 3, 64, 3, 1, 1),
    Layer("3x3 3→32 at 224, /2", 224, 3, 32, 3, 2, 1),
    Layer("7x7 3→64 at 224, /2", 224, 3, 64, 7, 2, 3),
    Layer("11x11 3→64 at 224, /4", 224, 3, 64, 11, 4, 2),
    Layer("5x5 16→32 at 28", 28, 16, 32, 5, 1, 2),
    Layer("16x16/16 3→768", 224, 3, 768, 16, 16),
    Layer("5x5 64→192 at 27", 27, 64, 192, 5, 1, 2),
    Layer("3x3 64→64 at 224", 224, 64, 64, 3, 1, 1),
    Layer("3x3 128→128 at 112", 112, 128, 128, 3, 1, 1),
    Layer("3x3 256→256 at 56", 56, 256, 256, 3, 1, 1),
    Layer("3x3 512→512 at 28", 28, 512, 512, 3, 1, 1),
    Layer("3x3 512→512 at 14", 14, 512, 512, 3, 1, 1),
    Layer("3x3 64→64 at 56", 56, 64, 64, 3, 1, 1),
    Layer("3x3 128→128 at 28", 28, 128, 128, 3, 1, 1),
    Layer("3x3 256→256 at 14", 14, 256, 256, 3, 1, 1),
    Layer("3x3 512→512 at 7", 7, 512, 512, 3, 1, 1),
    Layer("3x3 256→256 at 28, /2", 28, 256, 256, 3, 2, 1),
)
DEPTHWISE = (
    Layer("depthwise 3x3 32 at 112", 112, 32, 32, 3, 1, 1, 32),
    Layer("depthwise 3x3 96 at 112, /2", 112, 96, 96, 3, 2, 1, 96),
    Layer("depthwise 3x3 144 at 56", 56, 144, 144, 3, 1, 1, 144),
    Layer("depthwise 3x3 576 at 14", 14, 576, 576, 3, 1, 1, 576),
)
GROUPED = Layer("grouped 3x3 128, 32 groups", 56, 128, 128, 3, 1, 1, 32)


def best(work: Callable[[], object], runs: int = 9) -> float:
    """Return the shortest of several runs, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def noise(*shape: int) -> NDArray[Any]:
    import numpy as np

    return np.random.default_rng(1).standard_normal(shape, dtype=np.float32)


@contextmanager
def changed(module: Any, **values: object) -> Iterator[None]:
    """Change names of a module for a while; plans of convolutions are made anew."""
    from cnncalc.forward import conv

    before = {name: getattr(module, name) for name in values}
    for changes in (values, before):
        for name, value in changes.items():
            setattr(module, name, value)
        conv.plan.cache_clear()
        if changes is values:
            yield


def matmul_rate(rows: int, inner: int, columns: int) -> float:
    """Return the GFLOP/s of one matmul."""
    import numpy as np

    left, right, out = noise(rows, inner), noise(inner, columns), np.empty((rows, columns), "f4")
    seconds = best(lambda: np.matmul(left, right, out=out))
    return 2 * rows * inner * columns / seconds / 1e9


def chosen(layer: Layer) -> str:
    """Return the recipe that the table chooses."""
    from cnncalc.forward import conv, recipes

    names: list[str] = []

    def spy(shape: Any) -> recipes.Recipe:
        names.append(recipes.choose(shape).name)
        return recipes.choose(shape)

    with changed(conv, choose=spy):
        layer.run(*layer.arrays())
    return names[0]


def convolutions(sgemm: float, words: list[str]) -> None:
    """Time every recipe on every layer."""
    from cnncalc.forward import conv, recipes

    for layer in CONVOLUTIONS:
        if words and not any(word in layer.name for word in words):
            continue
        positions = layer.run(*layer.arrays())[0, ..., 0].size
        inner = layer.kernel**2 * layer.depth
        macs = positions * inner * layer.filters
        shaped, picked, cells = matmul_rate(positions, inner, layer.filters), chosen(layer), []
        for recipe in recipes.RECIPES:
            can = (
                recipe.name == "pointwise"
                if layer.kernel == 1
                else recipe.name in ("sheared", "patches", "rows")
            )
            if can:
                with changed(conv, choose=lambda shape, recipe=recipe: recipe):
                    seconds = layer.seconds()
                rate = 2 * macs / seconds / 1e9
                cells.append(
                    f"{recipe.name}{'*' if recipe.name == picked else ' '} {seconds * 1e3:7.2f} ms "
                    f"{rate:4.0f} {rate / sgemm:4.0%} {rate / shaped:4.0%}"
                )
        print(f"{layer.name:26} {macs / 1e6:6.0f} MMAC  {'   '.join(cells)}")


def tiles() -> None:
    """Time the size of the tiles."""
    from cnncalc.forward import conv

    for layer in CONVOLUTIONS:
        cells = []
        for power in range(17, 25):
            with changed(conv, TILE=1 << power):
                cells.append(f"{layer.seconds() * 1e3:7.2f}")
        print(f"{layer.name:26} 128 KiB … 16 MiB: {' '.join(cells)} ms")


def show(name: str, **ways: Callable[[], object]) -> None:
    """Print the times of several ways to do one thing."""
    times = (f"{way.replace('_', ' ')} {best(work) * 1e3:.3f}" for way, work in ways.items())
    print(f"{name:28} {'   '.join(times)} ms")


def by_taps(layer: Layer, x: NDArray[Any], kernel: Packed) -> NDArray[Any]:
    """Compute a depthwise convolution tap by tap, over the whole image."""
    import numpy as np

    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    total = np.zeros((), x.dtype)
    for u, v in product(range(3), range(3)):
        part = padded[:, u : layer.size + u : layer.stride, v : layer.size + v : layer.stride]
        total = total + part * kernel.data[0, u, v]
    return total


def others() -> None:
    """Time what is no matmul, and what it was chosen over."""
    import numpy as np

    from cnncalc.forward import depthwise, ops, pack

    for layer in DEPTHWISE:
        x, kernel = layer.arrays()
        with changed(depthwise, ROW=1 << 30):
            whole = layer.seconds()
        show(
            layer.name,
            einsum=lambda: layer.run(x, kernel),  # noqa: B023
            by_taps=lambda: by_taps(layer, x, kernel),  # noqa: B023
        )
        print(f"{'':28} einsum over whole rows {whole * 1e3:.3f} ms")
    x, joined = GROUPED.arrays()
    with changed(pack, NARROW=0):
        apart = GROUPED.arrays()[1]
    show(
        GROUPED.name,
        joined=lambda: GROUPED.run(x, joined),
        apart=lambda: GROUPED.run(x, apart),
    )
    y = noise(1, 112, 112, 64)
    windows = np.lib.stride_tricks.sliding_window_view(y, (3, 3), (1, 2))[:, ::2, ::2]
    show(
        "maxpool 3x3/2 64 at 112",
        by_axes=lambda: ops.maxpool(y, (3, 3), stride=(2, 2), rounding="floor"),
        windows=lambda: windows.max(axis=(-1, -2)),
    )
    maps = noise(64) ** 2
    folded = ops.fold_batchnorm(maps, maps, maps, maps)
    out = np.empty_like(y)
    show(
        "batchnorm 64 at 112",
        long_rows=lambda: ops.batchnorm(y, folded, out=out),
        plain=lambda: np.add(np.multiply(y, maps, out=out), maps, out=out),
    )
    for size in (14, 56, 112):
        z = noise(1, size, size, 256)
        show(
            f"relu 256 at {size}",
            zeros=lambda: ops.relu(z, z),  # noqa: B023
            zero=lambda: np.maximum(z, 0, out=z),  # noqa: B023
            clip=lambda: np.clip(z, 0, 9, out=z),  # noqa: B023
        )
    show("silu", blocks=lambda: ops.silu(y), whole=lambda: y / (1 + np.exp(-y)))
    show("gelu", erf=lambda: ops.gelu(y), tanh=lambda: ops.gelu(y, approximate="tanh"))
    show("lrn", sums=lambda: ops.lrn(y))
    flat, dense = noise(1, 9216), noise(4096, 9216)
    show("fc 9216→4096", declared=lambda: ops.fc(flat, dense))


def handing_over() -> None:
    """Time how long two threads take for a layer of two short tiles."""
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np

    from cnncalc.forward import ops
    from cnncalc.forward.workers import each

    left, right = noise(200, 256), noise(256, 256)
    outs = [np.empty((200, 256), "f4") for _ in range(2)]

    def product(number: int) -> None:
        np.matmul(left, right, out=outs[number])

    ops.set_threads(2)
    with ThreadPoolExecutor(1) as pool:

        def by_futures() -> None:
            other = pool.submit(product, 1)
            product(0)
            other.result()

        def in_turn() -> None:
            product(0)
            product(1)

        show(
            "handing over",
            queues=lambda: each(product, range(2)),
            futures=by_futures,
            one_thread=in_turn,
        )
    ops.set_threads(1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the kernels of the forward pass.")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--tiles", action="store_true")
    parser.add_argument("words", nargs="*", help="parts of the names of convolutions")
    options = parser.parse_args()
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy's import

    from cnncalc.forward import ops

    ops.set_threads(options.threads)
    if options.tiles:
        tiles()
        return
    sgemm = matmul_rate(1024, 1024, 1024)
    print(f"SGEMM {sgemm:.0f} GFLOP/s; recipe: ms, GFLOP/s, of SGEMM, of its matmul; * chosen")
    convolutions(sgemm, options.words)
    if not options.words:
        others()
        handing_over()


if __name__ == "__main__":
    main()
