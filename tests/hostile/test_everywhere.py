"""The whole catalogue once more: on one job, and graded by an ordinary user."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.hostile.catalogue_files import CATALOGUE, rows_of
from tests.hostile.class_of_attacks import Run, grade_class
from tests.hostile.judging import (
    assert_deserved,
    assert_full_marks,
    assert_no_secret,
    assert_nothing_hidden_is_shown,
    assert_nothing_is_left,
)

ROWS = rows_of(CATALOGUE)

pytestmark = pytest.mark.slow


def assert_all_is_well(run: Run) -> None:
    """Every row and every neighbour as in the first run."""
    assert run.returncode == 0, run.errors
    for row in ROWS:
        assert_deserved(run, row)
        assert_full_marks(run, row.neighbour)
        assert_no_secret(run, row.student)
        assert_nothing_hidden_is_shown(run, row.student)
    assert_nothing_is_left(run)


def test_one_job_grades_all(place: Path) -> None:
    """One process has graded every attack before the last honest student."""
    assert_all_is_well(grade_class(place, ROWS, "--jobs", "1"))


def test_an_ordinary_user_grades_all(place: Path, as_nobody: list[str]) -> None:
    """Grader and children have one user then, and only the sandbox between them."""
    run = grade_class(place, ROWS, "--jobs", "2", before=as_nobody)

    assert_all_is_well(run)
    isolation = run.verdict(ROWS[0].neighbour)["isolation"]
    assert "user" not in isolation
    assert {"landlock-files", "seccomp"} <= {*isolation}
    assert os.stat(run.results / "grades.csv").st_uid == 65534
