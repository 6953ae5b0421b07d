"""The top level of a spec: inputs, variables, defaults, blocks and layers."""

from __future__ import annotations

from cnncalc.layers.registry import KINDS, canonical, field_names
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.edits import respelled, rewritten
from cnncalc.spec.names import check_name, check_variable, named
from cnncalc.spec.network import ABOUT_KEYS, NETWORK_KEYS, Network
from cnncalc.spec.node import Node
from cnncalc.spec.parse_blocks import Blocks, without_recursion
from cnncalc.spec.parse_entries import Entries
from cnncalc.spec.reader import Reader, TooManyProblems, two_names


def parse(root: Node, stem: str) -> tuple[Network | None, list[Problem]]:
    """Return the network that a document states; ``stem`` names it when it has no name.

    Returns ``None`` when nothing can be walked (no layers or no input, or very many problems).
    """
    problems: list[Problem] = []
    try:
        return _Top(problems).network(root, stem)
    except TooManyProblems:
        return None, problems


class _Top(Reader):
    """Reads the top level of a document."""

    def network(self, root: Node, stem: str) -> tuple[Network | None, list[Problem]]:
        assert isinstance(root.value, dict)
        data = root.value
        for key in data:
            if key not in NETWORK_KEYS:
                self.unknown_key(key, root, "a network", NETWORK_KEYS)
        blocks = self.mapping(data.get("blocks"), "blocks")
        entries = Entries(self.problems, tuple(blocks))
        reader = Blocks(self.problems, entries)
        inputs = self.inputs(root)
        layers = entries.body(data.get("layers")) if "layers" in data else ()
        found = {name: reader.block(name, node, data["blocks"]) for name, node in blocks.items()}
        network = Network(
            root=root,
            name=self.network_name(data.get("name"), stem),
            inputs=inputs,
            layers=named(layers, self.problems, tuple(inputs)),
            blocks=without_recursion(found, self.problems),
            variables=self.variables(data.get("vars")),
            defaults=self.defaults(data.get("defaults")),
            rounding=data.get("rounding"),
            outputs=data.get("outputs"),
            expect=data.get("expect"),
            cases=data.get("cases"),
            about=self.about(data.get("about")),
        )
        if "layers" in data and data["layers"].value == []:
            text, span = "the network has no layers", data["layers"].span
            self.problem(
                "CNN110", text, span, "such as `layers: [{conv: {filters: 6, kernel: 5}}]`"
            )
        if "layers" not in data:
            self.missing(root, "layers", "layers: [{conv: {filters: 6, kernel: 5}}, relu]")
        if "extends" in data:  # taken over, it is gone: this one was reported, and its blocks lack
            return None, [found for found in self.problems if found.code != "CNN201"]
        return (network if network.inputs and "layers" in data else None), self.problems

    def missing(self, root: Node, key: str, example: str) -> None:
        """Report a key that is not there, unless what it extends is not there either."""
        assert isinstance(root.value, dict)
        if "extends" in root.value:
            return
        unknown = [word for word in root.value if word not in NETWORK_KEYS]
        if any(f"did you mean `{key}`?" in did_you_mean(word, NETWORK_KEYS) for word in unknown):
            return  # it is there, misspelt, and that is reported
        span = Span(source=root.span.source, line=root.span.line, column=root.span.column,
                    end_line=root.span.line, end_column=root.span.column)  # fmt: skip
        self.problem("CNN110", f"a network needs `{key}`", span, f"such as `{example}`")

    def network_name(self, node: Node | None, stem: str) -> str:
        if node is None or node.value is None:
            return stem
        if isinstance(node.value, (dict, list)):
            self.problem("CNN108", "a name is a text", node.span)
            return stem
        return str(node.value) if isinstance(node.value, str) else node.text

    def inputs(self, root: Node) -> dict[str, Node]:
        data = root.value
        assert isinstance(data, dict)
        single, several = data.get("input"), data.get("inputs")
        if single is not None and several is not None:
            self.problems.append(
                Problem(
                    code="CNN111",
                    message="`input` and `inputs` both state what goes in",
                    span=root.keys["inputs"],
                    help=("keep one of them",),
                    related=(Related(message="`input` is stated here", span=root.keys["input"]),),
                )
            )
        if single is not None:
            return {"input": single}
        if several is None or several.value in (None, {}):
            self.missing(root, "input", "input: 32x32x3")
            return {}
        named = self.mapping(several, "inputs", "{image: 224x224x3, meta: 10}")
        for name in named:
            check_name(name, several.keys[name], self.problems)
        return named

    def variables(self, node: Node | None) -> dict[str, Node]:
        named = self.mapping(node, "vars", "{classes: 1000}")
        for name in named:
            assert node is not None
            check_variable(name, node.keys[name], self.problems)
        return named

    def about(self, node: Node | None) -> dict[str, Node]:
        """Check the words about the network: literal texts, a whole year."""
        named = self.mapping(node, "about", "{paper: He et al. 2015, year: 2015}")
        for key, child in named.items():
            assert node is not None
            if key not in ABOUT_KEYS:
                self.unknown_key(key, node, "`about`", ABOUT_KEYS)
            elif isinstance(child.value, (dict, list)) or (
                key == "year" and not isinstance(child.value, int)
            ):
                kind = "a year, such as 2015" if key == "year" else "a text"
                text = f"{key}: {format_value(child.data())} is not {kind}"
                self.problem("CNN108", text, child.span)
        return named

    def defaults(self, node: Node | None) -> dict[str, Node]:
        """Check kinds and field names of ``defaults``."""
        named = self.mapping(node, "defaults", "{conv: {bias: false}}")
        for kind, fields in named.items():
            assert node is not None
            if kind not in KINDS:
                known = canonical(kind)[0]
                hint = (f"write `{known}`",) if known else did_you_mean(kind, KINDS)
                text = f"`{format_value(kind)}` in defaults is not a canonical kind"
                fix = (rewritten(node.keys[kind], known, safe=False),) if known else ()
                fixes = fix or respelled(node.keys[kind], kind, KINDS)
                self.problem("CNN201", text, node.keys[kind], *hint, fixes=fixes)
                continue
            known_fields = field_names(kind)
            stated: dict[str, str] = {}
            for key in self.mapping(fields, kind, "{bias: false}"):
                if key not in known_fields:
                    self.unknown_key(key, fields, f"`{kind}`", known_fields)
                elif (first := stated.setdefault(known_fields[key], key)) != key:
                    self.problems.append(two_names(known_fields[key], first, key, fields))
        return {kind: fields for kind, fields in named.items() if kind in KINDS}
