"""Work on several threads: whatever else goes on, every part is done, once, and in its place."""

from __future__ import annotations

import tracemalloc
from threading import Thread
from time import sleep

import numpy as np
import pytest
from support.kinds import conv, run_kind
from support.oracle import Array, numbers

from cnncalc.forward.workers import each, sharing

LAYER = (numbers(1, 1, 40, 40, 32), numbers(2, 48, 32, 3, 3))


def layer() -> Array:
    return conv(*LAYER)


def test_each_once() -> None:
    for count in (0, 1, 2, 3, 50):
        done: list[int] = []
        with sharing(2):
            each(done.append, range(count))
        assert sorted(done) == list(range(count))


def test_within_a_part() -> None:
    """What a part shares out is worked off by its own thread."""
    done: list[tuple[int, int]] = []
    with sharing(2):
        each(lambda part: each(lambda inner: done.append((part, inner)), range(5)), range(4))
    assert sorted(done) == [(part, inner) for part in range(4) for inner in range(5)]


def test_callers_do_not_mix() -> None:
    """Several threads run layers, each with threads of its own."""
    wanted = layer()
    wrong: list[int] = []

    def caller() -> None:
        for turn in range(20):
            with sharing(1 + turn % 3):
                if not np.array_equal(layer(), wanted):
                    wrong.append(1)

    callers = [Thread(target=caller) for _ in range(3)]
    for one in callers:
        one.start()
    for one in callers:
        one.join(60)
    assert not any(one.is_alive() for one in callers)
    assert wrong == []


def test_error_ends_the_work() -> None:
    """An error is the caller's, parts that are not begun are dropped, and the next is not hurt."""
    begun: list[int] = []

    def work(part: int) -> None:
        begun.append(part)
        sleep(0.002)
        raise KeyboardInterrupt

    with sharing(2):
        with pytest.raises(KeyboardInterrupt):
            each(work, range(100))
        assert len(begun) < 20
        done: list[int] = []
        each(done.append, range(20))
        assert sorted(done) == list(range(20))


@pytest.mark.parametrize("workers", [1, 2])
def test_buffers_end_with_the_sharing(workers: int) -> None:
    tracemalloc.start()
    with sharing(workers):
        layer()
        assert tracemalloc.get_traced_memory()[0] > 50_000
    assert tracemalloc.get_traced_memory()[0] < 50_000
    tracemalloc.stop()


def test_relu_of_vectors_holds_nothing() -> None:
    arrays = [np.ones((1, 100_000 + size), "float32") for size in range(8)]
    tracemalloc.start()
    for array in arrays:
        run_kind("relu", array, array)
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert left < 50_000
