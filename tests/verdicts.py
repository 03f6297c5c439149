"""Results and verdicts for tests of what is said and shown of them."""

from __future__ import annotations

from typing import Any

from autograder.verdict import (
    Call,
    CheckResult,
    Frame,
    Idea,
    Mismatch,
    Outcome,
    Raised,
    Verdict,
)

SECRET = "5ecre7"
CALL = Call("conv2d(x, weight)", {"x": "float64[2, 3]"})


def result(
    outcome: Outcome, name: str = "agrees", most: float = 1, **facts: Any
) -> CheckResult:
    """A check of conv2d worth ``most`` points; facts stand for what it says else."""
    known: dict[str, Any] = {
        "exercise": "convolution",
        "function": "conv2d",
        "promise": "it agrees",
        "points": most if outcome is Outcome.PASSED else 0,
        "max_points": most,
    }
    known |= facts
    return CheckResult(id=f"{known['exercise']}::test_{name}", outcome=outcome, **known)


def secretive(
    outcome: Outcome, name: str = "x", most: float = 1, **facts: Any
) -> CheckResult:
    """A hidden check with a secret in every field that could hold one."""
    known: dict[str, Any] = {
        "hidden": True,
        "function": SECRET,
        "setting": SECRET,
        "case": SECRET,
        "message": SECRET,
        "call": Call(SECRET, {SECRET: SECRET}),
        "mismatch": Mismatch("value", SECRET, SECRET, SECRET, [SECRET], [SECRET]),
        "raised": Raised(SECRET, SECRET, [Frame(SECRET, 1, SECRET, SECRET)]),
        "idea": Idea(SECRET, SECRET, SECRET),
        "waiting_for": SECRET,
        "detail": SECRET,
        "hint": SECRET,
        "look_at": SECRET,
        "printed": SECRET,
    }
    return result(outcome, f"{name}_{SECRET}", most, **(known | facts))


def verdict(*checks: CheckResult, **facts: Any) -> Verdict:
    """One of student_01 with these checks."""
    return Verdict("cnn", "student_01", 7, list(checks), **facts)
