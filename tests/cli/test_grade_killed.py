"""``autograder grade`` killed at any moment and started again: nothing is lost."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

import autograder.verdict

SCHEMA = json.loads(
    Path(autograder.verdict.__file__)
    .with_name("verdict.schema.json")
    .read_text(encoding="utf-8")
)

# Runs a command, kills it once there are so many verdicts and some time has passed,
# and waits for every process that it has left: orphans become this one's children.
SUPERVISOR = """
import ctypes, glob, os, subprocess, sys, time
verdicts, delay, out, *command = sys.argv[1:]
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
grader = subprocess.Popen(command, stdout=subprocess.DEVNULL)
while grader.poll() is None and len(glob.glob(out + "/*.json")) < int(verdicts):
    time.sleep(0.005)
time.sleep(float(delay))
killed = grader.poll() is None
grader.kill()
grader.wait()
there = set(glob.glob(out + "/*"))
deadline = time.monotonic() + 20
while time.monotonic() < deadline:
    try:
        pid, _ = os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        if set(glob.glob(out + "/*")) != there:
            sys.exit("a job went on without its grader")
        print("killed" if killed else "too late")
        sys.exit(0)
    if pid == 0:
        time.sleep(0.02)
sys.exit("processes are left over")
"""

Kill = Callable[[int, float], str]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where results go."""
    return tmp_path / "out"


@pytest.fixture
def kill(command: Callable[..., list[str]], small_class: Path, out: Path) -> Kill:
    """Grade the small class until there are some verdicts, and kill the grader."""

    def run(verdicts: int, delay: float) -> str:
        words = command(small_class, out, "--seed", "9", "--jobs", "2")
        done = subprocess.run(
            [sys.executable, "-c", SUPERVISOR, str(verdicts), str(delay), out, *words],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


def finished(out: Path) -> dict[str, tuple[int, str]]:
    """Each verdict with the time when it was written; all of them are whole."""
    found = {}
    for path in out.glob("*.json"):
        text = path.read_text(encoding="utf-8")
        jsonschema.validate(json.loads(text), SCHEMA)
        assert (
            path.with_suffix(".html").read_text(encoding="utf-8").endswith("</html>\n")
        )
        found[path.stem] = (path.stat().st_mtime_ns, text)
    return found


def timeless(text: str) -> str:
    """A verdict without the one value that differs between equal runs."""
    return re.sub(r'"seconds": [0-9.e-]+', "", text)


def go_on(out: Path, kill: Kill, moments: list[tuple[int, float]]) -> int:
    """Kill at these moments; returns how many of the kills came in time."""
    killed = 0
    before = finished(out)
    for verdicts, delay in moments:
        killed += kill(verdicts, delay) == "killed"
        after = finished(out)
        assert before.items() <= after.items(), "a verdict was lost or graded again"
        before = after
    return killed


def check_the_end(
    out: Path,
    graded: Path,
    small_class: Path,
    grade: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """Run to the end: what was there stays, the rest is as if nothing had happened."""
    before = finished(out)

    done = grade(small_class, out, "--seed", "9")

    assert done.returncode == 0, done.stderr
    after = finished(out)
    assert before.items() <= after.items()
    whole = finished(graded)
    assert after.keys() == whole.keys()
    for student, (_, text) in after.items():
        assert timeless(text) == timeless(whole[student][1])
    table = (out / "grades.csv").read_bytes()
    assert table == (graded / "grades.csv").read_bytes()


def test_killed_and_started_again(
    out: Path,
    kill: Kill,
    graded: Path,
    small_class: Path,
    grade: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """Killed right behind a verdict, and at a random moment of the work."""
    delay = random.uniform(0, 0.5)
    print(f"the second kill comes {delay:.3f} s after the third verdict")

    assert go_on(out, kill, [(1, 0.0), (3, delay)]) >= 1
    check_the_end(out, graded, small_class, grade)


@pytest.mark.slow
def test_killed_ten_times(
    out: Path,
    kill: Kill,
    graded: Path,
    small_class: Path,
    grade: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """Killed at ten random moments, the class is graded in the end all the same."""
    seed = random.randrange(10**6)
    print(f"moments drawn from seed {seed}")
    random_ = random.Random(seed)
    moments = [(random_.randrange(6), random_.uniform(0, 1.5)) for _ in range(9)]
    moments.append((0, 1.0))  # in the start-up

    go_on(out, kill, sorted(moments))
    check_the_end(out, graded, small_class, grade)
