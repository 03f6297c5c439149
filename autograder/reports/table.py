"""grades.csv: one row per student, one column per exercise, safe to open in Excel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from autograder.reports.spreadsheet import csv_text, defused
from autograder.verdict import CheckResult, Verdict, points_text, totals
from autograder.wording import attention, is_open


def to_csv(verdicts: Iterable[Verdict]) -> str:
    """The class's points, students in alphabetical order.

    Columns: student, points, max_points, each exercise in the order of the assignment,
    written (what a person gave for the written answers, empty until all have points;
    no such column where nothing is to be written), needs_attention (what to look at;
    empty where there is nothing). Points that are open, by a fault of ours say, are
    empty cells, the student's sum included: one without them would pass for a mark.
    """
    ordered = sorted(verdicts, key=lambda verdict: verdict.student)
    exercises = exercises_of(ordered)
    written = ["written"] if any(verdict.written for verdict in ordered) else []
    header = ["student", "points", "max_points", *exercises, *written]
    rows = [[*header, "needs_attention"]]
    for verdict in ordered:
        by_person = [written_points(verdict)] if written else []
        rows.append(_row(verdict, exercises, by_person))
    return csv_text(map(defused, row) for row in rows)


def written_points(verdict: Verdict) -> str:
    """What a person gave for all written answers; empty where one has no points yet."""
    given = [answer.points for answer in verdict.written if answer.points is not None]
    if not verdict.written or len(given) < len(verdict.written):
        return ""
    return points_text(sum(given))


def exercises_of(verdicts: Sequence[Verdict]) -> list[str]:
    """Every exercise of the class, in the order in which they were graded."""
    found: dict[str, None] = {}
    for verdict in verdicts:
        found.update(dict.fromkeys(verdict.exercises()))
    return list(found)


def has_open_points(verdict: Verdict) -> bool:
    """Whether some of its points are undecided."""
    return any(map(is_open, verdict.checks))


def whole_points(verdict: Verdict, undecided: str = "") -> str:
    """The points of a verdict; ``undecided`` where a sum would be taken for a mark."""
    return undecided if has_open_points(verdict) else points_text(verdict.points)


def _row(
    verdict: Verdict, exercises: Sequence[str], by_person: Sequence[str]
) -> list[str]:
    found = verdict.exercises()
    earned = [_earned(found.get(exercise, [])) for exercise in exercises]
    points = [whole_points(verdict), points_text(verdict.max_points)]
    looks = ", ".join(reason.short for reason in attention(verdict))
    return [verdict.student, *points, *earned, *by_person, looks]


def _earned(checks: Sequence[CheckResult]) -> str:
    if not checks or any(map(is_open, checks)):
        return ""
    return points_text(totals(checks)[0])
