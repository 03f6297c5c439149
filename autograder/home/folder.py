"""A student's folder, loaded: its checks, its lookalikes, and what is asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.checking.loading import Check, load_checks
from autograder.checking.lookalikes import Lookalikes, from_json
from autograder.course.assignment import LOOKALIKES, WORKSHEET, Assignment
from autograder.course.errors import CourseError
from autograder.course.tables import nearest
from autograder.course.worksheet import Worksheet, load


@dataclass(frozen=True)
class HomeFolder:
    """One assignment in a student's hands."""

    assignment: Assignment
    checks: dict[str, list[Check]]
    lookalikes: Lookalikes
    worksheet: Worksheet | None

    @property
    def sources(self) -> list[Path]:
        """The files that a student edits."""
        files = sorted(self.assignment.folder.glob("*.py"))
        sheet = self.assignment.folder / WORKSHEET
        return [*files, *([sheet] if self.worksheet is not None else [])]


def load_folder(assignment: Assignment) -> HomeFolder:
    """Load what is checked in an assignment's folder.

    In a folder with solutions, such as an author's, hidden checks are run as well and
    mistakes are named as students would see them.
    """
    folder = assignment.folder
    checks = {
        exercise: load_checks(assignment.checks(exercise), exercise)
        for exercise in assignment.exercises
    }
    path = folder / LOOKALIKES
    if assignment.is_student_copy:
        known = from_json(path.read_text() if path.is_file() else "{}")
    else:
        from autograder.checking.solution import Solution

        known = Solution(assignment).lookalikes(assignment.public_seed)
    worksheet = load(folder / WORKSHEET) if assignment.has_worksheet else None
    return HomeFolder(assignment, checks, known, worksheet)


def chosen_checks(
    home: HomeFolder, exercise: str | None, only: str
) -> tuple[dict[str, list[Check]], set[str]]:
    """The checks to run, and the ids of those to show.

    A check that is chosen brings along those that it waits for.

    Raises:
        CourseError: there is no such exercise, or no check of that name.
    """
    names = list(home.checks)
    known = [*names, *(["worksheet"] if home.worksheet is not None else [])]
    if exercise is not None:
        exercise = exercise.removesuffix(".py")
        if exercise not in known:
            raise CourseError(
                f"there is no exercise {exercise!r}{nearest(exercise, known)} "
                f"There are {', '.join(known)}."
            )
        names = [name for name in names if name == exercise]
    shown: set[str] = set()
    run: dict[str, list[Check]] = {}
    for name in names:
        wanted = {
            check.name
            for check in home.checks[name]
            if only in check.id or only == check.function
        }
        shown |= {check.id for check in home.checks[name] if check.name in wanted}
        for check in reversed(home.checks[name]):
            if check.name in wanted:
                wanted |= set(check.after)
        kept = [check for check in home.checks[name] if check.name in wanted]
        if kept:
            run[name] = kept
    if only and not shown:
        every = [check.name for checks in home.checks.values() for check in checks]
        raise CourseError(
            f"no check has {only!r} in its name{nearest(only, every)} "
            "Run `autograder check` to see all."
        )
    return run, shown
