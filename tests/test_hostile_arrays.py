"""NumPy files that are damaged, or made to harm: refused, and never unpickled."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from numpy.lib import format as npy

from cnncalc.forward.files import Archive, CannotUse, read_array

ARRAYS = {
    "a.kernel": np.arange(60, dtype="float32").reshape(3, 4, 5),
    "a.bias": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
}
CAP = 4 << 20
"""Bytes that reading the small files of these tests may take."""


@pytest.fixture(autouse=True)
def _capped() -> Iterator[None]:
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < CAP


def npy_bytes(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def npz_bytes(compression: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, array in ARRAYS.items():
            archive.writestr(f"{name}.npy", npy_bytes(array))
    return file.getvalue()


def mutated(whole: bytes, random: Random) -> bytes:
    """Return a file with some bytes changed, left out, doubled or cut off."""
    data = bytearray(whole)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(data))
        match random.randrange(5):
            case 0:
                data[at] = random.randrange(256)
            case 1:
                data[at] ^= 1 << random.randrange(8)
            case 2:
                del data[at : at + random.randint(1, 9)]
            case 3:
                data[at:at] = data[at : at + random.randint(1, 40)]
            case _:
                data = data[: max(at, 1)]
    return bytes(data)


def read_all(path: Path) -> None:
    """Read every array of a file; a refusal names the file and is one line."""
    try:
        if path.suffix == ".npy":
            assert not read_array(str(path)).dtype.hasobject
            return
        archive = Archive(str(path))
        for name in archive:
            assert not archive[name].dtype.hasobject
    except CannotUse as error:
        assert str(path) in str(error)
        assert "\n" not in str(error)


def test_damaged_array(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    whole = npy_bytes(ARRAYS["a.kernel"])
    for seed in range(300):
        path.write_bytes(mutated(whole, Random(f"npy {seed}")))
        read_all(path)


COMPRESSIONS = ("stored", "deflated", "bzip2", "lzma")


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_damaged_archive(tmp_path: Path, compression: str) -> None:
    path = tmp_path / "x.npz"
    whole = npz_bytes(getattr(zipfile, f"ZIP_{compression.upper()}"))
    tracemalloc.reset_peak()
    for seed in range(100):
        path.write_bytes(mutated(whole, Random(f"{compression} {seed}")))
        read_all(path)


def write_member(path: Path, start: bytes, filling: bytes, count: int) -> None:
    """Write an archive of one array that begins with ``start``, filled up with ``filling``."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.kernel.npy", "w") as file,
    ):
        file.write(start)
        for _ in range(count):
            file.write(filling)


def test_huge_header(tmp_path: Path) -> None:
    """A header of 100 MiB of blanks, in a file of 100 kB."""
    path = tmp_path / "x.npz"
    size = 100 << 20
    write_member(path, npy.magic(2, 0) + size.to_bytes(4, "little"), b" " * (1 << 20), 100)
    assert path.stat().st_size < 1 << 20
    with pytest.raises(CannotUse, match=r"cannot read .*x\.npz"):
        Archive(str(path))


def header(shape: tuple[int, ...], descr: str = "<f4") -> bytes:
    file = io.BytesIO()
    npy.write_array_header_1_0(file, {"shape": shape, "fortran_order": False, "descr": descr})
    return file.getvalue()


def test_huge_array(tmp_path: Path) -> None:
    """The shape is known before any number is read."""
    path = tmp_path / "x.npz"
    write_member(path, header((25 << 20,)), bytes(1 << 20), 100)
    archive = Archive(str(path))
    assert archive.headers["a.kernel"].shape == (25 << 20,)
    path = tmp_path / "x.npy"
    path.write_bytes(header((1 << 50, 3)) + bytes(100))
    with pytest.raises(CannotUse):
        read_array(str(path))


@pytest.mark.parametrize(
    "start",
    [
        header((3,), "|O"),
        header((-3, 2)),
        header((1 << 62, 1 << 62)),
        b"\x93NUMPY\x01\x00\xff\xff{",
        b"\x93NUMPY\x09\x00",
        b"",
    ],
)
def test_refused(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "x.npy"
    path.write_bytes(start + bytes(64))
    with pytest.raises(CannotUse, match=r"cannot read .*x\.npy"):
        read_array(str(path))
