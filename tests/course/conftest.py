"""A small course on disk: one assignment with two exercises."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course.assignment import Assignment, load_course

SUMS = '''"""Adding up."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

# BEGIN SOLUTION


def _halves(x: Tensor) -> tuple[Tensor, Tensor]:
    middle = math.floor(len(x) / 2)
    return x[:middle], x[middle:]


# END SOLUTION


def total(x: Tensor) -> Tensor:
    """The sum of all values of x."""
    # Two halves err less than one long sum.
    # BEGIN SOLUTION
    first_half, second_half = _halves(x)
    return first_half.sum() + second_half.sum()
    # END SOLUTION


class Counter:
    """Counts what it is shown."""

    def show(self, thing: Any) -> int:
        """Show one thing."""
        # BEGIN SOLUTION
        self.shown_until_now = getattr(self, "shown_until_now", 0) + 1
        return self.shown_until_now
        # END SOLUTION
'''

TEST_SUMS = '''"""What a correct sums.py does."""

import math

import pytest
import torch

from autograder import agrees, equal, hidden, points

SIZES = [1, 2, 5]
SECRET_SIZES = [0, 101, 4099, 8191]


@points(2)
@pytest.mark.parametrize("size", SIZES)
def test_total_agrees_with_torch(student, draw, size):
    """total agrees with torch.sum"""
    agrees(student.total, torch.sum, draw(size))


# Sizes that a loop with a fixed chunk gets wrong.


def _unusual(draw, size):
    return draw(size, low=-math.pi, high=math.pi)


@points(3)
@hidden
@pytest.mark.parametrize("size", SECRET_SIZES)
def test_total_of_unusual_sizes(student, draw, size):
    """total holds for every length, none included"""
    agrees(student.total, torch.sum, _unusual(draw, size))


@points(1)
def test_counter_counts(student):
    """a counter counts"""
    equal(student.Counter().show("a"), 1)
'''

SIGNS = '''"""Signs."""


def sign(number: float) -> int:
    """1, 0 or -1."""
    # BEGIN SOLUTION
    return (number > 0) - (number < 0)  # booleans are numbers
    # END SOLUTION
'''

TEST_SIGNS = '''"""What a correct signs.py does."""

from autograder import equal, points


@points(1)
def test_sign(student):
    """sign knows three cases"""
    equal(student.sign(-2.5), -1)
'''

MISTAKES = '''"""The classic wrong turns."""

from autograder import mistake, reference


@mistake("sums", question="Is the middle counted in both halves?")
def total__counts_the_middle_twice(x):
    """the sum with the middle value
    counted in both halves"""
    return reference("sums").total(x) + x[len(x) // 2]
'''

WORKSHEET = '''\
title = "On paper"

[[question]]
id = "halves"
kind = "shape"
prompt = """
What is the shape of the first half of a batch of (12, 112, 112),
when it is cut along its first axis?"""
points = 1
answer = [6, 112, 112]  # the first axis alone is cut
'''

ASSIGNMENT = """\
title = "Sums and signs"
exercises = ["sums", "signs"]

[limits]
call_seconds = 2

[forbidden]
sums = ["torch.sum", "torch.Tensor.sum*"]
"""

HANDOUT = """\
# Sums

Add up as in ![a picture](figures/halves.svg), then write [sums.py](sums.py).
"""

FILES = {
    "course.toml": 'title = "Numbers"\npublic_seed = 7\nassignments = ["numbers"]\n',
    "numbers/assignment.toml": ASSIGNMENT,
    "numbers/sums.py": SUMS,
    "numbers/test_sums.py": TEST_SUMS,
    "numbers/signs.py": SIGNS,
    "numbers/test_signs.py": TEST_SIGNS,
    "numbers/mistakes/sums.py": MISTAKES,
    "numbers/worksheet.toml": WORKSHEET,
    "numbers/HANDOUT.md": HANDOUT,
    "numbers/figures/halves.svg": "<svg/>\n",
}


@pytest.fixture
def course_folder(tmp_path: Path) -> Path:
    """A course that breaks no rule, free to be broken."""
    folder = tmp_path / "solutions"
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def numbers(course_folder: Path) -> Assignment:
    """The course's only assignment."""
    return load_course(course_folder).assignment("numbers")
