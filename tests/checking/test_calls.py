"""Calls that can be typed again, where to look, and the names of outputs."""

from __future__ import annotations

import ast
import functools
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
import torch

from autograder.checking.case import CPU_FLOAT64, CaseRun, begin
from autograder.checking.comparing import close, equal
from autograder.checking.difference import Differs
from autograder.checking.local import LocalCaller
from autograder.checking.objects import variable_of
from autograder.checking.places import placed
from autograder.checking.shown_calls import last_call, written_short
from autograder.checking.student import Student
from autograder.verdict import Call, CheckResult, Mismatch, Outcome

SOURCE = '''
import torch
from torch import nn

def shapes(layers, size):
    return size

def backward(x, weight):
    """Gradients.

    Returns:
        ``(grad_x, grad_weight)``, of the shapes of x
        and weight.
    """
    return x, weight + 1

def combine(first, *masks):
    return first

def sizes(x):
    """Sizes.

    Returns:
        ``(N, C)``, two numbers.
    """
    return 1, 2

class ConvNet(nn.Module):
    """A network."""

    def __init__(self, channels, classes=3):
        super().__init__()
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        return {"logits": self.fc(x)}
'''


@pytest.fixture
def student() -> tuple[Student, CaseRun]:
    """The student above, in a case that has begun."""
    module = ModuleType("sample")
    exec(SOURCE, module.__dict__)
    caller = LocalCaller(module, {})
    run = CaseRun(CPU_FLOAT64, 7)
    run.output_names = caller.output_names
    begin(run)
    return Student(caller), run


def test_a_long_argument_gets_a_name_and_is_told_whole(student: Any) -> None:
    """What is shown can be typed: nothing in it is cut."""
    ours, run = student
    layers = [{"type": "conv", "kernel": n, "stride": [n] * 3} for n in range(9)]
    ours.shapes(layers, (3, 32))

    call = last_call(run)

    assert call is not None
    assert call.text == "shapes(layers, (3, 32))"
    assert ast.literal_eval(call.values["layers"]) == layers


def test_short_arguments_stand_in_the_call() -> None:
    """A name for each would be in the way; a keyword keeps its own."""
    text = "f([1, 2], 'ä', stride=2)"
    long = repr(list(range(40)))

    assert written_short(text, ["a", "b"]) == (text, {})
    assert written_short(f"f('ä', sizes={long}, x=3)") == (
        "f('ä', sizes=sizes, x=3)",
        {"sizes": long},
    )
    assert written_short(f"f({long})", []) == ("f(argument1)", {"argument1": long})


def test_any_number_of_arguments_has_a_name_for_each(student: Any) -> None:
    """Behind ``*masks`` all of them are called masks, and counted."""
    ours, run = student
    ours.combine(torch.zeros(1), torch.zeros(2), torch.zeros(3))

    call = last_call(run)

    assert call is not None
    assert call.text == "combine(first, masks[0], masks[1])"
    assert call.arguments == {
        "first": "float32[1]",
        "masks[0]": "float32[2]",
        "masks[1]": "float32[3]",
    }


def test_long_lists_of_tensors_are_named_by_their_own_names() -> None:
    """There is no literal to be typed."""
    inside = ", ".join(f"states[{n}]" for n in range(12))

    assert written_short(f"f([{inside}])", ["states"]) == ("f(states)", {})


def test_a_call_of_an_object_says_how_it_was_made(student: Any) -> None:
    """Two lines that can be typed, and no list of weights."""
    ours, run = student
    weights = {"fc.weight": torch.zeros(2, 4), "fc.bias": torch.zeros(2)}
    ours.ConvNet(4, classes=2).with_weights(weights)(torch.zeros(1, 4))

    call = last_call(run)

    assert call is not None
    assert call.text == "conv_net(x)"
    assert call.values == {"conv_net": "ConvNet(4, classes=2)"}
    assert call.arguments == {
        "x": "float32[1, 4]",
        "its weights": "given by the check",
    }


def test_objects_in_objects_are_told_as_they_were_made(student: Any) -> None:
    """A container names its layers with their arguments."""
    ours, run = student
    first, last = ours.build(torch.nn.Linear, 3, 4), ours.build(torch.nn.ReLU)
    ours.shapes(ours.build(torch.nn.Sequential, first, last), 3)

    call = last_call(run)

    assert call is not None
    assert call.text == "shapes(sequential, 3)"
    assert call.values == {"sequential": "Sequential(Linear(3, 4), ReLU())"}


def values_of(run: CaseRun) -> dict[str, str]:
    """What the names in the last call stand for."""
    call = last_call(run)
    assert call is not None
    return call.values


