"""Fields and layers that tests of receptive fields begin with."""

from __future__ import annotations

from cnncalc.maths.reads import Read
from cnncalc.maths.receptive import Field

INPUT = Field.identity()
CONV = Read.window(3, before=1)


def chain(*reads: Read, start: Field = INPUT) -> Field:
    """The field behind a chain of layers."""
    for read in reads:
        start = start.through(read)
    return start


def values(field: Field, length: int = 1) -> tuple[object, ...]:
    """What is reported of a field."""
    return field.size(length), field.stride, field.padding
