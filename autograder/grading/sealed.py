"""Grading one submission with a sealed assignment, on a machine elsewhere::

    sealed = Sealed(Path("/autograder/source/assignment"))
    verdict = sealed.grade(Path("/autograder/submission"), "student_01")

``authoring.sealing`` writes such a folder. Nothing of torch is needed to make a
``Sealed``; `settings` are those of a zygote that may be forked before it grades.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.course.assignment import Assignment, load_student_assignment
from autograder.errors import CourseError
from autograder.grading.order import Isolation
from autograder.grading.zygote_client import Zygote, process_limits, settings_for
from autograder.sandbox import ProcessLimits
from autograder.submissions.entries import Entry
from autograder.verdict import Verdict
from autograder.worker.settings import Settings as Settings

if TYPE_CHECKING:
    from autograder.grading.submission import Watch
    from autograder.worker.forked import Started as Started

ANSWERS = "answers.json"
# Of the time that a platform gives: the rest is for starting, and for the report.
_SHARE = 0.75


def seconds_within(minutes: float) -> float:
    """What grading may take where a platform stops it after so many minutes."""
    return _SHARE * 60 * minutes


def seed_of(folder: Path) -> int | None:
    """The seed of a sealed assignment; None where it cannot be read."""
    try:
        document = json.loads((folder / ANSWERS).read_text(encoding="utf-8"))
        return int(document["seed"])
    except (OSError, ValueError, TypeError, KeyError):
        return None


class Sealed:
    """A sealed assignment that grades.

    Args:
        folder: where it lies.
        isolation: what to do where there is less of a sandbox than there should be.

    Raises:
        CourseError: it is not as it was written.
    """

    def __init__(self, folder: Path, isolation: Isolation = "auto") -> None:
        self.assignment = load_student_assignment(folder)
        self._isolation = isolation

    @property
    def settings(self) -> Settings:
        """Of a zygote for one submission."""
        return settings_for(self._limits(), self._isolation, 1)

    def grade(
        self,
        submission: Path,
        student: str,
        watch: Watch = lambda verdict: None,
        started: Started | None = None,
        wall_seconds: float | None = None,
    ) -> Verdict:
        """Grade what lies in a folder, or in a file.

        Args:
            submission: of one student, or one group.
            student: what to call them.
            watch: gets the verdict as far as it goes, after each exercise.
            started: a zygote of these settings on its way.
            wall_seconds: how long the submission may take.

        Raises:
            CourseError: the sealed folder is damaged.
            ZygoteError: no sandbox, or none as strict as was asked for.
        """
        with self.session(started) as session:
            return session.grade(submission, student, watch, wall_seconds)

    @contextmanager
    def session(self, started: Started | None = None) -> Iterator[Session]:
        """Grade several submissions with one import of torch; errors as of `grade`::

        with sealed.session() as session:
            verdicts = [session.grade(path, path.name) for path in folders]
        """
        zygote = (
            Zygote.start(self._limits(), self._isolation)
            if started is None
            else Zygote.of(started, self._isolation)
        )
        with zygote:
            yield Session(self.assignment, self._answers(), zygote)

    def _limits(self) -> ProcessLimits:
        return process_limits(self.assignment.limits)

    def _answers(self) -> dict[str, Any]:
        file = self.assignment.folder / ANSWERS
        try:
            document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CourseError(
                f"{file}: cannot be read ({error}). Build what you have uploaded once "
                "more."
            ) from None
        return document


class Session:
    """A sealed assignment whose zygote is up; `Sealed.session` makes it."""

    def __init__(
        self, assignment: Assignment, document: dict[str, Any], zygote: Zygote
    ) -> None:
        from autograder.checking.answer_key import SealedKey
        from autograder.executor.tuning import tune_for_small_tensors
        from autograder.grading.stand_ins import StandIns
        from autograder.grading.submission import Grading

        tune_for_small_tensors()
        key = SealedKey(assignment, document)
        stand_ins = StandIns.sealed(assignment, document)
        self._grading = Grading(key, key.seed, sealed=stand_ins)
        self._zygote = zygote

    def grade(
        self,
        submission: Path,
        student: str,
        watch: Watch = lambda verdict: None,
        wall_seconds: float | None = None,
    ) -> Verdict:
        """Grade what lies in a folder, or in a file; see `Sealed.grade`."""
        from autograder.grading.submission import grade_submission, read

        work = read(Entry(student, submission), self._grading)
        zygote = self._zygote
        return grade_submission(
            work, self._grading, zygote.line(), zygote.layers, watch, wall_seconds
        )
