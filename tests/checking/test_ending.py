"""What the body of a check passes over is looked at when it ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checking.callers import Caller
from autograder.checking.loading import load_checks
from autograder.checking.running import run_checks
from autograder.verdict import CheckResult, Outcome
from tests.small_course import write_small_course

CHECK = """
import pytest
from autograder import points

@points(1)
def test_refuses(student):
    '''f refuses what is negative'''
    with pytest.raises({kind}):
        student.f(-1)
"""
REFUSES = "def f(x):\n    if x < 0: raise IndexError('negative')\n    return x\n"
STUB = "def f(x):\n    raise NotImplementedError('f is not written yet')\n"

Refused = Callable[..., CheckResult]


@pytest.fixture(params=["local", "remote"])
def refused(request: pytest.FixtureRequest, tmp_path: Path) -> Refused:
    """What becomes of a check that any exception of a kind satisfies."""
    opened = request.getfixturevalue(f"open_{request.param}")

    def ran(source: str, kind: str) -> CheckResult:
        path = tmp_path / "test_sample.py"
        path.write_text(CHECK.format(kind=kind))
        (found,) = run_checks(load_checks(path, "sample"), opened(source), 1)
        return found.result

    return ran


@pytest.mark.parametrize("kind", ["Exception", "(RuntimeError, IndexError)"])
def test_a_stub_refuses_nothing(refused: Refused, kind: str) -> None:
    """NotImplementedError is a RuntimeError, and no answer; nor is a missing name."""
    written, stub = refused(REFUSES, kind), refused(STUB, kind)
    missing = refused("def g(x): return x\n", "Exception")

    assert written.outcome is Outcome.PASSED
    assert stub.outcome is missing.outcome is Outcome.NOT_ATTEMPTED
    assert stub.detail == "f is not written yet"
    assert missing.detail is not None
    assert missing.detail.startswith("f is not defined")


@pytest.mark.parametrize(
    ("exercise", "place"), [("layers", "sample.py:2"), ("sample", None)]
)
def test_a_stub_of_another_file(
    open_local: Callable[[str], Caller],
    tmp_path: Path,
    exercise: str,
    place: str | None,
) -> None:
    """Its place is told; where one's own function begins is told by the source."""
    path = tmp_path / "test_sample.py"
    path.write_text(CHECK.format(kind="ValueError"))

    (found,) = run_checks(load_checks(path, exercise), open_local(STUB), 1)

    assert found.result.outcome is Outcome.NOT_ATTEMPTED
    assert found.result.look_at == place


def test_a_stub_fails_under_pytest(tmp_path: Path) -> None:
    """pytest, which runs the check by itself, says the same."""
    course = write_small_course(tmp_path, STUB, CHECK.format(kind="Exception"), "")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    done = subprocess.run(
        [*command, str(course / "small" / "test_scaling.py")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stdout
    assert "NotImplementedError: f is not written yet" in done.stdout
