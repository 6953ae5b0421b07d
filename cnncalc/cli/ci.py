"""What a CI server tells the programs that it runs, by environment variables."""

from __future__ import annotations

import os

from cnncalc.cli.failures import error_text
from cnncalc.cli.output import Stream
from cnncalc.render.check.document import markdown
from cnncalc.render.check.results import Results
from cnncalc.render.terminal import Terminal
from cnncalc.spec.files import reason

_MOST = 1024 * 1024
"""Bytes that GitHub takes as the summary of a step."""


def on_github() -> bool:
    """Return whether GitHub Actions run this process."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def root() -> str:
    """Return the folder of the repository; empty where no CI server says it."""
    return os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or ""


def append_summary(results: Results, messages: Stream) -> None:
    """Append the problems in Markdown to the summary of a step on GitHub.

    One that is longer than GitHub takes would be lost: then it has the counts only.
    """
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    text = markdown(results, Terminal())
    data = text.encode("utf-8", "backslashreplace")
    try:
        with open(path, "ab") as file:  # noqa: PTH123
            if file.tell() + len(data) > _MOST:
                data = f"{results.line}; the log has the problems\n".encode()
            file.write(data)
    except (OSError, ValueError) as error:
        messages.write(error_text(f"cannot write the summary {path}: {reason(error)}"))
