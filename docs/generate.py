"""Write the pages of docs/ and the zoo's index from models, tables, specs and templates.

``python docs/generate.py`` writes them, ``python docs/generate.py --check`` only tells whether
they are up to date.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from fractions import Fraction
from inspect import getdoc
from pathlib import Path
from typing import Any, get_args

import networks
from pydantic.fields import FieldInfo

from cnncalc.expressions import values
from cnncalc.inference import walk
from cnncalc.layers import checks
from cnncalc.layers.base import Family
from cnncalc.layers.fields import choices
from cnncalc.layers.registry import field_names, kind_aliases, kinds_of, layer_class
from cnncalc.maths import volume
from cnncalc.maths.words import number
from cnncalc.problems import page_texts as rules
from cnncalc.problems.codes import CODES
from cnncalc.spec import findings
from cnncalc.spec.load import MAX_BYTES, MAX_EXTENDS
from cnncalc.spec.network import ABOUT_KEYS

FOLDER = Path(__file__).parent

CHAPTERS = {
    "1": "Reading and types",
    "2": "Names, blocks, inputs",
    "3": "Shapes",
    "4": "Expectations",
    "5": "Verification",
    "9": "Advice (warnings)",
}
"""What the first digit of a code says."""


def spec() -> str:
    """Return docs/spec.md."""
    parts = {
        "about": ", ".join(f"`{key}`" for key in ABOUT_KEYS),
        "limits": "\n".join(_limits()),
        "kinds": "\n\n".join(_kinds()),
        "aliases": "\n".join(_aliases()),
    }
    text = (FOLDER / "spec.template.md").read_text(encoding="utf-8")
    for name, part in parts.items():
        text = text.replace(f"<!-- {name} -->", part)
    return text


def problems() -> str:
    """Return docs/problems.md."""
    chapters: dict[str, list[str]] = {}
    for code, name in CODES.items():
        page = f"../cnncalc/problems/pages/{code}.md"
        meaning = _SENTENCE.split(rules.meaning(code).removeprefix("Advice. "))[0]
        chapters.setdefault(code[3], []).append(f"| [{code}]({page}) | `{name}` | {meaning} |")
    tables = (
        "\n".join([f"## {CHAPTERS[digit]}", "", "| code | name | meaning |", _rule(3), *rows])
        for digit, rows in chapters.items()
    )
    return "\n\n".join([_PROBLEMS, *tables]) + "\n"


_SENTENCE = re.compile(r"(?<=[^l]\.) (?=[A-Z`])")
"""Between sentences, but not behind "et al."."""
_PROBLEMS = """\
# Problem codes

Every problem has a code, a name and a place in the file. A code never changes its meaning. Each
has a page with an example that has the problem and one that is mended: follow the link, or run
`cnncalc rule CNN301`."""


def _kinds() -> Iterator[str]:
    others: dict[str, list[str]] = {}
    for word, (kind, _) in kind_aliases().items():
        others.setdefault(kind, []).append(word)
    for family in Family:
        yield f"### {family.title}"
        for kind in kinds_of(family):
            yield "\n\n".join(_kind(kind, others.get(kind, [])))


def _kind(kind: str, others: list[str]) -> Iterator[str]:
    """Yield the paragraphs about a kind."""
    model = layer_class(kind)
    yield f"#### `{kind}`"
    if others:
        yield f"Also {_listed(others)}."
    yield (getdoc(model) or "").replace("``", "`")
    if not model.model_fields:
        return
    if model.main is not None:
        yield f"A single value is its `{model.main}`."
    fields = sorted(model.model_fields.items(), key=lambda item: _order(item[0], model.main))
    rows = [_field(kind, name, info) for name, info in fields]
    yield "\n".join(["| field | value | default | meaning |", _rule(4), *rows])


def _order(name: str, main: str | None) -> int:
    """Return the place of a field: the main one first, what all layers with weights have last."""
    return -1 if name == main else name in ("in_channels", "activation")


def _field(kind: str, name: str, info: FieldInfo) -> str:
    own = layer_class(kind).written(name)
    others = [word for word, field in field_names(kind).items() if field == own and word != own]
    names = f"`{own}`" + (f" (also {_listed(others)})" if others else "")
    meaning, _, default = (info.description or "").partition("; default: ")
    return f"| {names} | {_words(info)} | {default or _default(info)} | {meaning} |"


def _words(info: FieldInfo) -> str:
    """Return what a field's type says of itself: it stands in its annotation, at some depth."""
    notes = [*info.metadata]
    for part in get_args(info.annotation):
        notes += getattr(part, "__metadata__", ())
    words = next((str(note.text) for note in notes if hasattr(note, "text")), "")
    return words or " or ".join(f"`{word}`" for word in choices(info))


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "*needed*"
    value: Any = info.default
    if value is None:
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{number(value)}`" if isinstance(value, (int, Fraction)) else f"`{value}`"


def _aliases() -> Iterator[str]:
    for word, (kind, rank) in sorted(kind_aliases().items()):
        yield f"| `{word}` | `{kind}` | {f'{rank}-D' if rank else ''} |"


def _limits() -> Iterator[str]:
    rows = [
        ("size of a file", f"{MAX_BYTES:,} bytes"),
        ("values in a file", f"{findings.MAX_VALUES:,}"),
        ("lists and mappings inside each other", findings.MAX_DEPTH),
        ("blocks, groups and branches inside each other", walk.MAX_DEPTH),
        ("entries of a network, repetitions included", f"{walk.MAX_ENTRIES:,}"),
        ("pixels along an axis", f"{volume.MAX_SIZE:,}"),
        ("kernels, strides, dilations and paddings", f"{checks.MAX_KERNEL:,}"),
        ("numbers in a volume", f"2^{volume.MAX_ELEMENTS.bit_length() - 1}"),
        ("specs that extend each other", MAX_EXTENDS),
        ("characters of an expression", f"{values.MAX_LENGTH:,}"),
        ("numbers in expressions", f"{values.MAX_BITS} bits"),
    ]
    yield from ["| what | at most |", _rule(2)]
    yield from (f"| {what} | {most} |" for what, most in rows)


def _listed(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _rule(columns: int) -> str:
    return "|" + " --- |" * columns


def main(arguments: list[str]) -> int:
    """Write the pages, or check them; return the exit code."""
    stale = 0
    pages = {
        "spec.md": spec(),
        "problems.md": problems(),
        "zoo.md": networks.page(),
        "../cnncalc/zoo/catalogue.json": networks.index(),
    }
    for name, text in pages.items():
        path = FOLDER / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        if "--check" in arguments:
            print(f"docs/{name} is out of date: run python docs/generate.py", file=sys.stderr)
            stale = 1
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
