"""One layer: from its rules and what reaches it to what leaves it and what it costs, purely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnncalc.inference.scope import Signal
from cnncalc.layers.base import Layer, Reads, Weight
from cnncalc.maths.receptive import Field, Read, TooIntricateError, centres_aligned, union
from cnncalc.maths.volume import MAX_ELEMENTS, Volume
from cnncalc.problems.model import RuleError
from cnncalc.report.rows import FieldsByAxis
from cnncalc.spec.entries import LayerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """What a layer makes of its inputs, for one input of the network.

    ``fields`` is the receptive field in the network input ``origin``.
    """

    output: Volume
    weights: tuple[Weight, ...]
    macs: int
    connections: int
    fields: FieldsByAxis | None
    origin: str | None
    advice: tuple[RuleError, ...]


def infer_layer(layer: Layer, sources: Sequence[Signal]) -> Inferred | None:
    """Return what ``layer`` makes of ``sources``; ``None`` when one of them is unknown.

    Raises:
        RuleError: they do not fit (3xx).
    """
    volumes = tuple([source.volume for source in sources if source.volume is not None])
    if len(volumes) < len(sources):
        return None
    output = layer.output(*volumes)
    if output.size > MAX_ELEMENTS:
        raise RuleError(
            "CNN315",
            f"the output {output} has {output.size:,} elements: more than any machine holds",
        )
    seen = _seen(layer, sources, volumes, output)
    return Inferred(
        output=output,
        weights=layer.weights(*volumes),
        macs=layer.macs(volumes, output),
        connections=layer.connections(volumes, output),
        fields=seen.fields,
        origin=seen.origin,
        advice=(*layer.advice(*volumes), *(() if seen.aligned else (_not_aligned(),))),
    )


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


def breaks_promise(entry: LayerEntry, sources: Sequence[Signal]) -> bool:
    """Return whether a volume has another rank than the kind's name promises (``conv1d``)."""
    volume = sources[0].volume if sources else None
    promised = entry.promised_rank
    return promised is not None and volume is not None and volume.rank not in (0, promised)


def check_rank(entry: LayerEntry, sources: Sequence[Signal]) -> None:
    """Raise ``RuleError`` CNN306 when a kind such as ``conv2d`` promises another rank."""
    volume = sources[0].volume
    if volume is None or not breaks_promise(entry, sources):
        return
    mends = [f"write `{entry.kind}`: the rank comes from the volume"]
    if entry.promised_rank == 1 and 1 in volume.spatial:
        axes = f"{{length: {max(volume.spatial)}, depth: {volume.depth}}}"
        mends.insert(0, f"write the volume of a sequence as {axes}")
    raise RuleError(
        "CNN306",
        f"`{entry.word}` is {entry.promised_rank}-D, but a {volume.rank}-D volume arrives "
        f"({volume})",
        help=tuple(mends),
    )


def _not_aligned() -> RuleError:
    return RuleError(
        "CNN903",
        "the branches' receptive fields have different centres here",
        help=("pad each branch so that its windows stay centred: (F − 1)/2 on each side",),
    )


# receptive fields


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A receptive field per axis of the input ``origin``, and whether the centres align."""

    origin: str | None
    fields: FieldsByAxis | None = None
    aligned: bool = True


def _seen(
    layer: Layer, sources: Sequence[Signal], volumes: Sequence[Volume], output: Volume
) -> _Seen:
    """Return what an output sees of the first input of the network that reaches the layer.

    Fields are unknown where their tables would be absurdly long.
    """
    origin = next((source.origin for source in sources if source.fields), None)
    try:
        behind = [
            _through(layer, source.fields, volume, layer.reads(volume, output))
            for source, volume in zip(sources, volumes, strict=True)
            if source.fields and source.origin == origin
        ]
        if len(behind) < 2:
            return _Seen(origin=origin, fields=behind[0] if behind else None)
        return _joined(behind, output, origin)
    except TooIntricateError:
        return _Seen(origin=origin)


def _through(layer: Layer, fields: FieldsByAxis, volume: Volume, reads: Reads) -> FieldsByAxis:
    """Return what is seen of the network's input through the layer."""
    if layer.sees_all:
        lengths = dict(zip(volume.axes, volume.spatial, strict=True))
        reads = {axis: Read.everything(lengths.get(axis, 1)) for axis in fields}
    if not reads:
        return fields
    return {
        axis: seen.through(reads[axis]) if axis in reads else seen for axis, seen in fields.items()
    }


def _joined(behind: Sequence[FieldsByAxis], output: Volume, origin: str | None) -> _Seen:
    """Return the union of what several inputs see."""
    lengths = dict(zip(output.axes, output.spatial, strict=True))
    joined: dict[str, Field] = {}
    aligned = True
    for axis in behind[0]:
        fields = [seen[axis] for seen in behind if axis in seen]
        length = lengths.get(axis, 1)
        joined[axis] = union(fields, length)
        aligned = aligned and centres_aligned(fields, length, on_average=True)
    return _Seen(origin=origin, fields=joined, aligned=aligned)
