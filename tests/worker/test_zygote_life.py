"""How a zygote starts, refuses to start, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from autograder.grading.children import Child, ZygoteError
from autograder.grading.zygote_client import Zygote
from autograder.sandbox import ProcessLimits
from autograder.worker.settings import Settings

Ask = Callable[[Child, str], str]
Gone = Callable[[int], bool]
Start = Callable[..., Zygote]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="processes are looked at through /proc"
)

_GRADER = """
import os, sys, time
from autograder.grading.zygote_client import Zygote
from autograder.sandbox import ProcessLimits

def tell(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

zygote = Zygote.start(
    ProcessLimits(512, 5), sys.argv[1], 2, paths=[os.environ["STANDIN"]],
    serve="standin:serve",
)
"""

_WAITS = """
first, second = zygote.line(0).spawn(), zygote.line(1).spawn()
first.channel.sendall(b"while True: pass")
tell(zygote.pid, first.pid, second.pid)
time.sleep(60)
"""

_TWO_JOBS = """
jobs = []
for index in range(2):
    reader, writer = os.pipe()
    job = os.fork()
    if job == 0:
        child = zygote.line(index).spawn()
        child.channel.sendall(b"answer = 'ready'")
        ready = child.channel.recv(100)
        child.channel.sendall(b"while True: pass")  # deaf to the end of its channel
        os.write(writer, b"%d " % child.pid + ready)
        if index == 0:
            sys.stdin.readline()  # until the other job is dead
            with zygote.line(index).spawn() as another:
                another.channel.sendall(b"answer = 'served'")
                tell(another.channel.recv(100).decode())
            child.close()
            zygote.close()
            os._exit(0)
        time.sleep(60)
    zygote.line(index).close()
    jobs.append(job)
    tell(job, os.read(reader, 100).decode())
tell(zygote.pid)
os.waitpid(jobs[0], 0)
os.waitpid(jobs[1], 0)
zygote.close()
tell("closed")
"""


def _grader(
    script: str, environment: dict[str, Any], isolation: str = "auto"
) -> subprocess.Popen[str]:
    environment = {**environment, "STANDIN": os.path.dirname(__file__)}
    return subprocess.Popen(
        [sys.executable, "-c", _GRADER + script, isolation],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("isolation", ["auto", "none"])
def test_killed_grader_leaves_nothing(
    environment: dict[str, Any], gone: Gone, isolation: str
) -> None:
    """a SIGKILLed grader takes the zygote and every child with it"""
    with _grader(_WAITS, environment, isolation) as grader:
        assert grader.stdout is not None
        pids = [int(word) for word in grader.stdout.readline().split()]
        grader.kill()

    assert len(pids) == 3
    assert all(gone(pid) for pid in pids)


def test_killed_zygote_leaves_nothing(start: Start, gone: Gone) -> None:
    """a SIGKILLed zygote takes its children with it, and the grader is told"""
    with start() as zygote, zygote.line().spawn() as child:
        os.kill(zygote.pid, signal.SIGKILL)

        assert gone(child.pid)
        with pytest.raises(ZygoteError, match="the zygote is gone"):
            zygote.line().spawn()


def test_forked_jobs_are_independent(environment: dict[str, Any], gone: Gone) -> None:
    """a killed job's children die with its line; the other job is served as before"""
    with _grader(_TWO_JOBS, environment) as grader:
        assert grader.stdout is not None
        assert grader.stdin is not None
        grader.stdout.readline()
        job, child, word = grader.stdout.readline().split()
        assert word == "'ready'"
        zygote = int(grader.stdout.readline())
        os.kill(int(job), signal.SIGKILL)

        assert gone(int(child))
        grader.stdin.write("\n")
        grader.stdin.flush()
        assert grader.stdout.readline() == "'served'\n"
        assert grader.stdout.readline() == "closed\n"

    assert grader.returncode == 0
    assert gone(zygote)


def test_closing_ends_zygote_and_children(start: Start, gone: Gone) -> None:
    """closing waits for the zygote, which kills its children first, and is quick"""
    zygote = start()
    child = zygote.line().spawn()
    started = time.monotonic()

    zygote.close()

    assert time.monotonic() - started < 2
    assert gone(zygote.pid)
    assert gone(child.pid)
    child.close()


def test_missing_worker_is_a_clear_error(start: Start) -> None:
    """a zygote that cannot start says what is missing"""
    with pytest.raises(ZygoteError, match="No module named 'nowhere'"):
        start(serve="nowhere:serve")


@pytest.mark.parametrize("user", [0, 65000])
def test_users_out_of_range_are_refused(user: int) -> None:
    """children never become root, nor users that a rootless container lacks"""
    with pytest.raises(ValueError, match=f"first_user is {user}"):
        Settings(ProcessLimits(512, 5), first_user=user)


def test_strict_isolation_refuses_without_seccomp(start: Start) -> None:
    """strict isolation names the missing layer and the remedy, and starts nothing"""
    with pytest.raises(ZygoteError, match=r"needs seccomp.*pyseccomp is not installed"):
        start("strict", serve="standin_without_seccomp:serve")


def test_strict_isolation_starts_where_all_holds(start: Start, ask: Ask) -> None:
    """strict isolation works where the layers hold"""
    with start("strict") as zygote, zygote.line().spawn() as child:
        assert ask(child, "answer = 1") == "1"


def test_forks_that_nothing_denies_are_swept_up(
    start: Start, ask: Ask, gone: Gone
) -> None:
    """without seccomp a child can fork, but what it leaves behind dies with it"""
    fork = """
import os, time
reader, writer = os.pipe()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.write(writer, str(os.getpid()).encode())
        time.sleep(60)
    os._exit(0)
answer = int(os.read(reader, 100))
"""
    with start("none") as zygote:
        assert "seccomp" not in zygote.layers
        with zygote.line().spawn() as child:
            left = int(ask(child, fork))

        assert gone(left)
