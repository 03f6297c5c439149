"""What a fix is worth, hidden points included, and what is said not to be there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autograder.verdict import (
    CheckResult,
    Frame,
    Outcome,
    Raised,
    Verdict,
    points_text,
    totals,
)
from autograder.wording import fixes, for_student, next_steps
from tests.verdicts import result, verdict

FAILED, PASSED = Outcome.FAILED, Outcome.PASSED
WAITING, UNWRITTEN = Outcome.WAITING, Outcome.NOT_ATTEMPTED


def graded(*checks: CheckResult) -> Verdict:
    """As its student gets it."""
    return for_student(verdict(*checks))


def test_hidden_points_of_the_same_function_are_in_what_a_fix_is_worth() -> None:
    """All that was lost with conv2d: 3 in sight and 2.5 in hidden checks."""
    failed = result(FAILED, "a", 2)
    verdict = graded(
        failed,
        result(WAITING, "b", waiting_for=failed.id),
        result(PASSED, "c", 4, hidden=True),
        result(FAILED, "d", 2, hidden=True),
        result(WAITING, "e", 0.5, hidden=True),
    )

    (fix,) = fixes(verdict)

    assert fix.worth == 5.5
    assert next_steps(verdict)[0].endswith(
        ": worth up to 5.5 points, 2.5 of them in 2 hidden checks."
    )


def test_a_hidden_check_counts_with_the_function_that_its_promise_names_first() -> None:
    """A name within a longer one is another function; one that comes later, too."""
    backward = {"function": "conv2d_backward", "promise": "it gives gradients"}
    verdict = graded(
        result(FAILED, "a"),
        result(FAILED, "b", **backward),
        result(FAILED, "c", 4, hidden=True, promise="conv2d_backward, as conv2d"),
        result(FAILED, "d", 8, hidden=True, promise="all come together"),
    )

    assert [(fix.start.function, fix.worth) for fix in fixes(verdict)] == [
        ("conv2d", 1),
        ("conv2d_backward", 5),
    ]


def test_of_two_fixes_of_a_function_one_has_the_hidden_points() -> None:
    """No point is told of twice: the fixes add up to what was lost."""
    verdict = graded(
        result(FAILED, "a"),
        result(FAILED, "b", 2),
        result(FAILED, "c", 4, hidden=True),
    )

    assert [fix.worth for fix in fixes(verdict)] == [5, 2]
    points, most = totals(verdict.checks)
    assert sum(fix.worth for fix in fixes(verdict)) == most - points


def test_a_file_that_stops_has_all_its_hidden_points() -> None:
    """Nothing in it counts before it can be imported; other files are no part of it."""
    raised = Raised("SyntaxError", "no", [Frame("convolution.py", 1, "", "(")])
    verdict = graded(
        result(Outcome.CRASHED, "a", raised=raised),
        result(Outcome.CRASHED, "b", 2, raised=raised, function="f"),
        result(Outcome.CRASHED, "c", 4, hidden=True, raised=raised, promise="it holds"),
        result(FAILED, "d", 8, hidden=True, exercise="shapes"),
    )

    (fix,) = fixes(verdict)

    assert fix.worth == 7


def test_points_that_our_own_fault_keeps_open_are_not_in_it() -> None:
    """They are no loss, and nobody has to fix them."""
    fault = result(Outcome.GRADER_FAULT, "b", 4, hidden=True)

    (fix,) = fixes(graded(result(FAILED, "a"), fault))

    assert fix.worth == 1


def test_visible_and_hidden_points_add_up_to_the_sum() -> None:
    """3 of 10 in all is 2 of 4, and 1 of 6."""
    verdict = graded(
        result(PASSED, "a", 2),
        result(FAILED, "b", 2),
        result(PASSED, "c", 1, hidden=True),
        result(FAILED, "d", 5, hidden=True),
    )

    said = next_steps(verdict)[-1]

    assert points_text(verdict.points) == "3"
    assert said == (
        "2 hidden checks are counted in: 1 of 6 points; the visible ones: 2 of 4 "
        "points."
    )


MISSING = (
    "network.py is missing. Handed in: shapes.py. Hand it in under the name network.py"
)


def test_a_missing_file_is_one_fix_and_says_what_to_do() -> None:
    """Whatever functions it would hold; it is missing, which is not unwritten."""
    there = {"exercise": "network", "detail": MISSING}
    verdict = graded(
        result(UNWRITTEN, "a", 2, function="f", **there),
        result(UNWRITTEN, "b", 3, function="g", **there),
        result(UNWRITTEN, "c", 4, hidden=True, **there),
    )

    steps = next_steps(verdict)

    assert steps[0] == (
        "Begin with network.py, which is missing: worth up to 9 points, 4 of them in a "
        "hidden check. Handed in: shapes.py. Hand it in under the name network.py."
    )
    assert not any("not written" in step for step in steps)


def test_other_missing_files_are_named_as_missing() -> None:
    """The first is what to begin with; all are listed, none as unwritten."""
    sheet = "worksheet.toml is missing. Handed in: shapes.py. Hand it in"
    verdict = graded(
        result(UNWRITTEN, "a", exercise="network", detail=MISSING),
        result(UNWRITTEN, "b", exercise="worksheet", detail=sheet),
    )

    assert next_steps(verdict)[1:] == ["network.py and worksheet.toml are missing."]


def test_a_function_under_another_name_is_not_called_unwritten() -> None:
    """It may well be written: maxpool2d is there, max_pool2d is not."""
    near = "max_pool2d is not defined; there is maxpool2d, was that meant?"
    verdict = graded(
        result(FAILED, "a"),
        result(UNWRITTEN, "b", function="max_pool2d", detail=near),
        result(UNWRITTEN, "c", function="avg_pool2d"),
    )

    assert next_steps(verdict)[1] == (
        "max_pool2d is not there under this name. avg_pool2d is not written yet."
    )


@pytest.mark.parametrize("several", [False, True])
def test_open_questions_of_the_worksheet_are_no_code(several: bool) -> None:
    """What is not answered is counted as questions."""
    sheet = {"exercise": "worksheet", "function": "worksheet"}
    answer = result(UNWRITTEN, "q", hidden=True, **sheet)
    answers = [answer, replace(answer, id="worksheet::r")][: 1 + several]

    steps = next_steps(graded(result(FAILED, "form", **sheet), *answers))

    some = (
        "2 questions of the worksheet have"
        if several
        else ("1 question of the worksheet has")
    )
    assert steps[1] == f"{some} no answer yet."


def test_a_worksheet_that_nobody_touched_is_told_of_once() -> None:
    """It is what to begin with; its questions are not counted once more."""
    sheet = {"exercise": "worksheet", "function": "worksheet"}
    verdict = graded(
        result(UNWRITTEN, "form", detail="worksheet.toml has no answer yet", **sheet),
        result(UNWRITTEN, "q", hidden=True, **sheet),
    )

    assert next_steps(verdict)[:2] == [
        "Begin with the worksheet, which is not filled in yet: worth up to 2 points, 1 "
        "of them in a hidden check.",
        "1 hidden check is counted in: 0 of 1 point; the visible ones: 0 of 1 point.",
    ]
