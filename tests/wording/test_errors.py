"""What Python and torch say, in a student's words: each exception is made to happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from autograder import simulated
from autograder.verdict import Frame, Raised
from autograder.wording.crashes import in_words

zeros = torch.zeros
LONG = torch.long


def words(call: Callable[[], Any], line: str = "x = self.layer(x)") -> str | None:
    """What is said of the exception that a call raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011  (each has its own)
        call()
    frames = [Frame("network.py", 41, "forward", line)]
    return in_words(Raised(type(caught.value).__name__, str(caught.value), frames))


class Net(nn.Module):
    """A module that lacks what it uses."""

    def forward(self, x: torch.Tensor) -> Any:
        """Use what was never set."""
        return self.conv(x)


def pads(x: Any, padding: int) -> Any:
    """A function of two arguments."""
    return pads(x, padding)


def weights() -> torch.Tensor:
    """A parameter of three numbers."""
    return zeros(3, requires_grad=True)


def adds_to_a_leaf() -> None:
    """Change a parameter in place."""
    w = weights()
    w += 1


def adds_to_a_view() -> None:
    """Change a part of a parameter in place."""
    part = weights()[:2]
    part += 1


def goes_back_twice() -> None:
    """Two backwards through one graph."""
    w = weights()
    loss = (w * w).sum()
    loss.backward()
    loss.backward()


def changes_what_is_needed() -> None:
    """Change the result of exp, which its backward needs."""
    y = weights().exp()
    y += 1
    y.sum().backward()


def unpacks(count: int) -> None:
    """Two names for some values."""
    _height, _width = zeros(*[1] * count).shape


ANY: Any = None  # mypy need not know what fails here
PYTHON: list[tuple[Callable[[], Any], str]] = [
    (lambda: {"kernel": 3}["padding"], "under the key 'padding' where it is looked up"),
    (
        lambda: {"kernel": 3}["padding"],
        "if the key may be missing, `.get(key, default)",
    ),
    (lambda: ANY.shape, "what is asked for .shape at network.py:41 is None"),
    (lambda: ANY + 1, "something at network.py:41 is None where a value is needed"),
    (lambda: ANY[0], "something at network.py:41 is None"),
    (lambda: F.relu(ANY), "something at network.py:41 is None"),
    (lambda: pads(1, pad=2), "pads is called with pad=... at network.py:41 and takes"),
    (lambda: nn.Linear(2, 3, bia=True), "Linear.__init__ is called with bia=..."),
    (lambda: pads(1), "pads is called at network.py:41 without a value for 'padding'"),
    (lambda: zeros(3).sum(axes=1), "sum is called at network.py:41 with (axes=int"),
    (lambda: torch.sqrt(2.0), "needs a value of type Tensor for `input`, and one of"),
    (lambda: {[1]: 2}, "something of type list stands at network.py:41 where a key"),
    (lambda: [1, 2] * 2.5, "is multiplied by type float at network.py:41"),
    (lambda: [1, 2] / 2, "`/` at network.py:41 is not defined between type list and"),
    (lambda: "a" + ANY_NUMBER, "`+` at network.py:41 joins a str to another str only"),
    (lambda: range(5 / 2), "something of type float stands at network.py:41 where a"),
    (lambda: zeros(3).shape(1), "something of type torch.Size is called as a function"),
    (lambda: ANY_NUMBER[0], "of something of type int at network.py:41, which has no"),
    (lambda: unpacks(1), "2 names to the left at network.py:41 and only 1 value for"),
    (lambda: unpacks(4), "2 names to the left at network.py:41 and more values"),
    (lambda: [1].shape, "what is asked for .shape at network.py:41 is of type list"),
    (lambda: Net()(1), "type Net is asked for .conv at network.py:41 and has none: is"),
    (
        lambda: zeros(1).padded(),
        "of type Tensor is asked for .padded at network.py:41",
    ),
    (lambda: [1, 2][2], "an index at network.py:41 lies beyond the end of a list"),
    (lambda: (1, 2)[2], "an index at network.py:41 lies beyond the end of a tuple"),
    (lambda: pads(1, 2), "calls within calls go deeper than Python allows at network"),
]
ANY_NUMBER: Any = 5

