"""What output is shown on: its width, whether it has colours, which signs it can hold."""

from __future__ import annotations

from dataclasses import dataclass

from cnncalc.render.plain import needs_ascii, translation
from cnncalc.render.visible import visible

_STYLES = {"error": "1;31", "warning": "1;33", "bold": "1", "dim": "2", "help": "36"}


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
    def plain(self) -> bool:
        """Whether signs such as ``×`` are spelled in ASCII."""
        return self.ascii or needs_ascii(self.encoding)

    def translate(self, text: str) -> str:
        """Return text in which every character can be written."""
        return translation(self.encoding, ascii=self.ascii)(text)

    def spell(self, text: str) -> str:
        """Return text that can be written, and in which nothing acts on the terminal."""
        return self.translate(visible(text))

    def paint(self, text: str, style: str) -> str:
        """Return text in a style (``error``, ``warning``, ``help``, ``bold``, ``dim``)."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.color and text else text
