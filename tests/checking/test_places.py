"""Where to look: at the line that is to be changed."""

from __future__ import annotations

import pytest

from autograder.checking.places import led_to_the_call
from autograder.verdict import CheckResult, Frame, Outcome, Raised

CALLER = Frame("pooling.py", 22, "settings", "out = pool_size(8, 9)")
BELOW = Frame("shapes.py", 27, "pool_size", "raise ValueError('too big')")
DEEPER = Frame("shapes.py", 5, "_refuse", "raise ValueError('too big')")


def check(exercise: str, function: str, outcome: Outcome, **facts) -> CheckResult:
    return CheckResult(
        f"{exercise}::test_{function}", exercise, function, "it", outcome, 0, 1, **facts
    )


def crash(*frames: Frame, kind: str = "ValueError", **facts) -> CheckResult:
    raised = Raised(kind, "too big", list(frames))
    place = frames[-1].place
    known = {"raised": raised, "look_at": place} | facts
    return check("pooling", "avg_pool", Outcome.CRASHED, **known)


def look_at(crashed: CheckResult, *others: CheckResult) -> str | None:
    return led_to_the_call([*others, crashed])[-1].look_at


def test_code_that_is_right_was_given_what_it_cannot_take():
    """A crash in a file whose checks all pass is placed at the student's call"""
    right = check("shapes", "pool_size", Outcome.PASSED)
    inside = Frame("pooling.py", 70, "avg_pool", "settings(x)")
    assert look_at(crash(inside, CALLER, BELOW), right) == "pooling.py:22"
    assert look_at(crash(CALLER, BELOW, DEEPER), right) == "pooling.py:22"


@pytest.mark.parametrize("hidden", [False, True])
def test_code_that_fails_a_check_of_its_own_stays_the_place(hidden):
    """A crash in a function that a check of its own fails is placed there"""
    right = check("shapes", "pool_size", Outcome.PASSED)
    wrong = check("shapes", "pool_size", Outcome.FAILED, hidden=hidden)
    assert look_at(crash(CALLER, BELOW), right, wrong) == "shapes.py:27"


def test_code_without_a_check_is_not_proved():
    """Where nothing below was checked, the line that raised is the place"""
    assert look_at(crash(CALLER, BELOW)) == "shapes.py:27"
    helper = Frame("pooling.py", 9, "windows", "x[9]")
    right = check("pooling", "max_pool", Outcome.PASSED)
    assert look_at(crash(CALLER, helper), right) == "pooling.py:9"


def test_a_function_of_the_same_file_and_of_a_notebook_counts_as_well():
    """The call of a function that passes its checks is the place, in any file"""
    for file, place in (("pooling.py", "pooling.py:9"), ("cell 3", "cell 3, line 9")):
        above = Frame(file, 9, "avg_pool", "pool_size(8, 9)")
        below = Frame(file, 2, "pool_size", "raise ValueError('too big')")
        right = check("pooling", "pool_size", Outcome.PASSED)
        assert look_at(crash(above, below), right) == place


def test_a_call_left_in_the_code_stays_the_place():
    """breakpoint() and exit() are to be taken out where they stand"""
    right = check("shapes", "pool_size", Outcome.PASSED)
    for kind in ("LeftInCode", "SystemExit"):
        assert look_at(crash(CALLER, BELOW, kind=kind), right) == "shapes.py:27"
