"""The sample classes of the other assignments: each student gets what is deserved."""

from __future__ import annotations

import shutil
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
EVERY = 4  # one in so many is graded where time is short

Results = Callable[[str, list[str]], Path]


@pytest.fixture(scope="module")
def results(grade, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """The results of some students of an assignment, who are graded once."""
    graded: dict[tuple[str, ...], Path] = {}

    def of(name: str, students: list[str]) -> Path:
        key = (name, *students)
        if key not in graded:
            some = tmp_path_factory.mktemp(f"some_of_{name}")
            for entry in find_entries(EXAMPLES / name, []):
                if entry.student in students:
                    copy = shutil.copytree if entry.path.is_dir() else shutil.copy
                    copy(entry.path, some / entry.path.name)
            graded[key] = tmp_path_factory.mktemp(name)
            options = ["--seed", str(SEED), "--jobs", "2"]
            course = ROOT / "solutions"
            done = grade(name, some, graded[key], *options, course=course)
            assert done.returncode == 0, done.stderr
        return graded[key]

    return of


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_has_an_expectation(name: str) -> None:
    """Ten students or more, none of them left out."""
    assignment = load_course(ROOT / "solutions").assignment(name)
    entries = find_entries(EXAMPLES / name, assignment.exercises)

    assert [entry.student for entry in entries] == students_of(name)
    assert len(entries) >= 10


@pytest.mark.parametrize("name", OTHERS)
def test_some_examples_get_what_they_deserve(results: Results, name: str) -> None:
    """Points, outcomes, ideas and notes of one in some are those in expected.json."""
    students = students_of(name)[::EVERY]
    folder = results(name, students)

    found = {student: found_in(folder, student) for student in students}

    assert found == {student: expected_of(name, student) for student in students}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "student"), CASES)
def test_example_gets_what_it_deserves(
    results: Results, name: str, student: str
) -> None:
    """The same of all of them."""
    folder = results(name, students_of(name))

    assert found_in(folder, student) == expected_of(name, student)
