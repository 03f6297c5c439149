"""Classroom 50: what lies in the bundle, and what its autograder.py leaves behind."""

from __future__ import annotations

import json
import os
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from autograder.authoring.sealing import public_files
from autograder.checking.solution import Solution
from autograder.course.leaks import scan, secret_lines
from autograder.course.student_folder import write_files
from autograder.errors import CourseError
from autograder.platforms.classroom50 import entrypoint
from autograder.platforms.classroom50.bundle import bundle
from autograder.platforms.classroom50.result import result, scale_of
from autograder.submissions.intake import find_entries, read_submission
from autograder.verdict import Outcome
from tests.verdicts import result as check
from tests.verdicts import verdict

RUNNER = {
    "CLASSROOM": "deep-learning",
    "ASSIGNMENT": "tiny",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://example.org/commit",
    "RELEASE_URL": "https://example.org/release",
    "OWNER": "student_01",
}
# The fields of schema v1 that an autograder writes, and their types.
FIELDS = {
    **dict.fromkeys(("schema", "classroom", "assignment", "submission"), str),
    **dict.fromkeys(("commit", "release", "review", "datetime"), str),
    **dict.fromkeys(("score", "max-score"), int),
    "tests": list,
}


@pytest.fixture(scope="session")
def public(tiny: Solution, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of the tiny assignment, with a wheel of nothing."""
    folder = tmp_path_factory.mktemp("classroom50")
    wheel = folder / "softmarks-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("autograder/__init__.py", "")
    out = folder / "autograders" / "tiny"
    write_files(out, bundle(public_files(tiny), wheel, "torch==2.13.0"))
    return out


@pytest.fixture
def run(
    public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., int]:
    """Runs the bundle's autograder.py in a checkout, in a Python that has all."""
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(entrypoint, "HERE", public)
    monkeypatch.setattr(entrypoint, "_python_with", lambda *given: sys.executable)

    def ran(**environment: str) -> int:
        for name in RUNNER:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("OMP_NUM_THREADS", "1")
        return entrypoint.main()

    return ran


def test_everybody_may_read_the_bundle(public: Path, tiny: Solution) -> None:
    """It has visible checks only: no hidden one, no solution, no mistake, no answer."""
    secrets = secret_lines(tiny.assignment)

    assert len(secrets) > 20
    assert scan(public, secrets) == []
    names = {file.name for file in public.rglob("*") if file.is_file()}
    assert "worksheet.toml" not in names
    assert {"autograder.py", "test_heads.py", "heads.py", "answers.json"} <= names


def test_right_work_earns_the_visible_points(
    run: Callable[..., int], tiny: Solution
) -> None:
    """And what lies in a checkout beside it is imported nowhere."""
    for exercise in tiny.assignment.exercises:
        text = tiny.assignment.module(exercise).read_text(encoding="utf-8")
        Path(f"{exercise}.py").write_text(text)
    Path("torch.py").write_text("raise SystemExit('not this one')\n")
    Path("autograder").mkdir()
    Path("autograder/__init__.py").write_text("raise SystemExit('nor this')\n")
    Path("result.json").write_text('{"score": 1000000}\n')

    assert run(**RUNNER) == 0

    found: dict[str, Any] = json.loads(Path("result.json").read_text())
    assert {name: type(value) for name, value in found.items()} == FIELDS
    visible = [
        one.points for some in tiny.checks.values() for one in some if not one.hidden
    ]
    scale = scale_of(visible)
    assert found["score"] == found["max-score"] == round(scale * sum(visible))
    assert len(found["tests"]) == len(visible)
    assert all(type(test["score"]) is int for test in found["tests"])
    assert {test["passed"] for test in found["tests"]} == {True}
    body = Path("release-body.md").read_text()
    assert body.startswith("```text\n")
    assert "hidden check" in body
    assert "Traceback" not in body
    assert Path("report.html").read_text().startswith("<!doctype html>")


def test_a_low_score_is_no_failure_of_the_runner(run: Callable[..., int]) -> None:
    Path("heads.py").write_text("def nothing(): pass\n")

    assert run(**RUNNER) == 0
    assert json.loads(Path("result.json").read_text())["score"] == 0


def test_without_the_runner_there_is_no_result(
    run: Callable[..., int], capfd: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, which Classroom 50 takes for an error of the infrastructure."""
    assert run(**{**RUNNER, "SUBMISSION_TAG": ""}) == 2
    assert not Path("result.json").exists()
    assert "SUBMISSION_TAG: not set" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("points", "scale"),
    [([1, 2], 1), ([0.5, 2], 2), ([0.5, 0.75, 0.1], 20), ([], 1), ([1 / 3], 3)],
)
def test_points_become_whole(points: list[float], scale: int) -> None:
    assert scale_of(points) == scale


def test_scores_are_whole_and_add_up() -> None:
    passed = check(Outcome.PASSED, "pools", 1.5)
    failed = check(Outcome.FAILED, "sizes", 2)
    now = datetime(2026, 6, 1, 14, 32, 1, tzinfo=timezone.utc)

    found = result(verdict(passed, failed), RUNNER, now)

    assert found["schema"] == "classroom50/result/v1"
    assert (found["score"], found["max-score"]) == (3, 7)
    assert found["tests"][0]["test-name"] == "convolution::pools"
    assert [one["passed"] for one in found["tests"]] == [True, False]
    assert found["datetime"] == "2026-06-01T14:32:01Z"
    assert found["review"] == RUNNER["COMMIT_URL"]
    told = {**RUNNER, "REVIEW_URL": "https://example.org/compare"}
    assert result(verdict(passed), told, now)["review"] == told["REVIEW_URL"]


def test_a_python_is_made_where_none_has_it(
    public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every call keeps the checkout's modules out; torch comes before the wheel."""
    log = tmp_path / "log"
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\necho "$@" >> {log}\n'
        'case "$*" in *version*) exit "${HAS:-1}";; esac\n'
        'case "$*" in *"-m venv"*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python";; esac\n'
    )
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(entrypoint, "TORCH", "torch==2.13.0")
    monkeypatch.setattr(entrypoint, "TORCH_INDEX", "https://example.org/cpu")
    (wheel,) = public.glob("*.whl")

    made = entrypoint._python_with(wheel, tmp_path / "made")

    assert made != str(python)
    assert os.access(made, os.X_OK)
    calls = log.read_text().splitlines()
    assert all(call.startswith("-I ") for call in calls)
    assert calls[2].endswith("--index-url https://example.org/cpu torch==2.13.0")
    assert calls[3].endswith(f"{wheel} pyseccomp")
    monkeypatch.setenv("HAS", "0")
    assert entrypoint._python_with(wheel, tmp_path / "made") == str(python)


def test_nothing_breaks_out_of_the_script(tiny: Solution, public: Path) -> None:
    (wheel,) = public.glob("*.whl")
    for value in ('"', "a\\b", "a\nb"):
        with pytest.raises(CourseError, match="Python script"):
            bundle({}, wheel, value)
    again = bundle({}, wheel, "torch", "https://example.org/cpu")
    compile(again["autograder.py"], "autograder.py", "exec")
    assert b'TORCH_INDEX = "https://example.org/cpu"' in again["autograder.py"]


def test_clones_can_be_graded(tmp_path: Path) -> None:
    """A folder of clones is a folder of submissions; what git keeps is no work."""
    clone = tmp_path / "clones" / "tiny-student_01"
    for path, text in {
        ".git/hooks/heads.py": "raise SystemExit\n",
        ".github/workflows/autograde.yaml": "on: push\n",
        ".classroom50.yaml": "classroom: deep-learning\n",
        ".devcontainer/devcontainer.json": "{}\n",
        "heads.py": "A = 1\n",
    }.items():
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_text(text)

    (entry,) = find_entries(tmp_path / "clones", ["heads"])
    work = read_submission(entry, ["heads"])

    assert entry.student == "tiny-student_01"
    assert work.files == {"heads": "A = 1\n"}
    assert (work.notes, work.problems) == ([], {})
