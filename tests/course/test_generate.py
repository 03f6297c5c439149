"""The folder that students get."""

from __future__ import annotations

import compileall
import json
from pathlib import Path

import pytest

from autograder.course.assignment import (
    Assignment,
    HiddenSummary,
    load_course,
    load_student_assignment,
)
from autograder.course.generate import generate, stale
from autograder.errors import CourseError
from autograder.worksheet import load, load_questions

HIDDEN = {"sums": HiddenSummary(1, 3), "signs": HiddenSummary(0, 0)}
LOOKALIKES = {"sums": {"total": ["é", 1.5]}}


@pytest.fixture
def out(tmp_path: Path, numbers: Assignment) -> Path:
    """The student folder of the small course."""
    folder = tmp_path / "assignments" / "numbers"
    generate(numbers, folder, LOOKALIKES, HIDDEN)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


class TestGenerate:
    """generate."""

    def test_writes_all_that_students_need(self, out):
        """Stubs, checks, texts, figures, worksheet, settings and the list of them."""
        assert set(contents(out)) == {
            *("sums.py", "test_sums.py", "signs.py", "test_signs.py"),
            *("HANDOUT.md", "README.md", "figures/halves.svg"),
            *("worksheet.toml", "worksheet.questions.json"),
            *("assignment.toml", "lookalikes.json"),
            ".generated.json",
        }
        assert compileall.compile_dir(out, quiet=2)
        assert json.loads((out / "lookalikes.json").read_text("utf-8")) == LOOKALIKES

    def test_settings_survive(self, out, numbers):
        """The student's assignment.toml reads as the instructor's, hidden summed up."""
        student = load_student_assignment(out)

        assert student.is_student_copy
        for name in ("name", "title", "exercises", "limits", "forbidden"):
            assert getattr(student, name) == getattr(numbers, name)
        assert student.public_seed == 7
        assert student.hidden == {"sums": HiddenSummary(1, 3)}
        assert student.has_worksheet

    def test_odd_texts_survive(self, course_folder, tmp_path):
        """Quotes, backslashes and control characters in a title come through."""
        file = course_folder / "numbers" / "assignment.toml"
        title = r'title = "a \"b\" \\ é \u007f \t"'
        file.write_text(
            file.read_text().replace('title = "Sums and signs"', title), "utf-8"
        )
        numbers = load_course(course_folder).assignment("numbers")
        generate(numbers, tmp_path / "out", None, {})

        assert load_student_assignment(tmp_path / "out").title == 'a "b" \\ é \x7f \t'

    def test_no_solution_gets_out(self, out):
        """No file holds a word of solution, hidden check, mistake or answer."""
        everything = b"\n".join(contents(out).values())

        for secret in (b"_halves", b"4099", b"unusual", b"booleans", b"twice"):
            assert secret not in everything
        question = load(out / "worksheet.toml").questions[0]
        assert question.answer is None
        public = load_questions(out / "worksheet.questions.json").questions[0]
        assert public == question
        assert b"alone is cut" not in everything

    def test_readme_tells_the_next_step(self, out):
        """The README names the files to write and to hand in, and what is hidden."""
        readme = (out / "README.md").read_text("utf-8")

        assert "You write `sums.py` and `signs.py`: replace" in readme
        assert "Hand in `sums.py`, `signs.py` and `worksheet.toml`" in readme
        assert "autograder check sums" in readme
        assert "make setup" in readme
        assert "pip install" not in readme
        assert "activate `.venv`" in readme
        assert "Leave `.venv` out of the zip" in readme
        assert "1 more check is hidden until grading (3 points)" in readme

    def test_same_bytes_again(self, out, numbers, tmp_path):
        """Generating elsewhere gives the same bytes."""
        generate(numbers, tmp_path / "again", LOOKALIKES, HIDDEN)

        assert contents(tmp_path / "again") == contents(out)

    def test_current_files_are_not_touched(self, out, numbers):
        """Only what changed is written, and what was written is told."""
        before = {file: file.stat().st_mtime_ns for file in out.rglob("*")}
        assert generate(numbers, out, LOOKALIKES, HIDDEN) == []
        assert {file: file.stat().st_mtime_ns for file in out.rglob("*")} == before

        (numbers.folder / "HANDOUT.md").write_text("# Shorter\n")
        assert generate(numbers, out, LOOKALIKES, HIDDEN) == [out / "HANDOUT.md"]

    def test_files_no_longer_generated_go(self, out, numbers):
        """A figure and lookalikes that are no more are removed, with empty folders."""
        (numbers.folder / "HANDOUT.md").write_text("# No figure\n")
        (numbers.folder / "figures" / "halves.svg").unlink()
        generate(numbers, out, None, HIDDEN)

        assert not (out / "figures").exists()
        assert not (out / "lookalikes.json").exists()

    def test_a_students_work_is_never_overwritten(self, out, numbers):
        """A file changed since it was generated stops it before anything is written."""
        (out / "sums.py").write_text("my_own = 'work'\n")
        (numbers.folder / "HANDOUT.md").write_text("# New\n")

        with pytest.raises(CourseError, match=r"generated: sums\.py\. Somebody's work"):
            generate(numbers, out, LOOKALIKES, HIDDEN)

        assert (out / "sums.py").read_text() == "my_own = 'work'\n"
        assert (out / "HANDOUT.md").read_text() != "# New\n"

    def test_a_changed_stale_file_is_not_removed(self, out, numbers):
        """A file that is no longer generated, but was changed, stays."""
        (out / "lookalikes.json").write_text("mine")

        with pytest.raises(CourseError, match=r"lookalikes\.json"):
            generate(numbers, out, None, HIDDEN)

        assert (out / "lookalikes.json").read_text() == "mine"

    def test_others_files_stay(self, out, numbers):
        """Files that were never generated are left alone."""
        (out / "notes.txt").write_text("mine")
        generate(numbers, out, LOOKALIKES, HIDDEN)

        assert (out / "notes.txt").read_text() == "mine"

    def test_a_folder_of_something_else(self, numbers, tmp_path):
        """A folder that was not generated is refused."""
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "thesis.txt").write_text("mine")

        with pytest.raises(CourseError, match="neither empty nor generated"):
            generate(numbers, tmp_path / "home", None, {})

        assert set(contents(tmp_path / "home")) == {"thesis.txt"}

    def test_a_forged_list_removes_nothing_outside(self, out, numbers, tmp_path):
        """A list of generated files that points out of the folder is refused."""
        (tmp_path / "assignments" / "thesis.txt").write_text("mine")
        (out / ".generated.json").write_text('{"files": {"../thesis.txt": "0"}}')

        with pytest.raises(CourseError, match="lies outside of the folder"):
            generate(numbers, out, LOOKALIKES, HIDDEN)

    def test_windows_line_ends_are_no_change(self, out, numbers):
        """A checkout with other line ends counts as current."""
        file = out / "sums.py"
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

        assert stale(numbers, out, LOOKALIKES, HIDDEN) == []
        assert generate(numbers, out, LOOKALIKES, HIDDEN) == []

    def test_dead_link_in_the_handout(self, numbers, tmp_path):
        """A picture that is not there is an error that names it."""
        (numbers.folder / "HANDOUT.md").write_text("![no](figures/none.svg)\n")

        with pytest.raises(CourseError, match=r"'figures/none\.svg', which is not in"):
            generate(numbers, tmp_path / "out", None, {})

    def test_summary_of_no_exercise(self, numbers, tmp_path):
        """A hidden summary for an unknown exercise is an error."""
        with pytest.raises(CourseError, match="'differences', which is no exercise"):
            generate(numbers, tmp_path / "out", None, {"differences": HIDDEN["sums"]})


