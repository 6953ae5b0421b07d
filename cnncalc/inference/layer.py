"""One layer: from its rules and what reaches it to what leaves it and what it costs, purely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnncalc.inference.scope import Signal
from cnncalc.inference.seen import seen_through
from cnncalc.layers.base import Layer, Weight
from cnncalc.layers.registry import merges
from cnncalc.maths.volume import MAX_ELEMENTS, Volume
from cnncalc.problems.model import RuleError
from cnncalc.report.rows import Row, Seen
from cnncalc.spec.entries import Branches, LayerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """What a layer makes of its inputs, for one input of the network."""

    output: Volume
    weights: tuple[Weight, ...]
    macs: int
    connections: int
    activations: int
    seen: Seen | None
    advice: tuple[RuleError, ...]


def infer_layer(
    layer: Layer, entry: LayerEntry | Branches, kind: str, sources: Sequence[Signal]
) -> Inferred | None:
    """Return what the layer of an entry makes of ``sources``; ``None`` when one is unknown.

    Raises:
        RuleError: they do not fit (209, 3xx).
    """
    _check_inputs(layer, kind, len(sources), branches=isinstance(entry, Branches))
    _check_rank(entry, sources)
    volumes = tuple([source.volume for source in sources if source.volume is not None])
    if len(volumes) < len(sources):
        return None
    output = layer.output(*volumes)
    if output.size > MAX_ELEMENTS:
        raise RuleError(
            "CNN315",
            f"the output {output} has {output.size:,} elements: more than any machine holds",
        )
    sights = [source.seen for source in sources]
    seen = seen_through(layer, zip(volumes, sights, strict=True), output)
    advice = layer.advice(*volumes)
    if seen is not None and seen.parted and not any(each.parted for each in sights if each):
        advice = [*advice, _not_aligned()]
    return Inferred(
        output=output,
        weights=layer.weights(*volumes),
        macs=layer.macs(volumes, output),
        connections=layer.connections(volumes, output),
        activations=layer.activations(volumes, output),
        seen=seen,
        advice=tuple(advice),
    )


def assume_floor(
    row: Row, layer: Layer, entry: LayerEntry | Branches, sources: Sequence[Signal]
) -> Row | None:
    """Return the row of a layer as it would be if windows that do not fit were left out.

    That is ``None`` where it is not known even so. What ``sources`` see is not looked at.
    """
    if getattr(layer, "rounding", None) == "strict":
        layer = layer.model_copy(update={"rounding": "floor"})
    assumed = [Signal(row=each.row, volume=each.volume or each.assumed) for each in sources]
    try:
        found = infer_layer(layer, entry, row.kind, assumed)
    except RuleError:
        return None
    if found is None:
        return None
    inputs = tuple(each.volume for each in assumed)
    return filled(row, found, layer=layer, inputs=inputs)


def filled(row: Row, found: Inferred, **changes: Any) -> Row:
    """Return a row with what was found of its layer, and with these attributes changed."""
    return replace(
        row,
        output=found.output,
        weights=found.weights,
        macs=found.macs,
        connections=found.connections,
        activations=found.activations,
        seen=found.seen,
        **changes,
    )


def _check_inputs(layer: Layer, kind: str, count: int, *, branches: bool) -> None:
    """Raise ``RuleError`` CNN209 when a layer takes another number of inputs."""
    if layer.joins:
        if count < 2 and not branches:
            raise RuleError(
                "CNN209",
                f"{kind} joins two or more inputs, but {count} arrives",
                field="from",
                help=(f"name them: {kind}: [previous, NAME]",),
            )
    elif count != 1:
        raise RuleError(
            "CNN209",
            f"{kind} takes one input, but {count} arrive",
            field="from",
            help=(f"join them first: {merges()}",),
        )


def breaks_promise(entry: LayerEntry | Branches, sources: Sequence[Signal]) -> bool:
    """Return whether a volume has another rank than the kind's name promises (``conv1d``)."""
    volume = sources[0].volume if sources else None
    promised = entry.promised_rank if isinstance(entry, LayerEntry) else None
    return promised is not None and volume is not None and volume.rank not in (0, promised)


def _check_rank(entry: LayerEntry | Branches, sources: Sequence[Signal]) -> None:
    """Raise ``RuleError`` CNN306 when a kind such as ``conv2d`` promises another rank."""
    volume = sources[0].volume
    if volume is None or isinstance(entry, Branches) or not breaks_promise(entry, sources):
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
