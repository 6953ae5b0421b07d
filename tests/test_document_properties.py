"""Reading YAML and JSON: what holds of any text."""

from __future__ import annotations

import json
import random
import re
import string
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from support.documents import each, good, load, sound, written
from support.strategies import examples

_BREAKS = re.compile("[\x85\u2028\u2029]")  # PyYAML writes them as line breaks

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_NUMBERS = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.floats(-1e17, 1e17, allow_nan=False),
)
_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), _NUMBERS, _TEXT),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


def exact(value: Any) -> Any:
    """Return the value with its floats as the exact numbers that are written for them."""
    if isinstance(value, float):
        return Fraction(repr(value))
    if isinstance(value, list):
        return [exact(entry) for entry in value]
    if isinstance(value, dict):
        return {key: exact(entry) for key, entry in value.items()}
    return value


@given(st.dictionaries(_TEXT, _VALUES, max_size=5), st.booleans(), st.sampled_from([None, 1, "\t"]),
       st.sampled_from(["a.json", "a.yaml"]))  # fmt: skip
def test_json_reads_back(value: dict[str, Any], ascii: bool, indent: Any, name: str) -> None:
    root = good(json.dumps(value, ensure_ascii=ascii, indent=indent), name)
    assert root.data() == exact(value)
    for node in each(root):
        slice = written(node.span)
        assert exact(json.loads(slice, parse_float=Fraction)) == node.data()
        if not isinstance(node.value, list | dict):
            assert node.text == slice
        for key, span in node.keys.items():
            assert json.loads(written(span)) == key


@given(st.dictionaries(st.text(string.ascii_letters, min_size=3, max_size=5), _VALUES, max_size=5),
       st.sampled_from([None, False, True]), st.booleans())  # fmt: skip
def test_yaml_reads_back(value: dict[str, Any], flow: bool | None, unicode: bool) -> None:
    import yaml

    def plain(entry: Any) -> Any:
        if isinstance(entry, float):  # PyYAML writes floats as YAML 1.1 does
            return int(entry)
        if isinstance(entry, str):  # and takes some texts for plain which are numbers today
            return f"t {_BREAKS.sub('', entry)}".strip()
        if isinstance(entry, list):
            return [plain(inner) for inner in entry]
        if isinstance(entry, dict):
            return {plain(key): plain(inner) for key, inner in entry.items()}
        return entry

    value = {f"k{key}": plain(entry) for key, entry in value.items()}

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: Any) -> bool:
            return True

    text = yaml.dump(
        value, Dumper=Dumper, default_flow_style=flow, allow_unicode=unicode, width=9999
    )
    document, problems = load(text)
    assert not problems
    assert document is not None
    assert document.root.data() == value
    for node in each(document.root):
        if not isinstance(node.value, list | dict):
            assert node.text == written(node.span)


@given(st.binary(max_size=60), st.sampled_from(["a.yaml", "a.json"]))
def test_no_bytes_raise(data: bytes, name: str) -> None:
    sound(data, name)


@given(st.text(st.sampled_from("ab1 \n\t:-,.{}[]'\"$#&*!|>%@`?~<=\\\r\ufeff\x85é😀"), max_size=40),
       st.sampled_from(["a.yaml", "a.json"]))  # fmt: skip
def test_no_text_raises(text: str, name: str) -> None:
    sound(text.encode(), name)


SPEC = """\
name: "LeNet-5"   # a comment
vars: {classes: 10, widths: [6, 16]}
input: 32x32x1
blocks:
  basic:
    args: {filters: null, stride: 1}
    layers:
      - branches:
          - - conv: {filters: $filters, kernel: 3, padding: 1}
            - 'relu'
          - []
        merge: add
layers:
- conv: {filters: "${widths[0]}", kernel: [3, 3]}
  when: ${stride != 1 or volume.depth != filters}
- basic: {filters: 16}
  repeat: 2
- fc:
    units: $classes
expect: {params: 61706, macs: "<= 5M", output: 1.5e3}
"""


@given(st.randoms(use_true_random=False))
@examples(150)
def test_mutated_specs_are_read_or_refused(random: random.Random) -> None:
    sound(mutate(SPEC, random).encode(), "a.yaml")


def mutate(text: str, random: random.Random) -> str:
    """Return the text with a few characters, or stretches, inserted, deleted or moved."""
    for _ in range(random.randint(1, 4)):
        at, size = random.randrange(len(text) + 1), random.randint(1, 6)
        piece = random.choice(
            ["", random.choice("ab1 \n\t:-,.{}[]'\"$#&*!|>%@`?~<=\\"), text[at : at + size],
             "${x}", "- ", ": ", "\n  ", "---\n", "61,706", "> 0"]
        )  # fmt: skip
        to = random.randrange(len(text) + 1)
        text = text[:to] + piece + text[to + random.choice([0, 0, 1, size]) :]
    return text
