"""NumPy's files: inputs, weights and results; what does not fit, and what cannot be read."""

from __future__ import annotations

import io
import os
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
    code, _, err = verify("net.yaml --input-file image=x.npy")
    assert code == 2 and "the spec has no input `image`" in err and "inputs: " in err


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


# what a file states, and what it does not


CASE = """\
input: 2
layers:
  - {fc: 1, name: out}
cases:
  - {input: [1, 2], output: [5]}
"""


def test_cases_use_the_file(verify: Call) -> None:
    Path("case.yaml").write_text(CASE, encoding="utf-8")
    save_npz({"out.kernel": np.array([[1.0, 2.0]]), "out.bias": np.zeros(1)})
    code, out, _ = verify("case.yaml --weights w.npz")
    assert code == 0
    assert "2 of 2 weight arrays from w.npz" in out
    save_npz({"out.kernel": np.array([[1.0, 2.0]])})
    code, out, err = verify("case.yaml --weights w.npz")
    assert code == 1
    assert "1 of 2 weight arrays from w.npz" in out
    assert "nobody states out.bias: generated" in err


@pytest.mark.parametrize(
    ("files", "line", "blamed"),
    [
        ({"x.npy": np.full((1, 2, 3, 4), 1e300)}, "--input-file x.npy", "x.npy"),
        ({"x.npy": np.full((1, 2, 3, 4), np.nan)}, "--input-file x.npy", "x.npy"),
        ({"c.bias": np.array([1, np.inf, 2])}, "--weights w.npz", "c.bias of w.npz"),
        ({"c.bias": np.full(3, 1e300)}, "--weights w.npz", "c.bias of w.npz"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_not_finite_in_a_file(verify: Call, files: dict[str, Any], line: str, blamed: str) -> None:
    """The file is named where its numbers are the cause, and NumPy says nothing."""
    for name, array in files.items():
        if name.endswith(".npy"):
            np.save(name, array)
        else:
            save_npz({name: array})
    code, _, err = verify(f"net.yaml {line}")
    assert code == 1
    assert err.count("error CNN504") == 1
    assert f"not all numbers are finite in {blamed}" in err


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("c.weight", "did you mean `c.kernel`?"),
        ("fc1.weight", "did you mean `fc1.kernel`?"),
        ("c.zzzz", "the layer has c.kernel, c.bias"),
    ],
)
def test_names_of_other_tools(verify: Call, key: str, hint: str) -> None:
    save_npz({key: image(1)})
    assert hint in verify("net.yaml --weights w.npz")[2]


def test_layout_by_kind(verify: Call) -> None:
    Path("up.yaml").write_text(
        "input: 4x4x3\nlayers:\n  - conv_transpose: {filters: 2, kernel: 3}\n", encoding="utf-8"
    )
    save_npz({"conv_transpose1.kernel": image(2, 3, 3, 3)})
    assert "laid out [map][filter][row][column]" in verify("up.yaml --weights w.npz")[2]


# where results are written


def standing() -> dict[str, tuple[int, int, int]]:
    """Return what is in the folder: which file, how large, when written."""
    found = {path.name: path.stat() for path in Path().iterdir()}
    return {name: (info.st_ino, info.st_size, info.st_mtime_ns) for name, info in found.items()}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("net.yaml --save net.yaml", "that is read, too"),
        ("net.yaml --input-file x.npy --save ./x.npy", "that is read, too"),
        ("net.yaml --input-file input=x.npy --save x.npy", "that is read, too"),
        ("net.yaml --weights w.npz --save w.npz", "that is read, too"),
        ("net.yaml --save -", "name a file.npz"),
        ("net.yaml --save pipe", "it is no file"),
        ("net.yaml --save net.yaml/x.npz", "cannot write"),
        (f"net.yaml --save {'a' * 300}.npz", "cannot write"),
        ("net.yaml --input-file x.npy --input-file x.npy", "is given twice"),
        ("net.yaml --threads 1000000", "from 1 to 256"),
        ("net.yaml --seed 99999999999999999999", "from 0 to"),
    ],
)
def test_refused(verify: Call, line: str, text: str) -> None:
    """Nothing that is there already is lost."""
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe")
    else:
        Path("pipe").mkdir()
    np.save("x.npy", image(1, 2, 3, 4))
    save_npz({})
    before = standing()
    code, _, err = verify(line)
    assert code == 2
    assert text in err
    assert standing() == before


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="the system has no links")
def test_saved_behind_a_link(verify: Call) -> None:
    Path("link.npz").symlink_to("target.npz")
    assert verify("net.yaml --save link.npz")[0] == 0
    assert Path("link.npz").is_symlink()
    with np.load("target.npz") as saved:
        assert "fc1" in saved


def test_show_by_short_names(verify: Call) -> None:
    """A block and a repeated layer go by their names, as in `explain`: the last one is meant."""
    Path("many.yaml").write_text(
        "input: 4x4x2\nblocks:\n  unit: {layers: [relu, tanh]}\nlayers:\n  - relu\n"
        "  - {conv: {filters: 2, kernel: 1}, name: blur, repeat: 3}\n  - unit\n",
        encoding="utf-8",
    )
    out = verify("many.yaml --show blur --show unit1")[1]
    assert "blur.2   4×4×2" in out
    assert "unit1.tanh1   4×4×2" in out


def test_shown_as_in_the_table(verify: Call) -> None:
    text = "input: {frames: 4, height: 5, width: 9, depth: 3}\nlayers:\n  - relu\n"
    Path("three.yaml").write_text(text, encoding="utf-8")
    out = verify("three.yaml --show relu1")[1]
    shape = next(line for line in out.splitlines() if line.startswith("relu1")).split()[1]
    assert f"relu1   {shape}" in out
