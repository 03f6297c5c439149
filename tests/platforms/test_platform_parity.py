"""One notebook, four ways to grade it: every check has the same points on all of them.

The command line, Gradescope's harness, nbgrader's and otter's own commands, under one
seed. Of otter's results points are told for each question, and how each case ended.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from autograder.platforms.gradescope.options import OPTIONS, Options
from autograder.submissions.entries import find_entries
from tests.platforms.notebooks import (
    ROOT,
    Notebook,
    environment,
    read,
    run,
    with_modules,
    write,
)

SEED = "20260312418"
EXAMPLES = ROOT / "examples"
# Of the sample classes; each is there for what it gets wrong.
CHOSEN = {
    "cnn": (1, 2, 5, 6, 7, 8, 9, 10),
    "basics": (1, 3, 4, 5, 6),
    "rnn": (1, 2, 3, 4, 5),
    "attention": (1, 2, 3, 4, 5),
    "transformer": (1, 2, 3, 4, 5),
}
# What a notebook can try beside its work, before its first function.
TRICKS = {
    "blanks_cells": "get_ipython().input_transformers_cleanup.append(lambda x: [])",
    "leaves": "import os\nos._exit(0)",
    "loops": "while True:\n    pass",
    "forges": (
        "import builtins, autograder\n"
        "autograder_findings = {}\n"
        "builtins.float = lambda *a: 1e9\n"
        "autograder.check = lambda *a: type('R', (), {'points': 1e9})()"
    ),
}
# Which trick is tried in which assignment; and a file that is no notebook.
TRIED = {
    "cnn": ("blanks_cells", "leaves"),
    "basics": ("forges", "loops"),
    "rnn": ("leaves",),
    "attention": ("blanks_cells",),
    "transformer": ("forges",),
}
DAMAGED = "student_99"
Points = dict[str, float]  # by check


pytestmark = pytest.mark.slow


@dataclass
class Class:
    """Notebooks of an assignment, by student."""

    assignment: str
    course: Path  # nbgrader's
    notebooks: dict[str, Path] = field(default_factory=dict)


@pytest.fixture(scope="module")
def nbgrader() -> Path:
    """nbgrader's programs."""
    return environment("nbgrader")


@pytest.fixture(scope="module")
def otter() -> Path:
    """otter's programs."""
    return environment("otter")


@pytest.mark.parametrize("assignment", CHOSEN)
def test_points_are_the_same_everywhere(
    assignment: str, nbgrader: Path, otter: Path, tmp_path: Path
) -> None:
    there = _class_of(assignment, nbgrader, tmp_path)

    expected = _by_command_line(there, tmp_path)
    assert sum(sum(points.values()) > 0 for points in expected.values()) > 3

    assert _by_gradescope(there, tmp_path) == expected
    assert _by_nbgrader(there, nbgrader) == expected
    _compare_with_otter(there, otter, tmp_path, expected)


def _class_of(assignment: str, nbgrader: Path, folder: Path) -> Class:
    """The notebooks, as nbgrader's students hand them in."""
    course = folder / "course"
    _autograder("nbgrader", assignment, "--out", str(course), "--seed", SEED)
    run(nbgrader, course, "nbgrader", "generate_assignment", assignment)
    released = read(course / "release" / assignment / f"{assignment}.ipynb")
    released["metadata"]["otter"] = {"assignment_name": assignment}
    found = Class(assignment, course)
    for number in CHOSEN[assignment]:
        name = f"student_{number:02}"
        _hand_in(found, name, with_modules(released, _files(assignment, name)))
    whole = _files(assignment, f"student_{CHOSEN[assignment][1]:02}")
    for place, trick in enumerate(TRIED[assignment]):
        notebook = with_modules(released, whole)
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name.endswith("-code"):
                cell["source"] = f"{TRICKS[trick]}\n\n\n{cell['source']}"
                break
        _hand_in(found, f"student_{90 + place}", notebook)
    path = _path(found, DAMAGED)
    path.parent.mkdir(parents=True)
    path.write_text('{"cells": [')
    found.notebooks[DAMAGED] = path
    return found


def _files(assignment: str, student: str) -> dict[str, str]:
    (entry,) = (e for e in find_entries(EXAMPLES / assignment) if e.student == student)
    assert entry.path.is_dir(), f"{entry.path}: choose a folder"
    return {
        path.name: path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(entry.path.rglob("*"))
        if path.suffix in (".py", ".toml")
    }


def _path(found: Class, student: str) -> Path:
    name = found.assignment
    return found.course / "submitted" / student / name / f"{name}.ipynb"


def _hand_in(found: Class, student: str, notebook: Notebook) -> None:
    write(notebook, _path(found, student))
    found.notebooks[student] = _path(found, student)


