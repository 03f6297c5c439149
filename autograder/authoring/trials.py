"""A changed solution tried as a submission is graded: in a sandboxed child.

It may loop for ever, eat memory or end the process; that costs the child. Run are the
checks of the functions that the change can reach, until the first that fails.
"""

from __future__ import annotations

import ast
import time
from dataclasses import dataclass, replace
from functools import cached_property, partial

from autograder.authoring.mutants import Mutant
from autograder.checking.device_choice import Devices
from autograder.checking.device_option import USUAL
from autograder.checking.loading import Check
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.course.source import read_text
from autograder.errors import CourseError
from autograder.grading.children import Line
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget
from autograder.sources.definitions import dependents, imported_modules
from autograder.verdict import Outcome

CALL_SECONDS = 0.5  # CPU seconds; a call of the solution takes milliseconds
TIMES = 10  # a mutant that takes so many times longer than the solution is caught
LEAST_SECONDS = 1.0
WALL_SECONDS = 300.0  # for one mutant, on however busy a machine


@dataclass(frozen=True)
class Trial:
    """How a mutant fared: the check that caught it, and how that ended."""

    caught_by: str | None  # None: it passed every check
    outcome: str = "passed"
    cpu_seconds: float = 0.0  # in the child


class Trials:
    """The checks of an assignment, ready to try changed solutions on."""

    def __init__(self, solution: Solution) -> None:
        self.solution = solution
        self._devices = Devices.asked(USUAL)
        self.seconds: dict[str, float] = {}  # that each solution took in a child

    @cached_property
    def sources(self) -> dict[str, str]:
        """The text of each solution."""
        assignment = self.solution.assignment
        return {e: read_text(assignment.module(e)) for e in assignment.exercises}

    @cached_property
    def _called(self) -> dict[str, dict[str, set[str]]]:
        """For each exercise and check, what of the student's it calls."""
        return {
            exercise: _names_called(
                read_text(self.solution.assignment.checks(exercise))
            )
            for exercise in self.solution.assignment.exercises
        }

    def solution_itself(self, exercise: str, line: Line) -> Trial:
        """The unchanged solution; its time is the measure of its mutants."""
        source = self.sources[exercise]
        whole = Mutant(exercise, "", "none", 1, "", "", source)
        return self._try(whole, line, self.solution.checks[exercise], WALL_SECONDS)

    def mutant(self, mutant: Mutant, line: Line) -> Trial:
        """One mutant, on the checks that can see it."""
        usual = self.seconds.get(mutant.exercise, LEAST_SECONDS)
        return self._try(
            mutant, line, self.checks_for(mutant), max(LEAST_SECONDS, TIMES * usual)
        )

    def checks_for(self, mutant: Mutant) -> list[Check]:
        """The checks whose functions the change can reach."""
        functions = dependents(self.sources[mutant.exercise], mutant.function)
        called = self._called[mutant.exercise]
        found = [
            check
            for check in self.solution.checks[mutant.exercise]
            if functions & (called.get(check.body.__name__, set()) | {check.function})
        ]
        for exercise, source in self.sources.items():
            if exercise != mutant.exercise and mutant.exercise in imported_modules(
                source
            ):
                found += self.solution.checks[exercise]
        return found

    def _try(
        self, mutant: Mutant, line: Line, checks: list[Check], seconds: float
    ) -> Trial:
        budget = Budget(seconds, seconds, time.monotonic() + WALL_SECONDS)
        files = {**self.sources, mutant.exercise: mutant.source}
        caught: Trial | None = None
        for exercise in dict.fromkeys(check.exercise for check in checks):
            chosen = [check for check in checks if check.exercise == exercise]
            caught = self._caught(line, self._job(files, exercise), budget, chosen)
            if caught is not None:
                break
        used = round(budget.total - budget.seconds, 3)
        if caught is None:
            return Trial(None, cpu_seconds=used)
        return Trial(caught.caught_by, caught.outcome, used)

    def _job(self, files: dict[str, str], exercise: str) -> CalledFile:
        return CalledFile(files, exercise, libraries=self.solution.assignment.libraries)

    def _caught(
        self, line: Line, job: CalledFile, budget: Budget, checks: list[Check]
    ) -> Trial | None:
        names = partial(self.solution.parameter_names, job.module)
        caller = RemoteCaller(line, job, budget, CALL_SECONDS, names)
        try:
            caller.start()
            if caller.ended is not None or caller.broken is not None:
                return Trial("the import", "crashed")
            others = {c.name for c in self.solution.checks[job.module]}
            seed = self.solution.assignment.public_seed
            findings = run_checks(
                _case_by_case(checks),
                caller,
                seed,
                devices=self._devices,
                reference=self.solution.reference_work(seed),
                passed=others - {check.name for check in checks},
            )
            for finding in findings:
                outcome = finding.result.outcome
                if outcome is Outcome.GRADER_FAULT:
                    raise CourseError(f"{finding.check.id}: {finding.result.detail}")
                if outcome is not Outcome.PASSED:
                    return Trial(finding.check.name, outcome.value)
        finally:
            caller.close()
        return None


def _case_by_case(checks: list[Check]) -> list[Check]:
    """Checks of one case each, so that none runs on after the case that fails."""
    return [replace(check, cases=(case,)) for check in checks for case in check.cases]


def _names_called(checks: str) -> dict[str, set[str]]:
    return {
        node.name: {
            inner.attr
            for inner in ast.walk(node)
            if isinstance(inner, ast.Attribute)
            and isinstance(inner.value, ast.Name)
            and inner.value.id == "student"
        }
        for node in ast.parse(checks).body
        if isinstance(node, ast.FunctionDef)
    }
