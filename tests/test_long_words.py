"""A word of thousands of letters is cut wherever a message repeats it."""

from __future__ import annotations

import pytest

from cnncalc.inference.infer import infer
from cnncalc.spec.load import parse_bytes

WORD = "k" * 3000
SPECS = (
    "{WORD: 1, input: 4, layers: [relu]}",
    "{input: 4, layers: [WORD: 1]}",
    "{input: 4, layers: [{WORD: 1, WORD2: 2}]}",
    "{input: 4, layers: [activation: WORD]}",
    "{input: 4, layers: [fc: {units: 2, WORD: 1}]}",
    "{input: 4, layers: [fc: {units: WORD}]}",
    "{input: 4, layers: [fc: {units: '{WORD}'}]}",
    "{input: 4, layers: [{relu: , from: 'WORD, WORD'}]}",
    "{input: {WORD: 4, depth: 3}, layers: [relu]}",
    "{input: 4, layers: [{fc: 2, WORD: 1}]}",
    "{input: 4, layers: [{fc: 2, expect: {WORD: 1}}]}",
    "{input: 4, layers: [{fc: 2, weights: {WORD: 1}}]}",
    "{input: 4, layers: [{fc: 2, weights_from: WORD}]}",
    "{input: 4, layers: [{relu: , from: WORD}]}",
    "{input: 4, layers: [{relu: , name: WORD}, {relu: , name: WORD}]}",
    "{input: 4, outputs: [WORD], layers: [relu]}",
    "{input: 4, defaults: {WORD: 1}, layers: [relu]}",
    "{input: 4, about: {WORD: 1}, layers: [relu]}",
    "{input: 4, vars: {WORD: 1}, layers: [fc: $WORD1]}",
    "{input: 4, layers: [relu], cases: [{input: 1, output: 2, WORD: 1}]}",
    "{input: 4, layers: [b], blocks: {b: {WORD: 1, layers: [relu]}}}",
    "{input: 4, layers: [b: {WORD: 1}], blocks: {b: {layers: [relu]}}}",
    "{input: 4, layers: [b], blocks: {b: {args: {WORD: null}, layers: [relu]}}}",
)


@pytest.mark.parametrize("spec", SPECS)
def test_cut(spec: str) -> None:
    loaded = parse_bytes(spec.replace("WORD", WORD).encode(), "net.yaml", None)
    problems = loaded.problems
    if loaded.network is not None:
        problems = infer(loaded.network, problems=problems).problems
    assert problems
    for problem in problems:
        texts = (
            problem.message,
            problem.note,
            *problem.help,
            *(r.message for r in problem.related),
        )
        assert max(map(len, texts)) < 400
