"""Checks the cells that ran in a kernel: from a question to a report.

It runs in the companion, a process that no student's code has touched.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder.course.assignment import WORKSHEET_SECTION, Assignment
from autograder.errors import CourseError
from autograder.home.folder import HomeFolder, chosen_checks, functions_of, load_folder
from autograder.home.handed_out import assignment_for, is_in_package
from autograder.home.handing_in import HomeNotebook
from autograder.home.live import FILE, judged_in
from autograder.home.replay import Execution, counting, names_of
from autograder.home.results import has_lost_checks, is_part, verdict_of
from autograder.home.selection import Selection, exercise_names, remember
from autograder.reports import html_cell, terminal
from autograder.reports.gradescope import findings_of
from autograder.tables import listed, nearest
from autograder.verdict import Note, Outcome, Verdict
from autograder.wording import joined, repeat_call

_WIDTH = 80
_FILE_NAME = "cells that ran.ipynb"  # no exercise can be called that
UNLIKE_KERNEL = "unlike_kernel"  # the kind of a note

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Question:
    """What a kernel asks for."""

    name: str | None
    folder: str | None
    here: Path
    executions: list[Execution]
    live: dict[str, str]  # what stands for its functions and classes

    @classmethod
    def of(cls, document: dict[str, Any]) -> Question:
        """Read one as it travels."""
        return cls(
            document["name"],
            document["folder"],
            Path(document["here"]),
            [Execution(*one) for one in document["executions"]],
            document["live"],
        )


def refusal(text: str) -> dict[str, Any]:
    """The answer where nothing is checked, and why."""
    return {
        "text": "\n".join(textwrap.wrap(text, _WIDTH, break_on_hyphens=False)) + "\n",
        "html": html_cell.message(text),
        "points": 0.0,
        "possible": 0.0,
        "passed": False,
    }


@dataclass
class Desk:
    """Answers questions; what was loaded for one is kept for the next."""

    scratch: Path  # for files of its own
    _homes: dict[Path, tuple[Stamp, HomeFolder]] = field(default_factory=dict)
    _answers: int = 0

    def answer(self, question: Question) -> dict[str, Any]:
        """A report, or why there is none."""
        try:
            return self._report(question)
        except CourseError as error:
            return refusal(_sentence(str(error)))

    def _report(self, question: Question) -> dict[str, Any]:
        name = question.name

        def has(assignment: Assignment) -> bool:
            return _selected(self._home(assignment), name or "") is not None

        meant = has if name is not None else None
        assignment = assignment_for(question.folder, question.here, meant)
        home = self._home(assignment)
        selection = Selection()
        if name is not None:
            found = _selected(home, name)
            if found is None:
                raise _unknown(home, name)
            selection = found
        cells = counting(question.executions)
        self._answers += 1
        file = self.scratch / _FILE_NAME
        file.write_text(_notebook(cells), encoding="utf-8")
        notebook = HomeNotebook(file, question.here, is_running=True)
        home = replace(home, notebook=notebook, remarks=[])
        verdict = verdict_of(home, selection)
        told = _unlike_kernel(home, selection, cells, question.live)
        verdict.notes[:0] = [*told, *_several_versions(verdict, cells)]
        if not is_in_package(assignment):
            remember(assignment.folder, verdict.checks)
        part = is_part(home, selection)
        return self._laid_out(verdict, part, complete=not has_lost_checks(home))

    def _laid_out(
        self, verdict: Verdict, part: bool, *, complete: bool
    ) -> dict[str, Any]:
        text = terminal.render(
            verdict,
            repeat=repeat_call,
            part=part,
            every=html_cell.EVERY_CALL,
            width=_WIDTH,
        )
        passed = all(check.outcome is Outcome.PASSED for check in verdict.checks)
        return {
            "text": text,
            "html": html_cell.render(verdict, part=part, number=self._answers),
            "points": float(verdict.points),
            "possible": float(verdict.max_points),
            "passed": passed and complete and bool(verdict.checks),
            "findings": findings_of(verdict),
        }

    def _home(self, assignment: Assignment) -> HomeFolder:
        """The assignment's folder, loaded again only where a file of it changed."""
        stamp = _stamp(assignment.folder)
        known = self._homes.get(assignment.folder)
        if known is None or known[0] != stamp:
            known = stamp, load_folder(assignment)
            self._homes[assignment.folder] = known
        return known[1]


