"""``grade`` on files: formats, feedback, rosters, saving, keys of each student, exit codes."""

from __future__ import annotations

import csv
import json
import re
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.command import Command

from cnncalc.homework.names import file_name
from cnncalc.render.grade.book import inert

KEY = """\
input: 32x32x1
grading:
  points: {conv: {output: 2, params: 1}, maxpool: {output: 1}, network: {params: 2}}
layers:
  - conv: {filters: 6, kernel: 5}
  - relu
  - maxpool: 2
"""
SHEETS = {
    "sheets/ada.yaml": "answers:\n  conv1: {output: 28x28x6, params: 156}\n"
    "  maxpool1: {output: 14x14x6}\n  network: {params: 156}\n",
    "sheets/bob.csv": "layer,output,params\nconv1,28x28x6,150\nmaxpool1,14x14x6,-\nnetwork,-,150\n",
    "sheets/class.csv": "Timestamp,student,conv1.output,conv1.params\n"
    "1,=cmd(),6x28x28,=(5*5+1)*6\n2,eve,lots,7\n",
    "sheets/broken.yaml": "answers: [\n",
    "sheets/.hidden.yaml": "answers: {}\n",
    "sheets/notes.txt": "nothing\n",
}
OWN = """\
input: 32x32x1
layers:
  - conv: {filters: 6, kernel: 5}
    answer: {output: 28x28x6}
  - maxpool: 3
    answer: {params: 0}
  - relu
  - fc: 10
    answer: {output: 10, params: 7}
"""
ROSTER = "student,Email address,ID number\nbob,bob@example.org,7\nada,ada@example.org,+8\nzoe,,9\n"


@pytest.fixture
def grade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.chdir(tmp_path)
    command = Command(tmp_path, capsys)
    command.write({"key.yaml": KEY, "roster.csv": ROSTER, **SHEETS})
    return command


def schema_of(name: str) -> Draft202012Validator:
    path = Path(__file__).parent / "support" / "schemas" / f"{name}.json"
    return Draft202012Validator(json.loads(path.read_text("utf-8")))


def sheets(grade: Command, line: str, code: int = 1) -> dict[str, Any]:
    outcome = grade(f"grade {line} --format json")
    assert outcome.code == code
    data = json.loads(outcome.out)
    schema_of("grade").validate(data)
    return {each["student"]: each for each in data["sheets"]}


def test_json(grade: Command) -> None:
    found = sheets(grade, "--key key.yaml sheets")
    assert {name: (each["status"], each["score"]) for name, each in found.items()} == {
        "ada": ("marked", 6),
        "bob": ("marked", 5),
        "broken": ("unreadable", 0),
        "=cmd()": ("marked", 1),
        "eve": ("marked", 0),
    }
    cell = found["bob"]["cells"][1]
    assert cell == {
        "layer": "conv1", "cell": "params", "max": 1, "points": 0, "status": "wrong",
        "given": "150", "right": "156", "mistake": ["bias-forgotten"], "also": [],
        "carried_from": [], "says": "as if there were no bias: (5·5·1)·6 = 150",
        "derivation": ["params = (F·F·D1)·K + K = (5·5·1)·6 + 6 = 156"], "line": 2, "column": 15,
    }  # fmt: skip
    assert [each["code"] for each in found["broken"]["problems"]] == ["CNN103"]
    assert [each["code"] for each in found["eve"]["problems"]] == ["CNN602"]


@pytest.mark.parametrize("feedback", ["full", "mistakes", "marks"])
@pytest.mark.parametrize("key", ["key.yaml", "keys/{student}.yaml", "misfit.yaml"])
def test_json_schema(grade: Command, key: str, feedback: str) -> None:
    """Sheets that are marked, unreadable, missing and twice there; a class; keys with problems."""
    grade.write({"again.yaml": "student: ada\nanswers: {}\n", "keys/ada.yaml": KEY})
    grade.write({"misfit.yaml": KEY.replace("maxpool: 2", "maxpool: 3")})
    line = f"--key {key} sheets again.yaml --roster roster.csv --summary --feedback {feedback}"
    found = sheets(grade, line)
    if key == "key.yaml":
        statuses = {each["status"] for each in found.values()}
        assert statuses == {"marked", "unreadable", "missing", "twice"}


