"""A worker that lies: raw bytes on its end of the channel."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
import torch
from safetensors.torch import save

from autograder.checking.callers import Stopped
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget, Wire
from autograder.protocol.calls import Answer, Request
from autograder.protocol.frames import MAX_BODY, MAX_HEADER, encode
from autograder.protocol.messages import answer_parts
from autograder.verdict import Outcome

QUESTION = Request(["function", "f"], {"tuple": []}, {"dict": []}, [torch.ones(2)])


def frame(header: Any, body: bytes = b"") -> bytes:
    """The bytes of a frame whose header may be anything."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<IQ", len(text), len(body)) + text + body


def stored(*tensors: torch.Tensor) -> bytes:
    """A body with these tensors, numbered."""
    return save({str(index): tensor for index, tensor in enumerate(tensors)})


def safetensors(table: dict[str, Any], data: bytes) -> bytes:
    """A body whose table may lie."""
    text = json.dumps(table).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(shape: list[Any], offsets: list[int], dtype: str = "F64") -> dict[str, Any]:
    """The table's line of the tensor "0"."""
    return {"0": {"dtype": dtype, "shape": shape, "data_offsets": offsets}}


ONE = b"\0" * 8
LIES = {
    "an empty tensor beyond all memory": frame(
        {"layouts": [None]}, safetensors(entry([0, 2**33, 2**33], [0, 0]), b"")
    ),
    "a length of 2^60": struct.pack("<IQ", 2, 2**60) + b"{}",
    "a header of 4 GiB": struct.pack("<IQ", 2**32 - 1, 0),
    "one byte over the cap": struct.pack("<IQ", MAX_HEADER + 1, 0),
    "a body one byte over the cap": struct.pack("<IQ", 2, MAX_BODY + 1),
    "no JSON": frame(b"{nonsense"),
    "no UTF-8": frame(b'{"layouts": "\xff"}'),
    "JSON nested 100,000 deep": frame(b"[" * 100_000),
    "an integer of 100,000 digits": frame(b'{"layouts":' + b"9" * 100_000 + b"}"),
    "a list": frame([]),
    "a number": frame(7),
    "an empty header": frame(b""),
    "no layouts": frame({}),
    "layouts that are no list": frame({"layouts": 3}),
    "a layout without a tensor": frame({"layouts": [None]}),
    "a tensor without a layout": frame({"layouts": []}, stored(torch.ones(1))),
    "a body that is no safetensors": frame({"layouts": [None]}, b"\xff" * 64),
    "a table longer than the body": frame({"layouts": [None]}, b"\xff" * 7 + b"\0"),
    "negative dimensions": frame(
        {"layouts": [None]}, safetensors(entry([-1, -1], [0, 8]), ONE)
    ),
    "a dimension that is a fraction": frame(
        {"layouts": [None]}, safetensors(entry([1.5], [0, 8]), ONE)
    ),
    "dimensions that overflow": frame(
        {"layouts": [None]}, safetensors(entry([2**62, 2**62], [0, 8]), ONE)
    ),
    "more values than bytes": frame(
        {"layouts": [None]}, safetensors(entry([1000], [0, 8]), ONE)
    ),
    "offsets past the end": frame(
        {"layouts": [None]}, safetensors(entry([1], [8, 16]), ONE)
    ),
    "an unknown dtype": frame(
        {"layouts": [None]}, safetensors(entry([1], [0, 8], "F65"), ONE)
    ),
    "a tensor of another name": frame({"layouts": [None]}, save({"x": torch.ones(1)})),
    "strides": frame({"layouts": [[[2], [1]]]}, stored(torch.ones(2))),
    "strides past the end": frame({"layouts": [[[9], [9]]]}, stored(torch.ones(2))),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_a_frame_that_lies(wire: Wire, child: Any, lie: bytes) -> None:
    """A malformed frame stops the worker with a message and kills it."""
    child.theirs.sendall(lie)

    with pytest.raises(Stopped) as caught:
        wire.answer(1.0, "softmax")

    assert caught.value.outcome is Outcome.CRASHED
    assert caught.value.detail.startswith("softmax: ")
    assert child.killed


FIELDS: dict[str, dict[str, Any]] = {
    "too many flags": {"differentiable": [True, True]},
    "flags that are no booleans": {"differentiable": [1]},
    "flags that are no list": {"differentiable": {"0": True}},
    "a graph without gradients": {"graph": 1},
    "gradients without a graph": {"differentiable": [True]},
    "a graph that is a text": {"differentiable": [True], "graph": "1"},
    "a graph that is a bool": {"differentiable": [True], "graph": True},
    "a changed input that was not sent": {"changed": [1]},
    "a negative changed input": {"changed": [-1]},
    "a changed input that is a bool": {"changed": [True]},
    "devices that are numbers": {"devices": [1]},
    "a million devices": {"devices": ["cpu"] * 1_000},
    "printed text that is a list": {"printed": ["a"]},
    "an exception that is a text": {"thrown": "ValueError"},
    "an exception without a type": {"thrown": {"frames": []}},
    "a malformed traceback": {"thrown": {"frames": [["a.py", 1, "f"]]}},
    "a traceback with a text for a line": {"thrown": {"frames": [["a", "1", "f", ""]]}},
    "a misfit of three": {"misfit": ["a", "b", "c"]},
    "names that are no texts": {"missing": [None]},
    "a tensor that was not sent": {"value": {"tensor": 1}},
    "a negative tensor": {"value": {"tensor": -1}},
    "a tensor by a text": {"value": {"tensor": "0"}},
    "two kinds in one": {"value": {"tensor": 0, "float": "1"}},
    "an unknown kind": {"value": {"pickle": "gASV"}},
    "an empty kind": {"value": {}},
    "a float that is none": {"value": {"float": "one"}},
    "a dtype that is none": {"value": {"dtype": "float128"}},
    "a tuple that is an object": {"value": {"tuple": {"handle": []}}},
    "a dict that is an object": {"value": {"dict": {"handle": []}}},
    "a float beyond all floats": {"value": {"float": 10**400}},
    "a value of too many parts": {"value": [0] * 30_000},
    "the parameters of an object": {"value": {"parameters": 1}},
    "an object by a text": {"value": {"handle": "1"}},
    "a dict whose key is a list": {"value": {"dict": [[[1], 2]]}},
    "a dict with half a pair": {"value": {"dict": [[1]]}},
    "a tuple that is a number": {"value": {"tuple": 3}},
    "depth": {"value": json.loads("[" * 60 + "]" * 60)},
}


@pytest.fixture
def caller(wire: Wire) -> RemoteCaller:
    """A caller whose child is the stand-in."""
    made = RemoteCaller(None, CalledFile({}, "m"), Budget.of(10), 1.0, lambda name: [])  # type: ignore[arg-type]
    made._process.wire, made._process.exercise = wire, "m"
    return made


@pytest.mark.parametrize("lie", FIELDS.values(), ids=FIELDS.keys())
def test_an_answer_that_lies(
    case: Any, caller: RemoteCaller, child: Any, lie: dict[str, Any]
) -> None:
    """A well-formed frame with a wrong field is a crash of the student's, no fault."""
    from autograder.checking.student import Student

    header, _ = answer_parts(Answer(tensors=[torch.ones(2)]))
    header |= {"value": {"tensor": 0}} | lie
    child.theirs.sendall(encode(header, [torch.ones(2)]))

    with pytest.raises(Stopped) as caught:
        Student(caller).f(torch.ones(2, requires_grad=True))
    assert caught.value.outcome is Outcome.CRASHED


def test_gradients_of_integers_are_refused(caller: RemoteCaller, child: Any) -> None:
    """Only floating-point tensors can be differentiable."""
    said = Answer({"tensor": 0}, [torch.arange(2)], differentiable=[True], graph=1)
    child.theirs.sendall(encode(*answer_parts(said)))

    with pytest.raises(Stopped):
        caller.call(QUESTION)


@pytest.mark.parametrize(
    ("given", "gradients"),
    [
        ([True], [torch.ones(3)]),
        ([True], [torch.ones(2, dtype=torch.int64)]),
        ([True, True], [torch.ones(2)] * 2),
        ([], []),
        ([True, True], [torch.ones(2)]),
        ([False], [torch.ones(2)]),
        ("yes", [torch.ones(2)]),
    ],
    ids=["shape", "dtype", "many", "few", "announced", "unannounced", "text"],
)
def test_a_gradient_that_does_not_fit(
    case: Any,
    caller: RemoteCaller,
    child: Any,
    given: Any,
    gradients: list[torch.Tensor],
) -> None:
    """A gradient of another shape, type or number is the worker's crash, not ours."""
    from autograder.checking.student import Student

    first = Answer({"tensor": 0}, [torch.ones(2)], differentiable=[True], graph=1)
    child.theirs.sendall(encode(*answer_parts(first)))
    x = torch.ones(2, requires_grad=True)
    out = Student(caller).f(x)
    said = {"thrown": None, "given": given}
    child.theirs.sendall(encode(said, gradients))

    with pytest.raises(Stopped) as caught:
        out.sum().backward()
    assert caught.value.outcome is Outcome.CRASHED


TWO = [torch.ones(2)] * 2
TWICE = {
    "no second answer asked for": (False, {"again": {}}, TWO),
    "a second answer that is none": (True, {"again": 3}, TWO),
    "a count too large": (True, {"count": 3}, TWO),
    "a count below zero": (True, {"count": -1}, TWO),
    "a tensor too many": (True, {}, TWO),
    "gradients for too many": (True, {"given": [True, True]}, TWO),
    "gradients of another shape": (True, {"given": [True]}, [TWO[0], torch.ones(3)]),
    "gradients of another dtype": (True, {"given": [True]}, [TWO[0], torch.arange(2)]),
    "gradients that are missing": (True, {"given": [True]}, [TWO[0]]),
}


@pytest.mark.parametrize("lie", TWICE.values(), ids=TWICE.keys())
def test_an_answer_to_two_calls_that_lies(
    caller: RemoteCaller, child: Any, lie: tuple[bool, Any, list[torch.Tensor]]
) -> None:
    """Second answers and gradients are held to what was asked for."""
    twice, fields, tensors = lie
    question = Request(
        ["function", "f"], [], {}, [torch.ones(2)], tracked=[0], twice=twice
    )
    header, _ = answer_parts(Answer({"tensor": 0}, [torch.ones(2)]))
    child.theirs.sendall(encode(header | fields, tensors))

    with pytest.raises(Stopped) as caught:
        caller.call(question)
    assert caught.value.outcome is Outcome.CRASHED


def test_texts_are_cleaned(caller: RemoteCaller, child: Any) -> None:
    """Control characters and endless texts do not come through."""
    said = Answer(printed="a\x1b[31mb\u202e" + "c" * 10_000)
    child.theirs.sendall(encode(*answer_parts(said)))

    printed = caller.call(QUESTION).printed
    assert printed.startswith("a[31mbccc")
    assert len(printed) < 5_000


def test_bytes_after_the_answer(wire: Wire, child: Any) -> None:
    """A worker that sends what was not asked for is not asked again."""
    child.theirs.sendall(frame({"layouts": []}) + b"and more")
    wire.answer(1.0, "f")

    with pytest.raises(Stopped, match="that was not asked for") as caught:
        wire.ask({}, [], 1.0, "g")
    assert caught.value.outcome is Outcome.CRASHED


def test_closing(wire: Wire, child: Any) -> None:
    """A channel that closes while the process lives is a crash."""
    child.theirs.sendall(frame({"layouts": []})[:10])
    child.theirs.close()

    with pytest.raises(Stopped, match="f: the process closed its connection") as caught:
        wire.answer(1.0, "f")
    assert caught.value.outcome is Outcome.CRASHED
    assert child.killed
