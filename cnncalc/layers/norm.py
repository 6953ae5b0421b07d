"""Normalisation: batchnorm, layernorm, rmsnorm, grn, groupnorm, instancenorm, lrn."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from pydantic import AliasChoices, Field

from cnncalc.layers.base import WINDOW_AXES, Family, SameShape, Step, Weight, need_spatial
from cnncalc.layers.derivation import weight_steps
from cnncalc.layers.fields import AnyCase, Count, Flag, Positive
from cnncalc.layers.fixes.divide import check_maps
from cnncalc.layers.weighted import Weighted
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number, plural

EPSILON = Fraction(1, 100_000)
Over = Annotated[Literal["depth", "all"], AnyCase]


class Norm(Weighted, SameShape):
    """What the normalisations with weights share: the output has the input's shape."""

    weight_names: ClassVar[tuple[str, ...]] = ("scale", "shift")

    family = Family.NORMALISATION
    source: ClassVar[str] = ""

    epsilon: Positive = Field(
        EPSILON,
        description="added to the variance (0.00001 as PyTorch; Keras: 0.001)",
        validation_alias=AliasChoices("epsilon", "eps"),
    )

    def words(self, rank: int) -> Iterator[str]:
        """Yield what differs from the default."""
        if self.epsilon != type(self).model_fields["epsilon"].default:
            yield f"ε {number(self.epsilon)}"
        yield from super().words(rank)

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return the shape, and 2·D parameters (what there is of them)."""
        weights = self.weights(*volumes)
        by_map = all(weight.shape == (volumes[0].depth,) for weight in weights)
        counts = weight_steps(weights, "D" if by_map else "", self.source)
        return [*super().derivation(volumes, output), *counts]


def affine(
    *shape: int, axes: tuple[str, ...] = (), scale: bool = True, shift: bool = True
) -> tuple[Weight, ...]:
    """Return a scale and a shift of this shape, or one of them."""
    found = []
    if scale:
        names = ("weight", "gamma")
        found.append(
            Weight(name="scale", shape=shape, axes=axes, mean=1.0, deviation=0.1, elsewhere=names)
        )
    if shift:
        names = ("bias", "beta")
        found.append(Weight(name="shift", shape=shape, axes=axes, deviation=0.1, elsewhere=names))
    return tuple(found)


class BatchNorm(Norm):
    """Batch normalisation: each map by its mean and variance over the batch.

    The running mean and variance are not trained, so they count as non-trainable (PyTorch leaves
    them out of its totals, Keras adds them).
    """

    weight_names = ("scale", "shift", "running_mean", "running_variance")

    aliases = ("bn", "batch_norm", "batch_normalization", "batchnorm{n}d", "batch_norm{n}d")
    overwrites = True

    source = "Ioffe and Szegedy 2015, arXiv:1502.03167"

    scale: Flag = Field(True, description="a trained factor per map (γ)")
    shift: Flag = Field(
        True,
        description="a trained offset per map (β)",
        validation_alias=AliasChoices("shift", "center"),
    )

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return scale and shift of D, and the running mean and variance."""
        shape = (volumes[0].depth,)
        return (
            *affine(*shape, scale=self.scale, shift=self.shift),
            Weight(
                name="running_mean",
                shape=shape,
                trainable=False,
                deviation=0.1,
                elsewhere=("moving_mean",),
            ),
            Weight(
                name="running_variance",
                shape=shape,
                trainable=False,
                mean=1.0,
                deviation=0.2,
                elsewhere=("running_var", "moving_variance"),
            ),
        )

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``no scale`` and ``no shift`` where there is none."""
        if not self.scale:
            yield "no scale"
        if not self.shift:
            yield "no shift"
        yield from super().words(rank)


class LayerNorm(Norm):
    """Layer normalisation: each example by its own mean and variance.

    Over `depth`, each position is normalised by itself, as ConvNeXt and Keras do; over `all`,
    the whole volume together, with a scale and a shift per element.
    """

    aliases = ("layer_norm", "layer_normalization")
    overwrites = True

    source = "Ba et al. 2016, arXiv:1607.06450"

    over: Over = Field(
        "depth", description="what is normalised together: a position's depth, or the volume"
    )
    affine: Flag = Field(True, description="a trained scale and shift")
    shift: Flag = Field(
        True,
        description="`false`: a trained scale alone",
        validation_alias=AliasChoices("shift", "center", "bias"),
    )

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return scale and shift of (D,), or of (D, *spatial) over all."""
        if not self.affine:
            return ()
        volume = volumes[0]
        if self.over == "depth" or not volume.rank:
            return affine(volume.depth, shift=self.shift)
        axes = ("map", *WINDOW_AXES[volume.rank])
        return affine(volume.depth, *volume.spatial, axes=axes, shift=self.shift)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``over all``, ``not affine``, ``no shift``."""
        if self.over == "all":
            yield "over all"
        if not self.affine:
            yield "not affine"
        elif not self.shift:
            yield "no shift"
        yield from super().words(rank)


class RmsNorm(Norm):
    """Root mean square normalisation: each position by the size of its numbers, no mean taken.

    x/√(mean of x² over the depth + ε), times a trained scale per map.
    """

    aliases = ("rms_norm", "rms_normalization")
    overwrites = True
    weight_names = ("scale",)

    source = "Zhang and Sennrich 2019, arXiv:1910.07467"

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return a scale of D."""
        return affine(volumes[0].depth, shift=False)


