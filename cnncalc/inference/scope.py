"""What names mean while a network is walked: signals, scopes, expressions."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from cnncalc.expressions import Fault, Unknown
from cnncalc.maths.volume import SPATIAL, Volume, format_value
from cnncalc.problems.collector import Reporter
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.rows import Seen
from cnncalc.spec.edits import respelled
from cnncalc.spec.node import Node


class _Unset:
    """The value of a name whose expression failed: its problem is reported already."""


UNSET: Final = _Unset()
_AXES = (*SPATIAL, "depth", "size")
"""What an expression can ask of a volume."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An entry that was left out (``when: false``, ``repeat: 0``)."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """What flows along an edge: the row (or input) that made it, its volume, what it sees.

    ``volume`` is ``None`` when it could not be computed; ``assumed`` is then what it would be if
    ``floor`` were meant where windows did not fit. ``left_out`` is the first entry that was left
    out and hands it on.
    """

    row: str
    volume: Volume | None = None
    assumed: Volume | None = None
    seen: Seen | None = None
    left_out: LeftOut | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Scope:
    """The names of one list of layers: of the network, or of one use of a block.

    ``path`` is the prefix of its rows' names (``layer1.0.``); ``signals`` holds what its names
    mean so far, ``scopes`` the block uses in it, ``later`` all names that it will have.
    ``volume`` is what reached the block. ``sharing`` is the path of the block use whose weights
    this one uses. ``measured`` takes the rows whose volume an expression asks for by name.
    """

    path: str
    variables: Mapping[str, Any]
    inputs: Mapping[str, Signal]
    volume: Volume | None = None
    is_block: bool = False
    signals: dict[str, Signal] = field(default_factory=dict)
    scopes: dict[str, Scope] = field(default_factory=dict)
    later: Collection[str] = ()
    sharing: str | None = None
    measured: set[str] = field(default_factory=set)

    def bind(self, name: str, suffix: tuple[int, ...], signal: Signal) -> None:
        """Give ``name`` a signal; with repetitions, also under ``name.0`` and so on."""
        self.signals.update(dict.fromkeys(_numbered(name, suffix), signal))

    def open(self, name: str, suffix: tuple[int, ...], scope: Scope) -> None:
        """Make the scope of a block use reachable from outside."""
        self.scopes.update(dict.fromkeys(_numbered(name, suffix), scope))

    def find(self, name: str) -> Signal | None:
        """Return what a (dotted) name means, or ``None`` when nothing has it so far."""
        if name in self.inputs:
            return self.inputs[name]
        if name in self.signals:
            return self.signals[name]
        for head, tail in _parted(name):
            if head in self.scopes:
                found = self.scopes[head].signals.get(tail) or self.scopes[head].find(tail)
                if found is not None:
                    return found
            elif head in self.signals and self.signals[head].left_out:
                return self.signals[head]  # inside a block that was left out
        return None

    def repetitions(self, name: str) -> list[Signal]:
        """Return what ``name.0``, ``name.1``, … mean so far, or ``name.0.0`` and so on."""
        found: list[Signal] = []
        for number in count():
            each = f"{name}.{number}"
            if each not in self.signals:
                break
            found += self.repetitions(each) or [self.signals[each]]
        inner = (scope.repetitions(rest) for scope, rest in self._inside(name))
        return found or next(inner, [])

    def comes_later(self, name: str) -> bool:
        """Return whether nothing has a (dotted) name so far, but something will."""
        head = name.split(".")[0]
        return head in self.later and head not in self.signals

    def full_path(self, name: str) -> str | None:
        """Return the path of the block use that ``name`` means, or ``None``."""
        if name in self.scopes:
            return self.scopes[name].path
        return next((scope.full_path(rest) for scope, rest in self._inside(name)), None)

    def _inside(self, name: str) -> Iterator[tuple[Scope, str]]:
        """Yield the block uses that a dotted name may lead into, and its rest."""
        for head, rest in _parted(name):
            if head in self.scopes:
                yield self.scopes[head], rest

    def recent(self) -> str:
        """Return the latest names of this list, for a help line."""
        return ", ".join(list(self.signals)[-12:] or self.inputs)

    def known(self) -> list[str]:
        """Return the names that can be referred to here, for suggestions."""
        inner = [f"{name}.{key}" for name, scope in self.scopes.items() for key in scope.signals]
        return ["previous", *self.inputs, *self.signals, *inner]


def _numbered(name: str, suffix: tuple[int, ...]) -> Iterator[str]:
    """Yield a name, and the name with one number after the other: ``a``, ``a.0``, ``a.0.2``."""
    yield name
    for number in suffix:
        name = f"{name}.{number}"
        yield name


