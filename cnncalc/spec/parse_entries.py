"""Entries of a list of layers: layers, block uses, groups and branches."""

from __future__ import annotations

from dataclasses import replace

from cnncalc.layers.registry import canonical, joining, joins, merges
from cnncalc.maths.volume import format_value
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import surely_meant
from cnncalc.spec.edits import misspelt
from cnncalc.spec.entries import (
    BRANCH_KEYS,
    COMMON_KEYS,
    REPEAT_KEYS,
    STRUCTURES,
    BlockEntry,
    Branch,
    Branches,
    Broken,
    Entry,
    Group,
    LayerEntry,
    Repeat,
    broken,
)
from cnncalc.spec.entry_keys import (
    check_neighbours,
    common_keys,
    no_kind,
    refuse_weights,
    unknown_kind,
)
from cnncalc.spec.findings import Findings
from cnncalc.spec.names import check_name, check_variable
from cnncalc.spec.node import Node
from cnncalc.spec.reader import check_keys


class Entries:
    """Reads lists of layers; ``block_names`` are the blocks of the file."""

    def __init__(self, findings: Findings, block_names: tuple[str, ...]) -> None:
        self.findings = findings
        self.block_names = block_names

    def body(self, node: Node, key: str = "layers") -> tuple[Entry, ...]:
        """Return the entries of the list below ``key``."""
        if node.value is None:
            text = f"`{key}` is empty: a list of layers belongs here"
            self.findings.report("CNN108", text, node.span)
            return ()
        if not isinstance(node.value, list):
            got = format_value(node.data())
            self.findings.report(
                "CNN108",
                f"{got} is not a list of layers",
                node.span,
                "write each layer on a line of its own, after `- `",
            )
            return ()
        return tuple(self.entry(child) for child in node.value)

    def entry(self, node: Node) -> Entry:
        """Return one entry; what is wrong with it is reported, and it is then ``Broken``."""
        if isinstance(node.value, str):
            return self._layer(node.value, node.span, None, {})
        if not isinstance(node.value, dict):
            got = format_value(node.data())
            self.findings.report(
                "CNN108",
                f"{got} is not a layer",
                node.span,
                "a layer is a kind (`relu`) or a mapping (`conv: {filters: 6, kernel: 5}`)",
            )
            return _unreadable(node)
        words = [key for key in node.children if key not in COMMON_KEYS]
        kinds = ["branches"] if "branches" in words else list(filter(self._is_kind, words))
        if len(kinds) != 1:
            return no_kind(self.findings, node, kinds, self.block_names)
        kind = kinds[0]
        common = common_keys(node)
        has_misplaced_fields = check_neighbours(self.findings, node, kind, self.block_names)
        if "name" in common:
            self._stated_name(common["name"])
        entry = self._of_kind(kind, node, common)
        if "repeat" in common:
            entry = replace(entry, repeat=self._repeat(common["repeat"]))
        if "else" in common:
            entry = replace(entry, otherwise=self._otherwise(node))
        # that fields are missing below its kind is no second mistake
        return broken(entry) if has_misplaced_fields else entry

    def _of_kind(self, kind: str, node: Node, common: dict[str, Node]) -> Entry:
        """Return the entry whose only kind is ``kind``."""
        if kind not in self.block_names:
            if kind == "layers":
                return self._group(node, common)
            if kind == "branches":
                return self._branches_entry(node, common)
        if "weights" in common and "weights_from" in common:
            self.findings.report(
                "CNN111",
                "`weights` and `weights_from` both state the weights",
                node.keys["weights"],
                "keep one of them",
            )
        if kind in self.block_names:
            refuse_weights(self.findings, node, kind, common, ("weights",))
        entry = self._layer(kind, node.keys[kind], node.children[kind], common)
        if isinstance(entry, LayerEntry) and entry.joined is not None and "from" in common:
            self.findings.report(
                "CNN111",
                f"`from` and the list of `{kind}` both name its inputs",
                node.keys["from"],
                "keep one of them",
            )
        return entry

    def _otherwise(self, node: Node) -> tuple[Entry, ...]:
        """Return the layers of ``else``."""
        if "when" not in node.children:
            self.findings.report(
                "CNN110",
                "`else` without `when`: its layers are for where that is false",
                node.keys["else"],
                "write when: ${…} next to it",
            )
        return self.body(node.children["else"], "else")

    def _repeat(self, node: Node) -> Repeat | None:
        """Return what ``repeat`` says: how many times, or a mapping that names the counter, too."""
        if not isinstance(node.value, dict):
            return Repeat(times=node)
        check_keys(self.findings, node, "`repeat`", REPEAT_KEYS)
        counter = node.children.get("as")
        if counter is not None:
            name = counter.value if isinstance(counter.value, str) else format_value(counter.data())
            check_variable(self.findings, name, counter.span)
        if "times" not in node.children:
            if any(surely_meant(key, REPEAT_KEYS) == "times" for key in node.children):
                return None  # it is there, misspelt, and that is reported
            self.findings.report(
                "CNN110", "`repeat` needs `times`", node.span, "write repeat: {times: 3, as: stage}"
            )
            return None
        return Repeat(times=node.children["times"], counter=counter)

    def _is_kind(self, word: str) -> bool:
        return (
            word in self.block_names
            or word in STRUCTURES
            or word == "activation"
            or canonical(word)[0] is not None
        )

    def _stated_name(self, node: Node) -> None:
        if not isinstance(node.value, str):
            hint = f'quote it: name: "{node.text}"' if node.text else "a name is a text"
            self.findings.report(
                "CNN204", f"{format_value(node.data())} is not a name", node.span, hint
            )
        else:
            check_name(self.findings, node.value, node.span)

    def _group(self, node: Node, common: dict[str, Node]) -> Group:
        refuse_weights(self.findings, node, "layers", common, ("weights", "weights_from"))
        body = self.body(node.children["layers"])
        return Group(word="layers", kind="group", key=node.keys["layers"], common=common, body=body)

    def _branches_entry(self, node: Node, common: dict[str, Node]) -> Branches | Broken:
        key = node.keys["branches"]
        refuse_weights(self.findings, node, "branches", common, ("weights", "weights_from"))
        merge = node.children.get("merge")
        kind = canonical(str(merge.value))[0] if merge is not None else None
        if merge is None:
            self.findings.report(
                "CNN110",
                "`branches` needs `merge`: how the branches are joined",
                key,
                f"write merge: {merges()}",
            )
        elif not joins(kind or "") and "$" not in str(merge.value):
            text, hint = f"{format_value(merge.data())} does not join branches", merges()
            word, known = str(merge.value), joining()
            self.findings.add(
                misspelt("CNN108", text, merge.span, word, known, f"write merge: {hint}")
            )
            merge = None
        entry = Branches(
            word="branches",
            kind=kind or "branches",
            key=key,
            common=common,
            merge=merge,
            branches=self._branches(node.children["branches"]),
        )
        return entry if entry.branches else broken(entry)

    def _branches(self, node: Node) -> tuple[Branch, ...]:
        if "layers" in node.children:
            return (self._branch(node),)
        if not isinstance(node.value, list) or not node.value:
            text = f"{format_value(node.data())} is not a list of branches"
            hint = "each branch is a list of layers; [] is the identity"
            self.findings.report("CNN108", text, node.span, hint)
            return ()
        wrong = [child for child in node.value if not _is_branch(child)]
        if wrong:
            first = format_value(wrong[0].data())
            more = f", and {len(wrong) - 1} more are none" if len(wrong) > 1 else ""
            self.findings.report(
                "CNN108",
                f"{first} is not a branch{more}",
                wrong[0].span,
                "a branch is a list of layers: put `- ` before it; [] is the identity",
            )
        return tuple(map(self._branch, node.value))

    def _branch(self, node: Node) -> Branch:
        if isinstance(node.value, list):
            return Branch(body=tuple(map(self.entry, node.value)))
        if not _is_branch(node):
            return Branch(body=(_unreadable(node),))
        check_keys(self.findings, node, "a branch", BRANCH_KEYS)
        return Branch(
            body=self.body(node.children["layers"]),
            when=node.children.get("when"),
            repeat=self._repeat(node.children["repeat"]) if "repeat" in node.children else None,
        )

    def _layer(
        self, word: str, key: Span, value: Node | None, common: dict[str, Node]
    ) -> LayerEntry | BlockEntry | Broken:
        if word in self.block_names:
            return BlockEntry(word=word, kind=word, key=key, common=common, value=value)
        if word == "activation":  # `activation: $act`: which kind it is comes from its value
            return LayerEntry(word=word, kind=word, key=key, common=common, value=value)
        kind, rank = canonical(word)
        if kind is None:
            unknown_kind(self.findings, word, key, self.block_names)
            return Broken(word=word, kind=word, key=key, common=common)
        return LayerEntry(
            word=word, kind=kind, key=key, common=common, value=value, promised_rank=rank
        )


def _is_branch(node: Node) -> bool:
    """Return whether a node is a list of layers, or a mapping with one."""
    return isinstance(node.value, list) or "layers" in node.children


def _unreadable(node: Node) -> Broken:
    """Return an entry of which nothing is known but its place; its mistake is reported."""
    return Broken(word="", kind="layer", key=node.span, common={})
