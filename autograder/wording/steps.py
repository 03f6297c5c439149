"""What to do next: where to begin, and what waits for something else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.verdict import CheckResult, Outcome, Verdict, totals
from autograder.wording.clean import one_line
from autograder.wording.counting import (
    counted,
    is_ours,
    joined,
    missing,
    of_points,
    points_of,
)
from autograder.wording.folding import is_folded, known_beyond

_YOURS = (
    Outcome.FAILED,
    Outcome.CRASHED,
    Outcome.OUT_OF_TIME,
    Outcome.OUT_OF_MEMORY,
    Outcome.REFUSED,
    Outcome.UNREADABLE,
    Outcome.NOT_ATTEMPTED,
)


@dataclass(frozen=True)
class Fix:
    """Checks that one change would probably fix, and those that wait for them."""

    checks: list[CheckResult]
    waiting: list[CheckResult]

    @property
    def start(self) -> CheckResult:
        """The check to begin with."""
        return self.checks[0]

    @property
    def worth(self) -> float:
        """Points that the fix opens up."""
        return missing([*self.checks, *self.waiting])


def fixes(verdict: Verdict) -> list[Fix]:
    """What a student can fix, in the order in which to do it.

    A file that cannot be read or imported comes first, for nothing in it counts; then
    all else in the order of the handout. Hidden checks say nothing here.
    """
    mine = [c for c in verdict.checks if c.outcome in _YOURS and not c.hidden]
    groups: dict[tuple[str, ...], list[CheckResult]] = {}
    for check in mine:
        if not check.follows:
            groups.setdefault(_cause(check), []).append(check)
    for check in mine:
        if check.follows:
            own = (key for key, g in groups.items() if g[0].function == check.follows)
            groups.setdefault(next(own, _cause(check)), []).append(check)
    found = [Fix(group, _waiting_for(group, verdict)) for group in groups.values()]
    return sorted(found, key=lambda fix: not stops_the_file(fix.start))


def stops_the_file(check: CheckResult) -> bool:
    """Whether the whole file cannot be read, parsed or imported."""
    if check.outcome is Outcome.UNREADABLE:
        return True
    if check.outcome is not Outcome.CRASHED or check.call or check.raised is None:
        return False
    frames = check.raised.frames
    return not frames or frames[0].function in ("", "<module>")


def begin_with(fix: Fix) -> str:
    """``Begin with conv2d, which is not written yet``."""
    start = fix.start
    if start.outcome is Outcome.UNREADABLE:
        return f"Begin with {one_line(start.exercise, 60)}, which could not be read"
    if stops_the_file(start):
        return f"Begin with {_stopped_at(start)}"
    if start.outcome is Outcome.NOT_ATTEMPTED and start.exercise == "worksheet":
        return "Begin with the worksheet, which is not filled in yet"
    if start.outcome is Outcome.NOT_ATTEMPTED and known_beyond(start):
        return f"Begin with {one_line(start.function)} ({known_beyond(start)})"
    if start.outcome is Outcome.NOT_ATTEMPTED and start.function:
        return f"Begin with {one_line(start.function)}, which is not written yet"
    return f"Begin with “{one_line(start.promise).rstrip('.')}”"


def _stopped_at(check: CheckResult) -> str:
    """``convolution.py, line 3, where Python stops: `x = (`, '(' was never closed``."""
    raised = check.raised
    if raised is None or not raised.frames:
        why = one_line(check.detail or "") or (raised.message if raised else "")
        file = f"{one_line(check.exercise, 60)}.py, which cannot be read"
        return f"{file} ({one_line(why, 200).rstrip('.')})" if why else file
    frame = raised.frames[-1]
    code = one_line(frame.text.partition("\n")[0], 100)
    place = f"{one_line(frame.file, 80)}, line {frame.line}, where Python stops"
    why = f"{one_line(raised.type, 60)}: {one_line(raised.message, 160)}"
    return f"{place}: `{code}` ({why})" if code else f"{place} ({why})"


def _how_to_write(check: CheckResult) -> str:
    """Where a function goes, and what to run then."""
    if check.outcome is not Outcome.NOT_ATTEMPTED or not check.look_at:
        return ""
    file, _, line = one_line(check.look_at, 100).partition(":")
    if check.exercise == "worksheet" or not line:
        return ""
    command = f"autograder check {one_line(check.exercise, 60)}"
    return f" It goes into {file}, line {line}; then run `{command}`."


def worth_text(fix: Fix) -> str:
    """``worth up to 5 points``: checks that wait may find something of their own."""
    several = len(fix.checks) + len(fix.waiting) > 1
    return f"worth {'up to ' if several else ''}{points_of(fix.worth)}"


def score_line(verdict: Verdict) -> str:
    """``5 of 10 points.``, and what is not decided yet."""
    if not verdict.checks:
        return "No check has run."
    text = f"{of_points(verdict.points, verdict.max_points)}."
    ours = [check for check in verdict.checks if is_ours(check)]
    if ours:
        verb = "is" if missing(ours) == 1 else "are"
        text += (
            f" {points_of(missing(ours))} {verb} open because the grader failed on "
            f"{counted(len(ours), 'check')}. That is our fault: it costs you nothing, "
            "and the course staff will look at it."
        )
    return text


def next_steps(verdict: Verdict) -> list[str]:
    """The end of a report, a sentence or two each: what to do, and what will come."""
    steps = [*_first_fix(verdict), *_states(verdict), *_hidden(verdict)]
    open_ones = [answer for answer in verdict.written if answer.points is None]
    if open_ones:
        worth = points_of(sum(answer.max_points for answer in open_ones))
        count = len(open_ones)
        answers = "written answer" if count == 1 else f"{count} written answers"
        steps.append(f"A person grades the {answers}, worth {worth} more.")
    return steps


def exercise_line(checks: Iterable[CheckResult]) -> str:
    """``3 of 8 points, 2 of 4 checks pass``."""
    chosen = list(checks)
    passed = sum(check.outcome is Outcome.PASSED for check in chosen)
    every = f"{passed} of {counted(len(chosen), 'check')}"
    return f"{of_points(*totals(chosen))}, {every} passed"


def _cause(check: CheckResult) -> tuple[str, ...]:
    """Checks with the same cause are fixed by the same change."""
    if check.outcome is Outcome.NOT_ATTEMPTED:
        return (check.exercise, check.function, "write", check.detail or "")
    if check.idea is not None:
        return (check.exercise, check.function, "idea", check.idea.name)
    if check.raised is not None and check.raised.frames:
        last = check.raised.frames[-1]
        return (check.exercise, "raised", check.raised.type, last.file, str(last.line))
    if check.outcome is Outcome.UNREADABLE:
        return (check.exercise, check.outcome.value)
    if check.outcome in (Outcome.OUT_OF_TIME, Outcome.REFUSED):
        return (check.exercise, check.function, check.outcome.value)
    return (check.id,)


def _waiting_for(group: list[CheckResult], verdict: Verdict) -> list[CheckResult]:
    """Visible checks that wait for the group, or for one that waits for it."""
    opened = {check.id for check in group}
    found: list[CheckResult] = []
    more = True
    while more:
        new = [
            check
            for check in verdict.checks
            if check.outcome is Outcome.WAITING
            and not check.hidden
            and check.waiting_for in opened
            and check.id not in opened
        ]
        opened.update(check.id for check in new)
        found += new
        more = bool(new)
    return found


def _first_fix(verdict: Verdict) -> list[str]:
    found = fixes(verdict)
    if not found:
        visible = [check for check in verdict.checks if not check.hidden]
        if visible and all(check.outcome is Outcome.PASSED for check in visible):
            every = all(check.outcome is Outcome.PASSED for check in verdict.checks)
            which = "check" if every and not verdict.withheld else "visible check"
            return [f"Every {which} passes. Well done."]
        return []
    first = found[0]
    how = _how_to_write(first.start)
    return [f"{begin_with(first)}: {worth_text(first)}.{how}"]


def _states(verdict: Verdict) -> list[str]:
    waiting = [
        c
        for c in verdict.checks
        if c.outcome is Outcome.WAITING and not is_folded(c, verdict)
    ]
    unwritten = [c for c in verdict.checks if c.outcome is Outcome.NOT_ATTEMPTED]
    parts = []
    if unwritten:
        functions = [c.function for c in unwritten if c.function]
        names = [
            "the worksheet" if name == "worksheet" else name
            for name in dict.fromkeys(functions)
        ]
        first = next(iter(fixes(verdict)), None)
        if first and set(functions) == {first.start.function}:
            pass  # said already
        elif 0 < len(names) <= 4:
            verb = "is" if len(names) == 1 else "are"
            parts.append(f"{joined(names)} {verb} not written yet.")
        else:
            some = counted(len(unwritten), "check")
            parts.append(f"Code for {some} is not written yet.")
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
    if hidden:
        points, max_points = totals(hidden)
        some = counted(len(hidden), "hidden check")
        verb = "is" if len(hidden) == 1 else "are"
        earned = of_points(points, max_points)
        steps.append(f"{some} {verb} counted in: {earned}.")
    count = sum(some.checks for some in verdict.withheld.values())
    if count:
        worth = points_of(sum(some.points for some in verdict.withheld.values()))
        verb = "runs" if count == 1 else "run"
        steps.append(
            f"{counted(count, 'hidden check')} worth {worth} {verb} after you hand in."
        )
    return steps
