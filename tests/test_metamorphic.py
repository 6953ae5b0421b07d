"""What must not change a report: other words, other axes, other ways to write one network."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support.drawn_layers import LISTS, Case, body, cases
from support.strategies import Spec, everything, examples, facts, one_row, run

from cnncalc.layers.registry import KINDS, field_names, kind_aliases, layer_class
from cnncalc.maths.words import number
from cnncalc.report.report import Report
from cnncalc.report.rows import Row

every_kind = pytest.mark.parametrize("kind", KINDS)
SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))


def plain(value: Any) -> Any:
    """Return a field's value as a spec writes it."""
    if not isinstance(value, Fraction):
        return value
    text = number(value)
    return f"${{{text}}}" if "/" in text else json.loads(text)


# --- other words for the same -------------------------------------------------------------------


@every_kind
@examples(6)
@given(data=st.data())
def test_defaults_stated(kind: str, data: st.DataObject) -> None:
    """A field that is left out is its default: groups 1, dilation 1, and so on."""
    case = data.draw(cases(kind))
    stated = {
        name: plain(info.default)
        for name, info in layer_class(kind).model_fields.items()
        if name not in case.fields and not info.is_required() and info.default is not None
    }
    assume("connection_table" not in case.fields)  # it refuses groups, even one
    row, codes = one_row(case.spec(**stated))
    bare, expected = one_row(case.spec())
    assert (facts(row), codes) == (facts(bare), expected)


@every_kind
@examples(6)
@given(data=st.data())
def test_field_aliases(kind: str, data: st.DataObject) -> None:
    case = data.draw(cases(kind))
    words = field_names(kind)
    chosen: Spec = {}
    for field, value in case.fields.items():
        aliases = [word for word in words if words[word] == field and word != "ceil_mode"]
        chosen[data.draw(st.sampled_from(aliases))] = value
    row, codes = one_row(Case(kind, chosen, case.volumes).spec())
    bare, expected = one_row(case.spec())
    assert (facts(row), codes) == (facts(bare), expected)


@pytest.mark.parametrize("alias", kind_aliases())
@examples(3)
@given(data=st.data())
def test_kind_aliases(alias: str, data: st.DataObject) -> None:
    kind, rank = kind_aliases()[alias]
    case = data.draw(cases(kind))
    row, codes = one_row(Case(alias, case.fields, case.volumes).spec())
    bare, expected = one_row(case.spec())
    if rank is None or case.rank in (0, rank):
        assert (facts(row, names=False), codes) == (facts(bare, names=False), expected)
    else:
        assert row.output is None and codes == {"CNN306"}


SIZED = ("kernel", "stride", "dilation", "padding", "output_padding", "factor", "size", "output")
SIZED_KINDS = ("conv", "depthwise_conv", "separable_conv", "locally_connected", "conv_transpose",
               "maxpool", "avgpool", "lppool", "adaptive_avgpool", "adaptive_maxpool",
               "upsample", "crop")  # fmt: skip
"""Kinds with sizes per axis."""


@pytest.mark.parametrize("kind", SIZED_KINDS)
@examples(6)
@given(data=st.data())
def test_spellings(kind: str, data: st.DataObject) -> None:
    """One size for all axes, a list in array order, and named axes say the same."""
    case = data.draw(cases(kind))
    assume(case.rank)
    axes = [axis for axis in ("length", "frames", "height", "width") if axis in case.volumes[0]]
    value = data.draw(st.integers(1, 3))
    sized = {f: v for f, v in case.fields.items() if f in SIZED and isinstance(v, Mapping)}
    assume(sized)
    even = dict.fromkeys(sized, value) | ({"padding": 1} if "padding" in sized else {})
    spellings: list[Spec] = [
        even,
        {field: [size] * len(axes) for field, size in even.items()},
        {field: dict.fromkeys(axes, size) for field, size in even.items()},
        {field: "x".join([str(size)] * 2) for field, size in even.items()},
    ]
    # what is tried may not fit: then it does not fit in any spelling
    rows = [one_row(case.spec(**fields)) for fields in spellings]
    found = [(row.output, row.weights, row.connections, codes) for row, codes in rows]
    assert all(same == found[0] for same in found)


