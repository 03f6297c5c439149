"""What a report says once: the same of a function, of a file, of many checks."""

from __future__ import annotations

from autograder.verdict import CheckResult, Outcome, Verdict


def is_said_before(check: CheckResult, verdict: Verdict) -> bool:
    """Whether an earlier check reports the same, of its function or of the file.

    A function that is not written is told of once, and so is a file that cannot be
    imported: all its checks end in the same way, without a call. Of several checks that
    wait for the same one, the first says so.
    """
    same = _told(check)
    if same is None:
        return False
    for other in verdict.checks:
        if other.id == check.id:
            return False
        if _told(other) == same:
            return True
    return False


def _told(check: CheckResult) -> tuple[object, ...] | None:
    """What a check tells of more than itself, if it does."""
    if check.hidden:
        return None
    if check.outcome is Outcome.WAITING:
        return (check.outcome, check.exercise, check.waiting_for)
    if check.outcome in (Outcome.NOT_ATTEMPTED, Outcome.REFUSED):
        return (check.outcome, check.exercise, check.function, check.detail)
    stopped = (
        Outcome.CRASHED,
        Outcome.OUT_OF_TIME,
        Outcome.OUT_OF_MEMORY,
        Outcome.UNREADABLE,
    )
    reason = (check.detail, check.raised)
    if check.outcome in stopped and check.call is None and any(reason):
        return (check.outcome, check.exercise, *reason)
    return None
