"""NumPy's files: inputs, weights and results; what does not fit, and what cannot be read."""

from __future__ import annotations

import io
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncalc.cli import run

NET = """\
input: 4x3x2
layers:
  - conv: {filters: 3, kernel: 1}
    name: c
  - flatten
  - fc: 2
"""
TWO = "inputs: {a: 3, b: 3}\nlayers:\n  - add: [a, b]\noutputs: [add1]\n"
SHARED = "input: 3\nlayers:\n  - fc: 3\n  - fc: 3\n    weights_from: fc1\n"
Call = Callable[[str], tuple[int, str, str]]


@pytest.fixture
def verify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Call:
    monkeypatch.chdir(tmp_path)
    for name, text in {"net": NET, "two": TWO, "shared": SHARED}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    def call(line: str) -> tuple[int, str, str]:
        code = run(["verify", *line.split()])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def image(*shape: int) -> Any:
    return np.arange(np.prod(shape), dtype=np.float64).reshape(shape)


def save_npz(arrays: dict[str, Any]) -> None:
    np.savez("w.npz", **arrays)


@pytest.mark.parametrize(
    ("array", "line", "hint"),
    [
        (image(1, 2, 3, 4), "", ""),
        (image(5, 2, 3, 4), "", ""),
        (image(5, 2, 3, 4), "--batch 5", ""),
        (image(1, 3, 4, 2), "--layout hwc", ""),
        (image(1, 2, 3, 4).astype(np.uint8), "", ""),
        (np.asfortranarray(image(2, 2, 3, 4)), "", ""),
        (image(2, 3, 4), "", "the batch comes first: save x[None]"),
        (image(1, 3, 4, 2), "", "say --layout hwc"),
        (image(1, 2, 3, 4), "--layout hwc", "say --layout chw"),
        (image(1, 2, 4, 3), "", "its shape is (1, 2, 4, 3), but the input takes (N, 2, 3, 4)"),
        (image(3, 2, 3, 4), "--batch 2", "a batch of 3, not of 2"),
        (image(1, 2, 3, 4).astype(complex), "", "complex128, not real numbers"),
        (np.full((1, 2, 3, 4), "x"), "", "not real numbers"),
        (image(), "", "its shape is ()"),
    ],
)
def test_input(verify: Call, array: Any, line: str, hint: str) -> None:
    np.save("x.npy", array)
    code, out, err = verify(f"net.yaml --input-file x.npy {line}")
    assert code == (1 if hint else 0), err
    assert hint in err
    if hint:
        assert "net.yaml:1:8: error CNN506 input-file-does-not-fit: x.npy does not fit" in err
        assert out.startswith("not run: net")


def test_inputs(verify: Call) -> None:
    np.save("a.npy", image(2, 3))
    np.save("b.npy", 10 * image(2, 3))
    assert verify("two.yaml --input-file a=a.npy --input-file b=b.npy --save o.npz")[0] == 0
    with np.load("o.npz") as saved:
        assert (saved["add1"] == 11 * image(2, 3)).all()
    np.save("b.npy", image(1, 3))
    code, _, err = verify("two.yaml --input-file a=a.npy --input-file b=b.npy")
    assert code == 1
    assert "two.yaml:1:19" in err
    assert verify("two.yaml --input-file a.npy")[0] == 2


def test_numbers(verify: Call) -> None:
    np.save("x.npy", image(1, 2, 3, 4))
    save_npz({"c.kernel": np.ones((3, 2, 1, 1)), "c.bias": image(3)})
    before = Path("x.npy").read_bytes()
    line = "net.yaml --input-file x.npy --weights w.npz --dtype float64 --save o.npz --show c"
    code, out, err = verify(line)
    assert (code, err) == (0, "")
    with np.load("o.npz") as saved:
        assert sorted(saved) == ["c", "fc1"]
        expected = image(1, 2, 3, 4).sum(axis=1, keepdims=True) + image(3).reshape(1, 3, 1, 1)
        assert (saved["c"] == expected).all()
        assert saved["fc1"].shape == (1, 2)
    assert Path("x.npy").read_bytes() == before
    assert "  12  14  16  18\n" in out
    assert not list(Path().glob(".*part"))


