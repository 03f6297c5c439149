"""Grading a class: what is graded again, what is kept, and what survives."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from autograder import verdict_file
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.grading.class_run import grade_class
from autograder.grading.results import Results
from autograder.grading.run import News
from autograder.grading.submission import Grading
from autograder.grading.zygote_client import Zygote
from autograder.submissions.entries import find_entries
from autograder.verdict import Outcome, Person, Verdict
from tests.conftest import forked_children
from tests.small_course import points_of

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

TINY_COURSE = Path(__file__).parents[1] / "tiny_course"
SEED = 5
COUNTING = points_of(TINY_COURSE, "tiny", "counting")
LOOP = """

def gate_name(index):
    while True:
        pass
"""

HandIn = Callable[..., Path]
Run = Callable[..., list[str]]


@pytest.fixture(scope="module")
def grading(tiny: Solution) -> Grading:
    """The tiny course under one seed."""
    return Grading(tiny, SEED)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where results go."""
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def run(zygote: Zygote, grading: Grading, out: Path) -> Run:
    """Grade a class and return the news of it, such as ``done student_01``."""

    def grade(
        submissions: Path,
        regrade: bool = False,
        other: Grading | None = None,
        watch: Callable[[News], None] = lambda news: None,
    ) -> list[str]:
        heard = []

        def listen(news: News) -> None:
            heard.append(f"{news.kind} {news.student}")
            watch(news)

        grade_class(
            other or grading,
            find_entries(submissions),
            Results(out),
            zygote,
            jobs=1,
            regrade=regrade,
            watch=listen,
        )
        return heard

    return grade


def verdict_of(out: Path, student: str) -> Verdict:
    """A student's verdict as it is on disk."""
    return verdict_file.from_json((out / f"{student}.json").read_text("utf-8"))


def counting_points(verdict: Verdict) -> float:
    """The points of counting.py."""
    return sum(check.points for check in verdict.exercises()["counting"])


def times(out: Path) -> dict[str, int]:
    """When each file was written, the table of the class aside."""
    return {
        path.name: path.stat().st_mtime_ns
        for path in out.iterdir()
        if path.name != "grades.csv"
    }


def test_everybody_is_graded_once(run: Run, hand_in: HandIn, out: Path) -> None:
    """Each student gets verdict and page, and the class a table."""
    hand_in("student_01")
    folder = hand_in("student_02", "\n\ndef gate_name(index):\n    return 'input'\n")

    heard = run(folder)

    assert heard == [
        *("started student_01", "done student_01"),
        *("started student_02", "done student_02"),
    ]
    assert counting_points(verdict_of(out, "student_01")) == COUNTING
    assert counting_points(verdict_of(out, "student_02")) == COUNTING - 1
    assert {path.suffix for path in out.iterdir()} == {".json", ".html", ".csv"}
    rows = (out / "grades.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["student_01", "student_02"]


def test_people_who_are_told_later(run: Run, hand_in: HandIn, out: Path) -> None:
    """A platform's name for the folder brings them; nothing is graded again for it."""
    folder = hand_in("student_01")
    run(folder)
    (folder / "student_01").rename(folder / "student_01_77_assignsubmission_file_")

    assert run(folder) == ["kept student_01"]
    found = verdict_of(out, "student_01")
    assert found.people == [Person("student_01", "moodle", "77")]
    assert found.origin == "student_01_77_assignsubmission_file_"
    assert "moodle" not in (out / "student_01.html").read_text(encoding="utf-8")


def test_a_second_run_grades_nothing(run: Run, hand_in: HandIn, out: Path) -> None:
    """What is graded stays as it is, to the time of its files."""
    hand_in("student_01")
    folder = hand_in("student_02")
    run(folder)
    before = times(out)

    assert run(folder) == ["kept student_01", "kept student_02"]
    assert times(out) == before


def test_a_changed_submission_is_graded_again(
    run: Run, hand_in: HandIn, out: Path
) -> None:
    """A student who hands in again gets a new verdict, and no other student does."""
    hand_in("student_01")
    run(hand_in("student_02"))
    before = times(out)

    heard = run(hand_in("student_02", "\n\ndef gate_name(index):\n    return ''\n"))

    assert heard == ["kept student_01", "started student_02", "done student_02"]
    assert counting_points(verdict_of(out, "student_02")) == COUNTING - 1
    after = times(out)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"student_02.json", "student_02.html"}


def test_a_new_student_is_graded(run: Run, hand_in: HandIn) -> None:
    """Who comes late is graded beside those who are."""
    run(hand_in("student_02"))

    heard = run(hand_in("student_01"))
    assert heard == ["kept student_02", "started student_01", "done student_01"]


