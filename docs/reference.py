"""What the reference pages take from classes, tables, signatures and docstrings."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import cnncalc
from cnncalc.checking.configuration import Configuration
from cnncalc.expressions import values
from cnncalc.homework.mistakes.sentences import GROUPS
from cnncalc.inference.limits import MAX_DEPTH, MAX_ENTRIES, MAX_READS
from cnncalc.layers import checks
from cnncalc.layers.base import Family
from cnncalc.layers.registry import kind_aliases, kinds_of
from cnncalc.maths import reads, volume
from cnncalc.maths.words import either
from cnncalc.problems import page_texts
from cnncalc.problems.codes import CODES
from cnncalc.problems.collector import MAX_ERRORS
from cnncalc.render.kinds import kind_parts
from cnncalc.spec import findings
from cnncalc.spec.extends import MAX_EXTENDS
from cnncalc.spec.network import ABOUT_KEYS
from cnncalc.spec.text import MAX_BYTES

CHAPTERS = {
    "1": "Reading and types",
    "2": "Names, blocks, inputs",
    "3": "Shapes",
    "4": "Expectations and budgets",
    "5": "Verification",
    "6": "Homework",
    "9": "Advice (warnings)",
}
"""What the first digit of a code says."""

_SENTENCE = re.compile(r"(?<=[^l]\.) (?=[A-Z`])")
"""Between sentences, but not after "et al."."""

_KINDS = """\
# Kinds of layers

