"""What is accepted and told, lists for tuples, and a missing return."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from autograder.executor.overwriting import BEFORE, WHAT
from autograder.verdict import CheckResult, Mismatch, Outcome, Remark, Verdict
from autograder.wording import finding, folded, message_for, untouched
from autograder.wording.mismatches import clause, remark
from autograder.wording.remarks import remark_text, told_of_passed
from tests.verdicts import result

DTYPE = Remark("dtype", "the output", "float64[2]", "float32[2]")


def check(name: str, outcome: Outcome = Outcome.PASSED, **facts: Any) -> CheckResult:
    """A check of exercise a, whose promise is its name."""
    return result(outcome, name, **({"exercise": "a", "promise": name} | facts))


@pytest.mark.parametrize(
    ("remark", "said"),
    [
        (DTYPE, "the output is in float32, where float64 is asked for"),
        (
            Remark("digits", "grad_x", "float64[2]", "off by 1e-08"),
            "grad_x is right to the digits of float32 only, off by 1e-08",
        ),
        (
            Remark("type", "the output", "a tuple", "a list"),
            "the output is a list, where a tuple is asked for",
        ),
        (
            Remark("changed_input", "x", "as it was", "x is overwritten by the call"),
            "x is overwritten by the call, and an argument should stay as it was",
        ),
        (
            Remark("changed_input", BEFORE, "the answer as it was", f"{BEFORE} {WHAT}"),
            "the answer to the call before is changed by this call, and an answer "
            "should stay as it was",
        ),
        (
            Remark("dtype", "the call", "an answer", "RuntimeError: no"),
            "the call works in float32 alone; in float64 it raises RuntimeError: no",
        ),
    ],
)
def test_every_kind_of_remark_has_words(remark: Remark, said: str) -> None:
    """What came, and what was asked for."""
    assert remark_text(remark) == said


def test_a_remark_is_told_once_with_what_it_costs() -> None:
    """At the first check of the function, and not at each."""
    strict = check("agrees_digits", Outcome.FAILED, promise="all its digits.")
    checks = [check("one", remarks=[DTYPE]), check("two", remarks=[DTYPE]), strict]
    verdict = Verdict("a", "b", 7, checks)

    assert told_of_passed(checks[0], verdict) == [
        "Accepted here: the output is in float32, where float64 is asked for; it costs "
        "“all its digits”."
    ]
    assert told_of_passed(checks[1], verdict) == []


def test_a_stand_in_is_told() -> None:
    """A lower exercise is paid for once, and the report says so."""
    stood = check("one", stand_in="shapes.py")

    assert told_of_passed(stood, Verdict("a", "b", 7, [stood])) == [
        "Graded with a correct shapes.py in place of yours."
    ]


def test_nothing_is_told_of_a_hidden_check() -> None:
    """A remark holds facts of its inputs."""
    secret = check("one", hidden=True, remarks=[DTYPE])

    assert told_of_passed(secret, Verdict("a", "b", 7, [secret])) == []


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        (
            "a tuple of 2",
            "[float64[2], float64[3]]",
            "a list where a tuple is expected",
        ),
        (
            "(3, 4)",
            "[3, 4]",
            "a list where a tuple is expected; what is in it is right",
        ),
        ("(3,)", "[3]", "a list where a tuple is expected; what is in it is right"),
        ("[(3, 4), (5,)]", "[[3, 4], [5]]", "in it stands a list where a tuple is"),
    ],
)
def test_a_list_for_a_tuple_in_words(expected: str, got: str, said: str) -> None:
    """Which came, which is expected, and whether the rest is right."""
    mismatch = Mismatch("structure", "the output", expected, got)

    assert said in (remark(mismatch) or "")
    assert said in clause(mismatch)


def test_other_structures_get_no_such_words() -> None:
    """A tuple of another length is no list."""
    assert remark(Mismatch("structure", "the output", "(3, 4)", "(3, 4, 5)")) is None


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        (
            "393344\n",
            "Your code printed 393344 and returned None: is a `return` mis",
        ),
        (None, "Your code returned None: is a `return` missing?"),
        ("a\nb\n", "Your code printed something and returned None: is a `return` miss"),
    ],
)
def test_a_missing_return_in_words(printed: str | None, said: str) -> None:
    """What was printed is what was to be returned."""
    mismatch = Mismatch("type", "the output", "the int 393344", "None")
    failed = check("one", Outcome.FAILED, mismatch=mismatch, printed=printed)

    assert (finding(failed, Verdict("a", "b", 7, [failed])) or "").startswith(said[:60])
    assert message_for(failed).startswith(said[:60])


def test_of_many_calls_it_is_said_how_many_are_wrong() -> None:
    """One wrong call of thousands is another fault than all of them."""
    mismatch = Mismatch("value", "the output", "3", "4", calls=[3, 240])

    assert remark(mismatch) == "3 of 240 calls are wrong, and this is the first"
    assert clause(mismatch).endswith(
        "; 3 of 240 calls are wrong, and this is the first"
    )


def test_functions_that_are_not_written_are_folded() -> None:
    """One entry a function, one line for an exercise of which nothing is there."""
    first = check("one", Outcome.NOT_ATTEMPTED, detail="conv2d is not written yet")
    second = check("two", Outcome.WAITING, waiting_for=first.id)
    other = check("three", Outcome.NOT_ATTEMPTED, function="pool")

    assert untouched([first, second, other]) == "not written: conv2d, pool (3 checks)"
    assert len(folded([first, second, other])) == 2
    assert untouched([first, check("four", function="pool")]) is None


def test_a_function_that_is_there_in_part_is_not_folded() -> None:
    """A branch that is not written has a call to show."""
    parts = [check("one"), check("two", Outcome.NOT_ATTEMPTED)]

    assert folded(parts) == parts


def test_what_is_known_of_an_unwritten_function_is_said() -> None:
    """A name that is nearly right, or a file that is not there."""
    near = "conv2d is not defined; there is conv_2d, was that meant?"
    (part,) = folded([check("one", Outcome.NOT_ATTEMPTED, detail=near)])

    assert not isinstance(part, CheckResult)
    assert part.detail == near


def test_many_checks_on_a_correct_file_are_told_once() -> None:
    """The first says how many more there are; the others say nothing of it."""
    stood = [check(name, stand_in="heads.py, layers.py") for name in ("a", "b", "c")]
    verdict = Verdict("a", "b", 7, stood)

    assert [told_of_passed(one, verdict) for one in stood] == [
        [
            "Graded with correct heads.py and layers.py in place of yours, as are 2 "
            "more checks of this exercise."
        ],
        [],
        [],
    ]


def test_what_the_strict_check_takes_for_right_is_no_news() -> None:
    """A remark on dtypes contradicts the check of dtypes, where that passes."""
    remarked = check("one", remarks=[DTYPE])
    passed = check("one_digits")
    failed = replace(passed, outcome=Outcome.FAILED, points=0)

    assert told_of_passed(remarked, Verdict("a", "b", 7, [remarked, passed])) == []
    assert told_of_passed(remarked, Verdict("a", "b", 7, [remarked, failed])) != []
    assert told_of_passed(remarked, Verdict("a", "b", 7, [remarked])) != []
