"""Further attacks: on reading, on the wire, on clocks, on gradients, on what is shown.

Platforms have attacks of their own: tests/platforms/forgeries.py for notebooks that
nbgrader and otter run, tests/platforms/test_gradescope_harness.py for the harness.
Watching and kernels at home are in tests/home, where code is its own student's.
"""

from __future__ import annotations

import pytest

from tests.hostile.catalogue_files import MORE, Row, rows_of
from tests.hostile.class_of_attacks import Run, grade_class
from tests.hostile.judging import (
    assert_deserved,
    assert_full_marks,
    assert_no_secret,
    assert_nothing_hidden_is_shown,
    assert_nothing_is_left,
)

ROWS = rows_of(MORE)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All of them on two jobs, honest work between all attacks."""
    return grade_class(tmp_path_factory.mktemp("more"), ROWS, "--jobs", "2")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_attack_and_its_neighbour(run: Run, row: Row) -> None:
    """It gets what it deserves in good time, learns nothing, and costs nobody else."""
    assert_deserved(run, row)
    assert run.verdict(row.student)["seconds"] < row.seconds
    assert_no_secret(run, row.student)
    assert_nothing_hidden_is_shown(run, row.student)
    assert_full_marks(run, row.neighbour)


def test_the_class(run: Run) -> None:
    """The command succeeds, and nothing is left of anybody."""
    assert run.returncode == 0, run.errors
    assert "Traceback" not in run.output + run.errors
    assert_nothing_is_left(run)
