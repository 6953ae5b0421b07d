"""What the lecture notes and the papers state: worked examples, tables, published totals."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.cases import Case, differences, run

from cnncalc.api import summarize
from cnncalc.report.report import Report

FOLDER = Path(__file__).parent / "lecture"


def facts(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text("utf-8"), yaml.CSafeLoader)


EXAMPLES = [Case("lecture", data) for data in facts("examples.yaml")]
NETWORKS: list[dict[str, Any]] = facts("networks.yaml")
TABLES: dict[str, list[list[Any]]] = facts("tables.yaml")


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case.data["id"])
def test_example(case: Case, tmp_path: Path) -> None:
    report, problems = run(case, tmp_path)
    assert differences(case, report, problems) == []


PAGE = (Path(__file__).parent.parent / "docs" / "lecture-notes.md").read_text("utf-8")
ANSWERS = dict(re.findall(r"<!-- exercise (\S+) -->\n(.*?)(?=<!-- exercise|\Z)", PAGE, re.DOTALL))
"""What the page of the lecture shows of each exercise; its outputs are checked with the docs."""


def test_page_has_every_exercise_in_order() -> None:
    assert list(ANSWERS) == [case.data["id"] for case in EXAMPLES]
    assert all(answer.count("$ cnncalc ") for answer in ANSWERS.values())


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case.data["id"])
def test_page_gives_the_answer(case: Case) -> None:
    """The page shows the volumes, counts and problems that the lecture states."""
    stated = [case.data, *case.data.get("layers", {}).values()]
    outputs = re.findall(r"```console\n.*?\n(.*?)```", ANSWERS[case.data["id"]], re.DOTALL)
    printed = "\n".join(outputs)
    for facts_of_one in stated:
        if "output" in facts_of_one:
            assert re.search(rf"(?<![\d×]){_printed(facts_of_one['output'])}(?![\d×])", printed)
        if "receptive_field" in facts_of_one:
            size = facts_of_one["receptive_field"]
            assert f" {size}×{size}" in printed
        for name in ("params", "neurons"):
            assert name not in facts_of_one or f" {facts_of_one[name]:,}" in printed
    for problem in case.data.get("problems", ()):
        assert problem["code"] in printed
        assert problem.get("note", "") in printed


def _printed(volume: str | int) -> str:
    """Return a volume as it is printed: depth 1 is not left out."""
    sizes = str(volume).split("x")
    if len(sizes) == 1:
        return rf"{int(volume)}"
    return "×".join([*sizes, "1"][:3])


@pytest.mark.parametrize("row", NETWORKS, ids=lambda row: row["id"])
def test_network(row: dict[str, Any]) -> None:
    report = summarize(row.get("spec", row["id"]), set=row.get("set"))
    stated = {key: row[key] for key in row.keys() - {"spec", "set", "source"}}
    assert differences(Case("networks", stated), report, report.problems) == []


def _depth(report: Report, kinds: tuple[str, ...]) -> int:
    """Return how many layers of these kinds are on the longest way through the network."""
    longest = dict.fromkeys(report.inputs, 0)
    for row in report.rows:
        before = max(longest[source] for source in row.sources)
        longest[row.name] = before + (row.kind in kinds)
    return max(longest[name] for name in report.output_rows)


@pytest.mark.parametrize(
    ("name", "depth"),
    [("alexnet", 8), ("vgg16", 16), ("googlenet", 22), ("resnet18", 18), ("resnet50", 50)],
)
def test_depth(name: str, depth: int) -> None:
    """How many layers deep the networks are, as their papers (and names) count."""
    assert _depth(summarize(name), ("conv", "fc")) == depth


def test_alexnet() -> None:
    """60M parameters, two groups, normalisation, dropout."""
    report = summarize("alexnet")
    assert 60_000_000 <= report.totals.params < 61_000_000
    groups = {row.name: getattr(row.layer, "groups", None) for row in report.rows}
    assert [name for name, count in groups.items() if count == 2] == ["conv2", "conv4", "conv5"]
    kinds = [row.kind for row in report.rows]
    assert (kinds.count("lrn"), kinds.count("dropout")) == (2, 2)


def test_googlenet() -> None:
    """About 6M parameters, a tenth of AlexNet's."""
    params = summarize("googlenet").totals.params
    assert round(summarize("alexnet").totals.params / params) in (9, 10)


def test_resnet() -> None:
    """Units of two 3×3; stages double the maps and halve the size, there the shortcut is 1×1."""
    report = summarize("resnet18")
    uses = [use for use in report.uses if use.name.startswith("layer") and use.name.count(".") == 1]
    sizes = [(use.output.depth, use.output.spatial[0]) for use in uses if use.output]
    assert sizes == [(64, 56)] * 2 + [(128, 28)] * 2 + [(256, 14)] * 2 + [(512, 7)] * 2
    convs = [row for row in report.rows if row.kind == "conv" and row.layer is not None]
    narrow = [row.layer for row in convs if row.weights[0].shape[2:] == (1, 1)]
    assert len(narrow) == 3
    assert {getattr(layer, "stride", None) for layer in narrow} == {2}


def test_vgg_names() -> None:
    names = {row.name for row in summarize("vgg16").rows}
    assert {"conv1_1", "conv3_2", "conv5_3"} <= names


def _entries(rows: list[list[Any]], padding: str | None = None) -> list[dict[str, Any]]:
    """Return the layers of a table, each expecting the size that the table prints."""
    entries: list[dict[str, Any]] = []
    for name, kind, maps, size, kernel, stride, last in rows:
        if size is None:
            fields: dict[str, Any] = {"units": maps}
            expected: Any = maps
        else:
            fields = {"kernel": int(kernel.split("x")[0]), "stride": stride}
            fields |= {"filters": maps} if kind == "conv" else {}
            fields |= {"padding": padding or last} if padding or last in ("SAME", "VALID") else {}
            expected = f"{size}x{maps}"
        entries.append({kind: fields, "name": name, "expect": {"output": expected}})
        padding = None
    return entries


def _report(size: str, entries: list[dict[str, Any]], tmp_path: Path) -> Report:
    path = tmp_path / "table.yaml"
    path.write_text(yaml.safe_dump({"input": size, "layers": entries}, sort_keys=False))
    return summarize(path)


def test_table_lenet5(tmp_path: Path) -> None:
    report = _report("32x32", _entries(TABLES["lenet5"]), tmp_path)
    assert report.problems == ()
    assert report.totals.params == 61_706
    shipped = {row.name: row for row in summarize("lenet5").rows}
    for row in report.rows[:-1]:
        assert shipped[row.name].output == row.output


def test_table_alexnet(tmp_path: Path) -> None:
    """With 227 and no padding in C1 every row is as printed."""
    report = _report("227x227x3", _entries(TABLES["alexnet"], "VALID"), tmp_path)
    assert report.problems == ()


def test_table_alexnet_224(tmp_path: Path) -> None:
    """As printed: 56 instead of 55, reported once; S2 then does not fit."""
    report = _report("224x224x3", _entries(TABLES["alexnet"]), tmp_path)
    found = [(problem.code, problem.layer) for problem in report.problems]
    assert found == [("CNN401", "C1"), ("CNN301", "S2")]
