"""Hostile and absurd specs: a located problem after little work, and no traceback."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from support.work import at_most

from cnncalc.inference.infer import infer
from cnncalc.problems.collector import MAX_ERRORS
from cnncalc.problems.model import Problem
from cnncalc.spec.load import parse_bytes

CALLS = 6_000_000
"""Calls that one document may cost: the largest takes two thirds of them, most a thousandth."""
CALLS_PER_MISTAKE = 10_000
"""Calls that one unknown word may cost: it is compared with the words that are known."""


def problems_of(data: bytes, name: str = "spec.yaml") -> tuple[Problem, ...]:
    loaded = parse_bytes(data, name, None)
    if loaded.network is None:
        return loaded.problems
    return infer(loaded.network, None, loaded.problems).problems


def net(*layers: str, head: str = "input: 8x8") -> bytes:
    return "\n".join([head, "layers:", *(f"  - {layer}" for layer in layers), ""]).encode()


def nested_repeats() -> bytes:
    inner = "{relu: , repeat: 1000}"
    for _ in range(2):
        inner = f"{{layers: [{inner}], repeat: 1000}}"
    return net(inner)


def block_bomb(levels: int, times: int, repeat: bool) -> bytes:
    lines = ["input: 8x8", "blocks:", "  b0: {layers: [relu]}"]
    for level in range(1, levels):
        use = f"b{level - 1}"
        uses = f"{{{use}: , repeat: {times}}}" if repeat else ", ".join([use] * times)
        lines.append(f"  b{level}: {{layers: [{uses}]}}")
    return "\n".join([*lines, "layers:", f"  - b{levels - 1}", ""]).encode()


def doubling(text: str, first: str) -> bytes:
    """Variables that each hold twice the one above."""
    lines = ["input: 8x8", "vars:", f"  v0: {first}"]
    lines += [f"  v{n}: {text.format(n - 1)}" for n in range(1, 64)]
    return "\n".join([*lines, "layers:", "  - relu", ""]).encode()


def chain_of_blocks(length: int) -> bytes:
    blocks = {f"b{n}": {"layers": [f"b{n + 1}"]} for n in range(length)}
    blocks[f"b{length}"] = {"layers": ["relu"]}
    return json.dumps({"input": 8, "blocks": blocks, "layers": ["b0"]}).encode()


DOCUMENTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("CNN104", lambda: b""),
    "spaces": ("CNN104", lambda: b" \n" * 100_000),
    "binary": ("CNN101", lambda: bytes(range(256)) * 100),
    "png": ("CNN101", lambda: b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
    "utf-16": ("CNN101", lambda: "input: 8".encode("utf-16")),
    "latin-1": ("CNN101", lambda: "name: Réseau".encode("latin-1")),
    "large": ("CNN102", lambda: net("relu") + b"#" * 10_000_000),
    "values": ("CNN102", lambda: b"[" + b"1," * 1_000_001 + b"]"),
    "nan": ("CNN112", lambda: net("dropout: .nan")),
    "infinity": ("CNN112", lambda: net("dropout: -.inf")),
    "integer": ("CNN112", lambda: net("fc: " + "9" * 100)),
    "digits": ("CNN112", lambda: net("fc: " + "9" * 1_000_000)),
    "exponent": ("CNN112", lambda: net("fc: 1e999999999")),
    "json-integer": ("CNN112", lambda: b'{"input": ' + b"9" * 100_000 + b', "layers": []}'),
    "lists": ("CNN107", lambda: b"[" * 100_000),
    "mappings": ("CNN107", lambda: b"{a: " * 100_000),
    "indented": ("CNN107", lambda: "".join(" " * n + "a:\n" for n in range(1_000)).encode()),
    "json-lists": ("CNN107", lambda: b'{"input": ' + b"[" * 100_000),
    "groups": ("CNN107", lambda: net("{layers: [" * 60 + "relu" + "]}" * 60)),
    "recursion": ("CNN205", lambda: net("a", head="input: 8\nblocks: {a: {layers: [a, a]}}")),
    "recursion-of-many": (
        "CNN205",
        lambda: chain_of_blocks(2_000).replace(b'["relu"]', b'["b0"]'),
    ),
    "chain-of-blocks": ("CNN107", lambda: chain_of_blocks(2_000)),
    "power": ("CNN119", lambda: net("fc: ${9**9**9}")),
    "power-of-two": ("CNN119", lambda: net("fc: ${2**1000000000}")),
    "product": ("CNN119", lambda: net("fc: ${" + "*".join(["999999999"] * 50) + "}")),
    "brackets": ("CNN119", lambda: net("fc: ${" + "(" * 400 + "1" + ")" * 400 + "}")),
    "long-expression": ("CNN119", lambda: net("fc: ${" + "1+" * 100_000 + "1}")),
    "doubling-text": ("CNN119", lambda: doubling('"${{v{0}}}${{v{0}}}"', "abcdefgh")),
    "doubling-list": ("CNN119", lambda: doubling('"${{v{0} + v{0}}}"', "[1, 2]")),
    "doubling-nested": ("CNN119", lambda: doubling('"${{[v{0}, v{0}]}}"', "[1, 2]")),
    "doubling-number": ("CNN119", lambda: doubling('"${{v{0} * v{0}}}"', "3")),
    "repeat": ("CNN116", lambda: net("{relu: , repeat: 1000000000}")),
    "repeat-expression": ("CNN116", lambda: net('{relu: , repeat: "${10**18}"}')),
    "repeat-of-repeats": ("CNN116", nested_repeats),
    "repeat-left-out": (
        "CNN116",
        lambda: nested_repeats().replace(b"relu: ", b"relu: , when: false"),
    ),
    "growing-list": (
        "CNN116",
        lambda: net(
            "{layers: [{concat: [input, u.*], when: '${index > 0}'}, {fc: 1, name: u}], "
            "repeat: 5000}"
        ),
    ),
    "growing-list-of-nothing": (
        "CNN116",
        lambda: net("{fc: 8, name: u, repeat: 5000, when: false}", "{add: [u.*], repeat: 5000}"),
    ),
    "list-of-an-expression": (
        "CNN202",
        lambda: net("{add: $n, repeat: 10000}", head=f"vars: {{n: [{'no, ' * 9_000}]}}\ninput: 8"),
    ),
    "unknown-name-in-a-repeat": ("CNN202", lambda: net("{add: [previous, no], repeat: 10000}")),
    "empty-repeats": ("CNN116", lambda: nested_repeats().replace(b"{relu: , repeat: 1000}", b"")),
    "blocks": ("CNN116", lambda: block_bomb(11, 10, repeat=False)),
    "repeated-blocks": ("CNN116", lambda: block_bomb(11, 10, repeat=True)),
    "empty-blocks": ("CNN116", lambda: block_bomb(11, 10, repeat=False).replace(b"[relu]", b"[]")),
    "volume": ("CNN315", lambda: net("upsample: 100000", "upsample: 100000", "upsample: 100000")),
    "axis": ("CNN112", lambda: net("relu", head="input: 99999999999x1")),
    "filters": ("CNN112", lambda: net("conv: {filters: 99999999999, kernel: 1}")),
    "kernel": ("CNN112", lambda: net("conv: {filters: 1, kernel: 999999999}")),
    "misfit": (
        "CNN301",
        lambda: net(
            "conv: {filters: 1, kernel: 99991, stride: 99989, dilation: 9973, padding: 99971}",
            head="input: 1000000000x999999937",
        ),
    ),
    "too-large-kernel": (
        "CNN302",
        lambda: net("conv: {filters: 1, kernel: 100000, dilation: 100000}", head="input: 1x1"),
    ),
    "gaps": (
        "CNN303",
        lambda: net("maxpool: {kernel: 2, stride: 1, dilation: 99999, padding: 99000}"),
    ),
    "divisors": ("CNN304", lambda: net("conv: {filters: 999999937, kernel: 1, groups: 999999929}")),
    "reshape": ("CNN308", lambda: net("reshape: 1000000000x1000000000x1000000000")),
    "expectation": (
        "CNN401",
        lambda: net(
            "{conv: {filters: 1, kernel: 99991, stride: 9973, rounding: floor}, "
            "expect: {output: 1x1}}",
            head="input: 1000000000x1000000000",
        ),
    ),
    "x-string": ("CNN115", lambda: net("relu", head="input: " + "x".join(["3"] * 1_000_000))),
    "long-key": ("CNN109", lambda: b"input: 8\nlayers: [relu]\n" + b"k" * 900 + b": 1\n"),
    "long-block": (
        "CNN110",
        lambda: net("relu", head=f"input: 8\nblocks:\n  {'b' * 900}:"),
    ),
    "long-names": (
        "CNN201",
        lambda: net(
            *[f"{'ab' * 400}{n}" for n in range(480)],
            head="input: 8\nblocks:\n"
            + "".join(f"  {'ba' * 400}{n}: {{layers: [relu]}}\n" for n in range(480)),
        ),
    ),
    "unknown-fields": (
        "CNN109",
        lambda: net("conv: {" + ", ".join(f"k{n}" for n in range(20_000)) + "}"),
    ),
    "unknown-keys": (
        "CNN109",
        lambda: b"input: 8\nlayers: [relu]\n" + b"".join(b"kay%d: 1\n" % n for n in range(20_000)),
    ),
    "names": ("CNN202", lambda: net(*["relu"] * 5_000, "add: [reluu, relv]")),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_limit(name: str) -> None:
    code, make = DOCUMENTS[name]
    data = make()
    with at_most(CALLS):
        problems = problems_of(data, "spec.json" if name.startswith("json") else "spec.yaml")
    assert code in {problem.code for problem in problems}
    for problem in problems:
        assert problem.span.line >= 1
        assert problem.span.column >= 1
        assert len(problem.message) < 500


LINE = "input: {length: 1000000000}"
CONV = "conv: {filters: 1, kernel: 3, padding: 1}"
GOOD: dict[str, Callable[[], bytes]] = {
    "taps": lambda: net("conv: {filters: 1, kernel: 99991, padding: 50000}",
                        head="input: 10000000x1000000"),
    "adaptive": lambda: net("adaptive_avgpool: 999999937", head=LINE),
    "coprime": lambda: net("upsample: {size: 99991}", "upsample: {size: 99989}",
                           "adaptive_avgpool: 9973", head="input: {length: 99971}"),
    "dilated": lambda: net("conv: {filters: 1, kernel: 99999, dilation: 9999}", head=LINE),
    "odd-resizes": lambda: net(
        "{layers: [{upsample: {size: 99991}}, {conv: {filters: 1, kernel: 20001, padding: same}}, "
        "{upsample: {size: 99989}}, {upsample: {size: 317, mode: bilinear}}], repeat: 40}",
        head="input: {length: 99971}"),
    "unlike-branches": lambda: net(
        "{branches: [[{maxpool: {kernel: 3, stride: 3}}, {upsample: 3}], []], merge: add}",
        head="input: {length: 999999999}"),
    "many-layers": lambda: net(f"{{{CONV}, repeat: 2000}}"),
    "many-entries": lambda: net(*[CONV] * 1_000),
    "many-inputs": lambda: net("relu", "add: [" + "relu1, " * 5_000 + "relu1]"),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_large_but_good(name: str) -> None:
    """What is only large costs little work too."""
    data = GOOD[name]()
    with at_most(CALLS // 5):
        problems = problems_of(data)
    assert [problem for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize("rows", [80, 79], ids=["fit", "misfit"])
def test_repeated_weights(rows: int) -> None:
    """Stated numbers are read once, not again in every repetition."""
    numbers = [[0] * 80 for _ in range(rows)]
    layer = {"fc": {"units": 80, "bias": False}, "weights": {"kernel": numbers}, "repeat": 1_000}
    data = json.dumps({"input": 80, "layers": [layer]}).encode()
    with at_most(2_000_000):
        problems = problems_of(data, "spec.json")
    assert [problem.code for problem in problems] == ([] if rows == 80 else ["CNN121", "CNN311"])


@pytest.mark.parametrize("mistakes", [100, 400])
def test_no_end_of_problems(mistakes: int) -> None:
    """Each of very many mistakes costs as much as one of a few."""
    data = net(*[f"rel{n}" for n in range(mistakes)])
    with at_most(mistakes * CALLS_PER_MISTAKE):
        problems = problems_of(data)
    assert problems[0].code == "CNN201"


CONV_1 = "conv: {filters: 6, kernel: 1"
TOO_MANY: dict[str, Callable[[int], bytes]] = {
    "kinds": lambda n: net(*[f"rel{i}" for i in range(n)]),
    "fields": lambda n: net(CONV_1 + "".join(f", k{i}: 1" for i in range(n)) + "}"),
    "layers": lambda n: net(*[f"{{{CONV_1}, groups: 4}}, from: input}}"] * n, head="input: 8x8x4"),
    "repetitions": lambda n: net(f"{{fc: '${{0 * index}}', repeat: {n}}}"),
    "variables": lambda n: net(
        "relu", head="input: 8\nvars:\n" + "".join(f"  v{i}: ${{1/0}}\n" for i in range(n))
    ),
    "expectations": lambda n: net(*["{relu: , expect: {params: 1}}"] * n),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MANY)
def test_too_many_errors(name: str) -> None:
    """As many as are counted are all there is; one more is said, and ends it."""
    few = problems_of(TOO_MANY[name](MAX_ERRORS))
    assert sum(problem.instances for problem in few) == MAX_ERRORS
    assert "CNN121" not in {problem.code for problem in few}
    many = problems_of(TOO_MANY[name](MAX_ERRORS + 100))
    assert sum(problem.instances for problem in many) == MAX_ERRORS + 1
    assert many[-1].code == "CNN121"


def test_advice_hides_no_error() -> None:
    """However much advice there is, an error behind it is found."""
    conv = "conv: {filters: 6, kernel: 3, stride: 2, dilation: 2, padding: same}"
    problems = problems_of(net(*[conv] * (MAX_ERRORS + 1), "relo"))
    assert len(problems) == MAX_ERRORS + 2
    assert [problem.code for problem in problems if problem.severity == "error"] == ["CNN201"]
