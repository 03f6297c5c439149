"""``autograder written``: answers out to whoever grades them, and points back."""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.grading.results import (
    Results,
    verdicts_of,
    write_whole,
)
from autograder.grading.written import (
    Progress,
    WrittenError,
    export_answers,
    import_points,
    progress,
    write_points,
)
from autograder.tables import counted


def export_command(folder: Path, table: Path | None, replace: bool) -> None:
    """Write the table of written answers; ``-`` or none given: RESULTS/written.csv."""
    verdicts = verdicts_of(folder)
    how_far = progress(verdicts)
    if not how_far.answers:
        raise WrittenError(
            f"{folder}: no verdict has a written answer. The assignment's worksheet "
            "asks no question of the kind `written`."
        )
    path = table or folder / "written.csv"
    if path == Path("-"):
        sys.stdout.write(export_answers(verdicts))
        return
    if path.exists() and not replace:
        raise WrittenError(
            f"{path}: is there already, and may hold points that were not imported. "
            "Import it first, name another file, or overwrite it with --replace."
        )
    write_whole(path, export_answers(verdicts), private=True)
    print(
        f"{path} holds {counted(how_far.answers, 'written answer')}. Fill in the "
        f"columns points and comment, then:\nautograder written import {folder} {path}"
    )


def import_command(folder: Path, table: Path) -> None:
    """Take over the points of a table; all rows, or none."""
    try:
        text = sys.stdin.read() if table == Path("-") else _text(table)
    except OSError as error:
        raise WrittenError(f"{table}: cannot be read ({error.strerror})") from None
    results = Results.of(folder)
    verdicts = verdicts_of(folder)
    changed = import_points(text, verdicts)
    verdicts = write_points(results, changed, verdicts)
    print(
        f"{counted(len(changed), 'verdict')} changed, with reports and grades.csv. "
        f"{_told(progress(verdicts))}"
    )


def _text(table: Path) -> str:
    """The file's text; spreadsheets on Windows still write their own encoding."""
    data = table.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _told(how_far: Progress) -> str:
    if how_far.graded == how_far.answers:
        return f"All {counted(how_far.answers, 'written answer')} have points."
    left = how_far.answers - how_far.graded
    return f"{left} of {counted(how_far.answers, 'written answer')} have no points yet."
