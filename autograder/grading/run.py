"""Grading in one call: zygote, devices, jobs, results and reports.

The command line makes it, a platform's harness, or a notebook::

    from autograder.course.assignment import load_course
    from autograder.grading.run import Order, run

    cnn = load_course(Path("solutions")).assignment("cnn")
    verdicts = run(Order(cnn, Path("submissions"), Path("results"))).verdicts
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.checking.device_option import CHOICES
from autograder.grading.order import Order
from autograder.grading.results import Results
from autograder.grading.zygote_client import Zygote, process_limits, settings_for
from autograder.sandbox import Isolation, ProcessLimits
from autograder.submissions.adapters import load_adapters
from autograder.submissions.entries import Entry, find_entries
from autograder.verdict import Verdict
from autograder.worker.settings import Settings

if TYPE_CHECKING:
    from autograder.executor.cuda import Gpu
    from autograder.worker.forked import Started


@dataclass(frozen=True)
class News:
    """For whoever watches.

    ``kind`` is kept, started, done or lost, of a student, or said, with a text.
    """

    kind: str
    student: str = ""
    text: str = ""


Watch = Callable[[News], None]


@dataclass(frozen=True)
class Graded:
    """A class that has been graded: its verdicts are written, and here in order."""

    verdicts: list[Verdict]
    results: Results


def run(order: Order, watch: Watch = lambda news: None) -> Graded:
    """Grade what is new or changed.

    Raises:
        SubmissionsError: submissions or results cannot be used as they are.
        ZygoteError: no sandbox, or none as strict as was asked for.
    """
    return Prepared(order).run(watch)


class Prepared:
    """An order that can be carried out: its folders are there. No torch is needed yet.

    Raises:
        SubmissionsError: submissions or results cannot be used as they are.
    """

    def __init__(self, order: Order) -> None:
        self.order = order
        self.entries: list[Entry] = find_entries(
            order.submissions, order.assignment.exercises, order.assignment.name
        )
        self.jobs = min(order.jobs or cores(), len(self.entries))
        self._results = Results(order.out, order.formats)
        self._results.refuse_within(order.submissions)
        self._seed = self._results.seed(order.seed, anew=order.regrade)

    @property
    def settings(self) -> Settings | None:
        """Of a zygote without a GPU, which may be forked early; None with one."""
        if "cuda" in CHOICES[self.order.device]:
            return None
        return settings_for(self._limits(gpu=False), self.order.isolation, self.jobs)

    def run(self, watch: Watch, started: Started | None = None) -> Graded:
        """Carry it out; ``started`` is a zygote of these settings on its way."""
        order, assignment = self.order, self.order.assignment
        gpu = _gpu() if "cuda" in CHOICES[order.device] else None
        start = _Start(
            self._limits(gpu is not None), order.isolation, self.jobs, started
        )

        # What is imported here overlaps with what the zygote does to be ready.
        from autograder.checking.device_choice import Devices
        from autograder.checking.loading import names_asked_for
        from autograder.checking.solution import Solution
        from autograder.executor.tuning import tune_for_small_tensors
        from autograder.grading.class_run import grade_class
        from autograder.grading.gpu import why_not
        from autograder.grading.submission import Grading

        tune_for_small_tensors()
        try:
            devices = Devices.asked(order.device)
            solution = Solution(assignment)
            # Loaded before the fork, so that jobs share it.
            for exercise in assignment.exercises:
                solution.mistakes(exercise)
            adapters = None
            if order.adapters is not None:
                adapters = load_adapters(
                    order.adapters, names_asked_for(solution.checks)
                )
        except BaseException:
            start.wait().close()
            raise
        zygote = start.wait()
        problem = None
        if gpu is not None:
            problem = why_not(zygote.line(), assignment.limits.gpu_memory_mebibytes)
        if problem is not None:
            # No child gets the limits of one with a GPU for nothing.
            zygote.close()
            devices = devices.without("cuda", problem)
            zygote = _Start(self._limits(False), order.isolation, self.jobs).wait()
        with zygote:
            missing = ", ".join(f"{k} ({v})" for k, v in zygote.absent.items())
            if missing:
                text = f"Isolation without {missing}. `autograder doctor` says more."
                watch(News("said", text=text))
            jobs = self.jobs
            if gpu is not None and problem is None:
                jobs = self._share(gpu, watch)
            verdicts = grade_class(
                Grading(solution, self._seed, devices, adapters=adapters),
                self.entries,
                self._results,
                zygote,
                jobs,
                order.regrade,
                watch,
            )
        return Graded(verdicts, self._results)

    def _limits(self, gpu: bool) -> ProcessLimits:
        return process_limits(self.order.assignment.limits, gpu)

    def _share(self, gpu: Gpu, watch: Watch) -> int:
        """How many jobs share the GPU: as many as it has memory for."""
        from autograder.grading.gpu import room_for

        mebibytes = self.order.assignment.limits.gpu_memory_mebibytes
        room = room_for(gpu, mebibytes)
        if room < self.jobs:
            text = (
                f"{room} at a time: each takes up to {mebibytes} MiB of the "
                f"{gpu.free_mebibytes} MiB that are free on the {gpu.name}."
            )
            watch(News("said", text=text))
        return min(self.jobs, room)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def _gpu() -> Gpu | None:
    from autograder.executor.cuda import find_gpu

    found = find_gpu()
    return None if isinstance(found, str) else found


class _Start:
    """A zygote that starts in the background."""

    def __init__(
        self,
        limits: ProcessLimits,
        isolation: Isolation,
        lines: int,
        started: Started | None = None,
    ) -> None:
        self._zygote: Zygote | None = None
        self._error: BaseException | None = None
        self._limits, self._isolation, self._lines = limits, isolation, lines
        self._thread = threading.Thread(target=self._start, args=[started])
        self._thread.start()

    def _start(self, started: Started | None) -> None:
        try:
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
