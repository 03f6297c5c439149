"""nbgrader's own commands on a course that `autograder nbgrader` has written."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.course.assignment import load_course
from autograder.course.leaks import scan, secret_lines
from tests.platforms.forgeries import HARMFUL, HARMLESS, reading, writing
from tests.platforms.notebooks import (
    SHARED,
    Notebook,
    autograder,
    environment,
    filled,
    read,
    run,
    solutions,
    source_of,
    with_cell,
    write,
    write_notebook_course,
)

pytestmark = pytest.mark.slow

GRADES = """
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db", "dl101") as book:
    print(json.dumps({
        submission.student.id: {
            grade.name: [grade.auto_score, grade.max_score, grade.needs_manual_grade]
            for notebook in submission.notebooks for grade in notebook.grades
        }
        for submission in book.assignment_submissions("tiny")
    }))
"""
HALF = ("softmax", "window_count", "gate_name", "summary")
IN_WORDS = "written-heads_in_words"
BESIDE = ("test_counting.py", "torch.py", "autograder/__init__.py", "nbgrader.py",
          "nbgrader_config.py", "assignment.toml", "sitecustomize.py")  # fmt: skip


@dataclass
class Course:
    """A course folder of nbgrader's."""

    root: Path
    source: Path  # of autograder's course

    def nbgrader(self, *words: str, ends: int = 0) -> str:
        """Run a command of nbgrader's in it."""
        return run(environment("nbgrader"), self.root, "nbgrader", *words, ends=ends)

    def written(self, *words: str, ends: int = 0) -> str:
        """Run `autograder nbgrader` for it."""
        where = ("--course", str(self.source), "--out", str(self.root))
        return autograder("nbgrader", *where, *words, ends=ends)

    @property
    def released(self) -> Notebook:
        """What students get."""
        return read(self.root / "release" / "tiny" / "tiny.ipynb")

    def hand_in(self, student: str, notebook: Notebook) -> None:
        """Put a notebook where nbgrader collects it."""
        write(notebook, self.root / "submitted" / student / "tiny" / "tiny.ipynb")

    def grades(self) -> dict[str, dict[str, list[float]]]:
        """By student and cell: its score, its points, whether a person is asked."""
        said = run(environment("nbgrader"), self.root, "python", "-c", GRADES)
        found: dict[str, dict[str, list[float]]] = json.loads(said.splitlines()[-1])
        return found

    def feedback(self, student: str) -> str:
        """The text of a student's feedback."""
        path = self.root / "feedback" / student / "tiny" / "tiny.html"
        return html.unescape(re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """With its assignment generated."""
    environment("nbgrader")
    folder = tmp_path_factory.mktemp("nbgrader")
    source = write_notebook_course(folder / "course")
    root = folder / "nbgrader"
    made = Course(root, source)
    made.written("--seed", "5", "--course-id", "dl101")
    made.nbgrader("generate_assignment", "tiny")
    return made


def cell_of(notebook: Notebook, grade_id: str) -> dict[str, object]:
    """The cell with this name."""
    (found,) = (cell for cell in notebook["cells"] if named(cell) == grade_id)
    return found  # type: ignore[no-any-return]


def named(cell: dict[str, object]) -> str:
    """The name of a cell."""
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))  # type: ignore[attr-defined]


def without(notebook: Notebook, is_gone: Callable[[str], bool]) -> Notebook:
    """The notebook without the cells whose names are of a kind."""
    cells = [cell for cell in notebook["cells"] if not is_gone(named(cell))]
    return {**notebook, "cells": cells}


def marks_changed(notebook: Notebook) -> Notebook:
    """All of nbgrader's and of our marks as a student would like them."""
    changed = json.loads(json.dumps(notebook))
    names = ["counting-gate_name", "counting-summary"]
    for cell in changed["cells"]:
        marks = cell["metadata"].get("nbgrader", {})
        if "points" in marks:
            marks["points"] = 50
        if marks.get("grade_id") in names:
            marks["grade_id"] = names[1 - names.index(marks["grade_id"])]
            cell["source"] = "50.0"
    return changed  # type: ignore[no-any-return]


