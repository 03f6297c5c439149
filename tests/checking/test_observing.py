"""Signatures: equal for equal behaviour, different for any other."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch

from autograder.checking.case import CaseRun, Event
from autograder.checking.observing import Signature, same_signature, signature_of
from autograder.protocol.calls import Answer
from autograder.protocol.exceptions import Thrown

X = torch.arange(6.0, dtype=torch.float64).reshape(2, 3)


def seen(
    case: CaseRun,
    *tensors: torch.Tensor,
    value: Any = None,
    name: str = "f",
    inputs: list[torch.Tensor] | None = None,
    reason: str = "value",
    **facts: Any,
) -> Signature:
    """The signature of a case with one call."""
    answer = Answer(value=value, tensors=list(tensors), **facts)
    case.events.append(Event(name, {"tuple": []}, inputs or [X], answer))
    return json.loads(json.dumps(signature_of(CaseRun_of(case), reason)))


def CaseRun_of(case: CaseRun) -> CaseRun:  # noqa: N802
    """The case with the last event alone."""
    case.events[:] = case.events[-1:]
    return case


def test_equal_up_to_rounding(case: CaseRun) -> None:
    """The same values by another way of computing are the same behaviour."""
    truth = seen(case, X / 3)

    assert same_signature(truth, seen(case, X * (1 / 3)))
    assert same_signature(truth, seen(case, (X / 3) * (1 + 1e-13)))
    single = seen(case, (X / 3).float())
    assert same_signature(single, seen(case, (X / 3 * (1 + 1e-6)).float()))


def test_gradients_that_are_zero_on_paper(case: CaseRun) -> None:
    """What lives in rounding alone is the same behaviour, whatever comes out."""
    noise = torch.tensor([3e-16, -2e-15], dtype=torch.float64)
    truth = seen(case, X, gradients=[X, noise, None])

    assert same_signature(truth, seen(case, X, gradients=[X, -2 * noise, None]))
    assert same_signature(truth, seen(case, X, gradients=[X, 0 * noise, None]))
    small = seen(case, X, gradients=[X, 1e9 * noise, None])
    assert not same_signature(truth, small)
    # One alone is its own scale.
    alone = seen(case, X, gradients=[noise])
    assert not same_signature(alone, seen(case, X, gradients=[2 * noise]))


@pytest.mark.parametrize(
    "other",
    [
        X + 1e-3,
        X * (1 + 1e-6),
        X.T,
        X.reshape(3, 2),
        X.flip(0),
        X[:, [1, 0, 2]],
        -X,
        X.float(),
        torch.where(X == 3, torch.nan, X),
        torch.where(X == 3, torch.inf, X),
        torch.where(X == 3, -torch.inf, X),
        torch.zeros_like(X),
        X[:1],
    ],
    ids=lambda t: str(t.flatten().tolist()),
)
def test_other_values_differ(case: CaseRun, other: torch.Tensor) -> None:
    """Any other shape, dtype, order or value is another behaviour."""
    assert not same_signature(seen(case, X), seen(case, other))


def test_many_answers_up_to_rounding(case: CaseRun) -> None:
    """Floats that many calls gave are compared as those of one call are."""

    def told(*values: Any) -> Signature:
        answer = Answer(value=list(values))
        case.events[:] = [Event("f", {"tuple": []}, [], answer, many=True)]
        return signature_of(case, "value")

    assert 7 / 3 != 4 / 3 + 1
    assert same_signature(told(7 / 3, 2), told(4 / 3 + 1, 2))
    assert not same_signature(told(7 / 3, 2), told(7 / 3 + 1e-6, 2))
    assert not same_signature(told(7 / 3, 2), told(7 / 3, 2.0))


def test_integers_and_booleans(case: CaseRun) -> None:
    """Tensors that are not floating-point are compared as they are."""
    integers = torch.tensor([1, 2, 3])

    assert same_signature(seen(case, integers), seen(case, integers.clone()))
    assert not same_signature(seen(case, integers), seen(case, integers + 1))
    assert not same_signature(seen(case, integers > 1), seen(case, integers > 2))
    assert not same_signature(seen(case, integers), seen(case, integers.int()))


def test_large_integers_that_differ_by_one(case: CaseRun) -> None:
    """An off-by-one does not drown in large numbers."""
    counts = torch.tensor([10_000, 20_000])

    assert not same_signature(seen(case, counts), seen(case, counts + 1))


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (1, 1, True),
        (1, 2, False),
        (1, True, False),
        (1, 1.0, False),
        (1.0, 1.0 + 1e-12, True),
        (1.0, 1.001, False),
        (0.0, 0.0, True),
        ("a", "b", False),
        ([1, 2.5], [1, 2.5 + 1e-12], True),
        ([1, 2.5], [1, 2.5, 3], False),
        ({"tuple": [1]}, [1], False),
        ({"float": "nan"}, {"float": "nan"}, True),
        ({"float": "nan"}, {"float": "inf"}, False),
        (None, False, False),
    ],
)
def test_plain_values(case: CaseRun, left: Any, right: Any, same: bool) -> None:
    """Numbers, texts and structures are part of the behaviour."""
    assert same_signature(seen(case, value=left), seen(case, value=right)) is same


def test_all_else_that_is_seen(case: CaseRun) -> None:
    """Function, reason, exception and changed inputs are told apart."""
    thrown = Thrown("ValueError", "too long", [], "ValueError")
    others = [
        seen(case, X),
        seen(case, X, name="g"),
        seen(case, X, reason="changed_input"),
        seen(case, X, changed=[0]),
        seen(case, thrown=thrown),
        seen(case, thrown=Thrown("KeyError", "too long", [], "KeyError")),
        seen(case, thrown=Thrown("ValueError", "too short", [], "ValueError")),
        seen(case, misfit=["a", "b"]),
        seen(case, missing=["g"]),
    ]

    for i, left in enumerate(others):
        for j, right in enumerate(others):
            assert same_signature(left, right) is (i == j), (left, right)


def test_inputs_have_no_part(case: CaseRun) -> None:
    """They are those of the case, the same for all who answer it."""
    assert same_signature(seen(case, X), seen(case, X, inputs=[X + 1]))


def test_what_a_signature_does_not_hold(case: CaseRun) -> None:
    """Neither values nor texts can be read from it."""
    text = json.dumps(
        seen(case, X * 1234.5, value={"tuple": ["secret", 4321]}, printed="hello")
    )

    for secret in ("secret", "4321", "hello", "1234.5", "2469.0"):
        assert secret not in text


def test_where_lines_and_printed_text_have_no_part(case: CaseRun) -> None:
    """What a student prints, and in which line an error is raised, is no behaviour."""
    one = Thrown("ValueError", "no", [("a.py", 1, "f", "x")], "ValueError")
    two = Thrown("ValueError", "no", [("b.py", 9, "g", "y")], "ValueError")

    assert same_signature(seen(case, thrown=one), seen(case, thrown=two))
    assert same_signature(seen(case, X, printed="a"), seen(case, X, printed="b"))


def test_objects_are_counted_within_a_case(case: CaseRun) -> None:
    """The number of an object in its worker depends on what was there before."""
    first = seen(case, value={"tuple": [{"handle": 1}, {"handle": 2}, {"handle": 1}]})
    later = seen(case, value={"tuple": [{"handle": 7}, {"handle": 9}, {"handle": 7}]})
    other = seen(case, value={"tuple": [{"handle": 7}, {"handle": 9}, {"handle": 9}]})

    assert same_signature(first, later)
    assert not same_signature(first, other)


@pytest.mark.parametrize("bad", [{}, [], None, {"projections": []}, {"projections": 3}])
def test_a_signature_of_a_file_that_was_edited(case: CaseRun, bad: Any) -> None:
    """A malformed entry of lookalikes.json matches nothing and raises nothing."""
    good = seen(case, X)

    assert not same_signature(good, bad)
    for place in range(len(good[1])):
        edited = [*good[1]]
        edited[place] = bad
        same = bad == good[1][place]
        assert same_signature([good[0], edited], good) is same
