"""Where specs are: files, standard input, and the zoo, by name."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from cnncalc.problems.suggestions import did_you_mean
from cnncalc.spec.text import MAX_BYTES
from cnncalc.zoo import catalogue as zoo

ZOO = " (zoo)"
"""What problems add to the name of a zoo network."""


class CannotRead(Exception):
    """A spec that does not exist or cannot be opened; the message says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unparsed:
    """A spec's bytes, what it is called in problems, and its file (standard input has none)."""

    data: bytes
    name: str
    path: Path | None


def fetch(spec: str) -> Unparsed:
    """Return the bytes of a spec: a path, ``-`` for standard input, or the name of a zoo network.

    Raises:
        CannotRead: there is no such file or name, or it cannot be opened.
    """
    if spec == "-":
        return Unparsed(data=_standard_input(), name="<stdin>", path=None)
    path = find(spec)
    shown = spec if Path(spec).exists() else f"{path.stem}{ZOO}"
    return Unparsed(data=read_bytes(path, spec), name=shown.replace(os.sep, "/"), path=path)


def find(spec: str) -> Path:
    """Return the file of a spec: an existing path wins over a zoo name."""
    if not spec:
        raise CannotRead("the name of a spec is empty")
    try:
        if Path(spec).is_dir():
            raise CannotRead(f"{spec} is a folder: name a file, or use `cnncalc check {spec}`")
        if Path(spec).exists():
            return Path(spec)
        if Path(spec).is_symlink():
            raise CannotRead(f"{spec} is a link that leads nowhere: to {Path(spec).readlink()}")
    except OSError as error:  # such as a name that is too long
        raise CannotRead(f"cannot read {spec}: {reason(error)}") from None
    found = zoo.find(spec)
    if found is not None:
        return found
    hint = _near_file(Path(spec)) or did_you_mean(zoo.normal(spec), zoo.names())
    raise CannotRead(
        f"there is no {'folder' if spec.endswith('/') else 'file or zoo network'} called {spec}"
        + "".join(f": {h}" for h in hint)
    )


def _near_file(path: Path) -> tuple[str, ...]:
    """Return the nearest name of a spec in the folder of a file that is not there."""
    if path.suffix not in zoo.ENDINGS:
        return ()
    try:
        names = [each.name for each in path.parent.iterdir() if each.suffix in zoo.ENDINGS]
    except OSError:
        return (f"there is no folder {path.parent}",)
    return did_you_mean(path.name, names)


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise CannotRead("standard input is closed")
    try:
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:  # it may be a folder
        raise CannotRead(f"cannot read standard input: {reason(error)}") from None


def read_bytes(path: Path, shown: str) -> bytes:
    """Return what a file holds, of one that is too long only so much that this shows.

    Raises:
        CannotRead: it cannot be opened; the message calls it ``shown``.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a name may hold what no name can
        raise CannotRead(f"cannot read {shown}: {reason(error)}") from None


def reason(error: Exception) -> object:
    """Return what the system says of a file, without the number of the error and the path."""
    return getattr(error, "strerror", None) or error
