"""``autograder grade`` from outside: what it prints, writes, and starts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

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
    assert points["student_01"] == "11"
    assert points["student_04"] == points["student_06"] == "10"
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


def test_a_seed_is_drawn_and_kept(grade: Grade, tmp_path: Path) -> None:
    """Without --seed a large one is drawn that only the instructor can read."""
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "student_01.py").write_text("x = 1\n")

    done = grade(tmp_path / "class", tmp_path / "out")

    assert done.returncode == 0, done.stderr
    path = tmp_path / "out" / "seed"
    assert int(path.read_text()) > 10**9  # 1 in 4 thousand million draws is smaller
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().strip() not in done.stdout + done.stderr


def test_torch_is_imported_twice(
    command: Callable[..., list[str]], small_class: Path, tmp_path: Path
) -> None:
    """The grader and the zygote import torch; jobs and children inherit it."""
    log = tmp_path / "log"
    log.mkdir()
    python = tmp_path / "python"
    python.write_text(WRAPPER.format(python=sys.executable, log=log))
    python.chmod(0o755)
    words = command(small_class, tmp_path / "out", "--seed", "9", "--jobs", "2")

    done = subprocess.run(
        [str(python), "-c", MAIN, str(python), *words[3:]],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        timeout=300,
    )

    logs = [path.read_text(encoding="utf-8") for path in log.iterdir()]
    assert done.returncode == 0, logs
    assert len(list((tmp_path / "out").glob("*.html"))) == 6
    imports = [re.findall(r"\| +torch$", text, re.MULTILINE) for text in logs]
    assert [len(found) for found in imports] == [1, 1]
