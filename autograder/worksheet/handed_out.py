"""The questions as students get them, in a file that they have no reason to edit.

The form check at home takes the questions from there: a slip in worksheet.toml is a
mistake in an answer then, and not a worksheet that cannot be read.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.worksheet.questions import STUDENT, Question, Worksheet
from autograder.worksheet.reading import worksheet_from


def questions_json(worksheet: Worksheet) -> str:
    """The questions without answers, tolerances and prompts."""
    document = {
        "filled_in_by": STUDENT,
        "title": worksheet.title,
        "form_points": worksheet.form_points,
        "question": [_plain(question) for question in worksheet.questions],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def load_questions(file: Path) -> Worksheet:
    """Read what ``questions_json`` wrote.

    Raises:
        CourseError: the file is missing or damaged.
    """
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(document, dict):
            raise ValueError("it holds no table of questions")
        return worksheet_from(document, str(file))
    except (OSError, ValueError, RecursionError, CourseError) as error:
        said = str(error).removeprefix(f"{file}: ")
        raise CourseError(
            f"{file}: unpack this file again from the zip. "
            f"The questions cannot be read: {said}"
        ) from None


def _plain(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": question.id,
        "kind": question.kind,
        "points": question.points,
    }
    if question.choices:
        found["choices"] = list(question.choices)
    if question.range:
        found["range"] = list(question.range)
    if question.unit:
        found["unit"] = question.unit
    return found
