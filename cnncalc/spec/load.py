"""Files and names → networks: the only place that reads specs, and follows ``extends``."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.document import read
from cnncalc.spec.entries import STRUCTURES
from cnncalc.spec.network import NETWORK_KEYS, Network
from cnncalc.spec.node import Node
from cnncalc.spec.parse import parse
from cnncalc.spec.text import MAX_BYTES
from cnncalc.zoo import catalogue as zoo

SPEC_KEYS = ("layers", "input", "inputs", "blocks", "extends")
"""A file with none of these is not a spec."""
_ZOO = " (zoo)"
_SUFFIXES = (".yaml", ".yml", ".json")
MAX_EXTENDS = 20
"""How long a chain of ``extends`` may be."""


class CannotRead(Exception):
    """A spec that does not exist or cannot be opened; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A spec, read: ``network``, and the ``problems`` of its structure.

    ``network`` is ``None`` where too little of the spec could be read. ``source`` is the text,
    ``None`` where it could not be decoded or parsed.
    """

    network: Network | None
    problems: tuple[Problem, ...]
    source: Source | None
    is_spec: bool = True
    """Whether it has a key of a spec, or nearly; what is no mapping is taken for one, too."""
    files: tuple[Path, ...] = ()
    """The files that were read: the spec's own and those that it extends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unparsed:
    """A spec's bytes, what it is called in problems, and its file (standard input has none)."""

    data: bytes
    name: str
    path: Path | None


def load(spec: str) -> Loaded:
    """Read a spec: a path, ``-`` for standard input, or the name of a zoo network.

    Raises:
        CannotRead: there is no such file or name, or it cannot be opened.
    """
    unparsed = fetch(spec)
    return parse_bytes(unparsed.data, unparsed.name, unparsed.path)


def fetch(spec: str) -> Unparsed:
    """Return the bytes that :func:`load` reads.

    Raises:
        CannotRead: there is no such file or name, or it cannot be opened.
    """
    if spec == "-":
        return Unparsed(data=_standard_input(), name="<stdin>", path=None)
    path = find(spec)
    shown = spec if Path(spec).exists() else f"{path.stem}{_ZOO}"
    return Unparsed(data=read_bytes(path, spec), name=shown.replace(os.sep, "/"), path=path)


def find(spec: str) -> Path:
    """Return the file of a spec: an existing path wins over a zoo name."""
    if not spec:
        raise CannotRead("the name of a spec is empty")
    try:
        if Path(spec).is_dir():
            raise CannotRead(f"{spec} is a folder: name a file, or use `cnncalc check {spec}`")
        if Path(spec).exists():
            return Path(spec)
    except OSError as error:  # such as a name that is too long
        raise CannotRead(f"cannot read {spec}: {error.strerror or error}") from None
    found = zoo.find(spec)
    if found is not None:
        return found
    hint = _near_file(Path(spec)) or did_you_mean(zoo.normal(spec), zoo.names())
    raise CannotRead(
        f"there is no {'folder' if spec.endswith('/') else 'file or zoo network'} called {spec}"
        + "".join(f": {h}" for h in hint)
    )


def _near_file(path: Path) -> tuple[str, ...]:
    """Return the nearest name of a spec in the folder of a file that is not there."""
    if path.suffix not in _SUFFIXES:
        return ()
    try:
        names = [each.name for each in path.parent.iterdir() if each.suffix in _SUFFIXES]
    except OSError:
        return (f"there is no folder {path.parent}",)
    return did_you_mean(path.name, names)


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise CannotRead("standard input is closed")
    try:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:  # it may be a folder
        raise CannotRead(f"cannot read standard input: {error.strerror or error}") from None


def read_bytes(path: Path, shown: str) -> bytes:
    """Return what a file holds, of one that is too long only so much that this shows.

    Raises:
        CannotRead: it cannot be opened; the message calls it ``shown``.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a name may hold what no name can
        reason = getattr(error, "strerror", None) or error
        raise CannotRead(f"cannot read {shown}: {reason}") from None


def parse_bytes(data: bytes, name: str, path: Path | None) -> Loaded:
    """Return the network in ``data``; ``extends`` is looked up in the folder of ``path``."""
    document, problems = read(data, name)
    if document is None:
        return Loaded(network=None, problems=tuple(problems), source=None)
    root = document.root
    assert isinstance(root.value, dict)
    is_spec = any(map(_is_spec_key, root.value))
    files = [path.resolve()] if path is not None else []
    root = _extended(root, path, files, problems)
    stem = path.stem if path is not None else "network"
    network, found = parse(root, stem)
    return Loaded(
        network=network,
        problems=(*problems, *found),
        source=document.source,
        is_spec=is_spec,
        files=tuple(files),
    )


def _is_spec_key(key: str) -> bool:
    """Return whether a key is one of a spec's, or a slip of it such as ``inptu`` or ``layer``."""
    word = key.lower()
    return len(word) < 10 and bool(get_close_matches(word, SPEC_KEYS, cutoff=0.8))


