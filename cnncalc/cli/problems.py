"""Results on standard output, problems on standard error, and the exit code that they mean."""

from __future__ import annotations

from cnncalc.cli.failures import FAILED
from cnncalc.cli.output import Output
from cnncalc.problems.model import Problem, has_errors
from cnncalc.render.document import Document
from cnncalc.render.formats import FORMATS, FormatName


def exit_code(problems: tuple[Problem, ...]) -> int:
    """Return 1 when there is an error; warnings alone are fine."""
    return FAILED if has_errors(problems) else 0


def print_result(
    document: Document, format: FormatName, problems: tuple[Problem, ...], output: Output
) -> int:
    """Print a document, and its problems where the format does not hold them.

    Returns the exit code that the problems mean.
    """
    chosen = FORMATS[format]
    text = chosen.write(document, output.results.terminal)
    output.results.write(f"{text}\n" if text and problems and chosen.for_people else text)
    return exit_code(problems) if chosen.holds_problems else print_problems(problems, output)


def print_problems(problems: tuple[Problem, ...], output: Output) -> int:
    """Print problems and return the exit code that they mean."""
    if problems:
        from cnncalc.render.problems import advice, counts, problems_text  # they load rich

        stream, quiet = output.messages, output.quiet
        text = problems_text(problems, stream.terminal, quiet=quiet)
        if not quiet:
            text += f"\n{counts(problems)}; {advice(problems)}\n"
        stream.write(text)
    return exit_code(problems)
