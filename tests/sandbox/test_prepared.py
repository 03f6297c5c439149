"""Layers one by one, and what is left when one of them is missing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.sandbox import ProcessLimits, missing

Act = Callable[[str], tuple[list[str], object]]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the layers are Linux's own"
)


def test_all_layers_take(in_sandbox: Act) -> None:
    """where the kernel has them, a child names every layer"""
    layers, _ = in_sandbox("def act(): return None")

    assert {"descriptors", "limits", "landlock-files", "seccomp"} <= set(layers)
    assert ("user" in layers) == (os.geteuid() == 0)
    assert missing(layers) == []


def test_a_child_has_nothing(in_sandbox: Act) -> None:
    """a child starts in /, with an empty environment and four descriptors at most"""
    _, result = in_sandbox(
        """
        held = [os.open("/dev/zero", os.O_RDONLY) for _ in range(5)]
        high = os.dup2(held[0], 900)
        def act():
            alive = []
            for number in range(1024):
                try:
                    os.fstat(number)
                    alive.append(number)
                except OSError:
                    pass
            return [os.getcwd(), dict(os.environ), len(alive)]
        """
    )

    assert result == ["/", {}, 4]


_ORPHAN = """
import json, os, sys, time
sys.path[:0] = json.loads(sys.argv[1])
from sandbox import ProcessLimits, prepare
user = 60098 if os.geteuid() == 0 else None
prepared = prepare(ProcessLimits(256, 5), sys.path, sys.argv[2], user)
reader, writer = os.pipe()
child = os.fork()
if child == 0:
    prepared.enter({writer}, user)
    os.write(writer, b"x")
    time.sleep(30)
    os._exit(0)
