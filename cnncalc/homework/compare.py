"""Networks against each other: rows that correspond, totals and their ratios, what is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

from cnncalc.homework.equivalent import is_equivalent
from cnncalc.maths.volume import Volume
from cnncalc.report.memory import Bytes
from cnncalc.report.report import Report
from cnncalc.report.rows import ReceptiveField, Row, Use

MOST_ROWS = 2_000
"""Of longer networks uses of blocks are paired, not their layers; or else nothing: every row of
one is held against every row of the other."""

Part: TypeAlias = Row | Use
_Parts: TypeAlias = list[Part | None]
_KERNELS: Final = ("kernel", "depthwise", "pointwise")
"""The arrays that are meant by weights: no biases, nothing of norms, no centres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A part of the first network with what it corresponds to in each of the others.

    ``parts`` are one for each network, ``None`` where it has nothing like it; ``differs`` names
    the fields that are not the same in all that have one.
    """

    parts: tuple[Part | None, ...]
    differs: tuple[str, ...]

    @property
    def is_same(self) -> bool | None:
        """Whether every network has it, with the same fields; ``None`` where some are unknown."""
        if None in self.parts or self.differs:
            return False
        unknown = any(part is not None and _fields(part) is None for part in self.parts)
        return None if unknown else True


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What a network comes to.

    ``counts`` are by their names in reports: of the layers that are known, which are all of them
    where ``is_complete``. Of these ``weights`` are the entries of kernels, ``weighted_layers`` how
    many layers have some of their own, ``bytes`` those of inference. ``overridden``: the options
    that changed the network.
    """

    name: str
    output: Volume | None
    receptive_field: ReceptiveField | None
    memory: Bytes
    counts: Mapping[str, int | None]
    is_complete: bool
    overridden: tuple[str, ...]

    @property
    def exact(self) -> Mapping[str, int | None]:
        """The counts of the whole network, ``None`` where layers are unknown."""
        return self.counts if self.is_complete else dict.fromkeys(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Networks, compared with the first of them.

    ``rows`` are ``None`` where a network is too long for them. ``ratios`` are the first's count
    divided by that of each other network: ``None`` where one is unknown or the other's is 0.
    ``is_equivalent``: with the same weights all of them give the same outputs, by
    :func:`is_equivalent`.
    """

    networks: tuple[Sums, ...]
    rows: tuple[Pairing, ...] | None
    ratios: Mapping[str, tuple[Fraction | None, ...]]
    is_equivalent: bool


def compare(reports: Sequence[Report], depth: int | None = 1) -> Comparison:
    """Compare two or more networks at a depth of blocks (``None``: all layers)."""
    networks = tuple(map(_sums, reports))
    first, *others = (one.exact for one in networks)
    return Comparison(
        networks=networks,
        rows=_rows(reports, depth),
        ratios={
            name: tuple(_ratio(count, other[name]) for other in others)
            for name, count in first.items()
            if name != "weighted_layers"
        },
        is_equivalent=all(is_equivalent(reports[0], report) for report in reports[1:]),
    )


def _ratio(count: int | None, other: int | None) -> Fraction | None:
    return None if count is None or not other else Fraction(count, other)


def _sums(report: Report) -> Sums:
    owned = [row for row in report.rows if not row.shared_from]
    kernels = [[array.count for array in row.weights if array.name in _KERNELS] for row in owned]
    biases = [array.count for row in owned for array in row.weights if array.name == "bias"]
    ends = [row for row in report.rows if row.name in report.output_rows[:1]]
    memory, totals = report.bytes(), report.totals
    return Sums(
        name=report.name,
        output=next(iter(report.outputs.values()), None),
        receptive_field=ends[0].receptive_field if ends else None,
        memory=memory,
        counts={
            "weighted_layers": sum(map(bool, kernels)),
            "params": totals.params,
            "weights": sum(map(sum, kernels)),
            "biases": sum(biases),
            "macs": totals.macs,
            "neurons": totals.neurons,
            "bytes": memory.inference,
        },
        is_complete=totals.complete,
        overridden=report.overridden,
    )


# --- rows that correspond -----------------------------------------------------------------------


def _rows(reports: Sequence[Report], depth: int | None) -> tuple[Pairing, ...] | None:
    """Return the rows at a depth, or at the first where there are too many."""
    for level in (depth, 1):
        networks = [list(report.parts(level)) for report in reports]
        if max(map(len, networks)) <= MOST_ROWS:
            return tuple(_paired(networks))
    return None


def _paired(networks: Sequence[Sequence[Part]]) -> list[Pairing]:
    """Return the rows: the first network's in order, and what only others have, where it comes."""
    first, *others = networks
    rows: list[_Parts] = [[part, *[None] * len(others)] for part in first]
    before: list[list[_Parts]] = [[] for _ in range(len(first) + 1)]
    for number, other in enumerate(others, 1):
        partners = {there: here for here, there in aligned(first, other)}
        waiting: list[_Parts] = []
        for there, part in enumerate(other):
            if there in partners:
                rows[partners[there]][number] = part
                before[partners[there]] += waiting
                waiting = []
            else:
                alone: _Parts = [None] * len(networks)
                alone[number] = part
                waiting.append(alone)
        before[-1] += waiting
    ordered = [each for added, own in zip(before, rows, strict=False) for each in (*added, own)]
    ordered += before[-1]
    return [Pairing(parts=tuple(parts), differs=_differs(parts)) for parts in ordered]


def aligned(first: Sequence[Part], other: Sequence[Part]) -> list[tuple[int, int]]:
    """Return which places of two networks correspond, in order.

    Parts of one kind correspond; of all pairings that keep the order the one with the most pairs
    is chosen, then with the most equal fields, then with the most equal names, then the earliest.
    (Longest common subsequence: Wagner and Fischer 1974, doi:10.1145/321796.321811.)
    """
    more = min(len(first), len(other)) + 1
    left, right = list(map(_known, first)), list(map(_known, other))
    best = [[0] * (len(other) + 1) for _ in range(len(first) + 1)]
    for i in reversed(range(len(first))):
        below, row, mine = best[i + 1], best[i], left[i]
        for j in reversed(range(len(other))):
            row[j] = max(below[j], row[j + 1], below[j + 1] + _worth(mine, right[j], more))
    pairs, i, j = [], 0, 0
    while i < len(first) and j < len(other):
        worth = _worth(left[i], right[j], more)
        if worth and best[i][j] == best[i + 1][j + 1] + worth:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i + 1][j] == best[i][j] and (
            best[i][j + 1] < best[i][j]
            or repr(left[i]) > repr(right[j])  # the same either way round
        ):
            i += 1
        else:
            j += 1
    return pairs


_Known: TypeAlias = tuple[str, dict[str, Any] | None, str]


def _known(part: Part) -> _Known:
    """Return the kind of a part, its fields, and its name."""
    return (part.kind if isinstance(part, Row) else part.block), _fields(part), part.name


def _worth(mine: _Known, other: _Known, more: int) -> int:
    """Return what a pair adds: one pair counts for more than all fields, a field than all names.

    Parts of two kinds are no pair: nothing.
    """
    if mine[0] != other[0]:
        return 0
    return more * more + more * (mine[1] == other[1]) + (mine[2] == other[2])


def _fields(part: Part) -> dict[str, Any] | None:
    """Return the fields of a layer, if they are known, or the arguments of a use of a block."""
    if isinstance(part, Use):
        return {"arguments": part.arguments} if part.arguments else {}
    return None if part.layer is None else part.layer.as_stated()


def _differs(parts: Sequence[Part | None]) -> tuple[str, ...]:
    """Return the names of the fields that are not the same in all parts where they are known."""
    stated = [_fields(part) for part in parts if part is not None]
    known = [fields for fields in stated if fields is not None]
    names = dict.fromkeys(name for one in known for name in one)
    return tuple(
        name for name in names if any(one.get(name) != known[0].get(name) for one in known)
    )
