"""The written side of an assignment, loaded: checks, solutions and mistakes.

Everything here is trusted code and runs in this process.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import ModuleType

from autograder.checking.devices import Devices
from autograder.checking.loading import Check, load_checks
from autograder.checking.local import LocalCaller, parameter_names
from autograder.checking.lookalikes import Known, Lookalikes
from autograder.checking.modules import ModuleSet, load_file
from autograder.checking.running import run_check
from autograder.checking.vocabulary import Mistake, mistakes_of, referring_to
from autograder.checking.work import ReferenceWork
from autograder.course.assignment import Assignment
from autograder.course.errors import CourseError
from autograder.verdict import Idea, Work


class Solution:
    """Checks, solutions and mistakes of one assignment of a course."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.checks: dict[str, list[Check]] = {
            exercise: load_checks(assignment.checks(exercise), exercise)
            for exercise in assignment.exercises
        }
        self._mistakes: dict[str, list[Mistake]] = {}

    @cached_property
    def _modules(self) -> ModuleSet:
        return ModuleSet(self.assignment.folder, list(self.assignment.exercises))

    @cached_property
    def references(self) -> dict[str, ModuleType]:
        """The solution modules by exercise."""
        found = {}
        for exercise in self.assignment.exercises:
            try:
                found[exercise] = self._modules.load(exercise)
            except Exception as error:
                raise CourseError(
                    f"{self.assignment.module(exercise)}: cannot be imported: "
                    f"{error!r}; mend it"
                ) from error
        return found

    def mistakes(self, exercise: str) -> list[Mistake]:
        """The classic mistakes of an exercise."""
        if exercise not in self._mistakes:
            self._mistakes[exercise] = self._load_mistakes(exercise)
        return self._mistakes[exercise]

    def mistakes_file(self, exercise: str) -> Path:
        """Where the mistakes of an exercise are written."""
        return self.assignment.folder / "mistakes" / f"{exercise}.py"

    def _load_mistakes(self, exercise: str) -> list[Mistake]:
        path = self.mistakes_file(exercise)
        if not path.is_file():
            return []
        with self._referring(exercise):
            try:
                module = load_file(path, f"autograder_mistakes_{exercise}")
            except CourseError as error:
                raise CourseError(f"{path}: {error}") from error
            except Exception as error:
                raise CourseError(
                    f"{path}: cannot be imported: {error!r}; mend it"
                ) from error
        found = mistakes_of(module, exercise)
        for mistake in found:
            if not hasattr(self.references[exercise], mistake.function):
                raise CourseError(
                    f"{path}: {mistake.function}__{mistake.name} is a mistake in "
                    f"{mistake.function!r}, which {exercise}.py does not define; "
                    "rename it"
                )
            self._must_be_caught(mistake, path)
        return found

    def _must_be_caught(self, mistake: Mistake, path: Path) -> None:
        """The check that ``rounding`` names must be one of the function."""
        checks = self.checks[mistake.exercise]
        names = [c.name for c in checks if c.function == mistake.function]
        if mistake.rounding is not None and mistake.rounding not in names:
            raise CourseError(
                f"{path}: {mistake.function}__{mistake.name}: "
                f"rounding={mistake.rounding!r} is no check of {mistake.function!r}; "
                f"name one of {', '.join(names) or 'those that you write'}"
            )

    def reference_caller(self, exercise: str) -> LocalCaller:
        """Calls the solution itself."""
        return LocalCaller(
            self.references[exercise], {}, lambda: self._referring(exercise)
        )

    def mistake_caller(self, mistake: Mistake) -> LocalCaller:
        """Calls the solution with one mistake in it."""
        reference = self.references[mistake.exercise]
        mistaken = ModuleType(reference.__name__)
        mistaken.__dict__.update(vars(reference))
        setattr(mistaken, mistake.function, mistake.code)
        return LocalCaller(mistaken, {}, lambda: self._referring(mistake.exercise))

    def parameter_names(self, exercise: str, function: str) -> list[str]:
        """Names of the parameters of a solution's function."""
        return parameter_names(self.references[exercise], function)

    def lookalikes(self, seed: int) -> Lookalikes:
        """The mistakes' signatures under a seed."""

        def of_check(check: Check) -> Known:
            known: Known = []
            if not check.is_for("cpu"):
                return known
            for mistake in self.mistakes(check.exercise):
                if mistake.function != check.function:
                    continue
                caller = self.mistake_caller(mistake)
                # On the CPU only: a process that grades has no other device.
                finding = run_check(check, caller, seed)
                if finding.signature is not None:
                    known.append((idea_of(mistake), finding.signature))
            return known

        return Lookalikes(of_check)

    def reference_work(self, seed: int) -> ReferenceWork:
        """What the solution takes on the simulated GPU, under a seed."""
        devices = Devices.asked("sim")

        def of_check(check: Check) -> Work | None:
            if not check.is_for("sim"):  # nothing else counts
                return None
            caller = self.reference_caller(check.exercise)
            return run_check(check, caller, seed, devices).result.work

        return ReferenceWork(of_check)

    @contextmanager
    def _referring(self, exercise: str) -> Iterator[None]:
        with referring_to(exercise, self.references), self._modules.visible():
            yield


def idea_of(mistake: Mistake) -> Idea:
    """What students are told of a mistake."""
    return Idea(mistake.name, mistake.sentence, mistake.question)