# --- other axes ---------------------------------------------------------------------------------

SWAPPED = {"width": "height", "height": "width", "left": "top", "top": "left",
           "right": "bottom", "bottom": "right"}  # fmt: skip


def renamed(data: Any, names: Mapping[str, str]) -> Any:
    """Return data with axes and sides renamed, wherever they are."""
    if isinstance(data, Mapping):
        return {names.get(key, key): renamed(value, names) for key, value in data.items()}
    if isinstance(data, str):
        return names.get(data, data)
    return data


def turned(case: Case, names: Mapping[str, str], **more: int) -> Case:
    """Return a case with its axes renamed, its volumes with ``more`` axes."""
    fields = renamed(case.fields, names)
    if "shape" in fields and len(fields["shape"]) > 1:
        fields["shape"] = more | fields["shape"]
    volumes = [renamed(volume, names) for volume in case.volumes]
    return Case(case.kind, fields, tuple(more | v if len(v) > 1 else v for v in volumes))


def named(row: Row, names: Mapping[str, str]) -> tuple[object, ...]:
    """Return what a row says by axis, and its counts."""
    seen, output = row.receptive_field, row.output
    by_axis = None
    if seen is not None:
        by_axis = [renamed(values, names) for values in (seen.size, seen.stride, seen.padding)]
    counts = (
        row.params,
        row.non_trainable,
        row.macs,
        row.neurons,
        row.connections,
        row.activations,
    )
    return renamed(output.named(), names) if output else None, by_axis, counts


@every_kind
@examples(10)
@given(data=st.data())
def test_width_and_height(kind: str, data: st.DataObject) -> None:
    case = data.draw(cases(kind))
    assume(case.rank >= 2)
    row, codes = one_row(case.spec())
    other, other_codes = one_row(turned(case, SWAPPED).spec())
    assert named(row, SWAPPED) == named(other, {})
    assert codes == other_codes


SQUARE = ("pixel_shuffle", "depth_to_space", "space_to_depth")
"""Kinds whose one factor is of every axis: a second axis changes the depth."""


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SQUARE])
@examples(10)
@given(data=st.data())
def test_one_row_of_pixels(kind: str, data: st.DataObject) -> None:
    """A line of pixels is an image of height 1."""
    case = data.draw(cases(kind))
    assume(case.rank == 1)
    row, codes = one_row(case.spec())
    image, image_codes = one_row(turned(case, {"length": "width"}, height=1).spec())
    assert codes == image_codes
    if row.output is None:
        return
    output, seen, counts = named(row, {"length": "width"})
    assert image.output is not None and image.receptive_field is not None
    ranked = {"height": 1} if len(row.output.named()) > 1 else {}
    assert image.output.named() == ranked | output  # type: ignore[operator]
    assert named(image, {})[2] == counts
    of_image = image.receptive_field
    if seen is not None:
        assert [of_image.size["width"], of_image.stride["width"], of_image.padding["width"]] == [
            value["width"]
            for value in seen  # type: ignore[attr-defined]
        ]


# --- other ways to write one network ------------------------------------------------------------


def same_rows(one: Report, other: Report) -> bool:
    """Whether two reports tell the same but for names."""
    return everything(one, names=False) == everything(other, names=False)


@examples(25)
@given(cases("separable_conv"))
def test_separable(case: Case) -> None:
    """Depthwise without bias, then 1×1: the same volumes, counts and receptive field."""
    fields = dict(case.fields)
    pointwise: Spec = {name: fields.pop(name) for name in ("bias", "activation") if name in fields}
    pointwise |= {"filters": fields.pop("filters"), "kernel": 1}
    layers = [{"depthwise_conv": fields | {"bias": False}}, {"conv": pointwise}]
    row, _ = one_row(case.spec())
    two = run({"input": case.volumes[0], "layers": layers})
    last = two.rows[-1]
    assert last.output == row.output
    if row.output is not None:
        assert last.receptive_field == row.receptive_field
        totals = two.totals
        assert (row.params, row.macs) == (totals.params, totals.macs)
        assert row.connections == totals.connections


