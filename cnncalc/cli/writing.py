"""Files that are written whole or not at all; nothing else of the command line writes any."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cnncalc.cli.failures import UsageError
from cnncalc.spec.files import reason

ENDING = ("SIGTERM", "SIGHUP")
"""Signals that end a process at once unless somebody handles them; Windows has the first only."""


@contextmanager
def unwinding() -> Iterator[None]:
    """Let signals that end the process unwind it first: no file or process of ours is left."""
    numbers = [getattr(signal, name) for name in ENDING if hasattr(signal, name)]
    mine = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in mine:  # not those that are ignored, as under nohup
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number in mine:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, frame: object) -> None:
    sys.exit(128 + number)


@contextmanager
def whole_file(path: str | Path, *, replace: bool) -> Iterator[IO[bytes]]:
    """Open a file to be written, which has its name when all is written, and is gone otherwise.

    Where the path is a link, the file that it leads to is replaced. What replaces a file has its
    permissions.

    Raises:
        FileExistsError: it exists and is no plain file, or is not to be replaced.
        OSError: it cannot be written.
    """
    try:
        place = Path(path).resolve() if replace else Path(path)
    except RuntimeError:
        raise OSError(errno.ELOOP, "it is a link that leads to itself") from None
    if place.exists() and not (replace and place.is_file()):
        raise FileExistsError
    part = place.with_name(f".cnncalc.{os.getpid()}.part")
    with unwinding():
        try:
            with part.open("xb") as file:
                yield file
            if place.exists():
                shutil.copymode(place, part)
            if not replace:
                place.touch(exist_ok=False)  # claims the name: somebody may have been quicker
            part.replace(place)
        finally:
            with suppress(OSError):  # where there is no folder, that has been reported
                part.unlink()


@contextmanager
def result_file(target: str, *, replace: bool = True) -> Iterator[IO[bytes]]:
    """Open the file that a command line names for results.

    Raises:
        UsageError: it cannot be written, is no plain file, or is not to be replaced.
    """
    try:
        with whole_file(target, replace=replace) as file:
            yield file
    except FileExistsError:
        if not replace:
            hint = "name another file, or use --force"
            raise UsageError(f"{target} exists already", hint) from None
        raise UsageError(f"cannot write {target}: it is no file") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write {target}: {reason(error)}") from None


def save_text(target: str, text: str, read: Iterable[str | Path] = ()) -> None:
    """Write text to the file that ``--save`` names, never over what was read.

    Raises:
        UsageError: it was read, or cannot be written.
    """
    if any(same_file(path, target) for path in read):
        raise UsageError(f"--save {target}: that is read, too: name another file")
    with result_file(target) as file:
        file.write(text.encode("utf-8", "backslashreplace"))


def result_folder(target: str) -> Path:
    """Return the folder that a command line names for results; it is made where it is missing.

    Raises:
        UsageError: it cannot be made, or is no folder.
    """
    try:
        Path(target).mkdir(exist_ok=True)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write into {target}: {reason(error)}") from None
    return Path(target)


def same_file(path: str | Path, other: str) -> bool:
    """Return whether two names are of one file that exists."""
    with suppress(OSError, ValueError):
        return os.path.samefile(path, other)  # noqa: PTH121  (a path may be none)
    return False
