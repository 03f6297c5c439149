"""What crosses to the student's code and back, here and behind the sandbox alike."""

from __future__ import annotations

import functools
from typing import Any

import pytest
import torch
from torch import nn

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
        torch.sin,
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
    """What has no public name in torch arrives as something that cannot be called."""
    student = open_student("def apply(f, x): return f(x)")

    with pytest.raises(TypeError, match="not callable"):
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
    student = open_student(RESULTS + "value = 3\n")

    with pytest.raises(Exception, match="softmax") as caught:
        student.softmax(torch.ones(2))
    assert type(caught.value).__name__ == "Missing"
    assert {"size", "pair", "Thing"} <= set(caught.value.present)
    assert "np" not in caught.value.present
    with pytest.raises(Exception, match="value") as caught:
        student.value()
    assert type(caught.value).__name__ == "Missing"
