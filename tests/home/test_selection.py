"""`autograder check` for some exercises, some checks, and what failed last time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.errors import CourseError
from autograder.home.command import check_at_home
from autograder.submissions.intake import Entry, read_submission
from tests.small_course import SOLUTION

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Check a folder; the exit code and what was printed."""

    def checked(
        folder: Path, *exercises: str, only: str = "", **options: bool
    ) -> tuple[int, str]:
        code = check_at_home(folder, exercises, only, False, False, **options)
        return code, capsys.readouterr().out

    return checked


def test_several_exercises(worksheet_folder: Path, run: Run) -> None:
    """those that are named are checked, in the order of the assignment"""
    code, text = run(worksheet_folder, "moving", "scaling.py", "moving")

    assert code == 0
    assert "10 of 10 points" in text
    assert text.index("scaling   ") < text.index("moving   ")
    assert "worksheet   " not in text


@pytest.mark.parametrize("name", ["test_moving.py", "./moving.py", "moving"])
def test_an_exercise_by_any_of_its_files(
    worksheet_folder: Path, run: Run, name: str
) -> None:
    """its own file and the file of its checks are as good as its name"""
    _, text = run(worksheet_folder, name)

    assert "5 of 5 points" in text
    assert "moving   " in text


def test_a_list_of_names(worksheet_folder: Path, run: Run) -> None:
    """names that --only takes, with points, by exercise, and nothing is run"""
    (worksheet_folder / "scaling.py").write_text("raise SystemExit\n")

    code, text = run(worksheet_folder, listed=True)

    assert code == 0
    assert "scaling: 3 checks, 5 points" in text
    assert "     2  shifts\n        shift adds\n" in text
    assert "  and 1 hidden check, worth 4 points" in text
    assert "worksheet: 1 check, 1 point" in text
    assert not (worksheet_folder / ".autograder").exists()


def test_a_list_of_some(worksheet_folder: Path, run: Run) -> None:
    """a list is limited as a run is"""
    _, text = run(worksheet_folder, "moving", only="shift", listed=True)

    assert text.count("shifts") == 1
    assert "scaling" not in text
    with pytest.raises(CourseError, match="--list"):
        run(worksheet_folder, only="nothing", listed=True)


def test_what_failed_is_repeated(worksheet_folder: Path, run: Run) -> None:
    """--failed runs what did not pass when it last ran, until it does"""
    wrong = SOLUTION.replace("x + offset\n", "x - offset\n")
    for name in ("scaling.py", "moving.py"):
        (worksheet_folder / name).write_text(wrong)
    run(worksheet_folder, "moving")
    run(worksheet_folder, "scaling")  # which keeps what is known of the other

    (worksheet_folder / "moving.py").write_text(SOLUTION)
    assert "2 of 4 points" in run(worksheet_folder, failed=True)[1]
    code, text = run(worksheet_folder, failed=True)
    assert (code, "0 of 2 points" in text) == (1, True)
    assert run(worksheet_folder, "moving", failed=True) == (
        0,
        "None of these checks failed when it last ran, so none is repeated.\n",
    )


def test_failed_needs_an_earlier_run(worksheet_folder: Path, run: Run) -> None:
    """without one, or with a damaged memory of it, that is said"""
    with pytest.raises(CourseError, match="Run `autograder check` first"):
        run(worksheet_folder, failed=True)
    (worksheet_folder / ".autograder").mkdir()
    (worksheet_folder / ".autograder" / "last.json").write_text("{")
    with pytest.raises(CourseError, match="Run `autograder check` first"):
        run(worksheet_folder, failed=True)


def test_the_memory_is_no_part_of_the_work(worksheet_folder: Path, run: Run) -> None:
    """it lies in one hidden folder that git ignores and grading does not read"""
    run(worksheet_folder, "scaling")
    folder = worksheet_folder / ".autograder"
    memory = json.loads((folder / "last.json").read_text())
    assert memory["not_passed"] == []
    assert set(memory["functions"].values()) == {"scale", "shift"}
    assert (folder / ".gitignore").read_text() == "*\n"
    without = shutil.copytree(
        worksheet_folder,
        worksheet_folder.parent / "without",
        ignore=shutil.ignore_patterns(".autograder"),
    )

    digests = {
        read_submission(Entry("ada", path), ["scaling", "moving"], True).digest
        for path in (worksheet_folder, without)
    }

    assert len(digests) == 1


def test_contradictions(worksheet_folder: Path) -> None:
    """two options that exclude each other are both named, with the remedy"""
    for options in ({"listed": True, "failed": True}, {"failed": True}):
        with pytest.raises(CourseError, match=r"--failed runs .*Give one") as e:
            check_at_home(
                worksheet_folder, None, "", "listed" not in options, False, **options
            )
        assert ("--list" in str(e.value)) != ("--watch" in str(e.value))
