"""What tests of whole runs share: the examples graded once, and small classes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "cnn"
TINY_COURSE = ROOT / "tests" / "tiny_course"
SEED = 20260312418  # long enough to be found again in a report

Grade = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def grade() -> Grade:
    """Run ``autograder grade`` in a process of its own."""

    def run(
        name: str,
        submissions: Path,
        out: Path,
        *options: str,
        course: Path = TINY_COURSE,
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "autograder", "grade", name]
        command += [str(submissions), "--out", str(out), "--course", str(course)]
        return subprocess.run(
            [*command, *options],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=600,
        )

    return run


@pytest.fixture(scope="session")
def graded(grade: Grade, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples, graded on two jobs; where their results are."""
    out = tmp_path_factory.mktemp("graded")
    options = ["--seed", str(SEED), "--jobs", "2", "--format", "gradescope"]
    done = grade("cnn", EXAMPLES, out, *options, course=ROOT / "solutions")
    assert done.returncode == 0, done.stderr
    (out / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    return out


@pytest.fixture
def some_examples(tmp_path: Path) -> Callable[..., Path]:
    """A class of some of the examples."""

    def copied(*students: str) -> Path:
        folder = tmp_path / "submissions"
        for student in students:
            for path in EXAMPLES.glob(f"{student}*"):
                if path.is_dir():
                    shutil.copytree(path, folder / path.name)
                elif not path.name.endswith(".json"):
                    folder.mkdir(exist_ok=True)
                    shutil.copy(path, folder)
        return folder

    return copied


def counting(end: str = "") -> str:
    """A ``counting.py`` of the tiny course that is right; ``end`` is put behind it."""
    source = (TINY_COURSE / "tiny" / "counting.py").read_text(encoding="utf-8")
    return source + end


@pytest.fixture
def hand_in(tmp_path: Path) -> Callable[..., Path]:
    """Put a ``counting.py`` of the tiny course into a class; returns the class."""
    folder = tmp_path / "submissions"

    def put(student: str, end: str = "") -> Path:
        (folder / student).mkdir(parents=True, exist_ok=True)
        path = folder / student / "counting.py"
        path.write_text(counting(end), encoding="utf-8")
        return folder

    return put
