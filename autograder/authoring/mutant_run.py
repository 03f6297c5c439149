"""Mutants of an assignment tried on several cores; what is known is not tried again.

What came of each is kept in a file under a digest of all that decides it: the mutant's
source, the other solutions, the checks, the engine and torch. So a run that was cut off
goes on where it was, and a change costs the mutants that it touches.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch

import autograder
from autograder.authoring.mutants import Mutant, mutants_of
from autograder.authoring.trials import Trial, Trials
from autograder.checking.solution import Solution
from autograder.errors import CourseError
from autograder.grading.children import Line
from autograder.grading.jobs import Jobs
from autograder.grading.zygote_client import Zygote
from autograder.sandbox import ProcessLimits

SAVE_SECONDS = 2.0  # between two writings of the file

Watch = Callable[[int, int], None]  # how many are done, of how many


def all_mutants(trials: Trials, exercises: list[str]) -> list[Mutant]:
    """The mutants of some exercises, in the order of their files."""
    assignment = trials.solution.assignment
    return [
        mutant
        for exercise in exercises
        for mutant in mutants_of(
            trials.sources[exercise], exercise, str(assignment.module(exercise))
        )
    ]


def try_mutants(
    trials: Trials, mutants: list[Mutant], kept: Path, jobs: int, watch: Watch
) -> list[Trial]:
    """Try each mutant, or take what is known of it; the trials in their order.

    Args:
        trials: the checks.
        mutants: of one assignment.
        kept: the file of what is known; it is read and written.
        jobs: how many are tried at a time.
        watch: is told how far it is.

    Raises:
        CourseError: a solution does not pass in the worker, or a check fails by itself.
    """
    record = _Record(kept, trials)
    to_do = [mutant for mutant in mutants if record.of(mutant) is None]
    watch(len(mutants) - len(to_do), len(mutants))
    if to_do:
        memory = trials.solution.assignment.limits.memory_mebibytes
        limits = ProcessLimits(memory_mebibytes=memory, cpu_seconds=120)
        with Zygote.start(limits, lines=jobs) as zygote:
            _measure(trials, list(dict.fromkeys(m.exercise for m in to_do)), zygote)
            left = len(to_do)
            do = partial(_try, trials=trials)
            for event in Jobs(zygote.cleared_line, do).run(to_do, jobs):
                if event.kind == "lost":
                    file = trials.solution.assignment.module(event.work.exercise)
                    raise CourseError(f"{file}:{event.work.line}: {event.result}")
                if event.kind == "done":
                    left -= 1
                    record.add(event.work, event.result)
                    watch(len(mutants) - left, len(mutants))
        record.save()
    return [record.of(mutant) or Trial(None) for mutant in mutants]


def _try(mutant: Mutant, line: Line, trials: Trials) -> Trial:
    return trials.mutant(mutant, line)


def _measure(trials: Trials, exercises: list[str], zygote: Zygote) -> None:
    """Run the solutions themselves, in a job of its own: no backward runs here."""
    do = partial(_measured, trials=trials)
    for event in Jobs(zygote.cleared_line, do).run(exercises, 1):
        if event.kind == "started":
            continue
        file = trials.solution.assignment.module(event.work)
        if event.kind == "lost":
            raise CourseError(f"{file}: {event.result}")
        if event.result.caught_by is not None:
            raise CourseError(
                f"{file}: the solution itself does not pass {event.result.caught_by} "
                f"behind the sandbox ({event.result.outcome}). Mend one of the two; "
                "`autograder verify` says more."
            )
        trials.seconds[event.work] = event.result.cpu_seconds


def _measured(exercise: str, line: Line, trials: Trials) -> Trial:
    return trials.solution_itself(exercise, line)


class _Record:
    """What is known of mutants, by the digest of all that decides it."""

    def __init__(self, file: Path, trials: Trials) -> None:
        self._file = file
        self._trials = trials
        self._common: dict[str, str] = {}
        self._engine = _engine_digest()
        self._known: dict[str, Trial] = {}
        self._saved = time.monotonic()
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
            if document["engine"] == self._engine:
                trials_kept = document["trials"].items()
                self._known = {name: Trial(**entry) for name, entry in trials_kept}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            self._known = {}  # not there, or of another version

    def of(self, mutant: Mutant) -> Trial | None:
        """What is known of a mutant."""
        return self._known.get(self._name(mutant))

    def add(self, mutant: Mutant, trial: Trial) -> None:
        """Keep what came of one."""
        self._known[self._name(mutant)] = trial
        if time.monotonic() > self._saved + SAVE_SECONDS:
            self.save()

    def save(self) -> None:
        """Write the file, as a whole or not at all."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        beside = self._file.with_suffix(f".{os.getpid()}")
        known = {name: asdict(trial) for name, trial in self._known.items()}
        document = {"engine": self._engine, "trials": known}
        beside.write_text(json.dumps(document, indent=1), encoding="utf-8")
        beside.replace(self._file)
        self._saved = time.monotonic()

    def _name(self, mutant: Mutant) -> str:
        if mutant.exercise not in self._common:
            self._common[mutant.exercise] = self._of_exercise(mutant.exercise)
        text = f"{self._common[mutant.exercise]}\0{mutant.key}\0{mutant.source}"
        return hashlib.sha256(text.encode()).hexdigest()[:20]

    def _of_exercise(self, exercise: str) -> str:
        solution: Solution = self._trials.solution
        digest = hashlib.sha256(str(solution.assignment.public_seed).encode())
        digest.update(solution.assignment.checks(exercise).read_bytes())
        for other, source in self._trials.sources.items():
            if other != exercise:
                digest.update(f"\0{other}\0{source}".encode())
                digest.update(solution.assignment.checks(other).read_bytes())
        return digest.hexdigest()


def _engine_digest() -> str:
    """SHA-256 of the package and of torch's version."""
    digest = hashlib.sha256(torch.__version__.encode())
    root = Path(autograder.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(f"\0{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
