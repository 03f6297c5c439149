"""The memory that a container leaves, in both versions of control groups."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.sandbox import ProcessLimits, within_container

USUAL = ProcessLimits(memory_mebibytes=1024, cpu_seconds=60)
ROOT = Path(__file__).resolve().parents[2]


def group(folder: Path, version: int, limit: str, used: int, files: int = 0) -> None:
    """A control group with a limit, and so many mebibytes in use and of files."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ("limit_in_bytes", "usage_in_bytes") if version == 1 else ("max", "current")
    prefix = "total_" if version == 1 else ""
    for name, value in zip(names, (limit, str((used + files) << 20))):
        (folder / f"memory.{name}").write_text(f"{value}\n")
    half = files << 19
    pages = [f"{prefix}inactive_file {half}", f"{prefix}active_file {half}"]
    (folder / "memory.stat").write_text("\n".join(["cache 7", *pages, ""]))


def found(tmp_path: Path, text: str) -> int:
    ours = tmp_path / "cgroup"
    ours.write_text(text)
    return within_container(USUAL, tmp_path, ours).memory_mebibytes


def mebibytes(count: int) -> str:
    return str(count << 20)


OURS = {1: "3:cpu:/\n2:memory:/one/two\n", 2: "0::/one/two\n"}
NONE = {1: "9223372036854771712", 2: "max"}


@pytest.mark.parametrize("version", [1, 2])
def test_what_is_left_bounds_a_child(tmp_path: Path, version: int) -> None:
    """less what the grader has and may still take; pages of files are given up"""
    top = tmp_path / "memory" if version == 1 else tmp_path
    ours = OURS[version]
    assert found(tmp_path, ours) == 1024  # no group at all

    group(top, version, NONE[version], 5000)
    assert found(tmp_path, ours) == 1024
    group(top, version, mebibytes(768), 240, files=300)
    assert found(tmp_path, ours) == 768 - 240 - 128
    group(top, version, mebibytes(8000), 240)
    assert found(tmp_path, ours) == 1024
    group(top / "one/two", version, mebibytes(900), 100)
    assert found(tmp_path, ours) == 900 - 100 - 128
    group(top / "one", version, mebibytes(700), 100)
    assert found(tmp_path, ours) == 700 - 100 - 128
    group(top / "one/two", version, NONE[version], 100)
    assert found(tmp_path, ours) == 700 - 100 - 128


def test_a_child_has_some_memory_in_any_case(tmp_path: Path) -> None:
    group(tmp_path, 2, mebibytes(256), 300)

    assert found(tmp_path, OURS[2]) == 256


@pytest.mark.parametrize("text", ["", "nonsense", "0::/../..\n", "1:memory:\n"])
def test_what_cannot_be_read_limits_nothing(tmp_path: Path, text: str) -> None:
    group(tmp_path, 2, "soon", 300)

    assert found(tmp_path, text) == 1024


@pytest.fixture
def small_group() -> Iterator[Path]:
    """A control group with little memory, where this process may make one."""
    old, new = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
    folder = (old if old.exists() else new) / f"autograder-test-{os.getpid()}"
    try:
        folder.mkdir()
        name = "memory.limit_in_bytes" if old.exists() else "memory.max"
        (folder / name).write_text(mebibytes(1000))
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error}")
    yield folder
    folder.rmdir()


PROGRAM = """
import os, sys
from autograder.grading.zygote_client import Zygote
from autograder.sandbox import ProcessLimits
with open(sys.argv[1] + "/cgroup.procs", "w") as file:
    file.write(str(os.getpid()))
with Zygote.start(ProcessLimits(1024, 60), "none") as zygote:
    print(zygote.line().memory_mebibytes)
"""


def test_a_real_group_bounds_the_children_of_a_zygote(small_group: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(small_group)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=120,
    )

    assert 256 <= int(ran.stdout) < 1000 - 128