def test_table(grade: Command) -> None:
    outcome = grade("grade --key key.yaml sheets/bob.csv")
    assert outcome.code == 0
    assert "bob   5 of 6 points" in outcome.out
    assert "as if there were no bias: (5·5·1)·6 = 150" in outcome.out
    assert "follows from conv1.params" in outcome.out
    assert outcome.err == ""


def test_grade_book(grade: Command) -> None:
    outcome = grade("grade --key key.yaml sheets --roster roster.csv --format csv")
    rows = list(csv.reader(StringIO(outcome.out)))
    assert rows[0] == [
        "student", "Email address", "ID number", "score", "max", "percent",
        "conv1.output", "conv1.params", "maxpool1.output", "network.params", "mistakes",
    ]  # fmt: skip
    assert [row[0] for row in rows[1:]] == ["bob", "ada", "zoe", "broken", "'=cmd()", "eve"]
    assert rows[1][1:6] == ["bob@example.org", "7", "5", "6", "83.3333"]
    assert rows[2][2] == "'+8"
    assert rows[3][3:] == ["0", "6", "0", "", "", "", "", ""]
    assert rows[1][-1] == "conv1.params: bias-forgotten"
    assert outcome.err.count("CNN605") >= 3
    grade.write({"Ada.yaml": "answers: {}\n"})
    outcome = grade("grade --key key.yaml Ada.yaml --roster roster.csv --format csv")
    assert "did you mean `ada`?" in outcome.err


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_inert(text: str) -> None:
    assert inert(text).startswith("'")


def test_summary(grade: Command) -> None:
    outcome = grade("grade --key key.yaml sheets --summary --format json")
    summary = json.loads(outcome.out)["summary"]
    assert (summary["sheets"], summary["missing"], summary["mean"]) == (4, 1, 3)
    assert summary["histogram"] == [1, 1, 0, 0, 0, 0, 0, 0, 1, 1]
    assert summary["cells"][1] == {
        "name": "conv1.params", "asked": 4, "right": 2, "carried": 0, "wrong": 2, "blank": 0,
        "unreadable": 0, "facility": 0.5, "discrimination": None,
        "mistakes": [{"codes": ["bias-forgotten"], "count": 1}],
        "unexplained": [{"given": "7", "count": 1}],
    }  # fmt: skip
    table = grade("grade --key key.yaml sheets --summary --format csv").out
    assert table.startswith("cell,asked,right,carried,wrong,blank,unreadable,facility,")
    assert (
        "Class   4 sheets, 1 missing or not marked"
        in grade("grade --key key.yaml sheets --summary").out
    )


