"""`autograder verify --mutants` on a small course: what survives is shown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small_course import CHECKS, write_small_course

SOLUTION = '''"""Scaling."""
import torch


def scale(x: torch.Tensor, factor: float) -> torch.Tensor:
    """Return ``factor * x``."""
    # BEGIN SOLUTION
    steps = 3
    while steps > 0:
        steps -= 1
    return factor * x
    # END SOLUTION


def shift(x: torch.Tensor, offset: float) -> torch.Tensor:
    """Return ``x + offset``."""
    # BEGIN SOLUTION
    return x + offset
    # END SOLUTION
'''


def listed(entries: list[tuple[str, list[str]]]) -> str:
    """A mutants.toml."""
    return "".join(
        f"[[equivalent]]\nexercise = 'scaling'\nfunction = 'scale'\n"
        f"line = {line!r}\nmutants = {mutants!r}\nreason = 'It counts for nothing.'\n"
        for line, mutants in entries
    )


def verify(root: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder with a course."""
    command = [sys.executable, "-m", "autograder", "verify", "small", "--mutants"]
    return subprocess.run(
        [*command, *options],
        cwd=root,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("mutants")
    write_small_course(root, SOLUTION, CHECKS)
    return root


@pytest.fixture(scope="module")
def first(course: Path) -> subprocess.CompletedProcess[str]:
    return verify(course, "--jobs", "2")


def test_what_survives_is_shown(
    first: subprocess.CompletedProcess[str], course: Path
) -> None:
    """Exit code 1, and each survivor with its place, the line before and after."""
    assert first.returncode == 1, first.stderr
    assert "scaling.py:8: in scale, a mutant (constant) passes 2 of 2 checks" in (
        first.stdout
    )
    assert "    - steps = 3\n    + steps = 4\n" in first.stdout
    assert "mutants.toml with its reason" in first.stdout
    assert "return x - offset" not in first.stdout  # it is caught


def test_a_mutant_that_never_ends_is_caught(
    first: subprocess.CompletedProcess[str], course: Path
) -> None:
    """A loop without end costs its child, and nothing else."""
    kept = json.loads((course / "results" / "mutants" / "small.json").read_text())

    outcomes = [trial["outcome"] for trial in kept["trials"].values()]
    assert "out_of_time" in outcomes
    assert "grader_fault" not in outcomes
    assert "+ steps += 1" not in first.stdout


def test_equivalent_ones_are_listed(
    first: subprocess.CompletedProcess[str], course: Path
) -> None:
    """With its survivors listed the course is proved; nothing is tried again."""
    survivors = [
        (line[6:], after[6:])
        for line, after in zip(first.stdout.splitlines(), first.stdout.splitlines()[1:])
        if line.startswith("    - ")
    ]
    folder = course / "solutions" / "small"
    (folder / "mutants.toml").write_text(
        listed([(before, [after]) for before, after in dict.fromkeys(survivors)])
    )

    done = verify(course, "--jobs", "2")

    assert done.returncode == 0, done.stdout
    assert f"{len(survivors)} equivalent, 0 survive" in done.stdout
    (folder / "mutants.toml").unlink()


def test_a_list_that_is_wrong(first: object, course: Path) -> None:
    """A listed mutant that is caught, or that is not there any more, is a complaint."""
    file = course / "solutions" / "small" / "mutants.toml"
    line = "return factor * x"
    file.write_text(listed([(line, ["return factor / x", "return 7"])]))

    done = verify(course)
    file.unlink()

    assert done.returncode == 1
    assert "'return factor / x' is caught by test_scales" in done.stdout
    assert "no mutant turns 'return factor * x' into 'return 7'" in done.stdout


def test_a_sample(first: object, course: Path) -> None:
    """A sample says how many of how many were tried."""
    done = verify(course, "--sample", "3")

    assert "3 of " in done.stdout


def test_a_solution_that_does_not_pass(tmp_path: Path) -> None:
    """Where the solution itself fails, mutants prove nothing, and that is said."""
    write_small_course(tmp_path, SOLUTION.replace("x + offset\n", "x - offset\n"))

    done = verify(tmp_path)

    assert done.returncode == 2
    assert "the solution itself does not pass test_shifts" in done.stderr


BY_HAND = '''"""By hand."""


def scale(x, factor):
    """``factor * x``, whose gradient is nobody's."""
    # BEGIN SOLUTION
    found = factor * x
    return found + 0.0
    # END SOLUTION
'''
ONE_CHECK = '''"""What a correct scaling.py does."""
from autograder import agrees, points


@points(1)
def test_scales(student, draw):
    """scale multiplies"""
    agrees(student.scale, lambda x, factor: factor * x, draw(4), 3.0, {how})
'''


@pytest.mark.parametrize("asked", [False, True])
def test_gradients_that_nobody_asks_for(tmp_path: Path, asked: bool) -> None:
    """They are told once for a function, with what to list, unless one is caught."""
    checks = ONE_CHECK.format(how=f"gradient={asked}")
    write_small_course(tmp_path, BY_HAND, checks, "")

    done = verify(tmp_path, "--jobs", "1")

    told = "in scale, all 2 mutants (detach) pass every check"
    entry = 'function = "scale"\n    kind = "detach"\n'
    assert (told in done.stdout, entry in done.stdout) == (not asked, not asked)
    assert "a mutant (detach) passes" not in done.stdout
