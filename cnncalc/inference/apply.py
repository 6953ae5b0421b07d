"""Applying a layer's rules to what reaches it."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.inference.scope import Value
from cnncalc.layers.base import Layer, Reads, Weight
from cnncalc.maths.receptive import Field, Read, TooIntricateError, centres_aligned, union
from cnncalc.maths.volume import MAX_ELEMENTS, Volume
from cnncalc.problems.model import RuleError
from cnncalc.report.report import Fields


class Applied(NamedTuple):
    """What a layer makes of its input volumes, for one input of the network."""

    output: Volume
    weights: tuple[Weight, ...]
    macs: int
    connections: int
    reads: tuple[Reads, ...] | None
    advice: tuple[RuleError, ...]


def apply(layer: Layer, volumes: tuple[Volume, ...]) -> Applied:
    """Return what ``layer`` makes of ``volumes``; raise ``RuleError`` when they do not fit."""
    output = layer.output(*volumes)
    if output.size > MAX_ELEMENTS:
        raise RuleError(
            "CNN315",
            f"the output {output} has {output.size:,} elements: more than any machine holds",
        )
    weights = layer.weights(*volumes)
    return Applied(
        output,
        weights,
        layer.macs(volumes, output),
        layer.connections(volumes, output),
        _reads(layer, volumes, output),
        tuple(layer.advice(*volumes)),
    )


def _reads(layer: Layer, volumes: tuple[Volume, ...], output: Volume) -> tuple[Reads, ...] | None:
    """Return what is read of each input, or ``None`` when tables would be absurdly long."""
    try:
        return tuple([layer.reads(volume, output) for volume in volumes])
    except TooIntricateError:
        return None


def check_inputs(layer: Layer, kind: str, count: int, *, branches: bool) -> None:
    """Raise ``RuleError`` CNN209 when a layer takes another number of inputs."""
    if layer.inputs is None:
        if count < 2 and not branches:
            raise RuleError(
                "CNN209",
                f"{kind} joins two or more inputs, but {count} arrives",
                "from",
                (f"name them: {kind}: [previous, NAME]",),
            )
    elif count != layer.inputs:
        raise RuleError(
            "CNN209",
            f"{kind} takes one input, but {count} arrive",
            "from",
            ("join them first: add, concat or multiply",),
        )


def fields_behind(
    layer: Layer, values: list[Value], volumes: tuple[Volume, ...], applied: Applied
) -> tuple[Fields | None, str | None, bool]:
    """Return (receptive field per input axis, the input it is of, whether centres align).

    With several network inputs it is the field in the first of them that reaches the layer.
    """
    origin = next((value.origin for value in values if value.fields), None)
    if origin is None or applied.reads is None:
        return None, origin, True
    related = [
        (value.fields, volume, reads)
        for value, volume, reads in zip(values, volumes, applied.reads, strict=True)
        if value.origin == origin and value.fields
    ]
    try:
        behind = [_through(layer, *one) for one in related]
        if len(behind) == 1:
            return behind[0], origin, True
        return _joined(behind, applied.output, origin)
    except TooIntricateError:
        return None, origin, True


def _through(layer: Layer, fields: Fields, volume: Volume, reads: Reads) -> Fields:
    lengths = dict(zip(volume.axes, volume.spatial, strict=True))
    if layer.sees_all:
        reads = {axis: Read.everything(lengths.get(axis, 1)) for axis in fields}
    if not reads:
        return fields
    return {
        axis: seen.through(reads[axis]) if axis in reads else seen for axis, seen in fields.items()
    }


def _joined(
    behind: list[Fields], output: Volume, origin: str
) -> tuple[Fields | None, str | None, bool]:
    lengths = dict(zip(output.axes, output.spatial, strict=True))
    joined: dict[str, Field] = {}
    aligned = True
    for axis in behind[0]:
        fields = [seen[axis] for seen in behind if axis in seen]
        length = lengths.get(axis, 1)
        joined[axis] = union(fields, length)
        aligned = aligned and centres_aligned(fields, length, on_average=True)
    return joined, origin, aligned
