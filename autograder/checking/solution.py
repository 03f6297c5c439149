"""The written side of an assignment, loaded: checks, solutions and mistakes.

Everything here is trusted code and runs in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from autograder.checking.answer_key import AnswerKey
from autograder.checking.case import SETTINGS
from autograder.checking.case_runs import try_case
from autograder.checking.device_choice import Devices
from autograder.checking.following import Hybrid
from autograder.checking.kernels import measured
from autograder.checking.loading import Check
from autograder.checking.local import LocalCaller
from autograder.checking.lookalikes import Lookalikes, Mistaken, function_id
from autograder.checking.modules import ModuleSet, load_file
from autograder.checking.observing import Signature
from autograder.checking.parametrised import Case
from autograder.checking.running import run_check
from autograder.checking.vocabulary import Mistake, mistakes_of, referring_to
from autograder.checking.work import Figures, ReferenceWork
from autograder.course.assignment import Assignment
from autograder.errors import CourseError
from autograder.verdict import Idea


class Solution(AnswerKey):
    """Checks, solutions and mistakes of one assignment of a course."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__(assignment)
        self._mistakes: dict[str, list[Mistake]] = {}
        self._work: dict[int, ReferenceWork] = {}  # by seed
        self._publicly: dict[tuple[str, str], list[Mistaken]] = {}
        self._far: dict[tuple[str, int], set[tuple[str, str]]] = {}

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
                    f"{error!r}; fix it"
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
                    f"{path}: cannot be imported: {error!r}; fix it"
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

    def hybrid(self, exercise: str, seed: int) -> Hybrid:
        """Makes the solution of an exercise with one function replaced."""

        def make(function: str, code: Callable[..., Any]) -> Mistaken:
            module = _with(self.references[exercise], function, code)
            caller = LocalCaller(module, {}, lambda: self._referring(exercise))
            return Answering(Idea("", "", ""), caller, seed)

        return make

    def _caller_with_names(self, exercise: str) -> LocalCaller:
        return self.reference_caller(exercise)

    def lookalikes(self, seed: int) -> Lookalikes:
        """The mistakes under a seed; what they answer is found out when it is asked."""
        known: dict[str, list[Mistaken]] = {}

        def of_check(check: Check) -> list[Mistaken]:
            function = function_id(check)
            if function not in known:
                known[function] = self.mistaken(check.exercise, check.function, seed)
            return known[function]

        return Lookalikes(of_check)

    def mistaken(self, exercise: str, function: str, seed: int) -> list[Mistaken]:
        """The mistakes of a function, ready to be compared with under a seed.

        What they answer under the public seed is kept: whoever proves the checks asks
        for it, and so does whoever writes it down for students.
        """
        if seed != self.assignment.public_seed:
            return self._answering(exercise, function, seed)
        key = exercise, function
        if key not in self._publicly:
            self._publicly[key] = self._answering(exercise, function, seed)
        return self._publicly[key]

    def _answering(self, exercise: str, function: str, seed: int) -> list[Mistaken]:
        return [
            Answering(
                idea_of(mistake),
                self.mistake_caller(mistake),
                seed,
                mistake.rounding is not None,
            )
            for mistake in self.mistakes(exercise)
            if mistake.function == function
        ]

    def reference_work(self, seed: int) -> ReferenceWork:
        """What the solution takes on the simulated GPU, under a seed."""
        if seed not in self._work:
            self._work[seed] = self._reference_work(seed)
        return self._work[seed]

    def _reference_work(self, seed: int) -> ReferenceWork:
        devices = Devices.asked("sim")

        def of_check(check: Check) -> Figures:
            if not check.is_for("sim"):  # nothing else counts
                return Figures()
            caller = self.reference_caller(check.exercise)
            found = run_check(check, caller, seed, devices)
            return Figures(found.result.work, found.counted)

        return ReferenceWork(of_check)

    def tells(self, exercise: str, function: str, kernel: str, seed: int) -> bool:
        """Whether the solution answers otherwise than a kernel on this machine, too."""
        if (exercise, seed) not in self._far:
            caller = self.reference_caller(exercise)
            checks, kernels = self.checks[exercise], self.kernels(exercise)
            self._far[exercise, seed] = {
                (found.function, found.kernel)
                for found in measured(checks, caller, kernels, seed)
                if found.is_far
            }
        return (function, kernel) in self._far[exercise, seed]

    @contextmanager
    def _referring(self, exercise: str) -> Iterator[None]:
        with referring_to(exercise, self.references), self._modules.visible():
            yield


def _with(reference: ModuleType, function: str, code: Callable[..., Any]) -> ModuleType:
    """A copy of a module whose functions call ``code`` in place of one of them.

    Its classes, too: each is derived from the one it is a copy of, so that ``super()``
    finds what it found there.
    """
    copy = ModuleType(reference.__name__)
    copy.__dict__.update(vars(reference))
    for name, value in vars(reference).items():
        if getattr(value, "__module__", None) != reference.__name__:
            continue
        if isinstance(value, FunctionType):
            setattr(copy, name, _again(value, copy))
        elif type(value) is type:
            methods = {
                key: _again(method, copy)
                for key, method in vars(value).items()
                if isinstance(method, FunctionType)
            }
            made = type(name, (value,), methods)
            made.__module__ = reference.__name__
            setattr(copy, name, made)
    setattr(copy, function, code)
    return copy


def _again(function: FunctionType, module: ModuleType) -> FunctionType:
    """A function that finds names in another module."""
    again = FunctionType(
        function.__code__,
        module.__dict__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    again.__kwdefaults__ = function.__kwdefaults__
    return again


class Answering:
    """Code that is run on a case when it is first asked what it does there."""

    def __init__(
        self, idea: Idea, caller: LocalCaller, seed: int, rounding: bool = False
    ) -> None:
        self.idea = idea
        self._rounding = rounding
        self._caller = caller
        self._seed = seed
        self._known: dict[tuple[str, str], Signature | None] = {}

    def at(self, check: Check, case: Case) -> Signature | None:
        """The signature of a case that it fails; None where it passes."""
        key = check.id, case.id
        if key not in self._known:
            self._known[key] = self._signature(check, case)
        return self._known[key]

    def _signature(self, check: Check, case: Case) -> Signature | None:
        # What differs in digits alone differs from one processor to the next.
        digits_only = self._rounding and check.strict
        if digits_only or check.observed_in not in check.settings:
            return None
        self._caller.forget()
        setting = SETTINGS[check.observed_in]
        _, failed = try_case(check, case, self._caller, setting, self._seed)
        observed = failed.observed.get(case.id) if failed is not None else None
        return None if observed is None else observed.signature


def idea_of(mistake: Mistake) -> Idea:
    """What students are told of a mistake."""
    return Idea(mistake.name, mistake.sentence, mistake.question)
