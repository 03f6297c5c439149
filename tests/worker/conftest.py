"""A zygote for the tests, whose children run the code that they are sent."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.grading.children import Child
from autograder.grading.zygote_client import Zygote
from autograder.sandbox import Isolation, ProcessLimits

HERE = str(Path(__file__).parent)


def start(
    isolation: Isolation = "auto", lines: int = 1, serve: str = "standin:serve"
) -> Zygote:
    """Start a zygote whose children are stand-ins."""
    limits = ProcessLimits(memory_mebibytes=512, cpu_seconds=2)
    return Zygote.start(limits, isolation, lines, paths=[HERE], serve=serve)


@pytest.fixture(scope="session", name="start")
def start_fixture() -> Callable[..., Zygote]:
    """Give `start`, for tests that need a zygote of their own."""
    return start


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    """One zygote with two lines for all tests that leave it as it was."""
    with start(lines=2) as running:
        yield running


@pytest.fixture
def child(zygote: Zygote) -> Iterator[Child]:
    """A fresh child."""
    with zygote.line().spawn() as fresh:
        yield fresh


@pytest.fixture(scope="session")
def ask() -> Callable[[Child, str], str]:
    """Send a child code and return its answer."""

    def asked(child: Child, code: str) -> str:
        child.channel.settimeout(20)
        child.channel.sendall(code.encode())
        return child.channel.recv(65536).decode()

    return asked


def alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture(scope="session")
def gone() -> Callable[[int], bool]:
    """Wait a moment for a process to be gone; say whether it is."""

    def waited(pid: int) -> bool:
        for _ in range(150):
            if not alive(pid):
                return True
            time.sleep(0.02)
        return False

    return waited


@pytest.fixture(scope="session")
def environment() -> dict[str, Any]:
    """For scripts that act as a grader: where they find ours and the stand-in."""
    import autograder

    root = str(Path(autograder.__file__).parent.parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([root, HERE])}
