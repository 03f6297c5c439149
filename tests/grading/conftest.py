"""A child that is no process: its end of the channel is the test's."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from autograder.grading.children import Exit
from autograder.grading.wire import Budget, Wire


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
