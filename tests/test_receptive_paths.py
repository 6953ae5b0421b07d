"""Receptive fields against paths that are enumerated position by position."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor, lcm

from hypothesis import given
from hypothesis import strategies as st
from support.receptive import INPUT
from support.strategies import examples

from cnncalc.maths.reads import Read
from cnncalc.maths.receptive import Field, centres_aligned, union

Pixels = frozenset[int]
Sees = Callable[[int], Pixels]
NOTHING: Sees = lambda position: frozenset()  # noqa: E731
AROUND = range(-40, 80)


def hull(pixels: Pixels) -> tuple[int, int] | None:
    """First and last of a set of pixels."""
    return (min(pixels), max(pixels)) if pixels else None


@dataclass(frozen=True)
class Node:
    """A volume: the field under test, and the pixels each position sees, enumerated.

    `still` are the pixels seen through a layer that sees everything, `moving` the others.
    """

    field: Field
    length: int
    still: Sees
    moving: Sees

    def sees(self, position: int) -> Pixels:
        """All pixels a position sees."""
        return self.still(position) | self.moving(position)

    def behind(self, read: Read, length: int, positions: Callable[[int], Iterable[int]]) -> Node:
        """A layer whose output position reads these positions."""

        def through(sees: Sees) -> Sees:
            return cache(lambda o: frozenset().union(*map(sees, positions(o))))

        field = self.field.through(read)
        return Node(field, length, through(self.still), through(self.moving))


def window(node: Node, kernel: int, stride: int, dilation: int, before: int) -> Node:
    length = (node.length + 2 * before - (kernel - 1) * dilation - 1) // stride + 1
    return node.behind(
        Read.window(kernel, stride, dilation, before),
        max(length, 1),
        lambda o: [o * stride - before + t * dilation for t in range(kernel)],
    )


def transposed(node: Node, kernel: int, stride: int, dilation: int, before: int) -> Node:
    def positions(o: int) -> list[int]:
        near = range((o + before - kernel * dilation) // stride - 1, (o + before) // stride + 2)
        taps = range(kernel)
        return [i for i in near if any(i * stride + t * dilation - before == o for t in taps)]

    length = (node.length - 1) * stride + (kernel - 1) * dilation + 1 - before
    read = Read.transposed(kernel, stride, dilation, before)
    return node.behind(read, max(length, 1), positions)


def nearest(node: Node, size: int) -> Node:
    scale = Fraction(node.length, size)
    return node.behind(Read.nearest(1 / scale), size, lambda o: [floor(o * scale)])


def bilinear(node: Node, size: int) -> Node:
    scale, half = Fraction(node.length, size), Fraction(1, 2)

    def positions(o: int) -> list[int]:
        source = (o + half) * scale - half
        return [floor(source), ceil(source)]

    return node.behind(Read.half_pixel(1 / scale), size, positions)


def adaptive(node: Node, size: int) -> Node:
    scale = Fraction(node.length, size)
    read = Read.adaptive(node.length, size)
    return node.behind(read, size, lambda o: range(floor(o * scale), ceil((o + 1) * scale)))


def strided(node: Node, start: int, step: int) -> Node:
    length = max(1, (node.length - start) // step)
    return node.behind(Read.window(1, step, before=-start), length, lambda o: [start + o * step])


def pad(node: Node, before: int) -> Node:
    return node.behind(Read.shift(-before), node.length + before, lambda o: [o - before])


def everything(node: Node, size: int) -> Node:
    pixels: Pixels = frozenset().union(*map(node.sees, range(node.length)))
    field = node.field.through(Read.everything(node.length))
    return Node(field, size, lambda o: pixels, NOTHING)


def join(nodes: list[Node]) -> Node:
    """Branches that meet; one that sees everything swallows what it covers."""
    length = min(node.length for node in nodes)

    def still(o: int) -> Pixels:
        return frozenset().union(*(node.still(o) for node in nodes))

    def moving(o: int) -> Pixels:
        return frozenset().union(*(node.moving(o) for node in nodes))

    field = union([node.field for node in nodes], length)
    whole = hull(still(0))
    if whole is not None and all(hull(still(o)) == whole for o in AROUND):
        pixels: Pixels = frozenset().union(*(moving(o) for o in range(length)))
        if all(whole[0] <= pixel <= whole[1] for pixel in pixels):
            return Node(field, length, cache(still), NOTHING)
    return Node(field, length, cache(still), cache(moving))


@st.composite
def networks(draw: st.DrawFn) -> list[Node]:
    """A small network: every layer reads one earlier volume, or joins several."""
    few = st.integers(1, 3)
    size, before = st.integers(1, 24), st.integers(0, 4)
    nodes = [Node(INPUT, draw(st.integers(1, 16)), NOTHING, lambda o: frozenset({o}))]
    kinds = [window, window, transposed, nearest, bilinear, adaptive, strided, pad, everything]
    for _ in range(draw(st.integers(1, 7))):
        kind = draw(st.sampled_from([*kinds, join, join]))
        recent = st.sampled_from(nodes[-4:])
        if kind is join:
            nodes.append(join(draw(st.lists(recent, min_size=1, max_size=3))))
            continue
        node = draw(recent)
        if kind in (window, transposed):
            arguments = [draw(st.integers(1, 5)), draw(few), draw(few), draw(before)]
        elif kind is strided:
            arguments = [draw(before), draw(few)]
        else:
            arguments = [draw(before if kind is pad else size)]
        made = kind(node, *arguments)  # type: ignore[operator]
        if made.length <= 40:
            nodes.append(made)
    return nodes


def assert_sees(field: Field, position: int, seen: tuple[int, int] | None) -> None:
    """A field is what is seen; a bound holds it."""
    found = field.at(position)
    if field.is_exact:
        assert found == seen, position
    elif seen is not None:
        assert found is not None
        assert found[0] <= seen[0] <= seen[1] <= found[1], position


@examples(100)
@given(networks())
def test_fields_are_those_of_enumerated_paths(nodes: list[Node]) -> None:
    for node in nodes:
        field, length = node.field, node.length
        for o in range(-length - 2, 2 * length + 2):
            assert_sees(field, o, hull(node.sees(o)))
        seen = [hull(node.sees(o)) for o in range(length)]
        largest = max(b - a + 1 for a, b in filter(None, [*seen, (1, 0)]))
        if not field.is_exact:
            assert field.size(length) >= largest
            continue
        assert field.size(length) == largest
        if field.stride is None:
            assert field.padding is None
            assert len(field.pieces) != 1 or field.is_constant or not field.pieces[0].exact
            continue
        assert field.padding == (None if seen[0] is None else -seen[0][0])
        period = len(field.pieces[0].spans)
        for o in range(min(period, length)):
            moved = [pixel + period * field.stride for pixel in hull(node.sees(o)) or ()]
            assert moved == [*(hull(node.sees(o + period)) or ())]


@examples(100)
@given(networks(), st.data())
def test_centres_are_those_of_enumerated_paths(nodes: list[Node], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(nodes), min_size=1, max_size=3))
    length = data.draw(st.integers(1, 30))
    moving = [node for node in chosen if not node.field.is_constant and node.field.is_exact]
    ends = [[hull(node.sees(o)) for o in range(length)] for node in moving[:1]]
    aligned = True
    for node in moving[1:]:
        first, other = moving[0].field, node.field
        regular = first.stride == other.stride is not None
        positions = min(lcm(first.period, other.period), length) if regular else length
        pairs = zip(ends[0], (hull(node.sees(o)) for o in range(positions)), strict=False)
        apart = [sum(a) - sum(b) for a, b in pairs if a is not None and b is not None]
        aligned &= sum(apart) == 0 if regular else not any(apart)
    fields = [node.field for node in chosen]
    assert centres_aligned(fields, length) == aligned
