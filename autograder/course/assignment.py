"""A course and its assignments, as read from course.toml and assignment.toml."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course.limits import Limits, read_limits
from autograder.errors import CourseError
from autograder.sources.taken_names import is_free_for_an_exercise
from autograder.tables import Table, listed, nearest, read_table

COURSE_FILE = "course.toml"
ASSIGNMENT_FILE = "assignment.toml"
HANDOUT = "HANDOUT.md"
WORKSHEET = "worksheet.toml"
WORKSHEET_QUESTIONS = "worksheet.questions.json"  # generated, for the form check
WORKSHEET_SECTION = "worksheet"  # its place among the exercises of a report
MISTAKES = "mistakes"  # a folder
STAND_INS = "stand_ins"  # right code in place of a student's, by exercise
STYLES = "styles"  # with a folder for each other right way to write a solution
KERNELS = "kernels"  # what answers are compared with bit for bit, by exercise
FIGURES = "figures"
LOOKALIKES = "lookalikes.json"
USUAL_LIBRARIES = ("numpy", "torch")  # what code may import beside Python's own


@dataclass(frozen=True)
class HiddenSummary:
    """What students know of an exercise's hidden checks."""

    checks: int
    points: float


@dataclass(frozen=True)
class Assignment:
    """One assignment: where its files are and what its settings say."""

    name: str
    folder: Path
    title: str
    exercises: tuple[str, ...]
    public_seed: int
    limits: Limits = field(default_factory=Limits)
    forbidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hidden: Mapping[str, HiddenSummary] = field(default_factory=dict)
    has_worksheet: bool = False
    is_student_copy: bool = False
    libraries: tuple[str, ...] = USUAL_LIBRARIES
    about: str = ""  # a sentence or two for the page of the course
    hours: float | None = None  # that the work takes
    made_with: Mapping[str, str] = field(default_factory=dict)  # python, torch

    def module(self, exercise: str) -> Path:
        """The exercise's own file: the solution, or what a student writes."""
        return self.folder / f"{exercise}.py"

    def checks(self, exercise: str) -> Path:
        """The file of the exercise's checks."""
        return self.folder / f"test_{exercise}.py"


@dataclass(frozen=True)
class Course:
    """A folder of assignments with solutions."""

    root: Path
    title: str
    public_seed: int
    assignments: tuple[Assignment, ...]

    def assignment(self, name: str) -> Assignment:
        """The assignment of that name.

        Raises:
            CourseError: the course has no such assignment.
        """
        for assignment in self.assignments:
            if assignment.name == name:
                return assignment
        names = [assignment.name for assignment in self.assignments]
        raise CourseError(
            f"{self.root / COURSE_FILE}: there is no assignment {name!r}"
            f"{nearest(name, names)} Known assignments: {listed(names)}. "
            "Another course is named with --course."
        )


def load_course(path: Path) -> Course:
    """Read the course in a folder that holds course.toml.

    Raises:
        CourseError: a file is missing or breaks a rule.
    """
    if not (path / COURSE_FILE).is_file():
        raise CourseError(
            f"there is no course in {path.resolve()}: it would hold a {COURSE_FILE}. "
            "Run the command where the course's folder is, or name it with --course."
        )
    table = read_table(path / COURSE_FILE)
    table.allow("title", "public_seed", "assignments")
    public_seed = table.integer("public_seed")
    assignments = []
    for name in table.texts("assignments"):
        if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
            rule = f"holds {name!r}; a name has lower-case letters, digits, '-' and '_'"
            raise table.fail("assignments", rule, "Rename the folder and this entry.")
        folder = path / name
        if not (folder / ASSIGNMENT_FILE).is_file():
            rule = f"names {name!r}, but there is no file {folder / ASSIGNMENT_FILE}"
            raise table.fail("assignments", rule, "Create it or drop the name.")
        assignments.append(_load_written(folder, name, public_seed))
    return Course(path, table.text("title"), public_seed, tuple(assignments))


def load_student_assignment(folder: Path) -> Assignment:
    """Read a generated student folder.

    Raises:
        CourseError: a file is missing or breaks a rule.
    """
    table = read_table(folder / ASSIGNMENT_FILE)
    if "name" not in table.values:
        rule = "is missing, so this is no generated student folder"
        raise table.fail("name", rule, "Generate it with `autograder assignments`.")
    table.allow(*_KEYS, "name", "public_seed", "worksheet", "hidden", "made_with")
    exercises = _exercises(table)
    return Assignment(
        name=table.text("name"),
        folder=folder,
        title=table.text("title"),
        exercises=exercises,
        public_seed=table.integer("public_seed"),
        limits=read_limits(table.table("limits")),
        forbidden=_forbidden(table.table("forbidden"), exercises),
        hidden=_hidden(table.table("hidden"), exercises),
        # The file itself may have got lost on a student's machine.
        has_worksheet=table.flag("worksheet"),
        is_student_copy=True,
        libraries=_libraries(table),
        made_with=_made_with(table.table("made_with")),
    )


