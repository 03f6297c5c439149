"""No cell is a formula, whatever separator the reader's country has."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.reports.spreadsheet import csv_text, defused, guarded, unguarded

FORMULA = re.compile("[=+\\-@\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-]\d+([.,]\d+)?%?")
CELLS = st.text("=+-@\uff1d;,\t\r\n \"'a1.", max_size=12)


def formulas(text: str) -> list[str]:
    """The cells that some spreadsheet takes for formulas, in any reading."""
    found = []
    for separator in ",;\t":
        # Quotes that hold a cell together, and such as stand in its middle for nothing.
        rows = [*csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
        rows += [re.split(f"[{separator}\r\n]", text)]
        for cell in (cell for row in rows for cell in row):
            bare = cell.strip(' "')
            # What is behind a comma makes no formula of a number before it.
            first = re.split("[,;\t]", bare)[0].rstrip(' "')
            if FORMULA.match(bare) and first != "-" and not NUMBER.fullmatch(first):
                found.append(cell)
    return found


@given(st.lists(CELLS, min_size=1, max_size=3), st.sampled_from(",;\t"))
@example(["=HYPERLINK(1)"], ",")
@example(["a;=HYPERLINK(1)"], ",")
@example(['a;"=HYPERLINK(1)"'], ",")
@example(["a, =1+1"], ";")
@example(["first\n=1+1"], ",")
@example(["a\t@SUM(1)"], ",")
@example(["-2+3"], ",")
@example(["-2\n+3"], ",")
def test_no_reading_has_a_formula(cells: list[str], separator: str) -> None:
    """Each cell is text in a file read with commas, semicolons or tabs."""
    assert formulas(csv_text([[guarded(cell) for cell in cells]], separator)) == []
    assert formulas(csv_text([[defused(cell) for cell in cells]], separator)) == []


def test_formulas_are_found() -> None:
    """The test above can fail."""
    assert formulas("x,=1\n")
    assert formulas('"a;=1",2\n')
    assert formulas("3,-2,-,+4.5\n") == []


@given(st.text('=+-@;,\t\r\n "a1.', max_size=12))
def test_marks_come_off_again(text: str) -> None:
    """What was marked is read back as it was."""
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("cell", ["3", "-2.5", "+4", "-2,5", "-", "50%", "-5%", ""])
def test_numbers_stay_numbers(cell: str) -> None:
    """So does a dash, which stands for nothing."""
    assert defused(cell) == cell


@pytest.mark.parametrize("cell", ["a-b", "x=1", "a@b.example", "1 fault, 2 refused"])
def test_ordinary_cells_stay_as_they_are(cell: str) -> None:
    """Only the beginnings of cells count."""
    assert defused(cell) == cell


@pytest.mark.parametrize("blank", ["\t", "\r"])
def test_a_leading_blank_that_acts(blank: str) -> None:
    """A tab or a return at the beginning is behind a mark, too."""
    assert guarded(f"{blank}a") == f"'{blank}a"
