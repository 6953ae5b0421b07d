"""How a file is checked: which problems count, and how they are found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from cnncalc.checking.budget import Budget
from cnncalc.checking.table import Table, Unfit
from cnncalc.problems.codes import CODES, ON_REQUEST, is_reading, matching
from cnncalc.problems.model import Problem
from cnncalc.problems.suggestions import did_you_mean


def codes(word: str) -> str:
    """Return a word for codes: ``CNN903``, ``CNN9`` or a name.

    Raises:
        Unfit: there is no such code.
    """
    if not matching(word):
        listed = "write a code such as CNN903, the beginning of codes such as CNN9, or a name"
        is_code = re.fullmatch(r"CNN\d+", word, re.IGNORECASE) is not None
        near = () if is_code else did_you_mean(word, (*CODES, *CODES.values()))
        advice = ("`cnncalc rule` lists all codes",) if is_code else near or (listed,)
        raise Unfit("CNN202", f"there is no problem code {word}", *advice)
    return word


def ignorable(word: str) -> str:
    """Return a word for codes that may be ignored.

    Raises:
        Unfit: there is no such code, or it is one of reading.
    """
    reading = next(filter(is_reading, matching(codes(word))), None)
    if reading is not None:
        named = word.upper() == reading or word.lower() == CODES[reading]
        covered = "" if named else f" includes {reading}, which"
        raise Unfit(
            "CNN112",
            f"{word}{covered} cannot be ignored",
            "what cannot be read (CNN1xx) cannot be checked: mend the file, or exclude it",
        )
    return word


Codes = Annotated[str, AfterValidator(codes)]
Ignorable = Annotated[str, AfterValidator(ignorable)]


class Settings(Table):
    """What may differ from file to file."""

    select: list[Codes] = Field(
        default=["CNN"],
        description="which problems are reported: codes, beginnings of codes such as `CNN9`, or "
        "names; those of reading (`CNN1xx`) always are",
        examples=[["CNN3", "CNN9"]],
    )
    ignore: list[Ignorable] = Field(
        default=[],
        description="which problems are not reported, even where they are selected; those of "
        "reading cannot be ignored",
        examples=[["CNN903", "layer-not-used"]],
    )
    warnings_as_errors: bool = Field(
        default=False, description="whether advice (`CNN9xx`) counts as errors", examples=[True]
    )
    rounding: Literal["strict", "floor", "ceil"] = Field(
        default="strict",
        description="what holds in networks that state no rounding",
        examples=["floor"],
    )
    budget: Budget = Field(default=Budget(), description="what a network may cost")

    @staticmethod
    def layered(layers: Iterable[Settings]) -> Settings:
        """Return one for all: each layer's settings go over those of the layers before it.

        Of budgets each limit does.
        """
        stated: dict[str, Any] = {}
        limits: dict[str, Any] = {}
        for layer in layers:
            stated |= {name: layer.stated[name] for name in layer.stated.keys() & _NAMES}
            limits |= layer.budget.stated
        return Settings.model_construct(**stated | {"budget": Budget.model_construct(**limits)})

    def judged(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Return the problems that are reported, as bad as they count."""
        return tuple(
            problem.at(as_error=True) if self.warnings_as_errors else problem
            for problem in problems
            if self.reports(problem.code)
        )

    def reports(self, code: str) -> bool:
        """Return whether problems of a code are reported."""
        if is_reading(code):
            return True
        if any(code in matching(word) for word in self.ignore):
            return False
        named = (code, CODES[code])
        return any(
            word.upper() == code or word.lower() in named
            if code in ON_REQUEST
            else code in matching(word)
            for word in self.select
        )


_NAMES = Settings.model_fields.keys()

USUAL = Settings()
"""What holds where nobody says anything else."""
