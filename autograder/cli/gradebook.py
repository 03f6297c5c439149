"""``autograder gradebook``: the results of several assignments in one table."""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.grading.results import write_whole
from autograder.platforms.rosters.classes import read_classes
from autograder.reports import gradebook


def gradebook_command(folders: list[Path], out: Path | None) -> None:
    """Print the table, and write it as CSV where ``out`` says so.

    Raises:
        ResultsError: a folder holds no verdicts, or two folders those of one
            assignment.
    """
    tables = [one.verdicts for one in read_classes(folders)]
    print(gradebook.render(tables, colour=sys.stdout.isatty()), end="")
    if out is not None:
        write_whole(out, gradebook.to_csv(tables))
        print(f"{out} holds the same as a table.")
