"""`autograder check --watch` answers every save."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.small_course import SOLUTION


def save(path: Path, text: str) -> None:
    """Save as editors do: a new file takes the old one's name."""
    draft = path.with_suffix(".tmp")
    draft.write_text(text)
    os.replace(draft, path)


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Everything that is printed up to the line with these words."""
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"{words!r} was never printed:\n{''.join(lines)}")


def test_a_save_is_checked_again(student_folder: Callable[[str], Path]) -> None:
    """The first report comes at once, the next after a save, torch staying warm."""
    folder = student_folder(SOLUTION)
    command = [sys.executable, "-m", "autograder", "check", "--watch", "--in", folder]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert "5 of 5 points" in read_until(process, "Watching;")
            save(folder / "scaling.py", SOLUTION.replace("factor * x\n", "x\n", 3))
            assert "2 of 5 points" in read_until(process, "was saved")
            save(folder / "scaling.py", SOLUTION)
            assert "5 of 5 points" in read_until(process, "was saved")
        finally:
            process.terminate()
