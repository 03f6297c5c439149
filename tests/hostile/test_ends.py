"""Attacks on the course itself: each is put behind a right file of an assignment.

ends/ASSIGNMENT/NAME/ holds what is put behind which file, and which checks that costs.
All others of the submission pass, and so do all of the honest work that is graded next.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autograder.course.assignment import load_course

ROOT = Path(__file__).parents[2]
ENDS = Path(__file__).parent / "ends"
ATTACKS = sorted(path.parent for path in ENDS.glob("*/*/expected.json"))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where the verdicts of each assignment's class are."""
    found = {}
    for name in sorted({attack.parent.name for attack in ATTACKS}):
        folder = tmp_path_factory.mktemp(name)
        attacks = [attack for attack in ATTACKS if attack.parent.name == name]
        _hand_in(name, attacks, folder / "submissions")
        command = [sys.executable, "-m", "autograder", "grade", name]
        command += [str(folder / "submissions"), "--out", str(folder / "results")]
        done = subprocess.run(
            [*command, "--jobs", "2"],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found[name] = folder / "results"
    return found


def _hand_in(name: str, attacks: list[Path], submissions: Path) -> None:
    assignment = load_course(ROOT / "solutions").assignment(name)
    for attack in attacks:
        for student in (_student(attack), f"{_student(attack)}_next"):
            (submissions / student).mkdir(parents=True)
            for exercise in assignment.exercises:
                text = assignment.module(exercise).read_text(encoding="utf-8")
                end = attack / f"{exercise}.py"
                if end.exists() and not student.endswith("_next"):
                    text += "\n\n" + end.read_text(encoding="utf-8")
                (submissions / student / f"{exercise}.py").write_text(text, "utf-8")


def _student(attack: Path) -> str:
    return f"student_{attack.name[0]}"


def _not_passed(results: Path, student: str) -> dict[str, str]:
    verdict: dict[str, Any] = json.loads((results / f"{student}.json").read_text())
    return {
        check["id"]: check["outcome"]
        for check in verdict["checks"]
        if check["outcome"] != "passed" and check["exercise"] != "worksheet"
    }


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: f"{a.parent.name}-{a.name}")
def test_it_costs_its_own_checks(results: dict[str, Path], attack: Path) -> None:
    """Exactly those that are wrong now; what is not written earns nothing."""
    expected = json.loads((attack / "expected.json").read_text(encoding="utf-8"))

    found = _not_passed(results[attack.parent.name], _student(attack))
    assert found == expected["not_passed"]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: f"{a.parent.name}-{a.name}")
def test_honest_work_beside_it(results: dict[str, Path], attack: Path) -> None:
    """Who is graded next has every point that code can earn."""
    student = f"{_student(attack)}_next"

    assert _not_passed(results[attack.parent.name], student) == {}
