"""The process beside a kernel: how it ends, whatever it does."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from autograder.home import companion
from autograder.home.companion import Companion, CompanionError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are Unix's")
DEAF = "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); "


def test_one_that_does_not_hear_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt comes through although the process goes on, and it does not."""
    monkeypatch.setattr(companion, "_PROGRAM", f"{DEAF}time.sleep(60)  # {{place}}")
    monkeypatch.setattr(companion, "_PATIENCE", 0.2)
    monkeypatch.setattr(companion, "_FAREWELL", 0.1)
    asked = Companion()
    asked.start()
    process = asked._process
    assert process is not None
    # A shell's background job ignores it, and so would this one.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    started = time.monotonic()

    try:
        with pytest.raises(KeyboardInterrupt):
            asked.ask({})
    finally:
        signal.signal(signal.SIGINT, before)

    assert time.monotonic() - started < 3
    assert process.poll() == -signal.SIGKILL


def test_one_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence says so, and the next question starts another one."""
    monkeypatch.setattr(companion, "_PROGRAM", "raise SystemExit(3)  # {place}")
    asked = Companion()

    for _ in range(2):
        with pytest.raises(CompanionError, match="exit code 3"):
            asked.ask({"text": "x" * 200_000})


def test_none_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without processes gets a sentence, and the command to use."""
    monkeypatch.setattr("sys.executable", "/no/such/python")

    with pytest.raises(CompanionError, match="`autograder check`"):
        Companion().ask({})
