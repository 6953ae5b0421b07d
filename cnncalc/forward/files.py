"""NumPy's files: inputs and weights from them, results into them. Nothing is ever unpickled."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from cnncalc.forward.arrays import Array
from cnncalc.maths.volume import Volume

MOST_HEADER = 10_000
"""Bytes that a header may have: NumPy refuses longer ones, too, but only after reading them."""


_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
"""What ``numpy.savez`` and ``savez_compressed`` write. LZMA takes as much memory as a file says."""


class CannotUse(Exception):
    """A file that is missing, or that is not what it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of an array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]


@contextmanager
def _reading(what: str) -> Iterator[None]:
    """Turn whatever reading a damaged file raises into one refusal that names the file.

    NumPy parses headers with Python's own tokenizer and ``zipfile`` inflates: what they raise is
    documented nowhere, so that everything is caught.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a header of Python 2, which is read all the same
            yield
    except CannotUse:
        raise
    except OSError as error:
        raise CannotUse(f"cannot read {what}: {error.strerror or _NO_ARRAY}") from None
    except MemoryError:
        raise CannotUse(f"cannot read {what}: there is not enough memory for it") from None
    except Exception:
        raise CannotUse(f"cannot read {what}: {_NO_ARRAY}") from None


_NO_ARRAY = "it is not a NumPy file, is cut short, or holds objects"


def _read_header(file: IO[bytes]) -> Header:
    """Return what an array is said to be; of the array itself nothing is read.

    Raises:
        ValueError: it is no header, or a longer one than any array needs.
    """
    version = npy.read_magic(file)
    first = version == (1, 0)
    length = file.read(2 if first else 4)
    size = int.from_bytes(length, "little")
    if size > MOST_HEADER:
        raise ValueError("the header is too long")
    rest = io.BytesIO(length + file.read(size))
    read = npy.read_array_header_1_0 if first else npy.read_array_header_2_0
    shape, _, dtype = read(rest)
    if min(shape, default=0) < 0:
        raise ValueError("a negative size")
    return Header(shape=shape, dtype=dtype)


def read_array(path: str) -> Array:
    """Return the array of a ``.npy`` file, which stays in the file until it is used.

    Raises:
        CannotUse: there is none that can be read.
    """
    with _reading(path):
        with open(path, "rb") as file:  # noqa: PTH123  (what cannot be a path is refused as well)
            if file.read(2) == b"PK":
                raise CannotUse(f"{path} holds several arrays (.npz): save one with numpy.save")
            file.seek(0)
            _read_header(file)
        array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


class Archive(Mapping[str, Array]):
    """The arrays of a ``.npz`` file, each read when it is asked for.

    Raises:
        CannotUse: the file cannot be read.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        with _reading(path):
            self._zip = zipfile.ZipFile(path)
            if {info.compress_type for info in self._zip.infolist()} - _COMPRESSIONS:
                raise CannotUse(f"cannot read {path}: it is compressed as NumPy never does")
            names = self._zip.namelist()
            self.headers = {name.removesuffix(".npy"): self._header(name) for name in names}
        self._names = {name.removesuffix(".npy"): name for name in names}

    def _header(self, name: str) -> Header:
        with self._zip.open(name) as file:
            return _read_header(file)

    def __getitem__(self, name: str) -> Array:
        with _reading(f"{name} in {self.path}"), self._zip.open(self._names[name]) as file:
            array: Array = npy.read_array(file, allow_pickle=False)
        return array

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def is_real(dtype: np.dtype[Any]) -> bool:
    """Return whether an array holds real numbers, of at most 64 bits."""
    return dtype.kind in "biuf" and dtype.itemsize <= 8


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


def write_archive(file: IO[bytes], arrays: Mapping[str, Array]) -> None:
    """Write arrays as a ``.npz`` file.

    ``numpy.savez`` takes names as keyword arguments, where ``file`` is taken.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                npy.write_array(member, np.ascontiguousarray(array), allow_pickle=False)
