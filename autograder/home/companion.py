"""A process beside a kernel that runs the checks, kept for the next question.

A fork of the kernel itself would not do: it has the threads of its libraries behind it,
with which torch hangs in a fork, perhaps a GPU, and whatever the student has put in the
place of Python's own functions. A process of its own is what `autograder check` is. It
is started when `check` is imported, so that torch is there when the first question
comes.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import autograder

_PATIENCE = 2.0  # seconds, for an interrupted question to end
_FAREWELL = 1.0  # seconds, to clean up behind itself
_TICK = 0.2  # seconds between looks for an interrupt, where a wait cannot be broken
_PROGRAM = (
    "import sys; sys.path[:1] = []; sys.path.append({place!r}); "
    "from autograder.home.companion_process import main; main()"
)


class CompanionError(Exception):
    """The companion cannot be started, or came to an end; the text says why."""


class Companion:
    """One process, started again where it ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0  # a fork of the kernel needs one of its own

    def start(self) -> None:
        """Start the process, if there is none.

        Raises:
            CompanionError: this system starts none.
        """
        if self._owner == os.getpid() and self._process is not None:
            if self._process.poll() is None:
                return
            self._end()
        place = str(Path(autograder.__file__ or "").resolve().parents[1])
        command = [sys.executable or "python", "-c", _PROGRAM.format(place=place)]
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                # Or an interrupt of the kernel would end it.
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise CompanionError(
                f"No process can be started here ({error}), so nothing is checked. "
                "Run `autograder check` in a terminal."
            ) from None
        if not self._owner:
            atexit.register(self._end)
        self._owner = os.getpid()

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Put a question, and wait for its answer.

        Raises:
            CompanionError: the process came to an end.
            KeyboardInterrupt: as asked for; nothing of the question goes on.
        """
        self.start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        answers: queue.Queue[str] = queue.Queue()
        reader = threading.Thread(target=_read, args=(process, answers), daemon=True)
        try:
            with contextlib.suppress(OSError, ValueError):  # seen by the reader, too
                process.stdin.write(f"{json.dumps(question)}\n")
                process.stdin.flush()
            reader.start()
            line = _wait(answers, None)
        except KeyboardInterrupt:
            self._interrupt(reader, answers)
            raise
        if not line:
            status = self._end()
            why = f"signal {-status}" if status < 0 else f"exit code {status}"
            raise CompanionError(
                f"The process that runs the checks came to an end ({why}), so nothing "
                "was judged. Perhaps memory ran out. Run the cell again."
            )
        found: dict[str, Any] = json.loads(line)
        if found.pop("is_last", False):  # the next one warms up meanwhile
            self._end()
            self.start()
        return found

    def _interrupt(self, reader: threading.Thread, answers: queue.Queue[str]) -> None:
        """End the question that is being answered; the process stays if it can."""
        process = self._process
        if process is None or not reader.ident or sys.platform == "win32":
            self._end()
            return
        with contextlib.suppress(OSError, KeyboardInterrupt):
            os.kill(process.pid, signal.SIGINT)
            if _wait(answers, _PATIENCE):
                return
        self._end()

    def _end(self) -> int:
        """End the process; its exit status."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return 0
        with contextlib.suppress(OSError, ValueError):
            if process.stdin is not None:
                process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_FAREWELL)  # it goes when no question can come
        if process.poll() is None:
            with contextlib.suppress(OSError):
                if hasattr(os, "killpg"):  # those that it forked, too
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
        status = process.wait()
        with contextlib.suppress(OSError, ValueError):
            if process.stdout is not None:  # only now: a reader may hold it till then
                process.stdout.close()
        return status


def _read(process: subprocess.Popen[str], answers: queue.Queue[str]) -> None:
    line = ""
    with contextlib.suppress(OSError, ValueError):
        if process.stdout is not None:
            line = process.stdout.readline()
    answers.put(line)


def _wait(answers: queue.Queue[str], seconds: float | None) -> str:
    """The answer; empty where the process ended, or not in time."""
    waited = 0.0
    while seconds is None or waited < seconds:
        try:
            return answers.get(timeout=_TICK)
        except queue.Empty:
            waited += _TICK
    return ""