def _parted(name: str) -> Iterator[tuple[str, str]]:
    """Yield both parts of a dotted name, parted at each dot, the longest first part first."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        yield ".".join(parts[:cut]), ".".join(parts[cut:])


def find_signal(
    name: Any, node: Node, scope: Scope, previous: Signal | None, report: Reporter
) -> Signal | None:
    """Return what a name at ``node`` means here; report when it means nothing."""
    if not isinstance(name, str):
        is_scalar = name == node.value and node.text
        hint = f'quote it: "{node.text}"' if is_scalar else "write a name, or a list of names"
        text = f"{format_value(name)} is not the name of a layer"
        report(Problem(code="CNN108", message=text, span=node.span, help=(hint,)))
        return None
    if name == "previous" and previous is not None:
        return previous
    found = scope.find(name)
    if found is None:
        fault = _unknown_name(name, scope)
        fixes = respelled(node.span, name, scope.known()) if fault.code == "CNN202" else ()
        report(
            Problem(
                code=fault.code, message=fault.message, span=node.span, help=fault.help, fixes=fixes
            )
        )
    return found


def _unknown_name(name: str, scope: Scope) -> Fault:
    """Return the fault of a name that nothing has so far."""
    if scope.comes_later(name):
        text = f"`{format_value(name)}` comes later in the file: a layer reads what comes before it"
        return Fault("CNN211", text, ("move the layer that reads it behind it",))
    hint = did_you_mean(name, scope.known()) or (f"names so far: {scope.recent()}",)
    if ", " in name:
        hint = (f"write a list: [{format_value(name)}]",)
    return Fault("CNN202", f"`{format_value(name)}` is not the name of a layer here", hint)


class Names:
    """The names of an expression: variables, counters, and the axes of volumes by name.

    ``volume`` is what reaches the entry, ``previous`` the entry before, any other name before an
    axis one of ``scope``.
    """

    __slots__ = ("indices", "inside", "previous", "scope", "variables", "volume")

    def __init__(
        self,
        variables: Mapping[str, Any],
        volume: Volume | _Unset | None = UNSET,
        indices: tuple[int, ...] = (),
        *,
        scope: Scope | None = None,
        previous: Signal | None = None,
    ) -> None:
        """Take what names mean; without a volume (not even an unknown one) there is none here."""
        self.variables = variables
        self.inside = not isinstance(volume, _Unset)
        self.volume = None if isinstance(volume, _Unset) else volume
        self.indices = indices
        self.scope = scope
        self.previous = previous

    def __call__(self, name: str) -> Any:
        """Return the value of a name.

        Raises:
            KeyError: there is no such name here.
            Fault: the name before an axis means nothing here.
            Unknown: it has no value, for a reason that is reported already.
        """
        if name in self.variables:
            value = self.variables[name]
            if value is UNSET:
                raise Unknown
            return value
        head, _, axis = name.rpartition(".")
        if head and axis in _AXES:
            return self._along(axis, head)
        if name == "index" and self.indices:
            return self.indices[-1]
        if name == "outer" and len(self.indices) > 1:
            return self.indices[-2]
        raise KeyError(name)

    def _along(self, axis: str, name: str) -> int:
        """Return the size of a named volume along an axis."""
        volume = self._volume(name)
        if volume is None:
            raise Unknown
        return volume.size if axis == "size" else volume.along(axis)

    def _volume(self, name: str) -> Volume | None:
        """Return the volume of a name, ``None`` when it could not be computed."""
        if name == "volume" and self.inside:
            return self.volume
        if self.scope is None:
            raise KeyError(name)
        if name == "volume":
            text = "`volume` is what reaches the layer, which its inputs decide"
            raise Fault("CNN202", text, ("ask for another one: `previous.depth`, `NAME.depth`",))
        signal = self._signal(name)
        if signal is None:
            raise _unknown_name(name, self.scope)
        self.scope.measured.add(signal.row)
        return signal.volume

    def _signal(self, name: str) -> Signal | None:
        """Return what a name in front of an axis means, ``None`` when it means nothing here."""
        if name == "previous" and self.previous is not None:
            return self.previous
        return self.scope.find(name) if self.scope is not None else None

    def near(self, word: str) -> list[str]:
        """Return the names that an unknown one may be a slip of: those of a volume, or all."""
        head = word.rpartition(".")[0]
        signal = self._signal(head)
        volume = self.volume if head == "volume" else signal.volume if signal else None
        if volume is not None:
            return [f"{head}.{axis}" for axis in (*volume.named(), "size")]
        if signal is not None:  # its volume is not known
            return [f"{head}.{axis}" for axis in _AXES]
        names = [*self.variables, *(("volume.depth", "volume.size") if self.inside else ())]
        names += [f"volume.{axis}" for axis in (self.volume.axes if self.volume else ())]
        names += ["index"] if self.indices else []
        return names + (["outer"] if len(self.indices) > 1 else [])
