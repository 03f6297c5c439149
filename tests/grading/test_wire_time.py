"""Ends, deadlines and budgets of a conversation with a worker."""

from __future__ import annotations

import json
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import torch

from autograder.checking.callers import Stopped
from autograder.grading import wire as wire_module
from autograder.grading.children import Exit
from autograder.grading.wire import Budget, Wire
from autograder.protocol.frames import MAX_HEADER
from autograder.verdict import Outcome


def frame(header: Any, body: bytes = b"") -> bytes:
    """The bytes of a frame whose header may be anything."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<IQ", len(text), len(body)) + text + body


@pytest.mark.parametrize(
    ("ended", "outcome", "words"),
    [
        (Exit(3, None, 0.0), Outcome.CRASHED, "exit code 3"),
        (Exit(None, 11, 0.0), Outcome.CRASHED, "died of SIGSEGV"),
        (Exit(None, 9, 0.0), Outcome.OUT_OF_MEMORY, "memory"),
        (Exit(None, 24, 0.0), Outcome.OUT_OF_TIME, "no answer"),
        (Exit(None, 40, 0.0), Outcome.CRASHED, "died of signal 40"),
    ],
)
def test_how_a_process_ended(
    wire: Wire, child: Any, ended: Exit, outcome: Outcome, words: str
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
def test_one_byte_at_a_time(wire: Wire, child: Any) -> None:
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
def test_a_worker_that_does_not_read(wire: Wire, child: Any) -> None:
    """A question that nobody takes runs into the deadline too."""
    with pytest.raises(Stopped) as caught:
        wire.ask({}, [torch.ones(1 << 20)], 0.05, "f")
    assert caught.value.outcome is Outcome.OUT_OF_TIME


@pytest.mark.usefixtures("short_walls")
def test_sleeping_costs_wall_time_only(wire: Wire, child: Any) -> None:
    """A worker that uses no processor time has ten times its seconds, and no more."""
    began = time.monotonic()
    with pytest.raises(Stopped) as caught:
        wire.answer(0.05, "f")

    assert caught.value.outcome is Outcome.OUT_OF_TIME
    assert time.monotonic() - began > 0.4


def test_processor_time_ends_a_call(wire: Wire, child: Any) -> None:
    """Long before the wall cap, the child's own clock counts."""
    child.clock = 3.0
    began = time.monotonic()
    with pytest.raises(Stopped, match="f: no answer in 2 s") as caught:
        wire.answer(2.0, "f")

    assert caught.value.outcome is Outcome.OUT_OF_TIME
    assert time.monotonic() - began < 2


def test_all_calls_share_a_budget(child: Any) -> None:
    """What one call used is missing for the next; the message says the whole."""
    budget = Budget.of(10)
    wire = Wire(child, budget)  # type: ignore[arg-type]
    child.theirs.sendall(frame({"layouts": []}))
    child.clock = 9.5
    wire.answer(20.0, "f")
    assert budget.seconds == pytest.approx(0.5)

    child.clock = 10.5
    with pytest.raises(Stopped, match="the submission has used up its 10 s"):
        wire.ask({}, [], 5.0, "g")
