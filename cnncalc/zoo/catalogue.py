"""The networks that ship with the tool: spec files found by name, and an index of their totals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

ENDINGS = (".yaml", ".yml", ".json")
"""What the names of specs end in, also of those that do not ship."""
_BASE = re.compile(r"^(extends:[ \t]*)(\./)?([\w-]+)(\.yaml)?(?=[ \t\r]*(?:#.*)?$)", re.MULTILINE)


@cache
def folder() -> Path:
    """Return the folder of the shipped specs: in the package, or next to it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "specs"
    return inside if inside.is_dir() else package.parent / "specs"


def normal(name: str) -> str:
    """Return a name with ``_`` for ``-``: both are read alike."""
    return name.replace("-", "_").lower()


@cache
def _files() -> dict[str, Path]:
    return {
        normal(path.stem): path for path in sorted(folder().glob("*")) if path.suffix in ENDINGS
    }


def names() -> list[str]:
    """Return the names of all shipped networks, sorted."""
    return [path.stem for path in _files().values()]


def find(name: str) -> Path | None:
    """Return the file of a shipped network, or ``None``."""
    return _files().get(normal(name))


def base_of(text: str) -> str | None:
    """Return the name of the network that a shipped spec extends."""
    found = _BASE.search(text)
    return found[3] if found else None


def on_its_own(text: str) -> str:
    """Return a shipped spec for another folder: what it extends is named as the zoo's."""
    return _BASE.sub(r"\1\3", text)


INDEX = Path(__file__).with_name("catalogue.json")
"""What is known of every network, so that listing them does not infer them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A network as the index knows it; ``extends`` is the name of the one that it builds on."""

    name: str
    title: str
    year: int | None
    paper: str | None
    task: str | None
    source: str | None
    extends: str | None
    inputs: Mapping[str, Mapping[str, int]]
    params: int
    non_trainable: int
    macs: int


def listed() -> list[Listed]:
    """Return every shipped network, sorted by name, as the index has it."""
    import json

    data: dict[str, Any] = json.loads(INDEX.read_text(encoding="utf-8"))
    return [Listed(name=name, **facts) for name, facts in data["networks"].items()]


def index_text(networks: list[Listed]) -> str:
    """Return the text of the index: a network on each line, which ``diff`` can compare."""
    import json

    facts = (asdict(network) for network in networks)
    lines = (f"    {json.dumps(fact.pop('name'))}: {json.dumps(fact)}" for fact in facts)
    return '{\n  "networks": {\n' + ",\n".join(lines) + "\n  }\n}\n"
