"""Convolutions with shared weights: conv, and what its relatives have in common.

Sources: CS231n notes ((W − F + 2P)/S + 1; (F·F·D1)·K + K); Krizhevsky et al. 2012 (groups);
LeCun et al. 1998 (connection table). Kernels are laid out as PyTorch's:
``[filter][map][row][column]``.
"""

from math import prod
from typing import Annotated, Any, ClassVar

from pydantic import Field

from cnncalc.layers.axes import per_axis
from cnncalc.layers.base import (
    WINDOW_AXES,
    Family,
    Step,
    Weight,
    bias_of,
)
from cnncalc.layers.derivation import CS231N, area, count_steps, depth_step, places, window_steps
from cnncalc.layers.fields import RoundedDown, Size, Words
from cnncalc.layers.fixes.divide import check_groups
from cnncalc.layers.names import Bias, Filters, Groups
from cnncalc.layers.weighted import Weighted
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import Volume, format_value
from cnncalc.maths.words import plural
from cnncalc.problems.model import RuleError

KRIZHEVSKY = "Krizhevsky et al. 2012; PyTorch, Conv2d, groups"
LECUN = "LeCun et al. 1998, table I"
PYTORCH = "as in PyTorch"


class Convolution(Weighted, Windowed):
    """What the convolutions with a sliding window share."""

    weight_names: ClassVar[tuple[str, ...]] = ("kernel", "bias")

    family: ClassVar[Family] = Family.CONVOLUTION
    sample: ClassVar[str] = "{filters: 32, kernel: 3}"

    rounding: RoundedDown = Field("strict", description="what happens where windows do not fit")
    bias: Bias = Field(True, description="one bias per filter")

    def maps(self, volume: Volume) -> int:
        """Return the output's depth."""
        raise NotImplementedError

    def output(self, *volumes: Volume) -> Volume:
        """Return the output volume: maps of (W − F + 2P)/S + 1."""
        spatial = self.spatial(volumes[0])
        self.check_depth(volumes[0])
        return Volume(self.maps(volumes[0]), spatial)

    def kernel_sizes(self, volume: Volume) -> tuple[int, ...]:
        """Return F along each axis, in array order."""
        return per_axis(self.kernel, volume, "kernel")

    def macs(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return weights without bias × output positions, padding included."""
        kernels = [w for w in self.weights(*volumes) if w.name != "bias"]
        return sum(w.count for w in kernels) * output.positions

    def words(self, volume: Volume | None, *more: str) -> str:
        """Return the window, then ``more``, then bias and activation, as people write them."""
        kernel, *rest = self.window_words(volume)
        tail = [] if self.bias else ["no bias"]
        return ", ".join([kernel, *more[:1], *rest, *more[1:], *tail, *self.activation_words()])

    def bias_weight(self, *shape: int, axes: tuple[str, ...] = ()) -> tuple[Weight, ...]:
        """Return the bias of this shape, or nothing without one."""
        return (bias_of(*shape, axes=axes),) if self.bias else ()

    def taps(self, volume: Volume) -> int:
        """Return (position, tap) pairs that land on the input, over one map."""
        return prod(window.taps() for window in self.windows(volume))

    def counted(
        self,
        volumes: tuple[Volume, ...],
        output: Volume,
        terms: tuple[str, str],
        bias: str,
        sources: tuple[str, str],
    ) -> list[Step]:
        """Return the lines of parameters and MACs.

        ``terms`` are the weights in letters and numbers, ``bias`` the letters of their number.
        """
        params = sum(w.count for w in self.weights(*volumes))
        return count_steps(
            *terms,
            (bias, output.depth) if self.bias else None,
            (params, self.macs(volumes, output)),
            places(output, 2),
            sources,
        )

    def advice(self, *volumes: Volume) -> list[RuleError]:
        """Return Keras' rule that a stride and a dilation exclude each other, as advice."""
        strided = self.stride not in (None, 1) and set(_values(self.stride)) != {1}
        if not strided or set(_values(self.dilation)) == {1}:
            return []
        return [
            RuleError(
                "CNN901",
                "stride and dilation are both other than 1: Keras refuses this, PyTorch does not",
                "dilation",
                ("it samples a dilated grid sparsely: check that this is meant",),
            )
        ]


def _values(value: Any) -> tuple[int, ...]:
    """Return the sizes that a field states, whichever way."""
    if isinstance(value, int):
        return (value,)
    return tuple(value.values()) if isinstance(value, dict) else tuple(value)


_Row = Annotated[tuple[Size, ...], Field(min_length=1)]
Table = Annotated[
    tuple[_Row, ...],
    Field(min_length=1),
    Words("a list with the input maps, from 0, that each filter sees"),
]


class Conv(Convolution):
    """A convolution: every filter sees the whole depth, or its group's share of it."""

    aliases: ClassVar[tuple[str, ...]] = ("convolution", "conv{n}d")
    main: ClassVar[str | None] = "filters"

    filters: Filters = Field(description="K, the number of filters: the output's depth")
    groups: Groups = Field(1, description="parts of the depth that do not see each other")
    connection_table: Table | None = Field(
        None, description="which input maps each filter sees (LeNet-5's C3), instead of groups"
    )

    def maps(self, volume: Volume) -> int:
        """Return K."""
        return self.filters

    def output(self, *volumes: Volume) -> Volume:
        """Return the output volume: K maps of (W − F + 2P)/S + 1 [CS231n]."""
        output = super().output(*volumes)
        if self.connection_table is not None:
            self._check_table(self.connection_table, volumes[0])
        else:
            check_groups(self.groups, volumes[0], self.filters)
        return output

    def _check_table(self, table: tuple[tuple[int, ...], ...], volume: Volume) -> None:
        if self.groups != 1:
            text = "connection_table and groups both say which maps a filter sees"
            raise RuleError("CNN111", text, "connection_table", ("leave one of them out",))
        if len(table) != self.filters:
            raise RuleError(
                "CNN314",
                f"connection_table has {plural(len(table), 'row')} for {self.filters:,} filters",
                "connection_table",
                ("it has one row for each filter",),
            )
        for number, row in enumerate(table):
            if max(row) >= volume.depth or len(set(row)) != len(row):
                raise RuleError(
                    "CNN314",
                    f"filter {number} of connection_table sees {format_value(list(row))}, but "
                    f"the input has maps 0 to {volume.depth - 1}, each at most once",
                    "connection_table",
                )

    def pairs(self, depth: int) -> int:
        """Return (filter, input map) pairs: K·D1/G, or the entries of the table."""
        if self.connection_table is not None:
            return sum(len(row) for row in self.connection_table)
        return self.filters * (depth // self.groups)

    def weights(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return (K, D1/G, *kernel) and a bias of K; a table has one kernel per pair."""
        volume = volumes[0]
        sizes, taps = self.kernel_sizes(volume), WINDOW_AXES[volume.rank]
        if self.connection_table is not None:
            shape: tuple[int, ...] = (self.pairs(volume.depth), *sizes)
            axes: tuple[str, ...] = ("pair of the table", *taps)
            kernel = Weight(name="kernel", shape=shape, axes=axes, packed=True)
        else:
            shape = (self.filters, volume.depth // self.groups, *sizes)
            axes = ("filter", "map", *taps)
            kernel = Weight(name="kernel", shape=shape, axes=axes, note=PYTORCH, packed=True)
        return (kernel, *self.bias_weight(self.filters))

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return inputs read (padding is not read), plus one for a bias, per neuron."""
        bias = output.size if self.bias else 0
        return self.taps(volumes[0]) * self.pairs(volumes[0].depth) + bias

    def hyperparameters(self, *volumes: Volume | None) -> str:
        """Return ``5×5, 6 filters, /2, p2, 2 groups``."""
        more = [plural(self.filters, "filter")]
        more += [f"{self.groups} groups"] if self.groups > 1 else []
        more += ["connection table"] if self.connection_table is not None else []
        return self.words(volumes[0] if volumes else None, *more)

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return sizes, (F·F·D1)·K + K, and (F·F·D1)·K·(W2·H2)."""
        volume = volumes[0]
        sides, taps = area(self.kernel_sizes(volume))
        steps = [*window_steps(self.windows(volume)), depth_step(output, "K")]
        if self.connection_table is not None:
            pairs = self.pairs(volume.depth)
            steps.append(Step("pairs", "(filter, map) pairs of the table", "", pairs, LECUN))
            terms, source = (f"({sides})·pairs", f"({taps})·{pairs}"), LECUN
        elif self.groups == 1:
            terms = f"({sides}·D1)·K", f"({taps}·{volume.depth})·{self.filters}"
            source = CS231N
        else:
            terms = (
                f"({sides}·D1/G)·K",
                f"({taps}·{volume.depth}/{self.groups})·{self.filters}",
            )
            source = KRIZHEVSKY
        return [*steps, *self.counted(volumes, output, terms, "K", (source, ""))]
