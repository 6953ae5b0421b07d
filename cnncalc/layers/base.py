"""What every layer kind is: typed fields, and the rules that apply to them.

A kind is one class. Its fields read like the spec; its rules are pure functions of the input
volumes. Weights are declared once, as named shapes: parameters are counted from them, and the
forward pass allocates them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from math import prod
from typing import Any, ClassVar, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict

from cnncalc.maths.reads import Read
from cnncalc.maths.volume import Volume
from cnncalc.problems.model import RuleError

WINDOW_AXES = {1: ("column",), 2: ("row", "column"), 3: ("frame", "row", "column")}
"""Names of a kernel's window axes, by the rank of the volume."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One weight array of a layer: its shape, and how its numbers are laid out and made.

    ``axes`` names each axis (none for a list with one number per map or unit), ``note`` says
    what their names leave open. Numbers that are not stated are drawn around ``mean`` with
    ``deviation``; ``None`` is 1/√(inputs of a unit), so that no layer makes its input vanish.
    ``by_unit`` marks arrays of (units, inputs) that are used one unit after the other.
    ``depth_innermost`` marks (filters, maps, *window) that are kept in memory with the maps last,
    as patches have them. ``multiplies``: inputs are multiplied by it, which MACs count.
    ``elsewhere`` is what PyTorch and Keras call the array, where that is another word.
    """

    name: str
    shape: tuple[int, ...]
    axes: tuple[str, ...] = ()
    note: str = ""
    trainable: bool = True
    mean: float = 0.0
    deviation: float | None = None
    by_unit: bool = False
    depth_innermost: bool = False
    multiplies: bool = True
    elsewhere: tuple[str, ...] = ("weight",)

    @property
    def count(self) -> int:
        """Numbers in the array."""
        return prod(self.shape)

    @property
    def window(self) -> tuple[int, ...]:
        """The shape of a kernel for one map: its window axes, which come last; none elsewhere."""
        for rank in (3, 2, 1):
            if self.axes[-rank:] == WINDOW_AXES[rank]:
                return self.shape[-rank:]
        return ()

    @property
    def layout(self) -> str:
        """How the array is laid out, in a sentence for messages."""
        if not self.axes:
            return f"`{self.name}` is a list, one number for each map or unit"
        axes = "".join(f"[{axis}]" for axis in self.axes)
        note = f", {self.note}" if self.note else ""
        return f"`{self.name}` is laid out {axes}{note}"

    @property
    def layout_of_one(self) -> str:
        """How a kernel for one map is laid out, which serves all, in a sentence for messages."""
        axes = "".join(f"[{axis}]" for axis in self.axes[-len(self.window) :])
        return f"{axes} alone is used for every filter and map" if self.window else ""


def bias_of(*shape: int, axes: tuple[str, ...] = ()) -> Weight:
    """Return a bias of this shape."""
    return Weight(
        name="bias", shape=shape, axes=axes, deviation=0.1, multiplies=False, elsewhere=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of arithmetic: ``what = formula = numbers = result``, and who states the rule.

    What is empty is left out. ``axes`` are the axes of the output whose size the line gives
    (``depth`` is one of them); ``counts`` names the count of a row that it gives, if any.
    """

    what: str
    formula: str = ""
    numbers: str = ""
    result: int | str = ""
    source: str = ""
    axes: tuple[str, ...] = ()
    counts: Literal["params", "non_trainable", "macs"] | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """What ``what`` is equal to: formula, numbers and result, each once."""
        result = f"{self.result:,}" if isinstance(self.result, int) else self.result
        return tuple(dict.fromkeys(filter(None, (self.formula, self.numbers, result))))

    def __str__(self) -> str:
        return " = ".join((self.what, *self.terms))


Reads = dict[str, Read]
"""By spatial axis of the output: which positions of the input's same axis are read."""


class Family(Enum):
    """Kinds that belong together: a heading of the docs, and a colour of the table.

    Families that change no shape have no colour.
    """

    CONVOLUTION = ("Convolutions", "cyan")
    POOLING = ("Pooling", "green")
    DENSE = ("Dense", "magenta")
    NORMALISATION = ("Normalisation", "")
    ACTIVATION = ("Activation", "")
    MERGE = ("Merge", "yellow")
    SHAPE = ("Shape", "blue")
    OTHER = ("Other", "")

    def __init__(self, title: str, colour: str) -> None:
        self.title = title
        self.colour = colour


