"""A worker that lies: raw bytes on its end of the channel."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from safetensors.torch import save

from autograder.checking.callers import Stopped
from autograder.grading import wire as wire_module
from autograder.grading.children import Exit
from autograder.grading.remote import Job, RemoteCaller
from autograder.grading.wire import Budget, Wire
from autograder.protocol.calls import Answer, Request
from autograder.protocol.frames import MAX_BODY, MAX_HEADER, encode
from autograder.protocol.messages import answer_header
from autograder.verdict import Outcome

QUESTION = Request(["function", "f"], {"tuple": []}, {"dict": []}, [torch.ones(2)])


class StandIn:
    """A child that is no process: its end of the channel is the test's."""

    def __init__(self) -> None:
        self.channel, self.theirs = socket.socketpair()
        self.layers: list[str] = []
        self.killed = False
        self.exit: Exit | None = None
        self.clock = 0.0

    def cpu_seconds(self) -> float:
        """What the test says."""
        return self.clock

    def kill(self) -> None:
        """Remember it."""
        self.killed = True

    def wait(self, timeout: float | None = None) -> Exit | None:
        """What the test says."""
        return self.exit

    def close(self) -> None:
        """Kill it and close the channel."""
        self.kill()
        self.channel.close()


@pytest.fixture
def child() -> Iterator[StandIn]:
    """A stand-in, closed at the end."""
    stand_in = StandIn()
    yield stand_in
    stand_in.channel.close()
    stand_in.theirs.close()


@pytest.fixture
def wire(child: StandIn) -> Wire:
    """The grader's side."""
    return Wire(child, Budget.of(10))  # type: ignore[arg-type]


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
def test_a_frame_that_lies(wire: Wire, child: StandIn, lie: bytes) -> None:
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
    "a public name that is none": {"value": {"public": "os.system"}},
    "a private name": {"value": {"public": "torch._C"}},
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
    made = RemoteCaller(None, Job({}, "m"), Budget.of(10), 1.0, lambda name: [])  # type: ignore[arg-type]
    made._wire = wire
    return made


@pytest.mark.parametrize("lie", FIELDS.values(), ids=FIELDS.keys())
def test_an_answer_that_lies(
    case: Any, caller: RemoteCaller, child: StandIn, lie: dict[str, Any]
) -> None:
    """A well-formed frame with a wrong field is a crash of the student's, no fault."""
    from autograder.checking.student import Student

    header = answer_header(Answer()) | {"value": {"tensor": 0}} | lie
    child.theirs.sendall(encode(header, [torch.ones(2)]))

    with pytest.raises(Stopped) as caught:
        Student(caller).f(torch.ones(2, requires_grad=True))
    assert caught.value.outcome is Outcome.CRASHED


def test_gradients_of_integers_are_refused(
    caller: RemoteCaller, child: StandIn
) -> None:
    """Only floating-point tensors can be differentiable."""
    header = answer_header(Answer(differentiable=[True], graph=1))
    child.theirs.sendall(encode(header | {"value": {"tensor": 0}}, [torch.arange(2)]))

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
    child: StandIn,
    given: Any,
    gradients: list[torch.Tensor],
) -> None:
    """A gradient of another shape, type or number is the worker's crash, not ours."""
    from autograder.checking.student import Student

    header = answer_header(Answer(differentiable=[True], graph=1))
    child.theirs.sendall(encode(header | {"value": {"tensor": 0}}, [torch.ones(2)]))
    x = torch.ones(2, requires_grad=True)
    out = Student(caller).f(x)
    said = {"thrown": None, "given": given}
    child.theirs.sendall(encode(said, gradients))

    with pytest.raises(Stopped) as caught:
        out.sum().backward()
    assert caught.value.outcome is Outcome.CRASHED


def test_texts_are_cleaned(caller: RemoteCaller, child: StandIn) -> None:
    """Control characters and endless texts do not come through."""
    header = answer_header(Answer()) | {"printed": "a\x1b[31mb\u202e" + "c" * 10_000}
    child.theirs.sendall(encode(header, []))

    printed = caller.call(QUESTION).printed
    assert printed.startswith("a[31mbccc")
    assert len(printed) < 5_000


def test_bytes_after_the_answer(wire: Wire, child: StandIn) -> None:
    """A worker that speaks out of turn is not asked again."""
    child.theirs.sendall(frame({"layouts": []}) + b"and more")
    wire.answer(1.0, "f")

    with pytest.raises(Stopped, match="out of turn") as caught:
        wire.ask({}, [], 1.0, "g")
    assert caught.value.outcome is Outcome.CRASHED


