"""What of a verdict its student may see.

A hidden check keeps its promise, its outcome and its points. All else goes: the name
of its test, the call, what differs, the setting, the diagnosis, what was printed while
it ran, and every mention of it elsewhere. So does the seed, out of which the inputs of
the hidden checks could be made again, what a platform told of the people, and what the
grader says of a fault of its own, which may name anything.
"""

from __future__ import annotations

from dataclasses import replace

from autograder.verdict import CheckResult, Verdict
from autograder.wording.attention import RAN_ONLY, SAME_BITS, UNCLEAR
from autograder.wording.numbers import is_ours
from autograder.wording.paragraphs import message_for

FOR_STAFF = (RAN_ONLY, SAME_BITS, "unnamed", UNCLEAR)  # kinds of notes


def for_student(verdict: Verdict) -> Verdict:
    """The verdict without the seed and without any fact about a hidden check."""
    names = _public_names(verdict.checks)
    visible = {check.id for check in verdict.checks if not check.hidden}
    checks = []
    for name, check in zip(names, verdict.checks):
        if check.hidden:
            checks.append(_promise_and_outcome(name, check, verdict.checks))
        elif is_ours(check):
            checks.append(replace(check, detail=None))
        elif check.waiting_for is not None and check.waiting_for not in visible:
            unnamed = replace(check, waiting_for=None)
            checks.append(replace(unnamed, message=message_for(unnamed)))
        else:
            checks.append(check)
    # What was seen at run time comes from the code under test, hidden checks included.
    notes = [note for note in verdict.notes if note.kind not in FOR_STAFF]
    return replace(verdict, seed=0, checks=checks, notes=notes, people=[])


def _promise_and_outcome(
    name: str, check: CheckResult, among: list[CheckResult]
) -> CheckResult:
    # Built anew and not cleared field by field: a fact added to CheckResult later
    # stays out until somebody lets it in here.
    kept = CheckResult(
        id=name,
        exercise=check.exercise,
        function="",
        promise=check.promise,
        outcome=check.outcome,
        points=check.points,
        max_points=check.max_points,
        hidden=True,
    )
    return replace(kept, message=message_for(kept, among))


def _public_names(checks: list[CheckResult]) -> list[str]:
    """An id for each check; hidden ones are numbered within their exercise.

    An answer on the worksheet keeps its own: its question lies before the student.
    """
    names = []
    counts: dict[str, int] = {}
    for check in checks:
        if not check.hidden or check.exercise == "worksheet":
            names.append(check.id)
            continue
        counts[check.exercise] = counts.get(check.exercise, 0) + 1
        names.append(f"{check.exercise}::hidden_{counts[check.exercise]}")
    return names
