"""NumPy's files: inputs and weights from them, results into them. Nothing is ever unpickled."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.lib import format as npy

from cnncalc.forward.arrays import Array
from cnncalc.maths.volume import Volume

_BROKEN = (OSError, ValueError, EOFError, SyntaxError, KeyError, MemoryError, zipfile.BadZipFile)
"""What reading a file that is not NumPy's, or is cut short, raises."""


class CannotUse(Exception):
    """A file that is missing, or that is not what it should be."""


class Header(NamedTuple):
    """What a file says of an array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


def read_array(path: str) -> Array:
    """Return the array of a ``.npy`` file, which stays in the file until it is used.

    Raises:
        CannotUse: there is none that can be read.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123  (what cannot be a path is told as well)
            if file.read(2) == b"PK":
                raise CannotUse(f"{path} holds several arrays (.npz): save one with numpy.save")
        array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except _BROKEN as error:
        raise CannotUse(f"cannot read {path}: {_why(error)}") from None
    return array


def _why(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return "it is not a NumPy file, is cut short, or holds objects"


class Archive(Mapping[str, Array]):
    """The arrays of a ``.npz`` file, each read when it is asked for.

    Raises:
        CannotUse: the file cannot be read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            names = self._zip.namelist()
            self.headers = {name.removesuffix(".npy"): self._header(name) for name in names}
        except (*_BROKEN, NotImplementedError, RuntimeError) as error:
            raise CannotUse(f"cannot read {path}: {_why(error)}") from None
        self._names = {name.removesuffix(".npy"): name for name in names}

    def _header(self, name: str) -> Header:
        with self._zip.open(name) as file:
            version = npy.read_magic(file)
            read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, _, dtype = read(file)
        return Header(shape, dtype)

    def __getitem__(self, name: str) -> Array:
        try:
            with self._zip.open(self._names[name]) as file:
                array: Array = npy.read_array(file, allow_pickle=False)
        except (*_BROKEN[:4], MemoryError, zipfile.BadZipFile) as error:
            raise CannotUse(f"cannot read {name} in {self.path}: {_why(error)}") from None
        return array

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def is_real(dtype: np.dtype[Any]) -> bool:
    """Tell whether an array holds real numbers."""
    return dtype.kind in "biuf"


def fault(array: Array, volume: Volume, layout: str) -> tuple[str, str]:
    """Return why an array is no batch of a volume, and what would help; empty when it is one."""
    if not is_real(array.dtype):
        return f"it holds {array.dtype}, not real numbers", "save floats or integers"
    orders = {"chw": (volume.depth, *volume.spatial), "hwc": (*volume.spatial, volume.depth)}
    wanted, other = orders[layout], orders["hwc" if layout == "chw" else "chw"]
    if array.ndim and not len(array):
        return "it holds no image at all", "the first axis is the batch"
    if array.shape[1:] == wanted:
        return "", ""
    text = f"its shape is {_shape(array.shape)}, but the input takes {_shape(('N', *wanted))}"
    if array.shape[1:] == other:
        return text, f"say --layout {'hwc' if layout == 'chw' else 'chw'}"
    if array.shape == wanted:
        return text, "the batch comes first: save x[None]"
    return text, f"the batch first, then {'the depth' if layout == 'chw' else 'the depth last'}"


def _shape(shape: tuple[Any, ...]) -> str:
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def depth_last(array: Array, layout: str) -> Array:
    """Return a batch as the kernels take it."""
    return np.moveaxis(array, 1, -1) if layout == "chw" and array.ndim > 2 else array


def depth_first(array: Array) -> Array:
    """Return an array of the kernels as people and PyTorch write it: (N, D, *spatial)."""
    return np.moveaxis(array, -1, 1)


def save(path: str, arrays: Mapping[str, Array]) -> None:
    """Write arrays to a ``.npz`` file, whole or not at all.

    Raises:
        CannotUse: it cannot be written.
    """
    try:
        place = _place(path)
    except OSError as error:
        raise CannotUse(f"cannot write {path}: {error.strerror or error}") from None
    part = place.with_name(f".cnncalc.{os.getpid()}.part")
    try:
        # numpy.savez takes names as keyword arguments, where `file` is taken
        with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for name, array in arrays.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                    npy.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
        part.replace(place)
    except OSError as error:
        raise CannotUse(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _place(path: str) -> Path:
    """Return where to write: behind links, and nothing but a file."""
    if path in ("", "-") or not Path(path).name:
        raise CannotUse(f"cannot write {path or 'a file without a name'}: name a file.npz")
    place = Path(path).resolve()
    if place.exists() and not place.is_file():
        raise CannotUse(f"cannot write {path}: it is no file: name a file.npz")
    return place
