"""From the text of an expression to its tokens, and what is wrong with their order."""

from __future__ import annotations

import re
from keyword import kwlist
from typing import NamedTuple

from cnncalc.expressions.values import MAX_DEPTH, MAX_SHOWN, ExpressionError

MAX_LENGTH = 1_000
"""Characters of one expression."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>'[^'\n]*'|"[^"\n]*")
    |(?P<number>\.?[0-9](?:[\w.]|(?<=[eE])[+-](?=[0-9]))*)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign>\*\*|//|==|!=|<=|>=|[-+*/%<>.,()\[\]])
    |(?P<other>(?s:.))(?P=other)*""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"(?:D(?:\.D?)?|\.D)(?:[eE][+-]?D)?".replace("D", "(?:[0-9]+(?:_[0-9]+)*)"))
_PAIRS = {")": "(", "]": "["}

_ROLES = {"(": "open", "[": "open", ")": "close", "]": "close", ",": "comma"}
_ROLES |= {"not": "prefix", "+": "prefix or infix", "-": "prefix or infix"}
_ROLES |= dict.fromkeys(
    ("**", "//", "==", "!=", "<=", ">=", "*", "/", "%", "<", ">", ".", "and", "or", "if", "else"),
    "infix",
)
_AFTER_VALUE = {"infix", "prefix or infix", "open", "close", "comma"}
_AFTER_OTHER = {"value", "prefix", "prefix or infix", "open"}

_RESERVED = {*kwlist} - {"and", "or", "not", "if", "else", "True", "False", "None"}
_WORD_HELP = {
    "in": "compare with `==`, and join comparisons with `or`",
    "is": "compare with `==`",
}
_QUOTE_HELP = "put strings in straight quotes: 'text'"
_LIST_HELP = "a list stands in square brackets: `[1, 2]`"
_CHOICE_HELP = "a choice is written `a if condition else b`"
_OTHER_HELP = {
    "=": "compare with `==`",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`",
    "^": "a power is written `**`",
    "?": _CHOICE_HELP,
    "{": _LIST_HELP,
    "}": _LIST_HELP,
    "$": "inside `${…}` a name stands without `$`",
    ":": "a list has no slices; write `[index]`",
    "#": "an expression has no comments",
    "`": _QUOTE_HELP,
    **dict.fromkeys("×·⋅∙", "multiply with `*`"),
    **dict.fromkeys("−–—", "subtract with `-`"),
    "÷": "divide with `/`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    **dict.fromkeys("“”„‘’‚«»", _QUOTE_HELP),
}


class Token(NamedTuple):
    """A word, number, string or sign with its offsets."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def role(self) -> str:
        """What may stand before and after it."""
        return "value" if self.kind == "string" else _ROLES.get(self.text, "value")


def scan(text: str) -> list[Token]:
    """Return the tokens of an expression; raises what can be told without its structure."""
    if len(text) > MAX_LENGTH:
        message = f"the expression has {len(text):,} characters, more than {MAX_LENGTH:,}"
        mend = ("move parts of it into `vars`",)
        raise ExpressionError("CNN119", message, 0, len(text), mend)
    tokens = [
        Token(match.lastgroup or "", *_stretch(match))
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "space"
    ]
    for token in tokens:
        _check(token)
    if not tokens:
        raise empty(0, len(text))
    _check_order(tokens)
    _check_brackets(tokens)
    return tokens


def _stretch(match: re.Match[str]) -> tuple[str, int, int]:
    return match[0], match.start(), match.end()


def wrong(token: Token, message: str, *mend: str) -> ExpressionError:
    """Return a syntax error at a token."""
    return ExpressionError("CNN117", message, token.start, token.end, mend)


def quoted(text: str) -> str:
    """Return text of the user within a message: printable and short."""
    shown = text if text.isprintable() else ascii(text)[1:-1]
    return f"`{shown[:MAX_SHOWN]}…`" if len(shown) > MAX_SHOWN else f"`{shown}`"