class Layer(BaseModel):
    """A layer of one kind, with the rules that give its output and its counts.

    Facts of a kind:

    * ``aliases``: its other names; ``{n}`` is the rank that a name promises (``conv{n}d``)
    * ``main``: the field that a scalar fills, with ``main_is_volume`` a mapping of axes, too
    * ``sample``: what an example writes below the kind, on an input of 32×32×16
    * ``joins``: it takes two or more volumes; others take one
    * ``keeps_nothing``: its output needs no memory of its own (element-wise kinds, dropout,
      flatten, reshape, identity)
    * ``overwrites``: it may write onto its first input when no other layer needs that
    * ``sees_all``: every output sees the whole input
    * ``weight_names``: the arrays that it may have
    * ``flags``: names of a field that take a boolean, and the words that false and true mean
    * ``not_fields``: words that people try here, with what to write instead
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, arbitrary_types_allowed=True
    )

    aliases: ClassVar[tuple[str, ...]] = ()
    family: ClassVar[Family]
    main: ClassVar[str | None] = None
    main_is_volume: ClassVar[bool] = False
    sample: ClassVar[str] = ""
    joins: ClassVar[bool] = False
    keeps_nothing: ClassVar[bool] = False
    overwrites: ClassVar[bool] = False
    sees_all: ClassVar[bool] = False
    weight_names: ClassVar[tuple[str, ...]] = ()
    flags: ClassVar[dict[str, tuple[str, str]]] = {}
    not_fields: ClassVar[dict[str, str]] = {}

    @classmethod
    def written(cls, attribute: str) -> str:
        """Return a field's name as specs write it: some words are taken in Python (`output`)."""
        alias = cls.model_fields[attribute].validation_alias
        return str(alias.choices[0]) if isinstance(alias, AliasChoices) else attribute

    @classmethod
    @cache
    def names(cls) -> dict[str, str]:
        """Return attribute → the field's name as specs write it."""
        return {attribute: cls.written(attribute) for attribute in cls.model_fields}

    @classmethod
    def field_names(cls) -> dict[str, str]:
        """Return every name that a field goes by → the field, as specs write it."""
        names = {name: name for name in cls.names().values()}
        for info in cls.model_fields.values():
            if isinstance(info.validation_alias, AliasChoices):
                field, *others = map(str, info.validation_alias.choices)
                names.update(dict.fromkeys(others, field))
        return names

    def as_stated(self) -> dict[str, Any]:
        """Return the fields by their names in specs: as stated, otherwise their defaults.

        What is not stated and has no default is not there.
        """
        names = self.names()
        return {names[attribute]: value for attribute, value in self if value is not None}

    def output(self, *volumes: Volume) -> Volume:
        """Return the output volume; raise ``RuleError`` when the inputs do not fit."""
        raise NotImplementedError

    def arrays(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return the weight arrays that the kind has for these inputs."""
        return ()

    def weights(self, *volumes: Volume) -> tuple[Weight, ...]:
        """Return the weight arrays for these inputs, as this layer uses them."""
        return self.arrays(*volumes)

    def macs(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return multiply-accumulates for one input; bias and activations count nothing."""
        return 0

    def connections(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return inputs read, plus one for a bias, summed over the output neurons."""
        return 0

    def activations(self, volumes: tuple[Volume, ...], output: Volume) -> int:
        """Return the numbers that convolutions and dense products give; other kinds give none.

        Source: Radosavovic et al. 2020, Designing Network Design Spaces, arXiv:2003.13678.
        """
        return 0

    def reads(self, volume: Volume, output: Volume) -> Reads:
        """Return what each output position reads, per axis; an absent axis reads its own."""
        return {}

    def hyperparameters(self, *volumes: Volume | None) -> str:
        """Return the fields as people write them, such as ``5×5, 6 filters, /2, p2``.

        The rank of the first volume says how sizes are written; 2-D where there is none.
        """
        rank = volumes[0].rank if volumes and volumes[0] is not None else 0
        return ", ".join(self.words(rank or 2))

    def words(self, rank: int) -> Iterator[str]:
        """Yield each of the hyperparameters, sizes as they are written in this rank."""
        yield from ()

    def advice(self, *volumes: Volume) -> list[RuleError]:
        """Return advice (9xx) about this layer on these inputs."""
        return []

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return the arithmetic of the output, the parameters and the MACs, as on paper."""
        return []


class SameShape(Layer):
    """A layer whose output has the shape of its input."""

    def check(self, volume: Volume) -> None:
        """Raise ``RuleError`` when the input does not suit the fields."""

    def output(self, *volumes: Volume) -> Volume:
        """Return the input's own volume."""
        self.check(volumes[0])
        return volumes[0]

    def derivation(self, volumes: tuple[Volume, ...], output: Volume) -> list[Step]:
        """Return that the output has the input's shape."""
        return [Step(what="output", formula="input", result=str(output))]


def need_spatial(volume: Volume, what: str) -> None:
    """Raise ``RuleError`` CNN306 for a vector, which has no spatial axes."""
    if volume.rank == 0:
        raise RuleError(
            "CNN306",
            f"{what} needs a volume with spatial axes, but a vector of {volume.depth:,} arrives",
            help=(
                "move it before flatten or fc, or `reshape` the vector to a volume first",
                f"the volume of a sequence is {{length: {volume.depth}, depth: 1}}",
            ),
        )
