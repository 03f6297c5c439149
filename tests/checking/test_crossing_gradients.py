"""Gradients through a call, here and behind the sandbox alike."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest
import torch

from autograder.checking.boundary import thrown_by_student
from autograder.checking.case import current
from autograder.checking.local import LocalCaller
from autograder.checking.student import Student

SOURCE = """
import torch
def product(x, y): return x * y
def first(x, y): return x * 2
def twice(x): return x * x
def nested(parts): return parts["a"][0] * parts["b"]
def several(x): return x * 2, x.argmax(), x > 0, x.detach(), [x.sum()]
def integers(x): return x.long()
def detached(x): return x.detach() * 2
def without(x):
    with torch.no_grad(): return x * 2
def untouched(x): return x
def returns_input_and_more(x): return x, x * 2
class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return g * 2 if float(g.sum()) > 0 else None
def half(x): return Half.apply(x)
class Broken(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): raise LookupError("no way back")
def broken(x): return Broken.apply(x)
def overwrites(x):
    x += 1
    return x * 2
def mixes(x, w): return torch.tanh(x @ w).sum(0)
def masked(x): return torch.where(x > 0, x, x * 0).square()
"""


def leaf(*values: float) -> torch.Tensor:
    """A float64 tensor that wants a gradient."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def test_backward_reads_as_usual(open_student: Any) -> None:
    """loss.backward() through the student's code fills .grad."""
    student = open_student(SOURCE)
    x, y = leaf(1, 2), leaf(3, 4)

    student.product(x * 10, y).sum().backward()

    assert x.grad is not None
    assert y.grad is not None
    assert x.grad.tolist() == [30, 40]
    assert y.grad.tolist() == [10, 20]


def test_an_input_used_twice(open_student: Any) -> None:
    """A tensor given twice gets the sum of both gradients, once."""
    student = open_student(SOURCE)
    x = leaf(3)

    student.product(x, x).sum().backward()

    assert x.grad is not None
    assert x.grad.tolist() == [6]


def test_two_calls_in_a_row(open_student: Any) -> None:
    """Gradients flow through one call into an earlier one."""
    student = open_student(SOURCE)
    x = leaf(3)

    student.twice(student.twice(x)).sum().backward()

    assert x.grad is not None
    assert x.grad.tolist() == [4 * 27]


def test_tensors_inside_lists_and_dicts(open_student: Any) -> None:
    """Gradients come back to tensors in nested arguments."""
    student = open_student(SOURCE)
    a, b = leaf(2), leaf(5)

    student.nested({"a": [a], "b": b}).backward()

    assert a.grad is not None
    assert b.grad is not None
    assert (a.grad.tolist(), b.grad.tolist()) == ([5], [2])


def test_no_gradient_stays_none(open_student: Any) -> None:
    """An input on which the answer does not depend has None, not zeros."""
    student = open_student(SOURCE)
    x, y = leaf(1), leaf(2)

    out = student.first(x, y)
    gradients = torch.autograd.grad(out, [x, y], allow_unused=True)

    assert gradients[0].tolist() == [2]
    assert gradients[1] is None


def test_which_outputs_are_differentiable(open_student: Any) -> None:
    """Indices, masks and detached outputs have no graph; the others have."""
    double, index, mask, detached, (total,) = open_student(SOURCE).several(leaf(1, 2))

    has_graph = [t.requires_grad for t in (double, index, mask, detached, total)]
    assert has_graph == [True, False, False, False, True]
    assert (index.dtype, mask.dtype) == (torch.int64, torch.bool)


def test_only_one_output_is_used(open_student: Any) -> None:
    """A backward through one of several outputs leaves the others out."""
    x = leaf(1, 2)
    double, *_, (total,) = open_student(SOURCE).several(x)

    assert torch.autograd.grad(total, x)[0].tolist() == [1, 1]
    assert torch.autograd.grad(double.sum(), x, retain_graph=True)[0].tolist() == [2, 2]
    assert torch.autograd.grad(double.sum() + total, x)[0].tolist() == [3, 3]


@pytest.mark.parametrize("name", ["integers", "detached", "without"])
def test_a_lost_graph_is_seen(open_student: Any, name: str) -> None:
    """An answer that lost its graph requires no gradient here either."""
    assert not getattr(open_student(SOURCE), name)(leaf(1, 2)).requires_grad


def test_an_input_returned_as_it_is(open_student: Any) -> None:
    """The identity has a gradient of ones, beside other outputs too."""
    student = open_student(SOURCE)
    x = leaf(1, 2)

    assert torch.autograd.grad(student.untouched(x).sum(), x)[0].tolist() == [1, 1]
    same, double = student.returns_input_and_more(x)
    assert torch.autograd.grad(same.sum() + double.sum(), x)[0].tolist() == [3, 3]


def test_no_grad_here_is_no_grad_there(open_student: Any) -> None:
    """Under torch.no_grad() of the check nothing is tracked."""
    x = leaf(1)
    with torch.no_grad():
        out = open_student(SOURCE).twice(x)

    assert not out.requires_grad
    assert current().events[-1].answer.graph is None


def test_which_tensors_arrive_tracked(open_student: Any) -> None:
    """The student gets tensors that require a gradient exactly when the check's do."""
    student = open_student("def wants(x): return x.requires_grad")

    assert student.wants(leaf(1)) is True
    assert student.wants(leaf(1) * 2) is True
    assert student.wants(torch.ones(1)) is False


