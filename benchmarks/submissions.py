"""Folders to measure with: a class of complete submissions, and students' folders."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from autograder.course.assignment import ASSIGNMENT_FILE, WORKSHEET, Assignment
from autograder.course.generate import assignment_toml


def make_class(assignment: Assignment, folder: Path, count: int) -> list[Path]:
    """Write a folder of complete submissions; return the students' folders.

    Each holds the solutions and a comment of its own, so that no two are the same.
    Worksheets are left out.
    """
    students = [folder / f"student_{index:02}" for index in range(1, count + 1)]
    for student in students:
        student.mkdir(parents=True)
        put_solutions(assignment, student)
    return students


def put_solutions(assignment: Assignment, student: Path) -> None:
    """Write the solutions' modules into a student's folder."""
    for exercise in assignment.exercises:
        source = assignment.module(exercise).read_text(encoding="utf-8")
        text = f"{source}\n# handed in by {student.name}\n"
        (student / f"{exercise}.py").write_text(text, encoding="utf-8")


def make_pytest_folder(assignment: Assignment, folder: Path) -> None:
    """Write a complete folder with all checks, which a plain pytest can run."""
    folder.mkdir(parents=True)
    put_solutions(assignment, folder)
    for exercise in assignment.exercises:
        shutil.copy(assignment.checks(exercise), folder)
    settings = assignment_toml(assignment, {})
    (folder / ASSIGNMENT_FILE).write_text(settings, encoding="utf-8")


def make_home_folder(assignment: Assignment, generated: Path, folder: Path) -> None:
    """Copy a generated student folder and put the solutions in; no worksheet."""
    shutil.copytree(generated, folder)
    put_solutions(assignment, folder)
    (folder / WORKSHEET).unlink(missing_ok=True)
    settings = assignment_toml(replace(assignment, has_worksheet=False), {})
    (folder / ASSIGNMENT_FILE).write_text(settings, encoding="utf-8")
