"""What a worksheet is: questions, what they are worth, and what they accept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Union

KINDS = ("integer", "number", "shape", "choice", "written")
STUDENT = "student"  # the value of filled_in_by in a student's file

Answer = Union[int, float, str, tuple[int, ...]]  # noqa: UP007  (3.10 evaluates it)


@dataclass(frozen=True)
class Question:
    """One question; ``answer`` is None for a written one and in a student's file."""

    id: str
    kind: str  # one of KINDS
    points: float
    prompt: str = ""  # empty in a student's file, where it is a comment
    answer: Answer | None = None
    tolerance: float = 0.0
    choices: tuple[str, ...] = ()
    range: tuple[float, float] | None = None
    unit: str = ""


@dataclass(frozen=True)
class Worksheet:
    """The questions of one assignment."""

    questions: tuple[Question, ...]
    form_points: float = 0.0  # for answers that are complete and well formed
    title: str = ""

    @property
    def graded(self) -> list[Question]:
        """Those with an answer; in a student's file there are none."""
        return [one for one in self.questions if one.answer is not None]

    @property
    def written_points(self) -> float:
        """What a person gives; in a student's file it is unknown."""
        return sum(one.points for one in self.questions if one.answer is None)

    def question(self, name: str) -> Question | None:
        """The question with this id."""
        return next((one for one in self.questions if one.id == name), None)


def is_number(value: object) -> bool:
    """Whether a value is a finite number; a bool is none."""
    if type(value) is float:
        return math.isfinite(value)
    return type(value) is int


def same_words(text: str) -> str:
    """What two spellings of one choice have in common."""
    return " ".join(text.split()).casefold()
