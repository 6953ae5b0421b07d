"""``check`` as JUnit's XML: a test case for each spec, a failure that holds the frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cnncalc.checking.check import Checked
from cnncalc.problems.model import Problem
from cnncalc.render.check.results import Results
from cnncalc.render.terminal import Terminal
from cnncalc.render.text import visible

_SUITE = "cnncalc"


def junit(results: Results, terminal: Terminal) -> str:
    """Return a test suite as Jenkins' schema has it; warnings are output of cases that pass."""
    counts = {
        "tests": len(results.checked) + len(results.unreadable),
        "failures": sum(each.is_wrong for each in results.checked),
        "errors": len(results.unreadable),
    }
    stated = {"name": _SUITE} | {name: str(count) for name, count in counts.items()}
    suites = Element("testsuites", stated)
    suite = SubElement(suites, "testsuite", stated)
    plain = replace(terminal, width=0, color=False)
    for each in results.checked:
        _add_spec(suite, each, plain)
    for unreadable in results.unreadable:
        error = SubElement(_case(suite, unreadable.file), "error", type="unreadable")
        error.text = terminal.spell(unreadable.why)
    ElementTree.indent(suites)
    return terminal.xml(ElementTree.tostring(suites, "unicode"))


def _case(suite: Element, file: str) -> Element:
    return SubElement(suite, "testcase", classname=_SUITE, name=visible(file))


def _add_spec(suite: Element, checked: Checked, terminal: Terminal) -> None:
    """Add the test case of a spec, with its errors and its warnings."""
    case = _case(suite, checked.file)
    errors = [each for each in checked.problems if each.severity == "error"]
    warnings = [each for each in checked.problems if each.severity == "warning"]
    if errors:
        first, more = errors[0], len(errors) - 1
        message = f"{first.headline}{f' (and {more} more)' if more else ''}"
        failure = SubElement(case, "failure", type=first.code, message=terminal.spell(message))
        failure.text = _frames(errors, terminal)
    if warnings:
        SubElement(case, "system-out").text = _frames(warnings, terminal)


def _frames(problems: Sequence[Problem], terminal: Terminal) -> str:
    from cnncalc.render.problems import problems_text  # it loads rich

    return f"\n{problems_text(problems, terminal)}"
