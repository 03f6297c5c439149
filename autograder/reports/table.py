"""grades.csv: one row per student, one column per exercise, safe to open in Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from autograder.verdict import CheckResult, Verdict, points_text, totals
from autograder.wording import attention, is_ours, one_line

# A cell that begins with one of these is a formula to a spreadsheet, and formulas can
# send what stands in the other cells elsewhere. The last four are their wide forms.
_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def to_csv(verdicts: Iterable[Verdict]) -> str:
    """The class's points, students in alphabetical order.

    Columns: student, points, max_points, each exercise in the order of the assignment,
    needs_attention (what to look at; empty where there is nothing). Points that a fault
    of ours left open are empty cells, the student's sum included: a sum without them
    would be taken for a mark. Written answers have no column: a person gives their
    points.
    """
    ordered = sorted(verdicts, key=lambda verdict: verdict.student)
    exercises = exercises_of(ordered)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = ["student", "points", "max_points", *exercises, "needs_attention"]
    writer.writerow(map(defused, header))
    for verdict in ordered:
        writer.writerow(map(defused, _row(verdict, exercises)))
    return text.getvalue()


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
    earned = [_earned(found.get(exercise, [])) for exercise in exercises]
    points = [_earned(verdict.checks), points_text(verdict.max_points)]
    looks = ", ".join(reason.short for reason in attention(verdict))
    return [verdict.student, *points, *earned, looks]


def _earned(checks: Sequence[CheckResult]) -> str:
    if not checks or any(map(is_ours, checks)):
        return ""
    return points_text(totals(checks)[0])