@examples(25)
@given(LISTS, st.integers(1, 4))
def test_repeat(chosen: list[Case], count: int) -> None:
    start = chosen[0].volumes[0]
    group = {"layers": body(chosen), "repeat": count}
    written = [entry for _ in range(count) for entry in body(chosen)]
    repeated, inline = (run({"input": start, "layers": ls}) for ls in ([group], written))
    assert len(repeated.rows) == len(inline.rows)
    assert [facts(row, names=False) for row in repeated.rows] == [
        facts(row, names=False) for row in inline.rows
    ]


Ways = dict[str, Callable[[list[Spec]], tuple[Spec, list[Any]]]]
WRAPPED: Ways = {
    "block": lambda layers: ({"b": {"layers": layers}}, ["b"]),
    "nested": lambda layers: ({"a": {"layers": layers}, "b": {"layers": ["a"]}}, ["b"]),
    "argument": lambda layers: ({"b": {"args": {"n": 7}, "layers": layers}}, [{"b": 3}]),
    "group": lambda layers: ({}, [{"layers": layers}]),
    "once": lambda layers: ({}, [{"layers": layers, "repeat": 1}]),
    "when": lambda layers: ({}, [{"layers": layers, "when": "${1 < 2}"}]),
    "left out": lambda layers: ({}, [*layers, {"conv": 3, "when": False}, {"fc": 2, "repeat": 0}]),
}
"""A list of layers, and how else it may be written."""


@pytest.mark.parametrize("way", WRAPPED)
@examples(15)
@given(chosen=LISTS)
def test_wrapped(way: str, chosen: list[Case]) -> None:
    start = chosen[0].volumes[0]
    blocks, layers = WRAPPED[way](body(chosen))
    wrapped = run({"input": start, "blocks": blocks, "layers": layers})
    assert same_rows(wrapped, run({"input": start, "layers": body(chosen)}))


@examples(25)
@given(LISTS)
def test_variables(chosen: list[Case]) -> None:
    """Every field from a variable."""
    start = chosen[0].volumes[0]
    values: Spec = {}
    layers = []
    for i, case in enumerate(chosen):
        values |= {f"v{i}_{field}": value for field, value in case.fields.items()
                   if not isinstance(value, Mapping)}  # fmt: skip
        fields = {field: f"$v{i}_{field}" if f"v{i}_{field}" in values else value
                  for field, value in case.fields.items()}  # fmt: skip
        layers.append({case.kind: fields})
    stated = run({"input": start, "vars": values, "layers": layers})
    assert same_rows(stated, run({"input": start, "layers": body(chosen)}))


@examples(25)
@given(LISTS)
def test_branches(chosen: list[Case]) -> None:
    """Next to the identity, a branch is what it is alone; the merge joins what leaves both."""
    start = chosen[0].volumes[0]
    alone = run({"input": start, "layers": body(chosen)})
    entry = {"branches": [body(chosen), []], "merge": "concat"}
    joined = run({"input": start, "layers": [entry]})
    assert [facts(a, names=False) for a in alone.rows] == [
        facts(b, names=False) for b in joined.rows[:-1]
    ]
    output, merged = alone.rows[-1].output, joined.rows[-1].output
    if output is None:
        assert merged is None
    elif output.named().keys() == start.keys() and all(
        output.named()[axis] == size for axis, size in start.items() if axis != "depth"
    ):
        assert merged == output.with_size("depth", output.depth + start["depth"])
    else:
        assert merged is None and "CNN305" in {p.code for p in joined.problems}
