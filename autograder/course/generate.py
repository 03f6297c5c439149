"""The folder that students get, made from the one with solutions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autograder.course.assignment import (
    ASSIGNMENT_FILE,
    FIGURES,
    HANDOUT,
    LOOKALIKES,
    WORKSHEET,
    WORKSHEET_QUESTIONS,
    WORKSHEET_SECTION,
    Assignment,
    HiddenSummary,
)
from autograder.course.checks import visible_checks
from autograder.course.hints import HINTS, load_hints
from autograder.course.readme import student_readme
from autograder.course.source import read_text
from autograder.course.stubs import make_stub
from autograder.course.student_folder import differences, write_files
from autograder.errors import CourseError
from autograder.worksheet import blank, load, questions_json

README = "README.md"
Lookalikes = Mapping[str, Any] | str | None  # a text is written as it is


def generate(
    assignment: Assignment,
    out: Path,
    lookalikes: Lookalikes,
    hidden: Mapping[str, HiddenSummary],
) -> list[Path]:
    """Write the student folder ``out``; return the files written or removed.

    The same solutions give the same bytes, and files that are current stay untouched.

    Raises:
        CourseError: a file of the assignment breaks a rule, or ``out`` holds
            something that was not generated.
    """
    return write_files(out, student_files(assignment, lookalikes, hidden))


def stale(
    assignment: Assignment,
    out: Path,
    lookalikes: Lookalikes,
    hidden: Mapping[str, HiddenSummary],
) -> list[str]:
    """What in ``out`` differs from what ``generate`` would write, a sentence each."""
    return differences(out, student_files(assignment, lookalikes, hidden))


def student_files(
    assignment: Assignment,
    lookalikes: Lookalikes,
    hidden: Mapping[str, HiddenSummary],
) -> dict[str, bytes]:
    """The student folder's files by their paths inside it.

    Raises:
        CourseError: a file of the assignment breaks a rule.
    """
    texts: dict[str, str] = {}
    for exercise in assignment.exercises:
        module, checks = assignment.module(exercise), assignment.checks(exercise)
        texts[module.name] = make_stub(read_text(module), str(module))
        texts[checks.name] = visible_checks(read_text(checks), str(checks))
    handout = assignment.folder / HANDOUT
    if handout.is_file():
        texts[HANDOUT] = read_text(handout)
    if load_hints(assignment):
        texts[HINTS] = read_text(assignment.folder / HINTS)
    if assignment.has_worksheet:
        worksheet = load(assignment.folder / WORKSHEET)
        texts[WORKSHEET] = blank(worksheet)
        texts[WORKSHEET_QUESTIONS] = questions_json(worksheet)
    if lookalikes is not None:
        texts[LOOKALIKES] = _json_text(lookalikes)
    texts[ASSIGNMENT_FILE] = assignment_toml(assignment, hidden)
    texts[README] = student_readme(
        assignment, hidden, has_handout=HANDOUT in texts, has_hints=HINTS in texts
    )
    files = {path: text.encode() for path, text in texts.items()}
    files |= _figures(assignment.folder)
    if HANDOUT in texts:
        _refuse_dead_links(handout, texts[HANDOUT], files)
    return files


def assignment_toml(assignment: Assignment, hidden: Mapping[str, HiddenSummary]) -> str:
    """The student's assignment.toml, as ``load_student_assignment`` reads it."""
    for exercise in hidden:
        if exercise not in (*assignment.exercises, WORKSHEET_SECTION):
            raise CourseError(
                f"{assignment.folder}: a summary of hidden checks was given for "
                f"{exercise!r}, which is no exercise. Give only those of exercises."
            )
    lines = [
        "# Generated. Grading uses the instructor's own settings.",
        f"name = {_text(assignment.name)}",
        f"title = {_text(assignment.title)}",
        f"public_seed = {assignment.public_seed}",
        f"exercises = {_texts(assignment.exercises)}",
        f"libraries = {_texts(assignment.libraries)}",
        *(["worksheet = true"] if assignment.has_worksheet else []),
        "",
        "[limits]",
        *(f"{name} = {_number(v)}" for name, v in asdict(assignment.limits).items()),
    ]
    if assignment.forbidden:
        lines += ["", "[forbidden]"]
        lines += [
            f"{_key(exercise)} = {_texts(assignment.forbidden[exercise])}"
            for exercise in assignment.exercises
            if exercise in assignment.forbidden
        ]
    for exercise in (*assignment.exercises, WORKSHEET_SECTION):
        summary = hidden.get(exercise)
        if summary and summary.checks:
            lines += ["", f"[hidden.{_key(exercise)}]"]
            lines += [f"checks = {summary.checks}"]
            lines += [f"points = {_number(summary.points)}"]
    return "\n".join(lines) + "\n"


def _json_text(lookalikes: Mapping[str, Any] | str) -> str:
    if isinstance(lookalikes, str):
        return lookalikes
    text = json.dumps(
        lookalikes, separators=(",", ":"), sort_keys=True, allow_nan=False
    )
    return text + "\n"


def _figures(folder: Path) -> dict[str, bytes]:
    files = sorted(file for file in (folder / FIGURES).rglob("*") if file.is_file())
    inside = {file: file.relative_to(folder) for file in files}
    return {
        path.as_posix(): file.read_bytes()
        for file, path in inside.items()
        if not any(part.startswith((".", "__")) for part in path.parts)
    }


def _refuse_dead_links(handout: Path, text: str, files: Mapping[str, bytes]) -> None:
    """Links into the student's folder must lead to a file that is there."""
    text = re.sub(r"```.*?```|`[^`\n]*`|\$[^$]*\$", "", text, flags=re.DOTALL)
    for link in re.findall(r"\]\(<?([^)\s>]+)", text):
        target = link.partition("#")[0].removeprefix("./")
        is_path = ":" not in target and ("." in target or "/" in target)
        if is_path and target not in files:
            raise CourseError(
                f"{handout}: links to {link!r}, which is not in the student's folder. "
                f"Put the file there (pictures go to {FIGURES}/), or fix the link."
            )


def _text(value: str) -> str:
    # JSON's strings are TOML's, but for the one control character JSON leaves alone.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _texts(values: tuple[str, ...]) -> str:
    line = f"[{', '.join(map(_text, values))}]"
    if len(line) <= 72:
        return line
    return "[\n" + "".join(f"    {_text(value)},\n" for value in values) + "]"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _number(value: float) -> str:
    return repr(int(value) if float(value).is_integer() else value)
