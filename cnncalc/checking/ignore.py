"""Comments in specs that ignore problems: ``# cnncalc: ignore CNN903``, and then ``# why``.

At the end of a line they are about the problems of that line; on a line of their own at the top,
about those of the whole file. JSON has no comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from cnncalc.checking.settings import ignorable
from cnncalc.checking.table import Unfit
from cnncalc.problems.codes import CODES, WHEN_ASKED, matching
from cnncalc.problems.model import Edit, Fix, Problem, has_errors
from cnncalc.problems.source import Source, Span
from cnncalc.spec.edits import respelled
from cnncalc.spec.yaml import PARSER

_COMMENT: Final = re.compile(r"(?<!\S)#\s*cnncalc\s*:\s*(?P<rest>.*)")
_IGNORE: Final = re.compile(r"ignore(?=[\s#]|$)(?P<words>[^#]*)")
_WORD: Final = re.compile(r"[^\s,]+")
_EXAMPLE: Final = "write `# cnncalc: ignore CNN903`, with several codes between commas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """A comment: the words for codes, each with its place, and the line that they are about.

    Without a ``line`` it is the whole file. ``span`` is all of the comment.
    """

    words: tuple[Span, ...]
    span: Span
    line: int | None

    def covers(self, word: Span, problem: Problem) -> bool:
        """Return whether a problem is among those that one of the words ignores."""
        source, line = problem.span.source, problem.span.line
        here = self.line is None or (source is self.span.source and line == self.line)
        return here and problem.code in matching(word.text)


def apply_ignores(problems: Iterable[Problem], source: Source) -> list[Problem]:
    """Return the problems that no comment ignores, and what is wrong with the comments.

    ``source`` is the file that is checked. Comments in files that it extends count for problems
    there; what is wrong with them is said where those files are checked.
    """
    problems = list(problems)
    found: list[Problem] = []
    ignores = _ignores(source, found)
    left = [each for each in problems if not _is_ignored(each, ignores)]
    for other in {each.span.source for each in problems} - {source}:
        theirs = _ignores(other, [])
        left = [
            each for each in left if each.span.source is not other or not _is_ignored(each, theirs)
        ]
    if not has_errors(left):  # an error may be why there is no other problem
        found += [unused for each in ignores for unused in _unused(each, problems)]
    return sorted([*left, *found], key=lambda each: (*each.span.start, each.code))


def _is_ignored(problem: Problem, ignores: Iterable[Ignore]) -> bool:
    return any(each.covers(word, problem) for each in ignores for word in each.words)


def _unused(ignore: Ignore, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problem of a comment with codes that ignore nothing."""
    used = [
        word
        for word in ignore.words
        if any(ignore.covers(word, each) for each in problems)
        or not WHEN_ASKED.isdisjoint(matching(word.text))
    ]
    unused = [word for word in ignore.words if word not in used]
    if not unused:
        return
    names = ", ".join(word.text for word in unused)
    where = "in this file" if ignore.line is None else "on this line"
    kept = ", ".join(word.text for word in used)
    first, last = ignore.words[0], ignore.words[-1]
    codes = Span(
        source=first.source,
        line=first.line,
        column=first.column,
        end_line=last.end_line,
        end_column=last.end_column,
    )
    edit = Edit(span=codes, text=kept) if used else Edit(span=_around(ignore.span), text="")
    yield Problem(
        code="CNN906",
        message=f"there is no {names} {where} to ignore",
        span=unused[0],
        help=(f"leave only {kept}" if used else "remove the comment",),
        fixes=(Fix(value=kept, edits=(edit,), safe=True),),
    )


def _around(span: Span) -> Span:
    """Return the span of a comment with the space before it, or with its line if that is all."""
    before = span.source.line(span.line)[: span.column - 1].rstrip()
    if before or span.line == len(span.source.lines):
        return _part(span.source, span.line, len(before), span.end_column - 1)
    return Span(source=span.source, line=span.line, column=1, end_line=span.line + 1, end_column=1)


def _part(source: Source, line: int, start: int, end: int) -> Span:
    """Return a part of a line, from one 0-based column to another."""
    return Span(source=source, line=line, column=start + 1, end_line=line, end_column=end + 1)


def _ignores(source: Source, problems: list[Problem]) -> list[Ignore]:
    """Return the comments of a source; what is wrong with others goes to ``problems``."""
    ignores = []
    for number, found in _comments(source):
        above = source.lines[: number - 1]
        alone = not found.string[: found.start()].strip()
        span = _part(source, number, found.start(), len(found.string.rstrip()))
        words = _words(span, found, problems)
        if alone and any(line.strip()[:1] not in ("", "#") for line in above):
            problems.append(_misplaced(span))
        elif words:
            ignores.append(Ignore(words=words, span=span, line=None if alone else number))
    return ignores


def _comments(source: Source) -> list[tuple[int, re.Match[str]]]:
    """Return the comments that are meant for this tool, each with its line."""
    if source.name.lower().endswith(".json"):
        return []
    lines = enumerate(source.lines, 1)
    found = [(number, match) for number, line in lines for match in _COMMENT.finditer(line)]
    if not found:
        return []
    texts = list(_texts(source))
    return [
        (number, match)
        for number, match in found
        if not any(start <= (number - 1, match.start()) < end for start, end in texts)
    ]


def _texts(source: Source) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Yield where each text begins and ends, from 0: what is inside is no comment."""
    try:
        for event in yaml.parse(source.text, Loader=PARSER):
            if isinstance(event, yaml.ScalarEvent):
                start: Any = event.start_mark
                end: Any = event.end_mark
                begin = (start.line, start.column)
                if event.style in ("|", ">"):  # behind the mark there may be a comment
                    begin = (start.line + 1, 0)
                yield begin, (end.line, end.column)
    except yaml.YAMLError:  # it is reported, and what is above it is read
        return


def _words(span: Span, found: re.Match[str], problems: list[Problem]) -> tuple[Span, ...]:
    """Return the codes of a comment; report those that cannot be ignored, and what is no code."""
    ignore = _IGNORE.match(found["rest"])
    if ignore is None or not _WORD.search(ignore["words"]):
        message = "the comment does not say what to ignore"
        problems.append(Problem(code="CNN120", message=message, span=span, help=(_EXAMPLE,)))
        return ()
    start = found.start("rest") + ignore.start("words")
    words = []
    for match in _WORD.finditer(ignore["words"]):
        place = _part(span.source, span.line, start + match.start(), start + match.end())
        try:
            ignorable(match[0])
            words.append(place)
        except Unfit as error:
            fixes = respelled(place, match[0], CODES.values())  # numbers are alike by chance
            problems.append(
                Problem(code="CNN120", message=str(error), span=place, help=error.help, fixes=fixes)
            )
    return tuple(words)


def _misplaced(span: Span) -> Problem:
    message = "a comment on a line of its own ignores problems only at the top, of the whole file"
    advice = "put it at the end of the line of the problem"
    return Problem(code="CNN120", message=message, span=span, help=(advice,))
