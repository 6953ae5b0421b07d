"""What makes unequal volumes equal: projections, crops, paddings.

Runs only when a merge has failed already. Each proposal names the volume that it gives.
"""

from collections.abc import Iterator, Sequence

from cnncalc.maths.volume import Volume, format_value
from cnncalc.maths.words import times


def mended(volumes: Sequence[Volume], free: str = "") -> tuple[str, ...]:
    """Return at most three lines that make the volumes equal, but along the axis ``free``."""
    if len({volume.rank for volume in volumes}) > 1:
        return (
            "reshape a vector to a volume, or flatten the volumes; "
            "multiply scales the D maps of a volume by a vector of D",
        )
    return tuple(dict.fromkeys(_lines(volumes, free)))[:3]


def _lines(volumes: Sequence[Volume], free: str) -> Iterator[str]:
    """Bring the larger volumes to the size of the smallest, and each to the largest depth."""
    depth = max(volume.depth for volume in volumes)
    smallest = tuple(
        min(sizes) for sizes in zip(*(volume.spatial for volume in volumes), strict=True)
    )
    for volume in volumes:
        keep = [axis == free for axis in volume.axes]
        sizes = zip(volume.spatial, smallest, keep, strict=True)
        spatial = tuple(own if kept else small for own, small, kept in sizes)
        target = Volume(depth=volume.depth if free == "depth" else depth, spatial=spatial)
        if target != volume:
            yield _step(volume, target)


def _step(volume: Volume, target: Volume) -> str:
    """Return the entry that turns ``volume`` into ``target``."""
    turns = f"turns {volume} into {target}"
    projected = f"filters: {target.depth}, kernel: 1"
    if volume.spatial == target.spatial:
        return f"a 1×1 projection, `conv: {{{projected}}}`, {turns}"
    stride = _common_stride(volume.spatial, target.spatial)
    if stride and volume.depth == target.depth and not any(s % stride for s in volume.spatial):
        larger = tuple(size * stride for size in target.spatial)
        return (
            f"`maxpool: {stride}` {turns}; `upsample: {stride}` turns {times(target.spatial)} "
            f"into {times(larger)}"
        )
    if stride:
        floor = any((size - 1) % stride for size in volume.spatial)
        rounding = ", rounding: floor" if floor else ""
        return f"a projection, `conv: {{{projected}, stride: {stride}{rounding}}}`, {turns}"
    same = len(set(target.spatial)) == 1
    size = target.spatial[0] if same else target.sizes
    entries = f"`crop: {{size: {format_value(size)}}}`"
    if volume.depth != target.depth:
        entries += f" and `conv: {{{projected}}}`"
        turns = f"turn {volume} into {target}"
    return f"{entries} {turns}{_or_padding(volume, target)}"


def _common_stride(sizes: tuple[int, ...], wanted: tuple[int, ...]) -> int | None:
    """Return the stride at which a 1×1 window turns the sizes into the wanted ones."""
    guess = round(sizes[0] / wanted[0])
    for stride in (guess, guess + 1):
        pairs = zip(sizes, wanted, strict=True)
        if stride > 1 and all(-(-size // stride) == want for size, want in pairs):
            return stride
    return None


def _or_padding(volume: Volume, target: Volume) -> str:
    """Return how padding keeps the smaller volumes as large, when that is one number."""
    missing = {size - want for size, want in zip(volume.spatial, target.spatial, strict=True)}
    if len(missing) != 1 or (gap := missing.pop()) % 2:
        return ""
    return f"; or add padding {gap // 2} where {times(target.spatial)} comes from"
