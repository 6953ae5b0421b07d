"""Convolutions with shared weights: conv, and what its relatives have in common.

Sources: CS231n notes ((W − F + 2P)/S + 1; (F·F·D1)·K + K); Krizhevsky et al. 2012 (groups);
LeCun et al. 1998 (connection table); Qiao et al. 2019, arXiv:1903.10520 (weight standardisation),
scaled and with a gain as in Brock et al. 2021, arXiv:2102.06171. Kernels are laid out as
PyTorch's: ``[filter][map][row][column]``.
"""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from cnncalc.layers.axes import per_axis
from cnncalc.layers.base import (
    WINDOW_AXES,
    Family,
    Step,
    Weight,
)
from cnncalc.layers.checks import Sizes
from cnncalc.layers.derivation import CS231N, area, depth_step, places, window_steps
from cnncalc.layers.fields import Flag, RoundedDown, Size, Words
from cnncalc.layers.fixes.divide import check_groups
from cnncalc.layers.names import Filters, Groups
from cnncalc.layers.weighted import Biased
from cnncalc.layers.window import Windowed
from cnncalc.maths.volume import Volume, format_value
from cnncalc.maths.words import plural
from cnncalc.problems.model import RuleError

KRIZHEVSKY = "Krizhevsky et al. 2012; PyTorch, Conv2d, groups"
LECUN = "LeCun et al. 1998, table I"


