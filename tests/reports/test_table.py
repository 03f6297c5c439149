"""grades.csv: what stands in it, and what must not run from it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.reports.table import defused, write_grades
from autograder.verdict import Verdict


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_row_per_student_and_a_column_per_exercise(
    everything: Verdict, tmp_path: Path
) -> None:
    """Columns in the assignment's order, rows in the alphabet's."""
    other = replace(everything, student="student_00", checks=everything.checks[:2])

    write_grades(tmp_path / "grades.csv", [everything, other])

    assert read(tmp_path / "grades.csv") == [
        [
            "student",
            "points",
            "max_points",
            "convolution",
            "pooling",
            "means",
            "needs_attention",
        ],
        ["student_00", "2", "5", "2", "", "", ""],
        ["student_01", "4", "19.5", "2", "0", "2", "1 refused, 1 grader_fault"],
    ]


def test_equal_classes_are_equal_bytes(everything: Verdict, tmp_path: Path) -> None:
    """The order of grading does not show, and nothing else is left behind."""
    other = replace(everything, student="student_02")

    write_grades(tmp_path / "a.csv", [everything, other])
    write_grades(tmp_path / "b.csv", [other, everything])

    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", " =", "\t=", "\n@"])
def test_no_cell_is_a_formula(everything: Verdict, tmp_path: Path, sign: str) -> None:
    """A spreadsheet reads a student's name as text, whatever it begins with."""
    evil = replace(everything, student=f"{sign}HYPERLINK(1)")

    write_grades(tmp_path / "grades.csv", [evil])

    assert read(tmp_path / "grades.csv")[1][0] == f"'{sign.strip()}HYPERLINK(1)"


def test_commas_quotes_and_lines_stay_in_their_cell(
    everything: Verdict, tmp_path: Path
) -> None:
    """Whatever a name holds, the row keeps its columns."""
    odd = replace(everything, student='a,"b"\nc')

    write_grades(tmp_path / "grades.csv", [odd])

    table = read(tmp_path / "grades.csv")
    assert table[1][0] == 'a,"b" c'
    assert {len(row) for row in table} == {7}


def test_ordinary_cells_stay_as_they_are() -> None:
    """Only the beginning counts."""
    assert [defused(cell) for cell in ("a-b", "3", "", "x=1")] == [
        "a-b",
        "3",
        "",
        "x=1",
    ]
