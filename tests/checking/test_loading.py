"""Check files as lists of checks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from autograder.checking.loading import Check, load_checks
from autograder.checking.solution import Solution
from autograder.course.errors import CourseError

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


CASES = """
@points(1)
@pytest.mark.parametrize("a", [1, 2])
def test_one(student, a):
    '''one axis'''
    student.f(a)

@points(1)
@pytest.mark.parametrize(("a", "b"), [(1, (2, 3)), (4, "five")])
def test_pairs(student, a, b):
    '''pairs'''
    student.f(a, b)

@points(1)
@pytest.mark.parametrize("a, b", [(1, 2), (3, 4)])
def test_one_text(student, a, b):
    '''names in one text'''
    student.f(a, b)

@points(1)
@pytest.mark.parametrize("a", [1, 2])
@pytest.mark.parametrize("b", [3, 4, 5])
def test_product(student, draw, a, b):
    '''a product'''
    student.f(a, b)

@points(1)
@pytest.mark.parametrize("a", [pytest.param(1, id="uno"), 2])
def test_param(student, a):
    '''pytest.param'''
    student.f(a)

@points(1)
@pytest.mark.parametrize("a", [None, True, 2.5, "text", [1], {"k": 1}, print])
def test_kinds(student, a):
    '''all kinds of values'''
    student.f(a)

@points(1)
@pytest.mark.parametrize("a", [5, 6], ids=["five", "six"])
def test_ids(student, a):
    '''own ids'''
    student.f(a)

@points(1)
@pytest.mark.parametrize(("a", "b"), [(1, 2), (1, 3)], ids=str)
def test_made_ids(student, a, b):
    '''ids made from the values'''
    student.f(a, b)

@points(1)
@pytest.mark.parametrize(["a"], [(5,), (6,)])
def test_listed(student, a):
    '''names in a list'''
    student.f(a)

@points(1)
@pytest.mark.parametrize("a", [1, 2])
@given(b=st.integers(0, 3))
def test_given(student, a, b):
    '''Hypothesis beside parametrize'''
    student.f(a, b)

@points(1)
@given(a=st.integers(0, 3))
@pytest.mark.parametrize("b", [1, 2])
def test_given_above(student, a, b):
    '''Hypothesis above parametrize'''
    student.f(a, b)
"""

LISTING = """
import json, sys, pytest

class Listing:
    def pytest_collection_modifyitems(self, items):
        found = {}
        for item in items:
            callspec = getattr(item, "callspec", None)
            arguments = dict(callspec.params) if callspec else {}
            arguments.pop("autograder_setting", None)
            cases = found.setdefault(item.originalname, [])
            cases.append(repr(sorted(arguments.items())))
        print("FOUND", json.dumps(found))

sys.exit(pytest.main(
    ["--collect-only", "-q", "-p", "no:cacheprovider", sys.argv[1]], [Listing()]
))
"""


def collected_by_pytest(path: Path) -> dict[str, list[str]]:
    """The cases that pytest itself finds in a file, by test."""
    import json
    import os

    done = subprocess.run(
        [sys.executable, "-c", LISTING, str(path)],
        capture_output=True,
        text=True,
        cwd=path.parent,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        check=False,
    )
    (line,) = [t for t in done.stdout.splitlines() if t.startswith("FOUND")] or [
        pytest.fail(done.stdout + done.stderr)
    ]
    found: dict[str, list[str]] = json.loads(line.removeprefix("FOUND"))
    return found


def test_the_same_cases_as_pytest(check_file: Path) -> None:
    """Which cases there are does not depend on who collects them."""
    ours = {
        check.name: sorted(repr(sorted(c.arguments.items())) for c in check.cases)
        for check in load(check_file, CASES)
    }
    theirs = {
        name: sorted(cases) for name, cases in collected_by_pytest(check_file).items()
    }

    assert ours == theirs
    assert len(ours["test_product"]) == 6


def test_case_ids(check_file: Path) -> None:
    """Ids say the arguments; no two cases of a check share one."""
    checks = {
        check.name: [c.id for c in check.cases] for check in load(check_file, CASES)
    }

    assert checks["test_first"] == [""]
    assert checks["test_one"] == ["a=1", "a=2"]
    assert checks["test_pairs"] == ["a=1-b=(2,3)", "a=4-b='five'"]
    assert checks["test_param"] == ["uno", "a=2"]
    assert checks["test_made_ids"] == ["1-2", "1-3"]
    assert checks["test_ids"] == ["five", "six"]
    assert all(len(set(ids)) == len(ids) for ids in checks.values())


def test_the_tiny_course_loads(tiny: Solution) -> None:
    """Every check of the tiny course has a promise, points and a subject."""
    checks = [check for found in tiny.checks.values() for check in found]

    assert len(checks) == 31
    assert {c.function for c in checks} == {
        *("softmax", "layer_norm", "attention", "lstm_cell", "CharModel"),
        *("greedy_decode", "Block", "train_step", "numerical_gradient", "Line"),
        *("window_count", "is_causal", "gate_name", "summary", "count_parameters"),
    }
    assert sum(c.hidden for c in checks) == 10
