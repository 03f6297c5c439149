"""The grader's side of the zygote: start it, ask for children, hear of their ends.

A job of the grader uses one line. A job that was forked calls `Zygote.line` first,
which closes its copies of the other lines.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any

from autograder.sandbox import Isolation, Limits, forbid_inspection, missing
from autograder.worker.line import Line as Messages
from autograder.worker.settings import FIRST_USER, SERVE, Settings

# The zygote starts with nothing on its path but the libraries; ours comes last.
_START = (
    "import sys; sys.path[:] = [p for p in sys.path if p] + [sys.argv.pop(1)]; "
    "from autograder.worker.zygote import main; main()"
)
_LONGEST_HELLO = 65536


class ZygoteError(RuntimeError):
    """The zygote does not start, or is gone."""


@dataclass(frozen=True)
class Exit:
    """How a child ended: by itself with a status, or by a signal."""

    status: int | None
    signal: int | None
    cpu_seconds: float


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
        ended = self.wait(0)
        if ended is not None:
            return ended.cpu_seconds
        if sys.platform != "linux":
            # No other system tells; wall time is what a busy child uses at most.
            return time.monotonic() - self._started
        try:
            # The kernel's clock of another process: its number, inverted, and kind 2.
            return time.clock_gettime((~self.pid << 3) | 2)
        except OSError:  # reaped just now
            ended = self.wait(5)
            return ended.cpu_seconds if ended else 0.0

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

    def __init__(self, messages: Messages, errors: IO[bytes]) -> None:
        self._messages = messages
        self._errors = errors
        self._requests = 0
        self._replies: dict[int, dict[str, Any]] = {}
        self._exits: dict[int, Exit] = {}
        self._ours: set[int] = set()

    def spawn(self, timeout: float = 30.0) -> Child:
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

    def clear(self, timeout: float = 30.0) -> None:
        """Kill the children of whoever had this line before, and forget about them."""
        self._ours.clear()
        self._exits.clear()
        self._ask("clear", time.monotonic() + timeout)
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
        return ZygoteError(f"the zygote is gone.{_said(self._errors)}")


class Zygote:
    """A running zygote; use `start` and a ``with`` block."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        lines: list[Messages],
        errors: IO[bytes],
    ) -> None:
        self.layers: list[str] = []  # what a trial child could put on
        self.absent: dict[str, str] = {}  # what it could not, and why
        self._process = process
        self._errors = errors
        self._ends = lines
        self._lines = [Line(end, errors) for end in lines]
        self._owner = os.getpid()

    @classmethod
    def start(
        cls,
        limits: Limits,
        isolation: Isolation = "auto",
        lines: int = 1,
        *,
        readable: Sequence[str] = (),
        paths: Sequence[str] = (),
        serve: str = SERVE,
        first_user: int = FIRST_USER,
        timeout: float = 120.0,
    ) -> Zygote:
        """Start a zygote and wait until it can fork.

        Args:
            limits: what each child may use.
            isolation: ``strict`` refuses to start unless seccomp and one of a private
                user and Landlock hold; ``auto`` uses what there is; ``none`` only
                limits resources.
            lines: how many jobs will ask for children at the same time.
            readable: files and folders that children may read beside the libraries.
            paths: where the zygote finds ``serve`` beside the usual places.
            serve: ``module:function`` that each child calls with its channel.
            first_user: the first of 1024 users that children of root become.
            timeout: seconds for importing torch and warming it.

        Raises:
            ZygoteError: it does not start, or strict isolation is not to be had.
        """
        pairs = [socket.socketpair() for _ in range(lines)]
        settings = Settings(
            limits=limits,
            isolation=isolation,
            lines=[theirs.fileno() for _, theirs in pairs],
            # The kernel means the thread that forks, which may end before the grader.
            parent=os.getpid() if _in_main_thread() else None,
            first_user=first_user,
            readable=list(readable),
            paths=[*paths, *_homes()],
            serve=serve,
        )
        errors = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the zygote)
        process = _launch(settings, errors)
        for _, theirs in pairs:
            theirs.close()
        zygote = cls(process, [Messages(ours) for ours, _ in pairs], errors)
        try:
            zygote._greet(isolation, timeout)
        except BaseException:
            zygote.close()
            raise
        return zygote

    def line(self, index: int = 0) -> Line:
        """The line of job ``index``; in a forked job, the only one that stays open."""
        if os.getpid() != self._owner:
            # Or a line would not end with its job as long as another job lives.
            for other, end in enumerate(self._ends):
                if other != index:
                    end.close()
            self._process.returncode = 0  # another process waits for it
        return self._lines[index]

    @property
    def pid(self) -> int:
        """The zygote's process id."""
        return self._process.pid

    def close(self) -> None:
        """End the zygote and all its children; in a forked job, only let go of it."""
        for end in self._ends:
            end.close()
        if os.getpid() == self._owner:
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()  # its children die with it
                self._process.wait()
        self._errors.close()

    def __enter__(self) -> Zygote:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _greet(self, isolation: Isolation, timeout: float) -> None:
        first = self._ends[0]
        first.set_timeout(timeout)
        messages: list[dict[str, Any]] = []
        try:
            while not messages:
                messages = first.receive()
        except TimeoutError as error:
            raise ZygoteError(
                f"the zygote was not ready after {timeout:g} seconds; a machine under "
                f"load needs longer.{_said(self._errors)}"
            ) from error
        except (EOFError, OSError) as error:
            raise ZygoteError(
                f"the zygote did not start.{_said(self._errors)}"
            ) from error
        first.set_timeout(None)
        if "failed" in messages[0]:
            raise ZygoteError(
                f"the zygote did not start: {messages[0]['failed']}"
                f"{_said(self._errors)}"
            )
        self.layers = messages[0]["layers"]
        self.absent = messages[0]["absent"]
        lacking = missing(self.layers)
        if isolation == "strict" and lacking:
            raise ZygoteError(_refusal(lacking, self.absent))
        if isolation != "none" and "user or landlock-files" in lacking:
            # Then only this keeps a child from reading the grader's memory.
            forbid_inspection()


