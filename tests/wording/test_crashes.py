"""What torch says of sizes and dtypes, in a student's words.

The messages are those of the torch that is installed: each is made to happen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder.verdict import CheckResult, Frame, Outcome, Raised, Verdict
from autograder.wording import message_for, rows
from autograder.wording.crashes import in_words

zeros = torch.zeros
DOUBLE = torch.float64


def words(call: Callable[[], Any], line: str = "x = self.layer(x)") -> str | None:
    """What is said of the exception that a call raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011  (each has its own)
        call()
    frames = [Frame("network.py", 41, "forward", line)]
    return in_words(Raised(type(caught.value).__name__, str(caught.value), frames))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: nn.Linear(3072, 128)(zeros(2, 432)),
            "the layer at network.py:41 expects 3072 features, and 432 came",
        ),
        (
            lambda: nn.Conv2d(3, 12, 3)(zeros(2, 1, 9, 9)),
            "the convolution at network.py:41 expects 3 channels, and 1 came: its "
            "input is [2, 1, 9, 9]",
        ),
        (lambda: zeros(2, 3) + zeros(2, 4), "along axis 1 one has 3 places and the"),
        (lambda: zeros(4).expand(3), "has 4 places along axis 0, where 3 are needed"),
        (
            lambda: zeros(864).view(2, 3072),
            "864 numbers, and the shape [2, 3072]",
        ),
        (lambda: zeros(864).view(-1, 3072), "needs a multiple of 3072"),
        (
            lambda: torch.cat([zeros(2, 3), zeros(3, 3)], 1),
            "every axis but 1: the first has 2 places there where number 2 has 3",
        ),
        (lambda: torch.stack([zeros(3), zeros(4)]), "the first is [3], and number 2"),
        (lambda: zeros(2, 3, 4) @ zeros(2, 3, 4), "begin with [2, 4], and it begins"),
        (lambda: nn.LSTM(5, 4)(zeros(2, 3, 4)), "expects 5 features, and 4 came"),
        (
            lambda: nn.GRU(5, 4)(zeros(2, 3, 5), zeros(1, 2, 4)),
            "expects a state of [1, 3, 4], and [1, 2, 4] came",
        ),
        (lambda: nn.LSTMCell(5, 4)(zeros(2, 3)), "expects 5 features, and 3 came"),
        (lambda: nn.LayerNorm(5)(zeros(2, 4)), "that end with [5], and [2, 4] came"),
        (lambda: nn.BatchNorm2d(4)(zeros(2, 3, 5, 5)), "4 channels, and 3 came"),
        (lambda: nn.Conv2d(1, 1, 3)(zeros(1, 1, 2, 2)), "is 3 x 3 and the image with"),
        (
            lambda: F.cross_entropy(zeros(4, 5), zeros(3, dtype=torch.long)),
            "sees 4 predictions and 3 targets",
        ),
        (
            lambda: torch.einsum("ij,jk->ik", zeros(2, 3), zeros(4, 5)),
            "the letter j stands for 4 places in one tensor and for 3 in another",
        ),
        (lambda: torch.tensor([[1, 2], [3]]), "lengths along axis 1: 2 and 1"),
        (
            lambda: zeros(5)[5],
            "5 is asked for at network.py:41, and axis 0 has 5",
        ),
        (lambda: zeros(2, 3).sum(2), "axis 2 is asked for"),
        (lambda: nn.Linear(2, 2)(zeros(2, 2, dtype=DOUBLE)), "float64 meets float32"),
        (lambda: zeros(2, 2) @ zeros(2, 2, dtype=DOUBLE), "float32 meets float64"),
        (lambda: nn.Embedding(5, 2)(torch.tensor([7])), "not below the number of rows"),
    ],
)
def test_sizes_and_dtypes_that_do_not_fit(call: Callable[[], Any], said: str) -> None:
    """Which was expected, which came, and where."""
    text = words(call)

    assert text is not None
    assert said in text


def test_a_product_of_matrices_is_no_layer() -> None:
    """The same message comes of both; the student's line tells them apart."""
    assert words(lambda: zeros(2, 3) @ zeros(4, 5), "return q @ k") == (
        "in the product at network.py:41 the left matrix has 3 columns and the right "
        "one 4 rows; these must be equal"
    )


@pytest.mark.parametrize("message", ["", "no", "division by zero", "shapes differ"])
def test_what_is_not_known_gets_no_words(message: str) -> None:
    """Nothing is guessed."""
    assert in_words(Raised("ValueError", message)) is None


def test_the_original_message_stays() -> None:
    """Words stand beside it, in the report and in the paragraph."""
    said = "mat1 and mat2 shapes cannot be multiplied (2x432 and 3072x128)"
    raised = Raised("RuntimeError", said, [Frame("n.py", 4, "forward", "self.fc(x)")])
    check = CheckResult("a::b", "a", "f", "p", Outcome.CRASHED, 0, 1, raised=raised)
    shown = {r.label: r.text for r in rows(check, Verdict("a", "b", 7, [check]))}
    words = "the layer at n.py:4 expects 3072 features, and 432 came."

    assert shown["in words"] == words.capitalize().replace("N.py", "n.py")
    assert said in message_for(check)
    assert message_for(check).lower().endswith(words)
