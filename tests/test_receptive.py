"""Receptive fields: published values, and paths enumerated position by position."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor, lcm

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.strategies import examples
from support.work import at_most

from cnncalc.maths import pieces, reads, receptive
from cnncalc.maths.receptive import Field, Read, TooIntricateError, centres_aligned, union

INPUT = Field.identity()
CONV = Read.window(3, before=1)


def chain(*reads: Read, start: Field = INPUT) -> Field:
    """The field behind a chain of layers."""
    for read in reads:
        start = start.through(read)
    return start


def values(field: Field, length: int = 1) -> tuple[object, ...]:
    """What is reported of a field."""
    return field.size(length), field.stride, field.padding


# --- published values -------------------------------------------------------------------------


def test_the_input_sees_itself() -> None:
    assert values(INPUT, 224) == (1, 1, 0)


def test_vgg16_at_pool5() -> None:
    """Araujo et al. (2019), vgg_16."""
    pool = Read.window(2, stride=2)
    reads = [read for convs in (2, 2, 3, 3, 3) for read in [CONV] * convs + [pool]]
    assert values(chain(*reads), 7) == (212, 32, 90)


def test_alexnet_v2_at_pool5() -> None:
    """Araujo et al. (2019), alexnet_v2: first layer and pools without padding."""
    pool = Read.window(3, stride=2)
    reads = [Read.window(11, stride=4), pool, Read.window(5, before=2), pool, CONV, CONV, CONV]
    assert values(chain(*reads, pool), 5) == (195, 32, 64)


def bottleneck(field: Field, narrow: int, middle: int) -> Field:
    """A bottleneck, the strides of its first two windows given, joined with its shortcut."""
    inner = chain(
        Read.window(1, stride=narrow),
        Read.window(3, stride=middle, before=1),
        Read.window(1),
        start=field,
    )
    shortcut = field.through(Read.window(1, stride=narrow * middle))
    assert centres_aligned([inner, shortcut], 56)
    return union([inner, shortcut], 56)


@pytest.mark.parametrize(("in_the_middle", "size"), [(False, 483), (True, 427)])
def test_resnet50_at_the_last_stage(in_the_middle: bool, size: int) -> None:
    """483 as in Araujo et al. (2019); 427 where the 3x3 window strides, as in torchvision."""
    field = chain(Read.window(7, stride=2, before=3), Read.window(3, stride=2, before=1))
    for blocks, stride in [(3, 1), (4, 2), (6, 2), (3, 2)]:
        for stride_now in [stride] + [1] * (blocks - 1):
            strides = (1, stride_now) if in_the_middle else (stride_now, 1)
            field = bottleneck(field, *strides)
    assert values(field, 7) == (size, 32, (size - 1) // 2)


# --- rules, by hand ---------------------------------------------------------------------------


@pytest.mark.parametrize("up", [Read.transposed(2, stride=2), Read.nearest(2)])
def test_a_pool_and_its_way_back(up: Read) -> None:
    """Both positions of a pair see the pair; a 3-window then sees one pair more."""
    back = chain(Read.window(2, stride=2), up)
    assert [back.at(o) for o in range(-1, 4)] == [(-2, -1), (0, 1), (0, 1), (2, 3), (2, 3)]
    assert values(back, 16) == (2, 1, 0)
    assert [chain(CONV, start=back).at(o) for o in (0, 1)] == [(-2, 1), (0, 3)]
    assert values(chain(CONV, start=back), 16) == (4, 1, 2)
    assert centres_aligned([INPUT, back], 16)  # on the average of a pair
    assert values(union([INPUT, back], 16), 16) == (2, 1, 0)
    assert values(back.through(Read.window(2, stride=2)), 8) == (2, 2, 0)


def test_transposed_convolution_with_gaps() -> None:
    """Odd positions see nothing; a dilated window over them only nothing still."""
    gaps = INPUT.through(Read.transposed(1, stride=2))
    assert [gaps.at(o) for o in range(4)] == [(0, 0), None, (1, 1), None]
    assert values(gaps, 4) == (1, Fraction(1, 2), 0)
    odd = gaps.through(Read.window(1, stride=2, before=-1))
    assert (odd.pieces, values(odd, 4)) == ((), (0, None, None))
    assert union([odd, INPUT], 4) == INPUT
    assert odd.through(CONV) == odd
    sparse = gaps.through(Read.window(3, dilation=2, before=1))
    assert [sparse.at(o) for o in range(4)] == [None, (0, 2), None, (1, 3)]
    assert sparse.padding is None
    spread = gaps.through(Read.transposed(2, dilation=2))
    assert [spread.at(o) for o in range(4)] == [(-1, 0), None, (0, 1), None]


def test_dense_layers_see_everything() -> None:
    field = INPUT.through(CONV)
    dense = field.through(Read.everything(8))
    assert dense.at(-5) == dense.at(100) == (-1, 8)
    assert values(dense) == (10, None, None)
    assert dense.is_constant
    assert not field.is_constant


def test_squeeze_and_excitation_sees_everything() -> None:
    field = INPUT.through(CONV)
    gate = chain(Read.everything(8), Read.everything(1), start=field)
    assert union([field, gate], 8) == gate
    assert centres_aligned([field, gate], 8)
    assert values(chain(CONV, start=union([field, gate], 8)), 8) == (10, None, None)


def test_periodic_next_to_everything() -> None:
    """What sees everything covers branches that see periodic parts."""
    gate = INPUT.through(Read.everything(8))
    branch = chain(Read.window(2, stride=2), Read.nearest(2))
    assert union([branch, gate], 8) == gate
    assert union([branch, gate], 9) != gate  # the last position sees a pixel more


def test_branches_of_different_rates() -> None:
    """A skip that lost its stride: exact everywhere, but without one stride."""
    fast, slow = INPUT.through(Read.window(2, stride=2)), INPUT
    mixed = union([fast, slow], 5)
    assert [mixed.at(o) for o in (-1, 0, 4)] == [(-2, -1), (0, 1), (4, 9)]
    assert values(mixed, 5) == (6, None, None)
    assert not centres_aligned([fast, slow], 5)
    narrow = slow.through(Read.everything(2))
    assert union([narrow, slow], 5).size(5) == 5
    assert not union([narrow, slow], 5).is_constant


def test_factors_that_are_not_whole() -> None:
    """5 -> 8 and 8 -> 5: PyTorch's formulas."""
    up = INPUT.through(Read.nearest(Fraction(8, 5)))
    assert [up.at(o) for o in range(9)] == [(o, o) for o in (0, 0, 1, 1, 2, 3, 3, 4, 5)]
    assert up.stride == Fraction(5, 8)
    smooth = INPUT.through(Read.half_pixel(2))
    assert [smooth.at(o) for o in range(3)] == [(-1, 0), (0, 1), (0, 1)]
    assert INPUT.through(Read.half_pixel(3)).at(1) == (0, 0)
    pooled = INPUT.through(Read.adaptive(8, 5))
    assert [pooled.at(o) for o in range(5)] == [(0, 1), (1, 3), (3, 4), (4, 6), (6, 7)]
    assert INPUT.through(Read.adaptive(224, 7)) == INPUT.through(Read.window(32, stride=32))


