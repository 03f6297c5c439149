"""What one change would fix: checks with the same cause, and what waits for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from autograder.verdict import CheckResult, Outcome, Verdict, points_text
from autograder.wording.clean import one_line
from autograder.wording.folding import missing_file
from autograder.wording.hidden_points import told_of, unearned_hidden
from autograder.wording.numbers import missing, points_of

_YOURS = (
    Outcome.FAILED,
    Outcome.CRASHED,
    Outcome.OUT_OF_TIME,
    Outcome.OUT_OF_MEMORY,
    Outcome.REFUSED,
    Outcome.UNREADABLE,
    Outcome.NOT_ATTEMPTED,
)


_STOPPED = (Outcome.CRASHED, Outcome.OUT_OF_TIME, Outcome.OUT_OF_MEMORY)


@dataclass(frozen=True)
class Fix:
    """Checks that one change would probably fix, and those that wait for them.

    ``hidden`` are hidden checks of the same function, or of the whole file where that
    is at fault. Of several fixes the first has them.
    """

    checks: list[CheckResult]
    waiting: list[CheckResult]
    hidden: list[CheckResult] = field(default_factory=list)

    @property
    def start(self) -> CheckResult:
        """The check to begin with."""
        return self.checks[0]

    @property
    def worth(self) -> float:
        """Points that the fix opens up."""
        return missing([*self.checks, *self.waiting, *self.hidden])


def fixes(verdict: Verdict) -> list[Fix]:
    """What a student can fix, in the order in which to do it.

    A file that cannot be read or imported comes first, for nothing in it counts; then
    all else in the order of the handout. Hidden checks are nothing to begin with; their
    points count with the fix that probably opens them.
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
    found.sort(key=lambda fix: not stops_the_file(fix.start))
    return _with_hidden(found, verdict)


def _with_hidden(found: list[Fix], verdict: Verdict) -> list[Fix]:
    left = unearned_hidden(verdict)
    full = []
    for fix in found:
        start = fix.start
        own = [check for check in left if check.exercise == start.exercise]
        if not (stops_the_file(start) or missing_file(start)):
            own = told_of(start.function, own, verdict)
        left = [check for check in left if check not in own]
        full.append(replace(fix, hidden=own))
    return full


def stops_the_file(check: CheckResult) -> bool:
    """Whether the whole file cannot be read, parsed or imported."""
    if check.outcome is Outcome.UNREADABLE:
        return True
    if check.outcome not in _STOPPED or check.call:
        return False
    if check.raised is None:
        return (check.detail or "").startswith("importing ")
    frames = check.raised.frames
    return not frames or frames[0].function in ("", "<module>")


def stopped_file(check: CheckResult, others: Iterable[CheckResult]) -> str | None:
    """The file that could not be imported, where a visible check says so already.

    What is said of the visible checks of a file is true of its hidden ones: an import
    that fails is the end of all.
    """
    if check.outcome not in _STOPPED:
        return None
    for other in others:
        same = (other.exercise, other.outcome) == (check.exercise, check.outcome)
        if same and not other.hidden and stops_the_file(other):
            frames = other.raised.frames if other.raised is not None else []
            in_a_cell = any(frame.file.startswith("cell ") for frame in frames)
            name = one_line(check.exercise, 60)
            return name if in_a_cell else f"{name}.py"
    return None


def worth_text(fix: Fix) -> str:
    """``worth up to 5 points, 2 of them in a hidden check``.

    Only up to: checks that wait, and hidden ones, may find something of their own.
    """
    several = len(fix.checks) + len(fix.waiting) + len(fix.hidden) > 1
    text = f"worth {'up to ' if several else ''}{points_of(fix.worth)}"
    inside = missing(fix.hidden)
    if not inside:
        return text
    number = len(fix.hidden)
    where = "a hidden check" if number == 1 else f"{number} hidden checks"
    return f"{text}, {points_text(inside)} of them in {where}"


def _cause(check: CheckResult) -> tuple[str, ...]:
    """Checks with the same cause are fixed by the same change."""
    if missing_file(check):
        return (check.exercise, "missing")
    if stops_the_file(check):
        return (check.exercise, "stopped")
    if check.outcome is Outcome.NOT_ATTEMPTED:
        return (check.exercise, check.function, "write", check.detail or "")
    if check.idea is not None:
        return (check.exercise, check.function, "idea", check.idea.name)
    if check.raised is not None and check.raised.frames:
        last = check.raised.frames[-1]
        return (check.exercise, "raised", check.raised.type, last.file, str(last.line))
    ended = check.outcome is Outcome.CRASHED and check.raised is None and check.detail
    if ended or check.outcome in (Outcome.OUT_OF_TIME, Outcome.REFUSED):
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
