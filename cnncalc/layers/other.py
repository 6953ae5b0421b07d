"""Layers that change no shape: dropout, scale, identity.

Source of dropout: Srivastava et al. 2014, "Dropout", Journal of Machine Learning Research 15.
"""

from collections.abc import Iterator
from fractions import Fraction

from pydantic import AliasChoices, Field

from cnncalc.layers.base import Family, SameShape, Step, Weight
from cnncalc.layers.derivation import weight_steps
from cnncalc.layers.fields import Flag, Number, Share, Sharing
from cnncalc.layers.weighted import Weighted
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number
from cnncalc.problems.model import RuleError


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

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``rate 0.5``."""
        yield f"rate {number(self.rate)}"


class Scale(Weighted, SameShape):
    """Each map times a trained factor of its own, such as ConvNeXt's layer scale.

    With `share: all` one factor for the whole volume, such as NFNet's skip gain; with `shift` an
    offset is added, as Caffe's layer does.

    `by` states one constant factor for all instead, which is not trained and no parameter, such
    as the residual scaling of Inception-ResNet.
    """

    weight_names = ("factor", "shift")

    family = Family.OTHER
    overwrites = True

    main = "by"

    by: Number | None = Field(
        None, description="a constant factor; default: a trained one for each map"
    )
    share: Sharing = Field("channel", description="what shares a factor: a map, or the volume")
    shift: Flag = Field(
        False,
        description="a trained offset for each factor",
        validation_alias=AliasChoices("shift", "bias_term"),
    )

    def check(self, volume: Volume) -> None:
        """Raise ``RuleError`` CNN111 when trained numbers are asked for next to a constant."""
        stated = "shift" if self.shift else "share" if self.share == "all" else ""
        if self.by is not None and stated:
            text = f"`by` is a constant: `{stated}` is about trained numbers"
            raise RuleError("CNN111", text, field=stated, help=("leave one of them out",))
        super().check(volume)

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return a factor and a shift of D, or of 1, unless it is a constant."""
        if self.by is not None:
            return ()
        shape = (volumes[0].depth if self.share == "channel" else 1,)
        factor = Weight(name="factor", shape=shape, mean=1.0, deviation=0.1)
        shift = Weight(name="shift", shape=shape, deviation=0.1, elsewhere=("bias",))
        return (factor, shift) if self.shift else (factor,)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``by 0.17`` where it is a constant, ``one factor``, ``with shift``."""
        if self.by is not None:
            yield f"by {number(self.by)}"
        if self.share == "all":
            yield "one factor"
        if self.shift:
            yield "with shift"
        yield from super().words(rank)

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return the shape, and D factors and shifts, or no parameters."""
        if self.by is not None:
            return super().derivation(volumes, output)
        source = "Touvron et al. 2021, arXiv:2103.17239 (LayerScale)"
        each = "D" if self.share == "channel" else "1"
        steps = weight_steps(self.weights(*volumes), each, source)
        return [*super().derivation(volumes, output), *steps]


class Identity(SameShape):
    """The input, unchanged."""

    family = Family.OTHER
    keeps_nothing = True
