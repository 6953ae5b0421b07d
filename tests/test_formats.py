"""One network in every format that specs are written in, and in every process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from support.drawn_layers import LISTS, Case, body
from support.strategies import everything, examples, run, run_text

SPECS = sorted((Path(__file__).parent.parent / "specs").glob("*.yaml"))


@examples(60)
@given(LISTS)
def test_formats(chosen: list[Case]) -> None:
    spec = {"input": chosen[0].volumes[0], "layers": body(chosen)}
    written = everything(run(spec))
    texts = {
        "indented.json": json.dumps(spec, indent=2),
        "json.yaml": json.dumps(spec),
        "block.yaml": yaml.safe_dump(spec, sort_keys=False),
        "flow.yaml": yaml.safe_dump(spec, sort_keys=False, default_flow_style=True, width=40),
        "crlf.yaml": yaml.safe_dump(spec, sort_keys=False).replace("\n", "\r\n"),
        "bom.yaml": "\ufeff" + yaml.safe_dump(spec, sort_keys=False),
    }
    for name, text in texts.items():
        assert everything(run_text(text, name)) == written, name


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_shipped_as_json(path: Path) -> None:
    text = path.read_text("utf-8")
    data = yaml.safe_load(text)
    assert everything(run_text(json.dumps(data), "spec.json", path=path)) == everything(
        run_text(text, "spec.yaml", path=path)
    )


def test_every_process() -> None:
    """Hashes differ from process to process; what is printed does not."""
    folder = SPECS[0].parent
    command = [
        *(sys.executable, "-m", "cnncalc", "check", "bad", "dla34.yaml", "hrnet_w18.yaml"),
        *("--format", "json", "--no-config"),  # the configuration leaves out specs/bad
    ]
    printed = set()
    for seed in ("1", "2"):
        found = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(folder.parent)},
            capture_output=True,
            check=False,
        )
        printed.add((found.returncode, found.stdout, found.stderr))
    assert len(printed) == 1
    assert printed.pop()[0] == 1  # specs/bad
