"""Names of entries: stated ones are checked, the others are counted.

An unnamed entry is called by its kind and its number among the entries of that kind in its
list (``conv1``, ``conv2``), in the order in which the table shows them: a merge after its
branches. Groups and branches open no level, entries left out count too, so a name never
depends on a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span

if TYPE_CHECKING:
    from cnncalc.spec.network import Entry

RESERVED = ("previous", "input")
_OF_EXPRESSIONS = frozenset(("volume", "index", "outer", "input", "true", "false", "null",
                             "True", "False", "None", "none"))  # fmt: skip


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
            Problem("CNN204", f"`{format_value(name)}` cannot be a name: {reason}", span)
        )
    return not reason


def check_variable(name: str, span: Span, problems: list[Problem]) -> None:
    """Report a name that no expression could use."""
    if not name.isidentifier():
        hint = ("use letters, digits and _, not a digit first",)
        problems.append(
            Problem("CNN204", f"`{format_value(name)}` is not a name for a value", span, help=hint)
        )
    elif name in _OF_EXPRESSIONS:
        text = f"`{name}` has a meaning of its own in expressions"
        problems.append(Problem("CNN204", text, span, help=("give it another name",)))


def in_row_order(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries of one list in the order of the table's rows."""
    for entry in entries:
        yield from in_row_order(entry.body)
        for branch in entry.branches:
            yield from in_row_order(branch)
        yield entry


def assign_names(
    entries: tuple[Entry, ...], problems: list[Problem], inputs: tuple[str, ...]
) -> None:
    """Name every entry of one list, and report names that stand twice.

    ``inputs`` are the names of what goes into the list; ``input`` itself is refused already.
    """
    counts: Counter[str] = Counter()
    places: dict[str, Span] = {}
    automatic: list[Entry] = []
    for entry in in_row_order(entries):
        counts[entry.kind] += 1
        node = entry.common.get("name")
        if node is None or not isinstance(node.value, str):
            entry.name = f"{entry.kind}{counts[entry.kind]}"
            automatic.append(entry)
            continue
        entry.name = node.value
        if entry.name in inputs and entry.name not in RESERVED:
            text = f"`{entry.name}` is the name of an input already"
            problems.append(Problem("CNN203", text, node.span, help=("give it another",)))
        elif entry.name in places:
            related = (Related("the first stands here", places[entry.name]),)
            text = f"the name `{entry.name}` stands twice in its list"
            problems.append(
                Problem("CNN203", text, node.span, help=("give it another",), related=related)
            )
        places.setdefault(entry.name, node.span)
    for entry in automatic:
        if entry.name in places:
            problems.append(
                Problem(
                    "CNN203",
                    f"`{entry.name}` is the automatic name of another entry",
                    places[entry.name],
                    help=("give one of them another name",),
                    related=(Related(f"this entry is called {entry.name}", entry.key),),
                )
            )
