"""The networks that ship with the tool: spec files found by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_ENDINGS = (".yaml", ".yml", ".json")


@cache
def folder() -> Path:
    """Return the folder of the shipped specs: in the package, or beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "specs"
    return inside if inside.is_dir() else package.parent / "specs"


def normal(name: str) -> str:
    """Return a name with ``_`` for ``-``: both are read alike."""
    return name.replace("-", "_").lower()


@cache
def _files() -> dict[str, Path]:
    return {
        normal(path.stem): path for path in sorted(folder().glob("*")) if path.suffix in _ENDINGS
    }


def names() -> list[str]:
    """Return the names of all shipped networks, sorted."""
    return [path.stem for path in _files().values()]


def find(name: str) -> Path | None:
    """Return the file of a shipped network, or ``None``."""
    direct = folder() / f"{name}.yaml"  # the common case, without listing the folder
    if name.replace("-", "").replace("_", "").isalnum() and direct.is_file():
        return direct
    return _files().get(normal(name))


def name_of(path: Path) -> str:
    """Return the name of a shipped spec's file."""
    return path.stem
