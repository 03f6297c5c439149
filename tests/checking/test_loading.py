"""Check files as lists of checks."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from autograder.checking.loading import Check, load_checks
from autograder.errors import CourseError

HEAD = """\
import pytest
from hypothesis import given, strategies as st
from autograder import after, equal, hidden, hint, points, settings

@points(1)
def test_first(student):
    '''the first works'''
    equal(student.f(1), 1)

"""


@pytest.fixture
def check_file(tmp_path: Path) -> Path:
    """Where a check file is written."""
    return tmp_path / "test_sample.py"


def load(path: Path, source: str) -> list[Check]:
    """The checks of a file with this source below two others."""
    path.write_text(HEAD + dedent(source))
    return load_checks(path, "sample")


def test_all_that_a_check_says(check_file: Path) -> None:
    """Points, promise, subject, words and settings are read."""
    source = """
        @points(2.5)
        @hidden
        @after(test_first)
        @hint("count")
        @settings("cpu float32")
        def test_second(student, draw):
            '''the second works
            over two lines'''
            model = student.build(len)
            equal(student.g(student.f(draw(1))), 1)

        def helper(): ...
    """
    first, second = load(check_file, source)

    assert second == Check(
        exercise="sample",
        name="test_second",
        function="g",
        promise="the second works over two lines",
        points=2.5,
        hidden=True,
        after=("test_first",),
        hint="count",
        settings=("cpu float32",),
        cases=second.cases,
        takes_draw=True,
        body=second.body,
    )
    assert second.id == "sample::test_second"
    assert (first.hidden, first.after, first.hint) == (False, (), None)


def test_how_often_a_check_runs(check_file: Path) -> None:
    """In all settings if it draws; once if nothing in it depends on a dtype."""
    source = """
        @points(1)
        def test_draws(student, draw):
            '''draws'''
            student.f(draw(1))
    """
    first, draws = load(check_file, source)

    assert first.settings == ("cpu float64",)
    assert draws.settings == ("cpu float64", "cpu float32")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "def test_x(student):\n '''p'''\n student.f()",
            r"test_x has no points; put @points\(n\)",
        ),
        (
            "@points(0)\ndef test_x(student):\n '''p'''\n student.f()",
            "test_x has no points",
        ),
        (
            "@points(True)\ndef test_x(student):\n '''p'''\n student.f()",
            "test_x has no points",
        ),
        (
            "@points(1)\ndef test_x(student):\n student.f()",
            "test_x has no docstring; students read it",
        ),
        (
            "@points(1)\ndef test_x(draw):\n '''p'''\n draw(1)",
            "test_x calls nothing of the student's",
        ),
        (
            "@points(1)\ndef test_x(student):\n '''p'''\n student.build(len)",
            "test_x calls nothing of the student's",
        ),
        (
            "@points(1)\ndef test_x(student, tmp_path):\n '''p'''\n student.f()",
            r"test_x asks for \['tmp_path'\]; a check may take student, draw",
        ),
        (
            "@points(1)\n@after(test_y)\ndef test_x(student):\n '''p'''\n student.f()",
            "cannot be imported: NameError",
        ),
        (
            "def test_y(): ...\n@points(1)\n@after(print)\n"
            "def test_x(student):\n '''p'''\n student.f()",
            "test_y has no points",
        ),
        (
            "@points(1)\n@after(print)\ndef test_x(student):\n '''p'''\n student.f()",
            "test_x waits for 'print', which is no check above it",
        ),
        (
            "@points(1)\n@settings('gpu')\n"
            "def test_x(student):\n '''p'''\n student.f()",
            "names the setting 'gpu'; there are cpu float64, cpu float32",
        ),
        ("import absent", "cannot be imported: ModuleNotFoundError"),
        ("def broken(:", "cannot be imported: SyntaxError"),
    ],
)
def test_what_a_check_must_have(check_file: Path, source: str, words: str) -> None:
    """Errors name the file, the check, the rule and the remedy."""
    with pytest.raises(CourseError, match=words) as caught:
        load(check_file, source)
    assert str(check_file) in str(caught.value)


def test_a_file_without_checks(check_file: Path) -> None:
    """It is there for nothing."""
    check_file.write_text("x = 1\n")
    with pytest.raises(CourseError, match="holds no test_ function"):
        load_checks(check_file, "sample")


def test_imported_tests_are_no_checks_of_the_file(check_file: Path) -> None:
    """A name that begins with test_ and is no function of this file is not run."""
    source = """
        test_data = [1, 2]

        @points(1)
        def test_x(student):
            '''p'''
            student.f(test_data)
    """
    assert [c.name for c in load(check_file, source)] == ["test_first", "test_x"]
