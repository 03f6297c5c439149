"""How a forked child came to its end."""

from __future__ import annotations

import os
import signal
import time

from autograder.verdict import Outcome


class Ended:
    """A child ended before its work was done."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        self.outcome, self.detail = outcome, detail


def waited(pid: int) -> tuple[int, int]:
    """Wait for a child that has closed its pipe; end it if it lingers."""
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return found, status
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)


def death(status: int) -> str:
    """What a status of a process tells of its end."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return f"the process died of {signal.Signals(-code).name}"
    return f"the code ended the whole process (exit code {code})"
