"""That the forward pass is no echo of inference: read from its source, nothing is run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cnncalc"
FORWARD = sorted(PACKAGE.joinpath("forward").glob("*.py"))
LAYERS = sorted(PACKAGE.joinpath("layers").glob("*.py"))

FORBIDDEN = ("geometry", "setting", "inference", "misfit", "reach", "receptive", "rules", "render")
"""What knows sizes: no module of the forward pass imports it."""
RULES = {"output", "windows", "spatial", "reads", "macs", "connections", "weights", "taps", "maps",
         "fitting", "bounds"}  # fmt: skip
"""Methods that compute a size or a number of weights."""
INFERRED = {"output", "inputs", "weights", "macs", "params", "non_trainable", "neurons", "fields",
            "connections", "receptive_field"}  # fmt: skip
"""Facts of a row that inference found."""


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    """Return the modules of the package that a file imports, wherever it does."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            found |= {node.module or ""}
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name.removeprefix("cnncalc.") for name in found if name.startswith("cnncalc.")}


def file_of(module: str) -> Path:
    return PACKAGE / f"{module.replace('.', '/')}.py"


@cache
def reached_from(module: str) -> set[str]:
    """Return the modules that one is made of, below ``forward``, and what they import."""
    waiting, reached = [module], {module}
    while waiting:
        found = {name for name in imported(file_of(waiting.pop())) if file_of(name).exists()}
        waiting += (name for name in found - reached if name.startswith("forward"))
        reached |= found
    return reached


@pytest.mark.parametrize("path", FORWARD, ids=lambda path: path.stem)
def test_imports(path: Path) -> None:
    """``verify`` infers, to have something to compare with; nothing else does."""
    allowed = {"inference"} if path.stem == "verify" else set()
    assert not {name.split(".")[0] for name in imported(path)} & set(FORBIDDEN) - allowed
    assert "forward.verify" not in reached_from("forward.run")


def test_kernels_stand_alone() -> None:
    """The array code imports itself only: it cannot ask a report, a volume or a layer."""
    modules = reached_from("forward.ops")
    assert {"forward.conv", "forward.slide", "forward.norm"} <= modules
    assert {name.split(".")[0] for name in modules} == {"forward"}
    assert "forward.run" not in modules


def test_runner_asks_no_row() -> None:
    """The runner reads of a row what to run and on what, nothing that inference found."""
    asked = {
        node.attr
        for name in ("run.py", "weights.py")
        for node in ast.walk(tree(PACKAGE / "forward" / name))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("row", "owner")
    }
    assert {"layer", "sources", "name"} <= asked
    assert not asked & INFERRED


def functions(paths: list[Path]) -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in paths:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                yield node.name, node


def called(function: ast.FunctionDef) -> set[str]:
    """Return the names that a function calls; those of ``ops`` are array code."""
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if not (isinstance(owner, ast.Name) and owner.id == "ops"):
                found.add(node.func.attr)
    return found


@cache
def from_geometry() -> set[str]:
    """Return what layer files import from the modules that compute sizes."""
    return {
        alias.asname or alias.name
        for path in LAYERS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module == "cnncalc.maths.geometry"
        for alias in node.names
    }


def test_layers_hand_over_fields() -> None:
    """No ``forward``, nor any method or function it reaches, calls a rule or the geometry."""
    every: dict[str, list[ast.FunctionDef]] = {}
    for name, function in functions(LAYERS):
        every.setdefault(name, []).append(function)
    assert len(every["forward"]) > 50
    waiting, reached = ["forward"], {"forward"}
    while waiting:
        name = waiting.pop()
        for function in every.get(name, ()):
            calls = called(function)
            assert not calls & RULES, (name, function.lineno, calls & RULES)
            assert not calls & from_geometry(), (name, function.lineno)
            fresh = calls - reached
            reached |= fresh
            waiting += fresh
    assert {"sliding", "setting", "per_axis", "borders", "volume_of"} <= reached


def test_rules_are_found() -> None:
    """The search would see it: ``output`` of the windows reaches the geometry."""
    outputs = [function for name, function in functions(LAYERS) if name == "output"]
    assert any("windows" in called(function) for function in outputs)
    windows = [function for name, function in functions(LAYERS) if name == "windows"]
    assert any(called(function) & from_geometry() for function in windows)
