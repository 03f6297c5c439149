"""What ``run_autograder`` runs: one submission, from /autograder to results.json.

Whatever happens, the file is valid, and never shows more points than were earned: it is
written before anything else, after each exercise and at the end, each time whole and by
a rename. So a kill at any moment leaves what was earned until then.
"""

from __future__ import annotations

import stat
import traceback
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import CourseError
from autograder.grading.results import write_whole
from autograder.grading.sealed import Sealed, seconds_within
from autograder.platforms.gradescope.attempts import (
    FREE_OF_ALL,
    FREE_OF_SAME,
    History,
    refused,
)
from autograder.platforms.gradescope.metadata import Metadata, read_metadata
from autograder.platforms.gradescope.options import OPTIONS, Options
from autograder.reports import gradescope
from autograder.verdict import Note, Verdict
from autograder.wording import attention, is_ours

if TYPE_CHECKING:
    from autograder.grading.sealed import Settings, Started

ROOT = Path("/autograder")
SEALED = "assignment"  # the folder in the zip
_AGAIN = (
    "Hand the same files in again, and tell your instructor if it happens twice. Until "
    "then an earlier submission can be made the active one."
)
_FREE = "It takes no attempt."
_TAKEN = (
    "It takes an attempt: {before} gradings have failed before it within {hours:g} "
    f"hours, and only the first {FREE_OF_SAME} of the same files are free, and the "
    f"first {FREE_OF_ALL} of all. Tell your instructor."
)
WAITING = (
    "Not graded yet. If this is still here when Gradescope has finished, the grader "
    f"was stopped before it could begin. {_FREE} {_AGAIN}"
)
CUT_OFF = (
    "Grading was stopped before its end. What has not been run is open, and costs "
    "nothing."
)
FAULT = "The grader failed on a part of this submission, which costs nothing."
FAILED = "The grader failed, not your code ({error})."
DETAILS = "Your instructor finds the details in the grader's output."


class Harness:
    """One run on Gradescope's machine.

    Args:
        root: Gradescope's folder, with source, submission and results in it.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root
        self._results = root / "results" / "results.json"
        self._metadata = read_metadata(root / "submission_metadata.json")
        self._history = History.of(self._metadata)
        self._attempt = _FREE  # what is said of a grading that failed
        self._shown: dict[str, Any] = {  # until there is a better one
            **waiting(),
            "extra_data": self._history.as_extra(),
        }
        if self._history.best is not None and self._options_or_usual().keep_best:
            self._shown["score"] = self._history.best

    def begin(self) -> None:
        """Leave a valid result, and close to everybody else what is not for them."""
        self._write(self._shown)
        for path in self._root.iterdir():
            if path.name != "submission" and not path.is_symlink():
                mode = stat.S_IMODE(path.stat().st_mode)
                path.chmod(mode & ~(stat.S_IRWXG | stat.S_IRWXO))

    @property
    def settings(self) -> Settings:
        """Of the zygote, which may be forked early."""
        return self._sealed().settings

    def run(self, started: Started | None = None) -> None:
        """Grade, and write the results; an error of ours is one of them."""
        try:
            self._grade(self._options(), started)
        except Exception as error:
            traceback.print_exc()
            # Its text is not for students: it may be about a hidden check.
            name = type(error).__name__
            said = " ".join(
                filter(None, [FAILED.format(error=name), self._attempt, DETAILS])
            )
            self._write({**self._shown, "output": said, "output_format": "text"})

    def _grade(self, options: Options, started: Started | None) -> None:
        metadata, history = self._metadata, self._history
        now = metadata.created or datetime.now(timezone.utc)
        until = history.next_time(options, now)
        if until is not None:
            self._write(refused(history, options, until))
            return

        def show(verdict: Verdict, kind: str = "", failed: str = "") -> None:
            self._shown = self._rendered(verdict, options, now, kind, failed)
            self._write(self._shown)

        def show_part(verdict: Verdict) -> None:
            show(verdict, "cut_off", CUT_OFF)

        verdict = self._sealed().grade(
            self._root / "submission",
            metadata.student,
            show_part,
            started,
            seconds_within(options.minutes),
        )
        # Only staff see what is printed.
        print(f"isolation: {', '.join(verdict.isolation)}")
        for reason in attention(verdict):
            print(f"look at this: {reason.text}")
        if metadata.late_seconds:
            late = Note("late", _late(metadata))
            verdict = replace(verdict, notes=[late, *verdict.notes])
        if any(map(is_ours, verdict.checks)):
            show(verdict, "fault", FAULT)
        else:
            show(verdict)

    def _rendered(
        self, verdict: Verdict, options: Options, now: datetime, kind: str, failed: str
    ) -> dict[str, Any]:
        """The results; where the grading failed, with what is said of that."""
        history = self._history.of_checks(verdict.course_digest)
        files = verdict.submission_digest if failed else None
        counts = files is None or not history.is_free(options, now, files)
        if failed:
            before = len(history.failed_within(options, now))
            self._attempt = _attempt(options, before, counts)
            said = " ".join(filter(None, [failed, self._attempt, _AGAIN]))
            verdict = replace(verdict, notes=[*verdict.notes, Note(kind, said)])
        results = gradescope.render(verdict, hidden_visibility=options.hidden)
        results["extra_data"] = history.after(now, verdict.points, counts, files)
        if options.keep_best and history.best is not None:
            results["score"] = max(verdict.points, history.best)
            results["output"] += "\n" + _best(verdict, options, history.best)
        return results

    def _sealed(self) -> Sealed:
        # Without a sandbox code would be root's, and could read all that is root's.
        return Sealed(self._root / "source" / SEALED, "strict")

    def _options(self) -> Options:
        return Options.read(self._root / "source" / OPTIONS)

    def _options_or_usual(self) -> Options:
        try:
            return self._options()
        except CourseError:  # it is said when it is graded
            return Options()

    def _write(self, results: dict[str, Any]) -> None:
        write_whole(self._results, gradescope.text_of(results))


def waiting() -> dict[str, Any]:
    """The results before anything has run."""
    return {
        "score": 0,
        "output": WAITING,
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [],
    }


def _best(verdict: Verdict, options: Options, best: float) -> str:
    """Which score counts. While hidden checks are not to be seen, without numbers."""
    if options.hidden != "visible" and any(check.hidden for check in verdict.checks):
        return "The best of your submissions counts, hidden checks included."
    if best > verdict.points:
        return f"An earlier submission earned {best:g} points, which count."
    return "This is the best of your submissions, and counts."


def _attempt(options: Options, before: int, counts: bool) -> str:
    """Whether a grading that failed takes an attempt; nothing where none is counted.

    Args:
        options: what the instructor has decided.
        before: how many have failed before it within the hours.
        counts: whether it takes one.
    """
    if options.attempts is None:
        return ""
    if not counts:
        return _FREE
    return _TAKEN.format(hours=options.hours, before=before)


def _late(metadata: Metadata) -> str:
    """How late it came, and whether that was within the time for late work."""
    said = f"Handed in {_duration(metadata.late_seconds)} after the due date"
    if metadata.within_late_period is None:
        return f"{said}."
    if metadata.within_late_period:
        return f"{said}, within the time for late work."
    return f"{said}, and after the due date for late work."


def _duration(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
