"""A zygote forked off a process that has imported torch and seen nothing else.

The grader is what that process then becomes: one import of torch serves both. What is
told to it later, arguments, seed and solutions, was never in the zygote's memory.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import traceback
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import IO, NoReturn

from autograder.worker.limits import HIGHEST_DESCRIPTOR
from autograder.worker.settings import Settings
from autograder.worker.zygote import run
from autograder.worker.zygote_channel import ZygoteChannel


@dataclass
class Forked:
    """A forked process as `subprocess.Popen` would show it."""

    pid: int
    returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            pid, status = os.waitpid(self.pid, 0 if deadline is None else os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
            elif deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"zygote {self.pid}", timeout or 0.0)
            else:
                time.sleep(0.002)
        return self.returncode

    def kill(self) -> None:
        """End it now."""
        os.kill(self.pid, signal.SIGKILL)


@dataclass
class Started:
    """A zygote that is on its way: nobody has heard from it yet."""

    process: subprocess.Popen[bytes] | Forked
    lines: list[ZygoteChannel]
    errors: IO[bytes]


def fork_zygote(settings: Settings) -> Started:
    """Fork a zygote with as many lines as the settings have places for."""
    pairs = [socket.socketpair() for _ in settings.lines]
    theirs = [end for _, end in pairs]
    errors = TemporaryFile()  # noqa: SIM115 (lives as long as the zygote)
    settings = replace(
        settings, parent=os.getpid(), lines=[end.fileno() for end in theirs]
    )
    # An interrupt from the keyboard is the grader's, before setsid as after it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    pid = os.fork()
    if pid == 0:
        for ours, end in pairs:
            ours.detach()
            end.detach()
        _live(settings, errors.fileno())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for end in theirs:
        end.close()
    return Started(Forked(pid), [ZygoteChannel(ours) for ours, _ in pairs], errors)


def _live(settings: Settings, errors: int) -> NoReturn:
    status = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        os.chdir("/")
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(errors, 1)
        os.dup2(errors, 2)
        kept = sorted({2, *settings.lines})
        for low, high in zip(kept, [*kept[1:], HIGHEST_DESCRIPTOR]):
            os.closerange(low + 1, high)
        run(settings)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
