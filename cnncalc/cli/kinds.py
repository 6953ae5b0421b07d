"""``kinds``: the kinds of layers, and what is known of one."""

from __future__ import annotations

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.output import Output
from cnncalc.layers.registry import KINDS, canonical, kind_aliases
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.render.kinds import kind_text, kinds_text
from cnncalc.spec.entry_keys import no_slip


def kinds(kind: param.Kind = None, ascii: param.Ascii = False) -> int:
    """List the kinds of layers, or the fields of one.

    KIND is a kind such as conv, or one of its other names.

    Example: cnncalc kinds conv
    """
    results = Output(ascii=ascii).results
    if kind is None:
        results.write(kinds_text(results.terminal))
        return 0
    known, _ = canonical(kind)
    if known is None:
        hint = no_slip(kind)
        hints = (hint,) if hint else did_you_mean(kind, (*KINDS, *kind_aliases()))
        raise UsageError(f"there is no kind {kind}", *hints, "`cnncalc kinds` lists all kinds")
    results.write(kind_text(known, results.terminal))
    return 0
