"""``schema``: the JSON Schema of specs, or of configurations."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cnncalc.cli.output import Output
from cnncalc.schema import configuration_schema
from cnncalc.schema import schema as spec_schema


def schema(
    config: Annotated[
        bool, typer.Option("--config", help="That of configurations instead.")
    ] = False,
) -> int:
    """Print the JSON Schema of specs, for editors.

    Example: cnncalc schema > cnncalc.schema.json
    """
    found = configuration_schema() if config else spec_schema()
    text = json.dumps(found, indent=2, ensure_ascii=False)
    results = Output().results
    results.write(results.terminal.json(f"{text}\n"))
    return 0
