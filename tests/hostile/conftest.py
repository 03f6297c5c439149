"""The class of attacks, graded once for all tests of a session."""

from __future__ import annotations

import pytest

from tests.hostile.catalogue_files import CATALOGUE, rows_of
from tests.hostile.class_of_attacks import Run, grade_class

# What is handed in there is for the grader, not for pytest.
collect_ignore = ["catalogue", "ends", "guarded_course", "more"]


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The catalogue on two jobs, honest work between all attacks."""
    rows = [row for row in rows_of(CATALOGUE) if not row.slow]
    return grade_class(tmp_path_factory.mktemp("attacks"), rows, "--jobs", "2")