def _extended(root: Node, path: Path | None, files: list[Path], problems: list[Problem]) -> Node:
    """Return ``root`` with what it ``extends`` taken over; what is read is added to ``files``."""
    assert isinstance(root.value, dict)
    node = root.value.get("extends")
    if node is None:
        return root
    base_path = _base(node, path, files, problems)
    if base_path is None:
        return root
    try:
        data = read_bytes(base_path, str(node.value))
    except CannotRead as error:
        problems.append(Problem(code="CNN210", message=str(error), span=node.span))
        return root
    files.append(base_path)
    document, found = read(data, _shown(base_path, path, root.span.source.name))
    problems.extend(found)
    if document is None or not isinstance(document.root.value, dict):
        return root
    base = _extended(document.root, base_path, files, problems)
    return merged(base, root)


def _shown(base: Path, path: Path | None, name: str) -> str:
    """Return what problems call an extended file: as the file ``name`` at ``path`` was called."""
    folder = path.parent if path is not None else Path()
    if name.endswith(_ZOO) or not base.is_relative_to(folder.resolve()):
        return f"{base.stem}{_ZOO}"
    relative = os.path.relpath(base, folder.resolve())
    return str(Path(name).parent / relative).replace(os.sep, "/")


def _base(node: Node, path: Path | None, files: list[Path], problems: list[Problem]) -> Path | None:
    """Return the file that ``extends`` names; report when there is none."""

    def bad(text: str, *hints: str) -> None:
        problems.append(Problem(code="CNN210", message=text, span=node.span, help=hints))

    if not isinstance(node.value, str) or "$" in node.value:
        bad("`extends` is a literal path below this folder, or a zoo name")
        return None
    if node.value.endswith((".yaml", ".yml", ".json")):
        folder = path.parent if path is not None else Path()
        try:
            folder = folder.resolve()
            base = (folder / node.value).resolve()
            there = base.is_file()
        except (OSError, ValueError, RuntimeError):  # no path, a loop of links, a deleted folder
            base, there = folder, False
        if not base.is_relative_to(folder):
            bad(f"{node.value} leaves the spec's own folder", "copy the file below the folder")
            return None
        if not there:
            name = Path(node.value).stem
            shipped = (f"to extend the zoo's, write extends: {name}",) if zoo.find(name) else ()
            bad(f"there is no file {format_value(node.value)} next to this spec", *shipped)
            return None
    else:
        found = zoo.find(node.value)
        if found is None:
            hint = did_you_mean(zoo.normal(node.value), zoo.names())
            bad(f"there is no zoo network called {format_value(node.value)}", *hint,
                "a path ends in .yaml, .yml or .json")  # fmt: skip
            return None
        base = found.resolve()
    if base in files:
        names = " → ".join(p.name for p in [*files[files.index(base) :], base])
        bad(f"`extends` runs in a circle: {names}")
        return None
    if len(files) > MAX_EXTENDS:
        bad(f"more than {MAX_EXTENDS} specs extend each other")
        return None
    return base


def merged(base: Node, root: Node) -> Node:
    """Return ``root`` on top of ``base``.

    All but ``name`` and expectations is taken over; ``vars`` and ``blocks`` merge by key,
    ``defaults`` by kind and field, the rest is replaced whole.
    """
    assert isinstance(base.value, dict) and isinstance(root.value, dict)
    value: dict[str, Node] = {}
    keys = dict(base.keys)
    for key, node in base.value.items():
        if key in ("name", "expect", "extends") or key not in NETWORK_KEYS:
            continue
        without_expectations = {"layers": _entries, "blocks": _blocks}.get(key)
        value[key] = without_expectations(node) if without_expectations else node
    if {"input", "inputs"} & root.value.keys():
        value.pop("input", None)
        value.pop("inputs", None)
    for key, node in root.value.items():
        keys[key] = root.keys[key]
        if key in value and key in ("vars", "blocks"):
            node = _over(value[key], node, depth=1)
        elif key in value and key == "defaults":
            node = _over(value[key], node, depth=2)
        if key != "extends":
            value[key] = node
    return Node(value, root.span, keys)


def _over(base: Node, top: Node, depth: int) -> Node:
    """Return ``top`` laid over ``base``, merging mappings ``depth`` levels deep."""
    if not isinstance(base.value, dict) or not isinstance(top.value, dict):
        return top
    value = dict(base.value)
    for key, node in top.value.items():
        value[key] = _over(value[key], node, depth - 1) if depth > 1 and key in value else node
    return Node(value, top.span, {**base.keys, **top.keys})


def _blocks(node: Node) -> Node:
    """Return the mapping of blocks, without the expectations of their entries."""
    if not isinstance(node.value, dict):
        return node
    return Node({name: _block(block) for name, block in node.value.items()}, node.span, node.keys)


def _block(block: Node) -> Node:
    """Return a block without the expectations of its entries."""
    if not isinstance(block.value, dict) or "layers" not in block.value:
        return block
    value = {**block.value, "layers": _entries(block.value["layers"])}
    return Node(value, block.span, block.keys)


def _entries(node: Node) -> Node:
    """Return an entry, or a list of them, without expectations; what is inside it as well."""
    if isinstance(node.value, list):
        return Node([_entries(child) for child in node.value], node.span)
    if not isinstance(node.value, dict):
        return node
    value = {
        key: _entries(child) if key in (*STRUCTURES, "else") else child
        for key, child in node.value.items()
        if key != "expect"
    }
    return Node(value, node.span, node.keys)
