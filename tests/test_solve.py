"""Missing numbers: the solutions are exactly the values that inference accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
import yaml
from support.strategies import effort
from support.strategies import run as infer_spec
from support.work import at_most

from cnncalc.cli import run
from cnncalc.homework.solve.layer import Answer, Solved, solve
from cnncalc.homework.solve.question import Goal, Question, unknowns
from cnncalc.layers.registry import layer_class
from cnncalc.maths.volume import Volume

CASES = yaml.safe_load((Path(__file__).parent / "cases/homework/solve.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["command"])
def test_case(case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["solve", *case["command"].split(), "--format", "json"])
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    solutions = case.get("solutions", [])
    assert [solution["fields"] for solution in found["solutions"]] == solutions
    assert code == (0 if solutions or "progressions" in case else 1)
    if "progressions" in case:
        assert found["progressions"] == {
            axis: [{"from": start, "step": step} for start, step in each]
            for axis, each in case["progressions"].items()
        }
    found["nearest"] = [each | {"output": each["output"]["width"]} for each in found["nearest"]]
    stated = case.keys() - {"command", "solutions", "progressions"}
    assert {name: found[name] for name in stated} == {name: case[name] for name in stated}


MISUSE = {
    "conv 32x32x3 -K 4 -F 3": "nothing is unknown",
    "conv any -F 3": "INPUT any: write sizes such as 16x16xany",
    "conv 32x32x3 -F x": "--kernel x: write sizes such as 3",
    "conv 32x32x3 -F -3": "--kernel -3: a size may not be negative",
    "conv 32x32x3 -F any,3": "--kernel any,3: write sizes such as 3",
    "conv 32x32x3 --output 3x3x3x3": "--output 3x3x3x3: write sizes such as 16x16xany",
    "conv 32x32x3 --output 16": "--output 16: write sizes such as 16x16xany, or same",
    "conv 32x32x3 --output -3x3xany": "--output -3x3xany: write sizes such as 16x16xany",
    "conv length=9,depth=1 --output 3x3": "--output 3x3: write sizes such as length=16,depth=any",
    "conv 32x32x3 --output length=3": "--output length=3: write sizes such as 16x16xany",
    "fc 7x7xany --output 3x3x3": "--output 3x3x3: write a number such as 10",
    "fc 7x7xany --output same": "--output same: write a number such as 10",
    "conv 32x32x3 --params any": "--params any: write a number such as 61706",
    "conv 32x32x3 --params 1.5": "--params 1.5: write a whole number",
    "conv 32x32x3 --max size=3": "--max size: write one of kernel, depth, groups",
    "conv 32x32x3 --max kernel=-3": "--max kernel=-3: write NAME=NUMBER",
}


@pytest.mark.parametrize(("command", "message"), MISUSE.items())
def test_misuse(command: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["solve", *command.split()])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.startswith(f"Error: {message}")


MANY = [
    # kind, unknown fields, what is wanted
    ("conv", "filters kernel padding stride dilation groups input", Goal(params=760)),
    ("conv", "filters kernel padding stride dilation groups input depth", Goal(sizes=(9, 8))),
    ("conv_transpose", "filters kernel padding stride output_padding input", Goal(macs=7601231)),
    ("fc", "input", Goal(params=900000002)),
]


@pytest.mark.parametrize(("kind", "unknown", "goal"), MANY)
def test_many(kind: str, unknown: str, goal: Goal, monkeypatch: pytest.MonkeyPatch) -> None:
    """As much work is done as is allowed; that this is not all is said."""
    monkeypatch.setattr("cnncalc.homework.solve.layer.MOST_STEPS", 100)
    monkeypatch.setattr("cnncalc.homework.solve.values.MOST_VALUES", 200)
    stated = {"units": 1} if kind == "fc" else {"filters": 1, "kernel": 1, "stride": 1}
    question = Question(
        layer=layer_class(kind).model_validate(stated),
        volume=Volume(depth=3, spatial=(1, 1)),
        unknown=unknowns(*unknown.split()),
        open_axes=("height", "width"),
        goal=goal,
    )
    with at_most(800_000):
        solved = solve(question)
    assert not solved.is_complete


# --- every value within bounds, against a definition in plain loops ------------------------------

Values = dict[str, int]
"""Numbers of a layer along one axis."""
Axes = tuple[Values, Values]
BOUNDS = {"kernel": 4, "stride": 3, "dilation": 2, "padding": 3, "output_padding": 2, "input": 9}
LEAST = {"padding": 0, "output_padding": 0}
WINDOWS = {
    "conv": ("kernel", "stride", "padding", "dilation", "groups", "filters"),
    "depthwise_conv": ("kernel", "stride", "padding", "dilation", "multiplier"),
    "conv_transpose": (
        "kernel", "stride", "padding", "dilation", "output_padding", "groups", "filters",
    ),
    "maxpool": ("kernel", "stride", "padding", "dilation"),
}  # fmt: skip
ROUNDINGS = dict.fromkeys(WINDOWS, ("strict", "floor")) | {"maxpool": ("strict", "floor", "ceil")}
FARTHEST = 70
"""All numbers that solve what is drawn here are smaller, where a goal restricts them."""


class Drawn(NamedTuple):
    """A layer with some of its numbers unknown; ``axes`` are its numbers along each axis."""

    kind: str
    axes: Axes
    rounding: str
    unknown: tuple[str, ...]
    goal: Goal

    @property
    def is_free(self) -> bool:
        """Whether nothing determines the input's depth."""
        restricted = self.goal.counts or "groups" in self.unknown
        return (
            "depth" in self.unknown and self.kind in ("conv", "conv_transpose") and not restricted
        )


