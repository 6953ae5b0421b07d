"""How the weights of each kind are laid out, in words: for messages about those stated."""

from __future__ import annotations

_LAYOUTS = {
    ("conv_transpose", "kernel"): "[map][filter][row][column], as in PyTorch",
    ("locally_connected", "kernel"): "[row][column][filter][map][kernel row][kernel column]",
    ("locally_connected", "bias"): "[row][column][filter]",
    ("depthwise_conv", "kernel"): "[filter][1][row][column], the filters of a map side by side",
    ("separable_conv", "depthwise"): "[filter][1][row][column], the filters of a map side by side",
    ("separable_conv", "pointwise"): "[filter][map][1][1]",
    ("conv", "kernel"): "[filter][map][row][column], as in PyTorch",
    ("fc", "kernel"): "[unit][input], as in PyTorch",
    ("layernorm", "scale"): "[map], over all [map][row][column]",
    ("layernorm", "shift"): "[map], over all [map][row][column]",
    ("maxout", "kernel"): "[unit][piece][input]",
    ("maxout", "bias"): "[unit][piece]",
    ("rbf", "centres"): "[unit][input]",
}
"""How the axes of 2-D weights are laid out; a connection table has pairs for filters and maps."""


def layout_words(kind: str, name: str) -> str:
    """Return how the weights of a kind are laid out."""
    layout = _LAYOUTS.get((kind, name))
    if layout is None:
        return f"`{name}` is a list, one number for each map or unit"
    rank = " (1-D without the row, 3-D with frames before it)" if "[row]" in layout else ""
    return f"`{name}` is laid out {layout}{rank}"
