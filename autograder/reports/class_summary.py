"""A whole class on a terminal: who has how many points, and what to look at."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from autograder.reports.blocks import STYLES, to_text
from autograder.reports.table import (
    exercises_of,
    has_open_points,
    whole_points,
    written_points,
)
from autograder.tables import counted
from autograder.verdict import CheckResult, Outcome, Verdict, points_text, totals
from autograder.wording import (
    AMBIGUOUS,
    NOT_READ,
    attention,
    is_open,
    left_out,
    of_points,
    one_line,
)

_MOST_SHOWN = 40
_WRONG = (Outcome.FAILED, Outcome.CRASHED)


def render(
    verdicts: Sequence[Verdict], *, width: int = 80, colour: bool = False
) -> str:
    """The table that follows ``grade``: for instructors, hidden checks included."""
    if not verdicts:
        return "No submission was graded.\n"
    ordered = sorted(verdicts, key=lambda verdict: verdict.student)
    table = _students(ordered)
    # rich drops the columns that do not fit; a table that is too wide is better.
    needed = Console(width=10_000).measure(table).maximum
    above = to_text(table, width=max(width, needed), colour=colour)
    parts: list[RenderableType] = [Text(), _headline(ordered)]
    # The same for all of them: a run has its devices.
    missed = dict.fromkeys(line for verdict in ordered for line in left_out(verdict))
    parts += map(Text, missed)
    for title, lines in (
        ("Look at these before marks go out", _attention(ordered)),
        _ideas(ordered),
    ):
        if lines:
            parts += [Text(), Text(title, style="bold"), _lines(lines)]
    return above + to_text(Group(*parts), width=width, colour=colour)


def _students(verdicts: Sequence[Verdict]) -> Table:
    exercises = exercises_of(verdicts)
    names = [Text(one_line(verdict.student, 24)) for verdict in verdicts]
    most = max(verdict.max_points for verdict in verdicts)
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("student\n", min_width=max(name.cell_len for name in names))
    table.add_column(f"points\nof {points_text(most)}", justify="right", min_width=6)
    for exercise in exercises:
        whole = max(_points(verdict, exercise)[1] for verdict in verdicts)
        header = Text(f"{one_line(exercise)}\nof {points_text(whole)}")
        table.add_column(header, justify="right", no_wrap=True)
    written = any(map(written_points, verdicts))
    if written:
        whole = max(
            sum(answer.max_points for answer in verdict.written) for verdict in verdicts
        )
        header = Text(f"written\nof {points_text(whole)}")
        table.add_column(header, justify="right", no_wrap=True)
    table.add_column("")
    for student, verdict in zip(names, verdicts):
        flag = bool(attention(verdict))
        table.add_row(
            student,
            whole_points(verdict, "open"),
            *(_earned(verdict.exercises().get(name, [])) for name in exercises),
            *([written_points(verdict)] if written else []),
            Text("look" if flag else "", style=STYLES["ours"]),
        )
    return table


def _points(verdict: Verdict, exercise: str) -> tuple[float, float]:
    return totals(verdict.exercises().get(exercise, []))


def _earned(checks: Sequence[CheckResult]) -> str:
    """``open`` where some of it is undecided."""
    return "open" if any(map(is_open, checks)) else points_text(totals(checks)[0])


def _headline(verdicts: Sequence[Verdict]) -> Text:
    most = max(verdict.max_points for verdict in verdicts)
    some = counted(len(verdicts), "submission")
    decided = [v.points for v in verdicts if not has_open_points(v)]
    if not decided:
        return Text(f"{some}; the points of all are open.")
    if len(verdicts) == 1:
        return Text(f"{some}: {of_points(decided[0], most)}.")
    middle = median(decided)
    return Text(f"{some}; the median is {of_points(middle, most)}.")


def _attention(verdicts: Sequence[Verdict]) -> list[tuple[str, str]]:
    """A line a student, all of them, with the gravest first.

    It is never cut: whoever is left out here loses marks over it.
    """
    found = []
    for verdict in verdicts:
        reasons = attention(verdict)
        if reasons:
            text = "; ".join(reason.text for reason in reasons)
            only_checks = verdict.points > 0 and not _is_unclear(verdict)
            found.append((only_checks, one_line(verdict.student, 60), text))
    return [(student, text) for _, student, text in sorted(found)]


def _is_unclear(verdict: Verdict) -> bool:
    unread = any(check.outcome is Outcome.UNREADABLE for check in verdict.checks)
    return unread or any(note.kind in (NOT_READ, AMBIGUOUS) for note in verdict.notes)


def _ideas(verdicts: Sequence[Verdict]) -> tuple[str, list[tuple[str, str]]]:
    """The ideas that were recognised, each with its students, and a heading.

    Of an idea that one student has, the student is named: a count would say nothing.
    """
    having: dict[tuple[str, str, str], list[str]] = {}
    for verdict in verdicts:
        # A student counts once, however many checks show the same idea.
        found = dict.fromkeys(
            (check.exercise, check.function, check.idea.name)
            for check in verdict.checks
            if check.idea is not None and check.outcome in _WRONG
        )
        for idea in found:
            having.setdefault(idea, []).append(verdict.student)
    ranked = sorted(having.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    shared = bool(ranked) and len(ranked[0][1]) > 1
    lines = [
        (_who(students), f"{function} {name.replace('_', ' ')}")
        for (_, function, name), students in ranked
    ]
    title = "Most common ideas" if shared else "Ideas that were recognised"
    return title, _first(lines)


def _who(students: list[str]) -> str:
    if len(students) == 1:
        return one_line(students[0], 24)
    return counted(len(students), "student")


def _first(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    left = len(lines) - _MOST_SHOWN
    return (
        lines
        if left <= 0
        else [
            *lines[:_MOST_SHOWN],
            ("", f'and {left} more: see "idea" in the verdicts, *.json'),
        ]
    )


def _lines(pairs: list[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for left, right in pairs:
        grid.add_row(Text(f"  {left}"), Text(one_line(right, 8000)))
    return grid
