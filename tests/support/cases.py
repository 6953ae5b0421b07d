"""The YAML cases below ``tests/cases``: reading them, running a spec, comparing a report.

A case is a mapping with an ``id`` and a spec, and then what must come out. The spec is stated as
``spec`` (the text of a file) or, for one layer, as ``input`` and ``layer`` (its text after ``- ``).
``files`` are other files beside it, ``with`` overrides (``input``, ``set``, ``rounding``),
``settings`` are those of ``check``, ``name`` is the file's name, ``padded`` adds as many spaces.

What is not stated is not compared, but ``problems``: without them there must be none. Of a
message, a note and the help of a problem a part is stated; a list of help lines is all of them,
and ``message`` the whole message. ``advice`` is all of what :mod:`cnncalc.checking.advice` says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cnncalc.checking.advice.advise import advise
from cnncalc.checking.check import Checked, check_text
from cnncalc.checking.settings import Settings
from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import Volume, parse_volume
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Span
from cnncalc.report.report import Report
from cnncalc.report.rows import ReceptiveField, Row
from cnncalc.spec.files import Unparsed, fetch
from cnncalc.spec.load import parse_bytes

FOLDER = Path(__file__).parent.parent / "cases"
TOTALS = ("params", "non_trainable", "macs", "neurons", "connections", "activations")
INPUTS = ("id", "spec", "input", "layer", "files", "with", "name", "padded", "settings")


@dataclass(frozen=True)
class Case:
    """One case: the file that holds it, and what it states."""

    file: str
    data: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.file}:{self.data['id']}"

    @property
    def text(self) -> str:
        """The text of the spec."""
        if "spec" in self.data:
            return str(self.data["spec"]) + " " * int(self.data.get("padded", 0))
        return f"input: {self.data['input']}\nlayers:\n  - {self.data['layer']}\n"


@cache
def cases() -> tuple[Case, ...]:
    """Return every case of every file."""
    return tuple(_cases())


def _cases() -> Iterator[Case]:
    for path in sorted(FOLDER.rglob("*.yaml")):
        if path.parent.name == "homework":  # tables of another shape, read by tests of their own
            continue
        name = path.relative_to(FOLDER).with_suffix("").as_posix()
        for data in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader):
            yield Case(name, data)


def read(case: Case, folder: Path) -> Unparsed:
    """Return the spec of a case; one with other files stands in ``folder``."""
    if "files" not in case.data:
        name = case.data.get("name", "case.yaml")
        return Unparsed(data=case.text.encode(), name=name, path=None)
    for name, text in case.data["files"].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    (folder / "case.yaml").write_text(case.text, "utf-8")
    return fetch(str(folder / "case.yaml"))


def run(case: Case, folder: Path) -> tuple[Report | None, tuple[Problem, ...]]:
    """Return the report of a case, where it has a network, and all problems."""
    spec, stated = read(case, folder), case.data.get("with", {})
    if not stated:
        checked = check_text(spec, Settings.model_validate(case.data.get("settings", {})))
        assert isinstance(checked, Checked)
        return checked.report, checked.problems
    loaded = parse_bytes(spec.data, spec.name, spec.path)
    assert loaded.network is not None
    inputs = {"input": parse_volume(stated["input"])} if "input" in stated else {}
    overrides = Overrides(
        inputs=inputs, variables=stated.get("set", {}), rounding=stated.get("rounding")
    )
    report = infer(loaded.network, overrides, loaded.problems)
    return report, report.problems


# comparing


def differences(case: Case, report: Report | None, problems: tuple[Problem, ...]) -> list[str]:
    """Return one line for each thing that is not as the case states."""
    advised = advise(report) if report is not None else ()
    codes = {each.code for each in advised}
    others = tuple(each for each in problems if each.code not in codes)
    wrong = _problems(case.data.get("problems", []), others)
    if "advice" in case.data:
        wrong += _problems(case.data["advice"], advised)
    known = (*INPUTS, "problems", "advice")
    stated = {key: value for key, value in case.data.items() if key not in known}
    if report is None:
        return wrong + [f"no report, but {key} is stated" for key in stated]
    for key, value in stated.items():
        wrong += _CHECKS[key](value, report)
    return wrong


def _differs(what: str, expected: object, actual: object) -> list[str]:
    return [] if expected == actual else [f"{what}: expected {expected}, found {actual}"]


def shape(value: Any) -> dict[str, int] | None:
    """Return a stated shape as named axes; ``5x5`` has depth 1, a number is a vector."""
    if value is None or isinstance(value, dict):
        return value
    sizes = [int(size) for size in str(value).split("x")]
    if len(sizes) == 1:
        return {"depth": sizes[0]}
    width, height, depth = (*sizes, 1)[:3]
    return {"width": width, "height": height, "depth": depth}


def _shape(what: str, expected: Any, actual: Volume | None) -> list[str]:
    return _differs(what, shape(expected), actual.named() if actual else None)


def _output(expected: Any, report: Report) -> list[str]:
    return _shape("output", expected, next(iter(report.outputs.values())))


def _outputs(expected: dict[str, Any], report: Report) -> list[str]:
    found = {name: volume.named() if volume else None for name, volume in report.outputs.items()}
    wanted = {name: shape(value) for name, value in expected.items()}
    return _differs("outputs", list(wanted.items()), list(found.items()))


def _total(key: str) -> Any:
    return lambda expected, report: _differs(key, expected, getattr(report.totals, key))


def _memory(expected: dict[str, list[int]], report: Report) -> list[str]:
    """Compare what a network takes with 1 input, 2 inputs, and so on."""
    wrong: list[str] = []
    for key, sizes in expected.items():
        found = [getattr(report.bytes(4, batch), key) for batch in range(1, len(sizes) + 1)]
        wrong += _differs(key, sizes, found)
    return wrong


def _layers(expected: dict[str, dict[str, Any]], report: Report) -> list[str]:
    rows = {row.name: row for row in report.rows}
    wrong: list[str] = []
    for name, stated in expected.items():
        if name not in rows:
            wrong.append(f"there is no row {name}, but {', '.join(rows)}")
            continue
        for key, value in stated.items():
            wrong += [f"{name} {line}" for line in _ROW[key](value, rows[name])]
    return wrong


def _field(expected: Any, row: Row) -> list[str]:
    """Compare a receptive field: one number, sizes by axis, or {size, stride, padding}."""
    found = row.receptive_field
    if found is None or expected is None:
        return _differs("receptive_field", expected, found)
    parts = expected if isinstance(expected, dict) and "size" in expected else {"size": expected}
    return [line for part, value in parts.items() for line in _part(part, value, found)]


def _part(part: str, expected: Any, found: ReceptiveField) -> list[str]:
    actual: Mapping[str, Any] = getattr(found, part)
    wanted = expected if isinstance(expected, dict) else dict.fromkeys(actual, expected)
    exact = {axis: Fraction(n) if isinstance(n, str) else n for axis, n in wanted.items()}
    return _differs(f"receptive_field {part}", exact, dict(actual))


def _derivation(row: Row) -> list[str]:
    """Return the arithmetic of a layer whose volumes are known, line by line."""
    assert row.layer is not None and row.output is not None
    volumes = tuple(volume for volume in row.inputs if volume is not None)
    return [str(step) for step in row.layer.derivation(volumes, row.output)]


def _floored(expected: dict[str, Any], row: Row) -> list[str]:
    """Compare what a layer would be if floor were meant where windows did not fit."""
    assert row.floored is not None
    found = row.floored
    return [line for key, value in expected.items() for line in _ROW[key](value, found)]


_ROW: dict[str, Any] = {
    "floored": _floored,
    "kind": lambda value, row: _differs("kind", value, row.kind),
    "from": lambda value, row: _differs("from", value, list(row.sources)),
    "output": lambda value, row: _shape("output", value, row.output),
    "failed": lambda value, row: _differs("failed", value, row.failed),
    "shared_from": lambda value, row: _differs("shared_from", value, row.shared_from),
    "says": lambda value, row: _differs("says", value, row.layer.hyperparameters(*row.inputs)),
    "derivation": lambda value, row: _differs("derivation", value, _derivation(row)),
    "weights": lambda value, row: _differs(
        "weights", value, {weight.name: list(weight.shape) for weight in row.weights}
    ),
    "values": lambda value, row: _differs("values", value, row.values),
    "receptive_field": _field,
    **{key: lambda value, row, key=key: _differs(key, value, getattr(row, key)) for key in TOTALS},
}
"""What a case states of a layer → the comparison."""

_CHECKS: dict[str, Any] = {
    "output": _output,
    "outputs": _outputs,
    "layers": _layers,
    "complete": lambda value, report: _differs("complete", value, report.totals.complete),
    "rows": lambda value, report: _differs("rows", value, [row.name for row in report.rows]),
    "uses": lambda value, report: _differs("uses", value, [use.name for use in report.uses]),
    "receptive_field": lambda value, report: _field(value, report.rows[-1]),
    "kind": lambda value, report: _differs("kind", value, report.rows[-1].kind),
    "weights": lambda value, report: _ROW["weights"](value, report.rows[-1]),
    "says": lambda value, report: _ROW["says"](value, report.rows[-1]),
    "derivation": lambda value, report: _ROW["derivation"](value, report.rows[-1]),
    "called": lambda value, report: _differs("called", value, report.name),
    "cases": lambda value, report: _differs("cases", value, [_numbers(c) for c in report.cases]),
    "memory": _memory,
    "bytes": lambda value, report: _differs("bytes", value, _bytes(report)),
    **{key: _total(key) for key in TOTALS},
}
"""What a case states of the network (``kind``, ``weights``, ``says`` …: of its last layer)."""


def _numbers(case: Any) -> list[Any]:
    return [case.inputs, case.outputs]


def _bytes(report: Report) -> list[int | None]:
    found = report.bytes(4)
    return [found.weights, found.activations, found.peak]


# problems


def _problems(expected: list[dict[str, Any]], actual: tuple[Problem, ...]) -> list[str]:
    wrong = _differs(
        "problems",
        sorted((p["line"], p["column"], p["code"]) for p in expected),
        sorted((*p.span.start, p.code) for p in actual),
    )
    if wrong:
        return wrong + [f"{p.code} {p.message} | {p.note} | {p.help}" for p in actual]
    left = list(actual)
    for stated in expected:
        place = (stated["line"], stated["column"])
        near = [p for p in left if (*p.span.start, p.code) == (*place, stated["code"])]
        found = next((p for p in near if stated.get("text", "") in p.message), near[0])
        left.remove(found)
        wrong += [f"{stated['code']} {line}" for line in _problem(stated, found)]
    return wrong


def _problem(stated: dict[str, Any], found: Problem) -> list[str]:
    wrong = [] if stated.get("text", "") in found.message else [f"text: {found.message}"]
    if isinstance(stated.get("help"), list):
        wrong += _differs("help", stated["help"], list(found.help))
    elif stated.get("help", "") not in " ".join(found.help):
        wrong.append(f"help: {found.help}")
    if stated.get("note", "") not in found.note:
        wrong.append(f"note: {found.note}")
    if len(found.help) > 3:
        wrong.append(f"more than three lines of help: {found.help}")
    wrong += _differs(
        "related", stated.get("related", []), [list(r.span.start) for r in found.related]
    )
    wrong += _differs("instances", stated.get("instances", 1), found.instances)
    optional = {"message": found.message, "layer": found.layer, "end_column": found.span.end_column,
                "fixes": [[fix.field, fix.value] for fix in found.fixes]}  # fmt: skip
    for key, actual in optional.items():
        wrong += _differs(key, stated[key], actual) if key in stated else []
    return wrong


def written(span: Span) -> str:
    """Return what the source holds at a span of one line."""
    return span.source.line(span.line)[span.column - 1 : span.end_column - 1]
