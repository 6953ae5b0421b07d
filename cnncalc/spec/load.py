"""Files and names → networks."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source
from cnncalc.spec.document import read
from cnncalc.spec.extends import extended
from cnncalc.spec.files import fetch
from cnncalc.spec.network import Network
from cnncalc.spec.parse import parse

SPEC_KEYS = ("layers", "input", "inputs", "blocks", "extends")
"""A file with none of these is not a spec."""


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


def load(spec: str) -> Loaded:
    """Read a spec: a path, ``-`` for standard input, or the name of a zoo network.

    Raises:
        CannotRead: there is no such file or name, or it cannot be opened.
    """
    unparsed = fetch(spec)
    return parse_bytes(unparsed.data, unparsed.name, unparsed.path)


def parse_bytes(data: bytes, name: str, path: Path | None) -> Loaded:
    """Return the network in ``data``; ``extends`` is looked up in the folder of ``path``."""
    document, problems = read(data, name)
    if document is None:
        return Loaded(network=None, problems=tuple(problems), source=None)
    files = [path.resolve()] if path is not None else []
    root, unextended = extended(document.root, path, files)
    network, unparsed = parse(root, path.stem if path is not None else "network")
    return Loaded(
        network=network,
        problems=(*problems, *unextended, *unparsed),
        source=document.source,
        is_spec=any(map(_is_spec_key, document.root.keys)),
        files=tuple(files),
    )


def _is_spec_key(key: str) -> bool:
    """Return whether a key is one of a spec's, or a slip of it such as ``inptu`` or ``layer``."""
    word = key.lower()
    return len(word) < 10 and bool(get_close_matches(word, SPEC_KEYS, cutoff=0.8))
