"""Tables for spreadsheets: the one place where CSV is written.

A cell that begins as a formula does is one to a spreadsheet, and formulas can send what
stands in other cells elsewhere. Excel and LibreOffice also take a file for one with
another separator, by the reader's country: then a cell begins wherever this separator,
or the end of a line, stands in a text. An apostrophe before the formula makes it text
in each of these readings. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

from autograder.wording import one_line

# The last four are their wide forms, which Excel takes for them.
_FORMULA = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_ENDS = ";,\t\r\n"  # of a cell, in some reading
# What a cell that begins here may be: a number, or a dash for nothing.
_HARMLESS = r"(?:[+-]\d+(?:[.,]\d+)?%?|-)\Z"
_BEGINNING = re.compile(rf"((?:\A|[{_ENDS}])[\s\"]*)(?=[{_FORMULA}])(?!{_HARMLESS})")
_MARKED = re.compile(rf"((?:\A|[{_ENDS}])[\s\"]*)'(?=[{_FORMULA}])")
_BLANKS = ("\t", "\r")  # at whose sight some programs skip to what follows


def csv_text(rows: Iterable[Iterable[str]], separator: str = ",") -> str:
    """The rows as a file. Each cell has been through ``defused`` or ``guarded``."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerows(rows)
    return text.getvalue()


def defused(cell: str) -> str:
    """The cell on one line, so that no spreadsheet takes it for a formula.

    Example:
        >>> defused("=HYPERLINK(1)"), defused("a;+b"), defused("-2.5")
        ("'=HYPERLINK(1)", "a;'+b", '-2.5')
    """
    return guarded(one_line(cell))


def guarded(text: str) -> str:
    """Text of any number of lines, marked wherever it begins as a formula does."""
    marked = _BEGINNING.sub(r"\1'", text)
    return f"'{marked}" if marked.startswith(_BLANKS) else marked


def unguarded(text: str) -> str:
    """The text without the marks of ``guarded``."""
    if text[:1] == "'" and text[1:].startswith(_BLANKS):
        text = text[1:]
    return _MARKED.sub(r"\1", text)
