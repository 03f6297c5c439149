"""``make test-gpu`` and what it tells: what was checked, and a report as tables."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.gpu import __main__ as command
from tests.gpu import report
from tests.gpu.places import PLACES, why_not
from tests.gpu.session_report import SessionReport

ROOT = Path(__file__).parents[2]
GPU = {"name": "a GPU", "total_mebibytes": 80_000, "free_mebibytes": 79_000}


@pytest.fixture
def found() -> dict[str, Any]:
    """The report of a machine with both."""
    same = {"how": "raised", "kind": "RuntimeError", "same": True}
    other = {"how": "raised", "kind": "RuntimeError", "same": False}
    none = {"how": "on the cpu", "kind": "", "words": "", "says": None, "same": True}
    bugs = {
        "One": {**same, "says": "two devices, cuda:0", "words": "two devices, cuda:0"},
        "Two": {**other, "says": r"of .*f\(x\)", "words": "a | b"},
        "Three": none,
    }
    counts = {"passed": 3, "failed": 1, "skipped": 0}
    return {
        "gpu": GPU,
        "torch": "2.11.0+cu130",
        "cuda": "13.0",
        "python": "3.12.3",
        "places": {
            "sim": {
                "absent": None,
                "tests": counts,
                "waits of legal code": {"copies": 3, "masks": 1},
            },
            "cuda": {
                "absent": None,
                "tests": counts,
                "bugs": bugs,
                "waits of legal code": {"copies": 5, "masks": 1},
                "seconds": {"first use of the device": 0.25, "one submission": 3.5},
                "numbers": {"product_error": 6.4e-07, "memory": {"cap": 1}},
            },
        },
        "failed": ["tests/gpu/test_x.py::test_y[cuda]"],
    }


def test_the_report_says_what_is_to_be_known(found: dict[str, Any]) -> None:
    """GPU, torch, counts, words and waits that differ, errors, times and failures."""
    text = report.as_markdown(found)

    for part in (
        "| GPU | a GPU, 80000 MiB |",
        "| torch | 2.11.0+cu130, Python 3.12.3 |",
        "| tests on CUDA | 3 passed, 1 failed, 0 skipped |",
        "| device bugs that fail on CUDA | 3 of 3 |",
        "| ... with the words expected | 2 of 3 |",
        "| Two | of ...f(x) | a \\| b |",
        "| copies | 3 | 5 |",
        "| float32 product error on CUDA | 6.4e-07 |",
        "| first use of the device | 250 ms |",
        "| one submission | 3.50 s |",
        "| failed | tests/gpu/test_x.py::test_y[cuda] |",
    ):
        assert part in text
    assert "| One |" not in text
    assert "| masks |" not in text


def test_the_summary_names_each_place(found: dict[str, Any]) -> None:
    """One line for each: what was checked with which torch, or why nothing was."""
    found["places"]["sim"]["absent"] = "no simulated GPU: torch is too old"

    assert command.summary(found) == [
        "Checked on CUDA on the a GPU with torch 2.11.0+cu130: 3 passed, 1 failed, "
        "0 skipped.",
        "no simulated GPU: torch is too old.",
    ]


def test_a_session_is_kept_as_json(tmp_path: Path) -> None:
    """Facts and counts are read back, and can be printed where nothing was found."""
    kept = SessionReport()
    kept.add("sim", "numbers", "product_error", 1e-7)
    kept.count("sim", "passed", "test_a[sim]")
    kept.count("sim", "failed", "test_b[sim]")
    kept.write(tmp_path / "new" / "gpu.json")
    found = json.loads((tmp_path / "new" / "gpu.json").read_text(encoding="utf-8"))

    assert found["places"]["sim"]["numbers"] == {"product_error": 1e-7}
    assert found["places"]["sim"]["tests"] == {"passed": 1, "failed": 1, "skipped": 0}
    assert found["failed"] == ["test_b[sim]"]
    assert [found["places"][p]["absent"] for p in PLACES] == list(map(why_not, PLACES))
    assert "| failed | test_b[sim] |" in report.as_markdown(found)


def test_the_simulation_can_come_from_elsewhere(
    found: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the GPU's torch has no simulation, another report has its waits."""
    here, there = tmp_path / "gpu.json", tmp_path / "sim.json"
    there.write_text(json.dumps(found))
    found["places"]["sim"] = {"absent": "no simulated GPU: too old"}
    here.write_text(json.dumps(found))

    assert report.main([str(here)]) == 0
    assert "| copies |" not in capsys.readouterr().out
    assert report.main([str(here), "--simulated", str(there)]) == 0
    assert "| copies | 3 | 5 |" in capsys.readouterr().out


@pytest.mark.parametrize("text", [None, "no JSON", "{}"])
def test_what_is_no_report_is_refused(
    tmp_path: Path, text: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error names the file, and the command that writes one."""
    path = tmp_path / "gpu.json"
    if text is not None:
        path.write_text(text)

    assert report.main([str(path)]) == 2
    said = capsys.readouterr().err
    assert f"{path} is no report of the GPU suite" in said
    assert "`make test-gpu` writes one" in said


def test_missing_packages_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the command that installs them, and before anything runs."""
    monkeypatch.setattr(command, "NEEDED", ("torch", "no_such_package"))

    assert command.main([]) == 2
    said = capsys.readouterr().err
    assert "lacks no_such_package; install" in said
    assert "-m pip install no_such_package`" in said


@pytest.mark.slow
def test_it_runs_and_keeps_its_report(tmp_path: Path) -> None:
    """The command runs the suite with pytest's arguments; its code is pytest's."""
    path = tmp_path / "gpu.json"
    words = ["--report", str(path), "-q", "-k", "words_are_translated or repeat"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.gpu", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(path.read_text(encoding="utf-8"))
    for place in PLACES:
        reason = why_not(place)
        if reason is not None:
            assert f"{reason}." in done.stdout
            assert re.search(rf"^SKIPPED .*{re.escape(reason)}", done.stdout, re.M)
        assert found["places"][place]["tests"]["passed"] == (reason is None)
    assert "Report: " in done.stdout


@pytest.mark.skipif(
    shutil.which("make") is None, reason="there is no make on this machine"
)
@pytest.mark.parametrize("named", [True, False])
def test_make_takes_another_python_without_set_up(tmp_path: Path, named: bool) -> None:
    """GPU_PYTHON runs the suite as it is; without it, that of .venv does."""
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@"\n')
    python.chmod(0o755)
    with_python = [f"GPU_PYTHON={python}", "BIN=/nowhere", "PYTHON=/nowhere/python"]
    with_venv = ["--old-file=.venv/ready", f"BIN={tmp_path}"]
    shutil.copy(ROOT / "Makefile", tmp_path / "Makefile")
    folder = tmp_path if named else ROOT  # the copy has no .venv to begin with

    # This very test may run under such a make, which hands its variables on.
    ours = ("GPU_PYTHON", "GPU_REPORT", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES")
    env = {name: value for name, value in os.environ.items() if name not in ours}

    done = subprocess.run(
        ["make", "--silent", "test-gpu", *(with_python if named else with_venv)],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (0, "-m tests.gpu\n"), done.stderr
