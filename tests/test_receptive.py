"""Receptive fields: published values, and rules by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from support.receptive import CONV, INPUT, chain, values

from cnncalc.maths.reads import Read
from cnncalc.maths.receptive import Field, centres_aligned, union

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
