"""Checks run for their author: on the simulated GPU too, and with every fact told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from autograder.checking.callers import Caller
from autograder.checking.device_choice import Devices
from autograder.checking.device_option import USUAL
from autograder.checking.finding import Finding
from autograder.checking.loading import Check
from autograder.checking.running import run_checks
from autograder.checking.solution import Solution
from autograder.verdict import CheckResult, Outcome
from autograder.wording import message_for

DEVICES = Devices.asked(USUAL)


def findings_of(
    solution: Solution,
    checks: list[Check],
    caller: Caller,
    seed: int,
    passed: Sequence[str] = (),
) -> Iterator[Finding]:
    """What each check finds; ``passed`` are those that ``@after`` may count on."""
    return run_checks(
        checks,
        caller,
        seed,
        devices=DEVICES,
        passed=passed,
        reference=solution.reference_work(seed),
    )


def not_passed(
    solution: Solution, checks: list[Check], caller: Caller, seed: int
) -> Iterator[CheckResult]:
    """The results of the checks that do not pass."""
    for finding in findings_of(solution, checks, caller, seed):
        if finding.result.outcome is not Outcome.PASSED:
            yield finding.result


def name_of(result: CheckResult) -> str:
    """The name of a result's check, without its exercise."""
    return result.id.partition("::")[2]


def in_numbers(result: CheckResult) -> str:
    """What happened in an author's check, hidden or not, with what was expected."""
    if result.outcome is Outcome.GRADER_FAULT:
        return f"{result.detail}."
    text = message_for(replace(result, hidden=False))
    mismatch = result.mismatch
    if mismatch is None:
        return text
    numbers = f"expected {mismatch.expected}, got {mismatch.got}"
    if mismatch.error is not None and mismatch.allowed is not None:
        numbers += (
            f", off by {mismatch.error:.2g} where {mismatch.allowed:.2g} is allowed"
        )
    return f"{text.rstrip('.')}: {numbers}."
