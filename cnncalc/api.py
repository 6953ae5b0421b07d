"""The Python API: the same data as the command line's JSON, as objects."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from cnncalc.forward import DTYPES, LAYOUTS, MOST_THREADS
from cnncalc.inference.infer import ROUNDINGS, Overrides, infer
from cnncalc.maths.volume import Volume, parse_volume
from cnncalc.problems.model import RuleError
from cnncalc.report.report import Report
from cnncalc.spec.load import Loaded
from cnncalc.spec.load import load as _load

if TYPE_CHECKING:
    from cnncalc.report.verification import Verification


def load(spec: str | PathLike[str]) -> Loaded:
    """Read a spec: a path, or the name of a network that ships with the tool.

    Raises:
        cnncalc.spec.load.CannotRead: there is no such file or network.
    """
    return _load(fspath(spec))


def summarize(
    spec: Loaded | str | PathLike[str],
    *,
    input: str | Mapping[str, int] | Mapping[str, str] | None = None,
    set: Mapping[str, Any] | None = None,
    rounding: str | None = None,
) -> Report:
    """Return every volume, count and problem of a spec.

    ``input`` (a volume, or volumes by input name), ``set`` (values of ``vars``) and
    ``rounding`` change the spec; its expectations are not checked then.

    Raises:
        cnncalc.spec.load.CannotRead: there is no such file or network.
        ValueError: the spec has no network to infer (its problems say why), or an override
            does not fit it.
    """
    loaded = spec if isinstance(spec, Loaded) else load(spec)
    if loaded.network is None:
        problem = loaded.problems[0]
        raise ValueError(f"{problem.code} at line {problem.span.line}: {problem.message}")
    variables = dict(set or {})
    unknown = [name for name in variables if name not in loaded.network.variables]
    if unknown:
        raise ValueError(f"the spec has no variable {unknown[0]}")
    _check_choice("rounding", rounding or "strict", ROUNDINGS)
    inputs = _volumes(input, list(loaded.network.inputs))
    return infer(loaded.network, Overrides(inputs, variables, rounding), loaded.problems)


def verify(
    spec: Loaded | str | PathLike[str],
    *,
    input: str | Mapping[str, int] | Mapping[str, str] | None = None,
    set: Mapping[str, Any] | None = None,
    rounding: str | None = None,
    **options: Any,
) -> Verification:
    """Run a spec on real arrays and compare every layer with what inference says.

    ``options`` are those of :class:`cnncalc.forward.verify.Options`: ``batch``, ``seed``,
    ``dtype``, ``threads``, ``inputs``, ``layout``, ``weights``, ``keep``, ``max_memory``. Loads
    NumPy; with ``threads`` above 1 let OpenBLAS have one (``OPENBLAS_NUM_THREADS=1``, set before
    NumPy's import, as the command line does), or both share out the work.

    Raises:
        cnncalc.spec.load.CannotRead: there is no such file or network.
        cnncalc.forward.files.CannotUse: a NumPy file cannot be read.
        ValueError: the spec has no network, an override does not fit it, or an option has no
            such value, input or layer.
    """
    loaded = spec if isinstance(spec, Loaded) else load(spec)
    report = summarize(loaded, input=input, set=set, rounding=rounding)
    _check_options(options, report)
    from cnncalc.forward.verify import Options
    from cnncalc.forward.verify import verify as verified

    assert loaded.network is not None  # summarize has looked
    return verified(report, loaded.network, Options(**options))


def _check_options(options: Mapping[str, Any], report: Report) -> None:
    """Raise ``ValueError`` for an option that the forward pass could not follow."""
    for name, choices in (("dtype", DTYPES), ("layout", LAYOUTS)):
        if name in options:
            _check_choice(name, options[name], choices)
    for name, most in (("batch", None), ("threads", MOST_THREADS), ("max_memory", None)):
        value = options.get(name)
        if value is None:
            continue
        if not isinstance(value, int) or value < 1 or value > (most or value):
            end = f"to {most}" if most else "on"
            raise ValueError(f"{name} is {value!r}, not a whole number from 1 {end}")
    rows = [row.name for row in report.rows]
    for name, known in (("inputs", list(report.inputs)), ("keep", rows)):
        unknown = [key for key in options.get(name) or () if key not in known]
        if unknown and report.ok:
            raise ValueError(f"{name}: the network has no {unknown[0]!r}")


def _check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"{name} is {value!r}, not one of {', '.join(choices)}")


def _volumes(value: Any, names: list[str]) -> dict[str, Volume]:
    """Return stated volumes by input name; a single one belongs to the first input."""
    if value is None:
        return {}
    by_name = (
        value if isinstance(value, Mapping) and set(value) <= set(names) else {names[0]: value}
    )
    try:
        return {name: parse_volume(shape) for name, shape in by_name.items()}
    except RuleError as error:
        raise ValueError(error.message) from error
