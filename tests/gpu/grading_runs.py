"""``autograder grade`` in a process of its own, and what it wrote."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "cnn"

Verdict = dict[str, Any]


def grade(
    name: str, course: Path, submissions: Path, out: Path, *options: str
) -> dict[str, Verdict]:
    """Grade a class; the verdicts by student.

    Raises:
        AssertionError: the exit code is not 0; with what was printed.
    """
    command = [sys.executable, "-m", "autograder", "grade", name, str(submissions)]
    command += ["--out", str(out), "--course", str(course), "--seed", "11", *options]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, f"{done.returncode}\n{done.stdout}\n{done.stderr}"
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(out.glob("student_*.json"))
    }


def full_marks() -> dict[str, float]:
    """The examples that deserve every point of ``cnn``, and how many these are."""
    points = {
        path.name.partition(".")[0]: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(EXAMPLES.glob("*.expected.json"))
    }
    return {s: e["points"] for s, e in points.items() if not e["not_passed"]}


def class_of(students: Iterable[str], folder: Path) -> Path:
    """A class of some of the examples, copied into ``folder``."""
    folder.mkdir()
    for student in students:
        (path,) = (
            path for path in EXAMPLES.glob(f"{student}*") if path.suffix != ".json"
        )
        copy = shutil.copytree if path.is_dir() else shutil.copy
        copy(path, folder / path.name)
    return folder


def points_of(verdicts: dict[str, Verdict]) -> dict[str, float]:
    """Points by student."""
    return {student: verdict["points"] for student, verdict in verdicts.items()}


def ran_on(verdict: Verdict) -> set[str]:
    """The devices of its settings."""
    return {setting.partition(" ")[0] for setting in verdict["settings"]}