def unmarked(notebook: Notebook) -> Notebook:
    """Nothing of nbgrader's marks is left on cells that are answers."""
    changed = json.loads(json.dumps(notebook))
    for cell in changed["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["metadata"] = {}
    return changed  # type: ignore[no-any-return]


def written_twice(notebook: Notebook) -> Notebook:
    """Each cell twice, as after copying all of them."""
    cells = json.loads(json.dumps(notebook["cells"]))
    for cell in cells:
        cell["id"] += "-again"
    return {**notebook, "cells": [*notebook["cells"], *cells]}


def own_import(half: Notebook, summary: str) -> Notebook:
    """An import of the student's own stands in the cell with ours."""
    changed = json.loads(json.dumps(half))
    place = next(
        n for n, cell in enumerate(changed["cells"]) if source_of(cell) == summary
    )
    changed["cells"][place]["source"] = summary.replace("torch.unravel", "lib.unravel")
    imports = next(c for c in changed["cells"] if "__future__" in source_of(c))
    imports["source"] = source_of(imports) + "\nimport torch as lib"
    return changed  # type: ignore[no-any-return]


def class_of(course: Course) -> dict[str, Notebook]:
    """The notebooks that are handed in, by student."""
    released = course.released
    right = solutions(load_course(course.source).assignment("tiny"))
    words = "Each head attends to something else."
    right["heads_in_words"] = words
    whole = filled(released, right)
    half = filled(released, {name: right[name] for name in HALF})
    wrong_sheet = filled(released, {**right, "worksheet": "[7, 5]\n3"})
    loud = "for line in range(2000):\n    print('line', line)"
    named = {
        "right": whole,
        "half": half,
        "half_and_files": half,
        "untouched": released,
        "wrong": filled(
            released,
            {**right, "gate_name": "def gate_name(index):\n    return 'input'"},
        ),
        "wrong_sheet": wrong_sheet,
        "crashes": filled(
            released, {**right, "gate_name": "def gate_name(index):\n  return ("}
        ),
        "hangs": filled(
            released,
            {**right, "gate_name": "def gate_name(index):\n    while True:\n        1"},
        ),
        "no_test_cells": without(
            half,
            lambda name: name.startswith("counting-") and not name.endswith("-code"),
        ),
        "no_test_cells_at_all": without(
            half,
            lambda name: bool(name) and not re.search("^code-|-code$|answers$", name),
        ),
        "no_answers_in_words": without(half, lambda name: name == IN_WORDS),
        "no_answers": without(half, lambda name: name.endswith("-code")),
        "nothing": {**half, "cells": []},
        "marks_changed": marks_changed(half),
        "unmarked": unmarked(whole),
        "twice": written_twice(whole),
        "loud": with_cell(half, loud),
        "own_import": own_import(half, right["summary"]),
    }
    places = (str(course.root), str(course.source))
    forgeries = {
        **HARMLESS,
        **HARMFUL,
        "reads": reading(*places, "/work", "/root"),
        "writes": writing(*places),
    }
    named |= {
        "tries_" + name.replace(" ", "_").replace("'", ""): with_cell(half, cell)
        for name, cell in forgeries.items()
    }
    return named


@pytest.fixture(scope="module")
def graded(course: Course) -> Course:
    """With a class that is graded, feedback, and grades.csv."""
    for student, notebook in class_of(course).items():
        course.hand_in(student, notebook)
    for name in BESIDE:
        path = course.root / "submitted" / "half_and_files" / "tiny" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"raise SystemExit({name!r})", encoding="utf-8")
    said = course.nbgrader("autograde", "tiny")
    (course.root / "said.txt").write_text(said, encoding="utf-8")
    course.nbgrader("generate_feedback", "tiny")
    course.nbgrader("export", "--to", "grades.csv")
    return course


