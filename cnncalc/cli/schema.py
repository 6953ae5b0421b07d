"""``schema``: the JSON Schema of specs."""

from __future__ import annotations

import json

from cnncalc.cli.output import Output
from cnncalc.schema import schema as spec_schema


def schema() -> int:
    """Print the JSON Schema of specs, for editors.

    Example: cnncalc schema > cnncalc.schema.json
    """
    text = json.dumps(spec_schema(), indent=2, ensure_ascii=False)
    results = Output().results
    results.write(results.terminal.json(f"{text}\n"))
    return 0
