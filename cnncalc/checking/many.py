"""Many files, checked one after the other or on several processes."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from cnncalc.checking.check import Outcome, check
from cnncalc.checking.discovery import Crashed, File
from cnncalc.checking.files import printed_path

_BATCH = 8
"""How many files a process is handed at once."""
_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""Signals that end a process at once; Windows has the first two only."""


def check_all(files: Sequence[File], jobs: int = 1) -> Iterator[Outcome]:
    """Yield what comes of each file, in their order, without the reports of their networks.

    A file on which the tool or a process breaks is :class:`Crashed`, and the rest is checked.
    Leaving the iterator early ends the processes.
    """
    if jobs == 1 or len(files) == 1:
        yield from map(_outcome, files)
        return
    pool = ProcessPoolExecutor(min(jobs, len(files)), initializer=_end_at_once)
    try:
        yield from _pooled(files, pool)
    finally:
        pool.shutdown(cancel_futures=True)


def _pooled(files: Sequence[File], pool: ProcessPoolExecutor) -> Iterator[Outcome]:
    outcomes = pool.map(_outcome, files, chunksize=_BATCH)
    is_broken = False
    for file in files:
        if not is_broken:
            try:
                yield next(outcomes)
                continue
            except BrokenProcessPool:
                is_broken = True
        yield _crashed(file, "a process ended before its files were checked")


def _outcome(file: File) -> Outcome:
    try:
        return check(file)
    except Exception as error:  # a mistake of the tool must not keep the other files from a check
        return _crashed(file, f"{type(error).__name__}: {error}")


def _crashed(file: File, why: str) -> Crashed:
    name = printed_path(file.path)
    return Crashed(file=name, why=f"internal error in {name}: {why}")


def _end_at_once() -> None:
    """Let signals end this process as if it handled none: the first process says what happened."""
    for name in _SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
