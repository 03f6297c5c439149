"""Reading course.toml and assignment.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.assignment import (
    HiddenSummary,
    find_assignment,
    load_course,
    load_student_assignment,
)
from autograder.course.limits import Limits
from autograder.errors import CourseError

STUDENT = """\
name = "numbers"
title = "Sums and signs"
public_seed = 7
exercises = ["sums", "signs"]
[hidden.sums]
checks = 1
points = 2.5
"""


def replace(file: Path, old: str, new: str) -> None:
    """Replace a text that stands in the file."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


class TestLoadCourse:
    """load_course."""

    def test_reads_every_setting(self, course_folder):
        """A course's settings arrive, with the usual limits where none are given."""
        course = load_course(course_folder)
        numbers = course.assignment("numbers")

        assert (course.title, course.public_seed) == ("Numbers", 7)
        assert numbers.exercises == ("sums", "signs")
        assert numbers.limits == Limits(2.0, 300.0, 1024)
        assert numbers.forbidden == {"sums": ("torch.sum", "torch.Tensor.sum*")}
        assert numbers.public_seed == 7
        assert numbers.has_worksheet
        assert not numbers.is_student_copy
        assert numbers.module("sums").name == "sums.py"
        assert numbers.checks("sums").is_file()

    def test_unknown_assignment_names_the_nearest(self, course_folder):
        """Asking for a name with a slip gets the nearest name and all known ones."""
        course = load_course(course_folder)

        with pytest.raises(CourseError, match=r"did you mean 'numbers'.*Known"):
            course.assignment("number")

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            (
                "title =",
                "titel =",
                "'titel' is not .*did you mean 'title'[?] Known",
            ),
            ('"Sums and signs"', "7", "'title' must be a text, not empty; it is 7"),
            ('"Sums and signs"', '" "', "'title' must be a text"),
            ('"sums", "signs"', "", "'exercises' must be a list of texts"),
            ('"sums", "signs"', '"sums", "sums"', "none twice"),
            ('"sums", "signs"', '"sums", "a-b"', "'a-b', which is no name"),
            ('"sums", "signs"', '"sums", "class"', "'class', which is no name"),
            ('"sums", "signs"', '"sums", "test_signs"', "those of check files"),
            ('"sums", "signs"', '"sums", "random"', "hide the module of that name"),
            ('"sums", "signs"', '"sums", "sign"', r"no file .*sign\.py\. Write it"),
            ("call_seconds = 2", "call_seconds = true", "above 0; it is True"),
            ("call_seconds = 2", "call_seconds = 0", "above 0; it is 0"),
            ("call_seconds = 2", "call_seconds = nan", "above 0; it is nan"),
            ("call_seconds = 2", "call_seconds = 301", "more than submission_seconds"),
            ("call_seconds = 2", "memory_mebibytes = 1.5", "whole number, 1 or more"),
            ("call_seconds = 2", "call_second = 2", "'limits.call_second' is not a"),
            ("sums = [", "summs = [", "'forbidden.summs' is not.*did you mean 'sums'"),
            ('"torch.sum"', '"torch sum"', "no pattern of dotted names"),
            ('"torch.sum"', '"a b: torch.sum"', "no pattern of dotted names"),
            ('["torch.sum", "torch.Tensor.sum*"]', '"torch.sum"', "list of texts"),
            ("[limits]", "[limits", "is not valid TOML.*line"),
        ],
    )
    def test_broken_rules_are_named(self, course_folder, old, new, message):
        """A broken assignment.toml: the error names file, key, rule and value."""
        file = course_folder / "numbers" / "assignment.toml"
        replace(file, old, new)

        with pytest.raises(CourseError, match=message) as error:
            load_course(course_folder)

        assert str(file) in str(error.value)

    @pytest.mark.parametrize(
        ("old", "new", "message"),
        [
            ("public_seed = 7\n", "", "'public_seed' is missing"),
            ("public_seed = 7", "public_seed = -1", "0 or more; it is -1"),
            ('["numbers"]', '["number"]', "names 'number', but there is no file"),
            ('["numbers"]', '["../x"]', "holds '../x'; a name has"),
        ],
    )
    def test_broken_course_file(self, course_folder, old, new, message):
        """A broken course.toml: the error names key, rule and value."""
        replace(course_folder / "course.toml", old, new)

        with pytest.raises(CourseError, match=message):
            load_course(course_folder)

    def test_missing_checks(self, course_folder):
        """An exercise without its check file is an error that names the file."""
        (course_folder / "numbers" / "test_signs.py").unlink()

        with pytest.raises(CourseError, match=r"'signs', but .*test_signs\.py"):
            load_course(course_folder)

    def test_no_course(self, tmp_path):
        """A folder without course.toml is named whole, and the option that mends it."""
        with pytest.raises(CourseError, match=r"--course") as caught:
            load_course(tmp_path)

        assert f"there is no course in {tmp_path}" in str(caught.value)


