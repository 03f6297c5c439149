"""``autograder check``: once, or again on every save."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from autograder.checking.devices import USUAL
from autograder.course.assignment import WORKSHEET, find_assignment
from autograder.home.folder import (
    CHECKS_LOST,
    HomeFolder,
    chosen_checks,
    load_folder,
    no_such_check,
)
from autograder.home.parity import parity_notes
from autograder.verdict import CheckResult, Outcome, Verdict, Withheld


def check_at_home(
    folder: Path,
    exercise: str | None,
    only: str,
    watch: bool,
    colour: bool | None,
    device: str = USUAL,
) -> int:
    """Check a folder and print the report; return the exit code."""
    if exercise is not None:  # a file's name is as good as the exercise's
        exercise = exercise.removesuffix(".py").removesuffix(".toml")
    home = load_folder(find_assignment(folder), exercise, device)
    show = _Printer(home, only, colour)
    if watch:
        from autograder.home.watching import watch_files

        with contextlib.suppress(KeyboardInterrupt):  # that is how a watch ends
            watch_files(home, exercise, show)
        return 0
    return show(exercise)


class _Printer:
    """Runs checks and prints what they found."""

    def __init__(self, home: HomeFolder, only: str, colour: bool | None) -> None:
        self._home = home
        self._only = only
        self._colour = sys.stdout.isatty() if colour is None else colour

    def __call__(self, exercise: str | None) -> int:
        from autograder.reports import terminal
        from autograder.wording import message_for, repeat_command

        started = time.monotonic()
        checks = [
            replace(check, message=message_for(check))
            for check in check_results(self._home, exercise, self._only)
        ]
        text = terminal.render(
            self._verdict(exercise, checks, time.monotonic() - started),
            repeat=repeat_command,
            width=min(shutil.get_terminal_size((80, 24)).columns, 100),
            colour=self._colour,
        )
        sys.stdout.write(text)
        sys.stdout.flush()
        if any(note.kind == CHECKS_LOST for note in self._home.notes):
            return 1
        return 0 if all(c.outcome is Outcome.PASSED for c in checks) else 1

    def _verdict(
        self, exercise: str | None, checks: list[CheckResult], seconds: float
    ) -> Verdict:
        assignment = self._home.assignment
        run = [
            some
            for name, some in chosen_checks(self._home, self._only)[0].items()
            if exercise in (None, name)
        ]
        used, left_out = self._home.devices.report(c for some in run for c in some)
        names = list(dict.fromkeys(check.exercise for check in checks))
        withheld = {
            name: Withheld(some.checks, some.points)
            for name, some in assignment.hidden.items()
            if exercise in (None, name) and not self._only
        }
        return Verdict(
            assignment=assignment.name,
            student="",
            seed=assignment.public_seed,
            checks=checks,
            withheld=withheld,
            settings=used,
            settings_skipped=left_out,
            notes=[*self._home.notes, *parity_notes(assignment, names, used)],
            seconds=seconds,
        )


def check_results(
    home: HomeFolder, exercise: str | None, only: str
) -> Iterator[CheckResult]:
    """The results to show, in the order of the assignment.

    Raises:
        CourseError: no check has ``only`` in its name.
    """
    from autograder.checking.worksheet import EXERCISE, worksheet_results
    from autograder.home.running import run_exercise

    run, shown = chosen_checks(home, only)
    answers: list[CheckResult] = []
    if home.worksheet is not None and exercise in (None, EXERCISE):
        found, _ = worksheet_results(home.worksheet, _answers(home))
        answers = [result for result in found if only in result.id]
    if only and not shown and not answers:
        raise no_such_check(home, only)
    used, _ = home.devices.report(c for some in run.values() for c in some)
    if any(name.startswith("sim") for name in used):
        from autograder import simulated

        simulated.warm_up()  # once, before the forks
    for name, checks in run.items():
        if exercise in (None, name):
            for result in run_exercise(home, name, checks):
                if result.id in shown:
                    yield result
    yield from answers


def _answers(home: HomeFolder) -> str | None:
    path = home.assignment.folder / WORKSHEET
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None


def end_at_once(status: int) -> None:
    """Leave without the seconds that torch takes to clean up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
