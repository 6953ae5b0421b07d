"""Entries of a list of layers: layers, block uses, groups and branches."""

from __future__ import annotations

from cnncalc.layers.registry import (
    KINDS,
    canonical,
    field_names,
    joins,
    kind_aliases,
    kind_with_field,
)
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.names import check_name
from cnncalc.spec.network import COMMON_KEYS, STRUCTURES, Entry
from cnncalc.spec.node import Node
from cnncalc.spec.reader import Reader


class Entries(Reader):
    """Reads lists of layers; ``block_names`` are the blocks of the file."""

    def __init__(self, problems: list[Problem], block_names: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.block_names = block_names

    def body(self, node: Node | None) -> tuple[Entry, ...]:
        """Return the entries of a ``layers:`` value."""
        if node is None or node.value is None:
            span = node.span if node else None
            if span:
                self.problem("CNN108", "`layers` is empty: a list of layers belongs here", span)
            return ()
        if not isinstance(node.value, list):
            got = format_value(node.data())
            self.problem("CNN108", f"{got} is not a list of layers", node.span,
                         "write each layer on a line of its own, after `- `")  # fmt: skip
            return ()
        return tuple(self.entry(child) for child in node.value)

    def entry(self, node: Node) -> Entry:
        """Return one entry; what is wrong with it is reported, and its ``what`` is ``broken``."""
        if isinstance(node.value, str):
            return self._layer(node, node.value, node.span, None, {}, {})
        if not isinstance(node.value, dict):
            got = format_value(node.data())
            self.problem("CNN108", f"{got} is not a layer", node.span,
                         "a layer is a kind (`relu`) or a mapping (`conv: {filters: 6, kernel: 5}`)"
                         )  # fmt: skip
            return Entry(node, "broken", "", "layer", node.span)
        keys = list(node.value)
        common = {key: node.value[key] for key in keys if key in COMMON_KEYS}
        spans = {key: node.keys[key] for key in common}
        kinds = [key for key in keys if key not in COMMON_KEYS and self._is_kind(key)]
        if "branches" in kinds:
            kinds = ["branches"]
        if len(kinds) != 1:
            return self._no_kind(node, kinds, [k for k in keys if k not in common], common)
        kind = kinds[0]
        allowed = {kind, *common, *(["merge"] if kind == "branches" else [])}
        misplaced = [
            key for key in keys if key not in allowed and self._beside_kind(key, kind, node)
        ]
        if "name" in common:
            self._stated_name(common["name"])
        if kind in STRUCTURES and kind not in self.block_names:
            return self._structure(node, kind, common, spans)
        entry = self._layer(node, kind, node.keys[kind], node.value[kind], common, spans)
        if misplaced:  # what it lacks below its kind is no second mistake
            entry.what = "broken"
        return entry

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

    def _no_kind(
        self, node: Node, kinds: list[str], others: list[str], common: dict[str, Node]
    ) -> Entry:
        """Report an entry with no kind, or several; the first stands for its name."""
        entry = Entry(node, "broken", "", "layer", node.span, common=common)
        if len(kinds) > 1:
            self.problems.append(
                Problem(
                    "CNN111",
                    f"one entry has {len(kinds)} kinds: {', '.join(kinds)}",
                    node.keys[kinds[1]],
                    help=("put each kind on a line of its own, after `- `",),
                    related=(Related(f"`{kinds[0]}` stands here", node.keys[kinds[0]]),),
                )
            )
            entry.kind = canonical(kinds[0])[0] or kinds[0]
        elif others:
            self._unknown_kind(others[0], node.keys[others[0]])
            entry.key, entry.kind = node.keys[others[0]], others[0]
        else:
            hint = "name the layer's kind, such as `conv: {filters: 6, kernel: 5}`"
            self.problem("CNN110", "an entry without a kind", node.span, hint)
        return entry

    def _unknown_kind(self, word: str, span: Span) -> None:
        words = (*self.block_names, *KINDS, *kind_aliases(), *STRUCTURES)
        hint = did_you_mean(word, words) or ("docs/spec.md lists the kinds",)
        kind = kind_with_field(word)
        if kind is not None:
            hint = (f"`{word}` is a field: write it below its kind, as in `{kind}: {{{word}: …}}`",)
        text = f"`{format_value(word)}` is neither a kind of layer nor a block of this file"
        self.problem("CNN201", text, span, *hint)

    def _weights_beside(self, entry: Entry, keys: tuple[str, ...]) -> None:
        """Report ``weights`` where there is no single layer to have them."""
        for key in keys:
            if key in entry.common:
                text = f"`{format_value(key)}` cannot stand beside `{entry.word}`"
                hint = "weights belong to a layer: write it beside the layer"
                self.problem("CNN109", text, entry.common_keys[key], hint)
                del entry.common[key]

    def _beside_kind(self, key: str, kind: str, node: Node) -> bool:
        """Report a key beside a kind; tell whether it is a field that belongs below it."""
        known = canonical(kind)[0]
        is_field = (
            known is not None and kind not in self.block_names and key in field_names(known)
        ) or kind in self.block_names
        if is_field:
            self.problem("CNN114", f"`{key}` stands beside `{kind}`, not below it", node.keys[key],
                         f"indent it: a field of `{kind}` stands two columns deeper than "
                         f"`{kind}`, or in its {{}}")  # fmt: skip
        else:
            self.unknown_key(key, node, f"an entry (beside `{kind}`)", COMMON_KEYS)
        return is_field

    def _structure(
        self, node: Node, kind: str, common: dict[str, Node], spans: dict[str, Span]
    ) -> Entry:
        assert isinstance(node.value, dict)
        if kind == "layers":
            body = self.body(node.value["layers"])
            group = Entry(node, "group", kind, "group", node.keys[kind], common=common,
                          common_keys=spans, body=body)  # fmt: skip
            self._weights_beside(group, ("weights", "weights_from"))
            return group
        merge = node.value.get("merge")
        word = canonical(str(merge.value))[0] if merge is not None else None
        if merge is None:
            self.problem("CNN110", "`branches` needs `merge`: how the branches are joined",
                         node.keys["branches"], "write merge: add, concat or multiply")  # fmt: skip
        elif not joins(word or "") and "$" not in str(merge.value):
            self.problem("CNN108", f"{format_value(merge.data())} does not join branches",
                         merge.span, "write merge: add, concat or multiply")  # fmt: skip
            merge = None
        entry = Entry(node, "branches", kind, word or "branches", node.keys[kind],
                      value=node.value["branches"], common=common, common_keys=spans,
                      branches=self._branches(node.value["branches"]), merge=merge)  # fmt: skip
        self._weights_beside(entry, ("weights", "weights_from"))
        if not entry.branches:
            entry.what = "broken"
        return entry

    def _branches(self, node: Node) -> tuple[tuple[Entry, ...], ...]:
        if not isinstance(node.value, list) or not node.value:
            text = f"{format_value(node.data())} is not a list of branches"
            hint = "each branch is a list of layers; [] is the identity"
            self.problem("CNN108", text, node.span, hint)
            return ()
        branches = []
        for child in node.value:
            if isinstance(child.value, list):
                branches.append(tuple(self.entry(grandchild) for grandchild in child.value))
                continue
            self.problem("CNN108", f"{format_value(child.data())} is not a branch", child.span,
                         "a branch is a list of layers: put `- ` before it; [] is the identity"
                         )  # fmt: skip
            branches.append((Entry(child, "broken", "", "layer", child.span),))
        return tuple(branches)

    def _layer(
        self,
        node: Node,
        word: str,
        key: Span,
        value: Node | None,
        common: dict[str, Node],
        spans: dict[str, Span],
    ) -> Entry:
        entry = Entry(node, "layer", word, word, key, value, None, common, spans)
        if word in self.block_names:
            entry.what = "block"
            self._weights_beside(entry, ("weights",))
        elif word == "activation":
            pass  # `activation: $act`: which kind it is comes from its value
        else:
            kind, entry.promised_rank = canonical(word)
            entry.kind = kind or word
            if kind is None:
                self._unknown_kind(word, key)
                entry.what = "broken"
        if entry.joined is not None and "from" in common:
            self.problem("CNN111", f"`from` and the list of `{word}` both name its inputs",
                         spans["from"], "keep one of them")  # fmt: skip
        return entry