class TestLoadStudentAssignment:
    """load_student_assignment."""

    def test_reads_what_students_may_know(self, tmp_path):
        """Name, seed and the summary of hidden checks; missing files are no error."""
        (tmp_path / "assignment.toml").write_text(STUDENT)
        assignment = load_student_assignment(tmp_path)

        assert assignment.name == "numbers"
        assert assignment.public_seed == 7
        assert assignment.hidden == {"sums": HiddenSummary(1, 2.5)}
        assert assignment.is_student_copy
        assert not assignment.has_worksheet

    def test_a_worksheet_is_told_by_the_settings(self, tmp_path):
        """Whether there is one does not depend on the file that students edit."""
        text = STUDENT.replace("public_seed", "worksheet = true\npublic_seed", 1)
        (tmp_path / "assignment.toml").write_text(text)
        assert load_student_assignment(tmp_path).has_worksheet

        (tmp_path / "assignment.toml").write_text(text.replace("= true", "= 1"))
        with pytest.raises(CourseError, match="'worksheet' must be true or false"):
            load_student_assignment(tmp_path)

    def test_refuses_the_folder_with_solutions(self, course_folder):
        """The instructor's own assignment.toml is not taken for a student's."""
        with pytest.raises(CourseError, match="no generated student folder"):
            load_student_assignment(course_folder / "numbers")

    def test_hidden_points_must_be_a_number(self, tmp_path):
        """A summary of hidden checks with text for points is refused."""
        text = STUDENT.replace("points = 2.5", 'points = "2.5"')
        (tmp_path / "assignment.toml").write_text(text)

        with pytest.raises(CourseError, match=r"'hidden\.sums\.points' must be"):
            load_student_assignment(tmp_path)


class TestFindAssignment:
    """find_assignment."""

    def test_from_a_folder_below(self, tmp_path):
        """Inside a folder of the assignment's folder the assignment is found."""
        (tmp_path / "assignment.toml").write_text(STUDENT)
        below = tmp_path / "figures" / "more"
        below.mkdir(parents=True)

        assert find_assignment(below).folder == tmp_path.resolve()

    def test_with_solutions(self, course_folder):
        """In an instructor's folder it is the course's assignment."""
        found = find_assignment(course_folder / "numbers" / "figures")

        assert found.name == "numbers"
        assert not found.is_student_copy

    def test_nowhere(self, tmp_path):
        """Outside of any assignment the error says where to go."""
        with pytest.raises(CourseError, match=r"no assignment\.toml in this folder"):
            find_assignment(tmp_path)

    def test_neither_name_nor_course(self, course_folder, tmp_path):
        """A copy of an instructor's folder without its course is refused."""
        stray = tmp_path / "stray"
        (course_folder / "numbers").rename(stray)

        with pytest.raises(CourseError, match=r"neither a student's folder nor"):
            find_assignment(stray)


class TestLibraries:
    """What an assignment lets code import."""

    def _written(self, folder, line):
        (folder / "one").mkdir()
        (folder / "one" / "assignment.toml").write_text(
            f'title = "One"\nexercises = ["exercise"]\n{line}\n'
        )
        for name in ("exercise.py", "test_exercise.py"):
            (folder / "one" / name).touch()
        (folder / "course.toml").write_text(
            'title = "C"\npublic_seed = 1\nassignments = ["one"]\n'
        )
        return load_course(folder).assignment("one")

    def test_numpy_and_torch_if_nothing_is_said(self, tmp_path):
        """The default is what the course's own code needs."""
        assert self._written(tmp_path, "").libraries == ("numpy", "torch")

    def test_named_ones_reach_students(self, tmp_path):
        """The student's settings and README name them, and pip installs the rest."""
        from autograder.course.generate import assignment_toml
        from autograder.course.readme import student_readme

        found = self._written(tmp_path, 'libraries = ["torch", "einops"]')

        assert 'libraries = ["torch", "einops"]' in assignment_toml(found, {})
        readme = student_readme(found, {}, has_handout=False, wheel="a.whl")
        assert "pip install ./a.whl einops\n" in readme
        assert "The libraries Python's own, `torch` and `einops`, and" in readme

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ('libraries = ["numpy"]', "'libraries' lacks 'torch'"),
            ('libraries = ["torch", "torch.nn"]', "holds 'torch.nn'"),
            ("libraries = []", "must be a list of texts"),
        ],
    )
    def test_senseless_ones_are_refused(self, tmp_path, line, words):
        """The error names the key, the rule and the value."""
        with pytest.raises(CourseError, match=words):
            self._written(tmp_path, line)
