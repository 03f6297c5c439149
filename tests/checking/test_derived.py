"""Checks that marks make of a check, and what an author may not ask of a mark."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.checking.loading import Check, load_checks
from autograder.course.assignment import find_assignment
from autograder.errors import CourseError
from autograder.home.folder import load_folder
from autograder.home.results import check_results
from autograder.home.selection import Selection
from tests.small_course import give_out, write_small_course

HEAD = """
import pytest, torch
from hypothesis import given, strategies as st
from autograder import after, agrees, device, digits, equal, hidden, points, types

"""
CASES = """
@points(2)
MARKS
@pytest.mark.parametrize(("n", "m"), [(1, 2), (3, 4), (5, 6)])
def test_f(student, n, m):
    '''f adds'''
    equal(student.f(n, m), n + m)
"""


def loaded(tmp_path: Path, marks: str, source: str = CASES) -> list[Check]:
    """The checks of a file with these marks above its check."""
    path = tmp_path / "test_sample.py"
    path.write_text(HEAD + source.replace("MARKS", marks))
    return load_checks(path, "sample")


def ids(check: Check) -> list[str]:
    """Of its cases."""
    return [case.id for case in check.cases]


def test_what_a_mark_makes(tmp_path: Path) -> None:
    """A check behind the other, that waits for it and is worth what the mark says."""
    marks = (
        "@digits(1)\n@types(0.5, 'f returns an int', hint='which type?')\n@device(3)"
    )

    first, *made = loaded(tmp_path, marks)

    assert [c.name for c in made] == [
        "test_f_digits", "test_f_types", "test_f_device"
    ]  # fmt: skip
    assert [c.points for c in made] == [1, 0.5, 3]
    assert [c.after for c in made] == [("test_f",)] * 3
    assert [c.strict for c in [first, *made]] == [False, True, True, False]
    assert {c.function for c in made} == {"f"}
    assert {c.seeded_as for c in made} == {first.id}
    assert made[0].promise == (
        "f answers in the dtype that it is given, with all its digits, and leaves its "
        "arguments alone"
    )
    assert (made[1].promise, made[1].hint) == ("f returns an int", "which type?")
    assert [c.same_cases for c in made] == [True, True, False]
    assert ids(made[0]) == ids(first) == ["n=1-m=2", "n=3-m=4", "n=5-m=6"]
    assert ids(made[2]) == ["n=1-m=2", "n=5-m=6"], "the first and the last"
    assert made[2].settings == ("sim float32",)


def test_cases_of_its_own(tmp_path: Path) -> None:
    """Some of the check's by id, and others by their arguments."""
    _, made = loaded(tmp_path, "@digits(1, cases=['n=3-m=4', {'m': 8, 'n': 7}])")

    assert ids(made)[0] == "n=3-m=4"
    assert [case.arguments for case in made.cases] == [
        {"n": 3, "m": 4}, {"m": 8, "n": 7}
    ]  # fmt: skip
    assert not made.same_cases


def test_what_is_hidden_stays_hidden(tmp_path: Path) -> None:
    """The checks that are made of a hidden one are hidden."""
    assert [c.hidden for c in loaded(tmp_path, "@hidden\n@digits(1)")] == [True, True]


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ("@digits(1)\n@digits(2)", "test_f is marked @digits twice; drop one"),
        (
            "@digits(1, cases=['n=9-m=9'])",
            "test_f: @digits names the case 'n=9-m=9'; there are 'n=1-m=2', ",
        ),
        (
            "@types(1, cases=[{'n': 9}])",
            r"test_f: a case of @types gives \['n'\]; the check takes \['m', 'n'\]",
        ),
        ("@digits(0)", "test_f_digits has no points; put @points"),
    ],
)
def test_what_an_author_may_not_ask(tmp_path: Path, marks: str, words: str) -> None:
    """The error has the file, the check, the mark and what there is."""
    with pytest.raises(CourseError, match=words) as caught:
        loaded(tmp_path, marks)

    assert str(caught.value).startswith(f"{tmp_path / 'test_sample.py'}: ")


