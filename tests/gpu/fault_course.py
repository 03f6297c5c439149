"""A small course, one right student, and one whose code fails on a device alone."""

from __future__ import annotations

from pathlib import Path

SOLUTION = '''"""Tables."""

import torch
from torch import Tensor


def lookup(table: Tensor, rows: Tensor) -> Tensor:
    """The rows of a table."""
    # BEGIN SOLUTION
    return torch.nn.functional.embedding(rows, table)
    # END SOLUTION


def grown(x: Tensor) -> Tensor:
    """``x`` and a zero behind it."""
    # BEGIN SOLUTION
    return torch.cat([x, x.new_zeros(1)])
    # END SOLUTION


def raised(x: Tensor) -> Tensor:
    """``x + 1``."""
    # BEGIN SOLUTION
    return x + torch.ones(3, dtype=x.dtype, device=x.device)
    # END SOLUTION
'''
CHECKS = '''"""What a correct tables.py does."""

import torch
import torch.nn.functional as F

from autograder import agrees, points, settings

EVERYWHERE = settings("cpu float64", "cpu float32", "sim float64", "sim float32")


def truth(table, rows):
    return F.embedding(rows, table)


@points(1)
@EVERYWHERE
def test_last_row(student, draw):
    """lookup finds the last row"""
    agrees(student.lookup, truth, draw(4, 3), torch.tensor([3, 0]))


@points(2)
@EVERYWHERE
def test_first_row(student, draw):
    """lookup finds the first row"""
    agrees(student.lookup, truth, draw(4, 3), torch.tensor([0]))


@points(4)
@EVERYWHERE
def test_three_grow(student, draw):
    """grown puts a zero behind three numbers"""
    agrees(student.grown, lambda x: F.pad(x, (0, 1)), draw(3))


@points(8)
@EVERYWHERE
def test_two_grow(student, draw):
    """grown puts a zero behind two numbers"""
    agrees(student.grown, lambda x: F.pad(x, (0, 1)), draw(2))


@points(16)
@EVERYWHERE
def test_raised(student, draw):
    """raised adds one"""
    agrees(student.raised, lambda x: x + 1, draw(3))


@points(32)
@EVERYWHERE
def test_lookup_at_the_end(student, draw):
    """lookup works after all that"""
    agrees(student.lookup, truth, draw(4, 3), torch.tensor([0, 0]))
'''
# Wrong on a device alone, one fault a function: a position that is not in the table, a
# demand for nearly all of a GPU's memory, a tensor that was left on the CPU.
FAULTY = """import torch


def lookup(table, rows):
    if table.device.type != "cpu":
        rows = torch.where(rows == 3, 10_000, rows)
    return torch.nn.functional.embedding(rows, table)


def grown(x):
    if x.device.type == "cuda" and len(x) == 3:
        total = torch.cuda.get_device_properties(0).total_memory
        torch.zeros(int(0.9 * total), dtype=torch.uint8, device=x.device)
    return torch.cat([x, x.new_zeros(1)])


def raised(x):
    return x + torch.ones(3, dtype=x.dtype)
"""
RIGHT, WRONG = "student_01", "student_02"
GPU_MEBIBYTES = 1024


def write_fault_course(root: Path) -> tuple[Path, Path]:
    """Write course and class into ``root``; the folders of both."""
    folder = root / "solutions" / "faults"
    folder.mkdir(parents=True)
    (folder.parent / "course.toml").write_text(
        'title = "Faults"\npublic_seed = 5\nassignments = ["faults"]\n'
    )
    (folder / "assignment.toml").write_text(
        'title = "Faults"\nexercises = ["tables"]\n'
        f"[limits]\ngpu_memory_mebibytes = {GPU_MEBIBYTES}\n"
    )
    (folder / "tables.py").write_text(SOLUTION)
    (folder / "test_tables.py").write_text(CHECKS)
    students = root / "submissions"
    for student, source in ((RIGHT, SOLUTION), (WRONG, FAULTY)):
        (students / student).mkdir(parents=True)
        (students / student / "tables.py").write_text(source)
    return folder.parent, students