@pytest.mark.parametrize(
    ("weights", "place", "text"),
    [
        ({"c.kernel": image(3, 2, 1, 1)}, "", ""),
        ({"c.kernel": image(1, 1, 2, 3)}, "net.yaml:3:5", "shape (1, 1, 2, 3), not real of (3, 2"),
        ({"c.kernel": np.full((3, 2, 1, 1), "x")}, "net.yaml:3:5", "not real"),
        ({"c.kernal": image(1)}, "net.yaml:3:5", "did you mean `c.kernel`?"),
        ({"zzz": image(1)}, "net.yaml:2:1", "the network has no such weights"),
    ],
)
def test_weights(verify: Call, weights: dict[str, Any], place: str, text: str) -> None:
    save_npz(weights)
    code, _, err = verify("net.yaml --weights w.npz")
    assert code == bool(place)
    assert (f"{place}: error CNN507" if place else "") in err
    assert text in err


def test_shared(verify: Call) -> None:
    save_npz({"fc1.kernel": 2 * np.eye(3), "fc1.bias": np.zeros(3)})
    np.save("x.npy", image(1, 3))
    assert verify("shared.yaml --weights w.npz --input-file x.npy --save o.npz")[0] == 0
    with np.load("o.npz") as saved:
        assert (saved["fc2"] == 4 * image(1, 3)).all()
    save_npz({"fc2.kernel": np.eye(3)})
    assert verify("shared.yaml --weights w.npz")[0] == 1


def garbage() -> dict[str, bytes]:
    buffer = io.BytesIO()
    np.save(buffer, image(1, 2, 3, 4))
    whole = buffer.getvalue()
    objects = io.BytesIO()
    np.save(objects, np.array([{}], dtype=object), allow_pickle=True)
    archive = io.BytesIO()
    np.savez(archive, a=image(2))
    huge = whole.replace(b"(1, 2, 3, 4)", b"(9**9, 3, 4)")
    return {
        "empty": b"",
        "text": b"hello",
        "pickle": pickle.dumps([1]),
        "short": whole[:-8],
        "header": whole[:40],
        "huge": huge,
        "objects": objects.getvalue(),
        "zip": archive.getvalue()[:-9],
    }


@pytest.mark.parametrize("name", [*garbage(), "missing"])
@pytest.mark.parametrize("option", ["--input-file", "--weights"])
def test_unreadable(verify: Call, name: str, option: str) -> None:
    if name != "missing":
        Path("f").write_bytes(garbage()[name])
    code, out, err = verify(f"net.yaml {option} f")
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert "Traceback" not in err


def test_archive_for_array(verify: Call) -> None:
    np.savez("x.npz", a=image(1))
    assert "save one with numpy.save" in verify("net.yaml --input-file x.npz")[2]


def test_pickled_weights(verify: Call) -> None:
    save_npz({"c.kernel": np.array([{}], dtype=object)})
    assert verify("net.yaml --weights w.npz")[0] == 1


def test_no_array(verify: Call) -> None:
    with zipfile.ZipFile("w.npz", "w") as archive:
        archive.writestr("c.kernel.npy", b"not an array")
    assert verify("net.yaml --weights w.npz")[0] == 2


def test_not_saved(verify: Call) -> None:
    Path("o.npz").write_bytes(b"old")
    assert verify("net.yaml --save no/such/o.npz")[0] == 2
    np.save("x.npy", image(1))
    assert verify("net.yaml --input-file x.npy --save o.npz")[0] == 1
    assert Path("o.npz").read_bytes() == b"old"
    assert verify("net.yaml --save o.npz")[0] == 0
    assert Path("o.npz").read_bytes() != b"old"
