"""Layers that only rearrange or select: reshape, slice."""

from collections.abc import Iterator

from pydantic import AliasChoices, Field

from cnncalc.layers.base import Family, Layer, Reads, Step
from cnncalc.layers.derivation import axis_steps, product
from cnncalc.layers.fields import Along, Integer, Shape
from cnncalc.layers.merge import need_axis
from cnncalc.maths.reads import Read
from cnncalc.maths.volume import Volume
from cnncalc.problems.model import RuleError


class Reshape(Layer):
    """The same numbers in another shape, in the order of `flatten` (map by map, row by row).

    The shape may be a mapping of axes: `reshape: {width: 2, height: 3, depth: 4}`. For the
    receptive field every position sees the whole input.
    """

    family = Family.SHAPE
    main = "shape"
    main_is_volume = True
    sample = "64x64x4"
    keeps_nothing = True
    sees_all = True

    shape: Shape = Field(
        description="the output volume, written as `input` is",
        validation_alias=AliasChoices("shape", "target_shape"),
        examples=["4x4x512"],
    )

    def output(self, *volumes: Volume) -> Volume:
        """Return the stated volume, which has as many numbers as the input."""
        volume, shape = volumes[0], self.shape
        if shape.size != volume.size:
            raise RuleError(
                "CNN308",
                f"{shape} has {shape.size:,} numbers, but {volume.size:,} arrive ({volume})",
                field="shape",
                help=self._fitting(volume),
                note=f"{_sum(shape)} ≠ {_sum(volume)}",
            )
        return shape

    def _fitting(self, volume: Volume) -> tuple[str, ...]:
        """Return the stated spatial size with the depth that fits, or the vector."""
        depth, rest = divmod(volume.size, self.shape.positions)
        if rest or not self.shape.rank:
            return (f"shape: {volume.size} fits",)
        return (f"{Volume(depth=depth, spatial=self.shape.spatial)} fits",)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``to 7×7×512``."""
        yield f"to {self.shape}"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return that both shapes have the same number of elements."""
        return [
            Step(what="numbers", formula=_sum(volumes[0]), numbers=_sum(output), result=output.size)
        ]


def _sum(volume: Volume) -> str:
    return product(volume.named().values())


class Slice(Layer):
    """A stretch of the input along one axis: from `start` to before `stop`."""

    family = Family.SHAPE
    sample = "{axis: depth, start: 0, stop: 8}"

    axis: Along = Field("depth", description="the axis that is cut")
    start: Integer = Field(0, description="the first position; negative counts from the end")
    stop: Integer | None = Field(
        None,
        description="the position after the last; negative counts from the end; default: the end",
    )

    def bounds(self, volume: Volume) -> tuple[int, int]:
        """Return start and stop, counted from 0.

        Raises:
            RuleError: CNN306 for an axis that the volume does not have, CNN309 outside of it.
        """
        need_axis(self.axis, volume)
        size = volume.along(self.axis)
        start = self.start + size if self.start < 0 else self.start
        stop = size if self.stop is None else self.stop
        stop = stop + size if stop < 0 else stop
        fits = f"start is {-size} to {size - 1}; stop comes after it, at most {size}"
        for field, place, low, high in (("start", start, 0, size - 1), ("stop", stop, 1, size)):
            if not low <= place <= high:
                stated = getattr(self, field)
                raise RuleError(
                    "CNN309",
                    f"{field} {stated} lies outside the {self.axis} of {size:,} ({volume})",
                    field=field,
                    help=(fits,),
                )
        if start >= stop:
            text = f"nothing is left from {start} to before {stop} of the {self.axis} ({volume})"
            raise RuleError("CNN309", text, field=("stop", "start"), help=(fits,))
        return start, stop

    def output(self, *volumes: Volume) -> Volume:
        """Return the input with stop − start along the axis."""
        volume = volumes[0]
        start, stop = self.bounds(volume)
        return volume.with_size(self.axis, stop - start)

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return the shift along a spatial axis."""
        return {} if self.axis == "depth" else {self.axis: Read.shift(self.bounds(volume)[0])}

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``depth 0 to 64``."""
        yield f"{self.axis} {self.start} to {'end' if self.stop is None else self.stop}"

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return stop − start."""
        start, stop = self.bounds(volumes[0])
        return axis_steps([(self.axis, "stop − start", f"{stop} − {start}", stop - start)])
