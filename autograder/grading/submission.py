"""One submission, from its files to its verdict."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import InitVar, dataclass, field, replace
from functools import partial

import torch

import autograder
from autograder.checking.answer_key import AnswerKey
from autograder.checking.device_choice import Devices
from autograder.checking.device_option import USUAL
from autograder.checking.finding import blank_result
from autograder.checking.loading import names_asked_for
from autograder.checking.lookalikes import Lookalikes
from autograder.checking.places import led_to_the_call
from autograder.checking.work import ReferenceWork
from autograder.course.limits import Limits
from autograder.grading.children import Line
from autograder.grading.exercise import GradedExercise
from autograder.grading.memory import told_of_memory
from autograder.grading.remote import callers_of
from autograder.grading.second_runs import SecondRuns
from autograder.grading.stand_ins import StandIns
from autograder.grading.wire import Budget
from autograder.sources.shared_notebooks import ended_notebooks
from autograder.submissions.adapters import Adapters
from autograder.submissions.intake import WORKSHEET, Entry, Submission, read_submission
from autograder.verdict import (
    CheckResult,
    Note,
    Outcome,
    Verdict,
    WrittenAnswer,
)
from autograder.wording import message_for
from autograder.worksheet import Worksheet, load
from autograder.worksheet.check_results import worksheet_notes, worksheet_results

Watch = Callable[[Verdict], None]


@dataclass
class Grading:
    """What is the same for every submission of a run."""

    solution: AnswerKey
    seed: int
    devices: Devices = field(default_factory=lambda: Devices.asked(USUAL))
    sealed: InitVar[StandIns | None] = (
        None  # where no solution tells who builds on whom
    )
    adapters: Adapters | None = None  # in place of the exercise files
    lookalikes: Lookalikes = field(init=False)
    reference_work: ReferenceWork = field(init=False)
    worksheet: Worksheet | None = field(init=False)
    stand_ins: StandIns = field(init=False)
    course_digest: str = field(init=False)
    names: dict[str, set[str]] = field(init=False)  # that each exercise asks for
    settings: list[str] = field(init=False)  # that are run here
    settings_skipped: dict[str, str] = field(init=False)  # and why not

    def __post_init__(self, sealed: StandIns | None) -> None:
        assignment = self.solution.assignment
        self.lookalikes = self.solution.lookalikes(self.seed)
        self.reference_work = self.solution.reference_work(self.seed)
        self.stand_ins = StandIns.of(assignment) if sealed is None else sealed
        self.worksheet = None
        if assignment.has_worksheet:
            self.worksheet = load(assignment.folder / "worksheet.toml")
        self.course_digest = course_digest(self.solution)
        self.names = names_asked_for(self.solution.checks)
        found = self.devices.report(self.solution.every_check)
        self.settings, self.settings_skipped = found

    @property
    def gpu_mebibytes(self) -> int | None:
        """How much of a GPU's memory a child may take; None without CUDA."""
        if "cuda" not in self.devices.here:
            return None
        return self.limits.gpu_memory_mebibytes

    @property
    def limits(self) -> Limits:
        """How much time and memory student code may take."""
        return self.solution.assignment.limits

    @property
    def exercises(self) -> list[str]:
        """The exercise files that are graded."""
        return list(self.solution.assignment.exercises)


def course_digest(solution: AnswerKey) -> str:
    """SHA-256 over all that decides a verdict beside the submission and the seed."""
    digest = hashlib.sha256()
    digest.update(f"{autograder.__version__} torch {torch.__version__}".encode())
    folder = solution.assignment.folder
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".toml", ".json") and path.is_file():
            digest.update(f"\0{path.relative_to(folder)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def read(entry: Entry, grading: Grading) -> Submission:
    """Read a submission as this grading needs it."""
    found = read_submission(
        entry,
        grading.exercises,
        grading.worksheet is not None,
        adapters=grading.adapters,
    )
    return replace(found, files=ended_notebooks(found.files, grading.names))


def grade_submission(
    submission: Submission,
    grading: Grading,
    line: Line,
    isolation: list[str],
    watch: Watch = lambda verdict: None,
    wall_seconds: float | None = None,
) -> Verdict:
    """Grade one submission.

    Args:
        submission: its files.
        grading: the checks to run, and under which seed.
        line: where to ask for sandboxed children.
        isolation: the layers that hold here.
        watch: gets the verdict as far as it goes, after each exercise. What has not
            run yet is open in it, and no later one has fewer points.
        wall_seconds: how long the submission may take, where its own limits of CPU
            time allow more.
    """
    started = time.monotonic()
    whole = partial(_verdict, submission, grading, isolation, started)
    budget = Budget.of(grading.limits.submission_seconds)
    if wall_seconds is not None:
        budget.ends = min(budget.ends, started + wall_seconds)
    process, callers = callers_of(
        grading.exercises, submission.files, submission, grading, line, budget
    )
    exercises = [
        GradedExercise(submission, grading, name, caller)
        for name, caller in callers.items()
    ]
    try:
        for exercise in exercises:
            exercise.open()
        # Visible checks of all exercises first: what code keeps of a hidden check's
        # inputs must not come out in what it prints, or raises, where its student can
        # read it.
        for hidden in (False, True):
            for exercise in exercises:
                exercise.run(hidden)
                so_far = [r for one in exercises for r in one.so_far()]
                watch(whole(so_far, submission.notes))
        for exercise in exercises:
            exercise.recognise()
    finally:
        process.drop()
    notes = list(submission.notes)
    for exercise in exercises:
        # A notebook for all exercises has the same to tell of its cells in each.
        notes += [note for note in exercise.notes() if note not in notes]
    judged = SecondRuns(submission, grading, line, budget).of(exercises)
    results = led_to_the_call(
        result for exercise in judged for result in exercise.results()
    )
    verdict = whole(results, notes)
    return told_of_memory(verdict, grading.limits, line.memory_mebibytes)


def _verdict(
    submission: Submission,
    grading: Grading,
    isolation: list[str],
    started: float,
    results: list[CheckResult],
    notes: list[Note],
) -> Verdict:
    """The verdict of what checks have found, with the worksheet's beside it."""
    results, notes = list(results), list(notes)
    written: list[WrittenAnswer] = []
    if grading.worksheet is not None:
        problem = submission.problems.get(WORKSHEET)
        found, written = worksheet_results(
            grading.worksheet,
            submission.worksheet,
            problem.text if problem else None,
            unread=problem is not None and problem.is_unread,
        )
        results += found
        notes += worksheet_notes(grading.worksheet, submission.worksheet)
    return Verdict(
        assignment=grading.solution.assignment.name,
        title=grading.solution.assignment.title,
        student=submission.student,
        origin=submission.origin,
        people=list(submission.people),
        seed=grading.seed,
        checks=[replace(r, message=message_for(r, results)) for r in results],
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
    """The verdict where the grader itself failed: it asks for attention."""
    results = [
        replace(blank_result(check, Outcome.GRADER_FAULT), detail=reason)
        for check in grading.solution.every_check
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
        origin=entry.origin,
        people=list(entry.people),
        seed=grading.seed,
        checks=[replace(result, message=message_for(result)) for result in results],
        settings=grading.settings,
        settings_skipped=grading.settings_skipped,
        course_digest=grading.course_digest,
    )
