"""What checking at home comes to: the results, and the verdict that reports show."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

from autograder.checking.mending import mended_first
from autograder.checking.places import led_to_the_call
from autograder.course.assignment import WORKSHEET
from autograder.home.folder import (
    CHECKS_LOST,
    HomeFolder,
    chosen_checks,
    chosen_ids,
    no_such_check,
    several_note,
)
from autograder.home.handing_in import missing_text, read_file, read_notebook
from autograder.home.parity import parity_notes, version_notes
from autograder.home.selection import Selection
from autograder.verdict import CheckResult, Note, Outcome, Verdict, Withheld
from autograder.worksheet import Worksheet

_IN_TEXT = (
    "What you answer in cells of text is read when the notebook is handed in, and not "
    "before."
)


def verdict_of(home: HomeFolder, selection: Selection) -> Verdict:
    """Run what is chosen.

    Raises:
        CourseError: no check is meant by the selection.
    """
    from autograder.wording import message_for

    started = time.monotonic()
    checks = [
        replace(check, message=message_for(check))
        for check in check_results(home, selection)
    ]
    assignment = home.assignment
    run, _ = chosen_checks(home, selection)
    every = [check for some in run.values() for check in some]
    used, left_out = home.devices.report(every)
    crashed = any(check.outcome is Outcome.CRASHED for check in checks)
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
            *home.notes,
            *home.remarks,
            *parity_notes(assignment, run, used, home.notebook),
            *several_note(home, selection, checks),
            *([] if selection.is_part else version_notes(assignment, crashed)),
        ],
        seconds=time.monotonic() - started,
        title=assignment.title,
    )


def is_part(home: HomeFolder, selection: Selection) -> bool:
    """Whether there are visible checks that do not run."""
    return selection.is_part or bool(selection.exercises) or has_lost_checks(home)


def has_lost_checks(home: HomeFolder) -> bool:
    """Whether something that was asked for cannot be checked."""
    return any(note.kind == CHECKS_LOST for note in home.notes)


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
    refuse_nothing(home, selection)
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
        texts = read_notebook(home.notebook, home.assignment).texts
        return {name: texts[name] for name in exercises if name in texts}
    found: dict[str, str] = {}
    for name in exercises:
        found |= read_file(home.assignment.module(name)).texts
    return found


def refuse_nothing(home: HomeFolder, selection: Selection) -> None:
    """Refuse a selection that means no check at all."""
    if selection.only and not means_something(home, selection):
        raise no_such_check(home, selection.only)


def means_something(home: HomeFolder, selection: Selection) -> bool:
    """Whether a selection means some check."""
    _, shown = chosen_checks(home, selection)
    return bool(shown or _worksheet(home, selection))


def _worksheet(home: HomeFolder, selection: Selection) -> list[CheckResult]:
    from autograder.worksheet.check_results import EXERCISE, worksheet_results

    sheet = _sheet(home)
    if sheet is None or not selection.has(EXERCISE):
        return []
    found, _ = worksheet_results(sheet, _answers(home), missing_text(WORKSHEET))
    meant = chosen_ids(home, selection)
    return [result for result in found if result.id in meant]


def _worksheet_notes(home: HomeFolder, selection: Selection) -> list[Note]:
    from autograder.worksheet.check_results import EXERCISE, worksheet_notes

    sheet = _sheet(home)
    if sheet is None or not selection.has(EXERCISE):
        return []
    notes = list(worksheet_notes(sheet, _answers(home)))
    if sheet != home.worksheet and _worksheet(home, selection):
        notes.append(Note("worksheet", _IN_TEXT))
    return notes


def _sheet(home: HomeFolder) -> Worksheet | None:
    """The questions that can be looked at.

    A kernel has no cells of text, in which some notebooks want an answer in words.
    """
    sheet = home.worksheet
    if sheet is None or home.notebook is None or not home.notebook.is_running:
        return sheet
    text = _answers(home) or ""
    there = [q for q in sheet.questions if q.kind != "written" or f'"{q.id}"' in text]
    return replace(sheet, questions=tuple(there))


def _answers(home: HomeFolder) -> str | None:
    if home.notebook is not None:
        written = read_notebook(home.notebook, home.assignment).worksheet
        if written is not None:
            return written
    path = home.assignment.folder / WORKSHEET
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
