"""The document of ``compare``: rows that correspond, and what each network comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from cnncalc.homework.compare import MOST_ROWS, Comparison, Pairing, Part, Sums
from cnncalc.maths.words import in_bytes
from cnncalc.problems.model import Problem
from cnncalc.render.document import Document
from cnncalc.render.grid import Column, Grid
from cnncalc.render.json import field_data, problem_data, shape_data, version_data
from cnncalc.report.rows import Row

_COUNTS: dict[str, tuple[str, Callable[[int], str]]] = {
    "weighted_layers": ("layers with weights", "{:,}".format),
    "params": ("parameters", "{:,}".format),
    "weights": ("weights", "{:,}".format),
    "biases": ("biases", "{:,}".format),
    "macs": ("MACs", "{:,}".format),
    "neurons": ("neurons", "{:,}".format),
    "bytes": ("memory", in_bytes),
}
"""What each count is called, and how it is written."""
_NOT_EXACT = ("?", "≤")
"""How what is unknown, or an upper bound, begins: equal texts do not mean that it is the same."""
_ROOM = 45
"""What the columns of all networks keep of a narrow terminal together."""
_LONGEST = 10_000
"""From here on the terms of a ratio say less than its decimals."""


def compare(found: Comparison, problems: Sequence[Problem]) -> Document:
    """Return what ``compare`` prints."""
    names = [network.name for network in found.networks]
    shortest = max(_ROOM // len(names), 12)
    layers = [_layer(number, name, shortest) for number, name in enumerate(names)]
    rows, says = found.rows or (), list(_says(found))
    notes = [(label[0].upper() + label[1:], ((words, ""),)) for label, words in says]
    for options in {network.overridden for network in found.networks} - {()}:
        notes.append(("Note", ((f"expectations not checked ({', '.join(options)})", "yellow"),)))
    return Document(
        title=" : ".join(names),
        lines=Grid(columns=(*layers, _DIFFERS), items=rows),
        records=Grid(columns=(*layers, _SAME, _DIFFERS), items=rows),
        notes=tuple(notes),
        data=lambda: _data(found, [f"{label}: {words}" for label, words in says], problems),
    )


def unread(problems: Sequence[Problem]) -> Document:
    """Return what ``compare`` prints where a network cannot be read: problems alone."""
    nothing = Comparison(networks=(), rows=(), ratios={}, is_equivalent=False)
    return Document(data=lambda: _data(nothing, [], problems))


_SAME: Column[Pairing] = Column(
    name="same",
    heading="Same",
    value=lambda row: None if row.is_same is None else str(row.is_same).lower(),
)
_DIFFERS: Column[Pairing] = Column(
    name="differs",
    heading="Differs",
    value=lambda row: ", ".join(row.differs),
    cell=lambda row: ((_difference(row), "yellow"),),
    shortest=len("only in one"),
)


def _layer(number: int, name: str, shortest: int) -> Column[Pairing]:
    """Return the column of one network: what it has in each row."""

    def value(row: Pairing) -> str | None:
        part = row.parts[number]
        return None if part is None else part.name

    return Column(
        name=f"layer_{number + 1}",
        heading=name,
        value=value,
        cell=lambda row: ((_words(row.parts[number]), ""),),
        shortest=shortest,
    )


def _words(part: Part | None) -> str:
    """Return ``conv1: conv 3×3, 16 filters``, or the use of a block with its arguments."""
    if part is None:
        return "−"
    words = (
        (part.kind, part.hyperparameters) if isinstance(part, Row) else (part.block, part.arguments)
    )
    return f"{part.name}: {' '.join(filter(None, words))}"


def _difference(row: Pairing) -> str:
    if row.is_same is None:
        return "?"
    if row.is_same or row.differs:
        return ", ".join(row.differs)
    return "only in one" if len(row.parts) - row.parts.count(None) == 1 else "not in all"


# --- sentences ----------------------------------------------------------------------------------


def _says(found: Comparison) -> Iterator[tuple[str, str]]:
    """Yield what is to be said: a label and words for all that differs, then what is the same."""
    same = []
    facts = [
        ("output", [str(one.output or "?") for one in found.networks]),
        ("receptive field", [_field_words(one) for one in found.networks]),
    ]
    for label, values in facts:
        if len(set(values)) == 1 and not values[0].startswith(_NOT_EXACT):
            same.append(f"{label} {values[0]}")
        else:
            yield label, " : ".join(values)
    for name, (label, written) in _COUNTS.items():
        counts = {one.exact[name] for one in found.networks}
        shown = [_count(one, name, written) for one in found.networks]
        if len(counts) == 1 and None not in counts:
            same.append(f"{label} {shown[0]}")
        else:
            yield label, " : ".join(shown) + _ratios(found.ratios.get(name, ()))
    if found.rows is None:
        yield "layers", f"not put next to each other: a network has more than {MOST_ROWS:,}"
    if same:
        yield "same", ", ".join(same)
    if found.is_equivalent:
        yield "equivalent", "with the same weights they compute the same"


def _field_words(one: Sums) -> str:
    if one.receptive_field is None:
        return "?" if one.output is None else "none"
    bound = "" if one.receptive_field.is_exact else "≤ "
    return bound + "×".join(map(str, one.receptive_field.size.values()))


def _count(one: Sums, name: str, written: Callable[[int], str]) -> str:
    """Return a count, or at least that of the layers that are known."""
    count = one.counts[name]
    if count is not None and one.is_complete:
        return written(count)
    return f"≥ {written(count)}" if count else "?"


def _ratios(ratios: Sequence[Fraction | None]) -> str:
    """Return `` = 27 : 49 (0.551)`` for each other network, where any is known."""
    if set(ratios) <= {None}:
        return ""
    return " = " + ", ".join("−" if ratio is None else _ratio(ratio) for ratio in ratios)


def _ratio(ratio: Fraction) -> str:
    digits = _three_digits(ratio)
    if max(ratio.numerator, ratio.denominator) >= _LONGEST:
        return f"{digits} : 1"
    return f"{ratio.numerator:,} : {ratio.denominator:,} ({digits})"


def _three_digits(ratio: Fraction) -> str:
    return f"{round(ratio):,}" if ratio >= 1000 else f"{float(ratio):#.3g}".rstrip(".")


# --- JSON ---------------------------------------------------------------------------------------


def _data(found: Comparison, says: list[str], problems: Sequence[Problem]) -> dict[str, Any]:
    return version_data() | {
        "networks": [_network_data(one) for one in found.networks],
        "ratios": {
            name: [_ratio_data(ratio) for ratio in ratios] for name, ratios in found.ratios.items()
        },
        "rows": [
            {
                "layers": [part and part.name for part in row.parts],
                "same": row.is_same,
                "differs": list(row.differs),
            }
            for row in found.rows or ()
        ],
        "equivalent": found.is_equivalent,
        "says": says,
        "problems": [problem_data(problem) for problem in problems],
    }


def _network_data(one: Sums) -> dict[str, Any]:
    return {
        "name": one.name,
        "output": shape_data(one.output),
        **one.exact,
        "bytes": asdict(one.memory),
        "receptive_field": field_data(one.receptive_field),
    }


def _ratio_data(ratio: Fraction | None) -> dict[str, Any]:
    """Return a ratio in lowest terms and to three digits."""
    if ratio is None:
        return {"exact": None, "value": None}
    return {"exact": [ratio.numerator, ratio.denominator], "value": float(f"{float(ratio):.3g}")}
