"""Receptive fields of small random networks against every path from an output to the input."""

from __future__ import annotations

from fractions import Fraction

import pytest
from support.path_networks import Network
from support.path_oracle import Facts, Line, ends
from support.strategies import effort, run


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("part", range(5))
def test_random_networks(rank: int, part: int) -> None:
    bounds = 0
    for number in range(effort(60)):
        network = Network(f"{rank}-{part}-{number}", rank)
        report = run(network.spec())
        assert report.ok, (network.spec(), report.problems)
        assert len(report.rows) == len(network.expected), network.spec()
        for row, lines in zip(report.rows, network.expected, strict=True):
            found = row.receptive_field
            assert row.output is not None
            if found is None:  # branches of too many rates meet
                bounds += 1
                continue
            if row.output.spatial:
                assert list(row.output.spatial) == [of.length for of in lines], network.spec()
            assert row.seen is not None
            for axis, of in zip(found.size, lines, strict=True):
                facts = (found.size[axis], found.stride[axis], found.padding[axis])
                about = (row.name, axis, facts, of.facts(), network.spec())
                if row.seen.fields[axis].is_exact:
                    assert agree(facts, of), about
                else:
                    bounds += 1
                    assert facts[0] >= of.facts()[0], about
    assert bounds < effort(60)  # a few of some thousand


def agree(found: Facts, of: Line) -> bool:
    """Compare a receptive field with all paths.

    Where branches of several rates met, some later layer may read what only one of them wrote:
    then the stride that is reported must be how all that is seen really moves.
    """
    size, stride, before = of.facts()
    if size == 0:
        return found[0] == 0
    if stride is None and found[1] is not None:
        before = -min(of.seen(0)) if of.seen(0) else None
        return moves(of, found[1]) and (found[0], found[2]) == (size, before)
    return found == (size, stride, before)


def moves(of: Line, stride: Fraction) -> bool:
    """Whether all that is seen moves by ``stride`` pixels per position, over some period."""
    for period in range(stride.denominator, 100, stride.denominator):
        by = int(period * stride)
        if all(
            ends(of.seen(o + period)) == tuple(end + by for end in ends(of.seen(o)))
            for o in range(of.length)
        ):
            return True
    return False
