"""``explain --numbers``: one output number of a layer, worked out from a real forward pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.cli.parameters import is_whole
from cnncalc.cli.passes import cores, files_by_input, leave_threads_to_kernels
from cnncalc.cli.problems import print_problems
from cnncalc.cli.progress import progress
from cnncalc.forward import Number, Options
from cnncalc.layers.registry import layer_class
from cnncalc.maths.volume import Volume
from cnncalc.maths.words import LINES
from cnncalc.render.explain.explanation import Explanation
from cnncalc.render.explain.numbers import worked_out
from cnncalc.report.report import Report
from cnncalc.report.rows import Row
from cnncalc.spec.load import Loaded

_LISTED = 8
"""How many layers a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberOptions:
    """The number that is asked for, and the options of the pass as they are given."""

    at: str | None = None
    seed: int | None = None
    input_files: Sequence[str] | None = None
    layout: str | None = None
    weights: str | None = None

    def refuse(self) -> None:
        """Refuse what is given without ``--numbers``.

        Raises:
            UsageError: something is.
        """
        given = {
            "--at": self.at,
            "--seed": self.seed,
            "--input-file": self.input_files,
            "--layout": self.layout,
            "--weights": self.weights,
        }
        for option, value in given.items():
            if value is not None:
                raise UsageError(f"{option} goes with --numbers")


def print_numbers(
    loaded: Loaded,
    report: Report,
    row: Row,
    asked: NumberOptions,
    show: Callable[[Explanation], None],
    output: Output,
) -> int:
    """Print how a number of a layer comes about; return the exit code.

    Raises:
        UsageError: the layer has no such arithmetic or no such number, or a file cannot be used.
    """
    if not report.ok:
        return print_problems(report.problems, output)
    assert loaded.network is not None and row.output is not None
    leave_threads_to_kernels()
    from cnncalc.forward.files import CannotUse
    from cnncalc.forward.parts import has_parts
    from cnncalc.forward.verify import verify

    if not has_parts(layer_class(row.kind)):
        others = [one.name for one in report.rows if has_parts(layer_class(one.kind))]
        raise _no_arithmetic(row, others)
    options = Options(
        seed=asked.seed or 0,
        threads=cores(),
        inputs=files_by_input(asked.input_files or (), report),
        layout=asked.layout or "chw",
        weights=asked.weights,
        keep=frozenset((row.name, *row.sources)),
        number=Number(layer=row.name, at=_place(asked.at, row.name, row.output)),
    )
    try:
        with progress(output.messages) as show_progress:
            verified = verify(report, loaded.network, options, show_progress)
    except CannotUse as error:
        raise UsageError(str(error)) from None
    if verified.worked is not None:
        show(worked_out(verified))
    return print_problems(verified.problems, output)


def _no_arithmetic(row: Row, others: Sequence[str]) -> UsageError:
    """Return the refusal of a layer whose numbers are not worked out; those of others are."""
    place = f"{row.span.source.name}:{row.span.line}:{row.span.column}"
    more = ", …" if len(others) > _LISTED else ""
    hint = [f"other layers can be: {', '.join(others[:_LISTED])}{more}"] if others else []
    return UsageError(f"{place}: {row.name}: --numbers works out no {row.kind}", *hint)


def _place(text: str | None, name: str, output: Volume) -> tuple[int, ...]:
    """Return what ``--at`` means, (map, *position); the first number where it is left out.

    Raises:
        UsageError: it is no list of whole numbers, or there is no such number.
    """
    sizes = (output.depth, *output.spatial)
    nouns = ["map", *(LINES[axis] for axis in output.axes)] if output.rank else ["unit"]
    if text is None:
        return (0,) * len(sizes)
    words = [word.strip() for word in text.split(",")]
    ranges = ", ".join(
        f"{noun}s 0 to {size - 1:,}" for noun, size in zip(nouns, sizes, strict=True)
    )
    hint = f"{name} gives {output}: {ranges}"
    if len(words) != len(sizes) or not all(map(is_whole, words)):
        raise UsageError(f"--at {text}: write {','.join(nouns).upper()}", hint)
    place = tuple(map(int, words))
    for noun, at, size in zip(nouns, place, sizes, strict=True):
        if at >= size:
            raise UsageError(f"--at {text}: there is no {noun} {at:,}", hint)
    return place
