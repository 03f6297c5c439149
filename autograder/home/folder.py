"""A student's folder, loaded: its checks, its lookalikes, and what is asked of it.

Only what is asked for is loaded. A file of ours that got damaged on the way costs what
depends on it, and the report says so; the student's other exercises are checked.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from autograder.checking import lookalikes, work
from autograder.checking.device_choice import Devices
from autograder.checking.device_option import USUAL, DeviceOption
from autograder.checking.loading import Check, all_checks, load_checks
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.work import ReferenceWork
from autograder.course.assignment import (
    LOOKALIKES,
    WORKSHEET,
    WORKSHEET_QUESTIONS,
    WORKSHEET_SECTION,
    Assignment,
)
from autograder.errors import CourseError
from autograder.home.handing_in import HomeNotebook
from autograder.home.selection import Selection, exercise_names
from autograder.home.unread import belongs_elsewhere
from autograder.tables import counted, nearest
from autograder.verdict import CheckResult, Note
from autograder.wording import joined
from autograder.worksheet import Worksheet, load, load_questions
from autograder.worksheet.check_results import worksheet_results

# Kinds of notes.
CHECKS_LOST = "checks_lost"  # something asked for cannot be checked
SEVERAL = "several"  # more than one check was chosen by a text


@dataclass(frozen=True)
class HomeFolder:
    """One assignment in a student's hands, or as much of it as was asked for."""

    assignment: Assignment
    checks: dict[str, list[Check]]
    lookalikes: Lookalikes
    reference_work: ReferenceWork
    worksheet: Worksheet | None
    notes: list[Note] = field(default_factory=list)
    devices: Devices = field(default_factory=lambda: Devices.asked(USUAL))
    notebook: HomeNotebook | None = None  # checked in place of the exercise files
    remarks: list[Note] = field(default_factory=list)  # of the last run

    @property
    def sources(self) -> list[Path]:
        """The files that a student edits."""
        files = sorted(self.assignment.folder.glob("*.py"))
        sheet = self.assignment.folder / WORKSHEET
        if self.notebook is not None:
            files = [self.notebook.file]
        return [
            *(file for file in files if not file.name.startswith("test_")),
            *([sheet] if self.worksheet is not None else []),
        ]


def load_folder(
    assignment: Assignment,
    exercises: str | Sequence[str] | None = None,
    device: DeviceOption = USUAL,
) -> HomeFolder:
    """Load what is checked in an assignment's folder, or some exercises of it.

    In a folder with solutions, such as an author's, hidden checks are run as well and
    mistakes are named as students would see them.

    Raises:
        CourseError: there is no such exercise, or its checks cannot be loaded. Where
            all are asked for, a student is told in a note instead.
    """
    known = list(assignment.exercises)
    known += [WORKSHEET_SECTION] if assignment.has_worksheet else []
    asked = exercise_names(exercises)
    for exercise in asked:
        if exercise not in known:
            elsewhere = belongs_elsewhere(assignment, exercise)
            near = "." if elsewhere else nearest(exercise, known)
            raise CourseError(
                f"{assignment.name} has no exercise {exercise!r}{near}{elsewhere} "
                f"There are {', '.join(known)}."
            )
    wanted = [name for name in known if not asked or name in asked]
    checks: dict[str, list[Check]] = {}
    worksheet = None
    notes: list[Note] = []
    for name in wanted:
        try:
            if name == WORKSHEET_SECTION and assignment.has_worksheet:
                worksheet = _worksheet(assignment)
            else:
                checks[name] = _checks(assignment, name)
        except CourseError as error:
            if asked or not assignment.is_student_copy:
                raise
            said = str(error).replace(f"{assignment.folder}{os.sep}", "")
            notes.append(Note(CHECKS_LOST, f"{name} was not checked. {said}"))
    if assignment.is_student_copy:
        mistakes, reference, more = _known(assignment.folder / LOOKALIKES)
        notes += more
    else:
        from autograder.checking.solution import Solution

        solution = Solution(assignment)
        mistakes = solution.lookalikes(assignment.public_seed)
        reference = solution.reference_work(assignment.public_seed)
    devices = Devices.asked(device)
    return HomeFolder(
        assignment, checks, mistakes, reference, worksheet, notes, devices
    )


