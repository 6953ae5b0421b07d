"""Entries of a list of layers: layers, block uses, groups and branches."""

from __future__ import annotations

from dataclasses import replace

from cnncalc.layers.registry import (
    canonical,
    field_names,
    joins,
    merges,
)
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
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
from cnncalc.spec.names import check_name, check_variable
from cnncalc.spec.node import Node
from cnncalc.spec.reader import Reader
from cnncalc.spec.unknown_kind import instead_of


class Entries(Reader):
    """Reads lists of layers; ``block_names`` are the blocks of the file."""

    def __init__(self, problems: list[Problem], block_names: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.block_names = block_names

    def body(self, node: Node | None, key: str = "layers") -> tuple[Entry, ...]:
        """Return the entries of the list below ``key``."""
        if node is None or node.value is None:
            span = node.span if node else None
            if span:
                self.problem("CNN108", f"`{key}` is empty: a list of layers belongs here", span)
            return ()
        if not isinstance(node.value, list):
            got = format_value(node.data())
            self.problem("CNN108", f"{got} is not a list of layers", node.span,
                         "write each layer on a line of its own, after `- `")  # fmt: skip
            return ()
        return tuple(self.entry(child) for child in node.value)

    def entry(self, node: Node) -> Entry:
        """Return one entry; what is wrong with it is reported, and it is then ``Broken``."""
        if isinstance(node.value, str):
            return self._layer(node.value, node.span, None, {})
        if not isinstance(node.value, dict):
            got = format_value(node.data())
            self.problem("CNN108", f"{got} is not a layer", node.span,
                         "a layer is a kind (`relu`) or a mapping (`conv: {filters: 6, kernel: 5}`)"
                         )  # fmt: skip
            return _unreadable(node)
        words = [key for key in node.value if key not in COMMON_KEYS]
        kinds = ["branches"] if "branches" in words else list(filter(self._is_kind, words))
        if len(kinds) != 1:
            return self._no_kind(node, kinds)
        kind = kinds[0]
        common = _common(node)
        has_fields_beside = self._check_keys(node, kind)
        if "name" in common:
            self._stated_name(common["name"])
        entry = self._of_kind(kind, node, common)
        if "repeat" in common:
            entry = replace(entry, repeat=self._repeat(common["repeat"]))
        if "else" in common:
            entry = replace(entry, otherwise=self._otherwise(node))
        # what it lacks below its kind is no second mistake
        return broken(entry) if has_fields_beside else entry

    def _of_kind(self, kind: str, node: Node, common: dict[str, Node]) -> Entry:
        """Return the entry whose only kind is ``kind``."""
        assert isinstance(node.value, dict)
        if kind not in self.block_names:
            if kind == "layers":
                return self._group(node, common)
            if kind == "branches":
                return self._branches_entry(node, common)
        if "weights" in common and "weights_from" in common:
            self.problem("CNN111", "`weights` and `weights_from` both state the weights",
                         node.keys["weights"], "keep one of them")  # fmt: skip
        if kind in self.block_names:
            self._refuse_weights(node, kind, common, ("weights",))
        entry = self._layer(kind, node.keys[kind], node.value[kind], common)
        if isinstance(entry, LayerEntry) and entry.joined is not None and "from" in common:
            self.problem("CNN111", f"`from` and the list of `{kind}` both name its inputs",
                         node.keys["from"], "keep one of them")  # fmt: skip
        return entry

    def _otherwise(self, node: Node) -> tuple[Entry, ...]:
        """Return the layers of ``else``."""
        assert isinstance(node.value, dict)
        if "when" not in node.value:
            self.problem("CNN110", "`else` without `when`: its layers are for where that is false",
                         node.keys["else"], "write when: ${…} next to it")  # fmt: skip
        return self.body(node.value["else"], "else")

    def _repeat(self, node: Node) -> Repeat | None:
        """Return what ``repeat`` says: how many times, or a mapping that names the counter, too."""
        if not isinstance(node.value, dict):
            return Repeat(times=node)
        for key in node.value:
            if key not in REPEAT_KEYS:
                self.unknown_key(key, node, "`repeat`", REPEAT_KEYS)
        counter = node.value.get("as")
        if counter is not None:
            name = counter.value if isinstance(counter.value, str) else format_value(counter.data())
            check_variable(name, counter.span, self.problems)
        if "times" not in node.value:
            self.problem("CNN110", "`repeat` needs `times`", node.span,
                         "write repeat: {times: 3, as: stage}")  # fmt: skip
            return None
        return Repeat(times=node.value["times"], counter=counter)

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
            self.problem("CNN204", f"{format_value(node.data())} is not a name", node.span, hint)
        else:
            check_name(node.value, node.span, self.problems)

    def _no_kind(self, node: Node, kinds: list[str]) -> Broken:
        """Report an entry with no kind, or several; the first gives it its name."""
        assert isinstance(node.value, dict)
        common = _common(node)
        others = [key for key in node.value if key not in common]
        if kinds:
            first, second = kinds[:2]
            text = f"one entry has {len(kinds)} kinds: {', '.join(kinds)}"
            hint = "put each kind on a line of its own, after `- `"
            related = (Related(message=f"`{format_value(first)}` is here", span=node.keys[first]),)
            problem = Problem(
                code="CNN111", message=text, span=node.keys[second], help=(hint,), related=related
            )
            self.problems.append(problem)
            kind = canonical(first)[0] or first
            return Broken(word="", kind=kind, key=node.span, common=common)
        if others:
            word, key = others[0], node.keys[others[0]]
            self._unknown_kind(word, key)
            return Broken(word=word, kind=word, key=key, common=common)
        hint = "name the layer's kind, such as `conv: {filters: 6, kernel: 5}`"
        self.problem("CNN110", "an entry without a kind", node.span, hint)
        return Broken(word="", kind="layer", key=node.span, common=common)

    def _unknown_kind(self, word: str, span: Span) -> None:
        text = f"`{format_value(word)}` is neither a kind of layer nor a block of this file"
        hint, fixes = instead_of(word, span, self.block_names)
        self.problem("CNN201", text, span, hint, fixes=fixes)

    def _refuse_weights(
        self, node: Node, kind: str, common: dict[str, Node], keys: tuple[str, ...]
    ) -> None:
        """Report ``weights`` where there is no single layer to have them."""
        for key in keys:
            if common.pop(key, None) is not None:
                text = f"`{format_value(key)}` cannot be stated next to `{kind}`"
                hint = "weights belong to a layer: write it next to the layer"
                self.problem("CNN109", text, node.keys[key], hint)

    def _check_keys(self, node: Node, kind: str) -> bool:
        """Report keys that an entry of ``kind`` has not; return whether some are its fields.

        All fields that are next to the kind instead of below it are one mistake.
        """
        assert isinstance(node.value, dict)
        allowed = {kind, *COMMON_KEYS, *(["merge"] if kind == "branches" else [])}
        strange = [key for key in node.value if key not in allowed]
        if not strange:
            return False
        is_block = kind in self.block_names
        known = None if is_block else canonical(kind)[0]
        names = field_names(known) if known else {}
        fields = [key for key in strange if is_block or key in names]
        for key in strange:
            if key not in fields:
                self.unknown_key(key, node, f"an entry (next to `{kind}`)", COMMON_KEYS)
        if fields:
            listed = " and ".join(f"`{key}`" for key in fields)
            verb, them = ("is", "it") if len(fields) == 1 else ("are", "them")
            self.problem("CNN114", f"{listed} {verb} next to `{kind}`, not below it",
                         node.keys[fields[0]],
                         f"indent {them}: a field of `{kind}` is two columns deeper than "
                         f"`{kind}`, or in its {{}}")  # fmt: skip
        return bool(fields)

    def _group(self, node: Node, common: dict[str, Node]) -> Group:
        assert isinstance(node.value, dict)
        self._refuse_weights(node, "layers", common, ("weights", "weights_from"))
        body = self.body(node.value["layers"])
        return Group(word="layers", kind="group", key=node.keys["layers"], common=common, body=body)

    def _branches_entry(self, node: Node, common: dict[str, Node]) -> Branches | Broken:
        assert isinstance(node.value, dict)
        key = node.keys["branches"]
        self._refuse_weights(node, "branches", common, ("weights", "weights_from"))
        merge = node.value.get("merge")
        kind = canonical(str(merge.value))[0] if merge is not None else None
        if merge is None:
            self.problem("CNN110", "`branches` needs `merge`: how the branches are joined",
                         key, f"write merge: {merges()}")  # fmt: skip
        elif not joins(kind or "") and "$" not in str(merge.value):
            self.problem("CNN108", f"{format_value(merge.data())} does not join branches",
                         merge.span, f"write merge: {merges()}")  # fmt: skip
            merge = None
        entry = Branches(
            word="branches", kind=kind or "branches", key=key, common=common, merge=merge,
            branches=self._branches(node.value["branches"]),
        )  # fmt: skip
        return entry if entry.branches else broken(entry)

    def _branches(self, node: Node) -> tuple[Branch, ...]:
        if _is_branch(node) and isinstance(node.value, dict):
            return (self._branch(node),)
        if not isinstance(node.value, list) or not node.value:
            text = f"{format_value(node.data())} is not a list of branches"
            hint = "each branch is a list of layers; [] is the identity"
            self.problem("CNN108", text, node.span, hint)
            return ()
        wrong = [child for child in node.value if not _is_branch(child)]
        if wrong:
            first = format_value(wrong[0].data())
            more = f", and {len(wrong) - 1} more are none" if len(wrong) > 1 else ""
            self.problem("CNN108", f"{first} is not a branch{more}", wrong[0].span,
                         "a branch is a list of layers: put `- ` before it; [] is the identity"
                         )  # fmt: skip
        return tuple(map(self._branch, node.value))

    def _branch(self, node: Node) -> Branch:
        if isinstance(node.value, list):
            return Branch(body=tuple(map(self.entry, node.value)))
        if not _is_branch(node):
            return Branch(body=(_unreadable(node),))
        assert isinstance(node.value, dict)
        for key in node.value:
            if key not in BRANCH_KEYS:
                self.unknown_key(key, node, "a branch", BRANCH_KEYS)
        return Branch(
            body=self.body(node.value["layers"]),
            when=node.value.get("when"),
            repeat=self._repeat(node.value["repeat"]) if "repeat" in node.value else None,
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
            self._unknown_kind(word, key)
            return Broken(word=word, kind=word, key=key, common=common)
        return LayerEntry(
            word=word, kind=kind, key=key, common=common, value=value, promised_rank=rank
        )


def _common(node: Node) -> dict[str, Node]:
    """Return what an entry states of the keys that any entry may have."""
    assert isinstance(node.value, dict)
    return {key: child for key, child in node.value.items() if key in COMMON_KEYS}


def _is_branch(node: Node) -> bool:
    """Return whether a node is a list of layers, or a mapping with one."""
    return isinstance(node.value, list) or (isinstance(node.value, dict) and "layers" in node.value)


def _unreadable(node: Node) -> Broken:
    """Return an entry of which nothing is known but its place; its mistake is reported."""
    return Broken(word="", kind="layer", key=node.span, common={})
