"""From bytes to a document: the values of a spec with the place of every key and value."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.problems.collector import Stop
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source
from cnncalc.spec.findings import Findings
from cnncalc.spec.json import read_json
from cnncalc.spec.misread import text_help
from cnncalc.spec.node import Node
from cnncalc.spec.text import check_yaml, decode
from cnncalc.spec.yaml import read_yaml

_MENDED = frozenset({"CNN105"})
"""Problems that leave a document whose other values can be relied on."""

_BEGIN = "a spec begins with keys such as `input: 32x32x3` and `layers:`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file that was read: its text and the mapping at its root."""

    source: Source
    root: Node


def read(source_bytes: bytes, name: str) -> tuple[Document | None, list[Problem]]:
    """Read a spec, YAML or JSON; ``name`` is the file's name, whose ending decides which.

    Never raises. The document is ``None`` where a problem leaves none to go on with; with
    duplicate keys it is returned with their problems, the first of each key kept.
    """
    source, problem = decode(source_bytes, name)
    if problem is not None:
        return None, [problem]
    findings = Findings(source)
    try:
        root = _root(findings)
    except Stop:
        root = None
    problems = sorted(findings.problems, key=lambda found: found.span.start)
    if root is None or any(found.code not in _MENDED for found in problems):
        return None, problems
    return Document(source=source, root=root), problems


def _root(findings: Findings) -> Node | None:
    """Return the root, which is a mapping; problems go to ``findings``."""
    root = _parse(findings)
    if findings.problems and (root is None or not isinstance(root.value, dict)):
        return None
    if root is None or (root.plain and not root.text):
        span = findings.span(0, 0, 0, 0)
        raise findings.stop("CNN104", "the file is empty, or holds only comments", span, _BEGIN)
    if isinstance(root.value, dict):
        return root
    what = "a list" if isinstance(root.value, list) else "a single value"
    advice = "write `layers:` above it and indent it" if what == "a list" else _BEGIN
    space = text_help(root.text) if root.plain else ()
    raise findings.stop(
        "CNN108",
        f"the file holds {what}, but a spec is a mapping of keys such as `input:` and `layers:`",
        root.span,
        *(space or (advice,)),
    )


def _parse(findings: Findings) -> Node | None:
    """Read the text as JSON where it is JSON, else as YAML."""
    text = findings.source.text.strip(" \t\n")
    if findings.source.name.lower().endswith(".json"):
        return read_json(findings) if text else None
    if text.startswith("{"):
        try:
            return read_json(findings)
        except Stop:
            if findings.problems[-1].code != "CNN103":
                raise
            findings.found.clear()  # no JSON
    if problem := check_yaml(findings.source):
        findings.add(problem)
        raise Stop
    return read_yaml(findings)
