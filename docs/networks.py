"""The index of the zoo and docs/zoo.md: what inference says of every network that ships."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.inference.infer import infer
from cnncalc.render.zoo import linked_table
from cnncalc.spec.load import load
from cnncalc.zoo import catalogue as zoo

_ABOUT = """\
# The zoo

{count} networks ship with the tool and are found by name: `cnncalc summary resnet50`. `cnncalc zoo
list` lists them with filters (`--max-params 5M`, `--task segmentation`), `cnncalc zoo show NAME`
prints a spec, `cnncalc zoo copy NAME` starts one of your own. [idioms.md](idioms.md) shows how they
say what the language has no word for.

Each spec states its published totals, its source and, where publications differ, which convention
gives which number. Parameters are the trainable ones; MACs are of one input of the size shown,
counted as everywhere here: convolutions and dense layers, without auxiliary heads."""


def networks() -> list[zoo.Listed]:
    """Return every network, inferred, sorted by name."""
    return [_listed(name) for name in sorted(zoo.names())]


def _listed(name: str) -> zoo.Listed:
    path = zoo.find(name)
    loaded = load(name)
    assert path is not None and loaded.network is not None, f"{name} is broken"
    report = infer(loaded.network, None, loaded.problems)
    assert report.ok and report.totals.complete, f"{name} has problems"
    about: dict[str, Any] = {key: node.value for key, node in loaded.network.about.items()}
    base = zoo.base_of(path.read_text(encoding="utf-8"))
    totals = report.totals
    return zoo.Listed(
        name=name,
        title=report.name,
        **{key: about.get(key) for key in ("year", "paper", "task", "source")},
        extends=base,
        inputs={key: volume.named() for key, volume in report.inputs.items() if volume is not None},
        params=totals.params,
        non_trainable=totals.non_trainable,
        macs=totals.macs,
    )


def page(found: list[zoo.Listed]) -> str:
    """Return docs/zoo.md: a table for each task, the networks of a paper together."""
    return "\n\n".join(_parts(found)) + "\n"


def _parts(found: list[zoo.Listed]) -> Iterator[str]:
    yield _ABOUT.format(count=len(found))
    tasks: dict[str, list[zoo.Listed]] = {}
    for network in found:
        tasks.setdefault(network.task or "other", []).append(network)
    for task, members in sorted(tasks.items(), key=lambda item: (-len(item[1]), item[0])):
        members.sort(key=lambda n: (n.year or 9999, n.paper or "", n.name))
        yield f"## {task.capitalize()} ({len(members)})"
        yield linked_table(members, "../specs/").rstrip("\n")