os.read(reader, 1)
print(child, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("isolation", ["auto", "none"])
def test_a_child_dies_with_its_parent(sandbox_paths: str, isolation: str) -> None:
    """the signal of the parent's death is set after all that would undo it"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", _ORPHAN, sandbox_paths, isolation],
        stdout=subprocess.PIPE,
        timeout=20,
        check=False,
    )

    assert _gone(int(done.stdout))


def _gone(pid: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


ALONE = {
    "signals itself": ("os.kill(os.getpid(), 0)", None),
    "signals everybody": ("os.kill(-1, 0)", "PermissionError"),
    "signals its group": ("os.kill(0, 0)", "PermissionError"),
    "owns its pipe": (
        "__import__('fcntl').fcntl(1, 8, os.getppid())",
        "PermissionError",
    ),
    "outlives its parent": ("kernel._prctl(1, 0)", "PermissionError"),
    "lets others look": ("kernel._prctl(4, 1)", "PermissionError"),
    "makes a memory file": ("os.memfd_create('x')", "PermissionError"),
    "limits its parent": (
        "__import__('resource').prlimit(os.getppid(), 7, (9, 9))",
        "PermissionError",
    ),
    "opens by handle": ("kernel.system_call(304, 0, 0, 0)", "PermissionError"),
    "makes a ring": ("kernel.system_call(425, 1, 0)", "PermissionError"),
    "leaves its namespaces": ("kernel.system_call(272, 0x10000000)", "PermissionError"),
    "shares memory by key": (
        "kernel.system_call(29, 0, 4096, 0o1600)",
        "PermissionError",
    ),
    "asks what is in memory": ("kernel.system_call(27, 0, 0, 0)", "PermissionError"),
    "asks what is cached": ("kernel.system_call(451, 0, 0, 0, 0)", "PermissionError"),
    "reads ahead": ("kernel.system_call(187, 0, 0, 9)", "PermissionError"),
    "lets pages go": ("kernel.system_call(28, 0, 4096, 21)", "PermissionError"),
    "takes a lease": ("__import__('fcntl').fcntl(1, 1024, 0)", "PermissionError"),
    "locks an open file": (
        "__import__('fcntl').fcntl(1, 37, bytes(32))",
        "PermissionError",
    ),
    "asks for a lock": (
        "__import__('fcntl').fcntl(1, 5, bytes(32))",
        "PermissionError",
    ),
    "asks for its parent's group": ("os.getpgid(os.getppid())", "PermissionError"),
    "asks for its own": ("os.getpgid(0) == os.getpgid(os.getpid())", True),
    "asks how its parent is scheduled": (
        "os.sched_getscheduler(os.getppid())",
        "PermissionError",
    ),
    "makes a pair": ("__import__('socket').socketpair()", "PermissionError"),
    "opens its parent": ("os.pidfd_open(os.getppid())", "PermissionError"),
    "lists the root": ("os.listdir('/')", "PermissionError"),
    "makes a link": ("os.symlink('/etc', '/tmp/autograder-link')", "PermissionError"),
    "makes a temporary file": ("__import__('tempfile').mkstemp()", "PermissionError"),
    "discards": ("open(os.devnull, 'w').write('x')", 1),
}


@pytest.mark.parametrize("name", ALONE)
def test_odd_ways_out(in_sandbox: Act, name: str) -> None:
    """the less known calls are denied too, and honest ones are not"""
    if "system_call" in ALONE[name][0] and os.uname().machine != "x86_64":
        pytest.skip("the numbers of these calls are those of x86-64")
    code, expected = ALONE[name]

    _, result = in_sandbox(f"def act(): return {code}")

    if isinstance(expected, str):
        assert isinstance(result, str)
        assert result.startswith(expected)
    else:
        assert result == expected


def test_writing_is_denied_without_landlock(in_sandbox: Act, tmp_path: Path) -> None:
    """where Landlock is missing, seccomp denies opening for writing"""
    victim = tmp_path / "results.json"
    victim.write_text("kept")
    victim.chmod(0o666)

    layers, result = in_sandbox(
        f"""
        os.close(prepared.rules)
        prepared = dataclasses.replace(
            prepared,
            rules=None,
            program=seccomp.compile_filter(deny_writing=True),
            change_user=False,
        )
        def act():
            return open({str(victim)!r}, "w").write("forged")
        """
    )

    assert "landlock-files" not in layers
    assert str(result).startswith("PermissionError")
    assert victim.read_text() == "kept"


def test_root_without_a_private_user_has_no_powers(in_sandbox: Act) -> None:
    """where the user cannot be changed, root gives up its capabilities"""
    if os.geteuid() != 0:
        pytest.skip("only root has capabilities to give up")

    layers, result = in_sandbox(
        """
        prepared = dataclasses.replace(prepared, change_user=False, program=None)
        def act():
            return [os.getuid(), kernel.permitted_capabilities()]
        """
    )

    assert "capabilities" in layers
    assert result == [0, 0]


def test_private_user_keeps_at_most_reading(in_sandbox: Act) -> None:
    """a private user has no capability but that to read what Landlock allows"""
    if os.geteuid() != 0:
        pytest.skip("only root can give a child a user of its own")

    layers, result = in_sandbox(
        """
        prepared = dataclasses.replace(prepared, keep_reading=True)
        def act():
            return [os.getresuid()[0], kernel.permitted_capabilities()]
        """
    )

    assert "user" in layers
    assert result == [60098, 4]


def test_refused_layer_is_left_out(in_sandbox: Act) -> None:
    """a layer that the kernel refuses is not named, and the child goes on"""
    layers, result = in_sandbox(
        """
        prepared = dataclasses.replace(prepared, program=b"garbage!")
        def act(): return "went on"
        """
    )

    assert result == "went on"
    assert missing(layers) == ["seccomp"]


def test_missing_pyseccomp_is_an_absent_layer(in_sandbox: Act) -> None:
    """without pyseccomp the layer is absent, with the reason, and nothing crashes"""
    _, result = in_sandbox(
        """
        sys.modules["pyseccomp"] = None
        os.close(prepared.rules)
        prepared = prepare(ProcessLimits(256, 5), libraries, "auto", user)
        def act(): return [prepared.program, prepared.absent["seccomp"]]
        """
    )

    assert result == [None, "the package pyseccomp is not installed"]


def test_elsewhere_than_on_linux_limits_remain(in_sandbox: Act) -> None:
    """on macOS there are limits and closed descriptors, and reasons for the rest"""
    layers, result = in_sandbox(
        """
        os.close(prepared.rules)
        kernel.LINUX = landlock.LINUX = False  # and no call into its kernel works
        kernel._libc = lambda: None
        prepared = prepare(ProcessLimits(256, 5), libraries, "auto", user)
        def act(): return sorted(prepared.absent)
        """
    )

    assert layers == ["descriptors", "limits"]
    assert result == ["landlock-files", "seccomp", "user"]


@pytest.mark.parametrize(
    ("layers", "lacking"),
    [
        ({"seccomp", "user"}, []),
        ({"seccomp", "landlock-files"}, []),
        ({"seccomp"}, ["user or landlock-files"]),
        ({"user", "landlock-files"}, ["seccomp"]),
        (set(), ["user or landlock-files", "seccomp"]),
    ],
)
def test_what_strict_isolation_asks_for(layers: set[str], lacking: list[str]) -> None:
    """strict isolation needs seccomp and one of a private user and Landlock"""
    assert missing(layers) == lacking


@pytest.mark.parametrize("value", [0, -1, 1.5, True])
def test_senseless_limit_is_refused(value: int) -> None:
    """a limit names itself and its value when it is not a positive integer"""
    with pytest.raises(ValueError, match=f"cpu_seconds is {value!r}"):
        ProcessLimits(256, value)


def test_entering_is_quick(in_sandbox: Act) -> None:
    """all layers together take a few milliseconds"""
    _, result = in_sandbox(
        """
        import time
        def act(): return time.process_time()  # which starts at the fork
        """
    )

    assert isinstance(result, float)
    assert result < 0.02
