"""Missing numbers: the solutions are exactly the values that inference accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from support.strategies import run as infer_spec

from cnncalc.cli import run
from cnncalc.homework.solve import Solved, solve
from cnncalc.homework.solve_question import Goal, Question
from cnncalc.layers.registry import layer_class
from cnncalc.maths.volume import Volume

CASES = yaml.safe_load((Path(__file__).parent / "cases/homework/solve.yaml").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["command"])
def test_case(case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["solve", *case["command"].split(), "--format", "json"])
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert err == ""
    assert [solution["fields"] for solution in found["solutions"]] == case["solutions"]
    assert code == (0 if case["solutions"] else 1)
    for name in ("bounds", "equation"):
        assert found[name] == case.get(name, found[name])
    if "nearest" in case:
        near = [each | {"output": each["output"]["width"]} for each in found["nearest"]]
        assert near == case["nearest"]


# --- every value within bounds, against a definition in plain loops ------------------------------

Values = dict[str, int]
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


def defined(kind: str, values: Values, rounding: str) -> tuple[int, int, int, int] | None:
    """Return size, depth, params and MACs of a square layer; ``None`` where it does not fit."""
    size, depth, kernel = values["input"], values["depth"], values["kernel"]
    stride, padding = values["stride"], values["padding"]
    taps = [tap * values["dilation"] for tap in range(kernel)]
    groups, filters = values.get("groups", 1), values.get("filters", 1)
    if depth % groups or filters % groups:
        return None
    if kind == "conv_transpose":
        extra = values["output_padding"]
        sizes = (size - 1) * stride + taps[-1] + 1 - 2 * padding + extra
        if sizes < 1 or extra >= max(stride, values["dilation"]):
            return None
        weights = depth * filters // groups * kernel**2
        return sizes, filters, weights + filters, weights * size**2
    starts = [
        start
        for start in range(-padding, size + padding, stride)
        if start + taps[-1] < size + padding
    ]
    if not starts:
        return None
    if rounding == "strict" and starts[-1] + taps[-1] != size + padding - 1:
        return None
    if kind == "maxpool":
        seen = all(any(0 <= start + tap < size for tap in taps) for start in starts)
        return (len(starts), depth, 0, 0) if seen else None
    maps = filters if kind == "conv" else depth * values["multiplier"]
    weights = maps * (depth // groups if kind == "conv" else 1) * kernel**2
    return len(starts), maps, weights + maps, weights * len(starts) ** 2


def drawn(random: Random, kind: str) -> Values:
    values = {"input": random.randint(1, 9), "depth": random.choice((1, 2, 4))}
    for field in WINDOWS[kind]:
        least, most = LEAST.get(field, 1), BOUNDS.get(field, 4)
        values[field] = random.randint(least, most)
    return values


def domain(kind: str, field: str, values: Values, *, alone: bool) -> range:
    """Return every value of a field that is looked at; more than that where it is alone."""
    if field == "groups":
        return range(1, 5)
    if field in ("depth", "filters", "multiplier"):
        return range(1, 70)
    if alone:
        return range(LEAST.get(field, 1), values["stride"] if field == "output_padding" else 70)
    return range(LEAST.get(field, 1), BOUNDS[field] + 1)


def questions(count: int, seed: int) -> Iterator[tuple[str, Values, str, tuple[str, ...], Goal]]:
    """Yield layers with some of their numbers unknown, and goals that a like layer meets."""
    random = Random(seed)
    while count:
        kind = random.choice(list(WINDOWS))
        rounding = "strict" if kind == "conv_transpose" else random.choice(("strict", "floor"))
        values = drawn(random, kind)
        made = defined(kind, values, rounding)
        if made is None and random.random() < 0.9:
            continue
        size, depth, params, macs = made or (3, 4, 76, 300)
        fields = random.sample(["input", "depth", *WINDOWS[kind]], random.choice((1, 1, 2, 2, 3)))
        goal = Goal(
            sizes=(size, size) if len(fields) == 1 or random.random() < 0.7 else (),
            depth=depth,
            params=params if random.random() < 0.5 else None,
            macs=macs if random.random() < 0.3 else None,
        )
        count -= 1
        yield kind, values, rounding, tuple(fields), goal


def asked(
    kind: str, values: Values, rounding: str, unknown: tuple[str, ...], goal: Goal
) -> Question:
    fields: dict[str, Any] = {name: values[name] for name in WINDOWS[kind]}
    fields |= {name: LEAST.get(name, 1) for name in unknown if name in fields}
    fields |= {} if kind == "conv_transpose" else {"rounding": rounding}
    size = 1 if "input" in unknown else values["input"]
    return Question(
        layer=layer_class(kind).model_validate(fields),
        volume=Volume(depth=1 if "depth" in unknown else values["depth"], spatial=(size, size)),
        unknown=unknown,
        open_axes=("height", "width") if "input" in unknown else (),
        goal=goal,
        most=BOUNDS | {"depth": 69} if len(unknown) > 1 else {},
    )


def expected(
    kind: str,
    values: Values,
    rounding: str,
    unknown: tuple[str, ...],
    goal: Goal,
    *,
    alone: bool,
) -> set[tuple[int, ...]]:
    """Return the values of the unknown fields that a search through all of them finds."""
    found = set()
    for numbers in product(*(domain(kind, f, values, alone=alone) for f in unknown)):
        made = defined(kind, values | dict(zip(unknown, numbers, strict=True)), rounding)
        if made is None:
            continue
        size, depth, params, macs = made
        wanted = (goal.sizes[0] if goal.sizes else size, goal.depth)
        counts = (goal.params in (None, params), goal.macs in (None, macs))
        if wanted == (size, depth) and all(counts):
            found.add(numbers)
    return found


def is_free(kind: str, unknown: tuple[str, ...], goal: Goal) -> bool:
    """Return whether nothing determines the input's depth."""
    restricted = goal.params is not None or goal.macs is not None or "groups" in unknown
    return "depth" in unknown and kind in ("conv", "conv_transpose") and not restricted


def bound_of(solved: Solved, field: str) -> int:
    bound = solved.bounds.get(field)
    return 1_000 if bound is None else bound


def without_depth(unknown: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(field for field in unknown if field != "depth")


@pytest.mark.parametrize("seed", range(8))
def test_all_and_no_others(seed: int) -> None:
    for kind, values, rounding, unknown, goal in questions(250, seed):
        solved = solve(asked(kind, values, rounding, unknown, goal))
        assert solved.is_complete
        uniform = [s for s in solved.solutions if all(type(v) is int for v in s.values.values())]
        alone = len(unknown) == 1
        if is_free(kind, unknown, goal):  # then one depth is as good as another
            values, unknown = values | {"depth": values["groups"]}, without_depth(unknown)
        found = {tuple(s.values[field] for field in unknown) for s in uniform}
        wanted = expected(kind, values, rounding, unknown, goal, alone=alone)
        if alone and unknown:  # it is bounded only where no goal restricts it
            wanted = {numbers for numbers in wanted if numbers[0] <= bound_of(solved, unknown[0])}
        assert found == wanted, (kind, values, rounding, unknown, goal)
        for solution in solved.solutions[:2]:
            check_by_inference(kind, solution.layer.model_dump(exclude_none=True), solution)


def check_by_inference(kind: str, fields: dict[str, Any], solution: Any) -> None:
    """Check that inference finds no problem, and the numbers that the solution states."""
    shape = dict(zip(("height", "width"), solution.volume.spatial, strict=True))
    shape["depth"] = solution.volume.depth
    fields = {name: by_axis(value) for name, value in fields.items()}
    fields.pop("activation", None)
    report = infer_spec({"input": shape, "layers": [{kind: fields}]})
    assert not report.errors, report.errors
    (row,) = report.rows
    assert row.output == Volume(depth=solution.depth, spatial=solution.sizes)
    assert solution.params in (None, row.params)
    assert solution.macs in (None, row.macs)


def by_axis(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
