"""Submissions that cannot be read: their students hear why, everybody is graded."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.checking.solution import Solution
from autograder.grading.class_run import grade_class
from autograder.grading.results import Results
from autograder.grading.submission import Grading
from autograder.grading.zygote_client import Zygote
from autograder.submissions.entries import find_entries
from autograder.verdict import Outcome, Verdict

HandIn = Callable[..., Path]


def zip_with(path: Path, name: str, mode: int = stat.S_IFREG | 0o644) -> None:
    """A zip that holds one file of that name beside a good one."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("counting.py", "x = 1\n")
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        archive.writestr(info, "/etc/passwd")


BAD = {  # and what they hear
    "student_02": "damaged",
    "student_03": "leaves its folder",
    "student_04": "absolute path",
    "student_05": "link",
    "student_06": "1 MB",
    "student_07": "link out of the submission",
    "student_08": "cannot be read",
    "student_09": "no file in the submission",
    "student_10": "UTF-8",
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
    for student, reason in BAD.items():
        verdict = by_student[student]
        assert verdict.points == 0
        assert not any(c.outcome is Outcome.GRADER_FAULT for c in verdict.checks)
        assert reason in told(verdict), (student, told(verdict))
        assert reason in (results.folder / f"{student}.html").read_text()


def told(verdict: Verdict) -> str:
    """What a student reads of counting.py, and of the submission as a whole."""
    details = {check.message or "" for check in verdict.exercises()["counting"]}
    return " ".join([*details, *(note.text for note in verdict.notes)])
