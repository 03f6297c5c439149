"""``autograder numerics``: tables, a plot, a verdict and an exit code."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.authoring.numerics import Caught, Numerics, Row
from autograder.checking.measuring import Worst
from autograder.cli.numerics_page import page
from tests.small_course import SOLUTION, write_small_course

MISTAKES = '''"""Wrong turns."""
from autograder import mistake


@mistake(question="What is a sum?", rounding="test_shifts")
def shift__is_off(x, offset):
    """a sum that is a little too large"""
    return x + offset * (1 + {})
'''


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "autograder", "numerics", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("error", "code", "verdict"),
    [("1e-6", 0, "The tolerance fits."), ("2e-9", 1, "The tolerance does not fit")],
)
def test_the_exit_code_is_the_verdict(
    tmp_path: Path, error: str, code: int, verdict: str
) -> None:
    """A mistake that is caught by far, and one that is nearly let through."""
    course = write_small_course(tmp_path, mistakes=MISTAKES.format(error))
    style = tmp_path / "loops"
    style.mkdir()
    (style / "scaling.py").write_text(SOLUTION)

    done = run("small", "--course", course, "--styles", style, "--seeds", 3)

    assert done.returncode == code, done.stderr
    assert verdict in done.stdout
    assert "small: Small, 3 seeds" in done.stdout
    assert "  a  loops" in done.stdout
    assert "shift__is_off" in done.stdout
    assert "measuring small" in done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80 or code


def test_styles_belong_to_one_assignment(tmp_path: Path) -> None:
    """With several in the course, one must be named."""
    course = write_small_course(tmp_path)
    (course / "course.toml").write_text(
        'title = "Small"\npublic_seed = 5\nassignments = ["small", "other"]\n'
    )
    (course / "small").rename(course / "other")
    write_small_course(tmp_path / "again")
    (tmp_path / "again" / "solutions" / "small").rename(course / "small")

    done = run("--course", course, "--styles", tmp_path)

    assert done.returncode == 2
    assert "the course has 2 assignments" in done.stderr


@pytest.fixture
def numerics() -> Numerics:
    rows = [
        Row(
            "layers::test_a_name_that_is_much_longer_than_there_is_room_for_it_here",
            "cpu float64",
            {"reference": Worst(3.2e-7, 7), "loops": Worst(0.0, 7)},
        ),
        Row("layers::test_b", "cpu float64", {"reference": Worst(0.2, 7)}),
        Row(
            "layers::test_b",
            "sim bfloat16",
            {"reference": Worst(0.26, 8), "loops": Worst(0.27, 7)},
        ),
    ]
    caught = [
        Caught("layers::f__m", "layers::test_b", "cpu float64", Worst(math.inf, 9)),
        Caught("layers::f__n", "layers::test_b", "sim bfloat16", Worst(12.0, 9)),
    ]
    return Numerics(["reference", "loops"], rows, caught)


def test_the_page(numerics: Numerics) -> None:
    """Numbers by check, setting and style, with names cut to fit."""
    lines = page(numerics, "title").splitlines()

    assert lines[:5] == [
        "title",
        "",
        "The largest error over all seeds, in units of what is allowed:",
        "  r  reference",
        "  a  loops",
    ]
    table = lines[lines.index("") + 5 :]
    assert table[0].split() == ["layers", "r", "a"]
    assert table[1].split() == [
        "a_name_that_is_much_longer_than_there_is_room_for_i..",
        *("cpu", "f64", "3e-07", "0"),
    ]
    assert table[2].split() == ["b", "cpu", "f64", "0.2", "-"]
    assert table[3].split() == ["sim", "bf16", "0.26", "0.27"]
    verdict = lines.index("The tolerance does not fit here (2 in all):")
    assert max(map(len, lines[:verdict])) <= 80


def test_the_plot(numerics: Numerics) -> None:
    """Each mark is on its side of the lines; where several meet stands a plus."""
    lines = page(numerics, "title").splitlines()
    first, second, third = _strips(lines)

    for strip in (first, second, third):
        assert [n for n, mark in enumerate(strip) if mark in ":|"] == [18, 20, 22]
    assert (first.index("a"), first.index("r")) == (0, 4)
    assert second.index("r") < second.index(":")
    assert second.rindex("X") == len(second) - 1
    assert second.rindex("X") > second.rindex(":")
    assert third.index(":") < third.index("+") < third.index("|")
    assert third.rindex(":") < third.index("X")


def _strips(lines: list[str]) -> list[str]:
    """The strips of the plot, in the order of the rows."""
    (start,) = [n for n, line in enumerate(lines) if "1e-8" in line]
    return [line[39:] for line in lines[start + 1 : start + 4]]
