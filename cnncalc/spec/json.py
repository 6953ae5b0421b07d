"""The JSON reader.

The standard library's reader tells no places, so the structure is read here; strings, with
their escapes, are left to the standard library.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any, Final

from cnncalc.problems.source import Span
from cnncalc.spec.findings import Findings, Stop
from cnncalc.spec.node import Node
from cnncalc.spec.scalars import not_finite, shorten

_SPACE: Final = re.compile(r"[ \t\n]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_ATOM: Final = re.compile(r"[^\s,:\[\]{}\"]+")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_WORDS: Final = {"null": None, "true": True, "false": False}
_NOT_FINITE: Final = frozenset(("NaN", "Infinity", "-Infinity"))
_STRING_ERRORS: Final = (
    ("Unterminated", "the string which begins here is never closed", 'close it with `"`'),
    ("Invalid control", "a line break or tab inside a string", r"write `\n` or `\t`, or close it"),
    ("Invalid \\escape", "an unknown escape after `\\`", r"a backslash itself is written `\\`"),
    ("Invalid \\uXXXX", "an incomplete escape", r"four hexadecimal digits follow `\u`"),
)
_ATOM_HELP: Final = (
    (r"'", 'strings stand in double quotes: `"…"`'),
    (r"//|/\*|#", "JSON has no comments; a YAML file (.yaml) may hold them"),
    (r"True|False|None", "JSON writes `true`, `false` and `null`"),
    (r"[-+]?[.0-9]", "numbers are written like 10, -2.5 or 1e3"),
    (r"", 'text stands in double quotes: `"…"`'),
)
_FOUND_HELP: Final = (
    ("/#", _ATOM_HELP[1][1]),
    ('"{[', "entries are separated by commas, keys and values by `:`"),
    ("}]", "`}` closes `{`, and `]` closes `[`"),
    (",", "remove one of the commas, or write what is missing"),
)


def read_json(findings: Findings) -> Node:
    """Return the root of a JSON text; problems go to ``findings``, fatal ones also stop."""
    reader = _Reader(findings)
    root = reader.value(1)
    reader.skip()
    if reader.at < len(reader.text):
        reader.fail("something follows the end of the JSON value", "a file holds one value")
    return root


class _Reader:
    """One pass over a JSON text; ``at`` is the index of the next character."""

    def __init__(self, findings: Findings) -> None:
        from json.decoder import scanstring  # type: ignore[attr-defined]

        self.scan: Any = scanstring
        self.findings = findings
        self.text = findings.source.text
        self.at = 0
        self.starts = [0]
        for line in findings.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def span(self, start: int, end: int) -> Span:
        line = bisect_right(self.starts, start) - 1
        last = line if end < self.starts[line + 1] else bisect_right(self.starts, end) - 1
        return self.findings.span(line, start - self.starts[line], last, end - self.starts[last])

    def skip(self) -> str:
        """Move to the next character that counts and return it."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def fail(self, message: str, *advice: str, at: int | None = None) -> Stop:
        start = self.at if at is None else at
        shown = self.text[start : start + 1].strip("\n")
        span = self.span(start, start + len(shown))
        raise self.findings.stop("CNN103", f"not valid JSON: {message}", span, *advice)

    def value(self, depth: int) -> Node:
        char, start = self.skip(), self.at
        if char == '"':
            text, span = self.string()
            node = Node(text, span, text=self.text[start : self.at])
        elif char in ("{", "["):
            at = self.span(start, start)
            self.findings.descend(depth, at.line - 1, at.column - 1)
            node = self.mapping(depth) if char == "{" else self.list(depth)
        else:
            node = self.atom()
        self.findings.count(node.span)
        return node

    def string(self) -> tuple[str, Span]:
        start = self.at
        try:
            text, self.at = self.scan(self.text, start + 1, True)
        except ValueError as error:
            place = getattr(error, "pos", start)
            found = next((row for row in _STRING_ERRORS if str(error).startswith(row[0])), None)
            _, message, advice = found or ("", "a string which cannot be read", "")
            raise self.fail(message, advice, at=min(place, len(self.text))) from None
        span = self.span(start, self.at)
        if not text.isascii() and _SURROGATE.search(text):
            self.findings.report(
                "CNN101",
                "a string holds half of a surrogate pair, which is not a character",
                span,
                r"write both halves, such as `\ud83d\ude00`, or the character itself",
            )
        return text, span

    def atom(self) -> Node:
        match = _ATOM.match(self.text, self.at)
        if match is None:
            raise self.missing("a value")
        text, start = match[0], self.at
        span = self.span(start, match.end())
        self.at = match.end()
        if text in _WORDS:
            return Node(_WORDS[text], span, text=text, plain=True)
        if _NUMBER.fullmatch(text):
            return Node(self.findings.resolve(text, span), span, text=text, plain=True)
        if text in _NOT_FINITE:
            error = not_finite(text)
            self.findings.report("CNN112", str(error), span, error.help)
            return Node(None, span, text=text, plain=True)
        advice = next(advice for start, advice in _ATOM_HELP if re.match(start, text))
        raise self.findings.stop("CNN103", f"not valid JSON: found `{shorten(text)}`", span, advice)

    def missing(self, what: str, opened: int | None = None) -> Stop:
        """Fail where ``what`` should stand."""
        char = self.text[self.at : self.at + 1]
        if not char and opened is not None:
            bracket = self.text[opened]
            message = f"the `{bracket}` which stands here is never closed"
            raise self.fail(message, f"close it with `{'}' if bracket == '{' else ']'}`", at=opened)
        before = self.text[: self.at].rstrip(" \t\n")
        if char in ("}", "]") and before.endswith(","):
            raise self.fail("a comma before the end", "remove this comma", at=len(before) - 1)
        if not char:
            raise self.fail(f"the file ends where {what} should stand")
        advice = next((advice for chars, advice in _FOUND_HELP if char in chars), "")
        raise self.fail(f"expected {what}, found `{shorten(char)}`", *filter(None, (advice,)))

    def mapping(self, depth: int) -> Node:
        opened = self.at
        values: dict[str, Node] = {}
        keys: dict[str, Span] = {}
        self.at += 1
        if self.skip() != "}":
            while True:
                key, place = self.key(opened)
                if self.skip() != ":":
                    raise self.missing("`:` after the key", opened)
                self.at += 1
                self.skip()
                if self.at == len(self.text):
                    raise self.missing("a value", opened)
                self.findings.put(values, keys, key, place, self.value(depth + 1))
                if not self.more("}", opened):
                    break
        self.at += 1
        return Node(values, self.span(opened, self.at), keys)

    def key(self, opened: int) -> tuple[str, Span]:
        if self.skip() == '"':
            return self.string()
        match = _ATOM.match(self.text, self.at)
        if match is None:
            raise self.missing('a key in `"…"`', opened)
        span = self.span(self.at, match.end())
        message = f"not valid JSON: the key `{shorten(match[0])}` is not quoted"
        raise self.findings.stop("CNN103", message, span, 'keys stand in double quotes: `"key": …`')

    def list(self, depth: int) -> Node:
        opened = self.at
        values: list[Node] = []
        self.at += 1
        if self.skip() != "]":
            while True:
                self.skip()
                if self.at == len(self.text):
                    raise self.missing("a value", opened)
                values.append(self.value(depth + 1))
                if not self.more("]", opened):
                    break
        self.at += 1
        return Node(values, self.span(opened, self.at))

    def more(self, closing: str, opened: int) -> bool:
        """Tell whether another entry follows; move behind the comma."""
        char = self.skip()
        if char == ",":
            self.at += 1
            return True
        if char != closing:
            raise self.missing(f"`,` or `{closing}`", opened)
        return False
