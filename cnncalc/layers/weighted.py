"""What layers with weights share: the depth that they expect, and an activation of their own."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AliasChoices, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from cnncalc.layers.base import Family, Layer, Step, Weight, bias_of
from cnncalc.layers.checks import wrong_type
from cnncalc.layers.derivation import CS231N, count_step, macs_step
from cnncalc.layers.fields import Count, Flag, Words
from cnncalc.layers.names import Bias
from cnncalc.layers.registry import activation_called, kind_aliases, kinds_of, layer_class
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import plural
from cnncalc.problems.model import Fix, RuleError
from cnncalc.problems.suggestions import did_you_mean, surely_meant


def activation(value: Any) -> str | None:
    """Return the canonical activation kind, or ``None`` for ``linear`` and ``identity``."""
    if not isinstance(value, str):
        raise wrong_type(value, "an activation", "write a kind such as relu")
    kind = activation_called(value)
    if kind == "identity":
        return None
    if kind is None:
        known = kinds_of(Family.ACTIVATION)
        is_none = value.lower() in ("none", "no", "null")
        near = ("write linear",) if is_none else did_you_mean(value, known)
        hint = near or (f"one of {', '.join(known)}",)
        meant = "linear" if is_none else surely_meant(value, known)
        raise wrong_type(value, "an activation", *hint, meant=meant)
    if layer_class(kind).weight_names:
        raise wrong_type(
            value,
            f"possible here: {kind} has parameters: give it an entry of its own",
            f"write `- {kind}` below this layer",
        )
    return kind


class ActivationName:
    """The type of a field that names an activation without weights, or ``linear`` for none."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(activation)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        kinds = [kind for kind in kinds_of(Family.ACTIVATION) if not layer_class(kind).weight_names]
        others = [word for word, (kind, _) in kind_aliases().items() if kind in kinds]
        return {"enum": [*kinds, *others, "identity", "linear"]}


Activation = Annotated[str, ActivationName(), Words("an activation kind, or `linear` for none")]


class Trained(Layer):
    """A layer whose weights are trained, unless they are frozen."""

    trainable: Flag = Field(
        True, description="whether the weights are trained; `false`: frozen, counted apart"
    )

    def weights(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return the weight arrays; frozen ones are not trainable."""
        arrays = self.arrays(*volumes)
        if self.trainable:
            return arrays
        return tuple(replace(array, trainable=False) for array in arrays)

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``frozen`` where the weights are."""
        if not self.trainable:
            yield "frozen"


class Weighted(Trained):
    """A layer with weights, which may state the depth that it expects and an activation."""

    in_channels: Count | None = Field(
        None,
        description="the input's depth, checked against the volume that arrives",
        validation_alias=AliasChoices("in_channels", "in_features", "num_features", "num_channels"),
    )
    activation: Activation | None = Field(
        None, description="an activation kind, applied to the output (no row of its own)"
    )

    def multiplied(self, *volumes: Volume) -> int:
        """Return the weights that inputs are multiplied by: all but biases and gains."""
        return sum(w.count for w in self.weights(*volumes) if w.multiplies)

    def features(self, volume: Volume) -> tuple[int, str]:
        """Return what `in_channels` counts, and what one of them is called."""
        return volume.depth, "input channel"

    def check(self, volume: Volume) -> None:
        """Raise ``RuleError`` CNN307 when the stated input depth is not what arrives."""
        arrives, noun = self.features(volume)
        verb = "arrives" if arrives == 1 else "arrive"
        if self.in_channels is not None and self.in_channels != arrives:
            raise RuleError(
                "CNN307",
                f"expects {plural(self.in_channels, noun)}, but {arrives:,} {verb} ({volume})",
                field="in_channels",
                help=(f"write {arrives}, or leave the field out: it is known from the input",),
                fixes=(Fix(field="in_channels", value=arrives),),
            )

    def words(self, rank: int) -> Iterator[str]:
        """Yield the activation, which comes last but for ``frozen``."""
        if self.activation:
            yield self.activation
        yield from super().words(rank)


class Biased(Weighted):
    """A layer that multiplies its inputs by weights, and may add a bias."""

    bias: Bias = Field(True, description="one bias per filter")

    def bias_weights(self, *shape: int, axes: tuple[str, ...] = ()) -> tuple[Weight, ...]:
        """Return the bias of this shape, or nothing without one."""
        return (bias_of(*shape, axes=axes),) if self.bias else ()

    def activations(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return the numbers of the output."""
        return output.size

    def biases(self, output: Volume) -> int:
        """Return the connections to a bias: one per neuron."""
        return output.size if self.bias else 0

    def words(self, rank: int) -> Iterator[str]:
        """Yield ``no bias`` where there is none, and the activation."""
        if not self.bias:
            yield "no bias"
        yield from super().words(rank)

    def counted(
        self,
        volumes: tuple[Volume, ...],
        output: Volume,
        kernel: tuple[str, str],
        *,
        per: str = "K",
        at: tuple[str, str] = ("", ""),
        sources: tuple[str, str] = (CS231N, ""),
    ) -> list[Step]:
        """Return the lines of parameters and MACs, each term in letters and in numbers.

        ``kernel`` are the weights without bias (and gain), ``per`` the letters of their number,
        ``at`` the positions at which each weight is used, ``sources`` who states each line.
        """
        letters, numbers = kernel
        by_filter = sum(not w.multiplies for w in self.weights(*volumes))
        more = f" + {per}" * by_filter, f" + {output.depth}" * by_filter
        if at[0] and " + " in letters:  # a sum needs brackets before it is multiplied
            kernel = f"({letters})", f"({numbers})"
        used, using = ("·".join(filter(None, terms)) for terms in zip(kernel, at, strict=True))
        return [
            count_step(self.weights(*volumes), letters + more[0], numbers + more[1], sources[0]),
            macs_step(used, using, self.macs(volumes, output), sources[1]),
        ]
