"""``autograder grade`` and Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from autograder.grading.results import SEED_FILE

ROOT = Path(__file__).parents[2]
STOPPED = "Stopped. What is graded is kept; run it again to go on."


def stop(words: list[str], ready: Callable[[], bool]) -> tuple[int, str, float]:
    """Interrupt a command once it is ready; its exit code, its errors, and seconds."""
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not ready() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.poll() is None, "it ended too early"
    begun = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does: jobs get it as well
    _, errors = process.communicate(timeout=60)
    return process.returncode, errors, time.monotonic() - begun


def test_stopped_in_the_middle(
    command: Callable[..., list[str]], small_class: Path, tmp_path: Path
) -> None:
    """It says at once that what is graded is kept, and ends with 130."""
    words = command(small_class, tmp_path / "out", "--seed", "9", "--jobs", "2")

    code, errors, seconds = stop(
        words, lambda: (tmp_path / "out" / "student_01.json").exists()
    )

    assert code == 130
    assert STOPPED in errors
    assert "Traceback" not in errors
    assert seconds < 4


def test_stopped_in_the_start(
    command: Callable[..., list[str]], small_class: Path, tmp_path: Path
) -> None:
    """So it does while torch is still being imported."""
    words = command(small_class, tmp_path / "out", "--jobs", "1")

    code, errors, _ = stop(words, (tmp_path / "out" / SEED_FILE).exists)

    assert code == 130
    assert STOPPED in errors
