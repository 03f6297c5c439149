"""The written course: what every assignment of ours owes its students."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.course.leaks import scan, secret_lines

ROOT = Path(__file__).parents[2]
COURSE = load_course(ROOT / "solutions")
ASSIGNMENTS = [pytest.param(a, id=a.name) for a in COURSE.assignments]
PER_FUNCTION = 4
PER_CLASS = 2


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_function_has_its_classic_mistakes(assignment) -> None:
    """Four named mistakes a function, two a class."""
    solution = Solution(assignment)
    for exercise in assignment.exercises:
        counts = {check.function: 0 for check in solution.checks[exercise]}
        for mistake in solution.mistakes(exercise):
            counts[mistake.function] += 1
        for function, count in counts.items():
            kind = getattr(solution.references[exercise], function)
            least = PER_CLASS if isinstance(kind, type) else PER_FUNCTION
            assert count >= least, f"{function} has {count} mistakes"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_exercise_shows_and_hides(assignment) -> None:
    """Each exercise has visible checks to learn from and hidden ones to be sure."""
    for checks in Solution(assignment).checks.values():
        assert {check.hidden for check in checks} == {False, True}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_student_folder_leaks_nothing(assignment) -> None:
    """No solution line, hidden check or mistake's code is in assignments/."""
    folder = ROOT / "assignments" / assignment.name
    secrets = secret_lines(assignment)

    assert len(secrets) > 100
    assert scan(folder, secrets) == []
    assert scan(assignment.folder, secrets) != []


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "autograder", "release", "cnn", "--out", str(out)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return out


def test_the_release_leaks_nothing(release: Path) -> None:
    """No file of folder or zip holds a secret line, the wheel's included."""
    secrets = secret_lines(COURSE.assignment("cnn"))
    with zipfile.ZipFile(release / "cnn.zip") as archive:
        names = archive.namelist()

    assert any(name.endswith(".whl") for name in names)
    assert scan(release / "cnn.zip", secrets) == []
    assert scan(release / "cnn", secrets) == []


def test_the_container_installs_what_lies_beside_it(
    release: Path, tmp_path: Path
) -> None:
    """Its command is one that pip can carry out in the folder, as far as a dry run."""
    folder = release / "cnn"
    text = (folder / ".devcontainer" / "devcontainer.json").read_text("utf-8")
    container = json.loads(text)
    assert set(container) == {"name", "image", "postCreateCommand", "customizations"}
    assert container["name"] == "Convolutional networks"
    command = container["postCreateCommand"]
    assert command.startswith("python -m pip install './softmarks-")
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PIP_DRY_RUN": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_INDEX": "1",
        "PIP_IGNORE_INSTALLED": "1",
        "HOME": str(tmp_path),
    }

    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "does not provide the extra" not in done.stdout + done.stderr
    assert "Would install softmarks-" in done.stdout


def test_the_release_is_all_that_a_student_needs(release: Path, tmp_path: Path) -> None:
    """With the zip's wheel on the path, and nothing of this clone, check runs."""
    with zipfile.ZipFile(release / "cnn.zip") as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "cnn"
    site = tmp_path / "site"
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    run = (
        f"import sys; sys.path[:] = [{str(site)!r}, *[p for p in sys.path "
        f"if p not in ('', {str(ROOT)!r})]]; import autograder; "
        f"assert autograder.__file__.startswith({str(site)!r}), autograder.__file__; "
        "from autograder.cli import main; sys.argv[1:] = ['check']; main()"
    )

    done = subprocess.run(
        [sys.executable, "-c", run],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == ""
    assert done.returncode == 1
    assert "0 of" in done.stdout
    assert "is not written yet" in done.stdout
