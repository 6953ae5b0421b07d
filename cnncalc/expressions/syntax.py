"""What is wrong with the text of an expression: Python's syntax errors, and help for each."""

from __future__ import annotations

import ast
import re
from keyword import iskeyword

from cnncalc.expressions.values import MAX_DEPTH, MAX_SHOWN, ExpressionError

_QUOTE_HELP = "put strings in straight quotes: 'text'"
_CHOICE_HELP = "a choice is written `a if condition else b`"
_CHARACTER_HELP = {
    "=": "compare with `==`",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`",
    "?": _CHOICE_HELP,
    "$": "inside `${…}` a name has no `$`",
    "#": "an expression has no comments",
    "\\": "a string has no escapes",
    "`": _QUOTE_HELP,
    **dict.fromkeys("×·⋅∙", "multiply with `*`"),
    **dict.fromkeys("−–—", "subtract with `-`"),
    "÷": "divide with `/`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    **dict.fromkeys("“”„‘’‚«»", _QUOTE_HELP),
}
_WORDS = frozenset({"and", "or", "not", "in", "if", "else"})
"""Words of Python's that are words of the language, too."""
_LIST_HELP = "a list is written in square brackets: `[1, 2]`"
_NODE_HELP: dict[type, str] = {
    ast.Tuple: _LIST_HELP,
    ast.Set: _LIST_HELP,
    ast.Dict: _LIST_HELP,
    ast.Attribute: "only a name has a `.`, as in `volume.depth`",
    ast.BitAnd: "write `and`",
    ast.BitOr: "write `or`",
    ast.Invert: "write `not`",
    ast.BitXor: "a power is written `**`",
    ast.Is: "compare with `==`",
    ast.IsNot: "compare with `!=`",
}
_MESSAGE_HELP = (
    ("'else'", _CHOICE_HELP),
    ("decimal literal", "multiply with `*`"),
    ("leading zeros", "write the number without them"),
    ("string literal", "close it with the quote that it begins with"),
)
"""Parts of Python's messages, and what mends the mistake."""


def node_help(node: ast.expr) -> tuple[str, ...]:
    """Return what to write instead of something that is Python, but not part of the language."""
    operators = node.ops if isinstance(node, ast.Compare) else [getattr(node, "op", None)]
    kinds = map(type, (node, *operators))
    return tuple(_NODE_HELP[kind] for kind in kinds if kind in _NODE_HELP)[:1]


def syntax_error(text: str, error: SyntaxError) -> ExpressionError:
    """Return our error for one of Python's parser, which says what and where."""
    message = error.msg.split(";")[0].split(" (detected")[0]
    if message.startswith("too many nested"):
        return too_deep(0, len(text))
    before = len(text) - len(text.lstrip())
    at = before + (error.offset or 0) - 1
    words = list(re.finditer(r"[\w.]+|\*\*|//|\S", text))
    word = next((word for word in words if at < word.end()), words[-1])
    if at < before:  # Python gives no place where the text ends too early
        return _at(words[-1], f"a value is missing after {quoted(words[-1][0])}")
    hint = _CHARACTER_HELP.get(text[at : at + 1])
    if message.startswith("invalid syntax"):
        if iskeyword(word[0]) and word[0] not in _WORDS:
            hint = f"a value of this name can only be used alone: `${word[0]}`"
            return _at(word, f"{quoted(word[0])} is a word of Python's, not a name here", hint)
        if word[0][0] in "'\"" or (word[0][0].isalnum() and word[0] not in _WORDS):
            hint = "an operator or a comma is missing before it"
        message = f"{quoted(word[0])} is not expected here"
    elif "literal" in message and not message.startswith("unterminated"):
        message = f"{quoted(word[0])}: {message}"
    found = (help_line for part, help_line in _MESSAGE_HELP if part in message)
    hint = hint or next(found, "")
    return _at(word, message, *([hint] if hint else []))


def _at(word: re.Match[str], message: str, *help_lines: str) -> ExpressionError:
    return ExpressionError("CNN117", message, *word.span(), help_lines)


def not_part(text: str, start: int, end: int, *help_lines: str) -> ExpressionError:
    """Return the error of Python that is not part of the language."""
    hint = _CHARACTER_HELP.get(text[start:end])
    message = f"{quoted(text[start:end])} is not part of an expression"
    return ExpressionError("CNN117", message, start, end, help_lines or ((hint,) if hint else ()))


def too_deep(start: int, end: int) -> ExpressionError:
    """Return the error of an expression nested too deeply."""
    message = f"the expression is nested more than {MAX_DEPTH} deep"
    return ExpressionError("CNN119", message, start, end, ("move parts of it into `vars`",))


def quoted(text: str) -> str:
    """Return text of the user within a message: printable and short."""
    shown = text if text.isprintable() else ascii(text)[1:-1]
    return f"`{shown[:MAX_SHOWN]}…`" if len(shown) > MAX_SHOWN else f"`{shown}`"
