"""What crosses to the student's code and back, here and behind the sandbox alike."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch

from autograder import agrees
from autograder.checking.boundary import thrown_by_student
from autograder.checking.case import current
from autograder.protocol.values import Opaque

ECHO = """
import torch
def same_object(a, b, c): return a is b and b is c
def layout(x): return tuple(x.shape), x.stride(), str(x.dtype), x.requires_grad
def leaf(x): return x.is_leaf, x.requires_grad
def echo(x): return x
def kinds(x): return type(x).__name__
"""


def test_one_object_given_twice_arrives_as_one(open_student: Any) -> None:
    """Aliasing survives: attention(x, x, x) gets one tensor three times."""
    student = open_student(ECHO)
    x = torch.randn(2)

    assert student.same_object(x, x, x) is True
    assert student.same_object(x, x, x.clone()) is False
    assert student.same_object([x][0], {"k": x}["k"], x) is True


def test_a_shared_tensor_has_one_name(open_student: Any) -> None:
    """The text of a call names a tensor by the first argument that it stands in."""
    student = open_student(ECHO)
    x = torch.randn(2)
    student.same_object(x, x, c=x)

    assert current().events[-1].written[0] == "same_object(a, a, c=a)"


@pytest.mark.parametrize(
    "code", ["torch.sin", "functools.partial(torch.load, 'x', weights_only=False)"]
)
def test_a_function_does_not_come_back(open_student: Any, code: str) -> None:
    """What student code returns can never be called by the grader."""
    answer = open_student(f"import functools, torch\ndef give(): return {code}").give()

    assert answer == Opaque("function")


@pytest.mark.parametrize("swapped", [False, True])
def test_a_dict_in_any_order(open_student: Any, swapped: bool) -> None:
    """A dict is right in whatever order it was filled, its gradients too."""
    parts = ["'a': 2 * x", "'b': 3 * y"]
    student = open_student(
        f"def both(x, y): return {{{', '.join(parts[::-1] if swapped else parts)}}}"
    )

    agrees(
        student.both,
        lambda x, y: {"a": 2 * x, "b": 3 * y},
        torch.ones(2, dtype=torch.float64),
        torch.ones(3, dtype=torch.float64),
    )


def test_stop_iteration_is_the_students(open_student: Any) -> None:
    """A bare next() at its end is an exception of the student's like any other."""
    with pytest.raises(StopIteration) as caught:
        agrees(open_student("def f(x): return next(iter([]))").f, abs, torch.ones(1))
    assert thrown_by_student(caught.value) is not None


@pytest.mark.parametrize(
    ("setting", "check"),
    [
        ("torch.set_grad_enabled(False)", "torch.is_grad_enabled()"),
        ("torch.set_default_dtype(torch.float16)", "torch.ones(1).dtype.itemsize > 2"),
    ],
)
def test_what_code_sets_for_all_of_torch_is_undone(
    open_student: Any, setting: str, check: str
) -> None:
    """No check pays for what another one's function set globally."""
    student = open_student(
        f"import torch\ndef spoil(): {setting}\ndef fine(): return {check}"
    )

    student.spoil()
    student._caller.forget()

    assert student.fine() is True


@pytest.mark.parametrize(
    ("make", "contiguous"),
    [
        (lambda: torch.randn(3, 4).T, False),
        (lambda: torch.randn(3, 8)[:, ::2], False),
        (lambda: torch.randn(1, 4).expand(3, 4), False),
        (lambda: torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last), False),
        (lambda: torch.randn(100, 2)[40:42], True),
        (lambda: torch.randn(0, 3), True),
        (lambda: torch.randn(3, 0).T, True),
        (lambda: torch.tensor(2.5), True),
    ],
    ids=[
        *("transposed", "sliced", "expanded", "channels"),
        *("part", "empty", "empty.T", "0-d"),
    ],
)
def test_strides_arrive(open_student: Any, make: Any, contiguous: bool) -> None:
    """A tensor that is not contiguous here is laid out in the same way there."""
    student = open_student(ECHO)
    x = make()

    shape, stride, _, _ = student.layout(x)

    assert shape == tuple(x.shape)
    assert x.is_contiguous() is contiguous
    if x.numel():
        assert stride == x.stride()
    answer = student.echo(x)
    assert torch.equal(answer, x)
    assert answer.is_contiguous()


@pytest.mark.parametrize(
    "dtype",
    [
        torch.bool,
        torch.uint8,
        torch.int32,
        torch.int64,
        torch.float16,
        torch.bfloat16,
        torch.float32,
        torch.float64,
    ],
)
def test_dtypes_survive(open_student: Any, dtype: torch.dtype) -> None:
    """Values come back in their dtype, bit for bit."""
    student = open_student(ECHO)
    x = torch.tensor([[0, 1], [3, 100]]).to(dtype)

    answer = student.echo(x)

    assert answer.dtype == dtype
    assert torch.equal(answer, x)
    assert student.layout(x)[2] == str(dtype)