Every kind, with its fields and an example, which a test runs. `cnncalc kinds conv` prints the
same. In the tables, *sizes per axis* are those of [the language](language.md#sizes-per-axis). A
field that is *needed* must be stated, at the layer or under [`defaults`](language.md#defaults);
one without a default may be left out."""
_ALIASES = """\
## Other names of kinds

`activation: relu` is an entry too: the kind is its value, which may be an expression
(`activation: $act`). As a field of kinds with weights, `activation` is applied to the output
without a row of its own. A name that ends in a rank is checked against the volume.

| name | kind | |
| --- | --- | --- |
"""
_PROBLEMS = """\
# Problem codes

Every problem has a code, a name and a place in the file. A code never changes its meaning. Each
has a page with an example that has the problem and one that is mended: follow the link, or run
`cnncalc rule CNN301`."""


_MISTAKES = """\
# Mistakes

What `cnncalc grade` recognises behind a wrong answer: a rule with one factor changed, or with two.
They are tried on the numbers of the key, then on the student's own; what no rule explains stays
unexplained.
[homework.md](homework.md) says how to give a share of the points for one."""


def kinds() -> str:
    """Return docs/kinds.md."""
    return "\n\n".join([_KINDS, *_families(), _ALIASES + "\n".join(_aliases())]) + "\n"


def _families() -> Iterator[str]:
    for family in Family:
        yield f"## {family.title}"
        for kind in kinds_of(family):
            yield f"### `{kind}`"
            yield from kind_parts(kind)


def _aliases() -> Iterator[str]:
    for word, (kind, rank) in sorted(kind_aliases().items()):
        yield f"| `{word}` | `{kind}` | {f'{rank}-D' if rank else ''} |"


def problems() -> str:
    """Return docs/problems.md."""
    chapters: dict[str, list[str]] = {}
    for code, name in CODES.items():
        page = f"../cnncalc/problems/pages/{code}.md"
        meaning = _SENTENCE.split(page_texts.meaning(code).removeprefix("Advice. "))[0]
        chapters.setdefault(code[3], []).append(f"| [{code}]({page}) | `{name}` | {meaning} |")
    head = "| code | name | meaning |\n| --- | --- | --- |"
    tables = (
        "\n".join([f"## {CHAPTERS[digit]}", "", head, *rows]) for digit, rows in chapters.items()
    )
    return "\n\n".join([_PROBLEMS, *tables]) + "\n"


def mistakes() -> str:
    """Return docs/mistakes.md."""
    head = "| code | as if |\n| --- | --- |"
    tables = (
        "\n".join(
            [f"## {title}", "", head, *(f"| `{code}` | {text} |" for code, text in group.items())]
        )
        for title, group in GROUPS.items()
    )
    return "\n\n".join([_MISTAKES, *tables]) + "\n"


def about_keys() -> str:
    """Return the sentence with the keys of ``about``."""
    return f"Its keys are {', '.join(f'`{key}`' for key in ABOUT_KEYS)}."


def configuration() -> str:
    """Return the table of the keys of a configuration."""
    lines = ["| key | value | default | meaning |", "| --- | --- | --- | --- |"]
    schema = Configuration.model_json_schema()
    limits = schema["$defs"]["Budget"]["properties"]
    keys = schema["properties"] | {f"budget.{key}": value for key, value in limits.items()}
    for key, value in keys.items():
        if key != "budget":
            default = f"`{json.dumps(value['default'])}`" if "default" in value else "no limit"
            lines.append(f"| `{key}` | {_value(value)} | {default} | {value['description']} |")
    return "\n".join(lines)


def _value(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return either(f'`"{each}"`' for each in schema["enum"])
    if schema["type"] == "array":
        return "a list of texts" if "type" in schema["items"] else "tables"
    if schema["type"] == "boolean":
        return "`true` or `false`"
    return f"a number, or a text such as `{json.dumps(schema['examples'][0])}`"


def limits() -> str:
    """Return the table of what a spec may have at most."""
    rows = [
        ("size of a file", f"{MAX_BYTES:,} bytes"),
        ("values in a file", f"{findings.MAX_VALUES:,}"),
        ("lists and mappings inside each other", findings.MAX_DEPTH),
        ("blocks, groups and branches inside each other", MAX_DEPTH),
        ("entries of a network, repetitions included", f"{MAX_ENTRIES:,}"),
        ("inputs that all entries take, each as often as it is taken", f"{MAX_READS:,}"),
        ("errors, those of repetitions each, until nothing more is looked at", MAX_ERRORS),
        ("pixels along an axis", f"{volume.MAX_SIZE:,}"),
        ("kernels, strides, dilations and paddings", f"{checks.MAX_KERNEL:,}"),
        ("numbers in a volume", f"2^{volume.MAX_ELEMENTS.bit_length() - 1}"),
        ("specs that extend each other", MAX_EXTENDS),
        (
            "positions after which a receptive field recurs; beyond it, an upper bound",
            reads.LONGEST,
        ),
        ("characters of an expression", f"{values.MAX_LENGTH:,}"),
        ("numbers in expressions", f"{values.MAX_BITS} bits"),
    ]
    head = ["| what | at most |", "| --- | --- |"]
    return "\n".join([*head, *(f"| {what} | {most} |" for what, most in rows)])


def api() -> str:
    """Return the reference of everything public: functions first, then classes."""
    public = [(name, getattr(cnncalc, name)) for name in cnncalc.__all__]
    functions = [(name, thing) for name, thing in public if inspect.isfunction(thing)]
    classes = [(name, thing) for name, thing in public if inspect.isclass(thing)]
    return "\n\n".join([*_functions(functions), *(_class(*item) for item in classes)])


def _functions(found: list[tuple[str, object]]) -> Iterator[str]:
    for name, function in found:
        yield f"### `{name}`\n\n{_signature(name, function)}\n\n{_words(function)}"


def _class(name: str, cls: type) -> str:
    parts = [f"### class `{name}`", _words(cls)]
    rows = "\n".join(_members(cls))
    return "\n\n".join([*parts, rows] if rows else parts)


def _members(cls: type) -> Iterator[str]:
    """Yield a line for each public method and property that has a docstring of ours."""
    own = [base for base in reversed(cls.__mro__) if base.__module__.startswith("cnncalc.")]
    for word, thing in ((word, thing) for base in own for word, thing in vars(base).items()):
        if word.startswith("_") or not inspect.getdoc(thing):
            continue
        if inspect.isfunction(thing):
            yield f"- `{word}()`: {_first(thing)}"
        elif isinstance(thing, (property, cached_property)):
            yield f"- `{word}`: {_first(thing)}"


def _first(thing: object) -> str:
    return _words(thing).split("\n\n")[0].replace("\n", " ")


def _signature(name: str, function: object) -> str:
    """Return the signature of a function, a parameter to a line where there are several."""
    assert callable(function)
    signature = inspect.signature(function)
    lines = [_parameter(parameter) for parameter in signature.parameters.values()]
    first_keyword = next(
        (n for n, p in enumerate(signature.parameters.values()) if p.kind is p.KEYWORD_ONLY), None
    )
    if first_keyword is not None:
        lines.insert(first_keyword, "*")
    text = f"{name}({', '.join(lines)})"
    if len(text) > 80:
        text = f"{name}(\n" + "".join(f"    {line},\n" for line in lines) + ")"
    return f"```python\n{text} -> {signature.return_annotation}\n```"


def _parameter(parameter: inspect.Parameter) -> str:
    default = parameter.default
    text = f"{parameter.name}: {parameter.annotation}"
    return text if default is inspect.Parameter.empty else f"{text} = {default!r}"


def _words(thing: object) -> str:
    """Return a docstring as Markdown."""
    text = (inspect.getdoc(thing) or "").replace("``", "`")
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text)
    return re.sub(r"^Raises:\n((?:    .*\n?)+)", _raises, text, flags=re.MULTILINE)


def _raises(match: re.Match[str]) -> str:
    """Return the section on errors as a list; a line that goes on is indented further."""
    lines = re.sub(r"\n {8}", " ", match[1]).splitlines()
    return "Raises\n\n" + "\n".join(f"- `{line.strip().replace(': ', '`: ', 1)}" for line in lines)
