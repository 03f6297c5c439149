"""A course with names and files of its own: one file maps ours to them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.solution import Solution
from autograder.errors import CourseError
from autograder.submissions.adapters import load_adapters
from tests.grading.conftest import Grade

# What an instructor of such a course writes: nothing but imports, as a rule.
ADAPTERS = '''\
"""Our names, and what they are called in this course."""

from hw1.attention import SelfAttention as MultiHeadAttention
from hw1.basics import own_softmax as softmax
'''


@pytest.fixture(scope="module")
def called(tiny: Solution) -> dict[str, set[str]]:
    """The names that the checks of each exercise call."""
    return {
        exercise: {check.function.partition(".")[0] for check in checks} - {""}
        for exercise, checks in tiny.checks.items()
    }


@pytest.fixture
def adapters(called: dict[str, set[str]], tmp_path: Path) -> Path:
    """The file for the tiny course: each function has ``own_`` before its name."""
    lines = [
        f"from hw1.part_{exercise} import own_{name} as {name}"
        for exercise, names in called.items()
        for name in sorted(names)
    ]
    file = tmp_path / "adapters.py"
    file.write_text("\n".join(['"""Our names."""', "", *lines, ""]))
    return file


@pytest.fixture
def hand_in(
    tiny: Solution, called: dict[str, set[str]], tmp_path: Path
) -> Callable[..., Path]:
    """Makes a submission that is right, in that course's files and under its names."""

    def make(student: str, **changed: str | None) -> Path:
        package = tmp_path / "submissions" / student / "final" / "hw1"
        package.mkdir(parents=True)
        for exercise, names in called.items():
            text = tiny.assignment.module(exercise).read_text(encoding="utf-8")
            for name in names:
                text = re.sub(rf"\b{name}\b", f"own_{name}", text)
            new = changed.get(exercise, text)
            if new is not None:
                (package / f"part_{exercise}.py").write_text(new)
        return tmp_path / "submissions"

    return make


def read(out: Path, student: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / f"{student}.json").read_text())
    return found


def code_of(out: Path, student: str) -> list[dict[str, Any]]:
    """What became of a student's checks, the worksheet's aside."""
    checks = read(out, student)["checks"]
    return [one for one in checks if one["exercise"] != "worksheet"]


def test_a_class_under_names_of_its_own(
    grade: Grade, adapters: Path, hand_in: Callable[..., Path], tmp_path: Path
) -> None:
    """Right work earns every point; what one file lacks costs that file's checks."""
    hand_in("student_01")
    hand_in("student_02", heads=None, counting="def own_half(:\n")
    softmax = (
        "import torch\n\n\ndef own_softmax(x, dim=-1):\n"
        "    return torch.softmax(x, dim)\n"
    )
    submissions = hand_in("student_03", functions=softmax)
    (submissions / "student_04").mkdir()
    (submissions / "student_04" / "notes.txt").write_text("later\n")
    out = tmp_path / "out"

    done = grade("tiny", submissions, out, "--adapters", str(adapters), "--seed", "5")

    assert done.returncode == 0, done.stderr
    checks = [
        one
        for one in read(out, "student_01")["checks"]
        if "worksheet" not in one["exercise"]
    ]
    assert {one["outcome"] for one in checks} == {"passed"}

    lost = [
        one
        for one in read(out, "student_02")["checks"]
        if one["exercise"] != "worksheet"
    ]
    costs = {one["exercise"] for one in lost if one["outcome"] != "passed"}
    assert costs == {"heads", "counting"}
    outcomes = {(one["exercise"], one["outcome"]) for one in lost}
    assert ("counting", "crashed") in outcomes  # written, and not to be read
    assert ("heads", "not_attempted") in outcomes  # not there
    assert not {("counting", "not_attempted"), ("heads", "crashed")} & outcomes
    notes = [note["text"] for note in read(out, "student_02")["notes"]]
    assert notes == [
        "count_parameters, gate_name, is_causal, summary, window_count could not be "
        "imported: SyntaxError: invalid syntax (hw1.part_counting.py:1).",
        "MultiHeadAttention could not be imported: ModuleNotFoundError: No module "
        "named 'hw1.part_heads'.",
    ]

    refused = [
        one for one in read(out, "student_03")["checks"] if one["function"] == "softmax"
    ]
    assert {one["outcome"] for one in refused} == {"refused"}
    assert "torch.softmax" in json.dumps(refused)

    nothing = code_of(out, "student_04")
    assert {one["outcome"] for one in nothing} <= {"not_attempted", "unreadable"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "has no softmax, which the checks of functions call"),
        ("from hw1 import *", r"adapters\.py:5: imports \*"),
        ("from .hw1 import own as softmax", r"adapters\.py:5: is relative"),
        ("from functions import own as softmax", "which is an exercise"),
        ("def softmax(:", "no Python that can be read"),
    ],
)
def test_what_cannot_be_followed_is_named(tmp_path: Path, line: str, said: str) -> None:
    """Before anything is graded, with the line."""
    file = tmp_path / "adapters.py"
    file.write_text(ADAPTERS.replace(ADAPTERS.splitlines()[-1], "", 1) + line + "\n")
    names = {"functions": ["softmax"], "heads": ["MultiHeadAttention"]}

    with pytest.raises(CourseError, match=said):
        load_adapters(file, names)


def test_each_exercise_gets_its_own_lines(tmp_path: Path) -> None:
    """In their places; what is no exercise's name is for all."""
    file = tmp_path / "adapters.py"
    file.write_text(ADAPTERS + "import math\n")
    names = {"functions": ["softmax"], "heads": ["MultiHeadAttention"]}

    found = load_adapters(file, names)

    lines = found.sources["functions"].splitlines()
    assert lines[2:6] == ["", *ADAPTERS.splitlines()[3:4], "import math", lines[5]]
    assert found.modules["heads"] == {"hw1.attention"}
    paths = ["final/hw1/attention.py", "final/hw1/basics.py", "final/test.py"]
    assert found.roots(paths) == {"final"}
