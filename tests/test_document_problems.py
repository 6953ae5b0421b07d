"""Reading YAML and JSON: problems in plain words, at the place of the mistake."""

from __future__ import annotations

import pytest
from support.documents import good, load, well_put, written
from test_document import DOCUMENTS

from cnncalc.inference.infer import infer
from cnncalc.problems.collector import MAX_ERRORS
from cnncalc.problems.model import Problem
from cnncalc.spec.load import parse_bytes


def _tree(depth: int, left: str = "[", right: str = "]") -> str:
    return "a: " + left * (depth - 1) + right * (depth - 1)


# id, text, code, the text the problem points at, a part of the message, a part of the help
PROBLEMS: list[tuple[str, str | bytes, str, str, str, str]] = [
    # not text
    ("latin-1", b"a: 1\nb: \xe9t\xe9\n", "CNN101", "\ufffd", "0xE9", "UTF-8"),
    ("utf-16", "a: 1".encode("utf-16"), "CNN101", "", "UTF-16", "UTF-8"),
    ("utf-32", "a: 1".encode("utf-32"), "CNN101", "", "UTF-32", "UTF-8"),
    ("nul", b"a: \0", "CNN101", "\ufffd", "NUL", "UTF-8"),
    ("escape-code", b"a: \x1b[31m", "CNN101", "\ufffd", "U+001B", "remove"),
    ("delete", b"a: \x7f", "CNN101", "\ufffd", "U+007F", "remove"),
    ("surrogate", b"a: \xed\xa0\x80", "CNN101", "\ufffd", "0xED", "UTF-8"),
    # empty
    ("empty", "", "CNN104", "", "empty", "layers"),
    ("only-bom", "\ufeff", "CNN104", "", "empty", "layers"),
    ("comments", "# x\n\n", "CNN104", "", "empty", "layers"),
    ("marker", "---\n", "CNN104", "", "empty", "layers"),
    # wrong root, wrong keys
    ("root-list", "- relu\n- tanh\n", "CNN108", "- relu\n- tanh", "a list", "layers:"),
    ("root-text", "relu", "CNN108", "relu", "a single value", "layers:"),
    ("root-null", "null", "CNN108", "null", "a single value", "layers:"),
    ("root-space", "kernel:3", "CNN108", "kernel:3", "a single value", "`kernel: 3`"),
    ("key-number", "a: {1: 2}", "CNN108", "1", "a number", '`"1":`'),
    ("key-decimal", "1.5: 2", "CNN108", "1.5", "a number", '`"1.5":`'),
    ("key-infinite", ".inf: 2", "CNN108", ".inf", "a number", "quote"),
    ("key-null", "~: 2", "CNN108", "~", "null", "quote"),
    ("key-empty", "? \n: 2", "CNN108", "", "the key `` is null", '`"":`'),
    ("key-empty-flow", "{: 2}", "CNN103", ":", "node content", ""),
    ("key-true", "true: 2", "CNN108", "true", "a boolean", "quote"),
    ("key-list", "[a]: b", "CNN108", "[a]", "a list", "quote"),
    ("key-template", "a: {b: {{c}}}", "CNN108", "{c}", "a mapping", "quote"),
    # left out of YAML
    ("anchor", "a: &x 3\n", "CNN106", "&x", "an anchor", "vars:"),
    ("anchor-mapping", "a: &x\n  b: 1\n", "CNN106", "&x", "an anchor", "blocks:"),
    ("anchor-key", "&x a: 1\n", "CNN106", "&x", "an anchor", "vars:"),
    ("alias", "a: *x\n", "CNN106", "*x", "an alias", "vars:"),
    ("alias-key", "*x : 1\n", "CNN106", "*x", "an alias", "vars:"),
    ("star", "a: *\n", "CNN103", "", "expected alphabetic", ""),
    ("tag", "a: !!int 3\n", "CNN106", "!!int", "a tag", "leave the tag out"),
    ("tag-own", "a: !x {b: 1}\n", "CNN106", "!x", "a tag", "leave the tag out"),
    ("tag-bare", "a: ! 3\n", "CNN106", "!", "a tag", "leave the tag out"),
    ("tag-handle", "a: !x!y 3\n", "CNN103", "!", "undefined tag handle", ""),
    ("merge", "a: {<<: {b: 1}}\n", "CNN106", "<<", "a merge", "blocks:"),
    ("documents", "a: 1\n---\nb: 1\n", "CNN106", "---", "second document", "file of its own"),
    ("yaml-2", "%YAML 2.0\n---\na: 1\n", "CNN103", "%", "incompatible", ""),
    ("directive", "%x\n---\na: 1", "CNN103", "", "unknown directive", ""),
    # nesting
    ("deep-list", _tree(101), "CNN107", "[", "more than 100", "blocks:"),
    ("deep-dashes", "- " * 101, "CNN107", "-", "more than 100", "blocks:"),
    ("very-deep", "[" * 200_000, "CNN107", "[", "more than 100", "blocks:"),
    ("very-deep-mappings", "{a: " * 100_000, "CNN107", "{", "more than 100", "blocks:"),
    # traps
    ("expr", "- conv: {filters: ${widths[0]}, kernel: 3}", "CNN113", "${widths[0]}", "quoted",
     '`"${widths[0]}"`'),
    ("expr-name", "a: {b: ${w}}", "CNN113", "${w}", "quoted", '`"${w}"`, or write `$w`'),
    ("expr-dotted", "a: [${ v.w }]", "CNN113", "${ v.w }", "quoted", "`$v.w`"),
    ("expr-part", "a: {b: ${w}x3}", "CNN113", "${w}", "quoted", '`"${w}x3"`'),
    ("expr-quotes", 'a: {b: ${x == "y"}}', "CNN113", '${x == "y"}', "quoted", "`'${x == \"y\"}'`"),
    ("expr-open", "a: {b: ${w", "CNN113", "${w", "quoted", '`"${w"`'),
    ("thousands", "e: {params: 61,706}", "CNN103", "61,706", "not one number", "`61706`"),
    ("millions", "e: {macs: 4,061,706, p: 1}", "CNN103", "4,061,706", "not one", "`4061706`"),
    ("tuple", "a: {k: (3, 3), p: 1}", "CNN103", "(3, 3)", "not one value", "`[3, 3]`"),
    ("pair", "a: {k: 1, 1}", "CNN103", "1, 1", "not one value", "`[1, 1]`"),
    ("no-colon-flow", "l: [conv {k: 6}]", "CNN103", "{", "a colon is missing", "`conv: {…}`"),
    ("name-below", "- relu\n  name: x\n", "CNN103", "name", "has no colon", "`- relu:`"),
    ("equals", "a = 3\nb: 4\n", "CNN103", "a = 3", "read as one text", "`a: 3`"),
    ("dash", "a:\n  - tanh\n  -relu\nb: 1\n", "CNN103", "-relu", "read as one text", "`- relu`"),
    ("bound", "e: {\n params: > 0}", "CNN103", "> 0", "begin with `>`", '`"> 0"`'),
    ("bound-block", "e:\n  p: > 0\n", "CNN103", "> 0", "begin with `>`", '`"> 0"`'),
    ("bound-equal", "p: >= 5M # x\n", "CNN103", ">= 5M", "begin with `>`", '`">= 5M"`'),
    ("bound-digit", "p: >5\nq: 1\n", "CNN103", ">5", "begin with `>`", '`">5"`'),
    ("at", "a: @b\n", "CNN103", "@b", "`@`", '`"@b"`'),
    ("backtick", "a: [`b`, c]\n", "CNN103", "`b`", "a backtick", "quote"),
    ("percent", "a: %b\n", "CNN103", "%b", "`%`", '`"%b"`'),
    ("space", "a:\n  b: 4\n  kernel:3\n", "CNN103", "kernel:3", "text", "`kernel: 3`"),
    ("space-first", "a:\n  kernel:3\n  b: 4\n", "CNN103", "kernel:3", "text", "`kernel: 3`"),
    ("space-flow", "a: {kernel:3, b: 4}\n", "CNN103", "kernel:3", "one word", "`kernel: 3`"),
    ("space-brace", "a: {b:}\n", "CNN103", ":", "unexpected ':'", ""),
    # syntax
    ("tab", "a:\n\tb: 3\n", "CNN103", "\t", "a tab indents", "spaces"),
    ("tabs", "a:\n  b: 3\n\t\tc: 3\n", "CNN103", "\t\t", "a tab indents", "spaces"),
    ("quote", 'a: 1\nb: "x\nc: 3\n', "CNN103", '"', "never closed", "close it"),
    ("quote-later", 'a: "x\nb: "y"\n', "CNN103", '"', "closed only on line 2", "close it"),
    ("brace", "a: {b: 3\nc: 4\nd: {e: 1}\n", "CNN103", "{", "never closed", "`}`"),
    ("bracket", "a: [1, 2\nc: 4\n", "CNN103", "[", "never closed", "`]`"),
    ("brace-end", "a: {b: ", "CNN103", "{", "never closed", "`}`"),
    ("bracket-end", "a: [1,\n\n", "CNN103", "[", "never closed", "`]`"),
    ("mismatch", "a: {b: [1, 2}\n", "CNN103", "[", "never closed", "`]`"),
    ("closing", "a: {b: 1}}\n", "CNN103", "}", "expected key", ""),
    ("closing-line", "a: 1\n]\n", "CNN103", "]", "expected key", ""),
    ("closing-value", "a: ]\n", "CNN103", "]", "node content", ""),
    ("no-colon", "- conv {filters: 6, kernel: 3}", "CNN103", "{", "a colon is", "`conv: {…}`"),
    ("line-separator", "a: x\u2028y", "CNN101", "\ufffd", "U+2028", "remove"),
    ("comma", "a: {b: 1 c: 2}\n", "CNN103", "c", "a comma is missing before `c`", "`, c: …`"),
    ("comma-line", "a: {b: 1\n  c: 2}\n", "CNN103", "c", "a comma is missing", "`, c: …`"),
    ("comma-brace", "a: {b: {d: 1} c: 2}\n", "CNN103", "c", "a comma is missing", "`, c: …`"),
    ("comma-quote", "a: {b: '1' c: 2}\n", "CNN103", "c", "a comma is missing", "`, c: …`"),
    ("commas", "a: {b: 1,, c: 2}\n", "CNN103", ",", "node content", ""),
    ("comma-outside", "a: {b: 1},\nc: 2\n", "CNN103", ",", "expected key", ""),
    ("adjacent", 'a: {b: "x":y}', "CNN103", ":", "follows the closing quote", "quote"),
    ("colons", "a: b: c\n", "CNN103", ":", "mapping values are not", "braces"),
    ("below", "- conv: 6\n    kernel: 3\n", "CNN103", "kernel", "a value already", "`- conv:`"),
    ("indent", "a:\n    b: 1\n  c: 2\n", "CNN103", "c: 2", "2 spaces fits no", "by 4 or 0 spaces"),
    ("indent-item", "- a: 1\n b: 2\n", "CNN103", "b: 2", "1 space fits no", "by 2 spaces"),
    ("item", "a: 1\n- b\n", "CNN103", "-", "expected key", "next `key:`"),
    ("key-in-list", "- a\nb: 1\n", "CNN103", "b", "'-' indicator", "`- `"),
    ("neither", "a: 1\nrelu\n", "CNN103", "relu", "neither a key nor", "key: value"),
    ("inline", "a: - b\n", "CNN103", "-", "block sequence entries", ""),
    ("question", "a: ?\n", "CNN103", "?", "cannot begin with `?`", "write `any`"),
    ("no-key", "a: 1\n: 2\n", "CNN103", ":", "expected key", ""),
    ("after-quote", "a: 'it's'\n", "CNN103", "s", "follows the closing quote", "whole text"),
    ("after-brace", "a: {b: 1} c\n", "CNN103", "c", "expected key", ""),
    ("escape", 'a: "\\q"\n', "CNN103", "\\", "unknown escape", ""),
    ("after-end", "{a: 1}\nb: 2\n", "CNN103", "b", "expected <document start>", ""),
    ("dash-in-braces", "a: {b: 3, - c}\n", "CNN103", "-", "node content", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "at", "message", "help"),
    [row[1:] for row in PROBLEMS],
    ids=[row[0] for row in PROBLEMS],
)
def test_problems(text: str | bytes, code: str, at: str, message: str, help: str) -> None:
    document, problems = load(text)
    assert document is None
    (problem,) = problems
    assert (problem.code, written(problem.span)) == (code, at)
    assert message in problem.message
    assert help in "\n".join(problem.help)
    well_put(problem)


