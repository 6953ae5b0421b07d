"""The keys of an entry: its kind, what may be next to it, and what is wrong with others."""

from __future__ import annotations

from cnncalc.layers.registry import (
    KINDS,
    canonical,
    field_names,
    in_lower_case,
    kind_aliases,
    kind_with_field,
    layer_class,
    plain,
)
from cnncalc.maths.volume import format_value
from cnncalc.problems.model import Fix, Related
from cnncalc.problems.source import Span
from cnncalc.problems.suggestions import did_you_mean, surely_meant
from cnncalc.spec.edits import respelled, rewritten
from cnncalc.spec.entries import COMMON_KEYS, STRUCTURES, Broken
from cnncalc.spec.findings import Findings
from cnncalc.spec.moves import moved_below
from cnncalc.spec.node import Node
from cnncalc.spec.reader import unknown_key

_KIND_FIRST = "the kind is the key: write `- conv: {filters: 6, kernel: 5}`"
_POOL = "write `maxpool: 2` or `avgpool: 2`"
_NOT_KINDS = {
    **dict.fromkeys(("type", "kind", "layer", "classname", "op"), _KIND_FIRST),
    "input": "what goes in is no layer: write `input: 32x32x3` at the top level",
    **dict.fromkeys(("pool", "pooling", "subsampling"), _POOL),
    "channels": "the maps of a convolution are its filters: `conv: {filters: 6, kernel: 5}`",
    **dict.fromkeys(("globalpool", "globalpooling"), "write `global_avgpool` or `global_maxpool`"),
    **dict.fromkeys(
        ("upconv", "upconvolution"),
        "write `conv_transpose: {filters: 32, kernel: 2, stride: 2}`, or `upsample: 2` and `conv`",
    ),
    **dict.fromkeys(
        ("residual", "residualblock", "resblock", "shortcut", "skip", "skipconnection"),
        "a shortcut is `branches: [[…], []]` with `merge: add`",
    ),
    **dict.fromkeys(
        ("sequential", "block", "stage"),
        "write the layers themselves, a group `layers: […]`, or name them under `blocks:`",
    ),
    **dict.fromkeys(
        ("se", "seblock", "squeezeexcite", "squeezeexcitation", "squeezeandexcitation"),
        "write it under `blocks:`, from `global_avgpool`, `conv` and `multiply`",
    ),
    **dict.fromkeys(
        ("loss", "crossentropy", "crossentropyloss", "nllloss", "mse", "mseloss", "bceloss"),
        "a loss is no part of the network: leave it out",
    ),
    **dict.fromkeys(
        ("blur", "blurpool", "blurpool2d"),
        "a blur is a `depthwise_conv` with `trainable: false` and `weights` for one map",
    ),
    **dict.fromkeys(
        ("attention", "selfattention", "multiheadattention", "transformer", "lstm", "gru", "rnn",
         "embedding"),
        "no kind computes this: the networks here are convolutional",
    ),
}  # fmt: skip
"""Words that people write as a kind, in lower case without ``_``, and what to write instead."""


def common_keys(node: Node) -> dict[str, Node]:
    """Return what an entry states of the keys that any entry may have."""
    return {key: child for key, child in node.children.items() if key in COMMON_KEYS}


def no_kind(
    findings: Findings, node: Node, kinds: list[str], block_names: tuple[str, ...]
) -> Broken:
    """Report an entry with no kind, or several; the first gives it its name."""
    common = common_keys(node)
    others = [key for key in node.children if key not in common]
    if kinds:
        first, second = kinds[:2]
        findings.report(
            "CNN111",
            f"one entry has {len(kinds)} kinds: {', '.join(kinds)}",
            node.keys[second],
            "put each kind on a line of its own, after `- `",
            related=(Related(message=f"`{format_value(first)}` is here", span=node.keys[first]),),
        )
        kind = canonical(first)[0] or first
        return Broken(word="", kind=kind, key=node.span, common=common)
    if others:
        word, key = others[0], node.keys[others[0]]
        unknown_kind(findings, word, key, block_names)
        return Broken(word=word, kind=word, key=key, common=common)
    advice = "name the layer's kind, such as `conv: {filters: 6, kernel: 5}`"
    findings.report("CNN110", "an entry without a kind", node.span, advice)
    return Broken(word="", kind="layer", key=node.span, common=common)


