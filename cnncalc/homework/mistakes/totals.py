"""Mistakes about the totals of a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from cnncalc.homework.mistakes.formula import Formula, Way


def total_formula(
    cell: str, right: int, total: int, counts: Mapping[str, int], biases: int
) -> Formula:
    """Return the rule of a total, the sum of the ``counts`` of layers.

    ``total`` is ``right``, or what follows from own numbers.
    """
    return Formula(
        right=right,
        factors={"total": total, "left out": 0, "times": 1},
        value=lambda f: f["total"] * f["times"] - f["left out"],
        words=lambda f: "",  # the sum would say what was left out
        ways=list(_ways(cell, counts, biases)),
        pairs=False,
    )


def _ways(cell: str, counts: Mapping[str, int], biases: int) -> Iterator[Way]:
    if cell == "params":
        yield Way(code="biases-left-out", changes={"left out": biases})
    if cell == "macs":
        yield Way(code="flops-for-macs", changes={"times": 2}, words="two for each")
    layers_with = Counter(counts.values())
    for name, count in counts.items():
        if layers_with[count] == 1:
            words = f"without {name}"
            yield Way(code="layer-left-out", changes={"left out": count}, words=words)
