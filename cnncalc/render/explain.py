"""The arithmetic of each layer, as people write it on paper, with the sources of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cnncalc.inference.seen import seen_itself
from cnncalc.layers.base import Step
from cnncalc.layers.dense import factors
from cnncalc.maths.words import in_bytes
from cnncalc.render.sight import sight_steps
from cnncalc.render.text import pack, wrap

if TYPE_CHECKING:
    from cnncalc.maths.volume import Volume
    from cnncalc.problems.model import Problem
    from cnncalc.render.terminal import Terminal
    from cnncalc.report.report import Report
    from cnncalc.report.rows import Row

_MOST_TERMS = 12
"""The longest sum that is written out."""
_LETTERS = (
    "R: receptive field; J: input pixels from one position to the next; padding: pixels of R",
    "left of the input; R₁, J₁, padding₁: of what the layer reads (network input: 1, 1, 0)",
)


def explain(
    report: Report,
    terminal: Terminal,
    rows: Sequence[Row] | None = None,
) -> str:
    """Return the derivation of every number of ``rows``, or of the whole network."""
    paper = _Paper(report, terminal.width)
    sections = [paper.section(row) for row in (report.rows if rows is None else rows)]
    if rows is None:
        sections = [[_title(report)], *sections, paper.sums()]
    sections.append(paper.notes())
    wrapped = [_wrapped(lines, terminal) for lines in sections if lines]
    return "\n\n".join(wrapped) + "\n"


def arithmetic(report: Report, terminal: Terminal) -> str:
    """Return the arithmetic of the sizes and counts of all layers that are known, and no more."""
    paper = _Paper(report, terminal.width)
    steps = [
        replace(step, source="")
        for row in report.rows
        if row.output is not None
        for step in paper.derived(row)
    ]
    return "".join(f"{terminal.spell(line)}\n" for line in paper.aligned(steps))


def _wrapped(lines: Iterable[str], terminal: Terminal) -> str:
    """Return lines in the width of the terminal, what is broken indented."""
    spelled = map(terminal.spell, lines)
    return "\n".join(part for line in spelled for part in wrap(line, terminal.width, 4))


def _title(report: Report) -> str:
    inputs = ", ".join(f"{name} {_shown(volume)}" for name, volume in report.inputs.items())
    return f"{report.name}: {inputs}" if inputs else report.name


def _shown(volume: Volume | None) -> str:
    return "?" if volume is None else str(volume)


class _Paper:
    """The sections of one explanation, and the sources that they cite."""

    def __init__(self, report: Report, width: int) -> None:
        self.report = report
        self.width = width
        self.seen = {
            **{name: seen_itself(name, volume) for name, volume in report.inputs.items() if volume},
            **{row.name: row.seen for row in report.rows},
        }
        self.rows = {row.name: row for row in report.rows}
        self.sources: dict[str, int] = {}
        self.letters = False

    def section(self, row: Row) -> list[str]:
        """Return the lines of one layer."""
        words = row.hyperparameters
        inputs = ", ".join(map(_shown, row.inputs)) or "?"
        problem = self.report.faults.get(row.name)
        if row.output is not None:
            steps = [*self.derived(row), *self.sight(row), *_sizes(row)]
            lines = [f"  {inputs} → {row.output}", *self.aligned(steps)]
        elif problem is not None:
            lines = [f"  {inputs} → ✗ {problem.code} {problem.name}"]
        else:
            lines = [f"  {inputs} → unknown", f"  {self.reason(row)}"]
        if problem is not None:
            lines += _problem_lines(row, problem)
        return [f"{row.name}: {row.kind}{f' {words}' if words else ''}", *lines]

    def derived(self, row: Row) -> Iterator[Step]:
        """Yield the layer's own arithmetic; shared weights are counted at their owner."""
        assert row.layer is not None and row.output is not None
        volumes = tuple(volume for volume in row.inputs if volume is not None)
        for step in row.layer.derivation(volumes, row.output):
            shared = row.shared_from if step.counts in ("params", "non_trainable") else None
            yield step
            if shared is not None:
                yield Step(
                    what=step.what,
                    formula=f"0 here: weights of {shared}, counted there",
                    numbers="",
                    result="",
                )
        if row.connections:
            yield Step(
                what="connections",
                formula="inputs and biases read by all neurons",
                numbers="",
                result=row.connections,
            )

    def sight(self, row: Row) -> list[Step]:
        """Return the receptive field's arithmetic."""
        steps = sight_steps(row, self.seen)
        self.letters = self.letters or bool(steps)
        return steps

    def aligned(self, steps: Iterable[Step]) -> list[str]:
        """Return steps below each other, their first equals signs aligned, sources cited.

        A step that is wider than the terminal is broken in front of an equals sign, which is
        printed below the first one.
        """
        steps = list(dict.fromkeys(steps))  # equal axes repeat what they share
        wide = max((len(step.what) for step in steps), default=0)
        lines = []
        for step in steps:
            cited = f"  [{self.number(step.source)}]" if step.source else ""
            first, *others = step.terms.split(" = ")
            parts = [f"  {step.what:<{wide}} = {first}", *(f"= {other}" for other in others)]
            parts[-1] += cited
            lines += pack(parts, self.width, wide + 3)
        return lines

    def number(self, source: str) -> int:
        """Return the number of a source, a new one at its first use."""
        return self.sources.setdefault(source, len(self.sources) + 1)

    def reason(self, row: Row) -> str:
        """Return why a layer could not be computed: the first failing layers before it."""
        found: dict[str, None] = {}
        todo, done = list(row.sources), set(row.sources)
        while todo:
            name = todo.pop(0)
            source = self.rows.get(name)
            if source is None or source.failed:
                if source is not None or self.report.inputs.get(name) is None:
                    found[name or "its input"] = None
                continue
            fresh = [one for one in source.sources if one not in done]
            done.update(fresh)
            todo += fresh
        if not found:
            return "not computed: what it says is not known"
        return f"not computed: it depends on {' and '.join(found)}"

    def sums(self) -> list[str]:
        """Return the totals as sums over the layers."""
        total = self.report.totals
        unknown = sum(row.output is None for row in self.report.rows)
        words = "the layers so far" if not total.complete else "all layers"
        if unknown:
            verb = "is" if unknown == 1 else "are"
            words = f"the layers that are known ({unknown:,} {verb} not)"
        frozen = _sum("non-trainable", [row.non_trainable for row in self.report.rows])
        steps = [
            _sum("params", [row.params for row in self.report.rows]),
            *([frozen] if total.non_trainable else []),
            _sum("MACs", [row.macs for row in self.report.rows]),
            Step(what="FLOPs", formula="2·MACs", numbers=f"2·{total.macs:,}", result=total.flops),
        ]
        return [words, *self.aligned(steps)]

    def notes(self) -> list[str]:
        """Return what the letters mean, and the sources."""
        lines = [*_LETTERS] if self.letters else []
        return lines + [f"[{number}] {source}" for source, number in self.sources.items()]


