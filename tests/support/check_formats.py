"""Each format of ``check``, read back: which problems it holds, in which order."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

from cnncalc.render.text import visible

SCHEMAS = Path(__file__).parent / "schemas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What every format says of a problem."""

    file: str
    line: int
    severity: str
    code: str


_HEADLINE = re.compile(r"(?P<file>\S.*?):(?P<line>\d+):\d+: (?P<severity>\w+) (?P<code>CNN\d+) ")
_ROW = re.compile(r"(?P<file>\S.*?) +(?P<line>\d+) +\d+  (?P<severity>\w+) +(?P<code>CNN\d+)  ")


def _matches(pattern: re.Pattern[str], text: str) -> list[Found]:
    found = (pattern.match(line) for line in text.split("\n"))
    return [
        Found(
            file=match["file"],
            line=int(match["line"]),
            severity=match["severity"],
            code=match["code"],
        )
        for match in found
        if match
    ]


def _headlines(text: str) -> list[Found]:
    return _matches(_HEADLINE, text)


def _of_data(problem: Any) -> Found:
    return Found(
        file=visible(problem["file"]),
        line=int(problem["line"]),
        severity=problem["severity"],
        code=problem["code"],
    )


def _json(text: str) -> list[Found]:
    return [_of_data(problem) for problem in json.loads(text)["problems"]]


def _json_lines(text: str) -> list[Found]:
    return [_of_data(json.loads(line)) for line in text.splitlines()]


def _csv(text: str) -> list[Found]:
    return [_of_data(record) for record in csv.DictReader(text.split("\n"))]


def _markdown(text: str) -> list[Found]:
    found = []
    for line in text.split("\n"):
        line = line.replace("@<!-- -->", "@")
        cells = [
            re.sub(r"\\(.)", r"\1", cell.strip()) for cell in re.split(r"(?<!\\)(?:\\\\)*\|", line)
        ]
        if len(cells) == 10 and cells[2].isdecimal():
            found.append(Found(file=cells[1], line=int(cells[2]), severity=cells[4], code=cells[5]))
    return found


def commands(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the workflow commands of a log as GitHub's runner takes them."""
    for line in text.split("\n"):
        if line.lstrip().startswith("::"):
            head, _, data = line.lstrip()[2:].partition("::")
            name, _, stated = head.partition(" ")
            pairs = (pair.split("=", 1) for pair in stated.split(",") if pair)
            properties = {key: _unescaped(value, property=True) for key, value in pairs}
            yield name, properties, _unescaped(data, property=False)
        else:
            assert "##[" not in line


def _unescaped(text: str, *, property: bool) -> str:
    escapes = {"%0D": "\r", "%0A": "\n"} | ({"%3A": ":", "%2C": ","} if property else {})
    for escape, char in escapes.items():
        text = text.replace(escape, char)
    return text.replace("%25", "%")


_BRIEF = re.compile(r"(?P<file>.*?):(?P<line>\d+):?\d*: (?P<code>CNN\d+) ")


def _github(text: str) -> list[Found]:
    found = []
    for severity, properties, message in commands(text):
        if "line" in properties:
            code = properties["title"].split()[0]
            line = int(properties["line"])
            found.append(Found(file=properties["file"], line=line, severity=severity, code=code))
        elif "more" in properties["title"]:
            for match in map(_BRIEF.match, message.split("\n")):
                if match:
                    line = int(match["line"])
                    file, code = match["file"], match["code"]
                    found.append(Found(file=file, line=line, severity=severity, code=code))
    return found


def _gitlab(text: str) -> list[Found]:
    severities = {"major": "error", "minor": "warning"}
    return [
        Found(
            file=visible(issue["location"]["path"]),
            line=issue["location"]["lines"]["begin"],
            severity=severities[issue["severity"]],
            code=issue["check_name"],
        )
        for issue in json.loads(text)
        if issue["check_name"] != "unreadable"
    ]


def _junit(text: str) -> list[Found]:
    """Return what is found, once: a problem fails every spec that extends the file that has it."""
    lines = [
        line
        for case in ElementTree.fromstring(text.encode()).iter("testcase")
        for part in case
        if part.tag != "error"
        for line in (part.text or "").split("\n")
        if _HEADLINE.match(line)
    ]
    return _headlines("\n".join(dict.fromkeys(lines)))


def _sarif(text: str) -> list[Found]:
    found = []
    for result in json.loads(text)["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        uri = place["artifactLocation"]["uri"].removeprefix("file://")
        found.append(
            Found(
                file=visible(unquote(uri, errors="surrogateescape")),
                line=place["region"]["startLine"],
                severity=result["level"],
                code=result["ruleId"],
            )
        )
    return found


READERS: dict[str, Callable[[str], list[Found]]] = {
    "full": _headlines,
    "concise": _headlines,
    "table": lambda text: _matches(_ROW, text),
    "json": _json,
    "json-lines": _json_lines,
    "csv": _csv,
    "markdown": _markdown,
    "github": _github,
    "gitlab": _gitlab,
    "junit": _junit,
    "sarif": _sarif,
}
