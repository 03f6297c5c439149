"""What a check finds, before anybody has recognised what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.checking.case import CaseRun
from autograder.checking.loading import Check
from autograder.checking.observing import Observation
from autograder.verdict import CheckResult, Outcome


@dataclass(frozen=True)
class Finding:
    """The result of a check, and what was observed of its cases in float64."""

    check: Check = field(compare=False, repr=False)  # its result says which
    result: CheckResult
    observed: dict[str, Observation] = field(default_factory=dict)  # by id, if failed
    ran: frozenset[str] = frozenset()  # ids of the cases that came to an end
    # Of a check that failed: all that ran.
    runs: tuple[CaseRun, ...] = field(default=(), compare=False, repr=False)
    numeric: bool = False  # floating-point values were compared
    typed: bool = False  # and values whose type only a strict check minds
    # Operators of each call, by setting and case, where a bound asked for them.
    counted: dict[str, list[int]] = field(default_factory=dict)


def blank_result(
    check: Check, outcome: Outcome, detail: str | None = None
) -> CheckResult:
    """The entry of a check, without facts on any case."""
    return CheckResult(
        id=check.id,
        exercise=check.exercise,
        function=check.function,
        promise=check.promise,
        outcome=outcome,
        points=check.points if outcome is Outcome.PASSED else 0,
        max_points=check.points,
        hidden=check.hidden,
        detail=detail,
        hint=check.hint if outcome is not Outcome.PASSED else None,
    )
