"""Transposed convolution: conv_transpose.

Source: Dumoulin and Visin 2016, "A guide to convolution arithmetic for deep learning",
relationship 14; fields and kernel layout as PyTorch's ConvTranspose2d.
"""

from collections.abc import Iterator, Sequence
from math import prod

from pydantic import Field

from cnncalc.layers.axes import per_axis, per_side
from cnncalc.layers.base import (
    WINDOW_AXES,
    Family,
    Reads,
    Step,
    Weight,
    need_spatial,
)
from cnncalc.layers.derivation import DUMOULIN, area, axis_steps, depth_step, places
from cnncalc.layers.fields import PerAxis, PerAxisFrom0
from cnncalc.layers.fixes.divide import check_groups
from cnncalc.layers.names import STRIDE, Dilation, Filters, Groups, Kernel, PaddingField
from cnncalc.layers.weighted import Biased
from cnncalc.layers.window import marked, size_words
from cnncalc.maths.geometry import KernelTooLarge, Transposed, transpose
from cnncalc.maths.reads import Read
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import plural, times
from cnncalc.problems.model import Fix, RuleError

PYTORCH = "PyTorch, ConvTranspose2d"


class ConvTranspose(Biased):
    """A transposed convolution: every input writes a window of the output."""

    weight_names = ("kernel", "bias")

    aliases = ("deconv", "transposed_conv", "conv_transpose{n}d", "conv{n}d_transpose")
    family = Family.CONVOLUTION
    main = "filters"
    sample = "{filters: 8, kernel: 2, stride: 2}"

    filters: Filters = Field(description="K, the output's depth")
    kernel: Kernel = Field(description="F, the size of the window that each input writes")
    stride: PerAxis = Field(
        1, description="S, the step between written windows", validation_alias=STRIDE
    )
    padding: PaddingField = Field(0, description="P, pixels cropped from the full output")
    output_padding: PerAxisFrom0 = Field(0, description="pixels added at the bottom and right")
    dilation: Dilation = Field(1, description="the step between the taps of the kernel")
    groups: Groups = Field(1, description="parts of the depth that do not see each other")

    def windows(self, volume: Volume) -> tuple[Transposed, ...]:
        """Return how each axis is written, in array order.

        Raises:
            RuleError: CNN302 when cropping leaves nothing, CNN313 for too much output padding.
        """
        need_spatial(volume, "a transposed convolution")
        kernel = per_axis(self.kernel, volume, "kernel")
        stride = per_axis(self.stride, volume, "stride")
        dilation = per_axis(self.dilation, volume, "dilation")
        sides = per_side(self.padding, volume)
        extra = per_axis(self.output_padding, volume, "output_padding", missing=0)
        self._check_output_padding(extra, stride, dilation)
        axes = zip(volume.axes, volume.spatial, kernel, stride, dilation, sides, extra, strict=True)
        try:
            return tuple(transpose(*axis) for axis in axes)
        except KernelTooLarge:
            full = times(
                (size - 1) * step + (k - 1) * d + 1 + more
                for size, k, step, d, more in zip(
                    volume.spatial, kernel, stride, dilation, extra, strict=True
                )
            )
            raise RuleError(
                "CNN302",
                f"padding {size_words(self.padding, volume.rank)} crops the whole {full} output",
                field="padding",
                help=("a smaller padding, or padding: same",),
            ) from None

    def _check_output_padding(
        self, extra: tuple[int, ...], stride: tuple[int, ...], dilation: tuple[int, ...]
    ) -> None:
        """Raise ``RuleError`` when output padding reaches further than a window can."""
        for more, step, wide in zip(extra, stride, dilation, strict=True):
            most = max(step, wide) - 1
            if more > most:
                raise RuleError(
                    "CNN313",
                    f"output_padding {more} is not below the stride {step} or the dilation {wide}",
                    field="output_padding",
                    help=(f"0 to {most} is possible ({PYTORCH})",),
                    fixes=tuple(
                        Fix(field="output_padding", value=n) for n in range(min(most, 11) + 1)
                    ),
                )
        if any(extra) and isinstance(self.padding, str):
            text = f"padding: {self.padding} already gives W·S: output_padding cannot add to it"
            raise RuleError(
                "CNN111", text, field="output_padding", help=("leave output_padding out",)
            )

    def output(self, *volumes: Volume) -> Volume:
        """Return K maps of (W − 1)·S + F′ − P + output_padding [Dumoulin]."""
        volume = volumes[0]
        spatial = tuple(window.output for window in self.windows(volume))
        self.check(volume)
        check_groups(self.groups, volume, self.filters)
        return Volume(depth=self.filters, spatial=spatial)

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return (D1, K/G, *kernel), as PyTorch, and a bias of K."""
        volume = volumes[0]
        kernel = per_axis(self.kernel, volume, "kernel")
        weight = Weight(
            name="kernel",
            shape=(volume.depth, self.filters // self.groups, *kernel),
            axes=("map", "filter", *WINDOW_AXES[volume.rank]),
            note="as in PyTorch",
        )
        return (weight, *self.bias_weights(self.filters))

    def macs(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return weights × input positions."""
        return self.multiplied(*volumes) * volumes[0].positions

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return (input, output) pairs that a weight joins, plus one for a bias, per neuron."""
        volume = volumes[0]
        taps = prod(window.taps() for window in self.windows(volume))
        pairs = volume.depth * (self.filters // self.groups)
        return taps * pairs + self.biases(output)

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return the inputs that write each output position."""
        return {
            w.axis: Read.transposed(w.kernel, w.stride, w.dilation, w.before)
            for w in self.windows(volume)
        }

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``2×2, 64 filters, stride 2``: the stride multiplies the size."""
        yield size_words(self.kernel, rank, repeat=True)
        yield plural(self.filters, "filter")
        yield f"stride {size_words(self.stride, rank)}"
        yield from marked("p", self.padding, 0, rank)
        yield from marked("output p", self.output_padding, 0, rank)
        yield from marked("d", self.dilation, 1, rank)
        if self.groups > 1:
            yield f"{self.groups} groups"
        yield from super().words(rank)

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return sizes, (F·F·D1)·K/G + K, and weights × input positions."""
        volume, sources = volumes[0], (PYTORCH, "")
        sides, taps = area(per_axis(self.kernel, volume, "kernel"))
        filters, shown = "K", str(self.filters)
        if self.groups > 1:
            filters, shown = "K/G", f"{self.filters}/{self.groups}"
        kernel = f"({sides}·D1)·{filters}", f"({taps}·{volume.depth})·{shown}"
        return [
            *_size_steps(self.windows(volume)),
            depth_step(output, "K", DUMOULIN),
            *self.counted(volumes, output, kernel, at=places(volume, 1), sources=sources),
        ]


def _size_steps(windows: Sequence[Transposed]) -> list[Step]:
    """Return the output size of each axis of a transposed convolution."""
    formula = "(@1 − 1)·S + (F − 1)·d + 1 − P₁ − P₂ + output padding"
    return axis_steps(
        (
            (
                w.axis,
                formula,
                f"({w.input} − 1)·{w.stride} + ({w.kernel} − 1)·{w.dilation} + 1"
                f" − {w.before} − {w.after} + {w.output_padding}",
                w.output,
            )
            for w in windows
        ),
        f"{DUMOULIN}, relationship 14",
    )
