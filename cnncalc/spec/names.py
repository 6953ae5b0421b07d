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
from cnncalc.problems.model import Related
from cnncalc.problems.source import Span
from cnncalc.spec.entries import Entry, changed
from cnncalc.spec.findings import Findings
from cnncalc.spec.node import Node
from cnncalc.spec.reader import mapping

RESERVED = ("previous", "input")


def check_name(findings: Findings, name: str, span: Span) -> None:
    """Report a name that could not be referred to."""
    reason = ""
    if "." in name:
        reason = "it holds a `.`, which separates a block from its layers"
    elif name.isdigit():
        reason = "it is all digits, which `repeat` uses"
    elif name in RESERVED:
        reason = f"`{name}` has a meaning of its own in `from`"
    elif not name.strip():
        reason = "it is empty"
    elif any(ord(c) < 32 for c in name):
        reason = "it holds a control character"
    elif "$" in name:
        reason = "names are literal texts, without `$`"
    if reason:
        findings.report("CNN204", f"`{format_value(name)}` cannot be a name: {reason}", span)


def check_variable(findings: Findings, name: str, span: Span) -> None:
    """Report a name that no expression could use."""
    if not name.isidentifier():
        text = f"`{format_value(name)}` is not a name for a value"
        findings.report("CNN204", text, span, "use letters, digits and _, not a digit first")
    elif name in RESERVED_NAMES:
        text = f"`{name}` has a meaning of its own in expressions"
        findings.report("CNN204", text, span, "give it another name")


def variables(findings: Findings, node: Node | None, key: str, example: str) -> dict[str, Node]:
    """Return the values of a mapping by names that expressions can use; report other names."""
    found = mapping(findings, node, key, example)
    for name in found:
        assert node is not None
        check_variable(findings, name, node.keys[name])
    return found


def named(
    findings: Findings, entries: tuple[Entry, ...], inputs: tuple[str, ...]
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
            _check_free(findings, node.value, node.span, places, inputs)
            places.setdefault(node.value, node.span)
            return replace(entry, name=node.value)
        name = f"{entry.kind}{counts[entry.kind]}"
        automatic.append((name, entry.key))
        return replace(entry, name=name)

    found = changed(entries, give)
    for name, key in automatic:
        if name in places:
            shown = format_value(name)
            findings.report(
                "CNN203",
                f"`{shown}` is the automatic name of another entry",
                places[name],
                "give one of them another name",
                related=(Related(message=f"this entry is called {shown}", span=key),),
            )
    return found


def _check_free(
    findings: Findings, name: str, span: Span, places: dict[str, Span], inputs: tuple[str, ...]
) -> None:
    """Report a stated name that an input or an entry before has already."""
    if name in inputs and name not in RESERVED:
        text = f"`{format_value(name)}` is the name of an input already"
        findings.report("CNN203", text, span, "give it another")
    elif name in places:
        text = f"the name `{format_value(name)}` is used twice in its list"
        first = Related(message="the first is here", span=places[name])
        findings.report("CNN203", text, span, "give it another", related=(first,))
