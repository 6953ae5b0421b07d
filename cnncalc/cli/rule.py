"""``rule``: what a problem code means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Literal

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.problems.codes import CODES, matching
from cnncalc.problems.page_texts import code_of, meaning
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.render.rules import rules_json, rules_list, rules_pages

_CODE = re.compile(r"(CNN)?\d*", re.IGNORECASE)


def rule(
    words: param.Codes = None,
    all: Annotated[bool, param.output_option("Show the pages of all codes.", "--all")] = False,
    format: Annotated[
        Literal["text", "json"],
        param.output_option("What is printed: text or json.", metavar="FORMAT"),
    ] = "text",
    ascii: param.Ascii = False,
) -> int:
    """Show what a problem code means, or list all codes.

    CODE is a code such as CNN301, or its name. Of the beginning of codes, such as CNN9, those
    that begin so are listed; of any other words, those that are about all of them.

    Example: cnncalc rule CNN301
    """
    words = words or []
    if all and words:
        raise UsageError("--all goes without a code")
    named = _named(words)
    codes = list(CODES) if not words else named or _about(words)
    if not codes:
        unknown = [word for word in words if not _named([word])]
        raise UsageError(f"there is no problem code {' '.join(unknown)}", *_hints(unknown))
    results = Output(ascii=ascii).results
    if format == "json":
        results.write(rules_json(codes, results.terminal))
    elif all or named:
        results.write(rules_pages(codes, results.terminal))
    else:
        results.write(rules_list(codes))
    return 0


def _named(words: Sequence[str]) -> list[str]:
    """Return the codes that words are or name; nothing where one is neither."""
    with suppress(KeyError):
        return [code_of(word) for word in words]
    return []


def _about(words: Sequence[str]) -> list[str]:
    """Return the codes that begin so (``CNN9``); of other words, those with all of them.

    They are in the names of these or, where none has them, in what they mean.
    """
    begun = [matching(word) for word in words]
    if all(begun):
        return [code for codes in begun for code in codes]
    if any(_CODE.fullmatch(word) or not word.strip() for word in words):
        return []
    wanted = [word.lower() for word in words]
    named = [code for code, name in CODES.items() if all(word in name for word in wanted)]
    if named:
        return named
    texts = {code: f"{name} {meaning(code).lower()}" for code, name in CODES.items()}
    return [code for code, text in texts.items() if all(word in text for word in wanted)]


def _hints(words: Sequence[str]) -> tuple[str, ...]:
    """Return the name that was nearly written, and where all are."""
    text = "-".join(words)
    near = () if _CODE.fullmatch(text) else did_you_mean(text, CODES.values())
    return (*near, "`cnncalc rule` lists all codes")
