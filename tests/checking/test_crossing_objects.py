"""Objects that stay with the student's code, here and behind the sandbox alike."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from autograder.checking.student import Missing

ECHO = """
import torch
def same_object(a, b, c): return a is b and b is c
def layout(x): return tuple(x.shape), x.stride(), str(x.dtype), x.requires_grad
def leaf(x): return x.is_leaf, x.requires_grad
def echo(x): return x
def kinds(x): return type(x).__name__
"""


MODELS = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, width=2):
        super().__init__()
        self.inner = nn.Linear(width, 1)
        self.calls = 0
    def forward(self, x):
        self.calls += 1
        return self.inner(x)
    def count(self): return self.calls
    def both(self): return self, self.inner
class Plain:
    def __init__(self): self.total = 0
    def add(self, n):
        self.total += n
        return self
def same(a, b): return a is b
def shared():
    net = Net()
    return [net, net]
"""


def test_an_object_comes_back_as_itself(open_student: Any) -> None:
    """model.eval() is the model, and so are lists that hold it twice."""
    student = open_student(MODELS)
    model = student.Net()

    assert student.same(model, model.eval()) is True
    assert student.same(model, student.Net()) is False
    itself, inner = model.both()
    assert student.same(itself, model) is True
    assert student.same(inner, model) is False
    assert student.same(*student.shared()) is True


def test_an_object_keeps_its_state(open_student: Any) -> None:
    """A plain class and a module live on between calls."""
    student = open_student(MODELS)
    model, plain = student.Net(), student.Plain()
    model(torch.ones(1, 2))
    model(torch.ones(1, 2))

    assert model.count() == 2
    assert student.same(plain.add(2).add(3), plain) is True


def test_parameter_shapes_and_state(open_student: Any) -> None:
    """Shapes and values of the parameters can be asked for by name."""
    model = open_student(MODELS).Net(3)

    assert model.parameter_shapes() == {"inner.weight": (1, 3), "inner.bias": (1,)}
    assert {n: t.shape for n, t in model.state_dict().items()} == {
        "inner.weight": (1, 3),
        "inner.bias": (1,),
    }


def test_weights_are_used_and_get_gradients(open_student: Any) -> None:
    """with_weights computes with the check's tensors, and gradients come back."""
    model = open_student(MODELS).Net()
    weights = {
        "inner.weight": torch.tensor([[2.0, 3.0]], requires_grad=True),
        "inner.bias": torch.tensor([1.0]),
    }

    out = model.with_weights(weights)(torch.tensor([[1.0, 10.0]]))
    out.sum().backward()

    assert out.tolist() == [[33.0]]
    assert weights["inner.weight"].grad.tolist() == [[1.0, 10.0]]
    assert weights["inner.bias"].grad is None


def test_weights_are_loaded_before_a_method(open_student: Any) -> None:
    """A method of an object with weights sees them, and so do later calls."""
    model = open_student(MODELS).Net()
    weights = {"inner.weight": torch.ones(1, 2), "inner.bias": torch.zeros(1)}
    model.with_weights(weights).eval()

    assert model(torch.tensor([[1.0, 10.0]])).tolist() == [[11.0]]


def test_weights_that_do_not_fit(open_student: Any) -> None:
    """Wrong names or shapes are a misfit that names both sides."""
    model = open_student(MODELS).Net()
    weights = {"inner.weight": torch.ones(1, 3), "outer.bias": torch.zeros(1)}

    with pytest.raises(Exception, match="parameters of Net") as caught:
        model.with_weights(weights)(torch.ones(1, 2))
    assert caught.value.expected == "no inner.bias, inner.weight [1, 3], outer.bias [1]"
    assert caught.value.got == "inner.bias [1], inner.weight [1, 2], no outer.bias"


def test_weights_are_not_lost_on_the_way_into_a_call(open_student: Any) -> None:
    """An object with weights is refused as an argument; one that loaded them is not."""
    student = open_student("def run(model, x): return model(x)")
    model = student.build(nn.Linear, 2, 1)
    weights = {"weight": torch.ones(1, 2), "bias": torch.zeros(1)}
    x = torch.tensor([[1.0, 10.0]])

    with pytest.raises(TypeError, match="load_state_dict"):
        student.run(model.with_weights(weights), x)
    model.load_state_dict(weights)
    assert student.run(model, x).tolist() == [[11.0]]


def test_built_objects(open_student: Any) -> None:
    """torch's own objects are built there, given to each other, called and asked."""
    student = open_student("def run(model, x): return model(x)")
    first = student.build(nn.Linear, 2, 3, bias=False, dtype=torch.float64)
    model = student.build(nn.Sequential, first, student.build(nn.ReLU))
    x = torch.randn(4, 2, dtype=torch.float64)
    expected = (x @ first.state_dict()["weight"].T).relu()

    assert torch.equal(student.run(model, x), model(x))
    assert torch.allclose(model(x), expected)


def test_only_public_names_are_built(open_student: Any) -> None:
    """What has no public name in torch is refused before anything is sent."""
    with pytest.raises(TypeError, match="no public name"):
        open_student(ECHO).build(len, [])


def test_a_missing_function_names_what_is_there(open_student: Any) -> None:
    """A name that the module lacks comes out with the names that it has."""
    student = open_student(MODELS + "value = 3\n")

    with pytest.raises(Missing) as caught:
        student.softmax(torch.ones(2))
    assert {"Net", "Plain", "same"} <= set(caught.value.present)
    assert "nn" not in caught.value.present
    with pytest.raises(Missing):
        student.value()
