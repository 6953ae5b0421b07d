"""Tiles on several threads: whatever else goes on, every tile is done, once, and in its place."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from threading import Thread, current_thread
from time import sleep

import numpy as np
import pytest
from support.kinds import run_kind
from support.oracle import Array, numbers

from cnncalc.forward.engine import tiles as convolution
from cnncalc.forward.workers import each, release, set_threads

LAYER = (numbers(1, 1, 40, 40, 32), numbers(2, 48, 32, 3, 3))


def layer() -> Array:
    return convolution.conv(*LAYER)


@pytest.fixture(autouse=True)
def _two() -> Iterator[None]:
    set_threads(2)
    yield
    release()


def test_each_once() -> None:
    for count in (0, 1, 2, 3, 50):
        done: list[int] = []
        each(done.append, range(count))
        assert sorted(done) == list(range(count))


def test_within_a_tile() -> None:
    """A tile's own calls are worked off by its thread."""
    done: list[tuple[int, int]] = []
    each(lambda tile: each(lambda inner: done.append((tile, inner)), range(5)), range(4))
    assert sorted(done) == [(tile, inner) for tile in range(4) for inner in range(5)]


def test_callers_do_not_mix() -> None:
    """Several threads run layers of their own; each has its result when it returns."""
    wanted = layer()
    wrong: list[int] = []

    def caller() -> None:
        for turn in range(60):
            if not np.array_equal(layer(), wanted):
                wrong.append(1)
            set_threads(1 + turn % 3)

    callers = [Thread(target=caller) for _ in range(3)]
    for one in callers:
        one.start()
    for one in callers:
        one.join(60)
    assert not any(one.is_alive() for one in callers)
    assert wrong == []


@pytest.mark.parametrize("here", [False, True])
def test_error_on_either_thread(here: bool) -> None:
    """An error is the caller's; its own one ends the work; the next layer is not disturbed."""
    begun: list[int] = []
    caller = current_thread()

    def work(tile: int) -> None:
        begun.append(tile)
        sleep(0.002)
        if (current_thread() is caller) is here:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        each(work, range(100))
    assert len(begun) < 20 if here else len(begun) == 100
    done: list[int] = []
    each(done.append, range(20))
    assert sorted(done) == list(range(20))


def test_buffers_go_with_the_thread() -> None:
    release()
    layer()
    release()
    tracemalloc.start()
    other = Thread(target=layer)
    other.start()
    other.join()
    assert tracemalloc.get_traced_memory()[0] < 50_000
    layer()
    assert tracemalloc.get_traced_memory()[0] > 50_000
    release()
    assert tracemalloc.get_traced_memory()[0] < 50_000
    tracemalloc.stop()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system does not fork")
def test_forked() -> None:
    """Children have buffers and threads of their own."""
    wanted = layer()
    children = []
    for _ in range(2):
        child = os.fork()
        if not child:
            set_threads(2)
            same = all(np.array_equal(layer(), wanted) for _ in range(40))
            os._exit(0 if same else 1)
        children.append(child)
    for _ in range(40):
        assert np.array_equal(layer(), wanted)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert codes == [0, 0]


def test_relu_of_vectors_holds_nothing() -> None:
    arrays = [np.ones((1, 100_000 + size), "float32") for size in range(8)]
    tracemalloc.start()
    for array in arrays:
        run_kind("relu", array, array)
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert left < 50_000