def _autograder(*words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "autograder", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


def _by_command_line(there: Class, folder: Path) -> dict[str, Points]:
    submissions, results = folder / "class", folder / "results"
    for student, path in there.notebooks.items():
        (submissions / student).mkdir(parents=True)
        shutil.copy(path, submissions / student)
    words = [there.assignment, str(submissions), "--out", str(results)]
    _autograder("grade", *words, "--seed", SEED)
    return {
        student: _points_in(results / f"{student}.json") for student in there.notebooks
    }


def _points_in(verdict: Path) -> Points:
    document = json.loads(verdict.read_text(encoding="utf-8"))
    assert all(check["outcome"] != "grader_fault" for check in document["checks"])
    return {check["id"]: check["points"] for check in document["checks"]}


def _by_gradescope(there: Class, folder: Path) -> dict[str, Points]:
    """Each check's points in results.json, whose tests come in the checks' order."""
    found = {}
    for student, path in there.notebooks.items():
        root = folder / "gradescope" / student
        for name in ("source", "submission", "results"):
            (root / name).mkdir(parents=True)
        sealed = there.course / "sealed" / there.assignment
        shutil.copytree(sealed, root / "source" / "assignment")
        (root / "source" / OPTIONS).write_text(Options(hidden="visible").to_json())
        shutil.copy(path, root / "submission")
        _autograder("gradescope-run", "--root", str(root))
        results = json.loads((root / "results" / "results.json").read_text())
        verdict = folder / "results" / f"{student}.json"
        names = [c["id"] for c in json.loads(verdict.read_text())["checks"]]
        tests = results["tests"]
        assert len(tests) == len(names)
        found[student] = {n: t["score"] for n, t in zip(names, tests)}
        assert results["score"] == pytest.approx(sum(found[student].values()))
    return found


def _by_nbgrader(there: Class, nbgrader: Path) -> dict[str, Points]:
    """From our own results; nbgrader's gradebook has their sums."""
    words = ["nbgrader", "autograde", there.assignment]
    said = run(nbgrader, there.course, *words, ends=1)
    assert DAMAGED in said.partition("There was an error")[2]
    run(nbgrader, there.course, "nbgrader", "export", "--to", "grades.csv")
    lines = (there.course / "grades.csv").read_text().splitlines()
    rows = [dict(zip(lines[0].split(","), line.split(","))) for line in lines[1:]]
    scores = {row["student_id"]: float(row["raw_score"]) for row in rows}
    found = {}
    for student in there.notebooks:
        if student == DAMAGED:  # nbgrader itself cannot read it
            assert scores.get(student, 0.0) == 0.0
            continue
        verdict = there.course / "results" / there.assignment / f"{student}.json"
        found[student] = _points_in(verdict)
        assert scores[student] == pytest.approx(sum(found[student].values()))
    found[DAMAGED] = dict.fromkeys(next(iter(found.values())), 0.0)
    return found


def _compare_with_otter(
    there: Class, otter: Path, folder: Path, expected: dict[str, Points]
) -> None:
    master = folder / "otter"
    name = there.assignment
    _autograder("otter", name, "--out", str(master), "--seed", SEED)
    run(otter, master, "otter", "assign", f"{name}.ipynb", "dist")
    (grader,) = (master / "dist" / "autograder").glob("*-autograder_*.zip")
    verdict = json.loads((folder / "results" / f"{DAMAGED}.json").read_text())
    functions = {check["id"]: check["function"] for check in verdict["checks"]}

    def grade(student: str) -> None:
        out = folder / "otter-results" / student
        out.mkdir(parents=True)
        path = there.notebooks[student]
        words = ["otter", "run", str(path), "-a", str(grader), "-o", str(out)]
        if student == DAMAGED:
            run(otter, folder, *words, ends=1)
            return
        run(otter, folder, *words)
        results = json.loads((out / "results.json").read_text())
        _compare(results, expected[student], functions)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(grade, there.notebooks))


def _compare(
    results: dict[str, Any], expected: Points, functions: dict[str, str]
) -> None:
    """Of each question its points, and of each case how it ended."""
    questions = {t["name"]: t for t in results["tests"] if "score" in t}
    assert set(questions) == set(functions.values())
    for name, test in questions.items():
        points = {c: p for c, p in expected.items() if functions[c] == name}
        assert test["score"] == pytest.approx(sum(points.values())), name
        if not test["output"].startswith(f"{name} results:\n"):
            assert "All test cases passed!" in test["output"], name
            assert all(points.values()), name
            continue
        ended = re.findall(r"^ {8}(✅|❌) Test case", test["output"], re.MULTILINE)
        assert len(ended) == len(points), name
        assert ended.count("✅") == sum(value > 0 for value in points.values()), name
