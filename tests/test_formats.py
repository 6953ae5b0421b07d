"""One network in every format that specs are written in."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from support.drawn_layers import LISTS, Case, body
from support.strategies import everything, examples, run, run_text
from support.zoo import LISTED, inferred

from cnncalc.zoo import catalogue as zoo


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


@pytest.mark.parametrize("name", [*(one.name for one in LISTED), "googlenet-bvlc", "yolov3-tiny"])
def test_shipped_as_json(name: str) -> None:
    path = zoo.folder() / f"{name}.yaml"
    data = yaml.safe_load(path.read_text("utf-8"))
    as_json = run_text(json.dumps(data), "spec.json", path=path)
    assert everything(as_json) == everything(inferred(name))
