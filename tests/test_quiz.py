"""``quiz``: the same everywhere, with questions that can be asked, and mistakes of their own."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.command import Command
from support.strategies import effort

from cnncalc.homework.answers import MISFIT
from cnncalc.homework.cells import FIELDS
from cnncalc.homework.key import Asked, Key
from cnncalc.homework.mark import Marked, mark_sheet
from cnncalc.homework.mistakes.explainer import Explainer
from cnncalc.homework.quiz.draw import Pick, SplitMix64, every
from cnncalc.homework.quiz.questions import LEVELS, TOPICS, Topic
from cnncalc.homework.quiz.quiz import Quiz, quiz_key, quiz_spec
from cnncalc.homework.sheet import read_sheets
from cnncalc.homework.values import Value, typed

SEEDS = range(effort(1))
ROSTER = "student,Email address\nada,ada@example.org\n../b ob,\n"
TOPICS_AND_LEVELS = pytest.mark.parametrize(
    ("topic", "level"), [(topic, level) for topic in TOPICS for level in LEVELS]
)


@pytest.fixture
def quiz(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.chdir(tmp_path)
    command = Command(tmp_path, capsys)
    command.write({"roster.csv": ROSTER})
    return command


def key_of(topic: Topic, level: int, seed: int, count: int = 4) -> Key:
    return quiz_key(quiz_spec(Quiz(topic=topic, level=level, count=count, seed=seed)))


def marked(key: Key, answers: dict[str, str]) -> Marked:
    """Return answers, by the names of cells, marked."""
    layers: dict[str, dict[str, str]] = {}
    for name, answer in answers.items():
        layer, _, cell = name.rpartition(".")
        layers.setdefault(layer, {})[cell] = answer
    (sheet,) = read_sheets(json.dumps({"answers": layers}).encode(), "s.json")
    return mark_sheet(key, sheet)


def spelled(cell: Asked, value: Value, choose: random.Random) -> str:
    """Return a value as one of many ways to write it."""
    if value == MISFIT:
        return choose.choice((MISFIT, "Doesn't fit", "no fit", " impossible "))
    plain = typed(cell.cell, value)
    if isinstance(value, tuple) and len(value) > 1:
        between = choose.choice(("x", " x ", "×", "*", ", ", " by "))
        return choose.choice(("{}", "({})", "[{}]", " {} ")).format(plain.replace("x", between))
    if isinstance(value, int) and cell.cell not in FIELDS:
        return choose.choice((plain, f"{value:_}", f"={value}+0", f" {value:,}"))
    return plain


def test_random_numbers() -> None:
    """The numbers that the authors' program gives for the seed 1234567."""
    numbers = SplitMix64(1234567)
    assert [numbers.next() for _ in range(3)] == [
        6457827717110365317, 3203168211198807973, 9817491932198370423,
    ]  # fmt: skip
    assert SplitMix64.of_text("abc").state == 0xBA7816BF8F01CFEA  # FIPS 180-4


def test_every() -> None:
    def make(pick: Pick) -> tuple[int, str]:
        number = pick((1, 2, 3))
        return number, pick("ab") if number == 2 else "-"

    assert list(every(make)) == [(1, "-"), (2, "a"), (2, "b"), (3, "-")]


@TOPICS_AND_LEVELS
def test_the_same_everywhere(
    quiz: Command, golden: Callable[[str, str], None], topic: Topic, level: int
) -> None:
    line = f"quiz --topic {topic} --level {level} --count 3 --seed 7 --student ada"
    golden(f"quiz/{topic}-{level}.yaml", quiz(f"{line} --format yaml").out)
    golden(f"quiz/{topic}-{level}.md", quiz(f"{line} --answers").out)
    if level == 4:
        golden(f"quiz/{topic}-{level}.gift", quiz(f"{line} --format gift").out)


@TOPICS_AND_LEVELS
def test_right_answers(topic: Topic, level: int) -> None:
    """Right answers, however they are written, have all points."""
    for seed in SEEDS:
        key, choose = key_of(topic, level, seed), random.Random(seed)
        assert key.problems == ()
        answers = {cell.name: spelled(cell, cell.right, choose) for cell in key.asked}
        sheet = marked(key, answers)
        assert [(cell.asked.name, cell.status) for cell in sheet.cells] == [
            (cell.name, "right") for cell in key.asked
        ]
        assert sheet.score == sheet.max == len(key.asked)


@TOPICS_AND_LEVELS
def test_mistakes(topic: Topic, level: int) -> None:
    """Every number has a mistake with a value of its own; each is named when it is answered."""
    for seed in SEEDS:
        key = key_of(topic, level, seed, count=3)
        explainer = Explainer(key)
        for cell in key.asked:
            found = list(explainer.mistakes(cell))
            assert found
            for value, mistake in found:
                sheet = marked(key, {cell.name: typed(cell.cell, value)})
                (mark,) = (each for each in sheet.cells if each.given)
                assert (mark.status, mark.mistake, mark.also) == ("wrong", mistake.codes, ())


