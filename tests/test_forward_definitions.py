"""That the forward pass is no echo of inference: read from its source, nothing is run.

The array code of a layer may read the fields that a spec states. It may not import what computes
sizes, nor call a rule of a layer, nor anything of a layer that calls one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "cnncalc"
FORWARD = sorted(PACKAGE.joinpath("forward").rglob("*.py"))
KERNELS = sorted(PACKAGE.joinpath("forward", "kernels").glob("*.py"))
ENGINE = sorted(PACKAGE.joinpath("forward", "engine").glob("*.py"))
SHARED = [PACKAGE / "forward" / f"{name}.py" for name in ("arrays", "memory", "slide", "workers")]
LAYERS = sorted(PACKAGE.joinpath("layers").glob("*.py"))

SIZES = (
    "cnncalc.maths.geometry",
    "cnncalc.maths.setting",
    "cnncalc.maths.reads",
    "cnncalc.maths.receptive",
    "cnncalc.layers.fixes",
    "cnncalc.inference",
    "cnncalc.render",
)
"""What computes sizes, or shows those that were computed."""
RULES = {"output", "windows", "spatial", "reads", "macs", "connections", "activations", "weights",
         "taps", "maps", "fitting", "bounds", "derivation"}  # fmt: skip
"""Methods that compute a size or a number of weights."""
INFERRED = {"output", "inputs", "weights", "macs", "params", "non_trainable", "neurons", "fields",
            "connections", "activations", "receptive_field"}  # fmt: skip
"""Facts of a row that inference found."""
BY_NAME = {"getattr", "eval", "exec", "__import__", "import_module", "methodcaller", "attrgetter"}
"""What reaches a function by a name that is not read here."""


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    """Return the modules and names of the package that a file imports, wherever it does."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in found if name.startswith("cnncalc")}


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", FORWARD, ids=relative)
def test_imports(path: Path) -> None:
    """Nothing that computes sizes is imported."""
    assert not {name for name in imported(path) if within(name, SIZES)}


@pytest.mark.parametrize("path", [*ENGINE, *SHARED], ids=relative)
def test_engine_stands_alone(path: Path) -> None:
    """The engine, and how windows are laid, import array code only: no layer, no volume."""
    allowed = ("cnncalc.forward.engine", *(f"cnncalc.forward.{file.stem}" for file in SHARED))
    assert not {name for name in imported(path) if not within(name, allowed)}


@pytest.mark.parametrize("path", KERNELS, ids=relative)
def test_kernels_know_fields_only(path: Path) -> None:
    """Kernels import array code, the classes of layers and volumes: no report, no pass."""
    allowed = ("engine", "kernels", "stream", *(file.stem for file in SHARED))
    packages = tuple(f"cnncalc.forward.{name}" for name in allowed)
    layers = ("cnncalc.layers", "cnncalc.maths.volume")
    assert not {name for name in imported(path) if not within(name, (*packages, *layers))}


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


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef))


def called(node: ast.AST) -> set[str]:
    """Return the names of the functions and methods that are called below a node."""
    found = set()
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            found.add(call.func.id)
        elif isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            found.add(call.func.attr)
    return found


def attributes(node: ast.AST, owner: str) -> set[str]:
    """Return what is read of a variable below a node: fields, methods, properties."""
    return {
        found.attr
        for found in ast.walk(node)
        if isinstance(found, ast.Attribute)
        and isinstance(found.value, ast.Name)
        and found.value.id == owner
    }


def imported_functions(path: Path, modules: tuple[str, ...]) -> set[str]:
    """Return what a file imports from modules, by the names that they have there and here."""
    return {
        name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and within(node.module or "", modules)
        for alias in node.names
        for name in (alias.name, alias.asname or alias.name)
    }


@pytest.mark.parametrize("path", KERNELS, ids=relative)
def test_kernels_call_no_rule(path: Path) -> None:
    """Whatever it is called on; and nothing is called by a name put together at run time."""
    assert not called(tree(path)) & RULES
    assert not attributes(tree(path), "layer") & RULES
    assert not (called(tree(path)) | imported_functions(path, ("importlib", "operator"))) & BY_NAME


def asked_of_layers() -> set[str]:
    """Return the methods, properties and functions of the layers that kernels use."""
    return set().union(
        *(attributes(tree(path), "layer") for path in KERNELS),
        *(imported_functions(path, ("cnncalc.layers",)) for path in KERNELS),
    )


def test_what_kernels_ask_calls_no_rule() -> None:
    """No method or function of the layers that a kernel reaches calls a rule or the geometry."""
    every: dict[str, list[ast.FunctionDef]] = {}
    geometry: set[str] = set()
    for path in LAYERS:
        geometry |= imported_functions(path, ("cnncalc.maths.geometry", "cnncalc.layers.fixes"))
        for function in functions(path):
            every.setdefault(function.name, []).append(function)
    waiting = list(asked_of_layers())
    reached = set(waiting)
    while waiting:
        name = waiting.pop()
        for function in every.get(name, ()):
            calls = called(function) | attributes(function, "self")
            assert not calls & RULES, (name, function.lineno, calls & RULES)
            assert not calls & geometry, (name, function.lineno)
            waiting += calls - reached
            reached |= calls
    assert {"setting", "per_axis", "kept_per_axis", "per_side", "borders"} <= reached


def test_rules_are_found() -> None:
    """The search would see it: outputs call ``spatial``, which calls ``windows``."""
    every = [function for path in LAYERS for function in functions(path)]
    outputs = [function for function in every if function.name == "output"]
    assert any(called(function) & RULES for function in outputs)
    assert any("windows" in called(function) for function in every if function.name == "spatial")
    assert "cnncalc.maths.geometry.Window" in imported(PACKAGE / "layers" / "window.py")
