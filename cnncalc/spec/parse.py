"""The top level of a spec: inputs, variables, defaults, blocks and layers."""

from __future__ import annotations

from cnncalc.layers.registry import KINDS, canonical, field_names
from cnncalc.maths.volume import format_value
from cnncalc.problems.collector import Stop
from cnncalc.problems.model import Problem, Related
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.edits import misspelt, rewritten
from cnncalc.spec.findings import Findings
from cnncalc.spec.names import check_name, named, variables
from cnncalc.spec.network import ABOUT_KEYS, NETWORK_KEYS, Network
from cnncalc.spec.node import Node
from cnncalc.spec.parse_blocks import parse_blocks
from cnncalc.spec.parse_entries import Entries
from cnncalc.spec.reader import mapping, two_names, unknown_key
from cnncalc.spec.scalars import shorten


def parse(root: Node, stem: str) -> tuple[Network | None, list[Problem]]:
    """Return the network that a document states; ``stem`` names it when it has no name.

    Returns ``None`` when nothing can be walked (no layers or no input, or very many problems).
    """
    findings = Findings(root.span.source)
    try:
        network = _network(findings, root, stem)
    except Stop:
        return None, findings.problems
    if "extends" in root.children:
        # what it extends is missing, which was reported; so are the blocks that it would have
        return None, [found for found in findings.problems if found.code != "CNN201"]
    return (network if network.inputs and "layers" in root.children else None), findings.problems


def _network(findings: Findings, root: Node, stem: str) -> Network:
    data = root.children
    for word in root.keys:
        if word not in NETWORK_KEYS:
            unknown_key(findings, root, word, "a network", NETWORK_KEYS, _in_frameworks(word))
    blocks = mapping(findings, data.get("blocks"), "blocks")
    entries = Entries(findings, tuple(blocks))
    inputs = _inputs(findings, root)
    layers = entries.body(data["layers"]) if "layers" in data else ()
    network = Network(
        root=root,
        name=_name(findings, data.get("name"), stem),
        inputs=inputs,
        layers=named(findings, layers, tuple(inputs)),
        blocks=parse_blocks(findings, data.get("blocks"), entries),
        variables=variables(findings, data.get("vars"), "vars", "{classes: 1000}"),
        defaults=_defaults(findings, data.get("defaults")),
        rounding=data.get("rounding"),
        outputs=data.get("outputs"),
        expect=data.get("expect"),
        cases=data.get("cases"),
        about=_about(findings, data.get("about")),
    )
    if "layers" not in data:
        _missing(findings, root, "layers", "layers: [{conv: {filters: 6, kernel: 5}}, relu]")
    elif data["layers"].value == []:
        advice = "such as `layers: [{conv: {filters: 6, kernel: 5}}]`"
        findings.report("CNN110", "the network has no layers", data["layers"].span, advice)
    return network


_INPUTS = ("input_shape", "input_size", "input_dim", "in_shape", "image_size", "shape")
_WRAPPERS = ("network", "model", "net", "architecture")


def _in_frameworks(word: str) -> str:
    """Return what to write instead of a key that other tools have; nothing for others."""
    if word in _INPUTS:
        return "write `input: 32x32x3`: width, height, depth"
    if word in _WRAPPERS:
        return "the keys of a network, such as `input` and `layers`, are at the top level"
    return ""


def _missing(findings: Findings, root: Node, key: str, example: str) -> None:
    """Report a key that is not there, unless what it extends is not there either."""
    data = root.children
    if "extends" in data:
        return
    unknown = [word for word in data if word not in NETWORK_KEYS]
    if any(word in _WRAPPERS or (key == "input" and word in _INPUTS) for word in unknown):
        return  # it is there in another form, and that is reported
    if any(f"did you mean `{key}`?" in did_you_mean(word, NETWORK_KEYS) for word in unknown):
        return  # it is there, misspelt, and that is reported
    span = root.span.source.point(*root.span.start)
    findings.report("CNN110", f"a network needs `{key}`", span, f"such as `{example}`")


def _name(findings: Findings, node: Node | None, stem: str) -> str:
    if node is None or node.value is None:
        return stem
    if isinstance(node.value, (dict, list)):
        findings.report("CNN108", "a name is a text", node.span)
        return stem
    return str(node.value) if isinstance(node.value, str) else node.text


def _inputs(findings: Findings, root: Node) -> dict[str, Node]:
    data = root.children
    single, several = data.get("input"), data.get("inputs")
    if single is not None and several is not None:
        findings.report(
            "CNN111",
            "`input` and `inputs` both state what goes in",
            root.keys["inputs"],
            "keep one of them",
            related=(Related(message="`input` is stated here", span=root.keys["input"]),),
        )
    if single is not None:
        return {"input": single}
    if several is None or several.value in (None, {}):
        _missing(findings, root, "input", "input: 32x32x3")
        return {}
    inputs = mapping(findings, several, "inputs", "{image: 224x224x3, meta: 10}")
    for name in inputs:
        check_name(findings, name, several.keys[name])
    return inputs


def _about(findings: Findings, node: Node | None) -> dict[str, Node]:
    """Check the words about the network: literal texts, a whole year."""
    about = mapping(findings, node, "about", "{paper: He et al. 2015, year: 2015}")
    for key, child in about.items():
        assert node is not None
        if key not in ABOUT_KEYS:
            unknown_key(findings, node, key, "`about`", ABOUT_KEYS)
        elif isinstance(child.value, (dict, list)) or (
            key == "year" and not isinstance(child.value, int)
        ):
            kind = "a year, such as 2015" if key == "year" else "a text"
            written = child.text or format_value(child.data())
            findings.report("CNN108", f"{key}: {shorten(written)} is not {kind}", child.span)
    return about


def _defaults(findings: Findings, node: Node | None) -> dict[str, Node]:
    """Return the ``defaults`` of each kind; report other words and fields that a kind has not."""
    found = {}
    for kind, fields in mapping(findings, node, "defaults", "{conv: {bias: false}}").items():
        assert node is not None
        if kind in KINDS:
            found[kind] = fields
            _default_fields(findings, kind, fields)
        else:
            _no_kind(findings, kind, node.keys[kind])
    return found


def _no_kind(findings: Findings, word: str, key: Span) -> None:
    """Report a word that is no kind's own name."""
    text = f"`{format_value(word)}` in defaults is not a canonical kind"
    known = canonical(word)[0]
    if known:
        fix = rewritten(key, known, safe=False)
        findings.report("CNN201", text, key, f"write `{known}`", fixes=(fix,))
    else:
        findings.add(misspelt("CNN201", text, key, word, KINDS))


def _default_fields(findings: Findings, kind: str, fields: Node) -> None:
    """Report fields that a kind does not have, or that are stated twice."""
    known = field_names(kind)
    stated: dict[str, str] = {}
    for key in mapping(findings, fields, kind, "{bias: false}"):
        if key not in known:
            unknown_key(findings, fields, key, f"`{kind}`", known)
        elif (first := stated.setdefault(known[key], key)) != key:
            findings.add(two_names(known[key], first, key, fields))
