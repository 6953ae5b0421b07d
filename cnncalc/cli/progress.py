"""A progress bar on standard error."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cnncalc.cli.output import Stream
from cnncalc.render.text import visible

_PATIENCE = 1.0
"""Seconds before the bar appears."""


@contextmanager
def progress(messages: Stream) -> Iterator[Callable[[int, int, str], None]]:
    """Give a function that shows how much is done, of how much, and the name of what is next.

    The bar appears where a person looks, and only when it takes time.
    """
    if not messages.is_terminal:
        yield lambda done, total, name: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    # no thread refreshes it: processes may be forked while it is shown
    with Progress(console=Console(file=sys.stderr), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", visible=False)

        def show(done: int, total: int, name: str) -> None:
            slow = (bar.tasks[0].elapsed or 0) >= _PATIENCE
            about = escape(visible(name))
            bar.update(
                task, completed=done, total=total, description=about, visible=slow, refresh=slow
            )

        yield show
