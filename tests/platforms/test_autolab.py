"""Autolab: what lies in the tar, and the last line that its Makefile prints."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.course.leaks import scan, solution_lines
from autograder.course.release import build_wheel
from autograder.course.student_folder import read_files
from autograder.errors import CourseError
from autograder.platforms.autolab.bundle import Problem, bundle
from autograder.platforms.autolab.options import Options
from autograder.platforms.autolab.run import scores_line
from autograder.verdict import Outcome
from tests.verdicts import result, secretive, verdict

ROOT = Path(__file__).parents[2]
PROBLEMS = [Problem("functions", 10.5), Problem("heads", 4)]


@pytest.fixture(scope="session")
def content(sealed: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The tar of the tiny assignment, with the wheel of this clone."""
    wheel = build_wheel(ROOT, tmp_path_factory.mktemp("wheel"))
    files = read_files(sealed)
    return bundle("tiny", "A little", PROBLEMS, files, wheel, Options(minutes=20))


# Without what a make around these tests has set for makes within it.
PLAIN = {name: value for name, value in os.environ.items() if "MAKE" not in name}


@pytest.fixture
def make(content: bytes, tmp_path: Path) -> Callable[..., list[str]]:
    """Does what Autolab does with a file that was handed in; the lines printed."""
    if shutil.which("make") is None:
        pytest.skip("there is no make on this machine")

    def made(**sources: str) -> list[str]:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            archive.extractall(tmp_path / "course", filter="data")
        lab, instance = tmp_path / "course" / "tiny", tmp_path / "instance"
        instance.mkdir()
        shutil.copy(lab / "autograde-Makefile", instance / "Makefile")
        shutil.copy(lab / "autograde.tar", instance)
        with tarfile.open(instance / "handin.tar", "w") as handin:
            for name, text in sources.items():
                entry = tarfile.TarInfo(f"homework/{name}.py")
                entry.size = len(text.encode())
                handin.addfile(entry, io.BytesIO(text.encode()))
        (instance / "torch.py").write_text("raise SystemExit('not this one')\n")
        done = subprocess.run(
            ["make", f"PYTHON={sys.executable}"],
            cwd=instance,
            env={**PLAIN, "OMP_NUM_THREADS": "1", "LC_ALL": "C"},
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8").splitlines()

    return made


def test_autolab_can_import_the_tar(content: bytes) -> None:
    """One folder of the assignment's name comes first, with settings of that name."""
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        members = archive.getmembers()
        settings = archive.extractfile("tiny/tiny.yml")
        assert settings
        text = settings.read().decode()
    assert members[0].isdir()
    assert [one.name for one in members if "/" not in one.name] == ["tiny"]
    assert {one.name for one in members[1:]} == {
        "tiny/tiny.yml",
        "tiny/autograde-Makefile",
        "tiny/autograde.tar",
    }
    assert text.startswith("---\n")
    told = json.loads(text.removeprefix("---\n"))  # which is YAML, too
    assert told["general"]["name"] == "tiny"
    assert told["general"]["handin_filename"] == "handin.tar"
    assert told["autograder"]["autograde_timeout"] == 1200
    assert [(one["name"], one["max_score"]) for one in told["problems"]] == [
        ("functions", 10.5),
        ("heads", 4),
    ]


def test_no_line_of_a_solution_is_in_it(
    content: bytes, tiny: Solution, tmp_path: Path
) -> None:
    """A tar is looked into, and the one in it."""
    secrets = solution_lines(tiny.assignment)
    file = tmp_path / "tiny.tar"
    file.write_bytes(content)
    assert scan(file, secrets) == []

    leaky = io.BytesIO()
    with tarfile.open(fileobj=leaky, mode="w") as archive:
        archive.add(tiny.assignment.module("heads"), "heads.py")
        archive.add(file, "tiny.tar")
    file.write_bytes(leaky.getvalue())
    assert {leak.file for leak in scan(file, secrets)} == {"tiny.tar/heads.py"}


def test_the_last_line_has_the_scores(
    make: Callable[..., list[str]], tiny: Solution
) -> None:
    """A number for each exercise, hidden checks counted in; the report above it."""
    text = tiny.assignment.module("heads").read_text(encoding="utf-8")

    lines = make(heads=text, functions="def softmax(:\n")

    scores = json.loads(lines[-1])["scores"]
    assert set(scores) == {*tiny.assignment.exercises, "worksheet"}
    assert scores["heads"] == sum(check.points for check in tiny.checks["heads"])
    assert scores["functions"] == 0
    assert any("is not written" in line or "missing" in line for line in lines[:-1])
    assert not any("scores" in line for line in lines[:-1])


def test_of_hidden_checks_only_points_are_told(
    make: Callable[..., list[str]], sealed: Path
) -> None:
    """Nothing that a hidden check gives to code, or sees, is in the report."""
    wrong = "def softmax(x, dim=-1):\n    return x.exp() * 0.123456\n"
    lines = make(functions=wrong)

    answers = json.loads((sealed / "answers.json").read_text())
    assert f"seed {answers['seed']}" not in "\n".join(lines)
    shown = scores_line(
        verdict(result(Outcome.PASSED, most=2), secretive(Outcome.PASSED, most=1.5))
    )
    assert json.loads(shown) == {"scores": {"convolution": 3.5}}


@pytest.mark.parametrize("name", ["a b.tar", "$(id).tar", "a'.tar", "-x.tar", ""])
def test_nothing_breaks_out_of_the_makefile(
    content: bytes, name: str, tmp_path: Path
) -> None:
    wheel = next(iter(tmp_path.glob("*.whl")), None)
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        inner = archive.extractfile("tiny/autograde.tar")
        assert inner
        with tarfile.open(fileobj=io.BytesIO(inner.read())) as opened:
            (member,) = [one for one in opened.getnames() if one.endswith(".whl")]
            opened.extract(member, tmp_path, filter="data")
            wheel = tmp_path / member
    with pytest.raises(CourseError, match="stands in a Makefile"):
        bundle("tiny", "A little", PROBLEMS, {}, wheel, Options(handin=name))
