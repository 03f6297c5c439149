"""One submission, from its files to its verdict."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import torch

import autograder
from autograder.checking.absent import absent_notes
from autograder.checking.devices import USUAL, Devices
from autograder.checking.judging import fault_text, raised_from
from autograder.checking.loading import Check
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.places import placed
from autograder.checking.running import blank_result, run_checks
from autograder.checking.solution import Solution
from autograder.checking.work import ReferenceWork
from autograder.checking.worksheet import worksheet_results
from autograder.course.worksheet import Worksheet, load
from autograder.grading.children import Line, ZygoteError
from autograder.grading.intake import WORKSHEET, Entry, Submission, read_submission
from autograder.grading.remote import Job, RemoteCaller
from autograder.grading.wire import Budget
from autograder.protocol.forbidden import why_refused
from autograder.verdict import (
    CheckResult,
    Note,
    Outcome,
    Raised,
    Verdict,
    WrittenAnswer,
)
from autograder.wording import message_for


@dataclass
class Grading:
    """What is the same for every submission of a run."""

    solution: Solution
    seed: int
    devices: Devices = field(default_factory=lambda: Devices.asked(USUAL))
    lookalikes: Lookalikes = field(init=False)
    reference_work: ReferenceWork = field(init=False)
    worksheet: Worksheet | None = field(init=False)
    course_digest: str = field(init=False)
    settings: list[str] = field(init=False)  # that are run here
    settings_skipped: dict[str, str] = field(init=False)  # and why not

    def __post_init__(self) -> None:
        assignment = self.solution.assignment
        self.lookalikes = self.solution.lookalikes(self.seed)
        self.reference_work = self.solution.reference_work(self.seed)
        self.worksheet = None
        if assignment.has_worksheet:
            self.worksheet = load(assignment.folder / "worksheet.toml")
        self.course_digest = course_digest(self.solution)
        checks = [c for some in self.solution.checks.values() for c in some]
        self.settings, self.settings_skipped = self.devices.report(checks)

    @property
    def gpu_mebibytes(self) -> int | None:
        """How much of a GPU's memory a child may take; None without CUDA."""
        if "cuda" not in self.devices.here:
            return None
        return self.solution.assignment.limits.gpu_memory_mebibytes

    @property
    def exercises(self) -> list[str]:
        """The exercise files that are graded."""
        return list(self.solution.assignment.exercises)


