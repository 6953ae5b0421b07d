"""Standard output and standard error: colour, what they can hold, and pipes that close."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Literal

from cnncalc.render.terminal import Terminal

_CLOSED = (errno.EPIPE, errno.EINVAL)
"""What writing to a closed pipe gives; the second on Windows."""


class CannotWrite(Exception):
    """Results could not be written, and not because their reader has left."""


class Output:
    """Where a command writes: results on standard output, everything else on standard error."""

    def __init__(self, color: str = "auto", *, quiet: bool = False, ascii: bool = False) -> None:
        self.results = Stream("stdout", color, ascii=ascii)
        self.messages = Stream("stderr", color, ascii=ascii)
        self.quiet = quiet


class Stream:
    """One of the process's two outputs, with the options that say how to write to it."""

    def __init__(
        self, which: Literal["stdout", "stderr"], color: str = "auto", *, ascii: bool = False
    ) -> None:
        self.which = which
        self.forced = color
        self.forced_ascii = ascii
        self.closed = False

    @property
    def file(self) -> Any:
        """The stream itself, looked up late: tests and callers may replace it."""
        return getattr(sys, self.which)

    @property
    def encoding(self) -> str | None:
        """The encoding that the stream writes."""
        return getattr(self.file, "encoding", None)

    @cached_property
    def terminal(self) -> Terminal:
        """What text for the stream is made for."""
        return Terminal(
            width=self.width, color=self.color, encoding=self.encoding, ascii=self.forced_ascii
        )

    @cached_property
    def color(self) -> bool:
        """Whether to write colours: the option, NO_COLOR, FORCE_COLOR, or a terminal."""
        if self.forced != "auto":
            return self.forced == "always"
        if os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("FORCE_COLOR"):
            return True
        return self.is_terminal and os.environ.get("TERM") != "dumb"

    @property
    def is_terminal(self) -> bool:
        """Whether a person reads."""
        return self._is_open and self.file.isatty()

    @property
    def _is_open(self) -> bool:
        return self.file is not None and not self.file.closed

    @property
    def width(self) -> int:
        """The terminal's columns, or COLUMNS; 0 (no limit) where there is neither."""
        stated = os.environ.get("COLUMNS", "")[:6]
        if stated.isdecimal() and int(stated):
            return int(stated)
        if not self.is_terminal:
            return 0
        try:
            return os.get_terminal_size(self.file.fileno()).columns
        except (OSError, ValueError):
            return 80

    def write(self, text: str) -> None:
        """Write text at once; when the reader went away, nothing more is written.

        Raises:
            CannotWrite: standard output is closed, or what it leads to is full.
        """
        if text and not self.closed:
            with self.writing() as file:
                file.write(self.terminal.translate(text))
                file.flush()

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """Turn errors of writing into what they mean; libraries that print can be called inside.

        Where standard error is closed, messages that are written are lost.

        Raises:
            CannotWrite: standard output is closed, or what it leads to is full.
        """
        if not self._is_open:
            self._fail("it is closed")
        try:
            yield self.file if self._is_open else io.StringIO()
        except OSError as error:
            self.closed = True
            _drop(self.file)
            if error.errno not in _CLOSED:
                self._fail(error.strerror or str(error))
        except UnicodeError:  # of encodings that are not for such text, such as idna
            self._fail(f"its encoding, {self.encoding}, cannot hold the text")

    def _fail(self, reason: str) -> None:
        """Refuse to lose results; lost messages have nobody to read about it."""
        if self.which == "stdout":
            raise CannotWrite(f"cannot write to standard output: {reason}")


def _drop(file: Any) -> None:
    """Lead a broken stream nowhere, so that what it still holds raises no second error."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, file.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass
