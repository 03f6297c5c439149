"""What tests of the engine share: a student's source, opened here or in a sandbox."""

from __future__ import annotations

import ast
import functools
import gc
import linecache
import multiprocessing
import socket
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkProcess
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from autograder.checking.case import CPU_FLOAT64, CaseRun, begin
from autograder.checking.local import LocalCaller
from autograder.checking.solution import Solution
from autograder.checking.student import Student
from autograder.course.assignment import load_course
from autograder.executor.tuning import tune_for_small_tensors
from autograder.grading.children import Exit, Line
from autograder.grading.remote import CalledFile, RemoteCaller
from autograder.grading.wire import Budget, Wire
from autograder.grading.zygote_client import Zygote
from autograder.sandbox import ProcessLimits

# Its check files are read by the engine, not by pytest.
collect_ignore = ["tiny_course"]

TINY_COURSE = Path(__file__).parent / "tiny_course"
MEMORY_MEBIBYTES = 256

OpenStudent = Callable[[str], Student]
OpenRemote = Callable[..., RemoteCaller]


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Let one process run the tests of a file, and all that need one dear fixture.

    Files keep their order in each process: what tests/simulated registers with torch
    must come after tests/home and others that fork. (Marks of groups, which
    pytest-xdist has for this, are not heeded beside every version of pytest.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _group_of(config.rootpath / nodeid.partition("::")[0])

    return ByFile(config, log)


@functools.cache
def _group_of(file: Path) -> str:
    if "graded: Path" in file.read_text(
        encoding="utf-8"
    ):  # a fixture that takes minutes
        return f"the class of {file.parent.name}"
    return str(file)


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """One zygote for the whole session: it imports torch."""
    tune_for_small_tensors()
    with Zygote.start(ProcessLimits(MEMORY_MEBIBYTES, 30)) as started:
        yield started


@pytest.fixture(scope="session")
def line(zygote: Zygote) -> Line:
    """The way to ask it for children."""
    return zygote.line(0)


@pytest.fixture(scope="session")
def tiny() -> Solution:
    """Checks, solutions and mistakes of the tiny course."""
    return Solution(load_course(TINY_COURSE).assignment("tiny"))


@pytest.fixture
def case() -> CaseRun:
    """A case that has begun: cpu float64, seed 1, of a check that is strict."""
    run = CaseRun(CPU_FLOAT64, 1, strict=True)
    begin(run)
    return run


@pytest.fixture
def open_local(case: CaseRun) -> Callable[[str], LocalCaller]:
    """Open a student's source in this process."""

    def opened(source: str) -> LocalCaller:
        return LocalCaller(module_of(source), {"sample.py": "sample.py"})

    return opened


@pytest.fixture
def open_remote(case: CaseRun, line: Line) -> Iterator[OpenRemote]:
    """Open a student's source in a sandboxed child."""
    callers: list[RemoteCaller] = []

    def opened(
        source: str, call_seconds: float = 5.0, budget: Budget | None = None
    ) -> RemoteCaller:
        job = CalledFile({"sample": source}, "sample")
        names = parameter_names_in(source)
        caller = RemoteCaller(
            line,
            job,
            budget or Budget.of(60),
            call_seconds,
            lambda function: names.get(function, []),
        )
        callers.append(caller)
        caller.start()
        return caller

    yield opened
    gc.collect()
    for caller in callers:
        caller.close()


@pytest.fixture(params=["local", "remote"])
def open_student(request: pytest.FixtureRequest) -> OpenStudent:
    """Open a student's source on both sides: a check must not see the difference."""
    opened = request.getfixturevalue(f"open_{request.param}")
    return lambda source: Student(opened(source))


class StandIn:
    """A child that is no process: its end of the channel is the test's."""

    def __init__(self) -> None:
        self.channel, self.theirs = socket.socketpair()
        self.layers: list[str] = []
        self.killed = False
        self.exit: Exit | None = None
        self.clock = 0.0

    def is_waiting(self) -> bool:
        """It has no process of its own that could sleep."""
        return False

    def cpu_seconds(self) -> float:
        """What the test says."""
        return self.clock

    def kill(self) -> None:
        """Remember it."""
        self.killed = True

    def wait(self, timeout: float | None = None) -> Exit | None:
        """What the test says."""
        return self.exit

    def close(self) -> None:
        """Kill it and close the channel."""
        self.kill()
        self.channel.close()


@pytest.fixture
def child() -> Iterator[StandIn]:
    """A stand-in, closed at the end."""
    stand_in = StandIn()
    yield stand_in
    stand_in.channel.close()
    stand_in.theirs.close()


@pytest.fixture
def wire(child: StandIn) -> Wire:
    """The grader's side."""
    return Wire(child, Budget.of(10))  # type: ignore[arg-type]


def forked_children() -> list[BaseProcess]:
    """The children that this process has forked, and not those of a GPU's bench."""
    children = multiprocessing.active_children()
    return [child for child in children if isinstance(child, ForkProcess)]


def module_of(source: str, name: str = "sample") -> ModuleType:
    """A module with this source."""
    module = ModuleType(name)
    lines = source.splitlines(keepends=True)
    linecache.cache[f"{name}.py"] = (len(source), None, lines, f"{name}.py")
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)
    return module


def parameter_names_in(source: str) -> dict[str, list[str]]:
    """Names of the parameters of the functions of a source, which is not run."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return {}
    return {
        node.name: [argument.arg for argument in node.args.args]
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
