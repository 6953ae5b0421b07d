"""A one-layer command as it was typed, and as the spec that it means."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

import typer

from cnncalc.cli.parameters import axes, names_axes, whole
from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source, Span

SOURCE = "<arguments>"
"""What the command line is called in problems."""

_SIZE = re.compile(r"[0-9]+(\s*[x×X]\s*[0-9]+)*")
_LIST = re.compile(r"[0-9]+(,\s*[0-9]+)+|\[\s*[0-9]+(,\s*[0-9]+)*\s*\]")
_NEGATIVE = re.compile(r"-[0-9]")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_WORD = re.compile(r"[a-z_]+")
_STATED = re.compile(r"\b(rounding|padding|output_padding|groups): (?=\w)")
"""A field with its value in a line of help."""
_MAPPING = re.compile(r"\{(\w+: [0-9]+(?:, \w+: [0-9]+)*)\}")
"""Sizes by their axes or sides in a line of help."""
_INPUT, _KIND, _FIRST_FIELD = 1, 3, 4
"""Lines of the spec."""


def number(text: str) -> str:
    """Check a count, such as that of the filters."""
    whole(1)(text)
    return text


def decimal(text: str) -> str:
    """Check a number that may have decimals."""
    if not _NUMBER.fullmatch(text):
        raise typer.BadParameter(f"{text}: write a number such as 2 or 1.5")
    return text


def sizes(text: str) -> str:
    """Check a size for each axis: ``3``, ``1,7``, ``1x7`` or ``height=1,width=7``.

    A spec's ``[1, 7]`` and ``{height: 1, width: 7}`` are taken, too: help may suggest them.
    """
    if names_axes(text):
        axes(text)
    elif _NEGATIVE.search(text):
        raise typer.BadParameter(f"{text}: a size may not be negative")
    elif not _LIST.fullmatch(text) and not _SIZE.fullmatch(text):
        raise typer.BadParameter(f"{text}: write sizes such as 3, 1,7 or height=1,width=7")
    return text


def padding(text: str) -> str:
    """Check sizes, or a word such as ``same``."""
    return text if _WORD.fullmatch(text) else sizes(text)


def volume(text: str) -> str:
    """Check the axes of a volume: whether it is one at all is for the spec's reader."""
    if names_axes(text):
        axes(text)
    return text


def _in_spec(typed: str) -> str:
    """Return the value of an option as a spec has it."""
    if names_axes(typed):
        stated = ", ".join(f"{name}: {size}" for name, size in axes(typed).items())
        return f"{{{stated}}}"
    if _LIST.fullmatch(typed):
        return f"[{', '.join(re.findall('[0-9]+', typed))}]"
    return typed


def _as_typed(help: str) -> str:
    """Return a line of help with ``--rounding floor`` where a spec has ``rounding: floor``.

    Sizes become ``height=1,width=7``: the braces of a spec need quotes in a shell.
    """
    typed = _MAPPING.sub(lambda match: match[1].replace(": ", "=").replace(", ", ","), help)
    return _STATED.sub(lambda match: f"--{match[1].replace('_', '-')} ", typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """An option that states a field: its flag, the field, and what was typed behind the flag.

    A switch states ``meant``, as a spec has it.
    """

    flag: str
    field: str
    typed: str = ""
    meant: str = ""

    @property
    def words(self) -> str:
        """The option as it was typed, but for short flags."""
        return f"{self.flag} {self.typed}".rstrip()

    @property
    def value(self) -> str:
        """The value of the field, as a spec has it."""
        return self.meant or _in_spec(self.typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The command line of a one-layer command.

    The volume is ``meant`` where it is not the ``input`` that was typed.
    """

    command: str
    kind: str
    input: str
    options: Sequence[Option]
    meant: str = ""

    @property
    def words(self) -> str:
        """The command as it was typed, but for short flags and the program's name."""
        options = (option.words for option in self.options)
        return " ".join(filter(None, (self.command, self.input, *options)))

    def spec(self) -> str:
        """Return what one would write in a file, each field on a line of its own."""
        fields = "".join(f"      {each.field}: {each.value}\n" for each in self.options)
        stated = self.meant or self.input
        is_volume = names_axes(stated) or _SIZE.fullmatch(stated)
        volume = _in_spec(stated) if is_volume else json.dumps(stated)
        return f"input: {volume}\nlayers:\n  - {self.kind}:\n{fields}"

    def located(self, problem: Problem) -> Problem:
        """Return a problem of the spec at the option that it is about, and in its words."""
        option, message = self._option(problem.span.line), problem.message
        if option is not None:
            message = f"{option.flag}: {message.removeprefix(f'{option.field}: ')}"
        fixes = tuple(replace(fix, edits=()) for fix in problem.fixes)  # there is no file to edit
        place, hints = self.span(problem.span), tuple(map(_as_typed, problem.help))
        return problem.at(span=place, message=message, help=hints, fixes=fixes)

    def span(self, span: Span) -> Span:
        """Return the place on the command line that a place in the spec comes from."""
        words = {_KIND: f"cnncalc {self.command}", _INPUT: self.input}
        words |= {_FIRST_FIELD + at: option.words for at, option in enumerate(self.options)}
        place = span.line if span.line in words else _KIND
        before = takewhile(lambda line: line != place, words)
        column = 1 + sum(len(words[line]) + 1 for line in before)
        text = Source(SOURCE, " ".join(words.values()))
        return Span(
            source=text, line=1, column=column, end_line=1, end_column=column + len(words[place])
        )

    def _option(self, line: int) -> Option | None:
        """Return the option that a line of the spec states."""
        return dict(enumerate(self.options, _FIRST_FIELD)).get(line)