def _stamp(folder: Path) -> Stamp:
    found = []
    for path in sorted(folder.iterdir()):
        if path.suffix in (".py", ".toml", ".json"):
            facts = path.stat()
            found.append((path.name, facts.st_mtime_ns, facts.st_size))
    return tuple(found)


def _selected(home: HomeFolder, name: str) -> Selection | None:
    """What is meant by a name; None where nothing has it."""
    (exercise,) = exercise_names(name) or ("",)
    known = [*home.checks, *([WORKSHEET_SECTION] if home.worksheet else [])]
    if exercise in known:
        return Selection((exercise,))
    functions = functions_of(home)
    # A function's first: cells of platforms ask for them, whatever checks are called.
    of_function = {check for check, function in functions.items() if function == name}
    if of_function:
        return Selection(ids=frozenset(of_function))
    selection = Selection(only=name)
    return selection if name and selection.is_exact(functions) else None


def _unknown(home: HomeFolder, name: str) -> CourseError:
    functions = functions_of(home)
    sheet = [WORKSHEET_SECTION] if home.worksheet else []
    told = list(dict.fromkeys([*functions.values(), *home.checks, *sheet]))
    told = list(filter(None, told))
    short = [one.partition("::")[2].removeprefix("test_") for one in functions]
    return CourseError(
        f"there is nothing to check by the name of {name!r}"
        f"{nearest(name, [*told, *short])} There are {listed(told)}."
    )


def _notebook(cells: Sequence[Execution]) -> str:
    """The cells as a notebook in which each stands at the place of its number."""
    texts = {one.count: one.text for one in cells}
    most = max(texts, default=0)
    sources = [texts.get(count, "") for count in range(1, most + 1)]
    return json.dumps(
        {"cells": [{"cell_type": "code", "source": source} for source in sources]}
    )


def _unlike_kernel(
    home: HomeFolder,
    selection: Selection,
    cells: Sequence[Execution],
    live: dict[str, str],
) -> list[Note]:
    """Where the kernel holds another function than the one that is judged."""
    judged = judged_in(cells)
    run, shown = chosen_checks(home, selection)
    asked = dict.fromkeys(
        check.function.partition(".")[0]
        for some in run.values()
        for check in some
        if check.id in shown
    )
    failed = {one.count for one in cells if one.failed}
    bound = {name for one in cells for name in names_of(one.text).bound}
    texts = []
    absent = [name for name in asked if name not in bound and name not in live]
    if absent:
        texts.append(
            f"No cell that ran defines {_few(absent)}. What you have written in a cell "
            "counts when that cell has run."
        )
    for name in asked:
        held = live.get(name)
        if held is None:
            continue
        if name not in judged:
            if held.startswith(FILE):
                module = held.removeprefix(FILE).partition(".")[0]
                texts.append(
                    f"{name} comes from {module} in this notebook, and is no part of "
                    "a cell. Here the cells are judged; `autograder check` in a "
                    "terminal judges files."
                )
            continue
        cell, stamp = judged[name]
        if held != stamp and held.startswith("class:") == stamp.startswith("class:"):
            texts.append(
                f"The kernel still has an earlier {name}, since cell {cell} ran into "
                "an error. That cell is what is judged: mend it and run it again."
                if cell in failed
                else f"The kernel has another {name} than cell {cell}, which is what "
                "is judged. Restart the kernel and run all cells to have one of them."
            )
    return [Note(UNLIKE_KERNEL, text) for text in texts]


def _several_versions(verdict: Verdict, cells: Sequence[Execution]) -> list[Note]:
    """Where more than one cell defines a function that is refused: which ones.

    All that a notebook holds is read for what it may not use, earlier versions, too.
    """
    refused = dict.fromkeys(
        check.function.partition(".")[0]
        for check in verdict.checks
        if check.outcome is Outcome.REFUSED
    )
    notes = []
    for name in refused:
        found = [str(one.count) for one in cells if name in names_of(one.text).bound]
        if len(found) > 1:
            text = (
                f"{name} is defined in cells {joined(found)}, and all of them are read "
                "for what it may not use. Keep one; if the others are deleted already, "
                "restart the kernel and run all cells."
            )
            notes.append(Note(UNLIKE_KERNEL, text))
    return notes


def _few(names: list[str]) -> str:
    more = len(names) - 4
    return joined([*names[:4], f"{more} more"] if more > 1 else names)


def _sentence(text: str) -> str:
    """With a capital, where it begins with a word and not with a path or a name."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.isalpha() else text
