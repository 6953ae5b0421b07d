"""Layers that join volumes: add, subtract, divide, maximum, minimum, multiply, concat.

Sources: He et al. 2015, arXiv:1512.03385 (add); Szegedy et al. 2014, arXiv:1409.4842 (concat);
Hu et al. 2017, arXiv:1709.01507 (multiply: squeeze and excitation).
"""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from pydantic import Field

from cnncalc.layers.base import Family, Layer, Reads, Step
from cnncalc.layers.derivation import axis_steps, depth_step
from cnncalc.layers.fields import Along
from cnncalc.layers.fixes.unequal import mended
from cnncalc.maths.reads import Read
from cnncalc.maths.volume import Volume
from cnncalc.problems.model import RuleError

HE = "He et al. 2015, arXiv:1512.03385"
SZEGEDY = "Szegedy et al. 2014, arXiv:1409.4842"
HU = "Hu et al. 2017, arXiv:1709.01507"


class Merge(Layer):
    """What the kinds share that take two or more volumes."""

    family = Family.MERGE
    sample = "[previous, input]"
    joins = True


_SHOWN = 8
"""How many different volumes a message lists."""


def differ(
    kind: str, volumes: Sequence[Volume], axes: Sequence[str], help_lines: tuple[str, ...]
) -> RuleError:
    """Return the ``RuleError`` CNN305 for inputs of ``kind`` that differ along ``axes``."""
    *first, last = axes
    listed = f"{', '.join(first)} and {last}" if first else last
    different = list(dict.fromkeys(str(volume) for volume in volumes))
    shapes = ", ".join([*different[:_SHOWN], *(["…"] if len(different) > _SHOWN else [])])
    return RuleError(
        "CNN305",
        f"the inputs of {kind} differ in their {listed}: {shapes}",
        field="from",
        help=help_lines,
    )


def differing(volumes: Sequence[Volume]) -> list[str]:
    """Return the axes along which volumes differ, width first; ``axes`` where ranks differ."""
    if len({volume.rank for volume in volumes}) > 1:
        return ["axes"]
    named = [volume.named() for volume in volumes]
    return [axis for axis in named[0] if len({sizes[axis] for sizes in named}) > 1]


class Combined(Merge):
    """What the kinds share that combine equal volumes number by number."""

    overwrites = True
    called: ClassVar[str]
    source: ClassVar[str] = ""

    def output(self, *volumes: Volume) -> Volume:
        """Return the volume that all inputs have."""
        axes = differing(volumes)
        if axes:
            raise differ(self.called, volumes, axes, mended(volumes))
        return volumes[0]

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return that the output has the shape of each input."""
        return [Step(what="output", formula="each input", result=str(output), source=self.source)]


class Add(Combined):
    """The sum of equal volumes, number by number: the end of a residual unit."""

    aliases = ("sum",)
    called = "add"
    source = HE


class Subtract(Combined):
    """The first of equal volumes less the others, number by number."""

    aliases = ("sub",)
    called = "subtract"


class Divide(Combined):
    """The first of equal volumes divided by the others, number by number."""

    aliases = ("div",)
    called = "divide"


class Maximum(Combined):
    """The largest number of equal volumes at each place, as in a maxout of branches."""

    called = "maximum"


class Minimum(Combined):
    """The smallest number of equal volumes at each place."""

    called = "minimum"


class Multiply(Merge):
    """The product of volumes, number by number.

    An axis of size 1 is repeated, and a vector of D scales the D maps of a volume (squeeze and
    excitation).
    """

    aliases = ("mul",)

    def output(self, *volumes: Volume) -> Volume:
        """Return the volume that the inputs have once axes of size 1 are repeated."""
        rank = max(volume.rank for volume in volumes)
        spread = [_spread(volume, rank) for volume in volumes]
        wrong = [
            axis
            for axis in differing(spread)
            if axis == "axes" or len({volume.along(axis) for volume in spread} - {1}) > 1
        ]
        if wrong:
            raise differ("multiply", volumes, wrong, _multiply_help(volumes, wrong))
        spatial = zip(*(volume.spatial for volume in spread), strict=True)
        return Volume(
            depth=max(v.depth for v in spread), spatial=tuple(max(found) for found in spatial)
        )

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return that every position reads the one position of a repeated axis."""
        spread = _spread(volume, output.rank)
        return {
            axis: Read.everything(1)
            for axis in output.axes
            if volume.rank == 0 or spread.along(axis) != output.along(axis)
        }

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return that axes of size 1 are repeated."""
        return [
            Step(
                what="output",
                formula="each input, axes of size 1 repeated",
                result=str(output),
                source=HU,
            )
        ]


def _spread(volume: Volume, rank: int) -> Volume:
    """Return a vector as a volume of 1×1×D; other volumes unchanged."""
    return volume.sized((1,) * rank) if volume.rank == 0 else volume


def _multiply_help(volumes: Sequence[Volume], wrong: Sequence[str]) -> tuple[str, ...]:
    """Return what makes volumes fit that are more than their repeated axes apart."""
    if wrong == ["depth"] and any(volume.rank == 0 for volume in volumes):
        maps = [volume.depth for volume in volumes if volume.rank]
        depth = max(maps or [volume.depth for volume in volumes])
        return (f"a vector of {depth} scales {depth} maps: `fc: {depth}` gives one",)
    whole = [
        v for v in volumes if "axes" in wrong or all(v.named().get(axis, 1) > 1 for axis in wrong)
    ]
    return mended(whole)


class Concat(Merge):
    """Volumes joined along the depth, or along another axis.

    Along every other axis they are equal.
    """

    aliases = ("concatenate", "cat")

    axis: Along = Field("depth", description="the axis along which the volumes are joined")

    def output(self, *volumes: Volume) -> Volume:
        """Return the volume whose size along the axis is the sum of the inputs'."""
        first = volumes[0]
        need_axis(self.axis, first)
        wrong = [axis for axis in differing(volumes) if axis != self.axis]
        if wrong:
            raise differ("concat", volumes, wrong, mended(volumes, self.axis))
        return first.with_size(self.axis, sum(volume.along(self.axis) for volume in volumes))

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return that along a joined axis each position may read all of an input.

        Only some positions come from this input, which a periodic rule cannot express: the answer
        is an upper bound.
        """
        if self.axis == "depth":
            return {}
        return {self.axis: Read.everything(volume.along(self.axis), exact=False)}

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``along height`` where it is not the depth."""
        if self.axis != "depth":
            yield f"along {self.axis}"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return the sum of the sizes along the axis."""
        numbers = " + ".join(str(volume.along(self.axis)) for volume in volumes)
        if self.axis == "depth":
            return [depth_step(output, "ΣD1", SZEGEDY, numbers)]
        return axis_steps([(self.axis, "Σ@1", numbers, output.along(self.axis))])


def need_axis(axis: str, volume: Volume) -> None:
    """Raise ``RuleError`` CNN306 when the volume has no such axis."""
    if axis not in (*volume.axes, "depth"):
        raise RuleError(
            "CNN306",
            f"{volume} has no axis {axis}",
            field="axis",
            help=(f"its axes are {', '.join((*volume.axes, 'depth'))}",),
        )