@pytest.mark.parametrize("width", [60, 80])
def test_narrow_summary(grade: Command, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    """What a lecturer acts on has room; below ten sheets there is no discrimination."""
    monkeypatch.setenv("COLUMNS", str(width))
    out = grade("grade --key key.yaml sheets --summary").out
    table = out[out.index("Cell  ") : out.index("\n\nScores")].splitlines()
    assert max(map(len, table)) <= width
    assert {"Wrong", "Unreadable", "Facility"} <= set(table[0].split())
    assert "iscrim" not in out


def test_discrimination(grade: Command) -> None:
    """From ten sheets on, a cell's points are compared with the rest of the score."""
    rows = ["student,conv1.output,conv1.params"]
    rows += [f"s{number},{'28x28x6' if number < 5 else ''},156" for number in range(5)]
    rows += [f"s{number},,{156 if number < 7 else ''}" for number in range(5, 10)]
    grade.write({"ten.csv": "\n".join(rows)})
    outcome = grade("grade --key key.yaml ten.csv --summary --format json")
    output, params, pooled, _ = json.loads(outcome.out)["summary"]["cells"]
    assert (output["facility"], output["discrimination"]) == (0.5, 0.6547)
    assert (params["facility"], params["discrimination"]) == (0.7, 0.6547)
    assert pooled["discrimination"] is None


def test_quotes_in_a_roster(grade: Command) -> None:
    grade.write({"quoted.csv": 'Student,student\n"A ""Ada"" B",ada\n'})
    line = "grade --key key.yaml sheets/ada.yaml --roster quoted.csv --format csv"
    assert list(csv.reader(StringIO(grade(line).out)))[1][:2] == ['A "Ada" B', "ada"]


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown", "gradescope"])
def test_feedback(grade: Command, form: str) -> None:
    """With ``mistakes`` and ``marks`` no format shows a right value that was not answered."""
    grade.write({"s.yaml": "answers:\n  conv1: {output: 30x30x6, params: 150}\n"})
    for how, says in (("mistakes", True), ("marks", False)):
        summary = " --summary" if says else ""
        out = grade(f"grade --key key.yaml s.yaml --format {form} --feedback {how}{summary}").out
        assert not re.search(r"28|156|14", out)
        assert ("bias-forgotten" in out) == says or form in ("table", "markdown")
    assert "156" in grade(f"grade --key key.yaml s.yaml --format {form}").out or form == "csv"


@pytest.mark.parametrize("key", ["bad.yaml", "{student}.yaml"])
def test_problems_of_a_key(grade: Command, key: str) -> None:
    """What is wrong with a key may hold right values: students see that it is, and not what."""
    wrong = KEY.replace("kernel: 5}", "kernel: 5}\n    expect: {output: 28x28x5, params: 150}")
    grade.write({"bad.yaml": wrong, "s.yaml": "student: bad\nanswers: {}\n"})
    line = f"grade --key {key} s.yaml"
    assert "28×28×6" in grade(f"{line} --format json").out
    assert "CNN402" in grade(f"{line} --format json --feedback marks").out
    for shown in ("json --feedback mistakes", "json --feedback marks", "gradescope"):
        assert not re.search(r"28|156", grade(f"{line} --format {shown}").out)


def test_gradescope(grade: Command) -> None:
    schema = schema_of("gradescope")
    for sheet, code in (("ada.yaml", 0), ("bob.csv", 0), ("broken.yaml", 1)):
        line = f"grade --key key.yaml sheets/{sheet} --format gradescope"
        outcome = grade(f"{line} --visibility after_published")
        data = json.loads(outcome.out)
        schema.validate(data)
        assert "score" not in data
        assert (outcome.code, data["visibility"]) == (code, "after_published")
        assert data["stdout_visibility"] == "hidden"
    assert [test["number"] for test in json.loads(grade(
        "grade --key key.yaml sheets/bob.csv --format gradescope").out)["tests"]
    ] == ["1.1", "1.2", "2.1", "3.1"]  # fmt: skip
    assert (data["tests"][0]["status"], data["tests"][0]["max_score"]) == ("failed", 6)
    assert "CNN103" in data["output"]
    below = KEY.replace("points: {conv", "wrong: -0.25\n  points: {conv")
    grade.write({"below.yaml": below, "wrong.csv": "layer,params\nconv1,7\nnetwork,9\n"})
    data = json.loads(grade("grade --key below.yaml wrong.csv --format gradescope").out)
    schema.validate(data)
    assert [test["score"] for test in data["tests"]] == [0, -0.25, 0, -0.25, 0.5]
    assert grade("grade --key key.yaml sheets --format gradescope").code == 2
    grade.write({"bad.yaml": "input: 8\nlayers: [nonsense]\n"})
    outcome = grade("grade --key bad.yaml sheets/ada.yaml --format gradescope")
    schema.validate(json.loads(outcome.out))
    assert outcome.code == 1


def test_template(grade: Command) -> None:
    outcome = grade("grade --key key.yaml --template csv")
    assert outcome.out == "layer,output,params\nconv1,,\nmaxpool1,,-\nnetwork,-,\n"
    grade.write({"empty.csv": outcome.out})
    assert grade("grade --key key.yaml empty.csv").err == ""
    assert grade("grade --template csv").code == 2
    outcome = grade("grade --key keys/{student}.yaml --template csv")
    assert (outcome.code, "here each student has one" in outcome.err) == (2, True)


def test_save(grade: Command, tmp_path: Path) -> None:
    assert grade("grade --key key.yaml sheets --format csv --save book.csv").out == ""
    assert (tmp_path / "book.csv").read_text("utf-8").startswith("student,score,max")
    (tmp_path / "out").mkdir()
    grade.write({"sheets/evil.yaml": "student: ../../x/Ü y\nanswers: {}\n"})
    grade("grade --key key.yaml sheets --format markdown --save out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == [
        "%2E.%2F..%2Fx%2F%C3%9C%20y.md", "%3Dcmd%28%29.md", "ada.md", "bob.md", "broken.md",
        "eve.md",
    ]  # fmt: skip
    assert "156" in (tmp_path / "out" / "bob.md").read_text("utf-8")
    for name in ("key.yaml", "roster.csv", "sheets/ada.yaml"):
        before = (tmp_path / name).read_bytes()
        line = f"grade --key key.yaml sheets --roster roster.csv --format csv --save {name}"
        assert grade(line).code == 2
        assert (tmp_path / name).read_bytes() == before
    assert grade("grade --key key.yaml sheets --save new/ --format csv").out == ""
    assert (tmp_path / "new" / "grades.csv").is_file()
    assert grade("grade --key key.yaml sheets --save nowhere/at/all/").code == 2


def test_keys_of_students(grade: Command) -> None:
    other = KEY.replace("filters: 6", "filters: 8")
    grade.write({"keys/ada.yaml": KEY, "keys/bob.yaml": other})
    found = sheets(grade, "--key keys/{student}.yaml sheets/ada.yaml sheets/bob.csv", code=0)
    assert (found["ada"]["score"], found["bob"]["score"]) == (6, 3)  # on own numbers
    missing = sheets(grade, "--key keys/{student}.yaml sheets/class.csv")
    assert {each["status"] for each in missing.values()} == {"unreadable"}


@pytest.mark.parametrize(
    ("change", "right"),
    [
        ("--set filters=8", ["28x28x8", "208", "28x28x8", "14x14x8"]),
        ("--input 33x33x1 --rounding floor", ["29x29x6", "156", "29x29x6", "14x14x6"]),
    ],
)
@pytest.mark.parametrize("key", ["changed.yaml", "{student}.yaml"])
def test_changed_key(grade: Command, change: str, right: list[str], key: str) -> None:
    """What options change, they change in the key; without ``grading`` every output is asked."""
    layers = "layers:\n  - conv: {filters: $filters, kernel: 5}\n  - relu\n  - maxpool: 2\n"
    grade.write({"changed.yaml": f"vars: {{filters: 6}}\ninput: 32x32x1\n{layers}"})
    grade.write({"s.yaml": "student: changed\nanswers: {}\n"})
    (sheet,) = sheets(grade, f"--key {key} s.yaml {change}", code=0).values()
    assert [cell["right"].replace("×", "x") for cell in sheet["cells"]] == right


def test_own_key(grade: Command) -> None:
    grade.write(
        {"own.yaml": KEY.replace("- relu", "- relu:\n    answer: {output: 28x28x6, params: 1}")}
    )
    (sheet,) = sheets(grade, "own.yaml", code=0).values()
    assert (sheet["score"], sheet["max"]) == (1, 2)
    assert sheet["cells"][1]["mistake"] == ["no-parameters-here"]
    grade.write({"extends.yaml": "extends: key.yaml\nanswer: {params: 156}\n"})
    (sheet,) = sheets(grade, "extends.yaml").values()
    assert [each["code"] for each in sheet["problems"]] == ["CNN210"]


@pytest.mark.parametrize(
    "answer, advice",
    [
        ("answer: 28x28x6", "write answer: {output: 28x28x6}"),
        ("answer: {outptu: 28x28x6}", "did you mean `output`?"),
        ("expect: {output: 28x28x6}", "`answer: {output: 28x28x6, params: 156}` at a layer"),
    ],
)
def test_own_key_without_cells(grade: Command, answer: str, advice: str) -> None:
    grade.write({"own.yaml": KEY.replace("kernel: 5}", f"kernel: 5}}\n    {answer}")})
    assert advice in grade("grade own.yaml").err


def test_own_key_that_does_not_fit(grade: Command) -> None:
    """What is known is marked; of the rest one problem each says why it is not."""
    grade.write({"own.yaml": OWN})
    (sheet,) = sheets(grade, "own.yaml").values()
    statuses = {each["layer"]: each["status"] for each in sheet["cells"]}
    assert (sheet["status"], statuses) == ("marked", {"conv1": "right", "maxpool1": "right"})
    assert [each["code"] for each in sheet["problems"]] == ["CNN301", "CNN604", "CNN604"]
    advice = "nothing is known behind maxpool1, where windows do not fit"
    assert sheet["problems"][-1]["help"] == advice


@pytest.mark.parametrize("header", ["student,layer,output", "student,conv1.output"])
def test_table_without_rows(grade: Command, header: str) -> None:
    """It holds no sheet: a form that nobody has filled in yet."""
    grade.write({"nobody.csv": f"{header}\n"})
    assert sheets(grade, "--key key.yaml nobody.csv", code=0) == {}
    outcome = grade("grade --key key.yaml nobody.csv sheets/ada.yaml --format csv")
    assert [line[:4] for line in outcome.out.splitlines()] == ["stud", "ada,"]
    assert (outcome.code, "no rows below its header" in outcome.err) == (0, True)


@pytest.mark.parametrize("name", ["sheets/ada.yaml", "sheets/bob.csv"])
def test_without_a_key(grade: Command, name: str) -> None:
    outcome = grade(f"grade {name}")
    assert outcome.code == 1
    assert "without a key a sheet is a spec with answers" in outcome.err
    assert "name the assignment with --key" in outcome.err


def test_misfit(grade: Command) -> None:
    """A key may ask for what does not fit; the arithmetic says why."""
    key = "input: 7x7x3\nlayers:\n  - conv: {filters: 10, kernel: 3, stride: 3}\n"
    grade.write({"misfit.yaml": f"{key}    points: {{output: 1}}\n"})
    for answer, status, says in (
        ("does not fit", "right", ""),
        ("2x2x10", "wrong", "as if the rest were left out, though the windows have to fit"),
    ):
        grade.write({"s.yaml": f"answers: {{conv1: {{output: {answer}}}}}\n"})
        (sheet,) = sheets(grade, "--key misfit.yaml s.yaml", code=0).values()
        (cell,) = sheet["cells"]
        assert (cell["status"], cell["right"]) == (status, "does not fit")
        assert cell["says"].startswith(says)
    assert cell["derivation"] == ["(7 − 3 + 2·0)/3 + 1 = 2⅓ ≈ 2.33"]


def test_twice(grade: Command) -> None:
    grade.write({"again.yaml": "student: ada\nanswers: {}\n"})
    outcome = grade("grade --key key.yaml sheets/ada.yaml again.yaml --format json")
    data = json.loads(outcome.out)
    assert [each["status"] for each in data["sheets"]] == ["marked", "twice"]
    assert data["sheets"][1]["problems"][0]["code"] == "CNN606"
    assert outcome.code == 1
    book = grade("grade --key key.yaml sheets/ada.yaml again.yaml --format csv").out
    assert [line[:5] for line in book.splitlines()[1:]] == ["ada,6"]


def test_file_named_twice(grade: Command) -> None:
    outcome = grade("grade --key key.yaml sheets/ada.yaml ./sheets/ada.yaml sheets/ada.yaml")
    assert (outcome.code, "ada   6 of 6 points" in outcome.out) == (0, True)


def test_files_that_are_no_sheets(grade: Command) -> None:
    """In a folder they are named, and nothing else comes of them."""
    grade.write({"all/ada.yaml": "answers: {}\n", "all/ben.xlsx": "", "all/b/carla.pdf": ""})
    outcome = grade("grade --key key.yaml all")
    assert (outcome.code, "ada   0 of 6" in outcome.out) == (0, True)
    assert "2 files are no sheets: ben.xlsx, carla.pdf" in outcome.err
    assert "save tables as CSV" in outcome.err
    line = "grade --key key.yaml all all/ben.xlsx --format gradescope"
    assert "takes one sheet, not 2" in grade(line).err


def test_link_that_leads_nowhere(grade: Command, tmp_path: Path) -> None:
    """A sheet that cannot be opened is one that cannot be read: the others are marked."""
    (tmp_path / "sheets" / "lost.yaml").symlink_to("lost.yaml")
    found = sheets(grade, "--key key.yaml sheets --id sheets/(.*).yaml")
    assert (found["ada"]["score"], found["lost"]["status"]) == (6, "unreadable")
    assert [each["code"] for each in found["lost"]["problems"]] == ["CNN101"]


def test_names_from_paths(grade: Command) -> None:
    found = sheets(grade, "--key key.yaml sheets/ada.yaml --id sheets/(a.)", code=0)
    assert list(found) == ["ad"]


def test_folders_of_moodle(grade: Command) -> None:
    """The recipe of the page takes the students' names from the folders that Moodle makes."""
    page = Path(__file__).parent.parent / "docs" / "homework.md"
    recipe = re.search(
        r"^cnncalc (grade .*) --id '(.*_assignsubmission)'", page.read_text("utf-8"), re.M
    )
    assert recipe is not None
    folder = "submissions/Anna Müller_12345_assignsubmission_file_"
    grade.write({"assignment.yaml": KEY, f"{folder}/hw1.csv": SHEETS["sheets/bob.csv"]})
    outcome = grade(recipe[1], "--id", recipe[2])
    assert (outcome.code, "Anna Müller   5 of 6 points" in outcome.out) == (0, True)


def test_names_in_files(grade: Command) -> None:
    """What ``quiz --save`` calls a file is read back as the student's name."""
    sheet = "answers: {conv1: {output: 28x28x6}}\n"
    grade.write({f"{file_name(name)}.yaml": sheet for name in ("Müller, Ann", "50%")})
    line = "--key key.yaml M%C3%BCller%2C%20Ann.yaml 50%25.yaml"
    assert list(sheets(grade, line, code=0)) == ["Müller, Ann", "50%"]


def test_fail_below(grade: Command) -> None:
    assert grade("grade --key key.yaml sheets/bob.csv --fail-below 0.8").code == 0
    assert grade("grade --key key.yaml sheets/bob.csv --fail-below 0.9").code == 1


def test_bad_key(grade: Command) -> None:
    points = "    points: {output: 1}\n"
    layers = f"  - conv: {{filters: 1, kernel: 9}}\n  - relu:\n{points}  - maxpool: 2\n{points}"
    grade.write({"bad.yaml": f"input: 7x7x3\nlayers:\n{layers}"})
    outcome = grade("grade --key bad.yaml sheets/ada.yaml --format json")
    data = json.loads(outcome.out)
    assert (outcome.code, data["sheets"]) == (1, [])
    assert [each["code"] for each in data["problems"]] == ["CNN604"] * 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--key key.yaml", "there is no sheet to mark"),
        ("--key key.yaml nothing.yaml", "there is no file or folder called nothing.yaml"),
        ("--key nothing.yaml sheets", "there is no file or zoo network called nothing.yaml"),
        ("--key key.yaml sheets --roster nothing.csv", "called nothing.csv"),
        ("--key key.yaml sheets --id [", "is no regular expression"),
        ("--key key.yaml sheets --id a", "in (brackets)"),
        ("--key key.yaml sheets --fail-below 2", "from 0 to 1"),
        ("--key key.yaml empty", "there are no sheets in empty"),
        ("--key - -", "standard input can be read once"),
        ("sheets --rounding floor", "--input, --set and --rounding change a key"),
        ("--key key.yaml sheets --set n=1", "has no variable `n`"),
    ],
)
def test_usage(grade: Command, tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    outcome = grade(f"grade {line}")
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.out == ""


def test_same_bytes(grade: Command) -> None:
    lines = [f"grade --key key.yaml sheets --summary --format {form}" for form in ("json", "csv")]
    assert [grade(line).out for line in lines] == [grade(line).out for line in lines]


def test_key_and_roster_among_the_sheets(grade: Command) -> None:
    sheet = SHEETS["sheets/ada.yaml"]
    grade.write({"all/key.yaml": KEY, "all/roster.csv": ROSTER, "all/ada.yaml": sheet})
    line = "grade --key all/key.yaml all --roster all/roster.csv --format csv --save book.csv"
    outcome = grade(line)
    assert (outcome.code, outcome.err) == (0, "")


@pytest.mark.parametrize(
    ("text", "student"),
    [
        ("student: ada\nanswers: {conv1: {params: 156}}\n", "ada"),
        ('{"answers": {"conv1": {"params": 156}}}', "<stdin>"),
        ("layer,params\nconv1,156\n", "<stdin>"),
        ("student;conv1.params\nada;156\n", "ada"),
    ],
)
def test_standard_input(
    grade: Command, monkeypatch: pytest.MonkeyPatch, text: str, student: str
) -> None:
    stream = TextIOWrapper(BytesIO(text.encode()), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", stream)
    found = sheets(grade, "--key key.yaml -", code=0)
    assert found[student]["score"] == 1


def test_long_names(grade: Command, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for end in "ab":
        grade.write({f"long/{end}.yaml": f"student: {'ü' * 300}{end}\nanswers: {{}}\n"})
    assert grade("grade --key key.yaml long --format markdown --save out").code == 0
    names = [path.name for path in (tmp_path / "out").iterdir()]
    assert len(names) == 2
    assert max(map(len, names)) <= 255
