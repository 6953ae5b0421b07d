"""``verify``: networks run on real arrays, predicted against actual."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any

from cnncalc.cli import options
from cnncalc.cli.dispatch import WRONG_USAGE, UsageError
from cnncalc.cli.streams import Stream, error_stream, standard_output
from cnncalc.cli.summary import FAILED, exit_code, infer, load_spec, tell
from cnncalc.forward import DTYPES, LAYOUTS, MOST_THREADS

if TYPE_CHECKING:
    from cnncalc.cli.table import Command
    from cnncalc.forward.verify import Options
    from cnncalc.problems.model import Problem
    from cnncalc.report.report import Report
    from cnncalc.report.verification import Verification
    from cnncalc.spec.load import Loaded

Values = Mapping[str, Any]

FORMATS = ("table", "json")
_ONE_SPEC = ("input_file", "weights", "save")
"""Options that belong to one network."""
_BLAS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What NumPy's matrix product asks for its threads, when it is loaded."""
_PATIENCE = 1.0
"""Seconds before a progress bar appears."""


def verify(command: Command, values: Values) -> int:
    """Run ``verify`` and return its exit code."""
    stated = _stated(values)
    for variable in _BLAS:  # the kernels share out tiles themselves
        os.environ.setdefault(variable, "1")
    output, errors = standard_output(values), error_stream(values)
    files: list[dict[str, Any]] = []
    problems: list[Problem] = []
    worst = 0
    for spec in values["specs"]:
        found = _one(spec, values, stated, output, errors)
        if isinstance(found, str):
            errors.write(f"Error: {found}\n")
            worst = WRONG_USAGE
            continue
        entry, about, code = found
        files.append(entry)
        problems += about
        worst = max(worst, code)
    if values["format"] == "json":
        from cnncalc.render.verification_json import verify_json

        output.write_json(verify_json(files, problems))
    return worst


def _stated(values: Values) -> dict[str, Any]:
    """Return what the options mean; refuse what they cannot, before anything is read."""
    options.choice(values, "color", options.COLORS)
    options.choice(values, "format", FORMATS)
    options.choice(values, "layout", LAYOUTS)
    options.choice(values, "dtype", DTYPES)
    options.depth(values)
    for option in _ONE_SPEC:
        if values[option] and len(values["specs"]) > 1:
            raise UsageError(f"--{option.replace('_', '-')} goes with one spec at a time")
    _check_save(values)
    return {
        "batch": options.whole(values, "batch"),
        "seed": options.whole(values, "seed", 0) or 0,
        "threads": options.whole(values, "threads", most=MOST_THREADS) or _cores(),
        "max_memory": options.size(values, "max_memory"),
    }


def _check_save(values: Values) -> None:
    """Refuse to write the results over what they are made from."""
    if values["save"] is None:
        return
    given = [*values["specs"], values["weights"] or ""]
    for text in values["input_file"]:  # the name may be left out, and a file have a `=`
        given += [text, text.partition("=")[2]]
    for path in given:
        if path and _same_file(path, values["save"]):
            raise UsageError(f"--save {values['save']}: that is read, too: name another file")


def _same_file(path: str, other: str) -> bool:
    with suppress(OSError, ValueError):
        return os.path.samefile(path, other)  # noqa: PTH121  (a path may be none)
    return False


def _cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _one(
    spec: str, values: Values, stated: Mapping[str, Any], output: Stream, errors: Stream
) -> tuple[dict[str, Any], tuple[Problem, ...], int] | str:
    """Verify one spec and print what came of it; text tells why it could not be read."""
    from cnncalc.render.visible import visible
    from cnncalc.spec.load import CannotRead

    try:
        loaded = load_spec(spec)
    except CannotRead as error:
        return visible(str(error))
    report = infer(loaded, values)
    as_json = values["format"] == "json"
    if report is not None and report.ok and not report.rows:
        if not as_json:
            output.write(f"nothing to run: every layer of {visible(spec)} is left out\n")
        return _entry(spec, report, None) if as_json else {}, report.problems, 0
    if report is None or not report.ok:
        problems = loaded.problems if report is None else report.problems
        entry = _entry(spec, report, None) if as_json else {}
        return entry, problems, _told(problems, values, as_json) or FAILED
    result = _run(loaded, report, values, stated, errors)
    if not as_json:
        output.write(_text(result, values, output))
    code = _told(result.problems, values, as_json)
    return _entry(spec, report, result) if as_json else {}, result.problems, code