def test_padding_may_be_negative() -> None:
    assert INPUT.through(Read.shift(3)).padding == -3
    assert chain(Read.shift(-3), Read.window(3)) == INPUT.through(Read.window(3, before=3))


def test_values_are_immutable_and_hashable() -> None:
    field = chain(Read.transposed(3, stride=2, before=1), CONV)
    assert {field: 1}[chain(Read.transposed(3, stride=2, before=1), CONV)] == 1
    with pytest.raises(AttributeError):
        field.pieces = ()  # type: ignore[misc]


# --- long periods -----------------------------------------------------------------------------


def test_longest_exact_period() -> None:
    """A period of 64 is exact, a longer one is a bound."""
    exact = INPUT.through(Read.nearest(reads.LONGEST))
    assert (exact.is_exact, exact.period, values(exact, 640)) == (True, 64, (1, Fraction(1, 64), 0))
    bound = INPUT.through(Read.nearest(reads.LONGEST + 1))
    assert (bound.is_exact, bound.period) == (False, 1)
    assert (bound.size(650), bound.stride, bound.padding) == (3, None, None)


@pytest.mark.parametrize(
    "read",
    [
        Read.nearest,
        Read.nearest_exact,
        Read.half_pixel,
        lambda most: Read.adaptive(3, most),
        lambda most: Read.transposed(3, stride=most),
        lambda most: Read.interpolated(Fraction(3, most), 0),
    ],
)
def test_exact_reads(read: Callable[[int], Read]) -> None:
    """Every kind of read is exact up to a period of 64."""
    assert INPUT.through(read(65)).is_exact is False
    assert (INPUT.through(read(64)).is_exact, INPUT.through(read(64)).period) == (True, 64)


def test_bound_of_much_work() -> None:
    """64 positions, each of 63 intervals: more than are looked at."""
    field = INPUT.through(Read.nearest(Fraction(64, 63)))
    assert field.is_exact
    assert not field.through(Read.window(64)).is_exact


def test_bounds_of_several_rates() -> None:
    """Where all recur together only after more than 64 positions, each is a bound."""
    fields = [INPUT.through(Read.nearest(factor)) for factor in (1, 2, 61)]
    mixed = union(fields, 122)
    assert (mixed.is_exact, mixed.period) == (False, 1)
    assert all(piece.exact == (piece.advance == 1) for piece in mixed.pieces)
    for position in range(122):
        outer = mixed.at(position)
        assert outer is not None
        assert outer[0] <= position // 61 and position <= outer[1]


