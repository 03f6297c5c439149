"""grades.csv: what stands in it, and what must not run from it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from autograder.reports.table import to_csv
from autograder.verdict import Note, Outcome, Verdict


def table(*verdicts: Verdict) -> list[list[str]]:
    """The rows that a spreadsheet reads."""
    return list(csv.reader(io.StringIO(to_csv(verdicts))))


def test_a_row_per_student_and_a_column_per_exercise(
    everything: Verdict,
) -> None:
    """Columns in the assignment's order, rows in the alphabet's."""
    other = replace(everything, student="student_00", checks=everything.checks[:2])

    assert table(everything, other) == [
        [
            "student",
            "points",
            "max_points",
            "convolution",
            "pooling",
            "means",
            "written",
            "needs_attention",
        ],
        ["student_00", "2", "5", "2", "", "", "", ""],
        ["student_01", "", "19.5", "2", "", "2", "", "1 grader_fault, 1 refused"],
    ]


def test_written_answers_count_once_all_are_graded(everything: Verdict) -> None:
    """The column is empty before, and not there where nothing is to be written."""
    (answer,) = everything.written
    checks = everything.checks[:2]
    graded = [replace(answer, points=1.5), replace(answer, id="how", points=1)]
    half = [graded[0], replace(answer, id="how")]

    whole = replace(everything, checks=checks, written=graded)
    assert table(whole)[1][1:5] == ["4.5", "11", "2", "2.5"]
    assert table(replace(whole, written=half))[1][1:5] == ["3.5", "8", "2", ""]
    assert "written" not in table(replace(whole, written=[]))[0]


def test_points_that_are_open_are_no_number(everything: Verdict) -> None:
    """A fault of ours leaves its exercise and the sum empty; 0 would be a mark."""
    done = replace(
        everything,
        checks=[c for c in everything.checks if c.outcome is not Outcome.GRADER_FAULT],
    )

    assert table(everything)[1][1:6] == ["", "19.5", "2", "", "2"]
    assert table(done)[1][1:6] == ["4", "17.5", "2", "0", "2"]


@pytest.mark.parametrize(
    ("kind", "word"), [("not_read", "not read"), ("ambiguous", "1 ambiguous")]
)
def test_a_submission_that_was_not_read_asks_for_a_look(
    everything: Verdict, kind: str, word: str
) -> None:
    """So does one of whose files nobody knows which counts."""
    odd = replace(everything, checks=everything.checks[:2], notes=[Note(kind, "why")])

    assert table(odd)[1][-1] == word


def test_no_points_at_all_ask_for_a_look(everything: Verdict) -> None:
    """Unless there are none to be had."""
    nothing = replace(everything, checks=everything.checks[1:3])

    assert table(nothing)[1][-1] == "no points"
    assert table(replace(everything, checks=[]))[1][-1] == ""


def test_equal_classes_are_equal_tables(everything: Verdict) -> None:
    """The order of grading does not show."""
    other = replace(everything, student="student_02")

    assert to_csv([everything, other]) == to_csv([other, everything])


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", " =", "\t=", "\n@"])
def test_no_cell_is_a_formula(everything: Verdict, sign: str) -> None:
    """A spreadsheet reads a student's name as text, whatever it begins with."""
    evil = replace(everything, student=f"{sign}HYPERLINK(1)")

    assert table(evil)[1][0] == f"'{sign.strip()}HYPERLINK(1)"


def test_commas_quotes_and_lines_stay_in_their_cell(
    everything: Verdict,
) -> None:
    """Whatever a name holds, the row keeps its columns."""
    odd = replace(everything, student='a,"b"\nc')

    rows = table(odd)
    assert rows[1][0] == 'a,"b" c'
    assert {len(row) for row in rows} == {8}
