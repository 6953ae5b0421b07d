"""The Python API: read specs, infer them, run them; the same data as the command line's JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from os import PathLike, fspath
from typing import Any, Literal

from cnncalc.api.records import Report, SpecError, Verification
from cnncalc.api.values import check_choice, check_names, check_whole, nearest, volumes
from cnncalc.forward import DTYPES, LAYOUTS, MOST_THREADS, Options
from cnncalc.homework.mark import Marked
from cnncalc.inference.infer import ROUNDINGS, Overrides, infer
from cnncalc.problems.model import Problem
from cnncalc.report.report import Report as PlainReport
from cnncalc.report.verification import Verification as PlainVerification
from cnncalc.spec.files import CannotRead, Unparsed, fetch
from cnncalc.spec.load import Loaded, parse_bytes
from cnncalc.spec.load import load as _load
from cnncalc.spec.network import Network

__all__ = [
    "CannotRead",
    "Loaded",
    "Marked",
    "Network",
    "Problem",
    "Report",
    "SpecError",
    "Verification",
    "grade",
    "load",
    "load_text",
    "summarize",
    "verify",
]

Spec = Loaded | str | PathLike[str]
Inputs = str | int | Mapping[str, int] | Mapping[str, str] | Mapping[str, Mapping[str, int]]


def load(spec: str | PathLike[str]) -> Loaded:
    """Read a spec: a path, or the name of a network that ships with the tool.

    What is wrong with its structure is in ``problems`` of the result; its ``network`` is ``None``
    when too little of it could be read.

    Raises:
        CannotRead: there is no such file or network.
    """
    return _load(fspath(spec))


def load_text(text: str, name: str = "<text>") -> Loaded:
    """Read a spec from its text, YAML or JSON; problems call it ``name``.

    It can extend the networks that ship with the tool, and no files.

    Raises:
        TypeError: ``text`` is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"text is {type(text).__name__}, not the text of a spec")
    return parse_bytes(text.encode(), name, None)


def summarize(
    spec: Spec,
    *,
    input: Inputs | None = None,
    set: Mapping[str, Any] | None = None,
    rounding: Literal["strict", "floor", "ceil"] | None = None,
) -> Report:
    """Return every volume, count and problem of a spec.

    ``input`` (a volume, or volumes by the inputs' names), ``set`` (values of ``vars``) and
    ``rounding`` change the spec; its expectations are not checked then.

    Raises:
        CannotRead: there is no such file or network.
        SpecError: the spec has no network to infer.
        TypeError: ``set`` is not a mapping.
        ValueError: the network has no such input or variable, or a value is not valid.
    """
    loaded = _loaded(spec)
    network = loaded.network
    if network is None:
        raise SpecError(loaded.problems)
    if not isinstance(set, Mapping | None):
        raise TypeError(f"set is {set!r}, not a mapping such as {{'classes': 10}}")
    variables = dict(set or {})
    unknown = [name for name in variables if name not in network.variables]
    if unknown:
        hint = nearest(unknown[0], network.variables)
        raise ValueError(f"the spec has no variable {unknown[0]}{hint}")
    if rounding is not None:
        check_choice("rounding", rounding, ROUNDINGS)
    overrides = Overrides(
        inputs=volumes(input, list(network.inputs)), variables=variables, rounding=rounding
    )
    report = infer(network, overrides, loaded.problems)
    return Report(**_fields(report))


