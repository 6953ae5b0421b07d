"""What output is shown on: its width, whether it has colours, which signs it can hold."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from cnncalc.render.text import escape_json, translate, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_UNLIMITED = 1_000_000
"""Columns that no line reaches."""
_NO_XML = {0xFFFE: r"\ufffe", 0xFFFF: r"\uffff"}
"""Characters that XML cannot hold and :func:`visible` leaves as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A terminal, a file or a pipe that text is made for.

    ``width`` is in columns, 0 unlimited; ``encoding`` is the stream's, ``ascii`` leaves it at
    ASCII whatever it could hold.
    """

    width: int = 0
    color: bool = False
    encoding: str | None = "utf-8"
    ascii: bool = False

    @property
    def utf8(self) -> bool:
        """Whether every character can be written as it is."""
        return not self.ascii and (self.encoding or "").lower() in ("utf-8", "utf_8", "utf8")

    def translate(self, text: str) -> str:
        """Return text in which every character can be written."""
        return translate(text, self.encoding, ascii=self.ascii)

    def spell(self, text: str) -> str:
        """Return text that can be written, and in which nothing acts on the terminal."""
        return self.translate(visible(text))

    def console(self) -> Console:
        """Return rich's console for the terminal, which writes into a string."""
        from rich.console import Console  # not every command draws, and it takes a while

        return Console(
            file=StringIO(),
            width=self.width or _UNLIMITED,
            height=100,
            force_terminal=self.color,
            color_system="standard" if self.color else None,
            legacy_windows=False,
            markup=False,
            emoji=False,
            highlight=False,
            _environ={},  # what it looks like is decided by the arguments alone
        )

    def draw(self, *parts: RenderableType) -> str:
        """Return what rich draws, part below part, each line without spaces at its end."""
        console = self.console()
        for part in parts:
            console.print(part, crop=False)
        assert isinstance(console.file, StringIO)
        text = self.translate(console.file.getvalue()).rstrip("\n")
        return "".join(f"{line.rstrip()}\n" for line in text.split("\n")) if text else ""

    def json(self, text: str) -> str:
        """Return JSON that can be written: UTF-8, or ASCII."""
        return text if self.utf8 else escape_json(text)

    def xml(self, text: str) -> str:
        """Return XML that can be written, as a document: UTF-8, or ASCII."""
        text = text.translate(_NO_XML)
        if not self.utf8:
            text = text.encode("ascii", "xmlcharrefreplace").decode()
        return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'
