"""``extends``: one spec laid over another."""

from __future__ import annotations

import os
from pathlib import Path

from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem, RuleError, located
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.document import read
from cnncalc.spec.entries import STRUCTURES
from cnncalc.spec.files import ZOO, CannotRead, read_bytes
from cnncalc.spec.network import NETWORK_KEYS
from cnncalc.spec.node import Node
from cnncalc.zoo import catalogue as zoo

_OWN = ("name", "expect", "extends", "answer", "student", "quiz")
"""What is about one file alone: it is not taken over by those that extend it."""
MAX_EXTENDS = 20
"""How long a chain of ``extends`` may be."""


def extended(root: Node, path: Path | None, files: list[Path]) -> tuple[Node, list[Problem]]:
    """Return ``root`` with what it ``extends`` taken over, and what is wrong with that.

    ``path`` is the file of ``root``; ``files`` are those that were read so far, and get more.
    """
    node = root.children.get("extends")
    if node is None:
        return root, []
    try:
        base_path = _base(node.value, path, files)
        data = read_bytes(base_path, str(node.value))
    except CannotRead as error:
        return root, [Problem(code="CNN210", message=str(error), span=node.span)]
    except RuleError as error:
        return root, [located(error, node.span)]
    files.append(base_path)
    document, problems = read(data, _shown(base_path, path, root.span.source.name))
    if document is None:
        return root, problems
    base, more = extended(document.root, base_path, files)
    return merged(base, root), [*problems, *more]


def _shown(base: Path, path: Path | None, name: str) -> str:
    """Return what problems call an extended file: as the file ``name`` at ``path`` was called."""
    folder = path.parent if path is not None else Path()
    if name.endswith(ZOO) or not base.is_relative_to(folder.resolve()):
        return f"{base.stem}{ZOO}"
    relative = os.path.relpath(base, folder.resolve())
    return str(Path(name).parent / relative).replace(os.sep, "/")


def _base(name: object, path: Path | None, files: list[Path]) -> Path:
    """Return the file that ``extends`` names in the file ``path``.

    Raises:
        RuleError: CNN210 when there is none, or when it was read already.
    """
    if not isinstance(name, str) or "$" in name:
        raise _cannot("`extends` is a literal path below this folder, or a zoo name")
    base = _below(name, path) if name.endswith(zoo.ENDINGS) else _in_the_zoo(name)
    if base in files:
        names = " → ".join(p.name for p in [*files[files.index(base) :], base])
        raise _cannot(f"`extends` runs in a circle: {names}")
    if len(files) > MAX_EXTENDS:
        raise _cannot(f"more than {MAX_EXTENDS} specs extend each other")
    return base


def _below(name: str, path: Path | None) -> Path:
    """Return the file of this name below the folder of ``path``."""
    folder = path.parent if path is not None else Path()
    try:
        folder = folder.resolve()
        base = (folder / name).resolve()
        there = base.is_file()
    except (OSError, ValueError, RuntimeError):  # no path, a loop of links, a deleted folder
        base, there = folder, False
    if not base.is_relative_to(folder):
        raise _cannot(f"{name} leaves the spec's own folder", "copy the file below the folder")
    if not there:
        stem = Path(name).stem
        shipped = (f"to extend the zoo's, write extends: {stem}",) if zoo.find(stem) else ()
        raise _cannot(f"there is no file {format_value(name)} next to this spec", *shipped)
    return base


def _in_the_zoo(name: str) -> Path:
    """Return the file of the zoo network of this name."""
    found = zoo.find(name)
    if found is None:
        raise _cannot(
            f"there is no zoo network called {format_value(name)}",
            *did_you_mean(zoo.normal(name), zoo.names()),
            "a path ends in .yaml, .yml or .json",
        )
    return found.resolve()


def _cannot(message: str, *advice: str) -> RuleError:
    return RuleError("CNN210", message, help=advice)


def merged(base: Node, root: Node) -> Node:
    """Return ``root`` on top of ``base``.

    All but ``name``, expectations and answers is taken over; ``vars`` and ``blocks`` merge by key,
    ``defaults`` by kind and field, the rest is replaced whole.
    """
    value: dict[str, Node] = {}
    keys = dict(base.keys)
    for key, node in base.children.items():
        if key in _OWN or key not in NETWORK_KEYS:
            continue
        without_own = {"layers": _entries, "blocks": _blocks}.get(key)
        value[key] = without_own(node) if without_own else node
    if {"input", "inputs"} & root.children.keys():
        value.pop("input", None)
        value.pop("inputs", None)
    for key, node in root.children.items():
        keys[key] = root.keys[key]
        if key in value and key in ("vars", "blocks"):
            node = _over(value[key], node, depth=1)
        elif key in value and key == "defaults":
            node = _over(value[key], node, depth=2)
        if key != "extends":
            value[key] = node
    return Node(value=value, span=root.span, keys=keys)


def _over(base: Node, top: Node, depth: int) -> Node:
    """Return ``top`` laid over ``base``, merging mappings ``depth`` levels deep."""
    if not isinstance(base.value, dict) or not isinstance(top.value, dict):
        return top
    value = dict(base.value)
    for key, node in top.value.items():
        value[key] = _over(value[key], node, depth - 1) if depth > 1 and key in value else node
    return Node(value=value, span=top.span, keys={**base.keys, **top.keys})


def _blocks(node: Node) -> Node:
    """Return the mapping of blocks, without what their entries expect or answer."""
    if not isinstance(node.value, dict):
        return node
    value = {name: _block(block) for name, block in node.value.items()}
    return Node(value=value, span=node.span, keys=node.keys)


def _block(block: Node) -> Node:
    """Return a block without what its entries expect or answer."""
    if "layers" not in block.children:
        return block
    value = {**block.children, "layers": _entries(block.children["layers"])}
    return Node(value=value, span=block.span, keys=block.keys)


def _entries(node: Node) -> Node:
    """Return an entry, or a list, without expectations and answers; what is inside as well."""
    if isinstance(node.value, list):
        return Node(value=[_entries(child) for child in node.value], span=node.span)
    if not isinstance(node.value, dict):
        return node
    value = {
        key: _entries(child) if key in (*STRUCTURES, "else") else child
        for key, child in node.value.items()
        if key not in ("expect", "answer")
    }
    return Node(value=value, span=node.span, keys=node.keys)