def find_assignment(start: Path) -> Assignment:
    """The assignment whose folder is ``start`` or holds it.

    It may be a student's folder or one with solutions.

    Raises:
        CourseError: there is none, or its files break a rule.
    """
    if not start.exists():
        raise CourseError(
            f"{start.resolve()}: there is no such folder. Name the assignment's folder "
            "with --in."
        )
    start = start.resolve()
    for folder in (start, *start.parents):
        file = folder / ASSIGNMENT_FILE
        if not file.is_file():
            continue
        if "name" in read_table(file).values:
            return load_student_assignment(folder)
        if (folder.parent / COURSE_FILE).is_file():
            return load_course(folder.parent).assignment(folder.name)
        raise CourseError(
            f"{file}: 'name' is missing and there is no {COURSE_FILE} one folder up, "
            "so this is neither a student's folder nor part of a course. "
            "Copy the assignment again from where you got it."
        )
    raise CourseError(
        f"{start}: there is no {ASSIGNMENT_FILE} in this folder or in one above it. "
        "Change into the assignment's folder, or name it with --in."
    )


_KEYS = ("title", "exercises", "libraries", "limits", "forbidden")
_OF_THE_PAGE = ("about", "hours")


def _load_written(folder: Path, name: str, public_seed: int) -> Assignment:
    table = read_table(folder / ASSIGNMENT_FILE)
    table.allow(*_KEYS, *_OF_THE_PAGE)
    exercises = _exercises(table)
    assignment = Assignment(
        name=name,
        folder=folder,
        title=table.text("title"),
        exercises=exercises,
        public_seed=public_seed,
        limits=read_limits(table.table("limits")),
        forbidden=_forbidden(table.table("forbidden"), exercises),
        has_worksheet=(folder / WORKSHEET).is_file(),
        libraries=_libraries(table),
        about=table.text("about") if "about" in table.values else "",
        hours=table.number("hours") if "hours" in table.values else None,
    )
    for exercise in exercises:
        for file in (assignment.module(exercise), assignment.checks(exercise)):
            if not file.is_file():
                rule = f"names {exercise!r}, but there is no file {file}"
                raise table.fail("exercises", rule, "Write it or drop the name.")
    return assignment


def _exercises(table: Table) -> tuple[str, ...]:
    exercises = table.texts("exercises")
    for name in exercises:
        if not name.isidentifier() or keyword.iskeyword(name):
            rule = f"holds {name!r}, which is no name of a Python module"
        elif name.startswith("test_"):
            rule = f"holds {name!r}; names with 'test_' are those of check files"
        elif not is_free_for_an_exercise(name):
            rule = f"holds {name!r}, which would hide the module of that name"
        else:
            continue
        raise table.fail("exercises", rule, "Rename the exercise and its files.")
    return exercises


def _libraries(table: Table) -> tuple[str, ...]:
    if "libraries" not in table.values:
        return USUAL_LIBRARIES
    libraries = table.texts("libraries")
    for name in libraries:
        if not name.isidentifier():
            rule = f"holds {name!r}, which no import statement can begin with"
            raise table.fail("libraries", rule, "Write it as it is imported: 'torch'.")
    if "torch" not in libraries:
        rule = "lacks 'torch', which every answer is made of"
        raise table.fail("libraries", rule, "Add it.")
    return libraries


def _made_with(table: Table) -> dict[str, str]:
    table.allow("python", "torch")
    return {key: table.text(key) for key in table.values}


def _forbidden(table: Table, exercises: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    table.allow(*exercises)
    forbidden = {key: table.texts(key) for key in table.values}
    for key, patterns in forbidden.items():
        for pattern in patterns:
            if not re.fullmatch(r"(\w+: )?[\w.*?!\[\]-]+", pattern):
                rule = f"holds {pattern!r}, which is no pattern of dotted names"
                remedy = "Write it like 'torch.nn.Conv*', or 'conv2d: torch.nn.Conv*'."
                raise table.fail(key, rule, remedy)
    return forbidden


def _hidden(table: Table, exercises: tuple[str, ...]) -> dict[str, HiddenSummary]:
    table.allow(*exercises, WORKSHEET_SECTION)
    found = {}
    for exercise in table.values:
        entry = table.table(exercise)
        entry.allow("checks", "points")
        points = entry.number("points", 0.0)
        found[exercise] = HiddenSummary(entry.integer("checks"), points)
    return found