class Convolution(Biased, Windowed):
    """What the convolutions with a sliding window share."""

    weight_names: ClassVar[tuple[str, ...]] = ("kernel", "bias")

    family = Family.CONVOLUTION
    sample = "{filters: 32, kernel: 3}"

    rounding: RoundedDown = Field("strict", description="what happens where windows do not fit")

    def maps(self, volume: Volume) -> int:
        """Return the output's depth."""
        raise NotImplementedError

    def output(self, *volumes: Volume) -> Volume:
        """Return the output volume: maps of (W − F + 2P)/S + 1."""
        spatial = self.spatial(volumes[0])
        self.check(volumes[0])
        return Volume(depth=self.maps(volumes[0]), spatial=spatial)

    def kernel_sizes(self, volume: Volume) -> tuple[int, ...]:
        """Return F along each axis, in array order."""
        return per_axis(self.kernel, volume, "kernel")

    def macs(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return weights without bias × output positions, padding included."""
        return self.multiplied(*volumes) * output.positions

    def words(self, rank: int) -> Iterator[str]:
        """Yield the window after its kernel and filters, then what else differs."""
        kernel, *slide = self.window_words(rank)
        filters = list(self.filter_words())
        yield kernel
        yield from filters[:1]
        yield from slide
        yield from filters[1:]
        yield from super().words(rank)

    def filter_words(self) -> Iterator[str]:
        """Yield how many filters there are, then what else is said of them."""
        raise NotImplementedError

    def advice(self, *volumes: Volume) -> list[RuleError]:
        """Return Keras' rule that a stride and a dilation exclude each other, as advice."""
        if _all_ones(self.stride) or _all_ones(self.dilation):
            return []
        return [
            RuleError(
                "CNN901",
                "stride and dilation are both other than 1: Keras refuses this, PyTorch does not",
                field="dilation",
                help=("it samples a dilated grid sparsely: check that this is meant",),
            )
        ]


def _all_ones(sizes: Sizes | None) -> bool:
    """Return whether a field states 1 for every axis, in whichever way, or nothing."""
    match sizes:
        case int() | None:
            return sizes in (1, None)
        case dict():
            return set(sizes.values()) == {1}
        case _:
            return set(sizes) == {1}


_Row = Annotated[tuple[Size, ...], Field(min_length=1)]
Table = Annotated[
    tuple[_Row, ...],
    Field(min_length=1),
    Words("a list with the input maps, from 0, that each filter sees"),
]


class Conv(Convolution):
    """A convolution: every filter sees the whole depth, or its group's share of it.

    With `standardize` the weights of each filter are used less their mean, divided by their
    standard deviation and by √(their number), and multiplied by a trained gain of the filter:
    Qiao et al. 2019, arXiv:1903.10520, as Brock et al. 2021, arXiv:2102.06171, scale it (NFNet).
    """

    weight_names = ("kernel", "gain", "bias")

    aliases = ("convolution", "conv{n}d")
    main = "filters"
    not_fields: ClassVar[dict[str, str]] = {
        "channels": "the depth of the output is `filters`",
        "size": "the size of the window is `kernel`",
    }

    filters: Filters = Field(description="K, the number of filters: the output's depth")
    groups: Groups = Field(1, description="parts of the depth that do not see each other")
    connection_table: Table | None = Field(
        None, description="which input maps each filter sees (LeNet-5's C3), instead of groups"
    )

    standardize: Flag = Field(
        False, description="weight standardisation: each filter normalised, times a trained gain"
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
            raise RuleError(
                "CNN111", text, field="connection_table", help=("leave one of them out",)
            )
        if self.standardize:
            text = "filters of a connection_table differ in size: they cannot be standardized alike"
            raise RuleError("CNN111", text, field="standardize", help=("leave one of them out",))
        if len(table) != self.filters:
            raise RuleError(
                "CNN314",
                f"connection_table has {plural(len(table), 'row')} for {self.filters:,} filters",
                field="connection_table",
                help=("it has one row for each filter",),
            )
        for number, row in enumerate(table):
            if max(row) >= volume.depth or len(set(row)) != len(row):
                raise RuleError(
                    "CNN314",
                    f"filter {number} of connection_table sees {format_value(list(row))}, but "
                    f"the input has maps 0 to {volume.depth - 1}, each at most once",
                    field="connection_table",
                )

    def pairs(self, depth: int) -> int:
        """Return (filter, input map) pairs: K·D1/G, or the entries of the table."""
        if self.connection_table is not None:
            return sum(len(row) for row in self.connection_table)
        return self.filters * (depth // self.groups)

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return (K, D1/G, *kernel), a gain and a bias of K; a table has one kernel per pair."""
        volume = volumes[0]
        sizes, axes = self.kernel_sizes(volume), ("filter", "map", *WINDOW_AXES[volume.rank])
        shape: tuple[int, ...] = (self.filters, volume.depth // self.groups, *sizes)
        note = "as in PyTorch"
        if self.connection_table is not None:
            shape, note = (self.pairs(volume.depth), *sizes), ""
            axes = ("pair of the table", *WINDOW_AXES[volume.rank])
        kernel = Weight(
            name="kernel",
            shape=shape,
            axes=axes,
            note=note,
            depth_innermost=self.connection_table is None,
        )
        gain = Weight(
            name="gain",
            shape=(self.filters,),
            mean=1.0,
            deviation=0.1,
            multiplies=False,
            elsewhere=(),
        )
        return (kernel, *([gain] if self.standardize else []), *self.bias_weights(self.filters))

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return inputs read (padding is not read), plus one for a bias, per neuron."""
        return self.taps(volumes[0]) * self.pairs(volumes[0].depth) + self.biases(output)

    def filter_words(self) -> Iterator[str]:
        """Yield ``6 filters, 2 groups, standardized``."""
        yield plural(self.filters, "filter")
        if self.groups > 1:
            yield f"{self.groups} groups"
        if self.connection_table is not None:
            yield "connection table"
        if self.standardize:
            yield "standardized"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return sizes, (F·F·D1)·K + K (twice with a gain), and (F·F·D1)·K·(W2·H2)."""
        volume, groups = volumes[0], self.groups
        sides, taps = area(self.kernel_sizes(volume))
        steps = [*window_steps(self.windows(volume)), depth_step(output, "K")]
        kernel, source = (f"({sides}·D1)·K", f"({taps}·{volume.depth})·{self.filters}"), CS231N
        if groups > 1:
            shared = f"({taps}·{volume.depth}/{groups})·{self.filters}"
            kernel, source = (f"({sides}·D1/G)·K", shared), KRIZHEVSKY
        if self.connection_table is not None:
            pairs = self.pairs(volume.depth)
            steps.append(
                Step(
                    what="pairs",
                    formula="(filter, map) pairs of the table",
                    result=pairs,
                    source=LECUN,
                )
            )
            kernel, source = (f"({sides})·pairs", f"({taps})·{pairs}"), LECUN
        at = places(output, 2)
        return [*steps, *self.counted(volumes, output, kernel, at=at, sources=(source, ""))]
