"""docs/curriculum.md: what covers the sources is there, and nothing lacks a row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from autograder.course.assignment import load_course
from autograder.worksheet import load

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "curriculum.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.splitlines()
    if line.startswith(("| R", "| S"))
]
COVERING = re.compile(r"`(\w+) (\w+)::(\w+)`")
COURSE = load_course(ROOT / "solutions")


def is_there(assignment: str, exercise: str, name: str) -> bool:
    """Whether there is such a check, or such a question."""
    found = COURSE.assignment(assignment)
    if exercise == "worksheet":
        worksheet = load(found.folder / "worksheet.toml")
        return worksheet.question(name) is not None
    checks = found.checks(exercise)
    text = checks.read_text(encoding="utf-8") if checks.is_file() else ""
    return f"def {name}(" in text


def test_there_are_rows() -> None:
    """Both sources are in the table."""
    assert sum(row[0].startswith("R ") for row in ROWS) >= 25
    assert sum(row[0].startswith("S,") for row in ROWS) >= 25


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_row_names_what_covers_it(row: list[str]) -> None:
    """Checks and questions exist by these names."""
    covering = COVERING.findall(row[1])

    assert covering
    assert [each for each in covering if not is_there(*each)] == []


def test_every_section_has_a_row() -> None:
    """No section of the recitation, and no part of the slides, is left out."""
    sections = {re.match(r"(R \d\.\d|S, \w+)", row[0]) for row in ROWS}
    found = {match.group(1) for match in sections if match}

    recitation = {"R 1.1", "R 2.1", "R 2.2", "R 3.1", "R 3.2", "R 3.3", "R 3.4"}
    assert recitation | {"R 4.1", "R 4.2"} <= found
    slides = {"S, RNN", "S, CNN", "S, attention", "S, transformer", "S, PyTorch"}
    assert slides <= found


def test_every_assignment_covers_something() -> None:
    """All of them stand in the table."""
    covering = {each[0] for row in ROWS for each in COVERING.findall(row[1])}

    assert covering == {assignment.name for assignment in COURSE.assignments}
