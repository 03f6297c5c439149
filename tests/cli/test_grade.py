"""``autograder grade`` from outside: what it prints, writes, and starts."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.small_course import points_of

TINY_COURSE = Path(__file__).parents[1] / "tiny_course"
Grade = Callable[..., "subprocess.CompletedProcess[str]"]

# Stands for python: logs its own imports and those of the processes forked from it.
WRAPPER = """#!/bin/sh
exec "{python}" -X importtime "$@" 2>>"{log}/$$"
"""
MAIN = "import sys; sys.executable = sys.argv.pop(1); import autograder.__main__"


def test_summary_and_exit_code(graded: Path) -> None:
    """Low scores are no failure: the summary has a row a student, and the exit is 0."""
    printed = (graded / "stdout.txt").read_text(encoding="utf-8")

    rows = re.findall(r"^(student_\d\d) +([\d.]+)", printed, re.MULTILINE)
    points = dict(rows)
    assert list(points) == [f"student_0{number}" for number in range(1, 7)]
    counting = points_of(TINY_COURSE, "tiny", "counting")
    assert points["student_01"] == f"{counting:g}"
    assert points["student_04"] == points["student_06"] == f"{counting - 1:g}"
    assert "6 submissions" in printed
    assert str(graded / "grades.csv") in printed
    assert "Traceback" not in (graded / "stderr.txt").read_text(encoding="utf-8")


def test_a_second_run_grades_nothing(
    graded: Path, small_class: Path, grade: Grade
) -> None:
    """Run again without a seed it takes that of the folder and keeps every verdict."""
    before = {p.name: p.stat().st_mtime_ns for p in graded.glob("student_*")}

    done = grade(small_class, graded)

    assert done.returncode == 0, done.stderr
    assert done.stdout == (graded / "stdout.txt").read_text(encoding="utf-8")
    assert before == {p.name: p.stat().st_mtime_ns for p in graded.glob("student_*")}
    assert (graded / "seed").read_text() == "9\n"


@pytest.fixture(scope="module")
def watched(
    command: Callable[..., list[str]],
    small_class: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Two students graded without a seed, every start of Python logged."""
    folder = tmp_path_factory.mktemp("watched")
    for student in ("student_01", "student_02"):
        shutil.copytree(small_class / student, folder / "class" / student)
    (folder / "log").mkdir()
    python = folder / "python"
    python.write_text(WRAPPER.format(python=sys.executable, log=folder / "log"))
    python.chmod(0o755)
    words = command(folder / "class", folder / "out", "--jobs", "2")[3:]
    done = subprocess.run(
        [str(python), "-c", MAIN, str(python), *words],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0
    assert len(list((folder / "out").glob("*.html"))) == 2
    (folder / "stdout.txt").write_text(done.stdout, encoding="utf-8")
    return folder


def test_a_seed_is_drawn_and_kept(watched: Path) -> None:
    """Without --seed a large one is drawn that only the instructor can read."""
    path = watched / "out" / "seed"
    seed = path.read_text().strip()

    assert int(seed) > 10**9  # 1 in 4 thousand million draws is smaller
    assert path.stat().st_mode & 0o777 == 0o600
    assert seed not in (watched / "stdout.txt").read_text(encoding="utf-8")


def test_torch_is_imported_once(watched: Path) -> None:
    """Grader, zygote, jobs and children share one import of torch."""
    logs = [p.read_text(encoding="utf-8") for p in (watched / "log").iterdir()]

    imports = [re.findall(r"\| +torch$", text, re.MULTILINE) for text in logs]
    assert sum(len(found) for found in imports) == 1