@TOPICS_AND_LEVELS
def test_levels(topic: Topic, level: int) -> None:
    """What a level has, it has; no question comes twice; numbers can be done by hand."""
    key = key_of(topic, level, 0, count=60)
    layers = [row.layer.as_stated() for row in key.report.rows if row.layer is not None]
    texts = [str((row.kind, row.inputs, row.hyperparameters)) for row in key.report.rows]
    if all(name.isalnum() for name in (row.name for row in key.report.rows)):
        assert len(set(texts)) == len(texts) == 60
    if level == 1:
        assert all(each.get("stride", 1) == 1 and each.get("padding", 0) == 0 for each in layers)
    if level <= 3:
        counts = [cell.right for cell in key.asked if isinstance(cell.right, int)]
        depths = [volume.depth for volume in key.report.inputs.values() if volume]
        assert max(counts, default=0) <= 100_000 and max(depths) <= 64
    assert any(cell.cell in FIELDS for cell in key.asked) == (level == 3)
    misfits = sum(cell.right == MISFIT for cell in key.asked)
    assert (
        (8 <= misfits <= 22)
        if level == 4 and topic in ("conv", "pool", "network")
        else (misfits == 0)
    )


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question as Moodle imports it: its answers with their percentages and feedback."""

    title: str
    text: str
    is_number: bool
    answers: list[tuple[int, str, str]]


def read_gift(text: str) -> list[Question]:
    """Read GIFT as Moodle's documentation describes it.

    Blank lines part questions; lines that begin with two slashes are comments; a backslash takes
    the meaning from the sign behind it.
    """
    hidden = re.sub(r"\\([\\~=#{}:])", lambda found: chr(0xE000 + ord(found[1])), text)
    return [_read_question(part) for part in re.split(r"\n\s*\n", hidden) if part.strip()]


def _read_question(part: str) -> Question:
    lines = [line for line in part.strip().splitlines() if not line.startswith("//")]
    found = re.fullmatch(r"::(.*?)::([^{}]*)\{([^{}]*)\}", "\n".join(lines), re.DOTALL)
    assert found is not None, part
    answers = found[3].strip()
    assert "~" not in answers and "->" not in answers  # other kinds of questions
    is_number = answers.startswith("#")
    pieces = [piece.strip() for piece in answers.removeprefix("#").split("=")]
    assert pieces.pop(0) == ""
    read = []
    for piece in pieces:
        answer = re.fullmatch(r"%(\d+)%([^#]*)#([^#]*)", piece)
        assert answer is not None, piece
        value, colon, tolerance = answer[2].partition(":")
        assert (colon, tolerance) == ((":", "0") if is_number else ("", "")), piece
        assert "*" not in value  # a wildcard
        read.append((int(answer[1]), _shown(value), _shown(answer[3])))
    return Question(
        title=_shown(found[1]), text=_shown(found[2]), is_number=is_number, answers=read
    )


def _shown(text: str) -> str:
    """Return a text with the signs that were escaped."""
    return re.sub("[\ue000-\ue0ff]", lambda found: chr(ord(found[0]) - 0xE000), text).strip()


@TOPICS_AND_LEVELS
def test_gift(quiz: Command, topic: Topic, level: int) -> None:
    """What Moodle reads are the right answers, then mistakes with what marking says of them."""
    for seed in SEEDS:
        out = quiz(
            f"quiz --topic {topic} --level {level} --count 3 --seed {seed} --format gift"
        ).out
        key = key_of(topic, level, seed, count=3)
        explainer = Explainer(key)
        questions = read_gift(out)
        assert [each.title.rpartition(" ")[2] for each in questions] == [
            cell.name for cell in key.asked
        ]
        for question, cell in zip(questions, key.asked, strict=True):
            assert question.is_number == question.answers[0][1].isdecimal() or (
                cell.cell == "output"
            )
            shares = [percent for percent, _, _ in question.answers]
            assert shares == sorted(shares, reverse=True) and set(shares) == {0, 100}
            wrong = [words for percent, _, words in question.answers if not percent]
            mistakes = [
                found.says
                for value, found in explainer.mistakes(cell)
                if not (question.is_number and isinstance(value, tuple) and len(set(value)) > 1)
            ]
            assert list(dict.fromkeys(wrong)) == mistakes
            values = [value.lower() for _, value, _ in question.answers]
            assert len(set(values)) == len(values)
            for percent, value, feedback in question.answers:
                (mark,) = (each for each in marked(key, {cell.name: value}).cells if each.given)
                assert (mark.status == "right") == (percent == 100)
                assert percent or mark.says == feedback


@pytest.mark.parametrize("student", ["ada", "{b}: ~o=#b\\", "two\n\nlines"])
def test_gift_of_a_student(quiz: Command, student: str) -> None:
    """Questions of several students are told apart in one question bank."""
    out = quiz("quiz --count 1 --format gift --student", student).out
    shown = student.replace("\n", "\\n")
    assert [question.title for question in read_gift(out)][:1] == [
        f"convolutions, level 1, {shown}, q1.output"
    ]


def test_gift_of_fractions(quiz: Command) -> None:
    """What is not whole is an answer to two digits, which marking recognises."""
    line = "quiz --topic conv --level 4 --count 20 --format"
    parts = [
        (value, feedback)
        for question in read_gift(quiz(f"{line} gift").out)
        for percent, value, feedback in question.answers
        if not percent and re.fullmatch(r"[\dx]*\.33[\dx.]*", value)
    ]
    assert parts and all("as if a part of a window" in feedback for _, feedback in parts)


def test_everybody_has_their_own() -> None:
    specs = [
        quiz_spec(Quiz(topic="conv", level=2, count=3, seed=seed, student=student))
        for seed in (1, 2)
        for student in (None, "ada", "bob")
    ]
    assert len({json.dumps(spec["layers"]) for spec in specs}) == len(specs)


def test_too_few(quiz: Command) -> None:
    outcome = quiz("quiz --topic pool --level 1 --count 500")
    assert (outcome.code, outcome.out) == (2, "")
    found = re.search(r"there are (\d+) different questions", outcome.err)
    assert found is not None
    most = int(found[1])
    spec = quiz_spec(Quiz(topic="pool", level=1, count=most, seed=3))
    texts = {json.dumps([entry, volume]) for entry, volume in zip(
        [{**entry, "name": "", "from": ""} for entry in spec["layers"]],
        spec["inputs"].values(), strict=True)}  # fmt: skip
    assert len(texts) == most


def test_json_is_the_key(quiz: Command) -> None:
    line = "quiz --topic network --level 5 --count 3"
    quiz.write({"key.yaml": quiz(f"{line} --format yaml").out})
    quiz.write({"key.json": quiz(f"{line} --format json").out})
    sheet = quiz(f"{line} --format csv").out
    templates = {quiz(f"grade --key key.{form} --template csv").out for form in ("yaml", "json")}
    assert templates == {sheet}
    assert quiz("check key.json").code == quiz("check key.yaml").code == 0


def test_questions_hold_no_answers(quiz: Command) -> None:
    for level in LEVELS:
        line = f"quiz --topic conv --level {level}"
        open_cells = quiz(line).out.count("______")
        answered = quiz(f"{line} --answers").out
        assert open_cells == len(key_of("conv", level, 0, count=5).asked)
        assert "______" not in answered and answered.count("**:") == 0
    missing = quiz("quiz --topic conv --level 3 --count 20").out
    assert missing.count("padding ?") + missing.count("of ?") + missing.count("stride ?") > 5


def test_students(quiz: Command, tmp_path: Path) -> None:
    """A roster's quizzes are the keys that ``grade`` finds by the students' names."""
    line = "quiz --topic params --level 2 --count 2 --students roster.csv --save keys"
    assert quiz(f"{line} --format yaml").code == quiz(f"{line} --format csv").code == 0
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [
        "%2E.%2Fb%20ob.csv", "%2E.%2Fb%20ob.yaml", "ada.csv", "ada.yaml",
    ]  # fmt: skip
    own = quiz("quiz --topic params --level 2 --count 2 --student ada --format yaml").out
    assert (tmp_path / "keys" / "ada.yaml").read_text("utf-8") == own
    outcome = quiz("grade --key keys/{student}.yaml keys/ada.csv --format json")
    (sheet,) = json.loads(outcome.out)["sheets"]
    assert (outcome.code, sheet["status"], sheet["max"]) == (0, "marked", 4)


def test_save(quiz: Command, tmp_path: Path) -> None:
    assert quiz("quiz --save q.md").out == ""
    assert (tmp_path / "q.md").read_text("utf-8") == quiz("quiz").out
    (tmp_path / "folder").mkdir()
    quiz("quiz --save folder --format json")
    assert (tmp_path / "folder" / "quiz.json").is_file()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--topic dense", "choose from conv, pool, params"),
        ("--level 6", "from 1 to 5"),
        ("--count 501", "from 1 to 500"),
        ("--count 0", "from 1"),
        ("--seed -1", "from 0"),
        ("--student=", "write the name"),
        ("--answers --format yaml", "--answers goes with --format markdown"),
        ("--students roster.csv", "--students needs --save FOLDER"),
        ("--students roster.csv --student ada --save .", "do not go together"),
        ("--students roster.csv --save roster.csv", "cannot write into roster.csv"),
        ("--students roster.csv --save nowhere/at/all", "cannot write into nowhere/at/all"),
        ("--students nothing.csv --save .", "called nothing.csv"),
        ("--save nowhere/q.md", "cannot write"),
    ],
)
def test_usage(quiz: Command, line: str, message: str) -> None:
    outcome = quiz(f"quiz {line}")
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err


def test_bad_roster(quiz: Command, tmp_path: Path) -> None:
    quiz.write({"bad.csv": "name\nada\n"})
    outcome = quiz("quiz --students bad.csv --save .")
    assert (outcome.code, outcome.out) == (1, "")
    assert "CNN607" in outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "roster.csv"]