def _told(problems: tuple[Problem, ...], values: Values, as_json: bool) -> int:
    return exit_code(problems) if as_json else tell(problems, values)


def _run(
    loaded: Loaded, report: Report, values: Values, stated: Mapping[str, Any], errors: Stream
) -> Verification:
    from cnncalc.forward.files import CannotUse, save
    from cnncalc.forward.verify import Options, verify

    assert loaded.network is not None
    wanted: Options = Options(
        dtype=values["dtype"],
        inputs=_input_files(values["input_file"], list(report.inputs)),
        layout=values["layout"],
        weights=values["weights"],
        keep=frozenset(_layer(name, report) for name in values["show"]),
        **stated,
    )
    bar = _Bar(errors)
    try:
        result = verify(report, loaded.network, wanted, bar.tell)
        bar.end()
        if values["save"] is not None and result.layers:
            save(values["save"], result.arrays)
    except CannotUse as error:
        raise UsageError(str(error)) from None
    finally:
        bar.end()
    return result


def _input_files(texts: list[str], names: list[str]) -> dict[str, str]:
    files: dict[str, str] = {}
    for text in texts:
        name, path = _file(text, names)
        if name in files:
            raise UsageError(f"--input-file {text}: {name} is given twice")
        files[name] = path
    return files


def _file(text: str, names: list[str]) -> tuple[str, str]:
    """Return the input and the file of ``--input-file``; of one input the name may be left out."""
    name, equals, path = text.partition("=")
    if equals and name in names:
        return name, path
    if len(names) > 1:
        listed = f"inputs: {', '.join(names)}"
        raise UsageError(f"--input-file {text}: write NAME=FILE", listed)
    return names[0], text


def _layer(name: str, report: Report) -> str:
    """Return the row of ``--show``: of a block, and of repetitions, the last one."""
    from cnncalc.cli.summary import no_layer

    if any(row.name == name for row in report.rows) or name in report.inputs:
        return name
    found = [row.name for row in report.rows if row.name.startswith(f"{name}.")]
    if not found:
        raise no_layer(name, report)
    return found[-1]


def _text(result: Verification, values: Values, output: Stream) -> str:
    from cnncalc.render.verification import verification_text

    return verification_text(
        result,
        output.terminal,
        depth=options.depth(values),
        show=tuple(dict.fromkeys(_layer(name, result.report) for name in values["show"])),
        quiet=values["quiet"],
    )


def _entry(spec: str, report: Report | None, result: Verification | None) -> dict[str, Any]:
    from cnncalc.render.verification_json import file_data

    name = "<stdin>" if spec == "-" else spec.replace(os.sep, "/")
    if report is not None:
        name = report.source.name
    return file_data(name, report, result)


class _Bar:
    """A progress bar on standard error: where a person looks, and only when it takes time."""

    def __init__(self, errors: Stream) -> None:
        self.wanted = errors.is_terminal
        self.start = perf_counter()
        self.shown: Any = None
        self.task: Any = None

    @property
    def tell(self) -> Callable[[int, int, str], None] | None:
        """What is told before every layer, or nothing when nobody looks."""
        return self._tell if self.wanted else None

    def _tell(self, done: int, layers: int, name: str) -> None:
        if self.shown is None:
            if perf_counter() - self.start < _PATIENCE:
                return
            from rich.console import Console
            from rich.progress import Progress

            self.shown = Progress(console=Console(file=sys.stderr), transient=True)
            self.task = self.shown.add_task("", total=layers)
            self.shown.start()
        self.shown.update(self.task, completed=done, description=_plain(name))

    def end(self) -> None:
        """Take the bar away."""
        if self.shown is not None:
            self.shown.stop()
            self.shown = None
            self.wanted = False


def _plain(name: str) -> str:
    """Return a name that rich takes as it is."""
    from rich.markup import escape

    from cnncalc.render.visible import visible

    return escape(visible(name))