def _sum(what: str, counts: Iterable[int | None]) -> Step:
    terms = [count for count in counts if count]
    short = 1 < len(terms) <= _MOST_TERMS
    return Step(
        what=what,
        formula=" + ".join(f"{term:,}" for term in terms) if short else "",
        numbers="",
        result=sum(terms),
    )


def _sizes(row: Row) -> Iterator[Step]:
    """Yield how many numbers leave the layer, and their memory."""
    assert row.layer is not None and row.output is not None
    letters, numbers = factors(row.output)
    letters = letters.replace("1", "2")  # W1 is the input's width, W2 the output's
    count = row.output.size
    yield Step(
        what="neurons", formula=letters, numbers=numbers if row.output.rank else "", result=count
    )
    if row.layer.keeps_nothing:
        yield Step(what="memory", formula="none: it works in place", numbers="", result="")
    else:
        yield Step(
            what="memory",
            formula="neurons·4 bytes (float32)",
            numbers="",
            result=in_bytes(4 * count),
        )


def _problem_lines(row: Row, problem: Problem) -> list[str]:
    """Return the lines of a problem: the arithmetic that fails, the message, the help."""
    lines = [f"  {problem.note}"] if problem.note and row.output is None else []
    name = f"✗ {problem.code} {problem.name}: " if row.output is not None else ""
    lines.append(f"  {name}{problem.message}")
    starts = ["help:", *["     "] * len(problem.help)]
    return [
        *lines,
        *(f"  {start} {line}" for start, line in zip(starts, problem.help, strict=False)),
    ]
