"""The grader's side of the zygote: start it, ask for children, hear of their ends.

A job of the grader uses one line. A job that was forked calls `Zygote.line` first,
which closes its copies of the other lines.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import IO, Any

from autograder.course.limits import Limits
from autograder.grading.children import Line, ZygoteError, said_by
from autograder.grading.limits import END_SECONDS, START_SECONDS
from autograder.sandbox import Isolation, ProcessLimits, forbid_inspection, missing
from autograder.worker.forked import Forked, Started
from autograder.worker.settings import SERVE, Settings
from autograder.worker.zygote_channel import ZygoteChannel

# The very package that this process runs, whichever is installed; what lies beside it
# is on the path for this one import only.
_START = (
    "import sys; sys.path[:] = [sys.argv.pop(1), *filter(None, sys.path)]; "
    "import autograder; del sys.path[0]; "
    "from autograder.worker.zygote import main; main()"
)


# Where torch's own libraries may lie, and which processor it is to take this one for.
_KEPT = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "ATEN_CPU_CAPABILITY")


class Zygote:
    """A running zygote; use `start` and a ``with`` block."""

    def __init__(
        self,
        process: subprocess.Popen[bytes] | Forked,
        lines: list[ZygoteChannel],
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
        limits: ProcessLimits,
        isolation: Isolation = "auto",
        lines: int = 1,
        *,
        readable: Sequence[str] = (),
        paths: Sequence[str] = (),
        serve: str = SERVE,
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

        Raises:
            ZygoteError: it does not start, or strict isolation is not to be had.
        """
        pairs = [socket.socketpair() for _ in range(lines)]
        settings = settings_for(limits, isolation, lines)
        settings = replace(
            settings,
            lines=[theirs.fileno() for _, theirs in pairs],
            # The kernel means the thread that forks, which may end before the grader.
            parent=os.getpid() if _in_main_thread() else None,
            readable=list(readable),
            paths=[*paths, *settings.paths],
            serve=serve,
        )
        errors = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the zygote)
        process = _launch(settings, errors)
        for _, theirs in pairs:
            theirs.close()
        ends = [ZygoteChannel(ours) for ours, _ in pairs]
        return cls.of(Started(process, ends, errors), isolation)

    @classmethod
    def of(cls, started: Started, isolation: Isolation) -> Zygote:
        """The zygote that is on its way, once it can fork; errors as of `start`."""
        zygote = cls(started.process, started.lines, started.errors)
        try:
            zygote._greet(isolation)
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

    def cleared_line(self, index: int) -> Line:
        """The line of a job that begins, without what one before it left there."""
        line = self.line(index)
        line.clear()
        return line

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
                self._process.wait(END_SECONDS)
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

    def _greet(self, isolation: Isolation) -> None:
        first = self._ends[0]
        first.set_timeout(START_SECONDS)
        messages: list[dict[str, Any]] = []
        try:
            while not messages:
                messages = first.receive()
        except TimeoutError as error:
            raise ZygoteError(
                f"the zygote was not ready after {START_SECONDS:g} seconds; a machine "
                f"under load needs longer.{said_by(self._errors)}"
            ) from error
        except (EOFError, OSError) as error:
            raise ZygoteError(
                f"the zygote did not start.{said_by(self._errors)}"
            ) from error
        first.set_timeout(None)
        if "failed" in messages[0]:
            raise ZygoteError(
                f"the zygote did not start: {messages[0]['failed']}"
                f"{said_by(self._errors)}"
            )
        self.layers = messages[0]["layers"]
        self.absent = messages[0]["absent"]
        for line in self._lines:
            line.memory_mebibytes = messages[0]["memory_mebibytes"]
        lacking = missing(self.layers)
        if isolation == "strict" and lacking:
            raise ZygoteError(_refusal(lacking, self.absent))
        if isolation != "none" and "user or landlock-files" in lacking:
            # Then only this keeps a child from reading the grader's memory.
            forbid_inspection()


def process_limits(limits: Limits, gpu: bool = False) -> ProcessLimits:
    """What a child may use, as an assignment limits its submissions."""
    return ProcessLimits(
        memory_mebibytes=limits.memory_mebibytes,
        cpu_seconds=int(limits.submission_seconds) + 1,
        gpu=gpu,
    )


def settings_for(limits: ProcessLimits, isolation: Isolation, lines: int) -> Settings:
    """The settings of a zygote with places for so many lines."""
    return Settings(limits, isolation, [-1] * lines, paths=_homes())


def clean_environment() -> dict[str, str]:
    """What a zygote finds around it: nothing of whoever starts it."""
    environment = {
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",  # the same order of sets whenever a submission is graded
        "PYTHONSAFEPATH": "1",
    }
    for name in _KEPT:
        if name in os.environ:
            environment[name] = os.environ[name]
    return environment


def _launch(settings: Settings, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return subprocess.Popen(
        # Like -I, given an environment made from nothing; -I ignores the hash seed.
        [sys.executable, "-s", "-X", "utf8", "-c", _START, ours, settings.to_json()],
        stdin=subprocess.DEVNULL,
        stdout=errors,
        stderr=errors,
        env=clean_environment(),
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


def _refusal(lacking: Sequence[str], absent: dict[str, str]) -> str:
    reasons = "; ".join(f"{layer}: {reason}" for layer, reason in absent.items())
    return (
        f"isolation 'strict' needs {' and '.join(lacking)}, which did not hold here "
        f"({reasons or 'the kernel refuses them'}). Run in a container that allows "
        "them, or choose isolation 'auto' for submissions that you trust."
    )
