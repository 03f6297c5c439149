"""The first mismatch between an answer and the truth."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
import torch

from autograder.checking.difference import compare, compare_exactly
from autograder.checking.rules import Rules
from autograder.protocol.values import Opaque
from autograder.verdict import Mismatch, SmallArray

F64, F32 = torch.float64, torch.float32


def differ(got: Any, expected: Any, dtype: torch.dtype = F64, **how: Any) -> Any:
    """The mismatch of an answer."""
    return compare(got, expected, "the output", Rules(dtype, **how))


def tensor(*values: Any, dtype: torch.dtype = F64) -> torch.Tensor:
    """A tensor of these values."""
    return torch.tensor(values, dtype=dtype)


@pytest.mark.parametrize(
    ("got", "expected", "kind"),
    [
        (torch.zeros(3, 1, dtype=F64), torch.zeros(1, 3, dtype=F64), "shape"),
        (torch.zeros((), dtype=F64), torch.zeros(1, dtype=F64), "shape"),
        (torch.zeros(0, dtype=F64), torch.zeros(0, 3, dtype=F64), "shape"),
        (torch.zeros(2, dtype=F32), torch.zeros(2, dtype=F64), "dtype"),
        (torch.zeros(2, dtype=F64), torch.zeros(2, dtype=torch.int64), "dtype"),
        (torch.zeros(2, dtype=torch.int32), torch.zeros(2, dtype=torch.int64), "dtype"),
        (torch.ones(2, dtype=torch.uint8), torch.ones(2, dtype=torch.bool), "dtype"),
        (0.0, torch.zeros((), dtype=F64), "type"),
        (None, torch.zeros(2, dtype=F64), "type"),
        (Opaque("numpy.ndarray"), torch.zeros(2, dtype=F64), "type"),
        ([0.0, 0.0], torch.zeros(2, dtype=F64), "type"),
        (torch.zeros(2, dtype=F64), (torch.zeros(2, dtype=F64),), "structure"),
        ([tensor(1.0)], (tensor(1.0),), "structure"),
        ((tensor(1.0),) * 3, (tensor(1.0),) * 2, "structure"),
        ({"a": tensor(1.0)}, {"b": tensor(1.0)}, "structure"),
        (tensor(1.0), {"a": tensor(1.0)}, "structure"),
        (tensor(1.0), 1.0, "type"),
        (True, 1.0, "type"),
        ("1.0", 1.0, "type"),
        (Opaque("generator"), 1.0, "type"),
        (torch.tensor([1, 2]), torch.tensor([1, 3]), "value"),
        (torch.tensor([True]), torch.tensor([False]), "value"),
    ],
)
def test_kinds_of_mismatch(got: Any, expected: Any, kind: str) -> None:
    """Shape, dtype, type and structure come before values; nothing broadcasts."""
    assert differ(got, expected).kind == kind


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (tensor(1.0, 2.0), tensor(1.0, 2.0)),
        (tensor(1.0 + 5e-10), tensor(1.0)),
        (tensor(1.0, 1e-10), tensor(1.0, 0.0)),
        (tensor(), tensor()),
        (tensor(float("inf"), 1.0), tensor(float("inf"), 1.0)),
        (tensor(-0.0), tensor(0.0)),
        ([tensor(1.0), {"a": 2}], [tensor(1.0), {"a": 2}]),
        ((1.0, 2), (1.0, 2)),
        (3, 3.0),
        (0.1 + 0.2, 0.3),
        (float("inf"), float("inf")),
        (OrderedDict(a=1), {"a": 1}),
    ],
)
def test_no_mismatch(got: Any, expected: Any) -> None:
    """Equal up to rounding, relative to the scale of the values."""
    assert differ(got, expected) is None


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (tensor(1.0 + 2e-9), tensor(1.0)),
        (tensor(1e-300), tensor(0.0)),
        (tensor(float("nan")), tensor(float("nan"))),
        (tensor(float("nan"), 1.0), tensor(0.0, 1.0)),
        (tensor(1.0), tensor(float("nan"))),
        (tensor(float("inf")), tensor(-float("inf"))),
        (tensor(float("inf"), 1.0), tensor(1e300, 1.0)),
        (tensor(1.0), tensor(float("inf"))),
        (1.0 + 2e-9, 1.0),
        (float("nan"), float("nan")),
        (float("nan"), 1.0),
        (float("inf"), 1.0),
        (1e-300, 0.0),
    ],
)
def test_values_that_differ(got: Any, expected: Any) -> None:
    """NaN equals nothing, infinity only itself, and a truth of zero allows no error."""
    found = differ(got, expected)
    assert found.kind == "value"


def test_nan_where_it_is_right() -> None:
    """equal_nan accepts NaN for NaN and for nothing else."""
    nan = float("nan")

    assert differ(tensor(nan, 1.0), tensor(nan, 1.0), equal_nan=True) is None
    assert differ(nan, nan, equal_nan=True) is None
    assert differ(tensor(nan, nan), tensor(nan, 1.0), equal_nan=True).kind == "value"
    assert differ(tensor(1.0, 1.0), tensor(nan, 1.0), equal_nan=True).kind == "value"


@pytest.mark.parametrize(
    ("ulps", "right"), [(0, True), (8, True), (40, False), (-8, True), (-40, False)]
)
def test_float32_answers(ulps: int, right: bool) -> None:
    """A float32 answer may err by some units in the last place of the scale."""
    truth = tensor(1.0, 0.5)
    got = (truth + ulps * torch.finfo(F32).eps).to(F32)

    found = differ(got, truth, F32, changes=lambda dtype, count: [0.0])
    assert (found is None) is right


@pytest.mark.parametrize(("ulps", "right"), [(60, True), (100, False)])
def test_float32_answers_to_unknown_inputs(ulps: int, right: bool) -> None:
    """Where nobody knows how the truth changes, it is taken for one that may."""
    truth = tensor(1.0, 0.5)
    got = (truth + ulps * torch.finfo(F32).eps).to(F32)

    assert (differ(got, truth, F32) is None) is right


def test_float32_numbers() -> None:
    """A Python number that was computed in float32 is judged as such."""
    assert differ(1.0 + 1e-6, 1.0, F32) is None
    assert differ(1.0 + 1e-6, 1.0, F64).kind == "value"


def test_an_unstable_truth_allows_more() -> None:
    """The truth's own change is asked for the tensor at hand."""
    truth = [tensor(1.0), tensor(1.0)]
    got = [tensor(1.0, dtype=F32), tensor(1.0 + 1e-3, dtype=F32)]

    assert differ(got, truth, F32, changes=lambda dtype, count: [0.0, 1e-3]) is None
    assert (
        differ(got, truth, F32, changes=lambda dtype, count: [1e-3, 0.0]).of
        == "output[1]"
    )


