"""Read worksheet.toml, the instructor's or a student's.

Both are read alike. A student's says ``filled_in_by = "student"`` at its top: it has
its prompts as comments, and what it answers is no truth.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.tables import listed, nearest
from autograder.worksheet.questions import (
    KINDS,
    STUDENT,
    Question,
    Worksheet,
    is_number,
    same_words,
)
from autograder.worksheet.right_values import FormError, typed

# tomli is the same parser, for Pythons before 3.11.
_toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

_FILE_KEYS = ("title", "form_points", "question", "filled_in_by")
_QUESTION_KEYS = ("id", "prompt", "kind", "points", "answer")
_OPTIONAL_KEYS = ("tolerance", "choices", "range", "unit")
_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class _Reader:
    """Values of one table by rule; errors name file, question, rule and remedy."""

    where: str
    values: Mapping[str, Any]
    by_student: bool = False
    known: tuple[str, ...] = field(default=())

    def fail(self, rule: str) -> CourseError:
        return CourseError(f"{self.where}: {rule}")

    def refuse_unknown(self) -> None:
        for key in self.values:
            if key not in self.known:
                raise self.fail(
                    f"'{key}' is not a key here{nearest(key, self.known)} "
                    f"Known keys: {listed(self.known)}."
                )

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self.fail(f"'{key}' must be a text; it is {value!r}. Quote it.")
        return value.rstrip().lstrip("\n")  # the first line may be indented

    def points(self, key: str) -> float:
        value = self.values.get(key, 0)
        if not is_number(value) or value < 0:
            raise self.fail(f"'{key}' must be a number, 0 or more; it is {value!r}.")
        return float(value)


def load(source: Path | str, name: str = "worksheet.toml") -> Worksheet:
    """Read a worksheet, the instructor's or a student's, from a file or from text.

    Raises:
        CourseError: it breaks a rule.
    """
    if isinstance(source, Path):
        name = str(source)
        try:
            source = source.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise CourseError(f"{name}: there is no such file. Create it.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise CourseError(
                f"{name}: cannot be read as UTF-8 text: {error}"
            ) from None
    try:
        document = _toml.loads(source.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise CourseError(f"{name}: is not valid TOML: {error}") from None
    return worksheet_from(document, name)


def worksheet_from(document: Mapping[str, Any], name: str) -> Worksheet:
    """The worksheet in a document that has been parsed.

    Raises:
        CourseError: it breaks a rule.
    """
    by_student = document.get("filled_in_by") == STUDENT
    reader = _Reader(name, document, by_student, _FILE_KEYS)
    reader.refuse_unknown()
    tables = document.get("question")
    if not isinstance(tables, list) or not tables:
        raise reader.fail("it has no questions. Add at least one [[question]].")
    questions: list[Question] = []
    for number, table in enumerate(tables, 1):
        if not isinstance(table, dict):
            raise reader.fail(f"question {number} must be a table, [[question]].")
        question = _question(table, number, name, by_student)
        if any(question.id == other.id for other in questions):
            raise reader.fail(f"two questions are called '{question.id}'. Rename one.")
        questions.append(question)
    form_points = reader.points("form_points")
    return Worksheet(tuple(questions), form_points, reader.text("title"))


def _question(
    table: Mapping[str, Any], number: int, file: str, by_student: bool
) -> Question:
    name = table.get("id")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise CourseError(
            f"{file}: question {number} needs an 'id' of lower-case letters, digits "
            f'and _, such as "w_q_shape"; it is {name!r}.'
        )
    where = f"{file}: question '{name}'"
    reader = _Reader(where, table, by_student, _QUESTION_KEYS + _OPTIONAL_KEYS)
    reader.refuse_unknown()
    kind = table.get("kind")
    if kind not in KINDS:
        raise reader.fail(f"'kind' must be one of {listed(KINDS)}; it is {kind!r}.")
    prompt = reader.text("prompt")
    if not by_student:
        if not prompt:
            raise reader.fail("'prompt' is missing. Write what is asked.")
        if "points" not in table:
            raise reader.fail("'points' is missing. Add what the answer is worth.")
    question = Question(
        id=name,
        kind=kind,
        points=reader.points("points"),
        prompt=prompt,
        tolerance=_tolerance(reader, kind),
        choices=_choices(reader, kind),
        range=_range(reader, kind),
        unit=reader.text("unit"),
    )
    return question if by_student else _with_answer(reader, question)


def _tolerance(reader: _Reader, kind: str) -> float:
    if "tolerance" in reader.values and kind != "number":
        raise reader.fail("only a number can have a 'tolerance'. Take it out.")
    return reader.points("tolerance")


def _choices(reader: _Reader, kind: str) -> tuple[str, ...]:
    choices = reader.values.get("choices", [])
    if kind != "choice":
        if choices:
            raise reader.fail("only kind = \"choice\" has 'choices'. Take them out.")
        return ()
    good = isinstance(choices, list) and len(choices) >= 2
    if not good or not all(isinstance(one, str) and one.strip() for one in choices):
        raise reader.fail("'choices' must be a list of at least two texts.")
    if len({same_words(one) for one in choices}) < len(choices):
        raise reader.fail("two 'choices' differ in case or spaces only. Reword one.")
    return tuple(one.strip() for one in choices)


def _range(reader: _Reader, kind: str) -> tuple[float, float] | None:
    if "range" not in reader.values:
        return None
    bounds = reader.values["range"]
    if kind not in ("integer", "number", "shape"):
        raise reader.fail("only numbers and shapes have a 'range'. Take it out.")
    good = isinstance(bounds, list) and len(bounds) == 2 and all(map(is_number, bounds))
    if not good or bounds[0] >= bounds[1]:
        raise reader.fail(
            f"'range' must be [low, high] with low below high; it is {bounds!r}."
        )
    return bounds[0], bounds[1]


def _with_answer(reader: _Reader, question: Question) -> Question:
    """The question with its answer, which must stand up to its own rules."""
    if question.kind == "written":
        if "answer" in reader.values:
            raise reader.fail("a person grades it, so it has no 'answer'. Take it out.")
        return question
    if "answer" not in reader.values:
        raise reader.fail("'answer' is missing. Add the correct one.")
    raw = reader.values["answer"]
    exact = isinstance(raw, str) == (question.kind == "choice")
    try:
        answer = typed(question, raw)
    except FormError as error:
        raise reader.fail(f"'answer' {error}") from None
    if not exact:
        raise reader.fail(f"'answer' is in quotes, {raw!r}. Take them off.")
    return replace(question, answer=answer)
