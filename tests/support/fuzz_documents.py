"""Random and damaged documents of the spec language."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cnncalc.layers.registry import KINDS, field_names, kind_aliases
from cnncalc.spec.entries import COMMON_KEYS
from cnncalc.spec.network import NETWORK_KEYS

SPECS = Path(__file__).parents[2] / "specs"

RICH = """\
name: everything
inputs: {image: 24x20x6, meta: 10}
vars: {n: 4, widths: [4, 8], aux: true, half: 0.5}
rounding: floor
defaults: {conv: {bias: false}, maxpool: {rounding: ceil}}
blocks:
  unit:
    args: {filters: null, kernel: 1, stride: 1}
    layers:
      - conv: {filters: $filters, kernel: $kernel, stride: $stride, padding: "${kernel // 2}"}
      - batchnorm
      - relu
  join: {inputs: [deep, skip], layers: [{crop: {like: deep}, from: skip}, {add: [previous, deep]}]}
layers:
  - {conv: {filters: 8, kernel: [3, 5], padding: same, groups: 2}, from: image, name: first}
  - {unit: {filters: "${widths[1]}", kernel: 3}, repeat: 3, name: units}
  - {branches: [[{conv: {filters: 8, kernel: 1}}], [], [{maxpool: {kernel: 3, stride: 1, P: 1}}]],
     merge: concat}
  - {depthwise_conv: {kernel: 3, multiplier: 2, padding: {left: 1, right: 1}}, when: $aux}
  - {conv_transpose: {filters: 8, kernel: 2, stride: 2}, name: up}
  - {join: {}, from: [up, up]}
  - {layers: [relu, {dropout: $half}], repeat: {times: 2, as: step}, name: group}
  - {concat: [group.*, previous], when: "${len(widths) > 2}"}
  - {upsample: {factor: 2, mode: bilinear}, expect: {output: 96x88x8}}
  - {slice: {axis: depth, start: 0, stop: -4}}
  - {pixel_shuffle: 2}
  - {adaptive_avgpool: 7}
  - {conv: {filters: 4, kernel: 1}, weights: {bias: [0]}, name: shared}
  - {conv: {filters: 4, kernel: 1}, from: units.1, weights_from: first}
  - {reshape: {shape: {length: 14, depth: 14}}, from: shared}
  - {conv1d: {filters: 3, kernel: 3, stride: 2, dilation: 2, P: 1}}
  - {fc: {units: $n, activation: relu}, name: head, expect: {params: "<= 5M", macs: 3k}}
  - {multiply: [head, meta]}
outputs: [head, previous]
expect: {output: 4, params: 60M}
cases: [{input: [1, 2], output: [3]}]
"""
RANKED = """\
{"input": {"frames": 6, "height": 9, "width": 7, "depth": 4}, "layers": [
 {"conv3d": {"filters": 4, "kernel": {"height": 3}, "padding": {"front": 1, "top": 1}}},
 {"maxpool": {"kernel": 2, "padding": "same_lower", "stride": [1, 2, 2]}},
 {"separable_conv": {"filters": 8, "kernel": 2}}, {"groupnorm": 2}, {"lrn": {"alpha": 0.1}},
 {"locally_connected": {"filters": 2, "kernel": 1}}, {"prelu": {"share": "all"}},
 {"avgpool": {"kernel": 1, "trainable": true}}, {"lppool": {"kernel": 1, "p": 3}},
 {"channel_shuffle": 2}, {"pad": 1}, {"crop": {"size": 2}}, {"space_to_depth": 1},
 {"global_maxpool": null}, {"flatten": {}}, {"maxout": {"units": 3, "pieces": 2}}, {"rbf": 2}]}
