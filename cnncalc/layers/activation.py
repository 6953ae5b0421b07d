"""Activations: element-wise functions, and softmax over the depth.

Each formula is in its class; none has parameters but prelu, and none counts MACs.

Sources: Nair and Hinton 2010, "Rectified linear units improve restricted Boltzmann machines"
(relu); Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10" (relu6); Maas et al. 2013,
"Rectifier nonlinearities improve neural network acoustic models" (leaky_relu); He et al. 2015,
arXiv:1502.01852 (prelu); Clevert et al. 2015, arXiv:1511.07289 (elu); Hendrycks and Gimpel 2016,
arXiv:1606.08415 (gelu); Elfwing et al. 2017, arXiv:1702.03118 (silu); Misra 2019, arXiv:1908.08681
(mish); Howard et al. 2019, arXiv:1905.02244 (hardswish); Glorot and Bengio 2010, "Understanding the
difficulty of training deep feedforward neural networks" (softsign); PyTorch's documentation
(Softplus, Hardsigmoid, Hardtanh, Softmax, LogSoftmax).
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from cnncalc.layers import base
from cnncalc.layers.base import Family, SameShape, Weight
from cnncalc.layers.derivation import weight_steps
from cnncalc.layers.fields import AnyCase, Number, Sharing
from cnncalc.layers.weighted import Trained
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import number, signed
from cnncalc.problems.model import RuleError

Formula = Annotated[Literal["none", "tanh"], AnyCase]


SELU_ALPHA, SELU_SCALE = Fraction("1.6732632423543772"), Fraction("1.0507009873554805")


class ElementWise(SameShape):
    """What the activations share that look at one number at a time."""

    family = Family.ACTIVATION
    keeps_nothing = True


class Relu(ElementWise):
    """The rectified linear unit: max(0, x)."""


class Relu6(ElementWise):
    """A rectified linear unit with a ceiling: min(max(0, x), 6)."""


class LeakyRelu(ElementWise):
    """A rectified linear unit with a slope below 0: max(0, x) + slope·min(0, x)."""

    aliases = ("leakyrelu",)
    main = "slope"

    slope: Number = Field(
        Fraction(1, 100),
        description="the slope below 0",
        validation_alias=AliasChoices("slope", "negative_slope", "alpha"),
    )

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``slope 0.01``."""
        yield f"slope {signed(self.slope)}"


class Prelu(Trained, ElementWise):
    """A rectified linear unit whose slope below 0 is trained: one per map, or one for all."""

    weight_names = ("slope",)

    share: Sharing = Field("channel", description="what shares a slope: a map, or the whole volume")

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return a slope of D, or of 1."""
        slopes = volumes[0].depth if self.share == "channel" else 1
        return (Weight(name="slope", shape=(slopes,), mean=0.25, deviation=0.05),)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``one slope`` where it is shared by all."""
        if self.share == "all":
            yield "one slope"
        yield from super().words(rank)

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[base.Step]:
        """Return the shape, and D or 1 slopes."""
        each = "D" if self.share == "channel" else ""
        source = "He et al. 2015, arXiv:1502.01852"
        return [
            *super().derivation(volumes, output),
            *weight_steps(self.weights(*volumes), each, source),
        ]


class Elu(ElementWise):
    """The exponential linear unit: x from 0 on, α·(eˣ − 1) below."""

    alpha: Number = Field(1, description="α, the depth of the curve below 0")

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``α 1``."""
        yield f"α {signed(self.alpha)}"


class Selu(ElementWise):
    """The scaled exponential linear unit: `scale`·elu(x), with α and the scale of its authors.

    Klambauer et al. 2017, arXiv:1706.02515.
    """

    alpha: Number = Field(SELU_ALPHA, description="α, the depth of the curve below 0")
    scale: Number = Field(
        SELU_SCALE,
        description="the factor of the whole (ONNX: gamma)",
        validation_alias=AliasChoices("scale", "gamma"),
    )

    def words(self, rank: int) -> Iterator[str]:
        """Yield the constants where they are not those of the authors."""
        if self.alpha != SELU_ALPHA:
            yield f"α {number(self.alpha)}"
        if self.scale != SELU_SCALE:
            yield f"scale {number(self.scale)}"


class Gelu(ElementWise):
    """The Gaussian error linear unit: x·Φ(x), exactly or by the tanh formula."""

    approximate: Formula = Field(
        "none", description="the formula: exact, or ½x·(1 + tanh(√(2/π)·(x + 0.044715x³)))"
    )

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``tanh`` where it is approximated."""
        if self.approximate == "tanh":
            yield "by tanh"


class Silu(ElementWise):
    """The sigmoid linear unit, also called swish: x·σ(x)."""

    aliases = ("swish",)


class Mish(ElementWise):
    """Mish: x·tanh(ln(1 + eˣ))."""


class HardSwish(ElementWise):
    """Swish of straight lines: x·min(max(0, x + 3), 6)/6."""

    aliases = ("hard_swish",)


class HardSigmoid(ElementWise):
    """A sigmoid of straight lines: min(max(0, `slope`·x + `offset`), 1).

    By default x/6 + ½, as PyTorch and Keras 3; ONNX and Keras 2 have the slope 0.2.
    """

    aliases = ("hard_sigmoid",)

    slope: Number = Field(
        Fraction(1, 6),
        description="the slope of the middle",
        validation_alias=AliasChoices("slope", "alpha"),
    )
    offset: Number = Field(
        Fraction(1, 2),
        description="the value at 0",
        validation_alias=AliasChoices("offset", "beta"),
    )

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``slope 0.2`` and the offset where they are not x/6 + ½."""
        if self.slope != Fraction(1, 6):
            yield f"slope {number(self.slope)}"
        if self.offset != Fraction(1, 2):
            yield f"offset {number(self.offset)}"


class Sigmoid(ElementWise):
    """The logistic function: 1/(1 + e⁻ˣ)."""


class Tanh(ElementWise):
    """The hyperbolic tangent."""


class Softplus(ElementWise):
    """A smooth rectified linear unit: ln(1 + eˣ)."""


class Softsign(ElementWise):
    """A sigmoid with slow tails, from −1 to 1: x/(1 + |x|)."""


class HardTanh(ElementWise):
    """A tangent of straight lines: min(max(x, `min`), `max`).

    PyTorch calls it Hardtanh, ONNX Clip.
    """

    aliases = ("clip", "hard_tanh")

    min: Number = Field(
        -1, description="the smallest output", validation_alias=AliasChoices("min", "min_val")
    )
    max: Number = Field(
        1, description="the largest output", validation_alias=AliasChoices("max", "max_val")
    )

    def check(self, volume: Volume) -> None:
        """Raise ``RuleError`` CNN112 when the limits leave nothing between them."""
        if self.min >= self.max:
            limits = f"min {number(self.min)} is not below max {number(self.max)}"
            raise RuleError(
                "CNN112", limits, field=("max", "min"), help=("every output would be the same",)
            )

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``−1 to 1``."""
        yield f"{signed(self.min)} to {signed(self.max)}"


class Step(ElementWise):
    """The perceptron's threshold: 1 above 0, else 0."""


class Softmax(SameShape):
    """Exponentials over the depth, divided by their sum: probabilities at each position."""

    family = Family.ACTIVATION


class LogSoftmax(SameShape):
    """The logarithm of softmax over the depth."""

    aliases = ("logsoftmax",)
    family = Family.ACTIVATION