class GlobalResponseNorm(Norm):
    """Global response normalisation of ConvNeXt V2: more contrast between the maps.

    With g the 2-norm of each map, n = g/(mean of g over the maps + ε): scale·x·n + shift + x.
    """

    overwrites = True

    source = "Woo et al. 2023, arXiv:2301.00808"

    epsilon: Positive = Field(
        Fraction(1, 1_000_000),
        description="added to the mean of the norms",
        validation_alias=AliasChoices("epsilon", "eps"),
    )

    def check(self, volume: Volume) -> None:
        """Raise ``RuleError`` CNN306 for a vector, which has no maps."""
        need_spatial(volume, "global response normalisation")
        super().check(volume)

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return scale and shift of D."""
        return affine(volumes[0].depth)


class GroupNorm(Norm):
    """Group normalisation: each group of neighbouring maps by its own mean and variance."""

    aliases = ("group_norm", "group_normalization")
    overwrites = True

    main = "groups"
    sample = "4"
    source = "Wu and He 2018, arXiv:1803.08494"

    groups: Count = Field(
        description="groups of maps; must divide the depth",
        validation_alias=AliasChoices("groups", "group", "num_groups"),
        examples=[2],
    )
    affine: Flag = Field(True, description="a trained scale and shift per map")

    def check(self, volume: Volume) -> None:
        """Raise ``RuleError`` CNN312 when the groups do not divide the depth."""
        check_maps(self.groups, volume)
        super().check(volume)

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return scale and shift of D."""
        return affine(volumes[0].depth) if self.affine else ()

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``32 groups``."""
        yield plural(self.groups, "group")
        if not self.affine:
            yield "not affine"
        yield from super().words(rank)


class InstanceNorm(Norm):
    """Instance normalisation: each map of each example by its own mean and variance."""

    aliases = ("instance_norm", "instancenorm{n}d", "instance_norm{n}d")
    overwrites = True

    source = "Ulyanov et al. 2016, arXiv:1607.08022"

    affine: Flag = Field(False, description="a trained scale and shift per map")

    def check(self, volume: Volume) -> None:
        """Raise ``RuleError`` CNN306 for a vector, whose maps have one number each."""
        need_spatial(volume, "instance normalisation")
        super().check(volume)

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return scale and shift of D when affine."""
        return affine(volumes[0].depth) if self.affine else ()

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``affine`` where it is."""
        if self.affine:
            yield "affine"
        yield from super().words(rank)


class LocalResponseNorm(SameShape):
    """Local response normalisation: each number by those of the maps next to it.

    b = a / (k + α·Σa²)^β over `size` neighbouring maps at the same position (Krizhevsky et al.
    2012, section 3.3). α is used undivided, as there and in TensorFlow; PyTorch, Caffe and ONNX
    divide it by `size`.
    """

    aliases = ("local_response_norm", "local_response_normalization")
    family = Family.NORMALISATION

    size: Count = Field(
        5,
        description="n, the maps that are summed over",
        validation_alias=AliasChoices("size", "local_size"),
    )
    alpha: Positive = Field(Fraction(1, 10_000), description="α, the weight of the sum")
    beta: Positive = Field(Fraction(3, 4), description="β, the power")
    k: Positive = Field(2, description="k, added to the sum")

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``size 5, α 0.0001, β 0.75, k 2``."""
        yield f"size {self.size}"
        yield f"α {number(self.alpha)}"
        yield f"β {number(self.beta)}"
        yield f"k {number(self.k)}"