def test_a_tracked_input_may_be_changed_in_place(open_student: Any) -> None:
    """What the student gets is no leaf: in-place code works as on any other tensor."""
    x = leaf(1)

    open_student(SOURCE).overwrites(x * 1).sum().backward()

    assert x.grad is not None
    assert x.grad.tolist() == [2]


IN_PLACE = """
import torch

def strides(x):
    return x.stride()

def doubles(x):
    with torch.no_grad():
        x -= 1
    x *= 2
    return x
"""


@pytest.mark.parametrize(("shape", "stride"), [((2, 3), (1, 2)), ((2, 3), (6, 2))])
def test_so_may_one_that_is_not_contiguous(
    open_student: Any, shape: tuple[int, ...], stride: tuple[int, ...]
) -> None:
    """It arrives with its strides, and as no view that autograd guards."""
    student = open_student(IN_PLACE)
    memory = torch.arange(24.0).as_strided(shape, stride)
    x = memory.requires_grad_()

    student.doubles(x).sum().backward()

    assert tuple(student.strides(x)) == stride
    assert x.grad is not None
    assert x.grad.unique().tolist() == [2]


def test_a_gradient_that_the_student_leaves_out(open_student: Any) -> None:
    """A hand-written backward that returns None gives None here."""
    student = open_student(SOURCE)
    x = leaf(1, 2)
    out = student.half(x)

    (some,) = torch.autograd.grad(out.sum(), x, retain_graph=True)
    (none,) = torch.autograd.grad(-out.sum(), x, allow_unused=True)

    assert some.tolist() == [2, 2]
    assert none is None


def test_an_exception_in_a_backward(open_student: Any) -> None:
    """It comes out of loss.backward() as the student's."""
    out = open_student(SOURCE).broken(leaf(1))

    with pytest.raises(LookupError, match="no way back") as caught:
        out.sum().backward()
    thrown = thrown_by_student(caught.value)
    assert thrown is not None
    assert [frame[2] for frame in thrown.frames] == ["backward"]


def test_double_backward_is_refused(open_student: Any) -> None:
    """A gradient of a gradient raises an error that says so, and is never wrong."""
    x = leaf(3)
    out = open_student(SOURCE).twice(x).sum()

    with pytest.raises(RuntimeError, match="cannot be differentiated again"):
        torch.autograd.grad(out, x, create_graph=True)
    assert torch.autograd.grad(out, x)[0].tolist() == [6]


@pytest.mark.parametrize("name", ["product", "mixes"])
def test_gradcheck_passes(open_student: Any, name: str) -> None:
    """torch's own gradcheck holds through the boundary."""
    generator = torch.Generator().manual_seed(2)
    x = torch.randn(2, 2, generator=generator, dtype=torch.float64, requires_grad=True)
    w = torch.randn(2, 2, generator=generator, dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(getattr(open_student(SOURCE), name), (x, w))


def test_gradcheck_fails_where_it_must(open_student: Any) -> None:
    """A wrong backward of the student's does not pass gradcheck."""
    wrong = """
import torch
class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, g): return g * 3
def wrong(x): return Wrong.apply(x)
"""
    student = open_student(wrong)

    assert not torch.autograd.gradcheck(
        student.wrong, (leaf(1, 2),), raise_exception=False
    )


def test_changed_inputs_are_reported(open_student: Any) -> None:
    """A call that overwrites its input leaves the check's own untouched and says so."""
    student = open_student(SOURCE)
    x = torch.tensor([1.0, torch.nan])

    student.overwrites(x)
    assert current().events[-1].answer.changed == [0]
    assert x[0] == 1.0
    student.untouched(x)
    assert current().events[-1].answer.changed == []


def test_graphs_end_with_the_checks_nodes(
    open_local: Callable[[str], LocalCaller],
) -> None:
    """A graph of the student's is kept as long as somebody here can ask for it."""
    caller = open_local(SOURCE)
    student = Student(caller)
    graphs = caller._answering._graphs
    x = leaf(1)

    kept = [student.twice(x) for _ in range(3)]
    assert len(graphs) == 3
    derived = kept.pop() * 2
    del kept
    gc.collect()
    assert len(graphs) == 1, "the one that a later tensor needs"
    derived.sum().backward()
    del derived
    gc.collect()
    assert len(graphs) == 0
    student.twice(torch.ones(1))
    assert len(graphs) == 0, "a call without gradients keeps none"


def test_a_remote_graph_is_released_with_the_next_call(open_remote: Any) -> None:
    """The number of a dead graph travels with the next call, and only once."""
    caller = open_remote(SOURCE)
    student = Student(caller)

    number = student.twice(leaf(1)).grad_fn and current().events[-1].answer.graph
    gc.collect()

    assert caller._released == [number]
    student.twice(torch.ones(1))
    assert caller._released == []


def test_a_backward_after_another_function_died(open_remote: Any) -> None:
    """A graph whose process is gone is out of reach, and the check is stopped."""
    from autograder.checking.callers import Stopped

    student = Student(open_remote(SOURCE + "import os\ndef die(): os._exit(3)\n"))
    out = student.twice(leaf(1))
    with pytest.raises(Stopped):
        student.die()

    with pytest.raises(Stopped):
        out.sum().backward()
