"""What the packages' docstrings show is run as it stands."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

import autograder
from autograder.checking.solution import Solution
from autograder.course.assignment import load_course
from autograder.protocol.calls import Request
from autograder.verdict import CheckResult, Outcome, Verdict
from tests.small_course import write_small_course

ROOT = Path(__file__).parent.parent
PACKAGES = [
    module.name for module in pkgutil.iter_modules(autograder.__path__) if module.ispkg
]
# What they are is told in words, or by a test that tries each part.
NOTHING_TO_SHOW = {"cli", "sandbox", "simulated", "wording", "worksheet"}


def usage(package: str) -> str:
    """The indented code of a package's docstring."""
    text = importlib.import_module(f"autograder.{package}").__doc__ or ""
    return "\n".join(line[4:] for line in text.splitlines() if line.startswith("    "))


def named() -> dict[str, Any]:
    """The names that the usages take for granted."""
    cnn = load_course(Path("solutions")).assignment("small")
    module = ModuleType("written")
    vars(module)["double"] = lambda x: 2 * x
    check = CheckResult("a::b", "a", "f", "it is right", Outcome.PASSED, 1.0, 1.0)
    return {
        "Path": Path,
        "torch": torch,
        "cnn": cnn,
        "assignment": cnn,
        "solution": Solution(cnn),
        "module": module,
        "request": Request(["function", "double"], [3], {}, []),
        "verdict": Verdict("cnn", "student_01", 1, [check]),
    }


@pytest.mark.parametrize("package", sorted({*PACKAGES} - NOTHING_TO_SHOW))
def test_a_package_shows_how_it_is_used(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines of its docstring run, in a folder with a course and a class."""
    write_small_course(tmp_path)
    shutil.copytree(ROOT / "assignments" / "cnn", tmp_path / "assignments" / "cnn")
    (tmp_path / "submissions" / "student_01").mkdir(parents=True)
    shutil.copy(
        tmp_path / "solutions" / "small" / "scaling.py",
        tmp_path / "submissions" / "student_01",
    )
    monkeypatch.chdir(tmp_path)
    code = usage(package).replace('assignment("cnn")', 'assignment("small")')

    assert "import" in code
    exec(compile(code, f"<{package}>", "exec"), named())


def test_every_package_says_what_it_is() -> None:
    """One that shows nothing is known to."""
    assert {*PACKAGES} >= NOTHING_TO_SHOW
    for package in PACKAGES:
        assert importlib.import_module(f"autograder.{package}").__doc__