def test_integers_do_not_shift_the_truths_changes() -> None:
    """Only floating-point tensors are counted among those that may change."""
    truth = (torch.tensor([3]), tensor(1.0))
    got = (torch.tensor([3]), tensor(1.0 + 1e-3, dtype=F32))

    assert differ(got, truth, F32, changes=lambda dtype, count: [1e-3]) is None


def test_the_facts_of_a_value() -> None:
    """How many differ, where most of all, by how much, and from where to look."""
    truth = torch.zeros(2, 3, dtype=F64)
    truth[0, 0] = 10.0
    got = truth.clone()
    got[0, 2], got[1, 1] = 1.0, -4.0

    assert differ(got, truth) == Mismatch(
        kind="value",
        of="the output",
        expected="float64[2, 3]",
        got="float64[2, 3]",
        expected_preview=["0", "0", "0", "0"],
        got_preview=["1", "0", "-4", "0"],
        differing=2,
        total=6,
        where=[1, 1],
        error=4.0,
        allowed=pytest.approx(1e-8),
        grid=SmallArray(
            expected=[["10", "0", "0"], ["0", "0", "0"]],
            got=[["10", "0", "1"], ["0", "-4", "0"]],
            wrong=[[0, 2], [1, 1]],
        ),
    )


def test_the_facts_of_a_nan() -> None:
    """An error that is no number is told by its place alone."""
    found = differ(tensor(1.0, float("nan"), 1.0), tensor(1.0, 1.0, 1.0))

    assert (found.error, found.allowed, found.where) == (None, None, [1])
    assert (found.differing, found.total) == (1, 3)


