"""Write what docs/ takes from the code: ``python docs/generate.py``; ``--check`` only compares.

Three kinds of text are written. Whole pages: kinds.md, mistakes.md, problems.md, zoo.md. Parts of
pages, between ``<!-- name -->`` and ``<!-- end -->``: language.md, configuration.md, api.md. And in
tutorial.md, homework.md and lecture-notes.md the output of each command, below its ``$`` line.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory

import networks
import reference

from cnncalc import cli
from cnncalc.zoo.catalogue import index_text

FOLDER = Path(__file__).parent


def filled(name: str, parts: dict[str, str]) -> str:
    """Return a page with its generated parts."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    for part, lines in parts.items():
        between = re.compile(f"(<!-- {part} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, found = between.subn(lambda m, lines=lines: f"{m[1]}{lines}\n{m[2]}", text)
        assert found == 1, f"{name} has no part {part}"
    return text


_FENCE = re.compile(r"^```(\w+ (?P<file>\S+)|console)\n(?P<body>.*?)^```$", re.M | re.S)


def walked(name: str) -> str:
    """Return a page with the output of its commands, on the files above each."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:

        def fence(match: re.Match[str]) -> str:
            if match["file"]:
                (Path(folder) / match["file"]).write_text(match["body"], encoding="utf-8")
                return match[0]
            command = match["body"].split("\n")[0]
            return f"```console\n{command}\n{_output(command, folder)}```"

        return _FENCE.sub(fence, text)


def _output(command: str, folder: str) -> str:
    """Return what a command prints at 96 columns, results first."""
    results, messages = (TextIOWrapper(BytesIO(), encoding="utf-8") for _ in range(2))
    os.environ["COLUMNS"] = "96"
    with chdir(folder), redirect_stdout(results), redirect_stderr(messages):
        code = cli.run(command.removeprefix("$ cnncalc ").split())
    printed = [_text(stream) for stream in (results, messages)]
    assert code in (0, 1), printed[1]
    return "\n".join(f"{text.rstrip()}\n" for text in printed if text)


def _text(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def pages() -> Iterator[tuple[str, str]]:
    """Yield the name of each page, below docs/, and its text."""
    about, limits = reference.about_keys(), reference.limits()
    yield "language.md", filled("language.md", {"about": about, "limits": limits})
    yield "kinds.md", reference.kinds()
    yield "problems.md", reference.problems()
    yield "api.md", filled("api.md", {"api": reference.api()})
    yield "configuration.md", filled("configuration.md", {"keys": reference.configuration()})
    yield "tutorial.md", walked("tutorial.md")
    yield "homework.md", walked("homework.md")
    yield "lecture-notes.md", walked("lecture-notes.md")
    yield "mistakes.md", reference.mistakes()
    found = networks.networks()
    yield "zoo.md", networks.page(found)
    yield "../cnncalc/zoo/catalogue.json", index_text(found)


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; return the exit code."""
    stale = 0
    for name, text in pages():
        path = FOLDER / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"docs/{name} is out of date: run python docs/generate.py", file=sys.stderr)
            stale = 1
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
