"""What layers with weights share: the depth that they expect, and an activation of their own."""

from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from cnncalc.layers.base import Family, Layer
from cnncalc.layers.checks import wrong_type
from cnncalc.layers.fields import Count, Words
from cnncalc.layers.names import named
from cnncalc.layers.registry import canonical, kind_aliases, kinds_of, layer_class
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import plural
from cnncalc.problems.model import Fix, RuleError
from cnncalc.problems.suggestions import did_you_mean


def activation(value: Any) -> str | None:
    """Return the canonical activation kind, or ``None`` for ``linear`` (Keras: none)."""
    if not isinstance(value, str):
        raise wrong_type(value, "an activation", "write a kind such as relu")
    if value.lower() == "linear":
        return None
    kind = canonical(value)[0] or canonical(value.lower())[0]
    if kind is None or layer_class(kind).family is not Family.ACTIVATION:
        known = kinds_of(Family.ACTIVATION)
        hint = did_you_mean(value, known) or (f"one of {', '.join(known)}",)
        raise wrong_type(value, "an activation", *hint)
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
        return {"enum": [*kinds, *others, "linear"]}


Activation = Annotated[str, ActivationName(), Words("an activation kind, or `linear` for none")]


class Weighted(Layer):
    """A layer with weights, which may state the depth that it expects and an activation."""

    in_channels: Count | None = Field(
        None,
        description="the input's depth, checked against the volume that arrives",
        validation_alias=named("in_channels", "in_features", "num_features", "num_channels"),
    )
    activation: Activation | None = Field(
        None, description="an activation kind, applied to the output (no row of its own)"
    )

    def check_depth(self, volume: Volume, features: int | None = None) -> None:
        """Raise ``RuleError`` CNN307 when the stated input depth is not what arrives.

        ``features`` is what counts as depth where a volume is stretched first.
        """
        arrives = volume.depth if features is None else features
        verb = "arrives" if arrives == 1 else "arrive"
        if self.in_channels is not None and self.in_channels != arrives:
            noun = "input channel" if features is None else "input"
            raise RuleError(
                "CNN307",
                f"expects {plural(self.in_channels, noun)}, but {arrives:,} {verb} ({volume})",
                "in_channels",
                (f"write {arrives}, or leave the field out: it is known from the input",),
                fixes=(Fix("in_channels", arrives),),
            )

    def activation_words(self) -> list[str]:
        """Return the activation as the last of the hyperparameters, or nothing."""
        return [self.activation] if self.activation else []