JSON_PROBLEMS: list[tuple[str, str, str, str, str, str]] = [
    ("empty", " \n", "CNN104", "", "empty", "layers"),
    ("list", "[1]", "CNN108", "[1]", "a list", "layers"),
    ("null", "null", "CNN108", "null", "a single value", "layers"),
    ("last-comma", '{"a": [1,\n]}', "CNN103", "]", "expecting value", "none after the last"),
    ("comma", '{"a": 1 "b": 2}', "CNN103", '"', "expecting ','", "a comma between"),
    ("colon", '{"a" 1}', "CNN103", "1", "expecting ':'", ""),
    ("single", "{'a': 1}", "CNN103", "'", "in double quotes", "double quotes"),
    ("bare-key", "{a: 1}", "CNN103", "a", "in double quotes", "double quotes"),
    ("bare-value", '{"a": b}', "CNN103", "b", "expecting value", "double quotes"),
    ("comment", '{"a": 1 // x\n}', "CNN103", "/", "not valid JSON", "no comments"),
    ("octal", '{"a": 010}', "CNN103", "1", "not valid JSON", ""),
    ("point", '{"a": .5}', "CNN103", ".", "not valid JSON", ""),
    ("line-break", '{"a": "x\n"}', "CNN103", "", "control character", ""),
    ("bad-escape", '{"a": "\\q"}', "CNN103", "\\", "escape", ""),
    ("short-escape", '{"a": "\\u12"}', "CNN103", "u", "escape", ""),
    ("open-string", '{"a": "x', "CNN103", '"', "unterminated string", ""),
    ("open-list", '{"a": [1, 2', "CNN103", "", "expecting ','", "never closed"),
    ("open-mapping", '{"a": {"b":', "CNN103", "", "expecting value", "never closed"),
    ("open-key", '{"a": {"b', "CNN103", '"', "unterminated string", ""),
    ("mismatch", '{"a": 1]', "CNN103", "]", "expecting ','", ""),
    ("two", '{"a": 1} {}', "CNN103", "{", "extra data", ""),
    ("nan", '{"a": NaN}', "CNN112", "NaN", "not a number", "finite"),
    ("infinity", '{"a": -Infinity}', "CNN112", "-Infinity", "infinite", "finite"),
    ("large", '{"a": 1e400}', "CNN112", "1e400", "too large", "10^18"),
    ("long", '{"a": ' + "9" * 5000 + "}", "CNN112", "9" * 5000, "too large", "10^18"),
    ("surrogate", r'{"a": "\ud800"}', "CNN101", r'"\ud800"', "surrogate", "both halves"),
    ("surrogate-key", r'{"\udc00": 1}', "CNN101", r'"\udc00"', "surrogate", "both halves"),
    ("control", '{"a": 1\x0c}', "CNN101", "\ufffd", "U+000C", "remove"),
    ("deep", '{"a": ' + "[" * 100 + "]" * 100 + "}", "CNN107", "[", "more than 100", "blocks"),
    ("very-deep", "[" * 500_000, "CNN107", "[", "more than 100", "blocks"),
]


