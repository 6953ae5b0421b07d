"""Layers that change no shape: dropout, scale, identity."""

from fractions import Fraction

from pydantic import AliasChoices, Field

from cnncalc.layers.base import Family, SameShape, Step, Weight
from cnncalc.layers.derivation import weight_steps
from cnncalc.layers.fields import Number, Share
from cnncalc.layers.weighted import Weighted
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number


class Dropout(SameShape):
    """Numbers set to 0 at random while training; nothing happens afterwards."""

    aliases = ("dropout{n}d", "spatial_dropout{n}d")
    family = Family.OTHER
    main = "rate"
    sample = "0.5"
    keeps_nothing = True

    rate: Share = Field(
        Fraction(1, 2),
        description="the share that is set to 0",
        validation_alias=AliasChoices("rate", "p", "dropout_ratio"),
    )

    def words(self, rank: int) -> list[str]:
        """Return ``rate 0.5``."""
        return [f"rate {number(self.rate)}"]


class Scale(Weighted, SameShape):
    """Each map times a trained factor of its own, such as ConvNeXt's layer scale.

    `by` states one constant factor for all instead, which is not trained and no parameter, such
    as the residual scaling of Inception-ResNet.
    """

    weight_names = ("factor",)

    family = Family.OTHER
    overwrites = True

    main = "by"

    by: Number | None = Field(
        None, description="a constant factor; default: a trained one for each map"
    )

    def weights(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return a factor of D, unless it is a constant."""
        if self.by is not None:
            return ()
        return (Weight(name="factor", shape=(volumes[0].depth,), mean=1.0, deviation=0.1),)

    def words(self, rank: int) -> list[str]:
        """Return ``by 0.17`` where it is a constant, and the activation where there is one."""
        by = [] if self.by is None else [f"by {number(self.by)}"]
        return [*by, *super().words(rank)]

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return the shape and D factors, or no parameters."""
        if self.by is not None:
            return super().derivation(volumes, output)
        source = "Touvron et al. 2021, arXiv:2103.17239 (LayerScale)"
        steps = weight_steps(self.weights(*volumes), ("D", ""), source)
        return [*super().derivation(volumes, output), *steps]


class Identity(SameShape):
    """The input, unchanged."""

    family = Family.OTHER
    keeps_nothing = True
