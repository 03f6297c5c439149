"""The Makefile's own work: quoting, exit codes and the check of Python's version."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.course.assignment import load_course

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None, reason="there is no make on this machine"
)


def make(tmp_path: Path, *words: str, ends: int = 0) -> tuple[int, list[str], str]:
    """Run make with a stand-in for autograder; exit code, its arguments, stderr."""
    command = tmp_path / "autograder"
    command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@"\nexit {ends}\n')
    command.chmod(0o755)
    done = subprocess.run(
        ["make", "--old-file=.venv/ready", f"BIN={tmp_path}", "--silent", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_paths_with_spaces(tmp_path: Path) -> None:
    """A folder's name is one word, whatever it holds."""
    code, words, _ = make(tmp_path, "grade", "SUBMISSIONS=my class", "OUT=my results")

    assert code == 0
    assert words == ["grade", "cnn", "my class", "--out", "my results"]


def test_a_check_that_fails_is_no_error_of_make(tmp_path: Path) -> None:
    """Below a student's report stands no line about an error in the Makefile."""
    assert make(tmp_path, "check", ends=1)[::2] == (0, "")
    assert make(tmp_path, "check", ends=0)[::2] == (0, "")


def test_what_cannot_be_checked_is_an_error(tmp_path: Path) -> None:
    """A mistake in the call does not pass for a check that ran."""
    assert make(tmp_path, "check", "A=nothing", ends=2)[0] != 0


@pytest.mark.parametrize(("found", "code"), [("exit 1", 2), ("exit 0", 0)])
def test_an_old_python_is_named_before_anything_is_installed(
    tmp_path: Path, found: str, code: int
) -> None:
    """The first thing that set-up does is to ask Python for its version."""
    asked = tmp_path / "asked"
    python = tmp_path / "python3.9"
    python.write_text(f'#!/bin/sh\necho "$1" >> {asked}\n[ "$1" = -c ] || exit 0\n')
    with python.open("a") as file:
        file.write(f"{found}\n")
    python.chmod(0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("#!/bin/sh\nexit 0\n")
    (tmp_path / "bin" / "python").chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / ".venv").mkdir()

    done = subprocess.run(
        ["make", "setup", f"PYTHON={python}", f"BIN={tmp_path / 'bin'}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == code
    assert asked.read_text().splitlines() == ["-c", "-m"][: 1 if code else 2]
    said = "Python 3.10 or newer is needed" if code else "this takes minutes"
    assert said in done.stdout + done.stderr


def test_all_classes_are_graded_without_a_name(tmp_path: Path) -> None:
    """One after the other, in the order of the course, and then the table of all."""
    code, words, _ = make(tmp_path, "grade")

    names = [each.name for each in load_course(ROOT / "solutions").assignments]
    runs = [
        word
        for name in names
        for word in (
            *(name, "grade", name, f"examples/{name}"),
            *("--out", f"results/{name}", ""),
        )
    ]
    folders = [f"results/{name}" for name in names]
    assert code == 0
    assert words == [*runs, "gradebook", *folders, "--out", "results/gradebook.csv"]


def test_a_class_that_cannot_be_graded_ends_the_run(tmp_path: Path) -> None:
    """No table follows that leaves it out."""
    code, words, _ = make(tmp_path, "grade", ends=2)

    assert code != 0
    assert "gradebook" not in words


def test_one_process_runs_a_whole_file() -> None:
    """What the tests of a file share is made once, with the options that make uses."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (options,) = re.findall(r"^RUN := .* pytest \\\n\t(.*)$", text, re.MULTILINE)
    words = options.replace("$(PROCESSES)", "2").split()
    files = ["tests/wording/test_points.py", "tests/wording/test_true.py"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *words, *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    ran = re.findall(r"^\[(gw\d)\] .* (tests/\S+\.py)::", done.stdout, re.MULTILINE)
    assert {file for _, file in ran} == set(files)
    assert len({*ran}) == len(files)
    assert len(ran) > 20
