"""Explanations in Markdown, LaTeX and HTML: golden files, and names that cannot break out."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
from support.fragments import check_html, check_latex
from support.looks import NETWORKS, report

from cnncalc.cli import run
from cnncalc.inference.infer import infer
from cnncalc.render.explain.build import explanation
from cnncalc.render.explain.explanation import Explanation, Section
from cnncalc.render.explain.formats import FormatName, writer
from cnncalc.render.explain.formula import parts_of
from cnncalc.render.explain.latex import latex
from cnncalc.render.terminal import Terminal
from cnncalc.spec.load import parse_bytes

ENDINGS: dict[FormatName, str] = {"markdown": "md", "latex": "tex", "html": "html"}
GOLDEN = Path(__file__).parent / "golden" / "explain"
HOSTILE = r"a\end{align*}_b^c~{d}%e&f#g \input{h} --i `j` <script>k</script> |l| **m** [n](o) @p 卷"


def written(network: str, format: FormatName, *, ascii: bool = False) -> str:
    return writer(format)(explanation(report(network)), Terminal(ascii=ascii))


@pytest.mark.parametrize("format", ENDINGS)
@pytest.mark.parametrize("network", ["plain", "several", "failing", "skips"])
def test_golden(network: str, format: FormatName, golden: Callable[[str, str], None]) -> None:
    golden(f"explain/{network}.{ENDINGS[format]}", written(network, format))


@pytest.mark.parametrize("format", get_args(FormatName))
@pytest.mark.parametrize("network", NETWORKS)
def test_ascii(network: str, format: FormatName) -> None:
    assert written(network, format, ascii=True).isascii()


@pytest.mark.parametrize("line", ["lenet5 C3 --format latex", "lenet5 C3 --numbers --ascii"])
def test_saved(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file holds what is printed otherwise."""
    target = tmp_path / "page"
    assert run(["explain", *line.split()]) == 0
    printed = capsys.readouterr().out
    assert run(["explain", *line.split(), "--save", str(target)]) == 0
    assert capsys.readouterr().out == ""
    assert target.read_text("utf-8") == printed
    assert run(["explain", *line.split(), "--save", str(tmp_path)]) == 2
    assert "it is no file" in capsys.readouterr().err


@pytest.mark.parametrize("network", NETWORKS)
def test_latex_macros(network: str) -> None:
    check_latex(written(network, "latex"))


@pytest.mark.parametrize("network", NETWORKS)
def test_html_elements(network: str) -> None:
    check_html(written(network, "html"))


@pytest.mark.parametrize("network", NETWORKS)
def test_markdown_tables(network: str) -> None:
    rows = [line for line in written(network, "markdown").splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} <= {4}


def hostile(format: FormatName, *, ascii: bool = False) -> str:
    """Return the explanation of a network whose names try to break out of the format."""
    name = HOSTILE.replace("\\", "\\\\")
    layer = name.replace(".", "")
    spec = f'name: "{name}"\ninput: 8x8x3\nlayers:\n  - conv: {{filters: 2, kernel: 3}}\n'
    spec += f'    name: "{layer}"\n  - relu\n  - add: ["{layer}", previous]\n'
    network = parse_bytes(spec.encode(), "hostile.yaml", None).network
    assert network is not None
    found = infer(network)
    assert found.problems == ()
    return writer(format)(explanation(found), Terminal(ascii=ascii))


@pytest.mark.parametrize("ascii", [False, True])
def test_names_in_latex(ascii: bool) -> None:
    text = hostile("latex", ascii=ascii)
    check_latex(text)
    assert r"a\textbackslash{}end\{align*\}\_b\textasciicircum{}c\textasciitilde{}\{d\}\%e" in text
    assert "-{}-i {\\char96}j{\\char96}" in text


@pytest.mark.parametrize("ascii", [False, True])
def test_names_in_html(ascii: bool) -> None:
    text = hostile("html", ascii=ascii)
    root = check_html(text)
    assert root.findtext("h2", "").startswith(HOSTILE)
    assert "<script" not in text


@pytest.mark.parametrize("ascii", [False, True])
def test_names_in_markdown(ascii: bool) -> None:
    text = hostile("markdown", ascii=ascii)
    for sign in ("<script", "**m", "[n](", " @p", " |l"):
        assert sign not in text.replace("\\<", "").replace("\\*", "").replace("\\[", "")
    assert "@<!-- -->p" in text


@pytest.mark.parametrize(
    ("text", "set"),
    [
        ("28×28 → 4 ≤ 5 ≥ 3 ≈ 2⅓ ≠ R₁", r"28$\times$28 $\to$ 4 $\le$ 5 $\ge$ 3 $\approx$ "
         r"2$\tfrac{1}{3}$ $\ne$ R$_{1}$"),
        ("F′ α 2e−05, β, ε", r"F$'$ $\alpha$ 2e$-$05, $\beta$, $\varepsilon$"),
        ("✗ ✓", "x ok"),
    ],
)  # fmt: skip
def test_signs_in_latex(text: str, set: str) -> None:
    """Each sign is one of LaTeX's, which means the same, or it is spelled."""
    section = Section(title="", remarks=(text,))
    assert latex(Explanation(sections=(section,)), Terminal()).endswith(f"\\noindent {set}\n")


COMPILER = next(filter(shutil.which, ("pdflatex", "lualatex", "xelatex", "tectonic")), None)


@pytest.mark.skipif(COMPILER is None, reason="no LaTeX here: its macros are checked above")
def test_latex_compiles(tmp_path: Path) -> None:
    """Every fragment, in one document that uses amsmath alone."""
    assert COMPILER is not None
    fragments = [written(network, "latex", ascii=True) for network in NETWORKS]
    fragments += [hostile("latex", ascii=True)]
    fragments += [path.read_text("utf-8") for path in sorted(GOLDEN.glob("numbers-*.tex"))]
    body = "\n".join(("\\begin{document}", *fragments, "\\end{document}\n"))
    document = f"\\documentclass{{article}}\n\\usepackage{{amsmath}}\n{body}"
    (tmp_path / "page.tex").write_text(document, encoding="utf-8")
    options = [] if COMPILER == "tectonic" else ["-interaction=nonstopmode", "-halt-on-error"]
    done = subprocess.run(
        [COMPILER, *options, "page.tex"], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("(W1 − F′ + 2P)/S", ["(", "W1", "−", "F′", "+", "2", "P", ")", "/", "S"]),
        ("R₁ + 1,024·J₁", ["R1", "+", "1,024", "·", "J1"]),
        ("⌈16/1⌉", ["⌈", "16", "/", "1", "⌉"]),
        ("1 + output padding", ["1", "+", "output padding"]),
        ("0.5·(−1.2e−05)", ["0.5", "·", "(", "−", "1.2e−05", ")"]),
        ("2 (1 before, 1 after)", None),
        ("union of crop1 68×68, up 140×140", None),
        ("union of a 3×3, b 3×3", None),
        ("6.2 KiB", None),
        ("(a − 0.5)^2/√(b + c)^(1/p)", [*"(a−", "0.5", ")", "2", *"/√(b+c)", "1/p"]),
        ("relu6(x)", None),
    ],
)
def test_parts(text: str, parts: list[str] | None) -> None:
    found = parts_of(text)
    shown = None if found is None else [part.text + part.index + "′" * part.prime for part in found]
    assert shown == parts
