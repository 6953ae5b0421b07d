"""From bytes to text: UTF-8, without control characters, with one kind of line break."""

from __future__ import annotations

import codecs
import re
from typing import Final

from cnncalc.problems.model import Problem
from cnncalc.problems.source import Source, Span

MAX_BYTES: Final = 10_000_000
"""Larger files are refused unread."""

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_YAML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What YAML refuses, and what its parsers take for line breaks though YAML 1.2 does not."""
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_SAVE: Final = "save the file as UTF-8"


def decode(data: bytes, name: str) -> tuple[Source, Problem | None]:
    """Return the text of a file, or an empty or mended one with the problem it has."""
    if len(data) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES:,} bytes, the most that is read"
        advice = "a spec describes a network; leave large tables of weights out"
        return _refuse(Source(name, ""), "CNN102", message, advice)
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            message = f"the file is {encoding} text, not UTF-8"
            return _refuse(Source(name, ""), "CNN101", message, _SAVE)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        source = Source(name, _shown(_lines(data.decode("utf-8", "replace"))))
        before = _lines(data[: error.start].decode("utf-8"))
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8 text"
        return _refuse(source, "CNN101", message, _SAVE, at=len(before))
    text = _lines(text)
    if match := _CONTROL.search(text):
        problem = _control(name, text, match)
        return problem.span.source, problem
    return Source(name, text), None


def check_yaml(source: Source) -> Problem | None:
    """Return the problem of a text with characters which JSON allows but YAML does not."""
    match = _NOT_YAML.search(source.text)
    return _control(source.name, source.text, match) if match else None


def _control(name: str, text: str, match: re.Match[str]) -> Problem:
    """Return the problem of a control character; shown sources hold none of them."""
    number = ord(match[0])
    what = (
        "a NUL byte, which no text holds" if not number else f"a control character U+{number:04X}"
    )
    advice = _SAVE if not number else r"remove it, or write it as an escape in double quotes"
    return _refuse(Source(name, _shown(text)), "CNN101", what, advice, at=match.start())[1]


def _lines(text: str) -> str:
    """Leave out the byte order mark and make all line breaks alike."""
    text = text.lstrip("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _shown(text: str) -> str:
    """Replace what a terminal could act on."""
    return _NOT_YAML.sub("\ufffd", text)


def _refuse(
    source: Source, code: str, message: str, advice: str, at: int = 0
) -> tuple[Source, Problem]:
    line = source.text.count("\n", 0, at) + 1
    column = at - source.text.rfind("\n", 0, at)
    end = column + (at < len(source.text))
    return source, Problem(
        code=code,
        message=message,
        span=Span(source=source, line=line, column=column, end_line=line, end_column=end),
        help=(advice,),
    )
