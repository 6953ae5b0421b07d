"""The explanation of a report: the arithmetic of each layer, as people write it on paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from cnncalc.inference.seen import seen_itself
from cnncalc.layers.base import Step
from cnncalc.layers.dense import factors
from cnncalc.maths.words import in_bytes
from cnncalc.render.explain.explanation import Explanation, Section
from cnncalc.render.explain.sight import sight_steps

if TYPE_CHECKING:
    from cnncalc.maths.volume import Volume
    from cnncalc.problems.model import Problem
    from cnncalc.report.report import Report
    from cnncalc.report.rows import Row

_MOST_TERMS = 12
"""The longest sum that is written out."""
_LETTERS = (
    "R: receptive field; J: input pixels from one position to the next; padding: pixels of R "
    "left of the input; R₁, J₁, padding₁: of what the layer reads (network input: 1, 1, 0)"
)


def explanation(report: Report, rows: Sequence[Row] | None = None) -> Explanation:
    """Return the derivation of every number of ``rows``, or of the whole network."""
    seen = {
        **{name: seen_itself(name, volume) for name, volume in report.inputs.items() if volume},
        **{row.name: row.seen for row in report.rows},
    }
    explained = report.rows if rows is None else rows
    sights = [sight_steps(row, seen) for row in explained]
    sections = tuple(map(partial(_section, report), explained, sights))
    letters = _LETTERS if any(sights) else ""
    if rows is not None:
        return Explanation(sections=sections, letters=letters)
    sums = [_sums(report)] if any(row.output for row in report.rows) else []
    return Explanation(title=_title(report), sections=(*sections, *sums), letters=letters)


def derived(row: Row) -> Iterator[Step]:
    """Yield the own arithmetic of a layer that is known; shared weights count at their owner."""
    assert row.layer is not None and row.output is not None
    volumes = tuple(volume for volume in row.inputs if volume is not None)
    owner = row.shared_from or ("" if row.weights else "another layer")
    for step in row.layer.derivation(volumes, row.output):
        yield step
        if owner and step.counts in ("params", "non_trainable"):
            yield Step(what=step.what, formula=f"0 here: weights of {owner}, counted there")
    if row.connections:
        yield Step(
            what="connections",
            formula="inputs and biases read by all neurons",
            result=row.connections,
        )


def volumes_of(row: Row, outcome: str = "") -> str:
    """Return ``32×32×3 → 28×28×6``, or what came instead of an output."""
    assumed = row.inputs if row.floored is None else row.floored.inputs
    inputs = ", ".join(map(_shown, row.inputs, assumed)) or "?"
    return f"{inputs} → {outcome or _shown(row.output, row.assumed)}"


def row_title(row: Row) -> str:
    """Return ``conv1: conv 5×5, 6 filters``."""
    words = row.hyperparameters
    return f"{row.name}: {row.kind}{f' {words}' if words else ''}"


def _title(report: Report) -> str:
    inputs = ", ".join(f"{name} {volume or '?'}" for name, volume in report.inputs.items())
    return f"{report.name}: {inputs}" if inputs else report.name


def _shown(volume: Volume | None, assumed: Volume | None) -> str:
    """Return a volume, or the one that it is if ``floor`` were meant."""
    if volume is not None:
        return str(volume)
    return "?" if assumed is None else f"≈ {assumed}"


def _section(report: Report, row: Row, sight: Iterable[Step]) -> Section:
    """Return one layer, with its problem if it has one."""
    problem = report.faults.get(row.name)
    steps: tuple[Step, ...] = ()
    outcome = ""
    known = row if row.output is not None else row.floored
    if row.output is None and problem is not None:
        outcome = f"error {problem.code} {problem.name}"
    elif known is None:
        outcome = "unknown"
    else:
        steps = tuple(dict.fromkeys([*derived(known), *sight, *_sizes(known)]))
    return Section(
        title=row_title(row),
        volumes=volumes_of(row, outcome),
        steps=steps,
        remarks=tuple(_remarks(row, report, problem)),
        help=() if problem is None else tuple(problem.help),
    )


def _remarks(row: Row, report: Report, problem: Problem | None) -> Iterator[str]:
    """Yield the arithmetic that fails and the message of a problem, or why nothing is known."""
    if problem is not None and row.output is not None:
        yield f"error {problem.code} {problem.name}: {problem.message}"
    elif problem is not None:
        yield from filter(None, (problem.note, problem.message))
    elif row.output is None:
        yield _reason(row, report)


def _reason(row: Row, report: Report) -> str:
    """Return why a layer could not be computed, or is assumed: the first failing layers before."""
    rows = {row.name: row for row in report.rows}
    found: dict[str, None] = {}
    todo, done = list(row.sources), set(row.sources)
    while todo:
        name = todo.pop(0)
        source = rows.get(name)
        if source is None or source.failed:
            if source is not None or report.inputs.get(name) is None:
                found[name or "its input"] = None
            continue
        fresh = [one for one in source.sources if one not in done]
        done.update(fresh)
        todo += fresh
    if not found:
        return "not computed: what it says is not known"
    names = " and ".join(found)
    if row.assumed is not None:
        return f"≈ as if rounding: floor were meant where windows do not fit: it depends on {names}"
    return f"not computed: it depends on {names}"


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
        yield Step(what="memory", formula="none: it works in place")
    else:
        yield Step(what="memory", formula="neurons·4 bytes (float32)", result=in_bytes(4 * count))


def _sums(report: Report) -> Section:
    """Return the totals as sums over the layers."""
    total = report.totals
    unknown = sum(row.output is None for row in report.rows)
    words = "the layers so far" if not total.complete else "all layers"
    if unknown:
        verb = "is" if unknown == 1 else "are"
        words = f"the layers that are known ({unknown:,} {verb} not)"
    frozen = _sum("non-trainable", [row.non_trainable for row in report.rows])
    steps = (
        _sum("params", [row.params for row in report.rows]),
        *((frozen,) if total.non_trainable else ()),
        _sum("MACs", [row.macs for row in report.rows]),
        Step(what="FLOPs", formula="2·MACs", numbers=f"2·{total.macs:,}", result=total.flops),
    )
    return Section(title=words, steps=steps)


def _sum(what: str, counts: Iterable[int | None]) -> Step:
    terms = [count for count in counts if count]
    short = 1 < len(terms) <= _MOST_TERMS
    return Step(
        what=what,
        formula=" + ".join(f"{term:,}" for term in terms) if short else "",
        result=sum(terms),
    )
