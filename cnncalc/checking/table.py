"""What the tables of a configuration have in common."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Unfit(ValueError):
    """A value that a setting cannot have: the code of that problem, and lines of advice."""

    def __init__(self, code: str, message: str, *help: str) -> None:
        super().__init__(message)
        self.code = code
        self.help = help


class Table(BaseModel):
    """A table of a configuration: its keys have hyphens, and there are no others."""

    model_config = ConfigDict(
        alias_generator=lambda name: name.replace("_", "-"),
        extra="forbid",
        frozen=True,
        strict=True,
    )

    @property
    def stated(self) -> dict[str, Any]:
        """The values that somebody wrote; defaults are none of them."""
        return {name: getattr(self, name) for name in self.model_fields_set}
