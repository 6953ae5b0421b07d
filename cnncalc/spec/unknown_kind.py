"""Words that are no kind of layer: what to write instead of them."""

from __future__ import annotations

from cnncalc.layers.registry import (
    KINDS,
    canonical,
    in_lower_case,
    kind_aliases,
    kind_with_field,
)
from cnncalc.problems.model import Fix
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.edits import respelled, rewritten
from cnncalc.spec.entries import STRUCTURES

_KIND_FIRST = "the kind is the key: write `- conv: {filters: 6, kernel: 5}`"
_POOL = "write `maxpool: 2` or `avgpool: 2`"
_NOT_KINDS = {
    **dict.fromkeys(("type", "kind", "layer", "class_name", "op"), _KIND_FIRST),
    "input": "what goes in is no layer: write `input: 32x32x3` at the top level",
    **dict.fromkeys(("pool", "pooling", "subsampling"), _POOL),
    "channels": "the maps of a convolution are its filters: `conv: {filters: 6, kernel: 5}`",
    **dict.fromkeys(
        ("attention", "lstm", "gru", "rnn", "embedding"),
        "no kind computes this: the networks here are convolutional",
    ),
}
"""Words that people write as a kind, and what to write instead."""


def instead_of(word: str, span: Span, block_names: tuple[str, ...]) -> tuple[str, tuple[Fix, ...]]:
    """Return the help for a word that is neither a kind nor one of these blocks, and fixes."""
    if hint := _no_slip(word):
        return hint, ()
    name = in_lower_case(word)
    if name is not None:
        return f"did you mean `{name}`? Kinds are in lower case", (rewritten(span, name),)
    words = (*block_names, *KINDS, *kind_aliases(), *STRUCTURES)
    hints = did_you_mean(word, words) or ("`cnncalc kinds` lists the kinds",)
    return hints[0], respelled(span, word, words, lambda each: canonical(each)[0] or each)


def _no_slip(word: str) -> str:
    """Return what to write instead of a word that is no misspelt kind; nothing for others."""
    if word.lower() in _NOT_KINDS:
        return _NOT_KINDS[word.lower()]
    if "{" in word:
        return f"put a colon before the brace: `{word.split('{')[0].strip()[:60]}: {{…}}`"
    kind = kind_with_field(word)
    if kind is not None:
        return f"`{word}` is a field: write it below its kind, as in `{kind}: {{{word}: …}}`"
    return ""
