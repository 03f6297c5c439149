"""``autograder check``: once, or again on every save."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.checking.device_option import USUAL, DeviceOption
from autograder.checking.mending import mended_first
from autograder.checking.places import led_to_the_call
from autograder.course.assignment import WORKSHEET, find_assignment
from autograder.errors import CourseError
from autograder.home.folder import (
    CHECKS_LOST,
    HomeFolder,
    chosen_checks,
    chosen_ids,
    load_folder,
    no_such_check,
    several_note,
)
from autograder.home.handing_in import (
    folder_for,
    missing_text,
    notebook_named,
    only_notebook,
    read_file,
    read_notebook_file,
)
from autograder.home.listing import listing
from autograder.home.parity import parity_notes
from autograder.home.selection import (
    Selection,
    exercise_names,
    failed_last_time,
    remember,
)
from autograder.verdict import CheckResult, Note, Outcome, Verdict, Withheld


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
    notebook = notebook_named(named, folder)
    if notebook is not None:
        folder, given = folder_for(notebook, folder), []
    assignment = find_assignment(folder)
    names = exercise_names(given)
    ids = failed_last_time(assignment.folder) if failed else None
    home = replace(load_folder(assignment, names, device), notebook=notebook)
    selection = Selection(names, only, ids)
    if listed:
        _refuse_nothing(home, selection)
        sys.stdout.write(listing(home, selection))
        return 0
    if failed and not _means_something(home, selection):
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
        from autograder.wording import message_for

        started = time.monotonic()
        selection = replace(self._selection, exercises=tuple(exercises))
        checks = [
            replace(check, message=message_for(check))
            for check in check_results(self._home, selection)
        ]
        remember(self._home.assignment.folder, checks)
        text = terminal.render(
            self._verdict(selection, checks, time.monotonic() - started),
            repeat=self._repeat,
            part=self._is_part(selection),
            width=min(shutil.get_terminal_size((80, 24)).columns, 100),
            colour=self._colour,
        )
        sys.stdout.write(text)
        sys.stdout.flush()
        if any(note.kind == CHECKS_LOST for note in self._home.notes):
            return 1
        return 0 if all(c.outcome is Outcome.PASSED for c in checks) else 1

    def _is_part(self, selection: Selection) -> bool:
        """Whether there are visible checks that did not run."""
        lost = any(note.kind == CHECKS_LOST for note in self._home.notes)
        return selection.is_part or bool(selection.exercises) or lost

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

    def _verdict(
        self, selection: Selection, checks: list[CheckResult], seconds: float
    ) -> Verdict:
        assignment = self._home.assignment
        run, _ = chosen_checks(self._home, selection)
        every = [check for some in run.values() for check in some]
        used, left_out = self._home.devices.report(every)
        withheld = {
            name: Withheld(some.checks, some.points)
            for name, some in assignment.hidden.items()
            if selection.has(name) and not selection.is_part
        }
        return Verdict(
            assignment=assignment.name,
            student="",
            seed=assignment.public_seed,
            checks=checks,
            withheld=withheld,
            settings=used,
            settings_skipped=left_out,
            notes=[
                *self._home.notes,
                *self._home.remarks,
                *parity_notes(assignment, run, used, self._home.notebook),
                *several_note(self._home, selection, checks),
            ],
            seconds=seconds,
            title=assignment.title,
        )


def check_results(home: HomeFolder, selection: Selection) -> Iterator[CheckResult]:
    """The results to show, in the order of the assignment.

    Raises:
        CourseError: no check is meant by the selection.
    """
    from autograder.home.check_runs import run_exercise

    home.remarks.clear()
    run, shown = chosen_checks(home, selection)
    answers = _worksheet(home, selection)
    home.remarks.extend(_worksheet_notes(home, selection))
    _refuse_nothing(home, selection)
    used, _ = home.devices.report(c for some in run.values() for c in some)
    if any(name.startswith("sim") for name in used):
        from autograder import simulated

        simulated.warm_up()  # once, before the forks
    found = [r for name, some in run.items() for r in run_exercise(home, name, some)]
    for result in led_to_the_call(mended_first(found, _sources(home, run))):
        if result.id in shown:
            yield result
    yield from answers


def _sources(home: HomeFolder, exercises: Iterable[str]) -> dict[str, str]:
    """The sources of some exercises, as far as they can be read."""
    if home.notebook is not None:
        texts = read_notebook_file(home.notebook, home.assignment).texts
        return {name: texts[name] for name in exercises if name in texts}
    found: dict[str, str] = {}
    for name in exercises:
        found |= read_file(home.assignment.module(name)).texts
    return found


def _refuse_nothing(home: HomeFolder, selection: Selection) -> None:
    """Refuse a selection that means no check at all."""
    if selection.only and not _means_something(home, selection):
        raise no_such_check(home, selection.only)


def _means_something(home: HomeFolder, selection: Selection) -> bool:
    _, shown = chosen_checks(home, selection)
    return bool(shown or _worksheet(home, selection))


def _worksheet(home: HomeFolder, selection: Selection) -> list[CheckResult]:
    from autograder.worksheet.check_results import EXERCISE, worksheet_results

    if home.worksheet is None or not selection.has(EXERCISE):
        return []
    found, _ = worksheet_results(
        home.worksheet, _answers(home), missing_text(WORKSHEET)
    )
    meant = chosen_ids(home, selection)
    return [result for result in found if result.id in meant]


def _worksheet_notes(home: HomeFolder, selection: Selection) -> list[Note]:
    from autograder.worksheet.check_results import EXERCISE, worksheet_notes

    if home.worksheet is None or not selection.has(EXERCISE):
        return []
    return list(worksheet_notes(home.worksheet, _answers(home)))


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
