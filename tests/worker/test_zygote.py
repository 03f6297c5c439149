"""Children of a running zygote: born, answering, timed, killed, and kept apart."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.grading.children import Child
from autograder.grading.zygote_client import Zygote

Ask = Callable[[Child, str], str]
Gone = Callable[[int], bool]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="children are looked at through /proc"
)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's choice on Linux")
def test_a_child_is_the_first_to_end_without_memory(zygote: Zygote) -> None:
    """Not the grader, nor whatever else runs on the machine."""
    with zygote.line().spawn() as child:
        score = Path(f"/proc/{child.pid}/oom_score_adj").read_text()

    assert int(score) == 1000


def test_child_answers_from_its_sandbox(zygote: Zygote, child: Child, ask: Ask) -> None:
    """a child has the layers that the zygote's trial found, and answers"""
    assert child.layers == zygote.layers
    assert {"limits", "landlock-files", "seccomp"} <= set(child.layers)
    assert ask(child, "import os; answer = os.getpid()") == str(child.pid)


def test_zygote_has_one_thread(zygote: Zygote) -> None:
    """no thread is alive where children are forked, or they might hang"""
    assert len(list(Path(f"/proc/{zygote.pid}/task").iterdir())) == 1


def test_child_may_use_threads(child: Child, ask: Ask) -> None:
    """a student who asks torch for threads gets them, and a backward works"""
    code = """
import torch
torch.set_num_threads(2)
a = torch.ones(400, 400, requires_grad=True)
(a @ a).sum().backward()
answer = torch.get_num_threads(), a.grad[0, 0].item()
"""
    assert ask(child, code) == "(2, 800.0)"


@pytest.mark.parametrize(
    "module", ["wave", "numpy.polynomial.hermite", "torch.utils.benchmark"]
)
def test_child_imports_late(child: Child, ask: Ask, module: str) -> None:
    """modules that the zygote has not loaded can be imported in the sandbox"""
    code = f"import sys; new = {module!r} not in sys.modules; import {module}"

    assert ask(child, f"{code}; answer = new") == "True"


@pytest.mark.parametrize(
    "module", ["standin_without_seccomp", "solutions", "tests", "conftest"]
)
def test_child_finds_libraries_only(child: Child, ask: Ask, module: str) -> None:
    """what lies beside the package, or on the path of the grader, is not importable"""
    assert ask(child, f"import {module}").startswith("ModuleNotFoundError")


def test_child_sees_no_path_of_the_grader(child: Child, ask: Ask) -> None:
    """neither arguments nor environment tell where the grader lives"""
    answer = ask(child, "import os, sys; answer = sys.argv, dict(os.environ)")

    assert answer == "(['-c'], {})"


def test_child_has_no_terminal(child: Child, ask: Ask) -> None:
    """what gets round Python's own streams, in or out, is nothing"""
    same = "os.fstat(n).st_rdev == os.stat(os.devnull).st_rdev"

    answer = ask(child, f"import os; answer = [{same} for n in range(3)]")

    assert answer == "[True, True, True]"


