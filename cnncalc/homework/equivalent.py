"""Whether networks compute the same: layer for layer, weight for weight."""

from __future__ import annotations

from cnncalc.layers.conv import Conv
from cnncalc.layers.dense import Flatten, FullyConnected
from cnncalc.maths.volume import Volume
from cnncalc.report.report import Report
from cnncalc.report.rows import Row


def is_equivalent(first: Report, other: Report) -> bool:
    """Return whether two networks give the same outputs when they are given the same weights.

    So they are when their layers correspond one to one: of one kind, with the same fields and
    volumes, or a fully connected layer and a convolution whose kernel is its whole input (CS231n
    notes, Converting FC layers to CONV layers). Flattening may come in between.
    """
    if not (first.ok and other.ok) or len(first.inputs) != len(other.inputs):
        return False
    mine, through = _without_flattening(first)
    others, others_through = _without_flattening(other)
    if len(mine) != len(others):
        return False
    twins = dict(zip(first.inputs, other.inputs, strict=True))
    for (row, sources), (twin, twin_sources) in zip(mine, others, strict=True):
        if tuple(map(twins.get, sources)) != twin_sources or not _agree(row, twin):
            return False
        twins[row.name] = twin.name
    ends = [twins.get(through.get(name, name)) for name in first.output_rows]
    return ends == [others_through.get(name, name) for name in other.output_rows]


def _agree(row: Row, twin: Row) -> bool:
    """Return whether two layers compute the same of the same numbers with the same weights."""
    if isinstance(row.layer, Conv) and isinstance(twin.layer, FullyConnected):
        row, twin = twin, row
    if isinstance(row.layer, FullyConnected) and isinstance(twin.layer, Conv):
        return _sees_all(twin.layer, twin) and (
            (row.layer.units, row.layer.bias, row.layer.activation)
            == (twin.layer.filters, twin.layer.bias, twin.layer.activation)
        )
    stretches = isinstance(row.layer, FullyConnected)
    return row.layer == twin.layer and all(
        mine is not None
        and other is not None
        and (mine == other or (mine.size == other.size and (stretches or _is_flat(mine, other))))
        for mine, other in zip(row.inputs, twin.inputs, strict=True)
    )


def _sees_all(layer: Conv, row: Row) -> bool:
    """Return whether every filter of a convolution lies on its whole input, once."""
    (volume,) = row.inputs
    assert volume is not None
    return (
        layer.groups == 1
        and layer.connection_table is None
        and not layer.standardize
        and layer.kernel_sizes(volume) == volume.spatial
        and all(window.before == window.after == 0 for window in layer.windows(volume))
    )


def _is_flat(*volumes: Volume) -> bool:
    """Return whether volumes are vectors, or as good as vectors: 1×1×D."""
    return all(volume.positions == 1 for volume in volumes)


def _without_flattening(report: Report) -> tuple[list[tuple[Row, tuple[str, ...]]], dict[str, str]]:
    """Return the layers but for flattening, each with what it reads.

    What a layer reads through a flattening is what was flattened: also return that by its name.
    """
    through: dict[str, str] = {}
    rows = []
    for row in report.rows:
        sources = tuple(through.get(name, name) for name in row.sources)
        if isinstance(row.layer, Flatten):
            through[row.name] = sources[0]
        else:
            rows.append((row, sources))
    return rows, through
