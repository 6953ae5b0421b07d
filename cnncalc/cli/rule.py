"""``rule``: what a problem code means."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.problems.codes import CODES
from cnncalc.problems.page_texts import meaning, page
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.render.text import wrap_markdown

_CODE = re.compile(r"(CNN)?\d*", re.IGNORECASE)


def rule(code: param.Code = None, ascii: param.Ascii = False) -> int:
    """Show what a problem code means, or list all codes.

    CODE is a code such as CNN301, or its name; of any other word, the codes that are about it are
    listed.

    Example: cnncalc rule CNN301
    """
    if code is None:
        text = _listed(CODES)
    else:
        try:
            text = page(code)
        except KeyError:
            text = _listed(_about(code))
    if not text:
        raise UsageError(f"there is no problem code {code}", *_hints(code or ""))
    results = Output(ascii=ascii).results
    results.write(wrap_markdown(text, results.width))
    return 0


def _listed(codes: Iterable[str]) -> str:
    return "".join(f"{code}  {CODES[code]}\n" for code in codes)


def _about(word: str) -> list[str]:
    """Return the codes with a word in their names or, where there are none, in their meaning."""
    if _CODE.fullmatch(word) or not word.strip():
        return []
    wanted = word.lower()
    named = [code for code, name in CODES.items() if wanted in name]
    return named or [code for code in CODES if wanted in meaning(code).lower()]


def _hints(word: str) -> tuple[str, ...]:
    near = () if _CODE.fullmatch(word) else did_you_mean(word, CODES.values())
    return (*near, "`cnncalc rule` lists all codes")