def test_sets_have_the_same_order_in_every_run(child: Child, ask: Ask) -> None:
    """text hashes alike in every zygote, so that a report can be made again"""
    import subprocess

    expected = subprocess.run(
        [sys.executable, "-c", "print(hash('seven'))"],
        env={"PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert ask(child, "answer = hash('seven')") == expected.stdout.strip()


@pytest.mark.parametrize(
    ("code", "status", "number"),
    [
        ("import os; os._exit(7)", 7, None),
        ("import os; os.kill(os.getpid(), 9)", None, signal.SIGKILL),
        ("import os; os.abort()", None, signal.SIGABRT),
        ("import ctypes; ctypes.string_at(8)", None, signal.SIGSEGV),
        ("while True: pass", None, signal.SIGXCPU),
    ],
)
def test_end_is_reported(
    child: Child, code: str, status: int | None, number: int | None
) -> None:
    """a child that ends tells by which status or signal, and what it used"""
    child.channel.sendall(code.encode())
    ended = child.wait(10)

    assert ended is not None
    assert (ended.status, ended.signal) == (status, number)
    assert child.cpu_seconds() == ended.cpu_seconds > 0


def test_deaf_child_is_killed(child: Child, ask: Ask, gone: Gone) -> None:
    """a child that ignores every signal and never yields is killed at once"""
    deaf = "import signal\nfor n in range(1, 32):\n"
    deaf += "  if n not in (9, 19): signal.signal(n, signal.SIG_IGN)\n"
    assert ask(child, deaf) == "None"
    child.channel.sendall(b"import re; re.match('(a+)+b', 'a' * 60)")
    time.sleep(0.1)

    assert child.wait(0) is None
    started = time.monotonic()
    child.kill()
    ended = child.wait(10)

    assert ended is not None
    assert ended.signal == signal.SIGKILL
    assert time.monotonic() - started < 2
    assert gone(child.pid)


def test_cpu_time_is_the_childs_own(child: Child, ask: Ask) -> None:
    """sleeping costs nothing, computing does, and waiting has a deadline"""
    before = child.cpu_seconds()
    ask(child, "import time; time.sleep(0.3)")
    rested = child.cpu_seconds()
    ask(child, "import time\nwhile time.process_time() < 0.5: pass")

    assert rested - before < 0.1
    assert child.cpu_seconds() >= 0.5
    assert child.wait(0.01) is None


def test_memory_limit_is_an_exception(child: Child, ask: Ask) -> None:
    """too much memory is refused to torch, and the child lives on"""
    code = "import torch; answer = len(torch.ones({}, dtype=torch.uint8))"

    assert "memory" in ask(child, code.format(10**9))
    assert ask(child, code.format(10**8)) == "100000000"


def test_state_does_not_reach_the_next_child(zygote: Zygote, ask: Ask) -> None:
    """whatever a child changes in torch or Python, the next one starts afresh"""
    code = "import torch, os; torch.set_default_dtype(torch.float64); os.mine = 1"
    with zygote.line().spawn() as first:
        ask(first, code)
    with zygote.line().spawn() as second:
        seen = ask(
            second,
            "import torch, os; answer = torch.get_default_dtype(), hasattr(os, 'mine')",
        )

    assert seen == "(torch.float32, False)"


HOSTILE = {
    "kills the zygote": "import os; os.kill(os.getppid(), 9)",
    "kills everybody": "import os; os.kill(-1, 9)",
    "closes everything": "import os; os.closerange(0, 1024)",
    "floods its channel": """
channel.setblocking(False)
try:
    while True: channel.send(bytes(65536))
except BlockingIOError: pass""",
    "sends descriptors": """
import socket
socket.send_fds(channel, [b'x'], [channel.fileno()] * 8)""",
    "stops itself": "import os; os.kill(os.getpid(), 19)",
    "stops the zygote": "import ctypes, os; ctypes.CDLL(None).ptrace(16, os.getppid())",
    "forks": "import os\nwhile os.fork() >= 0: pass",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_child_does_not_disturb_the_next(
    zygote: Zygote, ask: Ask, gone: Gone, name: str
) -> None:
    """after any hostile child the same line gives another that works, in good time"""
    with zygote.line().spawn() as hostile:
        hostile.channel.sendall(HOSTILE[name].encode())
        hostile.wait(0.2)

    started = time.monotonic()
    with zygote.line().spawn() as honest:
        assert ask(honest, "answer = 6 * 7") == "42"
    assert time.monotonic() - started < 2
    assert gone(hostile.pid)


def test_two_lines_at_once(zygote: Zygote, ask: Ask) -> None:
    """children of two lines live side by side, each with a user of its own"""
    with zygote.line(0).spawn() as one, zygote.line(1).spawn() as other:
        users = {ask(each, "import os; answer = os.getuid()") for each in (one, other)}
        other.kill()
        ended = other.wait(5)

        assert ended is not None
        assert one.wait(0) is None
        assert ask(one, "answer = 'lives'") == "'lives'"
    if os.geteuid() == 0 and "user" in zygote.layers:
        assert len(users) == 2


def test_many_children_on_one_line(zygote: Zygote, ask: Ask) -> None:
    """ends are told apart by child, in whichever order they come"""
    children = [zygote.line().spawn() for _ in range(6)]
    for status, child in enumerate(children):
        child.channel.sendall(f"import os; os._exit({status})".encode())

    ends = [child.wait(10) for child in reversed(children)]
    for child in children:
        child.close()

    assert [end.status for end in ends if end is not None] == [5, 4, 3, 2, 1, 0]


def test_clearing_a_line_kills_its_children(zygote: Zygote, ask: Ask) -> None:
    """a line can be handed to the next job: the earlier one's children are gone"""
    line = zygote.line(1)
    with line.spawn() as left, zygote.line(0).spawn() as others:
        line.clear()

        left.channel.settimeout(5)
        assert left.channel.recv(1) == b""
        assert ask(others, "answer = 1") == "1"
    with line.spawn() as fresh:
        assert ask(fresh, "answer = 2") == "2"