def test_a_frozen_layer_is_told_as_frozen(student: Any) -> None:
    """What was done to an object before the call can be typed as well."""
    ours, run = student
    frozen = ours.build(torch.nn.Linear, 3, 7)
    frozen.requires_grad_(False).eval()
    norm = ours.build(torch.nn.BatchNorm1d, 7)
    ours.sizes(ours.build(torch.nn.Sequential, frozen, norm))

    assert values_of(run) == {
        "linear": "Linear(3, 7), then linear.requires_grad_(False), then linear.eval()",
        "sequential": "Sequential(linear, BatchNorm1d(7))",
    }
    assert list(values_of(run)) == ["linear", "sequential"]


def test_objects_of_one_kind_have_names_of_their_own(student: Any) -> None:
    """A container in a container, and a layer that is shared, are told apart."""
    ours, run = student
    one, two = ours.build(torch.nn.Linear, 2, 2), ours.build(torch.nn.Linear, 2, 2)
    inside = ours.build(torch.nn.Sequential, one, two)
    ours.shapes(ours.build(torch.nn.Sequential, one, inside), 3)

    call = last_call(run)

    assert call is not None
    assert call.text == "shapes(sequential, 3)"
    assert call.values == {
        "linear": "Linear(2, 2)",
        "sequential": "Sequential(linear, Sequential(linear, Linear(2, 2)))",
    }


def test_tied_parameters_are_told(student: Any) -> None:
    """A parameter in two layers has a name; its numbers are told by their shape."""
    ours, run = student
    weight = ours.build(torch.nn.Parameter, torch.zeros(3, 2), requires_grad=False)
    layers = [ours.build(torch.nn.Linear, 2, 3) for _ in range(2)]
    for layer in layers:
        layer.register_parameter("weight", weight)
    ours.sizes(ours.build(torch.nn.Sequential, *layers))

    made = "Linear(2, 3), then linear_{0}.register_parameter('weight', parameter)"
    assert values_of(run) == {
        "parameter": "Parameter(float32[3, 2], requires_grad=False)",
        "linear_1": made.format(1),
        "linear_2": made.format(2),
        "sequential": "Sequential(linear_1, linear_2)",
    }


def test_an_optimizer_is_told_with_its_model(student: Any) -> None:
    """Its parameters are those of the model by name; weights of the check are told."""
    ours, run = student
    model = ours.build(torch.nn.Linear, 3, 2)
    state = {"weight": torch.zeros(2, 3), "bias": torch.zeros(2)}
    model.load_state_dict({**state})
    model.state_dict()
    optimizer = ours.build(torch.optim.SGD, model.parameters(), lr=0.5)
    ours.combine(torch.zeros(1), model, optimizer)
    ours.combine(torch.zeros(1), model, optimizer)
    ours.combine(torch.zeros(1), model, optimizer)

    assert values_of(run) == {
        "linear": "Linear(3, 2), then linear.load_state_dict(...), as the check has "
        "it, then given to combine 2 times",
        "sgd": "SGD(linear.parameters(), lr=0.5), then given to combine 2 times",
    }


def test_a_scripted_network_is_told_as_one(student: Any) -> None:
    """It cannot be typed, and says what it is."""
    ours, run = student
    ours.sizes(ours.scripted(torch.zeros(3, 3)))

    assert values_of(run) == {
        "scripted": "a network of the check's, which answers from a table of logits"
    }


def test_names_of_variables() -> None:
    """Classes are written in capitals, variables are not."""
    assert [variable_of(n) for n in ("ConvNet", "LSTMCell", "SGD")] == [
        "conv_net",
        "lstm_cell",
        "sgd",
    ]


def of(claim: Any, *values: Any) -> str:
    """What a claim that does not hold is about."""
    with pytest.raises(Differs) as caught:
        claim(*values)
    return str(caught.value.mismatch.of)


def test_outputs_have_the_names_of_the_docstring(student: Any) -> None:
    """Those of the tuple with which Returns begins; a shape is none."""
    ours, _ = student
    x = torch.zeros(2, dtype=torch.float64)

    assert of(close, ours.backward(x, x), (x, x)) == "grad_weight"
    assert of(close, ours.sizes(x), (1.0, 3.0)) == "output[1]"


def test_parts_of_dicts_and_shapes_of_parameters_have_names(student: Any) -> None:
    """``the shape of fc.weight`` rather than ``output['fc.weight']``."""
    ours, _ = student
    model = ours.ConvNet(4)
    shapes = {"fc.weight": (3, 5), "fc.bias": (3,)}
    x = torch.zeros(1, 4, dtype=torch.float64)

    assert of(equal, model.parameter_shapes(), shapes) == "the shape of fc.weight"
    assert of(close, model(x), {"logits": x}) == "logits"


