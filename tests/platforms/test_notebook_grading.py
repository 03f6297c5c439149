"""Notebooks of a platform, graded by the sealed assignment that lies beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autograder.authoring.publishing import checks_before
from autograder.authoring.sealing import sealed_files
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.course.student_folder import write_files
from autograder.grading.sealed import Sealed, Session, seed_of
from autograder.grading.zygote_client import Zygote
from autograder.platforms.nbgrader.course import source_files
from autograder.platforms.notebooks import notebook_cells
from autograder.verdict import Verdict
from tests.platforms.notebooks import (
    Notebook,
    asked,
    filled,
    source_of,
    with_cell,
    write_notebook_course,
)

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

SEED = 5
SHEET = "[5, 7]\n3"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With ``sealed`` and ``notebook.ipynb`` in it, whose solutions are right."""
    folder = write_notebook_course(tmp_path_factory.mktemp("grading") / "course")
    solution = Solution(load_course(folder).assignment("tiny"))
    write_files(folder / "sealed", sealed_files(solution, SEED))
    cells = notebook_cells(solution.assignment, checks_before(solution))
    (notebook,) = source_files("tiny", cells, "Tiny", {}).values()
    (folder / "notebook.ipynb").write_bytes(notebook)
    return folder


@pytest.fixture
def session(course: Path, zygote: Zygote) -> Session:
    sealed = Sealed(course / "sealed")
    return Session(sealed.assignment, sealed._answers(), zygote)


@pytest.fixture
def solved(course: Path) -> Notebook:
    """The solutions, and the worksheet's short answers."""
    text = (course / "notebook.ipynb").read_text(encoding="utf-8")
    return filled(json.loads(text), {"worksheet": SHEET})


def graded(session: Session, notebook: Notebook, folder: Path, name: str) -> Verdict:
    """Grade a notebook of a student."""
    path = folder / name / "tiny.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return session.grade(path, name)


def test_a_session_grades_one_after_the_other(session, course, solved, tmp_path):
    """What one submission does is nothing to the next."""
    ends = with_cell(solved, "import os\nos._exit(0)")
    words = filled(solved, {"heads_in_words": "\nEach sees something else."})

    nothing = graded(session, ends, tmp_path, "student_01")
    everything = graded(session, words, tmp_path, "student_02")

    assert nothing.points < 4
    assert everything.points == everything.max_points == 44
    assert (nothing.student, everything.student) == ("student_01", "student_02")
    assert nothing.seed == everything.seed == seed_of(course / "sealed") == SEED


def test_an_answer_in_words_is_in_the_verdict(session, solved, tmp_path):
    text = "Each sees something else,\n\n---\n\nas `softmax` does."
    words = filled(solved, {"heads_in_words": text})

    found = graded(session, words, tmp_path, "student_01").written
    empty = graded(session, solved, tmp_path, "student_02").written

    assert [(answer.id, answer.answer, answer.max_points) for answer in found] == [
        ("heads_in_words", text, 2)
    ]
    assert [(answer.id, answer.answer) for answer in empty] == [("heads_in_words", "")]


def test_a_copied_answer_is_no_loss(session, solved, tmp_path):
    """The one that was written in counts, before or behind its copy."""
    words = filled(solved, {"heads_in_words": "Each sees something else."})
    blank, full = (
        next(cell for cell in one["cells"] if "autograder" in cell["metadata"])
        for one in (solved, words)
    )
    others = [c for c in solved["cells"] if "autograder" not in c["metadata"]]

    for number, order in enumerate([(full, blank), (blank, full), (full, full)]):
        notebook = {**solved, "cells": [*others, *order]}
        verdict = graded(session, notebook, tmp_path, f"student_{number:02}")
        (answer,) = verdict.written
        assert answer.answer == "Each sees something else."
        assert verdict.points == 44


def test_an_answer_in_words_may_stand_in_the_worksheet(session, solved, tmp_path):
    """As in a folder of files; the cell that asks for it is empty then."""
    entry = '[[question]]\nid = "heads_in_words"\nkind = "written"\nanswer = "Why not?"'
    for cell in solved["cells"]:
        if asked(cell) == "worksheet":
            cell["source"] = f"{source_of(cell)}\n\n{entry}\n"

    verdict = graded(session, solved, tmp_path, "student_01")

    assert [answer.answer for answer in verdict.written] == ["Why not?"]
    assert verdict.points == 44


def test_a_seal_that_cannot_be_read_has_no_seed(tmp_path):
    assert seed_of(tmp_path) is None
    (tmp_path / "answers.json").write_text("[]")
    assert seed_of(tmp_path) is None