@pytest.fixture(scope="module")
def grades(graded: Course) -> dict[str, dict[str, list[float]]]:
    """By student and cell."""
    return graded.grades()


def scores(of: dict[str, list[float]]) -> dict[str, float]:
    """By cell, what is graded without a person."""
    return {name: grade[0] for name, grade in of.items() if name != IN_WORDS}


def test_right_answers_earn_everything(grades):
    full = {name: points for name, (_, points, _) in grades["right"].items()}

    assert scores(grades["right"]) == {n: p for n, p in full.items() if n != IN_WORDS}


def test_half_earns_half(grades):
    for name, score in scores(grades["half"]).items():
        part = name.partition("-")[2].removesuffix("-hidden")
        assert score == (grades["half"][name][1] if part in HALF else 0), name
    assert not any(scores(grades["untouched"]).values())


@pytest.mark.parametrize("student", ["wrong", "crashes", "hangs"])
def test_a_wrong_function_costs_its_own_cells(grades, student):
    right, found = scores(grades["right"]), scores(grades[student])

    assert {n for n in right if found[n] != right[n]} == {"counting-gate_name"}
    assert found["counting-gate_name"] == 0


def test_a_part_of_a_cell_is_a_part_of_its_points(grades):
    right, found = scores(grades["right"]), scores(grades["wrong_sheet"])

    assert found["worksheet-hidden"] == 1
    assert {n for n in right if found[n] != right[n]} == {"worksheet-hidden"}


def test_an_answer_in_words_waits_for_a_person(grades):
    assert grades["right"][IN_WORDS] == [None, 2, True]
    for student in ("unmarked", "twice", "no_answers_in_words"):
        assert grades[student][IN_WORDS] == [None, 2, True]
    assert grades["half"][IN_WORDS] == [0, 2, False]


@pytest.mark.parametrize(
    "student",
    ["no_test_cells", "no_test_cells_at_all", "marks_changed", "loud", "own_import"],
)
def test_what_happens_to_test_cells_changes_nothing(grades, student):
    assert scores(grades[student]) == scores(grades["half"])


def test_files_beside_a_notebook_change_nothing(graded, grades):
    """They are not run, and they are there for whoever reads them."""
    assert scores(grades["half_and_files"]) == scores(grades["half"])
    for name in BESIDE:
        path = graded.root / "autograded" / "half_and_files" / "tiny" / name
        assert name in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("student", ["unmarked", "twice"])
def test_what_happens_to_answer_cells_changes_nothing(grades, student):
    assert scores(grades[student]) == scores(grades["right"])


@pytest.mark.parametrize("student", ["no_answers", "nothing"])
def test_what_is_gone_earns_nothing(grades, student):
    assert not any(scores(grades[student]).values())


@pytest.mark.parametrize("name", [*HARMLESS, "reads", "writes"])
def test_a_forgery_earns_nothing(grades, name):
    student = "tries_" + name.replace(" ", "_").replace("'", "")

    assert scores(grades[student]) == scores(grades["half"])


@pytest.mark.parametrize("name", HARMFUL)
def test_a_blow_hits_nobody_else(grades, name):
    half = scores(grades["half"])
    for cell, score in scores(grades["tries_" + name.replace(" ", "_")]).items():
        assert 0 <= score <= half[cell]


