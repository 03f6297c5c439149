"""A class of cnn has through nbgrader and otter the points that it has without."""

from __future__ import annotations

import json
import re
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from autograder.course.assignment import load_course
from autograder.course.source import read_text
from autograder.platforms.notebooks.modules import module_parts
from tests.platforms.notebooks import (
    ROOT,
    Notebook,
    asked,
    autograder,
    environment,
    read,
    run,
    write,
)

pytestmark = pytest.mark.slow

SEED = "20260312418"  # of the examples' expectations
STUDENTS = ("student_01", "student_06", "student_08")
GRADES = """
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db", "deep_learning") as book:
    print(json.dumps({
        submission.student.id: {
            grade.name: grade.auto_score
            for notebook in submission.notebooks for grade in notebook.grades
            if not grade.name.startswith("written-")
        }
        for submission in book.assignment_submissions("cnn")
    }))
"""


def expected(student: str) -> dict[str, Any]:
    """What grading its folder finds."""
    path = ROOT / "examples" / "cnn" / f"{student}.expected.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def helpers(text: str) -> set[str]:
    """The functions of a module, which may be no Python."""
    return {*re.findall(r"^def (\w+)", text, re.MULTILINE)}


def notebook_of(student: str, released: Notebook) -> Notebook:
    """The student's files in a notebook, each in the first cell of its exercise.

    A helper whose name two files have gets two names: a notebook has one place for it.
    """
    cnn = load_course(ROOT / "solutions").assignment("cnn")
    exercise_of = {
        part.names[-1]: exercise
        for exercise in cnn.exercises
        for part in module_parts(
            read_text(cnn.module(exercise)), exercise, cnn.exercises
        )
        if part.kind == "stub"
    }
    folder = ROOT / "examples" / "cnn" / student
    texts = {name: read_text(folder / f"{name}.py") for name in cnn.exercises}
    defined = {name: helpers(text) - {*exercise_of} for name, text in texts.items()}
    for one, two in permutations(texts, 2):
        for name in defined[one] & defined[two]:
            texts[one] = re.sub(rf"\b{name}\b", f"{name}_of_{one}", texts[one])
    begun = set()
    notebook: Notebook = json.loads(json.dumps(released))
    for cell in notebook["cells"]:
        name = asked(cell)
        if name == "worksheet":
            text = read_text(folder / "worksheet.toml")
            cell["source"] = f"%%writefile worksheet.toml\n{text}"
        exercise = exercise_of.get(name)
        if exercise is not None:
            cell["source"] = "" if exercise in begun else texts[exercise]
            begun.add(exercise)
    return notebook


def test_nbgrader(tmp_path: Path) -> None:
    programs = environment("nbgrader")
    root = tmp_path / "nbgrader"
    autograder("nbgrader", "cnn", "--out", str(root), "--seed", SEED)
    run(programs, root, "nbgrader", "generate_assignment", "cnn")
    released = read(root / "release" / "cnn" / "cnn.ipynb")
    for student in STUDENTS:
        path = root / "submitted" / student / "cnn" / "cnn.ipynb"
        write(notebook_of(student, released), path)

    run(programs, root, "nbgrader", "autograde", "cnn")

    said = run(programs, root, "python", "-c", GRADES)
    grades = json.loads(said.splitlines()[-1])
    for student in STUDENTS:
        by_exercise: dict[str, float] = {}
        for name, score in grades[student].items():
            exercise = name.partition("-")[0]
            by_exercise[exercise] = by_exercise.get(exercise, 0.0) + score
        assert by_exercise == expected(student)["exercises"], student


def test_otter(tmp_path: Path) -> None:
    programs = environment("otter")
    root = tmp_path / "otter"
    words = ("--out", str(root), "--seed", SEED, "--isolation", "auto")
    autograder("otter", "cnn", *words)
    run(programs, root, "otter", "assign", "cnn.ipynb", "dist")
    released = read(root / "dist" / "student" / "cnn.ipynb")
    (archive,) = (root / "dist" / "autograder").glob("cnn-autograder_*.zip")
    for student in STUDENTS[1:]:
        path = tmp_path / student / "cnn.ipynb"
        write(notebook_of(student, released), path)

        run(programs, path.parent, "otter", "run", path.name, "-a", str(archive))

        results = json.loads((path.parent / "results.json").read_text())
        scores = [test["score"] for test in results["tests"] if "score" in test]
        assert sum(scores) == expected(student)["points"], student