@pytest.mark.parametrize(
    ("text", "code", "at", "message", "help"),
    [row[1:] for row in JSON_PROBLEMS],
    ids=[row[0] for row in JSON_PROBLEMS],
)
def test_json_problems(text: str, code: str, at: str, message: str, help: str) -> None:
    document, problems = load(text, "net.json")
    assert document is None
    (problem,) = problems
    assert (problem.code, written(problem.span)) == (code, at)
    assert message in problem.message
    assert help in "\n".join(problem.help)
    well_put(problem)


def test_the_slow_parser_does_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML was built without libyaml, what is read and refused is the same."""
    import yaml

    monkeypatch.setattr("cnncalc.spec.yaml.PARSER", yaml.SafeLoader)
    for case, text, data in DOCUMENTS:
        if case != "tabs-in-braces":  # refused
            assert good(text).data() == data, case
    for case, source, code, *_ in PROBLEMS:
        if case in ("space-brace", "directive"):  # read as YAML 1.2 has it
            continue
        document, problems = load(source)
        assert document is None, case
        assert [found.code for found in problems] == [code], case
        well_put(problems[0])


def test_messages_hold_no_control_characters() -> None:
    _, (problem,) = load(r'{"\u001b[31m": 1, "\u001b[31m": 2}', "x.json")
    well_put(problem)


def test_independent_problems_are_reported_together() -> None:
    _, problems = load("a: &x 1\nb: *x\nc: .inf\nd: {1: 2, kernel:3}\nd: 1\ne: {p: 61,706}\n")
    assert [(found.span.line, found.code) for found in problems] == [
        (1, "CNN106"), (2, "CNN106"), (3, "CNN112"), (4, "CNN108"), (4, "CNN103"),
        (5, "CNN105"), (6, "CNN103"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a: 1\n" * 5000, '{"a": [' + "NaN," * 5000 + "1]}"])
def test_errors_are_limited(text: str) -> None:
    _, problems = load(text)
    assert len(problems) == MAX_ERRORS + 1
    assert [found.code for found in problems].index("CNN121") == MAX_ERRORS


@pytest.mark.parametrize(
    ("layer", "help"),
    [
        ("conv: {filters: 6, kernel: 5, padding: smae}", "did you mean `same`?"),
        ("conv: {filters: 6, kernel: 5, activation: none}", "write linear"),
        ("conv: {filters: 6, kernel: 5, stride: two}", "write 2"),
        ("dropout: 50%", "write 0.5"),
        ("conv: {6, 5}", "name each value, as in `conv: {filters: 6, kernel: 5}`"),
        ("relu\nexpect: {output: 28,28,6}", "write `28x28x6`: width, height, depth"),
    ],
)
def test_likeliest_fix(layer: str, help: str) -> None:
    text = f"input: 32x32x1\nlayers:\n  - {layer}\n"
    found = summarized(text)
    assert help in [line for problem in found for line in problem.help]


def summarized(text: str) -> tuple[Problem, ...]:
    """Return all problems of a spec."""
    loaded = parse_bytes(text.encode(), "net.yaml", None)
    if loaded.network is None:
        return loaded.problems
    return infer(loaded.network, None, loaded.problems).problems
