"""How a forked child came to its end."""

from __future__ import annotations

import faulthandler
import os
import re
import signal
import tempfile
import time

from autograder.home.limits import CHUNK_BYTES
from autograder.verdict import Outcome


class Ended:
    """A child ended before its work was done."""

    def __init__(
        self, outcome: Outcome, detail: str, *, of_import: bool = False
    ) -> None:
        self.outcome, self.detail, self.of_import = outcome, detail, of_import


class Asked:
    """A way to ask a child at which line it is, where its platform has signals.

    Made before the fork; the child calls ``answer``, the parent ``where``.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - see close

    def answer(self) -> None:
        """In the child: let the signal write down where it is."""
        if hasattr(faulthandler, "register"):
            faulthandler.register(signal.SIGUSR1, self._file, all_threads=False)

    def where(self, pid: int, exercise: str) -> str | None:
        """``pooling.py:12``, the innermost line of an exercise's file; or None."""
        if not hasattr(faulthandler, "register"):
            return None
        os.kill(pid, signal.SIGUSR1)
        pattern = rf'File ".*?\b{re.escape(exercise)}\.py", line (\d+) in '
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline:
            time.sleep(0.02)
            text = os.pread(self._file.fileno(), CHUNK_BYTES, 0).decode(
                errors="replace"
            )
            found = re.search(pattern, text)
            if found is not None:
                return f"{exercise}.py:{found[1]}"
        return None

    def close(self) -> None:
        """Forget what was written."""
        self._file.close()


def out_of_time(seconds: float) -> Ended:
    """A check came to no end, nor did its calls."""
    detail = f"no answer in {seconds:g} s, and it could not be interrupted"
    return Ended(Outcome.OUT_OF_TIME, detail)


def import_without_end(exercise: str, seconds: float, place: str | None) -> Ended:
    """The file was not imported in time; ``place`` is the line it was at."""
    at = f", still at {place}" if place else ""
    detail = f"importing {exercise}.py: no answer in {seconds:g} s{at}"
    return Ended(Outcome.OUT_OF_TIME, detail, of_import=True)


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
