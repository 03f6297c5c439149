"""Sentences are an interface: the important ones are held word for word."""

from __future__ import annotations

import pytest

from autograder.verdict import (
    CheckResult,
    Frame,
    Idea,
    Mismatch,
    Outcome,
    Raised,
)
from autograder.wording import (
    message_for,
)
from autograder.wording.mismatches import KINDS, clause, remark
from tests.verdicts import CALL, result

MESSAGES = [
    (result(Outcome.PASSED), "Passed."),
    (result(Outcome.NOT_ATTEMPTED), "conv2d is not written yet."),
    (
        result(
            Outcome.NOT_ATTEMPTED, function="softmax", detail="softmax.py is not there"
        ),
        "softmax.py is not there.",
    ),
    (
        result(Outcome.WAITING, waiting_for="convolution::test_example"),
        "Not run yet: this waits until test_example passes.",
    ),
    (
        result(
            Outcome.CRASHED,
            call=CALL,
            setting="cpu float32",
            raised=Raised("ValueError", "no", [Frame("convolution.py", 15, "f", "x")]),
        ),
        "conv2d(x, weight) in float32 on the CPU: your code raises ValueError at "
        "convolution.py:15: no.",
    ),
    (
        result(
            Outcome.CRASHED,
            call=CALL,
            raised=Raised("SystemExit", "None", [Frame("pool.py", 3, "f", "exit()")]),
        ),
        "conv2d(x, weight): your code ends the program, as exit() does, at pool.py:3.",
    ),
    (
        result(Outcome.CRASHED, call=CALL, raised=Raised("SystemExit", "no data")),
        "conv2d(x, weight): your code ends the program, as exit() does: no data.",
    ),
    (
        result(
            Outcome.CRASHED, call=CALL, detail="conv2d: the process died of SIGSEGV"
        ),
        "conv2d(x, weight): the process that ran your code ended before it answered "
        "(the process died of SIGSEGV).",
    ),
    (
        result(
            Outcome.OUT_OF_TIME,
            call=CALL,
            detail="conv2d: no answer in 10 s of waiting",
        ),
        "conv2d(x, weight): no answer in 10 s of waiting. It computed nothing in that "
        "time: is there a time.sleep()?",
    ),
    (
        result(Outcome.OUT_OF_TIME, call=CALL, detail="conv2d: no answer in 5 s"),
        "conv2d(x, weight): no answer in 5 s. A loop that never ends?",
    ),
    (
        result(Outcome.OUT_OF_TIME, detail="5 s of CPU time"),
        "No answer within 5 s of CPU time. A loop that never ends?",
    ),
    (
        result(Outcome.OUT_OF_MEMORY, detail="1024 MiB"),
        "It asks for more than 1024 MiB. A tensor much larger than it needs to be?",
    ),
    (
        result(Outcome.REFUSED, detail="conv2d uses torch.conv2d"),
        "Refused: conv2d uses torch.conv2d. The exercise asks you to do without that.",
    ),
    (
        result(Outcome.GRADER_FAULT, detail="KeyError: 3", call=CALL),
        "The grader failed on this check. This is our fault, not yours: it costs you "
        "nothing, and the course staff will look at it.",
    ),
    (
        result(
            Outcome.FAILED,
            call=CALL,
            setting="cpu float64",
            mismatch=Mismatch(
                "value", "the output", "", "", [], [], 7, 8, [1, 2], 14.25, 1.2e-9
            ),
            idea=Idea("flips", "a flipped kernel", "why so?"),
        ),
        "conv2d(x, weight): the output has wrong values: 7 of 8 values differ, most "
        "of all at [1, 2], off by 14, where 1.2e-09 is allowed. It looks like a "
        "flipped kernel. Why so?",
    ),
    (result(Outcome.FAILED), "This does not do what the check promises."),
]


@pytest.mark.parametrize(("check", "expected"), MESSAGES)
def test_message(check: CheckResult, expected: str) -> None:
    """Each outcome has its paragraph."""
    assert message_for(check) == expected