def test_parts_of_a_long_list_are_told_alone(student: Any) -> None:
    """Where the whole would be cut, the first wrong part says more."""
    expected = [(n, n, n) for n in range(9)]
    got = [*expected[:4], (4, 4, 5), *expected[5:]]

    assert of(equal, got, expected) == "output[4]"
    assert of(equal, [1, 2], [1, 3]) == "the output"


def result(call: str, function: str = "ConvNet", **facts: Any) -> CheckResult:
    """A check of the network that failed."""
    known = CheckResult(
        "a::b", "a", function, "it works", Outcome.FAILED, 0, 1, call=Call(call)
    )
    return CheckResult(**{**vars(known), **facts})


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (result("conv_net(x)"), "def forward"),
        (result("conv_net.fit(x)"), "class ConvNet"),
        (result("ConvNet(3)"), "def __init__"),
        (result("conv_net.named_parameters()"), "def __init__"),
        (
            result(
                "conv_net(x)",
                mismatch=Mismatch("structure", "the parameters of ConvNet", "a", "b"),
            ),
            "def __init__",
        ),
        (result("backward(x)", function="backward"), "def backward"),
    ],
)
def test_where_in_a_class_to_look(found: CheckResult, line: str) -> None:
    """At forward for a wrong answer, at __init__ for wrong parameters."""
    lines = [text.strip() for text in SOURCE.splitlines()]
    number = next(n for n, text in enumerate(lines, 1) if text.startswith(line))

    assert placed(found, SOURCE).look_at == f"a.py:{number}"


def test_a_file_that_does_not_parse_still_has_a_place() -> None:
    """The line is found by its text."""
    assert placed(result("f(x)", function="f"), "x = (\ndef f(x):").look_at == "a.py:2"
    assert placed(result("g(x)", function="g"), "").look_at == "a.py"


RAISING = """
def fits(room):
    if room < -9:
        raise ValueError("no room")
    if room is None:
        raise TypeError
    return room


def never(room):
    return room
"""


@pytest.mark.parametrize(
    ("function", "wanted", "place"),
    [
        ("fits", "ValueError", "a.py:4"),
        ("fits", "TypeError", "a.py:6"),
        ("fits", "KeyError", None),
        ("never", "ValueError", None),
    ],
)
def test_where_to_look_for_an_exception_that_did_not_come(
    function: str, wanted: str, place: str | None
) -> None:
    """At the one line that raises it; the definition says nothing about it."""
    missed = Mismatch("exception", "the call", wanted, "-1")
    found = result(f"{function}(3)", function=function, mismatch=missed)

    assert placed(found, RAISING).look_at == place


def test_where_to_look_when_time_is_out() -> None:
    """At the loop that ran, where that is known; else nowhere."""
    late = result("never(3)", function="never", outcome=Outcome.OUT_OF_TIME)

    assert placed(late, RAISING).look_at is None
    assert placed(replace(late, look_at="a.py:3"), RAISING).look_at == "a.py:3"


FORBIDDEN = """
from torch import nn
import torch.nn.functional as F

def direct(x):
    y = x + 1
    return F.conv2d(
        y, y)

def helper(x):
    return nn.Conv2d(1, 1, 1)(x)

def through(x):
    return helper(x)
"""


@pytest.mark.parametrize(
    ("function", "name", "line"),
    [
        ("direct", "torch.nn.functional.conv2d", 7),
        ("through", "torch.nn.Conv2d", 11),
        ("through", "torch.nn.elsewhere", 13),
    ],
)
def test_a_refusal_looks_at_the_line_with_the_name(
    function: str, name: str, line: int
) -> None:
    """In the function, or in what it calls; the function itself if it is nowhere."""
    detail = f"{function} uses {name}"
    found = result("f(x)", function=function, outcome=Outcome.REFUSED, detail=detail)

    assert placed(found, FORBIDDEN).look_at == f"a.py:{line}"


def test_a_partial_can_be_typed(student: Any) -> None:
    """What is given as a function is told with its arguments"""
    ours, run = student
    target = torch.zeros(3)
    given = functools.partial(torch.nn.functional.mse_loss, target=target)
    ours.combine(torch.zeros(1), functools.partial(torch.logsumexp, dim=(0, 1)), given)

    call = last_call(run)

    assert call is not None
    assert call.text == (
        "combine(first, partial(logsumexp, dim=(0, 1)), "
        "partial(mse_loss, target=target))"
    )
    assert call.arguments["target"] == "float32[3]"
