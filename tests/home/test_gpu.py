"""An error that leaves the GPU useless costs its own check at home, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.checking.device_choice import Devices
from autograder.course.assignment import find_assignment
from autograder.executor import cuda, devices
from autograder.home import check_runs
from autograder.home.folder import HomeFolder, load_folder
from autograder.verdict import CheckResult, Outcome
from tests import pretended_gpu

BREAKS = """
import os
def scale(x, factor):
    if "ON_CUDA" in os.environ:
        os.environ["SPENT"] = "1"
        raise RuntimeError("CUDA error: device-side assert triggered")
    return x * factor
def shift(x, offset):
    return x + offset
"""
ENDS = BREAKS.replace("raise RuntimeError", "os._exit(75) if True else ")


@pytest.fixture
def on_cuda(
    student_folder: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], HomeFolder]:
    """A student's folder, checked on the CPU and on a pretended GPU."""
    monkeypatch.setattr(cuda, "start", pretended_gpu.start)
    monkeypatch.setitem(devices._KINDS, "cuda", pretended_gpu.Pretended)

    def made(source: str) -> HomeFolder:
        home = load_folder(find_assignment(student_folder(source)))
        return replace(home, devices=Devices(("cuda",)))

    return made


def results(home: HomeFolder) -> dict[str, CheckResult]:
    """By the name of the check."""
    found = check_runs.run_exercise(home, "scaling", home.checks["scaling"])
    return {result.id.partition("::")[2]: result for result in found}


@pytest.mark.skipif(not check_runs.CAN_FORK, reason="needs a process for each exercise")
def test_the_next_check_gets_a_process_that_works(on_cuda) -> None:
    """The check that broke the GPU tells the error; the next one reaches its claim."""
    found = results(on_cuda(BREAKS))

    assert found["test_scales"].outcome is Outcome.CRASHED
    assert "device-side assert" in found["test_scales"].raised.message
    assert found["test_scales"].setting == "cuda float64"
    # On a pretended GPU an answer is on the CPU; a call was made and judged.
    assert found["test_shifts"].mismatch.kind == "device"


@pytest.mark.skipif(not check_runs.CAN_FORK, reason="needs a process for each exercise")
def test_code_that_ends_like_that_is_not_asked_for_ever(on_cuda) -> None:
    """The exit code of such a process helps nobody who has not broken anything."""
    found = results(on_cuda(ENDS))

    assert found["test_scales"].outcome is Outcome.CRASHED
    assert "exit code 75" in found["test_scales"].detail
    assert found["test_shifts"].mismatch.kind == "device"


def test_where_there_is_no_fork(on_cuda, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks that follow say that nothing could be run."""
    monkeypatch.setattr(check_runs, "CAN_FORK", False)
    monkeypatch.delenv("SPENT", raising=False)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")  # put back after the test

    found = results(on_cuda(BREAKS))

    assert found["test_scales"].outcome is Outcome.CRASHED
    assert list(found) == ["test_scales", "test_scales_twice", "test_shifts"]
    assert found["test_shifts"].outcome is Outcome.CRASHED
    assert found["test_shifts"].detail == "an earlier error left the GPU useless"