TORCH: list[tuple[Callable[[], Any], str]] = [
    (lambda: zeros(2, 3).max(1) + 1, "max along an axis, for one, returns a tuple"),
    (lambda: zeros(2, 3).max(1).reshape(2), "max along an axis gives two tensors at"),
    (lambda: F.relu(zeros(2, 3).max(1)), "max along an axis gives two tensors at"),
    (lambda: zeros(2) - zeros(2, 3).max(1), "max along an axis gives two tensors at"),
    (lambda: bool(zeros(3)), "whether an argument was given: `if bias is not None`"),
    (lambda: bool(zeros(3) > 0), "one yes or no is needed at network.py:41"),
    (
        lambda: range(zeros(3)),
        "a tensor at network.py:41 stands where Python needs",
    ),
    (lambda: [1, 2][torch.tensor(1.5)], "holds several numbers or none that is whole"),
    (lambda: zeros(3).item(), "one number is asked of a tensor at network.py:41 that "),
    (lambda: int(zeros(3)), "one number is asked of a tensor at network.py:41 that "),
    (adds_to_a_leaf, "what is changed in place at network.py:41 (+=, x[i] = ..., a"),
    (adds_to_a_view, "is a parameter or an input whose gradient is asked for, or a "),
    (changes_what_is_needed, "a tensor of [3] that the backward needs was changed"),
    (goes_back_twice, "comes to a graph that an earlier one used up"),
    (lambda: zeros(1).backward(), "depends on nothing whose gradient is asked for"),
    (lambda: (weights() * 2).backward(), "with a tensor that is not one number"),
    (lambda: weights().numpy(), "nothing flows back through numpy"),
    (lambda: zeros(2, 3) @ zeros(4, 5), "expects 4 features, and 3 came"),
    (
        lambda: F.conv2d(zeros(1, 1, 3, 3).double(), zeros(1, 1, 2, 2)),
        "float64 meets float32 at network.py:41: a tensor made on the way",
    ),
    (lambda: zeros(5)[5], "axis 0 has 5 places, 0 to 4"),
    (lambda: zeros(1)[1], "axis 0 has 1 place, which is 0"),
    (lambda: zeros(0)[0], "axis 0 has no place at all"),
    (lambda: zeros(3)[0, 0], "more indices than its number of axes, which is 1"),
    (lambda: zeros(3)[torch.tensor([1.0])], "holds neither whole numbers nor booleans"),
    (
        lambda: F.cross_entropy(zeros(2, 3), torch.tensor([1, 7])),
        "a target at network.py:41 is class 7, for which there is no logit",
    ),
    (lambda: zeros(2, 3).t().view(6), "view at network.py:41 cannot give this shape"),
]


@pytest.mark.parametrize(("call", "said"), [*PYTHON, *TORCH])
def test_common_exceptions(call: Callable[[], Any], said: str) -> None:
    """What is wrong, where, and what to look for."""
    text = words(call)

    assert text is not None
    assert said in text


def on_sim(*values: Any) -> torch.Tensor:
    """A tensor on the simulated GPU."""
    return simulated.to_device(torch.tensor(*values))


def table() -> torch.Tensor:
    """Six zeros on the simulated GPU."""
    return simulated.to_device(zeros(2, 3))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: table().gather(1, on_sim([[5]])), "axis 1 has 3 places, 0 to 2"),
        (lambda: table().scatter(1, on_sim([[5]]), 1.0), "axis 1 has 3 places, 0 to 2"),
        (lambda: table()[on_sim([5])], "axis 0 has 2 places, 0 to 1"),
        (lambda: table().index_select(1, on_sim([5])), "the axis has 3 places, 0 to 2"),
        (
            lambda: table().take(on_sim([9])),
            "index 9 is asked for at network.py:41",
        ),
        (
            lambda: table().gather(1, on_sim([1])),
            "must have as many axes as the",
        ),
        (lambda: table().gather(1, on_sim([[1.0]])), "the index of gather at network"),
        (
            lambda: table().gather(1, on_sim([[0]] * 5)),
            "is [5, 1], and on each axis",
        ),
        (
            lambda: table().gather(1, torch.tensor([[1]])),
            "tensors on the simulated GPU and on the CPU meet at network.py:41, in "
            "gather: a tensor made on the way may need device=x.device",
        ),
        (lambda: table() + zeros(2, 3), "on the CPU meet at network.py:41: a tensor"),
        (
            lambda: zeros(3)[on_sim([0])],
            "on the CPU is indexed at network.py:41",
        ),
        (lambda: table().numpy(), "numpy is asked to take a tensor at network.py:41"),
        (
            lambda: F.conv2d(simulated.to_device(zeros(1, 1, 3, 3)), zeros(1, 1, 2, 2)),
            "a tensor on the simulated GPU meets one on the CPU at network.py:41",
        ),
    ],
)
def test_common_exceptions_on_the_simulated_gpu(
    call: Callable[[], Any], said: str
) -> None:
    """Indices that do not fit, and tensors that were left behind on the CPU."""
    if (reason := simulated.available()) is not None:
        pytest.skip(reason)
    simulated.register()

    with simulated.simulating():
        text = words(call)

    assert text is not None
    assert said in text


def test_whole_numbers_beside_fractions_are_not_told_to_take_their_dtype() -> None:
    """An index made float32 would be wrong as well: the question stays open."""
    raised = Raised("RuntimeError", "expected scalar type Long but found Float")

    assert in_words(raised) == (
        "int64 meets float32: which of them should have been made or converted "
        "otherwise?"
    )


def test_a_cell_has_lines() -> None:
    """In a notebook the place is told as everywhere in a report."""
    message = "unsupported operand type(s) for @: 'int' and 'int'"
    raised = Raised("TypeError", message, [Frame("cell 6", 2, "f", "return x @ y")])

    assert "`@` at cell 6, line 2 is not defined" in (in_words(raised) or "")


def raises_a_key_error() -> None:
    """An exception of the student's own."""
    raise KeyError("no layer of that type")


def test_what_a_student_raises_is_in_words_already() -> None:
    """Nothing is said of why somebody chose to raise."""
    assert words(raises_a_key_error, "    raise KeyError(kind)") is None


@pytest.mark.parametrize(
    "call", [lambda: set().pop(), lambda: 1 // 0, lambda: {}.popitem()]
)
def test_other_exceptions_get_no_words(call: Callable[[], Any]) -> None:
    """Nothing is guessed, whatever the type."""
    assert words(call) is None
