"""What to do next: which fix is worth most, and what waits for something else."""

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
    """Checks that one change would probably mend, and those that wait for them."""

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
    """What a student can mend, worth most first; hidden checks say nothing here."""
    groups: dict[tuple[str, ...], list[CheckResult]] = {}
    for check in verdict.checks:
        if check.outcome in _YOURS and not check.hidden:
            groups.setdefault(_cause(check), []).append(check)
    found = [Fix(group, _waiting_for(group, verdict)) for group in groups.values()]
    return sorted(found, key=lambda fix: -fix.worth)  # equal worth: as they were run


def begin_with(fix: Fix) -> str:
    """``Begin with conv2d, which is not written yet``."""
    if fix.start.outcome is Outcome.NOT_ATTEMPTED and fix.start.function:
        return f"Begin with {one_line(fix.start.function)}, which is not written yet"
    return f"Begin with “{one_line(fix.start.promise).rstrip('.')}”"


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
    if verdict.written:
        worth = points_of(sum(answer.max_points for answer in verdict.written))
        count = len(verdict.written)
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
    """Checks with the same cause are mended by the same change."""
    if check.outcome is Outcome.NOT_ATTEMPTED:
        return (check.exercise, check.function, "write", check.detail or "")
    if check.idea is not None:
        return (check.exercise, check.function, "idea", check.idea.name)
    if check.raised is not None and check.raised.frames:
        last = check.raised.frames[-1]
        return (check.exercise, "raised", check.raised.type, last.file, str(last.line))
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
    return [f"{begin_with(first)}: {worth_text(first)}."]


def _states(verdict: Verdict) -> list[str]:
    waiting = [c for c in verdict.checks if c.outcome is Outcome.WAITING]
    unwritten = [c for c in verdict.checks if c.outcome is Outcome.NOT_ATTEMPTED]
    parts = []
    if unwritten:
        names = list(dict.fromkeys(c.function for c in unwritten if c.function))
        if 0 < len(names) <= 4:
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
