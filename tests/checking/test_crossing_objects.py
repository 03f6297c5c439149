"""Objects that stay with the student's code, here and behind the sandbox alike."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from autograder.checking.callers import Missing
from autograder.checking.case import SETTINGS, CaseRun, begin
from autograder.protocol.calls import Request
from autograder.protocol.frames import BadFrame
from autograder.protocol.messages import read_request, request_header

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
    model(torch.ones(1, 2, dtype=torch.float64))
    model(torch.ones(1, 2, dtype=torch.float64))

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


def test_weights_are_parameters_in_their_place(open_student: Any) -> None:
    """Code that asks its model for a parameter by name gets the check's tensor."""
    student = open_student(
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.inner = nn.Linear(2, 1, bias=False)\n"
        "    def forward(self, x):\n"
        "        weight = self.get_parameter('inner.weight')\n"
        "        assert isinstance(self.inner.weight, nn.Parameter)\n"
        "        return x @ weight.T\n"
    )
    weight = torch.tensor([[2.0, 3.0]], requires_grad=True)

    out = student.Net().with_weights({"inner.weight": weight})(torch.ones(1, 2))
    out.sum().backward()

    assert out.tolist() == [[5.0]]
    assert weight.grad.tolist() == [[1.0, 1.0]]
    assert not isinstance(weight, nn.Parameter)


def test_weights_are_loaded_before_a_method(open_student: Any) -> None:
    """A method of an object with weights sees them, and so do later calls."""
    model = open_student(MODELS).Net()
    weights = {"inner.weight": torch.ones(1, 2), "inner.bias": torch.zeros(1)}
    model.with_weights(weights).eval()

    assert model(torch.tensor([[1.0, 10.0]], dtype=torch.float64)).tolist() == [[11.0]]


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
    x = torch.tensor([[1.0, 10.0]], dtype=torch.float64)

    with pytest.raises(TypeError, match="load_state_dict"):
        student.run(model.with_weights(weights), x)
    model.load_state_dict(weights)
    assert student.run(model, x).tolist() == [[11.0]]


def test_a_built_parameter(open_student: Any) -> None:
    """It can be given to two modules, frozen or not, and is in their dtype."""
    student = open_student(
        "def tied(a, b): return a.weight is b.weight\n"
        "def learns(m): return m.weight.requires_grad, str(m.weight.dtype)"
    )
    one, two = student.build(nn.Linear, 3, 2), student.build(nn.Linear, 3, 2)
    weight = student.build(nn.Parameter, torch.zeros(2, 3), requires_grad=False)

    for layer in (one, two):
        assert student.learns(layer) == (True, "torch.float64")
        layer.register_parameter("weight", weight)

    assert student.tied(one, two) is True
    assert student.learns(one) == (False, "torch.float64")


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


DTYPES = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self, dtype=None):
        super().__init__()
        self.first = nn.Linear(2, 2, dtype=dtype)
        self.second = nn.Linear(2, 2)
        self.second.weight = self.first.weight
        self.register_buffer("mean", torch.zeros(2))
        self.register_buffer("same", self.mean)
        self.register_buffer("count", torch.zeros(1, dtype=torch.int64))
        self.register_buffer("mask", torch.ones(1, dtype=torch.bool))
    def to(self, *args): raise RuntimeError("mine")
    def dtypes(self):
        parts = [*self.named_parameters(), *self.named_buffers(remove_duplicate=False)]
        return {name: str(part.dtype) for name, part in parts}
    def shares(self):
        return self.first.weight is self.second.weight, self.mean is self.same
class Plain:
    def __init__(self): self.weight = torch.zeros(2)
    def dtype(self): return str(self.weight.dtype)
def make(): return Net()
def dtype_of(model): return str(next(model.parameters()).dtype)
"""


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
def test_objects_are_in_the_dtype_of_the_setting(open_student: Any, dtype: str) -> None:
    """Parameters and buffers of floats, those of torch's own objects too."""
    begin(CaseRun(SETTINGS[f"cpu {dtype}"], 1))
    student = open_student(DTYPES)
    model = student.Net()

    found = model.dtypes()
    assert found.pop("count") == "torch.int64"
    assert found.pop("mask") == "torch.bool"
    assert set(found.values()) == {f"torch.{dtype}"}
    assert model.shares() == (True, True)
    for built in (student.build(nn.Linear, 2, 3), student.build(nn.LayerNorm, 2)):
        assert student.dtype_of(built) == f"torch.{dtype}"


def test_who_names_a_dtype_means_it(open_student: Any, case: CaseRun) -> None:
    """An object that is made with dtype= has that one."""
    student = open_student(DTYPES)
    built = student.build(nn.Linear, 2, 3, dtype=torch.float32)

    assert student.dtype_of(built) == "torch.float32"
    assert student.Net(dtype=torch.float32).dtypes()["first.bias"] == "torch.float32"


def test_what_is_made_otherwise_stays_as_it_is(
    open_student: Any, case: CaseRun
) -> None:
    """A function's result is its own answer; an object that is no module is left."""
    student = open_student(DTYPES)

    assert student.dtype_of(student.make()) == "torch.float32"
    assert student.Plain().dtype() == "torch.float32"


@pytest.mark.parametrize("dtype", ["int64", "double", "", 7, ["float32"]])
def test_a_dtype_that_is_none_of_floats(dtype: Any) -> None:
    """The worker's side reads it strictly."""
    request = Request(["function", "f"], {"tuple": []}, {"dict": []}, [], dtype="int8")
    header = request_header(request) | {"dtype": dtype}
    with pytest.raises(BadFrame, match="an object in"):
        read_request(header, [])
    assert read_request(header | {"dtype": "float32"}, []).dtype == "float32"
    assert read_request(header | {"dtype": None}, []).dtype is None
