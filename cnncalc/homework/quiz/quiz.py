"""Quizzes: assignments with random layers, the same for the same seed on every machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cnncalc.homework.answers import MISFIT
from cnncalc.homework.key import Key, make_key
from cnncalc.homework.mistakes.explainer import Explainer
from cnncalc.homework.quiz.draw import Pick, SplitMix64, every
from cnncalc.homework.quiz.questions import TOPICS, Part, Question, Topic, draw
from cnncalc.inference.infer import infer
from cnncalc.spec.edits import written
from cnncalc.spec.load import parse_bytes

VERSION: Final = 1
"""Of the questions: other random numbers, or other questions from them, need another one."""
MOST_QUESTIONS: Final = 500
_BY_HAND: Final = 100_000
"""The largest count that is asked for at levels 1 to 3."""
_PATIENCE: Final = 200
"""Draws in a row without a new question, after which all that there are are looked at."""


class TooFew(Exception):
    """There are fewer different questions than are wanted: ``count`` of them."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """What a quiz is made from; with the same numbers it is the same quiz."""

    topic: Topic
    level: int
    count: int
    seed: int
    student: str | None = None

    @property
    def seeding(self) -> str:
        """The text that seeds the random numbers."""
        parts = (self.topic, self.level, self.count, self.seed, self.student or "")
        return f"cnncalc quiz {VERSION}|{'|'.join(map(str, parts))}"


def quiz_spec(quiz: Quiz) -> dict[str, Any]:
    """Return the assignment as the data of a spec, which is its own key.

    Raises:
        TooFew: there are not so many different questions.
    """
    questions = _questions(quiz)
    stated = {
        "version": VERSION,
        "topic": quiz.topic,
        "level": quiz.level,
        "count": quiz.count,
        "seed": quiz.seed,
        "student": quiz.student,
    }
    return {
        "name": f"{TOPICS[quiz.topic]}, level {quiz.level}",
        "quiz": stated,
        **_network(questions),
    }


def question_number(layer: str) -> int:
    """Return the number of the question that a layer belongs to: 3 for ``q3`` and ``q3_1``."""
    return int(layer.removeprefix("q").partition("_")[0])


def quiz_key(spec: Mapping[str, Any]) -> Key:
    """Return the key that the data of a quiz is."""
    return _key(spec_text(spec))


def spec_text(spec: Mapping[str, Any]) -> str:
    """Return the data of a quiz as YAML, with a line for each input and for what is in a layer."""
    lines = [f"{key}: {_flow(spec[key])}" for key in ("name", "quiz") if key in spec]
    lines.append("inputs:")
    lines += [f"  {name}: {_flow(volume)}" for name, volume in spec["inputs"].items()]
    lines += [f"outputs: {_flow(spec['outputs'])}", "layers:"]
    lines += [f"  {line}" for entry in spec["layers"] for line in _entry_lines(entry)]
    return "".join(f"{line}\n" for line in lines)


def _entry_lines(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a layer, or of a group of layers."""
    lead = "- "
    for key, value in entry.items():
        if key == "layers":
            yield f"{lead}layers:"
            yield from (f"    {line}" for inner in value for line in _entry_lines(inner))
        else:
            yield f"{lead}{key}: {_flow(value)}"
        lead = "  "


def _flow(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_flow(each)}' for key, each in value.items())}}}"
    return "null" if value is None else written(value)


# --- from questions to a spec -------------------------------------------------------------------


def _network(questions: list[Question]) -> dict[str, Any]:
    """Return the inputs and layers of questions: question 3 is a layer or a group called ``q3``."""
    inputs: dict[str, Any] = {}
    layers: list[dict[str, Any]] = []
    for number, question in enumerate(questions, 1):
        sizes = question.input.named()
        is_line = question.input.rank == 1
        inputs[f"x{number}"] = dict(sizes) if is_line else "x".join(map(str, sizes.values()))
        layers.append(_entry(number, question))
    return {"inputs": inputs, "outputs": [entry["name"] for entry in layers], "layers": layers}


def _entry(number: int, question: Question) -> dict[str, Any]:
    """Return the layer of a question, or the group of its layers: ``q3_1``, ``q3_2``."""
    name, reads = f"q{number}", {"from": f"x{number}"}
    if len(question.parts) == 1:
        return _layer(question.parts[0], name, reads)
    names = [reads["from"], *(f"{name}_{place}" for place in range(1, len(question.parts) + 1))]
    layers = []
    for own, part in zip(names[1:], question.parts, strict=True):
        sources = [names[source] for source in part.sources]
        stated = {"from": sources[0] if len(sources) == 1 else sources} if sources else {}
        layers.append(_layer(part, own, stated))
    return {"name": name, **reads, "points": _points(question.asked), "layers": layers}


def _layer(part: Part, name: str, reads: Mapping[str, Any]) -> dict[str, Any]:
    return {part.kind: dict(part.fields), "name": name, **reads, "points": _points(part.asked)}


def _points(asked: tuple[str, ...]) -> dict[str, int]:
    return dict.fromkeys(asked, 1)


# --- which questions ----------------------------------------------------------------------------


def _questions(quiz: Quiz) -> list[Question]:
    """Return different questions that can be asked."""
    random = SplitMix64.of_text(quiz.seeding)
    found: dict[str, Question] = {}
    misses = 0
    while len(found) < quiz.count and misses < _PATIENCE:
        misses = 0 if _added(found, quiz, random.pick) else misses + 1
    if len(found) < quiz.count:
        rest = [question for text, question in _all(quiz).items() if text not in found]
        if len(found) + len(rest) < quiz.count:
            raise TooFew(len(found) + len(rest))
        while len(found) < quiz.count:
            question = random.pick(rest)
            rest.remove(question)
            found[_text(question)] = question
    return list(found.values())


def _added(found: dict[str, Question], quiz: Quiz, pick: Pick) -> bool:
    """Draw a question and tell whether it is a new one, which has been added."""
    question = draw(quiz.topic, quiz.level, pick)
    text = _text(question)
    if text in found or not _can_be_asked(text, quiz.level):
        return False
    found[text] = question
    return True


def _all(quiz: Quiz) -> dict[str, Question]:
    """Return all different questions that there are."""
    found: dict[str, Question] = {}
    for _ in every(lambda pick: _added(found, quiz, pick)):
        pass
    return found


def _text(question: Question) -> str:
    return spec_text(_network([question]))


def _key(text: str) -> Key:
    loaded = parse_bytes(text.encode(), "quiz.yaml", None)
    assert loaded.network is not None
    return make_key(loaded.network, infer(loaded.network, None, loaded.problems))


def _can_be_asked(text: str, level: int) -> bool:
    """Return whether a question fits, and each of its numbers has a wrong value of its own."""
    key = _key(text)
    if key.problems:
        return False
    explainer = Explainer(key)
    for cell in key.asked:
        if level <= 3 and isinstance(cell.right, int) and cell.right > _BY_HAND:
            return False
        if all(value == MISFIT for value, _ in explainer.mistakes(cell)):
            return False
    return True
