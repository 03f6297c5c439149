"""What a report says once: the same of a function, of a file, of many checks."""

from __future__ import annotations

from collections.abc import Sequence

from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording.clean import one_line
from autograder.wording.fixes import stops_the_file
from autograder.wording.mismatches import returned_nothing


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


def said_before_like(
    check: CheckResult, among: Sequence[CheckResult]
) -> list[CheckResult]:
    """The checks that end as this one does, but for the first, which says so.

    Empty for the first itself.
    """
    same = _told(check)
    alike = [other for other in among if same is not None and _told(other) == same]
    return [] if check.id in [other.id for other in alike[:1]] else alike[1:]


def same_as_before(check: CheckResult, verdict: Verdict) -> str | None:
    """``The same: returned None.``, where an earlier check of the function has it all.

    That one has the call and the facts; the same cause is told in full once.
    """
    cause = _cause(check)
    if cause is None:
        return None
    for other in verdict.checks:
        if other.id == check.id:
            return None
        same = (other.exercise, other.function) == (check.exercise, check.function)
        if same and not other.hidden and _cause(other) == cause:
            return f"The same: {cause[-1]}."
    return None


def _cause(check: CheckResult) -> tuple[str, ...] | None:
    """What makes a check fail, where that is known; last, in words."""
    if check.hidden or check.follows or check.call is None:
        return None
    where = one_line(check.look_at or "", 120)
    device = (check.setting or "").partition(" ")[0]
    if check.outcome is Outcome.OUT_OF_TIME:
        limit = one_line(check.detail or "no answer").rpartition(": ")[2]
        return ("time", where, f"{limit}, at {where}" if where else limit)
    if check.raised is not None and check.raised.frames:
        place = one_line(check.raised.frames[-1].place, 120)
        kind = one_line(check.raised.type, 100)
        return (check.outcome.value, device, f"{kind} at {place}")
    if check.outcome is not Outcome.FAILED:
        return None
    if check.idea is not None:
        return ("idea", check.idea.name, one_line(check.idea.sentence).rstrip("."))
    return ("nothing", "returned None") if returned_nothing(check) else None


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
        of_the_file = check.raised or stops_the_file(check)
        function = "" if of_the_file else check.function  # its process ended, say
        return (check.outcome, check.exercise, function, *reason)
    return None
