"""Parametrised checks: the same cases, whoever collects them."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from textwrap import dedent

import pytest
import torch

from autograder.checking.case import case_label
from autograder.checking.loading import Check, load_checks
from autograder.checking.solution import Solution

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
    """Every check of the tiny course has a promise, points and a subject.

    Each mark that derives one is a check more.
    """
    checks = [check for found in tiny.checks.values() for check in found]
    files = [tiny.assignment.checks(e) for e in tiny.assignment.exercises]
    written = "".join(file.read_text(encoding="utf-8") for file in files)

    assert sum(c.derived is None for c in checks) == written.count("\ndef test_") > 30
    derived = Counter(c.derived for c in checks if c.derived is not None)
    assert derived == {
        kind: written.count(f"\n@{kind}(") for kind in ("digits", "types", "device")
    }
    assert all(
        callable(getattr(tiny.references[c.exercise], c.function)) for c in checks
    )
    assert len({c.function for c in checks}) >= 15
    assert sum(c.hidden for c in checks) == written.count("\n@hidden\n") > 0


def test_case_ids_hold_no_address() -> None:
    """What is drawn by an id, and checked in, is the same in every process."""
    case = {"f": torch.var, "g": partial(torch.sum, dim=0), "h": [torch.exp, len]}

    assert " at 0x" not in case_label(case)
    assert case_label({"f": torch.var, "eps": 0.5}) == "f=var-eps=0.5"
    again = subprocess.run(
        [
            sys.executable,
            "-c",
            "import torch; from functools import partial; "
            "from autograder.checking.case import case_label; print(case_label("
            "{'f': torch.var, 'g': partial(torch.sum, dim=0), 'h': [torch.exp, len]}))",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout.strip() == case_label(case)