def test_tight_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound holds what is seen, and little more."""

    def behind() -> list[Field]:
        found = [INPUT]
        for into, out in [(29, 31), (27, 61), (59, 30), (30, 7)]:
            up = Read.half_pixel(Fraction(out, into)) if out > 7 else Read.adaptive(into, out)
            for read in (up, CONV, Read.transposed(4, stride=2, before=1), Read.window(2, 2)):
                found.append(found[-1].through(read))
            found.append(union([found[-1], found[-2].through(Read.window(4, 2, before=1))], 30))
        return found

    bounds = behind()
    for module in (reads, pieces, receptive):
        monkeypatch.setattr(module, "LONGEST", 10**6)
    monkeypatch.setattr(pieces, "MOST_WORK", 10**9)
    for bound, exact in zip(bounds, behind(), strict=True):
        assert exact.is_exact
        for position in range(-40, 80):
            inner, outer = exact.at(position), bound.at(position)
            assert inner is not None and outer is not None
            assert outer[0] <= inner[0] <= inner[1] <= outer[1]
        assert exact.size(30) <= bound.size(30) <= exact.size(30) + 20
    assert not bounds[-1].is_exact


@pytest.mark.parametrize(
    "read",
    [
        lambda: Read.transposed(5, stride=70, dilation=3, before=4),
        lambda: Read.transposed(150, stride=70, before=9),
        lambda: Read.nearest(65),
        lambda: Read.nearest(Fraction(65, 3)),
        lambda: Read.nearest_exact(Fraction(65, 3)),
        lambda: Read.half_pixel(Fraction(65, 3)),
        lambda: Read.interpolated(Fraction(2, 67), Fraction(1, 5), beyond=1),
        lambda: Read.adaptive(7, 66),
    ],
)
def test_bound_of_one_layer(read: Callable[[], Read], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is hardly wider than what is seen."""
    bound = INPUT.through(read())
    monkeypatch.setattr(reads, "LONGEST", 10**6)
    for module in (pieces, receptive):
        monkeypatch.setattr(module, "LONGEST", 10**6)
    exact = INPUT.through(read())
    assert exact.is_exact and not bound.is_exact
    for position in range(-200, 200):
        inner, outer = exact.at(position), bound.at(position)
        if inner is not None:
            assert outer is not None
            assert inner[0] - 2 <= outer[0] <= inner[0]
            assert inner[1] <= outer[1] <= inner[1] + 2


def test_centres_that_part_at_the_far_end() -> None:
    """Of two branches that go at different rates, each is the outer one at another end."""
    ahead = INPUT.through(Read.window(1, stride=2, before=3000))
    around = [union([INPUT.through(Read.window(2 + by, before=by)), ahead], 6000) for by in (0, 1)]
    assert centres_aligned(around, 2990)
    assert not centres_aligned(around, 6000)


@pytest.mark.parametrize(
    "read",
    [
        lambda: Read.nearest(10**9),
        lambda: Read.half_pixel(10**9),
        lambda: Read.transposed(10**9),
        lambda: Read.transposed(2, stride=10**9),
        lambda: Read.adaptive(10**9 + 7, 10**9),
        lambda: Read.window(10**9, stride=10**9, dilation=10**9),
    ],
)
def test_absurd_factors_take_little_work(read: Callable[[], Read]) -> None:
    with at_most(500):
        assert INPUT.through(read()).size(10**9) > 0


def test_work_is_bounded_behind_long_periods() -> None:
    """Layers behind a long period cost what they cost behind a short one."""
    field = INPUT.through(Read.nearest(Fraction(64, 63)))
    with at_most(400_000):
        for factor in [Fraction(9, 7), Fraction(7, 9)] * 20:
            field = chain(Read.window(20_001, before=10_000), Read.half_pixel(factor),
                          start=field)  # fmt: skip
            assert field.period <= reads.LONGEST
            field.size(10**9)
            assert centres_aligned([field, INPUT], 10**9) or field.is_exact
    mixed = [INPUT.through(Read.window(1, stride=stride)) for stride in (1, 2, 3)]
    with at_most(40_000):
        assert not centres_aligned(mixed, 10**9)
        assert union(mixed, 10**9).size(10**9) == 2 * 10**9 - 1


def test_what_is_too_intricate_is_refused() -> None:
    with pytest.raises(TooIntricateError):
        union([INPUT.through(Read.window(1, stride=stride)) for stride in range(1, 10)], 8)
    field = INPUT
    with pytest.raises(TooIntricateError):
        for _ in range(200):
            field = field.through(Read.half_pixel(Fraction(65, 61)))


# --- against enumerated paths -----------------------------------------------------------------

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
