"""Own numbers: what follows from the answers of a student where some of them are wrong.

A layer's own volume is the one that was answered, if it is whole and of the right rank; else what
follows from the own volumes of its sources; else the key's. Everything but volumes is the key's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from cnncalc.homework.answers import MISFIT
from cnncalc.homework.cells import COUNTS, NETWORK
from cnncalc.homework.key import Asked, Key
from cnncalc.homework.values import Number, Value, sizes_of, volume_of, whole
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import on_paper
from cnncalc.problems.model import RuleError
from cnncalc.report.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A value from own numbers; ``used`` are the wrong answers that it comes from."""

    value: Value
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """A receptive field that was answered for a layer: its sizes as they are printed."""

    row: Row
    sizes: tuple[Number, ...]
    used: tuple[str, ...]


class Own:
    """The own numbers of one sheet; ``answered`` are its readable answers by their cells."""

    def __init__(self, key: Key, answered: Mapping[str, Value]) -> None:
        self.key = key
        self.answered = answered
        self.rows = {row.name: row for row in key.report.rows}
        self.order = {cell.name: number for number, cell in enumerate(key.asked)}
        right = {cell.name: cell.right for cell in key.asked}
        self.wrong = {name for name, value in answered.items() if value != right[name]}
        self.cells = {
            (cell.subject.end.name, cell.cell): cell.name
            for cell in key.asked
            if cell.layer != NETWORK and cell.subject.end is not None
        }
        self.volumes: dict[str, Volume | None] = dict(key.report.inputs)
        self.follows: dict[str, Value | None] = {}
        self.basis: dict[str, frozenset[str]] = dict.fromkeys(self.volumes, frozenset())
        if any(name.endswith(".output") for name in self.wrong):
            for row in key.report.rows:
                self._walk(row)

    def _walk(self, row: Row) -> None:
        """Find the own volume of a layer, and the answers that it comes from."""
        inputs = self.inputs(row)
        basis = frozenset[str]().union(*(self.basis.get(name, ()) for name in row.sources))
        volume = row.output
        if inputs is not None and inputs != row.inputs:
            found = _output(row, inputs)
            self.follows[row.name] = MISFIT if found is None else sizes_of(found)
            volume = found or row.output
        cell = self.cells.get((row.name, "output"), "")
        stated = self.answered.get(cell)
        if stated is not None and row.output is not None:
            own = volume_of(stated, row.output)
            if own is not None:
                volume, basis = own, frozenset((cell,))
        self.volumes[row.name] = volume
        self.basis[row.name] = basis

    def inputs(self, row: Row) -> tuple[Volume, ...] | None:
        """Return the own volumes that reach a layer; ``None`` where one is not known."""
        if not all(name in self.volumes for name in row.sources):  # nothing is wrong above
            known = row.inputs
        else:
            known = tuple(self.volumes[name] for name in row.sources)
        volumes = tuple(volume for volume in known if volume is not None)
        return volumes if len(volumes) == len(row.inputs) else None

    def output(self, row: Row) -> Volume | None:
        """Return the own volume of a layer."""
        return self.volumes.get(row.name, row.output)

    def above(self, row: Row) -> tuple[str, ...]:
        """Return the wrong answers that the volumes come from that reach a layer."""
        return self.used(name for source in row.sources for name in self.basis.get(source, ()))

    def around(self, row: Row) -> tuple[str, ...]:
        """Return those, and the wrong answers that its own volume comes from."""
        names = {*self.above(row), *self.basis.get(row.name, ())}
        return self.used(names)

    def used(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those of some answers that are wrong, in file order."""
        return tuple(sorted(self.wrong & set(names), key=self.order.__getitem__))

    def carried(self, cell: Asked) -> Carried | None:
        """Return the value of a cell from own numbers; ``None`` where all that is used is right."""
        if not self.wrong:
            return None
        if cell.layer == NETWORK:
            return self._of_network(cell)
        end = cell.subject.end
        if end is None:
            return None
        if cell.cell == "receptive_field":
            return self._receptive_field(end, end.sources)
        if cell.cell == "output":
            value, used = self.follows.get(end.name), self.above(end)
            return Carried(value=value, used=used) if value is not None and used else None
        count = self._answered_count if cell.subject.is_whole else self._count
        counts = [count(row, cell.cell) for row in cell.subject.rows]
        total = sum(count for count, _ in counts if count is not None)
        used = self.used(name for _, names in counts for name in names)
        known = all(count is not None for count, _ in counts)
        return Carried(value=total, used=used) if known and used else None

    def _answered_count(self, row: Row, cell: str) -> tuple[Number | None, tuple[str, ...]]:
        """Return a count of one layer as it is answered, or else on own numbers."""
        name = f"{row.name}.{cell}"
        stated = self.answered.get(name)
        if isinstance(stated, int | Fraction):
            return stated, self.used((name,))
        return self._count(row, cell)

    def _count(self, row: Row, cell: str) -> tuple[int | None, tuple[str, ...]]:
        """Return a count of one layer on own numbers, and the wrong answers that it comes from."""
        match cell:
            case "params" | "weights" | "biases":
                return self._weights(row, cell), self.above(row)
            case "neurons":
                volume = self.output(row)
                used = self.used(self.basis.get(row.name, ()))
                return None if volume is None else volume.size, used
            case "macs" | "flops":
                return self._macs(row, 2 if cell == "flops" else 1)
        return None, ()

    def _weights(self, row: Row, cell: str) -> int | None:
        inputs = self.inputs(row)
        if inputs is None or row.layer is None:
            return None
        if row.shared_from is not None:
            return 0
        arrays = [array for array in row.layer.weights(*inputs) if array.trainable]
        if cell != "params":
            arrays = [array for array in arrays if (array.name == "bias") == (cell == "biases")]
        return sum(array.count for array in arrays)

    def _macs(self, row: Row, per: int) -> tuple[int | None, tuple[str, ...]]:
        """Return weights, the answered ones where there are, times own positions."""
        inputs, output = self.inputs(row), self.output(row)
        cells = {f"{row.name}.weights"} & self.answered.keys()
        used = self.used({*self.around(row), *cells})
        if inputs is None or output is None or row.layer is None:
            return None, ()
        macs = row.layer.macs(inputs, output) * per
        own = self._weights(row, "weights")
        stated = self.answered.get(f"{row.name}.weights")
        if isinstance(stated, int) and own:
            return int(Fraction(macs * stated, own)), used
        return macs, used

    def field_above(self, sources: tuple[str, ...]) -> Above | None:
        """Return the nearest answered receptive field up a single path, if that is wrong."""
        while len(sources) == 1 and sources[0] in self.rows:
            row = self.rows[sources[0]]
            name = self.cells.get((row.name, "receptive_field"), "")
            stated = self.answered.get(name)
            if isinstance(stated, tuple):
                known = field_of(row)
                is_wrong = name in self.wrong and known is not None and len(known) == len(stated)
                return Above(row=row, sizes=stated, used=(name,)) if is_wrong else None
            sources = row.sources
        return None

    def _receptive_field(self, row: Row, sources: tuple[str, ...]) -> Carried | None:
        """Return the nearest answered field above, and what the windows since add to it."""
        above, here = self.field_above(sources), field_of(row)
        then = field_of(above.row) if above is not None else None
        if above is None or here is None or then is None or len(here) != len(then):
            return None
        grown = zip(above.sizes, here, then, strict=True)
        value = tuple(own + now - before for own, now, before in grown)
        return Carried(value=value, used=above.used)

    def _of_network(self, cell: Asked) -> Carried | None:
        """Return the sum of the answered cells, the key's where there is none."""
        end = cell.subject.end
        if cell.cell == "output" and end is not None:
            volume, used = self.output(end), self.used(self.basis.get(end.name, ()))
            return Carried(value=sizes_of(volume), used=used) if volume and used else None
        if cell.cell == "receptive_field" and end is not None:
            return self._receptive_field(end, (end.name,))
        if cell.cell not in COUNTS:
            return None
        summands = self.summands(cell.cell)
        used = self.used(each.name for each in summands)
        assert isinstance(cell.right, int)
        total = Fraction(cell.right)
        for each in summands:
            stated = self.answered[each.name]
            assert isinstance(stated, int | Fraction) and isinstance(each.right, int)
            total += stated - each.right
        return Carried(value=whole(total), used=used) if used else None

    def summands(self, cell: str) -> list[Asked]:
        """Return the answered counts that a total is the sum of, each layer in one of them."""
        found: list[Asked] = []
        counted: set[str] = set()
        for each in reversed(self.key.asked):  # what has several layers comes behind them
            layers = {row.name for row in each.subject.rows}
            is_part = each.cell == cell and each.layer != NETWORK
            if is_part and each.name in self.answered and not layers & counted:
                found.append(each)
                counted |= layers
        return found


def _output(row: Row, inputs: tuple[Volume, ...]) -> Volume | None:
    """Return what a layer makes of volumes, ``None`` where they do not fit."""
    if row.layer is None:
        return None
    try:
        return row.layer.output(*inputs)
    except RuleError:
        return None


def field_of(row: Row) -> tuple[int, ...] | None:
    """Return the sizes of a receptive field in the order in which they are printed."""
    seen = row.receptive_field
    if seen is None:
        return None
    return on_paper(seen.size.values())