"""
NAMES = ("alexnet", "convnetjs-cifar10", "lenet5-1998", "m5", "perceptron", "resnet18", "resnet34",
         "slide-maxpool", "unet", "vgg11", "xor-mlp")  # fmt: skip
"""Shipped specs, small ones: the time goes into documents, not into deep networks."""
_NAMED = [(SPECS / f"{name}.yaml").read_text("utf-8") for name in NAMES]
_BAD = [file.read_text("utf-8") for file in sorted((SPECS / "bad").glob("*.yaml"))]
TEXTS = [*[RICH, RANKED] * 12, *_NAMED * 3, *_BAD]  # the richer a text, the more often


@cache
def parsed() -> list[Any]:
    """Return the data of those texts that are YAML."""
    found = []
    for text in TEXTS:
        try:
            found.append(yaml.safe_load(text))
        except (yaml.YAMLError, ValueError):
            continue
    return [data for data in found if isinstance(data, dict)]


_MORE = {
    "branches", "merge", "args", "activation", "previous", "strict", "floor", "ceil", "same",
    "valid", "null", "true", "false", "width", "height", "depth", "length", "frames", "left",
    "top", "kernel", "filters", "units", "output", "params",
}  # fmt: skip
_FIELD_NAMES = {name for kind in KINDS for name in field_names(kind)}
WORDS = sorted({*NETWORK_KEYS, *COMMON_KEYS, *KINDS, *kind_aliases(), *_FIELD_NAMES, *_MORE})
MARKS = [
    "{", "}", "[", "]", ":", ": ", ",", ", ", "- ", "\n", "\n  ", "\n    ", '"', "'", "|", ">",
    "&a", "*a", "<<", "!!str", "#", "---", "...", "%", "@", "`", "?", "\t", "\r", "\x00",
    "\ufeff", "\x85", "\u2028", "\U0001f600", "×", "−",
]  # fmt: skip
NUMBERS: list[Any] = [
    0, 1, -1, 2, 3, 7, 64, 10**6, 10**9, 10**9 + 1, 2**62, 10**30, -(10**30), 0.5, 1e308, -0.0,
    1e-300, True, False, None,
]  # fmt: skip
EXPRESSIONS = [
    "${1 / 0}", "${9 ** 9 ** 9}", "${", "$", "$x", "$$", "$volume.depth", "${volume}",
    "${volume.width * 2}", "${[1, 2][5]}", "${index}", "${outer + 1}", "${n if n else n}",
    "${len('x')}", "${min()}", "${divisible(7, 0)}", "${1 << 3}", "${__import__('os')}",
    "${'a' * 10 ** 9}", "${(" + "(" * 200, "${" + "-" * 300 + "1}", "${1 == 1 == 1}", "${not}",
    "${True and 1}", "${round(1.5)}", "${2 ** -1}", "${0 ** -1}", "${n}x${n}x3", "${-7 // 2}",
    "${7 % 0}", "${1e400}", "${[[1]]}", "${max([])}", "${$n}",
]  # fmt: skip
STRINGS = [
    "", " ", "3x3", "3×4", "32x32x3", "0x0x0", "1x2x3x4", "99999999999x1", "same", "SAME", "x",
    "é", "\u202e", "\u0000", "\n", "a" * 500, "é" * 300, "conv1", "input", "previous",
    "units.0.conv1", "layer1.", ".", "-", "<= 5M", "4.09G", "> 0", "60M", "..", "../x.yaml",
    "resnet18", "./resnet18.yaml", "alexnet", "~", "Ⅷ", "٣", "1_000", "0x10", "1e3", "12:30",
]  # fmt: skip

Rng = random.Random


def scalar(rng: Rng) -> Any:
    kind = rng.choice((NUMBERS, EXPRESSIONS, STRINGS, WORDS))
    return rng.choice(kind)


def some_bytes(rng: Rng) -> bytes:
    if rng.random() < 0.5:
        return rng.randbytes(rng.randrange(60))
    return "".join(
        chr(rng.choice((rng.randrange(128), rng.randrange(0xD7FF)))) for _ in range(40)
    ).encode()


def soup(rng: Rng) -> bytes:
    """Words and marks of the language, in any order."""
    parts = [
        rng.choice(MARKS) if rng.random() < 0.5 else str(scalar(rng))
        for _ in range(rng.randrange(50))
    ]
    return "".join(parts).encode("utf-8", "replace")


def damaged_text(rng: Rng) -> bytes:
    """A spec with some of its characters or lines lost, doubled or replaced."""
    lines = rng.choice(TEXTS).splitlines(keepends=True)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(lines))
        line = lines[at]
        cut = rng.randrange(len(line) + 1)
        end = cut + rng.choice((0, 0, 1, 2, 9))
        mark = rng.choice((rng.choice(MARKS), str(scalar(rng)), ""))
        lines[at] = rng.choice((line[:cut] + mark + line[end:], line + line, "", "  " + line))
    data = "".join(lines).encode("utf-8", "replace")
    return data[: rng.randrange(len(data) + 1)] if rng.random() < 0.1 else data


def damaged_data(rng: Rng) -> bytes:
    """A spec with some of its keys and values lost, doubled, moved or replaced."""
    data = json.loads(json.dumps(rng.choice(parsed())))
    for _ in range(rng.randint(1, 5)):
        damage(data, rng)
    if rng.random() < 0.5:
        return json.dumps(data, indent=rng.choice((None, 1))).encode("utf-8", "replace")
    try:
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True).encode("utf-8", "replace")
    except yaml.YAMLError:
        return b""


def damage(data: Any, rng: Rng) -> None:
    """Change one place of nested lists and mappings."""
    node = data
    while True:
        children = list(node.values() if isinstance(node, dict) else node)
        inner = [child for child in children if isinstance(child, (dict, list)) and child]
        if not inner or rng.random() < 0.25:
            break
        node = rng.choice(inner)
    if not node:
        return
    at = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
    DAMAGES[rng.randrange(len(DAMAGES))](node, at, rng)


def _replace(node: Any, at: Any, rng: Rng) -> None:
    node[at] = scalar(rng)


def _wrap(node: Any, at: Any, rng: Rng) -> None:
    node[at] = rng.choice(([node[at]], {rng.choice(WORDS): node[at]}, [], {}, [node[at], node[at]]))


def _drop(node: Any, at: Any, rng: Rng) -> None:
    del node[at]


def _rename(node: Any, at: Any, rng: Rng) -> None:
    if isinstance(node, dict):
        node[str(scalar(rng))] = node.pop(at)
    else:
        node.insert(at, node[rng.randrange(len(node))])


def _graft(node: Any, at: Any, rng: Rng) -> None:
    """Put a piece of another spec here."""
    other = rng.choice(parsed())
    while isinstance(other, (dict, list)) and other and rng.random() < 0.8:
        other = rng.choice(list(other.values() if isinstance(other, dict) else other))
    node[at] = json.loads(json.dumps(other))


DAMAGES: list[Callable[[Any, Any, Rng], None]] = [_replace, _replace, _wrap, _drop, _rename, _graft]

MAKERS: dict[str, tuple[Callable[[Rng], bytes], int]] = {
    "bytes": (some_bytes, 80),
    "soup": (soup, 120),
    "text": (damaged_text, 220),
    "data": (damaged_data, 380),
}
"""What makes documents, and how many it makes."""
