"""Layers that change no shape: dropout, scale, identity."""

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from pydantic import Field

from cnncalc.layers.base import Array, Arrays, Ops, SameShape, Step, Weight, Weighted
from cnncalc.layers.fields import Share
from cnncalc.layers.paper import weight_steps
from cnncalc.volume import Volume
from cnncalc.words import number


class Dropout(SameShape):
    """Numbers set to 0 at random while training; nothing happens afterwards."""

    main: ClassVar[str | None] = "rate"
    keeps_nothing: ClassVar[bool] = True

    rate: Share = Field(Fraction(1, 2), description="the share that is set to 0")

    def hyperparameters(self, *volumes: Volume | None) -> str:
        """Return ``rate 0.5``."""
        return f"rate {number(self.rate)}"

    def forward(
        self, ops: Ops, inputs: Arrays, weights: Mapping[str, Array], out: Array | None = None
    ) -> Array:
        """Return the input: nothing happens after training."""
        return ops.dropout(inputs[0])


class Scale(Weighted, SameShape):
    """Each map times a trained factor of its own, such as ConvNeXt's layer scale."""

    def output(self, *volumes: Volume) -> Volume:
        """Return the input's own volume."""
        self.check_depth(volumes[0])
        return volumes[0]

    def weights(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return a factor of D."""
        return (Weight("factor", (volumes[0].depth,)),)

    def hyperparameters(self, *volumes: Volume | None) -> str:
        """Return the activation where there is one."""
        return ", ".join(self.activation_words())

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return the shape and D factors."""
        source = "Touvron et al. 2021, arXiv:2103.17239 (LayerScale)"
        steps = weight_steps(self.weights(*volumes), ("D", ""), source)
        return [*super().derivation(volumes, output), *steps]

    def forward(
        self, ops: Ops, inputs: Arrays, weights: Mapping[str, Array], out: Array | None = None
    ) -> Array:
        """Return each map times its factor."""
        return self.activated(ops, ops.scale(inputs[0], weights["factor"], out=out))


class Identity(SameShape):
    """The input, unchanged."""

    keeps_nothing: ClassVar[bool] = True

    def forward(
        self, ops: Ops, inputs: Arrays, weights: Mapping[str, Array], out: Array | None = None
    ) -> Array:
        """Return the input."""
        return ops.identity(inputs[0])
