"""The benchmarks run from end to end at a tiny size; no time is asserted."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import simulated
from autograder.course.assignment import load_course
from autograder.course.generate import generate
from benchmarks.devices import ALL, MARKED, TURNS
from benchmarks.figures import percentile, spread
from benchmarks.grading import Plan, blank, derive
from benchmarks.measuring import REPOSITORY, BenchmarkError, run_measured

TINY_COURSE = REPOSITORY / "tests" / "tiny_course"
BURN = "import time\nwhile time.process_time() < 0.3: pass"


def run_benchmarks(out: Path, *arguments: str) -> tuple[str, dict[str, object]]:
    command = [sys.executable, "-m", "benchmarks", *arguments, "--assignment", "tiny"]
    command += ["--course", str(TINY_COURSE), "--rounds", "1", "--json", str(out)]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout, json.loads(out.read_text())


def test_grading_is_measured_beside_the_floor_and_pytest(tmp_path: Path) -> None:
    """each of the three ways to run the checks has a row, on the screen and as JSON"""
    text, figures = run_benchmarks(
        tmp_path / "figures.json",
        *("grading", "--sizes", "1", "--cold", "1", "--jobs", "1", "--no-memory"),
    )

    for row in (
        "floor, 1 submission ",
        "grade, 1 submission, 1 job, with start ",
        "pytest -q, 1 submission only, cold ",
        "isolation: descriptors",
    ):
        assert f"\n{row}" in text
    rows = figures["grading"]["rows"]  # type: ignore[index]
    assert len(rows) == 3
    assert all(len(row["wall_seconds"]) == len(row["cpu_seconds"]) == 1 for row in rows)


def test_one_more_submission_is_told_from_the_start() -> None:
    """marginal cost, start-up and aim follow from two sizes, round by round"""
    assignment = load_course(TINY_COURSE).assignment("tiny")
    figures = blank(Plan(assignment, sizes=(8, 64), rounds=2))
    for start, each in ((4.0, 0.5), (6.0, 0.3)):
        for size in (8, 64):
            figures.floor[size].add(0.2, 0.2)
            figures.grade[size].add(start / size + each, start / size + each)
        figures.pytest.add(3.0, 3.0)

    derive(figures)

    assert figures.start is not None
    assert figures.marginal is not None
    assert figures.start.cpu == pytest.approx([4.0, 6.0])
    assert figures.marginal.wall == pytest.approx([0.5, 0.3])
    assert figures.ratios() == pytest.approx([2.5, 1.5])
    assert "= 360 ms of CPU; it is 400 ms: missed" in figures.text()


def test_the_device_is_measured_beside_the_cpu(tmp_path: Path) -> None:
    """grading has a row for each way, with their ratios, and operators have theirs"""
    reason = simulated.available()
    if reason is not None:
        pytest.skip(reason)

    text, figures = run_benchmarks(tmp_path / "figures.json", "devices")

    found = figures["devices"]
    assert isinstance(found, dict)
    assert [len(row["cpu_seconds"]) for row in found["rows"]] == [TURNS] * 3
    assert set(found["ratios"]) == {MARKED, ALL}
    alone, _, every = (statistics.median(row["cpu_seconds"]) for row in found["rows"])
    assert found["ratios"][ALL] == pytest.approx(every / alone)
    for way in (MARKED, ALL):
        assert f"\nwith sim, {way} / CPU settings alone" in text
    seconds = found["operator_seconds"]
    assert len(seconds) == 8
    assert all(min(values) > 0 for values in seconds.values())


@pytest.mark.slow
def test_check_and_watch_are_measured(tmp_path: Path) -> None:
    """check has a row and a ratio for the folder and an exercise, a save its answer"""
    tiny = load_course(TINY_COURSE).assignment("tiny")
    generate(tiny, tmp_path / "assignments" / "tiny", None, {})

    text, figures = run_benchmarks(
        tmp_path / "figures.json",
        *("home", "--saves", "2", "--assignments", str(tmp_path / "assignments")),
    )

    for row in (
        'python -c "import torch"',
        "checks, warm: complete folder",
        "checks, warm: functions",
        "check / (import torch + checks)",
        "check functions / (import torch + checks)",
        "check --watch, 2 saves",
    ):
        assert f"\n{row}" in text
    answers = figures["home"]["answer_seconds"]  # type: ignore[index]
    assert answers
    assert all(len(seconds) == 2 for seconds in answers.values())


def test_cpu_time_of_children_counts() -> None:
    """a command that leaves its work to a child costs the child's CPU time"""
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}])"

    cost = run_measured([sys.executable, "-c", parent])

    assert cost.cpu_seconds >= 0.3


@pytest.mark.skipif(
    not os.path.exists("/proc/self/smaps_rollup"), reason="no PSS on this system"
)
def test_memory_of_children_counts() -> None:
    """the peak is of the whole tree, and what a fork shares counts once"""
    program = (
        "import os, time\n"
        "shared = bytearray(b'x') * (64 << 20)\n"
        "if os.fork() == 0:\n"
        "    own = bytearray(b'y') * (64 << 20)\n"
        "    time.sleep(1)\n"
        "    os._exit(0)\n"
        "os.wait()\n"
    )

    cost = run_measured([sys.executable, "-c", program], sample_memory=True)

    assert cost.peak is not None
    assert 128 <= cost.peak.mebibytes < 180


def test_a_command_that_fails_has_no_figures() -> None:
    """an error of a measured command is reported with its output"""
    with pytest.raises(BenchmarkError, match=r"exit code 3.*\n.*not today"):
        run_measured([sys.executable, "-c", "print('not today'); exit(3)"])


def test_figures_over_rounds() -> None:
    """a row shows the median with the extremes, a percentile is one of the values"""
    assert spread([3.0, 1.0, 2.5], 1) == "2.5 (1.0 to 3.0)"
    assert percentile(list(range(1, 21)), 0.9) == 18
