"""``autograder check``: once, or again on every save."""

from __future__ import annotations

import contextlib
import os
import shlex
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
from autograder.home.handing_in import folder_for, notebook_named
from autograder.sources.decoding import answers_text
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
    named = exercise or ""
    notebook = notebook_named(exercise, folder)
    if notebook is not None:
        folder, exercise = folder_for(notebook, folder), None
    if exercise is not None:  # a file's name is as good as the exercise's
        exercise = exercise.removesuffix(".py").removesuffix(".toml")
    home = load_folder(find_assignment(folder), exercise, device)
    home = replace(home, notebook=notebook)
    show = _Printer(home, only, colour, named)
    if watch:
        from autograder.home.watching import watch_files

        with contextlib.suppress(KeyboardInterrupt):  # that is how a watch ends
            watch_files(home, exercise, show)
        return 0
    return show(exercise)


class _Printer:
    """Runs checks and prints what they found."""

    def __init__(
        self, home: HomeFolder, only: str, colour: bool | None, named: str = ""
    ) -> None:
        self._named = named  # the notebook, as it was typed
        self._home = home
        self._only = only
        self._colour = sys.stdout.isatty() if colour is None else colour

    def __call__(self, exercise: str | None) -> int:
        from autograder.reports import terminal
        from autograder.wording import message_for

        started = time.monotonic()
        checks = [
            replace(check, message=message_for(check))
            for check in check_results(self._home, exercise, self._only)
        ]
        text = terminal.render(
            self._verdict(exercise, checks, time.monotonic() - started),
            repeat=self._repeat,
            width=min(shutil.get_terminal_size((80, 24)).columns, 100),
            colour=self._colour,
        )
        sys.stdout.write(text)
        sys.stdout.flush()
        if any(note.kind == CHECKS_LOST for note in self._home.notes):
            return 1
        return 0 if all(c.outcome is Outcome.PASSED for c in checks) else 1

    def _repeat(self, check: CheckResult) -> str | None:
        """What runs a check again, on the notebook where one was named."""
        from autograder.wording import repeat_command

        command = repeat_command(check)
        begin = "autograder check"
        notebook = self._home.notebook is not None
        if command is None or not notebook or not command.startswith(f"{begin} --"):
            return command
        return f"{begin} {shlex.quote(self._named)}{command.removeprefix(begin)}"

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
            notes=[*self._home.notes, *self._home.remarks],
            seconds=seconds,
        )


def check_results(
    home: HomeFolder, exercise: str | None, only: str
) -> Iterator[CheckResult]:
    """The results to show, in the order of the assignment.

    Raises:
        CourseError: no check has ``only`` in its name.
    """
    from autograder.checking.worksheet import (
        EXERCISE,
        worksheet_notes,
        worksheet_results,
    )
    from autograder.home.running import run_exercise

    home.remarks.clear()
    run, shown = chosen_checks(home, only)
    answers: list[CheckResult] = []
    if home.worksheet is not None and exercise in (None, EXERCISE):
        text = _answers(home)
        found, _ = worksheet_results(home.worksheet, text)
        home.remarks.extend(worksheet_notes(home.worksheet, text))
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
        return answers_text(path.read_bytes())
    except OSError:
        return None


def end_at_once(status: int) -> None:
    """Leave without the seconds that torch takes to clean up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
