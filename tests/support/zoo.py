"""The networks that ship with the tool, each inferred once however many tests look at it."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache

from cnncalc.inference.infer import Overrides, infer
from cnncalc.maths.volume import parse_volume
from cnncalc.report.report import Report
from cnncalc.spec.load import load
from cnncalc.spec.network import Network
from cnncalc.zoo import catalogue
from support.strategies import effort

LISTED = [one for one in catalogue.listed() if one.extends is None or effort(1) > 1]
"""By default, networks that build on no other: they differ in more than numbers."""


@cache
def network(name: str) -> Network:
    """Return a network of the zoo, whose spec has no problems."""
    loaded = load(name)
    assert loaded.problems == ()
    assert loaded.network is not None
    return loaded.network


def inferred(name: str, shape: str = "", variables: str = "") -> Report:
    """Return a network's report: on its own input or another, with ``a=1 b=true`` set."""
    return _inferred(name, shape, variables)


@cache
def _inferred(name: str, shape: str, variables: str) -> Report:
    inputs = {"input": parse_volume(shape)} if shape else {}
    pairs = (pair.split("=") for pair in variables.split())
    stated = {key: json.loads(value, parse_float=Fraction) for key, value in pairs}
    overrides = Overrides(inputs=inputs, variables=stated) if inputs or stated else None
    report = infer(network(name), overrides)
    assert report.ok
    assert report.totals.complete
    return report
