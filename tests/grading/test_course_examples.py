"""The sample classes of the other assignments: each student gets what is deserved."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.course.assignment import load_course
from autograder.submissions.entries import find_entries
from tests.grading.expectations import EXAMPLES, expected_of, found_in, students_of

ROOT = Path(__file__).parents[2]
SEED = 20260312418
NAMES = [each.name for each in load_course(ROOT / "solutions").assignments]
OTHERS = [name for name in NAMES if name != "cnn"]  # test_examples.py has that
CASES = [(name, student) for name in OTHERS for student in students_of(name)]

Results = Callable[[str], Path]


@pytest.fixture(scope="module")
def results(grade, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The results of an assignment's class, which is graded once."""
    graded: dict[str, Path] = {}

    def of(name: str) -> Path:
        if name not in graded:
            graded[name] = tmp_path_factory.mktemp(name)
            options = ["--seed", str(SEED), "--jobs", "2"]
            folder, course = EXAMPLES / name, ROOT / "solutions"
            done = grade(name, folder, graded[name], *options, course=course)
            assert done.returncode == 0, done.stderr
        return graded[name]

    return of


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_has_an_expectation(name: str) -> None:
    """Ten students or more, none of them left out."""
    assignment = load_course(ROOT / "solutions").assignment(name)
    entries = find_entries(EXAMPLES / name, assignment.exercises)

    assert [entry.student for entry in entries] == students_of(name)
    assert len(entries) >= 10


@pytest.mark.parametrize(("name", "student"), CASES)
def test_example_gets_what_it_deserves(
    results: Results, name: str, student: str
) -> None:
    """Points, outcomes, ideas and notes are those in expected.json."""
    assert found_in(results(name), student) == expected_of(name, student)
