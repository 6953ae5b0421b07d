"""Make the pictures of the documentation from the real tool: ``python docs/pictures.py``."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
FONTS = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono"

PICTURES = {
    "summary": (112, "summary", "specs/alexnet.yaml"),
    "error": (128, "summary", "specs/bad/7x7-stride3.yaml"),
    "verify": (124, "verify", "specs/lenet5.yaml"),
    "explain": (96, "explain", "specs/alexnet.yaml", "conv2"),
}
"""File → width of the terminal, and the command line."""


def run(width: int, words: tuple[str, ...]) -> str:
    """Return what the tool prints on a terminal of this width: results, then messages."""
    environment = {
        **os.environ,
        "COLUMNS": str(width),
        "PYTHONPATH": str(ROOT),
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, "-m", "cnncalc", *words, "--color", "always"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(words)} failed: {done.stderr}")
    return done.stdout + ("\n" + done.stderr if done.stderr else "")


def picture(name: str, width: int, words: tuple[str, ...]) -> str:
    """Return the SVG of one command and its output."""
    console = Console(
        record=True,
        width=width,
        file=StringIO(),
        force_terminal=True,
        color_system="standard",
        legacy_windows=False,
    )
    console.print(Text.assemble(("$ ", "green"), ("cnncalc " + " ".join(words), "bold")))
    console.print()
    console.print(Text.from_ansi(run(width, words).rstrip("\n")))
    # viewers show pictures without loading fonts: name those that systems have
    form = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    form = form.replace("font-family: Fira Code", f"font-family: {FONTS}")
    svg = console.export_svg(title="", code_format=form, unique_id=f"cnncalc-{name}")
    return "".join(f"{line.rstrip()}\n" for line in svg.splitlines())


def main() -> None:
    """Write every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name, (width, *words) in PICTURES.items():
        text = picture(name, width, tuple(words))
        (IMAGES / f"{name}.svg").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