def verify(
    spec: Spec,
    *,
    input: Inputs | None = None,
    set: Mapping[str, Any] | None = None,
    rounding: Literal["strict", "floor", "ceil"] | None = None,
    batch: int | None = None,
    seed: int = 0,
    dtype: Literal["float32", "float64"] = "float32",
    threads: int = 1,
    inputs: Mapping[str, str | PathLike[str]] | None = None,
    layout: Literal["chw", "hwc"] = "chw",
    weights: str | PathLike[str] | None = None,
    keep: Collection[str] = (),
    max_memory: int | None = None,
) -> Verification:
    """Run a spec on NumPy arrays and compare every layer with what inference says.

    ``input``, ``set`` and ``rounding`` change the spec as in :func:`summarize`. ``inputs`` are
    ``.npy`` files by the inputs' names, their axes ordered as ``layout`` says; without them the
    numbers are drawn from ``seed``, ``batch`` of them (1 unless stated). ``weights`` is a
    ``.npz`` file. ``keep`` names layers whose arrays are wanted, and ``max_memory`` is in bytes.

    With ``threads`` above 1 let OpenBLAS have one: set ``OPENBLAS_NUM_THREADS=1`` before NumPy is
    imported, as the command line does.

    Raises:
        CannotRead: there is no such file or network.
        cnncalc.forward.files.CannotUse: a NumPy file cannot be read.
        SpecError: the spec has no network to infer.
        TypeError: ``set`` is not a mapping, or ``keep`` is a text.
        ValueError: the network has no such input, variable or layer, or a value is not valid.
    """
    loaded = _loaded(spec)
    report = summarize(loaded, input=input, set=set, rounding=rounding)
    assert loaded.network is not None  # summarize has looked
    check_choice("dtype", dtype, DTYPES)
    check_choice("layout", layout, LAYOUTS)
    check_whole("threads", threads, most=MOST_THREADS)
    check_whole("seed", seed, least=0)
    if batch is not None:
        check_whole("batch", batch)
    if max_memory is not None:
        check_whole("max_memory", max_memory)
    files = {name: fspath(path) for name, path in (inputs or {}).items()}
    if isinstance(keep, str):
        raise TypeError(f"keep is the text {keep!r}: write [{keep!r}]")
    if report.ok:
        check_names("inputs", files, report.inputs)
        check_names("keep", keep, [row.name for row in report.rows])
    from cnncalc.forward.verify import verify as run  # loads NumPy

    options = Options(
        batch=batch,
        seed=seed,
        dtype=dtype,
        threads=threads,
        inputs=files,
        layout=layout,
        weights=None if weights is None else fspath(weights),
        keep=frozenset(keep),
        max_memory=max_memory,
    )
    return Verification(**_fields(run(report, loaded.network, options)))


def grade(key: Spec, sheet: str | PathLike[str] | Mapping[str, Mapping[str, object]]) -> Marked:
    """Return a sheet of answers, marked by a key: ``score``, ``max``, ``cells``, ``problems``.

    The key is a spec; without ``grading`` each output is a point, and so are the parameters of each
    layer with weights. The sheet is a file of one student, or a mapping of layers with their
    answers: ``{"conv1": {"output": "28x28x6", "params": 156}}``. Points are exact fractions.

    Raises:
        CannotRead: there is no such file or network.
        SpecError: the key has problems, or asks what cannot be asked.
        ValueError: the file holds the answers of several students, or of none.
    """
    from cnncalc.homework.key import read_key
    from cnncalc.homework.mark import mark_sheet
    from cnncalc.homework.sheet import read_sheets

    found = read_key(_loaded(key))
    if not found.ok:
        raise SpecError(found.problems)
    if isinstance(sheet, Mapping):
        import json

        data = json.dumps({"answers": sheet}).encode()
        file = Unparsed(data=data, name="answers.json", path=None)
    else:
        file = fetch(fspath(sheet))
    sheets = read_sheets(file.data, file.name)
    if len(sheets) != 1:
        raise ValueError(
            f"{file.name} holds {len(sheets):,} sheets, not one: `cnncalc grade` marks many"
        )
    return mark_sheet(found, sheets[0])


def _loaded(spec: Spec) -> Loaded:
    return spec if isinstance(spec, Loaded) else load(spec)


def _fields(record: PlainReport | PlainVerification) -> dict[str, Any]:
    """Return what a record was made from, to make one of the API's from it."""
    return {field.name: getattr(record, field.name) for field in fields(record)}
