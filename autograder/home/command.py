"""``autograder check``: once, or again on every save."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from autograder.checking.device_option import USUAL, DeviceOption
from autograder.course.assignment import find_assignment
from autograder.errors import CourseError
from autograder.home.folder import HomeFolder, load_folder
from autograder.home.handing_in import (
    HomeNotebook,
    folder_for,
    notebook_named,
    only_notebook,
)
from autograder.home.listing import listing
from autograder.home.results import (
    has_lost_checks,
    is_part,
    means_something,
    refuse_nothing,
    verdict_of,
)
from autograder.home.selection import (
    Selection,
    exercise_names,
    failed_last_time,
    remember,
)
from autograder.verdict import CheckResult, Outcome


def check_at_home(
    folder: Path,
    exercises: str | Sequence[str] | None,
    only: str,
    watch: bool,
    colour: bool | None,
    device: DeviceOption = USUAL,
    *,
    listed: bool = False,
    failed: bool = False,
) -> int:
    """Check a folder and print the report; return the exit code.

    Args:
        folder: the assignment's, or one in it.
        exercises: those to check, by name or by file; all if there are none.
        only: the check of this name, or those of the function of this name, or else
            those with this text in their names.
        watch: go on, and check again whenever a file is saved.
        colour: whether to colour; None asks the terminal.
        device: where checks run beside the CPU.
        listed: print the names of the checks instead of running them.
        failed: only the checks that did not pass when they last ran.
    """
    _refuse_contradictions(watch, listed, failed)
    given = [exercises] if isinstance(exercises, str) else list(exercises or [])
    named = only_notebook(given)
    file = notebook_named(named, folder)
    notebook = None if file is None else HomeNotebook(file, file.parent)
    if file is not None:
        folder, given = folder_for(file, folder), []
    assignment = find_assignment(folder)
    names = exercise_names(given)
    ids = failed_last_time(assignment.folder) if failed else None
    home = replace(load_folder(assignment, names, device), notebook=notebook)
    selection = Selection(names, only, ids)
    if listed:
        refuse_nothing(home, selection)
        sys.stdout.write(listing(home, selection))
        return 0
    if failed and not means_something(home, selection):
        print("None of these checks failed when it last ran, so none is repeated.")
        return 0
    show = _Printer(home, selection, colour, named or "")
    if watch:
        from autograder.home.saves import watch_files

        with contextlib.suppress(KeyboardInterrupt):  # that is how a watch ends
            watch_files(home, names, show)
        return 0
    return show(names)


def _refuse_contradictions(watch: bool, listed: bool, failed: bool) -> None:
    asked = {"--list": listed, "--failed": failed, "--watch": watch}
    several = [option for option, given in asked.items() if given]
    if len(several) > 1:
        why = {
            "--list": "prints names and runs nothing",
            "--failed": "runs what did not pass last time",
            "--watch": "runs what is saved",
        }
        raise CourseError(
            f"{several[0]} {why[several[0]]}, and {several[1]} {why[several[1]]}. Give "
            "one of them."
        )


class _Printer:
    """Runs checks and prints what they found."""

    def __init__(
        self,
        home: HomeFolder,
        selection: Selection,
        colour: bool | None,
        named: str = "",
    ) -> None:
        self._named = named  # the notebook, as it was typed
        self._home = home
        self._selection = selection
        self._colour = sys.stdout.isatty() if colour is None else colour

    def __call__(self, exercises: Sequence[str]) -> int:
        from autograder.reports import terminal

        selection = replace(self._selection, exercises=tuple(exercises))
        verdict = verdict_of(self._home, selection)
        remember(self._home.assignment.folder, verdict.checks)
        text = terminal.render(
            verdict,
            repeat=self._repeat,
            part=is_part(self._home, selection),
            width=min(shutil.get_terminal_size((80, 24)).columns, 100),
            colour=self._colour,
        )
        sys.stdout.write(text)
        sys.stdout.flush()
        if has_lost_checks(self._home):
            return 1
        return 0 if all(c.outcome is Outcome.PASSED for c in verdict.checks) else 1

    def _repeat(self, check: CheckResult) -> str | None:
        """What runs a check again, on the notebook where one was named."""
        from autograder.wording import one_line, repeat_command

        command = repeat_command(check)
        if command is None or self._home.notebook is None or " --only " not in command:
            return command
        exercise, _, name = check.id.partition("::")
        name = f"{exercise}::{name.removeprefix('test_')}"
        only = shlex.quote(one_line(name))
        return f"autograder check {shlex.quote(self._named)} --only {only}"


def end_at_once(status: int) -> None:
    """Leave without the seconds that torch takes to clean up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
