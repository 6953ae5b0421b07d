"""Names of entries: stated ones are checked, the others are counted.

An unnamed entry is called by its kind and its number among the entries of that kind in its
list (``conv1``, ``conv2``), in the order in which the table shows them: a merge after its
branches. Groups and branches open no scope, entries left out count too, so a name never
depends on a value.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from cnncalc.expressions import RESERVED_NAMES
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.spec.entries import Entry, changed

RESERVED = ("previous", "input")


def check_name(name: str, span: Span, problems: list[Problem]) -> bool:
    """Report a name that could not be referred to; return whether it can."""
    reason = ""
    if "." in name:
        reason = "it holds a `.`, which separates a block from its layers"
    elif name.isdigit():
        reason = "it is all digits, which `repeat` uses"
    elif name in RESERVED:
        reason = f"`{name}` has a meaning of its own in `from`"
    elif not name.strip() or "$" in name or any(ord(c) < 32 for c in name):
        reason = "names are literal texts, without `$`"
    if reason:
        problems.append(
            Problem(
                code="CNN204",
                message=f"`{format_value(name)}` cannot be a name: {reason}",
                span=span,
            )
        )
    return not reason


def check_variable(name: str, span: Span, problems: list[Problem]) -> None:
    """Report a name that no expression could use."""
    if not name.isidentifier():
        hint = ("use letters, digits and _, not a digit first",)
        problems.append(
            Problem(
                code="CNN204",
                message=f"`{format_value(name)}` is not a name for a value",
                span=span,
                help=hint,
            )
        )
    elif name in RESERVED_NAMES:
        text = f"`{name}` has a meaning of its own in expressions"
        problems.append(
            Problem(code="CNN204", message=text, span=span, help=("give it another name",))
        )


def named(
    entries: tuple[Entry, ...], problems: list[Problem], inputs: tuple[str, ...]
) -> tuple[Entry, ...]:
    """Return the entries of one list with their names; report names that it has twice.

    ``inputs`` are the names of what goes into the list; ``input`` itself is refused already.
    """
    counts: Counter[str] = Counter()
    places: dict[str, Span] = {}
    automatic: list[tuple[str, Span]] = []

    def give(entry: Entry) -> Entry:
        counts[entry.kind] += 1
        node = entry.common.get("name")
        if node is not None and isinstance(node.value, str):
            _check_free(node.value, node.span, places, inputs, problems)
            places.setdefault(node.value, node.span)
            return replace(entry, name=node.value)
        name = f"{entry.kind}{counts[entry.kind]}"
        automatic.append((name, entry.key))
        return replace(entry, name=name)

    found = changed(entries, give)
    for name, key in automatic:
        if name in places:
            problems.append(
                Problem(
                    code="CNN203",
                    message=f"`{format_value(name)}` is the automatic name of another entry",
                    span=places[name],
                    help=("give one of them another name",),
                    related=(
                        Related(message=f"this entry is called {format_value(name)}", span=key),
                    ),
                )
            )
    return found


def _check_free(
    name: str, span: Span, places: dict[str, Span], inputs: tuple[str, ...], problems: list[Problem]
) -> None:
    """Report a stated name that an input or an entry before has already."""
    if name in inputs and name not in RESERVED:
        text = f"`{format_value(name)}` is the name of an input already"
        problems.append(Problem(code="CNN203", message=text, span=span, help=("give it another",)))
    elif name in places:
        related = (Related(message="the first is here", span=places[name]),)
        text = f"the name `{format_value(name)}` is used twice in its list"
        problems.append(
            Problem(
                code="CNN203", message=text, span=span, help=("give it another",), related=related
            )
        )