def test_closing(wire: Wire, child: StandIn) -> None:
    """A channel that closes while the process lives is a crash."""
    child.theirs.sendall(frame({"layouts": []})[:10])
    child.theirs.close()

    with pytest.raises(Stopped, match="f: the process hung up") as caught:
        wire.answer(1.0, "f")
    assert caught.value.outcome is Outcome.CRASHED
    assert child.killed


@pytest.mark.parametrize(
    ("ended", "outcome", "words"),
    [
        (Exit(3, None, 0.0), Outcome.CRASHED, "exit code 3"),
        (Exit(None, 11, 0.0), Outcome.CRASHED, "died of SIGSEGV"),
        (Exit(None, 9, 0.0), Outcome.OUT_OF_MEMORY, "more memory than it may"),
        (Exit(None, 24, 0.0), Outcome.OUT_OF_TIME, "no answer"),
        (Exit(None, 40, 0.0), Outcome.CRASHED, "died of signal 40"),
    ],
)
def test_how_a_process_ended(
    wire: Wire, child: StandIn, ended: Exit, outcome: Outcome, words: str
) -> None:
    """The end of the process says what came of the call."""
    child.exit = ended
    child.theirs.close()

    with pytest.raises(Stopped, match=words) as caught:
        wire.answer(1.0, "f")
    assert caught.value.outcome is outcome


@pytest.fixture
def short_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wall cap of half a second for a call of 0.05."""
    monkeypatch.setattr(wire_module, "WALL_GRACE", 0.0)
    monkeypatch.setattr(wire_module, "POLL_SECONDS", 0.02)


def in_background(act: Callable[[], None]) -> threading.Thread:
    """Run the worker's side."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


@pytest.mark.usefixtures("short_walls")
def test_one_byte_at_a_time(wire: Wire, child: StandIn) -> None:
    """Bytes that trickle do not put off the deadline."""

    def trickle() -> None:
        try:
            child.theirs.sendall(struct.pack("<IQ", MAX_HEADER, 0))
            for _ in range(1000):
                child.theirs.sendall(b" ")
                time.sleep(0.01)
        except OSError:
            pass

    worker = in_background(trickle)
    began = time.monotonic()
    with pytest.raises(Stopped) as caught:
        wire.answer(0.05, "f")
    took = time.monotonic() - began
    child.channel.close()
    worker.join(5)

    assert caught.value.outcome is Outcome.OUT_OF_TIME
    assert 0.3 < took < 3
    assert child.killed


@pytest.mark.usefixtures("short_walls")
def test_a_worker_that_does_not_read(wire: Wire, child: StandIn) -> None:
    """A question that nobody takes runs into the deadline too."""
    with pytest.raises(Stopped) as caught:
        wire.ask({}, [torch.ones(1 << 20)], 0.05, "f")
    assert caught.value.outcome is Outcome.OUT_OF_TIME


@pytest.mark.usefixtures("short_walls")
def test_sleeping_costs_wall_time_only(wire: Wire, child: StandIn) -> None:
    """A worker that uses no processor time has ten times its seconds, and no more."""
    began = time.monotonic()
    with pytest.raises(Stopped) as caught:
        wire.answer(0.05, "f")

    assert caught.value.outcome is Outcome.OUT_OF_TIME
    assert time.monotonic() - began > 0.4


def test_processor_time_ends_a_call(wire: Wire, child: StandIn) -> None:
    """Long before the wall cap, the child's own clock counts."""
    child.clock = 3.0
    began = time.monotonic()
    with pytest.raises(Stopped, match="f: no answer in 2 s") as caught:
        wire.answer(2.0, "f")

    assert caught.value.outcome is Outcome.OUT_OF_TIME
    assert time.monotonic() - began < 2


def test_all_calls_share_a_budget(child: StandIn) -> None:
    """What one call used is missing for the next; the message says the whole."""
    budget = Budget.of(10)
    wire = Wire(child, budget)  # type: ignore[arg-type]
    child.theirs.sendall(frame({"layouts": []}))
    child.clock = 9.5
    wire.answer(20.0, "f")
    assert budget.seconds == pytest.approx(0.5)

    child.clock = 10.5
    with pytest.raises(Stopped, match="the 10 s of the submission are up"):
        wire.ask({}, [], 5.0, "g")
