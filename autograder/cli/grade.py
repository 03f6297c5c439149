"""``autograder grade``: from arguments to a graded class and a summary."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.cli.afresh import STOPPED, begin_afresh, can_begin_afresh, take
from autograder.cli.long_runs import cores, progress_bar
from autograder.course.assignment import Assignment, load_course
from autograder.grading.results import Results
from autograder.grading.zygote import Zygote, settings_for
from autograder.sandbox import Limits
from autograder.submissions.entries import find_entries

if TYPE_CHECKING:
    from autograder.executor.cuda import Gpu
    from autograder.grading.class_run import Progress
    from autograder.sandbox import Isolation


@dataclass(frozen=True)
class GradeOptions:
    """What a class is graded with; app.py says what each of them means."""

    course: Path
    assignment: str
    submissions: Path
    out: Path
    jobs: int | None
    seed: int | None
    regrade: bool
    isolation: Isolation
    device: str
    formats: tuple[str, ...]


def grade_command(options: GradeOptions) -> None:
    """Grade the class and print the summary."""
    try:
        _grade(options)
    except KeyboardInterrupt:
        # Not left to typer, which leaves without a word.
        print(
            f"\n{STOPPED}",
            file=sys.stderr,
            flush=True,
        )
        raise


def _grade(options: GradeOptions) -> None:
    assignment = load_course(options.course).assignment(options.assignment)
    entries = find_entries(options.submissions, assignment.exercises)
    jobs = min(options.jobs or cores(), len(entries))
    results = Results(options.out, options.formats)
    results.refuse_within(options.submissions)
    seed = results.seed(options.seed)
    if options.device not in ("cuda", "all") and can_begin_afresh():
        limits = _limits(assignment, gpu=False)
        begin_afresh(settings_for(limits, options.isolation, jobs))
    gpu = None
    if options.device in ("cuda", "all"):
        from autograder.executor.cuda import find_gpu

        found = find_gpu()
        gpu = None if isinstance(found, str) else found
    start = _ZygoteStart(assignment, options.isolation, jobs, gpu is not None)

    # What is imported here overlaps with what the zygote does to be ready.
    from autograder.checking.devices import Devices
    from autograder.checking.solution import Solution
    from autograder.executor.tuning import tune_for_small_tensors
    from autograder.grading.class_run import grade_class
    from autograder.grading.gpu import why_not
    from autograder.grading.submission import Grading
    from autograder.reports import class_summary

    tune_for_small_tensors()
    try:
        devices = Devices.asked(options.device)
        solution = Solution(assignment)
        # Loaded before the fork, so that jobs share it.
        for exercise in assignment.exercises:
            solution.mistakes(exercise)
    except BaseException:
        start.wait().close()
        raise
    zygote = start.wait()
    problem = None
    if gpu is not None:
        problem = why_not(zygote.line(), assignment.limits.gpu_memory_mebibytes)
    if problem is not None:  # no child gets the limits of one with a GPU for nothing
        zygote.close()
        devices = devices.without("cuda", problem)
        zygote = _ZygoteStart(assignment, options.isolation, jobs, False).wait()
    with zygote, _Bar(len(entries)) as bar:
        missing = ", ".join(f"{k} ({v})" for k, v in zygote.absent.items())
        if missing:
            bar.say(f"Isolation without {missing}. `autograder doctor` says more.")
        if gpu is not None and problem is None:
            jobs = _share(gpu, assignment, jobs, bar)
        grading = Grading(solution, seed, devices)
        verdicts = grade_class(
            grading, entries, results, zygote, jobs, options.regrade, bar.update
        )
    print(class_summary.render(verdicts, colour=sys.stdout.isatty()))
    print(f"Verdicts, reports and {results.folder / 'grades.csv'} are written.")


def _share(gpu: Gpu, assignment: Assignment, jobs: int, bar: _Bar) -> int:
    """How many jobs share the GPU: as many as it has memory for."""
    from autograder.grading.gpu import room_for

    mebibytes = assignment.limits.gpu_memory_mebibytes
    room = room_for(gpu, mebibytes)
    if room < jobs:
        bar.say(
            f"{room} at a time: each takes up to {mebibytes} MiB of the "
            f"{gpu.free_mebibytes} MiB that are free on the {gpu.name}."
        )
    return min(jobs, room)


def _limits(assignment: Assignment, gpu: bool) -> Limits:
    limits = assignment.limits
    return Limits(
        memory_mebibytes=limits.memory_mebibytes,
        cpu_seconds=int(limits.submission_seconds) + 1,
        gpu=gpu,
    )


class _ZygoteStart:
    """A zygote that starts in the background."""

    def __init__(
        self, assignment: Assignment, isolation: Isolation, lines: int, gpu: bool
    ) -> None:
        self._zygote: Zygote | None = None
        self._error: BaseException | None = None
        self._limits = _limits(assignment, gpu)
        self._isolation, self._lines = isolation, lines
        self._thread = threading.Thread(target=self._start)
        self._thread.start()

    def _start(self) -> None:
        try:
            started = take()
            if started is None:
                self._zygote = Zygote.start(self._limits, self._isolation, self._lines)
            else:
                self._zygote = Zygote.of(started, self._isolation)
        except BaseException as error:
            self._error = error

    def wait(self) -> Zygote:
        """The running zygote, or the error that kept it from starting."""
        self._thread.join()
        if self._zygote is None:
            assert self._error is not None
            raise self._error
        return self._zygote


class _Bar:
    """A progress bar with the names at work and the time left."""

    def __init__(self, total: int) -> None:
        from rich.progress import TextColumn

        names = TextColumn("{task.fields[names]}", markup=False)
        self._progress = progress_bar("grading", names)
        self._task = self._progress.add_task("", total=total, names="")
        self._names: list[str] = []

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.update(self._task, names="")
        self._progress.stop()

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self._progress.console.print(text, markup=False)

    def update(self, news: Progress) -> None:
        """Show who is being graded."""
        if news.kind == "started":
            self._names.append(news.student)
        else:
            if news.student in self._names:
                self._names.remove(news.student)
            self._progress.advance(self._task)
        names = ", ".join(self._names)
        self._progress.update(self._task, names=names[:40])