CLAUSES = {
    "value": "the output is 5, and 7 is right",
    "shape": "the output has the wrong shape: it is 5, and 7 is right",
    "dtype": "the output has the wrong dtype: it is 5, and 7 is right",
    "type": "the output: got 5, expected 7",
    "structure": "the output: got 5, expected 7",
    "changed_input": (
        "the call overwrites the output, and whoever made the call may still need "
        "what was in it; what was compared before that is right"
    ),
    "not_repeatable": (
        "the same call gives another answer the second time: the output changes"
    ),
    "no_gradient": (
        "no gradient flows back from the output: its values have left autograd"
    ),
    "device": (
        "the output is on 5, and its inputs are on 7; a tensor made on the way may "
        "need device=x.device"
    ),
    "work": (
        "the output starts 5 operators (7); an operator is one computation on whole "
        "tensors, such as a sum or a matrix product: is there a loop that one operator "
        "could do?"
    ),
    "causality": "the output must be 7, and it is 5",
    "exception": "7 should be raised here, and what came is 5",
    "assertion": "this does not hold: 7; seen: 5",
}


@pytest.mark.parametrize("kind", KINDS)
def test_clause_of_every_kind_of_mismatch(kind: str) -> None:
    """Each kind of mismatch is told in its own words."""
    assert clause(Mismatch(kind, "the output", "7", "5")) == CLAUSES[kind]


def test_a_lost_gradient_names_what_it_does_not_reach() -> None:
    """The input without a gradient stands in the sentence."""
    lost = Mismatch("no_gradient", "the gradient of weight", "float64[3]", "none")

    assert clause(lost).startswith("no gradient reaches weight: ")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"differing": 1, "total": 6, "where": [2]}, "1 of 6 values differs, at [2]"),
        ({"differing": 1, "total": 1, "where": []}, "it differs"),
        (
            {"differing": 2, "total": 6, "where": [0], "got_preview": ["nan", "1"]},
            "2 of 6 values differ, first at [0]; among them are NaN or infinite "
            "numbers",
        ),
        ({"error": 0.51234, "allowed": 0.12345}, "off by 0.51, where 0.12 is allowed"),
        ({}, None),
    ],
)
def test_extent_of_wrong_values(facts: dict, expected: str | None) -> None:
    """How many, where, and by how much, as far as it is known."""
    mismatch = Mismatch("value", "the output", "a", "b", **facts)

    assert remark(mismatch) == expected


def test_a_name_at_the_beginning_keeps_its_spelling() -> None:
    """``softmax`` does not become ``Softmax``, and ``the output`` begins a sentence."""
    of_x = result(Outcome.FAILED, mismatch=Mismatch("shape", "softmax", "a", "b"))
    of_output = result(
        Outcome.FAILED, mismatch=Mismatch("shape", "the output", "a", "b")
    )

    assert message_for(of_x).startswith("softmax has")
    assert message_for(of_output).startswith("The output has")


def test_the_worksheet_complaint_does_not_repeat_its_promise() -> None:
    """A claim that is the promise itself is left out; what was seen is said."""
    complaint = result(
        Outcome.FAILED,
        promise="every answer has its form",
        mismatch=Mismatch(
            "assertion", "it", "every answer has its form", "q3 is no number"
        ),
    )

    assert message_for(complaint) == "q3 is no number."


@pytest.mark.parametrize("outcome", list(Outcome))
def test_no_message_shouts(outcome: Outcome) -> None:
    """Every message is one paragraph and ends quietly."""
    for hidden in (False, True):
        for exercise in ("convolution", "worksheet"):
            said = message_for(result(outcome, hidden=hidden, exercise=exercise))

            assert said[-1] in ".?"
            assert "!" not in said
            assert "\n" not in said


def test_an_answer_on_the_worksheet_is_called_an_answer() -> None:
    """The worksheet's hidden checks are questions, and are spoken of as such."""
    wrong = result(Outcome.FAILED, hidden=True, exercise="worksheet")

    assert message_for(wrong) == (
        "This answer is not right yet. Look at test_agrees in worksheet.toml."
    )


def test_message_is_one_line_whatever_was_raised() -> None:
    """Control characters and lines in an exception's text cannot act."""
    raised = Raised("E\x1b[2J", "a\nb\x00" + "c" * 9999)

    said = message_for(result(Outcome.CRASHED, raised=raised))

    assert "\x1b" not in said
    assert "\n" not in said
    assert "\\x1b[2J" in said
    assert len(said) < 500
