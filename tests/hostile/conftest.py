"""The class of attacks, graded once for all tests of a session."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

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


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody can reach: tests' own are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="autograder-hostile-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def as_nobody() -> list[str]:
    """The words before a command that run it as an ordinary user, where that works."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become an ordinary user, by setpriv")
    words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    again = "import os, sys; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    python = [*words, sys.executable, "-c", again, "-c", "import autograder, torch"]
    root = Path(__file__).parents[2]
    if subprocess.run(python, capture_output=True, cwd=root, check=False).returncode:
        pytest.skip(f"an ordinary user cannot run {sys.executable} with its libraries")
    return words
