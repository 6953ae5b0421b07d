"""Receptive fields that recur late, or never: bounds, and how much work they take."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from support.receptive import CONV, INPUT, chain, values
from support.work import at_most

from cnncalc.maths import pieces, reads, receptive
from cnncalc.maths.pieces import TooIntricateError
from cnncalc.maths.reads import Read
from cnncalc.maths.receptive import Field, centres_aligned, union


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