def size_along(kind: str, values: Values, rounding: str) -> int | None:
    """Return the output's size along one axis; ``None`` where the window does not fit."""
    size, stride, padding = values["input"], values["stride"], values["padding"]
    taps = [tap * values["dilation"] for tap in range(values["kernel"])]
    if kind == "conv_transpose":
        extra = values["output_padding"]
        output = (size - 1) * stride + taps[-1] + 1 - 2 * padding + extra
        return output if output > 0 and extra < max(stride, values["dilation"]) else None
    starts = [
        start
        for start in range(-padding, size + padding, stride)
        if start + taps[-1] < size + padding
    ]
    is_whole = bool(starts) and starts[-1] + taps[-1] == size + padding - 1
    if not starts or (rounding == "strict" and not is_whole):
        return None
    if rounding == "ceil" and not is_whole and starts[-1] + stride < size:
        starts.append(starts[-1] + stride)
    if kind == "maxpool" and not all(any(0 <= at + tap < size for tap in taps) for at in starts):
        return None
    return len(starts)


def counts(kind: str, axes: Axes, positions: int) -> tuple[int, int, int] | None:
    """Return depth, params and MACs of a layer that fits; ``None`` where groups do not."""
    shared, area = axes[0], axes[0]["kernel"] * axes[1]["kernel"]
    depth, groups, filters = shared["depth"], shared.get("groups", 1), shared.get("filters", 1)
    if depth % groups or filters % groups:
        return None
    if kind == "maxpool":
        return depth, 0, 0
    maps = depth * shared["multiplier"] if kind == "depthwise_conv" else filters
    weights = area * (maps if kind == "depthwise_conv" else depth // groups * filters)
    if kind == "conv_transpose":
        positions = axes[0]["input"] * axes[1]["input"]
    return maps, weights + maps, weights * positions


def questions(count: int, seed: int) -> Iterator[Drawn]:
    """Yield layers with some of their numbers unknown, and goals that a like layer meets."""
    random = Random(seed)
    while count:
        kind = random.choice(list(WINDOWS))
        rounding = "strict" if kind == "conv_transpose" else random.choice(ROUNDINGS[kind])
        values = {"input": random.randint(1, 9), "depth": random.choice((1, 2, 4))}
        for field in WINDOWS[kind]:
            values[field] = random.randint(LEAST.get(field, 1), BOUNDS.get(field, 4))
        axes = values, dict(values)
        for field in random.sample(list(BOUNDS), random.choice((0, 0, 0, 1, 1, 2))):
            axes[1][field] = random.randint(LEAST.get(field, 1), BOUNDS[field])
        height, width = (size_along(kind, each, rounding) for each in axes)
        made = counts(kind, axes, height * width) if height and width else None
        if made is None and random.random() < 0.9:
            continue
        depth, params, macs = made or (4, 76, 300)
        fields = random.sample(["input", "depth", *WINDOWS[kind]], random.choice((1, 1, 2, 2, 3)))
        goal = Goal(
            sizes=(height, width) if made and random.random() < 0.7 else (),
            depth=depth,
            params=params if random.random() < 0.5 else None,
            macs=macs if random.random() < 0.3 else None,
        )
        count -= 1
        yield Drawn(kind, axes, rounding, tuple(fields), goal)


def asked(drawn: Drawn) -> Question:
    fields: dict[str, Any] = {}
    for name in WINDOWS[drawn.kind]:
        both = [each[name] for each in drawn.axes]
        fields[name] = LEAST.get(name, 1) if name in drawn.unknown else both
        fields[name] = both[0] if name not in (*BOUNDS, *drawn.unknown) else fields[name]
    fields |= {} if drawn.kind == "conv_transpose" else {"rounding": drawn.rounding}
    is_open = "input" in drawn.unknown
    depth = 1 if "depth" in drawn.unknown else drawn.axes[0]["depth"]
    sizes = tuple(1 if is_open else each["input"] for each in drawn.axes)
    return Question(
        layer=layer_class(drawn.kind).model_validate(fields),
        volume=Volume(depth=depth, spatial=sizes),
        unknown=unknowns(*drawn.unknown),
        open_axes=("height", "width") if is_open else (),
        goal=drawn.goal,
        most=BOUNDS | {"depth": FARTHEST - 1} if len(drawn.unknown) > 1 else {},
    )


def domain(drawn: Drawn, field: str, solved: Solved) -> range:
    """Return every value of a field that is looked at."""
    if field == "groups":
        return range(1, 5)
    bound = solved.bounds.get(field)
    return range(LEAST.get(field, 1), FARTHEST if bound is None else min(bound + 1, FARTHEST))


Pair = tuple[int, int]
Numbers = tuple[Pair | int, ...]
"""The values of unknown fields: of those of windows one for each axis."""


def expected(drawn: Drawn, solved: Solved, *, is_uniform: bool) -> set[Numbers]:
    """Return the values of the unknown fields that a search through all of them finds."""
    windows = [field for field in drawn.unknown if field in BOUNDS]
    shared = [field for field in drawn.unknown if field not in BOUNDS]
    fitting: list[dict[tuple[int, ...], tuple[Values, int]]] = []
    for at, values in enumerate(drawn.axes):
        wanted = drawn.goal.sizes[at] if drawn.goal.sizes else None
        fitting.append({})
        for numbers in product(*(domain(drawn, field, solved) for field in windows)):
            own = values | dict(zip(windows, numbers, strict=True))
            size = size_along(drawn.kind, own, drawn.rounding)
            if size is not None and wanted in (None, size):
                fitting[at][numbers] = own, size
    pairs = [(each, each) for each in fitting[0] if each in fitting[1]]
    found = set()
    for first, second in pairs if is_uniform else product(*fitting):
        (own, height), (other, width) = fitting[0][first], fitting[1][second]
        for numbers in product(*(domain(drawn, field, solved) for field in shared)):
            stated = own | dict(zip(shared, numbers, strict=True))
            if is_met(drawn, (stated, other), height * width):
                both = dict(zip(windows, zip(first, second, strict=True), strict=True))
                every = both | dict(zip(shared, numbers, strict=True))
                found.add(tuple(every[field] for field in drawn.unknown))
    return found


def is_met(drawn: Drawn, axes: Axes, positions: int) -> bool:
    made, goal = counts(drawn.kind, axes, positions), drawn.goal
    if made is None:
        return False
    depth, params, macs = made
    return goal.depth == depth and goal.params in (None, params) and goal.macs in (None, macs)


def found_by(drawn: Drawn, solved: Solved) -> set[Numbers]:
    """Return the values of the unknown fields that solve the question."""
    if not solved.solutions and solved.sizes:
        axes = (solved.sizes["height"], solved.sizes["width"])
        high, wide = ([size for size in range(1, FARTHEST) if size in each] for each in axes)
        return {(pair,) for pair in product(high, wide)}
    return {
        tuple(pair_of(solution.fields[field], field) for field in drawn.unknown)
        for solution in solved.solutions
    }


def pair_of(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        return value["height"], value["width"]
    return (value, value) if field in BOUNDS else value


@pytest.mark.parametrize("seed", range(effort(8)))
def test_all_and_no_others(seed: int) -> None:
    for drawn in questions(100, seed):
        solved = solve(asked(drawn))
        assert solved.is_complete, drawn
        if drawn.is_free:  # then one depth is as good as another
            for values in drawn.axes:
                values["depth"] = values["groups"]
            drawn = drawn._replace(unknown=tuple(f for f in drawn.unknown if f != "depth"))
        by_axis = bool(solved.sizes) and not solved.solutions
        wanted = set() if by_axis else expected(drawn, solved, is_uniform=True)
        wanted = wanted or expected(drawn, solved, is_uniform=False)
        assert found_by(drawn, solved) == wanted, drawn
        for solution in solved.solutions[:2]:
            check_by_inference(drawn, solution)


def check_by_inference(drawn: Drawn, solution: Answer) -> None:
    """Check that inference finds no problem, and the numbers that the solution states."""
    numbers: dict[str, Any] = {
        field: [each[field] for each in drawn.axes] if field in BOUNDS else value
        for field, value in drawn.axes[0].items()
    }
    numbers |= {field: pair_of(value, field) for field, value in solution.fields.items()}
    numbers = {name: list(n) if isinstance(n, tuple) else n for name, n in numbers.items()}
    height, width = numbers.pop("input")
    spec_input = {"height": height, "width": width, "depth": numbers.pop("depth")}
    if drawn.kind != "conv_transpose":
        numbers["rounding"] = drawn.rounding
    report = infer_spec({"input": spec_input, "layers": [{drawn.kind: numbers}]})
    assert not report.errors, report.errors
    (row,) = report.rows
    assert row.output is not None
    assert (row.output.depth, row.output.spatial) == (solution.depth, solution.sizes)
    assert solution.params in (None, row.params)
    assert solution.macs in (None, row.macs)
