"""Which marks a check file lacks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.checking.demands import missing_marks
from autograder.checking.loading import load_checks
from autograder.checking.running import run_checks

HEAD = """
import pytest, torch
from autograder import agrees, close, device, digits, equal, points, types
"""
SOURCE = """
import torch
def double(x): return x * 2
def count(x): return len(x)
def half(n): return n / 2
def pair(n): return n, n
def names(n): return ["a"] * n
def is_even(n): return n % 2 == 0
def name(n): return "abc"[n]
def order(x): return x.argsort()
def mask(x): return x > 0
"""
DOUBLE = "agrees(student.double, lambda x: x * 2, draw(3))"
DIGITS = "{} has floating-point results, and no check in which their digits count; "
TYPES = "{} has results whose type matters, and no check in which it counts; "
MARK = "put @{}(points) above one of test_it"


@pytest.mark.parametrize(
    ("body", "marks", "wanted"),
    [
        (DOUBLE, "", DIGITS.format("double") + MARK.format("digits")),
        (DOUBLE, "@types(1)", DIGITS.format("double") + MARK.format("digits")),
        (DOUBLE, "@digits(1)", None),
        ("equal(student.half(3), 1.5)", "@types(1)", None),
        ("close(student.half(3), 1.5)", "", "half has floating-point results"),
        ("equal(student.count([]), 0)", "", TYPES.format("count")),
        ("equal(student.count([]), 0)", "@device(1)", TYPES.format("count")),
        ("equal(student.count([]), 0)", "@types(1)", None),
        ("equal(student.count([]), 0)", "@digits(1)", None),
        ("equal(student.pair(1), (1, 1))", "", "pair has results whose type"),
        ("equal(student.names(1), ['a'])", "", "names has results whose type"),
        ("equal(student.order(draw(3)) >= 0, torch.ones(3) > 0)", "", None),
        (
            "agrees(student.order, torch.argsort, draw(3))",
            "",
            "order has results whose type matters",
        ),
        ("agrees(student.mask, lambda x: x > 0, draw(3))", "", None),
        ("equal(student.is_even(1), False)", "", None),
        ("equal(student.name(1), 'b')", "", None),
    ],
)
def test_what_a_function_needs(
    body: str,
    marks: str,
    wanted: str | None,
    tmp_path: Path,
    open_local: Callable[[str], Any],
) -> None:
    """Digits count for floating-point results, types for numbers and containers."""
    path = tmp_path / "test_sample.py"
    takes = "student, draw" if "draw" in body else "student"
    path.write_text(
        f"{HEAD}\n@points(1)\n{marks}\ndef test_it({takes}):\n"
        f"    '''it is so'''\n    {body}\n"
    )
    checks = load_checks(path, "sample")

    found = missing_marks(run_checks(checks, open_local(SOURCE), 1))

    assert len(found) == (wanted is not None)
    if wanted is not None:
        assert found[0].startswith(wanted)


def test_each_function_by_itself(
    tmp_path: Path, open_local: Callable[[str], Any]
) -> None:
    """A mark on a check of another function is none; one on any of its own will do."""
    path = tmp_path / "test_sample.py"
    path.write_text(
        HEAD
        + "".join(
            f"\n@points(1)\n{marks}\ndef test_{name}(student, draw):\n"
            f"    '''it is so'''\n    agrees(student.{function}, {oracle}, draw(3))\n"
            for name, function, oracle, marks in [
                ("double", "double", "lambda x: x * 2", ""),
                ("again", "double", "lambda x: 2 * x", "@digits(1)"),
                ("order", "order", "torch.argsort", ""),
                ("once_more", "order", "torch.argsort", ""),
            ]
        )
    )
    checks = load_checks(path, "sample")

    (found,) = missing_marks(run_checks(checks, open_local(SOURCE), 1))

    assert found.startswith("order has results whose type matters")
    assert found.endswith("one of test_order, test_once_more")
