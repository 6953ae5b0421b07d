"""``rule``: what a problem code means."""

from __future__ import annotations

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.problems.codes import CODES
from cnncalc.problems.page_texts import page
from cnncalc.problems.suggestions import did_you_mean


def rule(code: param.Code = None, ascii: param.Ascii = False) -> int:
    """Tell what a problem code means, or list all codes.

    CODE is a code such as CNN301, or its name.

    Example: cnncalc rule CNN301
    """
    results = Output(ascii=ascii).results
    if code is None:
        results.write("".join(f"{known}  {name}\n" for known, name in CODES.items()))
        return 0
    try:
        results.write(page(code))
    except KeyError:
        raise _no_code(code) from None
    return 0


def _no_code(word: str) -> UsageError:
    text, upper = f"there is no problem code {word}", word.upper()
    known = (upper, CODES) if upper.startswith("CNN") else (word, CODES.values())
    return UsageError(text, *did_you_mean(*known), "`cnncalc rule` lists all codes")
