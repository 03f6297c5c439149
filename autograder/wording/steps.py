"""What to do next: where to begin, and what waits for something else."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.tables import counted
from autograder.verdict import (
    CheckResult,
    Outcome,
    Verdict,
    WrittenAnswer,
    points_text,
    totals,
)
from autograder.wording.clean import one_line
from autograder.wording.fixes import Fix, fixes, stops_the_file, worth_text
from autograder.wording.folding import (
    is_folded,
    known_beyond,
    missing_file,
    needed_file,
    part_text,
    written_in_part,
)
from autograder.wording.missing import WORKSHEET, done, gone, unwritten
from autograder.wording.numbers import (
    is_open,
    is_ours,
    missing,
    of_points,
    points_of,
    sentence,
)
from autograder.wording.titles import title_of

EVERY = "autograder check"  # what runs every check
VERSIONS = "versions"  # the kind of notes that are told at the end, in a line each


def begin_with(fix: Fix, verdict: Verdict) -> str:
    """``Begin with conv2d, which is not written yet``."""
    start = fix.start
    if start.outcome is Outcome.UNREADABLE:
        return f"Begin with {one_line(start.exercise, 60)}, which could not be read"
    if stops_the_file(start):
        return f"Begin with {_stopped_at(start)}"
    if missing_file(start):
        return f"Begin with {missing_file(start)}, which is {gone([start])}"
    if start.outcome is Outcome.NOT_ATTEMPTED and start.exercise == "worksheet":
        return f"Begin with the worksheet, which is not {done(start)} yet"
    if needed_file(start):
        return f"Begin with {needed_file(start)}, where {one_line(start.detail or '')}"
    if written_in_part(start, verdict):
        return f"Begin with {one_line(start.function)}, which is {part_text(start)}"
    if start.outcome is Outcome.NOT_ATTEMPTED and known_beyond(start):
        return f"Begin with {one_line(start.function)} ({known_beyond(start)})"
    if start.outcome is Outcome.NOT_ATTEMPTED and start.function:
        return f"Begin with {one_line(start.function)}, which is not written yet"
    return f"Begin with “{title_of(start).rstrip('.')}”"


def _stopped_at(check: CheckResult) -> str:
    """``convolution.py, line 3, where Python stops: `x = (`, '(' was never closed``."""
    raised = check.raised
    if raised is None or not raised.frames:
        why = one_line(check.detail or "") or (raised.message if raised else "")
        file = f"{one_line(check.exercise, 60)}.py, which could not be imported"
        return f"{file} ({one_line(why, 200).rstrip('.')})" if why else file
    frame = raised.frames[-1]
    code = one_line(frame.text.partition("\n")[0], 100)
    place = f"{one_line(frame.file, 80)}, line {frame.line}, where Python stops"
    first = raised.frames[0]
    if len(raised.frames) > 1 and first.function in ("", "<module>"):
        place += f", called from line {first.line}, outside of any function"
    why = f"{one_line(raised.type, 60)}: {one_line(raised.message, 160)}".rstrip(".")
    return f"{place}: `{code}` ({why})" if code else f"{place} ({why})"


def _how_to_write(check: CheckResult, verdict: Verdict) -> str:
    """Where a function goes, and what to run then; of a missing file, what is known."""
    file = missing_file(check)
    if file:
        known = one_line(check.detail or "", 600).removeprefix(file).lstrip()
        more = known.partition("missing")[2].lstrip(".:; ")
        return f" {sentence(more)}" if more else ""
    if check.outcome is not Outcome.NOT_ATTEMPTED or not check.look_at:
        return ""
    file, _, line = one_line(check.look_at, 100).partition(":")
    if check.exercise == "worksheet" or not line:
        return ""
    command = f"autograder check {one_line(check.exercise, 60)}"
    what = "The rest" if written_in_part(check, verdict) else "It"
    return f" {what} goes into {file}, line {line}; then run `{command}`."


def score_line(verdict: Verdict, *, part: bool = False) -> str:
    """``5 of 10 points.``, and what is not decided yet.

    Args:
        verdict: what was found.
        part: whether there are visible checks that did not run.
    """
    if not verdict.checks:
        return "No check has run."
    text = f"{of_points(verdict.points, verdict.max_points)}"
    text += ", of the part that ran." if part else "."
    ours = [check for check in verdict.checks if is_ours(check)]
    if ours:
        verb = "is" if missing(ours) == 1 else "are"
        text += (
            f" {points_of(missing(ours))} {verb} open because the grader failed on "
            f"{counted(len(ours), 'check')}. That is our fault: it costs you nothing, "
            "and the course staff will look at it."
        )
    not_run = [check for check in verdict.checks if check.outcome is Outcome.NOT_RUN]
    if not_run:
        verb = "is" if missing(not_run) == 1 else "are"
        have = "has" if len(not_run) == 1 else "have"
        some = counted(len(not_run), "check")
        open_points = points_of(missing(not_run))
        text += f" {open_points} {verb} open because {some} {have} not been run yet."
    return text


def next_steps(
    verdict: Verdict, *, part: bool = False, every: str = EVERY
) -> list[str]:
    """The end of a report, a sentence or two each: what to do, and what will come.

    Args:
        verdict: what was found.
        part: whether there are visible checks that did not run.
        every: what runs every check.
    """
    steps = [*_first_fix(verdict, part, every), *_states(verdict), *_hidden(verdict)]
    steps += _written_answers(verdict)
    return steps


def _written_answers(verdict: Verdict) -> list[str]:
    """What a person will grade, and what is empty."""
    open_ones = [answer for answer in verdict.written if answer.points is None]
    empty = [answer for answer in open_ones if not answer.answer.strip()]
    full = [answer for answer in open_ones if answer not in empty]
    steps = []
    if empty:
        some, worth = _answers_text(empty)
        some = some if len(empty) > 1 else f"The {some}"
        verb = "is" if len(empty) == 1 else "are"
        steps.append(f"{some}, worth {worth}, {verb} empty.")
    if full:
        some, worth = _answers_text(full)
        steps.append(f"A person grades the {some}, worth {worth} more.")
    return steps


def _answers_text(answers: list[WrittenAnswer]) -> tuple[str, str]:
    """``written answer`` or ``2 written answers``, and what they are worth."""
    count = len(answers)
    some = "written answer" if count == 1 else f"{count} written answers"
    return some, points_of(sum(answer.max_points for answer in answers))


def exercise_line(checks: Iterable[CheckResult]) -> str:
    """``3 of 8 points, 2 of 4 checks pass``."""
    chosen = list(checks)
    passed = sum(check.outcome is Outcome.PASSED for check in chosen)
    every = f"{passed} of {counted(len(chosen), 'check')}"
    return f"{of_points(*totals(chosen))}, {every} passed"


def _first_fix(verdict: Verdict, part: bool, every: str) -> list[str]:
    found = fixes(verdict)
    if not found:
        visible = [check for check in verdict.checks if not check.hidden]
        if visible and all(check.outcome is Outcome.PASSED for check in visible):
            if part:
                return [_passed_in_part(visible, every)]
            lost = [c for c in verdict.checks if c.outcome is not Outcome.PASSED]
            if lost and not any(map(is_open, lost)):
                return [_only_hidden(lost)]
            complete = not lost
            which = "check" if complete and not verdict.withheld else "visible check"
            return [f"Every {which} passes. Well done."]
        return []
    first = found[0]
    how = _how_to_write(first.start, verdict)
    steps = [f"{begin_with(first, verdict)}: {worth_text(first)}.{how}"]
    return [*steps, *_most_points(first.start, verdict)]


def _most_points(start: CheckResult, verdict: Verdict) -> list[str]:
    """The exercise with the most points open, where one begins in another."""
    open_points = {
        exercise: missing(check for check in checks if not is_open(check))
        for exercise, checks in verdict.exercises().items()
    }
    most = max(open_points.values())
    found = [exercise for exercise, points in open_points.items() if points == most]
    needed = (needed_file(start) or "").removesuffix(".py")
    if len(found) > 1 or found[0] in (start.exercise, needed):
        return []
    place = WORKSHEET if found[0] == "worksheet" else one_line(found[0], 60)
    return [f"The most points are open in {place}: {points_text(most)}."]


def _only_hidden(lost: list[CheckResult]) -> str:
    """``Every visible check passes; 1 hidden check does not: share_conv (0.5).``"""
    names = [
        f"{one_line(c.id.rpartition('::')[2]).removeprefix('test_')} "
        f"({points_text(c.max_points)})"
        for c in lost
        if c.exercise == "worksheet"
    ]
    by_exercise: dict[str, list[CheckResult]] = {}
    for check in lost:
        if check.exercise != "worksheet":
            by_exercise.setdefault(check.exercise, []).append(check)
    for exercise, some in by_exercise.items():
        number = f"{len(some)} of " if len(some) > 1 else ""
        worth = points_text(sum(check.max_points for check in some))
        names.append(f"{number}{one_line(exercise, 60)} ({worth})")
    verb = "does" if len(lost) == 1 else "do"
    some_checks = counted(len(lost), "hidden check")
    return f"Every visible check passes; {some_checks} {verb} not: {', '.join(names)}."


def _passed_in_part(ran: list[CheckResult], every: str) -> str:
    """Praise for no more than what ran."""
    if len(ran) == 1:
        which = "The check that ran passes"
    else:
        which = f"All {counted(len(ran), 'check')} that ran pass"
    return f"{which}. `{every}` runs every check."


def _states(verdict: Verdict) -> list[str]:
    waiting = [
        c
        for c in verdict.checks
        if c.outcome is Outcome.WAITING and not is_folded(c, verdict)
    ]
    first = next((fix.start for fix in fixes(verdict)), None)
    parts = unwritten(verdict, first)
    if waiting:
        verb = "waits" if len(waiting) == 1 else "wait"
        some = counted(len(waiting), "check")
        runs = "runs" if len(waiting) == 1 else "run"
        alone = "itself" if len(waiting) == 1 else "themselves"
        parts.append(
            f"{some} {verb} for an earlier one and {runs} by {alone} once it passes."
        )
    return [" ".join(parts)] if parts else []


def _hidden(verdict: Verdict) -> list[str]:
    steps = []
    hidden = [check for check in verdict.checks if check.hidden]
    if hidden and len(hidden) < len(verdict.checks):
        points, max_points = totals(hidden)
        some = counted(len(hidden), "hidden check")
        verb = "is" if len(hidden) == 1 else "are"
        earned = of_points(points, max_points)
        seen = of_points(*totals(c for c in verdict.checks if not c.hidden))
        steps.append(f"{some} {verb} counted in: {earned}; the visible ones: {seen}.")
    count = sum(some.checks for some in verdict.withheld.values())
    if count:
        worth = points_of(sum(some.points for some in verdict.withheld.values()))
        verb = "runs" if count == 1 else "run"
        steps.append(
            f"{counted(count, 'hidden check')} worth {worth} {verb} after you hand in."
        )
    return steps
