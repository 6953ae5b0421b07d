"""What the tests of the command line share: a few specs in the folder of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import SPECS, Command


@pytest.fixture(autouse=True)
def folder(command: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(variable, raising=False)
    command.write({f"{name}.yaml": text for name, text in SPECS.items()})
    return command.folder