def course_digest(solution: Solution) -> str:
    """SHA-256 over all that decides a verdict beside the submission and the seed."""
    digest = hashlib.sha256()
    digest.update(f"{autograder.__version__} torch {torch.__version__}".encode())
    folder = solution.assignment.folder
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".toml") and path.is_file():
            digest.update(f"\0{path.relative_to(folder)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def read(entry: Entry, grading: Grading) -> Submission:
    """Read a submission as this grading needs it."""
    return read_submission(entry, grading.exercises, grading.worksheet is not None)


def grade_submission(
    submission: Submission,
    grading: Grading,
    line: Line,
    isolation: list[str],
) -> Verdict:
    """Grade one submission.

    Args:
        submission: its files.
        grading: the checks to run, and under which seed.
        line: where to ask for sandboxed children.
        isolation: the layers that hold here.
    """
    started = time.monotonic()
    limits = grading.solution.assignment.limits
    budget = Budget.of(limits.submission_seconds)
    results: list[CheckResult] = []
    notes = list(submission.notes)
    for exercise in grading.exercises:
        graded = _Exercise(submission, grading, exercise)
        results += graded.run(line, budget)
        notes += graded.notes
    written: list[WrittenAnswer] = []
    if grading.worksheet is not None:
        problem = submission.problems.get(WORKSHEET)
        found, written = worksheet_results(
            grading.worksheet,
            submission.worksheet,
            problem.text if problem else None,
        )
        results += found
    return Verdict(
        assignment=grading.solution.assignment.name,
        title=grading.solution.assignment.title,
        student=submission.student,
        seed=grading.seed,
        checks=[replace(result, message=message_for(result)) for result in results],
        isolation=isolation,
        settings=grading.settings,
        settings_skipped=grading.settings_skipped,
        written=written,
        notes=notes,
        submission_digest=submission.digest,
        course_digest=grading.course_digest,
        seconds=round(time.monotonic() - started, 3),
    )


def faulty_verdict(entry: Entry, grading: Grading, reason: str) -> Verdict:
    """The verdict when the grader itself failed on a submission: it asks for help."""
    results = [
        replace(blank_result(check, Outcome.GRADER_FAULT), detail=reason)
        for exercise in grading.exercises
        for check in grading.solution.checks[exercise]
    ]
    if grading.worksheet is not None:
        found, _ = worksheet_results(grading.worksheet, None)
        results += [
            replace(r, outcome=Outcome.GRADER_FAULT, detail=reason) for r in found
        ]
    return Verdict(
        assignment=grading.solution.assignment.name,
        title=grading.solution.assignment.title,
        student=entry.student,
        seed=grading.seed,
        checks=[replace(result, message=message_for(result)) for result in results],
        settings=grading.settings,
        settings_skipped=grading.settings_skipped,
        course_digest=grading.course_digest,
    )


class _Exercise:
    """One exercise file of one submission."""

    def __init__(self, submission: Submission, grading: Grading, exercise: str) -> None:
        self.notes: list[Note] = []
        self._submission = submission
        self._grading = grading
        self._exercise = exercise
        self._checks = grading.solution.checks[exercise]

    def run(self, line: Line, budget: Budget) -> list[CheckResult]:
        source = self._submission.files.get(self._exercise)
        if source is None:
            problem = self._submission.problems.get(self._exercise)
            detail = problem.text if problem else f"{self._exercise}.py is not there"
            return self._all(Outcome.NOT_ATTEMPTED, detail=detail)
        assignment = self._grading.solution.assignment
        caller = RemoteCaller(
            line,
            Job(
                self._submission.files,
                self._exercise,
                tuple(assignment.forbidden.get(self._exercise, ())),
                self._grading.gpu_mebibytes,
                assignment.libraries,
                self._submission.data,
            ),
            budget,
            assignment.limits.call_seconds,
            self._parameter_names,
        )
        found: dict[str, CheckResult] = {}
        try:
            for result in self._judge(caller):
                found[result.id] = result
        except ZygoteError:
            raise  # nothing can be graded any more
        except Exception as error:  # ours; other exercises are graded all the same
            for check in self._checks:
                fault = blank_result(check, Outcome.GRADER_FAULT, fault_text(error))
                found.setdefault(check.id, fault)
        finally:
            caller.close()
        return [placed(found[check.id], source) for check in self._checks]

    def _judge(self, caller: RemoteCaller) -> Iterator[CheckResult]:
        caller.start()
        self.notes += absent_notes(
            caller.seen.absent, self._grading.solution.assignment.libraries
        )
        if caller.ended is not None:
            yield from self._all(caller.ended.outcome, detail=caller.ended.detail)
            return
        if caller.broken is not None:
            yield from self._all(Outcome.CRASHED, raised=raised_from(caller.broken))
            return

        def refused(check: Check) -> str | None:
            return why_refused(caller.seen.forbidden, check.function)

        # Visible checks first: what code keeps of a hidden check's inputs must not
        # come out in what it prints, or raises, where its student can read it.
        ordered = sorted(self._checks, key=lambda check: check.hidden)
        findings = run_checks(
            ordered,
            caller,
            self._grading.seed,
            self._grading.lookalikes.diagnose,
            refused,
            devices=self._grading.devices,
        )
        for check, finding in zip(ordered, findings):
            yield self._grading.reference_work.beside(check, finding.result)
        used = caller.seen.used
        if used:
            self.notes.append(
                Note(
                    "ran_only",
                    f"{self._exercise}.py was seen to call {', '.join(sorted(used))} "
                    "while it ran. This is not scored; a person may want to look.",
                )
            )

    def _all(
        self, outcome: Outcome, detail: str | None = None, raised: Raised | None = None
    ) -> list[CheckResult]:
        return [
            replace(blank_result(check, outcome, detail), raised=raised)
            for check in self._checks
        ]

    def _parameter_names(self, function: str) -> list[str]:
        return self._grading.solution.parameter_names(self._exercise, function)