def test_odd_floats_survive(open_student: Any) -> None:
    """NaN and infinities cross, in tensors and as numbers."""
    student = open_student(ECHO)
    x = torch.tensor([torch.nan, torch.inf, -torch.inf, -0.0])

    assert str(student.echo(x)) == str(x)
    assert student.echo(float("inf")) == float("inf")
    assert str(student.echo([float("nan"), -0.0])) == "[nan, -0.0]"


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        -(2**80),
        2.5,
        "text with ümlauts and \u2603",
        [1, [2, (3,)]],
        (),
        {"a": 1, 2: ("b",), (3, 4): None},
        torch.float32,
    ],
    ids=repr,
)
def test_plain_values_survive(open_student: Any, value: Any) -> None:
    """Python values come back equal and of the same type."""
    answer = open_student(ECHO).echo(value)

    assert answer == value
    assert type(answer) is type(value)


def test_a_partial_of_a_public_function_can_be_given(open_student: Any) -> None:
    """functools.partial over torch's own functions is an argument like others."""
    student = open_student("def apply(f, x): return f(x)")
    x = torch.randn(4, 3)
    f = functools.partial(torch.logsumexp, dim=0)

    assert torch.equal(student.apply(f, x), torch.logsumexp(x, 0))


def test_a_function_of_the_check_cannot_be_given(open_student: Any) -> None:
    """What has no public name in torch is refused before anything is sent."""
    student = open_student("def apply(f, x): return f(x)")

    with pytest.raises(TypeError, match="'f' is or holds a function of the check's"):
        student.apply(lambda x: x, torch.ones(2))


RESULTS = """
import collections, numpy as np, torch
from torch import nn
Pair = collections.namedtuple("Pair", "left right")
class Mine(torch.Tensor): pass
class Thing: pass
def size(): return torch.ones(2, 3).shape
def pair(): return Pair(1, torch.ones(2))
def largest(x): return torch.max(x, dim=0)
def numpy_int(): return np.int64(3), np.float32(0.5), np.bool_(True)
def numpy_array(): return np.ones(3)
def generator(): return (i for i in range(3))
def a_set(): return {1, 2}
def sparse(): return torch.eye(2).to_sparse()
def meta(): return torch.ones(2, device="meta")
def complex_one(): return torch.ones(2, dtype=torch.complex64)
def subclass(): return torch.ones(2).as_subclass(Mine)
def parameter(): return nn.Parameter(torch.ones(2))
def with_graph(): return nn.Parameter(torch.ones(2)) * 2
def huge(): return torch.ones(1).expand(10**12)
def view(): return torch.arange(12.0).reshape(3, 4)[1:, ::2]
def deep():
    value = []
    for _ in range(1000): value = [value]
    return value
def circle():
    value = []
    value.append(value)
    return value
def many(): return list(range(10**6))
def thing(): return Thing()
def a_class(): return Thing
def ordered(): return collections.OrderedDict(a=1)
def counted(): return collections.defaultdict(int, a=1)
def negative(): return torch.ones(2, dtype=torch.complex64).conj().imag
"""


def test_results_that_become_plain(open_student: Any) -> None:
    """Sizes, named tuples, NumPy numbers and odd dicts come back as what they equal."""
    student = open_student(RESULTS)
    x = torch.tensor([[1.0, 5.0], [3.0, 2.0]])

    assert student.size() == (2, 3)
    left, right = student.pair()
    assert (left, right.tolist()) == (1, [1.0, 1.0])
    values, indices = student.largest(x)
    assert (values.tolist(), indices.tolist()) == ([3.0, 5.0], [1, 0])
    assert student.numpy_int() == (3, 0.5, True)
    assert [type(n) for n in student.numpy_int()] == [int, float, bool]
    assert student.ordered() == {"a": 1}
    assert student.counted() == {"a": 1}


def test_tensors_that_become_plain(open_student: Any) -> None:
    """Parameters, subclasses, views and tensors with a graph come back as tensors."""
    student = open_student(RESULTS)

    for name in ("subclass", "parameter", "with_graph", "negative"):
        answer = getattr(student, name)()
        assert type(answer) is torch.Tensor, name
        assert not answer.requires_grad, name
    assert student.view().tolist() == [[4.0, 6.0], [8.0, 10.0]]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("numpy_array", "numpy.ndarray"),
        ("generator", "generator"),
        ("a_set", "set"),
        ("sparse", "a sparse tensor"),
        ("meta", "a tensor on the meta device"),
        ("complex_one", "a complex64 tensor"),
    ],
)
def test_what_cannot_cross_says_what_it_is(
    open_student: Any, name: str, shown: str
) -> None:
    """An object that stays behind is told by its type."""
    assert getattr(open_student(RESULTS), name)() == Opaque(shown)


@pytest.mark.parametrize("name", ["huge", "deep", "circle", "many"])
def test_results_that_are_too_much(open_student: Any, name: str) -> None:
    """Results beyond the caps raise; the next call works as if nothing had been."""
    student = open_student(RESULTS)

    with pytest.raises(Exception, match=r"more than can be read|nested too deeply"):
        getattr(student, name)()
    assert student.size() == (2, 3)
