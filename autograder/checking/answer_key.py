"""What grading has to know of an assignment's answers, with its solution or without.

``Solution`` has the code. A ``SealedKey`` has what the code answers under one seed, so
that a machine elsewhere can grade, and name ideas, without a line of the solution::

    key = SealedKey(assignment, document)  # of a folder that authoring.sealing wrote
    key.lookalikes(key.seed).diagnose(findings)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from autograder.checking import lookalikes, work
from autograder.checking.following import Hybrid
from autograder.checking.kernels import Kernels, load_kernels
from autograder.checking.loading import Check, all_checks, load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.modules import ModuleSet
from autograder.checking.work import ReferenceWork
from autograder.course.assignment import KERNELS, Assignment
from autograder.errors import CourseError


class AnswerKey(ABC):
    """The checks of an assignment, and what they need beside them.

    Attributes:
        assignment: its settings.
        checks: by exercise, hidden ones included.
    """

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.checks: dict[str, list[Check]] = {
            exercise: load_checks(assignment.checks(exercise), exercise)
            for exercise in assignment.exercises
        }
        self._callers: dict[str, LocalCaller] = {}
        self._kernels: dict[str, Kernels] = {}

    @property
    def every_check(self) -> list[Check]:
        """The checks of all exercises, in their order."""
        return all_checks(self.checks)

    def parameter_names(self, exercise: str, function: str) -> list[str]:
        """Names of the parameters of a solution's function."""
        return self._named(exercise).parameter_names(function)

    def output_names(self, exercise: str, function: str) -> list[str]:
        """Names of the parts of what a solution's function returns."""
        return self._named(exercise).output_names(function)

    def kernels(self, exercise: str) -> Kernels:
        """What its float32 answers are compared with, bit for bit.

        Raises:
            CourseError: they cannot be read.
        """
        if exercise not in self._kernels:
            file = self.assignment.folder / KERNELS / f"{exercise}.py"
            self._kernels[exercise] = load_kernels(file)
        return self._kernels[exercise]

    def tells(self, exercise: str, function: str, kernel: str, seed: int) -> bool:
        """Whether right code answers otherwise than a kernel on this machine, too."""
        return True

    def _named(self, exercise: str) -> LocalCaller:
        """A caller that has found out names for earlier submissions already."""
        if exercise not in self._callers:
            self._callers[exercise] = self._caller_with_names(exercise)
        return self._callers[exercise]

    @abstractmethod
    def _caller_with_names(self, exercise: str) -> LocalCaller:
        """Calls what has the names, signatures and docstrings of the solution."""

    @abstractmethod
    def lookalikes(self, seed: int) -> Lookalikes:
        """The mistakes under a seed."""

    @abstractmethod
    def reference_work(self, seed: int) -> ReferenceWork:
        """What the solution takes on the simulated GPU, under a seed."""

    @abstractmethod
    def hybrid(self, exercise: str, seed: int) -> Hybrid | None:
        """Makes the solution with one function replaced; None without a solution."""


class SealedKey(AnswerKey):
    """An answer key without the solution, for one seed.

    Args:
        assignment: of a folder with stubs, whose signatures and docstrings are those of
            the solution, and with all checks.
        document: the seed, ``mistakes`` and ``work``, as JSON has them.

    Raises:
        CourseError: it is damaged.
    """

    def __init__(self, assignment: Assignment, document: Mapping[str, Any]) -> None:
        super().__init__(assignment)
        try:
            self.seed = int(document["seed"])
            self._lookalikes = lookalikes.from_document(document["mistakes"])
            self._work = work.from_document(document["work"])
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise CourseError(
                f"{assignment.folder}: its sealed answers are damaged ({error!r}). "
                "Build what you have uploaded once more."
            ) from None
        self._stubs = ModuleSet(assignment.folder, list(assignment.exercises))

    def lookalikes(self, seed: int) -> Lookalikes:
        """The mistakes under the one seed that is known.

        Raises:
            ValueError: another seed is asked for.
        """
        self._must_be_known(seed)
        return self._lookalikes

    def reference_work(self, seed: int) -> ReferenceWork:
        """What the solution takes, under the one seed that is known.

        Raises:
            ValueError: another seed is asked for.
        """
        self._must_be_known(seed)
        return self._work

    def hybrid(self, exercise: str, seed: int) -> None:
        """None: there is no solution in which a function could be replaced."""

    def _caller_with_names(self, exercise: str) -> LocalCaller:
        """Calls the stubs."""
        return LocalCaller(self._stubs.load(exercise), {}, self._stubs.visible)

    def _must_be_known(self, seed: int) -> None:
        if seed != self.seed:
            raise ValueError(f"answers were sealed under seed {self.seed}, not {seed}")