def test_a_changed_course_is_graded_again(
    run: Run, hand_in: HandIn, tmp_path: Path
) -> None:
    """Checks that have changed are run on everybody."""
    course = tmp_path / "course"
    shutil.copytree(
        TINY_COURSE, course, ignore=shutil.ignore_patterns("__pycache__", ".*")
    )
    folder = hand_in("student_01")

    def loaded() -> Grading:
        return Grading(Solution(load_course(course).assignment("tiny")), SEED)

    run(folder, other=loaded())
    assert run(folder, other=loaded()) == ["kept student_01"]

    checks = course / "tiny" / "test_counting.py"
    text = checks.read_text(encoding="utf-8")
    checks.write_text(text.replace("(7, 3, 1, 5)", "(8, 3, 1, 6)"), encoding="utf-8")

    assert run(folder, other=loaded()) == ["started student_01", "done student_01"]


def test_another_seed_is_graded_again(
    run: Run, hand_in: HandIn, tiny: Solution
) -> None:
    """Verdicts of two seeds do not stand side by side in one class."""
    folder = hand_in("student_01")
    run(folder)

    heard = run(folder, other=Grading(tiny, SEED + 1))

    assert heard == ["started student_01", "done student_01"]


def test_regrade_grades_all(run: Run, hand_in: HandIn, out: Path) -> None:
    """Asked to, everybody is graded again, with the same result."""
    folder = hand_in("student_01")
    run(folder)
    before, kept = times(out), verdict_of(out, "student_01")

    assert run(folder, regrade=True) == ["started student_01", "done student_01"]
    assert all(before[name] != time for name, time in times(out).items())
    assert verdict_of(out, "student_01").checks == kept.checks


@pytest.mark.parametrize("damage", ["", "{", '{"schema": 99}', "null"])
def test_a_damaged_verdict_is_replaced(
    run: Run, hand_in: HandIn, out: Path, damage: str
) -> None:
    """A verdict that cannot be read counts as none."""
    folder = hand_in("student_01")
    (out / "student_01.json").write_text(damage, encoding="utf-8")

    assert run(folder) == ["started student_01", "done student_01"]
    assert counting_points(verdict_of(out, "student_01")) == COUNTING


def test_a_loop_without_end_costs_its_own_function(
    run: Run, hand_in: HandIn, out: Path
) -> None:
    """The other functions of the student count, and the next student is graded."""
    hand_in("student_01", LOOP)

    run(hand_in("student_02"))

    checks = verdict_of(out, "student_01").exercises()["counting"]
    wrong = {check.function: check.outcome for check in checks if not check.points}
    assert wrong == {"gate_name": Outcome.OUT_OF_TIME}
    assert counting_points(verdict_of(out, "student_02")) == COUNTING


def killing(student: str, times: int) -> Callable[[News], None]:
    """Kill the job of a student so many times, as soon as it begins."""
    left = [times]

    def watch(news: News) -> None:
        if news == News("started", student) and left[0]:
            left[0] -= 1
            (job,) = forked_children()
            assert job.pid is not None
            os.kill(job.pid, signal.SIGKILL)

    return watch


def test_a_job_that_is_killed_costs_nothing(
    run: Run, hand_in: HandIn, out: Path
) -> None:
    """Its student is graded by a second one, and gets what the work deserves."""
    hand_in("student_01")
    folder = hand_in("student_02")

    heard = run(folder, watch=killing("student_01", times=1))

    assert heard.count("started student_01") == 2
    assert heard.count("done student_01") == 1
    for student in ("student_01", "student_02"):
        assert counting_points(verdict_of(out, student)) == COUNTING


def test_a_submission_that_kills_every_job_asks_for_help(
    run: Run, hand_in: HandIn, out: Path
) -> None:
    """It gets a verdict of the grader's fault, valid and without points; others go on.

    The next run tries it again.
    """
    hand_in("student_01")
    folder = hand_in("student_02")

    heard = run(folder, watch=killing("student_01", times=2))

    assert heard[-1] == "lost student_01"
    assert counting_points(verdict_of(out, "student_02")) == COUNTING
    verdict = verdict_of(out, "student_01")
    assert {check.outcome for check in verdict.checks} == {Outcome.GRADER_FAULT}
    assert verdict.points == 0
    assert (out / "student_01.html").exists()
    schema = Path(verdict_file.__file__).with_name("verdict.schema.json")
    document = json.loads((out / "student_01.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, json.loads(schema.read_text(encoding="utf-8")))
    again = run(folder)
    assert again == ["kept student_02", "started student_01", "done student_01"]


def test_a_verdict_is_written_before_the_next_begins(
    run: Run, hand_in: HandIn, out: Path
) -> None:
    """Whenever a student is begun, those before are safely on disk."""
    hand_in("student_01")
    folder = hand_in("student_02")
    there = []

    def watch(news: News) -> None:
        if news == News("started", "student_02"):
            there.extend(sorted(path.name for path in out.glob("*.json")))

    run(folder, watch=watch)

    assert there == ["student_01.json"]
