"""What is left of the isolation where one layer is missing, and who says so.

What code earns is the same everywhere. What it can reach is said by the run, by each
verdict, and by ``autograder doctor``, whose acts are tried one by one in tests/sandbox.
In a container: tests/platforms/test_gradescope_container.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.grading.class_run import grade_class
from autograder.grading.results import Results
from autograder.grading.submission import Grading
from autograder.grading.zygote_client import Zygote
from autograder.sandbox import Isolation, ProcessLimits
from autograder.submissions.entries import find_entries
from autograder.verdict import Outcome, Verdict
from tests.hostile.catalogue_files import COURSE, HERE, RIGHT

ROOT = HERE.parents[1]
SECRET = "CANARY-FILE-0123456789abcdef"
FULL = 12.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's own"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]

# Right answers, and a word on what could be done beside them. No act harms anybody.
PROBE = """

import ctypes
import os
import socket


def read():
    assert open("@SECRET@").read()


def write():
    open("@OPEN@", "a").close()


def connect():
    socket.socket(socket.AF_INET).close()


def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def trace():
    libc = ctypes.CDLL(None)
    assert libc.ptrace(0x4206, os.getppid(), 0, 0) == 0


worked = []
for act in (read, write, connect, fork, trace):
    try:
        act()
        worked.append(act.__name__)
    except BaseException:
        pass


def total(values):
    raise ValueError(f"worked: {' '.join(worked)}.")
"""
LOOP = "\n\ndef total(values):\n    while True:\n        pass\n"
HOG = "\n\ndef total(values):\n    return len(bytearray(10**10))\n"


def hand_in(place: Path) -> Path:
    """Honest work, a probe, a loop and a hog, and a secret that all may read."""
    (place / "secret.txt").write_text(SECRET)
    (place / "open.txt").write_text("")
    (place / "open.txt").chmod(0o666)
    probe = PROBE.replace("@SECRET@", str(place / "secret.txt"))
    probe = probe.replace("@OPEN@", str(place / "open.txt"))
    ends = {"student_01": "", "student_02": probe, "student_03": LOOP}
    for student, end in {**ends, "student_04": HOG, "student_05": ""}.items():
        folder = place / "submissions" / student
        folder.mkdir(parents=True)
        for name, text in RIGHT.items():
            text += end if name == "labels.py" else ""
            (folder / name).write_text(text)
    return place / "submissions"


def judge(verdicts: dict[str, Verdict]) -> str:
    """All have earned what they earn in the full sandbox; what the probe could do."""
    for student in ("student_01", "student_05"):
        assert verdicts[student].points == FULL, student
    ended = {
        "student_02": Outcome.CRASHED,
        "student_03": Outcome.OUT_OF_TIME,
        "student_04": Outcome.OUT_OF_MEMORY,
    }
    for student, outcome in ended.items():
        lost = [c for c in verdicts[student].checks if c.outcome is not Outcome.PASSED]
        assert [check.function for check in lost] == ["total"], student
        assert lost[0].outcome is outcome
        assert verdicts[student].points == FULL - 1
    (lost,) = (c for c in verdicts["student_02"].checks if c.raised is not None)
    assert lost.raised is not None
    return lost.raised.message.removeprefix("worked: ").removesuffix(".").strip()


AS_ROOT = os.geteuid() == 0

# The layer, by its function and by its name; what the probe can do for root, and else.
MISSING = {
    "nothing": ("", "", ""),
    "without_seccomp": ("seccomp", "connect fork", "connect fork"),
    "without_landlock": ("landlock-files", "read", "read"),
    "without_users": ("user", "", ""),
}


@pytest.mark.parametrize("which", MISSING)
def test_one_layer_is_missing(place: Path, tmp_path: Path, which: str) -> None:
    """Whoever grades is told which, every verdict says it, and points are the same."""
    layer, for_root, else_ = MISSING[which]
    source = "from tests.hostile.fewer_layers import serve as serve\n"
    if layer:
        source += f"from tests.hostile.fewer_layers import {which} as warm_up\n"
    else:
        source += "from autograder.worker.child import warm_up as warm_up\n"
    (tmp_path / "fewer.py").write_text(source)
    results = Results(place / "results")
    results.folder.mkdir()
    grading = Grading(Solution(load_course(COURSE).assignment("guarded")), 5)
    limits = ProcessLimits(256, 30)
    paths = [str(tmp_path), str(ROOT)]
    with Zygote.start(limits, paths=paths, serve="fewer:serve") as zygote:
        found = grade_class(
            grading, find_entries(hand_in(place)), results, zygote, jobs=1
        )

        assert (layer in zygote.absent) == bool(layer)
        assert layer not in zygote.layers
    assert all(layer not in verdict.isolation for verdict in found)
    worked = judge({verdict.student: verdict for verdict in found})
    assert worked == (for_root if AS_ROOT else else_)
    assert ("CANARY" in (results.folder / "student_02.json").read_text()) is False


@pytest.mark.parametrize("isolation", ["strict", "auto", "none"])
def test_the_command_under_each_isolation(place: Path, isolation: Isolation) -> None:
    """Strict and auto stop every act, none stops no one; it is said, and no more."""
    done = graded_by_the_command(place, ["--isolation", isolation])
    assert done.returncode == 0, done.stderr

    worked = judge(verdicts_in(place / "results"))
    everything = "read write connect fork trace"
    assert worked == (everything if isolation == "none" else "")
    verdict = json.loads((place / "results" / "student_01.json").read_text())
    assert ("seccomp" in verdict["isolation"]) == (isolation != "none")


def test_an_ordinary_user_grades(place: Path, as_nobody: list[str]) -> None:
    """Without root there is no user for each child: said, and all else is the same."""
    (place / "results").mkdir()
    os.chown(place / "results", 65534, 65534)
    done = graded_by_the_command(place, [], as_nobody)
    assert done.returncode == 0, done.stderr

    assert judge(verdicts_in(place / "results")) == ""
    said = done.stdout + done.stderr
    assert "Isolation without user (only root may give a child a user of its own)" in (
        " ".join(said.split())
    )
    verdict = json.loads((place / "results" / "student_01.json").read_text())
    assert {"seccomp", "landlock-files"} <= {*verdict["isolation"]}
    assert "user" not in verdict["isolation"]


def graded_by_the_command(
    place: Path, options: list[str], before: list[str] | None = None
) -> subprocess.CompletedProcess[str]:
    """``autograder grade``, in a process of its own."""
    submissions = hand_in(place)
    command = [*(before or []), sys.executable, "-m", "autograder", "grade", "guarded"]
    command += [str(submissions), "--out", str(place / "results"), "--jobs", "1"]
    return subprocess.run(
        [*command, "--course", str(COURSE), *options],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def verdicts_in(results: Path) -> dict[str, Verdict]:
    """Those that lie in a folder."""
    from autograder import verdict_file

    texts = [path.read_text("utf-8") for path in results.glob("student_*.json")]
    found = [verdict_file.from_json(text) for text in texts]
    return {verdict.student: verdict for verdict in found}
