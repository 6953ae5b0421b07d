"""What names mean while the walk is under way: values, levels, expressions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from cnncalc.expressions import Unknown
from cnncalc.maths.volume import SPATIAL, Volume
from cnncalc.report.report import Fields


class _Unset:
    """The value of a name whose expression failed: its problem is reported already."""


UNSET: Final = _Unset()


class Value(NamedTuple):
    """What flows along an edge: the row (or input) that made it, its volume, what it sees.

    ``fields`` is the receptive field in the network input ``origin``.
    ``omitted`` marks the value of an entry that was left out: its input, passed on.
    """

    row: str
    volume: Volume | None
    fields: Fields | None = None
    origin: str | None = None
    omitted: bool = False

    def passed_on(self) -> Value:
        """Return the same value, under the name of an entry that was left out."""
        return self._replace(omitted=True)


@dataclass(slots=True, eq=False)
class Level:
    """One list of layers being walked: the network, or one use of a block.

    ``path`` is the prefix of its rows' names (``layer1.0.``); ``values`` holds what its names
    mean so far, ``levels`` the block uses in it. ``sharing`` is the path of the block use whose
    weights this one uses.
    """

    path: str
    variables: dict[str, Any]
    inputs: dict[str, Value]
    volume: Volume | None = None
    is_block: bool = False
    values: dict[str, Value] = field(default_factory=dict)
    levels: dict[str, Level] = field(default_factory=dict)
    later: Collection[str] = ()
    sharing: str | None = None

    def bind(self, name: str, suffix: tuple[int, ...], value: Value) -> None:
        """Give ``name`` a value; with repetitions, also under ``name.0`` and so on."""
        self.values[name] = value
        for number in suffix:
            name = f"{name}.{number}"
            self.values[name] = value

    def open(self, name: str, suffix: tuple[int, ...], level: Level) -> None:
        """Make the level of a block use reachable from outside."""
        self.levels[name] = level
        for number in suffix:
            name = f"{name}.{number}"
            self.levels[name] = level

    def find(self, name: str) -> Value | None:
        """Return what a (dotted) name means, or ``None`` when nothing has it so far."""
        if name in self.inputs:
            return self.inputs[name]
        if name in self.values:
            return self.values[name]
        parts = name.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            head, tail = ".".join(parts[:cut]), ".".join(parts[cut:])
            if head in self.levels:
                found = self.levels[head].values.get(tail) or self.levels[head].find(tail)
                if found is not None:
                    return found
            elif head in self.values and self.values[head].omitted:
                return self.values[head]  # inside a block that was left out
        return None

    def full_path(self, name: str) -> str | None:
        """Return the path of the block use that ``name`` means, or ``None``."""
        if name in self.levels:
            return self.levels[name].path
        parts = name.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            inner = self.levels.get(".".join(parts[:cut]))
            if inner is not None:
                return inner.full_path(".".join(parts[cut:]))
        return None

    def recent(self) -> str:
        """Return the latest names of this list, for a help line."""
        return ", ".join(list(self.values)[-12:] or self.inputs)

    def known(self) -> list[str]:
        """Return the names that can be referred to here, for suggestions."""
        inner = [f"{name}.{key}" for name, level in self.levels.items() for key in level.values]
        return [*self.inputs, *self.values, *inner]


class Names:
    """The names of an expression: variables, ``volume.…``, ``index`` and ``outer``."""

    __slots__ = ("indices", "inside", "variables", "volume")

    def __init__(
        self,
        variables: Mapping[str, Any],
        volume: Volume | _Unset | None = UNSET,
        indices: tuple[int, ...] = (),
    ) -> None:
        """Take what names mean; without a volume (not even an unknown one) there is none here."""
        self.variables = variables
        self.inside = not isinstance(volume, _Unset)
        self.volume = None if isinstance(volume, _Unset) else volume
        self.indices = indices

    def __call__(self, name: str) -> Any:
        """Return the value of a name.

        Raises:
            KeyError: there is no such name here.
            Unknown: it has no value, for a reason that is reported already.
        """
        if name in self.variables:
            value = self.variables[name]
            if value is UNSET:
                raise Unknown
            return value
        if name.startswith("volume."):
            return self._volume(name[7:])
        if name == "index" and self.indices:
            return self.indices[-1]
        if name == "outer" and len(self.indices) > 1:
            return self.indices[-2]
        raise KeyError(name)

    def _volume(self, axis: str) -> int:
        if axis not in ("depth", "size", *SPATIAL) or not self.inside:
            raise KeyError(axis)
        if self.volume is None:
            raise Unknown
        if axis == "size":
            return self.volume.size
        return self.volume.along(axis)

    def known(self) -> list[str]:
        """Return all names, for suggestions."""
        names = [*self.variables, *(("volume.depth", "volume.size") if self.inside else ())]
        names += [f"volume.{axis}" for axis in (self.volume.axes if self.volume else ())]
        names += ["index"] if self.indices else []
        return names + (["outer"] if len(self.indices) > 1 else [])