class TestStale:
    """stale."""

    def test_current(self, out, numbers):
        """Nothing differs right after generating, whatever running checks leaves."""
        (out / "__pycache__").mkdir()
        (out / "__pycache__" / "sums.pyc").write_bytes(b"0")
        (out / ".pytest_cache").mkdir()
        (out / ".pytest_cache" / "x").write_bytes(b"0")

        assert stale(numbers, out, LOOKALIKES, HIDDEN) == []

    def test_each_difference_is_named(self, out, numbers):
        """Missing, different and stray files are named, each with what is wrong."""
        (out / "sums.py").unlink()
        (out / "signs.py").write_text("changed = True\n")
        (out / "old.py").write_text("x = 1\n")

        assert stale(numbers, out, LOOKALIKES, HIDDEN) == [
            f"{out / 'signs.py'}: differs from what the solutions give",
            f"{out / 'sums.py'}: is missing",
            f"{out / 'old.py'}: belongs to nothing in the solutions",
        ]

    def test_settings_and_lookalikes_count(self, out, numbers):
        """A change of a hidden check's points or of a lookalike is a difference."""
        hidden = {"sums": HiddenSummary(1, 4)}
        found = stale(numbers, out, {"sums": {}}, hidden)

        assert [Path(line.split(":")[0]).name for line in found] == [
            *("README.md", "assignment.toml", "lookalikes.json")
        ]

    def test_nothing_generated_yet(self, numbers, tmp_path):
        """Without a folder every file is missing."""
        found = stale(numbers, tmp_path / "none", None, {})

        assert len(found) == 10
        assert all(line.endswith("is missing") for line in found)
