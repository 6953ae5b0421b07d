"""The command line: parse arguments, call, print, exit code."""

from __future__ import annotations

import sys

INTERRUPTED = 130
"""The exit code after Ctrl-C: 128 + SIGINT."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code.

    Everything else is imported here, so that Ctrl-C is quiet while it loads, too.
    """
    try:
        from cnncalc.cli.app import make_app

        code = make_app().main(arguments, prog_name="cnncalc", standalone_mode=False)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        from cnncalc.cli.failures import print_failure

        return print_failure(error, ascii="--ascii" in arguments)
    return int(code or 0)
