"""Names of students, as a part of the name of a file."""

from __future__ import annotations

from hashlib import sha256
from string import ascii_letters, digits
from typing import Final
from urllib.parse import unquote

_KEPT: Final = frozenset(ascii_letters + digits + "._@-")
_LONGEST: Final = 32
"""Characters of a name; of longer ones a digest follows, so that files can be called so."""


def file_name(student: str) -> str:
    """Return a name in which nothing is a path: other characters are percent-coded.

    So is the first character of names that begin with a dot, which are hidden, or lead upwards.
    """
    if len(student) > _LONGEST:
        digest = sha256(student.encode("utf-8", "surrogatepass")).hexdigest()
        student = f"{student[:_LONGEST]}-{digest[:16]}"
    coded = "".join(char if char in _KEPT else _coded(char) for char in student)
    return f"%2E{coded[1:]}" if coded.startswith(".") else coded or "%00"


def student_of(stem: str) -> str:
    """Return the student after whom :func:`file_name` called a file."""
    return unquote(stem)


def _coded(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))
