"""A slip in precision: two sides that look different, and what float32 has to do."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from autograder.checking.difference import compare
from autograder.checking.rules import Rules
from autograder.verdict import CheckResult, Outcome, Verdict
from autograder.wording import finding, message_for, rows

F64 = torch.float64
TRUTH = torch.linspace(0.1, 2.3, 200, dtype=F64).reshape(2, 100)


def through_float32(x: torch.Tensor) -> torch.Tensor:
    """The square root, with its argument in float32."""
    return x.to(torch.float32).sqrt().to(F64)


def with_a_constant(x: torch.Tensor) -> torch.Tensor:
    """The square root, times a constant that was in float32 once."""
    return x.sqrt() * torch.tensor(1 / 3).to(F64) * 3


def failed(got: Any, expected: Any, **how: Any) -> CheckResult:
    """The check that found the difference."""
    mismatch = compare(got, expected, "the output", Rules(F64, **how))
    assert mismatch is not None
    return CheckResult("a::b", "a", "f", "p", Outcome.FAILED, 0, 1, mismatch=mismatch)


@pytest.mark.parametrize(
    ("answer", "digits", "said"),
    [
        (through_float32, "float32 values", "each wrong number is one that float32"),
        (with_a_constant, "float32", "is something on the way in float32?"),
    ],
)
def test_float32_on_the_way_is_said_and_seen(
    answer: Any, digits: str, said: str
) -> None:
    """The two lines of numbers differ, and the sentence says how right they are."""
    check = failed(answer(TRUTH), TRUTH.sqrt())
    shown = {row.label: row.text for row in rows(check, Verdict("a", "b", 7, [check]))}

    assert check.mismatch is not None
    assert check.mismatch.digits == digits
    sides = check.mismatch.expected_preview, check.mismatch.got_preview
    assert all(one != other for one, other in zip(*sides))
    assert sides[0][0] in shown["expected"]
    assert sides[1][0] in shown["got"]
    for text in (finding(check, Verdict("a", "b", 7, [check])), message_for(check)):
        assert said in str(text)
        assert "right to float32's digits, about 7, and not to the 16" in str(text)


def test_a_small_slip_in_one_number_is_seen_too() -> None:
    """A Python float is shown with as many digits as it takes."""
    third = float(torch.tensor(1 / 3))

    check = failed(third, 1 / 3)

    assert check.mismatch is not None
    assert check.mismatch.got != check.mismatch.expected
    assert check.mismatch.digits == "float32 values"
    assert "this number is one that float32 holds" in message_for(check)


@pytest.mark.parametrize(
    ("got", "how"),
    [
        (TRUTH.sqrt() * 1.01, {}),
        (TRUTH.sqrt() * 1.01, {"strict": False}),
        (TRUTH.sqrt().masked_fill(TRUTH > 2, torch.nan), {}),
    ],
)
def test_a_wrong_answer_is_no_question_of_digits(
    got: torch.Tensor, how: dict[str, Any]
) -> None:
    """Beyond float32's rounding, or not finite: nothing is said of digits."""
    check = failed(got, TRUTH.sqrt(), **how)

    assert check.mismatch is not None
    assert check.mismatch.digits is None
    assert "float32" not in message_for(check)


def test_a_right_value_beside_a_wrong_one_is_shown_as_the_true_one() -> None:
    """It may differ by its rounding, which is no news."""
    right = TRUTH.sqrt()
    got = right * (1 + 2e-16)
    got[0, 0] += 1

    check = failed(got, right)

    assert check.mismatch is not None
    sides = check.mismatch.expected_preview, check.mismatch.got_preview
    assert [one == other for one, other in zip(*sides)] == [False, True, True, True]
