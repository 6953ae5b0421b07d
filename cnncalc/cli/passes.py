"""What the commands that run networks share: seeds, files of arrays, threads."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from cnncalc.cli import parameters as param
from cnncalc.cli.failures import UsageError
from cnncalc.cli.reading import once
from cnncalc.problems.suggestions import did_you_mean
from cnncalc.report.report import Report

Seed = Annotated[
    int | None,
    param.option(
        "N", "The seed of generated inputs and weights; default 0.", parser=param.whole(0)
    ),
]
InputFiles = Annotated[
    list[str] | None,
    param.option("FILE", "A .npy file as input, batch first: x.npy or NAME=x.npy."),
]
FileLayout = Annotated[
    Literal["chw", "hwc"] | None,
    typer.Option(help="The axes of input files: depth first (the default), or last."),
]
WeightsFile = Annotated[
    str | None, param.option("FILE", "A .npz file with weights, by names such as conv1.kernel.")
]

_BLAS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What NumPy's libraries for matrix products read when they are loaded."""


def leave_threads_to_kernels() -> None:
    """Keep NumPy's libraries at one thread, before it is loaded: kernels share out tiles."""
    for variable in _BLAS:
        os.environ.setdefault(variable, "1")


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def files_by_input(texts: Sequence[str], report: Report) -> dict[str, str]:
    """Return the files of ``--input-file`` by the names of the inputs.

    Raises:
        UsageError: the network has no such input, or it is given twice.
    """
    names = list(report.inputs)
    return once("--input-file", texts, lambda text: _input_file(text, names))


def array_files(input_files: Sequence[str] | None, weights: str | None) -> list[str]:
    """Return all files that the options may mean: ``a=b`` is a file, or the file ``b``."""
    texts = input_files or ()
    return [*texts, *(text.partition("=")[2] for text in texts), weights or ""]


def _input_file(text: str, names: list[str]) -> tuple[str, str]:
    """Return the input and the file of ``--input-file``; an only input needs no name."""
    name, equals, path = text.partition("=")
    if equals and name in names:
        return name, path
    listed = f"inputs: {', '.join(names)}"
    if len(names) > 1:
        raise UsageError(f"--input-file {text}: write NAME=FILE", listed)
    if equals and not os.path.exists(text):  # noqa: PTH110  (unlike Path.exists never raises)
        message = f"--input-file {text}: the spec has no input `{name}`"
        raise UsageError(message, *did_you_mean(name, names), listed)
    return names[0], text
