"""A quiz as its key, in YAML and in JSON, and as an empty sheet."""

from __future__ import annotations

from cnncalc.homework.quiz.quiz import spec_text
from cnncalc.homework.template import template
from cnncalc.render.json import document
from cnncalc.render.quiz.handout import Handout
from cnncalc.render.terminal import Terminal


def yaml(handout: Handout, terminal: Terminal) -> str:
    """Return the key: a spec with points."""
    return spec_text(handout.spec)


def json(handout: Handout, terminal: Terminal) -> str:
    """Return the same spec as JSON."""
    return terminal.json(document(handout.spec))


def csv(handout: Handout, terminal: Terminal) -> str:
    """Return an empty sheet, a row for each layer; who fills it in is the name of its file."""
    return template(handout.key, "csv")
