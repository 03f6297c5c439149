"""One conversation with one sandboxed child, under a deadline for every answer."""

from __future__ import annotations

import select
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from autograder.checking.callers import Stopped
from autograder.grading.children import Child
from autograder.grading.limits import (
    CHUNK_BYTES,
    EXIT_SECONDS,
    IDLE_GRACE,
    IDLE_TOTAL,
    POLL_SECONDS,
    SEND_SECONDS,
    WALL_FACTOR,
    WALL_GRACE,
    WALL_TOTAL,
)
from autograder.protocol.frames import BadFrame, decode, encode
from autograder.verdict import Outcome


class Killed(Stopped):
    """The child was killed from outside, for its memory or for that of others.

    Nobody can tell which, so what it did is worth a second try.
    """


@dataclass
class Budget:
    """CPU seconds that one submission has left, over all its children."""

    seconds: float
    total: float
    ends: float  # on the monotonic clock: sleeping takes no CPU time, but ours
    idle: float = IDLE_TOTAL  # seconds in which its calls may still wait

    @classmethod
    def of(cls, seconds: float) -> Budget:
        """A full one, from now on."""
        return cls(seconds, seconds, time.monotonic() + WALL_TOTAL * seconds)


class Wire:
    """Messages to a child and its answers; any disturbance raises ``Stopped``."""

    def __init__(self, child: Child, budget: Budget) -> None:
        self.child = child
        self._budget = budget
        self._buffer = bytearray()
        self._cpu = child.cpu_seconds()
        self._idle = 0.0  # seconds in which this answer's child has waited
        self._looked: tuple[float, float] | None = None  # when, and its clock then
        child.channel.setblocking(False)

    def tell(
        self, header: dict[str, Any], tensors: Sequence[torch.Tensor] = ()
    ) -> None:
        """Send a message that has no answer."""
        self._send(
            encode(header, list(tensors)), time.monotonic() + SEND_SECONDS, "a message"
        )

    def ask(
        self,
        header: dict[str, Any],
        tensors: Sequence[torch.Tensor],
        seconds: float,
        doing: str,
    ) -> tuple[dict[str, Any], list[torch.Tensor]]:
        """Send a message and return its answer.

        Args:
            header: of the message.
            tensors: of the message.
            seconds: CPU seconds that the child may take.
            doing: for the message if it fails, "conv2d" or "importing the file".

        Raises:
            Stopped: no answer in time, no child any more, or no sense in the answer.
        """
        if self._buffer:
            raise Stopped(
                Outcome.CRASHED,
                f"{doing}: the process sent a message that was not asked for",
            )
        seconds = min(seconds, self._budget.seconds)
        if seconds <= 0:
            raise self._too_slow(0, doing)
        wall = self._wall(seconds)
        self._send(encode(header, list(tensors)), wall, doing)
        return self.answer(seconds, doing, wall)

    def answer(
        self,
        seconds: float,
        doing: str,
        wall: float | None = None,
    ) -> tuple[dict[str, Any], list[torch.Tensor]]:
        """Wait for one answer."""
        if wall is None:
            wall = self._wall(seconds)
        self._idle, self._looked = 0.0, None

        def read(count: int) -> bytes:
            while len(self._buffer) < count:
                self._fill(seconds, wall, doing)
            part = bytes(self._buffer[:count])
            del self._buffer[:count]
            return part

        try:
            return decode(read, strides=False)
        except BadFrame as error:
            raise self._stop(Outcome.CRASHED, f"{doing}: {error}") from error
        finally:
            self._pay()

    def free_answer(self, seconds: float, doing: str) -> dict[str, Any]:
        """Wait for an answer whose time is not taken off the budget."""
        budget, self._budget = self._budget, Budget.of(seconds)
        self._budget.idle = seconds + IDLE_GRACE
        started = time.monotonic()
        try:
            return self.answer(seconds, doing)[0]
        finally:
            budget.ends += time.monotonic() - started
            self._budget = budget

    def _wall(self, seconds: float) -> float:
        """Until when an answer may take that many CPU seconds."""
        wall = time.monotonic() + WALL_FACTOR * seconds + WALL_GRACE
        return min(wall, self._budget.ends)

    def _fill(self, seconds: float, wall: float, doing: str) -> None:
        ready, _, _ = select.select([self.child.channel], [], [], POLL_SECONDS)
        if ready:
            try:
                part = self.child.channel.recv(CHUNK_BYTES)
            except BlockingIOError:
                return
            except OSError:
                part = b""
            if not part:
                raise self._ended(seconds, doing)
            self._buffer += part
        if not ready or time.monotonic() > wall:
            clock = self.child.cpu_seconds()
            if clock - self._cpu > seconds:
                raise self._too_slow(seconds, doing)
            if time.monotonic() > wall:
                raise self._too_long(seconds, doing)
            self._wait(clock, seconds, doing)

    def _wait(self, clock: float, seconds: float, doing: str) -> None:
        """Count the time that has gone by since the last look, if the child sleeps."""
        now = time.monotonic()
        before, self._looked = self._looked, (now, clock)
        if before is None or not self.child.is_waiting():
            return
        # Not more than a look's time: the grader itself may have had no turn.
        gone = min(now - before[0], 2 * POLL_SECONDS) - (clock - before[1])
        self._idle += max(0.0, gone)
        self._budget.idle -= max(0.0, gone)
        if self._idle > seconds + IDLE_GRACE:
            waited = f"no answer in {seconds + IDLE_GRACE:g} s of waiting"
            raise self._stop(Outcome.OUT_OF_TIME, f"{doing}: {waited}")
        if self._budget.idle <= 0:
            waited = f"the submission has used up its {IDLE_TOTAL:g} s of waiting"
            raise self._stop(Outcome.OUT_OF_TIME, f"{doing}: {waited}")

    def _send(self, content: bytes, wall: float, doing: str) -> None:
        view = memoryview(content)
        while view:
            try:
                view = view[self.child.channel.send(view) :]
            except BlockingIOError:
                select.select([], [self.child.channel], [], 1.0)
                if time.monotonic() > wall:
                    detail = f"{doing}: the process does not take in what it is asked"
                    raise self._stop(Outcome.OUT_OF_TIME, detail) from None
            except OSError:
                raise self._ended(0, doing) from None

    def _pay(self) -> None:
        now = self.child.cpu_seconds()
        self._budget.seconds = max(0.0, self._budget.seconds - (now - self._cpu))
        self._cpu = now

    def _too_slow(self, seconds: float, doing: str) -> Stopped:
        if self._budget.seconds <= seconds:
            total = f"{self._budget.total:g} s"
            return self._stop(
                Outcome.OUT_OF_TIME,
                f"{doing}: the submission has used up its {total}",
            )
        return self._stop(Outcome.OUT_OF_TIME, f"{doing}: no answer in {seconds:g} s")

    def _too_long(self, seconds: float, doing: str) -> Stopped:
        """Whatever it did: not computing alone, or its clock would have ended it."""
        if time.monotonic() > self._budget.ends:
            total = f"{WALL_TOTAL * self._budget.total:g} s"
            why = f"the submission has used up its {total}, waiting included"
        else:
            limit = WALL_FACTOR * seconds + WALL_GRACE
            why = f"no answer in {limit:g} s, waiting included"
        return self._stop(Outcome.OUT_OF_TIME, f"{doing}: {why}")

    def _ended(self, seconds: float, doing: str) -> Stopped:
        ended = self.child.wait(EXIT_SECONDS)
        if ended is None:
            return self._stop(
                Outcome.CRASHED, f"{doing}: the process closed its connection"
            )
        if ended.signal == signal.SIGXCPU:
            return self._too_slow(seconds, doing)
        if ended.breach is not None:
            return Stopped(
                Outcome.CRASHED,
                f"{doing}: it {ended.breach} in its folder and was ended for that",
            )
        if ended.signal == signal.SIGKILL:
            # The grader did not; the kernel does when memory runs out.
            return Killed(
                Outcome.OUT_OF_MEMORY, f"{doing}: the process took too much memory"
            )
        if ended.signal is not None:
            name = _signal_name(ended.signal)
            return Stopped(Outcome.CRASHED, f"{doing}: the process died of {name}")
        return Stopped(
            Outcome.CRASHED,
            f"{doing}: the process ended with exit code {ended.status}",
        )

    def _stop(self, outcome: Outcome, detail: str) -> Stopped:
        self.child.kill()
        return Stopped(outcome, detail)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # most real-time signals have no name
        return f"signal {number}"