def chosen_checks(
    home: HomeFolder, selection: Selection
) -> tuple[dict[str, list[Check]], set[str]]:
    """The checks to run, and the ids of those to show.

    A check that is chosen brings along those that it waits for, and a strict one those
    whose remarks it counts.
    """
    chosen = chosen_ids(home, selection)
    shown: set[str] = set()
    run: dict[str, list[Check]] = {}
    for name, checks in home.checks.items():
        wanted = {check.name for check in checks if check.id in chosen}
        shown |= {check.id for check in checks if check.name in wanted}
        for check in checks:
            if check.name in wanted:
                wanted |= {sibling.name for sibling in check.siblings}
        for check in reversed(checks):
            if check.name in wanted:
                wanted |= set(check.after)
        kept = [check for check in checks if check.name in wanted]
        if kept:
            run[name] = kept
    return run, shown


def chosen_ids(home: HomeFolder, selection: Selection) -> frozenset[str]:
    """The ids of the checks that are meant, entries of the worksheet among them."""
    return selection.chosen(functions_of(home))


def functions_of(home: HomeFolder) -> dict[str, str]:
    """The function of each check that there is, by the check's id."""
    known = {check.id: check.function for check in all_checks(home.checks)}
    if home.worksheet is not None:
        found, _ = worksheet_results(home.worksheet, None)
        known |= {result.id: result.function for result in found}
    return known


def several_note(
    home: HomeFolder, selection: Selection, checks: list[CheckResult]
) -> list[Note]:
    """A note where a text of ``--only`` has chosen more than one check; else none."""
    if not selection.only or len(checks) < 2:
        return []
    if home.notebook is not None and home.notebook.is_running:
        return []  # it was asked by whole names, and not with --only
    names = {check.id.partition("::")[2] for check in checks}
    if len(names) == 1:
        where = joined(list(dict.fromkeys(check.exercise for check in checks)))
        text = (
            f"--only {selection.only} is the name of a check in {where}. Write an "
            "exercise before --only to run one of them."
        )
    elif not selection.is_exact(functions_of(home)):
        text = (
            f"--only {selection.only} is no whole name: it stands in the names of "
            f"{counted(len(checks), 'check')}, and all of them ran. `autograder check "
            "--list` has the names."
        )
    else:
        return []
    return [Note(SEVERAL, text)]


def no_such_check(home: HomeFolder, only: str) -> CourseError:
    """The error where no check has this text in its name."""
    known = functions_of(home)
    every = [check_id.rpartition("::")[2].removeprefix("test_") for check_id in known]
    by_lower = {name.lower(): name for name in (*every, *known.values()) if name}
    meant = only.rpartition("::")[2].removeprefix("test_").lower()
    close = get_close_matches(meant, by_lower, n=1)
    near = f"; did you mean {by_lower[close[0]]!r}?" if close else "."
    return CourseError(
        f"no check has {only!r} in its name{near} "
        "Run `autograder check --list` to see all names."
    )


def _checks(assignment: Assignment, exercise: str) -> list[Check]:
    path = assignment.checks(exercise)
    if not assignment.is_student_copy:
        return load_checks(path, exercise)
    if not path.is_file():
        why = "It is not there."
    else:
        try:
            return load_checks(path, exercise)
        except CourseError as error:
            cause = error.__cause__
            why = f"{type(cause).__name__}: {cause}" if cause else str(error)
    # The remedy comes first: a long reason is cut in reports.
    raise CourseError(f"{path}: unpack this file again from the zip. {why}")


def _worksheet(assignment: Assignment) -> Worksheet:
    if assignment.is_student_copy:
        return load_questions(assignment.folder / WORKSHEET_QUESTIONS)
    return load(assignment.folder / WORKSHEET)


def _known(
    path: Path,
) -> tuple[Lookalikes, ReferenceWork, list[Note]]:
    """What lookalikes.json tells; nothing, and a note, where it is damaged."""
    try:
        document = (
            json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        )
        mistakes, reference = _read(document)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        text = (
            f"{path.name} is damaged, so well-known mistakes are not named. "
            "Everything is checked all the same. Unpack it again from the zip."
        )
        return *_read({}), [Note("no_lookalikes", text)]
    return mistakes, reference, []


def _read(document: dict[str, Any]) -> tuple[Lookalikes, ReferenceWork]:
    return (
        lookalikes.from_document(document.get("mistakes", {})),
        work.from_document(document.get("work", {})),
    )