def _launch(settings: Settings, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):  # where torch's own may lie
        if name in os.environ:
            environment[name] = os.environ[name]
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", _START, ours, settings.to_json()],
        stdin=subprocess.DEVNULL,
        stdout=errors,
        stderr=errors,
        env=environment,
        cwd="/",
        pass_fds=settings.lines,
        start_new_session=True,  # an interrupt from the keyboard is the grader's
    )


def _homes() -> list[str]:
    """Where this process finds torch, in case an isolated one looks elsewhere."""
    homes = []
    for name in ("torch", "numpy", "pyseccomp"):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            depth = 2 if spec.submodule_search_locations else 1
            home = spec.origin
            for _ in range(depth):
                home = os.path.dirname(home)
            homes.append(home)
    return list(dict.fromkeys(homes))


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _hello(channel: socket.socket, deadline: float) -> list[str]:
    """Read the layers, which a child tells before it has seen a student's code."""
    length = struct.unpack("<I", _exactly(channel, 4, deadline))[0]
    if length > _LONGEST_HELLO:
        raise ValueError(f"a hello of {length} bytes")
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


def _said(errors: IO[bytes]) -> str:
    """The end of what the zygote wrote to its standard error, if anything."""
    descriptor = errors.fileno()
    size = os.fstat(descriptor).st_size
    # Not through the file object: its position is shared with the zygote.
    text = os.pread(descriptor, 4000, max(0, size - 4000)).decode(errors="replace")
    return f" It wrote:\n{text.strip()}" if text.strip() else ""


def _refusal(lacking: Sequence[str], absent: dict[str, str]) -> str:
    reasons = "; ".join(f"{layer}: {reason}" for layer, reason in absent.items())
    return (
        f"isolation 'strict' needs {' and '.join(lacking)}, which did not hold here "
        f"({reasons or 'the kernel refuses them'}). Run in a container that allows "
        "them, or choose isolation 'auto' for submissions that you trust."
    )
