"""A progress bar on standard error."""

from __future__ import annotations

import sys
from time import perf_counter
from types import TracebackType
from typing import Any

from cnncalc.cli.output import Stream

_PATIENCE = 1.0
"""Seconds before the bar appears."""


class Bar:
    """A progress bar: where a person looks, and only when it takes time."""

    def __init__(self, messages: Stream) -> None:
        self.wanted = messages.is_terminal
        self.start = perf_counter()
        self.progress: Any = None
        self.task: Any = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.progress is not None:
            self.progress.stop()

    def show(self, done: int, total: int, name: str) -> None:
        """Show how much is done, of how much, and the name of what is next."""
        if self.progress is None:
            if not self.wanted or perf_counter() - self.start < _PATIENCE:
                return
            self._begin(total)
        from rich.markup import escape

        from cnncalc.render.text import visible

        self.progress.update(self.task, completed=done, description=escape(visible(name)))

    def _begin(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self.progress = Progress(console=Console(file=sys.stderr), transient=True)
        self.task = self.progress.add_task("", total=total)
        self.progress.start()
