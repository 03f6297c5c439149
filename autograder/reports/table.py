"""grades.csv: one row per student, one column per exercise, safe to open in Excel."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from autograder.verdict import Verdict, points_text, totals
from autograder.wording import needs_attention, one_line

# A cell that begins with one of these is a formula to a spreadsheet, and formulas can
# send what stands in the other cells elsewhere. The last four are their wide forms.
_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_grades(path: Path, verdicts: Iterable[Verdict]) -> None:
    """Write the class's points, students in alphabetical order.

    Columns: student, points, max_points, each exercise in the order of the assignment,
    needs_attention (how many checks of which outcome; empty where there is nothing to
    look at). Written answers have no column: a person gives their points.
    """
    ordered = sorted(verdicts, key=lambda verdict: verdict.student)
    exercises = exercises_of(ordered)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        header = ["student", "points", "max_points", *exercises, "needs_attention"]
        writer.writerow(map(defused, header))
        for verdict in ordered:
            writer.writerow(map(defused, _row(verdict, exercises)))
    # Readers see the old table or the new one, never half of one.
    unfinished.replace(path)


def exercises_of(verdicts: Sequence[Verdict]) -> list[str]:
    """Every exercise of the class, in the order in which they were graded."""
    found: dict[str, None] = {}
    for verdict in verdicts:
        found.update(dict.fromkeys(verdict.exercises()))
    return list(found)


def defused(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula."""
    text = one_line(cell)
    return f"'{text}" if text.startswith(_FORMULAS) else text


def _row(verdict: Verdict, exercises: Sequence[str]) -> list[str]:
    found = verdict.exercises()
    earned = [
        points_text(totals(found[exercise])[0]) if exercise in found else ""
        for exercise in exercises
    ]
    outcomes = Counter(c.outcome.value for c in verdict.checks if needs_attention(c))
    attention = ", ".join(f"{count} {name}" for name, count in outcomes.items())
    points = [points_text(verdict.points), points_text(verdict.max_points)]
    return [verdict.student, *points, *earned, attention]
