"""Input that cannot be graded: a sentence with a remedy, exit code 2, no traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.cli.failing import EXPECTED
from autograder.course.assignment import load_course
from autograder.grading.results import Results

TINY_COURSE = Path(__file__).parents[1] / "tiny_course"

Grade = Callable[..., "subprocess.CompletedProcess[str]"]
HandIn = Callable[..., Path]


@pytest.fixture
def refused(grade: Grade, tmp_path: Path) -> Callable[..., str]:
    """Grade what is to be refused; returns the one message."""

    def run(
        submissions: Path,
        *options: str,
        name: str = "tiny",
        out: Path = tmp_path / "out",
        course: Path = TINY_COURSE,
    ) -> str:
        done = grade(name, submissions, out, "--seed", "1", *options, course=course)
        assert done.returncode == 2, done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""
        return done.stderr

    return run


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the tiny course, to be spoilt."""
    folder = tmp_path / "course"
    shutil.copytree(
        TINY_COURSE, folder, ignore=shutil.ignore_patterns("__pycache__", ".*")
    )
    return folder


def test_no_such_assignment(refused: Callable[..., str], hand_in: HandIn) -> None:
    """An assignment that the course has not is refused, with the one that was meant."""
    message = refused(hand_in("student_01"), name="tinny")

    assert "no assignment 'tinny'" in message
    assert "did you mean 'tiny'?" in message.lower()


def test_no_such_folder(refused: Callable[..., str], tmp_path: Path) -> None:
    """A folder that does not exist is named."""
    message = refused(tmp_path / "submissoins")

    assert f"{tmp_path / 'submissoins'}: there is no such folder" in message


def test_empty_folder(refused: Callable[..., str], tmp_path: Path) -> None:
    """A folder without submissions is refused; how it should look is said."""
    (tmp_path / "empty").mkdir()

    message = refused(tmp_path / "empty")

    assert "nothing to grade" in message
    assert "one entry per student" in message


def test_a_file_for_a_folder(refused: Callable[..., str], tmp_path: Path) -> None:
    """A single submission is no class."""
    path = tmp_path / "student_01.py"
    path.touch()

    assert f"{path}: is a file" in refused(path)


def test_the_work_of_one_student_for_a_class(
    refused: Callable[..., str], hand_in: HandIn
) -> None:
    """A folder with exercise files is the work of one student: the one above counts."""
    folder = hand_in("student_01")

    message = refused(folder / "student_01")

    assert "counting.py" in message
    assert "folder above" in message


def test_two_entries_for_one_student(
    refused: Callable[..., str], hand_in: HandIn
) -> None:
    """It is never guessed which of two submissions counts."""
    folder = hand_in("student_01")
    (folder / "student_01.zip").touch()

    message = refused(folder)

    assert "student_01 and student_01.zip are both from student_01" in message


def test_a_link_out_of_the_folder(
    refused: Callable[..., str], hand_in: HandIn, tmp_path: Path
) -> None:
    """An entry that lies elsewhere is refused."""
    folder = hand_in("student_01")
    (tmp_path / "elsewhere").mkdir()
    (folder / "student_02").symlink_to(tmp_path / "elsewhere")

    message = refused(folder)

    assert f"{folder / 'student_02'}: is a link to {tmp_path / 'elsewhere'}" in message


def test_results_that_are_a_file(
    refused: Callable[..., str], hand_in: HandIn, tmp_path: Path
) -> None:
    """RESULTS must be a folder, or a name for one."""
    out = tmp_path / "results.csv"
    out.write_text("mine\n")

    message = refused(hand_in("student_01"), out=out)

    assert str(out) in message
    assert out.read_text() == "mine\n"


def test_results_below_a_file(tmp_path: Path) -> None:
    """RESULTS that cannot be made is refused, whoever runs the grader."""
    (tmp_path / "file").touch()

    with pytest.raises(EXPECTED, match=r"results: cannot be made .*Name another"):
        Results(tmp_path / "file" / "results").seed(1)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_results_that_cannot_be_written(tmp_path: Path) -> None:
    """RESULTS without the right to write is refused before anybody is graded."""
    (tmp_path / "out").mkdir(mode=0o500)

    with pytest.raises(EXPECTED, match=r"out: cannot be written to\. Name another"):
        Results(tmp_path / "out").seed(1)


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_no_number_of_jobs(
    refused: Callable[..., str], hand_in: HandIn, jobs: str
) -> None:
    """--jobs is a whole number from 1 up."""
    message = refused(hand_in("student_01"), "--jobs", jobs)

    assert "--jobs" in message


def test_unknown_format(refused: Callable[..., str], hand_in: HandIn) -> None:
    """A format that nobody knows is refused with those that are known."""
    message = refused(hand_in("student_01"), "--format", "moodle")

    assert "moodle" in message
    assert "gradescope" in message


def without(line: str, check: str, path: Path) -> None:
    """Take the one line of this text out of a check."""
    before, name, after = path.read_text(encoding="utf-8").partition(f"def {check}(")
    start = before.rindex("@points")
    spoilt = f"{before[start:]}{name}{after}".replace(line, "", 1)
    path.write_text(before[:start] + spoilt, encoding="utf-8")


def test_a_check_without_points(
    refused: Callable[..., str], hand_in: HandIn, course: Path
) -> None:
    """A check that is worth nothing is named before anybody is graded."""
    path = course / "tiny" / "test_counting.py"
    without("@points(1)\n", "test_is_causal", path)

    message = refused(hand_in("student_01"), course=course)

    assert f"{path}: test_is_causal has no points; put @points(n)" in message
    assert not list((course.parent / "out").glob("*.json"))


def test_a_check_without_docstring(course: Path) -> None:
    """A check without a promise is refused in the same way."""
    path = course / "tiny" / "test_counting.py"
    line = '    """is_causal tells masks that see the future from others"""\n'
    without(line, "test_is_causal", path)

    with pytest.raises(EXPECTED, match="test_is_causal has no docstring"):
        Solution(load_course(course).assignment("tiny"))


def test_a_course_that_is_not_there(
    refused: Callable[..., str], hand_in: HandIn, tmp_path: Path
) -> None:
    """Without course.toml the path where it was looked for is named."""
    (tmp_path / "nothing").mkdir()

    message = refused(hand_in("student_01"), course=tmp_path / "nothing")

    assert str(tmp_path / "nothing") in message
    assert "course.toml" in message
    assert "--course" in message


@pytest.mark.parametrize("name", ["course.toml", "tiny/assignment.toml"])
def test_a_malformed_file_of_the_course(
    refused: Callable[..., str], hand_in: HandIn, course: Path, name: str
) -> None:
    """What is no TOML is named with its place."""
    (course / name).write_text('title = "A course\n', encoding="utf-8")

    message = refused(hand_in("student_01"), course=course)

    assert str(course / name) in message
    assert "line 1" in message


def test_an_unknown_key_of_the_course(
    refused: Callable[..., str], hand_in: HandIn, course: Path
) -> None:
    """A key that is misspelt is not passed over."""
    path = course / "course.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("public_seed", "public_sead"), encoding="utf-8")

    message = refused(hand_in("student_01"), course=course)

    assert "public_sead" in message
    assert "public_seed" in message