def unknown_kind(findings: Findings, word: str, span: Span, block_names: tuple[str, ...]) -> None:
    """Report a word that is neither a kind nor one of the file's blocks."""
    text = f"`{format_value(word)}` is neither a kind of layer nor a block of this file"
    advice, fixes = _instead_of(word, span, block_names)
    findings.report("CNN201", text, span, advice, fixes=fixes)


def refuse_weights(
    findings: Findings, node: Node, kind: str, common: dict[str, Node], keys: tuple[str, ...]
) -> None:
    """Report ``weights`` where there is no single layer to have them, and leave them out."""
    for key in keys:
        if common.pop(key, None) is not None:
            text = f"`{format_value(key)}` cannot be stated next to `{kind}`"
            advice = "weights belong to a layer: write it next to the layer"
            findings.report("CNN109", text, node.keys[key], advice)


def check_neighbours(
    findings: Findings, node: Node, kind: str, block_names: tuple[str, ...]
) -> bool:
    """Report keys that an entry of ``kind`` has not; return whether some are its fields.

    All fields that are next to the kind instead of below it are one mistake.
    """
    allowed = {kind, *COMMON_KEYS}
    if kind == "branches":
        allowed.add("merge")
    strange = [key for key in node.children if key not in allowed]
    is_block = kind in block_names
    known = None if is_block else canonical(kind)[0]
    names = field_names(known) if known else {}
    slips = [key for key in strange if surely_meant(key, COMMON_KEYS)]
    fields = [key for key in strange if key in names or (is_block and key not in slips)]
    for key in strange:
        if key not in fields:
            unknown_key(findings, node, key, f"an entry (next to `{kind}`)", COMMON_KEYS)
    if not fields:
        return False
    listed = " and ".join(f"`{key}`" for key in fields)
    verb, them = ("is", "it") if len(fields) == 1 else ("are", "them")
    main = layer_class(known).main if known else None
    findings.report(
        "CNN114",
        f"{listed} {verb} next to `{kind}`, not below it",
        node.keys[fields[0]],
        f"indent {them}: a field of `{kind}` is two columns deeper than `{kind}`, or in its {{}}",
        fixes=moved_below(node, kind, fields, main),
    )
    return True


def _instead_of(word: str, span: Span, block_names: tuple[str, ...]) -> tuple[str, tuple[Fix, ...]]:
    """Return the help for a word that is neither a kind nor one of these blocks, and fixes."""
    if hint := no_slip(word):
        return hint, ()
    name = in_lower_case(word)
    if name is not None:
        why = "" if word.islower() else " Kinds are in lower case"
        return f"did you mean `{name}`?{why}", (rewritten(span, name),)
    words = (*block_names, *KINDS, *kind_aliases(), *STRUCTURES)
    hints = did_you_mean(word, words) or ("`cnncalc kinds` lists the kinds",)
    return hints[0], respelled(span, word, words, lambda each: canonical(each)[0] or each)


def no_slip(word: str) -> str:
    """Return what to write instead of a word that is no misspelt kind; nothing for others."""
    if plain(word) in _NOT_KINDS:
        return _NOT_KINDS[plain(word)]
    if "{" in word:
        return f"put a colon before the brace: `{word.split('{')[0].strip()[:60]}: {{…}}`"
    kind = kind_with_field(word)
    if kind is not None:
        return f"`{word}` is a field: write it below its kind, as in `{kind}: {{{word}: …}}`"
    return ""
