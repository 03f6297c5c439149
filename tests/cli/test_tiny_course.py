"""The tiny course goes the whole way by the command line, as a real one does.

It holds what later assignments need: a mask, a tuple of states, weights injected into
submodules, a training step, torch's own functions as arguments, a model called twice
with its own state, integers and booleans. The engine knows none of it by name.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

COURSE = Path(__file__).parents[1] / "tiny_course"
SOLUTIONS = COURSE / "tiny"


def run(*words: object, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run an autograder command."""
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, words)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def assignments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("assignments")
    done = run("assignments", "--course", COURSE, "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def exercises() -> list[Path]:
    """The solution files of the tiny course."""
    files = sorted(SOLUTIONS.glob("*.py"))
    return [path for path in files if not path.name.startswith("test_")]


def test_verify(assignments: Path) -> None:
    """Its checks are proved as those of a real assignment."""
    done = run("verify", "--course", COURSE, "--assignments", assignments)

    assert done.returncode == 0, done.stdout
    assert "mistakes are named as themselves" in done.stdout


def test_check(assignments: Path, tmp_path: Path) -> None:
    """At home the stubs earn nothing and the solutions all that is visible."""
    folder = tmp_path / "tiny"
    shutil.copytree(assignments / "tiny", folder)

    stubs = run("check", folder=folder)
    for path in exercises():
        shutil.copy(path, folder)
    solved = [run("check", path.stem, folder=folder) for path in exercises()]

    assert stubs.returncode == 1
    assert "is not written yet" in stubs.stdout
    assert [done.returncode for done in solved] == [0] * len(solved)


def test_grade(tmp_path: Path) -> None:
    """Behind the sandbox the solutions earn every point that code can earn."""
    student = tmp_path / "class" / "student_01"
    student.mkdir(parents=True)
    for path in exercises():
        shutil.copy(path, student)
    wrong = tmp_path / "class" / "student_02"
    shutil.copytree(student, wrong)
    functions = (wrong / "functions.py").read_text()
    assert " / math.sqrt(" in functions
    (wrong / "functions.py").write_text(functions.replace(" / math.sqrt(", " * (0 * "))

    out = tmp_path / "results"
    done = run("grade", "tiny", tmp_path / "class", "--out", out, "--course", COURSE)

    assert done.returncode == 0, done.stderr
    verdicts = [json.loads((out / f"student_0{n}.json").read_text()) for n in (1, 2)]
    not_passed = [
        [c for c in v["checks"] if c["outcome"] != "passed"] for v in verdicts
    ]
    assert {check["exercise"] for check in not_passed[0]} <= {"worksheet"}
    assert any(check["exercise"] == "functions" for check in not_passed[1])
