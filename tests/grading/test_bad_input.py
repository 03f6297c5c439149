"""Input that cannot be graded: a sentence with a remedy, exit code 2, no traceback."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.grading.class_run import grade_class
from autograder.grading.entries import find_entries
from autograder.grading.results import Results
from autograder.grading.submission import Grading
from autograder.grading.zygote import Zygote
from autograder.verdict import Outcome, Verdict

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


def test_results_below_a_file(
    refused: Callable[..., str], hand_in: HandIn, tmp_path: Path
) -> None:
    """RESULTS that cannot be made is refused, whoever runs the grader."""
    (tmp_path / "file").touch()

    message = refused(hand_in("student_01"), out=tmp_path / "file" / "results")

    assert str(tmp_path / "file") in message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_results_that_cannot_be_written(
    refused: Callable[..., str], hand_in: HandIn, tmp_path: Path
) -> None:
    """RESULTS without the right to write is refused before anybody is graded."""
    out = tmp_path / "out"
    out.mkdir(mode=0o500)

    assert str(out) in refused(hand_in("student_01"), out=out)


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


@pytest.mark.parametrize(
    ("line", "without", "problem"),
    [
        ("@points(1)\n", "", "has no points"),
        ('    """is_causal tells masks that see the future from others"""\n', "", "docs"),
    ],
    ids=["no points", "no docstring"],
)
def test_a_check_that_breaks_a_rule(
    refused: Callable[..., str],
    hand_in: HandIn,
    course: Path,
    line: str,
    without: str,
    problem: str,
) -> None:
    """A check without points or docstring is named before anybody is graded."""
    path = course / "tiny" / "test_counting.py"
    before, after = path.read_text(encoding="utf-8").split("def test_is_causal(", 1)
    start = before.rindex("@points(1)\n")
    block = f"{before[start:]}def test_is_causal({after}".replace(line, without, 1)
    path.write_text(before[:start] + block, encoding="utf-8")

    message = refused(hand_in("student_01"), course=course)

    assert str(path) in message
    assert "test_is_causal" in message
    assert problem in message
    assert not list((course.parent / "out").glob("*.json"))


def test_a_course_that_is_not_there(
    refused: Callable[..., str], hand_in: HandIn, tmp_path: Path
) -> None:
    """Without course.toml the path where it was looked for is named."""
    (tmp_path / "nothing").mkdir()

    message = refused(hand_in("student_01"), course=tmp_path / "nothing")

    assert str(tmp_path / "nothing" / "course.toml") in message


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


def zip_with(path: Path, name: str, mode: int = stat.S_IFREG | 0o644) -> None:
    """A zip that holds one file of that name beside a good one."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("counting.py", "x = 1\n")
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, "/etc/passwd")


BAD = {
    "student_02": ("damaged.zip", "damaged"),
    "student_03": ("../counting.py", "leaves its folder"),
    "student_04": ("/tmp/counting.py", "absolute path"),
    "student_05": ("link.py", "link"),
    "student_06": ("huge", "1 MB"),
    "student_07": ("folder", "link out of the submission"),
    "student_08": ("rar", "cannot be read"),
    "student_09": ("empty", "no file in the submission"),
    "student_10": ("latin", "UTF-8"),
}


@pytest.fixture
def bad_class(hand_in: HandIn, tmp_path: Path) -> Path:
    """A class in which almost everybody has handed in what cannot be read."""
    hand_in("student_01")
    folder = hand_in("student_99")
    (folder / "student_02.zip").write_bytes(b"PK\3\4 and then nothing")
    zip_with(folder / "student_03.zip", "../counting.py")
    zip_with(folder / "student_04.zip", "/tmp/counting.py")
    zip_with(folder / "student_05.zip", "link.py", stat.S_IFLNK | 0o777)
    (folder / "student_06").mkdir()
    (folder / "student_06" / "counting.py").write_text("x = 1\n" * 200_000)
    (folder / "student_07").mkdir()
    (tmp_path / "counting.py").write_text("x = 1\n")
    (folder / "student_07" / "counting.py").symlink_to(tmp_path / "counting.py")
    (folder / "student_08.rar").write_bytes(b"Rar!")
    (folder / "student_09").mkdir()
    (folder / "student_10").mkdir()
    (folder / "student_10" / "counting.py").write_bytes(b"# caf\xe9\n")
    return folder


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_bad_submissions_do_not_stop_the_run(
    bad_class: Path, tmp_path: Path, zygote: Zygote, tiny: Solution
) -> None:
    """Who handed in what cannot be read is told why; everybody else is graded."""
    results = Results(tmp_path / "out")
    results.folder.mkdir()

    verdicts = grade_class(
        Grading(tiny, 1), find_entries(bad_class), results, zygote, jobs=1
    )

    by_student = {verdict.student: verdict for verdict in verdicts}
    assert set(by_student) == {"student_01", *BAD, "student_99"}
    for student in ("student_01", "student_99"):
        checks = by_student[student].exercises()["counting"]
        assert {check.outcome for check in checks} == {Outcome.PASSED}
    for student, (_, reason) in BAD.items():
        verdict = by_student[student]
        assert verdict.points == 0
        assert not any(c.outcome is Outcome.GRADER_FAULT for c in verdict.checks)
        assert reason in told(verdict), (student, told(verdict))
        assert reason in (results.folder / f"{student}.html").read_text()


def told(verdict: Verdict) -> str:
    """What a student reads of counting.py, and of the submission as a whole."""
    details = {check.message or "" for check in verdict.exercises()["counting"]}
    return " ".join([*details, *(note.text for note in verdict.notes)])
