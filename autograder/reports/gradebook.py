"""A course in one table: who has how many points in which assignment."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from autograder.reports.blocks import STYLES, to_text
from autograder.reports.spreadsheet import csv_text, defused
from autograder.reports.table import has_open_points, whole_points
from autograder.tables import counted
from autograder.verdict import Verdict, points_text
from autograder.wording import attention, one_line

Classes = Sequence[Sequence[Verdict]]  # one an assignment, in the course's order


def to_csv(classes: Classes) -> str:
    """The points of a course, students in alphabetical order.

    Columns: student, each assignment, points, max_points, needs_attention (in which
    assignments something is to be looked at). A cell is empty where a student handed
    nothing in, or where a fault of ours left points open; then so is the sum. What a
    group handed in counts for each member.
    """
    names, by_student = _by_student(classes)
    rows = [["student", *names, "points", "max_points", "needs_attention"]]
    for student, found in by_student.items():
        cells = [_points(found.get(name)) for name in names]
        whole = [_sum(found), points_text(_most(classes))]
        looks = ", ".join(name for name in names if _looks(found.get(name)))
        rows.append([student, *cells, *whole, looks])
    return csv_text(map(defused, row) for row in rows)


def render(classes: Classes, *, width: int = 80, colour: bool = False) -> str:
    """The same for a terminal, with the median of each assignment."""
    names, by_student = _by_student(classes)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    students = [Text(one_line(student, 24)) for student in by_student]
    table.add_column("student\n", min_width=max(each.cell_len for each in students))
    most = dict(zip(names, map(_most_of, classes)))
    for name in names:
        header = Text(f"{one_line(name)}\nof {points_text(most[name])}")
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column(f"points\nof {points_text(sum(most.values()))}", justify="right")
    table.add_column("")
    for student, found in zip(students, by_student.values()):
        cells = [_points(found.get(name), "-", "open") for name in names]
        look = any(_looks(verdict) for verdict in found.values())
        flag = Text("look" if look else "", style=STYLES["ours"])
        table.add_row(student, *cells, _sum(found) or "open", flag)
    medians = [_median(verdicts) for verdicts in classes]
    table.add_row(Text("median", style="bold"), *medians, "", "")
    needed = Console(width=10_000).measure(table).maximum
    above = to_text(table, width=max(width, needed), colour=colour)
    some = counted(len(by_student), "student")
    end = Text(f"{some}, {counted(len(names), 'assignment')}.")
    return above + to_text(Group(Text(), end), width=width, colour=colour)


def _by_student(classes: Classes) -> tuple[list[str], dict[str, dict[str, Verdict]]]:
    found: dict[str, dict[str, Verdict]] = {}
    for verdicts in classes:
        for verdict in verdicts:
            for name in _names(verdict):
                row = found.setdefault(name, {})
                if verdict.assignment in row:  # two of one name, in groups
                    row = found.setdefault(f"{name}, of {verdict.student}", {})
                row[verdict.assignment] = verdict
    names = [verdicts[0].assignment for verdicts in classes]
    return names, dict(sorted(found.items()))


def _names(verdict: Verdict) -> list[str]:
    """Whose a verdict is: the student's, or each member's of a group."""
    names = [person.name for person in verdict.people if person.name]
    return names if len(names) > 1 else [verdict.student]


def _most_of(verdicts: Sequence[Verdict]) -> float:
    return max(verdict.max_points for verdict in verdicts)


def _most(classes: Classes) -> float:
    return sum(map(_most_of, classes))


def _points(verdict: Verdict | None, missing: str = "", undecided: str = "") -> str:
    return missing if verdict is None else whole_points(verdict, undecided)


def _sum(found: dict[str, Verdict]) -> str:
    if any(map(has_open_points, found.values())):
        return ""
    return points_text(sum(verdict.points for verdict in found.values()))


def _looks(verdict: Verdict | None) -> bool:
    return verdict is not None and bool(attention(verdict))


def _median(verdicts: Sequence[Verdict]) -> str:
    decided = [verdict.points for verdict in verdicts if not has_open_points(verdict)]
    return points_text(median(decided)) if decided else ""