def test_a_mark_of_a_check_that_draws_its_cases(tmp_path: Path) -> None:
    """Hypothesis looks for other examples where other things count."""
    source = CASES.replace(
        '@pytest.mark.parametrize(("n", "m"), [(1, 2), (3, 4), (5, 6)])',
        "@given(n=st.integers(0, 9), m=st.integers(0, 9))",
    )

    with pytest.raises(
        CourseError,
        match="test_sample.py: test_f draws its inputs by Hypothesis and is marked",
    ):
        loaded(tmp_path, "@types(1)", source)


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    """A check of the name that a mark would make is refused."""
    with pytest.raises(CourseError, match="test_f_digits is the name of a check that"):
        loaded(
            tmp_path, "@digits(1)", CASES + CASES.replace("test_f(", "test_f_digits(")
        )


SLIPS = {
    "right": "return 2 * x",
    "wrong": "return 3 * x",
    "single": "return 2 * x.float()",
    "constant": "return 2 * x * torch.tensor(3.0).sqrt() / 3.0**0.5",
    "crash": "return torch.eye(3) @ x * 2",
    "writes": "result = 2 * x; x.zero_(); return result",
}
SOLUTION = '"""Doubling."""\nimport torch\n' + "".join(
    f'''

def {name}(x: torch.Tensor) -> torch.Tensor:
    """Return ``2 * x``."""
    # BEGIN SOLUTION
    return 2 * x
    # END SOLUTION
'''
    for name in SLIPS
)
CHECKS = HEAD + "".join(
    f"""
@points(1)
@digits(1)
def test_{name}(student, draw):
    '''{name} doubles'''
    agrees(student.{name}, lambda x: 2 * x, draw(3, 2))
"""
    for name in SLIPS
)
ENDS = """
@points(1)
@digits(1)
def test_ends(student):
    '''writes refuses what is no tensor'''
    x = torch.ones(2)
    student.writes(x)
    with pytest.raises(AttributeError):
        student.writes([])
"""
LISTING = """
import json, sys, pytest

class Listing:
    found = {}
    def pytest_runtest_logreport(self, report):
        name = report.nodeid.partition("::")[2].partition("[")[0]
        if report.when == "call":
            self.found.setdefault(name, []).append(report.outcome)

pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]], [Listing()])
print("FOUND", json.dumps(Listing.found))
"""


def by_pytest(folder: Path, *options: str) -> dict[str, bool]:
    """What pytest says in a student's folder: whether all settings passed."""
    done = subprocess.run(
        [sys.executable, "-c", LISTING, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    (line,) = [t for t in done.stdout.splitlines() if t.startswith("FOUND")] or [
        pytest.fail(done.stdout + done.stderr)
    ]
    found: dict[str, list[str]] = json.loads(line.removeprefix("FOUND"))
    return {name: set(all_of) == {"passed"} for name, all_of in found.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated folder in which each function has its slip."""
    root = tmp_path_factory.mktemp("course")
    course = write_small_course(root, SOLUTION, CHECKS + ENDS, '"""None."""\n')
    out = give_out(course, root / "small")
    (out / "scaling.py").write_text(
        "import torch\n"
        + "".join(f"def {name}(x):\n    {slip}\n" for name, slip in SLIPS.items())
    )
    return out


def test_pytest_finds_what_the_command_finds(folder: Path) -> None:
    """Each check passes or fails alike, plain ones and those that a mark makes."""
    home = load_folder(find_assignment(folder))
    results = list(check_results(home, Selection()))
    ours = {r.id.partition("::")[2]: r.outcome.value for r in results}

    theirs = by_pytest(folder)

    waiting = ours.pop("test_wrong_digits")
    assert (waiting, theirs.pop("test_wrong_digits")) == ("waiting", False)
    assert {name: outcome == "passed" for name, outcome in ours.items()} == theirs
    assert {name for name, passed in theirs.items() if not passed} == {
        *("test_wrong", "test_single_digits", "test_constant_digits"),
        *("test_crash_digits", "test_writes_digits", "test_ends_digits"),
    }


def test_derived_checks_are_chosen_by_name(folder: Path) -> None:
    """`pytest -k digits` runs those that marks make, and no other."""
    found = by_pytest(folder, "-k", "digits and not wrong")

    assert found == {
        "test_right_digits": True,
        **{f"test_{name}_digits": False for name in SLIPS if name[0] in "sc"},
        "test_writes_digits": False,
        "test_ends_digits": False,
    }
