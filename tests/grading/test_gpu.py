"""A GPU behind the sandbox: who sees it, what its start and its errors cost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from autograder.checking.callers import Stopped
from autograder.checking.case import SETTINGS, CaseRun, begin
from autograder.checking.student import Student
from autograder.executor.cuda import Gpu
from autograder.grading.children import Line
from autograder.grading.gpu import room_for, why_not
from autograder.grading.process import GpuError
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget
from autograder.grading.zygote_client import Zygote
from autograder.sandbox import ProcessLimits
from tests import pretended_gpu

SOURCE = """
import os

def size(x):
    return len(x)

def asserts(x):
    if "ON_CUDA" in os.environ:
        os.environ["SPENT"] = "1"
        raise RuntimeError("CUDA error: device-side assert triggered")
    return len(x)

def fails(x):
    raise ValueError("no")

def pid():
    return os.getpid()

def sees(name):
    return os.environ.get(name)
"""


@pytest.fixture(scope="module")
def gpu_line() -> Iterator[Line]:
    """A zygote whose children have a pretended GPU."""
    with Zygote.start(
        ProcessLimits(256, 30, gpu=True),
        paths=[str(Path(__file__).parents[2])],
        serve="tests.pretended_gpu:serve",
        readable=[pretended_gpu.__file__],
    ) as zygote:
        yield zygote.line()


@pytest.fixture
def budget() -> Budget:
    """Enough for calls, and less than the GPU's start takes."""
    return Budget.of(pretended_gpu.START_SECONDS / 2)


@pytest.fixture
def caller(gpu_line: Line, budget: Budget) -> Iterator[RemoteCaller]:
    """The source in a child that may use 100 MiB of the GPU."""
    job = CalledFile({"sample": SOURCE}, "sample", (), 100)
    opened = RemoteCaller(gpu_line, job, budget, 5.0, lambda name: ["x"])
    opened.start()
    begin(CaseRun(SETTINGS["cuda float32"], 1))
    yield opened
    opened.close()


def test_no_student_pays_for_the_start(caller: RemoteCaller, budget: Budget) -> None:
    """The CPU time of waking the GPU is not taken off the submission's."""
    assert Student(caller, "cuda").size(torch.ones(3)) == 3
    assert budget.seconds > 0


def test_an_assertion_costs_its_own_check(caller: RemoteCaller) -> None:
    """It is raised where it was made; the next check has a process that works."""
    student = Student(caller, "cuda")
    before = student.pid()
    with pytest.raises(RuntimeError, match="device-side assert"):
        student.asserts(torch.ones(3))

    with pytest.raises(Stopped, match="size: an earlier error|asserts: an earlier"):
        student.size(torch.ones(3))
    caller.forget()

    assert student.size(torch.ones(3)) == 3
    assert student.pid() != before
    caller.forget()
    assert Student(caller, "cpu").asserts(torch.ones(3)) == 3


def test_an_ordinary_error_keeps_the_process(caller: RemoteCaller) -> None:
    """Only a GPU that does not answer any more is left behind."""
    student = Student(caller, "cuda")
    before = student.pid()
    with pytest.raises(ValueError, match="no"):
        student.fails(torch.ones(3))

    assert student.pid() == before


def test_a_worker_cannot_say_so_without_a_gpu(line: Line) -> None:
    """A call on the CPU leaves no process behind, whatever the worker says."""
    source = SOURCE.replace('"ON_CUDA" in os.environ', "True")
    opened = RemoteCaller(
        line,
        CalledFile({"sample": source}, "sample"),
        Budget.of(60),
        5.0,
        lambda name: ["x"],
    )
    opened.start()
    begin(CaseRun(SETTINGS["cpu float32"], 1))
    student = Student(opened, "cpu")
    before = student.pid()
    with pytest.raises(RuntimeError, match="device-side"):
        student.asserts(torch.ones(3))

    assert student.pid() == before
    opened.close()


def test_who_may_see_the_gpu(caller: RemoteCaller, line: Line) -> None:
    """Without CUDA being asked for, no code finds any; with it, errors are prompt."""
    assert Student(caller, "cuda").sees("CUDA_LAUNCH_BLOCKING") == "1"
    assert Student(caller, "cuda").sees("CUDA_VISIBLE_DEVICES") is None
    job = CalledFile({"sample": SOURCE}, "sample")
    plain = RemoteCaller(line, job, Budget.of(60), 5.0, lambda name: ["x"])
    plain.start()

    assert Student(plain, "cpu").sees("CUDA_VISIBLE_DEVICES") == ""
    plain.close()


@pytest.mark.skipif(
    torch.backends.cuda.is_built(), reason="this torch could use a GPU, if any is here"
)
def test_a_gpu_that_does_not_start(line: Line) -> None:
    """It is no student's fault, and whoever grades is told why."""
    job = CalledFile({"sample": SOURCE}, "sample", (), 100)
    opened = RemoteCaller(line, job, Budget.of(60), 5.0, lambda name: ["x"])

    with pytest.raises(GpuError, match="the GPU does not start: AssertionError: Torch"):
        opened.start()
    assert "a sandboxed process cannot use the GPU" in (why_not(line, 100) or "")


def test_a_trial_wants_the_answer_from_the_device(gpu_line: Line) -> None:
    """A GPU whose answers come from elsewhere is not used."""
    assert why_not(gpu_line, 100) == (
        "the GPU gives wrong answers to a sandboxed process"
    )


@pytest.mark.parametrize(
    ("free", "children"), [(80_000, 29), (2700, 1), (5400, 2), (100, 1)]
)
def test_as_many_as_fit(free: int, children: int) -> None:
    """Each takes its share and CUDA's own; one is tried in any case."""
    assert room_for(Gpu("a GPU", 80_000, free), 2000) == children
