"""TOML, and where its keys and values are.

The standard library reads the text and gives no places; nor do the libraries that keep a text's
layout. So where something is to be pointed at, a text that the library has accepted is walked once
more for the places alone. Because it is known to be valid, the walk needs no checks of its own.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source, Span

Path: TypeAlias = tuple[str | int, ...]
"""The keys, and the numbers in lists, that lead to a value."""

_AT: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
"""How the standard library ends its messages; older versions have the place nowhere else."""
_LONG: Final = re.compile(r"[0-9_]{4300,}")
"""A number of more digits than Python reads."""
_HELP: Final = (
    'a text is written in quotes, "CNN903", a list in brackets, ["a", "b"]',
    "true and false begin with a small letter",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a key is, and its value; of a table, its header is both."""

    key: Span
    value: Span


def read_toml(source: Source) -> dict[str, Any] | Problem:
    """Return what a text holds, or the problem that it cannot be read."""
    try:
        return tomllib.loads(source.text)
    except RecursionError:
        message, at = "lists and tables are nested too deeply", 0
    except ValueError as error:  # TOMLDecodeError is one, and so is a number that is too long
        message, at = str(error), _offset(source, str(error))
    message = _AT.sub("", f"not valid TOML: {message[:1].lower()}{message[1:]}")
    end = at + (at < len(source.text) and source.text[at] != "\n")
    return Problem(code="CNN103", message=message, span=source.span(at, end), help=_HELP)


def _offset(source: Source, message: str) -> int:
    """Return where in the text the standard library found a mistake."""
    found = _AT.search(message)
    if found is None:
        number = _LONG.search(source.text)
        return number.start() if number else 0
    if found[1] is None:
        return len(source.text.rstrip())
    return source.offset(int(found[1]), int(found[2]))


def places(source: Source) -> dict[Path, Place]:
    """Return the place of every key and value of a text that :func:`read_toml` has read."""
    return _Walk(source).document()


_BLANK: Final = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE: Final = re.compile(r"[ \t]*")
_KEY: Final = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|[A-Za-z0-9_-]+')
_SCALAR: Final = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}'  # of five quotes at the end two are text
    r'|"(?:[^"\\]|\\.)*"|\'[^\']*\''
    r"|[^\s,\]}#]+(?: \d[^\s,\]}#]*)?",  # a date and a time may have a space between them
    re.DOTALL,
)


class _Walk:
    """One pass over a valid text; ``at`` is where it has come to."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.at = 0
        self.places: dict[Path, Place] = {}
        self.entries: dict[Path, int] = {}
        """How many entries each list of ``[[tables]]`` has so far."""

    def document(self) -> dict[Path, Place]:
        """Return the place of every key and value."""
        table: Path = ()
        self.take(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.take(_BLANK)
        return self.places

    def header(self) -> Path:
        """Read ``[table]`` or ``[[list.of.tables]]``; return the path of the keys below it."""
        start = self.at
        brackets = 2 if self.text.startswith("[[", start) else 1
        self.at += brackets
        names = [name for name, _ in self.keys()]
        self.at += brackets
        span = self.since(start)
        path: Path = ()
        for name in names[:-1]:
            path = self.latest((*path, name))
            self.note(path, span)
        path = (*path, names[-1])
        if brackets == 2:
            self.entries[path] = self.entries.get(path, 0) + 1
            self.note(path, span)
        path = self.latest(path)
        self.places[path] = Place(key=span, value=span)  # what other headers implied is less
        return path

    def latest(self, path: Path) -> Path:
        """Return the path itself or, of a list of tables, that of its last entry."""
        count = self.entries.get(path)
        return path if count is None else (*path, count - 1)

    def note(self, path: Path, span: Span) -> None:
        """Note where a table is first written."""
        self.places.setdefault(path, Place(key=span, value=span))

    def pair(self, table: Path) -> None:
        """Read ``key = value``."""
        path = table
        for name, span in self.keys():
            path = (*path, name)
            self.note(path, span)
        self.at += 1  # =
        self.take(_SPACE)
        key = self.places[path].key
        self.places[path] = Place(key=key, value=self.value(path))

    def keys(self) -> list[tuple[str, Span]]:
        """Read the parts of a dotted key."""
        found = []
        while True:
            self.take(_SPACE)
            start = self.at
            word = self.take(_KEY)
            name = next(iter(tomllib.loads(f"{word} = 0")))  # quotes and escapes
            found.append((name, self.since(start)))
            self.take(_SPACE)
            if self.text[self.at] != ".":
                return found
            self.at += 1

    def value(self, path: Path) -> Span:
        """Read a value; return where it is."""
        start = self.at
        opening = self.text[start]
        if opening in "[{":
            self.collection(path, "]" if opening == "[" else "}")
        else:
            self.take(_SCALAR)
        return self.since(start)

    def collection(self, path: Path, closing: str) -> None:
        """Read a list or an inline table, with its brackets."""
        self.at += 1
        number = 0
        while self.text[self.skip_blank()] != closing:
            if closing == "}":
                self.pair(path)
            else:
                entry = (*path, number)
                self.note(entry, self.value(entry))
                number += 1
            if self.text[self.skip_blank()] == ",":
                self.at += 1
        self.at += 1

    def skip_blank(self) -> int:
        """Skip white space and comments; return where the next word is."""
        self.take(_BLANK)
        return self.at

    def since(self, start: int) -> Span:
        """Return the span from an offset to here."""
        return self.source.span(start, self.at)

    def take(self, pattern: re.Pattern[str]) -> str:
        """Return what matches here, and go behind it."""
        found = pattern.match(self.text, self.at)
        assert found is not None
        self.at = found.end()
        return found[0]
