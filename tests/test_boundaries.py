"""Limits at their exact value, and numbers in help lines that are checked by applying them."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product

import pytest

from cnncalc.inference.infer import infer
from cnncalc.inference.limits import MAX_DEPTH, MAX_ENTRIES, MAX_READS
from cnncalc.maths.geometry import KernelTooLarge, Window, WindowInPadding, slide
from cnncalc.maths.volume import MAX_SIZE
from cnncalc.problems.model import Problem
from cnncalc.spec import findings, text
from cnncalc.spec.load import parse_bytes


def problems_of(data: str) -> tuple[Problem, ...]:
    loaded = parse_bytes(data.encode(), "spec.yaml", None)
    if loaded.network is None:
        return loaded.problems
    return infer(loaded.network, None, loaded.problems).problems


def codes(data: str) -> list[str]:
    return [problem.code for problem in problems_of(data)]


def nested(levels: int) -> str:
    """Return a file of this many levels: its own mapping, and lists inside each other."""
    return f"input: 8\nabout: {'[' * (levels - 1)}{']' * (levels - 1)}\nlayers: [relu]\n"


LIMITS: dict[str, tuple[int, str, Callable[[int], str]]] = {
    "entries": (MAX_ENTRIES - 1, "CNN116",
                lambda n: f"input: 8\nlayers: [relu, {{relu: , repeat: {n}}}]\n"),
    "inputs": (MAX_READS, "CNN116",
               lambda n: f"input: 8\nlayers: [{{concat: [{'input, ' * n}]}}]\n"),
    "repeat": (MAX_ENTRIES, "CNN116", lambda n: f"input: 8\nlayers: [{{relu: , repeat: {n}}}]\n"),
    "axis": (MAX_SIZE, "CNN112", lambda n: f"input: {n}x1\nlayers: [relu]\n"),
    "bytes": (text.MAX_BYTES, "CNN102", lambda n: "input: 8\nlayers: [relu]\n#".ljust(n, "#")),
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_limit_is_exact(name: str) -> None:
    limit, code, make = LIMITS[name]
    assert code not in codes(make(limit))
    assert code in codes(make(limit + 1))


def test_depth_of_groups_is_exact() -> None:
    def groups(levels: int) -> list[str]:
        blocks = "".join(f"  b{n}: {{layers: [b{n + 1}]}}\n" for n in range(levels))
        return codes(f"input: 8\nblocks:\n{blocks}  b{levels}: {{layers: [relu]}}\nlayers: [b0]\n")

    assert groups(MAX_DEPTH - 1) == []
    assert groups(MAX_DEPTH) == ["CNN107"]


def test_depth_of_a_document_is_exact() -> None:
    assert "CNN107" not in codes(nested(findings.MAX_DEPTH))
    assert "CNN107" in codes(nested(findings.MAX_DEPTH + 1))


@pytest.mark.parametrize(
    ("bound", "agrees"),
    [("> 9", False), ("> 8", True), (">= 9", True), (">= 10", False),
     ("< 9", False), ("< 10", True), ("<= 9", True), ("<= 8", False)],
)  # fmt: skip
def test_bound_of_an_equal_count(bound: str, agrees: bool) -> None:
    found = codes(f"input: 2\nlayers: [fc: 3]\nexpect: {{params: '{bound}'}}\n")
    assert found == ([] if agrees else ["CNN402"])


def layer(volume: str, text: str) -> str:
    return f"input: {volume}\nlayers:\n  - {text}\n"


MISFITS = [
    ("12x18x3", "space_to_depth: 5"),
    ("7x13x1", "space_to_depth: 2"),
    ("4x4x36", "pixel_shuffle: 5"),
    ("4x4x7", "pixel_shuffle: 2"),
]


@pytest.mark.parametrize(("volume", "wrong"), MISFITS)
def test_factors_in_help_fit(volume: str, wrong: str) -> None:
    (problem,) = problems_of(layer(volume, wrong))
    kind = wrong.split(":")[0]
    line = problem.help[0].split(";")[0]
    factors = [int(number) for number in re.findall(r"\d+", line)]
    assert factors == [fix.value for fix in problem.fixes] != []
    for factor in factors:
        assert codes(layer(volume, f"{kind}: {factor}")) == []


@pytest.mark.parametrize(("volume", "wrong"), MISFITS)
def test_other_sizes_in_help_fit(volume: str, wrong: str) -> None:
    (problem,) = problems_of(layer(volume, wrong))
    width, height, depth = volume.split("x")
    if wrong.startswith("space"):
        found = re.search(r"pad to (\d+)×(\d+) fits", problem.help[0])
        assert found is not None
        assert int(found[1]) >= int(width)
        assert int(found[2]) >= int(height)
        mended = f"{found[1]}x{found[2]}x{depth}"
    else:
        found = re.search(r"can give ([\d,]+) maps", problem.help[1])
        assert found is not None
        mended = f"{width}x{height}x{found[1].replace(',', '')}"
    assert codes(layer(mended, wrong)) == []


@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (3, 1), (2, 4)])
def test_output_padding_help(stride: int, dilation: int) -> None:
    def transposed(extra: int) -> str:
        fields = f"filters: 1, kernel: 3, stride: {stride}, dilation: {dilation}"
        return layer("8x8x1", f"conv_transpose: {{{fields}, output_padding: {extra}}}")

    (problem,) = problems_of(transposed(max(stride, dilation)))
    found = re.search(r"(\d+) to (\d+) is possible", problem.help[0])
    assert found is not None
    possible = range(int(found[1]), int(found[2]) + 1)
    assert [fix.value for fix in problem.fixes] == [*possible]
    assert [extra for extra in range(10) if codes(transposed(extra)) == []] == [*possible]


def test_empty_from() -> None:
    (problem,) = problems_of("input: 8\nlayers: [{relu: , from: []}]\n")
    assert (problem.code, problem.message) == ("CNN209", "an empty list of inputs")


def test_output_padding_of_one_axis() -> None:
    wide = "conv_transpose: {filters: 1, kernel: 3, stride: 2, output_padding: {width: 1}}"
    assert codes(layer("4x4x1", wide) + "    expect: {output: 10x9x1}\n") == []


def test_dilation_larger_than_the_input() -> None:
    """Of two taps further apart than the input is wide, a window may see padding alone."""
    fields = "kernel: 2, stride: 1, dilation: {}, padding: {}"
    seen = "maxpool: {" + fields.format(4, 4) + "}"
    unseen = "maxpool: {" + fields.format(5, 5) + "}"
    assert (codes(layer("4x4x1", seen)), codes(layer("4x4x1", unseen))) == ([], ["CNN303"])


def sees_padding_only(size: int, window: Window) -> bool:
    """Whether some window has no tap on the input: each tap of each window is looked at."""
    starts = (number * window.stride - window.before for number in range(window.output))
    taps = [tap * window.dilation for tap in range(window.kernel)]
    return any(not any(0 <= start + tap < size for tap in taps) for start in starts)


def test_windows_in_padding() -> None:
    """Pooling refuses exactly those windows, however small inputs and wide dilations are."""
    found = {True: 0, False: 0}
    for size, kernel, stride, dilation, before, after in product(
        range(1, 4), range(1, 4), range(1, 4), range(1, 6), range(5), range(5)
    ):
        sides = (before, after)
        try:
            window = slide("width", size, kernel, stride, dilation, sides, "floor")
        except KernelTooLarge:
            continue
        try:
            slide("width", size, kernel, stride, dilation, sides, "floor", pooling=True)
            refused = False
        except WindowInPadding:
            refused = True
        assert refused == sees_padding_only(size, window), window
        found[refused] += 1
    assert min(found.values()) > 500
