"""The cells of an assignment: what can be asked of a layer, and the words for it."""

from __future__ import annotations

from typing import Final

FIELDS: Final = ("padding", "kernel", "stride", "dilation", "filters", "units", "groups")
"""Settings of a layer that can be asked for."""
WEIGHTS: Final = ("params", "weights", "biases", "non_trainable")
"""Counts of what a layer learns or keeps."""
COUNTS: Final = (*WEIGHTS, "macs", "flops", "neurons", "connections")
CELLS: Final = ("output", *FIELDS, *COUNTS, "receptive_field")
"""Everything that can be asked of a layer, in the order in which it is asked."""
ASKED_OF_NETWORK: Final = ("output", *COUNTS, "receptive_field")
"""What can be asked of a network as a whole."""
NETWORK: Final = "network"
"""The name under which the whole is asked for."""
OTHER_NAMES: Final = {
    "volume": "output",
    "shape": "output",
    "parameters": "params",
    "rf": "receptive_field",
    "activations": "neurons",
}
"""Other words that sheets have for cells."""


def cell_called(word: str) -> str:
    """Return the cell that a word of a sheet means; other words are returned as they are."""
    plain = word.strip().lower().replace(" ", "_").replace("-", "_")
    return OTHER_NAMES.get(plain, plain)