def test_grades_csv_is_the_sum(graded, grades):
    with (graded.root / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    for student, of in grades.items():
        assert float(rows[student]["score"]) == sum(scores(of).values()), student


def test_students_get_no_line_of_ours(graded):
    secrets = secret_lines(load_course(graded.source).assignment("tiny"))

    found = scan(graded.root / "release", secrets)
    # The line that both have, which the other assignment shows.
    assert {leak.text for leak in found} == {SHARED}
    assert all("/handed_out/small/" in leak.file for leak in found)
    wrong = {"wrong", "untouched", "wrong_sheet"}  # whose own code is none of ours
    for student in ("half", *sorted(wrong)):
        own = "\n".join(
            source_of(cell)
            for cell in read(
                graded.root / "submitted" / student / "tiny" / "tiny.ipynb"
            )["cells"]
        )
        text = graded.feedback(student)
        lines = {" ".join(line.split()) for line in text.splitlines()}
        own_lines = {" ".join(line.split()) for line in own.splitlines()}
        assert not lines & secrets - own_lines


def test_feedback_shows_of_hidden_checks_promise_and_outcome(graded):
    text = graded.feedback("untouched")

    assert "a window larger than the size raises ValueError" in text
    assert "(size, window)" not in text


FAULT = """
from dataclasses import replace
from autograder.grading.children import ZygoteError
from autograder.grading.sealed import Session
from autograder.verdict import Outcome

grade = Session.grade
blows = [ZygoteError("it is gone.")]


def failing(*arguments):
    if blows:
        raise blows.pop()
    verdict = grade(*arguments)
    checks = [
        replace(check, outcome=Outcome.GRADER_FAULT, points=0.0)
        if check.function == "gate_name" else check
        for check in verdict.checks
    ]
    return replace(verdict, checks=checks)


if grade.__name__ != "failing":  # nbgrader reads its configuration twice
    Session.grade = failing
"""


def test_a_fault_of_ours_is_left_to_a_person(graded, grades):
    config = graded.root / "nbgrader_config.py"
    before = config.read_text(encoding="utf-8")
    config.write_text(before + FAULT, encoding="utf-8")

    try:
        said = graded.nbgrader("autograde", "tiny", "--student", "half", "--force")
    finally:
        config.write_text(before, encoding="utf-8")
    assert "half: it is gone. Trying once more." in said
    assert "half: counting-gate_name failed for a reason of autograder's own" in said
    found = graded.grades()["half"]
    assert found.pop("counting-gate_name") == [None, 1, True]
    assert found.items() < grades["half"].items()


def test_a_second_time(graded, grades):
    """Settings, submissions and seed stay, and so do other assignments."""
    root = graded.root
    config = root / "nbgrader_config.py"
    seal = (root / "sealed" / "tiny" / "answers.json").read_bytes()
    assert "course_id = 'dl101'" in config.read_text(encoding="utf-8")
    first = config.read_text(encoding="utf-8")

    graded.written("small")
    assert config.read_text(encoding="utf-8") == first
    changed = first + "c.Execute.timeout = 60\n"
    config.write_text(changed, encoding="utf-8")
    said = graded.written("tiny")

    assert f"{config}: was changed, and stays as it is" in said
    assert config.read_text(encoding="utf-8") == changed
    assert (root / "sealed" / "tiny" / "answers.json").read_bytes() == seal
    assert (root / "source" / "small" / "small.ipynb").is_file()
    graded.nbgrader("generate_assignment", "tiny", "--force")
    graded.nbgrader("generate_assignment", "small")
    graded.nbgrader("autograde", "tiny", "--student", "half", "--force")
    assert graded.grades()["half"] == grades["half"]


def test_a_folder_of_somebody_elses_stays(course, tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    other = Course(tmp_path, course.source)

    said = other.written(ends=2)

    assert f"{tmp_path}: is neither empty nor generated" in said
    assert "Give another folder" in said


def test_students_validate_at_home(course, tmp_path):
    """In a kernel `check` judges the cells; what is right is not among what failed."""
    answers = solutions(load_course(course.source).assignment("tiny"))
    right = {name: answers[name] for name in HALF}
    for path in (course.root / "release" / "tiny").iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    write(filled(course.released, right), tmp_path / "tiny.ipynb")

    said = run(environment("nbgrader"), tmp_path, "nbgrader", "validate", "tiny.ipynb")

    failed = {*re.findall(r'report = check\("(\w+)"\)', said)}
    assert failed
    assert failed.isdisjoint(HALF)
    assert "RuntimeError" not in said
