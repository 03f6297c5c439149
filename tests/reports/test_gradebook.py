"""The table of a course, for the terminal and as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from autograder.reports.gradebook import render, to_csv
from autograder.verdict import CheckResult, Outcome, Person, Verdict


def verdict(assignment: str, student: str, points: float, most: float) -> Verdict:
    """A verdict of one check."""
    outcome = Outcome.PASSED if points == most else Outcome.FAILED
    check = CheckResult("a::test_a", "a", "f", "it works", outcome, points, most)
    return Verdict(assignment, student, 5, [check])


@pytest.fixture
def classes() -> list[list[Verdict]]:
    """Two assignments; student_02 did not hand the second in."""
    return [
        [verdict("cnn", "student_02", 4, 10), verdict("cnn", "student_01", 10, 10)],
        [verdict("rnn", "student_01", 2.5, 20), verdict("rnn", "=3", 1, 20)],
    ]


def opened(verdict: Verdict) -> Verdict:
    """The verdict after a fault of ours."""
    (check,) = verdict.checks
    broken = replace(check, outcome=Outcome.GRADER_FAULT, points=0)
    return replace(verdict, checks=[broken])


def test_a_row_per_student_and_a_column_per_assignment(classes) -> None:
    """Assignments in the order of the course, and no cell is a formula."""
    assert list(csv.reader(io.StringIO(to_csv(classes)))) == [
        ["student", "cnn", "rnn", "points", "max_points", "needs_attention"],
        ["'=3", "", "1", "1", "30", ""],
        ["student_01", "10", "2.5", "12.5", "30", ""],
        ["student_02", "4", "", "4", "30", ""],
    ]


def test_open_points_leave_the_sum_open(classes) -> None:
    """A sum without them would be taken for a mark."""
    classes[1][0] = opened(classes[1][0])

    row = list(csv.reader(io.StringIO(to_csv(classes))))[2]
    assert row == ["student_01", "10", "", "", "30", "rnn"]
    line = next(row for row in render(classes).splitlines() if "student_01" in row)
    assert line.split() == ["student_01", "10", "open", "open", "look"]


def test_the_terminal(classes) -> None:
    """What was not handed in is a dash; each assignment has its median."""
    lines = [line.split() for line in render(classes).splitlines() if line]

    assert lines[0] == ["student", "cnn", "rnn", "points"]
    assert lines[1] == ["of", "10", "of", "20", "of", "30"]
    assert lines[-3] == ["student_02", "4", "-", "4"]
    assert lines[-2] == ["median", "7", "1.75"]
    assert lines[-1] == ["3", "students,", "2", "assignments."]


def test_a_groups_points_are_each_members(classes) -> None:
    """Whatever groups they were in; two of one name keep a row each."""
    one, two = Person("student_01", sid="1"), Person("student_02", sid="2")
    group = replace(verdict("rnn", "student_01, student_02", 7, 20), people=[one, two])
    other = replace(verdict("rnn", "student_01, x", 3, 20), people=[one, Person("x")])

    rows = list(csv.reader(io.StringIO(to_csv([classes[0], [group, other]]))))[1:]

    assert [row[:3] for row in rows] == [
        ["student_01", "10", "7"],
        ["student_01, of student_01, x", "", "3"],
        ["student_02", "4", "7"],
        ["x", "", "3"],
    ]