def _check(token: Token) -> None:
    """Raise if a token, seen alone, is not part of the language."""
    shown = quoted(token.text)
    if token.kind == "other":
        if token.text[0] in "'\"":
            raise wrong(token, f"the string is not closed by another {token.text[0]}")
        mend = _OTHER_HELP.get(token.text[0])
        raise wrong(token, f"{shown} is not part of an expression", *([mend] if mend else []))
    if token.kind == "number" and not _NUMBER.fullmatch(token.text):
        raise wrong(token, f"{shown} is not a number", *_number_help(token.text))
    if token.kind == "word" and token.text in _RESERVED:
        mend = f"a value of this name can only be used alone: `${token.text}`"
        mend = _WORD_HELP.get(token.text, mend)
        raise wrong(token, f"{shown} is not part of an expression", mend)
    if token.kind == "word" and not token.text.isidentifier():
        raise wrong(token, f"{shown} is not a name")


def _number_help(text: str) -> tuple[str, ...]:
    if text[:2].lower() in ("0x", "0o", "0b"):
        return ("write the number in decimal",)
    return ("multiply with `*`",) if text.lstrip("0123456789")[:1].isalpha() else ()


def _check_order(tokens: list[Token]) -> None:
    """Raise where a value or an operator is missing between two tokens."""
    before = Token("", "", 0, 0)
    role = "start"
    for token in tokens:
        after_value = role in ("value", "close")
        if token.kind == "string" and before.kind == "word" and before.end == token.start:
            raise wrong(before, f"a string takes no prefix, not {quoted(before.text)} either")
        if after_value and token.role not in _AFTER_VALUE:
            mend = ("separate list items by `,`",) if before.kind == token.kind == "string" else ()
            raise wrong(token, f"an operator is missing before {quoted(token.text)}", *mend)
        closing = token.role == "close" and role in ("open", "comma")
        if not (after_value or closing or token.role in _AFTER_OTHER):
            raise wrong(token, f"a value is missing before {quoted(token.text)}")
        before, role = token, token.role
    if role not in ("value", "close"):
        raise wrong(before, f"a value is missing after {quoted(before.text)}")


def _check_brackets(tokens: list[Token]) -> None:
    """Raise where brackets do not match or stand too deep, or an ``if`` has no ``else``."""
    waiting: list[Token] = []
    for token in tokens:
        if token.role == "open" or token.text == "if":
            waiting.append(token)
            if len(waiting) > MAX_DEPTH:
                raise too_deep(token.start, token.end)
        elif token.text == "else":
            if not waiting or waiting.pop().text != "if":
                raise wrong(token, "`else` has no `if` before it", _CHOICE_HELP)
        elif token.role in ("close", "comma"):
            _check_choice(waiting)
            if token.role == "close":
                _check_pair(token, waiting)
    _check_choice(waiting)
    if waiting:
        raise wrong(waiting[-1], f"`{waiting[-1].text}` is not closed")


def _check_choice(waiting: list[Token]) -> None:
    if waiting and waiting[-1].text == "if":
        raise wrong(waiting[-1], "`if` has no `else`", _CHOICE_HELP)


def _check_pair(token: Token, waiting: list[Token]) -> None:
    if not waiting:
        raise wrong(token, f"`{token.text}` closes nothing")
    opening = waiting.pop()
    if opening.text != _PAIRS[token.text]:
        raise wrong(token, f"`{token.text}` does not close `{opening.text}`")


def empty(start: int, end: int) -> ExpressionError:
    """Return the error of an expression with nothing in it."""
    return ExpressionError("CNN117", "the expression is empty", start, end)


def too_deep(start: int, end: int) -> ExpressionError:
    """Return the error of an expression nested too deeply."""
    message = f"the expression is nested more than {MAX_DEPTH} deep"
    return ExpressionError("CNN119", message, start, end, ("move parts of it into `vars`",))
