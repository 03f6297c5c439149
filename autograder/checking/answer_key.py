"""What grading has to know of an assignment's answers, with its solution or without.

``Solution`` has the code. A ``SealedKey`` has what the code answers under one seed, so
that a machine elsewhere can grade, and name ideas, without a line of the solution::

    key = SealedKey(assignment, document)  # of a folder that authoring.sealing wrote
    key.lookalikes(key.seed).diagnose(findings)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from autograder.checking import lookalikes, work
from autograder.checking.following import Hybrid
from autograder.checking.loading import Check, load_checks
from autograder.checking.local import LocalCaller
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.modules import ModuleSet
from autograder.checking.work import ReferenceWork
from autograder.course.assignment import Assignment
from autograder.errors import CourseError


class AnswerKey(Protocol):
    """The checks of an assignment, and what they need beside them."""

    @property
    def assignment(self) -> Assignment:
        """Its settings."""

    @property
    def checks(self) -> dict[str, list[Check]]:
        """By exercise, hidden ones included."""

    def parameter_names(self, exercise: str, function: str) -> list[str]:
        """Names of the parameters of a solution's function."""

    def output_names(self, exercise: str, function: str) -> list[str]:
        """Names of the parts of what a solution's function returns."""

    def lookalikes(self, seed: int) -> Lookalikes:
        """The mistakes under a seed."""

    def reference_work(self, seed: int) -> ReferenceWork:
        """What the solution takes on the simulated GPU, under a seed."""

    def hybrid(self, exercise: str, seed: int) -> Hybrid | None:
        """Makes the solution with one function replaced; None without a solution."""


class SealedKey:
    """An answer key without the solution, for one seed.

    Args:
        assignment: of a folder with stubs, whose signatures and docstrings are those of
            the solution, and with all checks.
        document: the seed, ``mistakes`` and ``work``, as JSON has them.

    Raises:
        CourseError: it is damaged.
    """

    def __init__(self, assignment: Assignment, document: Mapping[str, Any]) -> None:
        self.assignment = assignment
        self.checks = {
            exercise: load_checks(assignment.checks(exercise), exercise)
            for exercise in assignment.exercises
        }
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
        self._callers: dict[str, LocalCaller] = {}

    def parameter_names(self, exercise: str, function: str) -> list[str]:
        """Names of the parameters, as the stub has them."""
        return self._stub(exercise).parameter_names(function)

    def output_names(self, exercise: str, function: str) -> list[str]:
        """Names of the parts of what is returned, as the stub's docstring has them."""
        return self._stub(exercise).output_names(function)

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

    def _stub(self, exercise: str) -> LocalCaller:
        if exercise not in self._callers:
            module = self._stubs.load(exercise)
            self._callers[exercise] = LocalCaller(module, {}, self._stubs.visible)
        return self._callers[exercise]

    def _must_be_known(self, seed: int) -> None:
        if seed != self.seed:
            raise ValueError(f"answers were sealed under seed {self.seed}, not {seed}")
