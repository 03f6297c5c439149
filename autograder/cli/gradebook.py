"""``autograder gradebook``: the results of several assignments in one table."""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.grading.results import ResultsError, verdicts_of, write_whole
from autograder.reports import gradebook
from autograder.verdict import Verdict


def gradebook_command(folders: list[Path], out: Path | None) -> None:
    """Print the table, and write it as CSV where ``out`` says so.

    Raises:
        ResultsError: a folder holds no verdicts, or two folders those of one
            assignment.
    """
    classes: dict[str, tuple[Path, list[Verdict]]] = {}
    for folder in folders:
        verdicts = verdicts_of(folder)
        for verdict in verdicts:
            name = verdict.assignment
            before, _ = classes.setdefault(name, (folder, []))
            if before != folder:
                raise ResultsError(
                    f"{folder}: holds verdicts of {name}, and so does {before}. Give "
                    "each assignment once."
                )
            classes[name][1].append(verdict)
    tables = [verdicts for _, verdicts in classes.values()]
    print(gradebook.render(tables, colour=sys.stdout.isatty()), end="")
    if out is not None:
        write_whole(out, gradebook.to_csv(tables))
        print(f"{out} holds the same as a table.")
