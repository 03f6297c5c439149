"""``autograder check --list``: the names of the checks, and what each is worth."""

from __future__ import annotations

import textwrap

from autograder.home.folder import HomeFolder, chosen_checks, chosen_ids
from autograder.home.selection import Selection
from autograder.tables import counted
from autograder.verdict import points_text, totals
from autograder.wording import one_line, points_of
from autograder.worksheet.check_results import EXERCISE, FORM, worksheet_results


def listing(home: HomeFolder, selection: Selection) -> str:
    """Every check that is asked for, by exercise, under the name that --only takes."""
    lines: list[str] = []
    hidden = home.assignment.hidden
    _, shown = chosen_checks(home, selection)
    meant = chosen_ids(home, selection)
    for exercise, checks in home.checks.items():
        chosen = [check for check in checks if check.id in shown]
        if not chosen:
            continue
        most = sum(check.points for check in chosen)
        lines += _head(exercise, most, len(chosen))
        for check in chosen:
            name = check.name.removeprefix("test_")
            lines.append(f"  {points_text(check.points):>4}  {name}")
            lines += _indented(check.promise)
        if exercise in hidden and not selection.is_part:
            some = counted(hidden[exercise].checks, "hidden check")
            lines.append(f"  and {some}, worth {points_of(hidden[exercise].points)}")
        lines.append("")
    if home.worksheet is not None and selection.has(EXERCISE):
        found, _ = worksheet_results(home.worksheet, None)
        chosen_answers = [result for result in found if result.id in meant]
        if chosen_answers:
            _, most = totals(chosen_answers)
            lines += _head(EXERCISE, most, len(chosen_answers))
            for result in chosen_answers:
                name = result.id.rpartition("::")[2] or FORM
                lines.append(f"  {points_text(result.max_points):>4}  {name}")
                lines += _indented(result.promise)
            lines.append("")
    lines.append("Run one of them with `autograder check EXERCISE --only NAME`.")
    return "\n".join(lines) + "\n"


def _indented(promise: str) -> list[str]:
    """A promise below its name, on lines that fit a terminal."""
    indent = " " * 8
    return textwrap.wrap(
        one_line(promise), 80, initial_indent=indent, subsequent_indent=indent
    )


def _head(exercise: str, points: float, checks: int) -> list[str]:
    return [f"{exercise}: {counted(checks, 'check')}, {points_of(points)}"]
