"""Where checking at home may come out differently from grading, in notes."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

import torch

from autograder.checking.absent import absent_notes
from autograder.course.assignment import Assignment
from autograder.home.handing_in import HomeNotebook, read_file, read_notebook
from autograder.home.unread import unread_notes
from autograder.home.workplace import read_folder
from autograder.sources.imports import absent_libraries
from autograder.submissions.data_files import too_much
from autograder.verdict import Note
from autograder.wording import VERSIONS

CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"
UNLIKE_GRADING = "unlike_grading"  # a note's kind


def parity_notes(
    assignment: Assignment,
    exercises: Iterable[str],
    settings: Collection[str],
    notebook: HomeNotebook | None = None,
) -> list[Note]:
    """What to know before trusting the result.

    Args:
        assignment: the student's folder.
        exercises: those that were checked.
        settings: those that ran.
        notebook: checked in place of the exercise files.
    """
    if notebook is None:
        content = read_folder(assignment.folder)
        sources = {name: _text(path) for name, path in content.modules.items()}
    else:
        content = replace(read_folder(notebook.folder), hiding=[])
        sources = read_notebook(notebook, assignment).texts
    absent: dict[str, list[str]] = {}
    for exercise in exercises:
        absent |= absent_libraries(sources, exercise, assignment.libraries)
    notes = absent_notes(absent, assignment.libraries)
    texts = [*content.hiding, *_process(), *_gpu(settings)]
    named = [
        name
        for name in content.left_out
        if any(name.rpartition("/")[2] in text for text in sources.values())
    ]
    texts += [too_much(named)] if named else []
    unread = unread_notes(assignment, sources) if notebook is None else []
    return [*unread, *notes, *(Note(UNLIKE_GRADING, text) for text in texts)]


def version_notes(assignment: Assignment, something_crashed: bool) -> list[Note]:
    """A line where another minor version than the course's can make a difference.

    A newer one has what grading may lack. An older one lacks things itself: that may be
    why code stops here, and code that does not stop will run there, too.
    """
    here = {
        "Python": (f"{sys.version_info[0]}.{sys.version_info[1]}", "python"),
        "torch": (_minor(torch.__version__), "torch"),
    }
    texts = []
    for name, (mine, key) in here.items():
        theirs = _minor(assignment.made_with.get(key, mine))
        if _numbers(mine) > _numbers(theirs):
            texts.append(f"what is new in {mine} is missing there.")
        elif _numbers(mine) < _numbers(theirs) and something_crashed:
            texts.append(f"what is new in {theirs} is missing here.")
        else:
            continue
        texts[-1] = f"{name} is {mine} here and {theirs} in grading: {texts[-1]}"
    return [Note(VERSIONS, text) for text in texts]


def _numbers(version: str) -> list[int]:
    """``[2, 13]``, which compare as versions do."""
    return [int(part) for part in version.split(".") if part.isdigit()]


def _process() -> list[str]:
    if CAN_FORK:
        return []
    return [
        "On this system your code is checked in the process of autograder itself, so "
        "memory and the size of files are not limited as in grading, and an endless "
        "loop or a crash may end the whole check."
    ]


def _gpu(settings: Collection[str]) -> list[str]:
    if not any(name.startswith("cuda") for name in settings):
        return []
    return [
        "Checks on CUDA ran here. Grading runs them only where it has a GPU, and "
        "another GPU may round differently."
    ]


def _minor(version: str) -> str:
    """``2.13`` of ``2.13.0+cpu``."""
    return ".".join(version.partition("+")[0].split(".")[:2])


def _text(path: Path) -> str:
    return read_file(path).texts.get(path.stem, "")
