"""What outputs see of the network's input: receptive fields through layers and joins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from cnncalc.layers.base import Layer, Reads
from cnncalc.layers.window import Windowed
from cnncalc.maths.pieces import TooIntricateError
from cnncalc.maths.reads import Read
from cnncalc.maths.receptive import Field, centres_aligned, union
from cnncalc.maths.volume import Volume
from cnncalc.report.rows import Seen

Source = tuple[Volume, Seen | None]
"""An input of a layer, and what is seen of the network's input there."""


def seen_itself(name: str, volume: Volume) -> Seen:
    """Return what an input of the network sees: every position itself."""
    return Seen(origin=name, fields=dict.fromkeys(volume.axes, Field.identity()))


def seen_through(layer: Layer, sources: Iterable[Source], output: Volume) -> Seen | None:
    """Return what an output sees of the first input of the network that reaches the layer.

    That is unknown (``None``) where its tables would be absurdly long.
    """
    seeing = [(volume, seen) for volume, seen in sources if seen is not None and seen.fields]
    try:
        behind = [
            _through(layer, volume, seen, output)
            for volume, seen in seeing
            if seen.origin == seeing[0][1].origin
        ]
        return _joined(behind, output) if len(behind) > 1 else next(iter(behind), None)
    except TooIntricateError:
        return None


def reads_along(layer: Layer, axes: Iterable[str], volume: Volume, output: Volume) -> Reads:
    """Return what each output position reads of ``volume``, by axis of the network's input."""
    if not layer.sees_all:
        return layer.reads(volume, output)
    lengths = volume.sizes
    return {axis: Read.everything(lengths.get(axis, 1)) for axis in axes}


def _through(layer: Layer, volume: Volume, seen: Seen, output: Volume) -> Seen:
    reads = reads_along(layer, seen.fields, volume, output)
    if not reads:
        return seen
    fields = {
        axis: along.through(reads[axis]) if axis in reads else along
        for axis, along in seen.fields.items()
    }
    shift = _shifted(layer, volume, seen)
    return Seen(origin=seen.origin, fields=fields, shift=shift, parted=seen.parted)


def _shifted(layer: Layer, volume: Volume, seen: Seen) -> Mapping[str, Fraction]:
    """Return the shift behind a layer: ``same`` puts the odd pixel of its padding at the end."""
    if not isinstance(layer, Windowed):
        return seen.shift
    shift = dict(seen.shift)
    for window in layer.windows(volume):
        along = seen.fields.get(window.axis)
        if window.auto and along is not None and along.stride is not None:
            moved = Fraction(window.after - window.before - window.unseen, 2)
            shift[window.axis] = shift.get(window.axis, Fraction(0)) + moved * along.stride
    return shift


def _joined(branches: Sequence[Seen], output: Volume) -> Seen:
    """Return the union of what several inputs see."""
    lengths = output.sizes
    fields: dict[str, Field] = {}
    shift: dict[str, Fraction] = {}
    parted = any(seen.parted for seen in branches)
    for axis in branches[0].fields:
        length = lengths.get(axis, 1)
        met = [seen for seen in branches if axis in seen.fields]
        seen_along = [seen.fields[axis] for seen in met]
        shifts = [seen.shift.get(axis, Fraction(0)) for seen in met]
        fields[axis] = union(seen_along, length)
        widest = max(range(len(met)), key=lambda number: seen_along[number].size(length))
        shift[axis] = shifts[widest]
        parted = parted or not centres_aligned(seen_along, length, shifts=shifts)
    return Seen(origin=branches[0].origin, fields=fields, shift=shift, parted=parted)
