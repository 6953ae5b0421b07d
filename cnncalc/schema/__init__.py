"""The JSON Schema of specs (draft 2020-12), for editors: completion, hovers, quick checks.

It accepts whatever the language accepts, and rejects what is known from the structure
alone: unknown keys and kinds, values of a wrong type, what is missing or is in the wrong
place. What depends on values (names, shapes, arithmetic) is left to the tool itself. There is one
exception: where a block has the name of a kind (advice CNN902), its arguments are checked as the
kind's fields.
"""

from __future__ import annotations

from typing import Any


def schema() -> dict[str, Any]:
    """Return the schema, built from the layer models; equal at every call."""
    from cnncalc.schema.network import network_schema  # builds every model: only when asked for

    return network_schema()


def configuration_schema() -> dict[str, Any]:
    """Return the schema of configurations, of a cnncalc.toml or below ``[tool.cnncalc]``."""
    from cnncalc.checking.configuration import Configuration

    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Configuration.model_json_schema(),
        "title": "cnncalc configuration",
    }
