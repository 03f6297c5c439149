"""What the zygote of a running ``autograder grade`` has seen: nothing of the command.

Student code runs in forks of the zygote. What never was in its memory cannot be read.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SEED = "918273645546372819"
WORD = "kept-from-the-zygote"
EMAIL = "kept-from-all@school.example"

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root may read another process's memory"
)


def children_of(pid: int) -> list[int]:
    """The processes that this one has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat[1]) == pid:
                found.append(int(entry.name))
    return found


@pytest.fixture
def graders(command: Callable[..., list[str]], tmp_path: Path) -> Iterator[int]:
    """A grader at work under a seed, with a word in its environment; its number."""
    source = "import time\nwhile True: pass\n"
    (tmp_path / "class" / "secretive_student").mkdir(parents=True)
    (tmp_path / "class" / "secretive_student" / "counting.py").write_text(source)
    if importlib.util.find_spec("yaml"):
        told = f"secretive_student:\n  :submitters:\n  - :email: {EMAIL}\n"
        (tmp_path / "class" / "submission_metadata.yml").write_text(told)
    words = command(tmp_path / "class", tmp_path / "out", "--seed", SEED, "--jobs", "1")
    process = subprocess.Popen(
        words,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "WORD": WORD},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process.pid
    process.kill()
    process.wait()


def the_zygote(grader: int) -> int:
    """The grader's child that has a session of its own and a child in it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for pid in children_of(grader):
            if os.getsid(pid) == pid and children_of(pid):
                return pid
        time.sleep(0.05)
    raise AssertionError("no zygote has forked a child")


def in_memory(pid: int, words: list[bytes]) -> set[bytes]:
    """Those of the words that stand anywhere in a process's writable memory."""
    found = set()
    maps = Path(f"/proc/{pid}/maps").read_text().splitlines()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            low, high = (int(number, 16) for number in span.split("-"))
            try:
                memory.seek(low)
                content = memory.read(high - low)
            except (OSError, ValueError, OverflowError):
                continue
            found |= {word for word in words if word in content}
    return found


def test_nothing_of_the_command_is_in_the_zygote(graders: int) -> None:
    """Neither the seed nor the paths nor the environment; the grader has them all."""
    zygote = the_zygote(graders)
    words = [SEED.encode(), WORD.encode(), b"secretive_student", b"tiny_course"]
    if importlib.util.find_spec("yaml"):
        words.append(EMAIL.encode())

    assert in_memory(zygote, words) == set()
    assert in_memory(graders, words) == set(words)
    for name in ("cmdline", "environ"):
        text = Path(f"/proc/{zygote}/{name}").read_bytes()
        assert not any(word in text for word in words)


def test_the_zygote_holds_no_file_of_the_command(graders: int) -> None:
    """What is open there are its lines, its errors, and rules of the sandbox."""
    zygote = the_zygote(graders)

    opened = {
        os.readlink(path).partition(":")[0].partition(" ")[0]
        for path in Path(f"/proc/{zygote}/fd").iterdir()
    }
    assert not [name for name in opened if "memfd" in name or "command" in name]
    assert os.readlink(f"/proc/{zygote}/cwd") == "/"
    assert {name for name in opened if name.startswith("/")} <= {"/dev/null"} | {
        name for name in opened if name.startswith("/tmp/")
    }
