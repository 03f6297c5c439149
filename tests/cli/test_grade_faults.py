"""A class is graded while something breaks that is ours: nothing is lost, or wrong."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from tests.cli.test_grade_killed import SCHEMA, timeless

ROOT = Path(__file__).parents[2]
MOMENTS = 9  # of each fault


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    with suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
        return [int(word) for word in text.split()]
    return []


@dataclass
class Run:
    """A command that grades the small class into a folder on a disk of its own."""

    process: subprocess.Popen[str]
    out: Path

    @property
    def zygotes(self) -> list[int]:
        """The one that there is: what the grader starts first."""
        return children(self.process.pid)[:1]

    @property
    def jobs(self) -> list[int]:
        """What it starts after that."""
        return children(self.process.pid)[1:]

    @property
    def workers(self) -> list[int]:
        return [pid for zygote in self.zygotes for pid in children(zygote)]


def kill(pids: list[int], random_: random.Random) -> None:
    """Kill one of some processes, if there is one."""
    if pids:
        with suppress(ProcessLookupError):
            os.kill(random_.choice(pids), signal.SIGKILL)


def fill(out: Path) -> None:
    """Leave no byte free beside the results."""
    with suppress(OSError), (out.parent / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def close(out: Path) -> None:
    """Let nobody write there any more."""
    remount(out, "ro")


def remount(out: Path, how: str) -> None:
    command = ["mount", "-o", f"remount,{how}", str(out.parent)]
    subprocess.run(command, check=False, capture_output=True)


FAULTS: dict[str, Callable[[Run, random.Random], None]] = {
    "the grader": lambda run, random_: run.process.kill(),
    "a job": lambda run, random_: kill(run.jobs, random_),
    "the zygote": lambda run, random_: kill(run.zygotes, random_),
    "a worker": lambda run, random_: kill(run.workers, random_),
    "the disk is full": lambda run, random_: fill(run.out),
    "the folder is closed": lambda run, random_: close(run.out),
}

NEEDED: dict[str, Callable[[Run], list[int]]] = {
    "a job": lambda run: run.jobs,
    "the zygote": lambda run: run.zygotes,
    "a worker": lambda run: run.workers,
}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with some megabytes of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("no file system can be mounted here: that takes root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def right_verdicts(out: Path) -> dict[str, str]:
    """Verdicts by student, all of them whole; without those that tell of our fault."""
    found = {}
    for path in out.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        document = json.loads(text)
        jsonschema.validate(document, SCHEMA)
        checks = document["checks"]
        if not any(check["outcome"] == "grader_fault" for check in checks):
            found[path.stem] = timeless(text)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_any_moment(
    fault: str,
    disk: Path,
    command: Callable[..., list[str]],
    graded: Path,
    small_class: Path,
    grade: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """What is graded is right, the end is told in words, the next run completes it."""
    seed = random.randrange(10**6)
    print(f"moments drawn from seed {seed}")
    random_ = random.Random(seed)
    whole = right_verdicts(graded)
    hit = 0
    begun = time.monotonic()
    assert (
        grade(small_class, disk / "first", "--seed", "9", "--jobs", "2").returncode == 0
    )
    seconds = time.monotonic() - begun
    for number in range(MOMENTS):
        out = disk / f"out_{number}"
        words = command(small_class, out, "--seed", "9", "--jobs", "2")
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        run = Run(process, out)
        begun = time.monotonic()
        moment = random_.uniform(0, seconds)
        while process.poll() is None and time.monotonic() < begun + moment:
            time.sleep(0.01)
        if fault in NEEDED:  # none between two of them, and none in the start-up
            while process.poll() is None and not NEEDED[fault](run):
                time.sleep(0.001)
        hit += process.poll() is None
        FAULTS[fault](run, random_)
        _, errors = process.communicate(timeout=120)
        remount(out, "rw")
        (disk / "filler").unlink(missing_ok=True)

        assert "Traceback" not in errors, errors
        if process.returncode not in (0, -signal.SIGKILL):
            assert errors.strip(), f"it ended with {process.returncode} and no word"
        found = right_verdicts(out)
        assert found.items() <= whole.items(), f"moment {number} of seed {seed}"
        if fault == "a worker":
            assert found == whole, f"a point was lost at moment {number} of seed {seed}"
        done = grade(small_class, out, "--seed", "9")
        assert done.returncode == 0, done.stderr
        assert right_verdicts(out) == whole
        subprocess.run(["rm", "-r", str(out)], check=True)
    assert hit > MOMENTS // 3, "most of the faults came after the end"
