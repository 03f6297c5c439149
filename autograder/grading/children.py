"""Children of the zygote as a job of the grader sees them: asked for, timed, killed."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import struct
import sys
import time
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any

from autograder.grading.limits import CHILD_SECONDS, HELLO_BYTES, LOG_BYTES
from autograder.worker.zygote_channel import ZygoteChannel


class ZygoteError(RuntimeError):
    """The zygote does not start, or is gone."""


@dataclass(frozen=True)
class Exit:
    """How a child ended: by itself with a status, or by a signal."""

    status: int | None
    signal: int | None
    cpu_seconds: float
    breach: str | None = None  # "wrote more than 16 MB", and was ended for it


class Child:
    """One sandboxed process; ``channel`` is the stream to what it serves."""

    def __init__(
        self, line: Line, number: int, pid: int, channel: socket.socket
    ) -> None:
        self.channel = channel
        self.pid = pid
        self.layers: list[str] = []
        self._line = line
        self._number = number
        self._started = time.monotonic()
        self._exit: Exit | None = None

    def cpu_seconds(self) -> float:
        """Processor time used so far; the final sum once the child has ended."""
        if self._exit is not None:
            return self._exit.cpu_seconds
        if sys.platform != "linux":
            # No other system tells; wall time is what a busy child uses at most.
            return time.monotonic() - self._started
        try:
            # The kernel's clock of another process: its number, inverted, and kind 2.
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:  # reaped just now
            ended = self.wait(5)
            return ended.cpu_seconds if ended else 0.0

    def is_waiting(self) -> bool:
        """Whether it sleeps, and would not run if it had a processor for itself.

        So a child that is ready to run and gets no turn does not, nor one that waits
        for a disk. Where the system does not tell, nobody sleeps.
        """
        try:
            for thread in os.listdir(f"/proc/{self.pid}/task"):
                with open(f"/proc/{self.pid}/task/{thread}/stat", "rb") as file:
                    state = file.read().rpartition(b") ")[2][:1]
                if state in b"RD":
                    return False
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End the child now, whatever it is doing; harmless when it has ended."""
        if self._exit is None:
            self._line.send({"do": "kill", "child": self._number})

    def wait(self, timeout: float | None = None) -> Exit | None:
        """Return how the child ended, or None if it still lives after ``timeout``."""
        if self._exit is None:
            self._exit = self._line.exit_of(self._number, timeout)
        return self._exit

    def close(self) -> None:
        """Kill the child and close its channel."""
        self.channel.close()
        with contextlib.suppress(ZygoteError):  # then the child is gone as well
            self.kill()

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Line:
    """One job's way to ask the zygote for children. For one thread at a time."""

    def __init__(self, messages: ZygoteChannel, errors: IO[bytes]) -> None:
        self.memory_mebibytes: int | None = None  # of a child; None: not known yet
        self._messages = messages
        self._errors = errors
        self._requests = 0
        self._replies: dict[int, dict[str, Any]] = {}
        self._exits: dict[int, Exit] = {}
        self._ours: set[int] = set()

    def spawn(self, timeout: float = CHILD_SECONDS) -> Child:
        """Fork a child and return it once it is in its sandbox.

        Raises:
            ZygoteError: there is no new child, and the message says why.
        """
        deadline = time.monotonic() + timeout
        reply = self._ask("spawn", deadline)
        if "error" in reply:
            raise ZygoteError(f"no new child: {reply['error']}")
        channel = socket.socket(fileno=reply["descriptor"])
        child = Child(self, reply["child"], reply["pid"], channel)
        self._ours.add(reply["child"])
        try:
            child.layers = _hello(channel, deadline)
        except (OSError, ValueError) as error:
            child.close()
            ended = child.wait(max(0.0, deadline - time.monotonic()))
            raise ZygoteError(
                f"the new child did not get through its sandbox ({error!r}; {ended})"
            ) from error
        return child

    def clear(self) -> None:
        """Kill the children of whoever had this line before, and forget about them."""
        self._ours.clear()
        self._exits.clear()
        self._ask("clear", time.monotonic() + CHILD_SECONDS)
        self._replies.clear()

    def close(self) -> None:
        """Give the line up; its children die once no copy of it is left."""
        self._messages.close()

    def send(self, message: dict[str, Any]) -> None:
        """Send one order."""
        try:
            self._messages.send(message)
        except OSError as error:
            raise self._gone() from error

    def exit_of(self, number: int, timeout: float | None) -> Exit | None:
        """Wait for a child's end; None when it still lives after ``timeout``."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while number not in self._exits:
            if not self._receive(deadline):
                return None
        self._ours.discard(number)
        return self._exits.pop(number)

    def _ask(self, order: str, deadline: float) -> dict[str, Any]:
        # Numbers of an earlier holder of this line must not answer ours.
        self._requests += 1
        request = os.getpid() << 32 | self._requests
        self.send({"do": order, "request": request})
        while request not in self._replies:
            if not self._receive(deadline):
                raise ZygoteError(f"the zygote did not answer {order!r} in time")
        return self._replies.pop(request)

    def _receive(self, deadline: float | None) -> bool:
        """Sort what arrives; return False when nothing did before the deadline."""
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        self._messages.set_timeout(left)
        try:
            for message in self._messages.receive():
                self._sort(message)
        except (TimeoutError, BlockingIOError):
            return False
        except (EOFError, OSError) as error:
            raise self._gone() from error
        finally:
            with contextlib.suppress(OSError):
                self._messages.set_timeout(None)
        return True

    def _sort(self, message: dict[str, Any]) -> None:
        if "exited" in message:
            number = message.pop("exited")
            if number in self._ours:
                self._exits[number] = Exit(**message)
        elif message["request"] >> 32 == os.getpid():
            self._replies[message["request"]] = message
        elif "descriptor" in message:  # the answer to a job that has died
            os.close(message["descriptor"])

    def _gone(self) -> ZygoteError:
        return ZygoteError(f"the zygote is gone.{said_by(self._errors)}")


def _hello(channel: socket.socket, deadline: float) -> list[str]:
    """Read the layers, which a child tells before it has seen a student's code."""
    length = struct.unpack("<I", _exactly(channel, 4, deadline))[0]
    if length > HELLO_BYTES:
        raise ValueError(f"a first message of {length} bytes")
    layers = json.loads(_exactly(channel, length, deadline))["layers"]
    channel.settimeout(None)
    return [str(layer) for layer in layers]


def _exactly(channel: socket.socket, length: int, deadline: float) -> bytes:
    content = b""
    while len(content) < length:
        channel.settimeout(max(0.001, deadline - time.monotonic()))
        piece = channel.recv(length - len(content))
        if not piece:
            raise ValueError("its channel is closed")
        content += piece
    return content


def said_by(errors: IO[bytes]) -> str:
    """The end of what the zygote wrote to its standard error, if anything."""
    if errors.closed:
        return ""
    descriptor = errors.fileno()
    size = os.fstat(descriptor).st_size
    # Not through the file object: its position is shared with the zygote.
    text = os.pread(descriptor, LOG_BYTES, max(0, size - LOG_BYTES)).decode(
        errors="replace"
    )
    return f" It wrote:\n{text.strip()}" if text.strip() else ""
