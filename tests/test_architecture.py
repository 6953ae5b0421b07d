"""The order of the packages, and that no modules import each other in a circle."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
ORDER = (
    ("problems",), ("maths",), ("expressions",), ("layers",), ("zoo",), ("spec",), ("report",),
    ("inference",), ("checking", "homework"), ("forward", "schema", "render"), ("api",), ("cli",),
)  # fmt: skip
"""A module imports from its own package and from those before it: never from those of one row."""
RANK = {package: rank for rank, packages in enumerate(ORDER) for package in packages}

WRONG: set[tuple[str, str]] = set()
"""Imports against the order that are known: only to be removed."""

CIRCULAR = {
    ("cnncalc.layers.registry", "cnncalc.layers.base"),  # the type of what it loads
}
"""Imports that close a circle: only to be removed."""


def imports() -> dict[str, set[str]]:
    """Return what every module imports of the package, type checkers' imports included."""
    modules = {_name(path): path for path in (ROOT / "cnncalc").rglob("*.py")}
    found: dict[str, set[str]] = {}
    for name, path in modules.items():
        stated = set(_stated(ast.parse(path.read_text("utf-8")), modules))
        found[name] = {module for module in stated if module in modules and module != name}
    return found


def _name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _stated(tree: ast.Module, modules: Collection[str]) -> Iterator[str]:
    """Yield the imported modules: of ``from package import module`` the module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                yield module if module in modules else node.module


def _package(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_packages_import_in_one_direction() -> None:
    wrong = {
        (module, other)
        for module, others in imports().items()
        for other in others
        if (mine := _package(module)) in RANK
        and (theirs := _package(other)) in RANK
        and mine != theirs
        and RANK[theirs] >= RANK[mine]
    }
    assert wrong == WRONG


def test_no_circles() -> None:
    known = imports()
    for module, other in CIRCULAR:
        known.get(module, set()).discard(other)
    try:
        TopologicalSorter(known).prepare()
    except CycleError as error:
        raise AssertionError(" → ".join(error.args[1])) from None


def test_every_package_has_its_place() -> None:
    folders = {path.parent.name for path in (ROOT / "cnncalc").glob("*/__init__.py")}
    assert folders | {"api"} == set(RANK)
