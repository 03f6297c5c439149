"""What tests of the command line share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COUNTING = ROOT / "tests" / "tiny_course" / "tiny" / "counting.py"


@pytest.fixture(scope="session")
def command() -> Callable[..., list[str]]:
    """The words of ``autograder grade`` for the tiny course."""

    def words(submissions: Path, out: Path, *options: str) -> list[str]:
        course = str(ROOT / "tests" / "tiny_course")
        first = [sys.executable, "-m", "autograder", "grade", "tiny", str(submissions)]
        return [*first, "--out", str(out), "--course", course, *options]

    return words


@pytest.fixture(scope="session")
def grade(
    command: Callable[..., list[str]],
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``autograder grade`` on the tiny course in a process of its own."""

    def run(
        submissions: Path, out: Path, *options: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command(submissions, out, *options),
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run


@pytest.fixture(scope="session")
def small_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six students: two with a slow function, one with one that never ends."""
    folder = tmp_path_factory.mktemp("class") / "submissions"
    source = COUNTING.read_text(encoding="utf-8")
    slow = "\n\ndef gate_name(index):\n    sum(range(3_000_000))\n    return 'output'\n"
    endless = "\n\ndef gate_name(index):\n    while True:\n        pass\n"
    ends = ["", slow, "", endless, slow, "\n\ndel gate_name\n"]
    for number, end in enumerate(ends, 1):
        (folder / f"student_{number:02}").mkdir(parents=True)
        path = folder / f"student_{number:02}" / "counting.py"
        path.write_text(source + end, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def graded(
    grade: Callable[..., subprocess.CompletedProcess[str]],
    small_class: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The small class, graded in one go under seed 9."""
    out = tmp_path_factory.mktemp("graded")
    done = grade(small_class, out, "--seed", "9", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    (out / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    (out / "stderr.txt").write_text(done.stderr, encoding="utf-8")
    return out