def test_an_empty_shape_differs_without_harm() -> None:
    """Nothing to compare is compared without an exception."""
    found = differ(torch.zeros(0, 3, dtype=F64), torch.zeros(3, dtype=F64))

    assert (found.expected, found.got) == ("float64[3]", "float64[0, 3]")


@pytest.mark.parametrize(
    ("got", "expected", "of"),
    [
        ((tensor(1.0), tensor(2.0)), (tensor(1.0), tensor(1.0)), "output[1]"),
        ({"a": [tensor(2.0)]}, {"a": [tensor(1.0)]}, "a[0]"),
    ],
)
def test_the_part_that_differs_is_named(got: Any, expected: Any, of: str) -> None:
    """The path through lists and dicts reads as one would type it."""
    assert differ(got, expected).of == of


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (3, 3),
        ((1, 2), (1, 2)),
        (torch.Size([1, 2]), (1, 2)),
        ((1, 2), torch.Size([1, 2])),
        ("a", "a"),
        (None, None),
        (True, True),
        ([1, (2, "b")], [1, (2, "b")]),
        ({"a": (1,)}, {"a": (1,)}),
        (torch.tensor([1, 2]), torch.tensor([1, 2])),
        (float("inf"), float("inf")),
    ],
)
def test_exactly_equal(got: Any, expected: Any) -> None:
    """A torch.Size passes for a tuple; all else is equal in type and value."""
    assert compare_exactly(got, expected, "the output") is None


@pytest.mark.parametrize(
    ("got", "expected", "kind"),
    [
        (True, 1, "type"),
        (1, True, "type"),
        (3.0, 3, "type"),
        ("3", 3, "type"),
        (4, 3, "value"),
        ([1, 2], (1, 2), "structure"),
        ((1, 2, 3), (1, 2), "value"),
        ((1, 2.0), (1, 2), "value"),
        ((1, True), (1, 1), "value"),
        ({"a": 1}, {"b": 1}, "structure"),
        ({"a": 1, "b": 2}, {"a": 1}, "structure"),
        ({"a": True}, {"a": 1}, "type"),
        ([("a", 1)], {"a": 1}, "structure"),
        (None, 3, "type"),
        (torch.tensor(3), 3, "type"),
        (3, torch.tensor(3), "type"),
        (torch.tensor([3], dtype=torch.int32), torch.tensor([3]), "dtype"),
        (torch.tensor([[3]]), torch.tensor([3]), "shape"),
        (Opaque("set"), {1}, "type"),
    ],
)
def test_not_exactly_equal(got: Any, expected: Any, kind: str) -> None:
    """A bool is no int, 3.0 is no 3, a list is no tuple."""
    assert compare_exactly(got, expected, "the output").kind == kind


def test_dicts_with_other_keys_differ_by_these() -> None:
    """What is missing, and what is there instead; what is right is not told."""
    expected = {"conv.weight": (4, 3), "fc.bias": (5,)}

    found = compare_exactly({"c.weight": (4, 3), "fc.bias": (5,)}, expected, "x")
    less = compare_exactly({"fc.bias": (5,)}, expected, "x")

    assert found is not None
    assert less is not None
    assert (found.expected, found.got) == ("conv.weight: (4, 3)", "c.weight: (4, 3)")
    assert (less.expected, less.got) == ("conv.weight: (4, 3)", "nothing")
