"""Schemas of what assignments and answers say: at the top of a spec, and at its entries."""

from __future__ import annotations

from cnncalc.homework.cells import CELLS, NETWORK
from cnncalc.layers.registry import KINDS
from cnncalc.schema.types import Schema, by_name, ref


def homework_definitions() -> dict[str, Schema]:
    """Return the definitions of points, answers and what else is accepted."""
    points = {"type": "number", "minimum": 0}
    value = {"type": ["string", "number", "boolean", "null", "array", "object"]}
    kinds = {"enum": [*KINDS, NETWORK, "default"]}
    return {
        "cell": {"enum": list(CELLS)},
        "points": by_name(ref("cell"), points),
        "answer": {"type": ["object", "null"], "additionalProperties": value},
        "accept": by_name(ref("cell"), {"type": "array", "items": value}),
        "grading": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "properties": {
                "points": {
                    **by_name(kinds, ref("points")),
                    "description": "points for each cell, by kind of layer; `network`: the whole",
                },
                "credit": {
                    "type": ["object", "null"],
                    "additionalProperties": {"type": "number", "minimum": 0, "maximum": 1},
                    "description": "the share of the points for a recognised mistake, by its code",
                },
                "partial": {
                    "type": "number",
                    "minimum": 0,
                    "maximum": 1,
                    "description": "the share for an output with all sizes right, or the depth",
                },
                "wrong": {"type": "number", "description": "points for a wrong answer"},
                "carry": {"type": "boolean", "description": "whether errors are carried forward"},
                "rounded": {"type": "boolean", "description": "whether 61.7k is right for 61,706"},
            },
        },
    }


def network_homework() -> dict[str, Schema]:
    """Return the keys of a network that only the commands for homework read."""
    return {
        "grading": ref("grading", "how answers are marked; read by `grade` only"),
        "answer": ref("answer", "what a student answers about the network as a whole"),
        "accept": ref("accept", "further right answers about the network as a whole"),
        "student": {
            "type": ["string", "number", "null"],
            "description": "who answers",
        },
        "quiz": {"type": "object", "description": "what the assignment was made from"},
    }


def entry_homework() -> dict[str, Schema]:
    """Return the keys of an entry that only the commands for homework read."""
    return {
        "points": ref("points", "points for each cell; `{}` asks nothing; outside blocks only"),
        "answer": ref("answer", "what a student answers; outside blocks only"),
        "accept": ref("accept", "further right answers; outside blocks only"),
    }
